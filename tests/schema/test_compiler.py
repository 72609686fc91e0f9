"""What becomes of a schema: its rules, and the schemas that are refused.

What the rules mean is checked by holding finished values against them (`support.evaluating`), so no document is read
here.
"""

from __future__ import annotations

import random
from typing import Any

import jsonschema
import pytest
import referencing
from hypothesis import given
from hypothesis import strategies as st
from jsonschema.exceptions import SchemaError
from referencing.jsonschema import DRAFT202012

from partialjson import Schema
from partialjson._core.rules import ALL, NOTHING, Rule
from partialjson._core.spec import NUMBER, OBJECT, STRING
from partialjson.schema.compiler import EVERYTHING, Compiler
from partialjson.schema.dialects import DIALECTS
from support.effort import amount
from support.evaluating import satisfies
from support.json_schemas import make_pair
from support.schema_suite import FOLDERS, remotes, suite

# jsonschema 4.26 does not read the vocabularies of a metaschema, and the verdict is to be that of jsonschema.
EXCEPTIONS = {
    "2020-12": {
        "vocabulary: schema that uses custom metaschema with with no validation vocabulary: "
        "no validation: invalid number, but it still validates",
    },
    "7": set[str](),
}


def rule_of(schema: Any, draft: str = "2020-12", registry: Any = None) -> Rule:
    dialect = DIALECTS[draft]
    return Compiler(schema, dialect, registry, None).root()


# What rules mean.


@pytest.mark.parametrize("draft", FOLDERS)
def test_the_rules_of_the_suite_mean_what_it_says(draft: str) -> None:
    wrong = set()
    rules: dict[int, Rule] = {}
    cases = list(suite(draft))
    for case in cases:
        if id(case.schema) not in rules:
            rules[id(case.schema)] = rule_of(case.schema, draft, remotes(draft))
        if satisfies(rules[id(case.schema)], case.data) != case.valid:
            wrong.add(case.name)
    assert len(cases) == {"2020-12": 1299, "7": 927}[draft]
    assert wrong == EXCEPTIONS[draft]


@pytest.mark.parametrize("draft", ["2020-12", "2019-09", "7"])
def test_the_rules_of_random_schemas_mean_what_jsonschema_says(draft: str) -> None:
    validator = DIALECTS[draft].validator
    for seed in range(amount(300, 20_000, quick=100)):
        schema, maker = make_pair(random.Random(f"rules {seed}"), draft)
        asked = validator(schema.schema)
        rule = rule_of(schema.schema, draft)
        for _ in range(4):
            document = maker.document()
            assert satisfies(rule, document) == asked.is_valid(document), (seed, schema.schema, document)


def test_keywords_become_attributes() -> None:
    rule = rule_of(
        {
            "type": ["string", "integer"],
            "minLength": 2.0,
            "maxLength": 10**30,
            "pattern": "^a",
            "minimum": 0,
            "exclusiveMaximum": 1.5,
            "multipleOf": 3,
            "required": ["a", "b", "a"],
            "properties": {"a": {"const": 1}, "b": False, "c": True},
            "additionalProperties": False,
            "dependentRequired": {"a": ["c", "c"]},
            "minProperties": 1,
            "prefixItems": [{}],
            "items": False,
            "contains": {"type": "null"},
            "minContains": 0,
            "uniqueItems": True,
            "title": "a title",
        }
    )
    assert (rule.kinds, rule.integer) == (STRING | NUMBER, True)
    assert (rule.min_length, rule.max_length) == (2, 2**62)
    assert rule.pattern is not None
    assert rule.pattern.source == "^a"
    assert (rule.minimum, rule.maximum, rule.exclusive_maximum, rule.multiple_of) == (0, None, 1.5, 3)
    assert rule.required == ["a", "b"]
    assert rule.properties["a"].members == [1]
    assert rule.properties["a"].members_by == "const"
    assert rule.properties["a"].where == ("properties", "a")
    assert rule.properties["b"] is NOTHING
    assert rule.properties["c"] is EVERYTHING
    assert rule.additional is NOTHING
    assert rule.dep_required == {"a": ["c"]}
    assert rule.items is NOTHING
    assert (rule.min_contains, rule.max_contains, rule.unique) == (0, -1, True)
    assert rule.is_finished


