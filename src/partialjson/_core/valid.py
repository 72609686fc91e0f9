"""Valid text, chunk after chunk, without the mender.

Valid text seldom needs the mender, so it must not cost what the mender keeps. While everything is certain, ``feed``
takes the chunks, and nothing is known of them but the state of the lexer and the few characters that wait, in ``held``.
In most cases these are a quote, a comma, or both, and the next chunk decides about them by its first characters
(``_resume``). Delimiters that a string ends with so far are in the tree already, *hidden*, and are shown if text
follows. Whatever else waits is read again, as the beginning of the next chunk.

Once something is not certain, ``feed`` says how far it came, and the mender takes over there. Whoever asks for more
than the document in the meantime, as for a position, makes the mender catch up first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from partialjson._core.certain import Certain, begins_value
from partialjson._core.lexer import Lexer
from partialjson._core.lookout import may_follow
from partialjson._core.machine import (
    AFTER,
    BACKSLASH,
    CLOSE_BRACE,
    CLOSE_BRACKET,
    COLON_SIGN,
    COMMA,
    ENDED,
    KEY,
    QUOTE,
    SHORT,
    SPACE,
    TEXT,
    VALUE,
)
from partialjson._core.refcounts import COMPILED
from partialjson._core.strings import end_text

if TYPE_CHECKING:
    from mypy_extensions import i64

# What waits at the end of the chunks that were read.
LEFT: Final = -2  # nothing is certain from there on, which the mender does not know yet
OFF: Final = -1  # the mender reads
NOTHING: Final = 0
A_RUN: Final = 1  # delimiters in a string value, hidden in the tree
SOMETHING: Final = 2  # it is read again, with the next chunk
A_QUOTE: Final = 3  # a quote that may end a string or a key
A_QUOTE_AND_COMMA: Final = 4  # the same of a string in an object, and a comma, with at most one space after it
A_COMMA: Final = 5  # after a value, with at most one space after it


@final
class ValidChunks(Certain):
    """Reads chunks as long as strict parsing can tell everything of them.

    Attributes:
        wait: whether chunks may be fed, and what waits at their end.
        held: the text that waits. The lexer knows nothing of it.
        done_to: how much of the chunk has been read that was not certain as a whole.
        wide: how many bytes of UTF-8 the chunks had more than characters, without what waits.
        again: how many characters were read again with the next chunk.
        most: the offset in the lexer's text that may not be passed.
        base, line, line_start: those of the lexer before the last chunk.
        text: what was read from there on when an error came.
    """

    def __init__(self, lexer: Lexer) -> None:
        super().__init__(lexer)
        self.wait: i64 = OFF
        self.held = ""
        self.done_to: i64 = 0
        self.wide: i64 = 0
        self.again: i64 = 0
        self.most: i64 = 0
        self.base: i64 = 0
        self.line: i64 = 1
        self.line_start: i64 = 0
        self.text = ""

    def begin(self, held: str, most: i64) -> None:
        """From here on chunks may be fed; ``held`` waits."""
        self.held = held
        self.most = most
        self.wide = 0
        self.again = 0
        self.hides = True
        self.wait = self._kind_of(held, 0, len(held)) if held else NOTHING

    def stop(self) -> None:
        """From here on the mender reads."""
        self.hides = False
        self.wait = OFF

    def feed(self, s: str) -> bool:
        """Read a chunk. False if not all of it can be told by strict parsing: ``done_to`` and ``held`` say what is
        left, and the mender must take over.

        Raises:
            ParseError: a limit is passed, or a value that does not fit its target stops the document.
        """
        x = self.lexer
        n: i64 = len(s)
        wait = self.wait
        plain: i64 = 0
        if wait <= A_RUN:
            if wait < NOTHING:
                return False
            if n == 0:
                return True
            if n <= SHORT and x.state == TEXT and not x.is_key:
                plain = self._grows_by(s, n, wait)
                if plain < 0:
                    return True
                wait = self.wait
        elif n == 0:
            return True
        if n > SHORT and not s.isascii():
            self.is_wide = True
        if x.base + SHORT + n > self.most or (self.is_wide and not x.lone_surrogates and not _is_unicode(s)):
            # The mender knows what to say.
            return self._leave(0)
        self.base = x.base
        self.line = x.line
        self.line_start = x.line_start
        i: i64 = 0
        before: i64 = 0
        if wait != NOTHING:
            try:
                i = self._resume(s, n, wait)
            except BaseException:
                self.text = self.held + s
                raise
            if i < 0:
                i = 0
                before = len(self.held)
                self.again += before
                s = self.held + s
                n += before
                if wait == A_RUN:
                    plain += before
            else:
                self.base = x.base
                self.wait = NOTHING
        source = self.source
        if source is not None and not source.window:
            source.open_window(s, x.base, 0)
        try:
            end = self.read_here(s, i, plain, n)
        except BaseException:
            self.text = s
            raise
        waits = end < 0
        if waits:
            end = -1 - end
        x.base += end
        if source is not None:
            source.close_window(end)
        if self.is_wide:
            self.is_wide = False
            self.wide += _more_bytes_of(s, end)
        if end == n and x.state != ENDED:
            self.wait = NOTHING
            return True
        if waits and n - end <= SHORT:
            self.wait = self._kind_of(s, end, n)
            return True
        self.wait = SOMETHING
        self.held = s[end:before] if end < before else ""
        return self._leave(end - before if end > before else 0)

    def _grows_by(self, s: str, n: i64, wait: i64) -> i64:
        """Read a short chunk that only continues a string value, the most common kind, and return -1. Or leave it
        unread, and return how many plain characters it begins with."""
        x = self.lexer
        i: i64 = 0
        c: i64 = 0
        wide: i64 = 0
        if not COMPILED:
            i = self.plain_until(s, 0, n)
            if i == n:
                c = ord(s[n - 1])
                wide = _more_bytes_of(s, n)
                self.is_wide = False
        while i < n:
            c = ord(s[i])
            if c <= QUOTE:
                if c == QUOTE or c < SPACE:
                    break
            elif c == BACKSLASH:
                break
            elif c > 0x7F:
                if 0xD800 <= c <= 0xDFFF and not x.lone_surrogates:
                    break
                wide += _more_bytes(c)
            i += 1
        if wide > 0:
            self.is_wide = True
        if i < n:
            return i
        if x.high != 0 or x.base + 2 * SHORT > self.most or x.length + 2 * SHORT > x.max_string:
            return 0
        tree = self.tree
        if wait == A_RUN:
            if not self._is_content(ord(s[0])):
                return 0
            self._show()
        if c == SPACE or may_follow(c, False):
            # The delimiters at the end wait.
            if not tree.may_hide():
                return i
            i -= 1
            while i > 0 and (ord(s[i - 1]) == SPACE or may_follow(ord(s[i - 1]), False)):
                i -= 1
        if self.source is not None:
            self.base = x.base
            self.line = x.line
            self.line_start = x.line_start
            self.source.add(s if i == n else s[:i])
        tree.grow(s)
        x.length += i
        x.base += i
        if wide > 0:
            self.wide += wide
            self.is_wide = False
        if i < n:
            tree.hidden = n - i
            self.held = s[i:]
            self.wait = A_RUN
        return -1

    def _is_content(self, c: i64) -> bool:
        """Does a character, after a run of delimiters, show that these are text?"""
        return c > SPACE and c != QUOTE and c != BACKSLASH and not may_follow(c, False)

    def _show(self) -> None:
        """The run of delimiters that was hidden is text."""
        x = self.lexer
        tree = self.tree
        hidden = tree.hidden
        if self.source is not None:
            self.source.add(self.held)
        x.base += hidden
        x.length += hidden
        tree.show()
        self.wait = NOTHING

    def take_back(self) -> None:
        """The tree knows nothing of what waits."""
        if self.wait == A_RUN:
            self.tree.take_back()
            self.wait = SOMETHING

    def _leave(self, done_to: i64) -> bool:
        """Leave the chunk to the mender, from that index on."""
        if self.wait == NOTHING:
            self.held = ""
        self.take_back()
        self.wait = LEFT
        self.done_to = done_to
        self.is_wide = False
        return False

    def _kind_of(self, s: str, i: i64, n: i64) -> i64:
        """What it is that waits, ``s[i:n]``; it is kept."""
        x = self.lexer
        size = n - i
        if self.tree.hidden > 0:
            self.held = s[i:n]
            return A_RUN
        # Most of it is one of a few texts, which need not be made.
        if size <= 3 and self.tree.containers:
            c: i64 = ord(s[i])
            if c == QUOTE:
                if x.state == TEXT and x.high == 0:
                    if size == 1:
                        self.held = '"'
                        return A_QUOTE
                    if ord(s[i + 1]) == COMMA and not x.is_key:
                        if size == 2:
                            self.held = '",'
                            return A_QUOTE_AND_COMMA
                        if ord(s[i + 2]) == SPACE:
                            self.held = '", '
                            return A_QUOTE_AND_COMMA
            elif c == COMMA and x.state == AFTER:
                if size == 1:
                    self.held = ","
                    return A_COMMA
                if size == 2 and ord(s[i + 1]) == SPACE:
                    self.held = ", "
                    return A_COMMA
        self.held = s[i:n]
        return SOMETHING

    def _resume(self, s: str, n: i64, wait: i64) -> i64:
        """Decide about what waits by the beginning of the next chunk. The index from which to go on; -1 if that takes
        more than a look."""
        x = self.lexer
        c: i64 = ord(s[0])
        if wait == SOMETHING:
            return -1
        if wait == A_RUN:
            if self._is_content(c):
                self._show()
                return 0
            self.take_back()
            return -1
        in_object = self.tree.in_object
        i: i64 = 0
        if wait == A_QUOTE:
            if x.is_key:
                if c != COLON_SIGN:
                    return -1
                self._take_held(s)
                end_text(x, -1)
                x.state = VALUE
                return 1
            if c == COMMA and in_object:
                i = 2 if n > 1 and ord(s[1]) == SPACE else 1
                if i >= n or ord(s[i]) != QUOTE:
                    return -1
            elif c != COMMA and c != (CLOSE_BRACE if in_object else CLOSE_BRACKET):
                return -1
            self._take_held(s)
            x.text_closed()
            return self.separator(s, 0, n)
        if c == SPACE:
            if n == 1:
                return -1
            i = 1
            c = ord(s[1])
        if c != QUOTE and (in_object or wait != A_COMMA or not begins_value(c)):
            return -1
        comma: i64 = -len(self.held)
        self._take_held(s)
        if wait == A_QUOTE_AND_COMMA:
            x.text_closed()
            comma += 1
        if self.source is not None:
            x.read_after(s, COMMA, comma)
        x.state = KEY if in_object else VALUE
        return i

    def _take_held(self, s: str) -> None:
        """What waits before the chunk has been decided."""
        x = self.lexer
        x.base += len(self.held)
        source = self.source
        if source is not None:
            source.add(self.held)
            source.open_window(s, x.base, 0)


# Bytes of UTF-8.


def _more_bytes(c: i64) -> i64:
    """How many more bytes than one a character beyond ASCII takes."""
    return 1 if c < 0x800 else 2 if c < 0x10000 else 3


def _more_bytes_of(s: str, end: i64) -> i64:
    """How many more bytes than characters ``s[:end]`` takes."""
    if not COMPILED or end > SHORT:
        return len(s[:end].encode("utf-8", "surrogatepass")) - end
    more: i64 = 0
    i: i64 = 0
    while i < end:
        c: i64 = ord(s[i])
        if c > 0x7F:
            more += _more_bytes(c)
        i += 1
    return more


def _is_unicode(s: str) -> bool:
    """Is the text free of surrogates?"""
    try:
        s.encode()
    except UnicodeEncodeError:
        return False
    return True
