"""What is certain of a value before it closes.

A plan gives *bounds* for a place: the kinds of JSON that can be valid there, the words that a string can be, the
maximum number of characters or elements. If anybody needs it (``on_invalid="raise"``, or events), each value is
compared with them as it comes. The result is a ``Finding``: a value can no longer become valid, or only one word is
left for an open string. The observer decides what to do with it.

A string is examined one character at a time, so neither the findings nor their positions depend on the chunks (law 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from partialjson._core.plan import Failure, Plan
from partialjson._core.spec import ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING, Bounds
from partialjson._core.view import View

if TYPE_CHECKING:
    from mypy_extensions import i64

KINDS: Final = {
    STRING: "a string",
    INTEGER | FLOAT: "a number",
    BOOLEAN: "true or false",
    NULL: "null",
    OBJECT: "an object",
    ARRAY: "an array",
}


@final
class Finding:
    """Something that is certain about an open value.

    Attributes:
        msg: why the value can no longer become valid; empty for a prediction.
        pos: the offset of the character that shows it.
        length: how many characters of the open string had been read then.
        word: what the value will be, for a prediction.
    """

    def __init__(self, msg: str, pos: i64, length: i64 = 0, word: object = None) -> None:
        self.msg = msg
        self.pos = pos
        self.length = length
        self.word: object = word


@final
class Lookahead:
    """Compares the values of one document with their bounds as they come."""

    def __init__(self, view: View, predicts: bool) -> None:
        self.view: Final = view
        self.predicts: Final = predicts
        # Of the growing string: its plan and its bounds if it has any, the offset of its quote, how much of it was
        # examined, and whether something may still be predicted.
        self.bounds: Bounds | None = None
        self.plan: Plan | None = None
        self.quote: i64 = 0
        self.looked_at: i64 = 0
        self.may_predict = False

    def name(self, key: str) -> Finding | None:
        """The innermost object gets a member of this name."""
        if self.view.forbids(key):
            return Finding("the object must not have this key", self.view.source.at)
        return None

    def element(self, index: i64) -> Finding | None:
        """An element begins at this index of the innermost array; a finding is about the array."""
        most = self.view.limit_passed(index)
        if most >= 0:
            return Finding(f"expected at most {most} elements, found more", self.view.source.at)
        return None

    def begins(self, key: str | int, kind: i64) -> Finding | None:
        """A value of this JSON kind begins at the current offset."""
        view = self.view
        self.bounds = None
        plan = view.coming(key)
        bounds = None if plan is None else plan.bounds
        if bounds is None:
            return None
        if not bounds.kinds & kind:
            return Finding(f"expected {bounds.expected}, found {KINDS[kind]}", view.source.at)
        if kind == STRING and (bounds.words is not None or bounds.max_length >= 0):
            self.bounds = bounds
            self.plan = plan
            self.quote = view.source.at
            self.looked_at = -1
            self.may_predict = self.predicts and bounds.is_pure
        return None

    def look(self, shown: str, news: str) -> Finding | None:
        """The open string is ``shown + news`` now; to be called again until nothing more is found."""
        bounds = self.bounds
        if bounds is None:
            return None
        words = bounds.words
        length: i64 = len(shown) + len(news)
        if words is None:
            if length <= bounds.max_length:
                return None
            return self._breaks_off(f"expected at most {bounds.max_length} characters, found more", bounds.max_length)
        if self.looked_at >= length:
            return None
        text = shown + news
        while self.looked_at < length:
            self.looked_at += 1
            beginning = text[: self.looked_at]
            fitting = [word for word in words if word.startswith(beginning)]
            last = self.looked_at - 1
            if not fitting:
                return self._breaks_off(
                    f"expected {bounds.expected}, found a string that begins with {beginning!r}", last
                )
            if self.may_predict and len(fitting) == 1:
                self.may_predict = False
                value = self._becomes(fitting[0])
                if not isinstance(value, Failure):
                    return Finding("", self.quote if last < 0 else self._offset_of(last), last + 1, value)
        return None

    def _becomes(self, word: str) -> object:
        """What the open string will settle to if it is this word, or a ``Failure``."""
        assert self.plan is not None
        return self.view.becomes(self.plan, word)

    def _breaks_off(self, msg: str, number: i64) -> Finding:
        """Character ``number`` of the open string makes it invalid."""
        self.bounds = None
        return Finding(msg, self._offset_of(number), number + 1)

    def _offset_of(self, number: i64) -> i64:
        return self.view.source.of_character(self.quote, number)
