"""Bodies that are no stream of the API: the code that says what they are, the same in every chunking."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any, get_args

import pytest

from partialjson import Limits
from partialjson.clients import read
from partialjson.messages import MessageParser, ProviderError, StreamError
from partialjson.messages.updates import MessageEnd, StreamCode
from partialjson.testing.bodies import BODY_APIS, Said, body
from partialjson.testing.chunking import chunkings_of
from partialjson.wire.sse import SSEDecoder

HELLO = b'data: {"choices": [{"index": 0, "delta": {"content": "Hello"}}]}\n\n'
FOREIGN = b'data: {"type": "message_start", "message": {"id": "m1", "content": []}}\n\n'

CODED: list[tuple[str, bytes, dict[str, Any], str]] = [
    ("openai-chat", b"upstream timed out", {}, "framing"),
    ("bedrock-converse", b"upstream timed out" * 10, {}, "framing"),
    ("gemini", b'[{"candidates": []}, oops]', {}, "framing"),
    ("openai-chat", b"<!doctype html><p>502</p>", {}, "html"),
    ("ollama", b"<html>", {}, "html"),
    ("openai-chat", b'{"choices": []}', {}, "json"),
    ("ollama", b'{"choices": []}', {}, "json"),
    ("openai-chat", HELLO + b"data: {oops\n\n", {}, "payload"),
    ("openai-chat", FOREIGN, {}, "api"),
    ("openai-chat", HELLO, {"limits": Limits(text=4)}, "limit"),
    ("openai-chat", HELLO * 2, {"limits": Limits(blocks=1, choices=1)}, ""),
]


def ended(api: str, chunks: list[Any], options: dict[str, Any]) -> MessageEnd:
    message = MessageParser(api, **options)
    for chunk in chunks:
        message.feed_bytes(chunk)
    return message.end()


@pytest.mark.parametrize(("api", "data", "options", "code"), CODED)
def test_the_code_of_a_body(api: str, data: bytes, options: dict[str, Any], code: str) -> None:
    if api not in BODY_APIS:
        pytest.skip("needs the package botocore")
    end = ended(api, [data], options)
    error = end.error
    if not code:
        assert error is None
        assert end.page == f"errors.md#{end.reason}" == "errors.md#disconnected"
        return
    assert isinstance(error, StreamError)
    assert error.code == code, error
    assert error.page == end.page == f"errors.md#{code}"
    for _, chunks in chunkings_of(data, single_splits_up_to=40, partitions=4, seed=0):
        again = ended(api, chunks, options).error
        assert isinstance(again, StreamError)
        assert (again.code, str(again)) == (code, str(error))
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), str(twin), twin.body, twin.code) == (StreamError, str(error), error.body, code)


@pytest.mark.parametrize("api", ["openai-chat", "ollama"])
def test_an_event_that_is_too_long(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of one event is that of its framing."""
    if api == "openai-chat":
        monkeypatch.setattr("partialjson.wire.framing.SSEDecoder", partial(SSEDecoder, limit=20))
        data = b"data: " + b"x" * 40
    else:
        monkeypatch.setattr("partialjson.wire.framing.DEFAULT_LIMIT", 20)
        data = b'{"message": {"content": "x"' + b" " * 40
    error = ended(api, [data], {}).error
    assert isinstance(error, StreamError)
    assert error.code == "limit", error


def test_output_that_was_taken_back() -> None:
    """What had been read of it cannot be given back."""
    first = b'data: {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "[1, "}\n\n'
    other = b'data: {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "[3, 4]"}\n\n'
    with pytest.raises(StreamError) as raised:
        list(read([first, other], "openai-responses", output=list[int]).elements(lambda numbers: numbers))
    assert raised.value.code == "taken_back"
    assert raised.value.page == "errors.md#taken_back"


def test_all_codes_of_bodies_are_known() -> None:
    assert {code for *_, code in CODED if code} | {"taken_back"} == set(get_args(StreamCode))


def test_the_code_of_a_provider_is_its_own() -> None:
    said = b'data: {"error": {"message": "Slow down", "type": "rate_limit_error", "code": "rate_limit"}}\n\n'
    end = ended("openai-chat", [said], {})
    assert isinstance(end.error, ProviderError)
    assert end.error.code == "rate_limit"
    assert end.error.page == end.page == "errors.md#provider"
    assert pickle.loads(pickle.dumps(end.error)).page == end.page


@pytest.mark.parametrize("api", BODY_APIS)
def test_a_good_ending_has_its_section(api: str) -> None:
    end = ended(api, [body(api, Said(("Hello",)))], {})
    assert end.page == f"errors.md#{end.reason}"
