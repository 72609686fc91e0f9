"""Texts of documents that a provider says more than once, and does not mark as such.

Servers, and gateways before them, send the arguments of a call (or a structured output) in fragments and then all of it
once more; or in each event all of it so far; or ``{}`` first and the real ones later; or as a value that grows. Where a
wire format marks a repetition, its adapter says so (``ops.Restate``). Otherwise it can only be guessed, and a guess is
made only where the fragments, read as they stand, cannot be JSON. This is the one rule, for all APIs:

- What follows a whole document and equals it, in text or in value, changes nothing.
- What follows a whole document and extends it replaces it: members and elements more, longer strings.
- An empty object that another object follows was a placeholder.
- A fragment that breaks the document, and begins with all of it so far, or says all of it and more, replaces it.
- A document that is still open at the end, although each fragment began with the one before, is the last fragment.
- Anything else breaks the document.

Each guess is reported. What follows a whole document is held back until it is decided (``Repetition``), so each
character is compared once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from partialjson._core.parser import Parser
from partialjson._jsontext import json_text
from partialjson._missing import MISSING
from partialjson.errors import ParseError
from partialjson.wire.brackets import Brackets

__all__ = ["Repetition", "Verdict", "completes", "extends", "parts", "source_of", "value_of"]

_SPACE: Final = " \t\n\r"


class Verdict(Enum):
    """What the text after a whole document is."""

    UNDECIDED = "it may still become one of the others"
    SAME = "the document said again"
    INSTEAD = "another text, which replaces the document"
    FOREIGN = "neither"


class Repetition:
    """The text that follows a whole document, until it is known what it is.

    Attributes:
        why: what the text was taken for, once it is more than undecided.
    """

    def __init__(self, said: str, value: object) -> None:
        self.why = ""
        self._said = said.strip(_SPACE)
        self._value = value
        self._matched = 0  # characters of the document that came again
        self._pieces: list[str] = []
        self._other: Parser[Any] | None = None  # reads the text once it differs

    @property
    def text(self) -> str:
        """The text that is held back."""
        return "".join(self._pieces)

    def add(self, text: str) -> Verdict:
        """What the text is, with this piece. After SAME, what follows is judged anew."""
        begins = not self._pieces
        self._pieces.append(text)
        if begins:
            text = text.lstrip(_SPACE)
            if text[:1] not in ("{", "["):
                return Verdict.FOREIGN
        if self._other is not None:
            return self._compared(text)
        said = self._said
        if not said:  # it came as a value
            return self._differs(text)
        while True:
            count = min(len(text), len(said) - self._matched)
            if not said.startswith(text[:count], self._matched):
                return self._differs(said[: self._matched] + text)
            self._matched += count
            if self._matched < len(said):
                return Verdict.UNDECIDED
            self._matched = 0
            text = text[count:].lstrip(_SPACE)
            if not text:
                return self._same()
            self._pieces = [text]
            if text[0] not in "{[":
                return Verdict.FOREIGN

    def _differs(self, text: str) -> Verdict:
        if self._value == {} and text[0] == "{":
            self.why = "an empty object came before it"
            return Verdict.INSTEAD
        self._other = Parser()
        return self._compared(text)

    def _compared(self, text: str) -> Verdict:
        other = self._other
        assert other is not None
        try:
            other.feed(text)
        except ParseError:
            return Verdict.FOREIGN
        if not other.done:
            return Verdict.UNDECIDED
        value, self._other = other.json, None
        if not extends(self._value, value):
            return Verdict.FOREIGN
        if extends(value, self._value):
            return self._same()
        self.why = "it came again with more"
        return Verdict.INSTEAD

    def _same(self) -> Verdict:
        self.why = "it came again"
        self._pieces = []
        return Verdict.SAME


def extends(old: object, new: object) -> bool:
    """Whether the new JSON value has all that the old one has: members, elements, beginnings of strings."""
    pairs = [(old, new)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, str) and isinstance(other, str):
            if not other.startswith(one):
                return False
        elif isinstance(one, Mapping) and isinstance(other, Mapping):
            if len(one) > len(other) or any(name not in other for name in one):
                return False
            pairs += [(value, other[name]) for name, value in one.items()]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) > len(other):
                return False
            pairs += zip(one, other, strict=False)
        elif type(one) is not type(other) or one != other:
            return False
    return True


def parts(text: str) -> tuple[str, str] | None:
    """A text that begins with a whole object or array as that and the rest; None if it does not, or nothing follows."""
    if text.lstrip(_SPACE)[:1] not in ("{", "["):
        return None
    end = Brackets().read(text)
    return None if end < 0 or not text[end:].strip(_SPACE) else (text[:end], text[end:])


def value_of(text: str) -> tuple[object] | None:
    """The value of a JSON text, in a tuple; None if it is no JSON text."""
    parser: Parser[Any] = Parser()
    try:
        parser.feed(text)
    except ParseError:
        return None
    return (parser.json,) if parser.done else None


def completes(text: str, value: object) -> bool:
    """Whether an object says all that the beginning of a text shows, and that is not nothing."""
    parser: Parser[Any] = Parser()
    try:
        parser.feed(text)
    except ParseError:
        return False
    shown = parser.json
    return (
        isinstance(value, dict)
        and extends({} if shown is MISSING else shown, value)
        and bool(shown or not text.strip(_SPACE + "{"))
    )


def source_of(value: object) -> str:
    """A value as JSON text. A number beyond a double is written so that it is read as the same text streamed would be.

    Raises:
        TypeError, ValueError, RecursionError: as ``json.dumps``.
    """
    return json_text(value, default=str) + "\n"  # which closes a number at the root
