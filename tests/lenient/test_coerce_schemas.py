"""Coercion by JSON Schema: as by the types that the schemas come from, and for whatever else a schema can say."""

from __future__ import annotations

import json
import random
from collections import Counter
from decimal import Decimal
from typing import Any, Literal, cast

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from jsonschema.exceptions import ValidationError
from pydantic import TypeAdapter

from partialjson import (
    MISSING,
    Coerced,
    CoercionKind,
    Complete,
    Failed,
    Invalid,
    InvalidError,
    Lenient,
    Parser,
    RepairKind,
    Schema,
    Violation,
)
from partialjson.schema import plans
from partialjson.testing import laws
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.makers import Maker
from support.coercible import KINDS, TARGETS, A, Aliased, B, Item, Pair, Single, Tagged, nearly, nearly_fits
from support.effort import examples
from support.growing import changes_of
from support.json_schemas import document_text, make_pair
from support.schema_suite import FOLDERS, remotes, suite

# ``Aliased`` has a second key for a field, which its schema does not tell.
TYPES = [target for target in TARGETS if target is not Aliased]
SCHEMAS = [Schema(TypeAdapter(target).json_schema()) for target in TYPES]

SEEDS = st.integers(0, 2**32)
MANY = settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def made(schema: Any, level: Any = "guided", **options: Any) -> Maker:
    """Makes parsers for texts that are documents and nothing else."""
    given = schema if isinstance(schema, Schema) else Schema(schema)
    return Maker(given, lenient=Lenient(coerce=level).without(RepairKind.TEXT_AROUND), **options)


def outcome_of(text: str, schema: Any, level: Any = "guided", **options: Any) -> Any:
    """How a document ends, in whatever pieces it comes."""
    maker = made(schema, level, **options)
    return check_all_chunkings(text, make=maker, describe=maker.describe).outcome


def value_of(text: str, schema: Any, level: Any = "guided") -> Any:
    outcome = outcome_of(text, schema, level)
    assert isinstance(outcome, Complete), outcome
    return outcome.value


def shown_by(text: str, schema: Any, level: Any = "guided") -> list[str]:
    return changes_of(made(schema, level)(), text)


