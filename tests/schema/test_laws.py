"""The laws for JSON Schema targets, over random schemas and documents, and over texts that are damaged or cut.

In one shot, jsonschema validates: law 5 asks for its verdict and its errors.
"""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema.exceptions import ValidationError

from partialjson import Complete, Failed, Limits, Parser, Schema
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.laws import law_1, law_2, law_3, law_4, law_5, law_7, law_8, law_9, law_10, law_11
from partialjson.testing.makers.schemas import SchemaMaker
from partialjson.testing.reference import is_json
from support.effort import examples
from support.json_schemas import document_text, make_pair, messy_text

lawful = settings(deadline=None, max_examples=examples(80), suppress_health_check=[HealthCheck.too_slow])

seeds = st.integers(0, 2**32)
drafts = st.sampled_from(["2020-12", "2020-12", "7", "2019-09"])


class Case:
    """A schema, a text for it, and chances."""

    def __init__(self, seed: int, draft: str) -> None:
        self.random = random.Random(f"{draft} {seed}")
        self.schema, maker = make_pair(self.random, draft)
        self.make = SchemaMaker(self.schema)
        self.value = maker.document()
        self.text = document_text(self.value, self.random)
        self.messy = messy_text(self.value, self.random)
        self.chunks = self.pieces(self.messy)

    def pieces(self, text: str) -> list[str]:
        cuts = sorted(self.random.sample(range(len(text) + 1), min(3, len(text) + 1)))
        return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@lawful
