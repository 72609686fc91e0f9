"""What only Bedrock, Cohere and Ollama have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from partialjson.messages import MessageParser, ProviderError, StreamError
from partialjson.providers import Attach, Close, End, Error, Info, Open, Operation, Stop, Text, Unread, Usage, Value
from partialjson.testing.bodies import Said, Say, body, ollama
from support.operations import as_model, calls, operations, texts
from support.told import fed

BEDROCK, COHERE, OLLAMA = "bedrock-converse", "cohere", "ollama"


# Bedrock.


def begin(index: int, **start: Any) -> dict[str, Any]:
    return {"contentBlockStart": {"contentBlockIndex": index, "start": start}}


def grow(index: int | None, **delta: Any) -> dict[str, Any]:
    return {"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}}


def stop(index: int | None) -> dict[str, Any]:
    return {"contentBlockStop": {"contentBlockIndex": index}}


def because(word: str | None, **more: Any) -> dict[str, Any]:
    return {"messageStop": {"stopReason": word, **more}}


TOOL = {"toolUse": {"toolUseId": "t", "name": "f"}}
METADATA = {"metadata": {"usage": {"totalTokens": 9}, "metrics": {"latencyMs": 1}}}


def test_bedrock_operations() -> None:
    events = [
        {"messageStart": {"role": "assistant"}},
        grow(0, text="a"),
        stop(0),
        begin(1, **TOOL),
        grow(1, toolUse={"input": ""}),
        grow(1, toolUse={"input": "{}"}),
        stop(1),
        because("tool_use"),
        METADATA,
    ]
    expected: list[Operation] = [
        Open(0, "text", "text", index=0),
        Text(0, "a"),
        Close(0),
        Open(1, "call", "toolUse", index=1, name="f", call_id="t"),
        Text(1, "{}"),
        Close(1),
        Stop("tool_calls", "tool_use", terminal=True),
        Usage({"totalTokens": 9}),
        End(),
    ]
    assert operations(BEDROCK, events) == expected


def test_bedrock_reasoning_and_signatures() -> None:
    events = [
        grow(0, reasoningContent={"text": "hm"}),
        grow(0, reasoningContent={"signature": "c2ln"}),
        stop(0),
        grow(1, reasoningContent={"redactedContent": b"zzz"}),
        stop(1),
        grow(2, text="a"),
        grow(2, citation={"title": "t"}),
        because("end_turn", additionalModelResponseFields={"x": 1}),
    ]
    message, _ = fed(BEDROCK, *events)
    assert (message.reasoning, message.text) == ("hm", "a")
    assert [block.extra for block in message.blocks] == [
        {"signature": "c2ln"},
        {"redactedContent": b"zzz"},
        {"citation": [{"title": "t"}]},
    ]
    assert message.end().details == {"additionalModelResponseFields": {"x": 1}}


def test_bedrock_the_end_is_the_stop_and_not_the_metadata() -> None:
    assert fed(BEDROCK, grow(0, text="a"), because("end_turn"))[0].end().reason == "complete"
    assert fed(BEDROCK, grow(0, text="a"), METADATA)[0].end().reason == "disconnected"
    assert fed(BEDROCK, because(None))[0].end().reason == "complete"


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("end_turn", "complete"),
        ("stop_sequence", "complete"),
        ("max_tokens", "truncated"),
        ("model_context_window_exceeded", "truncated"),
        ("guardrail_intervened", "filtered"),
        ("content_filtered", "filtered"),
        ("malformed_tool_use", "error"),
        ("malformed_model_output", "error"),
        ("a_word_to_come", "truncated"),
    ],
)
def test_bedrock_stop_reasons(word: str, reason: str) -> None:
    message, _ = fed(BEDROCK, grow(0, text="a"), stop(0), because(word), METADATA)
    assert (message.end().reason, message.end().raw) == (reason, word)


def test_bedrock_blocks_that_are_not_announced_or_not_known() -> None:
    events = [
        grow(0, toolUse={"input": '{"x":1}'}),
        begin(1, toolResult={"toolUseId": "t"}),
        grow(1, toolResult=[{"text": "r"}]),
        stop(1),
        begin(2, toolUse={"toolUseId": "s", "name": "search", "type": "server_tool_use"}),
        grow(2, toolUse={"input": "{}"}),
        grow(None, toolUse={"input": " "}),
        stop(None),
        begin(3, **TOOL),
        begin(3, **TOOL),
        because("end_turn"),
    ]
    message, _ = fed(BEDROCK, *events)
    first, server, *others = message.calls
    assert (first.value, first.name) == ({"x": 1}, "")
    assert (server.server, server.text, server.ready) == (True, "{} ", False)
    assert message.blocks[1].extra == {"toolResult": [{"toolUseId": "t"}, [{"text": "r"}]]}
    assert len(others) == 2


def test_bedrock_exceptions() -> None:
    event = {"modelStreamErrorException": {"message": "no", "originalStatusCode": 500}}
    (error,) = operations(BEDROCK, [event])
    assert error == Error("no", "modelStreamErrorException", body=event["modelStreamErrorException"])
    assert operations(BEDROCK, [{"messageStart": {}}, "[DONE]"]) == []
    assert operations(BEDROCK, [{"trace": {}}, {}, None, 5]) == [
        Unread("event", "trace"),
        *[Unread("event", "")] * 3,
    ]


def test_bedrock_arguments_as_objects() -> None:
    for events in (
        [begin(0, **TOOL), grow(0, toolUse={"input": {"x": 1}})],
        [begin(0, **TOOL), grow(0, toolUse={"input": {"x": 0}}), grow(0, toolUse={"input": {"x": 1}})],
        [begin(0, toolUse=TOOL["toolUse"] | {"input": {"x": 1}})],
        [begin(0, toolUse=TOOL["toolUse"] | {"input": {"x": 0}}), grow(0, toolUse={"input": '{"x":1}'})],
    ):
        message, _ = fed(BEDROCK, *events, stop(0), because("tool_use"), METADATA)
        assert (message.calls[0].value, message.calls[0].ready) == ({"x": 1}, True)


def test_bedrock_what_guardrails_and_routers_did() -> None:
    trace = {"promptRouter": {"invokedModelId": "m2"}}
    message, _ = fed(BEDROCK, grow(0, text="a"), because("end_turn"), {"metadata": {"usage": {}, "trace": trace}})
    assert message.model == "m2"
    assert (message.end().reason, message.end().details) == ("complete", {"trace": trace})


def test_bedrock_signatures_in_pieces() -> None:
    events = [grow(0, reasoningContent={"signature": "c2"}), grow(0, reasoningContent={"signature": "ln"})]
    message, _ = fed(BEDROCK, *events, because("end_turn"))
    assert message.blocks[0].extra == {"signature": "c2ln"}


def test_bedrock_counts_what_is_not_known() -> None:
    message, _ = fed(BEDROCK, begin(0, newBlock={"a": 1}), grow(0, newDelta="x"), {"newEvent": {}}, because("end_turn"))
    assert message.unread == {("block", "newBlock"): 1, ("delta", "newDelta"): 1, ("event", "newEvent"): 1}


# Cohere.


def told(type: str, index: int | None = None, **message: Any) -> dict[str, Any]:
    return {"type": type, "index": index, "delta": {"message": message}}


def tool(type: str, index: int | None, **function: Any) -> dict[str, Any]:
    return told(type, index, tool_calls={"id": "t", "type": "function", "function": function})


def over(word: str | None = "COMPLETE", **more: Any) -> dict[str, Any]:
    return {"type": "message-end", "delta": {"finish_reason": word, **more}}


def test_cohere_operations() -> None:
    events = [
        {"type": "message-start", "id": "m", "delta": {"message": {"role": "assistant"}}},
        told("tool-plan-delta", tool_plan="I will "),
        told("tool-plan-delta", tool_plan="look."),
        tool("tool-call-start", 0, name="f", arguments=""),
        told("tool-call-delta", 0, tool_calls={"function": {"arguments": '{"x"'}}),
        told("tool-call-delta", 0, tool_calls={"function": {"arguments": ":1}"}}),
        {"type": "tool-call-end", "index": 0},
        over("TOOL_CALL", usage={"tokens": {"output_tokens": 9}}),
    ]
    expected: list[Operation] = [
        Info("m"),
        Open(0, "reasoning", "tool_plan"),
        Text(0, "I will "),
        Text(0, "look."),
        Close(0),
        Open(1, "call", "function", index=0, name="f", call_id="t"),
        Text(1, '{"x"'),
        Text(1, ":1}"),
        Close(1),
        Usage({"tokens": {"output_tokens": 9}}),
        Stop("tool_calls", "TOOL_CALL"),
        End(),
    ]
    assert operations(COHERE, events) == expected
    again = operations(COHERE, [as_model(event) for event in events])
    assert [op for op in again if not isinstance(op, Usage)] == [op for op in expected if not isinstance(op, Usage)]


def test_cohere_contents_and_calls_are_numbered_apart() -> None:
    events = [
        told("content-start", 0, content={"type": "thinking", "thinking": "h"}),
        told("content-delta", 0, content={"thinking": "m"}),
        tool("tool-call-start", 0, name="f", arguments='{"x"'),
        told("content-start", 1, content={"type": "text", "text": ""}),
        told("content-delta", 1, content={"text": "a"}),
        told("tool-call-delta", 0, tool_calls={"function": {"arguments": ":1}"}}),
        {"type": "content-end", "index": 1},
        told("content-delta", 0, content={"thinking": "!"}),
        {"type": "content-end", "index": 0},
        {"type": "tool-call-end", "index": 0},
    ]
    ops = operations(COHERE, events)
    assert texts(ops) == {"reasoning": "hm!", "text": "a", "call": '{"x":1}'}
    assert len([op for op in ops if isinstance(op, Close)]) == 3


def test_cohere_events_without_a_start_or_a_number() -> None:
    events = [
        told("content-delta", None, content={"text": "a"}),
        told("content-delta", None, content="b"),
        tool("tool-call-delta", None, name="f", arguments="{}"),
        {"type": "tool-call-end"},
        {"type": "content-end"},
        {"type": "content-end"},
        tool("tool-call-start", 1, name="g", arguments={"x": 1}),
    ]
    ops = operations(COHERE, events)
    assert texts(ops)["text"] == "ab"
    assert calls(ops) == [("t", "f", "{}"), ("t", "g", {"x": 1})]


def test_cohere_events_without_a_number_are_those_of_the_last_open_block() -> None:
    events = [
        told("content-start", 0, content={"type": "thinking", "thinking": "h"}),
        told("content-start", 1, content={"type": "text", "text": "a"}),
        told("content-delta", None, content={"text": "b"}),
        {"type": "content-end"},
        told("content-delta", None, content={"thinking": "m"}),
    ]
    ops = operations(COHERE, events)
    assert texts(ops) == {"reasoning": "hm", "text": "ab"}
    (first, second) = (op.key for op in ops if isinstance(op, Open))
    assert [op.key for op in ops if isinstance(op, Close)] == [second]
    assert ops[-1] == Text(first, "m")


def test_cohere_citations() -> None:
    citation = {"start": 0, "end": 1, "text": "a"}
    events = [
        told("citation-start", 0, citations=citation),
        told("content-start", 0, content={"type": "text", "text": "a"}),
        {"type": "content-end", "index": 0},
        told("citation-start", 0, citations=citation),
        {"type": "citation-end", "index": 0},
    ]
    assert operations(COHERE, events)[-1] == Attach(0, "citations", citation, append=True)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("COMPLETE", "complete"),
        ("STOP_SEQUENCE", "complete"),
        ("MAX_TOKENS", "truncated"),
        ("TIMEOUT", "truncated"),
        ("ERROR", "error"),
        ("ERROR_TOXIC", "filtered"),
        ("A_WORD_TO_COME", "truncated"),
    ],
)
def test_cohere_finish_reasons(word: str, reason: str) -> None:
    message, _ = fed(COHERE, told("content-delta", 0, content={"text": "a"}), over(word))
    assert (message.end().reason, message.end().raw) == (reason, word)


def test_cohere_ends_with_message_end_only() -> None:
    assert fed(COHERE, told("content-delta", 0, content={"text": "a"}), "[DONE]")[0].end().reason == "disconnected"
    assert fed(COHERE, over(None))[0].end().reason == "complete"


# Ollama.


def line(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "done": False, **fields}


def test_ollama_operations() -> None:
    events = [
        line(message={"role": "assistant", "content": "", "thinking": "hm"}),
        line(message={"content": "a", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]}),
        line(message={"content": "b", "tool_calls": [{"id": "c", "function": {"name": "g", "arguments": {}}}]}),
        {"model": "m", "done": True, "done_reason": "stop", "eval_count": 9, "total_duration": None},
    ]
    expected: list[Operation] = [
        Info(model="m"),
        Open(0, "reasoning", "reasoning"),
        Text(0, "hm"),
        Open(1, "text", "text"),
        Text(1, "a"),
        Open(2, "call", "function", index=0, name="f"),
        Value(2, {"x": 1}),
        Close(2),
        Text(1, "b"),
        Open(3, "call", "function", index=1, name="g", call_id="c"),
        Value(3, {}),
        Close(3),
        Usage({"eval_count": 9}),
        Stop("complete", "stop"),
        End(),
    ]
    assert operations(OLLAMA, events) == expected


def test_ollama_generate() -> None:
    events = [line(response="a", thinking="h"), line(response="b"), line(response="", done=True, done_reason="length")]
    message, _ = fed(OLLAMA, *events)
    assert (message.text, message.reasoning) == ("ab", "h")
    assert (message.end().reason, message.end().raw) == ("truncated", "length")


def test_ollama_arguments_that_are_text() -> None:
    function = {"name": "f", "arguments": '{"x":1}', "index": 4}
    message, _ = fed(OLLAMA, line(message={"tool_calls": [{"function": function}]}), line(done=True))
    assert (message.calls[0].value, message.calls[0].index) == ({"x": 1}, 4)
    assert (message.end().reason, message.end().raw) == ("tool_calls", None)


@pytest.mark.parametrize("done", [False, True])
def test_ollama_fields_of_the_server_are_known(done: bool) -> None:
    """What its documentation lists for a line, and what is measured, says nothing of the message."""
    served = {"created_at": "2026-01-01", "remote_model": "m", "remote_host": "h"}
    pulled = {"status": "pulling", "completed": 1, "total": 2, "completion": 3}
    durations = {f"{each}_duration": 4 for each in ("total", "load", "prompt_eval", "eval")}
    counted = {"prompt_eval_count": 5, "eval_count": 6, "peak_memory": 7} | durations
    message, _ = fed(OLLAMA, line(response="a", done=done, **served, **pulled, **counted))
    assert message.unread == {}
    assert dict(message.usage) == ({name: counted[name] for name in counted if name != "peak_memory"} if done else {})


def test_ollama_lines_that_are_no_json() -> None:
    raw = body(OLLAMA, ollama(Said(("a",), reason=None)))
    message = MessageParser(OLLAMA)
    message.feed_bytes(raw + b'{"model": \n' + raw)
    assert message.text == "a"
    assert isinstance(message.end().error, StreamError)
    assert "event 2" in str(message.end().error)


def test_ollama_an_error_ends_the_stream() -> None:
    raw = body(OLLAMA, ollama(Said(("a",), (), (Say("c", "f"),), None))) + b'{"error":"no memory"}'
    message = MessageParser(OLLAMA)
    message.feed_bytes(raw)
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert end.error.message == "no memory"
    assert end.incomplete is None


def test_ollama_the_last_line_may_lack_its_end() -> None:
    raw = body(OLLAMA, ollama(Said(("a",))))
    message = MessageParser(OLLAMA)
    message.feed_bytes(raw.rstrip())
    assert message.end().reason == "complete"
    again = json.dumps(line(message={"content": "b"})).encode()
    cut = MessageParser(OLLAMA)
    cut.feed_bytes(again)
    assert cut.end().reason == "disconnected"
    assert cut.end().incomplete is not None
