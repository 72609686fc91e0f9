"""`Partial[T]`: what has come of a model, which is never the model.

The parser makes these objects; here they are made directly, from the dict a parser would have filled, where that is
enough to show what they do.
"""

from __future__ import annotations

import copy
import datetime
import decimal
import json
import pickle
from typing import Any, Generic, TypeVar, get_origin, get_type_hints

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, computed_field

from partialjson import MISSING, Parser, Partial
from support.models import Address

T = TypeVar("T")


class Order(BaseModel):
    id: int
    note: str = Field(default="", alias="remark")
    total: decimal.Decimal = Field(default=decimal.Decimal(0), serialization_alias="sum")
    day: datetime.date | None = None
    address: Address | None = None
    lines: list[Address] = []
    free: dict[str, Any] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def double(self) -> int:
        return self.id * 2

    def method(self) -> int:
        return self.id


class Box(BaseModel, Generic[T]):
    content: T


def seen(text: str) -> Any:
    """The partial order after a text."""
    parser: Parser[Order] = Parser(Order)
    parser.feed(text)
    return parser.value


HALF = (
    '{"id": 7, "remark": "so\\n", "total": "2.50", "day": "2024-02-29", "lines": [{"city": "Oslo"}, {"zip": 1}, '
    '{"city": "Rome", "zip": "1'
)


# What it is


def test_one_class_for_each_model() -> None:
    classes: list[type] = [Partial[Order], Partial[Address], Partial[Box[int]], Partial[Box[str]]]
    again: list[type] = [Partial[Order], Partial[Address], Partial[Box[int]], Partial[Box[str]]]
    assert classes == again
    assert len(set(classes)) == 4
    assert type(seen("{")) is Partial[Order]
    assert Partial[Order].__name__ == "Partial[Order]"
    assert Partial[Order].__module__ == Order.__module__
    assert Partial[Order].__pydantic_model__ is Order


def test_it_is_not_the_model() -> None:
    value = seen(HALF)
    assert isinstance(value, Partial)
    partial_order: type = Partial[Order]
    assert isinstance(value, partial_order)
    assert not isinstance(value, Order)
    assert not isinstance(value, BaseModel)
    assert not issubclass(Partial[Order], Order)
    with pytest.raises(ValidationError):
        TypeAdapter(Order).validate_python(value)


def test_it_has_none_of_the_models_methods() -> None:
    value = seen(HALF)
    for name in ("double", "method", "model_validate", "model_copy", "nonsense", "remark", "sum"):
        with pytest.raises(AttributeError, match=name):
            getattr(value, name)
        assert not hasattr(value, name)


def test_only_models_have_one() -> None:
    for other in (int, list, list[int], "Order", None, Order(id=1)):
        with pytest.raises(TypeError):
            Partial[other]  # type: ignore[valid-type]
    with pytest.raises(TypeError, match="needs a model"):
        Partial({})


def test_a_type_variable_stands_for_a_model() -> None:
    """So that functions and classes of one's own can be generic in the model."""

    def draw(value: Partial[T]) -> Partial[T]:
        return value

    class Widget(Generic[T]):
        value: Partial[T]

    assert get_origin(get_type_hints(draw)["value"]) is Partial
    assert get_origin(get_type_hints(Widget)["value"]) is Partial
    assert draw(seen("{")) == Partial[Order]({})


# Reading


def test_fields_that_have_come_and_fields_that_have_not() -> None:
    value = seen(HALF)
    assert value.id == 7
    assert value.note == "so\n"
    assert value.total == decimal.Decimal("2.50")
    assert value.day == datetime.date(2024, 2, 29)
    assert value.address is MISSING
    assert value.address.city is MISSING
    assert value.lines[0] == Address(city="Oslo")
    assert value.lines[1] == Partial[Address]({})
    assert value.lines[2].zip == "1"
    assert value.model_fields_set == {"id", "note", "total", "day", "lines"}


def test_null_is_not_missing() -> None:
    value = seen('{"day": null, ')
    assert value.day is None
    assert value.address is MISSING
    assert value.model_fields_set == {"day"}
    assert value.model_dump() == {"day": None}


def test_the_set_of_fields_is_a_copy() -> None:
    value = seen(HALF)
    value.model_fields_set.add("address")
    assert "address" not in value.model_fields_set


def test_names_for_completion_in_a_shell() -> None:
    assert {"id", "note", "address", "model_dump", "model_fields_set"} <= set(dir(seen("{")))


def test_iteration_gives_names_and_values() -> None:
    assert dict(seen('{"id": 7, "remark": "so')) == {"id": 7, "note": "so"}


def test_it_cannot_be_changed() -> None:
    value = seen(HALF)
    for name in ("id", "address", "nonsense", "_values"):
        with pytest.raises(AttributeError):
            setattr(value, name, 1)
        with pytest.raises(AttributeError):
            delattr(value, name)
    with pytest.raises(TypeError):
        value["id"] = 1
    assert value.id == 7
    assert not hasattr(value, "__dict__")


def test_repr() -> None:
    assert repr(seen('{"id": 7, "address": {"city": "O')) == "Partial[Order](id=7, address=Partial[Address](city='O'))"
    assert repr(seen("{")) == "Partial[Order]()"
    assert str(seen("{")) == "Partial[Order]()"


def test_equality_and_hash() -> None:
    assert seen(HALF) == seen(HALF)
    assert seen('{"id": 7, ') == seen('{"unknown": 1, "id": 7, ')
    assert seen('{"id": 7, ') != seen('{"id": 8, ')
    assert seen("{") != Partial[Address]({})
    assert seen("{") != {}
    assert Partial[Order]({"id": 1}) != Order(id=1)
    with pytest.raises(TypeError):
        hash(seen("{"))


