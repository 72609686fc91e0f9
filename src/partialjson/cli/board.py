"""What a view shows, as plain state: documents, the latest text, the latest events, counts and times.

A reader (``readers``) writes it while a stream is read; a screen (``screens``, ``view``) draws it whenever it wants.
Nothing here grows with the stream: only as much text and as many events are kept as a screen can show, and the
documents are those of the parsers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from partialjson import MISSING, Coerced, Completed, Invalid, Parser, Repaired, Replaced, Violation
from partialjson.broadcast import DocumentState
from partialjson.cli.coming import Foreseen
from partialjson.cli.exits import Exit
from partialjson.cli.faults import Faults
from partialjson.messages import Document
from partialjson.render.form import Placeholder

__all__ = ["Board", "Ending", "Entry", "Sheet", "Text"]

Path = tuple[str | int, ...]

# More than the largest screen shows.
_TAIL: Final = 20_000
_ENTRIES: Final = 200


@dataclass
class Text:
    """The end of a text that grows.

    Attributes:
        kind: the kind of text.
        fresh: how many characters the last piece brought, if it was the last one of all texts.
        grown: the number of that piece among all pieces.
    """

    kind: str
    tail: str = ""
    fresh: int = 0
    grown: int = 0

    def grow(self, text: str, number: int) -> None:
        self.tail += text
        if len(self.tail) > 2 * _TAIL:
            self.tail = self.tail[-_TAIL:]
        self.fresh = len(text)
        self.grown = number


@dataclass
class Sheet:
    """One document on the board: ``drawn`` is what is drawn of it, ``faults`` what has been said to be wrong in it."""

    name: str
    document: Foreseen
    placeholder: Placeholder
    text: Text
    drawn: DocumentState
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True)
class Entry:
    """Something that happened in a document, ``at`` seconds after the start."""

    at: float
    name: str
    event: Any
    note: str = ""


@dataclass(frozen=True)
class Ending:
    """How the stream ended.

    Attributes:
        code: what the command exits with.
        word: one word: complete, truncated, invalid, error ...
        why: the place and the reason.
        json: the result as plain JSON values, as far as it came; MISSING if nothing had come.
    """

    code: Exit
    word: str
    why: str
    json: Any = MISSING

    @property
    def line(self) -> str:
        """The ending in one line."""
        return f"{self.word}: {self.why}"

    @property
    def status(self) -> str:
        """The status whose colour and sign fits."""
        if self.code == Exit.COMPLETE:
            return "complete"
        return "cut" if self.code in (Exit.INCOMPLETE, Exit.INTERRUPTED) else "invalid"


class Board:
    """The state of one stream that is being watched.

    Attributes:
        title, source: what is being watched, and its format.
        story: what to look at, in a demo.
        texts: the texts in the order in which they began: prose, reasoning, and the sources of documents.
        sheets: the documents.
        latest: the last events; ``on_entry`` sees each of them.
        chunks, characters: pieces of text that came, and their length.
        first_text, first_field: when the first piece came and the first value completed, in seconds from the start.
        completed: values that completed.
        mended: how many repairs were told, and values that were read in another form.
    """

    def __init__(self, title: str, source: str, clock: Callable[[], float], story: str = "") -> None:
        self.title = title
        self.source = source
        self.story = story
        self.texts: list[Text] = []
        self.sheets: list[Sheet] = []
        self.latest: deque[Entry] = deque(maxlen=_ENTRIES)
        self.on_entry: Callable[[Entry], object] = _ignore
        self.chunks = 0
        self.characters = 0
        self.completed = 0
        self.mended = 0
        self.first_text: float | None = None
        self.first_field: float | None = None
        self.ending: Ending | None = None
        self._clock = clock
        self._start = clock()
        self._end: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds from the start to now, or to the end."""
        return (self._clock() if self._end is None else self._end) - self._start

    def add_sheet(self, name: str, document: Parser[Any] | Document, placeholder: Placeholder) -> Sheet:
        sheet = Sheet(name, document, placeholder, Text(name), DocumentState(document))
        self.sheets.append(sheet)
        return sheet

    def growing(self) -> Sheet | None:
        """The document that grew last, unless another text did."""
        for sheet in self.sheets:
            if sheet.text.grown == self.chunks:
                return sheet
        return None

    def grow(self, text: Text, piece: str) -> None:
        """A piece of text came."""
        if not piece:
            return
        if self.first_text is None:
            self.first_text = self.elapsed
        self.chunks += 1
        self.characters += len(piece)
        for other in self.texts:
            other.fresh = 0
        if not text.grown:
            self.texts.append(text)
        text.grow(piece, self.chunks)

    def record(self, sheet: Sheet, events: tuple[Any, ...]) -> None:
        """Something happened in a document. That a value does not fit is left out if all of its reasons were said."""
        sheet.drawn.note(events)
        for event in events:
            note = ""
            if isinstance(event, Completed):
                self.completed += 1
                if self.first_field is None:
                    self.first_field = self.elapsed
            elif isinstance(event, Invalid):
                note = sheet.faults.invalid(event)
                if not note:
                    continue
            elif isinstance(event, Violation):
                note = event.msg
            elif isinstance(event, Replaced):
                sheet.faults.replaced(event.path)
            elif isinstance(event, Repaired | Coerced):
                self.mended += 1
                note = str(event.kind)
            entry = Entry(self.elapsed, sheet.name, event, note)
            self.latest.append(entry)
            self.on_entry(entry)

    def finish(self, ending: Ending) -> None:
        self._end = self._clock()
        self.ending = ending


def _ignore(entry: Entry) -> None:
    """Does nothing."""
