"""The same message told in every wire format is the same message, and no format ever makes it look more than it is.

Bodies are built by `partialjson.testing.bodies`. What only one format has is tested with its adapter.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partialjson import Complete, Truncated
from partialjson.messages import (
    BlockRestarted,
    BlockStarted,
    Call,
    DocumentProgress,
    MessageEnded,
    MessageFailed,
    MessageParser,
    ProviderError,
    StreamError,
    TextDelta,
    Update,
)
from partialjson.providers import PROVIDERS
from partialjson.testing.bodies import (
    APIS,
    BODY_APIS,
    WITHOUT_CALLS,
    WITHOUT_FILTER,
    WITHOUT_PIECES,
    WITHOUT_REASONING,
    Said,
    Say,
    body,
    events,
)
from support.effort import examples
from support.models import Weather
from support.operations import as_model
from support.told import fed

CALLS = (
    Say("c1", "get_weather", ('{"city":"Zü', "ri", 'ch"', ',"days":2}')),
    Say("c2", "now"),
    Say("c3", "get_weather", ("{", '"city":', '"\\ud83d', '\\ude00"}')),
)
VALUES = [Weather(city="Zürich", days=2), {}, Weather(city="😀")]
SOCKETS = ("gemini-live", "openai-realtime")
CALLING = [api for api in APIS if api not in WITHOUT_CALLS]
TOOLS = {"get_weather": Weather}


def fed_bytes(api: str, raw: bytes, size: int, **options: Any) -> tuple[MessageParser, list[Update]]:
    message = MessageParser(api, **options)
    updates = [u for i in range(0, len(raw), size) for u in message.feed_bytes(raw[i : i + size])]
    updates += message.end().updates
    return message, updates


def seen(message: MessageParser, updates: Sequence[Update]) -> Any:
    """All that can be seen of a message without errors."""
    blocks = [(b.kind, b.type, b.index, b.text, b.extra, b.ended) for b in message.blocks]
    calls = [(c.id, c.name, c.value, c.text, c.ready, type(c.outcome)) for c in message.calls]
    output = (message.output.value, message.output.json, type(message.output.outcome))
    told = [repr(update) if isinstance(update, DocumentProgress) else update for update in updates]
    return message.id, message.model, message.usage, blocks, calls, output, message.end(), told


def test_every_api_is_told() -> None:
    assert set(APIS) == set(PROVIDERS)


@pytest.mark.parametrize("api", APIS)
def test_a_message_is_the_same_in_every_api(api: str) -> None:
    calls = () if api in WITHOUT_CALLS else CALLS
    reasoning = () if api in WITHOUT_REASONING else ("h", "m")
    said = Said(("Häl", "lo"), reasoning, calls, "tool_calls" if calls else "complete")
    message, updates = fed(api, *events(api, said), tools=TOOLS)
    assert message.text == "Hällo"
    assert message.reasoning == "".join(reasoning)
    assert message.refusal == ""
    assert [(call.id, call.name) for call in message.calls] == [(call.id, call.name) for call in calls]
    assert [call.value for call in message.calls] == VALUES[: len(calls)]
    assert all(call.ready and not call.server for call in message.calls)
    assert message.end().reason == said.reason
    assert message.end().raw
    assert message.end().error is None
    assert 9 in message.usage.values()
    assert api in ("bedrock-converse", "cohere", "gemini-live") or message.model == "m1"
    assert api in ("bedrock-converse", "ollama") or message.id == "r1"
    kinds = [update.kind for update in updates if isinstance(update, BlockStarted)]
    assert kinds == ["reasoning"] * bool(reasoning) + ["text"] + ["call"] * len(calls)
    assert [block.kind for block in message.blocks] == kinds
    assert all(block.ended for block in message.blocks)
    assert isinstance(updates[-1], MessageEnded)


@pytest.mark.parametrize("api", APIS)
def test_sdk_objects_are_read_like_mappings(api: str) -> None:
    if api in ("bedrock-converse", "ollama"):
        pytest.skip("its SDK gives mappings")
    told = events(api, Said(("a",), ("b",), CALLS, "tool_calls"))
    plain, _ = fed(api, *told, tools=TOOLS)
    objects, _ = fed(api, *[as_model(event) for event in told], tools=TOOLS)
    for message in (plain, objects):
        message.usage.clear()
    assert seen(objects, ()) == seen(plain, ())


@pytest.mark.parametrize("api", BODY_APIS)
def test_how_a_body_is_cut_is_invisible(api: str) -> None:
    raw = body(api, Said(('{"city":', '"Zürich"}'), ("hm",), CALLS, "tool_calls"))
    options: dict[str, Any] = {"tools": TOOLS, "output": Weather}
    expected = seen(*fed_bytes(api, raw, len(raw), **options))
    assert expected == seen(
        *fed(api, *events(api, Said(('{"city":', '"Zürich"}'), ("hm",), CALLS, "tool_calls")), **options)
    )
    for size in (1, 2, 7, 64):
        assert seen(*fed_bytes(api, raw, size, **options)) == expected, size
    if api != "bedrock-converse":
        message = MessageParser(api, **options)
        text = raw.decode()
        updates = [update for char in text for update in message.feed_bytes(char)]
        updates += message.end().updates
        assert seen(message, updates) == expected


@pytest.mark.parametrize("api", CALLING)
def test_calls_that_come_whole_complete_the_same_values(api: str) -> None:
    """The events of a call's document do not tell whether it came in pieces."""

    def completed(whole: bool) -> list[Any]:
        message, updates = fed(api, *events(api, Said((), (), CALLS, "tool_calls", whole)), tools=TOOLS)
        found: dict[int, list[Any]] = {}
        for update in updates:
            if isinstance(update, DocumentProgress):
                assert isinstance(message.document_of(update), Call)
                found.setdefault(update.block, []).extend((e.path, repr(e)) for e in update.events)
        return [found[block] for block in sorted(found)]

    assert completed(True) == completed(False)
    assert [path for path, _ in completed(True)[0]] == [("city",), ("days",), ()]