def test_match() -> None:
    match seen('{"id": 7, "remark": "so'):
        case Partial(id=7, note=note, day=day):
            assert (note, day) == ("so", MISSING)
        case _:
            pytest.fail("no match")


# Copies


@pytest.mark.parametrize("text", ["{", HALF])
def test_pickle_and_copies(text: str) -> None:
    value = seen(text)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value
        assert type(again) is Partial[Order]
        assert again.address is MISSING
    assert copy.copy(value) == value
    deep = copy.deepcopy(value)
    assert deep == value
    if "lines" in value.model_fields_set:
        assert deep.lines[0] is not value.lines[0]
        assert copy.copy(value).lines[0] is value.lines[0]


def test_another_stand_in_survives_copies() -> None:
    parser: Parser[Order] = Parser(Order, missing=None)
    parser.feed('{"id": 1, ')
    assert parser.value.note is None
    assert pickle.loads(pickle.dumps(parser.value)).note is None


# Dumps


def test_dump() -> None:
    value = seen(HALF)
    lines: list[Any] = [{"city": "Oslo", "zip": None}, {}, {"city": "Rome", "zip": "1"}]
    assert value.model_dump() == {
        "id": 7,
        "note": "so\n",
        "total": decimal.Decimal("2.50"),
        "day": datetime.date(2024, 2, 29),
        "lines": lines,
    }
    assert value.model_dump(mode="json") == {
        "id": 7,
        "note": "so\n",
        "total": "2.50",
        "day": "2024-02-29",
        "lines": lines,
    }
    assert list(value.model_dump(by_alias=True)) == ["id", "remark", "sum", "day", "lines"]


def test_dump_as_text() -> None:
    value = seen(HALF)
    assert json.loads(value.model_dump_json()) == value.model_dump(mode="json")
    assert json.loads(value.model_dump_json(by_alias=True))["sum"] == "2.50"
    assert value.model_dump_json(indent=2).startswith('{\n  "id": 7,')
    assert seen("{").model_dump_json() == "{}"


def test_dumps_leave_out_elements_that_do_not_fit() -> None:
    parser: Parser[list[int]] = Parser(list[int])
    parser.feed('[1, "x", 3, ')
    assert parser.value == [1, MISSING, 3]
    model: Parser[Box[list[int]]] = Parser(Box[list[int]])
    model.feed('{"content": [1, "x", 3, ')
    assert model.value.model_dump() == {"content": [1, 3]}
    assert model.value.model_dump_json() == '{"content":[1,3]}'


def test_dumps_reach_into_dicts_and_free_json() -> None:
    parser: Parser[Box[dict[str, list[Address]]]] = Parser(Box[dict[str, list[Address]]])
    parser.feed('{"content": {"a": [{"city": "Oslo"}], "b": [{"city": "R')
    assert parser.value.model_dump() == {"content": {"a": [{"city": "Oslo", "zip": None}], "b": [{"city": "R"}]}}
    assert seen('{"free": {"a": [1, {"b": "x').model_dump() == {"free": {"a": [1, {"b": "x"}]}}


def test_a_dump_can_be_validated() -> None:
    value = seen(HALF.replace('{"zip": 1}, ', ""))
    order = Order.model_validate(value.model_dump(by_alias=True) | {"total": 1})
    assert order.lines[1] == Address(city="Rome", zip="1")


# In other models


class Progress(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=False)
    order: Partial[Order] | None = None
    done: bool = False


def test_as_a_field_of_another_model() -> None:
    value: Any = seen(HALF)
    progress: Any = Progress(order=value)
    assert progress.order is value
    assert progress.model_dump() == {"order": value.model_dump(), "done": False}
    assert json.loads(progress.model_dump_json()) == {"order": value.model_dump(mode="json"), "done": False}
    assert json.loads(progress.model_dump_json(by_alias=True))["order"]["sum"] == "2.50"
    with pytest.raises(ValidationError):
        Progress(order=Partial[Address]({}))  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Progress(order=Order(id=1))  # type: ignore[arg-type]


def test_in_a_type_adapter() -> None:
    adapter = TypeAdapter(list[Partial[Order]])
    value = seen(HALF)
    assert adapter.validate_python([value]) == [value]
    assert adapter.dump_python([value], mode="json") == [value.model_dump(mode="json")]
    assert json.loads(adapter.dump_json([value])) == [value.model_dump(mode="json")]


def test_where_any_value_may_stand() -> None:
    value = seen(HALF)
    box = Box[Any](content=value)
    assert box.content is value
    assert box.model_dump() == {"content": value.model_dump()}
    assert json.loads(box.model_dump_json())["content"]["id"] == 7


# In a terminal


def test_rich_shows_it() -> None:
    pretty = pytest.importorskip("rich.pretty")
    value = seen('{"id": 7, "address": {"city": "O')
    assert pretty.pretty_repr(value, max_width=200) == repr(value)
    assert pretty.pretty_repr(value, max_width=20).splitlines()[1] == "    id=7,"
    assert pretty.pretty_repr([MISSING]) == "[MISSING]"


# Fields whose names are unusual


def test_extra_keys_that_are_no_python_names() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")

    parser: Parser[Open] = Parser(Open)
    parser.feed('{"a b": 1, "_values": 2, "model_dump": 3, ')
    assert getattr(parser.value, "a b") == 1
    assert parser.value.model_dump() == {"a b": 1, "_values": 2, "model_dump": 3}
    assert parser.value.model_fields_set == {"a b", "_values", "model_dump"}
