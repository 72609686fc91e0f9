"""What the parser raises about a document.

    ValueError
    └── ParseError          the text is not JSON, or passes a limit
        ├── IncompleteError the text is the beginning of JSON, but it ended there
        └── InvalidError    a value does not fit its target, and the parser was asked to stop there

All say where: an absolute offset, a line, a column, and the path of the place in the document. They carry the events
that completed before them, so nothing finished is lost with the error. Wrong use of the parser itself is a different
matter: it raises TypeError or RuntimeError.

Each error of this package has a ``code``: one word for what is wrong, which stays the same when messages are reworded.
A section of ``docs/errors.md`` explains it, by the same word.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from partialjson._core.events import Event, Path

__all__ = [
    "ErrorCode",
    "Explained",
    "IncompleteError",
    "InvalidError",
    "ParseError",
    "code_of",
    "json_path",
    "no_text",
    "path_of",
]

ErrorCode = Literal[
    "control",
    "escape",
    "incomplete",
    "invalid",
    "limit",
    "number",
    "separator",
    "surrogate",
    "syntax",
    "trailing",
    "utf8",
    "word",
]
"""What is wrong with a document, in one word. ``docs/errors.md`` has a section for each."""


class Explained:
    """What ``docs/errors.md`` explains: an error, or how a document ended. Its ``code`` names the section."""

    __slots__ = ()

    @property
    def page(self) -> str:
        """That section, as a link from the folder ``docs`` of the project's sources: ``errors.md#limit``.

        It is no address: whoever shows it puts the place of the pages before it.
        """
        coded: Any = self
        return f"errors.md#{coded.code}"


class ParseError(Explained, ValueError):
    """The document is not JSON text as RFC 8259 defines it, or it passes a limit.

    Attributes:
        code: what is wrong, in one word that does not change.
        msg: what is wrong, without the position.
        pos: offset of the offending character in code points from the start of the document, after a byte order mark.
        byte_pos: the same in bytes where the parser was fed bytes, else None.
        lineno, colno: line and column of that character, from 1. Lines end at a line feed.
        path: keys and indexes from the root to the place of the error.
        events: what the failing call completed before the error.
    """

    code: ErrorCode = "syntax"

    def __init__(
        self,
        msg: str,
        pos: int,
        lineno: int = 1,
        colno: int = 1,
        path: Path = (),
        events: tuple[Event, ...] = (),
        byte_pos: int | None = None,
        code: ErrorCode | None = None,
    ) -> None:
        super().__init__(msg, pos, lineno, colno, path, events, byte_pos)
        self.msg = msg
        self.pos = pos
        self.lineno = lineno
        self.colno = colno
        self.path = path
        self.events = events
        self.byte_pos = byte_pos
        if code is not None:
            self.code = code

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
            self.code,
        )


class IncompleteError(ParseError):
    """The document ended before its root value closed; ``path`` is the place that was open."""

    code: ErrorCode = "incomplete"


class InvalidError(ParseError):
    """A value does not fit its target, and the parser was made with ``on_invalid="raise"``.

    Attributes:
        pos: where the value begins; for a container that has closed, where it closes; for a value that can no longer
            become valid, the character that shows it.
        error: the validator's own error; None if the value has not closed.
    """

    code: ErrorCode = "invalid"

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
        return kind, (*arguments[:-1], self.error)


def code_of(error: BaseException) -> str:
    """The code of any error that can end a document.

    "invalid" is that of a validation error of pydantic or jsonschema, "raised" that of whatever else a validator, or
    the caller's own code, has raised.
    """
    if isinstance(error, Explained):
        code: str = getattr(error, "code", "raised")
        return code
    # Neither package may be imported here.
    is_verdict = isinstance(error, ValueError) and hasattr(error, "errors")
    return "invalid" if is_verdict or hasattr(error, "json_path") else "raised"


def json_path(path: Sequence[str | int]) -> str:
    """A path in the notation of RFC 9535, for messages: ``$.lines[0].sku``, ``$["a name"]``."""
    steps = [f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{json.dumps(key)}]" for key in path]
    return "$" + "".join(steps)


def path_of(given: object) -> Path:
    """A path that a caller gave, as a tuple.

    Raises:
        TypeError: it is no list or tuple, or has something else in it than keys (str) and indexes (int).
    """
    if not isinstance(given, (list, tuple)):
        hint = ""
        if isinstance(given, (str, bytes)) or type(given) is int:
            hint = f": write ({given!r},)"
        elif given is None:
            hint = ": write () for the root"
        raise TypeError(f"a path is a tuple of keys and indexes, not {type(given).__name__}{hint}")
    for key in given:
        if isinstance(key, bool) or not isinstance(key, (str, int)):
            raise TypeError(f"a path has keys (str) and indexes (int) in it, not {type(key).__name__}: {given!r}")
    return tuple(given)


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
