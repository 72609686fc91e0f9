"""Typical mistakes: each gives one message that says what came and what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from partialjson import DocumentSequence, Lenient, Parser, adocuments, astream, documents, stream
from partialjson.clients import aread, read
from partialjson.messages import MessageParser
from partialjson.testing import check_consumer

whatever: Any = SimpleNamespace
chunk: Any = SimpleNamespace(choices=[])


def fed(*events: Any) -> str:
    message = MessageParser("openai-chat")
    for event in events:
        message.feed(event)
    raise ValueError(message.end().error)


FOREIGN = [
    {"type": "message_start", "message": {"id": "m1", "content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
]

MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    "a finished completion instead of a stream": (
        lambda: read(chunk, "openai-chat"),
        "takes a stream.*SimpleNamespace",
    ),
    "another provider's events": (
        lambda: fed(*FOREIGN),
        "look like events of anthropic-messages; pass that name as api",
    ),
    "the body given to feed": (
        lambda: MessageParser("gemini").feed(b"data: {}\n\n"),
        "not bytes; feed_bytes takes the body",
    ),
    "a line of the body given to feed": (lambda: MessageParser("gemini").feed("data: {}"), "not str; feed_bytes takes"),
    "a delta without text": (lambda: Parser().feed(whatever_none()), "may have no text: skip those"),
    "the same, among documents": (lambda: DocumentSequence().feed(whatever_none()), "may have no text: skip those"),
    "a bytearray": (lambda: Parser().feed(whatever_bytearray()), r"pass bytes\(chunk\)"),
    "an SDK's chunks as text": (lambda: list(stream([chunk])), "take the text out of the chunk"),
    "a tool that is no tool": (lambda: MessageParser("openai-chat", tools=[1]), r"tools\[0\]: expected an entry"),
    "a JSON Schema as the target": (lambda: Parser(whatever_schema()), r"a JSON Schema is given by name: schema="),
    "a misspelt option": (lambda: MessageParser("gemini", outptu=int), "did you mean 'output'"),  # type: ignore[call-arg]
    "a misspelt option of stream": (lambda: stream([], lenent=True), "did you mean 'lenient'"),  # type: ignore[call-arg]
    "a text instead of chunks": (lambda: stream("{}"), r"pass \[text\] for a single chunk"),
    "a function instead of chunks": (lambda: stream(any_of(chunks_of)), r"call it: stream\(chunks_of\(\), \.\.\.\)"),
    "an async function": (lambda: stream(any_of(achunks_of)), r"call it: astream\(achunks_of\(\), \.\.\.\)"),
    "the same for astream": (lambda: astream(any_of(achunks_of)), r"call it: astream\(achunks_of\(\), \.\.\.\)"),
    "a function for adocuments": (
        lambda: adocuments(any_of(chunks_of)),
        r"call it: documents\(chunks_of\(\), \.\.\.\)",
    ),
    "a function of a client": (lambda: read(chunks_of, "gemini"), r"call it: read\(chunks_of\(\.\.\.\), \.\.\.\)"),
    "the same for aread": (lambda: aread(chunks_of, "gemini"), r"call it: aread\(chunks_of\(\.\.\.\), \.\.\.\)"),
    "the target first": (lambda: stream(any_of(int)), "not the class int; the target comes after the chunks"),
    "nothing instead of chunks": (lambda: documents(whatever_none()), "not NoneType; give what the chunks"),
    "nothing instead of a client's stream": (lambda: read(None, "gemini"), "give the stream that the client returns"),
    "a class instead of a client's stream": (lambda: aread(int, "gemini"), "not the class int; give the stream"),
    "a mapping instead of a client's stream": (lambda: read({"a": 1}, "gemini"), r"pass \[item\] for a single event"),
    "a text for astream": (lambda: astream(any_of("{}")), r"not str; stream\(\[text\], \.\.\.\) reads a single chunk"),
    "a list for astream": (lambda: astream(any_of(["{}"])), r"not list; use stream\(\)"),
    "bytes that can be changed": (lambda: stream(whatever_bytearray()), r"not bytearray; pass \[text\]"),
    "a text instead of chunks of documents": (lambda: documents("1\n2"), r"pass \[text\] for a single chunk"),
    "a type instead of tools": (
        lambda: MessageParser("openai-chat", tools=any_of(int)),
        r'not the type int: write \{"int": int\}',
    ),
    "a number instead of tools": (
        lambda: MessageParser("openai-chat", tools=any_of(3)),
        "tools is a mapping .*, not int",
    ),
    "a type in a list of tools": (
        lambda: MessageParser("openai-chat", tools=[int]),
        r"not the class int; for types, tools is a mapping",
    ),
    "a misspelt kind of repair": (lambda: Lenient(["comments"]), "no kind of repair; did you mean 'comment'"),
    "a consumer that raises for every text": (lambda: check_consumer(only_raises), "says nothing of JSON"),
    "the same with one text": (lambda: check_consumer(only_raises, "[1]"), "says nothing of JSON"),
    "an API that is not known": (lambda: MessageParser("openai"), "expected one of .*openai-chat, .*openai-responses"),
}


def chunks_of() -> Iterator[str]:
    yield "{}"


async def achunks_of() -> AsyncIterator[str]:
    yield "{}"


def any_of(value: Any) -> Any:
    """For type checkers, which see these mistakes."""
    return value


def only_raises(chunks: Iterable[str]) -> None:
    raise ValueError("says nothing of JSON")


def whatever_none() -> Any:
    return None


def whatever_bytearray() -> Any:
    return bytearray(b"1")


def whatever_schema() -> Any:
    return {"type": "object"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_says_what_to_do(mistake: str) -> None:
    make, message = MISTAKES[mistake]
    with pytest.raises((TypeError, ValueError), match=message) as raised:
        make()
    assert len(str(raised.value)) < 400
