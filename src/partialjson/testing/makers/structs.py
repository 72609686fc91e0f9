"""The laws for msgspec's targets: what msgspec says of a whole document is what a parser must come to."""

from __future__ import annotations

from typing import Any

import msgspec

from partialjson.structs import MsgspecTarget, msgspec_target
from partialjson.testing.makers.classes import ClassMaker

__all__ = ["StructMaker"]


class StructMaker(ClassMaker):
    """Makes parsers for a type of msgspec; in one shot, ``msgspec.json.decode`` decides."""

    # A set of msgspec's raises a TypeError for an element that has no hash.
    refused = (msgspec.ValidationError, TypeError)

    def __init__(self, target: Any, **options: Any) -> None:
        super().__init__(target if isinstance(target, MsgspecTarget) else msgspec_target(target), **options)

    def fields_of(self, value: Any) -> dict[str, Any] | None:
        if isinstance(value, msgspec.Struct):
            return {name: getattr(value, name) for name in value.__struct_fields__}
        return None

    def describe(self, value: Any) -> Any:
        if isinstance(value, msgspec.Raw):
            return type(value).__qualname__, bytes(value)
        return super().describe(value)

    def decode(self, text: str | bytes) -> Any:
        target: MsgspecTarget = self.target
        strict = self.options.get("strict", target.strict)
        return msgspec.json.decode(text, type=target.type, strict=strict, dec_hook=target.dec_hook)
