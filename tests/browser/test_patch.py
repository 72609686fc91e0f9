"""patch.js applies deltas as ``partialjson.patch`` does: the same values, and the same refusals."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partialjson import MISSING, Parser
from partialjson.patch import apply_deltas, merge_deltas
from support import strategies
from support.edits import edited
from support.effort import amount
from support.node import BROWSER, needs_node, run

HERE = Path(__file__).parent
COUNT = amount(600, 5000, quick=200)
LIMIT = 2048

OPERATIONS = st.sampled_from(["add", "replace", "append", "remove", None, 1])
PATHS = st.lists(
    st.sampled_from(["", "a", "0", "1", "2", "-", "01", "9" * 17, "~0", "~1", "__proto__", "length", "constructor"]),
    max_size=3,
).map(lambda steps: "".join("/" + step for step in steps))
ANY_DELTAS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"op": OPERATIONS, "path": PATHS, "value": strategies.documents(max_leaves=3)}),
        st.sampled_from([None, 1, "add", [], {}, {"op": "add", "path": ""}, {"op": "add", "path": "a", "value": 1}]),
        st.sampled_from([{"op": "add", "value": 1}, {"op": "add", "path": 1, "value": 1}, {"path": "", "value": 1}]),
    ),
    min_size=1,
    max_size=3,
)


def seen(value: Any) -> Any:
    """A value as JavaScript knows and writes it: one kind of number, null for infinity, texts of UTF-16, in which two
    halves of a pair are one character, and an order of its own for keys that look like indexes."""
    if isinstance(value, dict):
        keys = [key for key in value if not re.fullmatch(r"0|[1-9]\d*", key)]
        return {key: seen(value[key]) for key in sorted(value)}, keys
    if isinstance(value, list):
        return [seen(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass")
    if value is None or isinstance(value, bool):
        return value
    return float(value) if math.isfinite(value) else None


def drawn(strategy: st.SearchStrategy[Any], count: int = COUNT // 4) -> list[Any]:
    """So many examples at once, since one process of node is to get them all."""
    cases: list[Any] = []

    @settings(max_examples=count, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(strategy)
    def draw(case: Any) -> None:
        cases.append(case)

    draw()
    return cases


@st.composite
def edits(draw: st.DrawFn) -> tuple[Any, list[dict[str, Any]], Any]:
    document = draw(strategies.documents())
    after, deltas = edited(draw, document)
    return document, deltas, after


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[list[dict[str, Any]]], list[Any]]:
    """The deltas of a parser, chunk by chunk, and its documents."""
    parser = Parser()
    lists, documents = [], []
    for piece in draw(strategies.chunkings(draw(strategies.texts()))):
        parser.feed(piece)
        lists.append(parser.deltas())
        documents.append(parser.json)
    return lists, documents


@needs_node
def test_law_9_deltas_fold_in_javascript() -> None:
    """As they are, and merged."""
    drawn_edits = drawn(edits())
    cases = [case for each in drawn_edits for case in ([each[0], each[1]], [each[0], merge_deltas(each[1])])]
    expected = [after for _, _, after in drawn_edits for _ in range(2)]
    for case, after, answer in zip(cases, expected, run(HERE / "apply.mjs", cases), strict=True):
        assert seen(answer.pop("after")) == seen(after), case
        # What no delta has touched is the same object, and nothing else was changed.
        assert answer == {}, case


@needs_node
def test_law_9_the_deltas_of_a_parser_fold_in_javascript() -> None:
    cases: list[Any] = []
    expected: list[Any] = []
    for lists, documents in drawn(streams(), COUNT // 8):
        before: Any = MISSING
        for deltas, document in zip(lists, documents, strict=True):
            cases.append([None, deltas, "nothing"] if before is MISSING else [before, deltas])
            expected.append(document)
            before = document
    for case, after, answer in zip(cases, expected, run(HERE / "apply.mjs", cases), strict=True):
        assert answer.pop("nothing", False) == (after is MISSING), case
        if after is not MISSING:
            assert seen(answer.pop("after")) == seen(after), case
        assert answer == {}, case


@needs_node
def test_law_9_deltas_that_javascript_made_fold_in_python() -> None:
    made = run(HERE / "edit.mjs", (), "20261126", str(COUNT))
    assert len(made) == COUNT
    for document, deltas, after in made:
        assert seen(apply_deltas(document, deltas)) == seen(after), (document, deltas)
        assert seen(apply_deltas(document, merge_deltas(deltas))) == seen(after), (document, deltas)


def attempt(document: Any, deltas: Any) -> tuple[Any, str]:
    """The document after the deltas, or what is wrong with them."""
    try:
        return apply_deltas(document, deltas), ""
    except ValueError as error:
        return None, str(error)


@needs_node
def test_both_refuse_the_same_deltas() -> None:
    cases = drawn(st.tuples(strategies.documents(max_leaves=6), ANY_DELTAS))
    refused = 0
    for (document, deltas), answer in zip(cases, run(HERE / "apply.mjs", cases), strict=True):
        after, error = attempt(document, deltas)
        if error:
            refused += 1
            # Both say which delta it is, each in its own words what is wrong.
            number = error.partition(":")[0]
            assert re.fullmatch(r"delta \d+", number)
            assert str(answer.get("error")).partition(":")[0] == number, (document, deltas, error)
        else:
            assert seen(answer["after"]) == seen(after), (document, deltas)
    assert refused > len(cases) // 4


@needs_node
@pytest.mark.parametrize(
    ("document", "deltas", "after"),
    [
        ({}, [("add", "/__proto__", {"polluted": True})], '{"__proto__": {"polluted": true}}'),
        ({}, [("add", "/__proto__", {}), ("add", "/__proto__/polluted", 1)], '{"__proto__": {"polluted": 1}}'),
        ({"__proto__": {"x": {}}}, [("add", "/__proto__/x/polluted", 1)], '{"__proto__": {"x": {"polluted": 1}}}'),
        ({"__proto__": "a"}, [("append", "/__proto__", "b")], '{"__proto__": "ab"}'),
        ({}, [("add", "/__proto__/polluted", 1)], None),
        ({}, [("add", "/constructor/prototype/polluted", 1)], None),
        ([], [("add", "/__proto__/polluted", 1)], None),
        ([], [("add", "/length", 5)], None),
        ("text", [("replace", "/length", 5)], None),
        ({"a": "\ud83d"}, [("append", "/a", "\ude00")], '{"a": "😀"}'),
        ({"b": 1, "1": 2}, [("add", "/0", 3)], '{"0": 3, "1": 2, "b": 1}'),
    ],
)
def test_keys_are_data(document: Any, deltas: list[tuple[str, str, Any]], after: str | None) -> None:
    [answer] = run(
        HERE / "apply.mjs", [[document, [{"op": op, "path": path, "value": value} for op, path, value in deltas]]]
    )
    if after is None:
        assert answer["error"].startswith("delta 0: ")
    else:
        assert answer == {"after": json.loads(after)}


def test_the_module_is_small() -> None:
    """What a minifier makes of it is smaller still: here, only comments and indentation are left out."""
    text = (BROWSER / "patch.js").read_text(encoding="utf-8")
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = [line.strip() for line in code.splitlines()]
    assert len("\n".join(line for line in lines if line and not line.startswith("//"))) < LIMIT
