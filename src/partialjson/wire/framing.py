"""How the body of a response is cut into events, for every framing except SSE. No input or output.

Each framing takes the body in chunks cut anywhere and returns items in order; it keeps only what it cannot decide yet.
The text of an event is passed on as an ``SSEEvent`` and parsed by the reader, so that an error in it is reported at its
place. If an event had to be parsed to find its end, it comes as ``Decoded``.

``ndjson``        one JSON text on each line; only LF ends a line.
``json-array``    one array whose elements are the events. The array is read by the library's own parser, which
                  reports each element as it closes; ``DONE`` stands for the bracket that closes the array.
``json-frames``   JSON objects that follow one another, with white space or nothing between them: the frames of a
                  WebSocket, text or binary, or the plain JSON body of a call that does not stream. A frame's end
                  is found by its brackets, so frames may be cut or run together.
``aws-eventstream``  binary frames with headers and checksums, decoded by botocore where it is installed.

If a wire format comes in several framings, the first character of the body tells which one it is (``Detecting``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Literal, Protocol

from partialjson._core.parser import Parser
from partialjson.errors import Explained, ParseError
from partialjson.wire import ops
from partialjson.wire.brackets import Brackets
from partialjson.wire.sse import DEFAULT_LIMIT, IncompleteBlock, SSEDecoder, SSEEvent, StrayLine, TextInput

__all__ = ["Chunk", "Decoded", "Detecting", "Framing", "FramingError", "Item", "framing_for", "payload"]

_EVENT: Final = "message"
_DECODER: Final[Any] = json.JSONDecoder()
_SCAN: Final[Callable[[str, int], tuple[object, int]]] = _DECODER.scan_once
"""What ``json.loads`` calls, without the checks around it."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """An event that was parsed to find where it ends."""

    event: object
    name: str = ""


Item = SSEEvent | StrayLine | Decoded
Chunk = bytes | bytearray | memoryview | str


class FramingError(Explained, ValueError):
    """The body is not framed as expected, or passes a limit, as ``code`` says. ``events`` holds what the failing call
    completed before."""

    code: Literal["framing", "limit"] = "framing"

    def __init__(
        self, message: str, events: tuple[Item, ...] = (), code: Literal["framing", "limit"] = "framing"
    ) -> None:
        super().__init__(message)
        self.events = events
        self.code = code


class Framing(Protocol):
    """Cuts one body into items."""

    def decode(self, chunk: Chunk) -> Sequence[Item]:
        """The items that this chunk completes. FramingError or SSEError if the body cannot be cut into items."""
        ...

    def close(self) -> IncompleteBlock | None:
        """Ends the body; returns what was left over, for diagnostics."""
        ...


class NDJSONDecoder:
    """Lines of JSON. Lines before the first event that cannot be an object are stray: a page, an error text."""

    def __init__(self) -> None:
        self._input = TextInput()
        self._line: list[str] = []
        self._size = 0
        self._any = False

    def decode(self, chunk: Chunk) -> list[Item]:
        items: list[Item] = []
        *lines, rest = self._input.decode(chunk).split("\n")
        for line in lines:
            self._keep(line, items)
            self._end_line(items)
        if rest:
            self._keep(rest, items)
        return items

    def _keep(self, piece: str, items: list[Item]) -> None:
        self._line.append(piece)
        self._size += len(piece)
        if self._size > DEFAULT_LIMIT:
            raise FramingError(f"a line is longer than the limit of {DEFAULT_LIMIT} characters", tuple(items), "limit")

    def _end_line(self, items: list[Item]) -> None:
        line = "".join(self._line).strip(" \t\r")
        self._line = []
        self._size = 0
        if line:
            items.append(self._item(line))

    def _item(self, line: str) -> SSEEvent | StrayLine:
        if not self._any and not (line[0] == "{" and line[-1] == "}"):
            return StrayLine(line)
        self._any = True
        return SSEEvent(_EVENT, line)

    def close(self) -> IncompleteBlock | None:
        line = "".join([*self._line, self._input.close()]).strip(" \t\r")
        if not line:
            return None
        item = self._item(line)
        if isinstance(item, StrayLine):
            return IncompleteBlock(None, line, stray=line[0] != "{")  # a brace may begin an event
        return IncompleteBlock(item, line)


class JSONArrayDecoder:
    """The elements of one JSON array, each as soon as it closes, and ``DONE`` with the array."""

    def __init__(self) -> None:
        self._parser: Parser[Any] = Parser(select=["$[*]"])

    def decode(self, chunk: Chunk) -> list[Item]:
        text = chunk if isinstance(chunk, str) else bytes(chunk)
        was_done = self._parser.done
        try:
            events = self._parser.feed(text)
        except ParseError as error:
            found = tuple(Decoded(event.value) for event in error.events)
            raise FramingError(f"the body is not a JSON array ({error})", found) from error
        items: list[Item] = [Decoded(event.value) for event in events]
        if self._parser.done and not was_done:
            items.append(Decoded(ops.DONE))
        return items

    def close(self) -> IncompleteBlock | None:
        return None if self._parser.done else IncompleteBlock(None, open=True)


class JSONFramesDecoder:
    """JSON objects one after another. Anything between them except white space is an error, after which nothing more
    can be read. The error names one character, so that it does not depend on how the body was cut."""

    def __init__(self) -> None:
        self._input = TextInput(mixed=True)
        self._brackets = Brackets()
        self._pieces: list[str] = []
        self._size = 0

    def decode(self, chunk: Chunk) -> list[Item]:
        items: list[Item] = []
        text = self._input.decode(chunk)
        pos = 0
        while pos < len(text):
            start = pos
            if not self._pieces:
                start = _skip_space(text, pos)
                if start == len(text):
                    break
                if text[start] not in "{[":
                    raise FramingError(f"expected a JSON object, found {text[start]!r}", tuple(items))
            pos = self._end(text, start)
            if pos < 0:
                self._keep(text[start:], items)
                break
            self._keep(text[start:pos], items)
            items.append(SSEEvent(_EVENT, "".join(self._pieces)))
            self._brackets = Brackets()
            self._pieces = []
            self._size = 0
        return items

    def _end(self, text: str, start: int) -> int:
        """Where the frame closes, -1 if not in this text. Most frames come whole, and the scanner finds their end
        fastest; what it cannot read is told by the brackets."""
        if not self._pieces:
            with suppress(ValueError, StopIteration, RecursionError):
                return _SCAN(text, start)[1]
        return self._brackets.read(text, start)

    def _keep(self, text: str, items: list[Item]) -> None:
        self._pieces.append(text)
        self._size += len(text)
        if self._size > DEFAULT_LIMIT:
            raise FramingError(f"a frame is longer than the limit of {DEFAULT_LIMIT} characters", tuple(items), "limit")

    def close(self) -> IncompleteBlock | None:
        rest = "".join([*self._pieces, self._input.close()])
        return IncompleteBlock(None, rest) if rest else None


def _skip_space(text: str, pos: int) -> int:
    while pos < len(text) and text[pos] in " \t\r\n":
        pos += 1
    return pos


class EventStreamDecoder:
    """Frames of ``application/vnd.amazon.eventstream``: an event becomes a mapping of its name to its payload, as in
    boto3; so does an exception."""

    def __init__(self) -> None:
        try:
            module = import_module("botocore.eventstream")
        except ImportError as error:
            raise ImportError(
                "the binary framing of AWS is read by botocore, which is not installed: pip install botocore"
            ) from error
        self._buffer: Any = module.EventStreamBuffer()
        self._error: type[Exception] = module.ParserError
        self._left = 0

    def decode(self, chunk: Chunk) -> list[Item]:
        if isinstance(chunk, str):
            raise TypeError("frames of the AWS event stream must be bytes, not str")
        items: list[Item] = []
        self._buffer.add_data(bytes(chunk))
        self._left += len(chunk)
        try:
            for message in self._buffer:
                self._left -= message.prelude.total_length
                items.append(_aws_event(message))
        except (self._error, ValueError, RecursionError) as error:
            raise FramingError(f"a frame of the event stream cannot be read ({error})", tuple(items)) from error
        return items

    def close(self) -> IncompleteBlock | None:
        return IncompleteBlock(None, f"{self._left} bytes of a frame") if self._left else None


def _aws_event(message: Any) -> Decoded:
    headers = message.headers
    kind = headers.get(":message-type", "event")
    if kind == "error":
        name = str(headers.get(":error-code", "error"))
        return Decoded({name: {"message": str(headers.get(":error-message", ""))}}, kind)
    name = str(headers.get(":exception-type" if kind == "exception" else ":event-type", ""))
    payload = json.loads(message.payload) if message.payload else {}
    return Decoded({name: payload}, str(kind))


class Detecting:
    """The framing that the first character of the body calls for, among those the wire format knows; ``name`` is
    "" until then."""

    def __init__(self, names: Sequence[str]) -> None:
        self.name = ""
        self._names = names
        self._waiting: list[Chunk] = []
        self._chosen: Framing | None = None

    def decode(self, chunk: Chunk) -> Sequence[Item]:
        if self._chosen is not None:
            return self._chosen.decode(chunk)
        self._waiting.append(chunk)
        first = _first(chunk)
        if not first:
            return ()
        name = {"[": "json-array", "{": "json-frames"}.get(first, "")
        self.name = name if name in self._names else self._names[0]
        self._chosen = _FRAMINGS[self.name]()
        waiting, self._waiting = self._waiting, []
        items: list[Item] = []
        for piece in waiting:
            items += self._chosen.decode(piece)
        return items

    def close(self) -> IncompleteBlock | None:
        return None if self._chosen is None else self._chosen.close()


def _first(chunk: Chunk) -> str:
    """The first character that is neither white space nor part of a byte order mark."""
    text = chunk if isinstance(chunk, str) else bytes(chunk).decode("latin-1")
    return text.lstrip(" \t\r\n\ufeff\xef\xbb\xbf")[:1]


_FRAMINGS: Final[dict[str, Callable[[], Framing]]] = {
    "sse": lambda: SSEDecoder(),
    "ndjson": NDJSONDecoder,
    "json-array": JSONArrayDecoder,
    "json-frames": JSONFramesDecoder,
    "aws-eventstream": EventStreamDecoder,
}


def framing_for(names: Sequence[str]) -> Framing:
    """A fresh decoder for a body that comes in one of the named framings.

    Raises:
        ImportError: the framing needs a package that is not installed.
    """
    return _FRAMINGS[names[0]]() if len(names) == 1 else Detecting(names)


def payload(data: str) -> object:
    """The event behind the data of an ``SSEEvent``, which is JSON or ``DONE``.

    Raises:
        ValueError: it is no JSON; as ``json.loads``.
        RecursionError: it is nested too deeply to be read.
    """
    try:
        value, end = _SCAN(data, 0)
    except StopIteration:
        value, end = None, -1
    if end == len(data):
        return value
    return data if data == ops.DONE else json.loads(data)
