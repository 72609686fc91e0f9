"""Deltas merged: one list in place of many, with the same effect on every document."""

from __future__ import annotations

import copy
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING
from partialjson.patch import Fold, Merge, apply_deltas, merge_deltas
from support import strategies
from support.chunking import fingerprint
from support.edits import edited
from support.twins import Parser


def delta(op: str, path: str, value: Any = None) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


@pytest.mark.parametrize(
    ("deltas", "merged"),
    [
        ([], []),
        ([delta("append", "/a", "b"), delta("append", "/a", "c")], [delta("append", "/a", "bc")]),
        ([delta("add", "/a", "b"), delta("append", "/a", "c")], [delta("add", "/a", "bc")]),
        ([delta("add", "/a", {}), delta("add", "/a/b", 1)], [delta("add", "/a", {"b": 1})]),
        (
            [delta("add", "/a", [{}]), delta("add", "/a/0/b", ""), delta("append", "/a/0/b", "x")],
            [delta("add", "/a", [{"b": "x"}])],
        ),
        ([delta("append", "/a/b", "c"), delta("replace", "/a", {})], [delta("replace", "/a", {})]),
        ([delta("append", "/a", "c"), delta("replace", "/a", 1)], [delta("replace", "/a", 1)]),
        ([delta("add", "/a", 1), delta("replace", "/a", 2)], [delta("add", "/a", 2)]),
        ([delta("add", "/a", 1), delta("add", "/a", 2)], [delta("add", "/a", 2)]),
        ([delta("add", "/x", 1), delta("replace", "", 2), delta("replace", "", 3)], [delta("replace", "", 3)]),
        (
            [
                delta("add", "/l/7", {}),
                delta("add", "/l/7/a", 1),
                delta("add", "/l/8", "x"),
                delta("append", "/l/8", "y"),
            ],
            [delta("add", "/l/7", {"a": 1}), delta("add", "/l/8", "xy")],
        ),
        (
            [delta("append", "/l/3/a", "x"), delta("add", "/l/4", {}), delta("append", "/l/3/a", "y")],
            [delta("append", "/l/3/a", "xy"), delta("add", "/l/4", {})],
        ),
        # What is at an index after something was inserted before it is not what was there.
        (
            [delta("append", "/l/3", "x"), delta("add", "/l/3", "n"), delta("append", "/l/3", "y")],
            [delta("append", "/l/3", "x"), delta("add", "/l/3", "ny")],
        ),
        (
            [delta("append", "/l/4", "x"), delta("add", "/l/3", "n"), delta("append", "/l/4", "y")],
            [delta("append", "/l/4", "x"), delta("add", "/l/3", "n"), delta("append", "/l/4", "y")],
        ),
        # In an object "-" is a key, and in an array it is the end.
        (
            [delta("replace", "/l/-", "a"), delta("add", "/l/-", "b"), delta("append", "/l/-", "c")],
            [delta("replace", "/l/-", "a"), delta("add", "/l/-", "b"), delta("append", "/l/-", "c")],
        ),
        # All that was changed inside goes when a value takes its place, also what is elsewhere by now.
        (
            [
                delta("add", "/l/0", 1),
                delta("add", "/l/5", 2),
                delta("add", "/l/3", 3),
                delta("add", "/l/-", 4),
                delta("replace", "/l", []),
            ],
            [delta("replace", "/l", [])],
        ),
        (
            [delta("append", "/a", ""), delta("append", "/b", "")],
            [delta("append", "/a", ""), delta("append", "/b", "")],
        ),
    ],
)
def test_what_merges(deltas: list[dict[str, Any]], merged: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(deltas)
    assert merge_deltas(deltas) == merged
    assert deltas == before


@pytest.mark.parametrize(
    ("deltas", "message"),
    [
        ([delta("add", "/a", {}), delta("replace", "/a/b", 1)], r"delta 1: path '/a/b' does not exist"),
        ([delta("add", "/a", 1), delta("append", "/a", "x")], r"delta 1: path '/a' is not a string"),
        ([delta("append", "/a", 1)], r"delta 0: 'append' takes a string, not int"),
        ([delta("append", "/a", "x"), delta("append", "/a", 1)], r"delta 1: 'append' takes a string"),
        ([delta("append", "/a", "x"), delta("add", "/a/b", 1)], r"delta 1: path '/a/b' does not exist"),
        ([delta("remove", "/a")], r"delta 0: unknown operation 'remove'"),
        ([delta("add", "a")], r"delta 0: 'a' is not a JSON Pointer"),
        ([None], r"delta 0: expected a mapping"),
    ],
)
def test_what_is_wrong_with_any_document(deltas: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        merge_deltas(deltas)


@given(st.data(), strategies.documents())
def test_law_9_merged_deltas_fold_to_the_same(data: st.DataObject, document: Any) -> None:
    """Any deltas that apply to a document, insertions in the middle of arrays included."""
    after, deltas = edited(data.draw, document)
    before = copy.deepcopy((document, deltas))
    merged = merge_deltas(deltas)
    assert fingerprint(apply_deltas(document, merged)) == fingerprint(after)
    assert len(merged) <= len(deltas)
    assert (document, deltas) == before
    # Merged in parts, and then once more.
    cut = data.draw(st.integers(0, len(deltas)))
    parts = [*merge_deltas(deltas[:cut]), *merge_deltas(deltas[cut:])]
    assert fingerprint(apply_deltas(document, parts)) == fingerprint(after)
    assert fingerprint(apply_deltas(document, merge_deltas(parts))) == fingerprint(after)


@given(st.data(), strategies.documents())
def test_law_4_a_fold_that_is_kept_holds_its_snapshots_still(data: st.DataObject, document: Any) -> None:
    _, deltas = edited(data.draw, document)
    fold = Fold(document)
    before = copy.deepcopy(document)
    shown: list[tuple[Any, str]] = []
    for number, each in enumerate(deltas):
        fold.apply(each)
        if data.draw(st.booleans()):
            shown.append((fold.snapshot(), fingerprint(apply_deltas(document, deltas[: number + 1]))))
    assert all(fingerprint(snapshot) == expected for snapshot, expected in shown)
    assert fingerprint(fold.snapshot()) == fingerprint(apply_deltas(document, deltas))
    assert document == before


@given(st.data(), strategies.texts())
def test_law_9_the_deltas_of_a_parser_merge(data: st.DataObject, text: str) -> None:
    parser = Parser()
    merge = Merge()
    shown = MISSING
    for piece in data.draw(strategies.chunkings(text)):
        parser.feed(piece)
        for each in parser.deltas():
            merge.add(each)
        if data.draw(st.booleans()):
            shown = apply_deltas(shown, merge.deltas())
            assert fingerprint(shown) == fingerprint(parser.json)
            merge = Merge()
    assert fingerprint(apply_deltas(shown, merge.deltas())) == fingerprint(parser.json)


def test_law_7_merging_costs_the_same_for_each_delta() -> None:
    """Calls of functions, which stand for the work, for lists of two lengths."""

    def work(size: int) -> int:
        calls = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        deltas = [delta("append", "/text", "x"), delta("append", "/list/0/a", "x")] * size
        for number in range(1, size):
            deltas += [
                delta("add", f"/list/{number}", {}),
                delta("add", f"/list/{number}/a", ""),
                delta("append", "/text", "x"),
            ]
        sys.setprofile(count)
        try:
            merge_deltas(deltas)
        finally:
            sys.setprofile(None)
        return calls

    assert work(2000) < 2.2 * work(1000)


def test_a_fold_does_not_hold_what_has_left_its_document() -> None:
    fold = Fold({"a": {"deep": {"deeper": []}}})
    for number in range(100):
        fold.apply(delta("add", "/a/deep/deeper/-", number))
        fold.apply(delta("replace", "/a", {"deep": {"deeper": []}}))
    assert len(fold._own) <= 1
