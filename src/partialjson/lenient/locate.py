"""Finding the document in what a model wrote: between prose, in a fence, after thinking aloud, inside tags.

A ``Locator`` stands in front of a reader, such as a parser. It takes the text first, cut anywhere, and hands on the
document from its first character on. From there the reader decides where the document ends, since back-ticks, brackets
and tags inside a string are content:

    locator = Locator(kinds)
    while text:
        if not locator.reading:
            text = locator.seek(text)                   # from the document's first character on; "" if it has not come
        else:
            events, used = parser.feed_value(text)
            text = locator.advance(text, used, parser.done)
    ...
    text = locator.end()                                # at the end of the text: what only the end could decide

When a document begins, ``start``, ``start_bytes``, ``line`` and ``line_start`` say where in the text that is. A lexer
that takes them as its base counts in the offsets of the text.

**At once or by its looks.** ``{`` or ``[`` is handed on at once where a document is expected: at the beginning of the
text, after a block of thoughts, in a fence that says JSON or nothing, after the tag of a call or an answer. Anywhere
else it is a candidate, and must look like JSON: an object by its first key and the colon, an array by its first
element. Until then the text is held, at most ``HELD`` characters of it. A refused candidate is prose, and the search
goes on behind its bracket. So ``{placeholder}``, ``[x]``, ``[text](url)`` and ``[[1]](url)`` are passed over.

**Weak candidates** look like JSON and like prose: ``{}``, ``[]``, a footnote such as ``[1]``, and numbers in brackets
that neither begin a line nor follow a colon (``see [1, 2]``). The first of them is kept, and handed on at the end if
nothing better has come. Where the target takes a scalar too, numbers count only between a colon, or the beginning of
the line, and the end of the line; otherwise they are part of the prose.

**A scalar** can be prose too, so it is handed on at the end, if no container was found and the target allows it: what
the first fence holds, or else the last stretch of prose. A string that begins the text may contain anything that looks
like a document; as long as it reads as a JSON string, nothing is looked for in it.

**Skipped** is everything else, in spans that touch: prose; fences, with what is in them besides the document; blocks of
thoughts; tags. White space that begins the text or follows a document belongs to the span that comes next; if none
does, or a document, it is in no span.

Nothing is ever taken back: a document that was handed on stays, whatever follows. Each decision depends on the text
alone and not on how it was cut. Each character is looked at a bounded number of times. All state is plain data.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from partialjson._core.loose_rules import SCALAR_IS_WORSE
from partialjson._core.spec import ANYTHING, ARRAY, OBJECT, STRING
from partialjson.lenient.candidates import HELD, MORE, WEAK, YES, looks_of
from partialjson.limits import LARGEST
from partialjson.repairs import Skipped

__all__ = ["Locator", "Skipped", "SkippedKind"]

_BLANK: Final = " \t\r\n"
_CONTAINERS: Final = OBJECT | ARRAY
_INFO: Final = 32  # characters of a fence's info string that are looked at

_NOT_BLANK: Final = re.compile(r"[^ \t\r\n]")
# Where something other than prose may begin, while a document is looked for and afterwards.
_SIGNS: Final = re.compile(r"[{\[`~<◁]")
_SIGNS_AFTER: Final = re.compile(r"[`~<◁\[]")
_SIGNS_IN_FENCE: Final = re.compile(r"[{\[`~]")
_SIGNS_OF_INFO: Final = re.compile(r"[\n{\[`]")


_TAG: Final = re.compile(r"<(/?)([A-Za-z][\w.:-]*)(?:[\s=][^<>]*)?>")
_TAG_BEGINS: Final = re.compile(r"<(?:/?(?:[A-Za-z][\w.:-]*(?:[\s=][^<>]*)?)?)?")
_TOKEN: Final = re.compile(r"<([|｜])[^|｜<>\s]+\1>")
_TOKEN_BEGINS: Final = re.compile(r"<(?:[|｜][^|｜<>\s]*[|｜]?)?")
_BRACKET_TOKENS: Final = ("[TOOL_CALLS]", "[/TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "[INST]", "[/INST]")

_BRACKET_TOKEN_STARTS: Final = tuple({token[:2] for token in (*_BRACKET_TOKENS, "[THINK]")})

# Names of tags: what is between these is thoughts, and after these a document is expected.
_THOUGHTS: Final = {
    *("think", "thinking", "thought", "thoughts", "seed:think", "antthinking"),
    *("reasoning", "reflection", "scratchpad", "analysis"),
}
_ANSWERS: Final = {
    *("tool_call", "tool_calls", "toolcall", "tool_use", "function_call", "function_calls", "functioncall"),
    *("function", "invoke", "arguments", "parameters"),
    *("json", "answer", "final_answer", "final", "output", "result", "response"),
}
# Blocks of thoughts that are not marked by tags of one name.
_THOUGHT_TOKENS: Final = {
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
    "<|START_THINKING|>": "<|END_THINKING|>",
    "<|channel|>analysis<|message|>": "<|end|>",
}

_SCRIPT: Final = re.compile(r"json|javascript|\bjs\b")  # languages in which bare keys are usual

_STRING_SIGN: Final = re.compile(r'["\\\x00-\x1f]')

_VERSION: Final = 1

_Place = tuple[int, int, int, int]  # offsets in characters and in bytes, a line, and where that begins
_NOWHERE: Final = (-1, -1, -1, -1)


SkippedKind = Literal["prose", "fence", "think", "tag", "document"]
"""What was skipped: prose; a fence, with what is in it besides the document; thoughts of the model; a tag; another
document, where the last one was asked for."""


class Locator:
    """Finds documents in text; see the module.

    Args:
        kinds: the kinds of JSON that a document may be, as a bit set of ``partialjson._core.spec``. A candidate of
            another kind is prose. With ``SCALAR_IS_WORSE``, a weak candidate is better than any scalar.
        many: whether to look for another document after one has ended. Then only containers are looked for, and none
            that is weak.

    Attributes:
        reading: whether a document is open, so that text goes to its reader.
        whole: whether the document is the text that ``end`` has returned, without more.
        found: how many documents have begun.
        pos: how many characters of the text have come.
        start: where the last document begins, in characters; -1 before one has.
        start_bytes: the same in bytes, if the text were UTF-8; half a surrogate pair counts as three.
        line, line_start: the line in which it begins, from 1, and where that line begins.
        skipped: the spans that are no part of a document, in order. The last one may still grow.
    """

    def __init__(self, kinds: int = ANYTHING, *, many: bool = False) -> None:
        self.kinds = kinds
        self.many = many
        self.reading = False
        self.whole = False
        self.found = 0
        self.pos = 0
        self.start = -1
        self.start_bytes = -1
        self.line = 1
        self.line_start = 0
        self.skipped: list[Skipped] = []
        self._looks = bool(kinds & _CONTAINERS)  # is a container looked for?
        self._keeps = not many and bool(kinds & ANYTHING & ~_CONTAINERS)  # may a scalar be the document?
        self._held = ""  # what came and is not decided
        self._read_to = 0  # how far the reader of the open document has come
        # Where we are: in a fence of so many of these characters, on its first line, or in a block of thoughts.
        self._fence = ""
        self._on_info = False
        self._info = ""
        self._foreign = False  # it names another language, in which bare keys prove nothing
        self._closes = ""  # what ends the block of thoughts
        # What stands before the next character.
        self._expected = True  # nothing but white space since a place where a document is expected
        self._may_be_string = True  # a quote there may begin a string that is the document
        self._introduced = True  # nothing else in its line, or a colon
        self._before = ""  # the character itself
        # A string that begins the text: is it still one, has it closed, does its last backslash escape?
        self._in_string = False
        self._closed = False
        self._escaped = False
        self._blank_at = -1  # where white space begins that is in no span yet
        self._refused = -1  # where a document began of which its reader has taken nothing
        self._string_line_at = 0  # where the line begins that it begins in
        # Text that may be a scalar, or a weak candidate: where it begins, and its pieces.
        self._stretch_at: _Place = _NOWHERE
        self._stretch: list[str] = []
        self._scalar: tuple[_Place, str] | None = None
        self._scalar_is_fenced = False
        self._weak: tuple[_Place, str] | None = None
        # Lines and bytes of the text before what is held.
        self._bytes = 0
        self._lines = 1
        self._line_at = 0

    # The face.

    def seek(self, text: str) -> str:
        """Take the next piece of text outside a document; the text from the first character of a document on, or "".

        If a document begins, ``reading`` is true from now on, and the rest of the text belongs to its reader.
        """
        assert not self.reading
        self.pos += len(text)
        s = self._held + text
        self._held = ""
        return self._search(s, False)

    def advance(self, text: str, used: int, done: bool = False) -> str:
        """The reader was given this text, and has taken so many characters of it; returns the rest, for ``seek``.

        The document is over, and ``reading`` false, if that is not all of the text. If its reader says that it is
        ``done``, it is over too: at its last character, even if the reader has taken white space after it.
        """
        assert self.reading
        if done:
            used = len(text[:used].rstrip(_BLANK))
        self.pos = self._read_to + len(text)
        self._read_to += used
        self._count(text, 0, used)
        self._bytes += _size(text[:used])
        if used > 0:
            self._before = text[used - 1]
        if used == len(text) and not done:
            return ""
        self.pos = self._read_to  # ``seek`` counts the rest
        self._over()
        return text[used:]

    def advanced(self, pos: int, byte: int, line: int, line_start: int) -> None:
        """The document is over: it ended before this place, and with a closing bracket. Instead of ``advance``, for a
        reader that counts in the offsets of the text."""
        assert self.reading
        self.pos = self._read_to = pos
        self._bytes = byte
        self._lines = line
        self._line_at = line_start
        self._before = "]"
        self._over()

    @property
    def in_string(self) -> int:
        """Where the text ends: 1 inside a string that may be the document, 2 the same after a backslash, 0 elsewhere.

        Inside it, ``seek`` finds nothing before a quote or a control character comes, however much it is given.
        """
        if not self._in_string or self._closed:
            return 0
        return 2 if self._escaped else 1

    @property
    def ended(self) -> int:
        """Where the last document ended, in characters; -1 if none has."""
        return self._read_to if self.found and not self.reading else -1

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where the text ends that has come: in characters, in bytes, the line, and where that begins."""
        held = self._held
        at = held.rfind("\n")
        line_start = self._line_at if at < 0 else self.pos - len(held) + at + 1
        return self.pos, self._bytes + _size(held), self._lines + held.count("\n"), line_start

    def end(self) -> str:
        """No more text comes: the document that only the end could decide, or "".

        If it is a weak candidate or a scalar, ``whole`` is true: its reader gets this text and nothing else. Otherwise
        its beginning was held, and the text goes through ``advance`` and ``seek`` as ever; then this is called again.
        """
        if self.reading:
            return ""
        s, self._held = self._held, ""
        found = self._search(s, True)
        if self.reading or self.found:
            return found
        self._end_stretch()
        chosen = self._weak or self._scalar
        if chosen is None:
            return ""
        (at, size, line, line_start), text = chosen
        bare = text.strip(_BLANK)
        blank = text[: text.index(bare)]
        self._uncover(at, at + len(text))
        self.reading = self.whole = True
        self.found = 1
        self.start = self._read_to = at + len(blank)
        self.start_bytes = size + len(blank)
        self.line = line + blank.count("\n")
        self.line_start = at + blank.rfind("\n") + 1 if "\n" in blank else line_start
        return bare

    def take_skipped(self) -> list[Skipped]:
        """The spans that cannot grow any more; they are forgotten."""
        grows = not self.reading and self.skipped and self.skipped[-1].end == self.pos - len(self._held)
        kept = self.skipped[-1:] if grows else []
        done = self.skipped[:-1] if grows else self.skipped
        self.skipped = kept
        return done

    @property
    def lines(self) -> int:
        """The line in which the text ends, from 1; what is held is not counted."""
        return self._lines

    # Plain data.

    def save(self) -> dict[str, Any]:
        """The state as plain data that JSON can hold: equal for equal text, however it was cut."""
        self._join()
        return {
            "locator": _VERSION,
            "kinds": self.kinds,
            "many": self.many,
            "at": [self.found, self.pos, self.start, self.line, self.line_start],
            "lines": [self._lines, self._line_at, self._string_line_at, self._read_to, self._blank_at, self._refused],
            "bytes": [self.start_bytes, self._bytes],
            "skipped": [[span.kind, span.start, span.end] for span in self.skipped],
            "held": self._held,
            "fence": [self._fence, self._info],
            "closes": self._closes,
            "before": self._before,
            "flags": [getattr(self, name) for name in _FLAGS],
            "stretch": [[*self._stretch_at], "".join(self._stretch)],
            "scalar": None if self._scalar is None else [[*self._scalar[0]], self._scalar[1]],
            "weak": None if self._weak is None else [[*self._weak[0]], self._weak[1]],
        }

    @staticmethod
    def load(state: Any) -> Locator:
        """A locator that goes on from what ``save`` returned.

        Raises:
            ValueError: the state is corrupt or of another version.
        """
        if not isinstance(state, dict) or state.get("locator") != _VERSION:
            raise ValueError(f"not the state of a locator of this version (format {_VERSION})")
        try:
            kinds, many = state["kinds"], state["many"]
            _must(type(kinds) is int and 0 <= kinds <= ANYTHING | SCALAR_IS_WORSE and type(many) is bool)
            locator = Locator(kinds, many=many)
            locator._load(state)
        except (LookupError, TypeError, ValueError) as error:
            raise ValueError(f"the state of the locator is corrupt: {error or type(error).__name__}") from None
        return locator

    def _load(self, state: dict[str, Any]) -> None:
        at = state["at"]
        lines = state["lines"]
        sizes = state["bytes"]
        _must(all(map(_is_offset, (*at, *lines, *sizes))))
        self.found, self.pos, self.start, self.line, self.line_start = at
        self._lines, self._line_at, self._string_line_at, self._read_to, self._blank_at, self._refused = lines
        self.start_bytes, self._bytes = sizes
        held, (fence, info), closes, before = state["held"], state["fence"], state["closes"], state["before"]
        _must(all(type(each) is str for each in (held, fence, info, closes, before)))
        _must(self.found >= 0 and -1 <= self.start <= self.pos and len(held) <= self.pos)
        _must(1 <= self.line <= self._lines and self.line_start >= 0 and 0 <= self._line_at <= self.pos)
        _must(len(set(fence)) <= 1 and not fence.strip("`~") and len(info) <= _INFO and len(before) <= 1)
        flags = state["flags"]
        _must(isinstance(flags, list) and len(flags) == len(_FLAGS) and all(type(each) is bool for each in flags))
        for name, flag in zip(_FLAGS, flags, strict=True):
            setattr(self, name, flag)
        self._held, self._fence, self._info, self._closes, self._before = held, fence, info, closes, before
        end = 0
        for kind, first, last in state["skipped"]:
            _must(kind in ("prose", "fence", "think", "tag") and _is_offset(first) and _is_offset(last))
            _must(end <= first < last <= self.pos)
            self.skipped.append(Skipped(kind, first, last))
            end = last
        stretch_at, stretch = state["stretch"]
        _must(type(stretch) is str and len(stretch) <= self.pos)
        self._stretch_at, self._stretch = _place(stretch_at, -1, self.pos), [stretch] if stretch else []
        for name in ("scalar", "weak"):
            kept = state[name]
            if kept is not None:
                first, text = kept
                _must(type(text) is str and bool(text.strip(_BLANK)))
                setattr(self, f"_{name}", (_place(first, 0, self.pos - len(text)), text))

    # The search.

    def _search(self, s: str, final: bool) -> str:
        """Read on in the text outside a document, which begins with what was held."""
        i, n = 0, len(s)
        while i < n:
            if self._in_string:
                at = self._read_string(s, i)
                if at < 0:
                    # It is none: read again what was kept, as prose.
                    s, i = self._reread(s, i)
                    n = len(s)
                    continue
                i = at
                continue
            if self._closes:
                i, more = self._think(s, i, final)
            elif self._on_info:
                i, more = self._read_info(s, i, final)
            else:
                i, more = self._read_prose(s, i, final)
            if self.reading:
                return s[i:]
            if more:
                self._held = s[i:]
                return ""
        return ""

    def _read_prose(self, s: str, i: int, final: bool) -> tuple[int, bool]:
        """Read prose, or the inside of a fence, up to a sign that is decided; the index, and whether to wait there for
        more text."""
        if self._expected:
            match = _NOT_BLANK.search(s, i)
            at = len(s) if match is None else match.start()
            if at > i:
                self._skip(s, i, at)
                return at, False
            if s[i] == '"' and self._keeps and self._may_be_string and self.kinds & STRING:
                self._in_string = True
                self._closed = self._escaped = False
                self._string_line_at = self._line_at
                self._skip(s, i, i + 1)
                return i + 1, False
        signs = _SIGNS_IN_FENCE if self._fence else _SIGNS if self._seeks else _SIGNS_AFTER
        match = signs.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            # A bracket of call syntax opens an array in a fence only: in prose it is a remark.
            if self._expected and self._fence and s[i] == "(" and self._seeks and self.kinds & ARRAY:
                return self._begin(s, i), False
            self._skip(s, i, at)
            return at, False
        sign = s[at]
        if sign in "`~":
            return self._read_ticks(s, at, final)
        if sign in "<◁" or (sign == "[" and (s.startswith(_BRACKET_TOKEN_STARTS, at) or at + 1 == len(s))):
            end = self._read_tag(s, at, final)
            if end != at:
                return (end, False) if end > 0 else (at, True)
        if sign in "{[" and self._seeks:
            return self._read_candidate(s, at, final)
        self._skip(s, at, at + 1)
        return at + 1, False

    @property
    def _seeks(self) -> bool:
        """Is a container looked for here?"""
        return self._looks and (self.many or not self.found)

    def _read_candidate(self, s: str, at: int, final: bool) -> tuple[int, bool]:
        kind = OBJECT if s[at] == "{" else ARRAY
        if self.kinds & kind and self._offset(s, at) != self._refused:
            if self._expected and not self._on_info:
                return self._begin(s, at), False
            verdict, end = looks_of(s, at, self._introduced, self._before, not self._foreign, not self.many, final)
            if verdict == MORE:
                return at, True
            if verdict == YES:
                return self._begin(s, at), False
            if verdict == WEAK and self._weak is None and not self.many and self._is_better(s, at, end):
                self._weak = (self._here(s, at), s[at:end])
        self._skip(s, at, at + 1)
        return at + 1, False

    def _is_better(self, s: str, at: int, end: int) -> bool:
        """Is a weak candidate better than no document, or than the prose around it?"""
        takes_scalars = bool(self.kinds & ANYTHING & ~_CONTAINERS) and not self.kinds & SCALAR_IS_WORSE
        if end - at == 2 or not takes_scalars or not any(map(str.isdigit, s[at:end])):
            return True
        return self._introduced and s[end : end + 1] in ("", ".", "\r", "\n")

    def _begin(self, s: str, at: int) -> int:
        """A document begins here."""
        self.start = self._read_to = self._offset(s, at)
        self.start_bytes = self._bytes
        self.line, self.line_start = self._lines, self._line_at
        self.reading = True
        self.found += 1
        self._on_info = False
        self._blank_at = -1
        self._drop_stretch()
        self._scalar = self._weak = None
        if not self.many:
            self._keeps = False
        return at

    def _over(self) -> None:
        """The document is over."""
        self.reading = False
        # Nothing of it was read? Then it is none.
        self._refused = self.start if self._read_to == self.start else -1
        self._expected = self.many and bool(self._fence) and self._refused < 0
        self._may_be_string = False
        self._introduced = self._before == "\n"

    # Fences.

    def _read_ticks(self, s: str, at: int, final: bool) -> tuple[int, bool]:
        """Back-ticks or tildes: a fence, or a few characters of prose."""
        sign = s[at]
        end = at
        while end < len(s) and s[end] == sign and end - at <= HELD:
            end += 1
        count = end - at
        if end == len(s) and not final and count <= HELD:
            return at, True
        is_fence = count >= 3 and (sign == "`" or (self._introduced and self._before in ("", "\n")) or self._on_info)
        if not is_fence or count > HELD:
            self._skip(s, at, end)
            return end, False
        closes = bool(self._fence) and sign == self._fence[0] and count >= len(self._fence)
        if closes and (end == len(s) or not (s[end].isalnum() or s[end] in "_{[")):
            if self._on_info:
                self._drop_stretch()
            self._mark(s, at, end, "fence")
            self._fence = ""
            self._on_info = self._foreign = False
            return end, False
        inner = bool(self._fence) and not closes
        self._mark(s, at, end, "fence")
        if not inner:
            self._fence = sign * count
        self._on_info = True
        # A shorter run inside a longer fence is another fence, or the end of one: only a word tells.
        self._info = "`" if inner else ""
        return end, False

    def _read_info(self, s: str, i: int, final: bool) -> tuple[int, bool]:
        """The line that opens a fence. Some models write the document in it."""
        match = _SIGNS_OF_INFO.search(s, i)
        at = len(s) if match is None else match.start()
        if at > i:
            self._info = (self._info + s[i:at])[:_INFO]
            self._skip(s, i, at)
            return at, False
        sign = s[at]
        if sign == "\n":
            info = self._info.strip(_BLANK).lower()
            self._skip(s, at, at + 1)
            self._drop_stretch()
            self._on_info = False
            self._expected = self._may_be_string = not info or "json" in info
            self._foreign = bool(info.strip("`")) and not _SCRIPT.search(info)
            self._introduced = True
            return at + 1, False
        if sign == "`":
            return self._read_ticks(s, at, final)
        if self._seeks:
            self._introduced = True
            return self._read_candidate(s, at, final)
        self._skip(s, at, at + 1)
        return at + 1, False

    # Thoughts and tags.

    def _read_tag(self, s: str, at: int, final: bool) -> int:
        """The index after a tag or the beginning of a block of thoughts; ``at`` if it is neither, -1 if that is not
        known."""
        waits = not final and len(s) - at < HELD
        if not self._fence and self._before != "`":
            for opens, closes in _THOUGHT_TOKENS.items():
                if s.startswith(opens, at):
                    return self._begin_thoughts(s, at, at + len(opens), closes)
                if waits and opens.startswith(s[at:]):
                    return -1
        if s[at] == "[":
            for token in _BRACKET_TOKENS:
                if s.startswith(token, at):
                    return self._end_tag(s, at, at + len(token), not token.startswith("[/"))
                if waits and token.startswith(s[at:]):
                    return -1
            return at
        match = _TAG.match(s, at, at + HELD)
        if match is not None:
            name = match[2].lower()
            opens_it = not match[1]
            if name in _THOUGHTS and self._before != "`" and not match[0].endswith("/>"):
                if opens_it:
                    return self._begin_thoughts(s, at, match.end(), f"</{match[2]}>")
                return self._end_tag(s, at, match.end(), True)
            return self._end_tag(s, at, match.end(), opens_it) if name in _ANSWERS else at
        match = _TOKEN.match(s, at, at + HELD)
        if match is not None:
            return self._end_tag(s, at, match.end(), True)
        if waits and (_TAG_BEGINS.fullmatch(s, at) or _TOKEN_BEGINS.fullmatch(s, at)):
            return -1
        return at

    def _end_tag(self, s: str, at: int, end: int, expected: bool) -> int:
        self._mark(s, at, end, "tag")
        self._expected = self._may_be_string = expected
        return end

    def _begin_thoughts(self, s: str, at: int, end: int, closes: str) -> int:
        self._end_stretch()
        self._closes = closes
        self._skip(s, at, end)
        return end

    def _think(self, s: str, i: int, final: bool) -> tuple[int, bool]:
        """Skip thoughts, up to what closes them."""
        closes = self._closes
        match = re.compile(re.escape(closes), re.IGNORECASE | re.ASCII).search(s, i)
        if match is not None:
            self._skip(s, i, match.end())
            self._closes = ""
            self._expected = self._may_be_string = self._introduced = True
            return match.end(), False
        at = len(s)
        if not final:
            lowered = closes.lower()
            for length in range(min(len(closes) - 1, at - i), 0, -1):
                if lowered.startswith(s[at - length :].lower()):
                    at -= length
                    break
        if at > i:
            self._skip(s, i, at)
        return at, at < len(s)

    # A string that begins the text.

    def _read_string(self, s: str, i: int) -> int:
        """Read on in what may be a string that is the document; -1 if it is none."""
        n = len(s)
        if self._closed:
            match = _NOT_BLANK.search(s, i)
            at = n if match is None else match.start()
            if at > i:
                self._skip(s, i, at)
                return at
            if self._fence and s[at] == self._fence[0]:
                self._in_string = False
                return at
            return -1
        if self._escaped:
            self._escaped = False
            self._skip(s, i, i + 1)
            return i + 1
        match = _STRING_SIGN.search(s, i)
        if match is None:
            self._skip(s, i, n)
            return n
        at = match.start()
        if s[at] < " ":
            return -1
        self._escaped = s[at] == "\\"
        self._closed = s[at] == '"'
        self._skip(s, i, at + 1)
        return at + 1

    def _reread(self, s: str, i: int) -> tuple[str, int]:
        """Go back to before the string, whose quote opens nothing."""
        self._join()
        read = "".join(self._stretch)
        self._in_string = self._closed = self._escaped = False
        self._expected = self._may_be_string = False
        at = self._stretch_at[0]
        self._uncover(at, at + len(read))
        self._lines -= read.count("\n")
        self._bytes -= _size(read)
        self._line_at = self._string_line_at
        self._drop_stretch()
        self._before = ""
        self._introduced = True
        return read + s[i:], 0

    # Spans, lines, and the stretch that may be a scalar.

    def _offset(self, s: str, at: int) -> int:
        """The offset in the text of an index in ``s``, whose end is the end of what has come."""
        return self.pos - len(s) + at

    def _here(self, s: str, at: int) -> _Place:
        """The place of an index before which everything has been skipped."""
        return self._offset(s, at), self._bytes, self._lines, self._line_at

    def _skip(self, s: str, i: int, j: int, kind: SkippedKind | None = None) -> None:
        """These characters are no part of a document, as far as one can tell."""
        if kind is None:
            kind = "think" if self._closes else "fence" if self._fence else "prose"
        start, end = self._offset(s, i), self._offset(s, j)
        piece = s[i:j]
        if self._keeps and kind != "think":
            if self._stretch_at == _NOWHERE:
                self._stretch_at = self._here(s, i)
            self._stretch.append(piece)
        bare = piece.strip(_BLANK)
        spans = self.skipped
        last = spans[-1] if spans else None
        if last is not None and last.end == start and last.kind == kind:
            spans[-1] = Skipped(last.kind, last.start, end)
        elif bare or (last is not None and last.end == start):
            spans.append(Skipped(kind, start if self._blank_at < 0 else self._blank_at, end))
            self._blank_at = -1
        elif self._blank_at < 0:
            self._blank_at = start
        self._count(s, i, j)
        self._bytes += _size(piece)
        # What stands before the next character.
        self._before = piece[-1]
        if bare:
            self._expected = False
        line = piece[piece.rfind("\n") + 1 :]
        words = line.rstrip(" \t\r")
        if words:
            self._introduced = words[-1] in ":="
        elif len(line) < len(piece):
            self._introduced = True

    def _count(self, s: str, i: int, j: int) -> None:
        """Count lines."""
        lines = s.count("\n", i, j)
        if lines:
            self._lines += lines
            at = s.rfind("\n", i, j) + 1
            self._line_at = self._offset(s, at)

    def _uncover(self, start: int, end: int) -> None:
        """These characters belong to a document after all, or are read again."""
        kept: list[Skipped] = []
        for span in self.skipped:
            if span.start < start and span.end > start:
                kept.append(Skipped(span.kind, span.start, start))
            elif span.end <= start or span.start >= end:
                kept.append(span)
            if span.start < end and span.end > end:
                kept.append(Skipped(span.kind, end, span.end))
        self.skipped = kept

    def _mark(self, s: str, i: int, j: int, kind: SkippedKind) -> None:
        """These characters are a mark between stretches."""
        self._end_stretch()
        self._skip(s, i, j, kind)
        self._drop_stretch()

    def _end_stretch(self) -> None:
        """What could be a scalar ends here: the first one in a fence counts, or else the last one."""
        if self._stretch_at != _NOWHERE and not self._scalar_is_fenced:
            text = "".join(self._stretch)
            if text.strip(_BLANK):
                self._scalar = (self._stretch_at, text)
                self._scalar_is_fenced = bool(self._fence)
        self._drop_stretch()

    def _drop_stretch(self) -> None:
        self._stretch_at, self._stretch = _NOWHERE, []

    def _join(self) -> None:
        if len(self._stretch) > 1:
            self._stretch = ["".join(self._stretch)]


_FLAGS: Final = (
    "reading",
    "_keeps",
    "_on_info",
    "_foreign",
    "_expected",
    "_may_be_string",
    "_introduced",
    "_in_string",
    "_closed",
    "_escaped",
    "_scalar_is_fenced",
)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _place(saved: Any, least: int, most: int) -> _Place:
    """A place that was saved."""
    at, size, line, line_start = saved
    _must(all(map(_is_offset, (at, size, line, line_start))) and least <= at <= most)
    return at, size, line, line_start


def _is_offset(saved: Any) -> bool:
    """Can this be an offset in a text, or -1 for none?"""
    return type(saved) is int and -1 <= saved <= LARGEST


def _must(holds: bool) -> None:
    if not holds:
        raise ValueError("its fields contradict each other")
