"""What follows: the questions that lenient parsing asks of the text ahead, before it decides about a character.

All are functions of the text alone: the text ``s``, the index from which on they look, the end ``n`` of what may be
looked at, and whether that end is ``final``: no more text will come, or nothing beyond it may be looked at. The answer
is YES or NO, or MORE or less if the text that has come cannot tell. So a decision is made at the same character however
the text is cut.

No question looks further than ``REACH`` characters, so the whole stays linear, and little text waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from partialjson._core.machine import (
    BACKSLASH,
    CLOSE_BRACE,
    CLOSE_BRACKET,
    COLON_SIGN,
    COMMA,
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
)

if TYPE_CHECKING:
    from mypy_extensions import i64

REACH: Final = 96
"""How many characters at most are held back for one decision."""

MORE: Final = 0
QUOTE_TELLS: Final = -1  # MORE, and nothing but a quote can tell
YES: Final = 1
NO: Final = 2

# Where a string stands.
IN_KEY: Final = 0
IN_OBJECT: Final = 1
IN_ARRAY: Final = 2
AT_ROOT: Final = 3

# What a quote in a string is. Most questions are whether it ends the string.
ENDS: Final = YES
INNER: Final = NO  # a character of the string
BEGINS_DOUBLED: Final = 3  # the second of two or three quotes that begin it
ENDS_DOUBLED: Final = 4  # the first of those that end it
CONCATENATES: Final = 5  # its end, and another part of it follows after a plus sign
BEGINS_NEXT: Final = 6  # the beginning of the next string; the end of this one was missing

SINGLE: Final = 39
HASH: Final = 35
SLASH: Final = 47
STAR: Final = 42
EQUALS: Final = 61
SEMICOLON: Final = 59
OPEN_PAREN: Final = 40
CLOSE_PAREN: Final = 41
BACKTICK: Final = 96
ELLIPSIS: Final = 0x2026

# Quotes that begin a string, and those that end one that began with such a quote.
_DOUBLE_LIKE: Final = "\u201c\u201d\u201f\u201e\xab\xbb"
_SINGLE_LIKE: Final = "\u2018\u2019\u201b`\xb4"


def is_blank(c: i64) -> bool:
    """Is this white space of JSON?"""
    return c == SPACE or c == NEWLINE or c == RETURN or c == TAB


def is_other_blank(c: i64) -> bool:
    """Is this white space that JSON does not have, or a control character between tokens?"""
    if c < SPACE:
        return not is_blank(c)
    return c > 126 and (c in (0x7F, 0x180E, 0x2060, 0xFEFF) or 0x200B <= c <= 0x200F or chr(c).isspace())


def is_word(c: i64) -> bool:
    """Is this a character of a word: a letter, a digit, an underscore, a dollar sign?"""
    if c < 128:
        return 97 <= c <= 122 or 65 <= c <= 90 or DIGIT_0 <= c <= DIGIT_9 or c == 95 or c == 36
    return chr(c).isalnum()


def is_quote(c: i64) -> bool:
    """Can this quote begin a string?"""
    return (
        c == QUOTE or c == SINGLE or c == BACKTICK or (c > 127 and chr(c) in "\u201c\u201d\u201e\u2018\u2019\xb4\xab")
    )


def closes_quote(opening: i64, c: i64) -> bool:
    """Can the quote ``c`` end a string that began with ``opening``? Those of JSON and of Python are exact."""
    if opening == QUOTE or opening == SINGLE:
        return c == opening
    if c < 128:
        return (c == QUOTE) if chr(opening) in _DOUBLE_LIKE else (c == SINGLE or c == BACKTICK)
    return chr(c) in (_DOUBLE_LIKE if chr(opening) in _DOUBLE_LIKE else _SINGLE_LIKE)


def may_follow(c: i64, is_key: bool) -> bool:
    """May this character, besides white space, stand after the end of a string or key? It is structure if the closing
    quote is missing."""
    if c == COMMA or c == CLOSE_BRACE or c == CLOSE_BRACKET or c == BACKTICK or c == PLUS:
        return True
    return is_key and (c == COLON_SIGN or c == EQUALS)


def skip_blank(s: str, i: i64, n: i64) -> i64:
    while i < n and is_blank(ord(s[i])):
        i += 1
    return i


def skip(s: str, i: i64, n: i64) -> i64:
    """The next character that is neither white space nor in a comment; ``n`` if there is none yet."""
    while i < n:
        c: i64 = ord(s[i])
        if is_blank(c) or is_other_blank(c):
            i += 1
        elif c == SLASH:
            if i + 1 == n:
                return n
            follows: i64 = ord(s[i + 1])
            if follows == STAR:
                end: i64 = s.find("*/", i + 2, n)
                if end < 0:
                    return n
                i = end + 2
            elif follows == SLASH:
                end = s.find("\n", i, n)
                if end < 0:
                    return n
                i = end
            else:
                return i
        else:
            return i
    return n


def ends_in_comment(s: str, i: i64) -> bool:
    """Is there nothing from ``i`` on but white space and comments, the last of which has not ended?"""
    n: i64 = len(s)
    while i < n:
        i = skip_blank(s, i, n)
        if i + 1 >= n or ord(s[i]) != SLASH:
            return False
        if ord(s[i + 1]) == STAR:
            i = s.find("*/", i + 2) + 2
            if i < 2:
                return True
        elif ord(s[i + 1]) == SLASH:
            i = s.find("\n", i)
            if i < 0:
                return True
        else:
            return False
    return False


def has_newline(s: str, i: i64, j: i64) -> bool:
    while i < j:
        if ord(s[i]) == NEWLINE:
            return True
        i += 1
    return False


def word_end(s: str, i: i64, n: i64) -> i64:
    while i < n and is_word(ord(s[i])):
        i += 1
    return i


def string_end(s: str, i: i64, n: i64, opening: i64) -> i64:
    """The index of the quote that ends a string whose first character is at ``i``, -1 if it has not come."""
    while i < n:
        c: i64 = ord(s[i])
        if c == BACKSLASH:
            i += 1
        elif closes_quote(opening, c):
            return i
        i += 1
    return -1


def is_fence(s: str, i: i64, n: i64) -> bool:
    return i + 2 < n and ord(s[i]) == BACKTICK and ord(s[i + 1]) == BACKTICK and ord(s[i + 2]) == BACKTICK


def may_become_three(s: str, i: i64, n: i64) -> bool:
    """Is there nothing from ``i`` on but the same character, once or twice?"""
    return n - i == 1 or (n - i == 2 and ord(s[i]) == ord(s[i + 1]))


def string_then(s: str, i: i64, n: i64, final: bool, opening: i64, in_array: bool) -> i64:
    """Is there a string, whose first character is at ``i``, and after it a colon? In an array, a comma or a bracket?"""
    end = string_end(s, i, n, opening)
    if end < 0:
        return NO if final else QUOTE_TELLS
    end = skip(s, end + 1, n)
    if end == n:
        return NO if final else MORE
    c: i64 = ord(s[end])
    if in_array:
        return YES if c == COMMA or c == CLOSE_BRACKET or c == CLOSE_PAREN else NO
    return YES if c == COLON_SIGN or c == EQUALS else NO


def word_then_colon(s: str, i: i64, n: i64, final: bool) -> i64:
    """Is there a word at ``i``, and after it a colon that is not that of a URL? Or an equals sign."""
    end = word_end(s, i, n)
    if end == i:
        return NO
    k = skip_blank(s, end, n)
    if k == n:
        return NO if final else MORE
    c: i64 = ord(s[k])
    if c == EQUALS:
        return YES
    if c != COLON_SIGN:
        return NO
    if k + 1 == n:
        return YES if final else MORE
    return NO if ord(s[k + 1]) == SLASH else YES


def key_follows(s: str, i: i64, n: i64, final: bool) -> i64:
    """Is there a key at ``i``, with its colon?"""
    if i == n:
        return NO if final else MORE
    c: i64 = ord(s[i])
    if is_quote(c):
        return string_then(s, i + 1, n, final, c, False)
    return word_then_colon(s, i, n, final)


def after_comma(s: str, i: i64, n: i64, final: bool) -> i64:
    """Does the comma before ``i``, in an object and after something that looks like the end of a string, end the
    member?"""
    k = skip_blank(s, i, n)
    if has_newline(s, i, k):
        return YES
    if k == n:
        return YES if final else MORE
    c: i64 = ord(s[k])
    if is_quote(c) or c == CLOSE_BRACE or c == CLOSE_BRACKET or c == OPEN_BRACE or c == OPEN_BRACKET or c == COMMA:
        return YES
    if c == SLASH:
        if k + 1 == n:
            return NO if final else MORE
        c = ord(s[k + 1])
        return YES if c == SLASH or c == STAR else NO
    if c == HASH:
        if k + 1 == n:
            return NO if final else MORE
        return YES if is_blank(ord(s[k + 1])) else NO
    if c == DOT:
        if may_become_three(s, k, n) and not final:
            return MORE
        return YES if s.startswith("...", k) else NO
    if is_other_blank(c):
        return YES
    end = word_end(s, k, n)
    if end == k:
        return NO
    follows = skip_blank(s, end, n)
    if follows == n:
        return NO if final else MORE
    c = ord(s[follows])
    if c == QUOTE:
        # Some word before a key.
        if follows == end:
            return string_then(s, k, n, final, QUOTE, False)
        return string_then(s, follows + 1, n, final, QUOTE, False)
    return word_then_colon(s, k, n, final)


class StringState:
    """What is known of the string in which a quote came."""

    def __init__(self) -> None:
        self.where: i64 = AT_ROOT
        self.opening: i64 = QUOTE
        # Nothing of it has come before the quote. Did it begin with so many more quotes? Has a quote in it been mended?
        self.is_empty = False
        self.doubled: i64 = 0
        self.has_inner = False
        # How many more brackets of each kind its text opens than it closes.
        self.braces: i64 = 0
        self.squares: i64 = 0
        # Of the delimiters right before the quote: is the last one a comma, a colon?
        self.after_comma = False
        self.after_colon = False
        # Does a closing parenthesis close something here?
        self.in_parentheses = False

    def begin(self, where: i64, opening: i64) -> None:
        """A string has come as far as its opening quote."""
        self.where = where
        self.opening = opening
        self.doubled = 0
        self.has_inner = False
        self.braces = 0
        self.squares = 0
        self.in_parentheses = False

    def is_plain(self) -> bool:
        """Is it in the quotes of JSON, without a repair of them?"""
        return self.opening == QUOTE and self.doubled == 0 and not self.has_inner


def judge_quote(s: str, j: i64, n: i64, final: bool, at: StringState) -> i64:
    """What the quote before index ``j`` is; MORE if that cannot be told yet.

    What strict parsing takes for the end is the end, except where the string was mended before.
    """
    if n - j >= REACH:
        n = j + REACH
        final = True
    if j == n:
        return ENDS if final else MORE
    k = skip(s, j, n)
    if k == n:
        return ENDS if final else MORE
    c: i64 = ord(s[k])
    beside = k == j
    if beside and at.is_empty and at.doubled == 0 and is_word(c):
        return BEGINS_DOUBLED
    if beside and closes_quote(at.opening, c):
        if at.doubled == 1:
            return ENDS_DOUBLED
        if at.doubled == 2 or at.is_empty:
            # Three quotes end it, or begin it.
            if j + 1 == n:
                return INNER if final else MORE
            follows: i64 = ord(s[j + 1])
            if at.doubled == 2:
                return ENDS_DOUBLED if closes_quote(at.opening, follows) else INNER
            return BEGINS_DOUBLED if is_word(follows) or is_blank(follows) else INNER
    if at.where == IN_KEY:
        return _judge_in_key(s, j, k, n, final, c, at)
    if c == BACKTICK and may_become_three(s, k, n) and not final:
        return MORE
    if is_fence(s, k, n):
        return ENDS
    if c == PLUS:
        k = skip(s, k + 1, n)
        if k == n:
            return INNER if final else MORE
        return CONCATENATES if is_quote(ord(s[k])) else INNER
    if at.where == AT_ROOT:
        return _judge_at_root(s, k, n, final, c, at)
    in_array = at.where == IN_ARRAY
    if at.after_comma and c != COMMA and c != CLOSE_BRACE and c != CLOSE_BRACKET:
        answer = string_then(s, j, n, final, at.opening, in_array)
        if answer != NO:
            return BEGINS_NEXT if answer == YES else answer
    if c == COMMA:
        if in_array:
            return ENDS
        return after_comma(s, k + 1, n, final)
    if c == CLOSE_BRACE:
        return INNER if at.has_inner and at.braces > 0 else ENDS
    if c == CLOSE_BRACKET:
        return INNER if at.has_inner and at.squares > 0 else ENDS
    if c == CLOSE_PAREN and at.in_parentheses:
        return ENDS
    if c == COLON_SIGN:
        return ENDS if in_array else INNER
    if is_quote(c):
        return _judge_before_quote(s, j, k, n, final, c, in_array)
    if has_newline(s, j, k):
        if in_array:
            return ENDS
        answer = word_then_colon(s, k, n, final)
        if answer != NO:
            return answer
    if beside:
        return INNER
    if c == HASH:
        if k + 1 == n:
            return INNER if final else MORE
        if is_blank(ord(s[k + 1])):
            return ENDS
    if in_array and (DIGIT_0 <= c <= DIGIT_9 or c == OPEN_BRACE or c == OPEN_BRACKET):
        return ENDS
    end = word_end(s, k, n)
    if end > k:
        end = skip_blank(s, end, n)
        if end == n:
            return INNER if final else MORE
        c = ord(s[end])
        if c == (CLOSE_BRACKET if in_array else CLOSE_BRACE):
            return ENDS
    return INNER


def _judge_before_quote(s: str, j: i64, k: i64, n: i64, final: bool, c: i64, in_array: bool) -> i64:
    """What the quote before ``j`` is, with another quote, ``c``, after it at ``k``."""
    if in_array and k > j:
        # Is there a string that begins with the second, or does the second end this one?
        after = skip(s, k + 1, n)
        if after == n:
            return ENDS if final else MORE
        c = ord(s[after])
        return INNER if c == COMMA or c == CLOSE_BRACKET else ENDS
    return string_then(s, k + 1, n, final, c, in_array)


def _judge_in_key(s: str, j: i64, k: i64, n: i64, final: bool, c: i64, at: StringState) -> i64:
    if c == COLON_SIGN or c == EQUALS or c == COMMA or c == CLOSE_BRACE:
        return ENDS
    if k == j:
        if at.after_colon:
            return BEGINS_NEXT
        if DIGIT_0 <= c <= DIGIT_9 or c == OPEN_BRACE or c == OPEN_BRACKET or c == OPEN_PAREN:
            return ENDS
        return INNER
    if is_quote(c):
        return ENDS
    # A word that another quote and a colon follow is a part of the key.
    while k < n:
        c = ord(s[k])
        if c == QUOTE:
            k = skip(s, k + 1, n)
            if k == n:
                return ENDS if final else MORE
            return INNER if ord(s[k]) == COLON_SIGN else ENDS
        if c == COMMA or c == CLOSE_BRACE or c == COLON_SIGN or c == NEWLINE or c == OPEN_BRACE or c == OPEN_BRACKET:
            return ENDS
        k += 1
    return ENDS if final else MORE


def _judge_at_root(s: str, k: i64, n: i64, final: bool, c: i64, at: StringState) -> i64:
    if c == CLOSE_PAREN and at.in_parentheses:
        return ENDS
    if c == COMMA or c == SEMICOLON:
        k = skip(s, k + 1, n)
        if k == n:
            return ENDS if final else MORE
    return INNER
