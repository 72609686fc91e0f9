"""The text of a value in a checkpoint: one spelling for each value, which JSON can carry."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given

from partialjson._core.canonical import canonical_text
from partialjson.testing import strategies


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-12, "-12"),
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (1e300, "1e+300"),
        (math.inf, "1e999"),
        (-math.inf, "-1e999"),
        (math.nan, "NaN"),
        ("", '""'),
        ('a"\\/\n\x00\x7f', '"a\\"\\\\/\\n\\u0000\x7f"'),
        ("é😀\u2028", '"é😀\u2028"'),
        # Halves of pairs are kept apart, alone and side by side.
        ("\ud83d", '"\ud83d"'),
        ("\ud83d\ude00", '"\\ud83d\ude00"'),
        ("\ude00\ud83d\ud83d\ude00\ude00", '"\ude00\ud83d\\ud83d\ude00\ude00"'),
        ([], "[]"),
        ({}, "{}"),
        ([1, [], [2.5, "x"], {}], '[1,[],[2.5,"x"],{}]'),
        ({"b": 1, "a": {"": [None]}, "é": -math.inf}, '{"b":1,"a":{"":[null]},"é":-1e999}'),
        ({"\ud83d\ude00": 1}, '{"\\ud83d\ude00":1}'),
    ],
    ids=ascii,
)
def test_a_value_has_one_spelling(value: Any, text: str) -> None:
    assert canonical_text(value) == text


@given(strategies.documents())
def test_it_is_read_as_the_same_value_also_after_it_was_sent_through_json(text: str) -> None:
    value = json.loads(text)
    written = canonical_text(value)
    for received in (written, json.loads(json.dumps(written)), json.loads(json.dumps(written, ensure_ascii=False))):
        again = json.loads(received)
        assert repr(again) == repr(value)
        assert canonical_text(again) == written


def test_it_is_written_without_recursion() -> None:
    value: Any = {}
    for _ in range(50_000):
        value = [{"a": value}]
    assert canonical_text(value) == '[{"a":' * 50_000 + "{}" + "}]" * 50_000
    while value:
        value = value[0]["a"]
