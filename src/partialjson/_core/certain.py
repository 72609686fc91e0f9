"""What strict parsing reads the same way, whatever follows: for lenient parsing.

Lenient parsing drives the strict lexer from its own loop, ``read_certain``, as far as the reading is *certain*, and
mends what is left. A token is certain if it is correct, it is whole, and what comes after it shows that it ends there:

    a string        before a closing bracket, or a comma; in an object, a quote or a line end must follow the comma
    a number, word  before a closing bracket, a line end, or a comma; in an object, no digit may follow the comma
    a key           before a colon
    a comma         before a quote; in an array, before the first character of any value

Nothing at the root is certain but brackets, since a scalar there may be the beginning of prose.

*Cut tokens.* Chunks are short, so most tokens are cut. The beginning of a string or a key is certain as soon as its
quote has come; it is left open in the lexer, with all of its text but a run of delimiters at the end, which are
structure if the closing quote is missing. Everything else that is cut waits: its reader cannot tell it from what is to
be mended. The answer is then negative, so that nobody looks at it again before more text has come.

The rules must agree with those of ``mender``, which reads what is left: the decision is the same, only earlier, and the
state where the text stops is the same. The loop is that of ``Lexer`` with these questions in it; strict parsing must
not pay for them.
"""

from __future__ import annotations

# In every Python, though typeshed leaves it out.
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import TYPE_CHECKING, Final

from partialjson._core.bulk import LEAST
from partialjson._core.lexer import Lexer
from partialjson._core.lookout import MORE, NO, REACH, YES, is_blank, may_follow, skip_blank
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
    TEXT,
    VALUE,
)
from partialjson._core.numbers import POWERS_OF_TEN
from partialjson._core.strings import end_text, grow_by_run, key_comes, open_key, open_text, plain_until, read_text

if TYPE_CHECKING:
    from mypy_extensions import i64

# From here on the standard library's scanner is faster.
_NEAR: Final = 48

# Numbers of so many digits and one point are exact as doubles, and so is a power of ten for each place.
_FEW_DIGITS: Final = 15

# What may stand after a backslash, alone.
_ESCAPED: Final = '"\\/bfnrt'


def read_certain(x: Lexer, s: str, i: i64, n: i64) -> i64:
    """Read ``s`` from index ``i`` on, as far as the reading is certain; returns the index where it stopped.

    If nothing can be told of the text from there on before more has come, it returns -1 minus that index.

    The lexer is between two tokens, or in a string in double quotes that is like its source so far; so it is
    afterwards. ``s`` has no surrogates where they are refused.

    Raises:
        ParseError: a limit is passed.
    """
    x.base -= i
    source = x.source
    if source is not None:
        source.open_window(s, x.base, i)
    stopped = _read(x, s, i, n)
    end = stopped if stopped >= 0 else -1 - stopped
    x.base += end
    if source is not None:
        source.close_window(end)
    return stopped


def _read(x: Lexer, s: str, i: i64, n: i64) -> i64:
    tree = x.tree
    x.bulk_from = 0
    if x.state == TEXT:
        i = _text(x, s, i, i, n)
        if x.state == TEXT:
            return i
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
        if state == AFTER:
            if c == COMMA:
                j = i + 1
                while j < n and ord(s[j]) == SPACE:
                    j += 1
                answer = _comma_separates(tree.in_object, s, j, n)
                if answer != YES:
                    return i if answer == NO or n - i > REACH else -1 - i
                x.read_after(s, c, i)
                i = j
                continue
            if c != (CLOSE_BRACE if tree.in_object else CLOSE_BRACKET):
                return i
            i = x.read_after(s, c, i)
        elif state == VALUE or state == FIRST_VALUE:
            if n - i > LEAST and i >= x.bulk_from and not tree.in_object:
                i = x.read_elements(s, c, i, n)
                if x.state == AFTER:
                    continue
            if c == OPEN_BRACE or c == OPEN_BRACKET or (c == CLOSE_BRACKET and state == FIRST_VALUE):
                i = x.read_value(s, c, i, n)
            elif not tree.containers:
                return i
            elif c == QUOTE:
                i = _string(x, s, i, n)
                if x.state == TEXT:
                    return i
                continue
            else:
                j = _number(x, s, c, i, n) if c == DASH or DIGIT_0 <= c <= DIGIT_9 else _word(x, s, c, i, n)
                if j <= i:
                    return j
                i = j
        elif state == KEY or state == FIRST_KEY:
            if c == QUOTE:
                i = _key(x, s, i, n)
                if x.state == TEXT:
                    return i
                continue
            if c != CLOSE_BRACE or state == KEY:
                return i
            i = x.end_container(i)
        elif state == COLON and c == COLON_SIGN:
            x.state = VALUE
            i += 1
        else:
            return i
        if x.state == ENDED:
            return i
    return n


