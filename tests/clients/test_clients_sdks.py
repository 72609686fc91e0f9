"""`read` and `aread` over real clients: the SDKs of the providers, httpx, aiohttp, requests and websockets, talking to
a server on this machine. What an SDK gives must say the same as the bytes it was given."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import Partial
from partialjson.clients import aread, read
from partialjson.messages import MessageEnded, MessageFailed, MessageParser, ProviderError, Update
from partialjson.testing.bodies import WITHOUT_CALLS, WITHOUT_FILTER, WITHOUT_REASONING, Said, Say, body, frames
from support import sdks
from support.corpus import corpus_files, corpus_folder
from support.loopback import Loopback, Reply, failure
from support.models import Weather
from support.sdks import ASYNC, KINDS, MESSAGES, SYNC, astreaming, sdk, streaming
from support.told import read_bytes, real_events, told
from support.turns import turn

# What SDKs warn of is not this project's to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


TOOLS = {"get_weather": Weather}
CALLS = (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')), Say("c2", "get_weather", ('{"city":', '"Rom"}')))
# Its type of a call has no id.
WITHOUT_IDS = ("ollama",)


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


def body_of(api: str, said: Said) -> bytes:
    """The body of an API as its SDK takes it: some insist on what the wire format leaves open."""
    calls = () if api in WITHOUT_CALLS else said.calls
    reasoning = () if api in WITHOUT_REASONING else said.reasoning
    reason = "complete" if said.reason == "tool_calls" and not calls else said.reason
    return body(api, real_events(api, Said(said.texts, reasoning, calls, reason, whole=api == "mistral")))


def reply(api: str, raw: bytes, **how: Any) -> Reply:
    return Reply(raw, kind=KINDS.get(api, "text/event-stream"), **how)


def expected(api: str, raw: bytes, **options: Any) -> dict[str, Any]:
    found = told(read_bytes(api, raw, **options))
    if api in WITHOUT_IDS:
        for choice in found["choices"]:
            choice["calls"] = [("", *call[1:]) for call in choice["calls"]]
    return found


def follow(api: str, server: Loopback, **options: Any) -> tuple[MessageParser, list[Update], BaseException | None]:
    """A stream of the API's SDK, to its end; and what it raised."""
    seen: list[Update] = []
    message = MessageParser(api, **options)
    with streaming(api, server.url) as ask:
        try:
            for update in read(ask(), message):
                seen.append(update)
        except Exception as error:
            return message, seen, error
    return message, seen, None


def afollow(api: str, server: Loopback, **options: Any) -> tuple[MessageParser, list[Update], BaseException | None]:
    """The same with its asynchronous client. What it raises at the request is raised while reading."""
    seen: list[Update] = []
    message = MessageParser(api, **options)

    async def go() -> BaseException | None:
        async with astreaming(api, server.url) as ask:
            try:
                async for update in aread(ask(), message):
                    seen.append(update)
            except Exception as error:
                return error
        return None

    return message, seen, asyncio.run(go())


Follow = Callable[..., tuple[MessageParser, list[Update], BaseException | None]]
WAYS: list[tuple[str, Follow]] = [*((api, follow) for api in SYNC), *((api, afollow) for api in ASYNC)]
AllWays = pytest.mark.parametrize(("api", "way"), WAYS, ids=lambda value: getattr(value, "__name__", value))


# What they say


SAID = [
    Said(("Hel", "lo"), (), CALLS, "tool_calls"),
    Said(("Hel", "lo"), ("Let me ", "see")),
    Said(('{"city":', '"Bern"}'), (), (), "truncated"),
    Said(("Hel", "lo"), (), CALLS, None),
    Said((), (), (), "filtered"),
]


