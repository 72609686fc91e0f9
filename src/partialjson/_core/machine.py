"""The machine: the state of a lexer between two chunks, and its error messages.

Text comes in chunks that may be cut anywhere. Between two chunks the machine is in one of these states, and all it
remembers is plain data:

    VALUE        a value must come                       FIRST_VALUE  a value or ']'
    KEY          a key must come                         FIRST_KEY    a key or '}'
    COLON        ':' must come                           AFTER        ',' or the end of the container
    ENDED        the root closed; only white space may come
    TEXT         inside a string, value or key; ``escape`` tells where in an escape, ``high`` holds the first half of a
                 surrogate pair until the second has come or can no longer come
    NUMBER       inside a number; ``digits`` is the state of its own small automaton
    WORD         inside true, false or null

The readers of tokens (``numbers``, ``strings``) are functions of a machine, a chunk and an index. They return the index
after what they read or, at the end of the chunk, leave the machine in a token state. ``lexer`` is the loop over them.

*Refusing.* Text that cannot continue as JSON, or passes a limit, is refused in one place, ``refuse``; nothing else
raises while a chunk is read. It gets the fault (one of those below) and the position, with the machine in the state
that the text led to. Strict parsing raises there. A lenient policy can read on instead, since each reader returns what
``refuse`` returns: the index of a character at which the machine can continue, or the end of the chunk.

*Closing.* A scalar closes only through ``string_closed``, ``text_closed`` or ``atom_closed``, after its last character
has been read and before the next one is looked at.

Positions are those of the first character that cannot continue the document. They and the messages depend on the text
alone, never on how it was cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from partialjson._core.refcounts import COMPILED
from partialjson._core.source import Source
from partialjson._core.tree import Tree
from partialjson.errors import ErrorCode, IncompleteError, ParseError

if TYPE_CHECKING:
    from mypy_extensions import i64

VALUE: Final = 0
FIRST_VALUE: Final = 1
KEY: Final = 2
FIRST_KEY: Final = 3
COLON: Final = 4
AFTER: Final = 5
ENDED: Final = 6
# Inside a token: all from here on.
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

# What can be wrong with a character.
UNEXPECTED: Final = 0  # not allowed in this state, between tokens
BAD_CONTROL: Final = 1  # a control character inside a string
BAD_ESCAPE: Final = 2  # not the beginning of an escape
BAD_HEX: Final = 3  # not a hex digit, inside an escape
HALF_PAIR: Final = 4  # a lone surrogate, raw or escaped, where that is refused
BAD_NUMBER: Final = 5  # not the continuation of a number
BAD_WORD: Final = 6  # not true, false or null
NOT_UTF8: Final = 7  # a byte that is not UTF-8
LIMIT: Final = 8  # it passes a limit
TRAILING: Final = 9  # something after the root

# What users are told of it, by these numbers.
CODES: Final[tuple[ErrorCode, ...]] = (
    "syntax",
    "control",
    "escape",
    "escape",
    "surrogate",
    "number",
    "word",
    "utf8",
    "limit",
    "trailing",
)

# Characters, as code points.
TAB: Final = 9
NEWLINE: Final = 10
RETURN: Final = 13
SPACE: Final = 32
QUOTE: Final = 34
PLUS: Final = 43
COMMA: Final = 44
DASH: Final = 45
DOT: Final = 46
DIGIT_0: Final = 48
DIGIT_9: Final = 57
COLON_SIGN: Final = 58
OPEN_BRACKET: Final = 91
BACKSLASH: Final = 92
CLOSE_BRACKET: Final = 93
OPEN_BRACE: Final = 123
CLOSE_BRACE: Final = 125

# Characters of a string that are looked at one by one before the standard library's scanner is called. A compiled loop
# reads about 60 ASCII characters in the time that the call costs, and is faster on other text at any length.
SHORT: Final = 32
SHORT_INTERPRETED: Final = 24


class Machine:
    """The state of a lexer, and the tree it drives."""

    def __init__(
        self,
        tree: Tree,
        max_depth: i64,
        max_string: i64,
        max_number: i64,
        max_document: i64,
        source: Source | None,
        lone_surrogates: bool,
    ) -> None:
        self.tree: Final = tree
        self.max_depth = max_depth
        self.max_string = max_string
        self.max_number = max_number
        self.max_document = max_document
        # The text kept for a plan, or to read numbers again. Pydantic refuses lone surrogates, so with a plan they are
        # refused here.
        self.source: Final = source
        self.lone_surrogates: Final = lone_surrogates
        # What numbers become; and how long one may be that is computed on the way: none if they become something else.
        self.parse_float: Any = None
        self.parse_int: Any = None
        self.max_short: i64 = max_number
        self.state: i64 = VALUE
        # The offset of this chunk in the document, and of the line it starts in.
        self.base: i64 = 0
        self.line: i64 = 1
        self.line_start: i64 = 0
        # The token that the end of the chunk cut. A string value grows in the tree; everything else grows here.
        self.token = ""
        self.length: i64 = 0
        self.is_key = False
        self.escape: i64 = 0
        self.code: i64 = 0
        self.high: i64 = 0
        self.digits: i64 = 0
        self.word = ""
        self.matched: i64 = 0
        # Is text after the root left unread instead of refused? And the index in this chunk where it starts.
        self.stops = False
        self.stopped: i64 = -1
        # Where the last key begins that lenient parsing has read.
        self.key_at: i64 = 0
        # Does the text come from lenient parsing? It closes each number, and has a word for NaN.
        self.is_mended = False
        # How many characters of a string are looked at one by one.
        self.short: i64 = SHORT if COMPILED else SHORT_INTERPRETED
        # Was the last complete string value a long one? Then the next goes to the scanner at once.
        self.expects_long = False
        # Recent keys, for the interpreted build, where a dict is cheaper than a loop over characters.
        self.known: dict[str, str] = {}

    def done(self) -> bool:
        # Where the document stopped inside a string or a number at the root, that has not closed, however it came.
        return self.state == ENDED and len(self.tree.ground) > 0 and not self.tree.in_text

    # A value closed.

    def goes_on(self) -> None:
        """On to what can come after a value."""
        if self.tree.containers:
            self.state = AFTER
        else:
            self.state = ENDED

    def container_closed(self) -> None:
        self.tree.end()
        self.goes_on()

    def string_closed(self, value: str) -> None:
        """A string that came complete has closed."""
        self.goes_on()
        self.tree.string(value)

    def text_closed(self) -> None:
        """A string that grew has closed."""
        self.goes_on()
        self.tree.end_text()

    def atom_closed(self, value: object, raw: str) -> None:
        """A number, with its text, or a word has closed."""
        if self.tree.is_judged:
            self.tree.atom_comes(raw)
        self.goes_on()
        self.tree.atom(value, raw)

    # Tokens that are cut.

    def keep(self, part: str) -> None:
        """Add to the cut token. Taken out of its slot, the text has one reference, so CPython extends it in place."""
        token = self.token
        self.token = ""
        token += part
        self.token = token

    def drop_token(self) -> i64:
        """Go back to before the number, word or escape that is cut; returns its length in characters.

        Nothing of it has reached the tree.
        """
        dropped: i64 = 0
        state = self.state
        if state == NUMBER or state == WORD:
            dropped = len(self.token) if state == NUMBER else self.matched
            tree = self.tree
            is_first = tree.depth() > 0 and not tree.in_object and tree.length() == 0
            # An interrupt may come at any call, so there is none from here on.
            if tree.observer is not None and tree.observer.judge is not None:
                tree.observer.judge.is_taken_back = True
            self.state = FIRST_VALUE if is_first else VALUE
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
        if self.source is not None and dropped > 0:
            self.source.drop(dropped)
        return dropped

    def forget_key(self) -> None:
        """Go back to before the key that is open, or has no value. Nothing of it has reached the tree."""
        tree = self.tree
        self.state = AFTER if len(tree.obj) > 0 else FIRST_KEY
        self.token = ""
        self.length = 0
        self.is_key = False
        self.escape = 0
        self.high = 0

    def path(self) -> tuple[str | int, ...]:
        """The open path: the open containers, and the value that is in progress or expected next."""
        state = self.state
        return self.tree.path(state == VALUE or state == FIRST_VALUE or state == NUMBER or state == WORD)

    # What cannot go on.

    def refuse(self, fault: i64, msg: str, s: str, i: i64) -> i64:
        """The character at index ``i`` of the chunk ``s`` cannot continue the document, or passes a limit.

        Args:
            fault: what is wrong with it, as one of the constants of this module.
            msg: the same in words.
            s, i: empty and 0 if no text is refused.

        Raises:
            ParseError: always.
        """
        raise self.error(fault, msg, i)

    def refuse_character(self, s: str, i: i64) -> i64:
        """``refuse`` a character that is not allowed between tokens, with the message for the state."""
        found = shown(s[i])
        fault: i64 = UNEXPECTED
        state = self.state
        if state == VALUE:
            msg = f"expected a value, found {found}"
        elif state == FIRST_VALUE:
            msg = f"expected a value or ']', found {found}"
        elif state == KEY:
            msg = f"expected a key in quotes, found {found}"
        elif state == FIRST_KEY:
            msg = f"expected a key in quotes or '}}', found {found}"
        elif state == COLON:
            msg = f"expected ':' after a key, found {found}"
        elif state == ENDED:
            fault = TRAILING
            msg = f"text after the end of the document: {found}"
        else:
            msg = f"expected ',' or '{'}' if self.tree.in_object else ']'}', found {found}"
        return self.refuse(fault, msg, s, i)

    def error(self, fault: i64, msg: str, i: i64) -> ParseError:
        """An error at index ``i`` of the present chunk."""
        pos = self.base + i
        return ParseError(msg, pos, self.line, pos - self.line_start + 1, self.path(), (), None, CODES[fault])

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
            msg = "the document ends where a value is expected"
        elif self.state == ENDED:
            msg = "the document ends inside a UTF-8 sequence"
        elif self.tree.in_object:
            msg = "the document ends inside an object"
        else:
            msg = "the document ends inside an array"
        return IncompleteError(msg, self.base, self.line, self.base - self.line_start + 1, self.path())


def shown(character: str) -> str:
    """A character for a message: itself if it is visible, otherwise its code point."""
    if character.isprintable():
        return repr(character)
    return f"U+{ord(character):04X}"
