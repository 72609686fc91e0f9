"""What can be drawn, and how it is read: a parser, a document of a message, or the state of one.

A state (``partialjson.broadcast``) is drawn as it is. Of a parser, what its target keeps back is left out here too. To
draw a parser once, its document is looked at as it is now (``document_of``). To draw it again and again while it grows,
a ``Followed`` folds what changes, so that no look at it costs more than what changed and what is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from partialjson._core.events import Event
from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson.broadcast import DocumentState
from partialjson.messages import Document as MessageDocument
from partialjson.outcomes import Failed, Truncated
from partialjson.patch import Fold
from partialjson.render.form import UNKNOWN, Placeholder, placeholder_of
from partialjson.render.places import Document, Path, StateDocument, pointer_of

__all__ = ["Drawable", "Followed", "document_of", "placeholder_for"]

Drawable = Parser[Any] | MessageDocument | Mapping[str, Any] | Document
"""A ``Parser``, a document of a ``MessageParser``, the state of a document, or anything that reads like one."""


def document_of(source: Drawable) -> Document:
    """The document to draw, as it is now.

    Raises:
        TypeError: the source is nothing that can be drawn.
    """
    if isinstance(source, MessageDocument):
        return StateDocument({"status": "missing"}) if source.parser is None else _Read(source.parser, source.outcome)
    if isinstance(source, Parser):
        return _Read(source, source.outcome)
    if isinstance(source, Mapping):
        if "status" not in source:
            raise TypeError("the state of a document has a status; see partialjson.broadcast.DocumentState")
        return StateDocument(source)
    if all(hasattr(source, name) for name in ("json", "status", "mark")):
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
    """The document of a parser, read once. What is invalid is known from the parser, not from marks."""

    def __init__(self, parser: Parser[Any], outcome: Any) -> None:
        value = parser.shown
        growing = parser.growing
        while growing and parser.kept_back(growing) == "all":
            growing = growing[:-1]
        status = parser.status(())
        if isinstance(outcome, Truncated):
            status = "truncated"
        elif isinstance(outcome, Failed):
            status = "invalid"
        state = {"status": status, "open": None if growing is None else pointer_of(growing)}
        super().__init__(state if value is MISSING else {**state, "value": value})
        self._parser = parser

    def status(self, path: Path) -> str:
        status = super().status(path)
        return self._parser.status(path) if path and status == "complete" else status


class Followed:
    """A parser or a document of a message that is drawn while it grows.

    Raises:
        RuntimeError: the parser drops what it has read (``retain=False``).
    """

    def __init__(self, source: Parser[Any] | MessageDocument) -> None:
        self._state = DocumentState(source)
        self._fold = Fold(MISSING)

    def take(self, events: Iterable[Event] = ()) -> bool:
        """Take in what has changed, with what the parser reported. Returns whether there was anything."""
        changes = self._state.changes(events)
        for delta in changes:
            self._fold.apply(delta)
        return bool(changes)

    @property
    def document(self) -> Document:
        """The document of the last ``take``."""
        state = self._fold.snapshot()
        return StateDocument({"status": "missing"} if state is MISSING else state)
