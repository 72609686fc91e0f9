"""A partial document in a notebook: Jupyter with its relatives, or marimo.

    with Live(parser) as live:
        for chunk in chunks:
            live.feed(chunk)

The output of the cell is updated in place, and stays as the last picture when the block ends. It is static HTML
(``render.html``), so it needs no extension, no script and no trust, and a saved notebook shows it too. Each update
sends the whole picture; so a large document is drawn less often (``render.live``).

``Picture`` is for a single look, as the last value of a cell.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from partialjson._core.parser import Parser
from partialjson._typevars import T
from partialjson.messages import Document as MessageDocument
from partialjson.render.form import Placeholder
from partialjson.render.html import fragment, style
from partialjson.render.live import Display
from partialjson.render.outline import outline
from partialjson.render.places import Document
from partialjson.render.sources import Drawable, document_of, placeholder_for
from partialjson.render.text import UNICODE

__all__ = ["Live", "Picture"]

# Pages of notebooks that are dark say so in ways of their own.
_DARK: Final = (
    ':is([data-jp-theme-light="false"], .vscode-dark, .vscode-high-contrast, .dark, .dark-theme) .partial-json '
    "{ color-scheme: dark; }"
)
_LINES: Final = 200

Bundle = dict[str, str]
Show = Callable[[Bundle], object]


class Picture:
    """A document as it is now, as the value of a cell.

    Args:
        source: a ``Parser``, a document of a ``MessageParser``, or the state of a document (``partialjson.broadcast``).
        form: what is expected (``render.form``); by default, what the parser's target says.

    Raises:
        TypeError: the source is none of these.
    """

    def __init__(self, source: Drawable, form: Mapping[str, Any] | None = None) -> None:
        self._bundle = _bundle(document_of(source), placeholder_for(source, form))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return dict(self._bundle)

    def _repr_html_(self) -> str:
        return self._bundle["text/html"]

    def __repr__(self) -> str:
        return self._bundle["text/plain"]


class Live(Display[T]):
    """Draws a document into the output of the cell, in place, while it grows.

    Args:
        source: the ``Parser`` that reads the document, or a document of a ``MessageParser``.
        form: what is expected (``render.form``); by default, what the parser's target says.
        per_second: how many times a second it is drawn at most.
        show: where to show it, for other notebooks: a function of a dict from MIME types to text ("text/html",
            "text/plain"), called for each picture.
        clock: what tells the time, in seconds.

    Raises:
        RuntimeError: this is no notebook, and ``show`` is not given.
    """

    def __init__(
        self,
        source: Parser[T] | MessageDocument,
        form: Mapping[str, Any] | None = None,
        *,
        per_second: float = 10,
        show: Show | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(source, form, per_second, clock)
        self._show = _notebook() if show is None else show
        self._last: Bundle = {}

    def _open(self) -> None:
        self._draw()

    def _draw(self) -> None:
        bundle = _bundle(document_of(self._state), self._placeholder)
        if bundle != self._last:
            self._last = bundle
            self._show(bundle)

    def _close(self) -> None:
        self._draw()


def _bundle(document: Document, placeholder: Placeholder) -> Bundle:
    return {
        "text/html": f"<style>{style()}{_DARK}</style>\n{fragment(document, placeholder)}",
        "text/plain": _plain(document, placeholder),
    }


def _plain(document: Document, placeholder: Placeholder) -> str:
    """The outline as text, for whoever cannot show HTML."""
    lines = []
    for row in outline(document, placeholder, _LINES, tables=False):
        said = row.value if row.text is None else f'"{row.text}…'
        lines.append(f"{'  ' * row.depth}{UNICODE.of(row.status)} {row.name}  {said}  {row.note}".rstrip())
    return "\n".join(lines)


def _notebook() -> Show:
    """Where the cell that runs now shows its output.

    Raises:
        RuntimeError: no cell runs.
    """
    # A notebook has loaded its own package; nobody else pays for it here.
    marimo: Any = sys.modules.get("marimo")
    if marimo is not None and marimo.running_in_notebook():
        return lambda bundle: marimo.output.replace(marimo.Html(bundle["text/html"]))
    ipython: Any = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        return _Jupyter()
    raise RuntimeError(
        "no notebook runs this: in a terminal, take partialjson.render.terminal.Live; elsewhere, pass show="
    )


class _Jupyter:
    """The output of one cell of Jupyter: made by the first picture, and then updated."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, bundle: Bundle) -> None:
        if self._handle is None:
            display: Any = sys.modules["IPython"].display.display
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
