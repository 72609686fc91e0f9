"""Many elements of an array at once, read by the standard library's C scanner.

The scanner is the fastest reader of complete text that Python has, but it cannot read text that is cut anywhere. In a
large chunk, however, most of an array is complete: rows of a table, a list of strings. A window that ends at what looks
like the end of an element is wrapped in brackets and given to the scanner. What it reads is accepted only if it stopped
where an array can stop (at the end of the window, or at the array's own bracket before it), and only if no limit of the
parser can have been passed unnoticed. Otherwise the loop reads the same text again and finds out where and why.

An interpreted loop over characters is about ten times slower than the scanner, so the scanner is used for arrays of any
kind. A compiled loop is as fast on numbers and short arrays, and slower on rows and strings.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from partialjson._core.refcounts import COMPILED

if TYPE_CHECKING:
    from mypy_extensions import i64

LEAST: Final = 512
"""With fewer characters the attempt does not pay."""

FEW: Final = 8
"""Nor does it in an array that has fewer elements so far: most arrays are short."""

MANY: Final = 32

NARROW: Final = 2 * 1024
"""The window for an array with fewer than ``MANY`` elements so far. The next window is twice as wide as what was
accepted."""

WIDE: Final = 32 * 1024

BATCHED: Final = 1024
"""Longer strings are given to the scanner one by one."""

_OF_NUMBERS: Final = "+-.0123456789Ee"


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# NaN and the infinities are not JSON.
_DECODER: Final[Any] = json.JSONDecoder(parse_constant=_refuse)
_SCAN: Final[Any] = _DECODER.scan_once


def whole_elements(
    s: str, i: i64, stop: i64, depth_left: i64, max_number: i64, max_string: i64
) -> tuple[list[object], i64]:
    """The elements that are complete in ``s[i:stop]``, and the index of the comma or bracket after them; no elements
    and ``i`` where the scanner cannot be trusted.

    ``i`` is the first character of an element in an array that may hold ``depth_left`` more levels.
    """
    end = _last_comma(s, i, stop)
    while end > i and _may_be_too_deep(s, i, end, depth_left):
        end = _last_comma(s, i, i + (end - i) // 2)
    if end <= i or end - i > max_string or _may_hold_long_number(s, i, end, max_number):
        return [], i
    used: i64
    try:
        values, used = _SCAN("".join(("[", s[i:end], "]")), 0)
    except (ValueError, StopIteration, RecursionError):
        return [], i
    return values, i + used - 2


def _last_comma(s: str, i: i64, stop: i64) -> i64:
    """The last comma that probably ends an element of this array; -1 if there is none."""
    if s[i] == "{":
        # Rows of a table begin alike, up to their first colon; objects inside them begin differently.
        colon: i64 = s.find(":", i, stop)
        following: i64 = s.rfind(s[i : colon + 1], i + 1, stop) if colon > 0 else -1
        if following < 0:
            return -1
        while following > i and s[following - 1] in " \t\n\r":
            following -= 1
        return following - 1 if s[following - 1] == "," else -1
    closing = {"[": "],", '"': '",'}.get(s[i], ",")
    end: i64 = s.rfind(closing, i, stop)
    return end + len(closing) - 1 if end >= 0 else -1


def _may_be_too_deep(s: str, i: i64, end: i64, depth_left: i64) -> bool:
    """Could something in ``s[i:end]`` be nested deeper than that?"""
    opened: i64 = 0
    for bracket in "[{":
        at: i64 = s.find(bracket, i, end)
        if at >= 0 and not COMPILED:
            opened += s.count(bracket, at, end)
        # Where calls are cheap, finding the next bracket is faster than counting all of them.
        while at >= 0 and COMPILED and opened <= depth_left:
            opened += 1
            at = s.find(bracket, at + 1, end)
    return opened > depth_left


def _may_hold_long_number(s: str, i: i64, end: i64, max_number: i64) -> bool:
    """Could a number in ``s[i:end]`` be longer than the limit? It would fill one of these windows."""
    window = max_number // 2 + 1
    while end - i >= window:
        if s[i] in _OF_NUMBERS and not s[i : i + window].lstrip(_OF_NUMBERS):
            return True
        i += window
    return False
