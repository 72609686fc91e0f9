"""Fitting: in which other ways a refused JSON value can be read, according to the spec of its place.

``Fitting.ways`` walks a value and the spec of its place side by side and gives the readings that the spec allows, those
with the fewest changes first; a ``Fit`` is one such reading with its changes. It knows no schema language and calls no
validator: whether a reading is valid is for the caller to find out, by the plan or the rules of the place.

Each part of a value is first read as it is. Only if the spec does not allow that, or if it is of a kind that does not
usually come here, is it changed. So what a spec cannot tell (a pattern, the user's own code) is never a reason to
change anything, and of a large value only the parts are touched that do not fit.

*Bounds.* A place has at most ``MOST_WAYS`` readings, of which only ``MOST_CHOICES`` parts may each have several; one
part is moved at most ``MOST_MOVES`` times from one structure into another; nothing is changed more than ``DEEPEST``
levels down. Readings are remembered by spec, value and the moves that are left, so a recursive union costs no more than
its branches times the size of the value.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.events import Path
from partialjson._core.spec import ARRAY, BOOLEAN, FLOAT, NUMBER, OBJECT, STRING, Field, Spec, kind_of
from partialjson._missing import MISSING
from partialjson.coercions import CoercionKind

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Change", "Fit", "Fitting", "Keys", "KeysOfLeaves", "has_one_key", "key_of", "key_spelling"]
__all__ += ["may_have_one"]

MOST_WAYS: Final = 8
MOST_CHOICES: Final = 8
MOST_MOVES: Final = 2
DEEPEST: Final = 64
MOST_WORDS: Final = 1000
"""With more members than this, none is searched for by its spelling."""

LONGEST_NUMBER: Final = 400
LONGEST_TEXT: Final = 10_000
MOST_SEARCHED: Final = 1_000_000
"""In a longer text no member is searched for, nor where the members times the characters of the text are more."""


@final
class Change:
    """One change of a value: what it was and what it is read as, at a path relative to where the search began."""

    def __init__(self, kind: CoercionKind, path: Path, before: Any, after: Any) -> None:
        self.kind = kind
        self.path = path
        self.before: Any = before
        self.after: Any = after

    def under(self, key: str | int) -> Change:
        """The same change, seen from the container around it."""
        return Change(self.kind, (key, *self.path), self.before, self.after)


@final
class Fit:
    """A reading of a value: what it is read as, and what was changed, children before what is around them."""

    def __init__(self, value: Any, changes: list[Change]) -> None:
        self.value: Any = value
        self.changes = changes

    def and_then(self, kind: CoercionKind, before: Any, after: Any) -> Fit:
        """This reading, changed once more as a whole."""
        return Fit(after, [*self.changes, Change(kind, (), before, after)])

    def under(self, key: str | int) -> Fit:
        return Fit(self.value, [change.under(key) for change in self.changes])


def read_as(kind: CoercionKind, before: Any, after: Any) -> Fit:
    """The reading that one change of a value makes."""
    return Fit(after, [Change(kind, (), before, after)])


@final
class Fitting:
    """One search for readings with changes of some kinds."""

    def __init__(self, kinds: frozenset[CoercionKind], keys: KeysOfLeaves | None = None) -> None:
        self.kinds = kinds
        self.keys = keys or KeysOfLeaves()
        self.known: dict[tuple[int, int, int], list[Fit]] = {}
        # What is remembered by its identity must live as long as the memory of it.
        self.held: list[Any] = []

    def ways(self, spec: Spec, value: Any, raw: str = "") -> list[Fit]:
        """The readings of a value, those with fewest changes first; ``raw`` is the text of a number or a container."""
        return self._ways(spec, value, raw, MOST_MOVES, 0)

    def _ways(self, spec: Spec, value: Any, raw: str, moves: int, depth: int) -> list[Fit]:
        if depth > DEEPEST:
            return [Fit(value, [])]
        key = (id(spec), id(value), moves)
        found = self.known.get(key)
        if found is None:
            self.held.append(value)
            # While it is searched for: a spec that leads back to itself adds nothing.
            self.known[key] = []
            found = []
            for leaf in self._leaves(spec, value):
                found += self._at_leaf(leaf, value, raw, moves, depth)
            if value is None and spec.may_be_null():
                found.append(Fit(None, []))
            elif self._may(CoercionKind.NULL_WORD) and _is_null_word(value) and spec.may_be_null():
                found.append(read_as(CoercionKind.NULL_WORD, value, None))
            found.sort(key=_number_of_changes)
            del found[MOST_WAYS:]
            self.known[key] = found
        return found

    def _may(self, kind: CoercionKind) -> bool:
        return kind in self.kinds

    # Which leaf.

    def _leaves(self, spec: Spec, value: Any) -> list[Spec]:
        """The specs without branches that may apply to a value."""
        found: list[Spec] = []
        seen: set[int] = set()
        todo = [spec.filled()]
        while todo:
            each = todo.pop()
            if id(each) in seen:
                continue
            seen.add(id(each))
            if each.root is not None:
                todo.append(each.root.spec)
            elif each.tag is not None and isinstance(value, dict):
                todo.extend(reversed(self._tagged(each, value)))
            elif each.branches:
                todo.extend(reversed(each.branches))
            else:
                found.append(each)
        return found

    def _tagged(self, spec: Spec, value: dict[str, Any]) -> list[Spec]:
        """The branch that an object's tag tells, however that is spelled; all branches if it tells none."""
        tag = spec.tag
        assert tag is not None
        told: Any = value.get(tag)
        if told is None:
            spelled = key_spelling(tag)
            others = [key for key in value if key_spelling(key) == spelled]
            if len(others) != 1:
                return spec.branches
            told = value[others[0]]
        word = self.tag_of(spec, told)
        branch = None if word is None else spec.tags.get(word)
        return spec.branches if branch is None else [branch.filled()]

    def tag_of(self, spec: Spec, told: Any) -> Any:
        """The tag of a union that is told; None if that is not certain."""
        if isinstance(told, (str, int)) and told in spec.tags:
            return told
        found = self._members(told, [tag for tag in spec.tags if isinstance(tag, (str, int))])
        return found[0].value if len(found) == 1 else None

    # One leaf.

    def _at_leaf(self, leaf: Spec, value: Any, raw: str, moves: int, depth: int) -> list[Fit]:
        kind = kind_of(value)
        as_it_is = self._as_it_is(leaf, value, kind, depth)
        if kind & leaf.usual and any(not fit.changes for fit in as_it_is):
            return as_it_is
        found = as_it_is
        if isinstance(value, str):
            found += self._of_string(leaf, value, moves, depth)
        elif kind & (NUMBER | BOOLEAN):
            found += self._of_atom(leaf, value, raw)
        # A list or an object that is written out as a string is that, and not a string to be put into one.
        is_written_out = any(fit.changes and fit.changes[0].kind == CoercionKind.JSON_IN_STRING for fit in found)
        if moves > 0 and value is not None and not is_written_out:
            found += self._moved(leaf, value, raw, kind, moves - 1, depth)
        takes_text = leaf.usual & STRING and leaf.words is None and _is_within(leaf.limits, raw)
        if not found and raw and kind & (OBJECT | ARRAY) and takes_text and self._may(CoercionKind.JSON_AS_TEXT):
            found.append(read_as(CoercionKind.JSON_AS_TEXT, value, raw))
        return found

    def _as_it_is(self, leaf: Spec, value: Any, kind: i64, depth: int) -> list[Fit]:
        """The readings of a value that keep its kind."""
        if not kind & leaf.usual:
            # Something may become of it all the same, but nobody knows what is inside.
            return [Fit(value, [])] if kind & leaf.kinds else []
        if isinstance(value, dict):
            return self._object(leaf, value, depth)
        if isinstance(value, list):
            return self._array(leaf, value, depth)
        if leaf.words is not None:
            fits = any(type(word) is type(value) and word == value for word, _ in leaf.words)
        else:
            fits = _is_within(leaf.limits, value)
        if kind == FLOAT and not leaf.usual & FLOAT:
            fits = fits and value == value // 1
        return [Fit(value, [])] if fits else []

    def _of_string(self, leaf: Spec, text: str, moves: int, depth: int) -> list[Fit]:
        """What a string may stand for."""
        if leaf.words is not None:
            return self._members(text, [word for word, _ in leaf.words])
        found: list[Fit] = []
        as_it_is = Fit(text, [])
        if leaf.usual & NUMBER and not leaf.usual & STRING:
            found += self._number(leaf, text)
        if leaf.usual & BOOLEAN:
            flag = _FLAGS.get(text.strip().casefold())
            if flag is not None:
                if self._may(CoercionKind.BOOL_WORD):
                    found.append(as_it_is.and_then(CoercionKind.BOOL_WORD, text, flag))
            elif self._may(CoercionKind.WORD_IN_TEXT):
                words = _words_in(text, ["true", "false"])
                if len(words) == 1:
                    found.append(as_it_is.and_then(CoercionKind.WORD_IN_TEXT, text, words[0] == "true"))
        if leaf.usual & (OBJECT | ARRAY) and moves > 0 and self._may(CoercionKind.JSON_IN_STRING):
            inside = _parsed(text)
            if kind_of(inside) & leaf.usual & (OBJECT | ARRAY):
                self.held.append(inside)
                for fit in self._at_leaf(leaf, inside, "", moves - 1, depth + 1):
                    here = [Change(each.kind, (), each.before, each.after) for each in fit.changes]
                    made = Change(CoercionKind.JSON_IN_STRING, (), text, inside)
                    found.append(Fit(fit.value, [made, *here]))
        return found

    def _number(self, leaf: Spec, text: str) -> list[Fit]:
        """The number that a string holds."""
        digits = text.strip()
        if len(digits) > LONGEST_NUMBER:
            return []
        kind = CoercionKind.QUOTED_NUMBER
        if _GROUPED(digits):
            kind = CoercionKind.THOUSANDS
            digits = re.sub("[,_' \u00a0\u202f]", "", digits)
        elif not _NUMBER(digits):
            return []
        if not self._may(kind):
            return []
        number: Any = float(digits) if re.search("[.eE]", digits) else int(digits)
        if isinstance(number, float) and not leaf.usual & FLOAT:
            if number - number != 0 or number != number // 1:
                return []
            number = int(number)
        if not _is_within(leaf.limits, number):
            return []
        if isinstance(number, float) and leaf.kinds & STRING and not _holds(number, digits):
            # A type that reads strings may keep digits for which a float has no room.
            number = digits
        return [read_as(kind, text, number)] if number != text else []

    def _of_atom(self, leaf: Spec, value: Any, raw: str) -> list[Fit]:
        """What a number or a bool may stand for."""
        if leaf.words is not None:
            return self._members(value, [word for word, _ in leaf.words], raw)
        if not leaf.usual & STRING or not self._may(CoercionKind.UNQUOTED_STRING):
            return []
        text = raw or _spelled(value)
        if not text or not _is_within(leaf.limits, text):
            return []
        return [read_as(CoercionKind.UNQUOTED_STRING, value, text)]

    def _members(self, value: Any, words: list[Any], raw: str = "") -> list[Fit]:
        """The only one of a few members that a value can stand for."""
        if isinstance(value, str):
            text = value
        elif isinstance(value, (bool, int, float)):
            text = raw or _spelled(value)
        else:
            return []
        if len(words) > MOST_WORDS or len(text) > LONGEST_TEXT:
            return []
        spelled = {}
        for word in words:
            if type(word) in (str, int, bool, float):
                spelled[word if isinstance(word, str) else json.dumps(word)] = word
        own = Fit(value, [])
        exact = spelled.get(text.strip())
        if exact is not None and type(exact) is not type(value):
            kind = CoercionKind.UNQUOTED_STRING
            if isinstance(exact, bool):
                kind = CoercionKind.BOOL_WORD
            elif not isinstance(exact, str):
                kind = CoercionKind.QUOTED_NUMBER
            return [own.and_then(kind, value, exact)] if self._may(kind) else []
        if not isinstance(value, str):
            return []
        for kind, spelling in ((CoercionKind.MEMBER_CASE, _by_case), (CoercionKind.MEMBER_SEPARATORS, key_spelling)):
            wanted = spelling(text)
            found = [word for each, word in spelled.items() if wanted and spelling(each) == wanted]
            if found:
                return [own.and_then(kind, value, found[0])] if len(found) == 1 and self._may(kind) else []
        if self._may(CoercionKind.WORD_IN_TEXT):
            names = _words_in(text, list(spelled))
            if len(names) == 1:
                return [own.and_then(CoercionKind.WORD_IN_TEXT, value, spelled[names[0]])]
        return []

    # From one structure to another.

    def _moved(self, leaf: Spec, value: Any, raw: str, kind: i64, moves: int, depth: int) -> list[Fit]:
        found: list[Fit] = []
        takes = leaf.usual
        if isinstance(value, list):
            if len(value) == 1 and not takes & ARRAY and self._may(CoercionKind.ONE_OF_LIST):
                for fit in self._at_leaf(leaf, value[0], "", moves, depth + 1):
                    found.append(fit.under(0).and_then(CoercionKind.ONE_OF_LIST, value, fit.value))
        elif takes & ARRAY and not takes & kind and self._may(CoercionKind.LIST_OF_ONE):
            item = leaf.element(0)
            if item is not None and may_have_one(leaf):
                for fit in self._ways(item, value, raw, moves, depth + 1):
                    found.append(fit.and_then(CoercionKind.LIST_OF_ONE, value, [fit.value]))
        keys = self.keys.of(leaf)
        if isinstance(value, dict) and len(value) == 1 and not keys.has_any(value) and self._may(CoercionKind.WRAPPER):
            key = next(iter(value))
            for fit in self._at_leaf(leaf, value[key], "", moves, depth + 1):
                found.append(fit.under(key).and_then(CoercionKind.WRAPPER, value, fit.value))
        field = keys.single
        has_it = isinstance(value, dict) and keys.has_any(value)
        if field is not None and not has_it and self._may(CoercionKind.SINGLE_FIELD):
            for fit in self._ways(field.spec, value, raw, moves, depth + 1):
                found.append(fit.and_then(CoercionKind.SINGLE_FIELD, value, {key_of(field): fit.value}))
        return found

    # Inside containers.

    def _object(self, leaf: Spec, value: dict[str, Any], depth: int) -> list[Fit]:
        """The readings of an object that keep it one."""
        fields = leaf.fields
        parts = _Parts(value)
        if fields is None:
            rest = leaf.rest
            if rest is not None:
                for key, inside in value.items():
                    if not parts.add(key, key, self._ways(rest, inside, "", MOST_MOVES, depth + 1)):
                        return []
            return parts.fits()
        keys = self.keys.of(leaf)
        came = {keys.own[key].name for key in value if key in keys.own}
        for key, inside in value.items():
            field = keys.own.get(key)
            name = key
            if field is None and self._may(CoercionKind.KEY):
                field = keys.meant(key, came)
                if field is not None:
                    came.add(field.name)
                    name = key_of(field)
                    parts.changes(Change(CoercionKind.KEY, (key,), key, name))
            place = field.spec if field is not None else leaf.rest
            if field is None and leaf.keys is not None and key not in leaf.keys:
                return []
            if place is not None and not parts.add(key, name, self._ways(place, inside, "", MOST_MOVES, depth + 1)):
                return []
        for field in fields.values():
            if not field.required or field.name in came or _has_come(field, value):
                continue
            if not self._may(CoercionKind.ABSENT_NULL) or not field.spec.may_be_null() or not has_one_key(field):
                return []
            parts.absent(key_of(field))
        return parts.fits()

    def _array(self, leaf: Spec, value: list[Any], depth: int) -> list[Fit]:
        """The readings of an array that keep it one."""
        if not _is_within(leaf.limits, value):
            return []
        parts = _Parts(value)
        if not leaf.is_array:
            return parts.fits()
        prefix = leaf.prefix
        items = leaf.items
        for index, inside in enumerate(value):
            place = prefix[index] if index < len(prefix) else items
            if place is not None and not parts.add(index, index, self._ways(place, inside, "", MOST_MOVES, depth + 1)):
                return []
        return parts.fits()


