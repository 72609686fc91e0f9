"""What type checkers make of streams. Checked, not run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, assert_type

from pydantic import BaseModel, TypeAdapter

from partialjson import Complete, Event, Failed, Snapshot, Truncated, astream, stream
from partialjson.streaming import AsyncElements, AsyncStream, Elements, Stream


class Item(BaseModel):
    name: str
    size: int
    tags: set[str]


class Order(BaseModel):
    id: int
    note: str
    remark: str | None
    items: list[Item]
    rows: tuple[Item, ...]
    more: list[Item] | None
    sequence: Sequence[Item]
    by_name: dict[str, Item]
    inner: Order | None


def chunks() -> Iterator[str]:
    yield "{"


async def arriving() -> AsyncIterator[bytes]:
    yield b"{"


def streaming(source: Iterable[str | bytes], adapter: TypeAdapter[Order]) -> None:
    assert_type(stream(source, Order).finish(), Order)
    assert_type(stream(source).finish(), Any)
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


def elements() -> None:
    orders = stream(chunks(), Order)
    assert_type(orders, Stream[Order])
    assert_type(orders.elements(lambda o: o.items), Elements[Item])
    assert_type(orders.elements(lambda o: o.rows), Elements[Item])
    assert_type(orders.elements(lambda o: o.more), Elements[Item])
    assert_type(orders.elements(lambda o: o.sequence), Elements[Item])
    assert_type(orders.elements(lambda o: o.items[0].tags), Elements[str])
    assert_type(orders.elements(lambda o: o.by_name.values()), Elements[Item])
    assert_type(orders.elements(lambda o: o.by_name.items()), Elements[tuple[str, Item]])
    assert_type(orders.elements(lambda o: o.inner.items if o.inner else None), Elements[Item])
    assert_type(orders.elements(lambda o: [tag for item in o.items for tag in item.tags]), Elements[str])
    assert_type(orders.elements(lambda o: (item.size for item in o.items)), Elements[int])
    assert_type(orders.elements("$.items[*]"), Elements[Any])
    assert_type(stream(chunks(), list[Item]).elements(), Elements[Item])
    assert_type(stream(chunks(), list[Item]).elements(lambda items: items), Elements[Item])
    iterator: Iterator[Item] = orders.elements(lambda o: o.items)
    for item in iterator:
        assert_type(item, Item)
    with orders.elements(lambda o: o.items) as items:
        assert_type(next(items), Item)
        assert_type(items.outcome, Complete[Any] | Truncated | Failed | None)


def text_and_fields() -> None:
    orders = stream(chunks(), Order)
    assert_type(orders.text(lambda o: o.note), Elements[str])
    assert_type(orders.text(lambda o: o.remark), Elements[str])
    assert_type(orders.text("$.note"), Elements[str])
    assert_type(orders.field(lambda o: o.items[0].name), str)
    assert_type(orders.field(lambda o: o.more), list[Item] | None)
    assert_type(orders.field(lambda o: o.items[0].size, default=None), int | None)
    assert_type(orders.field("$.items[0]"), Any)
    assert_type(orders.field("$.items[0]", default=5), Any)


async def elements_later() -> None:
    orders = astream(arriving(), Order)
    assert_type(orders, AsyncStream[Order])
    assert_type(orders.elements(lambda o: o.items), AsyncElements[Item])
    assert_type(orders.elements("$.items[*]"), AsyncElements[Any])
    assert_type(astream(arriving(), list[Item]).elements(), AsyncElements[Item])
    async for item in orders.elements(lambda o: o.more):
        assert_type(item, Item)
    async for piece in orders.text(lambda o: o.note):
        assert_type(piece, str)
    assert_type(await orders.field(lambda o: o.items[0].size), int)
    assert_type(await orders.field(lambda o: o.items[0].size, default=None), int | None)
    async with orders.elements(lambda o: o.items) as items:
        assert_type(await anext(items), Item)


def refused() -> None:
    orders = stream(chunks(), Order)
    orders.elements(lambda o: o.itmes)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    orders.elements(lambda o: o.id)  # type: ignore[arg-type, return-value] # pyright: ignore[reportArgumentType, reportCallIssue]
    orders.elements()  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
    orders.text(lambda o: o.id)  # type: ignore[arg-type, return-value] # pyright: ignore[reportArgumentType]
    orders.text(lambda o: o.nope)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    orders.field(lambda o: o.items[0].nope)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    stream(5, Order)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    stream(arriving(), Order)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    astream(chunks(), Order)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
