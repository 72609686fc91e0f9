"""From a client's stream to events, or to the body of an HTTP response: what all encoders share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from partialjson.broadcast import ResponseState, athrottled, throttled
from partialjson.encoders.wire import SSE_HEADERS, sse
from partialjson.messages import Attempts, MessageParser, Update

__all__ = ["AsyncResponse", "Deltas", "Message", "Response", "Streams"]

E = TypeVar("E")

Message = MessageParser | Attempts
"""What an encoder can follow."""


Deltas = Iterable[Mapping[str, Any]]


class Response(Protocol):
    """What ``read`` returns: the updates of a message, and the message."""

    message: MessageParser

    def __iter__(self) -> Iterator[Update]: ...


class AsyncResponse(Protocol):
    """What ``aread`` returns."""

    message: MessageParser

    def __aiter__(self) -> AsyncIterator[Update]: ...


class Streams(ABC, Generic[E]):
    """An encoder by its methods ``apply`` and ``end``, and what follows from them.

    Attributes:
        media_type: of an HTTP response that carries the events.
        headers: what such a response is to say besides.
        tail: the bytes that follow the last event.
        source: the message that is followed, None if there is none.
    """

    media_type: ClassVar[str] = "text/event-stream"
    headers: ClassVar[Mapping[str, str]] = SSE_HEADERS
    tail: ClassVar[bytes] = b""

    @staticmethod
    def to_sse(event: Any) -> bytes:
        """The event as a server-sent event."""
        return sse(event)

    def __init__(self) -> None:
        self.source: Message | None = None
        self._state: ResponseState | None = None

    def begin(self, message: Message) -> list[E]:
        """Follows a message from here on: the first response of the answer, or the next one."""
        self.source = message
        self._state = ResponseState(message)
        # What is there now is told now: updates that are handed on one by one may come after what they say.
        return self.feed()

    def feed(self, updates: Iterable[Update] = ()) -> list[E]:
        """The events for what changed in the message since the last call. Calling it less often merges them.

        Args:
            updates: what ``feed``, ``feed_bytes`` or ``end`` of the message returned since then.

        Raises:
            RuntimeError: there is no message, or the answer has ended.
        """
        return self.apply(self._changes(updates))

    @abstractmethod
    def apply(self, deltas: Deltas) -> list[E]:
        """The events for deltas of a response's state, which come from a ``ResponseState``, a throttle or a broadcast.
        Where they give the whole again, what was told before does not count any more.

        Raises:
            RuntimeError: the answer has ended.
        """

    @abstractmethod
    def end(self) -> list[E]:
        """Ends the answer, with the events that say how. Later calls give nothing."""

    def follow(self, response: Response, *, per_second: float | None = None) -> Iterator[list[E]]:
        """The events of one response, as it comes: a list for each update that changed something. Not those of the
        end: see ``end``. However it is left, the client's stream is closed.

        Args:
            response: what ``read`` returns.
            per_second: how many lists there are at most each second; what comes in between is merged.

        Raises:
            ValueError: ``per_second`` is no number above 0.
            Exception: what the client raises, after the events for all that came before.
        """
        try:
            yield from filter(None, [self.begin(response.message)])
            lists: Iterable[Deltas] = (self._changes((update,)) for update in response)
            for deltas in lists if per_second is None else throttled(lists, per_second):
                events = self.apply(deltas)
                if events:
                    yield events
        finally:
            close = getattr(response, "close", None)
            if close is not None:
                close()

    async def afollow(
        self, response: AsyncResponse, *, per_second: float | None = None
    ) -> AsyncGenerator[list[E], None]:
        """``follow`` for an asynchronous client. With ``per_second``, what waits is told when it is time, even if
        nothing comes."""
        try:
            events = self.begin(response.message)
            if events:
                yield events
            lists = self._lists(response)
            async with aclosing(lists if per_second is None else athrottled(lists, per_second)) as source:
                async for deltas in source:
                    events = self.apply(deltas)
                    if events:
                        yield events
        finally:
            close = getattr(response, "aclose", None)
            if close is not None:
                await close()

    def stream(self, response: Response, *, per_second: float | None = None) -> Iterator[bytes]:
        """The body of an HTTP response that carries one response of a model, with its end. If its reader leaves, the
        client's stream is closed. Takes the arguments of ``follow``.

        Raises:
            Exception: what the client raises, after the events that say that the answer was cut off.
        """
        try:
            for events in self.follow(response, per_second=per_second):
                yield self.body(events)
        except Exception:
            yield self.body(self.end()) + self.tail
            raise
        yield self.body(self.end()) + self.tail

    async def astream(self, response: AsyncResponse, *, per_second: float | None = None) -> AsyncGenerator[bytes, None]:
        """``stream`` for an asynchronous client."""
        try:
            async with aclosing(self.afollow(response, per_second=per_second)) as lists:
                async for events in lists:
                    yield self.body(events)
        except Exception:
            yield self.body(self.end()) + self.tail
            raise
        yield self.body(self.end()) + self.tail

    def body(self, events: Sequence[E]) -> bytes:
        """The events as they go out."""
        return b"".join([self.to_sse(event) for event in events])

    def _changes(self, updates: Iterable[Update]) -> list[dict[str, Any]]:
        if self._state is None:
            raise RuntimeError("there is no message to follow: call begin(message) first, or apply(deltas)")
        return self._state.changes(updates)

    async def _lists(self, response: AsyncResponse) -> AsyncGenerator[Deltas, None]:
        async for update in response:
            yield self._changes((update,))
