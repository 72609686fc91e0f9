"""The race: every workload against everyone who can take it, in rounds, and what is written about it.

In each round every contestant runs once with the garbage collector off and once with it on, all in shuffled order, so
that whatever else the machine does meets all of them alike. ``inside`` is a full run, in worker processes; ``smoke``
the same in miniature in this process.
"""

from __future__ import annotations

import argparse
import datetime
import fnmatch
import importlib
import importlib.metadata
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import contestants as field
from benchmarks import report, targets
from benchmarks import workloads as load
from benchmarks.environment import PEERS, say
from benchmarks.measure import Bench, Caller, Remote, WorkerDied
from benchmarks.workloads import Workload

MEMORY = ("JsonLoads", "PartialJson", "PartialJsonInterpreted", "StreamingJsonParser")
DOCUMENTS = ("PartialJson", "PartialJsonInterpreted", "StreamingJsonParser")

Say = Callable[[str], None]


class Progress:
    """What is going on: a bar on a terminal where rich is installed, a line for each workload elsewhere."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._bar: Any = None
        if sys.stdout.isatty():
            try:
                progress: Any = importlib.import_module("rich.progress")
            except ImportError:
                return
            columns = ("{task.description}", progress.BarColumn(), progress.MofNCompleteColumn())
            self._bar = progress.Progress(*columns, progress.TimeElapsedColumn())
            self._task = self._bar.add_task("", total=total)
            self._bar.start()

    def at(self, what: str) -> None:
        """What is being done now."""
        if self._bar is not None:
            self._bar.update(self._task, description=f"{what:<40}")

    def done(self, line: str) -> None:
        """One part is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
            self._bar.print(line, highlight=False)
        else:
            say(f"[{self._done}/{self._total}] {line}")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


