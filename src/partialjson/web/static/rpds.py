"""Persistent containers for referencing and jsonschema where the package rpds-py is not available.

rpds-py is a compiled extension, and offers no wheel for WebAssembly. Of what it has, those two packages use a map, a
set and a list, for registries of schemas and of types. These here do the same by copying, which is quick as long as
there are some hundreds of entries: a registry has one for each schema resource and anchor. ``install`` puts this module
in its place.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from importlib.util import find_spec
from typing import Any, Generic, TypeVar, cast

__all__ = ["HashTrieMap", "HashTrieSet", "List", "install"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class HashTrieMap(Mapping[K, V]):
    """A mapping whose changes are new mappings."""

    __slots__ = ("_held",)

    def __init__(self, value: Mapping[K, V] | Iterable[tuple[K, V]] = (), **more: V) -> None:
        self._held: dict[Any, V] = dict(value, **more)

    @classmethod
    def convert(cls, value: Mapping[K, V] | Iterable[tuple[K, V]]) -> HashTrieMap[K, V]:
        """The value itself, if it is a map of this kind."""
        return cast("HashTrieMap[K, V]", value) if isinstance(value, HashTrieMap) else cls(value)

    @classmethod
    def fromkeys(cls, keys: Iterable[K], default: Any = None) -> HashTrieMap[K, Any]:
        return _map(dict.fromkeys(keys, default))

    def __getitem__(self, key: K) -> V:
        return self._held[key]

    def __contains__(self, key: object) -> bool:
        return key in self._held

    def __iter__(self) -> Iterator[K]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def keys(self) -> KeysView[K]:
        return self._held.keys()

    def values(self) -> ValuesView[V]:
        return self._held.values()

    def items(self) -> ItemsView[K, V]:
        return self._held.items()

    def insert(self, key: K, value: V) -> HashTrieMap[K, V]:
        return _map({**self._held, key: value})

    def update(self, *others: Mapping[K, V] | Iterable[tuple[K, V]], **more: V) -> HashTrieMap[K, V]:
        held = dict(self._held)
        for other in others:
            held.update(other)
        held.update(more)
        return _map(held)

    def remove(self, key: K) -> HashTrieMap[K, V]:
        """Without the key. KeyError if it is not there."""
        held = dict(self._held)
        del held[key]
        return _map(held)

    def discard(self, key: K) -> HashTrieMap[K, V]:
        return self.remove(key) if key in self._held else self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and self._held == dict(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._held.items()))

    def __repr__(self) -> str:
        return f"HashTrieMap({self._held!r})"


def _map(held: dict[Any, Any]) -> HashTrieMap[Any, Any]:
    made: HashTrieMap[Any, Any] = HashTrieMap.__new__(HashTrieMap)
    made._held = held
    return made


class HashTrieSet(frozenset[K]):
    """A set whose changes are new sets."""

    __slots__ = ()

    def insert(self, value: K) -> HashTrieSet[K]:
        return HashTrieSet((*self, value))

    def remove(self, value: K) -> HashTrieSet[K]:
        """Without the value. KeyError if it is not there."""
        if value not in self:
            raise KeyError(value)
        return self.discard(value)

    def discard(self, value: K) -> HashTrieSet[K]:
        return HashTrieSet(each for each in self if each != value) if value in self else self

    def update(self, *others: Iterable[K]) -> HashTrieSet[K]:
        return HashTrieSet(self.union(*others))

    def __repr__(self) -> str:
        return f"HashTrieSet({set(self)!r})"


class List(Generic[V]):
    """A list that grows and shrinks at its front, whose changes are new lists."""

    __slots__ = ("_held",)

    def __init__(self, *values: V | Iterable[V]) -> None:
        # As the original does: one argument is an iterable of the elements, several are the elements.
        self._held: tuple[Any, ...] = tuple(values[0]) if len(values) == 1 else values  # type: ignore[arg-type]

    def push_front(self, value: V) -> List[V]:
        return List((value, *self._held))

    def drop_first(self) -> List[V]:
        """All but the first. IndexError if there is none."""
        if not self._held:
            raise IndexError("empty list")
        return List(self._held[1:])

    @property
    def first(self) -> V:
        if not self._held:
            raise IndexError("empty list")
        first: V = self._held[0]
        return first

    @property
    def rest(self) -> List[V]:
        """All but the first; empty for an empty list."""
        return List(self._held[1:])

    def __iter__(self) -> Iterator[V]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, List) and self._held == other._held

    def __hash__(self) -> int:
        return hash(self._held)

    def __repr__(self) -> str:
        return f"List({list(self._held)!r})"


def install() -> None:
    """Makes ``import rpds`` find this module, where there is no other."""
    if "rpds" not in sys.modules and find_spec("rpds") is None:
        sys.modules["rpds"] = sys.modules[__name__]
