"""The tests of other libraries with this parser in them, and this project's tests of them.

    python benchmarks/suites.py                    # the suites of all libraries that have one in their source archive
    python benchmarks/suites.py langchain          # one
    python benchmarks/suites.py --own              # this project's tests, with the oldest and the newest versions

The source archive is fetched from the package index with pip, and the tests that are about what is replaced run twice:
as they are, and with this parser installed by a plugin of pytest. Tests that pass as they are and fail with this parser
are listed. Those that want half of a number are known; they run again with ``numbers="shown"`` and have to pass then.
The exit code is 1 if any other one fails.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    # The folder of a script is on the path; here the folder above it is wanted, and not the names in this one.
    sys.path[0] = str(ROOT)

from benchmarks.environment import say
from benchmarks.integration.environments import ENVIRONMENTS, TESTING, clean, prepare, version

PLUGIN = "benchmarks.integration.plugin"


@dataclass
class Run:
    """What pytest said."""

    passed: set[str]
    failed: set[str]

    def __str__(self) -> str:
        return f"{len(self.passed)} passed, {len(self.failed)} failed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libraries", nargs="*", help=f"of {', '.join(ENVIRONMENTS)} (default: all)")
    parser.add_argument("--own", action="store_true", help="this project's tests of these libraries")
    parser.add_argument("--folder", type=Path, default=Path.home() / ".cache" / "partialjson" / "integrations")
    parser.add_argument(
        "--in-place", action="store_true", help="use the sources, compiled in place or not, instead of building a wheel"
    )
    args = parser.parse_args()
    for name in args.libraries:
        if name not in ENVIRONMENTS:
            parser.error(f"there is no library {name!r}; there are {', '.join(ENVIRONMENTS)}")
    args.folder.mkdir(parents=True, exist_ok=True)
    code = 0
    for name in args.libraries or ENVIRONMENTS:
        if args.own:
            code |= own(args.folder, name, args.in_place)
        elif ENVIRONMENTS[name].suite:
            code |= theirs(args.folder, name, args.in_place)
    return code


def own(folder: Path, name: str, in_place: bool) -> int:
    """This project's tests, with both ends of the versions."""
    code = 0
    for oldest in (True, False):
        python = prepare(folder, name, oldest, TESTING, in_place)
        say(f"{name}, {'oldest' if oldest else 'newest'}: {version(python, distribution(name))}")
        tests = [str(ROOT / "tests" / each) for each in ("integrations", "compat")]
        command = [str(python), "-m", "pytest", "-q", "-W", "ignore", "-p", "no:cacheprovider", "-p", "no:asyncio"]
        # The tests, and the installed project: not its sources.
        done = subprocess.run([*command, "-p", "no:anyio", *tests], check=False, cwd=ROOT, env=clean())
        code |= done.returncode
    return int(code != 0)


def theirs(folder: Path, name: str, in_place: bool) -> int:
    environment = ENVIRONMENTS[name]
    python = prepare(folder, name, False, (*TESTING, *environment.needs), in_place)
    its_version = version(python, distribution(name))
    source = fetched(folder, f"{distribution(name)}=={its_version}")
    before = run(python, source, environment.suite)
    after = run(python, source, environment.suite, name)
    print(f"{name} {its_version}: {before} by itself; {after} with partialjson", flush=True)
    lost = sorted(before.passed - after.passed)
    demanding = [test for test in lost if test.rpartition("::")[2] in environment.demands]
    again = run(python, source, tuple(demanding), f"{name} numbers=shown") if demanding else Run(set(), set())
    for test in lost:
        if test in again.passed:
            print(f"  wants half of a number, and passes with numbers=shown: {test}")
        else:
            print(f"  FAILS: {test}")
    if not before.passed:
        print("  FAILS: no test ran; its tests may need more than is installed")
    return int(not before.passed or any(test not in again.passed for test in lost))


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


def run(python: Path, source: Path, tests: tuple[str, ...], installs: str = "") -> Run:
    """Run tests of a library in the folder of its source archive."""
    command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", "--tb=no", "-n0"]
    more = {}
    if installs:
        command += ["-p", PLUGIN]
        more = {"PARTIALJSON_INSTALL": installs, "PYTHONPATH": str(ROOT)}
    if not has_xdist(python):
        command.remove("-n0")
    say(f"running its tests{f' with partialjson in {installs}' if installs else ''}")
    done = subprocess.run(
        [*command, *tests], capture_output=True, text=True, check=False, cwd=source, env=clean(**more)
    )
    found: dict[str, set[str]] = {"PASSED": set(), "FAILED": set(), "ERROR": set()}
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word in found and "::" in rest:
            found[word].add(rest.partition(" - ")[0].strip())
    if not found["PASSED"]:
        print(done.stdout[-1500:], done.stderr[-1500:], file=sys.stderr)
    return Run(found["PASSED"], found["FAILED"] | found["ERROR"])


def has_xdist(python: Path) -> bool:
    code = "import importlib.util as u, sys; sys.exit(u.find_spec('xdist') is None)"
    return subprocess.run([str(python), "-c", code], check=False, env=clean()).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
