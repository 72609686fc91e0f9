"""From a regular expression to an automaton without conditions.

*Reading.* ``re`` parses the expression, so the syntax is exactly Python's. Its tree becomes a nondeterministic
automaton in Thompson's way: a node reads a character of a set, splits the path, or is passed on a condition, such as
``^`` or ``\\b``. As only the question counts whether a match exists, greedy and lazy repetitions are the same.
Repetitions with counts are written out as often as they are counted.

*Conditions.* Each node is then divided into several: by what the last character was (``BEFORE_...``) and by what the
next one may be, which a condition passed on the way has promised (``NEXT_...``, bits). "The last newline" is one of the
things that may come next, since ``$`` accepts it. In the divided nodes no condition is left, so a path is possible
exactly if its characters fit; nodes from which no text leads to a match are removed.

*Look-ahead* right behind ``^``, as in ``^(?=.*[0-9])(?!admin).{8,}$``, is a condition on the whole text. So the
expression becomes several *clauses*, which share the automaton: some must match, others must not.

*What an automaton cannot say*, other look-around, back-references, atomic groups, is replaced by something that matches
more, and ``exact`` is False. So are repetitions with counts too great to write out. What the automaton then refuses,
the expression does not match either.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.charsets import (
    ASCII_DIGITS,
    ASCII_SPACES,
    ASCII_WORDS,
    DIGIT_KIND,
    EVERY_KIND,
    LAST,
    NEWLINE,
    OTHER_KIND,
    SPACE_KIND,
    WORD_KIND,
    Alphabet,
    CharSet,
    case_variants,
    complement,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["ACCEPT", "CHARACTER", "FREE", "Automaton", "automaton"]

MOST_NODES: Final = 20_000
"""How many nodes an expression may have."""
MOST_PARTS: Final = 60_000
"""How many nodes they may be divided into."""
MOST_WRITTEN: Final = 10_000
"""How many nodes one repetition with counts may become; less where several would be too many together."""
MOST_DEPTH: Final = 150
"""How deep groups may be nested."""
MOST_CLAUSES: Final = 20
"""How many clauses an expression may have; further look-ahead is not exact."""
MOST_DIVIDING: Final = 1_000_000
"""How many steps the alphabet may take."""

# What a node does.
CHARACTER: Final = 0
FREE: Final = 1
ACCEPT: Final = 2
CONDITION: Final = 3

# Conditions.
BEGIN: Final = 0
LINE_BEGIN: Final = 1
END: Final = 2
LINE_END: Final = 3
TEXT_END: Final = 4
BOUNDARY: Final = 5
NO_BOUNDARY: Final = 6

# What comes before a place.
BEFORE_NOTHING: Final = 0
BEFORE_NEWLINE: Final = 1
BEFORE_WORD: Final = 2
BEFORE_OTHER: Final = 3

# What may come after it, as bits: a newline that is the last character, or one that is not.
NEXT_WORD: Final = 1
NEXT_NEWLINE: Final = 2
NEXT_LAST: Final = 4
NEXT_OTHER: Final = 8
NEXT_END: Final = 16
NEXT_ANY: Final = 31

# The character that comes, for the targets of a part. Where no condition asks for words, they are others.
COMES_WORD: Final = 0
COMES_NEWLINE: Final = 1
COMES_OTHER: Final = 2

IGNORECASE: Final = 2
MULTILINE: Final = 8
DOTALL: Final = 16
UNICODE: Final = 32
TYPE_FLAGS: Final = 4 | 32 | 256

EMPTY_HAS_NO_BOUNDARY: Final = re.search(r"\B", "") is not None
"""Python before 3.14 finds neither ``\\b`` nor ``\\B`` in the empty string."""

_CONDITIONS: Final = {
    "AT_BEGINNING": BEGIN,
    "AT_BEGINNING_STRING": BEGIN,
    "AT_END": END,
    "AT_END_STRING": TEXT_END,
    "AT_BOUNDARY": BOUNDARY,
    "AT_NON_BOUNDARY": NO_BOUNDARY,
}
_KINDS: Final = {
    "CATEGORY_DIGIT": DIGIT_KIND,
    "CATEGORY_SPACE": SPACE_KIND,
    "CATEGORY_WORD": WORD_KIND | DIGIT_KIND,
}
_ASCII_KINDS: Final = {
    "CATEGORY_DIGIT": ASCII_DIGITS,
    "CATEGORY_SPACE": ASCII_SPACES,
    "CATEGORY_WORD": ASCII_WORDS,
}


@final
class _Nodes:
    """The nodes of an expression, before they are divided by conditions."""

    def __init__(self) -> None:
        self.does: list[int] = []
        # The number of a set, or a condition.
        self.what: list[int] = []
        self.next: list[int] = []
        # Another next node, or -1.
        self.other: list[int] = []
        # The clause it belongs to.
        self.clause: list[int] = []
        self.sets: list[CharSet] = []
        # By clause, the first node; and the clauses that must match and those that must not, as bits.
        self.starts: list[int] = []
        self.required: i64 = 0
        self.forbidden: i64 = 0
        self.exact = True
        # Conditions that it has.
        self.begins = False
        self.line_begins = False
        self.bounds = False
        # The word characters of \b: in Unicode, or else in the set of this number.
        self.word_set: i64 = -1
        self._numbers: dict[object, int] = {}

    def add(self, does: i64, what: i64, after: i64, other: i64 = -1) -> i64:
        self.does.append(does)
        self.what.append(what)
        self.next.append(after)
        self.other.append(other)
        self.clause.append(len(self.starts))
        return len(self.does) - 1

    def number(self, chars: CharSet) -> i64:
        """The number of a set among all sets of the expression."""
        known = self._numbers.get(chars.key)
        if known is None:
            known = self._numbers[chars.key] = len(self.sets)
            self.sets.append(chars)
        return known


@final
class _Reader:
    """Makes nodes of the tree that ``re`` has parsed.

    Attributes:
        known: is everything in the tree understood?
    """

    def __init__(self, written: i64) -> None:
        self.nodes: Final = _Nodes()
        self.known = True
        self._written = written
        self._sizes: dict[int, int] = {}

    def read(self, tree: Any, flags: i64) -> bool:
        """Make the nodes. Returns False if they are too many, in which case some may be missing."""
        clauses, main = _split(tree, flags)
        size = self.size(main, 0)
        for ahead, _ in clauses:
            size += self.size(ahead, 0)
        if size > MOST_NODES or not self.known:
            return False
        self._clause(main, flags, False, False)
        for ahead, negated in clauses:
            self._clause(ahead, flags, True, negated)
        return True

    def _clause(self, items: Any, flags: i64, anchored: bool, negated: bool) -> None:
        """A clause: an expression that is found, somewhere or at the beginning, or is not found."""
        nodes = self.nodes
        was_exact = nodes.exact
        nodes.exact = True
        start = self._sequence(items, flags, nodes.add(ACCEPT, 0, -1))
        if anchored:
            start = nodes.add(CONDITION, BEGIN, start)
        else:
            search = nodes.add(FREE, 0, -1, start)
            anything = nodes.number(CharSet([(0, LAST)]))
            nodes.next[search] = nodes.add(CHARACTER, anything, search)
            start = search
        bit: i64 = 1 << len(nodes.starts)
        if not negated:
            nodes.required |= bit
        elif nodes.exact:
            nodes.forbidden |= bit
        # Otherwise it may seem to match where it does not; it forbids nothing then.
        nodes.exact = nodes.exact and was_exact
        nodes.starts.append(start)

    # How many nodes a part of the tree becomes, about.

    def size(self, items: Any, depth: i64) -> int:
        if depth > MOST_DEPTH:
            self.known = False
            return 0
        key = id(items)
        size = self._sizes.get(key, -1)
        if size < 0:
            size = 0
            for op, value in items:
                size += self._size_of(str(op), value, depth + 1)
            self._sizes[key] = size
        return size

    def _size_of(self, op: str, value: Any, depth: i64) -> int:
        if op == "SUBPATTERN":
            return self.size(value[3].data, depth)
        if op == "ATOMIC_GROUP":
            return self.size(value.data, depth)
        if op == "BRANCH":
            return sum([1 + self.size(branch.data, depth) for branch in value[1]])
        if op == "GROUPREF_EXISTS":
            return 1 + self.size(value[1].data, depth) + (0 if value[2] is None else self.size(value[2].data, depth))
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            once = self.size(value[2].data, depth) + 1
            least, most = self._counts(int(value[0]), int(value[1]), once)
            return once * (least + 1 if most < 0 else max(most, 1))
        # A back-reference is two.
        return 2 if op == "GROUPREF" else 1

    def _counts(self, least: int, most: int, once: int) -> tuple[int, int]:
        """How often a repetition is written out, at least and at most; -1 stands for any number.

        Args:
            once: the nodes for one time.
        """
        if most >= _MAX_REPEAT:
            most = -1
        if max(least, most) * once <= self._written or max(least, most) <= 1:
            return least, most
        # Any number instead of too many.
        return (least if least * once <= self._written or least <= 1 else 1), -1

    # Building, from the end to the beginning.

    def _sequence(self, items: Any, flags: i64, after: i64) -> i64:
        for op, value in reversed(items):
            after = self._part(str(op), value, flags, after)
        return after

    def _part(self, op: str, value: Any, flags: i64, after: i64) -> i64:
        nodes = self.nodes
        if op == "LITERAL":
            return self._chars([(int(value), int(value))], 0, False, flags, after)
        if op == "NOT_LITERAL":
            return self._chars([(int(value), int(value))], 0, True, flags, after)
        if op == "ANY":
            chars = CharSet([(0, LAST)]) if flags & DOTALL else CharSet([(NEWLINE, NEWLINE)], 0, True)
            return nodes.add(CHARACTER, nodes.number(chars), after)
        if op == "IN":
            return self._set(value, flags, after)
        if op == "AT":
            return self._condition(str(value), flags, after)
        if op == "SUBPATTERN":
            added = int(value[1])
            if added & TYPE_FLAGS:
                flags &= ~TYPE_FLAGS
                # ``re`` looks for the first character of a match by the flags outside of the group: (?a:\W) does not
                # find "é".
                self.nodes.exact = False
            return self._sequence(value[3].data, (flags | added) & ~int(value[2]), after)
        if op == "BRANCH":
            start = -1
            for branch in reversed(value[1]):
                start = nodes.add(FREE, 0, self._sequence(branch.data, flags, after), start)
            return start
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            if op == "POSSESSIVE_REPEAT":
                nodes.exact = False
            return self._repeat(int(value[0]), int(value[1]), value[2].data, flags, after)
        if op == "FAILURE" or (op == "ASSERT_NOT" and not value[1].data):
            return nodes.add(FREE, 0, -1)
        nodes.exact = False
        if op == "ATOMIC_GROUP":
            return self._sequence(value.data, flags, after)
        if op == "ASSERT" or op == "ASSERT_NOT":
            return after
        if op == "GROUPREF":
            # Any text.
            loop = nodes.add(FREE, 0, -1, after)
            nodes.next[loop] = nodes.add(CHARACTER, nodes.number(CharSet([(0, LAST)])), loop)
            return loop
        if op == "GROUPREF_EXISTS":
            other = after if value[2] is None else self._sequence(value[2].data, flags, after)
            return nodes.add(FREE, 0, self._sequence(value[1].data, flags, after), other)
        self.known = False
        return after

    def _repeat(self, least: int, most: int, body: Any, flags: i64, after: i64) -> i64:
        nodes = self.nodes
        written, limit = self._counts(least, most, self.size(body, 0) + 1)
        if written != least or (limit < 0) != (most >= _MAX_REPEAT):
            nodes.exact = False
        start = after
        if limit < 0:
            loop = nodes.add(FREE, 0, -1, after)
            nodes.next[loop] = self._sequence(body, flags, loop)
            start = loop
        else:
            for _ in range(limit - written):
                start = nodes.add(FREE, 0, self._sequence(body, flags, start), after)
        for _ in range(written):
            start = self._sequence(body, flags, start)
        return start

    def _chars(self, ranges: list[tuple[int, int]], kinds: i64, negated: bool, flags: i64, after: i64) -> i64:
        if flags & IGNORECASE:
            ranges = case_variants(ranges, flags & UNICODE != 0)
        return self.nodes.add(CHARACTER, self.nodes.number(CharSet(ranges, kinds, negated)), after)

    def _set(self, items: Any, flags: i64, after: i64) -> i64:
        ranges: list[tuple[int, int]] = []
        kinds: i64 = 0
        negated = False
        for op, value in items:
            name = str(op)
            if name == "NEGATE":
                negated = True
            elif name == "LITERAL":
                ranges.append((int(value), int(value)))
            elif name == "RANGE":
                ranges.append((int(value[0]), int(value[1])))
            elif name == "CATEGORY":
                category = str(value)
                without = category.replace("_NOT_", "_")
                if without not in _KINDS:
                    self.known = False
                elif flags & UNICODE:
                    kind = _KINDS[without]
                    kinds |= kind if without == category else EVERY_KIND & ~kind
                else:
                    inside = _ASCII_KINDS[without]
                    ranges += inside if without == category else complement(inside)
            else:
                self.known = False
        if flags & IGNORECASE and any(last > 0xFFFF for _, last in ranges):
            # ``re`` does not find all of them: (?i)[\U00010400a] does not match its own first character.
            self.nodes.exact = False
            return self.nodes.add(CHARACTER, self.nodes.number(CharSet([(0, LAST)])), after)
        return self._chars(ranges, kinds, negated, flags, after)

    def _condition(self, name: str, flags: i64, after: i64) -> i64:
        nodes = self.nodes
        condition = _CONDITIONS.get(name, -1)
        if condition < 0:
            self.known = False
            return after
        if flags & MULTILINE and name == "AT_BEGINNING":
            condition = LINE_BEGIN
            nodes.line_begins = True
        elif flags & MULTILINE and name == "AT_END":
            condition = LINE_END
        if condition == BEGIN or condition == LINE_BEGIN:
            nodes.begins = True
        elif condition == BOUNDARY or condition == NO_BOUNDARY:
            word_set = -1 if flags & UNICODE else nodes.number(CharSet(ASCII_WORDS))
            if nodes.bounds and word_set != nodes.word_set:
                # Two ideas of a word in one expression.
                nodes.exact = False
                return after
            nodes.bounds = True
            nodes.word_set = word_set
        return nodes.add(CONDITION, condition, after)


def _split(tree: Any, flags: i64) -> tuple[list[tuple[Any, bool]], Any]:
    """The expressions of the look-ahead that the whole text must pass, and whether each is negative; and the rest."""
    aheads: list[tuple[Any, bool]] = []
    items: list[Any] = tree.data
    if not items or str(items[0][0]) != "AT":
        return aheads, items
    at = str(items[0][1])
    if at != "AT_BEGINNING_STRING" and (at != "AT_BEGINNING" or flags & MULTILINE):
        return aheads, items
    rest = items[1:]
    while rest and len(aheads) < MOST_CLAUSES:
        op = str(rest[0][0])
        # 1 is ahead, -1 is behind.
        if (op != "ASSERT" and op != "ASSERT_NOT") or int(rest[0][1][0]) < 0:
            break
        aheads.append((rest[0][1][1].data, op == "ASSERT_NOT"))
        rest = rest[1:]
    return aheads, [items[0], *rest]


@final
class Automaton:
    """A nondeterministic automaton without conditions.

    Its nodes are integers. What a node does is CHARACTER, FREE (it leads on without a character), or ACCEPT.

    Attributes:
        does: by node.
        sets: by node, for CHARACTER, the number of the set.
        targets: by node. For FREE, all nodes it leads to. Otherwise three, for a word character, a newline, and any
            other (see ``comes``), -1 for none. Of an ACCEPT node, too: it may be that something must come, or must not.
        accepts: by node, does it accept whatever comes?
        ends: by node, does it accept if the text ends here?
        useful: by node, does any text lead from here to a match?
        clause: by node, the number of its clause.
        starts: by clause, the node of the empty text.
        required, forbidden: the clauses that must accept and those that must not, as bits.
        exact: is it the expression, or something that matches more?
        alphabet: the classes of characters.
    """

    def __init__(self, nodes: _Nodes) -> None:
        self.does: Final[list[int]] = []
        self.sets: Final[list[int]] = []
        self.targets: Final[list[list[int]]] = []
        self.accepts: Final[list[bool]] = []
        self.ends: Final[list[bool]] = []
        self.useful: list[bool] = []
        self.clause: Final[list[int]] = []
        self.starts: list[int] = []
        self.required: Final[i64] = nodes.required
        self.forbidden: Final[i64] = nodes.forbidden
        self.exact: Final = nodes.exact
        self._nodes: Final = nodes
        self._bounds: Final = nodes.bounds
        newline = CharSet([(NEWLINE, NEWLINE)])
        nodes.number(newline)
        self.alphabet: Final = Alphabet(nodes.sets, nodes.bounds and nodes.word_set < 0, MOST_DIVIDING)
        self._word_set: Final[i64] = nodes.word_set
        self._possible: Final[list[int]] = []
        # A divided node, by its parts: node, what comes before, what may come next; and those not yet followed.
        self._numbers: Final[dict[int, int]] = {}
        self._todo: Final[list[int]] = []

    def divide(self) -> bool:
        """Divide the nodes of the expression; False if there are too many."""
        nodes = self._nodes
        if self.alphabet.size == 0:
            return False
        for chars in nodes.sets:
            self._possible.append(self._what_comes(chars))
        before = BEFORE_NOTHING if nodes.begins or nodes.bounds else BEFORE_OTHER
        self.starts = [self._part(start, before, NEXT_ANY) for start in nodes.starts]
        while self._todo:
            if len(self._numbers) > MOST_PARTS:
                return False
            self._follow(self._todo.pop())
        self._find_useful()
        return True

    def comes(self, class_: i64) -> i64:
        """Which of the three targets of a node a class of characters leads to."""
        alphabet = self.alphabet
        if class_ == alphabet.ascii[NEWLINE]:
            return COMES_NEWLINE
        if self._bounds:
            is_word = alphabet.is_word(class_) if self._word_set < 0 else alphabet.holds(self._word_set, class_)
            if is_word:
                return COMES_WORD
        return COMES_OTHER

    def _part(self, node: i64, before: i64, following: i64) -> i64:
        """The number of a divided node."""
        does = self._nodes.does[node]
        if does == ACCEPT:
            before = BEFORE_OTHER
        key = (node * 4 + before) * 32 + following
        known: i64 = self._numbers.get(key, -1)
        if known >= 0:
            return known
        number = len(self._numbers)
        self._numbers[key] = number
        self._todo.append(key)
        self.clause.append(self._nodes.clause[node])
        self.does.append(FREE if does == CONDITION else does)
        self.sets.append(self._nodes.what[node])
        self.targets.append([])
        self.accepts.append(does == ACCEPT and following == NEXT_ANY)
        self.ends.append(does == ACCEPT and following & NEXT_END != 0)
        return number

    def _follow(self, key: i64) -> None:
        """Find what a divided node leads to."""
        nodes = self._nodes
        node = key >> 7
        before = (key >> 5) & 3
        following = key & 31
        number: i64 = self._numbers[key]
        does: i64 = nodes.does[node]
        targets: list[int] = []
        if does == FREE:
            for target in (nodes.next[node], nodes.other[node]):
                if target >= 0:
                    targets.append(self._part(target, before, following))
        elif does == CONDITION:
            following = _passed(nodes.what[node], before, following)
            if following:
                targets.append(self._part(nodes.next[node], before, following))
        elif does == ACCEPT:
            # Once it has accepted, it goes on accepting.
            targets = self._targets(node, following, 7) if following != NEXT_ANY else [number, number, number]
        else:
            targets = self._targets(nodes.next[node], following, self._possible[nodes.what[node]])
        self.targets[number] = targets

    def _targets(self, node: i64, following: i64, possible: i64) -> list[int]:
        """What a character leads to, in front of ``node``, by what it is.

        Args:
            following: what may come.
            possible: what the node can read, as bits by the numbers of ``COMES_...``.
        """
        word: i64 = -1
        newline: i64 = -1
        other: i64 = -1
        if possible >> COMES_WORD & 1 and following & NEXT_WORD:
            word = self._part(node, BEFORE_WORD, NEXT_ANY)
        if possible >> COMES_OTHER & 1 and following & NEXT_OTHER:
            other = self._part(node, BEFORE_OTHER, NEXT_ANY)
        lines = following & (NEXT_NEWLINE | NEXT_LAST)
        if possible >> COMES_NEWLINE & 1 and lines:
            before = BEFORE_NEWLINE if self._nodes.line_begins else BEFORE_OTHER
            if lines == NEXT_LAST:
                newline = self._part(node, before, NEXT_END)
            elif lines == NEXT_NEWLINE:
                newline = self._part(node, before, NEXT_ANY & ~NEXT_END)
            else:
                newline = self._part(node, before, NEXT_ANY)
        return [word, newline, other]

    def _what_comes(self, chars: CharSet) -> i64:
        """Which kinds of characters, by ``COMES_...``, a set may hold; at least those that it does hold."""
        if chars.is_empty():
            return 0
        ranges = chars.ranges
        kinds = chars.kinds
        if chars.negated:
            if kinds:
                kinds = EVERY_KIND & ~kinds
                has_newline = kinds & SPACE_KIND and not _overlaps(ranges, NEWLINE, NEWLINE)
                kinds = kinds if has_newline or not kinds & SPACE_KIND else kinds & ~SPACE_KIND | OTHER_KIND
                ranges = []
            else:
                ranges = complement(ranges)
        word, newline, other = 1 << COMES_WORD, 1 << COMES_NEWLINE, 1 << COMES_OTHER
        comes: i64 = 0
        if kinds & SPACE_KIND:
            comes |= newline | other
        if kinds & OTHER_KIND:
            comes |= other
        if kinds & (WORD_KIND | DIGIT_KIND):
            comes |= word if self._word_set < 0 else word | other
        for first, last in ranges:
            if first <= NEWLINE <= last:
                comes |= newline
            if not first == last == NEWLINE:
                comes |= other if not self._bounds else self._of_words(first, last)
        if not self._bounds and comes & word:
            comes = comes & ~word | other
        return comes

    def _of_words(self, first: i64, last: i64) -> i64:
        """Whether a range, not only of a newline, has word characters, other characters, or both."""
        word, other = 1 << COMES_WORD, 1 << COMES_OTHER
        if last - first > 128:
            return word | other
        comes: i64 = 0
        for c in range(first, last + 1):
            if c != NEWLINE:
                char = chr(c)
                is_word = char.isalnum() or char == "_"
                if self._word_set >= 0 and c > 127:
                    is_word = False
                comes |= word if is_word else other
        return comes

    def _find_useful(self) -> None:
        """Go back from all that accepts."""
        sources: list[list[int]] = [[] for _ in self.does]
        for number, targets in enumerate(self.targets):
            for target in targets:
                if target >= 0:
                    sources[target].append(number)
        useful = [False] * len(self.does)
        todo = [number for number, does in enumerate(self.does) if does == ACCEPT]
        for number in todo:
            useful[number] = True
        while todo:
            for source in sources[todo.pop()]:
                if not useful[source]:
                    useful[source] = True
                    todo.append(source)
        self.useful = useful


def _passed(condition: i64, before: i64, following: i64) -> i64:
    """What may still come next when a condition is passed; 0 if it is not."""
    if condition == BEGIN:
        return following if before == BEFORE_NOTHING else 0
    if condition == LINE_BEGIN:
        return following if before == BEFORE_NOTHING or before == BEFORE_NEWLINE else 0
    if condition == END:
        return following & (NEXT_LAST | NEXT_END)
    if condition == LINE_END:
        return following & (NEXT_NEWLINE | NEXT_LAST | NEXT_END)
    if condition == TEXT_END:
        return following & NEXT_END
    if (condition == BOUNDARY) == (before == BEFORE_WORD):
        following &= ~NEXT_WORD
    else:
        following &= NEXT_WORD
    if condition == NO_BOUNDARY and before == BEFORE_NOTHING and not EMPTY_HAS_NO_BOUNDARY:
        following &= ~NEXT_END
    return following


def _overlaps(ranges: list[tuple[int, int]], first: i64, last: i64) -> bool:
    return any(start <= last and end >= first for start, end in ranges)


def _parser() -> Any:
    """The module of ``re`` that parses; None where there is none."""
    try:
        return import_module("re._parser")
    except ImportError:
        return None


_PARSER: Final = _parser()
_MAX_REPEAT: Final[int] = 2**32 - 1 if _PARSER is None else int(_PARSER.MAXREPEAT)


def automaton(source: str) -> Automaton | None:
    """The automaton of an expression that ``re`` has compiled; None if it cannot be had, or would be too large."""
    if _PARSER is None:
        return None
    tree: Any = _PARSER.parse(source)
    # Fewer repetitions are written out where all of them together are too many.
    for written in (MOST_WRITTEN, 400, 20, 0):
        reader = _Reader(written)
        if reader.read(tree, int(tree.state.flags)):
            if not reader.known:
                return None
            made = Automaton(reader.nodes)
            return made if made.divide() else None
    return None
