"""Going on with a document that was cut: what is worth keeping, what to ask for, and where the answer joins.

    rest = Continuation(parser, text)          # text: what the parser was fed
    ask_the_model(rest.turns("anthropic-messages"))
    for chunk in answer:
        rest.feed(chunk)                       # the same parser goes on: same values, same deltas
    order = rest.close()

**What is kept.** The longest prefix whose meaning cannot change any more: the text without a number, a literal or an
escape that was cut, and without all from a syntax error on (the parser is then a new one, fed with that prefix; it
gives the same values). Strings that were cut stay and grow. ``prefill`` is the prefix without white space at its end,
which some APIs refuse; what was taken off may be repeated by the model or not.

**Where the answer joins.** Models repeat themselves, put prose in front, or wrap JSON in a fence. The mode says what
was asked for, and so what may be believed:

``"exact"``
    The API itself goes on from ``prefill``. Nothing is looked for: every character counts.
``"anchored"``
    The model was asked to begin with ``anchor``, the last characters of ``prefill``, and must. Lines before it are
    skipped. A longer repetition counts too, if the answer does not begin with the anchor. This is never ambiguous.
``"auto"``
    The model was asked to go on, and whatever it does is judged, line by line:

    1. A repetition of the whole prefix (white space outside strings aside), or of its end, is cut off where it has at
       least ``LEAST_REPETITION`` characters. The longest counts. A repeated end counts only if it occurs nowhere else
       in the prefix: a document that repeats itself proves nothing.
    2. A shorter repetition, or one that proves nothing, counts only where its own characters could not follow the
       prefix: ``"b":`` after ``{"a":1,"b"``.
    3. Otherwise text that can follow the prefix does. It is believed after a few characters of syntax, or after
       ``HELD`` characters inside a string.
    4. Of what cannot follow, whole lines are skipped: the opening of a fence for JSON, blank lines, and prose. Prose is
       a line without quotes and brackets; any other line, and any line at all where the prefix ends inside a string,
       is skipped only if a fence or a repetition (1) follows, and after lines with quotes or brackets the fence must
       say "json", since one that says nothing may be the end of a fence.
    5. Everything else is a ``SpliceError``, and the document stays as it was.

    So a genuine continuation that happens to repeat the end of the prefix, characters that stand there once, is taken
    for a repetition. Where that matters use one of the other modes.

The decision takes one character after another and never looks back, so chunks do not show. Text after the end of the
document (the end of a fence, a farewell) is kept in ``skipped``.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Final, Generic, Literal

from partialjson._core.events import Event, Path
from partialjson._core.parser import Parser
from partialjson._typevars import T
from partialjson.errors import ParseError, json_path
from partialjson.limits import Limits
from partialjson.outcomes import Failed, Outcome
from partialjson.wire.apis import API, APIS

__all__ = ["ANCHOR", "HELD", "LEAST_REPETITION", "Continuation", "Mode", "SpliceError"]

Mode = Literal["auto", "exact", "anchored"]

LEAST_REPETITION: Final = 12
"""Characters of a repetition that is believed although they could also follow the prefix."""

HELD: Final = 200
"""Characters inside a string after which a continuation is no longer held back as possible prose."""

ANCHOR: Final = 40
"""Characters of the prefix that the model is asked to repeat in the mode "anchored"."""

_SYNTAX: Final = 8  # characters outside strings that prose does not have by chance
_LONGEST: Final = 2000  # how much prose is skipped
_WINDOW: Final = 1024  # how far from the prefix's end a repetition of the end may begin
_EXCERPT: Final = 60
_WHITE: Final = " \t\r\n"

_FENCE: Final = re.compile(r"[ \t]*```(json[0-9a-z]*)?[ \t]*\r?\n", re.IGNORECASE)
_FENCE_BEGINS: Final = re.compile(r"[ \t]*`{0,3}|[ \t]*```[a-z0-9]*[ \t]*\r?", re.IGNORECASE)
_MARKS: Final = re.compile(r'["{}\[\]]')
_TO_BRACKET: Final = re.compile(r"[^}\]]*[}\]]|[^}\]]+")
_EACH: Final = re.compile(r".", re.DOTALL)
_QUOTES: Final = re.compile(r'\\.|"', re.DOTALL)

# A name that is no known API's stands for one whose turns are the plain ones.
_PLAIN: Final = API("")


class SpliceError(ValueError):
    """A continuation does not fit the document it should continue. The document stays as it was.

    Attributes:
        msg: what is wrong, without the position.
        pos: offset in the continuation, in characters, of the place where it stopped to fit.
        excerpt: the continuation's text around it.
        path: the open place of the document.
    """

    def __init__(self, msg: str, pos: int, excerpt: str, path: Path) -> None:
        super().__init__(msg, pos, excerpt, path)
        self.msg = msg
        self.pos = pos
        self.excerpt = excerpt
        self.path = path

    def __str__(self) -> str:
        return (
            f"{self.msg}: char {self.pos} of the continuation, at {self.excerpt!r}, to go on at {json_path(self.path)}"
        )


class Continuation(Generic[T]):
    """A document that was cut, and the answer that goes on with it.

    Args:
        parser: the parser that read the document: open, truncated, or stopped by a ParseError; or a new one.
        text: all the text it was fed, str or bytes as it was fed. A new parser is fed it here.
        mode: what the model was asked for: "auto", "exact" or "anchored"; see the module.

    Attributes:
        parser: the parser that goes on. It is the one given, or, where that had failed, a new one in its stead.
        prefix: the trustworthy text that is kept.
        dropped: what was cut off the end of the text, "" mostly.
        prefill: the prefix in a form to end a model's own turn with.
        anchor: the end of ``prefill`` that the model repeats in the mode "anchored".
        path: the place at which the document goes on.
        missing: required fields that had not come, as in ``Truncated.missing``.
        repeated: how many characters of the continuation repeated the prefix.

    Raises:
        ValueError: there is nothing to go on with: the document is whole, or invalid for its target, or the text is not
            what the parser was fed.
        TypeError: the text is neither str nor bytes.
    """

    def __init__(self, parser: Parser[T], text: str | bytes, *, mode: Mode = "auto") -> None:
        if mode not in ("auto", "exact", "anchored"):
            raise ValueError(f"mode is 'auto', 'exact' or 'anchored', not {mode!r}")
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
        limits = self.parser._limits
        self._seam: _Seam | None = None if mode == "exact" else _Seam(self, limits)
        # White space that was taken off for ``prefill`` and may come again.
        self._trimmed = self.prefix[len(self.prefill) :]
        self._held = ""
        self._accepted: list[str] = []
        self._before: list[str] = []
        self._after: list[str] = []
        self._pattern: re.Pattern[str] | None = None
        self._error: SpliceError | None = None

    def __repr__(self) -> str:
        return f"<Continuation ({self.mode}) at {json_path(self.path)} after {self.prefix[-_EXCERPT:]!r}>"

    @property
    def undecided(self) -> bool:
        """Is the answer still held back, because it is not known where it joins?"""
        return self._seam is not None

    @property
    def text(self) -> str:
        """The document's text so far, the continuation included."""
        return self.prefix + "".join(self._accepted)

    @property
    def skipped(self) -> list[str]:
        """What of the continuation is no part of the document: lines before it, the text after its end."""
        after = "".join(self._after).strip(_WHITE)
        return [*self._before, after] if after else self._before.copy()

    @property
    def prompt(self) -> str:
        """What to tell the model, in words. In the mode "exact" nothing has to be said."""
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

        The model's turn has ``prefill``; the user's turn, but in the mode "exact", has ``prompt``.

        Raises:
            ValueError: the mode is "exact" and the API is not known to go on with a turn of the model. (Where it is,
                some models still refuse it.)
        """
        facts = APIS.get(api, _PLAIN)
        if self.mode == "exact" and not facts.prefill:
            raise ValueError(f"{api} does not go on with a turn of the model; use another mode than 'exact'")
        turns = [_turn(facts, facts.model_role, self.prefill)] if self.prefill else []
        if self.mode != "exact":
            turns.append(_turn(facts, "user", self.prompt))
        elif facts.prefill_flag and turns:
            turns[0][facts.prefill_flag] = True
        return turns

    def feed(self, chunk: str) -> tuple[Event, ...]:
        """Read the next piece of the answer, cut anywhere; gives what it completed in the document.

        Raises:
            SpliceError: the answer does not go on with the document. Nothing of it has been read: the document is as it
                was, and another ``Continuation`` of ``parser`` and ``prefix`` may try another answer.
            ParseError: the answer joined, and later stopped to be JSON. What came before stays: a ``Continuation`` of
                ``parser`` and ``text`` goes on from there.
            TypeError: the chunk is no str.
        """
        if not isinstance(chunk, str):
            raise TypeError(f"a continuation is text, so feed takes str, not {type(chunk).__name__}")
        if self._error is not None:
            raise self._error.with_traceback(None)
        if self._seam is None:
            return self._absorb(chunk)
        try:
            joined = self._seam.feed(chunk)
        except SpliceError as error:
            self._error = error
            raise
        return () if joined is None else self._join(joined)

    def end(self, reason: str | None = None) -> Outcome[T]:
        """End the document and tell how, as ``Parser.end``.

        Raises:
            SpliceError: all of the answer was held back, and does not fit.
        """
        self._finish()
        return self.parser.end(reason)

    def close(self) -> T:
        """End the document and give its final value, as ``Parser.close``.

        Raises:
            SpliceError: as ``end``.
            ParseError, pydantic.ValidationError: as ``Parser.close``.
        """
        self._finish()
        return self.parser.close()

    def _finish(self) -> tuple[Event, ...]:
        """Decide with what has come; the events of what had been held back."""
        if self._error is not None:
            raise self._error.with_traceback(None)
        events: tuple[Event, ...] = ()
        if self._seam is not None:
            try:
                joined = self._seam.end()
            except SpliceError as error:
                self._error = error
                raise
            events = self._join(joined)
        held, self._held, self._trimmed = self._held, "", ""
        return events + self._read(held)

    def _join(self, text: str) -> tuple[Event, ...]:
        assert self._seam is not None
        self.repeated = self._seam.repeated
        self._before = self._seam.skipped
        self._seam = None
        return self._absorb(text)

    def _absorb(self, text: str) -> tuple[Event, ...]:
        """Read on, but not white space a second time that ``prefill`` lacks and the prefix has."""
        if not self._trimmed:
            return self._read(text)
        self._held += text
        if self._trimmed.startswith(self._held) and self._held != self._trimmed:
            return ()
        held, self._held = self._held.removeprefix(self._trimmed), ""
        self._trimmed = ""
        return self._read(held)

    def _read(self, text: str) -> tuple[Event, ...]:
        """Feed the parser, up to the end of the document; what follows is skipped."""
        parser = self.parser
        events: tuple[Event, ...] = ()
        for piece in self._pieces(text):
            if parser.done:
                self._after.append(piece)
                continue
            try:
                events += parser.feed(piece.encode() if self._as_bytes else piece)
            except ParseError as error:
                # The document's text is what the parser understood.
                self._accepted.append(piece[: max(0, error.pos - len(self.text))])
                error.events = events + error.events
                raise
            self._accepted.append(piece)
        return events

    def _pieces(self, text: str) -> list[str]:
        """The text cut wherever the root of the document might close, so that what follows can be kept apart."""
        if self._pattern is None:
            first = (self.text + text).lstrip(_WHITE)[:1]
            if not first:
                return [text]
            self._pattern = _TO_BRACKET if first in "{[" else _EACH
        return self._pattern.findall(text)


def _decoded(data: bytes) -> str:
    """The text of UTF-8 bytes as a parser reads it: without a byte order mark, up to what is no UTF-8."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data[: error.start].decode()
    return text.removeprefix("\ufeff")


