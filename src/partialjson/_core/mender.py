"""The mender: lenient parsing. It reads what strict parsing refuses, and hands mended text to the strict lexer.

The lexer stays the reader of JSON. Where its reading is certain, it reads the source itself (``certain``). Where only
more text can tell, the rest waits. Where it stops for another reason, the mender takes over for one token, with a
machine of its own, and writes what the token should have been. So the lexer sees strict JSON only, and everything
behind it, tree, plans, checkpoints, works as ever. Of valid text the mender reads next to nothing, however it is cut. A
source map (``sourcemap``) leads offsets back to the source.

*Nothing is taken back* (law 2). What is not certain is held: it stays in ``pend`` as it came until the text after it
decides (``lookout``), and nothing of it is shown. A decision looks at most ``REACH`` characters ahead. The decisions
depend on the text alone, so the state after any text is the same however it was cut, apart from which of both readers
read it.

The modes, between two characters:

    BETWEEN    between tokens; ``gap`` is a comma, with the white space around it, whose next value has not come
    IN_STRING  inside a quoted string or key, which is open in the lexer; a run of delimiters at its end is held, since
               it is structure if the closing quote is missing
    IN_TEXT    inside a string value without quotes, open in the lexer too
    AT_ROOT    inside text at the root that is no container and no string; it is a scalar at the end
    IN_COMMENT, IN_SKIPPED (a value that has no place), IN_STRAY (text that has none), IN_TRAILING (text after the root)

*Groups* are brackets of the source that the mended text does not have: parentheses around one value, those of a call, a
doubled opening brace. Each is known by the depth at which it stands. *Tuples* are arrays in parentheses.

Each repair is recorded when it is decided, and an event tells of it, in the order of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from partialjson._core.canonical import canonical_text
from partialjson._core.certain import begins_value
from partialjson._core.lexer import Lexer
from partialjson._core.lookout import (
    BACKTICK,
    CLOSE_PAREN,
    ELLIPSIS,
    EQUALS,
    HASH,
    MORE,
    NO,
    OPEN_PAREN,
    REACH,
    SEMICOLON,
    SINGLE,
    SLASH,
    STAR,
    YES,
    has_newline,
    is_blank,
    is_fence,
    is_other_blank,
    is_quote,
    is_word,
    key_follows,
    may_become_three,
    skip,
    skip_blank,
    string_then,
    word_end,
    word_then_colon,
)
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
    HALF_PAIR,
    KEY,
    LIMIT,
    NEWLINE,
    OPEN_BRACE,
    OPEN_BRACKET,
    PLUS,
    QUOTE,
    SHORT,
    TEXT,
    VALUE,
)
from partialjson._core.numbers import close_number
from partialjson._core.scalars import may_become_literal, may_become_number, may_become_scalar, mended_scalar
from partialjson._core.scribe import (
    AT_ROOT,
    BETWEEN,
    BLANK,
    BLANKS,
    CALL,
    COMMENT,
    ELLIPSES,
    EXTRA_CLOSER,
    EXTRA_COMMA,
    EXTRA_OPENER,
    FENCE,
    IN_COMMENT,
    IN_SKIPPED,
    IN_STRAY,
    IN_STRING,
    IN_TEXT,
    IN_TRAILING,
    LITERAL,
    MISSING_CLOSER,
    MISSING_COLON,
    MISSING_COMMA,
    MISSING_QUOTE,
    MISSING_VALUE,
    NO_PLACE,
    NUMBER,
    OTHER_SEPARATOR,
    PARENTHESES,
    STRAY_TEXT,
    TEXT_AROUND,
    UNFINISHED,
    UNQUOTED_KEY,
    UNQUOTED_TEXT,
    WRONG_CLOSER,
    Record,
)
from partialjson._core.selection import Selector
from partialjson._core.tokens import (
    AWAKE,
    UNTIL_NO_DIGIT,
    UNTIL_NO_WORD,
    UNTIL_QUOTE,
    TokenMender,
)
from partialjson._core.valid import NOTHING, OFF, ValidChunks
from partialjson.errors import IncompleteError, ParseError
from partialjson.repairs import NotMended, RepairKind

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class Mender(TokenMender):
    """Reads the source of one document, and feeds a lexer."""

    def __init__(self, lexer: Lexer, kinds: frozenset[RepairKind], selector: Selector | None) -> None:
        super().__init__(lexer, kinds, selector)
        lexer.is_mended = True
        # What is valid so far is read by this, without the mender (``goes_on``). The line of the lexer that the first
        # line here belongs to; and whether everything up to the end of the text is certain.
        self.valid: Final = ValidChunks(lexer)
        self.strict_line: i64 = 1
        self.is_certain = False
        # Text at the root.
        self.parts: list[str] = []
        # A comment: 0 up to the end of the line, 1 up to "*/". A skipped value: its depth, and the quote it is inside.
        self.comment: i64 = 0
        self.nested: i64 = 0
        self.nested_quote: i64 = 0
        # Has a repair come that is not wanted? Then the rest is read strictly.
        self.is_strict = False
        # Is text after the root left unread, and from which index of the chunk on?
        self.stops = False
        self.stopped: i64 = -1
        # That text, also what had come before the chunk and was held.
        self.rest = ""

    # Text in.

    def goes_on(self, s: str) -> bool:
        """Read a chunk of which strict parsing can tell everything; False if there is more to it, and ``feed`` must
        read it, or the rest of it.

        Raises:
            ParseError: as ``feed``.
        """
        try:
            return self.valid.feed(s)
        except BaseException as error:
            self.stops_at(error)
            raise

    def stops_at(self, error: BaseException) -> None:
        """An error came while a chunk was read strictly, unless it came otherwise."""
        valid = self.valid
        if valid.wait < NOTHING:
            return
        valid.take_back()
        text = valid.text
        self._catch_up_at(valid.base, valid.line, valid.line_start, "")
        valid.stop()
        self.read += len(text)
        if isinstance(error, ParseError):
            self._translate(error, text)
            self._leaves(error, text)

    def catch_up(self) -> None:
        """Take over how far strict parsing has come, and what waits there."""
        valid = self.valid
        if valid.wait != OFF:
            valid.take_back()
            lexer = self.lexer
            held = "" if valid.wait == NOTHING else valid.held
            self._catch_up_at(lexer.base, lexer.line, lexer.line_start, held)

    def _catch_up_at(self, base: i64, line: i64, line_start: i64, held: str) -> None:
        """Take over that the lexer was between tokens, or in a string, at this place of its text, and ``held`` waits
        there."""
        if self.gap:
            self._reads_gap_again()
        lexer = self.lexer
        valid = self.valid
        at = base + self.shift
        self.steps += at - self.at + valid.again
        self.first_bytes += at - self.at + valid.wide
        valid.again = 0
        valid.wide = 0
        if line > self.strict_line:
            self.first_line += line - self.strict_line
            self.first_line_start = line_start + self.shift
            self.strict_line = line
        self.at = at
        self.read = at + len(held)
        self.pend = held
        self._unmark()
        if lexer.state == TEXT:
            self._opens_string(QUOTE)
            return
        self.mode = BETWEEN
        if held and lexer.state == AFTER:
            self._begin_gap(held, 0, True)
            self.gap = held
            self.pend = ""
            self._pass(held, len(held))

    def _mends_from_here(self) -> None:
        """Nothing is read without the mender until it says so."""
        self.catch_up()
        self.valid.stop()

    def _reads_on_strictly(self) -> None:
        """Let the next chunks be read without the mender, if only what strict parsing can tell has come last."""
        held = self.gap or self.pend
        at = self.gap_at if self.gap else self.at
        base = self.lexer.base
        if len(held) <= SHORT and at - base == self.shift and not self.puts_in and self.sleeps == AWAKE:
            self.strict_line = self.lexer.line
            self.valid.begin(held, self.max_document - self.shift)

    def feed(self, s: str) -> None:
        """Read one chunk.

        Raises:
            ParseError: a limit is passed, or the text needs a repair of a kind that is not wanted.
        """
        valid = self.valid
        if valid.wait == OFF:
            self._feed_new(s)
        elif not self.goes_on(s):
            done_to = valid.done_to
            self._mends_from_here()
            self._feed_new(s[done_to:])
            if self.stopped >= 0:
                self.stopped += done_to

    def _feed_new(self, s: str) -> None:
        n: i64 = len(s)
        if self.read + n > self.max_document:
            end = self.max_document - self.read
            self._feed_new(s[:end])
            self._mends_from_here()
            if self.stopped < 0:
                raise self.too_long()
            self.rest += s[end:]
            return
        if not self.lexer.lone_surrogates and not s.isascii():
            try:
                s.encode()
            except UnicodeEncodeError as bad:
                start: i64 = bad.start
                self._feed(s[:start])
                self._mends_from_here()
                if self.stopped < 0:
                    raise self.refusal(HALF_PAIR, f"U+{ord(s[start]):04X} is half of a surrogate pair") from None
                self.rest += s[start:]
                return
        self._feed(s)

    def too_long(self) -> ParseError:
        """The error for a document that passes its limit after everything that has come."""
        return self.refusal(LIMIT, f"the document is longer than the limit of {self.max_document} characters")

    def _feed(self, s: str) -> None:
        n: i64 = len(s)
        before: i64 = len(self.pend)
        self.at = self.read - before
        self.read += n
        if before > 0:
            if self.sleeps != AWAKE and self._sleeps_on(s, n, before):
                return
            s = self.pend + s
            self.pend = ""
        elif self.gap and self.gap_is_source and self.mode == BETWEEN and not self.is_strict:
            before = len(self.gap)
            if before <= REACH:
                s = self.gap + s
                self._reads_gap_again()
            else:
                before = 0
        self.sleeps = AWAKE
        self.is_certain = False
        self._unmark()
        n += before
        i: i64 = 0
        try:
            if self._reads_strictly():
                i = self._read_certain(s, 0, n)
            if i < 0:
                i = self._wait_for_more(s, -1 - i, n)
            elif i < n or self.lexer.state == ENDED:
                i = self._go(s, i, n, False)
        except ParseError as error:
            self._translate(error, s)
            self._leaves(error, s)
            raise
        finally:
            if self.map is not None:
                self.translate_events()
        self.pend = s[i:]
        self._pass(s, i)
        if self.stopped >= 0:
            self.read -= len(self.pend)
            self.rest = self.pend
            self.pend = ""
            self.stopped = max(self.stopped - before, 0)
        elif self.is_certain:
            self._reads_on_strictly()

    def _leaves(self, error: ParseError, s: str) -> None:
        """The document ended with this error in the text ``s``, and the rest is not part of it."""
        i: i64 = error.pos - self.at
        self.rest = s[i:] if i >= 0 else ""
        self.at = error.pos
        self.first_bytes = self.error_byte
        self.first_line = error.lineno
        self.first_line_start = error.pos - error.colno + 1

    def _sleeps_on(self, s: str, n: i64, before: i64) -> bool:
        """Take a chunk that cannot decide what is held, and leave it at that."""
        sleeps = self.sleeps
        if before + n >= (self.lexer.max_number if sleeps == UNTIL_NO_DIGIT else REACH):
            return False
        i: i64 = 0
        while i < n:
            c: i64 = ord(s[i])
            if sleeps == UNTIL_NO_WORD:
                if not is_word(c):
                    return False
            elif sleeps == UNTIL_NO_DIGIT:
                if not DIGIT_0 <= c <= DIGIT_9:
                    return False
            elif sleeps == UNTIL_QUOTE:
                if is_quote(c) or (c > 127 and not is_word(c)):
                    return False
            elif c == NEWLINE or c == SLASH:
                return False
            i += 1
        # Taken out of its slot, the text has one reference, so CPython extends it in place.
        pend = self.pend
        self.pend = ""
        pend += s
        self.pend = pend
        self.steps += n
        return True

    def _fall_asleep(self, s: str, i: i64, n: i64) -> None:
        """The text ``s[i:]`` is held; find out what can decide about it."""
        c: i64 = ord(s[i])
        # After a sign, a letter decides whether a literal follows.
        if self.sleeps == AWAKE and is_word(ord(s[n - 1])) and c != BACKSLASH and c != PLUS and c != DASH:
            self.sleeps = UNTIL_NO_WORD

    def _go(self, s: str, i: i64, n: i64, final: bool) -> i64:
        """Read on from ``i``, where strict parsing cannot; returns the index of the first character that is not
        decided."""
        if not self.is_strict:
            try:
                return self._mend(s, i, n, final)
            except NotMended:
                # From here on strict parsing says what is wrong.
                self.is_strict = True
                self.lexer.is_mended = False
                self._put_gap(s)
        else:
            self.done_to = 0
        return self._read_on_strictly(s, self.done_to, n)

    def _read_on_strictly(self, s: str, i: i64, n: i64) -> i64:
        """The rest is for strict parsing; returns the index of the first character that is left unread."""
        lexer = self.lexer
        if not self.stops:
            self._put(s, i, n)
            return n
        line: i64 = lexer.line
        line_start: i64 = lexer.line_start
        lexer.stops = True
        try:
            self._put(s, i, n)
        finally:
            lexer.stops = False
        if lexer.state != ENDED:
            return n
        # The white space after the root is left, too.
        end = n if lexer.stopped < 0 else i + lexer.stopped
        lexer.stopped = -1
        j = end
        while j > i and is_blank(ord(s[j - 1])):
            j -= 1
        lexer.base -= end - j
        if lexer.source is not None:
            lexer.source.drop(end - j)
        if has_newline(s, j, end):
            last: i64 = s.rfind("\n", i, j)
            lexer.line = line + s.count("\n", i, j)
            lexer.line_start = line_start if last < 0 else lexer.base - (j - last - 1)
        self.done_to = self.stopped = j
        return j

    def _mend(self, s: str, i: i64, n: i64, final: bool) -> i64:
        j: i64 = 0
        lexer = self.lexer
        while i < n:
            self.done_to = i
            self.is_certain = False
            mode = self.mode
            if mode == BETWEEN:
                if self.stops and lexer.state == ENDED:
                    break
                j = self._between(s, i, n, final)
            elif mode == IN_STRING:
                j = self._in_string(s, i, n, final)
            elif mode == IN_TEXT:
                j = self._in_text(s, i, n, final)
            elif mode == AT_ROOT:
                j = self._at_root(s, i, n)
            elif mode == IN_COMMENT:
                j = self._in_comment(s, i, n, final)
            elif mode == IN_SKIPPED:
                j = self._in_skipped(s, i, n)
            elif mode == IN_STRAY:
                j = self._in_stray(s, i, n)
            else:
                self.records[-1].end = self.at + n
                j = n
            if self.is_strict:
                return n
            if self.stopped >= 0:
                return j
            if j < 0:
                # Undecided from there on.
                self.steps += n - i
                i = -1 - j
                if i < n and not final:
                    self._fall_asleep(s, i, n)
                return i
            self.steps += j - i
            i = j
            if i < n and self._reads_strictly():
                j = self._read_certain(s, i, n)
                if j < 0:
                    j = -1 - j
                    if not final:
                        return self._wait_for_more(s, j, n)
                i = j
        if self.stops and lexer.state == ENDED:
            self.stopped = i
        return i

    def _read_certain(self, s: str, i: i64, n: i64) -> i64:
        """Let the lexer read the source itself, as far as that is certain."""
        lexer = self.lexer
        shift = self.shift
        if self.at + i - lexer.base == shift and not self.puts_in:
            stopped = self.valid.read(s, i, n)
        else:
            shifted = self.shifted
            puts_in = self.puts_in
            key_source = self.key_source
            self._begin_segment(s, i, False)
            stopped = self.valid.read(s, i, n)
            if stopped == i or stopped == -1 - i:
                # Nothing has been read.
                self.shift = shift
                self.shifted = shifted
                self.puts_in = puts_in
                self.key_source = key_source
                if self.map is not None:
                    self.map.take_back()
        self.steps += (stopped if stopped >= 0 else -1 - stopped) - i
        self.is_certain = (stopped < 0 or stopped == n) and lexer.state != ENDED
        if lexer.state == TEXT:
            self._opens_string(QUOTE)
        else:
            self.mode = BETWEEN
        return stopped

    def _reads_strictly(self) -> bool:
        """Is the text here like its source, so that strict parsing may read on where it is certain?"""
        if self.is_strict:
            return False
        groups = self.groups
        # The brackets that are open in the source must be those of the mended text, but for a group around all.
        if self.tuples or (groups and groups[len(groups) - 2] != 0):
            return False
        lexer = self.lexer
        if self.mode == BETWEEN:
            return not self.gap and lexer.state < ENDED
        if self.mode != IN_STRING or self.is_escaped or not self.string.is_plain():
            return False
        return lexer.escape == 0 and lexer.high == 0

    def _wait_for_more(self, s: str, i: i64, n: i64) -> i64:
        """Strict parsing can tell nothing of the text from ``i`` on before more has come."""
        self.steps += n - i
        if i == n:
            return n
        if self.lexer.state == AFTER:
            self._begin_gap(s, i, True)
            self.gap = s[i:]
            return n
        if n - i > SHORT and may_become_number(s[i:n]):
            self.sleeps = UNTIL_NO_DIGIT
        return i

    # Between tokens.

    def _between(self, s: str, i: i64, n: i64, final: bool) -> i64:
        lexer = self.lexer
        c: i64 = ord(s[i])
        if is_blank(c):
            j = skip_blank(s, i + 1, n)
            if self.gap:
                if self.gap_is_source:
                    self.gap += s[i:j]
            else:
                self._put(s, i, j)
            return j
        state = lexer.state
        if is_other_blank(c):
            records = self.records
            if records and records[-1].kind == BLANK and records[-1].end == self.at + i:
                records[-1].end += 1
            else:
                self._repair(BLANK, i, i + 1)
            self.gap_is_source = False
            return i + 1
        if c == SLASH or c == HASH:
            j = self._comment_begins(s, i, n, final, c)
            if j != i:
                return j
        elif c == BACKTICK:
            j = self._fence(s, i, n, final)
            if j != i:
                return j
        elif c == DOT or c == ELLIPSIS:
            j = self._ellipsis(s, i, n, final, c)
            if j != i:
                return j
        if state == ENDED:
            return self._after_root(s, i, n, c)
        if c == COMMA or c == SEMICOLON:
            return self._comma(s, i, c)
        if c == CLOSE_BRACE or c == CLOSE_BRACKET or c == CLOSE_PAREN:
            return self._closer(s, i, n, final, c)
        if c == COLON_SIGN or c == EQUALS:
            return self._colon(s, i, n, final, c)
        if state == COLON:
            self._repair(MISSING_COLON, i, i)
            self._say(":", s, i)
            state = VALUE
        if lexer.tree.in_object and state != VALUE:
            return self._key(s, i, n, final, c)
        return self._value(s, i, n, final, c)

    def _comment_begins(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        """The character ``c`` may begin a comment; ``i`` if it does not."""
        if i + 1 == n:
            return i if final else -1 - i
        follows: i64 = ord(s[i + 1])
        if c == SLASH:
            if follows != SLASH and follows != STAR:
                return i
            self.comment = 1 if follows == STAR else 0
        else:
            state = self.lexer.state
            # Elsewhere a value may begin with it, such as a colour.
            if (state == VALUE or state == FIRST_VALUE) and not is_blank(follows):
                return i
            self.comment = 0
        self._repair(COMMENT, i, i + 2)
        self.gap_is_source = False
        self.mode = IN_COMMENT
        return i + (2 if c == SLASH else 1)

    def _in_comment(self, s: str, i: i64, n: i64, final: bool) -> i64:
        record = self.records[-1]
        if self.comment == 1:
            end: i64 = s.find("*/", i)
            if end >= 0:
                end += 2
                self.mode = BETWEEN
            else:
                end = n if final or ord(s[n - 1]) != STAR else n - 1
            record.end = self.at + end
            return end if end > i else -1 - i
        # A bracket that closes something, with a comma and a quote after it, is not in a comment at the end of a line.
        containers = self.lexer.tree.containers
        closer = CLOSE_BRACE if self.lexer.tree.in_object else CLOSE_BRACKET
        j = i
        while j < n:
            c: i64 = ord(s[j])
            if c == NEWLINE:
                self.mode = BETWEEN
                break
            if c == closer and len(containers) > 0:
                k = skip_blank(s, j + 1, n)
                if k - j > REACH or has_newline(s, j, k):
                    k = n
                elif k < n and ord(s[k]) == COMMA:
                    k = skip_blank(s, k + 1, n)
                    if k < n and ord(s[k]) == QUOTE:
                        self.mode = BETWEEN
                        break
                if k == n and not final and n - j <= REACH and not has_newline(s, j, n):
                    record.end = self.at + j
                    return -1 - j
            j += 1
        record.end = self.at + j
        return j

    def _fence(self, s: str, i: i64, n: i64, final: bool) -> i64:
        """Back-ticks may be those of a code block; ``i`` if they are not."""
        if not is_fence(s, i, n):
            if n - i < 3 and not final and s.startswith("`" * (n - i), i):
                return -1 - i
            return i
        j = i + 3
        if self.lexer.state != AFTER and self.lexer.state != ENDED:
            # And the language.
            while j < n and j - i < REACH and (is_word(ord(s[j])) or ord(s[j]) == DASH or ord(s[j]) == PLUS):
                j += 1
            if j == n and not final and j - i < REACH:
                return -1 - i
        self._repair(FENCE, i, j)
        self.gap_is_source = False
        return j

    def _ellipsis(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        """Dots may stand for what was left out; ``i`` if they do not."""
        end = i + 1
        if c == DOT:
            if not s.startswith("...", i):
                if n - i < 3 and not final and s.startswith("." * (n - i), i):
                    return -1 - i
                return i
            end = i + 3
        if not self.lexer.tree.containers and self.lexer.state != ENDED:
            return i
        self._repair(ELLIPSES, i, end)
        self.gap_is_source = False
        return end

    def _comma(self, s: str, i: i64, c: i64) -> i64:
        lexer = self.lexer
        tree = lexer.tree
        if c == SEMICOLON:
            self._repair(OTHER_SEPARATOR, i, i + 1)
        if tree.in_object and (lexer.state == COLON or lexer.state == VALUE):
            self._no_value(s, i)
        if lexer.state != AFTER or self.gap or self._in_group():
            if c == COMMA:
                self._repair(EXTRA_COMMA, i, i + 1)
            self.gap_is_source = False
        else:
            self._begin_gap(s, i, c == COMMA)
        return i + 1

    def _no_value(self, s: str, i: i64) -> None:
        """A key has no value."""
        self._repair(MISSING_VALUE, i, i)
        self._say(":null" if self.lexer.state == COLON else "null", s, i)

    def _colon(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        lexer = self.lexer
        if lexer.state == COLON and c == COLON_SIGN:
            self._put(s, i, i + 1)
            return i + 1
        end = i + 1
        if c == EQUALS:
            if i + 1 == n and not final:
                return -1 - i
            if i + 1 < n and s[i + 1] == ">":
                end += 1
        self._repair(OTHER_SEPARATOR, i, end)
        if lexer.state == COLON:
            self._say(":", s, i)
        elif lexer.state == AFTER and not lexer.tree.in_object and not self.gap:
            self._begin_gap(s, i, False)
        else:
            self.gap_is_source = False
        return end

    # Brackets.

    def _closer(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        lexer = self.lexer
        tree = lexer.tree
        if self._in_group() and self.groups[-1] == c:
            if lexer.state == VALUE and tree.depth() > 0:
                self._no_value(s, i)
            self.groups.pop()
            self.groups.pop()
            return i + 1
        if not tree.containers:
            self._drop_closer(s, i)
            return i + 1
        in_object = tree.in_object
        wanted = CLOSE_BRACE if in_object else CLOSE_PAREN if self._in_tuple() else CLOSE_BRACKET
        if c == wanted:
            self._ends_member(s, i)
            if c == CLOSE_PAREN:
                self._say("]", s, i)
            else:
                self._put(s, i, i + 1)
            self._drop_groups()
            return i + 1
        levels = self._levels_to(c)
        if levels <= 0:
            if in_object or c == CLOSE_PAREN:
                self._drop_closer(s, i)
            else:
                self._close_wrongly(s, i)
            return i + 1
        if levels == 1 and c == CLOSE_BRACE:
            # Was another bracket meant? Then a key follows.
            end = i + 1 + REACH if n - i > REACH else n
            is_final = final or end < n
            k = skip(s, i + 1, end)
            answer = NO
            if k == end:
                answer = NO if is_final else MORE
            elif ord(s[k]) == COMMA:
                k = skip(s, k + 1, end)
                answer = key_follows(s, k, end, is_final)
            if answer <= MORE:
                return self._waits(answer, i, s, i + 1)
            if answer == YES:
                self._close_wrongly(s, i)
                return i + 1
        self._ends_member(s, i)
        while levels > 0:
            levels -= 1
            self._repair(MISSING_CLOSER, i, i)
            self._say("}" if tree.in_object else "]", s, i)
            self._drop_groups()
        if not tree.containers:
            return i
        return self._closer(s, i, n, final, c)

    def _drop_closer(self, s: str, i: i64) -> None:
        """The bracket at ``i`` closes nothing."""
        self._repair(EXTRA_CLOSER, i, i + 1)
        self.gap_is_source = False

    def _close_wrongly(self, s: str, i: i64) -> None:
        """The bracket at ``i`` closes the innermost array, though it is of the other kind."""
        self._ends_member(s, i)
        self._repair(WRONG_CLOSER, i, i + 1)
        self._say("]", s, i)
        self._drop_groups()

    def _ends_member(self, s: str, i: i64) -> None:
        """The innermost container closes at ``i``: no comma may be left, and no key without a value."""
        lexer = self.lexer
        if self.gap:
            start = self.gap_at - self.at
            self._repair(EXTRA_COMMA, start, start + 1)
            self.gap = ""
        if lexer.state == VALUE or lexer.state == COLON:
            self._no_value(s, i)

    def _levels_to(self, c: i64) -> i64:
        """How many containers close before the one that ``c`` closes; -1 if it closes none."""
        tree = self.lexer.tree
        containers = tree.containers
        depth = tree.depth()
        if c == CLOSE_PAREN:
            outer: i64 = self.tuples[-1] if self.tuples else -1
            if self.groups and self.groups[-1] == c and self.groups[len(self.groups) - 2] > outer:
                outer = self.groups[len(self.groups) - 2]
            return depth - outer if outer >= 0 else -1
        i = depth - 1
        while i >= 0:
            if isinstance(containers[i], dict) == (c == CLOSE_BRACE):
                return depth - 1 - i
            i -= 1
        return -1

    def _drop_groups(self) -> None:
        """A container has closed; groups and tuples deeper than the innermost one are over."""
        groups = self.groups
        depth = self.lexer.tree.depth()
        while groups and groups[len(groups) - 2] > depth:
            groups.pop()
            groups.pop()
        tuples = self.tuples
        while tuples and tuples[-1] > depth:
            tuples.pop()

    def _opens_group(self, closer: i64) -> None:
        self.groups.append(self.lexer.tree.depth())
        self.groups.append(closer)

    # Keys.

    def _key(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        lexer = self.lexer
        if is_quote(c) or c == BACKSLASH:
            j = self._string_begins(s, i, n, final, c)
            if j != i:
                return j
        if c == OPEN_BRACE and lexer.state == FIRST_KEY:
            self._repair(EXTRA_OPENER, i, i + 1)
            self._opens_group(CLOSE_BRACE)
            return i + 1
        if c == OPEN_BRACE and lexer.state == AFTER and lexer.tree.depth() > 1 and not self._in_group():
            containers = lexer.tree.containers
            if isinstance(containers[len(containers) - 2], list):
                # The object before it was not closed.
                end = self.gap_at - self.at if self.gap else i
                self._repair(MISSING_CLOSER, end, end)
                self._say("}", s, end)
                return i
        if c == OPEN_BRACE or c == OPEN_BRACKET or c == OPEN_PAREN:
            self._repair(NO_PLACE, i, i + 1)
            self.gap_is_source = False
            self.mode = IN_SKIPPED
            self.nested = 0
            self.nested_quote = 0
            return i
        return self._bare_key(s, i, n, final)

    def _bare_key(self, s: str, i: i64, n: i64, final: bool) -> i64:
        """Text without quotes where a key is due: a key, or text that has no place."""
        lexer = self.lexer
        end = n
        if n - i > REACH:
            end = i + REACH
            final = True
        j = i
        c: i64 = 0
        while j < end:
            c = ord(s[j])
            if (
                c == COLON_SIGN
                or c == EQUALS
                or c == COMMA
                or c == QUOTE
                or c == NEWLINE
                or c == CLOSE_BRACE
                or c == CLOSE_BRACKET
                or c == OPEN_BRACE
                or c == OPEN_BRACKET
            ):
                break
            j += 1
        if j == end:
            if not final:
                return -1 - i
            return self._stray(s, i, j)
        word = j
        while word > i and is_blank(ord(s[word - 1])):
            word -= 1
        if word == i:
            # A delimiter that nothing here can begin with.
            return self._stray(s, i, i + 1)
        is_due = lexer.state != AFTER or len(self.gap) > 0
        answer = NO
        if c == NEWLINE:
            k = skip(s, j, end)
            if k == end and not final:
                return -1 - i
            answer = YES if k < end and ord(s[k]) == COLON_SIGN else NO
        elif c == QUOTE:
            k = skip(s, j + 1, end)
            if k == end and not final:
                return -1 - i
            if word == j and k < end and (ord(s[k]) == COLON_SIGN or ord(s[k]) == EQUALS):
                self._name(s, i, j)
                self._repair(MISSING_QUOTE, i, i)
                return j + 1
            # A key after it, or its value?
            answer = string_then(s, j + 1, end, final, QUOTE, False)
            if answer <= MORE:
                return self._waits(answer, i, s, j + 1)
            answer = NO if answer == YES else YES
        elif c == COLON_SIGN or c == EQUALS or c == OPEN_BRACE or c == OPEN_BRACKET:
            answer = YES
        else:
            answer = YES if is_due else NO
        if answer == NO:
            return self._stray(s, i, j)
        self._name(s, i, word)
        return j

    def _name(self, s: str, i: i64, j: i64) -> None:
        """The text ``s[i:j]`` is a key without quotes."""
        self._separate(s, i)
        self._repair(UNQUOTED_KEY, i, j)
        self.lexer.key_at = self.lexer.base
        self._say('"', s, i)
        self._bare_content(s, i, j)
        self._say('"', s, j)
        self.done_to = j

    def _stray(self, s: str, i: i64, j: i64) -> i64:
        """The text ``s[i:j]``, and what follows it up to the next delimiter, has no place."""
        self._repair(STRAY_TEXT, i, j)
        self.gap_is_source = False
        self.mode = IN_STRAY
        return j

    def _in_stray(self, s: str, i: i64, n: i64) -> i64:
        j = i
        while j < n:
            c: i64 = ord(s[j])
            if c == QUOTE or c == COMMA or c == CLOSE_BRACE or c == CLOSE_BRACKET or c == NEWLINE:
                self.mode = BETWEEN
                break
            j += 1
        if j > i:
            self.records[-1].end = self.at + j
        return j

    def _in_skipped(self, s: str, i: i64, n: i64) -> i64:
        """A value that has no place: up to the bracket that closes it."""
        j = i
        while j < n:
            c: i64 = ord(s[j])
            if self.nested_quote < 0:
                self.nested_quote = -self.nested_quote
            elif self.nested_quote > 0:
                if c == self.nested_quote:
                    self.nested_quote = 0
                elif c == BACKSLASH:
                    # The next character is part of the string, whatever it is.
                    self.nested_quote = -self.nested_quote
            elif c == QUOTE:
                self.nested_quote = c
            elif c == OPEN_BRACE or c == OPEN_BRACKET or c == OPEN_PAREN:
                self.nested += 1
            elif c == CLOSE_BRACE or c == CLOSE_BRACKET or c == CLOSE_PAREN:
                self.nested -= 1
                if self.nested <= 0:
                    j += 1
                    self.mode = BETWEEN
                    break
            j += 1
        self.records[-1].end = self.at + j
        return j

    # Values.

    def _value(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        lexer = self.lexer
        if self.gap and begins_value(c):
            # It is a separator, whatever becomes of the value.
            self._put_gap(s)
        if is_quote(c) or c == BACKSLASH:
            j = self._string_begins(s, i, n, final, c)
            if j != i:
                return j
        if c == OPEN_BRACE or c == OPEN_BRACKET:
            self._separate(s, i)
            self._put(s, i, i + 1)
            return i + 1
        if c == OPEN_PAREN:
            return self._parenthesis(s, i, n, final)
        if lexer.tree.depth() == 0 and not self._in_group():
            return self._root_begins(s, i, n, final)
        return self._bare(s, i, n, final, c)

    def _parenthesis(self, s: str, i: i64, n: i64, final: bool) -> i64:
        """An opening parenthesis: of a tuple, or around a value."""
        end = n
        if n - i > REACH:
            end = i + REACH
            final = True
        is_tuple = False
        k = skip(s, i + 1, end)
        if k == end and not final:
            return -1 - i
        if k < end and ord(s[k]) == CLOSE_PAREN:
            is_tuple = True
        elif k < end and ord(s[k]) != OPEN_BRACE and ord(s[k]) != OPEN_BRACKET:
            quote: i64 = 0
            while k < end:
                c: i64 = ord(s[k])
                if quote != 0:
                    if c == quote:
                        quote = 0
                elif c == QUOTE or c == SINGLE:
                    quote = c
                elif c == COMMA or c == CLOSE_PAREN:
                    is_tuple = c == COMMA
                    break
                k += 1
            if k == end and not final:
                return -1 - i
        self._separate(s, i)
        self._repair(PARENTHESES, i, i + 1)
        if is_tuple:
            self._say("[", s, i)
            self.tuples.append(self.lexer.tree.depth())
        else:
            self._opens_group(CLOSE_PAREN)
        return i + 1

    def _bare(self, s: str, i: i64, n: i64, final: bool, c: i64) -> i64:
        """A value without quotes: a number, a literal, a call, or text."""
        lexer = self.lexer
        j = i
        while j < n and (is_word(ord(s[j])) or ord(s[j]) == DOT or ord(s[j]) == PLUS or ord(s[j]) == DASH):
            j += 1
        is_name = not (DIGIT_0 <= c <= DIGIT_9 or c == PLUS or c == DASH or c == DOT)
        most = i + lexer.max_number + 1
        if not is_name and j >= most and may_become_number(s[i:most]):
            # The lexer refuses it where it passes the limit.
            self._separate(s, i)
            self._put(s, i, most)
        if j == n and not final:
            if not is_name and may_become_number(s[i:j]):
                self.sleeps = UNTIL_NO_DIGIT
                return -1 - i
            if n - i <= REACH if is_name else may_become_literal(s[i:j]):
                return -1 - i
        if j > i and j - i <= REACH and is_name and j < n and ord(s[j]) == OPEN_PAREN:
            return self._call(s, i, j)
        mended = mended_scalar(s[i:j]) if j > i else ""
        if mended:
            answer = self._scalar_ends(s, j, n, final)
            if answer <= MORE:
                return self._waits(answer, i, s, j + 1)
            if answer == YES:
                if j == n:
                    # The text ended, inside something.
                    self._is_wanted(UNFINISHED)
                else:
                    self._needs_after_scalar(ord(s[j]))
                return self._scalar(s, i, j, n, mended)
        self._separate(s, i)
        self._repair(UNQUOTED_TEXT, i, i)
        self.text_record = len(self.records) - 1
        self._say('"', s, i)
        self.mode = IN_TEXT
        self.opened = ""
        return i

    def _needs_after_scalar(self, c: i64) -> None:
        """Before a scalar is handed on: is what follows it directly, ``c``, to be mended?

        Raises:
            NotMended: it is not; strict parsing then says so at the scalar.
        """
        if c == OPEN_BRACE or c == OPEN_BRACKET:
            self._is_wanted(MISSING_COMMA)
        elif c == SEMICOLON:
            self._is_wanted(OTHER_SEPARATOR)
        elif c == SLASH:
            self._is_wanted(COMMENT)
        elif c == BACKTICK:
            self._is_wanted(FENCE)
        elif c == CLOSE_PAREN and not self._in_parentheses():
            self._is_wanted(EXTRA_CLOSER)
        elif is_other_blank(c):
            self._is_wanted(BLANK)

    def _call(self, s: str, i: i64, j: i64) -> i64:
        """The name and the parenthesis of a call, at ``j``."""
        self._separate(s, i)
        self._repair(CALL, i, j + 1)
        self._opens_group(CLOSE_PAREN)
        return j + 1

    def _scalar(self, s: str, i: i64, j: i64, n: i64, mended: str) -> i64:
        """A number or a literal ends at ``j``."""
        text = s[i:j]
        has_quote = j < n and ord(s[j]) == QUOTE
        if has_quote:
            self._repair(MISSING_QUOTE, i, i)
        self._separate(s, i)
        if text == mended:
            if text == "NaN":
                # The lexer reads it; it is no JSON all the same.
                self._repair(LITERAL, i, j)
            self._put(s, i, j)
        else:
            is_number = DIGIT_0 <= ord(mended[len(mended) - 1]) <= DIGIT_9 and not text[-1:].isalpha()
            self._repair(NUMBER if is_number or text[:2].lower() in ("0x", "+0", "-0") else LITERAL, i, j)
            self._say(mended, s, i)
        close_number(self.lexer)
        return j + 1 if has_quote else j

    def _scalar_ends(self, s: str, j: i64, n: i64, final: bool) -> i64:
        """Does a number or literal end before ``j``, rather than be the beginning of text?"""
        if n - j > REACH:
            n = j + REACH
            final = True
        if j == n:
            return YES if final else MORE
        in_object = self.lexer.tree.in_object
        c: i64 = ord(s[j])
        if c == COMMA:
            if not in_object:
                return YES
            if j + 1 == n:
                return YES if final else MORE
            return NO if DIGIT_0 <= ord(s[j + 1]) <= DIGIT_9 else YES
        if (
            c == CLOSE_BRACE
            or c == CLOSE_BRACKET
            or c == OPEN_BRACE
            or c == OPEN_BRACKET
            or c == QUOTE
            or c == SEMICOLON
            or c == CLOSE_PAREN
        ):
            return YES
        if c == SLASH:
            if j + 1 == n:
                return NO if final else MORE
            return YES if ord(s[j + 1]) == SLASH or ord(s[j + 1]) == STAR else NO
        if c == BACKTICK:
            return YES if is_fence(s, j, n) else NO if final or not may_become_three(s, j, n) else MORE
        if c == COLON_SIGN and not in_object:
            return NO
        if is_other_blank(c):
            return YES
        if not is_blank(c):
            return NO
        k = skip_blank(s, j, n)
        if has_newline(s, j, k):
            return YES
        if k == n:
            return YES if final else MORE
        c = ord(s[k])
        if c == COMMA or c == CLOSE_BRACE or c == CLOSE_BRACKET or c == CLOSE_PAREN or c == SEMICOLON or c == HASH:
            return YES
        if is_quote(c) or c == OPEN_BRACE or c == OPEN_BRACKET or is_other_blank(c) or c == BACKSLASH:
            return YES
        if c == DOT:
            if may_become_three(s, k, n) and not final:
                return MORE
            return YES if s.startswith("...", k) else NO
        if c == SLASH:
            if k + 1 == n:
                return NO if final else MORE
            return YES if ord(s[k + 1]) == SLASH or ord(s[k + 1]) == STAR else NO
        if DIGIT_0 <= c <= DIGIT_9 or c == DASH or c == PLUS:
            return NO if in_object else YES
        end = word_end(s, k, n)
        if end == k:
            return NO
        if end == n and not final:
            return MORE
        if not in_object:
            return YES if mended_scalar(s[k:end]) else NO
        if end < n and ord(s[end]) == QUOTE:
            return string_then(s, k, n, final, QUOTE, False)
        return word_then_colon(s, k, n, final)

    # Text at the root.

    def _root_begins(self, s: str, i: i64, n: i64, final: bool) -> i64:
        j = word_end(s, i, n)
        if i < j <= i + REACH:
            k = skip_blank(s, j, n)
            if k == n and n - i <= REACH and not final:
                return -1 - i
            if k < n and k - i <= REACH and ord(s[k]) == OPEN_PAREN:
                return self._call(s, i, k)
        mends = self.mends
        if not (mends[UNQUOTED_TEXT] or mends[NUMBER] or mends[LITERAL]):
            # Then strict parsing knows better what is wrong.
            raise NotMended
        self.mode = AT_ROOT
        self.gap_at = self.at + i
        self._mark(s, i)
        self.gap_line = self.line
        self.gap_line_start = self.line_start
        self.gap_byte = self.bytes
        return i

    def _at_root(self, s: str, i: i64, n: i64) -> i64:
        self.parts.append(s[i:n])
        if not self.mends[UNQUOTED_TEXT]:
            text = "".join(self.parts).strip(BLANKS)
            if not may_become_scalar(text) and not mended_scalar(text.rstrip(",;" + BLANKS)):
                self._root_is_refused(s)
        return n

    def _root_is_refused(self, s: str) -> None:
        """Let strict parsing say what is wrong with the text at the root."""
        text = "".join(self.parts)
        self.parts = []
        self.is_strict = True
        self.lexer.is_mended = False
        self.mode = BETWEEN
        self._begin_segment(s, self.gap_at - self.at, False)
        try:
            self.lexer.feed(text)
        except ParseError as error:
            before: i64 = self.source_of(error.pos) - self.gap_at
            newlines: i64 = text.count("\n", 0, before)
            last: i64 = text.rfind("\n", 0, before)
            line_start = self.gap_line_start if last < 0 else self.gap_at + last + 1
            self.read = error.pos = self.gap_at + before
            error.lineno = self.gap_line + newlines
            error.colno = error.pos - line_start + 1
            self.error_byte = self.gap_byte + len(text[:before].encode("utf-8", "surrogatepass"))
            self.own = error
            raise

    def _root_ends(self, s: str, n: i64) -> None:
        """The text at the root is over."""
        text = "".join(self.parts)
        start = self.gap_at - self.at
        kept = text.rstrip(BLANKS)
        scalar = kept.rstrip(",;" + BLANKS)
        mended = mended_scalar(scalar)
        self.done_to = n
        try:
            if mended and (mended != scalar or mended == "NaN"):
                last: i64 = ord(scalar[len(scalar) - 1])
                is_number = DIGIT_0 <= last <= DIGIT_9 or last == DOT
                self._repair(NUMBER if is_number else LITERAL, start, start + len(scalar))
            elif not mended:
                self._repair(UNQUOTED_TEXT, start, start + len(kept))
            if mended and len(scalar) < len(kept):
                self._repair(EXTRA_COMMA, start + len(scalar), start + len(kept))
        except NotMended:
            self._root_is_refused(s)
            return
        self.parts = []
        self.mode = BETWEEN
        self._say(mended or canonical_text(kept), s, start)
        close_number(self.lexer)

    def _after_root(self, s: str, i: i64, n: i64, c: i64) -> i64:
        if self._in_group() and self.groups[-1] == c:
            self.groups.pop()
            self.groups.pop()
            return i + 1
        if c == CLOSE_BRACE or c == CLOSE_BRACKET or c == CLOSE_PAREN:
            self._repair(EXTRA_CLOSER, i, i + 1)
            return i + 1
        if c == COMMA or c == SEMICOLON:
            self._repair(EXTRA_COMMA, i, i + 1)
            return i + 1
        self._repair(TEXT_AROUND, i, n)
        self.mode = IN_TRAILING
        return i

    # The end.

    def finish(self, is_cut: bool, half_follows: bool) -> None:
        """The text ended; what is open is closed, unless the text was cut. ``half_follows``: it was cut inside a
        character.

        Raises:
            IncompleteError: the text was cut inside the root value, nothing has come, or repairs of unfinished text are
                not wanted; or half of a character follows the root, and text there is not wanted.
            ParseError: another repair is needed that is not wanted.
        """
        self._mends_from_here()
        lexer = self.lexer
        s = self.pend
        n: i64 = len(s)
        try:
            if is_cut and not self.is_strict and lexer.state != ENDED:
                raise lexer.incomplete()
            self.pend = ""
            self._end(s, n, is_cut)
            if half_follows:
                self._half_follows(s, n)
        except IncompleteError as error:
            error.pos = self.read
            self._place(error, s, n)
            raise
        except ParseError as error:
            self._translate(error, s)
            raise
        finally:
            self.translate_events()

    def _half_follows(self, s: str, n: i64) -> None:
        if self.is_strict or not self.mends[TEXT_AROUND]:
            raise self.lexer.incomplete()
        if not self.records or self.records[-1].kind != TEXT_AROUND:
            self._repair(TEXT_AROUND, n, n)

    def _end(self, s: str, n: i64, is_cut: bool) -> None:
        lexer = self.lexer
        i = self._go(s, 0, n, True)
        if self.is_strict:
            lexer.finish(is_cut)
            return
        try:
            while i < n or self.mode == IN_STRING or self.mode == IN_TEXT:
                if i < n:
                    i = self._mend(s, i, n, True)
                elif self.mode == IN_STRING:
                    i = self._in_string(s, n, n, True)
                else:
                    i = self._in_text(s, n, n, True)
            if self.mode == AT_ROOT:
                self._root_ends(s, n)
                if self.is_strict:
                    lexer.finish(is_cut)
                    return
            self.mode = BETWEEN
            self._close_all(s, n)
        except NotMended:
            self._put_gap(s)
            raise lexer.incomplete() from None
        if lexer.state != ENDED:
            raise lexer.incomplete()

    def _close_all(self, s: str, n: i64) -> None:
        """Close what is open at the end of the text."""
        lexer = self.lexer
        tree = lexer.tree
        if self.gap:
            start = self.gap_at - self.at
            self._repair(EXTRA_COMMA, start, start + 1)
            self.gap = ""
        if not tree.containers:
            return
        self._unfinished(n)
        state = lexer.state
        if tree.in_object and (state == VALUE or state == COLON or state == KEY or state == TEXT):
            self._leave_key_out(n)
        elif state == VALUE:
            self._no_value(s, n)
        levels = tree.depth()
        while levels > 0:
            levels -= 1
            self._say("}" if tree.in_object else "]", s, n)

    def _leave_key_out(self, n: i64) -> None:
        """A key that has no value, or is not whole, is not a member."""
        lexer = self.lexer
        source = lexer.source
        if source is not None:
            text = source.all
            length: i64 = len(text)
            kept: i64 = lexer.key_at - source.base
            head = text[: max(kept, 0)].rstrip(BLANKS)
            if head.endswith(","):
                head = head[:-1]
            source.drop(length - len(head))
            lexer.base -= length - len(head)
        start = self.key_source if lexer.key_at < self.shifted else self.source_of(lexer.key_at)
        self.left_out.append(Record(UNFINISHED, start, self.at + n, ()))
        lexer.forget_key()

    # Asking.

    def place(self) -> tuple[int, int, int, int]:
        """Where what has been read ends: in characters, in bytes, the line, and where that begins."""
        self.catch_up()
        return self.read, self.first_bytes, self.first_line, self.first_line_start

    def pos(self) -> i64:
        """How many characters have come."""
        self.catch_up()
        return self.read

    def bytes_read(self) -> i64:
        """How many bytes all that has come takes in UTF-8."""
        self.catch_up()
        return self.first_bytes + len(self.pend.encode("utf-8", "surrogatepass"))

    def refusal(self, fault: i64, msg: str) -> ParseError:
        """An error after everything that has come; the fault is one of the constants of ``machine``."""
        self._mends_from_here()
        return self._error(fault, msg, self.pend, len(self.pend))

    # A part of a longer text.

    def leave_blanks(self, s: str) -> None:
        """White space after the root, in the chunk ``s`` that was read last, counts as read."""
        end = skip_blank(s, self.stopped, len(s))
        self.read += end - self.stopped
        self.stopped = end

    def left(self) -> tuple[str, int, int, int, int]:
        """What has come and stands after the root, or after an error, also what was held before the last chunk; and
        where that is: in characters, in bytes, the line, and where that begins."""
        return self.rest, self.at, self.first_bytes, self.first_line, self.first_line_start

    def drop_token(self) -> i64:
        """Go back to before the number, literal or escape that the end of the text cut; returns its length."""
        self._mends_from_here()
        pend = self.pend
        dropped: i64 = 0
        if self.is_strict:
            dropped = self.lexer.drop_token()
        elif pend.isascii() and pend:
            is_scalar = self.mode == BETWEEN and (may_become_scalar(pend) or bool(mended_scalar(pend)))
            if is_scalar or (self.mode == IN_STRING and pend[0] == "\\"):
                dropped = len(pend)
                self.pend = ""
                self.sleeps = AWAKE
        self.read -= dropped
        return dropped
