"""``python -m release [--dist FOLDER] [--built FOLDER] [--python PATH] [--tests part|whole] [--no-pyodide]``"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from release import building, contents, trying
from release.browser import TESTS, check_in_pyodide
from release.environments import ROOT, Environment, Interpreter, interpreters, supported
from release.report import Failed, Report

_TOOLS = ("build", "twine")


@dataclass
class Release:
    """The files of a release, and where they are tried."""

    work: Path
    dist: Path
    pythons: list[Interpreter]
    whole: bool
    workers: str
    report: Report = field(default_factory=Report)

    @property
    def sdist(self) -> Path | None:
        return next(iter(sorted(self.dist.glob("*.tar.gz"))), None)

    @property
    def wheels(self) -> list[Path]:
        return sorted(self.dist.glob("*.whl"))

    @property
    def pure(self) -> Path | None:
        return next((wheel for wheel in self.wheels if wheel.name.endswith("-py3-none-any.whl")), None)

    def make(self, tools: Environment) -> Path | None:
        """Make what is not there yet; the unpacked sources."""
        if self.sdist is None:
            with self.report.step("source distribution, of the last commit") as step:
                building.sdist(tools, self.work, self.dist)
                if building.is_changed():
                    step.say("the checkout has changes that were not committed: they are not in it")
        if self.sdist is None:
            return None
        sources = building.unpacked(self.sdist, self.work / "sources")
        if self.pure is None:
            with self.report.step("wheel for any Python, of the source distribution"):
                building.pure_wheel(tools, sources, self.work, self.dist)
        return sources

    def check_files(self, tools: Environment, sources: Path, tracked: set[str] | None) -> None:
        for path in filter(None, (self.sdist, *self.wheels)):
            with self.report.step(f"{path.name}: contents and metadata") as step:
                tools.run("-m", "twine", "check", "--strict", path)
                is_wheel = path != self.sdist
                found = contents.faults_of_wheel(path, sources) if is_wheel else contents.faults_of_sdist(path, tracked)
                if faults := "\n   ".join(found):
                    raise Failed(faults)
                step.say(f"{path.stat().st_size / 1e6:.2f} MB")
                if "-linux_" in path.name:
                    step.say("tagged for Linux alone, which an index refuses: " + _audited(tools, path))

    def compiled_for(self, interpreter: Interpreter, sources: Path) -> Path | None:
        """The compiled wheel that this Python takes: one that is there, or else a new one."""
        if interpreter.free_threaded:
            return None
        with self.report.step(
            f"Python {interpreter.exact}: a compiled wheel, made in minutes if there is none"
        ) as step:
            with tempfile.TemporaryDirectory(dir=self.work) as folder:
                asked = Environment(interpreter, Path(folder, "asked"))
                fitting = [wheel for wheel in self.wheels if wheel != self.pure and trying.is_for(asked, wheel)]
            made = fitting or [building.compiled_wheel(interpreter, sources, self.work, self.dist)]
            step.say(made[0].name)
            return made[0]
        return None

    def try_wheel(self, interpreter: Interpreter, wheel: Path, sources: Path, whole: bool) -> Environment | None:
        """One wheel in a fresh environment; the environment, if it could be set up."""
        compiled = wheel != self.pure
        build = "compiled" if compiled else "pure"
        name = f"Python {interpreter.exact}, {build}"
        environment = None
        with self.report.step(f"{name}: from nothing to the first example") as step:
            folder = self.work / f"{build}-{interpreter.exact.replace(' ', '-')}"
            environment, seconds = trying.set_up(interpreter, wheel, sources, folder, step)
            trying.judge(step.name, seconds, trying.FIRST, self.report)
        if environment is None:
            return None
        with self.report.step(f"{name}: import, commands") as step:
            cost = trying.check_import(environment, compiled, step)
            trying.check_commands(environment, wheel.name.split("-")[1], compiled, step)
            trying.judge(f"{name}: the import", cost, trying.IMPORT, self.report)
        which = [] if whole else trying.PART
        with self.report.step(f"{name}: {'all tests' if whole else ', '.join(which)}"):
            trying.check_tests(environment, wheel, sources, which, self.workers)
        return environment


def _audited(tools: Environment, wheel: Path) -> str:
    """What auditwheel says of the systems that such a wheel runs on."""
    try:
        tools.pip("install", "--quiet", "auditwheel")
        said = " ".join(tools.run("-m", "auditwheel", "show", wheel).split())
    except Failed:
        return "auditwheel, which would say where else it runs, cannot be had here"
    found = re.search(r'platform tag: "([\w.]+)"', said)
    return f"auditwheel would tag it {found[1]}" if found else said


def check(release: Release, pyodide: bool) -> None:
    report = release.report
    tools = None
    tracked = building.tracked()  # before others may commit something
    with report.step("tools: " + ", ".join(_TOOLS)):
        tools = Environment(release.pythons[0], release.work / "tools")
        tools.pip("install", "--quiet", *_TOOLS)
    sources = release.make(tools) if tools else None
    if tools is None or sources is None:
        return
    # One that fits is there or is made; then all files are looked at.
    compiled = {python: release.compiled_for(python, sources) for python in release.pythons}
    release.check_files(tools, sources, tracked)
    installed = None
    for python in release.pythons:
        # All tests run with one Python, once with each kind of wheel.
        whole = release.whole and python == release.pythons[0]
        if python.free_threaded:
            report.skip(f"Python {python.exact}: a compiled wheel, since references are not counted there")
        for wheel in filter(None, (compiled[python], release.pure)):
            environment = release.try_wheel(python, wheel, sources, whole)
            if wheel == release.pure:
                installed = installed or environment
    if not pyodide:
        report.skip("Pyodide, as was asked")
    elif installed is not None and release.pure is not None:
        with report.step("Pyodide, pure: " + ", ".join(TESTS)):
            folder = release.work / "pyodide"
            folder.mkdir()
            check_in_pyodide(installed, release.pure, sources, folder)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m release",
        description="Makes the files of a release from the last commit, and tries each of them.",
    )
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the files go: a new or an empty folder")
    parser.add_argument(
        "--built",
        type=Path,
        metavar="FOLDER",
        help="checks the files in this folder, and makes only what is missing there",
    )
    parser.add_argument(
        "--python",
        action="append",
        metavar="PATH",
        help="a Python to try them with; by default each supported one here",
    )
    parser.add_argument(
        "--tests", choices=["part", "whole"], default="whole", help="whole: all tests, with the first of the Pythons"
    )
    parser.add_argument("--workers", default="auto", metavar="N", help="processes of pytest")
    parser.add_argument("--no-pyodide", action="store_true", help="leaves the laws in Pyodide out")
    args = parser.parse_args()

    report = Report()
    pythons = []
    named = {name: Interpreter.at(name) for name in args.python or ()} or interpreters(supported())
    for name, found in named.items():
        if found is None and args.python:
            parser.error(f"{name} is no Python with venv and ensurepip")
        if found is None:
            report.skip(f"Python {name}, which is not on this machine")
        else:
            pythons.append(found)
    if not pythons:
        parser.error("there is no Python to try them with")
    dist: Path = (args.built or args.dist).resolve()
    if args.built is None and dist.exists() and any(dist.iterdir()):
        parser.error(f"{dist} holds files: name another folder, or give --built to check them")
    dist.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="release-", ignore_cleanup_errors=True) as work:
        release = Release(Path(work).resolve(), dist, pythons, args.tests == "whole", args.workers, report)
        check(release, not args.no_pyodide)
    print(f"\n{report.text()}\n\n{dist}")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
