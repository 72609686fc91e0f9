"""What becomes of a mutant: which tests are asked, in which order, and what their answer means."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from time import sleep

from mutation.mutants import Mutant
from mutation.testing import Report, read_report, run_tests
from mutation.tracing import Traced
from mutation.trials import Bench, Ended, Run

__all__ = ["Fate", "Verdict", "judge", "judge_all", "try_unchanged"]

QUICK = ((1.0, 3), (8.0, 8))
"""What is asked first: tests of so many seconds, from so many files. To start a run and to collect a file costs too."""
CHECKING = 600
"""Seconds that the type checker may take."""


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    """A test failed."""
    ENDLESS = "out of time"
    """The tests took several times as long as they usually do."""
    REFUSED = "refused"
    """No quick test failed, and the type checker refuses it; slow tests are not asked then."""
    SURVIVED = "survived"
    UNREACHED = "not reached"
    """Survived, since no test runs the line."""
    EQUIVALENT = "equivalent"
    """It is in the list of those that behave as the original does."""


NOTICED = {Fate.KILLED, Fate.ENDLESS, Fate.REFUSED}


@dataclass(frozen=True)
class Verdict:
    """A mutant, what became of it, and the test that failed or did not end."""

    mutant: Mutant
    fate: Fate
    by: str = ""


Steps = Generator[Run, Ended, Verdict]


def judge(bench: Bench, mutant: Mutant, traced: Traced, most: float) -> Steps:
    """Run tests against a mutant until one fails: gives each run that must end before it goes on.

    Tests that take `most` seconds together are run, at most.
    """
    tests = traced.reaching(mutant.module, None if mutant.importing else mutant.lines)
    if mutant.importing and not tests:
        tests = list(traced.seconds)
    with bench.changed(mutant.module, mutant.code):
        quick, slow = batches(tests, mutant.module, traced, most)
        for number, batch in enumerate([*quick, *slow]):
            if number == len(quick) and (yield from _refused(bench)):
                return Verdict(mutant, Fate.REFUSED, bench.plan.types[0])
            ended, report = yield from _asked(bench, batch, traced)
            if report.failed or ended.status not in (0, 5):
                out_of_time = ended.out_of_time and not report.failed
                return Verdict(mutant, Fate.ENDLESS if out_of_time else Fate.KILLED, report.culprit)
        if not slow and (yield from _refused(bench)):
            return Verdict(mutant, Fate.REFUSED, bench.plan.types[0])
    return Verdict(mutant, Fate.SURVIVED if tests else Fate.UNREACHED)


def try_unchanged(bench: Bench, traced: Traced, most: float) -> str:
    """A test that fails where nothing was changed, or nothing; it runs as many tests as `judge` does, in its order."""
    quick, slow = batches(list(traced.seconds), "", traced, most)
    for batch in [*quick, *slow]:
        steps = _asked(bench, batch, traced)
        try:
            run = next(steps)
            while True:
                run = steps.send(run.wait())
        except StopIteration as stopped:
            ended, report = stopped.value
        if report.failed or ended.status:
            return report.culprit or bench.home.joinpath("log.txt").read_text(encoding="utf-8")[-2000:]
    return ""


def _asked(bench: Bench, batch: Sequence[str], traced: Traced) -> Generator[Run, Ended, tuple[Ended, Report]]:
    files = list(dict.fromkeys(test.partition("::")[0] for test in batch))
    told = bench.home / "report"
    told.unlink(missing_ok=True)
    # Tests were traced, which takes longer, so twice the time is several times the time.
    seconds = 20 + 2 * sum(traced.seconds[test] for test in batch)
    ended = yield Run(bench, lambda: run_tests(files, told, chosen=batch), seconds)
    return ended, read_report(told)


def batches(tests: Iterable[str], module: str, traced: Traced, most: float) -> tuple[list[list[str]], list[list[str]]]:
    """Tests in the order in which they are asked, those of a file together: some batches of quick ones, and what is
    left of those that take `most` seconds together."""
    left = _ordered([test for test in tests if test in traced.seconds], module, traced)
    # What one test has made may be kept and used by others, which then do not run the lines that made it.
    files = {test.partition("::")[0] for test in left}
    others = [test for test in traced.seconds.keys() - set(left) if test.partition("::")[0] in files]
    left += _ordered(others, module, traced)
    quick = []
    for seconds, most_files in QUICK:
        batch, left = _taken(left, traced, seconds, most_files)
        quick.append(batch)
    spent = sum(traced.seconds[test] for batch in quick for test in batch)
    slow, _ = _taken(left, traced, most - spent, len(left))
    return [batch for batch in quick if batch], [slow] if slow else []


def _taken(tests: Sequence[str], traced: Traced, seconds: float, files: int) -> tuple[list[str], list[str]]:
    """As many tests as so many seconds and files allow, by file, and the others."""
    taken: dict[str, list[str]] = {}
    others = []
    for test in tests:
        file = test.partition("::")[0]
        if traced.seconds[test] <= seconds and (file in taken or len(taken) < files):
            seconds -= traced.seconds[test]
            taken.setdefault(file, []).append(test)
        else:
            others.append(test)
    return [test for group in taken.values() for test in group], others


def _ordered(tests: Sequence[str], module: str, traced: Traced) -> list[str]:
    """Quick ones first; those of a file with the module's name count as quicker, and each further example of the same
    test as slower."""
    stem = PurePosixPath(module).stem.strip("_")
    before: Counter[str] = Counter()
    keys = {}
    for test in sorted(tests, key=lambda test: traced.seconds[test]):
        function = test.partition("[")[0]
        before[function] += 1
        mirrors = stem and stem in PurePosixPath(test.partition("::")[0]).stem
        keys[test] = (traced.seconds[test] + 0.005) * before[function] / (8 if mirrors else 1)
    return sorted(keys, key=lambda test: keys[test])


def _refused(bench: Bench) -> Generator[Run, Ended, bool]:
    """Whether the type checker finds something, in the module or in others, which it does not in the original."""
    if not bench.plan.types:
        return False
    ended = yield Run(bench, lambda: _check(bench), CHECKING)
    return ended.status == 1


def _check(bench: Bench) -> int:
    """Become the type checker, which finds the copy where it finds the sources."""
    os.chdir(bench.home)
    name = bench.plan.types[0]
    package = f"{bench.plan.sources.name}/{bench.plan.package}"
    os.execv(sys.executable, [sys.executable, "-m", name, *bench.plan.types[1:], package])


def judge_all(
    mutants: Iterator[Mutant],
    benches: Sequence[Bench],
    traced: Traced,
    most: float,
    goes_on: Callable[[], bool],
) -> Iterator[Verdict]:
    """Verdicts on mutants, one at a time on each bench, as they come; no more are begun when `goes_on` says no."""
    running: dict[Bench, tuple[Steps, Run]] = {}

    def after(bench: Bench, steps: Steps, ended: Ended | None) -> Verdict | None:
        try:
            running[bench] = (steps, next(steps) if ended is None else steps.send(ended))
        except StopIteration as stopped:
            running.pop(bench, None)
            verdict: Verdict = stopped.value
            return verdict
        return None

    more = True
    while more or running:
        for bench in benches:
            verdict = None
            if bench in running:
                steps, run = running[bench]
                if (ended := run.ended()) is not None:
                    verdict = after(bench, steps, ended)
            elif more and (mutant := next(mutants, None) if goes_on() else None) is not None:
                verdict = after(bench, judge(bench, mutant, traced, most), None)
            else:
                more = False
            if verdict is not None:
                yield verdict
        sleep(0.02)
