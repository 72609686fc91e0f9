"""Continuing a document that was cut off: what to keep, what to ask for, and where the answer joins.

    rest = Continuation(parser, text)          # text: what the parser was fed
    ask_the_model(rest.turns("anthropic-messages"))
    for chunk in answer:
        rest.feed(chunk)                       # the same parser goes on: same values, same deltas
    order = rest.close()

**What is kept.** The longest prefix whose meaning can no longer change: the text without a number, literal or escape
that was cut, and without everything from a syntax error on (the parser is then a new one, fed with that prefix; it has
the same values). Strings that were cut stay and grow. ``prefill`` is the prefix without trailing white space, which
some APIs refuse; the model may or may not repeat that white space.

**What may be believed** of the answer the mode says, by what the model was asked for:

``"exact"``
    The API itself continues from ``prefill``. Nothing is skipped: every character counts.
``"anchored"``
    The model was asked to begin with ``anchor``, the last characters of ``prefill``, and must do so. Lines before it
    are skipped. A longer repetition is accepted too, if the answer does not begin with the anchor. This is never
    ambiguous.
``"auto"``
    The model was asked to go on, and whatever it does is judged, line by line, as ``partialjson.resume.seam`` tells.

Where the seam has found the place, the rest of the answer is read as it comes, up to the end of the document. Text
after that (the end of a fence, a farewell) is kept in ``skipped``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, Generic, Literal

from partialjson._core.canonical import canonical_text
from partialjson._core.events import Event, Path
from partialjson._core.parser import Parser
from partialjson._missing import MISSING
from partialjson._typevars import T
from partialjson.errors import ParseError, json_path
from partialjson.outcomes import Failed, Outcome
from partialjson.resume.seam import Seam
from partialjson.wire.apis import API, APIS

__all__ = ["ANCHOR", "Continuation", "Mode"]

Mode = Literal["auto", "exact", "anchored"]

ANCHOR: Final = 40
"""Characters of the prefix that the model is asked to repeat in the mode "anchored"."""

_EXCERPT: Final = 60
_WHITE: Final = " \t\r\n"

# A name that is no known API's stands for one whose turns are the plain ones.
_PLAIN: Final = API("")


class Continuation(Generic[T]):
    """A document that was cut off, and the answer that continues it.

    Args:
        parser: the parser that read the document: open, truncated, or stopped by a ParseError; or a new one.
        text: all the text that the parser was fed, as str or bytes. A new parser is fed it here.
        mode: what the model was asked for: "auto", "exact" or "anchored"; see the module.

    Attributes:
        parser: the parser that goes on. It is the given one, or a new one in its place if that had failed.
        prefix: the trustworthy text that is kept.
        dropped: what was removed from the end of the text, mostly "".
        prefill: the prefix in a form to end a model's own turn with.
        anchor: the end of ``prefill`` that the model repeats in the mode "anchored".
        path: the place where the document continues.
        missing: required fields that had not come, as in ``Truncated.missing``.
        repeated: how many characters of the continuation repeated the prefix.
        added: what the last call of ``feed`` or ``flush`` added to the document's text.
        read: what it gave the parser. That is the same, unless the answer stopped there to be JSON.

    Raises:
        ValueError: there is nothing to continue: the document is complete or invalid for its target, or the text is not
            what the parser was fed.
        TypeError: the text is neither str nor bytes.
    """

    def __init__(self, parser: Parser[T], text: str | bytes, *, mode: Mode = "auto") -> None:
        if mode not in ("auto", "exact", "anchored"):
            raise ValueError(f"mode must be 'auto', 'exact' or 'anchored', not {mode!r}")
        if not isinstance(text, (str, bytes)):
            raise TypeError(f"the text is a str or bytes, not {type(text).__name__}")
        self.mode = mode
        self._as_bytes = isinstance(text, bytes)
        whole = _decoded(text) if isinstance(text, bytes) else text
        self.parser, self.prefix, self.dropped = _trusted(parser, whole, self._as_bytes)
        self.prefill = self.prefix.rstrip()
        self.anchor = self.prefill[-ANCHOR:].lstrip()
        self.path: Path = self.parser.path
        self.missing: tuple[Path, ...] = self.parser._missing_required()
        self.repeated = 0
        self.added = ""
        self.read = ""
        self._seam: Seam | None = None
        if mode != "exact":
            anchor = self.anchor if mode == "anchored" else ""
            outline = self.parser._outline()
            self._seam = Seam(self.prefix, self.prefill, anchor, outline, self.path, self.parser._limits)
        # White space that was removed for ``prefill`` and may come again.
        self._trimmed = self.prefix[len(self.prefill) :]
        self._held = 0  # how much of it has come again
        self._accepted: list[str] = []
        self._length = len(self.prefix)
        self._before: list[str] = []
        self._after: list[str] = []
        self._over = False  # the document has ended
        self._runs = False
        self._error: BaseException | None = None

    def __repr__(self) -> str:
        return f"<Continuation ({self.mode}) at {json_path(self.path)} after {self.prefix[-_EXCERPT:]!r}>"

    @property
    def undecided(self) -> bool:
        """Is the answer still held back because it is not yet known where it joins?"""
        return self._seam is not None

    @property
    def text(self) -> str:
        """The document's text so far, the continuation included."""
        return self.prefix + "".join(self._accepted)

    @property
    def skipped(self) -> list[str]:
        """The parts of the continuation that do not belong to the document: lines before it, text after its end."""
        after = "".join(self._after).strip(_WHITE)
        return [*self._before, after] if after else self._before.copy()

    @property
    def prompt(self) -> str:
        """What to tell the model, in words; "" in the mode "exact"."""
        if self.mode == "exact":
            return ""
        where = f" at {json_path(self.path)}" if self.path else ""
        how = "Send only the JSON text that comes next: nothing that you have sent, no code fence, no explanation."
        if self.mode == "anchored" and self.anchor:
            how = (
                "Begin by repeating exactly these last characters, and go on from there. Send nothing else: no code "
                f"fence, no explanation.\n\n{self.anchor}"
            )
        missing = f" Do not forget {', '.join(map(json_path, self.missing))}." if self.missing else ""
        return f"Your JSON was cut off{where}. Continue it from the very character where it ended.{missing} {how}"

    def turns(self, api: str = "openai-chat") -> list[dict[str, Any]]:
        """The turns to put at the end of the conversation, in the form of an API (names as in ``MessageParser``).

        The model's turn has ``prefill``; the user's turn, except in the mode "exact", has ``prompt``.

        Raises:
            ValueError: the mode is "exact" and the API is not known to continue a turn of the model. (Some models
                refuse it even if their API does.)
        """
        facts = APIS.get(api, _PLAIN)
        if self.mode == "exact" and not facts.prefill:
            raise ValueError(f"{api} cannot continue a turn of the model; use a mode other than 'exact'")
        turns = [_turn(facts, facts.model_role, self.prefill)] if self.prefill else []
        if self.mode != "exact":
            turns.append(_turn(facts, "user", self.prompt))
        elif facts.prefill_flag and turns:
            turns[0][facts.prefill_flag] = True
        return turns

    def feed(self, chunk: str) -> tuple[Event, ...]:
        """Read the next chunk of the answer, cut anywhere; returns what it completed in the document.

        Raises:
            SpliceError: the answer does not continue the document. None of it has been read: the document is as it was,
                and another ``Continuation`` of ``parser`` and ``prefix`` may try another answer.
            ParseError: the answer joined, but later stopped being JSON. What came before stays: a ``Continuation`` of
                ``parser`` and ``text`` goes on from there.
            RuntimeError: this is called from inside another call, or an earlier one was interrupted.
            TypeError: the chunk is not a str.
        """
        if not isinstance(chunk, str):
            raise TypeError(f"a continuation is text, so feed takes str, not {type(chunk).__name__}")
        self._begin_call("feed")
        try:
            if self._seam is None:
                return self._absorb(chunk)
            joined = self._seam.feed(chunk)
            return () if joined is None else self._join(joined)
        except ParseError:
            raise
        except BaseException as error:
            # The answer does not fit, or user code or an interrupt left it half read.
            self._error = error
            raise
        finally:
            self._runs = False

    def end(self, reason: str | None = None) -> Outcome[T]:
        """End the document and tell how, as ``Parser.end``.

        Raises:
            SpliceError: all of the answer was held back, and it does not fit.
        """
        self.flush()
        return self.parser.end(reason)

    def close(self) -> T:
        """End the document and give its final value, as ``Parser.close``.

        Raises:
            SpliceError: as ``end``.
            ParseError, pydantic.ValidationError: as ``Parser.close``.
        """
        self.flush()
        return self.parser.close()

    def flush(self) -> tuple[Event, ...]:
        """Decide with what has come, as ``end`` and ``close`` do; the events of what had been held back.

        Raises:
            SpliceError, ParseError: as ``feed``.
        """
        self._begin_call("flush")
        try:
            events: tuple[Event, ...] = ()
            if self._seam is not None:
                events = self._join(self._seam.end())
            held, self._held = self._trimmed[: self._held], 0
            self._trimmed = ""
            return events + self._read(held)
        except ParseError:
            raise
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._runs = False

    def _begin_call(self, what: str) -> None:
        if self._runs:
            raise RuntimeError(f"{what}() was called from inside another call of the same continuation")
        self.added = self.read = ""
        if self._error is not None:
            if not isinstance(self._error, Exception):
                # Raised again later, it would interrupt something else.
                self._error = RuntimeError(f"an earlier call was interrupted by {type(self._error).__name__}")
            raise self._error.with_traceback(None)
        self._runs = True

    def _join(self, text: str) -> tuple[Event, ...]:
        assert self._seam is not None
        self.repeated = self._seam.repeated
        self._before = self._seam.skipped
        self._seam = None
        return self._absorb(text)

    def _absorb(self, text: str) -> tuple[Event, ...]:
        """Read on, but do not read a second time the white space that ``prefill`` lacks and the prefix has."""
        trimmed, held = self._trimmed, self._held
        if not trimmed:
            return self._read(text)
        missing = len(trimmed) - held
        if len(text) < missing and trimmed.startswith(text, held):
            self._held += len(text)
            return ()
        self._trimmed, self._held = "", 0
        if text.startswith(trimmed[held:]):
            return self._read(text[missing:])
        return self._read(trimmed[:held] + text)

    def _read(self, text: str) -> tuple[Event, ...]:
        """Feed the parser, up to the end of the document; what follows is skipped."""
        parser = self.parser
        if not text:
            return ()
        if self._over:
            self._after.append(text)
            return ()
        piece: str | bytes = text.encode("utf-8", "surrogatepass") if self._as_bytes else text
        read = accepted = text
        try:
            events, used = parser.feed_value(piece)
            read = accepted = piece[:used].decode() if isinstance(piece, bytes) else text[:used]
            if parser.done:
                read = accepted = read[: _end_of(read, parser.json)]
                self._over = True
                self._after.append(text[len(read) :])
        except ParseError as error:
            # The document's text is what the parser understood.
            accepted = text[: max(0, error.pos - self._length)]
            raise
        finally:
            # A call may read more than once; it began with both of them empty.
            self.read += read
            self.added += accepted
            self._accepted.append(accepted)
            self._length += len(accepted)
        return events