@pytest.mark.parametrize("api", APIS)
def test_output_grows_and_is_typed(api: str) -> None:
    message = MessageParser(api, output=Weather)
    said = Said(('{"city":"Zü', 'rich"', "}"))
    shown = []
    for event in events(api, said):
        message.feed(event)
        if message.output.json:
            shown.append(message.output.json.get("city"))
    message.end()
    assert shown[0] == "Zü"
    assert message.output.value == Weather(city="Zürich")
    assert isinstance(message.output.outcome, Complete)
    assert message.end().reason == "complete"


@pytest.mark.parametrize("api", APIS)
def test_halves_of_a_character_meet(api: str) -> None:
    """Servers that count in UTF-16 may cut a character in two; half of one is never shown."""
    calls = () if api in WITHOUT_PIECES + WITHOUT_CALLS else (Say("c", "get_weather", ('{"city":"\ud83d', '\ude00"}')),)
    said = Said(('{"city":"a\ud83d', '\ude00b"', "}"), (), calls, "tool_calls" if calls else "complete")
    told = json.loads(json.dumps(events(api, said)))  # halves inside of one text are whole characters there
    message, updates = fed(api, *told, tools=TOOLS, output=Weather)
    assert message.text == '{"city":"a😀b"}'
    assert message.output.value == Weather(city="a😀b")
    assert [call.value for call in message.calls] == [Weather(city="😀") for _ in calls]
    assert not any(char in repr(updates) for char in ("\\ud83d", "\\ude00"))
    assert not any(isinstance(update, BlockRestarted) for update in updates)
    lone, _ = fed(api, *events(api, Said(("a\ud83d",))))
    assert lone.text == "a\ud83d"
    cut, _ = fed(api, *events(api, Said(("a\ud83d",), reason=None)))
    assert cut.text in ("a", "a\ud83d")


