"""Places of a document that a path goes through, and how to get there again in validated values.

A ``Place`` is where a path stands: the specs that may apply there and the steps from the root. Each step is looked
up in the specs and noted as a hop: the keys the document may have for it (a field has one, or several where it has an
alias and a name, or choices), and how to take the same step in a validated Python object. Steps are taken as Python
takes them (``attribute``, ``item``, ``each``) or by the document's names (``step``).

A ``Selected`` is the end of a path. It knows which completions of a parser make it final.
"""

from __future__ import annotations

import enum
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from partialjson._core.events import Completed, Event, Invalid, Path
from partialjson._core.selection import Step
from partialjson._core.spec import INTEGER, Field, Spec
from partialjson._missing import MISSING
from partialjson.errors import json_path

__all__ = ["ATTRIBUTE", "EACH", "ITEM", "PAIRS", "Hop", "Place", "Selected", "written"]

ATTRIBUTE: Final = "attribute"
ITEM: Final = "item"
EACH: Final = "each"
PAIRS: Final = "pairs"

_ANYTHING: Final = Spec()


@dataclass(frozen=True)
class Hop:
    """One step: the document's keys for it, and how it is taken in a Python value.

    If it is ``whole``, the value it leads to is final only together with the value around it: a set drops elements.
    """

    choices: tuple[tuple[Step, ...], ...]
    kind: str
    key: Any = None
    whole: bool = False

    def take(self, value: Any) -> Iterable[Any]:
        """The values one step inside a validated value; none if the step leads nowhere."""
        if self.kind == ATTRIBUTE:
            return (getattr(value, self.key),) if hasattr(value, self.key) else ()
        if self.kind == ITEM:
            try:
                return (value[self.key],)
            except (LookupError, TypeError):
                return ()
        if value is None or isinstance(value, str | bytes):
            return ()
        if hasattr(value, "keys"):
            return value.items() if self.kind == PAIRS else value.values()  # type: ignore[no-any-return]
        if hasattr(type(value), "model_fields"):
            return value.__dict__.values()  # type: ignore[no-any-return]
        return value if isinstance(value, Iterable) else ()


