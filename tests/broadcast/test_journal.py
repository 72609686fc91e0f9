"""The journal: whoever has any state, or none, gets what leads to the state now."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING, Parser
from partialjson.broadcast import DocumentState, Journal
from partialjson.broadcast.frames import read_id
from partialjson.patch import apply_deltas
from partialjson.testing import strategies
from partialjson.testing.chunking import fingerprint
from support.edits import edited
from support.memory import held_by


def delta(op: str, path: str, value: Any = None) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


@given(st.data(), strategies.values(max_leaves=8), st.sampled_from([0, 100, 10**6]))
def test_law_9_whoever_was_at_any_state_comes_to_the_last(data: st.DataObject, document: Any, limit: int) -> None:
    """Every number from before the first to after the last, with room for all deltas, for some and for none."""
    journal = Journal(limit=limit)
    journal.write([delta("add", "", document)])
    states: dict[int, Any] = {0: MISSING, 1: document}
    shown = [(journal.state, fingerprint(document))]
    for _ in range(data.draw(st.integers(0, 5))):
        after, deltas = edited(data.draw, states[journal.seq], 3)
        frame = journal.write(deltas)
        if not deltas:
            assert frame is None
            continue
        assert frame is not None
        assert frame.seq == journal.seq
        states[journal.seq] = after
        if data.draw(st.booleans()):
            shown.append((journal.state, fingerprint(after)))
    now = states[journal.seq]
    assert fingerprint(journal.state) == fingerprint(now)
    for seen in (
        None,
        *range(-2, journal.seq + 3),
        "x:1",
        f"{journal.run}:{journal.seq}",
        f"{journal.run}:99",
        "",
        True,
    ):
        frame = journal.since(seen)
        assert (frame.seq, frame.run) == (journal.seq, journal.run)
        if frame.after is None:
            assert [each["path"] for each in frame.deltas] == [""]
            assert frame.value["run"] == journal.run
        before = "anything" if frame.after is None else states[frame.after]
        assert fingerprint(apply_deltas(before, frame.deltas)) == fingerprint(now)
        assert len(frame.deltas) <= 1 or frame.after is not None
    # A state that was handed out does not change any more.
    assert all(fingerprint(state) == expected for state, expected in shown)


def test_numbers_that_mean_nothing_get_a_snapshot() -> None:
    journal = Journal(run="r")
    for number in range(5):
        journal.write([delta("add", "", number)])
    others: list[Any] = [None, -1, 6, 10**30, 2.0, [], True]
    ids = ["r:6", "r:-1", "other:3", "r:", "3", "r:03", "r:3 ", "r:٣", "\ud83d:1", "r:" + "9" * 5000]
    for seen in [*others, *ids]:
        assert journal.since(seen).value == {
            "seq": 5,
            "run": "r",
            "deltas": [delta("replace", "", 4)],
        }
    assert journal.since("r:5").deltas == []
    assert not journal.since(5)
    assert journal.since("r:3").value == {"seq": 5, "after": 3, "deltas": [delta("add", "", 4)]}


def test_before_anything_was_written_there_is_nothing_to_show() -> None:
    journal = Journal()
    assert journal.state is MISSING
    assert not journal.since()
    assert not journal.since("x:3")
    assert journal.write([]) is None
    assert journal.seq == 0
    assert Journal().run != journal.run


def test_wrong_options() -> None:
    for limit in (-1, 1.5, "1", True):
        with pytest.raises(ValueError, match="limit is a number of characters"):
            Journal(limit=limit)  # type: ignore[arg-type]
    for run in ("", "a:b", "a b", "a\n"):
        with pytest.raises(ValueError, match="no colon and no white space"):
            Journal(run=run)


def test_the_deltas_before_a_wrong_one_count() -> None:
    journal = Journal()
    journal.write([delta("add", "", {"a": "x"})])
    with pytest.raises(ValueError, match="delta 1: path '/b' does not exist"):
        journal.write([delta("append", "/a", "y"), delta("replace", "/b", 1), delta("append", "/a", "z")])
    assert journal.state == {"a": "xy"}
    assert apply_deltas({"a": "x"}, journal.since(1).deltas) == {"a": "xy"}
    with pytest.raises(ValueError, match="delta 0"):
        journal.write([delta("replace", "/b", 1)])
    assert journal.seq == 2


def test_a_frame_is_made_and_written_once() -> None:
    journal = Journal()
    journal.write([delta("add", "", "a")])
    journal.write([delta("append", "", "b")])
    for seen in (None, 0, 1):
        assert journal.since(seen) is journal.since(seen)
        assert journal.since(seen).text is journal.since(seen).text
    assert journal.since("other:1") is journal.since()


def test_what_a_frame_looks_like_on_the_wire() -> None:
    journal = Journal(run="r")
    odd = {"nan": float("nan"), "far": float("-inf"), "half": "\ud83dx", "exact": Decimal("1.10")}
    frame = journal.write([delta("add", "", {**odd, "line": "a\n\r\u2028é"})])
    assert frame is not None
    text = frame.text
    assert text == (
        '{"seq":1,"after":0,"deltas":[{"op":"add","path":"","value":'
        '{"nan":null,"far":-1e999,"half":"\\ud83dx","exact":1.1,"line":"a\\n\\r\u2028é"}}]}'
    )
    assert frame.sse == f"id: r:1\ndata: {text}\n\n".encode()
    assert json.loads(text)["deltas"][0]["value"]["half"] == "\ud83dx"
    assert read_id(frame.id) == ("r", 1)
    assert repr(frame) == "<Frame r:1, after 0, 1 deltas>"


@pytest.mark.parametrize("limit", [2_000, 50_000])
def test_law_7_memory_is_the_state_and_the_limit(limit: int) -> None:
    def written() -> Journal:
        journal = Journal(limit=limit)
        journal.write([delta("add", "", {"text": "", "number": 0})])
        for number in range(3000):
            journal.write([delta("replace", "/number", number), delta("replace", "/text", "x" * 50)])
        return journal

    # A delta of a few characters is an object with a dict around them.
    assert held_by(written) < 20 * limit + 20_000
    journal = written()
    assert journal.since(journal.seq - 1).after is not None
    assert journal.since(1).after is None


def test_law_7_a_write_costs_what_it_changes() -> None:
    """Calls, which stand for work, of the last writes into a small state and into a large one."""

    def work(size: int) -> int:
        parser = Parser()
        state = DocumentState(parser)
        journal = Journal(limit=1000)
        journal.write(state.changes(parser.feed("[" + '{"a": "b"},' * size)))
        calls = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        deltas = [state.changes(parser.feed('{"a": "b"},')) for _ in range(50)]
        journal.write(deltas[0])
        sys.setprofile(count)
        try:
            for each in deltas[1:]:
                journal.write(each)
        finally:
            sys.setprofile(None)
        return calls

    assert abs(work(5000) - work(50)) < 10
