"""Documents for a target are valid where they say so, and else refused for the fault that they name."""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter

from partialjson import Parser, Schema
from partialjson.testing import documents_for, models
from partialjson.testing.fitting import FAULTS, Fault, Near, values_for
from partialjson.testing.laws import check_laws
from partialjson.testing.modelling import target_of
from support.effort import examples

FEW = settings(max_examples=examples(40), deadline=None)
SEARCH = settings(max_examples=300, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])

ANY = settings(SEARCH, phases=[Phase.generate])


class Part(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=5, pattern="^a")]
    kind: Literal["x", "y"] = "x"
    count: Annotated[int, Field(ge=0, lt=10)]
    weight: float | None = None
    tags: set[str] = set()
    either: int | str = 1
    when: datetime.datetime | None = None
    by_number: dict[int, float] = {}
    other: str = Field("x", alias="theAlias")


class Tree(BaseModel):
    value: int
    children: list[Tree] = []
    left: Tree | None = None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Everything(BaseModel):
    model_config = {"extra": "forbid"}
    parts: Annotated[list[Part], Field(min_length=1, max_length=3)]
    tree: Tree
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    pair: tuple[int, str]
    id: uuid.UUID
    price: decimal.Decimal


SCHEMA = {
    "type": "object",
    "properties": {
        "a": {"type": "integer", "multipleOf": 3, "minimum": 1},
        "b": {"enum": ["x", 1, None]},
        "c": {"type": "array", "items": {"$ref": "#/$defs/n"}, "minItems": 1, "uniqueItems": True},
        "e": {"type": "string", "format": "date"},
    },
    "required": ["a", "c"],
    "additionalProperties": False,
    "$defs": {"n": {"oneOf": [{"type": "string", "minLength": 2}, {"type": "number", "exclusiveMinimum": 0}]}},
}
TARGETS: dict[str, Any] = {
    "everything": Everything,
    "tree": Tree,
    "parts": list[Part],
    "int": int,
    "trees by name": dict[str, Tree],
    "adapter": TypeAdapter(Part | None),
    "schema": Schema(SCHEMA),
    "dict": SCHEMA,
}


def accepts(target: Any, text: str) -> bool:
    """Asked of the parser, which the strategies do not use."""
    if isinstance(target, dict):
        target = Schema(target)
    parser: Parser[Any] = Parser(target)
    parser.feed(text)
    try:
        parser.close()
    except Exception:
        return False
    return True


@pytest.mark.parametrize("name", TARGETS)
def test_documents_for_a_target_are_valid(name: str) -> None:
    @FEW
    @given(documents_for(TARGETS[name]), documents_for(TARGETS[name], usual=True), values_for(TARGETS[name]))
    def check(text: str, usual: str, value: Any) -> None:
        assert accepts(TARGETS[name], text)
        assert accepts(TARGETS[name], usual)
        assert usual == json.dumps(json.loads(usual), ensure_ascii=False)
        assert accepts(TARGETS[name], json.dumps(value))

    check()


@pytest.mark.parametrize("name", TARGETS)
def test_a_nearly_valid_document_has_one_fault(name: str) -> None:
    @FEW
    @given(documents_for(TARGETS[name], valid=False))
    def check(text: Near) -> None:
        assert not accepts(TARGETS[name], text)
        assert accepts(TARGETS[name], text.valid)
        assert text.fault.label in FAULTS
        whole, wrong = json.loads(text.valid), json.loads(text)
        for step in text.fault.path:
            assert wrong.keys() == whole.keys() if isinstance(whole, dict) else len(wrong) == len(whole)
            whole, wrong = whole[step], wrong[step]
        assert wrong != whole or type(wrong) is not type(whole)

    check()


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "null"])
def test_each_fault_can_be_had(fault: str) -> None:
    found: Any = find(documents_for(Everything, valid=False, faults=fault), lambda text: True, settings=ANY)
    assert found.fault.label == fault
    assert eval(repr(found), {"Near": Near, "Fault": Fault}).fault == found.fault


def test_documents_shrink_to_what_must_be_there() -> None:
    found = find(documents_for(Everything), lambda text: True, settings=SEARCH)
    assert json.loads(found).keys() == {"parts", "tree", "pet", "pair", "id", "price"}
    assert find(documents_for(Tree), lambda text: True, settings=SEARCH) == '{"value": 0}'


def contains(key: str, document: dict[str, Any]) -> bool:
    return key in document


def test_everything_optional_comes() -> None:
    keys = {"name", "kind", "count", "weight", "tags", "either", "when", "by_number", "theAlias"}
    for key in keys:
        find(documents_for(Part).map(json.loads).filter(partial(contains, key)), lambda found: True, settings=ANY)


@FEW
@given(models(), st.data())
def test_models_are_models_with_documents(model: type[BaseModel], data: st.DataObject) -> None:
    text = data.draw(documents_for(model))
    model.model_validate_json(text)
    again = eval(repr(model), {"target_of": target_of})
    assert again.model_json_schema() == model.model_json_schema()
    check_laws(text, model, laws=(1, 5, 9))


def test_a_validator_that_nobody_can_please_is_told() -> None:
    def refuse(value: int) -> int:
        raise ValueError("no")

    with pytest.raises(InvalidArgument, match=r"20 documents for .* were drawn, and validation refused each"):
        find(documents_for(Annotated[int, AfterValidator(refuse)]), lambda text: True, settings=SEARCH)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: documents_for(int, valid=False, faults="x"), "faults are of 'missing key', .*; 'x' is not"),
        (lambda: documents_for(int, faults="null"), "faults are for valid=False"),
        (lambda: models(max_depth=0), "max_depth must be an int of at least 1, not 0"),
    ],
)
def test_wrong_arguments_are_refused(wrong: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        wrong()
