"""The scribe: writes the mended text of lenient parsing, and keeps what must be known of its source.

It hands pieces of the source, and what was put in, to the strict lexer; keeps the source map, lines and bytes; records
repairs, and tells events of them; and gives errors the positions of the source. ``mender`` decides what is written.

A comma is not handed on before it is known that a value follows it. Until then it waits in ``gap``, with the white
space around it. If nothing was mended in it, it is read again with the next chunk, as the beginning of that.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, final

from partialjson._core.events import Node, Path, Predicted, Repaired, Violation
from partialjson._core.lexer import Lexer
from partialjson._core.machine import (
    AFTER,
    CODES,
    FIRST_VALUE,
    NEWLINE,
    SHORT,
    VALUE,
)
from partialjson._core.refcounts import COMPILED
from partialjson._core.selection import Selector
from partialjson._core.sourcemap import SourceMap
from partialjson.errors import ParseError
from partialjson.limits import LARGEST
from partialjson.repairs import KINDS, NotMended, Repair, RepairKind, Skipped

if TYPE_CHECKING:
    from mypy_extensions import i64

# White space of JSON.
BLANKS: Final = " \t\r\n"

BETWEEN: Final = 0
IN_STRING: Final = 1
IN_TEXT: Final = 2
AT_ROOT: Final = 3
IN_COMMENT: Final = 4
IN_SKIPPED: Final = 5
IN_STRAY: Final = 6
IN_TRAILING: Final = 7


_NUMBERS: Final[dict[RepairKind, int]] = {kind: number for number, kind in enumerate(KINDS)}


def number_of(kind: RepairKind) -> int:
    return _NUMBERS[kind]


OTHER_QUOTES: Final = number_of(RepairKind.OTHER_QUOTES)
MISSING_QUOTE: Final = number_of(RepairKind.MISSING_QUOTE)
INNER_QUOTE: Final = number_of(RepairKind.INNER_QUOTE)
DOUBLED_QUOTES: Final = number_of(RepairKind.DOUBLED_QUOTES)
ESCAPED_QUOTES: Final = number_of(RepairKind.ESCAPED_QUOTES)
CONCATENATION: Final = number_of(RepairKind.CONCATENATION)
ESCAPE: Final = number_of(RepairKind.ESCAPE)
CONTROL: Final = number_of(RepairKind.CONTROL)
UNQUOTED_TEXT: Final = number_of(RepairKind.UNQUOTED_TEXT)
UNQUOTED_KEY: Final = number_of(RepairKind.UNQUOTED_KEY)
LITERAL: Final = number_of(RepairKind.LITERAL)
NUMBER: Final = number_of(RepairKind.NUMBER)
MISSING_COMMA: Final = number_of(RepairKind.MISSING_COMMA)
EXTRA_COMMA: Final = number_of(RepairKind.EXTRA_COMMA)
MISSING_COLON: Final = number_of(RepairKind.MISSING_COLON)
OTHER_SEPARATOR: Final = number_of(RepairKind.OTHER_SEPARATOR)
MISSING_VALUE: Final = number_of(RepairKind.MISSING_VALUE)
MISSING_CLOSER: Final = number_of(RepairKind.MISSING_CLOSER)
EXTRA_CLOSER: Final = number_of(RepairKind.EXTRA_CLOSER)
WRONG_CLOSER: Final = number_of(RepairKind.WRONG_CLOSER)
EXTRA_OPENER: Final = number_of(RepairKind.EXTRA_OPENER)
PARENTHESES: Final = number_of(RepairKind.PARENTHESES)
CALL: Final = number_of(RepairKind.CALL)
COMMENT: Final = number_of(RepairKind.COMMENT)
ELLIPSES: Final = number_of(RepairKind.ELLIPSIS)
FENCE: Final = number_of(RepairKind.FENCE)
BLANK: Final = number_of(RepairKind.BLANK)
STRAY_TEXT: Final = number_of(RepairKind.STRAY_TEXT)
NO_PLACE: Final = number_of(RepairKind.NO_PLACE)
TEXT_AROUND: Final = number_of(RepairKind.TEXT_AROUND)
UNFINISHED: Final = number_of(RepairKind.UNFINISHED)

_SKIPPING: Final = (STRAY_TEXT, NO_PLACE, TEXT_AROUND)


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


@lru_cache(maxsize=64)
def _flags_of(kinds: frozenset[RepairKind]) -> list[bool]:
    """Which kinds are wanted, by their numbers. Nobody changes it."""
    return [kind in kinds for kind in KINDS]


class Scribe:
    """Feeds a lexer with mended text."""

    def __init__(self, lexer: Lexer, kinds: frozenset[RepairKind], selector: Selector | None) -> None:
        self.lexer: Final = lexer
        self.mends: Final = _flags_of(kinds)
        self.selector = selector
        self.mode: i64 = BETWEEN
        # The limit on the source; the mended text may be longer.
        self.max_document = lexer.max_document
        lexer.max_document = LARGEST
        # What has come and is not decided, and how much has come with it.
        self.pend = ""
        self.read: i64 = 0
        # Characters looked at, for the test of law 7.
        self.steps: i64 = 0
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
        # Where the last key begins in the source, if that was before the last segment.
        self.key_source: i64 = 0
        self.map: SourceMap | None = SourceMap() if lexer.source is not None else None
        # A comma with white space around it, where it began, and whether it is as in the source.
        self.gap = ""
        self.gap_at: i64 = 0
        self.gap_is_source = True
        self.gap_line: i64 = 0
        self.gap_line_start: i64 = 0
        self.gap_byte: i64 = 0
        self.records: list[Record] = []
        # What the end left out.
        self.left_out: list[Record] = []
        self.is_unfinished = False
        # An error that was made here, and the bytes before the last error.
        self.own: ParseError | None = None
        self.error_byte: i64 = 0

    # Text out.

    def _follow_source(self, s: str, i: i64) -> None:
        """What the lexer reads next is the source from index ``i`` on."""
        if self.at + i - self.lexer.base != self.shift or self.puts_in:
            self._begin_segment(s, i, False)

    def _begin_segment(self, s: str, i: i64, puts_in: bool) -> None:
        self.translate_events()
        base = self.lexer.base
        key_at = self.lexer.key_at
        if key_at >= self.shifted:
            self.key_source = self.source_of(key_at)
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

    def _begin_gap(self, s: str, i: i64, is_source: bool) -> None:
        """There is a comma at ``i``, or what stands for one."""
        self.gap = ","
        self.gap_at = self.at + i
        self.gap_is_source = is_source
        self._mark(s, i)
        self.gap_line = self.line
        self.gap_line_start = self.line_start
        self.gap_byte = self.bytes

    def _reads_gap_again(self) -> None:
        """What is read next begins with the comma that waits, which is as it was in the source."""
        self.at = self.gap_at
        self.first_line = self.gap_line
        self.first_line_start = self.gap_line_start
        self.first_bytes = self.gap_byte
        self.gap = ""

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

    def _separate(self, s: str, i: i64) -> None:
        """A member or an element begins at ``i``."""
        if self.gap:
            self._put_gap(s)
        elif self.lexer.state == AFTER:
            self._repair(MISSING_COMMA, i, i)
            self._say(",", s, i)

    # Repairs.

    def _repair(self, kind: i64, a: i64, b: i64) -> None:
        """What stands between the indices ``a`` and ``b`` of the source needs a repair.

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

    def repairs(self) -> tuple[Repair, ...]:
        return tuple([Repair(KINDS[each.kind], each.start, each.end, each.path()) for each in self.records])

    def skipped(self) -> tuple[Skipped, ...]:
        """The parts of the source that are not in the document, beside the signs of its syntax."""
        skipping = [each for each in self.records if each.kind in _SKIPPING] + self.left_out
        return tuple([Skipped(KINDS[each.kind].value, each.start, each.end) for each in skipping])

    # Positions.

    def _mark(self, s: str, i: i64) -> None:
        """Let ``line``, ``line_start`` and ``bytes`` be those of index ``i``; so far they are those of ``marked``."""
        from_start = i < self.marked
        start: i64 = 0 if from_start else self.marked
        if from_start:
            self.line = self.first_line
            self.line_start = self.first_line_start
            self.bytes = self.first_bytes
        self.marked = i
        self.bytes += i - start
        if COMPILED and i - start <= SHORT:
            k = start
            while k < i:
                c: i64 = ord(s[k])
                if c == NEWLINE:
                    self.line += 1
                    self.line_start = self.at + k + 1
                elif c > 0x7F:
                    self.bytes += 1 if c < 0x800 else 2 if c < 0x10000 else 3
                k += 1
            return
        # Most long texts have no line end or many, and to count them costs more than to look for one.
        last: i64 = s.rfind("\n", start, i)
        if last >= 0:
            self.line += s.count("\n", start, i)
            self.line_start = self.at + last + 1
        if not s.isascii():
            self.bytes += len(s[start:i].encode("utf-8", "surrogatepass")) - (i - start)

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

    def starts_at(self, pos: i64, byte: i64, line: i64, line_start: i64) -> None:
        """The document begins there in a longer text, and offsets are those of that text; nothing has been read."""
        self.read = pos
        self.at = pos
        self.first_bytes = byte
        self.first_line = line
        self.first_line_start = line_start
        self._unmark()

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

    def translate_events(self) -> None:
        """Give new events the offsets of the source, before the map tells more of the place where the text ends."""
        observer = self.lexer.tree.observer
        if observer is None or self.map is None:
            return
        count: i64 = len(observer.events)
        for i in range(observer.placed, count):
            # One by one, since the compiler knows of no unions here.
            event = observer.events[i]
            if isinstance(event, Violation):
                event.pos = self.source_of(event.pos)
                continue
            if isinstance(event, Predicted):
                event.pos = self.source_of(event.pos)
        observer.placed = count

    def _place(self, error: ParseError, s: str, i: i64) -> None:
        """Give an error the line, the column and the byte of index ``i``."""
        self._mark(s, i)
        error.lineno = self.line
        error.colno = error.pos - self.line_start + 1
        self.error_byte = self.bytes
        self.read = error.pos

    def _error(self, fault: i64, msg: str, s: str, i: i64) -> ParseError:
        """An error at index ``i`` of the source."""
        error = ParseError(msg, self.at + i, 1, 1, self.lexer.path(), (), None, CODES[fault])
        self._place(error, s, i)
        self.own = error
        return error
