"""A push decoder for server-sent events, by the rules of the WHATWG HTML standard, section 9.2.6.

The bytes of a response body go in as they come off the wire; complete events come out. There are three stages, and each
keeps only what it cannot decide yet:

1. text: UTF-8 is decoded incrementally, bad bytes become U+FFFD, one leading byte order mark is dropped;
2. lines: LF, CR and CRLF end a line, nothing else does. A CR at the end of a chunk ends its line at once and
   the decoder remembers to swallow one LF, so no event waits for the next chunk;
3. fields: each line is a comment, a field or the blank line that dispatches the event.

A chunk is split into its lines at once, and one loop reads them. Data, event names and blank lines, which are nearly
all lines, are read in the loop itself; anything else takes the slow path through ``_field``.

The unfinished line and the data lines of the unfinished event are kept as lists of pieces and joined once, so the cost
is linear in the input, however it is split. ``limit`` bounds what is kept. If a chunk as a whole cannot pass the limit,
its lines are not measured one by one.

Two additions serve readers of model output and change nothing in the events. ``decode`` also returns lines that are not
a field of the standard, because servers send bare JSON or HTML error bodies where events should be. ``close`` returns
the block that was not dispatched, which the standard drops silently.
"""

from __future__ import annotations

from codecs import utf_8_decode
from dataclasses import dataclass
from typing import Final

from partialjson._records import quick
from partialjson.errors import Explained

__all__ = ["IncompleteBlock", "SSEDecoder", "SSEError", "SSEEvent", "StrayLine", "TextInput"]

_BYTE_ORDER_MARK: Final = "\ufeff"
_FIELDS: Final = ("data", "event", "id", "retry")
_RETRY_DIGITS: Final = 18  # more digits than any clock needs, and far below the limit of int()

DEFAULT_LIMIT: Final = 128 * 1024 * 1024


@quick
@dataclass(frozen=True, slots=True)
class SSEEvent:
    """One dispatched event.

    Attributes:
        event: the event type; ``"message"`` if the stream names none.
        data: the data lines joined by line feeds.
        id: the last event id of the stream at this event; it persists until another one is set.
        retry: the reconnection time in milliseconds if this block set one, else None.
    """

    event: str
    data: str
    id: str = ""
    retry: int | None = None


@dataclass(frozen=True, slots=True)
class StrayLine:
    """A line whose field name the standard does not define, and which it therefore ignores; without its line end."""

    text: str


@dataclass(frozen=True, slots=True)
class IncompleteBlock:
    """The text after the last blank line when the stream ended. It was not dispatched and may be cut anywhere.

    Attributes:
        event: the event it would have become if a blank line had followed, or None if it has no data line.
        line: the last line as far as it came, "" if the text ended with a line end.
        stray: whether that last line is neither a field of the standard nor the beginning of one.
        open: whether the body has an explicit end, as a JSON array has, that has not come.
    """

    event: SSEEvent | None
    line: str = ""
    stray: bool = False
    open: bool = False


class SSEError(Explained, ValueError):
    """An event passed the decoder's limit. ``events`` holds what the failing call completed before; ``code`` is
    "limit"."""

    code: Final = "limit"

    def __init__(self, message: str, events: tuple[SSEEvent | StrayLine, ...] = ()) -> None:
        super().__init__(message)
        self.events = events


class TextInput:
    """Chunks of a body as text: UTF-8 is decoded incrementally, bad bytes become U+FFFD, and one leading byte
    order mark is dropped. ``mixed`` allows bytes and ``str`` in turn, as the frames of a WebSocket may come."""

    def __init__(self, *, mixed: bool = False) -> None:
        self._mixed = mixed
        self._tail = b""  # the bytes of an unfinished character
        self._kind: type[bytes] | type[str] | None = None
        self._at_start = True

    def decode(self, chunk: bytes | bytearray | memoryview | str) -> str:
        """The text of the chunk, up to its last complete character.

        Raises:
            TypeError: ``bytes`` and ``str`` were mixed, or the chunk is neither.
        """
        if self._kind is bytes and type(chunk) is bytes and not (self._tail or self._at_start):  # as nearly all are
            text, used = utf_8_decode(chunk, "replace")
            if used < len(chunk):
                self._tail = chunk[used:]
            return text
        if isinstance(chunk, str):
            if self._kind is not str:
                self._begin(str)
            text = self.close() + chunk if self._tail else chunk
        elif isinstance(chunk, (bytes, bytearray, memoryview)):
            if self._kind is not bytes:
                self._begin(bytes)
            data = chunk if type(chunk) is bytes else bytes(chunk)
            if self._tail:
                data = self._tail + data
                self._tail = b""
            text, used = utf_8_decode(data, "replace")
            if used < len(data):
                self._tail = data[used:]
        else:
            raise TypeError(f"a body must be fed as bytes or str, not {type(chunk).__name__}")
        if text and self._at_start:
            self._at_start = False
            text = text.removeprefix(_BYTE_ORDER_MARK)
        return text

    def close(self) -> str:
        """The replacement for the bytes of an unfinished character."""
        tail, self._tail = self._tail, b""
        return utf_8_decode(tail, "replace", True)[0]

    def _begin(self, kind: type[bytes] | type[str]) -> None:
        """Chunks of this kind come from here on."""
        if self._kind is not None and not self._mixed:
            raise TypeError("bytes and str must not be mixed in one body")
        self._kind = kind


