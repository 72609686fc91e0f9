"""A server on this machine that says what a test wants a provider to say, and sees how its clients leave.

`Loopback` runs in a thread of its own, so that synchronous and asynchronous clients are real clients: they connect,
wait for pieces, and lose the connection as they would elsewhere. A `Reply` says what comes and how it ends. Plain HTTP
is spoken here; WebSockets are served by the package `websockets` where it is installed.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from types import TracebackType
from typing import Any, Literal, TypeVar

Cut = Literal["", "end", "reset", "hold"]
PATIENCE = 10.0
T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """What the server says to a request.

    `size`: the body goes out in pieces of so many bytes, 0 for whole, with `delay` seconds before each. `chunked`: in
    chunked encoding; otherwise the connection's end is the body's. `cut` is what happens after the body instead of its
    orderly end: "end" closes the connection, "reset" breaks it, "hold" leaves it open until the client goes. `frames`
    is what a WebSocket sends to each message it gets.
    """

    body: bytes = b""
    frames: Sequence[str | bytes] = ()
    status: int = 200
    kind: str = "text/event-stream"
    size: int = 0
    delay: float = 0
    chunked: bool = True
    cut: Cut = ""

    def pieces(self) -> list[bytes]:
        size = self.size or len(self.body) or 1
        return [self.body[at : at + size] for at in range(0, len(self.body), size)]


def failure(status: int, error: Any) -> Reply:
    """What a provider says instead of a stream."""
    return Reply(json.dumps(error).encode(), status=status, kind="application/json")


@dataclass
class Seen:
    """One request: where it went, what it said, how many pieces or frames it was sent, and whether the client has
    gone away before the server was done."""

    path: str
    body: bytes = b""
    sent: int = 0
    left: threading.Event = field(default_factory=threading.Event)

    def was_left(self) -> bool:
        return self.left.wait(PATIENCE)


class Loopback:
    """`with Loopback() as server`: `server.url`, `server.socket_url`; `server.reply` is what it says from now on, to
    each path that `server.replies` does not name. `server.turns` comes before these: one reply for each request."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply or Reply()
        self.replies: dict[str, Reply] = {}
        self.turns: list[Reply] = []
        self.seen: list[Seen] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None
        self._sockets: Any = None
        self.port = self.socket_port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.socket_port}"

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    def __enter__(self) -> Loopback:
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=2048)
        self.port = self._server.sockets[0].getsockname()[1]
        try:
            module = import_module("websockets.asyncio.server")
        except ImportError:
            return
        self._sockets = await module.serve(self._opened, "127.0.0.1", 0, compression=None, max_size=None)
        self.socket_port = self._sockets.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        if self._sockets is not None:
            self._sockets.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._sockets is not None:
            await self._sockets.wait_closed()

    def _reply(self, path: str) -> Reply:
        return self.turns.pop(0) if self.turns else self.replies.get(path.partition("?")[0], self.reply)

    # HTTP

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._answer(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; whether the connection can take another."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        lengths = [line.partition(":")[2] for line in head if line.lower().startswith("content-length:")]
        seen = Seen(path, await reader.readexactly(int(lengths[0]) if lengths else 0))
        self.seen.append(seen)
        reply = self._reply(path)
        async with _watched(reader, seen) as gone:
            try:
                await _say(reply, writer, seen, gone)
            except ConnectionError:
                seen.left.set()
        return reply.chunked and not reply.cut and not seen.left.is_set()

    # WebSocket

    async def _opened(self, connection: Any) -> None:
        seen = Seen(connection.request.path)
        self.seen.append(seen)
        reply = self._reply(seen.path)
        try:
            async for message in connection:
                seen.body += message.encode() if isinstance(message, str) else message
                for frame in reply.frames:
                    await asyncio.sleep(reply.delay)
                    await connection.send(frame)
                    seen.sent += 1
                if reply.cut == "end":
                    return
                if reply.cut == "reset":
                    await asyncio.sleep(0.02)
                    _reset(connection.transport)
            seen.left.set()
        except import_module("websockets.exceptions").ConnectionClosed:
            seen.left.set()


@asynccontextmanager
async def _watched(reader: asyncio.StreamReader, seen: Seen) -> AsyncIterator[Callable[[], bool]]:
    """While the answer goes out nothing is expected from the client; what comes is the end of the connection."""

    async def watch() -> None:
        with suppress(ConnectionError):
            if await reader.read(1):
                raise AssertionError("a request before the answer to the one before")
        seen.left.set()

    task = asyncio.ensure_future(watch())
    try:
        yield task.done
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _say(reply: Reply, writer: asyncio.StreamWriter, seen: Seen, gone: Callable[[], bool]) -> None:
    coding = "Transfer-Encoding: chunked\r\n" if reply.chunked else "Connection: close\r\n"
    writer.write(f"HTTP/1.1 {reply.status} Said\r\nContent-Type: {reply.kind}\r\n{coding}\r\n".encode())
    for piece in reply.pieces():
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if gone():
            return
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if reply.chunked else piece)
        await writer.drain()
        seen.sent += 1
    if reply.cut == "hold":
        while not gone():
            await asyncio.sleep(0.005)
        return
    if reply.cut == "reset":
        await asyncio.sleep(0.02)  # what was said arrives before the reset does
        _reset(writer.transport)
        return
    if reply.chunked and not reply.cut:
        writer.write(b"0\r\n\r\n")
        await writer.drain()


def _reset(transport: Any) -> None:
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