def _end_of(text: str, root: Any) -> int:
    """Where a document ends in the text that its parser has read last: without the white space after it, except for
    what ends a number."""
    end = len(text.rstrip(_WHITE))
    is_number = not isinstance(root, str | list | dict | bool | None)
    return min(end + 1, len(text)) if is_number else end


def _decoded(data: bytes) -> str:
    """The text of UTF-8 bytes as a parser reads it: without a byte order mark, up to the first bad byte."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data[: error.start].decode()
    return text.removeprefix("\ufeff")


def _trusted(parser: Parser[T], text: str, as_bytes: bool) -> tuple[Parser[T], str, str]:
    """A parser that can go on, the text that it has read, and what was removed."""

    def feed(parser: Parser[T], text: str) -> None:
        parser.feed(text.encode() if as_bytes else text)

    broken = ""
    if parser.pos == 0 and text:
        with suppress(ParseError):
            feed(parser, text)
    try:
        dropped = parser.reopen()
    except RuntimeError:
        outcome = parser.end()
        error = outcome.error if isinstance(outcome, Failed) else None
        if not isinstance(error, ParseError):
            why = f"it is complete, but {error}" if error is not None else "it is complete"
            raise ValueError(f"the document cannot be continued: {why}") from error
        broken, failed = text[error.pos :], parser
        text = text[: error.pos]
        parser = failed.fresh()
        feed(parser, text)
        if _differ(parser.json, failed.json):
            # The character that was an error had closed a number before.
            text += " "
            feed(parser, " ")
        dropped = parser.reopen()
    if parser.done:
        raise ValueError("the document cannot be continued: it is complete")
    if parser.pos + dropped != len(text):
        raise ValueError(f"the parser has read {parser.pos + dropped} characters, and the text has {len(text)}")
    kept = text[: len(text) - dropped]
    return parser, kept, text[len(kept) :] + broken


def _differ(one: Any, other: Any) -> bool:
    """Do two documents differ? Comparing deep values themselves would recurse."""
    if one is MISSING or other is MISSING:
        return one is not other
    return canonical_text(one) != canonical_text(other)


def _turn(api: API, role: str, text: str) -> dict[str, Any]:
    match api.turn:
        case "parts":
            return {"role": role, "parts": [{"text": text}]}
        case "blocks":
            return {"role": role, "content": [{"text": text}]}
        case "content":
            return {"role": role, "content": text}
