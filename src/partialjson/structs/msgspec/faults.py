"""The errors of values that settled piece by piece, in msgspec's words.

msgspec raises at the first fault of a document, in the document's order, with a message that ends in the fault's place:
``Expected `int`, got `str` - at `$.items[2].count```. A value that settles by itself gives a message whose place begins
at that value. Each container around it puts a *step* before the place: ``.items``, ``[2]``, or ``[...]`` for a dict.
So the first fault of the root is the error that msgspec raises for the whole text. The others are not lost: a report
lists them all (``Failure.errors``).

Steps are put together when somebody asks, without recursion: a fault deep in a document passes through every container
around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from partialjson._core.plan import Failure

__all__ = ["ANY_KEY", "Fault", "at_index", "at_key", "failure_of", "refusal", "settled_by"]

ANY_KEY: Final = "[...]"
"""The step to a value of a dict, whose keys msgspec does not tell."""

_PLACE: Final = " - at `"
_TOO_LONG: Final = re.compile("Expected `array` of at most length [0-9]+")

Fault = tuple[str, Failure]
"""A step and what failed there; the step is empty for a fault of the container itself."""


def at_key(key: str) -> str:
    """The step to a field of an object."""
    return f".{key}"


def at_index(index: int) -> str:
    """The step to an element of an array."""
    return f"[{index}]"


def settled_by(decode: Callable[[str], object], text: str) -> object:
    """What a decoder makes of a text: a value, or the failure with its error."""
    try:
        return decode(text)
    except msgspec.DecodeError as error:
        return Failure(error.with_traceback(None))


def refusal(error: Exception) -> Failure:
    """What msgspec makes of an error of the user's own ``__post_init__``."""
    refused = msgspec.ValidationError(str(error))
    refused.__cause__ = error
    return Failure(refused)


def failure_of(faults: list[Fault]) -> Failure:
    """The failure of a container with these faults, in the order in which msgspec would find them."""
    collected = _Collected(faults)
    return Failure(None, collected.first, None, collected.all)


class _Collected:
    """The faults of a container, told when somebody asks."""

    __slots__ = ("faults",)

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def first(self) -> Exception:
        return next(self.told())

    def all(self) -> list[Exception]:
        return list(self.told())

    def told(self) -> Iterator[Exception]:
        # The containers that are being told, innermost last, each with the place at which its faults lie.
        todo: list[tuple[str, Iterator[Fault]]] = [("", iter(self.faults))]
        while todo:
            around, faults = todo[-1]
            fault = next(faults, None)
            if fault is None:
                todo.pop()
                continue
            step, failure = fault
            collected = getattr(failure.make, "__self__", None)
            if isinstance(collected, _Collected):
                todo.append((around + step, iter(collected.faults)))
            else:
                yield _placed(failure.error, around + step)


def _placed(error: Exception, place: str) -> Exception:
    """An error with a place put before its own."""
    message = str(error)
    # msgspec tells no place of these either: a set is given a value that has no hash, a Struct more than it has fields.
    if not place or not isinstance(error, msgspec.ValidationError) or _TOO_LONG.fullmatch(message):
        return error
    at = message.rfind(_PLACE)
    root = message.rfind("`$", at) if at >= 0 else -1
    told = f"{message}{_PLACE}${place}`" if root < 0 else f"{message[: root + 2]}{place}{message[root + 2 :]}"
    placed = type(error)(told)
    placed.__cause__ = error.__cause__
    return placed
