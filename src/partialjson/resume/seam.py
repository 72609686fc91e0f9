"""Where an answer joins the document that it continues.

Models repeat themselves, begin with prose, or wrap JSON in a fence. The seam reads an answer one character at a time
and never revises a decision, so chunks do not matter. It finds the place from which on the answer continues the
document, or that it does not.

It works line by line, since prose and fences are lines; which lines those are, ``partialjson.lenient.lines`` says.
Three things are known about the current line at each
character: whether it repeats the whole prefix so far (ignoring white space outside strings); which repetitions of the
prefix's end are still possible or complete; and whether its own characters could follow the prefix, according to a
parser that has read an outline of the prefix: its open containers without their values. So a line costs its own length,
however long the prefix is. A line is skipped, joins, or is undecided; a line that joins ends the search. The
rules:

1. A repetition of the whole prefix (ignoring white space outside strings), or of its end, is removed if it has at least
   ``LEAST_REPETITION`` characters. The longest one counts. A repeated end counts only if it occurs nowhere else in the
   prefix: in a document that repeats itself, it proves nothing.
2. A shorter repetition, or one that proves nothing, counts only if its own characters could not follow the prefix:
   ``"b":`` after ``{"a":1,"b"``.
3. Otherwise, text that can follow the prefix is taken to follow it. This is decided after a few characters of syntax,
   or after ``HELD`` characters inside a string.
4. Lines that cannot follow are skipped if they are the opening of a JSON fence, blank, or prose. Prose is a line
   without quotes and brackets. Any other line (or any line at all, if the prefix ends inside a string) is skipped only
   if a fence or a repetition (1) follows; after lines with quotes or brackets, the fence must say "json", since a bare
   fence may be a closing one.
5. Everything else is a ``SpliceError``, and the document stays as it was.

    So a genuine continuation that happens to repeat the end of the prefix, if that occurs there only once, is taken for
    a repetition. If that matters, use one of the other modes.

The decision is made one character at a time and never revised, so chunks do not matter. Text after the end of the
document (the end of a fence, a closing remark) is kept in ``skipped``.

**Doubt.** A line that is prose only if the fence or repetition of rule 4 follows is doubtful until that comes. Until
then nothing joins by rule 3. An answer that ends with doubtful lines does not fit: they may have been the continuation,
badly written.

With an ``anchor`` the rules are two: lines are skipped until one begins with the anchor, or with a longer repetition.
"""

from __future__ import annotations

import re
from typing import Any, Final

from partialjson._core.events import Path
from partialjson._core.parser import Parser
from partialjson.errors import Explained, ParseError, json_path
from partialjson.lenient.lines import fence_line, looks_like_json, may_become_fence_line
from partialjson.limits import Limits

__all__ = ["HELD", "LEAST_REPETITION", "Seam", "SpliceError"]

LEAST_REPETITION: Final = 12
"""A repetition of this many characters is accepted even if they could also follow the prefix."""

HELD: Final = 200
"""After this many characters inside a string, a continuation is no longer held back as possible prose."""

_SYNTAX: Final = 8  # characters outside strings that prose does not contain by chance
_LONGEST: Final = 2000  # how much prose is skipped
_WINDOW: Final = 1024  # how far from the prefix's end a repetition of the end may begin
_EXCERPT: Final = 60
_WHITE: Final = " \t\r\n"
_NO_WHITE: Final = {ord(character): None for character in _WHITE}

_QUOTES: Final = re.compile(r'\\.|"', re.DOTALL)


class SpliceError(Explained, ValueError):
    """A continuation does not fit the document that it should continue. The document stays as it was.

    Attributes:
        code: "splice".
        msg: what is wrong, without the position.
        pos: offset in the continuation, in characters, of the place where it stops fitting.
        excerpt: the continuation's text around it.
        path: the open place of the document.
    """

    code: Final = "splice"

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

    def __init__(self, seam: Seam, start: int) -> None:
        self.start = start
        self.characters: list[str] = []
        self.blank = True
        self.whole = _Whole(seam.compact)
        self.whole_at = -1  # how many characters of the line repeat the whole prefix
        # Where in the prefix's end a repetition may have begun; the length of the longest complete one.
        self.window = seam.window
        self.begins: list[int] | range = range(len(seam.window))
        self.ending = 0
        self._seam = seam
        self._probe: Parser[Any] | None = None
        self._is_in_open_string = seam.inside
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
            # The last character may have reached the prefix's end: that repetition is complete.
            if still and still[-1] + at + 1 == len(window):
                still.pop()
                self.ending = at + 1
            self.begins = still
        if self.fails_at < 0:
            self._follow(character, at)

    @property
    def ends(self) -> bool:
        """Do its characters end the document?"""
        return self._probe is not None and self._probe.done and not self._is_in_open_string

    def _follow(self, character: str, at: int) -> None:
        if self.ends:
            return  # a closing remark
        if self._probe is None:
            # Most lines of prose stop here, without a parser of their own.
            if not self._seam.may_begin(character):
                self.fails_at = at
                return
            self._probe = self._seam.probe()
        try:
            self._probe.feed(character)
        except ParseError:
            self.fails_at = at
            return
        if self.escaped:
            self.escaped = False
        elif character == '"':
            if self._is_in_open_string:
                self._probe = self._seam.probe_after_string()
                self._is_in_open_string = False
            self.inside = not self.inside
            self.syntax += 1
        elif self.inside:
            self.escaped = character == "\\"
        else:
            self.syntax += 1

    def must_repeat(self, length: int) -> bool:
        """Is a repetition of that length the only way to read the line?"""
        return 0 <= self.fails_at < length


