"""A run's frames over a real connection: both transports, viewers that are slow, leave, come back or say nonsense."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest

from partialjson.patch import apply_deltas
from partialjson.sse import SSEDecoder
from partialjson.web.answers import Answer
from partialjson.web.app import Settings, make_app
from partialjson.web.desk import Desk, Limits
from partialjson.web.run import Asked, Run
from support.serving import Served

httpx = pytest.importorskip("httpx")
connect = pytest.importorskip("websockets.asyncio.client").connect
ConnectionClosed = pytest.importorskip("websockets.exceptions").ConnectionClosed

LIMITS = Limits(active=3, kept=2, viewers=250, seconds=120, patience=60, sending=30)
PATIENCE = 0.4


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with Served(make_app(Settings(speed=0, limits=LIMITS))) as server:
        yield server


class Tap:
    """An answer that comes when a test lets it: ``put`` text, ``end``."""

    def __init__(self, server: Served) -> None:
        self._server = server
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.closed = False
        desk: Desk = server.app.state.desk

        async def begin() -> Run:
            return desk.begin(Asked("?", Answer("openai-chat", "recorded", "a test", self._open)))

        self.run = server.run(begin())
        self.url = f"{server.url}/api/runs/{self.run.name}"

    async def _open(self) -> AsyncIterator[Any]:
        try:
            while (text := await self._queue.get()) is not None:
                yield {"id": "x", "choices": [{"index": 0, "delta": {"content": text}}]}
            yield {"id": "x", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        finally:
            self.closed = True

    def put(self, *texts: str | None) -> None:
        async def put() -> None:
            for text in texts:
                self._queue.put_nowait(text)

        self._server.run(put())

    def end(self) -> None:
        self.put(None)

    def wait_for(self, what: Any) -> None:
        until = time.monotonic() + 10
        while not what():
            assert time.monotonic() < until
            time.sleep(0.005)


@pytest.fixture
def tap(server: Served) -> Iterator[Tap]:
    tap = Tap(server)
    yield tap

    async def stop() -> None:
        tap.run.stop()
        while not tap.run.over:
            await asyncio.sleep(0.005)

    server.run(stop())


class Viewer:
    """What a viewer over events has seen: frames, its last id, whether the end was told."""

    def __init__(self) -> None:
        self.state: Any = None
        self.frames: list[dict[str, Any]] = []
        self.id = ""
        self.ended = False
        self._decoder = SSEDecoder()

    def take(self, data: bytes) -> None:
        for event in self._decoder.feed(data):
            if event.event == "end":
                self.ended = True
                continue
            frame = json.loads(event.data)
            self.frames.append(frame)
            self.state = apply_deltas(self.state, frame["deltas"])
            self.id = event.id

    def read(self, url: str, until: Any = lambda viewer: False, **options: Any) -> None:
        with httpx.stream("GET", url, timeout=10, **options) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            for data in answer.iter_raw():
                self.take(data)
                if until(self):
                    return


def text_of(state: Any) -> str:
    blocks = state["message"]["blocks"] if state else []
    return blocks[0]["text"] if blocks else ""


def test_events_bring_the_whole_and_then_what_changes(tap: Tap) -> None:
    viewer = Viewer()
    tap.put("Hello")
    viewer.read(f"{tap.url}/events", lambda viewer: text_of(viewer.state) == "Hello")
    assert "after" not in viewer.frames[0]
    tap.put(" you")
    tap.end()
    again = Viewer()
    again.read(f"{tap.url}/events")
    assert again.ended
    assert text_of(again.state) == "Hello you"
    assert again.state["message"]["ending"]["reason"] == "complete"


@pytest.mark.parametrize("way", ["header", "query"])
def test_a_viewer_that_comes_back_gets_what_it_missed(tap: Tap, way: str) -> None:
    viewer = Viewer()
    tap.put("Hello")
    viewer.read(f"{tap.url}/events", lambda viewer: text_of(viewer.state) == "Hello")
    tap.put(" you", None)
    tap.wait_for(lambda: tap.run.over)
    before = len(viewer.frames)
    if way == "header":
        viewer.read(f"{tap.url}/events", headers={"last-event-id": viewer.id})
    else:
        viewer.read(f"{tap.url}/events", params={"since": viewer.id})
    assert viewer.frames[before]["after"] == viewer.frames[before - 1]["seq"]
    assert text_of(viewer.state) == "Hello you"
    assert viewer.state == tap.run.broadcast.state


@pytest.mark.parametrize(
    "since", ["", "x", "x:1", "{run}:999999", "{run}:-1", "{run}:1:1", ":", "é:0", "{run}:" + "9" * 40]
)
def test_a_number_that_means_nothing_gets_the_whole(tap: Tap, since: str) -> None:
    tap.put("Hello", None)
    tap.wait_for(lambda: tap.run.over)
    since = since.replace("{run}", tap.run.broadcast.journal.run)
    viewer = Viewer()
    viewer.read(f"{tap.url}/events", params={"since": since})
    assert len(viewer.frames) == 1
    assert "after" not in viewer.frames[0]
    assert viewer.state == tap.run.broadcast.state


def test_a_viewer_that_has_all_is_told_the_end(tap: Tap) -> None:
    tap.put("Hello", None)
    first, again = Viewer(), Viewer()
    first.read(f"{tap.url}/events")
    again.read(f"{tap.url}/events", headers={"last-event-id": first.id})
    assert again.frames == []
    assert again.ended


async def over_socket(url: str, since: str | None = None) -> tuple[Any, list[Any], int]:
    state: Any = None
    frames: list[Any] = []
    async with connect(url.replace("http", "ws"), max_size=None) as connection:
        with suppress(ConnectionClosed):
            await connection.send(json.dumps({"since": since}))
            async for text in connection:
                frames.append(json.loads(text))
                state = apply_deltas(state, frames[-1]["deltas"])
    return state, frames, connection.close_code


def test_a_socket_brings_the_same_and_closes_when_all_is_told(tap: Tap) -> None:
    tap.put("Hello", " you", None)
    state, frames, code = asyncio.run(over_socket(f"{tap.url}/socket"))
    assert code == 1000
    assert state == tap.run.broadcast.state
    last = f"{tap.run.broadcast.journal.run}:{frames[-1]['seq']}"
    assert asyncio.run(over_socket(f"{tap.url}/socket", last)) == (None, [], 1000)
    assert asyncio.run(over_socket(f"{tap.url}/socket", "nonsense"))[1][0]["deltas"][0]["path"] == ""


@pytest.mark.parametrize(
    "said", ["", b"", b"\xff", "nonsense", "[]", "3", '"x"', "[" * 900, '{"since": "' + "x" * 1000 + '"}']
)
def test_a_socket_that_begins_with_nonsense_is_closed(tap: Tap, said: str | bytes) -> None:
    async def go() -> int:
        async with connect(f"{tap.url}/socket".replace("http", "ws")) as connection:
            await connection.send(said)
            with pytest.raises(ConnectionClosed):
                await connection.recv()
        return connection.close_code or 0

    assert asyncio.run(go()) == 1008


def test_what_a_socket_says_later_means_nothing(tap: Tap) -> None:
    async def go() -> Any:
        state: Any = None
        async with connect(f"{tap.url}/socket".replace("http", "ws")) as connection:
            await connection.send('{"since": null}')
            await connection.send("nonsense")
            await connection.send(b"\x00\xff")
            tap.put("Hello", None)
            async for text in connection:
                state = apply_deltas(state, json.loads(text)["deltas"])
        return state

    assert text_of(asyncio.run(go())) == "Hello"


def test_a_run_that_is_not_there(server: Served) -> None:
    assert httpx.get(f"{server.url}/api/runs/none/events").status_code == 404
    assert httpx.get(f"{server.url}/api/runs/none").status_code == 404
    assert asyncio.run(over_socket(f"{server.url}/api/runs/none/socket"))[2] == 4404


def test_two_hundred_viewers_of_one_run(server: Served, tap: Tap) -> None:
    async def go() -> list[Viewer]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=30, limits=limits) as client:

            async def view(number: int) -> Viewer:
                viewer = Viewer()
                async with client.stream("GET", f"{tap.url}/events") as answer:
                    async for data in answer.aiter_raw():
                        viewer.take(data)
                        if number % 4 == 0 and len(viewer.frames) == 2:
                            break  # it leaves
                return viewer

            viewers = [asyncio.create_task(view(number)) for number in range(200)]
            async with asyncio.timeout(60):
                while tap.run.broadcast.viewers < 200:
                    await asyncio.sleep(0.01)
            for number in range(20):
                await asyncio.to_thread(tap.put, f"{number} ")
            await asyncio.to_thread(tap.end)
            return await asyncio.gather(*viewers)

    viewers = asyncio.run(go())
    final = tap.run.broadcast.state
    assert text_of(final) == "".join(f"{number} " for number in range(20))
    stayed = [viewer for viewer in viewers if viewer.ended]
    assert len(stayed) >= 150
    assert all(viewer.state == final for viewer in stayed)
    tap.wait_for(lambda: tap.run.broadcast.viewers == 0)


def test_a_viewer_that_takes_nothing_is_left_and_holds_up_nobody() -> None:
    """Its connection fills; what it does not take is merged, and after a time it is given up."""
    with (
        Served(make_app(Settings(speed=0, limits=Limits(patience=60, sending=0.5)))) as server,
        socket.socket() as stuck,
    ):
        tap = Tap(server)
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        stuck.connect(("127.0.0.1", server.port))
        path = f"/api/runs/{tap.run.name}/events"
        stuck.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        tap.wait_for(lambda: tap.run.broadcast.viewers == 1)
        for _ in range(12):
            # More than the buffers of both sides hold.
            tap.put("x" * 1_000_000)
        quick = Viewer()
        quick.read(f"{tap.url}/events", lambda viewer: len(text_of(viewer.state)) == 12_000_000)

        def is_left() -> bool:
            # That the last frame was not taken shows when there is another one.
            tap.put("x")
            return tap.run.broadcast.viewers == 0

        tap.wait_for(is_left)
        assert not tap.run.over


# The desk


def test_a_run_that_nobody_watches_is_stopped() -> None:
    with Served(make_app(Settings(limits=Limits(patience=PATIENCE)))) as server:
        tap = Tap(server)
        tap.put("Hello")
        tap.wait_for(lambda: tap.run.over)
        assert tap.closed
        assert tap.run.broadcast.state["stopped"] == {"by": "nobody", "message": "Everybody who watched it had left."}


def test_a_run_goes_on_as_long_as_somebody_watches() -> None:
    async def watched(desk: Desk, run: Run) -> bool:
        with desk.watching(run):
            await asyncio.sleep(2 * PATIENCE)
            return run.over

    with Served(make_app(Settings(limits=Limits(patience=PATIENCE)))) as server:
        tap = Tap(server)
        assert not server.run(watched(server.app.state.desk, tap.run))
        tap.wait_for(lambda: tap.run.over)


def test_runs_are_bounded(server: Served) -> None:
    taps = [Tap(server) for _ in range(LIMITS.active)]
    answer = httpx.post(f"{server.url}/api/runs", json={"prompt": "Review a kettle"})
    assert answer.status_code == 429
    assert "Try again" in answer.json()["error"]
    for tap in taps:
        assert httpx.post(f"{tap.url}/stop", json={}).json() == {"run": tap.run.name}
        tap.wait_for(lambda tap=tap: tap.run.over)
        assert tap.closed
    desk: Desk = server.app.state.desk
    assert [desk.find(tap.run.name) is not None for tap in taps] == [False, True, True]


def test_the_server_ends_its_runs_with_itself() -> None:
    with Served(make_app(Settings(speed=0))) as server:
        tap = Tap(server)
    assert tap.closed
    assert tap.run.broadcast.state["stopped"]["by"] == "server"
