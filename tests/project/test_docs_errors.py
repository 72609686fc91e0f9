"""The page on errors: a section for each code and none besides, and examples that end as their section says."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

import partialjson
from partialjson.errors import ErrorCode, Explained
from partialjson.messages import ProviderError, StreamError
from partialjson.messages.updates import EndReason, StreamCode
from partialjson.outcomes import Complete, Failed, Truncated

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
TEXT = PAGE.read_text(encoding="utf-8")
SECTIONS = {
    section.split("\n", 1)[0]: re.split(r"^## ", section.split("\n", 1)[1], flags=re.MULTILINE)[0]
    for section in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]
}
EXAMPLES = [
    (code, example)
    for code, section in SECTIONS.items()
    for example in re.findall(r"^- `(.*)`$", section, re.MULTILINE)
]

# What the command line and its servers raise inside; people are told in words.
INSIDE = ("partialjson.cli", "partialjson.web")
# Not raised to callers: each is caught where it is raised.
CAUGHT = {"Failing", "FramingError", "NotMended", "Unfit"}


@cache
def names() -> dict[str, Any]:
    """What the snippets of the page define."""
    first, second = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    found: dict[str, Any] = {}
    for snippet in (first, second):
        exec(compile(snippet, str(PAGE), "exec", dont_inherit=True), found)
    return found


def exceptions() -> Iterator[type[BaseException]]:
    """Those that the public modules offer, wherever they are made."""
    for module in pkgutil.walk_packages(partialjson.__path__, "partialjson."):
        if module.name.startswith(INSIDE) or module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for name in getattr(loaded, "__all__", ()):
            each = getattr(loaded, name)
            if inspect.isclass(each) and issubclass(each, BaseException) and each.__module__.startswith("partialjson"):
                yield each


def codes() -> set[str]:
    """Every code there is."""
    literals = {word for union in get_args(EndReason) for word in (get_args(union) or (union,))}
    given = [getattr(each, "code", None) for each in exceptions() if issubclass(each, Explained)]
    classes = {code for code in given if isinstance(code, str)}
    ways = {Complete.code, Truncated.code, Failed(KeyError()).code}
    return {*get_args(ErrorCode), *get_args(StreamCode), *literals, *classes, *ways, "provider"}


def test_the_first_snippet_prints_what_stands_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    names.cache_clear()
    names()
    assert capsys.readouterr().out == TEXT.split("```\n\n```\n", 1)[1].split("```", 1)[0]


def test_every_code_has_its_section_and_every_section_its_code() -> None:
    assert set(SECTIONS) == codes()


def test_the_table_has_each_section_once() -> None:
    rows = re.findall(r"^\| \[`(\w+)`\]\(#(\w+)\) \|", TEXT, re.MULTILINE)
    assert all(code == anchor for code, anchor in rows)
    assert sorted(code for code, _ in rows) == sorted(SECTIONS)


def test_every_public_error_is_explained() -> None:
    unexplained = {each.__name__ for each in exceptions() if not issubclass(each, Explained)}
    assert unexplained == {*CAUGHT & unexplained, "ProviderError"}
    assert ProviderError("x", code="rate_limit").page == "errors.md#provider"


def test_the_table_names_where_a_code_appears() -> None:
    """Each class that has a code of its own stands in the row of that code."""
    rows = dict(re.findall(r"^\| \[`(\w+)`\].*\| (.*) \|$", TEXT, re.MULTILINE))
    for each in exceptions():
        if issubclass(each, Explained) and each.__name__ not in CAUGHT:
            assert f"`{each.__name__}`" in rows[getattr(each, "code", "")], each


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_an_example_ends_as_its_section_says(code: str, example: str) -> None:
    try:
        told: Any = eval(example, dict(names()))
    except Exception as error:
        told = error
    assert told.page == f"errors.md#{code}", told


def test_what_has_no_example() -> None:
    """Sections whose errors take more than a line to bring about; other tests do."""
    without = set(SECTIONS) - {code for code, _ in EXAMPLES}
    others = {"raised", "taken_back", "tool_calls", "paused", "error"}
    assert without == others | {"integration", "not_installed", "unknown_version", "cassette", "law"}


def test_a_stream_error_keeps_its_code() -> None:
    error = StreamError("no stream", {"a": 1}, "json")
    twin = pickle.loads(pickle.dumps(error))
    assert (str(twin), twin.body, twin.code, twin.page) == ("no stream", {"a": 1}, "json", "errors.md#json")
