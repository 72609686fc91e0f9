"""connect.js keeps a state: by itself in Node, and over a real connection that is dropped again and again."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from partialjson import Parser
from partialjson.broadcast import Broadcast, DocumentState
from support.node import BROWSER, needs_node, node

HERE = Path(__file__).parent
TEXT = json.dumps({"title": "Häuser 😀\u2028", "lines": [{"sku": f"x-{number}", "on": True} for number in range(200)]})


@needs_node
def test_connections_that_do_what_they_are_told() -> None:
    done = node("--test", str(HERE / "connect.test.mjs"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 21" in done.stdout, done.stdout


@needs_node
@pytest.mark.parametrize("drops", [0, 3])
def test_a_state_over_a_real_connection(drops: int) -> None:
    """A server of the standard library, which drops so many connections, each in the middle of its third frame."""

    async def main() -> None:
        broadcast = Broadcast()
        asked: list[str | None] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            since = parse_qs(urlsplit(head.split()[1]).query).get("since", [None])[0]
            asked.append(since)
            whole = 2 if len(asked) <= drops else -1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            async for part in broadcast.sse(since):
                if whole == 0:
                    writer.write(part[: len(part) // 2])
                    break
                writer.write(part)
                await writer.drain()
                whole -= 1
            writer.close()

        async def play() -> None:
            parser = Parser()
            state = DocumentState(parser)
            while len(asked) <= drops:
                await asyncio.sleep(0.01)
                if len(TEXT) - parser.pos > 1000:
                    broadcast.publish(state.changes(parser.feed(TEXT[parser.pos : parser.pos + 20])))
            for at in range(parser.pos, len(TEXT), 200):
                broadcast.publish(state.changes(parser.feed(TEXT[at : at + 200])))
                await asyncio.sleep(0.01)
            broadcast.publish(state.changes(parser.end().events))
            broadcast.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            viewer = await asyncio.create_subprocess_exec(
                "node",
                str(HERE / "follow.mjs"),
                f"http://127.0.0.1:{port}/stream",
                env={**os.environ, "PARTIALJSON_BROWSER": BROWSER.as_uri()},
                stdout=asyncio.subprocess.PIPE,
            )
            await play()
            out, _ = await asyncio.wait_for(viewer.communicate(), 30)
        told = json.loads(out)
        assert told["state"] == broadcast.state
        assert told["state"]["value"] == json.loads(TEXT)
        assert told["lost"] == drops
        # It says what it has.
        assert asked[0] is None
        assert len(asked) == drops + 1
        assert all(since is not None and since.startswith(f"{broadcast.journal.run}:") for since in asked[1:])
        assert len(set(asked)) == len(asked)

    asyncio.run(main())
