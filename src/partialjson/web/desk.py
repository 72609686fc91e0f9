"""The runs that there are: made, found, watched and forgotten.

Runs are bounded in number and in time. At most ``active`` of them are going on; a run that nobody has watched for
``patience`` seconds is stopped, so that a page that was closed costs nothing. Runs that are over stay for late viewers,
the latest ``kept`` of them. Viewers are bounded for each run; a viewer is no more than a number in the run's broadcast.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from partialjson.web.run import Asked, Run

__all__ = ["Desk", "Full", "Limits"]


@dataclass(frozen=True)
class Limits:
    """How much a server takes on.

    Attributes:
        active: runs that are going on at the same time.
        kept: runs that are over and can still be watched.
        viewers: viewers of one run at the same time.
        seconds: how long one answer may take.
        patience: for how many seconds a run goes on without a viewer.
        sending: how many seconds a viewer may take to receive one frame.
    """

    active: int = 16
    kept: int = 64
    viewers: int = 1_000
    seconds: float = 300.0
    patience: float = 20.0
    sending: float = 30.0


class Full(Exception):
    """The server has taken on as much as it may. The message says what to do."""


class Desk:
    """All runs of one server.

    Args:
        limits: how much it takes on.
        tool_seconds: how long a call takes.
        clock: what runs tell their times by.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        tool_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self._tool_seconds = tool_seconds
        self._clock = clock
        self._runs: dict[str, Run] = {}  # the oldest first
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._viewers: dict[str, int] = {}
        self._leaving: dict[str, asyncio.TimerHandle] = {}

    def begin(self, asked: Asked) -> Run:
        """A new run, which is going on from now on.

        Raises:
            Full: too many are.
        """
        if len(self._tasks) >= self.limits.active:
            raise Full(f"{self.limits.active} answers are being given at once. Try again when one has ended.")
        # The name is all that one must know to watch a run.
        run = Run(
            secrets.token_urlsafe(9),
            asked,
            seconds=self.limits.seconds,
            tool_seconds=self._tool_seconds,
            clock=self._clock,
        )
        self._runs[run.name] = run
        task = self._tasks[run.name] = asyncio.create_task(run.play())
        task.add_done_callback(lambda _: self._is_over(run))
        self._wait_for_viewers(run)
        return run

    def find(self, name: str) -> Run | None:
        return self._runs.get(name)

    @contextmanager
    def watching(self, run: Run) -> Iterator[None]:
        """While somebody watches a run.

        Raises:
            Full: too many do.
        """
        count = self._viewers.get(run.name, 0)
        if count >= self.limits.viewers:
            raise Full(f"{count} viewers are watching this answer already.")
        self._viewers[run.name] = count + 1
        leaving = self._leaving.pop(run.name, None)
        if leaving is not None:
            leaving.cancel()
        try:
            yield
        finally:
            self._viewers[run.name] -= 1
            if not self._viewers[run.name]:
                del self._viewers[run.name]
                self._wait_for_viewers(run)

    def viewers(self, run: Run) -> int:
        """How many watch a run now."""
        return self._viewers.get(run.name, 0)

    async def close(self) -> None:
        """Stops all runs, and waits until they have."""
        for name in self._tasks:
            self._runs[name].stop("server")
        await asyncio.gather(*self._tasks.values())

    def _wait_for_viewers(self, run: Run) -> None:
        """The run is stopped if nobody comes in time."""
        if not run.over:
            loop = asyncio.get_running_loop()
            self._leaving[run.name] = loop.call_later(self.limits.patience, run.stop, "nobody")

    def _is_over(self, run: Run) -> None:
        self._tasks.pop(run.name, None)
        leaving = self._leaving.pop(run.name, None)
        if leaving is not None:
            leaving.cancel()
        over = [name for name in self._runs if name not in self._tasks]
        for name in over[: max(0, len(over) - self.limits.kept)]:
            del self._runs[name]
