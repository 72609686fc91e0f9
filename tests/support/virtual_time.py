"""An event loop in which no time passes but the time that is waited for: tests of timers take none."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

__all__ = ["run"]


class _Selector:
    """Instead of waiting, moves the clock on."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        found = self._real.select(0)
        if not found:
            assert timeout is not None, "the loop waits for ever"
            self.now += max(timeout, 0)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)  # type: ignore[arg-type]

    def time(self) -> float:
        return self._virtual.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """As ``asyncio.run``. The loop's time begins at 0."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)
