"""Many elements of an array at once, read by the standard library's C scanner: for the interpreted build only.

A character loop in the interpreter is some ten times slower than ``json.loads``. Where a chunk holds many elements of
one array, such as the rows of a table, all that are surely whole are wrapped in brackets and given to the scanner.
What it reads is taken only if it consumes exactly that text, and only if none of the parser's limits could have been
passed unnoticed; otherwise the loop reads the same text again and finds out where and why.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

LEAST: Final = 512
"""Fewer characters are not worth the attempt."""

_MOST: Final = 32 * 1024


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# NaN and the infinities are not JSON.
_DECODER: Final[Any] = json.JSONDecoder(parse_constant=_refuse)
_SCAN: Final[Any] = _DECODER.scan_once


def whole_elements(s: str, i: i64, depth_left: i64, max_number: i64, max_string: i64) -> tuple[list[object], i64]:
    """The elements that stand whole in ``s`` from ``i`` on, and the index of the comma after them; none at ``i``
    itself where nothing can be promised.

    ``i`` is the first character of an element in an array that may hold ``depth_left`` levels more.
    """
    stop = min(i + _MOST, len(s))
    end = _last_comma(s, i, stop)
    if end <= i or end - i > max_string:
        return [], i
    text = "[" + s[i:end] + "]"
    if text.count("[") + text.count("{") - 1 > depth_left or _may_hold_long_number(text, max_number):
        return [], i
    try:
        values, used = _SCAN(text, 0)
    except (ValueError, StopIteration, RecursionError):
        return [], i
    return (values, end) if used == len(text) else ([], i)


def _last_comma(s: str, i: i64, stop: i64) -> i64:
    """A comma that probably ends an element of this array, the last there is; -1 for none."""
    if s[i] == "{":
        # Rows of a table begin alike, up to their first colon, and no object inside them does.
        colon: i64 = s.find(":", i, stop)
        following: i64 = s.rfind(s[i : colon + 1], i + 1, stop) if colon > 0 else -1
        if following < 0:
            return -1
        before = s[i:following].rstrip(" \t\n\r")
        return i + len(before) - 1 if before.endswith(",") else -1
    closing = {"[": "],", '"': '",'}.get(s[i], ",")
    end: i64 = s.rfind(closing, i, stop)
    return end + len(closing) - 1 if end >= 0 else -1


def _may_hold_long_number(text: str, max_number: i64) -> bool:
    """Could a number be longer than the limit? It would fill a window of half its length without a comma."""
    window = max_number // 2
    at: i64 = 0
    n: i64 = len(text)
    while n > max_number and at < n:
        if text.find(",", at, at + window) < 0:
            return True
        at += window
    return False