def test_the_drafts_differ() -> None:
    old = rule_of({"items": [{"type": "string"}], "additionalItems": False, "dependencies": {"a": ["b"], "c": {}}}, "7")
    assert [each.kinds for each in old.prefix] == [STRING]
    assert old.items is NOTHING
    assert old.by == {"prefix": "items", "items": "additionalItems", "dep_required": "dependencies"}
    assert old.dep_required == {"a": ["b"]}
    assert [part.key for part in old.parts] == ["c"]
    ignored = rule_of({"$ref": "#/definitions/a", "type": "object", "definitions": {"a": {"type": "string"}}}, "7")
    assert ignored.kinds == STRING
    beside = rule_of({"$ref": "#/$defs/a", "minLength": 1, "$defs": {"a": {"type": "string"}}})
    assert (beside.min_length, beside.groups[0].keyword, beside.groups[0].role) == (1, "$ref", ALL)
    assert rule_of({"dependencies": {"a": ["b"]}, "additionalItems": False}).parts == []
    assert not satisfies(rule_of({"contains": {}, "minContains": 0}, "7"), [])
    assert satisfies(rule_of({"contains": {}, "minContains": 0}, "2019-09"), [])
    assert not satisfies(rule_of({"if": {}, "then": False}, "7"), 1)
    assert satisfies(rule_of({"if": {}, "then": False}, "6"), 1)


def test_a_subschema_that_only_refers_has_no_rule_of_its_own() -> None:
    rule = rule_of(
        {
            "properties": {"a": {"$ref": "#/$defs/x", "title": "A"}, "b": {"allOf": [{"$ref": "#/$defs/x"}]}},
            "$defs": {"x": {"$ref": "#/$defs/y"}, "y": {"type": "object", "properties": {"z": {"$ref": "#/$defs/x"}}}},
        }
    )
    inner = rule.properties["a"]
    assert inner.where == ("$defs", "y")
    assert rule.properties["b"] is inner
    assert inner.properties["z"] is inner


def test_a_dynamic_reference_is_resolved_for_each_way_to_it() -> None:
    tree: dict[str, Any] = {
        "$id": "http://example.org/tree",
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"data": True, "children": {"items": {"$dynamicRef": "#node"}}},
    }
    strict = {
        "$id": "http://example.org/strict",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
    }
    registry: Any = referencing.Registry().with_contents(
        [("http://example.org/tree", tree)],
        default_specification=DRAFT202012,
    )
    loose, closed = rule_of(tree, registry=registry), rule_of(strict, registry=registry)
    deep = {"children": [{"children": [{"dat": 1}]}]}
    assert satisfies(loose, deep)
    assert not satisfies(closed, deep)
    assert satisfies(closed, {"children": [{"children": [{"data": 1}]}]})


def test_many_schemas_that_refer_to_each_other_take_no_more_rules_than_there_are() -> None:
    """The ways through them are exponentially many, and only what dynamic references can find tells them apart."""
    count = 12
    defs = {
        f"s{i}": {
            "$id": f"http://example.org/s{i}",
            "properties": {f"p{j}": {"$ref": f"s{j}"} for j in range(count)},
        }
        for i in range(count)
    }
    compiler = Compiler({"$defs": defs, "$ref": "http://example.org/s0"}, DIALECTS["2020-12"], None, None)
    compiler.root()
    assert len(set(map(id, compiler._rules.values()))) == count


