"""The state of a lexer: what it remembers between two chunks, where it is, and what it says when it cannot go on.

Text comes in chunks that may be cut anywhere. Between two chunks the machine is in one of these states, and all it
remembers is plain data:

    VALUE        a value must come                       FIRST        a value or ']'
    KEY          a key must come                         FIRST_KEY    a key or '}'
    COLON        ':' must come                           AFTER        ',' or the end of the container
    DONE         the root closed; only white space may come
    TEXT         inside a string, value or key; ``escape`` tells where in an escape, ``high`` holds the first half of a
                 surrogate pair until the second has come or cannot come any more
    NUMBER       inside a number; ``digits`` is the state of its own small automaton
    WORD         inside true, false or null

Positions are those of the first character that cannot continue the document. They and the messages depend on the text
alone, never on how it was cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from partialjson._core.plan import Text
from partialjson._core.tree import Tree
from partialjson.errors import IncompleteError, ParseError

if TYPE_CHECKING:
    from mypy_extensions import i64

VALUE: Final = 0
FIRST: Final = 1
KEY: Final = 2
FIRST_KEY: Final = 3
COLON: Final = 4
AFTER: Final = 5
DONE: Final = 6
TEXT: Final = 7
NUMBER: Final = 8
WORD: Final = 9

# Inside a number: what has been read, and so what may follow.
MINUS: Final = 0  # '-': a digit must follow
ZERO: Final = 1  # a leading '0'
WHOLE: Final = 2  # digits of the integer part
POINT: Final = 3  # '.': a digit must follow
FRACTION: Final = 4  # digits of the fraction
EXP: Final = 5  # 'e': a digit or a sign must follow
EXP_SIGN: Final = 6  # the sign of the exponent: a digit must follow
EXP_DIGITS: Final = 7  # digits of the exponent

# Inside a string: 0 outside an escape, 1 after the backslash, 2 to 5 before the 1st to 4th hex digit.
HEX: Final = 2


class Machine:
    """The state of a lexer, and the tree it drives."""

    def __init__(
        self,
        tree: Tree,
        max_depth: i64,
        max_string: i64,
        max_number: i64,
        max_document: i64,
        text: Text | None,
    ) -> None:
        self.tree = tree
        self.max_depth = max_depth
        self.max_string = max_string
        self.max_number = max_number
        self.max_document = max_document
        # Where the text is kept for a plan. Pydantic refuses halves of surrogate pairs, so they are refused here then.
        self.text = text
        self.lone_surrogates = text is None
        self.state: i64 = VALUE
        # Where the present chunk starts in the document; where its line starts.
        self.base: i64 = 0
        self.line: i64 = 1
        self.line_start: i64 = 0
        # The token that is cut by the end of the chunk. A string value grows in the tree, everything else here.
        self.token = ""
        self.length: i64 = 0
        self.is_key = False
        self.escape: i64 = 0
        self.code: i64 = 0
        self.high: i64 = 0
        self.digits: i64 = 0
        self.word = ""
        self.matched: i64 = 0

    def done(self) -> bool:
        return self.state == DONE

    def incomplete(self) -> IncompleteError:
        """The error for a document that ends here."""
        if self.state == VALUE and self.base == 0:
            msg = "the document is empty"
        elif self.state == VALUE and self.tree.depth() == 0:
            msg = "the document is blank"
        elif self.state == TEXT:
            msg = "the document ends inside a key" if self.is_key else "the document ends inside a string"
        elif self.state == NUMBER:
            msg = "the document ends inside a number"
        elif self.state == WORD:
            msg = f"the document ends inside {self.word}"
        elif self.state == VALUE:
            msg = "the document ends where a value must come"
        elif self.state == DONE:
            msg = "the document ends inside a UTF-8 sequence"
        elif self.tree.in_object:
            msg = "the document ends inside an object"
        else:
            msg = "the document ends inside an array"
        return IncompleteError(msg, self.base, self.line, self.base - self.line_start + 1, self.path())

    def drop_token(self) -> i64:
        """Go back to before the number, the word or the escape that is cut; gives its length in characters.

        Nothing of it has reached the tree.
        """
        dropped: i64 = 0
        state = self.state
        if state == NUMBER or state == WORD:
            dropped = len(self.token) if state == NUMBER else self.matched
            tree = self.tree
            self.state = FIRST if tree.depth() > 0 and not tree.in_object and tree.length() == 0 else VALUE
            self.token = ""
            self.length = 0
            self.matched = 0
        elif state == TEXT:
            if self.high != 0:
                dropped += 6
            if self.escape >= HEX:
                dropped += 2 + self.escape - HEX
            else:
                dropped += self.escape
            self.high = 0
            self.escape = 0
            self.code = 0
        self.base -= dropped
        if self.text is not None and dropped > 0:
            self.text.drop(dropped)
        return dropped

    def path(self) -> tuple[str | int, ...]:
        """The open path: the open containers, and the value that is in progress or must come."""
        state = self.state
        return self.tree.path(state == VALUE or state == FIRST or state == NUMBER or state == WORD)

    def error(self, msg: str, i: i64) -> ParseError:
        """An error at index ``i`` of the present chunk."""
        pos = self.base + i
        return ParseError(msg, pos, self.line, pos - self.line_start + 1, self.path())

    def unexpected(self, s: str, i: i64) -> ParseError:
        found = shown(s[i])
        state = self.state
        if state == VALUE:
            msg = f"expected a value, found {found}"
        elif state == FIRST:
            msg = f"expected a value or ']', found {found}"
        elif state == KEY:
            msg = f"expected a key in quotes, found {found}"
        elif state == FIRST_KEY:
            msg = f"expected a key in quotes or '}}', found {found}"
        elif state == COLON:
            msg = f"expected ':' after a key, found {found}"
        elif state == DONE:
            msg = f"text after the end of the document: {found}"
        else:
            msg = f"expected ',' or '{'}' if self.tree.in_object else ']'}', found {found}"
        return self.error(msg, i)


def shown(character: str) -> str:
    """A character for a message: itself where it can be seen, its code point where not."""
    if character.isprintable():
        return repr(character)
    return f"U+{ord(character):04X}"
