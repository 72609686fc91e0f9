"""Broken JSON, mended while it streams, side by side: ``python benchmarks/lenient.py``.

Documents of about 1 KB and 100 KB are damaged as models damage them, with labels and from a seed
(``partialjson.testing.damage``): so many small ones for each label, one large one, and some with three labels at
once. Every contestant (``benchmarks.contestants.menders``) gets each of them in chunks of 20 characters and
in one piece.

Asked are

    right         Is the result the undamaged document, value for value? Of a document that was cut: what had come of
                  it, the last string as far as it had come. A large document has some fifty places that are damaged,
                  and one of them read wrongly makes it wrong.
    taken back    After how many chunks does the value contradict the one before, or the last one the result? Strings
                  and lists may grow and keys come; anything else that changes has been taken back. "", None, and what
                  a library shows before the document begins are nothing; so is None in a field for BAML, which means
                  there that it has not come.
    cost          Seconds of the processor for a chunk and the value after it, the text in 20-character chunks; and for
                  the text in one piece. Ratios are to this project's, taken document by document in the same run.
    told          Does it say what it mended? Asked of documents that are damaged but not cut: in how many does it name
                  at least one repair, and in how many with a place within 96 characters of one of the accidents.

Who reads the text so far again at each chunk is sampled in large documents: a few prefixes, spread evenly, stand for
all, until a budget of seconds is spent. What is taken back is looked for between the prefixes that are sampled, for
everybody; in small documents after every chunk.

Results are a table in ``benchmarks/results/lenient.md`` and the numbers in ``lenient.json`` beside it.
"""

from __future__ import annotations

import argparse
import copy
import gc
import importlib.metadata
import json
import platform
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from benchmarks.contestants.face import ABSENT, Absent, Reparser
from benchmarks.contestants.menders import MENDERS, Baml
from benchmarks.environment import interpreter, prepare, say
from benchmarks.workloads import WORDS
from partialjson.testing.damage import AROUND, CUT, LABELS, Damaged, damage_value

CHUNK = 20
SIZES = {"1 KB": 1_000, "100 KB": 100_000}
SMALL_EACH = 4
"""So many small documents for each label."""
MIXED = 8
SAMPLES = 10
"""Prefixes of a large document that are looked at."""
BUDGET = 4.0
"""Seconds for the prefixes of one document and contestant."""
REPEATS = 3
NEAR = 96
DAMAGED_EVERY = 2_000
"""One accident of each label for so many characters."""


# What is read


def order(size: int, draw: random.Random) -> dict[str, Any]:
    """An order whose JSON has about so many characters, with quotes, commas, brackets and line ends in its texts."""
    lines: list[dict[str, Any]] = []
    length = 200
    while length < size:
        lines.append(_line(len(lines), draw))
        length += len(json.dumps(lines[-1])) + 2
    return {
        "customer": f"{draw.choice(WORDS).title()} {draw.choice(WORDS).title()}",
        "open": True,
        "discount": None,
        "lines": lines,
        "remark": " ".join(draw.choices(WORDS, k=9)) + ", as agreed",
    }


def _line(number: int, draw: random.Random) -> dict[str, Any]:
    words = draw.choices(WORDS, k=12)
    note = [
        f"{words[0]} {words[1]}, {words[2]} ({words[3]}) {words[4]}",
        f'the "{words[0]}" {words[1]} of {words[2]}',
        f"{words[0]} {words[1]}:\n{words[2]} {words[3]}\n{words[4]}",
        f"{words[0]}'s {words[1]} {words[2]}",
        None,
    ][number % 5]
    return {
        "sku": f"{words[5]}-{number}",
        "name": f"{words[6]} {words[7]}",
        "price": draw.randrange(100, 9000) / 8,
        "count": draw.randrange(1, 99),
        "gift": draw.random() < 0.5,
        "tags": words[8 : 8 + draw.randrange(0, 3)],
        "note": note,
    }


@dataclass(frozen=True)
class Text:
    """A damaged document.

    Attributes:
        label: its damage, or "three at once".
        size: a key of ``SIZES``.
        harmed: the damage itself.
    """

    label: str
    size: str
    harmed: Damaged

    @property
    def chunks(self) -> list[str]:
        text = self.harmed.text
        return [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]


