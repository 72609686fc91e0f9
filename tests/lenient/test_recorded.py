"""Recorded answers of models, damaged and read leniently: what is recovered, and what is wrong without a word.

The table says why, for each case that is read otherwise than it was meant and of which no repair tells.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import recorded

from partialjson.testing.damage import AROUND, CUT, HARSH, LABELS, damage_value
from partialjson.testing.laws import law_1, law_2
from partialjson.testing.makers import Maker
from support.corpus import corpus_root
from support.effort import amount

LENIENT = Maker(lenient=True)
COUNT = amount(recorded.COUNT, recorded.COUNT, quick=300)

SILENT: dict[str, str] = {
    "56: stray character": "a closing brace too many ends the document; the member after it is told as prose around it",
    "778: stray character": "the same, in a fence",
}

needs_corpus = pytest.mark.skipif(corpus_root() is None, reason="needs the corpus: set PARTIALJSON_CORPUS")


@pytest.fixture(scope="module")
def readings() -> list[recorded.Reading]:
    root = corpus_root()
    assert root is not None
    return [recorded.read(case) for case in recorded.cases(root, COUNT)]


@needs_corpus
def test_none_is_silently_wrong_that_is_not_listed(readings: list[recorded.Reading]) -> None:
    assert len(readings) == COUNT
    silent = {reading.case.name for reading in readings if reading.verdict == "silent"}
    listed = {name for name in SILENT if int(name.partition(":")[0]) < COUNT}
    # What is no longer wrong leaves the table.
    assert silent == listed


@needs_corpus
def test_nearly_all_is_recovered_where_the_text_tells_what_was_meant(readings: list[recorded.Reading]) -> None:
    mild = Counter(reading.verdict for reading in readings if not reading.case.harsh)
    harsh = Counter(reading.verdict for reading in readings if reading.case.harsh)
    assert mild["exact"] >= 0.9 * mild.total()
    assert harsh["exact"] >= 0.5 * harsh.total()
    assert mild["refused"] == harsh["refused"] == 0


@needs_corpus
def test_laws_on_them(readings: list[recorded.Reading]) -> None:
    for reading in readings[: amount(200, 200, quick=60)]:
        text = reading.case.damage.text
        if len(text) < 2_000:
            law_2(text, LENIENT)
            law_1(text, LENIENT, list(text))


# The damage itself.

DOCUMENT = {
    "id": 17,
    "who": 'it\'s "Ada"\nand Bob',
    "ok": True,
    "rows": [{"name": "green river", "tags": ["a", "b"], "none": None}, {"name": "blue, big", "tags": []}],
    "note": "some words of text",
}


@pytest.mark.parametrize("label", LABELS)
def test_damage_is_labelled_and_repeats(label: str) -> None:
    for seed in range(amount(20, 20, quick=6)):
        once, again = (damage_value(DOCUMENT, [label], random.Random(seed), indent=seed % 2) for _ in range(2))
        assert once == again
        assert {accident.label for accident in once.accidents} == {label}
        assert all(0 <= accident.at <= len(once.text) for accident in once.accidents)
        assert label in AROUND or once.text == once.body
        assert once.cut == (label == CUT)
        if label in AROUND:
            assert json.loads(once.body) == DOCUMENT
        else:
            with pytest.raises(ValueError, match=r"."):
                json.loads(once.body)


@pytest.mark.parametrize("label", [label for label in LABELS if label != "missing quote"])
def test_damage_that_tells_what_was_meant_is_undone(label: str) -> None:
    for seed in range(amount(20, 20, quick=4)):
        harmed = damage_value(DOCUMENT, [label], random.Random(seed))
        parser = LENIENT()
        for character in harmed.text:
            parser.feed(character)
        assert json.dumps(parser.end().value) == json.dumps(harmed.value), harmed.text
        if seed == 0:
            law_1(harmed.text, LENIENT, list(harmed.text))


def test_missing_quotes_that_are_undone_and_those_that_are_told() -> None:
    """A key without its closing quote is read up to the next quote: its value may have been shown by then."""
    exact = 0
    for seed in range(40):
        harmed = damage_value(DOCUMENT, ["missing quote"], random.Random(seed))
        parser = LENIENT()
        parser.feed(harmed.text)
        outcome = parser.end()
        exact += json.dumps(outcome.value) == json.dumps(harmed.value)
        (accident,) = harmed.accidents
        assert any(abs(repair.start - accident.at) < recorded.NEAR for repair in outcome.repairs), harmed.text
    assert exact >= 30


def test_two_labels_and_places() -> None:
    harmed = damage_value(DOCUMENT, ["missing comma", "single quotes", "fence"], random.Random(3), places=3)
    counts = Counter(accident.label for accident in harmed.accidents)
    assert counts["missing comma"] == 3
    assert counts["single quotes"] > 10
    assert [accident.at for accident in harmed.accidents] == sorted(accident.at for accident in harmed.accidents)
    with pytest.raises(KeyError, match="no such label"):
        damage_value(DOCUMENT, ["no such label"], random.Random(3))


@pytest.mark.parametrize("label", HARSH)
def test_damage_anywhere(label: str) -> None:
    texts = {damage_value(DOCUMENT, [label], random.Random(seed)).text for seed in range(20)}
    assert len(texts) > 3
    assert json.dumps(DOCUMENT, ensure_ascii=False) not in texts


def test_the_first_difference_is_named() -> None:
    assert recorded.difference({"a": [1, 2]}, {"a": [1, 2]}) == ""
    assert recorded.difference({"a": [1, 2]}, {"a": [1, "2"]}) == "$.a[1] is '2', not 2"
    assert recorded.difference({"a": [1, 2]}, {"a": [1]}) == "$.a has 1 elements, not 2"
    assert recorded.difference({"a": 1}, {}) == "$.a is not there"
    assert recorded.difference({}, {"a": 1}) == "$.a was not meant"
