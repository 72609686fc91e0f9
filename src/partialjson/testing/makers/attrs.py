"""The laws for cattrs's targets: what a converter makes of a whole document is what a parser must come to."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import attrs

from partialjson.structs import CattrsTarget, cattrs_target
from partialjson.testing.makers.classes import ClassMaker

__all__ = ["AttrsMaker"]


class AttrsMaker(ClassMaker):
    """Makes parsers for a type of cattrs; in one shot, the converter decides, with what ``json.loads`` has read."""

    # Whatever a hook raises is its verdict.
    refused = (Exception,)

    def __init__(self, target: Any, **options: Any) -> None:
        super().__init__(target if isinstance(target, CattrsTarget) else cattrs_target(target), **options)

    def fields_of(self, value: Any) -> dict[str, Any] | None:
        cls = type(value)
        if attrs.has(cls):
            names = [each.name for each in attrs.fields(cls)]
        elif dataclasses.is_dataclass(cls):
            names = [each.name for each in dataclasses.fields(cls)]
        else:
            return None
        return {name: getattr(value, name, None) for name in names}

    def describe_error(self, error: BaseException) -> Any:
        # What cattrs notes: the place, by name or index, and the type.
        notes = [
            (str(note), vars(note).get("name", vars(note).get("index")) if hasattr(note, "__dict__") else None)
            for note in _notes_of(error)
        ]
        inside = getattr(error, "exceptions", ())
        message = error.args[0] if inside else repr(error)
        return type(error).__qualname__, message, notes, [self.describe_error(each) for each in inside]

    def decode(self, text: str | bytes) -> Any:
        target: CattrsTarget = self.target
        return target.converter.structure(json.loads(text), target.type)


def _notes_of(error: BaseException) -> list[Any]:
    return list(getattr(error, "__notes__", ()))
