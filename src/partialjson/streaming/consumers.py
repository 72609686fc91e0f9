"""What is read from a stream of chunks, without the reading of the chunks: that is sync or async, this is neither.

A ``Reading`` is fed chunks and gives what each of them yields. ``over`` says that no more chunks are wanted, ``error``
what is then to be raised, ``outcome`` how the document ended, if it did.

Elements and fields come from the events of a parser that reports the selected places only, and the values around them;
what these make final is for ``Selected`` to say. Text comes from the plain document, so it is shown as it grows,
whatever its target does with it in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from partialjson._core.events import Completed, Event, Invalid, Path, Replaced
from partialjson._core.parser import Parser
from partialjson.outcomes import Complete, Outcome
from partialjson.streaming.places import Selected

__all__ = ["NOTHING", "ElementReading", "FieldReading", "Reading", "TextReading"]

E = TypeVar("E")

NOTHING: Any = object()


class Reading(Generic[E]):
    """One way to read a document that comes in chunks."""

    def __init__(self, parser: Parser[Any]) -> None:
        self.parser = parser
        self.outcome: Outcome[Any] | None = None
        self.error: BaseException | None = None
        self.over = False

    def feed(self, chunk: str | bytes) -> Iterable[E]:
        """What the next chunk gives. An error of the document ends the reading; it is raised after what came before."""
        try:
            events = self.parser.feed(chunk)
        except Exception as error:
            self.error = error
            return self.end(f"{type(error).__name__}: {error}")
        return self.take(events)

    def end(self, reason: str | None = None) -> Iterable[E]:
        """What the end of the document gives."""
        self.over = True
        outcome = self.outcome = self.parser.end(reason)
        found = self.take(outcome.events)
        if self.error is None and not isinstance(outcome, Complete):
            self.error = outcome.error
        return found

    def take(self, events: Iterable[Event]) -> Iterable[E]:
        raise NotImplementedError


class ElementReading(Reading[E]):
    """Every selected element, validated, in the order in which they close."""

    def __init__(self, parser: Parser[Any], selected: list[Selected]) -> None:
        super().__init__(parser)
        self.selected = selected

    def take(self, events: Iterable[Event]) -> Iterable[E]:
        found: list[Any] = []
        for event in events:
            for one in self.selected:
                found += one.settled(event)
        return found


class FieldReading(Reading[E]):
    """One value, as soon as it closes. At the end of a document that has none there may still be a default."""

    def __init__(
        self, parser: Parser[Any], selected: Selected, look_up: Callable[[Any], Iterable[E]], default: Any
    ) -> None:
        super().__init__(parser)
        self.selected = selected
        self.look_up = look_up
        self.default = default

    def take(self, events: Iterable[Event]) -> Iterable[E]:
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

    def end(self, reason: str | None = None) -> Iterable[E]:
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

    def take(self, events: Iterable[Event]) -> Iterable[str]:
        found: list[str] = []
        # Looking at the document costs more than most chunks; elsewhere nothing can have been added.
        is_here = self.parser.path in self.ways
        for event in events:
            if isinstance(event, Replaced):
                found += self.replaced(event)
            elif event.path in self.ways:
                is_here = True
                if isinstance(event, Completed):
                    self.check(_look_up(self.parser.json, event.path))
            if self.over and self.outcome is None:
                return found
        for way in self.ways if is_here else ():
            text = _look_up(self.parser.json, way)
            if isinstance(text, str):
                # Of an alias and a name the first to come; the other one is not the same text.
                self.ways = [way]
                found += self.grown(text)
                break
        return found

    def grown(self, text: str) -> list[str]:
        sent, self.sent = self.sent, len(text)
        return [text[sent:]] if sent < len(text) else []

    def check(self, value: Any) -> None:
        """A value closed at the place."""
        if value is not None and value is not NOTHING and not isinstance(value, str):
            self.fail(f"{self.selected} is no string in this document but {value!r:.50}")

    def replaced(self, event: Replaced) -> list[str]:
        """A key came again: what was said cannot be taken back."""
        for way in self.ways:
            if way[: len(event.path)] == event.path:
                old = _look_up(event.value, way[len(event.path) :])
                if isinstance(old, str):
                    self.fail(f"{self.selected} came a second time; its text cannot be taken back")
                    return self.grown(old)
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
    """The function as a look-up in a final value: what it gives, or nothing where it leads nowhere."""

    def look_up(value: Any) -> Iterator[Any]:
        try:
            yield where(value)
        except (AttributeError, LookupError, TypeError):
            return

    return look_up
