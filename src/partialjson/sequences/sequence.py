"""Several documents in one stream: newline-delimited JSON, concatenated values, JSON text sequences (RFC 7464), and
objects and arrays that are embedded in other text.

    for order in documents(chunks, Order):                  # each as soon as it closes
        ship(order)

    sequence = DocumentSequence(Order, format="json-seq", on_error="skip")
    for progress in sequence.feed(chunk):                   # what this chunk did to each document it touched
        ...
    draw(sequence.parser)                                   # the open document, or None

A sequence is one ``Parser`` after another: each document has its own, which lives until the document ends. So memory is
that of one document, however long the stream is. This module adds where a document ends:

    ndjson        at a newline; blank lines are skipped
    json-seq      at the next record separator (U+001E); there is one before the first document too
    concatenated  where its root value closes; white space may stand between two of them, and must after a number or
                  a word that no bracket or quote follows
    embedded      where its root value closes, too; what stands between two of them is skipped: prose, fences, thoughts
                  and tags, as ``partialjson.lenient.locate`` tells. Only objects and arrays are documents here.

Newlines and record separators cannot occur unescaped inside a JSON string. So after a malformed document, the first two
formats can go on after the next separator. Concatenated values cannot: nothing says where a malformed one ends. After a
malformed embedded document the search for the next one goes on where it broke.

A bad document is an outcome like any other. Nothing is raised for it while there are others to report; only a sequence
that stopped at it refuses more text.
"""

from __future__ import annotations

from codecs import utf_8_decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, Unpack, cast, get_args

from partialjson._core.checkpoint import check_kind, corrupt
from partialjson._core.events import Event
from partialjson._core.loose_rules import root_kinds
from partialjson._core.parser import Parser
from partialjson._core.target import given_of, name_of
from partialjson._missing import MISSING
from partialjson._typevars import T
from partialjson.errors import IncompleteError, InvalidError, ParseError, no_text
from partialjson.limits import LARGEST
from partialjson.options import JSONSchema, NumberReader, ParserOptions, refuse_unknown, without_schema
from partialjson.outcomes import Complete, Failed, Outcome, Truncated

if TYPE_CHECKING:
    from types import UnionType

    from pydantic import TypeAdapter

    from partialjson._core.target import MakesTarget
    from partialjson.lenient.locate import Locator, Skipped

__all__ = ["DocumentSequence", "Format", "OnError", "Progress"]

Format = Literal["ndjson", "concatenated", "json-seq", "embedded"]
OnError = Literal["stop", "skip"]

_SEPARATORS: Final[dict[Format, str]] = {"ndjson": "\n", "json-seq": "\x1e"}
_BLANK: Final = " \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_VERSION: Final = 1

_ON_ONE_LINE: Final = (
    "with format='ndjson', which is the default, a document ends with its line; if several stand on one line, read "
    "them with format='concatenated'"
)

# Concatenated values are read in pieces of this many characters, because each value costs a copy of the text after it.
_WINDOW: Final = 4096


@dataclass(frozen=True, slots=True)
class Progress(Generic[T]):
    """What one call did to one document.

    Attributes:
        index: the number of the document in the stream, from 0.
        line: the line of the stream on which it starts, from 1. Positions in errors count from the start of the
        document.
        events: what happened in it, in document order; those of the end itself come last.
        outcome: how it ended; None while it is open.
        json: once it has ended, the document as plain JSON values; MISSING before.
        start, end: with "embedded", where in the stream it starts and ended, in characters; otherwise -1, as is the end
            before it is known.
    """

    index: int
    line: int
    events: tuple[Event, ...] = ()
    outcome: Outcome[T] | None = None
    json: Any = MISSING
    start: int = -1
    end: int = -1


