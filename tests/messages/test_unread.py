"""Nothing that came is lost without a word: what is not understood is counted, and a stream of which nothing is
understood says what it looks like. Calls that must wait, and fragments that belong to no call.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from partialjson.messages import (
    Attempts,
    CallHeld,
    FragmentMisplaced,
    MessageParser,
    ProviderError,
    StreamError,
    Unread,
    Update,
)
from partialjson.testing.bodies import APIS, BODY_APIS, WITHOUT_CALLS, Said, Say, body, events, sse
from partialjson.testing.chunking import chunkings_of
from partialjson.wire import ops
from support.folding import check_fold

CHAT = "openai-chat"


class Told:
    """An adapter that tells the operations that it is fed."""

    def feed(self, event: Any, name: str = "") -> list[ops.Operation]:
        return list(event)


def told(*operations: ops.Operation, **options: Any) -> tuple[MessageParser, list[Update]]:
    """The message of operations, each an event of its own, whatever the API."""
    message = MessageParser(CHAT, **options)
    message._adapter = Told()
    updates = [update for operation in operations for update in message.feed([operation])]
    updates += message.end().updates
    check_fold(message, updates, **options)
    return message, updates


def call(key: int, name: str = "f", text: str = "{}", **more: Any) -> list[ops.Operation]:
    return [ops.Open(key, "call", "function", name=name, call_id=f"c{key}", **more), ops.Text(key, text)]


STOP = ops.Stop("tool_calls", "tool_calls", terminal=True)


# What is not understood


def test_it_is_counted() -> None:
    known, odd = ops.Unread("event", "response.new"), ops.Unread("field", "audio")
    message, updates = told(*call(1), known, odd, known, STOP)
    assert message.unread == {("event", "response.new"): 2, ("field", "audio"): 1}
    assert [each for each in updates if isinstance(each, Unread)] == [
        Unread("event", "response.new", 1),
        Unread("field", "audio", 1),
        Unread("event", "response.new", 2),
    ]
    end = message.end()
    assert end.reason == "tool_calls"
    assert end.unread == (Unread("event", "response.new", 2), Unread("field", "audio", 1))
    assert "not understood: event response.new (2 times), field audio" in str(end)
    assert pickle.loads(pickle.dumps(end)).unread == end.unread


def test_what_is_counted_is_bounded() -> None:
    names = [f"{number}" + "n" * 10_000 for number in range(500)]
    message, _ = told(*call(1), *(ops.Unread("field", name) for name in names), STOP)
    assert len(message.unread) <= 110
    assert all(len(name) <= 64 for _, name in message.unread)
    assert sum(message.unread.values()) == 500
    assert message.unread["field", "…"] == 400


def test_counts_of_an_attempt_that_is_not_shown() -> None:
    attempts = Attempts(CHAT)
    attempts.running._adapter = Told()
    attempts.feed([ops.Unread("field", "audio")])
    assert attempts.unread == {("field", "audio"): 1}


@pytest.mark.parametrize("name", ["heartbeat", "keep-alive", "ping2", "debug"])
@pytest.mark.parametrize("data", ["", "ok", "2026-01-01T00:00:00Z", "{not json", "<p>"])
@pytest.mark.parametrize(
    "api", [api for api in BODY_APIS if api not in ("ollama", "gemini-live", "openai-realtime", "bedrock-converse")]
)
def test_a_heartbeat_under_a_name_of_its_own(api: str, data: str, name: str) -> None:
    calls = () if api in WITHOUT_CALLS else (Say("c", "f", ('{"a":', "1}")),)
    every = events(api, Said(("a", "b"), (), calls, "complete"))
    beat = f"event: {name}\ndata: {data}\n\n".encode()
    raw = beat + b"".join(sse([event]) + beat for event in every)
    for size in (1, len(raw)):
        message = MessageParser(api)
        for at in range(0, len(raw), size):
            message.feed_bytes(raw[at : at + size])
        assert message.end().error is None
        assert message.text == "ab"
        assert [each.json for each in message.calls] == [{"a": 1}] * len(calls)
        if data:
            assert message.unread["event", name] >= 2


def test_data_that_is_no_json_under_no_name_ends_the_message() -> None:
    message = MessageParser(CHAT)
    message.feed_bytes(b"data: ok\n\n")
    assert isinstance(message.end().error, StreamError)


# Streams that are not understood at all


def failed(api: str, items: Sequence[Any]) -> str:
    message = MessageParser(api)
    updates = [update for item in items for update in message.feed(item)]
    end = message.end()
    check_fold(message, [*updates, *end.updates])
    assert end.reason == "error", end
    assert isinstance(end.error, StreamError)
    assert "no event was understood" in str(end.error)
    return str(end.error)


# Words of the one format that the other reads as its own.
ALIKE = ("openai-chat", "openai-completions", "mistral")
SAID = Said(("a", "b"), reason="complete")


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("other", APIS)
def test_events_of_another_api(api: str, other: str) -> None:
    message = MessageParser(api)
    for event in events(other, SAID):
        message.feed(event)
    end = message.end()
    if api == other or end.error is None:
        # Cohere reads the first event of Ollama as a whole answer.
        assert message.text in ("ab", "a", "") or api in ALIKE
        return
    assert f"{other}" in str(end.error)
    assert json.dumps(events(other, SAID)[0], ensure_ascii=False)[:40] in str(end.error)


ENVELOPES: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "agents": (lambda event: {"type": "raw_response_event", "data": event}, "data", "the OpenAI Agents SDK"),
    "agents, objects": (lambda event: SimpleNamespace(type="raw_response_event", data=event), "data", "Agents SDK"),
    "stream_event": (
        lambda event: {"type": "stream_event", "session_id": "s", "event": event},
        "event",
        "the Claude Agent SDK",
    ),
    "bedrock": (lambda event: {"chunk": {"bytes": json.dumps(event).encode()}}, "chunk.bytes", ""),
    "data": (lambda event: {"type": "data", "data": event}, "data", ""),
    "text": (lambda event: {"event": "x", "data": json.dumps(event)}, "data", ""),
    "socket": (lambda event: {"result": {"payload": event}}, "result.payload", ""),
}


# Those of the agent libraries are opened for the API that they carry.
OPENED = {"agents": ("openai-responses", "openai-realtime"), "stream_event": ("anthropic-messages",)}


# Mistral's own SDK wraps events in `data`, so that is no envelope there.
@pytest.mark.parametrize("api", [api for api in APIS if api != "mistral"])
@pytest.mark.parametrize("name", ENVELOPES)
def test_events_in_an_envelope(api: str, name: str) -> None:
    wrap, path, sender = ENVELOPES[name]
    if api in OPENED.get(name.partition(",")[0], ()):
        message = MessageParser(api)
        for event in events(api, SAID):
            message.feed(wrap(event))
        assert message.end().reason == "complete"
        assert message.text == "ab"
        assert message.unread == {}
        return
    said = failed(api, [wrap(event) for event in events(api, SAID)])
    assert f"field {path} holds events of {api}" in said
    assert sender in said


def test_whole_messages_of_an_agent_library_are_told() -> None:
    """It passes on what streams only if it is asked to."""
    whole = {"type": "assistant", "message": {"id": "m", "content": [{"type": "text", "text": "Hello"}]}}
    said = failed("anthropic-messages", [{"type": "system", "subtype": "init"}, whole, {"type": "result"}])
    assert "include_partial_messages=True" in said
    said = failed(CHAT, [whole])
    assert "include_partial_messages=True" in said


def test_token_counts_and_an_end_mark_are_nothing_understood() -> None:
    """They are alike in many APIs: a body of another one, with both, is still named."""
    text = (
        b'data: {"type": "message_start", "message": {"content": []}}\n\n'
        b'data: {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}}\n\n'
        b"data: [DONE]\n\n"
    )
    for _, pieces in chunkings_of(text, single_splits_up_to=300, partitions=10, seed=1):
        message = MessageParser(CHAT)
        for piece in pieces:
            message.feed_bytes(piece)
        end = message.end()
        assert end.reason == "error"
        assert "They look like events of anthropic-messages" in str(end.error)


def test_lines_without_any_event_are_told() -> None:
    """Server-sent events, read as an API that sends JSON lines."""
    text = b'data: {"id": "x", "choices": []}\n\ndata: [DONE]\n\n'
    for _, pieces in chunkings_of(text, single_splits_up_to=100, partitions=10, seed=1):
        message = MessageParser("ollama")
        for piece in pieces:
            message.feed_bytes(piece)
        end = message.end()
        assert end.reason == "error"
        assert str(end.error).startswith("the body is not an event stream: 'data: {")


def test_events_that_nobody_knows() -> None:
    message = MessageParser(CHAT)
    message._adapter = Told()
    message.feed([ops.Unread("event", "what")])
    end = message.end()
    assert isinstance(end.error, StreamError)
    assert f"no event was understood as one of {CHAT}" in str(end.error)


@pytest.mark.parametrize("api", ["anthropic-messages", "openai-responses", CHAT])
def test_heartbeats_alone_are_a_disconnection(api: str) -> None:
    message = MessageParser(api)
    message.feed_bytes(
        b': ping\n\nevent: ping\ndata: {"type": "ping"}\n\n' if api == "anthropic-messages" else b": ping\n\n"
    )
    assert message.end().reason == "disconnected"


def test_a_stream_that_is_understood_late_is_no_stranger() -> None:
    unread = ops.Unread("event", "what")
    assert told(*[unread] * 9, *call(1), STOP)[0].end().error is None


# Calls that are not to be run


def test_a_call_without_a_name_is_never_ready() -> None:
    message, _ = told(*call(1, name=""), *call(2), STOP)
    assert [each.ready for each in message.calls] == [False, True]
    end = message.end()
    assert any("has no name" in each for each in end.contradictions)
    assert "call without a name c1: complete, not to be run" in str(end)
    assert message.calls[0].json == {}


def test_a_name_that_comes_late_makes_the_call_ready() -> None:
    message, _ = told(*call(1, name=""), ops.Identify(1, "f"), STOP)
    assert message.calls[0].ready
    assert message.end().contradictions == ()


def test_a_call_that_waits_is_not_ready() -> None:
    message, updates = told(*call(1), *call(2), ops.Hold(2, "confirmation"), ops.Hold(2, "confirmation"), STOP)
    assert [(each.ready, each.held) for each in message.calls] == [(True, ""), (False, "confirmation")]
    assert [each for each in updates if isinstance(each, CallHeld)] == [CallHeld(0, 1, "confirmation")]
    assert [each.runnable for each in message.end().documents] == [True, False]


def test_a_call_that_waited_is_released() -> None:
    message, _ = told(*call(1), ops.Hold(1, "confirmation"), ops.Hold(1, ""), STOP)
    assert message.calls[0].ready


def test_a_fragment_that_belongs_to_no_call_makes_none_ready() -> None:
    why = "arguments for index 3, where no call began"
    message, updates = told(*call(1), ops.Misplaced(0, '{"a":', why), *call(2), ops.Misplaced(0, "1}", why), STOP)
    assert [each.ready for each in message.calls] == [False, False]
    assert [each for each in updates if isinstance(each, FragmentMisplaced)] == [
        FragmentMisplaced(0, '{"a":', why),
        FragmentMisplaced(0, "1}", why),
    ]
    assert message.end().contradictions == (f"a fragment of a call could not be placed: {why}",)
    assert not any(each.runnable for each in message.end().documents)


def test_fragments_of_one_choice_and_one_message_are_its_own() -> None:
    message, _ = told(ops.Misplaced(1, "{", "why"), *call(1), STOP, ops.End(), ops.Begin(), *call(2), STOP)
    assert [each.ready for each in message.calls] == [True, True]
    message, _ = told(*call(1), ops.Misplaced(0, "{", "why"), STOP, ops.End(), ops.Begin(), *call(2), STOP)
    assert [each.ready for each in message.calls] == [False, True]
    assert message.end().contradictions == ()


def test_text_for_a_call_that_has_ended() -> None:
    message, _ = told(*call(1, text='{"a": 1}'), ops.Close(1), ops.Text(1, '{"a": 1}'), STOP)
    assert message.calls[0].ready
    assert message.calls[0].guessed
    message, _ = told(*call(1, text='{"a": 1}'), ops.Close(1), ops.Text(1, '{"a"'), ops.Text(1, ": 2}"), STOP)
    assert not message.calls[0].ready
    assert "which had ended" in message.end().contradictions[0]


def test_operations_on_a_block_that_began_too_late() -> None:
    """What follows the terminal event is ignored; so is what belongs to it and comes after another message began."""
    late: list[ops.Operation] = [
        ops.Text(2, "{}"),
        ops.Attach(2, "a", 1),
        ops.Close(2),
        ops.Restate(2, "1"),
        ops.Withdraw(2),
    ]
    message, _ = told(*call(1), STOP, ops.End(), *call(2), ops.Begin(), *late, *call(3), STOP)
    assert [each.id for each in message.calls] == ["c1", "c3"]


# Errors


def test_a_stop_word_for_an_error_is_an_error() -> None:
    message, _ = told(ops.Open(1, "text"), ops.Stop("error", "engine_overloaded", terminal=True, details={"a": 1}))
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert "engine_overloaded" in str(end.error)
    assert end.error.body == {"a": 1}
    with pytest.raises(ProviderError, match="engine_overloaded"):
        raise end.error


@pytest.mark.parametrize("api", BODY_APIS)
def test_ends_can_be_pickled(api: str) -> None:
    message = MessageParser(api, output=Any)
    message.feed_bytes(body(api, SAID)[:-30])
    end = pickle.loads(pickle.dumps(message.end()))
    assert (end.reason, end.documents) == (message.end().reason, message.end().documents)


def test_an_error_before_any_block_ends_its_message() -> None:
    message, updates = told(ops.Error("busy", fatal=False), ops.Begin(), *call(1), STOP)
    kinds = [type(update).__name__ for update in updates]
    assert kinds.index("MessageFailed") < kinds.index("MessageEnded") < kinds.index("NextMessage")
    assert message.end().error is None
    assert message.end().reason == "tool_calls"


@pytest.mark.parametrize("late", ["filtered", "refused"])
def test_a_filter_that_reports_late(late: ops.Reason) -> None:
    message, _ = told(*call(1), ops.Stop("truncated", "length"), ops.Stop(late, "late", terminal=True))
    assert (message.end().reason, message.end().raw) == (late, "late")
    assert [each.ready for each in message.calls] == [False]


def test_a_word_that_finishes_does_not_undo_a_cut() -> None:
    message, _ = told(*call(1), ops.Stop("truncated", "length"), ops.Stop("tool_calls", "stop", terminal=True))
    assert (message.end().reason, message.end().raw) == ("truncated", "length")


@pytest.mark.parametrize("kind", ["text", "call"])
def test_half_a_character_before_the_whole_text(kind: ops.Kind) -> None:
    """The half belongs to what was contradicted, and not to what comes after."""
    message, _ = told(
        ops.Open(1, kind, name="f"), ops.Text(1, '["a\ud83d'), ops.Restate(1, '["b"'), ops.Text(1, ', "c"]'), STOP
    )
    assert message.blocks[0].text == '["b", "c"]'
    message, _ = told(ops.Open(1, kind, name="f"), ops.Text(1, '["a\ud83d'), ops.Restate(1, '["a😀"]'), STOP)
    assert message.blocks[0].text == '["a😀"]'
