"""A thousand responses at once in one asyncio process: ``python benchmarks/concurrency.py``.

A server, in a process of its own on this machine, answers each request with a response of its own that holds two tool
calls. It holds every response back after its beginning until all clients are connected, and then sends all of them
in small pieces in turn. Each contestant runs in a fresh process and reads all of them at once: ``aread`` over the SDK's
stream, ``aread`` over the bytes of httpx, the SDK's own accumulating helper, and the bare SDK, which makes events and
drops them. Who gives calls must give the right ones to the right stream.

The processor's time is that of the client's process for everything, connecting included; it depends least on what
else the machine does. The other time runs from the moment at which the server lets go until the last stream has
ended. Memory is the growth of the process's peak over what it was before the first request.

The extra ``sdks`` has what is needed. Results are a table in ``benchmarks/results/concurrency.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from pydantic import BaseModel

import partialjson
from benchmarks import responses
from benchmarks.responses import Response
from partialjson.clients import aread
from partialjson.messages import MessageParser

MESSAGES = [{"role": "user", "content": "?"}]
FRAGMENT = 12
PIECE = 1024
WARM_UP = -1


# What is said


class Item(BaseModel):
    sku: str
    count: int
    note: str


class Order(BaseModel):
    customer: str
    items: list[Item]


TOOLS = {"place_order": Order}


def orders(number: int) -> list[dict[str, Any]]:
    """The arguments of the two calls of response number so-and-so."""
    return [
        {
            "customer": f"customer {number} of {call}",
            "items": [
                {"sku": f"{number}-{call}-{i}", "count": number * 10 + i, "note": f'Größe {i}, "{"x" * (number % 7)}"'}
                for i in range(8)
            ],
        }
        for call in range(2)
    ]


def said(number: int) -> Response:
    """Response number so-and-so."""
    texts = tuple(json.dumps(order, ensure_ascii=False) for order in orders(number))
    return Response(f"r{number}", calls=texts, fragment=FRAGMENT)


PATHS = {
    "/v1/chat/completions": "openai-chat",
    "/v1/responses": "openai-responses",
    "/v1/messages": "anthropic-messages",
}
APIS = tuple(PATHS.values())


def body(api: str, number: int) -> bytes:
    return responses.body(api, said(number))


# The server


class Server:
    """Answers request number so-and-so, which is the name of its model, with response number so-and-so, when as many
    clients are there as should be: ``together``. Request -1 is answered at once."""

    def __init__(self, together: int) -> None:
        self.together = together
        self.connected = 0
        self.released = 0.0
        self.go = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listens on a free port, and gives it."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=4096)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            length = next(
                int(line.partition(":")[2]) for line in head.split("\r\n") if line.lower().startswith("content-length:")
            )
            request = json.loads(await reader.readexactly(length) or b"{}")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            if path == "/released":
                writer.write(str(self.released).encode())
            else:
                await self._say(body(PATHS[path], int(request["model"])), int(request["model"]), writer)
            await writer.drain()
        writer.close()

    async def _say(self, raw: bytes, number: int, writer: asyncio.StreamWriter) -> None:
        first = raw.index(b"\n\n") + 2
        writer.write(raw[:first])
        if number != WARM_UP:
            self.connected += 1
            if self.connected == self.together:
                self.released = time.monotonic()
                self.go.set()
            await self.go.wait()
        for at in range(first, len(raw), PIECE):
            writer.write(raw[at : at + PIECE])
            await writer.drain()
            await asyncio.sleep(0)  # the others' turn


async def serve(together: int) -> None:
    server = Server(together)
    print(await server.start(), flush=True)
    await asyncio.Event().wait()


# The contestants

Follow = Callable[[int], Awaitable[object]]
CONTESTANTS = ("aread, SDK", "aread, httpx", "SDK's helper", "bare SDK")
KNOWN_CALLS = CONTESTANTS[:3]


@dataclass
class Clients:
    """One client for all streams, as an application has it."""

    api: str
    url: str
    streams: int

    def sdk(self) -> Any:
        if self.api == "anthropic-messages":
            return import_module("anthropic").AsyncAnthropic(api_key="k", base_url=self.url, max_retries=0, timeout=600)
        return import_module("openai").AsyncOpenAI(api_key="k", base_url=f"{self.url}/v1", max_retries=0, timeout=600)

    def follower(self, contestant: str) -> Follow:
        """What reads one stream, and gives the arguments of its calls where it knows them."""
        if contestant == "aread, httpx":
            return self._bytes()
        client = self.sdk()
        return {"aread, SDK": self._read, "SDK's helper": self._helper, "bare SDK": self._bare}[contestant](client)

    def _create(self, client: Any, number: int) -> Any:
        model = str(number)
        if self.api == "anthropic-messages":
            return client.messages.create(model=model, max_tokens=9, messages=MESSAGES, stream=True)
        if self.api == "openai-responses":
            return client.responses.create(model=model, input="?", stream=True)
        return client.chat.completions.create(model=model, messages=MESSAGES, stream=True)

    def _read(self, client: Any) -> Follow:
        async def follow(number: int) -> object:
            return values(await aread(self._create(client, number), self.api, tools=TOOLS).finish())

        return follow

    def _bytes(self) -> Follow:
        httpx = import_module("httpx")
        client = httpx.AsyncClient(timeout=600, limits=httpx.Limits(max_connections=None))
        (path,) = (path for path, api in PATHS.items() if api == self.api)

        async def follow(number: int) -> object:
            request = client.stream("POST", self.url + path, json={"model": str(number)})
            return values(await aread(request, self.api, tools=TOOLS).finish())

        return follow

    def _bare(self, client: Any) -> Follow:
        async def follow(number: int) -> object:
            async for _ in await self._create(client, number):
                pass
            return None

        return follow

    def _helper(self, client: Any) -> Follow:
        model_of = str
        if self.api == "anthropic-messages":

            async def follow(number: int) -> object:
                manager = client.messages.stream(model=model_of(number), max_tokens=9, messages=MESSAGES)
                async with manager as stream:
                    message = await stream.get_final_message()
                return [Order.model_validate(block.input).model_dump() for block in message.content]

        elif self.api == "openai-responses":

            async def follow(number: int) -> object:
                async with client.responses.stream(model=model_of(number), input="?") as stream:
                    response = await stream.get_final_response()
                return [Order.model_validate_json(item.arguments).model_dump() for item in response.output]

        else:

            async def follow(number: int) -> object:
                async with client.chat.completions.stream(model=model_of(number), messages=MESSAGES) as stream:
                    completion = await stream.get_final_completion()
                calls = completion.choices[0].message.tool_calls
                return [Order.model_validate_json(call.function.arguments).model_dump() for call in calls]

        return follow


def values(message: MessageParser) -> object:
    """The arguments of the calls that are ready; a message that is not whole has none."""
    if message.end().reason != "tool_calls":
        return message.end()
    return [call.value.model_dump() for call in message.calls if call.ready]


async def race(api: str, contestant: str, url: str, streams: int) -> dict[str, Any]:
    """Reads all streams at once: when they ended, seconds of the processor, kilobytes of the process's peak beyond its
    start, and wrong results."""
    follow = Clients(api, url, streams).follower(contestant)
    wrong = 0 if await follow(WARM_UP) in (None, orders(WARM_UP)) else 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    busy = time.process_time()
    found = await asyncio.gather(*(follow(number) for number in range(streams)))
    ended = time.monotonic()
    busy = time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if contestant in KNOWN_CALLS:
        wrong += sum(result != orders(number) for number, result in enumerate(found))
    return {"ended": ended, "busy": busy, "kilobytes": peak - before, "wrong": wrong}


async def released(url: str) -> float:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /released HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
    answer = (await reader.read()).decode()
    writer.close()
    return float(answer.rpartition("\r\n\r\n")[2])


async def work(api: str, contestant: str, url: str, streams: int) -> None:
    found = await race(api, contestant, url, streams)
    found["seconds"] = found.pop("ended") - await released(url)
    print(json.dumps(found))


# The command


def run(api: str, contestant: str, streams: int) -> dict[str, Any] | str:
    """One contestant against a fresh server; or why it could not run."""
    here = [sys.executable, str(Path(__file__).resolve())]
    with subprocess.Popen([*here, "--serve", str(streams)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{int(server.stdout.readline())}"
            command = [*here, "--work", json.dumps([api, contestant, url, streams])]
            done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
        finally:
            server.kill()
    if done.returncode:
        return done.stderr.strip().rpartition("\n")[2] or f"exit status {done.returncode}"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(results: dict[tuple[str, str], list[dict[str, Any]] | str], streams: int) -> str:
    lines = ["| API | contestant | CPU seconds | streams/CPU s | MB/CPU s | seconds | KiB a stream | wrong results |"]
    lines.append("|---|---|--:|--:|--:|--:|--:|--:|")
    for (api, contestant), runs in results.items():
        if isinstance(runs, str):
            lines.append(f"| {api} | {contestant} | left out: {runs} | | | | | |")
            continue
        seconds = median(run["seconds"] for run in runs)
        busy = median(run["busy"] for run in runs)
        size = sum(len(body(api, number)) for number in range(streams)) / 1e6
        kilobytes = median(run["kilobytes"] for run in runs) / streams
        wrong = str(max(run["wrong"] for run in runs)) if contestant in KNOWN_CALLS else "-"
        lines.append(
            f"| {api} | {contestant} | {busy:.1f} | {streams / busy:,.0f} | {size / busy:.1f} | {seconds:.1f}"
            f" | {kilobytes:.0f} | {wrong} |"
        )
    return "\n".join(lines)


def about(streams: int, rounds: int) -> str:
    found = []
    for name in ("openai", "anthropic", "httpx", "httpx2", "pydantic"):
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    core = "compiled" if partialjson.compiled else "interpreted"
    events = ", ".join(f"{len(responses.SAYS[api](said(7)))} ({api})" for api in APIS)
    return (
        f"# {streams} concurrent streams in one asyncio process\n\n"
        f"{date.today()}; {platform.system()}, {platform.machine()}; CPython {platform.python_version()}; core {core}; "
        f"{', '.join(found)}; median of {rounds}.\n\n"
        f"Each stream brings two tool calls of its own in fragments of {FRAGMENT} characters; events a stream: "
        f"{events}. All are connected before any goes on. CPU seconds are those of the client's process, connecting "
        "included; seconds are from there to the end of the last stream, on a machine that did other things, too. "
        "Memory is the growth of the process's peak, the client's connections and buffers included. `aread` validates "
        "the arguments into pydantic models while they come; the helpers do it once at the end; the bare SDK drops its "
        "events. "
        "Made by `python benchmarks/concurrency.py`.\n\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Many streams at once, on this machine.")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "concurrency.md")
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--work", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.serve:
        asyncio.run(serve(options.serve))
    elif options.work:
        asyncio.run(work(*json.loads(options.work)))
    else:
        results: dict[tuple[str, str], list[dict[str, Any]] | str] = {}
        for api in APIS:
            for contestant in CONTESTANTS:
                runs = [run(api, contestant, options.streams) for _ in range(options.rounds)]
                failed = [each for each in runs if isinstance(each, str)]
                results[api, contestant] = failed[0] if failed else [each for each in runs if isinstance(each, dict)]
                print(api, contestant, runs, flush=True)
        options.output.write_text(about(options.streams, options.rounds) + table(results, options.streams) + "\n")
        return int(any(isinstance(runs, str) or any(each["wrong"] for each in runs) for runs in results.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
