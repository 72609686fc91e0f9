"""What a source distribution and a wheel may hold: each function lists what is wrong, and changes nothing.

A source distribution holds the files of the commit, but for those that only its host reads. A wheel holds the package
as it lies in the source distribution, and what describes it; a compiled one also an extension for each module that
``setup.py`` names, and the one of the group. That lists all of its files, so tests, C code and strays need no rule.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import re
import tarfile
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import ZipFile

__all__ = ["faults_of_metadata", "faults_of_sdist", "faults_of_wheel", "modules_compiled"]

HOST_ONLY: Final = (".ci/", ".git")
"""Tracked files that a source distribution leaves out."""

_MADE: Final = re.compile(r"PKG-INFO|setup\.cfg|src/[\w.]+\.egg-info/[\w.-]+")
_PACKAGE: Final = "src/partialjson/"
_DESCRIBING: Final = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt"}
_NEEDED: Final = {
    "partialjson/py.typed": "type checkers would ignore its types",
    "partialjson/browser/patch.js": "the npm package would be missing",
    "partialjson/browser/package.json": "the npm package would be missing",
    "partialjson/web/page/index.html": "serve would have no page",
    "partialjson/cli/recordings/itinerary.sse": "demo would have nothing to show",
}
_RELATIVE: Final = re.compile(r"\]\((?![a-z]+:|#)([^)\s]+)\)")


def modules_compiled(setup: str) -> set[str]:
    """The modules of the core that a ``setup.py`` of this text compiles."""
    found: set[str] = set()
    for listed in re.findall(r"^CORE \+?= (\[[^\]]*\])$", setup, re.MULTILINE):
        found |= set(ast.literal_eval(listed))
    return found


def faults_of_sdist(path: Path, tracked: Collection[str] | None) -> Iterator[str]:
    """What is wrong with a source distribution of these tracked files; if they are unknown, little is asked."""
    with tarfile.open(path) as archive:
        names = [PurePosixPath(member.name) for member in archive if not member.isdir()]
    top = path.name.removesuffix(".tar.gz")
    yield from (f"{name} lies outside of {top}/" for name in names if name.parts[0] != top)
    files = {str(PurePosixPath(*name.parts[1:])) for name in names}
    wanted = {f"src/{name}" for name in _NEEDED} | {"LICENSE", "README.md", "pyproject.toml", "setup.py"}
    if tracked is not None:
        wanted = {name for name in tracked if not name.startswith(HOST_ONLY)}
        yield from (f"{name} is no file of the commit" for name in sorted(files - wanted) if not _MADE.fullmatch(name))
    yield from (f"{name} is missing" for name in sorted(wanted - files))


def faults_of_wheel(path: Path, sources: Path) -> Iterator[str]:
    """What is wrong with a wheel that was made from an unpacked source distribution."""
    with ZipFile(path) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}
    name, version, python, abi, platform = path.name.removesuffix(".whl").split("-")
    info = f"{name}-{version}.dist-info/"
    package = {
        file.relative_to(sources / "src").as_posix(): file.read_bytes()
        for file in (sources / _PACKAGE).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    compiled = set() if abi == "none" else modules_compiled((sources / "setup.py").read_text(encoding="utf-8"))
    described = {found.removeprefix(info) for found in files if found.startswith(info)}
    rest = files.keys() - {info + found for found in described}
    extensions = {found for found in rest if found.endswith((".so", ".pyd"))}

    yield from _differences(rest - extensions, package)
    changed = [each for each in package if files.get(each, package[each]) != package[each]]
    yield from (f"{each} differs from the source" for each in changed)
    yield from (f"{each} is missing: {why}" for each, why in _NEEDED.items() if each not in files)
    yield from _differences({_module(found) for found in extensions}, _extensions(compiled))
    yield from _differences(described, _DESCRIBING, info)
    if described >= _DESCRIBING:
        tags = {f"{one}-{abi}-{each}" for one in python.split(".") for each in platform.split(".")}
        yield from _faults_of_tags(files[f"{info}WHEEL"].decode(), tags, abi == "none")
        yield from _faults_of_record(files, f"{info}RECORD")
        yield from faults_of_metadata(files[f"{info}METADATA"].decode(), name, version)


def _differences(found: Collection[str], wanted: Collection[str], where: str = "") -> Iterator[str]:
    yield from (f"{where}{name} does not belong there" for name in sorted(set(found) - set(wanted)))
    yield from (f"{where}{name} is missing" for name in sorted(set(wanted) - set(found)))


def _module(extension: str) -> str:
    """``partialjson._core.lexer`` for ``partialjson/_core/lexer.cpython-312-x86_64-linux-gnu.so``."""
    folder, _, name = extension.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}".removeprefix("/").replace("/", ".")


def _extensions(compiled: Iterable[str]) -> set[str]:
    modules = {f"partialjson._core.{name}" for name in compiled}
    return modules | {"partialjson__mypyc"} if modules else modules


def _faults_of_tags(text: str, tags: set[str], pure: bool) -> Iterator[str]:
    described = Parser().parsestr(text)
    told = set(described.get_all("Tag", []))
    if told != tags:
        yield f"WHEEL names the tags {', '.join(sorted(told))}, the file {', '.join(sorted(tags))}"
    if described["Root-Is-Purelib"] != str(pure).lower():
        yield f"WHEEL says Root-Is-Purelib: {described['Root-Is-Purelib']}"


def _faults_of_record(files: dict[str, bytes], record: str) -> Iterator[str]:
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(files[record].decode()))}
    yield from _differences(rows, files, "RECORD: ")
    for name in rows.keys() & files.keys() - {record}:
        digest = urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=").decode()
        if rows[name] != [f"sha256={digest}", str(len(files[name]))]:
            yield f"RECORD has another sum or size for {name}"


def faults_of_metadata(text: str, name: str, version: str) -> Iterator[str]:
    """What is wrong with the metadata. URLs of the project are not asked for: it has no home on the net."""
    metadata: Message = Parser().parsestr(text)
    if (metadata["Name"].replace("-", "_"), metadata["Version"]) != (name, version):
        yield f"the metadata is that of {metadata['Name']} {metadata['Version']}"
    wanted = ("Summary", "Keywords", "Author", "Requires-Python", "License-Expression", "License-File", "Classifier")
    yield from (f"the metadata has no {field}" for field in wanted if not metadata[field])
    if metadata["Description-Content-Type"] != "text/markdown":
        yield "the description is not Markdown"
    description = metadata.get_payload()
    assert isinstance(description, str)
    if not description.strip():
        yield "there is no description"
    yield from (f"the description links to {link}, which an index has not" for link in _RELATIVE.findall(description))
    yield from (f"{need} needs what no index has" for need in metadata.get_all("Requires-Dist", []) if " @ " in need)
