"""Real libraries with this parser in them: what they give at each chunk is what they give without it.

Each test needs its library; `benchmarks/suites.py --own` runs all of them in environments with the oldest and with the
newest version that is known.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import compress
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.integration import programs
from benchmarks.integration.programs import PROGRAMS, Report, cut

from partialjson import compat
from partialjson.integrations import NotInstalledError, UnknownVersionError, install, libraries

LIBRARIES = {name: name.partition("_")[0] for name in PROGRAMS} | {
    "llama_index": "llama-index",
    "pydantic_ai": "pydantic-ai",
}
"""The library of each program."""

SAME = ("anthropic", "openai", "instructor", "mirascope", "langchain_json", "langchain_calls", "marvin", "dspy")
"""Programs whose partial values are those of the library."""

MORE = ("pydantic_ai", "llama_index")
"""Programs whose library shows less by itself."""


def documents() -> Iterator[str]:
    yield programs.report(1500)
    odd = {
        "title": 'é "quoted" \\ \n 😀',
        "summary": "",
        "sections": [
            {"heading": "", "body": "x" * 200, "score": -1.5e-7, "tags": []},
            {"heading": "{[", "body": "]}", "score": 3, "tags": ["", "a,b", "\u2028"]},
        ],
    }
    yield json.dumps(odd)
    yield json.dumps(odd, ensure_ascii=False, indent=2)
    yield json.dumps({"title": "t", "summary": "s" * 100, "sections": []})


def there(program: str) -> str:
    """The library of a program; the test is skipped where it is not installed."""
    name = LIBRARIES[program]
    for library, version, known in libraries():
        if library.name == name and known:
            return name
        if library.name == name:
            pytest.skip(f"needs {library.distribution} {library.at_least} or later, below {library.below}: {version}")
    raise AssertionError(name)


def values(program: str, pieces: list[str]) -> list[str]:
    found: list[str] = []
    PROGRAMS[program](pieces, lambda value: found.append(repr(value)))
    return found


@pytest.mark.parametrize("width", [1, 3, 11])
@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("program", SAME)
def test_partial_values_are_those_of_the_library(program: str, share: bool, width: int) -> None:
    name = there(program)
    for text in documents():
        if "\\u" in text and program.startswith(("langchain", "marvin")):
            # They drop a string that ends in half an escape, or show half a surrogate pair.
            text = json.dumps(json.loads(text), ensure_ascii=False)
        pieces = cut(text, width)
        before = values(program, pieces)
        compat.forget()
        with install(name, numbers="shown", share=share):
            after = values(program, pieces)
        assert values(program, pieces) == before
        if program == "marvin":
            # It leaves out the blanks at the end of a string that is cut off.
            compared = [not piece[-1].isspace() for piece in pieces]
            before, after = (list(compress(each, compared)) for each in (before, after))
        assert after == before


@pytest.mark.parametrize("program", [program for program in PROGRAMS if program != "dspy"])
def test_numbers_are_whole_and_the_end_is_the_same(program: str) -> None:
    """DSPy shows pieces of text."""
    name = there(program)
    for text in documents():
        seen: list[Any] = []
        compat.forget()
        with install(name):
            PROGRAMS[program](cut(text, 2), seen.append)
        whole = Report.model_validate_json(text)
        assert programs.plain(seen[-1]) == programs.plain(whole)
        scores = [section.score for section in whole.sections]
        for value in seen:
            shown = programs.plain(value) or {}
            found = [section["score"] for section in shown.get("sections", []) if "score" in section]
            assert found == scores[: len(found)]


@pytest.mark.parametrize("program", MORE)
def test_more_is_shown_than_before(program: str) -> None:
    name = there(program)
    text = programs.report(1500)
    before, after = programs.Useful(), programs.Useful()
    PROGRAMS[program](cut(text), before)
    with install(name):
        PROGRAMS[program](cut(text), after)
    assert after.count > 2 * before.count
    assert after.last == before.last


def test_a_partial_output_is_not_taken_for_a_whole_one() -> None:
    there("pydantic_ai")
    seen: list[Any] = []
    with install("pydantic-ai"):
        PROGRAMS["pydantic_ai"](cut(programs.report(600)), seen.append)
    assert isinstance(seen[-1], Report)
    assert [isinstance(value, Report) for value in seen].count(True) <= 3


@pytest.mark.parametrize("program", ["anthropic", "openai"])
def test_strings_can_be_shown_where_the_library_leaves_them_out(program: str) -> None:
    name = there(program)
    text = programs.report(600)
    before, after = programs.Useful(), programs.Useful()
    with install(name):
        PROGRAMS[program](cut(text), before)
    with install(name, strings="keep"):
        PROGRAMS[program](cut(text), after)
    assert after.count > 3 * before.count


@pytest.mark.parametrize("program", ["anthropic", "openai"])
def test_what_is_not_json_is_refused_as_before(program: str) -> None:
    name = there(program)
    pieces = ['{"title": "', "x" * 80, '", "summary": ', "nonsense}"]

    def failure() -> str:
        with pytest.raises(ValueError, match="expected") as refused:
            PROGRAMS[program](pieces, lambda _: None)
        return str(refused.value)

    before = failure()
    with install(name):
        assert failure() == before


# Asynchronous streams.


async def source(pieces: list[Any]) -> AsyncIterator[Any]:
    for piece in pieces:
        yield piece


def collected(make: Callable[[], AsyncIterator[Any]]) -> list[str]:
    async def collect() -> list[str]:
        return [repr(value) async for value in make()]

    return asyncio.run(collect())


def same_asynchronously(program: str, make: Callable[[list[str]], AsyncIterator[Any]]) -> None:
    name = there(program)
    pieces = cut(programs.report(1500), 5)
    before = collected(lambda: make(pieces))
    with install(name, numbers="shown"):
        assert collected(lambda: make(pieces)) == before
    assert before


def test_instructor_asynchronously() -> None:
    there("instructor")
    model = programs.load("instructor.v2.dsl.partial").Partial[Report]
    same_asynchronously("instructor", lambda pieces: model.model_from_chunks_async(source(pieces)))


def test_langchain_asynchronously() -> None:
    there("langchain_json")
    parser = programs.load("langchain_core.output_parsers").JsonOutputParser
    same_asynchronously("langchain_json", lambda pieces: parser().atransform(source(pieces)))


def test_many_streams_at_once() -> None:
    """Interleaved streams of the same library do not mix, also where they begin alike."""
    there("langchain_json")
    parser = programs.load("langchain_core.output_parsers").JsonOutputParser
    texts = [programs.report(1200) for _ in range(3)] + [programs.report(900).replace("Section", "Part")]

    async def read(text: str) -> Any:
        last: Any = None

        async def slowly() -> AsyncIterator[str]:
            for piece in cut(text, 7):
                await asyncio.sleep(0)
                yield piece

        async for value in parser().atransform(slowly()):
            last = value
        return last

    async def everything() -> list[Any]:
        return list(await asyncio.gather(*[read(text) for text in texts]))

    with install("langchain"):
        assert asyncio.run(everything()) == [json.loads(text) for text in texts]


# instructor builds partial objects of its own; here they are built in another way.


class Leaf(BaseModel):
    a: int
    b: str = "dflt"
    c: float | None = None


class Branch(BaseModel):
    leaf: Leaf
    leaves: list[Leaf]
    maybe: list[Leaf | None] = []
    free: dict[str, Any] = {}
    one: Leaf | None = None


class Tree(BaseModel):
    title: str
    branch: Branch
    branches: list[Branch]
    grid: list[list[int]]
    tail: str = "t"


LEAF = {"a": 1, "b": "x"}
BRANCH = {"leaf": LEAF, "leaves": [LEAF, {"a": 2, "extra": [1]}], "maybe": [None, LEAF], "free": {"k": [LEAF]}}
TREES = [
    {"title": "T" * 90, "branch": {**BRANCH, "one": LEAF}, "branches": [], "grid": [[1, 2], [], [3]]},
    {"branches": [BRANCH, {**BRANCH, "one": None}], "title": "T" * 70, "grid": [], "branch": BRANCH, "tail": "end"},
    # Invalid, before anything else is complete.
    {"title": "T" * 70, "branches": [{**BRANCH, "leaf": {"a": "no number"}}, BRANCH], "tail": "end"},
]


@pytest.mark.parametrize("document", TREES)
@pytest.mark.parametrize("share", [True, False])
def test_instructors_partial_objects(document: dict[str, Any], share: bool) -> None:
    there("instructor")
    partial = programs.load("instructor.v2.dsl.partial")
    model = partial.Partial[Tree].get_partial_model()
    text = json.dumps(document)

    def made() -> list[str]:
        found = []
        for end in range(len(text) + 1):
            try:
                found.append(repr(partial.process_potential_object(text[:end], "trailing-strings", model)))
            except ValueError as error:
                found.append(str(error))
        return found

    before = made()
    compat.forget()
    with install("instructor", numbers="shown", share=share):
        assert made() == before


def test_dspys_listener_sees_the_same() -> None:
    """Its listener asks whether a field's text has ended, and whether a second key has begun."""
    if not any(library.name == "dspy" and known for library, _, known in libraries()):
        pytest.skip("needs dspy")
    listener = programs.load("dspy.streaming.streaming_listener")
    text = '{"answer": "' + "word " * 20 + '", "score": 12.5, "reason": "so"}'

    def seen(mode: Any) -> list[str]:
        found = []
        for end in range(len(text) + 1):
            try:
                found.append(repr(listener.jiter.from_json(text[:end].encode(), partial_mode=mode)))
            except ValueError:
                found.append("refused")
        return found

    before = {mode: seen(mode) for mode in (False, "trailing-strings")}
    jiter = programs.load("jiter")
    original = jiter.from_json
    with install("dspy", numbers="shown"):
        assert {mode: seen(mode) for mode in (False, "trailing-strings")} == before
        assert listener.jiter.from_json is not original
        assert jiter.from_json is original
    assert listener.jiter.from_json is original


def test_refusals_name_the_version() -> None:
    for library, version, known in libraries():
        if known:
            continue
        with pytest.raises((NotInstalledError, UnknownVersionError), match=version or "pip install"):
            install(library.name)
