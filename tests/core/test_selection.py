"""`select`: which completions are reported, the small language that says so, and what is not paid for the rest."""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

import partialjson
from partialjson import Completed, Invalid, ParseError, Replaced, Schema, Violation, stream
from partialjson._core.events import Node
from partialjson._core.selection import parse_pattern
from partialjson.testing import strategies
from partialjson.testing.chunking import check_all_chunkings
from support.models import Item
from support.twins import Parser

Path = tuple[str | int, ...]

DOCUMENT = {
    "items": [{"name": "tea", "tags": ["a", "b"]}, {"name": "jam", "tags": []}],
    "a name": {"0": 1, "": 2},
    "n": None,
}
TEXT = json.dumps(DOCUMENT)


def paths(select: list[str] | None, text: str = TEXT, target: Any = None) -> list[Path]:
    """The paths of all events for a selection, the same for all ways of feeding."""
    seen = check_all_chunkings(
        text, make=lambda: Parser(target, select=select), single_splits_up_to=40, partitions=2, states_up_to=0
    )
    return [event.path for event in seen.events]


# The language


@pytest.mark.parametrize(
    ("pattern", "steps"),
    [
        ("$", ()),
        ("$.a", ("a",)),
        ("$.a.b_1", ("a", "b_1")),
        ("$._x9", ("_x9",)),
        ("$.é", ("é",)),
        ("$.日本", ("日本",)),
        ("$.😀", ("😀",)),
        ("$.*", (None,)),
        ("$[*]", (None,)),
        ("$[0]", (0,)),
        ("$[10][0]", (10, 0)),
        ("$['a']", ("a",)),
        ('$["a"]', ("a",)),
        ("$['a name']", ("a name",)),
        ("$['']", ("",)),
        ("$['0']", ("0",)),
        ("$['a.b[0]']", ("a.b[0]",)),
        ("$['it\\'s']", ("it's",)),
        ('$["a\\"b"]', ('a"b',)),
        ("$['\\n\\t\\\\\\/\\b\\f\\r']", ("\n\t\\/\b\f\r",)),
        ("$['\\u00e9']", ("é",)),
        ("$['\\uD83D\\uDE00']", ("😀",)),
        ("$[ 0 ]", (0,)),
        ("$[\n'a'\t]", ("a",)),
        ("$ .a [0]", ("a", 0)),
        ("$.items[*].name", ("items", None, "name")),
        ("$.*.*[*]", (None, None, None)),
    ],
)
def test_patterns(pattern: str, steps: tuple[str | int | None, ...]) -> None:
    assert parse_pattern(pattern) == steps
    Parser(select=[pattern])


BEGINNING = "a pattern starts with '$'"
DESCENDANTS = "descendants ('..') are not supported"
NAME = "expected a name or '*' after '.'; quote other names: ['a name']"
STEP = "expected '.name', '[0]', '[*]' or ['name']"
NEGATIVE = "negative indexes need the end of the list and are not supported"
FILTERS = "filters are not supported"
CLOSING = "expected ']' (slices and lists of selectors are not supported)"
INDEX = "expected an index, '*' or a quoted name after '['"


@pytest.mark.parametrize(
    ("pattern", "at", "why"),
    [
        ("", 0, BEGINNING),
        ("a", 0, BEGINNING),
        (" $", 0, BEGINNING),
        (".a", 0, BEGINNING),
        ("/a/b", 0, BEGINNING),
        ("$..a", 1, DESCENDANTS),
        ("$.a..b", 3, DESCENDANTS),
        ("$..", 1, DESCENDANTS),
        ("$.", 2, NAME),
        ("$.a.", 4, NAME),
        ("$.1", 2, NAME),
        ("$.-a", 2, NAME),
        ("$.'a'", 2, NAME),
        ("$. a", 2, NAME),
        ("$a", 1, STEP),
        ("$.a-b", 3, STEP),
        ("$.a b", 4, STEP),
        ("$*", 1, STEP),
        ("$[-1]", 2, NEGATIVE),
        ("$[?@.a]", 2, FILTERS),
        ("$[0:2]", 3, CLOSING),
        ("$[:]", 2, INDEX),
        ("$[0,1]", 3, CLOSING),
        ("$['a','b']", 5, CLOSING),
        ("$[]", 2, INDEX),
        ("$[", 2, INDEX),
        ("$[0", 3, CLOSING),
        ("$['a'", 5, CLOSING),
        ("$['a", 2, INDEX),
        ("$[a]", 2, INDEX),
        ("$[01]", 3, CLOSING),
        ("$[1.5]", 3, CLOSING),
        ("$[*", 3, CLOSING),
        ("$['\\x']", 2, "unknown escape '\\x' in a name"),
        ("$['\\u12']", 2, "unknown escape '\\u' in a name"),
    ],
)
def test_refused_patterns_say_where_and_why(pattern: str, at: int, why: str) -> None:
    with pytest.raises(ValueError, match="character") as caught:
        Parser(select=["$.fine", pattern])
    assert str(caught.value) == f"select pattern {pattern!r}, character {at}: {why}"
    assert not isinstance(caught.value, ParseError)


