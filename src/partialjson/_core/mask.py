"""What a document must not show to others than the program itself: secrets, and fields that are excluded.

A ``Mask`` stands for one place of the document and says whether its value is kept back. It is found from the specs, so
it holds before anything has come there, and where a union is not decided: a place is kept back if it is in any branch.

``without_kept_back`` takes what is kept back out of deltas. What is left folds to a document of its own: members of
objects are not there, and elements of arrays are null, so that the indexes of the others stay.
"""

from __future__ import annotations

from typing import Any, Final, final

from partialjson._core.events import Node
from partialjson._core.spec import Spec, Way

__all__ = ["Mask", "mask_of", "without_kept_back"]

# In place of the keys and indexes that have no spec of their own.
_OTHER_KEY: Final = ("",)
_OTHER_INDEX: Final = (0,)


@final
class Mask:
    """One place of a document.

    Attributes:
        hidden: its value is kept back, and with it all that is inside.
    """

    def __init__(self, specs: list[Spec], ways: list[tuple[Way, Spec | None]]) -> None:
        # What may stand here, and the ways that lead on from here to fields further inside; to None if they are kept
        # back.
        self._ways = [each for each in ways if each[0]]
        self._leaves: list[Spec] = []
        self._inside: dict[Any, Mask] = {}
        self.hidden = any(not way and spec is None for way, spec in ways)
        seen: set[int] = set()
        todo = [*specs, *(spec for way, spec in ways if not way and spec is not None)]
        while todo:
            spec = todo.pop().filled()
            if id(spec) in seen:
                continue
            seen.add(id(spec))
            if _is_secret(spec):
                self.hidden = True
            if spec.root is not None:
                self.hidden = self.hidden or spec.root.kept_back
                todo.append(spec.root.spec)
            else:
                todo.extend(spec.branches)
                self._leaves.append(spec)
                for field in (spec.fields or {}).values():
                    self._ways += [(way, None if field.kept_back else field.spec) for way in field.ways if way]
        self._firsts = {way[0] for way, _ in self._ways}
        self._prefix = max([len(leaf.prefix) for leaf in self._leaves], default=0)

    def inside(self, key: str | int) -> Mask:
        """The place at a key or an index of the value here."""
        known: Any = key
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
        return Mask(specs, [(way[1:], spec) for way, spec in self._ways if way[0] == key])

    def shown(self, value: Any) -> Any:
        """The value at this place, which is not hidden, without what is kept back inside; the value is not changed."""
        found: list[Any] = [value]
        todo: list[tuple[Mask, Any, Any]] = [(self, found, 0)]
        while todo:
            mask, container, key = todo.pop()
            old = container[key]
            if isinstance(old, dict):
                places = {each: mask.inside(each) for each in old}
                new: Any = {each: old[each] for each in old if not places[each].hidden}
                todo.extend([(places[each], new, each) for each in new if isinstance(new[each], (dict, list))])
            else:
                elements = [mask.inside(i) for i in range(len(old))]
                new = [None if elements[i].hidden else old[i] for i in range(len(old))]
                todo.extend([(elements[i], new, i) for i in range(len(new)) if isinstance(new[i], (dict, list))])
            container[key] = new
        return found[0]


def _is_secret(spec: Spec) -> bool:
    return spec.secret or bool(spec.notes.get("writeOnly"))


def mask_of(root: Spec) -> Mask | None:
    """The mask of the root of a target's documents; None if nothing in them is kept back."""
    seen: set[int] = set()
    todo = [root]
    while todo:
        spec = todo.pop().filled()
        if id(spec) in seen:
            continue
        seen.add(id(spec))
        if _is_secret(spec):
            return Mask([root], [])
        fields = list((spec.fields or {}).values())
        if spec.root is not None:
            fields.append(spec.root)
        for field in fields:
            if field.kept_back:
                return Mask([root], [])
            todo.append(field.spec)
        todo.extend([*spec.branches, *spec.prefix])
        todo.extend([each for each in (spec.rest, spec.items) if each is not None])
    return None


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
        if mask.hidden:
            if depth < len(path) or not path or isinstance(path[-1], str) or delta["op"] != "add":
                continue
            value = None
        elif isinstance(value, (dict, list)):
            value = mask.shown(value)
        found.append({"op": delta["op"], "path": delta["path"], "value": value})
    return found
