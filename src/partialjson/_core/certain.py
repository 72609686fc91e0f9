"""What strict parsing reads the same way, whatever follows: for lenient parsing.

Lenient parsing drives the strict lexer from its own loop, in ``Certain``, as far as the reading is *certain*, and mends
what is left. A token is certain if it is correct, it is whole, and what comes after it shows that it ends there:

    a string        before a closing bracket, or a comma; in an object, a quote or a line end must follow the comma
    a number, word  before a closing bracket, a line end, or a comma; in an object, no digit may follow the comma
    a key           before a colon
    a comma         before a quote; in an array, before the first character of any value

Nothing at the root is certain but brackets, since a scalar there may be the beginning of prose.

*Cut tokens.* Chunks are short, so most tokens are cut. The beginning of a string or a key is certain as soon as its
quote has come; it is left open in the lexer, with all of its text but a run of delimiters at the end, which are
structure if the closing quote is missing. Everything else that is cut waits: its reader cannot tell it from what is to
be mended.

The rules must agree with those of ``mender``, which reads what is left: the decision is the same, only earlier, and the
state where the text stops is the same. The loop is that of ``Lexer`` with these questions in it; strict parsing must
not pay for them. What is found out about the text after a token is used at once, to read the comma as well: that pays
for the questions.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # json uses it; typeshed has no line for it
from typing import TYPE_CHECKING, Final

from partialjson._core.bulk import LEAST
from partialjson._core.lexer import Lexer, may_scan
from partialjson._core.lookout import MORE, NO, REACH, SLASH, YES, is_blank, may_follow, skip_blank
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
    FRACTION,
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
    WHOLE,
)
from partialjson._core.numbers import POWERS_OF_TEN, number_comes
from partialjson._core.refcounts import COMPILED
from partialjson._core.source import Source
from partialjson._core.strings import end_text, grow_by_run, key_comes, open_key, open_text, read_text
from partialjson._core.tree import Tree

if TYPE_CHECKING:
    from mypy_extensions import i64

# From here on the standard library's scanner is faster.
_NEAR: Final = 48

# Numbers of so many digits and one point are exact as doubles, and so is a power of ten for each place.
_FEW_DIGITS: Final = 15

_SPECIAL: Final = re.compile(r'["\\\x00-\x1f\ud800-\udfff]').search


class Certain:
    """Reads what is certain, and lets a lexer know of it. Between two calls the lexer is between two tokens, or in a
    string in double quotes that is like its source so far.

    Attributes:
        hides: whether delimiters at the end of the text may be hidden in the tree, so that they are not read again.
        is_wide: whether a character has come that takes more than one byte.
    """

    def __init__(self, lexer: Lexer) -> None:
        self.lexer: Final = lexer
        self.tree: Final[Tree] = lexer.tree
        self.source: Final[Source | None] = lexer.source
        self.hides = False
        self.is_wide = False

    def read(self, s: str, i: i64, n: i64) -> i64:
        """Read ``s`` from index ``i`` on, as far as the reading is certain; returns the index where it stopped.

        If nothing can be told of the text from there on before more has come, it returns -1 minus that index. ``s``
        has no surrogates where they are refused.

        Raises:
            ParseError: a limit is passed, or a value that does not fit its target stops the document.
        """
        x = self.lexer
        x.base -= i
        source = self.source
        if source is not None:
            source.open_window(s, x.base, i)
        stopped = self.read_here(s, i, i, n)
        end = stopped if stopped >= 0 else -1 - stopped
        x.base += end
        if source is not None:
            source.close_window(end)
        return stopped

    def read_here(self, s: str, i: i64, plain: i64, n: i64) -> i64:
        """``read``, where the lexer counts from the beginning of ``s``. If it is in a string, only plain characters
        come before ``plain``."""
        x = self.lexer
        tree = self.tree
        x.bulk_from = 0
        if x.state == TEXT:
            i = self._text(s, i, plain, n)
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
            if state == VALUE or state == FIRST_VALUE:
                if n - i > LEAST and i >= x.bulk_from and may_scan(c) and not tree.in_object:
                    i = x.read_elements(s, i, n)
                    if x.state == AFTER:
                        continue
                if c == QUOTE:
                    if not tree.containers:
                        return i
                    i = self._string(s, i, n)
                    if x.state == TEXT:
                        return i
                    continue
                if c == OPEN_BRACE or c == OPEN_BRACKET or (c == CLOSE_BRACKET and state == FIRST_VALUE):
                    i = x.read_value(s, c, i, n)
                elif not tree.containers:
                    return i
                elif c == DASH or DIGIT_0 <= c <= DIGIT_9:
                    while True:
                        j = self._number(s, c, i, n)
                        if j <= i:
                            return j
                        i = j
                        if i == n or x.state != VALUE:
                            break
                        # Numbers come in rows.
                        c = ord(s[i])
                        if c != DASH and not DIGIT_0 <= c <= DIGIT_9:
                            break
                    continue
                else:
                    j = self._word(s, c, i, n)
                    if j <= i:
                        return j
                    i = j
                    continue
            elif state == KEY or state == FIRST_KEY:
                if c == QUOTE:
                    i = self._key(s, i, n)
                    if x.state == TEXT:
                        return i
                    continue
                if c != CLOSE_BRACE or state == KEY:
                    return i
                i = x.end_container(i)
            elif state == AFTER:
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
                i = x.end_container(i)
            elif state == COLON and c == COLON_SIGN:
                x.state = VALUE
                i += 1
            else:
                return i
            if x.state == ENDED:
                return i
        return n

    def separator(self, s: str, i: i64, n: i64) -> i64:
        """A value has closed before index ``i``. If a comma is there, and what follows it shows at once that it
        separates, it is read too; returns the index from which to go on."""
        j = i + 1
        if j >= n or ord(s[i]) != COMMA:
            return i
        c: i64 = ord(s[j])
        if c == SPACE:
            j += 1
            if j == n:
                return i
            c = ord(s[j])
        in_object = self.tree.in_object
        if c != QUOTE and (in_object or not begins_value(c)):
            return i
        if self.source is None:
            self.lexer.state = KEY if in_object else VALUE
        else:
            self.lexer.read_after(s, COMMA, i)
        return j

    # Strings.

    def plain_until(self, s: str, i: i64, stop: i64) -> i64:
        """The first quote, backslash or control character at or after ``i``; ``stop`` if there is none before that."""
        if not COMPILED:
            special = _SPECIAL(s, i, stop)
            while special is not None and self.lexer.lone_surrogates and special[0] > "\\":
                special = _SPECIAL(s, special.end(), stop)
            end = stop if special is None else special.start()
            self.is_wide = self.is_wide or not s.isascii()
            return end
        while i < stop:
            c: i64 = ord(s[i])
            if c <= QUOTE:
                if c == QUOTE or c < SPACE:
                    return i
            elif c == BACKSLASH:
                return i
            elif c > 0x7F:
                self.is_wide = True
                if 0xD800 <= c <= 0xDFFF and not self.lexer.lone_surrogates:
                    # The mender knows what to say.
                    return i
            i += 1
        return i

    def _string(self, s: str, start: i64, n: i64) -> i64:
        """Read the string value that begins at ``start``; returns the index from which to go on, or it is left open
        (``_text``)."""
        x = self.lexer
        i = start + 1
        j = self.plain_until(s, i, i + _NEAR if i + _NEAR < n else n)
        if j < n and ord(s[j]) == QUOTE:
            if j - i <= x.max_string and self._string_ends(s, j + 1, n) == YES:
                x.value_comes(QUOTE, start)
                x.string_closed(s[i:j])
                return self.separator(s, j + 1, n)
        elif n - j > SHORT and s.find('"', j + 1) >= 0:
            end = self._scanned(s, start, n)
            if end > 0:
                return self.separator(s, end, n)
        x.value_comes(QUOTE, start)
        open_text(x)
        return self._text(s, i, j, n)

    def _scanned(self, s: str, start: i64, n: i64) -> i64:
        """``_string``, read by the standard library's scanner; 0 if it is not certain."""
        x = self.lexer
        value: str
        end: i64
        try:
            value, end = scanstring(s, start + 1, True)
        except ValueError:
            return 0
        if len(value) > x.max_string or (not x.lone_surrogates and s.find("\\u", start, end) >= 0):
            return 0
        if self._string_ends(s, end, n) != YES:
            return 0
        x.value_comes(QUOTE, start)
        x.string_closed(value)
        return end

    def _key(self, s: str, start: i64, n: i64) -> i64:
        """Read the key that begins at ``start``; returns the index after it, or it is left open (``_text``)."""
        x = self.lexer
        x.key_at = x.base + start
        i = start + 1
        j = i
        c: i64 = 0
        hashed: i64 = 0
        stop = i + SHORT if i + SHORT < n else n
        while j < stop:
            c = ord(s[j])
            if c == QUOTE or c == BACKSLASH or c < SPACE or c > 0x7F:
                break
            hashed = hashed * 31 + c
            j += 1
        if j < stop and c == QUOTE and j - i <= x.max_string:
            if j + 1 < n and ord(s[j + 1]) == COLON_SIGN:
                key_comes(x, s, i, j, hashed)
                x.state = VALUE
                return j + 2
            if _colon_follows(s, j + 1, n) == YES:
                key_comes(x, s, i, j, hashed)
                x.state = COLON
                return j + 1
        open_key(x, i)
        return self._text(s, i, j, n)

    def _text(self, s: str, i: i64, j: i64, n: i64) -> i64:
        """Read on in the open string or key from ``i`` on; up to ``j`` there are only plain characters.

        Returns the index after it. If it does not certainly end, it stays open, and the index is that of the first
        character which is not known to be its text; -1 minus that if more text must come to tell.
        """
        x = self.lexer
        is_key = x.is_key
        has_escapes = x.high != 0
        answer = MORE
        to: i64 = -1
        while True:
            j = self.plain_until(s, j, n)
            if j == n:
                break
            c: i64 = ord(s[j])
            if c == QUOTE:
                if not is_key:
                    answer = self._string_ends(s, j + 1, n)
                elif j + 1 < n and ord(s[j + 1]) == COLON_SIGN:
                    # Most often.
                    answer = YES
                else:
                    answer = _colon_follows(s, j + 1, n)
            elif c != BACKSLASH:
                answer = NO
            elif j + 1 < n:
                end = _escape_ends(s, j, n)
                if end > 0:
                    has_escapes = True
                    j = end
                    continue
                if end == 0:
                    answer = NO
                else:
                    # It is cut.
                    to = j
            break
        if to < 0:
            to = j
            if answer != YES:
                # A run of delimiters may be structure; of a very long one, the beginning is text.
                while to > i and (ord(s[to - 1]) == SPACE or may_follow(ord(s[to - 1]), is_key)):
                    to -= 1
                if j - to > REACH:
                    to += (j - to - 1) // REACH * REACH
        if has_escapes:
            if answer == YES:
                to += 1
            if i < to:
                x.base += i
                read_text(x, s[i:to], 0, to - i)
                x.base -= i
            if answer == YES:
                return to
        elif i < j:
            if is_key or x.length + j - i > x.max_string:
                if i < to:
                    grow_by_run(x, s, i, to)
            elif to < j and self.hides and j == n and j - to <= SHORT and self.tree.may_hide():
                x.length += to - i
                self.tree.grow(s[i:])
                self.tree.hidden = j - to
            elif i < to:
                x.length += to - i
                self.tree.grow(s[i:to])
        if answer != YES:
            return to if answer == NO else -1 - to
        end_text(x, j)
        j += 1
        if not is_key:
            return self.separator(s, j, n)
        if ord(s[j]) == COLON_SIGN:
            x.state = VALUE
            j += 1
        return j

    def _string_ends(self, s: str, start: i64, n: i64) -> i64:
        """Does a string that may end before index ``start`` certainly end there?"""
        if start < n:
            # The usual cases.
            c: i64 = ord(s[start])
            if not self.tree.in_object:
                if (c == COMMA or c == CLOSE_BRACKET) and self.tree.containers:
                    return YES
            elif c == CLOSE_BRACE:
                return YES
        return self._ends(s, start, n, True)

    # Numbers and words.

    def _number(self, s: str, c: i64, i: i64, n: i64) -> i64:
        """Read the number that begins with ``c`` at ``i``; returns the index after it, else what ``read`` does."""
        x = self.lexer
        first = i + 1 if c == DASH else i
        # One digit more than is exact: then it is not computed on the way, as it is in ``short_number``.
        stop = first + _FEW_DIGITS + 1 if first + _FEW_DIGITS + 1 < n else n
        j = first
        mantissa: i64 = 0
        c = 0
        while j < stop:
            c = ord(s[j])
            if c < DIGIT_0 or c > DIGIT_9:
                break
            mantissa = mantissa * 10 + c - DIGIT_0
            j += 1
        whole = j - first
        scale: i64 = 0
        if j < stop and c == DOT:
            j += 1
            while j < stop:
                c = ord(s[j])
                if c < DIGIT_0 or c > DIGIT_9:
                    break
                mantissa = mantissa * 10 + c - DIGIT_0
                j += 1
            scale = j - first - whole - 1
            if scale == 0 and j < n:
                return i
        if j == n and j - i <= x.max_number:
            return -1 - i
        if j == stop or c == 101 or c == 69 or j - i > x.max_short:
            return self._long_number(s, i, j, n)
        if whole != 1 and (whole == 0 or ord(s[first]) == DIGIT_0):
            return i
        if self.tree.in_object or (c != COMMA and c != CLOSE_BRACKET):
            answer = self._ends(s, j, n, False)
            if answer != YES:
                return i if answer == NO else -1 - i
        value: object
        if scale > 0:
            number = float(mantissa) / POWERS_OF_TEN[scale]
            value = -number if first > i else number
        else:
            value = -mantissa if first > i else mantissa
        if self.source is None:
            x.atom_closed(value, "")
        else:
            x.value_comes(ord(s[i]), i)
            x.atom_closed(value, s[i:j])
        return self.separator(s, j, n)

    def _long_number(self, s: str, i: i64, j: i64, n: i64) -> i64:
        """``_number`` for one whose value is not computed on the way; up to ``j`` there are digits and a point."""
        x = self.lexer
        first = i + 1 if ord(s[i]) == DASH else i
        point: i64 = s.find(".", first, j)
        c: i64 = 0
        while j < n:
            c = ord(s[j])
            if c < DIGIT_0 or c > DIGIT_9:
                if c != DOT or point >= 0:
                    break
                point = j
            j += 1
        digits = WHOLE if point < 0 else FRACTION
        whole = (j if point < 0 else point) - first
        is_number = (whole == 1 or (whole > 1 and ord(s[first]) != DIGIT_0)) and j - point > 1
        if j < n and (c == 101 or c == 69):
            digits = FRACTION
            j += 1
            if j < n and (ord(s[j]) == DASH or ord(s[j]) == PLUS):
                j += 1
            start = j
            while j < n and DIGIT_0 <= ord(s[j]) <= DIGIT_9:
                j += 1
            is_number = is_number and j > start
        if j - i > x.max_number:
            return i
        if j == n:
            return -1 - i
        answer = self._ends(s, j, n, False)
        if not is_number or answer == NO:
            return i
        if answer == MORE:
            return -1 - i
        x.value_comes(ord(s[i]), i)
        number_comes(x, s[i:j], digits, s, j)
        return self.separator(s, j, n)

    def _word(self, s: str, c: i64, i: i64, n: i64) -> i64:
        """Read the word that begins with ``c`` at ``i``; returns the index after it, else what ``read`` does."""
        x = self.lexer
        value: object = None
        if c == 116:
            word = "true"
            value = True
        elif c == 102:
            word = "false"
            value = False
        elif c == 110:
            word = "null"
        else:
            return i
        end = i
        k: i64 = 0
        length: i64 = len(word)
        while k < length:
            if end == n:
                return -1 - i
            if ord(s[end]) != ord(word[k]):
                return i
            end += 1
            k += 1
        answer = self._ends(s, end, n, False)
        if answer != YES:
            return i if answer == NO else -1 - i
        x.value_comes(c, i)
        x.atom_closed(value, word)
        return self.separator(s, end, n)

    def _ends(self, s: str, start: i64, n: i64, is_string: bool) -> i64:
        """Does a scalar that may end before index ``start`` certainly end there?"""
        tree = self.tree
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


def _escape_ends(s: str, i: i64, n: i64) -> i64:
    """The index after the escape that begins at ``i``, of which two characters have come; 0 if it is none, -1 if it is
    cut."""
    c: i64 = ord(s[i + 1])
    if c == 110 or c == QUOTE or c == BACKSLASH or c == SLASH or c == 116 or c == 114 or c == 98 or c == 102:
        return i + 2
    if c != 117:
        return 0
    i += 2
    end = i + 4
    while i < end:
        if i == n:
            return -1
        c = ord(s[i])
        if not (DIGIT_0 <= c <= DIGIT_9 or 97 <= c <= 102 or 65 <= c <= 70):
            return 0
        i += 1
    return end


def _colon_follows(s: str, j: i64, n: i64) -> i64:
    """Does a key that may end before index ``j`` certainly end there?"""
    k = skip_blank(s, j, n)
    if k < n:
        return YES if ord(s[k]) == COLON_SIGN else NO
    return MORE if n - j < REACH else NO


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
