"""The tests of other libraries with this parser in them, and this project's tests of them.

    python benchmarks/suites.py                    # all libraries
    python benchmarks/suites.py langchain          # one
    python benchmarks/suites.py --theirs           # only the suites that libraries have in their source archives
    python benchmarks/suites.py --own              # only this project's tests, with the oldest and the newest versions
    python benchmarks/suites.py --wheel dist/partialjson_live-....whl      # with a wheel that is built already
    python benchmarks/suites.py openai --theirs --checkout openai-python    # from its repository

The source archive is fetched from the package index with pip, and the tests that are about what is replaced run twice:
as they are, and with this parser installed by a plugin of pytest. Tests that pass as they are and fail with this parser
are listed. Those that want half of a number are known; they run again with ``numbers="shown"`` and have to pass then.
Each run shows how far it is, and a table of all of them comes last. The exit code is 1 if any other test fails.

An archive may lack what its tests read: that of openai leaves out the recorded streams of 13 tests, which then fail as
they are. A checkout of the library's repository has them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
from collections import deque
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    # The folder of a script is on the path; here the folder above it is wanted, and not the names in this one.
    sys.path[0] = str(ROOT)

from benchmarks.environment import say
from benchmarks.integration.environments import ENVIRONMENTS, TESTING, clean, prepare, version, wheel

PLUGIN = "benchmarks.integration.plugin"
_PERCENT = re.compile(r"\[\s*(\d+)%\]\s*$")


@dataclass
class Run:
    """What pytest said.

    Attributes:
        passed, failed: the tests, by their ids.
        code: what pytest ended with.
    """

    passed: set[str]
    failed: set[str]
    code: int = 0

    def __str__(self) -> str:
        return f"{len(self.passed)} passed, {len(self.failed)} failed"


@dataclass
class Row:
    """A line of the table: what ran in which version of a library, and how it ended."""

    name: str
    version: str
    about: str
    result: str
    is_good: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libraries", nargs="*", help=f"of {', '.join(ENVIRONMENTS)} (default: all)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--theirs", action="store_true", help="only the suites of the libraries")
    which.add_argument("--own", action="store_true", help="only this project's tests of these libraries")
    parser.add_argument("--folder", type=Path, default=Path.home() / ".cache" / "partialjson" / "integrations")
    project = parser.add_mutually_exclusive_group()
    project.add_argument("--wheel", type=Path, help="use this wheel of the project instead of building one")
    project.add_argument(
        "--in-place", action="store_true", help="use the sources, compiled in place or not, instead of building a wheel"
    )
    parser.add_argument(
        "--checkout", type=Path, metavar="FOLDER", help="a checkout of the one library's repository, not its archive"
    )
    args = parser.parse_args()
    if args.checkout is not None and (args.own or len(args.libraries) != 1 or not args.checkout.is_dir()):
        parser.error("--checkout is a folder, and goes with one library and its own tests")
    for name in args.libraries:
        if name not in ENVIRONMENTS:
            parser.error(f"there is no library {name!r}; there are {', '.join(ENVIRONMENTS)}")
    if args.wheel is not None and not args.wheel.is_file():
        parser.error(f"there is no file {args.wheel}")
    args.folder.mkdir(parents=True, exist_ok=True)
    built = None if args.in_place else (args.wheel or wheel(args.folder)).resolve()
    rows: list[Row] = []
    for name in args.libraries or ENVIRONMENTS:
        if not args.own and ENVIRONMENTS[name].suite:
            rows.append(theirs(args.folder, name, built, args.checkout))
        if not args.theirs:
            rows += own(args.folder, name, built)
    show(rows)
    return int(not all(row.is_good for row in rows))


def show(rows: list[Row]) -> None:
    """The table of what ran."""
    cells = [(row.name, row.version, row.about, row.result) for row in rows]
    widths = [max((len(each[at]) for each in cells), default=0) for at in range(3)]
    print()
    for each, row in zip(cells, rows, strict=True):
        start = "  ".join(cell.ljust(width) for cell, width in zip(each, widths, strict=False))
        print(f"{'ok  ' if row.is_good else 'FAIL'}  {start}  {row.result}", flush=True)


def own(folder: Path, name: str, built: Path | None) -> list[Row]:
    """This project's tests, with both ends of the versions."""
    rows = []
    tests = tuple(str(ROOT / "tests" / each) for each in ("integrations", "compat"))
    for end in ("oldest", "newest"):
        python = environment_of(folder, name, end == "oldest", built)
        its_version = version(python, distribution(name))
        # The tests, and the installed project: not its sources.
        options = ("-W", "ignore", "-p", "no:asyncio", "-p", "no:anyio")
        done = run(python, ROOT, tests, f"{name} {its_version}, its {end} version: this project's tests", options)
        for test in sorted(done.failed):
            print(f"  FAILS: {test}", flush=True)
        is_good = bool(done.passed) and not done.failed and done.code == 0
        rows.append(Row(name, its_version, f"this project's tests, {end} version", str(done), is_good))
    return rows


