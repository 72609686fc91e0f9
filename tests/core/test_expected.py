"""``Parser.expected``: what may come next."""

from __future__ import annotations

import json
import pickle
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Strict

from partialjson import Expected, Parser
from partialjson._core.judge import is_valid
from support.rulebook import AROUND, Rulebook
from support.toy import Toy

PET = {
    "type": "object",
    "properties": {
        "size": {"enum": ["large", "little", "big"]},
        "age": {"type": ["integer", "null"]},
        "tame": {"type": "boolean"},
        "tags": {"type": "array", "items": {"const": "x"}, "maxItems": 2, "minItems": 1},
        "kin": {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
                    "required": ["kind"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"kind": {"const": "dog"}, "barks": {}},
                    "required": ["kind"],
                    "additionalProperties": False,
                },
                {"type": "null"},
            ]
        },
    },
    "required": ["size", "age"],
    "additionalProperties": False,
}


def after(text: str, **options: Any) -> Expected:
    """What is expected after a text, whole or in characters."""
    whole: Parser[Any] = Parser(**options)
    whole.feed(text)
    pieces: Parser[Any] = Parser(**options)
    for char in text:
        pieces.feed(char)
    assert whole.expected() == pieces.expected()
    return whole.expected()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", {"object"}),
        ('{"size":', {"string"}),
        ('{"age":', {"integer", "null"}),
        ('{"age": n', {"null"}),
        ('{"age": 1', {"integer"}),
        ('{"kin":', {"object", "null"}),
        ('{"kin": {"lives":', {"integer"}),
        ('{"tags": ["x", "x"', set()),
        ('{"size": "big"', set()),
    ],
)
def test_kinds(text: str, kinds: set[str]) -> None:
    assert after(text, schema=PET).kinds == kinds


@pytest.mark.parametrize(
    ("text", "keys", "required"),
    [
        ("{", ("size", "age", "tame", "tags", "kin"), ("size", "age")),
        ('{"t', ("tame", "tags"), ("size", "age")),
        ('{"size": "big", ', ("age", "tame", "tags", "kin"), ("age",)),
        ('{"kin": {', ("kind", "lives", "barks"), ("kind",)),
        ('{"kin": {"kind": "dog", ', ("barks",), ()),
    ],
)
def test_keys(text: str, keys: tuple[str, ...], required: tuple[str, ...]) -> None:
    told = after(text, schema=PET)
    assert (told.keys, told.required, told.other_keys) == (keys, required, False)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ('{"size": ', ("large", "little", "big")),
        ('{"size": "l', ("large", "little")),
        ('{"size": "\\u006ca', ("large",)),
        ('{"tame": ', (True, False)),
        ('{"tame": f', (False,)),
        ('{"age": ', None),
        ('{"kin": {"kind": ', ("cat", "dog")),
        ('{"kin": {"barks": 1, "kind": ', ("dog",)),
    ],
)
def test_members(text: str, members: tuple[Any, ...] | None) -> None:
    assert after(text, schema=PET).members == members


@pytest.mark.parametrize(
    ("text", "separators"),
    [
        ("{", set()),
        ('{"size"', {":"}),
        ('{"size": "big"', {","}),
        ('{"size": "big", "age": null', {",", "}"}),
        ('{"tags": [', set()),
        ('{"tags": ["x"', {",", "]"}),
        ('{"tags": ["x", "x"', {"]"}),
    ],
)
def test_separators(text: str, separators: set[str]) -> None:
    assert after(text, schema=PET).separators == separators


@pytest.mark.parametrize("around", AROUND)
def test_the_same_is_expected_wherever_a_schema_stands(around: str) -> None:
    schema_around, before, _, _ = AROUND[around]
    for text in (
        '{"size": "little", "age": 12, "tame": true, "tags": ["x", "x"], "kin": {"kind": "dog", "barks": null}}',
        '{"kin": {"lives": 3, "kind": "cat"}, "tags": [], "age": null, "size": "big"}',
    ):
        alone: Parser[Any] = Parser(schema=PET)
        inside: Parser[Any] = Parser(schema=schema_around(PET))
        inside.feed(before)
        for char in text[:-1]:
            alone.feed(char)
            inside.feed(char)
            assert inside.expected() == alone.expected()


