"""``read`` and ``aread``: a model's response straight from the client that receives it.

    with read(client.responses.create(..., stream=True), "openai-responses", tools=tools) as response:
        for update in response:
            draw(update)
    run(call for call in response.message.calls if call.ready)

What can be read, and how that is opened and closed, stands in ``sources``; what the items and the exceptions of other
libraries mean, in ``items``.

The events of an agent library hold those of an API, and the adapters take them out (``partialjson.wire.envelopes``). A
run may be several messages, which are read as one.

**Pull.** The next item is asked for only when all updates of the one before have been taken. Nothing is read ahead.

**Leaving closes.** However the iteration is left (``break``, an exception, a cancelled task, the end of a ``with``
block), the source is closed, so that the provider stops generating. Only a connection whose message has ended stays
open. Leaving a ``for`` loop drops its iterator, which CPython frees at once; ``with`` does not rely on that.

**Stopping early.** With ``stop_early=True`` the source is closed at the first sign that a call or the output can no
longer be valid, so the provider stops generating what nobody can use. ``stopped`` says which document it was, where and
why; the message then ends as "disconnected". ``stop_early="report"`` reads on instead, and ``saved`` counts what came
after that point.

**Parts of the output.** ``elements``, ``text`` and ``field`` read the structured output alone, as in ``stream``:
each element as soon as it closes, pieces of one string, or one value. A second parser reads the text that the message
says is the output's. An error that the provider reports is raised; so is IncompleteError where the output was cut off.

**Events beside the updates.** ``events()`` passes on what the client gives, each with the updates that it brought, for
those who use the client's own events too: what a helper has accumulated, what an agent's tools have returned.

**Exceptions of the client are raised again**, after the updates of the message's end, so nothing that was complete is
lost. The message says what happened: "error" with a ``ProviderError`` if an SDK raised an error that the provider
reported in the stream, and otherwise "disconnected". If the connection breaks only after the terminal event, the
exception is kept in ``error`` and not raised; but what ends the run of an agent is raised. A reason that LiteLLM has
made up for a stream that was cut off is left out.
"""

from __future__ import annotations

import sys
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
)
from contextlib import AsyncExitStack, ExitStack, aclosing, closing
from inspect import isawaitable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload
from weakref import ref

from partialjson._typevars import T
from partialjson.clients.items import checked, is_frame, reported, server_sent, stop_in, without_made_up_reason
from partialjson.clients.sources import (
    aclose_source,
    async_opener_of,
    close_source,
    is_async_manager,
    is_connection,
    opener_of,
    refusal,
)
from partialjson.messages import (
    BlockRestarted,
    DocumentProgress,
    MessageEnd,
    MessageFailed,
    MessageParser,
    ProviderError,
    StreamError,
    Update,
)
from partialjson.messages.early import EarlyStop, Stopped
from partialjson.messages.fold import CALLS
from partialjson.messages.parser import MessageOptions, OtherOptions
from partialjson.wire.apis import ApiName, api_named, errors_in
from partialjson.wire.envelopes import is_of_run

if TYPE_CHECKING:
    from partialjson.streaming import AsyncElements, AsyncStream, Elements, Stream

__all__ = ["AsyncMessageStream", "MessageStream", "Stopped", "aread", "read"]

E = TypeVar("E")
V = TypeVar("V")
Handed = TypeVar("Handed")


