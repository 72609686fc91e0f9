"""When what of a response came, by a clock of our own; stalls and floods of white space."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson.messages import (
    Gaps,
    MessageParser,
    Stalled,
    TextDelta,
    Timings,
    Update,
    WhitespaceFlood,
)
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, Said, Say, body, events


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.asked = 0

    def __call__(self) -> float:
        self.asked += 1
        return self.now


def timed(told: list[Any], gaps: list[float], **options: Any) -> tuple[MessageParser, list[Update], Clock]:
    """A message of chat events that come after these gaps."""
    clock = Clock()
    message = MessageParser("openai-chat", output=Any, timings=Timings(clock=clock, **options))
    assert message.timings is not None
    message.timings.start()
    updates: list[Update] = []
    for event, gap in zip(told, gaps, strict=True):
        clock.now += gap
        updates += message.feed(event)
    updates += message.end().updates
    return message, updates, clock


def test_the_moments_that_users_wait_for() -> None:
    calls = (Say("c", "f", ('{"a"', ":1", "2}")),)
    told = events("openai-chat", Said(("{", '"n":', '"x', '"', "}"), ("hm",), calls, "tool_calls"))
    message, _, clock = timed(told, [1.0] * len(told))
    timings = message.timings
    assert timings is not None
    # 1 reasoning, 2 to 6 text, 7 the call opens, 8 to 10 its arguments, 11 finish, 12 usage, 13 [DONE]
    assert (timings.first_chunk, timings.first_token, timings.first_visible, timings.first_field) == (1, 1, 4, 5)
    assert (timings.last_token, timings.chunks, timings.fragments) == (10, 13, 9)
    reasoning, text, call = (timings.blocks[0, number] for number in range(3))
    assert (reasoning.first_token, reasoning.last_token, reasoning.first_visible) == (1, 1, None)
    assert (text.first_token, text.first_visible, text.first_field, text.last_token) == (2, 4, 5, 6)
    assert (call.first_token, call.first_visible, call.first_field, call.last_token) == (8, 10, 10, 10)
    assert (text.characters, call.characters, reasoning.characters, timings.characters) == (9, 8, 2, 19)
    assert (timings.gaps.count, timings.gaps.total, timings.gaps.max) == (12, 12, 1)
    # Once for the making, once for the start, once for each chunk; never for what is done with it.
    assert clock.asked == 2 + 13
    assert "first_token 1.000s" in repr(timings)
    assert "p95=1.000" in repr(timings.gaps) or "p95=0.9" in repr(timings.gaps)


@pytest.mark.parametrize("api", APIS)
def test_bytes_and_every_provider(api: str) -> None:
    calls = () if api in WITHOUT_CALLS else (Say("c", "f", ('{"a":1}',)),)
    said = Said(("Hel", "lo"), (), calls, "tool_calls" if calls else "complete")
    for size in (1, 64, 1 << 20):
        if api == "bedrock-converse":
            continue
        raw = body(api, said)
        clock = Clock()
        message = MessageParser(api, timings=Timings(clock=clock))
        timings = message.timings
        assert timings is not None
        for at in range(0, len(raw), size):
            clock.now += 1
            message.feed_bytes(raw[at : at + size])
        message.end()
        assert timings.size == len(raw)
        assert timings.chunks == -(-len(raw) // size)
        assert timings.first_token is not None
        assert (timings.first_field is not None) == bool(calls)
        assert timings.characters >= len("Hello")


@given(st.lists(st.floats(0, 100), max_size=50), st.integers(0, 100))
def test_percentiles_are_right_to_a_tenth(seconds: list[float], percent: int) -> None:
    gaps = Gaps()
    for each in seconds:
        gaps.add(each)
    assert (gaps.count, gaps.max) == (len(seconds), max(seconds, default=0))
    if not seconds:
        assert gaps.percentile(percent) == 0
        return
    exact = sorted(seconds)[max(0, -(-percent * len(seconds) // 100) - 1)]
    assert gaps.percentile(percent) == pytest.approx(exact, rel=0.101, abs=2e-6)
    with pytest.raises(ValueError, match="between 0 and 100"):
        gaps.percentile(101)


def test_a_stall_is_seen_when_asked_and_reported_with_the_next_chunk() -> None:
    clock = Clock()
    message = MessageParser("openai-chat", timings=Timings(clock=clock, stall_after=5.0))
    timings = message.timings
    assert timings is not None
    first, second, *_ = events("openai-chat", Said(("a", "b")))
    clock.now += 4
    assert timings.stalled(after=5) is None
    assert timings.stalled(after=3) == 4
    told = [type(update).__name__ for update in message.feed(first)]
    assert told == ["MessageIdentified", "BlockStarted", "TextDelta"]
    assert timings.stalled(after=1) is None
    clock.now += 6
    assert timings.stalled(after=5) == 6
    assert message.feed(second) == [Stalled(6), TextDelta(0, 0, "text", "b")]
    quiet, updates, _ = timed([first, second], [100, 100], stall_after=None)
    assert not any(isinstance(update, Stalled) for update in updates)
    assert quiet.text == "ab"


WHITE = st.text(" \n\t\r", max_size=30)


@given(
    st.lists(st.tuples(WHITE, st.sampled_from(['"a\\" b      "', "1", '"', "\\", '\\"', "x"])), max_size=8),
    st.integers(1, 12),
    st.integers(2, 15),
)
def test_a_flood_is_white_space_outside_strings(parts: list[tuple[str, str]], size: int, limit: int) -> None:
    text = "".join(white + word for white, word in parts)
    # The same, one character after another.
    run, longest, inside, escaped, floods = 0, 0, False, False, 0
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character in " \n\t\r":
            run += 1
            floods += run == limit
            longest = max(longest, run)
        else:
            run, inside = 0, character == '"'
    pieces = tuple(text[at : at + size] for at in range(0, len(text), size))
    told = events("openai-chat", Said(calls=(Say("c", "f", pieces),), reason="truncated"))
    message, updates, _ = timed(told, [0.0] * len(told), flood_after=limit)
    assert message.timings is not None
    assert message.timings.flooded == longest
    found = [update for update in updates if isinstance(update, WhitespaceFlood)]
    # Floods that begin and end within one fragment are told once for the fragment.
    assert bool(found) == bool(floods)
    if size == 1:
        assert len(found) == floods
        assert all(update == WhitespaceFlood(0, 0, limit) for update in found)


@given(st.lists(st.text(' \n"\\x', min_size=1, max_size=6), max_size=30), st.integers(2, 9))
def test_asking_for_the_longest_run_changes_nothing(pieces: list[str], limit: int) -> None:
    told = events("openai-chat", Said(calls=(Say("c", "f", tuple(pieces)),), reason="truncated"))
    quiet, updates, _ = timed(told, [0.0] * len(told), flood_after=limit)
    asked = MessageParser("openai-chat", output=Any, timings=Timings(clock=Clock(), flood_after=limit))
    assert asked.timings is not None
    assert quiet.timings is not None
    longest, again = [0], list[Update]()
    for event in told:
        again += asked.feed(event)
        longest.append(asked.timings.flooded)
    assert again == updates
    assert longest == sorted(longest)
    assert longest[-1] == quiet.timings.flooded


def test_a_flood_in_the_output_by_default() -> None:
    told = events("openai-chat", Said(('{"a":1,', *["\n" * 100] * 20), reason=None))
    message, updates, _ = timed(told, [0.0] * len(told))
    assert [update for update in updates if isinstance(update, WhitespaceFlood)] == [WhitespaceFlood(0, 0, 500)]
    assert message.timings is not None
    assert message.timings.flooded == 2000


def test_without_timings_there_are_none() -> None:
    message = MessageParser("openai-chat", output=Any)
    told = events("openai-chat", Said(('{"a":1,', *["\n" * 100] * 20), reason=None))
    updates = [update for event in told for update in message.feed(event)]
    assert message.timings is None
    assert not any(isinstance(update, WhitespaceFlood | Stalled) for update in updates)
