"""The tools and the output format of a request as targets, for every API: their JSON Schemas judge what comes."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from partialjson import Complete, Failed, Violation
from partialjson.messages import DocumentProgress, MessageParser, MessageState
from partialjson.testing.bodies import BODY_APIS, WITHOUT_CALLS, Said, Say, body, events

CITY = {
    "type": "object",
    "properties": {"city": {"enum": ["Rome", "Oslo"]}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city"],
    "additionalProperties": False,
}
OPENAPI = {
    "type": "OBJECT",
    "properties": {"city": {"type": "STRING", "enum": ["Rome", "Oslo"]}, "days": {"type": "INTEGER", "minimum": 1}},
    "required": ["city"],
}
CHAT = [{"type": "function", "function": {"name": "get_weather", "parameters": CITY}}]
RESPONSES = [{"type": "function", "name": "get_weather", "parameters": CITY}]
REQUESTS: dict[str, Any] = {
    "anthropic-messages": [{"name": "get_weather", "input_schema": CITY}],
    "bedrock-converse": {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": CITY}}}]},
    "cohere": CHAT,
    "gemini": [{"functionDeclarations": [{"name": "get_weather", "parameters": OPENAPI}]}],
    "gemini-interactions": RESPONSES,
    "gemini-live": [{"functionDeclarations": [{"name": "get_weather", "parametersJsonSchema": CITY}]}],
    "mistral": CHAT,
    "ollama": CHAT,
    "openai-chat": CHAT,
    "openai-realtime": RESPONSES,
    "openai-responses": RESPONSES,
}
APIS = [api for api in BODY_APIS if api not in WITHOUT_CALLS]


def called(arguments: str) -> Said:
    half = len(arguments) // 2
    return Said((), (), (Say("c1", "get_weather", (arguments[:half], arguments[half:])),), "tool_calls")


def test_every_api_has_its_spelling() -> None:
    assert set(APIS) <= REQUESTS.keys()


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_valid_arguments(api: str, size: int) -> None:
    raw = body(api, called('{"city": "Oslo", "days": 2}'))
    message = MessageParser(api, tools=REQUESTS[api])
    for at in range(0, len(raw), size):
        message.feed_bytes(raw[at : at + size])
    message.end()
    (call,) = message.calls
    assert call.ready
    assert call.value == {"city": "Oslo", "days": 2}
    assert isinstance(call.outcome, Complete)


@pytest.mark.parametrize("api", APIS)
def test_arguments_that_do_not_fit(api: str) -> None:
    message = MessageParser(api, tools=REQUESTS[api])
    updates = [update for event in events(api, called('{"city": "Oslo", "days": 0}')) for update in message.feed(event)]
    message.end()
    (call,) = message.calls
    assert not call.ready
    assert isinstance(call.outcome, Failed)
    assert isinstance(call.outcome.error, jsonschema.ValidationError)
    assert list(call.outcome.error.absolute_path) == ["days"]
    said = [event for update in updates if isinstance(update, DocumentProgress) for event in update.events]
    (violation,) = [event for event in said if isinstance(event, Violation)]
    assert violation.path == ("days",)
    assert violation.keyword == "minimum"


@pytest.mark.parametrize("api", APIS)
def test_a_state_elsewhere_shows_the_same(api: str) -> None:
    message = MessageParser(api, tools=REQUESTS[api])
    state = MessageState(tools=REQUESTS[api])
    for event in events(api, called('{"city": "Oslo", "days": 0}')):
        for update in message.feed(event):
            state.apply(update)
    for update in message.end().updates:
        state.apply(update)
    assert [call.json for call in state.calls] == [call.json for call in message.calls]
    assert not state.calls[0].ready


@pytest.mark.parametrize("output", [CITY, {"type": "json_schema", "schema": CITY}], ids=["schema", "format"])
def test_an_output(output: Any) -> None:
    message = MessageParser("openai-chat", output=output)
    for event in events("openai-chat", Said(('{"city": "Os', 'lo"}'))):
        message.feed(event)
    assert message.end().reason == "complete"
    assert message.output.value == {"city": "Oslo"}


def test_schemas_beside_models() -> None:
    message = MessageParser("openai-chat", tools={"get_weather": CITY, "now": None, "never": False})
    for event in events("openai-chat", called('{"city": "Bern"}')):
        message.feed(event)
    message.end()
    assert isinstance(message.calls[0].outcome, Failed)


def test_what_is_wrong_is_said_before_anything_streams() -> None:
    with pytest.raises(jsonschema.SchemaError) as caught:
        MessageParser("openai-chat", tools={"get_weather": {"type": "objekt"}})
    assert caught.value.__notes__ == ["as the target of the tool 'get_weather'"]
    with pytest.raises(jsonschema.SchemaError) as caught:
        MessageParser("openai-chat", output={"minimum": "1"})
    assert caught.value.__notes__ == ["as the target of the output"]
    with pytest.raises(TypeError, match=r"tools\[0\]: expected an entry of a request's list of tools"):
        MessageParser("openai-chat", tools=[{"name": "get_weather", "schema": CITY}])
