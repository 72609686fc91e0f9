"""What strict parsing reads the same way, whatever follows: for lenient parsing.

Lenient parsing drives the strict lexer from its own loop, ``read_certain``, as far as the reading is *certain*, and
mends what is left. A token is certain if it is correct, it is whole, and what comes after it shows that it ends there:

    a string        before a closing bracket, or a comma; in an object, a quote or a line end must follow the comma
    a number, word  before a closing bracket, or a comma; in an object, no digit may follow the comma
    a key           before a colon
    a comma         before a quote; in an array, before the first character of any value

Nothing at the root is certain but brackets, since a scalar there may be the beginning of prose.

The rules must agree with those of ``mender``, which reads what is left: the decision is the same, only earlier.
The loop is that of ``Lexer`` with these questions in it; strict parsing must not pay for them.
"""

from __future__ import annotations

# In every Python, though typeshed leaves it out.
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import TYPE_CHECKING, Final

from partialjson._core.bulk import LEAST
from partialjson._core.lexer import Lexer
from partialjson._core.machine import (
    AFTER,
    BACKSLASH,
    CLOSE_BRACE,
    CLOSE_BRACKET,
    COLON,
    COLON_SIGN,
    COMMA,
    DASH,
    DIGIT_0,
    DIGIT_9,
    DOT,
    ENDED,
    FIRST_KEY,
    FIRST_VALUE,
    KEY,
    NEWLINE,
    OPEN_BRACE,
    OPEN_BRACKET,
    PLUS,
    QUOTE,
    RETURN,
    SHORT,
    SPACE,
    TAB,
    VALUE,
    Machine,
)
from partialjson._core.strings import key_comes

if TYPE_CHECKING:
    from mypy_extensions import i64

# From here on the standard library's scanner is faster.
_NEAR: Final = 48


def read_certain(x: Lexer, s: str, i: i64, n: i64) -> i64:
    """Read ``s`` from index ``i`` on, as far as the reading is certain; returns the index where it stopped.

    The lexer is between two tokens, before and after. ``s`` has no surrogates where they are refused.

    Raises:
        ParseError: a limit is passed.
    """
    x.base -= i
    source = x.source
    if source is not None:
        source.open_window(s, x.base, i)
    i = _read(x, s, i, n)
    x.base += i
    if source is not None:
        source.close_window(i)
    return i


def _read(x: Lexer, s: str, i: i64, n: i64) -> i64:
    x.bulk_from = 0
    while i < n:
        c: i64 = ord(s[i])
        if c <= SPACE:
            if c == NEWLINE:
                x.line += 1
                x.line_start = x.base + i + 1
            elif c != SPACE and c != RETURN and c != TAB:
                return i
            i += 1
            continue
        state = x.state
        j = i
        if state == AFTER:
            if c != COMMA or comma_is_certain(x, s, i + 1, n):
                j = x.read_after(s, c, i) if _goes_on(x, c) else i
        elif state == VALUE or state == FIRST_VALUE:
            if n - i > LEAST and i >= x.bulk_from and not x.tree.in_object:
                i = x.read_elements(s, c, i, n)
                if x.state == AFTER:
                    continue
                j = i
            if c == QUOTE:
                j = _string(x, s, i, n)
            elif value_is_certain(x, s, c, i, n):
                j = x.read_value(s, c, i, n)
        elif state == KEY or state == FIRST_KEY:
            if c == QUOTE:
                j = _key(x, s, i, n)
            elif c == CLOSE_BRACE and state == FIRST_KEY:
                j = x.end_container(i)
        elif state == COLON and c == COLON_SIGN:
            x.state = VALUE
            j = i + 1
        if j == i:
            return i
        i = j
        if x.state == ENDED:
            return i
    return n


def _goes_on(x: Lexer, c: i64) -> bool:
    """Does strict parsing accept this character after a value?"""
    return c == COMMA or c == (CLOSE_BRACE if x.tree.in_object else CLOSE_BRACKET)


def value_is_certain(m: Machine, s: str, c: i64, i: i64, n: i64) -> bool:
    """Is the value that begins with ``c`` at ``i``, and is no string, certain? Brackets are."""
    if c == OPEN_BRACE or c == OPEN_BRACKET:
        return True
    if c == DASH or DIGIT_0 <= c <= DIGIT_9:
        return _number_is_certain(m, s, i, n)
    if c == 116:
        return s.startswith("true", i) and ends_certainly(m, s, i + 4, n, False)
    if c == 102:
        return s.startswith("false", i) and ends_certainly(m, s, i + 5, n, False)
    if c == 110:
        return s.startswith("null", i) and ends_certainly(m, s, i + 4, n, False)
    return c == CLOSE_BRACKET and m.state == FIRST_VALUE


