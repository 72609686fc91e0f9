"""`stream` and `astream`: a snapshot for each chunk, and in the last one how the document ended."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, TypeAdapter, ValidationError

from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    IncompleteError,
    Limits,
    ParseError,
    Parser,
    Partial,
    Snapshot,
    Truncated,
    astream,
    stream,
)
from partialjson._core.refcounts import EXACT
from partialjson.streaming import AsyncStream, Stream
from partialjson.testing import strategies
from partialjson.testing.chunking import event_key, fingerprint
from support.models import Order

CHUNKS = ['{"id": 1, ', '"note": "s', 'oon"', "}"]


def until_error(source: Iterable[Any], error: type[BaseException], target: Any = None) -> list[Snapshot[Any]]:
    """The snapshots of a stream that ends with an exception of its source or of a validator."""
    seen: list[Snapshot[Any]] = []

    def follow() -> None:
        for snapshot in stream(source, target):
            seen.append(snapshot)

    with pytest.raises(error):
        follow()
    return seen


async def arrive(chunks: Iterable[Any]) -> AsyncIterator[Any]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


def snapshots(chunks: Iterable[Any], target: Any = None, **options: Any) -> list[Snapshot[Any]]:
    """The snapshots of both iterators, which must be the same."""
    chunks = list(chunks)

    async def gather() -> list[Snapshot[Any]]:
        return [snapshot async for snapshot in astream(arrive(chunks), target, **options)]

    here, there = list(stream(chunks, target, **options)), asyncio.run(gather())
    assert [described(each) for each in here] == [described(each) for each in there]
    return here


def described(snapshot: Snapshot[Any]) -> tuple[Any, ...]:
    outcome = snapshot.outcome
    kind = type(outcome).__name__, fingerprint(getattr(outcome, "value", None))
    error = getattr(outcome, "error", None)
    return (
        fingerprint(snapshot.value),
        fingerprint(snapshot.json),
        [event_key(each) for each in snapshot.events],
        kind,
        (type(error).__name__, str(error)),
    )


def test_a_snapshot_for_each_chunk_and_one_for_the_end() -> None:
    seen = snapshots(CHUNKS, Order)
    assert [each.value for each in seen] == [
        Partial[Order]({"id": 1}),
        Partial[Order]({"id": 1, "note": "s"}),
        Partial[Order]({"id": 1, "note": "soon"}),
        Order(id=1, note="soon"),
        Order(id=1, note="soon"),
    ]
    assert [each.json for each in seen[:2]] == [{"id": 1}, {"id": 1, "note": "s"}]
    assert [len(each.events) for each in seen] == [1, 0, 1, 1, 0]
    assert [each.outcome for each in seen[:-1]] == [None] * 4
    assert seen[-1].outcome == Complete(Order(id=1, note="soon"))
    assert seen[-1].value is seen[-2].value


@given(strategies.documents(), st.data())
def test_snapshots_are_what_a_parser_shows(text: str, data: st.DataObject) -> None:
    chunks = data.draw(strategies.chunkings(text))
    parser = Parser()
    for chunk, snapshot in zip(chunks, stream(chunks), strict=False):
        events = parser.feed(chunk)
        assert fingerprint(snapshot.json) == fingerprint(parser.json)
        assert fingerprint(snapshot.value) == fingerprint(parser.value)
        assert fingerprint(snapshot.events) == fingerprint(events)


def test_snapshots_hold_still() -> None:
    seen = list(stream(["[", "[1,", '{"a": "x', 'y"}', "]", "]"]))
    assert [each.json for each in seen] == [
        [],
        [[1]],
        [[1, {"a": "x"}]],
        [[1, {"a": "xy"}]],
        [[1, {"a": "xy"}]],
        [[1, {"a": "xy"}]],
        [[1, {"a": "xy"}]],
    ]
    with pytest.raises(AttributeError):
        seen[0].json = None  # type: ignore[misc]


def test_bytes_empty_chunks_and_no_chunks() -> None:
    seen = snapshots([b'["\xc3', b"", b'\xa9"]'])
    assert [each.json for each in seen] == [[""], [""], ["é"], ["é"]]
    (only,) = snapshots([])
    assert (only.value, only.json, only.events) == (MISSING, MISSING, ())
    assert isinstance(only.outcome, Truncated)


def test_a_number_at_the_root_completes_in_the_last_snapshot() -> None:
    seen = snapshots(["1", "2"], int)
    assert [each.value for each in seen] == [MISSING, MISSING, 12]
    assert seen[-1].events == (Completed((), 12),)
    assert seen[-1].outcome == Complete(12, (Completed((), 12),))


def test_a_cut_document() -> None:
    *_, last = snapshots(CHUNKS[:2], Order)
    assert isinstance(last.outcome, Truncated)
    assert last.outcome.complete == (("id",),)
    assert last.outcome.path == ("note",)
    assert last.value == Partial[Order]({"id": 1, "note": "s"})


def test_a_malformed_document_ends_the_iteration() -> None:
    seen = snapshots(['{"id": 1, ', '"note": "x", !', '"more": 1}', "}"], Order)
    assert len(seen) == 2
    last = seen[-1]
    assert isinstance(last.outcome, Failed)
    assert isinstance(last.outcome.error, ParseError)
    assert last.outcome.error.pos == 23
    assert last.events == (Completed(("note",), "x"),)
    assert last.json == {"id": 1, "note": "x"}


def test_the_source_is_not_read_past_an_error() -> None:
    source = iter(["[1, ", "x", "2", "3"])
    assert len(list(stream(source))) == 2
    assert list(source) == ["2", "3"]


def test_a_document_that_does_not_fit() -> None:
    *_, last = snapshots(['{"id": "x"', "}"], Order)
    assert isinstance(last.outcome, Failed)
    assert isinstance(last.outcome.error, ValidationError)
    assert last.value == Partial[Order]({})


def test_an_exception_of_the_source_comes_after_a_last_snapshot() -> None:
    def broken() -> Iterator[str]:
        yield '{"id": 1, "note": "s'
        raise ConnectionError("reset")

    async def abroken() -> AsyncIterator[str]:
        for chunk in broken():
            yield chunk

    seen_later: list[Snapshot[Order]] = []

    async def gather() -> None:
        async for snapshot in astream(abroken(), Order):
            seen_later.append(snapshot)

    with pytest.raises(ConnectionError, match="reset"):
        asyncio.run(gather())
    for seen in (until_error(broken(), ConnectionError, Order), seen_later):
        assert len(seen) == 2
        outcome = seen[-1].outcome
        assert isinstance(outcome, Truncated)
        assert outcome.reason == "ConnectionError: reset"
        assert outcome.complete == (("id",),)


def test_an_exception_of_the_source_after_the_end_of_the_document() -> None:
    def broken() -> Iterator[str]:
        yield "[1]"
        raise ConnectionError("reset")

    seen = until_error(broken(), ConnectionError)
    assert seen[-1].outcome == Complete([1], (), "ConnectionError: reset")


def test_an_exception_of_the_source_inside_a_number_at_the_root() -> None:
    def broken() -> Iterator[str]:
        yield "12"
        raise ConnectionError("reset")

    seen = until_error(broken(), ConnectionError)
    assert isinstance(seen[-1].outcome, Truncated)


def test_an_interrupt_of_the_source_is_not_delayed() -> None:
    def interrupted() -> Iterator[str]:
        yield "[1"
        raise KeyboardInterrupt

    seen = until_error(interrupted(), KeyboardInterrupt)
    assert len(seen) == 1


def divided(value: int) -> int:
    return value // 0


BROKEN: Any = list[Annotated[int, AfterValidator(divided)]]


def test_an_exception_of_a_validator_propagates() -> None:
    seen = until_error(["[1", ",", "2]"], ZeroDivisionError, BROKEN)
    assert [each.outcome for each in seen[:-1]] == [None]
    last = seen[-1]
    assert (last.value, last.json, last.events) == ([], [1], ())
    assert isinstance(last.outcome, Failed)
    assert isinstance(last.outcome.error, ZeroDivisionError)
    assert last.outcome.reason == f"ZeroDivisionError: {last.outcome.error}"


@pytest.mark.parametrize("look", [True, False])
def test_a_look_raises_nothing_and_the_next_step_does(look: bool) -> None:
    """Whether a chunk is parsed by the look or by the step, the exception comes out of the step, and once."""
    source = iter(["[1", ",", "2]"])
    iterator = iter(stream(source, BROKEN))
    next(iterator)
    snapshot = next(iterator)
    if look:
        assert isinstance(snapshot.outcome, Failed)
    with pytest.raises(ZeroDivisionError):
        next(iterator)
    assert isinstance(snapshot.outcome, Failed)
    assert next(iterator, None) is None
    assert list(source) == ["2]"]


def test_snapshots_of_a_source_that_gives_something_else() -> None:
    seen = until_error(["[1", 5, "]"], TypeError)
    assert [each.outcome is None for each in seen] == [True, False]
    assert isinstance(seen[-1].outcome, Truncated)
    assert seen[-1].outcome.reason == "TypeError: feed takes str or bytes, not int"


def test_a_chunk_is_parsed_once_whoever_looks() -> None:
    """At the first look, or else before the source is asked for the next one."""
    calls: list[int] = []

    def counted(value: int) -> int:
        calls.append(value)
        return value

    def source() -> Iterator[str]:
        for number, chunk in enumerate(["[0,", "1,", "2,", "3,", "4]"]):
            assert len(calls) == number
            yield chunk

    target: Any = list[Annotated[int, AfterValidator(counted)]]
    for number, snapshot in enumerate(stream(source(), target)):
        if number % 2:
            assert [snapshot.value for _ in range(3)] == [list(range(min(number + 1, 5)))] * 3
            assert len(snapshot.events) == (1 if number < 5 else 0)
    assert calls == [0, 1, 2, 3, 4]


def test_a_validator_that_looks_at_the_chunk_it_is_called_for() -> None:
    looks: list[BaseException] = []

    def looking(value: int) -> int:
        try:
            _ = snapshot.value
        except RuntimeError as error:
            looks.append(error)
        return value

    target: Any = list[Annotated[int, AfterValidator(looking)]]
    iterator = iter(stream(["[1, "], target))
    snapshot = next(iterator)
    assert snapshot.value == [1]
    assert [str(error)[:34] for error in looks] == ["this chunk is already being parsed"]


def test_an_interrupt_during_a_look_leaves_nothing_parsed_twice() -> None:
    calls: list[int] = []

    def interrupted(value: int) -> int:
        calls.append(value)
        raise KeyboardInterrupt

    target: Any = list[Annotated[int, AfterValidator(interrupted)]]
    iterator = iter(stream(["[1, ", "2]"], target))
    snapshot = next(iterator)
    with pytest.raises(KeyboardInterrupt):
        _ = snapshot.value
    for again in (lambda: snapshot.value, lambda: next(iterator)):
        with pytest.raises(RuntimeError, match="interrupted"):
            again()
    assert calls == [1]


def copied(chunks: Iterable[str], target: Any, hold: int) -> int:
    """How many of the lists shown by a stream are other objects than those before, where the last few are held."""
    held: deque[Any] = deque(maxlen=hold)
    seen: list[int] = []
    for snapshot in stream(chunks, target):
        if hold:
            held.append(snapshot)
        seen.append(id(snapshot.value) if snapshot.outcome is None else 0)
    return sum(a != b for a, b in pairwise(seen[:-1]))


@pytest.mark.skipif(not EXACT, reason="reference counts tell nothing in this interpreter")
@pytest.mark.parametrize("target", [None, list[int]], ids=["plain", "typed"])
def test_a_loop_over_snapshots_copies_nothing_unless_they_are_kept(target: Any) -> None:
    """Law 7 with law 4: the list that grows is copied only for somebody who holds the one before."""
    chunks = ["[0", *[f",{n}" for n in range(1, 200)], "]"]
    assert copied(chunks, target, 0) <= 1
    assert copied(chunks, target, 2) >= 190


def test_snapshots_that_are_kept_are_as_they_were_whoever_looked() -> None:
    chunks = ['{"id": 1, "note": "', "a", "b", "c", '"', "}"]
    looked: list[Any] = []
    kept: list[Any] = []
    for snapshot in stream(chunks, Order):
        looked.append((snapshot.json, snapshot.value))
    for number, snapshot in enumerate(stream(chunks, Order)):
        kept.append(snapshot)
        if number % 2:
            assert snapshot.json is not None
    assert [(each.json, each.value) for each in kept] == looked
    assert looked[2][0] == {"id": 1, "note": "ab"}


def test_snapshots_are_values() -> None:
    for snapshot in stream(CHUNKS, Order):
        again = pickle.loads(pickle.dumps(snapshot))
        for other in (again, copy.copy(snapshot), copy.deepcopy(snapshot)):
            assert other == snapshot
            assert repr(other) == repr(snapshot)
        assert snapshot != object()
        with pytest.raises(AttributeError):
            snapshot.other = 1  # type: ignore[attr-defined]
    match Snapshot(1, 2, (), None):
        case Snapshot(value, json, events, outcome):
            assert (value, json, events, outcome) == (1, 2, (), None)
    assert hash(Snapshot(1, 2, ())) == hash(Snapshot(1, 2, (), None))
    assert Snapshot(1, 2, ()) != Snapshot(1, 3, ())
    assert repr(Snapshot(1, 2, ())) == "Snapshot(value=1, json=2, events=(), outcome=None)"


@pytest.mark.parametrize("wrong", ["[1]", b"[1]", 5, None, object()])
def test_wrong_sources(wrong: Any) -> None:
    with pytest.raises(TypeError, match="iterable of chunks"):
        stream(wrong)
    with pytest.raises(TypeError, match="async iterable of chunks"):
        astream(wrong)


def test_each_names_the_other() -> None:
    with pytest.raises(TypeError, match=r"astream\(\)"):
        stream(arrive([]))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"stream\(\)"):
        astream(["[1]"])  # type: ignore[arg-type]


def test_wrong_chunks_and_mixed_chunks() -> None:
    for chunks in (["[1", 5], ["[1", b"]"], ["[1", None]):
        with pytest.raises(TypeError):
            list(stream(chunks))  # type: ignore[arg-type]


def test_wrong_options_are_told_at_once() -> None:
    makers: list[Callable[..., Any]] = [stream, astream]
    for make in makers:
        source: Any = [] if make is stream else arrive([])
        with pytest.raises(TypeError):
            make(source, nonsense=1)
        with pytest.raises(ValueError, match="select pattern"):
            make(source, select=["a"])
        with pytest.raises(TypeError):
            make(source, strict=True)


def test_options_are_those_of_the_parser() -> None:
    seen = snapshots(['{"id": "1"', "}"], Order, strict=True, select=["$"], missing=None)
    assert isinstance(seen[-1].outcome, Failed)
    assert [len(each.events) for each in seen] == [0, 1, 0]
    assert seen[0].value.id is None
    *_, last = snapshots(["[[[1]]]"], limits=Limits(depth=2))
    assert isinstance(last.outcome, Failed)
    *_, last = snapshots(["[1", "]"], TypeAdapter(list[int]))
    assert last.outcome == Complete([1])


def test_a_stream_that_is_left_early() -> None:
    closed = []

    def source() -> Iterator[str]:
        try:
            yield from ["[1, ", "2, ", "3]"]
        finally:
            closed.append("sync")

    iterator = iter(stream(source()))
    assert next(iterator).json == [1]
    iterator.close()  # type: ignore[attr-defined]
    del iterator
    assert closed == ["sync"]
    for snapshot in stream(source()):
        assert snapshot.outcome is None
        if snapshot.json == [1, 2]:
            break


def test_a_stream_that_is_left_during_an_error() -> None:
    def broken() -> Iterator[str]:
        yield "[1"
        raise ConnectionError("reset")

    iterator = iter(stream(broken()))
    next(iterator)
    assert isinstance(next(iterator).outcome, Truncated)
    iterator.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(iterator)


def test_an_async_stream_that_is_left_early_or_cancelled() -> None:
    async def leave() -> Any:
        async for snapshot in astream(arrive(["[1, ", "2]"])):
            return snapshot.json
        return None

    async def forever() -> AsyncIterator[str]:
        yield "[1, "
        await asyncio.Event().wait()

    async def cancel() -> list[Any]:
        seen: list[Any] = []

        async def follow() -> None:
            async for snapshot in astream(forever()):
                seen.append(snapshot)

        task: asyncio.Task[None] = asyncio.ensure_future(follow())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return seen

    assert run(leave()) == [1]
    (only,) = run(cancel())
    assert only.json == [1]
    assert only.outcome is None


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def test_a_stream_is_read_once_like_its_chunks() -> None:
    once = stream(iter(CHUNKS), Order)
    assert len(list(once)) == 5


@pytest.mark.parametrize("leave", ["break", "raise", "validator"])
def test_leaving_early_closes_the_chunks(leave: str) -> None:
    closed: list[str] = []

    def chunks() -> Iterator[str]:
        try:
            yield from ["[1, ", "2", "]"]
        finally:
            closed.append("sync")

    async def achunks() -> AsyncIterator[str]:
        try:
            for chunk in chunks():
                await asyncio.sleep(0)
                yield chunk
        finally:
            closed.append("async")

    def judge(number: int) -> int:
        raise RuntimeError("a bug")

    target: Any = list[Annotated[int, AfterValidator(judge)]] if leave == "validator" else None

    def act() -> None:
        for _ in stream(chunks(), target):
            if leave == "break":
                break
            if leave == "raise":
                raise RuntimeError("a bug")

    async def aact() -> None:
        async for _ in astream(achunks(), target):
            if leave == "break":
                break
            if leave == "raise":
                raise RuntimeError("a bug")

    async def then_wait() -> None:
        with suppress(RuntimeError):
            await aact()
        await asyncio.sleep(0.01)
        assert "async" in closed

    with suppress(RuntimeError):
        act()
    assert closed == ["sync"]
    asyncio.run(then_wait())


# Finishing


def finish(chunks: Iterable[Any], target: Any = None, taken: int | None = None, **options: Any) -> Any:
    """What ``finish`` gives after so many snapshots, or without an iterator; the twin must give the same."""

    async def achunks() -> AsyncIterator[Any]:
        for chunk in chunks:
            yield chunk

    async def afinish() -> Any:
        made: AsyncStream[Any] = astream(achunks(), target, **options)
        snapshots = None if taken is None else aiter(made)
        for _ in range(taken or 0):
            assert snapshots is not None
            await anext(snapshots)
        value = await made.finish()
        assert await made.finish() is value
        if snapshots is not None:
            assert [snapshot async for snapshot in snapshots] == []
        return value

    made: Stream[Any] = stream(chunks, target, **options)
    snapshots = None if taken is None else iter(made)
    for _ in range(taken or 0):
        assert snapshots is not None
        next(snapshots)
    value = made.finish()
    assert made.finish() is value
    if snapshots is not None:
        assert list(snapshots) == []
    assert asyncio.run(afinish()) == value
    return value


@pytest.mark.parametrize("taken", [None, 0, 1, 3, 5])
def test_finish_reads_what_is_left_and_gives_the_value(taken: int | None) -> None:
    text = "".join(CHUNKS)
    expected = Order.model_validate_json(text)
    assert finish(CHUNKS, Order, taken) == expected
    if taken in (None, 0, 1):
        assert finish([text], Order, taken) == expected
        assert finish([text.encode()], Order, taken) == expected
    assert finish(CHUNKS, Order, taken, select=["$.id"], retain=False) is MISSING


@pytest.mark.parametrize("taken", [None, 0, 1])
@pytest.mark.parametrize(
    ("chunks", "target", "error"),
    [
        (["[1, ", "2"], None, IncompleteError),
        ([], None, IncompleteError),
        (["[1, ", "2}", "]"], None, ParseError),
        (['["x"', "]"], list[int], ValidationError),
    ],
    ids=repr,
)
def test_finish_raises_as_close_does(chunks: list[str], target: Any, error: type[Exception], taken: int | None) -> None:
    made: Stream[Any] = stream(chunks, target)
    snapshots = iter(made) if taken is not None else None
    for _ in range(taken or 0):
        assert snapshots is not None
        next(snapshots)
    with pytest.raises(error):
        made.finish()
    with pytest.raises(error) as raised:
        made.finish()
    parser: Parser[Any] = Parser(target)
    with suppress(ParseError):
        parser.feed("".join(chunks))
    with pytest.raises(error) as closed:
        parser.close()
    assert str(raised.value) == str(closed.value)
    with pytest.raises(error):
        finish(chunks, target, taken)


def test_finish_lets_the_exceptions_of_the_source_through() -> None:
    def chunks() -> Iterator[str]:
        yield "[1, "
        raise OSError("lost")

    for taken in (None, 1):
        with pytest.raises(OSError, match="lost"):
            finish(chunks(), None, taken)


def test_nothing_is_left_of_a_loop_that_was_left() -> None:
    source = iter(["[1, ", "2", "]"])
    made: Stream[Any] = stream(source)
    for _ in made:
        break
    with pytest.raises(IncompleteError):
        made.finish()
    assert next(source) == "2"


def test_elements_cannot_be_finished_by_the_stream() -> None:
    made: Stream[Any] = stream(["[1, 2]"])
    assert list(made.elements("$[*]")) == [1, 2]
    with pytest.raises(RuntimeError, match="read only once"):
        made.finish()
    made = stream(["[1, 2]"])
    assert made.finish() == [1, 2]
    with pytest.raises(RuntimeError, match="read only once"):
        iter(made)
