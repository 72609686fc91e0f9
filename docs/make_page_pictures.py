"""Writes the pictures of ``partialjson serve``: ``docs/page-*.webp``, of which ``page.webp`` moves.

They show the real page in a headless Chromium, served by the real server. Only time is made by hand: events of a
recording come when the picture is at their moment, and the clocks of the server and of the page show that moment, so
the same pictures come out every time. Run it again whenever the page changes: ``python docs/make_page_pictures.py``.
It needs the extra ``dev`` and a Chromium (``PARTIALJSON_CHROMIUM`` names another one than the one on the path).
"""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image

HERE: Final = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests")]

from partialjson.web.answers import Answer
from partialjson.web.app import Settings, make_app
from partialjson.web.questions import question_named
from partialjson.web.run import Asked, Run
from partialjson.web.tools import TOOLS
from support.chromium import open_chromium
from support.serving import Served

FRAMES_A_SECOND: Final = 8
# The last picture stays, so that it can be read.
HOLD_MS: Final = 3_000
MOST_BYTES: Final = 1_000_000


class Clock:
    """The time of the pictures, in seconds from the beginning of an answer."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Studio:
    """A browser, and a server whose answers come by ``clock``."""

    def __init__(self, browser: Any, server: Served, clock: Clock) -> None:
        self._browser = browser
        self._server = server
        self._clock = clock

    def _begin(self, name: str) -> Run:
        """The answer of a recording, of which nothing has come yet."""
        question = question_named(name)
        assert question is not None
        recording = question.recording

        async def replay() -> AsyncIterator[bytes]:
            due = 0.0
            for pause, event in recording.events():
                due += pause
                while self._clock() < due:
                    await asyncio.sleep(0.002)
                yield event

        answer = Answer(recording.provider, "recorded", "recorded response", replay)
        asked = Asked(question.prompt, answer, question.output, question.tools, TOOLS)

        async def begin() -> Run:
            run: Run = self._server.app.state.desk.begin(asked)
            return run

        self._clock.now = 0.0
        return self._server.run(begin())

    def still(self, name: str, moment: float, file: str, **look: Any) -> None:
        """One picture of a recording at a moment."""
        with self._page(name, **look) as (page, run):
            for number in range(int(moment * FRAMES_A_SECOND) + 1):
                self._move(page, run, number / FRAMES_A_SECOND)
            save(file, [shot(page)])

    def moving(self, name: str, file: str, **look: Any) -> None:
        """A recording from its beginning to its end."""
        question = question_named(name)
        assert question is not None
        seconds = sum(pause for pause, _ in question.recording.events())
        pictures = []
        with self._page(name, **look) as (page, run):
            for number in range(int(seconds * FRAMES_A_SECOND) + 2):
                self._move(page, run, number / FRAMES_A_SECOND)
                pictures.append(shot(page))
        save(file, pictures)

    @contextmanager
    def _page(self, name: str, *, size: tuple[int, int], dark: bool, scale: float) -> Iterator[tuple[Any, Run]]:
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            device_scale_factor=scale,
        )
        page = context.new_page()
        # Its clock stands until it is moved, and so do the times that it shows.
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        run = self._begin(name)
        page.goto(f"{self._server.url}/#run={run.name}")
        page.wait_for_selector(".turn .from code:not(:empty)")
        yield page, run
        context.close()
        self._server.run(_stop(run))

    def _move(self, page: Any, run: Run, moment: float) -> None:
        """Waits until the page shows all that has come by the moment."""
        page.clock.run_for(round((moment - self._clock.now) * 1000))
        self._clock.now = moment
        last: Any = None
        still = 0
        until = time.monotonic() + 20
        while still < 3:
            assert time.monotonic() < until, "the page does not settle"
            now = (run.broadcast.journal.seq, page.evaluate("document.querySelector('.figures').textContent"))
            still = still + 1 if now == last else 0
            last = now
            time.sleep(0.06)


async def _stop(run: Run) -> None:
    run.stop()
    while not run.over:
        await asyncio.sleep(0.01)


def shot(page: Any) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")


def save(file: str, pictures: list[Image.Image]) -> None:
    target = HERE / file
    first, *others = pictures
    if others:
        times = [1000 // FRAMES_A_SECOND] * len(others) + [HOLD_MS]
        # Without loss: small text suffers most.
        options: dict[str, Any] = {"lossless": True, "method": 4, "minimize_size": True}
        first.save(target, save_all=True, append_images=others, duration=times, loop=0, **options)
    else:
        first.save(target, quality=88, method=6)
    size = target.stat().st_size
    print(f"{file}: {size:,} bytes")
    assert size < MOST_BYTES, f"{file} is larger than {MOST_BYTES:,} bytes"


def main() -> int:
    clock = Clock()
    desk = {"size": (1180, 800), "scale": 2}
    with open_chromium() as browser, Served(make_app(Settings(clock=clock))) as server:
        studio = Studio(browser, server, clock)
        studio.still("itinerary", 5.6, "page-light.webp", dark=False, **desk)
        studio.still("tool-calls", 2.75, "page-dark.webp", dark=True, **desk)
        studio.still("cut-off", 6.0, "page-narrow.webp", dark=False, size=(400, 860), scale=2)
        studio.moving("itinerary", "page.webp", dark=False, size=(980, 660), scale=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
