"""Messages read leniently: broken arguments, output in prose and fences, and what may be run of that; in every API,
however the text is cut.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import Complete, Lenient, Repaired, Truncated
from partialjson.messages import Attempts, DocumentProgress, MessageParser, Update
from partialjson.testing.bodies import APIS, BODY_APIS, WITHOUT_CALLS, WITHOUT_PIECES, Said, Say, body, events
from partialjson.testing.strategies import values
from support.effort import examples
from support.folding import check_fold, state_of
from support.repeated import CONTRADICTORY, REPEATED

CALLING = [api for api in APIS if api not in WITHOUT_CALLS and api not in WITHOUT_PIECES]
# Their terminal events say the arguments again, marked as such.
MARKED = ("openai-responses", "openai-realtime")
CHAT = "openai-chat"
SIZES = (1, 7, 1000)


class Trip(BaseModel):
    city: str
    days: int = 1


TOOLS = {"trip": Trip}


def pieces_of(text: str, size: int) -> tuple[str, ...]:
    return tuple(text[at : at + size] for at in range(0, len(text), size))


def read(api: str, items: Sequence[Any], **options: Any) -> tuple[MessageParser, list[Update]]:
    options.setdefault("lenient", True)
    message = MessageParser(api, **options)
    updates = [update for item in items for update in message.feed(item)]
    updates += message.end().updates
    if "text_calls" not in options:
        check_fold(message, updates, **options)
    return message, updates


def called(api: str, *pieces: str, reason: str | None = "tool_calls", **options: Any) -> MessageParser:
    message, _ = read(api, events(api, Said(calls=(Say("c1", "trip", pieces),), reason=reason)), **options)
    return message


def answered(api: str, *pieces: str, reason: str | None = "complete", **options: Any) -> MessageParser:
    message, _ = read(api, events(api, Said(pieces, reason=reason)), **options)
    return message


# Broken arguments, and the kinds of repair that they need.
BROKEN: dict[str, tuple[str, list[str]]] = {
    "single quotes": ("{'city': 'Bern'}", ["other quotes", "other quotes"]),
    "a bare key": ('{city: "Bern"}', ["unquoted key"]),
    "a comma too many": ('{"city": "Bern",}', ["extra comma"]),
    "a missing comma": ('{"city": "Bern" "days": 1}', ["missing comma"]),
    "a bare line end": ('{"city": "Bern", "note": "a\nb"}', ["control character"]),
    "a literal of Python": ('{"city": "Bern", "round": True}', ["literal"]),
    "a comment": ('{"city": "Bern" /* or Rome */}', ["comment"]),
    "quotes inside": ('{"city": "Bern", "note": "the "old" town"}', ["inner quote", "inner quote"]),
    "a missing bracket": ('{"city": "Bern"', ["unfinished"]),
    "a bracket too many": ('{"city": "Bern"]}', ["extra bracket"]),
}
AROUND = {
    "a fence": '```json\n{"city": "Bern"}\n```',
    "prose before": 'Here: {"city": "Bern"}',
    "prose after": '{"city": "Bern"} That is it.',
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("api", CALLING)
def test_broken_arguments(api: str, broken: str, size: int) -> None:
    text, kinds = BROKEN[broken]
    told = pieces_of(text, size)
    message = called(api, *told, tools=TOOLS)
    (call,) = message.calls
    assert call.json["city"] == "Bern"
    assert call.value == Trip(city="Bern")
    assert isinstance(call.outcome, Complete)
    assert [repair.kind for repair in call.repairs] == kinds
    assert not call.ready
    assert not call.guessed
    (end,) = message.end().documents
    assert not end.runnable
    assert end.state == "complete"
    assert kinds[0] in str(end)
    assert "not to be run" in str(end)
    allowed = called(api, *told, tools=TOOLS, ready_if="repaired")
    assert allowed.calls[0].ready
    assert allowed.end().documents[0].runnable
    strict = called(api, *told, tools=TOOLS, lenient=False)
    assert not strict.calls[0].ready
    assert not strict.calls[0].repairs


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("api", CALLING)
def test_text_around_arguments(api: str, around: str, size: int) -> None:
    """What was left out beside the arguments may have been part of them."""
    told = pieces_of(AROUND[around], size)
    message = called(api, *told)
    (call,) = message.calls
    assert call.json == {"city": "Bern"}
    assert isinstance(call.outcome, Complete)
    assert call.outcome.skipped
    assert not call.repairs
    assert not call.ready
    assert str(message.end().documents[0]).endswith("; mended: text around it")
    assert called(api, *told, ready_if="repaired").calls[0].ready


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("api", CALLING)
def test_arguments_that_are_json(api: str, size: int) -> None:
    message = called(api, *pieces_of('{"city": "Bern", "days": 2}', size), tools=TOOLS)
    (call,) = message.calls
    assert call.ready
    assert not call.repairs
    assert "mended" not in str(message.end())


@pytest.mark.parametrize("reason", ["truncated", None])
@pytest.mark.parametrize("cut", ['{"city": "Be', '{"city": "Bern"', "{'city': 'Bern'", '{"city": "Bern", "days": 1'])
@pytest.mark.parametrize("api", CALLING)
def test_a_call_that_was_cut_is_never_ready(api: str, cut: str, reason: str | None) -> None:
    for ready_if in ("verbatim", "repaired"):
        message = called(api, cut, reason=reason, tools=TOOLS, ready_if=ready_if)
        (call,) = message.calls
        assert isinstance(call.outcome, Truncated)
        assert not call.ready
        assert message.end().reason == ("disconnected" if reason is None else "truncated")


def test_a_call_is_not_ready_before_it_has_ended() -> None:
    message = MessageParser(CHAT, lenient=True, ready_if="repaired")
    for event in events(CHAT, Said(calls=(Say("c1", "trip", pieces_of("{'city': 'Bern'}", 1)),), reason=None)):
        message.feed(event)
        (call,) = message.calls
        assert not call.ready
    message.feed({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    message.end()
    assert message.calls[0].ready


def test_coerced_arguments_are_not_verbatim() -> None:
    text = '{"city": "Bern", "days": "1,000"}'
    options: dict[str, Any] = {"tools": TOOLS, "lenient": Lenient(coerce="guided")}
    assert not called(CHAT, text, **options).calls[0].ready
    allowed = called(CHAT, text, ready_if="repaired", **options)
    assert allowed.calls[0].ready
    assert allowed.calls[0].value == Trip(city="Bern", days=1000)
    assert "thousands" in str(allowed.end().documents[0])
    syntax = called(CHAT, text, tools=TOOLS, lenient=Lenient(coerce="syntax"), ready_if="repaired")
    assert not syntax.calls[0].ready


def test_only_some_kinds() -> None:
    message = called(CHAT, "{'city': 'Bern',}", lenient=Lenient(["other quotes"]), ready_if="repaired")
    assert not message.calls[0].ready
    assert "column 17" in str(message.calls[0].error)


def test_an_unknown_rule() -> None:
    with pytest.raises(ValueError, match="ready_if must be 'verbatim' or 'repaired', not 'mended'"):
        MessageParser(CHAT, lenient=True, ready_if="mended")  # type: ignore[arg-type]


# Structured output

ANSWERS: dict[str, tuple[str, list[str]]] = {
    "in a fence": ('```json\n{"city": "Bern"}\n```\n', []),
    "after prose": ('Sure, here you go: {"city": "Bern"}', []),
    "between prose": ('Sure!\n\n{"city": "Bern"}\n\nAnything [else](https://example.org)? {x}', []),
    "after thoughts": ('<think>a {"city": "Rome"}?</think>{"city": "Bern"}', []),
    "broken in a fence": ("Here:\n```\n{'city': 'Bern',}\n```", ["other quotes", "other quotes", "extra comma"]),
    "open at the end": ('{"city": "Bern"', ["unfinished"]),
    "a second draft": ('First: {"city": "Bern"} or better: {"city": "Rome"}', []),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("api", APIS)
def test_output_in_other_text(api: str, answer: str, size: int) -> None:
    text, kinds = ANSWERS[answer]
    message = answered(api, *pieces_of(text, size), output=Trip)
    assert message.text == text
    assert message.output.value == Trip(city="Bern")
    assert [repair.kind for repair in message.output.repairs] == kinds
    end = message.end()
    assert end.reason == "complete"
    assert end.documents[-1].state == "complete"
    assert not end.contradictions
    assert ("mended" in str(end)) == bool(kinds or message.output.outcome.skipped)  # type: ignore[union-attr]


@pytest.mark.parametrize("size", SIZES)
def test_repairs_are_told_while_they_happen(size: int) -> None:
    _, updates = read(CHAT, events(CHAT, Said(pieces_of("Well: {'city': 'Bern'}.", size))), output=Trip)
    found = [e for update in updates if isinstance(update, DocumentProgress) for e in update.events]
    repaired = [(e.path, e.kind, e.pos) for e in found if isinstance(e, Repaired)]
    assert repaired == [((), "other quotes", 7), (("city",), "other quotes", 15)]


@pytest.mark.parametrize("target", [Any, Trip])
def test_prose_beside_output(target: Any) -> None:
    """A text without JSON is no output if there is one, and none that counts beside a call."""
    said = [
        *events("anthropic-messages", Said(('{"city": "Bern"}',), reason=None)),
        *({"type": kind, "index": 1, **more} for kind, more in PROSE),
        *events("anthropic-messages", Said())[-2:],
    ]
    message, _ = read("anthropic-messages", said, output=target)
    assert message.output.json == {"city": "Bern"}
    message, _ = read(
        CHAT, events(CHAT, Said(("I look it up.",), calls=(Say("c1", "trip", ("{}",)),), reason="tool_calls")),
        output=target,
    )  # fmt: skip
    assert [document.name for document in message.end().documents] == ["trip"]
    assert message.end().reason == "tool_calls"


PROSE: list[tuple[str, dict[str, Any]]] = [
    ("content_block_start", {"content_block": {"type": "text", "text": ""}}),
    ("content_block_delta", {"delta": {"type": "text_delta", "text": "That is all."}}),
    ("content_block_stop", {}),
]


def test_text_without_a_document() -> None:
    message = answered(CHAT, "I cannot do that.", output=Trip)
    assert message.output.is_prose
    assert message.end().documents[0].state == "failed"
    assert answered(CHAT, " ", output=Trip).end().reason == "truncated"


# What is said again


@pytest.mark.parametrize("targets", [{}, {"tools": TOOLS}], ids=["untyped", "typed"])
@pytest.mark.parametrize("pieces", REPEATED.values(), ids=REPEATED)
@pytest.mark.parametrize("api", CALLING)
def test_arguments_said_again_are_found_as_by_strict_parsing(
    api: str, pieces: tuple[str, ...], targets: dict[str, Any]
) -> None:
    said = events(api, Said(calls=(Say("c1", "trip", pieces),), reason="tool_calls"))
    if api in MARKED:  # here the events that say it again are left out, and with them the end
        said = [item for item in said if "done" not in str(item.get("type")) and "completed" not in str(item)]
    strict, _ = read(api, said, lenient=False, **targets)
    for ready_if in ("verbatim", "repaired"):
        message, _ = read(api, said, ready_if=ready_if, **targets)
        one, other = strict.calls[0], message.calls[0]
        assert (one.json, one.ready, one.guessed) == (other.json, other.ready, other.guessed)
        assert message.end().contradictions == strict.end().contradictions


@pytest.mark.parametrize("pieces", CONTRADICTORY.values(), ids=CONTRADICTORY)
@pytest.mark.parametrize("api", [api for api in CALLING if api not in MARKED])
def test_arguments_that_contradict_each_other_are_never_ready(api: str, pieces: tuple[str, ...]) -> None:
    for told in (pieces, ("".join(pieces),), tuple("".join(pieces))):
        assert not called(api, *told).calls[0].ready
        # Prose after the arguments is no contradiction.
        said_other = "{" in "".join(pieces[1:])
        assert called(api, *told, ready_if="repaired").calls[0].ready is not said_other


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("again", ["{'city': 'Bern',}", "\n{'city': 'Bern',}", " "])
def test_broken_arguments_said_again(again: str, size: int) -> None:
    message = called(CHAT, *pieces_of("{'city': 'Bern',}" + again, size), tools=TOOLS, ready_if="repaired")
    (call,) = message.calls
    assert call.value == Trip(city="Bern")
    assert call.ready
    assert call.guessed is bool(again.strip())


def test_a_placeholder_before_broken_arguments() -> None:
    for pieces in (("{}", "{'city': 'Bern'}"), ("{}{'city': 'Bern'}",), tuple("{}{'city': 'Bern'}")):
        message = called(CHAT, *pieces, tools=TOOLS, ready_if="repaired")
        (call,) = message.calls
        assert call.value == Trip(city="Bern")
        assert call.ready
        assert call.guessed


def test_all_so_far_in_each_piece_of_broken_arguments() -> None:
    pieces = ("{'ci", "{'city': 'B", "{'city': 'Bern'", "{'city': 'Bern'}")
    message = called(CHAT, *pieces, tools=TOOLS, ready_if="repaired")
    assert message.calls[0].value == Trip(city="Bern")


def test_doubled_brackets_are_no_repetition() -> None:
    for size in SIZES:
        message = called(CHAT, *pieces_of('{{"city": "Bern"}}', size), ready_if="repaired")
        assert message.calls[0].json == {"city": "Bern"}
        assert not message.calls[0].guessed


# The laws

DAMAGE = st.sampled_from(
    [
        *("{'a': 1}", "{a: 'b c'}", '{"a": [1, 2', '{"a": "b\nc"}', '{"a" 1}', '{"a": "x "y" z"}', '{"a": True,}'),
        *('{"a": 1}', '{"a": {"b": [true, null, "c"]}}', "[1, 2]", "{}", "[", "prose ", "```json\n", "\n```", "{x}"),
    ]
)


@given(st.lists(DAMAGE, min_size=1, max_size=4), st.sampled_from(APIS))
@settings(deadline=None, max_examples=examples(100))
def test_law_1_chunking_is_invisible_in_output(parts: list[str], api: str) -> None:
    """For text that does not begin with a document that could be said again."""
    text = "Well, " + "".join(parts)
    whole = answered(api, text, output=Any)
    for size in (1, 7):
        other = answered(api, *pieces_of(text, size), output=Any)
        one, same = whole.output, other.output
        assert (one.json, one.repairs, type(one.outcome)) == (same.json, same.repairs, type(same.outcome))
        assert one.outcome.skipped == same.outcome.skipped  # type: ignore[union-attr]
        assert whole.text == other.text == text
        assert str(whole.end()) == str(other.end())


@given(st.lists(DAMAGE, min_size=1, max_size=4).map("".join))
@settings(deadline=None, max_examples=examples(100))
def test_what_is_read_does_not_depend_on_the_pieces(text: str) -> None:
    """Also where the text begins with a document that may be said again; only how that is told depends on them."""
    calls = [called(CHAT, *pieces_of(text, size)).calls[0] for size in SIZES]
    outputs = [answered(CHAT, *pieces_of(text, size), output=Any).output for size in SIZES]
    assert len({repr(call.json) for call in calls}) == 1
    assert len({call.ready for call in calls}) == 1
    assert len({repr(output.json) for output in outputs}) == 1


@given(st.sampled_from([text for text, _ in BROKEN.values()]), st.sampled_from(BODY_APIS), st.integers(1, 40))
@settings(deadline=None, max_examples=examples(60))
def test_law_1_of_bodies(text: str, api: str, size: int) -> None:
    if api in WITHOUT_CALLS or api in WITHOUT_PIECES:
        return
    raw = body(api, Said(calls=(Say("c1", "trip", pieces_of(text, 5)),), reason="tool_calls"))
    states = []
    for step in (size, len(raw)):
        message = MessageParser(api, tools=TOOLS, lenient=True, ready_if="repaired")
        for at in range(0, len(raw), step):
            message.feed_bytes(raw[at : at + step])
        message.end()
        states.append(state_of(message))
    assert states[0] == states[1]


@given(st.dictionaries(st.text(max_size=5), values(), max_size=4), st.sampled_from(CALLING), st.integers(1, 12))
@settings(deadline=None, max_examples=examples(100))
def test_law_12_lenient_is_a_superset(value: dict[str, Any], api: str, size: int) -> None:
    told = pieces_of(json.dumps(value), size)
    strict = called(api, *told, lenient=False)
    message = called(api, *told)
    one, other = strict.calls[0], message.calls[0]
    assert (repr(one.json), one.ready, one.text) == (repr(other.json), other.ready, other.text)
    assert not other.repairs
    assert str(message.end()) == str(strict.end())


# Beside other features


def test_free_text_is_nothing_to_mend() -> None:
    item = {"id": "i1", "type": "custom_tool_call", "call_id": "c1", "name": "sh", "input": ""}
    said: list[Any] = [
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.custom_tool_call_input.delta", "output_index": 0, "item_id": "i1", "delta": "echo 'a' {"},
        {"type": "response.custom_tool_call_input.done", "output_index": 0, "item_id": "i1", "input": "echo 'a' {"},
        {"type": "response.output_item.done", "output_index": 0, "item": item | {"input": "echo 'a' {"}},
        {"type": "response.completed", "response": {"id": "r1", "status": "completed", "output": []}},
    ]
    message, _ = read("openai-responses", said)
    (call,) = message.calls
    assert call.free
    assert call.json == "echo 'a' {"
    assert call.ready


@pytest.mark.parametrize("api", ["gemini", "ollama", "gemini-live"])
def test_arguments_that_come_parsed(api: str) -> None:
    message, _ = read(api, events(api, Said(calls=(Say("c1", "trip", ('{"city": "Bern"}',)),), reason="tool_calls")))
    assert message.calls[0].ready


@pytest.mark.parametrize("at", range(1, 15))
def test_resuming_a_call_that_was_cut(at: int) -> None:
    text = "{'city': 'Bern'}"
    message = called(CHAT, text[:at], reason="truncated", tools=TOOLS, ready_if="repaired")
    rest = message.resume(mode="exact")
    for char in text[at:]:
        rest.feed(char)
    rest.end("stop")
    (call,) = message.calls
    assert call.value == Trip(city="Bern")
    assert call.ready
    assert [repair.kind for repair in call.repairs] == ["other quotes", "other quotes"]


@pytest.mark.parametrize("at", [3, 8, 20, 25])
def test_resuming_an_output_after_prose(at: int) -> None:
    text = "Sure: {'city': 'Bern', 'days': 2}"
    message = answered(CHAT, text[: at + 6], reason="truncated", output=Trip)
    rest = message.resume(mode="exact")
    rest.feed(text[at + 6 :])
    rest.end("stop")
    assert message.output.value == Trip(city="Bern", days=2)


def test_attempts_pass_the_options_on() -> None:
    attempts = Attempts(CHAT, tools=TOOLS, lenient=True, ready_if="repaired")
    for event in events(CHAT, Said(calls=(Say("c1", "trip", ("{'city': 'Bern'}",)),), reason="tool_calls")):
        attempts.feed(event)
    attempts.end()
    assert attempts.calls[0].ready


def test_calls_in_the_text() -> None:
    text = 'I look. <tool_call>{"name": "trip", "arguments": {\'city\': \'Bern\'}}</tool_call>'
    message = answered(CHAT, text, text_calls=True, tools=TOOLS)
    (call,) = message.calls
    assert call.value == Trip(city="Bern")
    assert not call.ready
    allowed = answered(CHAT, text, text_calls=True, tools=TOOLS, ready_if="repaired")
    assert allowed.calls[0].ready
