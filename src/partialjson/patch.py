"""Applying the deltas of ``Parser.deltas()``, and saying them as JSON Patch (RFC 6902).

A delta is ``{"op", "path", "value"}`` with a JSON Pointer (RFC 6901). ``add`` and ``replace`` mean what they mean in
JSON Patch; ``append`` adds text to the end of a string, which JSON Patch cannot say. Neither function changes what it
is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from partialjson._missing import MISSING

__all__ = ["apply_deltas", "to_json_patch"]

Delta = Mapping[str, Any]

_INDEX: Final = re.compile("0|[1-9][0-9]*")


def apply_deltas(document: Any, deltas: Iterable[Delta]) -> Any:
    """The document after the deltas; what they do not touch is shared with the one before.

    Args:
        document: the JSON value the deltas start from; MISSING where nothing had come.
        deltas: changes in order, as ``Parser.deltas()`` gives them.

    Raises:
        ValueError: an operation is unknown, or its path does not exist in the document.
    """
    owned: set[int] = set()
    # Keeps the ids in ``owned`` from being given to other objects.
    keep: list[Any] = []
    root = [document]
    for delta in deltas:
        op, pointer, value = delta["op"], delta["path"], delta["value"]
        container: Any = root
        key: str | int = 0
        for step in _steps(pointer):
            child = _own(container, key, owned, keep, pointer)
            container, key = child, _key(child, step, pointer)
        _change(container, key, op, value, pointer)
    return root[0]


def to_json_patch(deltas: Iterable[Delta], document: Any = MISSING) -> list[dict[str, Any]]:
    """The same changes as JSON Patch operations (RFC 6902).

    An ``append`` becomes a ``replace`` with the whole string, so the cost grows with the string; ask for deltas less
    often where it matters.

    Args:
        deltas: changes in order, as ``Parser.deltas()`` gives them.
        document: the JSON value they start from. Needed where they append to a string that was there before.

    Raises:
        ValueError: as in ``apply_deltas``.
    """
    patch: list[dict[str, Any]] = []
    for delta in deltas:
        document = apply_deltas(document, [delta])
        if delta["op"] == "append":
            patch.append({"op": "replace", "path": delta["path"], "value": _look_up(document, delta["path"])})
        else:
            patch.append(dict(delta))
    return patch


def _steps(pointer: str) -> list[str]:
    if pointer == "":
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is not a JSON Pointer: it must be empty or start with '/'")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def _key(container: Any, step: str, pointer: str) -> str | int:
    if isinstance(container, dict):
        return step
    if isinstance(container, list):
        if step == "-":
            return len(container)
        if _INDEX.fullmatch(step) and int(step) <= len(container):
            return int(step)
    raise ValueError(f"path {pointer!r} does not exist in the document")


def _own(container: Any, key: str | int, owned: set[int], keep: list[Any], pointer: str) -> Any:
    """The child at ``key``, as a copy that may be changed."""
    try:
        child = container[key]
    except LookupError:
        raise ValueError(f"path {pointer!r} does not exist in the document") from None
    if id(child) not in owned and isinstance(child, (dict, list)):
        child = container[key] = child.copy()
        owned.add(id(child))
        keep.append(child)
    return child


def _change(container: Any, key: Any, op: str, value: Any, pointer: str) -> None:
    there = key in container if isinstance(container, dict) else key < len(container)
    if op == "add":
        if isinstance(container, list) and pointer:
            container.insert(key, value)
        else:
            container[key] = value
    elif not there:
        raise ValueError(f"path {pointer!r} does not exist in the document")
    elif op == "replace":
        container[key] = value
    elif op == "append":
        if not isinstance(container[key], str):
            raise ValueError(f"path {pointer!r} is not a string that can be appended to")
        container[key] += value
    else:
        raise ValueError(f"unknown operation {op!r}: 'add', 'replace' or 'append'")


def _look_up(document: Any, pointer: str) -> Any:
    for step in _steps(pointer):
        document = document[_key(document, step, pointer)]
    return document
