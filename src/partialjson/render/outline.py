"""The outline of a document as rows, fitted to a height.

The cost of drawing must depend on what is drawn, not on the size of the document. So rows are generated lazily, at
decreasing levels of detail, and each attempt stops at the first row too many. Open values are always shown. Closed ones
fold into their row, the containers around the innermost open one into one row, and siblings into a count. Lists and
free keys are read from their end, where the growth is.

A list of objects without containers inside is a table: the row of the list has the names of its columns, and each
element has one row with its values as *cells*. What is wrong with a cell follows in a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from partialjson._missing import MISSING
from partialjson.errors import json_path
from partialjson.render.form import Placeholder
from partialjson.render.places import COLUMNS, Document, Path, Place, is_record
from partialjson.render.text import plural, printable, show

__all__ = ["NOT_GIVEN", "Cell", "Row", "outline"]

_ALL: Final = 1 << 60
# A preview wider than any screen.
_PREVIEW: Final = 400
_PARTS: Final = 8

NOT_GIVEN: Final = "not given"
"""The value of a row of something that is absent and will not come."""


@dataclass(frozen=True)
class Cell:
    """A value in a row of a table.

    Attributes:
        path, status, value, text: as those of a ``Row``; strings have no quotes here.
        column: the key that the column stands for.
    """

    path: Path
    column: str
    status: str
    value: str = ""
    text: str | None = None


@dataclass(frozen=True)
class Row:
    """One line of an outline.

    Attributes:
        depth: the indentation, from 0.
        path: where the value is; for a row that stands for several values, where the first is.
        name: what the row is called.
        status: the status, or the mark of a place that has one (``Place.status``).
        value: the value, or what is expected if it is missing.
        text: a growing string, whose end matters more than its beginning.
        note: what the mark of the place says.
        folded: whether the row stands for several.
        columns: the keys of the columns, if the elements that follow are rows of a table.
        cells: the values of a row of a table.
    """

    depth: int
    path: Path
    name: str
    status: str
    value: str = ""
    text: str | None = None
    note: str = ""
    folded: bool = False
    columns: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class _Detail:
    """How much is shown.

    Attributes:
        closed: whether closed containers unfold.
        foreseen: whether missing objects unfold.
        chain: whether the containers around the innermost open one have rows of their own.
        kept: how many siblings are shown before and after the last one that came.
    """

    closed: bool = False
    foreseen: bool = False
    chain: bool = True
    kept: int = _ALL


_LEVELS: Final = (
    _Detail(closed=True, foreseen=True),
    _Detail(foreseen=True),
    _Detail(),
    *(_Detail(chain=False, kept=kept) for kept in (_ALL, 8, 6, 5, 4, 3, 2, 1, 0)),
)


def outline(document: Document, placeholder: Placeholder, height: int, tables: bool = True) -> list[Row]:
    """At most ``height`` rows, in as much detail as fits; with ``tables=False``, every value in a row of its own."""
    for detail in _LEVELS:
        rows = list(islice(_Walk(document, detail, tables).root(placeholder), height + 1))
        if len(rows) <= height:
            return rows
    # Not even the open path fits. Its end is what moves.
    rows = list(_Walk(document, _LEVELS[-1], tables).root(placeholder))
    tip = max((index for index, row in enumerate(rows) if row.status != "missing"), default=0)
    start = max(0, tip + 1 - height)
    return rows[start : start + height]


class _Walk:
    """One pass over the document at one level of detail."""

    def __init__(self, document: Document, detail: _Detail, tables: bool) -> None:
        self._document = document
        self._detail = detail
        self._tables = tables

    def root(self, placeholder: Placeholder) -> Iterator[Row]:
        place = Place.root(self._document, placeholder)
        value = place.value
        if isinstance(value, list) and value and (columns := self._columns(place)):
            yield Row(0, (), "", place.status, folded=True, columns=columns)
        if (isinstance(value, (dict, list)) and (value or place.form.fields)) or place.unfolds:
            yield from self._children(place, 0)
        elif value is not MISSING:
            yield self._row(place, 0)

    def _node(self, place: Place, depth: int) -> Iterator[Row]:
        """A value and what is in it."""
        if place.value is MISSING:
            yield self._row(place, depth)
            if self._detail.foreseen and place.unfolds:
                yield from self._children(place, depth + 1)
            return
        above = len(place.path) - 1
        if not place.closed and not self._detail.chain:
            place = self._innermost(place)
        name = json_path(place.path[above:]).removeprefix("$.") if len(place.path) > above + 1 else ""
        unfolds = isinstance(place.value, (dict, list)) and (not place.closed or self._detail.closed)
        columns = self._columns(place) if unfolds and isinstance(place.value, list) else ()
        yield self._row(place, depth, name, columns)
        if unfolds:
            yield from self._children(place, depth + 1)

    def _innermost(self, place: Place) -> Place:
        """The innermost open container from here on."""
        while isinstance(place.value, (dict, list)) and place.value:
            value = place.value
            key = len(value) - 1 if isinstance(value, list) else next(reversed(value))
            child = place.child(key, value[key])
            if not isinstance(child.value, (dict, list)) or child.closed or self._is_record(child):
                break
            place = child
        return place

    def _row(self, place: Place, depth: int, name: str = "", columns: tuple[str, ...] = ()) -> Row:
        path, value, status = place.path, place.value, place.status
        if not name and path:
            name = path[-1] if isinstance(path[-1], str) else f"[{path[-1]}]"
        name = printable(name)
        note = _note(place)
        if _grows(place):
            return Row(depth, path, name, status, text=value, note=note)
        if isinstance(value, (dict, list)) and value:
            shown = "" if columns else self._contents(place)
            return Row(depth, path, name, status, shown, note=note, columns=columns)
        return Row(depth, path, name, status, _said(place), note=note)

    def _contents(self, place: Place) -> str:
        """The text after a container: a preview if it is folded, else only what its rows do not show."""
        if place.closed and not self._detail.closed:
            return _preview(place.value)
        return plural(len(place.value), "item") if isinstance(place.value, list) else ""

    def _children(self, place: Place, depth: int) -> Iterator[Row]:
        if isinstance(place.value, list):
            yield from self._elements(place, depth)
            return
        value = {} if place.value is MISSING else place.value
        fields = place.form.fields
        present = [index for index, name in enumerate(fields) if name in value]
        free = len(value) - len(present)
        # Free keys stand behind the fields that are described.
        tip = len(fields) if free else max(present, default=-1)
        yield from self._fields(place, value, depth, tip)
        yield from self._free(place, value, depth, free)

    # Lists.

    def _elements(self, place: Place, depth: int) -> Iterator[Row]:
        start = self._start(place)
        if start:
            yield Row(depth, (*place.path, 0), plural(start, "item"), "complete", folded=True)
        has_table = bool(self._columns(place))
        for index in range(start, len(place.value)):
            element = place.child(index, place.value[index])
            if has_table and is_record(element.value):
                yield from self._record(element, depth)
            else:
                yield from self._node(element, depth)

    def _start(self, place: Place) -> int:
        """The first element that has a row."""
        return _worth_folding(len(place.value) - 1 - self._detail.kept)

    def _columns(self, place: Place) -> tuple[str, ...]:
        """The columns of a list whose last element is a row of a table; none if it is no table.

        Only elements that are shown, and as many as fit on a screen, have a say in its columns.
        """
        if not self._tables or place.listed != "table" or not place.value or not is_record(place.value[-1]):
            return ()
        shown = place.value[max(self._start(place), len(place.value) - _PREVIEW) :]
        columns = place.columns([element for element in shown if is_record(element)])
        return tuple(columns) if len(columns) <= COLUMNS else ()

    def _is_record(self, place: Place) -> bool:
        parent = place.parent
        return (
            parent is not None
            and isinstance(parent.value, list)
            and is_record(place.value)
            and bool(self._columns(parent))
        )

    def _record(self, place: Place, depth: int) -> Iterator[Row]:
        """An element as a row of a table, and a row for each cell that has a mark."""
        cells: list[Cell] = []
        marked: list[Place] = []
        for each in place.inside():
            column = str(each.path[-1])
            if _grows(each):
                cells.append(Cell(each.path, column, each.status, text=each.value))
            else:
                said = _said(each)
                cells.append(Cell(each.path, column, each.status, said[1:-1] if isinstance(each.value, str) else said))
            if each.mark is not None and each.mark.message:
                marked.append(each)
        name = f"[{place.path[-1]}]"
        yield Row(depth, place.path, name, place.status, note=_note(place), cells=tuple(cells))
        for each in marked:
            yield self._row(each, depth + 1)

    # Objects.

    def _fields(self, place: Place, value: dict[str, Any], depth: int, tip: int) -> Iterator[Row]:
        """The described fields; of those before and after the last one that came, only some are kept."""
        names = list(place.form.fields)
        start = _worth_folding(tip - self._detail.kept)
        end = len(names) - _worth_folding(len(names) - max(tip + 1, 1) - self._detail.kept)
        yield from _fold(place.path, names[:start], depth, "complete")
        for name in names[start:end]:
            yield from self._node(place.child(name, value.get(name, MISSING)), depth)
        yield from _fold(place.path, names[end:], depth, "missing")

    def _free(self, place: Place, value: dict[str, Any], depth: int, count: int) -> Iterator[Row]:
        """The ``count`` keys that the placeholder does not describe."""
        fields = place.form.fields
        folded = _worth_folding(count - 1 - self._detail.kept)
        if folded:
            yield Row(depth, (*place.path, ""), plural(folded, "field"), "complete", folded=True)
            latest = islice((key for key in reversed(value) if key not in fields), count - folded)
            keys = iter(list(latest)[::-1])
        else:
            keys = (key for key in value if key not in fields)
        for key in keys:
            yield from self._node(place.child(key, value[key]), depth)


def _note(place: Place) -> str:
    return "" if place.mark is None else printable(place.mark.message)


def _grows(place: Place) -> bool:
    return isinstance(place.value, str) and not place.closed


def _said(place: Place) -> str:
    """The text of a place with nothing inside."""
    if place.value is MISSING:
        return NOT_GIVEN if place.gone else printable(place.offered.label)
    if place.offered.secret:
        return "kept back"
    return show(place.value, _PREVIEW)


def _worth_folding(count: int) -> int:
    """How many of these siblings to fold: a row for only one of them would save nothing."""
    return count if count > 1 else 0


def _fold(path: Path, names: list[str], depth: int, status: str) -> Iterator[Row]:
    """One row for several fields."""
    if names:
        shown = ", ".join(names[:_PARTS]) + ("" if len(names) <= _PARTS else f" and {len(names) - _PARTS} more")
        yield Row(depth, (*path, names[0]), printable(shown), status, folded=True)


def _preview(value: dict[str, Any] | list[Any]) -> str:
    """The beginning of a container in one line."""
    if isinstance(value, dict):
        parts = [f"{printable(key)}: {show(child, _PREVIEW)}" for key, child in islice(value.items(), _PARTS)]
    elif isinstance(value[0], (dict, list)):
        return plural(len(value), "item")
    else:
        parts = [show(child, _PREVIEW) for child in islice(value, _PARTS)]
    return ", ".join(parts)