@pytest.mark.parametrize("reason", ["complete", "tool_calls", "truncated", "filtered", None])
@pytest.mark.parametrize("api", APIS)
def test_endings(api: str, reason: str | None) -> None:
    """The provider's word counts, but a document that is cut is truncated whatever the word."""
    if api in WITHOUT_FILTER and reason == "filtered":
        pytest.skip("no such word")
    for text, kind in (('{"city":"x"}', Complete), ('{"city":"x', Truncated)):
        message, _ = fed(api, *events(api, Said((text,), reason=reason)), output=Weather)
        assert type(message.output.outcome) is kind
        expected = {"tool_calls": "complete", None: "disconnected"}.get(reason, reason)
        if api == "anthropic-messages" and reason == "filtered":
            expected = "refused"
        if expected == "complete" and kind is Truncated:
            expected = "truncated"
        assert message.end().reason == expected
        assert (message.end().raw is None) == (reason is None)


@pytest.mark.parametrize("api", [api for api in CALLING if api not in WITHOUT_PIECES])
@pytest.mark.parametrize("reason", ["complete", "tool_calls", "truncated", None])
def test_half_a_call_is_never_ready(api: str, reason: str | None) -> None:
    half = Say("c1", "get_weather", ('{"city":"Be', "rn"))
    message, _ = fed(api, *events(api, Said((), (), (half, CALLS[0]), reason)), tools=TOOLS)
    bad, good = message.calls
    assert not bad.ready
    assert isinstance(bad.outcome, Truncated)
    assert bad.json == {"city": "Bern"}
    assert good.value == Weather(city="Zürich", days=2)
    assert message.end().reason == ("truncated" if reason else "disconnected")


@pytest.mark.parametrize("api", CALLING)
def test_a_call_without_arguments_needs_an_end_that_does_not_cut(api: str) -> None:
    # These send a call in one event, so it is whole as soon as it is there.
    whole = api in ("gemini-live", "ollama")
    for reason, ready in (("tool_calls", True), ("truncated", whole), (None, whole)):
        message, _ = fed(api, *events(api, Said((), (), (Say("c", "f"),), reason)))
        (call,) = message.calls
        assert call.ready is ready
        assert isinstance(call.outcome, Complete) is ready
        if ready:
            assert call.value == {}


ERRORS: dict[str, list[Any]] = {
    "anthropic-messages": [{"type": "error", "error": {"type": "overloaded_error", "message": "no"}}],
    "bedrock-converse": [
        {"modelStreamErrorException": {"message": "no", "originalStatusCode": 500}},
        {"throttlingException": {"message": "no"}},
        {"message": "no"},
    ],
    "cohere": [
        {"message": "no"},
        {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "no"}},
        {"error": {"message": "no"}},
    ],
    "gemini": [
        {"error": {"code": 503, "message": "no", "status": "UNAVAILABLE"}},
        [{"error": {"code": 429, "message": "no", "status": "RESOURCE_EXHAUSTED"}}],
    ],
    "gemini-interactions": [
        {"event_type": "error", "error": {"code": "internal", "message": "no"}},
        {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}},
        {"event_type": "interaction.completed", "interaction": {"status": "failed", "error": {"message": "no"}}},
    ],
    "gemini-live": [{"error": {"code": 500, "message": "no"}}],
    "mistral": [
        {"error": {"message": "no"}},
        {"object": "error", "message": "no"},
        {"type": "conversation.response.error", "message": "no", "code": 500},
    ],
    "ollama": [{"error": "no"}],
    "openai-chat": [{"error": {"message": "no"}}, {"object": "error", "message": "no"}, {"error": "no"}],
    "openai-completions": [{"error": {"message": "no"}}, {"object": "error", "message": "no"}],
    "openai-realtime": [
        {"type": "response.done", "response": {"status": "failed", "status_details": {"error": {"message": "no"}}}},
        {"type": "error", "error": {"type": "server_error", "message": "no", "event_id": None}},
    ],
    "openai-responses": [
        {"type": "error", "code": "server_error", "message": "no", "param": None},
        {"type": "error", "error": {"type": "server_error", "code": "x", "message": "no"}},
        {"type": "response.failed", "response": {"status": "failed", "error": {"code": "x", "message": "no"}}},
        {"error": {"message": "no", "code": None}},
    ],
}