class Place:
    """The point that a path has reached: the specs that may apply there, and the hops from the root."""

    def __init__(self, specs: list[Spec], hops: tuple[Hop, ...] = ()) -> None:
        self.hops = hops
        self.forms: list[Spec] = []
        for spec in specs:
            self.forms += [form for form in spec.forms() if not any(form is each for each in self.forms)]
        self.nullable = any(spec.may_be_null() for spec in specs)

    def __str__(self) -> str:
        steps = itertools.chain(*(hop.choices[0] for hop in self.hops))
        return "$" + "".join("[*]" if step is None else json_path([step])[1:] for step in steps)

    def after(self, hop: Hop, specs: list[Spec]) -> Place:
        return Place(specs, (*self.hops, hop))

    def is_plain(self) -> bool:
        """Is any JSON value possible here, according to the specs?"""
        return any(_is_plain(form) for form in self.forms)

    def described(self) -> str:
        """What stands here, for messages."""
        return " or ".join(dict.fromkeys(form.noun for form in self.forms)) or "null"

    def names(self) -> list[str]:
        """The possible fields, by their names in the program."""
        return [name for form in self.forms for name in fields_of(form) or {}]

    # Steps as Python takes them.

    def attribute(self, name: str) -> Place:
        ways: list[tuple[Step, ...]] = []
        specs: list[Spec] = []
        known: list[str] = []
        for form in self.forms:
            fields = fields_of(form)
            if fields is None or form.by_key:
                continue
            known += fields
            if name in fields:
                ways += fields[name].ways
                specs.append(fields[name].spec)
        if specs:
            return self.after(Hop(tuple(dict.fromkeys(ways)), ATTRIBUTE, name), specs)
        if known or any(fields_of(form) is not None and not form.by_key for form in self.forms):
            raise AttributeError(f"{self.described()} has no field {name!r}{_near(name, known)}")
        if any(_is_plain(form) or form.is_dict or form.by_key for form in self.forms):
            raise AttributeError(f"{self} has keys, not attributes: write [{name!r}]")
        raise TypeError(f"{self} is {self.described()}: a path cannot go on to .{name} inside it")

    def item(self, key: Any) -> Place:
        if isinstance(key, slice):
            raise TypeError(f"a slice of {self} is not a single place; iterate over {self} for its elements")
        ways: list[tuple[Step, ...]] = []
        specs: list[Spec] = []
        known: list[str] = []
        for form in self.forms:
            fields = fields_of(form)
            if form.is_array and type(key) is int:
                if key < 0:
                    raise TypeError(f"{self}[{key}] counts from the end, which is not known yet; use an index from 0")
                element = form.element(key)
                if element is None:
                    raise TypeError(f"a tuple of {len(form.prefix)} has no [{key}]")
                specs.append(element)
                ways.append((key,))
            elif form.is_dict and isinstance(key, str | int):
                specs.append(form.rest or _ANYTHING)
                ways.append((_document_key(key),))
            elif _is_plain(form) and (isinstance(key, str) or (type(key) is int and key >= 0)):
                specs.append(_ANYTHING)
                ways.append((key,))
            elif fields is not None and (form.by_key or (form.prefix and type(key) is int)):
                name = list(fields)[key] if type(key) is int and key < len(fields) else key
                known += fields
                if name in fields:
                    ways += fields[name].ways
                    specs.append(fields[name].spec)
        if specs:
            return self.after(Hop(tuple(dict.fromkeys(ways)), ITEM, key), specs)
        if known:
            raise KeyError(f"{self.described()} has no key {key!r}{_near(key, known)}")
        raise TypeError(f"{self} is {self.described()}: it has no [{key!r}]")

    def each(self, kind: str = EACH) -> Place:
        """Any element of a list, or any value of a dict."""
        specs: list[Spec] = []
        for form in self.forms:
            if form.is_array:
                specs += [*form.prefix, *([form.items] if form.items is not None else [])] or [_ANYTHING]
            elif form.is_dict:
                specs.append(form.rest or _ANYTHING)
            elif _is_plain(form):
                specs.append(_ANYTHING)
        if not specs:
            raise TypeError(f"{self} is {self.described()}: it has no elements")
        whole = any(form.may_drop for form in self.forms)
        return self.after(Hop(((None,),), kind, whole=whole), specs)

    def is_dict(self) -> bool:
        return any(form.is_dict for form in self.forms) and not any(form.is_array for form in self.forms)

    def has_scalars(self) -> bool:
        return any(fields_of(form) is None and form.is_scalar for form in self.forms)

    def has_dict_methods(self, name: str) -> bool:
        """Is an attribute of that name a method of dict and not a field?"""
        if any(not form.by_key and name in (fields_of(form) or {}) for form in self.forms):
            return False
        return any(form.is_dict or _is_plain(form) or form.by_key for form in self.forms)

    def has_str_keys(self) -> bool:
        """Are the keys of the dict at this place those of the document?"""
        return all(form.names is None for form in self.forms)

    # Steps as a pattern takes them, by the document's names.

    def step(self, step: Step) -> Place:
        place = self
        # A root model adds nothing to the document.
        while len(place.forms) == 1 and place.forms[0].root is not None:
            place = place.attribute(place.forms[0].root.name)
        if step is None:
            return place.each_child()
        if isinstance(step, str):
            for form in place.forms:
                for name, field in (fields_of(form) or {}).items():
                    if (step,) in field.ways:
                        return place.item(name) if form.by_key else place.attribute(name)
            for form in place.forms:
                if form.rest is not None:
                    by_key = form.fields is None or form.by_key
                    hop = Hop(((step,),), ITEM if by_key else ATTRIBUTE, _python_key(step, form))
                    return place.after(hop, [form.rest])
        if place.is_plain() or (isinstance(step, int) and any(form.is_array for form in place.forms)):
            return place.item(step)
        raise ValueError(f"{place} is {place.described()}, which has no {step!r} in a document{place.hint(step)}")

    def hint(self, step: Step) -> str:
        known = [
            str(way[0])
            for form in self.forms
            for field in (fields_of(form) or {}).values()
            for way in field.ways
            if way
        ]
        return _near(step, known)

    def each_child(self) -> Place:
        specs = [field.spec for form in self.forms for field in (fields_of(form) or {}).values()]
        return self.after(Hop(((None,),), EACH), specs) if specs else self.each()


def fields_of(form: Spec) -> dict[str, Field] | None:
    """The fields that the program sees; None for a value without fields."""
    return {form.root.name: form.root} if form.root is not None else form.fields