def test_wrong_kinds_of_selection() -> None:
    with pytest.raises(TypeError, match="select="):
        Parser(select="$.a")
    with pytest.raises(TypeError):
        Parser(select=b"$.a")  # type: ignore[arg-type]
    for element in (0, None, ("a", "b"), b"$"):
        with pytest.raises(TypeError):
            Parser(select=[element])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        Parser(select=5)  # type: ignore[arg-type]


def test_any_iterable_will_do() -> None:
    for select in (("$.n",), {"$.n"}, iter(["$.n"]), (pattern for pattern in ["$.n"])):
        parser = partialjson.Parser(select=select)  # an iterator is used up
        assert [event.path for event in parser.feed(TEXT)] == [("n",)]


# What is reported


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ([], []),
        (["$"], [()]),
        (["$.n"], [("n",)]),
        (["$.items"], [("items",)]),
        (["$.items[0]"], [("items", 0)]),
        (["$.items[*]"], [("items", 0), ("items", 1)]),
        (["$.items.*"], [("items", 0), ("items", 1)]),
        (["$.items[*].name"], [("items", 0, "name"), ("items", 1, "name")]),
        (["$.items[1].tags[*]"], []),
        (["$.items[*].tags[1]"], [("items", 0, "tags", 1)]),
        (["$.*"], [("items",), ("a name",), ("n",)]),
        (["$['a name']['0']"], [("a name", "0")]),
        (["$['a name'][0]"], []),
        (["$['a name']['']"], [("a name", "")]),
        (["$.items['0']"], []),
        (["$.nothing", "$.n.deeper", "$.items[7]"], []),
        (["$.n", "$", "$.n"], [("n",), ()]),
        (["$.items[*].name", "$.items[0]"], [("items", 0, "name"), ("items", 0), ("items", 1, "name")]),
        (["$.*[0].name", "$.items[*].name"], [("items", 0, "name"), ("items", 1, "name")]),
    ],
)
def test_only_what_is_selected_is_reported(select: list[str], expected: list[Path]) -> None:
    assert paths(select) == expected


def test_everything_is_reported_by_default() -> None:
    assert paths(None)[-3:] == [("a name",), ("n",), ()]
    assert len(paths(None)) == 14


def test_selection_at_the_root() -> None:
    assert paths(["$"], "12") == [()]
    assert paths(["$"], '"x"') == [()]
    assert paths(["$[0]"], "12") == []
    assert paths(["$[0]"], "[1, 2]") == [(0,)]


@st.composite
def selections(draw: st.DrawFn) -> tuple[list[str], list[tuple[str | int | None, ...]]]:
    steps: st.SearchStrategy[str | int | None] = st.one_of(
        st.none(), st.integers(0, 3), st.sampled_from(strategies.KEYS)
    )
    tails: st.SearchStrategy[Any] = st.lists(steps, max_size=4).map(tuple)
    chosen: list[tuple[str | int | None, ...]] = draw(st.lists(tails, max_size=3))
    patterns: list[str] = []
    for each in chosen:
        parts = ["[*]" if step is None else f"[{step if isinstance(step, int) else json.dumps(step)}]" for step in each]
        patterns.append("$" + "".join(parts))
    return patterns, chosen


