"""Real tools: every distinct schema that recorded requests and tool-call cases carry, as a pydantic target.

Their recorded arguments keep laws 1 to 6, and so do documents drawn from the schemas, cut ones and damaged ones.
"""

from __future__ import annotations

import functools
import json
import operator
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partialjson import IncompleteError, Parser, Truncated, stream
from partialjson.testing.growth import check_growth
from partialjson.testing.laws import check_laws, check_validated_once
from partialjson.testing.makers import Maker
from partialjson.testing.modelling import target_of
from partialjson.testing.oneshot import describe, oneshot
from support.corpus import corpus_files, corpus_folder
from support.schemas import damaged_value, documents_of

CALLS: list[Any] = []


def note(what: str, value: Any) -> None:
    CALLS.append((what, repr(describe(value))))


@dataclass
class Tool:
    """A schema, under the name of its first tool, and the texts of the arguments that were recorded for it."""

    name: str
    schema: Any
    texts: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return self.name

    @functools.cached_property
    def target(self) -> Any:
        return target_of(self.schema, "Tool")

    @functools.cached_property
    def noted(self) -> Any:
        return target_of(self.schema, "Tool", note)


def requests() -> Iterator[tuple[str, Any, list[str]]]:
    """Name, schema and recorded texts of every use of a tool or of a structured output."""
    for folder in ("streams", "streams_synthetic"):
        for path in corpus_files(folder, pattern="*/*.json"):
            told = json.loads(path.read_text(encoding="utf-8"))
            request = told.get("request") or {}
            calls = told.get("expected_tool_calls") or []
            for tool in request.get("tools") or []:
                if "schema" in tool:
                    texts = [text_of(call) for call in calls if call["name"] == tool["name"]]
                    yield tool["name"], tool["schema"], texts
            for wrapped in (
                (request.get("response_format") or {}).get("json_schema"),
                request.get("text_format"),
                (request.get("output_config") or {}).get("format"),
                (request.get("generationConfig") or {}).get("responseSchema"),
                (request.get("generationConfig") or {}).get("responseJsonSchema"),
            ):
                if wrapped:
                    text = told.get("expected_text") if told.get("expected_text_json") is not None else None
                    yield path.stem, wrapped.get("schema", wrapped), [text or ""]
    for path in corpus_files("toolcalls", pattern="bfcl_parallel.json"):
        for case in json.loads(path.read_text(encoding="utf-8")):
            for tool in case["tools"]:
                texts = [json.dumps(call["arguments"]) for call in case["calls"] if call["name"] == tool["name"]]
                yield tool["name"], tool["parameters"], texts


def text_of(call: dict[str, Any]) -> str:
    """The arguments as they came; some providers send them parsed."""
    raw, parsed = call.get("arguments_raw"), call.get("arguments")
    return raw if isinstance(raw, str) else "" if parsed is None else json.dumps(parsed)


def all_tools() -> list[Tool]:
    found: dict[str, Tool] = {}
    for name, schema, texts in requests():
        tool = found.setdefault(json.dumps(schema, sort_keys=True), Tool(name, schema))
        tool.texts += [text for text in dict.fromkeys(texts) if text and text not in tool.texts]
    return list(found.values())


TOOLS = all_tools()
RECORDED = [(tool, text) for tool in TOOLS for text in tool.texts]


@pytest.fixture(autouse=True)
def corpus() -> None:
    corpus_folder("toolcalls")


def test_there_are_as_many_as_there_were(record_property: Callable[[str, object], None]) -> None:
    record_property("schemas", len(TOOLS))
    record_property("recorded arguments", len(RECORDED))
    assert len(TOOLS) >= 450
    assert len(RECORDED) >= 760
    assert sum(not tool.texts for tool in TOOLS) < 100


def test_every_schema_has_a_target() -> None:
    for tool in TOOLS:
        Parser(tool.target)
        Parser(tool.noted)


