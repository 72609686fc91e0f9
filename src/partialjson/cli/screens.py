"""Where a board is shown: nowhere, line by line, or live.

A screen is told that something changed or that time passed (``update``), and decides itself whether to draw.
The plain one writes a line for each completed field, as it completes, so it can be piped and searched; the live one
(``view``) needs rich and a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from types import TracebackType
from typing import Protocol, Self, TextIO

from partialjson import Coerced, Completed, Repaired, Replaced
from partialjson.cli.board import Board, Entry
from partialjson.cli.exits import Exit
from partialjson.errors import json_path
from partialjson.render.text import ASCII, UNICODE, Symbols, plural, printable, show

__all__ = ["Plain", "Screen", "Silent", "describe", "metrics", "open_screen", "say"]

_INSTALL = 'the live view needs rich: pip install "partialjson-live[demo]"'


class Screen(Protocol):
    """Shows boards, one after the other, while it is active as a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def show(self, board: Board) -> None:
        """From now on, this board is shown."""

    def update(self) -> None:
        """The board changed, or some time passed."""

    def finish(self) -> None:
        """The stream ended; the board says how."""


class Silent:
    """Shows nothing except an ending that is not complete."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._board: Board | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to restore."""

    def show(self, board: Board) -> None:
        self._board = board

    def update(self) -> None:
        """Nothing to draw."""

    def finish(self) -> None:
        ending = self._board.ending if self._board else None
        if ending is not None and ending.code != Exit.COMPLETE:
            say(self._stream, f"partialjson: {ending.line}")


class Plain:
    """Writes a line for each event, and the ending."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._symbols = symbols_for(stream)
        self._board: Board | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to restore."""

    def show(self, board: Board) -> None:
        self._board = board
        board.on_entry = self._write
        say(self._stream, f"# {board.title} ({board.source})")
        if board.story:
            say(self._stream, f"# {board.story}")

    def update(self) -> None:
        """Every event was written when it came."""

    def finish(self) -> None:
        board = self._board
        assert board is not None
        assert board.ending is not None
        say(self._stream, f"{self._symbols.of(board.ending.status)} {board.ending.line}")
        say(self._stream, f"# {', '.join(metrics(board))}")

    def _write(self, entry: Entry) -> None:
        status, where, what = describe(entry)
        sign = ":" if status == "repaired" else " ="
        say(self._stream, f"{self._symbols.of(status)} {where}{sign} {what}")


def describe(entry: Entry, limit: int | None = None) -> tuple[str, str, str]:
    """An event as its status, its place and its value; a string is read only up to ``limit``."""
    event = entry.event
    where = printable(f"{entry.name} {json_path(event.path)}".lstrip())
    if isinstance(event, Completed):
        return "complete", where, show(event.value, limit)
    if isinstance(event, Replaced):
        return "replaced", where, show(event.value, limit)
    if isinstance(event, Repaired):
        return "repaired", where, f"mended, {printable(entry.note)}"
    if isinstance(event, Coerced):
        return "repaired", where, f"fitted, {printable(entry.note)}"
    return "invalid", where, printable(entry.note)


def metrics(board: Board) -> list[str]:
    """Times and counts of a board."""
    found = []
    if board.first_text is not None:
        found.append(f"first token {board.first_text:.2f} s")
    if board.first_field is not None:
        found.append(f"first field {board.first_field:.2f} s")
    found.append(f"{board.elapsed:.1f} s")
    found.append(plural(board.chunks, "chunk"))
    found.append(plural(board.characters, "character"))
    if board.mended:
        found.append(f"{board.mended} mended")
    return found


def symbols_for(stream: TextIO) -> Symbols:
    """The signs that the stream can encode."""
    try:
        "".join(vars(UNICODE).values()).encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def say(stream: TextIO, line: str) -> None:
    """Write a line, whatever it is made of and the stream can encode, and flush it."""
    line = printable(line)
    encoding = stream.encoding or "utf-8"
    stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()


def open_screen(stream: TextIO, clock: Callable[[], float], plain: bool) -> Screen:
    """The live view if the stream is a terminal that can show it and rich is installed, else the plain one."""
    dumb = os.environ.get("TERM") in ("dumb", "unknown") or symbols_for(stream) is ASCII
    if plain or dumb or not stream.isatty():
        return Plain(stream)
    if find_spec("rich") is None:
        say(sys.stderr, f"partialjson: {_INSTALL}")
        return Plain(stream)
    from rich.console import Console

    from partialjson.cli.view import LiveScreen

    return LiveScreen(Console(file=stream), clock)
