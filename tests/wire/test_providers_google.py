"""What only Google's APIs have: parts, arguments as edits, bodies that are arrays, steps, and live turns."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import Complete, Truncated
from partialjson.messages import (
    BlockRestarted,
    CallWithdrawn,
    DocumentProgress,
    MessageEnded,
    MessageParser,
    ProviderError,
    StreamError,
)
from partialjson.providers import Attach, End, Info, Open, Stop, Usage
from partialjson.testing.bodies import TELLERS, Said, Say, array, body, gemini, gemini_chunk
from support.operations import as_model, calls, operations, texts
from support.told import fed

GEMINI, STEPS, LIVE = "gemini", "gemini-interactions", "gemini-live"


class Order(BaseModel):
    city: str
    items: list[dict[str, int]] = []


def part(**fields: Any) -> dict[str, Any]:
    return gemini_chunk(fields)


def call(**fields: Any) -> dict[str, Any]:
    return gemini_chunk({"functionCall": fields})


STOP = gemini_chunk(finish="STOP")


def renamed(value: Any) -> Any:
    """Plain data with the names that the Python SDK has for those on the wire; what a model wrote stays."""
    if isinstance(value, list):
        return [renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = ("args", "usageMetadata")
    return {
        re.sub("[A-Z]", lambda match: "_" + match[0].lower(), name): item if name in kept else renamed(item)
        for name, item in value.items()
    }


@pytest.mark.parametrize("api", [GEMINI, LIVE])
def test_both_names_of_a_field_are_read(api: str) -> None:
    said = Said(("a", "b"), ("thought",), (Say("1", "f", ('{"x":', "1}")), Say("2", "g")), "tool_calls")
    whole = [
        *TELLERS[api](said),
        part(text="signed", thoughtSignature="s"),
        part(executableCode={"code": "1"}),
        gemini_chunk(usageMetadata={"promptTokenCount": 3}, responseId="r2", modelVersion="m2"),
        gemini_chunk({"functionCall": {"name": "e", "willContinue": True}}),
        gemini_chunk({"functionCall": {"partialArgs": [{"jsonPath": "$.a", "stringValue": "b"}]}}),
        {"promptFeedback": {"blockReason": "SAFETY"}},
        {"setupComplete": {"sessionId": "s1"}},
        {"serverContent": {"outputTranscription": {"text": "heard"}}},
        {"toolCall": {"functionCalls": [{"id": "3", "name": "h", "args": {"aB": 1}}]}},
        {"toolCallCancellation": {"ids": ["3"]}},
        {"serverContent": {"modelTurn": {"parts": [{"text": "more"}]}, "turnComplete": True}},
    ]
    expected = operations(api, whole)
    assert len(expected) > 12
    without_details = [replace(op, details=None) if isinstance(op, Stop) else op for op in expected]
    for told in (renamed(whole), [as_model(renamed(event)) for event in whole], [as_model(event) for event in whole]):
        found = operations(api, told)
        found = [replace(op, details=None) if isinstance(op, Stop) else op for op in found]
        assert [op for op in found if not isinstance(op, Attach)] == [
            op for op in without_details if not isinstance(op, Attach)
        ]
        assert [(op.key, op.name) for op in found if isinstance(op, Attach)] == [
            (op.key, op.name) for op in expected if isinstance(op, Attach)
        ]


# Parts.


def test_runs_of_parts_are_blocks() -> None:
    events = [
        part(text="h", thought=True),
        part(text="m", thought=True),
        part(text="a"),
        gemini_chunk({"text": "b"}, {"functionCall": {"name": "f", "args": {"x": 1}}}, {"text": "c"}),
        STOP,
    ]
    message, _ = fed(GEMINI, *events)
    assert [(block.kind, block.text) for block in message.blocks] == [
        ("reasoning", "hm"),
        ("text", "ab"),
        ("call", ""),
        ("text", "c"),
    ]
    assert (message.text, message.reasoning) == ("abc", "hm")
    assert texts(operations(GEMINI, [as_model(event) for event in events])) == {"reasoning": "hm", "text": "abc"}


def test_parts_that_are_no_text_keep_their_payload() -> None:
    code, result = {"language": "PYTHON", "code": "1"}, {"outcome": "OUTCOME_OK", "output": "1"}
    image = {"mimeType": "image/png", "data": "eA=="}
    events = [
        part(executableCode=code),
        part(codeExecutionResult=result),
        part(inlineData=image),
        part(newKind=1),
        STOP,
    ]
    message, _ = fed(GEMINI, *events)
    assert [(block.kind, block.type, block.extra) for block in message.blocks] == [
        ("other", "executableCode", {"executableCode": code}),
        ("other", "codeExecutionResult", {"codeExecutionResult": result}),
        ("other", "inlineData", {"inlineData": image}),
    ]
    assert message.text == ""


def test_signatures_and_sources() -> None:
    grounding = {"webSearchQueries": ["q"]}
    with_sources = gemini_chunk({"text": "b"})
    with_sources["candidates"][0]["groundingMetadata"] = grounding
    events = [
        part(functionCall={"name": "f", "args": {}}, thoughtSignature="s1"),
        part(text="a"),
        part(text="", thoughtSignature="s2"),
        with_sources,
        STOP,
    ]
    message, _ = fed(GEMINI, *events)
    assert [block.extra for block in message.blocks] == [
        {"thoughtSignature": "s1"},
        {"thoughtSignature": "s2", "groundingMetadata": grounding},
    ]
    alone, _ = fed(GEMINI, part(text="", thoughtSignature="s"), STOP)
    assert alone.blocks[0].extra == {"thoughtSignature": "s"}


def test_candidates_are_choices() -> None:
    events = [
        {"candidates": [{"content": {"parts": [{"text": "a"}]}}, {"content": {"parts": [{"text": "b"}]}}]},
        {"candidates": [{"index": 1, "finishReason": "MAX_TOKENS"}, {"index": 0, "finishReason": "STOP"}]},
    ]
    message, _ = fed(GEMINI, *events)
    assert [(choice.text, choice.end().reason) for choice in message.choices] == [("a", "complete"), ("b", "truncated")]


@pytest.mark.parametrize(
    ("word", "reason", "raw"),
    [
        ("STOP", "complete", "STOP"),
        ("MAX_TOKENS", "truncated", "MAX_TOKENS"),
        ("SAFETY", "filtered", "SAFETY"),
        ("RECITATION", "filtered", "RECITATION"),
        ("MALFORMED_FUNCTION_CALL", "error", "MALFORMED_FUNCTION_CALL"),
        ("UNEXPECTED_TOOL_CALL", "error", "UNEXPECTED_TOOL_CALL"),
        ("CONTINUATION", "paused", "CONTINUATION"),
        ("A_WORD_TO_COME", "truncated", "A_WORD_TO_COME"),
        ("FINISH_REASON_UNSPECIFIED", "disconnected", None),
        (1, "complete", "1"),
        (2, "truncated", "2"),
        (99, "truncated", "99"),
        (0, "disconnected", None),
    ],
)
def test_finish_reasons(word: Any, reason: str, raw: str | None) -> None:
    message, _ = fed(GEMINI, part(text="a"), gemini_chunk(finish=word))
    assert (message.end().reason, message.end().raw) == (reason, raw)


def test_details_of_the_end() -> None:
    end = {"candidates": [{"finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": "no"}]}
    assert fed(GEMINI, end)[0].end().details == {"finishMessage": "no"}


def test_a_stop_before_code_is_run_ends_nothing() -> None:
    code = gemini_chunk({"text": "a"}, {"executableCode": {"code": "1"}}, finish="STOP")
    rest = [gemini_chunk({"codeExecutionResult": {"output": "1"}}), gemini_chunk({"text": "b"}, finish="STOP")]
    assert fed(GEMINI, code)[0].end().reason == "disconnected"
    assert fed(GEMINI, code, rest[0])[0].end().reason == "disconnected"
    message, _ = fed(GEMINI, code, *rest)
    assert (message.text, message.end().reason) == ("ab", "complete")


def test_a_prompt_that_was_blocked() -> None:
    feedback = {"blockReason": "SAFETY", "blockReasonMessage": "no"}
    message, _ = fed(GEMINI, {"promptFeedback": feedback, "usageMetadata": {"promptTokenCount": 5}})
    assert (message.end().reason, message.end().raw, message.end().details) == ("filtered", "SAFETY", feedback)


def test_each_count_of_tokens_replaces_the_last() -> None:
    events = [part(text="a") | {"usageMetadata": {"a": 1, "b": 2}}, STOP | {"usageMetadata": {"a": 3}}]
    assert fed(GEMINI, *events)[0].usage == {"a": 3}
    snake = as_model({"usage_metadata": {"total_token_count": 3}, "response_id": "r", "model_version": "m"})
    assert operations(GEMINI, [snake]) == [Info("r", "m"), Usage({"total_token_count": 3}, whole=True)]


# Calls.


def test_calls_without_arguments() -> None:
    for fields in ({"name": "f"}, {"name": "f", "args": {}}, {"name": "f", "args": None}):
        message, _ = fed(GEMINI, call(**fields), call(name="g", args={"x": 1}), STOP)
        assert [(c.name, c.value, c.ready, c.index) for c in message.calls] == [
            ("f", {}, True, 0),
            ("g", {"x": 1}, True, 1),
        ]


def test_arguments_that_follow_the_name() -> None:
    events = [call(name="f", args={}), call(args={"x": 1}), call(name="g", args={}), STOP]
    assert calls(operations(GEMINI, events)) == [("", "f", {"x": 1}), ("", "g", {})]


def test_a_call_that_was_announced_is_not_yet_a_call() -> None:
    message = MessageParser(GEMINI)
    message.feed(call(name="f", args={}))
    assert not message.calls[0].ready
    assert message.end().reason == "disconnected"
    assert not message.calls[0].ready


# Arguments as edits.


def edit(path: str, more: bool | None = None, **value: Any) -> dict[str, Any]:
    return {"jsonPath": path, **value} | ({} if more is None else {"willContinue": more})


def edits(*entries: dict[str, Any], more: bool = True, **fields: Any) -> dict[str, Any]:
    return call(**fields, partialArgs=list(entries), **({"willContinue": True} if more else {}))


PARTIAL = [
    call(name="order", id="c1", willContinue=True),
    edits(edit("$.city", True, stringValue="Zü")),
    edits(edit("$.city", True, stringValue="rich")),
    edits(edit("$.city", stringValue=""), edit("$.items[0].qty", numberValue=2), edit("$.items[]")),
    call(),
    STOP,
]
ORDER = Order(city="Zürich", items=[{"qty": 2}])


def test_streamed_arguments_grow_like_text() -> None:
    message = MessageParser(GEMINI, tools={"order": Order})
    shown = []
    for event in PARTIAL[:4]:
        message.feed(event)
        shown.append(message.calls[0].text)
        assert not message.calls[0].ready
    assert shown == ["", '{"city":"Zü', '{"city":"Zürich', '{"city":"Zürich","items":[{"qty":2}]']
    assert message.calls[0].json == {"city": "Zürich", "items": [{"qty": 2}]}
    message.feed(PARTIAL[4])
    (found,) = message.calls
    assert (found.id, found.name, found.value, found.ready) == ("c1", "order", ORDER, True)
    message.feed(STOP)
    assert message.end().reason == "tool_calls"


def test_streamed_arguments_complete_what_whole_ones_do() -> None:
    def completed(*events: Any) -> list[str]:
        _, updates = fed(GEMINI, *events, tools={"order": Order})
        return [repr(e) for u in updates if isinstance(u, DocumentProgress) for e in u.events]

    whole = call(name="order", args={"city": "Zürich", "items": [{"qty": 2}]})
    assert completed(*PARTIAL) == completed(whole, STOP)


def test_sdk_objects_with_edits() -> None:
    def snake(value: Any) -> Any:
        names = {"functionCall": "function_call", "partialArgs": "partial_args", "jsonPath": "json_path"}
        names |= {"stringValue": "string_value", "numberValue": "number_value", "willContinue": "will_continue"}
        names |= {"finishReason": "finish_reason"}
        if isinstance(value, dict):
            return {names.get(name, name): snake(item) for name, item in value.items()}
        return [snake(item) for item in value] if isinstance(value, list) else value

    message, _ = fed(GEMINI, *[as_model(snake(event)) for event in PARTIAL], tools={"order": Order})
    assert message.calls[0].value == ORDER
    assert message.end().reason == "tool_calls"


@pytest.mark.parametrize(
    ("last", "ready"),
    [
        ([call()], True),  # a terminator of its own
        ([call(willContinue=False)], True),
        ([edits(edit("$.x", stringValue=""), more=False)], True),  # nothing says that it continues
        ([edits(edit("$.x", True, stringValue="y"), more=False), STOP], False),  # the string does, and never did
        ([STOP], False),  # in the middle of a string
        ([edits(edit("$.x", stringValue="")), STOP], True),  # closed by the end of the turn
        ([call(name="g", args={"y": 1}), STOP], False),
        ([edits(edit("$.x", stringValue="")), call(name="g", args={"y": 1}), STOP], True),
        ([gemini_chunk(finish="MAX_TOKENS")], False),
        ([edits(edit("$.x", stringValue="")), gemini_chunk(finish="MAX_TOKENS")], False),
        ([], False),
    ],
)
def test_ends_of_streamed_arguments(last: list[Any], ready: bool) -> None:
    events = [call(name="f", willContinue=True), edits(edit("$.x", True, stringValue="a")), *last]
    message, _ = fed(GEMINI, *events)
    assert message.calls[0].ready is ready
    if not ready:
        assert isinstance(message.calls[0].outcome, Truncated)
        assert message.end().reason != "tool_calls"


def test_two_streamed_calls_and_text_between() -> None:
    events = [
        call(name="f", willContinue=True),
        edits(edit("$.a", boolValue=True), edit("$.b", nullValue="NULL_VALUE")),
        part(text="(working)"),
        edits(edit("$['c d']", stringValue="x")),
        call(),
        call(name="g", willContinue=True),
        edits(edit("$.xs[]"), more=False),
        STOP,
    ]
    message, _ = fed(GEMINI, *events)
    assert [c.value for c in message.calls] == [{"a": True, "b": None, "c d": "x"}, {"xs": []}]
    assert all(c.ready for c in message.calls)
    assert message.text == "(working)"


def test_a_streamed_call_without_arguments() -> None:
    message, _ = fed(GEMINI, call(name="f", willContinue=True), call(), STOP)
    assert (message.calls[0].value, message.calls[0].ready) == ({}, True)


def test_edits_that_go_back_are_told_as_a_new_beginning() -> None:
    events = [
        call(name="f", willContinue=True),
        edits(edit("$.a.b", numberValue=1), edit("$.c", numberValue=2)),
        edits(edit("$.a.d", numberValue=3)),
        call(),
        STOP,
    ]
    message, updates = fed(GEMINI, *events)
    assert message.calls[0].value == {"a": {"b": 1, "d": 3}, "c": 2}
    assert message.calls[0].ready
    assert BlockRestarted(0, 0) in updates


def test_an_edit_that_cannot_be_read_spoils_the_call() -> None:
    bad = edit("$..a", stringValue="x")
    events = [call(name="f", willContinue=True), edits(edit("$.b", boolValue=True), bad), call(), STOP]
    message, _ = fed(GEMINI, *events)
    assert not message.calls[0].ready
    assert message.calls[0].extra == {"unread": [bad]}
    assert message.calls[0].json == {"b": True}
    assert message.end().reason == "truncated"
    # Even if it is the only one: a call whose arguments were lost is not one without arguments.
    alone, _ = fed(GEMINI, call(name="f", willContinue=True), edits(bad), call(), STOP)
    assert (alone.calls[0].ready, alone.calls[0].text) == (False, "{")


# Bodies.

SAID = Said(("Häl", "lo"), ("hm",), (Say("c1", "f", ('{"x":1}',)),), "tool_calls")


def read(raw: bytes, size: int = 7) -> MessageParser:
    message = MessageParser(GEMINI)
    for at in range(0, len(raw), size):
        message.feed_bytes(raw[at : at + size])
    return message


def test_an_array_is_read_like_a_stream_of_events() -> None:
    for size in (1, 7, 10_000):
        message = read(array(gemini(SAID)), size)
        assert (message.text, message.reasoning, message.calls[0].value) == ("Hällo", "hm", {"x": 1})
        assert message.end().reason == "tool_calls"
        assert message.end().incomplete is None


def test_an_array_cut_at_every_byte_is_disconnected() -> None:
    """Here the end of the body can be seen, so the finish reason alone is not believed."""
    raw = array(gemini(SAID))
    for cut in range(len(raw)):
        assert read(raw[:cut], max(cut, 1)).end().reason == "disconnected"
    assert read(raw[:-1]).end().incomplete is not None


def test_an_array_with_an_error_in_it() -> None:
    error = {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}
    for events in ([error], [*gemini(SAID)[:2], error]):
        end = read(array(events)).end()
        assert end.reason == "error"
        assert isinstance(end.error, ProviderError)
        assert (end.error.type, end.error.code) == ("RESOURCE_EXHAUSTED", 429)


def test_an_array_that_breaks() -> None:
    message = read(array(gemini(SAID)[:2])[:-1] + b",}")
    assert message.text == "Häl"
    assert isinstance(message.end().error, StreamError)
    assert message.end().reason == "error"


def test_a_response_that_was_not_streamed() -> None:
    whole = gemini_chunk({"text": "Hi"}, finish="STOP")
    message = read(json.dumps(whole, indent=2).encode())
    assert (message.text, message.end().reason) == ("Hi", "complete")


def test_an_error_printed_over_lines_in_mid_stream() -> None:
    error = {"error": {"code": 503, "message": "no", "status": "UNAVAILABLE"}}
    message = read(body(GEMINI, gemini(SAID)[:2]) + json.dumps(error, indent=2).encode() + b"\n")
    assert isinstance(message.end().error, ProviderError)
    assert message.text == "Häl"


def test_done_after_the_finish_reason_only() -> None:
    assert operations(GEMINI, [STOP, "[DONE]"])[-1] == End()
    assert operations(GEMINI, ["[DONE]"]) == []


# Interactions.


def step(index: int | None, type: str, **fields: Any) -> dict[str, Any]:
    return {"event_type": "step.start", "index": index, "step": {"type": type, **fields}}


def grow(index: int | None, type: str, **fields: Any) -> dict[str, Any]:
    return {"event_type": "step.delta", "index": index, "delta": {"type": type, **fields}}


def stop(index: int | None) -> dict[str, Any]:
    return {"event_type": "step.stop", "index": index}


def over(status: str = "completed", **fields: Any) -> dict[str, Any]:
    return {"event_type": "interaction.completed", "interaction": {"status": status, **fields}}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("completed", "complete"),
        ("requires_action", "complete"),
        ("incomplete", "truncated"),
        ("budget_exceeded", "truncated"),
        ("cancelled", "truncated"),
        ("requires_continuation", "paused"),
        ("failed", "error"),
        ("a_word_to_come", "truncated"),
    ],
)
def test_interactions_status(status: str, reason: str) -> None:
    message, _ = fed(STEPS, step(0, "model_output"), grow(0, "text", text="a"), stop(0), over(status), "[DONE]")
    assert (message.text, message.end().reason, message.end().raw) == ("a", reason, status)


def test_interactions_done_alone_ends_nothing() -> None:
    assert fed(STEPS, step(0, "model_output"), "[DONE]")[0].end().reason == "disconnected"
    assert fed(STEPS, over())[0].end().reason == "complete"


def test_interactions_arguments() -> None:
    events = [
        step(0, "function_call", id="a", name="f", arguments={}),
        step(1, "function_call", id="b", name="g", arguments={"y": 2}),
        step(2, "mcp_server_tool_call", id="c", name="h", server_name="s"),
        step(3, "function_call", id="d", name="i", arguments={}),
        grow(0, "arguments_delta", arguments='{"x"'),
        grow(2, "mcp_server_tool_call", arguments={"z": 3}),
        grow(0, "arguments_delta", arguments=":1}"),
        *(stop(index) for index in range(4)),
        over("requires_action"),
    ]
    message, _ = fed(STEPS, *events)
    assert [(c.id, c.name, c.value, c.server) for c in message.calls] == [
        ("a", "f", {"x": 1}, False),
        ("b", "g", {"y": 2}, False),
        ("c", "h", {"z": 3}, True),
        ("d", "i", {}, False),
    ]
    assert message.calls[2].extra == {"server_name": "s"}
    assert message.end().reason == "tool_calls"


def test_interactions_thoughts_and_others() -> None:
    events = [
        step(0, "thought", summary=[{"type": "text", "text": "h"}]),
        grow(0, "thought_summary", content={"type": "text", "text": "m"}),
        grow(0, "thought_signature", signature="s"),
        stop(0),
        step(1, "google_search_result"),
        grow(1, "google_search_result", result=[1]),
        stop(1),
        grow(2, "text", text="a"),
        grow(None, "text", text="b"),
        stop(None),
        over(),
    ]
    message, _ = fed(STEPS, *events)
    assert (message.reasoning, message.text) == ("hm", "ab")
    assert [(block.kind, block.type) for block in message.blocks] == [
        ("reasoning", "thought"),
        ("other", "google_search_result"),
        ("text", "model_output"),
    ]
    assert message.blocks[0].extra == {"signature": "s"}
    assert message.blocks[1].extra["google_search_result"][0]["result"] == [1]
    assert [block.index for block in message.blocks] == [0, 1, 2]


@pytest.mark.parametrize(
    ("delta", "kind", "type"),
    [
        ({"type": "text", "text": "a"}, "text", "model_output"),
        ({"type": "thought_summary", "content": {"type": "text", "text": "a"}}, "reasoning", "thought"),
        ({"type": "arguments_delta", "arguments": "a"}, "call", "function_call"),
    ],
)
def test_interactions_a_step_that_was_not_announced(delta: dict[str, Any], kind: str, type: str) -> None:
    (block,) = fed(STEPS, {"event_type": "step.delta", "index": 0, "delta": delta}, stop(0))[0].blocks
    assert (block.kind, block.type, block.text) == (kind, type, "a")


def test_interactions_blocks_have_the_numbers_of_their_steps() -> None:
    events = [
        event
        for number in (7, 3, 9)
        for event in (step(number, "function_call", id=f"c{number}", name="f", arguments={"x": number}), stop(number))
    ]
    assert [(call.index, call.value) for call in fed(STEPS, *events)[0].calls] == [
        (7, {"x": 7}),
        (3, {"x": 3}),
        (9, {"x": 9}),
    ]


# Live.


def turn(*parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"serverContent": ({"modelTurn": {"parts": list(parts)}} if parts else {}) | fields}


def asks(*functions: dict[str, Any]) -> dict[str, Any]:
    return {"toolCall": {"functionCalls": list(functions)}}


F, G = {"id": "a", "name": "f", "args": {"x": 1}}, {"id": "b", "name": "g", "args": {}}


def test_live_turn() -> None:
    events = [
        {"setupComplete": {}},
        turn({"text": "hm", "thought": True}),
        turn({"text": "a"}, {"inlineData": {"mimeType": "audio/pcm", "data": "eA=="}}),
        turn(generationComplete=True),
        turn(turnComplete=True) | {"usageMetadata": {"totalTokenCount": 9}},
        {"sessionResumptionUpdate": {"newHandle": "h"}},
        {"goAway": {"timeLeft": "9s"}},
    ]
    message, _ = fed(LIVE, *events)
    assert (message.text, message.reasoning, message.usage) == ("a", "hm", {"totalTokenCount": 9})
    assert (message.end().reason, message.end().raw) == ("complete", "turnComplete")


def test_live_calls_end_a_message_and_the_answer_begins_another() -> None:
    message, updates = fed(LIVE, turn({"text": "a"}), asks(F, G))
    assert [(c.id, c.value, c.ready) for c in message.calls] == [("a", {"x": 1}, True), ("b", {}, True)]
    assert (message.end().reason, message.end().raw) == ("tool_calls", "toolCall")
    message, updates = fed(LIVE, asks(F), turn({"text": "b"}))
    assert message.end().reason == "disconnected"
    assert message.calls[0].ready
    message, updates = fed(LIVE, asks(F), asks(G), turn({"text": "b"}), turn(turnComplete=True))
    assert message.end().reason == "complete"
    assert [update.end.reason for update in updates if isinstance(update, MessageEnded)] == ["tool_calls", "complete"]
    assert fed(LIVE, asks(F), turn(turnComplete=True))[0].end().reason == "tool_calls"


def test_live_calls_that_are_taken_back() -> None:
    message, updates = fed(LIVE, asks(F, G), {"toolCallCancellation": {"ids": ["a", "unknown", 5]}})
    assert [c.ready for c in message.calls] == [False, True]
    assert [update for update in updates if isinstance(update, CallWithdrawn)] == [CallWithdrawn(0, 0)]
    both, _ = fed(LIVE, asks(F), {"toolCallCancellation": {"ids": ["a"]}}, turn(turnComplete=True))
    assert both.end().reason == "complete"
    assert not both.calls[0].ready


def test_live_interruption() -> None:
    events = [turn({"text": '{"x":'}), turn(interrupted=True), turn(turnComplete=True)]
    message, _ = fed(LIVE, *events, output=Any)
    assert (message.end().reason, message.end().raw) == ("truncated", "interrupted")
    assert isinstance(message.output.outcome, Truncated)
    again, _ = fed(LIVE, *events, turn({"text": "[1]"}), turn(turnComplete=True), output=Any)
    assert again.end().reason == "complete"
    assert isinstance(again.output.outcome, Complete)
    assert again.output.value == [1]


def test_live_speech_is_text() -> None:
    message, _ = fed(
        LIVE,
        turn(inputTranscription={"text": "user"}),
        turn(outputTranscription={"text": "Hel"}),
        turn(outputTranscription={"text": "lo"}),
        turn(turnComplete=True, turnCompleteReason="RESPONSE_REJECTED"),
    )
    assert message.text == "Hello"
    assert message.end().raw == "RESPONSE_REJECTED"
    (block,) = message.blocks
    assert block.type == "outputTranscription"


def test_live_frames_are_binary_or_text() -> None:
    message = MessageParser(LIVE)
    message.feed_bytes(json.dumps(turn({"text": "ä"}), ensure_ascii=False).encode())
    message.feed_bytes(json.dumps(turn(turnComplete=True)))
    assert (message.text, message.end().reason) == ("ä", "complete")


def test_live_streamed_arguments() -> None:
    message, _ = fed(
        LIVE,
        asks({"id": "a", "name": "f", "willContinue": True}),
        asks({"partialArgs": [edit("$.x", numberValue=1)], "willContinue": True}),
        asks({}),
        turn(turnComplete=True),
    )
    assert (message.calls[0].value, message.calls[0].ready) == ({"x": 1}, True)
    assert message.end().reason == "tool_calls"


def test_live_setup_tells_the_session() -> None:
    ops = operations(LIVE, [{"setupComplete": {"sessionId": "s"}}, turn(turnComplete=True)])
    assert ops == [Info("s"), Stop("complete", "turnComplete"), End()]
    assert [op.index for op in operations(LIVE, [asks(F, G)]) if isinstance(op, Open)] == [0, 1]


# What is not the model's, what is not known, and what must not get lost.


def test_each_signature_belongs_to_its_own_part() -> None:
    events = [
        part(text="a", thoughtSignature="s1"),
        part(text="b"),
        part(text="c", thoughtSignature="s2"),
        part(text="", thoughtSignature="s3"),
        STOP,
    ]
    message, _ = fed(GEMINI, *events)
    assert [(block.text, block.extra) for block in message.blocks] == [
        ("ab", {"thoughtSignature": "s1"}),
        ("c", {"thoughtSignature": "s2"}),
        ("", {"thoughtSignature": "s3"}),
    ]


def test_the_signature_of_a_call_whose_arguments_follow() -> None:
    events = [
        call(name="f", willContinue=True),
        part(text="a"),
        part(functionCall={"partialArgs": [edit("$.x", numberValue=1)]}, thoughtSignature="s"),
        STOP,
    ]
    message, _ = fed(GEMINI, *events)
    assert message.calls[0].extra == {"thoughtSignature": "s"}


def test_transcriptions_and_notes_of_parts() -> None:
    events = [
        part(audioTranscription={"text": "Hel"}),
        part(audioTranscription={"text": "lo"}, videoMetadata={"fps": 1}),
        part(functionResponse={"name": "f", "response": {}}),
        STOP,
    ]
    message, _ = fed(GEMINI, *events)
    assert message.text == "Hello"
    assert message.blocks[0].extra == {"videoMetadata": {"fps": 1}}
    assert message.blocks[1].extra == {"functionResponse": {"name": "f", "response": {}}}


def test_notes_that_come_before_any_part() -> None:
    early = gemini_chunk()
    early["candidates"][0]["groundingMetadata"] = {"webSearchQueries": ["q"]}
    message, _ = fed(GEMINI, early, part(text="a"), STOP)
    assert [block.extra for block in message.blocks] == [{"groundingMetadata": {"webSearchQueries": ["q"]}}]
    alone, _ = fed(GEMINI, early, STOP)
    assert [(block.kind, block.extra) for block in alone.blocks] == [
        ("other", {"groundingMetadata": {"webSearchQueries": ["q"]}})
    ]


def test_log_probabilities_are_collected() -> None:
    events = [gemini_chunk({"text": text}) for text in "ab"]
    for number, event in enumerate(events):
        event["candidates"][0]["logprobsResult"] = {"chosenCandidates": [number]}
    message, _ = fed(GEMINI, *events, STOP)
    assert message.blocks[0].extra == {"logprobsResult": [{"chosenCandidates": [0]}, {"chosenCandidates": [1]}]}


def test_what_gemini_does_not_know_is_counted() -> None:
    odd = gemini_chunk({"text": "a", "newPart": {"x": 1}}, newField=[1])
    odd["candidates"][0]["newNote"] = "n"
    message, _ = fed(GEMINI, odd, {"heartbeat": 1}, {"response": {"candidates": []}}, STOP)
    assert message.unread == {
        ("field", "part.newPart"): 1,
        ("field", "candidate.newNote"): 1,
        ("field", "newField"): 1,
        ("event", "heartbeat"): 1,
        ("event", "response"): 1,
    }


@pytest.mark.parametrize("odd", [True, False, [], {}, 1.0])
def test_a_finish_reason_that_is_none(odd: Any) -> None:
    event = gemini_chunk({"text": "a"})
    event["candidates"][0]["finishReason"] = odd
    message, _ = fed(GEMINI, event)
    assert message.end().reason == "disconnected"
    assert message.unread == {("field", "candidate.finishReason"): 1}


@pytest.mark.parametrize("word", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE"])
def test_a_malformed_call_is_an_error_with_its_message(word: str) -> None:
    event = gemini_chunk(finish=word)
    event["candidates"][0]["finishMessage"] = "Malformed function call: f(x="
    end = fed(GEMINI, event)[0].end()
    assert isinstance(end.error, ProviderError)
    assert (end.reason, end.error.message) == ("error", "Malformed function call: f(x=")
    assert end.error.type == word
    assert end.raw == word
    assert word in str(fed(GEMINI, gemini_chunk(finish=word))[0].end().error)


@pytest.mark.parametrize(
    "events",
    [
        [call(name="f", id="c", args={"x": 1}), call(name="f", id="c", args={"x": 1, "y": 2})],
        [call(name="f", id="c", args={"x": 1}), call(id="c", args={"x": 1, "y": 2})],
        [call(name="f", args={"x": 1}, willContinue=True), call(args={"x": 1, "y": 2}, willContinue=True), call()],
        [call(name="f", args={"x": 1}, willContinue=True), call(args={"y": 2})],
        [call(name="f", willContinue=True), call(args={"x": 1, "y": 2})],
        [call(name="f", args={"x": 1}, willContinue=True), edits(edit("$.y", numberValue=2)), call()],
        [call(name="f", args='{"x":1,"y":2}')],
    ],
)
def test_arguments_that_grow_as_objects(events: list[Any]) -> None:
    message = MessageParser(GEMINI)
    for event in events:
        message.feed(event)
        for each in message.calls:
            assert not each.ready or each.value == {"x": 1, "y": 2}
    message.feed(STOP)
    assert [(each.name, each.value, each.ready) for each in message.calls] == [("f", {"x": 1, "y": 2}, True)]


def test_the_same_call_with_another_id_is_another_call() -> None:
    events = [call(name="f", id="a", args={"x": 1}), call(name="f", id="b", args={"x": 1}), STOP]
    assert [each.id for each in fed(GEMINI, *events)[0].calls] == ["a", "b"]
    events = [call(name="f", args={"x": 1}), call(name="f", args={"x": 1}), STOP]
    assert len(fed(GEMINI, *events)[0].calls) == 2


@pytest.mark.parametrize("finish", ["STOP", "MAX_TOKENS", None])
def test_a_call_with_an_id_is_ready_however_the_turn_ends(finish: str | None) -> None:
    events = [call(name="f", id="a", args={"x": 1}), *([gemini_chunk(finish=finish)] if finish else [])]
    message, _ = fed(GEMINI, *events)
    message.end()
    assert message.calls[0].ready


# Edits of any size.


@pytest.mark.parametrize(
    "event",
    [
        edits(edit("$.a" + "[9999]" * 5, numberValue=1)),
        edits(edit("$.a[9000]", numberValue=1), edit("$.b[9000]", numberValue=1)),
        edits(edit("$.a", numberValue=1), edit("$.b", numberValue=1), edit("$.a[0]" + "[9999]" * 5, numberValue=1)),
        edits(edit("$.a[0]", stringValue="x"), edit("$.a[0]", stringValue="y"), edit("$.a[9999][9999]", numberValue=1)),
        edits(edit("$" + ".a" * 600, numberValue=1)),
        edits(edit("$." + "a" * 70_000, numberValue=1)),
        edits(edit("$.a", numberValue=float("nan"))),
    ],
)
def test_an_edit_costs_no_more_than_its_size(event: Any) -> None:
    message, _ = fed(GEMINI, call(name="f", willContinue=True), event, call(), STOP)
    assert len(message.calls[0].text) < 60_000
    assert not message.calls[0].ready
    assert "NaN" not in message.calls[0].text


def test_an_edit_beyond_a_double_is_the_number_that_a_text_would_have() -> None:
    message, _ = fed(GEMINI, call(name="f", willContinue=True), edits(edit("$.a", numberValue=1e400)), call(), STOP)
    assert (message.calls[0].text, message.calls[0].json, message.calls[0].ready) == ('{"a":1e999}', {"a": 1e400}, True)


# Interactions.


def steps(*events: Any, **fields: Any) -> MessageParser:
    return fed(STEPS, *events, over(**fields))[0]


def test_interactions_results_and_signatures_of_steps() -> None:
    message = steps(
        step(0, "thought", signature="s1", summary=[{"type": "text", "text": "hm"}]),
        stop(0),
        step(1, "google_search_call", id="c", arguments={"queries": ["q"]}, signature="s2"),
        stop(1),
        step(2, "google_search_result", call_id="c", result=[{"url": "u"}], signature="s3"),
        stop(2),
        step(3, "url_context_call", id="d"),
        grow(3, "url_context_call", arguments={"urls": ["u"]}, signature="s4"),
        stop(3),
    )
    assert [(block.kind, block.type, block.extra) for block in message.blocks] == [
        ("reasoning", "thought", {"signature": "s1"}),
        ("server_call", "google_search_call", {"signature": "s2"}),
        ("other", "google_search_result", {"call_id": "c", "result": [{"url": "u"}], "signature": "s3"}),
        ("server_call", "url_context_call", {"signature": "s4"}),
    ]
    assert message.reasoning == "hm"
    assert [each.value for each in message.calls] == [{"queries": ["q"]}, {"urls": ["u"]}]


def test_interactions_what_the_user_said_is_not_the_models() -> None:
    message = steps(
        step(0, "user_input", content=[{"type": "text", "text": "question"}]),
        grow(0, "text", text="more of it"),
        stop(0),
        step(1, "function_result", call_id="c", result="r"),
        grow(1, "text", text="r"),
        stop(1),
        step(2, "model_output", content=[{"type": "text", "text": "answer", "annotations": [{"url": "u"}]}]),
        grow(2, "text_annotation_delta", annotations=[{"url": "v"}]),
        grow(2, "image", data="eA=="),
        stop(2),
    )
    assert message.text == "answer"
    assert message.blocks[0].extra == {"content": [{"type": "text", "text": "question"}]}
    assert message.blocks[2].extra == {"annotations": [{"url": "u"}, {"url": "v"}]}
    assert message.blocks[3].extra == {"image": [{"type": "image", "data": "eA=="}]}
    assert message.unread == {}


def test_interactions_an_error_in_the_models_output() -> None:
    end = steps(step(0, "model_output", error={"code": 13, "message": "no image"}), stop(0)).end()
    assert (end.reason, str(end.error)) == ("error", "no image")


def test_interactions_on_a_websocket() -> None:
    begin = {"event_type": "interaction.created", "interaction_id": "i"}
    text = [grow(0, "text", text="a"), stop(0)]
    cancelled, _ = fed(STEPS, begin, *text, {"event_type": "interaction.cancelled", "usage": {"total_tokens": 9}})
    assert (cancelled.id, cancelled.usage, cancelled.end().reason) == ("i", {"total_tokens": 9}, "truncated")
    done, _ = fed(STEPS, begin, *text, {"event_type": "interaction.completed", "usage": {"total_tokens": 9}})
    assert (done.usage, done.end().reason) == ({"total_tokens": 9}, "complete")
    broken = {"event_type": "interaction.completed", "status": {"code": 13, "message": "gone"}}
    end = fed(STEPS, begin, *text, broken)[0].end()
    assert (end.reason, str(end.error)) == ("error", "gone")


def test_interactions_steps_that_were_not_streamed() -> None:
    whole = {
        "id": "i",
        "object": "interaction",
        "status": "requires_action",
        "steps": [
            {"type": "user_input", "content": [{"type": "text", "text": "?"}]},
            {"type": "model_output", "content": [{"type": "text", "text": "a"}]},
            {"type": "function_call", "id": "c", "name": "f", "arguments": {"x": 1}},
        ],
    }
    for event in (whole, {"event_type": "interaction.completed", "interaction": whole}):
        message, _ = fed(STEPS, event)
        assert (message.text, message.calls[0].value, message.calls[0].ready) == ("a", {"x": 1}, True)
        assert message.end().reason == "tool_calls"
    assert fed(STEPS, grow(0, "text", text="b"), over(steps=whole["steps"]))[0].text == "b"


def test_interactions_a_token_to_go_on_with() -> None:
    assert steps(grow(0, "text", text="a"), status="incomplete", continuation_token="t").end().details == {
        "continuation_token": "t"
    }


def test_what_interactions_does_not_know_is_counted() -> None:
    message = steps(step(0, "a_step", x=1), grow(0, "a_delta"), {"event_type": "an.event"}, {"event_type": "done"})
    assert message.unread == {("block", "a_step"): 1, ("delta", "a_delta"): 1, ("event", "an.event"): 1}


# Live: sources, reasons, and what is not known.


def test_live_sources_belong_to_the_text() -> None:
    sources = {"webSearchQueries": ["q"]}
    message, _ = fed(LIVE, turn({"text": "a"}), turn(groundingMetadata=sources), turn(turnComplete=True))
    assert message.blocks[0].extra == {"groundingMetadata": sources}


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("MALFORMED_FUNCTION_CALL", "error"),
        ("RESPONSE_REJECTED", "filtered"),
        ("GENERATED_AUDIO_SAFETY", "filtered"),
        ("NEED_MORE_INPUT", "complete"),
    ],
)
def test_live_reasons_of_a_turn(word: str, reason: str) -> None:
    end = fed(LIVE, turn({"text": "a"}), turn(turnComplete=True, turnCompleteReason=word))[0].end()
    assert (end.reason, end.raw) == (reason, word)
    assert (end.error is not None) == (reason == "error")


def test_what_live_does_not_know_is_counted() -> None:
    events = [
        {"goAway": {"timeLeft": "1s"}},
        {"sessionResumptionUpdate": {"newHandle": "h"}},
        turn(inputTranscription={"text": "user"}),
        turn({"text": "a"}, newField=1),
        {"newEvent": {"x": 1}},
        turn(turnComplete=True),
    ]
    message, _ = fed(LIVE, *events)
    assert message.text == "a"
    assert message.unread == {("field", "serverContent.newField"): 1, ("event", "newEvent"): 1}


@pytest.mark.parametrize(
    ("api", "head", "piece"),
    [
        (
            STEPS,
            step(0, "function_call", id="c", name="f"),
            lambda n: grow(0, "arguments_delta", arguments={f"k{n}": n}),
        ),
        (GEMINI, call(name="f", willContinue=True), lambda n: call(args={f"k{n}": n}, willContinue=True)),
    ],
)
def test_objects_in_many_pieces_are_one(api: str, head: Any, piece: Any) -> None:
    last = [stop(0), over("requires_action")] if api == STEPS else [call(), STOP]
    message, _ = fed(api, head, *(piece(number) for number in range(2000)), *last)
    assert message.calls[0].value == {f"k{number}": number for number in range(2000)}
    assert message.calls[0].ready
