"""Type checkers read the package as its users' editors do: the files in `tests/typing` are checked, not run.

They hold `assert_type` for what must be inferred, and ignored errors for what must be refused: both checkers are told
to complain of an ignore that ignores nothing.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import partialjson

HERE = Path(__file__).parents[1]
FILES = sorted(HERE.glob("typing/*.py"))
SOURCES = Path(partialjson.__file__).parent.parent


def check(tool: str, *arguments: str) -> None:
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed: pip install {tool} to check the public types")
    environment = {**os.environ, "MYPYPATH": os.pathsep.join([str(SOURCES), str(HERE)])}
    command = [sys.executable, "-m", tool, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=HERE.parent, check=False)
    if tool == "pyright" and "nodeenv" in run.stderr:
        pytest.skip("pyright has no node to run on, and could not get one")
    assert run.returncode == 0, f"\n{run.stdout}{run.stderr}"


def test_there_is_something_to_check() -> None:
    assert len(FILES) >= 2


def test_mypy_strict() -> None:
    files = [str(path) for path in FILES]
    # Apart from the project's own configuration, which may be looser.
    check("mypy", "--strict", "--python-version=3.11", "--config-file=", "--follow-imports=silent", *files)


def test_pyright(tmp_path: Path) -> None:
    # It reads only what lies beside its configuration.
    for path in FILES:
        shutil.copy(path, tmp_path)
    configuration = {
        "extraPaths": [str(SOURCES), str(HERE)],
        "pythonVersion": "3.11",
        "typeCheckingMode": "standard",
        "enableTypeIgnoreComments": False,
        "reportUnnecessaryTypeIgnoreComment": "error",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(configuration), encoding="utf-8")
    check("pyright", "--pythonpath", sys.executable, "--project", str(tmp_path))
