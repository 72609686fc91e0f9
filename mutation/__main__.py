"""``python -m mutation --part core``: the command. `mutation` says how it works."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import itertools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutation.equivalents import read_equivalents
from mutation.judging import NOTICED, Fate, Verdict, judge_all, try_unchanged
from mutation.mutants import Mutant, sample
from mutation.plan import Part, Plan, read_plan
from mutation.results import Result, Results, table
from mutation.tracing import trace
from mutation.trials import Bench, clean_environment

PLAN = Path(__file__).with_name("plan.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m mutation", description="Put small faults into the sources, and see which the tests notice."
    )
    parser.add_argument("--part", action="append", help="a part of the plan, several times for several; all without it")
    parser.add_argument(
        "--mutants", type=int, default=100, metavar="N", help="how many to draw for a part (default: 100)"
    )
    parser.add_argument(
        "--minutes", type=float, default=60, metavar="M", help="begin no mutant of a part after this time (default: 60)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=60,
        metavar="S",
        help="run tests of this many seconds for one mutant (default: 60)",
    )
    parser.add_argument("--seed", default="1", help="which mutants are drawn (default: 1)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many mutants to try at once (default: 1)")
    parser.add_argument(
        "--survivors", action="store_true", help="try those again that survived the last run, with its sample"
    )
    parser.add_argument("--table", action="store_true", help="show what the last runs found, and run nothing")
    parser.add_argument(
        "--least", type=float, default=0, metavar="PERCENT", help="exit with 1 if a part has a lower score"
    )
    parser.add_argument("--plan", type=Path, default=PLAN, help="another plan than that of this project")
    options = parser.parse_args(arguments)
    if not hasattr(os, "fork"):
        parser.error("each mutant is tried in a forked process, which this system does not have; use Linux or macOS")
    try:
        plan = read_plan(options.plan)
    except (OSError, ValueError, KeyError) as error:
        parser.error(f"the plan cannot be read: {error!r}")
    chosen = options.part or list(plan.parts)
    for name in chosen:
        if name not in plan.parts:
            parser.error(f"the plan has no part {name!r}; it has {', '.join(plan.parts)}")
    if not options.table:
        clean_environment(plan.sources)
        for name in plan.preload:
            importlib.import_module(name)
        with contextlib.ExitStack() as stack:
            benches = [stack.enter_context(contextlib.closing(Bench(plan))) for _ in range(options.jobs)]
            for name in chosen:
                if not try_part(plan, plan.parts[name], benches, options):
                    return 2
    found = {name: kept for name in chosen if (kept := Results.read(results_of(plan, name))) is not None}
    for name, results in found.items():
        if survivors := results.survivors():
            print(f"{name}\n\n{survivors}\n")
    print(table(found))
    return int(any(results.score < options.least for results in found.values()))


def try_part(plan: Plan, part: Part, benches: Sequence[Bench], options: argparse.Namespace) -> bool:
    """Try a sample of a part's mutants and keep the results; no if its tests fail without any mutant."""
    traced = trace(plan, part.tests, benches, say)
    for test in traced.failing:
        say(f"left out, since it fails without a mutant: {test}")
    failed = ""
    if not options.survivors:  # the run before has done this
        say(f"{part.name}: trying {len(traced.seconds)} tests on the unchanged sources, as far as there is time")
        failed = try_unchanged(benches[0], traced, options.seconds)
    if failed:
        say(f"{part.name}: a test fails where nothing was changed, so nothing can be said of mutants: {failed}")
        return False
    file = results_of(plan, part.name)
    before = Results.read(file) if options.survivors else None
    noticed = {each.key: each for each in before.of if each.fate in NOTICED} if before else {}
    listed = {each.key for each in read_equivalents(plan.equivalents)}
    results = Results(before.size, before.seed) if before else Results(options.mutants, options.seed)
    progress = Progress(results.size, options.minutes * 60)

    def keep(result: Result, tried: bool) -> None:
        results.of.append(result)
        results.write(file)
        progress.step(result, tried)

    def fresh() -> Iterator[Mutant]:
        sources = {module: plan.folder.joinpath(module).read_text(encoding="utf-8") for module in part.modules}
        for mutant in itertools.islice(sample(sources, results.size, results.seed), results.size):
            if mutant.key in listed:
                keep(Result.of(Verdict(mutant, Fate.EQUIVALENT)), False)
            elif mutant.key in noticed:
                keep(noticed[mutant.key], False)
            else:
                yield mutant

    for verdict in judge_all(fresh(), benches, traced, options.seconds, progress.has_time):
        keep(Result.of(verdict), True)
    return True


class Progress:
    """How many mutants were tried, told with how long the others will take."""

    def __init__(self, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._began = time.monotonic()
        self._done = 0
        self._tried = 0

    def has_time(self) -> bool:
        return time.monotonic() - self._began < self._seconds

    def step(self, result: Result, tried: bool) -> None:
        self._done += 1
        if tried:
            self._tried += 1
            spent = time.monotonic() - self._began
            left = min((self._size - self._done) * spent / self._tried, max(self._seconds - spent, 0))
            by = f", by {result.by}" if result.by else ""
            place = f"{result.module}:{result.line} {result.scope}".rstrip()
            say(f"[{self._done}/{self._size}, about {left / 60:.0f} min left] {result.fate}: {place}{by}")


def results_of(plan: Plan, name: str) -> Path:
    return plan.results / f"{name}.json"


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