@final
class _Parts:
    """The readings of a container's parts, joined to readings of the container."""

    def __init__(self, value: Any) -> None:
        self.value: Any = value
        # For each reading: the changes, and what stands under the keys of the parts that are changed.
        self.ways: list[tuple[list[Change], dict[str | int, Any]]] = [([], {})]
        self.names: dict[str | int, str | int] = {}
        self.nulls: list[str] = []
        self.choices = 0

    def add(self, key: str | int, name: str | int, fits: list[Fit]) -> bool:
        """The part under ``key`` has these readings, and counts as ``name``; False if there are none."""
        if not fits:
            return False
        if name != key:
            self.names[key] = name
        if len(fits) > 1:
            self.choices += 1
        if len(fits) == 1 or self.choices > MOST_CHOICES:
            first = fits[0]
            if first.changes:
                news = first.under(key)
                for changes, parts in self.ways:
                    changes += news.changes
                    parts[key] = news.value
            return True
        ways: list[tuple[list[Change], dict[str | int, Any]]] = []
        for fit in fits:
            news = fit.under(key)
            for changes, parts in self.ways:
                ways.append(([*changes, *news.changes], {**parts, key: news.value} if fit.changes else parts.copy()))
        ways.sort(key=_number_of)
        self.ways = ways[:MOST_WAYS]
        return True

    def changes(self, change: Change) -> None:
        for changes, _ in self.ways:
            changes.append(change)

    def absent(self, name: str) -> None:
        """A key is missing that may be null."""
        self.nulls.append(name)
        for changes, _ in self.ways:
            changes.append(Change(CoercionKind.ABSENT_NULL, (name,), MISSING, None))

    def fits(self) -> list[Fit]:
        found: list[Fit] = []
        for changes, parts in self.ways:
            value = self.value
            if isinstance(value, list) and parts:
                value = [parts.get(index, each) for index, each in enumerate(value)]
            elif isinstance(value, dict) and (parts or self.names or self.nulls):
                value = {self.names.get(key, key): parts.get(key, each) for key, each in value.items()}
                for name in self.nulls:
                    value[name] = None
            found.append(Fit(value, changes))
        return found


