"""The live view: one picture of a board, and the screen that redraws it.

A picture depends only on the board and the given size; nothing is kept between two pictures, so a terminal may change
its size at any time. Space is allotted from the outside in: what does not fit (the story, the feed, the stream beside
the fields) is left out, the fields last. Every status has a sign as well as a colour.

The screen draws at most a fixed number of times a second, however fast chunks come. It uses the terminal's alternate
screen and leaves the last picture on the ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final, Self

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.text import Text as Line

from partialjson.cli.board import Board, Sheet, Text
from partialjson.cli.coming import coming
from partialjson.cli.screens import describe, metrics
from partialjson.render.outline import outline
from partialjson.render.places import Document
from partialjson.render.sources import document_of
from partialjson.render.terminal import QUIET, STYLES, fitted, row_lines, shares, wide_enough_for_tables
from partialjson.render.text import UNICODE, printable

__all__ = ["LiveScreen", "Picture"]

_FRAMES_PER_SECOND: Final = 20

_CURSOR: Final = "▌"

# The smallest sizes at which there is room for each part.
_BESIDE: Final = 64
_STORY: Final = 16
_FEED: Final = 18
_FEED_LINES: Final = 8
# A text that has not grown for this many pieces is no longer shown.
_STALE: Final = 25
_STALE_LINES: Final = 1


class LiveScreen:
    """Draws boards on a terminal."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._live = Live(
            console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self._boards: list[Board] = []
        self._drawn = 0.0

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
        if error is not None:
            return
        boards = [board for board in self._boards if board.ending is not None]
        if len(boards) == 1:
            self._console.print(Picture(boards[0], self._console.height - 2))
        else:
            for board in boards:
                self._console.print(_summary(board, max(cell_len(board.title) for board in boards)))

    def show(self, board: Board) -> None:
        self._boards.append(board)
        self._draw()

    def update(self) -> None:
        if self._clock() - self._drawn >= 1 / _FRAMES_PER_SECOND:
            self._draw()

    def finish(self) -> None:
        self._draw()

    def _draw(self) -> None:
        self._drawn = self._clock()
        self._live.update(Picture(self._boards[-1]), refresh=True)


