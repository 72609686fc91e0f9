"""Rules from specs: what is foreseen for any language that describes its documents by specs."""

from __future__ import annotations

import enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from partialjson._core.judge import is_valid
from partialjson._core.spec_rules import rule_of
from partialjson._core.target import spec_of
from support.toy import Toy


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


class Node(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: Annotated[int, Field(ge=0, le=9)]
    next: Node | None = None


class Aliased(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    name: Annotated[str, Field(alias="Name", max_length=2)]


class Fruit(enum.Enum):
    APPLE = "apple"
    PEAR = "pear"


Pets = RootModel[list[Pet]]

RECORD: dict[str, Any] = {"is": "record", "title": "A", "fields": {"k": {"is": "word", "words": ["a"]}}}
PETS: Any = Toy({"is": "either", "tag": "k", "of": {"a": RECORD}})


@pytest.mark.parametrize(
    ("target", "fitting", "others"),
    [
        (Pet | None, [None, {"kind": "cat"}, {"kind": "dog", "x": 1}], [1, {"kind": "cow"}, {}, {"kind": 1}]),
        (Pets, [[], [{"kind": "dog"}]], [{}, [{"kind": "cow"}], [None]]),
        (Node, [{"value": 1}, {"value": 1, "next": {"value": 9}}, {"value": "1"}, {"value": 1, "next": None}],
         [{}, {"value": 10}, {"value": 1, "x": 1}, {"value": 1, "next": {"value": []}}]),
        (Aliased, [{"Name": "a"}, {"name": "a"}, {"Name": "a", "name": 1}], [{"Name": "abc"}, {"name": "abc"}]),
        (Fruit | int, ["apple", 1, 1.0, True], [None, [], {}]),
        (Fruit, ["apple"], ["plum", 1]),
        (list[Annotated[int, BeforeValidator(len)]], [[], [None, {}]], [{}]),
        (Annotated[list[int], Field(max_length=2)], [[1, 2]], [[1, 2, 3], [None]]),
        (dict[Fruit, int], [{"apple": 1}], [{"plum": 1}, {"apple": None}]),
        (tuple[int, str], [[1, "a"]], [[1, None]]),
        (PETS, [{"k": "a"}], [{"k": "b"}, {}, 1, {"k": "a", "x": 1}]),
    ],
    ids=lambda given: "toy" if given is PETS else str(given),
)  # fmt: skip
def test_what_fits(target: Any, fitting: list[Any], others: list[Any]) -> None:
    rule = rule_of(spec_of(target))
    assert rule_of(spec_of(target)) is rule or isinstance(target, Toy)
    for value in fitting:
        assert is_valid(rule, value), value
    for value in others:
        assert not is_valid(rule, value), value
