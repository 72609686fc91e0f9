"""The document so far as an outline of rows, fitted to a height.

Rows come from three things that are at hand anyway: the parser's JSON view, its status of each path, and the
placeholder of the target, which says what has not come yet. Fields stand in the order of the target, so that a row
keeps its place while the document grows.

The cost of drawing must depend on what is drawn, not on the size of the document. So rows are generated lazily, at
decreasing levels of detail, and each attempt stops at the first row too many. Open values are always shown. Closed ones
fold into their row, the containers around the innermost open one into one row, and siblings into a count. Lists and
free keys are read from their end, where the growth is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol

from partialjson._missing import MISSING
from partialjson.errors import json_path
from partialjson.render.form import Placeholder
from partialjson.render.text import plural, printable, show

__all__ = ["Document", "Row", "outline"]

Path = tuple[str | int, ...]

# Missing objects unfold to this depth below the last object that is there.
_FORESEEN: Final = 2
_ALL: Final = 1 << 60
# A preview wider than any screen.
_PREVIEW: Final = 400
_PARTS: Final = 8


class Document(Protocol):
    """What an outline reads: a ``Parser``, or a document of a ``MessageParser``."""

    @property
    def json(self) -> Any: ...

    def status(self, path: Path, /) -> str: ...


@dataclass(frozen=True)
class Row:
    """One line of an outline.

    Attributes:
        depth: the indentation, from 0.
        path: where the value is; for a row that stands for several values, where the first is.
        name: what the row is called.
        status: the parser's word.
        value: the value, or the expected type if it is missing.
        text: a growing string, whose end matters more than its beginning.
        folded: whether the row stands for several.
    """

    depth: int
    path: Path
    name: str
    status: str
    value: str = ""
    text: str | None = None
    folded: bool = False


@dataclass(frozen=True)
class _Detail:
    """How much is shown.

    Attributes:
        closed: whether closed containers unfold.
        foreseen: how far missing objects unfold.
        chain: whether the containers around the innermost open one have rows of their own.
        kept: how many siblings are shown before and after the last one that came.
    """

    closed: bool = False
    foreseen: int = 0
    chain: bool = True
    kept: int = _ALL


_LEVELS: Final = (
    _Detail(closed=True, foreseen=_FORESEEN),
    _Detail(foreseen=_FORESEEN),
    _Detail(),
    *(_Detail(chain=False, kept=kept) for kept in (_ALL, 8, 6, 5, 4, 3, 2, 1, 0)),
)


def outline(document: Document, placeholder: Placeholder, height: int) -> list[Row]:
    """At most ``height`` rows, in as much detail as fits."""
    for detail in _LEVELS:
        rows = list(islice(_Walk(document, detail).root(placeholder), height + 1))
        if len(rows) <= height:
            return rows
    # Not even the open path fits. Its end is what moves.
    rows = list(_Walk(document, _LEVELS[-1]).root(placeholder))
    tip = max((index for index, row in enumerate(rows) if row.status != "missing"), default=0)
    start = max(0, tip + 1 - height)
    return rows[start : start + height]


class _Walk:
    """One pass over the document at one level of detail."""

    def __init__(self, document: Document, detail: _Detail) -> None:
        self._document = document
        self._detail = detail

    def root(self, placeholder: Placeholder) -> Iterator[Row]:
        value = self._document.json
        if isinstance(value, (dict, list)) and (value or placeholder.fields):
            yield from self._children((), value, placeholder, 0, 0)
        elif value is MISSING and placeholder.fields:
            yield from self._children((), {}, placeholder, 0, 1)
        elif value is not MISSING:
            yield self._row((), value, placeholder, 0, self._document.status(()))

    def _node(self, path: Path, value: Any, placeholder: Placeholder, depth: int, ahead: int) -> Iterator[Row]:
        """A value and what is in it; ``ahead`` counts the missing objects around it."""
        if value is MISSING:
            yield self._row(path, value, placeholder, depth, "missing")
            if ahead < self._detail.foreseen:
                yield from self._children(path, {}, placeholder, depth + 1, ahead + 1)
            return
        status = self._document.status(path)
        above = len(path) - 1
        if status == "partial" and not self._detail.chain:
            path, value, placeholder = self._innermost(path, value, placeholder)
        name = json_path(path[above:]).removeprefix("$.") if len(path) > above + 1 else ""
        yield self._row(path, value, placeholder, depth, status, name)
        if isinstance(value, (dict, list)):
            if status == "partial":
                yield from self._children(path, value, placeholder, depth + 1, 0)
            elif self._detail.closed:
                yield from self._children(path, value, placeholder, depth + 1, _FORESEEN)

    def _innermost(self, path: Path, value: Any, placeholder: Placeholder) -> tuple[Path, Any, Placeholder]:
        """The innermost open container from here on."""
        while isinstance(value, (dict, list)) and value:
            key = len(value) - 1 if isinstance(value, list) else next(reversed(value))
            if not isinstance(value[key], (dict, list)) or self._document.status((*path, key)) != "partial":
                break
            path, value, placeholder = (*path, key), value[key], placeholder.at(key)
        return path, value, placeholder

    def _row(self, path: Path, value: Any, placeholder: Placeholder, depth: int, status: str, name: str = "") -> Row:
        if not name and path:
            name = path[-1] if isinstance(path[-1], str) else f"[{path[-1]}]"
        name = printable(name)
        if value is MISSING:
            return Row(depth, path, name, status, placeholder.label)
        if status == "partial" and isinstance(value, str):
            return Row(depth, path, name, status, text=value)
        if isinstance(value, (dict, list)) and value:
            return Row(depth, path, name, status, self._contents(value, status))
        return Row(depth, path, name, status, show(value, _PREVIEW))

    def _contents(self, value: dict[str, Any] | list[Any], status: str) -> str:
        """The text after a container: a preview if it is folded, else only what its rows do not show."""
        if status != "partial" and not self._detail.closed:
            return _preview(value)
        return plural(len(value), "item") if isinstance(value, list) else ""

    def _children(self, path: Path, value: Any, placeholder: Placeholder, depth: int, ahead: int) -> Iterator[Row]:
        if isinstance(value, list):
            yield from self._elements(path, value, placeholder, depth)
            return
        present = [place for place, name in enumerate(placeholder.fields) if name in value]
        free = len(value) - len(present)
        # Free keys stand behind the fields that are described.
        tip = len(placeholder.fields) if free else max(present, default=-1)
        yield from self._fields(path, value, placeholder, depth, tip, ahead)
        yield from self._free(path, value, placeholder, depth, free)

    def _elements(self, path: Path, value: list[Any], placeholder: Placeholder, depth: int) -> Iterator[Row]:
        start = _worth_folding(len(value) - 1 - self._detail.kept)
        if start:
            yield Row(depth, (*path, 0), plural(start, "item"), "complete", folded=True)
        for index in range(start, len(value)):
            yield from self._node((*path, index), value[index], placeholder.at(index), depth, 0)

    def _fields(
        self, path: Path, value: dict[str, Any], placeholder: Placeholder, depth: int, tip: int, ahead: int
    ) -> Iterator[Row]:
        """The described fields; of those before and after the last one that came, only some are kept."""
        names = list(placeholder.fields)
        start = _worth_folding(tip - self._detail.kept)
        end = len(names) - _worth_folding(len(names) - max(tip + 1, 1) - self._detail.kept)
        yield from _fold(path, names[:start], depth, "complete")
        for name in names[start:end]:
            yield from self._node((*path, name), value.get(name, MISSING), placeholder.at(name), depth, ahead)
        yield from _fold(path, names[end:], depth, "missing")

    def _free(
        self, path: Path, value: dict[str, Any], placeholder: Placeholder, depth: int, count: int
    ) -> Iterator[Row]:
        """The ``count`` keys that the placeholder does not describe."""
        folded = _worth_folding(count - 1 - self._detail.kept)
        if folded:
            yield Row(depth, (*path, ""), plural(folded, "field"), "complete", folded=True)
            latest = islice((key for key in reversed(value) if key not in placeholder.fields), count - folded)
            keys = iter(list(latest)[::-1])
        else:
            keys = (key for key in value if key not in placeholder.fields)
        for key in keys:
            yield from self._node((*path, key), value[key], placeholder.at(key), depth, 0)


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