@pytest.mark.parametrize(("api", "event"), [(api, event) for api in APIS for event in ERRORS[api]])
def test_errors_in_mid_stream(api: str, event: Any) -> None:
    calls = () if api in WITHOUT_CALLS else CALLS[:1]
    begun = events(api, Said(("a",), (), calls, None))
    message, updates = fed(api, *[*begun, event])
    assert message.text == "a"
    error = message.end().error
    assert isinstance(error, ProviderError)
    assert error.message == "no"
    assert error.body
    assert message.end().reason == "error"
    assert [update.error for update in updates if isinstance(update, MessageFailed)] == [error]
    if api in BODY_APIS and (api != "bedrock-converse" or "message" not in event):
        raw = body(api, begun) + body(api, [event])
        again, _ = fed_bytes(api, raw, 7)
        assert again.end().reason == "error"
        assert repr(again.end().error) == repr(error)


@pytest.mark.parametrize("api", BODY_APIS)
@pytest.mark.parametrize("pretty", [None, 2])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_an_error_body_instead_of_a_stream(api: str, pretty: int | None, end: bytes) -> None:
    if api in ("bedrock-converse",):
        pytest.skip("its bodies are binary")
    error = {"error": {"type": "rate_limit", "message": "slow down"}}
    for size in (1, 1000):
        raw = json.dumps(error, indent=pretty).encode() + end
        found = fed_bytes(api, raw, size)[0].end()
        assert found.reason == "error"
        assert isinstance(found.error, ProviderError)
        assert found.error.message == "slow down"


@pytest.mark.parametrize("api", BODY_APIS)
@pytest.mark.parametrize("raw", [b"<!DOCTYPE html>\n<html>\n", b"upstream connect error", b"\x00\x01\x02\x03" * 9])
def test_a_body_that_is_no_stream(api: str, raw: bytes) -> None:
    for size in (1, 1000):
        end = fed_bytes(api, raw, size)[0].end()
        assert end.reason == "error" or (api == "bedrock-converse" and end.incomplete)
        assert end.reason == "disconnected" or end.error is not None


@pytest.mark.parametrize("api", [api for api in BODY_APIS if api not in ("bedrock-converse", *SOCKETS)])
@pytest.mark.parametrize("pretty", [None, 2])
def test_a_plain_body_that_means_nothing(api: str, pretty: int | None) -> None:
    for size in (1, 1000):
        end = fed_bytes(api, json.dumps({"detail": "Not Found"}, indent=pretty).encode(), size)[0].end()
        assert isinstance(end.error, StreamError)
        assert end.error.body == {"detail": "Not Found"}


@pytest.mark.parametrize("api", APIS)
def test_nothing_is_disconnected(api: str) -> None:
    for message in (MessageParser(api), fed(api)[0]):
        assert message.end().reason == "disconnected"
    if api in BODY_APIS:
        message = MessageParser(api)
        message.feed_bytes(b"")
        assert message.end().reason == "disconnected"


@pytest.mark.parametrize("api", APIS)
def test_texts_fold_from_updates(api: str) -> None:
    message, updates = fed(api, *events(api, Said(("a", "b"), ("c", "d"), CALLS, "tool_calls")))
    folded: dict[int, str] = {}
    for update in updates:
        if isinstance(update, TextDelta) or (isinstance(update, DocumentProgress) and update.text):
            folded[update.block] = folded.get(update.block, "") + update.text
    assert folded == {block.position: block.text for block in message.blocks if block.text}


