"""What a client's own events are to `read` and `aread`: passed on beside the updates; those of an agent's run, which is
cancelled when it is left; and what a library between an SDK and its caller has made of an ending."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, closing
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from partialjson.clients import aread, read
from partialjson.messages import MessageEnded, MessageParser, ProviderError, Update
from partialjson.testing.bodies import Said, Say, body, events
from support.models import Weather
from support.sources import AsyncSource, Both, Source, follow
from support.told import told

CHAT = "openai-chat"
SAID = Said(("Hel", "lo"), (), (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')),), "tool_calls")
TOOLS = {"get_weather": Weather}

Beside = list[tuple[Any, list[Update]]]


def beside(source: Source, api: str = CHAT, **options: Any) -> tuple[Any, Beside]:
    """The stream over a source of either kind, and what its `events` gave."""
    found: Beside = []
    if not isinstance(source, AsyncSource):
        stream = read(source, api, **options)
        found.extend(stream.events())
        return stream, found

    async def gather() -> Any:
        astream = aread(source, api, **options)
        async for pair in astream.events():
            found.append(pair)
        return astream

    return asyncio.run(gather()), found


# Events beside the updates


@Both
def test_each_event_comes_with_its_updates(make: Callable[..., Source]) -> None:
    mine = [{"type": "accumulated"}, *events(CHAT, SAID), {"type": "accumulated"}]
    stream, found = beside(make(mine), tools=TOOLS)
    _, updates = follow(make(mine), CHAT, tools=TOOLS)
    assert [event for event, _ in found] == [*mine, None]
    assert [update for _, some in found for update in some] == updates
    assert isinstance(updates[-1], MessageEnded)
    parser = MessageParser(CHAT, tools=TOOLS)
    for event, some in found[:-1]:
        assert parser.feed(event) == some
    assert told(stream.message) == told(parser)


@Both
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_of_a_body_come_with_their_updates(size: int, make: Callable[..., Source]) -> None:
    raw = body(CHAT, SAID)
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    _, found = beside(make(pieces))
    assert [piece for piece, _ in found] == [*pieces, None]
    assert [update for _, some in found for update in some] == follow(make(pieces))[1]


@Both
def test_the_end_comes_before_what_the_client_raises(make: Callable[..., Source]) -> None:
    found: Beside = []
    source = make(events(CHAT, SAID)[:2], error=ConnectionResetError("reset"))

    async def gather() -> None:
        async for pair in aread(source, CHAT).events():
            found.append(pair)

    def go() -> None:
        for pair in read(source, CHAT).events():
            found.append(pair)

    with pytest.raises(ConnectionResetError):
        asyncio.run(gather()) if make is AsyncSource else go()
    event, updates = found[-1]
    assert event is None
    assert isinstance(updates[-1], MessageEnded)
    assert updates[-1].end.reason == "disconnected"


def test_leaving_the_events_closes_the_source() -> None:
    source = Source(events(CHAT, SAID))
    for _ in read(source, CHAT).events():
        break
    assert source.closed == 1
    with closing(Source(events(CHAT, SAID))) as source, read(source, CHAT) as stream:
        next(stream.events())
    assert source.asked == 1

    async def go() -> None:
        source = AsyncSource(events(CHAT, SAID))
        async with aread(source, CHAT) as stream, aclosing(stream.events()) as found:
            await anext(found)
        assert source.asked == 1
        assert source.closed >= 1

    asyncio.run(go())


def test_they_are_iterated_once() -> None:
    stream = read(Source(events(CHAT, SAID)), CHAT)
    assert len(list(stream.events())) == len(events(CHAT, SAID)) + 1
    for again in (stream.__iter__, stream.events):
        with pytest.raises(RuntimeError, match="a stream can be read only once"):
            again()


def test_reading_ends_early_in_the_middle_of_an_event() -> None:
    raw = [*events(CHAT, Said((), (), (Say("c", "get_weather", ('{"days": "many', '"}')),), "tool_calls"))]
    source = Source(raw)
    stream = read(source, CHAT, tools=TOOLS, stop_early=True)
    found = list(stream.events())
    assert stream.stopped is not None
    assert source.asked < len(raw)
    assert [event for event, _ in found] == [*raw[: source.asked], None]


# The run of an agent


@dataclass
class Run:
    """As the OpenAI Agents SDK has it: its iterator waits, when it is left, until the run is over."""

    items: list[Any]
    error: Exception | None = None
    cancelled: bool = False
    left: bool = False

    async def stream_events(self) -> AsyncIterator[Any]:
        try:
            for item in self.items:
                await asyncio.sleep(0)
                yield SimpleNamespace(type="raw_response_event", data=item)
            if self.error is not None:
                raise self.error
        finally:
            self.left = True
            while not (self.cancelled or self.error) and len(self.items) > 50:
                await asyncio.sleep(0.01)

    def cancel(self) -> None:
        self.cancelled = True


RESPONSES = "openai-responses"


def test_a_run_is_read_to_its_end() -> None:
    run = Run([*events(RESPONSES, SAID), *events(RESPONSES, Said(("sunny",)))])
    message = asyncio.run(_finished(run))
    assert message.end().reason == "complete"
    assert message.text == "Hellosunny"
    assert message.calls[0].value == Weather(city="Zürich")
    assert run.left
    assert not run.cancelled


async def _finished(source: Any, api: str = RESPONSES) -> MessageParser:
    return await aread(source, api, tools=TOOLS).finish()


@pytest.mark.parametrize("leave", ["with", "break", "cancel"])
def test_a_run_that_is_left_is_cancelled(leave: str) -> None:
    run = Run(events(RESPONSES, Said(tuple("Hello " * 20))))

    async def go() -> None:
        if leave == "with":
            async with aread(run, RESPONSES) as stream:
                await anext(aiter(stream))
        else:
            async for _ in aread(run, RESPONSES):
                if leave == "break":
                    break
                await asyncio.sleep(60)

    async def main() -> None:
        task = asyncio.ensure_future(go())
        if leave == "cancel":
            await asyncio.sleep(0.02)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.05)  # the loop closes what was dropped

    asyncio.run(main())
    assert run.cancelled
    assert run.left


def test_what_ends_a_run_is_raised_though_its_last_message_is_complete() -> None:
    """A limit on the turns, a guardrail: no broken connection."""
    run = Run(events(RESPONSES, SAID), error=RuntimeError("Max turns (1) exceeded"))
    message = MessageParser(RESPONSES, tools=TOOLS)
    with pytest.raises(RuntimeError, match="Max turns"):
        asyncio.run(aread(run, message).finish())
    assert message.end().reason == "tool_calls"
    assert message.calls[0].ready


# LiteLLM


@dataclass
class Wrapper(Source):
    """It says "stop" where the provider's stream ends without a reason, and tells what has come."""

    received_finish_reason: str | None = None
    intermittent_finish_reason: str | None = None

    def __next__(self) -> Any:
        item = super().__next__()
        if item == "[DONE]":
            return next(self)
        self.received_finish_reason = item.pop("received", None) or self.received_finish_reason
        return item


