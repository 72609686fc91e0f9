"""JSON that is written while it is read.

A ``Writer`` follows a document by its deltas. Each adds a value, or a piece of a string, behind what has been written,
since a document only grows. So each is written at once, and nothing that was written is ever changed. A key that comes
twice is written twice, as in the source; readers take the last one.

Brackets and quotes are closed as soon as the document says that their value is complete. At the end of the document all
is closed. What ends otherwise stays open, so that nobody takes half a document for a whole one.

Numbers keep the digits of the source, which a double may not hold: the document is read with ``Digits`` for numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from partialjson._jsontext import json_text
from partialjson._pointers import unescaped

__all__ = ["Digits", "Followed", "Layout", "Writer", "scalar_text"]

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Digits:
    """A number, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How JSON is laid out: with so many blanks for each level, or everything in one line."""

    indent: int | None = 2

    def line(self, depth: int) -> str:
        """What stands before a member, an element or a closing bracket."""
        return "" if self.indent is None else "\n" + " " * (self.indent * depth)

    @property
    def colon(self) -> str:
        return ":" if self.indent is None else ": "


class Followed(Protocol):
    """A document that grows: a ``Parser`` without a target."""

    def deltas(self) -> list[dict[str, Any]]: ...

    def status(self, path: Path, /) -> str: ...


@dataclass(slots=True)
class _Frame:
    """A container that is open: its closing bracket, and the last key or index in it."""

    closes: str
    key: str | int = -1
    is_empty: bool = True


class Writer:
    """Writes documents.

    Args:
        write: takes each piece of text.
        quoted: makes a JSON string of a text, with its quotes.
        layout: see there.
        many: whether the documents are the elements of one array.
    """

    def __init__(
        self, write: Callable[[str], object], quoted: Callable[[str], str], layout: Layout, many: bool = False
    ) -> None:
        self._write = write
        self._quoted = quoted
        self._layout = layout
        self._frames: list[_Frame] = []
        self._in_string = False
        self._base: Final = int(many)
        self.count = 0  # documents that have begun
        self.pieces: list[str] = []

    def follow(self, document: Followed) -> None:
        """Write what has become visible in the document."""
        found = document.deltas()
        for delta in found:
            path: str = delta["path"]
            if delta["op"] == "append":
                self.pieces.append(self._quoted(delta["value"])[1:-1])
            else:
                self._add(path.count("/"), path[path.rfind("/") + 1 :], delta["value"])
        if found or self._frames:
            self._close_complete(document)
        self.flush()

    def whole(self, value: object) -> None:
        """Write a whole document."""
        self._add(0, "", value)
        self.end()

    def end(self) -> None:
        """The document is complete."""
        self._close_to(self._base)
        if not self._base:
            self.pieces.append("\n")
        self.flush()

    def end_all(self) -> None:
        """No more documents come."""
        if self._base and self._frames:
            self._close_to(0)
            self.pieces.append("\n")
            self.flush()

    def flush(self) -> None:
        if self.pieces:
            self._write("".join(self.pieces))
            self.pieces.clear()

    def _add(self, depth: int, key: str, value: object) -> None:
        """A value at this depth, with everything in it; the last value at each level stays open."""
        if depth == 0:
            self.count += 1
            if self._base and not self._frames:
                self.pieces.append("[")
                self._frames.append(_Frame("]"))
        depth += self._base
        self._put(depth, unescaped(key), value)
        levels = [_children(value)]
        while levels:
            child = next(levels[-1], None)
            if child is None:
                levels.pop()
                continue
            self._put(depth + len(levels), *child)
            levels.append(_children(child[1]))

    def _put(self, depth: int, key: str, value: object) -> None:
        self._close_to(depth)
        pieces = self.pieces
        if depth:
            frame = self._frames[-1]
            pieces.append(("" if frame.is_empty else ",") + self._layout.line(depth))
            frame.is_empty = False
            if frame.closes == "}":
                frame.key = key
                pieces.append(self._quoted(key) + self._layout.colon)
            else:
                assert isinstance(frame.key, int)
                frame.key += 1
        if isinstance(value, dict | list):
            is_object = isinstance(value, dict)
            pieces.append("{" if is_object else "[")
            self._frames.append(_Frame("}" if is_object else "]"))
        elif isinstance(value, str):
            pieces.append(self._quoted(value)[:-1])
            self._in_string = True
        else:
            pieces.append(scalar_text(value))

    def _close_to(self, depth: int) -> None:
        if self._in_string:
            self._in_string = False
            self.pieces.append('"')
        while len(self._frames) > depth:
            self._close()

    def _close(self) -> None:
        frame = self._frames.pop()
        self.pieces.append(frame.closes if frame.is_empty else self._layout.line(len(self._frames)) + frame.closes)

    def _close_complete(self, document: Followed) -> None:
        """Close what is complete in the document, from the inside out."""
        while self._in_string or len(self._frames) > self._base:
            inside = self._frames if self._in_string else self._frames[:-1]
            if document.status(tuple([frame.key for frame in inside[self._base :]])) != "complete":
                return
            if self._in_string:
                self._close_to(len(self._frames))
            else:
                self._close()


def scalar_text(value: object) -> str:
    """A number, a literal or null as JSON, which has no NaN."""
    if isinstance(value, Digits):
        return value.text
    return "null" if value != value else json_text(value)


def _children(value: object) -> Iterator[tuple[str, object]]:
    found: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        found = value.items()
    elif isinstance(value, list):
        found = [("", each) for each in value]
    return iter(found)
