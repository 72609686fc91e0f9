"""Waiting for an event within so many seconds: on the usual loop, and on one that refuses what is past."""

from __future__ import annotations

import asyncio

import pytest

from partialjson.broadcast.waiting import set_within
from support.virtual_time import run

TICKS = [0.0, 0.003]


@pytest.mark.parametrize("tick", TICKS)
def test_until_it_is_set_and_no_longer(tick: float) -> None:
    async def main() -> None:
        clock = asyncio.get_running_loop().time
        event = asyncio.Event()
        for seconds in (-1.0, 0.0, 1e-9, 0.002, 0.004, 0.008, 0.5):
            before = clock()
            assert not await set_within(event, seconds)
            assert clock() - before == pytest.approx(max(seconds, 0.0), abs=0.05)
        asyncio.get_running_loop().call_later(2.0, event.set)
        before = clock()
        assert await set_within(event, 3.0)
        assert clock() - before == pytest.approx(2.0, abs=0.05)
        # One that is set already is set, however little time there is.
        assert await set_within(event, 0.0)
        assert await set_within(event, None)

    run(main(), tick)


@pytest.mark.parametrize("tick", TICKS)
def test_who_is_cancelled_while_waiting_is_cancelled(tick: float) -> None:
    async def main() -> None:
        waiting = asyncio.ensure_future(set_within(asyncio.Event(), 5.0))
        await asyncio.sleep(1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        # The timer is gone with it.
        await asyncio.sleep(10)

    run(main(), tick)
