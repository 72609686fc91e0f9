"""What each library does when it is tried: ``python benchmarks/compare.py``.

Every library is asked by every probe (``benchmarks.probes``) in processes of its own, inside the environment of the
benchmarks: a crash is an answer too, and costs nobody else theirs. The call that is made is printed beside the
library's name.

Written are ``docs/comparison.md`` and, between its two comments, in ``README.md``, the rows of the short table that
nobody else in it keeps.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    # The folder of a script is on the path; here the folder above it is wanted, and not the names in this one.
    sys.path[0] = str(ROOT)

from benchmarks.contestants import COMPARED
from benchmarks.contestants.face import keep_extensions_out
from benchmarks.environment import interpreter, prepare, say
from benchmarks.pages import into_page
from benchmarks.probes import NO, NOT_APPLICABLE, PROBES, YES, Answer, ask

PATIENCE = 60.0
"""Seconds after which a probe that runs alone is stopped."""

# Processes.


def inside(name: str, probe_names: Sequence[str]) -> int:
    """Runs in a process of its own; the answers go to the standard output as JSON."""
    library = COMPARED[name]
    if library.worker == "interpreted":
        keep_extensions_out()
    probes = [probe for probe in PROBES if probe.name in probe_names]
    print(json.dumps({probe.name: asdict(ask(library, probe)) for probe in probes}), flush=True)
    return 0


def outside(python: str, peer: str, probes: Sequence[str]) -> dict[str, Answer]:
    """The answers of a process; one probe at a time where all at once did not come to an end."""
    command = [python, str(ROOT / "benchmarks" / "compare.py"), "--inside", peer, ",".join(probes)]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=kept, timeout=PATIENCE)
        problem = f"exit code {done.returncode}" if done.returncode >= 0 else f"crashes with signal {-done.returncode}"
        if done.returncode == 0:
            return {name: Answer(**answer) for name, answer in json.loads(done.stdout).items()}
        if len(probes) == 1 and done.returncode > 0:
            raise SystemExit(f"{peer}, {probes[0]}: {problem}\n{done.stderr}")
    except subprocess.TimeoutExpired:
        problem = f"not done after {PATIENCE:.0f} seconds"
    if len(probes) == 1:
        return {probes[0]: Answer(NO, problem)}
    answers: dict[str, Answer] = {}
    for probe in probes:
        answers |= outside(python, peer, [probe])
    return answers


Results = dict[str, dict[str, Answer]]
"""Answers by peer and probe."""


def collect(python: str, names: Sequence[str]) -> Results:
    results: Results = {}
    together = [probe.name for probe in PROBES if not probe.alone]
    for name in names:
        answers = outside(python, name, together)
        for probe in PROBES:
            if probe.alone:
                answers |= outside(python, name, [probe.name])
        results[name] = answers
        say(f"{name}: " + ", ".join(f"{probe.name} {answers[probe.name].verdict}" for probe in PROBES))
    return results


def versions() -> dict[str, str]:
    """Versions of what is installed here, by distribution."""
    found = {}
    for library in COMPARED.values():
        try:
            found[library.distribution] = importlib.metadata.version(library.distribution)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


# Writing.

SHORT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A partial value after every chunk, strings seen growing", ("partial", "growing")),
    ("Numbers and escapes appear whole, nothing shown is taken back", ("numbers", "growth", "escapes")),
    ("Values you keep never change, unchanged parts are the same object", ("held", "shared")),
    ("Every value reported once, with its path, when it closes", ("completions",)),
    ("Exact text deltas, with a path", ("deltas",)),
    ("A cut-off document never passes for a complete one", ("cut",)),
    ("Validators run once, never on a prefix", ("once",)),
    ("Enums, dates, unions and defaults never shown wrong", ("choices", "defaults")),
    ("A chunk costs the same however long the document", ("cost",)),
    ("Broken JSON mended while it streams, nothing taken back", ("mends",)),
    ("Says what it mended, and where", ("repairs",)),
    ("Says at the first wrong character that a schema cannot be satisfied", ("misfit",)),
)
"""Rows of the short table: a yes needs a yes of all their probes that apply."""

OURS = ("partialjson", "partialjson, model")
SHORT_PEERS = ("jiter", "streaming-json-parser", "jsonriver", "json-repair", "pydantic", "instructor")
SIGNS = {YES: "✓", NO: "–", NOT_APPLICABLE: "n.a."}
SIGNS_MEAN = "✓ yes; – no; n.a. it has no call for that, or takes no models."
BEGIN = "<!-- comparison: written by benchmarks/compare.py -->"
END = "<!-- end of comparison -->"


def joined(answers: Sequence[Answer]) -> str:
    verdicts = {answer.verdict for answer in answers}
    return NO if NO in verdicts else YES if YES in verdicts else NOT_APPLICABLE


def short_cell(results: Results, name: str, probes: Sequence[str]) -> str:
    """The verdict on a row; of a library that comes in two builds, the better one."""
    builds = [other for other in results if other == name or other.startswith(f"{name}, ")]
    found = {joined([results[build][probe] for probe in probes]) for build in builds}
    return YES if YES in found else NO if NO in found else NOT_APPLICABLE


def short_table(results: Results, alone: bool = False) -> list[str]:
    """The table of ``SHORT``; of its rows, those that no peer in it keeps, if ``alone``."""
    peers = [name for name in SHORT_PEERS if name in results]
    lines = ["| | " + " | ".join(["partialjson", *peers]) + " |", "|---" + "|:-:" * (len(peers) + 1) + "|"]
    for title, probes in SHORT:
        # Both ways to use this project have to keep the promise.
        ours = [results[name][probe] for name in OURS for probe in probes]
        cells = [joined(ours), *(short_cell(results, name, probes) for name in peers)]
        if not (alone and YES in cells[1:]):
            lines.append(f"| {title} | " + " | ".join(SIGNS[cell] for cell in cells) + " |")
    return [*lines, "", SIGNS_MEAN]


def short_notes(results: Results) -> list[str]:
    """Who keeps a row that nobody in the short table does."""
    peers = [name for name in SHORT_PEERS if name in results]
    others = [name for name in results if "," not in name and name != OURS[0] and name not in peers]
    found = []
    for title, probes in SHORT:
        if all(short_cell(results, name, probes) != YES for name in peers):
            able = [name for name in others if short_cell(results, name, probes) == YES]
            found += [f"“{title}” holds for {' and '.join(able)} too"] if able else []
    return ["", *textwrap.wrap(f"Beyond this table, {'; '.join(found)}.", 115)] if found else []


def long_table(results: Results, names: Sequence[str], installed: dict[str, str], typed: bool) -> list[str]:
    heads = [f"{name} {installed.get(COMPARED[name].distribution, '')}".strip() for name in names]
    lines = ["| | " + " | ".join(heads) + " |", "|---" + "|:-:" * len(names) + "|"]
    for probe in PROBES:
        if typed or not probe.typed:
            cells = [results[name][probe.name].verdict for name in names]
            lines.append(f"| [{probe.title}](#{anchor(probe.title)}) | " + " | ".join(cells) + " |")
    return lines


def anchor(title: str) -> str:
    """The address GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def document_text(results: Results, installed: dict[str, str], python: str, day: str) -> str:
    names = [
        [name for name, kind in COMPARED.items() if kind.typed == typed and name in results] for typed in (False, True)
    ]
    lines = [
        "# Comparison",
        "",
        "Written by `python benchmarks/compare.py`; every answer is a program's. Each probe feeds a document to a",
        "library, looks at what it shows, and says yes, no, or n.a. where there is nothing to try: the library has no",
        "call for it, or does not do such things at all. Libraries run in processes of their own. What was seen is",
        "listed below the tables, probe by probe. The answers are about these versions, these documents and these",
        "calls. Each call is one that the library's documentation describes; of two modes it is the one that shows",
        "strings as they grow.",
        f"{python}, {day}.",
        "",
        "No table of this kind is neutral: its rows are what this project is for. Others decode whole documents",
        "faster, extract paths without building values, or talk to models; no row is about that. Who mends broken",
        "JSON how well, and at what cost, is in [benchmarks/results/lenient.md](../benchmarks/results/lenient.md).",
        "",
        "## In short",
        "",
        *short_table(results),
        *short_notes(results),
        "",
        "A row is ✓ where all of its probes that apply are a yes: for partialjson, both with and without a model; for",
        "streaming-json-parser, either with or without its native extension. Libraries that take a model are given one",
        "that fits each document. Where a library has no call for something the cell is n.a.; partial-json-stream,",
        "jsoncurrent and ijson, which have completions or deltas of their own, are in the tables below.",
        "",
        "## Parsers",
        "",
        *long_table(results, names[0], installed, typed=False),
        "",
        "## With a model",
        "",
        *long_table(results, names[1], installed, typed=True),
        "",
        "## How each is called",
        "",
        *(f"- **{name}**: {COMPARED[name].call}" for group in names for name in group),
        "",
        "## What was seen",
        "",
    ]
    for probe in PROBES:
        lines += [f"### {probe.title}", "", probe.how, ""]
        for name in (name for group in names for name in group):
            answer = results[name][probe.name]
            if not (probe.typed and not COMPARED[name].typed):
                lines.append(f"- {name}: **{answer.verdict}**; {answer.seen}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="What partialjson and its peers do when they are tried.")
    parser.add_argument("--peers", default="", metavar="NAMES", help="only these, with commas; then nothing is written")
    parser.add_argument("--venv", type=Path, default=ROOT / "benchmarks" / ".venv", metavar="DIR", help="environment")
    parser.add_argument("--here", action="store_true", help="use this interpreter's packages, and prepare nothing")
    parser.add_argument("--inside", nargs=2, metavar=("PEER", "PROBES"), help=argparse.SUPPRESS)
    parser.add_argument("--versions", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        return inside(options.inside[0], options.inside[1].split(","))
    if options.versions:
        print(json.dumps(versions()))
        return 0
    if not options.here:
        prepare(options.venv.resolve(), False)
    python = sys.executable if options.here else str(interpreter(options.venv.resolve()))
    command = [python, str(ROOT / "benchmarks" / "compare.py"), "--versions"]
    installed: dict[str, str] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    wanted = [name for name in COMPARED if not options.peers or name in options.peers.split(",")]
    for name in wanted:
        if COMPARED[name].distribution not in installed:
            say(f"{name} is left out: not installed")
    results = collect(python, [name for name in wanted if COMPARED[name].distribution in installed])
    if options.peers:
        for name, answers in results.items():
            for probe, answer in answers.items():
                say(f"{name}, {probe}: {answer.verdict}; {answer.seen}")
        return 0
    text = document_text(
        results, installed, f"{platform.python_implementation()} {platform.python_version()}", date.today().isoformat()
    )
    (ROOT / "docs" / "comparison.md").write_text(text, encoding="utf-8")
    readme = ROOT / "README.md"
    table = short_table(results, alone=True)
    readme.write_text(into_page(readme.read_text(encoding="utf-8"), BEGIN, END, table), encoding="utf-8")
    print("\n".join(short_table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
