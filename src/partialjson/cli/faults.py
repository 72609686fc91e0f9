"""Each reason is said once: what is new in the values of a document that are reported as invalid.

A value inside which something does not fit does not fit either, nor does the one around it, up to the root. The
validator's error of each lists all that is wrong inside. So only what was not said of a place inside is said again.

**Which places have been said** is kept in a tree. Once a value has been reported, everything inside it has been said,
so the places inside are forgotten; what is kept is never more than the values that were reported and whose container
is open, or fits.

The location of an error in pydantic may hold more than the keys of the document: the branch of a union, the name of a
validator. So a place counts as said if its keys stand in the location in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from partialjson import Invalid

__all__ = ["Faults", "said_by"]

Location = tuple[str | int, ...]

# Errors of pydantic that lie at a key which the object lacks or must not have: what is wrong is the object.
_OF_OBJECT: Final = ("missing", "extra_forbidden")


class _Place:
    """A place of the document, and those inside of which something is known. Has its value been said to be invalid?"""

    __slots__ = ("inside", "is_said")

    def __init__(self) -> None:
        self.inside: dict[str | int, _Place] = {}
        self.is_said = False


class Faults:
    """What has been said to be wrong with one document."""

    def __init__(self) -> None:
        self._root = _Place()

    def invalid(self, event: Invalid) -> str:
        """What is wrong with a value and has not been said, in a line; "" if all of it has."""
        place = self._root
        for key in event.path:
            place = place.inside.setdefault(key, _Place())
        found: dict[str, None] = {}
        for where, value, message in map(_line, event.errors):
            if not _is_said(place, value):
                found[f"{'.'.join(map(str, where))}: {message}" if where else message] = None
        place.is_said = True
        place.inside = {}
        return "; ".join(found)

    def replaced(self, path: Sequence[str | int]) -> None:
        """The value at ``path`` is another one from now on."""
        place: _Place | None = self._root
        for key in path[:-1]:
            place = place and place.inside.get(key)
        if place is not None and path:
            place.inside.pop(path[-1], None)


def _is_said(place: _Place, where: Sequence[str | int]) -> bool:
    """Has one of the places inside been said, whose keys stand in ``where`` in their order?"""
    todo = [(place, 0)]
    while todo:
        place, start = todo.pop()
        # If a key stands there several times, the first is enough: it leaves the most for what is inside.
        for at, key in _keys(where, start):
            inside = place.inside.get(key)
            if inside is None:
                continue
            if inside.is_said:
                return True
            todo.append((inside, at + 1))
    return False


def _keys(where: Sequence[str | int], start: int) -> Iterator[tuple[int, str | int]]:
    seen: set[str | int] = set()
    for at in range(start, len(where)):
        if where[at] not in seen:
            seen.add(where[at])
            yield at, where[at]


def _line(error: Any) -> tuple[Location, Location, str]:
    """Where an error lies in the value that was reported, which value inside is at fault, and what it says."""
    if not isinstance(error, dict):
        where: Location = tuple(getattr(error, "path", ())) if hasattr(error, "json_path") else ()
        return where, where, said_by(error)
    where = tuple(error["loc"])
    return where, where[:-1] if error["type"] in _OF_OBJECT else where, error["msg"]


def said_by(error: BaseException) -> str:
    """What an error says; one of jsonschema without the schema and the value, which may be long."""
    message: object = getattr(error, "message", None)
    return message if isinstance(message, str) and hasattr(error, "json_path") else str(error)
