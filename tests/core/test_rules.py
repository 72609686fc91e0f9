"""Rules: what finishing one computes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import partialjson
from partialjson._core.digits import Numbers
from partialjson._core.patterns import Pattern
from partialjson._core.rules import ALL, ANY, DEP, IF, NOTHING, THEN, Check, Group, Part, Rule, judged_kind
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING


def made(**given: Any) -> Rule:
    rule = Rule()
    for name, value in given.items():
        setattr(rule, name, value)
    return rule.finish()


def test_an_empty_rule_is_certain_of_everything() -> None:
    assert Rule().finish().certain == ANYTHING
    assert NOTHING.certain == 0


@pytest.mark.parametrize(
    ("given", "uncertain"),
    [
        ({"min_length": 1}, STRING),
        ({"max_length": 0}, STRING),
        ({"pattern": Pattern("a")}, STRING),
        ({"words": ["a"]}, STRING),
        ({"integer": True}, NUMBER),
        ({"minimum": 0}, NUMBER),
        ({"maximum": 0}, NUMBER),
        ({"exclusive_minimum": 0}, NUMBER),
        ({"exclusive_maximum": 0}, NUMBER),
        ({"multiple_of": 2}, NUMBER),
        ({"required": ["a"]}, OBJECT),
        ({"dep_required": {"a": ["b"]}}, OBJECT),
        ({"properties": {"a": Rule()}}, OBJECT),
        ({"pattern_props": [(Pattern("a"), Rule())]}, OBJECT),
        ({"additional": NOTHING}, OBJECT),
        ({"names": Rule()}, OBJECT),
        ({"min_props": 1}, OBJECT),
        ({"max_props": 0}, OBJECT),
        ({"uneval_props": Rule()}, OBJECT),
        ({"prefix": [Rule()]}, ARRAY),
        ({"items": Rule()}, ARRAY),
        ({"contains": Rule()}, ARRAY),
        ({"min_items": 1}, ARRAY),
        ({"max_items": 0}, ARRAY),
        ({"unique": True}, ARRAY),
        ({"uneval_items": Rule()}, ARRAY),
        ({"kinds": STRING | NULL}, ANYTHING & ~(STRING | NULL)),
        ({"checks": [Check("format", STRING, bool)]}, STRING),
        ({"members": ["a"]}, ANYTHING),
    ],
)
def test_a_keyword_makes_its_kind_uncertain(given: dict[str, Any], uncertain: int) -> None:
    assert made(**given).certain == ANYTHING & ~uncertain


def test_parts_make_everything_uncertain() -> None:
    rule = Rule()
    rule.add(rule.group(ALL, "$ref"), Rule().finish())
    assert rule.finish().certain == 0


def test_members() -> None:
    rule = made(members=["b", "a", 1, True, None, "a"])
    assert rule.words == ["a", "b"]
    assert rule.member_kinds == STRING | NUMBER | BOOLEAN | NULL
    assert made(members=[]).member_kinds == 0


def test_structures_among_the_members_become_parts() -> None:
    rule = made(members=["b", {"x": [1]}, []])
    assert rule.members is None
    assert [(part.role, rule.groups[part.group].keyword) for part in rule.parts] == [(ANY, "enum")] * 3
    words, structure, empty = (part.rule for part in rule.parts)
    assert words.words == ["b"]
    assert (structure.kinds, structure.required, structure.key_words) == (OBJECT, ["x"], ["x"])
    inside = structure.properties["x"]
    assert (inside.kinds, inside.min_items, inside.most, inside.prefix[0].members) == (ARRAY, 1, 1, [1])
    assert (empty.min_items, empty.most) == (0, 0)


def test_rules_of_members_are_where_their_owner_is() -> None:
    origin = object()
    rule = Rule(("properties", "a"), origin)
    rule.members = ["b", {"x": [1, {"y": None}]}]
    rule.members_by = "const"
    todo = [part.rule for part in rule.finish().parts]
    found = []
    while todo:
        each = todo.pop()
        assert each.is_finished
        assert (each.where, each.origin) == (("properties", "a"), origin)
        if each.members is not None:
            assert each.members_by == "const"
            found += each.members
        todo += [*each.properties.values(), *each.prefix]
    assert sorted(map(str, found)) == ["1", "None", "b"]


def test_members_may_be_deep() -> None:
    member: Any = 1
    for _ in range(100_000):
        member = [member]
    rule = made(members=[member])
    for _ in range(100_000):
        rule = (rule.parts[0].rule if rule.parts else rule).prefix[0]
    assert rule.members == [1]


def test_the_most_elements() -> None:
    assert made(max_items=3).most == 3
    assert made(prefix=[Rule()], items=NOTHING).most == 1
    assert made(prefix=[Rule()], items=NOTHING, max_items=0).most == 0
    assert made(prefix=[Rule()], items=Rule()).most == -1


def test_the_only_keys() -> None:
    assert made(properties={"b": Rule(), "a": Rule()}, additional=NOTHING).key_words == ["a", "b"]
    assert made(properties={"b": Rule(), "a": Rule()}).key_words is None


def test_groups() -> None:
    rule = Rule(("properties", "a"))
    condition = rule.group(IF, "if")
    rule.add(condition, Rule())
    rule.add(condition, Rule(), THEN)
    depends = rule.group(DEP, "dependentSchemas")
    rule.add(depends, Rule(), key="b")
    assert [(part.role, part.group, part.key) for part in rule.parts] == [(IF, 0, ""), (THEN, 0, ""), (DEP, 1, "b")]
    assert [group.size for group in rule.groups] == [2, 1]


def test_a_rule_is_filled_once() -> None:
    filled: list[Any] = []

    def fill(rule: Rule) -> None:
        filled.append(rule.where)
        rule.kinds = NULL
        rule.properties = {"a": Rule()}

    rule = Rule(("items",), fill=fill)
    assert rule.finish().finish() is rule
    assert filled == [("items",)]
    assert rule.certain == NULL
    assert list(rule.properties) == ["a"]


FLAGS = ["has_deps", "is_choosy", "is_plain", "keeps", "minds_commas", "minds_keys", "needs_keys", "opens", "forbids"]


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({}, "is_plain"),
        ({"properties": {"a": Rule()}}, "is_plain"),
        ({"properties": {"a": NOTHING}}, "is_plain forbids minds_keys"),
        ({"pattern_props": [(Pattern("a"), Rule())]}, ""),
        ({"pattern_props": [(Pattern("a"), NOTHING)]}, "forbids minds_keys"),
        ({"additional": Rule()}, "is_plain"),
        ({"additional": NOTHING}, "is_plain is_choosy minds_commas needs_keys"),
        ({"names": Rule()}, "is_plain is_choosy needs_keys"),
        ({"required": ["a"]}, "is_plain opens minds_keys needs_keys"),
        ({"min_props": 1}, "is_plain opens minds_keys needs_keys"),
        ({"min_props": 1, "checks": [Check("format", STRING, bool)]}, "is_plain opens minds_keys needs_keys"),
        ({"dep_required": {"a": ["b"]}}, "is_plain"),
        ({"max_props": 0}, "is_plain is_choosy minds_commas minds_keys needs_keys"),
        ({"max_props": 1}, "is_plain minds_commas minds_keys needs_keys"),
        ({"overridden": {"a": ("b",)}}, "needs_keys"),
        ({"uneval_props": Rule()}, "keeps"),
        ({"uneval_items": Rule()}, "keeps"),
        ({"collects": True}, "keeps"),
        ({"contains": Rule()}, ""),
        ({"min_items": 1, "unique": True, "prefix": [Rule()]}, "is_plain"),
        ({"max_items": 0}, "is_plain minds_commas"),
        ({"items": Rule()}, "is_plain"),
        ({"items": NOTHING}, "is_plain minds_commas"),
        # With anything else an object is not valid as soon as its required members are there.
        ({"required": ["a"], "properties": {"a": Rule()}}, "is_plain"),
        ({"required": ["a"], "pattern_props": [(Pattern("a"), Rule())]}, ""),
        ({"required": ["a"], "additional": Rule()}, "is_plain"),
        ({"required": ["a"], "names": Rule()}, "is_plain is_choosy needs_keys"),
        ({"required": ["a"], "dep_required": {"a": ["b"]}}, "is_plain"),
        ({"required": ["a"], "max_props": 5}, "is_plain minds_commas minds_keys needs_keys"),
        ({"required": ["a"], "uneval_props": Rule()}, "keeps"),
        ({"min_props": 1, "checks": [Check("format", OBJECT, bool)]}, "is_plain"),
    ],
)
def test_what_has_to_be_minded(given: dict[str, Any], flags: str) -> None:
    rule = made(**given)
    assert {flag for flag in FLAGS if getattr(rule, flag)} == set(flags.split())


def test_parts_that_depend_on_keys_have_to_be_minded() -> None:
    for role, flags in ((ALL, {"is_plain"}), (DEP, {"is_plain", "has_deps", "minds_keys", "needs_keys"})):
        rule = Rule()
        rule.add(rule.group(role, "x"), Rule(), key="a")
        rule.finish()
        assert {flag for flag in FLAGS if getattr(rule, flag)} == flags


def test_the_kinds_that_are_checked() -> None:
    assert made(checks=[Check("a", STRING, bool), Check("b", OBJECT | NULL, bool)]).checked == STRING | OBJECT | NULL


def test_the_keys_that_are_left() -> None:
    some = {"b": Rule(), "a": Rule(), "c": NOTHING}
    rule = made(properties=some, additional=NOTHING)
    assert (rule.key_words, rule.lists_keys) == (["a", "b"], True)
    rule = made(properties=some, additional=NOTHING, pattern_props=[(Pattern("x"), NOTHING)])
    assert (rule.key_words, rule.lists_keys) == (["a", "b"], True)
    rule = made(properties=some, additional=NOTHING, pattern_props=[(Pattern("x"), NOTHING), (Pattern("y"), Rule())])
    assert (rule.key_words, rule.lists_keys) == (["a", "b"], False)


def test_the_height_is_that_of_the_longest_chain_of_parts() -> None:
    def above(*parts: Rule) -> Rule:
        rule = Rule()
        for part in parts:
            rule.add(rule.group(ALL, "allOf"), part)
        return rule

    low, other = above(), above()
    middle = above(low, other)
    top = above(other, middle, low)
    assert [rule.height() for rule in (top, middle, other, low)] == [2, 1, 0, 0]
    assert above(top, middle).height() == 3


SET: dict[str, Any] = {
    "exact": False, "collects": True, "kinds": ANYTHING & ~NULL, "integer": True, "members_by": "const",
    "checks": [Check("format", STRING, bool)], "min_length": 1, "max_length": 9, "pattern": Pattern("a"),
    "minimum": 1, "maximum": 9, "exclusive_minimum": 0, "exclusive_maximum": 10, "multiple_of": 2,
    "properties": {"a": Rule(), "b": NOTHING}, "pattern_props": [(Pattern("c"), NOTHING)], "additional": NOTHING,
    "names": Rule(), "required": ["a"], "dep_required": {"a": ["b"]}, "min_props": 1, "max_props": 9,
    "uneval_props": Rule(), "prefix": [Rule()], "items": NOTHING, "contains": Rule(), "min_contains": 2,
    "max_contains": 3, "contains_evaluates": False, "min_items": 1, "max_items": 9, "unique": True,
    "uneval_items": Rule(), "omits": True, "overridden": {"a": ("b",)}, "by": {"items": "additionalItems"},
}  # fmt: skip


@pytest.mark.parametrize(
    "given", [SET, {"members": ["b", "a", 1]}, {"words": ["b", "a", "b"]}, {"required": ["a"]}, {}], ids=list
)
def test_a_rule_that_is_filled_is_what_it_would_have_been(given: dict[str, Any]) -> None:
    part = Rule()

    def fill(rule: Rule) -> None:
        for name, value in given.items():
            setattr(rule, name, value)
        rule.add(rule.group(DEP, "dependentSchemas"), part, key="a")

    origin = object()
    filled = Rule(("a", 1), origin, fill)
    filled.collects = bool(given.get("collects"))
    plain = Rule(("a", 1), origin)
    fill(plain)
    # A compiled rule does not tell its attributes.
    source = Path(partialjson.__file__).with_name("_core") / "rules.py"
    named = set(re.findall(r"^        self\.(\w+)(?:: [^=]+)? = ", source.read_text(encoding="utf-8"), re.MULTILINE))
    assert {*given, "where", "certain", "lists_keys"} <= named
    assert filled.finish().height() == plain.finish().height() == 1
    # A part has a ``group``, too.
    for name in named - {"fill", "group"}:
        if hasattr(plain, name):
            assert shown(getattr(filled, name)) == shown(getattr(plain, name)), name


def shown(value: Any) -> Any:
    """A value to compare by, of an attribute that ``finish`` makes anew each time."""
    if isinstance(value, Numbers):
        return [value.minimum, value.maximum, value.multiple_of, value.integer, value.members, value.members_by]
    if isinstance(value, list):
        return [shown(each) for each in value]
    if isinstance(value, Part):
        return value.role, value.group, value.rule, value.key
    if isinstance(value, Group):
        return value.role, value.keyword, value.size
    return value


@pytest.mark.parametrize(
    ("value", "kind"),
    [("", STRING), (1, NUMBER), (1.5, NUMBER), (True, BOOLEAN), (None, NULL), ({}, OBJECT), ([], ARRAY)],
)
def test_kinds(value: object, kind: int) -> None:
    assert judged_kind(value) == kind
