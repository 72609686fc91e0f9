"""Messages are a fold: the updates of any stream, applied to a fresh state, give the message that told them.

`support.folding.check_fold` is the law; it also holds of updates that were pickled and read elsewhere. What an update
says does not change after it was told.
"""

from __future__ import annotations

import ast
import pickle
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, field_validator

import partialjson
from partialjson import MISSING, Complete, Failed
from partialjson.messages import (
    Attempts,
    BlockEnded,
    BlockRestarted,
    BlockStarted,
    Call,
    CallIdentified,
    CallWithdrawn,
    DocumentProgress,
    DocumentResumed,
    ExtraAttached,
    MessageEnded,
    MessageIdentified,
    MessageParser,
    MessageRestarted,
    MessageState,
    NextMessage,
    ProviderError,
    StreamError,
    TextDelta,
    Update,
    UsageReported,
)
from partialjson.patch import apply_deltas
from partialjson.resume import SpliceError
from partialjson.testing.bodies import (
    APIS,
    BODY_APIS,
    WITHOUT_CALLS,
    WITHOUT_FILTER,
    WITHOUT_REASONING,
    Said,
    Say,
    body,
    events,
)
from support.corpus import API_OF_FOLDER, corpus_files, corpus_folder
from support.folding import check_fold, pickled, refolded, state_of, told

LARGEST = 400_000
STREAMS = [
    path
    for kind in ("streams", "streams_synthetic")
    for folder in API_OF_FOLDER
    for path in corpus_files(kind, folder)
    if path.suffix in (".sse", ".ndjson", ".jsonarray") and path.stat().st_size <= LARGEST
]


class Weather(BaseModel):
    city: str = Field(max_length=8)
    days: int = 1


TOOLS: dict[str, Any] = {"get_weather": Weather}
TYPED: dict[str, Any] = {"tools": TOOLS, "output": Weather}
PLAIN: dict[str, Any] = {"output": Any}


def read(api: str, items: Iterable[Any], **options: Any) -> tuple[MessageParser, list[Update]]:
    """The message of events, or of pieces of a body, and all its updates."""
    message = MessageParser(api, **options)
    updates: list[Update] = []
    for item in items:
        updates += message.feed_bytes(item) if isinstance(item, bytes) else message.feed(item)
    updates += message.end().updates
    return message, updates


def pieces(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


def check(api: str, items: Iterable[Any], **options: Any) -> tuple[MessageParser, list[Update]]:
    message, updates = read(api, items, **options)
    check_fold(message, updates, **options)
    return message, updates


# Any stream

TEXTS = st.lists(
    st.sampled_from(['{"city":', '"Bern"', "}", " ", "Zü", "\ud83d", "\ude00", "12", '"', "x"]), max_size=6
)
ARGUMENTS = ['{"city":"Zürich"}', '{"city":"Bern","days":3}', '{"city":"much too long"}', '{"city":1}', "[", "", "{}x"]
PIECES = st.builds(
    lambda text, size: tuple(text[at : at + size] for at in range(0, len(text), size)),
    st.sampled_from(ARGUMENTS),
    st.integers(1, 9),
)
CALLS = st.lists(st.tuples(st.sampled_from(["get_weather", "f"]), PIECES), max_size=3).map(
    lambda calls: tuple(Say(f"c{number}", name, pieces) for number, (name, pieces) in enumerate(calls))
)


@st.composite
def streams(draw: st.DrawFn, api: str) -> list[Any]:
    """The events of a message, perhaps cut, perhaps with some of another message after them."""
    told: list[Any] = []
    for _ in range(draw(st.integers(1, 2))):
        reasons = ["complete", "truncated", None] + ["filtered"] * (api not in WITHOUT_FILTER)
        said = Said(
            tuple(draw(TEXTS)),
            () if api in WITHOUT_REASONING else ("h", "m"),
            () if api in WITHOUT_CALLS else draw(CALLS),
            draw(st.sampled_from(reasons)),
        )
        try:
            every = events(api, said)
        except ValueError:
            assume(False)  # this format has no words for arguments that are no JSON
        told += every[: draw(st.integers(0, 30))]
    return told


@pytest.mark.parametrize("api", APIS)
@given(source=st.data(), options=st.sampled_from([{}, PLAIN, TYPED, {**TYPED, "missing": None, "on_invalid": "raise"}]))
@settings(deadline=None, max_examples=20)
def test_the_updates_of_any_stream_fold_to_its_message(api: str, source: Any, options: dict[str, Any]) -> None:
    check(api, source.draw(streams(api)), **options)


DAMAGE = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=8)), max_size=3)


