"""Which test runs which lines, and how long it takes.

Each test file is run once by itself. What it gave is kept in the results, under a digest of that file and of all
sources. Tests that fail there are run again without being traced, since some count calls themselves; what fails then is
left out and told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from mutation.plan import Plan
from mutation.testing import Masks, read_report, run_tests, trace_tests
from mutation.trials import Bench, Run

__all__ = ["Traced", "trace"]

LIMIT = 1200
"""Seconds that a test file may take while it is traced."""


@dataclass
class Traced:
    """What the tests of some files run: lines by module, and seconds, both by test."""

    lines: dict[str, Masks] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)

    def reaching(self, module: str, lines: range | None) -> list[str]:
        """The tests that run any of these lines of a module, or any line at all."""
        wanted = -1 if lines is None else (1 << lines.stop) - (1 << lines.start)
        return [test for test, of in self.lines.items() if of.get(module, 0) & wanted]


def trace(plan: Plan, files: Sequence[str], benches: Sequence[Bench], say: Callable[[str], None]) -> Traced:
    """What the tests of these files run, from what is kept as far as it is still true."""
    kept = plan.results / "traced"
    kept.mkdir(parents=True, exist_ok=True)
    modules = sorted(path.relative_to(plan.folder).as_posix() for path in plan.folder.rglob("*.py"))
    sources = _digest(plan.folder / module for module in modules)
    places = {file: kept / f"{_digest([plan.root / file], sources)}.json" for file in files}
    left = [file for file in files if not places[file].exists()]
    if left:
        say(f"tracing {len(left)} of {len(files)} test files")
    running: dict[Bench, tuple[str, Run]] = {}
    done = 0
    while left or running:
        for bench in benches:
            if bench not in running and left:
                file = left.pop(0)
                running[bench] = (file, _start(bench, file, modules))
            if bench in running:
                file, run = running[bench]
                ended = run.ended()
                if ended is not None:
                    del running[bench]
                    done += 1
                    _keep(bench, file, places[file])
                    say(f"  traced {file} ({done}; {len(left) + len(running)} to go)")
        sleep(0.02)
    found = Traced()
    for place in places.values():
        read = json.loads(place.read_text(encoding="utf-8"))
        found.seconds |= read["seconds"]
        found.failing += read["failing"]
        for test in read["seconds"]:
            found.lines[test] = {module: int(mask, 16) for module, mask in read["lines"].get(test, {}).items()}
    return found


def _start(bench: Bench, file: str, modules: Sequence[str]) -> Run:
    for old in ("report", "lines"):
        (bench.home / old).unlink(missing_ok=True)
    folder = bench.sources / bench.plan.package
    return Run(bench, lambda: trace_tests([file], bench.home / "report", folder, modules, bench.home / "lines"), LIMIT)


def _keep(bench: Bench, file: str, place: Path) -> None:
    report = read_report(bench.home / "report")
    lines = bench.home / "lines"
    seconds, failing = report.passed, []
    if report.failed:
        Run(bench, lambda: run_tests([file], bench.home / "again", chosen=report.failed, first=False), LIMIT).wait()
        again = read_report(bench.home / "again")
        seconds |= again.passed
        failing = [test for test in report.failed if test not in again.passed]
    read = {
        "seconds": seconds,
        "failing": failing,
        "lines": json.loads(lines.read_text(encoding="utf-8")) if lines.exists() else {},
    }
    if not lines.exists():
        read["failing"] = [file]
    place.write_text(json.dumps(read), encoding="utf-8")


def _digest(paths: Iterable[Path], more: str = "") -> str:
    digest = hashlib.sha256(more.encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:24]
