"""An event loop in which no time passes but the time that is waited for: tests of timers take none.

With ``tick``, time also passes whenever somebody asks for it, and a timer whose moment has passed is refused. So it is
in a browser, where the loop is Pyodide's.
"""

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


class _TickingLoop(_Loop):
    tick = 0.0

    def time(self) -> float:
        self._virtual.now += self.tick
        return self._virtual.now

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]
        if delay < 0:
            raise ValueError("Can't schedule in the past")
        return super().call_at(self._virtual.now + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]
        return self.call_later(when - self.time(), callback, *args, context=context)


def run(main: Coroutine[Any, Any, T], tick: float = 0.0) -> T:
    """As ``asyncio.run``. The loop's time begins at 0."""

    def loop() -> _Loop:
        if not tick:
            return _Loop()
        ticking = _TickingLoop()
        ticking.tick = tick
        return ticking

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(main)
