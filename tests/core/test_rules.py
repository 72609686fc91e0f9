"""Rules: what finishing one computes."""

from __future__ import annotations

from typing import Any

import pytest

from partialjson._core.rules import ALL, ANY, DEP, IF, NOTHING, THEN, Check, Rule, judged_kind
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
        ({"integer": True}, NUMBER),
        ({"minimum": 0}, NUMBER),
        ({"multiple_of": 2}, NUMBER),
        ({"required": ["a"]}, OBJECT),
        ({"properties": {"a": Rule()}}, OBJECT),
        ({"additional": NOTHING}, OBJECT),
        ({"max_props": 0}, OBJECT),
        ({"items": Rule()}, ARRAY),
        ({"unique": True}, ARRAY),
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


@pytest.mark.parametrize(
    ("value", "kind"),
    [("", STRING), (1, NUMBER), (1.5, NUMBER), (True, BOOLEAN), (None, NULL), ({}, OBJECT), ([], ARRAY)],
)
def test_kinds(value: object, kind: int) -> None:
    assert judged_kind(value) == kind