@pytest.mark.parametrize("api", BODY_APIS)
@given(edits=DAMAGE, size=st.integers(1, 300))
@settings(deadline=None, max_examples=8)
def test_those_of_damaged_bodies_do(api: str, edits: list[tuple[int, int, bytes]], size: int) -> None:
    calls = () if api in WITHOUT_CALLS else (Say("c", "get_weather", ('{"city":', '"Bern"}')),)
    raw = body(api, Said(('{"city":', '"Bern"}'), (), calls, "tool_calls" if calls else "complete"))
    for at, length, insert in edits:
        raw = raw[:at] + insert + raw[at + length :]
    check(api, pieces(raw, size), **TYPED)


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_those_of_a_recorded_stream_do(path: Path) -> None:
    check(API_OF_FOLDER[path.parent.name], pieces(path.read_bytes(), 1000), **PLAIN)


def test_the_recorded_streams_are_there() -> None:
    corpus_folder("streams")
    assert len(STREAMS) > 500


@pytest.mark.parametrize("api", APIS)
def test_a_view_is_right_after_each_update(api: str) -> None:
    """Not only at the end: what a parser shows between two events, a view shows that has applied what was told."""
    calls = () if api in WITHOUT_CALLS else (Say("c", "get_weather", ('{"city":"Zü', 'rich"', "}")), Say("d", "f"))
    reasoning = () if api in WITHOUT_REASONING else ("h", "m")
    message, view = MessageParser(api, **TYPED), MessageState(**TYPED)
    shown: dict[int, Any] = {}
    for event in events(api, Said(('{"city":"Be', 'rn"}'), reasoning, calls, "complete")):
        for update in message.feed(event):
            view.apply(update)
            if isinstance(update, DocumentProgress):
                document = view.document_of(update)
                shown[id(document)] = apply_deltas(shown.get(id(document), MISSING), document.deltas())
                assert shown[id(document)] == document.json
        assert state_of(view) == state_of(message)
    for update in message.end().updates:
        view.apply(update)
    assert state_of(view) == state_of(message)


@pytest.mark.parametrize("api", APIS)
def test_an_update_says_later_what_it_said_when_it_was_told(api: str) -> None:
    calls = () if api in WITHOUT_CALLS else (Say("c", "get_weather", ('{"city":"Zü', 'rich"', "}")),)
    message = MessageParser(api, output=Any)
    updates: list[Update] = []
    said: list[Any] = []
    for event in events(api, Said(('{"a":[', "1,", "2]}"), (), calls, "complete")):
        for update in message.feed(event):
            updates.append(update)
            said.append((repr(update), pickle.dumps(update)))
    message.end()
    assert [repr(update) for update in updates] == [text for text, _ in said]
    assert list(map(told, updates)) == [told(pickle.loads(data)) for _, data in said]


# What each kind of update is for


def chat(*deltas: Any, finish: str | None = None, index: int = 0) -> list[Any]:
    """Chat chunks; a string is a delta of content, a dict one fragment of a call."""
    made = [{"content": each} if isinstance(each, str) else {"tool_calls": [each]} for each in deltas]
    told = [{"id": "r", "model": "m", "choices": [{"index": index, "delta": each}]} for each in made]
    return told + [{"choices": [{"index": index, "delta": {}, "finish_reason": finish}]}] * (finish is not None)


def fragment(arguments: Any = None, name: str | None = None, id: str | None = None) -> dict[str, Any]:
    return {"index": 0, "id": id, "function": {"name": name, "arguments": arguments}}


def of(kind: type, updates: Sequence[Update]) -> list[Any]:
    return [update for update in updates if isinstance(update, kind)]


def test_a_name_that_comes_late() -> None:
    told = chat(fragment('{"city"', id="a"), fragment(':"Be'), fragment('rn"}', "get_weather"), finish="tool_calls")
    message, updates = check("openai-chat", told, **TYPED)
    assert of(BlockStarted, updates)[0].name == ""
    assert of(CallIdentified, updates) == [CallIdentified(0, 0, "get_weather", "a")]
    assert message.calls[0].value == Weather(city="Bern")
    # What had waited is told as progress of its own.
    progress = [each for each in of(DocumentProgress, updates) if each.kind == "call"]
    assert [(each.text, len(each.events)) for each in progress] == [('{"city"', 0), (':"Be', 0), ("", 0), ('rn"}', 2)]