@AllWays
@pytest.mark.parametrize("said", SAID, ids=["calls", "text", "truncated", "cut", "filtered"])
def test_an_sdk_says_what_the_bytes_say(api: str, way: Follow, said: Said, server: Loopback) -> None:
    if said.reason == "filtered" and api in WITHOUT_FILTER:
        pytest.skip("no such word")
    raw = body_of(api, said)
    server.reply = reply(api, raw, size=37)
    message, seen, error = way(api, server, tools=TOOLS, output=Any)
    assert error is None
    assert told(message) == expected(api, raw, tools=TOOLS, output=Any)
    assert isinstance(seen[-1], MessageEnded)
    assert seen[-1].end.reason == message.end().reason
    if said.reason == "tool_calls" and api not in WITHOUT_CALLS:
        assert [call.value for call in message.calls if call.ready] == [Weather(city="Zürich"), Weather(city="Rom")]


HELPERS: dict[str, Callable[[str], Any]] = {
    "openai-chat": lambda url: sdks.openai(url).chat.completions.stream(model="m", messages=MESSAGES),
    "openai-responses": lambda url: sdks.openai(url).responses.stream(model="m", input="?"),
    "anthropic-messages": lambda url: sdks.anthropic(url).messages.stream(model="m", max_tokens=9, messages=MESSAGES),
}


@pytest.mark.parametrize("api", HELPERS)
def test_the_streams_that_accumulate_are_streams_too(api: str, server: Loopback) -> None:
    """They give events of their own between those of the API, and have to be entered."""
    raw = body_of(api, SAID[0])
    server.reply = reply(api, raw, size=37)
    message = read(HELPERS[api](server.url), api, tools=TOOLS).finish()
    assert told(message) == expected(api, raw, tools=TOOLS)


class Report(BaseModel):
    title: str
    totals: list[float]


REPORT = '{"title": "Orders of last week", "totals": [12.5, 300, 7]}'
WHOLE = Report(title="Orders of last week", totals=[12.5, 300, 7])

TYPED: dict[str, Callable[[Any], Any]] = {
    "openai-chat": lambda client: client.chat.completions.stream(model="m", messages=MESSAGES, response_format=Report),
    "openai-responses": lambda client: client.responses.stream(model="m", input="?", text_format=Report),
    "anthropic-messages": lambda client: client.messages.stream(
        model="m", max_tokens=9, messages=MESSAGES, output_format=Report
    ),
}


def beside(api: str, server: Loopback, kind: str) -> tuple[MessageParser, list[tuple[Any, list[Update]]]]:
    """The events of a helper that knows the type of the output, each with its updates."""
    message = MessageParser(api, output=Report)
    found: list[tuple[Any, list[Update]]] = []
    is_openai = api.startswith("openai")
    client = sdks.openai(server.url, f"{kind}OpenAI") if is_openai else sdks.anthropic(server.url, f"{kind}Anthropic")

    async def gather() -> None:
        async with client:
            async for pair in aread(TYPED[api](client), message).events():
                found.append(pair)

    def go() -> None:
        with client:
            for pair in read(TYPED[api](client), message).events():
                found.append(pair)

    with suppress(Exception):
        asyncio.run(gather()) if kind else go()
    return message, found


@pytest.mark.parametrize("kind", ["", "Async"])
@pytest.mark.parametrize("api", TYPED)
def test_events_of_a_typed_helper_come_beside_the_updates(api: str, kind: str, server: Loopback) -> None:
    said = Said(tuple(REPORT[at : at + 3] for at in range(0, len(REPORT), 3)))
    server.reply = reply(api, turn(api, said), size=37)
    message, found = beside(api, server, kind)
    assert message.end().reason == "complete"
    assert message.output.value == WHOLE
    assert message.unread == {}
    plain = MessageParser(api, output=Report)
    updates = [*plain.feed_bytes(turn(api, said)), *plain.end().updates]
    assert [update for _, some in found for update in some] == updates
    # What the helper adds up is among its events, and brings no updates.
    own = {"openai-chat": "content.done", "openai-responses": "response.output_text.done", "anthropic-messages": "text"}
    assert own[api] in {getattr(event, "type", "") for event, _ in found}