class DocumentSequence(Generic[T]):
    """A push parser for a stream of documents of one type.

    Args:
        target: the type of each document, as for ``Parser``.
        format: "ndjson", "concatenated", "json-seq" (RFC 7464) or "embedded".
        on_error: "stop" at the first document that is malformed, cut off or invalid; or "skip" it and go on with the
            next. A malformed concatenated value always stops the sequence, and so does an InvalidError in an embedded
            document, since nothing says where that ends.
        options: those of ``Parser``, limits included; they apply to each document.

    Attributes:
        parser: the parser of the open document, for ``value``, ``json``, ``deltas`` ...; None between two documents.
        count: how many documents have ended, bad ones included.
        skipped: with "embedded", the spans of the stream outside documents that the last call brought to an end, in
            characters from the beginning of the stream.

    Raises:
        ValueError: the format or ``on_error`` is none of those above; TypeError and others as for ``Parser``.
    """

    def __init__(
        self,
        target: type[T] | TypeAdapter[T] | UnionType | MakesTarget | None = None,
        *,
        format: Format = "ndjson",
        on_error: OnError = "stop",
        **options: Unpack[ParserOptions],
    ) -> None:
        refuse_unknown("DocumentSequence", options, ParserOptions)
        _one_of("format", format, get_args(Format))
        _one_of("on_error", on_error, get_args(OnError))
        self.parser: Parser[T] | None = None
        self.count = 0
        self.skipped: list[Skipped] = []
        self._target = given_of(target, options.get("schema"))
        self._options = options = without_schema(options)
        # Never fed: it rejects bad options now, and holds the options for a checkpoint.
        self._pattern: Parser[T] = Parser(self._target, **options)
        if self._pattern._lenient is not None and self._pattern._lenient.documents != "first":
            raise ValueError("a sequence gives all documents; Lenient(documents='last') is for one Parser")
        self._format: Format = format
        self._on_error: OnError = on_error
        self._locator: Locator | None = None
        if format == "embedded":
            from partialjson.lenient.locate import Locator

            self._locator = Locator(root_kinds(self._pattern._target, self._pattern._lenient), many=True)
        self._cut = b""  # in an embedding text, a character of which bytes are missing
        self._kind: type | None = None
        self._head = b""  # perhaps the beginning of a byte order mark
        self._head_read = False
        self._line = 1
        self._start = 1
        # Text up to the next separator is skipped: at the start of a text sequence, or after a bad document.
        self._skipping = False
        self._outside = format == "json-seq"
        self._blank = True  # the last character that was read is white space, or there is none
        self._bare = False  # the last document was a number or a word, and nothing has come after it
        self._ready: list[Progress[T]] = []
        # What the call that runs has done to the document that is open, in pieces.
        self._events: list[Event] = []
        self._runs = False
        self._error: BaseException | None = None
        self._end: list[Progress[T]] | None = None

    def __repr__(self) -> str:
        target = "" if self._target is None else f" of {name_of(self._target)}"
        if self._end is not None:
            life = "ended"
        elif self._error is not None:
            life = "stopped"
        else:
            life = "between documents" if self.parser is None else f"in document {self.count}"
        return f"<{type(self).__name__}{target}, {self._format}, {life}, {self.count} read>"

    def feed(self, chunk: str | bytes) -> list[Progress[T]]:
        """Read the next chunk of the stream, cut anywhere; returns what it did to each document that it touched, in
        order.

        Raises:
            ParseError, pydantic.ValidationError: the sequence stopped at a document before this call.
            RuntimeError: the sequence has ended, or this is called from a validator that runs inside another call.
            TypeError: neither str nor bytes, or not what the earlier chunks were.
            Any exception from a validator that is not a validation error, and any interrupt: the sequence stops there,
            and ``end`` returns what came before it.
        """
        self._refuse_inside("feed")
        if self._end is not None:
            raise RuntimeError("the sequence has ended; use a new DocumentSequence for a new stream")
        if self._error is not None:
            if not isinstance(self._error, Exception):
                # Raised again later, it would interrupt something else.
                self._error = RuntimeError(f"an earlier call was interrupted by {type(self._error).__name__}")
            raise self._error.with_traceback(None)
        kind = str if isinstance(chunk, str) else bytes
        if not isinstance(chunk, str | bytes):
            raise no_text(chunk)
        if self._kind not in (None, kind):
            raise TypeError(f"this stream was fed {'bytes and str' if kind is str else 'str and bytes'}; feed one kind")
        self.skipped = []
        if chunk:
            self._kind = kind
            # What escapes, from user code or as an interrupt, stops the sequence, so that nothing is read twice or left
            # out unnoticed.
            self._runs = True
            try:
                self._feed(chunk)
            except BaseException as error:
                self._error = error
                raise
            finally:
                self._runs = False
        return self._take()

    def end(self, reason: str | None = None) -> list[Progress[T]]:
        """End the stream; returns what that does to the open document, if there is one. Calling it again returns the
        same.

        Args:
            reason: why the stream ended, as for ``Parser.end``.
        """
        self._refuse_inside("end")
        if self._end is None:
            self._runs = True
            try:
                self.skipped = []
                if self._head and self._error is None:
                    head, self._head, self._head_read = self._head, b"", True
                    if self._locator is not None:
                        self._read_bytes(self._locator, head)
                    else:
                        self._read(head)
                if self._locator is not None and self._error is None:
                    self._end_text(self._locator)
                if self.parser is not None and self._error is None:
                    self._finish(reason)
            except BaseException as error:
                self._error = error
                raise
            finally:
                self._runs = False
            self._end = self._take()
        return self._end

    def _refuse_inside(self, what: str) -> None:
        if self._runs:
            raise RuntimeError(f"{what}() was called from inside another call of the same sequence")

    @property
    def _starts_at(self) -> int:
        return -1 if self._locator is None else self._locator.start

    def _take(self) -> list[Progress[T]]:
        if self._events:
            self._ready.append(Progress(self.count, self._start, tuple(self._events), start=self._starts_at))
            self._events = []
        ready, self._ready = self._ready, []
        return ready

    def _feed(self, chunk: str | bytes) -> None:
        if isinstance(chunk, bytes) and not self._head_read:
            chunk = self._head + chunk
            if _BOM.startswith(chunk) and chunk != _BOM:
                self._head = chunk
                return
            self._head, self._head_read = b"", True
            chunk = chunk.removeprefix(_BOM)
        if self._locator is not None:
            if isinstance(chunk, bytes):
                self._read_bytes(self._locator, chunk)
            else:
                self._read_text(self._locator, chunk)
            self.skipped += self._locator.take_skipped()
            return
        if self._format == "concatenated":
            for at in range(0, len(chunk), _WINDOW):
                self._read_values(chunk[at : at + _WINDOW])
            return
        separator: Any = _SEPARATORS[self._format]
        self._read_records(chunk, separator.encode() if isinstance(chunk, bytes) else separator)

    # Formats with separators.

    def _read_records(self, text: Any, separator: Any) -> None:
        start = 0
        while self._error is None:
            at = text.find(separator, start)
            self._read(text[start:] if at < 0 else text[start:at])
            if at < 0:
                return
            self._separate()
            start = at + 1

    def _separate(self) -> None:
        """A separator: the document before it ends, if there is one."""
        if self.parser is not None:
            self._finish(None)
        self._skipping = self._outside = False
        if self._format == "ndjson":
            self._line += 1

    def _read(self, piece: str | bytes) -> None:
        """Text that holds no separator."""
        if self.parser is None:
            if self._skipping:
                self._count_lines(piece)
                return
            piece = self._strip(piece)
            if not piece:
                return
            parser = self._open()
            if self._outside:
                self._skipping = True
                self._over(_unseparated("expected a record separator (U+001E) at the start of a JSON text sequence"))
                self._count_lines(piece)
                return
        else:
            parser = self.parser
        if not piece:
            return
        self._blank = _is_blank(piece[-1:])
        self._count_lines(piece)
        try:
            self._events += parser.feed(cast("str", piece))
        except ParseError:
            self._skipping = True
            self._over(parser.end())

    def _finish(self, reason: str | None) -> None:
        """The document ends here, whether its root is still open or has closed some time ago."""
        parser = self.parser
        assert parser is not None
        outcome = parser.end(reason)
        bare = not self._blank and not isinstance(parser.json, str | list | dict)
        if self._format == "json-seq" and bare and not isinstance(outcome, Truncated):
            # RFC 7464, 2.4: a number or a word that no white space follows may have been longer.
            msg = "the document ends in a number or literal that may be cut: no white space follows"
            error = IncompleteError(msg, parser.pos, 1, parser.pos + 1, ())
            outcome = Truncated((), reason=reason, error=error)
        self._over(outcome)

    # Concatenated values.

    def _read_values(self, piece: str | bytes) -> None:
        while piece and self._error is None:
            parser = self.parser
            if parser is None:
                whole = len(piece)
                piece = self._strip(piece)
                if len(piece) < whole:
                    self._bare = False
                if not piece:
                    return
                parser = self._open()
                if self._bare and piece[:1] not in ("{", "[", '"', b"{", b"[", b'"'):
                    self._stop(_unseparated("expected white space after a number or a word, found more text"))
                    return
            try:
                events, used = parser.feed_value(piece)
            except ParseError:
                self._stop(parser.end())
                return
            self._events += events
            read, piece = piece[:used], piece[used:]
            self._count_lines(read)
            if parser.done:
                self._bare = not isinstance(parser.json, str | list | dict) and not _is_blank(read[-1:])
                self._over(parser.end())

    def _stop(self, outcome: Failed | Outcome[T]) -> None:
        self._over(outcome)
        assert isinstance(outcome, Failed)
        self._error = outcome.error

    # Embedded documents.

    def _read_bytes(self, locator: Locator, data: bytes) -> None:
        data = self._cut + data
        bad = False
        try:
            text, used = utf_8_decode(data, "strict", False)
        except UnicodeDecodeError as error:
            text, used, bad = data[: error.start].decode(), error.start, True
        self._cut = data[used:]
        self._read_text(locator, text)
        if bad and self._error is None:
            self._fail_at_bytes("the text is not UTF-8")

    def _read_text(self, locator: Locator, text: str) -> None:
        for at in range(0, len(text), _WINDOW):
            piece = text[at : at + _WINDOW]
            while piece and self._error is None:
                if self.parser is None:
                    piece = locator.seek(piece)
                    if locator.reading:
                        self._open()
                        self._line = self._start = locator.line
                else:
                    piece = self._read_embedded(locator, self.parser, piece)

    def _read_embedded(self, locator: Locator, parser: Parser[T], piece: str) -> str:
        """Read on in the document; returns what follows it."""
        before = parser.pos
        try:
            events, used = parser.feed_value(piece)
        except ParseError as error:
            left = parser._left()
            if left is None:
                rest = locator.advance(piece, max(error.pos - before, 0))
            else:
                held = before - error.pos
                rest = left[0][:held] + piece if held > 0 else piece[-held:]
                _ends_at(locator, *left[1:])
            if isinstance(error, InvalidError):
                self._stop(parser.end())
            else:
                self._over(parser.end())
            return rest
        self._events += events
        left = parser._left() if parser.done else None
        if left is None:
            rest = locator.advance(piece, used, parser.done)
        else:
            # What shows that the document is over may come long after its end.
            rest = left[0]
            _ends_at(locator, *left[1:])
        if parser.done:
            self._over(parser.end())
        return rest

    def _end_text(self, locator: Locator) -> None:
        if self._cut:
            self._fail_at_bytes("the text ends inside a UTF-8 sequence")
            return
        while not locator.reading and self._error is None:
            text = locator.end()
            if not text:
                break
            # What was held is the beginning of a document.
            self._open()
            self._line = self._start = locator.line
            self._read_text(locator, text)
        self.skipped += locator.skipped

    def _fail_at_bytes(self, msg: str) -> None:
        """Bytes that are no text stop the sequence; they belong to the document that is open, if there is one."""
        if self.parser is None and self._locator is not None:
            self._line = self._start = self._locator.lines
        pos = 0 if self.parser is None else self.parser.pos
        self._stop(Failed(ParseError(msg, pos, 1, pos + 1, (), code="utf8")))

    # One document.

    def _open(self) -> Parser[T]:
        parser = self.parser = Parser(self._target, **self._options)
        # A byte order mark belongs to the stream.
        parser._has_no_bom()
        self._start = self._line
        return parser

    def _over(self, outcome: Outcome[T]) -> None:
        events = (*self._events, *outcome.events)
        self._events = []
        if self._format == "ndjson" and isinstance(outcome, Failed) and outcome.code == "trailing":
            outcome.error.add_note(_ON_ONE_LINE)
        json = MISSING if self.parser is None else self.parser.json
        end = -1 if self._locator is None else self._locator.ended
        self._ready.append(Progress(self.count, self._start, events, outcome, json, self._starts_at, end))
        self.parser = None
        self.count += 1
        if self._on_error == "stop" and not isinstance(outcome, Complete):
            self._error = outcome.error

    def _strip(self, piece: str | bytes) -> str | bytes:
        """``piece`` from its first character that is no white space."""
        stripped = piece.lstrip(_BLANK) if isinstance(piece, str) else piece.lstrip(_BLANK.encode())
        if len(stripped) < len(piece):
            self._count_lines(piece[: len(piece) - len(stripped)])
        return stripped

    def _count_lines(self, piece: str | bytes) -> None:
        self._line += piece.count("\n") if isinstance(piece, str) else piece.count(b"\n")

    # Checkpoints.

    def checkpoint(self) -> dict[str, Any]:
        """The state as JSON-able plain data, from which ``DocumentSequence.restore`` goes on in any process.

        Raises:
            RuntimeError: the sequence has ended or stopped, or this is called from a validator.
        """
        self._refuse_inside("checkpoint")
        if self._end is not None or self._error is not None:
            raise RuntimeError("checkpoint() needs an open sequence, and this one has ended")
        return {
            "sequence": _VERSION,
            "format": self._format,
            "on_error": self._on_error,
            "pattern": self._pattern.checkpoint(),
            "parser": self.parser.checkpoint() if self.parser is not None else None,
            "kind": self._kind.__name__ if self._kind is not None else None,
            "head": self._head.hex(),
            "count": [self.count, self._line, self._start],
            "flags": [self._head_read, self._skipping, self._outside, self._blank, self._bare],
            "locator": None if self._locator is None else [self._locator.save(), self._cut.hex()],
        }

    @staticmethod
    def restore(
        state: Any,
        target: Any = None,
        *,
        schema: JSONSchema | None = None,
        missing: Any = MISSING,
        context: Any = None,
        parse_float: NumberReader | None = None,
        parse_int: NumberReader | None = None,
    ) -> DocumentSequence[Any]:
        """A sequence that goes on from where ``checkpoint`` was called; arguments as for ``Parser.restore``.

        Raises:
            TypeError: ``state`` is the text of a checkpoint; others as for ``Parser``.
            ValueError: the checkpoint is corrupt, of another version, or of another target.
        """
        check_kind(state, "sequence", _VERSION)
        target = given_of(target, schema)
        for name in ("pattern", "parser"):
            if not isinstance(state.get(name), dict | None):
                raise corrupt(TypeError(f"{name} is no checkpoint"))
        pattern, parser = (
            Parser.restore(each, target, missing=missing, context=context, parse_float=parse_float, parse_int=parse_int)
            if each is not None
            else None
            for each in (state.get("pattern"), state.get("parser"))
        )
        if pattern is None or pattern.pos > 0:
            raise ValueError("the checkpoint is corrupt: it has no options")
        try:
            format, on_error = state["format"], state["on_error"]
            if type(format) is not str or type(on_error) is not str:
                raise TypeError("an option is no string")
            sequence: DocumentSequence[Any] = DocumentSequence(
                target, format=cast("Format", format), on_error=cast("OnError", on_error), **pattern._options
            )
            sequence._load(state, parser)
        except (LookupError, TypeError, ValueError) as error:
            raise corrupt(error) from None
        return sequence

    def _load(self, state: dict[str, Any], parser: Parser[T] | None) -> None:
        """Take over what ``checkpoint`` saved; nothing has been read."""
        kind = {"str": str, "bytes": bytes, None: None}[state["kind"]]
        head = bytes.fromhex(state["head"])
        count, line, start = _all_of(int, state["count"], 3)
        head_read, skipping, outside, blank, bare = _all_of(bool, state["flags"], 5)
        concatenated, records = self._format == "concatenated", self._format == "json-seq"
        embedded = self._format == "embedded"
        contradictions = (
            parser is not None and (kind is None or skipping or (outside and records)),
            parser is not None and parser.checkpoint()["options"] != self._pattern.checkpoint()["options"],
            parser is not None and parser.checkpoint()["input"] not in (0, 1 if kind is str or embedded else 2),
            kind is not bytes and (head or head_read),
            bool(head) and (head_read or not _BOM.startswith(head) or head == _BOM or parser is not None),
            not 0 <= count <= LARGEST or not 1 <= start <= line <= LARGEST,
            not head_read and kind is not str and (count > 0 or line > 1 or parser is not None),
            outside and (not records or count > 0),
            (concatenated or embedded) and skipping,
            bare and not concatenated,
        )
        if any(contradictions):
            raise ValueError("its fields contradict each other")
        if (state["locator"] is None) != (self._locator is None):
            raise ValueError("its fields contradict each other")
        self.parser = parser
        self._kind, self._head = kind, head
        self.count, self._line, self._start = count, line, start
        self._head_read, self._skipping, self._outside, self._blank, self._bare = (
            head_read,
            skipping,
            outside,
            blank,
            bare,
        )
        if self._locator is not None:
            self._load_locator(self._locator, *state["locator"])

    def _load_locator(self, ours: Locator, saved: Any, cut: Any) -> None:
        locator = self._locator = ours.load(saved)
        self._cut = bytes.fromhex(cut)
        contradictions = (
            locator.kinds != ours.kinds or not locator.many,
            locator.reading != (self.parser is not None),
            self.parser is not None and self.parser.done,
            bool(self._cut) and (self._kind is not bytes or _is_whole(self._cut)),
            locator.pos > 0 and self._kind is None,
        )
        if any(contradictions):
            raise ValueError("its fields contradict each other")


def _unseparated(msg: str) -> Failed:
    return Failed(ParseError(msg, 0, 1, 1, (), code="separator"))


def _ends_at(locator: Locator, pos: int, byte: int, line: int, line_start: int) -> None:
    """The document ended at this place of its text."""
    line_start = locator.line_start if line == 1 else locator.start + line_start
    locator.advanced(locator.start + pos, locator.start_bytes + byte, locator.line + line - 1, line_start)


def _is_blank(last: str | bytes) -> bool:
    return last in (" ", "\t", "\r", "\n", b" ", b"\t", b"\r", b"\n")


def _is_whole(data: bytes) -> bool:
    """Are these no bytes at the beginning of one character?"""
    try:
        return utf_8_decode(data, "strict", False) != ("", 0)
    except UnicodeDecodeError:
        return True


def _one_of(name: str, given: object, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, not {given!r}")


def _all_of(kind: type, values: Any, count: int) -> list[Any]:
    if not isinstance(values, list) or len(values) != count or any(type(value) is not kind for value in values):
        raise TypeError(f"expected {count} of {kind.__name__}")
    return values
