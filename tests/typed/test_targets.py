"""From types to targets: which are one and the same, what configures them, and what tells them apart elsewhere."""

from __future__ import annotations

from typing import Annotated, Any, ForwardRef

import pytest
from pydantic import BaseModel, ConfigDict, Field, PydanticUserError, TypeAdapter, model_validator
from pydantic.dataclasses import dataclass

from partialjson import Parser
from partialjson.testing.oneshot import check_end
from partialjson.typed.targets import adapter_of, compile_plan, config_of, fingerprint


class Order(BaseModel):
    model_config = ConfigDict(title="An order", str_to_lower=True, strict=True)
    id: int


class Plain(BaseModel):
    id: int


class Checked(BaseModel):
    model_config = ConfigDict(str_to_lower=True)
    id: int

    @model_validator(mode="after")
    def seen(self) -> Checked:
        return self


class Tree(BaseModel):
    model_config = ConfigDict(str_to_upper=True)
    kids: list[Tree] = []


@dataclass(config=ConfigDict(str_max_length=3))
class Data:
    name: str


class Odd:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        raise TypeError("no schema today")


# Equal if and only if they validate alike.


def test_one_type_has_one_plan() -> None:
    assert compile_plan(list[int]) is compile_plan(list[int])
    assert compile_plan(Order) is compile_plan(Order)
    apart = [compile_plan(int | bool), compile_plan(bool | int), compile_plan(list[int]), compile_plan(list[bool])]
    assert len({id(plan) for plan in apart}) == 4
    ways: list[Any] = [
        {},
        {"by_alias": True},
        {"by_name": True},
        {"never_strict": True},
        {"by_alias": False, "by_name": True},
    ]
    assert len({id(compile_plan(Order, **each)) for each in ways}) == 5
    adapter: TypeAdapter[Any] = TypeAdapter(int)
    assert compile_plan(adapter) is compile_plan(adapter)


def test_the_order_of_a_union_counts() -> None:
    for target in (int | bool, bool | int, list[int | bool], list[bool | int]):
        for text in ("true", "1", "[true]", "[1]"):
            check_end(target, text)


def test_a_type_that_cannot_be_hashed() -> None:
    target: Any = Annotated[int, Field(gt=1), ["a note"]]
    with pytest.raises(TypeError):
        hash(target)
    for text in ("2", "1", '"x"'):
        check_end(target, text)
        check_end(Annotated[list[target], {"b": []}], f"[{text}]")


def test_what_a_type_raises_itself_is_raised() -> None:
    for _ in range(2):
        with pytest.raises(TypeError, match="no schema today"):
            Parser(Odd)


def test_a_field_has_to_have_a_name() -> None:
    for by_name in (False, None):
        with pytest.raises(PydanticUserError, match="At least one of") as caught:
            compile_plan(Order, by_alias=False, by_name=by_name)
        assert caught.value.code == "validate-by-alias-and-name-false"
    assert compile_plan(Order, by_alias=False, by_name=True) is not None
    assert compile_plan(Order, by_alias=True, by_name=False) is not None


# Configuration.


@pytest.mark.parametrize(
    ("target", "config"),
    [
        (TypeAdapter(int), {}),
        (TypeAdapter(list[Order]), {}),
        (TypeAdapter(int, config=ConfigDict(strict=True)), {"strict": True}),
        (TypeAdapter(int, config=ConfigDict(strict=True, title="t")), {"strict": True, "title": "t"}),
        (TypeAdapter(Order), {"strict": True, "str_to_lower": True}),
        (TypeAdapter(Plain), {}),
        (TypeAdapter(Checked), {"str_to_lower": True}),
        (TypeAdapter(Tree), {"str_to_upper": True}),
        (TypeAdapter(Data), {"str_max_length": 3}),
        (TypeAdapter(Annotated[Order, Field(description="d")]), {}),
    ],
    ids=["none", "inside", "own", "titled", "model", "plain", "checked", "recursive", "dataclass", "annotated"],
)
def test_the_configuration_of_an_adapter(target: TypeAdapter[Any], config: dict[str, Any]) -> None:
    assert config_of(target) == config


def test_the_adapter_of_a_type() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(int)
    assert adapter_of(adapter) is adapter
    assert adapter_of(int).validate_python("5") == 5
    with pytest.raises(NameError):
        adapter_of(ForwardRef("NotYet"))


# Fingerprints.


def test_fingerprints_tell_what_differs() -> None:
    def local() -> Any:
        class Order(BaseModel):
            id: int

        return Order

    targets: list[Any] = [
        int, str, list[int], list[str], Order, Plain, Annotated[int, Field(gt=1)], Annotated[int, Field(gt=2)],
        int | str, str | int,
    ]  # fmt: skip
    found = [fingerprint(each) for each in targets]
    assert len(set(found)) == len(found)
    assert [fingerprint(each) for each in targets] == found
    # A class that was made again has another address, and the same name.
    assert fingerprint(local()) == fingerprint(local())
    # What is only told of a type does not count.
    assert fingerprint(Annotated[int, Field(description="a")]) == fingerprint(int)
