"""Documents that a provider says more than once: one rule for every API, and a guess only where the text cannot be
read as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import Complete, Failed, Truncated
from partialjson.messages import BlockGuessed, MessageEnd, MessageParser, Update
from partialjson.messages.repeats import Repetition, Verdict
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, WITHOUT_PIECES, Said, Say, events
from partialjson.testing.strategies import values
from support.effort import examples
from support.folding import check_fold
from support.repeated import CONTRADICTORY, REPEATED

CALLING = [api for api in APIS if api not in WITHOUT_CALLS and api not in WITHOUT_PIECES]
# Their terminal events say the arguments again, marked as such.
MARKED = ("openai-responses", "openai-realtime")
CHAT = "openai-chat"


class Trip(BaseModel):
    city: str
    days: int = 1


def read(api: str, items: Sequence[Any], **options: Any) -> tuple[MessageParser, list[Update]]:
    message = MessageParser(api, **options)
    updates = [update for item in items for update in message.feed(item)]
    updates += message.end().updates
    check_fold(message, updates, **options)
    return message, updates


def called(api: str, *pieces: str, **options: Any) -> tuple[MessageParser, list[Update]]:
    return read(api, events(api, Said(calls=(Say("c1", "trip", pieces),), reason="tool_calls")), **options)


def chat_call(arguments: Any, finish: str | None = None) -> dict[str, Any]:
    call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "trip", "arguments": arguments}}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": finish}]}


def chat_text(*pieces: str) -> list[Any]:
    said: list[Any] = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return [*said, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]


@pytest.mark.parametrize("targets", [{}, {"tools": {"trip": Trip}}], ids=["untyped", "typed"])
@pytest.mark.parametrize("pieces", REPEATED.values(), ids=REPEATED)
@pytest.mark.parametrize("api", CALLING)
def test_arguments_said_again(api: str, pieces: tuple[str, ...], targets: dict[str, Any]) -> None:
    said = events(api, Said(calls=(Say("c1", "trip", pieces),), reason="tool_calls"))
    if api in MARKED:  # here the events that say it again are left out, and with them the end
        said = [item for item in said if "done" not in str(item.get("type")) and "completed" not in str(item)]
    message, updates = read(api, said, **targets)
    (call,) = message.calls
    if api in MARKED and pieces == REPEATED["all so far, read as nested"]:
        assert not call.ready  # only the end shows what it was
        return
    assert call.json == {"city": "Bern"}, call.outcome
    assert call.ready
    assert call.guessed
    assert any(isinstance(update, BlockGuessed) for update in updates)
    assert any("guess" in each for each in message.end().contradictions)
    assert message.end().documents[0].runnable


@pytest.mark.parametrize("targets", [{}, {"tools": {"trip": Trip}}], ids=["untyped", "typed"])
@pytest.mark.parametrize("pieces", CONTRADICTORY.values(), ids=CONTRADICTORY)
@pytest.mark.parametrize("api", [api for api in CALLING if api not in MARKED])
def test_arguments_that_contradict_each_other(api: str, pieces: tuple[str, ...], targets: dict[str, Any]) -> None:
    message, _ = called(api, *pieces, **targets)
    assert [call.ready for call in message.calls] == [False]
    end = message.end()
    assert end.contradictions or end.documents[0].state == "failed"


OBJECTS: dict[str, tuple[tuple[Any, ...], Any]] = {
    "an object again": (({"city": "Bern"}, {"city": "Bern"}), {"city": "Bern"}),
    "growing": (({"city": "B"}, {"city": "Bern"}, {"city": "Bern", "days": 2}), {"city": "Bern", "days": 2}),
    "growing inside": (({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}, 3]}), {"a": [{"b": 1, "c": 2}, 3]}),
    "a placeholder": (({}, {"city": "Bern"}), {"city": "Bern"}),
    "a placeholder, then text": (({}, '{"city": "Bern"}'), {"city": "Bern"}),
    "a placeholder, then pieces": (({}, '{"ci', 'ty": "Bern"}'), {"city": "Bern"}),
    "a text, then the object": (('{"city": ', '"Bern"}', {"city": "Bern"}), {"city": "Bern"}),
    "a broken text, then the object": (('{"city": "B', {"city": "Bern"}), {"city": "Bern"}),
    "an object, then its text": (({"city": "Bern"}, '{"city": "Bern"}'), {"city": "Bern"}),
    "an object, then more of it in text": (({"city": "B"}, '{"city": "Be', 'rn"}'), {"city": "Bern"}),
}


@pytest.mark.parametrize(("pieces", "value"), OBJECTS.values(), ids=OBJECTS)
def test_objects_for_text(pieces: tuple[Any, ...], value: Any) -> None:
    message, _ = read(CHAT, [*map(chat_call, pieces), chat_call("", "tool_calls")])
    assert [(call.json, call.ready) for call in message.calls] == [(value, True)]


@pytest.mark.parametrize(
    "pieces",
    [({"a": 1}, {"a": 2}), ({"a": 1, "b": 2}, {"a": 1}), ('{"a": 1', {"b": 1}), ({"a": 1}, {}), ({"a": 1}, '{"a": 2}')],
    ids=str,
)
def test_objects_that_contradict_each_other(pieces: tuple[Any, ...]) -> None:
    message, _ = read(CHAT, [*map(chat_call, pieces), chat_call("", "tool_calls")])
    assert [call.ready for call in message.calls] == [False]
    assert isinstance(message.calls[0].outcome, Failed)


@pytest.mark.parametrize("target", [Any, Trip], ids=["untyped", "typed"])
@pytest.mark.parametrize("pieces", REPEATED.values(), ids=REPEATED)
def test_a_structured_output_said_again(pieces: tuple[str, ...], target: Any) -> None:
    message, _ = read(CHAT, chat_text(*pieces), output=target)
    assert isinstance(message.output.outcome, Complete)
    assert message.output.json == {"city": "Bern"}
    assert json.loads(message.text) == {"city": "Bern"}
    assert message.blocks[0].guessed
    assert [each for each in message.end().contradictions if "the output" in each]


@pytest.mark.parametrize("pieces", CONTRADICTORY.values(), ids=CONTRADICTORY)
def test_a_structured_output_that_contradicts_itself(pieces: tuple[str, ...]) -> None:
    message, _ = read(CHAT, chat_text(*pieces), output=Any)
    assert isinstance(message.output.outcome, Failed)
    assert message.text == "".join(pieces)


def test_prose_is_taken_literally() -> None:
    message, _ = read(CHAT, chat_text("{}", "ha ", "ha ", "ha ha "))
    assert message.text == "{}ha ha ha ha "
    assert not message.blocks[0].guessed


def test_what_is_held_back_is_shown_at_the_end() -> None:
    message, _ = read(CHAT, chat_text('{"a": 1}', '{"a"')[:-1], output=Any)
    assert message.text == '{"a": 1}{"a"'


def test_a_disconnected_stream_is_not_guessed_whole() -> None:
    message, _ = read(CHAT, [chat_call('{"a": '), chat_call('{"a": 1}')])
    assert isinstance(message.calls[0].outcome, Truncated)


def cut(text: str, sizes: Sequence[int]) -> list[str]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [piece for piece in [*pieces, text[at:]] if piece]


DOCUMENTS = st.dictionaries(st.text(max_size=4), values(max_leaves=6), max_size=4).map(json.dumps)
SIZES = st.lists(st.integers(1, 9), max_size=12)


@given(DOCUMENTS, SIZES)
@settings(max_examples=examples(100), deadline=None)
def test_a_text_that_can_be_read_is_never_guessed(text: str, sizes: list[int]) -> None:
    message, updates = called(CHAT, *cut(text, sizes))
    (call,) = message.calls
    assert (call.text, call.json, call.ready, call.guessed) == (text, json.loads(text), True, False)
    assert not call.contradicted
    assert message.end().contradictions == ()
    assert not [update for update in updates if isinstance(update, BlockGuessed)]


@given(DOCUMENTS, SIZES, SIZES, st.integers(1, 3))
@settings(max_examples=examples(100), deadline=None)
def test_a_text_said_again(text: str, sizes: list[int], again: list[int], times: int) -> None:
    pieces = cut(text, sizes)
    for _ in range(times):
        pieces += cut(text, again)
    message, _ = called(CHAT, *pieces)
    (call,) = message.calls
    assert (call.json, call.ready) == (json.loads(text), True)


@given(DOCUMENTS, SIZES)
@settings(max_examples=examples(100), deadline=None)
def test_all_of_it_so_far_in_each_piece(text: str, sizes: list[int]) -> None:
    so_far: list[str] = []
    for piece in cut(text, sizes):
        so_far.append((so_far[-1] if so_far else "") + piece)
    message, _ = called(CHAT, *so_far)
    (call,) = message.calls
    assert (call.json, call.ready) == (json.loads(text), True)


@given(DOCUMENTS, DOCUMENTS, SIZES)
@settings(max_examples=examples(100), deadline=None)
def test_no_call_is_ready_with_arguments_that_nobody_said(one: str, other: str, sizes: list[int]) -> None:
    message, _ = called(CHAT, one, *cut(other, sizes))
    for call in message.calls:
        if call.ready:
            assert call.json in (json.loads(one), json.loads(other))


def test_an_end_says_what_was_guessed() -> None:
    end: MessageEnd = called(CHAT, "{}", '{"city": "Bern"}')[0].end()
    assert "contradiction: the arguments of trip could be read only by a guess: an empty object came before it" in str(
        end
    )


# One document and what follows it, in whatever pieces.

AFTER: list[tuple[str, str, Verdict]] = [
    ('{"a": 1}', '{"a": 1}', Verdict.SAME),
    ('{"a": 1}', '\n {"a": 1} ', Verdict.SAME),
    (' {"a": 1}\n', '{"a": 1}', Verdict.SAME),
    ('{"a": 1}', '{"a": 1}{"a": 1}', Verdict.SAME),
    ('{"a": 1}', '{"a": 1}\n{"a": 1}\t{"a": 1}', Verdict.SAME),
    ('{"a": 1}', '{"a":1}', Verdict.SAME),
    ("[1, 2]", "[1,2]", Verdict.SAME),
    ('{"a": 1}', '{"a": 1', Verdict.UNDECIDED),
    ('{"a": 1}', '{"a": 1}{"a', Verdict.UNDECIDED),
    ('{"a": 1}', '{"a":', Verdict.UNDECIDED),
    ('{"a": 1}', '{"a": 1, "b": 2}', Verdict.INSTEAD),
    ('{"a": "x"}', '{"a": "xy"}', Verdict.INSTEAD),
    ("[1]", "[1, 2]", Verdict.INSTEAD),
    ("{}", '{"a": 1', Verdict.INSTEAD),
    ("{}", "{}", Verdict.SAME),
    ("[]", "[1]", Verdict.INSTEAD),
    ('{"a": 1}', '{"b": 1}', Verdict.FOREIGN),
    ('{"a": 1, "b": 2}', '{"a": 1}', Verdict.FOREIGN),
    ('{"a": 1}', '{"a": 2}', Verdict.FOREIGN),
    ('{"a": "xy"}', '{"a": "x"}', Verdict.FOREIGN),
    ('{"a": 1}', "that is all", Verdict.FOREIGN),
    ('{"a": 1}', '{"a": 1} that is all', Verdict.FOREIGN),
    ('{"a": 1}', "{]", Verdict.FOREIGN),
    ("[1, 2]", "[2]", Verdict.FOREIGN),
    ("[1]", "{}", Verdict.FOREIGN),
]


def is_one_document(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# What came as a value is compared with one document at a time, and an empty object gives way to any other.
AS_VALUE = [
    (json.loads(said), text, verdict) for said, text, verdict in AFTER if said != "{}" and is_one_document(text)
]


@pytest.mark.parametrize(
    ("said", "value", "text", "expected"),
    [*((said, json.loads(said), *rest) for said, *rest in AFTER), *(("", *each) for each in AS_VALUE)],
)
def test_what_follows_a_document_in_any_pieces(said: str, value: Any, text: str, expected: Verdict) -> None:
    for pieces in pieces_of(text):
        repetition: Repetition | None = None
        verdict = Verdict.UNDECIDED
        held = ""
        for piece in pieces:
            if repetition is None:
                if not piece.strip():
                    continue  # nothing follows yet
                repetition, held = Repetition(said, value), ""
            verdict = repetition.add(piece)
            held += piece
            assert held.endswith(repetition.text)
            if verdict in (Verdict.INSTEAD, Verdict.FOREIGN):
                break
            if verdict is Verdict.SAME:
                assert (repetition.why, repetition.text) == ("it came again", "")
                repetition = None
        assert verdict is expected, pieces


def pieces_of(text: str) -> list[list[str]]:
    """All ways to take a text apart in up to three pieces, and into characters."""
    ways = [[text], list(text)]
    for one in range(1, len(text)):
        ways += [[text[:one], text[one:]]]
        ways += [[text[:one], text[one:two], text[two:]] for two in range(one + 1, len(text))]
    return ways


# An output that goes on in another block is read as it stands.


def text_blocks(*blocks: Sequence[str]) -> list[Any]:
    said: list[Any] = [{"type": "message_start", "message": {"id": "m", "content": []}}]
    for index, pieces in enumerate(blocks):
        said.append({"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}})
        for piece in pieces:
            delta = {"type": "text_delta", "text": piece}
            said.append({"type": "content_block_delta", "index": index, "delta": delta})
        said.append({"type": "content_block_stop", "index": index})
    return [*said, {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, {"type": "message_stop"}]


@pytest.mark.parametrize("target", [Any, Trip], ids=["untyped", "typed"])
@pytest.mark.parametrize(
    ("blocks", "state"),
    [
        # In one block it is a guess.
        ([['{"city": "Bern"', '{"city": "Bern", "days": 2}']], "guessed"),
        ([['{"city": "Bern", "days": 2}', '{"city": "Bern", "days": 2}']], "guessed"),
        ([['{"city": "Bern"'], ['{"city": "Bern", "days": 2}']], "failed"),
        ([['{"city": '], ['"Bern"', '{"city": "Bern"}']], "failed"),
        ([['{"city": '], ['"Bern"}', '{"city": "Bern"}']], "failed"),
        ([['{"city": '], ['"Bern"', "}"]], "complete"),
        # What follows a whole document in another block is not part of it.
        ([['{"city": "Bern", "days": 2}'], ['{"city": "Bern", "days": 2}']], "complete"),
    ],
)
def test_an_output_in_several_blocks(blocks: list[list[str]], state: str, target: Any) -> None:
    message, updates = read("anthropic-messages", text_blocks(*blocks), output=target)
    outcome = message.output.outcome
    assert isinstance(outcome, Failed if state == "failed" else Complete)
    assert any(isinstance(update, BlockGuessed) for update in updates) is (state == "guessed")
    if state != "guessed":
        assert message.text == "".join(piece for pieces in blocks for piece in pieces)
