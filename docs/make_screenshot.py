"""Writes ``docs/demo.svg``: the live view of ``partialjson demo``, caught in the middle of a stream.

It is the program's own picture of a recording, replayed against a clock that is moved by hand, so the same picture
comes out every time. Run it again whenever the view changes: ``python docs/make_screenshot.py``.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rich.console import Console

from partialjson.cli.board import Board
from partialjson.cli.demo import play
from partialjson.cli.recordings import RECORDINGS
from partialjson.cli.view import Picture

RECORDING: Final = "itinerary"
MOMENT: Final = 5.09
WIDTH: Final = 104
HEIGHT: Final = 33
TARGET: Final = Path(__file__).with_name("demo.svg")

# The web fonts of rich's template would be fetched from elsewhere by whoever looks at the picture.
_WEB_FONT: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Camera:
    """A screen that takes one picture, at the first change after a moment."""

    def __init__(self, console: Console, moment: float) -> None:
        self._console = console
        self._moment = moment
        self._board: Board | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Nothing to restore."""

    def show(self, board: Board) -> None:
        self._board = board

    def update(self) -> None:
        if self._board is not None and self._board.elapsed >= self._moment:
            self._console.print(Picture(self._board, HEIGHT))
            self._board = None

    def finish(self) -> None:
        """The picture was taken before."""


def main() -> int:
    recording = next(recording for recording in RECORDINGS if recording.name == RECORDING)
    console = Console(record=True, file=io.StringIO(), width=WIDTH, height=HEIGHT, force_terminal=True)
    clock = Clock()
    play(recording, Camera(console, MOMENT), clock.wait, clock)
    svg = console.export_svg(title="partialjson demo", unique_id="demo")
    TARGET.write_text(_WEB_FONT.sub("", svg), encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
