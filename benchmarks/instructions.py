"""Instructions that a piece of work costs: ``python benchmarks/instructions.py --against PATH``.

Times on a shared machine move by more than a change of the core does; the number of instructions hardly moves at all.
Valgrind counts them, in a process for each workload and folder of sources. The process does its work so many times or
twice as many, and the difference between the two is what the work costs, without the start of the interpreter.

``PATH`` is another folder with ``partialjson`` in it, for instance ``../before/src``. A folder runs as it is: compiled
where its extensions were built beside the sources, else interpreted. ``--interpreted`` runs the sources of both.

The ratios in the table are this folder's count over the other's. Counts repeat to about 0.1 %. Valid text read
leniently is counted too, and a second table has its ratio to strict parsing; ``--only lenient`` counts those pairs
alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

CHUNK = 4
BULK_CHUNK = 64 * 1024

_COUNT = re.compile(r"I\s+refs:\s*([\d,]+)")


@dataclass(frozen=True)
class Work:
    """Something to be counted. ``make`` prepares it and gives what does it once."""

    name: str
    make: Callable[[], Callable[[], None]]
    unit: str
    """What the table counts for: a chunk, a character or a document."""
    size: int
    """How many of them there are."""
    rounds: int = 4
    """How often the work is done for one count, so that neither the start of the interpreter nor the one collection of
    garbage that happens to fall into it counts for much."""
    beside: str = ""
    """The name of the work that does the same with strict parsing: a second table has the ratio of the two."""


def _rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "name": f"green river {number}",
            "price": number * 1.25,
            "tags": ["day", "night"],
            "active": number % 2 == 0,
            "note": "the words of a stream that grows",
        }
        for number in range(count)
    ]


OBJECTS = json.dumps(_rows(24))
TEXT = json.dumps("the words of a stream that grows while one reads it " * 60)
SHORT = json.dumps([f"{number % 1000:03}" for number in range(500)])
BULK_OBJECTS = json.dumps(_rows(1200))
BULK_STRINGS = json.dumps(["a string of forty-one characters in all, " + str(number) for number in range(4000)])
BULK_SHORT = json.dumps([f"{number % 1000:03}" for number in range(16_000)])
BULK_ESCAPED = json.dumps(['a "quoted" word and a line\n' * 3 for number in range(1200)])
BULK_NUMBERS = json.dumps([number * 37 if number % 2 else number * 0.125 for number in range(16_000)])


def _pieces(text: Any, size: int) -> list[Any]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _chunks(text: str) -> int:
    return len(_pieces(text, CHUNK))


def _target() -> Any:
    from pydantic import BaseModel

    class Item(BaseModel):
        id: int
        name: str
        price: float
        tags: list[str]
        active: bool
        note: str

    # The annotations are text here, and the names in them are this function's.
    Item.model_rebuild()
    return list[Item]


def _read(text: str, size: int, mode: str, typed: bool = False, encode: bool = False, **options: Any) -> Any:
    """Read a document in chunks. ``mode``: "feed" reads no view, "dropped" one after each chunk, "held" keeps them."""

    def make() -> Callable[[], None]:
        from partialjson import Parser

        target = _target() if typed else None
        pieces = _pieces(text.encode() if encode else text, size)

        def work() -> None:
            parser: Any = Parser(target, **options)
            feed = parser.feed
            kept: list[Any] = []
            for piece in pieces:
                feed(piece)
                if mode == "dropped":
                    parser.value  # noqa: B018
                elif mode == "held":
                    kept.append(parser.value)
            parser.close()

        return work

    return make


def _deltas(text: str) -> Callable[[], Callable[[], None]]:
    def make() -> Callable[[], None]:
        from partialjson import Parser

        pieces = _pieces(text, CHUNK)

        def work() -> None:
            parser: Any = Parser(select=[])
            for piece in pieces:
                parser.feed(piece)
                parser.deltas()

        return work

    return make


def _saved() -> Callable[[], None]:
    from partialjson import Parser

    def work() -> None:
        parser: Any = Parser()
        parser.feed(OBJECTS[:300])
        Parser.restore(parser.checkpoint()).end()

    return work


QUIET: dict[str, Any] = {"select": []}

WORKS = (
    Work("4 characters, feed", _read(OBJECTS, CHUNK, "feed", select=[]), "chunk", _chunks(OBJECTS)),
    Work("4 characters, dropped", _read(OBJECTS, CHUNK, "dropped", select=[]), "chunk", _chunks(OBJECTS)),
    Work("4 characters, held", _read(OBJECTS, CHUNK, "held", select=[]), "chunk", _chunks(OBJECTS)),
    Work("4 characters, a string", _read(TEXT, CHUNK, "dropped", select=[]), "chunk", _chunks(TEXT)),
    Work("4 characters, events", _read(OBJECTS, CHUNK, "feed"), "chunk", _chunks(OBJECTS)),
    Work("4 characters, events, held", _read(OBJECTS, CHUNK, "held"), "chunk", _chunks(OBJECTS)),
    Work("4 characters, deltas", _deltas(OBJECTS), "chunk", _chunks(OBJECTS)),
    Work("4 characters, typed", _read(OBJECTS, CHUNK, "dropped", typed=True, select=[]), "chunk", _chunks(OBJECTS)),
    Work("4 characters, typed, events", _read(OBJECTS, CHUNK, "held", typed=True), "chunk", _chunks(OBJECTS)),
    Work("4 bytes", _read(OBJECTS, CHUNK, "feed", encode=True, select=[]), "chunk", _chunks(OBJECTS)),
    Work("bulk, objects", _read(BULK_OBJECTS, BULK_CHUNK, "feed", select=[]), "character", len(BULK_OBJECTS)),
    Work("bulk, objects, events", _read(BULK_OBJECTS, BULK_CHUNK, "feed"), "character", len(BULK_OBJECTS)),
    Work(
        "bulk, objects, typed",
        _read(BULK_OBJECTS, BULK_CHUNK, "feed", typed=True, select=[]),
        "character",
        len(BULK_OBJECTS),
    ),
    Work(
        "bulk, not retained",
        _read(BULK_OBJECTS, BULK_CHUNK, "feed", select=["$[*].id"], retain=False),
        "character",
        len(BULK_OBJECTS),
    ),
    Work("bulk, strings", _read(BULK_STRINGS, BULK_CHUNK, "feed", select=[]), "character", len(BULK_STRINGS)),
    Work("bulk, escapes", _read(BULK_ESCAPED, BULK_CHUNK, "feed", select=[]), "character", len(BULK_ESCAPED)),
    Work("bulk, numbers", _read(BULK_NUMBERS, BULK_CHUNK, "feed", select=[]), "character", len(BULK_NUMBERS)),
    Work(
        "bulk, bytes",
        _read(BULK_OBJECTS, BULK_CHUNK, "feed", encode=True, select=[]),
        "character",
        len(BULK_OBJECTS),
    ),
    Work("bulk, short strings", _read(BULK_SHORT, BULK_CHUNK, "feed", select=[]), "character", len(BULK_SHORT)),
    Work("4 characters, short strings", _read(SHORT, CHUNK, "feed", select=[]), "chunk", _chunks(SHORT)),
    Work("4 characters, text", _read(f"[{TEXT}]", CHUNK, "feed", select=[]), "chunk", _chunks(TEXT)),
    *(
        Work(f"{beside}, lenient", _read(text, size, mode, typed, lenient=True, **options), unit, count, beside=beside)
        for beside, text, mode, typed, options in (
            ("4 characters, feed", OBJECTS, "feed", False, QUIET),
            ("4 characters, held", OBJECTS, "held", False, QUIET),
            ("4 characters, events", OBJECTS, "feed", False, {}),
            ("4 characters, typed", OBJECTS, "dropped", True, QUIET),
            ("4 characters, text", f"[{TEXT}]", "feed", False, QUIET),
            ("4 characters, a string", TEXT, "dropped", False, QUIET),
            ("4 characters, short strings", SHORT, "feed", False, QUIET),
            ("bulk, objects", BULK_OBJECTS, "feed", False, QUIET),
            ("bulk, objects, events", BULK_OBJECTS, "feed", False, {}),
            ("bulk, objects, typed", BULK_OBJECTS, "feed", True, QUIET),
            ("bulk, strings", BULK_STRINGS, "feed", False, QUIET),
            ("bulk, escapes", BULK_ESCAPED, "feed", False, QUIET),
            ("bulk, short strings", BULK_SHORT, "feed", False, QUIET),
            ("bulk, numbers", BULK_NUMBERS, "feed", False, QUIET),
        )
        for size, unit, count in (
            (CHUNK, "chunk", _chunks(text)) if beside[0] == "4" else (BULK_CHUNK, "character", len(text)),
        )
    ),
    Work("a new parser", _read("1", CHUNK, "feed", select=[]), "document", 1, 400),
    Work("a checkpoint and back", _saved, "document", 1, 20),
)


def do(work: Work, times: int) -> None:
    """Do a piece of work in this process; what valgrind watches."""
    once = work.make()
    once()
    for _ in range(times * work.rounds):
        once()


def count(work: Work, source: Path, python: str, interpreted: bool) -> int:
    """The instructions of one piece of work with the package in ``source``.

    Raises:
        RuntimeError: valgrind or the work failed; the message has what it wrote.
    """
    totals = []
    for times in (1, 2):
        environment = {
            **os.environ,
            "PYTHONPATH": f"{source}{os.pathsep}{ROOT}",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PARTIALJSON_INTERPRETED": "1" if interpreted else "",
        }
        with tempfile.TemporaryDirectory() as folder:
            command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={folder}/out"]
            command += [python, __file__, "--do", work.name, "--times", str(times), "--source", str(source)]
            ran = subprocess.run(command, env=environment, capture_output=True, text=True)
        found = _COUNT.search(ran.stderr)
        if ran.returncode != 0 or found is None:
            raise RuntimeError(f"{work.name} with {source} failed:\n{ran.stderr}")
        totals.append(int(found[1].replace(",", "")))
    return (totals[1] - totals[0]) // work.rounds


def _is_built(source: Path) -> bool:
    return any((source / "partialjson" / "_core").glob("lexer.*.so"))


def _ratio(count: int | None, base: int | None) -> str:
    return "-" if count is None or base is None else f"{count / base:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Count the instructions of the core, here and in another folder.")
    parser.add_argument("--against", type=Path, default=None, metavar="PATH", help="the other folder of sources")
    parser.add_argument("--source", type=Path, default=ROOT / "src", metavar="PATH", help="this one (src)")
    parser.add_argument("--only", default="", metavar="NAME", help="the work whose name has this in it")
    parser.add_argument("--interpreted", action="store_true", help="run the sources, not what was built from them")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="another interpreter")
    parser.add_argument("--do", default="", help=argparse.SUPPRESS)
    parser.add_argument("--times", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.do:
        import partialjson

        # An installed package must not pass for the one that is meant.
        assert Path(partialjson.__file__).is_relative_to(options.source), partialjson.__file__
        do(next(work for work in WORKS if work.name == options.do), options.times)
        return 0
    if shutil.which("valgrind") is None:
        parser.error("valgrind is not installed; it counts the instructions")
    sources = [path.resolve() for path in (options.source, options.against) if path is not None]
    for source in sources:
        if not (source / "partialjson").is_dir():
            parser.error(f"{source} has no package partialjson in it")
    chosen = [work for work in WORKS if options.only in work.name]
    wanted = {work.name for work in chosen} | {work.beside for work in chosen}
    chosen = [work for work in WORKS if work.name in wanted]
    if not chosen:
        parser.error(f"no work has {options.only!r} in its name")
    builds = [options.interpreted or not _is_built(source) for source in sources]
    heads = ["interpreted" if interpreted else "compiled" for interpreted in builds]
    print(f"| instructions | {' | '.join(heads)} |{' ratio |' if len(sources) > 1 else ''}")
    print("|---|" + "---:|" * (len(sources) + (len(sources) > 1)))
    counted: dict[str, list[int | None]] = {}
    for work in chosen:
        counts = counted[work.name] = []
        for source, interpreted in zip(sources, builds, strict=True):
            try:
                counts.append(count(work, source, options.python, interpreted))
            except RuntimeError:
                # The other sources may be older than what is counted.
                if source is sources[0]:
                    raise
                counts.append(None)
        cells = ["-" if each is None else f"{each / work.size:,.1f}" for each in counts]
        if len(counts) > 1:
            cells.append(_ratio(*counts))
        print(f"| {work.name}, a {work.unit} | {' | '.join(cells)} |", flush=True)
    pairs = [work for work in chosen if work.beside in counted]
    if pairs:
        print(f"\n| over strict parsing | {' | '.join(heads)} |\n|---|" + "---:|" * len(heads))
    for work in pairs:
        print(f"| {work.name} | {' | '.join(map(_ratio, counted[work.name], counted[work.beside]))} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