class Race:
    """Runs workloads against contestants and gathers the results."""

    def __init__(self, benches: dict[str, Caller], rounds: int, peers: Sequence[str]) -> None:
        self._benches = benches
        self._rounds = rounds
        self._peers = peers
        self._random = random.Random(1)
        self._missing: dict[str, str | None] = {}
        self.results: report.Results = {
            "about": {},
            "contestants": {},
            "workloads": {},
            "memory": {},
            "documents": {},
            "problems": {},
        }

    def wanted(self, contestant: type[field.Contestant]) -> bool:
        """Is this contestant in the run, and can it run at all?"""
        key = field.key(contestant)
        if contestant.worker not in self._benches:
            return False
        ours = contestant.name.startswith("partialjson") or contestant.name in field.BASELINES
        if not ours and self._peers and not any(matches(contestant.name, pattern) for pattern in self._peers):
            return False
        if key not in self._missing:
            self._missing[key] = self._call(contestant, "missing", key)
            if self._missing[key] is not None:
                self.results["problems"][contestant.name] = self._missing[key]
        if self._missing[key] is not None:
            return False
        about = {"distribution": contestant.distribution, "pure": contestant.pure, "live": contestant.live}
        self.results["contestants"][contestant.name] = {**about, "caveat": contestant.caveat}
        return True

    def _call(self, contestant: type[field.Contestant], name: str, *arguments: Any) -> Any:
        return self._benches[contestant.worker].call(name, *arguments)

    def run(self, workload: Workload) -> str:
        """Check, plan and time one workload; what came out, in a line."""
        began = time.monotonic()
        size = self._benches["compiled"].call("describe", workload.name)
        baseline = "model_validate_json" if workload.typed else "json.loads"
        about = {"group": workload.group, "mode": workload.mode, "chunk": workload.chunk, "baseline": baseline}
        entries: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        self.results["workloads"][workload.name] = {**about, **size, "entries": entries, "wrong": wrong}
        runners: list[type[field.Contestant]] = []
        for contestant in field.for_workload(workload):
            if not self.wanted(contestant):
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
        report.summarise({"workloads": {workload.name: self.results["workloads"][workload.name]}})
        gc = workload.gc[0]
        best = sorted((entry[gc]["median"], name) for name, entry in entries.items() if gc in entry)
        said = ", ".join(f"{name} {report.number(seconds * 1e3)} ms" for seconds, name in best[:4])
        return f"{workload.name}: {said} ({time.monotonic() - began:.0f} s)"

    def give_up(self, contestant: type[field.Contestant], workload: Workload, error: Exception) -> None:
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
        said = ", ".join(f"{name} {report.number(found.get('traced', 0) / 1e6)} MB" for name, found in held.items())
        return f"memory/{label}: {said}"

    def documents(self, key: str, count: int, fresh: Callable[[str], Caller]) -> str:
        contestant = field.BY_KEY[key]
        if not self.wanted(contestant):
            return f"documents/{contestant.name}: left out"
        try:
            growth = fresh(contestant.worker).call("documents", key, count)
        except (WorkerDied, RuntimeError) as error:
            self.results["problems"][f"{contestant.name} at documents"] = str(error)
            return f"documents/{contestant.name}: {error}"
        self.results["documents"][contestant.name] = growth
        return f"documents/{contestant.name}: {growth['blocks']} blocks, {growth['resident'] / 1024:.0f} KiB more"


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
    chosen = _chosen(load.full(), options.only)
    if options.list:
        for workload in chosen:
            say(f"{workload.name}: {', '.join(entrant.name for entrant in field.for_workload(workload))}")
        return 0
    if options.report:
        write(json.loads((options.output / "results.json").read_text()), options.output)
        return 0
    labels = [label for label in load.MEMORY if not options.only or matches(f"memory/{label}", options.only)]
    counted = [key for key in DOCUMENTS if not options.only or matches("documents", options.only)]
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
        race.results["problems"].update({name: f"not installed: {why}" for name, why in failed.items()})
        race.results["about"] = _about(options.rounds, build)
        progress = Progress(len(chosen) + len(labels) + len(counted))
        for workload in chosen:
            progress.at(workload.name)
            progress.done(race.run(workload))
        for label in labels:
            progress.at(f"memory/{label}")
            progress.done(race.memory(label, load.FULL.memory, fresh))
        for key in counted:
            progress.at("documents")
            progress.done(race.documents(key, load.FULL.documents, fresh))
    finally:
        if progress is not None:
            progress.close()
        for remote in remotes:
            remote.close()
    write(race.results, options.output)
    _summary(race.results, options.output)
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
    """Every workload in miniature, here and now; 1 if anyone arrived at a wrong value."""
    bench = Bench(load.smoke(), budget=0.02, minimum=0.0, tidy=False)
    race = Race({"compiled": bench}, 1, peers)
    build = bench.call("build")
    race.results["about"] = _about(1, "compiled" if build["compiled"] else "interpreted")
    for workload in _chosen(load.smoke(), only):
        tell(race.run(workload))
    for label in load.MEMORY:
        if not only or matches(f"memory/{label}", only):
            tell(race.memory(label, load.SMOKE.memory, lambda kind: bench))
    if not only or matches("documents", only):
        tell(race.documents("PartialJson", load.SMOKE.documents, lambda kind: bench))
    if output is None:
        # Nothing is kept, but what a run writes is made.
        report.markdown(race.results)
    else:
        write(race.results, output)
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


def _chosen(workloads: Sequence[Workload], only: str) -> list[Workload]:
    return [workload for workload in workloads if not only or matches(workload.name, only)]


def patterns(peers: str) -> list[str]:
    """The patterns of a list with commas."""
    return [pattern.strip() for pattern in peers.split(",") if pattern.strip()]


def write(results: report.Results, folder: Path) -> None:
    """The JSON file, the plots and the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(_rounded(results), indent=1, ensure_ascii=False) + "\n")
    plots = report.draw(results, folder)
    (folder / "README.md").write_text(report.markdown(results, plots))


def _rounded(value: Any) -> Any:
    """Six significant digits are more than a clock gives."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_rounded(child) for child in value]
    return value


def _summary(results: report.Results, folder: Path) -> None:
    verdicts = [verdict.met for verdict in targets.judge(results)]
    say(f"targets: {verdicts.count(True)} met, {verdicts.count(False)} not met, {verdicts.count(None)} not measured")
    for name, why in results["problems"].items():
        say(f"problem: {name}: {why}")
    say(f"written to {folder}")
