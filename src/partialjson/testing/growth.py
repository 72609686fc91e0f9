"""What it means that a view grows: one state of a document extends another.

*Documents* (``grows``) are plain JSON, so one rule says it all: strings get longer, lists and objects get more, in the
order that they had, and nothing else changes but at places that a repeated key replaces.

*Typed views* (``Growth``) are partial objects and what becomes of them. A value that has settled is the same object
from then on; a string, a list or a partial object goes on; and when an object closes, its partial one is promoted: what
had come is found again in the model, by the names of the fields, or in the tuple, set or dict that its type makes of
it. Where the target's own code makes the object, nothing is asked of it.

Some places may take back what they showed, by the exceptions of law 2. They are *withdrawn*: the events of a chunk, and
the keys that have come with it, say which they are, as paths in the document. Going down into a view, each is followed
to the member that it may be shown as, which can have another name than its key.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, RootModel

from partialjson import MISSING, Completed, Invalid, Partial, Replaced
from partialjson._core.fitting import key_spelling
from partialjson._core.spec import Spec
from partialjson.testing.broken import demand
from partialjson.testing.makers import Maker
from partialjson.testing.reference import Path, value_at

__all__ = ["Growth", "Withdrawn", "check_growth", "grows", "withdrawn"]


def grows(before: Any, after: Any, replaced: set[Path]) -> bool:
    """Whether a document extends the one before, except at replaced places."""
    todo: list[tuple[Path, Any, Any]] = [((), before, after)]
    while todo:
        path, old, new = todo.pop()
        if path in replaced or old is MISSING or old is new:
            continue
        if type(old) is not type(new):
            return False
        if isinstance(old, dict):
            if list(new)[: len(old)] != list(old):
                return False
            todo += [((*path, key), old[key], new[key]) for key in old]
        elif isinstance(old, list):
            if len(new) < len(old):
                return False
            todo += [((*path, index), value, new[index]) for index, value in enumerate(old)]
        elif not (new.startswith(old) if isinstance(old, str) else repr(old) == repr(new)):
            return False
    return True


class Withdrawn(NamedTuple):
    """A place of the document of which `value` may take back what it showed, relative to the value at hand."""

    path: Path
    beside: frozenset[str] | None = None
    """Only a field that one of these keys names as well as the last key of the path does; None for any field."""


def _new_keys(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """The keys that have come in objects that were there before."""
    if before is after or type(before) is not type(after):
        return
    if isinstance(after, dict):
        for key, value in after.items():
            if key in before:
                yield from _new_keys(before[key], value, (*path, key))
            else:
                yield (*path, key)
    elif isinstance(after, list):
        for index, (old, new) in enumerate(zip(before, after, strict=False)):
            yield from _new_keys(old, new, (*path, index))


def withdrawn(before: Any, after: Any, events: Sequence[Any], make: Maker) -> list[Withdrawn]:
    """Where `value` may take something back, by the exceptions of law 2, between two documents and their events."""
    found: list[Withdrawn] = []
    touched = set(_new_keys(before, after))
    for event in events:
        if isinstance(event, Replaced):
            # A repeated key.
            found.append(Withdrawn(event.path))
        elif isinstance(event, Completed | Invalid):
            touched.add(event.path)
            last = event.path[-1] if event.path else None
            # What the validator of a value left out, or replaced by the default; a bad element that is skipped.
            if event.raw if isinstance(event, Completed) else make.skips and isinstance(last, int):
                found.append(Withdrawn(event.path))
    for path in touched:
        # The second key of one field.
        if path and isinstance(path[-1], str):
            beside = frozenset(value_at(after, path[:-1])) - {path[-1]}
            if beside:
                found.append(Withdrawn(path, beside))
    return found


def _is_object(value: Any) -> bool:
    kind = type(value)
    return isinstance(value, BaseModel) or hasattr(kind, "__struct_fields__") or hasattr(kind, "__attrs_attrs__")


class Growth:
    """Whether one typed view extends another, except at the places that are withdrawn."""

    def __init__(self, make: Maker | None = None) -> None:
        self.lenient = make is not None and make.lenient
        self.make = make
        self._specs_of: dict[type, list[Spec]] = {}

    @functools.cached_property
    def specs(self) -> list[Spec]:
        """Those of the objects that the target makes."""
        found = self.make.specs() if self.make is not None else ()
        return [spec for spec in found if spec.fields is not None and not spec.by_key]

    def specs_of(self, kind: type) -> list[Spec]:
        """Those of the class that a partial object is of, by the names of its fields."""
        found = self._specs_of.get(kind)
        if found is None:
            names = set(getattr(kind, "__partial_fields__", ()))
            found = [spec for spec in self.specs if names <= (spec.fields or {}).keys()]
            self._specs_of[kind] = found
        return found

    def keys_of(self, kind: type, name: str) -> set[str]:
        """The keys under which a field may come."""
        fields = [spec.fields[name] for spec in self.specs_of(kind) if spec.fields and name in spec.fields]
        return {name} | {way[0] for field in fields for way in field.ways if isinstance(way[0], str)}

    def is_made_by_others(self, kind: type, after: Any) -> bool:
        """May code of the target's own change the members of a whole object?"""
        if hasattr(type(after), "__attrs_attrs__"):
            return hasattr(type(after), "__attrs_post_init__")
        return not all(spec.is_pure and spec.binding for spec in self.specs_of(kind))

    def check(self, before: Any, after: Any, gone: Sequence[Withdrawn] = ()) -> None:
        """Whether what was shown is still there, except at places that may be `gone`."""
        if before is after or before is MISSING or any(not each.path for each in gone):
            return
        if isinstance(after, RootModel) and not isinstance(before, Partial):
            after = after.root
        if isinstance(before, Partial):
            self._check_object(before, after, gone)
        elif isinstance(before, list):
            self._check_list(before, after, gone)
        elif isinstance(before, dict):
            # A named tuple may come as an object.
            as_dict = getattr(after, "_asdict", None)
            members: Any = after if as_dict is None else as_dict()
            demand(isinstance(members, dict), f"{before!r} became {after!r}")
            if all(isinstance(key, str) for key in members):
                self._check_members(before, members, gone, None)
        else:
            grown = isinstance(before, str) and isinstance(after, str) and after.startswith(before)
            demand(grown, f"{before!r} became {after!r}")

    def grows(self, before: Any, after: Any, gone: Sequence[Withdrawn]) -> bool:
        """Whether one is what the other has become, both in a set."""
        if not isinstance(before, str | list | dict | Partial):
            return before is after or (type(before) is type(after) and bool(before == after))
        try:
            self.check(before, after, gone)
        except AssertionError:
            return False
        return True

    def _check_object(self, before: Any, after: Any, gone: Sequence[Withdrawn]) -> None:
        kind, became = type(before), f"{before!r} became {after!r}"
        shown = {name: getattr(before, name) for name in before.model_fields_set}
        if isinstance(after, Partial):
            demand(type(after) is kind, became)
            now = {name: getattr(after, name) for name in after.model_fields_set}
            self._check_members(shown, now, gone, kind)
            return
        # The promotion. What had settled inside is in the final object, and what was open goes on in it.
        if self.is_made_by_others(kind, after):
            return
        model = getattr(before, "__pydantic_model__", None)
        demand(not isinstance(model, type) or model is dict or isinstance(after, model), became)
        there = [name for name in shown if hasattr(after, name)]
        now = after if isinstance(after, dict) else {name: getattr(after, name) for name in there}
        demand(now.keys() >= shown.keys(), became)
        self._check_members(shown, now, gone, kind, promoted=True)

    def _check_members(
        self,
        before: dict[str, Any],
        after: dict[str, Any],
        gone: Sequence[Withdrawn],
        kind: type | None,
        promoted: bool = False,
    ) -> None:
        for name, old in before.items():
            inside = [
                Withdrawn(each.path[1:], each.beside if len(each.path) > 1 else None)
                for each in gone
                if self._may_be(each.path[0], name, kind, before, after)
                and (
                    len(each.path) > 1
                    or each.beside is None
                    or any(self._may_be(key, name, kind, before, after) for key in each.beside)
                )
            ]
            if any(not each.path for each in inside):
                continue
            demand(name in after, f"{name} of {before!r} is gone: {after!r}")
            new = after[name]
            if isinstance(old, str | list | dict | Partial):
                self.check(old, new, inside)
            else:
                # A class may copy a scalar, not an object.
                is_same = promoted and not _is_object(old) and type(old) is type(new) and repr(old) == repr(new)
                demand(old is new or is_same, f"{name} is another: {after}")

    def _may_be(
        self, key: str | int, name: str, kind: type | None, before: dict[str, Any], after: dict[str, Any]
    ) -> bool:
        """Whether what came under a key of the document may be shown under this name."""
        if not isinstance(key, str):
            return False
        own = {name} if kind is None else self.keys_of(kind, name)
        if key in own or (self.lenient and key_spelling(key) in map(key_spelling, own)):
            return True
        # In a dict of a TypedDict with aliases, names are not keys.
        return kind is None and key not in before and key not in after

    def _check_list(self, before: list[Any], after: Any, gone: Sequence[Withdrawn]) -> None:
        became = f"{before!r} became {after!r}"
        if hasattr(type(after), "__struct_fields__"):
            # A Struct that is an array in the document.
            after = [getattr(after, name) for name in after.__struct_fields__]
        demand(isinstance(after, list | tuple | deque | set | frozenset), became)
        # Elements that were left out make indexes smaller; only the last one can still have been open.
        last = len(before) - 1
        inside = []
        for each in gone:
            first = each.path[0]
            if isinstance(first, int):
                if first >= last:
                    inside.append(Withdrawn(each.path[1:], each.beside))
            elif last == 0:
                # In place of a list has come its only element.
                inside.append(each)
        if any(not each.path for each in inside):
            before, inside = before[:-1], []
        if isinstance(after, set | frozenset):
            # What was in order has become a set; what it held is in it, the last element perhaps grown.
            for old in before:
                demand(any(self.grows(old, new, inside) for new in after), became)
            return
        demand(len(after) >= len(before), became)
        for index, (old, new) in enumerate(zip(before, after, strict=False)):
            if isinstance(old, str | list | dict | Partial):
                self.check(old, new, inside if index == last else ())
            else:
                demand(old is new, became)


def check_growth(before: Any, after: Any) -> None:
    """A typed view extends the one before: what was shown stays or grows, and what closes becomes what it was to be."""
    Growth().check(before, after)
