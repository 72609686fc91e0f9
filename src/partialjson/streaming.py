"""``stream`` and ``astream``: a snapshot for each chunk of any iterable of chunks.

    for snapshot in stream(chunks, Order):
        draw(snapshot.value)
    outcome = snapshot.outcome       # Complete, Truncated or Failed

Iterating never raises for the document: the last snapshot carries the outcome, a malformed document ends the iteration
there. What the iterable itself raises is raised again, after a last snapshot that tells what had come by then.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from partialjson._core.events import Event
from partialjson._core.parser import Parser
from partialjson._typevars import T
from partialjson.errors import ParseError
from partialjson.outcomes import Outcome

if TYPE_CHECKING:
    from types import UnionType

    from pydantic import TypeAdapter

__all__ = ["AsyncStream", "Snapshot", "Stream", "astream", "stream"]


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """The document after a chunk. It holds still: later chunks do not change it.

    Attributes:
        value, json: the typed and the plain view, as in ``Parser``.
        events: what happened in this chunk.
        outcome: how the document ended; None in every snapshot but the last.
    """

    value: Any
    json: Any
    events: tuple[Event, ...]
    outcome: Outcome[T] | None = None


class _Follower(Generic[T]):
    """What the two iterators share: a parser, and the snapshots of it."""

    def __init__(self, parser: Parser[T]) -> None:
        self.parser = parser

    def after(self, chunk: str | bytes) -> Snapshot[T]:
        try:
            events = self.parser.feed(chunk)
        except ParseError:
            return self.last()
        return Snapshot(self.parser.value, self.parser.json, events)

    def last(self, reason: str | None = None) -> Snapshot[T]:
        outcome = self.parser.end(reason)
        return Snapshot(self.parser.value, self.parser.json, outcome.events, outcome)

    def broken(self, error: Exception) -> Snapshot[T]:
        return self.last(f"{type(error).__name__}: {error}")


class Stream(Generic[T]):
    """The snapshots of a document that comes in chunks. It can be iterated once, like its chunks."""

    def __init__(self, chunks: Iterable[str | bytes], parser: Parser[T]) -> None:
        self._chunks = chunks
        self._follower = _Follower(parser)

    def __iter__(self) -> Iterator[Snapshot[T]]:
        follower = self._follower
        chunks = iter(self._chunks)
        while True:
            try:
                chunk = next(chunks)
            except StopIteration:
                break
            except Exception as error:
                yield follower.broken(error)
                raise
            snapshot = follower.after(chunk)
            yield snapshot
            if snapshot.outcome is not None:
                return
        yield follower.last()


class AsyncStream(Generic[T]):
    """The snapshots of a document that comes in chunks from an async iterable."""

    def __init__(self, chunks: AsyncIterable[str | bytes], parser: Parser[T]) -> None:
        self._chunks = chunks
        self._follower = _Follower(parser)

    async def __aiter__(self) -> AsyncIterator[Snapshot[T]]:
        follower = self._follower
        chunks = aiter(self._chunks)
        while True:
            try:
                chunk = await anext(chunks)
            except StopAsyncIteration:
                break
            except Exception as error:
                yield follower.broken(error)
                raise
            snapshot = follower.after(chunk)
            yield snapshot
            if snapshot.outcome is not None:
                return
        yield follower.last()


def stream(
    chunks: Iterable[str | bytes],
    target: type[T] | TypeAdapter[T] | UnionType | None = None,
    **options: Any,
) -> Stream[T]:
    """Iterate the snapshots of a document; ``target`` and ``options`` as for ``Parser``.

    Raises:
        TypeError: ``chunks`` is one str or bytes, or is asynchronous.
    """
    if isinstance(chunks, (str, bytes)) or not isinstance(chunks, Iterable):
        hint = "use astream()" if hasattr(chunks, "__aiter__") else "pass [text] for a single chunk"
        raise TypeError(f"stream() takes an iterable of chunks, not {type(chunks).__name__}; {hint}")
    return Stream(chunks, Parser(target, **options))


def astream(
    chunks: AsyncIterable[str | bytes],
    target: type[T] | TypeAdapter[T] | UnionType | None = None,
    **options: Any,
) -> AsyncStream[T]:
    """``stream`` for an async iterable of chunks.

    Raises:
        TypeError: ``chunks`` is not an async iterable.
    """
    if not isinstance(chunks, AsyncIterable):
        raise TypeError(f"astream() takes an async iterable of chunks, not {type(chunks).__name__}; see stream()")
    return AsyncStream(chunks, Parser(target, **options))
