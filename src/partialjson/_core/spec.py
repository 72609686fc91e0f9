"""Specs: what may stand at a place of a document, said once for everybody who wants to know.

A *plan* says what to do with a value; a *spec* says what values there may be. It is made by a schema language's builder
and read by all who describe, foresee or look for something: missing fields, paths, lookahead, placeholders. None of
them knows the language. A spec is total: it also describes places that their plan settles whole.

The specs of a target are a graph: a place leads to its fields, its elements and its branches, and a recursive target
leads back to itself. Nodes are made when somebody goes there, by the builder's ``fill``, which may be called twice (two
threads may ask at once) and then has to say the same.

Two things are told apart everywhere:

- *what can be valid* (``kinds``, and where ``binding`` is true ``words``, ``limits`` and ``keys``): nothing that may
  become valid is ever left out, so that an early refusal is never wrong;
- *what usually comes* (``usual``, ``fields``, ``items``, ``branches``): an integer for an ``int``, although a string is
  read as one too. Where only the user's own code knows what is valid, this is what the code describes itself as.

A place with ``branches`` holds one of them; the other attributes of such a spec are those all of them share. ``null``
is no branch but ``nullable``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["ANYTHING", "ARRAY", "BOOLEAN", "FLOAT", "INTEGER", "NO_DEFAULT", "NULL", "NUMBER", "OBJECT", "STRING"]
__all__ += ["Bounds", "Field", "Spec", "Way", "bounds_of"]

STRING: Final = 1
INTEGER: Final = 2
FLOAT: Final = 4
BOOLEAN: Final = 8
NULL: Final = 16
OBJECT: Final = 32
ARRAY: Final = 64
ANYTHING: Final = 127

NUMBER: Final = INTEGER | FLOAT

KINDS: Final = {
    STRING: "a string",
    NUMBER: "a number",
    BOOLEAN: "true or false",
    NULL: "null",
    OBJECT: "an object",
    ARRAY: "an array",
}

Way = tuple[str | int, ...]
"""Where a field is found in its object: one key, or a longer path."""


@final
class NoDefault:
    """The type of ``NO_DEFAULT``."""

    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT: Final = NoDefault()
"""For a field without a default, or with one that is not known before it is made."""


@final
class Field:
    """A field of an object.

    Attributes:
        name: what the program calls it.
        ways: where the document may have it, the first choice first.
        required: is an object without it invalid?
        is_read: False where a value in the document is passed over.
        kept_back: must it not be shown to others than the program itself?
        title, description: for people; empty where nothing is said.
        default: its value where the document has none; ``NO_DEFAULT`` where there is none or it is not known.
        spec: what may stand there.
    """

    def __init__(
        self,
        name: str,
        ways: tuple[Way, ...],
        spec: Spec,
        required: bool,
        is_read: bool = True,
        kept_back: bool = False,
        title: str = "",
        description: str = "",
        default: Any = NO_DEFAULT,
    ) -> None:
        self.name = name
        self.ways = ways
        self.required = required
        self.is_read = is_read
        self.kept_back = kept_back
        self.title = title
        self.description = description
        self.default: Any = default
        self._spec = spec

    @property
    def spec(self) -> Spec:
        return self._spec.filled()


@final
class Spec:
    """What may stand at one place.

    Only specs that are ``filled`` are ever handed on, here and by ``Field``.

    Attributes:
        kinds: bit set of the JSON kinds that can be valid.
        binding: do ``words``, ``limits`` and ``keys`` bind? Not where the user's own code may take anything.
        usual: bit set of the JSON kinds that usually come.
        nullable: may ``null`` stand here, beside what is described?
        noun: what messages call such a value: "a str", "an order".
        title, description: for people; empty where nothing is said.
        words: where one of a few members stands here: each as the document spells it, and what it becomes.
        limits: by keywords of JSON Schema: "maxLength", "minimum", "maxItems" and the like, about the document's value.
        fields: of an object described field by field, by their names in the program; None for anything else.
        keys: the only keys an object may have; None where it may have others.
        by_key: does the program find the fields as items of a dict, not as attributes?
        root: of a class around one value, which adds nothing to the document: that value as a field.
        may_drop: are elements final only with their container, because it drops some (a set)?
        tag: the key of the member that tells the branch, if one does.
        tags: for each value of that member the branch.
        atomic: is an object or array settled whole here, with nothing inside followed? Said once the plan is made.
    """

    def __init__(self, fill: Callable[[Spec, Any], None] | None = None, source: Any = None) -> None:
        self._fill = fill
        self._source: Any = source
        self.kinds: i64 = ANYTHING
        self.binding = True
        self.usual: i64 = ANYTHING
        self.nullable = False
        self.noun = "a value"
        self.title = ""
        self.description = ""
        self.words: list[tuple[Any, Any]] | None = None
        self.limits: dict[str, Any] = {}
        self.fields: dict[str, Field] | None = None
        self.keys: frozenset[str] | None = None
        self.by_key = False
        self.root: Field | None = None
        self.may_drop = False
        self.tag: str | None = None
        self.tags: dict[Any, Spec] = {}
        self.atomic = False
        self._names: Spec | None = None
        self._rest: Spec | None = None
        self._prefix: list[Spec] = []
        self._items: Spec | None = None
        self._branches: list[Spec] = []
        self._notes: dict[str, Any] | Callable[[], dict[str, Any]] | None = None
        self._bounds: Bounds | None = None
        self._has_bounds = False

    def filled(self) -> Spec:
        """This spec, with all that its builder knows of it."""
        fill = self._fill
        if fill is not None:
            fill(self, self._source)
            # Not before: who asks meanwhile fills it too.
            self._fill = None
        return self

    # What leads on. A builder gives specs that need not be filled.

    def lead(
        self,
        names: Spec | None = None,
        rest: Spec | None = None,
        prefix: list[Spec] | None = None,
        items: Spec | None = None,
        branches: list[Spec] | None = None,
        notes: dict[str, Any] | Callable[[], dict[str, Any]] | None = None,
    ) -> None:
        """For builders: set what the properties of these names give."""
        self._names = names
        self._rest = rest
        self._prefix = prefix or []
        self._items = items
        self._branches = branches or []
        self._notes = notes

    @property
    def names(self) -> Spec | None:
        """What the keys of an object are, where they become more than the strings they are."""
        return None if self._names is None else self._names.filled()

    @property
    def rest(self) -> Spec | None:
        """The values under all keys that are no fields; None where they are no part of the result."""
        return None if self._rest is None else self._rest.filled()

    @property
    def prefix(self) -> list[Spec]:
        """The first elements of an array, where each has a spec of its own."""
        return [each.filled() for each in self._prefix]

    @property
    def items(self) -> Spec | None:
        """The other elements of an array; None where there are none, or this is no array."""
        return None if self._items is None else self._items.filled()

    @property
    def branches(self) -> list[Spec]:
        """The specs one of which holds; none where there is no choice."""
        return [each.filled() for each in self._branches]

    @property
    def notes(self) -> dict[str, Any]:
        """What else is known, by annotation keywords of JSON Schema: "format", "writeOnly"."""
        notes = self._notes
        if notes is None:
            return {}
        if not isinstance(notes, dict):
            notes = self._notes = notes()
        return notes

    # Questions.

    @property
    def is_array(self) -> bool:
        return self._items is not None or (self.fields is None and bool(self._prefix))

    @property
    def is_dict(self) -> bool:
        """Is it an object whose keys are free?"""
        return self.fields is None and self._rest is not None

    @property
    def is_scalar(self) -> bool:
        return self.usual & (OBJECT | ARRAY) == 0

    def leaves(self) -> list[Spec]:
        """The specs without branches that may hold here, as the document sees them: root models are passed through."""
        return self._leaves(True)

    def forms(self) -> list[Spec]:
        """``leaves`` as the program sees them: a root model is one, and what can only be null is none."""
        return [leaf for leaf in self._leaves(False) if leaf.usual != NULL]

    def _leaves(self, through_roots: bool) -> list[Spec]:
        found: list[Spec] = []
        seen: set[int] = set()
        todo = [self.filled()]
        while todo:
            spec = todo.pop()
            if id(spec) in seen:
                continue
            seen.add(id(spec))
            if through_roots and spec.root is not None:
                todo.append(spec.root.spec)
            elif spec._branches:
                todo.extend(reversed(spec.branches))
            else:
                found.append(spec)
        return found

    def may_be_null(self) -> bool:
        """May ``null`` stand here, as far as it is described?"""
        seen: set[int] = set()
        todo = [self.filled()]
        while todo:
            spec = todo.pop()
            if spec.nullable or spec.usual == NULL:
                return True
            if id(spec) not in seen:
                seen.add(id(spec))
                todo.extend(spec.branches)
        return False

    def element(self, index: int) -> Spec | None:
        """What stands at an index of an array; None where nothing can."""
        if index < len(self._prefix):
            return self._prefix[index].filled()
        return self.items

    def member(self, key: str) -> Spec | None:
        """What stands under a key of an object; None where nothing does that is described."""
        for field in (self.fields or {}).values():
            if field.is_read and (key,) in field.ways:
                return field.spec
        return self.rest

    def chosen(self, value: Any) -> Spec | None:
        """The only leaf that an open object or array of a document may belong to; None where that is not known."""
        wanted = OBJECT if isinstance(value, dict) else ARRAY
        fitting: list[Spec] = []
        seen: set[int] = set()
        todo = [self.filled()]
        while todo:
            spec = todo.pop()
            if id(spec) in seen:
                continue
            seen.add(id(spec))
            if spec.root is not None:
                todo.append(spec.root.spec)
            elif spec.tag is not None:
                told: Any = value.get(spec.tag) if isinstance(value, dict) else None
                branch = spec.tags.get(told) if isinstance(told, (str, int)) else None
                if branch is None:
                    return None
                todo.append(branch.filled())
            elif spec._branches:
                todo.extend(spec.branches)
            elif spec.usual & wanted:
                fitting.append(spec)
        return fitting[0] if len(fitting) == 1 else None

    @property
    def bounds(self) -> Bounds | None:
        """What is certain of a value before it closes; None where nothing is."""
        if not self._has_bounds:
            self._bounds = bounds_of(self)
            self._has_bounds = True
        return self._bounds


@final
class Bounds:
    """What is certain of the values that fit, before one closes.

    It never refuses what may still become valid; it need not refuse what cannot.

    Attributes:
        kinds: bit set of the JSON kinds that can be valid at all.
        expected: those kinds in words, for messages.
        words: all strings that can be valid, and what each stands for; None where they are not few.
        max_length: the most characters a string can have; -1 for no bound.
    """

    def __init__(
        self, kinds: i64, expected: str = "", words: dict[str, object] | None = None, max_length: i64 = -1
    ) -> None:
        self.kinds = kinds
        self.expected = expected
        self.words = words
        self.max_length = max_length


MANY: Final = 64
"""More words than this are not gone through for each character."""


def bounds_of(spec: Spec) -> Bounds | None:
    """The bounds that a spec puts on a value; None where nothing is certain."""
    spec = spec.filled()
    kinds = _kinds(spec)
    words: dict[str, object] | None = None
    most: i64 = -1
    if kinds & STRING:
        words = _strings(spec)
        if words is None:
            most = _longest(spec)
    if kinds == ANYTHING and words is None and most < 0:
        return None
    shown = _named(kinds)
    if words is not None:
        shown[0] = " or ".join([repr(word) for word in words]) if len(words) <= 5 else f"one of {len(words)} words"
    return Bounds(kinds, " or ".join(shown), words, most)


def _named(kinds: i64) -> list[str]:
    return [name for kind, name in KINDS.items() if kinds & kind]


def _kinds(spec: Spec) -> i64:
    """The kinds that can be valid."""
    kinds: i64 = 0
    seen: set[int] = set()
    todo = [spec.filled()]
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        inside = _inside(each)
        if not inside or not each.binding or each.kinds != ANYTHING:
            kinds |= each.kinds
        else:
            todo.extend(inside)
            if each.nullable:
                kinds |= NULL
    return kinds


def _inside(spec: Spec) -> list[Spec]:
    """What one passes through to the values themselves."""
    return [spec.root.spec] if spec.root is not None else spec.branches


def _takers_of_strings(spec: Spec) -> list[Spec] | None:
    """The leaves that may take a string; None where something may do anything with one."""
    found: list[Spec] = []
    seen: set[int] = set()
    todo = [spec.filled()]
    while todo:
        each = todo.pop()
        if id(each) in seen or not each.kinds & STRING:
            continue
        seen.add(id(each))
        if not each.binding:
            return None
        inside = _inside(each)
        if inside:
            todo.extend(reversed(inside))
        else:
            found.append(each)
    return found


def _strings(spec: Spec) -> dict[str, object] | None:
    """All strings that can be valid and what they become; None where they are not known, or many."""
    takers = _takers_of_strings(spec)
    if takers is None:
        return None
    words: dict[str, object] = {}
    for leaf in takers:
        if leaf.words is None:
            return None
        for word, member in leaf.words:
            if isinstance(word, str):
                words[word] = member
    return words if 0 < len(words) <= MANY else None


def _longest(spec: Spec) -> i64:
    """The most characters that a string can have; -1 for no bound."""
    takers = _takers_of_strings(spec)
    most: i64 = -1
    for leaf in takers or ():
        bound: Any = leaf.limits.get("maxLength")
        if bound is None:
            return -1
        length: i64 = bound
        most = max(most, length)
    return most
