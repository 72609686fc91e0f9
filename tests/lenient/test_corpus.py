"""Broken JSON of other projects' tests, with what json_repair and jsonrepair make of it.

Where this library reads a text in another way, the table says why. Four kinds of reasons:

    contradiction   another case of the corpus, or the same library, asks for the opposite
    law 2           what is asked for takes back what had to be shown, or shows what is not certain
    several         the text holds several documents, and the first is asked for here
    taste           both readings can be defended
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from partialjson import Complete, Failed, ParseError, Parser, Truncated
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.laws import law_2, law_11, law_12
from partialjson.testing.makers import Maker
from support.corpus import corpus_files

LENIENT = Maker(lenient=True)

_JSON_REPAIR = "json_repair/test_"
DISAGREEMENTS: dict[str, tuple[str, str]] = {
    f"{_JSON_REPAIR}json_repair::test_multiple_jsons:79": ("several", "the first document counts, though it is empty"),
    f"{_JSON_REPAIR}json_repair::test_multiple_jsons:80": (
        "several",
        "documents() with the format embedded gives both",
    ),
    f"{_JSON_REPAIR}json_repair::test_multiple_jsons:81": (
        "several",
        "documents() with the format embedded gives both",
    ),
    f"{_JSON_REPAIR}json_repair::test_multiple_jsons:85": (
        "several",
        "documents() with the format embedded gives both",
    ),
    f"{_JSON_REPAIR}json_repair::test_repair_json_skip_json_loads:245": (
        "contradiction",
        "null for a missing value, as jsonrepair:296",
    ),
    f"{_JSON_REPAIR}json_repair::test_stream_stable:291": (
        "taste",
        "the escape was whole, so the line end is part of the string",
    ),
    f"{_JSON_REPAIR}json_repair::test_stream_stable:292": ("law 2", "the text after the missing quote has been shown"),
    f"{_JSON_REPAIR}parse_array::test_parse_array_edge_cases:13": ("law 2", "the object was shown when it opened"),
    f"{_JSON_REPAIR}parse_array::test_parse_array_edge_cases:32": (
        "law 2",
        "an array that has closed is not opened again",
    ),
    f"{_JSON_REPAIR}parse_array::test_parse_array_edge_cases:48": (
        "law 2",
        "the key was shown as a string; a target can tell that an object was meant",
    ),
    f"{_JSON_REPAIR}parse_number::test_parse_number_edge_cases:20": (
        "taste",
        "keys without values are members, not a number with a comma",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:45": (
        "taste",
        "all of the text is kept; there the second half is dropped",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:49": (
        "taste",
        "the words after the comma are kept; there they are dropped",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:69": (
        "taste",
        "a key that never closes is no member; it is told in skipped",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:74": (
        "law 2",
        "an array that has closed is not opened again; the others are told in skipped",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:78": (
        "law 2",
        "an array that has closed is not opened again; the other is told in skipped",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:86": (
        "taste",
        "escapes in a string mean what they mean in JSON",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:90": (
        "contradiction",
        "null for a missing value, as jsonrepair:296",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:96": (
        "law 2",
        "the key was shown as a string; a target can tell that an object was meant",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_edge_cases:101": (
        "law 2",
        "the object was shown when it opened, and cannot become an array",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_empty_object_array_fallback_preserves_legacy_key_context:138": (
        "law 2",
        "the object was shown when it opened, and cannot become an array",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_merge_at_the_end:142": (
        "law 2",
        "an object that has closed is not opened again",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_merge_at_the_end:143": (
        "law 2",
        "an object that has closed is not opened again",
    ),
    f"{_JSON_REPAIR}parse_object::test_parse_object_merge_at_the_end:149": (
        "law 2",
        "an object that has closed is not opened again",
    ),
    f"{_JSON_REPAIR}parse_string::test_parse_string_keeps_bare_member_recovery_for_explicit_and_unclosed_values:170": (
        "law 2",
        "the text after the missing quote has been shown",
    ),
    f"{_JSON_REPAIR}parse_string::test_escaping:174": ("taste", "a quote in single quotes is a string of one quote"),
    f"{_JSON_REPAIR}parse_string::test_string_json_llm_block:274": (
        "law 2",
        "the string was shown, and cannot become an object",
    ),
    f"{_JSON_REPAIR}parse_string::test_parse_boolean_or_null:380": ("contradiction", "true, as jsonrepair:581"),
    f"{_JSON_REPAIR}parse_string::test_parse_boolean_or_null:381": ("contradiction", "false, as jsonrepair:582"),
    f"{_JSON_REPAIR}parse_string::test_parse_string_missing_quotes_object_value_stops_at_quote_fragment:496": (
        "taste",
        "all of the text is kept; there the second half is dropped",
    ),
    "jsonrepair:143": ("law 2", "the text after the missing quote has been shown"),
    "jsonrepair:170": ("law 2", "the comment after the missing quote has been shown as text"),
    "jsonrepair:171": ("law 2", "the comment after the missing quote has been shown as text"),
    "jsonrepair:172": ("law 2", "the comment after the missing quote has been shown as text"),
    "jsonrepair:183": ("contradiction", "a key without a value is left out at the end, as json_repair does"),
    "jsonrepair:184": ("contradiction", "a key without a value is left out at the end, as json_repair does"),
    "jsonrepair:298": ("contradiction", "a key without a value is left out at the end, as json_repair does"),
    "jsonrepair:435": ("law 2", "the array was shown when it opened"),
    "jsonrepair:752": ("taste", "numbers in prose are no array"),
    "jsonrepair:753": ("taste", "numbers in prose are no array"),
}


def cases(name: str) -> list[dict[str, Any]]:
    files = corpus_files("lenient", pattern=f"{name}.json")
    found: list[dict[str, Any]] = json.loads(files[0].read_text(encoding="utf-8")) if files else []
    return found


REPAIRS = [case for case in cases("repair_cases") if "schema" not in case.get("options", {})]
needs_corpus = pytest.mark.skipif(not REPAIRS, reason="needs the corpus: set PARTIALJSON_CORPUS")


def read(text: str, size: int) -> Any:
    """What the text is read as, in chunks of so many characters; an error is None."""
    parser = Parser(lenient=True)
    for at in range(0, len(text), size):
        parser.feed(text[at : at + size])
    outcome = parser.end()
    return outcome.value if isinstance(outcome, Complete) else None


def same(value: Any, expected: Any) -> bool:
    return json.dumps(value) == json.dumps(expected)


@needs_corpus
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_each_case_is_read_as_expected_or_argued(size: int) -> None:
    differing = {case["name"] for case in REPAIRS if not same(read(case["input"], size), case["expected"])}
    # A reading that has become the expected one leaves the table.
    assert differing == set(DISAGREEMENTS)


@needs_corpus
def test_outside_of_what_is_argued_nearly_all_agree() -> None:
    argued = {reason for reason, _ in DISAGREEMENTS.values()}
    assert argued == {"contradiction", "law 2", "several", "taste"}
    assert len(DISAGREEMENTS) <= 40
    # Taste alone must not carry the result.
    others = [case for case in REPAIRS if DISAGREEMENTS.get(case["name"], ("taste", ""))[0] == "taste"]
    agreeing = [case for case in others if case["name"] not in DISAGREEMENTS]
    assert len(agreeing) >= 0.95 * len(others)


@needs_corpus
def test_laws_on_each_case() -> None:
    for case in REPAIRS:
        text = case["input"]
        law_2(text, LENIENT)
        law_11(text, LENIENT)
        law_12(text, LENIENT)
        if len(text) <= 60:
            check_all_chunkings(text, make=LENIENT, partitions=1)


@needs_corpus
def test_valid_cases_are_read_strictly() -> None:
    valid = [case for case in REPAIRS if case["input_is_strict_json"]]
    assert len(valid) > 30
    for case in valid:
        parser = Parser(lenient=True)
        parser.feed(case["input"])
        outcome = parser.end()
        assert isinstance(outcome, Complete)
        assert outcome.verbatim
        assert same(outcome.value, json.loads(case["input"]))


@needs_corpus
def test_strict_parsing_refuses_what_it_refused() -> None:
    """And lenient parsing reads it, or says what is wrong."""
    refused = cases("strict_reject_cases")
    assert len(refused) > 10
    for case in refused:
        parser = Parser()
        try:
            parser.feed(case["input"])
            outcome: Any = parser.end()
        except ParseError:
            continue
        assert isinstance(outcome, Truncated | Failed), case
    for case in refused:
        law_11(case["input"], LENIENT)
        law_12(case["input"], LENIENT)
