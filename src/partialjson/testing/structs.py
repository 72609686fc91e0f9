"""The laws for msgspec's targets: what msgspec says of a whole document is what a parser must come to."""

from __future__ import annotations

from typing import Any

import msgspec

from partialjson import ParseError, Parser
from partialjson.structs import MsgspecTarget, msgspec_target
from partialjson.testing.laws import Maker
from partialjson.testing.oneshot import Verdict, describe

__all__ = ["StructMaker"]


class StructMaker(Maker):
    """Makes parsers for a type of msgspec; in one shot, ``msgspec.json.decode`` decides."""

    # A set of msgspec's raises a TypeError for an element that has no hash.
    raises = (ParseError, msgspec.ValidationError, TypeError)

    def __init__(self, target: Any, **options: Any) -> None:
        super().__init__(target if isinstance(target, MsgspecTarget) else msgspec_target(target), **options)

    def describe(self, value: Any) -> Any:
        """A value as something that is equal for the same values of the same types only."""
        if isinstance(value, msgspec.Struct):
            fields = {name: self.describe(getattr(value, name)) for name in value.__struct_fields__}
            return type(value).__qualname__, fields
        if isinstance(value, dict):
            return type(value).__qualname__, [(self.describe(key), self.describe(each)) for key, each in value.items()]
        if isinstance(value, list | tuple):
            return type(value).__qualname__, [self.describe(each) for each in value]
        if isinstance(value, set | frozenset):
            return type(value).__qualname__, sorted((self.describe(each) for each in value), key=repr)
        if isinstance(value, msgspec.Raw):
            return type(value).__qualname__, bytes(value)
        return describe(value)

    def one_shot(self, text: str | bytes) -> Verdict:
        target: MsgspecTarget = self.target
        strict = self.options.get("strict", target.strict)
        try:
            value = msgspec.json.decode(text, type=target.type, strict=strict, dec_hook=target.dec_hook)
        except (msgspec.ValidationError, TypeError) as error:
            return Verdict(None, [repr(error)])
        return Verdict(self.describe(value), None)

    def verdict_of(self, parser: Parser[Any]) -> Verdict:
        try:
            return Verdict(self.describe(parser.close()), None)
        except (msgspec.ValidationError, TypeError) as error:
            return Verdict(None, [repr(error)])
