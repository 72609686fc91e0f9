"""What is certain of a value before it closes.

A plan gives *bounds* for a place: the kinds of JSON that can be valid there, the words a string can be, the most
characters or elements. Where somebody wants to know (``on_invalid="raise"``, or events) each value is held against them
as it comes. A value that cannot become valid any more is a ``Violation``, or the end of the document; an open string
for which one word is left is ``Predicted``.

A string is looked at one character after another, so that neither what is found nor where depends on the chunks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from partialjson._core.events import Path, Predicted, Violation
from partialjson._core.plan import ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING, Bounds
from partialjson._core.view import View
from partialjson.errors import InvalidError

if TYPE_CHECKING:
    from mypy_extensions import i64

    from partialjson._core.tree import Tree

KINDS: Final = {
    STRING: "a string",
    INTEGER | FLOAT: "a number",
    BOOLEAN: "true or false",
    NULL: "null",
    OBJECT: "an object",
    ARRAY: "an array",
}


@final
class Foresight:
    """Looks ahead in the values of one tree, which calls it, and tells that tree what it sees."""

    def __init__(self, view: View, stops: bool, predicts: bool) -> None:
        self.view = view
        self.stops = stops
        self.predicts = predicts
        # Of the string that grows: its bounds if it has any, the offset of its quote, how much of it was looked at, and
        # whether there is still something to predict.
        self.bounds: Bounds | None = None
        self.quote: i64 = 0
        self.looked_at: i64 = 0
        self.may_predict = False

    def name(self, tree: Tree, key: str) -> None:
        """An object gets a member of this name."""
        if self.view.forbids(key):
            self._violates(tree, key, "the object has no such key", self.view.text.at)

    def begins(self, tree: Tree, kind: i64) -> None:
        """A value of this JSON kind begins at the offset at hand."""
        view = self.view
        key: str | int = tree.key if tree.in_object else tree.length()
        if not tree.in_object and tree.containers and view.most() == tree.length():
            self._overflows(tree, view.most(), view.text.at)
        self.bounds = None
        bounds = view.coming(key)
        if bounds is None:
            return
        if not bounds.kinds & kind:
            self._violates(tree, key, f"expected {bounds.expected}, found {KINDS[kind]}", view.text.at)
        elif kind == STRING and (bounds.words is not None or bounds.max_length >= 0):
            self.bounds = bounds
            self.quote = view.text.at
            self.looked_at = -1
            self.may_predict = self.predicts

    def look(self, tree: Tree, shown: str, news: str) -> None:
        """The string that was begun is ``shown + news`` now."""
        bounds = self.bounds
        if bounds is None:
            return
        words = bounds.words
        length: i64 = len(shown) + len(news)
        if words is None:
            if length > bounds.max_length:
                msg = f"a string of more than {bounds.max_length} characters"
                self._breaks_off(tree, msg, bounds.max_length)
            return
        if self.looked_at >= length:
            return
        text = shown + news
        while self.looked_at < length:
            self.looked_at += 1
            beginning = text[: self.looked_at]
            fitting = [word for word in words if word.startswith(beginning)]
            last = self.looked_at - 1
            if not fitting:
                msg = f"expected {bounds.expected}, found a string that begins with {beginning!r}"
                self._breaks_off(tree, msg, last)
                return
            if self.may_predict and len(fitting) == 1:
                self.may_predict = False
                key = tree.here()
                if tree.selects(key):
                    pos = self.quote if last < 0 else self._offset_of(last)
                    tree.events.append(Predicted(tree.node_at(key), words[fitting[0]], pos))

    def _breaks_off(self, tree: Tree, msg: str, number: i64) -> None:
        """Character ``number`` of the open string cannot be."""
        self.bounds = None
        if self.stops:
            tree.cut_text(number + 1)
        self._violates(tree, tree.here(), msg, self._offset_of(number))

    def _offset_of(self, number: i64) -> i64:
        return self.view.text.of_character(self.quote, number)

    def _violates(self, tree: Tree, key: str | int, msg: str, pos: i64) -> None:
        """The value at ``key`` of the innermost container cannot become valid any more."""
        node = tree.node_at(key)
        if tree.selects(key):
            tree.events.append(Violation(node, msg, pos))
        if self.stops:
            raise refusal(self.view, msg, pos, node.path(), None)

    def _overflows(self, tree: Tree, most: i64, pos: i64) -> None:
        """The innermost array has more elements than it can have."""
        msg = f"an array of more than {most} elements"
        node = tree.innermost()
        selector = tree.selectors[-1]
        if selector is not None and not selector.everything and len(tree.containers) > 1:
            selector = selector.child(tree.key_of(len(tree.containers) - 1))
        if selector is not None and selector.here:
            tree.events.append(Violation(node, msg, pos))
        if self.stops:
            raise refusal(self.view, msg, pos, node.path(), None)


def refusal(view: View, msg: str, pos: i64, path: Path, error: Exception | None) -> InvalidError:
    """The error for a document that goes no further because of an invalid value."""
    return InvalidError(msg, pos, view.text.line_of(pos), view.text.column_of(pos), path, (), None, error)
