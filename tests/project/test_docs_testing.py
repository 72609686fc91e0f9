"""The page on the test kit: its snippets run from top to bottom, and what they print is what stands there."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from partialjson.testing import strategies
from support.effort import needs_full

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "testing.md"
TEXT = PAGE.read_text(encoding="utf-8")
SCRIPT = ROOT / "docs" / "bugs_found.py"


@needs_full
def test_the_snippets_run_and_break_as_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"^```(python|text)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks].count("python") == 10
    names: dict[str, Any] = {"__name__": "page"}
    # Classes of the snippets are looked up in their module.
    monkeypatch.setitem(sys.modules, "page", type(sys)("page"))
    for number, (kind, code) in enumerate(blocks):
        if kind == "text":
            continue
        told = (
            blocks[number + 1][1].rstrip("\n") if number + 1 < len(blocks) and blocks[number + 1][0] == "text" else ""
        )
        snippet = compile(code, str(PAGE), "exec", dont_inherit=True)
        if not told:
            exec(snippet, names)
            continue
        with pytest.raises(AssertionError) as caught:
            exec(snippet, names)
        assert str(caught.value).startswith(told)


def test_the_table_names_every_strategy() -> None:
    table = TEXT.partition("## Strategies")[2].partition("```")[0]
    named = set(re.findall(r"`(\w+)\(", table))
    functions = {name for name in strategies.__all__ if inspect.isfunction(getattr(strategies, name))}
    assert named == functions - {"habits_of"}


def bugs() -> list[tuple[str, str, str]]:
    """(package, version, law) of each row."""
    return re.findall(r"^\| (\w+) ([\d.]+) \| (\d+) \|", TEXT.partition("## Found by law")[2], re.MULTILINE)


def test_the_table_of_bugs_is_what_the_script_installs() -> None:
    code = f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import bugs_found; print(bugs_found.VERSIONS)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert eval(found.stdout) == {name: number for name, number, _ in bugs()}


@pytest.mark.parametrize(("name", "number", "law"), bugs())
def test_a_bug_is_there_in_that_version(name: str, number: str, law: str) -> None:
    """Where the version that is installed is the one of the table; the script installs it elsewhere."""
    try:
        installed = version(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed")
    if installed != number:
        pytest.skip(f"{name} {installed} is installed, not {number}")
    import partialjson

    environment = {**os.environ, "PYTHONPATH": str(Path(partialjson.__file__).parents[1]), "PYTHONWARNINGS": "ignore"}
    found = subprocess.run(
        [sys.executable, str(SCRIPT), "--here", name], capture_output=True, text=True, env=environment, check=True
    )
    assert f"\nlaw {law}, " in found.stdout
    assert import_module(name)
