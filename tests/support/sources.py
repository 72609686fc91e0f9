"""Sources that `read` and `aread` take, which remember what was done to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from partialjson.clients import AsyncMessageStream, aread, read
from partialjson.messages import MessageParser, Update


@dataclass
class Source:
    """An iterator that remembers: what was asked of it, and whether it was closed. It raises what it is given."""

    items: list[Any]
    asked: int = 0
    closed: int = 0
    error: BaseException | None = None

    def __iter__(self) -> Source:
        return self

    def __next__(self) -> Any:
        if self.asked == len(self.items):
            if self.error is not None:
                raise self.error
            raise StopIteration
        self.asked += 1
        return self.items[self.asked - 1]

    def close(self) -> None:
        self.closed += 1


class AsyncSource(Source):
    """The same for `async for`; its `close` has to be awaited, as those of some SDKs have."""

    def __aiter__(self) -> AsyncSource:
        return self

    async def __anext__(self) -> Any:
        await asyncio.sleep(0)
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None

    async def close(self) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        self.closed += 1


Both = pytest.mark.parametrize("make", [Source, AsyncSource], ids=["sync", "async"])


def follow(source: Source, api: str | MessageParser = "openai-chat", **options: Any) -> tuple[Any, list[Update]]:
    """The stream over a source of either kind, and all updates; an exception of the source is let through."""
    seen: list[Update] = []
    if not isinstance(source, AsyncSource):
        stream = read(source, api, **options)
        seen.extend(stream)
        return stream, seen

    async def gather() -> AsyncMessageStream:
        astream = aread(source, api, **options)
        async for update in astream:
            seen.append(update)
        return astream

    return asyncio.run(gather()), seen