ALL_KINDS = frozenset({"string", "number", "boolean", "null", "object", "array"})
BY_PATTERN: Any = {
    "properties": {"a": {"type": "string"}},
    "patternProperties": {"^a": {"enum": ["x", 1]}, "b": {"type": "null"}},
    "additionalProperties": {"type": "array"},
}
TWO_SHAPES: Any = {
    "anyOf": [
        {"properties": {"a": {}, "b": {}}, "required": ["a", "b"], "additionalProperties": False},
        {"properties": {"b": {}, "c": False}, "required": ["b", "c"]},
    ]
}
OTHER_SHAPES: Any = {
    "anyOf": [
        {"properties": {"a": {}, "b": {}}, "required": ["a"], "additionalProperties": False},
        {"properties": {"c": {}}, "required": ["c"], "additionalProperties": False},
    ]
}
BOTH_SHAPES: Any = {
    "allOf": [
        {"properties": {"a": {}, "b": {}}, "required": ["a"], "additionalProperties": False},
        {"properties": {"b": {}, "c": {}}, "required": ["b"]},
    ]
}

ALL_THAT_IS_TOLD: list[tuple[Any, str, Expected]] = [
    ({"properties": {"a": {}, "b": {}}, "required": ["b", "a"]}, "{",
     Expected(keys=("a", "b"), required=("b", "a"), other_keys=True)),
    ({"properties": {"a": {}, "b": {}}, "required": ["b", "a"]}, '{"a": 1, ',
     Expected(keys=("b",), required=("b",), other_keys=True)),
    ({"properties": {"a": {}, "b": {}}, "required": ["b"]}, '{"a": 1',
     Expected(kinds=frozenset({"number"}), required=("b",), separators=frozenset(","))),
    ({"minProperties": 1}, "{", Expected(other_keys=True)),
    ({"minProperties": 2}, '{"a": 1', Expected(kinds=frozenset({"number"}), separators=frozenset(","))),
    ({"minProperties": 2}, '{"a": 1, "b": 2 ', Expected(separators=frozenset(",}"))),
    ({"maxProperties": 0, "properties": {"a": {}}}, "{", Expected(separators=frozenset("}"))),
    ({"maxProperties": 1}, '{"a": null', Expected(separators=frozenset("}"))),
    ({"maxProperties": 2}, '{"a": null', Expected(separators=frozenset(",}"))),
    ({"dependentRequired": {"a": ["b", "c"]}, "properties": {"c": {}}}, '{"c": 1, "a": 2, ',
     Expected(required=("b",), other_keys=True)),
    ({"dependentRequired": {"a": ["b", "c"]}}, '{"d": 1',
     Expected(kinds=frozenset({"number"}), separators=frozenset(",}"))),
    ({"dependentRequired": {"a": ["b", "c"]}}, '{"a": 1',
     Expected(kinds=frozenset({"number"}), required=("b", "c"), separators=frozenset(","))),
    ({"propertyNames": {"enum": ["y", "x"]}}, "{", Expected(keys=("y", "x"), separators=frozenset("}"))),
    ({"propertyNames": {"enum": ["y", "x"]}, "properties": {"x": False}}, "{",
     Expected(keys=("y",), separators=frozenset("}"))),
    ({"propertyNames": {"enum": ["y", "x"]}, "properties": {"x": {}, "z": {}}, "additionalProperties": False}, "{",
     Expected(keys=("x",), separators=frozenset("}"))),
    ({"properties": {"a": {}}, "patternProperties": {"^b": {}}, "additionalProperties": False}, "{",
     Expected(keys=("a",), separators=frozenset("}"), other_keys=True)),
    ({"properties": {"a": {}}, "additionalProperties": False}, '{"a": 1',
     Expected(kinds=frozenset({"number"}), separators=frozenset("}"))),
    ({"properties": {"a": False, "b": {}}}, "{", Expected(keys=("b",), separators=frozenset("}"), other_keys=True)),
    ({"properties": {"abc": {}, "abd": {}, "b": {}}}, '{"ab', Expected(keys=("abc", "abd"), other_keys=True)),
    ({"items": {"type": "null"}, "minItems": 1}, "[", Expected(kinds=frozenset({"null"}), members=(None,))),
    ({"items": {"type": "null"}, "minItems": 2}, "[null", Expected(separators=frozenset(","))),
    ({"items": {"type": "null"}, "minItems": 2}, "[null, null", Expected(separators=frozenset(",]"))),
    ({"maxItems": 0}, "[", Expected(members=(), separators=frozenset("]"))),
    ({"maxItems": 1}, "[1", Expected(kinds=frozenset({"number"}), separators=frozenset("]"))),
    ({"maxItems": 2}, "[1", Expected(kinds=frozenset({"number"}), separators=frozenset(",]"))),
    ({"prefixItems": [{"type": "null"}, {"const": 2}], "items": {"type": "string"}}, "[",
     Expected(kinds=frozenset({"null"}), members=(None,), separators=frozenset("]"))),
    ({"prefixItems": [{"type": "null"}, {"const": 2}], "items": {"type": "string"}}, "[null, ",
     Expected(kinds=frozenset({"number"}), members=(2,))),
    ({"prefixItems": [{"type": "null"}, {"const": 2}], "items": {"type": "string"}}, "[null, 2, ",
     Expected(kinds=frozenset({"string"}))),
    ({"prefixItems": [{"type": "null"}, {"const": 2}], "items": False}, "[null, 2",
     Expected(kinds=frozenset({"number"}), members=(2,), separators=frozenset("]"))),
    ({"contains": {"type": "null"}}, "[", Expected(kinds=ALL_KINDS)),
    ({"contains": {"type": "null"}, "minContains": 2}, "[null", Expected(separators=frozenset(","))),
    ({"contains": {"type": "null"}, "minContains": 2}, "[null, null", Expected(separators=frozenset(",]"))),
    (BY_PATTERN, '{"a": ', Expected(kinds=frozenset({"string"}), members=("x",))),
    (BY_PATTERN, '{"b": ', Expected(kinds=frozenset({"null"}), members=(None,))),
    (BY_PATTERN, '{"c": ', Expected(kinds=frozenset({"array"}))),
    (TWO_SHAPES, "{", Expected(keys=("a", "b"), required=("b",), other_keys=True)),
    (OTHER_SHAPES, "{", Expected(keys=("a", "b", "c"))),
    (OTHER_SHAPES, '{"a": 1', Expected(kinds=frozenset({"number"}), separators=frozenset(",}"))),
    (BOTH_SHAPES, "{", Expected(keys=("a", "b"), required=("a", "b"))),
    ({"allOf": [{"properties": {"a": False}}, {"properties": {"a": {}, "b": {}}}]}, "{",
     Expected(keys=("b",), separators=frozenset("}"), other_keys=True)),
    ({"oneOf": [{"maxItems": 1, "items": {"type": "null"}}, {"minItems": 2, "items": {"type": "string"}}]}, "[",
     Expected(kinds=frozenset({"null", "string"}), separators=frozenset("]"))),
    ({"oneOf": [{"maxItems": 1, "items": {"type": "null"}}, {"minItems": 2, "items": {"type": "string"}}]}, "[null",
     Expected(separators=frozenset("]"))),
    ({"anyOf": [{"properties": {"k": {"const": 1}, "v": {"type": "null"}}}, True]}, '{"k": 1, "v": ',
     Expected(kinds=ALL_KINDS)),
    ({"not": {"items": {"type": "null"}}}, "[", Expected(kinds=ALL_KINDS, separators=frozenset("]"))),
    ({"if": {"items": {"type": "null"}}, "then": {"maxItems": 1}}, "[null", Expected(separators=frozenset(",]"))),
    (True, '{"a": [{"b": ', Expected(kinds=ALL_KINDS)),
    ({"properties": {"a": {"type": "null"}}}, '{"a": 1, "a": ', Expected(kinds=ALL_KINDS)),
    ({"type": "number"}, "1", Expected(kinds=frozenset({"number"}))),
    ({"type": "number"}, "1 ", Expected()),
    ({"enum": [True, False, None, 1, "a"]}, "t", Expected(kinds=frozenset({"boolean"}), members=(True,))),
    ({"enum": [True, False, None, 1, "a"]}, "n", Expected(kinds=frozenset({"null"}), members=(None,))),
    ({"enum": [True, False, None, 1, 12, "a"]}, "1", Expected(kinds=frozenset({"number"}), members=(1, 12))),
    ({"enum": ["ab", "ac", 1]}, '"a', Expected(kinds=frozenset({"string"}), members=("ab", "ac"))),
    ({"type": ["integer", "string"]}, "", Expected(kinds=frozenset({"integer", "string"}))),
    ({"type": ["integer"]}, "-", Expected(kinds=frozenset({"integer"}))),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "text", "told"), ALL_THAT_IS_TOLD, ids=str)
