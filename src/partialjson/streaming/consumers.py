"""What to read from a document, apart from getting its chunks: that is sync or async, this is neither.

A ``Reading`` is fed chunks and returns what each of them yields. ``over`` says that no more chunks are needed,
``error`` what is to be raised then, and ``outcome`` how the document ended, if it has. Most chunks give nothing, so
that is the shortest way through each reading.

Elements and fields come from the events of a parser that reports only the selected places and the values around them;
``Selected`` decides which values these events make final. Text comes from the plain document, so it is shown as it
grows, whatever its target does with it in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from partialjson._core.events import Completed, Event, Invalid, Replaced
from partialjson.outcomes import Complete

if TYPE_CHECKING:
    from partialjson._core.events import Path
    from partialjson._core.parser import Parser
    from partialjson.outcomes import Outcome
    from partialjson.streaming.places import Selected

__all__ = ["NOTHING", "ElementReading", "FieldReading", "Reading", "TextReading", "WholeReading"]

E = TypeVar("E")

NOTHING: Any = object()


class Reading(Generic[E]):
    """One way to read a document that comes in chunks."""

    def __init__(self, parser: Parser[Any]) -> None:
        self.parser = parser
        self.outcome: Outcome[Any] | None = None
        self.error: BaseException | None = None
        self.over = False

    @property
    def life(self) -> str:
        """In a word, how far it is: "open", or how the document ended."""
        if self.outcome is None:
            return "over" if self.over else "open"
        return type(self.outcome).__name__.lower()

    def feed(self, chunk: str | bytes) -> Sequence[E]:
        """What the next chunk yields. An error of the document ends the reading; it is raised after the values before
        it."""
        try:
            events = self.parser.feed(chunk)
        except Exception as error:
            self.error = error
            return self.end(f"{type(error).__name__}: {error}")
        return self.take(events) if events else self.grown()

    def settle(self, found: Sequence[E]) -> None:
        """All of ``found`` has been handed out, and the reader has come back for more."""

    def end(self, reason: str | None = None) -> Sequence[E]:
        """What the end of the document yields."""
        outcome = self.finish(reason)
        found = self.take(outcome.events)
        if self.error is None and not isinstance(outcome, Complete):
            self.error = outcome.error
        return found

    def finish(self, reason: str | None = None) -> Outcome[Any]:
        """End the document, and with it the reading."""
        self.over = True
        outcome = self.outcome = self.parser.end(reason)
        return outcome

    def take(self, events: Iterable[Event]) -> Sequence[E]:
        """What these events give. It is asked only where there are some, and at the end."""
        raise NotImplementedError

    def grown(self) -> Sequence[E]:
        """What a chunk gives in which nothing closed."""
        return ()


class WholeReading(Reading[Any]):
    """Nothing before the end: what counts is the outcome."""

    def take(self, events: Iterable[Event]) -> Sequence[Any]:
        return ()


class ElementReading(Reading[E]):
    """Every selected element, validated, in the order in which they close."""

    def __init__(self, parser: Parser[Any], selected: list[Selected]) -> None:
        super().__init__(parser)
        self.selected = selected

    def take(self, events: Iterable[Event]) -> Sequence[E]:
        found: list[Any] = []
        for event in events:
            for one in self.selected:
                found += one.settled(event)
        return found


class FieldReading(Reading[E]):
    """One value, as soon as it closes. If the document ends without it, there may still be a default."""

    def __init__(
        self, parser: Parser[Any], selected: Selected, look_up: Callable[[Any], Iterable[E]], default: Any
    ) -> None:
        super().__init__(parser)
        self.selected = selected
        self.look_up = look_up
        self.default = default

    def take(self, events: Iterable[Event]) -> Sequence[E]:
        for event in events:
            found = self.selected.settled(event)
            if found:
                self.over = True
                self.error = None
                return found[:1]
            if isinstance(event, Invalid) and self.selected.is_on_the_way(event.path):
                self.over = True
                self.error = event.error
                return ()
        return ()

    def end(self, reason: str | None = None) -> Sequence[E]:
        found = super().end(reason)
        if found or self.error is not None or not isinstance(self.outcome, Complete):
            return found
        found = list(self.look_up(self.outcome.value)) or ([] if self.default is NOTHING else [self.default])
        if not found:
            self.error = LookupError(f"the document ended without {self.selected}")
        return found


class TextReading(Reading[str]):
    """What is added to one string of the document."""

    def __init__(self, parser: Parser[Any], selected: Selected) -> None:
        super().__init__(parser)
        self.selected = selected
        self.ways: list[Path] = [tuple(step for step in way if step is not None) for way in selected.patterns]
        self.sent = 0
        # The value at the place is open, and stays so until an event tells otherwise.
        self.is_here = False

    def grown(self) -> Sequence[str]:
        # Reading the document costs more than most chunks do, so it is read only where something can have been added.
        if not self.is_here:
            if self.parser.path not in self.ways:
                return ()
            self.is_here = True
        return self.news()

    def take(self, events: Iterable[Event]) -> Sequence[str]:
        found: list[str] = []
        self.is_here = False
        touched = self.parser.path in self.ways
        for event in events:
            if isinstance(event, Replaced):
                found += self.replaced(event)
            elif event.path in self.ways:
                touched = True
                if isinstance(event, Completed):
                    self.check(_look_up(self.parser.json, event.path))
            if self.over and self.outcome is None:
                return found
        if touched:
            found += self.news()
        return found

    def news(self) -> list[str]:
        """What the string has now and had not when it was last looked at."""
        json = self.parser.json
        for way in self.ways:
            text = _look_up(json, way)
            if isinstance(text, str):
                # If both an alias and a name come, the first one counts; the other is a different text.
                self.ways = [way]
                return self.since(text)
        return []

    def since(self, text: str) -> list[str]:
        sent, self.sent = self.sent, len(text)
        return [text[sent:]] if sent < len(text) else []

    def check(self, value: Any) -> None:
        """A value closed at the place."""
        if value is not None and value is not NOTHING and not isinstance(value, str):
            self.fail(f"expected a string at {self.selected}, found {value!r:.50}")

    def replaced(self, event: Replaced) -> list[str]:
        """A key came again, but text that was yielded cannot be taken back."""
        for way in self.ways:
            if way[: len(event.path)] == event.path:
                old = _look_up(event.value, way[len(event.path) :])
                if isinstance(old, str):
                    self.fail(f"{self.selected} came a second time; its text cannot be taken back")
                    return self.since(old)
        return []

    def fail(self, why: str) -> None:
        self.over = True
        self.error = ValueError(why)


def _look_up(value: Any, path: Path) -> Any:
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return NOTHING
    return value


def values_of(where: Callable[[Any], Any]) -> Callable[[Any], Iterator[Any]]:
    """The function, applied to a final value: what it returns, or nothing if it leads nowhere."""

    def look_up(value: Any) -> Iterator[Any]:
        try:
            yield where(value)
        except (AttributeError, LookupError, TypeError):
            return

    return look_up
