"""Several attempts at one response: the view never flickers, updates and deltas fold, and dead calls never run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partialjson import MISSING, Complete
from partialjson.messages import (
    Attempts,
    BlockRestarted,
    BlockStarted,
    Call,
    CallWithdrawn,
    DocumentProgress,
    MessageEnded,
    MessageParser,
    MessageRestarted,
    TextDelta,
    Update,
)
from partialjson.patch import apply_deltas
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, WITHOUT_PIECES, Said, Say, events
from support.effort import examples
from support.models import Weather

TOOLS = {"get_weather": Weather}
CALL_APIS = [api for api in APIS if api not in WITHOUT_CALLS and api not in WITHOUT_PIECES]


class Viewer:
    """Folds updates and nothing else."""

    def __init__(self) -> None:
        self.blocks: dict[int, str] = {}
        self.ended = False
        self.withdrawn: set[int] = set()

    def fold(self, updates: list[Update]) -> None:
        for update in updates:
            match update:
                case MessageRestarted():
                    self.__init__()  # type: ignore[misc]
                case BlockStarted(block=block):
                    self.blocks[block] = ""
                case TextDelta(block=block, text=text):
                    self.blocks[block] += text
                case DocumentProgress(block=block, text=text, kind="call"):
                    self.blocks[block] += text
                case BlockRestarted(block=block):
                    self.blocks[block] = ""
                case CallWithdrawn(block=block):
                    self.withdrawn.add(block)
                case MessageEnded():
                    self.ended = True


TEXTS = st.lists(st.text("abc ", min_size=1, max_size=6), max_size=4).map(tuple)
ARGUMENTS = st.sampled_from(['{"city":"Zürich"}', '{"city":"Bern","days":3}', '{"city": "a"}'])
PIECES = st.builds(lambda text, n: tuple(text[i : i + n] for i in range(0, len(text), n)), ARGUMENTS, st.integers(1, 9))
CALLS = st.lists(PIECES, max_size=2).map(
    lambda calls: tuple(Say(f"c{n}", "get_weather", pieces) for n, pieces in enumerate(calls))
)
SAID = st.builds(Said, texts=TEXTS, calls=CALLS, reason=st.sampled_from(["complete", "truncated", None]))


@st.composite
def attempt(draw: st.DrawFn) -> tuple[Said, int]:
    """What is said, and after how many of its events the stream breaks."""
    return draw(SAID), draw(st.integers(0, 20))


def check(response: Attempts, viewer: Viewer, shown: Any) -> Any:
    """What holds after each list of updates."""
    assert {block.position: block.text for block in response.blocks} == viewer.blocks
    if response.shown is not response.running:
        assert not any(call.ready for call in response.calls)
    shown = apply_deltas(shown, response.output.deltas())
    assert shown == response.output.json
    return shown


@pytest.mark.parametrize("api", CALL_APIS)
@given(attempts=st.lists(attempt(), min_size=1, max_size=4))
@settings(deadline=None, max_examples=examples(25))
def test_the_view_folds_and_never_shows_less(api: str, attempts: list[tuple[Said, int]]) -> None:
    response = Attempts(api, tools=TOOLS, output=Any)
    viewer = Viewer()
    shown: Any = MISSING
    size = 0
    sizes: dict[tuple[str, int], int] = {}
    for number, (said, length) in enumerate(attempts, 1):
        assert response.attempt == number
        alone, alone_updates = MessageParser(api, tools=TOOLS, output=Any), list[Update]()
        seen: list[Update] = []
        for event in events(api, said)[: length if number < len(attempts) else None]:
            before = response.shown_attempt
            updates = response.feed(event)
            alone_updates += alone.feed(event)
            seen += updates
            viewer.fold(updates)
            shown = check(response, viewer, shown)
            total = sum(len(block.text) for block in response.blocks)
            if response.shown_attempt == before:
                assert total >= size
            else:
                assert updates[0] == MessageRestarted(number)
                assert _reaches(response, sizes)
            size, sizes = total, _sizes(response)
        end = response.end()
        assert end.reason == alone.end().reason
        viewer.fold(list(end.updates))
        shown = check(response, viewer, shown)
        seen += end.updates
        if response.shown is response.running:
            # What follows the restart is what the attempt alone would have brought.
            alone_updates += alone.end().updates
            assert [str(u) for u in seen if not isinstance(u, MessageRestarted)] == [str(u) for u in alone_updates]
            assert viewer.ended
        elif end.reason in ("complete", "tool_calls"):
            raise AssertionError("an attempt that ended well is not shown")
        size, sizes = sum(len(block.text) for block in response.blocks), _sizes(response)
        dead = list(response.running.calls)
        if number < len(attempts):
            viewer.fold(response.retry())
            shown = check(response, viewer, shown)
            assert not any(call.ready for call in dead)


def _sizes(response: Attempts) -> dict[tuple[str, int], int]:
    """The length of what is shown, by kind and number."""
    blocks = [(block.kind, block) for block in response.blocks]
    return {
        (kind, [each for each, _ in blocks[:at]].count(kind)): len(block.text)
        for at, (kind, block) in enumerate(blocks)
    }


def _reaches(response: Attempts, before: dict[tuple[str, int], int]) -> bool:
    """Is each part as long as the one that was shown, or over? In an attempt that ended well all are."""
    ends = [choice.ending for choice in response.running.choices]
    if ends[0] is not None and ends[0].reason in ("complete", "tool_calls"):
        return True
    now = _sizes(response)
    over = set()
    for at, (where, block) in enumerate(zip(now, response.blocks, strict=True)):
        is_last = at == len(response.blocks) - 1
        if block.ended or (block.done if isinstance(block, Call) else not is_last):
            over.add(where)
    return all(where in over or now.get(where, 0) >= size for where, size in before.items() if size)


def chat(*texts: str, reason: str | None = None) -> list[Any]:
    return events("openai-chat", Said(texts=texts, reason=reason))


def test_the_old_text_stays_until_it_is_overtaken() -> None:
    response = Attempts("openai-chat")
    for event in chat("Hello ", "world"):
        response.feed(event)
    assert response.end().reason == "disconnected"
    assert response.retry() == []
    seen = []
    for event in chat("Hell", "o w", "orld", " again", reason="complete"):
        updates = response.feed(event)
        seen.append((response.text, response.running.text, [type(update).__name__ for update in updates]))
    assert seen[:4] == [
        ("Hello world", "Hell", []),
        ("Hello world", "Hello w", []),
        ("Hello world", "Hello world", ["MessageRestarted", "MessageIdentified", "BlockStarted", *["TextDelta"] * 3]),
        ("Hello world again", "Hello world again", ["TextDelta"]),
    ]
    assert (response.attempt, response.shown_attempt) == (2, 2)
    assert response.end().reason == "complete"


def test_an_attempt_that_fails_behind_is_never_shown() -> None:
    response = Attempts("openai-chat")
    for event in chat("Hello ", "world"):
        response.feed(event)
    response.retry()
    for event in chat("Hm"):
        assert response.feed(event) == []
    assert response.end().reason == "disconnected"
    assert response.end().updates == ()
    response.retry()
    assert (response.text, response.shown_attempt, response.attempt) == ("Hello world", 1, 3)
    for event in chat("Hi.", reason="complete"):
        response.feed(event)
    # It is shorter, and it ended well.
    assert [type(update).__name__ for update in response.end().updates] == []
    assert response.text == "Hi."
    assert response.shown_attempt == 3


def test_calls_of_a_dead_attempt_are_withdrawn_and_claims_are_remembered() -> None:
    calls = (Say("a", "get_weather", ('{"city":"Bern"}',)), Say("b", "get_weather", ('{"city":"Basel"}',)))
    response = Attempts("anthropic-messages", tools=TOOLS)
    told = events("anthropic-messages", Said(calls=calls, reason=None))
    for event in told:
        response.feed(event)
    bern, basel = response.calls
    assert bern.ready
    assert response.claim(bern)
    assert not response.claim(bern)
    updates = response.retry()
    assert [update for update in updates if isinstance(update, CallWithdrawn)] == [
        CallWithdrawn(0, 0),
        CallWithdrawn(0, 1),
    ]
    assert not bern.ready
    assert not basel.ready
    assert not response.claim(basel)
    assert response.claimed == [bern]
    assert isinstance(bern.outcome, Complete)
    for event in events("anthropic-messages", Said(calls=calls[::-1], reason="tool_calls")):
        response.feed(event)
    assert response.end().reason == "tool_calls"
    new_basel, new_bern = response.calls
    assert response.claimed_before(new_bern) is bern
    assert response.claimed_before(new_basel) is None
    assert response.claim(new_basel)


def test_the_face_is_that_of_what_is_shown() -> None:
    response = Attempts("openai-chat", output=Any)
    for event in chat('{"a":', "1}", reason="complete"):
        response.feed(event)
    shown = response.shown
    response.retry()
    assert (response.id, response.model, response.usage) == (shown.id, shown.model, shown.usage)
    assert response.choices == shown.choices
    assert (response.output, response.reasoning, response.refusal) == (shown.output, "", "")
    assert response.running.id == ""
