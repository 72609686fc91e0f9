"""Reading strings: keys and values.

A string that closes in its chunk is sliced out of it, or read by the standard library's C scanner if it is long or has
escapes. A cut string grows piece by piece: a value in the tree, a key in the machine's token. A pair of surrogate
escapes is one character, so the first half waits for the second, even across chunks.

Most keys come again. Recent keys are recognised without a slice, by a hash that is computed while they are scanned.
Sharing one object for each key keeps a list of objects small.
"""

from __future__ import annotations

import re

# In every Python, though typeshed leaves it out.
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import TYPE_CHECKING, Final

from partialjson._core.machine import (
    BACKSLASH,
    BAD_CONTROL,
    BAD_ESCAPE,
    BAD_HEX,
    COLON,
    COLON_SIGN,
    DIGIT_0,
    DIGIT_9,
    HALF_PAIR,
    HEX,
    LIMIT,
    QUOTE,
    SHORT,
    SPACE,
    TEXT,
    VALUE,
    Machine,
    shown,
)
from partialjson._core.refcounts import COMPILED

if TYPE_CHECKING:
    from mypy_extensions import i64

# Recent keys, by their hash. The size is a power of two.
NAMES: Final = 1024
_NAMES: Final[list[str]] = [""] * NAMES

# From this many characters on, calling the scanner pays on any text, and a string that follows such a string goes to it
# at once.
LONG: Final = 128

# If this much of a chunk is left, the string is assumed to close in it. Otherwise its quote is searched for first: a
# scan that fails costs more than the search.
FAR: Final = 4096

_SPECIAL: Final = re.compile('["\\\\\x00-\x1f]').search
_SIMPLE_ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/", "\\": "\\", '"': '"'}


# Values.


def begin_string(m: Machine, s: str, i: i64, n: i64) -> i64:
    """A string value whose first character is at ``i``."""
    if m.expects_long and n - i > SHORT and (n - i > FAR or s.find('"', i) >= 0):
        end = _whole_string(m, s, i)
        if end > 0:
            return end
    j = _plain_run(m, s, i, n)
    if j < n and ord(s[j]) == QUOTE and j - i <= m.max_string:
        m.string_closed(s[i:j])
        m.expects_long = j - i > LONG
        return j + 1
    if n - j > m.short and s.find('"', j) >= 0:
        end = _whole_string(m, s, i)
        if end > 0:
            return end
    m.is_key = False
    m.length = 0
    m.state = TEXT
    m.tree.begin_text()
    return read_text(m, s, i, n)


def grows_by(m: Machine, s: str, n: i64) -> bool:
    """Read a short chunk that only continues a string value, the most common kind; or leave it unread."""
    if m.is_key or m.escape != 0 or m.high != 0:
        return False
    if not COMPILED and not m.lone_surrogates and not s.isascii():
        return False
    if m.length + n > m.max_string or m.base + n > m.max_document:
        return False
    if _plain_run(m, s, 0, n) < n:
        return False
    if n > 0:
        if m.source is not None:
            m.source.add(s)
        m.length += n
        m.base += n
        m.tree.grow(s)
    return True


def _whole_string(m: Machine, s: str, i: i64) -> i64:
    """A string value that closes in this chunk, read by the standard library's scanner; 0 if it does not close here."""
    value: str
    end: i64
    try:
        value, end = scanstring(s, i, True)
    except ValueError:
        return 0
    if len(value) > m.max_string or _may_hide_surrogates(m, s, i, end):
        return 0
    m.string_closed(value)
    m.expects_long = end - i > LONG
    return end


def _may_hide_surrogates(m: Machine, s: str, i: i64, end: i64) -> bool:
    """Can the scanner have accepted surrogates that must be refused?"""
    return not m.lone_surrogates and s.find("\\u", i, end) >= 0


def open_text(m: Machine) -> None:
    """A string value begins that is collected in pieces."""
    m.is_key = False
    m.length = 0
    m.state = TEXT
    m.tree.begin_text()


# Keys.


def begin_key(m: Machine, s: str, i: i64, n: i64) -> i64:
    """A key whose first character is at ``i``."""
    if m.tree.is_judged and m.tree.minds_keys():
        m.tree.key_begins(m.base + i - 1)
    if not COMPILED:
        return _begin_key_interpreted(m, s, i, n)
    j = i
    hashed: i64 = 0
    stop = i + SHORT if i + SHORT < n else n
    while j < stop:
        c: i64 = ord(s[j])
        if c == QUOTE:
            if j - i > m.max_string:
                break
            if m.source is not None:
                m.source.reach(m.base + j)
            m.tree.name(_name(s, i, j, hashed))
            j += 1
            if j < n and ord(s[j]) == COLON_SIGN:
                m.state = VALUE
                return j + 1
            m.state = COLON
            return j
        if c == BACKSLASH or c < SPACE:
            break
        hashed = hashed * 31 + c
        j += 1
    return _cut_key(m, s, i, n)


