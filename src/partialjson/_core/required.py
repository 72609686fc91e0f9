"""Which required fields had not come when a document was cut off.

The specs of the target are followed along the open path, beside the JSON value. So objects that are validated as a
whole, and never shown, are covered too. If a spec does not determine which object stands at a place (a union whose tag
has not come, a type that only its own code understands), nothing is claimed about it or anything inside.
"""

from __future__ import annotations

from typing import Any

from partialjson._core.events import Path
from partialjson._core.spec import Spec, Way
from partialjson._missing import MISSING

__all__ = ["missing_required"]


def missing_required(root: Spec, json: Any, growing: Path | None) -> tuple[Path, ...]:
    """Paths, in the document's names, of the required fields that are missing from the open objects.

    Args:
        root: the target's spec.
        json: the document as far as it came; MISSING if nothing had come.
        growing: the path of the innermost open value; None if there is none.
    """
    found: list[Path] = []
    if json is MISSING:
        # Every document of such a target begins with this object.
        _look(root.chosen({}), {}, (), found)
        return tuple(found)
    if growing is None:
        return ()
    place = root.chosen(json)
    value: Any = json
    for depth in range(len(growing) + 1):
        if place is None:
            break
        if isinstance(value, dict):
            _look(place, value, growing[:depth], found)
        if depth < len(growing):
            key = growing[depth]
            value = value[key]
            inner = place.member(key) if isinstance(key, str) else place.element(key)
            place = None if inner is None else inner.chosen(value)
    return tuple(found)


def _look(place: Spec | None, value: dict[str, Any], path: Path, found: list[Path]) -> None:
    """Find the required fields of an open object that have not come."""
    if place is None or place.fields is None:
        return
    for field in place.fields.values():
        has_come = False
        for way in field.ways:
            has_come = has_come or _has(value, way)
        if field.required and not has_come:
            found.append((*path, *field.ways[0]))


def _has(value: Any, way: Way) -> bool:
    at: Any = value
    for key in way:
        if isinstance(at, dict):
            if key not in at:
                return False
        elif not (isinstance(at, list) and isinstance(key, int) and -len(at) <= key < len(at)):
            return False
        inner: Any = at
        at = inner[key]
    return True
