"""From rules to plans: how a document is read that may be coerced to fit its schema.

Where nothing is coerced, a JSON Schema has no plan: values stay as they are, and the judge's verdict on the document is
its own. A parser that coerces has to know more: what each place holds once it has closed, and whether that is valid
there. So here is a plan for each *place*, a set of rules that hold together (``specs``). It settles to the plain JSON
value, or to a ``Failure`` with jsonschema's errors.

*Followed inside* is an object or an array whose verdict is that of its children, and of what can be seen without them:
its keys, its length. Its children settle, and perhaps are coerced, one by one. When it closes, its *bones* are judged:
the same rules without those for children, on a value with nothing in it. So each part of a document is judged once, and
the cost stays linear (law 7). A choice is followed like the only branch that an object or an array can belong to, or
waits for a tag (``Switch``).

*Some members count twice.* What ``if``, ``not`` and ``dependentSchemas`` look into can be judged only when the object
closes. These members wait for it as text (``RAW``), and are shown with it.

*As a whole* settles everything else: a choice between several objects that no tag tells apart, ``contains``,
``unevaluatedProperties``, and conditions that speak of members without naming them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Final

from partialjson._core.judge import is_valid
from partialjson._core.plan import RAW, Child, Failure, Plan, RawText, Shape, Switch
from partialjson._core.rules import ALL, ANY, NOTHING, ONE, Group, Rule
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, STRING
from partialjson.schema.specs import Gathered, Source, Specs
from partialjson.schema.values import comparable

__all__ = ["Plans", "Refuse"]

Rules = Sequence[Rule]
Refuse = Callable[[Rules, Any], Failure]
"""Makes the failure of a value that breaks some of these rules."""

_MOST_PLANS: Final = 10_000
"""Rules may hold together in more ways than there are rules. What is beyond this settles as a whole."""
_MOST_KEYS: Final = 1000
"""Of so many keys that match patterns, each object of a schema remembers the plans."""


class Plans:
    """The plans of one schema.

    Args:
        specs: describes the same schema.
        refuse: makes the failures of values inside a document.
    """

    def __init__(self, specs: Specs, refuse: Refuse) -> None:
        self._specs = specs
        self._refuse = refuse
        self._made: dict[tuple[Any, ...], Plan] = {}
        self._todo: list[tuple[Plan, _Place]] = []
        # Plans are shared by threads, and none may see one that is not complete.
        self._lock = Lock()

    def root(self, rule: Rule, refuse: Refuse) -> Plan:
        """The plan of whole documents; ``refuse`` makes their failures."""
        with self._lock:
            # Not remembered: the same rule may stand inside the document too.
            plan = self._new(_Place(Source((rule,)), (rule,), refuse))
            self._complete()
        return plan

    def _complete(self) -> None:
        while self._todo:
            plan, place = self._todo.pop()
            if len(self._made) <= _MOST_PLANS:
                self._fill(plan, place)

    def _plan(self, source: Source, rules: Rules | None = None) -> Plan:
        """The plan of a source, which may have to be completed yet; ``rules`` are those of its place, if it is a branch
        of a choice there."""
        key = (source.key(), None if rules is None else tuple(map(id, rules)))
        plan = self._made.get(key)
        if plan is None:
            plan = self._made[key] = self._new(_Place(source, rules or source.rules, self._refuse))
        return plan

    def _new(self, place: _Place) -> Plan:
        def settle_value(value: Any, run: Any) -> Any:
            return value if all(is_valid(rule, value) for rule in place.rules) else place.failure(value)

        plan = Plan(lambda text, run: settle_value(json.loads(text), run))
        plan.settle_value = settle_value
        plan.by_value = ANYTHING
        plan.spec = self._specs.of(place.source)
        self._todo.append((plan, place))
        return plan

    def _fill(self, plan: Plan, place: _Place) -> None:
        plan.exact = self._exact(place.source)
        plan.preview = self._previews(plan)
        if not plan.exact & ARRAY:
            gathered, branches = self._at(place.source, ARRAY)
            if not branches and _is_followed(gathered, ARRAY):
                plan.array = self._array(gathered, place)
        if not plan.exact & OBJECT:
            gathered, branches = self._at(place.source, OBJECT)
            if branches:
                plan.switch = self._switch(branches, place)
            elif _is_followed(gathered, OBJECT):
                plan.object = self._object(gathered, place)

    # Which rules hold.

    def _at(self, source: Source, kind: int) -> tuple[Gathered, list[Source]]:
        """What holds for values of one kind at a source, and the branches that are left to choose from.

        A choice that only asks which keys there are is left to the bones, if it is about objects.
        """
        narrowed = source.only(kind)
        while kind == OBJECT:
            of_keys = {id(group) for group, rules in Gathered(narrowed).choices if _asks_for_keys(rules)}
            if not of_keys:
                break
            narrowed = Source(source.rules, narrowed.settled | of_keys, narrowed.kinds)
        gathered, branches, _ = self._specs.settle(narrowed)
        return gathered, branches

    def _exact(self, source: Source) -> int:
        """The kinds of which every value is valid."""
        exact = 0
        for kind in (STRING, NUMBER, BOOLEAN, NULL, OBJECT, ARRAY):
            gathered, branches, _ = self._specs.settle(source.only(kind))
            if branches or gathered.kinds & kind == 0 or gathered.choices or any(map(_conditions, gathered.rules)):
                continue
            rules = gathered.rules
            if all(rule.settled & kind == kind for rule in rules):
                exact |= kind
            elif kind == NUMBER and all(rule.settled & kind == kind or _only_integer(rule) for rule in rules):
                exact |= INTEGER
        return exact

    def _previews(self, plan: Plan) -> bool:
        """Does a string stay what it is, valid or not?"""
        assert plan.spec is not None
        spec = plan.spec.filled()
        if not spec.kinds & STRING or any(leaf.kinds & STRING and leaf.words is not None for leaf in spec.leaves()):
            return False
        # A string that is refused may be read as a number or null, where there is one.
        return bool(plan.exact & STRING) or spec.kinds & ~(OBJECT | ARRAY) == STRING

    # What is followed inside.

    def _switch(self, branches: list[Source], place: _Place) -> Switch | None:
        """The choice between objects that one member decides, if there is such a member."""
        key, tagged = self._specs.tags(branches)
        if key is None:
            return None
        plans = {(type(word), word): self._plan(each, place.rules) for word, each in tagged.items()}

        def decide(text: str, run: Any) -> Plan | None:
            told = json.loads(text)
            plan = plans.get((type(told), told)) if isinstance(told, str | int) else None
            return None if plan is None or (plan.object is None and plan.switch is None) else plan

        return Switch(key, decide)

    def _object(self, gathered: Gathered, place: _Place) -> Shape:
        rules = gathered.rules
        keys = {key: None for rule in rules for key in (*rule.properties, *rule.required)}
        late = _looked_into(rules)
        children: dict[str, Child] = {}
        for key in keys | dict.fromkeys(late):
            told = gathered.under(key)
            if NOTHING not in told:
                children[key] = Child(key, self._plan(Source(tuple(told))), RAW if key in late else 0)
        closed = any(rule.additional is NOTHING for rule in rules)
        # Does it depend on its name what another member may be?
        differ = any(rule.pattern_props for rule in rules) or any(NOTHING in gathered.under(key) for key in keys)
        forbids = closed or differ
        others = [rule.additional for rule in rules if rule.additional is not None]
        required = frozenset(key for rule in rules for key in rule.required)
        bones = [made for rule in rules if (made := _bones(rule, gathered)) is not None]
        raw = {key: tuple(gathered.under(key)) for key in late}

        def is_whole(made: dict[str, Any]) -> bool:
            if not required <= made.keys():
                return False
            if forbids and any(key not in children and NOTHING in gathered.under(key) for key in made):
                return False
            for key, told in raw.items():
                if key in made and not all(is_valid(rule, made[key]) for rule in told):
                    return False
            if not bones:
                return True
            empty = {key: each if key in raw else True for key, each in made.items()}
            return all(is_valid(rule, empty) for rule in bones)

        def close(names: list[str | int], settled: list[Any], value: Any, run: Any) -> Any:
            made: dict[str, Any] = {}
            failed: set[str] = set()
            for name, child in zip(names, settled, strict=True):
                key = str(name)
                failed.discard(key)
                if isinstance(child, Failure):
                    failed.add(key)
                    made[key] = value[key]
                else:
                    made[key] = json.loads(child.text) if isinstance(child, RawText) else child
            return made if not failed and is_whole(made) else place.failure(made)

        rest = None if closed and not differ else self._plan(Source(tuple(others)))
        shape = Shape(close, children, rest)
        if differ:
            shape.others = self._by_key(gathered)
        shape.keeps_unnamed = bool(keys) and not closed and not gathered.speaks_of_others()
        is_loose = not (required or forbids or bones)
        if not late:
            shape.is_plain = is_loose
            shape.is_direct = not forbids
            if not is_loose:
                shape.quick = lambda last, run: last if is_whole(last) else None
        return shape

    def _by_key(self, gathered: Gathered) -> Callable[[str], Plan | None]:
        """The plans of an object's members where patterns say which one it is; None for a key that is forbidden."""
        known: dict[str, Plan | None] = {}

        def plan_of(key: str) -> Plan | None:
            if key in known:
                return known[key]
            told = gathered.under(key)
            plan: Plan | None = None
            if NOTHING not in told:
                with self._lock:
                    plan = self._plan(Source(tuple(told)))
                    self._complete()
            if len(known) < _MOST_KEYS:
                known[key] = plan
            return plan

        return plan_of

    def _array(self, gathered: Gathered, place: _Place) -> Shape:
        rules = gathered.rules
        places: list[list[Rule]] = []
        for index in range(max(len(rule.prefix) for rule in rules) + 1):
            told = [rule.prefix[index] if index < len(rule.prefix) else rule.items for rule in rules]
            places.append([each for each in told if each is not None])
        plans = [None if NOTHING in told else self._plan(Source(tuple(told))) for told in places]
        least = max(rule.min_items for rule in rules)
        limits = [rule.max_items for rule in rules if rule.max_items >= 0]
        limits += [plans.index(None)] if None in plans else []
        most = min(limits, default=-1)
        unique = any(rule.unique for rule in rules)

        def close(names: list[str | int], settled: list[Any], value: Any, run: Any) -> Any:
            has_failed = any(isinstance(child, Failure) for child in settled)
            made = [value[at] if isinstance(child, Failure) else child for at, child in enumerate(settled)]
            if has_failed or len(made) < least or 0 <= most < len(made):
                return place.failure(made)
            if unique and len({comparable(each) for each in made}) < len(made):
                return place.failure(made)
            return made

        items = [Child("", plan) for plan in plans[:-1]]
        shape = Shape(close, {}, plans[-1], None, items)
        shape.is_plain = shape.is_direct = least <= 0 and most < 0 and not unique
        return shape