# Strings.


def _string(x: Lexer, s: str, start: i64, n: i64) -> i64:
    """Read the string value that begins at ``start``; returns the index after it, or it is left open (``_text``)."""
    i = start + 1
    j = plain_until(x, s, i, i + _NEAR if i + _NEAR < n else n)
    if j < n and ord(s[j]) == QUOTE:
        if j - i <= x.max_string and _ends(x, s, j + 1, n, True) == YES:
            x.string_comes(start)
            x.string_closed(s[i:j])
            return j + 1
    elif n - j > SHORT and s.find('"', j + 1) >= 0:
        end = _scanned(x, s, start, n)
        if end > 0:
            return end
    x.string_comes(start)
    open_text(x)
    return _text(x, s, i, j, n)


def _scanned(x: Lexer, s: str, start: i64, n: i64) -> i64:
    """``_string``, read by the standard library's scanner; 0 if it is not certain."""
    value: str
    end: i64
    try:
        value, end = scanstring(s, start + 1, True)
    except ValueError:
        return 0
    if len(value) > x.max_string or (not x.lone_surrogates and s.find("\\u", start, end) >= 0):
        return 0
    if _ends(x, s, end, n, True) != YES:
        return 0
    x.string_comes(start)
    x.string_closed(value)
    return end


def _key(x: Lexer, s: str, start: i64, n: i64) -> i64:
    """Read the key that begins at ``start``; returns the index after it, or it is left open (``_text``)."""
    x.key_at = x.base + start
    i = start + 1
    j = i
    c: i64 = 0
    hashed: i64 = 0
    stop = i + SHORT if i + SHORT < n else n
    while j < stop:
        c = ord(s[j])
        if c == QUOTE or c == BACKSLASH or c < SPACE:
            break
        hashed = hashed * 31 + c
        j += 1
    if j < stop and c == QUOTE and j - i <= x.max_string and _colon_follows(s, j + 1, n) == YES:
        key_comes(x, s, i, j, hashed)
        x.state = COLON
        return j + 1
    open_key(x, i)
    return _text(x, s, i, j, n)


def _text(x: Lexer, s: str, i: i64, j: i64, n: i64) -> i64:
    """Read on in the open string or key from ``i`` on; up to ``j`` there are only plain characters.

    Returns the index after it. If it does not certainly end, it stays open, and the index is that of the first
    character which is not known to be its text; -1 minus that if more text must come to tell.
    """
    is_key = x.is_key
    has_escapes = False
    c: i64 = 0
    answer = MORE
    while True:
        j = plain_until(x, s, j, n)
        if j == n:
            break
        c = ord(s[j])
        if c == BACKSLASH and j + 1 < n and s[j + 1] in _ESCAPED:
            has_escapes = True
            j += 2
            continue
        if c == QUOTE:
            answer = _colon_follows(s, j + 1, n) if is_key else _ends(x, s, j + 1, n, True)
        elif c != BACKSLASH or j + 1 < n:
            answer = NO
        break
    to = j if answer == YES else _delimiters(s, i, j, is_key)
    if has_escapes:
        x.base += i
        read_text(x, s[i:to], 0, to - i)
        x.base -= i
    elif i < to:
        grow_by_run(x, s, i, to)
    if answer != YES:
        return to if answer == NO else -1 - to
    end_text(x, j)
    return j + 1


def _delimiters(s: str, i: i64, j: i64, is_key: bool) -> i64:
    """Where the run of delimiters before ``j`` begins that may be structure; not before ``i``."""
    k = j
    while k > i and (ord(s[k - 1]) == SPACE or may_follow(ord(s[k - 1]), is_key)):
        k -= 1
    if j - k > REACH:
        # Of more than that, the beginning is text.
        k += (j - k - 1) // REACH * REACH
    return k


def _colon_follows(s: str, j: i64, n: i64) -> i64:
    """Does a key that may end before index ``j`` certainly end there?"""
    k = skip_blank(s, j, n)
    if k < n:
        return YES if ord(s[k]) == COLON_SIGN else NO
    return MORE if n - j < REACH else NO


# Numbers and words.


