"""Instances in the place of what has closed: the same as validating everything, however the document comes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson._core.growing import NOTHING, Growing
from partialjson.integrations.instances import Instances
from partialjson.testing.strategies import chunkings

made: list[int] = []


class Part(BaseModel):
    id: int = 0

    def model_post_init(self, context: Any) -> None:
        made.append(self.id)


class Whole(BaseModel):
    parts: list[Part | int | None] = []
    numbers: list[int] = []
    inner: Whole | None = None
    rows: list[list[Part]] = []


TEXTS = [
    '{"parts": [{"id": 1}, {"id": 2}, {"id": 3}], "numbers": [1, 2, 3]}',
    '{"rows": [[{"id": 1}, {"id": 2}], [{"id": 3}], []], "inner": {"parts": [{"id": 4}, null, 5]}, "numbers": []}',
    # A key that comes again, with numbers that are the same where the earlier list had got to.
    '{"numbers": [1, 5, 6], "numbers": [2, 5, 7, 8]}',
    '{"parts": [{"id": 1}, 5, 6], "parts": [{"id": 2}, 5, 7, 8], "numbers": [1]}',
    '{"parts": [{"id": 1}, {"id": 2}, 0], "parts": [{"id": 3}, {"id": 4}, 0, 0]}',
]


@pytest.mark.parametrize("text", TEXTS)
@given(data=st.data())
def test_what_is_validated_in_parts_is_what_is_validated_at_once(text: str, data: st.DataObject) -> None:
    growing = Growing(0, True, False)
    instances = Instances()
    for chunk in data.draw(chunkings(text)):
        assert growing.feed(chunk)
        value = growing.value(False, True, NOTHING)
        if isinstance(value, dict):
            assert Whole.model_validate(instances.filled(value, Whole)) == Whole.model_validate(value)


def test_what_has_closed_is_validated_once() -> None:
    growing = Growing(0, True, False)
    instances = Instances()
    made.clear()
    for character in '{"parts": [' + ", ".join(f'{{"id": {number}}}' for number in range(1, 40)) + ', 0], "numbers":':
        growing.feed(character)
        value = growing.value(False, True, NOTHING)
        if isinstance(value, dict):
            instances.filled(value, Whole)
    assert made == list(range(1, 40))
