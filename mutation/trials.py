"""Runs of tests in forked processes, on copies of the sources.

A *bench* has its copy of the sources, in which one module may be changed. Each run is a fork of this process, which has
imported what is slow to import, but neither the package nor its tests. So a run costs little more than its tests, and
nothing that one does can reach another. Processes that tests start find the same copy, by ``PYTHONPATH``.

Bytecode is written as always. Python takes a module's bytecode for its own if the time of the source and its length are
the same, so each change of a module gets a time of its own.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutation.plan import Plan

__all__ = ["Bench", "Ended", "Run", "clean_environment"]

MEMORY = 4 << 30
"""Bytes that a run may hold, so that a mutant that appends for ever ends before the machine does."""


@dataclass(frozen=True)
class Ended:
    """How a run ended: with a status, or out of time."""

    status: int
    out_of_time: bool


class Bench:
    """A copy of the sources to run tests on. The copy is removed with `close`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.home = Path(tempfile.mkdtemp(prefix="mutation-"))
        self.sources = self.home / "src"
        shutil.copytree(
            plan.folder,
            self.sources / plan.package,
            ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__", "node_modules"),
        )
        self._changes = 0

    def close(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    @contextlib.contextmanager
    def changed(self, module: str, code: str) -> Iterator[None]:
        """The copy with a module that reads `code`, for the length of a `with` block."""
        path = self.sources / self.plan.package / module
        original = path.read_bytes()
        times = path.stat()
        self._changes += 1
        moment = int(times.st_mtime) + self._changes
        path.write_text(code, encoding="utf-8")
        os.utime(path, (moment, moment))
        try:
            yield
        finally:
            path.write_bytes(original)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


class Run:
    """A process that does `work` on a bench, with so many seconds of processor time, and four times as many of any
    time. `wait` gives how it ended."""

    def __init__(self, bench: Bench, work: Callable[[], int], seconds: float) -> None:
        self.log = bench.home / "log.txt"
        self._until = time.monotonic() + 4 * seconds + 30
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self._be(bench, work, int(seconds) + 1)

    def _be(self, bench: Bench, work: Callable[[], int], seconds: int) -> None:
        status = 70
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for here, there in ((nothing, 0), (log, 1), (log, 2)):
                os.dup2(here, there)
            os.chdir(bench.plan.root)
            os.environ.update(bench.plan.environment)
            os.environ["PYTHONPATH"] = str(bench.sources)
            sys.path.insert(0, str(bench.sources))
            status = work()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def ended(self) -> Ended | None:
        """How the run ended, or nothing if it has not ended yet."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            # What tests have started and left goes with them.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(status)
            return Ended(code, -code in (signal.SIGXCPU, signal.SIGKILL))
        if time.monotonic() > self._until:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            return Ended(-signal.SIGKILL, True)
        return None

    def wait(self) -> Ended:
        while (ended := self.ended()) is None:
            time.sleep(0.02)
        return ended


def clean_environment(sources: Path) -> None:
    """Leave nothing in this process that would reach the package, or make its tests do more than usual."""
    for name in [name for name in os.environ if name.startswith("PARTIALJSON_")]:
        del os.environ[name]
    for path in (str(sources), ""):
        while path in sys.path:
            sys.path.remove(path)
