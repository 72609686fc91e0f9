"""The judge alone: verdicts against a one-shot evaluator, and at which character each keyword is decided."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partialjson import Failed, Parser
from partialjson._core.faults import identity
from partialjson._core.judge import Judge, is_valid
from partialjson._core.rules import ALL, ANY, Rule
from partialjson._core.source import Source
from partialjson._core.spec import ARRAY, NULL, NUMBER
from support.effort import examples
from support.evaluating import satisfies
from support.json_schemas import make_pair
from support.rulebook import AROUND, Rulebook, drive, judged


def found(schema: Any, text: str) -> list[tuple[int, str, int]]:
    """Depth, keyword and offset of all that is found, however the text comes; the verdict must fit."""
    rule = Rulebook(schema).root
    told = []
    for size in (0, 1, 3):
        judge, findings = judged(rule, text, size)
        assert (judge.culprit is None) == is_valid(rule, json.loads(text))
        told.append([(each.depth, each.keyword, each.msg, each.pos) for each in findings])
    assert told[0] == told[1] == told[2]
    return [(depth, keyword, pos) for depth, keyword, _, pos in told[0]]


# What a part says of a member or an element that nothing else evaluates.
MEMBERS_BY_PARTS: list[tuple[Any, str]] = [
    ({"properties": {"b": {}}}, '{"b": 1^}'),
    ({"patternProperties": {"^b": {}}}, '{"b": 1^}'),
    ({"additionalProperties": True}, '{"b": 1^}'),
    ({"unevaluatedProperties": True}, '{"b": 1^}'),
    ({"allOf": [{"oneOf": [{"properties": {"b": {}}}]}]}, '{"b": 1^}'),
    ({"dependentSchemas": {"c": {"properties": {"b": {}}}}}, '{"b": 1^}'),
    ({"if": {"properties": {"b": {}}}}, '{"b": 1^}'),
    ({"not": {"properties": {"b": {}}}}, '{"b": ^1}'),
    ({"properties": {"a": {}}, "patternProperties": {"^c": {}}}, '{"b": ^1}'),
    ({"maxProperties": 0, "properties": {"b": {}}}, '{"b": ^1}'),
    ({"items": {}, "prefixItems": [{}], "contains": {}}, '{"b": ^1}'),
]
ELEMENTS_BY_PARTS: list[tuple[Any, str]] = [
    ({"prefixItems": [{}]}, "[1^]"),
    ({"prefixItems": [{}]}, "[1, ^2]"),
    ({"items": {}}, "[1, 2^]"),
    ({"unevaluatedItems": True}, "[1, 2^]"),
    ({"contains": {"const": 2}}, "[1, 2^]"),
    ({"additionalProperties": {}, "unevaluatedProperties": True}, "[^1]"),
    ({"not": {"items": {}}}, "[^1]"),
]

# Each text is invalid, and its mark, ^, stands before the character that shows it.
EARLY: list[tuple[Any, str, int, str]] = [
    ({"type": "string"}, "^1", 0, "type"),
    ({"type": "string"}, "^true", 0, "type"),
    ({"properties": {"a": False}}, '{"a^": 1}', 1, "false"),
    ({"properties": {"a": {"type": "null"}}}, '{"a": ^1}', 1, "type"),
    ({"enum": ["ab", "ac"]}, '"a^d"', 0, "enum"),
    ({"enum": ["ab", "ac"]}, '"a^"', 0, "enum"),
    ({"enum": ["ab", 1]}, "^null", 0, "enum"),
    ({"const": True}, "^false", 0, "const"),
    ({"enum": [12, 13]}, "1^4", 0, "enum"),
    ({"const": {"a": [1, 2]}}, '{"a": [1, ^3]}', 0, "const"),
    ({"const": {"a": [1, 2]}}, '{"^b": 1}', 0, "const"),
    ({"const": [1]}, "[1^, 2]", 0, "const"),
    ({"maxLength": 2}, '"ab^c"', 0, "maxLength"),
    ({"minLength": 2}, '"a^"', 0, "minLength"),
    ({"pattern": "^a+$"}, '"aa^b"', 0, "pattern"),
    ({"pattern": "b"}, '"aa^"', 0, "pattern"),
    ({"maximum": 50}, "51^", 0, "maximum"),
    ({"minimum": 0}, "-1^", 0, "minimum"),
    ({"minimum": 20, "maximum": 29}, "^31", 0, "maximum"),
    ({"multipleOf": 3}, "31^", 0, "multipleOf"),
    ({"type": "integer"}, "1.5^", 0, "type"),
    ({"properties": {"name": {}}, "additionalProperties": False}, '{"n^o": 1}', 0, "additionalProperties"),
    ({"properties": {"name": {}}, "additionalProperties": False}, '{"nam^": 1}', 0, "additionalProperties"),
    ({"properties": {"a": {}}, "additionalProperties": False}, '{"a": 1^, "b": 1}', 0, "additionalProperties"),
    ({"patternProperties": {"^a": {}}, "additionalProperties": False}, '{"^b": 1}', 0, "additionalProperties"),
    ({"propertyNames": {"maxLength": 2}}, '{"ab^c": 1}', 0, "maxLength"),
    ({"maxProperties": 1}, '{"a": 1^, "b": 2}', 0, "maxProperties"),
    ({"maxProperties": 0}, '{^"a": 1}', 0, "maxProperties"),
    ({"properties": {}, "additionalProperties": False}, '{^"n": 1}', 0, "additionalProperties"),
    ({"properties": {"a": False}, "additionalProperties": False}, '{^"a": 1}', 0, "additionalProperties"),
    ({"properties": {"a": {}, "b": False}, "additionalProperties": False}, '{"a": 1^, "b": 1}', 0,
     "additionalProperties"),
    ({"properties": {"a": {}, "bc": False}, "additionalProperties": False}, '{"^bc": 1}', 0, "additionalProperties"),
    ({"patternProperties": {"^a": False}, "additionalProperties": False}, '{^"a": 1}', 0, "additionalProperties"),
    ({"properties": {"abc": {}, "ab": False}, "additionalProperties": False}, '{"ab^": 1}', 1, "false"),
    ({"propertyNames": False}, '{^"a": 1}', 0, "false"),
    ({"propertyNames": {"enum": [1]}}, '{^"a": 1}', 0, "enum"),
    ({"anyOf": [{"maxProperties": 0}, {"type": "null"}]}, '{^"a": 1}', 0, "maxProperties"),
    ({"maxProperties": 2, "required": ["a", "b"]}, '{"c^": 1, "d": 2}', 0, "required"),
    ({"minProperties": 1}, "{^}", 0, "minProperties"),
    ({"required": ["a"]}, "{^}", 0, "required"),
    ({"dependentRequired": {"a": ["b"]}}, '{"a": 1^}', 0, "dependentRequired"),
    ({"dependentSchemas": {"a": {"maxProperties": 1}}}, '{"a": 1^, "b": 1}', 0, "maxProperties"),
    ({"dependentSchemas": {"a": {"maxProperties": 1}}}, '{"b": 1, "c": 1, "a^": 1}', 0, "maxProperties"),
    ({"maxItems": 1}, "[1^, 2]", 0, "maxItems"),
    ({"maxItems": 0}, "[^1]", 0, "maxItems"),
    ({"minItems": 2}, "[1^]", 0, "minItems"),
    ({"prefixItems": [{}], "items": False}, "[1^, 2]", 0, "items"),
    ({"prefixItems": [{}, {"type": "null"}]}, "[1, ^2]", 1, "type"),
    ({"contains": {"type": "null"}}, "[1^]", 0, "contains"),
    ({"contains": {"type": "null"}, "maxItems": 2}, "[1, ^2]", 0, "contains"),
    ({"contains": {"type": "null"}, "maxContains": 1}, "[null, ^null]", 0, "maxContains"),
    ({"contains": {"type": "null"}, "minContains": 2}, "[null^]", 0, "minContains"),
    ({"uniqueItems": True}, '["ab", "ab^", 1]', 0, "uniqueItems"),
    ({"uniqueItems": True}, "[{}, 12, 12^, 1]", 0, "uniqueItems"),
    ({"uniqueItems": True}, '[[1, {"a": 2}], [1.0, {"a": 2}^], 3]', 0, "uniqueItems"),
    ({"allOf": [{"type": "string"}, {"maxLength": 1}]}, '"a^b"', 0, "maxLength"),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "^1", 0, "anyOf"),
    # The last alternative that is left says itself what is wrong.
    ({"anyOf": [{"type": "string", "maxLength": 1}, {"type": "null"}]}, '"a^b"', 0, "maxLength"),
    ({"anyOf": [{"properties": {"a": {"const": "x"}, "b": {"type": "null"}}}, {"type": "null"}]},
     '{"a": "x", "b": ^1}', 1, "type"),
    ({"anyOf": [{"properties": {"a": {"const": "x"}, "b": {"type": "null"}}},
                {"properties": {"a": {"const": "y"}}}]}, '{"b": 1, "a": "^x"}', 1, "const"),
    ({"anyOf": [{"maxLength": 1}, {"pattern": "^b"}]}, '"a^a"', 0, "maxLength"),
    ({"oneOf": [{"type": "string"}, {"type": ["string", "null"]}]}, '^"abc"', 0, "oneOf"),
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, '{"a": 1, "b^": 2}', 0, "oneOf"),
    ({"not": {"type": "string"}}, '^"a"', 0, "not"),
    ({"not": {"required": ["a"]}}, '{"b": 1, "a^": 1}', 0, "not"),
    ({"not": {"pattern": "^ab"}}, '"a^bc"', 0, "not"),
    ({"if": {"type": "string"}, "then": {"maxLength": 1}}, '"a^b"', 0, "maxLength"),
    ({"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"required": ["b"]}},
     '{"a": 1^}', 0, "required"),
    ({"unevaluatedProperties": False, "properties": {"a": {}}}, '{"b": ^1}', 0, "unevaluatedProperties"),
    ({"unevaluatedProperties": False, "anyOf": [{"properties": {"a": {}}}, True]},
     '{"b": ^1}', 0, "unevaluatedProperties"),
    ({"unevaluatedItems": False, "prefixItems": [{}]}, "[1, ^2]", 0, "unevaluatedItems"),
    # Only at the end where a part that may still hold would evaluate it: by itself, or by a part of its own.
    *[({"unevaluatedProperties": False, "anyOf": [{**part, "required": ["z"]}, True]}, marked, 0,
       "unevaluatedProperties") for part, marked in MEMBERS_BY_PARTS],
    *[({"unevaluatedItems": False, "anyOf": [{**part, "minItems": 3}, True]}, marked, 0,
       "unevaluatedItems") for part, marked in ELEMENTS_BY_PARTS],
    ({"unevaluatedItems": False, "contains": {"const": 1}}, "[1, 2^]", 0, "unevaluatedItems"),
    ({"format": "even"}, '"abc^"', 0, "format"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "marked", "depth", "keyword"), EARLY, ids=str)
def test_when_a_keyword_is_decided(schema: Any, marked: str, depth: int, keyword: str) -> None:
    text = marked.replace("^", "")
    assert found(schema, text)[0] == (depth, keyword, marked.index("^"))


@pytest.mark.parametrize("around", AROUND)
def test_the_same_is_found_wherever_a_rule_stands(around: str) -> None:
    schema_around, before, after, depth = AROUND[around]
    for number, (schema, marked, _, _) in enumerate(EARLY):
        text = marked.replace("^", "")
        _, alone = judged(Rulebook(schema).root, text, 1)
        judge, findings = judged(Rulebook(schema_around(schema)).root, before + text + after, number % 3)
        assert judge.culprit is not None
        inside = [(each.depth - depth, each.keyword, each.msg, each.pos - len(before)) for each in findings]
        assert inside == [(each.depth, each.keyword, each.msg, each.pos) for each in alone], schema
        assert [each.number for each in findings] == [each.number for each in alone], schema


def test_all_that_is_wrong_is_found() -> None:
    schema = {
        "properties": {"a": {"type": "null"}, "b": {"maxLength": 1}, "c": {"items": {"const": 1}}},
        "additionalProperties": False,
        "required": ["d"],
    }
    assert found(schema, '{"a": 1, "x": 1, "b": "xy", "c": [1, 2, 3]}') == [
        (1, "type", 6),
        (0, "additionalProperties", 10),
        (1, "maxLength", 24),
        (2, "const", 37),
        (2, "const", 40),
        (0, "required", 42),
    ]


def test_what_may_still_be_valid_is_not_found() -> None:
    assert found({"oneOf": [{"type": "string"}, {"maxLength": 5}]}, '"abcdef"') == []
    assert found({"anyOf": [{"maxLength": 1}, {"pattern": "b$"}]}, '"aab"') == []
    assert found({"maximum": 50}, "51e-1") == []
    assert found({"minimum": 0}, "-1e-400") == []


@given(st.integers(0, 2**32))
@settings(max_examples=examples(150), deadline=None)
def test_verdicts_are_those_of_one_shot(seed: int) -> None:
    chance = random.Random(seed)
    schema, maker = make_pair(chance, "2020-12")
    target = schema._compiled
    for _ in range(4):
        value = maker.document()
        text = json.dumps(value, ensure_ascii=False)
        if "\\" in text:
            continue
        valid = satisfies(target.rule, value)
        seen = []
        for size in (0, 1, 2):
            judge, findings = judged(target.rule, text, size)
            assert (judge.culprit is None) == valid, (schema, text)
            assert bool(findings) != valid, (schema, text)
            seen.append([(each.depth, each.keyword, each.msg, each.pos, each.number) for each in findings])
        assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize(
    ("schema", "text", "keywords"),
    [
        # An invalid element will be left out, so it may be that it does not count.
        ({"items": {"type": "null"}, "maxItems": 1}, "[null, 1, null]", ["type"]),
        ({"items": {"type": "null"}}, "[1, 2]", ["type", "type"]),
        ({"maxItems": 1}, "[1, 2]", []),
        # Those at their own places are never left out.
        ({"prefixItems": [{"type": "null"}, True], "items": False}, "[1, 2, 3]", ["type", "items"]),
        ({"prefixItems": [True], "items": {"type": "null"}}, "[1, 2]", ["type"]),
        ({"properties": {"a": {"type": "null"}}}, '{"a": 1}', ["type"]),
    ],
    ids=str,
)
def test_what_is_found_where_invalid_elements_are_left_out(schema: Any, text: str, keywords: list[str]) -> None:
    source = Source()
    source.add(text)
    for size in (0, 1):
        judge = Judge(Rulebook(schema).root, source, skips=True)
        found = []
        for _ in drive(judge, text, size):
            found += [each.keyword for each in judge.take()]
        assert found == keywords


# Repeated keys


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"properties": {"a": {"type": "null"}}}, '{"a": 1, "a": null}'),
        ({"properties": {"a": {"type": "null"}}}, '{"a": null, "a": 1}'),
        ({"properties": {"o": {"properties": {"a": {"type": "null"}}}}}, '{"o": {"a": 1, "a": null}, "p": 1}'),
        ({"anyOf": [{"properties": {"o": {"properties": {"a": {"type": "null"}}}}}, False]},
         '{"o": {"a": 1, "a": null}}'),
        ({"oneOf": [{"properties": {"o": {"maxProperties": 1}}}, {"required": ["b"]}]},
         '{"o": {"a": 1, "a": 2}, "b": 1}'),
        ({"contains": {"properties": {"a": {"const": 1}}}, "maxContains": 1}, '[{"a": 1, "a": 2}, {"a": 1}]'),
        ({"maxProperties": 1}, '{"a": 1, "a": 2}'),
        ({"uniqueItems": True}, '[{"a": 1}, {"a": 2, "a": 1}]'),
    ],
)  # fmt: skip
def test_the_last_value_of_a_key_counts(schema: Any, text: str) -> None:
    rule = Rulebook(schema).root
    valid = satisfies(rule, json.loads(text))
    for size in (0, 1, 2):
        judge, _ = judged(rule, text, size)
        assert (judge.culprit is None) == valid


# Cost


def nested() -> Rule:
    """Arrays of themselves, by two alternatives of which both always fit."""
    rule = Rule()
    group = rule.group(ANY, "anyOf")
    for _ in range(2):
        branch = Rule()
        branch.kinds = ARRAY
        branch.items = rule
        branch.min_items = 0
        branch.max_items = 5
        rule.add(group, branch.finish())
    number = Rule()
    number.kinds = NUMBER
    rule.add(group, number.finish())
    return rule.finish()


def test_a_rule_is_tried_once_at_a_value() -> None:
    judge = Judge(nested(), None)
    for _ in range(150):
        judge.begin(ARRAY, None, 0)
        assert len(judge.levels[-1].trials) == 3
    judge.begin(NUMBER, None, 0)
    judge.closed(1, "1")
    for _ in range(150):
        judge.end([], 0, True)
    assert judge.culprit is None


def test_a_deep_chain_of_parts() -> None:
    last = Rule()
    last.kinds = NULL
    rule = last.finish()
    for _ in range(20_000):
        outer = Rule()
        outer.add(outer.group(ALL, "$ref"), rule)
        rule = outer.finish()
    assert is_valid(rule, None)
    assert not is_valid(rule, 1)
    judge, findings = judged(rule, "1")
    assert judge.culprit is rule
    assert [(each.keyword, each.pos) for each in findings] == [("type", 0)]


def test_nothing_is_judged_where_everything_is_valid() -> None:
    judge = Judge(Rulebook({"properties": {"a": {"type": "null"}}}).root, None)
    steps = drive(judge, '{"b": {"c": [[], {}]}, "a": null}', 0)
    depths = [len(judge.levels) for _ in steps]
    assert max(depths) == 1


# A scalar is taken back


def test_a_scalar_that_is_taken_back_leaves_nothing() -> None:
    rule = Rulebook({"items": {"anyOf": [{"type": "null"}, {"type": "array"}]}, "maxItems": 1}).root
    judge = Judge(rule, None)
    judge.begin(ARRAY, None, 0)
    judge.begin(NUMBER, None, 1)
    assert [each.keyword for each in judge.take()] == ["anyOf"]
    judge.is_taken_back = True
    judge.begin(NULL, None, 1)
    judge.closed(None, "null")
    judge.end([None], 5, True)
    assert judge.take() == []
    assert judge.culprit is None


def test_values_that_are_equal() -> None:
    assert identity([1, {"a": True, "b": None}]) == identity([1.0, {"b": None, "a": True}])
    assert identity([1]) != identity([True])
    assert identity(0) != identity(False)
    assert identity([[1], 2]) != identity([[1, 2]])
    assert identity("a") != identity(["a"])
    assert identity({}) != identity([])


@pytest.mark.parametrize(
    ("cut", "rest"), [("[1, 2", "null, 3]"), ("[tru", "1]"), ("[1, nul", '2, "x"]'), ("[1", "]"), ("[3, 4", "5]")]
)
def test_a_document_that_is_reopened_is_judged_as_it_goes_on(cut: str, rest: str) -> None:
    schema: Any = {"items": {"type": ["number", "boolean"], "maximum": 4}, "maxItems": 2}
    parser: Parser[Any] = Parser(schema=schema)
    parser.feed(cut)
    dropped = parser.reopen()
    text = cut[: len(cut) - dropped] + rest
    parser.expected()
    parser.feed(rest)
    whole: Parser[Any] = Parser(schema=schema)
    whole.feed(text)
    assert isinstance(parser.end(), Failed) == isinstance(whole.end(), Failed)
    assert isinstance(whole.end(), Failed) == (not satisfies(Rulebook(schema).root, json.loads(text)))


def test_a_key_that_is_empty_is_a_key() -> None:
    demanding = {"required": ["b"]}
    assert found({"dependentSchemas": {"a": demanding}}, '{"": 1}') == []
    assert found({"dependentSchemas": {"": demanding, "a": {"required": ["c"]}}}, '{"": 1}') == [(0, "required", 6)]
    assert found({"dependentSchemas": {"a": {"maxProperties": 0}, "c": demanding}}, '{"": 1, "b": 2}') == []
