"""Paths and values in one line of text, safe to print.

What a model writes is not trusted: a string may hold escape sequences that would move the cursor or change the
terminal, and lone surrogates that no stream can encode. Whatever is not printable is therefore shown as an escape.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Final

from partialjson._jsontext import json_text

__all__ = ["ASCII", "UNICODE", "Symbols", "plural", "printable", "printable_json", "show"]


@dataclass(frozen=True)
class Symbols:
    """The signs that carry the meaning where there are no colours."""

    missing: str
    partial: str
    complete: str
    invalid: str
    replaced: str
    cut: str
    repaired: str

    def of(self, status: str) -> str:
        sign: str = getattr(self, _SAME_SIGN.get(status, status))
        return sign


_SAME_SIGN: Final = {"violation": "invalid", "coerced": "repaired", "truncated": "cut"}

UNICODE: Final = Symbols("○", "◐", "✓", "✗", "↻", "✂", "✎")
ASCII: Final = Symbols(".", "~", "+", "!", "@", "%", "*")


def printable(text: str, keep: str = "") -> str:
    """The text, with escapes for every character that a terminal would not simply draw, except those in ``keep``."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _escape(char) for char in text)


def printable_json(value: object, indent: int | None = None) -> str:
    """The value as JSON that is safe to print and reads as the same value: what is not printable is escaped in JSON's
    own way."""
    text = json_text(value, indent=indent, nan="null")
    if text.isprintable():
        return text
    # Only strings hold such characters; line breaks between values are those of the layout.
    return "".join(char if char.isprintable() or char in "\n" else json.dumps(char)[1:-1] for char in text)


def _escape(char: str) -> str:
    return ascii(char)[1:-1]


def show(value: object, limit: int | None = None) -> str:
    """A value in one line: JSON's own kinds as JSON, other values as Python shows them, containers by their size.

    A string is read only up to ``limit``, so a preview of a long one costs no more than one of a short one.
    """
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, str):
        return printable(json.dumps(value[:limit], ensure_ascii=False))
    if value is None or isinstance(value, (bool, int, float)):
        return json_text(value)
    if isinstance(value, dict):
        return "{" + plural(len(value), "field") + "}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "[" + plural(len(value), "item") + "]"
    if hasattr(type(value), "model_fields"):
        return f"{type(value).__name__}(…)"
    return printable(repr(value)[:limit].removeprefix("datetime."))


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}".replace(",", " ") + ("" if count == 1 else "s")
