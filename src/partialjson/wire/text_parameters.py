"""Arguments that a model writes between tags, as the text of a JSON object that grows.

    <parameter=city>            {"city": "Bern", "days": 3}
    Bern
    </parameter>
    <parameter=days>
    3
    </parameter>

``Parameters`` reads what follows the name of such a call. A value is text, and becomes a JSON string piece by piece. It
becomes something else only if its key's kinds say so: an object or an array passes as it was written, and a number,
true, false or null once it has ended. What cannot be one of its kinds is a string all the same, which the target then
refuses, or reads in another form.

So that each value stays one member, an object or an array must end where its tag does; if it does not, the call is
broken. A tag that closes a value may be missing where the next tag, at the beginning of a line, tells where it ends;
within a line, that tag is part of the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Final, Literal

__all__ = ["ARG_KEYS", "PARAMETERS", "JSONKind", "Parameters", "ReadingState", "Spelling", "Value"]

JSONKind = Literal["string", "number", "integer", "boolean", "null", "object", "array"]
"""A type of values in JSON Schema."""

ReadingState = Literal["more", "ended", "broken"]

_BLANK: Final = " \t\r\n"
_LONGEST_KEY: Final = 256
_LONGEST_SCALAR: Final = 400  # a longer one is a string
_LONGEST_GUESS: Final = 1_000_000  # of a value that may be anything

_NOT_BLANK: Final = re.compile(r"[^ \t\r\n]")
_SIGN: Final = re.compile(r'["\\{}\[\]]')
_STRING_SIGN: Final = re.compile(r'["\\]')
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII).fullmatch


class Spelling:
    """The tags around keys and values.

    Args:
        opens_key, closes_key, opens_value, closes_value: the tags of a parameter; ``opens_value`` may be empty.
        closes: what ends the parameters.
        around: what ends the call as a whole, with or without ``closes``.
        ends_value: what ends a value if its own tag is missing.
        strips: is white space at both ends of a value no part of it? Otherwise that is one line end at either.
        guesses: may a value of unknown kind be any JSON? Otherwise it is text.
    """

    def __init__(
        self,
        opens_key: str,
        closes_key: str,
        opens_value: str,
        closes_value: str,
        closes: str,
        around: str,
        ends_value: tuple[str, ...],
        strips: bool,
        guesses: bool,
    ) -> None:
        self.opens_key = opens_key
        self.closes_key = closes_key
        self.opens_value = opens_value
        self.closes_value = closes_value
        self.closes = closes
        self.around = around
        self.ends_value = ends_value
        self.strips = strips
        self.guesses = guesses


PARAMETERS: Final = Spelling(
    "<parameter=",
    ">",
    "",
    "</parameter>",
    "</function>",
    "</tool_call>",
    ("<parameter=", "</function>"),
    strips=False,
    guesses=False,
)
"""That of Qwen3-Coder."""

ARG_KEYS: Final = Spelling(
    "<arg_key>",
    "</arg_key>",
    "<arg_value>",
    "</arg_value>",
    "</tool_call>",
    "</tool_call>",
    (),
    strips=True,
    guesses=True,
)
"""That of GLM from 4.5 on."""

# What comes: a tag, a key, the tag of a value, a value.
_TAG: Final = 0
_KEY: Final = 1
_BETWEEN: Final = 2
_VALUE: Final = 3


class Parameters:
    """Reads the parameters of one call.

    Args:
        spelling: the tags.
        kinds: the kinds that the value under a key may have; none if they are not known.

    Attributes:
        has_begun: has a tag come that belongs to parameters? Until then it may be something else.
    """

    def __init__(self, spelling: Spelling, kinds: Callable[[str], Collection[JSONKind]]) -> None:
        self.has_begun = False
        self._spelling = spelling
        self._kinds = kinds
        self._place = _TAG
        self._key = ""
        self._count = 0
        self._value: Value | None = None
        ends = [spelling.closes_value, *spelling.ends_value, spelling.around]
        self._ends = tuple(dict.fromkeys(ends))

    def read(self, s: str, i: int, final: bool) -> tuple[int, str, ReadingState]:
        """Reads on from an index; the index of what was not read, what is to be added to the JSON text, and how it
        goes on. ``final``: no more text comes."""
        written: list[str] = []
        state: ReadingState = "more"
        while i < len(s) and state == "more":
            at, place = i, self._place
            if place == _TAG:
                i, state = self._read_tag(s, i, final, written)
            elif place == _KEY:
                i, state = self._read_key(s, i, final, written)
            elif place == _BETWEEN:
                i, state = self._read_between(s, i, final)
            else:
                i, state = self._read_value(s, i, final, written)
            if i == at and self._place == place:
                break
        return i, "".join(written), state

    def _read_tag(self, s: str, i: int, final: bool, written: list[str]) -> tuple[int, ReadingState]:
        match = _NOT_BLANK.search(s, i)
        if match is None:
            return len(s), "more"
        at = match.start()
        spelling = self._spelling
        for tag in (spelling.opens_key, spelling.closes, spelling.around):
            if s.startswith(tag, at):
                self.has_begun = True
                if tag == spelling.opens_key:
                    self._place = _KEY
                    self._key = ""
                    return at + len(tag), "more"
                written.append("}" if self._count else "{}")
                return at + len(tag), "ended"
            if not final and tag.startswith(s[at : at + len(tag)]):
                return at, "more"
        return at, "broken"

    def _read_key(self, s: str, i: int, final: bool, written: list[str]) -> tuple[int, ReadingState]:
        closes = self._spelling.closes_key
        at = s.find(closes[0], i)
        at = len(s) if at < 0 else at
        self._key += s[i:at]
        if len(self._key) > _LONGEST_KEY:
            return at, "broken"
        if at == len(s):
            return at, "more"
        if not s.startswith(closes, at):
            return at, "more" if not final and closes.startswith(s[at : at + len(closes)]) else "broken"
        key = self._key.strip(_BLANK)
        written.append(("{" if not self._count else ", ") + json.dumps(key, ensure_ascii=False) + ": ")
        self._count += 1
        self._value = Value(self._kinds(key), self._spelling)
        self._place = _BETWEEN if self._spelling.opens_value else _VALUE
        return at + len(closes), "more"

    def _read_between(self, s: str, i: int, final: bool) -> tuple[int, ReadingState]:
        opens = self._spelling.opens_value
        match = _NOT_BLANK.search(s, i)
        if match is None:
            return len(s), "more"
        at = match.start()
        if s.startswith(opens, at):
            self._place = _VALUE
            return at + len(opens), "more"
        return at, "more" if not final and opens.startswith(s[at : at + len(opens)]) else "broken"

    def _read_value(self, s: str, i: int, final: bool, written: list[str]) -> tuple[int, ReadingState]:
        value = self._value
        assert value is not None
        at = s.find("<", i)
        if at < 0:
            at = len(s)
        if at > i:
            broken = value.feed(s[i:at], written)
            return (at, "more") if broken < 0 else (i + broken, "broken")
        for tag in self._ends if value.is_at_line_start else self._ends[:1]:
            if s.startswith(tag, at):
                if tag == self._spelling.around or not value.end(written):
                    return at, "broken"
                self._place = _TAG
                return at + len(tag) if tag == self._spelling.closes_value else at, "more"
            if not final and tag.startswith(s[at : at + len(tag)]):
                return at, "more"
        return (at + 1, "more") if value.feed("<", written) < 0 else (at, "broken")


class Value:
    """One value, as JSON text.

    It is *undecided* until it is known whether it is a string, and from then on its text grows.

    Attributes:
        is_at_line_start: is what comes at the beginning of a line?
    """

    def __init__(self, kinds: Collection[JSONKind], spelling: Spelling) -> None:
        self._kinds = kinds
        self._strips = spelling.strips
        self._is_any = not kinds and spelling.guesses
        self._is_text = "string" in kinds or (not kinds and not spelling.guesses)
        self._takes_structures = bool({"object", "array"} & set(kinds))
        self.is_at_line_start = True
        self._begun = False
        self._mode: Literal["undecided", "string", "structure"] = "undecided"
        self._held: list[str] = []
        self._held_size = 0
        # White space, or a line end, that may be the end of the value.
        self._tail: list[str] = []
        # Inside a structure.
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self._ended = False

    def feed(self, piece: str, written: list[str]) -> int:
        """The value goes on; the index at which it is broken, or -1."""
        size = len(piece)
        self.is_at_line_start = piece[-1] == "\n"
        if not self._begun:
            piece = piece.lstrip(_BLANK) if self._strips else piece
            if not piece:
                return -1
            self._begun = True
            if not self._strips and piece[0] == "\n":
                piece = piece[1:]
        bare = piece.rstrip(_BLANK) if self._strips else piece.removesuffix("\n")
        left = piece[len(bare) :]
        if not bare and self._strips:
            self._tail.append(left)
            return -1
        text = "".join(self._tail) + bare
        self._tail = [left]
        broken = self._go_on(text, written) if text else -1
        return -1 if broken < 0 else size - len(left) - (len(text) - broken)

    def end(self, written: list[str]) -> bool:
        """The value has ended; False if it is broken."""
        if self._mode == "structure":
            return self._ended
        if self._mode == "undecided":
            text = "".join(self._held)
            written.append(self._scalar(text) or json.dumps(text, ensure_ascii=False))
        else:
            written.append('"')
        return True

    def _go_on(self, text: str, written: list[str]) -> int:
        """``feed``, without what may be the end."""
        if self._mode == "string":
            written.append(_escaped(text))
            return -1
        if self._mode == "structure":
            return self._follow(text, written)
        self._held.append(text)
        self._held_size += len(text)
        if self._is_any and self._held_size <= _LONGEST_GUESS:
            return -1
        whole = "".join(self._held)
        bare = whole.lstrip(_BLANK)
        if self._takes_structures and not self._is_text and bare[:1] in ("{", "["):
            self._mode = "structure"
            self._held = []
            broken = self._follow(whole, written)
            return -1 if broken < 0 else broken - (len(whole) - len(text))
        self._held = [whole]
        waits = "null".startswith(whole.casefold()) if self._is_text else self._held_size <= _LONGEST_SCALAR
        if not (waits and (not self._is_text or "null" in self._kinds)):
            self._mode = "string"
            self._held = []
            written.append('"' + _escaped(whole))
        return -1

    def _follow(self, text: str, written: list[str]) -> int:
        """``feed``, inside an object or an array."""
        i = 0
        while not self._ended and i < len(text):
            if self._escaped:
                self._escaped = False
                i += 1
                continue
            sign = (_STRING_SIGN if self._in_string else _SIGN).search(text, i)
            if sign is None:
                i = len(text)
                break
            i = sign.end()
            character = sign.group()
            if character == "\\":
                self._escaped = self._in_string
            elif character == '"':
                self._in_string = not self._in_string
            elif character in "{[":
                self._depth += 1
            else:
                self._depth -= 1
                self._ended = self._depth <= 0
        written.append(text[:i])
        more = _NOT_BLANK.search(text, i)
        return -1 if more is None else more.start()

    def _scalar(self, text: str) -> str:
        """The JSON text of a value that is no string; empty if it is one."""
        bare = text.strip(_BLANK)
        if self._is_any:
            return bare if _is_json(bare) else ""
        word = bare.casefold()
        if word == "null" and ("null" in self._kinds or not self._is_text):
            return word
        if self._is_text:
            return ""
        if word in ("true", "false") and "boolean" in self._kinds:
            return word
        return bare if {"number", "integer"} & set(self._kinds) and _NUMBER(bare) else ""


def _escaped(text: str) -> str:
    """Text as it stands in a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return False
    return True


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
