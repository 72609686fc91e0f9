"""What type checkers make of streams. Checked, not run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, assert_type

from pydantic import BaseModel, TypeAdapter

from partialjson import Complete, Event, Failed, Snapshot, Truncated, astream, stream


class Order(BaseModel):
    id: int


def chunks() -> Iterator[str]:
    yield "{"


async def arriving() -> AsyncIterator[bytes]:
    yield b"{"


def streaming(source: Iterable[str | bytes], adapter: TypeAdapter[Order]) -> None:
    for snapshot in stream(chunks(), Order):
        assert_type(snapshot, Snapshot[Order])
        assert_type(snapshot.value, Any)
        assert_type(snapshot.json, Any)
        assert_type(snapshot.events, tuple[Event, ...])
        assert_type(snapshot.outcome, Complete[Order] | Truncated | Failed | None)
        if isinstance(snapshot.outcome, Complete):
            assert_type(snapshot.outcome.value, Order)
    for snapshot in stream(source, adapter):
        assert_type(snapshot, Snapshot[Order])
    for listed in stream(["[", b"]"], list[Order]):
        assert_type(listed, Snapshot[list[Order]])
    for plain in stream(["[]"]):
        outcome = plain.outcome
        if isinstance(outcome, Complete):
            assert_type(outcome.value, Any)


async def streaming_later() -> None:
    async for snapshot in astream(arriving(), Order):
        assert_type(snapshot, Snapshot[Order])
        assert_type(snapshot.outcome, Complete[Order] | Truncated | Failed | None)


def refused() -> None:
    stream(5, Order)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    stream(arriving(), Order)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    astream(chunks(), Order)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
