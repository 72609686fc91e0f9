"""What only OpenAI's later APIs and Mistral's have: repeated texts, lanes, free text, sessions, conversations."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partialjson import Complete, Truncated
from partialjson.messages import (
    BlockRestarted,
    DocumentProgress,
    MessageEnded,
    MessageFailed,
    MessageParser,
    ProviderError,
    TextDelta,
)
from partialjson.providers import (
    Attach,
    Begin,
    Close,
    End,
    Error,
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
)
from partialjson.testing.bodies import Said, Say, body, frames, response_end, response_text, responses
from support.effort import examples
from support.operations import as_model, calls, operations, texts
from support.told import fed

RESPONSES, REALTIME = "openai-responses", "openai-realtime"
HEAD = {"id": "r1", "object": "response", "model": "m1", "status": "in_progress", "output": []}
CREATED = {"type": "response.created", "response": HEAD}
COMPLETED = response_end("complete", HEAD)


def added(index: int | None, **item: Any) -> dict[str, Any]:
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def done(index: int | None, **item: Any) -> dict[str, Any]:
    return {"type": "response.output_item.done", "output_index": index, "item": item}


def function(**more: Any) -> dict[str, Any]:
    return {"type": "function_call", "id": "fc", "call_id": "c", "name": "f", "arguments": ""} | more


def grow(index: int | None, text: str, kind: str = "function_call_arguments", **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "output_index": index, "delta": text, **more}


def whole(index: int | None, text: str) -> dict[str, Any]:
    return {"type": "response.function_call_arguments.done", "output_index": index, "arguments": text}


def response(*events: Any, **options: Any) -> MessageParser:
    return fed(RESPONSES, CREATED, *events, COMPLETED, **options)[0]


# Where a delta belongs.

FIELDS: dict[str, list[Any]] = {
    "type": [
        *(f"response.{kind}.delta" for kind in ("output_text", "reasoning_text", "function_call_arguments")),
        *("response.output_text.done", "response.output_item.done", None),
    ],
    "output_index": [0, 1, 1.0, True, 300, None],
    "delta": ["x", "y", "", {"a": 1}, None],
    "item_id": ["fc", "b", None, []],
    "content_index": [0, 1, False, None],
    "logprobs": [None, [], [{"token": "x"}]],
    "call_id": [None, "c", "d"],
    "name": [None, "f", "g"],
    "stream_id": [None, "s", ""],
    "response_id": [None, "r1", "r2"],
    "item": [None, {"type": "function_call", "id": "fc", "call_id": "c", "name": "f", "arguments": "xy"}],
}
PLACES = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FIELDS.items()})
CHANGES = st.one_of([st.fixed_dictionaries({name: st.sampled_from(values)}) for name, values in FIELDS.items()])


@pytest.mark.parametrize("api", [RESPONSES, REALTIME])
@given(st.lists(st.tuples(PLACES, st.lists(CHANGES, max_size=4)), max_size=4), st.booleans())
@settings(max_examples=examples(300), deadline=None)
def test_the_next_delta_finds_its_block_as_the_first_does(
    api: str, told: list[tuple[dict[str, Any], list[dict[str, Any]]]], announced: bool
) -> None:
    """An adapter that looks for the block of each delta anew reads the same. Neighbours differ in one field."""
    quick, slow = adapter_for(api), cast(Any, adapter_for(api))
    events = [CREATED, added(0, **function()), added(1, **function(id="b", call_id="", name=""))] if announced else []
    for place, changes in told:
        events += [place, place]
        for change in changes:
            events += [place | change, place]
    for event in events:
        slow._growing = None
        assert quick.feed(event, "message") == slow.feed(event, "message")


# Repeated texts.


def test_responses_operations() -> None:
    events = [CREATED, added(0, **function()), grow(0, '{"x":'), grow(0, "1}"), whole(0, '{"x":1}')]
    events += [done(0, **function(arguments='{"x":1}', status="completed")), COMPLETED]
    expected = [
        Begin(),
        Info("r1", "m1"),
        Open(0, "call", "function_call", index=0, name="f", call_id="c"),
        Text(0, '{"x":'),
        Text(0, "1}"),
        Restate(0, '{"x":1}'),
        Restate(0, '{"x":1}'),
        Close(0),
        Usage({"total_tokens": 9}),
        Stop("complete", "completed", terminal=True),
        End(),
    ]
    assert operations(RESPONSES, events) == expected
    assert operations(RESPONSES, [as_model(event) for event in events]) == [
        op if not isinstance(op, Usage) else Usage({"total_tokens": 9}) for op in expected
    ]


@pytest.mark.parametrize(
    ("streamed", "told", "item", "expected"),
    [
        # A text that was told is not told again as an object, nor an object once something has come.
        ([], '{"x":1}', {"x": 1}, [Restate(0, '{"x":1}')]),
        (['{"x":1}'], None, {"x": 1}, [Text(0, '{"x":1}')]),
        (['{"x":'], '{"x":1}', {"x": 1}, [Text(0, '{"x":'), Restate(0, '{"x":1}')]),
        ([], None, {"x": 1}, [Value(0, {"x": 1})]),
        ([], None, "", []),
        ([], None, None, []),
    ],
    ids=str,
)
def test_responses_arguments_as_text_and_as_objects(
    streamed: list[str], told: str | None, item: Any, expected: list[Operation]
) -> None:
    events = [CREATED, added(0, **function()), *[grow(0, piece) for piece in streamed]]
    if told is not None:
        events.append(whole(0, told))
    events.append(done(0, **function(arguments=item)))
    found = operations(RESPONSES, events)
    assert [op for op in found if isinstance(op, Text | Restate | Value)] == expected
    cut = operations(RESPONSES, [*events[:-1], done(0, **function(arguments={"x": 1}, status="incomplete"))])
    # An object of a call that was cut may lack anything.
    assert not any(isinstance(op, Value) for op in cut)


@pytest.mark.parametrize(
    ("streamed", "said", "text", "restarted"),
    [
        (['{"x":', "1}"], '{"x":1}', '{"x":1}', False),  # equal
        (['{"x":'], '{"x":1}', '{"x":1}', False),  # extending
        ([], '{"x":1}', '{"x":1}', False),  # nothing was streamed
        (['{"x":1}'], "", '{"x":1}', False),  # nothing is said
        (['{"x": 1}'], '{"x":1}', '{"x": 1}', False),  # the same in other words
        (['{"x":2}'], '{"x":1}', '{"x":1}', True),  # contradicting
        (['{"x":1,"y"'], '{"x":1}', '{"x":1}', True),  # shorter
        (["{]"], '{"x":1}', '{"x":1}', True),  # broken at first
    ],
)
def test_done_texts_are_reconciled(streamed: list[str], said: str, text: str, restarted: bool) -> None:
    events = [CREATED, added(0, **function()), *(grow(0, piece) for piece in streamed), whole(0, said)]
    message, updates = fed(RESPONSES, *events, done(0, **function(arguments=said)), COMPLETED)
    (call,) = message.calls
    assert (call.text, call.value, call.ready) == (text, {"x": 1}, True)
    assert call.contradicted is restarted
    assert [update for update in updates if isinstance(update, BlockRestarted)] == [BlockRestarted(0, 0)] * restarted
    since = updates[updates.index(BlockRestarted(0, 0)) :] if restarted else updates
    assert "".join(update.text for update in since if isinstance(update, DocumentProgress)) == text
    assert message.end().reason == "tool_calls"


def test_a_closed_call_is_not_taken_back() -> None:
    item = function(arguments='{"x":1}')
    last = response_end("complete", HEAD | {"output": [function(arguments='{"x":2}')]})
    message, updates = fed(RESPONSES, CREATED, added(0, **function()), grow(0, '{"x":1}'), done(0, **item), last)
    assert message.calls[0].value == {"x": 1}
    assert not any(isinstance(update, BlockRestarted) for update in updates)


def test_text_that_is_contradicted_starts_anew() -> None:
    where = {"output_index": 0, "content_index": 0}
    events = [
        CREATED,
        grow(0, '{"x":', "output_text", content_index=0),
        grow(0, "0", "output_text", content_index=0),
        {"type": "response.output_text.done", **where, "text": '{"x":1}'},
    ]
    message, updates = fed(RESPONSES, *events, COMPLETED, output=Any)
    assert message.text == '{"x":1}'
    assert message.output.value == {"x": 1}
    at = updates.index(BlockRestarted(0, 0))
    assert "".join(update.text for update in updates[at:] if isinstance(update, TextDelta)) == '{"x":1}'
    assert message.end().reason == "complete"


def test_text_around_a_contradicted_part_is_kept() -> None:
    events = [
        *response_text(0, ["A"]),
        grow(1, "b", "output_text", content_index=0),
        {"type": "response.output_text.done", "output_index": 1, "content_index": 0, "text": "B"},
        *response_text(2, ["C"]),
    ]
    assert response(*events).text == "ABC"


def test_text_for_a_part_that_was_closed_is_a_block_of_its_own() -> None:
    where = {"output_index": 0, "content_index": 0, "item_id": "i"}
    message_item = {"id": "i", "type": "message", "content": [{"type": "output_text", "text": "a"}]}
    events = [
        added(0, id="i", type="message"),
        {"type": "response.output_text.delta", **where, "delta": "a"},
        done(0, **message_item),
        {"type": "response.output_text.delta", **where, "delta": "b"},
    ]
    message = response(*events)
    assert [(block.text, block.ended) for block in message.blocks] == [("a", True), ("b", True)]
    ops = operations(RESPONSES, [CREATED, *events])
    keys = [op.key for op in ops if isinstance(op, Open)]
    assert len(keys) == 2
    assert ops[-1] == Text(keys[1], "b")


@pytest.mark.parametrize("kept", ["deltas", "done", "item", "response"])
def test_servers_that_send_only_one_form(kept: str) -> None:
    """Deltas alone, `.done` alone, whole items alone, or nothing but the final response."""
    told = responses(Said(("Häl", "lo"), ("hm",), (Say("c1", "f", ('{"x"', ":1}")), Say("c2", "g")), "tool_calls"))
    output = [event["item"] for event in told if event["type"] == "response.output_item.done"]
    last = told[-1] | {"response": told[-1]["response"] | {"output": output}}
    forms = {
        "deltas": [event for event in told if ".done" not in event["type"]],
        "done": [event for event in told if ".delta" not in event["type"]],
        "item": [event for event in told if event["type"] in ("response.output_item.done", "response.completed")],
        "response": [last],
    }
    message, _ = fed(RESPONSES, *forms[kept])
    assert (message.text, message.reasoning) == ("Hällo", "hm")
    assert [(call.id, call.name, call.value, call.ready) for call in message.calls] == [
        ("c1", "f", {"x": 1}, True),
        ("c2", "g", {}, True),
    ]
    assert message.end().reason == "tool_calls"
    assert [block.kind for block in message.blocks] == ["reasoning", "text", "call", "call"]


def test_a_response_that_was_not_streamed() -> None:
    output = [
        {
            "type": "message",
            "id": "m",
            "content": [{"type": "output_text", "text": "Hi", "annotations": [{"url": "u"}]}],
        },
        function(arguments='{"x":1}'),
    ]
    whole = HEAD | {"status": "completed", "output": output, "usage": {"total_tokens": 9}}
    message = MessageParser(RESPONSES)
    message.feed_bytes(json.dumps(whole, indent=2).encode())
    assert (message.id, message.text, message.calls[0].value) == ("r1", "Hi", {"x": 1})
    assert message.blocks[0].extra == {"annotations": [{"url": "u"}]}
    assert message.end().reason == "tool_calls"


# Which item an event is about.


def test_items_are_told_apart_by_index_and_not_by_id() -> None:
    events = [
        added(0, **function(call_id="a", id="x1")),
        added(2, **function(call_id="b", id="x2", name="g")),
        grow(2, '{"y"', item_id="other"),
        grow(0, '{"x"', item_id="another"),
        grow(2, ":2}", item_id="x1"),
        grow(0, ":1}"),
    ]
    assert calls(operations(RESPONSES, events)) == [("a", "f", '{"x":1}'), ("b", "g", '{"y":2}')]


def test_without_an_index_the_id_counts() -> None:
    events = [
        added(None, **function(call_id="a", id="x1")),
        added(None, **function(call_id="b", id="x2", name="g")),
        grow(None, "{}", item_id="x1"),
        grow(None, "[]", item_id="x2"),
    ]
    assert calls(operations(RESPONSES, events)) == [("a", "f", "{}"), ("b", "g", "[]")]


def test_calls_that_were_never_announced() -> None:
    events = [grow(0, '{"x"', item_id="fc"), grow(0, ":1}", item_id="fc"), done(0, **function(arguments='{"x":1}'))]
    message = response(*events)
    assert [(call.id, call.name, call.value) for call in message.calls] == [("c", "f", {"x": 1})]


def test_an_empty_item_is_nothing() -> None:
    message = response(added(0), added(1, **function()), done(1, **function(arguments="{}")))
    assert [block.index for block in message.blocks] == [1]


def test_an_index_used_again_is_another_item() -> None:
    events = [added(0, **function(id="x1")), grow(0, "{}"), added(0, **function(id="x2")), grow(0, '{"x":1}')]
    assert [call.value for call in response(*events).calls] == [{}, {"x": 1}]
    again = [added(0, **function()), added(0, **function()), grow(0, "{}")]
    assert len(response(*again).calls) == 1


# Kinds of items.


def test_custom_tools_take_free_text() -> None:
    item = {"type": "custom_tool_call", "id": "ct", "call_id": "c", "name": "sql", "input": ""}
    pieces = ['SELECT "a"\n', "\\ {", "\ud83d", "\ude00"]
    text = 'SELECT "a"\n\\ {😀'
    message = MessageParser(RESPONSES)
    for event in (CREATED, added(0, **item), *(grow(0, piece, "custom_tool_call_input") for piece in pieces)):
        message.feed(event)
    (call,) = message.calls
    assert call.free
    assert call.value == text
    assert not call.done
    message.feed(done(0, **item | {"input": "".join(pieces)}))
    assert call.ready
    assert isinstance(call.outcome, Complete)
    assert call.outcome.value == text
    message.feed(COMPLETED)
    assert message.end().reason == "tool_calls"


@pytest.mark.parametrize("status", ["incomplete", None])
def test_free_text_that_was_cut(status: str | None) -> None:
    item = {"type": "custom_tool_call", "id": "ct", "call_id": "c", "name": "sql", "input": "SEL"}
    ending = [done(0, **item | {"status": status})] if status else []
    last = response_end("truncated", HEAD)
    message, _ = fed(RESPONSES, CREATED, added(0, **item), grow(0, "SEL", "custom_tool_call_input"), *ending, last)
    assert not message.calls[0].ready
    assert isinstance(message.calls[0].outcome, Truncated)
    assert message.calls[0].value == "SEL"
    unended = fed(RESPONSES, CREATED, added(0, **item), grow(0, "SEL", "custom_tool_call_input"), COMPLETED)[0]
    assert unended.calls[0].ready


def test_tools_of_the_server_and_other_items() -> None:
    mcp = {"type": "mcp_call", "id": "mcp", "name": "look", "arguments": "", "server_label": "s"}
    search = {"type": "web_search_call", "id": "ws", "status": "completed", "action": {"query": "q"}}
    code = {"type": "code_interpreter_call", "id": "ci", "code": "", "container_id": "k"}
    events = [
        added(0, **mcp),
        grow(0, "{}", "mcp_call_arguments"),
        done(0, **mcp | {"arguments": "{}", "output": "found"}),
        added(1, **search),
        {"type": "response.web_search_call.searching", "output_index": 1},
        done(1, **search),
        added(2, **code),
        grow(2, "print(", "code_interpreter_call_code"),
        {"type": "response.code_interpreter_call_code.done", "output_index": 2, "code": "print(1)"},
        done(2, **code | {"code": "print(1)", "outputs": [{"logs": "1"}]}),
    ]
    message = response(*events)
    (call,) = message.calls
    assert call.server
    assert not call.ready
    assert call.value == {}
    assert call.id == "mcp"
    assert [(block.kind, block.type, block.text) for block in message.blocks] == [
        ("server_call", "mcp_call", "{}"),
        ("other", "web_search_call", ""),
        ("other", "code_interpreter_call", "print(1)"),
    ]
    assert [block.extra for block in message.blocks] == [
        {"server_label": "s", "output": "found"},
        {"action": {"query": "q"}},
        {"container_id": "k", "outputs": [{"logs": "1"}]},
    ]
    assert message.text == ""
    assert message.end().reason == "complete"


def test_refusals() -> None:
    where = {"output_index": 0, "content_index": 0}
    message = response(
        {"type": "response.content_part.added", **where, "part": {"type": "refusal", "refusal": ""}},
        grow(0, "I can", "refusal", content_index=0),
        {"type": "response.refusal.done", **where, "refusal": "I cannot"},
        output=Any,
    )
    assert (message.refusal, message.text) == ("I cannot", "")
    assert (message.end().reason, message.end().raw) == ("refused", "completed")


def test_a_commentary_is_no_output() -> None:
    events = [*response_text(0, ["I will ", "look."], phase="commentary")]
    events += response_text(1, ["[1", "]"], phase="final_answer")
    message = response(*events, output=list[int])
    assert message.output.value == [1]
    assert message.text == "I will look.[1]"


def test_a_commentary_may_be_called_so_when_it_is_done() -> None:
    """Some servers name the phase of an item only in the whole of it."""
    events = [
        event
        for number, (text, phase) in enumerate([("I will look.", "commentary"), ("[1]", "final_answer")])
        for event in (
            added(number, type="message", content=[]),
            grow(number, text, "output_text", content_index=0),
            done(number, type="message", phase=phase, content=[{"type": "output_text", "text": text}]),
        )
    ]
    message = response(*events, output=list[int])
    assert (message.output.value, message.text) == ([1], "I will look.[1]")


def test_reasoning() -> None:
    """Parts of a summary are paragraphs; a text whose index counts up with each delta is one; secrets are kept."""
    events = [
        added(0, type="reasoning", id="a"),
        grow(0, "one", "reasoning_summary_text", summary_index=0),
        grow(0, "two", "reasoning_summary_text", summary_index=1),
        done(0, type="reasoning", id="a", encrypted_content="zzz"),
        grow(1, "th", "reasoning_text", content_index=0),
        grow(1, "ree", "reasoning_text", content_index=1),
        {"type": "response.reasoning_text.done", "output_index": 1, "content_index": 1, "text": "three"},
        done(1, type="reasoning", id="b", content=[{"type": "reasoning_text", "text": "three"}]),
        done(2, type="reasoning", id="c", summary=[], encrypted_content="yyy"),
    ]
    message = response(*events)
    assert message.reasoning == "one\n\ntwothree"
    assert [block.text for block in message.blocks] == ["one", "two", "three", ""]
    assert message.blocks[0].extra == {"encrypted_content": "zzz"}
    assert message.blocks[3].extra == {"encrypted_content": "yyy"}


@pytest.mark.parametrize("is_item_whole", [False, True])
@pytest.mark.parametrize("grows", [False, True], ids=["done only", "growing"])
def test_parts_of_a_reasoning_text(grows: bool, is_item_whole: bool) -> None:
    """Each comes once, whichever events bring it; one that is told again changes nothing."""
    texts = ["one ", "two ", "three"]
    events: list[Any] = [added(0, type="reasoning", id="a")]
    for index, text in enumerate(texts):
        if grows:
            events += [grow(0, part, "reasoning_text", content_index=index) for part in (text[:2], text[2:])]
        said = {"type": "response.reasoning_text.done", "output_index": 0, "content_index": index, "text": text}
        events += [said, said]
    content = [{"type": "reasoning_text", "text": text} for text in texts] if is_item_whole else []
    message = response(*events, done(0, type="reasoning", id="a", content=content))
    assert [block.text for block in message.blocks] == ["one two three"]


def test_annotations() -> None:
    note = {"type": "response.output_text.annotation.added", "output_index": 0, "content_index": 0}
    events = [grow(0, "a", "output_text", content_index=0), note | {"annotation": {"url": "u"}}]
    assert response(*events).blocks[0].extra == {"annotations": [{"url": "u"}]}


# Endings.


@pytest.mark.parametrize(
    ("event", "reason", "raw"),
    [
        (COMPLETED, "complete", "completed"),
        (response_end("truncated", HEAD), "truncated", "incomplete:max_output_tokens"),
        (response_end("filtered", HEAD), "filtered", "incomplete:content_filter"),
        ({"type": "response.incomplete", "response": {}}, "truncated", "incomplete"),
        (
            {"type": "response.incomplete", "response": {"incomplete_details": {"reason": "steered"}}},
            "truncated",
            "incomplete:steered",
        ),
        ({"type": "response.failed", "response": {"status": "failed", "error": {"message": "no"}}}, "error", "failed"),
        ({"type": "response.failed", "response": {"status": "failed"}}, "error", "failed"),
        ({"type": "response.cancelled", "response": {"status": "cancelled"}}, "truncated", "cancelled"),
        ({"type": "response.completed", "response": {"status": "a word to come"}}, "truncated", "a word to come"),
    ],
)
def test_responses_endings(event: Any, reason: str, raw: str) -> None:
    message, updates = fed(RESPONSES, CREATED, *response_text(0, ["a"]), event)
    assert (message.end().reason, message.end().raw) == (reason, raw)
    assert isinstance(updates[-1], MessageEnded)


def test_done_is_no_part_of_the_protocol() -> None:
    assert operations(RESPONSES, ["[DONE]"]) == []
    message, _ = fed(RESPONSES, CREATED, *response_text(0, ["a"]), "[DONE]")
    assert message.end().reason == "disconnected"
    assert fed(RESPONSES, CREATED, COMPLETED, "[DONE]")[0].end().reason == "complete"


def test_open_parts_are_reconciled_by_the_terminal_event() -> None:
    item = {"type": "message", "id": "msg", "content": [{"type": "output_text", "text": '{"x":1'}]}
    last = response_end("truncated", HEAD | {"output": [item, function(arguments="{")]})
    events = [grow(0, '{"x"', "output_text", content_index=0, item_id="msg"), added(1, **function())]
    message, _ = fed(RESPONSES, CREATED, *events, last, output=Any)
    assert message.text == '{"x":1'
    assert message.calls[0].text == "{"
    assert isinstance(message.output.outcome, Truncated)
    assert message.end().reason == "truncated"


@pytest.mark.parametrize("kind", ["keepalive", "response.steer.accepted", "response.web_search_call.searching"])
def test_responses_ignores_what_is_no_part_of_the_answer(kind: str) -> None:
    assert operations(RESPONSES, [{"type": kind}]) == []


@pytest.mark.parametrize(("event", "name"), [({"type": "x"}, "x"), ({}, ""), (None, ""), (5, "")])
def test_responses_counts_events_that_are_not_known(event: Any, name: str) -> None:
    assert operations(RESPONSES, [event]) == [Unread("event", name)]


def test_the_events_name_counts_where_the_type_is_missing() -> None:
    assert adapter_for(RESPONSES).feed({"response": HEAD}, "response.created") == [Begin(), Info("r1", "m1")]


# WebSockets.


def test_responses_over_a_websocket() -> None:
    told = responses(Said(("a",), (), (Say("c", "f", ("{", "}")),), "tool_calls"))
    message = MessageParser(RESPONSES)
    for event in told:
        text = json.dumps(event)
        message.feed_bytes(text if event["sequence_number"] % 2 else text.encode())
    assert message.calls[0].ready
    assert message.end().reason == "tool_calls"


def test_responses_that_follow_one_another_on_a_socket() -> None:
    second = response_end("truncated", HEAD | {"id": "r2"})
    message, updates = fed(
        RESPONSES, CREATED, *response_text(0, ["a"]), COMPLETED, CREATED, *response_text(0, ["b"]), second
    )
    assert (message.id, message.text) == ("r2", "ab")
    assert [update.end.reason for update in updates if isinstance(update, MessageEnded)] == ["complete", "truncated"]
    cut, _ = fed(RESPONSES, CREATED, COMPLETED, CREATED, *response_text(0, ["b"]))
    assert cut.end().reason == "disconnected"


def test_lanes_are_choices() -> None:
    def lane(name: str, *events: Any) -> list[Any]:
        return [event | {"stream_id": name} for event in events]

    cut = response_end("truncated", HEAD)
    message, _ = fed(
        RESPONSES,
        *lane("x", CREATED),
        *lane("y", CREATED),
        *lane("x", *response_text(0, ["a"])),
        *lane("y", added(0, **function()), grow(0, '{"x"')),
        *lane("x", COMPLETED),
        *lane("y", cut),
    )
    first, second = message.choices
    assert (first.text, first.end().reason) == ("a", "complete")
    assert (second.calls[0].text, second.end().reason) == ('{"x"', "truncated")
    half, _ = fed(RESPONSES, *lane("x", CREATED), *lane("y", CREATED), *lane("x", COMPLETED))
    assert half.end().reason == "complete"
    unfinished, _ = fed(
        RESPONSES, *lane("x", CREATED), *lane("y", CREATED, *response_text(0, ["b"])), *lane("x", COMPLETED)
    )
    assert [choice.end().reason for choice in unfinished.choices] == ["complete", "disconnected"]


# Realtime.


def rt(type: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{type}", "response_id": "r1", **fields}


RT_CREATED = {"type": "response.created", "response": {"id": "r1", "object": "realtime.response"}}


def rt_done(status: str, why: str | None = None, **more: Any) -> dict[str, Any]:
    details = {"type": status, "reason": why} if why else None
    response = {"id": "r1", "object": "realtime.response", "status": status, "status_details": details, **more}
    return {"type": "response.done", "response": response}


@pytest.mark.parametrize(
    ("event", "reason", "raw"),
    [
        (rt_done("completed"), "complete", "completed"),
        (rt_done("cancelled", "turn_detected"), "truncated", "cancelled:turn_detected"),
        (rt_done("cancelled", "client_cancelled"), "truncated", "cancelled:client_cancelled"),
        (rt_done("incomplete", "max_output_tokens"), "truncated", "incomplete:max_output_tokens"),
        (rt_done("incomplete", "content_filter"), "filtered", "incomplete:content_filter"),
        (rt_done("failed"), "error", "failed"),
    ],
)
def test_realtime_endings(event: Any, reason: str, raw: str) -> None:
    events = [RT_CREATED, rt("output_text.delta", output_index=0, content_index=0, delta="a")]
    message, _ = fed(REALTIME, *events, event)
    assert (message.text, message.end().reason, message.end().raw) == ("a", reason, raw)


def test_an_interrupted_response_sends_done_all_the_same() -> None:
    item = {"type": "function_call", "id": "fc", "call_id": "c", "name": "f", "arguments": '{"x"'}
    message, _ = fed(
        REALTIME,
        RT_CREATED,
        rt("output_item.added", output_index=0, item=item | {"arguments": ""}),
        rt("function_call_arguments.delta", output_index=0, delta='{"x"', call_id="c"),
        rt("function_call_arguments.done", output_index=0, arguments='{"x"', call_id="c", name="f"),
        rt("output_item.done", output_index=0, item=item | {"status": "incomplete"}),
        rt_done("cancelled", "turn_detected"),
    )
    assert not message.calls[0].ready
    assert isinstance(message.calls[0].outcome, Truncated)
    assert message.end().reason == "truncated"


def test_realtime_speech_is_text() -> None:
    message, _ = fed(
        REALTIME,
        {"type": "session.created", "session": {"id": "s"}},
        {"type": "conversation.item.input_audio_transcription.delta", "delta": "user"},
        RT_CREATED,
        rt("content_part.added", output_index=0, content_index=0, part={"type": "audio", "transcript": ""}),
        rt("output_audio.delta", output_index=0, content_index=0, delta="UklGRg=="),
        rt("output_audio_transcript.delta", output_index=0, content_index=0, delta="Hel"),
        rt("output_audio_transcript.delta", output_index=0, content_index=0, delta="lo"),
        rt("output_audio_transcript.done", output_index=0, content_index=0, transcript="Hello"),
        rt_done("completed", usage={"total_tokens": 9}),
    )
    assert message.text == "Hello"
    assert message.usage == {"total_tokens": 9}
    assert message.end().reason == "complete"


def test_a_realtime_error_does_not_end_the_response() -> None:
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": "no", "event_id": "e"}}
    message, updates = fed(REALTIME, RT_CREATED, error, *response_text(0, ["a"]), rt_done("completed"))
    assert [type(update) for update in updates if isinstance(update, MessageFailed)] == [MessageFailed]
    assert message.end().reason == "complete"
    assert message.end().error is None
    cut, _ = fed(REALTIME, RT_CREATED, error)
    assert cut.end().reason == "error"
    assert isinstance(cut.end().error, ProviderError)


def test_realtime_responses_of_one_session() -> None:
    def of(id: str, *events: Any) -> list[Any]:
        return [event | {"response_id": id} for event in events]

    begin = [{"type": "response.created", "response": {"id": id}} for id in "ab"]
    end = [{"type": "response.done", "response": {"id": id, "status": "completed"}} for id in "ab"]
    apart, _ = fed(
        REALTIME,
        begin[0],
        *of("a", *response_text(0, ["1"])),
        end[0],
        begin[1],
        *of("b", *response_text(0, ["2"])),
        end[1],
    )
    assert apart.text == "12"
    together, _ = fed(REALTIME, *begin, *of("b", *response_text(0, ["2"])), *of("a", *response_text(0, ["1"])), *end)
    assert [choice.text for choice in together.choices] == ["1", "2"]
    assert together.end().reason == "complete"


def test_realtime_frames() -> None:
    raw = frames([RT_CREATED, *response_text(0, ["a"]), rt_done("completed")])
    message = MessageParser(REALTIME)
    for at in range(0, len(raw), 11):
        message.feed_bytes(raw[at : at + 11])
    assert message.text == "a"
    assert message.end().reason == "complete"


# Completions and Mistral.


def test_completions_with_several_choices() -> None:
    events = [
        {"choices": [{"index": 1, "text": "b"}, {"index": 0, "text": "a"}]},
        {"choices": [{"index": 0, "text": "!", "finish_reason": "stop"}]},
        {"choices": [{"index": 1, "text": "", "finish_reason": "length"}]},
    ]
    message, _ = fed("openai-completions", *events, "[DONE]")
    assert [(choice.text, choice.end().reason) for choice in message.choices] == [
        ("a!", "complete"),
        ("b", "truncated"),
    ]


def test_mistral_chunks_in_the_sdks_events() -> None:
    chunk = {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}
    assert texts(operations("mistral", [as_model({"data": chunk})])) == {"text": "a"}
    assert operations("mistral", [{"data": "[DONE]"}]) == [End()]


@pytest.mark.parametrize("index", [0, None])
def test_mistral_calls_come_whole(index: int | None) -> None:
    calls_ = [{"id": id, "index": index, "function": {"name": "f", "arguments": {"x": n}}} for n, id in enumerate("ab")]
    events = [{"choices": [{"index": 0, "delta": {"tool_calls": calls_}, "finish_reason": "tool_calls"}]}]
    assert calls(operations("mistral", events)) == [("a", "f", {"x": 0}), ("b", "f", {"x": 1})]


def test_mistral_fragments_as_the_sdk_gives_them() -> None:
    pieces = [("a", '{"x"'), ("null", ":1"), ("null", "}"), ("b", "{}")]
    events = [
        {"choices": [{"delta": {"tool_calls": [{"id": id, "index": 0, "function": {"name": "f", "arguments": text}}]}}]}
        for id, text in pieces
    ]
    assert calls(operations("mistral", events)) == [("a", "f", '{"x":1}'), ("b", "f", "{}")]


def test_mistral_conversations() -> None:
    events: list[Any] = [
        {"type": "conversation.response.started", "conversation_id": "r1"},
        {"type": "message.output.delta", "content": "Hel", "model": "m1", "output_index": 0},
        {"type": "message.output.delta", "content": {"type": "text", "text": "lo"}, "model": "m1"},
        {"type": "message.output.delta", "content": [{"type": "thinking", "thinking": [{"text": "hm"}]}]},
        {"type": "tool.execution.started", "id": "t", "name": "web_search", "arguments": '{"q"'},
        {"type": "tool.execution.delta", "id": "t", "name": "web_search", "arguments": ":1}"},
        {"type": "tool.execution.done", "id": "t", "name": "web_search", "info": {"n": 1}},
        {"type": "function.call.delta", "id": "o", "tool_call_id": "a", "name": "f", "arguments": '{"x"'},
        {"type": "function.call.delta", "id": "o", "tool_call_id": "b", "name": "g", "arguments": {"y": 2}},
        {"type": "function.call.delta", "id": "o", "tool_call_id": "a", "name": "f", "arguments": ":1}"},
        {"type": "conversation.response.done", "usage": {"total_tokens": 9}},
    ]
    message, _ = fed("mistral", *events)
    assert (message.id, message.model, message.text, message.reasoning) == ("r1", "m1", "Hello", "hm")
    search, first, second = message.calls
    assert (search.server, search.value, search.extra) == (True, {"q": 1}, {"info": {"n": 1}})
    assert [(call.id, call.name, call.value, call.ready) for call in (first, second)] == [
        ("a", "f", {"x": 1}, True),
        ("b", "g", {"y": 2}, True),
    ]
    assert message.end().reason == "tool_calls"
    assert message.usage == {"total_tokens": 9}
    wrapped = [{"event": event["type"], "data": event} for event in events]
    assert fed("mistral", *wrapped)[0].text == "Hello"
    raw = MessageParser("mistral")
    raw.feed_bytes(body("mistral", events))
    assert raw.end().reason == "tool_calls"
    assert fed("mistral", *events[:-1])[0].end().reason == "disconnected"


def told(ops: list[Operation]) -> list[str]:
    return [type(op).__name__ for op in ops]


def test_an_item_that_is_not_known_is_kept() -> None:
    fields = {"type": "a_new_item", "call_id": "c", "name": "f", "arguments": "{}", "payload": [1]}
    message = response(done(0, id="n", **fields))
    assert message.blocks[0].extra == {name: value for name, value in fields.items() if name != "type"}
    assert message.unread == {("block", "a_new_item"): 1}
    ops = operations(RESPONSES, [added(0, type="a_new_item", id="n"), done(0, type="a_new_item", id="n", payload=[1])])
    assert told(ops) == ["Unread", "Open", "Attach", "Close"]
    assert ops[0] == Unread("block", "a_new_item")
    assert ops[2] == Attach(0, "payload", [1])


def test_a_flat_error_keeps_its_own_fields() -> None:
    (error,) = operations(
        RESPONSES, [{"type": "error", "code": "c", "message": "no", "param": None, "sequence_number": 3}]
    )
    assert error == Error("no", "", "c", {"code": "c", "message": "no", "param": None})


# What the caller has to run.

CLICK = {"type": "click", "button": "left", "x": 1, "y": 2}
COMMANDS = {"commands": ["ls -l", "pwd"], "timeout_ms": 100}
PATCH = {"type": "update_file", "path": "a.py", "diff": "@@"}
OWN: list[tuple[dict[str, Any], str, Any]] = [
    ({"type": "computer_call", "id": "i", "call_id": "c", "action": CLICK}, "computer", CLICK),
    ({"type": "computer_call", "id": "i", "call_id": "c", "actions": [CLICK]}, "computer", {"actions": [CLICK]}),
    ({"type": "shell_call", "id": "i", "call_id": "c", "action": COMMANDS}, "shell", COMMANDS),
    (
        {"type": "shell_call", "id": "i", "call_id": "c", "action": COMMANDS, "environment": {"type": "local"}},
        "shell",
        COMMANDS,
    ),
    (
        {"type": "local_shell_call", "id": "i", "call_id": "c", "action": {"type": "exec", "command": ["ls"]}},
        "local_shell",
        {"type": "exec", "command": ["ls"]},
    ),
    ({"type": "apply_patch_call", "id": "i", "call_id": "c", "operation": PATCH}, "apply_patch", PATCH),
    (
        {"type": "tool_search_call", "id": "i", "call_id": "c", "execution": "client", "arguments": {"goal": "g"}},
        "tool_search",
        {"goal": "g"},
    ),
    (
        {"type": "mcp_approval_request", "id": "c", "name": "drop", "arguments": '{"a":1}', "server_label": "s"},
        "drop",
        {"a": 1},
    ),
    (
        {"type": "multi_agent_call", "id": "i", "call_id": "c", "action": "spawn_agent", "arguments": '{"n":1}'},
        "spawn_agent",
        {"n": 1},
    ),
]


@pytest.mark.parametrize("way", ["announced", "done", "only announced", "final"])
@pytest.mark.parametrize(("item", "name", "arguments"), OWN)
def test_what_the_caller_has_to_run_is_a_call(item: dict[str, Any], name: str, arguments: Any, way: str) -> None:
    events = {
        "announced": [
            added(0, **item | {"status": "in_progress"}),
            done(0, **item | {"status": "completed"}),
            COMPLETED,
        ],
        "done": [done(0, **item), COMPLETED],
        "only announced": [added(0, **item), COMPLETED],
        "final": [response_end("complete", HEAD | {"output": [item]})],
    }[way]
    message, _ = fed(RESPONSES, CREATED, *events)
    (call,) = message.calls
    assert (call.type, call.name, call.id, call.value) == (item["type"], name, "c", arguments)
    assert call.ready
    assert message.end().reason == "tool_calls"
    if way != "only announced":
        assert call.extra == {field: value for field, value in item.items() if field != "type"}


@pytest.mark.parametrize(
    "item",
    [
        {"type": "shell_call", "action": COMMANDS, "environment": {"type": "container_reference", "container_id": "k"}},
        {"type": "tool_search_call", "execution": "server", "arguments": {"goal": "g"}},
        {"type": "tool_search_call", "arguments": {"goal": "g"}},
    ],
)
def test_what_the_provider_runs_is_not_the_callers(item: dict[str, Any]) -> None:
    message = response(done(0, id="i", **item))
    assert message.calls[0].server
    assert message.end().reason == "complete"


@pytest.mark.parametrize("item", [item for item, _, _ in OWN if "arguments" not in item])
def test_an_item_that_was_cut_is_not_ready(item: dict[str, Any]) -> None:
    message, _ = fed(RESPONSES, CREATED, added(0, **item), done(0, **item | {"status": "incomplete"}))
    assert not message.calls[0].ready
    assert message.end().reason == "disconnected"


def command(verb: str, number: int, **fields: Any) -> dict[str, Any]:
    where = {"output_index": 0, "command_index": number}
    return {"type": f"response.shell_call_command.{verb}", **where, **fields}


def test_the_commands_of_a_shell_grow() -> None:
    item = {"type": "shell_call", "id": "i", "call_id": "c"}
    message = MessageParser(RESPONSES)
    seen = []
    for event in (
        CREATED,
        added(0, **item, status="in_progress"),
        command("added", 0, command=""),
        command("delta", 0, delta="ls"),
        command("delta", 0, delta=" -l"),
        command("done", 0, command="ls -l"),
        command("added", 1, command="pw"),
        command("delta", 1, delta="d"),
        command("done", 1, command="pwd"),
        done(0, **item, action=COMMANDS),
        COMPLETED,
    ):
        message.feed(event)
        seen.append(message.calls[0].json if message.calls else None)
    assert {"commands": ["ls"]} in seen
    assert {"commands": ["ls -l", "pw"]} in seen
    (call,) = message.calls
    assert (call.value, call.ready, call.contradicted) == (COMMANDS, True, False)
    assert message.end().reason == "tool_calls"


def test_the_action_counts_where_the_commands_differ() -> None:
    item = {"type": "shell_call", "id": "i", "call_id": "c"}
    message = response(added(0, **item), command("delta", 0, delta="rm"), done(0, **item, action={"commands": ["ls"]}))
    assert message.calls[0].value == {"commands": ["ls"]}
    assert message.calls[0].contradicted


# Which call.


def test_two_calls_under_one_index() -> None:
    """Their ids tell them apart, as far as they go; what names no call goes on with the latest."""
    one, two = function(id="a", call_id="1", name="f"), function(id="b", call_id="2", name="g")
    events = [
        added(0, **one),
        added(0, **two),
        grow(0, '{"x":', item_id="a"),
        grow(0, '{"y":', item_id="b"),
        grow(0, "1}", item_id="a"),
        grow(0, "2}"),
        done(0, **one | {"arguments": '{"x":1}'}),
        done(0, **two | {"arguments": '{"y":2}'}),
    ]
    for upto in (6, 7, 8):
        found = response(*events[:upto]).calls
        assert [(call.id, call.name, call.value) for call in found] == [("1", "f", {"x": 1}), ("2", "g", {"y": 2})]
        assert all(call.ready for call in found)


def test_whole_calls_under_one_index() -> None:
    items = [function(id=id, call_id=id, arguments=f'{{"n":"{id}"}}') for id in ("a", "b", "c")]
    for index in (0, None):
        found = response(*(done(index, **item) for item in items)).calls
        assert [(call.id, call.value) for call in found] == [(id, {"n": id}) for id in ("a", "b", "c")]
    message, _ = fed(RESPONSES, CREATED, done(0, **items[0]), response_end("complete", HEAD | {"output": items}))
    assert [call.id for call in message.calls] == ["a", "b", "c"]


def test_calls_without_any_index_or_id() -> None:
    events = [
        {"type": "response.audio.transcript.delta", "delta": "Hm"},
        grow(None, '{"x":', item_id=""),
        grow(None, "1}", item_id="", name="f", call_id="c"),
    ]
    message = response(*events)
    assert message.text == "Hm"
    assert [(call.name, call.value) for call in message.calls] == [("f", {"x": 1})]


# Arguments that are stated otherwise.


@pytest.mark.parametrize(
    "events",
    [
        [added(0, **function(arguments='{"x":1}'))],
        [added(0, **function(arguments={"x": 1}))],
        [added(0, **function(arguments="{}")), grow(0, '{"x":'), grow(0, "1}")],
        [added(0, **function(arguments={})), grow(0, '{"x":1}')],
        [
            added(0, **function()),
            {"type": "response.function_call_arguments.done", "output_index": 0, "arguments": {"x": 1}},
        ],
        [added(0, **function()), done(0, **function(arguments={"x": 1}))],
        [
            added(0, **function()),
            {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": {"x": 1}},
        ],
        [done(0, **function(arguments={"x": 1}))],
    ],
)
def test_arguments_are_text_or_an_object_at_any_time(events: list[Any]) -> None:
    (call,) = response(*events).calls
    assert (call.value, call.ready) == ({"x": 1}, True)


# Words that come twice.


@pytest.mark.parametrize("api", [RESPONSES, REALTIME])
@pytest.mark.parametrize(
    ("part", "stem"),
    [
        ({"type": "audio", "transcript": ""}, "output_audio_transcript"),
        ({"type": "output_audio", "transcript": ""}, "audio_transcript"),
        ({"type": "text", "text": ""}, "output_text"),
        ({"type": "output_text", "text": ""}, "text"),
    ],
)
def test_words_count_once_whatever_their_part_is_called(api: str, part: dict[str, Any], stem: str) -> None:
    where = {"item_id": "i", "output_index": 0, "content_index": 0}
    field = "text" if "text" in part else "transcript"
    message, _ = fed(
        api,
        CREATED,
        {"type": "response.content_part.added", **where, "part": part},
        {"type": f"response.{stem}.delta", **where, "delta": "H"},
        {"type": f"response.{stem}.delta", **where, "delta": "i"},
        {"type": f"response.{stem}.done", **where, field: "Hi"},
        {"type": "response.content_part.done", **where, "part": part | {field: "Hi"}},
        done(0, type="message", id="i", content=[part | {field: "Hi"}]),
        response_end("complete", HEAD),
    )
    assert message.text == "Hi"
    assert len(message.blocks) == 1


def test_a_transcript_of_the_same_words_is_no_second_answer() -> None:
    where = {"item_id": "i", "output_index": 0, "content_index": 0}
    message = response(
        {"type": "response.output_text.delta", **where, "delta": "Hi"},
        {"type": "response.output_audio_transcript.delta", **where, "delta": "Hi"},
    )
    assert message.text == "Hi"


def test_what_comes_with_a_text_is_kept() -> None:
    chance = {"token": "Hi", "logprob": -0.1}
    where = {"output_index": 0, "content_index": 0}
    message = response(
        {"type": "response.output_text.delta", **where, "delta": "Hi", "logprobs": [chance]},
        {"type": "response.output_audio.delta", **where, "delta": "UklG"},
        {"type": "response.output_audio.delta", **where, "delta": "Rg=="},
    )
    assert message.blocks[0].extra == {"logprobs": [chance], "audio": ["UklG", "Rg=="]}


def test_pieces_of_other_items_are_kept() -> None:
    image = {"type": "image_generation_call", "id": "i"}
    message = response(
        added(0, **image),
        {"type": "response.image_generation_call.partial_image", "output_index": 0, "partial_image_b64": "eA=="},
        added(1, type="shell_call_output", call_id="c"),
        {"type": "response.shell_call_output_content.delta", "output_index": 1, "delta": {"stdout": "x"}},
    )
    assert message.blocks[0].extra == {"partial_image_b64": "eA=="}
    assert message.blocks[1].extra["delta"] == [{"stdout": "x"}]
    assert message.unread == {}
