"""The state of a document, as viewers see it, and the deltas that lead from one state to the next.

The state is one JSON value:

    {"value": ...,          the document so far without what is kept back; absent until something has come
     "status": "missing" | "partial" | "complete" | "invalid" | "truncated",
     "open": "/items/2",    a JSON Pointer in the value: the innermost one that is open; null where none is
     "missing": ["/total"], pointers of required fields that did not come, where the document was cut off
     "marks": {"/items/1/price": {"status": "invalid" | "violation" | "coerced" | "repaired", "message": "..."}}}

What lies on the way to ``open`` is growing, and everything else that is there is complete, unless a mark says
otherwise. A mark that was withdrawn is null.

``DocumentState`` compares what it has told with what the parser shows. The value is not compared: its deltas are those
of the parser, so the cost is that of the change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from partialjson._core.events import Event, Path
from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson._pointers import checked_pointer, escaped, pointer_of
from partialjson.broadcast.marks import Marks
from partialjson.messages.blocks import Document
from partialjson.outcomes import Complete, Failed, Outcome, Truncated

__all__ = ["DocumentState", "Told"]


class Told:
    """What was told of one document, whichever parser reads it."""

    def __init__(self) -> None:
        self._parser: Parser[Any] | None = None
        self._masked = False
        self._since = 0
        self._status = "missing"
        self._open: str | None = None
        self._growing: Path | None = None
        self._missing: list[str] = []
        self._marks = Marks()
        self._outcome: Outcome[Any] | None = None

    @property
    def masked(self) -> bool:
        """Is anything of the document kept back?"""
        return self._masked

    def state(self, parser: Parser[Any] | None, outcome: Outcome[Any] | None) -> dict[str, Any]:
        """The whole state now, with the marks that were noted."""
        value = MISSING if parser is None else parser.shown
        return {
            **({} if value is MISSING else {"value": value}),
            "status": _status(parser, outcome),
            "open": _open(parser),
            "missing": _absent(parser, outcome),
            "marks": self._marks.all(),
        }

    def whole(
        self, parser: Parser[Any] | None, outcome: Outcome[Any] | None, events: Iterable[Event] = ()
    ) -> dict[str, Any]:
        """The whole state, which is told anew."""
        self.note(parser, outcome, events)
        self._marks.take()
        state = self.state(parser, outcome)
        self._since = 0 if parser is None else parser.seq
        self._growing = None if parser is None else parser.growing
        self._status, self._open, self._missing = state["status"], state["open"], state["missing"]
        return state

    def changes(
        self, at: str, parser: Parser[Any] | None, outcome: Outcome[Any] | None, events: Iterable[Event] = ()
    ) -> list[dict[str, Any]]:
        """The deltas since what was told, for a state that stands at the pointer ``at``."""
        if parser is not self._parser or self._since < 0:
            return [{"op": "replace", "path": at, "value": self.whole(parser, outcome, events)}]
        self.note(parser, outcome, events)
        found: list[dict[str, Any]] = []
        if parser is not None:
            now = parser.seq
            if now != self._since:
                for delta in parser.deltas(self._since):
                    found.append({"op": delta["op"], "path": f"{at}/value{delta['path']}", "value": delta["value"]})
                self._since = now
            growing = parser.growing
            if growing != self._growing:
                self._growing = growing
                pointer = _open(parser)
                if pointer != self._open:
                    self._open = pointer
                    found.append({"op": "replace", "path": f"{at}/open", "value": pointer})
        status = _status(parser, outcome)
        if status != self._status:
            self._status = status
            found.append({"op": "replace", "path": f"{at}/status", "value": status})
        missing = _absent(parser, outcome)
        if missing != self._missing:
            self._missing = missing
            found.append({"op": "replace", "path": f"{at}/missing", "value": missing})
        for pointer, mark in self._marks.take().items():
            found.append({"op": "add", "path": f"{at}/marks/{escaped(pointer)}", "value": mark})
        return found

    def note(self, parser: Parser[Any] | None, outcome: Outcome[Any] | None, events: Iterable[Event]) -> None:
        """Take in what was reported."""
        if parser is not self._parser:
            self._parser = parser
            self._masked = parser is not None and parser.kept_back() != "nothing"
            self._marks = Marks()
            self._outcome = None
            # Nothing of this one was told.
            self._since = -1
        if self._parser is not None and events:
            self._marks.note(events, self._parser, self._masked)
        if outcome is not self._outcome:
            self._marks.go_on()
            if isinstance(outcome, Failed):
                self._marks.fail(outcome.error, outcome.errors, self._parser, self._masked)
            self._outcome = outcome


def _status(parser: Parser[Any] | None, outcome: Outcome[Any] | None) -> str:
    if isinstance(outcome, Truncated):
        return "truncated"
    if isinstance(outcome, Failed):
        return "invalid"
    if isinstance(outcome, Complete):
        return "complete"
    return "missing" if parser is None else parser.status(())


def _open(parser: Parser[Any] | None) -> str | None:
    """The pointer of the innermost open value, or of what is shown around it."""
    growing = None if parser is None else parser.growing
    if parser is None or growing is None:
        return None
    kept = parser.kept_back()
    if kept == "part":
        while parser.kept_back(growing) == "all":
            growing = growing[:-1]
    return None if kept == "all" else pointer_of(growing)


def _absent(parser: Parser[Any] | None, outcome: Outcome[Any] | None) -> list[str]:
    """Pointers of the required fields that did not come."""
    if parser is None or not isinstance(outcome, Truncated):
        return []
    return [pointer_of(path) for path in outcome.missing if parser.kept_back(path) != "all"]


class DocumentState:
    """The state of the document of a ``Parser``, or of a document of a message, such as a call.

        state = DocumentState(parser)
        for chunk in chunks:
            broadcast.publish(state.changes(parser.feed(chunk)))
        broadcast.publish(state.changes(parser.end().events))

    Args:
        source: the parser, or the document. From the first call of ``changes`` on it keeps all its changes, so that
            those that are new can be told.
        at: where this state stands in a larger one, as a JSON Pointer: the deltas begin with it.

    Raises:
        ValueError: ``at`` is no JSON Pointer.
    """

    def __init__(self, source: Parser[Any] | Document, *, at: str = "") -> None:
        self._source = source
        self._at = checked_pointer(at)
        self._told = Told()
        self._begun = False

    @property
    def state(self) -> dict[str, Any]:
        """The whole state now. Its marks are those of the last call of ``changes`` or ``note``."""
        return self._told.state(*self._now())

    def note(self, events: Iterable[Event] = ()) -> None:
        """Take in what the parser has reported, for a viewer that looks at ``state`` and asks for no deltas."""
        self._told.note(*self._now(), events)

    def changes(self, events: Iterable[Event] = ()) -> list[dict[str, Any]]:
        """The deltas since the last call. The first call gives one, of the whole state.

        Args:
            events: what the parser has reported since then: what ``feed`` returned, the ``events`` of an error that it
                raised, the ``events`` of the outcome. Marks are made from them; without any, there are none.

        Raises:
            RuntimeError: the parser drops what it has read (``retain=False``).
        """
        if self._begun:
            return self._told.changes(self._at, *self._now(), events)
        self._begun = True
        return [{"op": "add", "path": self._at, "value": self._told.whole(*self._now(), events)}]

    def _now(self) -> tuple[Parser[Any] | None, Outcome[Any] | None]:
        source = self._source
        return (source if isinstance(source, Parser) else source.parser), source.outcome