# In a few parts, so that workers can share them.
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_recorded_arguments_keep_the_laws(part: int) -> None:
    for tool, text in RECORDED[part::PARTS]:
        check_laws(text, Maker(tool.target), source=random.Random(part))


@pytest.mark.parametrize("part", range(PARTS))
def test_recorded_arguments_keep_law_6(part: int) -> None:
    for tool, text in RECORDED[part::PARTS]:
        check_validated_once(text, Maker(tool.noted), CALLS, random.Random(part))


@pytest.mark.parametrize("part", range(PARTS))
def test_parts_of_recorded_arguments_are_those_of_the_whole(part: int) -> None:
    """Every field, the elements of every list and every text, streamed by name, are what the final object has."""
    for tool, text in RECORDED[part::PARTS]:
        whole = oneshot(tool.target, text)
        if whole.errors is not None or not hasattr(tool.target, "model_fields"):
            continue
        final = tool.target.model_validate_json(text)
        plain = json.loads(text)
        for name, info in tool.target.model_fields.items():
            value, key = getattr(final, name), info.alias or name
            found = stream(list(text), tool.target).field(operator.attrgetter(name))
            assert describe(found) == describe(value)
            if isinstance(value, list):
                elements = stream(list(text), tool.target).elements(operator.attrgetter(name))
                assert describe(list(elements)) == describe(value)
            if isinstance(plain.get(key), str):
                pieces = stream(list(text), tool.target).text(operator.attrgetter(name))
                assert "".join(pieces) == plain[key]


def test_recorded_arguments_that_fit() -> None:
    """Most of them do, so that the laws are not only about errors."""
    fit = sum(oneshot(tool.target, text).errors is None for tool, text in RECORDED)
    assert fit > 0.9 * len(RECORDED)


tools = st.sampled_from(TOOLS or [Tool("none", True)])
lawful = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def written(draw: st.DrawFn, *, damaged: bool) -> tuple[Tool, str]:
    """A tool, and a text of arguments for it."""
    tool = draw(tools)
    value = draw(documents_of(tool.schema))
    if damaged:
        source = random.Random(draw(st.integers(0, 2**32)))
        for _ in range(source.choice((1, 1, 2, 4))):
            value = damaged_value(value, source)
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from((None, None, 1))))
    return tool, text


@pytest.mark.parametrize("damaged", [False, True], ids=["drawn", "damaged"])
@lawful
@given(st.data(), st.integers(0, 99))
def test_arguments_keep_the_laws(damaged: bool, data: st.DataObject, seed: int) -> None:
    tool, text = data.draw(written(damaged=damaged))
    check_laws(text, Maker(tool.target), source=random.Random(seed))
    check_validated_once(text, Maker(tool.noted), CALLS, random.Random(seed))


@lawful
@given(st.sampled_from(RECORDED or [(Tool("none", True), "{}")]), st.data())
def test_cut_arguments_are_never_taken_for_whole_ones(case: tuple[Tool, str], data: st.DataObject) -> None:
    tool, text = case
    whole = text.rstrip()
    end = data.draw(st.integers(0, len(whole) - 1))
    parser: Parser[Any] = Parser(tool.target)
    before = parser.value
    for number, char in enumerate(whole[:end]):
        parser.feed(char)
        if number and not re.fullmatch(r"\s*", whole[:number]):
            check_growth(before, parser.value)
        before = parser.value
    outcome = parser.end()
    assert isinstance(outcome, Truncated)
    for path in outcome.complete:
        assert parser.status(path) in ("complete", "invalid")
    with pytest.raises(IncompleteError):
        parser.close()


@lawful
@given(st.sampled_from(RECORDED or [(Tool("none", True), "{}")]), st.data())
def test_malformed_arguments_end_the_same_however_they_are_cut(case: tuple[Tool, str], data: st.DataObject) -> None:
    tool, text = case
    at = data.draw(st.integers(0, len(text) - 1))
    broken = text[:at] + data.draw(st.sampled_from(("!", "}", "]", ",", '"', "\\", "\x00"))) + text[at + 1 :]
    check_laws(broken, Maker(tool.target))