def test_a_name_that_never_comes() -> None:
    message, updates = check("openai-chat", chat(fragment('{"n":1}', id="a"), finish="tool_calls"), **TYPED)
    assert message.calls[0].value == {"n": 1}
    progress = [each for each in of(DocumentProgress, updates) if each.kind == "call"]
    assert [(each.text, each.ends, len(each.events)) for each in progress] == [
        ('{"n":1}', None, 0),
        ("", "tool_calls", 2),
    ]


def test_arguments_that_came_as_a_value_are_told_as_text() -> None:
    message, updates = check("openai-chat", chat(fragment({"city": "Bern"}, "get_weather", "a")), **TYPED)
    (progress,) = [each for each in of(DocumentProgress, updates) if each.events]
    assert (progress.text, progress.source) == ("", '{"city": "Bern"}\n')
    assert message.calls[0].text == ""


def test_arguments_that_json_does_not_have() -> None:
    message, updates = check("openai-chat", chat(fragment({"x": {(1, 2): 3}}, "f", "a")), **TYPED)
    assert isinstance(message.calls[0].outcome, Failed)
    assert of(DocumentProgress, updates)[0].error is message.calls[0].error


def test_no_arguments_are_told_as_what_they_stand_for() -> None:
    _, updates = check("openai-chat", chat(fragment("", "f", "a"), finish="tool_calls"), **TYPED)
    assert [(each.text, each.source, each.ends) for each in of(DocumentProgress, updates) if each.kind == "call"] == [
        ("", "{}", "tool_calls")
    ]


def custom_tool(*deltas: str, whole: str, status: str = "completed") -> list[dict[str, Any]]:
    """A call with free text, in the events of Responses."""
    item = {"id": "i", "type": "custom_tool_call", "call_id": "c", "name": "f", "input": ""}
    where = {"output_index": 0, "item_id": "i"}
    return [
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        *({"type": "response.custom_tool_call_input.delta", **where, "delta": delta} for delta in deltas),
        {"type": "response.output_item.done", "output_index": 0, "item": {**item, "input": whole, "status": status}},
    ]


@pytest.mark.parametrize("ends", ["another message", "the end"])
def test_arguments_that_close_invalid_after_their_call_has_ended(ends: str) -> None:
    """No arguments stand for an empty object, which this tool refuses: the outcome has what the parser said of it."""
    message = MessageParser("anthropic-messages", **TYPED)
    updates: list[Update] = []
    block = {"type": "tool_use", "id": "c0", "name": "get_weather", "input": {}}
    told_events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {"id": "m1"}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_stop", "index": 0},
    ]
    if ends == "another message":
        told_events += [told_events[1] | {"index": 1}, {"type": "message_start", "message": {"id": "m2"}}]
    for event in told_events:
        updates += message.feed(event)
    updates += message.end().updates
    assert isinstance(message.calls[0].outcome, Failed if ends == "another message" else object)
    assert not message.calls[0].ready
    check_fold(message, updates, **TYPED)


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_free_text(status: str) -> None:
    message, updates = check("openai-responses", custom_tool('say "', "hi", whole='say "hi', status=status), **TYPED)
    assert [(each.text, each.source) for each in of(DocumentProgress, updates)][:2] == [
        ('say "', 'say \\"'),
        ("hi", "hi"),
    ]
    assert of(BlockEnded, updates)[0].cut is (status == "incomplete")
    assert isinstance(message.calls[0].outcome, Complete) is (status == "completed")


def test_a_text_that_is_contradicted() -> None:
    added = {"type": "response.output_item.added", "output_index": 0, "item": {"id": "i", "type": "message"}}
    where = {"output_index": 0, "content_index": 0, "item_id": "i"}
    told = [
        added,
        {"type": "response.content_part.added", **where, "part": {"type": "output_text", "text": ""}},
        {"type": "response.output_text.delta", **where, "delta": '{"city":"Be'},
        {"type": "response.output_text.done", **where, "text": '{"city":"Basel"}'},
    ]
    message, updates = check("openai-responses", told, **TYPED)
    assert of(BlockRestarted, updates) == [BlockRestarted(0, 0)]
    assert message.blocks[0].contradicted
    assert message.text == message.output.text == '{"city":"Basel"}'
    assert message.output.json == {"city": "Basel"}


