"""The messages of the judge, in full: what was expected, and what came."""

from __future__ import annotations

from typing import Any

import pytest

from partialjson._core.rules import Check, Rule
from partialjson._core.spec import ANYTHING, STRING
from partialjson._core.wording import expected
from support.rulebook import Rulebook, judged

LETTERS = list("abcdefg")
NONE_FITS = "the value fits none of the alternatives of {!r}".format

MESSAGES: list[tuple[Any, str, str]] = [
    # Kinds.
    ({"type": "string"}, "1", "expected a string, found a number"),
    ({"type": "string"}, "true", "expected a string, found true or false"),
    ({"type": "array"}, "{}", "expected an array, found an object"),
    ({"type": "object"}, "null", "expected an object, found null"),
    ({"type": ["string", "null"]}, "[]", "expected a string or null, found an array"),
    ({"type": ["number", "boolean"]}, '"a"', "expected a number or true or false, found a string"),
    ({"type": "integer"}, '"a"', "expected an integer, found a string"),
    ({"type": "integer"}, "1.5", "expected an integer, found 1.5"),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "1", "expected a string or null, found a number"),
    ({"anyOf": [{"allOf": [{"type": ["string", "null"]}, {"type": ["null", "array"]}]}, False]}, "1",
     "expected null, found a number"),
    ({"anyOf": [{"allOf": [{"type": "string"}, {"type": "null"}]}, False]}, "1", "expected nothing, found a number"),
    (False, "1", "no value is allowed here"),
    ({"properties": {"a": False}}, '{"a": 1}', "no value is allowed here"),
    ({"propertyNames": False}, '{"a": 1}', "no value is allowed here"),
    # Members: words are counted where they are many, other values are not told then.
    ({"enum": ["ab", "ac"]}, '"ad"', "expected 'ab' or 'ac', found a string that begins with 'ad'"),
    ({"enum": ["ac", "ab"]}, '"a"', "expected 'ac' or 'ab', found another string"),
    ({"enum": ["ab", "ac"]}, "1", "expected 'ab' or 'ac', found a number"),
    ({"enum": LETTERS[:5]}, "1", "expected 'a' or 'b' or 'c' or 'd' or 'e', found a number"),
    ({"enum": LETTERS[:6]}, "1", "expected one of 6 words, found a number"),
    ({"enum": LETTERS[:6]}, '"x"', "expected one of 6 words, found a string that begins with 'x'"),
    ({"enum": [True, None, 1, 2.5]}, "false", "expected 1 or 2.5 or true or null, found false"),
    ({"enum": [True, None, 1, 2.5]}, "3", "expected 1 or 2.5 or true or null, found one that cannot become it"),
    ({"enum": [1, 2, 3, 4, 5]}, "9", "expected 1 or 2 or 3 or 4 or 5, found 9"),
    ({"enum": [1, 2, 3, 4, 5, 6]}, "9", "expected a number, found 9"),
    ({"enum": [False]}, "null", "expected false, found null"),
    ({"enum": [None, "a"]}, "true", "expected 'a' or null, found true or false"),
    ({"enum": [True, None], "type": "boolean"}, "false", "expected true, found false"),
    ({"enum": [[1], "a"]}, "2", "expected 'a' or an array, found a number"),
    ({"const": True}, "false", "expected true, found false"),
    ({"const": False}, "true", "expected false, found true"),
    ({"const": 12}, "13", "expected 12, found one that cannot become it"),
    ({"const": 12}, "1", "expected 12, found 1"),
    ({"const": {"a": 1}}, '{"a": 2}', NONE_FITS("const")),
    ({"enum": [[1], [2, 3]]}, "[4]", "expected 1, found one that cannot become it"),
    ({"propertyNames": {"enum": [1]}}, '{"a": 1}', "expected 1, found a string"),
    ({"propertyNames": {"enum": ["ab"]}}, '{"b": 1}', "expected 'ab', found a string that begins with 'b'"),
    # Strings.
    ({"maxLength": 2}, '"abc"', "expected at most 2 characters, found more"),
    ({"maxLength": 0}, '"a"', "expected at most 0 characters, found more"),
    ({"minLength": 2}, '"a"', "expected at least 2 characters, found 1"),
    ({"pattern": "^a+$"}, '"aab"', "expected a string that matches '^a+$', found one that cannot"),
    ({"pattern": "b"}, '"aa"', "expected a string that matches 'b', found another"),
    ({"format": "even"}, '"abc"', "expected a even"),
    # Numbers: as soon as no digit helps any more, or when they are whole.
    ({"minimum": 0}, "-1", "expected a number of at least 0, found -1"),
    ({"maximum": 50}, "51", "expected a number of at most 50, found 51"),
    ({"exclusiveMinimum": 0}, "0", "expected a number greater than 0, found 0"),
    ({"exclusiveMaximum": 0.5}, "0.75", "expected a number less than 0.5, found 0.75"),
    ({"multipleOf": 3}, "31", "expected a multiple of 3, found 31"),
    ({"minimum": 20, "maximum": 29}, "31", "expected a number of at most 29, found one that cannot become it"),
    ({"minimum": -29, "maximum": -20}, "31", "expected a number of at most -20, found one that cannot become it"),
    ({"minimum": 5, "exclusiveMaximum": 8}, "9", "expected a number less than 8, found one that cannot become it"),
    # Objects.
    ({"required": ["a"]}, "{}", "expected 'a', which the object lacks"),
    ({"required": ["a", "b"]}, "{}", "expected 'a' and 'b', which the object lacks"),
    ({"required": ["a", "b", "c"]}, '{"b": 1}', "expected 'a' and 'c', which the object lacks"),
    ({"required": LETTERS[:5]}, "{}", "expected 'a', 'b', 'c', 'd' and 'e', which the object lacks"),
    ({"required": LETTERS[:6]}, "{}", "expected 'a', 'b', 'c', 'd', 'e' and 1 more, which the object lacks"),
    ({"required": LETTERS[:7]}, "{}", "expected 'a', 'b', 'c', 'd', 'e' and 2 more, which the object lacks"),
    ({"dependentRequired": {"a": ["b", "c"]}}, '{"a": 1}', "expected 'b' and 'c' beside 'a'"),
    ({"minProperties": 2}, '{"a": 1}', "expected at least 2 members, found 1"),
    ({"maxProperties": 1}, '{"a": 1, "b": 2}', "expected at most 1 members, found more"),
    ({"maxProperties": 2, "required": ["a", "b"]}, '{"c": 1, "d": 2}',
     "the object has no room left for the required keys: it may have 2"),
    ({"properties": {"name": {}}, "additionalProperties": False}, '{"no": 1}',
     "no key that may still come begins like this"),
    ({"properties": {"name": {}}, "additionalProperties": False}, '{"nam": 1}', "the object must not have this key"),
    ({"properties": {"a": {}}, "additionalProperties": False}, '{"a": 1, "b": 1}',
     "the object has all the keys that it may have"),
    ({"properties": {}, "additionalProperties": False}, '{"n": 1}', "the object must not have any key"),
    ({"unevaluatedProperties": False}, '{"b": 1}',
     "nothing in the schema evaluates the member 'b', and it must not be like this"),
    # Arrays.
    ({"minItems": 2}, "[1]", "expected at least 2 elements, found 1"),
    ({"maxItems": 1}, "[1, 2]", "expected at most 1 elements, found more"),
    ({"prefixItems": [{}], "items": False}, "[1, 2]", "expected at most 1 elements, found more"),
    ({"contains": {"type": "null"}}, "[1]", "expected at least 1 elements that satisfy 'contains'"),
    ({"contains": {"type": "null"}, "maxItems": 2}, "[1, 2]", "expected at least 1 elements that satisfy 'contains'"),
    ({"contains": {"type": "null"}, "minContains": 2}, "[null]",
     "expected at least 2 elements that satisfy 'contains'"),
    ({"contains": {"type": "null"}, "maxContains": 1}, "[null, null]",
     "expected at most 1 elements that satisfy 'contains', found more"),
    ({"uniqueItems": True}, "[1, 1]", "expected different elements, found one twice"),
    ({"unevaluatedItems": False, "prefixItems": [{}]}, "[1, 2]",
     "nothing in the schema evaluates the element 1, and it must not be like this"),
    # Parts: the last one that is left says what it expects.
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, '{"a": 1, "b": 2}',
     "expected exactly one alternative to fit, and more than one does"),
    ({"not": {"type": "string"}}, '"a"', "it is what must not stand here"),
    ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, "{}", "expected 'b', which the object lacks"),
    ({"anyOf": [{"const": "ab"}, {"const": "ac"}]}, '"ad"', "expected 'ac', found a string that begins with 'ad'"),
    ({"anyOf": [{"const": True}, False]}, "false", NONE_FITS("anyOf")),
    ({"oneOf": [{"not": {"type": "string"}}, False]}, '"a"', NONE_FITS("oneOf")),
    ({"if": {"type": "string"}, "then": {"maxLength": 1}}, '"ab"', "expected at most 1 characters, found more"),
    ({"if": {"type": "string"}, "else": {"minimum": 1}}, "0", "expected a number of at least 1, found 0"),
    ({"if": {"required": ["a"]}, "then": False}, '{"a": 1}', "the value does not satisfy 'then'"),
    ({"if": {"required": ["a"]}, "else": False}, "{}", "the value does not satisfy 'else'"),
    ({"if": {"required": ["a"]}, "then": {"maxProperties": 1}}, '{"x": 1, "y": 2, "a": 1}',
     "expected at most 1 members, found more"),
    ({"dependentSchemas": {"a": {"maxProperties": 1}}}, '{"b": 1, "c": 1, "a": 1}',
     "expected at most 1 members, found more"),
    ({"dependentSchemas": {"a": False}}, '{"a": 1}', "it does not fit what 'a' demands"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "text", "message"), MESSAGES, ids=str)
