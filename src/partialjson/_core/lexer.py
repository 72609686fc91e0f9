"""The lexer: a resumable state machine from text to calls on the tree.

What it remembers between two chunks, and what it says when it cannot go on, is in ``machine``.

``feed`` is one loop that skips white space and dispatches on the state; each token is scanned by a method that gives
the index after it, or leaves the machine in a token state at the end of the chunk. A token that fits in the chunk is
sliced out of it; only one that is cut is collected in pieces. So each character is looked at a bounded number of
times, whatever came before it.

It stops at the first character that cannot continue a JSON text (RFC 8259).
"""

from __future__ import annotations

import re

# In every Python, though typeshed leaves it out.
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Final, final

from partialjson._core.bulk import BATCHED, FEW, LEAST, MANY, NARROW, WIDE, whole_elements
from partialjson._core.machine import (
    AFTER,
    COLON,
    DONE,
    EXP,
    EXP_DIGITS,
    EXP_SIGN,
    FIRST,
    FIRST_KEY,
    FRACTION,
    HEX,
    KEY,
    MINUS,
    NUMBER,
    POINT,
    TEXT,
    VALUE,
    WHOLE,
    WORD,
    ZERO,
    Machine,
    shown,
)
from partialjson._core.plan import ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING, Text
from partialjson._core.refcounts import COMPILED
from partialjson._core.tree import Tree
from partialjson.errors import ParseError

if TYPE_CHECKING:
    from mypy_extensions import i64

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
SLASH: Final = 47
DIGIT_0: Final = 48
DIGIT_9: Final = 57
COLON_SIGN: Final = 58
OPEN_BRACKET: Final = 91
BACKSLASH: Final = 92
CLOSE_BRACKET: Final = 93
OPEN_BRACE: Final = 123
CLOSE_BRACE: Final = 125

# Keys seen lately, by a hash of their characters. Most keys come again, also in the next document, and are recognised
# without a slice; that one object stands for all of them is what keeps rows small. The size is a power of two.
NAMES: Final = 1024
_NAMES: Final[list[str]] = [""] * NAMES

# Characters of a string that are looked at one by one before the standard library's scanner is asked. A compiled loop
# reads some 60 ASCII characters in the time that the call costs, and is the faster one on other text at any length.
SHORT: Final = 32
SHORT_INTERPRETED: Final = 24

# From so many characters on the call of the scanner pays on any text, and a string after one like it is given to it at
# once.
LONG: Final = 128

# Where so much of a chunk is left, a string is taken to close in it; a scanner that finds out that it does not costs
# more than the search for its quote would have.
FAR: Final = 4096

POWERS_OF_TEN: Final = [float(10**scale) for scale in range(23)]

_SPECIAL: Final = re.compile('["\\\\\x00-\x1f]').search
_SIMPLE_ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/", "\\": "\\", '"': '"'}