@pytest.mark.parametrize("kind", ["", "Async"])
def test_a_helper_that_raises_at_a_limit_has_the_reason(kind: str, server: Loopback) -> None:
    server.reply = reply("openai-chat", turn("openai-chat", Said((REPORT[:30],), (), (), "truncated")), size=37)
    message, found = beside("openai-chat", server, kind)
    assert message.end().reason == "truncated"
    assert isinstance(message.output.value, Partial)
    assert isinstance(found[-1][1][-1], MessageEnded)


@pytest.mark.parametrize("api", HELPERS)
def test_a_helper_without_the_type_tells_that_a_limit_was_reached(api: str, server: Loopback) -> None:
    server.reply = reply(api, turn(api, Said((REPORT[:30],), (), (), "truncated")), size=37)
    message = read(HELPERS[api](server.url), api, output=Report).finish()
    assert message.end().reason == "truncated"
    assert isinstance(message.output.value, Partial)


@pytest.mark.parametrize("api", ["openai-chat", "anthropic-messages"])
def test_raw_responses_give_the_bytes(api: str, server: Loopback) -> None:
    raw = body_of(api, SAID[0])
    server.reply = reply(api, raw, size=37)
    client = SYNC[api][0](server.url)
    part = client.chat.completions if api == "openai-chat" else client.messages
    more = {} if api == "openai-chat" else {"max_tokens": 9}
    response = part.with_streaming_response.create(model="m", messages=MESSAGES, stream=True, **more)
    assert told(read(response, api, tools=TOOLS).finish()) == expected(api, raw, tools=TOOLS)


# How they are left


LONG = Said(tuple("Hello " * 20), (), (), None)


def held(api: str) -> Reply:
    return reply(api, body_of(api, LONG), size=64, cut="hold")


@pytest.mark.parametrize("api", SYNC)
def test_leaving_a_stream_of_an_sdk_closes_its_connection(api: str, server: Loopback) -> None:
    server.reply = held(api)
    with streaming(api, server.url) as ask:
        for _ in read(ask(), api):
            break
        assert server.last.was_left()
        with read(ask(), api) as stream:
            next(iter(stream))
        assert server.last.was_left()


@pytest.mark.parametrize("leave", ["break", "with", "cancel"])
@pytest.mark.parametrize("api", ASYNC)
def test_leaving_an_asynchronous_stream_closes_its_connection(api: str, leave: str, server: Loopback) -> None:
    server.reply = held(api)

    async def go(ask: Callable[[], Any], began: asyncio.Event) -> None:
        if leave == "with":
            async with aread(ask(), api) as stream:
                await anext(aiter(stream))
            return
        async for _ in aread(ask(), api):
            began.set()
            if leave == "break":
                break

    async def run() -> bool:
        async with astreaming(api, server.url) as ask:
            began = asyncio.Event()
            task = asyncio.ensure_future(go(ask, began))
            if leave == "cancel":
                await began.wait()
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if api == "gemini":
                await asyncio.sleep(0.05)
                gc.collect()  # its SDK keeps the response in a cycle of references
            return await asyncio.to_thread(server.last.was_left)

    assert asyncio.run(run())


# How they break


@AllWays
@pytest.mark.parametrize("cut", ["end", "reset", ""])
def test_a_connection_that_breaks_is_told(api: str, way: Follow, cut: Any, server: Loopback) -> None:
    """Closed without the last chunk, reset, and closed in good order before the message was whole: some of these an SDK
    raises, some it does not; the message says it of all of them."""
    whole = body_of(api, SAID[0])
    raw = whole[: whole.index(b'lo"') + 3 if api in WITHOUT_CALLS else whole.index("Zü".encode())]
    server.reply = reply(api, raw, size=37, cut=cut)
    message, seen, error = way(api, server, tools=TOOLS)
    assert message.end().reason == "disconnected"
    assert message.text == ("Hel" if api in WITHOUT_CALLS else "Hello")
    assert isinstance(seen[-1], MessageEnded)
    if cut:
        assert error is not None or api.startswith("gemini-i")


