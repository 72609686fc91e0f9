"""Frozen dataclasses that are cheap to build.

The ``__init__`` of a frozen dataclass stores each field through ``object.__setattr__``, which looks its slot up by name
every time. Where millions of small records are made that is most of their cost. ``quick_init`` gives the class an
``__init__`` that calls the setters of the slots themselves. All else stays as ``dataclass`` made it: the records cannot
be changed, and they compare, match, pickle and print as before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

__all__ = ["quick_init"]

C = TypeVar("C")


def quick_init(cls: type[C]) -> type[C]:
    """Replace ``__init__`` of a frozen dataclass with slots by one that stores through the slots.

    Raises:
        TypeError: the class is no dataclass, has no slots, or a field asks for what this does not do.
    """
    heads: list[str] = []
    stores: list[str] = []
    names: dict[str, Any] = {}
    for field in fields(cls):  # type: ignore[arg-type]
        setter = getattr(cls.__dict__.get(field.name), "__set__", None)
        if setter is None or not field.init or field.kw_only or field.default_factory is not MISSING:
            raise TypeError(f"{cls.__name__}.{field.name} is not a slot that an argument or a plain default fills")
        head = field.name
        if field.default is not MISSING:
            names[f"default_{field.name}"] = field.default
            head += f"=default_{field.name}"
        names[f"set_{field.name}"] = setter
        heads.append(head)
        stores.append(f"    set_{field.name}(self, {field.name})")
    source = f"def __init__(self, {', '.join(heads)}):\n" + ("\n".join(stores) or "    pass")
    exec(source, names)
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    init.__annotations__ = cls.__init__.__annotations__
    cls.__init__ = init  # type: ignore[method-assign]
    return cls
