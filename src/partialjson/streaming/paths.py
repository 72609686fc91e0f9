"""From ``lambda order: order.items`` to places of the document, and back from there into validated values.

The function is called with a ``Recorder`` in place of an order. Each step that it takes is a step of a ``Place``, which
looks it up in the specs of the target. Iterating over a recorder gives recorders that stand for elements, so
comprehensions select deeper places:

    lambda order: [tag for item in order.items for tag in item.tags]

What a function cannot do with a value that has not come is refused at once: call it, compare it, compute with it, look
at its type, branch on it. A name that is not a field is an AttributeError, as on the object itself.

What no stand-in can notice shows in the results of several calls (``_Trial``), which must agree:

- A path takes every element, in order. So the function is called with several stand-ins for the elements of each
  container, and with none: one that sorts, cuts, counts or picks does not give all of them in order.
- A path leads through optional values. So for each place that may be null, the function is called with None there.
  It must lose what lies inside, or fail as it would for the final object, and nothing else may change.

Comparing identities, asking for types or lengths, and slices may leave no such traces; they are found in the function's
code.
"""

from __future__ import annotations

import dis
import itertools
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, GeneratorType
from typing import Any, Final, NoReturn

from partialjson._core.selection import parse_pattern
from partialjson._core.target import spec_of
from partialjson.streaming.places import EACH, PAIRS, Hop, Place, Selected

__all__ = ["record"]

Route = tuple[Hop, ...]

_MAY: Final = "it may only name fields, indexes and keys, iterate, and go through optional values"
# How many stand-ins there are for the elements of a container: usually, and to find out what depends on their number.
_FEW: Final = 2
_MANY: Final = 129
# How often a function is called for the places that may be null.
_MOST_TRIALS: Final = 64
_UNNOTICED: Final = {"callable", "hasattr", "id", "len", "type", "vars"}


class Refused(TypeError):
    """The function does what a path cannot do."""


class _Trial:
    """One call of a function.

    Attributes:
        counts: how many elements the containers have, by the routes of their elements; all others have ``_FEW``.
        usual: the number for all others.
        absent: the routes at which there is None.
        iterated, optional: the places that were iterated over, and those that may be null.
        decided: the places whose truth was asked for.
    """

    def __init__(self, counts: Mapping[Route, int], usual: int, absent: frozenset[Route]) -> None:
        self.counts = counts
        self.usual = usual
        self.absent = absent
        self.iterated: dict[Route, Place] = {}
        self.optional: dict[Route, Place] = {}
        self.decided: set[Route] = set()
        self.is_running = True
        self.known: dict[Any, Place] = {}

    def at(self, place: Place, serials: tuple[int, ...], default: Any = None) -> Any:
        """What the function gets at a place: a stand-in, or what is there if nothing came."""
        if place.nullable or place.is_plain() or default is not None:
            self.optional[place.hops] = place
            if place.hops in self.absent:
                return default
        return Recorder(place, serials, self)

    def step(self, place: Place, kind: str, key: Any) -> Place:
        """A step from a place. Every stand-in for elements takes the same."""
        known = id(place), kind, type(key), key
        found = self.known.get(known)
        if found is None:
            found = (
                place.attribute(key) if kind == "attribute" else place.item(key) if kind == "item" else place.each(key)
            )
            # Holding the place itself keeps its id from being given away.
            self.known[known] = found
            self.known[id(place)] = place
        return found

    def count(self, route: Route) -> int:
        return self.counts.get(route, self.usual)

    def elements(self, place: Place, serials: tuple[int, ...], kind: str = EACH) -> list[tuple[Place, tuple[int, ...]]]:
        each = self.step(place, "each", kind)
        self.iterated[each.hops] = each
        return [(each, (*serials, number)) for number in range(self.count(each.hops))]


