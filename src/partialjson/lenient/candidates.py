"""What a candidate looks like: whether a bracket in a text begins JSON, by the first characters that follow it.

An object shows it by its first key and the colon, an array by its first element. The functions read on from an index,
to ``m`` at most, and give a verdict with the index to which they came. ``waits`` tells that more text may come, so that
what is not decided by the end of the text is ``MORE``.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["HELD", "MORE", "NO", "WEAK", "YES", "looks_of"]

HELD: Final = 96
"""How many characters are held for a decision."""

# What a candidate is.
MORE: Final = -1  # not decided yet
NO: Final = 0
WEAK: Final = 1
YES: Final = 2

_DEEPEST: Final = 6  # brackets of nested arrays before the first element that are looked into

_NOT_BLANK: Final = re.compile(r"[^ \t\r\n]")
_CLOSING: Final = {'"': '"', "'": "'", "“": "”", "”": "”", "‘": "’", "’": "’", "`": "`´", "´": "´"}
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NUMBER_BEGINS: Final = re.compile(r"-?\d*\.?\d*(?:[eE][+-]?)?\d*")
_NAME: Final = re.compile(r"[^\W\d][\w$-]*|\$[\w$-]*")
_WORDS: Final = ("true", "false", "null", "True", "False", "None")
_VALUE_STARTS: Final = frozenset(" \t\r\n-0123456789{[" + "".join(_CLOSING))


def looks_of(s: str, at: int, introduced: bool, before: str, bare: bool, mended: bool, final: bool) -> tuple[int, int]:
    """Whether the bracket at an index begins a document, by what follows it; and where that ends, if it is weak.

    Args:
        introduced: whether nothing else stands before it in its line, or a colon.
        before: the character before it.
        bare: whether keys may lack their quotes.
        mended: whether the first key may lack one quote, or its colon: its reader mends that. Several documents are
            read strictly as a rule, and there such a candidate is prose.
        final: whether no more text comes.
    """
    waits = not final and len(s) - at < HELD
    m = min(len(s), at + HELD)
    is_array = s[at] == "["
    is_index = is_array and (before.isalnum() or before in tuple("_)]$"))
    if is_index:
        return NO, at
    verdict, end = (
        _array(s, at, m, waits, introduced, bare, mended, 0) if is_array else _object(s, at, m, waits, bare, mended)
    )
    if verdict == WEAK:
        if end == len(s) and waits:
            return MORE, end
        after = s[end : end + 1]
        if before.isalnum() or before in tuple("_)]$\\") or after.isalnum() or after in tuple("([:_"):
            return NO, end
    return verdict, end


def _object(s: str, i: int, m: int, waits: bool, bare: bool, mended: bool) -> tuple[int, int]:
    k = _no_blank(s, i + 1, m)
    if k == m:
        return MORE if waits else NO, k
    if s[k] == "}":
        return WEAK, k + 1
    if s[k] in _CLOSING:
        end = _string_end(s, k, m)
        if end < 0:
            return MORE if waits else YES if s[k] in "\"'" else NO, m
        k = _no_blank(s, end, m)
        if k == m:
            return MORE if waits else YES, m
        # A value after a blank: the colon is missing.
        return YES if s[k] in ":=" or (mended and k > end and s[k] in "\"'{[0123456789") else NO, k
    name = _NAME.match(s, k, m) if bare else None
    if name is None:
        return NO, k
    k = name.end()
    if mended and k < m and s[k] == '"':
        # The quote that began the key is missing.
        k += 1
    if k < m and s[k] != ":":
        return NO, k
    if k + 1 >= m:
        return MORE if waits else NO, m
    if s[k + 1] in _VALUE_STARTS:
        return YES, k
    return _word(s, k + 1, m, waits)[0], k


def _array(
    s: str, i: int, m: int, waits: bool, introduced: bool, bare: bool, mended: bool, depth: int
) -> tuple[int, int]:
    k = _no_blank(s, i + 1, m)
    if k == m:
        return MORE if waits else NO, k
    first = s[k]
    if first == "]":
        return WEAK if k == i + 1 else NO, k + 1
    if first == "{":
        verdict, end = _object(s, k, m, waits, bare, mended)
        return _element(s, end, m, waits, depth) if verdict == WEAK else (verdict, end)
    if first == "[":
        if depth == _DEEPEST:
            return NO, k
        verdict, end = _array(s, k, m, waits, introduced, bare, mended, depth + 1)
        if verdict != WEAK:
            return verdict, end
        k = _no_blank(s, end, m)
        if k == m:
            return MORE if waits else NO, m
        return YES if s[k] == "," else WEAK if s[k] == "]" else NO, k + 1
    if first in _CLOSING:
        end = _string_end(s, k, m)
        if end < 0:
            return MORE if waits else YES if first in "\"'" else NO, m
        return _element(s, end, m, waits, depth)
    if first in "-0123456789":
        return _numbers(s, k, m, waits, introduced)
    verdict, end = _word(s, k, m, waits)
    return _element(s, end, m, waits, depth) if verdict == YES else (verdict, end)


def _element(s: str, end: int, m: int, waits: bool, depth: int) -> tuple[int, int]:
    """What follows the first element of an array."""
    k = _no_blank(s, end, m)
    if k == m:
        return MORE if waits else YES, m
    if s[k] == "]" and depth == 0:
        if k + 1 == m and waits:
            return MORE, m
        # A link or a reference goes on.
        return NO if s[k + 1 : k + 2] in tuple("([:") else YES, k
    return YES if s[k] in ",]" else NO, k


def _numbers(s: str, k: int, m: int, waits: bool, introduced: bool) -> tuple[int, int]:
    """An array that begins with a number."""
    cut = NO
    while True:
        number = _NUMBER.match(s, k, m)
        if waits and _NUMBER_BEGINS.fullmatch(s, k, m):
            return MORE, m
        if number is None:
            return NO, k
        k = _no_blank(s, number.end(), m)
        if k == m:
            return MORE if waits else cut, m
        if s[k] == "]":
            return WEAK, k + 1
        if s[k] != ",":
            return NO, k
        if introduced:
            return YES, k
        cut = YES
        k = _no_blank(s, k + 1, m)
        if k == m:
            return MORE if waits else cut, m
        if s[k] not in "-0123456789":
            return (YES if s[k] in _CLOSING or s[k] in "{[" else NO), k


def _word(s: str, k: int, m: int, waits: bool) -> tuple[int, int]:
    for word in _WORDS:
        if s.startswith(word, k, m):
            return YES, k + len(word)
        if waits and word.startswith(s[k:m]):
            return MORE, m
    return NO, k


def _no_blank(s: str, k: int, m: int) -> int:
    match = _NOT_BLANK.search(s, k, m)
    return m if match is None else match.start()


def _string_end(s: str, k: int, m: int) -> int:
    """The index after the string that begins at ``k``, or -1."""
    closing = _CLOSING[s[k]]
    k += 1
    while k < m:
        if s[k] == "\\":
            k += 1
        elif s[k] in closing:
            return k + 1
        k += 1
    return -1
