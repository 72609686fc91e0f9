"""Tool calls as models gave them, with the schemas of their requests, and the same calls with one change.

What jsonschema accepts, the parser accepts. What it refuses is refused by the end at the latest, and never before a
constrained decoder, which knows at each character what may come, would not have written it.
"""

from __future__ import annotations

import json

import jsonschema
import pytest

from partialjson import Complete, Failed, Parser, Schema, Violation
from partialjson.testing.chunking import Observed, check_all_chunkings
from support.corpus import corpus_folder
from support.effort import amount
from support.tool_calls import Reading, Recorded, read_mutants, recorded_calls


def read(text: str, schema: Schema) -> Observed:
    return check_all_chunkings(
        text, make=lambda: Parser(schema), single_splits_up_to=0, states_up_to=0, partitions=1, both_kinds=False
    )


@pytest.fixture(scope="module")
def calls() -> list[Recorded]:
    corpus_folder("toolcalls")
    return recorded_calls()


@pytest.fixture(scope="module")
def readings(calls: list[Recorded]) -> list[Reading]:
    return read_mutants(calls, amount(1000, 10_000, quick=200), seed=0)


def test_recorded_calls_end_as_jsonschema_says(calls: list[Recorded]) -> None:
    accepted = 0
    for call in calls:
        is_valid = jsonschema.Draft202012Validator(call.schema).is_valid(json.loads(call.text))
        seen = read(call.text, Schema(call.schema))
        assert isinstance(seen.outcome, Complete if is_valid else Failed), call
        assert not (is_valid and any(isinstance(event, Violation) for event in seen.events)), call
        accepted += is_valid
    assert accepted >= 716
    assert len(calls) - accepted == 3


def test_one_change_is_found(readings: list[Reading]) -> None:
    for reading in readings:
        mutant = reading.mutant
        before = mutant.text[: reading.pos]
        # What stands before it is the beginning of a valid document or at least no reason to give it up.
        assert reading.pos < len(mutant.text), mutant
        seen = read(before, Schema(mutant.call.schema))
        assert not any(isinstance(event, Violation) for event in seen.events), mutant


def test_a_decoder_is_the_witness(readings: list[Reading]) -> None:
    pytest.importorskip("llguidance", reason="llguidance is not installed: pip install llguidance")
    from support.witness import character_of

    same = judged = 0
    for reading in readings:
        try:
            said = character_of(reading)
        except ValueError:
            # It does not support the schema.
            continue
        judged += 1
        same += said == reading.pos
        assert reading.pos >= said, reading
    assert judged > len(readings) * 0.9
    assert same >= judged * 0.93
