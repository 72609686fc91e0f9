"""Which required fields had not come when a document was cut.

The specs of the target are followed along the open path, beside the JSON value, so that objects which validation judges
whole and never shows are known too. Where a spec does not say which object stands at a place (a union whose tag has not
come, a type that only its own code understands) nothing is claimed from there inwards.
"""

from __future__ import annotations

from typing import Any

from partialjson._core.events import Path
from partialjson._core.spec import Spec, Way
from partialjson._missing import MISSING

__all__ = ["missing_required"]


def missing_required(root: Spec, json: Any, growing: Path | None) -> tuple[Path, ...]:
    """Paths, in the document's names, of required fields that are not there, in the objects that are open.

    Args:
        root: the target's spec.
        json: the document as far as it came; MISSING where nothing had come.
        growing: the path of the innermost open value; None where none is.
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
    for key in way:
        if isinstance(value, dict):
            if key not in value:
                return False
        elif not (isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value)):
            return False
        value = value[key]
    return True
