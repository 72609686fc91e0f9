"""What a viewer is sent, and what it costs: ``python benchmarks/wire.py``.

Each recording of the demo, and an answer of 20 KB of text, is played at its recorded times, without waiting. A viewer
that draws the response's state can be sent the whole state each time, as most programs do, or JSON Patch (RFC 6902), or
deltas; each time something comes, or at most twenty times a second. All of them come in the same frames, whose bytes
are counted as UTF-8. All ways say the same: at the end of each, the state is compared.

The processor's time is measured by the same stream with few and with many viewers: what one more viewer costs for each
frame, in parts of what it costs to write the last state as JSON once.

Written is the table in ``docs/user-interfaces.md``, between its two comments.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from benchmarks.pages import into_page
from partialjson import MISSING
from partialjson.broadcast import Broadcast, Frame, Journal, ResponseState, Throttle
from partialjson.cli.recordings import RECORDINGS
from partialjson.messages import MessageParser
from partialjson.patch import apply_deltas, to_json_patch

PER_SECOND = 20
PAGE = ROOT / "docs" / "user-interfaces.md"
BEGIN = "<!-- wire: written by benchmarks/wire.py -->"
END = "<!-- end of wire -->"

TEXT = 20_000
TOKEN = 4
PAUSE = 0.02
"""The text of 20 KB, and how it comes: characters at a time, seconds between them."""

Deltas = list[dict[str, Any]]
Timed = list[tuple[float, Deltas]]
"""Lists of deltas, each with the time at which it comes."""


@dataclass
class Sent:
    """What a viewer is sent in one way."""

    frames: int = 0
    size: int = 0

    def add(self, text: str) -> None:
        self.frames += 1
        self.size += len(text.encode())


@dataclass
class Row:
    name: str
    state: Any
    ways: dict[str, Sent] = field(default_factory=dict)


def recorded() -> Iterator[tuple[str, Timed]]:
    """The deltas of the states of all responses, as they come."""
    for recording in RECORDINGS:
        message = MessageParser(recording.provider, output=recording.output, tools=recording.tools)
        yield recording.name, played(message, recording.events())
    words = "".join(f"word {number} of a long answer, " for number in range(TEXT // 20))[:TEXT]
    chunks = [words[at : at + TOKEN] for at in range(0, TEXT, TOKEN)]
    events = [json.dumps({"choices": [{"index": 0, "delta": {"content": chunk}}]}) for chunk in chunks]
    stop = json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    body = [(PAUSE, f"data: {event}\n\n".encode()) for event in [*events, stop, "[DONE]"]]
    yield "20 KB of text", played(MessageParser("openai-chat"), body)


def played(message: MessageParser, events: Iterable[tuple[float, bytes]]) -> Timed:
    state = ResponseState(message)
    now = 0.0
    found: Timed = []
    for pause, event in events:
        now += pause
        deltas = state.changes(message.feed_bytes(event))
        if deltas:
            found.append((now, deltas))
    found.append((now, state.changes(message.end().updates)))
    return [(at, deltas) for at, deltas in found if deltas]


def throttled(timed: Timed, per_second: float = PER_SECOND) -> Timed:
    """The same for a viewer that takes at most so many updates a second: what waits comes when its time is over."""
    now = 0.0
    throttle = Throttle(per_second, lambda: now)
    found: Timed = []
    for at, deltas in timed:
        wait = throttle.wait
        if wait is not None and now + wait < at:
            now += wait
            found.append((now, throttle.flush()))
        now = at
        found.append((now, throttle.offer(deltas)))
    found.append((now, throttle.flush()))
    return [(at, deltas) for at, deltas in found if deltas]


def measured(name: str, timed: Timed) -> Row:
    """All ways to say it."""
    row = Row(name, MISSING)
    for ending, updates in (("", timed), (", throttled", throttled(timed))):
        deltas, patches, snapshots = Sent(), Sent(), Sent()
        state: Any = MISSING
        journal = Journal(run="run")
        for _, update in updates:
            frame = journal.write(update)
            assert frame is not None
            deltas.add(frame.text)
            patches.add(Frame("run", frame.seq, frame.after, to_json_patch(update, state)).text)
            state = apply_deltas(state, update)
            snapshots.add(Frame("run", frame.seq, None, [{"op": "replace", "path": "", "value": state}]).text)
        assert state == journal.state
        assert row.state in (MISSING, state)
        row.state = state
        row.ways |= {f"deltas{ending}": deltas, f"patches{ending}": patches, f"snapshots{ending}": snapshots}
    return row


# The processor's time.


def seconds_of(work: Callable[[], object], rounds: int) -> float:
    """The least time that a call takes."""
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def watched(timed: Timed, viewers: int) -> int:
    """Broadcasts the stream to so many viewers, who take each frame as the bytes of an event; how many they got."""

    async def main() -> int:
        broadcast = Broadcast()

        async def watch() -> int:
            frames = 0
            async for frame in broadcast.watch(None, None):
                frames += bool(frame.sse)
            return frames

        tasks = [asyncio.create_task(watch()) for _ in range(viewers)]
        await asyncio.sleep(0)
        for _, deltas in timed:
            broadcast.publish(deltas)
            # All get this frame before the next comes.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        broadcast.close()
        return sum(await asyncio.gather(*tasks))

    return asyncio.run(main())


def cost_of_a_viewer(timed: Timed, state: Any, few: int, many: int, rounds: int) -> float:
    """What one more viewer costs for each frame, in parts of one writing of the last state."""
    frames = watched(timed, many) / many
    more = seconds_of(lambda: watched(timed, many), rounds) - seconds_of(lambda: watched(timed, few), rounds)
    dump = seconds_of(lambda: [Frame("run", 1, None, [{"value": state}]).text for _ in range(50)], rounds) / 50
    return max(0.0, more) / (many - few) / frames / dump


# Writing.


def kilobytes(size: int) -> str:
    return f"{size / 1000:,.1f}".replace(",", " ") if size < 100_000 else f"{size / 1000:,.0f}".replace(",", " ")


def table(rows: Sequence[Row], costs: Sequence[float] = ()) -> list[str]:
    ways = ("deltas", "deltas, throttled", "patches", "patches, throttled", "snapshots", "snapshots, throttled")
    heads = ["deltas", f"{PER_SECOND}/s", "JSON Patch", f"{PER_SECOND}/s", "snapshots", f"{PER_SECOND}/s"]
    lines = [
        "| kB (frames) | " + " | ".join(heads) + " | one more viewer |",
        "|---|" + "---:|" * (len(heads) + 1),
    ]
    for number, row in enumerate(rows):
        cells = [f"{kilobytes(row.ways[way].size)} ({row.ways[way].frames})" for way in ways]
        cost = f"{costs[number]:.2f}" if costs else ""
        lines.append(f"| {row.name} | " + " | ".join(cells) + f" | {cost} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Bytes and time for each viewer of a stream.")
    parser.add_argument("--smoke", action="store_true", help="few viewers, once; nothing is written")
    options = parser.parse_args(arguments)
    few, many, rounds = (1, 3, 1) if options.smoke else (10, 110, 3)
    rows: list[Row] = []
    costs: list[float] = []
    for name, timed in recorded():
        rows.append(measured(name, timed))
        costs.append(cost_of_a_viewer(timed, rows[-1].state, few, many, rounds))
    lines = table(rows, costs)
    print("\n".join(lines))
    if not options.smoke:
        PAGE.write_text(into_page(PAGE.read_text(encoding="utf-8"), BEGIN, END, lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
