"""Writes the folder.

It may be written again, over an older one. Only what this command wrote is replaced or removed, by the list that it
keeps there; a folder with other files in it is left alone, since they could be anybody's.
"""

from __future__ import annotations

import json
import re
import tarfile
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from partialjson.web.pasted import APIS
from partialjson.web.policy import AS_FILES
from partialjson.web.questions import catalogue
from partialjson.web.static import runtime
from partialjson.web.static.fetching import Say, cache_folder, fetch, megabytes
from partialjson.web.static.wheel import DISTRIBUTION, build_wheel

__all__ = ["LIST", "StaticError", "write_static"]

LIST: Final = "partialjson-static.json"

_PACKAGE: Final = Path(__file__).parents[2]
_PAGE: Final = _PACKAGE / "web" / "page"
_BROWSER: Final = _PACKAGE / "browser"
_PYTHON: Final = "pyodide"  # the folder's name
_HEAD: Final = re.compile(r"<meta charset=[^>]*>")
_SOURCE: Final = 'data-source="server"'


class StaticError(Exception):
    """The folder cannot be written. The message says why, and what can be done."""


def write_static(folder: Path, *, cache: Path | None = None, say: Say = print) -> None:
    """Write the page and all that it needs into a folder that is empty, new, or was written by this function.

    Args:
        folder: is made if it does not exist.
        cache: where fetched files are kept; by default as ``fetching.cache_folder`` says.
        say: is told what happens, line by line.

    Raises:
        StaticError: the folder holds other files, or cannot be written.
        FetchError: a file could not be fetched.
    """
    before = _written_before(folder)
    package, wheels = fetch(cache or cache_folder(), say)
    with tempfile.TemporaryDirectory() as building:
        own = build_wheel(Path(building))
        contents = {**_page(), **_pyodide(package, [*wheels, own])}
    versions = {DISTRIBUTION: own.name.split("-")[1], "pyodide": runtime.PYODIDE, "python": runtime.PYTHON}
    listed = json.dumps({"versions": versions, "files": sorted(contents)}, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # First, so that a folder half written can be written again.
        (folder / LIST).write_text(listed + "\n", encoding="utf-8")
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name in before - contents.keys():
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StaticError(f"{folder} cannot be written: {error}") from error
    size = sum(map(len, contents.values()))
    say(f"wrote {len(contents)} files, {megabytes(size)}, to {folder}")


def _written_before(folder: Path) -> set[str]:
    """The files that this command wrote there.

    Raises:
        StaticError: the folder holds files that it did not write.
    """
    try:
        there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    except OSError as error:
        raise StaticError(f"{folder} cannot be used: {error}") from error
    if not there:
        return set()
    try:
        listed = json.loads((folder / LIST).read_bytes())["files"]
        # A list that somebody changed must not lead out of the folder.
        return {str(name) for name in listed if _is_inside(str(name))}
    except (OSError, ValueError, KeyError, TypeError):
        raise StaticError(
            f"{folder} holds files that this command did not write, and might overwrite: name an empty or a new folder"
        ) from None


def _is_inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts and not path.drive


def _page() -> dict[str, bytes]:
    """The page's own files: those of the server, told to ask a worker instead of it."""
    found = {path.relative_to(_PAGE).as_posix(): path.read_bytes() for path in _files(_PAGE)}
    found |= {f"browser/{path.name}": path.read_bytes() for path in _files(_BROWSER) if path.suffix == ".js"}
    index = found["index.html"].decode()
    policy = f'<meta http-equiv="Content-Security-Policy" content="{AS_FILES}">'
    index, heads = _HEAD.subn(lambda head: f"{head[0]}\n    {policy}", index, count=1)
    assert (heads, index.count(_SOURCE)) == (1, 1), "the page has lost a place that is changed here"
    found["index.html"] = index.replace(_SOURCE, 'data-source="worker"').encode()
    asked = {"questions": catalogue(), "models": [], "apis": APIS}
    found["questions.json"] = json.dumps(asked).encode()
    return found


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _pyodide(package: Path, wheels: Iterable[Path]) -> dict[str, bytes]:
    """Python for the browser, with a lock file of our own: so nothing can be loaded but what lies beside it."""
    found: dict[str, bytes] = {}
    with tarfile.open(package) as archive:
        for name in (*runtime.CORE, "pyodide-lock.json", "package.json", "README.md"):
            member = archive.extractfile(f"package/{name}")
            assert member is not None, name
            found[name] = member.read()
    lock = json.loads(found["pyodide-lock.json"])
    packages = {}
    for wheel in wheels:
        content = found[wheel.name] = wheel.read_bytes()
        entry = _entry(wheel, content)
        packages[entry["name"]] = entry
    packages[DISTRIBUTION]["depends"] = sorted(packages.keys() - {DISTRIBUTION})
    found["pyodide-lock.json"] = json.dumps({"info": lock["info"], "packages": packages}, indent=1).encode()
    return {f"{_PYTHON}/{name}": content for name, content in found.items()}


def _entry(wheel: Path, content: bytes) -> dict[str, Any]:
    """What Pyodide's lock file says of a wheel."""
    name, version = wheel.name.split("-")[:2]
    with ZipFile(wheel) as archive:
        tops = {entry.partition("/")[0] for entry in archive.namelist()}
    return {
        "name": name.replace("_", "-").lower(),
        "version": version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(content).hexdigest(),
        "package_type": "package",
        "imports": sorted(top.removesuffix(".py") for top in tops if not top.endswith(".dist-info")),
        "depends": [],
        "unvendored_tests": False,
    }
