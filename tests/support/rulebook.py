"""Rules from JSON Schemas, as plainly as can be: for tests of the judge alone.

Drafts 2020-12 and ``$ref`` to ``#`` and ``#/$defs/...`` only; ``formats`` are checks. ``drive`` tells a judge what a
text holds, as a lexer would, in parts of any size. ``AROUND`` has the places where a schema can stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from partialjson._core.judge import Judge
from partialjson._core.patterns import Pattern
from partialjson._core.rules import ALL, ANY, DEP, ELSE, IF, NOT, NOTHING, ONE, THEN, Check, Rule
from partialjson._core.source import Source
from partialjson._core.spec import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING
from partialjson._core.trials import Finding

KINDS = {"string": STRING, "number": NUMBER, "integer": NUMBER, "boolean": BOOLEAN, "null": NULL}
KINDS |= {"object": OBJECT, "array": ARRAY}

SAME = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
    "minProperties": "min_props",
    "maxProperties": "max_props",
    "minContains": "min_contains",
    "maxContains": "max_contains",
    "minItems": "min_items",
    "maxItems": "max_items",
    "uniqueItems": "unique",
    "dependentRequired": "dep_required",
}

INSIDE = {
    "additionalProperties": "additional",
    "propertyNames": "names",
    "unevaluatedProperties": "uneval_props",
    "items": "items",
    "contains": "contains",
    "unevaluatedItems": "uneval_items",
}


class Rulebook:
    """The rules of one schema."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.made: dict[tuple[int, bool], Rule] = {}
        self.todo: list[tuple[Rule, Any]] = []
        self.root = self.rule(schema, False)
        while self.todo:
            self.fill(*self.todo.pop())

    def rule(self, schema: Any, collects: bool) -> Rule:
        if schema is False:
            return NOTHING
        if schema is True:
            return Rule()
        rule = self.made.get((id(schema), collects))
        if rule is None:
            rule = self.made[id(schema), collects] = Rule()
            rule.collects = collects
            self.todo.append((rule, schema))
        return rule

    def fill(self, rule: Rule, schema: dict[str, Any]) -> None:
        for word, name in SAME.items():
            if word in schema:
                setattr(rule, name, schema[word])
        for word, name in INSIDE.items():
            if word in schema:
                setattr(rule, name, self.rule(schema[word], False))
        if "type" in schema:
            types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
            rule.kinds = 0
            for each in types:
                rule.kinds |= KINDS[each]
            rule.integer = "integer" in types and "number" not in types
        rule.required = list(dict.fromkeys(schema.get("required", [])))
        if "pattern" in schema:
            rule.pattern = Pattern(schema["pattern"])
        for word in ("enum", "const"):
            if word in schema:
                given = rule if rule.members is None else Rule()
                given.members = schema[word] if word == "enum" else [schema[word]]
                given.members_by = word
                if given is not rule:
                    rule.add(rule.group(ALL, word), given)
        if "format" in schema:
            rule.checks.append(Check("format", STRING, FORMATS[schema["format"]], f"a {schema['format']}"))
        rule.properties = {key: self.rule(each, False) for key, each in schema.get("properties", {}).items()}
        patterns = schema.get("patternProperties", {})
        rule.pattern_props = [(Pattern(key), self.rule(each, False)) for key, each in patterns.items()]
        rule.prefix = [self.rule(each, False) for each in schema.get("prefixItems", [])]
        rule.items = None if "items" not in schema else self.rule(schema["items"], False)
        inside = rule.collects or "unevaluatedProperties" in schema or "unevaluatedItems" in schema
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            rule.add(rule.group(ALL, "$ref"), self.rule(self.schema["$defs"][name], inside))
        for word, role in (("allOf", ALL), ("anyOf", ANY), ("oneOf", ONE)):
            if word in schema:
                group = rule.group(role, word)
                for each in schema[word]:
                    rule.add(group, self.rule(each, inside))
        if "not" in schema:
            rule.add(rule.group(NOT, "not"), self.rule(schema["not"], False))
        if "if" in schema:
            group = rule.group(IF, "if")
            for word, role in (("if", IF), ("then", THEN), ("else", ELSE)):
                if word in schema:
                    rule.add(group, self.rule(schema[word], inside), role)
        if "dependentSchemas" in schema:
            group = rule.group(DEP, "dependentSchemas")
            for key, each in schema["dependentSchemas"].items():
                rule.add(group, self.rule(each, inside), key=key)
        rule.finish()


FORMATS: dict[str, Callable[[Any], bool]] = {"even": lambda text: len(text) % 2 == 0}


def judged(rule: Rule, text: str, size: int = 0) -> tuple[Judge, list[Finding]]:
    """The judge after a text, told in parts of ``size`` characters (0: whole tokens), and what it found."""
    source = Source()
    source.add(text)
    judge = Judge(rule, source)
    for _ in drive(judge, text, size):
        pass
    return judge, judge.take()


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ATOM = re.compile(r"[^\s,\]}]+")


