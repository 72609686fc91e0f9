"""Arguments that come as objects instead of text: over several events, as pieces or as a whole that grows."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["grown"]


def grown(old: object, new: object) -> object:
    """The object after another one came for it. A later one that repeats what was there replaces it; one with other
    members adds them."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **new}
    return new
