"""Specs: what may stand at a place of a document, described once for every reader.

A *plan* says what to do with a value; a *spec* says which values there may be. The builder of a schema language makes
it. Everything that describes or predicts documents reads it: missing fields, paths, lookahead, placeholders. None of
these knows the language. A spec is total: it also describes places that their plan settles as a whole.

The specs of a target are a graph: a place leads to its fields, its elements and its branches, and a recursive target
leads back to itself. Nodes are made on demand, by the builder's ``fill``, which may be called twice (by two threads at
once) and must then give the same result.

Two things are distinguished everywhere:

- *what can be valid* (``kinds`` and, if ``binding`` is true, ``words``, ``limits`` and ``keys``): nothing that may
  become valid is ever left out, so an early refusal is never wrong;
- *what usually comes* (``usual``, ``fields``, ``items``, ``branches``): an integer for an ``int``, although a string is
  read as one too. If only the user's own code knows what is valid, this is the description that the code gives of
  itself.

A place with ``branches`` holds one of them; the other attributes of such a spec are what all of them share. ``null`` is
not a branch; it is ``nullable``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["ANYTHING", "ARRAY", "BOOLEAN", "FLOAT", "INTEGER", "NO_DEFAULT", "NULL", "NUMBER", "OBJECT", "STRING"]
__all__ += ["NUMBER_LIMITS", "Field", "Spec", "Way", "is_pure", "kind_of"]

STRING: Final = 1
INTEGER: Final = 2
FLOAT: Final = 4
BOOLEAN: Final = 8
NULL: Final = 16
OBJECT: Final = 32
ARRAY: Final = 64
ANYTHING: Final = 127

NUMBER: Final = INTEGER | FLOAT

NUMBER_LIMITS: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
"""The limits of numbers by the names that Python's libraries give them, and in JSON Schema, whose names specs use."""

KINDS: Final = {
    STRING: "a string",
    NUMBER: "a number",
    BOOLEAN: "true or false",
    NULL: "null",
    OBJECT: "an object",
    ARRAY: "an array",
}


def kind_of(value: object) -> i64:
    """The JSON kind of a value, as one bit."""
    if isinstance(value, str):
        return STRING
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    if isinstance(value, dict):
        return OBJECT
    return ARRAY if isinstance(value, list) else FLOAT


Way = tuple[str | int, ...]
"""Where a field is in its object: one key, or a longer path."""


@final
class NoDefault:
    """The type of ``NO_DEFAULT``."""

    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT: Final = NoDefault()
"""For a field without a default, or with a default that is only known once it is made."""


@final
class Field:
    """A field of an object.

    Attributes:
        name: its name in the program.
        ways: where it may be in the document, first choice first.
        required: is an object without it invalid?
        is_read: False if a value in the document is ignored.
        excluded: does its own declaration keep it from being shown to others than the program itself?
        title, description: for people; empty if there is none.
        default: its value if the document has none; ``NO_DEFAULT`` if there is no default or it is not known.
        spec: what may stand there.
    """

    def __init__(
        self,
        name: str,
        ways: tuple[Way, ...],
        spec: Spec,
        required: bool,
        is_read: bool = True,
        excluded: bool = False,
        title: str = "",
        description: str = "",
        default: Any = NO_DEFAULT,
    ) -> None:
        self.name = name
        self.ways = ways
        self.required = required
        self.is_read = is_read
        self.excluded = excluded
        self.title = title
        self.description = description
        self.default: Any = default
        self._spec = spec

    @property
    def spec(self) -> Spec:
        return self._spec.filled()

    @property
    def kept_back(self) -> bool:
        """Must it not be shown to others than the program itself? So it is with secrets, and with what is excluded."""
        return self.excluded or self.spec.secret or bool(self.spec.notes.get("writeOnly"))


