"""What the parser raises about a document.

    ValueError
    └── ParseError          the text is not JSON, or passes a limit
        ├── IncompleteError the text is the beginning of JSON, but it ended there
        └── InvalidError    a value does not fit its target, and the parser was asked to stop there

All say where: an absolute offset, a line, a column, and the path of the place in the document. They carry the events
that completed before them, so nothing finished is lost with the error. Wrong use of the parser itself is a different
matter: it raises TypeError or RuntimeError.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partialjson._core.events import Event, Path

__all__ = ["IncompleteError", "InvalidError", "ParseError", "json_path", "no_text"]


class ParseError(ValueError):
    """The document is not JSON text as RFC 8259 defines it, or it passes a limit.

    Attributes:
        msg: what is wrong, without the position.
        pos: offset of the offending character in code points from the start of the document, after a byte order mark.
        byte_pos: the same in bytes where the parser was fed bytes, else None.
        lineno, colno: line and column of that character, from 1. Lines end at a line feed.
        path: keys and indexes from the root to the place of the error.
        events: what the failing call completed before the error.
    """

    def __init__(
        self,
        msg: str,
        pos: int,
        lineno: int = 1,
        colno: int = 1,
        path: Path = (),
        events: tuple[Event, ...] = (),
        byte_pos: int | None = None,
    ) -> None:
        super().__init__(msg, pos, lineno, colno, path, events, byte_pos)
        self.msg = msg
        self.pos = pos
        self.lineno = lineno
        self.colno = colno
        self.path = path
        self.events = events
        self.byte_pos = byte_pos

    def __str__(self) -> str:
        where = f" in {json_path(self.path)}" if self.path else ""
        return f"{self.msg}: line {self.lineno} column {self.colno} (char {self.pos}){where}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.msg,
            self.pos,
            self.lineno,
            self.colno,
            self.path,
            self.events,
            self.byte_pos,
        )


class IncompleteError(ParseError):
    """The document ended before its root value closed; ``path`` is the place that was open."""


class InvalidError(ParseError):
    """A value does not fit its target, and the parser was made with ``on_invalid="raise"``.

    Attributes:
        pos: where the value begins; for a container that has closed, where it closes; for a value that can no longer
            become valid, the character that shows it.
        error: the validator's own error; None if the value has not closed.
    """

    def __init__(
        self,
        msg: str,
        pos: int,
        lineno: int = 1,
        colno: int = 1,
        path: Path = (),
        events: tuple[Event, ...] = (),
        byte_pos: int | None = None,
        error: Exception | None = None,
    ) -> None:
        super().__init__(msg, pos, lineno, colno, path, events, byte_pos)
        self.error = error

    def __reduce__(self) -> tuple[Any, ...]:
        kind, arguments = super().__reduce__()
        return kind, (*arguments, self.error)


def json_path(path: Sequence[str | int]) -> str:
    """A path in the notation of RFC 9535, for messages: ``$.lines[0].sku``, ``$["a name"]``."""
    steps = [f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{json.dumps(key)}]" for key in path]
    return "$" + "".join(steps)


def no_text(chunk: object) -> TypeError:
    """The error for a chunk that is no text, with what to do about it."""
    if chunk is None:
        hint = "; a provider's delta may have no text: skip those"
    elif isinstance(chunk, (bytearray, memoryview)):
        hint = "; pass bytes(chunk)"
    elif isinstance(chunk, (int, float)):
        hint = ""
    else:
        hint = (
            "; take the text out of the chunk (chunk.choices[0].delta.content, event.delta.text, ...), or give the"
            " provider's whole stream to partialjson.clients.read"
        )
    return TypeError(f"feed takes str or bytes, not {type(chunk).__name__}{hint}")