class _Reader:
    """What the two streams share: items in, updates out."""

    message: MessageParser
    error: BaseException | None

    def __init__(self, source: Any, message: MessageParser, close: bool, early: EarlyStop | None) -> None:
        self.message = message
        self.error = None
        self._early = early
        self._source = source
        self._close = close
        self._begun = False  # an iterator was handed out
        self._started = False  # something was asked of it
        self._closed = False
        self._events = False  # the items are events, not pieces of a body
        self._failed = False
        self._has_output = False  # some of the output's text was handed out
        self._last: object = None  # the item that came last
        self._asked: Any = None  # the source, if it tells whether the provider gave a reason
        self._session = api_named(message.api).session
        self._iteration: Callable[[], Any] | None = None  # a weak reference: leaving a loop must drop its iterator

    def __repr__(self) -> str:
        life = "closed" if self._closed else "being read" if self._started else "not begun"
        return f"<{type(self).__name__} of {self.message.api}, {life}>"

    @property
    def stopped(self) -> Stopped | None:
        """With ``stop_early``, the first sign that a document can no longer be valid; None if there is none."""
        return None if self._early is None else self._early.stopped

    @property
    def saved(self) -> int:
        """With ``stop_early="report"``, how many code points of texts and documents came after that sign."""
        return 0 if self._early is None else self._early.saved

    def end(self) -> MessageEnd:
        """Ends the message, as ``MessageParser.end`` does, and tells how it ended."""
        return self.message.end()

    def _take(self, item: Any) -> list[Update]:
        self._last = item
        if self._asked is not None:
            item = without_made_up_reason(self._asked, item)
        if isinstance(item, (bytes, bytearray, memoryview)):
            return self._fed(self.message.feed_bytes(bytes(item)))
        if isinstance(item, str) and not self._events:
            return self._fed(self.message.feed_bytes(item))
        data = getattr(item, "data", None)
        if isinstance(data, str) and hasattr(item, "retry"):
            return self._fed(self.message.feed_bytes(server_sent(item, data)))
        if is_frame(item):
            return self._fed(self.message.feed_bytes(data)) if isinstance(data, (bytes, str)) else []
        self._events = True
        return self._fed(self.message.feed(item))

    def _opened(self, source: Any) -> None:
        """Notes what is known of the source once it is there."""
        self._session = self._session or is_connection(source)
        if hasattr(source, "received_finish_reason") and hasattr(source, "intermittent_finish_reason"):
            self._asked = source

    def _fed(self, updates: list[Update]) -> list[Update]:
        self._failed = self._failed or any(isinstance(update, MessageFailed) for update in updates)
        if self._early is not None:
            self._early.look(updates)
        return updates

    def _output_arguments(self) -> dict[str, Any]:
        arguments = self.message.state.output_arguments
        if arguments is None:
            raise TypeError("elements(), text() and field() read the structured output: say what it is, by output=")
        return arguments

    def _output_text(self, update: Update) -> Iterator[str]:
        """What an update adds to the text of the structured output."""
        if isinstance(update, DocumentProgress) and update.kind not in CALLS and self._is_first(update.choice):
            text = update.text if update.source is None else update.source
            if text:
                self._has_output = True
                yield text
        elif isinstance(update, BlockRestarted) and self._has_output and self._is_first(update.choice):
            block = self.message.state.first.blocks[update.block]
            if block.kind not in CALLS:
                msg = f"the provider took back what had been read of the output (block {update.block})"
                raise StreamError(msg, code="taken_back")

    def _is_first(self, choice: int) -> bool:
        return self.message.state.first.index == choice

    def _raise_reported(self) -> None:
        error = self.message.end().error
        if isinstance(error, ProviderError | StreamError):
            raise error

    def _is_lost(self) -> bool:
        """Whether the rest of the message is not wanted."""
        return self._early is not None and self._early.is_over

    def _over(self) -> bool:
        """Whether the message is complete, for a source that has no end of its own."""
        return self._session and self.message.done

    def _begin(self, iteration: Handed) -> Handed:
        """Hands out the one iterator of this stream."""
        if self._begun or self._started:
            raise RuntimeError("this stream has been read, or is being read; a stream can be read only once")
        if self._closed:
            raise RuntimeError("this stream was closed before it was read")
        self._begun = True
        self._iteration = ref(iteration)
        return iteration

    def _rest(self) -> Any:
        """The iterator that was handed out, if somebody still has it; None if it is not there any more."""
        return None if self._iteration is None else self._iteration()

    def _goes_on(self) -> bool:
        return not self._closed and not self._over()

    def _stays_open(self, source: Any) -> bool:
        return not self._close or (is_connection(source) and self._over())

    def _break(self, error: BaseException, outside: BaseException | None) -> tuple[bool, list[Update]]:
        """The source failed: whether to raise that, and the updates to yield before. ``outside`` is what the caller was
        handling meanwhile, which says nothing of this source."""
        self.error = error
        updates: list[Update] = []
        if self._closed:
            return False, updates
        if self.message.terminal:
            return is_of_run(self._last), updates
        stop = stop_in(error)
        if stop is not None and self.message.api == "openai-chat":
            updates += self._fed(self.message.feed(stop))
        for event in reported(error, outside) if not self._failed else ():
            if errors_in(self.message.api, event):
                updates += self._fed(self.message.feed(event))
                break
        return True, [*updates, *self.message.end().updates]


