"""``Partial[Order]``: an order of which only part has come. ``Order`` is a model or a dataclass.

It is not an ``Order``, so that code which needs one cannot get half of one unnoticed. It has the same field names: a
field that has come reads as its value, one that has not reads as MISSING, and any other name is an AttributeError, as
usual. Methods and computed fields of the class are not there, since they rely on a complete object. A partial dataclass
has the same methods as a partial model: ``model_dump()`` and so on.

A partial object is a read-only view of a dict that the parser fills.

What leaves it is what the complete object would let out (``dumps``): nothing that is excluded, no secret in the clear,
and not what a serializer would make of half a value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from partialjson._missing import MISSING

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic.main import IncEx
    from pydantic_core import CoreSchema, SchemaSerializer
    from pydantic_core.core_schema import PlainSerializerFunctionSerSchema


T = TypeVar("T", covariant=True)

__all__ = ["Partial"]


class Partial(Generic[T]):
    """An object that is not complete yet; ``Partial[Order]`` is the class for the model or dataclass ``Order``.

    Raises:
        AttributeError: for a name that is not a field of the model, and on assignment.
    """

    __slots__ = ("_missing", "_unfinished", "_values")
    __pydantic_model__: ClassVar[type[Any]]
    __partial_fields__: ClassVar[dict[str, FieldInfo | None]]
    __unprinted_fields__: ClassVar[frozenset[str]]
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

    def __init__(self, values: dict[str, Any], missing: Any = MISSING, unfinished: tuple[str, ...] = ()) -> None:
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_missing", missing)
        if unfinished:
            mark_unfinished(self, unfinished)

    if TYPE_CHECKING:
        _values: dict[str, Any]
        _missing: Any
        # Among the fields that functions serialize, those whose value is not the final one: open, or invalid. Most
        # partial objects have none and many are made, so the slot is empty then.
        _unfinished: tuple[str, ...]

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

    def model_dump(
        self,
        *,
        mode: Literal["json", "python"] | str = "python",
        include: IncEx | None = None,
        exclude: IncEx | None = None,
        context: Any = None,
        by_alias: bool | None = None,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        exclude_computed_fields: bool = False,
        round_trip: bool = False,
        warnings: bool | Literal["none", "warn", "error"] = True,
        fallback: Callable[[Any], Any] | None = None,
        serialize_as_any: bool = False,
        **others: Any,
    ) -> dict[str, Any]:
        """The fields that have come, as a dict. Arguments as in pydantic.

        A field that has closed is dumped as in the complete object, by its serializers and the configuration; what is
        excluded there is left out here. So is a value that cannot be serialized, and one that is still growing if a
        function serializes it. Computed fields and serializers of the whole model need a complete object, and do not
        run.
        """
        from partialjson.typed.dumps import dump

        arguments = {
            "context": context,
            "by_alias": by_alias,
            "exclude_unset": exclude_unset,
            "exclude_defaults": exclude_defaults,
            "exclude_none": exclude_none,
            "exclude_computed_fields": exclude_computed_fields,
            "round_trip": round_trip,
            "warnings": warnings,
            "fallback": fallback,
            "serialize_as_any": serialize_as_any,
            **others,
        }
        found: dict[str, Any] = dump(self, mode, include, exclude, arguments)
        return found

    def model_dump_json(
        self,
        *,
        indent: int | None = None,
        ensure_ascii: bool = False,
        include: IncEx | None = None,
        exclude: IncEx | None = None,
        context: Any = None,
        by_alias: bool | None = None,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        exclude_computed_fields: bool = False,
        round_trip: bool = False,
        warnings: bool | Literal["none", "warn", "error"] = True,
        fallback: Callable[[Any], Any] | None = None,
        serialize_as_any: bool = False,
        **others: Any,
    ) -> str:
        """The fields that have come, as JSON text. Arguments as in pydantic; what is left out, as in ``model_dump``."""
        from partialjson.typed.dumps import dump_json

        arguments = {
            "context": context,
            "by_alias": by_alias,
            "exclude_unset": exclude_unset,
            "exclude_defaults": exclude_defaults,
            "exclude_none": exclude_none,
            "exclude_computed_fields": exclude_computed_fields,
            "round_trip": round_trip,
            "warnings": warnings,
            "fallback": fallback,
            "serialize_as_any": serialize_as_any,
            **others,
        }
        return dump_json(self, include, exclude, {"indent": indent, "ensure_ascii": ensure_ascii}, arguments)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Names and values of the fields that have come, so that ``dict(partial)`` works as for models."""
        return iter(self._values.items())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values == other._values

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        hidden = self.__unprinted_fields__
        return ((name, value) for name, value in self._values.items() if name not in hidden)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__partial_fields__})

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.__pydantic_model__, self._values, self._missing, getattr(self, "_unfinished", ()))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A partial object is a valid field of other models, and is dumped as by its own ``model_dump``."""
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls, serialization=_serialization())


@cache
def partial_class(model: Any) -> type[Partial[Any]]:
    """The class ``Partial[model]``: always the same one for the same model, dataclass, Struct or class of attrs.

    Raises:
        TypeError: ``model`` is none of these.
    """
    if hasattr(model, "__struct_fields__"):
        from partialjson.structs.msgspec.partial import partial_struct

        return partial_struct(model)
    if hasattr(model, "__attrs_attrs__") and not hasattr(model, "__pydantic_fields__"):
        from partialjson.structs.cattrs.partial import partial_object

        return partial_object(model)
    name = f"Partial[{getattr(model, '__name__', model)}]"
    fields = _fields_of(model)
    namespace = {
        "__slots__": (),
        "__module__": getattr(model, "__module__", __name__),
        "__pydantic_model__": model,
        "__partial_fields__": fields,
        "__unprinted_fields__": _unprinted(model, fields),
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


def mark_unfinished(partial: Partial[Any], names: tuple[str, ...]) -> None:
    """Note which fields have no final value yet, on a partial object that nobody has seen."""
    object.__setattr__(partial, "_unfinished", names)


def _fields_of(model: type[object]) -> dict[str, FieldInfo | None]:
    """The fields by name, with what pydantic knows of them."""
    infos: dict[str, FieldInfo] = getattr(model, "__pydantic_fields__", {})
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        return {field.name: infos.get(field.name) for field in dataclasses.fields(model)}
    if not hasattr(model, "__pydantic_fields__"):
        raise TypeError(
            f"Partial takes a pydantic model class, a dataclass, a msgspec Struct or a class of attrs, not {model!r}"
        )
    return dict(infos)


def _unprinted(model: type[object], fields: dict[str, FieldInfo | None]) -> frozenset[str]:
    """The fields that the model leaves out of its own repr."""
    hidden = {name for name, field in fields.items() if field is not None and not field.repr}
    if dataclasses.is_dataclass(model):
        hidden |= {field.name for field in dataclasses.fields(model) if not field.repr}
    return frozenset(hidden)


@cache
def _serializer() -> SchemaSerializer:
    """The serializer for a partial object where pydantic knows no type: in a field of type Any, in ``to_json``."""
    from pydantic_core import SchemaSerializer, core_schema

    return SchemaSerializer(core_schema.any_schema(serialization=_serialization()))


def _serialization() -> PlainSerializerFunctionSerSchema:
    from pydantic_core import core_schema

    from partialjson.typed.dumps import dump_as_asked

    return core_schema.plain_serializer_function_ser_schema(dump_as_asked, info_arg=True)


def _rebuild(model: Any, values: dict[str, Any], missing: Any, unfinished: tuple[str, ...] = ()) -> Partial[Any]:
    return partial_class(model)(values, missing, unfinished)
