"""Law 11 above the core: whatever an event or a body holds, a message raises nothing, stays a fold of its updates, does
not depend on how the body was cut, and costs work in proportion.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, field_validator

from partialjson import Complete, Failed
from partialjson.limits import Limits
from partialjson.messages import Attempts, MessageFailed, MessageParser, ProviderError, StreamError, Update
from partialjson.testing.bodies import (
    APIS,
    BODY_APIS,
    WITHOUT_CALLS,
    WITHOUT_PIECES,
    WITHOUT_REASONING,
    Said,
    Say,
    body,
    events,
)
from partialjson.testing.laws import counted_steps
from partialjson.testing.strategies import values
from support.effort import amount, examples
from support.folding import check_fold, state_of

CHAT = "openai-chat"
RESPONSES = "openai-responses"
LIVE = "gemini-live"
TYPED: dict[str, Any] = {"output": Any}


def sample(api: str) -> list[Any]:
    calls = () if api in WITHOUT_CALLS else (Say("c1", "f", ('{"a":', '"b"}')), Say("c2", "g", ("{}",)))
    reasoning = () if api in WITHOUT_REASONING else ("h", "m")
    return events(api, Said(('{"x":', "1}"), reasoning, calls, "tool_calls" if calls else "complete"))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values inside a value, its own among them."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def put(events: list[Any], path: tuple[Any, ...], value: Any) -> None:
    place: Any = events
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, -1, 0, 1, 2**70, 1e300, float("inf"), "", "f", "{}", "\ud83d", "\x1b[2J"),
        *([], {}, [[]], [{}], "error", "[DONE]", {"type": "text"}, {"error": {}}, {"message": 1}, {"index": 2**70}),
    ]
)
VALUES = ODD | values(max_leaves=4)
EDITS = st.lists(st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=3)


def edited(api: str, edits: list[tuple[int, Any]]) -> list[Any]:
    """The events of a message, with other values at some places."""
    told = deepcopy(sample(api))
    for number, value in edits:
        paths = [path for path in places(told) if path]
        put(told, paths[number % len(paths)], deepcopy(value))
    return told


def read(api: str, items: list[Any], **options: Any) -> tuple[MessageParser, list[Update]]:
    message = MessageParser(api, **options)
    updates: list[Update] = []
    for item in items:
        updates += message.feed_bytes(item) if isinstance(item, bytes) else message.feed(item)
    end = message.end()
    updates += end.updates
    str(end)
    if end.error is not None:
        assert isinstance(end.error, (ProviderError, StreamError))
        assert str(end.error)
        with pytest.raises(type(end.error)):
            raise end.error
    if end.reason == "error":
        assert end.error is not None
    for call in message.calls:
        assert not call.ready or (call.name and isinstance(call.outcome, Complete))
    return message, updates


def pieces(raw: bytes, size: int) -> list[Any]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


@pytest.mark.parametrize("api", APIS)
@given(edits=EDITS, options=st.sampled_from([{}, TYPED]))
@settings(deadline=None, max_examples=examples(80))
def test_any_value_at_any_place_of_any_event(api: str, edits: list[tuple[int, Any]], options: dict[str, Any]) -> None:
    message, updates = read(api, edited(api, edits), **options)
    check_fold(message, updates, **options)


@pytest.mark.parametrize("api", APIS)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6), st.integers(1, 3))
@settings(deadline=None, max_examples=examples(40))
def test_events_in_any_order_any_number_of_times(api: str, swaps: list[tuple[int, int]], times: int) -> None:
    told = sample(api) * times
    for one, other in swaps:
        one, other = one % len(told), other % len(told)
        told[one], told[other] = told[other], told[one]
    message, updates = read(api, told, **TYPED)
    check_fold(message, updates, **TYPED)


def outcome(api: str, raw: bytes, size: int) -> Any:
    message, updates = read(api, pieces(raw, size), **TYPED)
    return state_of(message), [type(update).__name__ for update in updates]


@pytest.mark.parametrize("api", BODY_APIS)
@given(edits=EDITS, size=st.integers(1, 40), noise=st.binary(max_size=12), at=st.integers(0, 3000))
@settings(deadline=None, max_examples=examples(40))
def test_a_body_however_it_is_cut(api: str, edits: list[tuple[int, Any]], size: int, noise: bytes, at: int) -> None:
    told = edited(api, edits)
    try:
        raw = body(api, told)
    except (AttributeError, TypeError, ValueError):
        raw = body(api, sample(api))  # what cannot be framed, or has no bytes
    raw = raw[:at] + noise + raw[at:]
    whole, one_by_one, cut = (outcome(api, raw, each) for each in (len(raw) + 1, 1, size))
    assert whole == one_by_one == cut


@pytest.mark.parametrize("api", BODY_APIS)
@given(
    raw=st.binary(max_size=60) | st.text('{}[]":,\n\r datetype1xe', max_size=60).map(str.encode), size=st.integers(1, 9)
)
@settings(deadline=None, max_examples=examples(60))
def test_any_bytes_as_a_body(api: str, raw: bytes, size: int) -> None:
    assert outcome(api, raw, size) == outcome(api, raw, len(raw) + 1)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b'{"a":}true', ""),
        (b"nothing of the kind", ""),
        (b'{"serverContent":{"turnComplete":true}}x{"serverContent":{"modelTurn":{"parts":[{"text":"next"}]}}}', ""),
        (b'{"serverContent":{"modelTurn":{"parts":[{"text":"a"}]}}} x {"serverContent":{"turnComplete":true}}', "a"),
    ],
)
def test_what_stands_between_frames(raw: bytes, text: str) -> None:
    for size in (1, 2, 7, len(raw)):
        message, updates = read(LIVE, pieces(raw, size))
        assert message.text == text
        assert len([update for update in updates if isinstance(update, MessageFailed)]) <= 1
        assert outcome(LIVE, raw, size) == outcome(LIVE, raw, 1)


@pytest.mark.parametrize(
    "api", [api for api in BODY_APIS if api not in ("bedrock-converse", "ollama", LIVE, "openai-realtime")]
)
def test_a_value_outside_of_any_event_changes_no_block(api: str) -> None:
    """It is shown to an adapter of its own, not to that of the stream."""
    told = sample(api)
    raw = body(api, told)
    expected = read(api, [raw])[0]
    stray = "".join(json.dumps(event) + "\n" for event in told if isinstance(event, dict)).encode()
    for number in range(1, len(told)):
        head = body(api, told[:number])
        message, updates = read(api, [head, stray, raw[len(head) :]])
        assert message.text == expected.text
        assert [call.json for call in message.calls] == [call.json for call in expected.calls]
        check_fold(message, updates)


@pytest.mark.parametrize("api", BODY_APIS)
def test_a_first_event_of_any_depth(api: str) -> None:
    def end(message: MessageParser, frames: int) -> Any:
        return end(message, frames - 1) if frames else message.end()

    for depth in (10, 500, 900, 940, 980, 1200):
        nested = '{"a":' + "[" * depth + "]" * depth + "}"
        framed = nested + "\n" if api == "ollama" else nested if api == LIVE else f"data: {nested}\n\n"
        for raw in (framed, nested):
            message = MessageParser(api)
            with suppress(StreamError):
                message.feed_bytes(raw.encode())
            assert str(end(message, 10))


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("depth", [100, 900, 3000])
def test_deep_values_in_events(api: str, depth: int) -> None:
    deep: Any = []
    for _ in range(depth):
        deep = [deep]
    for path in places(sample(api)):
        if path:
            told = deepcopy(sample(api))
            put(told, path, deep)
            message = MessageParser(api)
            for event in told:
                message.feed(event)
            str(message.end())


# Limits


def texts(api: str, number: int) -> list[Any]:
    return events(api, Said(tuple("abcdefgh"[n % 8] for n in range(number)), (), (), "complete"))


def chat_calls(number: int) -> list[Any]:
    return events(CHAT, Said(calls=tuple(Say(f"c{n}", "f", ("{}",)) for n in range(number)), reason="tool_calls"))


def test_too_many_blocks() -> None:
    assert read(CHAT, chat_calls(9), limits=Limits(blocks=9))[0].end().reason == "tool_calls"
    message, updates = read(CHAT, chat_calls(12), limits=Limits(blocks=9))
    assert len(message.calls) == 9
    assert isinstance(message.end().error, StreamError)
    assert "more than 9 blocks: see Limits.blocks" in str(message.end())
    assert len([update for update in updates if isinstance(update, MessageFailed)]) == 1
    check_fold(message, updates)


def test_too_many_choices() -> None:
    told = [{"choices": [{"index": n, "delta": {"content": "a"}, "finish_reason": "stop"}]} for n in range(12)]
    assert read(CHAT, told, limits=Limits(choices=12))[0].end().reason == "complete"
    message, _ = read(CHAT, told, limits=Limits(choices=9))
    assert len(message.choices) == 9
    assert "more than 9 choices: see Limits.choices" in str(message.state.error)


@pytest.mark.parametrize("api", APIS)
def test_too_much_text(api: str) -> None:
    assert read(api, texts(api, 20), limits=Limits(text=20))[0].end().reason == "complete"
    message, _ = read(api, texts(api, 40), limits=Limits(text=20))
    assert len(message.text) == 20
    assert "more than 20 characters: see Limits.text" in str(message.end().error)


def test_values_count_as_text() -> None:
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": {"a": "b" * 30}}}
    message, _ = read(CHAT, [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}], limits=Limits(text=20))
    assert "more than 20 characters" in str(message.end().error)
    assert not any(call.ready for call in message.calls)


@pytest.mark.parametrize("limit", ["blocks", "choices", "text"])
@pytest.mark.parametrize("wrong", [0, -1, 1 << 62, True, 1.5, None])
def test_limits_that_mean_nothing(limit: str, wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"the limit {limit} must be"):
        Limits(**{limit: wrong})


def test_a_text_that_is_contradicted_again_and_again() -> None:
    """The output is read again for each contradiction, but not for ever."""
    told: list[Any] = [
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "[" + "1," * 5_000},
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 1, "delta": "1"},
    ]
    again = [
        {"type": "response.output_text.done", "output_index": 0, "content_index": 1, "text": "23"[n % 2]}
        for n in range(1000)
    ]
    message, _ = read(RESPONSES, [*told, *again[:5]], output=Any)
    assert message.output.json[-1:] != []
    assert message.end().reason == "disconnected"
    message, _ = read(RESPONSES, [*told, *again], output=Any)
    assert isinstance(message.end().error, StreamError)


# Costs


def restated(number: int) -> list[Any]:
    """Arguments that are said whole again and again."""
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": json.dumps({"a": "b" * 50})}}
    return [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}] * number


def grown(number: int) -> list[Any]:
    """Arguments of which each event says a bit more, up to a size: the text itself grows as the square without it."""
    texts = [json.dumps({"a": "b" * (n % 50), "n": "x"}) for n in range(number)]
    calls = [
        {"index": n // 50, "id": f"c{n // 50}", "function": {"name": "f", "arguments": text}}
        for n, text in enumerate(texts)
    ]
    return [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]} for call in calls]


def empty_again(number: int) -> list[Any]:
    """A long document, and then many placeholders."""
    texts = [json.dumps(list(range(number))), *["{}"] * number]
    calls = [{"index": 0, "id": "c", "function": {"name": "f", "arguments": text}} for text in texts]
    return [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]} for call in calls]


def messages_in_one_body(number: int) -> list[Any]:
    return events("anthropic-messages", Said(("1 ",), reason="complete")) * number


def arguments(api: str, number: int) -> list[Any]:
    return events(api, Said(calls=(Say("c", "f", ("[", *["1,"] * number, "1]")),), reason="tool_calls"))


COSTS: dict[str, tuple[str, Callable[[int], list[Any]], dict[str, Any]]] = {
    **{f"texts of {api}": (api, partial(texts, api), TYPED) for api in APIS},
    **{
        f"arguments of {api}": (api, partial(arguments, api), {})
        for api in APIS
        if api not in WITHOUT_CALLS and api not in WITHOUT_PIECES
    },
    "calls": (CHAT, chat_calls, {}),
    "arguments said again": (CHAT, restated, {}),
    "arguments that grow": (CHAT, grown, {}),
    "placeholders after arguments": (CHAT, empty_again, {}),
    "messages in one body": ("anthropic-messages", messages_in_one_body, TYPED),
    "events that nobody understands": (CHAT, lambda number: [{"what": {"is": n}} for n in range(number)], {}),
}


@pytest.mark.parametrize(("api", "make", "options"), COSTS.values(), ids=COSTS)
def test_the_work_grows_with_the_number_of_events(
    api: str, make: Callable[[int], list[Any]], options: dict[str, Any]
) -> None:
    def steps(number: int) -> int:
        message = MessageParser(api, **options)

        def handle(event: Any) -> None:
            if event is None:
                message.end()
            else:
                message.feed(event)

        return counted_steps(handle, [*make(number), None])

    few = amount(150, 600, quick=60)
    assert steps(4 * few) <= steps(few) * 4.6


def test_the_work_of_attempts_grows_with_the_number_of_blocks() -> None:
    def steps(number: int) -> int:
        response = Attempts(CHAT)
        told = chat_calls(number)[:-3]

        def handle(event: Any) -> None:
            if event is None:
                response.retry()
            else:
                response.feed(event)

        return counted_steps(handle, [*told, None, *told, None])

    assert steps(400) <= steps(100) * 4.6


# Calls from inside a validator


@pytest.mark.parametrize("call", ["feed", "feed_bytes", "end"])
def test_a_message_is_not_changed_from_inside_a_validator(call: str) -> None:
    refused: list[str] = []

    class Spy(BaseModel):
        a: int

        @field_validator("a")
        @classmethod
        def look(cls, value: int) -> int:
            try:
                {"feed": lambda: message.feed({}), "feed_bytes": lambda: message.feed_bytes(b""), "end": message.end}[
                    call
                ]()
            except RuntimeError as error:
                refused.append(str(error))
            return value

    message = MessageParser(CHAT, output=Spy)
    for text in ('{"a": ', "1", "}"):
        message.feed({"choices": [{"index": 0, "delta": {"content": text}}]})
    message.feed({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    assert message.end().reason == "complete"
    assert refused
    assert all("inside a validator" in each for each in refused)
    assert message.output.value == Spy(a=1)


def test_a_validator_that_raises_leaves_the_message_usable() -> None:
    class Wrong(BaseModel):
        a: int

        @field_validator("a")
        @classmethod
        def look(cls, value: int) -> int:
            raise KeyError(value)

    message = MessageParser(CHAT, output=Wrong)
    with pytest.raises(KeyError):
        message.feed({"choices": [{"index": 0, "delta": {"content": '{"a": 1}'}}]})
    message.feed({"choices": [{"index": 0, "delta": {"content": " "}, "finish_reason": "stop"}]})
    assert message.end().reason == "complete"
    assert isinstance(message.output.outcome, Failed)


# Numbers


NUMBERS = ["1e400", "-1e400", "[1e400, -1e400]", '{"Infinity": "Infinity", "a": 1e400}', "1.5", "1e-400", '"-Infinity"']


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_beyond_a_double_in_arguments_that_come_parsed(number: str) -> None:
    text = f'{{"x": {number}}}'

    def arguments(value: Any) -> Any:
        call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": value}}
        (made,) = read(CHAT, [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "stop"}]}])[
            0
        ].calls
        return made.ready, made.value

    assert arguments(json.loads(text)) == arguments(text)
    assert arguments(text)[0]


def test_arguments_that_are_no_number_fail() -> None:
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": {"x": float("nan")}}}
    message, _ = read(CHAT, [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "stop"}]}])
    assert isinstance(message.calls[0].outcome, Failed)