class MessageStream(_Reader, Generic[T]):
    """The updates of a message that a client receives. Like its source, it can be iterated over once; a second time is
    a RuntimeError.

    Attributes:
        message: the ``MessageParser``, at any time.
        error: what the client raised, or None.
    """

    def __init__(self, source: Any, message: MessageParser, close: bool, early: EarlyStop | None) -> None:
        super().__init__(source, message, close, early)
        self._stack = ExitStack()
        self._items: Iterator[Any] | None = None
        if opener_of(source) is not None:
            self._stack.callback(self._close_source, source)

    def __iter__(self) -> Iterator[Update]:
        return self._begin(self._updates())

    def _updates(self) -> Generator[Update]:
        with closing(self._read()) as events:
            for _, updates in events:
                yield from updates

    def events(self) -> Generator[tuple[Any, list[Update]]]:
        """The events that the client gives, each with the updates it brought, in place of the updates alone.

            with read(client.chat.completions.stream(...), "openai-chat", tools=tools) as response:
                for event, updates in response.events():
                    ...

        An event is what the source gives: an object of the SDK, a server-sent event, a piece of the body. Events that
        the API does not know, such as those by which a helper tells what it has accumulated, bring no updates. The
        updates of the end come last, with None.

        Raises:
            RuntimeError: the stream has been read, or is being read, or was closed. While iterating: what the client
                raises.
        """
        return self._begin(self._read())

    def _read(self) -> Generator[tuple[Any, list[Update]]]:
        self._started = True
        try:
            while self._goes_on():
                outside = sys.exception()
                try:
                    item = self._next()
                except StopIteration:
                    break
                except Exception as error:
                    again, updates = self._break(error, outside)
                    yield None, updates
                    if again:
                        raise
                    break
                taken = self._take(item)
                if self._is_lost():
                    self.close()
                yield item, taken
            yield None, list(self.message.end().updates)
        finally:
            self.close()

    def finish(self) -> MessageParser:
        """Reads what is left, and returns the message, ended.

        A loop that is still open over this stream gets nothing more. After it was left, or closed, nothing is left.

        Raises:
            Exception: what the client raises.
        """
        rest = self._rest()
        if rest is None and not self._started and not self._closed:
            rest = self._read()
        for _ in rest or ():
            pass
        self.message.end()
        return self.message

    def close(self) -> None:
        """Closes the source. The message can still be asked and ended."""
        self._closed = True
        self._stack.close()

    @overload
    def elements(self: MessageStream[list[E]]) -> Elements[E]: ...

    @overload
    def elements(self, where: str) -> Elements[Any]: ...

    @overload
    def elements(self, where: Callable[[T], Iterable[E] | None]) -> Elements[E]: ...

    def elements(self, where: Any = None) -> Elements[Any]:
        """The elements of a list in the structured output, each as soon as it closes; see ``Stream.elements``.

        Raises:
            TypeError: no ``output=`` was given; others as ``Stream.elements``. While iterating, also what the client
                raises, and the error that the provider reports.
        """
        return self._output().elements(where)

    def text(self, where: str | Callable[[T], str | None]) -> Elements[str]:
        """The pieces of one string of the structured output, as they come; see ``Stream.text``.

        Raises:
            as ``elements``.
        """
        return self._output().text(where)

    @overload
    def field(self, where: str, *, default: Any = ...) -> Any: ...

    @overload
    def field(self, where: Callable[[T], V], *, default: Any = ...) -> V: ...

    def field(self, where: Any, **default: Any) -> Any:
        """One value of the structured output, as soon as it closes, after which the source is closed; see
        ``Stream.field``.

        Raises:
            as ``elements`` and ``Stream.field``.
        """
        return self._output().field(where, **default)

    def _output(self) -> Stream[Any]:
        from partialjson.streaming import stream

        return stream(self._texts(), **self._output_arguments())

    def _texts(self) -> Iterator[str]:
        with self:
            for update in self:
                yield from self._output_text(update)
        self._raise_reported()

    def __enter__(self) -> MessageStream[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next(self) -> Any:
        if self._items is None:
            self._items = self._open()
        return checked(next(self._items))

    def _open(self) -> Iterator[Any]:
        source = self._source
        opener = opener_of(source)
        if opener is None:
            source = self._stack.enter_context(source)
            opener = opener_of(source)
        if opener is None:
            raise refusal("read", source)
        self._opened(source)
        items: Iterator[Any] = iter(opener())
        if items is not source:
            self._stack.callback(close_source, items)
        return items

    def _close_source(self, source: Any) -> None:
        if not self._stays_open(source):
            close_source(source)


class AsyncMessageStream(_Reader, Generic[T]):
    """``MessageStream`` for an asynchronous client: ``async for``, ``async with``, ``await finish()``,
    ``await aclose()``."""

    def __init__(self, source: Any, message: MessageParser, close: bool, early: EarlyStop | None) -> None:
        super().__init__(source, message, close, early)
        self._stack = AsyncExitStack()
        self._items: AsyncIterator[Any] | None = None
        if not is_async_manager(source):
            self._stack.push_async_callback(self._close_source, source)

    def __aiter__(self) -> AsyncIterator[Update]:
        return self._begin(self._updates())

    async def _updates(self) -> AsyncGenerator[Update]:
        async with aclosing(self._read()) as events:
            async for _, updates in events:
                for update in updates:
                    yield update

    def events(self) -> AsyncGenerator[tuple[Any, list[Update]]]:
        """As ``MessageStream.events``, for ``async for``."""
        return self._begin(self._read())

    async def _read(self) -> AsyncGenerator[tuple[Any, list[Update]]]:
        self._started = True
        try:
            while self._goes_on():
                outside = sys.exception()
                try:
                    item = await self._next()
                except StopAsyncIteration:
                    break
                except Exception as error:
                    again, updates = self._break(error, outside)
                    yield None, updates
                    if again:
                        raise
                    break
                taken = self._take(item)
                if self._is_lost():
                    await self.aclose()
                yield item, taken
            yield None, list(self.message.end().updates)
        finally:
            await self.aclose()

    async def finish(self) -> MessageParser:
        """As ``MessageStream.finish``, to be awaited."""
        rest = self._rest()
        if rest is None and not self._started and not self._closed:
            rest = self._read()
        if rest is not None:
            async for _ in rest:
                pass
        self.message.end()
        return self.message

    async def aclose(self) -> None:
        """Closes the source. The message can still be asked and ended."""
        self._closed = True
        await self._stack.aclose()

    @overload
    def elements(self: AsyncMessageStream[list[E]]) -> AsyncElements[E]: ...

    @overload
    def elements(self, where: str) -> AsyncElements[Any]: ...

    @overload
    def elements(self, where: Callable[[T], Iterable[E] | None]) -> AsyncElements[E]: ...

    def elements(self, where: Any = None) -> AsyncElements[Any]:
        """As ``MessageStream.elements``, for ``async for``."""
        return self._output().elements(where)

    def text(self, where: str | Callable[[T], str | None]) -> AsyncElements[str]:
        """As ``MessageStream.text``, for ``async for``."""
        return self._output().text(where)

    @overload
    async def field(self, where: str, *, default: Any = ...) -> Any: ...

    @overload
    async def field(self, where: Callable[[T], V], *, default: Any = ...) -> V: ...

    async def field(self, where: Any, **default: Any) -> Any:
        """As ``MessageStream.field``, to be awaited."""
        return await self._output().field(where, **default)

    def _output(self) -> AsyncStream[Any]:
        from partialjson.streaming import astream

        return astream(self._texts(), **self._output_arguments())

    async def _texts(self) -> AsyncIterator[str]:
        async with self:
            async for update in self:
                for text in self._output_text(update):
                    yield text
        self._raise_reported()

    async def __aenter__(self) -> AsyncMessageStream[T]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _next(self) -> Any:
        if self._items is None:
            self._items = await self._open()
        return checked(await anext(self._items))

    async def _open(self) -> AsyncIterator[Any]:
        source = self._source
        if is_async_manager(source):
            source = await self._stack.enter_async_context(source)
        elif isawaitable(source):
            source = await source
            self._stack.push_async_callback(self._close_source, source)
        opener = async_opener_of(source)
        if opener is None:
            raise refusal("aread", source)
        self._opened(source)
        items: AsyncIterator[Any] = aiter(opener())
        if items is not source:
            self._stack.push_async_callback(aclose_source, items)
        return items

    async def _close_source(self, source: Any) -> None:
        if not self._stays_open(source):
            await aclose_source(source)


@overload
def read(
    source: Any,
    api: ApiName | str,
    *,
    output: type[T],
    close: bool = True,
    stop_early: bool | Literal["report"] = False,
    **options: Unpack[OtherOptions],
) -> MessageStream[T]: ...


@overload
def read(
    source: Any,
    api: ApiName | str | MessageParser,
    *,
    close: bool = True,
    stop_early: bool | Literal["report"] = False,
    **options: Unpack[MessageOptions],
) -> MessageStream[Any]: ...


def read(
    source: Any,
    api: ApiName | str | MessageParser,
    *,
    close: bool = True,
    stop_early: bool | Literal["report"] = False,
    **options: Unpack[MessageOptions],
) -> MessageStream[Any]:
    """Iterate over the updates of the message that a client receives; the other arguments are those of
    ``MessageParser``.

    ``source`` is an SDK's stream, a response of httpx, requests, urllib3 or urllib, a WebSocket connection, any
    iterable of bytes or events, or a context manager that gives one of these. ``api`` names its wire format, or is a
    ``MessageParser`` made before. With ``close=False`` the source stays open whatever happens. With ``stop_early=True``
    reading ends at the first sign that a call or the output can no longer be valid, also if it is in one of several
    choices; with "report" it goes on, and says how much a stop would have saved.

    Raises:
        TypeError: ``source`` cannot be read, or only asynchronously; options beside a ``MessageParser``.
        ValueError: the API is not known, or ``stop_early`` is something else.
    """
    if opener_of(source) is None and not hasattr(source, "__enter__"):
        raise refusal("read", source)
    return MessageStream(source, _message(api, options), close, _early(stop_early, options))


@overload
def aread(
    source: Any,
    api: ApiName | str,
    *,
    output: type[T],
    close: bool = True,
    stop_early: bool | Literal["report"] = False,
    **options: Unpack[OtherOptions],
) -> AsyncMessageStream[T]: ...


@overload
def aread(
    source: Any,
    api: ApiName | str | MessageParser,
    *,
    close: bool = True,
    stop_early: bool | Literal["report"] = False,
    **options: Unpack[MessageOptions],
) -> AsyncMessageStream[Any]: ...


def aread(
    source: Any,
    api: ApiName | str | MessageParser,
    *,
    close: bool = True,
    stop_early: bool | Literal["report"] = False,
    **options: Unpack[MessageOptions],
) -> AsyncMessageStream[Any]:
    """``read`` for asynchronous clients. ``source`` may also be an awaitable that gives the stream.

    Raises:
        TypeError, ValueError: as ``read``.
    """
    if async_opener_of(source) is None and not isawaitable(source) and not hasattr(source, "__aenter__"):
        raise refusal("aread", source)
    return AsyncMessageStream(source, _message(api, options), close, _early(stop_early, options))


def _message(api: ApiName | str | MessageParser, options: MessageOptions) -> MessageParser:
    if isinstance(api, str):
        return MessageParser(api, **options)
    if options:
        raise TypeError("a MessageParser was given: pass tools, output and options to that")
    return api


def _early(stop_early: object, options: MessageOptions) -> EarlyStop | None:
    if stop_early is False:
        return None
    if stop_early is not True and stop_early != "report":
        raise ValueError(f"stop_early is True, False or 'report', not {stop_early!r}")
    return EarlyStop(stop_early is True, skips=options.get("on_invalid") == "skip")
