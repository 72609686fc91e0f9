"""Writes the pictures of the docs, from the real programs: ``python docs/make_screenshot.py``.

- ``demo.svg``: the live view of ``partialjson demo``, caught in the middle of a stream; ``demo-moving.svg``:
  from its beginning to its end.
- ``terminal.svg``: what ``partialjson.render.terminal`` draws of the same document.
- ``element.png``, ``element-narrow.png``: the element ``<partial-json>``, light, dark and narrow.

All but the SVGs are taken in the Chromium that is installed; without one, or without playwright, they stay as they are.

A recording is replayed against a clock that is moved by hand, so the same picture comes out every time. Run it again
whenever a view changes.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))

from docs.film import moving

from partialjson.broadcast import DocumentState
from partialjson.cli.board import Board
from partialjson.cli.demo import play
from partialjson.cli.recordings import RECORDINGS, Recording
from partialjson.cli.view import Picture
from partialjson.messages import DocumentProgress, MessageParser
from partialjson.render.form import form
from partialjson.render.terminal import Outline

RECORDING: Final = next(recording for recording in RECORDINGS if recording.name == "itinerary")
MOMENT: Final = 5.09
LATER: Final = 5.6
WIDTH: Final = 104
HEIGHT: Final = 33
FOLDER: Final = Path(__file__).parent
FRAMES_A_SECOND: Final = 6
# The last picture stays, so that it can be read.
HOLD: Final = 3.0

# The web fonts of rich's template would be fetched from elsewhere by whoever looks at the picture.
_WEB_FONT: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)

_PAGE: Final = """<!doctype html>
<meta charset="utf-8">
<style>
  body { margin: 0; display: flex; align-items: stretch; font: 15px/1.5 system-ui, sans-serif; }
  main { flex: 1; min-width: 0; padding: 28px 32px 20px; }
  main.light { color-scheme: light; background: #fff; }
  main.dark { color-scheme: dark; background: #111418; }
</style>
<script type="module">
  import "/element.js";
  const [form, state] = JSON.parse(document.querySelector("#drawn").textContent);
  for (const view of document.querySelectorAll("partial-json")) Object.assign(view, { form, state });
</script>
<script id="drawn" type="application/json">DRAWN</script>
"""
_VIEW: Final = '<main class="{0}"><partial-json></partial-json></main>'


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Screen:
    """A screen that is looked at by others; there is nothing to restore."""

    def __init__(self) -> None:
        self._board: Board | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Nothing to restore."""

    def show(self, board: Board) -> None:
        self._board = board


class Camera(Screen):
    """Takes one picture, at the first change after a moment."""

    def __init__(self, console: Console, moment: float) -> None:
        super().__init__()
        self._console = console
        self._moment = moment

    def update(self) -> None:
        if self._board is not None and self._board.elapsed >= self._moment:
            self._console.print(Picture(self._board, HEIGHT))
            self._board = None

    def finish(self) -> None:
        """The picture was taken before."""


class Film(Screen):
    """Takes a picture every so often."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.frames: list[str] = []
        self._title = title
        self._due = 0.0

    def update(self) -> None:
        while self._board is not None and self._board.elapsed >= self._due:
            self._take(self._board)
            self._due += 1 / FRAMES_A_SECOND

    def finish(self) -> None:
        if self._board is not None:
            self._take(self._board)

    def _take(self, board: Board) -> None:
        console = _console(WIDTH, HEIGHT)
        console.print(Picture(board, HEIGHT))
        self.frames.append(_svg("film", console, self._title))


def state_at(recording: Recording, moment: float) -> dict[str, Any]:
    """The state of the recording's output at a moment."""
    message = MessageParser(recording.provider, output=recording.output)
    state = DocumentState(message.output)
    state.changes()
    now = 0.0
    for pause, event in recording.events():
        now += pause
        if now > moment:
            break
        for update in message.feed_bytes(event):
            if isinstance(update, DocumentProgress):
                state.changes(update.events)
    return state.state


def demo() -> None:
    console = _console(WIDTH, HEIGHT)
    clock = Clock()
    play(RECORDING, Camera(console, MOMENT), clock.wait, clock)
    _write_svg("demo", console, "partialjson demo")


def moving_demo() -> None:
    film = Film("partialjson demo")
    clock = Clock()
    play(RECORDING, film, clock.wait, clock)
    seconds = [1 / FRAMES_A_SECOND] * (len(film.frames) - 1) + [HOLD]
    _write("demo-moving", moving(film.frames, seconds))


def terminal() -> None:
    console = _console(84, 24)
    console.print(Outline(state_at(RECORDING, MOMENT), form(RECORDING.output), height=24))
    _write_svg("terminal", console, "partialjson.render.terminal")


def element(browser: Any) -> None:
    drawn = json.dumps([form(RECORDING.output), state_at(RECORDING, LATER)]).replace("<", "\\u003c")
    page = _PAGE.replace("DRAWN", drawn)
    for name, width, themes in (("element", 1240, ("light", "dark")), ("element-narrow", 360, ("light",))):
        _photograph(browser, name, width, page + "".join(map(_VIEW.format, themes)))


def _photograph(browser: Any, name: str, width: int, html: str) -> None:
    modules = Path(str(files("partialjson"))) / "browser"

    def answer(route: Any) -> None:
        file = modules / route.request.url.rpartition("/")[2]
        if file == modules or not file.suffix:
            route.fulfill(body=html, content_type="text/html")
        else:
            route.fulfill(path=file, content_type="text/javascript")

    page = browser.new_page(viewport={"width": width, "height": 300}, device_scale_factor=1.5, reduced_motion="reduce")
    page.route("**/*", answer)
    page.goto("http://partialjson.test/")
    page.wait_for_function("document.querySelector('partial-json').shadowRoot?.querySelector('td')")
    target = FOLDER / f"{name}.png"
    page.screenshot(path=target, full_page=True)
    print(f"{target.name}: {target.stat().st_size:,} bytes")


def _console(width: int, height: int) -> Console:
    return Console(record=True, file=io.StringIO(), width=width, height=height, force_terminal=True)


def _svg(name: str, console: Console, title: str) -> str:
    return _WEB_FONT.sub("", console.export_svg(title=title, unique_id=name))


def _write_svg(name: str, console: Console, title: str) -> None:
    _write(name, _svg(name, console, title))


def _write(name: str, svg: str) -> None:
    target = FOLDER / f"{name}.svg"
    target.write_text(svg, encoding="utf-8")
    print(f"{target.name}: {target.stat().st_size:,} bytes")


def main() -> int:
    demo()
    moving_demo()
    terminal()
    executable = os.environ.get("PARTIALJSON_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if find_spec("playwright") is None or executable is None:
        print("no playwright, or no Chromium: the other pictures are left as they are")
        return 0
    sync_playwright: Any = import_module("playwright.sync_api").sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        element(browser)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