class Seam:
    """Finds the place from which on an answer continues the document.

    Args:
        prefix, prefill: the text that is kept, and the same without trailing white space.
        anchor: what the answer must begin with; "" if the rules decide.
        outline: a short text that leaves open what the prefix leaves open.
        path: the open place, for errors.
        limits: those of the document.

    Attributes:
        skipped: the lines that do not belong to the document.
        repeated: how many characters repeated the prefix.
    """

    def __init__(self, prefix: str, prefill: str, anchor: str, outline: str, path: Path, limits: Limits) -> None:
        self.base = prefill
        self.anchor = anchor
        self.path = path
        self.compact = _without_white(self.base)
        self.window = self.base[-_WINDOW:]
        self.inside = _ends_inside_string(prefix)
        self.skipped: list[str] = []
        self.repeated = 0
        self._probe: Parser[Any] = Parser(select=[], limits=limits)
        self._probe.feed(outline)
        # Which characters can follow the prefix, and which lengths of its end occur in it only there.
        self._beginnings: dict[str, bool] = {}
        self._unique: dict[int, bool] = {}
        self._marked = False  # a line with quotes or brackets was skipped
        self._read = 0
        # Lines were skipped that turn out to be prose only if a fence or a repetition follows: at any time, and since
        # the last fence.
        self._doubtful = False
        self._needs_proof = False
        self._line = _Line(self, 0)

    def probe(self) -> Parser[Any]:
        """A parser that takes the characters that can follow the prefix, up to the end of a string that is open.

        Any number of lines can be skipped inside a string, so they must not cost its depth.
        """
        if self.inside:
            probe: Parser[Any] = Parser(select=[])
            probe.feed('"')
            return probe
        return self._probe.fork()

    def probe_after_string(self) -> Parser[Any]:
        probe = self._probe.fork()
        probe.feed('"')
        return probe

    def may_begin(self, character: str) -> bool:
        """Can this character follow the prefix?"""
        kind = character if character.isascii() else "\x80"
        may = self._beginnings.get(kind)
        if may is None:
            probe = self.probe()
            try:
                probe.feed(character)
            except ParseError:
                may = False
            else:
                may = True
            self._beginnings[kind] = may
        return may

    def feed(self, chunk: str) -> str | None:
        """The text that continues the document, once it is known where that begins."""
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
        """The same, when nothing more comes."""
        line = self._line
        if not line.characters:
            return self._nothing(line)
        text = line.text
        if line.undecided:
            # A repetition that was itself cut brings nothing new.
            whole = line.whole.alive and line.whole.matched >= LEAST_REPETITION
            if whole or (line.begins and self._proves(text)) or line.must_repeat(len(text)):
                self.repeated = len(text)
                return ""
        joined = self._repetition(line)
        if joined is not None:
            return joined
        if line.fails_at < 0 and not self.anchor and not self._needs_proof:
            return text
        if fence_line(text + "\n") is not None:
            return self._nothing(line)
        raise self._misfit(line)

    def _nothing(self, line: _Line) -> str:
        """Everything that came was skipped."""
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
        if may_become_fence_line(text):
            return None
        fence = fence_line(text)
        # A fence that names no language may be the end of one.
        if fence is not None and (fence or not self._marked):
            self._skip(line, False)
            return None
        if not self.anchor and line.fails_at < 0:
            if line.syntax < _SYNTAX and len(text) < HELD and not line.ends:
                return None
            if not self._needs_proof:
                return text
            raise self._misfit(line)
        if self._read > _LONGEST:
            raise self._misfit(line)
        if text[-1] == "\n":
            self._skip(line, self._needs_proof or self.inside or looks_like_json(text))
        return None

    def _repetition(self, line: _Line) -> str | None:
        """What follows a repeated end, if there is one that counts."""
        length = line.ending
        if not length:
            return None
        if self.anchor:
            return self._cut(line, length) if length >= len(self.anchor) else None
        return self._cut(line, length) if self._end_proves(length) or line.must_repeat(length) else None

    def _proves(self, text: str) -> bool:
        """Is a repetition accepted even if its text could also be new?"""
        return len(text) >= LEAST_REPETITION and self.base.find(text) == self.base.rfind(text)

    def _end_proves(self, length: int) -> bool:
        """``_proves`` for so many characters of the end of the prefix."""
        if length not in self._unique:
            self._unique[length] = self._proves(self.base[-length:])
        return self._unique[length]

    def _cut(self, line: _Line, length: int) -> str:
        self.repeated = length
        return line.text[length:]

    def _skip(self, line: _Line, needs_proof: bool) -> None:
        if not line.blank:
            self.skipped.append(line.text)
            self._marked = self._marked or looks_like_json(line.text)
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
            msg = "the continuation writes the document again, but differs from it"
        elif self._needs_proof:
            msg = "the continuation begins with text that is not JSON, and it is unclear where the document goes on"
        else:
            msg = "the continuation cannot follow the document"
        return SpliceError(msg, line.start + at, excerpt, self.path)
