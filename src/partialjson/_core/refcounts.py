"""Does anybody else hold a reference to this object? Then it must be copied before it changes; otherwise it can be
changed in place.

CPython counts the references to an object. The tree knows its own, so the others are the reader's. How many references
a look-up itself adds depends on the build and the version, so that is measured once, in the same function. Where counts
cannot be trusted (free-threaded builds, other interpreters), every object counts as held and is copied.
"""

from __future__ import annotations

import sys
from sys import getrefcount
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_extensions import i64


COMPILED: Final = not __file__.endswith(".py")

# Looked up once.
_GETREFCOUNT: Final = getrefcount


def _references(items: list[object], i: i64) -> i64:
    return _GETREFCOUNT(items[i])


def _counts_are_exact() -> bool:
    gil: Any = getattr(sys, "_is_gil_enabled", None)
    return sys.implementation.name == "cpython" and (gil is None or bool(gil()))


ONE_HOLDER: Final = _references([[]], 0)
EXACT: Final = _counts_are_exact()


def is_held(items: list[object], i: i64, known: i64) -> bool:
    """Are there references to ``items[i]`` beyond ``items`` and ``known`` others?"""
    return not EXACT or _references(items, i) > ONE_HOLDER + known
