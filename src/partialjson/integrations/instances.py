"""Validating a growing document again and again, where only what is open has to be validated again.

A library validates everything that has come, at each chunk. pydantic takes an instance of a model where the model is
due, as it is. So what has closed is validated once, alone, and stands in the document as instances from then on; what
the library validates is the rest. The result is the same, if nothing but the fields' types looks at the values; a
model with validators of its own before its fields is left to the library.
"""

from __future__ import annotations

from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

__all__ = ["Instances"]

_NOTHING: Final = object()


class Instances:
    """The instances in one document."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Any, Any]] = {}
        self._lists: dict[str, tuple[list[Any], list[Any]]] = {}
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
        if get_origin(kind) is not list or not arguments or not value:
            return value
        raw, made = self._lists.setdefault(place, ([], []))
        complete = len(value) - 1
        if raw and (len(raw) > complete or raw[-1] is not value[len(raw) - 1]):
            raw.clear()
            made.clear()
        for each in value[len(raw) : complete]:
            made.append(self._validated(each, arguments[0]) if isinstance(each, dict | list) else each)
            raw.append(each)
        last = value[-1]
        if isinstance(last, dict | list):
            last = self._open(last, arguments[0], f"{place}/{complete}")
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


def _without_none(annotation: Any) -> Any:
    arguments = [each for each in get_args(annotation) if each is not type(None)]
    is_optional = len(arguments) == 1 and len(get_args(annotation)) == 2
    return arguments[0] if is_optional and get_origin(annotation) is not list else annotation


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _holds_model(annotation: Any) -> bool:
    return _is_model(annotation) or any(_holds_model(each) for each in get_args(annotation))
