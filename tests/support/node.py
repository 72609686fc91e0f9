"""Node, for tests of the JavaScript modules, one process for many cases; and packages of npm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import partialjson
from partialjson._jsontext import json_text

BROWSER = Path(partialjson.__file__).parent / "browser"
"""Where the modules are."""

_NODE = shutil.which("node")
_NPM = shutil.which("npm")

needs_node = pytest.mark.skipif(
    _NODE is None, reason="node is not installed; the tests of the JavaScript modules need it"
)
needs_npm = pytest.mark.skipif(_NPM is None, reason="npm is not installed; the test of the npm package needs it")


def run(script: Path, cases: Sequence[Any] = (), *arguments: str) -> list[Any]:
    """The answers of a script, which gets one case a line, as JSON, and answers each with one line."""
    lines = "".join(json_text(case, ensure_ascii=True) + "\n" for case in cases)
    done = node(str(script), *arguments, given=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def node(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """A finished run of node."""
    assert _NODE is not None
    return _run([_NODE, *arguments], given)


def npm(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A finished run of npm in a folder, which asks nobody and writes nothing there."""
    assert _NPM is not None
    return _run([_NPM, *arguments, "--offline"], "", folder)


@cache
def installed(folder: Path) -> Path:
    """A copy of the folder's ``package.json`` with its packages in ``node_modules``, installed once for each lock file;
    skips the calling test where that cannot be."""
    if _NODE is None or _NPM is None:
        pytest.skip(f"node and npm are needed for the packages of {folder.name}")
    lock = (folder / "package-lock.json").read_bytes()
    place = Path(tempfile.gettempdir()) / f"partialjson-npm-{os.getuid()}-{sha256(lock).hexdigest()[:16]}"
    if not place.is_dir():
        with tempfile.TemporaryDirectory(dir=place.parent) as made:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, made)
            quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=0", "--ignore-scripts"]
            try:
                run = subprocess.run([_NPM, "ci", *quiet], cwd=made, capture_output=True, text=True, timeout=300)
            except subprocess.TimeoutExpired:
                pytest.skip("npm ci took longer than five minutes")
            if run.returncode:
                pytest.skip(f"npm cannot install the packages of {folder.name}: {run.stderr.strip()[:300]}")
            # Another process may have been faster.
            if not place.is_dir():
                shutil.copytree(made, f"{place}.{os.getpid()}", symlinks=True)
                try:
                    os.rename(f"{place}.{os.getpid()}", place)
                except OSError:
                    shutil.rmtree(f"{place}.{os.getpid()}")
    return place


def _run(command: list[str], given: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PARTIALJSON_BROWSER": BROWSER.as_uri()}
    return subprocess.run(
        command,
        input=given,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=folder,
        timeout=120,
        check=False,
    )
