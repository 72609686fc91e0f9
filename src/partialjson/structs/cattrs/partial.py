"""``Partial[Order]`` where ``Order`` is a class of attrs, or a dataclass that cattrs makes.

It shows what every partial object shows. Only dumps differ: they are what the converter unstructures the fields to that
have come, since pydantic knows nothing of these classes. So where a target has a converter of its own, its partial
objects are of a subclass of ``Partial[Order]`` that knows it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import attrs
from cattrs import BaseConverter
from cattrs.preconf.json import make_converter

from partialjson.structs.classes import partial_of
from partialjson.typed.partial import Partial, maker_of

T = TypeVar("T", covariant=True)

__all__ = ["Dumper", "PartialObject", "converter_for_json", "maker_for", "partial_object"]


@cache
def converter_for_json() -> BaseConverter:
    """The converter where none is given: cattrs's own for JSON."""
    made: BaseConverter = make_converter()
    return made


class Dumper:
    """Unstructures the fields of a partial object.

    Attributes:
        converter: of the target.
        keys: of the fields in the document, by their names.
        types: of the fields.
    """

    def __init__(self, converter: BaseConverter, keys: dict[str, str], types: dict[str, Any]) -> None:
        self.converter = converter
        self.keys = keys
        self.types = types

    def dump(self, partial: PartialObject[Any], by_alias: bool) -> dict[str, Any]:
        return {
            (self.keys.get(name, name) if by_alias else name): self._dump(value, self.types.get(name), by_alias)
            for name, value in partial
        }

    def _dump(self, value: Any, kind: Any, by_alias: bool) -> Any:
        if isinstance(value, Partial):
            return value.model_dump(by_alias=by_alias)
        if isinstance(value, list) and any(isinstance(each, Partial | list | dict) for each in value):
            inside = next(iter(get_args(kind)), None)
            return [self._dump(each, inside, by_alias) for each in value]
        if isinstance(value, dict) and any(isinstance(each, Partial | list | dict) for each in value.values()):
            inside = next(iter(get_args(kind)[1:]), None)
            return {key: self._dump(each, inside, by_alias) for key, each in value.items()}
        try:
            return self.converter.unstructure(value, kind)
        except Exception:
            # What is still open is not of its type yet.
            return self.converter.unstructure(value)


class PartialObject(Partial[T]):
    """An object of attrs, or a dataclass made by cattrs, that is not complete yet."""

    __slots__ = ()
    __dumper__: Dumper

    def model_dump(self, *, mode: str = "python", by_alias: bool | None = None, **others: Any) -> dict[str, Any]:
        """The fields that have come, as a dict of what the converter unstructures them to.

        Args:
            mode: "python" or "json"; a converter has one form for both.
            by_alias: False for the names in the program, not those of the document.

        Raises:
            TypeError: there are other arguments.
        """
        if others:
            raise TypeError(f"a partial object of attrs is dumped with mode and by_alias, not with {', '.join(others)}")
        return self.__dumper__.dump(self, by_alias is not False)

    def model_dump_json(self, *, by_alias: bool | None = None, **others: Any) -> str:
        """The fields that have come, as JSON text. Arguments as in ``model_dump``.

        Raises:
            TypeError: there are other arguments, or the converter makes something of a value that is not JSON.
        """
        return json.dumps(self.model_dump(mode="json", by_alias=by_alias, **others), ensure_ascii=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartialObject) or other.__pydantic_model__ is not self.__pydantic_model__:
            return NotImplemented
        return self._values == other._values

    __hash__ = None

    def __reduce__(self) -> tuple[Any, ...]:
        # A converter cannot be pickled.
        return _rebuild, (self.__pydantic_model__, self._values, self._missing)


@cache
def partial_object(cls: Any) -> type[PartialObject[Any]]:
    """The class of partial objects for a class of attrs or a dataclass, with the converter for JSON."""
    fields: Any = attrs.fields(cls) if attrs.has(cls) else dataclasses.fields(cls)
    return partial_of(
        PartialObject,
        cls,
        [field.name for field in fields],
        [field.name for field in fields if not field.repr],
        __dumper__=Dumper(converter_for_json(), {}, _types_of(cls)),
    )


def _types_of(cls: Any) -> dict[str, Any]:
    """The types of the fields; none if one cannot be told yet, and then values are dumped by their own classes."""
    try:
        return get_type_hints(cls, include_extras=True)
    except (NameError, TypeError):
        return {}


def _rebuild(cls: Any, values: dict[str, Any], missing: Any) -> Partial[Any]:
    return partial_object(cls)(values, missing)


def maker_for(cls: Any, dumper: Dumper | None) -> Callable[[dict[str, Any], Any], Partial[Any]]:
    """Makes partial objects for a class; ``dumper`` None: as those of ``Partial[cls]``."""
    base = partial_object(cls)
    if dumper is None:
        return maker_of(base)
    return maker_of(type(base.__name__, (base,), {"__slots__": (), "__module__": cls.__module__, "__dumper__": dumper}))