def drive(judge: Judge, text: str, size: int) -> Iterator[int]:
    """Tell the judge what is in a text of valid JSON without escapes; yields the offset after each step."""
    opened: list[Any] = []
    keys: list[str] = []
    at = 0
    wants_key = False
    root: list[Any] = []
    opened.append(root)

    def put(value: Any) -> None:
        if isinstance(opened[-1], dict):
            opened[-1][keys[-1]] = value
        else:
            opened[-1].append(value)

    while at < len(text):
        c = text[at]
        if c in " :\n":
            at += 1
        elif c == ",":
            judge.comma(at)
            wants_key = isinstance(opened[-1], dict)
            at += 1
        elif c in "}]":
            value = opened.pop()
            judge.end(value, at, True)
            keys.pop()
            wants_key = False
            at += 1
        elif c in "{[":
            judge.begin(OBJECT if c == "{" else ARRAY, None, at)
            new: Any = {} if c == "{" else []
            put(new)
            opened.append(new)
            keys.append("")
            wants_key = c == "{"
            at += 1
        elif c == '"':
            match = _STRING.match(text, at)
            assert match is not None
            inside = match.group()[1:-1]
            if wants_key:
                wants_key = False
                judge.key_begins(at)
                for i in range(0, len(inside) if size else 0, size or 1):
                    judge.key_grows(inside[i : i + size])
                judge.key(inside, match.end() - 1, inside in opened[-1])
                keys[-1] = inside
            else:
                judge.begin(STRING, None, at)
                for i in range(0, len(inside) if size else 0, size or 1):
                    judge.grow(inside[i : i + size])
                judge.closed(inside, "")
                put(inside)
            at = match.end()
        else:
            match = _ATOM.match(text, at)
            assert match is not None
            value = json.loads(match.group())
            kind = NULL if value is None else BOOLEAN if isinstance(value, bool) else NUMBER
            judge.begin(kind, value, at)
            for i in range(0, len(match.group()) if size and kind == NUMBER else 0, size or 1):
                judge.digit(match.group()[i : i + size])
            judge.closed(value, match.group())
            put(value)
            at = match.end()
        yield at


AROUND: dict[str, tuple[Callable[[Any], Any], str, str, int]] = {
    "a member": (lambda inner: {"properties": {"x": inner}}, '{"x": ', "}", 1),
    "any member": (lambda inner: {"additionalProperties": inner}, '{"x": ', "}", 1),
    "a member by its pattern": (lambda inner: {"patternProperties": {"x": inner}}, '{"x": ', "}", 1),
    "a member beside a name": (
        lambda inner: {"properties": {"x": inner, "y": True}, "additionalProperties": False}, '{"x": ', ', "y": 0}', 1,
    ),
    "a member of an object that is limited": (
        lambda inner: {"properties": {"x": inner}, "required": ["x"], "maxProperties": 2, "minProperties": 1,
                       "propertyNames": {"maxLength": 1}}, '{"x": ', "}", 1,
    ),
    "an element": (lambda inner: {"items": inner}, "[", "]", 1),
    "an element of few": (lambda inner: {"items": inner, "maxItems": 2, "uniqueItems": True}, "[", "]", 1),
    "an element at its place": (lambda inner: {"prefixItems": [True, inner]}, "[0, ", "]", 1),
    "an element after others": (lambda inner: {"prefixItems": [True], "items": inner}, "[0, ", "]", 1),
    "deep inside": (lambda inner: {"items": {"properties": {"x": inner}}}, '[0, {"x": ', "}]", 2),
    "a part": (lambda inner: {"allOf": [True, inner]}, "", "", 0),
    "a part of a part": (lambda inner: {"allOf": [{"allOf": [inner]}, {"maxLength": 99}]}, "", "", 0),
    "a reference": (lambda inner: {"$ref": "#/$defs/s", "$defs": {"s": inner}}, "", "", 0),
    "then": (lambda inner: {"if": True, "then": inner}, "", "", 0),
    "else": (lambda inner: {"if": False, "else": inner}, "", "", 0),
    "an element by a part": (lambda inner: {"allOf": [{"items": inner}, {"minItems": 1}]}, "[", "]", 1),
    "an element that is a part": (lambda inner: {"items": {"allOf": [inner]}}, "[", "]", 1),
    "an element by the last alternative": (lambda inner: {"anyOf": [{"type": "null"}, {"items": inner}]}, "[", "]", 1),
    "an element by the only alternative": (
        lambda inner: {"oneOf": [{"items": inner}, {"maxItems": 0}]}, "[", "]", 1,
    ),
    "a member if another has come": (
        lambda inner: {"dependentSchemas": {"y": {"properties": {"x": inner}}}}, '{"y": 0, "x": ', "}", 1,
    ),
    "a member that is evaluated": (
        lambda inner: {"unevaluatedProperties": False, "properties": {"x": inner}}, '{"x": ', "}", 1,
    ),
    "an element that is evaluated": (
        lambda inner: {"unevaluatedItems": False, "prefixItems": [inner]}, "[", "]", 1,
    ),
}  # fmt: skip
"""By place, a schema around another one, the text around the other's document, and how many containers deep that is."""