def fields(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    """The schema of an object."""
    return {"type": "object", "properties": properties, "required": required or []}


INTEGER = {"type": "integer"}
TEXT = {"type": "string"}


# As for types.


@pytest.mark.parametrize(
    ("kind", "target", "written", "read"), [row for row in KINDS if row[3] is not None and row[1] is not Decimal]
)
def test_each_kind_as_for_its_type(kind: CoercionKind, target: Any, written: Any, read: Any) -> None:
    adapter = TypeAdapter(target)
    schema = fields(["held"], held={"$ref": "#/$defs/held"}, after=INTEGER)
    inner = adapter.json_schema(ref_template="#/$defs/held/$defs/{model}")
    text = json.dumps({"held": written, "after": 1})
    outcome = outcome_of(text, {**schema, "$defs": {"held": inner}})
    assert isinstance(outcome, Complete)
    assert adapter.validate_json(json.dumps(outcome.value["held"])) == read
    assert outcome.coerced[-1].kind == kind
    assert outcome.provenance(("held",)) == "coerced"


def drawn(seed: int) -> tuple[str, int, Any]:
    """A text that nearly fits a type, the number of the type, and a level."""
    source = random.Random(seed)
    number = source.randrange(len(TYPES))
    value = nearly_fits(source, TYPES[number]) if source.random() < 0.7 else nearly(source)
    return json.dumps(value), number, source.choice(["safe", "guided"])


MOVES = (CoercionKind.WRAPPER, CoercionKind.ONE_OF_LIST, CoercionKind.LIST_OF_ONE, CoercionKind.SINGLE_FIELD)


@MANY
@given(SEEDS)
@example(500211)
def test_a_type_and_its_schema_agree(seed: int) -> None:
    """On what is read, what was changed for it, and what stays invalid."""
    text, number, level = drawn(seed)
    # What a schema and pydantic's strict mode see differently: 2.0 is an integer, 1 is not True, equal elements, a
    # named tuple in a string.
    assume("2.0" not in text and TYPES[number] not in (set[str], Pair, Literal["RED", 2, True]))
    outcomes: list[Any] = []
    for maker in (
        Maker(TYPES[number], lenient=made(True, level).options["lenient"], strict=True),
        made(SCHEMAS[number], level),
    ):
        parser = maker()
        laws.feed(parser, text)
        outcomes.append(parser.end())
    typed, plain = outcomes
    # The union settles as a whole, and what fits best is taken. Its schema is followed by the constant in its objects,
    # and there an object in place of a list is the list's element as soon as it has a key of one.
    assume(TYPES[number] != A | B or not has_element_for_list(json.loads(text)))
    if isinstance(plain, Complete) and not isinstance(typed, Complete):
        # A type reads many strings as numbers, so it has more readings of a whole than a schema, and not all are tried.
        assume(len(plain.coerced) < 3 or not any(each.kind in MOVES for each in plain.coerced))
    assert type(plain) is type(typed)
    # The schema of this union is followed by the constant in its objects, also where they are invalid. And what counted
    # as a property until that came itself counts no more under a schema.
    is_alike = isinstance(typed, Complete) or TYPES[number] != A | B
    if is_alike and not has_two_spellings(json.loads(text)):
        told = [Counter((each.path, each.kind) for each in outcome.coerced) for outcome in (typed, plain)]
        assert told[0] == told[1]
    if isinstance(typed, Complete):
        adapter = TypeAdapter(TYPES[number])
        read = adapter.validate_json(json.dumps(plain.value), strict=True)
        assert adapter.dump_python(read) == adapter.dump_python(typed.value)


# The laws.


@MANY
@given(SEEDS)
def test_law_1_chunking_is_invisible(seed: int) -> None:
    text, number, level = drawn(seed)
    for chunks in laws.some_chunkings(text, random.Random(seed)):
        laws.law_1(text, made(SCHEMAS[number], level), chunks)


@MANY
@given(SEEDS)
def test_law_2_growth_only(seed: int) -> None:
    text, number, level = drawn(seed)
    laws.law_2(text, made(SCHEMAS[number], level))


def has_element_for_list(value: Any) -> bool:
    """Is there an object with a key of an element where the list of `B` belongs?"""
    if isinstance(value, list):
        return any(map(has_element_for_list, value))
    if not isinstance(value, dict):
        return False
    for key, inside in value.items():
        if key.casefold() == "items" and isinstance(inside, dict) and "n" in map(str.casefold, inside):
            return True
    return any(map(has_element_for_list, value.values()))


def has_two_spellings(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(has_two_spellings, value))
    if not isinstance(value, dict):
        return False
    spelled = {key.casefold().replace(" ", "").replace("_", "") for key in value}
    return len(spelled) < len(value) or any(map(has_two_spellings, value.values()))


@MANY
@given(SEEDS)
def test_law_3_closed_once(seed: int) -> None:
    text, number, level = drawn(seed)
    laws.law_3(text, made(SCHEMAS[number], level))


@MANY
@given(SEEDS)
def test_law_4_snapshots_hold_still(seed: int) -> None:
    text, number, level = drawn(seed)
    laws.law_4(text, made(SCHEMAS[number], level), None, random.Random(seed))


ODD = '{"First Name": ["Ada"], "N": "12,111", "color": "Dark Blue", "extra": {"a": [1, 2]}}'
CONDITIONAL = {
    **fields(["n"], n=INTEGER, kind={"enum": ["a", "b"]}, inner={"$ref": "#"}),
    "if": {"properties": {"kind": {"const": "a"}}},
    "then": {"properties": {"n": {"minimum": 3}}},
}


@pytest.mark.parametrize(
    "schema", [Schema(TypeAdapter(each).json_schema()) for each in (list[Item], list[Item | Single])]
)
def test_law_7_linear_in_the_whole(schema: Schema) -> None:
    texts = ["[" + ", ".join([ODD] * count) + "]" for count in (25, 100)]
    laws.law_7(texts[1], made(schema), texts[0])


@pytest.mark.parametrize("schema", [fields(["n"], n=INTEGER, inner={"$ref": "#"}), CONDITIONAL])
def test_law_7_linear_in_depth(schema: Any) -> None:
    texts = ['{"N": "1", "inner": ' * depth + '{"n": 1}' + "}" * depth for depth in (30, 120)]
    laws.law_7(texts[1], made(schema), texts[0])


@MANY
@given(SEEDS)
def test_law_8_cut_off_is_not_complete(seed: int) -> None:
    text, number, level = drawn(seed)
    laws.law_8(text, made(SCHEMAS[number], level))


@MANY
@given(SEEDS)
def test_law_9_deltas_fold(seed: int) -> None:
    text, number, level = drawn(seed)
    laws.law_9(text, made(SCHEMAS[number], level), None, random.Random(seed))


@MANY
@given(SEEDS)
def test_law_10_checkpoints_are_invisible(seed: int) -> None:
    text, number, level = drawn(seed)
    laws.law_10(text, made(SCHEMAS[number], level), None, random.Random(seed).randrange(len(text) + 1))


# Whatever a schema can say.


def ends(schema: Schema, text: str, level: Any = None) -> tuple[Any, list[Any]]:
    """How a document ends, and its events; without a level, strictly."""
    parser = Parser(schema) if level is None else made(schema, level)()
    events = list(laws.feed(parser, text)[0])
    outcome = parser.end()
    return outcome, [*events, *getattr(outcome, "events", ())]


def check(schema: Schema, text: str, level: Any) -> None:
    """What is valid is read as it is; what is not, as something valid that differs, or with jsonschema's errors."""
    plain, _ = ends(schema, text)
    outcome, events = ends(schema, text, level)
    if isinstance(plain, Complete):
        assert isinstance(outcome, Complete), (schema, text)
        # With the order of keys.
        assert json.dumps(outcome.value) == json.dumps(plain.value)
        assert outcome.coerced == ()
        assert not [each for each in events if isinstance(each, Violation | Invalid | Coerced)]
    elif isinstance(outcome, Complete):
        assert outcome.coerced
        assert isinstance(ends(schema, json.dumps(outcome.value))[0], Complete), (schema, text, outcome)
        assert not [each for each in events if isinstance(each, Violation | Invalid)]
    else:
        assert isinstance(outcome, Failed)
        assert outcome.errors
        if not outcome.coerced:
            assert sorted(map(str, outcome.errors)) == sorted(map(str, cast("Failed", plain).errors))


def misspelled(value: Any, source: random.Random) -> Any:
    """The value with some of its parts as a model may write them."""
    if isinstance(value, dict):
        made = {}
        for key, each in value.items():
            other = key.upper() if source.random() < 0.2 else key
            made[key if other in value else other] = misspelled(each, source)
        return made if source.random() < 0.95 else {"result": made}
    if isinstance(value, list):
        made_list = [misspelled(each, source) for each in value]
        return made_list[0] if len(made_list) == 1 and source.random() < 0.3 else made_list
    if source.random() < 0.7:
        return value
    return value.upper() if isinstance(value, str) else json.dumps(value)


@MANY
@given(SEEDS, st.sampled_from(["2020-12", "2020-12", "7", "2019-09"]))
@example(1654, "2020-12")
def test_any_schema(seed: int, draft: str) -> None:
    source = random.Random(f"{draft} {seed}")
    contents, maker = make_pair(source, draft)
    value = maker.document()
    schema = contents if isinstance(contents, Schema) else Schema(contents)
    level = source.choice(["safe", "guided"])
    check(schema, document_text(value, source), level)
    text = json.dumps(misspelled(value, source))
    check(schema, text, level)
    laws.law_1(text, made(schema, level), list(text))
    laws.law_2(text, made(schema, level))


@pytest.mark.parametrize("draft", list(FOLDERS))
def test_the_suite(draft: str) -> None:
    made_of: dict[int, tuple[Any, Schema]] = {}
    for case in suite(draft):
        key = id(case.schema)
        if key not in made_of:
            schema = Schema(case.schema, registry=remotes(draft), default_dialect=draft)
            made_of[key] = case.schema, schema
        for level in ("safe", "guided"):
            check(made_of[key][1], json.dumps(case.data), level)


# What is read.

TAGGED = Schema(TypeAdapter(Tagged).json_schema())
ANY_OF_TWO = {**fields(a=INTEGER, b=INTEGER), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
CLOSED = {**fields(a_b=INTEGER), "additionalProperties": False}
PATTERNS = {"patternProperties": {"^n_": INTEGER, "^t_": TEXT}, "additionalProperties": {"type": "boolean"}}
NESTED = {
    "allOf": [{"$ref": "#/$defs/base"}, fields(b=INTEGER)],
    "$defs": {"base": fields(["a"], a={"type": "number"})},
}


@pytest.mark.parametrize(
    ("schema", "written", "read"),
    [
        (TAGGED, {"n": "1", "Kind": "A"}, {"n": 1, "kind": "a"}),
        (ANY_OF_TWO, {"b": "2"}, {"b": 2}),
        (CONDITIONAL, {"n": "7", "kind": "A"}, {"n": 7, "kind": "a"}),
        (CLOSED, {"A B": "1"}, {"a_b": 1}),
        (PATTERNS, {"n_x": "1", "t_x": 1, "z": "yes"}, {"n_x": 1, "t_x": "1", "z": True}),
        (NESTED, {"A": "1.5", "b": "1"}, {"a": 1.5, "b": 1}),
        ({"type": ["integer", "null"]}, "None", None),
        ({"anyOf": [INTEGER, {"type": "null"}]}, "12", 12),
        ({"prefixItems": [INTEGER, TEXT], "items": INTEGER}, ["1", 2, "3"], [1, "2", 3]),
        ({"type": "array", "items": INTEGER, "contains": {"const": 1}}, ["1", "2"], [1, 2]),
        ({**fields(["a"], a=INTEGER), "unevaluatedProperties": False}, {"A": "1"}, {"a": 1}),
        ({"enum": ["in progress", "done"]}, "In_Progress", "in progress"),
        ({"const": 3}, "3", 3),
    ],
)
def test_what_is_read(schema: Any, written: Any, read: Any) -> None:
    assert value_of(json.dumps(written), schema, "safe") == read


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        # Nothing is taken for another key where other keys are spoken of.
        ({**fields(["a"], a=INTEGER), "additionalProperties": True}, {"A": 1}),
        ({**fields(["a"], a=INTEGER), "patternProperties": {"^x": INTEGER}}, {"A": 1}),
        (CONDITIONAL, {"n": "1", "kind": "A"}),
        (ANY_OF_TWO, {"c": 1}),
        (PATTERNS, {"n_x": "one"}),
        ({"type": "array", "items": INTEGER, "uniqueItems": True}, ["1", 1]),
        ({**fields(), "maxProperties": 1}, {"a": 1, "b": 2}),
        ({**fields(a=INTEGER), "propertyNames": {"maxLength": 2}}, {"abc": 1}),
        ({**fields(a=False)}, {"a": 1}),
        (False, 1),
    ],
)
def test_what_stays_invalid(schema: Any, written: Any) -> None:
    outcome = outcome_of(json.dumps(written), schema, "safe")
    assert isinstance(outcome, Failed)
    assert all(isinstance(each, ValidationError) for each in outcome.errors)


