"""Rules held against a finished value, the plain way: what the judge must come to, and what a compiler must have meant.

Written for reading, not for speed, and independent of the judge: it recurses over the value and over the rule's parts,
and knows nothing of prefixes.
"""

from __future__ import annotations

from typing import Any

from partialjson._core.digits import is_integer, is_multiple
from partialjson._core.rules import ALL, ANY, DEP, IF, NOT, ONE, THEN, Rule, judged_kind

__all__ = ["same", "satisfies"]


def satisfies(rule: Rule, value: Any) -> bool:
    """Does the value satisfy the rule?"""
    return evaluated(rule, value) is not None


def same(one: Any, other: Any) -> bool:
    """Equal JSON values: 1 is 1.0, and is not true."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(each, other[key]) for key, each in one.items())
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def evaluated(rule: Rule, value: Any) -> set[Any] | None:
    """The keys or indexes that a rule and its parts evaluate; None if the value does not satisfy the rule."""
    if not judged_kind(value) & rule.kinds:
        return None
    if rule.members is not None and not any(same(each, value) for each in rule.members):
        return None
    if not all(check.test(value) for check in rule.checks if check.kinds & judged_kind(value)):
        return None
    own: set[Any] | None
    if isinstance(value, str):
        own = set() if _string(rule, value) else None
    elif isinstance(value, dict):
        own = _object(rule, value)
    elif isinstance(value, list):
        own = _array(rule, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        own = set() if _number(rule, value) else None
    else:
        own = set()
    inside = _parts(rule, value)
    if own is None or inside is None:
        return None
    seen = own | inside
    if isinstance(value, dict) and rule.uneval_props is not None:
        for key in value.keys() - seen:
            if not satisfies(rule.uneval_props, value[key]):
                return None
            seen.add(key)
    if isinstance(value, list) and rule.uneval_items is not None:
        for index in set(range(len(value))) - seen:
            if not satisfies(rule.uneval_items, value[index]):
                return None
            seen.add(index)
    return seen


def _string(rule: Rule, value: str) -> bool:
    if len(value) < rule.min_length or 0 <= rule.max_length < len(value):
        return False
    return rule.pattern is None or rule.pattern.matches(value)


def _number(rule: Rule, value: Any) -> bool:
    return not (
        (rule.integer and not is_integer(value))
        or (rule.minimum is not None and value < rule.minimum)
        or (rule.maximum is not None and value > rule.maximum)
        or (rule.exclusive_minimum is not None and value <= rule.exclusive_minimum)
        or (rule.exclusive_maximum is not None and value >= rule.exclusive_maximum)
        or (rule.multiple_of is not None and not is_multiple(value, rule.multiple_of))
    )


def _object(rule: Rule, value: dict[str, Any]) -> set[Any] | None:
    if len(value) < rule.min_props or 0 <= rule.max_props < len(value):
        return None
    if not all(key in value for key in rule.required):
        return None
    for key, keys in rule.dep_required.items():
        if key in value and not all(each in value for each in keys):
            return None
    seen: set[Any] = set()
    for key, member in value.items():
        if rule.names is not None and not satisfies(rule.names, key):
            return None
        rules = [rule.properties[key]] if key in rule.properties else []
        rules += [each for pattern, each in rule.pattern_props if pattern.matches(key)]
        if not rules and rule.additional is not None:
            rules = [rule.additional]
        if rules:
            seen.add(key)
        if not all(satisfies(each, member) for each in rules):
            return None
    return seen


def _array(rule: Rule, value: list[Any]) -> set[Any] | None:
    if len(value) < rule.min_items or 0 <= rule.max_items < len(value):
        return None
    if rule.unique and any(same(one, other) for i, one in enumerate(value) for other in value[:i]):
        return None
    seen: set[Any] = set()
    found = 0
    for index, item in enumerate(value):
        inner = rule.prefix[index] if index < len(rule.prefix) else rule.items
        if inner is not None:
            if not satisfies(inner, item):
                return None
            seen.add(index)
        if rule.contains is not None and satisfies(rule.contains, item):
            found += 1
            if rule.contains_evaluates:
                seen.add(index)
    if rule.contains is not None and (found < rule.min_contains or 0 <= rule.max_contains < found):
        return None
    return seen


def _told(rule: Rule, value: Any) -> set[Any] | None:
    """What a part evaluates, as far as somebody is to know."""
    seen = evaluated(rule, value)
    return seen if seen is None or rule.collects else set()


def _parts(rule: Rule, value: Any) -> set[Any] | None:
    """What the parts evaluate; None if the rule does not get from them what it needs."""
    seen: set[Any] = set()
    for index, group in enumerate(rule.groups):
        parts = [part for part in rule.parts if part.group == index]
        if group.role == DEP:
            parts = [part for part in parts if isinstance(value, dict) and part.key in value]
        found = [(part.role, _told(part.rule, value)) for part in parts]
        if group.role == IF:
            by_role = dict(found)
            # Without ``if``, the other two say nothing.
            if IF not in by_role:
                continue
            holds = by_role.pop(IF)
            chosen = by_role.get(THEN if holds is not None else THEN + 1, set())
            if chosen is None:
                return None
            seen |= (holds or set()) | chosen
            continue
        good = [each for _, each in found if each is not None]
        fits = {
            ALL: len(good) == len(found),
            DEP: len(good) == len(found),
            ANY: len(good) > 0,
            ONE: len(good) == 1,
            NOT: not good,
        }[group.role]
        if not fits:
            return None
        if group.role != NOT:
            seen = seen.union(*good)
    return seen
