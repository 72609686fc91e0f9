"""``stream`` and ``astream``: any iterable of chunks as snapshots, or as the elements, the text or a field of it.

    for snapshot in stream(chunks, Order):
        draw(snapshot.value)
    outcome = snapshot.outcome       # Complete, Truncated or Failed

    for item in stream(chunks, Order).elements(lambda order: order.items):
        ship(item)                   # an Item, validated, as soon as it closes

Iterating the stream itself never raises for the document: the last snapshot carries the outcome, a malformed document
ends the iteration there. What the iterable or a validator raises is raised again, after a last snapshot that tells what
had come by then.

Elements and text are plain values, which cannot tell how the document ended. So they raise what ``Parser.close``
raises, after everything that completed. A loop that ends without an exception has seen a complete and valid document.

``finish`` reads what is left and gives the final value, or raises as ``Parser.close`` does:

    order = stream(chunks, Order).finish()

A stream is read once, in one way. Leaving early closes the source of the chunks: ``close`` or ``aclose`` of their
iterator is called, as ``contextlib.closing`` would do. A file stays open, since it belongs to whoever opened it.
"""

from __future__ import annotations

import io
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Sequence,
)
from inspect import isasyncgenfunction
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload
from weakref import ref

from partialjson._core.parser import Parser
from partialjson._core.selection import compile_selection
from partialjson._core.target import given_of, name_of
from partialjson._typevars import T
from partialjson.options import ParserOptions, refuse_unknown, selecting, without_schema
from partialjson.outcomes import Complete
from partialjson.streaming.consumers import (
    NOTHING,
    ElementReading,
    FieldReading,
    Reading,
    TextReading,
    WholeReading,
    values_of,
)
from partialjson.streaming.snapshots import Snapshot, SnapshotReading

if TYPE_CHECKING:
    from types import TracebackType, UnionType
    from typing import Unpack

    from pydantic import TypeAdapter

    from partialjson._core.target import MakesTarget
    from partialjson.outcomes import Outcome

__all__ = ["AsyncElements", "AsyncStream", "Elements", "Snapshot", "Stream", "astream", "stream"]

E = TypeVar("E")
V = TypeVar("V")
D = TypeVar("D")


# The two ways to get chunks. They do the same, line for line.


def iterate(chunks: Iterable[str | bytes], reading: Reading[E]) -> Generator[E]:
    generator = _iterate(chunks, reading)
    # It waits inside its ``try`` now, so that the chunks are closed even if nobody ever asks for a value.
    next(generator)
    return generator


def _iterate(chunks: Iterable[str | bytes], reading: Reading[E]) -> Generator[E]:
    source: Any = chunks if isinstance(chunks, Iterator) else None
    exhausted = False
    found: Sequence[E] = ()
    try:
        yield NOTHING
        source = iter(chunks)
        while not reading.over:
            try:
                chunk = next(source)
            except StopIteration:
                exhausted = True
                found = reading.end()
            except Exception as error:
                exhausted = True
                yield from reading.end(f"{type(error).__name__}: {error}")
                raise
            else:
                found = reading.feed(chunk)
            if found:
                yield from found
                reading.settle(found)
    finally:
        if not exhausted and not isinstance(source, io.IOBase):
            close = getattr(source, "close", None)
            if callable(close):
                close()
    if reading.error is not None:
        raise reading.error


class AsyncIteration(AsyncIterator[E]):
    """An async generator that closes the chunks even if it is closed before anybody asked for a value."""

    def __init__(self, chunks: AsyncIterable[str | bytes], reading: Reading[E]) -> None:
        self._chunks = chunks
        self._generator = _aiterate(chunks, reading)
        self._is_new = True

    def __anext__(self) -> Awaitable[E]:
        self._is_new = False
        return self._generator.__anext__()

    async def aclose(self) -> None:
        """Stop reading, and close the source of the chunks."""
        was_new, self._is_new = self._is_new, False
        await self._generator.aclose()
        if was_new and isinstance(self._chunks, AsyncIterator):
            await _aclose(self._chunks)


async def _aclose(source: object) -> None:
    close = getattr(source, "aclose", None) or getattr(source, "close", None)
    closed = close() if callable(close) else None
    if isinstance(closed, Awaitable):
        await closed


async def _aiterate(chunks: AsyncIterable[str | bytes], reading: Reading[E]) -> AsyncGenerator[E]:
    source = aiter(chunks)
    exhausted = False
    found: Sequence[E] = ()
    try:
        while not reading.over:
            try:
                chunk = await anext(source)
            except StopAsyncIteration:
                exhausted = True
                found = reading.end()
            except Exception as error:
                exhausted = True
                for each in reading.end(f"{type(error).__name__}: {error}"):
                    yield each
                raise
            else:
                found = reading.feed(chunk)
            if found:
                for each in found:
                    yield each
                reading.settle(found)
    finally:
        if not exhausted:
            await _aclose(source)
    if reading.error is not None:
        raise reading.error