def test_the_errors_are_those_of_what_was_read() -> None:
    outcome = outcome_of('{"a": "1", "b": "x", "c": []}', fields(a=INTEGER, b=INTEGER, c=INTEGER), "safe")
    assert [(list(each.path), each.message) for each in outcome.errors] == [
        (["b"], "'x' is not of type 'integer'"),
        (["c"], "[] is not of type 'integer'"),
    ]


def test_errors_where_jsonschema_cannot_tell() -> None:
    either = {"anyOf": [fields(a={"$ref": "#"}, n=INTEGER), {**fields(a={"$ref": "#"}, n=INTEGER), "minProperties": 1}]}
    text = '{"a": ' * 60 + '{"n": "x"}' + "}" * 60
    told = []
    for level in ("syntax", "safe"):
        outcome, _ = ends(Schema(either), text, level)
        assert isinstance(outcome, Failed)
        told.append([(each.message, list(each.path), each.validator) for each in outcome.errors])
    assert told[0] == told[1] == [("the value fits none of the alternatives of 'anyOf'", [], "anyOf")]


def test_the_document_stays_as_it_was_written() -> None:
    parser = made(fields(["a_b"], a_b=INTEGER))()
    parser.feed('{"A B": "1"}')
    assert parser.value == {"a_b": 1}
    assert parser.json == {"A B": "1"}
    assert [each.path for each in cast("Complete[Any]", parser.end()).coerced] == [("A B",), ("A B",)]


