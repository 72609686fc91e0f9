"""Deltas: folding them gives the document, and JSON Patch says the same in other words."""

from __future__ import annotations

import copy
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING
from partialjson.patch import apply_deltas, to_json_patch
from partialjson.testing import strategies
from partialjson.testing.chunking import fingerprint
from support.memory import peak_of
from support.twins import Parser


def delta(op: str, path: str, value: Any = None) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


@pytest.mark.parametrize(
    ("document", "deltas", "expected"),
    [
        (MISSING, [], MISSING),
        (MISSING, [delta("add", "", 1)], 1),
        (MISSING, [delta("add", "", {}), delta("add", "/a", 1)], {"a": 1}),
        ({"a": 1}, [delta("replace", "", [])], []),
        ({"a": 1}, [delta("replace", "/a", None)], {"a": None}),
        ({"a": 1}, [delta("add", "/a", 2)], {"a": 2}),
        ({"a": 1, "b": 2}, [delta("replace", "/a", 3)], {"a": 3, "b": 2}),
        ([], [delta("add", "/0", 1), delta("add", "/1", 2)], [1, 2]),
        ([1], [delta("add", "/-", 2)], [1, 2]),
        ([1, 3], [delta("add", "/1", 2)], [1, 2, 3]),
        ([1, 2], [delta("replace", "/1", 3)], [1, 3]),
        ("ab", [delta("append", "", "c")], "abc"),
        ({"a": "x"}, [delta("append", "/a", "y"), delta("append", "/a", "")], {"a": "xy"}),
        ([["x"]], [delta("append", "/0/0", "y")], [["xy"]]),
        ({"a/b": {"~": "x"}}, [delta("append", "/a~1b/~0", "y")], {"a/b": {"~": "xy"}}),
        ({"": {"": 1}}, [delta("replace", "//", 2)], {"": {"": 2}}),
        ({"~1": 1}, [delta("replace", "/~01", 2)], {"~1": 2}),
        ({"0": 1}, [delta("replace", "/0", 2)], {"0": 2}),
        ({"-": 1}, [delta("replace", "/-", 2)], {"-": 2}),
    ],
)
def test_applying(document: Any, deltas: list[dict[str, Any]], expected: Any) -> None:
    before = copy.deepcopy((document, deltas))
    result = apply_deltas(document, deltas)
    assert fingerprint(result) == fingerprint(expected)
    assert (document, deltas) == before


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ({}, delta("replace", "/a", 1)),
        ({}, delta("append", "/a", "x")),
        ({}, delta("add", "/a/b", 1)),
        ([], delta("replace", "/0", 1)),
        ([], delta("add", "/1", 1)),
        ([], delta("add", "/a", 1)),
        ([], delta("add", "/-1", 1)),
        ([], delta("add", "/01", 1)),
        ([1, 2], delta("replace", "/01", 1)),
        ([1, 2], delta("replace", "/٠", 1)),
        ([1], delta("replace", "/-", 1)),
        ([1], delta("append", "/0", "x")),
        ({"a": None}, delta("append", "/a", "x")),
        ({"a": 1}, delta("add", "/a/b", 1)),
        ("x", delta("add", "/0", "y")),
        ({}, delta("add", "a", 1)),
        ({"a": 1}, delta("remove", "/a")),
        ({"a": 1}, delta("test", "/a", 1)),
        ({"a": 1}, delta("", "/a", 1)),
        ("s", delta("append", "", 5)),
        ([1], delta("add", "/" + "9" * 5000, 1)),
        ([1], {"op": "add", "path": None, "value": 1}),
        ([1], {"op": ["add"], "path": "", "value": 1}),
        ([1], {"op": "add", "path": ""}),
        ([1], {"op": "add", "value": 1}),
        ([1], {}),
        ([1], None),
        ([1], "add"),
        ([1], ["add", "", 1]),
    ],
)
def test_what_does_not_apply(document: Any, wrong: Any) -> None:
    before = copy.deepcopy(document)
    with pytest.raises(ValueError, match=r"^delta 0: .*(path|operation|Pointer|append)"):
        apply_deltas(document, [wrong])
    with pytest.raises(ValueError, match=r"^delta 1: .*(path|operation|Pointer|append)"):
        to_json_patch([delta("add", "", document), wrong], document)
    assert document == before


def test_appends_that_follow_each_other_are_one_replacement() -> None:
    deltas = [
        delta("append", "/a", "b"),
        delta("append", "/a", "c"),
        delta("append", "/d", "e"),
        delta("append", "/a", "f"),
    ]
    patch = to_json_patch(deltas, {"a": "a", "d": "d"})
    assert [(each["path"], each["value"]) for each in patch] == [("/a", "abc"), ("/d", "de"), ("/a", "abcf")]


