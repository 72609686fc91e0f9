"""The tokens that lenient parsing mends character by character: strings, and text without quotes.

Both are open in the lexer while they are read, so they are shown as they grow. A run of delimiters at their end is
held, since it is structure if a closing quote is missing. What a quote in a string is, ``lookout`` tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from partialjson._core.lexer import Lexer
from partialjson._core.lookout import AT_ROOT as ROOT_STRING
from partialjson._core.lookout import (
    BACKTICK,
    BEGINS_DOUBLED,
    BEGINS_NEXT,
    CLOSE_PAREN,
    CONCATENATES,
    ENDS,
    ENDS_DOUBLED,
    HASH,
    IN_ARRAY,
    IN_KEY,
    IN_OBJECT,
    INNER,
    MORE,
    NO,
    OPEN_PAREN,
    QUOTE_TELLS,
    REACH,
    SINGLE,
    SLASH,
    STAR,
    YES,
    StringState,
    closes_quote,
    ends_in_comment,
    has_newline,
    is_blank,
    is_fence,
    is_quote,
    judge_quote,
    key_follows,
    may_become_three,
    may_follow,
    skip,
    skip_blank,
    string_then,
    word_then_colon,
)
from partialjson._core.machine import (
    BACKSLASH,
    CLOSE_BRACE,
    CLOSE_BRACKET,
    COLON_SIGN,
    COMMA,
    NEWLINE,
    OPEN_BRACE,
    OPEN_BRACKET,
    QUOTE,
    SHORT,
    SPACE,
    VALUE,
)
from partialjson._core.refcounts import COMPILED
from partialjson._core.scribe import (
    BETWEEN,
    CONCATENATION,
    CONTROL,
    DOUBLED_QUOTES,
    ESCAPE,
    ESCAPED_QUOTES,
    IN_STRING,
    INNER_QUOTE,
    MISSING_QUOTE,
    OTHER_QUOTES,
    UNFINISHED,
    Scribe,
)
from partialjson._core.selection import Selector
from partialjson.repairs import NotMended, RepairKind

if TYPE_CHECKING:
    from mypy_extensions import i64

# What can decide about the text that is held.
AWAKE: Final = 0  # any character
UNTIL_NO_WORD: Final = 1  # any but a character of a word
UNTIL_NO_DIGIT: Final = 2  # any but a digit
UNTIL_QUOTE: Final = 3  # a quote
UNTIL_COMMENT_ENDS: Final = 4  # the end of a line, or a slash

_HEX: Final = "0123456789abcdefABCDEF"
_PLAIN_ESCAPES: Final = '"\\/bfnrt'
_CONTROLS: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}
_CONTROL: Final = re.compile(r"[\x00-\x1f]").search
_SPECIAL: Final = re.compile(r'[\x00-\x1f"\\]').search


class TokenMender(Scribe):
    """Reads strings, and text without quotes."""

    def __init__(self, lexer: Lexer, kinds: frozenset[RepairKind], selector: Selector | None) -> None:
        super().__init__(lexer, kinds, selector)
        # What can decide about it; anything else is only added.
        self.sleeps: i64 = AWAKE
        # The open string.
        self.string: Final = StringState()
        self.is_escaped = False
        # Text without quotes: the brackets that it has opened, as those that close them.
        self.opened = ""
        self.text_record: i64 = 0
        # Groups, as pairs of a depth and the closing bracket; and the depths of open tuples.
        self.groups: list[i64] = []
        self.tuples: list[i64] = []

    def _waits(self, answer: i64, i: i64, s: str, j: i64) -> i64:
        """The text from ``i`` on is held, since the answer to a question about what comes at ``j`` is MORE or less."""
        if answer == QUOTE_TELLS:
            self.sleeps = UNTIL_QUOTE
        elif ends_in_comment(s, j):
            self.sleeps = UNTIL_COMMENT_ENDS
        return -1 - i

    def _in_group(self) -> bool:
        """Is the innermost bracket of the source a group?"""
        groups = self.groups
        return len(groups) > 0 and groups[len(groups) - 2] == self.lexer.tree.depth()

    def _in_tuple(self) -> bool:
        """Is the innermost container a tuple?"""
        tuples = self.tuples
        return len(tuples) > 0 and tuples[-1] == self.lexer.tree.depth()

    def _in_parentheses(self) -> bool:
        """Does a closing parenthesis close something here?"""
        if self._in_tuple():
            return True
        groups = self.groups
        return self._in_group() and groups[-1] == CLOSE_PAREN

    def _unfinished(self, n: i64) -> None:
        """The text ended too early."""
        if not self.is_unfinished:
            self._repair(UNFINISHED, n, n)
            self.is_unfinished = True

    # Strings.

    def _string_begins(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        """A quote, or an escaped one, begins a string or a key; ``i`` if it does not."""
        lexer = self.lexer
        if c == BACKSLASH:
            if i + 1 == n:
                return i if final else -1 - i
            if ord(s[i + 1]) != QUOTE:
                return i
        if c != QUOTE:
            # Before anything is handed on.
            self._repair(ESCAPED_QUOTES if c == BACKSLASH else OTHER_QUOTES, i, i + (2 if c == BACKSLASH else 1))
        self._separate(s, i)
        if lexer.tree.in_object and lexer.state != VALUE:
            lexer.key_at = lexer.base
        if c == QUOTE:
            self._put(s, i, i + 1)
        else:
            self._say('"', s, i)
        self._opens_string(QUOTE if c == BACKSLASH else c)
        self.is_escaped = c == BACKSLASH
        self.done_to = i + 1 if c != BACKSLASH else i + 2
        return self.done_to

    def _opens_string(self, opening: i64) -> None:
        """The lexer is in a string, or a key, that began with this quote."""
        self.string.begin(self.where(), opening)
        self.is_escaped = False
        self.mode = IN_STRING

    def where(self) -> i64:
        """Where the string stands that is open in the lexer."""
        lexer = self.lexer
        if lexer.is_key:
            return IN_KEY
        if lexer.tree.in_object:
            return IN_OBJECT
        return IN_ARRAY if lexer.tree.containers else ROOT_STRING

    def _in_string(self, s: str, i: i64, n: i64, final: bool) -> i64:
        string = self.string
        opening = string.opening
        is_exact = opening == QUOTE or opening == SINGLE
        is_key = string.where == IN_KEY
        j = i
        # The delimiters right before ``j``, which may be structure.
        held: i64 = -1
        while True:
            c: i64 = 0
            while j < n:
                c = ord(s[j])
                if c == BACKSLASH or c == QUOTE or (c == opening if is_exact else closes_quote(opening, c)):
                    break
                if c <= SPACE or may_follow(c, is_key):
                    if held < 0 or j - held >= REACH:
                        held = j
                else:
                    held = -1
                j += 1
            to = held if held >= 0 else j
            if j == n:
                self._content(s, i, to)
                if not final:
                    return -1 - to if to < n else n
                return self._string_is_cut(s, to, n)
            width: i64 = 1
            if c == BACKSLASH:
                if j + 1 == n:
                    self._content(s, i, to)
                    if not final:
                        return -1 - to
                    self._content(s, to, j)
                    return self._string_is_cut(s, n, n)
                if not self.is_escaped or ord(s[j + 1]) != QUOTE:
                    k = self._escape(s, i, j, n, final)
                    if k < 0:
                        return k
                    if self.done_to > i:
                        i = self.done_to
                    j = k
                    held = -1
                    continue
                width = 2
            elif c == QUOTE and opening != QUOTE and not closes_quote(opening, c):
                # A character like any other in such quotes.
                self._content(s, i, j)
                self._say('\\"', s, j)
                j += 1
                i = self.done_to = j
                held = -1
                continue
            elif self.is_escaped:
                # Only an escaped quote ends it.
                self._content(s, i, j)
                self._repair(INNER_QUOTE, j, j + 1)
                self._say('\\"', s, j)
                j += 1
                i = self.done_to = j
                held = -1
                continue
            verdict = self._judge(s, i, j, held, n, final, width)
            if verdict <= MORE:
                self._content(s, i, to)
                return self._waits(verdict, to, s, j + width)
            if verdict == ENDS or verdict == ENDS_DOUBLED:
                self._content(s, i, j)
                if c == QUOTE:
                    self._put(s, j, j + 1)
                else:
                    self._say('"', s, j)
                self.mode = BETWEEN
                return j + (1 + string.doubled if verdict == ENDS_DOUBLED else width)
            if not self.mends[_repair_for(verdict)] and (c != QUOTE or width == 2):
                # As a quote of JSON would end it; strict parsing says what is wrong behind that.
                self._content(s, i, j)
                self._say('"', s, j)
                self.mode = BETWEEN
                self.done_to = j + width
                raise NotMended
            if verdict == BEGINS_NEXT:
                self._content(s, i, to)
                self._repair(MISSING_QUOTE, to, to)
                self._say('"', s, to)
                self.mode = BETWEEN
                return to
            if verdict == BEGINS_DOUBLED:
                string.doubled = 2 if j + 1 < n and closes_quote(opening, ord(s[j + 1])) else 1
                self._repair(DOUBLED_QUOTES, j - 1, j + string.doubled)
                j += string.doubled
                i = j
            elif verdict == CONCATENATES:
                k = skip(s, skip(s, j + 1, n) + 1, n)
                self._content(s, i, j)
                self._repair(CONCATENATION, j, k + 1)
                opening = string.opening = ord(s[k])
                is_exact = opening == QUOTE or opening == SINGLE
                j = k + 1
                i = j
            else:
                self._content(s, i, j)
                self._repair(INNER_QUOTE, j, j + width)
                if not string.has_inner:
                    self._count_brackets()
                if c == QUOTE or width == 2:
                    self._say('\\"', s, j)
                else:
                    self._put(s, j, j + 1)
                j += width
                i = j
            self.done_to = i
            held = -1

    def _judge(self, s: str, i: i64, j: i64, held: i64, n: i64, final: bool, width: i64) -> i64:
        """What the quote at ``j`` is; ``s[i:j]`` has not been handed on yet."""
        string = self.string
        if self.is_escaped:
            if n - j > REACH:
                n = j + REACH
                final = True
            k = skip(s, j + width, n)
            if k == n:
                return ENDS if final else MORE
            c: i64 = ord(s[k])
            is_end = c == COMMA or c == COLON_SIGN or c == CLOSE_BRACE or c == CLOSE_BRACKET or c == BACKSLASH
            return ENDS if is_end else INNER
        string.is_empty = self.lexer.length == 0 and self.lexer.high == 0 and i == j
        string.after_comma = False
        string.after_colon = False
        if held >= 0:
            k = j - 1
            while k >= held and is_blank(ord(s[k])):
                k -= 1
            if k >= held:
                string.after_comma = ord(s[k]) == COMMA
                string.after_colon = ord(s[k]) == COLON_SIGN
        string.in_parentheses = (len(self.groups) > 0 or len(self.tuples) > 0) and self._in_parentheses()
        if not string.has_inner:
            return judge_quote(s, j + 1, n, final, string)
        braces = string.braces
        squares = string.squares
        self._add_brackets(s[i:j])
        verdict = judge_quote(s, j + 1, n, final, string)
        string.braces = braces
        string.squares = squares
        return verdict

    def _count_brackets(self) -> None:
        """Count the brackets in the text of the open string."""
        string = self.string
        string.has_inner = True
        string.braces = 0
        string.squares = 0
        tree = self.lexer.tree
        if string.where == IN_KEY:
            self._add_brackets(self.lexer.token)
        else:
            self._add_brackets(tree.text)
            self._add_brackets(tree.news)

    def _add_brackets(self, text: str) -> None:
        self.string.braces += text.count("{") - text.count("}")
        self.string.squares += text.count("[") - text.count("]")

    def _content(self, s: str, i: i64, j: i64) -> None:
        """Hand on the text ``s[i:j]`` of a string, which has no quotes, and correct escapes only."""
        if self.string.has_inner and i < j:
            self._add_brackets(s[i:j])
        while i < j:
            if COMPILED and j - i <= SHORT and not _has_control(s, i, j):
                break
            found = _CONTROL(s, i, j)
            if found is None:
                break
            k: i64 = found.start()
            self._put(s, i, k)
            self._repair(CONTROL, k, k + 1)
            self._say(_CONTROLS.get(s[k]) or f"\\u{ord(s[k]):04x}", s, k)
            i = self.done_to = k + 1
        self._put(s, i, j)

    def _escape(self, s: str, i: i64, j: i64, n: i64, final: bool) -> i64:
        """The backslash at ``j``, which is not the last character; ``s[i:j]`` has not been handed on.

        Returns the index from which the string goes on. ``done_to`` tells what has been handed on.
        """
        c: i64 = ord(s[j + 1])
        if self.is_escaped and c == BACKSLASH:
            return self._escaped_escape(s, i, j, n, final)
        if c == 117:
            digits = 0
            while digits < 4 and j + 2 + digits < n and s[j + 2 + digits] in _HEX:
                digits += 1
            if digits == 4:
                return j + 6
            if j + 2 + digits == n:
                self._content(s, i, j)
                if not final:
                    return -1 - j
                self.done_to = n
                return n
        elif c == QUOTE or c == BACKSLASH or c == SLASH or s[j + 1] in _PLAIN_ESCAPES:
            return j + 2
        elif closes_quote(self.string.opening, c) or is_quote(c):
            # A quote of the string's own may be escaped like that; it needs no escape in JSON, and another never does.
            self._content(s, i, j)
            if not closes_quote(self.string.opening, c):
                self._repair(ESCAPE, j, j + 2)
            self.done_to = j + 1
            return j + 2
        elif c == 120:
            if n - j < 4 and not final:
                self._content(s, i, j)
                return -1 - j
            if n - j >= 4 and s[j + 2] in _HEX and s[j + 3] in _HEX:
                self._content(s, i, j)
                self._repair(ESCAPE, j, j + 4)
                self._say("\\u00" + s[j + 2 : j + 4], s, j)
                self.done_to = j + 4
                return j + 4
        self._content(s, i, j)
        self._repair(ESCAPE, j, j + 2)
        self.done_to = j + 1
        return j + 1

    def _escaped_escape(self, s: str, i: i64, j: i64, n: i64, final: bool) -> i64:
        """Two backslashes at ``j``, in a document that was escaped as a whole: an escape of the document itself."""
        if j + 2 == n and not final:
            self._content(s, i, j)
            return -1 - j
        self._content(s, i, j)
        self.done_to = j + 1
        if j + 2 < n and ord(s[j + 2]) == BACKSLASH:
            if j + 3 == n and not final:
                return -1 - j
            if j + 3 < n and (ord(s[j + 3]) == QUOTE or ord(s[j + 3]) == BACKSLASH):
                self._say("\\" + s[j + 3], s, j)
                self.done_to = j + 4
                return j + 4
        if j + 2 < n and s[j + 2] in _PLAIN_ESCAPES and ord(s[j + 2]) != QUOTE:
            self._say("\\" + s[j + 2], s, j)
            self.done_to = j + 3
            return j + 3
        # A backslash of the text.
        self._say("\\\\", s, j)
        self.done_to = j + 2
        return j + 2

    def _string_is_cut(self, s: str, held: i64, n: i64) -> i64:
        """The text ended inside a string; the delimiters ``s[held:n]`` at its end are structure."""
        if self.string.where == IN_KEY:
            self._unfinished(n)
            self.done_to = n
            self.mode = BETWEEN
            return n
        if skip_blank(s, held, n) < n:
            self._repair(MISSING_QUOTE, held, held)
        else:
            self._unfinished(n)
        self._say('"', s, held)
        self.mode = BETWEEN
        self.done_to = held
        return held

    # Text without quotes.

    def _in_text(self, s: str, i: i64, n: i64, final: bool) -> i64:
        lexer = self.lexer
        in_object = lexer.tree.in_object
        is_at_root = lexer.tree.depth() == 0
        j = i
        while j < n:
            c: i64 = ord(s[j])
            if self.opened:
                closer: i64 = ord(self.opened[len(self.opened) - 1])
                if c == closer:
                    self.opened = self.opened[:-1]
                    j += 1
                    continue
                if c == COMMA or c == SPACE:
                    j += 1
                    continue
                if c == NEWLINE or c == CLOSE_BRACE or c == CLOSE_BRACKET:
                    # They are not balanced after all.
                    self.opened = ""
            answer = NO
            k = j
            if is_blank(c):
                k = skip_blank(s, j, n)
                if k == n and k - j <= REACH:
                    if not final:
                        self._bare_content(s, i, j)
                        return -1 - j
                    return self._text_ends(s, i, j)
                if k - j <= REACH:
                    answer = self._text_ends_at(s, j, k, n, final, in_object)
                else:
                    k = j + REACH
            elif c == COMMA:
                answer = YES if not in_object else self._text_comma(s, j + 1, n, final)
                if is_at_root:
                    answer = NO
            elif c == CLOSE_BRACE or c == CLOSE_BRACKET:
                answer = NO if is_at_root else YES
            elif c == CLOSE_PAREN:
                answer = YES if self._in_parentheses() else NO
            elif c == QUOTE and self.mends[MISSING_QUOTE]:
                answer = self._text_quote(s, j + 1, n, final, in_object)
                if answer == YES:
                    self._bare_content(s, i, j)
                    start = self.records[self.text_record].start - self.at
                    self._repair(MISSING_QUOTE, start, start)
                    self._text_ends(s, j, j)
                    self.done_to = j + 1
                    return j + 1
            elif c == BACKTICK:
                if may_become_three(s, j, n) and not final:
                    answer = MORE
                elif is_fence(s, j, n):
                    answer = YES
            elif c == SLASH:
                if j + 1 == n and not final:
                    answer = MORE
                elif j + 1 < n and ord(s[j + 1]) == STAR:
                    answer = YES
            elif c == OPEN_PAREN:
                self.opened += ")"
            elif c == OPEN_BRACE:
                self.opened += "}"
            elif c == OPEN_BRACKET:
                self.opened += "]"
            if answer <= MORE:
                self._bare_content(s, i, j)
                return self._waits(answer, j, s, j + 1)
            if answer == YES:
                return self._text_ends(s, i, j)
            j = k if k > j else j + 1
        if final:
            return self._text_ends(s, i, n)
        self._bare_content(s, i, n)
        return n

    def _text_ends(self, s: str, i: i64, j: i64) -> i64:
        self._bare_content(s, i, j)
        self._say('"', s, j)
        self.records[self.text_record].end = self.at + j
        self.mode = BETWEEN
        self.done_to = j
        return j

    def _text_ends_at(self, s: str, j: i64, k: i64, n: i64, final: bool, in_object: bool) -> i64:
        """Does text without quotes end before the white space ``s[j:k]``?"""
        if n - k > REACH:
            n = k + REACH
            final = True
        c: i64 = ord(s[k])
        if c == CLOSE_BRACE or c == CLOSE_BRACKET or (c == CLOSE_PAREN and self._in_parentheses()):
            return YES
        if c == SLASH:
            if k + 1 == n:
                return NO if final else MORE
            return YES if ord(s[k + 1]) == SLASH or ord(s[k + 1]) == STAR else NO
        if c == HASH:
            if k + 1 == n:
                return NO if final else MORE
            return YES if is_blank(ord(s[k + 1])) else NO
        if c == BACKTICK and may_become_three(s, k, n) and not final:
            return MORE
        if is_fence(s, k, n):
            return YES
        if c == COMMA:
            return self._text_comma(s, k + 1, n, final) if in_object else YES
        if not in_object:
            return YES if is_quote(c) or has_newline(s, j, k) else NO
        if is_quote(c):
            return YES if has_newline(s, j, k) else string_then(s, k + 1, n, final, c, False)
        return word_then_colon(s, k, n, final) if has_newline(s, j, k) else NO

    def _text_comma(self, s: str, i: i64, n: i64, final: bool) -> i64:
        """In an object, does the comma before ``i`` end text without quotes?"""
        if n - i > REACH:
            n = i + REACH
            final = True
        k = skip(s, i, n)
        if has_newline(s, i, k):
            return YES
        if k == n:
            return YES if final else MORE
        c: i64 = ord(s[k])
        if c == CLOSE_BRACE or c == CLOSE_BRACKET or c == COMMA:
            return YES
        return key_follows(s, k, n, final)

    def _text_quote(self, s: str, i: i64, n: i64, final: bool, in_object: bool) -> i64:
        """Does the quote before ``i`` end text whose opening quote is missing?"""
        if n - i > REACH:
            n = i + REACH
            final = True
        k = skip(s, i, n)
        if k == n:
            return YES if final else MORE
        c: i64 = ord(s[k])
        if c == COMMA or c == CLOSE_BRACE or c == CLOSE_BRACKET or has_newline(s, i, k):
            return YES
        if is_quote(c) and k > i:
            return string_then(s, k + 1, n, final, c, False) if in_object else YES
        return NO

    def _bare_content(self, s: str, i: i64, j: i64) -> None:
        """Hand on text without quotes."""
        while i < j:
            found = _SPECIAL(s, i, j)
            if found is None:
                break
            k: i64 = found.start()
            self._put(s, i, k)
            self._say(_CONTROLS.get(s[k]) or f"\\u{ord(s[k]):04x}", s, k)
            i = self.done_to = k + 1
        self._put(s, i, j)


def _repair_for(verdict: i64) -> i64:
    """The repair that a quote needs which does not end its string."""
    if verdict == BEGINS_NEXT:
        return MISSING_QUOTE
    if verdict == BEGINS_DOUBLED:
        return DOUBLED_QUOTES
    return CONCATENATION if verdict == CONCATENATES else INNER_QUOTE


def _has_control(s: str, i: i64, j: i64) -> bool:
    while i < j:
        if ord(s[i]) < SPACE:
            return True
        i += 1
    return False