def test_members_are_noted_as_evaluated_only_where_somebody_asks() -> None:
    rule = rule_of(
        {
            "allOf": [
                {"properties": {"a": {"properties": {}}}, "additionalProperties": True},
                {"not": {"required": ["z"]}},
            ],
            "unevaluatedProperties": False,
        }
    )
    first, second = (part.rule for part in rule.parts)
    assert first.collects
    assert first.additional is EVERYTHING
    assert not first.properties["a"].collects
    assert not second.parts[0].rule.collects
    assert rule_of({"additionalProperties": True, "items": {}, "unevaluatedItems": True}).additional is EVERYTHING
    assert rule_of({"additionalProperties": True}).additional is None


def test_formats_are_checked_only_by_a_checker() -> None:
    schema = {"format": "date"}
    assert rule_of(schema).checks == []
    checker = jsonschema.FormatChecker()
    rule = Compiler(schema, DIALECTS["2020-12"], None, checker).root()
    assert satisfies(rule, "2024-02-29")
    assert not satisfies(rule, "2023-02-29")
    assert satisfies(rule, 5)
    assert Compiler({"format": "unheard of"}, DIALECTS["2020-12"], None, checker).root().checks == []


def test_enum_and_const_both_hold() -> None:
    rule = rule_of({"enum": [1, 2, "a"], "const": 2.0})
    assert satisfies(rule, 2)
    assert not satisfies(rule, 1)
    assert not satisfies(rule_of({"const": 1}), True)
    assert not satisfies(rule_of({"enum": [[False]]}), [0])


# What is refused.


@pytest.mark.parametrize(
    ("schema", "path", "msg"),
    [
        ({"type": "text"}, ["type"], "'text' is not valid under any of the given schemas"),
        ({"properties": {"a": {"minLength": -1}}}, ["properties", "a", "minLength"], "-1 is less than"),
        ({"properties": {"a": {"pattern": "("}}}, ["properties", "a", "pattern"], "'(' is not a 'regex'"),
        ({"patternProperties": {"a": {"patternProperties": {"[": {}}}}},
         ["patternProperties", "a", "patternProperties"], "'[' is"),
        ({"items": {"$ref": "#/$defs/a"}}, ["items", "$ref"],
         "the reference '#/$defs/a' cannot be resolved: at $.items[\"$ref\"]"),
        ({"items": {"$ref": "#nowhere"}}, ["items", "$ref"], "the reference '#nowhere' cannot be resolved"),
        ({"$ref": "http://example.org/a"}, ["$ref"], "nothing is loaded from a network"),
        ({"$ref": "#/title", "title": "a"}, ["$ref"], "leads to no schema"),
        ({"$ref": "#/x", "x": {"type": 5}}, ["x", "type"], "5 is not valid under any of the given schemas"),
        ({"$ref": "#"}, [], "refers to itself for the same value"),
        ({"if": {"$ref": "#"}}, [], "refers to itself for the same value"),
        ({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}, {}]}, "b": {"not": {"$ref": "#/$defs/a"}}},
          "$ref": "#/$defs/a"},
         ["$defs"], "refers to itself for the same value"),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, ["$schema"], "this draft is not supported"),
        ({"const": (1, 2)}, ["const"], "a schema is JSON: dict, list, str and so on, not tuple"),
        ({"properties": {"a": {"default": float("nan")}}}, ["properties", "a", "default"],
         "a schema is JSON, and nan is not"),
        ({"properties": {1: {}}}, ["properties"], "a key in a schema is a string, not int"),
        ({"$id": "http://[", "items": {"$ref": "a"}}, None, ""),
    ],
)  # fmt: skip
def test_what_is_no_schema_is_refused_with_its_place(schema: Any, path: list[Any] | None, msg: str) -> None:
    with pytest.raises(SchemaError) as caught:
        Schema(schema)
    if path is not None:
        assert list(caught.value.path)[: len(path)] == path
    assert msg in caught.value.message
    assert caught.value.message in str(caught.value)


