"""Rules for values that may still be coerced: what can be foreseen where only the spelling of a value may change.

They are those of a spec (``spec_rules``), except that nothing is refused that a safe coercion may set right: a string
may stand for anything, a number or a bool for a string, and a key or a member may be spelled otherwise. So what is left
is the structure, since an object or an array can only be what it is. Where the structure may change, nothing is
foreseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from partialjson._core.rules import ANY, Rule
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Spec
from partialjson._core.spec_rules import rule_of

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["loose_rule_of"]


def loose_rule_of(spec: Spec) -> Rule:
    """The rule for the values that can be valid at a place, perhaps in another spelling; the same each time."""
    rule: Rule | None = spec.loose_rule
    if rule is None:
        rule = spec.loose_rule = Rule((), spec, _fill)
    return rule


def _fill(rule: Rule) -> None:
    """Set the attributes of a rule from its spec."""
    met, leaves = rule.origin.walk()
    if [spec for spec in met if not spec.binding]:
        # Anything may be valid.
        return
    null = len([spec for spec in met if spec.nullable]) > 0
    if len(leaves) == 1:
        _fill_leaf(rule, leaves[0], null)
        return
    group = rule.group(ANY, "anyOf")
    for spec in leaves:
        leaf = Rule((), spec)
        _fill_leaf(leaf, spec, null)
        rule.add(group, leaf)


def _fill_leaf(rule: Rule, spec: Spec, null: bool) -> None:
    kinds: i64 = spec.kinds | STRING
    if null:
        kinds |= NULL
    if (spec.usual | spec.kinds) & STRING:
        kinds |= NUMBER | BOOLEAN
    rule.kinds = kinds & ANYTHING
    limits = rule_of(spec)
    limits.finish()
    if spec.usual == STRING and spec.words is None and not null:
        rule.max_length = limits.max_length
    if not spec.usual & STRING and spec.words is None:
        rule.minimum = limits.minimum
        rule.maximum = limits.maximum
    if kinds & OBJECT:
        for field in (spec.fields or {}).values():
            first = field.ways[0]
            key = first[0]
            if field.is_read and len(first) == 1 and isinstance(key, str):
                rule.properties.setdefault(key, loose_rule_of(field.spec))
        if spec.fields is None and spec.rest is not None:
            rule.additional = loose_rule_of(spec.rest)
    if kinds & ARRAY and spec.fields is None:
        rule.prefix = [loose_rule_of(each) for each in spec.prefix]
        items = spec.items
        if items is not None:
            rule.items = loose_rule_of(items)
        rule.max_items = limits.max_items
