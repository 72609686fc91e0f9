"""The outline of a partial document: which places are drawn, in which order, with which status.

All renderers draw the same places. They come from three things: the document so far, what is known of each of its
places (a status, and a mark where there is something to say), and the placeholder of the target, which tells what has
not come. Fields stand in the order of the target, so that a place stays where it is while the document grows; other
keys follow in the order in which they came. Absent objects unfold to a small depth below the last object that is there.
What is absent from a closed object will not come any more.

A ``Place`` is made when it is looked at. So a renderer that draws a part of a document pays for that part.

``browser/element.js`` draws the same places in a page. Tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

from partialjson._missing import MISSING
from partialjson._pointers import pointer_of, steps_of
from partialjson.render.form import UNKNOWN, Placeholder

__all__ = ["COLUMNS", "DEEPEST", "FORESEEN", "LONG", "Document", "Mark", "Path", "Place", "StateDocument"]
__all__ += ["is_record"]

Path = tuple[str | int, ...]

# Missing objects unfold to this depth below the last object that is there.
FORESEEN: Final = 2
# Wider tables than this would not be read.
COLUMNS: Final = 8
# In longer tables and objects, columns have fixed widths, so that a browser need not lay out rows out of sight.
LONG: Final = 100
# What lies deeper is drawn as a count, where everything is laid out at once.
DEEPEST: Final = 60


class Mark(NamedTuple):
    """What there is to say of a place: ``status`` is "invalid", "violation", "repaired" or "coerced"."""

    status: str
    message: str


class Document(Protocol):
    """What is drawn.

    ``status`` gives "missing", "partial" or "complete" for each place, and for one that was open at the end
    "truncated"; "invalid" too, where no mark says it.
    """

    @property
    def json(self) -> Any: ...

    def status(self, path: Path, /) -> str: ...

    def closed(self, path: Path, /) -> bool:
        """Can nothing more come at a place that is there?"""
        ...

    def mark(self, path: Path, /) -> Mark | None: ...


class StateDocument:
    """The state of a document, as ``partialjson.broadcast`` keeps it, as a ``Document``.

    In a state, the places on the way to the innermost open value are growing, and all others that are there are
    complete, except as its marks say.
    """

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._status: str = state.get("status", "missing")
        self._marks: Mapping[str, Any] = state.get("marks") or {}
        opened = state.get("open")
        self._way = None if opened is None else tuple(steps_of(opened))
        self._json = state.get("value", MISSING)

    @property
    def json(self) -> Any:
        return self._json

    def status(self, path: Path) -> str:
        if not path:
            return self._status
        if not self._is_open(path):
            return "complete"
        return "truncated" if self._status in ("truncated", "invalid") else "partial"

    def closed(self, path: Path) -> bool:
        if path:
            return not self._is_open(path)
        # One that ended invalid may have ended in the middle.
        return self._way is None and self._status not in ("partial", "truncated")

    def _is_open(self, path: Path) -> bool:
        way = self._way
        return way is not None and tuple(map(str, path)) == way[: len(path)]

    def mark(self, path: Path) -> Mark | None:
        if not self._marks:
            return None
        mark = self._marks.get(pointer_of(path))
        return None if mark is None else Mark(str(mark.get("status", "")), str(mark.get("message", "")))


class Place:
    """One place of a document, as it is drawn.

    Attributes:
        path: where it is.
        value: what stands there; MISSING if nothing has come.
        offered: what was expected there.
        form: what is expected of this value, where several were possible.
        parent: the place around it.
    """

    def __init__(self, document: Document, path: Path, value: Any, offered: Placeholder, parent: Place | None) -> None:
        self._document = document
        self.path = path
        self.value: Any = value
        self.offered = offered
        self.form = offered if value is MISSING else offered.chosen(value)
        self.parent = parent

    @classmethod
    def root(cls, document: Document, placeholder: Placeholder = UNKNOWN) -> Place:
        return cls(document, (), document.json, placeholder, None)

    @property
    def pointer(self) -> str:
        return pointer_of(self.path)

    @cached_property
    def base(self) -> str:
        """The status without the mark."""
        if self.value is MISSING and self.path:
            return "missing"
        return self._document.status(self.path)

    @cached_property
    def mark(self) -> Mark | None:
        return self._document.mark(self.path)

    @property
    def status(self) -> str:
        """One word for what is drawn: the mark of a complete value, a fault of any value, else the bare status."""
        mark = self.mark
        if mark is None:
            return self.base
        if mark.status in ("invalid", "violation"):
            return mark.status
        return mark.status if self.base == "complete" and mark.status in ("repaired", "coerced") else self.base

    @cached_property
    def closed(self) -> bool:
        """Can nothing more come here?"""
        return self.value is not MISSING and self._document.closed(self.path)

    @property
    def gone(self) -> bool:
        """Is it certain that this place, which is absent, stays so?"""
        return self.parent is not None and self.parent.closed

    @cached_property
    def ahead(self) -> int:
        """How many of the objects around this one are absent too."""
        parent = self.parent
        return 0 if parent is None or parent.value is not MISSING else parent.ahead + 1

    @property
    def unfolds(self) -> bool:
        """Are there fields to draw, although none has come?"""
        return self.value is MISSING and bool(self.form.fields) and self.ahead < FORESEEN and not self.gone

    def child(self, key: str | int, value: Any) -> Place:
        return Place(self._document, (*self.path, key), value, self.form.at(key), self)

    def inside(self) -> Iterator[Place]:
        """The places inside, in the order in which they are drawn."""
        value = self.value
        if isinstance(value, list):
            for index, element in enumerate(value):
                yield self.child(index, element)
        elif isinstance(value, dict) or self.unfolds:
            given = {} if value is MISSING else value
            for key in self.form.fields:
                yield self.child(key, given.get(key, MISSING))
            for key in given:
                if key not in self.form.fields:
                    yield self.child(key, given[key])

    @cached_property
    def layout(self) -> str:
        """How the inside is laid out where there is room for all of it.

        "fields" of an object; "table", "items" (scalars, one after another) or "cards" for a list; "missing", "empty"
        or "scalar" if there is nothing inside. Looks at every element of a list.
        """
        value = self.value
        if value is MISSING:
            return "fields" if self.unfolds else "missing"
        if isinstance(value, (dict, list)) and len(self.path) > DEEPEST:
            return "scalar"
        if isinstance(value, list):
            listed = self.listed
            if not value:
                return "table" if listed == "table" and not self.closed else "empty"
            return listed if self._fits(listed) else "cards"
        if isinstance(value, dict):
            return "fields" if value or self.form.fields else "empty"
        return "scalar"

    @cached_property
    def listed(self) -> str:
        """The layout of a list as far as its form says it, else as its first element does."""
        prefix, items = self.form.prefix, self.form.items
        if prefix:
            return "items" if all(each.is_scalar for each in prefix) else "cards"
        if items.is_flat:
            return "table" if len(items.fields) <= COLUMNS else "cards"
        if items.is_scalar:
            return "items"
        if items.kind != "any" or not self.value or isinstance(self.value[0], list):
            return "cards"
        return "table" if isinstance(self.value[0], dict) else "items"

    def _fits(self, layout: str) -> bool:
        if layout == "items":
            return not any(isinstance(element, (dict, list)) for element in self.value)
        if layout == "table":
            return all(map(is_record, self.value)) and len(self.columns(self.value)) <= COLUMNS
        return True

    def columns(self, elements: list[Any]) -> list[str]:
        """The columns of a table of these elements: the expected ones, and others in the order in which they came.

        The list ends when there are too many for a table.
        """
        columns = dict.fromkeys(self.form.items.fields)
        for element in elements:
            columns.update(dict.fromkeys(islice(element, COLUMNS + 1)))
            if len(columns) > COLUMNS:
                break
        return list(columns)


def is_record(value: Any) -> bool:
    """Is it an object without containers inside, which may be a row of a table?"""
    return (
        isinstance(value, dict)
        and len(value) <= COLUMNS
        and not any(isinstance(each, (dict, list)) for each in value.values())
    )
