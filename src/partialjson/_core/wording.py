"""What rules expect, in words: the messages of the judge, and the kinds and words that a rule and its parts leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from partialjson._core.rules import ALL, ANY, NOTHING, ONE, Rule, judged_kind
from partialjson._core.spec import BOOLEAN, FLOAT, KINDS, NUMBER, OBJECT, STRING
from partialjson._core.trials import NO_NAMES, Trial

if TYPE_CHECKING:
    from mypy_extensions import i64

# With more words than this, they are counted in messages.
NAMED: Final = 5


def listed(names: list[str]) -> str:
    shown = [repr(name) for name in names[:NAMED]]
    if len(names) > NAMED:
        shown.append(f"{len(names) - NAMED} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def contains_keyword(trial: Trial) -> str:
    return "minContains" if trial.matched > 0 else "contains"


def contains_msg(rule: Rule) -> str:
    return f"expected at least {rule.min_contains} elements that satisfy 'contains'"


def check_msg(wanted: str) -> str:
    return f"expected {wanted}" if wanted else "the value does not pass a check"


def keyword_of_kind(rule: Rule, kind: i64) -> str:
    """The keyword that no value of this kind satisfies."""
    if rule is NOTHING:
        return "false"
    return rule.members_by if rule.kinds & kind else "type"


def kind_msg(rule: Rule, kind: i64) -> str:
    if rule is NOTHING:
        return "no value is allowed here"
    return f"expected {expected(rule)}, found {KINDS[kind]}"


def number_msg(rule: Rule, keyword: str, found: str) -> str:
    shown = f", found {found}" if found else ", found one that cannot become it"
    if keyword == "type":
        return f"expected an integer{shown}"
    if keyword == "minimum":
        return f"expected a number of at least {rule.minimum}{shown}"
    if keyword == "maximum":
        return f"expected a number of at most {rule.maximum}{shown}"
    if keyword == "exclusiveMinimum":
        return f"expected a number greater than {rule.exclusive_minimum}{shown}"
    if keyword == "exclusiveMaximum":
        return f"expected a number less than {rule.exclusive_maximum}{shown}"
    if keyword == "multipleOf":
        return f"expected a multiple of {rule.multiple_of}{shown}"
    return f"expected {expected(rule)}{shown}"


def fault_msg(rule: Rule, keyword: str, value: object) -> str:
    for check in rule.checks:
        if check.keyword == keyword:
            return check_msg(check.expected)
    if isinstance(value, str):
        if keyword == "maxLength":
            return f"expected at most {rule.max_length} characters, found more"
        if keyword == "minLength":
            return f"expected at least {rule.min_length} characters, found {len(value)}"
        if keyword == "pattern":
            assert rule.pattern is not None
            return f"expected a string that matches {rule.pattern.source!r}, found another"
        return f"expected {expected(rule)}, found another string"
    if value is None or isinstance(value, bool):
        return f"expected {expected(rule)}, found {'null' if value is None else 'true' if value else 'false'}"
    return number_msg(rule, keyword, repr(value))


def uneval_keyword(trial: Trial) -> str:
    return "unevaluatedProperties" if trial.kind == OBJECT else "unevaluatedItems"


def uneval_msg(key: str | int) -> str:
    if isinstance(key, str):
        return f"nothing in the schema evaluates the member {key!r}, and it must not be like this"
    return f"nothing in the schema evaluates the element {key}, and it must not be like this"


def kinds_of(rule: Rule) -> i64:
    """The kinds of which values may be valid, as far as that can be seen from kinds alone."""
    known: dict[Rule, i64] = {}
    for each in _parts_first(rule):
        known[each] = _kinds_in(each, known)
    return known[rule]


def _kinds_in(rule: Rule, known: dict[Rule, i64]) -> i64:
    found = rule.kinds & rule.member_kinds
    if rule.integer:
        found &= ~FLOAT
    number: i64
    for number in range(len(rule.groups)):
        role = rule.groups[number].role
        if role == ALL:
            for part in rule.parts:
                if part.group == number:
                    found &= known[part.rule]
        elif role == ANY or role == ONE:
            some: i64 = 0
            for part in rule.parts:
                if part.group == number:
                    some |= known[part.rule]
            found &= some
    return found


def strings_of(rule: Rule) -> list[str] | None:
    """The strings that may be valid, if they are few words; None if they are not."""
    known: dict[Rule, list[str] | None] = {}
    for each in _parts_first(rule):
        known[each] = _strings_in(each, known)
    return known[rule]


def _parts_first(rule: Rule) -> list[Rule]:
    """The rule and the parts of parts, finished, each after its own parts."""
    order: list[Rule] = []
    seen: set[Rule] = set()
    todo = [rule]
    while todo:
        each = todo[-1]
        if not each.is_finished:
            each.finish()
        unknown = [part.rule for part in each.parts if part.rule not in seen]
        if unknown and each not in seen:
            todo.extend(unknown)
            continue
        todo.pop()
        if each not in seen:
            seen.add(each)
            order.append(each)
    return order


def _strings_in(rule: Rule, known: dict[Rule, list[str] | None]) -> list[str] | None:
    if not rule.kinds & rule.member_kinds & STRING:
        return NO_NAMES
    words = None if rule.words is None else rule.spelled
    number: i64
    for number in range(len(rule.groups)):
        role = rule.groups[number].role
        if role != ALL and role != ANY and role != ONE:
            continue
        some: list[str] | None = None
        if role != ALL:
            some = []
        for part in rule.parts:
            if part.group != number:
                continue
            inside = known[part.rule]
            if role == ALL:
                some = inside if some is None else some
            elif some is not None:
                some = None if inside is None else some + [word for word in inside if word not in some]
        if words is None:
            words = some
    return words


def expected(rule: Rule) -> str:
    """What a rule expects, in words."""
    if not rule.is_finished:
        rule.finish()
    kinds = kinds_of(rule)
    shown: list[str] = []
    words = strings_of(rule) if kinds & STRING else None
    for kind, name in KINDS.items():
        if not kinds & kind:
            continue
        if kind == STRING and words:
            name = " or ".join([repr(word) for word in words]) if len(words) <= NAMED else f"one of {len(words)} words"
        elif kind == NUMBER and rule.integer:
            name = "an integer"
        elif rule.members is not None and kind & (NUMBER | BOOLEAN):
            values = [member for member in rule.members if judged_kind(member) & kind]
            name = " or ".join([_spelled(value) for value in values]) if len(values) <= NAMED else name
        shown.append(name)
    return " or ".join(shown) if shown else "nothing"


def _spelled(value: object) -> str:
    return "true" if value is True else "false" if value is False else repr(value)