def matches(path: Path, pattern: tuple[str | int | None, ...]) -> bool:
    return len(path) == len(pattern) and all(
        step is None or (type(step) is type(key) and step == key) for key, step in zip(path, pattern, strict=True)
    )


@given(strategies.documents(), selections())
def test_a_selection_is_a_filter(text: str, selection: tuple[list[str], list[tuple[str | int | None, ...]]]) -> None:
    """The events of a selection are those of everything whose paths match, and nothing else changes."""
    select, patterns = selection
    everything, selected = Parser(), Parser(select=select)
    expected = [*everything.feed(text), *everything.end().events]
    events = [*selected.feed(text), *selected.end().events]
    assert repr(events) == repr([e for e in expected if any(matches(e.path, pattern) for pattern in patterns)])
    assert repr(selected.json) == repr(everything.json)
    assert selected.path == everything.path


def test_replacements_are_selected_too() -> None:
    text = '{"a": 1, "b": 2, "a": {"c": 3}, "b": 4}'
    assert Parser(select=["$.a"]).feed(text) == (
        Completed(("a",), 1),
        Replaced(("a",), 1),
        Completed(("a",), {"c": 3}),
    )
    assert Parser(select=["$.a.c"]).feed(text) == (Completed(("a", "c"), 3),)


def test_invalid_values_are_selected_too() -> None:
    parser = Parser(list[Item], select=["$[*].name"])
    events = parser.feed('[{"name": 5, "price": "x"}, {"name": "a"}]')
    assert [(type(event), event.path) for event in events] == [
        (Violation, (0, "name")),
        (Invalid, (0, "name")),
        (Completed, (1, "name")),
    ]
    assert parser.status((0, "price")) == "invalid"
    assert parser.status((0,)) == "invalid"


def test_selection_changes_nothing_else_for_a_target() -> None:
    text = '[{"name": "a", "price": 1}, {"name": "b"}]'
    everything, nothing = Parser(list[Item]), Parser(list[Item], select=[])
    for char in text:
        everything.feed(char)
        assert nothing.feed(char) == ()
        assert nothing.value == everything.value
        assert nothing.deltas() == everything.deltas()
    assert nothing.close() == everything.close()
    assert nothing.end().events == ()


def test_the_events_of_an_error_are_selected() -> None:
    parser = Parser(select=["$[1]"])
    with pytest.raises(ParseError) as caught:
        parser.feed("[1, 2, x")
    assert caught.value.events == (Completed((1,), 2),)


def test_deltas_do_not_depend_on_the_selection() -> None:
    plain, selected = Parser(), Parser(select=["$.n"])
    assert plain.deltas() == selected.deltas()
    for char in TEXT:
        plain.feed(char)
        selected.feed(char)
        assert plain.deltas() == selected.deltas()


# What is not paid


def count(kind: type) -> int:
    return sum(1 for each in gc.get_objects() if isinstance(each, kind))


def blocks(text: str, read: Callable[[str], object]) -> int:
    """How many blocks of memory are kept after reading. The collector cannot count events: it does not see them all."""
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        kept = read(text)
        after = sys.getallocatedblocks()
    finally:
        gc.enable()
    assert kept is not None
    return after - before