class Elements(Iterator[E]):
    """The values at a selected place of a stream, as they come. It can be iterated over once.

    When the iteration ends, the document has ended, complete and valid. Otherwise the last step raises what stopped it,
    after everything that completed was yielded: IncompleteError if the text was cut off, ParseError, the target's
    ValidationError, or whatever the chunks or a validator raised.

    Leaving early closes the source of the chunks: at ``close()``, at the end of a ``with`` block, or when this object
    is garbage collected.

    Attributes:
        outcome: how the document ended: Complete, Truncated or Failed; None while it has not.
    """

    def __init__(self, chunks: Iterable[str | bytes], reading: Reading[E]) -> None:
        self._reading = reading
        self._generator = iterate(chunks, reading)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self._reading.life} after {self._reading.parser.pos} characters>"

    @property
    def outcome(self) -> Outcome[Any] | None:
        return self._reading.outcome

    def __next__(self) -> E:
        return next(self._generator)

    def close(self) -> None:
        """Stop reading, and close the source of the chunks."""
        self._generator.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncElements(AsyncIterator[E]):
    """``Elements`` of an async iterable: ``async for``, ``async with`` and ``aclose()``."""

    def __init__(self, chunks: AsyncIterable[str | bytes], reading: Reading[E]) -> None:
        self._reading = reading
        self._iteration = AsyncIteration(chunks, reading)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self._reading.life} after {self._reading.parser.pos} characters>"

    @property
    def outcome(self) -> Outcome[Any] | None:
        return self._reading.outcome

    async def __anext__(self) -> E:
        return await anext(self._iteration)

    async def aclose(self) -> None:
        """Stop reading, and close the source of the chunks."""
        await self._iteration.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class _Source(Generic[T]):
    """What the two kinds of stream share: how each kind of reading is made, and that there is only one."""

    _call = "stream()"

    def __init__(self, target: Any, options: ParserOptions) -> None:
        refuse_unknown(type(self)._call, options, ParserOptions)
        self._target = given_of(target, options.get("schema"))
        self._options = options = without_schema(options)
        self._retains = bool(options.get("retain", True))
        # Made at once, so that wrong options are reported where they are given. Elements do their own selecting.
        selects = self._retains or options.get("select") is not None
        self._parser: Parser[T] | None = Parser(self._target, **(options if selects else selecting(options, [])))
        # Of the snapshots, once there are some. A weak reference, since leaving a loop must drop its iterator.
        self._reading: Reading[Any] | None = None
        self._iteration: Callable[[], Any] | None = None

    def __repr__(self) -> str:
        target = "" if self._target is None else f" of {name_of(self._target)}"
        return f"<{type(self).__name__}{target}, {'not begun' if self._parser is not None else 'begun'}>"

    def _take(self) -> Parser[T]:
        parser, self._parser = self._parser, None
        if parser is None:
            raise RuntimeError("this stream has been read, or is being read; a stream can be read only once")
        return parser

    def _snapshots(self) -> Reading[Snapshot[T]]:
        if not self._retains and self._options.get("select") is None:
            raise ValueError("retain=False keeps only what select names: give select, or use elements()")
        reading = SnapshotReading(self._take())
        self._reading = reading
        return reading

    def _whole(self) -> WholeReading:
        self._take()
        reading = WholeReading(Parser(self._target, **selecting(self._options, [])))
        self._reading = reading
        return reading

    def _rest(self) -> Any:
        """The snapshots, if somebody still has them; None if nothing is left."""
        return None if self._iteration is None else self._iteration()

    def _value(self, reading: Reading[Any]) -> T:
        """The value of a document that has been read, as far as anybody wanted."""
        outcome = reading.outcome or reading.finish()
        if isinstance(outcome, Complete):
            value: T = outcome.value
            return value
        error = outcome.error
        assert error is not None
        raise error.with_traceback(None)

    def _record(self, where: Any, elements: bool, may_default: bool = False) -> Any:
        if self._options.get("select") is not None:
            raise TypeError(
                "select= is for the events of snapshots; elements(), text() and field() select by themselves"
            )
        from partialjson.streaming.paths import record

        options = self._options
        return record(where, self._target, options.get("by_alias"), options.get("by_name"), elements, may_default)

    def _parser_for(self, selected: Iterable[Any], around: bool) -> Parser[T]:
        self._take()
        patterns = [pattern for one in selected for pattern in one.select(around)]
        if self._retains or not around:
            return Parser(self._target, **selecting(self._options, patterns))
        kept = [pattern for one in selected for pattern in one.settles()]
        parser: Parser[T] = Parser(self._target, **selecting(self._options, kept))
        # The enclosing values are reported, in case they are validated as a whole, but not kept for that.
        parser._report(compile_selection(patterns))
        return parser

    def _kept(self, what: str) -> None:
        if not self._retains:
            raise TypeError(f"{what} needs the document, which retain=False does not keep; use elements()")

    def _elements(self, where: Any) -> ElementReading[Any]:
        selected = self._record(where, True)
        return ElementReading(self._parser_for(selected, self._target is not None), selected)

    def _text(self, where: Any) -> TextReading:
        self._kept("text()")
        selected = self._record(where, False)
        return TextReading(self._parser_for(selected, True), selected[0])

    def _field(self, where: Any, default: Any) -> FieldReading[Any]:
        self._kept("field()")
        selected = self._record(where, False, may_default=True)
        look_up = values_of(where) if callable(where) else selected[0].reach
        return FieldReading(self._parser_for(selected, True), selected[0], look_up, default)


