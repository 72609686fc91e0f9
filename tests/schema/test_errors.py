"""The errors of invalid documents: those of jsonschema, and what takes their place where jsonschema breaks."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import jsonschema
import pytest
from jsonschema.exceptions import SchemaError, ValidationError, best_match

from partialjson import Failed, Parser, Schema
from partialjson._core.target import Options
from partialjson.schema.dialects import DIALECTS
from partialjson.schema.errors import best_of
from partialjson.testing.makers.schemas import told
from support.effort import amount
from support.json_schemas import make_pair
from support.schema_suite import FOLDERS, remotes, suite

FOUND = [(("a",), "type", "expected a string, found a number")]


def in_any_order(errors: list[ValidationError]) -> list[str]:
    """jsonschema goes through the members that ``additionalProperties`` is about in the order of a set."""
    return sorted(repr(told(each)) for each in errors)


def refused(schema: Schema, value: Any) -> Any:
    target = schema.__partialjson_target__(Options())
    return target.refuses.refuse(value, FOUND)


@pytest.mark.parametrize("draft", ["2020-12", "2019-09", "7"])
def test_they_are_those_of_jsonschema(draft: str) -> None:
    validator = DIALECTS[draft].validator
    invalid = 0
    for seed in range(amount(300, 10_000, quick=100)):
        schema, maker = make_pair(random.Random(f"errors {seed}"), draft)
        asked = validator(schema.schema)
        for _ in range(4):
            document = maker.document()
            errors = list(asked.iter_errors(document))
            if errors:
                invalid += 1
                failure = refused(schema, document)
                assert in_any_order(failure.errors) == in_any_order(errors), (seed, schema.schema, document)
                best = best_match(iter(failure.errors))
                assert best is not None
                assert told(failure.error) == told(best)
    assert invalid > 100


@pytest.mark.parametrize("draft", FOLDERS)
def test_they_are_those_of_jsonschema_for_the_suite(draft: str) -> None:
    validator = DIALECTS[draft].validator
    cases = list(suite(draft))
    for case in cases:
        if case.valid or "\\p{" in json.dumps(case.schema):
            continue
        registry = remotes(draft)
        # What jsonschema itself would combine, without its retrieval from a network.
        asked = validator(case.schema, registry=registry)
        errors = list(asked.iter_errors(case.data))
        if errors:  # An older jsonschema may find none.
            schema = Schema(case.schema, registry=registry, default_dialect=draft)
            assert in_any_order(refused(schema, case.data).errors) == in_any_order(errors)


def test_the_error_is_the_one_that_validate_raises() -> None:
    schema = {"anyOf": [{"properties": {"a": {"type": "string"}}, "required": ["b"]}, {"type": "integer"}]}
    document = {"a": 5, "b": 1}
    with pytest.raises(ValidationError) as caught:
        jsonschema.validate(document, schema)
    failure = refused(Schema(schema), document)
    assert told(failure.error) == told(caught.value)
    assert failure.error is failure.error
    assert [each.validator for each in failure.errors] == ["anyOf"]


def test_catastrophic_patterns_cost_linear_time() -> None:
    """With `re` each of them would take longer than anybody waits."""
    bad, text = "^(a+)+$", "a" * 5_000 + "!"
    schema = Schema(
        {
            "properties": {"p": {"pattern": bad}},
            "patternProperties": {bad: False},
            "additionalProperties": {"type": "string"},
            "$defs": {"x": {"patternProperties": {bad: {}}}},
            "allOf": [{"$ref": "#/$defs/x"}],
            "unevaluatedProperties": False,
        }
    )
    errors = refused(schema, {"p": text, text: 5}).errors
    assert {each.validator for each in errors} == {"pattern", "type", "unevaluatedProperties"}


def test_property_classes_of_characters() -> None:
    schema = Schema({"pattern": r"^\p{Lu}", "patternProperties": {r"^\p{L}+$": {"type": "string"}}})
    (error,) = refused(schema, "é").errors
    assert error.message == r"'é' does not match '^\\p{Lu}'"
    (error,) = refused(schema, {"É": 5}).errors
    assert list(error.path) == ["É"]
    with pytest.raises(re.error):
        list(jsonschema.Draft202012Validator({"pattern": r"^\p{Lu}"}).iter_errors("é"))


def test_multiples_of_numbers_that_overflow() -> None:
    schema = Schema({"items": {"multipleOf": 0.01}})
    (error,) = refused(schema, [1.0, 1e400]).errors
    assert (list(error.path), error.validator) == ([1], "multipleOf")
    assert error.message == "inf is not a multiple of 0.01"


def test_equal_elements_of_any_kind_are_found() -> None:
    schema = Schema({"uniqueItems": True})
    for document in ([[1], [True], [1]], [{"a": 1}, {"a": 1.0}], [{"a": [{}]}, 1, {"a": [{}]}]):
        (error,) = refused(schema, document).errors
        assert error.message == f"{document!r} has non-unique elements"
    assert [each.validator for each in refused(schema, [1, True, [0], [False]]).errors] == ["type"]  # what was found


def deep(levels: int, inside: Any) -> Any:
    for _ in range(levels):
        inside = {"child": inside}
    return inside


def test_where_jsonschema_recurses_too_deep_the_judge_speaks() -> None:
    inner = {"properties": {"child": {"allOf": [{"$ref": "#"}, {}]}}}
    schema = Schema({**inner, "additionalProperties": False})
    document = deep(199, {"a": 1})
    with pytest.raises(RecursionError):
        list(jsonschema.Draft202012Validator(schema.schema).iter_errors(document))
    failure = refused(schema, document)
    (error,) = failure.errors
    assert error is failure.error
    assert isinstance(error, ValidationError)
    assert told(error) == (["a"], "type", "expected a string, found a number", [])
    assert error.instance is None
    failure = refused(schema, {"a": 5, "child": deep(199, {"a": 1})})
    assert failure.error.instance == 5


def test_where_jsonschema_would_not_end_the_judge_speaks() -> None:
    """Both branches go on into the same members, so the errors double at each level."""
    branch = {"properties": {"child": {"$ref": "#"}}}
    schema = Schema({"anyOf": [{**branch, "minProperties": 1}, {**branch, "maxProperties": 1}], "type": "object"})
    assert len(refused(schema, deep(3, 1)).errors) == 1
    assert refused(schema, deep(40, 1)).error.validator == "type"


def test_large_unions_are_no_reason_to_stop() -> None:
    branches = [
        {
            "properties": {"kind": {"const": f"k{i}"}, **{f"p{j}": {"type": "string"} for j in range(8)}},
            "required": ["kind"],
        }
        for i in range(300)
    ]
    schema = {"items": {"oneOf": branches}}
    document = [{"kind": f"k{i}", "p0": "a", "p1": "b"} for i in range(20)] + [{"kind": "k5", "p3": 5}]
    errors = refused(Schema(schema), document).errors
    assert in_any_order(errors) == in_any_order(list(jsonschema.Draft202012Validator(schema).iter_errors(document)))
    assert [list(each.path) for each in errors] == [[20]]


def test_values_inside_a_document() -> None:
    schema = Schema(
        {
            "properties": {"a": {"$ref": "#/$defs/x"}, "no": False},
            "patternProperties": {"^a": {"maxLength": 1}},
            "$defs": {"x": {"type": "string", "minLength": 3}},
        }
    )
    target = schema.__partialjson_target__(Options())
    rule = target.rule
    assert rule is not None
    rules = [rule.properties["a"], rule.pattern_props[0][1]]
    failure = target.refuses.refuse_at(rules, "aa", [])
    assert [each.validator for each in failure.errors] == ["minLength", "maxLength"]
    assert [list(each.path) for each in failure.errors] == [[], []]
    (error,) = target.refuses.refuse_at([rule.properties["no"]], 1, []).errors
    assert (error.message, error.validator) == ("False schema does not allow 1", None)


def test_a_subschema_with_a_draft_of_its_own_is_guarded_too() -> None:
    schema = Schema(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": {
                "a": {"$ref": "#"},
                "b": {"$schema": "http://json-schema.org/draft-07/schema#", "pattern": r"\p{L}"},
            },
            "pattern": r"^\p{L}",
        }
    )
    errors = refused(schema, {"a": "1", "b": "2"}).errors
    assert [list(each.path) for each in errors] == [["a"], ["b"]]


def test_the_best_of_errors_that_cannot_be_compared() -> None:
    first, second = ValidationError("one", path=[1]), ValidationError("two", path=["a"])
    assert best_of([first, second]) is first


@pytest.mark.parametrize("divisor", [0.5, 3, 1e-300, 1e300])
@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_number_beyond_a_double_is_no_multiple(number: str, divisor: float) -> None:
    """jsonschema breaks there; the error is complete all the same."""
    parser: Parser[Any] = Parser(Schema({"items": {"multipleOf": divisor}}))
    parser.feed(f"[0, {number}]")
    end = parser.end()
    assert isinstance(end, Failed)
    assert isinstance(end.error, ValidationError)
    error = end.error
    assert (list(error.absolute_path), error.validator, error.validator_value) == ([1], "multipleOf", divisor)
    assert list(error.absolute_schema_path) == ["items", "multipleOf"]


@pytest.mark.parametrize(
    ("text", "path", "instance"),
    [("7", [], 7), ("[[], 7]", [1], 7), ('{"a": [[], {"b": 7}]}', ["a", 1, "b"], 7), ('[{"a": 7.5}]', [0, "a"], 7.5)],
)
def test_what_the_judge_found_stands_in_where_jsonschema_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, text: str, path: list[Any], instance: Any
) -> None:
    monkeypatch.setattr("partialjson.schema.errors._STEPS", -(10**9))
    schema = {
        "anyOf": [{"type": "array"}, {"type": "object"}],
        "items": {"$ref": "#"},
        "additionalProperties": {"$ref": "#"},
        "title": f"judged alone: {text}",  # of its own, since what was compiled for a schema is kept
    }
    parser: Parser[Any] = Parser(Schema(schema))
    parser.feed(text)
    end = parser.end()
    assert isinstance(end, Failed)
    assert isinstance(end.error, ValidationError)
    assert (list(end.error.path), end.error.validator, end.error.instance) == (path, "anyOf", instance)


def test_a_part_in_another_draft_is_explained_in_that_draft() -> None:
    """The draft around it does not know the keyword."""
    part = {
        "$id": "http://example.org/part",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "allOf": [{"dependencies": {"x": ["y"]}}],
    }
    parser: Parser[Any] = Parser(Schema({"properties": {"a": part}, "dependencies": {"a": ["b"]}}))
    parser.feed('{"a": {"x": 1}}')
    end = parser.end()
    assert isinstance(end, Failed)
    assert isinstance(end.error, ValidationError)
    error = end.error
    assert (list(error.absolute_path), error.validator, error.validator_value) == (["a"], "dependencies", {"x": ["y"]})
    assert list(error.absolute_schema_path) == ["properties", "a", "allOf", 0, "dependencies"]


def test_a_schema_that_contains_itself_is_refused() -> None:
    schema: dict[str, Any] = {"type": "array"}
    schema["items"] = schema
    with pytest.raises(SchemaError, match=r"^the schema is nested too deeply, or contains itself"):
        Schema(schema)
