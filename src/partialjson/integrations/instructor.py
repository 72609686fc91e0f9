"""instructor: ``create_partial``, which makes a partial object of all the text at each chunk.

Its ``process_potential_object`` parses the text three times, writes down the path of everything that is complete, and
validates again every nested model that is. Here the text is read once. An object or list that is open is made anew at
each chunk, as there; what has closed inside it was validated when the next value began, and is kept with the document.
When the root has closed, or where the text is not JSON, instructor does what it always did.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, get_args, get_origin

from partialjson._core.growing import Growing
from partialjson._missing import MISSING
from partialjson.compat import with_document
from partialjson.integrations.about import Library, Options, Sample
from partialjson.integrations.instances import Elements
from partialjson.integrations.patching import Make, Site

__all__ = ["LIBRARY"]

_MODULE = "instructor.v2.dsl.partial"


class _Builder:
    """The partial objects of one document and one model.

    A value counts as complete when another one follows it in its container, as instructor has it.
    """

    def __init__(self, model_of: Callable[[Any], Any], options: dict[str, Any]) -> None:
        self._model_of = model_of
        self._options = options
        self._elements = Elements()
        # For each member of an open object that is complete: its value, and what it became.
        self._members: dict[str, tuple[Any, Any]] = {}

    def object(self, data: dict[str, Any], model: Any, path: str) -> Any:
        """An open object."""
        made: dict[str, Any] = {}
        fields = model.model_fields
        last = next(reversed(data), None)
        for name, value in data.items():
            place = f"{path}/{name}"
            if value is None:
                made[name] = None
            elif name == last:
                made[name] = self._open_member(value, fields.get(name), place)
            elif isinstance(value, dict | list):
                known = self._members.get(place)
                if known is None or known[0] is not value:
                    known = self._members[place] = (value, self._member(value, fields.get(name)))
                made[name] = known[1]
            else:
                made[name] = self._member(value, fields.get(name))
        for name, field in fields.items():
            if name in made:
                continue
            kind = field.annotation
            if isinstance(kind, type) and hasattr(kind, "model_fields"):
                made[name] = self.object({}, kind, f"{path}/{name}")
            elif field.is_required():
                made[name] = None
            else:
                made[name] = field.get_default(call_default_factory=True)
        return model.model_construct(**made)

    def _open_member(self, value: Any, field: Any, place: str) -> Any:
        if isinstance(value, dict):
            model = None if field is None or field.annotation is None else self._model_of(field.annotation)
            return value if model is None else self.object(value, model, place)
        return self._open_list(value, _element(field), place) if isinstance(value, list) else value

    def _member(self, value: Any, field: Any) -> Any:
        """A member that is complete."""
        model = None if field is None or field.annotation is None else self._model_of(field.annotation)
        if model is not None:
            return model.model_validate(value, **self._options)
        if not isinstance(value, list):
            return value
        kind = _element(field)
        return [self._element(each, kind) for each in value]

    def _open_list(self, values: list[Any], kind: Any, place: str) -> list[Any]:
        model = None if kind is None else self._model_of(kind)
        if model is None:
            return list(values)
        made = self._elements.of(values, place, lambda value: self._element(value, kind))
        if not values:
            return []
        last = values[-1]
        return [*made, self.object(last, model, f"{place}/{len(made)}") if isinstance(last, dict) else last]

    def _element(self, value: Any, kind: Any) -> Any:
        """An element that is complete."""
        model = None if kind is None else self._model_of(kind)
        return value if model is None or not isinstance(value, dict) else model.model_validate(value, **self._options)


def _element(field: Any) -> Any:
    """The type of the elements of a field that is a list; None if it is not said."""
    if field is None or get_origin(field.annotation) is not list:
        return None
    arguments = get_args(field.annotation)
    return arguments[0] if arguments else None


def _processor(options: Options) -> Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        model_of = importlib.import_module(_MODULE)._unwrap_optional_base_model

        def process_potential_object(
            potential_object: str, partial_mode: Any, partial_model: Any, **kwargs: Any
        ) -> Any:
            if partial_mode != "trailing-strings":
                return original(potential_object, partial_mode, partial_model, **kwargs)

            def build(growing: Growing, notes: dict[str, Any]) -> Any:
                value = MISSING if growing.has_rest() else options.object_of(growing)
                if value is MISSING:
                    return MISSING
                known = notes.get("instructor")
                if known is None or known[0] is not partial_model or known[1] != kwargs or not options.share:
                    known = notes["instructor"] = (partial_model, kwargs, _Builder(model_of, kwargs))
                original_model = getattr(partial_model, "_original_model", None)
                return known[2].object(value, original_model or partial_model, "")

            made = with_document(potential_object.strip(), build)
            if made is MISSING:
                return original(potential_object, partial_mode, partial_model, **kwargs)
            return made

        return process_potential_object

    return make


def _sites(options: Options) -> Sequence[Site]:
    takes = ("potential_object", "partial_mode", "partial_model")
    return [Site(f"{_MODULE}:process_potential_object", _processor(options), takes)]


def _again() -> Callable[[str], object]:
    module: Any = importlib.import_module(_MODULE)
    model = module.Partial[Sample].get_partial_model()
    return lambda text: module.process_potential_object(text, "trailing-strings", model)


LIBRARY = Library(
    "instructor", "instructor", at_least="1.16", below="2", sites=_sites, does="create_partial", again=_again
)
