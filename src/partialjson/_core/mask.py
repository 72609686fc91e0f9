"""What a document must not show to others than the program itself: secrets, and fields that are excluded.

A ``Mask`` stands for one place of the document and says whether its value is kept back. It is found from the specs, so
it holds before anything has come there, and where a union is not decided: a place is kept back if it is in any branch.

Where values are coerced, one that fits another form of a place counts as that place. There the mask is *loose*: a key
is known by its spelling, what stands in an unknown key or in an array that nobody expects counts as if it stood here,
and no scalar shows where an object with something kept back is expected. It keeps back too much rather than too little.

``without_kept_back`` takes what is kept back out of deltas. What is left folds to a document of its own: members of
objects are not there, and elements of arrays are null, so that the indexes of the others stay.
"""

from __future__ import annotations

from typing import Any, Final, Literal, final

from partialjson._core.events import Node
from partialjson._core.fitting import key_spelling
from partialjson._core.spec import ARRAY, NULL, OBJECT, Spec, Way

__all__ = ["KeptBack", "Mask", "mask_of", "without_kept_back"]

KeptBack = Literal["nothing", "part", "all"]
"""How much of a place is kept back."""

# In place of the keys and indexes that have no spec of their own.
_OTHER_KEY: Final = ("",)
_OTHER_INDEX: Final = (0,)


@final
class Mask:
    """One place of a document.

    Attributes:
        hidden: its value is kept back, and with it all that is inside.
        hides_scalars: it is kept back unless it is an object or array.
        is_partial: something is kept back here or inside.
    """

    def __init__(self, specs: list[Spec], ways: list[tuple[Way, Spec | None]], loose: bool = False) -> None:
        # What may stand here, and the ways that lead on from here to fields further inside; to None if they are kept
        # back.
        self._ways = [each for each in ways if each[0]]
        self._leaves: list[Spec] = []
        self._inside: dict[Any, Mask] = {}
        self.hidden = any(not way and spec is None for way, spec in ways)
        self.loose = loose
        seen: set[int] = set()
        todo = [*specs, *(spec for way, spec in ways if not way and spec is not None)]
        self.hides_scalars = loose and _keeps_back(todo) and not any(_takes_scalars(spec) for spec in todo)
        while todo:
            spec = todo.pop().filled()
            if id(spec) in seen:
                continue
            seen.add(id(spec))
            if _is_secret(spec):
                self.hidden = True
            if spec.root is not None:
                todo.append(spec.root.spec)
            else:
                todo.extend(spec.branches)
                self._leaves.append(spec)
                if loose and spec.items is not None:
                    # Its only element may stand here without it.
                    todo.append(spec.items)
                for field in (spec.fields or {}).values():
                    self._ways += [(way, None if field.kept_back else field.spec) for way in field.ways if way]
        self._firsts = {way[0] for way, _ in self._ways}
        self._spelled = (
            {key_spelling(first): first for first in self._firsts if isinstance(first, str)} if loose else {}
        )
        self._prefix = max([len(leaf.prefix) for leaf in self._leaves], default=0)
        inside = [*self._leaves, *[spec for _, spec in self._ways if spec is not None]]
        self.is_partial = (
            self.hidden or self.hides_scalars or any(spec is None for _, spec in self._ways) or _keeps_back(inside)
        )

    def inside(self, key: str | int) -> Mask:
        """The place at a key or an index of the value here."""
        known: Any = key
        if self.loose and isinstance(key, str) and key not in self._firsts:
            known = key = self._spelled.get(key_spelling(key), key)
        if key not in self._firsts:
            if isinstance(key, str):
                known = _OTHER_KEY
            elif key >= self._prefix:
                known = _OTHER_INDEX
        found = self._inside.get(known)
        if found is None:
            found = self._inside[known] = self._make(key)
        return found

    def _make(self, key: str | int) -> Mask:
        specs: list[Spec] = []
        for leaf in self._leaves:
            spec = leaf.rest if isinstance(key, str) else leaf.element(key)
            if isinstance(key, str) and any((key,) in field.ways for field in (leaf.fields or {}).values()):
                spec = None
            if spec is not None:
                specs.append(spec)
        ways = [(way[1:], spec) for way, spec in self._ways if way[0] == key]
        if self.loose and not specs and not ways:
            return self
        return Mask(specs, ways, self.loose)

    def hides(self, value: Any) -> bool:
        """Is this value kept back if it stands here?"""
        return self.hidden or (self.hides_scalars and value is not None and not isinstance(value, (dict, list)))

    def shown(self, value: Any) -> Any:
        """The value at this place, which is not hidden, without what is kept back inside; the value is not changed."""
        found: list[Any] = [value]
        todo: list[tuple[Mask, Any, Any]] = [(self, found, 0)]
        while todo:
            mask, container, key = todo.pop()
            old = container[key]
            if isinstance(old, dict):
                places = {each: mask.inside(each) for each in old}
                new: Any = {each: old[each] for each in old if not places[each].hides(old[each])}
                todo.extend([(places[each], new, each) for each in new if isinstance(new[each], (dict, list))])
            else:
                elements = [mask.inside(i) for i in range(len(old))]
                new = [None if elements[i].hides(old[i]) else old[i] for i in range(len(old))]
                todo.extend([(elements[i], new, i) for i in range(len(new)) if isinstance(new[i], (dict, list))])
            container[key] = new
        return found[0]


def _is_secret(spec: Spec) -> bool:
    return spec.secret or bool(spec.notes.get("writeOnly"))


def _takes_scalars(spec: Spec) -> bool:
    return any(leaf.usual & ~OBJECT & ~ARRAY & ~NULL for leaf in spec.leaves())


def mask_of(root: Spec, loose: bool = False) -> Mask | None:
    """The mask of the root of a target's documents, a ``loose`` one where values are coerced; None if they keep nothing
    back."""
    return Mask([root], [], loose) if _keeps_back([root]) else None


def _keeps_back(specs: list[Spec]) -> bool:
    """Is anything kept back in places of these specs?"""
    seen: set[int] = set()
    todo = list(specs)
    while todo:
        spec = todo.pop().filled()
        if id(spec) in seen:
            continue
        seen.add(id(spec))
        if _is_secret(spec):
            return True
        for field in (spec.fields or {}).values():
            if field.kept_back:
                return True
            todo.append(field.spec)
        if spec.root is not None:
            todo.append(spec.root.spec)
        todo.extend([*spec.branches, *spec.prefix])
        todo.extend([each for each in (spec.rest, spec.items) if each is not None])
    return False


def without_kept_back(deltas: list[dict[str, Any]], places: list[Node | None], root: Mask) -> list[dict[str, Any]]:
    """The deltas of the document without what is kept back; ``places`` are those of the deltas, None for the root."""
    found: list[dict[str, Any]] = []
    for delta, at in zip(deltas, places, strict=True):
        path = () if at is None else at.path()
        mask = root
        depth = 0
        while depth < len(path) and not mask.hidden:
            mask = mask.inside(path[depth])
            depth += 1
        value = delta["value"]
        if mask.hides(value):
            if depth < len(path) or not path or isinstance(path[-1], str) or delta["op"] != "add":
                continue
            value = None
        elif isinstance(value, (dict, list)):
            value = mask.shown(value)
        found.append({"op": delta["op"], "path": delta["path"], "value": value})
    return found
