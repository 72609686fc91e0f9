"""A partial document on a terminal, with rich.

    with Live(parser) as live:
        for chunk in chunks:
            live.feed(chunk)

``Outline`` is what is drawn: a renderable of rich, for layouts of your own. Its rows are those of ``render.outline``,
fitted to the height, so a picture costs what is drawn; ``render.lines`` writes them. A picture depends only on the
document and the given size; nothing is kept between two pictures, so a terminal may change its size at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live as RichLive

from partialjson._core.parser import Parser
from partialjson._typevars import T
from partialjson.broadcast import DocumentState
from partialjson.messages import Document as MessageDocument
from partialjson.render.form import Placeholder
from partialjson.render.lines import row_lines, wide_enough_for_tables
from partialjson.render.live import Display
from partialjson.render.outline import outline
from partialjson.render.sources import Drawable, document_of, placeholder_for

__all__ = ["Live", "Outline"]


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