class Picture:
    """A board at this moment, ``height`` lines high, or as high as the place it is drawn in."""

    def __init__(self, board: Board, height: int | None = None) -> None:
        self._board = board
        self._height = height

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        height = self._height or options.height or console.height
        layout = Layout()
        layout.split_column(*self._parts(width, height))
        yield from console.render(layout, options.update(height=height))

    def _parts(self, width: int, height: int) -> Iterable[Layout]:
        board = self._board
        above = [_header(board, width)]
        if height >= _STORY:
            above += _caption(board, width)
        below = [_footer(board, width)]
        if height >= _STORY:
            below.append(_legend(board, width))
            if board.ending is None:
                below.insert(0, _next(board, width))
        feed = min(height // 5, _FEED_LINES) + 2 if height >= _FEED else 0
        body = max(1, height - len(above) - len(below) - feed)
        yield Layout(Group(*above), size=len(above))
        yield _body(board, width, body)
        if feed:
            yield Layout(_feed(board, width, feed - 2), size=feed)
        yield Layout(Group(*below), size=len(below))


def _summary(board: Board, width: int) -> Line:
    """One line for a stream that ended, its title padded to the width."""
    assert board.ending is not None
    status = board.ending.status
    return Line.assemble((f"{UNICODE.of(status)} {board.title:<{width}}", STYLES[status]), f"  {board.ending.line}")


def _header(board: Board, width: int) -> Line:
    """What is watched, and at the right edge how it is going."""
    left = Line.assemble((f" {board.title} ", "bold reverse"), (f" {board.source}", QUIET))
    if board.ending is None:
        right = Line(f"{UNICODE.partial} streaming ", STYLES["partial"])
    else:
        status = board.ending.status
        right = Line(f"{UNICODE.of(status)} {board.ending.word} ", STYLES[status])
    left.truncate(max(0, width - right.cell_len - 1), overflow="ellipsis")
    left.append(" " * (width - left.cell_len - right.cell_len))
    return fitted(left + right, width)


def _caption(board: Board, width: int) -> list[Line]:
    """The story, and in the end how it ended, in up to two lines."""
    if board.ending is None:
        text, style = board.story, QUIET
    else:
        text, style = board.ending.line, STYLES[board.ending.status]
    lines = _wrapped(text, width - 2)
    return [fitted(Line(f" {line}", style), width) for line in lines[:2]]


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _next(board: Board, width: int) -> Line:
    """What may come next in the document that grows."""
    sheet = board.growing()
    shown = "" if sheet is None else coming(sheet.document)
    if sheet is None or not shown:
        return Line()
    return fitted(Line.assemble((f" next{sheet.name and f' in {sheet.name}'}: ", QUIET), shown), width)


def _footer(board: Board, width: int) -> Line:
    line = Line()
    for metric in metrics(board):
        if line.cell_len + cell_len(metric) + 3 <= width:
            line.append(f" {metric}  ", "cyan")
    return fitted(line, width)


def _legend(board: Board, width: int) -> Line:
    line = Line(" ")
    for status, word in (
        ("missing", "absent"), ("partial", "growing"), ("complete", "complete"), ("invalid", "invalid"),
    ):  # fmt: skip
        line.append(f"{UNICODE.of(status)} {word}   ", STYLES[status])
    if board.mended:
        line.append(f"{UNICODE.repaired} mended   ", STYLES["repaired"])
    return fitted(line, width)


def _body(board: Board, width: int, height: int) -> Layout:
    """The fields, and beside them the stream where there is room."""
    if height < 4 or width < 20:
        return Layout(Group(*_fields(board, width, height)))
    wide = width >= _BESIDE
    left = width * 2 // 5 if wide else 0
    right = width - left
    fields = Layout(_panel(_title(board), _fields(board, right - 4, height - 2)))
    if not wide:
        return fields
    body = Layout()
    body.split_row(Layout(_panel("the stream", _stream(board, left - 4, height - 2)), size=left), fields)
    return body


def _title(board: Board) -> str:
    names = [sheet.placeholder.label for sheet in board.sheets if not sheet.name and sheet.placeholder.label]
    return f"{printable(names[0])} so far" if names else "the fields so far"


def _panel(title: str, lines: list[Line]) -> RenderableType:
    return Panel(Group(*lines), title=Line(title), title_align="left", border_style=QUIET)


# The stream.


def _stream(board: Board, width: int, height: int) -> list[Line]:
    """The end of each text; the latest piece is bright."""
    headed = len(board.texts) > 1
    texts = [_text_lines(text, width, height, "" if board.ending else _CURSOR) for text in board.texts]
    wanted = [
        min(len(lines), _STALE_LINES if board.chunks - text.grown > _STALE else height) + headed
        for text, lines in zip(board.texts, texts, strict=True)
    ]
    allotted = shares(wanted, height)
    shown: list[Line] = []
    for text, lines, share in zip(board.texts, texts, allotted, strict=True):
        if headed and share:
            shown.append(fitted(Line(text.kind or "output", "italic cyan"), width))
        room = share - headed
        if room > 0:
            shown += lines[-room:]
    return shown


def _text_lines(text: Text, width: int, height: int, cursor: str) -> list[Line]:
    """At most ``height`` lines of the end of the text."""
    tail = text.tail[-width * height :]
    fresh = min(text.fresh, len(tail))
    old = printable(tail[: len(tail) - fresh], keep="\n")
    new = printable(tail[len(tail) - fresh :], keep="\n")
    lines: list[Line] = []
    place = 0
    for part in (old + new).split("\n"):
        for piece in chop_cells(part, width) or [""]:
            bright = min(len(piece), max(0, len(old) - place))
            lines.append(Line.assemble((piece[:bright], QUIET), (piece[bright:], STYLES["partial"])))
            place += len(piece)
        place += 1
    if fresh and cursor and lines[-1].cell_len < width:
        lines[-1].append(cursor, STYLES["partial"])
    return lines[-height:]


# The fields.


def _fields(board: Board, width: int, height: int) -> list[Line]:
    """The outline of each document."""
    headed = len(board.sheets) > 1 or any(sheet.name for sheet in board.sheets)
    tables = wide_enough_for_tables(width)
    documents = [_drawn(sheet) for sheet in board.sheets]
    outlines = [
        outline(document, sheet.placeholder, height, tables)
        for document, sheet in zip(documents, board.sheets, strict=True)
    ]
    allotted = shares([len(rows) + headed for rows in outlines], height)
    lines: list[Line] = []
    for sheet, document, rows, share in zip(board.sheets, documents, outlines, allotted, strict=True):
        if headed and share:
            status = document.status(())
            sign = (f"{UNICODE.of(status)} ", STYLES[status])
            lines.append(fitted(Line.assemble(sign, (sheet.name or "output", "bold cyan")), width))
        room = share - headed
        if room <= 0:
            continue
        if len(rows) > room:
            rows = outline(document, sheet.placeholder, room, tables)
        lines += row_lines(rows, width, headed)
    return lines


def _drawn(sheet: Sheet) -> Document:
    # The document may have ended meanwhile.
    sheet.drawn.note()
    return document_of(sheet.drawn)


# The feed.


def _feed(board: Board, width: int, height: int) -> RenderableType:
    """The last things that happened."""
    lines: list[Line] = []
    for entry in list(board.latest)[-height:]:
        status, where, what = describe(entry, width)
        line = Line.assemble((f"{entry.at:6.2f} s ", QUIET), (f"{UNICODE.of(status)} ", STYLES[status]))
        line.append(f"{where}  ").append(what, "cyan")
        lines.append(fitted(line, width - 4))
    return _panel("as it completes", lines)
