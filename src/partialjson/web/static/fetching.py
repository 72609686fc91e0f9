"""The files of others, from the registries to a cache: Pyodide by npm, the wheels by pip.

Both clients fetch from wherever they are set up to. What they bring is checked against the sums in ``runtime`` each
time it is used, so it does not matter who put a file into the cache: it may be copied there from another machine.
``python -m partialjson.web.static.fetching`` fills the cache, and does nothing else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from partialjson.web.static import runtime

__all__ = ["FetchError", "Say", "cache_folder", "fetch", "megabytes", "missing"]

Say = Callable[[str], object]
"""Takes one line that tells what happens."""

_PACKAGE: Final = f"pyodide-{runtime.PYODIDE}.tgz"
_LIMIT: Final = 600.0  # seconds
_SHOWN: Final = 300
# Without a network, npm would wait for more than a minute before it says so.
_PATIENCE: Final = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


class FetchError(Exception):
    """A file could not be fetched. The message says which, why, and what can be done."""


def cache_folder() -> Path:
    """Where fetched files are kept: the folder that PARTIALJSON_CACHE names, or the usual one of the system."""
    named = os.environ.get("PARTIALJSON_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "partialjson" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "partialjson"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "partialjson"


def fetch(cache: Path, say: Say = print) -> tuple[Path, list[Path]]:
    """The npm package of Pyodide, and the wheels. Only what the cache does not hold is fetched.

    Raises:
        FetchError: something could not be fetched, or is not what it should be.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        return _pyodide(cache, say), _wheels(cache, say)
    except OSError as error:
        raise FetchError(f"the cache cannot be used: {error}. PARTIALJSON_CACHE can name another folder") from error


def missing(cache: Path) -> list[str]:
    """The names of the files that the cache does not hold as they must be."""
    package = [] if _has(cache / _PACKAGE, "sha512", runtime.PYODIDE_SHA512) else [_PACKAGE]
    return package + [name for name, digest in runtime.WHEELS.items() if not _has(cache / name, "sha256", digest)]


def _pyodide(cache: Path, say: Say) -> Path:
    package = cache / _PACKAGE
    if _has(package, "sha512", runtime.PYODIDE_SHA512):
        return package
    wanted = f"pyodide@{runtime.PYODIDE}"
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError(
            f"npm is needed to fetch {wanted}, and is not installed. Install Node.js, which brings it; or run "
            f"`npm pack {wanted}` on another machine and put {_PACKAGE} into {cache}"
        )
    say(f"fetching {wanted} with npm, {megabytes(runtime.PYODIDE_SIZE)}")
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        _run([npm, "pack", wanted, "--ignore-scripts", *_PATIENCE, "--pack-destination", folder], wanted, "npm", cache)
        _keep(Path(folder, _PACKAGE), package, "sha512", runtime.PYODIDE_SHA512)
    return package


def _wheels(cache: Path, say: Say) -> list[Path]:
    wanted = [name for name in missing(cache) if name in runtime.WHEELS]
    if wanted:
        say(f"fetching {len(wanted)} wheels with pip: {', '.join(name.partition('-')[0] for name in wanted)}")
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            requirements = Path(folder, "requirements.txt")
            requirements.write_text("".join(f"{runtime.requirement(name)}\n" for name in wanted), encoding="utf-8")
            _run([*_pip(cache), *_download(requirements, folder)], "the wheels", "pip", cache)
            for name in wanted:
                _keep(Path(folder, name), cache / name, "sha256", runtime.WHEELS[name])
    return [cache / name for name in runtime.WHEELS]


def _pip(cache: Path) -> list[str]:
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    pip = shutil.which("pip") or shutil.which("pip3")
    if pip is None:
        raise FetchError(
            f"pip is needed to fetch wheels for the browser, and {sys.executable} has none: run "
            f"`{sys.executable} -m ensurepip`, or install pip as you install packages"
        )
    return [pip]


def _download(requirements: Path, folder: str) -> list[str]:
    """The arguments by which any pip fetches just these files, for the Python in the browser and not for its own."""
    tags = ["--platform", runtime.PLATFORM, "--python-version", runtime.PYTHON, "--implementation", "cp"]
    tags += ["--abi", runtime.ABI, "--abi", "none", "--only-binary", ":all:"]
    return ["download", "--no-deps", "--require-hashes", *tags, "-r", str(requirements), "-d", folder]


def _run(command: Sequence[str], what: str, client: str, cache: Path) -> None:
    environment: Mapping[str, str] = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_LIMIT,
            check=False,
        )
        failed, said = done.returncode != 0, done.stdout
    except subprocess.TimeoutExpired:
        failed, said = True, f"it took longer than {_LIMIT:.0f} seconds"
    except OSError as error:
        failed, said = True, str(error)
    if failed:
        raise FetchError(
            f"{client} could not fetch {what} ({_essence(said)}). It needs its registry once: what it brings is kept "
            f"in {cache}, which can be copied from a machine that has it"
        )


def _essence(said: str) -> str:
    """The line of a client's output that says most about what went wrong."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()]
    return (telling or lines or ["it said nothing"])[0][:_SHOWN]


def _has(path: Path, algorithm: str, digest: str) -> bool:
    return path.is_file() and _sum(path, algorithm) == digest


def _keep(brought: Path, path: Path, algorithm: str, digest: str) -> None:
    """Moves what a client brought to its place, if it is what was asked for."""
    if not brought.is_file():
        found = ", ".join(sorted(each.name for each in brought.parent.iterdir())) or "nothing"
        raise FetchError(f"expected {brought.name}, and {found} came")
    if _sum(brought, algorithm) != digest:
        raise FetchError(
            f"{brought.name} has another {algorithm.upper()} than it must have, so it was not kept. Somebody between "
            "here and the registry may have changed it"
        )
    os.replace(brought, path)


def _sum(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


if __name__ == "__main__":
    try:
        fetch(cache_folder())
    except FetchError as error:
        sys.exit(f"{error}")