@final
class Spec:
    """What may stand at one place.

    Only specs that are ``filled`` are ever returned, here and by ``Field``.

    Attributes:
        kinds: bit set of the JSON kinds that can be valid.
        binding: does the rest bind: ``words``, ``limits``, ``keys``, and the specs of what is inside? Not if the user's
            own code may accept anything.
        usual: bit set of the JSON kinds that usually come.
        nullable: may ``null`` stand here, besides what is described?
        noun: the name of such a value in messages: "a str", "an order".
        title, description: for people; empty if there is none.
        words: if one of a few members stands here: each as the document spells it, and what it becomes.
        limits: limits on the document's value, by keywords of JSON Schema: "maxLength", "minimum", "maxItems" and so
        on.
        fields: the fields of an object, by their names in the program; None for anything else.
        keys: the only keys that an object may have; None if it may have others.
        by_key: are the fields items of a dict in the program, not attributes?
        keeps_unnamed: does an object keep keys of which nothing is said, so that one of them may also be another
            spelling of a field?
        root: for a class around a single value, which adds nothing to the document: that value, as a field.
        is_pure: is a valid value made without the user's own code, so that it may be made before its turn?
        may_drop: are elements final only with their container, because it may drop some (a set)?
        tag: the key of the member that decides the branch, if there is one.
        tags: for each value of that member the branch, which may not be filled; ``chosen`` finds it.
        atomic: is an object or array settled as a whole here, with nothing inside followed? Set once the plan is made.
        secret: does the program's type hide the value from others?
        rule: what ``spec_rules`` has made of it, if it has.
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
        self.keeps_unnamed = False
        self.root: Field | None = None
        self.is_pure = True
        self.may_drop = False
        self.tag: str | None = None
        self.tags: dict[Any, Spec] = {}
        self.atomic = False
        self.secret = False
        self._names: Spec | None = None
        self._rest: Spec | None = None
        self._prefix: list[Spec] = []
        self._items: Spec | None = None
        self._branches: list[Spec] = []
        self._notes: dict[str, Any] | Callable[[], dict[str, Any]] | None = None
        self.rule: Any = None
        self.loose_rule: Any = None

    def filled(self) -> Spec:
        """This spec, with everything that its builder knows about it."""
        fill = self._fill
        if fill is not None:
            fill(self, self._source)
            # Not earlier: a second caller meanwhile fills it too.
            self._fill = None
        return self

    # Links to other specs. A builder sets specs that need not be filled.

    def lead(
        self,
        names: Spec | None = None,
        rest: Spec | None = None,
        prefix: list[Spec] | None = None,
        items: Spec | None = None,
        branches: list[Spec] | None = None,
        notes: dict[str, Any] | Callable[[], dict[str, Any]] | None = None,
    ) -> None:
        """For builders: set the values of the properties with these names."""
        self._names = names
        self._rest = rest
        self._prefix = prefix or []
        self._items = items
        self._branches = branches or []
        self._notes = notes

    @property
    def names(self) -> Spec | None:
        """The spec of an object's keys, if they become something other than strings."""
        return None if self._names is None else self._names.filled()

    @property
    def rest(self) -> Spec | None:
        """The values under all keys that are not fields; None if they are not part of the result."""
        return None if self._rest is None else self._rest.filled()

    @property
    def prefix(self) -> list[Spec]:
        """The first elements of an array, if each has a spec of its own."""
        return [each.filled() for each in self._prefix]

    @property
    def items(self) -> Spec | None:
        """The other elements of an array; None if there are none, or this is not an array."""
        return None if self._items is None else self._items.filled()

    @property
    def branches(self) -> list[Spec]:
        """The specs of which one applies; empty if there is no choice."""
        return [each.filled() for each in self._branches]

    @property
    def notes(self) -> dict[str, Any]:
        """Other facts, by annotation keywords of JSON Schema: "format", "writeOnly"."""
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
        """Is it an object with arbitrary keys?"""
        return self.fields is None and self._rest is not None

    @property
    def is_scalar(self) -> bool:
        return self.usual & (OBJECT | ARRAY) == 0

    def leaves(self) -> list[Spec]:
        """The specs without branches that may apply here, from the document's point of view: root models are
        skipped."""
        return self._walk(True)[1]

    def walk(self) -> tuple[list[Spec], list[Spec]]:
        """All specs that may apply here, choices between others and root models included; and the ``leaves``."""
        return self._walk(True)

    def forms(self) -> list[Spec]:
        """``leaves`` from the program's point of view: a root model counts, and a spec that can only be null does
        not."""
        return [leaf for leaf in self._walk(False)[1] if leaf.usual != NULL]

    def _walk(self, through_roots: bool) -> tuple[list[Spec], list[Spec]]:
        met: list[Spec] = []
        found: list[Spec] = []
        seen: set[int] = set()
        todo = [self.filled()]
        while todo:
            spec = todo.pop()
            if id(spec) in seen:
                continue
            seen.add(id(spec))
            met.append(spec)
            if through_roots and spec.root is not None:
                todo.append(spec.root.spec)
            elif spec._branches:
                todo.extend(reversed(spec.branches))
            else:
                found.append(spec)
        return met, found

    def may_be_null(self) -> bool:
        """May ``null`` stand here, according to the description?"""
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
        """The spec at an index of an array; None if nothing can stand there."""
        if index < len(self._prefix):
            return self._prefix[index].filled()
        return self.items

    def member(self, key: str) -> Spec | None:
        """The spec under a key of an object; None if nothing is described there."""
        for field in (self.fields or {}).values():
            if field.is_read and (key,) in field.ways:
                return field.spec
        return self.rest

    def chosen(self, value: Any) -> Spec | None:
        """The only leaf to which an open object or array can belong; None if that is not known."""
        wanted = OBJECT if isinstance(value, dict) else ARRAY
        own = self.filled()
        if own.root is None and own.tag is None and not own._branches:
            return own if own.usual & wanted else None
        fitting: list[Spec] = []
        seen: set[int] = set()
        todo = [own]
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


def is_pure(spec: Spec | None) -> bool:
    """Is what becomes of a string made without the user's own code?"""
    if spec is None:
        return False
    seen: set[int] = set()
    todo = [spec.filled()]
    while todo:
        each = todo.pop()
        if id(each) in seen or not each.kinds & STRING:
            continue
        seen.add(id(each))
        if not each.is_pure:
            return False
        todo.extend([each.root.spec] if each.root is not None else each.branches)
    return True