class _StandIn:
    """What stands for something that has not come refuses everything that needs it."""

    __slots__ = ()

    def _refuse(self, what: str) -> NoReturn:
        raise Refused(f"a path cannot {what} {_name(self)}: no value is there yet; {_MAY}")

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride, reportIncompatibleMethodOverride]
        self._refuse("look at the type of")

    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        self._refuse("call")

    def _compare(self, other: object = None) -> NoReturn:
        self._refuse("compare")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _compare
    __hash__ = object.__hash__

    def _compute(self, *others: object) -> NoReturn:
        self._refuse("compute with")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __or__ = __ror__ = __and__ = __rand__ = _compute
    __mod__ = __rmod__ = __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __pow__ = __rpow__ = _compute
    __matmul__ = __rmatmul__ = __divmod__ = __rdivmod__ = __xor__ = __rxor__ = __lshift__ = __rlshift__ = _compute
    __rshift__ = __rrshift__ = __neg__ = __pos__ = __abs__ = __invert__ = __round__ = __trunc__ = _compute
    __floor__ = __ceil__ = __len__ = __length_hint__ = __int__ = __float__ = __complex__ = __index__ = _compute
    __bytes__ = __fspath__ = _compute

    def _write(self, *others: object) -> NoReturn:
        self._refuse("write as text")

    __str__ = __format__ = _write

    def _change(self, *others: object) -> NoReturn:
        self._refuse("assign to")

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = __iadd__ = _change

    def _reverse(self) -> NoReturn:
        self._refuse("change the order of")

    __reversed__ = _reverse

    def _step(self) -> NoReturn:
        self._refuse("pick an element of")

    __next__ = _step


class Recorder(_StandIn):
    """Stands for a value that has not come, and records which way a function goes from it."""

    __slots__ = ("__place", "__serials", "__trial")

    def __init__(self, place: Place, serials: tuple[int, ...], trial: _Trial) -> None:
        object.__setattr__(self, "_Recorder__place", place)
        # Which of the stand-ins for elements it comes from, outermost first.
        object.__setattr__(self, "_Recorder__serials", serials)
        object.__setattr__(self, "_Recorder__trial", trial)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            # Protocols look these up; a path has none of them.
            raise AttributeError(name)
        place, serials, trial = _parts(self)
        if place.has_dict_methods(name):
            if name == "values":
                return lambda: [trial.at(*each) for each in trial.elements(place, serials)]
            if name == "items":
                return lambda: [
                    (Key(_with_str_keys(place), each[1]), trial.at(*each))
                    for each in trial.elements(place, serials, PAIRS)
                ]
            if name == "get":
                return lambda key, default=None: self.__get(key, default)
        return trial.at(trial.step(place, "attribute", name), serials)

    def __getitem__(self, key: Any) -> Any:
        _, serials, trial = _parts(self)
        return trial.at(self.__item(key), serials)

    def __get(self, key: Any, default: Any) -> Any:
        if type(default) is Recorder:
            raise Refused(f"a path cannot choose between {self.__item(key)} and {_name(default)}; {_MAY}")
        _, serials, trial = _parts(self)
        return trial.at(self.__item(key), serials, default)

    def __item(self, key: Any) -> Place:
        place, _, trial = _parts(self)
        if type(key) in (Recorder, Key):
            raise Refused(f"the index of {place} depends on a value of the document; a path has fixed indexes")
        if type(key) is slice:
            # It says so, since a slice cannot be kept.
            return place.item(key)
        return trial.step(place, "item", key)

    def __iter__(self) -> Iterator[Any]:
        place, serials, trial = _parts(self)
        if place.is_dict():
            raise TypeError(f"iterating {place} gives its keys; use .values() or .items()")
        for each in trial.elements(place, serials):
            yield trial.at(*each)

    def __bool__(self) -> bool:
        place, _, trial = _parts(self)
        # ``order.address.city if order.address else None`` is how optional objects are written.
        if place.nullable and place.forms and not place.has_scalars():
            trial.decided.add(place.hops)
            return True
        return self._refuse("decide anything by the value of")

    def __repr__(self) -> str:
        place, _, trial = _parts(self)
        if trial.is_running:
            self._write()
        return f"<{place}>"

    def __dir__(self) -> list[str]:
        return sorted(set(place_of(self).names()))


