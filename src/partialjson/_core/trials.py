"""What the judge keeps in mind: trials, the links between them, and the levels they are at.

``judge`` says what they are for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from partialjson._core.patterns import State
from partialjson._core.rules import ALL, DEP, ELSE, NOT, NOTHING, THEN, Rule

if TYPE_CHECKING:
    from mypy_extensions import i64

UNKNOWN: Final = 0
VALID: Final = 1
INVALID: Final = 2

# The roles of a child, beyond those of a part.
CHILD: Final = 8
SPARE: Final = 9
NAME: Final = 10
CONTAINS: Final = 11
UNEVAL: Final = 12

# What was said early and would be found again at the close.
TOO_MANY: Final = 1
NO_MORE: Final = 2
LACKING: Final = 4
TOO_FEW: Final = 8
REPEATED: Final = 16
REFUSED: Final = 32


@final
class Finding:
    """Something that is certain about an open value.

    Attributes:
        depth: the number of containers around the value.
        keyword: the keyword that it breaks; empty for a prediction.
        msg: why the value can no longer become valid.
        pos: the offset of the character that shows it.
        number: which character of the open string or key that is; -1 if it is in none.
        word: for a prediction, what the open string will be.
    """

    def __init__(self, depth: i64, keyword: str, msg: str, pos: i64, number: i64, word: str = "") -> None:
        self.depth = depth
        self.keyword = keyword
        self.msg = msg
        self.pos = pos
        self.number = number
        self.word = word


@final
class Link:
    """Who asks for a rule, and why.

    Attributes:
        owner: the trial to report to; None for the root.
        role: what the owner makes of the report.
        group: for parts, the owner's group.
        key: for a member or an element, where it is; for DEP, the member on which it depends.
        rule: the rule that is asked for.
        is_done: was the verdict reported?
        is_needed: does the owner need a part of which it has not always needed? The other ones do not hold.
    """

    def __init__(self, owner: Trial | None, role: i64, group: i64, key: str | int, rule: Rule) -> None:
        self.owner = owner
        self.role = role
        self.group = group
        self.key: str | int = key
        self.rule = rule
        self.is_done = False
        self.is_needed = False

    def is_due(self) -> bool:
        """Is a failure the owner's, and the owner's the document's?"""
        owner = self.owner
        role = self.role
        if owner is None:
            return True
        return owner.due and (role == ALL or role == CHILD or role == SPARE or role == NAME or self.is_needed)


@final
class Trial:
    """A rule held against one open value.

    Attributes:
        depth: the number of containers around the value.
        kind: the JSON kind of the value.
        due: is a failure the document's?
        verdict: UNKNOWN, VALID or INVALID.
        keyword, msg: why it is INVALID.
        waiting: how much of it is not satisfied yet: the groups, and the attributes as a whole.
        wanted: does an owner still want to know the verdict?
        links: the owners. A trial knows nothing of its parts, so that there is no cycle and what is dropped is freed.
        states: two counters for each group of parts.
        told: bit set of what was said early.
        matched: how many elements satisfied ``contains``.
    """

    def __init__(self, rule: Rule, depth: i64, kind: i64, due: bool, links: list[Link]) -> None:
        self.rule = rule
        self.depth = depth
        self.kind = kind
        self.due = due
        self.links = links
        self.verdict: i64 = UNKNOWN
        self.keyword = ""
        self.msg = ""
        self.waiting: i64 = 1
        self.wanted = True
        self.states: list[int] = NO_STATES
        self.told: i64 = 0
        self.matched: i64 = 0
        # Members whose rule UNEVAL failed, and keys whose part DEP failed.
        self.bad: list[str | int] = NO_KEYS
        self.broken_deps: list[str] = NO_NAMES
        # Which members were evaluated, here and in the parts; only where the rule keeps it.
        self.evaluated: set[str | int] = NO_PLACES
        self.evaluates_all = False
        # The required keys that had not come when the object had so many members; and, by index, the words among its
        # keys that have come, each with an index up to which all have.
        self.missing: set[str] | None = None
        self.counted: i64 = 0
        self.passed: dict[int, int] = NO_INDEXES
        # Of a string: which words are left, where the pattern is after how many characters; does it still examine them?
        self.low: i64 = 0
        self.high: i64 = -1
        self.state: State | None = None
        self.read: i64 = 0
        self.is_looking = True
        # What the attributes say: UNKNOWN, VALID, INVALID.
        self.own: i64 = UNKNOWN
        # The keyword that a character of the string has just been found to break.
        self.shows = ""

    def reports_faults_only(self) -> bool:
        """Is there only one owner, to whom a valid child is no news?"""
        if len(self.links) != 1:
            return False
        role = self.links[0].role
        return role == CHILD or role == SPARE or role == NAME

    def is_live(self) -> bool:
        """Is there anything to be found out?"""
        if not self.wanted:
            return False
        return self.verdict == UNKNOWN or self.due or (self.rule.keeps and self.verdict == VALID)