def test_a_key_of_its_own_after_another_spelling_leaves_both() -> None:
    # Keys of which nothing is said are part of the document.
    schema = fields(["first_name"], first_name=TEXT)
    for written in ({"firstName": "a", "first_name": "b"}, {"firstName": 1, "first_name": "b"}):
        outcome = outcome_of(json.dumps(written), schema)
        assert outcome.value == written
        assert list(outcome.value) == list(written)
        assert outcome.coerced == ()


def test_what_waits_for_a_condition_is_shown_with_its_object() -> None:
    assert shown_by('{"kind": "A", "n": "7", "x": []}', CONDITIONAL, "safe") == [
        "{}",
        "{'x': []}",
        "{'kind': 'a', 'n': 7, 'x': []}",
    ]


def test_what_is_around_an_object_is_not_shown_as_the_object() -> None:
    schema = fields(["n"], n=INTEGER)
    assert shown_by('{"result": {"n": 1}}', schema) == ["{}", "{'n': 1}"]
    assert shown_by('{"x": 2, "n": 1, "y": []}', schema) == [
        "{}",
        "{'n': 1}",
        "{'n': 1, 'y': []}",
        "{'x': 2, 'n': 1, 'y': []}",
    ]
    assert shown_by('{"x": 2, "n": 1}', schema, "safe") == ["{}", "{'x': 2}", "{'x': 2, 'n': 1}"]