def _string(x: Lexer, s: str, start: i64, n: i64) -> i64:
    """Read the string value that begins at ``start``, if it is certain; returns the index after it, else ``start``."""
    i = start + 1
    j = i
    stop = i + _NEAR if i + _NEAR < n else n
    while j < stop:
        c: i64 = ord(s[j])
        if c == QUOTE:
            if j - i > x.max_string or not ends_certainly(x, s, j + 1, n, True):
                return start
            x.string_comes(start)
            x.string_closed(s[i:j])
            return j + 1
        if c == BACKSLASH:
            break
        if c < SPACE:
            return start
        j += 1
    value: str
    end: i64
    try:
        value, end = scanstring(s, i, True)
    except ValueError:
        return start
    if len(value) > x.max_string or (not x.lone_surrogates and s.find("\\u", i, end) >= 0):
        return start
    if not ends_certainly(x, s, end, n, True):
        return start
    x.string_comes(start)
    x.string_closed(value)
    return end


def _key(x: Lexer, s: str, start: i64, n: i64) -> i64:
    """Read the key that begins at ``start``, if it is certain; returns the index after it, else ``start``."""
    i = start + 1
    j = i
    hashed: i64 = 0
    stop = i + SHORT if i + SHORT < n else n
    while j < stop:
        c: i64 = ord(s[j])
        if c == QUOTE:
            break
        if c == BACKSLASH or c < SPACE:
            return start
        hashed = hashed * 31 + c
        j += 1
    if j == stop or j - i > x.max_string or not _colon_follows(s, j + 1, n):
        return start
    x.key_at = x.base + start
    key_comes(x, s, i, j, hashed)
    x.state = COLON
    return j + 1


def _colon_follows(s: str, j: i64, n: i64) -> bool:
    while j < n:
        c: i64 = ord(s[j])
        if c == COLON_SIGN:
            return True
        if c != SPACE and c != NEWLINE and c != RETURN and c != TAB:
            return False
        j += 1
    return False


def _number_is_certain(m: Machine, s: str, i: i64, n: i64) -> bool:
    j = i + 1 if ord(s[i]) == DASH else i
    end = _digits(s, j, n)
    if end == j or (end > j + 1 and ord(s[j]) == DIGIT_0):
        return False
    j = end
    if j < n and ord(s[j]) == DOT:
        end = _digits(s, j + 1, n)
        if end == j + 1:
            return False
        j = end
    if j < n and (ord(s[j]) == 101 or ord(s[j]) == 69):
        j += 1
        if j < n and (ord(s[j]) == DASH or ord(s[j]) == PLUS):
            j += 1
        end = _digits(s, j, n)
        if end == j:
            return False
        j = end
    return j - i <= m.max_number and ends_certainly(m, s, j, n, False)


def _digits(s: str, i: i64, n: i64) -> i64:
    while i < n and DIGIT_0 <= ord(s[i]) <= DIGIT_9:
        i += 1
    return i


def ends_certainly(m: Machine, s: str, j: i64, n: i64, is_string: bool) -> bool:
    """Does a scalar that may end before index ``j`` certainly end there?"""
    if not m.tree.containers:
        return False
    c: i64 = 0
    while j < n:
        c = ord(s[j])
        if c > SPACE:
            break
        if c != SPACE and c != NEWLINE and c != RETURN and c != TAB:
            return False
        j += 1
    if j == n:
        return False
    if not m.tree.in_object:
        return c == COMMA or c == CLOSE_BRACKET
    if c == CLOSE_BRACE:
        return True
    j += 1
    if c != COMMA or j == n:
        return False
    if not is_string:
        return not DIGIT_0 <= ord(s[j]) <= DIGIT_9
    while j < n:
        c = ord(s[j])
        if c == NEWLINE or c == QUOTE:
            return True
        if c != SPACE and c != TAB and c != RETURN:
            return False
        j += 1
    return False


def comma_is_certain(m: Machine, s: str, j: i64, n: i64) -> bool:
    """Is the comma before index ``j`` certainly followed by another member or element?"""
    while j < n:
        c: i64 = ord(s[j])
        if c > SPACE:
            return c == QUOTE or (not m.tree.in_object and begins_value(c))
        if c != SPACE and c != NEWLINE and c != RETURN and c != TAB:
            return False
        j += 1
    return False


def begins_value(c: i64) -> bool:
    """Does a JSON value begin with this character?"""
    return (
        c == QUOTE
        or c == OPEN_BRACE
        or c == OPEN_BRACKET
        or c == DASH
        or DIGIT_0 <= c <= DIGIT_9
        or c == 116
        or c == 102
        or c == 110
    )
