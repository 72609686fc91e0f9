"""How much the tests do: PARTIALJSON_TESTS is `quick` (the default), `full` (what `.ci/run` runs) or `long` (by hand).

The same tests run at every effort, on smaller and larger documents; a test that cannot be made smaller is `needs_full`.
Three numbers can be set by themselves: PARTIALJSON_EXAMPLES, how many examples hypothesis draws for a property that
does not say otherwise, PARTIALJSON_EXHAUSTIVE and PARTIALJSON_EXHAUSTIVE_FRAGMENTS, the length of all texts up to a
length (7 and 5 take an hour or two).
"""

from __future__ import annotations

import os
from typing import TypeVar

import pytest

T = TypeVar("T")

EFFORT = os.environ.get("PARTIALJSON_TESTS", "") or "quick"
if EFFORT not in ("quick", "full", "long"):
    raise ValueError(f"PARTIALJSON_TESTS is quick, full or long, not {EFFORT!r}")
LONG = EFFORT == "long"


def amount(usual: T, by_hand: T, *, quick: T | None = None) -> T:
    """How much of something: `by_hand` if the effort is `long`, and `quick` if it is that and there is one."""
    if EFFORT == "quick" and quick is not None:
        return quick
    return by_hand if LONG else usual


needs_full = pytest.mark.skipif(EFFORT == "quick", reason="takes long: set PARTIALJSON_TESTS=full")

EXAMPLES = int(os.environ.get("PARTIALJSON_EXAMPLES", str(amount(60, 60, quick=8))))
EXHAUSTIVE = int(os.environ.get("PARTIALJSON_EXHAUSTIVE", str(amount(5, 6, quick=4))))
EXHAUSTIVE_FRAGMENTS = int(os.environ.get("PARTIALJSON_EXHAUSTIVE_FRAGMENTS", "4"))


def examples(usual: int) -> int:
    """How many examples to draw where there are `usual` ones beside 60 of other properties."""
    return max(1, usual * EXAMPLES // 60)
