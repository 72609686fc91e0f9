"""Many streams at once in one asyncio process: none gets what belongs to another, and what each holds is bounded."""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import concurrency

from partialjson.clients import aread
from partialjson.messages import MessageParser
from support.effort import amount
from support.memory import used_by

STREAMS = 200
APIS = list(concurrency.APIS)
PATHS = {api: path for path, api in concurrency.PATHS.items()}


async def response(api: str, port: int, number: int) -> AsyncIterator[bytes]:
    """The body of a response, as it comes; no more than the standard library reads it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = b'{"model": "%d"}' % number
    head = f"POST {PATHS[api]} HTTP/1.1\r\nContent-Length: {len(request)}\r\n\r\n"
    writer.write(head.encode() + request)
    try:
        await reader.readuntil(b"\r\n\r\n")
        while piece := await reader.read(500):
            yield piece
    finally:
        writer.close()


async def follow(api: str, port: int, number: int) -> MessageParser:
    return await aread(response(api, port, number), api, tools=concurrency.TOOLS).finish()


async def all_at_once(streams: int) -> list[MessageParser]:
    """Response number so-and-so of every API in turn, all open before any of them goes on."""
    server = concurrency.Server(streams)
    port = await server.start()
    try:
        return await asyncio.gather(*(follow(APIS[number % 3], port, number) for number in range(streams)))
    finally:
        await server.stop()


def test_every_stream_gets_its_own() -> None:
    messages = asyncio.run(all_at_once(STREAMS))
    for number, message in enumerate(messages):
        assert concurrency.values(message) == concurrency.orders(number)
        assert message.id == f"r{number}"


@pytest.mark.parametrize("api", APIS)
def test_what_an_open_stream_holds_is_bounded_by_what_came(api: str) -> None:
    """Half of each response has come. More parsers hold more, and no more than in proportion to their texts."""

    def held(streams: int) -> tuple[int, int]:
        raws = [concurrency.body(api, number) for number in range(streams)]
        halves = [raw[: len(raw) // 2] for raw in raws]
        messages = [MessageParser(api, tools=concurrency.TOOLS) for _ in halves]

        def feed() -> None:
            for message, half in zip(messages, halves, strict=True):
                for at in range(0, len(half), 500):
                    message.feed_bytes(half[at : at + 500])

        return used_by(feed).held, sum(len(call.text) for message in messages for call in message.calls)

    few = amount(40, 40, quick=15)
    held(2)
    size, text = held(few)
    assert size < few * 60_000
    assert text > few * 300
    # Once more where it is not so: a table of the interpreter may have doubled its size.
    assert any(held(2 * few)[0] < 2.3 * size for _ in range(2))


def test_nothing_is_left_when_all_have_ended() -> None:
    def run() -> None:
        asyncio.run(all_at_once(30))

    run()
    gc.collect()
    tracemalloc.start()
    run()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(3):
        run()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 30 * 1000
