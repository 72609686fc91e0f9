"""Numbers: whether a number that is still being written can become valid, and which keywords a closed one breaks.

The face of this module, for the judge:

    limits = Numbers(minimum=1, maximum=10, integer=True)     # what a rule demands of numbers
    reading = Digits()                                        # the number at hand; one for all rules
    if reading.step(code_point):                              # True if something that counts has changed
        keyword = limits.excludes(reading)                    # "" or the keyword that no continuation can satisfy
    keywords = limits.faults(value)                           # of the closed number: what it breaks, as jsonschema says

*What digits tell.* JSON spells 1.2 also as ``12e-1`` or ``0.12e1``. So the digits read so far say nothing about the
size of a number until it is closed: only its sign and its leading digits are known. If the digits after any zeros at
the beginning are ``d``, the number is somewhere in ``[d, d + 1] * 10**t`` for some integer t. It may become valid if
one of these intervals meets the bounds; with ``integer``, if there is an integer where they meet. After an ``e``
nothing new is known.

*Zero and infinity.* Any number can still become 0 by its exponent (``5e-400`` is 0.0), and any number that is not 0
can still become infinite. So digits exclude nothing where 0 is valid, and one bound alone excludes nothing but a sign.

*Rounding.* ``2.9999999999999999999`` is 3.0, and jsonschema sees the double, which differs from the text by less than
one part in 2**53. So the interval is closed at both ends, only its first 15 digits count, which keeps it wide compared
with that difference, and the bounds are widened by one part in 2**51. Where doubles are less exact, below 1e-307,
nothing is excluded.

Comparisons are made between numbers of 17 digits with a *scale*, the power of ten of the first digit: 1250 has the
scale 3 and the digits 12500000000000000. The bounds are converted once. Since at most 15 digits count, a number costs
O(1) for each rule, whatever its length.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final, final

if TYPE_CHECKING:
    from fractions import Fraction

    from mypy_extensions import i64

__all__ = ["Digits", "Numbers", "is_integer", "is_multiple", "is_number"]

COUNTED: Final = 15
"""How many digits of a number count, from the first that is not 0."""

POWERS: Final[list[int]] = [10**power for power in range(18)]
LEAST: Final[int] = 10**16
"""The least number of 17 digits."""

WIDER: Final = 2**51
SMALLEST: Final = 10**307
"""Below this a double may have fewer digits than others."""


@final
class Digits:
    """A number as far as it has been read. Its text must follow RFC 8259.

    Attributes:
        negative: does it begin with a minus?
        leading: the value of its first digits, at most 15, from the first that is not 0.
        count: how many digits these are.
        closed: has an exponent begun, after which no digit counts?
    """

    def __init__(self) -> None:
        self.negative = False
        self.leading: i64 = 0
        self.count: i64 = 0
        self.closed = False
        self._began = False

    def step(self, c: i64) -> bool:
        """One character more, as its code point. Returns whether ``Numbers.excludes`` may say something new."""
        if not self._began:
            self._began = True
            if c == 45:
                self.negative = True
                return True
            if 49 <= c <= 57:
                self.leading = c - 48
                self.count = 1
            return True
        if self.closed:
            return False
        if 48 <= c <= 57:
            if (c == 48 and self.count == 0) or self.count == COUNTED:
                return False
            self.leading = self.leading * 10 + c - 48
            self.count += 1
            return True
        if c == 101 or c == 69:
            self.closed = True
        return False


@final
class _Side:
    """What is valid among the numbers of one sign, without it; 0 is not.

    Attributes:
        by: the keyword that excludes the others.
        none: nothing is valid.
        any: whatever the digits are, the number may become valid.
    """

    def __init__(self, by: str) -> None:
        self.by = by
        self.none = False
        self.any = False
        self.integer = False
        # Bounds, widened: scale and 17 digits; and as integers.
        self.low_scale = 0
        self.low = LEAST
        self.high_scale = 0
        self.high = LEAST
        self.low_integer = 0
        self.high_integer = 0
        # Or members, as intervals of 17 digits whatever the scale, sorted.
        self.members: list[tuple[int, int]] | None = None

    def bound(self, low: Fraction, high: Fraction | None) -> None:
        """The valid numbers are those from ``low`` to ``high``, but 0; None for infinity."""
        if high is not None and (high < low or high == 0):
            self.none = True
        elif high is None or low * SMALLEST < 1:
            # Digits that do not fit are right in a greater number, or in a smaller one.
            self.any = True
        else:
            self.low_scale, self.low = _digits_of(low * (WIDER - 1) / WIDER, up=False)
            self.high_scale, self.high = _digits_of(high * (WIDER + 1) / WIDER, up=True)

    def bound_integers(self, low: int, high: int | None) -> None:
        """The valid numbers are the integers from ``low`` to ``high``, but 0; None for infinity."""
        low = max(low, 1)
        self.integer = True
        self.bound(_exact(low), None if high is None else _exact(high))
        # Doubles are wider apart than integers from 2**53 on.
        self.low_integer = low - (low >> 51)
        if high is not None:
            self.high_integer = high + ((high >> 51) + 1 if high >> 51 else 0)

    def choose(self, members: list[Fraction]) -> None:
        """The valid numbers are these, none of them 0."""
        if not members:
            self.none = True
            return
        intervals: list[tuple[int, int]] = []
        for member in members:
            if member * SMALLEST < 1:
                self.any = True
                return
            scale, low = _digits_of(member * (WIDER - 1) / WIDER, up=False)
            at, high = _digits_of(member * (WIDER + 1) / WIDER, up=True)
            if at > scale:
                # 0.99... to 1.00...: each end as a number of the other's scale, too.
                intervals.append((LEAST, high))
                high = 10 * LEAST
            intervals.append((low, high))
        self.members = sorted(intervals)

    def admits(self, leading: i64, count: i64) -> bool:
        """May a number with these leading digits be valid?"""
        if self.any:
            return True
        if self.none:
            return False
        if count == 0:
            return True
        first = leading * POWERS[17 - count]
        last = (leading + 1) * POWERS[17 - count]
        if self.members is not None:
            return _meets(self.members, first, last) or (last == 10 * LEAST and _meets(self.members, LEAST, LEAST))
        # The smallest scale at which the interval is not below the bounds.
        scale = self.low_scale
        if last < self.low:
            scale += 1
        elif last == 10 * LEAST and self.low == LEAST:
            # It ends with the first number of the next scale.
            scale -= 1
        if self.integer:
            return self._admits_integer(leading, scale - count + 1)
        return scale < self.high_scale or (scale == self.high_scale and first <= self.high)

    def _admits_integer(self, leading: int, power: int) -> bool:
        """Is there an integer within the bounds in ``[leading, leading + 1] * 10**t`` for a t of ``power`` or more?"""
        high = self.high_integer
        while power < 0:
            tens = POWERS[-power]
            if max(self.low_integer, -(-leading // tens)) <= min(high, (leading + 1) // tens):
                return True
            power += 1
        # Both ends are integers from here on.
        scaled: int = leading * 10**power
        return scaled <= high


def _meets(intervals: list[tuple[int, int]], first: int, last: int) -> bool:
    """Does one of the sorted intervals, none of which holds another, meet the numbers from ``first`` to ``last``?"""
    index = bisect_right(intervals, (last, 10**18))
    return index > 0 and intervals[index - 1][1] >= first


def _digits_of(number: Fraction, up: bool) -> tuple[int, int]:
    """A positive number as its scale and its first 17 digits, rounded down or up: (0, 10**16) is 1."""
    over, under = number.numerator, number.denominator
    # An estimate from the numbers of bits, which is too great by 1 or right.
    scale = (over.bit_length() - under.bit_length()) * 1233 // 4096 + 1
    while True:
        power = 16 - scale
        top = over * 10**power if power >= 0 else over
        bottom = under if power >= 0 else under * 10**-power
        digits = -(-top // bottom) if up else top // bottom
        if digits < LEAST:
            scale -= 1
        elif digits >= 10 * LEAST:
            scale += 1
            if digits == 10 * LEAST:
                return scale, LEAST
        else:
            return scale, digits


@final
class Numbers:
    """What a rule demands of numbers, None standing for no demand.

    Args:
        integer: only integers are valid, 1.0 being one.
        members: the only values there are (``enum``, ``const``); those that are no numbers have no effect.
        members_by: the keyword that names them.
    """

    def __init__(
        self,
        minimum: Any = None,
        exclusive_minimum: Any = None,
        maximum: Any = None,
        exclusive_maximum: Any = None,
        multiple_of: Any = None,
        integer: bool = False,
        members: list[Any] | None = None,
        members_by: str = "enum",
    ) -> None:
        self.minimum: Final = minimum
        self.exclusive_minimum: Final = exclusive_minimum
        self.maximum: Final = maximum
        self.exclusive_maximum: Final = exclusive_maximum
        self.multiple_of: Final = multiple_of
        self.integer: Final = integer
        self.members: Final = members
        self.members_by: Final = members_by
        self._values: Final = frozenset([] if members is None else [each for each in members if is_number(each)])
        # Positive and negative numbers; empty if no digits exclude any.
        self._sides: Final = self._foresee()

    def excludes(self, reading: Digits) -> str:
        """The keyword that no number which begins like this one can satisfy; empty if there may be a valid one."""
        if not self._sides:
            return ""
        side = self._sides[1 if reading.negative else 0]
        return "" if side.admits(reading.leading, reading.count) else side.by

    def faults(self, value: Any) -> list[str]:
        """The keywords that a closed number breaks: "type", "enum" (``members_by``), "minimum", ... It never raises."""
        faults = self._bound_faults(value)
        if self.members is not None and value not in self._values:
            faults.append(self.members_by)
        return faults

    def _bound_faults(self, value: Any) -> list[str]:
        """The faults, leaving members aside."""
        faults: list[str] = []
        if self.integer and not is_integer(value):
            faults.append("type")
        if self.minimum is not None and value < self.minimum:
            faults.append("minimum")
        if self.exclusive_minimum is not None and value <= self.exclusive_minimum:
            faults.append("exclusiveMinimum")
        if self.maximum is not None and value > self.maximum:
            faults.append("maximum")
        if self.exclusive_maximum is not None and value >= self.exclusive_maximum:
            faults.append("exclusiveMaximum")
        if self.multiple_of is not None and not is_multiple(value, self.multiple_of):
            faults.append("multipleOf")
        return faults

    def _foresee(self) -> list[_Side]:
        """What is valid among positive and negative numbers; nothing if no digits can exclude any."""
        if not self.faults(0):
            return []
        if self.members is not None:
            fitting = [member for member in self._values if not self._bound_faults(member)]
            return [
                _members_side([member for member in fitting if member > 0], self.members_by),
                _members_side([-member for member in fitting if member < 0], self.members_by),
            ]
        lows = _bounds((self.minimum, "minimum"), (self.exclusive_minimum, "exclusiveMinimum"))
        highs = _bounds((self.maximum, "maximum"), (self.exclusive_maximum, "exclusiveMaximum"))
        return [
            _bounded_side(lows, highs, self.integer),
            _bounded_side([each.negated() for each in highs], [each.negated() for each in lows], self.integer),
        ]


@final
class _Bound:
    """A bound of numbers; the number itself is valid unless it is ``open``."""

    def __init__(self, at: Fraction, is_open: bool, by: str) -> None:
        self.at = at
        self.open = is_open
        self.by = by

    def negated(self) -> _Bound:
        return _Bound(-self.at, self.open, self.by)


def _bounds(closed: tuple[Any, str], exclusive: tuple[Any, str]) -> list[_Bound]:
    """The bounds that are set. Infinite ones, which JSON cannot spell, are left to the close."""
    bounds = []
    for (value, by), is_open in ((closed, False), (exclusive, True)):
        if is_number(value) and _is_finite(value):
            bounds.append(_Bound(_exact(value), is_open, by))
    return bounds


def _bounded_side(lows: list[_Bound], highs: list[_Bound], integer: bool) -> _Side:
    """What is valid among the positive numbers within these bounds."""
    low = _Bound(_exact(0), True, "")
    for bound in lows:
        if bound.at > low.at or (bound.at == low.at and bound.open):
            low = bound
    high: _Bound | None = None
    for bound in highs:
        if high is None or bound.at < high.at or (bound.at == high.at and bound.open):
            high = bound
    if high is None:
        side = _Side(low.by)
        # Infinity is always there.
        side.any = True
        return side
    side = _Side(high.by)
    if high.at <= 0:
        side.none = True
    elif integer:
        first = -(-low.at.numerator // low.at.denominator)
        last = high.at.numerator // high.at.denominator
        side.bound_integers(
            first + 1 if low.open and first == low.at else first,
            last - 1 if high.open and last == high.at else last,
        )
    else:
        side.bound(low.at, high.at)
    return side


def _members_side(members: list[Any], by: str) -> _Side:
    """What is valid among the positive numbers if it is one of these."""
    side = _Side(by)
    if all(_is_finite(member) for member in members):
        side.choose([_exact(member) for member in members])
    else:
        side.any = True
    return side


def _exact(value: Any) -> Fraction:
    """The number as a fraction. The module is loaded when it is needed: most documents have no bounds, and it loads
    decimal, which isolated interpreters of Python 3.12 do not survive."""
    from fractions import Fraction

    return Fraction(value)


def _is_decimal(value: object) -> bool:
    decimal: Any = sys.modules.get("decimal")
    return decimal is not None and isinstance(value, decimal.Decimal)


def is_number(value: object) -> bool:
    """Is it an int, a float or a Decimal, no bool and not NaN?"""
    is_real = (isinstance(value, (int, float)) and not isinstance(value, bool)) or _is_decimal(value)
    return is_real and value == value


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return not _is_decimal(value) or bool(value.is_finite())


def is_integer(value: object) -> bool:
    """Is a number an integer in JSON Schema? 1.0 is one."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def is_multiple(value: Any, divisor: Any) -> bool:
    """Is ``value`` a multiple of ``divisor``, as jsonschema computes it?

    That is the remainder if the divisor is an integer, and otherwise whether the quotient, a double, is an integer.
    Where jsonschema raises an error the answer is exact: infinity is a multiple of nothing, and 1e400, read as an
    integer, may be one of 0.1.
    """
    try:
        if not isinstance(divisor, float):
            return not value % divisor
        quotient = value / divisor
        try:
            return bool(int(quotient) == quotient)
        except OverflowError:
            return (_exact(value) / _exact(divisor)).denominator == 1
    except (ArithmeticError, TypeError, ValueError):
        return _is_exact_multiple(value, divisor)


def _is_exact_multiple(value: Any, divisor: Any) -> bool:
    if not _is_finite(value) or not _is_finite(divisor) or divisor == 0:
        return False
    if not _is_decimal(value):
        return (_exact(value) / _exact(divisor)).denominator == 1
    # The exponent of a decimal may be too great for its integer to be written out.
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    ratio = _exact(int("".join(map(str, digits)))) / _exact(divisor)
    if exponent >= 0:
        return ratio.numerator * pow(10, exponent, ratio.denominator) % ratio.denominator == 0
    if ratio.numerator == 0:
        return True
    # 10**n has more than 3n bits.
    return -3 * exponent <= ratio.numerator.bit_length() and ratio / 10**-exponent == ratio // 10**-exponent
