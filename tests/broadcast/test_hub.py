"""One stream, many viewers: each comes to the last state, by states that the stream had, and none holds up another."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from partialjson import MISSING, Parser
from partialjson.broadcast import END, Broadcast, DocumentState
from partialjson.patch import apply_deltas
from support.memory import held_by
from support.virtual_time import run

TEXT = json.dumps({"items": [{"id": number, "name": f"name {number}"} for number in range(60)], "note": "n" * 400})


class Stream:
    """A document that is broadcast piece by piece, and the states that it had."""

    def __init__(self, text: str = TEXT, size: int = 5, **options: Any) -> None:
        self.broadcast = Broadcast(**options)
        self.states: dict[int, Any] = {0: MISSING}
        self._pieces = [text[at : at + size] for at in range(0, len(text), size)]

    async def play(self, pause: float) -> None:
        parser = Parser()
        state = DocumentState(parser)
        for piece in self._pieces:
            self.publish(state.changes(parser.feed(piece)))
            await asyncio.sleep(pause)
        self.publish(state.changes(parser.end().events))
        self.broadcast.close()

    def publish(self, deltas: Any) -> None:
        if self.broadcast.publish(deltas) is not None:
            self.states[self.broadcast.journal.seq] = self.broadcast.state


class Viewer:
    """Folds frames, checks each against what the stream had, and may be slow, late, or leave and come back."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.state: Any = MISSING
        self.seq: int | None = None
        self.frames = 0
        self.snapshots = 0
        self.times: list[float] = []

    async def watch(self, slow: float = 0, leave_after: int | None = None, **options: Any) -> None:
        since = options.pop("since", None if self.seq is None else f"{self.stream.broadcast.journal.run}:{self.seq}")
        frames = self.stream.broadcast.watch(since, **options)
        async for frame in frames:
            self.times.append(asyncio.get_running_loop().time())
            value = json.loads(frame.text)
            if "after" in value:
                assert value["after"] == self.seq
            else:
                assert value["run"] == self.stream.broadcast.journal.run
                self.snapshots += 1
            self.state = apply_deltas(self.state, value["deltas"])
            self.seq = value["seq"]
            assert self.state == self.stream.states[frame.seq]
            self.frames += 1
            if leave_after is not None and self.frames >= leave_after:
                break
            if slow:
                await asyncio.sleep(slow)
        await frames.aclose()


def test_two_hundred_viewers_of_one_stream() -> None:
    async def main() -> None:
        source = random.Random(4)
        stream = Stream()
        name = stream.broadcast.journal.run
        unknown = [-5, 10**9, "other:3", "", f"{name}:9999"]
        viewers = [Viewer(stream) for _ in range(200)]

        async def live(viewer: Viewer, number: int) -> None:
            kind = number % 5
            await asyncio.sleep(source.random() * (kind != 0))
            if kind == 1:
                await viewer.watch(slow=0.7)
            elif kind == 2:
                await viewer.watch(leave_after=3)
                await asyncio.sleep(0.5)
                await viewer.watch(per_second=100)
            elif kind == 3:
                await viewer.watch(since=source.choice(unknown))
            else:
                await viewer.watch()

        tasks = [asyncio.create_task(live(viewer, number)) for number, viewer in enumerate(viewers)]
        await stream.play(0.01)
        await asyncio.gather(*tasks)
        final = stream.states[stream.broadcast.journal.seq]
        assert final["value"] == json.loads(TEXT)
        assert all(viewer.state == final for viewer in viewers)
        # Those who take twenty a second get what happened in between in one frame.
        assert all(viewer.frames < len(stream.states) / 3 for number, viewer in enumerate(viewers) if number % 5 != 2)
        assert all(viewer.snapshots == 1 for viewer in viewers)
        assert stream.broadcast.viewers == 0
        assert len(asyncio.all_tasks()) == 1

    run(main())


def test_no_more_than_so_many_frames_a_second_the_first_and_the_last_at_once() -> None:
    async def main() -> None:
        stream = Stream()
        viewer, every = Viewer(stream), Viewer(stream)
        watching = [asyncio.create_task(viewer.watch(per_second=5)), asyncio.create_task(every.watch(per_second=None))]
        await asyncio.sleep(1)
        await stream.play(0.01)
        ended = asyncio.get_running_loop().time()
        await asyncio.gather(*watching)
        gaps = [later - earlier for earlier, later in zip(viewer.times, viewer.times[1:], strict=False)]
        assert viewer.times[0] == 1
        assert viewer.times[-1] == ended
        assert min(gaps[:-1]) >= 0.2 - 1e-9
        assert every.frames == len(stream.states) - 1

    run(main())


