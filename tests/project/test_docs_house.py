"""CONTRIBUTING shows the house as it is: what it names exists, and what exists has its place there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "partialjson"
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PICTURE = PAGE.partition("## The house\n")[2].partition("```\n")[2].partition("```\n")[0]
WHERE = PAGE.partition("## Where do I change ...\n")[2].partition("\n## ")[0]
FOLDERS = sorted(path for path in PACKAGE.iterdir() if (path / "__init__.py").exists())


def named() -> list[str]:
    """The files and folders that the table of changes names."""
    return sorted(set(re.findall(r"`([\w/]+(?:/|\.\w+))`", WHERE)))


@pytest.mark.parametrize("name", named())
def test_what_the_table_names_exists(name: str) -> None:
    assert (PACKAGE / name).exists() or (ROOT / name).exists()


def test_the_table_is_about_all_layers() -> None:
    folders = {name.split("/")[0] for name in named() if "/" in name}
    assert {folder.name for folder in FOLDERS} <= folders
    assert len(named()) > 30


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_picture_names_every_module_of_a_folder(folder: Path) -> None:
    found = re.search(rf"^  {folder.name}/(.*?)(?=^(?:  )?\S)", PICTURE, re.MULTILINE | re.DOTALL)
    assert found is not None
    words = set(re.findall(r"\w+", found[1]))
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    if folder.name == "cli":  # The picture names its commands; the package's own text has the rest.
        modules &= {"demo", "watch", "stubs"}
    assert modules <= words


def test_the_picture_names_what_stands_beside_the_folders() -> None:
    for path in PACKAGE.glob("*.py"):
        if not path.stem.startswith("_") or path.stem == "__init__":
            assert path.name in PICTURE, path.name
    for folder in (ROOT / "tests").iterdir():
        if folder.is_dir() and not folder.name.startswith(("_", ".")):
            assert re.search(rf"\b{folder.name}\b", PICTURE), folder.name


def test_the_setting_of_the_tests_is_the_one_they_read() -> None:
    effort = (ROOT / "tests" / "support" / "effort.py").read_text(encoding="utf-8")
    for variable in set(re.findall(r"\bPARTIALJSON_TESTS\b", PAGE)):
        assert variable in effort