@final
class Memo:
    """What a trial was before something inside an open child changed it."""

    def __init__(self, trial: Trial, link: Link) -> None:
        self.trial = trial
        self.link = link
        self.verdict = trial.verdict
        self.due = trial.due
        self.was_done = link.is_done
        self.was_needed = link.is_needed
        self.waiting = trial.waiting
        self.keyword = trial.keyword
        self.msg = trial.msg
        self.states = trial.states.copy()
        self.told = trial.told
        self.matched = trial.matched
        # There may be as many of these as members, so they are not copied: what comes is taken away again.
        self.bad: i64 = len(trial.bad)
        self.broken_deps: i64 = len(trial.broken_deps)
        self.evaluates = link.role == CONTAINS and link.key not in trial.evaluated

    def restore(self) -> None:
        trial = self.trial
        trial.verdict = self.verdict
        trial.due = self.due
        trial.waiting = self.waiting
        trial.keyword = self.keyword
        trial.msg = self.msg
        trial.states = self.states
        trial.told = self.told
        trial.matched = self.matched
        while len(trial.bad) > self.bad:
            trial.bad.pop()
        while len(trial.broken_deps) > self.broken_deps:
            trial.broken_deps.pop()
        if self.evaluates:
            trial.evaluated.discard(self.link.key)
        self.link.is_done = self.was_done
        self.link.is_needed = self.was_needed


@final
class Need:
    """An owner has come to need a part.

    Attributes:
        group: the group of the part.
        role, key: which part of the group; -1 for the only one that is left. The key is that of a DEP; it may be empty.
    """

    def __init__(self, owner: Trial, group: i64, role: i64, key: str) -> None:
        self.owner = owner
        self.group = group
        self.role = role
        self.key = key

    def means(self, link: Link) -> bool:
        return self.role < 0 or (link.role == self.role and (self.role != DEP or link.key == self.key))