class Key(_StandIn):
    """Stands for the key of any pair of a dict."""

    __slots__ = ("place", "serials")

    def __init__(self, place: Place, serials: tuple[int, ...]) -> None:
        object.__setattr__(self, "place", place)
        object.__setattr__(self, "serials", serials)

    def __bool__(self) -> bool:
        self._refuse("decide anything by the value of")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        self._refuse(f"go on to .{name} from")

    __getitem__ = _StandIn._compute
    __iter__ = _StandIn._compute
    __repr__ = _StandIn._write


def _parts(recorder: Recorder) -> tuple[Place, tuple[int, ...], _Trial]:
    get = object.__getattribute__
    return get(recorder, "_Recorder__place"), get(recorder, "_Recorder__serials"), get(recorder, "_Recorder__trial")


def place_of(recorder: Recorder) -> Place:
    return _parts(recorder)[0]


def _name(value: Any) -> str:
    if type(value) is Key:
        return f"the keys of {object.__getattribute__(value, 'place')}"
    return str(place_of(value))


def _with_str_keys(place: Place) -> Place:
    if not place.has_str_keys():
        raise TypeError(f"the keys of {place} are validated when it closes; use .values()")
    return place


def record(
    where: str | Callable[[Any], Any] | None,
    target: Any,
    by_alias: bool | None,
    by_name: bool | None,
    elements: bool,
    may_default: bool = False,
) -> list[Selected]:
    """The places that a function or a path pattern selects in documents of a target.

    Args:
        where: a function from the target, a path pattern, or None for the root.
        elements: whether to iterate over the selected place; the function then returns the container of the elements.
        may_default: whether the function may return something of its own where an optional value on the way is null.

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
    if where is None:
        place = root.each() if elements else root
        return [Selected(place)]
    return _Function(where, root, elements, may_default).selected()


Found = tuple[Route, bool, tuple[int, ...]]
"""A value that a function gives: where it is, whether as a pair with its key, and from which stand-ins it comes."""


class _Function:
    """A function that is to follow paths from the root."""

    def __init__(self, where: Callable[[Any], Any], root: Place, elements: bool, may_default: bool) -> None:
        self.where = where
        self.root = root
        self.elements = elements
        self.may_default = may_default
        self.places: dict[tuple[Route, bool], Place] = {}

    def selected(self) -> list[Selected]:
        """The places that it selects.

        Raises:
            TypeError: it does more than follow paths.
        """
        trial, found, is_ordered = self.call({}, _FEW)
        _check_code(getattr(self.where, "__code__", None))
        selected = {key: Selected(place, key[1]) for key, place in self.places.items()}
        if not self.elements:
            for each in selected.values():
                _one(each)
        self.check_completeness(trial, found, is_ordered)
        for route in trial.iterated:
            for count in (0, 1, _MANY):
                self.check_completeness(*self.call({route: count}, 1 if count else _FEW))
        self.check_optional(trial, found)
        if not selected:
            raise Refused(f"the function selects nothing; {_MAY}")
        return list(selected.values())

    def call(
        self, counts: Mapping[Route, int], usual: int, absent: frozenset[Route] = frozenset()
    ) -> tuple[_Trial, list[Found | None], bool]:
        """What it gives, None for a value that is None, and whether that has an order."""
        trial = _Trial(counts, usual, absent)
        try:
            result = self.where(trial.at(self.root, ()))
            if not self.elements:
                return trial, self.one(result, absent), True
            if result is None and absent:
                return trial, [], True
            if type(result) is Recorder:
                result = list(result)
            if not isinstance(result, list | tuple | set | GeneratorType):
                raise Refused(f"the function returns {_kind(result)}, not the elements of something in the document")
            return trial, [self.element(each, absent) for each in result], not isinstance(result, set)
        finally:
            trial.is_running = False

    def one(self, result: Any, absent: frozenset[Route]) -> list[Found | None]:
        if type(result) is Recorder:
            return [self.found(result)]
        if absent and (result is None or result == "" or self.may_default):
            return [None] if result is None else []
        raise Refused(f"the function returns {_kind(result)}, not one place of the document")

    def element(self, each: Any, absent: frozenset[Route]) -> Found | None:
        if type(each) is Recorder:
            return self.found(each)
        if each is None and absent:
            return None
        if type(each) is tuple and len(each) == 2 and type(each[0]) is Key:
            key = each[0]
            if each[1] is None and absent:
                return None
            if type(each[1]) is Recorder:
                place, serials, _ = _parts(each[1])
                get = object.__getattribute__
                is_pair = place.hops[:-1] == get(key, "place").hops and place.hops[-1].kind == PAIRS
                if is_pair and serials == get(key, "serials"):
                    return self.found(each[1], True)
        raise Refused(f"the function returns {_kind(each)} for an element, not a place of the document")

    def found(self, recorder: Recorder, is_pair: bool = False) -> Found:
        place, serials, _ = _parts(recorder)
        self.places.setdefault((place.hops, is_pair), place)
        return place.hops, is_pair, serials

    def check_completeness(self, trial: _Trial, found: list[Found | None], is_ordered: bool) -> None:
        """Every element of the selected containers must be there once, and in order."""
        for (route, is_pair), place in list(self.places.items()):
            expected = list(itertools.product(*(range(trial.count(each)) for each in _iterations(route))))
            given = [each[2] for each in found if each is not None and each[:2] == (route, is_pair)]
            if given != expected and (is_ordered or sorted(given) != expected):
                raise Refused(
                    f"the function does not give every element of {place} once, in the order of the document: a path "
                    f"cannot sort, cut, count, pick or repeat; {_MAY}"
                )

    def check_optional(self, trial: _Trial, found: list[Found | None]) -> None:
        """Where a value is null, what lies inside it must be missing, and nothing else change."""
        todo = [frozenset([route]) for route in trial.optional]
        seen = set(todo)
        optional = dict(trial.optional)
        for route, _, _ in filter(None, found):
            if route in trial.decided and _may_be_empty(optional[route]):
                raise Refused(f"a path cannot decide by whether {optional[route]} is empty; {_MAY}")
        while todo:
            absent = todo.pop()
            if len(seen) > _MOST_TRIALS:
                raise Refused(f"the function depends on too many values that may be null; {_MAY}")
            try:
                other, given, is_ordered = self.call({}, _FEW, absent)
            except Refused:
                raise
            except (AttributeError, TypeError, LookupError):
                # As it fails for a final object that has null there.
                continue
            expected: list[Found | None] = [
                None if each is not None and each[0] in absent else each
                for each in found
                if each is not None and not any(each[0][: len(route)] == route != each[0] for route in absent)
            ]
            if not self.elements and not expected and given == [None]:
                continue
            if given != expected and (is_ordered or set(given) != set(expected)):
                names = ", ".join(str(optional[route]) for route in absent)
                raise Refused(
                    f"what the function gives depends on the value of {names}, and no value is there yet; {_MAY}"
                )
            for route, place in other.optional.items():
                optional[route] = place
                if (more := absent | {route}) not in seen:
                    seen.add(more)
                    todo.append(more)


def _iterations(route: Route) -> list[Route]:
    """The routes of the elements on the way."""
    return [route[: i + 1] for i, hop in enumerate(route) if hop.kind in (EACH, PAIRS)]


def _may_be_empty(place: Place) -> bool:
    return any(form.is_array or form.is_dict or form.by_key for form in place.forms) or place.is_plain()


def _check_code(code: CodeType | None) -> None:
    """Refuse what leaves no traces in the results."""
    if code is None:
        return
    before = None
    for each in dis.get_instructions(code):
        if each.opname == "IS_OP" and not (
            before is not None and before.opcode in dis.hasconst and before.argval is None
        ):
            raise Refused(f"a path cannot tell whether a value is the same object as another; {_MAY}")
        if each.opname in ("BINARY_SLICE", "BUILD_SLICE") or type(each.argval) is slice:
            raise Refused(f"a slice is not a single place, and does not take every element; {_MAY}")
        if each.opname == "LOAD_GLOBAL" and each.argval in _UNNOTICED:
            raise Refused(f"a path cannot ask {each.argval}() about a value: no value is there yet; {_MAY}")
        before = each
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _check_code(constant)


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
    if type(value) is Key:
        return "a key"
    return repr(value) if value is None or isinstance(value, str | int | float) else f"a {type(value).__name__}"
