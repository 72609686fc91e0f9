"""Sets of characters as regular expressions name them, and the classes of characters that a pattern tells apart.

A ``CharSet`` is made of ranges of code points and of *kinds*. To Python's ``re``, every character is a digit, another
word character, white space, or none of these; ``\\d``, ``\\w``, ``\\s`` and their complements are unions of them. So no
table of their characters is needed.

An ``Alphabet`` divides the characters into classes that no set of a pattern cuts. An automaton has one move for each.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Alphabet", "CharSet", "case_variants", "complement", "with_properties"]

LAST: Final = 0x10FFFF
NEWLINE: Final = 10

# The kinds of characters, as bits.
OTHER_KIND: Final = 1
SPACE_KIND: Final = 2
WORD_KIND: Final = 4
DIGIT_KIND: Final = 8
EVERY_KIND: Final = 15

ASCII_DIGITS: Final[list[tuple[int, int]]] = [(48, 57)]
ASCII_SPACES: Final[list[tuple[int, int]]] = [(9, 13), (32, 32)]
ASCII_WORDS: Final[list[tuple[int, int]]] = [(48, 57), (65, 90), (95, 95), (97, 122)]

# A code point whose class is not known yet.
UNKNOWN: Final = -1
MOST_REMEMBERED: Final = 4096
"""How many characters beyond ASCII an alphabet remembers the classes of."""


@final
class CharSet:
    """The characters in some ranges or of some kinds, or all others if ``negated``.

    Attributes:
        ranges: first and last code point of each range, sorted, with gaps between them.
        kinds: bit set of kinds.
        key: equal for sets that are described alike.
    """

    def __init__(self, ranges: list[tuple[int, int]], kinds: i64 = 0, negated: bool = False) -> None:
        every = kinds == EVERY_KIND
        self.ranges: Final = [(0, LAST)] if every else joined(ranges)
        self.kinds: Final[i64] = 0 if every else kinds
        self.negated: Final = negated
        self.key: Final[object] = (tuple(self.ranges), self.kinds, negated)

    def is_empty(self) -> bool:
        if self.negated:
            return self.ranges == [(0, LAST)]
        return not self.ranges and not self.kinds


def joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same characters, as sorted ranges with gaps between them."""
    result: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if result and first <= result[-1][1] + 1:
            if last > result[-1][1]:
                result[-1] = (result[-1][0], last)
        else:
            result.append((first, last))
    return result


