"""A document whose text so far is given again and again: what is shown of it, and to whom that belongs.

A parser hands out its live tree, and copies what somebody still holds when it goes on (``tree``). That is no use to a
caller who may change what was handed out, as the callers of a function that parses the whole text do: what they change
would be part of the document. So here every answer is made of containers that the tree does not have. There are two
ways.

- *Owned*: all containers are copied. The answer has nothing in common with any other but strings and numbers. This
  costs time in proportion to the number of containers in the document, and very little for each.
- *Shared*: only the open containers are copied, from the root inwards. Values that have closed are the same objects in
  all answers, so a caller must not change them.

Parsers of partial JSON differ in what they show of the value at the end of the text, so that is asked for each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast, final

from partialjson._core.lexer import Lexer
from partialjson._core.machine import EXP, EXP_DIGITS, EXP_SIGN, FRACTION, MINUS, NUMBER, POINT, WHOLE, WORD, ZERO
from partialjson._core.tree import Tree
from partialjson._missing import MISSING
from partialjson.errors import IncompleteError, ParseError
from partialjson.limits import DEFAULT_DEPTH, Limits

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["FINISHED", "GUESSED", "NOTHING", "READ", "Growing", "copied"]

LIMITS: Final = Limits()

# What is shown of a number, or of true, false and null, at the end of the text.
NOTHING: Final = 0  # nothing: more digits may follow
FINISHED: Final = 1  # the number, if it could end here
READ: Final = 2  # the number up to where it could end
GUESSED: Final = 3  # the same, and the literal that the letters begin

LITERALS: Final[dict[str, object]] = {"true": True, "false": False, "null": None}


@final
class Growing:
    """One document.

    Args:
        depth: levels of nested containers; 0 for the usual limit.
        lone_surrogates: is half of a surrogate pair accepted?
        ignores_rest: is text after the document ignored? Otherwise it is an error.

    Attributes:
        error: what is wrong with the text; None if it is JSON so far.
    """

    def __init__(self, depth: i64, lone_surrogates: bool, ignores_rest: bool) -> None:
        self.tree: Final = Tree(None, MISSING)
        self.lexer: Final = Lexer(
            self.tree,
            depth if depth > 0 else DEFAULT_DEPTH,
            LIMITS.string,
            LIMITS.number,
            LIMITS.document,
            None,
            lone_surrogates,
        )
        self.lexer.stops = ignores_rest
        self.error: ParseError | None = None

    def feed(self, s: str) -> bool:
        """Read more of the text; False if it is not JSON, as ``error`` says."""
        if self.error is None and self.lexer.stopped < 0:
            try:
                self.lexer.feed(s)
            except ParseError as error:
                self.error = error.with_traceback(None)
        return self.error is None

    def done(self) -> bool:
        """Has the root closed?"""
        return self.lexer.done()

    def has_rest(self) -> bool:
        """Did text come after the document, which was ignored?"""
        return self.lexer.stopped >= 0

    def is_number(self) -> bool:
        """Is the whole document a number, which could go on?"""
        return self.lexer.state == NUMBER and not self.tree.containers

    def incomplete(self) -> IncompleteError:
        """The error for a document that ends here."""
        return self.lexer.incomplete()

    def value(self, is_owned: bool, keeps_text: bool, shows: i64) -> Any:
        """What has come; MISSING if nothing is to be shown.

        Args:
            is_owned: does all of it belong to the caller? Otherwise only the containers that are open do.
            keeps_text: is a string shown that is open?
            shows: what is shown of a number at the end. A number at the root, which nothing closes, is always shown.
        """
        tree = self.tree
        if tree.in_text:
            # Brings the open string up to date.
            tree.snapshot()
            tree.shared = False
        if not tree.containers:
            return self._root(is_owned, keeps_text, shows)
        made: object = copied(tree.containers[0]) if is_owned else _copy(tree.containers[0])
        inner: Any = made
        i: i64
        for i in range(1, len(tree.containers)):
            key: Any = tree.keys[i] if isinstance(inner, dict) else -1
            if not is_owned:
                inner[key] = _copy(tree.containers[i])
            inner = inner[key]
        if tree.in_text:
            if not keeps_text:
                del inner[tree.key if tree.in_object else -1]
            return made
        unfinished = self._unfinished(shows)
        if unfinished is not MISSING:
            if tree.in_object:
                inner[tree.key] = unfinished
            else:
                inner.append(unfinished)
        return made

    def _root(self, is_owned: bool, keeps_text: bool, shows: i64) -> object:
        tree = self.tree
        if not tree.ground:
            return self._unfinished(FINISHED if shows == NOTHING else shows)
        if tree.in_text and not keeps_text:
            return MISSING
        root = tree.ground[0]
        return copied(root) if is_owned else root

    def _unfinished(self, shows: i64) -> object:
        """The number or literal at the end of the text, if anything of it is shown."""
        if shows == NOTHING:
            return MISSING
        lexer = self.lexer
        if lexer.state == WORD:
            return LITERALS.get(lexer.word, MISSING) if shows == GUESSED else MISSING
        if lexer.state != NUMBER:
            return MISSING
        digits = lexer.digits
        text = lexer.token
        if digits == MINUS:
            return MISSING
        is_whole = digits == ZERO or digits == WHOLE
        if not is_whole and digits != FRACTION and digits != EXP_DIGITS:
            if shows == FINISHED:
                return MISSING
            is_whole, text = _without_end(digits, text)
        try:
            return int(text) if is_whole else float(text)
        except ValueError:
            # More digits than this interpreter converts.
            return MISSING


def _without_end(digits: i64, text: str) -> tuple[bool, str]:
    """The longest beginning of a number that is a number itself; and is it whole?"""
    if digits == EXP_SIGN:
        text = text[:-2]
    elif digits == EXP or digits == POINT:
        text = text[:-1]
    return "." not in text, text


def _copy(container: object) -> object:
    if isinstance(container, dict):
        return container.copy()
    return cast("list[object]", container).copy()


def copied(value: object) -> object:
    """The same JSON value, with containers of its own."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).copy()
        for key, member in members.items():
            if isinstance(member, (dict, list)):
                members[key] = copied(member)
        return members
    if isinstance(value, list):
        elements = cast("list[object]", value).copy()
        i: i64
        for i in range(len(elements)):
            element = elements[i]
            if isinstance(element, (dict, list)):
                elements[i] = copied(element)
        return elements
    return value
