"""Keys that JavaScript reads as its own machinery never go out; everything else does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING, Parser
from partialjson._jsontext import line_text
from partialjson.encoders.places import Growing, placed, placed_at
from partialjson.encoders.safe import safe_deltas, safe_value
from partialjson.patch import apply_deltas, to_json_patch
from partialjson.testing.strategies import chunkings, documents
from support.growing import growing_of

KEYS = st.sampled_from(["__proto__", "constructor", "prototype", "a", ""])
VALUES = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def without(value: Any, in_constructor: bool = False) -> Any:
    if isinstance(value, list):
        return [without(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without(inner, key == "constructor")
        for key, inner in value.items()
        if key != "__proto__" and not (in_constructor and key == "prototype")
    }


@given(VALUES)
def test_values(value: Any) -> None:
    expected = without(value)
    assert safe_value(value) == expected
    if expected == value:
        assert safe_value(value) is value


@given(VALUES, st.data())
def test_deltas_fold_to_the_safe_value(value: Any, data: st.DataObject) -> None:
    parser, deltas, since = Parser(), [], 0
    for chunk in data.draw(chunkings(line_text(value))):
        parser.feed(chunk)
        deltas += safe_deltas(parser.deltas(since))
        since = parser.seq
    parser.close()
    deltas += safe_deltas(parser.deltas(since))
    assert apply_deltas(MISSING, deltas) == without(value)


@given(st.data())
def test_growing_replaces_what_grew(data: st.DataObject) -> None:
    text = data.draw(documents())
    parser, growing, since = Parser(), Growing(), 0
    value: dict[str, Any] = {"at": {}}
    for chunk in data.draw(chunkings(text)):
        parser.feed(chunk)
        deltas = parser.deltas(since)
        since = parser.seq
        operations = placed(growing.replacements(deltas, growing_of(parser)), "/at/x")
        assert all(operation["op"] in ("add", "replace") for operation in operations)
        assert to_json_patch(operations, value) == operations
        value = apply_deltas(value, operations)
        if parser.json is not MISSING:
            assert line_text(value["at"]["x"]) == line_text(parser.json)


def test_a_place_is_a_pointer() -> None:
    assert placed_at({"output": "", "a": "/b/0"}) == {"output": "", "a": "/b/0"}
    with pytest.raises(ValueError, match="the place of 'order' is a JSON Pointer such as '/order', not 'order'"):
        placed_at({"order": "order"})


def test_only_the_last_string_grows() -> None:
    with pytest.raises(ValueError, match="no string is open there"):
        Growing().replacements([{"op": "append", "path": "/a", "value": "x"}])
