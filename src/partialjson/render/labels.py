"""The expected outline of a document: its fields, before any of them has come.

A ``Placeholder`` says in a word or two what is expected at one place, and leads to the placeholders inside it, by the
document's own names. It is made from the target's spec and only decides what is drawn as absent; the parser decides
what is valid. Specs are followed when a placeholder is looked into, so recursive models need no care here.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from partialjson._core.spec import ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, STRING, Spec
from partialjson._core.target import spec_of

__all__ = ["UNKNOWN", "Placeholder", "placeholder_of"]

_WORDS: Final = {INTEGER: "integer", NUMBER: "number", BOOLEAN: "true or false", NULL: "null", STRING: "text"}


class Placeholder:
    """What is expected at one place of a document, according to its spec."""

    def __init__(self, spec: Spec, optional: bool = False) -> None:
        self.optional = optional
        self._spec = spec

    @cached_property
    def _leaves(self) -> list[Spec]:
        """What may stand here beside null."""
        return [leaf for leaf in self._spec.leaves() if leaf.usual != NULL]

    @cached_property
    def _only(self) -> Spec:
        """The spec of this place, if there is no choice."""
        return self._leaves[0] if len(self._leaves) == 1 else UNKNOWN._spec

    @cached_property
    def fields(self) -> dict[str, Placeholder]:
        """The fields of an object that is described field by field."""
        found: dict[str, Placeholder] = {}
        if self._only.usual & ARRAY:
            # A named tuple usually comes as an array.
            return found
        for field in (self._only.fields or {}).values():
            if field.is_read:
                way = field.ways[0]
                # Several fields may lie inside one value that is not itself a field.
                spec = field.spec if len(way) == 1 else UNKNOWN._spec
                found.setdefault(str(way[0]), Placeholder(spec, not field.required))
        return found

    def at(self, key: str | int) -> Placeholder:
        """The placeholder of a child."""
        if isinstance(key, str) and key in self.fields:
            return self.fields[key]
        spec = self._only.rest if isinstance(key, str) else self._only.element(key)
        return UNKNOWN if spec is None else Placeholder(spec)

    @cached_property
    def label(self) -> str:
        """The expected type, in a word or two."""
        word = self._word()
        return f"{word}, optional" if self.optional and word else word

    def _word(self) -> str:
        form = self._spec.notes.get("format")
        if form:
            return str(form)
        words = [_word(leaf) for leaf in self._leaves]
        if len(words) != 1 and self._spec.may_be_null():
            words.append("null")
        return " or ".join(dict.fromkeys(words)) if all(words) else ""


def _word(spec: Spec) -> str:
    """The name of a value without branches."""
    if spec.words is not None:
        return " | ".join(str(word) for word, _ in spec.words)
    if spec.notes.get("format"):
        return str(spec.notes["format"])
    if spec.usual & ARRAY and not spec.usual & STRING:
        items = spec.items
        item = Placeholder(items)._word() if items is not None and not spec.prefix else ""
        return f"list of {item}" if item else "list"
    if spec.usual == OBJECT:
        return (spec.title or "object") if spec.fields is not None else "object"
    return _WORDS.get(spec.usual, "")


UNKNOWN: Final = Placeholder(Spec())
"""The placeholder of a document about which nothing is known."""


def placeholder_of(target: Any) -> Placeholder:
    """The placeholder of a parser's target; ``UNKNOWN`` if it has none.

    Raises:
        as ``Parser`` for the target.
    """
    return UNKNOWN if target is None or target is Any else Placeholder(spec_of(target))
