"""Where documents stand in a state that protocols share with their clients.

AG-UI, A2UI and assistant-stream keep one JSON value on both sides. ``places`` says where in it a document is to appear:
``{"output": "/answer", "write_letter": "/draft"}`` puts the structured output at ``/answer`` and the arguments of the
tool ``write_letter`` at ``/draft``, while they come. If a document of the same name begins later, it takes the place.

A value does not show what of it is complete. With ``progress="/progress"``, the status of each of these documents
stands there by its name, with the pointer ``open``: what lies on the way to that is growing, and everything else that
is there is complete.

Most of these protocols cannot say that a string grew. ``Growing`` knows the string at the end of a document, the only
one that can, and turns what was appended into a replacement by the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from partialjson._pointers import escaped, unescaped

__all__ = ["Growing", "Places", "last_of", "own_place", "placed", "placed_at"]

Places = Mapping[str, str]
"""JSON Pointers by the names of documents: "output", or the name of a tool."""


def placed_at(places: Places) -> dict[str, str]:
    """The places, checked.

    Raises:
        ValueError: one is no JSON Pointer (RFC 6901).
    """
    for name, pointer in places.items():
        if pointer and not pointer.startswith("/"):
            raise ValueError(f"the place of {name!r} is a JSON Pointer such as '/{name}', not {pointer!r}")
    return dict(places)


def placed(deltas: Iterable[Mapping[str, Any]], place: str) -> list[dict[str, Any]]:
    """The deltas of a document, as deltas of the state in which it stands at ``place``."""
    return [{"op": delta["op"], "path": place + delta["path"], "value": delta["value"]} for delta in deltas]


def own_place(name: str, pointer: str | None, places: Places) -> str:
    """The place of something that is no document, such as the progress, checked; "" if there is none.

    Raises:
        ValueError: it is no JSON Pointer, or a document would write over it.
    """
    if pointer is None:
        return ""
    if not pointer.startswith("/"):
        raise ValueError(f"the place of the {name} is a JSON Pointer such as '/{name}', not {pointer!r}")
    for document, place in places.items():
        if f"{pointer}/".startswith(f"{place}/") or place.startswith(f"{pointer}/"):
            raise ValueError(f"the place of the {name}, {pointer!r}, and that of {document!r}, {place!r}, overlap")
    return pointer


def last_of(value: dict[str, Any], pointer: str, growing: str | None) -> str:
    """The key under which the object at ``pointer`` grows: that on the way to the value that is open, which is not the
    last one if it came again."""
    if growing is not None and growing.startswith(f"{pointer}/"):
        key = unescaped(growing[len(pointer) + 1 :].partition("/")[0])
        if key in value:
            return key
    return next(reversed(value))


class Growing:
    """The last string of a document, which may still grow."""

    def __init__(self) -> None:
        self._pointer: str | None = None
        self._text = ""

    def replacements(self, deltas: Iterable[Mapping[str, Any]], growing: str | None = None) -> list[dict[str, Any]]:
        """The deltas as operations "add" and "replace" (RFC 6902): one for each string that grew.

        Args:
            deltas: changes of the document, in order.
            growing: the pointer of the innermost value that is open after them; None if nothing is.
        """
        found: list[dict[str, Any]] = []
        for delta in deltas:
            op, pointer, value = delta["op"], delta["path"], delta["value"]
            if op != "append":
                found.append({"op": op, "path": pointer, "value": value})
                self._follow(pointer, value, growing)
                continue
            if pointer != self._pointer:
                raise ValueError(f"cannot append to {pointer!r}: no string is open there")
            self._text += value
            last = found[-1] if found else None
            if last is not None and last["path"] == pointer:
                last["value"] = self._text
            else:
                found.append({"op": "replace", "path": pointer, "value": self._text})
        return found

    def _follow(self, pointer: str, value: Any, growing: str | None) -> None:
        while isinstance(value, (dict, list)) and value:
            if isinstance(value, dict):
                key = last_of(value, pointer, growing)
                pointer += "/" + escaped(key)
                value = value[key]
            else:
                pointer += f"/{len(value) - 1}"
                value = value[-1]
        self._pointer, self._text = (pointer, value) if isinstance(value, str) else (None, "")
