"""LiteLLM's streams, read from a server on this machine that speaks as different providers do.

LiteLLM makes chunks of Chat Completions of what any provider streams. `read` takes its stream as it is; what it says
must be what the bytes say. Where a provider's stream ends without a reason, LiteLLM says "stop" in some versions, and
raises in others; here both are a message that was cut off.
"""

from __future__ import annotations

import asyncio
import gc
import os
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import Partial
from partialjson.clients import aread, read
from partialjson.messages import MessageEnd, MessageParser, ProviderError
from partialjson.testing.bodies import Said, Say, body
from support.loopback import Loopback, Reply
from support.models import Weather
from support.sdks import KINDS, MESSAGES
from support.told import real_events
from support.turns import turn

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
litellm = pytest.importorskip("litellm", reason="needs litellm: pip install litellm")
litellm.suppress_debug_info = True
# A provider that this server plays, and the API that it speaks.
PROVIDERS = {
    "openai": "openai-chat",
    "hosted_vllm": "openai-chat",
    "mistral": "mistral",
    "anthropic": "anthropic-messages",
    "ollama_chat": "ollama",
}

# What LiteLLM warns of is not this project's to mend; its clients stay open for the next request.
pytestmark = pytest.mark.filterwarnings("ignore")

TOOLS = {"get_weather": Weather}
CALLS = (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')),)


class Report(BaseModel):
    title: str
    totals: list[float]


REPORT = '{"title": "Orders of last week", "totals": [12.5, 300, 7]}'


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback
    with warnings.catch_warnings():
        # Its clients are left to the end of the program.
        warnings.simplefilter("ignore", ResourceWarning)
        litellm.in_memory_llm_clients_cache.flush_cache()
        gc.collect()


def says(server: Loopback, provider: str, said: Said, extra: Any = None, **how: Any) -> None:
    api = PROVIDERS[provider]
    raw = body(api, real_events(api, said)) + (body(api, [extra]) if extra else b"")
    server.reply = Reply(raw, kind=KINDS.get(api, "text/event-stream"), **{"size": 37, **how})


def request(server: Loopback, provider: str, **more: Any) -> dict[str, Any]:
    base = f"{server.url}/v1" if PROVIDERS[provider] in ("openai-chat", "mistral") else server.url
    return {
        "model": f"{provider}/m",
        "api_base": base,
        "api_key": "k",
        "messages": MESSAGES,
        "stream": True,
        "max_retries": 0,
        **more,
    }


Ask = Callable[..., tuple[MessageParser, BaseException | None]]


def ask(server: Loopback, provider: str, **options: Any) -> tuple[MessageParser, BaseException | None]:
    message = MessageParser("openai-chat", **options)
    try:
        read(litellm.completion(**request(server, provider)), message).finish()
    except Exception as error:
        return message, error
    return message, None


def aask(server: Loopback, provider: str, **options: Any) -> tuple[MessageParser, BaseException | None]:
    message = MessageParser("openai-chat", **options)

    async def go() -> None:
        await aread(litellm.acompletion(**request(server, provider)), message).finish()

    try:
        asyncio.run(go())
    except Exception as error:
        return message, error
    return message, None


Ways = pytest.mark.parametrize("way", [ask, aask], ids=["completion", "acompletion"])
Providers = pytest.mark.parametrize("provider", PROVIDERS)


@Ways
@Providers
def test_calls_are_typed(provider: str, way: Ask, server: Loopback) -> None:
    says(server, provider, Said(("Hel", "lo"), (), CALLS, "tool_calls"))
    message, error = way(server, provider, tools=TOOLS)
    assert error is None
    assert message.text == "Hello"
    assert message.end().reason == "tool_calls"
    assert [call.value for call in message.calls if call.ready] == [Weather(city="Zürich")]
    assert message.unread == {}


@Ways
@Providers
def test_output_grows_and_ends_as_a_whole(provider: str, way: Ask, server: Loopback) -> None:
    says(server, provider, Said(tuple(REPORT[at : at + 5] for at in range(0, len(REPORT), 5))))
    message, error = way(server, provider, output=Report)
    assert error is None
    assert message.end().reason == "complete"
    assert message.output.value == Report(title="Orders of last week", totals=[12.5, 300, 7])


def test_elements_and_partial_values_come_while_it_streams(server: Loopback) -> None:
    says(server, "anthropic", Said(tuple(REPORT)))
    stream = read(litellm.completion(**request(server, "anthropic")), "openai-chat", output=Report)
    assert list(stream.elements(lambda report: report.totals)) == [12.5, 300, 7]
    titles = []
    stream = read(litellm.completion(**request(server, "anthropic")), "openai-chat", output=Report)
    for event, _ in stream.events():
        value = stream.message.output.value
        if event is not None and isinstance(value, Partial) and isinstance(value.title, str):
            titles.append(value.title)
    whole = "Orders of last week"
    assert all(whole.startswith(title) for title in titles)
    assert max(titles, key=len) == whole
    assert len({*titles}) > 10


@Ways
@Providers
def test_a_limit_is_told(provider: str, way: Ask, server: Loopback) -> None:
    says(server, provider, Said((REPORT[:20],), (), (), "truncated"))
    message, error = way(server, provider, output=Report)
    assert error is None
    assert message.end().reason == "truncated"


@Ways
@Providers
@pytest.mark.parametrize("cut", ["", "end", "reset"])
def test_a_stream_that_is_cut_off_is_not_complete(provider: str, way: Ask, cut: Any, server: Loopback) -> None:
    """Also where every document in it is whole."""
    says(server, provider, Said(("Hel", "lo"), (), CALLS, None), cut=cut)
    message, _ = way(server, provider, tools=TOOLS)
    assert message.end().reason == "disconnected"
    assert message.text == "Hello"
    assert message.calls[0].value == Weather(city="Zürich")


@Ways
@pytest.mark.parametrize(
    ("provider", "event", "said"),
    [
        ("openai", {"error": {"message": "busy", "type": "server_error"}}, "busy"),
        ("anthropic", {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}, "busy"),
    ],
)
def test_an_error_of_the_provider_is_told(provider: str, event: Any, said: str, way: Ask, server: Loopback) -> None:
    says(server, provider, Said(("Hel", "lo"), (), (), None), extra=event)
    message, error = way(server, provider)
    end: MessageEnd = message.end()
    assert error is not None
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert end.error.message == said


@Providers
def test_leaving_closes_the_connection(provider: str, server: Loopback) -> None:
    if not hasattr(litellm.CustomStreamWrapper, "close"):
        pytest.skip("the streams of this version cannot be closed")
    says(server, provider, Said(tuple("Hello " * 20), (), (), None), size=64, cut="hold")
    for _ in read(litellm.completion(**request(server, provider)), "openai-chat"):
        break
    assert server.last.was_left()

    async def go() -> bool:
        async with aread(litellm.acompletion(**request(server, provider)), "openai-chat") as stream:
            await anext(aiter(stream))
        return await asyncio.to_thread(server.last.was_left)

    assert asyncio.run(go())


# Its other ways to ask


def test_responses_and_messages_have_their_own_events(server: Loopback) -> None:
    """LiteLLM speaks these APIs itself, whatever the provider."""
    said = Said(("Hel", "lo"), (), CALLS, "tool_calls")
    server.reply = Reply(turn("openai-responses", said), size=37)
    known = {"model": "openai/gpt-4o", "api_base": f"{server.url}/v1", "api_key": "k", "stream": True}
    message = read(litellm.responses(input="?", **known), "openai-responses", tools=TOOLS).finish()
    assert message.end().reason == "tool_calls"
    assert [call.value for call in message.calls] == [Weather(city="Zürich")]

    async def go() -> AsyncIterator[MessageParser]:
        yield await aread(litellm.aresponses(input="?", **known), "openai-responses", tools=TOOLS).finish()
        says(server, "anthropic", said)
        other = {"model": "anthropic/claude-sonnet-4-5", "api_base": server.url, "api_key": "k", "stream": True}
        yield await aread(litellm.aresponses(input="?", **other), "openai-responses", tools=TOOLS).finish()

    async def gather() -> list[MessageParser]:
        return [message async for message in go()]

    for found in asyncio.run(gather()):
        assert found.text == "Hello"
        assert found.end().reason == "tool_calls"
        assert [call.value for call in found.calls] == [Weather(city="Zürich")]
