"""What pytest does in a run: the tests that were chosen, in their order, told as they go.

`run_tests` is called in a forked process. Its report is a file with a line for each thing that happened, so that it
can be read too if the process was ended. A line is a list: `begin`, `passed` or `failed`, the test (or the file that
could not be collected), and the seconds that it took.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Masks", "Report", "read_report", "run_tests", "trace_tests"]

Masks = dict[str, int]
"""Lines by module, as bits."""


class Report:
    """What a run told before it ended."""

    def __init__(self) -> None:
        self.passed: dict[str, float] = {}
        self.failed: list[str] = []
        self.last = ""

    @property
    def culprit(self) -> str:
        """The test that failed, or during which the run ended."""
        return self.failed[0] if self.failed else self.last


def read_report(file: Path) -> Report:
    report = Report()
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            kind, test, seconds = json.loads(line)
            if kind == "passed":
                report.passed[test] = seconds
            elif kind == "failed":
                report.failed.append(test)
            else:
                report.last = test
    return report


class _Teller:
    """Writes the report, and keeps only the chosen tests, in their order."""

    def __init__(self, file: Path, chosen: Sequence[str] | None) -> None:
        self._file = file.open("w", encoding="utf-8", buffering=1)
        self._chosen = chosen

    def _tell(self, kind: str, test: str, seconds: float = 0.0) -> None:
        self._file.write(json.dumps([kind, test, seconds]) + "\n")

    def pytest_configure(self, config: pytest.Config) -> None:
        """Examples are not made smaller, since nobody reads them; the project's conftest was read before this."""
        try:
            from hypothesis import Phase, settings
        except ImportError:
            return
        settings.register_profile(
            "mutation", settings(), phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False
        )
        settings.load_profile("mutation")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._chosen is not None:
            found = {item.nodeid: item for item in items}
            items[:] = [found[test] for test in self._chosen if test in found]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._tell("failed", report.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tell("begin", nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._tell("failed", report.nodeid)
        elif report.when == "call" and report.passed:
            self._tell("passed", report.nodeid, report.duration)


class _Tracer:
    """Says which lines each test runs."""

    def __init__(self, folder: Path, modules: Sequence[str]) -> None:
        import coverage

        self._folder = folder
        self._coverage: Any = coverage.Coverage(
            data_file=None, include=[str(folder / module) for module in modules], config_file=False, messages=False
        )
        self._modules = modules

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        # Stopped and started for each test, since tests that trace by themselves end the tracing.
        self._coverage.start()
        self._coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self._coverage.stop()

    def lines(self) -> dict[str, Masks]:
        data = self._coverage.get_data()
        masks: dict[str, Masks] = {}
        for module in self._modules:
            for line, tests in data.contexts_by_lineno(str(self._folder / module)).items():
                for test in tests:
                    of = masks.setdefault(test, {})
                    of[module] = of.get(module, 0) | 1 << line
        return masks


def run_tests(files: Sequence[str], report: Path, *, chosen: Sequence[str] | None = None, first: bool = True) -> int:
    """pytest's exit code for the chosen tests of these files, or for all; it ends with the `first` failure."""
    return int(pytest.main(_arguments(files, first), plugins=[_Teller(report, chosen)]))


def trace_tests(files: Sequence[str], report: Path, folder: Path, modules: Sequence[str], lines: Path) -> int:
    """As `run_tests`, and writes into `lines` which lines of which modules each test ran, as bits in hexadecimal."""
    tracer = _Tracer(folder, modules)
    status = int(pytest.main(_arguments(files, False), plugins=[_Teller(report, None), tracer]))
    found = {test: {module: f"{mask:x}" for module, mask in of.items()} for test, of in tracer.lines().items()}
    lines.write_text(json.dumps(found), encoding="utf-8")
    return status


def _arguments(files: Sequence[str], first: bool) -> list[str]:
    # What is imported before pytest starts cannot be rewritten, which its own plugins and ours say.
    ignored = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return [*files, "-q", "--tb=line", "-p", "no:cacheprovider", *ignored, *(["-x"] if first else [])]
