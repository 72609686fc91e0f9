"""The lexer: from text to calls on the tree.

``machine`` has the state between two chunks and the error messages.

``feed`` is one loop that skips white space and dispatches on the state. Between tokens it reads the structure itself;
tokens are read by ``strings`` and ``numbers``. A token that fits in the chunk is sliced out of it; only a cut token is
collected in pieces. So each character is looked at a bounded number of times, whatever came before it (law 7).

It stops at the first character that cannot continue a JSON text (RFC 8259).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.bulk import BATCHED, FEW, LEAST, MANY, NARROW, WIDE, whole_elements
from partialjson._core.machine import (
    AFTER,
    BAD_WORD,
    CLOSE_BRACE,
    CLOSE_BRACKET,
    COLON,
    COLON_SIGN,
    COMMA,
    DASH,
    DIGIT_0,
    DIGIT_9,
    ENDED,
    FIRST_KEY,
    FIRST_VALUE,
    HALF_PAIR,
    KEY,
    LIMIT,
    NEWLINE,
    NUMBER,
    OPEN_BRACE,
    OPEN_BRACKET,
    QUOTE,
    RETURN,
    SHORT,
    SPACE,
    TAB,
    TEXT,
    VALUE,
    WORD,
    Machine,
    shown,
)
from partialjson._core.numbers import end_number, long_number, read_number, short_number
from partialjson._core.refcounts import COMPILED
from partialjson._core.source import Source
from partialjson._core.spec import ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING
from partialjson._core.strings import begin_key, begin_string, grows_by, read_text
from partialjson._core.tree import Tree
from partialjson.limits import LARGEST

if TYPE_CHECKING:
    from mypy_extensions import i64


NAN: Final = float("nan")


@final
class Lexer(Machine):
    """Drives a tree from text."""

    def __init__(
        self,
        tree: Tree,
        max_depth: i64,
        max_string: i64,
        max_number: i64,
        max_document: i64,
        source: Source | None,
        lone_surrogates: bool,
    ) -> None:
        super().__init__(tree, max_depth, max_string, max_number, max_document, source, lone_surrogates)
        # Many elements at once: how many an array has before the first attempt, the width of the next window, the index
        # in this chunk before which no attempt is made, and how far a failed attempt moves it.
        self.few: i64 = FEW
        self.window: i64 = NARROW
        self.bulk_from: i64 = 0
        self.bulk_pause: i64 = LEAST

    def read_numbers_by(self, parse_float: Any, parse_int: Any) -> None:
        """Let these functions make values of the texts of numbers; None for the usual values."""
        self.parse_float = parse_float
        self.parse_int = parse_int
        # No number is computed on the way, and none is read by the standard library's scanner.
        self.max_short = 0
        self.few = LARGEST

    def feed(self, s: str) -> None:
        """Read one chunk.

        Raises:
            ParseError: the text cannot be the beginning of JSON, or passes a limit.
        """
        n: i64 = len(s)
        if self.state == TEXT and n <= self.short and grows_by(self, s, n):
            return
        if self.base + n > self.max_document:
            self.feed(s[: self.max_document - self.base])
            if self.stopped < 0:
                self.refuse(LIMIT, f"the document is longer than the limit of {self.max_document} characters", "", 0)
            return
        if not self.lone_surrogates and not (_has_no_surrogates(s, n) if COMPILED and n <= SHORT else s.isascii()):
            self._feed_unicode(s)
            return
        self._feed(s, n)

    def _feed_unicode(self, s: str) -> None:
        """``_feed`` for text in which halves of surrogate pairs are refused."""
        try:
            s.encode()
        except UnicodeEncodeError as bad:
            start: i64 = bad.start
            self._feed(s[:start], start)
            if self.stopped >= 0:
                return
            half = s[start:]
        else:
            self._feed(s, len(s))
            return
        self.refuse(HALF_PAIR, f"U+{ord(half[0]):04X} is half of a surrogate pair", half, 0)

    def _feed(self, s: str, n: i64) -> None:
        i: i64 = 0
        self.bulk_from = 0
        if COMPILED and n > SHORT:
            self.short = SHORT if s.isascii() else n
        if self.source is not None:
            self.source.add(s)
        if self.state >= TEXT:
            i = self._resume(s, n)
        while i < n:
            c: i64 = ord(s[i])
            if c <= SPACE:
                if c == NEWLINE:
                    self.line += 1
                    self.line_start = self.base + i + 1
                elif c != SPACE and c != RETURN and c != TAB:
                    i = self._goes_no_further(s, i, n)
                    if self.stopped >= 0:
                        return
                    continue
                i += 1
                continue
            state = self.state
            if state == AFTER:
                i = self.read_after(s, c, i)
            elif state == VALUE or state == FIRST_VALUE:
                if n - i > LEAST and i >= self.bulk_from and may_scan(c) and not self.tree.in_object:
                    i = self.read_elements(s, i, n)
                    if self.state == AFTER:
                        continue
                i = self.read_value(s, c, i, n)
            elif state == KEY or state == FIRST_KEY:
                if c == QUOTE:
                    i = begin_key(self, s, i + 1, n)
                elif c == CLOSE_BRACE and state == FIRST_KEY:
                    i = self.end_container(i)
                else:
                    i = self.refuse_character(s, i)
            elif state == COLON:
                if c == COLON_SIGN:
                    self.state = VALUE
                    i += 1
                else:
                    i = self.refuse_character(s, i)
            else:
                i = self._goes_no_further(s, i, n)
                if self.stopped >= 0:
                    return
        self.base += n

    def _goes_no_further(self, s: str, i: i64, n: i64) -> i64:
        """The character at ``i`` cannot continue the document: leave it and the rest unread, if that was asked for."""
        if not self.stops or self.state != ENDED:
            return self.refuse_character(s, i)
        self.stopped = i
        self.base += i
        if self.source is not None:
            self.source.drop(n - i)
        return i

    def finish(self, is_cut: bool) -> None:
        """The text ended; a number at the root is complete unless the text was cut.

        Raises:
            IncompleteError: it ended before the root value closed.
        """
        if not is_cut:
            end_number(self)
        if self.state != ENDED:
            raise self.incomplete()

    # Structure.

    def read_value(self, s: str, c: i64, i: i64, n: i64) -> i64:
        if self.source is not None:
            self.source.reach(self.base + i)
            if self.tree.is_judged:
                self._begins(c)
        if c == QUOTE:
            return begin_string(self, s, i + 1, n)
        if c == OPEN_BRACE or c == OPEN_BRACKET:
            tree = self.tree
            if tree.depth() >= self.max_depth:
                return self.refuse(LIMIT, f"nested deeper than the limit of {self.max_depth}", s, i)
            if c == OPEN_BRACE:
                tree.begin_object()
                self.state = FIRST_KEY
            else:
                tree.begin_array()
                self.state = FIRST_VALUE
            return i + 1
        if c == DASH or DIGIT_0 <= c <= DIGIT_9:
            end = short_number(self, s, i, n)
            return end if end > 0 else long_number(self, s, c, i, n, end)
        if c == 116:
            self.word = "true"
        elif c == 102:
            self.word = "false"
        elif c == 110:
            self.word = "null"
        elif c == CLOSE_BRACKET and self.state == FIRST_VALUE:
            return self.end_container(i)
        elif c == 78 and self.is_mended:
            self.word = "NaN"
        else:
            return self.refuse_character(s, i)
        self.state = WORD
        self.matched = 1
        return self._word(s, i + 1, n)

    def value_comes(self, c: i64, i: i64) -> None:
        """A value that begins with ``c`` at ``i`` has been read by somebody else, and is about to open or close."""
        if self.source is not None:
            self.source.reach(self.base + i)
            if self.tree.is_judged:
                self._begins(c)

    def _begins(self, c: i64) -> None:
        """Tell the tree what the first character of a value reveals about it."""
        kind: i64 = 0
        value: object = None
        if c == QUOTE:
            kind = STRING
        elif c == OPEN_BRACE:
            kind = OBJECT
        elif c == OPEN_BRACKET:
            kind = ARRAY
        elif c == DASH or DIGIT_0 <= c <= DIGIT_9:
            kind = INTEGER | FLOAT
        elif c == 116 or c == 102:
            kind = BOOLEAN
            value = c == 116
        elif c == 110:
            kind = NULL
        if kind != 0:
            self.tree.begins(kind, value)

    def read_after(self, s: str, c: i64, i: i64) -> i64:
        in_object = self.tree.in_object
        if c == COMMA:
            if self.source is not None and self.tree.is_judged and self.tree.minds_commas():
                self.source.reach(self.base + i)
                self.tree.comma()
            self.state = KEY if in_object else VALUE
            return i + 1
        if c == (CLOSE_BRACE if in_object else CLOSE_BRACKET):
            return self.end_container(i)
        return self.refuse_character(s, i)

    def end_container(self, i: i64) -> i64:
        if self.source is not None:
            self.source.reach(self.base + i)
        self.container_closed()
        return i + 1

    def _word(self, s: str, i: i64, n: i64) -> i64:
        word = self.word
        length: i64 = len(word)
        while i < n:
            if ord(s[i]) != ord(word[self.matched]):
                msg = f"expected {word}, found {shown(s[i])} after {word[: self.matched]!r}"
                return self.refuse(BAD_WORD, msg, s, i)
            i += 1
            self.matched += 1
            if self.matched == length:
                if length == 5:
                    self.atom_closed(False, word)
                elif word == "true":
                    self.atom_closed(True, word)
                elif length == 3:
                    self.atom_closed(NAN, word)
                else:
                    self.atom_closed(None, word)
                return i
        return n

    def _resume(self, s: str, n: i64) -> i64:
        """Go on in the token that the end of the previous chunk cut."""
        if self.state == TEXT:
            return read_text(self, s, 0, n)
        if self.state == NUMBER:
            return read_number(self, s, 0, 0, n)
        return self._word(s, 0, n)

    # Many elements at once.

    def read_elements(self, s: str, i: i64, n: i64) -> i64:
        """Take many elements of an array at once. If that is not possible, return ``i`` and leave the state as it
        was."""
        c: i64 = ord(s[i])
        tree = self.tree
        length = tree.length()
        if length < self.few or not tree.only_builds():
            return i
        # Copying a long string costs more than calling the scanner for it.
        if COMPILED and c == QUOTE and s.find('"', i + 1, i + BATCHED) < 0:
            return i
        room = self.max_depth - tree.depth()
        # An array with few elements so far may be a short one.
        window = NARROW if length < MANY else self.window
        stop = i + window if i + window < n else n
        values, end = whole_elements(s, i, stop, room, self.max_number, self.max_string)
        if not values and stop < n and c == OPEN_BRACE:
            # Perhaps not even one row fits into the window.
            stop = i + WIDE if i + WIDE < n else n
            values, end = whole_elements(s, i, stop, room, self.max_number, self.max_string)
        if not values:
            # Each failure costs up to a window, so the next attempt waits twice as long.
            self.bulk_from = i + self.bulk_pause
            self.bulk_pause *= 2
            self.window = NARROW
            return i
        self.bulk_pause = LEAST
        tree.extend(values)
        if ord(s[end]) != COMMA:
            # A compiled loop would have been faster, and the next array will be like this one.
            if COMPILED:
                self.few = 2 * tree.length()
        elif stop < n:
            self.few = FEW
            window = 2 * (end - i)
            self.window = NARROW if window < NARROW else WIDE if window > WIDE else window
        if s.find("\n", i, end) >= 0:
            self.line += s.count("\n", i, end)
            self.line_start = self.base + s.rfind("\n", i, end) + 1
        self.state = AFTER
        return end


def may_scan(c: i64) -> bool:
    """Does it pay to give elements that begin with ``c`` to the scanner? A compiled loop is as fast on numbers."""
    return c == OPEN_BRACE or c == QUOTE or not COMPILED


def _has_no_surrogates(s: str, n: i64) -> bool:
    """Is the text free of surrogates? For short text, where a method call costs more than this loop."""
    i: i64 = 0
    while i < n:
        if 0xD800 <= ord(s[i]) <= 0xDFFF:
            return False
        i += 1
    return True
