"""The throttle: fewer updates, exactly merged; the first at once, the last always."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING, Parser
from partialjson.broadcast import DocumentState, Throttle, athrottled, throttled
from partialjson.patch import apply_deltas
from support import strategies
from support.chunking import fingerprint
from support.edits import edited
from support.virtual_time import run

Deltas = list[dict[str, Any]]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Broken(Exception):
    pass


def text(*pieces: str) -> list[Deltas]:
    """The deltas of a string that grows by these."""
    return [[{"op": "append" if number else "add", "path": "", "value": piece}] for number, piece in enumerate(pieces)]


def values(lists: list[Deltas]) -> list[str]:
    return [delta["value"] for deltas in lists for delta in deltas]


@st.composite
def sources(draw: st.DrawFn) -> tuple[list[Deltas], list[Any]]:
    """Lists of deltas, and the state after each: of a document that grows, or any at all."""
    lists: list[Deltas] = []
    states: list[Any] = [MISSING]
    if draw(st.booleans()):
        parser = Parser(lenient=draw(st.booleans()))
        state = DocumentState(parser)
        for piece in draw(strategies.chunkings(draw(strategies.texts()))):
            lists.append(state.changes(parser.feed(piece)))
            states.append(apply_deltas(states[-1], lists[-1]))
    else:
        document = draw(strategies.documents(max_leaves=8))
        lists.append([{"op": "add", "path": "", "value": document}])
        states.append(document)
        for _ in range(draw(st.integers(0, 6))):
            after, deltas = edited(draw, states[-1], 4)
            lists.append(deltas)
            states.append(after)
    return lists, states


@given(sources(), st.lists(st.sampled_from([0, 1 / 64, 1 / 16, 1 / 8, 1]), min_size=40, max_size=40), st.booleans())
def test_law_9_each_state_under_a_throttle_is_one_of_the_source(
    source: tuple[list[Deltas], list[Any]], pauses: list[float], breaks: bool
) -> None:
    lists, states = source
    clock = Clock()

    def coming() -> Iterator[Deltas]:
        for deltas, pause in zip(lists, pauses, strict=False):
            clock.now += pause
            yield deltas
        if breaks:
            raise Broken

    shown: Any = MISSING
    delivered: list[tuple[float, Any]] = []
    updates = throttled(coming(), 8, clock=clock)
    raised = False
    while True:
        try:
            deltas = next(updates)
        except StopIteration:
            break
        except Broken:
            raised = True
            break
        assert deltas
        shown = apply_deltas(shown, deltas)
        delivered.append((clock.now, shown))
    assert raised == breaks
    lists = lists[: len(pauses)]
    states = states[: len(lists) + 1]
    assert fingerprint(shown) == fingerprint(states[-1])
    prefixes = {fingerprint(state) for state in states}
    assert all(fingerprint(state) in prefixes for _, state in delivered)
    times = [time for time, _ in delivered]
    # All but the last, which does not wait for its time.
    assert all(later - earlier >= 1 / 8 for earlier, later in pairwise(times[:-1]))
    first = next((number for number, deltas in enumerate(lists) if deltas), None)
    if first is not None:
        assert times[0] == 100 + sum(pauses[: first + 1])


@given(sources(), st.lists(st.sampled_from([0, 1 / 64, 1 / 16, 1 / 8, 1]), min_size=40, max_size=40), st.booleans())
def test_law_9_each_state_under_an_async_throttle_is_one_of_the_source(
    source: tuple[list[Deltas], list[Any]], pauses: list[float], breaks: bool
) -> None:
    lists, states = source
    lists = lists[: len(pauses)]
    states = states[: len(lists) + 1]
    came: list[float] = []

    async def coming() -> AsyncIterator[Deltas]:
        for deltas, pause in zip(lists, pauses, strict=False):
            await asyncio.sleep(pause)
            if deltas:
                came.append(asyncio.get_running_loop().time())
            yield deltas
        if breaks:
            raise Broken

    async def main() -> None:
        shown: Any = MISSING
        delivered: list[tuple[float, Any]] = []
        raised = False
        try:
            async for deltas in athrottled(coming(), 8):
                shown = apply_deltas(shown, deltas)
                delivered.append((asyncio.get_running_loop().time(), shown))
        except Broken:
            raised = True
        assert raised == breaks
        assert fingerprint(shown) == fingerprint(states[-1])
        prefixes = {fingerprint(state) for state in states}
        assert all(fingerprint(state) in prefixes for _, state in delivered)
        times = [time for time, _ in delivered]
        assert all(later - earlier >= 1 / 8 - 1e-9 for earlier, later in pairwise(times[:-1]))
        # Nothing waits longer than the interval, even if nothing comes after it.
        for time in came:
            assert any(time <= each <= time + 1 / 8 + 1e-9 for each in times)
        assert len(asyncio.all_tasks()) == 1

    run(main())


def test_a_throttle_by_hand() -> None:
    clock = Clock()
    throttle = Throttle(10, clock)
    a, b, c, d = text("a", "b", "c", "d")
    assert throttle.wait is None
    assert throttle.flush() == throttle.offer([]) == []
    assert throttle.offer(a) == a
    assert throttle.offer(b) == []
    assert throttle.wait == pytest.approx(0.1)
    clock.now += 0.05
    assert throttle.offer(c) == []
    clock.now += 0.06
    assert throttle.wait == 0
    assert values([throttle.offer()]) == ["bc"]
    assert throttle.wait is None
    assert throttle.offer(d) == []
    assert throttle.flush() == d
    clock.now += 60
    # After a long silence, the next comes at once again.
    assert throttle.offer(d) == d


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), "20", None, True])
def test_per_second_is_a_number_above_0(wrong: Any) -> None:
    for make in (Throttle, lambda rate: throttled([], rate), lambda rate: athrottled(None, rate)):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="per_second is a number above 0"):
            make(wrong)


def test_what_waits_is_delivered_before_a_wrong_delta_is_refused() -> None:
    clock = Clock()
    source = [*text("a", "b"), [{"op": "append", "path": "", "value": 5}]]
    updates = throttled(source, 1, clock=clock)
    assert [values([next(updates)]), values([next(updates)])] == [["a"], ["b"]]
    with pytest.raises(ValueError, match="delta 0"):
        next(updates)


def test_leaving_closes_the_source() -> None:
    closed = []

    def coming() -> Iterator[Deltas]:
        try:
            yield from text("a", "b", "c")
        finally:
            closed.append(True)

    for _ in throttled(coming(), 1, clock=Clock()):
        break
    assert closed == [True]


def test_leaving_and_being_cancelled_leave_nothing_running() -> None:
    closed = []

    async def coming() -> AsyncIterator[Deltas]:
        try:
            for deltas in text("a", "b"):
                yield deltas
            await asyncio.sleep(3600)
        finally:
            closed.append(asyncio.get_running_loop().time())

    async def left() -> None:
        updates = athrottled(coming(), 1)
        async for _ in updates:
            break
        await updates.aclose()

    async def left_alone() -> None:
        async for _ in athrottled(coming(), 1):
            break
        await asyncio.sleep(0.1)

    async def waits() -> None:
        async for _ in athrottled(coming(), 1):
            pass

    async def main() -> None:
        await left()
        assert len(closed) == 1
        await left_alone()
        assert len(closed) == 2
        task = asyncio.create_task(waits())
        await asyncio.sleep(10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(closed) == 3
        assert len(asyncio.all_tasks()) == 1

    run(main())


def test_at_most_one_item_is_read_ahead() -> None:
    read = []

    async def coming() -> AsyncIterator[Deltas]:
        for number, deltas in enumerate(text(*"abcdef")):
            read.append(number)
            yield deltas

    async def main() -> None:
        updates = athrottled(coming(), 1000)
        await anext(updates)
        await asyncio.sleep(60)
        assert len(read) <= 2
        await updates.aclose()

    run(main())
