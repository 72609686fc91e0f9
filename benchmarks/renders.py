"""How often the components of a React page render while an answer comes: ``python benchmarks/renders.py``.

The page is the example's, ``examples/react``, in headless Chromium. It gets the recorded trip, and a trip of a hundred
stops, each event of the model as one frame: nothing is throttled, so the counts are the same each time. It folds the
deltas and memoises its components; or it does not memoise them; or it makes each state anew, as a page does that is
sent the whole each time.

Written is the table in ``docs/user-interfaces.md``, between its two comments. The page is built by npm first::

    npm --prefix examples/react ci && npm --prefix examples/react run build
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)
sys.path.append(str(ROOT / "examples"))

from benchmarks.pages import into_page
from partialjson.broadcast import Frame, Journal, ResponseState
from partialjson.messages import MessageParser
from recorded import Trip, answer

PAGE = ROOT / "docs" / "user-interfaces.md"
BEGIN = "<!-- renders: written by benchmarks/renders.py -->"
END = "<!-- end of renders -->"
WAYS = {"deltas, memoised": "", "snapshots, memoised": "?snapshots", "not memoised": "?forget"}
"""How the page is used, by the query of its address."""

_ADDRESS = "http://partialjson.test/"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def bodies() -> Iterator[tuple[str, list[bytes]]]:
    """The answers, event by event."""
    yield "4 stops, recorded", list(answer("trip", 0))
    stop = {"place": "A place of this city", "minutes": 30, "note": "What is to be said of it in a sentence or two."}
    trip = {"title": "A long trip", "stops": [stop] * 100, "summary": "It has come to its end, after all."}
    text = json.dumps(trip)
    deltas: list[Any] = [{"content": text[at : at + 5]} for at in range(0, len(text), 5)]
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield "100 stops", [f"data: {json.dumps(event)}\n\n".encode() for event in events]


def frames_of(events: Sequence[bytes]) -> list[bytes]:
    """What a viewer is sent: a snapshot, and a frame for each event that changes something."""
    message = MessageParser("openai-chat", output=Trip)
    state = ResponseState(message)
    journal = Journal(run="run")
    journal.write(state.changes())
    frames: list[Frame | None] = [journal.since(None)]
    for event in events:
        frames.append(journal.write(state.changes(message.feed_bytes(event))))
    frames.append(journal.write(state.changes(message.end().updates)))
    return [frame.sse for frame in frames if frame is not None]


def counted(browser: Any, built: Path, frames: Sequence[bytes], query: str) -> dict[str, int]:
    """How often each component rendered, by its place in the document."""
    modules = Path(str(files("partialjson"))) / "browser"

    def respond(route: Any) -> None:
        path = route.request.url.removeprefix(_ADDRESS).partition("?")[0]
        if path == "answers":
            route.fulfill(json={"id": "run"})
        elif path.endswith("/events"):
            body = b"".join(frames) + b"event: end\ndata:\n\n"
            route.fulfill(body=body, content_type="text/event-stream")
        elif path.startswith("browser/"):
            route.fulfill(path=modules / path.removeprefix("browser/"), content_type="text/javascript")
        elif (built / (path or "index.html")).is_file():
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            route.fulfill(path=built / (path or "index.html"), content_type=kind)
        else:
            route.abort()

    with browser.new_page() as page:
        page.route("**/*", respond)
        page.goto(_ADDRESS + query)
        page.wait_for_selector("#total", timeout=60_000)
        assert page.evaluate("window.applied.length") == len(frames)
        counts: dict[str, int] = page.evaluate("Object.fromEntries(window.counts)")
        return counts


def measured(browser: Any, built: Path) -> list[tuple[str, int, dict[str, int]]]:
    """(answer, number of frames, renders by way) of each answer."""
    rows = []
    for name, events in bodies():
        frames = frames_of(events)
        totals = {way: sum(counted(browser, built, frames, query).values()) for way, query in WAYS.items()}
        rows.append((name, len(frames), totals))
    return rows


def table(rows: Sequence[tuple[str, int, dict[str, int]]]) -> list[str]:
    lines = ["| renders (for each frame) | frames | " + " | ".join(WAYS) + " |", "|---|" + "---:|" * (len(WAYS) + 1)]
    for name, frames, totals in rows:
        cells = [f"{totals[way]:,} ({totals[way] / frames:.1f})" for way in WAYS]
        # As in the other tables, thousands are set apart by a space.
        numbers = " | ".join([f"{frames:,}", *cells]).replace(",", " ")
        lines.append(f"| {name} | {numbers} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="How often the components of a React page render.")
    parser.add_argument("--page", type=Path, default=ROOT / "examples" / "react" / "dist", help="the built page")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser")
    options = parser.parse_args(arguments)
    if not (options.page / "main.js").is_file():
        parser.error(f"there is no page in {options.page}: npm builds it, as the docstring of this file says")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=_ARGUMENTS)
        lines = table(measured(browser, options.page))
        browser.close()
    print("\n".join(lines))
    PAGE.write_text(into_page(PAGE.read_text(encoding="utf-8"), BEGIN, END, lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
