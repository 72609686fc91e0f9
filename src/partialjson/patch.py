"""Apply the deltas of ``Parser.deltas()``, merge them, or turn them into JSON Patch (RFC 6902).

A delta is ``{"op", "path", "value"}`` with a JSON Pointer (RFC 6901). ``add`` and ``replace`` mean what they mean in
JSON Patch; ``append`` adds text to the end of a string, which JSON Patch cannot express. No function changes its
arguments.

**Applying** goes through a ``Fold``. It copies each container once, when a change first goes through it, so a list of
deltas costs what they change and the width of what they touch, however many there are. A fold that is kept copies
again only what it has handed out as a snapshot.

**Merging** makes one list of deltas out of many that follow each other, and leaves nothing out: for every document to
which all of them apply, the merged list gives the same document. It is done without the document. What it has to know
is which deltas speak of the same place, and for that it keeps a tree of the places that have been touched:

- a change at a place that was given a value here goes into that value, and so does a change inside it;
- texts appended to one place are joined;
- a value that is given to a place drops the changes that were made there and inside.

Only one thing moves places: ``add`` at an index, which inserts into an array and sets a member of an object; which of
them it is, the delta does not say. So after an ``add`` at index 3, what is known of the places from 3 on counts no more
for later deltas. At the end of an array, where documents grow, there are none.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from partialjson._missing import MISSING
from partialjson._pointers import checked_pointer, steps_of

__all__ = ["Delta", "Fold", "Merge", "apply_deltas", "merge_deltas", "to_json_patch"]

Delta = Mapping[str, Any]
"""One change: ``op``, ``path`` and ``value``."""

_OPERATIONS: Final = ("add", "replace", "append")
# Longer numbers are the index of nothing.
_INDEX: Final = re.compile("0|[1-9][0-9]{0,18}")


def apply_deltas(document: Any, deltas: Iterable[Delta]) -> Any:
    """The document after the deltas. It shares with the one before whatever they do not touch.

    Args:
        document: the JSON value before the deltas; MISSING if nothing had come.
        deltas: changes in order, as ``Parser.deltas()`` gives them.

    Raises:
        ValueError: a delta is no mapping with "op", "path" and "value", its operation is unknown, or its path does not
            exist in the document. The message says which delta it is, counted from 0.
    """
    fold = Fold(document)
    for number, delta in enumerate(deltas):
        fold.apply(delta, number)
    return fold.snapshot()


def merge_deltas(deltas: Iterable[Delta]) -> list[dict[str, Any]]:
    """One list of deltas in place of many: never longer, and with the same effect on every document to which all of
    them apply.

    Args:
        deltas: changes in order, those of several calls of ``Parser.deltas()`` one after another.

    Raises:
        ValueError: as in ``apply_deltas``, for what is wrong with any document.
    """
    merge = Merge()
    for number, delta in enumerate(deltas):
        merge.add(delta, number)
    return merge.deltas()


def to_json_patch(deltas: Iterable[Delta], document: Any = MISSING) -> list[dict[str, Any]]:
    """The same changes as JSON Patch operations (RFC 6902).

    An ``append`` becomes a ``replace`` with the whole string, one for appends to the same string that follow each
    other. So the cost grows with the string; ask for deltas less often where it matters.

    Args:
        deltas: changes in order, as ``Parser.deltas()`` gives them.
        document: the JSON value before them. Needed if they append to a string that was already there.

    Raises:
        ValueError: as in ``apply_deltas``.
    """
    patch: list[dict[str, Any]] = []
    fold = Fold(document)
    growing: str | None = None  # the path of the string that the last deltas appended to
    number = 0
    for number, delta in enumerate(deltas):
        op, pointer, value = _read(delta, number)
        if growing is not None and (op != "append" or pointer != growing):
            patch.append({"op": "replace", "path": growing, "value": fold.look_up(growing, number)})
            growing = None
        fold.change(op, _steps(pointer, number), value, pointer, number)
        if op == "append":
            growing = pointer
        else:
            patch.append({"op": op, "path": pointer, "value": value})
    if growing is not None:
        patch.append({"op": "replace", "path": growing, "value": fold.look_up(growing, number)})
    return patch


class Fold:
    """A document that deltas are applied to, one after another. What it was made from stays as it was.

    Args:
        document: the JSON value to begin with; MISSING if nothing has come.
    """

    def __init__(self, document: Any = MISSING) -> None:
        # The document is the only element of a list, so that it is changed like any other value.
        self._root: list[Any] = [document]
        # The containers that are copies of our own, by their ids. Holding them keeps the ids from being given away.
        # What is around a copy of our own is one, too.
        self._own: dict[int, Any] = {}

    def snapshot(self) -> Any:
        """The document now. This object does not change any more."""
        self._own.clear()
        return self._root[0]

    def apply(self, delta: Delta, number: int = 0) -> None:
        """Apply one delta.

        Args:
            number: which delta it is, for the message of an error.

        Raises:
            ValueError: as ``apply_deltas``; the document is as it was before this delta.
        """
        op, pointer, value = _read(delta, number)
        self.change(op, _steps(pointer, number), value, pointer, number)

    def change(self, op: str, steps: list[str], value: Any, pointer: str, number: int) -> None:
        """The same, with the steps of the path. In messages it is ``pointer``."""
        container: Any = self._root
        key: Any = 0
        for step in steps:
            child = self._child(container, key, pointer, number)
            container, key = child, _key(child, step, pointer, number)
        there = key in container if isinstance(container, dict) else key < len(container)
        if op == "add" and steps and isinstance(container, list):
            container.insert(key, value)
        elif op == "append":
            if not there:
                raise _no_such_path(pointer, number)
            self._append(container, key, pointer, value, number)
        elif there:
            self._let_go(container[key])
            container[key] = value
        elif op == "add":
            container[key] = value
        else:
            raise _no_such_path(pointer, number)

    def look_up(self, pointer: str, number: int) -> Any:
        """The value at a path that exists."""
        value = self._root[0]
        for step in _steps(pointer, number):
            value = value[_key(value, step, pointer, number)]
        return value

    def _child(self, container: Any, key: Any, pointer: str, number: int) -> Any:
        """The child at ``key``, as a copy that may be changed."""
        try:
            child = container[key]
        except LookupError:
            raise _no_such_path(pointer, number) from None
        if isinstance(child, (dict, list)) and id(child) not in self._own:
            child = container[key] = child.copy()
            self._own[id(child)] = child
        return child

    def _let_go(self, value: Any) -> None:
        """This value leaves the document."""
        todo = [value]
        while todo:
            value = todo.pop()
            if self._own.pop(id(value), None) is not None:
                todo.extend(value.values() if isinstance(value, dict) else value)

    def _append(self, container: Any, key: Any, pointer: str, value: Any, number: int) -> None:
        if not isinstance(container[key], str):
            raise ValueError(f"delta {number}: path {pointer!r} is not a string that can be appended to")
        _check_text(value, number)
        # Out of its slot the text has one holder, and CPython extends it in place.
        text = container[key]
        container[key] = ""
        text += value
        container[key] = text


class _Change:
    """One delta of a merged list: a value that is given to a place, or texts that are appended there."""

    __slots__ = ("_fold", "_pieces", "_value", "is_dropped", "op", "path")

    def __init__(self, op: str, path: str, value: Any) -> None:
        self.op = op
        self.path = path
        self.is_dropped = False
        self._value = value
        self._fold: Fold | None = None  # of the value, once something has changed in it
        self._pieces: list[str] = [value] if op == "append" else []

    def set(self, value: Any) -> None:
        """The place, which exists, is given this value."""
        if self.op == "append":
            self.op = "replace"
        self._value = value
        self._fold = None

    def go_on(self, op: str, steps: list[str], value: Any, pointer: str, number: int) -> None:
        """A delta speaks of this place, or of one inside, by these steps from here."""
        if self.op != "append":
            if self._fold is None:
                self._fold = Fold(self._value)
            self._fold.change(op, steps, value, pointer, number)
        elif steps:
            raise _no_such_path(pointer, number)
        else:
            _check_text(value, number)
            self._pieces.append(value)

    def delta(self) -> dict[str, Any]:
        value = self._value
        if self.op == "append":
            value = "".join(self._pieces)
        elif self._fold is not None:
            value = self._fold.snapshot()
        return {"op": self.op, "path": self.path, "value": value}


class _Place:
    """A place that deltas speak of.

    Attributes:
        change: the change that was made here, to which later ones can be added.
        below: the places inside, by the steps of their paths.
        top: the highest index among them, -1 if there is none.
        moved: changes made inside, at places that are elsewhere now.
    """

    __slots__ = ("below", "change", "moved", "top")

    def __init__(self) -> None:
        self.change: _Change | None = None
        self.below: dict[str, _Place] = {}
        self.top = -1
        self.moved: list[_Change] = []

    def inside(self, step: str) -> _Place:
        found = self.below.get(step)
        if found is None:
            found = self.below[step] = _Place()
            if _INDEX.fullmatch(step):
                self.top = max(self.top, int(step))
        return found

    def changes(self) -> Iterator[_Change]:
        """All that was changed here and inside."""
        todo: list[_Place] = [self]
        while todo:
            place = todo.pop()
            if place.change is not None:
                yield place.change
            yield from place.moved
            todo.extend(place.below.values())

    def cover(self) -> None:
        """A value is given to this place: nothing that was changed inside counts."""
        for change in self.changes():
            if change is not self.change:
                change.is_dropped = True
        self.below = {}
        self.top = -1
        self.moved = []

    def insert(self, step: str, change: _Change) -> None:
        """A value is added inside, at an index or at ``-``."""
        if step == "-":
            # The index that it gets is not known.
            self._move(step)
            self.moved.append(change)
            return
        index = int(step)
        if index <= self.top:
            self.top = -1
            for each in [each for each in self.below if _INDEX.fullmatch(each)]:
                if int(each) >= index:
                    self._move(each)
                else:
                    self.top = max(self.top, int(each))
        self.inside(step).change = change

    def _move(self, step: str) -> None:
        place = self.below.pop(step, None)
        if place is not None:
            self.moved.extend(place.changes())


class Merge:
    """Merges deltas as they come; what that means, says the module. ``merge_deltas`` for those that are at hand."""

    def __init__(self) -> None:
        self._changes: list[_Change] = []
        self._root = _Place()

    def __bool__(self) -> bool:
        """Is there anything to apply?"""
        return bool(self._changes)

    def add(self, delta: Delta, number: int = 0) -> None:
        """Take one more delta.

        Args:
            number: which delta it is, for the message of an error.

        Raises:
            ValueError: as ``merge_deltas``; what was merged before stays.
        """
        op, pointer, value = _read(delta, number)
        if op == "append":
            _check_text(value, number)
        steps = _steps(pointer, number)
        last = steps[-1] if steps else ""
        inserts = op == "add" and (last == "-" or _INDEX.fullmatch(last) is not None)
        place = self._root
        for depth, step in enumerate(steps):
            if place.change is not None:
                place.change.go_on(op, steps[depth:], value, pointer, number)
                return
            if inserts and depth == len(steps) - 1:
                place.insert(last, self._begin(op, pointer, value))
                return
            place = place.inside(step)
        if op == "append" and place.change is not None:
            place.change.go_on(op, [], value, pointer, number)
            return
        if op != "append":
            place.cover()
            if place.change is not None:
                place.change.set(value)
                return
        place.change = self._begin(op, pointer, value)

    def deltas(self) -> list[dict[str, Any]]:
        """The merged deltas. More may be added later."""
        return [change.delta() for change in self._changes if not change.is_dropped]

    def _begin(self, op: str, pointer: str, value: Any) -> _Change:
        change = _Change(op, pointer, value)
        self._changes.append(change)
        return change


def _read(delta: Any, number: int) -> tuple[str, str, Any]:
    """The operation, the path and the value of a delta."""
    try:
        op, pointer, value = delta["op"], delta["path"], delta["value"]
    except (LookupError, TypeError):
        raise ValueError(
            f"delta {number}: expected a mapping with 'op', 'path' and 'value', found {_shown(delta)}"
        ) from None
    if op not in _OPERATIONS:
        raise ValueError(f"delta {number}: unknown operation {_shown(op)}: expected 'add', 'replace' or 'append'")
    if not isinstance(pointer, str):
        raise ValueError(f"delta {number}: a path is a JSON Pointer, a string, not {type(pointer).__name__}")
    return op, pointer, value


def _check_text(value: Any, number: int) -> None:
    if not isinstance(value, str):
        raise ValueError(f"delta {number}: 'append' takes a string, not {type(value).__name__}")


def _shown(value: Any) -> str:
    """A wrong value for a message; ``repr`` alone would recurse in a deep one."""
    return f"{reprlib.repr(value):.100}" if isinstance(value, (list, dict)) else f"{value!r:.100}"


def _steps(pointer: str, number: int) -> list[str]:
    try:
        return steps_of(checked_pointer(pointer))
    except ValueError as error:
        raise ValueError(f"delta {number}: {error}") from None


def _key(container: Any, step: str, pointer: str, number: int) -> str | int:
    if isinstance(container, dict):
        return step
    if isinstance(container, list):
        if step == "-":
            return len(container)
        if _INDEX.fullmatch(step) and int(step) <= len(container):
            return int(step)
    raise _no_such_path(pointer, number)


def _no_such_path(pointer: str, number: int) -> ValueError:
    return ValueError(f"delta {number}: path {pointer!r} does not exist in the document")