class _Place:
    """A place of the document: what may stand there, and who says what is wrong.

    Args:
        source: the rules that hold, with the choices that are settled.
        rules: those to be blamed.
        refuse: makes the failures.
    """

    __slots__ = ("_refuse", "rules", "source")

    def __init__(self, source: Source, rules: Rules, refuse: Refuse) -> None:
        self.source = source
        self.rules = rules
        self._refuse = refuse

    def failure(self, value: Any) -> Failure:
        """The failure of a value that is not valid here."""
        return self._refuse(self.rules, value)


# Questions about rules.


def _is_followed(gathered: Gathered, kind: int) -> bool:
    """Is the verdict on containers of this kind that of their children and their bones?"""
    if not gathered.kinds & kind or gathered.choices:
        return False
    for rule in gathered.rules:
        if rule.checked & kind:
            return False
        if kind == OBJECT:
            if rule.uneval_props is not None or any(_looks_into(each) is None for each in _conditions(rule)):
                return False
        elif rule.uneval_items is not None or rule.contains is not None or _conditions(rule):
            return False
    return True


def _conditions(rule: Rule) -> list[Rule]:
    """The parts of a rule that neither hold in any case nor are branches of a choice."""
    return [part.rule for part in rule.parts if rule.groups[part.group].role not in (ALL, ANY, ONE)]