@pytest.mark.parametrize("api", APIS)
def test_two_readers_of_one_calls_deltas(api: str) -> None:
    if api in WITHOUT_CALLS:
        pytest.skip("no calls")
    message, _ = fed(api, *events(api, Said((), (), CALLS[:1], "tool_calls")))
    (call,) = message.calls
    assert call.deltas(0) == call.deltas(0)
    assert call.deltas(0)[0]["path"] == ""


FIELDS = (
    "type event_type index id model choices delta content text thinking message tool_calls function name "
    "arguments done done_reason error response output item item_id output_index content_index summary_index "
    "part status usage candidates parts functionCall args partialArgs jsonPath stringValue numberValue "
    "willContinue finishReason promptFeedback blockReason usageMetadata interaction step serverContent "
    "modelTurn turnComplete interrupted toolCall functionCalls toolCallCancellation ids contentBlockStart "
    "contentBlockDelta contentBlockStop contentBlockIndex start toolUse toolUseId input messageStop stopReason "
    "metadata reasoningContent data object response_id stream_id call_id summary encrypted_content annotations "
    "annotation tool_call_id thoughtSignature"
)
WORDS = st.sampled_from(FIELDS.split())
CONTENTS = (
    "response.created response.output_item.added response.output_item.done response.output_text.delta "
    "response.output_text.done response.function_call_arguments.delta response.function_call_arguments.done "
    "response.content_part.added response.content_part.done response.reasoning_summary_text.delta "
    "response.reasoning_summary_part.done response.custom_tool_call_input.delta response.completed "
    "response.done response.failed response.output_text.annotation.added function_call custom_tool_call "
    "mcp_call message reasoning web_search_call output_text refusal summary_text reasoning_text step.start "
    "step.delta step.stop interaction.completed text thought_summary arguments_delta model_output "
    "content-start content-delta content-end tool-call-start tool-call-delta tool-call-end tool-plan-delta "
    "message-end $.a $.a[0] $.a[] $ $.b.c STOP MAX_TOKENS completed incomplete stop tool_use "
    "function.call.delta message.output.delta tool.execution.started tool.execution.done "
    'conversation.response.done {"a":1 {} [DONE] error w'
)
TEXTS = st.sampled_from(CONTENTS.split())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=examples(400), deadline=None)
@given(st.sampled_from(APIS), st.lists(JSON, max_size=6))
def test_strange_events_break_nothing(api: str, told: list[Any]) -> None:
    message = MessageParser(api, tools={"w": Weather}, output=Weather)
    for event in told:
        message.feed(event)
    assert message.end() is message.end()
    assert all(call.outcome is not None for choice in message.choices for call in choice.calls)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """A good message some of whose events are dropped, repeated, swapped, or lack a field."""
    api = draw(st.sampled_from(APIS))
    told = events(
        api, Said(('{"city":', '"x"}'), ("hm",), CALLS, draw(st.sampled_from(["tool_calls", "truncated", None])))
    )
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(told) - 1)))
        match draw(st.integers(0, 3)):
            case 0:
                del told[at : at + 1]
            case 1:
                told[at:at] = told[at : at + 1]
            case 2:
                told[at : at + 2] = told[at : at + 2][::-1]
            case _:
                told[at : at + 1] = [_without(draw, event) for event in told[at : at + 1]]
    return api, told


def _without(draw: st.DrawFn, value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        return value
    name = draw(st.sampled_from(sorted(value)))
    if draw(st.booleans()):
        return {other: item for other, item in value.items() if other != name}
    return value | {name: _without(draw, value[name])}


@settings(max_examples=examples(400), deadline=None)
@given(mutated())
def test_damaged_messages_break_nothing(case: tuple[str, list[Any]]) -> None:
    api, told = case
    message, _ = fed(api, *told, tools={"w": Weather}, output=Any)
    for call in message.calls:
        assert not call.ready or json.loads(call.text or json.dumps(call.json)) == call.json
