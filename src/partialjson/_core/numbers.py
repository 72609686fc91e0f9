"""Reading numbers.

A number of few digits that ends in its chunk is computed while it is read. Any other goes through a small automaton,
whose state is ``Machine.digits``, and is converted from its text when the character after it has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from partialjson._core.machine import (
    BAD_NUMBER,
    CLOSE_BRACE,
    CLOSE_BRACKET,
    COMMA,
    DASH,
    DIGIT_0,
    DIGIT_9,
    DOT,
    EXP,
    EXP_DIGITS,
    EXP_SIGN,
    FRACTION,
    LIMIT,
    MINUS,
    NEWLINE,
    NUMBER,
    PLUS,
    POINT,
    RETURN,
    SPACE,
    TAB,
    WHOLE,
    ZERO,
    Machine,
    shown,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

POWERS_OF_TEN: Final = [float(10**scale) for scale in range(23)]


def short_number(m: Machine, s: str, i: i64, n: i64) -> i64:
    """A number of few digits that begins at ``i`` and ends in this chunk, computed on the way; the index after it.

    Returns 0 if the slow path must be taken; minus the index of a digit if there are only too many digits, and
    ``digits`` then tells in which part.

    Up to 15 digits over a power of ten up to 10**22 are both exact as doubles, so their quotient is the nearest
    double, which is what ``float`` gives (Clinger, "How to read floating point numbers accurately", 1990).
    """
    j = i
    if ord(s[i]) == DASH:
        j += 1
    first = j
    # One digit more than is exact: there are too many.
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
        return _too_many_digits(m, WHOLE, i, j, n)
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
            return _too_many_digits(m, FRACTION, i, j, n)
        number = float(mantissa) / POWERS_OF_TEN[scale]
        value = -number if first > i else number
    else:
        value = -mantissa if first > i else mantissa
    if c != COMMA and c != CLOSE_BRACKET and c != CLOSE_BRACE and c != SPACE and c != NEWLINE:
        return 0
    if not m.tree.containers or j - i > m.max_short:
        return 0
    m.atom_closed(value, s[i:j] if m.source is not None else "")
    return j


def _too_many_digits(m: Machine, digits: i64, i: i64, j: i64, n: i64) -> i64:
    if j == n or j - i > m.max_short:
        return 0
    m.digits = digits
    return -j


def long_number(m: Machine, s: str, c: i64, i: i64, n: i64, known: i64) -> i64:
    """A number whose first character, ``c``, is at ``i``, when ``short_number`` has given 0 or less: ``known``."""
    m.state = NUMBER
    if known < 0:
        m.length = -known - i
        return read_number(m, s, i, -known, n)
    m.length = 1
    if c == DASH:
        m.digits = MINUS
    elif c == DIGIT_0:
        m.digits = ZERO
    else:
        m.digits = WHOLE
    return read_number(m, s, i, i + 1, n)


def read_number(m: Machine, s: str, start: i64, i: i64, n: i64) -> i64:
    """Inside a number: its part in this chunk starts at ``start``, and ``i`` is the next character."""
    digits = m.digits
    while i < n:
        c: i64 = ord(s[i])
        if DIGIT_0 <= c <= DIGIT_9:
            if digits == FRACTION or digits == WHOLE:
                pass
            elif digits == ZERO:
                return _refuse(m, BAD_NUMBER, "a number must not have a leading zero", s, start, i)
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
            m.digits = digits
            return _stops(m, s, start, i, c)
        if m.length >= m.max_number:
            return _refuse(m, LIMIT, f"a number is longer than the limit of {m.max_number} characters", s, start, i)
        m.length += 1
        i += 1
    m.digits = digits
    _keep(m, s[start:n])
    return n


def _keep(m: Machine, part: str) -> None:
    m.keep(part)
    if m.tree.is_judged:
        m.tree.digits(part)


def _stops(m: Machine, s: str, start: i64, i: i64, c: i64) -> i64:
    """The character ``c`` at ``i`` does not belong to the number."""
    ends = c == SPACE or c == NEWLINE or c == RETURN or c == TAB
    if not ends:
        ends = c == COMMA or c == CLOSE_BRACKET or c == CLOSE_BRACE if m.tree.depth() > 0 else m.stops
    if not ends:
        return _refuse(m, BAD_NUMBER, f"unexpected {shown(s[i])} in a number", s, start, i)
    if not _may_end(m):
        return _refuse(m, BAD_NUMBER, f"expected a digit in a number, found {shown(s[i])}", s, start, i)
    if m.token:
        m.keep(s[start:i])
        return _ends(m, m.token, s, i)
    return _ends(m, s[start:i], s, i)


def _may_end(m: Machine) -> bool:
    digits = m.digits
    return digits == ZERO or digits == WHOLE or digits == FRACTION or digits == EXP_DIGITS


def _ends(m: Machine, text: str, s: str, i: i64) -> i64:
    """The number is ``text``; ``i`` is the index after it."""
    m.token = ""
    value: object
    given = m.parse_int if m.digits <= WHOLE else m.parse_float
    if given is not None:
        return _read_by(m, given, text, i)
    if m.digits <= WHOLE:
        try:
            value = int(text)
        except ValueError:
            # The interpreter has its own limit on digits, which may be lower than ours.
            if m.tree.is_judged:
                m.tree.number_comes(text)
            return m.refuse(
                LIMIT,
                "an integer has more digits than this interpreter converts (see sys.set_int_max_str_digits)",
                s,
                i,
            )
    else:
        value = float(text)
    m.atom_closed(value, text)
    return i


def _read_by(m: Machine, parse: Any, text: str, i: i64) -> i64:
    """The number is what ``parse`` makes of its text."""
    value: object = parse(text)
    if isinstance(value, str):
        # It is a string from here on, also in deltas.
        m.string_closed(value)
    elif isinstance(value, (dict, list)):
        raise TypeError(f"parse_float and parse_int make values of numbers; {text!r} cannot become a container")
    else:
        m.atom_closed(value, text)
    return i


def number_comes(m: Machine, text: str, digits: i64, s: str, i: i64) -> None:
    """A number has been read by somebody else: its text, which is correct, and the state of the automaton after it.
    ``i`` is the index after it."""
    m.digits = digits
    _ends(m, text, s, i)


def end_number(m: Machine) -> None:
    """Close a number at the root, if it can end here."""
    if m.state == NUMBER and m.tree.depth() == 0 and _may_end(m):
        _ends(m, m.token, "", 0)


def close_number(m: Machine) -> None:
    """Close a number whose end is known, although no character after it has come."""
    if m.state == NUMBER and _may_end(m):
        _ends(m, m.token, "", 0)


def _refuse(m: Machine, fault: i64, msg: str, s: str, start: i64, i: i64) -> i64:
    # What was read is part of the state, so that the state after an error does not depend on the chunking.
    _keep(m, s[start:i])
    return m.refuse(fault, msg, s, i)
