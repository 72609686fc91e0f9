"""How many bytes are in use, and how many were at most, counted by tracemalloc.

A table of the interpreter that doubles its size, such as that of interned names, falls into some measure and raises it
by half a megabyte. So what can be done again is measured twice, and the lesser counts: what the library needs falls
into both.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple


class Used(NamedTuple):
    """What a call left in use as long as its result is kept, and the most during it, above what was before it."""

    held: int
    peak: int


def used_by(call: Callable[[], Any]) -> Used:
    """One measure, for what cannot be done again."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        result = call()
        peak = tracemalloc.get_traced_memory()[1] - before
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
        del result
        return Used(held, peak)
    finally:
        tracemalloc.stop()


def held_by(make: Callable[[], Any]) -> int:
    """The bytes that are in use for what `make` gives, each time it is called."""
    return min(used_by(make).held for _ in range(2))


def peak_of(call: Callable[[], Any]) -> int:
    """The most bytes in use at a time during a call that costs the same each time."""
    return min(used_by(call).peak for _ in range(2))
