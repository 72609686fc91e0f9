"""What a front end ends with is what the model said, in every protocol, for every API, wherever the body was cut.

`support.front_ends` reads the events as each protocol's own package does; the packages themselves read them in
`test_packages`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from partialjson import MISSING
from partialjson.broadcast import ResponseState
from partialjson.encoders import ag_ui, assistant_stream, json_patch, mcp_apps, vercel
from partialjson.messages import MessageParser
from support.bodies import BODY_APIS, WITHOUT_CALLS, WITHOUT_FILTER, WITHOUT_PIECES, WITHOUT_REASONING, Said, Say, body
from support.front_ends import READERS, check_seen, events_in
from support.strategies import chunkings, texts

ENCODERS: dict[str, Any] = {
    "ag_ui": lambda: ag_ui.Encoder(thread_id="t", run_id="r", message_id="m"),
    "vercel": lambda: vercel.Encoder(message_id="m"),
    "assistant_stream": lambda: assistant_stream.Encoder(message_id="m"),
    "mcp_apps": mcp_apps.Encoder,
    "json_patch": json_patch.Encoder,
}


class Weather(BaseModel):
    city: str
    days: int = 1


class Account(BaseModel):
    owner: str
    password: SecretStr
    tags: list[str | None]
    internal: str = Field("", exclude=True)


class Login(BaseModel):
    user: str
    password: SecretStr


ACCOUNT = (
    '{"owner": "Zü',
    'rich", "pass',
    'word": "hunt',
    'er2", "tags": ["a", null, ',
    '"\\ud83d\\ude00"], "internal": "hunter2"}',
)
WEATHER = Say("c1", "get_weather", ('{"city":"Zü', 'ri\\u00e9"', ',"days":2', "3}"))
NOW = Say("c2", "now", ("{", "}"))
LOGIN = Say("c3", "login", ('{"user": "u", ', '"password": "hunt', 'er2"}'))
TOOLS = {"get_weather": Weather, "login": Login}

# What a model says, and how it is read.
TALKS: dict[str, tuple[Said, dict[str, Any]]] = {
    "text": (Said(texts=("Gr", "üezi ", "\n\nwohl 😀")), {}),
    "nothing": (Said(), {}),
    "calls": (Said(texts=("Let me",), reasoning=("hm", "m"), calls=(WEATHER, NOW), reason="tool_calls"), {}),
    "secret": (Said(calls=(LOGIN, WEATHER), reason="tool_calls"), {}),
    "cut call": (Said(texts=("I",), calls=(NOW, Say("c4", "get_weather", ('{"city": "Zür',))), reason="truncated"), {}),
    "lost": (Said(texts=("Gr",), calls=(Say("c5", "get_weather", ('{"city"',)),), reason=None), {}),
    "filtered": (Said(texts=("Gr",), calls=(WEATHER,), reason="filtered"), {}),
    "invalid": (Said(calls=(Say("c6", "get_weather", ('{"city": 5}',)), NOW), reason="tool_calls"), {}),
    "output": (Said(texts=ACCOUNT), {"output": Account}),
    "cut output": (Said(texts=ACCOUNT[:4], reason="truncated"), {"output": Account}),
    "invalid output": (Said(texts=('{"owner": 1, "password": "hunter2"}',)), {"output": Account}),
    "prose": (Said(texts=("I would ", "rather not.")), {"output": Weather}),
    "hostile": (
        Said(texts=('{"__proto__": {"x": 1}, "constructor": {"prototype": {}, "a": 1}, "": {"": [null]}, "a/b~": 1e999}',)),
        {"output": Any},
    ),
}


def talks(api: str) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """The bodies of an API that can tell them."""
    for name, (said, options) in TALKS.items():
        cut = any(_is_cut(call) for call in said.calls)
        if (
            (said.calls and api in WITHOUT_CALLS)
            or (said.reasoning and api in WITHOUT_REASONING)
            or (cut and (api in WITHOUT_PIECES))
            or (said.reason == "filtered" and api in WITHOUT_FILTER)
        ):
            continue
        yield name, body(api, said), {"tools": TOOLS, **options}


def _is_cut(call: Say) -> bool:
    try:
        return call.value is None
    except ValueError:
        return True


def told(protocol: str, api: str, raw: bytes, size: int, **options: Any) -> tuple[MessageParser, bytes]:
    """The message, and the body that the encoder writes."""
    encoder = ENCODERS[protocol]()
    message = MessageParser(api, **options)
    events = encoder.begin(message)
    for at in range(0, len(raw), size):
        events += encoder.feed(message.feed_bytes(raw[at : at + size]))
    events += encoder.end()
    assert encoder.end() == []
    return message, encoder.body(events) + encoder.tail


@pytest.mark.parametrize("api", BODY_APIS)
@pytest.mark.parametrize("protocol", ENCODERS)
def test_a_front_end_sees_the_message(protocol: str, api: str) -> None:
    for name, raw, options in talks(api):
        states = []
        for size in (1, 13, 100, len(raw) + 1):
            message, sent = told(protocol, api, raw, size, **options)
            assert b"hunter2" not in sent, name
            assert b"hunt" not in sent, name
            states.append(READERS[protocol](events_in(sent.decode())))
            check_seen(protocol, states[-1], message)
        if protocol == "mcp_apps":
            # How often partial arguments were sent depends on how often it was asked.
            states = [{call: {**view, "partial": []} for call, view in state.items()} for state in states]
        if name == "filtered":
            # Whether a call was ready before it was withdrawn depends on when somebody looked.
            continue
        assert all(state == states[0] for state in states), name


@pytest.mark.parametrize("protocol", ["ag_ui", "vercel", "assistant_stream", "mcp_apps"])
@given(st.data())
def test_documents_only_grow(protocol: str, data: st.DataObject) -> None:
    """The output and the arguments of a call, of any shape and cut anywhere, end as what was said, and every state
    before extends the one before that."""
    text = data.draw(texts(surrogates=False))
    arguments = '{"value": ' + text + "}"
    encoder = ENCODERS[protocol]()
    message = MessageParser("openai-chat", output=Any)
    events = encoder.begin(message)
    seen: list[Any] = []

    def feed(delta: dict[str, Any], end: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        events.extend(encoder.feed(message.feed({"choices": [choice]})))
        if protocol == "mcp_apps":
            seen[:] = [view["partial"] for view in READERS[protocol](events).values()][:1]

    for piece in data.draw(chunkings(text)):
        feed({"content": piece})
    feed({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]})
    for piece in data.draw(chunkings(arguments)):
        feed({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    feed({}, "tool_calls")
    events += encoder.feed(message.feed("[DONE]"))
    events += encoder.end()
    sent = [json.loads(encoder.to_sse(event)[6:]) for event in events]
    check_seen(protocol, READERS[protocol](sent), message)
    for partials in seen:
        assert all(_extends(before, after) for before, after in zip(partials, partials[1:], strict=False))


def _extends(before: Any, after: Any) -> bool:
    """Is `after` what `before` was, or more of it? A key that comes again may begin anew."""
    if isinstance(before, dict) and isinstance(after, dict):
        return list(before) == list(after)[: len(before)]
    return type(before) is type(after)


def test_without_a_message() -> None:
    for make in ENCODERS.values():
        with pytest.raises(RuntimeError, match=r"call begin\(message\) first"):
            make().feed()


def test_after_the_end() -> None:
    encoder = vercel.Encoder()
    message = MessageParser("openai-chat")
    encoder.begin(message)
    encoder.end()
    with pytest.raises(RuntimeError, match="the answer has ended"):
        encoder.feed(message.end().updates)


@pytest.mark.parametrize("protocol", ENCODERS)
def test_deltas_from_elsewhere(protocol: str) -> None:
    """An encoder is a viewer: the deltas may have been throttled, merged, or sent over a wire."""
    from partialjson.patch import merge_deltas

    for _, raw, options in talks("anthropic-messages"):
        message = MessageParser("anthropic-messages", **options)
        state = ResponseState(message)
        lists = [state.changes()] + [state.changes(message.feed_bytes(raw[at : at + 9])) for at in range(0, len(raw), 9)]
        lists.append(state.changes(message.end().updates))
        for step in (1, 3, len(lists)):
            encoder = ENCODERS[protocol]()
            events = []
            for at in range(0, len(lists), step):
                merged = merge_deltas([delta for deltas in lists[at : at + step] for delta in deltas])
                events += encoder.apply(json.loads(json.dumps(merged)))
            events += encoder.end()
            sent = (encoder.body(events) + encoder.tail).decode()
            check_seen(protocol, READERS[protocol](events_in(sent)), message)


def test_missing_is_no_value() -> None:
    assert read_nothing() is MISSING


def read_nothing() -> Any:
    return READERS["json_patch"]([])