@given(seeds, drafts)
def test_law_1_chunking_is_invisible(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    law_1(case.messy, case.make, case.chunks)
    law_1(case.messy, case.make, list(case.messy))
    if len(case.text) < 60:
        law_1(case.text, case.make)
    law_1(case.text, SchemaMaker(case.schema, on_invalid="raise", predict=True), case.pieces(case.text))


@pytest.mark.parametrize(
    ("contents", "text"),
    [
        # What an empty string shows, it shows at its end.
        ({"oneOf": [{}, {"pattern": "c?"}], "minLength": 1}, '""'),
        # Where a string at the root stops the document, it is not done.
        ({"const": "a"}, '"abc"'),
        ({"const": 100, "multipleOf": 1}, "10 "),
        ({"items": {"maximum": -1}}, "[2.5, 1]"),
        ({"properties": {"a": {"const": 1.0, "multipleOf": 10}}}, '{"a":1.0}'),
    ],
)
def test_law_1_chunking_is_invisible_in_what_was_found_by_fuzzing(contents: Any, text: str) -> None:
    for how in ("collect", "raise"):
        law_1(text, SchemaMaker(Schema(contents), on_invalid=how))


@lawful
@given(seeds, drafts)
def test_law_2_growth_only(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    law_2(case.messy, case.make)


@lawful
@given(seeds, drafts)
def test_law_3_closed_once(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    law_3(case.messy, case.make, case.chunks)
    law_3(case.text, case.make)


@lawful
@given(seeds, drafts)
def test_law_4_snapshots_hold_still(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    law_4(case.messy, case.make, case.chunks, case.random)


@lawful
@given(seeds, drafts)
@example(0, "2020-12")
def test_law_5_the_end_is_the_one_shot_result(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    law_5(case.text, case.make)
    law_5(case.messy, case.make, case.chunks)


def test_law_6_validated_once() -> None:
    """What a schema calls is a format checker: with whole values only, and once for each subschema and value.

    With a value that it refuses it is called again, in the end by jsonschema, which tells what is wrong.
    """
    calls: list[Any] = []
    checker = jsonschema.FormatChecker(formats=())

    def note(value: object) -> bool:
        calls.append(value)
        return value != "bad"

    checker.checks("noted")(note)
    noted = {"format": "noted"}
    schema = Schema(
        {
            "properties": {"a": {"type": "string", **noted}, "b": {"items": {"anyOf": [{"type": "null"}, noted]}}},
            "additionalProperties": {"oneOf": [{"type": "integer"}, {**noted, "type": "string"}]},
        },
        format_checker=checker,
    )
    text = json.dumps({"a": "long enough", "b": ["one", None, "two"], "c": 5, "d": "three"})
    for chunks in ([text], list(text)):
        calls.clear()
        parser: Parser[Any] = Parser(schema)
        for chunk in chunks:
            parser.feed(chunk)
        parser.close()
        # A branch that is not needed in the end is tried as well: null, here.
        assert sorted(map(str, calls)) == ["None", "long enough", "one", "three", "two"]
    calls.clear()
    failed: Parser[Any] = Parser(schema)
    failed.feed('{"a": "bad"}')
    assert set(calls) == {"bad"}
    assert isinstance(failed.end(), Failed)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a"]}},
        {"items": {"anyOf": [{"required": ["b"]}, {"properties": {"a": {"pattern": "^[xy]+$"}}}]}},
        {"uniqueItems": False, "contains": {"type": "null"}, "minContains": 0, "unevaluatedItems": {"type": "object"}},
    ],
)
def test_law_7_linear_in_the_whole(schema: Any) -> None:
    def text(count: int) -> str:
        return json.dumps([{"a": "xy"[i % 2]} for i in range(count)])

    law_7(text(400), SchemaMaker(Schema(schema), select=[]), text(200))


def test_law_7_linear_in_depth_under_recursive_unions() -> None:
    branch = {"properties": {"child": {"$ref": "#"}}, "additionalProperties": {"type": "string"}}
    schema = Schema({"anyOf": [{**branch, "required": ["x"]}, {**branch, "required": ["y"]}, {"type": "null"}]})

    def text(depth: int) -> str:
        return '{"x": "a", "y": "b", "child": ' * depth + "null" + "}" * depth

    law_7(text(180), SchemaMaker(schema, select=[]), text(90))


@lawful
@given(seeds, drafts)
def test_law_8_cut_off_is_not_complete(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    text = case.text[: case.random.randrange(len(case.text) + 1)]
    law_8(text, case.make, case.pieces(text))


@lawful
@given(seeds, drafts)
def test_law_9_deltas_fold(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    law_9(case.messy, case.make, case.chunks, case.random)


@lawful
@given(seeds, drafts, st.booleans())
def test_law_10_checkpoints_are_invisible(seed: int, draft: str, since: bool) -> None:
    case = Case(seed, draft)
    law_10(case.messy, case.make, case.chunks, case.random.randint(0, len(case.chunks)), since)


@lawful
@given(seeds, drafts)
def test_law_11_nothing_breaks_it(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    law_11(case.messy, case.make, case.chunks)


def test_law_11_the_depth_limit_is_reached_and_not_passed() -> None:
    schema = {"properties": {"a": {"allOf": [{"$ref": "#"}, {}]}}, "additionalProperties": False}
    for depth in (200, 201, 202):
        text = '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)
        law_11(text, SchemaMaker(Schema(schema)))
    deep = '{"a":' * 200 + '{"b":1}' + "}" * 200
    parser: Parser[Any] = Parser(schema=schema)
    parser.feed(deep)
    with pytest.raises(ValidationError) as caught:
        parser.close()
    assert list(caught.value.path)[:3] == ["a", "a", "a"]


def test_law_11_documents_as_deep_as_the_limit_says() -> None:
    inner = {"properties": {"a": {"allOf": [{"$ref": "#"}, {}]}}, "additionalProperties": False, "uniqueItems": True}
    schema = Schema(inner)
    levels = 3000
    for leaf, is_valid in (("{}", True), ('{"b": 1}', False), ("[[1], [1]]", False)):
        parser: Parser[Any] = Parser(schema, limits=Limits(depth=levels + 5))
        parser.feed('{"a":' * levels + leaf + "}" * levels)
        outcome = parser.end()
        assert isinstance(outcome, Complete if is_valid else Failed)
        if isinstance(outcome, Failed):
            assert len(outcome.errors[0].path) == levels


def test_a_long_string_under_a_pattern_is_read_in_linear_work() -> None:
    def text(count: int) -> str:
        return json.dumps({"a": "ab" * count})

    schema = Schema({"properties": {"a": {"pattern": "^(a|b|ab)*$"}}})
    law_7(text(4000), SchemaMaker(schema), text(2000))


@lawful
@given(seeds, drafts)
def test_a_valid_document_has_no_violation_however_it_comes(seed: int, draft: str) -> None:
    case = Case(seed, draft)
    if case.make.asked.is_valid(case.value):
        seen = check_all_chunkings(case.text, make=case.make) if len(case.text) < 40 else None
        for event in seen.events if seen else Parser[Any](case.schema).feed(case.text):
            assert type(event).__name__ == "Completed", event
        assert is_json(case.text)
