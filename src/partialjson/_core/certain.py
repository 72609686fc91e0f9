"""What strict parsing reads the same way, whatever follows: for lenient parsing.

Lenient parsing lets the strict lexer read on as far as its reading is *certain* (``Lexer.read_certain``), and takes
over where it stops. A token is certain if it is correct, it is whole, and what comes after it shows that it ends there:

    a string        before a closing bracket, or a comma; in an object, a quote or a line end must follow the comma
    a number, word  before a closing bracket, or a comma; in an object, no digit may follow the comma
    a key           before a colon
    a comma         before a quote; in an array, before the first character of any value

Nothing at the root is certain but brackets, since a scalar there may be the beginning of prose.

The rules must agree with those of ``mender``, which reads what is left: the decision is the same, only earlier.
"""

from __future__ import annotations

# In every Python, though typeshed leaves it out.
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Final

from partialjson._core.machine import (
    BACKSLASH,
    CLOSE_BRACE,
    CLOSE_BRACKET,
    COLON_SIGN,
    COMMA,
    DASH,
    DIGIT_0,
    DIGIT_9,
    DOT,
    NEWLINE,
    OPEN_BRACE,
    OPEN_BRACKET,
    PLUS,
    QUOTE,
    RETURN,
    SPACE,
    TAB,
    Machine,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

# From here on the standard library's scanner is faster.
_NEAR: Final = 48


def value_is_certain(m: Machine, s: str, c: i64, i: i64, n: i64) -> bool:
    """Is the value that begins with ``c`` at ``i`` certain? Brackets are, and the lexer stops by itself at anything
    that no value begins with.

    A string that is certain is left in ``ahead``, so that it is not read twice.
    """
    if c == QUOTE:
        return _string_is_certain(m, s, i + 1, n)
    if c == DASH or DIGIT_0 <= c <= DIGIT_9:
        return _number_is_certain(m, s, i, n)
    if c == 116:
        return s.startswith("true", i) and ends_certainly(m, s, i + 4, n, False)
    if c == 102:
        return s.startswith("false", i) and ends_certainly(m, s, i + 5, n, False)
    if c == 110:
        return s.startswith("null", i) and ends_certainly(m, s, i + 4, n, False)
    # NaN is none of strict parsing.
    return c != 78


def _string_is_certain(m: Machine, s: str, i: i64, n: i64) -> bool:
    j = i
    stop = i + _NEAR if i + _NEAR < n else n
    while j < stop:
        c: i64 = ord(s[j])
        if c == QUOTE:
            if j - i > m.max_string or not ends_certainly(m, s, j + 1, n, True):
                return False
            m.ahead = s[i:j]
            m.ahead_end = j + 1
            return True
        if c == BACKSLASH:
            break
        if c < SPACE:
            return False
        j += 1
    value: str
    end: i64
    try:
        value, end = scanstring(s, i, True)
    except ValueError:
        return False
    if len(value) > m.max_string or (not m.lone_surrogates and s.find("\\u", i, end) >= 0):
        return False
    if not ends_certainly(m, s, end, n, True):
        return False
    m.ahead = value
    m.ahead_end = end
    return True


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


def key_is_certain(m: Machine, s: str, i: i64, j: i64, n: i64) -> bool:
    """Is ``s[i:j]`` certainly a key? ``j`` is the index of its closing quote."""
    m.key_at = m.base + i - 1
    j += 1
    while j < n:
        c: i64 = ord(s[j])
        if c == COLON_SIGN:
            return True
        if c != SPACE and c != NEWLINE and c != RETURN and c != TAB:
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
