"""What can be drawn, and how it is read: a parser, a document of a message, or the state of one.

Everything is drawn from a state (``partialjson.broadcast``), which leaves out what the target keeps back. Live displays
keep a ``DocumentState``: it knows what is to be said of single places, and to look at its state costs next to nothing,
except where something is kept back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partialjson._core.parser import Parser
from partialjson.broadcast import DocumentState
from partialjson.messages import Document as MessageDocument
from partialjson.render.form import UNKNOWN, Placeholder, placeholder_of
from partialjson.render.places import Document, Path, StateDocument

__all__ = ["Drawable", "document_of", "placeholder_for"]

Drawable = Parser[Any] | MessageDocument | DocumentState | Mapping[str, Any] | Document
"""A ``Parser``, a document of a ``MessageParser``, the state of a document, or anything that reads like one."""


def document_of(source: Drawable) -> Document:
    """The document to draw, as it is now.

    Raises:
        TypeError: the source is nothing that can be drawn.
    """
    if isinstance(source, (Parser, MessageDocument)):
        return _Read(source)
    if isinstance(source, DocumentState):
        return StateDocument(source.state)
    if isinstance(source, Mapping):
        if "status" not in source:
            raise TypeError("the state of a document has a status; see partialjson.broadcast.DocumentState")
        return StateDocument(source)
    if all(hasattr(source, name) for name in ("json", "status", "closed", "mark")):
        return source
    raise TypeError(
        f"expected a Parser, a document of a message, or the state of a document, not {type(source).__name__}"
    )


def placeholder_for(source: Drawable, form: Mapping[str, Any] | None = None) -> Placeholder:
    """What is expected, from a form, or else from the target of the parser that is drawn."""
    if form is not None:
        return Placeholder(form)
    parser = source.parser if isinstance(source, MessageDocument) else source
    return placeholder_of(parser.target) if isinstance(parser, Parser) else UNKNOWN


class _Read(StateDocument):
    """The document of a parser, looked at once. What is invalid is known from the parser, not from marks."""

    def __init__(self, source: Parser[Any] | MessageDocument) -> None:
        super().__init__(DocumentState(source).state)
        self._source = source

    def status(self, path: Path) -> str:
        status = super().status(path)
        return self._source.status(path) if path and status == "complete" else status
