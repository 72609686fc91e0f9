"""Words: for what is expected at a place ("date", "list of Stop", "low | medium | high"), and for its status."""

from __future__ import annotations

from typing import Final

from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, NUMBER, OBJECT, STRING, Spec

__all__ = ["STATUSES", "kind_word", "label_of", "readable"]

STATUSES: Final = {
    "missing": "absent",
    "partial": "growing",
    "complete": "complete",
    "invalid": "invalid",
    "violation": "invalid",
    "repaired": "mended",
    "coerced": "fitted",
    "truncated": "cut off",
}
"""The word for each status of a place."""

_LABELS: Final = {INTEGER: "integer", NUMBER: "number", BOOLEAN: "true or false", NULL: "null", STRING: "text"}
_KINDS: Final = {
    STRING: "string",
    INTEGER: "integer",
    FLOAT: "number",
    NUMBER: "number",
    BOOLEAN: "boolean",
    NULL: "null",
    OBJECT: "object",
    ARRAY: "array",
    # A named tuple usually comes as an array.
    OBJECT | ARRAY: "array",
    ANYTHING: "any",
}
# Longer lists of words, and lists inside lists, are abbreviated.
_WORDS: Final = 8
_NESTED: Final = 3


def kind_word(usual: int) -> str:
    """One word for a set of JSON kinds, as bits."""
    return _KINDS.get(usual, "any" if usual & (OBJECT | ARRAY) else "string")


def readable(key: str) -> str:
    """A key of a described field as people write it."""
    return key.replace("_", " ")


def label_of(spec: Spec, nested: int = 0) -> str:
    """What is expected at a place, in a word or two; empty if nothing is known."""
    form = spec.notes.get("format")
    if form:
        return str(form)
    words = [_word(leaf, nested) for leaf in spec.leaves() if leaf.usual != NULL]
    if len(words) != 1 and spec.may_be_null():
        words.append("null")
    return " or ".join(dict.fromkeys(words)) if all(words) else ""


def _word(spec: Spec, nested: int) -> str:
    """The name of a value without branches."""
    if spec.words is not None:
        more = " | …" if len(spec.words) > _WORDS else ""
        return " | ".join(str(word) for word, _ in spec.words[:_WORDS]) + more
    if spec.notes.get("format"):
        return str(spec.notes["format"])
    if spec.usual & ARRAY and not spec.usual & STRING:
        items = spec.items
        item = label_of(items, nested + 1) if items is not None and not spec.prefix and nested < _NESTED else ""
        return f"list of {item}" if item else "list"
    if spec.usual == OBJECT:
        return (spec.title or "object") if spec.fields is not None else "object"
    return _LABELS.get(spec.usual, "")
