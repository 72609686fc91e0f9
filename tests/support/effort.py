"""How much the tests do: PARTIALJSON_TESTS is `quick` (the default), `full` (what `.ci/run` runs) or `long` (by hand).

The same tests run at every effort, on fewer or smaller documents; what cannot be made smaller is marked `needs_full`.
"""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")

EFFORTS = ("quick", "full", "long")
EFFORT = os.environ.get("PARTIALJSON_TESTS", "") or "quick"
if EFFORT not in EFFORTS:
    raise ValueError(f"PARTIALJSON_TESTS is one of {', '.join(EFFORTS)}, not {EFFORT!r}")

FULL = EFFORT != "quick"
LONG = EFFORT == "long"

EXAMPLES = int(os.environ.get("PARTIALJSON_EXAMPLES", "60"))
"""How many examples hypothesis draws for a property that does not say otherwise."""


def amount(quick: T, full: T, long: T) -> T:
    """How much of something, by effort."""
    return (quick, full, long)[EFFORTS.index(EFFORT)]
