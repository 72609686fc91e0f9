"""What the least steps cost when Python takes them: ``python benchmarks/bounds.py`` writes ``results/bounds.md``.

Some targets are set in times of ``json.loads`` for the whole text. Each figure here is the cost of the least that must
be done, by the standard library or by built-in types alone, measured beside ``json.loads`` in the same round. It is a
bound for a parser that does this step through Python's objects and functions. It is no bound of the task: a complete
parser written in C, with the same snapshots, takes 2.15 times ``json.loads`` where a value is read and dropped after
every 4 characters (876 instructions a chunk), and this project 5.0 to 5.6 (1,898). ``calls`` alone holds for both.

    calls     a method call with the chunk and the reading of an attribute, both of built-in types that do nothing
    text      the same, and the growing string made anew, put into its dict, and looked at by nobody
    held      one copy of the outer list for each chunk, all kept: snapshots that hold still are objects of their own
    windows   the standard library's scanner, called for as much of an array as lies whole in a window of the chunk, and
              the counting of brackets that the limit on depth asks for
    floats    ``float`` called once for each number
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from benchmarks import workloads as load

ROUNDS = 15
MINIMUM = 0.02


def calls(text: str) -> Callable[[], object]:
    chunks = load.cut(text, load.CHUNK)
    feed: Callable[[str], object] = {"": ""}.get
    reader = slice(None)

    def run() -> None:
        for chunk in chunks:
            feed(chunk)
            _ = reader.start

    return run


def text_alone(text: str) -> Callable[[], object]:
    chunks = load.cut(text, load.CHUNK)
    feed: Callable[[str], object] = {"": ""}.get
    reader = slice(None)

    def run() -> None:
        tree: dict[str, str] = {}
        shown = ""
        for chunk in chunks:
            feed(chunk)
            shown = chunk if len(shown) > 24 else shown + chunk
            tree["text"] = shown
            _ = reader.start

    return run


def held(text: str) -> Callable[[], object]:
    final = json.loads(text)
    chunks = len(load.cut(text, load.CHUNK))

    def run() -> list[object]:
        kept: list[object] = []
        live: list[object] = []
        for number in range(chunks):
            if len(live) < number * len(final) // chunks:
                live.append(final[len(live)])
            kept.append(live.copy())
        return kept

    return run


def windows(text: str, begins: str, width: int = 32 * 1024) -> Callable[[], object]:
    """An array of elements that all begin alike."""
    # In every Python, though typeshed leaves it out.
    scan: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
    places = []
    at = 1
    while (end := text.rfind(", " + begins, at, at + width)) > at:
        places.append((at, end))
        at = end + 2

    def run() -> None:
        for at, end in places:
            scan("".join(("[", text[at:end], "]")), 0)
            for bracket in "[{":
                if text.find(bracket, at, end) >= 0:
                    text.count(bracket, at, end)

    return run


def floats(text: str) -> Callable[[], object]:
    numbers = text.strip("[] \n").replace(",", " ").split()

    def run() -> None:
        for number in numbers:
            float(number)

    return run


BOUNDS: list[tuple[str, str, Callable[[str], Callable[[], object]]]] = [
    ("calls alone, 4 KB object, 4-character chunks", load.nested_object(4096), calls),
    ("calls alone, list of 1000 objects, 4-character chunks", load.list_of_objects(146 * 1024), calls),
    ("calls and a string of 24 growing, list of 1000 objects", load.list_of_objects(146 * 1024), text_alone),
    ("one copy of the outer list a chunk, all held, list of 1000 objects", load.list_of_objects(146 * 1024), held),
    ("windows, objects", load.list_of_objects(1_000_000), partial(windows, begins='{"id"')),
    ("windows, strings of 300", load.strings(1_000_000), partial(windows, begins='"')),
    ("windows, strings of 4500", load.long_strings(1_000_000), partial(windows, begins='"')),
    ("windows, raw unicode", load.unicode_text(1_000_000), partial(windows, begins='"')),
    ("float() alone, 17-digit floats", load.long_floats(1_000_000), floats),
]


NOTE = """
What the least steps cost when built-in types and the standard library take them. They bind a parser that works through
Python's objects; a complete parser written in C, with the same snapshots, takes 2.15 with a value read and dropped
after every 4 characters (876 instructions a chunk), and this project 5.0 to 5.6 (1,898).
""".strip().splitlines()


def seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    loops = 0
    while loops == 0 or time.perf_counter() - began < MINIMUM:
        run()
        loops += 1
    return (time.perf_counter() - began) / loops


def main() -> None:
    lines = [
        "# Bounds",
        "",
        "Times `json.loads` of the whole text, garbage collector off; the median of rounds.",
        "",
        *NOTE,
    ]
    lines += ["", "| the step, by Python's own means | × json.loads |", "|---|--:|"]
    gc.disable()
    for name, text, bound in BOUNDS:
        run = bound(text)
        whole = partial(json.loads, text)
        ratio = median(seconds(run) / seconds(whole) for _ in range(ROUNDS))
        print(f"{name}: {ratio:.2f}", flush=True)
        lines.append(f"| {name} | {ratio:.2f} |")
    (ROOT / "benchmarks" / "results" / "bounds.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
