"""The command that puts small faults into the sources: what it finds in a package of three lines, and its list."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import partialjson

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from mutation.equivalents import read_equivalents
from mutation.plan import read_plan

FOLDER = Path(partialjson.__file__).parent

PLAN = """
root = "."
sources = "sources"
package = "toy"
equivalents = "equivalents.toml"
results = "results"
preload = []

[parts.all]
modules = ["*.py"]
tests = ["tests"]
"""

# The test looks at the sign only, so it cannot see how large the answer is; and it never asks for `unused`.
MODULE = """
def half(number):
    return number / 2


def unused():
    return 7
"""

TESTS = """
from toy.numbers import half


def test_half_of_something_is_more_than_half_of_nothing():
    assert half(4) > half(0)


def test_that_fails_in_any_case():
    assert False
"""

EQUIVALENTS = """
[[mutant]]
module = "numbers.py"
scope = "half"
old = "return number / 2"
new = "return number / 3"
why = "for this test, a half is a third"
"""

needs_mutmut = pytest.mark.skipif(
    importlib.util.find_spec("mutmut") is None or not hasattr(os, "fork"),
    reason="needs mutmut and processes that can be forked: pip install mutmut",
)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mutation", "--plan", str(folder / "plan.toml"), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    files = {
        "plan.toml": PLAN,
        "sources/toy/__init__.py": "",
        "sources/toy/numbers.py": MODULE,
        "tests/test_numbers.py": TESTS,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@needs_mutmut
def test_what_tests_look_at_is_killed_and_the_rest_survives(toy: Path) -> None:
    done = run(toy)
    assert done.returncode == 0, done.stderr
    found = {each["new"]: each for each in json.loads((toy / "results/all.json").read_text())["of"]}
    # `number * 2` is larger for 4 than for 0, as `number / 3` is.
    assert {new: each["fate"] for new, each in found.items()} == {
        "return number * 2": "survived",
        "return number / 3": "survived",
        "return 8": "not reached",
    }
    assert "test_that_fails_in_any_case" in done.stderr
    assert "survived: numbers.py:3 half\n- return number / 2\n+ return number / 3" in done.stdout
    assert "| all | 3 | 0 |" in done.stdout

    # A test is added, and only what survived is tried again.
    with (toy / "tests/test_numbers.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef test_half():\n    assert half(4) < 3\n")
    (toy / "equivalents.toml").write_text(EQUIVALENTS, encoding="utf-8")
    done = run(toy, "--survivors", "--least", "60")
    found = {each["new"]: each for each in json.loads((toy / "results/all.json").read_text())["of"]}
    assert found["return number * 2"]["fate"] == "killed"
    assert found["return number * 2"]["by"] == "tests/test_numbers.py::test_half"
    assert found["return number / 3"]["fate"] == "equivalent"
    assert done.returncode == 1, "one of two is less than 60 %"


@needs_mutmut
def test_a_part_that_is_not_there_is_refused(toy: Path) -> None:
    done = run(toy, "--part", "al")
    assert done.returncode == 2
    assert "the plan has no part 'al'; it has all" in done.stderr


def test_the_plan_names_modules_and_tests_that_are_there() -> None:
    plan = read_plan(ROOT / "mutation" / "plan.toml")
    for part in plan.parts.values():
        assert part.modules
        assert part.tests


def test_what_is_listed_as_equivalent_is_still_there_and_has_a_reason() -> None:
    for each in read_equivalents(ROOT / "mutation" / "equivalents.toml"):
        source = FOLDER.joinpath(each.module).read_text(encoding="utf-8")
        scopes = {""} | set(_scopes(ast.parse(source), ""))
        assert each.scope in scopes, f"{each.module} has no {each.scope} any more; take the entry out of the list"
        lines = "\n".join(line.strip() for line in source.splitlines())
        assert each.old.strip() in lines, f"{each.module} {each.scope} reads otherwise now; look at the entry again"
        assert len(each.why) > 10, each


def _scopes(node: ast.AST, outer: str) -> list[str]:
    found = []
    for child in ast.iter_child_nodes(node):
        name = outer
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{outer}.{child.name}" if outer else child.name
            found.append(name)
        found += _scopes(child, name)
    return found
