"""Validating a growing document again and again, where only what is open has to be validated again.

A library validates everything that has come, at each chunk. pydantic takes an instance of a model where the model is
due, as it is. So what has closed is validated once, alone, and stands in the document as instances from then on; what
the library validates is the rest. The result is the same, if nothing but the fields' types looks at the values; a
model with validators of its own before its fields is left to the library.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

__all__ = ["Elements", "Instances"]


class Elements:
    """What the elements of open lists have become, as far as they have closed: all but the last of each list."""

    def __init__(self) -> None:
        # For each list, by its place: the elements, and what they became.
        self._lists: dict[str, tuple[list[Any], list[Any]]] = {}

    def of(self, values: list[Any], place: str, make: Callable[[Any], Any]) -> list[Any]:
        """What the elements of a list before its last one became. ``make`` is called once for each of them."""
        raw, made = self._lists.setdefault(place, ([], []))
        closed = max(len(values) - 1, 0)
        if raw and (len(raw) > closed or not _begins(raw, values)):
            # The key came again, with another list.
            raw.clear()
            made.clear()
        for value in values[len(raw) : closed]:
            made.append(make(value))
            raw.append(value)
        return made


class Instances:
    """The instances in one document."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Any, Any]] = {}
        self._elements = Elements()
        self._adapters: dict[Any, TypeAdapter[Any]] = {}

    def filled(self, data: dict[str, Any], model: type[BaseModel], place: str = "") -> dict[str, Any]:
        """An open object of a model, with instances in the place of what has closed in it."""
        made = dict(data)
        last = next(reversed(data), None)
        for name, value in data.items():
            field = model.model_fields.get(name)
            if field is None or not isinstance(value, dict | list):
                continue
            where = f"{place}/{name}"
            if name == last:
                made[name] = self._open(value, field.annotation, where)
            else:
                known = self._known.get(where)
                if known is None or known[0] is not value:
                    known = self._known[where] = (value, self._validated(value, field.annotation))
                made[name] = known[1]
        return made

    def _open(self, value: Any, annotation: Any, place: str) -> Any:
        """A value that is open; its type may be a model or a list, or one of these or None."""
        kind = _without_none(annotation)
        if isinstance(value, dict):
            return self.filled(value, kind, place) if _is_model(kind) else value
        arguments = get_args(kind)
        if get_origin(kind) is not list or not arguments or not value or not _holds_model(arguments[0]):
            return value

        def closed(element: Any) -> Any:
            return self._validated(element, arguments[0]) if isinstance(element, dict | list) else element

        made = self._elements.of(value, place, closed)
        last = value[-1]
        if isinstance(last, dict | list):
            last = self._open(last, arguments[0], f"{place}/{len(made)}")
        return [*made, last]

    def _validated(self, value: Any, annotation: Any) -> Any:
        """What a value that has closed becomes; itself, if it does not fit. Then the library will find that."""
        if not _holds_model(annotation):
            return value
        adapter = self._adapters.get(annotation)
        if adapter is None:
            adapter = self._adapters[annotation] = TypeAdapter(annotation)
        try:
            return adapter.validate_python(value)
        except ValidationError:
            return value


def _begins(raw: list[Any], values: list[Any]) -> bool:
    """Does a list that was seen before, and is not empty, go on in this one?"""
    last = raw[-1]
    if last is not values[len(raw) - 1]:
        return False
    # An object or a list is in one list only; a number may be in both.
    return isinstance(last, dict | list) or all(map(is_, raw, values))


def _without_none(annotation: Any) -> Any:
    arguments = [each for each in get_args(annotation) if each is not type(None)]
    is_optional = len(arguments) == 1 and len(get_args(annotation)) == 2
    return arguments[0] if is_optional and get_origin(annotation) is not list else annotation


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _holds_model(annotation: Any) -> bool:
    return _is_model(annotation) or any(_holds_model(each) for each in get_args(annotation))
