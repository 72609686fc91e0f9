"""The adapters alone: what operations the events of each dialect become. No parser is involved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import OrderedDict
from enum import StrEnum
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from partialjson.messages import MessageParser
from partialjson.providers import (
    DONE,
    PROVIDERS,
    Attach,
    Begin,
    Close,
    End,
    Error,
    Identify,
    Info,
    Open,
    Operation,
    Restate,
    Stop,
    Text,
    Unread,
    Usage,
    Value,
    adapter_for,
    get,
    get_int,
    get_list,
    get_str,
    plain,
)
from partialjson.wire.fields import as_int, as_list, as_mapping, as_str, members
from support.effort import examples
from support.operations import Model, as_model, calls, operations, texts
from support.told import fed


def chunk(delta: Any = None, finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": finish}], **more}


_ABSENT = object()


def fragment(index: Any, id: Any = _ABSENT, name: Any = _ABSENT, arguments: Any = _ABSENT) -> dict[str, Any]:
    """One entry of `tool_calls`, with the fields that are given."""
    function = {"name": name, "arguments": arguments}
    call = {"index": index, "id": id, "function": {k: v for k, v in function.items() if v is not _ABSENT}}
    return {k: v for k, v in call.items() if v is not _ABSENT}


def chat_calls(*fragments: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """The calls of a chat stream with one fragment a chunk; the same when all are in one chunk or are
    objects."""
    apart = [chunk({"tool_calls": [fragment]}) for fragment in fragments]
    found = calls(operations("openai-chat", apart))
    assert calls(operations("openai-chat", [chunk({"tool_calls": list(fragments)})])) == found
    assert calls(operations("openai-chat", [as_model(event) for event in apart])) == found
    return found


A = ("a", "f", '{"x":1}')
B = ("b", "g", '{"y":2}')


@pytest.mark.parametrize(
    ("fragments", "expected"),
    [
        pytest.param(
            [fragment(0, "a", "f", ""), fragment(0, arguments='{"x"'), fragment(0, arguments=":1}")],
            [A],
            id="documented",
        ),
        pytest.param(
            [
                fragment(0, "a", "f", ""),
                fragment(1, "b", "g", ""),
                fragment(0, arguments='{"x"'),
                fragment(1, arguments='{"y"'),
                fragment(0, arguments=":1}"),
                fragment(1, arguments=":2}"),
            ],
            [A, B],
            id="interleaved",
        ),
        pytest.param([fragment(0, "a", "f", '{"x"'), fragment(0, "", None, ":1}")], [A], id="empty id, null name"),
        pytest.param(
            [fragment(0, "a", "f", '{"x"'), fragment(0, "a", "f", ":1"), fragment(0, "a", "f", "}")],
            [A],
            id="id and name repeated",
        ),
        pytest.param(
            [fragment(0, "a", "f", '{"x"'), fragment(0, None, "f", ":1}")], [A], id="name repeated without id"
        ),
        pytest.param(
            [fragment(0, "a", "f", '{"x"'), fragment(0, "r1", None, ":1"), fragment(0, "r2", None, "}")],
            [A],
            id="another id on each fragment",
        ),
        pytest.param([fragment(0, "a", "f", '{"x":1}'), fragment(0, "b", "g", '{"y":2}')], [A, B], id="index reused"),
        pytest.param(
            [fragment(0, "a", "f", '{"x":1'), fragment(0, "b", "g", '{"y":2}')],
            [("a", "f", '{"x":1'), B],
            id="index reused after half a call",
        ),
        pytest.param(
            [fragment(0, "a", "f", ""), fragment(0, "b", "f", "{}")],
            [("a", "f", ""), ("b", "f", "{}")],
            id="index reused after a call without arguments",
        ),
        pytest.param(
            [fragment(0, None, "f", '{"x":1}'), fragment(0, None, "g", '{"y":2}')],
            [("", "f", '{"x":1}'), ("", "g", '{"y":2}')],
            id="index reused without ids",
        ),
        pytest.param(
            [fragment(0, "", "f", '{"x":"}{"}'), fragment(0, "", "f", '{"x":2}')],
            [("", "f", '{"x":"}{"}'), ("", "f", '{"x":2}')],
            id="index reused without ids, same name",
        ),
        pytest.param(
            [fragment(0, "a", "f", '{"x":1}'), fragment(0, "b", None, '{"x":2}')],
            [A, ("b", "", '{"x":2}')],
            id="new id without a name after a whole value",
        ),
        pytest.param(
            [
                fragment(0, "a", "f", '{"x":1}'),
                fragment(0, "r1", None, ""),
                fragment(0, "r2"),
                fragment(0, None, "f", ""),
            ],
            [A],
            id="nothing after a whole value",
        ),
        pytest.param(
            [fragment(0, "a", "f", '{"x":1}'), fragment(0, arguments='{"x":2}')],
            [("a", "f", '{"x":1}{"x":2}')],
            id="trailing text is not hidden",
        ),
        pytest.param(
            [fragment(_ABSENT, "a", "f", '{"x"'), fragment(_ABSENT, arguments=":1}")],
            [A],
            id="no index: continues the last",
        ),
        pytest.param(
            [fragment(None, "a", "f", '{"x":1}'), fragment(None, "b", "g", '{"y":2}')],
            [A, B],
            id="no index: new ids",
        ),
        pytest.param(
            [
                fragment(None, "a", "f", '{"x"'),
                fragment(None, "b", "g", '{"y"'),
                fragment(None, "a", None, ":1}"),
                fragment(None, "b", None, ":2}"),
            ],
            [A, B],
            id="no index: known ids",
        ),
        pytest.param(
            [fragment(None, "", "f", "{}"), fragment(None, "", "f", "{}")],
            [("", "f", "{}"), ("", "f", "{}")],
            id="no index, no id: a name opens",
        ),
        pytest.param(
            [fragment(0, "a", "f", None), fragment(0, arguments=None), fragment(0, arguments='{"x":1}')],
            [A],
            id="null arguments",
        ),
        pytest.param([fragment(0, "a", "f", {"x": [1]})], [("a", "f", {"x": [1]})], id="arguments as object"),
        pytest.param([fragment(0, "a", "f", {})], [("a", "f", {})], id="empty object"),
        pytest.param(
            [fragment(0, "a", "f", {"x": 1}), fragment(0, None, "f", {"x": 2})],
            [("a", "f", {"x": 1}), ("", "f", {"x": 2})],
            id="objects at a reused index",
        ),
        pytest.param([fragment(0, "a"), fragment(0, None, "f", '{"x":1}')], [A], id="id, then name"),
        pytest.param([fragment(0, None, "f"), fragment(0, "a", None, '{"x":1}')], [A], id="name, then id"),
        pytest.param([fragment(3, "a", "f", '{"x":1}')], [A], id="indexes with gaps"),
        pytest.param([fragment(0, arguments='{"x":1}')], [("", "", '{"x":1}')], id="nothing but arguments"),
    ],
)
def test_chat_calls_are_told_apart(fragments: list[Any], expected: list[Any]) -> None:
    assert chat_calls(*fragments) == expected


@pytest.mark.parametrize("cut", range(1, 24))
def test_a_whole_value_is_seen_however_it_was_cut(cut: int) -> None:
    text = r'{"a\\":["}\"",{"b":"\\"}]}'
    assert len(text) == 26
    pieces = [fragment(0, "", "f", text[:cut]), fragment(0, "", None, text[cut:])]
    assert chat_calls(*pieces, fragment(0, "", "f", "{}")) == [("", "f", text), ("", "f", "{}")]


def test_chat_call_index_is_the_wires() -> None:
    ops = operations("openai-chat", [chunk({"tool_calls": [fragment(4, "a"), fragment(None, "b")]})])
    assert [op.index for op in ops if isinstance(op, Open)] == [4, None]


def test_chat_legacy_function_call() -> None:
    events = [
        chunk({"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": ""}}),
        chunk({"function_call": {"arguments": '{"x"'}}),
        chunk({"function_call": {"arguments": ":1}"}}),
        chunk({}, "function_call"),
    ]
    ops = operations("openai-chat", events)
    assert calls(ops) == [("", "f", '{"x":1}')]
    assert ops[-1] == Stop("tool_calls", "function_call", terminal=True)


@pytest.mark.parametrize(
    ("deltas", "expected"),
    [
        ([{"content": "a"}, {"content": ""}, {"content": None}, {}, None, {"content": "b"}], {"text": "ab"}),
        ([{"refusal": "n"}, {"refusal": "o"}], {"refusal": "no"}),
        ([{"reasoning": "a", "reasoning_content": "a"}, {"reasoning_content": "b"}], {"reasoning": "ab"}),
        ([{"reasoning": None, "reasoning_content": "c", "content": "d"}], {"reasoning": "c", "text": "d"}),
        (
            [
                {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]},
                {"content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "no"}, 5]},
                {"content": [{"type": "thinking", "thinking": "!"}]},
            ],
            {"reasoning": "hm!", "text": "a", "refusal": "no"},
        ),
    ],
)
def test_chat_texts(deltas: list[Any], expected: dict[str, str]) -> None:
    events = [chunk(delta) for delta in deltas]
    assert texts(operations("openai-chat", events)) == expected
    assert texts(operations("openai-chat", [as_model(event) for event in events])) == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, "reasoning" if name.startswith("reasoning") else name.replace("content", "text"))
        for name in ("content", "reasoning", "reasoning_content", "reasoning_text", "refusal")
    ],
)
def test_chat_where_a_delta_counts_and_not_the_message_beside_it(name: str, kind: str) -> None:
    event = chunk({name: "hm"})
    event["choices"][0]["message"] = {"role": "assistant", "content": "whole?"}
    assert texts(operations("openai-chat", [event])) == {kind: "hm"}


def test_chat_extra_fields_of_sdk_objects() -> None:
    delta = Model({"reasoning_content": "hm"}, content=None)
    event = Model({"x_groq": {"error": "gone"}}, choices=[Model(index=0, delta=delta)])
    ops = operations("openai-chat", [event])
    assert texts(ops) == {"reasoning": "hm"}
    assert ops[-1] == Error("gone", body="gone")


KEY = (0, "call", 0)


@pytest.mark.parametrize(
    ("piece", "told", "expected"),
    [
        ('{"a":', {"arguments": '{"a":1}'}, [Restate(KEY, '{"a":1}')]),
        ('{"a":', {"arguments": ""}, [Restate(KEY, "")]),
        ("", {"arguments": {"a": 1}}, [Value(KEY, {"a": 1})]),
        ("", {"arguments": None}, []),
        ("", None, []),
    ],
)
def test_chat_a_message_that_tells_its_calls_again(piece: str, told: Any, expected: list[Any]) -> None:
    again = {"id": "x", "type": "function", "function": told}
    first = chunk({"tool_calls": [fragment(0, "x", "f", piece)]})
    events = [first, {"choices": [{"index": 0, "message": {"tool_calls": [again]}}]}]
    found = operations("openai-chat", events)
    assert [op for op in found if isinstance(op, Restate | Value)] == expected
    assert sum(isinstance(op, Open) for op in found) == 1


def test_chat_a_message_that_tells_its_free_calls_again() -> None:
    piece = {"index": 0, "id": "x", "type": "custom", "custom": {"name": "f", "input": "a"}}
    again = {"id": "x", "type": "custom", "custom": {"name": "f", "input": "ab"}}
    events = [chunk({"tool_calls": [piece]}), {"choices": [{"index": 0, "message": {"tool_calls": [again]}}]}]
    found = operations("openai-chat", events)
    assert [op for op in found if isinstance(op, Text | Restate)] == [Text(KEY, "a"), Restate(KEY, "ab")]


def test_chat_choices_are_apart() -> None:
    events = [
        {"choices": [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]},
        {"choices": [{"delta": {"tool_calls": [fragment(0, "x", "f", "1")]}}]},
        {"choices": [{"index": 1, "delta": {"tool_calls": [fragment(0, "y", "g", "2")]}}]},
    ]
    opened = [op for op in operations("openai-chat", events) if isinstance(op, Open)]
    assert [(op.choice, op.kind) for op in opened] == [(1, "text"), (0, "text"), (0, "call"), (1, "call")]
    assert len({op.key for op in opened}) == 4


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop", "complete"),
        ("length", "truncated"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("content_filter", "filtered"),
        ("insufficient_system_resource", "truncated"),
        ("error", "error"),
        ("STOP", "complete"),
        ("MAX_TOKENS", "truncated"),
        ("a word to come", "truncated"),
    ],
)
def test_chat_finish_reasons(word: str, reason: Any) -> None:
    assert operations("openai-chat", [chunk({}, word)]) == [Stop(reason, word, terminal=True)]


@pytest.mark.parametrize(
    ("word", "native", "reason"),
    [
        ("tool_calls", "max_output_tokens", "truncated"),
        ("stop", "length", "truncated"),
        ("stop", "SAFETY", "filtered"),
        ("stop", "completed", "complete"),
        ("stop", "tool_use", "tool_calls"),
        ("length", "stop", "truncated"),
    ],
)
def test_chat_the_backends_own_finish_reason(word: str, native: str, reason: Any) -> None:
    event = {"choices": [{"finish_reason": word, "native_finish_reason": native}]}
    details = {"native_finish_reason": native}
    assert operations("openai-chat", [event]) == [Stop(reason, word, terminal=True, details=details)]


def test_chat_signatures_of_calls_are_kept() -> None:
    extra = {"google": {"thought_signature": "c2ln"}}
    ops = operations("openai-chat", [chunk({"tool_calls": [fragment(0, "a") | {"extra_content": extra}]})])
    assert ops[-1] == Attach((0, "call", 0), "extra_content", extra)


@pytest.mark.parametrize("finish", [None, "", 5])
def test_chat_without_a_finish_reason(finish: Any) -> None:
    assert operations("openai-chat", [chunk({}, finish)]) == []


def test_chat_done() -> None:
    assert operations("openai-chat", [DONE]) == [End()]


def test_chat_info_is_told_when_it_is_new() -> None:
    azure = {"choices": [], "object": "", "id": "", "model": "", "prompt_filter_results": [{}]}
    events = [azure, {"id": "1", "model": "m"}, {"id": "1", "model": "m"}, {"id": "1", "model": "n"}]
    assert operations("openai-chat", events) == [Info("1", "m"), Info("1", "n")]


def test_chat_usage() -> None:
    events = [
        chunk({}, usage=None),
        {"choices": [], "usage": {"total_tokens": 3}},
        {"choices": None, "x_groq": {"usage": {"total_tokens": 4}}},
        Model(choices=[], usage=Model(total_tokens=5)),
    ]
    found = [op.usage for op in operations("openai-chat", events) if isinstance(op, Usage)]
    assert found == [{"total_tokens": 3}, {"total_tokens": 4}, {"total_tokens": 5}]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {"error": {"message": "no", "type": "server_error", "code": None, "param": None}},
            ("no", "server_error", None),
        ),
        ({"object": "error", "message": "no", "type": "BadRequestError", "code": 400}, ("no", "BadRequestError", 400)),
        ({"error": "no"}, ("no", "", None)),
        (chunk({"content": ""}, None, error={"code": 502, "message": "no"}), ("no", "", 502)),
        ({"choices": [], "x_groq": {"id": "r", "error": "no"}}, ("no", "", None)),
    ],
)
def test_chat_errors(event: Any, expected: tuple[str, str, Any]) -> None:
    for form in (event, as_model(event)):
        (error,) = [op for op in operations("openai-chat", [form]) if isinstance(op, Error)]
        assert (error.message, error.type, error.code) == expected
        assert error.body


def test_chat_error_by_the_name_of_the_event() -> None:
    event = {"message": "no"}
    assert adapter_for("openai-chat").feed(event, "error") == [Error("no", body=event)]


def test_chat_without_an_error() -> None:
    assert operations("openai-chat", [{"error": None}, {"error": {}}, {"object": "chat.completion.chunk"}]) == []


# Anthropic


def started(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, type: str, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": type, **fields}}


def stopped(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def json_delta(index: int, text: Any) -> dict[str, Any]:
    return delta(index, "input_json_delta", partial_json=text)


def anthropic(*events: Any) -> list[Operation]:
    """The operations; the same for SDK objects."""
    ops = operations("anthropic-messages", events)
    again = operations("anthropic-messages", [as_model(event) for event in events])
    assert [op for op in again if not isinstance(op, (Attach, Usage, Value))] == [
        op for op in ops if not isinstance(op, (Attach, Usage, Value))
    ]
    return ops


def test_anthropic_message() -> None:
    ops = anthropic(
        {"type": "message_start", "message": {"id": "m1", "model": "c", "content": [], "usage": {"input_tokens": 3}}},
        {"type": "ping"},
        started(0, type="thinking", thinking="", signature=""),
        delta(0, "thinking_delta", thinking="hm"),
        delta(0, "signature_delta", signature="c2ln"),
        stopped(0),
        started(1, type="text", text="", citations=None),
        delta(1, "text_delta", text="Hi"),
        delta(1, "citations_delta", citation={"cited_text": "x"}),
        stopped(1),
        started(2, type="tool_use", id="t", name="f", input={}),
        json_delta(2, ""),
        json_delta(2, '{"x":1}'),
        stopped(2),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"output_tokens": 9},
        },
        {"type": "message_stop"},
    )
    assert ops == [
        Begin(),
        Info("m1", "c"),
        Usage({"input_tokens": 3}),
        Open(0, "reasoning", "thinking", index=0),
        Text(0, "hm"),
        Attach(0, "signature", "c2ln"),
        Close(0),
        Open(1, "text", "text", index=1),
        Text(1, "Hi"),
        Attach(1, "citations", {"cited_text": "x"}, append=True),
        Close(1),
        Open(2, "call", "tool_use", index=2, name="f", call_id="t"),
        Text(2, '{"x":1}'),
        Close(2),
        Stop("tool_calls", "tool_use"),
        Usage({"output_tokens": 9}),
        End(),
    ]


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("tool_use", "call"),
        ("server_tool_use", "server_call"),
        ("mcp_tool_use", "server_call"),
        ("some_later_tool_use", "server_call"),
        ("redacted_thinking", "other"),
        ("web_search_tool_result", "other"),
        ("container_upload", "other"),
        ("compaction", "other"),
        ("fallback", "other"),
        ("a block to come", "other"),
    ],
)
def test_anthropic_kinds(type: str, kind: str) -> None:
    *unread, op = anthropic(started(0, type=type))
    assert unread == ([Unread("block", type)] if type in ("some_later_tool_use", "a block to come") else [])
    assert isinstance(op, Open)
    assert (op.kind, op.type) == (kind, type)


def test_anthropic_payloads_of_blocks_are_attached() -> None:
    ops = anthropic(
        started(0, type="redacted_thinking", data="secret"),
        started(1, type="web_search_tool_result", tool_use_id="t", content=[{"url": "u"}]),
        started(2, type="mcp_tool_use", id="t", name="f", input={}, server_name="s"),
        started(3, type="compaction", content=None),
        delta(3, "compaction_delta", content="short", encrypted_content=None),
    )
    assert [(op.key, op.name, op.value) for op in ops if isinstance(op, Attach)] == [
        (0, "data", "secret"),
        (1, "tool_use_id", "t"),
        (1, "content", [{"url": "u"}]),
        (2, "server_name", "s"),
        (3, "content", "short"),
    ]


def test_anthropic_interleaved_blocks() -> None:
    ops = anthropic(
        started(0, type="tool_use", id="a", name="f", input={}),
        started(1, type="tool_use", id="b", name="g", input={}),
        json_delta(1, '{"y"'),
        json_delta(0, '{"x"'),
        json_delta(1, ":2}"),
        json_delta(0, ":1}"),
        stopped(1),
        stopped(0),
    )
    assert calls(ops) == [A, B]


def test_anthropic_whole_input_in_the_start() -> None:
    ops = anthropic(started(0, type="tool_use", id="a", name="f", input={"x": 1}), stopped(0))
    assert calls(ops) == [("a", "f", {"x": 1})]
    assert ops[-2:] == [Value(0, {"x": 1}), Close(0)]


def test_anthropic_input_in_the_start_is_a_placeholder_if_fragments_follow() -> None:
    start = started(0, type="tool_use", id="a", name="f", input={"x": 0})
    assert calls(anthropic(start, json_delta(0, ""), json_delta(0, '{"x":1}'), stopped(0))) == [A]


def test_anthropic_empty_input() -> None:
    ops = anthropic(started(0, type="tool_use", id="a", name="f", input={}), json_delta(0, ""), stopped(0))
    assert calls(ops) == [("a", "f", "")]


def test_anthropic_text_in_the_start() -> None:
    ops = anthropic(started(0, type="text", text="He"), delta(0, "text_delta", text="y"), stopped(0))
    assert texts(ops) == {"text": "Hey"}


def test_anthropic_an_index_used_again_closes_what_it_named() -> None:
    ops = anthropic(started(0, type="text", text="a"), started(0, type="text", text="b"), stopped(0), stopped(0))
    assert [op.key for op in ops if isinstance(op, Close)] == [0, 1]


def test_anthropic_deltas_open_blocks_that_never_started() -> None:
    ops = anthropic(delta(0, "text_delta", text="a"), delta(1, "thinking_delta", thinking="b"), json_delta(2, "{}"))
    assert texts(ops) == {"text": "a", "reasoning": "b", "call": "{}"}


def test_anthropic_missing_indexes_mean_the_last_open_block() -> None:
    events = [
        {"type": "content_block_start", "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "a"}},
        {"type": "content_block_stop"},
        {"type": "content_block_stop"},
    ]
    assert anthropic(*events) == [Open(0, "text", "text", index=0), Text(0, "a"), Close(0)]


def test_anthropic_a_message_that_stands_in_its_start() -> None:
    tool = {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}, "caller": {"type": "direct"}}
    message = {"id": "m", "model": "c", "content": [tool], "stop_reason": "tool_use", "stop_sequence": None}
    assert anthropic({"type": "message_start", "message": message}, {"type": "message_stop"}) == [
        Begin(),
        Info("m", "c"),
        Open(0, "call", "tool_use", index=0, name="f", call_id="a"),
        Attach(0, "caller", {"type": "direct"}),
        Value(0, {"x": 1}),
        Close(0),
        Stop("tool_calls", "tool_use"),
        End(),
    ]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("end_turn", "complete"),
        ("stop_sequence", "complete"),
        ("tool_use", "tool_calls"),
        ("max_tokens", "truncated"),
        ("model_context_window_exceeded", "truncated"),
        ("pause_turn", "paused"),
        ("compaction", "paused"),
        ("refusal", "refused"),
        ("a word to come", "truncated"),
    ],
)
def test_anthropic_stop_reasons(word: str, reason: Any) -> None:
    assert anthropic({"type": "message_delta", "delta": {"stop_reason": word}}) == [Stop(reason, word)]


def test_anthropic_stop_details() -> None:
    details = {"type": "refusal", "category": "bio", "explanation": "no"}
    event = {"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": details}}
    (stop,) = operations("anthropic-messages", [event])
    assert isinstance(stop, Stop)
    assert stop.details == {"stop_details": details}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "no"}}, ("no", "overloaded_error")),
        ({"error": {"message": "no"}}, ("no", "")),
        ({"error": "no"}, ("no", "")),
        ({"type": "error", "message": "no"}, ("no", "error")),
    ],
)
def test_anthropic_errors(event: Any, expected: tuple[str, str]) -> None:
    (error,) = anthropic(event)
    assert isinstance(error, Error)
    assert (error.message, error.type) == expected


def test_anthropic_type_by_the_name_of_the_event() -> None:
    assert adapter_for("anthropic-messages").feed({}, "message_stop") == [End()]


@pytest.mark.parametrize("event", [DONE, {"type": "ping"}])
def test_anthropic_ignores(event: Any) -> None:
    assert operations("anthropic-messages", [event]) == []


@pytest.mark.parametrize("event", [{"type": "vendor_event"}, {}, None, 5, "text", []])
def test_anthropic_counts_events_that_are_not_known(event: Any) -> None:
    name = event["type"] if event and isinstance(event, dict) else ""
    assert operations("anthropic-messages", [event]) == [Unread("event", name)]


def test_anthropic_counts_blocks_and_deltas_that_are_not_known() -> None:
    events = [started(0, type="a_block"), {"type": "content_block_delta", "index": 0, "delta": {"type": "a_delta"}}]
    found = [op for op in operations("anthropic-messages", events) if isinstance(op, Unread)]
    assert found == [Unread("block", "a_block"), Unread("delta", "a_delta")]


def anthropic_message(*events: Any) -> MessageParser:
    begin = {"type": "message_start", "message": {"id": "m", "model": "m1", "content": []}}
    last = {"type": "message_delta", "delta": {"stop_reason": "tool_use"}}
    return fed("anthropic-messages", begin, *events, last, {"type": "message_stop"})[0]


@pytest.mark.parametrize(
    "events",
    [
        [started(0, type="tool_use", id="c", name="f", input={"x": 1})],
        [started(0, type="tool_use", id="c", name="f", input='{"x":1}')],
        [started(0, type="tool_use", id="c", name="f", input={}), json_delta(0, {"x": 1})],
        [started(0, type="tool_use", id="c", name="f", input={}), json_delta(0, {"x": 0}), json_delta(0, {"x": 1})],
        [started(0, type="tool_use", id="c", name="f", input={"x": 0}), json_delta(0, '{"x":1}')],
    ],
)
def test_anthropic_arguments_are_text_or_an_object(events: list[Any]) -> None:
    (call,) = anthropic_message(*events, {"type": "content_block_stop", "index": 0}).calls
    assert (call.value, call.ready) == ({"x": 1}, True)


def test_anthropic_prose_and_arguments_do_not_mix() -> None:
    prose = delta(0, "text_delta", text="a")
    call = started(0, type="tool_use", id="c", name="f", input={})
    message = anthropic_message(call, prose, json_delta(0, '{"x":1}'))
    assert message.calls[0].value == {"x": 1}
    assert message.unread == {("delta", "text_delta"): 1}
    message = anthropic_message(call, started(1, type="text"), json_delta(1, "{}"))
    assert not message.calls[0].ready
    assert message.text == ""
    assert "arguments for index 1" in str(message.end())


def test_anthropic_what_belongs_to_the_message_is_told_at_its_stop() -> None:
    container, edits = {"id": "k", "expires_at": "t"}, {"applied_edits": [{"cleared_tool_uses": 2}]}
    events = [
        {"type": "message_start", "message": {"id": "m", "container": container, "content": []}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "context_management": edits},
        {"type": "message_stop"},
    ]
    message, _ = fed("anthropic-messages", *events)
    assert message.end().details == {"container": container, "context_management": edits}
    late = {"type": "message_delta", "delta": {"container": container}}
    message, _ = fed("anthropic-messages", {"type": "message_start"}, events[1], late, events[2])
    assert message.end().details == {"container": container, "context_management": edits}
    assert message.end().raw == "end_turn"


def test_anthropic_the_model_is_the_one_that_served() -> None:
    block = started(0, type="fallback", **{"from": {"model": "m1"}, "to": {"model": "m2"}})
    message = anthropic_message(block, {"type": "content_block_stop", "index": 0})
    assert message.model == "m2"
    assert message.blocks[0].extra["to"] == {"model": "m2"}


def test_anthropic_a_message_that_was_not_streamed() -> None:
    content = [{"type": "text", "text": "Hi"}, {"type": "tool_use", "id": "c", "name": "f", "input": {"x": 1}}]
    whole = {"type": "message", "id": "m", "model": "m1", "content": content, "stop_reason": "tool_use"}
    message, _ = fed("anthropic-messages", whole)
    assert (message.text, message.calls[0].value, message.calls[0].ready) == ("Hi", {"x": 1}, True)
    assert message.end().reason == "tool_calls"


def test_anthropic_details_of_a_text_that_was_not_announced() -> None:
    signature = delta(0, "signature_delta", signature="s")
    citation = {
        "type": "content_block_delta",
        "index": 1,
        "delta": {"type": "citations_delta", "citation": {"url": "u"}},
    }
    message = anthropic_message(signature, citation)
    assert [(block.kind, block.extra) for block in message.blocks] == [
        ("reasoning", {"signature": "s"}),
        ("text", {"citations": [{"url": "u"}]}),
    ]


# All


@pytest.mark.parametrize("api", ["", "openai", "Anthropic-Messages"])
def test_an_unknown_api_is_told_with_those_known(api: str) -> None:
    with pytest.raises(ValueError, match="unknown API") as caught:
        adapter_for(api)
    assert all(name in str(caught.value) for name in PROVIDERS)


def test_reading_events() -> None:
    event: dict[str, Any] = {"a": "x", "n": 1, "b": True, "l": [1], "none": None}
    for form in (event, Model(**event), Model(event)):
        assert get(form, "a") == "x"
        assert get(form, "missing") is None
        assert (get_str(form, "a"), get_str(form, "n"), get_str(form, "none")) == ("x", "", "")
        assert (get_int(form, "n"), get_int(form, "b"), get_int(form, "a")) == (1, None, None)
        assert (get_list(form, "l"), get_list(form, "a"), get_list(form, "n")) == ([1], (), ())
    assert [get(odd, "index") for odd in (None, 5, "text", [1], (1,), b"x")] == [None] * 6
    assert plain(Model({"y": 2}, x=1)) == {"x": 1, "y": 2}
    assert plain(event) is event


class _Declared(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: str = ""
    items: list[int] | None = None


class _Closed(BaseModel):
    id: str = ""


class _Slotted:
    __slots__ = ("id",)

    def __init__(self) -> None:
        self.id = "s"


@pytest.mark.parametrize(
    ("obj", "id", "more"),
    [
        ({"id": "a", "more": 1}, "a", 1),
        (MappingProxyType({"id": "a", "more": 1}), "a", 1),
        (OrderedDict(id="a", more=1), "a", 1),
        (_Declared.model_validate({"id": "a", "more": 1}), "a", 1),
        (_Declared(id="a"), "a", None),
        (_Declared.model_construct(id="a"), "a", None),
        (_Closed(id="a"), "a", None),
        (_Slotted(), "s", None),
        (Model({"more": 1}, id="a"), "a", 1),
        (SimpleNamespace(id="a", more=1), "a", 1),
        (None, None, None),
        ("id", None, None),
        (b"id", None, None),
        (["id"], None, None),
        (("id",), None, None),
        (5, None, None),
        (2.5, None, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_members_of_anything(obj: object, id: object, more: object) -> None:
    fields = members(obj)
    assert (fields.get("id"), fields.get("more"), fields.get("items")) == (id, more, None)
    assert members(fields).get("id") == id, "members are their own members"
    assert (get(obj, "id"), get(obj, "more")) == (id, more)


def test_values_are_what_they_are_or_nothing() -> None:
    class Word(StrEnum):
        STOP = "stop"

    assert [as_str(value) for value in ("a", Word.STOP, None, 1, b"a")] == ["a", "stop", "", "", ""]
    assert type(as_str(Word.STOP)) is str
    assert [as_int(value) for value in (1, 0, True, "1", 1.0, None)] == [1, 0, None, None, None, None]
    lists: list[object] = [[1], (1,), [], None, "ab", b"ab", {}, 1]
    assert [as_list(value) for value in lists] == [[1], (1,), [], (), (), (), (), ()]
    proxy: MappingProxyType[str, object] = MappingProxyType({})
    mappings: list[object] = [{}, proxy, [], None]
    assert [as_mapping(value) for value in mappings] == [{}, proxy, None, None]


FIELDS = (
    "type index id model choices delta content reasoning refusal tool_calls function function_call name arguments "
    "finish_reason usage error message object x_groq content_block input partial_json text thinking citation "
    "signature stop_reason stop_details data"
)
WORDS = st.sampled_from(FIELDS.split())
TEXTS = (
    "text tool_use server_tool_use thinking content_block_start content_block_delta content_block_stop "
    "message_start message_delta message_stop error text_delta input_json_delta thinking_delta citations_delta "
    "signature_delta compaction_delta stop tool_calls {} [DONE]"
)
VALUES = st.sampled_from(TEXTS.split())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from(PROVIDERS), st.lists(JSON, max_size=6))
def test_no_event_upsets_an_adapter(api: str, events: list[Any]) -> None:
    """Whatever comes, adapters raise nothing, and operations name blocks that are open."""
    opened: set[Any] = set()
    for op in operations(api, events):
        if isinstance(op, Open):
            assert op.key not in opened
            opened.add(op.key)
        elif isinstance(op, (Identify, Text, Value, Attach, Close)):
            assert op.key in opened


@pytest.mark.parametrize("module", ["partialjson.sse", "partialjson.providers"])
def test_layers_below_import_no_parser_and_no_sdk(module: str) -> None:
    source = (
        "import sys, json; before = set(sys.modules)\n"
        f"import {module}\n"
        "from importlib import import_module\n"
        "from partialjson.providers import PROVIDERS, adapter_for\n"
        "[adapter_for(name) for name in PROVIDERS]\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    result = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    loaded = set(json.loads(result.stdout))
    assert not loaded & {"pydantic", "openai", "anthropic", "jsonschema", "partialjson.messages"}
