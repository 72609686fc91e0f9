"""The last document of a text, which is known only at its end.

Every document is read to its end by a reader, since only that knows where the next may begin, and the last whole one is
kept. A ``Locator`` finds them, and a second one, which takes a single document, is the fallback for texts without any
container.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from partialjson.errors import ParseError
from partialjson.lenient.locate import Locator
from partialjson.repairs import Skipped

__all__ = ["LastDocument", "Reader"]


class Reader(Protocol):
    """What reads a document to its end: a ``Parser``."""

    @property
    def done(self) -> bool: ...

    @property
    def pos(self) -> int: ...

    def feed_value(self, chunk: str, /) -> tuple[object, int]: ...


class LastDocument:
    """Finds the last document of a text, which is known at its end.

        last = LastDocument(kinds, Parser)
        last.feed(text)
        start, text = last.end()

    If the text ends inside a document, that is the last one. One that its reader refuses is passed over, unless there
    is no other. If no container was found, it is what a ``Locator`` would hand on at the end.

    Args:
        kinds: as for ``Locator``.
        reader: makes a reader, which only tells where a document ends.

    Attributes:
        skipped: the spans besides the last document, once it has been found; earlier documents are among them.
    """

    def __init__(self, kinds: int, reader: Callable[[], Reader]) -> None:
        self.skipped: list[Skipped] = []
        self._make = reader
        self._locator = Locator(kinds, many=True)
        self._fallback: Locator | None = Locator(kinds)
        self._reader: Reader | None = None
        self._number = 0  # of its document
        self._pieces: list[str] = []
        self._last: tuple[int, str] | None = None
        self._refused: tuple[int, str] | None = None
        self._documents: list[tuple[int, int]] = []

    def feed(self, text: str) -> None:
        """Read the next piece of the text, cut anywhere."""
        if self._fallback is not None and not self._fallback.reading:
            self._fallback.seek(text)
        self._read(text)

    def end(self) -> tuple[int, str]:
        """Where the last document begins, and its text; -1 and "" if there is none."""
        while not self._locator.reading:
            text = self._locator.end()
            if not text:
                break
            self._read(text)
        if self._locator.reading:
            self._last = self._locator.start, "".join(self._pieces)
        elif self._last is None:
            self._last = self._refused
        if self._last is None and self._fallback is not None:
            text = self._fallback.end()
            self.skipped = self._fallback.skipped
            return self._fallback.start, text
        if self._last is None:
            self.skipped = self._locator.skipped
            return -1, ""
        documents = [Skipped("document", start, end) for start, end in self._documents if start != self._last[0]]
        self.skipped = sorted([*self._locator.skipped, *documents], key=lambda span: span.start)
        return self._last

    def _read(self, text: str) -> None:
        locator = self._locator
        while text:
            if not locator.reading:
                text = locator.seek(text)
                continue
            if self._reader is None or self._number != locator.found:
                self._reader, self._pieces = self._make(), []
                self._number = locator.found
                self._fallback = None
            text = self._read_on(self._reader, text)

    def _read_on(self, reader: Reader, text: str) -> str:
        locator, before = self._locator, reader.pos
        refused = False
        try:
            _, used = reader.feed_value(text)
        except ParseError as error:
            refused = True
            used = max(error.pos - before, 0)
        rest = locator.advance(text, used, not refused and reader.done)
        self._pieces.append(text[: len(text) - len(rest)])
        if locator.reading:
            return rest
        found = locator.start, "".join(self._pieces)
        if found[1]:
            self._documents.append((found[0], found[0] + len(found[1])))
            if refused:
                self._refused = found
            else:
                self._last = found
        return rest
