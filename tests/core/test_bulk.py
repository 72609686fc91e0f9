"""Many elements at once: what is taken is what stands there, as much as there is of it, and only if it is sure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import partialjson
from partialjson import Parser
from partialjson._core.bulk import whole_elements

MANY = 10**6


def taken(
    s: str, i: int = 0, stop: int = -1, room: int = 99, number: int = MANY, string: int = MANY
) -> tuple[Any, str]:
    """The elements, and what follows them."""
    values, end = whole_elements(s, i, len(s) if stop < 0 else stop, room, number, string)
    assert values or end == i
    return values, s[end:]


@pytest.mark.parametrize(
    ("text", "values", "rest"),
    [
        ("1,2,3", [1, 2], ",3"),
        ("1 , 2\n,3", [1, 2], ",3"),
        ("1,2]", [1], ",2]"),
        ("1", [], "1"),
        ("1, 2], 3, 4]", [1, 2], "], 3, 4]"),
        ('"a","b", "c', ["a", "b"], ', "c'),
        ('"a,","b","c', ["a,", "b"], ',"c'),
        ('"a","b"]', ["a"], ',"b"]'),
        ("[1],[2, 3],[4", [[1], [2, 3]], ",[4"),
        ("[1],[2, [3]],[4]]", [[1], [2, [3]]], ",[4]]"),
        ('{"a":1},{"a":2},{"a":3', [{"a": 1}, {"a": 2}], ',{"a":3'),
        ('{"a":1}, \n{"a":2}\t\r, {"a":3', [{"a": 1}, {"a": 2}], ', {"a":3'),
        ('{"a":1},{"b":2}', [], '{"a":1},{"b":2}'),
        ('{"a":{"b":1}},{"a":{"b":2}},', [{"a": {"b": 1}}], ',{"a":{"b":2}},'),
        # Something inside begins like a row.
        ('{"a":{"a":1}},{"a":{"a":2}},', [], '{"a":{"a":1}},{"a":{"a":2}},'),
        ("true,false,null,x", [True, False, None], ",x"),
        # What json.loads takes and the parser does not, and what nobody takes.
        ("1,NaN,2", [], "1,NaN,2"),
        ("1,Infinity,2", [], "1,Infinity,2"),
        ("1,01,2", [], "1,01,2"),
        ("1,,2", [], "1,,2"),
        ('"a\n","b","c"', [], '"a\n","b","c"'),
        ("1 2,3,", [], "1 2,3,"),
    ],
)
def test_what_is_taken(text: str, values: list[Any], rest: str) -> None:
    assert taken(text) == (values, rest)
    # Also in the middle of a text, of which only a part may be looked at.
    values_inside, _ = taken("[0, " + text + ', "more", "more"', 4, 4 + len(text))
    assert values_inside == values


def test_nothing_is_taken_that_may_pass_a_limit() -> None:
    rows = "[[1]],[[2]],[[3]],[[4]],"
    assert len(taken(rows, room=8)[0]) == 4
    # Where the whole may be too deep, less is tried.
    assert len(taken(rows, room=7)[0]) == 1
    assert taken(rows, room=1)[0] == []
    objects = '{"a":[1]},{"a":[2]},{"a":[3]},'
    assert len(taken(objects, room=4)[0]) == 2
    assert taken(objects, room=1)[0] == []
    numbers = "1,22,333,4444,"
    assert len(taken(numbers, number=8)[0]) == 4
    assert taken("1,22,88888888,1,", number=8)[0] == []
    assert len(taken(numbers, string=len(numbers) - 1)[0]) == 4
    assert taken(numbers, string=len(numbers) - 2)[0] == []


VALUES = st.recursive(
    st.none() | st.integers() | st.text('a,"[]{}', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab,", max_size=2), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(VALUES, min_size=1, max_size=12), st.integers(0, 60), st.sampled_from([",", " , ", ",\n"]))
def test_what_is_taken_is_what_stands_there(elements: list[Any], stop: int, comma: str) -> None:
    text = comma.join(json.dumps(each) for each in elements)
    for s, end in ((text + comma, len(text)), (text + "]" + text, 2 * len(text)), (text, stop)):
        values, rest = taken(s, 0, min(end, len(s)))
        assert repr(values) == repr(elements[: len(values)])
        if values:
            assert rest[0] in ",]"
            assert json.loads(f"[{s[: len(s) - len(rest)]}]") == values


ARRAYS: dict[str, str] = {
    "numbers": "123, ",
    "strings": '"some words", ',
    "lists": '[1, "a"], ',
    "rows": '{"a": 1, "b": [2]}, ',
}


@pytest.mark.skipif(partialjson.compiled, reason="what a compiled module calls cannot be replaced")
@pytest.mark.parametrize("name", ARRAYS)
def test_long_arrays_are_taken_in_few_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def counted(*given: Any) -> Any:
        values, end = whole_elements(*given)
        steps.append(len(values))
        return values, end

    monkeypatch.setattr("partialjson._core.lexer.whole_elements", counted)
    element = ARRAYS[name]
    count = 20_000 // len(element)
    parser: Parser[Any] = Parser(select=[])
    parser.feed("[" + element * count + element[:-2] + "]")
    assert parser.close() == [json.loads(element[:-2])] * (count + 1)
    assert 0 < len(steps) < 12
    assert sum(steps) > count * 0.9