@pytest.mark.parametrize("fold", [apply_deltas, lambda document, deltas: to_json_patch(deltas, document)])
def test_law_7_a_container_is_copied_once_however_many_deltas_go_through_it(fold: Any) -> None:
    copies = 0

    def watch(frame: Any, event: str, argument: Any) -> None:
        nonlocal copies
        copies += event == "c_call" and argument.__name__ == "copy"

    document = {"text": "", "list": [0] * 100, "other": [1]}
    deltas = [delta("add", "/list/-", 1), delta("append", "/text", "x")] * 100
    sys.setprofile(watch)
    try:
        fold(document, deltas)
    finally:
        sys.setprofile(None)
    assert copies == 2


def test_law_7_text_that_is_appended_is_not_copied_each_time() -> None:
    def allocated(count: int) -> int:
        return peak_of(lambda: to_json_patch([delta("append", "/text", "x" * 100)] * count, {"text": ""}))

    assert allocated(2000) < 3 * allocated(1000)


def test_what_is_not_touched_is_shared() -> None:
    document: Any = {"a": {"x": [1]}, "b": {"y": [2]}}
    after = apply_deltas(document, [delta("add", "/b/y/-", 3)])
    assert after == {"a": {"x": [1]}, "b": {"y": [2, 3]}}
    assert after["a"] is document["a"]
    assert after["b"] is not document["b"]
    assert document["b"] == {"y": [2]}


def test_values_of_deltas_stay_as_they_are() -> None:
    """A value that later deltas change is copied before, so that deltas can be kept and applied again."""
    deltas = [delta("add", "", {}), delta("add", "/a", []), delta("add", "/a/0", "x"), delta("append", "/a/0", "y")]
    kept = copy.deepcopy(deltas)
    assert apply_deltas(MISSING, deltas) == {"a": ["xy"]}
    assert deltas == kept
    assert apply_deltas(MISSING, deltas) == {"a": ["xy"]}


def test_any_iterables_and_mappings_will_do() -> None:
    assert apply_deltas([], iter([{"op": "add", "path": "/0", "value": 1, "more": "ignored"}])) == [1]


@given(strategies.documents(), st.data())
def test_law_9_deltas_fold(text: str, data: st.DataObject) -> None:
    parser, document = Parser(), MISSING
    for chunk in data.draw(strategies.chunkings(text)):
        parser.feed(chunk)
        deltas = parser.deltas()
        patch = to_json_patch(deltas, document)
        assert fingerprint(rfc_6902(document, patch)) == fingerprint(parser.json)
        document = apply_deltas(document, deltas)
        assert fingerprint(document) == fingerprint(parser.json)


def rfc_6902(document: Any, patch: list[dict[str, Any]]) -> Any:
    """An independent reader of JSON Patch, as far as these operations go; it works on copies of everything."""
    document = copy.deepcopy(document)
    for operation in patch:
        assert set(operation) == {"op", "path", "value"}
        assert operation["op"] in ("add", "replace")
        steps = [step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:]]
        value = copy.deepcopy(operation["value"])
        if not steps:
            document = value
            continue
        place = document
        for step in steps[:-1]:
            place = place[step] if isinstance(place, dict) else place[int(step)]
        if isinstance(place, dict):
            assert operation["op"] == "add" or steps[-1] in place
            place[steps[-1]] = value
        elif operation["op"] == "add":
            place.insert(int(steps[-1]), value)
        else:
            place[int(steps[-1])] = value
    return document


def test_as_json_patch() -> None:
    parser = Parser()
    parser.feed('{"a": "so')
    first = to_json_patch(parser.deltas())
    assert first == [{"op": "add", "path": "", "value": {"a": "so"}}]
    parser.feed('on", "b": [1')
    before = {"a": "so"}
    assert to_json_patch(parser.deltas(), before) == [
        {"op": "replace", "path": "/a", "value": "soon"},
        {"op": "add", "path": "/b", "value": []},
    ]
    assert before == {"a": "so"}


def test_json_patch_can_be_sent() -> None:
    parser = Parser()
    parser.feed('{"a/b": [{"~": "é')
    patch = to_json_patch(parser.deltas())
    assert json.loads(json.dumps(patch)) == patch


def test_repeated_keys_become_replacements() -> None:
    parser = Parser()
    parser.feed("{")
    parser.deltas()
    parser.feed('"a": "x", "a": {"b": 1}, "a": "y')
    deltas = parser.deltas()
    assert [(each["op"], each["path"]) for each in deltas if each["path"] == "/a"] == [
        ("add", "/a"),
        ("replace", "/a"),
        ("replace", "/a"),
    ]
    assert apply_deltas({}, deltas) == {"a": "y"}
    assert rfc_6902({}, to_json_patch(deltas, {})) == {"a": "y"}


def test_deep_nonsense_is_refused_without_recursion() -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    for delta in (
        deep,
        {"op": deep, "path": "", "value": 1},
        {"op": "add", "path": deep, "value": 1},
        {"op": "append", "path": "", "value": deep},
        {"op": "replace", "path": "/0" * 60_000, "value": 1},
    ):
        with pytest.raises(ValueError, match="delta 0"):
            apply_deltas(deep, [delta])
        with pytest.raises(ValueError, match="delta 0"):
            to_json_patch([delta], deep)