def _asks_for_keys(rules: list[Rule]) -> bool:
    """Is a choice between these, for an object, only one between the keys that it has?"""
    return all(rule.kinds & OBJECT and _looks_into(rule) == set() for rule in rules)


def _looks_into(rule: Rule) -> set[str] | None:
    """The members of an object whose values a rule looks at, with its parts; None if it does not name them all."""
    found: set[str] = set()
    todo = [rule]
    while todo:
        each = todo.pop()
        is_open = each.additional is None and not each.pattern_props and each.uneval_props is None
        if not is_open or each.checked & OBJECT:
            return None
        found.update(each.properties)
        todo.extend(part.rule for part in each.parts)
    return found


def _looked_into(rules: list[Rule]) -> list[str]:
    """The members that are judged when their object closes."""
    found: dict[str, None] = {}
    for rule in rules:
        for condition in _conditions(rule):
            found |= dict.fromkeys(sorted(_looks_into(condition) or ()))
    return list(found)


def _bones(rule: Rule, gathered: Gathered) -> Rule | None:
    """A rule of an object without what it says of the members; None if nothing is left but the keys that it needs."""
    bones = Rule(rule.where, rule.origin)
    bones.names = rule.names
    bones.dep_required = rule.dep_required
    bones.min_props = rule.min_props
    bones.max_props = rule.max_props
    for index, group in enumerate(rule.groups):
        if _is_left(group, gathered, rule):
            made = bones.group(group.role, group.keyword)
            for part in rule.parts:
                if part.group == index:
                    bones.add(made, part.rule, part.role, part.key)
    bones.finish()
    return None if bones.certain & OBJECT else bones


def _is_left(group: Group, gathered: Gathered, rule: Rule) -> bool:
    """Is a group neither drawn in nor settled to one of its branches?"""
    if group.role == ALL:
        return False
    if group.role not in (ANY, ONE):
        return True
    parts = [part.rule for part in rule.parts if rule.groups[part.group] is group]
    return id(group) in gathered.source.settled and _asks_for_keys(parts)


def _only_integer(rule: Rule) -> bool:
    """Is all that a rule demands of a number that it is an integer?"""
    numbers = rule.numbers
    bounds = (rule.minimum, rule.exclusive_minimum, rule.maximum, rule.exclusive_maximum, rule.multiple_of)
    has_more = rule.members is not None or rule.checked & NUMBER or any(bound is not None for bound in bounds)
    return numbers is not None and rule.integer and not has_more and bool(rule.kinds & NUMBER)