def test_what_is_said_of_a_value_that_does_not_fit(schema: Any, text: str, message: str) -> None:
    for size in (0, 1, 2):
        _, findings = judged(Rulebook(schema).root, text, size)
        assert [each.msg for each in findings] == [message]


def test_a_check_says_what_it_expects_if_it_knows() -> None:
    for wanted, message in (("a date", "expected a date"), ("", "the value does not pass a check")):
        rule = Rule()
        rule.checks = [Check("format", ANYTHING, bool, wanted)]
        rule.finish()
        for text in ('""', "0", "false", "null", "{}", "[]"):
            _, findings = judged(rule, text)
            assert [(each.keyword, each.msg) for each in findings] == [("format", message)]
        assert judged(rule, '"a"')[1] == []


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        (True, "a string or a number or true or false or null or an object or an array"),
        (False, "nothing"),
        ({"type": ["array", "object"]}, "an object or an array"),
        ({"enum": ["b", "a"]}, "'b' or 'a'"),
        # What alternatives allow is told together, each word once.
        ({"oneOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, "'a' or 'b' or 'c'"),
        ({"anyOf": [{"const": "a"}, {"type": "null"}]}, "'a' or null"),
        ({"anyOf": [{"const": "a"}, {"type": "string"}]}, "a string"),
        ({"allOf": [{"enum": ["a", "b"]}, {"maxLength": 1}]}, "'a' or 'b'"),
        ({"allOf": [{"type": "string"}, {"anyOf": [{"const": "a"}, {"const": 1}]}]}, "'a'"),
        ({"not": {"enum": ["a"]}, "type": "string"}, "a string"),
        ({"if": True, "then": {"enum": ["a"]}, "type": "string"}, "a string"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_rule_expects(schema: Any, wanted: str) -> None:
    assert expected(Rulebook(schema).root) == wanted


def test_what_a_rule_expects_of_strings_that_only_a_compiler_limits() -> None:
    rule = Rule()
    rule.words = ["b", "a", "b"]
    assert expected(rule) == "'b' or 'a' or a number or true or false or null or an object or an array"
    rule = Rule()
    rule.kinds = STRING
    rule.words = ["a"] * 9
    assert expected(rule) == "'a'"