class SSEDecoder:
    """Decodes one event stream.

    Feed it bytes (UTF-8) or ``str``, not both. ``limit`` is the most characters one event may hold before
    it is dispatched (data and the unfinished line together, 128 Mi by default, None for no limit).

    Attributes:
        last_event_id: the id a client would send when it reconnects.
        retry: the reconnection time in milliseconds the stream asked for, or None.
    """

    def __init__(self, *, limit: int | None = DEFAULT_LIMIT) -> None:
        self.last_event_id = ""
        self.retry: int | None = None
        self._limit = limit
        self._input = TextInput()
        self._after_cr = False
        self._line: list[str] = []
        self._line_size = 0
        self._type = ""
        self._data: list[str] = []
        self._data_size = 0
        self._retry: int | None = None
        self._id = ""
        self._error: SSEError | None = None
        self._closed = False

    def __repr__(self) -> str:
        life = "broken" if self._error is not None else "closed" if self._closed else "open"
        last = f", last event {self.last_event_id!r}" if self.last_event_id else ""
        return f"<SSEDecoder, {life}{last}>"

    def feed(self, chunk: bytes | bytearray | memoryview | str) -> list[SSEEvent]:
        """The events this chunk completes, in order.

        Raises:
            SSEError: an event passed the limit; raised again by every later call.
            TypeError: ``bytes`` and ``str`` were mixed, or the chunk is neither.
            RuntimeError: the decoder is closed.
        """
        return [item for item in self.decode(chunk) if isinstance(item, SSEEvent)]

    def decode(self, chunk: bytes | bytearray | memoryview | str) -> list[SSEEvent | StrayLine]:
        """Like ``feed``, with lines that are not a field of the standard in their places between the events."""
        if self._closed:
            raise RuntimeError("the event stream is closed")
        if self._error is not None:
            raise self._error
        items: list[SSEEvent | StrayLine] = []
        text = self._input.decode(chunk)
        if self._after_cr and text:
            self._after_cr = False
            text = text.removeprefix("\n")  # of a CRLF cut in two
        if not text:
            return items
        if "\r" in text:
            self._after_cr = text[-1] == "\r"
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        rest = lines.pop()
        held = self._line_size + self._data_size + len(text)
        if lines and self._line:
            lines[0] = "".join([*self._line, lines[0]])
            self._line = []
            self._line_size = 0
        if self._limit is None or held <= self._limit:
            self._read(lines, items)
        else:
            for line in lines:
                self._measure(line, items)
                self._read([line], items)
            self._measure(rest, items)
        if rest:
            self._line.append(rest)
            self._line_size += len(rest)
        return items

    def close(self) -> IncompleteBlock | None:
        """Ends the stream and returns the block that was never dispatched, or None if nothing was left over.

        The standard drops that block. It is returned for diagnostics and must not be read as an event: its text may be
        cut. Later calls of ``feed`` raise RuntimeError; calling ``close`` again returns None.
        """
        if self._closed:
            return None
        self._closed = True
        if self._error is not None:
            return None
        self._line.append(self._input.close())
        line = "".join(self._line)
        stray = self._field(line) is not None and not any(field.startswith(line) for field in _FIELDS)
        event = self._event() if self._data else None
        if event is None and not line:
            return None
        return IncompleteBlock(event, line, stray)

    def _measure(self, piece: str, items: list[SSEEvent | StrayLine]) -> None:
        """Refuses a piece of a line with which the event grows past the limit."""
        if self._limit is not None and self._line_size + len(piece) + self._data_size > self._limit:
            self._error = SSEError(
                f"an event of the stream is longer than the limit of {self._limit} characters", tuple(items)
            )
            raise self._error

    def _read(self, lines: list[str], items: list[SSEEvent | StrayLine]) -> None:
        """Reads whole lines."""
        data = self._data
        known = len(data)
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "data":
                data.append(value)
            elif name == "event":
                self._type = value
            elif not line:
                if len(data) == 1:  # as nearly all have
                    items.append(SSEEvent(self._type or "message", data.pop(), self._id, self._retry))
                    known = self._data_size = 0
                elif data:
                    items.append(self._event())
                    data.clear()
                    known = self._data_size = 0
                self.last_event_id = self._id
                self._type = ""
                self._retry = None
            elif (stray := self._field(line)) is not None:
                items.append(stray)
        if data:
            self._data_size += sum(len(value) + 1 for value in data[known:])

    def _field(self, line: str) -> StrayLine | None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._type = value
            case "id":
                if "\0" not in value:
                    self._id = value
            case "retry":
                if value.isascii() and value.isdigit() and len(value) <= _RETRY_DIGITS:
                    self._retry = self.retry = int(value)
            case "":  # a comment
                pass
            case _:
                return StrayLine(line)
        return None

    def _event(self) -> SSEEvent:
        data = self._data
        return SSEEvent(self._type or "message", data[0] if len(data) == 1 else "\n".join(data), self._id, self._retry)
