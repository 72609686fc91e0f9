"""Edits by path against the documents they describe.

`edits_of` takes a document apart as Vertex AI does: scalars in document order, strings in pieces. The text that is
written must be the document; edits that go back must give the same document in the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import Parser
from partialjson.wire.providers._edits import EditPath, EditWriter, parse_path

Edit = tuple[EditPath, object, bool]


def write(edits: Iterable[Edit]) -> tuple[EditWriter, list[str]]:
    writer = EditWriter()
    return writer, [apply(writer, edit) for edit in edits]


def apply(writer: EditWriter, edit: Edit) -> str:
    path, value, more = edit
    if isinstance(value, str):
        return writer.string(path, value, more)
    return writer.mark(path) if value is ... else writer.scalar(path, value)


def at(text: str) -> EditPath:
    path = parse_path(text)
    assert path is not None
    return path


def written(*edits: tuple[Any, ...]) -> tuple[str, Any]:
    """The text of edits by their paths as text, and what it says."""
    writer, pieces = write((at(edit[0]), edit[1] if len(edit) > 1 else ..., len(edit) > 2) for edit in edits)
    text = "".join([*pieces, writer.finish()])
    assert not writer.apart
    return text, json.loads(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$.city", ("city",)),
        ("$", ()),
        ("$.items[0].qty", ("items", 0, "qty")),
        ("$['na me'][\"x\"]", ("na me", "x")),
        (r"$['it\'s \"q\" \n \u00e9 \\']", ('it\'s "q" \n é \\',)),
        ("$['say \"x\"']", ('say "x"',)),
        ("$.a[12][3]", ("a", 12, 3)),
        ("$.xs[]", ("xs", None)),
        ("$.na-me.ünï", ("na-me", "ünï")),
        ("$['a\nb'][\"c\nd\"].e\nf", ("a\nb", "c\nd", "e\nf")),
        # An escape that JSON does not have leaves all as it is.
        ("$['a\\\nb']", ("a\\\nb",)),
        ('$["a\\\nb"]', ("a\\\nb",)),
        (r"$['a\qb']", (r"a\qb",)),
    ],
)
def test_paths(text: str, path: EditPath) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize(
    "text", ["", "city", "$city", "$.", "$..a", "$[a]", "$['a", "$[-1]", "$.xs[].y", "$.a[*]", "$['a'"]
)
def test_what_is_no_path(text: str) -> None:
    assert parse_path(text) is None


def test_the_documented_example() -> None:
    text, value = written(
        ("$.city", "Zü", 1), ("$.city", "rich", 1), ("$.city", ""), ("$.items[0].qty", 2.0), ("$.items[]",)
    )
    assert text == '{"city":"Zürich","items":[{"qty":2}]}'
    assert value == {"city": "Zürich", "items": [{"qty": 2}]}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], {}),
        ([("$",)], {}),
        ([("$.xs[]",)], {"xs": []}),
        ([("$.o",)], {"o": {}}),
        ([("$.o",), ("$.xs[]",), ("$.n", 1)], {"o": {}, "xs": [], "n": 1}),
        ([("$.a", "x", 1), ("$.a",), ("$.b", True)], {"a": "x", "b": True}),
        ([("$.a", "x", 1), ("$.b", None)], {"a": "x", "b": None}),
        ([("$.a", "x", 1)], {"a": "x"}),
        ([("$.a[0]", 1), ("$.a[]",), ("$.a[]",), ("$.b", 1.5)], {"a": [1], "b": 1.5}),
        ([("$.a[0]", "x", 1), ("$.a[0]", "y"), ("$.a[1]", "z")], {"a": ["xy", "z"]}),
        ([("$.a[]", "x", 1), ("$.a[]", "y"), ("$.a[]", "z"), ("$.a[]", 1)], {"a": ["xy", "z", 1]}),
        ([("$.a[2]", 1), ("$.a[4]", 2)], {"a": [None, None, 1, None, 2]}),
        ([("$.m[0][0]", 1), ("$.m[0][1]", 2), ("$.m[1][0]", 3)], {"m": [[1, 2], [3]]}),
        ([("$.a.b.c", 1), ("$.a.b.d", 2), ("$.a.e", 3), ("$.f", 4)], {"a": {"b": {"c": 1, "d": 2}, "e": 3}, "f": 4}),
        ([("$.a[0].b", 1), ("$.a[0]",), ("$.a[1].b", 2)], {"a": [{"b": 1}, {"b": 2}]}),
        ([("$['a\"b']", 'q"\n')], {'a"b': 'q"\n'}),
        ([("$.a", "\ud83d", 1), ("$.a", "\ude00")], {"a": "😀"}),
        ([("$.a", 1e300), ("$.b", 2.0**60), ("$.c", -3.0)], {"a": 1e300, "b": 2**60, "c": -3}),
    ],
)
def test_edits_in_order(edits: list[Any], expected: Any) -> None:
    assert written(*edits)[1] == expected


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([("$.a", 1), ("$.a", 2)], {"a": 2}),
        ([("$.a.b", 1), ("$.c", 2), ("$.a.d", 3)], {"a": {"b": 1, "d": 3}, "c": 2}),
        ([("$.a[0]", 1), ("$.a[1]", 2), ("$.a[0]", 3)], {"a": [3, 2]}),
        ([("$.a", "x", 1), ("$.b", 1), ("$.a", "y", 1), ("$.a", "z")], {"a": "yz", "b": 1}),
        ([("$.a", 1), ("$.a.b", 2)], {"a": {"b": 2}}),
        ([("$.a", 1), ("$.a", 2), ("$.xs[]", 1), ("$.xs[]", "p", 1), ("$.xs[]", "q")], {"a": 2, "xs": [1, "pq"]}),
        ([("$.a[0]", 1), ("$.a.b", 2)], {"a": {"b": 2}}),
    ],
)
def test_edits_that_go_back_are_told_at_the_end(edits: list[Any], expected: Any) -> None:
    writer, pieces = write((at(edit[0]), edit[1], len(edit) > 2) for edit in edits)
    assert writer.apart
    assert not writer.lost
    assert json.loads(writer.finish()) == expected
    Parser().feed("".join(pieces))  # what was written before it is the beginning of a document


@pytest.mark.parametrize(
    "edits",
    [
        [((0,), 1, False)],
        [((), "x", False)],
        [(("a",), 1, False), (("a",), 2, False), ((), 5, False)],
        [(("a", 10**8), 1, False), (("a",), 2, False)],
    ],
)
def test_an_edit_that_has_no_place_is_lost(edits: Sequence[Edit]) -> None:
    writer, _ = write(edits)
    assert writer.lost
    assert writer.finish() == ""


def test_an_edit_that_cannot_be_read() -> None:
    writer, _ = write([(("a",), 1, False)])
    writer.lose()
    assert writer.finish() == ""


KEYS = st.text(max_size=3)
SCALARS = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=6) | st.floats(-1e9, 1e9)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def edits_of(value: Any, path: EditPath, cuts: st.DataObject) -> list[Edit]:
    if isinstance(value, dict) and value:
        return [edit for key, item in value.items() for edit in edits_of(item, (*path, key), cuts)]
    if isinstance(value, list) and value:
        return [edit for index, item in enumerate(value) for edit in edits_of(item, (*path, index), cuts)]
    if isinstance(value, (dict, list)):
        return [((*path, None) if isinstance(value, list) else path, ..., False)]
    if isinstance(value, str):
        cut = cuts.draw(st.integers(0, len(value)))
        closing = cuts.draw(st.booleans())
        whole: list[Edit] = [(path, value[:cut], True), (path, value[cut:], closing)]
        return [*whole, (path, "", False)] if closing else whole
    return [(path, value, False)]


@given(DOCUMENTS, st.data())
def test_any_document(document: dict[str, Any], data: st.DataObject) -> None:
    """Edits in document order are written as the document, and every beginning of the text can be parsed."""
    writer, pieces = write(edits_of(document, (), data) if document else [])
    parser = Parser()
    for piece in [*pieces, writer.finish()]:
        parser.feed(piece)
    assert not writer.apart
    assert parser.close() == document


@given(DOCUMENTS, st.data())
def test_any_order(document: dict[str, Any], data: st.DataObject) -> None:
    """In any order that keeps the pieces of a string together the document is the same, as far as it has scalars."""
    edits = [edit for edit in edits_of(document, (), data) if edit[1] is not ...]
    groups: list[list[Edit]] = []
    for edit in edits:
        if groups and groups[-1][0][0] == edit[0]:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    shuffled = data.draw(st.permutations(groups))
    writer, pieces = write(edit for group in shuffled for edit in group)
    rest = writer.finish()
    found = json.loads(rest if writer.apart else "".join([*pieces, rest]))
    straight, straight_pieces = write(edits)
    assert found == json.loads("".join([*straight_pieces, straight.finish()]))


STEPS = st.lists(st.sampled_from(["a", "b", 0, 1, 2, None]), max_size=3).map(tuple)
EDITS = st.tuples(STEPS, st.sampled_from([..., "", "x", 1, None, True, 2.5]), st.booleans())


@given(st.lists(EDITS, max_size=8))
def test_no_edit_upsets_the_writer(edits: list[Edit]) -> None:
    writer, pieces = write(edits)
    text = "".join(pieces)
    rest = writer.finish()
    if writer.lost:
        assert rest == ""
    elif writer.apart:
        assert isinstance(json.loads(rest), dict)
    else:
        assert isinstance(json.loads(text + rest), dict)
