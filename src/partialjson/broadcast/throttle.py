"""At most so many updates a second, and nothing lost: deltas that come in between are merged.

The first update is delivered at once. What comes sooner than the interval after the last delivery waits, and is merged
exactly (``patch.Merge``). What waits at the end is delivered, also if the source raises; then the error is raised. So
whoever folds the updates sees some of the states that the source went through, and the last one.

``Throttle`` is told the time by a clock, and never waits. ``throttled`` has nobody to wake it, so there an update waits
for the next one or the end of the source. ``athrottled`` delivers when the interval is over, even if nothing comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable
from contextlib import suppress
from typing import Any, Final

from partialjson.patch import Delta, Merge

__all__ = ["PER_SECOND", "Throttle", "athrottled", "interval_of", "throttled"]

PER_SECOND: Final = 20.0
"""How many updates a second there are at most, if nobody says."""


def interval_of(per_second: float) -> float:
    """The seconds between two updates.

    Raises:
        ValueError: it is no number above 0.
    """
    if isinstance(per_second, bool) or not isinstance(per_second, (int, float)) or not per_second > 0:
        raise ValueError(f"per_second is a number above 0, not {per_second!r}")
    return 1 / per_second


class Throttle:
    """Merges deltas until they may be delivered.

        throttle = Throttle(per_second=20)
        for chunk in chunks:
            parser.feed(chunk)
            deltas = throttle.offer(parser.deltas())        # [] while it is too early
        deltas = throttle.flush()

    Args:
        per_second: how often something is delivered at most.
        clock: what tells the time, in seconds.
    """

    def __init__(self, per_second: float = PER_SECOND, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval_of(per_second)
        self._clock = clock
        self._due: float | None = None  # the time of the next delivery; None before the first one
        self._merge = Merge()

    def offer(self, deltas: Iterable[Delta] = ()) -> list[dict[str, Any]]:
        """Take these deltas, and deliver what waits if it is time; otherwise nothing.

        Raises:
            ValueError: as ``merge_deltas``; what waited before still waits.
        """
        for number, delta in enumerate(deltas):
            self._merge.add(delta, number)
        return [] if self.wait else self.flush()

    def flush(self) -> list[dict[str, Any]]:
        """Deliver what waits, whatever the time."""
        if not self._merge:
            return []
        found = self._merge.deltas()
        self._merge = Merge()
        self._due = self._clock() + self._interval
        return found

    @property
    def wait(self) -> float | None:
        """The seconds until what waits may be delivered, 0 if it may be now; None if nothing waits."""
        if not self._merge:
            return None
        return 0.0 if self._due is None else max(0.0, self._due - self._clock())


def throttled(
    source: Iterable[Iterable[Delta]],
    per_second: float = PER_SECOND,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[list[dict[str, Any]], None, None]:
    """The same changes as the lists of deltas in ``source``, in at most so many lists a second.

    Leaving it closes the source, if that can be closed.

    Raises:
        ValueError: ``per_second`` is no number above 0; a delta as in ``merge_deltas``.
        whatever the source raises, after what waited was delivered.
    """
    return _throttled(source, Throttle(per_second, clock))


def _throttled(source: Iterable[Iterable[Delta]], throttle: Throttle) -> Generator[list[dict[str, Any]], None, None]:
    iterator = iter(source)
    try:
        failure: Exception | None = None
        while True:
            try:
                found = throttle.offer(next(iterator))
            except StopIteration:
                break
            except Exception as error:
                failure = error
                break
            if found:
                yield found
        rest = throttle.flush()
        if rest:
            yield rest
        if failure is not None:
            raise failure
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()


def athrottled(
    source: AsyncIterable[Iterable[Delta]], per_second: float = PER_SECOND
) -> AsyncGenerator[list[dict[str, Any]], None]:
    """The same changes as the lists of deltas in ``source``, in at most so many lists a second, each as soon as its
    time has come. The clock is that of the running loop.

    At most one item of the source is read ahead. Leaving it, or being cancelled, stops reading and closes the source.

    Raises:
        as ``throttled``.
    """
    interval_of(per_second)
    return _athrottled(source, per_second)


async def _athrottled(
    source: AsyncIterable[Iterable[Delta]], per_second: float
) -> AsyncGenerator[list[dict[str, Any]], None]:
    throttle = Throttle(per_second, asyncio.get_running_loop().time)
    iterator = aiter(source)
    reading: asyncio.Future[Iterable[Delta]] | None = None
    try:
        failure: Exception | None = None
        while True:
            if reading is None:
                reading = asyncio.ensure_future(anext(iterator))
            await asyncio.wait([reading], timeout=throttle.wait)
            news: Iterable[Delta] = ()
            if reading.done():
                try:
                    news = reading.result()
                except StopAsyncIteration:
                    break
                except Exception as error:
                    failure = error
                    break
                finally:
                    reading = None
            try:
                found = throttle.offer(news)
            except ValueError as error:
                failure = error
                break
            if found:
                yield found
        rest = throttle.flush()
        if rest:
            yield rest
        if failure is not None:
            raise failure
    finally:
        if reading is not None:
            reading.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration, Exception):
                await reading
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()
