"""Law 7 where a schema looks at many members at once: each costs the same, however many came, and it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from partialjson import Schema
from partialjson.testing.laws import in_chunks, law_7, work_of
from partialjson.testing.makers.schemas import SchemaMaker

MOST = 400
KEYS = [f"k{number:03}" for number in range(MOST)]


def keys(count: int) -> Any:
    return dict.fromkeys(KEYS[:count], 1)


SHAPES: dict[str, tuple[Any, Callable[[int], Any]]] = {
    "evaluated elements": (
        {"contains": {"type": "integer"}, "unevaluatedItems": {"type": "integer"}},
        lambda count: [7] * count,
    ),
    "elements that others may evaluate": (
        {"contains": {"type": "null"}, "anyOf": [{"contains": {"type": "array"}}, True], "unevaluatedItems": False},
        lambda count: [None, *[7] * count],
    ),
    "evaluated members": (
        {"anyOf": [{"patternProperties": {"^k": {"type": "integer"}}}, True], "unevaluatedProperties": False},
        keys,
    ),
    "required keys in a branch": ({"anyOf": [{"required": KEYS}, {"required": ["other"]}]}, keys),
    "required keys and a limit": ({"required": KEYS, "maxProperties": MOST}, keys),
    "known keys only": ({"properties": dict.fromkeys(KEYS, True), "additionalProperties": False}, keys),
    "known keys only, some by pattern": (
        {"properties": dict.fromkeys(KEYS, True), "patternProperties": {"^x": True}, "additionalProperties": False},
        keys,
    ),
    "different elements": ({"uniqueItems": True}, lambda count: [{"a": number % 1000} for number in range(count)]),
    "elements of an enum": ({"items": {"enum": KEYS}}, lambda count: KEYS[:count]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_law_7_a_member_costs_the_same_however_many_came(shape: str) -> None:
    schema, document = SHAPES[shape]
    text, shorter = (json.dumps(document(count)) for count in (MOST, MOST // 2))
    law_7(text, SchemaMaker(Schema(schema), select=[]), shorter)


MANY_KEYS: dict[str, Callable[[list[str]], Any]] = {
    "required in a branch": lambda names: {"anyOf": [{"required": names}, {"required": ["other"]}]},
    "required and a limit": lambda names: {"required": names, "maxProperties": MOST},
    "known": lambda names: {"properties": dict.fromkeys(names, True), "additionalProperties": False},
}


@pytest.mark.parametrize("how", MANY_KEYS)
def test_a_member_costs_the_same_however_many_keys_a_schema_names(how: str) -> None:
    chunks = in_chunks(json.dumps(keys(100)), 4)
    less, more = (
        work_of(chunks, SchemaMaker(Schema(MANY_KEYS[how](KEYS[:count])), select=[])) for count in (100, MOST)
    )
    # Once for each object they may all be gone through, but not for each member; a bisection takes a little longer.
    assert more.steps < 1.1 * less.steps + 40 * MOST


def test_law_7_a_string_under_a_pattern() -> None:
    schema = Schema({"pattern": "^(a+)+$", "maxLength": 100_000})
    law_7('"' + "a" * 8000, SchemaMaker(schema, select=[]), '"' + "a" * 4000, 16)
