"""What reading costs, in counts that are the same on a fast and on a slow machine.

``Steps`` counts bytecode instructions, by tracing. It sees every loop and every call in Python, but not what happens
inside one call of C, and nothing in compiled code. ``Memory`` sums how far each chunk raised the memory in use above
what it was before the chunk. It sees every copy, made in Python, in C or in compiled code; growing a list or a string
in place costs only what is added. Whoever reads or copies again at every chunk what came before shows it in one count
or in both.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any, Self, TypeVar

__all__ = ["Memory", "Steps", "Work"]

T = TypeVar("T")


@dataclass(frozen=True)
class Work:
    """What reading cost: ``steps`` are instructions; ``memory`` is in bytes, by which the chunks raised the memory in
    use, summed."""

    steps: int
    memory: int


class Steps:
    """Counts the instructions that run inside of a ``with`` block.

    Args:
        counts: says of a module by its name whether its instructions count.

    Attributes:
        count: so many ran.
    """

    def __init__(self, counts: Callable[[str], bool]) -> None:
        self._counts = counts
        self.count = 0

    def __enter__(self) -> Self:
        self._outer = sys.gettrace()
        # Python 3.12 tells of instructions only if some frame had asked for them before.
        sys._getframe().f_trace_opcodes = True
        sys.settrace(self._trace)
        return self

    def __exit__(self, *error: object) -> None:
        sys.settrace(self._outer)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if not self._counts(str(frame.f_globals.get("__name__", ""))):
            return None
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        if event == "opcode":
            self.count += 1
        return self._trace


class Memory:
    """Looks at the memory in use inside of a ``with`` block, in which nothing is collected.

    Attributes:
        raised: by so many bytes the chunks raised it, summed.
    """

    def __init__(self) -> None:
        self.raised = 0

    def __enter__(self) -> Self:
        gc.collect()
        gc.disable()
        tracemalloc.start()
        return self

    def __exit__(self, *error: object) -> None:
        tracemalloc.stop()
        gc.enable()

    def over(self, chunks: Iterable[T]) -> Iterator[T]:
        """The chunks; what happens until the next one is asked for counts as the work for one."""
        for chunk in chunks:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            yield chunk
            self.raised += max(0, tracemalloc.get_traced_memory()[1] - before)
