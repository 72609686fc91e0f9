"""The race: every workload against everyone who can take it, in rounds, and what is written about it.

In each round every contestant runs once with the garbage collector off and once with it on, all in shuffled order, so
that whatever else the machine does meets all of them alike. ``inside`` is a full run, in worker processes; ``smoke``
the same in miniature in this process. What is measured is a list of parts, and results of some parts go to those of
the others (``benchmarks.store``).
"""

from __future__ import annotations

import argparse
import datetime
import fnmatch
import importlib
import importlib.metadata
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks import cold, report, store, targets
from benchmarks import contestants as field
from benchmarks import workloads as load
from benchmarks.contestants import Contestant
from benchmarks.environment import PEERS, say
from benchmarks.measure import Bench, Caller, Remote, WorkerDied
from benchmarks.workloads import Workload

MEMORY = ("JsonLoads", "PartialJson", "PartialJsonInterpreted", "StreamingJsonParser")
DOCUMENTS = ("PartialJson", "PartialJsonInterpreted", "StreamingJsonParser")
STARTS = 3
"""Processes of each cold start in a round: the least of them counts, and they are short."""
UNKNOWN = 15.0
"""Seconds a part is taken to need where nothing like it has been measured before."""

Say = Callable[[str], None]


class Progress:
    """What is going on and how long it may take: a bar on a terminal where rich is installed, a line for each part
    elsewhere.

    A part is expected to take what it took when it was measured last, and what is left as many times that as what was
    done by now.
    """

    def __init__(self, expected: Mapping[str, float]) -> None:
        self._expected = dict(expected)
        self._done: list[str] = []
        self._began = time.monotonic()
        self._bar: Any = None
        if sys.stdout.isatty():
            try:
                progress: Any = importlib.import_module("rich.progress")
            except ImportError:
                return
            columns = ("{task.description}", progress.BarColumn(), progress.MofNCompleteColumn())
            self._bar = progress.Progress(*columns, progress.TimeElapsedColumn(), "{task.fields[left]}")
            self._task = self._bar.add_task("", total=len(self._expected), left="")
            self._bar.start()

    @property
    def left(self) -> float:
        """Seconds that the rest may take."""
        before = sum(self._expected[part] for part in self._done)
        pace = (time.monotonic() - self._began) / before if before else 1.0
        return pace * (sum(self._expected.values()) - before)

    def at(self, part: str) -> None:
        """What is being done now."""
        if self._bar is not None:
            self._bar.update(self._task, description=f"{part:<40}", left=in_words(self.left))

    def done(self, part: str, line: str) -> None:
        """One part is done."""
        self._done.append(part)
        if self._bar is not None:
            self._bar.update(self._task, completed=len(self._done), left=in_words(self.left))
            self._bar.print(line, highlight=False)
        else:
            say(f"[{len(self._done)}/{len(self._expected)}, {in_words(self.left)}] {line}")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def in_words(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min left" if seconds >= 90 else f"about {seconds:.0f} s left"


def expected(parts: Iterable[str], before: store.Results | None, rounds: int) -> dict[str, float]:
    """Seconds each part may take: what it took before, or what those of its kind did."""
    known: dict[str, float] = {}
    if before is not None:
        for part, took in before["took"].items():
            # Planning takes about as long as a round.
            known[part] = took * (rounds + 1) / (before["runs"][before["made"][part]]["rounds"] + 1)

    def of(part: str) -> float:
        kind = part.partition("/")[0]
        alike = [seconds for other, seconds in known.items() if other.partition("/")[0] == kind]
        return known.get(part) or (mean(alike) if alike else UNKNOWN)

    return {part: of(part) for part in parts}


@dataclass(frozen=True)
class Part:
    """One piece of a run: its name, and what measures it and says in a line what came out."""

    name: str
    run: Callable[[], str]


class Race:
    """Runs workloads against contestants and gathers the results."""

    def __init__(self, benches: dict[str, Caller], rounds: int, peers: Sequence[str]) -> None:
        self._benches = benches
        self._rounds = rounds
        self._peers = peers
        self._random = random.Random(1)
        self._missing: dict[tuple[str, object], str | None] = {}
        self.results = store.empty()

    def measure(self, part: Part) -> str:
        """Run a part and note what it took."""
        began = time.monotonic()
        line = part.run()
        took = time.monotonic() - began
        self.results["took"][part.name] = took
        self.results["made"][part.name] = 0
        return f"{part.name}: {line} ({took:.0f} s)"

    def wanted(self, contestant: type[Contestant], workload: Workload | None = None) -> bool:
        """Is this contestant in the run, and can it run at all?"""
        key = field.key(contestant)
        if contestant.worker not in self._benches:
            return False
        ours = contestant.name.startswith("partialjson") or contestant.name in field.BASELINES
        if not ours and self._peers and not any(matches(contestant.name, pattern) for pattern in self._peers):
            return False
        target = None if workload is None else workload.target
        if (key, target) not in self._missing:
            why = self._call(contestant, "missing", key, None if workload is None else workload.name)
            self._missing[key, target] = why
            if why is not None:
                # An SDK may be missing for one provider and not for another.
                name = f"{contestant.name}, {target}" if isinstance(target, str) else contestant.name
                self.results["problems"][name] = why
        if self._missing[key, target] is not None:
            return False
        about = {"distribution": contestant.distribution, "pure": contestant.pure, "live": contestant.live}
        self.results["contestants"][contestant.name] = {**about, "caveat": contestant.caveat}
        return True

    def _call(self, contestant: type[Contestant], name: str, *arguments: Any) -> Any:
        return self._benches[contestant.worker].call(name, *arguments)

    def run(self, workload: Workload) -> str:
        """Check, plan and time one workload; what came out, in a line."""
        size = self._benches["compiled"].call("describe", workload.name)
        baseline = field.for_workload(workload)[0].name
        about = {"group": workload.group, "mode": workload.mode, "chunk": workload.chunk, "baseline": baseline}
        entries: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        self.results["workloads"][workload.name] = {**about, **size, "entries": entries, "wrong": wrong}
        runners: list[type[Contestant]] = []
        for contestant in field.for_workload(workload):
            if not self.wanted(contestant, workload):
                continue
            key = field.key(contestant)
            try:
                if workload.name in contestant.known_wrong:
                    wrong[contestant.name] = contestant.known_wrong[workload.name]
                    continue
                problem = self._call(contestant, "check", workload.name, key)
                if problem is not None:
                    wrong[contestant.name] = problem
                    self.results["problems"][f"{contestant.name} at {workload.name}"] = problem
                    continue
                entries[contestant.name] = {"way": self._call(contestant, "plan", workload.name, key)}
                runners.append(contestant)
            except (WorkerDied, RuntimeError) as error:
                self.give_up(contestant, workload, error)
        for _ in range(self._rounds):
            turns = [(contestant, gc) for contestant in runners for gc in workload.gc]
            self._random.shuffle(turns)
            for contestant, gc in turns:
                if contestant.name not in entries:
                    continue
                key = field.key(contestant)
                try:
                    seconds = self._call(contestant, "sample", workload.name, key, gc)
                except (WorkerDied, RuntimeError) as error:
                    self.give_up(contestant, workload, error)
                    # The new process knows no plans yet.
                    for other in runners:
                        if other.worker == contestant.worker and other.name in entries:
                            self._call(other, "plan", workload.name, field.key(other))
                    continue
                entries[contestant.name].setdefault(gc, {"seconds": []})["seconds"].append(seconds)
        store.summarise({"workloads": {workload.name: self.results["workloads"][workload.name]}})
        gc = workload.gc[0]
        best = sorted((entry[gc]["median"], name) for name, entry in entries.items() if gc in entry)
        return ", ".join(f"{name} {report.number(seconds * 1e3)} ms" for seconds, name in best[:4])

    def give_up(self, contestant: type[Contestant], workload: Workload, error: Exception) -> None:
        """A contestant that failed while it was timed is out of this workload."""
        entries = self.results["workloads"][workload.name]["entries"]
        entries.pop(contestant.name, None)
        self.results["problems"][f"{contestant.name} at {workload.name}"] = str(error)

    def memory(self, label: str, size: int, fresh: Callable[[str], Caller]) -> str:
        """What a document holds while it is read, each measured in a process that does nothing else."""
        held: dict[str, Any] = {}
        self.results["memory"][label] = held
        for key in MEMORY:
            contestant = field.BY_KEY[key]
            if not self.wanted(contestant):
                continue
            for how in ("traced", "resident"):
                try:
                    value = fresh(contestant.worker).call("memory", label, key, size, how)
                except (WorkerDied, RuntimeError) as error:
                    self.results["problems"][f"{contestant.name} at memory/{label}"] = str(error)
                    break
                held.setdefault(contestant.name, {})[how] = value
        return ", ".join(f"{name} {report.number(found.get('traced', 0) / 1e6)} MB" for name, found in held.items())

    def documents(self, key: str, count: int, fresh: Callable[[str], Caller]) -> str:
        """What many small documents leave behind."""
        contestant = field.BY_KEY[key]
        if not self.wanted(contestant):
            return "left out"
        try:
            growth = fresh(contestant.worker).call("documents", key, count)
        except (WorkerDied, RuntimeError) as error:
            self.results["problems"][f"{contestant.name} at documents/{key}"] = str(error)
            return str(error)
        self.results["documents"][contestant.name] = growth
        return f"{growth['blocks']} blocks, {growth['resident'] / 1024:.0f} KiB more"

    def cold(self, rounds: int) -> str:
        """What processes pay before their first value."""
        found: dict[str, list[float]] = {start.name: [] for start in cold.STARTS}
        try:
            for name, seconds in cold.measure(rounds, warm_up=rounds > 1):
                found[name].append(seconds)
        except RuntimeError as error:
            self.results["problems"]["cold start at cold"] = str(error)
            return str(error)
        self.results["cold"] = found
        return ", ".join(f"{name} {report.number(min(seconds) * 1e3)} ms" for name, seconds in found.items())

    def parts(self, scale: load.Scale, fresh: Callable[[str], Caller], starts: int) -> list[Part]:
        """All there is to measure, in the order of the report."""
        found = [Part(workload.name, partial(self.run, workload)) for workload in load.workloads(scale)]
        for label in load.MEMORY:
            found.append(Part(f"memory/{label}", partial(self.memory, label, scale.memory, fresh)))
        for key in DOCUMENTS:
            if field.BY_KEY[key].worker in self._benches:
                found.append(Part(f"documents/{key}", partial(self.documents, key, scale.documents, fresh)))
        return [*found, Part("cold", partial(self.cold, starts))]


def matches(name: str, pattern: str) -> bool:
    """Does a pattern, with or without wildcards, occur in a name?"""
    return fnmatch.fnmatchcase(name.lower(), f"*{pattern.lower()}*")


def _versions() -> dict[str, str]:
    found = {}
    for name in (*PEERS, "pydantic-core"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _machine() -> str:
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        processor = models[0] if models else processor
    return f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def _below(path: str) -> str:
    """A path inside the environment, without what lies above it on this machine."""
    place = Path(path)
    return place.relative_to(sys.prefix).as_posix() if place.is_relative_to(sys.prefix) else place.name


def assert_builds(benches: dict[str, Caller]) -> str:
    """Both cores are what they are said to be, and lie inside this environment; a sentence about them.

    Raises:
        SystemExit: a core is not the build it should be. A stale or missing extension must not be measured.
    """
    said = []
    for kind, bench in benches.items():
        build = bench.call("build")
        for path in (build["package"], build["core"]):
            if not Path(path).is_relative_to(sys.prefix):
                raise SystemExit(f"the {kind} worker imports {path}, which is not what was installed in {sys.prefix}")
        source = build["core"].endswith(".py")
        if build["compiled"] != (kind == "compiled") or source == build["compiled"]:
            raise SystemExit(f"the {kind} worker runs {build['core']}, which is the other build")
        said.append(f"{kind} from {_below(build['core'])}")
    return "; ".join(said)


def inside(options: argparse.Namespace, failed: dict[str, str]) -> int:
    """The run itself, in the environment that was prepared for it."""
    file = options.output / "results.json"
    before = store.read(file) if file.exists() else None
    if options.list:
        return _list(options.only)
    if options.report:
        if before is None:
            raise SystemExit(f"there is no {file}")
        write(before, options.output)
        return 0
    workers: dict[str, Caller] = {}
    remotes: list[Remote] = []

    def fresh(kind: str) -> Caller:
        # One process for each measurement; the one before has ended.
        while len(remotes) > 2:
            remotes.pop().close()
        remotes.append(Remote(kind, "full", options.budget, options.minimum))
        return remotes[-1]

    for kind in ("compiled", "interpreted"):
        workers[kind] = fresh(kind)
    progress: Progress | None = None
    try:
        build = assert_builds(workers)
        race = Race(workers, options.rounds, patterns(options.peers))
        parts = [
            part for part in race.parts(load.FULL, fresh, STARTS * options.rounds) if chosen(part.name, options.only)
        ]
        if not parts:
            raise SystemExit(f"nothing has {options.only} in its name; --list names the workloads")
        race.results["problems"].update({name: f"not installed: {why}" for name, why in failed.items()})
        race.results["runs"] = [_about(options.rounds, build)]
        progress = Progress(expected([part.name for part in parts], before, options.rounds))
        say(f"{len(parts)} parts, {options.rounds} rounds, {in_words(progress.left)}")
        for part in parts:
            progress.at(part.name)
            progress.done(part.name, race.measure(part))
    finally:
        if progress is not None:
            progress.close()
        for remote in remotes:
            remote.close()
    results = _with_the_others(race.results, options.output, options.only)
    write(results, options.output)
    _summary(results, options.output)
    return 0


def _list(only: str) -> int:
    entrants = {workload.name: field.for_workload(workload) for workload in load.full()}
    entrants |= {f"memory/{label}": [field.BY_KEY[key] for key in MEMORY] for label in load.MEMORY}
    entrants |= {f"documents/{key}": [field.BY_KEY[key]] for key in DOCUMENTS}
    names = {part: [entrant.name for entrant in who] for part, who in entrants.items()}
    names["cold"] = [start.name for start in cold.STARTS]
    for part, who in names.items():
        if chosen(part, only):
            say(f"{part}: {'; '.join(who)}")
    return 0


def _about(rounds: int, build: str) -> dict[str, Any]:
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "machine": _machine(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "rounds": rounds,
        "clock": "wall-clock time",
        "build": build,
        "versions": _versions(),
    }


def smoke(only: str, peers: Sequence[str], output: Path | None, tell: Say = say) -> int:
    """Every part in miniature, here and now; 1 if anyone arrived at a wrong value."""
    bench = Bench(load.smoke(), budget=0.02, minimum=0.0, tidy=False)
    race = Race({"compiled": bench}, 1, peers)
    build = bench.call("build")
    race.results["runs"] = [_about(1, "compiled" if build["compiled"] else "interpreted")]
    for part in race.parts(load.SMOKE, lambda kind: bench, 1):
        if chosen(part.name, only):
            tell(race.measure(part))
    if output is None:
        # Nothing is kept, but what a run writes is made.
        report.markdown(race.results)
    else:
        write(_with_the_others(race.results, output, only), output)
    wrong = [
        f"{name} at {workload}: {why}"
        for workload, found in race.results["workloads"].items()
        for name, why in found["wrong"].items()
        if workload not in _known_wrong(name)
    ]
    failed = [f"{name}: {why}" for name, why in race.results["problems"].items() if " at " in name]
    for line in wrong or failed:
        tell(f"WRONG {line}")
    ran = {name for found in race.results["workloads"].values() for name in found["entries"]}
    tell(f"{len(race.results['workloads'])} workloads, {len(ran)} contestants, {len(wrong or failed)} problems")
    return 1 if wrong or failed else 0


def _known_wrong(name: str) -> Iterable[str]:
    for contestant in field.ALL:
        if contestant.name == name:
            yield from contestant.known_wrong


def chosen(part: str, only: str) -> bool:
    """Is a part asked for? An empty pattern asks for all."""
    return not only or any(matches(part, pattern) for pattern in patterns(only))


def patterns(words: str) -> list[str]:
    """The patterns of a list with commas."""
    return [pattern.strip() for pattern in words.split(",") if pattern.strip()]


def _with_the_others(results: store.Results, folder: Path, only: str) -> store.Results:
    """Where some parts were asked for, the results of the others are kept."""
    file = folder / "results.json"
    return store.merge(store.read(file), results) if only and file.exists() else results


def write(results: store.Results, folder: Path) -> None:
    """The JSON file, the plots and the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    store.save(results, folder / "results.json")
    plots = report.draw(results, folder)
    (folder / "README.md").write_text(report.markdown(results, plots), encoding="utf-8")


def _summary(results: store.Results, folder: Path) -> None:
    verdicts = [verdict.met for verdict in targets.judge(results)]
    say(f"targets: {verdicts.count(True)} met, {verdicts.count(False)} not met, {verdicts.count(None)} not measured")
    for name, why in results["problems"].items():
        say(f"problem: {name}: {why}")
    say(f"written to {folder}")
