"""Cold start: what a process pays before its first value, as a serverless function does at each start.

Each measurement is a process of its own, which reads the clock before its first import and after the last line of a
short program. The interpreter's own start is not in it. Compiled byte code is there: a first run that is not counted
writes it. What counts is the least of several: everything else that the machine does can only add.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

TEXT = '{"id": 1, "name": "a name", "tags": ["new", "old"], "note": null}'
MODEL = """
from pydantic import BaseModel
class Order(BaseModel):
    id: int
    name: str
    tags: list[str]
    note: str | None
"""
PROGRAM = "import time\nbegan = time.perf_counter()\n{}\nprint(time.perf_counter() - began)"


@dataclass(frozen=True)
class Start:
    """A program, and the core it runs with."""

    name: str
    code: str
    interpreted: bool = False


OURS = (
    ("import partialjson", "import partialjson"),
    (
        "import partialjson, first untyped parse",
        f"from partialjson import Parser\np = Parser()\np.feed({TEXT!r})\np.close()",
    ),
    (
        "import partialjson, a model, first typed parse",
        f"{MODEL}from partialjson import Parser\np = Parser(Order)\np.feed({TEXT!r})\np.close()",
    ),
)
STARTS: tuple[Start, ...] = (
    Start("import json, first parse", f"import json\njson.loads({TEXT!r})"),
    Start("import pydantic", "from pydantic import BaseModel"),
    Start("import pydantic, a model, first validation", f"{MODEL}Order.model_validate_json({TEXT!r})"),
    *(Start(name, code) for name, code in OURS),
    *(Start(f"{name}, interpreted", code, interpreted=True) for name, code in OURS),
)


def seconds(start: Start) -> float:
    """One start.

    Raises:
        RuntimeError: the program fails; the message is what it said last.
    """
    environment = os.environ | {"PARTIALJSON_INTERPRETED": "1" if start.interpreted else ""}
    command = [sys.executable, "-P", "-c", PROGRAM.format(start.code)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no message"])[-1])
    return float(done.stdout)


def measure(rounds: int, warm_up: bool = True) -> Iterator[tuple[str, float]]:
    """(name, seconds) of every start, in rounds, each in its own order. A round that is left out comes first, as a
    warm-up."""
    order = random.Random(1)
    for number in range(-1 if warm_up else 0, rounds):
        for start in order.sample(STARTS, len(STARTS)):
            found = seconds(start)
            if number >= 0:
                yield start.name, found