def _begin_key_interpreted(m: Machine, s: str, i: i64, n: i64) -> i64:
    """``begin_key`` for the interpreted build, where a loop over characters is expensive and a dict is cheap."""
    j = _plain_run(m, s, i, n)
    if j < n and s[j] == '"' and j - i <= m.max_string:
        key = s[i:j]
        if m.source is not None:
            m.source.reach(m.base + j)
        m.tree.name(_known(m, key))
        m.state = COLON
        return j + 1
    return _cut_key(m, s, i, n)


def key_comes(m: Machine, s: str, i: i64, j: i64, hashed: i64) -> None:
    """``s[i:j]`` is a key, with this hash (``begin_key``), that has been read."""
    if m.tree.is_judged and m.tree.minds_keys():
        m.tree.key_begins(m.base + i - 1)
    if m.source is not None:
        m.source.reach(m.base + j)
    m.tree.name(_name(s, i, j, hashed) if COMPILED else _known(m, s[i:j]))


def open_key(m: Machine, i: i64) -> None:
    """A key whose first character is at ``i`` begins, and is collected in pieces."""
    if m.tree.is_judged and m.tree.minds_keys():
        m.tree.key_begins(m.base + i - 1)
    m.is_key = True
    m.length = 0
    m.state = TEXT


def _known(m: Machine, key: str) -> str:
    """The object that was used for this key before."""
    if len(m.known) >= NAMES:
        m.known.clear()
    return m.known.setdefault(key, key)


def _cut_key(m: Machine, s: str, i: i64, n: i64) -> i64:
    """A key that has escapes, or that does not end in this chunk."""
    m.is_key = True
    m.length = 0
    m.state = TEXT
    return read_text(m, s, i, n)


def _name(s: str, i: i64, j: i64, hashed: i64) -> str:
    """The key ``s[i:j]``: the object that was used for it before, if its slot still holds it."""
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


def _key_closed(m: Machine) -> None:
    """The key in the machine's token closed."""
    key = m.token
    m.token = ""
    hashed: i64 = 0
    i: i64 = 0
    n: i64 = len(key)
    if not COMPILED:
        key = _known(m, key)
    elif n <= SHORT:
        while i < n:
            hashed = hashed * 31 + ord(key[i])
            i += 1
        slot = (hashed ^ (hashed >> 10)) & (NAMES - 1)
        if _NAMES[slot] == key:
            key = _NAMES[slot]
        else:
            _NAMES[slot] = key
    m.tree.name(key)
    m.state = COLON


# Strings that are collected in pieces.


def _plain_run(m: Machine, s: str, i: i64, n: i64) -> i64:
    """``plain_until`` the end, or as far as it pays to look here."""
    return plain_until(m, s, i, i + m.short if i + m.short < n else n)


def plain_until(m: Machine, s: str, i: i64, stop: i64) -> i64:
    """The first quote, backslash or control character at or after ``i``; ``stop`` if there is none before that."""
    if not COMPILED:
        return _plain_run_interpreted(s, i, stop)
    while i < stop:
        c: i64 = ord(s[i])
        if c <= QUOTE:
            if c == QUOTE or c < SPACE:
                return i
        elif c == BACKSLASH or (0xD800 <= c <= 0xDFFF and not m.lone_surrogates):
            # Only a chunk that was not yet checked for surrogates has one here.
            return i
        i += 1
    return i


def _plain_run_interpreted(s: str, i: i64, stop: i64) -> i64:
    special = _SPECIAL(s, i, stop)
    return stop if special is None else special.start()


def read_text(m: Machine, s: str, i: i64, n: i64) -> i64:
    """Inside a string that is collected in pieces; ``i`` is the next character."""
    # If the scanner did not help once, it will not help in the rest of the chunk.
    scan = not m.is_key
    while i < n:
        if m.escape != 0:
            i = _in_escape(m, s, i)
            continue
        if m.high != 0 and ord(s[i]) != BACKSLASH:
            _stays_alone(m, s, i)
        j = _plain_run(m, s, i, n)
        if j > i:
            i = grow_by_run(m, s, i, j)
            if i == n:
                break
        c: i64 = ord(s[i])
        if c == QUOTE:
            end_text(m, i)
            return i + 1
        if scan and n - i > m.short and m.high == 0:
            scan = False
            end = _scan(m, s, i, n)
            if end > 0:
                return end
        if c == BACKSLASH:
            m.escape = 1
            i += 1
        elif c < SPACE:
            return m.refuse(BAD_CONTROL, f"control character U+{c:04X} in a string must be escaped", s, i)
    return n


