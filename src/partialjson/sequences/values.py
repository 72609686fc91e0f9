"""Iterating over the values of a stream of documents.

``documents`` gives the values and nothing else of a ``DocumentSequence``. So it may go the short way for lines that
come whole, which reports no events.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from partialjson._typevars import T
from partialjson.options import ParserOptions, refuse_unknown
from partialjson.outcomes import Complete, Failed, Outcome
from partialjson.sequences.lines import UNREAD, Unfit, reader_of
from partialjson.sequences.sequence import DocumentSequence, Format, OnError, Progress
from partialjson.streaming.consumers import Reading
from partialjson.streaming.stream import AsyncIteration, iterate, refused

if TYPE_CHECKING:
    from types import UnionType

    from pydantic import TypeAdapter

    from partialjson._core.target import MakesTarget

__all__ = ["adocuments", "documents"]


def documents(
    chunks: Iterable[str | bytes],
    target: type[T] | TypeAdapter[T] | UnionType | MakesTarget | None = None,
    *,
    format: Format = "ndjson",
    on_error: OnError = "stop",
    **options: Unpack[ParserOptions],
) -> Iterator[T]:
    """Iterate over the values of a stream of documents, each as soon as it closes; arguments as for
    ``DocumentSequence``.

    Leaving it early closes the chunks.

    Raises:
        ParseError, IncompleteError, pydantic.ValidationError: at a document that is malformed, cut off or invalid,
            after all documents before it; a note on the error says which it is. With ``on_error="skip"`` such documents
            are left out.
        TypeError: ``chunks`` is one str or bytes, or is asynchronous.
    """
    refuse_unknown("documents()", options, ParserOptions)
    _whole(options)
    if isinstance(chunks, str | bytes | bytearray | memoryview) or not isinstance(chunks, Iterable):
        raise refused("documents", chunks, "adocuments", isinstance(chunks, AsyncIterable))
    options.setdefault("select", [])
    sequence = _ValueSequence(target, format=format, on_error=on_error, **options)
    return iterate(chunks, _Values(sequence))


def adocuments(
    chunks: AsyncIterable[str | bytes],
    target: type[T] | TypeAdapter[T] | UnionType | MakesTarget | None = None,
    *,
    format: Format = "ndjson",
    on_error: OnError = "stop",
    **options: Unpack[ParserOptions],
) -> AsyncIterator[T]:
    """``documents`` for an async iterable of chunks."""
    refuse_unknown("adocuments()", options, ParserOptions)
    _whole(options)
    if not isinstance(chunks, AsyncIterable):
        raise refused("adocuments", chunks, "documents", isinstance(chunks, Iterable))
    options.setdefault("select", [])
    sequence = _ValueSequence(target, format=format, on_error=on_error, **options)
    return AsyncIteration(chunks, _Values(sequence))


class _ValueSequence(DocumentSequence[T]):
    """A sequence that keeps the values of its documents, instead of saying how each of them ended.

    Attributes:
        values: those that nobody has taken yet.
        bad: the document at which the sequence stopped; None if it has not.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.values: list[T] = []
        self.bad: Progress[T] | None = None
        self._read_line = reader_of(self._pattern, self._target) if self._format == "ndjson" else None

    def _over(self, outcome: Outcome[T]) -> None:
        super()._over(outcome)
        progress = self._ready.pop()
        if isinstance(outcome, Complete):
            self.values.append(outcome.value)
        else:
            self.bad = progress

    def _read_records(self, text: Any, separator: Any) -> None:
        read = self._read_line
        first = text.find(separator)
        if read is None or first < 0:
            super()._read_records(text, separator)
            return
        start = 0
        if self.parser is not None or self._skipping:
            start = first + 1
            super()._read_records(text[:start], separator)
        end = text.rfind(separator) + 1
        values = self.values
        for line in text[start : end - 1].split(separator) if start < end and self._error is None else ():
            try:
                value = read(line)
            except Unfit as unfit:
                self._start = self._line
                self._over(Failed(unfit.error))
                value = None
                if self._error is not None:
                    return
            else:
                if value is UNREAD:
                    super()._read_records(line + separator, separator)
                    if self._error is not None:
                        return
                    continue
                values.append(value)
                self.count += 1
            self._line += 1
        if self._error is None and end < len(text):
            super()._read_records(text[end:], separator)


class _Values(Reading[T]):
    """The values of the documents of a sequence."""

    def __init__(self, sequence: _ValueSequence[T]) -> None:
        super().__init__(sequence._pattern)
        self.sequence = sequence

    def feed(self, chunk: str | bytes) -> Sequence[T]:
        try:
            self.sequence.feed(chunk)
        except Exception as error:
            self.error = error
            return self.end()
        return self._take()

    def end(self, reason: str | None = None) -> Sequence[T]:
        self.over = True
        self.sequence.end(reason)
        return self._take()

    def _take(self) -> list[T]:
        sequence = self.sequence
        stopped = sequence._error
        if stopped is not None and self.error is None:
            if sequence.bad is not None:
                bad = sequence.bad
                stopped.add_note(f"in document {bad.index} of the stream, which starts on line {bad.line}")
            self.error = stopped
            self.over = True
        values, sequence.values = sequence.values, []
        return values


def _whole(options: ParserOptions) -> None:
    if not options.get("retain", True):
        raise TypeError("retain=False keeps no documents to iterate over; use DocumentSequence and its events")
