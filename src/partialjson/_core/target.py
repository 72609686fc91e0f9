"""Targets: what a parser knows of the type or schema that its document must fit, and how a target is made.

A ``Target`` joins the plan (what to do with values), the run (what this parser passes to validation), the spec (what
values there may be) and a fingerprint. The rest of the core, and every layer that describes documents, sees only this
object and no schema language.

*The only dispatch* is ``target_of``. An object that can make a target has a method ``__partialjson_target__(options)``;
other schema languages use it, and so does a ``Target`` made beforehand. A type with a Struct in it is one for msgspec,
one with a class of attrs for cattrs. Everything else is a type for pydantic. The compiler is loaded at that point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, final, get_args, get_origin

from partialjson._core.events import Path
from partialjson._core.plan import Failure, Plan
from partialjson._core.rules import Rule
from partialjson._core.spec import Spec
from partialjson._missing import MISSING

__all__ = ["MakesTarget", "Options", "Refuses", "Target", "given_of", "library_of", "name_of", "spec_of"]
__all__ += ["target_of"]


@final
class Options:
    """The options that a parser passes to its target.

    Attributes:
        missing: the value of absent fields in partial views.
        strict, context, by_alias, by_name: as in pydantic's ``validate_json``; None for the default.
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
        """Is any option set besides ``missing``?"""
        return (
            self.strict is not None or self.context is not None or self.by_alias is not None or self.by_name is not None
        )


@final
class Target:
    """What a document must fit, ready for one parser.

    Attributes:
        given: the object that the target was made from, and can be made from again.
        plan: what to do with the root; None if values stay as they are, and ``rule`` alone decides.
        run: the value that is passed to settling, for the compiler that made the plan.
        spec: what may stand at the root.
        rule: what the root must satisfy; None if nothing is known but the spec.
        fitting_plan: makes the plan for parsers that read a refused value in another form, if ``plan`` is None; None if
            they do not.
        refuses: makes the errors of values that break their rules; None where the plan does.
    """

    def __init__(
        self,
        given: Any,
        plan: Plan | None,
        run: Any,
        spec: Spec,
        fingerprint: Callable[[], str] | str = "",
        rule: Rule | None = None,
        refuses: Refuses | None = None,
        fitting_plan: Callable[[], Plan] | None = None,
    ) -> None:
        self.given: Any = given
        self.plan = plan
        self.run: Any = run
        self._spec = spec
        self._fingerprint = fingerprint
        self.rule = rule
        self.refuses: Any = refuses
        self.fitting_plan = fitting_plan

    @property
    def spec(self) -> Spec:
        return self._spec.filled()

    def fingerprint(self) -> str:
        """Distinguishes targets, equal in every process; computed on demand."""
        made = self._fingerprint
        if not isinstance(made, str):
            made = self._fingerprint = made()
        return made

    def __partialjson_target__(self, options: Options) -> Target:
        if options.are_of_validation:
            raise TypeError(
                "a Target is made with strict, context, by_alias and by_name; they cannot be changed afterwards"
            )
        return self


class Refuses(Protocol):
    """What makes the errors of values that break their rules, in the words of the schema's language.

    ``found`` has what the judge found, in order: for each fault its path from the value, its keyword and its message.
    """

    def refuse(self, value: Any, found: Sequence[tuple[Path, str, str]], /) -> Failure:
        """For the whole document."""
        ...

    def refuse_at(self, rules: Sequence[Rule], value: Any, found: Sequence[tuple[Path, str, str]], /) -> Failure:
        """For a value inside it, which breaks these rules of its place."""
        ...


class MakesTarget(Protocol):
    """What a parser accepts as a target besides pydantic's types: schemas of other languages, and a ``Target``."""

    def __partialjson_target__(self, options: Options, /) -> Target: ...


def target_of(given: Any, options: Options) -> Target:
    """The target for what a parser was given.

    Raises:
        pydantic.PydanticUserError, NameError: pydantic does not understand the type, or a name in it is undefined.
        TypeError: the options do not go with it.
    """
    # Looked up on the class: a model may have any attributes of its own.
    make: Any = getattr(type(given), "__partialjson_target__", None)
    if make is not None:
        target: Target = make(given, options)
        return target
    if isinstance(given, (dict, bool)):
        raise TypeError("a target is a type; a JSON Schema is given by name: schema=...")
    library = library_of(given)
    if library == "msgspec":
        from partialjson.structs import msgspec_target

        struct: Target = msgspec_target(given).__partialjson_target__(options)
        return struct
    if library == "cattrs":
        from partialjson.structs import cattrs_target

        made: Target = cattrs_target(given).__partialjson_target__(options)
        return made
    from partialjson.typed.targets import typed_target

    typed: Target = typed_target(given, options)
    return typed


def library_of(given: Any) -> str:
    """The library that makes values of a type, if it is not pydantic: "msgspec" if there is a Struct in the type,
    "cattrs" if there is a class of attrs. Pydantic understands neither, unless the class tells it how."""
    found = ""
    todo: list[Any] = [given]
    seen: set[int] = set()
    while todo:
        each: Any = todo.pop()
        if hasattr(each, "__struct_fields__"):
            return "msgspec"
        if hasattr(each, "__attrs_attrs__") and not hasattr(each, "__get_pydantic_core_schema__"):
            found = "cattrs"
        if isinstance(each, type) or id(each) in seen:
            continue
        # A named alias may lead back to itself.
        seen.add(id(each))
        todo.extend(get_args(each))
        todo.append(get_origin(each))
        for name in ("__value__", "__supertype__"):
            todo.append(getattr(each, name, None))
    return found


def name_of(given: Any) -> str:
    """How a target is called where one is shown to a person."""
    return given.__name__ if isinstance(given, type) else repr(given)


def given_of(target: Any, schema: Any) -> Any:
    """What a caller gave as its target, or as its ``schema``, which becomes a ``Schema``.

    Raises:
        TypeError: both were given, or the schema is none.
        jsonschema.SchemaError: the schema is not valid.
        ImportError: the package jsonschema is not installed.
    """
    if schema is None:
        return target
    if target is not None:
        raise TypeError("a document has one target: give a type or a schema, not both")
    from partialjson.schema.targets import Schema

    return schema if isinstance(schema, Schema) else Schema(schema)


def spec_of(given: Any, by_alias: bool | None = None, by_name: bool | None = None) -> Spec:
    """The spec of the root of a target's documents, for callers that only describe them; for None, that of any value.

    Raises:
        as ``target_of``.
    """
    if given is None:
        return Spec()
    return target_of(given, Options(by_alias=by_alias, by_name=by_name)).spec