@pytest.mark.parametrize(
    ("api", "event", "told_of_it"),
    [
        ("openai-chat", {"error": {"message": "busy", "type": "server_error"}}, ("server_error", "busy")),
        ("openai-completions", {"error": {"message": "busy", "type": "server_error"}}, ("server_error", "busy")),
        (
            "openai-responses",
            {"type": "error", "sequence_number": 9, "code": "server_error", "message": "busy", "param": None},
            ("", "busy"),
        ),
        (
            "anthropic-messages",
            {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}},
            ("overloaded_error", "busy"),
        ),
        ("gemini", {"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}}, ("UNAVAILABLE", "busy")),
        ("ollama", {"error": "busy"}, ("", "busy")),
        ("bedrock-converse", {"throttlingException": {"message": "busy"}}, ("throttlingException", "busy")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("way", [follow, afollow])
def test_an_error_in_the_stream_is_told_whether_the_sdk_raises_it_or_not(
    api: str, event: Any, told_of_it: tuple[str, str], way: Follow, server: Loopback
) -> None:
    if way is afollow and api not in ASYNC:
        pytest.skip("no asynchronous client")
    raw = body_of(api, Said(("Hel", "lo"), (), (), None)) + body(api, [event])
    server.reply = reply(api, raw, size=37)
    message, seen, error = way(api, server)
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert (end.error.type, end.error.message) == told_of_it
    assert sum(isinstance(update, MessageFailed) for update in seen) == 1
    assert message.text == "Hello"
    assert (error is None) == (api == "openai-responses")


@pytest.mark.parametrize(
    ("api", "answer"),
    [
        ("openai-chat", {"error": {"message": "slow down", "type": "requests"}}),
        ("openai-responses", {"error": {"message": "slow down", "type": "requests"}}),
        ("anthropic-messages", {"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}}),
        ("gemini", {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}),
        ("cohere", {"message": "slow down"}),
        ("ollama", {"error": "slow down"}),
        ("mistral", {"object": "error", "message": "slow down", "type": "rate_limited"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("status", [429, 500])
def test_a_refused_request_is_raised_and_told(api: str, answer: Any, status: int, server: Loopback) -> None:
    server.reply = failure(status, answer)
    message, seen, error = afollow(api, server)
    assert error is not None
    assert message.end().reason == "error"
    assert "slow down" in str(message.end().error)
    assert isinstance(seen[-1], MessageEnded)


# httpx, aiohttp, requests


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
@pytest.mark.parametrize("size", [0, 1, 50])
def test_responses_of_httpx(name: str, size: int, server: Loopback) -> None:
    httpx = sdk(name)
    raw = body_of("openai-chat", SAID[0])
    server.reply = reply("openai-chat", raw, size=size)
    whole = expected("openai-chat", raw, tools=TOOLS)

    async def go() -> None:
        async with httpx.AsyncClient() as client:
            assert told(await aread(client.stream("POST", server.url), "openai-chat", tools=TOOLS).finish()) == whole
            async with client.stream("POST", server.url) as response:
                assert told(await aread(response, "openai-chat", tools=TOOLS).finish()) == whole
                assert response.is_closed
            async with client.stream("POST", server.url) as response:
                pieces = response.aiter_bytes()
                assert told(await aread(pieces, "openai-chat", tools=TOOLS).finish()) == whole

    with httpx.Client() as client:
        assert told(read(client.stream("POST", server.url), "openai-chat", tools=TOOLS).finish()) == whole
        with client.stream("POST", server.url) as response:
            assert told(read(response, "openai-chat", tools=TOOLS).finish()) == whole
    asyncio.run(go())


@pytest.mark.parametrize(
    ("cut", "chunked", "raises"),
    [
        ("end", True, "RemoteProtocolError"),
        ("reset", True, "ReadError"),
        ("end", False, ""),
        ("reset", False, "ReadError"),
    ],
)
def test_breaks_of_httpx(cut: Any, chunked: bool, raises: str, server: Loopback) -> None:
    httpx = sdk("httpx")
    raw = body_of("openai-chat", SAID[0])
    server.reply = Reply(raw[: len(raw) // 2], chunked=chunked, cut=cut)
    seen: list[Update] = []
    with httpx.Client() as client:
        stream = read(client.stream("POST", server.url), "openai-chat")
        with suppress(httpx.HTTPError):
            for update in stream:
                seen.append(update)
    assert type(stream.error).__name__ == (raises or "NoneType")
    assert stream.end().reason == "disconnected"
    assert isinstance(seen[-1], MessageEnded)
    assert stream.message.text == "Hello"


def test_a_break_after_the_terminal_event_does_no_harm(server: Loopback) -> None:
    httpx = sdk("httpx")
    server.reply = Reply(body_of("anthropic-messages", SAID[0]), cut="end")
    with httpx.Client() as client:
        stream = read(client.stream("POST", server.url), "anthropic-messages")
        assert stream.finish().end().reason == "tool_calls"
    assert isinstance(stream.error, httpx.RemoteProtocolError)


def test_leaving_a_response_of_httpx_closes_its_connection(server: Loopback) -> None:
    httpx = sdk("httpx")
    server.reply = held("openai-chat")

    async def cancel() -> bool:
        async with httpx.AsyncClient() as client:
            task = asyncio.ensure_future(aread(client.stream("POST", server.url), "openai-chat").finish())
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return await asyncio.to_thread(server.last.was_left)

    with httpx.Client() as client:
        for source in (
            client.stream("POST", server.url),
            client.send(client.build_request("GET", server.url), stream=True),
        ):
            for _ in read(source, "openai-chat"):
                break
            assert server.last.was_left()
    assert asyncio.run(cancel())


def test_a_finished_response_leaves_its_connection_to_the_next(server: Loopback) -> None:
    httpx = sdk("httpx")
    server.reply = Reply(body_of("anthropic-messages", SAID[0]))
    with httpx.Client(limits=httpx.Limits(max_connections=1)) as client:
        for _ in range(3):
            read(client.stream("POST", server.url), "anthropic-messages").finish()
        (connection,) = client._transport._pool.connections
        assert connection._connection._request_count == 3


def test_responses_of_aiohttp(server: Loopback) -> None:
    aiohttp = sdk("aiohttp")
    raw = body_of("openai-chat", SAID[0])

    async def go() -> None:
        async with aiohttp.ClientSession() as session:
            server.reply = reply("openai-chat", raw, size=50)
            message = await aread(session.post(server.url), "openai-chat", tools=TOOLS).finish()
            assert told(message) == expected("openai-chat", raw, tools=TOOLS)
            server.reply = held("openai-chat")
            async for _ in aread(session.post(server.url), "openai-chat"):
                break
            assert await asyncio.to_thread(server.last.was_left)

    asyncio.run(go())


def test_responses_of_requests(server: Loopback) -> None:
    requests = sdk("requests")
    raw = body_of("openai-chat", SAID[0])
    with requests.Session() as session:
        server.reply = reply("openai-chat", raw, size=50)
        message = read(session.post(server.url, stream=True), "openai-chat", tools=TOOLS).finish()
        assert told(message) == expected("openai-chat", raw, tools=TOOLS)
        server.reply = held("openai-chat")
        for _ in read(session.post(server.url, stream=True), "openai-chat"):
            break
        assert server.last.was_left()


# WebSockets


SOCKETS = ["openai-realtime", "openai-responses", "gemini-live"]


def said_in_frames(api: str, text: bool = True, said: Said = SAID[0]) -> list[str | bytes]:
    raw = [frames([event]) for event in real_events(api, said)]
    return [frame.decode() for frame in raw] if text else list(raw)


@pytest.mark.parametrize("text", [True, False], ids=["text", "binary"])
@pytest.mark.parametrize("api", SOCKETS)
def test_frames_of_websockets(api: str, text: bool, server: Loopback) -> None:
    connect, aconnect = sdk("websockets.sync.client").connect, sdk("websockets.asyncio.client").connect
    server.reply = Reply(frames=said_in_frames(api, text))
    reference = MessageParser(api, tools=TOOLS)
    for frame in server.reply.frames:
        if not reference.done:
            reference.feed_bytes(frame)

    async def go() -> None:
        async with aconnect(server.socket_url) as socket:
            for _ in range(2):
                await socket.send("{}")
                assert told(await aread(socket, api, tools=TOOLS).finish()) == told(reference)
                while api == "gemini-live" and "turnComplete" not in str(await socket.recv()):
                    pass

    with connect(server.socket_url) as socket:
        socket.send("{}")
        assert told(read(socket, api, tools=TOOLS).finish()) == told(reference)
        assert socket.protocol.state.name == "OPEN"
    asyncio.run(go())


@pytest.mark.parametrize(("cut", "raises"), [("end", False), ("reset", True)])
def test_sockets_that_close_in_the_middle(cut: Any, raises: bool, server: Loopback) -> None:
    connect, aconnect = sdk("websockets.sync.client").connect, sdk("websockets.asyncio.client").connect
    server.reply = Reply(frames=said_in_frames("openai-realtime")[:8], cut=cut)
    seen: list[Update] = []

    async def go() -> None:
        async with aconnect(server.socket_url) as socket:
            await socket.send("{}")
            async for update in aread(socket, "openai-realtime"):
                seen.append(update)

    def also() -> None:
        with connect(server.socket_url) as socket:
            socket.send("{}")
            for update in read(socket, "openai-realtime"):
                seen.append(update)

    for way in (also, lambda: asyncio.run(go())):
        seen.clear()
        with pytest.raises(sdk("websockets.exceptions").ConnectionClosedError) if raises else nullcontext():
            way()
        assert isinstance(seen[-1], MessageEnded)
        assert seen[-1].end.reason == "disconnected"


def test_leaving_a_socket_in_the_middle_closes_it(server: Loopback) -> None:
    connect, aconnect = sdk("websockets.sync.client").connect, sdk("websockets.asyncio.client").connect
    server.reply = Reply(frames=said_in_frames("openai-realtime")[:8])
    with connect(server.socket_url) as socket:
        socket.send("{}")
        for _ in read(socket, "openai-realtime"):
            break
        assert server.last.was_left()

    async def go() -> None:
        async with aconnect(server.socket_url) as socket:
            await socket.send("{}")
            task = asyncio.ensure_future(aread(socket, "openai-realtime").finish())
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await asyncio.to_thread(server.last.was_left)

    asyncio.run(go())


@pytest.mark.parametrize("api", ["openai-realtime", "openai-responses"])
def test_connections_of_the_openai_sdk(api: str, server: Loopback) -> None:
    sdk("websockets")
    server.reply = Reply(frames=said_in_frames(api))
    url = server.socket_url.replace("ws", "http")
    whole = {"get_weather": [Weather(city="Zürich"), Weather(city="Rom")]}

    def connect(client: Any) -> Any:
        return client.realtime.connect(model="m") if api == "openai-realtime" else client.responses.connect()

    def create(connection: Any) -> Any:
        more = {} if api == "openai-realtime" else {"model": "m", "input": "?"}
        return connection.response.create(**more)

    async def go() -> None:
        async with sdks.openai(url, "AsyncOpenAI") as client, connect(client) as connection:
            for _ in range(2):
                await create(connection)
                message = await aread(connection, api, tools=TOOLS).finish()
                assert [call.value for call in message.calls if call.ready] == whole["get_weather"]

    with sdks.openai(url) as client, connect(client) as connection:
        for _ in range(2):
            create(connection)
            message = read(connection, api, tools=TOOLS).finish()
            assert message.end().reason == "tool_calls"
            assert [call.value for call in message.calls if call.ready] == whole["get_weather"]
    asyncio.run(go())


def test_sessions_of_the_google_sdk(server: Loopback, capsys: pytest.CaptureFixture[str]) -> None:
    sdk("websockets")
    server.reply = Reply(frames=['{"setupComplete":{}}', *said_in_frames("gemini-live")[1:]])

    async def go() -> None:
        client = sdks.google_live(server.socket_url)
        for itself in (True, False):
            async with client.aio.live.connect(model="m") as session:
                source = session if itself else session.receive()
                message = await aread(source, "gemini-live", tools=TOOLS).finish()
                assert message.text == "Hello"
                assert message.end().reason == "tool_calls"
                assert message.calls[1].value == Weather(city="Rom")
        await client.aio.aclose()
        client.close()

    asyncio.run(go())


# Recorded streams


FOLDERS = {
    "anthropic-messages": "anthropic-messages",
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
    "openai-completions": "openai-completions",
    "gemini-generateContent": "gemini",
}
RECORDED = [
    path
    for folder in ("streams", "streams_synthetic")
    for api in FOLDERS
    for path in corpus_files(folder, api)
    if path.suffix == ".sse"
]
# What the SDK keeps to itself: file -> the keys of a choice, or of the message, that differ.
KEPT: dict[str, tuple[set[str], str]] = {
    "anthropic--fallback_response-f736dd.sse": ({"end"}, "the blank line after the last event is missing"),
    "anthropic--incomplete_partial_json_response-47d298.sse": ({"end"}, "the same"),
    "local-proxy--completion_stream_multiple_choices_proxy-ab5898.sse": ({"end"}, "no finish reason, only [DONE]"),
    "openai--test_tools_streaming_variant_a-7fe7d2.sse": ({"end"}, "the same"),
    "openai--test_tools_streaming_variant_b-5b1fb0.sse": ({"end"}, "the same"),
    "snowflake--test_snowflake_thinking_streaming-b98fa6.sse": ({"end"}, "the same"),
    "gpustack--at_with_extended_thinking_gpustack_qwen3_streams_thinking_content_when_available-9802fd.sse": (
        {"end", "error"},
        "an `error:` line, which is no field of an event",
    ),
    "openrouter--test_openrouter_stream_error-42d7c4.sse": ({"usage"}, "the event with the error has it, too"),
}


def without(found: dict[str, Any], names: set[str]) -> dict[str, Any]:
    choices = [{name: value for name, value in choice.items() if name not in names} for choice in found["choices"]]
    kept = {name: value for name, value in found.items() if name not in names}
    if isinstance(kept.get("usage"), dict):
        kept["usage"] = {name: count for name, count in kept["usage"].items() if name != "serviceTier"}
    return kept | {"choices": choices}


def check_recorded(path: Path, raw: bytes, message: MessageParser, raised: bool) -> None:
    names = KEPT.get(path.name, (set(), ""))[0]
    whole = read_bytes(message.api, raw)
    assert without(told(message), names) == without(told(whole), names), path
    assert not raised or whole.end().reason == "error"


@pytest.mark.parametrize("folder", FOLDERS)
def test_recorded_streams_through_the_sdk(folder: str, server: Loopback) -> None:
    corpus_folder("streams", folder)
    api = FOLDERS[folder]
    with streaming(api, server.url) as ask:
        for path in RECORDED:
            if path.parent.name == folder:
                raw = path.read_bytes()
                server.reply = Reply(raw, size=1000)
                stream = read(ask(), api)
                raised = True
                with suppress(Exception):
                    stream.finish()
                    raised = False
                check_recorded(path, raw, stream.message, raised)


@pytest.mark.parametrize("folder", FOLDERS)
def test_recorded_streams_through_the_asynchronous_sdk(folder: str, server: Loopback) -> None:
    corpus_folder("streams", folder)
    api = FOLDERS[folder]

    async def go() -> None:
        async with astreaming(api, server.url) as ask:
            for path in RECORDED[::5]:
                if path.parent.name == folder:
                    raw = path.read_bytes()
                    server.reply = Reply(raw, size=1000)
                    stream = aread(ask(), api)
                    raised = True
                    with suppress(Exception):
                        await stream.finish()
                        raised = False
                    check_recorded(path, raw, stream.message, raised)

    asyncio.run(go())


def test_the_exceptions_are_there() -> None:
    corpus_folder("streams")
    assert {path.name for path in RECORDED} >= KEPT.keys()
