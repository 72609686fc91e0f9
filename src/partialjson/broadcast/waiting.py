"""Waiting for an event, but not for ever, on any event loop.

``asyncio.timeout(seconds)`` and, from Python 3.12 on, ``asyncio.wait_for`` turn the seconds into a moment, and ask the
loop for a timer at that moment. The loop of a browser (``WebLoop`` of Pyodide) raises a ValueError if the moment has
passed by the time it is asked, which happens every now and then where little is left to wait. So here the loop is asked
for a timer after so many seconds, which no loop refuses.
"""

from __future__ import annotations

import asyncio

__all__ = ["set_within"]


async def set_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Waits for the event, but no longer than this; None for as long as it takes. Was it set?"""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as limit:
            timer = None if seconds is None else loop.call_later(max(0.0, seconds), _expire, limit)
            try:
                await event.wait()
            finally:
                if timer is not None:
                    timer.cancel()
    except TimeoutError:
        return False
    return True


def _expire(limit: asyncio.Timeout) -> None:
    # A moment that is not to come: no timer is set for it.
    limit.reschedule(asyncio.get_running_loop().time())