def complement(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """All other characters, as ranges."""
    result: list[tuple[int, int]] = []
    after = 0
    for first, last in joined(ranges):
        if first > after:
            result.append((after, first - 1))
        after = last + 1
    if after <= LAST:
        result.append((after, LAST))
    return result


@final
class Alphabet:
    """The classes of characters that some sets tell apart; small integers.

    Attributes:
        size: how many classes there are; 0 if telling them apart would take more than ``most_work`` steps.
        ascii: the classes of the characters below 128.
    """

    def __init__(self, sets: list[CharSet], by_kind: bool, most_work: i64) -> None:
        self._sets: Final = sets
        # A class is a group of code points, and if kinds count, one of 4 kinds.
        self._by_kind: Final = by_kind or any(each.kinds for each in sets)
        # The code points from starts[i] on are in the group groups[i]. A group is what the same sets hold by range.
        self._starts: Final[list[int]] = []
        self._groups: Final[list[int]] = []
        self._holders: Final[list[frozenset[int]]] = []
        self._far: Final[dict[int, int]] = {}
        divided = self._divide(most_work)
        self.size: Final[i64] = len(self._holders) * (4 if self._by_kind else 1) if divided else 0
        self.ascii: Final[list[int]] = [self.find(c) for c in range(128)] if divided else []

    def _divide(self, most_work: i64) -> bool:
        """Sweep over the ends of all ranges; is it done in so many steps?"""
        changes: dict[int, list[int]] = {0: []}
        for number, each in enumerate(self._sets):
            for first, last in each.ranges:
                changes.setdefault(first, []).append(number)
                changes.setdefault(last + 1, []).append(number)
        numbers: dict[frozenset[int], int] = {}
        holding: set[int] = set()
        work: i64 = 0
        for start in sorted(changes):
            if start > LAST:
                break
            holding.symmetric_difference_update(changes[start])
            work += len(holding) + 1
            if work > most_work:
                return False
            holders = frozenset(holding)
            group = numbers.setdefault(holders, len(numbers))
            if group == len(self._holders):
                self._holders.append(holders)
            self._starts.append(start)
            self._groups.append(group)
        return True

    def find(self, c: i64) -> i64:
        """The class of a code point."""
        known: i64 = self._far.get(c, UNKNOWN)
        if known >= 0:
            return known
        found: i64 = self._groups[bisect_right(self._starts, c) - 1]
        if self._by_kind:
            found = found * 4 + _kind_number(chr(c))
        if len(self._far) >= MOST_REMEMBERED:
            self._far.clear()
        self._far[c] = found
        return found

    def holds(self, number: i64, class_: i64) -> bool:
        """Does the set of this number hold the characters of this class?"""
        each = self._sets[number]
        if self._by_kind:
            holds = bool(each.kinds >> (class_ & 3) & 1) or number in self._holders[class_ >> 2]
        else:
            holds = number in self._holders[class_]
        return holds != each.negated

    def is_word(self, class_: i64) -> bool:
        """Are the characters of this class word characters? The alphabet must be one by kind."""
        return class_ & 3 >= 2


def _kind_number(char: str) -> i64:
    """The kind of a character, as the number of its bit."""
    if char.isdecimal():
        return 3
    if char.isalnum() or char == "_":
        return 2
    return 1 if char.isspace() else 0


class _Cases:
    """Which characters are the same to ``re`` when it ignores case; made once, when it is first needed."""

    def __init__(self) -> None:
        # From each of them to all that are the same, itself among them; and their code points, sorted.
        self.same: dict[int, list[int]] = {}
        self.sorted: list[int] = []

    def make(self) -> None:
        lower: Any = import_module("_sre").unicode_tolower
        extra: Any = import_module("re._casefix")._EXTRA_CASES
        # No character beyond has a case.
        uppers: dict[int, list[int]] = {}
        for c in range(0x20000):
            small: int = lower(c)
            if small != c:
                uppers.setdefault(small, [small]).append(c)
        for small, others in extra.items():
            uppers.setdefault(small, [small])
            for other in others:
                uppers.setdefault(other, [other])
        same: dict[int, list[int]] = {}
        for small, chars in uppers.items():
            group = list(chars)
            for other in extra.get(small, ()):
                group += uppers[other]
            for c in chars:
                same[c] = group
        self.sorted = sorted(same)
        self.same = same


_CASES: Final = _Cases()


def case_variants(ranges: list[tuple[int, int]], unicode: bool) -> list[tuple[int, int]]:
    """What the ranges become where case is ignored, in Unicode or in ASCII."""
    result = list(ranges)
    if not unicode:
        for first, last in ranges:
            for low, shift in ((65, 32), (97, -32)):
                start, end = max(first, low), min(last, low + 25)
                if start <= end:
                    result.append((start + shift, end + shift))
        return result
    if not _CASES.same:
        _CASES.make()
    cased = _CASES.sorted
    for first, last in ranges:
        for c in cased[bisect_left(cased, first) : bisect_right(cased, last)]:
            result += [(other, other) for other in _CASES.same[c]]
    return result


# Unicode properties, which ``re`` does not know.

_LONG_NAMES: Final = {
    "letter": "L",
    "casedletter": "LC",
    "uppercaseletter": "Lu",
    "lowercaseletter": "Ll",
    "titlecaseletter": "Lt",
    "modifierletter": "Lm",
    "otherletter": "Lo",
    "mark": "M",
    "combiningmark": "M",
    "nonspacingmark": "Mn",
    "spacingmark": "Mc",
    "enclosingmark": "Me",
    "number": "N",
    "decimalnumber": "Nd",
    "digit": "Nd",
    "letternumber": "Nl",
    "othernumber": "No",
    "punctuation": "P",
    "punct": "P",
    "connectorpunctuation": "Pc",
    "dashpunctuation": "Pd",
    "openpunctuation": "Ps",
    "closepunctuation": "Pe",
    "initialpunctuation": "Pi",
    "finalpunctuation": "Pf",
    "otherpunctuation": "Po",
    "symbol": "S",
    "mathsymbol": "Sm",
    "currencysymbol": "Sc",
    "modifiersymbol": "Sk",
    "othersymbol": "So",
    "separator": "Z",
    "spaceseparator": "Zs",
    "lineseparator": "Zl",
    "paragraphseparator": "Zp",
    "other": "C",
    "control": "Cc",
    "cntrl": "Cc",
    "format": "Cf",
    "surrogate": "Cs",
    "privateuse": "Co",
    "unassigned": "Cn",
}

_CATEGORIES: Final[dict[str, list[tuple[int, int]]]] = {}
"""The ranges of each general category of two letters; filled when the first property is asked for."""


def _fill_categories() -> None:
    found: dict[str, list[tuple[int, int]]] = {}
    first = 0
    current = unicodedata.category("\0")
    for c in range(1, LAST + 1):
        category = unicodedata.category(chr(c))
        if category != current:
            found.setdefault(current, []).append((first, c - 1))
            first, current = c, category
    found.setdefault(current, []).append((first, LAST))
    _CATEGORIES.update(found)


def property_ranges(name: str) -> list[tuple[int, int]] | None:
    """The characters that have a property, by the name in ``\\p{...}``: a general category, Any, Assigned or ASCII.

    Returns None for any other property (scripts, for instance), which the standard library has no table for.
    """
    word = name.strip()
    before, equals, after = word.partition("=")
    if equals:
        if before.strip().lower().replace("_", "") not in ("gc", "generalcategory"):
            return None
        word = after.strip()
    if word == "Any":
        return [(0, LAST)]
    if word == "ASCII":
        return [(0, 127)]
    if not _CATEGORIES:
        _fill_categories()
    if word == "Assigned":
        return complement(_CATEGORIES["Cn"])
    short = _LONG_NAMES.get(word.lower().replace("_", "").replace(" ", ""), word)
    if short == "LC" or short == "L&":
        return joined(_CATEGORIES["Lu"] + _CATEGORIES["Ll"] + _CATEGORIES["Lt"])
    ranges: list[tuple[int, int]] = []
    for category, inside in _CATEGORIES.items():
        if category == short or category[0] == short:
            ranges += inside
    return joined(ranges) if ranges else None


MOST_SPELLED: Final = 1_000_000
"""How many characters the ranges of a pattern's properties may take, all together."""

_PROPERTY: Final = re.compile(r"([pP])\{([^{}]*)\}")


def with_properties(source: str) -> str:
    """The pattern with each ``\\p{...}`` and ``\\P{...}`` written as a set of ranges, which ``re`` understands.

    What is no known property stays as it is; ``re`` refuses it.
    """
    if "\\p{" not in source and "\\P{" not in source:
        return source
    pieces: list[str] = []
    length = 0
    in_set = False
    at = 0
    while at < len(source):
        char = source[at]
        if char == "\\":
            found = _PROPERTY.match(source, at + 1)
            ranges = None if found is None else property_ranges(found.group(2))
            if found is None or ranges is None:
                pieces.append(source[at : at + 2])
                at += 2
                continue
            if found.group(1) == "P":
                ranges = complement(ranges)
            spelled = "".join([f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges])
            length += len(spelled)
            if length > MOST_SPELLED:
                raise re.error("too many \\p{...}", source, at)
            # \P{Any} is no character.
            pieces.append(spelled if in_set else f"[{spelled}]" if spelled else "(?!)")
            at = found.end()
            continue
        pieces.append(char)
        at += 1
        if in_set:
            in_set = char != "]"
        elif char == "[":
            in_set = True
            # A bracket that comes first is one of the set.
            if source[at : at + 1] == "^":
                pieces.append("^")
                at += 1
            if source[at : at + 1] == "]":
                pieces.append("]")
                at += 1
    return "".join(pieces)
