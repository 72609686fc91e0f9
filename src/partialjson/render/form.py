"""The form of a document: what a target expects, as plain JSON, from which a page draws what has not come.

``form(target)`` describes each place of the target's documents. A description holds, where there is something to say:

- ``title``, ``description``: what a person calls the place, and what its author says of it. The title of the root may
  be that of its type;
- ``kind``: "object", "array", "string", "integer", "number", "boolean", "null"; "choice" for one of several, "any" if
  nothing is known;
- ``label``: the expected value in a word or two: "date", "list of Stop", "low | medium | high";
- ``required``: of a field: is an object without it invalid?
- ``fields``: the fields of an object by the document's own keys, in order; ``values``: what stands under other keys;
- ``items``: the elements of an array; ``prefix``: its first elements, if each has a description of its own;
- ``words``: the only values there are;
- ``choices``: what stands here is one of these. ``chosen`` says which;
- ``secret``: true if the value is kept back, and null stands for it;
- ``$ref``: the rest of the description is the one at this place of the form (``#`` and a JSON Pointer). So a recursive
  type has a finite form. What stands beside it counts first.

A form describes what usually comes, and decides nothing: the parser knows what is valid. Fields that the target keeps
back (secrets, excluded fields) are left out.

Descriptions are made breadth first, so that a reference leads to the shallowest place of its kind, and no depth of a
type can exhaust the stack. A ``Placeholder`` reads a form; the element ``<partial-json>`` does the same in a page.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from partialjson._core.spec import ARRAY, NULL, OBJECT, Field, Spec
from partialjson._core.target import spec_of
from partialjson._pointers import escaped, steps_of
from partialjson.render.labels import kind_word, label_of

__all__ = ["UNKNOWN", "Placeholder", "form", "placeholder_of"]

# What lies deeper in a larger form is described without its inside.
_PLACES: Final = 10_000

_Described = dict[str, Any]


def form(target: Any) -> _Described:
    """The form of a target's documents, as plain JSON; ``{"kind": "any"}`` if there is no target.

    Args:
        target: what ``Parser`` takes as a target; a ``Schema`` for a JSON Schema.

    Raises:
        as ``Parser`` for the target.
    """
    if target is None or target is Any:
        return {"kind": "any", "label": ""}
    spec = spec_of(target)
    return _Builder().build(spec)


class _Builder:
    """The places of one form that are still to be described, and where each container was described first."""

    def __init__(self) -> None:
        self._queue: deque[tuple[Spec, _Described, str]] = deque()
        # By the identity of the spec, which is held so that it stays its own.
        self._described: dict[int, tuple[Spec, str]] = {}
        self._count = 0

    def build(self, spec: Spec) -> _Described:
        leaves = _leaves(spec)
        title = spec.title or (leaves[0].title if len(leaves) == 1 else "")
        description = spec.description or (leaves[0].description if len(leaves) == 1 else "")
        root = self._place(spec, "#", title, description)
        while self._queue:
            self._inside(*self._queue.popleft())
        return root

    def _place(self, spec: Spec, pointer: str, title: str = "", description: str = "") -> _Described:
        """The description of a place, the inside of which is described later."""
        self._count += 1
        place: _Described = {}
        if title:
            place["title"] = title
        if description:
            place["description"] = description
        leaves = _leaves(spec)
        place["kind"] = kind_word(leaves[0].usual if leaves else NULL) if len(leaves) <= 1 else "choice"
        place["label"] = label_of(spec)
        if spec.secret or spec.notes.get("writeOnly"):
            place["secret"] = True
        elif len(leaves) > 1:
            self._queue.append((spec, place, pointer))
        elif leaves:
            self._leaf(leaves[0], place, pointer)
        return place

    def _leaf(self, leaf: Spec, place: _Described, pointer: str) -> None:
        if leaf.words is not None:
            place["words"] = [word for word, _ in leaf.words]
        if leaf.fields is None and leaf.rest is None and not leaf.is_array:
            return
        known = self._described.get(id(leaf))
        if known is not None:
            place["$ref"] = known[1]
        else:
            self._described[id(leaf)] = (leaf, pointer)
            self._queue.append((leaf, place, pointer))

    def _inside(self, spec: Spec, place: _Described, pointer: str) -> None:
        if self._count > _PLACES:
            return
        if place["kind"] == "choice":
            place["choices"] = [
                self._place(leaf, f"{pointer}/choices/{index}") for index, leaf in enumerate(_leaves(spec))
            ]
            return
        if spec.fields is not None and not spec.usual & ARRAY:
            place["fields"] = self._fields(spec, f"{pointer}/fields")
        elif spec.prefix:
            place["prefix"] = [self._place(each, f"{pointer}/prefix/{i}") for i, each in enumerate(spec.prefix)]
        if spec.rest is not None and spec.usual & OBJECT and spec.usual != OBJECT | ARRAY:
            place["values"] = self._place(spec.rest, f"{pointer}/values")
        if spec.items is not None:
            place["items"] = self._place(spec.items, f"{pointer}/items")

    def _fields(self, spec: Spec, pointer: str) -> _Described:
        ways: dict[str, tuple[Field | None, bool]] = {}
        for field in (spec.fields or {}).values():
            if field.is_read and field.ways:
                way = field.ways[0]
                key = str(way[0])
                if field.kept_back:
                    continue
                # Several fields may lie inside one value that is not itself a field.
                ways.setdefault(key, (field if len(way) == 1 else None, field.required))
        fields: _Described = {}
        for key, (own, required) in ways.items():
            inside = f"{pointer}/{escaped(key)}"
            if own is None:
                fields[key] = {"kind": "any", "label": "", "required": required}
            else:
                fields[key] = self._place(own.spec, inside, own.title, own.description or own.spec.description)
                fields[key]["required"] = required
        return fields


def _leaves(spec: Spec) -> list[Spec]:
    """What may stand at a place beside null."""
    return [leaf for leaf in spec.leaves() if leaf.usual != NULL]


class Placeholder:
    """What is expected at one place of a document, read from a form.

    It says in a word or two what is expected, and leads to the placeholders inside, by the document's own keys. It only
    decides what is drawn as absent.
    """

    def __init__(self, place: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> None:
        self._root = place if root is None else root
        self._place = place
        if "$ref" in place:
            self._place = {**_look_up(self._root, place["$ref"]), **place}
        self.optional = self._place.get("required") is False
        self.kind: str = self._place.get("kind", "any")
        self.title: str = self._place.get("title", "")
        self.description: str = self._place.get("description", "")
        self.secret = self._place.get("secret") is True

    @cached_property
    def label(self) -> str:
        """The expected type, in a word or two."""
        word: str = self._place.get("label", "")
        return f"{word}, optional" if self.optional and word else word

    @cached_property
    def fields(self) -> dict[str, Placeholder]:
        """The fields of an object that is described field by field."""
        return {key: Placeholder(each, self._root) for key, each in self._place.get("fields", {}).items()}

    def at(self, key: str | int) -> Placeholder:
        """The placeholder of a child."""
        if isinstance(key, str):
            return self.fields.get(key) or self._values
        return self.prefix[key] if key < len(self.prefix) else self.items

    @cached_property
    def _values(self) -> Placeholder:
        return Placeholder(self._place["values"], self._root) if "values" in self._place else UNKNOWN

    @cached_property
    def items(self) -> Placeholder:
        """The placeholder of the elements of an array that have none of their own."""
        return Placeholder(self._place["items"], self._root) if "items" in self._place else UNKNOWN

    @cached_property
    def prefix(self) -> list[Placeholder]:
        """The placeholders of the first elements of an array, if each has its own."""
        return [Placeholder(each, self._root) for each in self._place.get("prefix", ())]

    @cached_property
    def _choices(self) -> list[Placeholder]:
        return [Placeholder(each, self._root) for each in self._place.get("choices", ())]

    @property
    def is_flat(self) -> bool:
        """Is it an object of which every field is a scalar? Such objects fill a table."""
        return bool(self.fields) and all(each.is_scalar for each in self.fields.values())

    @property
    def is_scalar(self) -> bool:
        if self._choices:
            return all(each.is_scalar for each in self._choices)
        return self.kind not in ("object", "array", "any")

    def chosen(self, value: Any) -> Placeholder:
        """The placeholder of this value, where one of several may stand.

        It is the only one of its kind, or the only one that agrees with the words that have come ("type": "circle").
        ``UNKNOWN`` where that is not known yet.
        """
        if not self._choices:
            return self
        fitting = [each for each in self._choices if each.kind == _kind(value)]
        if len(fitting) > 1 and isinstance(value, dict):
            fitting = [each for each in fitting if each.agrees(value)]
        return fitting[0] if len(fitting) == 1 else UNKNOWN

    def agrees(self, value: Mapping[str, Any]) -> bool:
        """Are the values of an object, where only some are possible, among these?"""
        return all(
            each.words is None or key not in value or any(_same(word, value[key]) for word in each.words)
            for key, each in self.fields.items()
        )

    @property
    def words(self) -> list[Any] | None:
        """The only values there are; None if they are not listed."""
        return self._place.get("words")


def _kind(value: Any) -> str:
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "scalar"


def _same(word: Any, value: Any) -> bool:
    """Are these the same JSON scalar? ``True`` is not 1."""
    return isinstance(word, bool) is isinstance(value, bool) and bool(word == value)


def _look_up(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """The description that a reference leads to."""
    place: Any = root
    for step in steps_of(reference):
        place = place[int(step)] if isinstance(place, list) else place[step]
    found: Mapping[str, Any] = place
    return found


UNKNOWN: Final = Placeholder({"kind": "any", "label": ""})
"""The placeholder of a document about which nothing is known."""


def placeholder_of(target: Any) -> Placeholder:
    """The placeholder of a parser's target; ``UNKNOWN`` if it has none.

    Raises:
        as ``Parser`` for the target.
    """
    return UNKNOWN if target is None or target is Any else Placeholder(form(target))
