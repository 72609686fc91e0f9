"""The intake of a lenient parser: how its text reaches the mender.

The document may begin anywhere, so the text takes one of three ways:

- *at once* to the mender, where the document begins with the text;
- through a *locator* (``partialjson.lenient.locate``), which passes over what stands before and after the document, and
  tells where it begins, in characters, bytes and lines;
- into the pieces that are *held*, where the last document of the text is wanted. Only the end of the text shows which
  that is, so nothing is read before.

A locator decides by the text alone, so it need not see each chunk. A string that begins the text may be the document or
prose, which only its end can tell, and what comes inside it is *gathered* until then, or until somebody asks. And most
texts begin with the bracket of their document: for these the locator is made only when something follows the document,
or somebody asks. It is loaded when the first one is made; this module knows only its face.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.checkpoint import load_count, save_document, typed
from partialjson._core.lexer import Lexer
from partialjson._core.loose_rules import root_kinds
from partialjson._core.machine import BACKSLASH, NOT_UTF8, QUOTE, SHORT, SPACE
from partialjson._core.mender import Mender
from partialjson._core.mender_state import load_mender, save_mender
from partialjson._core.scribe import AT_ROOT
from partialjson._core.selection import Selector
from partialjson._core.spec import ARRAY, OBJECT
from partialjson._core.target import Target
from partialjson._core.utf8 import Utf8
from partialjson._core.valid import NOTHING
from partialjson.errors import ParseError
from partialjson.repairs import Lenient, RepairKind, Skipped

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class Intake:
    """The text of one lenient parser on its way to the mender.

    Args:
        lexer: what the mender writes for.
        target, lenient: those of the parser.
        selector: where repairs are told.
        reader: makes a parser that only tells where a document ends, for these options.

    Attributes:
        mender: what reads the document.
    """

    def __init__(
        self,
        lexer: Lexer,
        target: Target | None,
        lenient: Lenient,
        selector: Selector | None,
        reader: Callable[[Lenient], Any],
    ) -> None:
        self.mender: Final = Mender(lexer, lenient.kinds, selector)
        self._lexer: Final = lexer
        self._target: Final = target
        self._lenient: Final = lenient
        self._reader: Final = reader
        # Is the document looked for? If not, it begins where the text does.
        self._is_sought = False
        # What finds it; None while it is not needed, and then what the text began with, for it to be told, and where
        # the document ended, if it has.
        self._locator: Any = None
        self._beginning = ""
        self._end: tuple[int, int, int, int] | None = None
        # Is it known that the mender reads?
        self._is_inside = False
        # Chunks that it has not seen, inside a string that begins the text: how much they may hold, and where in the
        # string they end: 0 in none, 1 between its characters, 2 after a backslash.
        self._gathered: list[str] = []
        self._gathered_size: i64 = 0
        self._room: i64 = 0
        self._in_string: i64 = 0
        # The text so far, where its last document is wanted, and its length; and what was then left out.
        self._held: list[str] | None = None
        self._held_size: i64 = 0
        self._left_out: list[Skipped] = []
        if lenient.documents == "last":
            self._held = []
        else:
            self._is_sought = RepairKind.TEXT_AROUND in lenient.kinds

    # Text in.

    def begins_here(self) -> None:
        """The caller has found the document, unless some of its text has been read."""
        if self._end is None and (self._locator is None or self._locator.pos == 0):
            self._is_sought = False
            self._locator = None
        if self._held_size == 0:
            self._held = None

    def feed(self, text: str) -> None:
        """Read the next piece of the text.

        Raises:
            ParseError: what is not wanted to be mended, or passes a limit.
        """
        mender = self.mender
        if mender.valid.wait >= NOTHING and mender.goes_on(text):
            return
        if not self._is_sought:
            if self._held is not None:
                self._hold(text)
                return
            mender.feed(text)
            if mender.stopped >= 0:
                mender.leave_blanks(text)
            return
        if self._in_string > 0:
            if self._gather(text):
                return
            text = self._take_gathered() + text
        if self._locator is None and not self._beginning and text and self._begins_with(text):
            self._beginning = text[:2]
            self._is_inside = True
        while text:
            locator: Any = None if self._is_inside else self._located()
            if locator is not None and not locator.reading:
                room = mender.max_document - locator.pos
                beyond = text[room:]
                text = locator.seek(text[:room])
                if locator.reading:
                    text += beyond
                    mender.starts_at(locator.start, locator.start_bytes, locator.line, locator.line_start)
                    # From here on the mender counts.
                    locator.pos = locator.start
                elif beyond:
                    mender.starts_at(*locator.place)
                    raise mender.too_long()
                else:
                    self._in_string = locator.in_string
                    self._room = mender.max_document - locator.pos
                continue
            self._is_inside = True
            mender.stops = True
            mender.feed(text)
            if not self._lexer.done():
                return
            text = mender.rest
            self._is_inside = False
            mender.stops = False
            mender.stopped = -1
            if self._locator is None:
                self._end = mender.place()
            else:
                self._locator.advanced(*mender.place())

    def _begins_with(self, text: str) -> bool:
        """Does the document certainly begin with this text, the first that comes?"""
        if text[0] == "{":
            kind = OBJECT
        elif text[0] == "[" and len(text) > 1 and text[1] != "/" and not text[1].isalpha():
            # It is no tag, such as ``[TOOL_CALLS]``.
            kind = ARRAY
        else:
            return False
        fits = self._target is None or bool(root_kinds(self._target, self._lenient) & kind)
        return fits and self.mender.max_document > 1

    def _located(self) -> Any:
        """What finds the document; None if it begins where the text does."""
        if self._locator is None and self._is_sought:
            locator = self._locator = _locator(self._target, self._lenient)
            if self._beginning:
                locator.seek(self._beginning)
                locator.pos = locator.start
                if self._end is not None:
                    locator.advanced(*self._end)
        return self._locator

    def _gather(self, text: str) -> bool:
        """Keep a chunk that stays inside the string; or leave it. A long one is no trouble to the locator."""
        n: i64 = len(text)
        if n > SHORT or self._gathered_size + n > self._room:
            return False
        is_escaped = self._in_string == 2
        i: i64 = 0
        while i < n:
            c: i64 = ord(text[i])
            if is_escaped:
                is_escaped = False
            elif c == BACKSLASH:
                is_escaped = True
            elif c == QUOTE or c < SPACE:
                return False
            i += 1
        self._in_string = 2 if is_escaped else 1
        self._gathered.append(text)
        self._gathered_size += n
        return True

    def _take_gathered(self) -> str:
        """What was gathered; the locator is told next."""
        gathered = "".join(self._gathered)
        self._gathered = []
        self._gathered_size = 0
        self._in_string = 0
        return gathered

    def _tell_locator(self) -> None:
        """Let the locator know of everything that has come."""
        if self._gathered:
            found = self._locator.seek(self._take_gathered())
            assert not found, "a string was open"
            self._in_string = self._locator.in_string
            self._room = self.mender.max_document - self._locator.pos

    def feed_bytes(self, utf8: Utf8, chunk: bytes) -> i64:
        """``feed`` for bytes; returns how many at the end of the chunk are left, if it was to end with the document."""
        text = utf8.decode(chunk)
        mender = self.mender
        unread: i64 = 0
        try:
            self.feed(text)
            if not self._is_sought and mender.stops and self._lexer.done():
                unread = utf8.leave(text if mender.stopped < 0 else text[: mender.stopped])
            elif utf8.fault:
                if self._held is not None:
                    mender.starts_at(*_place_of(self._held_text(), self._held_size))
                else:
                    locator = self._located()
                    if locator is not None and not locator.reading:
                        self._tell_locator()
                        mender.starts_at(*locator.place)
                raise mender.refusal(NOT_UTF8, utf8.fault)
        except ParseError as error:
            error.byte_pos = mender.error_byte
            raise
        return unread

    def finish(self, is_cut: bool, is_bytes: bool, is_half: bool) -> None:
        """The text ended; ``is_half``: inside a character, which cuts whatever is open there.

        Raises:
            IncompleteError: there is no whole document, and the end may not be mended.
        """
        self._tell_locator()
        mender = self.mender
        is_cut = is_cut or is_half
        if self._held is not None:
            self._read_last(is_cut, is_bytes)
        locator = self._locator if self._beginning else self._located()
        if locator is not None and not locator.reading:
            was_found = bool(locator.found)
            found = "" if is_cut and not was_found else locator.end()
            if was_found:
                pass
            elif found:
                mender.starts_at(locator.start, locator.start_bytes, locator.line, locator.line_start)
                mender.feed(found)
            else:
                mender.starts_at(*locator.place)
        mender.stops = False
        if mender.mode == AT_ROOT:
            self._lexer.tree.reads_prose()
        is_alone = not self._is_sought and self._held is None
        mender.finish(is_cut, is_half and is_alone)
        if is_half and not is_alone:
            # Half of a character follows the document.
            end = self.pos(False)
            if all(span.end < end for span in self.skipped()):
                self._left_out.append(Skipped("prose", end, end))

    # Asking.

    def pos(self, has_failed: bool) -> i64:
        """How many code points were read; of a text that failed, up to the error."""
        if not has_failed:
            if self._held is not None:
                return self._held_size
            if self._locator is not None and not self._locator.reading:
                pos: i64 = self._locator.pos
                return pos + self._gathered_size
        return self.mender.pos()

    def bytes_read(self) -> i64:
        """How many bytes of UTF-8 those are."""
        if self._held is not None:
            return _place_of(self._held_text(), self._held_size)[1]
        if self._locator is not None and not self._locator.reading:
            self._tell_locator()
            size: i64 = self._locator.place[1]
            return size
        return self.mender.bytes_read()

    def ended_at(self) -> i64:
        """Where the document ended, if no more of it is looked for; -1 otherwise."""
        if self._locator is not None:
            ended: i64 = self._locator.ended
            return ended
        return -1 if self._end is None else self._end[0]

    def waits_for_end(self) -> bool:
        """Is nothing read before the text has ended?"""
        return self._held is not None

    def skipped(self) -> tuple[Skipped, ...]:
        """What is no part of the document."""
        self._tell_locator()
        around: list[Skipped] = [] if self._locator is None else self._locator.skipped
        return tuple(sorted([*around, *self._left_out, *self.mender.skipped()], key=_start_of))

    # Saving.

    def save(self) -> dict[str, Any]:
        self._tell_locator()
        locator = self._located()
        return {
            "mending": save_mender(self.mender),
            "locator": None if locator is None else locator.save(),
            "held": None if self._held is None else self._held_text(),
        }

    def load_held(self, state: dict[str, Any]) -> None:
        """Take over the text whose last document is wanted, before the lexer is loaded: nothing of it has been read.

        Raises:
            ValueError: something has.
        """
        held = state["held"]
        if held is None:
            self._held = None
            return
        now = save_document(self._lexer)
        is_new = all(state[name] == now[name] for name in ("text", "pos", "line", "line_start"))
        is_unread = state["mending"] == save_mender(self.mender) and state["locator"] is None
        if self._held is None or not is_new or not is_unread:
            raise ValueError("its text was read, and is to be read at the end")
        self._held = [typed(str, held)]
        self._held_size = load_count(len(held), self.mender.max_document)

    def load(self, state: dict[str, Any]) -> None:
        """Take over the rest, after the lexer was loaded."""
        load_mender(self.mender, state["mending"])
        self._is_sought = state["locator"] is not None
        if self._is_sought:
            self._locator = _loaded_locator(state["locator"])
        if self._locator is not None and not self._locator.reading:
            self._in_string = self._locator.in_string
            self._room = self.mender.max_document - self._locator.pos
        # The limits are saved by themselves.
        load_count(self.pos(False), self.mender.max_document)

    # The last document.

    def _hold(self, text: str) -> None:
        mender = self.mender
        room = mender.max_document - self._held_size
        assert self._held is not None
        self._held.append(text[:room])
        self._held_size += min(len(text), room)
        if len(text) > room:
            mender.starts_at(*_place_of(self._held_text(), self._held_size))
            raise mender.too_long()

    def _held_text(self) -> str:
        assert self._held is not None
        text = "".join(self._held)
        self._held = [text]
        return text

    def _read_last(self, is_cut: bool, is_bytes: bool) -> None:
        """Find the last document in the text, and read it."""
        mender = self.mender
        text = self._held_text()
        start, found = self._find_last(text)
        if start < 0 or (is_cut and found[:1] not in ("{", "[")):
            # What is no container may have been going on.
            mender.starts_at(*_place_of(text, self._held_size))
            return
        mender.starts_at(*_place_of(text, start))
        try:
            mender.feed(found)
        except ParseError as error:
            if is_bytes:
                error.byte_pos = mender.error_byte
            raise

    def _find_last(self, text: str) -> tuple[int, str]:
        """Where the last document begins, and its text; -1 if there is none."""
        from partialjson.lenient.last import LastDocument

        inside = Lenient(self._lenient.kinds, "syntax")
        last = LastDocument(root_kinds(self._target, self._lenient), lambda: self._reader(inside))
        last.feed(text)
        start, found = last.end()
        self._left_out = last.skipped
        return start, found


def _locator(target: Target | None, lenient: Lenient) -> Any:
    from partialjson.lenient.locate import Locator

    return Locator(root_kinds(target, lenient))


def _loaded_locator(saved: Any) -> Any:
    from partialjson.lenient.locate import Locator

    return Locator.load(saved)


def _place_of(text: str, at: i64) -> tuple[int, int, int, int]:
    """An offset in a text, the bytes before it, its line, and where that begins."""
    before = text[:at]
    return at, len(before.encode("utf-8", "surrogatepass")), before.count("\n") + 1, before.rfind("\n") + 1


def _start_of(span: Skipped) -> int:
    return span.start
