"""What makes the parsers that a law is asked of.

A `Maker` makes parsers for one target with the same options, and knows what reading a whole text in one shot gives:
what `json.loads` says for untyped documents, and for typed ones pydantic (here), jsonschema (``schemas``), msgspec
(``structs``) or a converter of cattrs (``attrs``), which share ``classes``. ``maker_for`` finds the one for a target,
and imports no library but its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from partialjson import Limits, ParseError, Parser
from partialjson._core.spec import Spec
from partialjson._core.target import library_of, spec_of
from partialjson.testing.chunking import fingerprint
from partialjson.testing.oneshot import Verdict, describe, oneshot, verdict_of

__all__ = ["Maker", "maker_for"]


class Maker:
    """Makes parsers for one target with the same options; `Maker()` makes untyped ones."""

    refused: tuple[type[Exception], ...] = (ValidationError,)
    """The errors with which the target refuses a document."""

    def __init__(self, target: Any = None, **options: Any) -> None:
        self.target = target
        self.options = options

    def __call__(self) -> Parser[Any]:
        return Parser(self.target, **self.options)

    def __repr__(self) -> str:
        return f"Maker({self.target!r}, **{self.options!r})"

    @property
    def raises(self) -> tuple[type[Exception], ...]:
        """What ``close`` may raise."""
        return (ParseError, *self.refused)

    @property
    def typed(self) -> bool:
        return self.target is not None

    @property
    def lenient(self) -> bool:
        return bool(self.options.get("lenient", False))

    @property
    def skips(self) -> bool:
        """Are bad elements of lists left out?"""
        return self.options.get("on_invalid") == "skip"

    @property
    def limits(self) -> Limits:
        limits: Limits = self.options.get("limits") or Limits()
        return limits

    def specs(self) -> Iterator[Spec]:
        """What may stand at each place of the documents of a target."""
        names = {name: self.options[name] for name in ("by_alias", "by_name") if name in self.options}
        todo = [spec_of(self.target, **names)]
        seen: set[int] = set()
        while todo:
            spec = todo.pop()
            if id(spec) in seen:
                continue
            seen.add(id(spec))
            yield spec
            fields = [*(spec.fields or {}).values(), *([spec.root] if spec.root else [])]
            inside = [spec.rest, spec.items, *spec.prefix, *spec.branches, *(each.spec for each in fields)]
            todo += [each for each in inside if each is not None]

    def restore(self, state: Any) -> Parser[Any]:
        return Parser.restore(state, self.target, context=self.options.get("context"))

    def describe(self, value: Any) -> Any:
        """A value as something that is equal for the same values of the same types only."""
        return describe(value) if self.typed else fingerprint(value)

    def one_shot(self, text: str | bytes) -> Verdict:
        """What pydantic or `json.loads` says of the whole text, which is JSON."""
        if not self.typed:
            return Verdict(self.describe(json.loads(text)), None)
        names = ("strict", "context", "by_alias", "by_name")
        options = {name: self.options[name] for name in names if name in self.options}
        return oneshot(self.target, text, **options)

    def verdict_of(self, parser: Parser[Any]) -> Verdict:
        """What a parser that has read the whole text says, described in the same way; closes it."""
        return verdict_of(parser) if self.typed else Verdict(self.describe(parser.close()), None)


def maker_for(target: Any = None, **options: Any) -> Maker:
    """The maker for what ``Parser`` takes; a maker is returned as it is.

    Raises:
        TypeError: there are options beside a maker, or ``Parser`` does not take them.
    """
    if isinstance(target, Maker):
        if options:
            raise TypeError(f"a Maker has its options already; these are too many: {', '.join(options)}")
        return target
    if "schema" in options:
        if target is not None:
            raise TypeError("either a target or schema=, not both")
        target = options.pop("schema")
    if isinstance(target, dict | bool):
        from partialjson.schema import Schema

        target = Schema(target)
    maker: type[Maker] = Maker
    if type(target).__name__ == "Schema" and hasattr(target, "dialect"):
        from partialjson.testing.makers.schemas import SchemaMaker

        maker = SchemaMaker
    elif type(target).__name__ == "MsgspecTarget" or library_of(target) == "msgspec":
        from partialjson.testing.makers.structs import StructMaker

        maker = StructMaker
    elif type(target).__name__ == "CattrsTarget" or library_of(target) == "cattrs":
        from partialjson.testing.makers.attrs import AttrsMaker

        maker = AttrsMaker
    made = maker(target, **options)
    made()  # so that a wrong target is refused here, not as a broken law
    return made
