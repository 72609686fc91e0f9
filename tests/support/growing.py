"""Which value of a document is open, as a pointer."""

from __future__ import annotations

from typing import Any

from partialjson import Parser
from partialjson._pointers import pointer_of


def growing_of(parser: Parser[Any]) -> str | None:
    """The pointer of the innermost visible value that is open, None if there is none."""
    return None if parser.growing is None else pointer_of(parser.growing)
