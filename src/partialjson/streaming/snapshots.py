"""``Snapshot``: the document after a chunk, parsed when it is first read, and at the latest before the next chunk is
taken.

A loop holds each snapshot until it gets the next one. If the next chunk were parsed before that, the parser would find
its whole open path held and would have to copy it: at every chunk, as much as the document is wide. So a step only
takes the chunk from its source, and the chunk is parsed when its snapshot is first read. By then the loop has dropped
the previous snapshot, and the parser continues in place. If you do keep snapshots, in a list for instance, each stays
as it was: values that are held are copied before they change.

So every chunk is parsed once, in order, and before the source is asked for the next one, whether or not anybody reads
its snapshot. Reading a snapshot never raises an exception from a validator (a bug in it, say): the snapshot shows how
far the document came, its outcome has the error, and the next step of the loop raises it, as it raises exceptions of
the source.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Generic

from partialjson._typevars import T
from partialjson.errors import ParseError
from partialjson.streaming.consumers import Reading

if TYPE_CHECKING:
    from partialjson._core.events import Event
    from partialjson.outcomes import Outcome

__all__ = ["Snapshot", "SnapshotReading"]

_TAKEN: Final = object()


class Snapshot(Generic[T]):
    """The document after a chunk. It holds still: later chunks do not change it.

    Attributes:
        value, json: the typed and the plain view, as in ``Parser``.
        events: what happened in this chunk.
        outcome: how the document ended; None in every snapshot except the last.

    The chunk is parsed when one of them is first read, or else before the stream takes the next one.
    """

    __slots__ = ("_chunk", "_events", "_json", "_outcome", "_reading", "_value")
    __match_args__ = ("value", "json", "events", "outcome")

    _reading: SnapshotReading[T] | None
    _chunk: Any

    def __init__(self, value: Any, json: Any, events: tuple[Event, ...], outcome: Outcome[T] | None = None) -> None:
        self._value = value
        self._json = json
        self._events = events
        self._outcome = outcome
        self._chunk = _TAKEN
        self._reading = None

    @property
    def value(self) -> Any:
        if self._reading is not None:
            self._read()
        return self._value

    @property
    def json(self) -> Any:
        if self._reading is not None:
            self._read()
        return self._json

    @property
    def events(self) -> tuple[Event, ...]:
        if self._reading is not None:
            self._read()
        return self._events

    @property
    def outcome(self) -> Outcome[T] | None:
        if self._reading is not None:
            self._read()
        return self._outcome

    def _read(self) -> None:
        """Parse the chunk, and keep the results."""
        reading, chunk = self._reading, self._chunk
        assert reading is not None
        if chunk is _TAKEN:
            raise RuntimeError("this chunk is already being parsed by an enclosing call, or parsing it was interrupted")
        # Even if this is interrupted, the chunk is not parsed a second time.
        self._chunk = _TAKEN
        parser = reading.parser
        outcome: Outcome[T] | None = None
        try:
            events = parser.feed(chunk)
        except ParseError:
            outcome = reading.finish()
            events = outcome.events
        except Exception as error:
            reading.error = error
            outcome = reading.finish(f"{type(error).__name__}: {error}")
            events = outcome.events
        self._value = parser.value
        self._json = parser.json
        self._events = events
        self._outcome = outcome
        self._reading = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Snapshot):
            return NotImplemented
        return self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"Snapshot(value={self.value!r}, json={self.json!r}, events={self.events!r}, outcome={self.outcome!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Snapshot, self._fields()

    def _fields(self) -> tuple[Any, ...]:
        return self.value, self.json, self.events, self.outcome


class SnapshotReading(Reading[Snapshot[T]]):
    """A snapshot for each chunk, and one for the end."""

    def feed(self, chunk: str | bytes) -> tuple[Snapshot[T]]:
        snapshot: Snapshot[T] = Snapshot.__new__(Snapshot)
        snapshot._chunk = chunk
        snapshot._reading = self
        return (snapshot,)

    def settle(self, found: Iterable[Snapshot[T]]) -> None:
        for snapshot in found:
            if snapshot._reading is not None:
                snapshot._read()

    def end(self, reason: str | None = None) -> tuple[Snapshot[T]]:
        outcome = self.finish(reason)
        return (Snapshot(self.parser.value, self.parser.json, outcome.events, outcome),)
