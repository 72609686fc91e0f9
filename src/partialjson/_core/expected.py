"""What may come next in a document: ``Parser.expected``.

It is computed when somebody asks, from the state of the lexer and the trials of the judge (``judge``). Each trial of
the innermost container makes a ``Claim``, which says what it allows. A trial's own claim is joined with those of its
parts: of parts that all must hold, what all allow; of alternatives, what those that have not failed allow together.
``not`` and ``if`` say nothing. So what is told is never too little, and now and then too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.judge import Judge
from partialjson._core.lexer import Lexer
from partialjson._core.machine import AFTER, COLON, ENDED, FIRST_KEY, FIRST_VALUE, KEY, TEXT, WORD
from partialjson._core.machine import NUMBER as IN_NUMBER
from partialjson._core.rules import ALL, ANY, NOTHING, ONE, Rule, judged_kind
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, STRING
from partialjson._core.trials import INVALID, Level, Trial
from partialjson._core.wording import kinds_of, strings_of

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Expected", "expected_of"]

NAMES: Final = {
    STRING: "string",
    NUMBER: "number",
    BOOLEAN: "boolean",
    NULL: "null",
    OBJECT: "object",
    ARRAY: "array",
}


@final
class Expected:
    """What may come next at one place of a document.

    What can be valid is always in it. The opposite is not promised: keywords that only show at the end, or that concern
    several values, are not looked at.

    Attributes:
        kinds: the types of the value that may begin here, by their names in JSON Schema: "string", "number", "integer",
            "boolean", "null", "object", "array". Inside a string, a number or a word, its own type. Empty where no
            value may begin.
        keys: the keys that the schema names and that may come here, in its order; inside a key, those that go on like
            it.
        other_keys: may other keys come as well?
        required: the keys that the innermost object still needs, before it may close.
        members: the only values that may stand here, if they are known (``enum``, ``const``, true, false, null); inside
            a string, those that go on like it. None if they are not known.
        separators: which of ``:``, ``,``, ``}`` and ``]`` may come.
    """

    __match_args__ = ("kinds", "keys", "required", "members", "separators")

    def __init__(
        self,
        kinds: frozenset[str] = frozenset(),
        keys: tuple[str, ...] = (),
        required: tuple[str, ...] = (),
        members: tuple[Any, ...] | None = None,
        separators: frozenset[str] = frozenset(),
        other_keys: bool = False,
    ) -> None:
        self.kinds = kinds
        self.keys = keys
        self.required = required
        self.members = members
        self.separators = separators
        self.other_keys = other_keys

    def _compared(self) -> tuple[Any, ...]:
        return self.kinds, self.keys, self.required, self.members, self.separators, self.other_keys

    def __eq__(self, other: object) -> bool:
        return self._compared() == other._compared() if isinstance(other, Expected) else NotImplemented

    def __hash__(self) -> int:
        # Members may be unhashable.
        return hash((self.kinds, self.keys, self.required, self.separators))

    def __repr__(self) -> str:
        return (
            f"Expected(kinds={_shown(self.kinds)}, keys={self.keys!r}, required={self.required!r}, "
            f"members={self.members!r}, separators={_shown(self.separators)}, other_keys={self.other_keys!r})"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Expected, self._compared()


def _shown(names: frozenset[str]) -> str:
    return "{" + ", ".join(repr(name) for name in sorted(names)) + "}"


@final
class Claim:
    """What a trial of an open container allows next.

    Attributes:
        kinds, members: the kinds of the member or element that comes, and the only values, if they are known.
        keys: the keys that it names and allows, in order, as the keys of a dict.
        forbidden: keys that it does not allow, though others may come.
        others: may keys come that it does not name?
        required: the keys that are missing.
        may_close, may_go_on: may the container close, and may more come?
    """

    def __init__(self) -> None:
        self.kinds: i64 = ANYTHING
        self.members: list[Any] | None = None
        self.keys: dict[str, bool] = {}
        self.forbidden: set[str] = set()
        self.others = True
        self.required: dict[str, bool] = {}
        self.may_close = True
        self.may_go_on = True

    def allows(self, key: str) -> bool:
        return key in self.keys or (self.others and key not in self.forbidden)

    def meet(self, other: Claim) -> None:
        """Both hold."""
        self.kinds &= other.kinds
        self.members = _common(self.members, other.members)
        named = [*self.keys, *other.keys]
        self.keys = {key: True for key in named if self.allows(key) and other.allows(key)}
        self.forbidden |= other.forbidden
        self.others = self.others and other.others
        self.required.update(other.required)
        self.may_close = self.may_close and other.may_close
        self.may_go_on = self.may_go_on and other.may_go_on


def _union(claims: list[Claim]) -> Claim:
    """One of them holds."""
    made = Claim()
    made.kinds = 0
    made.others = made.may_close = made.may_go_on = False
    members: list[Any] | None = []
    first = True
    for each in claims:
        made.kinds |= each.kinds
        members = None if members is None or each.members is None else members + each.members
        made.keys.update(each.keys)
        made.others = made.others or each.others
        made.may_close = made.may_close or each.may_close
        made.may_go_on = made.may_go_on or each.may_go_on
        if first:
            made.required = each.required.copy()
            made.forbidden = each.forbidden.copy()
        else:
            made.required = {key: True for key in made.required if key in each.required}
            made.forbidden &= each.forbidden
        first = False
    made.members = members
    for key in made.keys:
        made.forbidden.discard(key)
    return made


def expected_of(lexer: Lexer, judge: Judge | None) -> Expected:
    """What may come next, after what a lexer has read; ``judge`` has judged it. None if anything may stand anywhere."""
    tree = lexer.tree
    state = lexer.state
    if state == ENDED:
        return Expected()
    if state == COLON:
        return Expected(separators=frozenset(":"))
    in_object = tree.in_object and bool(tree.containers)
    keys = dict.fromkeys(tree.obj) if in_object else {}
    if in_object and state != AFTER and state != KEY and state != FIRST_KEY and not (state == TEXT and lexer.is_key):
        # The member at hand may not be visible yet.
        keys[tree.key] = None
    claim = _claim(judge, state, keys)
    required = tuple(claim.required) if in_object else ()
    if state == KEY or state == FIRST_KEY or (state == TEXT and lexer.is_key):
        named = tuple(claim.keys)
        others = claim.others
        if state == TEXT:
            named = tuple(key for key in named if key.startswith(lexer.token))
        separators = frozenset("}") if state == FIRST_KEY and claim.may_close else frozenset[str]()
        if state == FIRST_KEY and not claim.may_go_on:
            named = ()
            others = False
        return Expected(keys=named, required=required, separators=separators, other_keys=others)
    if state == AFTER:
        return Expected(required=required, separators=_after(claim, in_object))
    kinds = claim.kinds
    members = claim.members
    separators = frozenset()
    if state == FIRST_VALUE:
        if claim.may_close:
            separators = frozenset("]")
        if not claim.may_go_on:
            kinds = 0
            members = []
    elif state == TEXT:
        kinds &= STRING
        shown: str = tree._current_text()
        members = None if members is None else [each for each in members if _begins(each, shown)]
    elif state == IN_NUMBER or state == WORD:
        kind = NUMBER if state == IN_NUMBER else NULL if lexer.word == "null" else BOOLEAN
        kinds &= kind
        if state == WORD and kind == BOOLEAN and members is not None:
            members = [each for each in members if each is (lexer.word == "true")]
        if state == IN_NUMBER and tree.containers:
            # What ends a number is not part of it.
            separators = _after(claim, in_object)
    if members is not None:
        # Another part may allow only some of their kinds.
        members = [each for each in members if judged_kind(each) & kinds]
    return Expected(_names(kinds), (), required, None if members is None else tuple(members), separators)


def _after(claim: Claim, in_object: bool) -> frozenset[str]:
    """What may come after a value."""
    close = "}" if in_object else "]"
    return frozenset(([","] if claim.may_go_on else []) + ([close] if claim.may_close else []))


def _begins(member: Any, text: str) -> bool:
    return isinstance(member, str) and member.startswith(text)


def _names(kinds: i64) -> frozenset[str]:
    names = {name for kind, name in NAMES.items() if kinds & kind}
    if kinds & NUMBER == INTEGER:
        names.discard("number")
        names.add("integer")
    return frozenset(names)


def _claim(judge: Judge | None, state: i64, keys: dict[str, None]) -> Claim:
    """What is allowed next in the innermost container, which has these keys, or at the root."""
    claim = Claim()
    if judge is None or judge.above > 0:
        return claim
    if judge.is_taken_back:
        judge.drop()
    level = judge.level
    if level is None:
        _add_rule(claim, judge.rule)
        return claim
    if level.is_lost:
        return claim
    is_begun = state == TEXT or state == IN_NUMBER or state == WORD
    index = level.count - 1 if is_begun else level.count
    # Parts come before their owners.
    claims: dict[Trial, Claim] = {}
    for trial in level.trials:
        made = claims[trial] = _own(level, trial, index, keys)
        _join_parts(level, trial, made, claims)
    for trial in level.trials:
        if trial.due:
            claim.meet(claims[trial])
    return claim


def _join_parts(level: Level, trial: Trial, claim: Claim, claims: dict[Trial, Claim]) -> None:
    number: i64
    for number in range(len(trial.rule.groups)):
        role = trial.rule.groups[number].role
        if role != ALL and role != ANY and role != ONE:
            continue
        choices: list[Claim] = []
        for part in level.trials:
            inside = claims.get(part)
            if inside is None or not any(link.owner is trial and link.group == number for link in part.links):
                continue
            if role == ALL:
                claim.meet(inside)
            elif part.verdict != INVALID:
                choices.append(inside)
        # One that holds whatever comes allows anything.
        is_open = role != ALL and trial.states[2 * number] > 0
        if choices and not is_open:
            claim.meet(_union(choices))


def _own(level: Level, trial: Trial, index: i64, keys: dict[str, None]) -> Claim:
    """What the attributes of a rule allow."""
    claim = Claim()
    rule = trial.rule
    if not level.is_object:
        claim.may_close = level.count >= rule.min_items
        if rule.contains is not None and trial.matched < rule.min_contains:
            claim.may_close = False
        claim.may_go_on = rule.most < 0 or level.count < rule.most
        if index < len(rule.prefix):
            _add_rule(claim, rule.prefix[index])
        elif rule.items is not None:
            _add_rule(claim, rule.items)
        return claim
    for key, child in rule.properties.items():
        if child is NOTHING:
            claim.forbidden.add(key)
        elif key not in keys:
            claim.keys[key] = True
    for key in keys:
        claim.forbidden.add(key)
    claim.others = rule.additional is not NOTHING or bool(rule.pattern_props)
    words = None if rule.names is None else strings_of(rule.names)
    if words is not None:
        if claim.others:
            claim.keys = {word: True for word in words if word not in claim.forbidden}
        else:
            claim.keys = {key: True for key in claim.keys if key in words}
        claim.others = False
    claim.required = {key: True for key in rule.required if key not in keys}
    for key, needed in rule.dep_required.items():
        if key in keys:
            claim.required.update({each: True for each in needed if each not in keys})
    claim.may_close = not claim.required and level.count >= rule.min_props
    claim.may_go_on = (rule.max_props < 0 or level.count < rule.max_props) and (claim.others or bool(claim.keys))
    # The value of the member at hand.
    name = level.key
    named = rule.properties.get(name)
    inside = [] if named is None else [named]
    inside += [each for pattern, each in rule.pattern_props if pattern.matches(name)]
    if not inside and rule.additional is not None:
        inside.append(rule.additional)
    for each in inside:
        _add_rule(claim, each)
    return claim


def _add_rule(claim: Claim, rule: Rule) -> None:
    """The value that comes must satisfy a rule."""
    claim.kinds &= kinds_of(rule)
    claim.members = _common(claim.members, members_of(rule))


def _common(some: list[Any] | None, others: list[Any] | None) -> list[Any] | None:
    """The members of both; None stands for all."""
    if some is None:
        return others
    if others is None:
        return some
    return [each for each in some if _is_among(each, others)]


def _is_among(member: Any, members: list[Any]) -> bool:
    return any(judged_kind(each) == judged_kind(member) and each == member for each in members)


def members_of(rule: Rule) -> list[Any] | None:
    """All values that may be valid, as far as they can be listed; None if they cannot."""
    known: dict[Rule, list[Any] | None] = {}
    todo = [rule]
    while todo:
        each = todo[-1]
        if not each.is_finished:
            each.finish()
        unknown = [] if each in known else [part.rule for part in each.parts if part.rule not in known]
        if unknown:
            todo.extend(unknown)
            continue
        todo.pop()
        if each not in known:
            known[each] = _members_in(each, known)
    return known[rule]


def _members_in(rule: Rule, known: dict[Rule, list[Any] | None]) -> list[Any] | None:
    if rule.choices is not None:
        members: list[Any] | None = [each for each in rule.choices if rule.kinds & judged_kind(each)]
    elif not rule.kinds & ~(NULL | BOOLEAN):
        members = [True, False] if rule.kinds & BOOLEAN else []
        if rule.kinds & NULL:
            members.append(None)
    elif rule.words is not None and not rule.kinds & ~(STRING | NULL | BOOLEAN):
        members = [*rule.spelled] if rule.kinds & STRING else []
        if rule.kinds & BOOLEAN:
            members += [True, False]
        if rule.kinds & NULL:
            members.append(None)
    else:
        members = None
    number: i64
    for number in range(len(rule.groups)):
        role = rule.groups[number].role
        if role == ALL:
            for part in rule.parts:
                if part.group == number:
                    members = _common(members, known[part.rule])
        elif role == ANY or role == ONE:
            some: list[Any] | None = []
            for part in rule.parts:
                inside = known[part.rule]
                if part.group == number:
                    if some is None or inside is None:
                        some = None
                    else:
                        some = some + [each for each in inside if not _is_among(each, some)]
            members = _common(members, some)
    return members
