"""``mypyc_attr`` for both builds, without a run-time dependency on mypyc's own module.

The compiler reads this decorator and never calls it; interpreted, it does nothing. This module is not compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

__all__ = ["mypyc_attr"]

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr
else:
    C = TypeVar("C")

    def mypyc_attr(**attributes: bool) -> Callable[[C], C]:
        return lambda declared: declared