def _number(x: Lexer, s: str, c: i64, i: i64, n: i64) -> i64:
    """Read the number that begins with ``c`` at ``i``; returns the index after it, else what ``read_certain`` does."""
    first = i + 1 if c == DASH else i
    few = first + _FEW_DIGITS if first + _FEW_DIGITS < n else n
    j = first
    point: i64 = -1
    # A number of few characters is computed on the way, as in ``short_number``.
    mantissa: i64 = 0
    while j < few:
        c = ord(s[j])
        if c < DIGIT_0 or c > DIGIT_9:
            if c != DOT or point >= 0:
                break
            point = j
        else:
            mantissa = mantissa * 10 + c - DIGIT_0
        j += 1
    is_short = j < few
    while j == few and few < n:
        c = ord(s[j])
        if c < DIGIT_0 or c > DIGIT_9:
            if c != DOT or point >= 0:
                break
            point = j
        few += 1
        j += 1
    whole = (j if point < 0 else point) - first
    is_number = (whole == 1 or (whole > 1 and ord(s[first]) != DIGIT_0)) and j - point > 1
    if c == COMMA and is_short and is_number and not x.tree.in_object and _computed(x, s, i, j, point, mantissa):
        return j
    if j < n and (c == 101 or c == 69):
        is_short = False
        j += 1
        if j < n and (ord(s[j]) == DASH or ord(s[j]) == PLUS):
            j += 1
        digits = j
        while j < n and DIGIT_0 <= ord(s[j]) <= DIGIT_9:
            j += 1
        is_number = is_number and j > digits
    if j - i > x.max_number:
        return i
    if j == n:
        return -1 - i
    answer = _ends(x, s, j, n, False)
    if not is_number or answer == NO:
        return i
    if answer == MORE:
        return -1 - i
    if is_short and _computed(x, s, i, j, point, mantissa):
        return j
    return x.read_value(s, ord(s[i]), i, n)


def _computed(x: Lexer, s: str, i: i64, j: i64, point: i64, mantissa: i64) -> bool:
    """Close the number ``s[i:j]``, whose digits are this, if nothing but its value is wanted."""
    if x.source is not None or j - i > x.max_short:
        return False
    is_negative = ord(s[i]) == DASH
    if point < 0:
        x.atom_closed(-mantissa if is_negative else mantissa, "")
    else:
        number = float(mantissa) / POWERS_OF_TEN[j - point - 1]
        x.atom_closed(-number if is_negative else number, "")
    return True


def _word(x: Lexer, s: str, c: i64, i: i64, n: i64) -> i64:
    """Read the word that begins with ``c`` at ``i``; returns the index after it, else what ``read_certain`` does."""
    if c == 116:
        word = "true"
    elif c == 102:
        word = "false"
    elif c == 110:
        word = "null"
    else:
        return i
    end = i + len(word)
    if n <= end:
        return -1 - i if word.startswith(s[i:n]) else i
    if not s.startswith(word, i):
        return i
    answer = _ends(x, s, end, n, False)
    if answer == YES:
        return x.read_value(s, c, i, n)
    return i if answer == NO else -1 - i


# What follows.


def _ends(x: Lexer, s: str, start: i64, n: i64, is_string: bool) -> i64:
    """Does a scalar that may end before index ``start`` certainly end there?"""
    tree = x.tree
    j = start
    c: i64 = 0
    while j < n:
        c = ord(s[j])
        if c > SPACE:
            break
        if c == NEWLINE and not is_string:
            return YES
        if not is_blank(c):
            return NO
        j += 1
    if j < n:
        if not tree.in_object:
            return YES if (c == COMMA or c == CLOSE_BRACKET) and tree.containers else NO
        if c == CLOSE_BRACE:
            return YES
        if c != COMMA:
            return NO
        if not is_string and j > start:
            return YES
        j += 1
        while j < n:
            c = ord(s[j])
            if not is_string:
                return NO if DIGIT_0 <= c <= DIGIT_9 else YES
            if c == NEWLINE or c == QUOTE:
                return YES
            if not is_blank(c):
                return NO
            j += 1
    return MORE if n - start < REACH else NO


def _comma_separates(in_object: bool, s: str, j: i64, n: i64) -> i64:
    """Is the comma before ``j``, or before the white space there, certainly followed by another member or element?"""
    while j < n:
        c: i64 = ord(s[j])
        if c > SPACE:
            return YES if c == QUOTE or (not in_object and begins_value(c)) else NO
        if not is_blank(c):
            return NO
        j += 1
    return MORE


def begins_value(c: i64) -> bool:
    """Does a JSON value begin with this character?"""
    return (
        c == QUOTE
        or DIGIT_0 <= c <= DIGIT_9
        or c == OPEN_BRACE
        or c == OPEN_BRACKET
        or c == DASH
        or c == 116
        or c == 102
        or c == 110
    )