def chunks(reason: str | None, received: str | None) -> list[Any]:
    found = [each for each in events(CHAT, Said(("Hel", "lo"), (), SAID.calls, None)) if isinstance(each, dict)]
    last: dict[str, Any] = {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "received": received}
    return [*found, last]


def test_a_reason_that_was_made_up_does_not_count() -> None:
    message = read(Wrapper(chunks("tool_calls", "tool_calls")), CHAT, tools=TOOLS).finish()
    assert message.end().reason == "tool_calls"
    message = read(Wrapper(chunks("stop", None)), CHAT, tools=TOOLS).finish()
    assert message.end().reason == "disconnected"
    assert message.text == "Hello"
    assert message.calls[0].value == Weather(city="Zürich")
    wrapper = Wrapper(chunks("stop", None), intermittent_finish_reason="stop")
    assert read(wrapper, CHAT, tools=TOOLS).finish().end().reason == "tool_calls"


class Raised(Exception):
    def __init__(self, said: str, **places: Any) -> None:
        super().__init__(said)
        vars(self).update(places)


def wrapped(origin: Exception) -> Exception:
    """As a library raises it that has caught it."""
    try:
        try:
            raise origin
        except Exception as error:
            raise Raised("of the library", status_code=500, message="of the library", body=None) from error
    except Exception as error:
        return error


@Both
@pytest.mark.parametrize(
    ("origin", "said_of_it"),
    [
        (Raised("", body={"message": "busy", "type": "server_error"}, status_code=500), ("server_error", None, "busy")),
        (Raised("", body=None, status_code=529, message="busy"), ("", 529, "busy")),
    ],
)
def test_the_error_behind_an_error_is_told(origin: Exception, said_of_it: Any, make: Callable[..., Source]) -> None:
    message = MessageParser(CHAT)
    source = make(events(CHAT, SAID)[:2], error=wrapped(origin))
    with pytest.raises(Raised, match="of the library"):
        follow(source, message)
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert (end.error.type, end.error.code, end.error.message) == said_of_it


@pytest.mark.parametrize("origin", [ConnectionResetError(), StopIteration(), Raised("", status_code=200, message="")])
def test_an_error_with_no_word_of_the_provider_behind_it_is_a_disconnection(origin: Exception) -> None:
    message = MessageParser(CHAT)
    with pytest.raises(Raised):
        follow(Source(events(CHAT, SAID)[:2], error=wrapped(origin)), message)
    assert message.end().reason == "disconnected"


@Both
def test_what_the_caller_is_handling_says_nothing(make: Callable[..., Source]) -> None:
    """Another attempt, made where the first one's error is caught: Python links the two."""
    message = MessageParser(CHAT)
    source = make(events(CHAT, SAID)[:2], error=ConnectionResetError())

    def again() -> None:
        try:
            raise Raised("before", body={"message": "busy", "type": "server_error"}, status_code=500, message="busy")
        except Raised:
            follow(source, message)

    with pytest.raises(ConnectionResetError):
        again()
    assert message.end().reason == "disconnected"


def test_errors_that_are_behind_each_other_are_followed_to_an_end() -> None:
    first, second = Raised("first"), Raised("second")
    first.__cause__, second.__cause__ = second, first
    message = MessageParser(CHAT)
    with pytest.raises(Raised, match="first"):
        follow(Source([], error=first), message)
    assert message.end().reason == "disconnected"
