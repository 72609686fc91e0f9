"""A partial document on a terminal, with rich.

    with Live(parser) as live:
        for chunk in chunks:
            live.feed(chunk)

``Outline`` is what is drawn: a renderable of rich, for layouts of your own. Its rows are those of ``render.outline``,
fitted to the height, so a picture costs what is drawn. A list of flat objects is drawn as a table, whose columns share
the width. A picture depends only on the document and the given size; nothing is kept between two pictures, so a
terminal may change its size at any time. Every status has a sign as well as a colour. Nothing that a model wrote
reaches the terminal as a control code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live as RichLive
from rich.text import Text as Line

from partialjson._core.parser import Parser
from partialjson._typevars import T
from partialjson.broadcast import DocumentState
from partialjson.messages import Document as MessageDocument
from partialjson.render.form import Placeholder
from partialjson.render.live import Display
from partialjson.render.outline import NOT_GIVEN, Cell, Row, outline
from partialjson.render.sources import Drawable, document_of, placeholder_for
from partialjson.render.text import UNICODE, printable

__all__ = ["QUIET", "STYLES", "Live", "Outline", "fitted", "row_lines", "shares", "wide_enough_for_tables"]

STYLES: Final = {
    "missing": "bright_black",
    "partial": "bold yellow",
    "complete": "green",
    "invalid": "bold red",
    "violation": "bold red",
    "replaced": "magenta",
    "cut": "bold magenta",
    "truncated": "bold magenta",
    "repaired": "blue",
    "coerced": "blue",
}
"""The style of each status."""

QUIET: Final = "bright_black"

_CURSOR: Final = "▌"
_MORE: Final = "…"
_NAMES: Final = 16
# Narrower terminals have no tables.
_TABLES: Final = 48
_GAP: Final = 2
_ABSENT: Final = "·"
_GONE: Final = "–"


class Outline:
    """What there is of a document, and what is expected, as a renderable of rich.

    Args:
        source: a ``Parser``, a document of a ``MessageParser``, or the state of a document (``partialjson.broadcast``).
        form: what is expected (``render.form``); by default, what the parser's target says.
        height: at most so many lines; by default as many as the place that it is drawn in has.

    Raises:
        TypeError: the source is none of these.
    """

    def __init__(self, source: Drawable, form: Mapping[str, Any] | None = None, height: int | None = None) -> None:
        document_of(source)
        self._source = source
        self._placeholder = placeholder_for(source, form)
        self._height = height

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        height = self._height or options.height or console.height
        rows = outline(document_of(self._source), self._placeholder, height, wide_enough_for_tables(options.max_width))
        yield from row_lines(rows, options.max_width)


class Live(Display[T]):
    """Draws a document on the terminal, in place, while it grows.

    At most ``per_second`` pictures are drawn, whatever comes; the last state always is, at the end of the ``with``
    block. The picture then stays on the screen. Where the output is no terminal, only that last one is written.

    Args:
        source: the ``Parser`` that reads the document, or a document of a ``MessageParser``.
        form: what is expected (``render.form``); by default, what the parser's target says.
        console: where to draw; by default standard output.
        per_second: how many pictures a second there are at most.
        clock: what tells the time, in seconds.
    """

    def __init__(
        self,
        source: Parser[T] | MessageDocument,
        form: Mapping[str, Any] | None = None,
        *,
        console: Console | None = None,
        per_second: float = 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(source, form, per_second, clock)
        picture = _Picture(self._state, self._placeholder)
        self._live = RichLive(picture, console=console, auto_refresh=False)

    def _open(self) -> None:
        self._live.start()

    def _draw(self) -> None:
        self._live.refresh()

    def _close(self) -> None:
        # This draws for the last time.
        self._live.stop()


class _Picture:
    """A document as it is now, as high as the terminal allows."""

    def __init__(self, state: DocumentState, placeholder: Placeholder) -> None:
        self._state = state
        self._placeholder = placeholder

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # The line below is that of the cursor.
        height = max(1, console.height - 1)
        tables = wide_enough_for_tables(options.max_width)
        yield from row_lines(outline(document_of(self._state), self._placeholder, height, tables), options.max_width)


def wide_enough_for_tables(width: int) -> bool:
    return width >= _TABLES


# Rows.


def row_lines(rows: Sequence[Row], width: int, indent: int = 0) -> list[Line]:
    """The rows of an outline as lines; siblings have their values in a column."""
    blocks = _blocks(rows)
    names: dict[int, int] = {}
    for row, block in zip(rows, blocks, strict=True):
        length = cell_len(row.name)
        if (row.value or row.text is not None) and length <= _NAMES:
            names[block] = max(names.get(block, 0), length)
    lines: list[Line] = []
    table: _Table | None = None
    for index, row in enumerate(rows):
        if row.columns:
            table = _Table(rows, index, names.get(blocks[index], 0), width, indent)
        if table is not None and (row.columns or row.cells):
            lines.append(table.line(row))
        else:
            lines.append(_line(row, names.get(blocks[index], 0), width, row.depth + indent))
    return lines


def _blocks(rows: Sequence[Row]) -> list[int]:
    """For each row the first of its siblings."""
    found: list[int] = []
    open_blocks: list[int] = []
    for index, row in enumerate(rows):
        # Rows that begin in the middle of a document may leave out what is around them.
        del open_blocks[row.depth + 1 :]
        while len(open_blocks) <= row.depth:
            open_blocks.append(index)
        found.append(open_blocks[row.depth])
    return found


def _head(row: Row, indent: int) -> Line:
    """The sign and the name of a row."""
    line = Line("  " * indent)
    if row.name:
        line.append(f"{UNICODE.of(row.status)} ", STYLES[row.status])
    quiet = row.folded or row.status == "missing"
    line.append(row.name, QUIET if quiet else "bold" if row.status == "partial" else "")
    return line


def _line(row: Row, names: int, width: int, indent: int) -> Line:
    style = STYLES[row.status]
    line = _head(row, indent)
    if not row.name:
        # The root, if it is a scalar.
        line.append(f"{UNICODE.of(row.status)} ", style)
    line.append(" " * max(0, names - cell_len(row.name)) + "  ")
    if row.text is not None:
        line.append(_growing(row.text, width - line.cell_len, row.status, '"'), style)
    else:
        quiet = row.status in ("missing", "partial", "truncated")
        line.append(row.value, QUIET if quiet else style if row.status in ("invalid", "violation") else "")
    return fitted(_noted(line, row), width)


def _noted(line: Line, row: Row) -> Line:
    if row.note:
        line.append(f"  {row.note}", STYLES[row.status] if row.status in ("repaired", "coerced") else "red")
    return line


def _growing(text: str, room: int, status: str, quote: str = "") -> str:
    """The end of a growing string, with a cursor."""
    cursor = _CURSOR if status == "partial" else ""
    room -= cell_len(cursor) + len(quote)
    shown = printable(text[-max(room, 1) :])
    if len(shown) < len(text) or cell_len(shown) > room:
        shown = _MORE + _last_cells(shown, room - cell_len(_MORE))
    return f"{quote}{shown}{cursor}"


def _last_cells(text: str, room: int) -> str:
    while text and cell_len(text) > room:
        text = text[1:]
    return text


def fitted(line: Line, width: int) -> Line:
    """The line cut to the width, and never broken."""
    line.truncate(max(width, 0), overflow="ellipsis")
    line.no_wrap = True
    return line


# Tables.


class _Table:
    """The columns of a list: where they begin, and how wide each is."""

    def __init__(self, rows: Sequence[Row], index: int, names: int, width: int, indent: int) -> None:
        self._width = width
        self._indent = indent
        head = rows[index]
        records = []
        for row in rows[index + 1 :]:
            if row.depth < head.depth + bool(head.name):
                break
            if row.cells:
                records.append(row)
        # The columns begin where the values around the list do, if there is room for the names of the rows.
        around = 2 * (head.depth + indent) + 2 + names
        self._start = _GAP + max([around, *[_head(row, row.depth + indent).cell_len for row in (head, *records)]])
        self._columns = head.columns
        wanted = []
        for column in head.columns:
            cells = [cell for row in records for cell in row.cells if cell.column == column]
            wanted.append(max(cell_len(printable(column)), *[cell_len(_cell_text(cell)) for cell in cells], 1))
        room = width - self._start - _GAP * (len(wanted) - 1)
        self._widths = shares(wanted, max(room, 0))

    def line(self, row: Row) -> Line:
        """The row of the list itself, with the names of the columns, or that of an element."""
        line = _head(row, row.depth + self._indent)
        cells = {cell.column: cell for cell in row.cells}
        place = self._start
        for column, width in zip(self._columns, self._widths, strict=True):
            line.append(" " * max(0, place - line.cell_len))
            if row.columns:
                line.append_text(fitted(Line(printable(column), QUIET), width))
            elif column in cells:
                line.append_text(fitted(_cell_line(cells[column], width), width))
            place += width + _GAP
        return fitted(_noted(line, row), self._width)


def _cell_text(cell: Cell) -> str:
    """What a cell needs room for."""
    if cell.text is not None:
        return printable(cell.text[-80:]) + _CURSOR
    return _ABSENT if cell.status == "missing" else cell.value


def _cell_line(cell: Cell, width: int) -> Line:
    style = STYLES[cell.status]
    if cell.text is not None:
        return Line(_growing(cell.text, width, cell.status), style)
    if cell.status == "missing":
        return Line(_GONE if cell.value == NOT_GIVEN else _ABSENT, QUIET)
    if cell.value == "null":
        return Line(cell.value, QUIET)
    return Line(cell.value, style if cell.status in ("invalid", "violation") else "")


def shares(wanted: Sequence[int], room: int) -> list[int]:
    """Space in fair shares: a part that needs less than an equal share leaves the rest to the others."""
    found = [0] * len(wanted)
    for left, place in zip(range(len(wanted), 0, -1), sorted(range(len(wanted)), key=wanted.__getitem__), strict=True):
        found[place] = min(wanted[place], room // left)
        room -= found[place]
    return found
