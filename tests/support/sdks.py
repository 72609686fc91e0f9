"""The SDKs of the providers, as clients of a loopback server. A test that needs one that is not installed is skipped.

Each function sends the least request that is allowed and gives the stream as the SDK gives it.
"""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any

import pytest

MESSAGES = [{"role": "user", "content": "?"}]


def sdk(name: str) -> Any:
    """An SDK's module; what it warns of is not this project's to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return import_module(name)
        except ImportError:
            pytest.skip(f"{name} is not installed: install the extra `sdks` to run this test")


def openai(url: str, kind: str = "OpenAI") -> Any:
    sockets = url.replace("http", "ws")
    client = getattr(sdk("openai"), kind)
    return client(api_key="k", base_url=f"{url}/v1", websocket_base_url=f"{sockets}/v1", max_retries=0)


def anthropic(url: str, kind: str = "Anthropic") -> Any:
    return getattr(sdk("anthropic"), kind)(api_key="k", base_url=url, max_retries=0)


def google(url: str) -> Any:
    """With httpx, whether or not aiohttp is installed."""
    inner = sdk("httpx").AsyncClient()
    options = {"base_url": url, "httpx_async_client": inner}
    return sdk("google.genai").Client(api_key="k", http_options=options)


def google_live(socket_url: str) -> Any:
    """It would insist on TLS."""
    client = google(socket_url)
    client._api_client._websocket_base_url = lambda *_: socket_url
    client._api_client._websocket_ssl_ctx = {}
    return client


def cohere(url: str, kind: str = "ClientV2") -> Any:
    module, httpx = sdk("cohere"), sdk("httpx")
    inner = httpx.Client() if kind == "ClientV2" else httpx.AsyncClient()
    client = getattr(module, kind)("k", base_url=url, httpx_client=inner)
    client.aclose = client.close = getattr(inner, "aclose", None) or inner.close
    return client


def mistral(url: str) -> Any:
    return sdk("mistralai.client").Mistral(api_key="k", server_url=url)


def ollama(url: str, kind: str = "Client") -> Any:
    return getattr(sdk("ollama"), kind)(host=url)


def bedrock(url: str) -> Any:
    config = sdk("botocore.config").Config(retries={"max_attempts": 1})
    session = sdk("boto3").Session("AKIA", "secret", region_name="eu-central-1")
    return session.client("bedrock-runtime", endpoint_url=url, config=config)


def _chat(client: Any) -> Any:
    return client.chat.completions.create(model="m", messages=MESSAGES, stream=True)


def _completion(client: Any) -> Any:
    return client.completions.create(model="m", prompt="?", stream=True)


def _response(client: Any) -> Any:
    return client.responses.create(model="m", input="?", stream=True)


def _message(client: Any) -> Any:
    return client.messages.create(model="m", max_tokens=9, messages=MESSAGES, stream=True)


def _generate(client: Any) -> Any:
    return client.models.generate_content_stream(model="m", contents="?")


def _interact(client: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is called experimental
        return client.interactions.create(model="m", input="?", stream=True)


def _cohere(client: Any) -> Any:
    return client.chat_stream(model="m", messages=MESSAGES)


def _ollama(client: Any) -> Any:
    return client.chat(model="m", messages=MESSAGES, stream=True)


def _converse(client: Any) -> Any:
    return client.converse_stream(modelId="m", messages=[{"role": "user", "content": [{"text": "?"}]}])


Way = tuple[Callable[[str], Any], Callable[[Any], Any]]  # a client for a URL, and its stream

SYNC: dict[str, Way] = {
    "openai-chat": (openai, _chat),
    "openai-completions": (openai, _completion),
    "openai-responses": (openai, _response),
    "anthropic-messages": (anthropic, _message),
    "gemini": (google, _generate),
    "gemini-interactions": (google, _interact),
    "cohere": (cohere, _cohere),
    "mistral": (mistral, lambda client: client.chat.stream(model="m", messages=MESSAGES)),
    "ollama": (ollama, _ollama),
    "bedrock-converse": (bedrock, _converse),
}

ASYNC: dict[str, Way] = {
    "openai-chat": (lambda url: openai(url, "AsyncOpenAI"), _chat),
    "openai-completions": (lambda url: openai(url, "AsyncOpenAI"), _completion),
    "openai-responses": (lambda url: openai(url, "AsyncOpenAI"), _response),
    "anthropic-messages": (lambda url: anthropic(url, "AsyncAnthropic"), _message),
    "gemini": (google, lambda client: _generate(client.aio)),
    "gemini-interactions": (google, lambda client: _interact(client.aio)),
    "cohere": (lambda url: cohere(url, "AsyncClientV2"), _cohere),
    "mistral": (mistral, lambda client: client.chat.stream_async(model="m", messages=MESSAGES)),
    "ollama": (lambda url: ollama(url, "AsyncClient"), _ollama),
}

KINDS = {"bedrock-converse": "application/vnd.amazon.eventstream", "ollama": "application/x-ndjson"}


@contextmanager
def streaming(api: str, url: str) -> Iterator[Callable[[], Any]]:
    """What asks for a stream of the API's SDK. The client is closed at the end: some close with their last name."""
    make, ask = SYNC[api]
    client = make(url)
    try:
        yield lambda: ask(client)
    finally:
        close = getattr(client, "close", None)
        close() if close else client.__exit__(None, None, None)


@asynccontextmanager
async def astreaming(api: str, url: str) -> AsyncIterator[Callable[[], Any]]:
    """The same of its asynchronous client; what is asked for may have to be awaited."""
    make, ask = ASYNC[api]
    client = make(url)
    try:
        yield lambda: ask(client)
    finally:
        await _aclose(client)


async def _aclose(client: Any) -> None:
    aio = getattr(client, "aio", client)
    close = getattr(aio, "aclose", None) or getattr(aio, "close", None)
    await (close() if close else client.__aexit__(None, None, None))
    if aio is not client:
        client.close()