class Stream(_Source[T]):
    """A document that comes in chunks, to be read once: as snapshots by iterating over it, or by one of the methods."""

    def __init__(self, chunks: Iterable[str | bytes], target: Any = None, **options: Unpack[ParserOptions]) -> None:
        super().__init__(target, options)
        self._chunks = chunks

    def __iter__(self) -> Iterator[Snapshot[T]]:
        snapshots = iterate(self._chunks, self._snapshots())
        self._iteration = ref(snapshots)
        return snapshots

    def finish(self) -> T:
        """Reads what is left, and returns the final value, as one-shot validation would give it. Calling it again
        returns the same.

        A loop that is still open over the snapshots gets no more of them. After it was left, nothing is left.

        Raises:
            IncompleteError, ParseError, pydantic.ValidationError, jsonschema.ValidationError: as ``Parser.close``.
            Exception: what the chunks or a validator raise.
            RuntimeError: the stream has been read by ``elements``, ``text`` or ``field``.
        """
        reading, rest = self._reading, self._rest()
        if reading is None:
            reading = self._whole()
            rest = iterate(self._chunks, reading)
        for _ in rest or ():
            pass
        return self._value(reading)

    @overload
    def elements(self: Stream[list[E]]) -> Elements[E]: ...

    @overload
    def elements(self, where: str) -> Elements[Any]: ...

    @overload
    def elements(self, where: Callable[[T], Iterable[E] | None]) -> Elements[E]: ...

    def elements(self, where: Any = None) -> Elements[Any]:
        """The elements of a list, each as soon as it closes: validated, in document order.

        An invalid element is not yielded; the error is raised at the end of the document, as by ``Parser.close``. If a
        container has to be validated as a whole, as a set has, its elements come when it closes. The stream is read to
        its end.

        Args:
            where: the way from the target to the container: ``lambda order: order.items``, ``order.by_sku.values()`` or
                ``.items()`` for dicts, a comprehension for deeper places (``[tag for item in order.items for tag in
                item.tags]``); or a path pattern in the document's own names, ``"$.items[*]"``. A target that is itself
                a list needs none.

        Raises:
            AttributeError, KeyError: ``where`` asks for a field that the target does not have.
            TypeError: ``where`` does more than follow a path, or leads nowhere.
            ValueError: the pattern is not supported, or leads nowhere.
            RuntimeError: the stream has been read.
        """
        return Elements(self._chunks, self._elements(where))

    def text(self, where: str | Callable[[T], str | None]) -> Elements[str]:
        """The pieces of one string of the document, as they come; joined, they are the string.

        It is the document's own text, before any validator changes it. Nothing comes if the document has no such
        string, or null there. The stream is read to its end.

        Args:
            where: the way from the target to the string, or a path pattern, as for ``elements``.

        Raises:
            AttributeError, KeyError, TypeError, ValueError, RuntimeError: as ``elements``. During the iteration, also a
                ValueError if the document has another kind of value at that place, or the same key again.
        """
        return Elements(self._chunks, self._text(where))

    @overload
    def field(self, where: str, *, default: Any = ...) -> Any: ...

    @overload
    def field(self, where: Callable[[T], V]) -> V: ...

    @overload
    def field(self, where: Callable[[T], V], *, default: D) -> V | D: ...

    def field(self, where: Any, *, default: Any = NOTHING) -> Any:
        """One value of the document, validated, as soon as it closes. The rest of the stream is not read.

        If the document ends without it, the result is what the function returns for the final value (a default of the
        model, for instance), or else ``default``. A document that is cut off before it gives no default.

        Raises:
            LookupError: the document is complete, has no such value, and no ``default`` was given.
            IncompleteError, ParseError: the document was cut off or malformed before the value closed.
            pydantic.ValidationError: the value, or the value around it, does not fit.
            AttributeError, KeyError, TypeError, ValueError, RuntimeError: as ``elements``.
        """
        with Elements(self._chunks, self._field(where, default)) as found:
            return next(found)


