"""`MessageParser` against bodies written by hand: what is read, how it ends, and what is never claimed.

`read` feeds a body whole and in pieces of several sizes, with LF, CRLF and CR as line ends, and asserts that
the updates and the results are the same. Bodies are built from events by `chat` and `anthropic`.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError, field_validator
from pydantic.errors import PydanticSchemaGenerationError

import partialjson.providers
from partialjson import MISSING, Complete, Failed, InvalidError, Limits, ParseError, Truncated
from partialjson.messages import (
    BlockEnded,
    BlockStarted,
    Call,
    Choice,
    Document,
    DocumentProgress,
    MessageEnded,
    MessageFailed,
    MessageIdentified,
    MessageParser,
    ProviderError,
    StreamError,
    TextDelta,
    Update,
    UsageReported,
)
from support.effort import examples
from support.models import Weather

CHAT, ANTHROPIC = "openai-chat", "anthropic-messages"
DONE = b"data: [DONE]\n\n"


FIELDS = (
    "type index id choices delta content refusal tool_calls function name arguments finish_reason usage error message "
    "content_block input partial_json text stop_reason"
)
WORDS = st.sampled_from(FIELDS.split())
TEXTS = (
    "text tool_use content_block_start content_block_delta content_block_stop message_start message_delta "
    "message_stop text_delta input_json_delta stop tool_calls w {} [DONE]"
)
VALUES = st.sampled_from(TEXTS.split())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


class Title(BaseModel):
    title: str


def data(event: Any) -> bytes:
    return b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"


def chunk(delta: Any = None, finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": "c1", "model": "m", "choices": [{"index": index, "delta": delta, "finish_reason": finish}], **more}


def tool(index: int | None, id: str | None, name: str | None, arguments: Any) -> dict[str, Any]:
    return chunk({"tool_calls": [{"index": index, "id": id, "function": {"name": name, "arguments": arguments}}]})


def chat(*events: Any) -> bytes:
    """A body of chat chunks; a string is a delta of content."""
    full = [chunk({"content": event}) if isinstance(event, str) else event for event in events]
    return b"".join(map(data, full))


def finish(word: str) -> dict[str, Any]:
    return chunk({}, word)


def start(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def tool_use(index: int, id: str, name: str, **more: Any) -> dict[str, Any]:
    return start(index, **{"type": "tool_use", "id": id, "name": name, "input": {}} | more)


def grow(index: int, text: str, kind: str = "text") -> dict[str, Any]:
    field = {"text": "text", "thinking": "thinking", "input_json": "partial_json"}[kind]
    return {"type": "content_block_delta", "index": index, "delta": {"type": f"{kind}_delta", field: text}}


def fill(index: int, text: str) -> dict[str, Any]:
    return grow(index, text, "input_json")


def stop(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def text_block(index: int, *texts: str) -> list[dict[str, Any]]:
    return [start(index, type="text", text=""), *(grow(index, text) for text in texts), stop(index)]


def because(word: str, **more: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": word, **more}, "usage": {"output_tokens": 9}}


HELLO = {"type": "message_start", "message": {"id": "m1", "model": "c", "usage": {"input_tokens": 3}}}
BYE = {"type": "message_stop"}


def anthropic(*events: Any) -> bytes:
    return b"".join(f"event: {event['type']}\n".encode() + data(event) for event in events)


def feed(api: str, body: bytes, size: int, **options: Any) -> tuple[MessageParser, list[Update]]:
    message = MessageParser(api, **options)
    updates = [u for i in range(0, len(body), size) for u in message.feed_bytes(body[i : i + size])]
    message.end()
    return message, updates


def ending_of(document: Document) -> Any:
    outcome = document.outcome
    return type(outcome), outcome and outcome.reason, type(document.error), str(document.error)


def comparable(update: Update) -> Any:
    """Errors inside events are equal only if they are the same object, so they are compared by their text."""
    if isinstance(update, DocumentProgress):
        return replace(update, events=tuple(map(repr, update.events))), str(update.error)
    return update


def observed(message: MessageParser, updates: Sequence[Update]) -> Any:
    """Everything that can be seen of a message, comparable."""
    choices = []
    for choice in message.choices:
        blocks = [(b.kind, b.type, b.index, b.text, b.extra, b.position, b.choice) for b in choice.blocks]
        documents = [
            (document.value, document.json, document.text, document.done, ending_of(document))
            for document in (*choice.calls, choice.output)
        ]
        calls = [(call.id, call.name, call.ready, call.server) for call in choice.calls]
        texts = (choice.text, choice.reasoning, choice.refusal)
        end = choice.end()
        choices.append((choice.index, blocks, documents, calls, texts, end, repr(end.error)))
    return message.id, message.model, message.usage, choices, [comparable(update) for update in updates]


def read(api: str, body: bytes, **options: Any) -> MessageParser:
    message, updates = feed(api, body, max(1, len(body)), **options)
    expected = observed(message, updates)
    for size in (1, 2, 7, 64):
        assert observed(*feed(api, body, size, **options)) == expected, size
    for line_end in (b"\r\n", b"\r"):
        again = body.replace(b"\n", line_end)
        assert observed(*feed(api, again, 3, **options)) == expected, line_end
    return message


def updates_of(api: str, body: bytes, **options: Any) -> list[Update]:
    return feed(api, body, len(body), **options)[1]


def outcome_kinds(message: MessageParser | Choice) -> list[str]:
    return [type(call.outcome).__name__ for call in message.calls]


# What is read.


def test_chat_text() -> None:
    message = read(CHAT, chat("Hel", "lo", finish("stop")) + DONE)
    assert (message.id, message.model, message.text) == ("c1", "m", "Hello")
    assert message.end().reason == "complete"
    assert message.end().raw == "stop"
    assert message.end().error is None
    assert message.calls == []
    assert message.output.value is MISSING


def test_chat_parallel_calls_interleaved() -> None:
    body = chat(
        tool(0, "a", "get_weather", '{"city":"Zür'),
        tool(1, "b", "get_time", ""),
        tool(0, None, None, 'ich"'),
        tool(1, None, None, '{"tz":"CET"}'),
        tool(0, None, None, "}"),
        finish("tool_calls"),
        {"choices": [], "usage": {"total_tokens": 21}},
    )
    message = read(CHAT, body + DONE, tools={"get_weather": Weather})
    weather, clock = message.calls
    assert (weather.id, weather.name, weather.index) == ("a", "get_weather", 0)
    assert weather.value == Weather(city="Zürich")
    assert weather.json == {"city": "Zürich"}
    assert weather.text == '{"city":"Zürich"}'
    assert weather.done
    assert weather.ready
    assert weather.status(("city",)) == "complete"
    assert isinstance(weather.outcome, Complete)
    assert weather.end() is weather.outcome
    assert (clock.id, clock.name, clock.index, clock.value) == ("b", "get_time", 1, {"tz": "CET"})
    assert message.usage == {"total_tokens": 21}
    assert message.end().reason == "tool_calls"


def test_anthropic_message() -> None:
    body = anthropic(
        HELLO,
        start(0, type="thinking", thinking="", signature=""),
        {"type": "ping"},
        grow(0, "hm", "thinking"),
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2ln"}},
        stop(0),
        *text_block(1, "Let me ", "look."),
        tool_use(2, "t1", "get_weather"),
        fill(2, ""),
        fill(2, '{"city": "Zür'),
        fill(2, 'ich"}'),
        stop(2),
        because("tool_use", stop_sequence=None),
        BYE,
    )
    message = read(ANTHROPIC, body, tools={"get_weather": Weather})
    assert (message.id, message.model) == ("m1", "c")
    assert (message.text, message.reasoning, message.refusal) == ("Let me look.", "hm", "")
    assert [block.kind for block in message.blocks] == ["reasoning", "text", "call"]
    assert message.blocks[0].extra == {"signature": "c2ln"}
    (call,) = message.calls
    assert call is message.blocks[2]
    assert (call.id, call.name, call.index, call.value) == ("t1", "get_weather", 2, Weather(city="Zürich"))
    assert message.usage == {"input_tokens": 3, "output_tokens": 9}
    assert message.end().reason == "tool_calls"
    assert message.end().raw == "tool_use"


def test_usage_is_cumulative_and_null_replaces_nothing() -> None:
    counts = [{"input_tokens": 3, "output_tokens": 1, "tier": None}, {"input_tokens": None, "output_tokens": 5}]
    events = [{"type": "message_start", "message": {"usage": counts[0]}}]
    message = read(ANTHROPIC, anthropic(*events, because("end_turn") | {"usage": counts[1]}, BYE))
    assert message.usage == {"input_tokens": 3, "output_tokens": 5, "tier": None}


def test_server_tools_and_results() -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    result = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"url": "u"}]}
    citation = {"type": "citations_delta", "citation": {"url": "u"}}
    body = anthropic(
        HELLO,
        start(0, **search),
        fill(0, '{"query":"x"}'),
        stop(0),
        start(1, **result),
        stop(1),
        start(2, type="redacted_thinking", data="zzz"),
        stop(2),
        start(3, type="text", text=""),
        {"type": "content_block_delta", "index": 3, "delta": citation},
        {"type": "content_block_delta", "index": 3, "delta": citation},
        grow(3, "Found."),
        stop(3),
        because("end_turn"),
        BYE,
    )
    message = read(ANTHROPIC, body)
    (call,) = message.calls
    assert call.value == {"query": "x"}
    assert isinstance(call.outcome, Complete)
    assert call.server
    assert not call.ready
    assert message.blocks[1].extra == {"tool_use_id": "s", "content": [{"url": "u"}]}
    assert message.blocks[2].extra == {"data": "zzz"}
    assert message.blocks[3].extra == {"citations": [{"url": "u"}, {"url": "u"}]}
    assert message.end().reason == "complete"


def test_what_is_collected_does_not_touch_the_events() -> None:
    opening = start(0, type="text", text="", citations=[{"url": "u"}])
    more = {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": {"url": "v"}}}
    message = MessageParser(ANTHROPIC)
    for event in (HELLO, opening, more):
        message.feed(event)
    assert message.blocks[0].extra == {"citations": [{"url": "u"}, {"url": "v"}]}
    assert opening["content_block"]["citations"] == [{"url": "u"}]


def test_arguments_that_came_parsed() -> None:
    whole = tool_use(0, "t", "get_weather", input={"city": "Bern", "days": 2})
    for api, body in (
        (ANTHROPIC, anthropic(HELLO, whole, stop(0), because("tool_use"), BYE)),
        (CHAT, chat(tool(0, "t", "get_weather", {"city": "Bern", "days": 2}), finish("tool_calls")) + DONE),
    ):
        (call,) = read(api, body, tools={"get_weather": Weather}).calls
        assert call.value == Weather(city="Bern", days=2)
        assert call.text == ""
        assert call.ready


@pytest.mark.parametrize("value", [5, "x", None, [1, 2], True])
def test_arguments_that_are_no_object(value: Any) -> None:
    (call,) = read(CHAT, chat(tool(0, "t", "f", json.dumps(value)), finish("tool_calls"))).calls
    assert call.value == value


def test_a_name_that_comes_late_still_selects_the_tool() -> None:
    body = chat(tool(0, "t", None, '{"city"'), tool(0, None, "get_weather", ':"Bern"}'), finish("tool_calls"))
    (call,) = read(CHAT, body, tools={"get_weather": Weather}).calls
    assert call.value == Weather(city="Bern")


@pytest.mark.parametrize("arguments", ['{"city":"Bern"}', {"city": "Bern"}])
def test_a_call_that_never_gets_a_name(arguments: Any) -> None:
    body = chat(tool(0, "t", None, arguments), finish("tool_calls"))
    (call,) = read(CHAT, body, tools={"get_weather": Weather}).calls
    assert call.value == {"city": "Bern"}
    assert call.name == ""


def test_sdk_objects_and_mappings_are_the_same() -> None:
    class Object:
        def __init__(self, fields: dict[str, Any]) -> None:
            self.__dict__.update({name: objects(value) for name, value in fields.items()})

    def objects(value: Any) -> Any:
        if isinstance(value, dict):
            return Object(value)
        return [objects(item) for item in value] if isinstance(value, list) else value

    events = [chunk({"content": "a"}), tool(0, "t", "f", "{}"), finish("tool_calls"), "[DONE]"]
    seen = []
    forms: list[Callable[[Any], Any]] = [lambda event: event, objects]
    for form in forms:
        message = MessageParser(CHAT)
        updates = [update for event in events for update in message.feed(form(event))]
        message.end()
        seen.append(observed(message, updates))
    assert seen[0] == seen[1]


def test_choices_have_the_same_face() -> None:
    body = chat(
        chunk({"content": "a"}, index=1),
        chunk({"content": "b"}, index=0),
        chunk({"tool_calls": [{"index": 0, "id": "t", "function": {"name": "f", "arguments": "{}"}}]}, index=1),
        chunk({}, "stop", 0),
        chunk({}, "length", 1),
    )
    message = read(CHAT, body + DONE)
    first, second = message.choices
    assert (message.text, first.text, second.text) == ("b", "b", "a")
    assert (first.end().reason, second.end().reason) == ("complete", "truncated")
    assert message.end() == first.end()
    assert [call.name for call in second.calls] == ["f"]
    assert message.calls == first.calls == []
    assert {(u.choice, u.block) for u in updates_of(CHAT, body) if isinstance(u, TextDelta)} == {(1, 0), (0, 0)}


def test_a_server_that_counts_choices_from_one() -> None:
    message = read(CHAT, chat(chunk({"content": "a"}, index=1), chunk({}, "stop", 1)) + DONE)
    assert message.text == "a"
    assert len(message.choices) == 1


# Structured output.


def test_output() -> None:
    body = chat("", '{"tit', 'le":"H', 'i"}', finish("stop")) + DONE
    message = read(CHAT, body, output=Title)
    assert message.output.value == Title(title="Hi")
    assert message.output.json == {"title": "Hi"}
    assert message.text == '{"title":"Hi"}'
    assert message.end().reason == "complete"
    assert isinstance(message.output.outcome, Complete)
    assert message.output.outcome.reason == "complete"


def test_output_of_plain_values() -> None:
    assert read(CHAT, chat("[1, 2", "]", finish("stop")), output=Any).output.value == [1, 2]


def test_output_grows() -> None:
    message = MessageParser(ANTHROPIC, output=Title)
    for event in (HELLO, start(0, type="text", text=""), grow(0, '{"title":"H')):
        message.feed(event)
    assert message.output.json == {"title": "H"}
    assert message.output.value.title == "H"
    assert not message.output.done
    assert message.output.status(("title",)) == "partial"
    assert message.output.deltas() == [{"op": "add", "path": "", "value": {"title": "H"}}]
    message.feed(grow(0, "i"))
    assert message.output.deltas() == [{"op": "append", "path": "/title", "value": "i"}]


def test_reasoning_and_refusals_never_reach_the_parser() -> None:
    body = chat(chunk({"reasoning": "{]"}), '{"title":', chunk({"refusal": "I can"}), chunk({"refusal": "not"}))
    message = read(CHAT, body + chat(finish("stop")) + DONE, output=Title)
    assert (message.reasoning, message.refusal) == ("{]", "I cannot")
    assert message.output.json == {}
    assert isinstance(message.output.outcome, Truncated)
    assert message.end().reason == "refused"
    assert message.end().raw == "stop"


def test_output_after_other_blocks_of_text() -> None:
    prose, first, second = (
        text_block(0, "Let me look."),
        text_block(1, '{"title":"a"}'),
        text_block(2, "{", '"title":"b"}'),
    )
    message = read(ANTHROPIC, anthropic(HELLO, *prose, *first, *second, because("end_turn"), BYE), output=Title)
    assert message.output.value == Title(title="b")
    thanks = text_block(2, "Hope it helps")
    message = read(ANTHROPIC, anthropic(HELLO, *prose, *first, *thanks, because("end_turn"), BYE), output=Title)
    assert message.output.value == Title(title="a")
    assert message.text == 'Let me look.{"title":"a"}Hope it helps'


def test_output_across_blocks_of_text() -> None:
    blocks = [*text_block(0, '{"title":'), *text_block(1, '"a"}')]
    message = read(ANTHROPIC, anthropic(HELLO, *blocks, because("end_turn"), BYE), output=Title)
    assert message.output.value == Title(title="a")


def test_invalid_output_is_the_documents_outcome() -> None:
    message = read(CHAT, chat('{"title":5}', finish("stop")), output=Title)
    assert isinstance(message.output.outcome, Failed)
    assert isinstance(message.output.error, ValidationError)
    assert message.output.json == {"title": 5}
    assert message.end().reason == "complete"
    assert message.end().error is None


# Errors of one document.


def test_a_malformed_call_loses_nothing_else() -> None:
    body = chat(
        "text ",
        tool(0, "a", "f", '{"x":1,"y":tru!'),
        tool(0, None, None, "ignored"),
        tool(1, "b", "f", '{"x":2}'),
        "more",
        finish("tool_calls"),
    )
    message = read(CHAT, body + DONE)
    bad, good = message.calls
    assert isinstance(bad.outcome, Failed)
    assert isinstance(bad.error, ParseError)
    assert bad.error.pos == 14
    assert bad.json == {"x": 1}
    assert bad.text == '{"x":1,"y":tru!ignored'
    assert not bad.ready
    assert good.ready
    assert good.value == {"x": 2}
    assert good.error is None
    assert message.text == "text more"
    assert message.end().reason == "tool_calls"
    again, updates = feed(CHAT, body, len(body))
    failing = [u for u in updates if isinstance(u, DocumentProgress) and u.error]
    assert [(update.error, again.document_of(update).text) for update in failing] == [
        (again.document_of(update).error, bad.text) for update in failing
    ]
    assert len(failing) == 1
    assert [event.path for event in failing[0].events] == [("x",)]


def test_arguments_that_do_not_fit_their_tool() -> None:
    message = read(CHAT, chat(tool(0, "a", "w", '{"days":2}'), finish("tool_calls")), tools={"w": Weather})
    (call,) = message.calls
    assert call.done
    assert not call.ready
    assert isinstance(call.error, ValidationError)


def test_trailing_text_after_the_arguments() -> None:
    (call,) = read(CHAT, chat(tool(0, "a", "f", '{"y":1}'), tool(0, None, None, '{"x":1}'), finish("tool_calls"))).calls
    assert isinstance(call.outcome, Failed)
    assert not call.ready


def test_parsed_arguments_that_json_does_not_have() -> None:
    message = MessageParser(CHAT)
    updates = message.feed(tool(0, "a", "f", {"x": float("nan")}))
    assert isinstance(message.calls[0].outcome, Failed)
    assert [update.error for update in updates if isinstance(update, DocumentProgress)] == [message.calls[0].error]
    message.feed(tool(1, "b", "f", {(1, 2): 3}))
    assert isinstance(message.calls[1].outcome, Failed)


class Explosive(BaseModel):
    city: str = ""

    @field_validator("city")
    @classmethod
    def explode(cls, value: str) -> str:
        if value == "boom":
            raise RuntimeError("boom")
        return value


def test_an_exception_of_a_validator_propagates_and_loses_nothing() -> None:
    body = chat(tool(0, "a", "x", '{"city":"boom"}'), tool(1, "b", "x", '{"city":"Bern"}'), finish("tool_calls"))
    message = MessageParser(CHAT, tools={"x": Explosive})
    with pytest.raises(RuntimeError, match="boom"):
        message.feed_bytes(body)
    message.feed_bytes(DONE)
    bad, good = message.calls
    assert isinstance(bad.outcome, Failed)
    assert str(bad.error) == "boom"
    assert good.value == Explosive(city="Bern")
    assert message.end().reason == "tool_calls"


# A call without arguments.


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_arguments_are_an_empty_object(text: str) -> None:
    for api, body in (
        (CHAT, chat(tool(0, "a", "f", text), finish("tool_calls")) + DONE),
        (CHAT, chat(tool(0, "a", "f", None), finish("stop"))),
        (ANTHROPIC, anthropic(HELLO, tool_use(0, "a", "f"), fill(0, text), stop(0), because("tool_use"), BYE)),
    ):
        message = read(api, body)
        (call,) = message.calls
        assert call.value == {}
        assert call.ready
        assert call.text in ("", text)
        assert message.end().reason == "tool_calls"


def test_arguments_that_cannot_become_valid_stop_at_once_if_asked() -> None:
    body = [tool(0, "a", "get_weather", '{"city": ["Zü'), tool(0, None, None, 'rich"]}'), finish("tool_calls")]
    message = MessageParser("openai-chat", tools={"get_weather": Weather}, on_invalid="raise")
    updates = [update for event in body for update in message.feed(event)]
    (call,) = message.calls
    assert isinstance(call.error, InvalidError)
    assert call.error.path == ("city",)
    failed = [update for update in updates if isinstance(update, DocumentProgress) and update.error is not None]
    assert len(failed) == 1
    assert failed[0].text.startswith('{"city"')
    message.end()
    assert not call.ready
    collecting = MessageParser("openai-chat", tools={"get_weather": Weather})
    events = [event for each in body for update in collecting.feed(each) for event in getattr(update, "events", ())]
    assert [type(event).__name__ for event in events][:1] == ["Violation"]


def test_no_arguments_for_a_tool_that_needs_some() -> None:
    (call,) = read(CHAT, chat(tool(0, "a", "w", ""), finish("tool_calls")), tools={"w": Weather}).calls
    assert isinstance(call.error, ValidationError)
    assert not call.ready


def test_no_arguments_for_a_tool_with_defaults() -> None:
    (call,) = read(CHAT, chat(tool(0, "a", "x", ""), finish("tool_calls")), tools={"x": Explosive}).calls
    assert call.value == Explosive()


@pytest.mark.parametrize(
    ("api", "body"),
    [
        (CHAT, chat(tool(0, "a", "f", ""), finish("length")) + DONE),
        (CHAT, chat(tool(0, "a", "f", ""), finish("content_filter")) + DONE),
        (CHAT, chat(tool(0, "a", "f", ""))),
        (ANTHROPIC, anthropic(HELLO, tool_use(0, "a", "f"), stop(0), because("max_tokens"), BYE)),
        (ANTHROPIC, anthropic(HELLO, tool_use(0, "a", "f"), stop(0), because("tool_use"))),
        (ANTHROPIC, anthropic(HELLO, tool_use(0, "a", "f"))),
    ],
)
def test_a_call_cut_before_its_arguments_is_not_an_empty_object(api: str, body: bytes) -> None:
    (call,) = read(api, body).calls
    assert isinstance(call.outcome, Truncated)
    assert not call.ready
    assert call.value is MISSING


def test_a_later_block_shows_that_a_call_has_no_arguments() -> None:
    message = MessageParser(ANTHROPIC)
    for event in (HELLO, tool_use(0, "a", "f"), stop(0)):
        message.feed(event)
    assert message.calls[0].outcome is None
    message.feed(tool_use(1, "b", "g"))
    assert message.calls[0].ready
    for event in (stop(1), because("max_tokens"), BYE):
        message.feed(event)
    assert [call.ready for call in message.calls] == [True, False]


# How it ends.

PART, WHOLE, NOTHING = '{"title":"H', '{"title":"Hi"}', ""
CHAT_ENDS = [
    ("stop", WHOLE, "complete", "Complete"),
    ("stop", PART, "truncated", "Truncated"),
    ("stop", NOTHING, "truncated", "Truncated"),
    ("length", PART, "truncated", "Truncated"),
    ("length", WHOLE, "truncated", "Complete"),
    ("content_filter", PART, "filtered", "Truncated"),
    ("content_filter", WHOLE, "filtered", "Complete"),
    ("error", PART, "error", "Truncated"),
    ("a word to come", WHOLE, "truncated", "Complete"),
]
ANTHROPIC_ENDS = [
    ("end_turn", WHOLE, "complete", "Complete"),
    ("end_turn", PART, "truncated", "Truncated"),
    ("stop_sequence", PART, "truncated", "Truncated"),
    ("max_tokens", PART, "truncated", "Truncated"),
    ("max_tokens", WHOLE, "truncated", "Complete"),
    ("model_context_window_exceeded", PART, "truncated", "Truncated"),
    ("refusal", PART, "refused", "Truncated"),
    ("refusal", WHOLE, "refused", "Complete"),
    ("pause_turn", PART, "paused", "Truncated"),
]


@pytest.mark.parametrize(("word", "text", "reason", "kind"), CHAT_ENDS)
def test_chat_endings_of_output(word: str, text: str, reason: str, kind: str) -> None:
    message = read(CHAT, chat(text, finish(word)) + DONE, output=Title)
    assert message.end().reason == reason
    assert message.end().raw == word
    assert type(message.output.outcome).__name__ == kind


@pytest.mark.parametrize(("word", "text", "reason", "kind"), ANTHROPIC_ENDS)
def test_anthropic_endings_of_output(word: str, text: str, reason: str, kind: str) -> None:
    message = read(ANTHROPIC, anthropic(HELLO, *text_block(0, text), because(word), BYE), output=Title)
    assert message.end().reason == reason
    assert message.end().raw == word
    assert type(message.output.outcome).__name__ == kind


@pytest.mark.parametrize(
    ("word", "arguments", "reason", "ready"),
    [
        ("tool_calls", WHOLE, "tool_calls", True),
        ("stop", WHOLE, "tool_calls", True),  # a forced tool choice ends so
        ("function_call", WHOLE, "tool_calls", True),
        ("tool_calls", PART, "truncated", False),
        ("stop", PART, "truncated", False),
        ("length", PART, "truncated", False),
        ("length", WHOLE, "truncated", True),
        ("content_filter", WHOLE, "filtered", False),
    ],
)
def test_chat_endings_of_calls(word: str, arguments: str, reason: str, ready: bool) -> None:
    message = read(CHAT, chat(tool(0, "a", "f", arguments), finish(word)) + DONE)
    assert message.end().reason == reason
    assert [call.ready for call in message.calls] == [ready]


@pytest.mark.parametrize(
    ("word", "arguments", "reason", "ready"),
    [
        ("tool_use", WHOLE, "tool_calls", True),
        ("tool_use", PART, "truncated", False),
        ("max_tokens", PART, "truncated", False),
        ("max_tokens", WHOLE, "truncated", True),
        ("refusal", WHOLE, "refused", False),
        ("end_turn", WHOLE, "tool_calls", True),
        ("pause_turn", WHOLE, "paused", True),
    ],
)
def test_anthropic_endings_of_calls(word: str, arguments: str, reason: str, ready: bool) -> None:
    body = anthropic(HELLO, tool_use(0, "a", "f"), fill(0, arguments), stop(0), because(word), BYE)
    message = read(ANTHROPIC, body)
    assert message.end().reason == reason
    assert [call.ready for call in message.calls] == [ready]


def test_a_tool_turn_without_a_call_is_none() -> None:
    assert read(CHAT, chat("a", finish("tool_calls")) + DONE).end().reason == "complete"


def test_a_call_is_ready_as_soon_as_its_block_is_closed() -> None:
    message = MessageParser(ANTHROPIC)
    for event in (HELLO, tool_use(0, "a", "f"), fill(0, "{}")):
        message.feed(event)
    assert message.calls[0].done
    assert not message.calls[0].ready
    message.feed(stop(0))
    assert message.calls[0].ready


def test_a_root_number_is_complete_only_at_an_end_that_does_not_cut() -> None:
    assert read(CHAT, chat("12", finish("stop")), output=int).output.value == 12
    cut = read(CHAT, chat("12", finish("length")), output=int)
    assert isinstance(cut.output.outcome, Truncated)


def test_the_reason_is_recorded_with_the_documents() -> None:
    body = chat(tool(0, "a", "f", "{}"), tool(1, "b", "f", "{"), tool(2, "c", "f", "]"), finish("length"))
    message = read(CHAT, body)
    assert outcome_kinds(message) == ["Complete", "Truncated", "Failed"]
    assert [call.outcome.reason for call in message.calls if call.outcome] == ["truncated"] * 3


def test_a_late_filter_overrules_and_a_late_stop_does_not() -> None:
    assert read(CHAT, chat("a", finish("stop"), finish("content_filter")) + DONE).end().reason == "filtered"
    message = read(CHAT, chat("a", finish("length"), finish("stop")) + DONE)
    assert (message.end().reason, message.end().raw) == ("truncated", "length")


def test_a_filter_that_speaks_up_after_a_cut_takes_calls_back() -> None:
    message = read(CHAT, chat(tool(0, "a", "f", "{}"), finish("length"), finish("content_filter")) + DONE)
    assert (message.end().reason, message.end().raw) == ("filtered", "content_filter")
    assert isinstance(message.calls[0].outcome, Complete)
    assert not message.calls[0].ready
    assert [document.runnable for document in message.end().documents] == [False]


def test_text_after_the_finish_reason_counts() -> None:
    assert read(CHAT, chat("a", finish("stop"), "b") + DONE).text == "ab"


def test_finish_reason_without_done_ends_a_chat() -> None:
    assert read(CHAT, chat("a", finish("stop"))).end().reason == "complete"


def test_done_without_a_finish_reason_ends_a_chat() -> None:
    message = read(CHAT, chat("a", tool(0, "a", "f", "{}")) + DONE)
    assert (message.end().reason, message.end().raw) == ("tool_calls", None)
    assert read(CHAT, chat(tool(0, "a", "f", "{")) + DONE).end().reason == "truncated"


@pytest.mark.parametrize(
    ("api", "body"),
    [
        (CHAT, b""),
        (CHAT, b": keep-alive\n\n"),
        (CHAT, chat("a")),
        (CHAT, chat('{"title":"Hi"}', tool(0, "a", "f", "{}"))),
        (CHAT, chat(chunk({}, "stop", 1), "a")),
        (ANTHROPIC, anthropic(HELLO)),
        (ANTHROPIC, anthropic(HELLO, *text_block(0, "a"), because("end_turn"))),
    ],
)
def test_without_the_terminal_event_it_is_disconnected(api: str, body: bytes) -> None:
    end = read(api, body).end()
    assert end.reason == "disconnected"
    assert end.error is None


def test_details_of_the_end() -> None:
    details = {"type": "refusal", "category": "bio", "explanation": "no"}
    message = read(ANTHROPIC, anthropic(HELLO, because("refusal", stop_details=details), BYE))
    assert message.end().details == {"stop_details": details}


def test_the_end_is_the_end() -> None:
    message = MessageParser(CHAT)
    message.feed_bytes(chat("a", finish("stop")))
    end = message.end()
    assert message.end() is end
    assert message.choices[0].end() is end
    with pytest.raises(RuntimeError, match="ended"):
        message.feed({})
    with pytest.raises(RuntimeError, match="ended"):
        message.feed_bytes(b"")


def test_ending_a_choice_ends_the_message() -> None:
    message = MessageParser(CHAT)
    message.feed_bytes(chat("a"))
    assert message.choices[0].end().reason == "disconnected"
    with pytest.raises(RuntimeError):
        message.feed({})


def test_a_document_can_be_given_up_early() -> None:
    message = MessageParser(CHAT, tools={"w": Weather})
    message.feed(tool(0, "a", None, '{"x'))
    (call,) = message.calls
    assert isinstance(call.end("enough"), Truncated)
    message.feed(tool(0, None, None, '":1}'))
    message.feed(finish("tool_calls"))
    assert message.end().reason == "truncated"
    assert call.text == '{"x":1}'
    assert not call.ready


# The last block of a cut stream.


@pytest.mark.parametrize("lost", [1, 2])
def test_a_terminal_event_without_its_blank_line_counts(lost: int) -> None:
    whole_chat = chat("a", finish("stop")) + DONE
    whole_anthropic = anthropic(HELLO, *text_block(0, "a"), because("end_turn"), BYE)
    for api, body in ((CHAT, whole_chat), (CHAT, chat("a", finish("stop"))), (ANTHROPIC, whole_anthropic)):
        end = read(api, body[:-lost]).end()
        assert end.reason == "complete"
        assert end.incomplete is None


def test_any_other_event_without_its_blank_line_is_incomplete() -> None:
    message = read(CHAT, chat("a", "b")[:-1])
    assert message.text == "a"
    assert message.end().reason == "disconnected"
    assert message.end().incomplete is not None
    cut = read(CHAT, chat("a", finish("stop")) + b"data: [DO")
    assert cut.end().reason == "complete"
    incomplete = cut.end().incomplete
    assert incomplete is not None
    assert incomplete.line == "data: [DO"


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize(
    ("text", "line"), [("Bad gateway", "Bad gateway"), ("a: b\nc: d\ne", "e"), ("a: b\ndata", "data")]
)
def test_what_a_body_ends_with_is_told_even_if_it_is_no_stream(text: str, line: str, size: int) -> None:
    message = MessageParser(CHAT)
    for at in range(0, len(text), size):
        message.feed_bytes(text[at : at + size].encode())
    end = message.end()
    assert end.reason == "error"
    assert end.incomplete is not None
    assert end.incomplete.line == line


@pytest.mark.parametrize(("texts", "counted"), [(0, "0 blocks"), (1, "1 block"), (2, "2 blocks")])
def test_a_parser_shows_how_far_it_is(texts: int, counted: str) -> None:
    message = MessageParser(ANTHROPIC)
    message.feed_bytes(anthropic(HELLO, *(event for number in range(texts) for event in text_block(number, "a"))))
    assert repr(message) == f"<MessageParser anthropic-messages, open, {counted}>"
    message.feed_bytes(anthropic(because("end_turn"), BYE))
    assert repr(message) == f"<MessageParser anthropic-messages, done, {counted}>"
    message.end()
    assert repr(message) == f"<MessageParser anthropic-messages, ended, {counted}>"


CUT_BODIES = {
    "chat calls": (
        CHAT,
        chat(tool(0, "a", "w", ""), tool(0, None, None, '{"city":"Zü'), tool(1, "b", "w", '{"city":"'))
        + chat(tool(0, None, None, 'rich"}'), tool(1, None, None, 'x"}'), finish("tool_calls"))
        + DONE,
    ),
    "chat output": (CHAT, chat("", '{"city":', '"\\ud83d\\ude00"', "}", finish("stop"), {"usage": {"n": 1}}) + DONE),
    "anthropic": (
        ANTHROPIC,
        anthropic(
            HELLO,
            *text_block(0, '{"city":"ö"}'),
            tool_use(1, "t", "w"),
            fill(1, '{"city":"Zü'),
            fill(1, 'rich"}'),
            stop(1),
            tool_use(2, "u", "f"),
            stop(2),
            because("tool_use"),
            BYE,
        ),
    ),
}


@pytest.mark.parametrize("name", CUT_BODIES)
def test_cut_at_every_byte(name: str) -> None:
    """A cut body is disconnected until its terminal event is there, and no half call is ever ready."""
    api, body = CUT_BODIES[name]
    whole, _ = feed(api, body, len(body), tools={"w": Weather}, output=Weather)
    terminal = body.index(b"message_stop" if api == ANTHROPIC else b'"finish_reason": "')
    for cut in range(len(body)):
        message, _ = feed(api, body[:cut], max(cut, 1), tools={"w": Weather}, output=Weather)
        end = message.end()
        if cut < terminal:
            assert end.reason == "disconnected", cut
        assert end.reason in ("disconnected", whole.end().reason), cut
        for call, final in zip(message.calls, whole.calls, strict=False):
            assert final.text.startswith(call.text)
            if call.ready:
                assert (call.id, call.value) == (final.id, final.value)
            assert not (call.text != final.text and call.ready)
        if isinstance(message.output.outcome, Complete):
            assert message.output.value == whole.output.value


# Input that nobody meant to send.

DAMAGE = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=8)), max_size=4)


def damage(body: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for start_at, length, insert in edits:
        body = body[:start_at] + insert + body[start_at + length :]
    return body


@settings(max_examples=examples(200), deadline=None)
@given(st.sampled_from(sorted(CUT_BODIES)), DAMAGE, st.integers(1, 50))
def test_damaged_bodies_break_nothing(name: str, edits: list[tuple[int, int, bytes]], size: int) -> None:
    """Whatever comes, nothing is raised, chunking stays invisible, and what is ready is whole JSON."""
    api, body = CUT_BODIES[name]
    body = damage(body, edits)
    whole, updates = feed(api, body, max(1, len(body)), output=Any)
    assert observed(*feed(api, body, size, output=Any)) == observed(whole, updates)
    for call in whole.calls:
        assert not call.ready or json.loads(call.text or "{}") == call.value


@settings(max_examples=examples(200), deadline=None)
@given(st.sampled_from((CHAT, ANTHROPIC)), st.lists(JSON, max_size=5))
def test_strange_events_break_nothing(api: str, events: list[Any]) -> None:
    message = MessageParser(api, tools={"w": Weather}, output=Title)
    for event in events:
        message.feed(event)
    assert message.end() is message.end()
    assert all(call.outcome is not None for choice in message.choices for call in choice.calls)


# Errors of the message.


@pytest.mark.parametrize(
    ("api", "event", "message", "type"),
    [
        (CHAT, {"error": {"message": "no", "type": "server_error"}}, "no", "server_error"),
        (CHAT, {"object": "error", "message": "no", "code": 400}, "no", ""),
        (CHAT, {"choices": [], "x_groq": {"error": "no"}}, "no", ""),
        (CHAT, chunk({}, "error", error={"message": "no", "code": 502}), "no", ""),
        (
            ANTHROPIC,
            {"type": "error", "error": {"type": "overloaded_error", "message": "no"}},
            "no",
            "overloaded_error",
        ),
    ],
)
def test_errors_the_provider_reports(api: str, event: Any, message: str, type: str) -> None:
    before = chat("a", tool(0, "a", "f", "{}")) if api == CHAT else anthropic(HELLO, *text_block(0, "a"))
    parsed = read(api, before + data(event) + DONE)
    end = parsed.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert (end.error.message, end.error.type) == (message, type)
    assert str(end.error).endswith(message)
    assert end.error.body
    assert parsed.text == "a"
    assert [u.error for u in updates_of(api, before + data(event)) if isinstance(u, MessageFailed)]


def test_an_error_without_a_message_is_shown_by_its_body() -> None:
    assert str(ProviderError("", body={"code": 1})) == "error: {'code': 1}"


@pytest.mark.parametrize("pretty", [None, 2])
@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("prefix", [b"", b"error: "])
def test_an_error_body_instead_of_a_stream(pretty: int | None, end: bytes, prefix: bytes) -> None:
    for api in (CHAT, ANTHROPIC):
        body = {"type": "error", "error": {"type": "rate_limit", "message": "slow down"}}
        text = prefix + json.dumps(body, indent=pretty).encode() + end
        error = read(api, text).end().error
        assert isinstance(error, ProviderError)
        assert error.message == "slow down"


def test_an_error_body_in_mid_stream() -> None:
    body = chat("a") + json.dumps({"error": {"message": "no"}}, indent=1).encode() + b"\n\n"
    message = read(CHAT, body)
    assert message.text == "a"
    assert isinstance(message.end().error, ProviderError)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n", "HTML"),
        (b"  <html>", "HTML"),
        (b'{"detail": "Not Found"}', "plain JSON"),
        (b'{"id":"c1","choices":[{"message":{"content":"a"}}]}\n', "plain JSON"),
        (b'{"detail": "Not', "not an event stream"),
        (b"upstream connect error", "not an event stream"),
        (b"\x1f\x8b\x08\x00\x00\x00\xff", "not an event stream"),
        (chat("hi").decode().encode("utf-16"), "not an event stream"),
    ],
)
def test_a_body_that_is_no_event_stream(body: bytes, words: str) -> None:
    for api in (CHAT, ANTHROPIC):
        end = read(api, body).end()
        assert end.reason == "error"
        assert isinstance(end.error, StreamError)
        assert words in str(end.error)


def test_the_json_body_is_kept() -> None:
    error = read(CHAT, b'{"detail": "Not Found"}').end().error
    assert isinstance(error, StreamError)
    assert error.body == {"detail": "Not Found"}


@pytest.mark.parametrize("payload", [b"{", b'{"a":1}x', b"hello", b"\xff", b"[" * 100_000])
def test_a_payload_that_is_no_json(payload: bytes) -> None:
    body = chat("a", tool(0, "a", "f", "{}")) + b"data: " + payload + b"\n\n" + chat("b")
    message, updates = feed(CHAT, body, len(body))
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, StreamError)
    assert "event 3" in str(end.error)
    assert message.text == "a"
    assert message.calls[0].value == {}
    assert [update.error for update in updates if isinstance(update, MessageFailed)] == [end.error]
    assert observed(message, updates) == observed(*feed(CHAT, body, 7))


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    assert read(CHAT, chat("aXb", finish("stop")).replace(b"X", b"\xe2\x82")).text == "a\ufffdb"


def test_after_a_stream_error_everything_is_ignored() -> None:
    message = MessageParser(CHAT)
    message.feed_bytes(b"<html>\n")
    assert message.feed_bytes(chat("a", finish("stop")) + DONE) == []
    assert message.feed(chunk({"content": "a"})) == []
    assert (message.text, message.end().reason) == ("", "error")


def test_what_follows_the_terminal_event_is_ignored() -> None:
    for junk in (chat("b"), b"data: {\n\n", b"<html>\n", data({"error": "no"}), b"x" * 200):
        message = read(CHAT, chat("a", finish("stop")) + DONE + junk)
        assert message.text == "a"
        assert message.end().reason == "complete"


def test_harmless_oddities() -> None:
    body = b": OPENROUTER PROCESSING\n\nretry: 5\n\ndata:\n\ndata: 5\n\ndata: []\n\nevent: x\ndata: {}\n\nfoo: bar\n"
    assert read(CHAT, body + chat("a", finish("stop")) + DONE).text == "a"


def test_braces_on_lines_of_their_own_are_not_a_body() -> None:
    body = chat("a") + b"{not json\n" + b'{"note": 1}\n' + b"[1,\n" + chat("b", finish("stop")) + DONE
    message = read(CHAT, body)
    assert (message.text, message.end().reason) == ("ab", "complete")


def test_an_event_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from partialjson.sse import SSEDecoder

    monkeypatch.setattr("partialjson.wire.framing.SSEDecoder", lambda: SSEDecoder(limit=1000))
    message = read(CHAT, chat("a") + b"data: " + b"x" * 2000)
    assert message.text == "a"
    assert isinstance(message.end().error, StreamError)
    assert "limit" in str(message.end().error)
    after = read(CHAT, chat("a", finish("stop")) + DONE + b"data: " + b"x" * 2000)
    assert after.end().reason == "complete"


# Messages that follow one another in one body.


def test_a_second_message_adds_up() -> None:
    second = {"type": "message_start", "message": {"id": "m2", "usage": {"input_tokens": 7}}}
    first = [HELLO, *text_block(0, "a"), tool_use(1, "t", "f"), fill(1, "{}"), stop(1), because("tool_use"), BYE]
    message = read(ANTHROPIC, anthropic(*first, second, *text_block(0, "b"), because("end_turn"), BYE))
    assert (message.id, message.text) == ("m2", "ab")
    assert message.usage == {"input_tokens": 7, "output_tokens": 9}
    assert [call.name for call in message.calls] == ["f"]
    assert message.end().reason == "complete"
    cut = read(ANTHROPIC, anthropic(*first, second, *text_block(0, "b")))
    assert cut.end().reason == "disconnected"


def test_an_attempt_that_was_started_again() -> None:
    first = [HELLO, start(0, type="text", text=""), grow(0, "a"), tool_use(1, "t", "f")]
    message = read(ANTHROPIC, anthropic(*first, HELLO, *text_block(0, "b"), because("end_turn"), BYE))
    assert message.end().reason == "complete"
    assert not message.calls[0].ready
    assert isinstance(message.calls[0].outcome, Truncated)


def test_an_attempt_that_follows_an_error_counts() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "no"}}
    body = anthropic(HELLO, *text_block(0, "a"), error, HELLO, *text_block(0, "b"), because("end_turn"), BYE)
    message = read(ANTHROPIC, body)
    assert message.end().reason == "complete"
    assert message.end().error is None
    ends = [update.end for update in updates_of(ANTHROPIC, body) if isinstance(update, MessageEnded)]
    assert [end.reason for end in ends] == ["error", "complete"]
    assert read(ANTHROPIC, anthropic(error, HELLO, *text_block(0, "b"))).end().reason == "disconnected"


# Updates.


def test_updates_tell_everything() -> None:
    body = anthropic(
        HELLO,
        *text_block(0, "Hi"),
        tool_use(1, "t", "w"),
        fill(1, '{"city":"Bern",'),
        fill(1, '"days":2}'),
        stop(1),
        because("tool_use"),
        BYE,
    )
    message, updates = feed(ANTHROPIC, body, len(body), tools={"w": Weather})
    document = next(message.document_of(u) for u in updates if isinstance(u, DocumentProgress))
    assert isinstance(document, Call)
    end = updates[-1]
    assert isinstance(end, MessageEnded)
    assert end.end.reason == "tool_calls"
    progress = [u for u in updates if isinstance(u, DocumentProgress)]
    assert [(u.text, [e.path for e in u.events]) for u in progress] == [
        ('{"city":"Bern",', [("city",)]),
        ('"days":2}', [("days",), ()]),
    ]
    assert [type(u) for u in updates] == [
        MessageIdentified,
        UsageReported,
        BlockStarted,
        TextDelta,
        BlockEnded,
        BlockStarted,
        DocumentProgress,
        DocumentProgress,
        BlockEnded,
        UsageReported,
        MessageEnded,
    ]
    assert [(u.block, u.kind) for u in updates if isinstance(u, BlockStarted)] == [(0, "text"), (1, "call")]


@pytest.mark.parametrize("name", CUT_BODIES)
def test_updates_fold_to_the_texts(name: str) -> None:
    api, body = CUT_BODIES[name]
    message, updates = feed(api, body, 5, output=Weather)
    folded: dict[int, str] = {}
    for update in updates:
        if isinstance(update, TextDelta) or (
            isinstance(update, DocumentProgress) and isinstance(message.document_of(update), Call)
        ):
            folded[update.block] = folded.get(update.block, "") + update.text
    assert folded == {block.position: block.text for block in message.blocks if block.position in folded}
    assert all(block.position in folded for block in message.blocks if block.text)


def test_a_call_shows_what_it_is() -> None:
    message = MessageParser(CHAT)
    message.feed(tool(0, "a", "f", "{}"))
    message.feed(chunk({"content": "text"}))
    assert repr(message.calls[0]) == "<Call f({}) not ready>"
    assert repr(message.blocks[1]) == "<Block text 'text'>"


# The parser itself.


def test_an_unknown_api() -> None:
    with pytest.raises(ValueError, match=r"'gpt'.*anthropic-messages.*openai-chat"):
        MessageParser("gpt")


def test_a_target_that_cannot_be_used_is_told_at_once() -> None:
    with pytest.raises(PydanticSchemaGenerationError):
        MessageParser(CHAT, tools={"f": object()})


def test_options_reach_the_parsers() -> None:
    body = chat(tool(0, "a", "w", '{"city":"Bern","days":"2"}'), finish("tool_calls"))
    assert read(CHAT, body, tools={"w": Weather}).calls[0].ready
    assert not read(CHAT, body, tools={"w": Weather}, strict=True).calls[0].ready
    assert read(CHAT, body, strict=True).calls[0].ready
    assert not read(CHAT, body, limits=Limits(string=3)).calls[0].ready
    assert read(CHAT, chat("a"), output=Title, missing=None).output.value is None


@pytest.mark.parametrize("output", [None, Any, Title])
def test_a_message_that_is_dropped_is_freed_at_once(output: Any) -> None:
    """A server reads many; waiting for the garbage collector would cost as much as the reading."""
    body = chat(tool(0, "a", "w", '{"city":"Bern"}'), '{"title":"a"}', finish("stop")) + DONE

    def use() -> MessageParser:
        return read(CHAT, body, tools={"w": Weather}, output=output)

    use()
    gc.collect()
    gc.disable()
    try:
        message = use()
        choice = message.choices[0]
        del message
        assert gc.collect() == 0
    finally:
        gc.enable()
    # What is held outlives it.
    assert choice.calls[0].value == Weather(city="Bern")
    assert choice.end().reason == "tool_calls"
    orphan = MessageParser(CHAT).choices[0]
    with pytest.raises(RuntimeError, match="no update has reported"):
        orphan.end()


def test_bytes_and_str_do_not_mix() -> None:
    message = MessageParser(CHAT)
    message.feed_bytes(chat("a").decode())
    with pytest.raises(TypeError, match="mixed"):
        message.feed_bytes(chat("b"))
    assert message.text == "a"


def test_every_known_api_can_be_made() -> None:
    for api in partialjson.providers.PROVIDERS:
        assert MessageParser(api).end().reason == "disconnected"