@pytest.mark.parametrize("said", ["b", "b\ud83d", "\ude00"])
def test_half_a_character_of_a_text_that_is_contradicted_is_gone(said: str) -> None:
    where = {"output_index": 0, "content_index": 0, "item_id": "i"}
    told = [
        {"type": "response.output_item.added", "output_index": 0, "item": {"id": "i", "type": "message"}},
        {"type": "response.output_text.delta", **where, "delta": "a\ud83d"},
        {"type": "response.output_text.done", **where, "text": said},
        {"type": "response.output_item.done", "output_index": 0, "item": {"id": "i", "type": "message"}},
    ]
    message, updates = check("openai-responses", told)
    assert of(BlockRestarted, updates) == [BlockRestarted(0, 0)]
    assert message.text == said


def anthropic(*told: dict[str, Any], stop: str | None = "end_turn") -> list[dict[str, Any]]:
    hello = {"type": "message_start", "message": {"id": "m", "model": "c", "usage": {"input_tokens": 3}}}
    bye: list[dict[str, Any]] = [{"type": "message_delta", "delta": {"stop_reason": stop}}, {"type": "message_stop"}]
    return [hello, *told, *(bye if stop else [])]


def block(index: int, *deltas: dict[str, Any], **opening: Any) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": opening},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text_block(index: int, *texts: str, **more: Any) -> list[dict[str, Any]]:
    return block(index, *({"type": "text_delta", "text": text} for text in texts), type="text", text="", **more)


def test_what_is_attached() -> None:
    cited = {"type": "citations_delta", "citation": {"url": "v"}}
    opening = {"type": "text", "text": "", "citations": [{"url": "u"}]}
    message, updates = check("anthropic-messages", anthropic(*block(0, cited, **opening)))
    assert of(ExtraAttached, updates) == [
        ExtraAttached(0, 0, "citations", [{"url": "u"}]),
        ExtraAttached(0, 0, "citations", {"url": "v"}, append=True),
    ]
    assert message.blocks[0].extra == {"citations": [{"url": "u"}, {"url": "v"}]}


def test_messages_that_follow_one_another() -> None:
    first = anthropic(*text_block(0, '{"city":', '"Bern"}'))
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "no"}}
    for middle in ([], [error]):
        message, updates = check("anthropic-messages", [*first, *middle, *anthropic(*text_block(0, "b"))], **TYPED)
        assert len(of(NextMessage, updates)) == 1
        assert len(of(MessageEnded, updates)) == 2
        assert message.usage == {"input_tokens": 3}
        assert of(MessageIdentified, updates) == [MessageIdentified("m", "c")]


def test_a_message_that_begins_is_no_other_message() -> None:
    _, updates = check("anthropic-messages", anthropic(*text_block(0, "a")))
    assert of(NextMessage, updates) == []


def test_an_error_without_blocks_has_an_ending_of_its_own() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "no"}}
    message, updates = check("anthropic-messages", [error, *anthropic(*text_block(0, "b"))])
    assert [type(update) for update in updates[1:3]] == [MessageEnded, NextMessage]
    ends = [update.end for update in of(MessageEnded, updates)]
    assert [end.reason for end in ends] == ["error", "complete"]
    assert isinstance(ends[0].error, ProviderError)
    assert message.end().error is None


def test_counts_are_told_when_they_change() -> None:
    counts: list[dict[str, int | None]] = [{"n": 1}, {"n": 1}, {"n": 2, "m": None}, {"m": 3, "n": None}]
    told = [{"choices": [], "usage": each} for each in counts]
    message, updates = check("openai-chat", told)
    assert [dict(each.usage) for each in of(UsageReported, updates)] == [
        {"n": 1},
        {"n": 2, "m": None},
        {"n": 2, "m": 3},
    ]
    message.usage["n"] = 5
    assert of(UsageReported, updates)[-1].usage == {"n": 2, "m": 3}


def test_choices() -> None:
    told = [*chat("a", index=1), *chat("b", index=2, finish="stop"), *chat("", index=1, finish="length")]
    message, updates = check("openai-chat", [*told, "[DONE]"], **TYPED)
    # Choice 0 was made in advance, but this server counts from 1.
    assert [choice.index for choice in message.choices] == [1, 2]
    assert [update.choice for update in of(MessageEnded, updates)] == [1, 2]
    empty, _ = check("openai-chat", [*chat("a", index=1), *chat(finish="length"), "[DONE]"])
    assert [(choice.index, choice.end().reason) for choice in empty.choices] == [(0, "truncated"), (1, "complete")]
    filtered, _ = check("openai-chat", [*chat("a"), *chat(index=1, finish="content_filter"), "[DONE]"])
    assert [(choice.index, choice.end().reason) for choice in filtered.choices] == [(0, "complete"), (1, "filtered")]


