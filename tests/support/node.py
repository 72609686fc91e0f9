"""Node, for tests of the JavaScript modules: one process for many cases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
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