def test_all_that_is_told(schema: Any, text: str, told: Expected) -> None:
    assert after(text, schema=schema) == told


@pytest.mark.parametrize(
    ("schema", "members"),
    [
        (True, None),
        ({"type": "string"}, None),
        ({"type": ["null", "string"]}, None),
        ({"type": "null"}, (None,)),
        ({"type": "boolean"}, (True, False)),
        ({"type": ["null", "boolean"]}, (True, False, None)),
        ({"enum": [2, "a", [1], None]}, (2, "a", [1], None)),
        ({"enum": [2, "a", [1], None], "type": ["array", "null"]}, ([1], None)),
        ({"enum": ["a", 1], "const": 1}, (1,)),
        ({"anyOf": [{"const": 1}, {"enum": [True, 1, 2]}]}, (1, True, 2)),
        ({"oneOf": [{"type": "boolean"}, {"const": "a"}]}, (True, False, "a")),
        ({"anyOf": [{"const": 1}, {"type": "string"}]}, None),
        ({"anyOf": [{"type": "string"}, {"const": 1}, {"const": 2}]}, None),
        ({"allOf": [{"enum": [1, 2, True]}, {"enum": [2, 3, 1.0]}, {"type": "integer"}]}, (1, 2)),
        ({"allOf": [{"type": "string"}, {"anyOf": [{"const": "b"}, {"allOf": [{"const": "a"}]}]}]}, ("b", "a")),
        ({"enum": ["a", "b"], "oneOf": [{"const": "b"}, {"const": "c"}]}, ("b",)),
        ({"enum": ["a", "b"], "anyOf": [{"const": "b"}, {"type": "string"}]}, ("a", "b")),
        # What must not be and what depends on something else say nothing.
        ({"enum": ["a", "b"], "not": {"const": "b"}}, ("a", "b")),
        ({"enum": ["a", "b"], "if": True, "then": {"const": "b"}}, ("a", "b")),
        ({"not": {"const": "b"}}, None),
    ],
    ids=str,
)  # fmt: skip
def test_members_by_all_parts(schema: Any, members: tuple[Any, ...] | None) -> None:
    for text, around in (("", schema), ("[", {"items": schema}), ('{"a": ', {"additionalProperties": schema})):
        told = after(text, schema=around).members
        assert told == members
        assert [type(each) for each in told or ()] == [type(each) for each in members or ()]


