"""The mender: lenient parsing. It reads what strict parsing refuses, and hands mended text to the strict lexer.

The lexer stays the reader of JSON. Where its reading is certain, it reads the source itself (``certain``). Where it
stops, the mender takes over for one token, with a machine of its own, and writes what the token should have been. So
the lexer sees strict JSON only, and everything behind it, tree, plans, checkpoints, works as ever. A source map
(``sourcemap``) leads offsets back to the source.

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

import re
from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.canonical import canonical_text
from partialjson._core.certain import begins_value
from partialjson._core.checkpoint import load_count, typed
from partialjson._core.events import Node, Path, Predicted, Repaired, Violation
from partialjson._core.lexer import Lexer
from partialjson._core.lookout import AT_ROOT as ROOT_STRING
from partialjson._core.lookout import (
    BACKTICK,
    BEGINS_DOUBLED,
    BEGINS_NEXT,
    CLOSE_PAREN,
    CONCATENATES,
    ELLIPSIS,
    ENDS,
    ENDS_DOUBLED,
    EQUALS,
    HASH,
    IN_ARRAY,
    IN_KEY,
    IN_OBJECT,
    MORE,
    NO,
    OPEN_PAREN,
    QUOTE_TELLS,
    REACH,
    SEMICOLON,
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
    is_other_blank,
    is_quote,
    is_word,
    judge_quote,
    key_follows,
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
    KEY,
    NEWLINE,
    OPEN_BRACE,
    OPEN_BRACKET,
    PLUS,
    QUOTE,
    SPACE,
    TEXT,
    VALUE,
)
from partialjson._core.numbers import close_number
from partialjson._core.scalars import may_become_scalar, mended_scalar
from partialjson._core.selection import Selector
from partialjson._core.sourcemap import SourceMap
from partialjson.errors import IncompleteError, ParseError
from partialjson.limits import LARGEST
from partialjson.repairs import KINDS, NotMended, Repair, RepairKind, Skipped

if TYPE_CHECKING:
    from mypy_extensions import i64

BETWEEN: Final = 0
IN_STRING: Final = 1
IN_TEXT: Final = 2
AT_ROOT: Final = 3
IN_COMMENT: Final = 4
IN_SKIPPED: Final = 5
IN_STRAY: Final = 6
IN_TRAILING: Final = 7

# What can decide about the text that is held.
AWAKE: Final = 0  # any character
UNTIL_NO_WORD: Final = 1  # any but a character of a word
UNTIL_NO_DIGIT: Final = 2  # any but a digit
UNTIL_QUOTE: Final = 3  # a quote
UNTIL_COMMENT_ENDS: Final = 4  # the end of a line, or a slash

_NUMBERS: Final[dict[RepairKind, int]] = {kind: number for number, kind in enumerate(KINDS)}


def _number(kind: RepairKind) -> int:
    return _NUMBERS[kind]


OTHER_QUOTES: Final = _number(RepairKind.OTHER_QUOTES)
MISSING_QUOTE: Final = _number(RepairKind.MISSING_QUOTE)
INNER_QUOTE: Final = _number(RepairKind.INNER_QUOTE)
DOUBLED_QUOTES: Final = _number(RepairKind.DOUBLED_QUOTES)
ESCAPED_QUOTES: Final = _number(RepairKind.ESCAPED_QUOTES)
CONCATENATION: Final = _number(RepairKind.CONCATENATION)
ESCAPE: Final = _number(RepairKind.ESCAPE)
CONTROL: Final = _number(RepairKind.CONTROL)
UNQUOTED_TEXT: Final = _number(RepairKind.UNQUOTED_TEXT)
UNQUOTED_KEY: Final = _number(RepairKind.UNQUOTED_KEY)
LITERAL: Final = _number(RepairKind.LITERAL)
NUMBER: Final = _number(RepairKind.NUMBER)
MISSING_COMMA: Final = _number(RepairKind.MISSING_COMMA)
EXTRA_COMMA: Final = _number(RepairKind.EXTRA_COMMA)
MISSING_COLON: Final = _number(RepairKind.MISSING_COLON)
OTHER_SEPARATOR: Final = _number(RepairKind.OTHER_SEPARATOR)
MISSING_VALUE: Final = _number(RepairKind.MISSING_VALUE)
MISSING_CLOSER: Final = _number(RepairKind.MISSING_CLOSER)
EXTRA_CLOSER: Final = _number(RepairKind.EXTRA_CLOSER)
WRONG_CLOSER: Final = _number(RepairKind.WRONG_CLOSER)
EXTRA_OPENER: Final = _number(RepairKind.EXTRA_OPENER)
PARENTHESES: Final = _number(RepairKind.PARENTHESES)
CALL: Final = _number(RepairKind.CALL)
COMMENT: Final = _number(RepairKind.COMMENT)
ELLIPSES: Final = _number(RepairKind.ELLIPSIS)
FENCE: Final = _number(RepairKind.FENCE)
BLANK: Final = _number(RepairKind.BLANK)
STRAY_TEXT: Final = _number(RepairKind.STRAY_TEXT)
NO_PLACE: Final = _number(RepairKind.NO_PLACE)
TEXT_AROUND: Final = _number(RepairKind.TEXT_AROUND)
UNFINISHED: Final = _number(RepairKind.UNFINISHED)

_SKIPPING: Final = (STRAY_TEXT, NO_PLACE, TEXT_AROUND)

# With fewer characters left, asking the lexer does not pay.
_FEW: Final = 4

_HEX: Final = "0123456789abcdefABCDEF"
_PLAIN_ESCAPES: Final = '"\\/bfnrt'
_CONTROLS: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}
_BLANKS: Final = " \t\r\n"
_CONTROL: Final = re.compile(r"[\x00-\x1f]").search
_SPECIAL: Final = re.compile(r'[\x00-\x1f"\\]').search


@final
class Record:
    """A repair; its end may move while it goes on."""

    def __init__(self, kind: i64, start: i64, end: i64, at: object) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        # The place: a node, or its path once that is known.
        self.at: object = at

    def path(self) -> Path:
        at = self.at
        if isinstance(at, Node):
            path = at.path()
            self.at = path
            return path
        assert isinstance(at, tuple)
        return at


@final
class Mender:
    """Reads the source of one document, and feeds a lexer."""

    def __init__(self, lexer: Lexer, kinds: frozenset[RepairKind], selector: Selector | None) -> None:
        self.lexer: Final = lexer
        self.mends: Final = [kind in kinds for kind in KINDS]
        self.selector = selector
        # The limit on the source; the mended text may be longer.
        self.max_document = lexer.max_document
        lexer.max_document = LARGEST
        lexer.is_mended = True
        self.mode: i64 = BETWEEN
        # What has come and is not decided, and how much has come with it.
        self.pend = ""
        self.read: i64 = 0
        # What can decide about it; anything else is only added.
        self.sleeps: i64 = AWAKE
        # While a text is read: the offset of its first character in the source, and the index before which everything
        # has been handed on or left out.
        self.at: i64 = 0
        self.done_to: i64 = 0
        # The line, where it starts and the bytes before, for the beginning of that text and for the index ``marked``.
        self.first_line: i64 = 1
        self.first_line_start: i64 = 0
        self.first_bytes: i64 = 0
        self.line: i64 = 1
        self.line_start: i64 = 0
        self.bytes: i64 = 0
        self.marked: i64 = 0
        # The source minus the mended offset, since the offset ``shifted`` of the mended text; and whether the text from
        # there on was put in.
        self.shift: i64 = 0
        self.shifted: i64 = 0
        self.puts_in = False
        self.map: SourceMap | None = SourceMap() if lexer.source is not None else None
        # A comma with white space around it, where it began, and whether it is as in the source.
        self.gap = ""
        self.gap_at: i64 = 0
        self.gap_is_source = True
        self.gap_line: i64 = 0
        self.gap_line_start: i64 = 0
        self.gap_byte: i64 = 0
        # The open string.
        self.string: Final = StringState()
        self.is_escaped = False
        # Text without quotes: the brackets that it has opened, as those that close them.
        self.opened = ""
        self.text_record: i64 = 0
        # Text at the root.
        self.parts: list[str] = []
        # A comment: 0 up to the end of the line, 1 up to "*/". A skipped value: its depth, and the quote it is inside.
        self.comment: i64 = 0
        self.nested: i64 = 0
        self.nested_quote: i64 = 0
        # Groups, as pairs of a depth and the closing bracket; and the depths of open tuples.
        self.groups: list[i64] = []
        self.tuples: list[i64] = []
        self.records: list[Record] = []
        # What the end left out.
        self.left_out: list[Record] = []
        self.is_unfinished = False
        # An error that was made here, and the bytes before the last error.
        self.own: ParseError | None = None
        self.error_byte: i64 = 0
        # Has a repair come that is not wanted? Then the rest is read strictly.
        self.is_strict = False
        # Is text after the root left unread, and from which index of the chunk on?
        self.stops = False
        self.stopped: i64 = -1
        # That text, also what had come before the chunk and was held.
        self.rest = ""
        # Characters looked at, for the test of law 7.
        self.steps: i64 = 0

    # Text in.

    def feed(self, s: str) -> None:
        """Read one chunk.

        Raises:
            ParseError: a limit is passed, or the text needs a repair of a kind that is not wanted.
        """
        n: i64 = len(s)
        if self.read + n > self.max_document:
            self.feed(s[: self.max_document - self.read])
            if self.stopped < 0:
                raise self.refusal(f"the document is longer than the limit of {self.max_document} characters")
            return
        if not self.lexer.lone_surrogates and not s.isascii():
            try:
                s.encode()
            except UnicodeEncodeError as bad:
                start: i64 = bad.start
                self._feed(s[:start])
                if self.stopped < 0:
                    raise self.refusal(f"U+{ord(s[start]):04X} is half of a surrogate pair") from None
                return
        self._feed(s)

    def _feed(self, s: str) -> None:
        n: i64 = len(s)
        before: i64 = len(self.pend)
        if before > 0:
            if self.sleeps != AWAKE and self._sleeps_on(s, n, before):
                return
            s = self.pend + s
            self.pend = ""
        self.sleeps = AWAKE
        self.at = self.read - before
        self.read += n
        self._unmark()
        try:
            i = self._go(s, before + n, False)
        except ParseError as error:
            self._translate(error, s)
            raise
        finally:
            self._translate_events()
        self.pend = s[i:]
        self._pass(s, i)
        if self.stopped >= 0:
            self.read -= len(self.pend)
            self.rest = self.pend
            self.pend = ""
            self.stopped = max(self.stopped - before, 0)

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
        self.read += n
        self.steps += n
        return True

    def _waits(self, answer: i64, i: i64, s: str, j: i64, n: i64) -> i64:
        """The text from ``i`` on is held, since the answer to a question about what comes at ``j`` is MORE or less."""
        if answer == QUOTE_TELLS:
            self.sleeps = UNTIL_QUOTE
        elif ends_in_comment(s, j, n):
            self.sleeps = UNTIL_COMMENT_ENDS
        return -1 - i

    def _fall_asleep(self, s: str, i: i64, n: i64) -> None:
        """The text ``s[i:]`` is held; find out what can decide about it."""
        last: i64 = ord(s[n - 1])
        if self.sleeps != AWAKE:
            return
        if self.mode == BETWEEN and may_become_scalar(s[i]) and not s[i].isalpha():
            if DIGIT_0 <= last <= DIGIT_9 and s[i:].isalnum():
                self.sleeps = UNTIL_NO_DIGIT
        elif is_word(last) and ord(s[i]) != BACKSLASH:
            self.sleeps = UNTIL_NO_WORD

    def _mark(self, s: str, i: i64) -> None:
        """Let ``line``, ``line_start`` and ``bytes`` be those of index ``i``; so far they are those of ``marked``."""
        from_start = i < self.marked
        start = 0 if from_start else self.marked
        if from_start:
            self.line = self.first_line
            self.line_start = self.first_line_start
            self.bytes = self.first_bytes
        newlines: i64 = s.count("\n", start, i)
        if newlines > 0:
            self.line += newlines
            last: i64 = s.rfind("\n", start, i)
            self.line_start = self.at + last + 1
        self.bytes += i - start if s.isascii() else len(s[start:i].encode("utf-8", "surrogatepass"))
        self.marked = i

    def _unmark(self) -> None:
        """Let them be those of the beginning."""
        self.line = self.first_line
        self.line_start = self.first_line_start
        self.bytes = self.first_bytes
        self.marked = 0

    def _pass(self, s: str, i: i64) -> None:
        """The text before index ``i`` has been read for good."""
        self._mark(s, i)
        self.first_line = self.line
        self.first_line_start = self.line_start
        self.first_bytes = self.bytes
        self.marked = 0
        self.at += i

    def _go(self, s: str, n: i64, final: bool) -> i64:
        """Read on; returns the index of the first character that is not decided."""
        if not self.is_strict:
            try:
                return self._mend(s, n, final)
            except NotMended:
                # From here on strict parsing says what is wrong.
                self.is_strict = True
                self.lexer.is_mended = False
                self._put_gap(s)
        else:
            self.done_to = 0
        self._put(s, self.done_to, n)
        return n

    def _mend(self, s: str, n: i64, final: bool) -> i64:
        i: i64 = 0
        j: i64 = 0
        lexer = self.lexer
        while i < n:
            mode = self.mode
            self.done_to = i
            if mode == BETWEEN:
                if n - i >= _FEW and not self.gap and lexer.state < ENDED and self._has_plain_brackets():
                    i = self._read_certain(s, i, n)
                    self.done_to = i
                    if i == n:
                        break
                if self.stops and lexer.state == ENDED and not self.groups:
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
        if self.stops and lexer.state == ENDED and not self.groups:
            self.stopped = i
        return i

    def _read_certain(self, s: str, i: i64, n: i64) -> i64:
        """Let the lexer read the source itself, as far as that is certain."""
        lexer = self.lexer
        shift = self.shift
        shifted = self.shifted
        puts_in = self.puts_in
        begins = self._follow_source(s, i)
        j = lexer.read_certain(s, i, n)
        if j == i and begins:
            # Nothing has been read.
            self.shift = shift
            self.shifted = shifted
            self.puts_in = puts_in
            if self.map is not None:
                self.map.take_back()
        self.steps += j - i
        return j

    # Text out.

    def _follow_source(self, s: str, i: i64) -> bool:
        """What the lexer reads next is the source from index ``i`` on. Does a segment begin there?"""
        shift = self.at + i - self.lexer.base
        if shift == self.shift and not self.puts_in:
            return False
        self._begin_segment(s, i, False)
        return True

    def _begin_segment(self, s: str, i: i64, puts_in: bool) -> None:
        base = self.lexer.base
        self.shift = self.at + i - base
        self.shifted = base
        self.puts_in = puts_in
        source_map = self.map
        if source_map is None:
            return
        if i < 0:
            # Only a comma can have come in an earlier chunk.
            source_map.add(base, self.at + i, self.gap_line, self.gap_line_start, self.gap_byte)
        else:
            self._mark(s, i)
            source_map.add(base, self.at + i, self.line, self.line_start, self.bytes)

    def _put(self, s: str, a: i64, b: i64) -> None:
        """Hand on a part of the source."""
        if a < b:
            self._follow_source(s, a)
            self.lexer.feed(s[a:b])
        self.done_to = b

    def _say(self, text: str, s: str, i: i64) -> None:
        """Hand on other text, which stands for what is at index ``i`` of the source."""
        self._begin_segment(s, i, True)
        self.lexer.feed(text)

    def _put_gap(self, s: str) -> None:
        """Hand on the comma that waits, as it is in the source."""
        gap = self.gap
        if not gap:
            return
        self.gap = ""
        i = self.gap_at - self.at
        if not self.gap_is_source:
            self._say(",", s, i)
        else:
            self._follow_source(s, i)
            self.lexer.feed(gap)

    # Repairs.

    def _repair(self, kind: i64, s: str, a: i64, b: i64) -> None:
        """What stands in ``s[a:b]`` of the source needs a repair.

        Raises:
            NotMended: repairs of this kind are not wanted.
        """
        self._is_wanted(kind)
        start = self.at + a
        record = Record(kind, start, self.at + b, self._place_now())
        self.records.append(record)
        observer = self.lexer.tree.observer
        if observer is not None and self._is_selected(record):
            observer.events.append(Repaired(record.at, KINDS[kind].value, start))

    def _place_now(self) -> object:
        """The open path, or the node of that place if there are nodes."""
        lexer = self.lexer
        tree = lexer.tree
        observer = tree.observer
        if observer is None or observer.node is None or not tree.containers:
            return lexer.path()
        if tree.in_text:
            return Node(observer.node, tree.here())
        if lexer.state == VALUE or lexer.state == FIRST_VALUE:
            return Node(observer.node, tree.coming())
        return observer.node

    def _is_wanted(self, kind: i64) -> None:
        """A repair of this kind will be needed.

        Raises:
            NotMended: it is not wanted.
        """
        if not self.mends[kind]:
            raise NotMended

    def _is_selected(self, record: Record) -> bool:
        """Is a repair at this place reported: is the place selected, or inside of what is?"""
        selector = self.selector
        if selector is None:
            return False
        if selector.everything:
            return True
        for key in record.path():
            if selector.here:
                return True
            selector = selector.child(key)
            if selector is None:
                return False
        return selector.here

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
                self._repair(BLANK, s, i, i + 1)
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
            self._repair(MISSING_COLON, s, i, i)
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
        self._repair(COMMENT, s, i, i + 2)
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
        self._repair(FENCE, s, i, j)
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
        self._repair(ELLIPSES, s, i, end)
        self.gap_is_source = False
        return end

    def _comma(self, s: str, i: i64, c: i64) -> i64:
        lexer = self.lexer
        tree = lexer.tree
        if c == SEMICOLON:
            self._repair(OTHER_SEPARATOR, s, i, i + 1)
        if tree.in_object and (lexer.state == COLON or lexer.state == VALUE):
            self._no_value(s, i)
        if lexer.state != AFTER or self.gap or self._in_group():
            if c == COMMA:
                self._repair(EXTRA_COMMA, s, i, i + 1)
            self.gap_is_source = False
        else:
            self._begin_gap(s, i, c == COMMA)
        return i + 1

    def _begin_gap(self, s: str, i: i64, is_source: bool) -> None:
        """There is a comma at ``i``, or what stands for one."""
        self.gap = ","
        self.gap_at = self.at + i
        self.gap_is_source = is_source
        if self.map is not None:
            self._mark(s, i)
            self.gap_line = self.line
            self.gap_line_start = self.line_start
            self.gap_byte = self.bytes

    def _no_value(self, s: str, i: i64) -> None:
        """A key has no value."""
        self._repair(MISSING_VALUE, s, i, i)
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
        self._repair(OTHER_SEPARATOR, s, i, end)
        if lexer.state == COLON:
            self._say(":", s, i)
        elif lexer.state == AFTER and not lexer.tree.in_object and not self.gap:
            self._begin_gap(s, i, False)
        else:
            self.gap_is_source = False
        return end

    def _separate(self, s: str, i: i64) -> None:
        """A member or an element begins at ``i``."""
        if self.gap:
            self._put_gap(s)
        elif self.lexer.state == AFTER:
            self._repair(MISSING_COMMA, s, i, i)
            self._say(",", s, i)

    # Brackets.

    def _has_plain_brackets(self) -> bool:
        """Are the brackets that are open in the source those of the mended text, but for a group around all?"""
        groups = self.groups
        return not self.tuples and (not groups or groups[len(groups) - 2] == 0)

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
            self._repair(EXTRA_CLOSER, s, i, i + 1)
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
                self._repair(EXTRA_CLOSER, s, i, i + 1)
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
                return self._waits(answer, i, s, i + 1, n)
            if answer == YES:
                self._close_wrongly(s, i)
                return i + 1
        self._ends_member(s, i)
        while levels > 0:
            levels -= 1
            self._repair(MISSING_CLOSER, s, i, i)
            self._say("}" if tree.in_object else "]", s, i)
            self._drop_groups()
        if not tree.containers:
            return i
        return self._closer(s, i, n, final, c)

    def _close_wrongly(self, s: str, i: i64) -> None:
        """The bracket at ``i`` closes the innermost array, though it is of the other kind."""
        self._ends_member(s, i)
        self._repair(WRONG_CLOSER, s, i, i + 1)
        self._say("]", s, i)
        self._drop_groups()

    def _ends_member(self, s: str, i: i64) -> None:
        """The innermost container closes at ``i``: no comma may be left, and no key without a value."""
        lexer = self.lexer
        if self.gap:
            start = self.gap_at - self.at
            self._repair(EXTRA_COMMA, s, start, start + 1)
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
            self._repair(EXTRA_OPENER, s, i, i + 1)
            self._opens_group(CLOSE_BRACE)
            return i + 1
        if c == OPEN_BRACE and lexer.state == AFTER and lexer.tree.depth() > 1 and not self._in_group():
            containers = lexer.tree.containers
            if isinstance(containers[len(containers) - 2], list):
                # The object before it was not closed.
                end = self.gap_at - self.at if self.gap else i
                self._repair(MISSING_CLOSER, s, end, end)
                self._say("}", s, end)
                return i
        if c == OPEN_BRACE or c == OPEN_BRACKET or c == OPEN_PAREN:
            self._repair(NO_PLACE, s, i, i + 1)
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
                self._repair(MISSING_QUOTE, s, i, i)
                return j + 1
            # A key after it, or its value?
            answer = string_then(s, j + 1, end, final, QUOTE, False)
            if answer <= MORE:
                return self._waits(answer, i, s, j + 1, n)
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
        self._repair(UNQUOTED_KEY, s, i, j)
        self.lexer.key_at = self.lexer.base
        self._say('"', s, i)
        self._bare_content(s, i, j)
        self._say('"', s, j)
        self.done_to = j

    def _stray(self, s: str, i: i64, j: i64) -> i64:
        """The text ``s[i:j]``, and what follows it up to the next delimiter, has no place."""
        self._repair(STRAY_TEXT, s, i, j)
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
        self._repair(PARENTHESES, s, i, i + 1)
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
        if j == n and not final:
            if is_name:
                if n - i <= REACH:
                    return -1 - i
            elif may_become_scalar(s[i:j]):
                if n - i <= lexer.max_number:
                    return -1 - i
                # The lexer refuses it where it passes the limit.
                self._separate(s, i)
                self._put(s, i, n)
        if j > i and j - i <= REACH and is_name and j < n and ord(s[j]) == OPEN_PAREN:
            return self._call(s, i, j)
        mended = mended_scalar(s[i:j]) if j > i else ""
        if mended:
            answer = self._scalar_ends(s, j, n, final)
            if answer <= MORE:
                return self._waits(answer, i, s, j + 1, n)
            if answer == YES:
                if j == n:
                    # The text ended, inside something.
                    self._is_wanted(UNFINISHED)
                else:
                    self._needs_after_scalar(ord(s[j]))
                return self._scalar(s, i, j, n, mended)
        self._separate(s, i)
        self._repair(UNQUOTED_TEXT, s, i, i)
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
        self._repair(CALL, s, i, j + 1)
        self._opens_group(CLOSE_PAREN)
        return j + 1

    def _scalar(self, s: str, i: i64, j: i64, n: i64, mended: str) -> i64:
        """A number or a literal ends at ``j``."""
        text = s[i:j]
        has_quote = j < n and ord(s[j]) == QUOTE
        if has_quote:
            self._repair(MISSING_QUOTE, s, i, i)
        self._separate(s, i)
        if text == mended:
            self._put(s, i, j)
        else:
            is_number = DIGIT_0 <= ord(mended[len(mended) - 1]) <= DIGIT_9 and not text[-1:].isalpha()
            self._repair(NUMBER if is_number or text[:2].lower() in ("0x", "+0", "-0") else LITERAL, s, i, j)
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
            return YES if is_fence(s, j, n) else NO if n - j >= 3 or final else MORE
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
            if n - k < 3 and not final:
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
        if j > i and n - i <= REACH:
            k = skip_blank(s, j, n)
            if k == n and not final:
                return -1 - i
            if k < n and ord(s[k]) == OPEN_PAREN:
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
            text = "".join(self.parts).strip(_BLANKS)
            if not may_become_scalar(text) and not mended_scalar(text.rstrip(",;" + _BLANKS)):
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
        kept = text.rstrip(_BLANKS)
        scalar = kept.rstrip(",;" + _BLANKS)
        mended = mended_scalar(scalar)
        self.done_to = n
        try:
            if mended and mended != scalar:
                last: i64 = ord(scalar[len(scalar) - 1])
                is_number = DIGIT_0 <= last <= DIGIT_9 or last == DOT
                self._repair(NUMBER if is_number else LITERAL, s, start, start + len(scalar))
            elif not mended:
                self._repair(UNQUOTED_TEXT, s, start, start + len(kept))
            if mended and len(scalar) < len(kept):
                self._repair(EXTRA_COMMA, s, start + len(scalar), start + len(kept))
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
            self._repair(EXTRA_CLOSER, s, i, i + 1)
            return i + 1
        if c == COMMA or c == SEMICOLON:
            self._repair(EXTRA_COMMA, s, i, i + 1)
            return i + 1
        self._repair(TEXT_AROUND, s, i, n)
        self.mode = IN_TRAILING
        return i

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
            self._repair(ESCAPED_QUOTES if c == BACKSLASH else OTHER_QUOTES, s, i, i + (2 if c == BACKSLASH else 1))
        self._separate(s, i)
        tree = lexer.tree
        string = self.string
        if tree.in_object and lexer.state != VALUE:
            string.where = IN_KEY
            lexer.key_at = lexer.base
        elif tree.in_object:
            string.where = IN_OBJECT
        else:
            string.where = IN_ARRAY if tree.containers else ROOT_STRING
        string.opening = QUOTE if c == BACKSLASH else c
        string.doubled = 0
        string.has_inner = False
        string.braces = 0
        string.squares = 0
        string.in_parentheses = False
        self.is_escaped = c == BACKSLASH
        self.mode = IN_STRING
        if c == QUOTE:
            self._put(s, i, i + 1)
        else:
            self._say('"', s, i)
        self.done_to = i + 1 if c != BACKSLASH else i + 2
        return self.done_to

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
                if (
                    c <= SPACE
                    or c == COMMA
                    or c == CLOSE_BRACE
                    or c == CLOSE_BRACKET
                    or c == BACKTICK
                    or c == PLUS
                    or (is_key and (c == COLON_SIGN or c == EQUALS))
                ):
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
                self._repair(INNER_QUOTE, s, j, j + 1)
                self._say('\\"', s, j)
                j += 1
                i = self.done_to = j
                held = -1
                continue
            verdict = self._judge(s, i, j, held, n, final, width)
            if verdict <= MORE:
                self._content(s, i, to)
                return self._waits(verdict, to, s, j + width, n)
            if verdict == ENDS or verdict == ENDS_DOUBLED:
                self._content(s, i, j)
                if c == QUOTE:
                    self._put(s, j, j + 1)
                else:
                    self._say('"', s, j)
                self.mode = BETWEEN
                return j + (1 + string.doubled if verdict == ENDS_DOUBLED else width)
            if verdict == BEGINS_NEXT:
                self._content(s, i, to)
                self._repair(MISSING_QUOTE, s, to, to)
                self._say('"', s, to)
                self.mode = BETWEEN
                return to
            if verdict == BEGINS_DOUBLED:
                string.doubled = 2 if j + 1 < n and closes_quote(opening, ord(s[j + 1])) else 1
                self._repair(DOUBLED_QUOTES, s, j - 1, j + string.doubled)
                j += string.doubled
                i = j
            elif verdict == CONCATENATES:
                k = skip(s, skip(s, j + 1, n) + 1, n)
                self._content(s, i, j)
                self._repair(CONCATENATION, s, j, k + 1)
                opening = string.opening = ord(s[k])
                is_exact = opening == QUOTE or opening == SINGLE
                j = k + 1
                i = j
            else:
                self._content(s, i, j)
                self._repair(INNER_QUOTE, s, j, j + width)
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
            return ENDS if is_end else 2
        string.is_empty = self.lexer.length == 0 and i == j
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
            found = _CONTROL(s, i, j)
            if found is None:
                break
            k: i64 = found.start()
            self._put(s, i, k)
            self._repair(CONTROL, s, k, k + 1)
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
            # It is a quote of the string's own, and needs no escape here.
            self._content(s, i, j)
            self.done_to = j + 1
            return j + 2
        elif c == 120:
            if n - j < 4 and not final:
                self._content(s, i, j)
                return -1 - j
            if n - j >= 4 and s[j + 2] in _HEX and s[j + 3] in _HEX:
                self._content(s, i, j)
                self._repair(ESCAPE, s, j, j + 4)
                self._say("\\u00" + s[j + 2 : j + 4], s, j)
                self.done_to = j + 4
                return j + 4
        self._content(s, i, j)
        self._repair(ESCAPE, s, j, j + 2)
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
            self._repair(MISSING_QUOTE, s, held, held)
        else:
            self._unfinished(n)
        self._say('"', s, held)
        self.mode = BETWEEN
        self.done_to = held
        return held

    def _unfinished(self, n: i64) -> None:
        """The text ended too early."""
        if not self.is_unfinished:
            self._repair(UNFINISHED, "", n, n)
            self.is_unfinished = True

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
            elif c == QUOTE:
                answer = self._text_quote(s, j + 1, n, final, in_object)
                if answer == YES:
                    self._bare_content(s, i, j)
                    start = self.records[self.text_record].start - self.at
                    self._repair(MISSING_QUOTE, s, start, start)
                    self._text_ends(s, j, j)
                    self.done_to = j + 1
                    return j + 1
            elif c == BACKTICK:
                if n - j < 3 and not final:
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
                return self._waits(answer, j, s, j + 1, n)
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
        if c == BACKTICK and n - k < 3 and not final:
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

    # The end.

    def finish(self, is_cut: bool) -> None:
        """The text ended; what is open is closed, unless the text was cut.

        Raises:
            IncompleteError: the text was cut inside the root value, nothing has come, or repairs of unfinished text are
                not wanted.
            ParseError: another repair is needed that is not wanted.
        """
        lexer = self.lexer
        s = self.pend
        n: i64 = len(s)
        try:
            if is_cut and not self.is_strict:
                if lexer.state != ENDED:
                    raise lexer.incomplete()
                return
            self.pend = ""
            self._end(s, n, is_cut)
        except IncompleteError as error:
            error.pos = self.read
            self._place(error, s, n)
            raise
        except ParseError as error:
            self._translate(error, s)
            raise
        finally:
            self._translate_events()

    def _end(self, s: str, n: i64, is_cut: bool) -> None:
        lexer = self.lexer
        i = self._go(s, n, True)
        if self.is_strict:
            lexer.finish(is_cut)
            return
        try:
            while i < n or self.mode == IN_STRING or self.mode == IN_TEXT:
                if i < n:
                    i = self._mend(s, n, True)
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
            raise lexer.incomplete() from None
        if lexer.state != ENDED:
            raise lexer.incomplete()

    def _close_all(self, s: str, n: i64) -> None:
        """Close what is open at the end of the text."""
        lexer = self.lexer
        tree = lexer.tree
        if self.gap:
            start = self.gap_at - self.at
            self._repair(EXTRA_COMMA, s, start, start + 1)
            self.gap = ""
        if not tree.containers:
            return
        self._unfinished(n)
        state = lexer.state
        if tree.in_object and (state == VALUE or state == COLON or state == KEY or state == TEXT):
            self._leave_key_out(n)
        elif state == VALUE:
            self._no_value(s, n)
        while tree.containers:
            self._say("}" if tree.in_object else "]", s, n)

    def _leave_key_out(self, n: i64) -> None:
        """A key that has no value, or is not whole, is not a member."""
        lexer = self.lexer
        source = lexer.source
        if source is not None:
            text = source.all
            length: i64 = len(text)
            kept: i64 = lexer.key_at - source.base
            head = text[: max(kept, 0)].rstrip(_BLANKS)
            if head.endswith(","):
                head = head[:-1]
            source.drop(length - len(head))
            lexer.base -= length - len(head)
        self.left_out.append(Record(UNFINISHED, self.source_of(lexer.key_at), self.at + n, ()))
        lexer.forget_key()

    # Positions.

    def source_of(self, pos: i64) -> i64:
        """The offset in the source of one in the mended text."""
        if pos >= self.shifted:
            return self.shifted + self.shift if self.puts_in else pos + self.shift
        source_map = self.map
        if source_map is None:
            return pos + self.shift
        at = source_map.segment(pos)
        found = source_map.source[at] + pos - source_map.mended[at]
        if at + 1 < len(source_map.source) and found > source_map.source[at + 1]:
            found = source_map.source[at + 1]
        return found

    def _translate(self, error: ParseError, s: str) -> None:
        """Give an error of the lexer the positions of the source; the last text that was read is ``s``."""
        if error is self.own:
            return
        pos = error.pos
        found = self.source_of(pos)
        source_map = self.map
        if found >= self.at or source_map is None:
            error.pos = found
            self._place(error, s, min(max(found - self.at, 0), len(s)))
            return
        source = self.lexer.source
        assert source is not None
        at = source_map.segment(pos)
        text = source.between(source_map.mended[at], source_map.mended[at] + found - source_map.source[at])
        error.pos = found
        newlines: i64 = text.count("\n")
        line_start = source_map.line_starts[at]
        if newlines > 0:
            last: i64 = text.rfind("\n")
            line_start = source_map.source[at] + last + 1
        error.lineno = source_map.lines[at] + newlines
        error.colno = found - line_start + 1
        self.error_byte = source_map.bytes[at] + len(text.encode("utf-8", "surrogatepass"))
        self.read = found

    def _place(self, error: ParseError, s: str, i: i64) -> None:
        """Give an error the line, the column and the byte of index ``i``."""
        self._mark(s, i)
        error.lineno = self.line
        error.colno = error.pos - self.line_start + 1
        self.error_byte = self.bytes
        self.read = error.pos

    def _error(self, msg: str, s: str, i: i64) -> ParseError:
        """An error at index ``i`` of the source."""
        error = ParseError(msg, self.at + i, 1, 1, self.lexer.path())
        self._place(error, s, i)
        self.own = error
        return error

    def _translate_events(self) -> None:
        """Give new events the offsets of the source."""
        observer = self.lexer.tree.observer
        if observer is None or self.map is None or not observer.events:
            return
        for event in observer.events:
            # One by one, since the compiler knows of no unions here.
            if isinstance(event, Violation):
                event.pos = self.source_of(event.pos)
                continue
            if isinstance(event, Predicted):
                event.pos = self.source_of(event.pos)

    def leave_blanks(self, s: str) -> None:
        """White space after the root, in the chunk ``s`` that was read last, counts as read."""
        end = skip_blank(s, self.stopped, len(s))
        self.read += end - self.stopped
        self.stopped = end

    def starts_at(self, pos: i64, byte: i64, line: i64, line_start: i64) -> None:
        """The document begins there in a longer text, and offsets are those of that text; nothing has been read."""
        self.read = pos
        self.at = pos
        self.first_bytes = byte
        self.first_line = line
        self.first_line_start = line_start
        self._unmark()

    def place(self) -> tuple[int, int, int, int]:
        """Where what has been read ends: in characters, in bytes, the line, and where that begins."""
        return self.read, self.first_bytes, self.first_line, self.first_line_start

    def drop_token(self) -> i64:
        """Go back to before the number, literal or escape that the end of the text cut; returns its length."""
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

    # What was mended.

    def repairs(self) -> tuple[Repair, ...]:
        return tuple([Repair(KINDS[each.kind], each.start, each.end, each.path()) for each in self.records])

    def skipped(self) -> tuple[Skipped, ...]:
        """The parts of the source that are not in the document, beside the signs of its syntax."""
        skipping = [each for each in self.records if each.kind in _SKIPPING] + self.left_out
        return tuple([Skipped(KINDS[each.kind].value, each.start, each.end) for each in skipping])

    def refusal(self, msg: str) -> ParseError:
        """An error after everything that has come."""
        return self._error(msg, self.pend, len(self.pend))

    # Saving.

    def save(self) -> dict[str, Any]:
        """The state as plain data; ``load`` takes it over, after the lexer has its own."""
        string = self.string
        mode = self.mode
        source_map = self.map
        segments: list[list[i64]] = []
        if source_map is not None:
            segments = source_map.save()
        # What the mode does not use is left out, so that the state is canonical.
        in_string = mode == IN_STRING
        brackets = [string.braces, string.squares] if in_string and string.has_inner else [0, 0]
        skips = mode == IN_COMMENT or mode == IN_SKIPPED
        return {
            "pend": self.pend,
            "read": self.read,
            "mode": mode,
            "position": [self.first_line, self.first_line_start, self.first_bytes],
            "shift": [self.shift, self.shifted, self.puts_in],
            "map": segments,
            "gap": [self.gap, self.gap_at, self.gap_is_source] if self.gap else ["", 0, True],
            "gap_position": [self.gap_line, self.gap_line_start, self.gap_byte] if self.gap else [0, 0, 0],
            "key_at": self.lexer.key_at,
            "string": [string.where, string.opening, string.doubled, string.has_inner]
            if in_string
            else [0, 0, 0, False],
            "brackets": brackets,
            "escaped": self.is_escaped and in_string,
            "text": [self.opened, self.text_record] if mode == IN_TEXT else ["", 0],
            "root": ["".join(self.parts), self.gap_at] if mode == AT_ROOT else ["", 0],
            "root_position": [self.gap_line, self.gap_line_start, self.gap_byte] if mode == AT_ROOT else [0, 0, 0],
            "skipping": [self.comment, self.nested, self.nested_quote] if skips else [0, 0, 0],
            "groups": list(self.groups),
            "tuples": list(self.tuples),
            "strict": self.is_strict,
            "repairs": [[KINDS[each.kind].value, each.start, each.end, list(each.path())] for each in self.records],
        }

    def bytes_read(self) -> i64:
        """How many bytes all that has come takes in UTF-8."""
        return self.first_bytes + len(self.pend.encode("utf-8", "surrogatepass"))

    def load(self, saved: Any) -> None:
        """Take over what ``save`` saved; nothing has been read, and the lexer has its state.

        Raises:
            LookupError, TypeError, ValueError: no mender saved this.
        """
        self.pend = typed(str, saved["pend"])
        self.read = load_count(saved["read"], self.max_document)
        self.at = self.read - len(self.pend)
        self.mode = load_count(saved["mode"], IN_TRAILING)
        if self.at < 0 or self.is_contradicted():
            raise ValueError("its modes contradict its text")
        self.first_line, self.first_line_start, self.first_bytes = [load_count(n) for n in saved["position"]]
        self._unmark()
        if self.first_line_start > self.at or self.first_line > self.at + 1:
            raise ValueError("its positions contradict each other")
        shift, shifted, puts_in = saved["shift"]
        self.shift = typed(int, shift)
        self.shifted = load_count(shifted, self.lexer.base)
        self.puts_in = typed(bool, puts_in)
        if self.map is not None:
            self.map.load([[load_count(n) for n in typed(list, each)] for each in typed(list, saved["map"])])
        gap, gap_at, gap_is_source = saved["gap"]
        self.gap = typed(str, gap)
        if self.gap.strip(_BLANKS) not in ("", ","):
            raise ValueError("what waits is no comma")
        self.gap_at = load_count(gap_at, self.read)
        self.gap_line, self.gap_line_start, self.gap_byte = [load_count(n) for n in saved["gap_position"]]
        self.gap_is_source = typed(bool, gap_is_source)
        self.lexer.key_at = load_count(saved["key_at"], self.lexer.base)
        string = self.string
        where, opening, doubled, has_inner = saved["string"]
        braces, squares = saved["brackets"]
        string.where = load_count(where, ROOT_STRING)
        string.opening = load_count(opening, 0x10FFFF)
        string.doubled = load_count(doubled, 2)
        string.has_inner = typed(bool, has_inner)
        string.braces = typed(int, braces)
        string.squares = typed(int, squares)
        self.is_escaped = typed(bool, saved["escaped"])
        opened, text_record = saved["text"]
        self.opened = typed(str, opened)
        root, root_at = saved["root"]
        self.parts = [typed(str, root)] if root else []
        if self.mode == AT_ROOT:
            self.gap_at = load_count(root_at, self.read)
            self.gap_line, self.gap_line_start, self.gap_byte = [load_count(n) for n in saved["root_position"]]
        comment, nested, nested_quote = saved["skipping"]
        self.comment = load_count(comment, 1)
        self.nested = load_count(nested)
        self.nested_quote = typed(int, nested_quote)
        self.groups = [load_count(n) for n in typed(list, saved["groups"])]
        self.tuples = [load_count(n) for n in typed(list, saved["tuples"])]
        if len(self.groups) % 2 == 1 or max([*self.groups[::2], *self.tuples], default=0) > self.lexer.tree.depth():
            raise ValueError("its brackets contradict its text")
        self.is_strict = typed(bool, saved["strict"])
        self.lexer.is_mended = not self.is_strict
        self.records = []
        for kind, start, end, path in typed(list, saved["repairs"]):
            keys = [key if type(key) is int else typed(str, key) for key in typed(list, path)]
            if load_count(start, self.read) > load_count(end, self.read):
                raise ValueError("a repair ends before it begins")
            self.records.append(Record(_number(RepairKind(kind)), start, end, tuple(keys)))
        self.text_record = load_count(text_record, max(len(self.records) - 1, 0))
        if self.mode in (IN_COMMENT, IN_SKIPPED, IN_STRAY, IN_TRAILING) and not self.records:
            raise ValueError("it skips text, and no repair tells why")

    def is_contradicted(self) -> bool:
        """Is the lexer in a state that does not go with the mode?"""
        state = self.lexer.state
        if self.mode == IN_STRING:
            return state != TEXT
        if self.mode == IN_TEXT:
            return state != TEXT or self.lexer.is_key
        if self.mode == AT_ROOT:
            return state != VALUE or self.lexer.tree.depth() > 0
        return state >= TEXT and not self.is_strict
