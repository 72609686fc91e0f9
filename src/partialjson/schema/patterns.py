"""The patterns of schemas, compiled once: the core's, so that no pattern takes more than linear time."""

from __future__ import annotations

import re
from functools import lru_cache

from partialjson._core.patterns import Pattern

__all__ = ["pattern_of"]


@lru_cache(maxsize=1024)
def pattern_of(source: str) -> Pattern | None:
    """The pattern with this source; None if it is no regular expression."""
    try:
        return Pattern(source)
    except (re.error, OverflowError, RecursionError):
        return None
