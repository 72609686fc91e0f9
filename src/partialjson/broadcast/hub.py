"""``Broadcast``: one stream, any number of viewers.

A viewer is a number: the state that it has. There is no queue for each. Whoever is ready for more asks the journal what
leads from its number to the state now; so one that is slow gets fewer and larger frames, one that comes late or back
gets a snapshot or what it missed, and one that leaves leaves nothing behind. Memory is that of the journal.

All of it belongs to one event loop. From another thread, publish by ``loop.call_soon_threadsafe(broadcast.publish,
deltas)``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Any

from partialjson.broadcast.frames import END, Frame
from partialjson.broadcast.journal import Journal
from partialjson.broadcast.throttle import PER_SECOND, interval_of
from partialjson.broadcast.waiting import set_within
from partialjson.patch import Delta

__all__ = ["Broadcast"]

_ALIVE = b":\n\n"


class Broadcast:
    """Brings the state of one stream to its viewers.

        broadcast = Broadcast()
        broadcast.publish(deltas)                           # as often as something changes
        broadcast.close()                                   # nothing more comes

        async for frame in broadcast.watch(since):          # one for each viewer
            await websocket.send_text(frame.text)

    Args:
        limit, run: as for ``Journal``.

    Attributes:
        journal: the state, and what led to it.
    """

    def __init__(self, *, limit: int | None = None, run: str | None = None) -> None:
        self.journal = Journal(run=run) if limit is None else Journal(limit=limit, run=run)
        self._viewers = 0
        self._news = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def state(self) -> Any:
        """The state now; see ``Journal.state``."""
        return self.journal.state

    @property
    def viewers(self) -> int:
        """How many are watching."""
        return self._viewers

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def publish(self, deltas: Iterable[Delta]) -> Frame | None:
        """Bring these deltas to all viewers. Returns their frame; None if there were none.

        Raises:
            RuntimeError: it is closed.
            ValueError: as ``Journal.write``.
        """
        if self.closed:
            raise RuntimeError("publish() after close(): begin another broadcast for another stream")
        try:
            return self.journal.write(deltas)
        finally:
            self._wake()

    def close(self) -> None:
        """Nothing more comes: viewers get what they lack, and then their iteration ends. Closing again does nothing."""
        self._closed.set()
        self._wake()

    async def watch(
        self, since: int | str | None = None, per_second: float | None = PER_SECOND
    ) -> AsyncGenerator[Frame, None]:
        """The frames for one viewer, until the broadcast is closed.

        Args:
            since: the id or number of the state that the viewer has, from wherever: if it is not known, the first frame
                is a snapshot.
            per_second: how many frames there are at most; None for no limit. The first comes at once, and the last as
                soon as the broadcast is closed.
        """
        async with aclosing(self._watch(since, per_second, None)) as frames:
            async for frame in frames:
                if frame is not None:
                    yield frame

    async def sse(
        self, since: int | str | None = None, per_second: float | None = PER_SECOND, *, alive: float | None = 15.0
    ) -> AsyncGenerator[bytes, None]:
        """The body of a ``text/event-stream`` for one viewer: frames as events with ids, and an event ``end`` when the
        broadcast is closed.

        Args:
            since: the header ``Last-Event-ID`` of the request; ``connect.js`` says the same in the query, as ``since``.
            per_second: as for ``watch``.
            alive: after so many seconds without a frame an empty comment is sent, so that nobody on the way takes the
                connection for dead; None for never.
        """
        if alive is not None:
            interval_of(alive)
        async with aclosing(self._watch(since, per_second, alive)) as frames:
            async for frame in frames:
                yield _ALIVE if frame is None else frame.sse
        yield END

    async def _watch(
        self, since: int | str | None, per_second: float | None, alive: float | None
    ) -> AsyncGenerator[Frame | None, None]:
        """The frames, and None after each time of ``alive`` seconds in which there was nothing."""
        interval = 0.0 if per_second is None else interval_of(per_second)
        clock = asyncio.get_running_loop().time
        seen = since
        self._viewers += 1
        try:
            while True:
                frame = self.journal.since(seen)
                if frame:
                    seen = frame.seq
                    due = clock() + interval
                    yield frame
                    if interval and not self.closed:
                        await set_within(self._closed, due - clock())
                elif self.closed:
                    return
                elif not await set_within(self._news, alive):
                    yield None
        finally:
            self._viewers -= 1

    def _wake(self) -> None:
        """Let all who wait look again."""
        self._news.set()
        self._news = asyncio.Event()
