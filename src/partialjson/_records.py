"""Immutable records that are cheap to build.

A frozen dataclass stores each field through ``object.__setattr__``, so building one costs three times as much as
building a mutable one. ``quick`` gives it another constructor. While that runs, the object belongs to a twin class with
the same slots, whose attributes can be set normally; then it becomes an object of its real class, and frozen.
Everything else (equality, ``match``, ``replace``, pickling, the signature) is the dataclass's own.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, Final, TypeVar

__all__ = ["quick"]

_R = TypeVar("_R")

_BECOME: Final[Any] = vars(object)["__class__"].__set__


def quick(cls: type[_R]) -> type[_R]:
    """The frozen dataclass with slots, with a constructor that stores its fields directly.

    Raises:
        TypeError: a field has a default factory, or is not an argument of the constructor.
    """
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    scope: dict[str, Any] = {"become": _BECOME, "cls": cls, "twin": type(cls.__name__, (), {"__slots__": names})}
    arguments = ["self"]
    for field in fields(cls):  # type: ignore[arg-type]
        if field.default_factory is not MISSING or not field.init:
            raise TypeError(f"{cls.__name__}.{field.name} cannot be stored directly")
        if field.default is MISSING:
            arguments.append(field.name)
        else:
            arguments.append(f"{field.name}=default_{field.name}")
            scope[f"default_{field.name}"] = field.default
    body = ["become(self, twin)", *(f"self.{name} = {name}" for name in names), "self.__class__ = cls"]
    exec(f"def __init__({', '.join(arguments)}):\n    " + "\n    ".join(body), scope)
    built = scope["__init__"]
    built.__qualname__ = f"{cls.__qualname__}.__init__"
    built.__annotations__ = dict(cls.__init__.__annotations__)
    cls.__init__ = built  # type: ignore[method-assign]
    return cls
