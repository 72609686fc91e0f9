"""A run's frames, on their way to one viewer: as server-sent events, or over a WebSocket.

Both wait until a frame is on its way before they ask for the next. While a viewer is slow, what it has not been sent
merges in the broadcast, so nothing piles up here. A viewer that takes nothing at all for too long is left.

Where a viewer has got to, it says itself: ``Last-Event-ID`` or ``?since=`` for events, the first message over a
WebSocket. Whatever it says, it gets the deltas since then or the whole.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, aclosing, suppress
from typing import Any, Final

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from partialjson.broadcast import Broadcast

__all__ = ["EventStream", "over_socket"]

PER_SECOND: Final = 20
"""How many frames a viewer gets in a second, at most."""

_MOST_SAID: Final = 1_000
_FIRST_WORD: Final = 10.0
Watching = Callable[[], AbstractContextManager[None]]


class EventStream:
    """An answer of server-sent events: an ASGI application for one request.

    Args:
        broadcast: what is watched.
        watching: entered while somebody watches.
        sending: how many seconds a viewer may take to receive a frame.
    """

    def __init__(self, broadcast: Broadcast, watching: Watching, sending: float) -> None:
        self._broadcast = broadcast
        self._watching = watching
        self._sending = sending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        since = request.headers.get("last-event-id") or request.query_params.get("since")
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        with self._watching():
            await _until_left(self._send(since, send), _disconnected(receive))

    async def _send(self, since: str | None, send: Send) -> None:
        async def say(body: bytes, more: bool = True) -> None:
            async with asyncio.timeout(self._sending):
                await send({"type": "http.response.body", "body": body, "more_body": more})

        # Too slow, or gone.
        with suppress(TimeoutError, OSError):
            async with aclosing(self._broadcast.sse(since, per_second=PER_SECOND)) as events:
                async for event in events:
                    await say(event)
            await say(b"", more=False)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def over_socket(socket: WebSocket, broadcast: Broadcast, watching: Watching, sending: float) -> None:
    """Serves one viewer over a WebSocket that is accepted already, to the end of the run or until it leaves."""
    try:
        async with asyncio.timeout(_FIRST_WORD):
            since = _since(await socket.receive())
    except (TimeoutError, ValueError):
        await socket.close(1008, 'expected {"since": "<run>:<seq>"} or {"since": null}')
        return
    except WebSocketDisconnect:
        return

    async def say() -> None:
        with suppress(TimeoutError, OSError, RuntimeError, WebSocketDisconnect):
            async with aclosing(broadcast.watch(since, per_second=PER_SECOND)) as frames:
                async for frame in frames:
                    async with asyncio.timeout(sending):
                        await socket.send_text(frame.text)
            await socket.close(1000)

    with watching():
        await _until_left(say(), _left(socket))


def _since(message: Message) -> str | None:
    """Where the viewer has got to, from the first thing that it says."""
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    text = message.get("text") or ""
    try:
        said = json.loads(text) if len(text) <= _MOST_SAID else None
    except RecursionError:
        said = None
    if not isinstance(said, dict):
        raise ValueError("not an object")
    since = said.get("since")
    return since if isinstance(since, str) else None


async def _left(socket: WebSocket) -> None:
    """Returns when the viewer leaves. What it says otherwise means nothing."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _until_left(sending: Any, leaving: Any) -> None:
    """Runs ``sending`` to its end, or until ``leaving`` returns."""
    tasks = [asyncio.ensure_future(sending), asyncio.ensure_future(leaving)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
