"""Deltas, one by one: which changes are told, where, and which are kept for those who ask later."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING, Parser
from partialjson._core.changes import visible_size
from partialjson.patch import apply_deltas
from partialjson.testing import strategies

Told = tuple[str, str, Any]


def told(deltas: list[dict[str, Any]]) -> list[Told]:
    assert all(list(each) == ["op", "path", "value"] for each in deltas)
    return [(each["op"], each["path"], each["value"]) for each in deltas]


# Chunks, and what is told after each of them.
STEPS: list[list[tuple[str, list[Told]]]] = [
    [("", []), (" ", []), ("tru", []), ("e", [("add", "", True)]), (" ", [])],
    [('"', [("add", "", "")]), ("ab", [("append", "", "ab")]), ('c"', [("append", "", "c")]), ("", [])],
    [("[", [("add", "", [])]), ("1", []), (", 2, ", [("add", "/0", 1), ("add", "/1", 2)]), ("3]", [("add", "/2", 3)])],
    [('{"a"', [("add", "", {})]), (":", []), ('"', [("add", "/a", "")]), ('x", "b": n', [("append", "/a", "x")]),
     ("ull}", [("add", "/b", None)])],
    # A new container comes with all that is in it, and only once.
    [("[", [("add", "", [])]), ('[1, {"a": "x', [("add", "/0", [1, {"a": "x"}])]),
     ('y", "b": [[', [("append", "/0/1/a", "y"), ("add", "/0/1/b", [[]])]),
     ("2], 3", [("add", "/0/1/b/0/0", 2)]), ("]}], {}", [("add", "/0/1/b/1", 3), ("add", "/1", {})])],
    [('{"a": [1', [("add", "", {"a": []})]), (", [], ", [("add", "/a/0", 1), ("add", "/a/1", [])])],
    # Keys in a pointer.
    [("{", [("add", "", {})]), ('"a/b~c": [', [("add", "/a~1b~0c", [])]), ('"', [("add", "/a~1b~0c/0", "")]),
     ('z"], "": {"~1": ', [("append", "/a~1b~0c/0", "z"), ("add", "/", {})]), ("1}", [("add", "//~01", 1)])],
    # A string that closed and another one, in one chunk.
    [('["a', [("add", "", ["a"])]), ('b", "c', [("append", "/0", "b"), ("add", "/1", "c")]), ('"', [])],
    [('["', [("add", "", [""])]), ('", "", "x"', [("add", "/1", ""), ("add", "/2", "x")])],
    # What is no character yet is not told.
    [('["\\u00', [("add", "", [""])]), ("e9\\ud83d", [("append", "/0", "é")]), ("\\ude00\\", [("append", "/0", "😀")]),
     ("n", [("append", "/0", "\n")])],
    # A key that comes again.
    [('{"a": 1, ', [("add", "", {"a": 1})]), ('"a": "x', [("replace", "/a", "x")]), ("y", [("append", "/a", "y")]),
     ('", "a": {"b": 2}', [("replace", "/a", {"b": 2})]),
     (', "c": 3, "c": 4}', [("add", "/c", 3), ("replace", "/c", 4)])],
    [('{"a": {"b": ', [("add", "", {"a": {}})]), ('[1]}, "a": 5}', [("add", "/a/b", []), ("replace", "/a", 5)])],
]  # fmt: skip


@pytest.mark.parametrize("steps", STEPS, ids=lambda steps: "".join(chunk for chunk, _ in steps))
def test_what_is_told_of_each_chunk(steps: list[tuple[str, list[Told]]]) -> None:
    parser = Parser()
    times = []
    for chunk, wanted in steps:
        parser.feed(chunk)
        assert told(parser.deltas()) == wanted
        assert parser.deltas() == []
    again = Parser()
    for chunk, wanted in steps:
        times.append((again.seq, again.json))
        again.feed(chunk)
        if times[-1][0] > 0 or not wanted:
            assert told(again.deltas(times[-1][0])) == wanted
        else:
            assert told(again.deltas(0)) == [("add", "", again.json)]
    for since, document in times[::-1]:
        assert apply_deltas(document, again.deltas(since)) == again.json


@given(strategies.documents().flatmap(strategies.chunkings), st.data())
def test_a_change_is_told_once_and_nothing_else(chunks: list[str], data: st.DataObject) -> None:
    """What is told between two times does not say anything of what had been there, or is said to be there anew."""
    parser = Parser()
    times = [(parser.seq, parser.json)]
    for chunk in chunks:
        parser.feed(chunk)
        times.append((parser.seq, parser.json))
    # Values of keys that came again have been there, too.
    assert parser.seq >= (0 if parser.json is MISSING else visible_size(parser.json))
    since, before = data.draw(st.sampled_from(times))
    deltas = parser.deltas(since)
    assert apply_deltas(before, deltas) == parser.json or parser.json is MISSING
    if since == parser.seq:
        assert deltas == []
    appended = [each for each in deltas if each["op"] == "append"]
    assert len(appended) <= 1
    assert appended == deltas[: len(appended)]
    assert all(each["value"] for each in appended)


def test_who_asks_without_a_time_lets_earlier_changes_be_forgotten() -> None:
    def marks() -> int:
        observer = parser._tree.observer
        assert observer is not None
        assert observer.changes is not None
        assert len(observer.changes.marks) == len(observer.changes.clock)
        return len(observer.changes.marks)

    parser = Parser()
    parser.deltas()
    parser.feed("[1, 2, 3, ")
    assert marks() == 4
    assert len(parser.deltas()) == 1
    assert marks() == 0
    parser.feed('4, "abc')
    parser.deltas()
    assert marks() == 1  # the string that is open
    parser.feed('d", 5, "')
    assert told(parser.deltas()) == [("append", "/4", "d"), ("add", "/5", 5), ("add", "/6", "")]
    assert marks() == 1
    # Whoever asks for a time may come back to it.
    since = parser.seq
    parser.feed('x", 6')
    parser.deltas()
    parser.feed(", 7 ")
    parser.deltas()
    assert told(parser.deltas(since)) == [("append", "/6", "x"), ("add", "/7", 6), ("add", "/8", 7)]
    assert told(parser.deltas(since - 1)) == [("replace", "", parser.json)]


def test_before_the_first_question_the_whole_document_is_one_change() -> None:
    parser = Parser()
    parser.feed('["ab", "c')
    assert told(parser.deltas(3)) == [("replace", "", ["ab", "c"])]
    assert told(parser.deltas(0)) == [("add", "", ["ab", "c"])]
    assert parser.seq == 1 + 3 + 2
    parser.feed("d")
    assert told(parser.deltas(parser.seq - 1)) == [("append", "/1", "d")]
    assert told(parser.deltas(parser.seq - 2)) == [("replace", "", ["ab", "cd"])]


@pytest.mark.parametrize(
    ("document", "size"),
    [(None, 1), (12345, 1), ("", 1), ("abc", 4), ([], 1), ([1, "ab", []], 6), ({"abc": {"d": "e"}}, 4)],
)
def test_the_visible_size(document: Any, size: int) -> None:
    assert visible_size(document) == size
