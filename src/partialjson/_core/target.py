"""Targets: what a parser holds of the type or schema its document must fit, and how one is made of what it was given.

A ``Target`` joins the plan (what to do with values), the run (what this parser passes to validation), the spec (what
values there may be) and a fingerprint. Everything else in the core, and every layer that describes documents, sees this
object only and no schema language.

*The one dispatch* is ``target_of``. An object that can make a target itself says so with a method
``__partialjson_target__(options)``; that is how other schema languages, and a ``Target`` made beforehand, come in.
Everything else is a type for pydantic, whose compiler is loaded then and not before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, final

from partialjson._core.plan import Plan
from partialjson._core.spec import Spec
from partialjson._missing import MISSING

__all__ = ["MakesTarget", "Options", "Target", "spec_of", "target_of"]


@final
class Options:
    """What a parser wants of its target.

    Attributes:
        missing: what absent values read as in partial views.
        strict, context, by_alias, by_name: as in pydantic's ``validate_json``; None where nothing is asked for.
    """

    def __init__(
        self,
        missing: Any = MISSING,
        strict: bool | None = None,
        context: Any = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> None:
        self.missing: Any = missing
        self.strict = strict
        self.context: Any = context
        self.by_alias = by_alias
        self.by_name = by_name

    @property
    def are_of_validation(self) -> bool:
        """Is anything asked for but a stand-in for absent values?"""
        return (
            self.strict is not None or self.context is not None or self.by_alias is not None or self.by_name is not None
        )


@final
class Target:
    """What a document must fit, ready to be followed by one parser.

    Attributes:
        given: what the target was made of, from which the same one can be made again.
        plan: what to do with the root.
        run: what settling is passed, for the compiler that made the plan.
        spec: what may stand at the root.
    """

    def __init__(self, given: Any, plan: Plan, run: Any, spec: Spec, fingerprint: Callable[[], str] | str = "") -> None:
        self.given: Any = given
        self.plan = plan
        self.run: Any = run
        self._spec = spec
        self._fingerprint = fingerprint

    @property
    def spec(self) -> Spec:
        return self._spec.filled()

    def fingerprint(self) -> str:
        """Tells targets apart, the same in every process; made when asked for."""
        made = self._fingerprint
        if not isinstance(made, str):
            made = self._fingerprint = made()
        return made

    def __partialjson_target__(self, options: Options) -> Target:
        if options.are_of_validation:
            raise TypeError("strict, context, by_alias and by_name go into the making of a Target, which this one is")
        return self


class MakesTarget(Protocol):
    """What a parser takes for a target beside pydantic's types: schemas of other languages, and a ``Target``."""

    def __partialjson_target__(self, options: Options, /) -> Target: ...


def target_of(given: Any, options: Options) -> Target:
    """The target for what a parser was given.

    Raises:
        pydantic.PydanticUserError, NameError: pydantic does not understand the type, or a name in it is undefined.
        TypeError: the options do not go with it.
    """
    # Of the class: a model may have anything as its own attributes.
    make: Any = getattr(type(given), "__partialjson_target__", None)
    if make is not None:
        target: Target = make(given, options)
        return target
    from partialjson.typed.targets import typed_target

    typed: Target = typed_target(given, options)
    return typed


def spec_of(given: Any, by_alias: bool | None = None, by_name: bool | None = None) -> Spec:
    """What may stand at the root of documents of a target, for those who only describe them; anything for None.

    Raises:
        as ``target_of``.
    """
    if given is None:
        return Spec()
    return target_of(given, Options(by_alias=by_alias, by_name=by_name)).spec
