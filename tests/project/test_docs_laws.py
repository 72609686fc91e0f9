"""The laws stand in one place, under the same numbers and names everywhere, and each has its property test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAWS = dict(re.findall(r"^## (\d+)\. (.+)$", (ROOT / "docs" / "laws.md").read_text(encoding="utf-8"), re.MULTILINE))
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("fuzz/*.md")]
SOURCES = [path for folder in ("src", "tests", "fuzz", "benchmarks") for path in ROOT.glob(f"{folder}/**/*.py")]


def text_of(number: str) -> str:
    page = (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")
    return page.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def property_tests() -> set[str]:
    return {name for path in ROOT.glob("tests/**/*.py") for name in re.findall(r"def (test_law_\w+)", path.read_text())}


def test_there_are_twelve_in_order() -> None:
    assert list(LAWS) == [str(number) for number in range(1, 13)]


def test_the_table_has_the_same_numbers_and_names() -> None:
    page = (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| (\d+) \| ([^|]+?) \|", page, re.MULTILINE)) == LAWS


@pytest.mark.parametrize("number", LAWS)
def test_a_law_has_the_property_tests_that_the_page_names(number: str) -> None:
    named = set(re.findall(r"`(test_law_\w+)`", text_of(number)))
    assert named
    assert {name.split("_")[2] for name in named} == {number}
    assert named <= property_tests()


def test_every_property_test_belongs_to_a_law() -> None:
    assert {name.split("_")[2] for name in property_tests()} == LAWS.keys()


@pytest.mark.parametrize("path", [*PAGES, *SOURCES], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_law_that_is_cited_exists(path: Path) -> None:
    for first, last in re.findall(r"\b[Ll]aws? (\d+)(?:(?: to | and |, )(\d+))?", path.read_text(encoding="utf-8")):
        assert {first, last} - {""} <= LAWS.keys(), f"{path} cites law {first} {last}"