def _trusted(parser: Parser[T], text: str, as_bytes: bool) -> tuple[Parser[T], str, str]:
    """A parser that can go on, the text it has read, and what was cut off."""

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
            why = f"it is whole, but {error}" if error is not None else "it is whole"
            raise ValueError(f"the document cannot be continued: {why}") from error
        broken, failed = text[error.pos :], parser
        text = text[: error.pos]
        parser = failed.fresh()
        feed(parser, text)
        if parser.json != failed.json:
            # The character that was an error had closed a number before.
            text += " "
            feed(parser, " ")
        dropped = parser.reopen()
    if parser.done:
        raise ValueError("the document cannot be continued: it is whole")
    if parser.pos + dropped != len(text):
        raise ValueError(f"the parser has read {parser.pos + dropped} characters, and the text has {len(text)}")
    kept = text[: len(text) - dropped]
    return parser, kept, text[len(kept) :] + broken


def _turn(api: API, role: str, text: str) -> dict[str, Any]:
    match api.turn:
        case "parts":
            return {"role": role, "parts": [{"text": text}]}
        case "blocks":
            return {"role": role, "content": [{"text": text}]}
        case "content":
            return {"role": role, "content": text}


def _ends_inside_string(text: str) -> bool:
    return sum(1 for found in _QUOTES.finditer(text) if found.group() == '"') % 2 == 1


