"""Real models, where a provider's key and its SDK are there.

A model is offered if the environment has its key and the SDK can be found; neither is touched before somebody asks. The
key is read by the SDK, and goes nowhere else: an error of the client that could show it is told in words of our own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from pydantic import TypeAdapter

from partialjson.web.answers import Answer
from partialjson.web.questions import Question

__all__ = ["ClientError", "Model", "ask", "models"]

_MOST_TOKENS: Final = 8_000
_REFUSED: Final = (401, 403)
# A shorter piece of a key could be any word.
_TELLTALE: Final = 6


class ClientError(Exception):
    """A client could not give an answer; the message is safe to show."""


@dataclass(frozen=True)
class _Vendor:
    """One provider.

    Attributes:
        title: its name for people.
        api: the wire format of what ``stream`` gives.
        keys: the variables of the environment that may hold its key; the first that is set counts.
        package: the module of its SDK.
        model: the model that is asked if nobody chose one.
        stream: asks; takes the SDK's module, the name of the model, a prompt, and a question or None.
    """

    title: str
    api: str
    keys: tuple[str, ...]
    package: str
    model: str
    stream: Callable[[Any, str, str, Question | None], AsyncGenerator[Any]]

    @property
    def key(self) -> str:
        """The variable that holds the key, "" if none is set."""
        return next((name for name in self.keys if os.environ.get(name)), "")


@dataclass(frozen=True)
class Model:
    """A real model that can be asked.

    Attributes:
        name: the provider's, by which the page asks for it.
        title: what the page calls it.
        model: the name of the model.
    """

    name: str
    title: str
    model: str


def models(chosen: Mapping[str, str] | None = None) -> list[Model]:
    """The models that can be asked here. ``chosen``: the model's name by the provider's, instead of the usual one."""
    return [
        Model(name, vendor.title, (chosen or {}).get(name, vendor.model))
        for name, vendor in VENDORS.items()
        if vendor.key and _is_installed(vendor.package)
    ]


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:  # of the package around it
        return False


def ask(model: Model, prompt: str, question: Question | None) -> Answer:
    """The answer of a real model to the prompt, in the types of the question if there is one."""
    vendor = VENDORS[model.name]
    return Answer(vendor.api, "live", f"{model.title}, {model.model}", lambda: _stream(vendor, model, prompt, question))


async def _stream(vendor: _Vendor, model: Model, prompt: str, question: Question | None) -> AsyncGenerator[Any]:
    key = vendor.key
    try:
        # Importing an SDK takes a second or more.
        sdk = await asyncio.to_thread(import_module, vendor.package)
        async with aclosing(vendor.stream(sdk, model.model, prompt, question)) as events:
            async for event in events:
                yield event
    except Exception as error:
        told = _told(vendor, key, error)
        if told is None:
            raise
        raise ClientError(told) from None


def _told(vendor: _Vendor, key: str, error: Exception) -> str | None:
    """What to say instead of an error that may show the key; None if it does not."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    if status in _REFUSED:
        return f"{vendor.title} refused the key in {vendor.key or vendor.keys[0]} (HTTP {status})"
    secret = os.environ.get(key, "")
    shown = f"{error} {getattr(error, 'body', '')}"
    if len(secret) >= _TELLTALE and (secret[:_TELLTALE] in shown or secret[-_TELLTALE:] in shown):
        return f"the client of {vendor.title} failed ({type(error).__name__})"
    return None


# Requests. Each gives the events of the SDK's own stream, and closes it and the client when it is left.


async def _openai(sdk: Any, model: str, prompt: str, question: Question | None) -> AsyncGenerator[Any]:
    wanted: dict[str, Any] = {}
    if question is not None and question.output is not None:
        described = {"name": question.output.__name__, "schema": _schema(question.output), "strict": False}
        wanted["response_format"] = {"type": "json_schema", "json_schema": described}
    if question is not None and question.tools:
        wanted["tools"] = [
            {"type": "function", "function": {"name": name, "parameters": _schema(target)}}
            for name, target in question.tools.items()
        ]
    messages = [{"role": "user", "content": prompt}]
    async with sdk.AsyncOpenAI(max_retries=1) as client:
        stream = await client.chat.completions.create(model=model, messages=messages, stream=True, **wanted)
        async with stream:
            async for event in stream:
                yield event


async def _anthropic(sdk: Any, model: str, prompt: str, question: Question | None) -> AsyncGenerator[Any]:
    wanted: dict[str, Any] = {}
    if question is not None and question.output is not None:
        # Its structured outputs know a part of JSON Schema; the SDK rewrites the rest.
        schema = sdk.transform_schema(question.output)
        wanted["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    if question is not None and question.tools:
        wanted["tools"] = [{"name": name, "input_schema": _schema(target)} for name, target in question.tools.items()]
    messages = [{"role": "user", "content": prompt}]
    async with sdk.AsyncAnthropic(max_retries=1) as client:
        stream = await client.messages.create(
            model=model, max_tokens=_MOST_TOKENS, messages=messages, stream=True, **wanted
        )
        async with stream:
            async for event in stream:
                yield event


async def _gemini(sdk: Any, model: str, prompt: str, question: Question | None) -> AsyncGenerator[Any]:
    wanted: dict[str, Any] = {}
    if question is not None and question.output is not None:
        wanted = {"response_mime_type": "application/json", "response_json_schema": _schema(question.output)}
    if question is not None and question.tools:
        declared = [
            {"name": name, "parameters_json_schema": _schema(target)} for name, target in question.tools.items()
        ]
        wanted["tools"] = [{"function_declarations": declared}]
    client = sdk.Client()
    try:
        async for event in await client.aio.models.generate_content_stream(model=model, contents=prompt, config=wanted):
            yield event
    finally:
        await client.aio.aclose()
        client.close()


def _schema(target: Any) -> dict[str, Any]:
    return TypeAdapter(target).json_schema()


VENDORS: Final = {
    "openai": _Vendor("OpenAI", "openai-chat", ("OPENAI_API_KEY",), "openai", "gpt-5.4-mini", _openai),
    "anthropic": _Vendor(
        "Anthropic", "anthropic-messages", ("ANTHROPIC_API_KEY",), "anthropic", "claude-haiku-4-5", _anthropic
    ),
    "gemini": _Vendor(
        "Gemini", "gemini", ("GOOGLE_API_KEY", "GEMINI_API_KEY"), "google.genai", "gemini-3.8-flash", _gemini
    ),
}
"""By name."""
