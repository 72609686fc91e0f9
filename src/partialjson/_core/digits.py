"""Numbers: whether a number that is still being written can become valid, and which keywords a closed one breaks.

The face of this module, for the judge:

    limits = Numbers(minimum=1, maximum=10, integer=True)     # what a rule demands of numbers
    reading = Digits()                                        # the number at hand; one for all rules
    if reading.step(code_point):                              # True if something that counts has changed
        keyword = limits.excludes(reading)                    # "" or the keyword that no continuation can satisfy
    keywords = limits.faults(value)                           # of the closed number: what it breaks, as jsonschema says
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Digits", "Numbers", "is_integer", "is_multiple"]


@final
class Digits:
    """A number as far as it has been read, whose text follows RFC 8259."""

    def __init__(self) -> None:
        self.negative = False

    def step(self, c: i64) -> bool:
        """One character more, as its code point. Returns whether ``Numbers.excludes`` may say something new."""
        return False


@final
class Numbers:
    """What a rule demands of numbers, None standing for no demand.

    Args:
        members: the only values there are (``enum``, ``const``); those that are no numbers have no effect.
        integer: only integers are valid, 1.0 being one.
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

    def excludes(self, reading: Digits) -> str:
        """The keyword that no number which begins like this one can satisfy; empty if there may be a valid one."""
        return ""

    def faults(self, value: Any) -> list[str]:
        """The keywords that a closed number breaks: "type", "enum" (``members_by``), "minimum", ... It never raises."""
        return []


def is_integer(value: object) -> bool:
    """Is a number an integer in JSON Schema? 1.0 is one."""
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int)


def is_multiple(value: Any, divisor: Any) -> bool:
    """Is ``value`` a multiple of ``divisor``, as jsonschema computes it? Where that breaks, exactly."""
    return True
