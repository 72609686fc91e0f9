"""From ``lambda order: order.items`` to places of the document, and back from there into validated values.

The function is called once with a ``Recorder`` in place of an order. Each step that it takes is a step of a ``Place``,
which looks it up in the specs of the target. Iterating over a recorder gives one recorder that stands for any element,
so comprehensions select deeper places:

    lambda order: [tag for item in order.items for tag in item.tags]

A function that does anything else with its argument (calls it, compares it, branches on a value) cannot be followed and
is refused at once. A name that is not a field is an AttributeError, as on the object itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import GeneratorType
from typing import Any, NoReturn

from partialjson._core.selection import parse_pattern
from partialjson._core.target import spec_of
from partialjson.streaming.places import PAIRS, Place, Selected

__all__ = ["record"]


class Recorder:
    """Stands for a value that has not come, and records which way a function goes from it."""

    __slots__ = ("__place",)

    def __init__(self, place: Place) -> None:
        object.__setattr__(self, "_Recorder__place", place)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            # Protocols look these up; a path has none of them.
            raise AttributeError(name)
        place = place_of(self)
        if place.has_dict_methods(name):
            if name == "values":
                return lambda: [Recorder(place.each())]
            if name == "items":
                return lambda: [(Key(_with_str_keys(place)), Recorder(place.each(PAIRS)))]
            if name == "get":
                return lambda key, default=None: Recorder(place.item(key))
        return Recorder(place.attribute(name))

    def __getitem__(self, key: Any) -> Recorder:
        place = place_of(self)
        if isinstance(key, Recorder):
            raise TypeError(f"the index of {place} depends on a value of the document; a path has fixed indexes")
        return Recorder(place.item(key))

    def __iter__(self) -> Iterator[Recorder]:
        place = place_of(self)
        if place.is_dict():
            raise TypeError(f"iterating {place} gives its keys; use .values() or .items()")
        yield Recorder(place.each())

    def __bool__(self) -> bool:
        place = place_of(self)
        # ``order.address.city if order.address else None`` is how optional objects are written.
        if place.nullable and place.forms and not place.has_scalars():
            return True
        return _refuse(place, "decide anything by the value of")

    def __setattr__(self, name: str, value: object) -> None:
        _refuse(place_of(self), "assign to")

    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        _refuse(place_of(self), "call")

    def _compare(self, other: object) -> NoReturn:
        _refuse(place_of(self), "compare")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _compare
    __hash__ = object.__hash__

    def _compute(self, *others: object) -> NoReturn:
        _refuse(place_of(self), "compute with")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __or__ = __ror__ = __and__ = __rand__ = _compute
    __mod__ = __truediv__ = __neg__ = __len__ = __int__ = __float__ = __index__ = __format__ = _compute

    def __repr__(self) -> str:
        return f"<{place_of(self)}>"

    def __dir__(self) -> list[str]:
        return sorted(set(place_of(self).names()))


class Key:
    """Stands for the key of any pair of a dict."""

    def __init__(self, place: Place) -> None:
        self.place = place


def place_of(recorder: Recorder) -> Place:
    place: Place = object.__getattribute__(recorder, "_Recorder__place")
    return place


def _refuse(place: Place, what: str) -> NoReturn:
    raise TypeError(
        f"a path cannot {what} {place}: no value is there yet; it may only name fields, indexes and keys, and iterate"
    )


def _with_str_keys(place: Place) -> Place:
    if not place.has_str_keys():
        raise TypeError(f"the keys of {place} are validated when it closes; use .values()")
    return place


def record(
    where: str | Callable[[Any], Any] | None, target: Any, by_alias: bool | None, by_name: bool | None, elements: bool
) -> list[Selected]:
    """The places that a function or a path pattern selects in documents of a target.

    Args:
        where: a function from the target, a path pattern, or None for the root.
        elements: whether to iterate over the selected place; the function then returns the container of the elements.

    Raises:
        AttributeError, KeyError: the function asks for a field that does not exist.
        TypeError: the function does more than follow a path, or leads nowhere.
        ValueError: the pattern is not supported, or leads nowhere.
    """
    root = Place([spec_of(target, by_alias, by_name)])
    if isinstance(where, str):
        return [_pattern(where, root, elements)]
    if where is not None and not callable(where):
        raise TypeError(f"expected a function such as lambda o: o.items, or a path pattern, not {type(where).__name__}")
    result = Recorder(root) if where is None else where(Recorder(root))
    if not elements:
        if type(result) is not Recorder:
            raise TypeError(f"the function returns {_kind(result)}, not one place of the document")
        return [_one(Selected(place_of(result)))]
    if type(result) is Recorder:
        result = list(result)
    if not isinstance(result, list | tuple | set | GeneratorType):
        raise TypeError(f"the function returns {_kind(result)}, not the elements of something in the document")
    return [_element(each) for each in result]


def _element(found: Any) -> Selected:
    if type(found) is Recorder:
        return Selected(place_of(found))
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], Key) and type(found[1]) is Recorder:
        place = place_of(found[1])
        if place.hops[:-1] == found[0].place.hops and place.hops[-1].kind == PAIRS:
            return Selected(place, True)
    raise TypeError(f"the function returns {_kind(found)} for an element, not a place of the document")


def _pattern(pattern: str, place: Place, elements: bool) -> Selected:
    for step in parse_pattern(pattern):
        place = place.step(step)
    selected = Selected(place)
    return selected if elements else _one(selected)


def _one(selected: Selected) -> Selected:
    if not selected.is_one:
        raise TypeError(f"{selected} is many places; use elements(), or an index")
    return selected


def _kind(value: Any) -> str:
    return repr(value) if value is None or isinstance(value, str | int | float) else f"a {type(value).__name__}"
