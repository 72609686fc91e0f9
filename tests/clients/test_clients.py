"""`read` and `aread` over everything that can be told apart without a client: how each source is read, when it is
asked, how it is left, and what becomes of what it raises. Real clients are in `test_clients_sdks.py`."""

from __future__ import annotations

import asyncio
import http.client
import io
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import pytest
from pydantic import AfterValidator, BaseModel

from partialjson.clients import AsyncMessageStream, MessageStream, aread, read
from partialjson.messages import MessageEnded, MessageFailed, MessageParser, ProviderError, StreamError, Update
from partialjson.sse import SSEDecoder
from partialjson.testing.bodies import BODY_APIS, WITHOUT_CALLS, Said, Say, body, events, frames, sse
from support.loopback import Loopback, Reply, failure
from support.models import Weather
from support.sources import AsyncSource, Both, Source, follow
from support.told import told

CALLS = (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')), Say("c2", "get_weather", ('{"city":', '"Rom"}')))
SAID = Said(("Hel", "lo"), (), CALLS, "tool_calls")
CHAT = "openai-chat"


TOOLS = {"get_weather": Weather}


def said(api: str) -> Said:
    return Said(("Hel", "lo")) if api in WITHOUT_CALLS else SAID


def pieces(raw: bytes, size: int = 11) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def parsed(api: str, raw: bytes, size: int = 11) -> tuple[MessageParser, list[Update]]:
    """What `MessageParser` makes of the body, cut like `pieces`."""
    message = MessageParser(api, tools=TOOLS)
    updates = [update for piece in pieces(raw, size) for update in message.feed_bytes(piece)]
    return message, [*updates, *message.end().updates]


# The same as the parser says


@Both
@pytest.mark.parametrize("api", [api for api in BODY_APIS if api != "gemini-live"])
def test_a_body_is_read_as_the_parser_reads_it(api: str, make: Callable[[Any], Source]) -> None:
    raw = body(api, said(api))
    message, updates = parsed(api, raw)
    stream, seen = follow(make(pieces(raw)), api, tools=TOOLS)
    assert seen == updates
    assert told(stream.message) == told(message)
    assert stream.end() is stream.message.end()
    assert stream.error is None


@Both
@pytest.mark.parametrize("api", BODY_APIS)
def test_events_are_read_as_the_parser_reads_them(api: str, make: Callable[[Any], Source]) -> None:
    told_events = events(api, said(api))
    message = MessageParser(api, tools=TOOLS)
    updates: list[Update] = []
    for event in told_events:
        updates += message.feed(event)
        if api == "gemini-live" and message.done:
            break  # the model waits for the results
    updates += message.end().updates
    stream, seen = follow(make(told_events), api, tools=TOOLS)
    assert seen == updates
    assert told(stream.message) == told(message)


@Both
def test_pieces_of_every_kind(make: Callable[[Any], Source]) -> None:
    raw = body(CHAT, SAID)
    for kind in (bytes, bytearray, memoryview, lambda piece: piece.decode("latin-1")):
        plain = body(CHAT, Said(("x",)))
        stream, _ = follow(make([kind(piece) for piece in pieces(plain)]))
        assert stream.message.text == "x"
    stream, _ = follow(make(SSEDecoder().feed(raw)), tools=TOOLS)
    assert told(stream.message) == told(parsed(CHAT, raw)[0])


def test_events_that_another_decoder_made_keep_their_names_and_lines() -> None:
    raw = b'event: ping\ndata: {"type":\ndata: "ping"}\n\nevent: error\ndata: {"error":{"message":"x"}}\n\n'
    stream = read(SSEDecoder().feed(raw), "anthropic-messages")
    assert stream.finish().end().reason == "error"


@Both
def test_the_end_of_a_cut_stream_is_an_update_too(make: Callable[[Any], Source]) -> None:
    raw = body(CHAT, SAID)
    stream, seen = follow(make([raw[: len(raw) // 2]]), tools=TOOLS)
    assert isinstance(seen[-1], MessageEnded)
    assert seen[-1].end.reason == stream.end().reason == "disconnected"


def test_a_parser_made_before() -> None:
    message = MessageParser(CHAT, tools=TOOLS)
    assert read([body(CHAT, SAID)], message).finish() is message
    assert [call.value for call in message.calls] == [Weather(city="Zürich"), Weather(city="Rom")]
    with pytest.raises(TypeError, match="pass tools, output and options to that"):
        read([], MessageParser(CHAT), tools=TOOLS)
    with pytest.raises(ValueError, match="unknown API 'x'; expected one of"):
        read([], "x")


def test_it_is_iterated_once() -> None:
    stream = read([body(CHAT, SAID)], CHAT)
    assert list(stream)
    with pytest.raises(RuntimeError, match="a stream can be read only once"):
        list(stream)
    assert stream.finish() is stream.message
    assert stream.finish() is stream.message


@Both
@pytest.mark.parametrize("method", ["updates", "events"])
@pytest.mark.parametrize("taken", [1, 2, 5])
def test_finish_reads_what_is_left(make: Callable[..., Source], method: str, taken: int) -> None:
    """However much was read before, and by whichever iterator, which gives nothing more then."""
    expected = told(follow(make(events(CHAT, SAID)), CHAT, tools=TOOLS)[0].message)
    source = make(events(CHAT, SAID))

    async def go() -> None:
        stream: Any = (aread if isinstance(source, AsyncSource) else read)(source, CHAT, tools=TOOLS)
        iterator: Any
        if isinstance(stream, MessageStream):
            iterator = iter(stream) if method == "updates" else stream.events()
            for _ in range(taken):
                next(iterator)
            assert told(stream.finish()) == expected
            assert list(iterator) == []
        else:
            iterator = aiter(stream) if method == "updates" else stream.events()
            for _ in range(taken):
                await anext(iterator)
            assert told(await stream.finish()) == expected
            assert [each async for each in iterator] == []
        assert (source.asked, source.closed) == (len(source.items), 1)
        assert stream.message.end().reason == "tool_calls"
        with pytest.raises(RuntimeError, match="a stream can be read only once"):
            _ = [each async for each in stream] if isinstance(stream, AsyncMessageStream) else list(stream)

    asyncio.run(go())


def test_finish_inside_a_loop() -> None:
    source = Source(events(CHAT, SAID))
    stream = read(source, CHAT, tools=TOOLS)
    seen = 0
    for _ in stream:
        seen += 1
        assert stream.finish().end().reason == "tool_calls"
    assert seen == 1
    assert source.asked == len(source.items)


def test_finish_after_a_loop_was_left() -> None:
    """Leaving has closed the source, so nothing is left."""
    source = Source(events(CHAT, SAID))
    stream = read(source, CHAT, tools=TOOLS)
    for _ in stream:
        break
    assert source.closed == 1
    assert stream.finish().end().reason == "disconnected"
    assert source.asked == 1


def test_finish_after_an_iterator_that_was_never_used() -> None:
    stream = read(Source(events(CHAT, SAID)), CHAT, tools=TOOLS)
    iter(stream)
    assert stream.finish().end().reason == "tool_calls"


def test_an_async_stream_is_iterated_once() -> None:
    async def go() -> None:
        stream = aread(AsyncSource(events(CHAT, SAID)), CHAT)
        assert [update async for update in stream]
        with pytest.raises(RuntimeError, match="a stream can be read only once"):
            _ = [update async for update in stream]
        with pytest.raises(RuntimeError, match="a stream can be read only once"):
            stream.events()

    asyncio.run(go())


def test_a_stream_says_how_far_it_is() -> None:
    stream = read(Source(events(CHAT, SAID)), CHAT)
    assert repr(stream) == "<MessageStream of openai-chat, not begun>"
    next(iter(stream))
    kept = read(Source(events(CHAT, SAID)), CHAT)
    iterator = iter(kept)
    next(iterator)
    assert repr(kept) == "<MessageStream of openai-chat, being read>"
    kept.finish()
    assert repr(kept) == "<MessageStream of openai-chat, closed>"


# What can be read


class Response:
    """A response of httpx; `closed` like there."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        raise AssertionError("not what is to be iterated")

    def iter_bytes(self) -> Iterator[bytes]:
        yield from pieces(self.raw)

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for piece in pieces(self.raw):
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


class Content:
    """A response of requests or, asynchronously, of aiohttp."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.closed = False
        self.content = self

    def iter_content(self, chunk_size: int | None = 1) -> Iterator[bytes]:
        assert chunk_size is None
        yield from pieces(self.raw)

    async def iter_any(self) -> AsyncIterator[bytes]:
        for piece in pieces(self.raw):
            yield piece

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("kind", [Response, Content])
def test_responses_are_read_by_their_own_method_and_closed(kind: Callable[[bytes], Any]) -> None:
    raw = body(CHAT, SAID)
    response = kind(raw)
    assert told(read(response, CHAT, tools=TOOLS).finish()) == told(parsed(CHAT, raw)[0])
    assert response.closed

    async def follow_it() -> None:
        again = kind(raw)
        assert (await aread(again, CHAT).finish()).calls[1].json == {"city": "Rom"}
        assert again.closed

    asyncio.run(follow_it())


def test_files_and_the_responses_of_the_standard_library() -> None:
    raw = body(CHAT, SAID)
    expected = told(parsed(CHAT, raw)[0])
    file = io.BytesIO(raw)
    assert told(read(file, CHAT, tools=TOOLS).finish()) == expected
    assert file.closed
    with Loopback(Reply(raw, size=50)) as server:
        with urllib.request.urlopen(server.url) as response:
            assert told(read(response, CHAT, tools=TOOLS).finish()) == expected
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        with closing(connection):
            connection.request("GET", "/")
            assert told(read(connection.getresponse(), CHAT, tools=TOOLS).finish()) == expected


def test_a_context_manager_is_entered_at_the_first_step_and_left_at_the_end() -> None:
    steps: list[str] = []

    @contextmanager
    def request() -> Iterator[Response]:
        steps.append("enter")
        yield Response(body(CHAT, SAID))
        steps.append("exit")

    stream = read(request(), CHAT)
    assert steps == []
    assert next(iter(stream)) is not None
    assert steps == ["enter", "exit"]  # the iterator is gone
    with read(request(), CHAT) as stream:
        for _ in stream:
            assert steps[2:] == ["enter"]
    assert steps[2:] == ["enter", "exit"]


def test_what_has_to_be_awaited_or_entered_first() -> None:
    steps: list[str] = []

    class Request:
        """Of aiohttp: both can be done with it."""

        def __await__(self) -> Iterator[Any]:
            raise AssertionError("entering closes it, too")

        async def __aenter__(self) -> Content:
            steps.append("enter")
            return Content(body(CHAT, SAID))

        async def __aexit__(self, *exception: object) -> None:
            steps.append("exit")

    async def create() -> AsyncSource:
        return AsyncSource(events(CHAT, SAID))

    async def follow_both() -> None:
        assert (await aread(create(), CHAT).finish()).text == "Hello"
        assert (await aread(Request(), CHAT).finish()).text == "Hello"

    asyncio.run(follow_both())
    assert steps == ["enter", "exit"]


def test_a_response_of_boto3_is_a_mapping() -> None:
    source = Source(events("bedrock-converse", SAID))
    message = read({"ResponseMetadata": {}, "stream": source}, "bedrock-converse").finish()
    assert message.end().reason == "tool_calls"
    assert source.closed


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("data", r"pass \[item\]"),
        (b"data", r"pass \[item\]"),
        ({"choices": []}, r"pass \[item\]"),
        (7, "give the stream"),
        (None, "give the stream"),
    ],
    ids=repr,
)
def test_what_cannot_be_read_is_refused_at_once(source: Any, hint: str) -> None:
    for function in (read, aread):
        with pytest.raises(TypeError, match=rf"{function.__name__}\(\) takes a stream .* {hint}"):
            function(source, CHAT)


def test_the_other_function_is_named() -> None:
    async def arrive() -> AsyncIterator[bytes]:
        yield b""

    with pytest.raises(TypeError, match=r"not async_generator; use aread\(\)"):
        read(arrive(), CHAT)
    with pytest.raises(TypeError, match=r"not list; use read\(\)"):
        aread([], CHAT)


# Connections


class Socket(Source):
    """A connection: when the frames are over it would wait, which a test cannot."""

    def recv(self) -> Any:
        raise AssertionError("it is iterated")

    def __next__(self) -> Any:
        assert self.asked < len(self.items), "it waits for a frame that nobody sends"
        return super().__next__()


@pytest.mark.parametrize("api", ["openai-realtime", "openai-responses", "gemini-live"])
@pytest.mark.parametrize("text", [True, False])
def test_a_connection_is_read_to_the_end_of_the_message_and_stays_open(api: str, text: bool) -> None:
    raw = [frames([event]) for event in events(api, SAID)]
    socket = Socket([frame.decode() if text else frame for frame in raw])
    message = read(socket, api, tools=TOOLS).finish()
    assert message.end().reason == "tool_calls"
    assert [call.value for call in message.calls if call.ready] == [Weather(city="Zürich"), Weather(city="Rom")]
    assert socket.closed == 0


def test_two_responses_of_one_connection() -> None:
    one, two = (events("openai-realtime", Said((text,))) for text in ("one", "two"))
    socket = Socket([frames([event]) for event in (*one, *two)])
    assert [read(socket, "openai-realtime").finish().text for _ in range(2)] == ["one", "two"]


def test_an_error_instead_of_a_response_ends_the_reading_of_a_connection() -> None:
    socket = Socket(['{"type":"error","error":{"code":"previous_response_not_found","message":"gone"}}'])
    end = read(socket, "openai-responses").finish().end()
    assert end.reason == "error"
    assert "gone" in str(end.error)


def test_a_connection_that_is_left_in_the_middle_is_closed() -> None:
    socket = Socket([frames([event]) for event in events("openai-realtime", SAID)])
    for _ in read(socket, "openai-realtime"):
        break
    assert socket.closed == 1


def test_the_end_of_a_session_ends_the_message() -> None:
    source = Source([frames([event]) for event in events("openai-realtime", SAID)][:3])
    assert read(source, "openai-realtime").finish().end().reason == "disconnected"
    assert source.closed


# Nothing is read ahead; leaving closes


def test_an_item_is_asked_for_when_the_one_before_is_used_up() -> None:
    raw = body(CHAT, SAID)
    source = Source([raw, b""])
    updates = iter(read(source, CHAT))
    assert source.asked == 0
    count = len(parsed(CHAT, raw, len(raw))[0].end().updates)
    total = len(parsed(CHAT, raw, len(raw))[1]) - count
    for _ in range(total):
        next(updates)
        assert source.asked == 1
    next(updates, None)
    assert source.asked == 2


@pytest.mark.parametrize("leave", ["break", "raise", "close", "with", "closing", "generator"])
def test_leaving_early_closes_the_source(leave: str) -> None:
    source = Source(pieces(body(CHAT, SAID)))
    stream = read(source, CHAT, tools=TOOLS)
    updates = iter(stream)
    next(updates)
    if leave == "break":
        del updates
    elif leave == "raise":
        with pytest.raises(KeyError):
            updates.throw(KeyError("x"))  # type: ignore[attr-defined]
    elif leave == "close":
        stream.close()
        assert list(updates) != []  # the end is told
    elif leave == "generator":
        updates.close()  # type: ignore[attr-defined]
    elif leave == "with":
        with stream:
            pass
    else:
        with closing(stream):
            pass
    assert source.closed >= 1
    assert source.asked < len(source.items)
    assert stream.end().reason == "disconnected"


def test_a_stream_that_was_never_iterated_is_closed_by_with() -> None:
    source = Source([b""])
    with read(source, CHAT) as stream:
        assert isinstance(stream, MessageStream)
    assert (source.asked, source.closed) == (0, 1)
    with pytest.raises(RuntimeError, match="closed before it was read"):
        list(stream)
    assert stream.finish().end().reason == "disconnected"


def test_a_source_can_be_kept_open() -> None:
    source = Source(pieces(body(CHAT, SAID)))
    for _ in read(source, CHAT, close=False):
        break
    assert source.closed == 0
    message, _ = parsed(CHAT, body(CHAT, SAID))
    assert message.end().reason == "tool_calls"


def test_a_stream_without_close_is_left_as_a_context_manager() -> None:
    class Left:
        left = False

        def __iter__(self) -> Iterator[bytes]:
            yield b"data: {}\n\n"
            yield b"data: {}\n\n"

        def __enter__(self) -> Left:
            raise AssertionError("it can be iterated as it is")

        def __exit__(self, *exception: object) -> None:
            self.left = True

    source = Left()
    read(source, CHAT).finish()
    assert source.left


@pytest.mark.parametrize("leave", ["break", "raise", "cancel", "with", "aclosing", "cancel outside"])
def test_leaving_early_closes_an_asynchronous_source(leave: str) -> None:
    source = AsyncSource(pieces(body(CHAT, SAID)))

    async def go() -> None:
        stream = aread(source, CHAT)
        if leave == "with":
            async with stream:
                await anext(aiter(stream))
        elif leave == "aclosing":
            async with aclosing(stream):
                await anext(aiter(stream))
        else:
            async for _ in stream:
                if leave == "break":
                    break
                if leave == "raise":
                    raise KeyError
                if leave == "cancel outside":
                    await asyncio.sleep(60)

    async def run() -> None:
        task = asyncio.ensure_future(go())
        if leave == "cancel":
            while not source.asked:
                await asyncio.sleep(0)
            task.cancel()
        elif leave == "cancel outside":
            await asyncio.sleep(0.02)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.01)  # the loop closes what was dropped
        assert source.closed >= 1

    asyncio.run(run())
    assert source.asked < len(source.items)


def test_closing_while_another_task_waits() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield body(CHAT, SAID)[:200]
        await asyncio.sleep(60)

    async def go() -> str:
        stream = aread(never(), CHAT)
        task = asyncio.ensure_future(stream.finish())
        await asyncio.sleep(0.01)
        await stream.aclose()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return stream.end().reason

    assert asyncio.run(go()) == "disconnected"


# What the source raises


def caught(source: Source, **options: Any) -> tuple[list[Update], BaseException, MessageParser]:
    """The updates, the exception and the message of a source that breaks."""
    message = MessageParser(CHAT, **options)
    seen: list[Update] = []

    async def gather() -> None:
        async for update in aread(source, message):
            seen.append(update)

    def go() -> None:
        if isinstance(source, AsyncSource):
            asyncio.run(gather())
        else:
            seen.extend(read(source, message))  # what came before is kept, too

    with pytest.raises(BaseException) as raised:  # noqa: PT011  # the caller looks at it
        go()
    return seen, raised.value, message


@Both
def test_a_broken_connection_is_raised_after_the_last_update(make: Callable[..., Source]) -> None:
    raw = body(CHAT, SAID)
    error = ConnectionResetError("reset")
    source = make(pieces(raw)[:-8], error=error)
    seen: list[Update] = []
    message = MessageParser(CHAT, tools=TOOLS)
    stream: Any = aread(source, message) if make is AsyncSource else read(source, message)

    async def gather() -> None:
        async for update in stream:
            seen.append(update)

    def go() -> None:
        for update in stream:
            seen.append(update)

    with pytest.raises(ConnectionResetError) as raised:
        asyncio.run(gather()) if make is AsyncSource else go()
    assert raised.value is error
    assert stream.error is error
    assert source.closed
    assert isinstance(seen[-1], MessageEnded)
    assert seen[-1].end.reason == message.end().reason == "disconnected"
    assert message.calls[0].value == Weather(city="Zürich")


@Both
def test_a_connection_that_breaks_after_the_terminal_event_does_no_harm(make: Callable[..., Source]) -> None:
    source = make([body(CHAT, SAID)], error=ConnectionResetError("reset"))
    stream, _ = follow(source)
    assert stream.end().reason == "tool_calls"
    assert isinstance(stream.error, ConnectionResetError)


def test_a_stop_reason_is_not_yet_the_end() -> None:
    """Early Gemini says STOP with every response, so the exception is the only sign."""
    told_events = events("gemini", Said(("Hel", "lo")))
    stream = read(Source(told_events, error=ConnectionResetError()), "gemini")
    with pytest.raises(ConnectionResetError):
        stream.finish()


class Raised(Exception):
    """An exception of an SDK, with what the provider said in one of the places where they keep it."""

    def __init__(self, **places: Any) -> None:
        super().__init__("raised")
        vars(self).update(places)


@pytest.mark.parametrize(
    ("api", "error", "said_of_it"),
    [
        (CHAT, Raised(body={"message": "busy", "type": "server_error"}), ("server_error", "busy")),
        ("openai-responses", Raised(body={"message": "busy", "type": "server_error"}), ("server_error", "busy")),
        (
            "anthropic-messages",
            Raised(body={"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}),
            ("overloaded_error", "busy"),
        ),
        ("gemini", Raised(details={"error": {"status": "UNAVAILABLE", "message": "busy"}}), ("UNAVAILABLE", "busy")),
        ("cohere", Raised(body={"message": "busy"}), ("", "busy")),
        ("mistral", Raised(body='{"object":"error","message":"busy","type":"x"}'), ("x", "busy")),
        ("ollama", Raised(error="busy"), ("", "busy")),
        (
            "bedrock-converse",
            Raised(response={"Error": {"Code": "throttlingException", "Message": "busy"}}),
            ("throttlingException", "busy"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@Both
def test_what_the_provider_reported_is_told_though_an_sdk_raised_it(
    api: str, error: Exception, said_of_it: tuple[str, str], make: Callable[..., Source]
) -> None:
    source = make(events(api, said(api))[:2], error=error)
    message = MessageParser(api)
    seen: list[Update] = []

    async def gather() -> None:
        async for update in aread(source, message):
            seen.append(update)

    def go() -> None:
        for update in read(source, message):
            seen.append(update)

    with pytest.raises(Raised) as raised:
        asyncio.run(gather()) if make is AsyncSource else go()
    assert raised.value is error
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert (end.error.type, end.error.message) == said_of_it
    assert sum(isinstance(update, MessageFailed) for update in seen) == 1


@Both
@pytest.mark.parametrize("error", [Raised(), Raised(body=None), Raised(body="<html>"), Raised(response=object())])
def test_an_exception_that_tells_nothing_is_a_disconnection(error: Exception, make: Callable[..., Source]) -> None:
    *_, raised, message = caught(make([], error=error))
    assert raised is error
    assert message.end().reason == "disconnected"


def test_an_error_that_came_as_an_event_is_told_once() -> None:
    reported = {"error": {"message": "busy"}}
    seen: list[Update] = []
    stream = read(Source([reported], error=Raised(body=reported)), CHAT)
    with suppress(Raised):
        for update in stream:
            seen.append(update)
    assert stream.error is not None
    assert sum(isinstance(update, MessageFailed) for update in seen) == 1


@Both
def test_an_interrupt_leaves_the_message_open(make: Callable[..., Source]) -> None:
    source = make(pieces(body(CHAT, SAID))[:9], error=KeyboardInterrupt())
    seen, raised, message = caught(source)
    assert isinstance(raised, KeyboardInterrupt)
    assert source.closed
    assert not any(isinstance(update, MessageEnded) for update in seen)
    assert message.end().reason == "disconnected"


def test_an_exception_of_a_validator_closes_the_source() -> None:
    def judge(city: str) -> str:
        raise RuntimeError(f"no {city}")

    class Judged(BaseModel):
        city: Annotated[str, AfterValidator(judge)]

    source = Source(pieces(body(CHAT, SAID)))
    with pytest.raises(RuntimeError, match="no Zürich"):
        read(source, CHAT, tools={"get_weather": Judged}).finish()
    assert source.closed


def test_a_body_that_is_no_stream() -> None:
    stream = read([b"<html><h1>502</h1></html>"], CHAT)
    seen = list(stream)
    assert isinstance(seen[0], MessageFailed)
    assert isinstance(stream.end().error, StreamError)
    with Loopback(failure(429, {"error": {"message": "slow down", "type": "rate_limit"}})) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        with closing(connection):
            connection.request("GET", "/")
            message = read(connection.getresponse(), CHAT).finish()
    assert str(message.end().error) == "rate_limit: slow down"


# aiohttp's sockets


def test_frames_of_aiohttp() -> None:
    import enum

    WSMsgType = enum.IntEnum("WSMsgType", ["TEXT", "BINARY", "PING", "ERROR"])

    @dataclass
    class Frame:
        type: Any
        data: Any

    raw = [frames([event]) for event in events("openai-realtime", SAID)]
    sent = [Frame(WSMsgType.BINARY, raw[0]), Frame(WSMsgType.PING, 7)]
    sent += [Frame(WSMsgType.TEXT, frame.decode()) for frame in raw[1:]]
    stream, _ = follow(AsyncSource(sent), "openai-realtime", tools=TOOLS)
    assert stream.end().reason == "tool_calls"
    broken = AsyncSource([*sent[:3], Frame(WSMsgType.ERROR, ConnectionError("broken"))])
    with pytest.raises(ConnectionError, match="broken"):
        follow(broken, "openai-realtime")


# Server-sent events: what a client that reconnects has to know


def test_where_to_go_on_is_known_to_the_decoder() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"retry: 1500\nid: 41\ndata: a\n\nid: 42\ndata: b\n\nid: 43\ndata: not yet")
    assert (decoder.last_event_id, decoder.retry) == ("42", 1500)


def test_one_message_over_two_connections() -> None:
    """A server that goes on after `Last-Event-ID`: what was cut is sent again, in a stream of its own."""
    blocks = [block + b"\n\n" for block in sse(events(CHAT, SAID)).split(b"\n\n")[:-1]]
    numbered = [b"id: %d\n%b" % (number, block) for number, block in enumerate(blocks)]

    def responses() -> Iterator[Any]:
        last = ""
        for cut in (sum(map(len, numbered[:4])) + 20, None):
            begin = int(last) + 1 if last else 0
            decoder = SSEDecoder()
            yield from decoder.feed(b"".join(numbered[begin:])[:cut])
            last = decoder.last_event_id

    stream = read(responses(), CHAT, tools=TOOLS)
    assert told(stream.finish()) == told(parsed(CHAT, body(CHAT, SAID))[0])