def _number_of_changes(fit: Fit) -> int:
    return len(fit.changes)


def _number_of(way: tuple[list[Change], dict[str | int, Any]]) -> int:
    return len(way[0])


# Objects and their keys.


def has_one_key(field: Field) -> bool:
    """Is the first way to a field a key of its object?"""
    return field.is_read and bool(field.ways) and len(field.ways[0]) == 1 and isinstance(field.ways[0][0], str)


def key_of(field: Field) -> str:
    """The first key of a field that ``has_one_key``."""
    return str(field.ways[0][0])


@final
class Keys:
    """The keys of an object: whose they are, and which others can be meant for them.

    Attributes:
        own: the fields, by each key under which they are looked for.
        usual: the first key of each field, in the order in which a document usually has them.
        spelled: the fields of which another key may be a spelling, by ``key_spelling``. Such a field has one key, and
            an object that has another key in its place can never be valid as it stands: the field is required, or no
            other key is allowed. An object whose target speaks of other keys shows them, and what was shown stays.
        single: the only field of an object that has just one.
    """

    def __init__(self, leaf: Spec) -> None:
        self.leaf = leaf
        self.own: dict[str, Field] = {}
        self.usual: list[str] = []
        self.spelled: dict[str, list[Field]] = {}
        self.single: Field | None = None
        fields = leaf.fields or {}
        is_free = leaf.rest is None or leaf.keeps_unnamed
        for field in fields.values():
            if not field.is_read:
                continue
            for number, way in enumerate(field.ways):
                if isinstance(way[0], str):
                    self.own[way[0]] = field
                    if number == 0:
                        self.usual.append(way[0])
            if is_free and has_one_key(field) and (field.required or leaf.keys is not None):
                spelling = key_spelling(key_of(field))
                if spelling:
                    self.spelled.setdefault(spelling, []).append(field)
        if len(fields) == 1 and leaf.usual == OBJECT and is_free:
            field = next(iter(fields.values()))
            self.single = field if has_one_key(field) else None

    def meant(self, key: str, came: set[str]) -> Field | None:
        """The only absent field for which an unknown key can be meant; ``came`` has the names of those that came."""
        if key in self.own or not self.spelled:
            return None
        found = [field for field in self.spelled.get(key_spelling(key), ()) if field.name not in came]
        return found[0] if len(found) == 1 else None

    def has_any(self, value: dict[str, Any]) -> bool:
        """Does an object have a key that belongs to a field?"""
        return not self.own.keys().isdisjoint(value)