def test_calls_that_are_taken_back() -> None:
    live = [
        {"toolCall": {"functionCalls": [{"id": "a", "name": "f", "args": {}}]}},
        {"toolCallCancellation": {"ids": ["a"]}},
    ]
    message, updates = check("gemini-live", live)
    assert of(CallWithdrawn, updates) == [CallWithdrawn(0, 0)]
    assert message.calls[0].withdrawn
    mine = MessageParser("openai-chat")
    for event in chat(fragment("{}", "f", "a"), finish="tool_calls"):
        mine.feed(event)
    mine.end()
    assert mine.calls[0].ready
    assert mine.withdraw(mine.calls[0]) == [CallWithdrawn(0, 0)]
    assert not mine.calls[0].ready
    assert mine.withdraw(mine.calls[0]) == []


def test_bodies_that_are_no_stream() -> None:
    for raw in (b"<html>", b'{"detail":1}', b"data: {\n\n", b'data: {"choices":[', b"gone"):
        message, _ = check("openai-chat", [raw])
        assert isinstance(message.end().error, StreamError) or message.end().reason == "disconnected"


# Validators that break


class Explosive(BaseModel):
    city: str = ""

    @field_validator("city")
    @classmethod
    def explode(cls, value: str) -> str:
        if value == "boom":
            raise RuntimeError("boom")
        return value


BOOM, CALM = '{"city":"boom"}', '{"city":"Bern"}'


def test_what_a_validator_raises_is_told_and_loses_nothing() -> None:
    """One chunk, three documents, two of which break: each exception is raised, and each step of the rest is taken."""
    call = {"index": 1, "id": "b", "function": {"name": "x", "arguments": BOOM}}
    last = {"index": 2, "id": "c", "function": {"name": "x", "arguments": CALM}}
    told = [*chat(BOOM), *chat(fragment(BOOM, "x", "a"), call, last, "bye", finish="tool_calls"), "[DONE]"]
    raw = b"".join(b"data: " + (each if isinstance(each, str) else dumps(each)).encode() + b"\n\n" for each in told)
    options: dict[str, Any] = {"tools": {"x": Explosive}, "output": Explosive}
    for size in (len(raw), 1, 60):
        message = MessageParser("openai-chat", **options)
        updates: list[Update] = []
        raised = 0
        for piece in pieces(raw, size):
            try:
                updates += message.feed_bytes(piece)
            except RuntimeError:
                raised += 1
        # In one chunk, the first exception leaves the rest to the end, which raises nothing.
        assert raised == (1 if size == len(raw) else 3)
        updates += message.end().updates
        assert message.text == BOOM + "bye"
        assert [type(call.outcome) for call in message.calls] == [Failed, Failed, Complete]
        assert [str(call.error) for call in message.calls[:2]] == ["boom", "boom"]
        assert str(message.output.error) == "boom"
        assert message.end().reason == "tool_calls"
        check_fold(message, updates, **options)
        failed = [update for update in of(DocumentProgress, updates) if update.error is not None]
        assert [update.kind for update in failed] == ["text", "call", "call"]


def dumps(event: Any) -> str:
    import json

    return json.dumps(event)


# Attempts and resumptions


def test_attempts_fold() -> None:
    calls = (Say("a", "get_weather", ('{"city":"Be', 'rn"}')),)
    response = Attempts("openai-chat", **TYPED)
    updates: list[Update] = []
    for reason, length in (("complete", 3), ("complete", 1), ("complete", 100)):
        for event in events("openai-chat", Said(("Hel", "lo"), (), calls, reason))[:length]:
            updates += response.feed(event)
            assert state_of(refolded(updates, **TYPED)) == state_of(response)
        updates += response.end().updates
        assert state_of(refolded(updates, **TYPED)) == state_of(response)
        if length < 100:
            updates += response.retry()
    assert len(of(MessageRestarted, updates)) == 1
    check_fold(response, updates, **TYPED)