def _without_white(text: str) -> str:
    """JSON text without white space outside strings; it may be cut."""
    parts: list[str] = []
    start = 0
    inside = False
    for found in _QUOTES.finditer(text):
        if found.group() == '"':
            part = text[start : found.end()]
            parts.append(part if inside else part.translate(_NO_WHITE))
            start = found.end()
            inside = not inside
    rest = text[start:]
    return "".join([*parts, rest if inside else rest.translate(_NO_WHITE)])


_NO_WHITE: Final = {ord(character): None for character in _WHITE}


class _Whole:
    """Does a text repeat the whole prefix? White space outside strings does not count."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.matched = 0
        self.alive = bool(prefix)
        self._inside = False
        self._escaped = False

    @property
    def finished(self) -> bool:
        return self.alive and self.matched == len(self.prefix)

    def read(self, character: str) -> None:
        if not self._inside and character in _WHITE:
            return
        if self.prefix[self.matched] != character:
            self.alive = False
            return
        self.matched += 1
        if self._escaped:
            self._escaped = False
        elif character == "\\":
            self._escaped = self._inside
        elif character == '"':
            self._inside = not self._inside


class _Line:
    """An attempt to join at the beginning of a line of the continuation."""

    def __init__(self, seam: _Seam, start: int) -> None:
        self.start = start
        self.characters: list[str] = []
        self.blank = True
        self.whole = _Whole(seam.compact)
        self.whole_at = -1  # how many characters of the line repeat the whole prefix
        # Where in the prefix's end a repetition of it may have begun; the length of the longest that is complete.
        self.window = seam.window
        self.begins: list[int] | range = range(len(seam.window))
        self.ending = 0
        self.probe = seam.probe()
        self.fails_at = -1  # which character cannot follow the prefix
        self.syntax = 0  # characters outside strings that can
        self.inside = seam.inside
        self.escaped = False

    @property
    def text(self) -> str:
        return "".join(self.characters)

    @property
    def undecided(self) -> bool:
        """May a longer repetition still come?"""
        return bool(self.begins) or (self.whole.alive and self.whole_at < 0)

    def read(self, character: str) -> None:
        at = len(self.characters)
        self.characters.append(character)
        self.blank = self.blank and character in _WHITE
        if self.whole.alive and self.whole_at < 0:
            self.whole.read(character)
            if self.whole.finished:
                self.whole_at = at + 1
        if self.begins:
            window = self.window
            still = [begin for begin in self.begins if window[begin + at] == character]
            # The last may have reached the prefix's end: that repetition is complete.
            if still and still[-1] + at + 1 == len(window):
                still.pop()
                self.ending = at + 1
            self.begins = still
        if self.fails_at < 0:
            self._probe(character, at)

    def _probe(self, character: str, at: int) -> None:
        if self.probe.done:
            return  # a farewell
        try:
            self.probe.feed(character)
        except ParseError:
            self.fails_at = at
            return
        if self.escaped:
            self.escaped = False
        elif character == '"':
            self.inside = not self.inside
            self.syntax += 1
        elif self.inside:
            self.escaped = character == "\\"
        else:
            self.syntax += 1

    def must_repeat(self, length: int) -> bool:
        """Is a repetition of that length the only way to read the line?"""
        return 0 <= self.fails_at < length


class _Seam:
    """Finds the place in a continuation from which on it continues the document."""

    def __init__(self, continuation: Continuation[Any], limits: Limits) -> None:
        self.base = continuation.prefill
        self.anchor = continuation.anchor if continuation.mode == "anchored" else ""
        self.path = continuation.path
        self.compact = _without_white(self.base)
        self.window = self.base[-_WINDOW:]
        self.inside = _ends_inside_string(continuation.prefix)
        self.skipped: list[str] = []
        self.repeated = 0
        self._probe: Parser[Any] = Parser(select=[], limits=limits)
        self._probe.feed(continuation.prefix)
        self._read = 0
        # Lines were skipped that only a fence or a repetition shows to be prose; ever, and since the last fence.
        self._doubtful = False
        self._needs_proof = False
        self._line = _Line(self, 0)

    def probe(self) -> Parser[Any]:
        """A parser that has read the prefix."""
        return self._probe.fork()

    def feed(self, chunk: str) -> str | None:
        """The text that continues the document, once it is known where it begins."""
        for at, character in enumerate(chunk):
            line = self._line
            self._read += 1
            if not line.characters:
                # Inside a string white space is text, and a line feed is not.
                if character in _WHITE and (character in "\r\n" or self.anchor or not self.inside):
                    continue
                line.start = self._read - 1
            line.read(character)
            joined = self._decide(line)
            if joined is not None:
                return joined + chunk[at + 1 :]
        return None

    def end(self) -> str:
        """The same, where nothing more comes."""
        line = self._line
        if not line.characters:
            return self._nothing(line)
        text = line.text
        if line.undecided:
            # A repetition that was itself cut says nothing new.
            whole = line.whole.alive and line.whole.matched >= LEAST_REPETITION
            if whole or (line.begins and self._proves(text)) or line.must_repeat(len(text)):
                self.repeated = len(text)
                return ""
        joined = self._repetition(line)
        if joined is not None:
            return joined
        if line.fails_at < 0 and not self.anchor and not self._needs_proof:
            return text
        if _FENCE.fullmatch(text + "\n"):
            return self._nothing(line)
        raise self._misfit(line)

    def _nothing(self, line: _Line) -> str:
        """Nothing came but what was skipped."""
        if self._doubtful:
            raise self._misfit(line)
        return ""

    def _decide(self, line: _Line) -> str | None:
        if self.anchor and len(line.characters) == len(self.anchor) and line.text == self.anchor:
            return self._cut(line, len(self.anchor))
        if line.whole_at == len(line.characters) and (
            self.anchor or len(self.compact) >= LEAST_REPETITION or line.must_repeat(line.whole_at)
        ):
            return self._cut(line, line.whole_at)
        if line.blank and line.characters[-1] == "\n":
            self._skip(line, self._needs_proof)
            return None
        if line.undecided:
            return None
        joined = self._repetition(line)
        return self._without_repetition(line) if joined is None else joined

    def _without_repetition(self, line: _Line) -> str | None:
        text = line.text
        if _FENCE_BEGINS.fullmatch(text):
            return None
        fence = _FENCE.fullmatch(text)
        # A fence that names no language may be the end of one.
        if fence and (fence[1] or not any(_MARKS.search(line) for line in self.skipped)):
            self._skip(line, False)
            return None
        if not self.anchor and line.fails_at < 0:
            if line.syntax < _SYNTAX and len(text) < HELD and not line.probe.done:
                return None
            if not self._needs_proof:
                return text
            raise self._misfit(line)
        if self._read > _LONGEST:
            raise self._misfit(line)
        if text[-1] == "\n":
            self._skip(line, self._needs_proof or self.inside or _MARKS.search(text) is not None)
        return None

    def _repetition(self, line: _Line) -> str | None:
        """What follows a repeated end, if there is one that counts."""
        length = line.ending
        if not length:
            return None
        if self.anchor:
            counts = length >= len(self.anchor)
        else:
            counts = self._proves(line.text[:length]) or line.must_repeat(length)
        return self._cut(line, length) if counts else None

    def _proves(self, text: str) -> bool:
        """Is a repetition believed although its text could also be new?"""
        return len(text) >= LEAST_REPETITION and self.base.find(text) == self.base.rfind(text)

    def _cut(self, line: _Line, length: int) -> str:
        self.repeated = length
        return line.text[length:]

    def _skip(self, line: _Line, needs_proof: bool) -> None:
        if not line.blank:
            self.skipped.append(line.text)
        self._needs_proof = needs_proof
        self._doubtful = self._doubtful or needs_proof
        self._line = _Line(self, self._read)

    def _misfit(self, line: _Line) -> SpliceError:
        at = max(line.fails_at, 0)
        text = line.text or self.skipped[-1]
        excerpt = text[max(0, at - _EXCERPT // 2) : at + _EXCERPT // 2]
        if self.anchor:
            msg = f"the continuation does not begin with {self.anchor!r}"
        elif line.whole.matched >= LEAST_REPETITION:
            msg = "the continuation writes the document again, and differs from it"
        elif self._needs_proof:
            msg = "the continuation begins with text that is no JSON, and it is unclear where it goes on"
        else:
            msg = "the continuation cannot follow the document"
        return SpliceError(msg, line.start + at, excerpt, self.path)
