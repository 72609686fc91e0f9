"""The documentation site builds without a warning, and leaves out neither a page nor a public name."""

from __future__ import annotations

import html
import importlib
import importlib.util
import inspect
import json
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import partialjson

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"docs_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def hooks() -> Any:
    pytest.importorskip("mkdocs", reason="needs the extra docs")
    return load(DOCS / "site" / "hooks.py")


def public_modules() -> list[str]:
    """The modules that a user imports from: those at the top, without a layer that only others build on."""
    inner = {"cli", "coercions", "lenient", "limits", "markers", "options", "outcomes", "reasons", "repairs"}
    inner |= {"sequences", "streaming", "typed", "wire"}
    found = [each.name for each in pkgutil.iter_modules(partialjson.__path__) if not each.name.startswith("_")]
    return ["partialjson", *(f"partialjson.{name}" for name in found if name not in inner)]


def test_every_public_module_is_in_the_reference(hooks: Any) -> None:
    for name in public_modules():
        has_names = hasattr(importlib.import_module(name), "__all__")
        listed = name in hooks.MODULES or any(each.startswith(f"{name}.") for each in hooks.MODULES)
        assert listed or not has_names, f"{name} is not in docs/site/hooks.py"


def test_every_public_name_has_a_docstring(hooks: Any) -> None:
    for module in hooks.MODULES:
        public = importlib.import_module(module)
        for name in public.__all__:
            value = getattr(public, name)
            if isinstance(value, type) or inspect.isroutine(value):
                assert value.__doc__, f"{module}.{name} has no docstring"


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    for page in DOCS.glob("*.md"):
        assert re.search(rf"[ :]{re.escape(page.name)}$", navigation, re.MULTILINE), f"{page.name} is in no menu"


def test_every_module_of_the_reference_is_in_the_navigation(hooks: Any) -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    for module in hooks.MODULES:
        assert f"reference/{module}.md" in navigation


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="needs the extra docs")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    listing = (tmp_path / "llms.txt").read_text("utf-8")
    for page in [*DOCS.glob("*.md"), Path("reference/partialjson.md")]:
        assert f"({page.name if page.is_absolute() else page})" in listing
    # Markdown beside each page, whose links lead to Markdown, too.
    for name in re.findall(r"^- \[.*\]\((.*)\)$", listing, re.MULTILINE):
        page = tmp_path / name
        for link in re.findall(
            r"\]\(([^)#\s:]+\.md)", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        ):
            assert (page.parent / link).resolve().is_file(), f"{name} links to {link}"


def test_the_picture_of_the_states_is_what_the_parser_does() -> None:
    make_machine = load(DOCS / "make_machine.py")
    drawn = re.search(r"<desc>(.*?)</desc>", (DOCS / "machine.svg").read_text("utf-8"), re.DOTALL)
    assert drawn is not None
    assert json.loads(html.unescape(drawn[1])) == make_machine.as_rows(make_machine.observe())