def _is_plain(form: Spec) -> bool:
    """Does the spec say nothing about the inside?"""
    return fields_of(form) is None and not form.is_array and not form.is_dict and not form.is_scalar


def _document_key(key: Any) -> str:
    if isinstance(key, enum.Enum):
        key = key.value
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


def _python_key(step: str, form: Spec) -> Any:
    """The key of a validated dict that the document writes as ``step``."""
    if form.names is not None and form.names.usual == INTEGER:
        try:
            return int(step)
        except ValueError:
            return step
    return step


def _near(name: object, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    close = get_close_matches(str(name), names, 3) or (names if len(names) <= 8 else [])
    return f"; it has {', '.join(close)}" if close else ""


class Selected:
    """One selected place: the document paths that lead to it, and to the values around it.

    Attributes:
        hops: the steps from the root.
        pairs: pairs of a dict are selected, key and value.
    """

    def __init__(self, place: Place, pairs: bool = False) -> None:
        self.hops = place.hops
        self.pairs = pairs
        self._name = str(place)
        # The values on the way, each with the patterns of its paths and the number of hops that lead to it. A hop that
        # adds nothing to the path (into a root model) is taken inside the value before it.
        self._levels: list[tuple[int, list[tuple[Step, ...]]]] = [(0, [()])]
        self.patterns: list[tuple[Step, ...]] = [()]
        """The paths that lead to the place."""
        whole = False
        for count, hop in enumerate(place.hops, 1):
            before = self.patterns
            self.patterns = [(*start, *way) for start, way in itertools.product(before, hop.choices)]
            whole = whole or hop.whole
            if self.patterns != before and not whole:
                self._levels.append((count, self.patterns))
        # For each level: has something settled inside the value of the level before?
        self._seen = [False] * (len(self._levels) + 1)

    def __str__(self) -> str:
        return self._name

    @property
    def is_one(self) -> bool:
        """Is it a single place, not one for each element of something?"""
        return all(hop.kind in (ATTRIBUTE, ITEM) for hop in self.hops)

    def select(self, around: bool) -> list[str]:
        """Patterns for ``Parser(select=...)``, with those of the values around it or without."""
        places = [pattern for _, patterns in self._levels for pattern in patterns] if around else self.patterns
        return [written(pattern) for pattern in places]

    def settles(self) -> list[str]:
        """Patterns of the innermost values that make the place final: its own, or those of a set it is in."""
        return [written(pattern) for pattern in self._levels[-1][1]]

    def is_on_the_way(self, path: Path) -> bool:
        """Does this path of the document lead to the place, or towards it?"""
        return self._level(path) >= 0

    def _level(self, path: Path) -> int:
        for level in range(len(self._levels) - 1, -1, -1):
            if any(_matches(pattern, path) for pattern in self._levels[level][1]):
                return level
        return -1

    def settled(self, event: Event) -> list[Any]:
        """The values at the place that this event makes final.

        A value that is not validated separately (an element of a set), or is not in the document at all (a default), is
        taken from the validated value around it when that closes.
        """
        if not isinstance(event, Completed | Invalid):
            return []
        level = self._level(event.path)
        if level < 0 or (isinstance(event, Completed) and event.raw and event.value is not MISSING):
            return []
        count = self._levels[level][0]
        is_within = self._seen[level + 1]
        self._seen[level + 1] = False
        self._seen[level] = True
        if is_within or isinstance(event, Invalid) or event.raw:
            # If nothing is retained, everything has been yielded already.
            return []
        if self.pairs and count == len(self.hops):
            return [(event.path[-1], event.value)]
        return self.reach(event.value, count)

    def reach(self, value: Any, done: int = 0) -> list[Any]:
        """What is selected inside a validated value that lies ``done`` hops from the root."""
        values = [value]
        for hop in self.hops[done:]:
            values = [inner for each in values for inner in hop.take(each)]
        return values


def _matches(pattern: tuple[Step, ...], path: Path) -> bool:
    if len(pattern) != len(path):
        return False
    return all(step is None or step == key for step, key in zip(pattern, path, strict=True))


def written(pattern: tuple[Step, ...]) -> str:
    """The pattern as text that ``parse_pattern`` reads."""
    steps = ["[*]" if step is None else f"[{json.dumps(step)}]" for step in pattern]
    return "$" + "".join(steps)
