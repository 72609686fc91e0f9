"""What a document shows while it grows: which value is open, and what becomes of the whole."""

from __future__ import annotations

from typing import Any

from partialjson import Parser
from partialjson._pointers import pointer_of


def growing_of(parser: Parser[Any]) -> str | None:
    """The pointer of the innermost visible value that is open, None if there is none."""
    return None if parser.growing is None else pointer_of(parser.growing)


def changes_of(parser: Parser[Any], text: str) -> list[str]:
    """What `value` shows after each character of a text, without what only stays."""
    shown: list[str] = []
    for character in text:
        parser.feed(character)
        now = repr(parser.value)
        if not shown or shown[-1] != now:
            shown.append(now)
    return shown
