"""The corpus's guided cases: broken documents with BAML's classes, and what BAML reads in them. Each is read with the
classes as types, and with their JSON Schema.

``DISAGREEMENTS`` says for each case that comes out otherwise why.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from partialjson import Complete, Parser, Schema
from partialjson.repairs import Lenient
from partialjson.testing.laws import feed
from support.baml import NoSchema, as_json, target_of
from support.corpus import corpus_folder

LENIENT = Lenient(coerce="guided")

DISAGREEMENTS = {
    # Two readings are as good, and nobody says which is meant. BAML takes the first, or the more frequent one; in other
    # cases of the same kind it refuses.
    "baml/test_enum::multi_aliases": "two members occur in the text",
    "baml/test_literals::test_union_literal_string_with_both": "two members occur in the text",
    # A choice between two ways.
    "baml/mod::test_string_from_object": "a string in an object with a single key is taken out of it",
    "baml/test_basics::test_incomplete_string": "a string that is cut off is a string, and its quote no part of it",
    "baml/test_basics::test_multiple_top_level_prefix_suffix_2": "several documents are no list; a sequence has them",
    # BAML answers with objects that lack required fields, or have null where none may be.
    "baml/test_class::test_object_streaming_ints": "a cut document without a required field is not complete",
    "baml/test_class::test_object_streaming_ints_newlines": "a cut document without a required field is not complete",
    "baml/test_class::test_big_object_start_big": "a cut document without a required field is not complete",
    "baml/test_basics::test_mal_formed_json_sequence": "a document with another one inside, cut, and null for strings",
}


def _outcome(case: dict[str, Any], target: Any, size: int) -> Any:
    text = case["input"]
    parser: Parser[Any] = Parser(target, lenient=LENIENT)
    for at in range(0, len(text), size):
        feed(parser, text[at : at + size])
    return parser.end()


def _is_right(case: dict[str, Any], outcome: Any, adapter: TypeAdapter[Any] | None = None) -> bool:
    """Does a document end as the case says? ``adapter`` makes objects of what was read with a schema."""
    if case.get("expected_error"):
        return not isinstance(outcome, Complete)
    if not isinstance(outcome, Complete):
        return False
    value = outcome.value if adapter is None else adapter.validate_json(json.dumps(outcome.value))
    return bool(as_json(value) == case["expected"])


@pytest.fixture(scope="module")
def cases() -> list[tuple[dict[str, Any], Any]]:
    """The cases that carry a schema, with their targets."""
    found = []
    for case in json.loads((corpus_folder("lenient") / "schema_guided_cases.json").read_text(encoding="utf-8")):
        try:
            found.append((case, target_of(case["baml_schema"], case["baml_type"])))
        except NoSchema:
            continue
    return found


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_what_is_read_in_the_cases(cases: list[tuple[dict[str, Any], Any]], size: int) -> None:
    assert len(cases) >= 75
    wrong = {case["name"] for case, target in cases if not _is_right(case, _outcome(case, target, size))}
    assert wrong == DISAGREEMENTS.keys()
    assert len(wrong) <= 0.15 * len(cases)


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_what_is_read_with_the_schema_of_the_target(cases: list[tuple[dict[str, Any], Any]], size: int) -> None:
    wrong = set()
    for case, target in cases:
        adapter: TypeAdapter[Any] = TypeAdapter(target)
        outcome = _outcome(case, Schema(adapter.json_schema()), size)
        if not _is_right(case, outcome, adapter):
            wrong.add(case["name"])
    assert wrong == DISAGREEMENTS.keys()
