"""What the live displays share: a parser that is followed, and when it is time to draw.

A display is a context manager. It draws at most so many times a second, and not so often that drawing takes more than a
fifth of the time: a large document is drawn less often. The first change is drawn at once, and the last one always is,
when the block ends.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Generic, Self

from partialjson._core.events import Event
from partialjson._core.parser import Parser
from partialjson._typevars import T
from partialjson.broadcast import DocumentState
from partialjson.errors import ParseError
from partialjson.messages import Document as MessageDocument
from partialjson.render.sources import placeholder_for

__all__ = ["Display"]

# Drawing takes at most one part in so many.
_SHARE: Final = 5


class Display(ABC, Generic[T]):
    """A live display of one document.

    Args:
        source: what reads the document.
        form: what is expected.
        per_second: how many times a second it is drawn at most.
        clock: what tells the time, in seconds.
    """

    def __init__(
        self,
        source: Parser[T] | MessageDocument,
        form: Mapping[str, Any] | None,
        per_second: float,
        clock: Callable[[], float],
    ) -> None:
        if not per_second > 0:
            raise ValueError(f"per_second must be greater than 0, not {per_second!r}")
        self._source = source
        self._state = DocumentState(source)
        self._placeholder = placeholder_for(source, form)
        self._pause = 1 / per_second
        self._clock = clock
        self._due = clock()

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The parser may have ended meanwhile.
        self._state.note()
        self._close()

    def feed(self, chunk: str | bytes) -> tuple[Event, ...]:
        """Feed the parser, and draw. Returns and raises what ``Parser.feed`` does.

        Raises:
            TypeError: what is drawn is a document of a message: feed the message, and call ``update``.
        """
        parser: Any = self._source
        if not isinstance(parser, Parser):
            raise TypeError("a document of a message is not fed itself: feed the message, then call update(events)")
        try:
            events = parser.feed(chunk)
        except ParseError as error:
            self.update(error.events)
            raise
        self.update(events)
        return events

    def update(self, events: Iterable[Event] = ()) -> None:
        """Draw what has changed, if it is time to.

        Args:
            events: what the parser has reported since the last call, if you feed it yourself. What is wrong at a place,
                and what was mended, is known from them.
        """
        self._state.note(events)
        now = self._clock()
        if now >= self._due:
            self._draw()
            after = self._clock()
            self._due = after + max(self._pause, (after - now) * (_SHARE - 1))

    @abstractmethod
    def _open(self) -> None:
        """The display begins."""

    @abstractmethod
    def _draw(self) -> None:
        """Draw the document that is followed."""

    @abstractmethod
    def _close(self) -> None:
        """Draw for the last time."""