def texts(size: str, each: int, mixed: int) -> Iterator[Text]:
    """The documents of a size, the same in each run."""
    places = max(1, SIZES[size] // DAMAGED_EVERY)
    for label in LABELS:
        for number in range(each):
            yield Text(label, size, _harmed(size, [label], f"{label} {number}", places))
    inner = [label for label in LABELS if label not in AROUND and label != CUT]
    for number in range(mixed):
        draw = random.Random(f"mixed {number}")
        labels = [*draw.sample(inner, 2), draw.choice(AROUND)]
        yield Text("three at once", size, _harmed(size, labels, f"mixed {number}", places))


def _harmed(size: str, labels: Sequence[str], seed: str, places: int) -> Damaged:
    draw = random.Random(seed)
    return damage_value(order(SIZES[size], draw), labels, draw, indent=draw.choice((0, 2)), places=places)


# Looking at values


def plain(value: Any, nothing_is_absent: bool = False) -> Any:
    """Plain data of its own; models become dictionaries, and for BAML a None is what has not come."""
    if isinstance(value, Absent):
        return value
    if hasattr(value, "model_dump"):
        value = value.model_dump()
    if nothing_is_absent:
        return _without_none(value)
    return copy.deepcopy(value)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value


def grows(before: Any, after: Any) -> bool:
    """Whether a value is a beginning of another: strings and lists longer, more keys, all else the same."""
    if isinstance(before, Absent) or before is None or before == "":
        return True
    todo = [(before, after)]
    while todo:
        old, new = todo.pop()
        if isinstance(old, dict) and isinstance(new, dict):
            if not old.keys() <= new.keys():
                return False
            todo += [(old[key], new[key]) for key in old]
        elif isinstance(old, list) and isinstance(new, list):
            if len(old) > len(new):
                return False
            todo += zip(old, new, strict=False)
        elif isinstance(old, str) and isinstance(new, str):
            if not new.startswith(old):
                return False
        elif type(old) is not type(new) or old != new:
            return False
    return True


def same(value: Any, meant: Any) -> bool:
    """Value for value; 1 and 1.0 are the same number, 1 and true are not."""
    if isinstance(meant, dict):
        return isinstance(value, dict) and value.keys() == meant.keys() and all(same(value[k], meant[k]) for k in meant)
    if isinstance(meant, list):
        return isinstance(value, list) and len(value) == len(meant) and all(map(same, value, meant))
    return isinstance(value, bool) == isinstance(meant, bool) and value == meant


# Asking


def streamed(library: Any, text: Text) -> dict[str, Any]:
    """One document in chunks: right, what was taken back, and seconds."""
    reads_again = isinstance(library, Reparser)
    chunks = text.chunks
    small = text.size == "1 KB"
    is_baml = isinstance(library, Baml)
    looked = range(len(chunks)) if small else [int((i + 0.5) * len(chunks) / SAMPLES) for i in range(SAMPLES)]
    state = library.start()
    shown: list[Any] = []
    seconds = 0.0
    timed = done = 0
    error = ""
    try:
        for at in looked:
            if reads_again:
                library.feed(state, ["".join(chunks[done : at + 1])])
                began = time.process_time()
                value = library.shown(state)
                seconds += time.process_time() - began
                timed += 1
            else:
                part = chunks[done : at + 1]
                began = time.process_time()
                library.read(state, part)
                seconds += time.process_time() - began
                timed += len(part)
                value = library.shown(state)
            done = at + 1
            shown.append(plain(value, is_baml))
            if seconds > BUDGET:
                break
        rest = chunks[done:]
        if not reads_again:
            began = time.process_time()
            library.read(state, rest)
            seconds += time.process_time() - began
            timed += len(rest)
        else:
            library.feed(state, ["".join(rest)])
        value = library.cut(state) if text.harmed.cut else library.finish(state)
    except Exception as caught:
        error = f"{type(caught).__name__}: {caught}"[:120]
        value = ABSENT
    result = plain(value)
    shown.append(_without_none(result) if is_baml else result)
    back = 0 if error else sum(not grows(old, new) for old, new in pairwise(shown))
    if is_baml and text.harmed.cut and isinstance(result, dict):
        # Fields that have not come are None there.
        right = same(_without_none(result), _without_none(text.harmed.value))
    else:
        right = same(result, text.harmed.value)
    per_chunk = seconds / timed if timed else None
    return {"right": right, "back": back, "looked": 0 if error else len(shown), "chunk": per_chunk, "error": error}


def at_once(library: Any, text: Text) -> float | None:
    """Seconds for one document in one piece, the best of a few; None where it raises."""
    best: float | None = None
    whole = text.harmed.text
    for _ in range(REPEATS):
        began = time.process_time()
        try:
            library.once(whole)
        except Exception:
            return None
        seconds = time.process_time() - began
        best = seconds if best is None else min(best, seconds)
        if best > BUDGET / REPEATS:
            break
    return best


def told(library: Any, text: Text) -> tuple[bool, bool]:
    """Does it name a repair, and one at the place of an accident?"""
    try:
        found = library.told(text.harmed.text)
    except Exception:
        found = None
    at = [accident.at for accident in text.harmed.accidents]
    near = any(where is not None and abs(where - place) <= NEAR for _, where in found or () for place in at)
    return bool(found), near


def run(contestants: Sequence[type[Any]], each: int, mixed: int, sizes: Sequence[str]) -> dict[str, Any]:
    """All results: a list of rows for each contestant."""
    libraries: list[Any] = []
    problems: dict[str, str] = {}
    for kind in contestants:
        try:
            libraries.append(kind())
        except ImportError as error:
            problems[kind.name] = f"not installed: {error}"
            say(f"{kind.name} is left out: {problems[kind.name]}")
    rows: list[dict[str, Any]] = []
    gc.freeze()
    for size in sizes:
        chosen = list(texts(size, each if size == "1 KB" else 1, mixed if size == "1 KB" else mixed // 4))
        for number, text in enumerate(chosen):
            for library in libraries:
                row: dict[str, Any] = {"contestant": library.name, "size": size, "label": text.label}
                row["length"] = len(text.harmed.text)
                runs = [streamed(library, text) for _ in range(REPEATS if size == "1 KB" else 1)]
                row |= min(runs, key=lambda one: one["chunk"] or 0)
                row["whole"] = None if row["error"] else at_once(library, text)
                mends = text.label not in (*AROUND, CUT)
                row["told"], row["placed"] = told(library, text) if mends else (None, None)
                rows.append(row)
            say(f"{size}: {number + 1} of {len(chosen)}, {text.label}")
    return {"rows": rows, "problems": problems, **about()}


def about() -> dict[str, Any]:
    import partialjson

    versions = {}
    for kind in MENDERS:
        try:
            versions[kind.distribution] = importlib.metadata.version(kind.distribution)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": date.today().isoformat(),
        "python": f"CPython {platform.python_version()}",
        "machine": f"{platform.system()}, {platform.machine()}",
        "build": "compiled" if partialjson.compiled else "interpreted",
        "versions": versions,
    }


# Writing


def summary(rows: Sequence[dict[str, Any]], name: str, size: str) -> dict[str, Any]:
    """What a row of the table says about a contestant."""
    mine = [row for row in rows if row["contestant"] == name and row["size"] == size]
    ours = {
        (row["label"], index): row
        for index, row in enumerate(row for row in rows if row["contestant"] == MENDERS[0].name and row["size"] == size)
    }
    pairs = [(row, ours[row["label"], index]) for index, row in enumerate(mine)]
    timed = [(row, base) for row, base in pairs if row["chunk"] and base["chunk"]]
    whole = [(row, base) for row, base in pairs if row["whole"] and base["whole"]]
    mended = [row for row in mine if row["told"] is not None]

    def ratio(found: Sequence[tuple[dict[str, Any], dict[str, Any]]], key: str) -> float | None:
        # In all: the seconds of one over the seconds of the other, for the documents that both have read.
        weight = (lambda row: row["length"]) if key == "chunk" else (lambda row: 1)
        below = sum(base[key] * weight(base) for _, base in found)
        return sum(row[key] * weight(row) for row, _ in found) / below if below else None

    return {
        "right": sum(row["right"] for row in mine),
        "of": len(mine),
        "refused": sum(bool(row["error"]) for row in mine),
        "back": sum(row["back"] for row in mine),
        "looked": sum(row["looked"] for row in mine),
        "chunk": sum(row["chunk"] for row, _ in timed) / len(timed) if timed else None,
        "chunk_ratio": ratio(timed, "chunk"),
        "whole": sum(row["whole"] for row, _ in whole) / len(whole) if whole else None,
        "whole_ratio": ratio(whole, "whole"),
        "told": sum(row["told"] for row in mended),
        "placed": sum(row["placed"] for row in mended),
        "mended": len(mended),
    }


def _number(value: float | None, unit: float = 1.0) -> str:
    if value is None:
        return "–"
    scaled = value * unit
    return f"{scaled:,.0f}" if scaled >= 100 else f"{scaled:,.1f}" if scaled >= 1 else f"{scaled:.2f}"


def document(results: dict[str, Any]) -> str:
    rows = results["rows"]
    names = list(dict.fromkeys(row["contestant"] for row in rows))
    kinds = {kind.name: kind for kind in MENDERS}
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    lines = [
        "# Broken JSON, mended while it streams",
        "",
        f"{results['date']}; {results['machine']}; {results['python']}; core {results['build']}; {versions}.",
        "",
        "Made by `python benchmarks/lenient.py`, whose opening says what is asked and how. The documents are this "
        "project's own, and so is the damage; each has a label and a seed. Costs are seconds of the processor, "
        f"×: times those of partialjson in the same run. Text comes in chunks of {CHUNK} characters.",
        "",
    ]
    for size in dict.fromkeys(row["size"] for row in rows):
        lines += [
            f"## Documents of {size}",
            "",
            "| | right | refused | taken back | a chunk, µs | × | in one piece, ms | × | says what | and where |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for name in names:
            found = summary(rows, name, size)
            cells = [
                f"{found['right']} of {found['of']}",
                str(found["refused"]),
                f"{found['back']} of {found['looked']}",
                _number(found["chunk"], 1e6),
                _number(found["chunk_ratio"]),
                _number(found["whole"], 1e3),
                _number(found["whole_ratio"]),
                f"{found['told']} of {found['mended']}",
                f"{found['placed']} of {found['mended']}",
            ]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    lines += ["## Right results by damage", ""]
    lines += ["| | " + " | ".join(names) + " |", "|---" + "|--:" * len(names) + "|"]
    for label in dict.fromkeys(row["label"] for row in rows):
        cells = []
        for name in names:
            mine = [row for row in rows if row["contestant"] == name and row["label"] == label]
            cells.append(f"{sum(row['right'] for row in mine)} of {len(mine)}")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    lines += ["", "## How each is called", ""]
    lines += [f"- **{name}**: {kinds[name].call}; {kinds[name].caveat}" for name in names]
    lines += [f"- **{name}** is left out: {why}" for name, why in results["problems"].items()]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Broken JSON, mended while it streams, by several libraries.")
    parser.add_argument("--only", default="", metavar="NAMES", help="these contestants beside partialjson, with commas")
    parser.add_argument("--each", type=int, default=SMALL_EACH, help=f"small documents for a label ({SMALL_EACH})")
    parser.add_argument("--sizes", default=",".join(SIZES), help="sizes, with commas")
    parser.add_argument("--venv", type=Path, default=ROOT / "benchmarks" / ".venv", metavar="DIR", help="environment")
    parser.add_argument("--here", action="store_true", help="use this interpreter's packages, and prepare nothing")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results", metavar="DIR")
    options = parser.parse_args(arguments)
    if not options.here:
        prepare(options.venv.resolve(), False)
        command = [str(interpreter(options.venv.resolve())), str(ROOT / "benchmarks" / "lenient.py"), "--here"]
        given = sys.argv[1:] if arguments is None else list(arguments)
        return subprocess.run([*command, *given], check=False).returncode
    wanted = [kind for kind in MENDERS[1:] if not options.only or kind.name in options.only.split(",")]
    mixed = max(MIXED * options.each // SMALL_EACH, 1)
    results = run([MENDERS[0], *wanted], options.each, mixed, options.sizes.split(","))
    written = document(results)
    if not options.only:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "lenient.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (options.output / "lenient.md").write_text(written, encoding="utf-8")
    print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