@pytest.mark.parametrize("text", ['{"city":"Bern","days":12}', '{"city":"Bern","days":[1]}'])
@pytest.mark.parametrize("kind", ["call", "output", "outputs"])
def test_resumptions_fold(text: str, kind: str) -> None:
    for at in range(1, len(text)):
        if kind == "call":
            said = [*chat(fragment(text[:at], "get_weather", "a"), finish="length"), "[DONE]"]
            message, updates = read("openai-chat", said, **TYPED)
        else:
            half = at // 2 if kind == "outputs" else at
            blocks = [*text_block(0, text[:half]), *(text_block(1, text[half:at]) if kind == "outputs" else [])]
            message, updates = read("anthropic-messages", anthropic(*blocks, stop="max_tokens"), **TYPED)
        before = message.end()
        rest = message.resume(mode="exact")
        goes_on = text[len(rest.continuation.prefill) :]
        cut = len(goes_on) // 2
        updates += rest.feed(goes_on[:cut])
        updates += rest.end("length").updates
        check_fold(message, updates, **TYPED)
        if before.reason == "truncated" and rest.document.done:
            continue
        rest = message.resume(mode="exact")
        updates += rest.feed(text[len(rest.continuation.prefill) :] + "\n```")
        updates += rest.end("stop").updates
        check_fold(message, updates, **TYPED)
        assert rest.document.text == text
        assert len(of(DocumentResumed, updates)) == 2


def test_a_resumption_that_breaks_folds() -> None:
    """The character that is an error may have closed a number."""
    for broken in ('"n":1}x', '"n":12x', "\x00", '"n":[1,2}'):
        message, updates = read("openai-chat", chat(fragment("{", "f", "a"), finish="length"), **TYPED)
        rest = message.resume(mode="exact")
        updates += rest.feed(broken)
        updates += rest.feed("more")
        updates += rest.end().updates
        check_fold(message, updates, **TYPED)
    message, updates = read("openai-chat", chat(fragment('{"a":', "f", "a"), finish="length"), **TYPED)
    rest = message.resume()
    with pytest.raises(SpliceError):
        rest.feed("no, " * 1000)
    check_fold(message, updates, **TYPED)


# Pickling, and views


def test_an_ending_with_its_updates_can_be_pickled() -> None:
    told = [*chat('{"city":"Bern"'), *chat(fragment('{"city":1', "get_weather", "a")), *chat("}")]
    message, _ = read("openai-chat", told, **TYPED)
    end = message.end()
    assert of(DocumentProgress, end.updates)
    again = pickle.loads(pickle.dumps(end))
    assert str(again) == str(end)
    assert list(map(told_of, again.updates)) == list(map(told_of, end.updates))
    assert (again.cut_by, again.contradictions) == (end.cut_by, end.contradictions)


def told_of(update: Update) -> str:
    return repr(told(update))


def test_what_comes_from_elsewhere_is_a_view_of_its_own() -> None:
    message, updates = read(
        "openai-chat", chat(fragment('{"city":"Bern"}', "get_weather", "a"), finish="stop"), **TYPED
    )
    view = refolded(pickled(updates), **TYPED)
    assert view.calls[0].value == Weather(city="Bern")
    assert view.calls[0] is not message.calls[0]
    assert view.choices[0].end() == message.end()
    assert isinstance(view.document_of(of(DocumentProgress, updates)[0]), Call)
    with pytest.raises(RuntimeError, match="no update has reported"):
        refolded(updates[:-1], **TYPED).choices[0].end()


def test_text_is_applied_as_it_stands() -> None:
    view = MessageState()
    view.apply(BlockStarted(0, 0, "text"))
    view.apply(TextDelta(0, 0, "text", "a"))
    view.apply(BlockStarted(0, 1, "text", paragraph=True))
    assert view.text == "a"
    view.apply(TextDelta(0, 1, "text", "b"))
    assert view.text == "a\n\nb"


# The house rule that the fold rests on


@pytest.mark.parametrize("folder", ["messages", "resume"])
def test_what_begins_with_an_underscore_is_private_to_its_module(folder: str) -> None:
    assert isinstance(partialjson.__file__, str)
    for path in sorted((Path(partialjson.__file__).parent / folder).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        stored = (ast.Attribute, ast.Name, ast.FunctionDef)
        own = {
            getattr(node, "attr", None) or getattr(node, "name", None) or getattr(node, "id", None)
            for node in ast.walk(tree)
            if isinstance(node, stored) and not isinstance(getattr(node, "ctx", None), ast.Load)
        }
        reached = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
        }
        # What is asked of the core: a parser's limits, its end, what it misses, and an outline of its state.
        assert reached - own <= {"_document_end", "_limits", "_missing_required", "_outline"}, path.name
