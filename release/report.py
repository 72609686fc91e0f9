"""Steps: each says that it begins, what it found, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Failed", "Report", "Step"]


class Failed(Exception):
    """What a step was to find is not so. The message says what is there instead."""


@dataclass
class Step:
    """One step, and what became of it."""

    name: str
    found: list[str] = field(default_factory=list)
    fault: str = ""
    seconds: float = 0.0

    def say(self, line: str) -> None:
        self.found.append(line)
        print(f"   {line}", flush=True)


@dataclass
class Report:
    """All steps. Some things cannot be tried on every machine: they are ``left`` for another."""

    steps: list[Step] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """A step. If it fails, that is noted, and the next one follows."""
        print(f"\n== {name}", flush=True)
        step = Step(name)
        self.steps.append(step)
        began = time.monotonic()
        try:
            yield step
        except Failed as failed:
            step.fault = str(failed)
            print(f"   FAILED: {step.fault}", flush=True)
        finally:
            step.seconds = time.monotonic() - began
        print(f"   {step.seconds:.0f} s", flush=True)

    def skip(self, what: str) -> None:
        self.left.append(what)
        print(f"\n== left out: {what}", flush=True)

    def text(self) -> str:
        """The whole in a few lines, for the end."""
        lines = [f"{'FAILED' if step.fault else 'passed'}  {step.seconds:5.0f} s  {step.name}" for step in self.steps]
        lines += [f"left out         {what}" for what in self.left]
        failed = sum(1 for step in self.steps if step.fault)
        return "\n".join([*lines, "", f"{len(self.steps) - failed} passed, {failed} failed, {len(self.left)} left out"])

    @property
    def passed(self) -> bool:
        return not any(step.fault for step in self.steps)
