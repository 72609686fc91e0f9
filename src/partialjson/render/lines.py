"""The rows of an outline as lines of a terminal.

Siblings have their values in a column. A list of flat objects is a table, whose columns share the width. A string that
grows shows its end, with a cursor. Every status has a sign as well as a colour, and nothing that a model wrote reaches
the terminal as a control code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.text import Text as Line

from partialjson.render.outline import NOT_GIVEN, Cell, Row
from partialjson.render.text import UNICODE, printable

__all__ = ["QUIET", "STYLES", "fitted", "row_lines", "shares", "wide_enough_for_tables"]

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


def wide_enough_for_tables(width: int) -> bool:
    """Is there room for the columns of a list beside the names around it?"""
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