class AsyncStream(_Source[T]):
    """A document that comes in chunks from an async iterable, to be read once; the async twin of ``Stream``."""

    _call = "astream()"

    def __init__(
        self, chunks: AsyncIterable[str | bytes], target: Any = None, **options: Unpack[ParserOptions]
    ) -> None:
        super().__init__(target, options)
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[Snapshot[T]]:
        snapshots = AsyncIteration(self._chunks, self._snapshots())
        self._iteration = ref(snapshots)
        return snapshots

    async def finish(self) -> T:
        """As ``Stream.finish``, to be awaited."""
        reading, rest = self._reading, self._rest()
        if reading is None:
            reading = self._whole()
            rest = AsyncIteration(self._chunks, reading)
        if rest is not None:
            async for _ in rest:
                pass
        return self._value(reading)

    @overload
    def elements(self: AsyncStream[list[E]]) -> AsyncElements[E]: ...

    @overload
    def elements(self, where: str) -> AsyncElements[Any]: ...

    @overload
    def elements(self, where: Callable[[T], Iterable[E] | None]) -> AsyncElements[E]: ...

    def elements(self, where: Any = None) -> AsyncElements[Any]:
        """As ``Stream.elements``."""
        return AsyncElements(self._chunks, self._elements(where))

    def text(self, where: str | Callable[[T], str | None]) -> AsyncElements[str]:
        """As ``Stream.text``."""
        return AsyncElements(self._chunks, self._text(where))

    @overload
    async def field(self, where: str, *, default: Any = ...) -> Any: ...

    @overload
    async def field(self, where: Callable[[T], V]) -> V: ...

    @overload
    async def field(self, where: Callable[[T], V], *, default: D) -> V | D: ...

    async def field(self, where: Any, *, default: Any = NOTHING) -> Any:
        """As ``Stream.field``."""
        async with AsyncElements(self._chunks, self._field(where, default)) as found:
            return await anext(found)


def refused(call: str, chunks: object, other: str, may_be_other: bool) -> TypeError:
    """The error for what gives no chunks.

    Args:
        call: what was called, such as "stream".
        chunks: what it was given.
        other: the function for the other kind of iterable.
        may_be_other: is it one of those?
    """
    what = type(chunks).__name__
    sync, kind = (call, "an iterable") if other.startswith("a") else (other, "an async iterable")
    if isinstance(chunks, (str, bytes, bytearray, memoryview)):
        hint = "pass [text] for a single chunk" if sync == call else f"{sync}([text], ...) reads a single chunk"
    elif may_be_other:
        hint = f"use {other}()"
    elif isinstance(chunks, type):
        what = f"the class {chunks.__name__}"
        hint = "the target comes after the chunks"
    elif callable(chunks):
        wanted = call if isasyncgenfunction(chunks) == (sync != call) else other
        hint = f"call it: {wanted}({getattr(chunks, '__name__', 'it')}(), ...)"
    else:
        hint = "give what the chunks of the document come from"
    return TypeError(f"{call}() takes {kind} of chunks, not {what}; {hint}")


def stream(
    chunks: Iterable[str | bytes],
    target: type[T] | TypeAdapter[T] | UnionType | MakesTarget | None = None,
    **options: Unpack[ParserOptions],
) -> Stream[T]:
    """A document that comes in chunks; ``target`` and ``options`` as for ``Parser``.

    Raises:
        TypeError: ``chunks`` is one str or bytes, or is asynchronous.
    """
    if isinstance(chunks, (str, bytes, bytearray, memoryview)) or not isinstance(chunks, Iterable):
        raise refused("stream", chunks, "astream", isinstance(chunks, AsyncIterable))
    return Stream(chunks, target, **options)


def astream(
    chunks: AsyncIterable[str | bytes],
    target: type[T] | TypeAdapter[T] | UnionType | MakesTarget | None = None,
    **options: Unpack[ParserOptions],
) -> AsyncStream[T]:
    """``stream`` for an async iterable of chunks.

    Raises:
        TypeError: ``chunks`` is not an async iterable.
    """
    if not isinstance(chunks, AsyncIterable):
        raise refused("astream", chunks, "stream", isinstance(chunks, Iterable))
    return AsyncStream(chunks, target, **options)