EXACTLY: Any = Annotated[bool, Strict()]


@pytest.mark.parametrize(
    ("target", "members"),
    [
        (Literal["x", "y"], ("x", "y")),
        (Literal["x"] | None, ("x", None)),
        (bool | None, None),
        (EXACTLY, (True, False)),
        (Literal["x"] | EXACTLY | None, ("x", True, False, None)),
        (Literal["x"] | int, None),
    ],
    ids=str,
)
def test_members_of_types(target: Any, members: tuple[Any, ...] | None) -> None:
    assert after("", target=target).members == members
    assert after("[", target=list[target]).members == members


def test_members_may_be_structures() -> None:
    assert after("", schema={"enum": [1, [2], {"a": 3}]}).members == (1, [2], {"a": 3})


def test_without_a_target_anything_is_expected() -> None:
    assert after("").kinds == {"string", "number", "boolean", "null", "object", "array"}
    assert after("[1").separators == {",", "]"}
    assert after("{") == Expected(separators=frozenset("}"), other_keys=True)
    assert after("{} ") == Expected()


class Item(BaseModel):
    name: Literal["x", "y"]
    count: int | None = None


@pytest.mark.parametrize("select", [None, []], ids=["judged", "asked for the first time"])
def test_types_of_pydantic(select: Any) -> None:
    told = after('{"count": null, ', target=Item, select=select)
    assert (told.keys, told.required, told.other_keys) == (("name",), ("name",), True)
    assert after('{"name": ', target=Item, select=select).members == ("x", "y")


