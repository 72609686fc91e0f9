"""Chunks are closed wherever their reader leaves: before the first value, after one, by an error, by cancellation."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from partialjson import adocuments, astream, documents, stream


class Chunks(Iterator[str]):
    """Endless chunks that can be closed; they wait for a moment in the async case."""

    def __init__(self) -> None:
        self.closed = 0
        self.asked = 0

    def __next__(self) -> str:
        self.asked += 1
        return '{"a": [1' if self.asked == 1 else ', 1, "x"]}\n{"a": [2'

    def close(self) -> None:
        self.closed += 1


class AsyncChunks(AsyncIterator[str]):
    def __init__(self) -> None:
        self.closed = 0
        self.chunks = Chunks()
        self.waits = False

    async def __anext__(self) -> str:
        if self.waits:
            await asyncio.sleep(60)
        return next(self.chunks)

    async def aclose(self) -> None:
        self.closed += 1


READERS: dict[str, Callable[[Any], Any]] = {
    "snapshots": lambda chunks: iter(stream(chunks)),
    "elements": lambda chunks: stream(chunks).elements("$.a[*]"),
    "text": lambda chunks: stream(chunks).text("$.a[1]"),
    "documents": documents,
    "concatenated documents": lambda chunks: documents(chunks, format="concatenated"),
}
ASYNC_READERS: dict[str, Callable[[Any], Any]] = {
    "snapshots": lambda chunks: aiter(astream(chunks)),
    "elements": lambda chunks: astream(chunks).elements("$.a[*]"),
    "text": lambda chunks: astream(chunks).text("$.a[1]"),
    "documents": adocuments,
    "concatenated documents": lambda chunks: adocuments(chunks, format="concatenated"),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("read", [0, 1])
def test_closing_closes_the_chunks(name: str, read: int) -> None:
    chunks = Chunks()
    reader = READERS[name](chunks)
    for _ in range(read if name != "text" else 0):
        next(reader)
    assert chunks.closed == 0
    assert bool(chunks.asked) == bool(read and name != "text"), "nothing is read that nobody asked for"
    reader.close()
    reader.close()
    assert chunks.closed == 1
    with pytest.raises(StopIteration):
        next(reader)


@pytest.mark.parametrize("name", READERS)
def test_a_reader_that_is_dropped_closes_the_chunks(name: str) -> None:
    chunks = Chunks()
    reader = READERS[name](chunks)
    del reader
    gc.collect()
    assert chunks.closed == 1


def test_a_with_block_closes_the_chunks_whatever_happens_in_it() -> None:
    chunks = Chunks()
    with stream(chunks).elements("$.a[*]"):
        pass
    assert chunks.closed == 1
    chunks = Chunks()
    with pytest.raises(KeyError), stream(chunks).elements("$.a[*]"):
        raise KeyError
    assert chunks.closed == 1


def test_what_is_only_iterable_stays_as_it_is() -> None:
    class Box:
        closed = False

        def __iter__(self) -> Iterator[str]:
            return iter(["[1", "]"])

        def close(self) -> None:
            self.closed = True

    box = Box()
    elements = stream(box).elements("$[*]")
    elements.close()
    assert not box.closed
    assert list(stream(box).elements("$[*]")) == [1]


@pytest.mark.parametrize("name", ASYNC_READERS)
@pytest.mark.parametrize("read", [0, 1])
def test_closing_closes_async_chunks(name: str, read: int) -> None:
    async def main() -> None:
        chunks = AsyncChunks()
        reader = ASYNC_READERS[name](chunks)
        for _ in range(read if name != "text" else 0):
            await anext(reader)
        assert chunks.closed == 0
        await reader.aclose()
        await reader.aclose()
        assert chunks.closed == 1
        with pytest.raises(StopAsyncIteration):
            await anext(reader)

    asyncio.run(main())


@pytest.mark.parametrize("name", ASYNC_READERS)
def test_a_cancelled_task_closes_its_chunks(name: str) -> None:
    async def main() -> None:
        chunks = AsyncChunks()
        chunks.waits = True

        async def read() -> None:
            reader = ASYNC_READERS[name](chunks)
            try:
                async for _ in reader:
                    pass
            finally:
                await reader.aclose()

        task = asyncio.create_task(read())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert chunks.closed == 1

    asyncio.run(main())


def test_an_async_with_block_closes_the_chunks_whatever_happens_in_it() -> None:
    async def main() -> None:
        chunks = AsyncChunks()
        async with astream(chunks).elements("$.a[*]"):
            pass
        assert chunks.closed == 1
        chunks = AsyncChunks()
        with pytest.raises(KeyError):
            async with astream(chunks).elements("$.a[*]"):
                raise KeyError
        assert chunks.closed == 1

    asyncio.run(main())