@final
class KeysOfLeaves:
    """The keys of the objects that a search or a document meets, each made once."""

    def __init__(self) -> None:
        self.made: dict[int, Keys] = {}

    def of(self, leaf: Spec) -> Keys:
        keys = self.made.get(id(leaf))
        if keys is None:
            # It holds the leaf, whose id is not used again as long.
            keys = self.made[id(leaf)] = Keys(leaf)
        return keys


def _has_come(field: Field, value: dict[str, Any]) -> bool:
    return any(way[0] in value for way in field.ways)


def may_have_one(leaf: Spec) -> bool:
    return int(leaf.limits.get("minItems", 0)) <= 1 <= int(leaf.limits.get("maxItems", 1))


# Spelling.

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII).fullmatch
# Groups of three with one separator throughout.
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?P<by>[,_' \u00a0\u202f])\d{3}((?P=by)\d{3})*(\.\d+)?", re.ASCII).fullmatch
_SEPARATORS: Final = re.compile(r"[\s_\-./]+")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[\s_\-./]+(?=\d)")
_FLAGS: Final = {
    **dict.fromkeys(("true", "yes", "on", "t", "y"), True),
    **dict.fromkeys(("false", "no", "off", "f", "n"), False),
}
# Directly before a word, these say that it is not meant.
_NOT: Final = re.compile(
    r"\b(?:not|no|non|never|neither|nor|without|isn't|aren't|wasn't)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE
)


def _is_null_word(value: Any) -> bool:
    return isinstance(value, str) and value.strip().casefold() in ("null", "none")


def _by_case(text: str) -> str:
    return text.strip().casefold()


def key_spelling(text: str) -> str:
    """A key or a word without case and separators; digits that a separator keeps apart stay apart."""
    text = text.strip().casefold()
    sign = "-" if text[:1] == "-" and text[1:2].isdigit() else ""
    return sign + _SEPARATORS.sub("", _BETWEEN_DIGITS.sub("\0", text))


def _words_in(text: str, words: list[str]) -> list[str]:
    """Which of these words stand in a text as whole words, in any case; none if one of them is negated.

    Of two words at one place the longer one counts. A single letter counts only in its own case: "a" is an article.
    """
    wanted = sorted([word for word in words if word.strip()], key=len, reverse=True)
    if not wanted or len(wanted) * len(text) > MOST_SEARCHED:
        return []
    choices = [re.escape(word) if len(word) > 1 else f"(?-i:{re.escape(word)})" for word in wanted]
    pattern = re.compile(r"(?<![\w-])(" + "|".join(choices) + r")(?!\w|-\w)", re.IGNORECASE)
    folded = {word.casefold(): word for word in reversed(wanted)}
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        if _NOT.search(text[max(0, match.start() - 24) : match.start()]):
            return []
        word = match.group(1)
        found[word if word in wanted else folded[word.casefold()]] = None
    return list(found)


def _spelled(value: Any) -> str:
    """An atom as the document may have spelled it; empty where it may have been spelled in several ways."""
    return "" if isinstance(value, float) else json.dumps(value)


def _holds(number: float, digits: str) -> bool:
    """Is a float, as it is written, all of these digits?"""
    from decimal import Decimal

    return Decimal(repr(number)) == Decimal(digits)


def _parsed(text: str) -> Any:
    """The object or array in a string; None if there is none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _is_within(limits: dict[str, Any], value: Any) -> bool:
    """Does a value keep the limits that can be compared here?"""
    if not limits:
        return True
    if isinstance(value, (str, list)):
        least, most = ("minLength", "maxLength") if isinstance(value, str) else ("minItems", "maxItems")
        return bool(limits.get(least, 0) <= len(value) <= limits.get(most, len(value)))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return bool(
            limits.get("minimum", value) <= value <= limits.get("maximum", value)
            and ("exclusiveMinimum" not in limits or limits["exclusiveMinimum"] < value)
            and ("exclusiveMaximum" not in limits or value < limits["exclusiveMaximum"])
        )
    return True
