"""Interpreters beside the main one, in the same process: whatever they share with it, the library works there."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import partialjson

SOURCES = Path(partialjson.__file__).parent.parent

# Runs code in a new interpreter with the means of each version of Python; what escapes from it fails the process.
RUNNER = """
import sys
def run(isolated, code):
    if sys.version_info >= (3, 13):
        import _interpreters
        failure = _interpreters.exec(_interpreters.create("isolated" if isolated else "legacy"), code)
        assert failure is None, failure.errdisplay
    else:
        import _xxsubinterpreters
        _xxsubinterpreters.run_string(_xxsubinterpreters.create(isolated=isolated), code)
"""

# What a program does there, and the exceptions it must be able to catch.
PROGRAM = """
import partialjson
from partialjson import MISSING, Completed, ParseError, Parser, stream
assert not partialjson.compiled
assert Parser().feed("[1, ") == (Completed((0,), 1),)
assert [each.json for each in stream(["[1, ", "2]"])] == [[1], [1, 2], [1, 2]]
try:
    Parser().feed("[1, x")
except ParseError as error:
    assert error.events == (Completed((0,), 1),)
else:
    raise AssertionError("no error")
print("worked")
"""


def in_a_fresh_process(code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    command = [sys.executable, "-c", RUNNER + code]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="only CPython has subinterpreters")
@pytest.mark.parametrize("isolated", [True, False], ids=["isolated", "shared"])
@pytest.mark.parametrize("loaded", [True, False], ids=["after-main", "alone"])
def test_the_library_in_a_subinterpreter(isolated: bool, loaded: bool) -> None:
    before = "import partialjson\npartialjson.Parser().feed('[1')\n" if loaded else ""
    after = "import partialjson\nassert partialjson.Parser().feed('[1,')[0].value == 1\n"
    printed = in_a_fresh_process(f"{before}run({isolated}, {PROGRAM!r})\n{after}print('main')")
    assert printed.split() == ["worked", "main"]


def test_the_main_interpreter_takes_what_is_installed() -> None:
    expected = partialjson.compiled
    assert in_a_fresh_process("import partialjson\nprint(partialjson.compiled)").split() == [str(expected)]


@pytest.mark.parametrize(
    ("asked", "taken"), [(None, False), ("", False), ("0", False), ("1", True), ("true", True)], ids=str
)
def test_the_sources_are_taken_if_they_are_asked_for(
    asked: str | None, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delenv("PARTIALJSON_INTERPRETED", raising=False)
    if asked is not None:
        monkeypatch.setenv("PARTIALJSON_INTERPRETED", asked)
    before = len(sys.meta_path)
    package = SOURCES / "partialjson" / "_core"
    runpy.run_path(str(package / "__init__.py"), run_name="partialjson._core")
    assert len(sys.meta_path) - before == taken
    if taken:
        finder = sys.meta_path[0]
        spec = finder.find_spec("partialjson._core.lexer", [str(package)])
        assert spec is not None
        assert spec.origin == str(package / "lexer.py")
        assert finder.find_spec("partialjson.patch", [str(SOURCES / "partialjson")]) is None


@pytest.mark.parametrize("known_by", ["_thread", "_xxsubinterpreters", "nobody"])
@pytest.mark.parametrize("main", [True, False])
def test_which_interpreter_it_is_whoever_knows_it(known_by: str, main: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.12 has a function for it, an earlier one a module; where there is neither, it is the only one."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delenv("PARTIALJSON_INTERPRETED", raising=False)
    thread, interpreters = ModuleType("_thread"), ModuleType("_xxsubinterpreters")
    monkeypatch.setitem(sys.modules, "_thread", thread)
    monkeypatch.setitem(sys.modules, "_xxsubinterpreters", interpreters if known_by != "nobody" else None)
    if known_by == "_thread":
        vars(thread)["_is_main_interpreter"] = lambda: main
    vars(interpreters).update(get_main=lambda: 0, get_current=lambda: 0 if main else 1)
    before = len(sys.meta_path)
    runpy.run_path(str(SOURCES / "partialjson" / "_core" / "__init__.py"), run_name="partialjson._core")
    assert len(sys.meta_path) - before == (not main and known_by != "nobody")