@pytest.mark.parametrize("target", [None, list[Any]])
def test_nothing_selected_builds_no_event(target: Any) -> None:
    def read(text: str, select: list[str] | None) -> object:
        parser = partialjson.Parser(target, select=select)
        events = parser.feed(text)
        assert len(events) == (0 if select == [] else text.count(",") // 3 * 4)
        return parser, events

    few, many = ("[" + "[1, 2, {}]," * rows for rows in (50, 150))
    # What the caches and the parser itself take is the same for both.
    ways: list[Callable[[str], object]] = [
        lambda text: json.loads(text[:-1] + "]"),
        lambda text: read(text, []),
        lambda text: read(text, None),
    ]
    for way in ways:
        way(few)
    plain, nothing, everything = (blocks(many, way) - blocks(few, way) for way in ways)
    # A list of lists and dicts: 100 rows of two containers each, and perhaps some room to grow in.
    assert plain >= 200
    assert abs(nothing - plain) <= 20
    # The same, and an event for each of the four values in a row.
    assert everything - nothing >= 400


def test_branches_without_a_selection_have_no_nodes() -> None:
    parser = Parser(select=["$.keep[*]"])
    parser.feed('{"skip": [[{"a": [')
    observer: Any = parser._tree.observer
    assert observer.node is None
    assert [type(node) for node in observer.nodes[2:]] == [type(None)] * 3
    gc.collect()
    before = count(Node)
    parser.feed("1," * 100)
    assert count(Node) <= before
    assert parser.feed('1]}]], "keep": [1, [2]]}') == (Completed(("keep", 0), 1), Completed(("keep", 1), [2]))


# Patterns and targets


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: str = ""
    lines: list[Closed] = []
    sizes: dict[str, int] = {}
    either: int | Closed | None = None
    anything: Any = None
    far: str = Field("", validation_alias=AliasPath("deep", "down"))


class Open(BaseModel):
    note: str = ""
    inner: Closed | None = None


class Free(BaseModel):
    model_config = ConfigDict(extra="allow")
    note: str = ""


CLOSED_SCHEMA = {"type": "object", "properties": {"note": {"type": "string"}}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("target", "pattern", "says"),
    [
        (Closed, "$.lins", "$ is Closed, which has no 'lins'; it has lines"),
        (Closed, "$.lins[*].note", "$ is Closed, which has no 'lins'; it has lines"),
        (Closed, "$.lines[*].lines[0].nte", "$.lines[*].lines[0] is Closed, which has no 'nte'; it has note"),
        (Closed, "$.either.nope", "is an int or Closed, which has no 'nope'; it has note"),
        (Closed, "$.lines.note", "$.lines is a list, which has no 'note'"),
        (Closed, "$.note.x", "$.note is a str, which has no 'x'"),
        (Closed, "$.sizes.a.b", "$.sizes.a is an int, which has no 'b'"),
        (Open, "$.inner.nte", "which has no 'nte'; it has note"),
        (list[int], "$.a", "$ is a list, which has no 'a'"),
        (Schema(CLOSED_SCHEMA), "$.nte", "which has no 'nte'; it has note"),
    ],
)
def test_a_pattern_that_no_valid_document_can_match_is_refused(target: Any, pattern: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as caught:
        Parser(target, select=["$", pattern])
    assert str(caught.value).startswith(f"select pattern {pattern!r}: ")
    with pytest.raises(ValueError, match=re.escape(says)):
        stream([], target, select=[pattern])
    Parser(target, select=[pattern], lenient=True)


@pytest.mark.parametrize(
    ("target", "pattern"),
    [
        (Open, "$.*"),
        (Open, "$.note[0].x"),
        (list[str], "$.*[*]"),
        (Closed, "$"),
        (Closed, "$.*"),
        (Closed, "$.*.x"),
        (Closed, "$.deep"),
        (Closed, "$.deep.down"),
        (Closed, "$.lines[7].either.note"),
        (Closed, "$.sizes.whatever"),
        (Closed, "$.anything.at[0].all"),
        (dict[str, list[int]], "$.x[*]"),
        (tuple[int, str], "$[1]"),
        (Any, "$.x"),
        (Annotated[Closed, BeforeValidator(lambda value: value)], "$.x"),
        (Schema({"type": "object"}), "$.x"),
        (Schema({"properties": {"note": {"type": "string"}}}), "$.x"),
        (Free, "$.x[0]"),
        (Open | Free, "$.x"),
        (Open | dict[str, int], "$.x"),
    ],
)
def test_a_pattern_that_a_valid_document_may_match_is_taken(target: Any, pattern: str) -> None:
    Parser(target, select=[pattern])


def test_a_key_that_a_model_ignores_is_reported() -> None:
    told = "select pattern '$.extra[*]': $ is Open, which has no 'extra'; it has note, inner. A document may have it"
    with pytest.warns(UserWarning, match=re.escape(told)):
        parser = Parser(Open, select=["$.extra[*]"])
    events = [event for chunk in ('{"extra": [1', ", 2]}") for event in parser.feed(chunk)]
    assert [(event.path, event.value) for event in events if isinstance(event, Completed)] == [
        (("extra", 0), 1),
        (("extra", 1), 2),
    ]