def test_deep_schemas_are_refused_not_recursed_into() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"items": deep}
    with pytest.raises(SchemaError, match="nested too deeply"):
        Schema(deep)
    circular: dict[str, Any] = {}
    circular["items"] = circular
    with pytest.raises(SchemaError, match="nested too deeply, or contains itself"):
        Schema(circular)


def test_a_chain_of_references_may_be_long() -> None:
    count = 3000
    defs: dict[str, Any] = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}", "minLength": i % 3} for i in range(count)}
    defs[f"d{count}"] = {"type": "string"}
    rule = rule_of({"$defs": defs, "$ref": "#/$defs/d0"})
    assert rule.groups
    aliases: dict[str, Any] = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(count)}
    aliases[f"d{count}"] = {"type": "string"}
    assert rule_of({"$defs": aliases, "$ref": "#/$defs/d0"}).kinds == STRING


def test_the_registry_is_asked() -> None:
    registry: Any = referencing.Registry().with_contents(
        [("http://example.org/a", {"type": "string"})], default_specification=DRAFT202012
    )
    rule = rule_of({"properties": {"x": {"$ref": "http://example.org/a"}}}, registry=registry)
    assert rule.properties["x"].kinds == STRING
    wrong: Any = referencing.Registry().with_contents(
        [("http://example.org/a", {"type": "text"})], default_specification=DRAFT202012
    )
    with pytest.raises(SchemaError, match="'text' is not valid"):
        Schema({"$ref": "http://example.org/a"}, registry=wrong)


def test_a_schema_may_change_its_draft_inside() -> None:
    rule = rule_of(
        {
            "properties": {"new": {"$ref": "#/$defs/x"}, "old": {"$ref": "http://example.org/old"}},
            "$defs": {"x": {"dependentRequired": {"a": ["b"]}}},
        },
        registry=referencing.Registry().with_contents(
            [
                (
                    "http://example.org/old",
                    {"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"]}},
                )
            ]
        ),
    )
    for key in ("new", "old"):
        assert not satisfies(rule, {key: {"a": 1}})
        assert satisfies(rule, {key: {"a": 1, "b": 1}})


@given(st.integers(0, 2**32))
def test_compiling_a_schema_twice_gives_the_same(seed: int) -> None:
    schema, maker = make_pair(random.Random(seed))
    first, second = rule_of(schema.schema), rule_of(schema.schema)
    for _ in range(3):
        document = maker.document()
        assert satisfies(first, document) == satisfies(second, document)


def test_kinds_of_objects_only() -> None:
    assert rule_of({"type": "object"}).kinds == OBJECT


@pytest.mark.parametrize(
    ("draft", "marks", "again"),
    [
        ("2020-12", {}, {"$ref": "#"}),
        ("2020-12", {"$dynamicAnchor": "a"}, {"$dynamicRef": "#a"}),
        ("2020-12", {"$anchor": "a"}, {"$ref": "#a"}),
        ("2020-12", {}, {"allOf": [{"$ref": "#"}]}),
        ("2020-12", {}, {"$ref": "#", "title": "said beside it"}),
        ("2019-09", {"$recursiveAnchor": True}, {"$recursiveRef": "#"}),
        ("2019-09", {}, {"$recursiveRef": "#"}),
        ("7", {}, {"$ref": "#"}),
        ("6", {}, {"$ref": "#"}),
    ],
    ids=str,
)
def test_what_is_only_a_reference_has_the_rule_that_it_leads_to(draft: str, marks: Any, again: Any) -> None:
    schema = {**marks, "items": again, "type": "array"}
    compiler = Compiler(schema, DIALECTS[draft], None, None)
    rule = compiler.root()
    assert rule.items is rule
    assert compiler.references.others() == []
    narrower = {**marks, "items": {**again, "allOf": [{"$ref": "#"}, {"minItems": 1}]}, "type": "array"}
    if draft not in ("6", "7"):  # which ignore what stands beside a reference
        apart = Compiler(narrower, DIALECTS[draft], None, None).root()
        assert apart.items is not apart