def test_another_schema_language() -> None:
    target: Any = Toy({"is": "record", "title": "T", "fields": {"state": {"is": "word", "words": ["on", "off"]}}})
    assert after("{", target=target).keys == ("state",)
    assert after('{"state": "o', target=target).members == ("on", "off")


def test_dropping_takes_nothing_from_a_judge_that_has_seen_it() -> None:
    parser = Parser(list[Item], select=["$[*]"], retain=False)
    for text in ('[{"name": "x"}, {"na', 'me": "', 'y", "count": 5}, {"count": null, '):
        parser.feed(text)
        whole: Parser[Any] = Parser(list[Item])
        whole.feed('[{"name": "x"}, {"name": "y", "count": 5}, {"count": null, '[: parser.pos])
        assert parser.expected() == whole.expected()


def test_not_after_dropping_what_it_needs() -> None:
    parser = Parser(Item, select=[], retain=False)
    with pytest.raises(RuntimeError, match="expected"):
        parser.expected()


def test_expected_is_a_value() -> None:
    told = after('{"size": "l', schema=PET)
    assert pickle.loads(pickle.dumps(told)) == told
    assert hash(told) == hash(after('{"size": "l', schema=PET))
    assert told != after("", schema=PET)
    assert repr(told) == (
        "Expected(kinds={'string'}, keys=(), required=('age',), members=('large', 'little'), separators={}, "
        "other_keys=False)"
    )


VALUES = st.recursive(
    st.sampled_from([None, True, False, 1, 2.5, "a", "ab", "b"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from("abc"), inside, max_size=3),
    max_leaves=6,
)


@given(VALUES, st.lists(VALUES, max_size=3))
def test_what_comes_was_expected(value: Any, others: list[Any]) -> None:
    schema = {"anyOf": [{"enum": [value, *others]}, {"const": value}]}
    assert is_valid(Rulebook(schema).root, value)
    parser: Parser[Any] = Parser(schema=schema)
    text = json.dumps(value)
    for char in text:
        told = parser.expected()
        outside = parser.json is not None and not _in_token(parser)
        if outside and char in ",]}:":
            assert char in told.separators, (text, char, told)
        elif outside and char in '{["0123456789tfn':
            assert told.kinds or told.keys or told.other_keys, (text, char, told)
        parser.feed(char)
    parser.close()


@given(VALUES, st.lists(VALUES, max_size=3), st.sampled_from(sorted(ALL_KINDS)))
def test_members_are_of_the_kinds_that_are_told(value: Any, others: list[Any], kind: str) -> None:
    told = after("", schema={"allOf": [{"enum": [value, *others]}, {"type": kind}]})
    assert told.members is not None
    for member in told.members:
        assert {name for name in told.kinds if Draft202012Validator({"type": name}).is_valid(member)}, told


def _in_token(parser: Parser[Any]) -> bool:
    return parser._lexer.state >= 7
