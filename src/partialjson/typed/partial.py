"""``Partial[Order]``: an order of which only part has come. ``Order`` is a model or a dataclass.

It is not an ``Order``, so that code which needs one cannot get half of one unnoticed. It has the same field names: a
field that has come reads as its value, one that has not reads as MISSING, and any other name is an AttributeError, as
usual. Methods and computed fields of the class are not there, since they rely on a complete object. A partial dataclass
has the same methods as a partial model: ``model_dump()`` and so on.

A partial object is a read-only view of a dict that the parser fills.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from partialjson._missing import MISSING

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic_core import CoreSchema, SchemaSerializer
    from pydantic_core.core_schema import PlainSerializerFunctionSerSchema

T = TypeVar("T", covariant=True)

__all__ = ["Partial"]


class Partial(Generic[T]):
    """An object that is not complete yet; ``Partial[Order]`` is the class for the model or dataclass ``Order``.

    Raises:
        AttributeError: for a name that is not a field of the model, and on assignment.
    """

    __slots__ = ("_missing", "_values")
    __pydantic_model__: ClassVar[type[Any]]
    __partial_fields__: ClassVar[dict[str, FieldInfo | None]]
    __hash__ = None  # type: ignore[assignment]

    if not TYPE_CHECKING:
        # A separate class for each model, not an alias of this one.
        def __class_getitem__(cls, model):
            if isinstance(model, TypeVar):
                return super().__class_getitem__(model)
            return partial_class(model)

    def __new__(cls, *args: object, **kwargs: object) -> Partial[T]:
        if cls is Partial:
            raise TypeError("Partial needs a model, as in Partial[Order]")
        return super().__new__(cls)

    def __init__(self, values: dict[str, Any], missing: Any = MISSING) -> None:
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_missing", missing)

    if TYPE_CHECKING:
        _values: dict[str, Any]
        _missing: Any

    def __getattr__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        if name in self.__partial_fields__:
            return self._missing
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is read-only: it shows what has come, and cannot be assigned to")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(
            f"{type(self).__name__} is read-only: it shows what has come, and nothing can be deleted from it"
        )

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the fields that are there, complete or growing."""
        return set(self._values)

    def model_dump(self, *, mode: Literal["python", "json"] = "python", by_alias: bool = False) -> dict[str, Any]:
        """The fields that have come, as a dict. Arguments as in pydantic."""
        fields = self.__partial_fields__
        dumped: dict[str, Any] = {}
        for name, value in self._values.items():
            field = fields.get(name)
            alias = (field.serialization_alias or field.alias) if field is not None and by_alias else None
            dumped[alias or name] = _dump(value, mode, by_alias)
        return dumped

    def model_dump_json(self, *, indent: int | None = None, by_alias: bool = False) -> str:
        """The fields that have come, as JSON text."""
        from pydantic_core import to_json

        return to_json(self.model_dump(mode="json", by_alias=by_alias), indent=indent).decode()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Names and values of the fields that have come, so that ``dict(partial)`` works as for models."""
        return iter(self._values.items())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values == other._values

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._values.items())

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__partial_fields__})

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.__pydantic_model__, self._values, self._missing)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A partial object is a valid field of other models, and is dumped as by its own ``model_dump``."""
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls, serialization=_serialization())


@cache
def partial_class(model: type[object]) -> type[Partial[Any]]:
    """The class ``Partial[model]``: always the same one for the same model or dataclass.

    Raises:
        TypeError: ``model`` is neither.
    """
    name = f"Partial[{getattr(model, '__name__', model)}]"
    namespace = {
        "__slots__": (),
        "__module__": getattr(model, "__module__", __name__),
        "__pydantic_model__": model,
        "__partial_fields__": _fields_of(model),
        "__pydantic_serializer__": _serializer(),
    }
    return type(name, (Partial,), namespace)


def maker_of(made: type[Partial[Any]]) -> Callable[[dict[str, Any], Any], Partial[Any]]:
    """Makes objects of a class ``Partial[model]`` like its constructor, at a fraction of the cost."""
    new = object.__new__
    # The class refuses assignment, but its slots do not.
    set_values = Partial.__dict__["_values"].__set__
    set_missing = Partial.__dict__["_missing"].__set__

    def make(values: dict[str, Any], missing: Any) -> Partial[Any]:
        partial = new(made)
        set_values(partial, values)
        set_missing(partial, missing)
        return partial

    return make


def _fields_of(model: type[object]) -> dict[str, FieldInfo | None]:
    """The fields by name, with what pydantic knows of them."""
    infos: dict[str, FieldInfo] = getattr(model, "__pydantic_fields__", {})
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        return {field.name: infos.get(field.name) for field in dataclasses.fields(model)}
    if not hasattr(model, "__pydantic_fields__"):
        raise TypeError(f"Partial takes a pydantic model class or a dataclass, not {model!r}")
    return dict(infos)


@cache
def _serializer() -> SchemaSerializer:
    """The serializer for a partial object where pydantic knows no type: in a field of type Any, in ``to_json``."""
    from pydantic_core import SchemaSerializer, core_schema

    return SchemaSerializer(core_schema.any_schema(serialization=_serialization()))


def _serialization() -> PlainSerializerFunctionSerSchema:
    from pydantic_core import core_schema

    def dump(value: Partial[Any], info: core_schema.SerializationInfo) -> dict[str, Any]:
        return value.model_dump(mode="json" if info.mode_is_json() else "python", by_alias=bool(info.by_alias))

    return core_schema.plain_serializer_function_ser_schema(dump, info_arg=True)


def _rebuild(model: Any, values: dict[str, Any], missing: Any) -> Partial[Any]:
    return partial_class(model)(values, missing)


def _dump(value: Any, mode: Literal["python", "json"], by_alias: bool) -> Any:
    """Dump one value of a partial object, the partial ones inside it too."""
    if isinstance(value, Partial):
        return value.model_dump(mode=mode, by_alias=by_alias)
    if isinstance(value, list):
        return [_dump(item, mode, by_alias) for item in value if item is not MISSING]
    if isinstance(value, dict):
        return {key: _dump(item, mode, by_alias) for key, item in value.items()}
    if mode == "python" and type(value) in (tuple, deque):
        return type(value)(_dump(item, mode, by_alias) for item in value)
    if mode == "python" and dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _dump(getattr(value, field.name), mode, by_alias) for field in dataclasses.fields(value)}
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode=mode, by_alias=by_alias)
    if mode == "python":
        return value
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(value, by_alias=by_alias)
