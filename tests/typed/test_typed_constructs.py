"""Every construct of pydantic's core schema, one test each: how it ends, what it shows, how often it validates.

docs/typed.md names these tests. `lawful(target, texts)` is what they have in common: for each text the parser ends as
in one shot (also strictly, in a list and in a model), and calls validators as often.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import pydantic
import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    PlainValidator,
    PrivateAttr,
    RootModel,
    ValidationInfo,
    WrapValidator,
    computed_field,
    field_validator,
    model_validator,
)
from pydantic_core import core_schema
from typing_extensions import TypeAliasType, TypedDict

from partialjson import MISSING, Partial
from partialjson.testing.oneshot import check_end, describe, oneshot
from support.feeding import fed, one_by_one
from support.models import list_of
from support.scalars import SCALARS, Colour
from support.versions import since_2_14

CALLS: list[str] = []
T = TypeVar("T")


def noted(value: Any) -> Any:
    CALLS.append(repr(value))
    if value in (13, "unlucky"):
        raise ValueError("unlucky")
    return value


Noted = Annotated[int, AfterValidator(noted)]


def shown(target: Any, text: str, **options: Any) -> Any:
    return fed(target, text, **options).value


def calls_of(run: Callable[[], object]) -> collections.Counter[str]:
    CALLS.clear()
    run()
    return collections.Counter(CALLS)


def lawful(target: Any, *texts: str, context: Any = None) -> None:
    holder = pydantic.create_model("Holder", field=(target, ...))
    for text in (*texts, "null", "5", '"x"', "[]", "{}"):
        for strict in (None, True):
            check_end(target, text, strict=strict, context=context)
            check_end(list_of(target), f"[{text}, {text}]", strict=strict, context=context)
            check_end(holder, f'{{"field": {text}}}', strict=strict, context=context)
        ours = calls_of(lambda: one_by_one(target, text, context=context).end())  # noqa: B023  # called at once
        expected = calls_of(lambda: oneshot(target, text, context=context))  # noqa: B023  # called at once
        assert ours == expected, text


class Item(BaseModel):
    name: str
    price: Noted = 0


# Scalars

PLAIN = [name for name in SCALARS if name not in ("Any", "Json") and not name.startswith("callable")]


@pytest.mark.parametrize("name", PLAIN)
def test_scalar(name: str) -> None:
    target, texts = SCALARS[name]
    lawful(target, *texts)
    # Shown only when it has closed, but for strings that nothing can change.
    assert shown(list_of(target), f"[{texts[0][:-1]}") == (
        [texts[0][1:-1]] if name in ("str", "short", "constrained str") else []
    )


# Before 2.14 the decimals of pydantic look into containers, too, so such a union is settled as a whole.
BESIDE = [pytest.param(name, marks=since_2_14) if "Decimal" in repr(SCALARS[name][0]) else name for name in PLAIN]


@pytest.mark.parametrize("name", BESIDE)
def test_scalar_beside_a_container_in_a_union(name: str) -> None:
    """It refuses objects and arrays by their type alone, so the other branch is followed."""
    target, texts = SCALARS[name]
    both: Any = target | Item | list[Item]
    lawful(both, *texts, '{"name": "a", "price": 13}', '{"x": [1]}', '[{"name": "a"}]', '[{"name": 5}, 1]')
    lawful(Item | target, *texts, '{"name": 5}')
    # What pydantic puts a function of its own around might look into anything.
    is_function = name in ("Url", "AnyUrl", "PostgresDsn", "IPv4Address", "IPv6Network", "Pattern")
    assert shown(both, '{"name": "a') == (MISSING if is_function else Partial[Item]({"name": "a"}))


def test_any_shows_plain_json_as_it_grows() -> None:
    lawful(Any, '{"a": [1, {"b": "x"}], "a": 1.50}')
    assert shown(list[Any], '[{"a": [1, "x') == [{"a": [1, "x"]}]
    lawful(list, "[1, []]")
    lawful(dict, '{"a": {"b": 1}}')
    lawful(object, "[1]")


def test_json_strings_are_settled_whole() -> None:
    lawful(Json[list[Noted]], '"[1, 2]"', '"[1, 13]"', '"[1, "', "[1]")
    lawful(Json, '"{}"')
    assert shown(Json[list[Noted]], '"[1, 2]') is MISSING


# Containers


def test_list() -> None:
    lawful(list[Noted], "[1, 2]", '[1, "x", 13]', '["1"]')
    lawful(Annotated[list[Noted], Field(min_length=2)], "[1]", "[1, 2]")
    assert shown(list[str], '["a", "b') == ["a", "b"]


def test_sequence() -> None:
    lawful(Sequence[Noted], "[1, 2]", '[1, "x", 13]')
    assert shown(Sequence[str], '["a", "b') == ["a", "b"]


def test_fail_fast_is_atomic() -> None:
    lawful(Annotated[list[Noted], Field(fail_fast=True)], "[13, 1]", "[1, 2]")
    assert shown(Annotated[list[Noted], Field(fail_fast=True)], "[1, 2, ") is MISSING


def test_fixed_tuple() -> None:
    lawful(tuple[Noted, str, list[Noted]], '[1, "x", [2]]', "[13, 5, [13]]", "[1]")
    check_end(tuple[int, str], '[1, "x", 2, 3]')
    check_end(tuple[()], "[]")
    check_end(tuple[()], "[1]")
    assert shown(tuple[int, str, list[int]], '[1, "ab", [2, 3') == [1, "ab", [2]]
    assert fed(tuple[int, str], '[1, "ab"]').value == (1, "ab")


def test_variadic_tuple() -> None:
    lawful(tuple[Noted, ...], "[1, 2]", '[1, "x"]')
    assert shown(tuple[str, ...], '["a", "b') == ["a", "b"]


@since_2_14
def test_named_tuple() -> None:
    class Point(NamedTuple):
        x: Noted
        name: str = ""
        rest: list[Noted] = []  # noqa: RUF012  # nobody changes it

    lawful(Point, '[1, "a", [2]]', "[13]", '{"x": 1, "rest": [2, 13]}', '{"name": 5, "z": 1}', "[1, 2, 3]")
    check_end(Point, '[1, "a", [], 4]')
    assert shown(Point, '[1, "a') == [1, "a"]
    assert shown(Point, '{"x": 1, "name": "a') == {"x": 1, "name": "a"}
    assert shown(Point, '[1, "a"]') == Point(1, "a")


def test_set() -> None:
    lawful(set[Noted], "[1, 2, 1]", '[1, "x", 13]', "[[1]]")
    lawful(Annotated[set[int], Field(min_length=2)], "[1, 1]", "[1, 2]")
    lawful(set[tuple[int, str]], '[[1, "a"], [1, "a"]]')
    lawful(set[Any], "[1, [2]]")
    assert shown(set[int], "[2, 1, 2, ") == [2, 1, 2]


def test_frozenset() -> None:
    lawful(frozenset[Noted], "[1, 2, 1]", '[1, "x", 13]')
    assert shown(frozenset[str], '["b", "a') == ["b", "a"]


@since_2_14
def test_deque() -> None:
    lawful(collections.deque[Noted], "[1, 2, 1]", '[1, "x", 13]')
    lawful(Annotated[collections.deque[int], Field(max_length=2)], "[1, 2]")
    assert shown(collections.deque[str], '["b", "a') == ["b", "a"]


@since_2_14
def test_dict() -> None:
    lawful(dict[str, Noted], '{"a": 1, "b": 13, "a": 2}')
    lawful(dict[str, list[Noted]], '{"a": [1], "b": [13]}')
    lawful(Mapping[str, Noted], '{"a": 1, "b": 13}')
    lawful(collections.OrderedDict[str, Noted], '{"b": 1, "a": 13}')
    lawful(collections.Counter[str], '{"b": 1, "a": "x"}')
    assert shown(collections.OrderedDict[str, str], '{"b": "te') == {"b": "te"}


def test_dict_with_typed_keys() -> None:
    for keys in (int, Colour, datetime.date, uuid.UUID, Noted, Annotated[str, Field(min_length=2)], float):
        target: Any = dict[keys, Noted]  # type: ignore[valid-type]
        lawful(target, '{"1": 1, "red": 2, "2024-01-01": 3}', '{"1": 13}', '{"13": 1, "1": 2}', '{"1": 1, "01": 2}')
    # Shown under the document's keys; they are validated when the object closes.
    assert shown(dict[int, str], '{"1": "a') == {"1": "a"}
    assert shown(dict[int, str], '{"1": "a"}') == {1: "a"}


def test_default_dict_is_atomic() -> None:
    lawful(collections.defaultdict[str, list[Noted]], '{"a": [1, 2]}', '{"a": [13]}')
    assert shown(collections.defaultdict[str, int], '{"a": 1, ') is MISSING


def test_generator_is_atomic() -> None:
    parser = fed(Iterable[int], "[1, 2")
    assert parser.value is MISSING
    parser.feed("]")
    assert list(parser.close()) == [1, 2]


def test_tuple_with_a_repeated_place_in_the_middle_is_atomic() -> None:
    schema = core_schema.tuple_schema(
        [core_schema.int_schema(), core_schema.str_schema(), core_schema.bool_schema()], variadic_item_index=1
    )

    class Sandwich:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return schema

    lawful(Sandwich, '[1, "a", "b", true]', "[1, true]", "[1]")
    assert shown(Sandwich, '[1, "a", ') is MISSING


# Objects


def test_model() -> None:
    lawful(Item, '{"name": "a", "price": 1}', '{"price": 13}', '{"name": 5, "x": [1]}')
    assert shown(Item, '{"price": 1, "name": "a') == Partial[Item]({"price": 1, "name": "a"})


def test_inherited_and_generic_models() -> None:
    class Better(Item):
        more: list[Item] = []

    class Box(BaseModel, Generic[T]):
        inside: T
        others: list[T] = []

    lawful(Better, '{"name": "a", "more": [{"name": "b", "price": 13}]}')
    lawful(Box[Item], '{"inside": {"name": "a"}, "others": [{}]}')
    lawful(Box[Box[Noted]], '{"inside": {"inside": 1, "others": [13]}}')
    assert shown(Box[Item], '{"inside": {"name": "a').inside.name == "a"
    assert shown(Better, '{"more": [{"name": "a').more[0].name == "a"


class Node(BaseModel):
    value: Noted = 0
    left: Node | None = None
    nodes: list[Node] = []


Nest = TypeAliasType("Nest", "list[Nest] | int | None")


def test_recursion() -> None:
    lawful(Node, '{"left": {"left": {"value": 13}, "nodes": [{}, {"value": 1}]}, "nodes": [5]}')
    assert shown(Node, '{"left": {"left": {"value": 1, ').left.left.value == 1
    lawful(Nest, "[1, [2, [null, []]], 3]", '[["x"]]', "[1, {}]")
    assert shown(Nest, "[1, [2, [null, 5") == [1, [2, [None]]]


def test_nullable() -> None:
    lawful(Item | None, '{"name": "a"}', '{"name": 5}')
    assert shown(list[Item | None], '[null, {"name": "a') == [None, Partial[Item]({"name": "a"})]


def test_defaults() -> None:
    class Defaults(BaseModel):
        model_config = ConfigDict(validate_default=True)
        a: Noted = 1
        b: list[Noted] = Field(default_factory=lambda: noted([2]))
        c: int = Field(default_factory=lambda data: len(noted(sorted(data))))
        d: Item | None = None

    lawful(Defaults, '{"a": 13}', '{"b": [1]}', '{"c": 1, "d": {"name": "x"}}')
    assert shown(Defaults, '{"d": {"name": "x').model_fields_set == {"d"}


def test_a_default_in_place_of_an_error_waits_for_the_object() -> None:
    class Lenient:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return core_schema.with_default_schema(handler(int), default=5, on_error="default")

    class Model(BaseModel):
        a: Lenient
        b: str = ""

    check_end(Lenient, '"x"')
    lawful(Model, '{"a": "x", "b": "c"}', '{"a": 1}')
    assert shown(Model, '{"a": 1, "b": "c').model_dump() == {"b": "c"}


def test_computed_fields_private_attributes_and_post_init() -> None:
    class Rich(BaseModel):
        a: Noted
        _secret: int = PrivateAttr(default=5)

        @computed_field
        def double(self) -> int:
            return self.a * 2

        def model_post_init(self, context: Any) -> None:
            CALLS.append(f"post {context}")
            self._secret = self.a

    lawful(Rich, '{"a": 1, "double": 5}', '{"a": 13}', context="c")
    partial = shown(Rich, '{"a": 1, ')
    assert partial.a == 1
    assert not hasattr(partial, "double")
    assert not hasattr(partial, "_secret")


def test_extra_keys_of_all_kinds() -> None:
    for extra in ("ignore", "allow", "forbid"):
        model = pydantic.create_model("Extra", __config__=ConfigDict(extra=extra), a=(Noted, 0))
        lawful(model, '{"a": 1, "b": {"c": [1]}, "d": 1.50}', '{"b": 1, "a": 13}')

    class Typed(BaseModel):
        model_config = ConfigDict(extra="allow")
        __pydantic_extra__: dict[str, Noted]  # pyright: ignore[reportIncompatibleVariableOverride]
        a: int = 0

    lawful(Typed, '{"a": 1, "b": 1, "c": 13}')


def test_alias_choices_settle_with_their_object() -> None:
    """The first choice counts, not the first to come."""

    class Choices(BaseModel):
        a: Noted = Field(validation_alias=AliasChoices("x", "y", AliasPath("z", 0)))
        b: list[Item] = []

    lawful(
        Choices, '{"y": 1, "x": 2}', '{"x": 2, "y": 1}', '{"y": 13}', '{"z": [5], "b": [{"name": "q"}]}', '{"z": []}'
    )
    assert shown(Choices, '{"y": 1, "b": [{"name": "q').model_dump() == {"b": [{"name": "q"}]}


def test_alias_paths_settle_with_their_object() -> None:
    class Paths(BaseModel):
        a: Noted = Field(validation_alias=AliasPath("deep", "a", 0))
        b: decimal.Decimal = Field(default=decimal.Decimal(0), validation_alias=AliasPath("deep", "b"))
        c: str = ""

    lawful(Paths, '{"deep": {"a": [1], "b": 1.10}, "c": "x"}', '{"deep": {"a": [13]}}', '{"deep": 5, "c": 5}')
    assert shown(Paths, '{"deep": {"a": [1]}, "c": "x').model_dump() == {"c": "x"}

    class Kept(Paths):
        model_config = ConfigDict(extra="allow", populate_by_name=True)

    lawful(Kept, '{"deep": {"a": [1]}, "more": {"x": 1}}', '{"a": 1, "b": 2, "deep": {"a": [5]}}')
    check_end(Kept, '{"a": 1, "b": 2, "deep": {"a": [5]}}', by_name=False)


def test_two_fields_under_one_key_settle_with_their_object() -> None:
    class Twice(BaseModel):
        number: Noted = Field(alias="x")
        text: str = Field(default="", alias="x")
        other: str = ""

    lawful(Twice, '{"x": 1, "other": "a"}', '{"x": "1"}')
    assert shown(Twice, '{"x": 1, "other": "a').model_dump() == {"other": "a"}


def test_typed_dict() -> None:
    class Movie(TypedDict, total=False):
        title: str
        year: Noted
        cast: list[Item]

    class Film(Movie):
        id: int

    lawful(Movie, '{"title": "M", "year": 1931, "x": 1}', '{"year": 13, "cast": [{"name": "a"}, {}]}')
    lawful(Film, '{"title": "M"}', '{"id": 1}')
    assert shown(Movie, '{"cast": [{"name": "a"}], "title": "M') == {"cast": [Item(name="a")], "title": "M"}

    class Open(TypedDict):
        __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]
        a: Annotated[Noted, Field(alias="A")]

    lawful(Open, '{"A": 1, "b": [1], "a": 2}', '{"A": 13}')


def test_standard_dataclass() -> None:
    @dataclass
    class Plain:
        a: Noted
        i: InitVar[Noted]
        c: int = field(default=3, init=False)
        b: str = field(default="x", kw_only=True)
        items: list[Item] = field(default_factory=list)

        def __post_init__(self, i: int) -> None:
            CALLS.append(f"post {i}")
            self.c = i

    lawful(Plain, '{"a": 1, "i": 2, "b": "c", "c": 9, "z": 1}', '{"a": 13, "i": 1}', '{"i": 1, "items": [{}]}')
    partial = shown(Plain, '{"a": 1, "i": 2, "c": 9, "items": [{"name": "q')
    assert type(partial) is Partial[Plain]
    assert partial.a == 1
    assert partial.b is MISSING
    assert partial.model_dump() == {"a": 1, "items": [{"name": "q"}]}
    assert not hasattr(partial, "i")
    whole = shown(list[Plain], '[{"a": 1, "i": 2}')
    assert type(whole[0]) is Plain


def test_slots_and_frozen_dataclasses() -> None:
    @dataclass(slots=True, frozen=True)
    class Slotted:
        a: Noted
        b: Node | None = None

    lawful(Slotted, '{"a": 1, "b": {"value": 2}}', '{"a": 13, "b": {"value": 13}}')
    assert shown(Slotted, '{"b": {"value": 1, ').b.value == 1


def test_pydantic_dataclass() -> None:
    @pydantic.dataclasses.dataclass(config=ConfigDict(strict=True, extra="forbid"))
    class Checked:
        a: Noted
        b: Annotated[list[str], Field(alias="B")] = field(default_factory=list)

        @field_validator("a")
        @classmethod
        def small(cls, value: int, info: ValidationInfo) -> int:
            CALLS.append(repr((info.field_name, info.data)))
            return value

        @model_validator(mode="after")
        def seen(self) -> Checked:
            CALLS.append("model")
            return self

    lawful(Checked, '{"a": 1, "B": ["x"]}', '{"a": "1"}', '{"a": 1, "b": []}', '{"B": [5], "a": 1}')
    assert shown(Checked, '{"B": ["x').b == ["x"]

    @pydantic.dataclasses.dataclass(config=ConfigDict(extra="allow"))
    class Open:
        a: int

    lawful(Open, '{"a": 1, "b": [1.50]}')
    assert shown(Open, '{"a": 1, ') is MISSING


def test_a_dataclass_with_a_before_validator_is_atomic() -> None:
    @pydantic.dataclasses.dataclass
    class Early:
        a: Noted

        @model_validator(mode="before")
        @classmethod
        def seen(cls, data: Any) -> Any:
            CALLS.append("before")
            return data

    lawful(Early, '{"a": 1}', '{"a": 13}')
    assert shown(Early, '{"a": 1, ') is MISSING


def test_root_model() -> None:
    class Names(RootModel[list[Noted]]):
        pass

    class Checked(RootModel[dict[str, Item]]):
        @model_validator(mode="after")
        def seen(self) -> Checked:
            CALLS.append(repr(sorted(self.root)))
            if "x" in self.root:
                raise ValueError("x")
            return self

    class Outer(RootModel[Item]):
        def model_post_init(self, context: Any) -> None:
            CALLS.append("post")

    class Text(RootModel[str]):
        root: str = "t"

    lawful(Names, "[1, 2]", "[1, 13]")
    lawful(Checked, '{"a": {"name": "b"}}', '{"x": {"name": "b"}}', '{"x": {}}')
    lawful(Outer, '{"name": "b"}', '{"name": 5}')
    lawful(Text, '"abc"')
    # Shown as the root is shown.
    assert shown(Names, "[1, 2") == [1]
    assert shown(Names, "[1, 2]") == Names([1, 2])
    assert shown(Checked, '{"a": {"name": "b') == {"a": Partial[Item]({"name": "b"})}
    assert shown(Outer, '{"name": "b') == Partial[Item]({"name": "b"})
    assert shown(Text, '"ab') is MISSING


# Validators


def test_after_validators_on_containers() -> None:
    target: Any = Annotated[list[Noted], AfterValidator(lambda value: noted(value)[::-1])]
    lawful(target, "[1, 2]", "[1, 13]")
    assert shown(target, "[1, 2") == [1]
    assert shown(target, "[1, 2]") == [2, 1]
    refused: Any = Annotated[dict[str, int], AfterValidator(lambda value: noted(13))]
    lawful(refused, '{"a": 1}')


@pytest.mark.parametrize("kind", [BeforeValidator, WrapValidator, PlainValidator])
def test_other_field_validators_make_the_field_atomic(kind: Any) -> None:
    function: Any = (lambda value, inner: inner(noted(value))) if kind is WrapValidator else noted

    class Model(BaseModel):
        a: Annotated[str, kind(function)] = ""
        b: Annotated[list[Item], kind(function)] = []
        c: list[Item] = []

    lawful(Model, '{"a": "x", "b": [{"name": "q"}], "c": [{"name": "r"}]}', '{"a": "unlucky", "b": [{}]}')
    assert shown(Model, '{"a": "x').a is MISSING
    assert shown(Model, '{"b": [{"name": "q"}, ').b is MISSING
    assert shown(Model, '{"c": [{"name": "r').c == [Partial[Item]({"name": "r"})]


def test_validators_with_info_that_run_before_wait_for_the_object() -> None:
    """They may look at the fields before theirs, in the order of the model; the other fields do not wait."""

    class Model(BaseModel):
        first: Noted = 0
        second: list[Item] = []
        third: str = ""

        @field_validator("second", mode="before")
        @classmethod
        def seen(cls, value: Any, info: ValidationInfo) -> Any:
            CALLS.append(repr((value, info.data, info.mode)))
            return value

    lawful(Model, '{"third": "x", "second": [{"name": "q", "price": 1}], "first": 1}', '{"second": [{}], "first": 13}')
    partial = shown(Model, '{"second": [{"name": "q"}], "third": "x')
    assert partial.model_dump() == {"third": "x"}


def test_after_validators_with_info_do_not_make_the_model_wait() -> None:
    class Model(BaseModel):
        first: Noted = 0
        second: Item | None = None

        @field_validator("second")
        @classmethod
        def seen(cls, value: Any, info: ValidationInfo) -> Any:
            CALLS.append(repr((value, info.data)))
            return value

    lawful(Model, '{"second": {"name": "q"}, "first": 1}', '{"second": {}, "first": 13}')
    assert shown(Model, '{"second": {"name": "q').second.name == "q"


def test_before_and_wrap_model_validators_are_atomic() -> None:
    for mode in ("before", "wrap"):
        calls = (lambda cls, data: noted(data)) if mode == "before" else (lambda cls, data, inner: inner(noted(data)))
        decorate: Any = model_validator
        validators: dict[str, Any] = {"seen": decorate(mode=mode)(calls)}
        model = pydantic.create_model("Early", __validators__=validators, a=(Noted, 0))
        lawful(model, '{"a": 1}', '{"a": 13}')
        assert shown(model, '{"a": 1, ') is MISSING


def test_after_model_validators() -> None:
    class Model(BaseModel):
        a: Noted = 0

        @model_validator(mode="after")
        def seen(self, info: ValidationInfo) -> Model:
            CALLS.append(repr((self.a, info.context)))
            if self.a == 7:
                raise ValueError("seven")
            return self

    lawful(Model, '{"a": 1}', '{"a": 7}', '{"a": 13}', context={"x": 1})
    assert shown(Model, '{"a": 1, ').a == 1


def test_custom_init_is_atomic() -> None:
    class Own(BaseModel):
        a: Noted = 0

        def __init__(self, **data: Any) -> None:
            CALLS.append(f"init {data}")
            super().__init__(**data)

    lawful(Own, '{"a": 1}', '{"a": 13}')
    assert shown(Own, '{"a": 1, ') is MISSING


def test_custom_types() -> None:
    class Celsius:
        def __init__(self, degrees: float) -> None:
            self.degrees = degrees

        def __repr__(self) -> str:
            return f"Celsius({self.degrees})"

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return core_schema.no_info_after_validator_function(lambda value: cls(noted(value)), handler(float))

    lawful(Celsius, "1.5", "13")
    lawful(dict[str, Celsius], '{"a": 1}')
    assert describe(shown(list[Celsius], "[1.5, 2")) == describe([Celsius(1.5)])


def test_context_reaches_validators() -> None:
    class Model(BaseModel):
        a: int
        b: list[Item] = []

        @field_validator("a", "b")
        @classmethod
        def seen(cls, value: Any, info: ValidationInfo) -> Any:
            CALLS.append(repr((info.context, value)))
            return value

    lawful(Model, '{"a": 1, "b": [{"name": "x"}]}', context={"deep": [1]})


# Configuration


@pytest.mark.parametrize(
    "config",
    [
        {"str_strip_whitespace": True},
        {"str_to_lower": True},
        {"str_max_length": 3},
        {"str_min_length": 2},
        {"coerce_numbers_to_str": True},
        {"val_json_bytes": "base64"},
        {"val_json_bytes": "hex"},
        {"allow_inf_nan": False},
        {"strict": True},
        {"use_enum_values": True},
        {"validate_default": True},
        {"frozen": True},
        {"revalidate_instances": "always"},
        {"loc_by_alias": False},
        {"hide_input_in_errors": True},
        {"regex_engine": "python-re"},
        {"validate_by_name": True},
        {"title": "Titled"},
        {"cache_strings": "none"},
    ],
    ids=str,
)
def test_configuration(config: Any) -> None:
    class Model(BaseModel):
        model_config = config
        text: str = Field(default="", alias="Text")
        union: str | list[str] = ""
        number: float = 0
        blob: bytes = b""
        colour: Colour = Colour.RED
        pair: tuple[str, float] | None = None
        nodes: list[Node] = []

    lawful(
        Model,
        '{"Text": " Ab ", "union": [" Cd ", "e"], "number": 1e400, "blob": "YWI=", "colour": "red"}',
        '{"Text": 5, "text": "x", "union": " X ", "number": "1", "blob": "6162", "pair": [" A ", 1e400]}',
        '{"pair": [5, "nan"], "nodes": [{"value": 1}, {"value": "2"}]}',
    )
    waits = config.keys() & {"str_strip_whitespace", "str_to_lower"}
    assert shown(Model, '{"Text": "ab').text == (MISSING if waits else "ab")


def test_strict_children_of_strict_models_stay_strict() -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)
        a: int = 0
        b: list[tuple[int, str]] = []
        c: dict[str, set[int]] = {}
        d: Annotated[int, Field(strict=False)] = 0
        e: int | list[int] | None = None

    lawful(
        Strict, '{"a": "1"}', '{"b": [["1", "a"]]}', '{"c": {"x": ["1"]}}', '{"d": "1"}', '{"e": ["1"]}', '{"e": "1"}'
    )


def test_numbers_that_look_like_indexes_are_not_taken_for_them() -> None:
    from partialjson.typed.skeletons import FIRST_INDEX

    for number in (7_316_000_000_000_000, FIRST_INDEX + 9):

        class Model(BaseModel):
            a: int = 0
            b: Annotated[int, Field(lt=10)] = 0
            c: dict[str, Any] = {}

        check_end(Model, f'{{"a": 1, "b": {number}, "c": {{"x": {number}}}}}')


# The page


PAGE = Path(__file__).parents[2] / "docs" / "typed.md"


def named_tests() -> Iterator[tuple[str, str]]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        yield from re.findall(r"`(test_\w+)::(test_\w+)`", line)


def test_the_tests_named_on_the_page_exist() -> None:
    named = set(named_tests())
    assert len(named) > 40
    for module, name in named:
        text = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), f"{module}::{name}"


def test_every_row_of_the_page_names_a_test() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    constructs = [row for row in rows if "incremental" in row or "atomic" in row]
    assert len(constructs) > 40
    for row in constructs:
        assert "::test_" in row, row


def test_the_snippets_of_the_page_run() -> None:
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) == 2
    exec(compile("\n".join(snippets), str(PAGE), "exec", dont_inherit=True), {"__name__": __name__})


def test_every_core_schema_type_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind in core_schema.CoreSchemaType.__args__:  # type: ignore[attr-defined]
        assert f"`{kind}`" in page, kind