@final
class KeyChoice:
    """Which keys a trial still allows for the key that is being written."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.low: i64 = 0
        self.high: i64 = len(trial.rule.key_words or NO_NAMES)
        self.states: list[State] = [pattern.begin() for pattern, _ in trial.rule.pattern_props]
        self.is_looking = True


@final
class Level:
    """An open container.

    Attributes:
        asks: what was asked about it.
        trials: all its trials.
        live: those that still have something to find out.
        only: the single one of them, where that asks for one rule at each member.
        dirty: is ``live`` to be computed again?
        needs_keys: do trials ask which keys have come, before the object closes?
        keys: those keys, if so.
        key: the key of the member at hand.
        count: the number of members or elements that have begun.
        is_choosy: does it depend on their characters whether keys are valid?
        minds_keys, minds_commas: can it decide something that a key has come; can a comma be one too many?
        seen: the elements of an array so far, if they must be different.
        is_counted: is it known which elements are left out? And ``omitted``, how many.
        is_lost: has a key come again?
        is_loose: is it dropped as it comes? Then it is not judged as a whole.
        log: what happened inside to trials of the containers around it.
        culprit: the rule, asked for here and due, that failed before there was a trial.
    """

    def __init__(self, is_object: bool, asks: list[Link], trials: list[Trial]) -> None:
        self.is_object = is_object
        self.asks = asks
        self.trials = trials
        self.live: list[Trial] = NO_TRIALS
        self.only: Trial | None = None
        self.dirty = True
        self.needs_keys = False
        self.keys: set[str] = NO_KEY_SET
        self.key = ""
        self.count: i64 = 0
        self.is_choosy = False
        self.minds_keys = False
        self.minds_commas = False
        self.seen: dict[object, bool] | None = None
        self.is_counted = False
        self.omitted: i64 = 0
        self.is_lost = False
        self.is_loose = False
        self.log: list[Memo] = NO_MEMOS
        self.culprit: Rule | None = None

    def revive(self) -> None:
        """A trial was taken back to what it was: look again at all of them."""
        self.dirty = True
        self.minds_commas = True
        self.minds_keys = self.is_choosy = self.is_object


# What most trials and levels have; never changed.
NO_LINK: Final = Link(None, CHILD, 0, "", NOTHING)
NO_LINKS: Final[list[Link]] = []
NO_STATES: Final[list[int]] = []
NO_KEYS: Final[list[str | int]] = []
NO_NAMES: Final[list[str]] = []
NO_PLACES: Final[set[str | int]] = set()
NO_INDEXES: Final[dict[int, int]] = {}
NO_TRIALS: Final[list[Trial]] = []
NO_KEY_SET: Final[set[str]] = set()
NO_MEMOS: Final[list[Memo]] = []


def add_due(trials: list[Trial], todo: list[Trial]) -> None:
    """Add those that are due by one of their owners."""
    for trial in trials:
        if not trial.due and any(link.is_due() for link in trial.links):
            todo.append(trial)


def height_of(trial: Trial) -> i64:
    return trial.rule.height()


def number_of(finding: Finding) -> i64:
    return finding.number


def is_wanted(trial: Trial) -> bool:
    if trial.due:
        return True
    for link in trial.links:
        owner = link.owner
        if owner is None or owner.is_live():
            return True
    return False


def culprit_among(trials: list[Trial]) -> Rule | None:
    """The rule, of those that were asked for and are due, that the closed value breaks."""
    for trial in trials:
        if trial.verdict == INVALID:
            for link in trial.links:
                if (link.role == CHILD or link.role == SPARE) and link.is_due():
                    return link.rule
    return None


def condition(state: i64) -> i64:
    """What the verdicts of ``if``, ``then`` and ``else``, as the digits of a number to base 3, come to."""
    chosen = state % 3
    then = state // 3 % 3
    otherwise = state // 9
    if chosen == VALID:
        return then
    if chosen == INVALID:
        return otherwise
    return then if then == otherwise else UNKNOWN


def note_evaluated(trial: Trial, key: str | int) -> None:
    """A member is evaluated by the rule itself."""
    rule = trial.rule
    if isinstance(key, str):
        if rule.additional is not None:
            trial.evaluates_all = True
            return
    elif rule.items is not None:
        trial.evaluates_all = True
        return
    note_place(trial, key)


def note_place(trial: Trial, key: str | int) -> None:
    if trial.evaluated is NO_PLACES:
        trial.evaluated = set()
    trial.evaluated.add(key)


def gather(level: Level, trial: Trial) -> None:
    """Add what the parts that hold have evaluated."""
    for part in level.trials:
        if part.verdict == VALID and any(link.owner is trial and _counts(link, level) for link in part.links):
            if part.evaluates_all:
                trial.evaluates_all = True
            elif part.evaluated:
                if trial.evaluated is NO_PLACES:
                    trial.evaluated = set()
                trial.evaluated.update(part.evaluated)


def _counts(link: Link, level: Level) -> bool:
    """Does what a part evaluates count for its owner, now that it holds?"""
    role = link.role
    owner = link.owner
    if role == NOT or owner is None:
        return False
    if role == DEP:
        return link.key in level.keys
    if role == THEN or role == ELSE:
        return owner.states[2 * link.group] % 3 == (VALID if role == THEN else INVALID)
    return True


def may_evaluate(trial: Trial, key: str | int, trials: list[Trial]) -> bool:
    """May a part, one of ``trials``, evaluate a member that the rule itself does not evaluate?"""
    if not isinstance(key, str) and trial.rule.contains is not None and trial.rule.contains_evaluates:
        return True
    todo = [trial]
    while todo:
        owner = todo.pop()
        for part in trials:
            if part.verdict == INVALID:
                continue
            if any(link.owner is owner and link.role != NOT for link in part.links):
                if _evaluates(part.rule, key):
                    return True
                todo.append(part)
    return False


def _evaluates(rule: Rule, key: str | int) -> bool:
    """May a rule itself evaluate a member?"""
    if isinstance(key, str):
        return rule.additional is not None or rule.uneval_props is not None or allows(rule, key)
    if rule.items is not None or rule.uneval_items is not None or key < len(rule.prefix):
        return True
    return rule.contains is not None and rule.contains_evaluates


def allows(rule: Rule, key: str) -> bool:
    """Is there a rule for this key, besides the one for all others?"""
    return key in rule.properties or any(pattern.matches(key) for pattern, _ in rule.pattern_props)


def forbids(rule: Rule, key: str) -> bool:
    """Is there a rule for this key that no value satisfies, besides the one for all others?"""
    if rule.properties.get(key) is NOTHING:
        return True
    return any(each is NOTHING and pattern.matches(key) for pattern, each in rule.pattern_props)
