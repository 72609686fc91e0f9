"""The laws in lenient mode with a target: models, and JSON Schemas, at every level of coercion."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import Lenient
from partialjson.schema import Schema
from partialjson.testing import strategies
from partialjson.testing.laws import law_1, law_2, law_3, law_8, law_10
from partialjson.testing.makers import Maker
from support.damage import damaged
from support.effort import examples


class Item(BaseModel):
    name: str
    size: Literal["small", "very large"] = "small"
    count: int | None = None


class Order(BaseModel):
    items: list[Item] = []
    note: str = ""
    total: float = 0


ORDER = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "size": {"enum": ["small", "very large"]},
                    "count": {"type": ["integer", "null"]},
                },
                "required": ["name"],
            },
        },
        "note": {"type": "string", "pattern": "^[^0-9]*$"},
        "total": {"type": "number", "minimum": 0},
    },
    "additionalProperties": False,
}

TARGETS: dict[str, Any] = {"model": Order, "schema": Schema(ORDER)}
MAKERS = {
    f"{name}, {level}, {how}": Maker(target, lenient=Lenient(coerce=level), on_invalid=how)
    for name, target in TARGETS.items()
    for level in ("syntax", "safe", "guided")
    for how in ("collect", "raise", *(["skip"] if name == "model" else []))
}


def orders() -> st.SearchStrategy[Any]:
    """Documents that fit, nearly; some fields come under their own name and under another that fits."""
    words = st.sampled_from(("a", "two words", "it's", 'say "hi"', "x, y", "[1]", "7", "")) | strategies.strings()
    numbers: st.SearchStrategy[Any] = st.sampled_from((1, 12, 0.5, "3", "12,111", None, -2, [4]))
    sizes = st.sampled_from(("small", "Small", "very_large", "it is small", "big", "very large"))
    fields = {"name": words, "size": sizes, "count": numbers, "Name": words}
    items = st.fixed_dictionaries({}, optional=fields)
    members = {
        "items": st.lists(items, max_size=3) | items,
        "note": words,
        "Total": numbers,
        "total": numbers,
    }
    return st.fixed_dictionaries({}, optional=members)


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=examples(25))
@given(data=st.data())
def test_law_1_chunking_is_invisible(name: str, data: st.DataObject) -> None:
    text = data.draw(damaged(orders()))
    law_1(text, MAKERS[name], list(text))
    law_1(text, MAKERS[name], data.draw(strategies.chunkings(text)))


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=examples(25))
@given(data=st.data())
def test_law_2_growth_only(name: str, data: st.DataObject) -> None:
    law_2(data.draw(damaged(orders())), MAKERS[name])


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=examples(25))
@given(data=st.data())
def test_law_8_cut_off_is_not_complete(name: str, data: st.DataObject) -> None:
    law_8(data.draw(damaged(orders())), MAKERS[name])


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=examples(8))
@given(data=st.data(), since=st.booleans())
def test_law_10_checkpoints_at_every_character(name: str, data: st.DataObject, since: bool) -> None:
    text = data.draw(damaged(orders()).filter(lambda text: len(text) < 80))
    for at in range(len(text) + 1):
        law_10(text, MAKERS[name], list(text), at, since=since)


@pytest.mark.parametrize("name", [name for name in MAKERS if "syntax, collect" in name])
@settings(max_examples=examples(25))
@given(data=st.data())
def test_law_3_closed_once(name: str, data: st.DataObject) -> None:
    # Where the document begins where the text does, a target has no say in that.
    alone = Maker(MAKERS[name].target, lenient=Lenient(coerce="syntax").without("text around"))
    law_3(data.draw(damaged(orders())), alone)
