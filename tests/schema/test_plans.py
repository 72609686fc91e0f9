"""Plans of schemas, for parsers that coerce: what is followed inside, what is quick, and what the verdict is."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from partialjson import Complete, Failed, Lenient, Schema
from partialjson._core.plan import RAW, Plan
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING
from partialjson._core.target import Options, target_of
from support.feeding import fed

ATOMS = STRING | INTEGER | FLOAT | BOOLEAN | NULL
WHOLE_NUMBER = {"type": "integer"}
TEXT = {"type": "string"}


def plan_of(schema: Any) -> Plan:
    make = target_of(Schema(schema), Options()).fitting_plan
    assert make is not None
    assert make() is make()
    return make()


def obj(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


# The verdict: for each schema, documents that fit and others, none of which could be read as one that does.

VERDICTS: list[tuple[Any, list[Any], list[Any]]] = [
    (True, [None, {}, [1]], []),
    (obj("a", a=WHOLE_NUMBER), [{"a": 1}, {"a": 1, "b": []}], [{}, {"b": 1}, {"a": []}, {"a": 1.5}]),
    ({"required": ["a", "b"]}, [{"a": 1, "b": 2}, 5], [{"a": 1}, {}]),
    (obj(a=False), [{}, {"b": 1}], [{"a": 1}, {"b": 1, "a": None}]),
    ({"additionalProperties": False, "properties": {"a": {}}}, [{}, {"a": 1}], [{"b": 1}, {"a": 1, "b": 1}]),
    ({"additionalProperties": WHOLE_NUMBER, "properties": {"a": {}}}, [{"a": [], "b": 1}], [{"b": []}]),
    (
        {"patternProperties": {"^n": WHOLE_NUMBER}, "additionalProperties": False},
        [{}, {"n": 1, "nn": 2}],
        [{"n": []}, {"n": 1, "x": 1}, {"x": 1}],
    ),
    ({"patternProperties": {"^n": False}}, [{"x": 1}], [{"n": 1}, {"x": 1, "nn": 2}]),
    (
        {"properties": {"na": {}}, "patternProperties": {"^n": {"minimum": 3}, "a$": WHOLE_NUMBER}},
        [{"na": 3, "n": 3.5}],
        [{"na": 3.5}, {"na": 2}, {"n": 1}],
    ),
    ({"minProperties": 2}, [{"a": 1, "b": 2}], [{}, {"a": 1}]),
    ({"maxProperties": 1}, [{}, {"a": 1}], [{"a": 1, "b": 2}]),
    ({"propertyNames": {"maxLength": 2}}, [{"ab": 1}], [{"abc": 1}, {"a": 1, "abc": 1}]),
    ({"dependentRequired": {"a": ["b"]}}, [{}, {"b": 1}, {"a": 1, "b": 1}], [{"a": 1}, {"a": 1, "c": 1}]),
    (
        {"dependentSchemas": {"a": {"properties": {"b": WHOLE_NUMBER}, "required": ["b"]}}},
        [{}, {"b": []}, {"a": 1, "b": 1}],
        [{"a": 1}, {"a": 1, "b": []}],
    ),
    (
        {
            "properties": {"kind": {"enum": ["a", "b"]}, "n": {}},
            "if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
            "then": {"properties": {"n": WHOLE_NUMBER}, "required": ["n"]},
            "else": {"properties": {"n": {"type": "array"}}},
        },
        [{}, {"kind": "a", "n": 1}, {"kind": "b"}, {"n": [], "kind": "b"}, {"n": [1]}],
        [{"kind": "a"}, {"n": [], "kind": "a"}, {"kind": "b", "n": {}}, {"kind": "c"}],
    ),
    ({"not": {"required": ["a"]}}, [{}, {"b": 1}], [{"a": 1}]),
    ({"not": {"properties": {"a": {"const": [1]}}}}, [{"a": [2]}], [{"a": [1]}, {}]),
    ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"a": 1}, {"b": 1}, {"a": 1, "b": 1}], [{}, {"c": 1}]),
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"a": 1}, {"b": 1}], [{}, {"a": 1, "b": 1}]),
    (
        {"allOf": [obj("a", a=WHOLE_NUMBER), {"additionalProperties": {"type": "array"}}], "maxProperties": 2},
        [],
        [{"a": 1}, {"a": []}, {}],
    ),
    (
        {
            "oneOf": [
                obj("kind", "n", kind={"const": "a"}, n=WHOLE_NUMBER),
                obj("kind", "n", kind={"enum": ["b", 3]}, n={"type": "array"}),
            ]
        },
        [{"kind": "a", "n": 1}, {"n": [], "kind": "b"}, {"n": [], "kind": 3}],
        [{"kind": "a", "n": []}, {"n": {}, "kind": "b"}, {"kind": "c", "n": 1}, {"n": 1}, {}, {"kind": [], "n": 1}],
    ),
    ({"unevaluatedProperties": False, "properties": {"a": {}}}, [{"a": 1}], [{"b": 1}]),
    ({"items": WHOLE_NUMBER}, [[], [1, 2]], [[[]], [1, {}], [1.5]]),
    ({"prefixItems": [WHOLE_NUMBER, TEXT]}, [[], [1], [1, "a"], [1, "a", []]], [[[]], [1, []]]),
    ({"prefixItems": [WHOLE_NUMBER], "items": False}, [[], [1]], [[1, 2], [[]]]),
    ({"prefixItems": [{}, False]}, [[], [1]], [[1, 2], [1, 2, 3]]),
    (
        {"allOf": [{"prefixItems": [{}, WHOLE_NUMBER]}, {"items": {"minimum": 2}}]},
        [[2, 3, 4]],
        [[1], [2, 2.5], [2, 2, 1]],
    ),
    ({"minItems": 2}, [[1, 2]], [[], [1]]),
    ({"maxItems": 1}, [[], [1]], [[1, 2]]),
    ({"maxItems": 0}, [[]], [[1]]),
    ({"allOf": [{"maxItems": 1}, {"maxItems": 2}, {"minItems": 1}]}, [[1]], [[], [1, 2]]),
    (
        {"uniqueItems": True},
        [[1, True, "1", [1], [True]]],
        [[1, 1.0], [[1], [1]], [{"a": 1, "b": 2}, {"b": 2, "a": 1}]],
    ),
    ({"const": {}}, [{}], [{"a": 1}, [], 1]),
    ({"const": {"a": [1]}}, [{"a": [1]}], [{"a": [2]}, {}, {"a": [1], "b": 1}]),
    ({"enum": [{"a": 1}, [1], 5]}, [{"a": 1}, [1], 5], [{"a": 2}, [], [1, 1], 6]),
    ({"contains": {"const": [1]}}, [[[1]], [2, [1]]], [[], [2]]),
    ({"contains": {"type": "array"}, "minContains": 2}, [[[], []]], [[[]], []]),
    ({"unevaluatedItems": False, "prefixItems": [{}]}, [[1]], [[1, 2]]),
    ({"if": {"minItems": 2}, "then": {"items": WHOLE_NUMBER}}, [[[]], [1, 2]], [[[], []]]),
    (
        {"type": ["object", "array"], "properties": {"a": WHOLE_NUMBER}, "maxItems": 1},
        [{"a": 1}, [1]],
        [{"a": []}, [1, 2]],
    ),
    (
        {"$ref": "#/$defs/node", "$defs": {"node": obj("v", v=WHOLE_NUMBER, kids={"items": {"$ref": "#/$defs/node"}})}},
        [{"v": 1, "kids": [{"v": 2}]}],
        [{"v": 1, "kids": [{}]}, {"v": 1, "kids": [{"v": 2, "kids": [{"v": []}]}]}],
    ),
]  # fmt: skip


def inside_array(schema: Any) -> dict[str, Any]:
    return {"items": schema, "$defs": schema.get("$defs", {}) if isinstance(schema, dict) else {}}


@pytest.mark.parametrize(("schema", "fit", "others"), VERDICTS, ids=[json.dumps(each)[:60] for each, *_ in VERDICTS])
def test_the_verdict_is_that_of_jsonschema(schema: Any, fit: list[Any], others: list[Any]) -> None:
    for value in (*fit, *others):
        fits = jsonschema.Draft202012Validator(schema).is_valid(value)
        assert fits is (value in fit), value
        for text, given in ((json.dumps(value), schema), (f"[{json.dumps(value)}]", inside_array(schema))):
            outcome = fed(Schema(given), text + " ", lenient=Lenient(coerce="safe")).end()
            if fits:
                assert isinstance(outcome, Complete), value
                assert outcome.value == json.loads(text)
            else:
                assert isinstance(outcome, Failed), value
                theirs = jsonschema.Draft202012Validator(given).iter_errors(json.loads(text))
                assert [each.message for each in outcome.errors] == [each.message for each in theirs]


def test_a_key_that_comes_again_counts_with_its_last_value() -> None:
    schema = obj("a", a=WHOLE_NUMBER)
    for text, fits in (('{"a": [], "a": 1}', True), ('{"a": 1, "a": []}', False)):
        outcome = fed(Schema(schema), text, lenient=Lenient(coerce="safe")).end()
        assert isinstance(outcome, Complete) is fits


# Of which kinds every value is valid.

EXACT: list[tuple[Any, int]] = [
    (True, ANYTHING),
    ({"title": "a"}, ANYTHING),
    (False, 0),
    (TEXT, STRING),
    (WHOLE_NUMBER, INTEGER),
    ({"type": "number"}, INTEGER | FLOAT),
    ({"type": "boolean"}, BOOLEAN),
    ({"type": "null"}, NULL),
    ({"type": ["string", "null"]}, STRING | NULL),
    ({"type": ["integer", "string"]}, INTEGER | STRING),
    ({"anyOf": [TEXT, {"type": "null"}]}, STRING),
    ({"type": "object"}, OBJECT),
    ({"type": "array"}, ARRAY),
    ({"enum": ["a", 1]}, 0),
    ({"const": None}, 0),
    ({"maxLength": 3}, ANYTHING & ~STRING),
    ({"pattern": "a"}, ANYTHING & ~STRING),
    *(
        ({"type": kind, word: 2}, 0)
        for kind in ("integer", "number")
        for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    ),
    ({"multipleOf": 1}, ANYTHING & ~(INTEGER | FLOAT)),
    ({"type": "integer", "enum": [1]}, 0),
    ({"allOf": [{"type": "number"}, WHOLE_NUMBER]}, INTEGER),
    ({"not": {"type": "string"}}, 0),
    ({"required": ["a"]}, ANYTHING & ~OBJECT),
    ({"properties": {"a": WHOLE_NUMBER}}, ANYTHING & ~OBJECT),
    ({"items": WHOLE_NUMBER}, ANYTHING & ~ARRAY),
    ({"maxItems": 1}, ANYTHING & ~ARRAY),
    ({"anyOf": [{"type": "string", "maxLength": 1}, {"type": "string", "pattern": "a"}]}, 0),
]


@pytest.mark.parametrize(("schema", "kinds"), EXACT, ids=str)
def test_of_which_kinds_every_value_fits(schema: Any, kinds: int) -> None:
    assert plan_of(schema).exact == kinds


@pytest.mark.parametrize(
    ("schema", "previews"),
    [
        (TEXT, True),
        (True, True),
        ({"type": "string", "maxLength": 3}, True),
        ({"type": "string", "pattern": "a"}, True),
        ({"type": ["string", "null"]}, True),
        ({"type": ["string", "null"], "maxLength": 3}, False),
        ({"type": ["string", "object"], "maxLength": 3}, True),
        ({"enum": ["a"]}, False),
        ({"anyOf": [{"enum": ["a"]}, TEXT]}, False),
        ({"anyOf": [{"enum": [1, 2]}, TEXT]}, True),
        ({"anyOf": [{"enum": [1, None]}, {"type": "string", "maxLength": 3}]}, False),
        (WHOLE_NUMBER, False),
        (False, False),
        ({"type": "array"}, False),
    ],
    ids=str,
)
def test_which_strings_are_shown_while_they_grow(schema: Any, previews: bool) -> None:
    assert plan_of(schema).preview is previews


# Objects that are followed: is the dict of the settled members the result, is it after a look at it, and is what is
# shown what is settled? Which members wait as text, and are unnamed ones kept?


@pytest.mark.parametrize(
    ("schema", "plain", "quick", "direct", "raw", "keeps"),
    [
        (obj(a=WHOLE_NUMBER), True, False, True, [], True),
        (obj("a", a=WHOLE_NUMBER), False, True, True, [], True),
        ({"additionalProperties": WHOLE_NUMBER}, True, False, True, [], False),
        ({"additionalProperties": WHOLE_NUMBER, "properties": {"a": {}}}, True, False, True, [], False),
        ({"additionalProperties": False, "properties": {"a": {}}}, False, True, False, [], False),
        ({"patternProperties": {"^a": WHOLE_NUMBER}}, False, True, False, [], False),
        ({"patternProperties": {"^a": WHOLE_NUMBER}, "properties": {"b": {}}}, False, True, False, [], False),
        (obj(a=False), False, True, False, [], True),
        ({"maxProperties": 2}, False, True, True, [], False),
        ({"minProperties": 2, "properties": {"a": WHOLE_NUMBER}}, False, True, True, [], True),
        ({"propertyNames": {"maxLength": 2}}, False, True, True, [], False),
        ({"dependentRequired": {"a": ["b"]}}, False, True, True, [], False),
        ({"not": {"required": ["a"]}}, False, True, True, [], False),
        ({"not": {"properties": {"a": {"const": 1}}}}, False, False, False, ["a"], False),
        (
            {"if": {"properties": {"b": {}, "a": {}}}, "then": {"properties": {"c": {}}}},
            False, False, False, ["a", "b", "c"], False,
        ),
        (
            {"dependentSchemas": {"a": {"properties": {"b": WHOLE_NUMBER}}}, "properties": {"c": {}}},
            False, False, False, ["b"], True,
        ),
    ],
    ids=str,
)  # fmt: skip
def test_objects_that_are_followed(
    schema: Any, plain: bool, quick: bool, direct: bool, raw: list[str], keeps: bool
) -> None:
    shape = plan_of(schema).object
    assert shape is not None
    assert (shape.is_plain, shape.quick is not None, shape.is_direct) == (plain, quick, direct)
    assert sorted(key for key, child in shape.children.items() if child.traits & RAW) == raw
    assert shape.keeps_unnamed is keeps


def test_the_plans_of_other_members() -> None:
    closed = plan_of({"additionalProperties": False, "properties": {"a": {}, "b": False}}).object
    assert closed is not None
    assert closed.children.keys() == {"a"}
    assert closed.others is not None
    only = plan_of({"additionalProperties": False, "properties": {"a": {}}}).object
    assert only is not None
    assert (only.rest, only.others) == (None, None)
    opened = plan_of({"properties": {"a": {}}}).object
    assert opened is not None
    assert opened.rest is not None
    assert (opened.rest.exact, opened.others) == (ANYTHING, None)
    by_name = plan_of({"patternProperties": {"^n": WHOLE_NUMBER, "^f": False}, "additionalProperties": TEXT}).object
    assert by_name is not None
    others: Any = by_name.others
    assert others("n").exact == INTEGER
    assert others("n") is others("n")
    assert others("x").exact == STRING
    assert others("f") is None
    assert others("f") is None


@pytest.mark.parametrize(
    ("schema", "plain", "items", "has_rest"),
    [
        ({"items": WHOLE_NUMBER}, True, 0, True),
        ({"items": False}, False, 0, False),
        ({"prefixItems": [WHOLE_NUMBER, TEXT]}, True, 2, True),
        ({"prefixItems": [WHOLE_NUMBER, TEXT], "items": False}, False, 2, False),
        ({"allOf": [{"prefixItems": [{}]}, {"prefixItems": [{}, WHOLE_NUMBER, {}]}]}, True, 3, True),
        ({"minItems": 1}, False, 0, True),
        ({"maxItems": 0}, False, 0, True),
        ({"uniqueItems": True}, False, 0, True),
        ({"minItems": 0, "uniqueItems": False, "items": WHOLE_NUMBER}, True, 0, True),
    ],
    ids=str,
)
def test_arrays_that_are_followed(schema: Any, plain: bool, items: int, has_rest: bool) -> None:
    shape = plan_of(schema).array
    assert shape is not None
    assert (shape.is_plain, shape.is_direct) == (plain, plain)
    assert len(shape.items) == items
    assert (shape.rest is not None) is has_rest


A_OR_B = [obj("k", k={"const": "a"}), obj("k", k={"const": "b"})]


@pytest.mark.parametrize(
    ("schema", "followed"),
    [
        (True, ""),
        (TEXT, ""),
        ({"type": "array"}, ""),
        ({"type": "object"}, ""),
        (obj(a=WHOLE_NUMBER), "object"),
        ({"type": "array", "items": WHOLE_NUMBER}, "array"),
        ({"properties": {"a": TEXT}, "items": WHOLE_NUMBER}, "object array"),
        ({"oneOf": A_OR_B}, "switch"),
        ({"anyOf": A_OR_B}, "switch"),
        ({"anyOf": [obj(a=WHOLE_NUMBER), TEXT]}, "object"),
        ({"anyOf": [obj(a=WHOLE_NUMBER), obj(b=TEXT)]}, ""),
        ({"anyOf": [{"type": "array", "items": TEXT}, {"type": "array", "items": WHOLE_NUMBER}]}, ""),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object"}, "object"),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object", "oneOf": A_OR_B}, "switch"),
        ({"type": "array", "contains": TEXT}, ""),
        ({"type": "array", "items": {}, "unevaluatedItems": False}, ""),
        ({"type": "array", "prefixItems": [TEXT], "unevaluatedItems": False}, ""),
        ({"type": "array", "items": TEXT, "if": {"maxItems": 1}}, ""),
        ({"type": "object", "unevaluatedProperties": False}, ""),
        ({"type": "object", "not": {"additionalProperties": TEXT}}, ""),
        ({"type": "object", "not": {"patternProperties": {"a": TEXT}}}, ""),
        ({"type": "object", "not": {"properties": {"a": TEXT}}}, "object"),
        ({"type": "object", "not": {"const": {}}}, ""),
        ({"type": "object", "const": {}}, "object"),
        ({"type": "object", "const": {"a": 1}}, "object"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_followed(schema: Any, followed: str) -> None:
    plan = plan_of(schema)
    found = [name for name in ("object", "array", "switch") if getattr(plan, name) is not None]
    assert " ".join(found) == followed
    if plan.switch is not None:
        assert plan.switch.key == "k"
        for told in ('"a"', '"b"'):
            chosen = plan.switch.decide(told, None)
            assert chosen is not None
            assert chosen is plan.switch.decide(told, None)
            assert chosen.object is not None
        for told in ('"c"', "1", "true", "null", "[]", "{}"):
            assert plan.switch.decide(told, None) is None