def test_who_comes_late_or_to_a_closed_broadcast_gets_it_all() -> None:
    async def main() -> None:
        stream = Stream()
        await stream.play(0)
        assert stream.broadcast.closed
        viewer = Viewer(stream)
        await viewer.watch()
        assert (viewer.frames, viewer.state) == (1, stream.broadcast.state)
        # Who has it all gets nothing.
        await viewer.watch()
        assert viewer.frames == 1
        stream.broadcast.close()
        with pytest.raises(RuntimeError, match="publish\\(\\) after close\\(\\)"):
            stream.broadcast.publish([])

    run(main())


def test_a_viewer_that_waits_before_anything_has_come() -> None:
    async def main() -> None:
        broadcast = Broadcast()
        frames = broadcast.watch()
        watching = asyncio.ensure_future(anext(frames))
        await asyncio.sleep(5)
        assert broadcast.viewers == 1
        broadcast.publish([{"op": "add", "path": "", "value": 1}])
        frame = await watching
        assert frame.value == {
            "seq": 1,
            "run": broadcast.journal.run,
            "deltas": [{"op": "replace", "path": "", "value": 1}],
        }
        empty = Broadcast()
        empty.close()
        assert [frame async for frame in empty.watch()] == []

    run(main())


def test_a_viewer_that_leaves_or_is_cancelled_leaves_nothing() -> None:
    async def main() -> None:
        broadcast = Broadcast()
        broadcast.publish([{"op": "add", "path": "", "value": 1}])

        async def watch() -> None:
            async for _ in broadcast.watch():
                pass

        tasks = [asyncio.create_task(watch()) for _ in range(3)]
        await asyncio.sleep(1)
        assert broadcast.viewers == 3
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert broadcast.viewers == 0
        async for _ in broadcast.watch():
            break
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert broadcast.viewers == 0
        assert len(asyncio.all_tasks()) == 1

    run(main())


@pytest.mark.parametrize("alive", [None, 0.3])
def test_a_viewer_is_not_lost_where_the_loop_refuses_a_moment_that_has_passed(alive: float | None) -> None:
    """In a browser it does; and what is left to wait may be as little as the time that it takes to ask."""

    async def main() -> None:
        for taken in range(60):
            stream = Stream(TEXT[:400])
            playing = asyncio.ensure_future(stream.play(0.011))
            state: Any = MISSING
            async for part in stream.broadcast.sse(per_second=20, alive=alive):
                if b"data: {" in part:
                    state = apply_deltas(state, json.loads(part.split(b"data: ")[1])["deltas"])
                    # As one draws: time passes, and the loop does not get to run.
                    asyncio.get_running_loop()._virtual.now += taken / 1000  # type: ignore[attr-defined]
            await playing
            assert state == stream.broadcast.state

    run(main(), tick=0.003)


def test_law_7_a_viewer_that_reads_nothing_costs_nothing() -> None:
    """Memory while a hundred viewers have stopped reading, and the stream goes on and on."""

    async def main() -> None:
        broadcast = Broadcast(limit=10_000)
        broadcast.publish([{"op": "add", "path": "", "value": {"n": 0}}])
        stopped = [broadcast.watch() for _ in range(100)]
        for frames in stopped:
            await anext(frames)

        def publish() -> None:
            for number in range(5_000):
                broadcast.publish([{"op": "replace", "path": "/n", "value": number}])

        assert held_by(publish) < 500_000
        # When they go on, one frame brings them to the state now.
        frame = await anext(stopped[0])
        assert apply_deltas({"n": 0}, frame.deltas) == {"n": 4999}
        for frames in stopped:
            await frames.aclose()

    run(main())


def test_the_body_of_an_event_stream() -> None:
    async def main() -> None:
        broadcast = Broadcast(run="r")
        body: list[tuple[float, bytes]] = []

        async def read() -> None:
            async for part in broadcast.sse(alive=10):
                body.append((asyncio.get_running_loop().time(), part))

        reading = asyncio.create_task(read())
        await asyncio.sleep(25)
        broadcast.publish([{"op": "add", "path": "", "value": "é\n"}])
        await asyncio.sleep(12)
        broadcast.close()
        await reading
        snapshot = '{"seq":1,"run":"r","deltas":[{"op":"replace","path":"","value":"é\\n"}]}'
        assert body == [
            (10, b":\n\n"),
            (20, b":\n\n"),
            (25, f"id: r:1\ndata: {snapshot}\n\n".encode()),
            (pytest.approx(35.05), b":\n\n"),
            (37, END),
        ]
        with pytest.raises(ValueError, match="per_second"):
            await anext(broadcast.sse(per_second=0))

    run(main())
