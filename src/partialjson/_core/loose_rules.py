"""Rules for values that may still be coerced: what can be foreseen where only the spelling of a value may change.

They are those of a spec (``spec_rules``), except that nothing is refused that a safe coercion may set right: a string
may stand for anything, a number or a bool for a string, and a key or a member may be spelled otherwise. So what is left
is the structure, since an object or an array can only be what it is. Where the structure may change, nothing is
foreseen but the kinds of a whole document (``root_kinds``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from partialjson._core.rules import ANY, Rule
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Spec
from partialjson._core.spec_rules import rule_of
from partialjson._core.target import Target
from partialjson._core.wording import kinds_of
from partialjson.repairs import Lenient

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["SCALAR_IS_WORSE", "loose_rule_of", "root_kinds"]

# Beside kinds of JSON: a scalar is none that the target takes, and counts only because it may be read in another form.
# So a container is always better.
SCALAR_IS_WORSE: Final = ANYTHING + 1


def root_kinds(target: Target | None, lenient: Lenient | None = None) -> int:
    """The kinds of JSON that a target's documents can be read from, as a bit set of ``spec``; and
    ``SCALAR_IS_WORSE``."""
    if target is None:
        return ANYTHING
    kinds: int = kinds_of(rule_of(target.spec) if target.rule is None else target.rule)
    if lenient is None or lenient.coerce == "syntax":
        return kinds
    if not kinds & ANYTHING & ~(OBJECT | ARRAY):
        kinds |= SCALAR_IS_WORSE
    # A string may stand for anything; and one structure for another, except that a text is what the whole text is.
    is_text = len([leaf for leaf in target.spec.leaves() if leaf.usual == STRING and leaf.words is None]) > 0
    if lenient.coerce == "safe" or (is_text and not kinds & (OBJECT | ARRAY)):
        return kinds | STRING
    return kinds | ANYTHING


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