def _scan(m: Machine, s: str, i: i64, n: i64) -> i64:
    """Read on in a string value with the standard library's scanner: to its quote, or to the end of the chunk.

    Returns the index after what was read, or 0 if the slow path must be taken.
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
    if m.length + len(value) > m.max_string or _may_hide_surrogates(m, s, i, n):
        return 0
    if not closes:
        # Half a pair waits for the next chunk.
        if 0xD800 <= ord(value[len(value) - 1]) <= 0xDBFF:
            return 0
        _grow(m, value, len(value))
        return n
    if value:
        _grow(m, value, len(value))
    end_text(m, i)
    return end


def end_text(m: Machine, i: i64) -> None:
    """The string that was collected closed."""
    if m.is_key:
        if m.source is not None:
            m.source.reach(m.base + i)
        _key_closed(m)
    else:
        m.text_closed()


def grow_by_run(m: Machine, s: str, i: i64, j: i64) -> i64:
    room = m.max_string - m.length
    if j - i > room:
        if room > 0:
            _grow(m, s[i : i + room], room)
        return _too_long(m, s, i + room)
    _grow(m, s[i:j], j - i)
    return j


def _grow(m: Machine, part: str, length: i64) -> None:
    m.length += length
    if m.is_key:
        m.keep(part)
        if m.tree.is_judged and m.tree.minds_keys():
            m.tree.key_grows(part)
    else:
        m.tree.grow(part)


def _too_long(m: Machine, s: str, i: i64) -> i64:
    return m.refuse(LIMIT, f"a string is longer than the limit of {m.max_string} characters", s, i)


# Escapes.


def _in_escape(m: Machine, s: str, i: i64) -> i64:
    c: i64 = ord(s[i])
    if m.escape == 1:
        if c == 117:
            m.escape = HEX
            m.code = 0
            return i + 1
        plain = _SIMPLE_ESCAPES.get(s[i])
        if plain is None:
            return m.refuse(BAD_ESCAPE, f"invalid escape \\{shown(s[i])} in a string", s, i)
        if m.high != 0:
            _stays_alone(m, s, i)
        i = _grow_by_escape(m, plain, s, i)
        m.escape = 0
        return i
    if DIGIT_0 <= c <= DIGIT_9:
        digit = c - DIGIT_0
    elif 97 <= c <= 102:
        digit = c - 87
    elif 65 <= c <= 70:
        digit = c - 55
    else:
        return m.refuse(BAD_HEX, f"invalid hex digit {shown(s[i])} in a \\u escape", s, i)
    m.code = m.code * 16 + digit
    m.escape += 1
    if m.escape < HEX + 4:
        return i + 1
    m.escape = 0
    return _code_unit(m, m.code, s, i)


def _code_unit(m: Machine, unit: i64, s: str, i: i64) -> i64:
    """A ``\\u`` escape is whole; ``i`` is its last digit. Pairs of surrogates are one character."""
    if 0xDC00 <= unit <= 0xDFFF and m.high != 0:
        unit = 0x10000 + (m.high - 0xD800) * 0x400 + (unit - 0xDC00)
        m.high = 0
        return _grow_by_escape(m, chr(unit), s, i)
    if m.high != 0:
        _stays_alone(m, s, i)
    if 0xD800 <= unit <= 0xDBFF:
        m.high = unit
        return i + 1
    if 0xDC00 <= unit <= 0xDFFF and not m.lone_surrogates:
        return _refuse_half(m, unit, s, i)
    return _grow_by_escape(m, chr(unit), s, i)


def _stays_alone(m: Machine, s: str, i: i64) -> None:
    """The character at ``i`` shows that the first half of a surrogate pair stays alone."""
    high = m.high
    if not m.lone_surrogates:
        _refuse_half(m, high, s, i)
    m.high = 0
    _grow_by_escape(m, chr(high), s, i)


def _refuse_half(m: Machine, unit: i64, s: str, i: i64) -> i64:
    return m.refuse(HALF_PAIR, f"surrogate escape \\u{unit:04x} is not half of a pair", s, i)


def _grow_by_escape(m: Machine, character: str, s: str, i: i64) -> i64:
    """The escape that ends at ``i`` stands for this character; returns the index after it."""
    if m.length >= m.max_string:
        return _too_long(m, s, i)
    _grow(m, character, 1)
    return i + 1
