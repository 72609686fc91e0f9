"""``Partial[Order]`` where ``Order`` is a Struct, or a dataclass or class of attrs that msgspec makes.

It shows what every partial object shows. Only dumps differ: they are what ``msgspec.to_builtins`` makes of the fields
that have come, since pydantic knows nothing of these classes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec

from partialjson.structs.classes import partial_of
from partialjson.typed.partial import Partial, maker_of

T = TypeVar("T", covariant=True)

__all__ = ["PartialStruct", "maker_for", "partial_struct"]


class PartialStruct(Partial[T]):
    """A Struct, or a dataclass made by msgspec, that is not complete yet."""

    __slots__ = ()

    def model_dump(self, *, mode: str = "python", by_alias: bool | None = None, **others: Any) -> dict[str, Any]:
        """The fields that have come, as a dict of plain values, under the names of the document.

        Args:
            mode: "python" leaves dates, bytes, decimals and the like as they are, "json" writes them as strings.
            by_alias: False for the names in the program, at this object and the partial objects inside it.

        Raises:
            TypeError: there are other arguments, or a value is of a type that msgspec does not know.
        """
        if others:
            raise TypeError(f"a partial Struct is dumped with mode and by_alias, not with {', '.join(others)}")
        kept = () if mode == "json" else _KEPT
        names = {} if by_alias is False else encoded_names(self.__pydantic_model__)

        def dump(unknown: Any) -> Any:
            if isinstance(unknown, Partial):
                return unknown.model_dump(mode=mode, by_alias=by_alias)
            raise TypeError(f"msgspec does not know how to write {type(unknown).__name__}")

        return {
            names.get(name, name): msgspec.to_builtins(value, builtin_types=kept, enc_hook=dump) for name, value in self
        }

    def model_dump_json(self, *, by_alias: bool | None = None, **others: Any) -> str:
        """The fields that have come, as JSON text. Arguments as in ``model_dump``."""
        return msgspec.json.encode(self.model_dump(mode="json", by_alias=by_alias, **others)).decode()


_KEPT = (bytes, bytearray)


def encoded_names(cls: type[Any]) -> dict[str, str]:
    """The names that a Struct's fields have in the document."""
    return dict(zip(getattr(cls, "__struct_fields__", ()), getattr(cls, "__struct_encode_fields__", ()), strict=True))


@cache
def partial_struct(cls: Any) -> type[PartialStruct[Any]]:
    """The class of partial objects for a Struct, or another class that msgspec makes."""
    names = getattr(cls, "__struct_fields__", None)
    hidden: frozenset[str] = frozenset()
    if names is None:
        fields: Any = getattr(cls, "__attrs_attrs__", None) or dataclasses.fields(cls)
        names = [field.name for field in fields]
        hidden = frozenset(field.name for field in fields if not field.repr)
    return partial_of(PartialStruct, cls, names, hidden)


def maker_for(cls: Any) -> Callable[[dict[str, Any], Any], Partial[Any]]:
    """Makes partial objects for a class."""
    return maker_of(partial_struct(cls))
