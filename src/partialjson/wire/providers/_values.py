"""Arguments that come as objects instead of text: over several events, as pieces or as a whole that grows."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["grown"]


class _Collected(dict[str, object]):
    """Members that were collected here, and so may be changed."""


def grown(old: object, new: object) -> object:
    """The object after another one came for it. A later one that repeats what was there replaces it; one with other
    members adds them. Many pieces cost no more than their size."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    whole = old if isinstance(old, _Collected) else _Collected(old)
    whole.update(new)
    return whole
