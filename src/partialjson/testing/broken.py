"""How it is said that a law does not hold."""

from __future__ import annotations

from typing import Any

from partialjson.errors import Explained

__all__ = ["Broken", "demand"]


class Broken(Explained, AssertionError):
    """A law does not hold; the message begins with its number and name."""

    code: str = "law"


def demand(holds: Any, what: str, *details: Any) -> None:
    """An assertion that python -O keeps; the details are shown where it fails."""
    if not holds:
        raise AssertionError("\n  ".join([what, *map(repr, details)]))
