"""The clock: checks what a contestant arrives at, finds out how to time it, and times it.

Everything is done by a ``Bench``, either in this process or, behind the same ``call``, in a worker process that is
spoken to in lines of JSON (``Remote``). The same library cannot be compiled and interpreted in one process, which
is what workers are for; they also survive a contestant that takes its process down.

A time is taken in one of four ways, chosen once for each contestant and workload:

    whole    the document is read from start to end, as often as it takes to fill ``minimum`` seconds
    sample   a few chunks, spread evenly, stand for all: for parsers that read the text so far again at each chunk
    cap      reading stops after ``budget`` seconds, and the rest is extrapolated by the growth seen until then
    once     where even that takes many times the ``budget``, what was found while planning serves every round

All but the first give estimates, and are marked so wherever they appear. Before each measurement everything alive is
moved out of the collector's sight, so that "default GC" means the collections that the reading itself causes.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import math
import os
import select
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from benchmarks import contestants as field
from benchmarks import workloads as load
from benchmarks.contestants.face import Contestant, keep_extensions_out
from benchmarks.workloads import Gc, Workload

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = 6
REPEATS = 3
"""So many chunks in a row are timed at each sampled place, and the middle one counts: a stolen slice of time would
otherwise be multiplied by thousands."""
SEGMENTS = 64
LOOPS = 50_000
PREFIX_LOOPS = 5
HOPELESS = 10
PATIENCE = 10
"""In bulk, native code and this project have so many times the budget, so that their times are no estimates."""


@dataclass(frozen=True)
class Plan:
    """How a contestant is timed on a workload."""

    way: str
    loops: int = 1
    samples: int = 0
    seconds: float = 0.0


class Caller(Protocol):
    """A bench, here or in another process."""

    def call(self, name: str, *arguments: Any) -> Any: ...


class Bench:
    """Measures in this process. The public methods take and give plain data only."""

    def __init__(self, workloads: Sequence[Workload], budget: float, minimum: float, tidy: bool = True) -> None:
        self._workloads = {workload.name: workload for workload in workloads}
        self._budget = budget
        self._minimum = minimum
        self._tidy = tidy
        self._contestants: dict[tuple[str, object], Contestant] = {}
        self._plans: dict[str, Plan] = {}
        self._pieces: dict[str, list[Any]] = {}
        self._workload: Workload | None = None

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a method by its name."""
        return getattr(self, name)(*arguments)

    def missing(self, key: str, name: str | None = None) -> str | None:
        """Why a contestant cannot run here, on a workload where one is named; None where it can."""
        try:
            self._contestant(key, None if name is None else self._workloads[name])
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return None

    def build(self) -> dict[str, Any]:
        """Which build of this project runs here, so that a stale extension cannot pass for the present one."""
        import partialjson
        from partialjson._core import lexer

        return {"compiled": partialjson.compiled, "package": partialjson.__file__, "core": lexer.__file__}

    def check(self, name: str, key: str) -> str | None:
        """Read the small twin of a workload; what was wrong with the result, or None."""
        workload = self._workloads[name].small
        contestant = self._contestant(key, workload)
        try:
            if contestant.one_shot:
                value = contestant.once(contestant.convert(workload.text))
            else:
                state = contestant.start()
                contestant.begin_check(state)
                pieces = [contestant.convert(piece) for piece in workload.cut(workload.text)]
                _run(contestant, state, workload, pieces)
                value = contestant.finish(state)
            value = contestant.plain(value)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        expected = workload.expected
        return None if value == expected else f"a wrong value: {_shorten(value)} instead of {_shorten(expected)}"

    def describe(self, name: str) -> dict[str, int]:
        """The size of a workload's document."""
        workload = self._open(name)
        return {"characters": len(workload.text), "bytes": len(workload.text.encode()), "chunks": len(workload.pieces)}

    def plan(self, name: str, key: str) -> str:
        """Find out how to time a contestant on a workload; this is also its warm-up. Gives the way chosen."""
        workload = self._open(name)
        contestant = self._contestant(key, workload)
        plan: Plan | None = None
        seconds = 0.0
        with _collector("off", self._tidy):
            began = time.perf_counter()
            if contestant.one_shot:
                seconds = min(self._once(contestant, workload, 1) for _ in range(3))
            elif contestant.pulls:
                seconds = self._whole(contestant, workload, 1)
            elif workload.mode in contestant.sampled:
                seconds = self._sample(contestant, workload, SAMPLES)
                if seconds > self._budget:
                    slow = time.perf_counter() - began > 2 * self._budget
                    plan = Plan("sample", samples=SAMPLES // 2 if slow else SAMPLES)
            else:
                seconds, whole = self._capped(contestant, workload)
                if not whole:
                    plan = Plan("cap")
            if time.perf_counter() - began > HOPELESS * self._budget and (plan is not None or workload.start):
                plan = Plan("once", seconds=seconds)
            if plan is None and not contestant.one_shot and seconds < self._minimum:
                seconds = min(seconds, self._whole(contestant, workload, 1))
        if plan is None:
            loops = math.ceil(self._minimum / max(seconds, 1e-7))
            # With a prefix every loop has to read it first, and that is not timed.
            plan = Plan("whole", min(max(loops, 1), PREFIX_LOOPS if workload.start else LOOPS))
        self._plans[key] = plan
        return plan.way

    def sample(self, name: str, key: str, mode: Gc) -> float:
        """One measurement: the seconds that reading the whole document takes, or is estimated to take."""
        workload = self._open(name)
        contestant = self._contestant(key, workload)
        plan = self._plans[key]
        with _collector(mode, self._tidy):
            if contestant.one_shot:
                return self._once(contestant, workload, plan.loops) / plan.loops
            if plan.way == "once":
                return plan.seconds
            if plan.way == "sample":
                return self._sample(contestant, workload, plan.samples)
            if plan.way == "cap":
                return self._capped(contestant, workload)[0]
            return self._whole(contestant, workload, plan.loops) / plan.loops

    def memory(self, label: str, key: str, size: int, how: str) -> int:
        """The bytes that a document holds while all of it but the last character has been read.

        ``how`` is ``traced`` (allocations by Python's allocators) or ``resident`` (pages of the process, which also
        shows what native extensions hold). Meaningful in a process that has done nothing else.
        """
        contestant = self._contestant(key)
        text = load.MEMORY[label](size)
        end = len(text) - 1
        chunk = load.CHUNK if label == "one growing string" else 4096
        # Cut while they are fed: a parser may keep its chunks, and then they count.
        pieces: Any = (contestant.convert(text[i : min(i + chunk, end)]) for i in range(0, end, chunk))
        whole = contestant.convert(text)
        # What is here already is none of its business.
        gc.freeze()
        if how == "traced":
            tracemalloc.start()
        before = _held(how)
        if contestant.one_shot:
            held: Any = contestant.once(whole)
        else:
            held = contestant.start()
            contestant.feed(held, pieces)
        gc.collect()
        after = _held(how)
        tracemalloc.stop()
        gc.unfreeze()
        del held
        return after - before

    def documents(self, key: str, count: int) -> dict[str, int]:
        """Read ``count`` small documents one after the other; how much more is held then than after a tenth of them."""
        contestant = self._contestant(key)
        text = load.tool_call(100)
        pieces = [contestant.convert(piece) for piece in load.cut(text, 16)]

        def run(times: int) -> tuple[int, int]:
            for _ in range(times):
                state = contestant.start()
                contestant.feed(state, pieces)
                contestant.finish(state)
            gc.collect()
            return sys.getallocatedblocks(), _held("resident")

        gc.freeze()
        blocks, resident = run(max(count // 10, 1))
        blocks_after, resident_after = run(count)
        gc.unfreeze()
        return {"documents": count, "blocks": blocks_after - blocks, "resident": resident_after - resident}

    # Ways of timing.

    def _whole(self, contestant: Contestant, workload: Workload, loops: int) -> float:
        pieces = self._converted(contestant, workload)
        prefix = [contestant.convert(workload.prefix)] if workload.start else []
        start = contestant.start
        finish = contestant.finish
        if prefix:
            total = 0.0
            for _ in range(loops):
                state = start()
                contestant.feed(state, prefix)
                began = time.perf_counter()
                contestant.read(state, pieces)
                total += time.perf_counter() - began
            return total
        if workload.mode == "held":
            hold = contestant.hold
            began = time.perf_counter()
            for _ in range(loops):
                state = start()
                kept: list[Any] = []
                hold(state, pieces, kept)
                finish(state)
            return time.perf_counter() - began
        run = {"dropped": contestant.read, "feed": contestant.feed, "deltas": contestant.deltas}[workload.mode]
        value: Any = None
        began = time.perf_counter()
        for _ in range(loops):
            state = start()
            run(state, pieces)
            value = finish(state)
        seconds = time.perf_counter() - began
        del value
        return seconds

    def _once(self, contestant: Contestant, workload: Workload, loops: int) -> float:
        whole = self._converted(contestant, workload)[0]
        once = contestant.once
        value: Any = None
        began = time.perf_counter()
        for _ in range(loops):
            value = once(whole)
        seconds = time.perf_counter() - began
        del value
        return seconds

    def _sample(self, contestant: Contestant, workload: Workload, samples: int) -> float:
        pieces = workload.pieces
        count = max(1, min(samples, len(pieces) // REPEATS))
        state = contestant.start()
        if workload.start:
            contestant.feed(state, [contestant.convert(workload.prefix)])
        kept: list[Any] = []
        done = 0
        seconds = 0.0
        spent = 0.0
        price = place = 0.0
        for i in range(count):
            at = max(int((i + 0.5) * len(pieces) / count) - REPEATS // 2, 0)
            if spent > 3 * self._budget:
                # Too slow to go on: a chunk's price is taken to grow with the place, which is kind to a slow parser.
                seconds += price * at / place
                continue
            if at > done:
                contestant.feed(state, [contestant.convert("".join(pieces[done:at]))])
                done = at
            times: list[float] = []
            for piece in pieces[done : done + REPEATS]:
                chunk = [contestant.convert(piece)]
                began = time.perf_counter()
                _run(contestant, state, workload, chunk, kept)
                times.append(time.perf_counter() - began)
                spent += times[-1]
                if times[-1] > self._budget:
                    break
            price, place = median(times), max(at, 1)
            seconds += price
            done += len(times)
        return seconds / count * len(pieces)

    def _capped(self, contestant: Contestant, workload: Workload) -> tuple[float, bool]:
        """Seconds for the whole document, and whether it was read to the end."""
        pieces = self._converted(contestant, workload)
        step = 1
        patient = workload.group == "bulk" and (not contestant.pure or contestant.distribution == "partialjson-live")
        budget = self._budget * (PATIENCE if patient else 1)
        state = contestant.start()
        if workload.start:
            contestant.feed(state, [contestant.convert(workload.prefix)])
        kept: list[Any] = []
        marks: list[tuple[int, float]] = []
        done = 0
        began = time.perf_counter()
        while done < len(pieces):
            part = pieces[done : done + step]
            _run(contestant, state, workload, part, kept)
            done += len(part)
            seconds = time.perf_counter() - began
            marks.append((done, seconds))
            if seconds < budget / SEGMENTS:
                step *= 2
            if seconds > budget and done < len(pieces):
                return extrapolate(marks, len(pieces)), False
        if not workload.start:
            contestant.finish(state)
        return time.perf_counter() - began, True

    # What is kept.

    def _contestant(self, key: str, workload: Workload | None = None) -> Contestant:
        target = None if workload is None else workload.target
        if (key, target) not in self._contestants:
            self._contestants[key, target] = field.BY_KEY[key](target)
        return self._contestants[key, target]

    def _open(self, name: str) -> Workload:
        """The workload at hand; the documents of the one before are let go."""
        if self._workload is None or self._workload.name != name:
            self._plans.clear()
            self._pieces.clear()
            self._workload = self._workloads[name].fresh()
        return self._workload

    def _converted(self, contestant: Contestant, workload: Workload) -> list[Any]:
        key = field.key(type(contestant))
        if key not in self._pieces:
            pieces = [workload.text] if contestant.one_shot else workload.pieces
            self._pieces[key] = [contestant.convert(piece) for piece in pieces]
        return self._pieces[key]


def _run(
    contestant: Contestant,
    state: Any,
    workload: Workload,
    pieces: Sequence[Any],
    kept: list[Any] | None = None,
) -> None:
    if workload.mode == "held":
        contestant.hold(state, pieces, [] if kept is None else kept)
    elif workload.mode == "dropped":
        contestant.read(state, pieces)
    elif workload.mode == "deltas":
        contestant.deltas(state, pieces)
    else:
        contestant.feed(state, pieces)


@contextlib.contextmanager
def _collector(mode: Gc, tidy: bool) -> Iterator[None]:
    """The garbage collector as a measurement wants it, and as it was afterwards."""
    enabled = gc.isenabled()
    if tidy:
        # What is frozen stays so: it is let go by its count of references, and need not be looked through again.
        gc.collect()
        gc.freeze()
    if mode == "off":
        gc.disable()
    else:
        gc.enable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        else:
            gc.disable()


def extrapolate(marks: Sequence[tuple[int, float]], count: int) -> float:
    """The seconds for ``count`` chunks, from the seconds taken by the first of them.

    The growth between half of what was read and all of it is taken to go on; it is kept between linear and quadratic.
    """
    done, seconds = marks[-1]
    half = [mark for mark in marks if mark[0] <= done / 2]
    exponent = 1.0
    if len(half) >= 2 and half[-1][1] > 0:
        exponent = math.log(seconds / half[-1][1]) / math.log(done / half[-1][0])
    return float(seconds * (count / done) ** min(max(exponent, 1.0), 2.0))


def fit_exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope of a line through the logarithms: 1 where cost is proportional to size, 2 where to its square."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    spread = sum((x - mean_x) ** 2 for x, _ in logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread


def _held(how: str) -> int:
    if how == "traced":
        return tracemalloc.get_traced_memory()[0]
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        # Not Linux: the highest it has been is all there is.
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


# Worker processes.


class WorkerDied(Exception):
    """A worker ended, or did not answer in time."""


class Remote:
    """A ``Bench`` in a process of its own. Where that process dies, the next call starts another."""

    def __init__(self, kind: str, scale: str, budget: float, minimum: float, patience: float = 600.0) -> None:
        self._kind = kind
        self._command = [sys.executable, "-m", "benchmarks.measure", "--worker", kind, "--scale", scale]
        self._command += ["--budget", str(budget), "--minimum", str(minimum)]
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, name: str, *arguments: Any) -> Any:
        if self._process is None:
            # What is measured is what is installed, never a source folder that happens to be on the path.
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
            environment["PARTIALJSON_INTERPRETED"] = "1" if self._kind == "interpreted" else ""
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=ROOT / "benchmarks"
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps([name, *arguments]).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], self._patience)
            line = process.stdout.readline() if ready else b""
        except OSError:
            line = b""
        if not line:
            self.close()
            raise WorkerDied(f"the process of {arguments[1:2] or name} died or did not answer within its time")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def serve(kind: str, scale: str, budget: float, minimum: float) -> None:
    """Answer calls on standard input until it closes."""
    # What a library prints must not end up between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if kind == "interpreted":
        keep_extensions_out()
    bench = Bench(load.workloads(load.FULL if scale == "full" else load.SMOKE), budget, minimum)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer: dict[str, Any] = {"result": bench.call(name, *arguments)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="A worker of run.py; speaks lines of JSON.")
    parser.add_argument("--worker", required=True, choices=["compiled", "interpreted"])
    parser.add_argument("--scale", required=True, choices=["full", "smoke"])
    parser.add_argument("--budget", type=float, required=True)
    parser.add_argument("--minimum", type=float, required=True)
    options = parser.parse_args()
    serve(options.worker, options.scale, options.budget, options.minimum)


if __name__ == "__main__":
    main()