@final
class Lexer(Machine):
    """Drives a tree from text."""

    def __init__(
        self,
        tree: Tree,
        max_depth: i64,
        max_string: i64,
        max_number: i64,
        max_document: i64,
        text: Text | None,
    ) -> None:
        super().__init__(tree, max_depth, max_string, max_number, max_document, text)
        self.short: i64 = SHORT if COMPILED else SHORT_INTERPRETED
        # Was the last string value that came whole a long one? Then the next is given to the scanner at once.
        self.expects_long = False
        # Keys seen lately, for the interpreted build, where a dict is cheaper than a loop over characters.
        self.known: dict[str, str] = {}
        # Is text after the root left unread, not refused? And the index in the present chunk where it starts.
        self.stops = False
        self.stopped: i64 = -1
        # Many elements at once: how many an array has before the first attempt, the width of the next window, the index
        # in the present chunk before which no attempt is made, and how far that is put off by one that fails.
        self.few: i64 = FEW
        self.window: i64 = NARROW
        self.rows_from: i64 = 0
        self.rows_pause: i64 = LEAST

    def feed(self, s: str) -> None:
        """Read one chunk.

        Raises:
            ParseError: the text cannot be the beginning of JSON, or passes a limit.
        """
        n: i64 = len(s)
        if self.state == TEXT and n <= self.short and self._grows_by(s, n):
            return
        if self.base + n > self.max_document:
            self.feed(s[: self.max_document - self.base])
            if self.stopped >= 0:
                return
            raise self.error(f"the document is longer than the limit of {self.max_document} characters", 0)
        if not self.lone_surrogates and not (_has_no_surrogates(s, n) if COMPILED and n <= SHORT else s.isascii()):
            self._feed_unicode(s)
            return
        self._feed(s, n)

    def _feed_unicode(self, s: str) -> None:
        """``_feed`` for text in which halves of surrogate pairs are refused."""
        try:
            s.encode()
        except UnicodeEncodeError as bad:
            self._feed(s[: bad.start], bad.start)
            if self.stopped >= 0:
                return
            raise self.error(f"U+{ord(s[bad.start]):04X} is half of a surrogate pair", 0) from None
        self._feed(s, len(s))

    def _grows_by(self, s: str, n: i64) -> bool:
        """Read a short chunk that only continues a string value, the commonest thing a model sends; or leave it."""
        if self.is_key or self.escape != 0 or self.high != 0:
            return False
        if not COMPILED and not self.lone_surrogates and not s.isascii():
            return False
        if self.length + n > self.max_string or self.base + n > self.max_document:
            return False
        if self._plain_run(s, 0, n) < n:
            return False
        if n > 0:
            if self.text is not None:
                self.text.add(s)
            self.length += n
            self.base += n
            self.tree.grow(s)
        return True

    def _feed(self, s: str, n: i64) -> None:
        i: i64 = 0
        self.rows_from = 0
        if COMPILED and n > SHORT:
            self.short = SHORT if s.isascii() else n
        if self.text is not None:
            self.text.add(s)
        if self.state >= TEXT:
            i = self._resume(s, n)
        while i < n:
            c: i64 = ord(s[i])
            if c <= SPACE:
                if c == NEWLINE:
                    self.line += 1
                    self.line_start = self.base + i + 1
                elif c != SPACE and c != RETURN and c != TAB:
                    self._goes_no_further(s, i, n)
                    return
                i += 1
                continue
            state = self.state
            if state == AFTER:
                i = self._after(s, c, i)
            elif state == VALUE or state == FIRST:
                if n - i > LEAST and i >= self.rows_from and not self.tree.in_object:
                    i = self._rows(s, c, i, n)
                    if self.state == AFTER:
                        continue
                i = self._value(s, c, i, n)
            elif state == KEY or state == FIRST_KEY:
                if c == QUOTE:
                    i = self._key(s, i + 1, n)
                elif c == CLOSE_BRACE and state == FIRST_KEY:
                    i = self._end(i)
                else:
                    raise self.unexpected(s, i)
            elif state == COLON:
                if c != COLON_SIGN:
                    raise self.unexpected(s, i)
                self.state = VALUE
                i += 1
            else:
                self._goes_no_further(s, i, n)
                return
        self.base += n

    def _goes_no_further(self, s: str, i: i64, n: i64) -> None:
        """The character at ``i`` cannot continue the document: leave it and the rest unread, if that was asked."""
        if not self.stops or self.state != DONE:
            raise self.unexpected(s, i)
        self.stopped = i
        self.base += i
        if self.text is not None:
            self.text.drop(n - i)

    def finish(self) -> None:
        """The text ended.

        Raises:
            IncompleteError: it ended before the root value closed.
        """
        self.end_number()
        if self.state != DONE:
            raise self.incomplete()

    def end_number(self) -> None:
        """Close a number at the root, if it may end here."""
        if self.state == NUMBER and self.tree.depth() == 0 and self._number_may_end():
            self._number_ends(self.token, 0)

    # Structure.

    def _value(self, s: str, c: i64, i: i64, n: i64) -> i64:
        if self.text is not None:
            self.text.at = self.base + i
            if self.tree.foresight is not None:
                self._begins(c)
        if c == QUOTE:
            return self._string(s, i + 1, n)
        if c == OPEN_BRACE or c == OPEN_BRACKET:
            tree = self.tree
            if tree.depth() >= self.max_depth:
                raise self.error(f"nested deeper than the limit of {self.max_depth}", i)
            if c == OPEN_BRACE:
                tree.begin_object()
                self.state = FIRST_KEY
            else:
                tree.begin_array()
                self.state = FIRST
            return i + 1
        if c == DASH or DIGIT_0 <= c <= DIGIT_9:
            end = self._short_number(s, i, n)
            if end > 0:
                return end
            self.state = NUMBER
            if end < 0:
                self.length = -end - i
                return self._number(s, i, -end, n)
            self.length = 1
            if c == DASH:
                self.digits = MINUS
            elif c == DIGIT_0:
                self.digits = ZERO
            else:
                self.digits = WHOLE
            return self._number(s, i, i + 1, n)
        if c == 116:
            self.word = "true"
        elif c == 102:
            self.word = "false"
        elif c == 110:
            self.word = "null"
        elif c == CLOSE_BRACKET and self.state == FIRST:
            return self._end(i)
        else:
            raise self.unexpected(s, i)
        self.state = WORD
        self.matched = 1
        return self._word(s, i + 1, n)

    def _begins(self, c: i64) -> None:
        """Tell the tree what the character that begins a value shows of it."""
        kind: i64 = 0
        if c == QUOTE:
            kind = STRING
        elif c == OPEN_BRACE:
            kind = OBJECT
        elif c == OPEN_BRACKET:
            kind = ARRAY
        elif c == DASH or DIGIT_0 <= c <= DIGIT_9:
            kind = INTEGER | FLOAT
        elif c == 116 or c == 102:
            kind = BOOLEAN
        elif c == 110:
            kind = NULL
        if kind != 0:
            self.tree.begins(kind)

    def _after(self, s: str, c: i64, i: i64) -> i64:
        in_object = self.tree.in_object
        if c == COMMA:
            self.state = KEY if in_object else VALUE
            return i + 1
        if c == (CLOSE_BRACE if in_object else CLOSE_BRACKET):
            return self._end(i)
        raise self.unexpected(s, i)

    def _end(self, i: i64) -> i64:
        if self.text is not None:
            self.text.at = self.base + i
        self.tree.end()
        self._closed()
        return i + 1

    def _closed(self) -> None:
        """A value closed: go on in the container around it."""
        self.state = AFTER if self.tree.depth() else DONE

    def _rows(self, s: str, c: i64, i: i64, n: i64) -> i64:
        """Take many elements of an array at once; ``i`` again, and the state as it was, where that is not possible."""
        tree = self.tree
        length = tree.length()
        if length < self.few or not tree.only_builds():
            return i
        # A compiled loop is as fast on numbers, and a copy of a long string dearer than a call of the scanner for it.
        if COMPILED and c != OPEN_BRACE and (c != QUOTE or s.find('"', i + 1, i + BATCHED) < 0):
            return i
        room = self.max_depth - tree.depth()
        # An array that has few elements yet may be a short one.
        window = NARROW if length < MANY else self.window
        stop = i + window if i + window < n else n
        values, end = whole_elements(s, i, stop, room, self.max_number, self.max_string)
        if not values and stop < n and c == OPEN_BRACE:
            # Perhaps not even one row fits into the window.
            stop = i + WIDE if i + WIDE < n else n
            values, end = whole_elements(s, i, stop, room, self.max_number, self.max_string)
        if not values:
            # Each failure costs up to a window, so the next attempt waits twice as long.
            self.rows_from = i + self.rows_pause
            self.rows_pause *= 2
            self.window = NARROW
            return i
        self.rows_pause = LEAST
        tree.extend(values)
        if ord(s[end]) != COMMA:
            # A compiled loop would have been faster, and the next array will be like this one.
            if COMPILED:
                self.few = 2 * tree.length()
        elif stop < n:
            self.few = FEW
            window = 2 * (end - i)
            self.window = NARROW if window < NARROW else WIDE if window > WIDE else window
        if s.find("\n", i, end) >= 0:
            self.line += s.count("\n", i, end)
            self.line_start = self.base + s.rfind("\n", i, end) + 1
        self.state = AFTER
        return end

    # Strings.

    def _string(self, s: str, i: i64, n: i64) -> i64:
        """A string value whose first character is at ``i``."""
        if self.expects_long and n - i > SHORT and (n - i > FAR or s.find('"', i) >= 0):
            end = self._whole_string(s, i)
            if end > 0:
                return end
        j = self._plain_run(s, i, n)
        if j < n and ord(s[j]) == QUOTE and j - i <= self.max_string:
            self._closed()
            self.tree.string(s[i:j])
            self.expects_long = j - i > LONG
            return j + 1
        if n - j > self.short and s.find('"', j) >= 0:
            end = self._whole_string(s, i)
            if end > 0:
                return end
        self.is_key = False
        self.length = 0
        self.state = TEXT
        self.tree.begin_text()
        return self._text(s, i, n)

    def _whole_string(self, s: str, i: i64) -> i64:
        """A string value that closes in this chunk, read by the standard library's scanner; 0 where it does not."""
        value: str
        end: i64
        try:
            value, end = scanstring(s, i, True)
        except ValueError:
            return 0
        if len(value) > self.max_string or self._may_hide_surrogates(s, i, end):
            return 0
        self._closed()
        self.tree.string(value)
        self.expects_long = end - i > LONG
        return end

    def _may_hide_surrogates(self, s: str, i: i64, end: i64) -> bool:
        """Could the scanner have let surrogates pass that are to be refused?"""
        return not self.lone_surrogates and s.find("\\u", i, end) >= 0

    def _key(self, s: str, i: i64, n: i64) -> i64:
        if not COMPILED:
            return self._key_interpreted(s, i, n)
        j = i
        hashed: i64 = 0
        stop = i + SHORT if i + SHORT < n else n
        while j < stop:
            c: i64 = ord(s[j])
            if c == QUOTE:
                if j - i > self.max_string:
                    break
                if self.text is not None:
                    self.text.at = self.base + j
                self.tree.name(self._name(s, i, j, hashed))
                j += 1
                if j < n and ord(s[j]) == COLON_SIGN:
                    self.state = VALUE
                    return j + 1
                self.state = COLON
                return j
            if c == BACKSLASH or c < SPACE:
                break
            hashed = hashed * 31 + c
            j += 1
        return self._cut_key(s, i, n)

    def _key_interpreted(self, s: str, i: i64, n: i64) -> i64:
        """``_key`` where a loop over characters is dear and a dict is cheap."""
        j = self._plain_run(s, i, n)
        if j < n and s[j] == '"' and j - i <= self.max_string:
            key = s[i:j]
            if self.text is not None:
                self.text.at = self.base + j
            self.tree.name(self._known(key))
            self.state = COLON
            return j + 1
        return self._cut_key(s, i, n)

    def _known(self, key: str) -> str:
        """The object used for this key before."""
        if len(self.known) >= NAMES:
            self.known.clear()
        return self.known.setdefault(key, key)

    def _cut_key(self, s: str, i: i64, n: i64) -> i64:
        """A key that has escapes, or that this chunk does not hold to its end."""
        self.is_key = True
        self.length = 0
        self.state = TEXT
        return self._text(s, i, n)

    def _name(self, s: str, i: i64, j: i64, hashed: i64) -> str:
        """The key ``s[i:j]``: the object used for it before, if its slot still has it."""
        slot = (hashed ^ (hashed >> 10)) & (NAMES - 1)
        name = _NAMES[slot]
        if len(name) == j - i:
            k = i
            n: i64 = 0
            while k < j and ord(s[k]) == ord(name[n]):
                k += 1
                n += 1
            if k == j:
                return name
        name = _NAMES[slot] = s[i:j]
        return name

    def _plain_run(self, s: str, i: i64, n: i64) -> i64:
        """The first quote, backslash or control character at or after ``i``, or how far it pays to look here."""
        stop = i + self.short if i + self.short < n else n
        if not COMPILED:
            return self._plain_run_interpreted(s, i, stop)
        while i < stop:
            c: i64 = ord(s[i])
            if c <= QUOTE:
                if c == QUOTE or c < SPACE:
                    return i
            elif c == BACKSLASH or (0xD800 <= c <= 0xDFFF and not self.lone_surrogates):
                # Only a chunk that is not yet known to have no surrogates has one here.
                return i
            i += 1
        return i

    def _plain_run_interpreted(self, s: str, i: i64, stop: i64) -> i64:
        special = _SPECIAL(s, i, stop)
        return stop if special is None else special.start()

    def _text(self, s: str, i: i64, n: i64) -> i64:
        """Inside a string that is collected in pieces."""
        # Where the scanner did not help once it will not help in the rest of the chunk.
        scan = not self.is_key
        while i < n:
            if self.escape != 0:
                i = self._in_escape(s, i)
                continue
            j = self._plain_run(s, i, n)
            if j > i:
                self._grow_by_run(s, i, j)
                i = j
                if i == n:
                    break
            c: i64 = ord(s[i])
            if c == QUOTE:
                self._end_text(i)
                return i + 1
            if scan and n - i > self.short and self.high == 0:
                scan = False
                end = self._scan(s, i, n)
                if end > 0:
                    return end
            if c == BACKSLASH:
                self.escape = 1
                i += 1
            elif c < SPACE:
                if self.high != 0:
                    self._lone(i)
                raise self.error(f"control character U+{c:04X} in a string must be escaped", i)
        return n

    def _scan(self, s: str, i: i64, n: i64) -> i64:
        """Read on in a string value with the standard library's scanner: to its quote, or to the end of the chunk.

        Gives the index after what was read, or 0 where the long way must be taken.
        """
        value: str
        end: i64
        closes = s.find('"', i) >= 0
        try:
            if closes:
                value, end = scanstring(s, i, True)
            else:
                value, end = scanstring(s[i:] + '"', 0, True)
        except ValueError:
            return 0
        if self.length + len(value) > self.max_string or self._may_hide_surrogates(s, i, n):
            return 0
        if not closes:
            # Half a pair waits for the next chunk.
            if 0xD800 <= ord(value[len(value) - 1]) <= 0xDBFF:
                return 0
            self._grow(value, len(value))
            return n
        if value:
            self._grow(value, len(value))
        self._end_text(i)
        return end

    def _end_text(self, i: i64) -> None:
        """The string that was collected closed."""
        if self.high != 0:
            self._lone(i)
        if self.is_key:
            if self.text is not None:
                self.text.at = self.base + i
            self._named()
        else:
            self._closed()
            self.tree.end_text()

    def _grow_by_run(self, s: str, i: i64, j: i64) -> None:
        if self.high != 0:
            self._lone(i)
        room = self.max_string - self.length
        if j - i > room:
            if room > 0:
                self._grow(s[i : i + room], room)
            raise self._too_long(i + room)
        self._grow(s[i:j], j - i)

    def _in_escape(self, s: str, i: i64) -> i64:
        c: i64 = ord(s[i])
        if self.escape == 1:
            if c == 117:
                self.escape = HEX
                self.code = 0
                return i + 1
            plain = _SIMPLE_ESCAPES.get(s[i])
            if plain is None:
                raise self.error(f"invalid escape \\{shown(s[i])} in a string", i)
            if self.high != 0:
                self._lone(i)
            self._grow_by_escape(plain, i)
            self.escape = 0
            return i + 1
        if DIGIT_0 <= c <= DIGIT_9:
            digit = c - DIGIT_0
        elif 97 <= c <= 102:
            digit = c - 87
        elif 65 <= c <= 70:
            digit = c - 55
        else:
            raise self.error(f"invalid hex digit {shown(s[i])} in a \\u escape", i)
        self.code = self.code * 16 + digit
        self.escape += 1
        if self.escape == HEX + 4:
            self.escape = 0
            self._code_unit(self.code, i)
        return i + 1

    def _code_unit(self, unit: i64, i: i64) -> None:
        """A ``\\u`` escape is whole; ``i`` is its last digit. Pairs of surrogates are one character."""
        if 0xDC00 <= unit <= 0xDFFF and self.high != 0:
            unit = 0x10000 + (self.high - 0xD800) * 0x400 + (unit - 0xDC00)
            self.high = 0
            self._grow_by_escape(chr(unit), i)
            return
        if self.high != 0:
            self._lone(i)
        if 0xD800 <= unit <= 0xDBFF:
            self.high = unit
            return
        if 0xDC00 <= unit <= 0xDFFF and not self.lone_surrogates:
            raise self._lone_error(unit, i)
        self._grow_by_escape(chr(unit), i)

    def _lone(self, i: i64) -> None:
        """The character at ``i`` shows that the first half of a surrogate pair stays alone."""
        high = self.high
        if not self.lone_surrogates:
            raise self._lone_error(high, i)
        self.high = 0
        self._grow_by_escape(chr(high), i)

    def _lone_error(self, unit: i64, i: i64) -> ParseError:
        return self.error(f"surrogate escape \\u{unit:04x} is not half of a pair", i)

    def _grow_by_escape(self, character: str, i: i64) -> None:
        if self.length >= self.max_string:
            raise self._too_long(i)
        self._grow(character, 1)

    def _grow(self, part: str, length: i64) -> None:
        self.length += length
        if self.is_key:
            self._keep(part)
        else:
            self.tree.grow(part)

    def _keep(self, part: str) -> None:
        """Add to the token that is cut. Out of its slot the text has one holder, and is extended in place."""
        token = self.token
        self.token = ""
        token += part
        self.token = token

    def _named(self) -> None:
        """The key in ``token`` closed."""
        key = self.token
        self.token = ""
        hashed: i64 = 0
        i: i64 = 0
        n: i64 = len(key)
        if not COMPILED:
            key = self._known(key)
        elif n <= SHORT:
            while i < n:
                hashed = hashed * 31 + ord(key[i])
                i += 1
            slot = (hashed ^ (hashed >> 10)) & (NAMES - 1)
            if _NAMES[slot] == key:
                key = _NAMES[slot]
            else:
                _NAMES[slot] = key
        self.tree.name(key)
        self.state = COLON

    def _too_long(self, i: i64) -> ParseError:
        return self.error(f"a string is longer than the limit of {self.max_string} characters", i)

    # Numbers and words.

    def _short_number(self, s: str, i: i64, n: i64) -> i64:
        """A number of few digits that ends in this chunk, computed on the way; gives the index after it.

        0 where the long way must be taken; minus the index of a digit where only there are too many, with ``digits``
        telling which those are.

        Up to 15 digits over a power of ten up to 10**22 are both exact as doubles, so their quotient is the nearest
        double, which is what ``float`` gives (Clinger, "How to read floating point numbers accurately", 1990).
        """
        j = i
        if ord(s[i]) == DASH:
            j += 1
        first = j
        # One digit more than is exact shows that there are too many.
        stop = j + 16 if j + 16 < n else n
        mantissa: i64 = 0
        c: i64 = 0
        while j < stop:
            c = ord(s[j])
            if c < DIGIT_0 or c > DIGIT_9:
                break
            mantissa = mantissa * 10 + c - DIGIT_0
            j += 1
        whole = j - first
        if whole == 0 or (whole > 1 and ord(s[first]) == DIGIT_0):
            return 0
        if j == stop:
            return self._too_many_digits(WHOLE, i, j, n)
        value: object
        if c == DOT:
            j += 1
            while j < stop:
                c = ord(s[j])
                if c < DIGIT_0 or c > DIGIT_9:
                    break
                mantissa = mantissa * 10 + c - DIGIT_0
                j += 1
            scale = j - first - whole - 1
            if scale == 0:
                return 0
            if j == stop:
                return self._too_many_digits(FRACTION, i, j, n)
            number = float(mantissa) / POWERS_OF_TEN[scale]
            value = -number if first > i else number
        else:
            value = -mantissa if first > i else mantissa
        if c != COMMA and c != CLOSE_BRACKET and c != CLOSE_BRACE and c != SPACE and c != NEWLINE:
            return 0
        tree = self.tree
        if tree.depth() == 0 or j - i > self.max_number:
            return 0
        self.state = AFTER
        tree.atom(value, s[i:j] if self.text is not None else "")
        return j

    def _too_many_digits(self, digits: i64, i: i64, j: i64, n: i64) -> i64:
        if j == n or j - i > self.max_number:
            return 0
        self.digits = digits
        return -j

    def _number(self, s: str, start: i64, i: i64, n: i64) -> i64:
        """Inside a number; what this chunk has of it starts at ``start``, and ``i`` is the next character."""
        digits = self.digits
        while i < n:
            c: i64 = ord(s[i])
            if DIGIT_0 <= c <= DIGIT_9:
                if digits == FRACTION or digits == WHOLE:
                    pass
                elif digits == ZERO:
                    raise self._number_error("a number must not have a leading zero", s, start, i)
                if digits == MINUS:
                    digits = ZERO if c == DIGIT_0 else WHOLE
                elif digits == POINT:
                    digits = FRACTION
                elif digits == EXP or digits == EXP_SIGN:
                    digits = EXP_DIGITS
            elif c == DOT and (digits == ZERO or digits == WHOLE):
                digits = POINT
            elif (c == 101 or c == 69) and (digits == ZERO or digits == WHOLE or digits == FRACTION):
                digits = EXP
            elif (c == DASH or c == PLUS) and digits == EXP:
                digits = EXP_SIGN
            else:
                self.digits = digits
                return self._number_stops(s, start, i, c)
            if self.length >= self.max_number:
                raise self._number_error(
                    f"a number is longer than the limit of {self.max_number} characters", s, start, i
                )
            self.length += 1
            i += 1
        self.digits = digits
        self._keep(s[start:n])
        return n

    def _number_stops(self, s: str, start: i64, i: i64, c: i64) -> i64:
        ends = c == SPACE or c == NEWLINE or c == RETURN or c == TAB
        if not ends:
            ends = c == COMMA or c == CLOSE_BRACKET or c == CLOSE_BRACE if self.tree.depth() > 0 else self.stops
        if not ends:
            raise self._number_error(f"unexpected {shown(s[i])} in a number", s, start, i)
        if not self._number_may_end():
            raise self._number_error(f"expected a digit in a number, found {shown(s[i])}", s, start, i)
        if self.token:
            self._keep(s[start:i])
            self._number_ends(self.token, i)
        else:
            self._number_ends(s[start:i], i)
        return i

    def _number_may_end(self) -> bool:
        digits = self.digits
        return digits == ZERO or digits == WHOLE or digits == FRACTION or digits == EXP_DIGITS

    def _number_ends(self, text: str, i: i64) -> None:
        self.token = ""
        value: object
        if self.digits <= WHOLE:
            try:
                value = int(text)
            except ValueError:
                # The interpreter has its own limit on digits, which may be lower than ours.
                raise self.error("an integer has more digits than this interpreter converts", i) from None
        else:
            value = float(text)
        self._closed()
        self.tree.atom(value, text)

    def _number_error(self, msg: str, s: str, start: i64, i: i64) -> ParseError:
        # What was read belongs to the state, so that the state after an error does not depend on the chunking.
        self._keep(s[start:i])
        return self.error(msg, i)

    def _word(self, s: str, i: i64, n: i64) -> i64:
        word = self.word
        length: i64 = len(word)
        while i < n:
            if ord(s[i]) != ord(word[self.matched]):
                raise self.error(f"expected {word}, found {shown(s[i])} after {word[: self.matched]!r}", i)
            i += 1
            self.matched += 1
            if self.matched == length:
                self._closed()
                if length == 5:
                    self.tree.atom(False, word)
                elif word == "true":
                    self.tree.atom(True, word)
                else:
                    self.tree.atom(None, word)
                return i
        return n

    def _resume(self, s: str, n: i64) -> i64:
        """Go on in the token that the end of the chunk before cut."""
        if self.state == TEXT:
            return self._text(s, 0, n)
        if self.state == NUMBER:
            return self._number(s, 0, 0, n)
        return self._word(s, 0, n)


def _has_no_surrogates(s: str, n: i64) -> bool:
    """Has the text no half of a surrogate pair? For short text, where a method call costs more than the loop."""
    i: i64 = 0
    while i < n:
        if 0xD800 <= ord(s[i]) <= 0xDFFF:
            return False
        i += 1
    return True