def test_members_stay_hidden_until_they_close() -> None:
    assert shown_by('["Dark Bl', {"items": {"enum": ["dark_blue"]}}) == ["[]"]
    # A string that nothing can change grows.
    assert shown_by('["ab', {"items": TEXT})[-1] == "['ab']"
    assert shown_by('["ab', {"items": {"type": ["string", "null"], "maxLength": 3}})[-1] == "[]"


def test_an_invalid_value_stops_where_that_is_asked_for() -> None:
    parser = made(fields(a=INTEGER), on_invalid="raise")()
    with pytest.raises(InvalidError, match="'x' is not of type 'integer'"):
        parser.feed('{"a": "1", "A": 2, "a": "x", "b": 1}')


def test_structures_are_foreseen_where_only_spelling_changes() -> None:
    schema = fields(a=TEXT, b={"enum": ["x"]}, c=INTEGER)
    for level, found in (("safe", [("a",)]), ("guided", [])):
        events = made(schema, level)().feed('{"b": "y", "c": "z", "a": {"')
        assert [event.path for event in events if isinstance(event, Violation)] == found


def test_without_retaining() -> None:
    parser = made({"items": fields(["n"], n=INTEGER)}, retain=False, select=["$[*]"])()
    events = parser.feed('[{"N": "1"}, {"n": 2}]')
    assert [getattr(event, "value", event) for event in events if not isinstance(event, Coerced)] == [
        {"n": 1},
        {"n": 2},
    ]
    assert [event.kind for event in events if isinstance(event, Coerced)] == [
        CoercionKind.QUOTED_NUMBER,
        CoercionKind.KEY,
    ]
    assert parser.close() is MISSING


def test_nothing_is_changed_where_only_syntax_is_mended() -> None:
    outcome = outcome_of('{"a": "1"}', fields(a=INTEGER), "syntax")
    assert isinstance(outcome, Failed)
    assert outcome.coerced == ()


def test_a_schema_with_more_plans_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_MOST_PLANS", 2)
    deep = fields(a=fields(b=fields(c=fields(d=INTEGER))))
    assert value_of('{"a": {"b": {"c": {"d": "1"}}}}', deep) == {"a": {"b": {"c": {"d": 1}}}}
