"""The judge: holds a document against a rule while it is being written.

A driver tells it what comes: a value of some kind begins, characters of a string or a number, a key, a comma, a value
closes. The judge says two things. At each close: is the value valid (``culprit``)? And at once: at which character did
it become certain that it cannot be (``findings``)? Verdicts at the close are exact, and need nothing but the closed
scalars and the structure. What it is told of single characters only lets it know earlier.

*Trials.* A rule held against one open value is a ``Trial``: UNKNOWN, VALID or INVALID, the last two whatever comes. A
trial reports its verdict to its owners, and what that means for them is the *role* of the link between them: the roles
of parts (``rules``) for owners that look at the same value, and four roles for trials of the container around it:

    CHILD     the value must be valid: a member, an element
    SPARE     the same, but an invalid one will be left out
    NAME      the key must be valid
    CONTAINS  the valid ones are counted
    UNEVAL    the value must be valid unless something else evaluates it

A rule is tried once at a value, whoever asks for it, so unions that lead back to themselves cost no more with depth.
All parts start at the beginning of the value, also ``then``, ``else`` and ``dependentSchemas``, which count only later:
members that came before the decision have been judged by then.

*Levels.* The judge is a stack of open containers, each with its trials, and the trials of the open scalar. A scalar
that one rule without parts is asked about needs no trial of its own; most scalars are like that. Where nothing is left
to be decided, containers are only counted.

*Who says what is wrong.* A trial is *due* if its failure is the document's: the root's, and from there on members,
elements, and parts that its owner needs: those that all must hold, the last one left of several, ``then`` once ``if``
holds. A due trial that fails by itself says so, with the keyword, the place and the
offset. One that fails because of a due part or child says nothing, since that has said it, and goes on, so that what
else is wrong is found as well. A trial that is not due reports to its owners and is done with.

*Order.* At a close, parts come before their owners: trials are taken by the height of their rules. Reports are worked
off one by one, never by recursion, and what characters show is applied in the order of the characters. So neither the
verdict nor what is found depends on the chunks.

*Repeated keys.* That a key comes again is not expected: what is certain is certain but for that. An object in which it
does happen is *lost*. What its open contents had decided in the containers around it is taken back (each level keeps a
log), nothing more is decided inside, and when it closes it is judged again, from its value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast, final

from partialjson._core.digits import Digits
from partialjson._core.faults import (
    fault_of,
    fault_of_array,
    fault_of_object,
    has_all_keys,
    identity,
    is_welcome,
    mentions,
    narrow_keys,
    narrow_words,
    rule_for_member,
    still_missing,
)
from partialjson._core.patterns import State
from partialjson._core.rules import ALL, ANY, DEP, ELSE, IF, NOT, NOTHING, ONE, THEN, Rule, judged_kind
from partialjson._core.source import Source
from partialjson._core.spec import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING
from partialjson._core.trials import (
    CHILD,
    CONTAINS,
    INVALID,
    LACKING,
    NAME,
    NO_KEYS,
    NO_LINK,
    NO_LINKS,
    NO_MEMOS,
    NO_MORE,
    NO_NAMES,
    NO_TRIALS,
    REFUSED,
    REPEATED,
    SPARE,
    TOO_FEW,
    TOO_MANY,
    UNEVAL,
    UNKNOWN,
    VALID,
    Finding,
    KeyChoice,
    Level,
    Link,
    Memo,
    Need,
    Trial,
    add_due,
    allows,
    condition,
    culprit_among,
    forbids,
    gather,
    height_of,
    is_wanted,
    may_evaluate,
    note_evaluated,
    note_place,
    number_of,
)
from partialjson._core.wording import (
    check_msg,
    contains_keyword,
    contains_msg,
    expected,
    fault_msg,
    keyword_of_kind,
    kind_msg,
    kinds_of,
    number_msg,
    strings_of,
    uneval_keyword,
    uneval_msg,
)

if TYPE_CHECKING:
    from mypy_extensions import i64


# With more words than this, none is predicted.
GUESSED: Final = 64


# No depth.
NEVER: Final = 2**60
# No offset: that of the quote with which the open string closes, computed if anybody needs it.
CLOSING: Final = -2


@final
class Judge:
    """Judges one document by one rule.

    Args:
        rule: what the root must satisfy.
        source: the text, from the beginning of the open token at least. None if nobody asks for offsets.
        predicts: find open strings of which only one word is left.
        skips: will an invalid element of an array be left out?

    Attributes:
        findings: what was found since somebody took it away; see ``take``.
        culprit: after a close, the rule that the value breaks; None if it is valid as far as it is judged by itself.
        interested: is there anything to be decided in the innermost container?
        token: the offset of the open string, key or number; -1 outside.
    """

    def __init__(self, rule: Rule, source: Source | None, predicts: bool = False, skips: bool = False) -> None:
        self.rule: Final = rule
        self.source: Final = source
        self.predicts: Final = predicts
        self.skips: Final = skips
        self.findings: list[Finding] = []
        self.culprit: Rule | None = None
        self.token: i64 = -1
        self.levels: list[Level] = []
        self.level: Level | None = None
        # The level that is being closed, which is no longer on the stack.
        self.closing: Level | None = None
        # The number of open containers inside the innermost level, in which nothing is decided; and the rule that the
        # outermost of them breaks.
        self.above: i64 = 0
        self.above_culprit: Rule | None = None
        # The open scalar: its kind, its trials, what was asked about it; how many of its characters were examined.
        self.kind: i64 = 0
        self.trials: list[Trial] = NO_TRIALS
        self.asks: list[Link] = NO_LINKS
        self.walked: i64 = 0
        self.digits: Digits | None = None
        # For a scalar about which only one rule is asked.
        self.solo_link: Final = Link(None, CHILD, 0, "", NOTHING)
        self.solo: Final = Trial(NOTHING, 0, 0, True, [self.solo_link])
        self.solo_trials: Final = [self.solo]
        # The open key: the trials of its name, the choices, how many of its characters were examined.
        self.key_trials: list[Trial] = NO_TRIALS
        self.choices: list[KeyChoice] = []
        self.key_is_open = False
        self.key_walked: i64 = 0
        self.key_start: i64 = -1
        # Which words are left for the open string, if one of few must come.
        self.guesses: list[str] = NO_NAMES
        # Is a scalar open? And what happened since it began to trials of the containers around it.
        self.in_scalar = False
        self.scalar_log: list[Memo] = []
        # Was it dropped? That is only noted, and seen to at the next call.
        self.is_taken_back = False
        # Decided trials whose owners have to be told.
        self.todo: list[Trial] = []
        # Parts that their owners have come to need.
        self.narrowed: list[Need] = []
        # The trials of the value that is just beginning.
        self.starting: list[Trial] = NO_TRIALS
        # Where something is found: an offset, or a character of the token.
        self.pos: i64 = 0
        self.at: i64 = -1
        # For CLOSING, the length of the string; and what it begins with, up to the last character that broke a member.
        self.length: i64 = 0
        self.beginning = ""
        # The offset of the last value that began.
        self.start: i64 = 0
        # Nothing is said about values at this depth or deeper.
        self.muted_from: i64 = NEVER

    def take(self) -> list[Finding]:
        """The findings, each once."""
        findings = self.findings
        self.findings = []
        return findings

    def loosen(self) -> None:
        """What comes in the container that has just begun will be dropped."""
        level = self.level
        if level is not None and self.above == 0:
            level.is_loose = True
            level.seen = None
            if level.is_object and not level.needs_keys:
                level.needs_keys = True
                level.keys = set()

    def counts(self) -> None:
        """It will be told which elements of the array that has just begun are left out by a validator."""
        if self.level is not None and self.above == 0:
            self.level.is_counted = True

    def omits(self) -> None:
        """The element that has just closed was left out."""
        if self.level is not None and self.above == 0:
            self.level.omitted += 1

    # A value begins.

    def begin(self, kind: i64, value: object, pos: i64) -> None:
        """A value of this JSON kind begins at ``pos``; ``value`` is that of true, false and null, known by then."""
        if self.is_taken_back:
            self.drop()
        self.culprit = None
        self.start = pos
        is_container = kind & (OBJECT | ARRAY) != 0
        if self.above > 0:
            if is_container:
                self.above += 1
            return
        self.pos = pos
        self.at = -1
        self.in_scalar = not is_container
        level = self.level
        if level is None:
            self._start([Link(None, CHILD, 0, "", self.rule)], kind, value)
            return
        if level.is_lost:
            if is_container:
                self.above = 1
                self.above_culprit = None
            return
        if not level.is_object:
            self._element_begins(level)
        if level.dirty:
            self._refresh(level)
        only = level.only
        if only is None:
            asks: list[Link] = []
            for trial in level.live:
                self._ask(level, trial, asks)
            if asks:
                self._start(asks, kind, value)
            elif is_container:
                self.above = 1
                self.above_culprit = None
            return
        rule = rule_for_member(only.rule, level)
        if rule is not None and not rule.is_finished:
            rule.finish()
        if rule is None or rule.certain & kind:
            if is_container:
                self.above = 1
                self.above_culprit = None
            return
        if not is_container and only.due and not rule.parts:
            self._start_solo(level, only, rule, kind, value)
            return
        key: str | int = level.key if level.is_object else level.count - 1
        if is_container and only.due and not rule.parts and kind & rule.kinds & rule.member_kinds:
            # The commonest container: there is nothing to be found out at its beginning.
            links = [Link(only, self._role_of(only.rule, level), 0, key, rule)]
            trials = [Trial(rule, len(self.levels), kind, True, links)]
            self._push(kind, links, trials, None)
            opened = self.level
            assert opened is not None
            # As ``_refresh`` would have it.
            opened.dirty = False
            opened.live = trials
            opened.only = trials[0] if rule.is_plain else None
            return
        self._start([Link(only, self._role_of(only.rule, level), 0, key, rule)], kind, value)

    def _role_of(self, rule: Rule, level: Level) -> i64:
        if self.skips and not level.is_object and level.count > len(rule.prefix):
            return SPARE
        return CHILD

    def _start_solo(self, level: Level, owner: Trial, rule: Rule, kind: i64, value: object) -> None:
        """Begin a scalar about which one rule without parts is asked, and that is due."""
        solo = self.solo
        solo.rule = rule
        solo.depth = len(self.levels)
        solo.kind = kind
        solo.verdict = UNKNOWN
        solo.high = -1
        solo.state = None
        solo.is_looking = True
        solo.own = UNKNOWN
        link = self.solo_link
        link.owner = owner
        link.rule = rule
        link.role = self._role_of(owner.rule, level)
        link.is_done = False
        if not kind & rule.kinds & rule.member_kinds:
            # Where a key allows nothing, that was found at the key.
            is_said = rule is NOTHING and level.is_object
            self._fail(solo, keyword_of_kind(rule, kind), kind_msg(rule, kind), is_said)
            self._tell_owners()
            self.culprit = rule
            return
        if kind & (BOOLEAN | NULL):
            self._decide_one(solo, value)
            if solo.verdict == INVALID:
                self._tell_owners()
                self.culprit = rule
            return
        self._open_scalar(kind, self.solo_trials, NO_LINKS)

    def _open_scalar(self, kind: i64, trials: list[Trial], asks: list[Link]) -> None:
        self.kind = kind
        self.trials = trials
        self.asks = asks
        self.walked = 0
        self.token = self.pos
        self.digits = None
        self.guesses = NO_NAMES
        if kind == STRING and self.predicts:
            self._guess()

    def _ask(self, level: Level, trial: Trial, asks: list[Link]) -> None:
        """What a trial of the innermost container asks about the member or element that begins."""
        rule = trial.rule
        key: str | int
        if level.is_object:
            name = key = level.key
            is_known = False
            if name in rule.overridden and any(other in level.keys for other in rule.overridden[name]):
                # Another key has come that counts instead.
                return
            child = rule.properties.get(name)
            if child is not None:
                is_known = True
                asks.append(Link(trial, CHILD, 0, key, child))
            for pattern, child in rule.pattern_props:
                if pattern.matches(name):
                    is_known = True
                    asks.append(Link(trial, CHILD, 0, key, child))
            rest = rule.additional
            if not is_known and rest is not None:
                is_known = True
                # A key that must not be there has been refused itself.
                if rest is not NOTHING:
                    asks.append(Link(trial, CHILD, 0, key, rest))
            if rule.keeps:
                if is_known:
                    note_evaluated(trial, key)
                elif rule.uneval_props is not None:
                    asks.append(Link(trial, UNEVAL, 0, key, rule.uneval_props))
            return
        index = level.count - 1
        key = index
        if index < len(rule.prefix):
            asks.append(Link(trial, CHILD, 0, key, rule.prefix[index]))
            if rule.keeps:
                note_evaluated(trial, key)
        elif rule.items is not None:
            # So have elements that must not be there.
            if rule.items is not NOTHING:
                asks.append(Link(trial, SPARE if self.skips else CHILD, 0, key, rule.items))
            if rule.keeps:
                note_evaluated(trial, key)
        elif rule.uneval_items is not None:
            asks.append(Link(trial, UNEVAL, 0, key, rule.uneval_items))
        if rule.contains is not None:
            asks.append(Link(trial, CONTAINS, 0, key, rule.contains))

    def _start(self, asks: list[Link], kind: i64, value: object) -> None:
        """Begin a value about which all this is asked."""
        depth: i64 = len(self.levels)
        is_container = kind & (OBJECT | ARRAY) != 0
        trials, culprit = self._begin_trials(asks, kind, value, depth)
        if not is_container:
            if trials and kind & (STRING | NUMBER):
                self._open_scalar(kind, trials, asks)
            self.culprit = culprit or culprit_among(trials)
            return
        if not trials:
            self.above = 1
            self.above_culprit = culprit
            return
        self._push(kind, asks, trials, culprit)

    def _push(self, kind: i64, asks: list[Link], trials: list[Trial], culprit: Rule | None) -> None:
        """A container is open, and these are its trials."""
        level = Level(kind == OBJECT, asks, trials)
        level.culprit = culprit
        for trial in trials:
            rule = trial.rule
            # For a start; ``_refresh`` knows it exactly.
            level.minds_commas = level.minds_commas or rule.minds_commas
            level.is_choosy = level.is_choosy or (rule.is_choosy and level.is_object)
            level.minds_keys = level.minds_keys or rule.minds_keys
            if kind == ARRAY:
                if rule.unique:
                    level.seen = {}
            elif rule.needs_keys and not level.needs_keys:
                level.needs_keys = True
                level.keys = set()
        self.levels.append(level)
        self.level = level

    def _begin_trials(self, asks: list[Link], kind: i64, value: object, depth: i64) -> tuple[list[Trial], Rule | None]:
        """Begin trials for all that is asked about a value, and for their parts. Returns those that are needed, and a
        rule that is due and fails at once."""
        trials: list[Trial] = []
        self.starting = trials
        started: dict[Rule, Trial] = {}
        culprit: Rule | None = None
        pending = asks.copy()
        i: i64 = 0
        while i < len(pending):
            link = pending[i]
            i += 1
            rule = link.rule
            if not rule.is_finished:
                rule.finish()
            if not kind & rule.kinds & rule.member_kinds:
                due = link.is_due()
                keyword = keyword_of_kind(rule, kind)
                msg = kind_msg(rule, kind)
                if due:
                    # Where a key allows nothing, that was found at the key.
                    is_said = rule is NOTHING and link.role == CHILD and link.owner is not None and _is_name(link.key)
                    if not is_said:
                        self._say(depth, keyword, msg)
                    if link.role >= CHILD and link.role <= SPARE:
                        culprit = rule
                self._report(link, INVALID, due, keyword, msg)
                continue
            if rule.certain & kind:
                self._report(link, VALID, False, "", "")
                continue
            trial = started.get(rule)
            if trial is not None:
                trial.links.append(link)
                self._joined(trial, link)
                continue
            trial = Trial(rule, depth, kind, link.is_due(), [link])
            started[rule] = trial
            trials.append(trial)
            groups: i64 = len(rule.groups)
            if groups > 0:
                trial.waiting += groups
                trial.states = [0] * (2 * groups)
                self._begin_parts(trial, pending)
            if kind & (BOOLEAN | NULL):
                self._decide_one(trial, value)
            elif rule.settled & kind:
                trial.own = VALID
                trial.is_looking = False
                self._satisfied(trial)
        self._tell_owners()
        self.starting = NO_TRIALS
        trials = [trial for trial in trials if trial.is_live()]
        if len(trials) > 1:
            trials.sort(key=height_of)
        return trials, culprit

    def _begin_parts(self, trial: Trial, pending: list[Link]) -> None:
        rule = trial.rule
        for part in rule.parts:
            if part.role != DEP or trial.kind == OBJECT:
                link = Link(trial, part.role, part.group, part.key, part.rule)
                pending.append(link)
        i: i64
        for i in range(len(rule.groups)):
            role = rule.groups[i].role
            if role == IF:
                # Without ``then`` or ``else``, that holds.
                absent: i64 = 3 * VALID + 9 * VALID
                for part in rule.parts:
                    if part.group == i and part.role != IF:
                        absent -= 3 * VALID if part.role == THEN else 9 * VALID
                trial.states[2 * i] = absent
                if condition(absent) == VALID:
                    self._satisfied(trial)
            elif role == DEP and trial.kind != OBJECT:
                self._satisfied(trial)

    def _joined(self, trial: Trial, link: Link) -> None:
        """A second owner has asked for a trial that is there."""
        if link.is_due():
            self._becomes_due(trial)
        if trial.verdict != UNKNOWN and trial not in self.todo:
            self._report(link, trial.verdict, link.is_due(), trial.keyword, trial.msg)

    def _becomes_due(self, trial: Trial) -> None:
        """A trial, and the parts that it needs all of, are the document's from now on."""
        todo = [trial]
        while todo:
            each = todo.pop()
            if each.due:
                continue
            self._log(each, NO_LINK)
            each.due = True
            told = False
            for part in self._beside(each):
                for link in part.links:
                    if link.owner is each and (link.role == ALL or link.is_needed):
                        todo.append(part)
                        told = told or part.verdict == INVALID
            if each.verdict == INVALID and not told:
                self._say(each.depth, each.keyword, each.msg)
            # What is open inside it, and was begun before.
            i: i64
            for i in range(each.depth + 1, len(self.levels)):
                add_due(self.levels[i].trials, todo)
            if self.token >= 0 and each.depth < len(self.levels):
                add_due(self.trials, todo)

    # Reports.

    def _tell_owners(self) -> None:
        """Tell the owners of what was decided, and theirs."""
        todo = self.todo
        while todo or self.narrowed:
            i: i64 = 0
            while i < len(todo):
                trial = todo[i]
                i += 1
                for link in trial.links:
                    role = link.role
                    is_said = trial.due and (role == ALL or role == CHILD or role == NAME or link.is_needed)
                    self._report(link, trial.verdict, is_said, trial.keyword, trial.msg)
            if i > 0:
                todo.clear()
            if self.narrowed:
                narrowed = self.narrowed
                self.narrowed = []
                for need in narrowed:
                    self._need(need)

    def _need(self, need: Need) -> None:
        """An owner needs a part from now on."""
        owner = need.owner
        for part in self._beside(owner):
            if part.verdict != UNKNOWN:
                continue
            for link in part.links:
                if link.owner is owner and link.group == need.group and need.means(link):
                    self._log(part, link)
                    link.is_needed = True
                    if owner.due:
                        self._becomes_due(part)

    def _beside(self, trial: Trial) -> list[Trial]:
        """All trials of the value that a trial is about."""
        starting = self.starting
        if starting and starting[0].depth == trial.depth and starting[0].kind == trial.kind:
            return starting
        if trial.kind & (OBJECT | ARRAY):
            if trial.depth < len(self.levels):
                return self.levels[trial.depth].trials
            return NO_TRIALS if self.closing is None else self.closing.trials
        return self.trials if trial.depth == len(self.levels) else self.key_trials

    def _report(self, link: Link, verdict: i64, is_said: bool, keyword: str, msg: str) -> None:
        """The rule of a link is VALID or INVALID; ``is_said`` if that was found as the document's fault."""
        owner = link.owner
        if owner is None or link.is_done or not (owner.verdict == UNKNOWN or owner.due or owner.rule.keeps):
            return
        role = link.role
        if role == CHILD or role == NAME:
            if verdict == INVALID:
                self._log(owner, link)
                link.is_done = True
                self._fail(owner, keyword, msg, is_said)
            return
        if role == SPARE:
            return
        self._log(owner, link)
        link.is_done = True
        if role == CONTAINS:
            self._report_contains(owner, link, verdict)
        elif role == UNEVAL:
            if verdict == INVALID:
                self._report_uneval(owner, link)
        else:
            self._report_part(owner, link, verdict, is_said, keyword, msg)

    def _report_part(self, owner: Trial, link: Link, verdict: i64, is_said: bool, keyword: str, msg: str) -> None:
        rule = owner.rule
        group = rule.groups[link.group]
        states = owner.states
        valid: i64 = 2 * link.group
        invalid = valid + 1
        role = group.role
        if role == ALL:
            if verdict == INVALID:
                self._fail(owner, keyword, msg, is_said)
            else:
                states[valid] += 1
                if states[valid] == group.size:
                    self._satisfied(owner)
        elif role == ANY or role == ONE:
            states[valid if verdict == VALID else invalid] += 1
            if states[invalid] == group.size:
                if is_said:
                    self._fail(owner, keyword, msg, True)
                else:
                    self._fail(owner, group.keyword, self._no_branch_msg(owner, group.keyword), False)
            elif states[invalid] == group.size - 1 and states[valid] == 0:
                self.narrowed.append(Need(owner, link.group, -1, ""))
            elif role == ANY:
                if verdict == VALID and states[valid] == 1:
                    self._satisfied(owner)
            elif states[valid] == 2 and verdict == VALID:
                self._fail(
                    owner, group.keyword, "expected exactly one alternative to fit, and more than one does", False
                )
            elif states[valid] + states[invalid] == group.size and states[valid] == 1:
                self._satisfied(owner)
        elif role == NOT:
            if verdict == VALID:
                self._fail(owner, group.keyword, "it is what must not stand here", False)
            else:
                states[invalid] += 1
                if states[invalid] == group.size:
                    self._satisfied(owner)
        elif role == IF:
            self._report_condition(owner, link, verdict, is_said, keyword, msg)
        elif verdict == VALID:
            states[valid] += 1
            if states[valid] == group.size:
                self._satisfied(owner)
        else:
            assert isinstance(link.key, str)
            level = self.levels[owner.depth] if owner.depth < len(self.levels) else self.closing
            if level is not None and link.key in level.keys:
                self._fail(owner, keyword, msg, is_said)
            else:
                if owner.broken_deps is NO_NAMES:
                    owner.broken_deps = []
                owner.broken_deps.append(link.key)

    def _no_branch_msg(self, owner: Trial, keyword: str) -> str:
        """What to say when no part of a group holds."""
        if owner.kind == STRING and self.at >= 0 and strings_of(owner.rule):
            return f"expected {expected(owner.rule)}, found a string that begins with {self.beginning!r}"
        if not kinds_of(owner.rule) & owner.kind:
            return kind_msg(owner.rule, owner.kind)
        return f"the value fits none of the alternatives of {keyword!r}"

    def _report_condition(self, owner: Trial, link: Link, verdict: i64, is_said: bool, keyword: str, msg: str) -> None:
        states = owner.states
        at: i64 = 2 * link.group
        before = condition(states[at])
        states[at] += verdict * (1 if link.role == IF else 3 if link.role == THEN else 9)
        after = condition(states[at])
        chosen = THEN if states[at] % 3 == VALID else ELSE
        if link.role == IF and after != VALID:
            if after == UNKNOWN:
                self.narrowed.append(Need(owner, link.group, chosen, ""))
            else:
                # It has failed before it was known to count.
                keyword, msg = self._why(owner, link.group, chosen, "")
        if after == before or after == UNKNOWN:
            return
        if after == VALID:
            self._satisfied(owner)
        else:
            name = "then" if chosen == THEN else "else"
            self._fail(owner, keyword or name, msg or f"the value does not satisfy {name!r}", is_said)

    def _report_contains(self, owner: Trial, link: Link, verdict: i64) -> None:
        rule = owner.rule
        assert isinstance(link.key, int)
        if verdict == VALID:
            owner.matched += 1
            if rule.keeps and rule.contains_evaluates:
                note_place(owner, link.key)
            if rule.max_contains >= 0 and owner.matched == rule.max_contains + 1:
                self._fail(
                    owner,
                    "maxContains",
                    f"expected at most {rule.max_contains} elements that satisfy 'contains', found more",
                    False,
                )
        elif rule.most >= 0 and not owner.told & TOO_FEW:
            left = rule.most - (link.key + 1)
            if left >= 0 and owner.matched + left < rule.min_contains:
                # Elements that begin from now on are all that can be added; those before this one are decided.
                owner.told |= TOO_FEW
                self._fail(owner, contains_keyword(owner), contains_msg(rule), False)

    def _report_uneval(self, owner: Trial, link: Link) -> None:
        if not may_evaluate(owner, link.key, self._beside(owner)):
            self._fail(owner, uneval_keyword(owner), uneval_msg(link.key), False)
        else:
            if owner.bad is NO_KEYS:
                owner.bad = []
            owner.bad.append(link.key)

    def _satisfied(self, trial: Trial) -> None:
        """A group of parts, or the attributes, are satisfied whatever comes."""
        trial.waiting -= 1
        if trial.waiting == 0 and trial.verdict == UNKNOWN:
            trial.verdict = VALID
            if not trial.reports_faults_only():
                self._decided(trial)
            elif trial.depth < len(self.levels):
                self.levels[trial.depth].dirty = True

    def _fail(self, trial: Trial, keyword: str, msg: str, is_said: bool) -> None:
        """A trial cannot become VALID any more. It says so, if it is due and nobody has."""
        if trial.due and not is_said:
            self._say(trial.depth, keyword, msg)
        if trial.verdict == UNKNOWN:
            trial.verdict = INVALID
            trial.keyword = keyword
            trial.msg = msg
            self._decided(trial)

    def _decided(self, trial: Trial) -> None:
        self.todo.append(trial)
        if trial.depth < len(self.levels):
            self.levels[trial.depth].dirty = True

    def _log(self, trial: Trial, link: Link) -> None:
        """Note what a trial of a container around the innermost one is, before that changes it."""
        inner = len(self.levels) - 1
        if self.in_scalar:
            if trial.depth <= inner:
                self.scalar_log.append(Memo(trial, link))
        elif trial.depth < inner:
            level = self.levels[inner]
            if level.log is NO_MEMOS:
                level.log = []
            level.log.append(Memo(trial, link))

    def _say(self, depth: i64, keyword: str, msg: str) -> None:
        if depth >= self.muted_from:
            return
        self.findings.append(Finding(depth, keyword, msg, self._where(), self.at))

    def _where(self) -> i64:
        """The offset of what has just been found."""
        if self.muted_from == NEVER:
            if self.at >= 0:
                return self._offset_of(self.at)
            if self.pos == CLOSING:
                self.pos = self._offset_of(self.length)
        return self.pos

    def _offset_of(self, number: i64) -> i64:
        """The offset of a character of the open token, a string or a key."""
        if self.source is None:
            return self.token + 1 + number
        return self.source.of_character(self.token, number)

    # Characters of strings.

    def grow(self, part: str) -> None:
        """The open string goes on with these characters."""
        if self.token < 0 or self.kind != STRING:
            return
        first: i64 = len(self.findings)
        self._walk(self.trials, part, self.walked)
        if self.guesses:
            self._narrow_guesses(part, self.walked)
            if len(self.findings) > first + 1:
                self.findings[first:] = sorted(self.findings[first:], key=number_of)
        self.walked += len(part)

    def _walk(self, trials: list[Trial], part: str, before: i64) -> None:
        """Examine characters of a string, of which ``before`` came earlier; apply what they show, in their order."""
        shown: list[tuple[int, int]] | None = None
        number: i64
        for number in range(len(trials)):
            trial = trials[number]
            if trial.is_looking:
                index = self._examine(trial, part, before)
                if index >= 0:
                    if shown is None:
                        shown = []
                    shown.append((index, number))
        if shown is None:
            return
        shown.sort()
        for at, which in shown:
            self._show(trials[which], part, before, at)
            self._tell_owners()
        self.at = -1

    def _show(self, trial: Trial, part: str, before: i64, index: i64) -> None:
        """The character at ``index`` of a part decides a trial's attributes, for better or worse."""
        self.at = before + index
        if trial.own == VALID:
            self._satisfied(trial)
            return
        rule = trial.rule
        keyword = trial.shows
        if keyword == "maxLength":
            msg = f"expected at most {rule.max_length} characters, found more"
        elif keyword == "pattern":
            assert rule.pattern is not None
            msg = f"expected a string that matches {rule.pattern.source!r}, found one that cannot"
        else:
            assert rule.words is not None
            self.beginning = rule.words[trial.low][: self.at] + part[index]
            msg = f"expected {expected(rule)}, found a string that begins with {self.beginning!r}"
        self._fail(trial, keyword, msg, False)

    def _examine(self, trial: Trial, part: str, before: i64) -> i64:
        """The index in ``part`` of the character that decides a trial's attributes; -1 if none does."""
        rule = trial.rule
        length: i64 = len(part)
        index = length
        keyword = ""
        if rule.words is not None:
            index = narrow_words(trial, rule.words, part, before)
            keyword = rule.members_by
        if rule.max_length >= 0 and rule.max_length - before < index:
            index = rule.max_length - before
            keyword = "maxLength"
        pattern = rule.pattern
        state: State | None = None
        reached = True
        if pattern is not None:
            state = trial.state
            if state is None:
                state = pattern.begin()
            after = state if state.settled else pattern.advance(state, part, 0, length)
            trial.state = after
            trial.read = before + length
            reached = after.reached
            if after.dead:
                dies = pattern.death(state, part, 0, length)
                if dies < 0:
                    dies = 0
                if dies < index:
                    index = dies
                    keyword = "pattern"
        if index < length:
            trial.is_looking = False
            trial.own = INVALID
            trial.shows = keyword
            return index
        if trial.due or not reached or before + length < rule.min_length or rule.words is not None:
            return -1
        if rule.max_length >= 0 or rule.checked & STRING:
            return -1
        trial.is_looking = False
        trial.own = VALID
        index = rule.min_length - before - 1
        if pattern is not None and state is not None:
            i: i64 = 0
            while i < length and not state.reached:
                state = pattern.step(state, ord(part[i]))
                i += 1
            if i - 1 > index:
                index = i - 1
        return index if index > 0 else 0

    def _guess(self) -> None:
        """Which words may the string be that begins?"""
        rule: Rule | None = None
        if self.trials is self.solo_trials:
            rule = self.solo.rule
        for link in self.asks:
            if rule is None and link.is_due():
                rule = link.rule
        words = None if rule is None else strings_of(rule)
        if words is None or not words or len(words) > GUESSED:
            return
        self.guesses = words
        if len(words) == 1:
            self._predict(words[0], self.token, -1)

    def _narrow_guesses(self, part: str, before: i64) -> None:
        words = self.guesses
        i: i64 = 0
        while i < len(part):
            at = before + i
            c = part[i]
            words = [word for word in words if len(word) > at and word[at] == c]
            if len(words) <= 1:
                if words:
                    self._predict(words[0], self._offset_of(at), at)
                self.guesses = NO_NAMES
                return
            i += 1
        self.guesses = words

    def _predict(self, word: str, pos: i64, number: i64) -> None:
        self.guesses = NO_NAMES
        self.findings.append(Finding(len(self.levels), "", "", pos, number, word))

    # Characters of numbers.

    def digit(self, part: str) -> None:
        """The open number goes on with these characters."""
        if self.token < 0 or self.kind != NUMBER:
            return
        reading = self.digits
        if reading is None:
            reading = self.digits = Digits()
        self.at = -1
        i: i64 = 0
        while i < len(part):
            if reading.step(ord(part[i])):
                for trial in self.trials:
                    numbers = trial.rule.numbers
                    if trial.own == UNKNOWN and numbers is not None:
                        keyword = numbers.excludes(reading)
                        if keyword:
                            self.pos = self.token + self.walked + i
                            trial.own = INVALID
                            self._fail(trial, keyword, number_msg(trial.rule, keyword, ""), False)
                            self._tell_owners()
            i += 1
        self.walked += len(part)

    def foresee(self, raw: str) -> None:
        """The open number is this, and nothing has been said of its close yet."""
        if self.walked < len(raw):
            self.digit(raw[self.walked :])

    def looks(self) -> bool:
        """Do the characters of the open string matter?"""
        return self.token >= 0 and self.kind == STRING

    # A scalar closes.

    def drop(self) -> None:
        """The open scalar was taken back; another value may begin in its place.

        An interrupt may come at any call. It can be done again.
        """
        if self.in_scalar:
            log = self.scalar_log
            while log:
                memo = log[-1]
                memo.restore()
                self.levels[memo.trial.depth].revive()
                log.pop()
            level = self.level
            if level is not None and not level.is_object and self.above == 0:
                level.count -= 1
            self.in_scalar = False
        self.token = -1
        self.culprit = None
        self.is_taken_back = False

    def _keep_log(self) -> None:
        """The scalar is final: what it did can only be undone with the containers around it."""
        log = self.scalar_log
        inner = len(self.levels) - 1
        for memo in log:
            if memo.trial.depth < inner:
                level = self.levels[inner]
                if level.log is NO_MEMOS:
                    level.log = []
                level.log.append(memo)
        log.clear()

    def closed(self, value: object, raw: str) -> None:
        """The scalar that began is ``value``; ``raw`` is the text of a number."""
        if self.token >= 0:
            self._close_scalar(value, raw)
            self.token = -1
        level = self.level
        if level is not None and level.seen is not None and self.above == 0:
            if self.muted_from == NEVER:
                if isinstance(value, str):
                    self.pos = CLOSING
                    self.length = len(value)
                    self.token = self.start
                else:
                    self.pos = self.start + len(raw)
            self._compare(level, value)
            self.token = -1
        self.in_scalar = False
        if self.scalar_log:
            self._keep_log()

    def _close_scalar(self, value: object, raw: str) -> None:
        trials = self.trials
        if trials is self.solo_trials and self.walked == 0 and not self.guesses and not fault_of(self.solo, value):
            return
        if self.muted_from == NEVER:
            if isinstance(value, str):
                if self.walked < len(value):
                    self.grow(value[self.walked :])
                self.pos = CLOSING
                self.length = len(value)
            else:
                if self.walked < len(raw):
                    self.digit(raw[self.walked :])
                self.pos = self.token + len(raw)
        self.at = -1
        self._decide(trials, value)
        if trials is self.solo_trials:
            if self.solo.verdict == INVALID:
                self.culprit = self.solo.rule
        else:
            self.culprit = self.culprit or culprit_among(self.trials)

    def _decide(self, trials: list[Trial], value: object) -> None:
        """The scalar or the key is known: what the rules say of it by themselves."""
        for trial in trials:
            if trial.own == UNKNOWN and (trial.verdict == UNKNOWN or trial.due):
                self._decide_one(trial, value)
                self._tell_owners()

    def _decide_one(self, trial: Trial, value: object) -> None:
        keyword = fault_of(trial, value)
        if keyword:
            trial.own = INVALID
            self._fail(trial, keyword, fault_msg(trial.rule, keyword, value), False)
        else:
            trial.own = VALID
            self._satisfied(trial)

    # Keys and commas.

    def is_choosy(self) -> bool:
        """Does it depend on the characters of the next key whether it is valid?"""
        level = self.level
        if level is None or self.above > 0 or level.is_lost:
            return False
        if level.dirty:
            self._refresh(level)
        return level.is_choosy

    def key_begins(self, pos: i64) -> None:
        """A key begins; its quote is at ``pos``."""
        self.key_start = pos
        self.key_walked = 0
        self.key_is_open = False
        if not self.is_choosy():
            return
        level = self.level
        assert level is not None
        self.pos = pos
        self.at = -1
        for trial in level.live:
            rule = trial.rule
            if rule.max_props == 0:
                self._overflows(trial, "maxProperties", 0, "members")
            if rule.lists_keys and not rule.key_words:
                self._no_key_left(trial, "the object must not have any key")
            names = rule.names
            if names is not None and not self.key_is_open:
                if not names.is_finished:
                    names.finish()
                if not names.kinds & names.member_kinds & STRING:
                    self._open_key()
        self._tell_owners()

    def key_grows(self, part: str) -> None:
        """The open key goes on with these characters."""
        if not self.is_choosy():
            return
        if not self.key_is_open:
            self._open_key()
        self._walk_key(part, self.key_walked)
        self.key_walked += len(part)

    def key(self, key: str, pos: i64, again: bool) -> None:
        """The key is this, and its closing quote is at ``pos``; has it come before, ``again``?"""
        self._end_key(key, pos, again)
        self.key_start = -1

    def needs_from(self, in_text: bool) -> i64:
        """The offset from which on the text may be asked for; -1 if none of it is. ``in_text``: a string is open."""
        return self.start if in_text else self.key_start

    def _end_key(self, key: str, pos: i64, again: bool) -> None:
        level = self.level
        if level is None or self.above > 0 or level.is_lost:
            return
        self.pos = pos
        self.at = -1
        if level.dirty:
            self._refresh(level)
        if level.is_choosy and (self.key_is_open or not is_welcome(level, key)):
            if not self.key_is_open:
                self._open_key()
            if self.muted_from == NEVER and self.key_walked < len(key):
                self._walk_key(key[self.key_walked :], self.key_walked)
            self._close_key(key, pos)
        if again and not level.is_loose:
            self._lose(level)
            return
        if level.needs_keys and (not level.is_loose or mentions(level, key)):
            level.keys.add(key)
        level.key = key
        level.count += 1
        if level.minds_keys:
            for trial in level.live:
                if trial.rule.minds_keys:
                    self._key_came(level, trial, key)
        if self.todo or self.narrowed:
            self._tell_owners()

    def _open_key(self) -> None:
        level = self.level
        assert level is not None
        self.key_is_open = True
        self.choices = []
        asks: list[Link] = []
        for trial in level.live:
            rule = trial.rule
            if rule.key_words is not None and not trial.told & NO_MORE:
                trial.told &= ~REFUSED
                self.choices.append(KeyChoice(trial))
            if rule.names is not None:
                asks.append(Link(trial, NAME, 0, "", rule.names))
        self.key_trials = NO_TRIALS
        if asks:
            # What is said about a key is said about its object.
            pos = self.pos
            if self.muted_from == NEVER:
                self.pos = self.key_start
            self.key_trials, _ = self._begin_trials(asks, STRING, None, len(self.levels) - 1)
            self.pos = pos

    def _walk_key(self, part: str, before: i64) -> None:
        self.token = self.key_start
        level = self.level
        assert level is not None
        shown: list[tuple[int, int, int]] = []
        number: i64
        for number in range(len(self.choices)):
            choice = self.choices[number]
            if choice.is_looking:
                index = narrow_keys(choice, level.keys, part, before)
                if index >= 0:
                    shown.append((index, 0, number))
        for number in range(len(self.key_trials)):
            trial = self.key_trials[number]
            if trial.is_looking:
                index = self._examine(trial, part, before)
                if index >= 0:
                    shown.append((index, 1, number))
        if shown:
            shown.sort()
            for at, where, which in shown:
                if where == 0:
                    self.at = before + at
                    self._refuse_key(self.choices[which].trial)
                else:
                    self._show(self.key_trials[which], part, before, at)
                self._tell_owners()
            self.at = -1
        self.token = -1

    def _close_key(self, key: str, pos: i64) -> None:
        """The key is whole."""
        self.key_is_open = False
        self.pos = pos
        for choice in self.choices:
            if choice.is_looking and not allows(choice.trial.rule, key):
                self._refuse_key(choice.trial)
        self._decide(self.key_trials, key)
        self._tell_owners()
        self.key_trials = NO_TRIALS

    def _refuse_key(self, trial: Trial) -> None:
        trial.told |= REFUSED
        keyword = trial.rule.by.get("additional", "additionalProperties")
        begun = self.key_is_open
        msg = "no key that may still come begins like this" if begun else "the object must not have this key"
        self._fail(trial, keyword, msg, False)

    def _key_came(self, level: Level, trial: Trial, key: str) -> None:
        """What the presence of a key decides."""
        rule = trial.rule
        if rule.forbids and forbids(rule, key):
            msg = kind_msg(NOTHING, 0)
            if trial.due and not trial.told & (REFUSED | NO_MORE):
                self._say(trial.depth + 1, "false", msg)
            self._fail(trial, "false", msg, True)
        if rule.has_deps:
            self._dependency_came(trial, key)
        is_open = rule.opens and trial.own == UNKNOWN and not trial.due
        if is_open and level.count >= rule.min_props and still_missing(level, trial, key) == 0:
            trial.own = VALID
            self._satisfied(trial)
        most = rule.max_props
        if most < 0:
            return
        if level.count > most:
            self._overflows(trial, "maxProperties", most, "members")
        elif rule.required and not trial.told & LACKING and still_missing(level, trial, key) > most - level.count:
            trial.told |= LACKING
            msg = f"the object has no room left for the required keys: it may have {most}"
            self._fail(trial, "required", msg, False)

    def _dependency_came(self, trial: Trial, key: str) -> None:
        """A key has come on which parts may depend: they count from now on."""
        number: i64
        for number in range(len(trial.rule.groups)):
            if trial.rule.groups[number].role != DEP:
                continue
            if key in trial.broken_deps:
                keyword, msg = self._why(trial, number, DEP, key)
                self._fail(trial, keyword or "dependentSchemas", msg or f"it does not fit what {key!r} demands", False)
            else:
                self.narrowed.append(Need(trial, number, DEP, key))

    def _why(self, owner: Trial, group: i64, role: i64, key: str) -> tuple[str, str]:
        """Why a part of a rule has failed; empty if it did so before it had a trial."""
        for part in self._beside(owner):
            for link in part.links:
                if (
                    link.owner is owner
                    and link.group == group
                    and link.role == role
                    and (role != DEP or link.key == key)
                ):
                    return part.keyword, part.msg
        return "", ""

    def comma(self, pos: i64) -> None:
        """Another member or element will come, in the innermost container."""
        level = self.level
        if level is None or self.above > 0 or level.is_lost:
            return
        if level.dirty:
            self._refresh(level)
        if not level.minds_commas:
            return
        self.pos = pos
        self.at = -1
        for trial in level.live:
            rule = trial.rule
            if not level.is_object:
                if rule.most >= 0 and level.count >= rule.most:
                    self._array_overflows(level, trial)
            elif rule.max_props >= 0 and level.count >= rule.max_props:
                self._overflows(trial, "maxProperties", rule.max_props, "members")
            elif rule.lists_keys and not trial.told & NO_MORE and has_all_keys(level, trial):
                self._no_key_left(trial, "the object has all the keys that it may have")
        self._tell_owners()

    def _no_key_left(self, trial: Trial, msg: str) -> None:
        if not trial.told & NO_MORE:
            trial.told |= NO_MORE
            self._fail(trial, trial.rule.by.get("additional", "additionalProperties"), msg, False)

    def _element_begins(self, level: Level) -> None:
        level.count += 1
        if level.dirty:
            self._refresh(level)
        if level.minds_commas:
            for trial in level.live:
                most = trial.rule.most
                if most >= 0 and level.count > most:
                    self._array_overflows(level, trial)
            self._tell_owners()

    def _array_overflows(self, level: Level, trial: Trial) -> None:
        rule = trial.rule
        if self.skips and rule.items is not NOTHING:
            # Elements that are left out do not count.
            return
        if rule.omits and (not level.is_counted or level.count <= rule.most + level.omitted + 1):
            # So it may be with the one that begins.
            return
        keyword = "maxItems" if rule.most == rule.max_items else rule.by.get("items", "items")
        self._overflows(trial, keyword, rule.most, "elements")

    def _overflows(self, trial: Trial, keyword: str, most: i64, what: str) -> None:
        if not trial.told & TOO_MANY:
            self._log(trial, NO_LINK)
            trial.told |= TOO_MANY
            self._fail(trial, keyword, f"expected at most {most} {what}, found more", False)

    # A key came again.

    def _lose(self, level: Level) -> None:
        """Take back what was decided inside an object, as far as others have heard of it."""
        level.is_lost = True
        log = level.log
        while log:
            memo = log.pop()
            memo.restore()
            self.levels[memo.trial.depth].revive()
        self.todo.clear()
        self.narrowed.clear()

    def _judge_again(self, level: Level, value: object, pos: i64) -> None:
        """An object in which a key came again is ``value``; it has been taken from the stack."""
        muted_from = self.muted_from
        depth: i64 = len(self.levels)
        if depth < muted_from:
            self.muted_from = depth
        self.pos = pos
        self._start(level.asks, OBJECT, None)
        self.tell_inside(value, pos)
        self.muted_from = muted_from

    def tell(self, value: object) -> None:
        """A whole value comes at once, and nobody asks for offsets."""
        kind = judged_kind(value)
        self.begin(kind, value, 0)
        if kind & (OBJECT | ARRAY):
            self.tell_inside(value, 0)
        else:
            self.closed(value, "")

    def tell_inside(self, value: object, pos: i64) -> None:
        """All that is in an object or array that has begun comes at once, and it closes."""
        containers: list[object] = [value]
        places: list[int] = [0]
        keys: list[list[str]] = [_keys_of(value)]
        while containers:
            container = containers[-1]
            at: i64 = places[-1]
            if self.above > 0 or at == (len(keys[-1]) if isinstance(container, dict) else _length(container)):
                containers.pop()
                places.pop()
                keys.pop()
                self.end(container, pos, True)
                continue
            places[-1] = at + 1
            child: object
            if isinstance(container, dict):
                self.key_begins(pos)
                self.key(keys[-1][at], pos, False)
                child = container[keys[-1][at]]
            else:
                child = cast("list[object]", container)[at]
            kind = judged_kind(child)
            self.begin(kind, child, pos)
            if kind & (OBJECT | ARRAY):
                containers.append(child)
                places.append(0)
                keys.append(_keys_of(child))
            else:
                self.closed(child, "")

    # A container closes.

    def end(self, value: object, pos: i64, is_whole: bool) -> None:
        """The innermost container closes; ``is_whole`` if ``value`` has all that came in it."""
        if self.is_taken_back:
            self.drop()
        self.culprit = None
        if self.above > 0:
            self.above -= 1
            if self.above == 0:
                self.culprit = self.above_culprit
                self._container_closed(value, pos)
            return
        level = self.levels.pop()
        self.level = self.levels[-1] if self.levels else None
        if level.is_lost:
            if is_whole:
                self._judge_again(level, value, pos)
                return
        else:
            self._close_level(level, value, pos, is_whole)
        self.culprit = level.culprit or culprit_among(level.trials)
        self._pass_on(level)
        self._container_closed(value, pos)

    def _container_closed(self, value: object, pos: i64) -> None:
        level = self.level
        if level is not None and level.seen is not None:
            self.pos = pos
            self.at = -1
            self._compare(level, value)

    def _pass_on(self, level: Level) -> None:
        """What happened in a closed container to trials further out may still be taken back by those around it."""
        outer = self.level
        if outer is None or not level.log:
            return
        depth = len(self.levels) - 1
        for memo in level.log:
            if memo.trial.depth < depth:
                if outer.log is NO_MEMOS:
                    outer.log = []
                outer.log.append(memo)

    def _close_level(self, level: Level, value: object, pos: i64, is_whole: bool) -> None:
        self.pos = pos
        self.at = -1
        if level.dirty:
            self._refresh(level)
        self.closing = level
        # Parts come before their owners.
        for trial in level.trials:
            if not trial.is_live():
                continue
            rule = trial.rule
            if rule.keeps:
                gather(level, trial)
            if trial.own == UNKNOWN and (trial.verdict == UNKNOWN or trial.due):
                self._close_attributes(level, trial, value, is_whole)
            if (rule.uneval_props if level.is_object else rule.uneval_items) is not None:
                trial.evaluates_all = True
            if trial.verdict == UNKNOWN and rule.has_deps:
                self._close_deps(trial)
            self._tell_owners()
        self.closing = None

    def _close_deps(self, trial: Trial) -> None:
        """Members on which something depends can no longer come."""
        i: i64
        for i in range(len(trial.rule.groups)):
            group = trial.rule.groups[i]
            if group.role == DEP and trial.states[2 * i] < group.size:
                self._satisfied(trial)

    def _close_attributes(self, level: Level, trial: Trial, value: object, is_whole: bool) -> None:
        keyword, msg = fault_of_object(level, trial, value) if level.is_object else fault_of_array(level, trial)
        if not keyword and is_whole:
            for check in trial.rule.checks:
                if check.kinds & trial.kind and not check.test(value):
                    keyword = check.keyword
                    msg = check_msg(check.expected)
                    break
        if not keyword and not trial.evaluates_all:
            for key in trial.bad:
                if key not in trial.evaluated:
                    keyword = uneval_keyword(trial)
                    msg = uneval_msg(key)
                    break
        if keyword:
            trial.own = INVALID
            self._fail(trial, keyword, msg, trial.told & EARLY[keyword] != 0 if keyword in EARLY else False)
        else:
            trial.own = VALID
            self._satisfied(trial)

    def _compare(self, level: Level, value: object) -> None:
        """Is the element that has just closed equal to an earlier one?"""
        assert level.seen is not None
        mark = identity(value)
        if mark not in level.seen:
            level.seen[mark] = True
            return
        for trial in level.trials:
            if trial.rule.unique and trial.is_live() and not trial.told & REPEATED:
                trial.told |= REPEATED
                self._fail(trial, "uniqueItems", "expected different elements, found one twice", False)
        self._tell_owners()

    def _refresh(self, level: Level) -> None:
        """Which trials of a container still have something to find out?"""
        level.dirty = False
        trials = level.trials
        live: list[Trial] = []
        is_choosy = False
        minds_keys = False
        minds = False
        # Owners come before their parts.
        i: i64 = len(trials) - 1
        while i >= 0:
            trial = trials[i]
            i -= 1
            trial.wanted = is_wanted(trial)
            if trial.is_live():
                live.append(trial)
                rule = trial.rule
                is_choosy = is_choosy or rule.is_choosy
                minds_keys = minds_keys or rule.minds_keys
                minds = minds or rule.minds_commas
        level.live = live
        level.is_choosy = is_choosy and level.is_object
        level.minds_keys = minds_keys
        level.minds_commas = minds
        level.only = live[0] if len(live) == 1 and live[0].rule.is_plain else None


# What is found at the close, but was said before.
EARLY: Final = {
    "maxProperties": TOO_MANY,
    "required": LACKING,
    "contains": TOO_FEW,
    "minContains": TOO_FEW,
}


def _is_name(key: str | int) -> bool:
    return isinstance(key, str)


def _keys_of(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else NO_NAMES


def _length(value: object) -> i64:
    return len(cast("list[object]", value))


def is_valid(rule: Rule, value: object) -> bool:
    """Does a JSON value satisfy a rule?"""
    judge = Judge(rule, None)
    judge.muted_from = 0
    judge.tell(value)
    return judge.culprit is None