def theirs(folder: Path, name: str, built: Path | None, checkout: Path | None = None) -> Row:
    """The library's own suite, without and with this parser."""
    environment = ENVIRONMENTS[name]
    python = environment_of(folder, name, False, built)
    its_version = version(python, distribution(name))
    source = checkout or fetched(folder, f"{distribution(name)}=={its_version}")
    title = f"{name} {its_version}: its own tests"
    before = run(python, source, environment.suite, title)
    after = run(python, source, environment.suite, f"{title}, with partialjson", installs=name)
    lost = sorted(before.passed - after.passed)
    demanding = tuple(test for test in lost if test.rpartition("::")[2] in environment.demands)
    again = Run(set(), set())
    if demanding:
        again = run(python, source, demanding, f"{title}, numbers=shown", installs=f"{name} numbers=shown")
    for test in lost:
        if test in again.passed:
            print(f"  wants half of a number, and passes with numbers=shown: {test}", flush=True)
        else:
            print(f"  FAILS: {test}", flush=True)
    if not before.passed:
        print("  FAILS: no test ran; its tests may need more than is installed", flush=True)
    is_good = bool(before.passed) and all(test in again.passed for test in lost)
    return Row(name, its_version, "its own tests", f"{before} by itself; {after} with partialjson", is_good)


def environment_of(folder: Path, name: str, oldest: bool, built: Path | None) -> Path:
    """The interpreter of a library's environment, with what both kinds of tests need."""
    needs = () if oldest else ENVIRONMENTS[name].needs
    return prepare(folder, name, oldest, (*TESTING, *needs), built)


def distribution(name: str) -> str:
    return re.split(r"[<=\[]", ENVIRONMENTS[name].newest[0])[0]


def fetched(folder: Path, requirement: str) -> Path:
    """The unpacked source archive of a release."""
    place = folder / "sources" / requirement.replace("==", "-")
    if not place.exists():
        say(f"fetching the source archive of {requirement}")
        download = place.with_suffix(".download")
        shutil.rmtree(download, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        done = subprocess.run(
            [*command, "-d", str(download), requirement], capture_output=True, text=True, check=False, env=clean()
        )
        if done.returncode:
            raise SystemExit(f"{requirement} cannot be fetched:\n{done.stderr}")
        archive = next(download.glob("*.tar.gz"))
        with tarfile.open(archive) as tar:
            tar.extractall(download, filter="data")
        unpacked = next(each for each in download.iterdir() if each.is_dir())
        shutil.move(unpacked, place)
        shutil.rmtree(download)
    return place


def run(
    python: Path, folder: Path, tests: tuple[str, ...], title: str, options: tuple[str, ...] = (), installs: str = ""
) -> Run:
    """Run tests in a folder, with this parser in a library if ``installs`` names one; shows how far they are."""
    command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", "-v", "-rA", "--tb=no", *options]
    more = {}
    if installs:
        command += ["-p", PLUGIN]
        more = {"PARTIALJSON_INSTALL": installs, "PYTHONPATH": str(ROOT)}
    if has_xdist(python):
        command.append("-n0")
    say(title)
    found: dict[str, set[str]] = {"PASSED": set(), "FAILED": set(), "ERROR": set()}
    last: deque[str] = deque(maxlen=30)
    shown = 0
    with subprocess.Popen(
        [*command, *tests], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=clean(**more)
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line)
            word, _, rest = line.partition(" ")
            if word in found and "::" in rest:
                found[word].add(rest.partition(" - ")[0].strip())
            percent = _PERCENT.search(line)
            if percent and int(percent[1]) >= shown + 20:
                shown = int(percent[1])
                say(f"  {shown} %")
    done = Run(found["PASSED"], found["FAILED"] | found["ERROR"], process.returncode)
    if not done.passed:
        print("".join(last), file=sys.stderr)
    say(f"  {done}")
    return done


def has_xdist(python: Path) -> bool:
    code = "import importlib.util as u, sys; sys.exit(u.find_spec('xdist') is None)"
    return subprocess.run([str(python), "-c", code], check=False, env=clean()).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
