"""Apply the deltas of ``Parser.deltas()``, or turn them into JSON Patch (RFC 6902).

A delta is ``{"op", "path", "value"}`` with a JSON Pointer (RFC 6901). ``add`` and ``replace`` mean what they mean in
JSON Patch; ``append`` adds text to the end of a string, which JSON Patch cannot express. Neither function changes its
arguments.

Both go through one ``_Fold``. It copies each container once, when a change first goes through it, so a list of deltas
costs what they change and the width of what they touch, however many there are.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from partialjson._missing import MISSING

__all__ = ["apply_deltas", "to_json_patch"]

Delta = Mapping[str, Any]

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
    fold = _Fold(document)
    for number, delta in enumerate(deltas):
        fold.apply(*_read(delta, number), number)
    return fold.root[0]


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
    fold = _Fold(document)
    growing: str | None = None  # the path of the string that the last deltas appended to
    number = 0
    for number, delta in enumerate(deltas):
        op, pointer, value = _read(delta, number)
        if growing is not None and (op != "append" or pointer != growing):
            patch.append({"op": "replace", "path": growing, "value": fold.look_up(growing, number)})
            growing = None
        fold.apply(op, pointer, value, number)
        if op == "append":
            growing = pointer
        else:
            patch.append({"op": op, "path": pointer, "value": value})
    if growing is not None:
        patch.append({"op": "replace", "path": growing, "value": fold.look_up(growing, number)})
    return patch


class _Fold:
    """A document that deltas are applied to, one after another; what it was made from stays as it was.

    Attributes:
        root: the document, as the only element of a list, so that it is changed like any other value.
    """

    def __init__(self, document: Any) -> None:
        self.root: list[Any] = [document]
        # The containers that are copies of our own, by their ids. Holding them keeps the ids from being given away.
        self._own: dict[int, Any] = {}

    def apply(self, op: str, pointer: str, value: Any, number: int) -> None:
        container: Any = self.root
        key: Any = 0
        for step in _steps(pointer, number):
            child = self._child(container, key, pointer, number)
            container, key = child, _key(child, step, pointer, number)
        there = key in container if isinstance(container, dict) else key < len(container)
        if op == "add":
            if isinstance(container, list) and pointer:
                container.insert(key, value)
            else:
                container[key] = value
        elif not there:
            raise _no_such_path(pointer, number)
        elif op == "replace":
            container[key] = value
        else:
            self._append(container, key, pointer, value, number)

    def look_up(self, pointer: str, number: int) -> Any:
        value = self.root[0]
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

    def _append(self, container: Any, key: Any, pointer: str, value: Any, number: int) -> None:
        if not isinstance(container[key], str):
            raise ValueError(f"delta {number}: path {pointer!r} is not a string that can be appended to")
        if not isinstance(value, str):
            raise ValueError(f"delta {number}: 'append' takes a string, not {type(value).__name__}")
        # Out of its slot the text has one holder, and CPython extends it in place.
        text = container[key]
        container[key] = ""
        text += value
        container[key] = text


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


def _shown(value: Any) -> str:
    """A wrong value for a message; ``repr`` alone would recurse in a deep one."""
    return f"{reprlib.repr(value):.100}" if isinstance(value, (list, dict)) else f"{value!r:.100}"


def _steps(pointer: str, number: int) -> list[str]:
    if pointer == "":
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"delta {number}: {pointer!r} is not a JSON Pointer: it must be empty or start with '/'")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


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
