"""What models say for the tests of encoders, how it is read, and how an encoder tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field, SecretStr

from partialjson.encoders import ag_ui, assistant_stream, json_patch, mcp_apps, vercel
from partialjson.messages import MessageParser
from support.bodies import WITHOUT_CALLS, WITHOUT_FILTER, WITHOUT_PIECES, WITHOUT_REASONING, Said, Say, body

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
        Said(
            texts=(
                '{"__proto__": {"x": 1}, "constructor": {"prototype": {}, "a": 1}, ',
                '"": {"": [null]}, "a/b~": 1e999}',
            )
        ),
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
