"""Runs one program in the environment of its library, and tells how it gets on.

    worker.py PROGRAM SIZE LIBRARY LIMIT [count]

``LIBRARY`` is what this parser is put into, or ``-``. Prints one JSON object a line: first how far it is, at the end
``{"pieces", "of", "seconds", "half", "values", "useful"}``. Seconds are those of this process, so that what else runs
on the machine does not count. After ``LIMIT`` of them the stream ends; ``half`` is the time that the first half of the
pieces took. With ``count`` partial values are compared, and the time means nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The folder of a script is on the path; here the one of the repository is wanted.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from benchmarks.integration.programs import PROGRAMS, Useful, cut, report

WARM = 600
EVERY = 1.0


class Metered(list[str]):
    """Pieces that end when the time is over, and note when each was taken."""

    def __init__(self, pieces: list[str], limit: float) -> None:
        super().__init__(pieces)
        self.limit = limit
        self.times: list[float] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        clock = time.process_time
        start = clock()
        told = 0.0
        for piece in super().__iter__():
            now = clock() - start
            if now - told > EVERY:
                tell(pieces=len(self.times), of=len(self), seconds=now)
                told = now
            if now > self.limit:
                self.ended = True
                break
            self.times.append(now)
            yield piece
        self.times.append(clock() - start)


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def main() -> None:
    name, size, library, limit, *counts = sys.argv[1:]
    program = PROGRAMS[name]
    if library != "-":
        from partialjson.integrations import install

        install(library)
    program(cut(report(WARM)), lambda _: None)
    pieces = Metered(cut(report(int(size))), float(limit))
    useful = Useful()
    values = 0

    def take(value: Any) -> None:
        nonlocal values
        values += 1
        if counts:
            useful(value)

    try:
        program(pieces, take)
    except Exception:
        # A document that is cut off is refused by some, at the end.
        if not pieces.ended:
            raise
    done = len(pieces.times) - 1
    half = pieces.times[done // 2]
    tell(pieces=done, of=len(pieces), seconds=pieces.times[-1], half=half, values=values, useful=useful.count)


if __name__ == "__main__":
    main()
