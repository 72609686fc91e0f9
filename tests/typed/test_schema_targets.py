"""Targets as tools describe them, with all that JSON Schema is commonly used for: the laws on drawn documents."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from partialjson import Completed, Parser, stream
from partialjson.streaming.paths import record
from partialjson.streaming.places import written
from partialjson.testing.laws import check_laws, check_validated_once
from partialjson.testing.makers import Maker
from partialjson.testing.modelling import target_of
from partialjson.testing.oneshot import describe, oneshot
from support.schemas import damaged_value, documents_of

CALLS: list[Any] = []


def note(what: str, value: Any) -> None:
    CALLS.append((what, repr(describe(value))))


def obj(required: list[str] | None = None, rest: Any = None, **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    if rest is not None:
        schema["additionalProperties"] = rest
    return schema


STRING, INTEGER, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
PLACE = obj(["city"], False, city=STRING, country={"anyOf": [STRING, {"type": "null"}]})

SCHEMAS: dict[str, Any] = {
    "nested": obj(["to"], to=PLACE, stops={"type": "array", "items": PLACE, "maxItems": 2}),
    "any of objects": obj(
        ["shape"],
        shape={
            "anyOf": [
                obj(["kind", "radius"], kind={"const": "circle"}, radius=NUMBER),
                obj(["kind"], kind={"const": "box"}, sides={"type": "array", "items": NUMBER}),
            ]
        },
    ),
    "one of kinds": obj(value={"oneOf": [STRING, INTEGER, {"type": "array", "items": INTEGER}, PLACE]}),
    "all of": {"$defs": {"place": PLACE}, "allOf": [{"$ref": "#/$defs/place"}, obj(["zip"], zip=STRING)]},
    "types": obj(
        ["a"], a={"type": ["string", "null"]}, b={"type": ["integer", "boolean"]}, c={"type": ["array", "null"]}
    ),
    "enums": obj(
        ["unit"], unit={"enum": ["celsius", "fahrenheit"]}, level={"enum": [1, 2, "high", None]}, fixed={"const": 7}
    ),
    "bounds": obj(
        name={"type": "string", "minLength": 2, "maxLength": 4},
        code={"type": "string", "pattern": "^[A-Z]{2}[0-9]$"},
        size={"type": "integer", "minimum": 1, "exclusiveMaximum": 10},
        ratio={"type": "number", "minimum": 0, "maximum": 1},
        tags={"type": "array", "items": STRING, "minItems": 1, "maxItems": 2},
    ),
    "formats": obj(
        day={"type": "string", "format": "date"},
        at={"type": "string", "format": "date-time"},
        clock={"type": "string", "format": "time"},
        id={"type": "string", "format": "uuid"},
        mail={"type": "string", "format": "email"},
    ),
    "dictionaries": obj(
        counts={"type": "object", "additionalProperties": INTEGER},
        places={"type": "object", "additionalProperties": PLACE},
        anything={"type": "object"},
        nothing={"type": "object", "additionalProperties": False},
    ),
    "rest": obj(["a"], INTEGER, a=STRING),
    "closed": obj(["a"], False, a=STRING, b=INTEGER),
    "names": obj(
        ["model", "class"], **{"model": STRING, "class": STRING, "_id": INTEGER, "a b": STRING, "json": STRING}
    ),
    "defaults": obj(
        unit={"type": "string", "default": "km"}, tags={"type": "array", "items": STRING, "default": ["x"]}
    ),
    "recursion": {
        "$defs": {"node": obj(["value"], value=INTEGER, children={"type": "array", "items": {"$ref": "#/$defs/node"}})},
        "$ref": "#/$defs/node",
    },
    "tuples": obj(pair={"type": "array", "prefixItems": [STRING, PLACE]}),
    "gemini": {
        "type": "OBJECT",
        "properties": {
            "list": {"type": "ARRAY", "items": {"type": "STRING", "nullable": True}},
            "n": {"type": "NUMBER"},
        },
    },
    "plain": obj(data={}, more={"type": "array"}),
    "list": {"type": "array", "items": PLACE},
    "text": STRING,
}
TARGETS = {name: target_of(schema) for name, schema in SCHEMAS.items()}
NOTED = {name: target_of(schema, note=note) for name, schema in SCHEMAS.items()}

# Each example is a document in many chunkings, for many schemas.
lawful = settings(
    deadline=None,
    max_examples=settings().max_examples // 3,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check_places(target: Any, text: str, final: Any) -> None:
    """What an event says is validated is what the final value has at its path, and so is what streams give for it."""
    parser: Parser[Any] = Parser(target)
    events = [*parser.feed(text), *parser.end().events]
    for event in events:
        pattern = written(event.path)
        (place,) = record(pattern, target, None, None, False)
        wanted = [describe(value) for value in place.reach(final)]
        assert isinstance(event, Completed)
        assert event.raw or [describe(event.value)] == wanted, pattern
        assert [describe(value) for value in stream([text], target).elements(pattern)] == wanted, pattern


@pytest.mark.parametrize("name", SCHEMAS)
def test_documents_that_fit_keep_the_laws(name: str) -> None:
    fitted = False

    @lawful
    @given(documents_of(SCHEMAS[name]), st.booleans(), st.integers(0, 99))
    def check(value: Any, ascii_only: bool, seed: int) -> None:
        nonlocal fitted
        text = json.dumps(value, ensure_ascii=ascii_only)
        check_laws(text, Maker(TARGETS[name]), source=random.Random(seed))
        check_validated_once(text, Maker(NOTED[name]), CALLS, random.Random(seed))
        if oneshot(TARGETS[name], text).errors is None:
            fitted = True
            check_places(TARGETS[name], text, TypeAdapter(TARGETS[name]).validate_json(text))

    check()
    assert fitted


@pytest.mark.parametrize("name", SCHEMAS)
def test_damaged_documents_keep_the_laws(name: str) -> None:
    @lawful
    @given(documents_of(SCHEMAS[name]), st.integers(0, 2**32))
    def check(value: Any, seed: int) -> None:
        source = random.Random(seed)
        for _ in range(source.choice((1, 1, 2, 4))):
            value = damaged_value(value, source)
        text = json.dumps(value)
        check_laws(text, Maker(TARGETS[name]), source=source)
        check_validated_once(text, Maker(NOTED[name]), CALLS, source)

    check()


def test_what_a_schema_says_is_not_passed_over() -> None:
    with pytest.raises(NotImplementedError, match="uniqueItems"):
        target_of({"type": "array", "uniqueItems": True})
    assert oneshot(TARGETS["closed"], '{"a": "x", "c": 1}').errors is not None
    assert oneshot(TARGETS["rest"], '{"a": "x", "c": "y"}').errors is not None
    assert oneshot(TARGETS["names"], '{"model": "x", "class": "y", "_id": 1}').errors is None
    assert Parser(TARGETS["recursion"]).value is not None
