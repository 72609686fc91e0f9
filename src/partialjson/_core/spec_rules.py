"""Rules from specs, for targets whose values are validated by something else.

What a ``Spec`` says of the values that can be valid becomes a ``Rule``, so the judge foresees what a validator will
say, also inside places that are validated as a whole, and for every schema language that has specs. It never refuses
what the validator may accept; where the user's own code has a say (``Spec.binding``), a rule allows everything.

The specs of a target are a graph that is made on demand, and so are the rules: a rule is filled when the first document
comes to its place, and kept in its spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from partialjson._core.digits import is_number
from partialjson._core.rules import ALL, ANY, LARGEST_COUNT, NOTHING, Rule
from partialjson._core.spec import ANYTHING, ARRAY, NULL, NUMBER, OBJECT, STRING, Spec

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["rule_of"]


def rule_of(spec: Spec) -> Rule:
    """The rule for the values that can be valid at a place; the same each time."""
    rule: Rule | None = spec.rule
    if rule is None:
        # A second thread may make another one meanwhile, which is as good.
        rule = spec.rule = Rule((), spec, _fill)
    return rule


def _fill(rule: Rule) -> None:
    """Set the attributes of a rule from its spec."""
    alternatives = _alternatives(rule.origin)
    if len(alternatives) == 1:
        spec, kinds = alternatives[0]
        _fill_leaf(rule, spec, kinds)
        return
    group = rule.group(ANY, "anyOf")
    for spec, kinds in alternatives:
        rule.add(group, _leaf(spec, kinds))


def _leaf(spec: Spec | None, kinds: i64) -> Rule:
    rule = Rule((), spec)
    _fill_leaf(rule, spec, kinds)
    return rule


def _alternatives(origin: Spec) -> list[tuple[Spec | None, i64]]:
    """The specs of which one applies, without the choices on the way to them, and the kinds that each may have; None
    for nothing but the kinds."""
    found: list[tuple[Spec | None, i64]] = []
    seen: set[int] = set()
    null = False
    todo: list[tuple[Spec, i64]] = [(origin.filled(), ANYTHING)]
    while todo:
        spec, kinds = todo.pop()
        if id(spec) in seen:
            continue
        seen.add(id(spec))
        null = null or spec.nullable
        kinds &= spec.kinds
        if not spec.binding:
            found.append((None, kinds))
        elif spec.root is not None:
            todo.append((spec.root.spec, kinds))
        elif spec.branches and not _is_tagged(spec):
            todo.extend([(branch, kinds) for branch in reversed(spec.branches)])
        elif _is_tagged(spec):
            # Null is not a branch.
            found.append((spec, kinds & ~NULL))
            null = null or bool(kinds & NULL)
        else:
            found.append((spec, kinds))
    if null and not any(kinds & NULL for _, kinds in found):
        found.append((None, NULL))
    return found


def _is_tagged(spec: Spec) -> bool:
    return spec.tag is not None and bool(spec.tags) and all(isinstance(tag, str) for tag in spec.tags)


def _fill_leaf(rule: Rule, spec: Spec | None, kinds: i64) -> None:
    rule.kinds = kinds
    if spec is None:
        return
    if _is_tagged(spec):
        _fill_tagged(rule, spec)
        return
    if kinds & STRING:
        _fill_strings(rule, spec)
    if kinds & NUMBER:
        _fill_numbers(rule, spec)
    if kinds & OBJECT:
        _fill_objects(rule, spec)
    if kinds & ARRAY and spec.fields is None:
        _fill_arrays(rule, spec)


def _fill_tagged(rule: Rule, spec: Spec) -> None:
    """One member decides the branch."""
    assert spec.tag is not None
    group = rule.group(ANY, "anyOf")
    tags: dict[int, list[str]] = {}
    for tag, branch in spec.tags.items():
        tags.setdefault(id(branch), []).append(tag)
    for branch in spec.tags.values():
        words = tags.pop(id(branch), None)
        if words is not None:
            rule.add(group, _tagged(spec.tag, words, branch.filled()))


def _tagged(key: str, words: list[str], branch: Spec) -> Rule:
    """The rule for a branch, whose member at this key is one of these words."""
    decides = Rule()
    decides.members = list(words)
    rule = Rule()
    rule.kinds = OBJECT
    rule.properties = {key: decides}
    rule.required = [key]
    rule.add(rule.group(ALL, "allOf"), rule_of(branch))
    return rule


def _fill_strings(rule: Rule, spec: Spec) -> None:
    if spec.words is not None:
        words = [word for word, _ in spec.words if isinstance(word, str)]
        if words:
            # Values of other kinds may be read as one of the members.
            rule.words = words
    longest = _count(spec.limits, "maxLength")
    if longest >= 0:
        rule.max_length = longest


def _fill_numbers(rule: Rule, spec: Spec) -> None:
    limits = spec.limits
    # A value may be read more exactly than as a double, so it may lie on the right side of a bound and still be read as
    # the bound here.
    low = [limits[word] for word in ("minimum", "exclusiveMinimum") if is_number(limits.get(word))]
    high = [limits[word] for word in ("maximum", "exclusiveMaximum") if is_number(limits.get(word))]
    if low:
        rule.minimum = _plain(max(low))
    if high:
        rule.maximum = _plain(min(high))


def _fill_objects(rule: Rule, spec: Spec) -> None:
    for field in (spec.fields or {}).values():
        if not field.is_read:
            continue
        before: list[str] = []
        for way in field.ways:
            key = way[0]
            if not isinstance(key, str):
                continue
            if len(way) == 1 and key not in rule.properties:
                rule.properties[key] = rule_of(field.spec)
                if before:
                    # Its value is only read if none of the first ones has come.
                    rule.overridden[key] = tuple(before)
            before.append(key)
        if field.required and len(field.ways) == 1 and len(field.ways[0]) == 1:
            rule.required.append(cast("str", field.ways[0][0]))
    for field in (spec.fields or {}).values():
        for way in field.ways:
            key = way[0]
            if isinstance(key, str):
                rule.properties.setdefault(key, ALLOWED)
    if spec.keys is not None:
        for name in spec.keys:
            rule.properties.setdefault(name, ALLOWED)
        rule.additional = NOTHING
    elif spec.rest is not None:
        rule.additional = rule_of(spec.rest)
    names = spec.names
    if names is not None and names.binding and names.kinds & STRING:
        rule.names = rule_of(names)


def _fill_arrays(rule: Rule, spec: Spec) -> None:
    rule.prefix = [rule_of(each) for each in spec.prefix]
    items = spec.items
    if items is not None:
        rule.items = rule_of(items)
    most = _count(spec.limits, "maxItems")
    if most >= 0 and not spec.may_drop:
        rule.max_items = most
        rule.omits = items is not None and _may_omit(items)


def _may_omit(spec: Spec) -> bool:
    """May a value be left out of its array by the user's own code?"""
    seen: set[int] = set()
    todo: list[Spec | None] = [spec]
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        if not each.is_pure or not each.binding:
            return True
        todo.extend(each.branches)
        todo.extend(each.prefix)
        todo.extend([each.items, each.rest, each.names])
        todo.extend([field.spec for field in (each.fields or {}).values()])
        if each.root is not None:
            todo.append(each.root.spec)
    return False


def _count(limits: dict[str, Any], word: str) -> i64:
    given = limits.get(word)
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return min(given, LARGEST_COUNT)
    return -1


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else float(value)


ALLOWED: Final = Rule()
"""Any value."""
