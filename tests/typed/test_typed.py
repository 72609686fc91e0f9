"""The typed parser by examples: every kind of target ends as in one shot, and shows no more than is true before.

`check_end` feeds a document character by character and compares with `TypeAdapter(T).validate_json`. What is shown on
the way is written out in the examples below it: the policies for open values, the promotion of what closes, and what
becomes of values that do not fit.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import uuid
import warnings
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import pydantic
import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    PrivateAttr,
    RootModel,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    computed_field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError, core_schema
from typing_extensions import TypedDict

import partialjson
from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    IncompleteError,
    Invalid,
    Limits,
    ParseError,
    Partial,
    Replaced,
    Truncated,
    Violation,
)
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.oneshot import check_end, describe, oneshot, verdict_of
from partialjson.typed import compiler, skeletons, targets
from support.feeding import fed, one_by_one
from support.models import ORDER, Address, Item, Order, dict_of, list_of
from support.scalars import SCALARS, Colour
from support.twins import Parser
from support.versions import PYDANTIC_2_14, since_2_14

T = TypeVar("T")


# Scalars of all kinds, at the root, in lists and in fields


@pytest.mark.parametrize("name", SCALARS)
def test_scalars_end_as_in_one_shot(name: str) -> None:
    target, texts = SCALARS[name]
    for text in texts:
        check_end(target, text)
        check_end(target, f" {text}\n")
        check_end(list_of(target), f"[{text}, {text}]")
        check_end(dict_of(target), f'{{"k": {text}, "l": {text}}}')
        check_end(target | None, text)
        model = pydantic.create_model("Holder", field=(target, ...))
        check_end(model, f'{{"field": {text}}}')
        check_end(model, f'{{"other": {text}}}')
        check_end(model, text)


@pytest.mark.parametrize(
    "name",
    ["str", "int", "float", "Any", "Decimal", "Literal", "datetime", "words", "constrained int", "constrained float"],
)
@pytest.mark.parametrize("strict", [True, False])
def test_scalars_with_strict(name: str, strict: bool) -> None:
    target, texts = SCALARS[name]
    for text in texts:
        check_end(target, text, strict=strict)
        check_end(list_of(target), f"[{text}]", strict=strict)
        check_end(pydantic.create_model("Holder", field=(target, ...)), f'{{"field": {text}}}', strict=strict)


def test_scalars_under_the_configuration_of_their_model() -> None:
    class Short(BaseModel):
        model_config = ConfigDict(str_strip_whitespace=True, str_max_length=4, str_to_lower=True, allow_inf_nan=False)

        text: str
        bounded: Annotated[str, Field(min_length=2)]
        number: Annotated[float, Field(ge=0)]

    for text, bounded, number in [
        (" AB ", " C ", "1"),
        ("ABCDE", "CD ", "1e999"),
        ("", "ABCDEF", "-1"),
        ("a", "bc", "2"),
    ]:
        check_end(Short, f'{{"text": "{text}", "bounded": "{bounded}", "number": {number}}}')


@pytest.mark.parametrize("on_invalid", ["collect", "skip"])
@pytest.mark.parametrize(
    "text",
    [
        ORDER,
        '{"id": 7, "note": 1, "items": [{"name": "tea", "price": "x"}, {"price": 1}, {"name": "jam"}], "address": {}}',
        '{"items": [{"name": 1}], "items": [{"name": "tea"}, 5], "id": 1, "id": "x", "address": {"city": []}}',
        '{"id": 1, "address": {"city": "Oslo"}, "address": {"zip": 1}, "note": "a", "note": 5}',
    ],
)
def test_what_is_shown_does_not_depend_on_earlier_readings(text: str, on_invalid: Any) -> None:
    """Views are made when somebody looks, and what closed before must look as if somebody had."""
    often = Parser(Order, on_invalid=on_invalid)
    once = Parser(Order, on_invalid=on_invalid)
    for end in range(len(text) + 1):
        once = Parser(Order, on_invalid=on_invalid)
        once.feed(text[:end])
        shown = once.value
        assert repr(shown) == repr(often.value), text[:end]
        before = repr(shown)
        once.feed(text[end:])
        assert repr(shown) == before
        if end < len(text):
            often.feed(text[end])
    assert verdict_of(once) == verdict_of(often)


@pytest.mark.parametrize("name", ["str", "int", "Any", "Enum", "stripped", "Json"])
def test_scalars_do_not_show_their_chunks(name: str) -> None:
    target, texts = SCALARS[name]
    for text in texts:
        check_all_chunkings(f"[{text}]", make=lambda: Parser(list_of(target)), partitions=2)


# Containers and models


class Node(BaseModel):
    name: str = ""
    left: Node | None = None
    right: Node | None = None
    others: list[Node] = []


class Pair(BaseModel, Generic[T]):
    first: T
    second: T | None = None


class Base(BaseModel):
    id: int

    @field_validator("id")
    @classmethod
    def positive(cls, value: int) -> int:
        if value < 0:
            raise ValueError("must not be negative")
        return value


class Derived(Base):
    tags: list[str] = Field(default=["x"], max_length=2)


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog", "hound"]
    name: str


class Point(NamedTuple):
    x: int
    y: int = 0


class _OnlyValues:
    """A dict whose schema says nothing of its keys, as types with schemas of their own may."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.dict_schema(values_schema=core_schema.int_schema())


ValuesOnly = Annotated[dict, _OnlyValues]


class Movie(TypedDict, total=False):
    title: str
    year: int


@dataclasses.dataclass
class Plain:
    a: int
    b: list[str] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        self.b = [*self.b, "post"]


@pydantic.dataclasses.dataclass
class Checked:
    a: Annotated[int, Field(gt=0)]


class Names(RootModel[list[str]]):
    pass


class Zoo(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    more: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = []


def tag_of(value: Any) -> str:
    return "int" if isinstance(value, int) else "items"


class Everything(BaseModel):
    names: Names | None = None
    plain: Plain | None = None
    checked: Checked | None = None
    movie: Movie | None = None
    point: Point | None = None
    both: tuple[int, str] | None = None
    many: tuple[int, ...] = ()
    unique: set[int] = set()
    frozen: frozenset[str] = frozenset()
    queue: deque[int] = deque()
    ordered: OrderedDict[str, int] = OrderedDict()
    mapping: Mapping[str, int] = {}
    sequence: Sequence[int] = []
    union: int | str | list[int] | None = None
    by_call: Annotated[Annotated[int, Tag("int")] | Annotated[list[Item], Tag("items")], Discriminator(tag_of)] = 0
    numbers: dict[int, float] = {}
    nested: dict[str, list[dict[str, Item]]] = {}
    anything: Any = None
    bare: list = []  # type: ignore[type-arg]
    open: dict = {}  # type: ignore[type-arg]
    type_of: type[int] | None = None


EVERYTHING = {
    "names": ["a", "b"],
    "plain": {"a": 1, "b": ["c"]},
    "checked": {"a": 1},
    "movie": {"title": "M", "year": 1931},
    "point": [1, 2],
    "both": [1, "x"],
    "many": [1, 2, 3],
    "unique": [1, 2, 2],
    "frozen": ["a", "a"],
    "queue": [1],
    "ordered": {"b": 1, "a": 2},
    "mapping": {"a": 1},
    "sequence": [1, 2],
    "union": [1],
    "by_call": [{"name": "tea"}],
    "numbers": {"1": 2},
    "nested": {"a": [{"b": {"name": "jam"}}]},
    "anything": {"a": [1, "x", None]},
    "bare": [1, "x", {}],
    "open": {"a": {"b": []}},
}


def test_a_model_with_everything_ends_as_in_one_shot() -> None:
    check_end(Everything, json.dumps(EVERYTHING))
    check_end(Everything, "{}")


@pytest.mark.parametrize("name", [*EVERYTHING, "type_of"])
@pytest.mark.parametrize("wrong", ["null", "1", '"x"', "[]", "{}", '[{"a": "x"}]', '{"a": -1}', "[[1], 2.5]"])
def test_a_wrong_value_anywhere_ends_as_in_one_shot(name: str, wrong: str) -> None:
    check_end(Everything, f'{{"{name}": {wrong}}}')


DOCUMENTS: list[tuple[Any, str]] = [
    (Order, ORDER),
    (Order, "{}"),
    (Order, '{"id": "7", "items": [{"name": 5}, {"price": "x"}, 5, {"name": "a", "extra": 1}], "address": {"zip": 1}}'),
    (Order, "[]"),
    (Order, '"x"'),
    (Order, '{"id": 1, "unknown": {"deep": [1, {"er": 2}]}}'),
    (list[Order], f"[{ORDER}, {{}}, 5, {ORDER}]"),
    (dict[str, Order], f'{{"a": {ORDER}, "b": {{}}}}'),
    (Order | None, "null"),
    (Order | None, ORDER),
    (Node, '{"left": {"right": {"name": "lr", "others": [{"left": null}, {"name": 5}]}}, "right": {"left": []}}'),
    (Pair[Item], '{"first": {"name": "a"}, "second": {"name": "b"}}'),
    (Pair[int], '{"first": "x"}'),
    (Pair[Pair[str]], '{"first": {"first": "a", "second": 5}}'),
    (Pair[Any], '{"first": [1, {"a": 2}]}'),
    (Derived, '{"id": -1, "tags": ["a", "b", "c"]}'),
    (Derived, '{"id": 1, "tags": []}'),
    (Zoo, '{"pet": {"kind": "cat"}, "more": [{"name": "Rex", "kind": "hound"}, {"kind": "fish"}, {}]}'),
    (Cat | Dog, '{"kind": "dog", "name": "Rex"}'),
    (Cat | Dog, '{"kind": "dog"}'),
    (int | Item, '{"name": "a"}'),
    (int | Item, '"5"'),
    (tuple[int, Item], '[1, {"name": "a"}]'),
    (tuple[int, Item], '[1, {"name": 5}]'),
    (set[str], '["a", "b", "a"]'),
    (Point, '{"x": 1}'),
    (Plain, '{"a": "x"}'),
    (Movie, '{"title": "M", "year": "x", "extra": 1}'),
    (Names, '["a", 5]'),
    (Annotated[list[int], Field(min_length=2, max_length=3)], "[1]"),
    (Annotated[list[int], Field(min_length=2, max_length=3)], "[1, 2, 3, 4]"),
    (Annotated[list[int], Field(min_length=2, max_length=3)], '[1, "x", 3]'),
    (Annotated[list[int], Field(fail_fast=True)], '["x", "y"]'),
    (Annotated[dict[str, int], Field(min_length=2)], '{"a": 1}'),
    (Annotated[dict[str, int], Field(max_length=1)], '{"a": 1, "b": "x"}'),
    (dict[int, Item], '{"1": {"name": "a"}, "x": {"name": 5}}'),
    (dict[Colour, int], '{"red": 1, "green": "x"}'),
    (dict[datetime.date, int], '{"2024-01-01": 1, "x": 2}'),
    (dict[Annotated[str, Field(min_length=2)], int], '{"a": 1, "bb": 2}'),
    (TypeAdapter(list[Item]), '[{"name": "a"}]'),
    (TypeAdapter(Order), ORDER),
    (TypeAdapter(list[int], config=ConfigDict(strict=True)), '["1"]'),
    (TypeAdapter(list[str], config=ConfigDict(str_to_upper=True)), '["a"]'),
    (TypeAdapter(str, config=ConfigDict(str_max_length=2)), '"abc"'),
]


@pytest.mark.parametrize(("target", "text"), DOCUMENTS)
def test_documents_end_as_in_one_shot(target: Any, text: str) -> None:
    check_end(target, text)


@pytest.mark.parametrize(("target", "text"), DOCUMENTS[:9])
def test_documents_do_not_show_their_chunks(target: Any, text: str) -> None:
    check_all_chunkings(text, make=lambda: Parser(target), single_splits_up_to=60, partitions=2, states_up_to=130)


def test_equal_unions_in_different_orders_are_different_targets() -> None:
    for target in (bool | int, int | bool, list[int | bool], list[bool | int]):
        for text in ('"1"', "[]", '["1"]', "[[]]"):
            check_end(target, text)


def test_title_of_the_error_is_that_of_one_shot() -> None:
    class Titled(BaseModel):
        model_config = ConfigDict(title="A title")
        a: int

    for target in (Titled, Order, list[int], dict[str, list[Item]], int, Derived, list[Titled]):
        expected = oneshot(target, '{"a": 0.5}' if target is not list[int] else '["x"]')
        assert expected.title
        check_end(target, '{"a": 0.5}' if target is not list[int] else '["x"]')


def test_hidden_inputs_stay_hidden() -> None:
    class Hidden(BaseModel):
        model_config = ConfigDict(hide_input_in_errors=True)
        a: int
        b: int

    class Early(Hidden):
        @model_validator(mode="before")
        @classmethod
        def same(cls, data: Any) -> Any:
            return data

    for model in (Hidden, Early):
        for text in ('{"a": "secret"}', '"secret"'):
            parser = fed(model, text)
            with pytest.raises(ValidationError) as caught:
                parser.close()
            assert "secret" not in str(caught.value)
            assert "secret" in str(caught.value.errors())
            check_end(model, text)


# Configuration and fields


def test_extra_keys() -> None:
    for extra in ("ignore", "allow", "forbid"):
        model = pydantic.create_model("Extra", __config__=ConfigDict(extra=extra), a=(int, 0))
        for text in (
            '{"a": 1}',
            '{"a": 1, "b": {"c": [1]}, "d": "x"}',
            '{"": 1, "A": 2, "a": 3}',
        ):
            check_end(model, text)
        if PYDANTIC_2_14 or extra != "forbid":
            check_end(model, '{"b": 1, "b": [2], "a": "x"}')


def test_typed_extra_keys() -> None:
    class Typed(BaseModel):
        model_config = ConfigDict(extra="allow")
        __pydantic_extra__: dict[str, Item]  # pyright: ignore[reportIncompatibleVariableOverride]
        a: int = 0

    check_end(Typed, '{"x": {"name": "tea"}, "a": 1}')
    check_end(Typed, '{"x": {"name": 5}, "y": 1}')
    parser = fed(Typed, '{"x": {"name": "te')
    assert parser.value.model_dump() == {"x": {"name": "te"}}
    assert parser.value.x.name == "te"


def test_extra_keys_are_shown_where_they_are_kept() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        a: int = 0

    assert fed(Open, '{"x": {"y": [1, "tw').value.model_dump() == {"x": {"y": [1, "tw"]}}
    assert fed(Order, '{"x": {"y": [1, "tw').value.model_dump() == {}


class Aliased(BaseModel):
    model_config = ConfigDict(extra="forbid")
    first: int = Field(alias="firstName")
    second: list[int] = Field(default=[], validation_alias="2nd", serialization_alias="zweite")


class ByName(Aliased):
    model_config = ConfigDict(validate_by_name=True)


class Populated(Aliased):
    model_config = ConfigDict(populate_by_name=True, extra="allow")


@pytest.mark.parametrize("model", [Aliased, ByName, Populated])
@pytest.mark.parametrize(
    "text",
    [
        '{"firstName": 1, "2nd": [2]}',
        '{"first": 1, "second": [2]}',
        '{"first": "1", "firstName": 2}',
        '{"firstName": "2", "first": "1"}',
        '{"first": "x", "firstName": 2}',
        '{"first": 1, "firstName": "x", "second": ["y"]}',
        "{}",
    ],
)
def test_aliases(model: Any, text: str) -> None:
    check_end(model, text)
    check_end(model, text, by_name=True)
    check_end(model, text, by_alias=True)
    check_end(model, text, by_alias=False, by_name=True)
    check_end(model, text, by_alias=True, by_name=False)


def test_aliases_in_the_view_read_by_field_name() -> None:
    parser = fed(Aliased, '{"2nd": [1, 2')
    assert parser.value.second == [1]
    assert parser.value.first is MISSING
    assert not hasattr(parser.value, "firstName")
    assert fed(ByName, '{"second": [1, 2').value.second == [1]
    (event,) = Parser(Aliased, select=["$['2nd'][0]"]).feed('{"2nd": [1, 2')
    assert event.path == ("2nd", 0)


def test_neither_alias_nor_name_is_refused_as_by_pydantic() -> None:
    with pytest.raises(pydantic.PydanticUserError) as ours:
        Parser(Aliased, by_alias=False)
    with pytest.raises(pydantic.PydanticUserError) as theirs:
        TypeAdapter(Aliased).validate_json("{}", by_alias=False)
    assert (ours.value.message, ours.value.code) == (theirs.value.message, theirs.value.code)


def test_alias_choices_and_paths_settle_with_their_object() -> None:
    class Choices(BaseModel):
        a: int = Field(validation_alias=AliasChoices("x", "y"))
        b: str = Field(default="", validation_alias=AliasPath("deep", 0))

    for text in ('{"y": 1, "x": 2, "deep": ["q"]}', '{"y": "no"}', "{}", '{"x": 1, "deep": [5]}'):
        check_end(Choices, text)
    parser = fed(Choices, '{"y": 1, "deep": ["q"], "other": 5, "x": 2, ')
    assert parser.value == Partial[Choices]({})
    assert parser.feed('"z": 3}')[-1].value == Choices(x=2, deep=["q"])  # type: ignore[call-arg]


def test_two_fields_under_one_key() -> None:
    class Twice(BaseModel):
        number: int = Field(alias="x")
        text: str = Field(alias="x")

    class Crossed(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        a: int = Field(alias="b")
        b: str

    for text in ('{"x": 1}', '{"x": "1"}', '{"b": "1"}', '{"a": 1, "b": "1"}'):
        check_end(Twice, text)
        check_end(Crossed, text)


def test_swapped_aliases() -> None:
    class Swapped(BaseModel):
        a: int = Field(alias="b")
        b: int = Field(alias="a")

        @field_validator("a", "b")
        @classmethod
        def small(cls, value: int, info: ValidationInfo) -> int:
            if value > 5:
                raise ValueError(f"{info.field_name} too large")
            return value

    for text in ('{"a": 9, "b": 1}', '{"a": 1, "b": 7}', '{"a": 8, "b": 7}', '{"a": 8}', '{"b": "x"}'):
        check_end(Swapped, text)


def test_strictness_comes_from_everywhere() -> None:
    class StrictModel(BaseModel):
        model_config = ConfigDict(strict=True)
        a: int = 0
        b: list[int] = []
        c: Annotated[int, Field(strict=False)] = 0
        d: dict[str, datetime.date] = {}

    class StrictField(BaseModel):
        a: Annotated[int, Field(strict=True)] = 0
        b: list[Annotated[int, Field(strict=True)]] = []
        c: StrictModel | None = None

    text = '{"a": "1", "b": ["2", 3.0], "c": "4", "d": {"x": "2024-01-01", "y": 0}}'
    for model in (StrictModel, StrictField):
        check_end(model, text)
        check_end(model, text, strict=True)
        check_end(model, text, strict=False)
    check_end(StrictField, f'{{"c": {text}}}')


def test_configuration_of_the_model_reaches_its_leaves() -> None:
    class Config(BaseModel):
        model_config = ConfigDict(
            str_strip_whitespace=True,
            str_max_length=3,
            coerce_numbers_to_str=True,
            allow_inf_nan=False,
            val_json_bytes="base64",
            frozen=True,
        )
        a: str = ""
        b: list[str] = []
        c: float = 0
        d: bytes = b""
        e: dict[str, str] = {}

    check_end(Config, '{"a": " x ", "b": [" y", 1.50, true], "c": 1e999, "d": "YWI=", "e": {" k ": " v "}}')
    check_end(Config, '{"a": "long", "b": ["longer"], "c": 1, "d": "*"}')
    assert fed(Config, '{"a": " x').value.model_dump() == {}


def test_defaults_and_factories() -> None:
    made: list[str] = []

    def make() -> list[int]:
        made.append("list")
        return [1]

    class Defaults(BaseModel):
        a: int = 5
        b: list[int] = Field(default_factory=make)
        c: int = Field(default_factory=lambda data: data["a"] + 1)
        d: list[str] = []
        e: int | None = None

    parser = fed(Defaults, '{"a": 2, "e": nul')
    assert parser.value.model_dump() == {"a": 2}
    assert made == []
    parser.feed("l}")
    assert made == ["list"]
    assert parser.value == Defaults(a=2, e=None)
    check_end(Defaults, '{"a": "x"}')
    check_end(Defaults, "{}")
    check_end(Defaults, '{"c": 1, "b": []}')
    assert fed(Defaults, "{}").close().d is not fed(Defaults, "{}").close().d


def test_validated_defaults() -> None:
    class Singleton:
        def __deepcopy__(self, memo: object) -> Singleton:
            raise AssertionError("pydantic copies unhashable defaults only")

    only = Singleton()
    calls: list[Any] = []

    def note(value: Any) -> Any:
        calls.append(value)
        return value

    class Validated(BaseModel):
        model_config = ConfigDict(validate_default=True, arbitrary_types_allowed=True)
        a: Annotated[int, AfterValidator(note)] = "5"  # type: ignore[assignment]
        b: Annotated[list[int], AfterValidator(note)] = Field(default_factory=lambda: ["1"])  # type: ignore[arg-type] # pyright: ignore[reportAssignmentType]
        c: Annotated[int, AfterValidator(note)] = Field(default_factory=lambda data: data["a"] + 1)
        d: int
        e: Singleton = only
        f: Annotated[int, Field(validate_default=False)] = "unchecked"  # type: ignore[assignment]

        @field_validator("d")
        @classmethod
        def after_a(cls, value: int, info: ValidationInfo) -> int:
            if value < info.data.get("a", 0):
                raise ValueError("less than a")
            return value

    for text in ('{"d": 7}', '{"d": 1}', "{}", '{"a": "x", "d": 7}', '{"a": 1, "b": ["2"], "c": 3, "d": 4}'):
        calls.clear()
        expected = oneshot(Validated, text)
        expected_calls = sorted(map(repr, calls))
        calls.clear()
        assert verdict_of(one_by_one(Validated, text)) == expected
        assert sorted(map(repr, calls)) == expected_calls
    assert one_by_one(Validated, '{"d": 7}').close().e is only


# Validators


Calls = list[tuple[Any, ...]]


def with_validators(calls: Calls) -> type[BaseModel]:
    """A model with a validator of each kind, which all tell what they saw."""

    class Sub(BaseModel):
        x: int

        @model_validator(mode="after")
        def sub_after(self) -> Sub:
            calls.append(("sub after", self.x))
            if self.x == 13:
                raise ValueError("thirteen")
            return self

    def see_plain(value: Any) -> Any:
        calls.append(("plain", value))
        return value

    class Model(BaseModel):
        plain: Annotated[Any, PlainValidator(see_plain)] = None
        before: int = 0
        after: int = 0
        wrap: int = 0
        informed: int = 0
        sub: Sub | None = None
        subs: list[Sub] = []

        @field_validator("before", mode="before")
        @classmethod
        def see_before(cls, value: Any) -> Any:
            calls.append(("before", value))
            return value

        @field_validator("after")
        @classmethod
        def see_after(cls, value: int) -> int:
            calls.append(("after", value))
            assert value != 13, "thirteen"
            return value

        @field_validator("wrap", mode="wrap")
        @classmethod
        def see_wrap(cls, value: Any, inner: ValidatorFunctionWrapHandler) -> Any:
            calls.append(("wrap", value))
            return inner(value)

        @field_validator("informed")
        @classmethod
        def see_info(cls, value: int, info: ValidationInfo) -> int:
            calls.append(("info", value, describe(info.data), info.mode, info.field_name, info.context))
            if value == 13:
                raise PydanticCustomError("unlucky", "{value} is {{unlucky}} {word}", {"value": value})
            return value

        @model_validator(mode="after")
        def see_model(self, info: ValidationInfo) -> Any:
            calls.append(("model", describe(self.__dict__), info.context))
            return self

        def model_post_init(self, context: Any) -> None:
            calls.append(("post", describe(self.__dict__), context))

    return Model


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"plain": [1], "before": 1, "after": "2", "wrap": 3, "informed": 4, "sub": {"x": 1}, "subs": [{"x": 2}]}',
        '{"informed": 13, "after": 13, "sub": {"x": 13}}',
        '{"informed": 13, "wrap": "x"}',
        '{"subs": [{"x": 13}, {"x": 1}, {"x": "y"}, {}]}',
        '{"before": [1], "wrap": {"a": 2}, "sub": null}',
        "[]",
    ],
)
def test_validators_are_called_as_in_one_shot(text: str) -> None:
    calls: Calls = []
    model = with_validators(calls)
    expected = oneshot(model, text, context={"user": 1})
    expected_calls = sorted(map(repr, calls))
    for target, document in ((model, text), (list[model], f"[{text}]")):  # type: ignore[valid-type]
        calls.clear()
        parser = one_by_one(target, document, context={"user": 1})
        assert verdict_of(parser) == (expected if target is model else oneshot(target, document))
        if target is model:
            assert sorted(map(repr, calls)) == expected_calls


def test_validators_that_see_their_neighbours_wait_for_them() -> None:
    class Informed(BaseModel):
        a: int
        b: list[int] = []

        @field_validator("b")
        @classmethod
        def not_a(cls, value: list[int], info: ValidationInfo) -> list[int]:
            if info.data.get("a") in value:
                raise ValueError("a again")
            return value

    for text in ('{"b": [1, 2], "a": 2}', '{"a": 3, "b": [1]}', '{"b": ["x"]}'):
        check_end(Informed, text)
    assert fed(Informed, '{"b": [1, 2').value.b == [1]


def test_informed_validators_in_a_root_model_see_the_model_around() -> None:
    seen: list[Any] = []

    def see(value: int, info: ValidationInfo) -> int:
        seen.append(describe(info.data))
        return value

    class Rooted(RootModel[Annotated[int, AfterValidator(see)]]):
        pass

    class Around(BaseModel):
        a: int
        b: Rooted
        c: list[Rooted] = []

    text = '{"a": 1, "b": 2, "c": [3]}'
    oneshot(Around, text)
    expected, seen[:] = list(seen), []
    check_end(Around, text)
    assert seen[: len(expected)] == expected


def test_model_validators_of_all_modes() -> None:
    class Before(BaseModel):
        a: int

        @model_validator(mode="before")
        @classmethod
        def rename(cls, data: Any) -> Any:
            return {"a": data["b"]} if isinstance(data, dict) and "b" in data else data

    class Wrapped(BaseModel):
        a: int

        @model_validator(mode="wrap")
        @classmethod
        def retry(cls, data: Any, inner: Callable[[Any], Wrapped]) -> Wrapped:
            try:
                return inner(data)
            except ValidationError:
                return inner({"a": 0})

    class After(BaseModel):
        a: int

        @model_validator(mode="after")
        def other(self) -> Any:
            return ("replaced", self.a)

    class Holder(BaseModel):
        before: Before | None = None
        wrapped: Wrapped | None = None
        after: After | None = None

    for text in (
        '{"before": {"b": 1}, "wrapped": {"a": "x"}, "after": {"a": 1}}',
        '{"before": {}, "wrapped": {"a": 1}, "after": {"a": "x"}}',
        "{}",
    ):
        check_end(Holder, text)
    assert fed(Holder, '{"before": {"b": 1').value.model_dump() == {}
    assert fed(Holder, '{"before": {"b": 1}').value.before == Before(a=1)
    assert fed(Holder, '{"after": {"a": 1}').value.after == ("replaced", 1)


def test_post_init_private_attributes_computed_fields_and_custom_init() -> None:
    class Private(BaseModel):
        a: int
        _seen: list[int] = PrivateAttr(default_factory=list)

        def model_post_init(self, context: Any) -> None:
            self._seen.append(self.a)

        @computed_field  # type: ignore[prop-decorator]
        @property
        def double(self) -> int:
            return self.a * 2

    class Custom(BaseModel):
        a: int

        def __init__(self, a: Any = 0, **more: Any) -> None:
            super().__init__(a=int(a) + 1, **more)

    class Holder(BaseModel):
        private: Private | None = None
        custom: Custom | None = None

    for text in ('{"private": {"a": 1}, "custom": {"a": 1}}', '{"private": {}, "custom": {}}', '{"custom": 5}'):
        check_end(Holder, text)
    assert not hasattr(fed(Holder, '{"private": {"a": 1').value.private, "double")


def test_context_reaches_every_validator() -> None:
    seen: list[Any] = []

    def see(value: Any, info: ValidationInfo) -> Any:
        seen.append(info.context)
        return value

    class Model(BaseModel):
        a: Annotated[int, AfterValidator(see)]
        b: Annotated[str, BeforeValidator(see)] = ""

    context = {"x": 1}
    for target, text in ((Model, '{"a": 1, "b": "x"}'), (list[Annotated[int, AfterValidator(see)]], "[1, 2]")):
        check_end(target, text, list(text), context=context)
    assert all(each is context for each in seen)
    assert len(seen) == 8


def test_errors_of_a_validators_own_making() -> None:
    """Whatever an error calls itself, and whatever is in its message, it comes out as it went in."""

    def of(error: Callable[[], Exception]) -> Any:
        def fail(value: Any) -> Any:
            raise error()

        return Annotated[str, AfterValidator(fail)]

    errors: list[Callable[[], Exception]] = [
        lambda: PydanticCustomError("value_error", "no address: {reason}", {"reason": "{x}"}),
        lambda: PydanticCustomError("missing", "gone"),
        lambda: PydanticCustomError("mine", "{a} {{b}} } {"),
        lambda: PydanticCustomError("mine", "{a} {{b}}", {"a": 1, "other": [2]}),
        lambda: PydanticKnownError("greater_than", {"gt": 5}),
        lambda: ValueError("{curly}"),
        lambda: AssertionError("assert {x}"),
    ]
    for error in errors:
        model = pydantic.create_model("Model", a=(of(error), ...), b=(int, ...))
        for target, text in (
            (model, '{"a": "x", "b": 1}'),
            (model, '{"a": "x"}'),
            (model, '{"a": "x", "b": "y"}'),
            (list[model], '[{"a": "x"}, {"a": 1}]'),  # type: ignore[valid-type]
            (dict[str, list[model]], '{"k": [{"a": "x"}]}'),  # type: ignore[valid-type]
        ):
            check_end(target, text)


def test_validators_that_raise_the_error_of_another_model() -> None:
    class Other(BaseModel):
        a: int
        b: int = 0

    class Informed(BaseModel):
        a: str
        b: int = 0

        @field_validator("a")
        @classmethod
        def check(cls, value: str, info: ValidationInfo) -> str:
            Other.model_validate({"a": value})
            return value

    class After(BaseModel):
        a: str
        b: int = 0

        @model_validator(mode="after")
        def check(self) -> After:
            Other.model_validate({} if self.a == "empty" else {"a": self.a})
            return self

    for model in (Informed, After):
        for text in ('{"a": "x", "b": 3}', '{"a": "empty"}', '{"a": "5"}', '{"b": 1}'):
            check_end(model, text)
            check_end(list[model], f"[{text}]")  # type: ignore[valid-type]


def test_a_validator_may_parse() -> None:
    """Settled children are a stack: a parser inside a validator does not disturb the one around it."""

    def parse(value: str) -> Any:
        inner = fed(Order, value)
        return inner.close()

    class Outer(BaseModel):
        id: int
        inner: Annotated[Any, AfterValidator(parse)] = None
        after: list[Item] = []

        @model_validator(mode="after")
        def again(self) -> Outer:
            assert fed(list[Item], '[{"name": "x"}]').close() == [Item(name="x")]
            return self

    document = {"id": 1, "inner": ORDER, "after": [{"name": "a"}]}
    check_end(Outer, json.dumps(document))
    check_end(Outer, json.dumps({**document, "inner": "{}"}))
    assert fed(list[Outer], json.dumps([document])).close()[0].inner == Order.model_validate_json(ORDER)


# What is shown on the way


def test_the_view_grows_field_by_field() -> None:
    parser: Parser[Order] = Parser(Order)
    assert parser.value is MISSING
    parser.feed("{")
    assert parser.value == Partial[Order]({})
    assert type(parser.value) is Partial[Order]
    parser.feed('"id": 7')
    assert parser.value.id is MISSING
    parser.feed(', "note": "so')
    assert (parser.value.id, parser.value.note, parser.value.items) == (7, "so", MISSING)
    parser.feed('on", "items": [')
    assert (parser.value.note, parser.value.items) == ("soon", [])
    parser.feed('{"name": "te')
    assert parser.value.items == [Partial[Item]({"name": "te"})]
    parser.feed('a", "price": 2.5')
    assert parser.value.items[0].model_fields_set == {"name"}
    parser.feed("}")
    item = parser.value.items[0]
    assert type(item) is Item
    assert item == Item(name="tea", price=2.5)
    parser.feed(', {"name": "jam"}')
    assert parser.value.items[0] is item
    assert parser.value.items[1].price == 0.0
    parser.feed('], "address": nul')
    assert parser.value.address is MISSING
    parser.feed("l")
    assert parser.value.address is None
    assert parser.value.model_fields_set == {"id", "note", "items", "address"}
    assert type(parser.value) is Partial[Order]
    parser.feed("}")
    assert isinstance(parser.value, Order)
    assert parser.value.items[0] is item
    assert parser.close() is parser.value


def test_paths_and_json_speak_the_documents_names() -> None:
    parser = fed(Aliased, '{"firstName": 5, "2nd": [1')
    assert parser.json == {"firstName": 5, "2nd": []}
    assert parser.path == ("2nd", 0)
    assert parser.status(("firstName",)) == "complete"
    assert parser.status(("first",)) == "missing"


@pytest.mark.parametrize(
    ("target", "text", "shown"),
    [
        (str, '"te', "te"),
        (Any, '"te', "te"),
        (str | None, '"te', "te"),
        (Annotated[str, Field(min_length=9)], '"te', "te"),
        (Annotated[str, Field(max_length=1)], '"te', "te"),
        (Annotated[str, Field(strict=True)], '"te', "te"),
        (Annotated[str, Field(strict=True, min_length=1)], '"te', "te"),
        (ValuesOnly, '{"a": 1, "b": 2', {"a": 1}),
        (Annotated[str, Field(pattern="x")], '"te', MISSING),
        (Annotated[str, StringConstraints(strip_whitespace=True)], '"te', MISSING),
        (Annotated[str, StringConstraints(to_lower=True)], '"te', MISSING),
        (Annotated[str, AfterValidator(str)], '"te', MISSING),
        (Annotated[str, BeforeValidator(str)], '"te', MISSING),
        (datetime.date, '"2024-01-01', MISSING),
        (uuid.UUID, '"12345678-1234-5678-1234-567812345678', MISSING),
        (Colour, '"red', MISSING),
        (Literal["red"], '"red', MISSING),
        (bytes, '"red', MISSING),
        (int, "12", MISSING),
        (float, "1.5", MISSING),
        (int, '"12', MISSING),
        (bool, "tru", MISSING),
        (list[int], "[1, 2, 3", [1, 2]),
        (list[str], '["a", "b', ["a", "b"]),
        (list[datetime.date], '["2024-01-01", "2024', [datetime.date(2024, 1, 1)]),
        (list[list[int]], "[[1], [2, 3", [[1], [2]]),
        (list[Any], '[{"a": [1, "x', [{"a": [1, "x"]}]),
        (list, '[{"a": [1, "x', [{"a": [1, "x"]}]),
        (dict, '{"a": {"b": "x', {"a": {"b": "x"}}),
        (dict[str, int], '{"a": 1, "b": 2', {"a": 1}),
        (dict[int, str], '{"1": "a', {"1": "a"}),
        (list[Item | None], '[null, {"name": "x', [None, Partial[Item]({"name": "x"})]),
        (list[Annotated[int, Field(gt=0)]], "[1, 2, ", [1, 2]),
        (Annotated[list[int], Field(min_length=5)], "[1, ", [1]),
        (tuple[int, int], "[1, 2", [1]),
        (tuple[int, ...], "[1, 2", [1]),
        (set[int], "[1, 1, 2", [1, 1]),
        (frozenset[int], "[1, 2", [1]),
        pytest.param(deque[int], "[1, 2", [1], marks=since_2_14),
        (Plain, '{"a": 1, ', Partial[Plain]({"a": 1})),
        (Movie, '{"title": "M", ', {"title": "M"}),
        pytest.param(Point, "[1, 2", [1], marks=since_2_14),
        pytest.param(Point, '{"x": 1, "y": 2', {"x": 1}, marks=since_2_14),
        (Names, '["a", "b', ["a", "b"]),
    ],
)
def test_open_values(target: Any, text: str, shown: Any) -> None:
    """The policies, and where a target is not followed inside yet, nothing before it closes."""
    value = fed(target, text).value
    assert value == shown
    assert type(value) is type(shown)


def test_every_nullable_place_of_a_recursive_model_is_followed() -> None:
    for text, shown in (
        ('{"left": {"left": {"name": "x', {"left": {"left": {"name": "x"}}}),
        ('{"left": {"right": {"name": "x', {"left": {"right": {"name": "x"}}}),
        ('{"right": {"right": {"name": "x', {"right": {"right": {"name": "x"}}}),
        (
            '{"right": {"left": {"others": [{"right": {"name": "x',
            {"right": {"left": {"others": [{"right": {"name": "x"}}]}}},
        ),
    ):
        for target in (Node, Node | None):
            assert fed(target, text).value.model_dump() == shown
        assert fed(list[Node], f"[{text}").value[0].model_dump() == shown


def test_plain_json_inside_a_model_grows_and_holds_still() -> None:
    class Free(BaseModel):
        data: dict  # type: ignore[type-arg]
        after: Any = None

    parser: Parser[Free] = Parser(Free)
    parser.feed('{"data": {"a": [1, ')
    early = parser.value
    parser.feed('"x')
    later = parser.value
    parser.feed('y"], "b": {}}, "after": [')
    assert early.data == {"a": [1]}
    assert later.data == {"a": [1, "x"]}
    assert parser.value.data == {"a": [1, "xy"], "b": {}}
    data = parser.value.data
    parser.feed("1]}")
    assert parser.close().data is data


def test_missing_chains_in_the_view() -> None:
    value = fed(Order, '{"id": 1').value
    assert not value.address
    assert value.address.city is MISSING
    assert (value.address.city or "…") == "…"
    assert list(value.items) == []
    assert len(value.items) == 0
    assert str(value.note) == "MISSING"
    assert not hasattr(value, "nonsense")


def test_another_stand_in_for_what_is_missing() -> None:
    parser: Parser[Any] = Parser(Order, missing=None)
    assert parser.value is None
    value = fed(Order, '{"items": [{', missing=None).value
    assert value.id is None
    assert value.items[0].name is None
    assert fed(list[int], '["x", 1, ', missing="?").value == ["?", 1]


# Values that do not fit


def test_an_invalid_field_is_reported_when_it_closes_and_stays_absent() -> None:
    parser: Parser[Order] = Parser(Order)
    assert parser.feed('{"id": "x') == ()
    (event,) = parser.feed('", ')
    assert isinstance(event, Invalid)
    assert event.path == ("id",)
    assert event.errors[0]["type"] == "int_parsing"
    assert event.errors[0]["loc"] == ()
    assert parser.value.id is MISSING
    assert parser.status(("id",)) == "invalid"
    assert parser.status(()) == "partial"
    (event,) = parser.feed('"note": "soon", ')
    assert event == Completed(("note",), "soon")
    events = parser.feed('"items": [{"name": "a"}, {"name": 5}]}')
    assert [(type(each).__name__, each.path) for each in events] == [
        ("Completed", ("items", 0, "name")),
        ("Completed", ("items", 0)),
        ("Violation", ("items", 1, "name")),
        ("Invalid", ("items", 1, "name")),
        ("Invalid", ("items", 1)),
        ("Invalid", ("items",)),
        ("Invalid", ()),
    ]
    assert type(parser.value) is Partial[Order]
    assert parser.value.items[0] == Item(name="a")
    assert parser.status(()) == "invalid"
    assert parser.status(("items", 0)) == "complete"
    with pytest.raises(ValidationError) as caught:
        parser.close()
    assert [line["loc"] for line in caught.value.errors()] == [("id",), ("items", 1, "name")]
    with pytest.raises(ValidationError) as again:
        parser.close()
    assert again.value is caught.value
    outcome = parser.end()
    assert isinstance(outcome, Failed)
    assert outcome.error is caught.value


def test_a_previewed_string_that_turns_out_invalid_stays() -> None:
    parser = fed(Annotated[list[Annotated[str, Field(max_length=2)]], Field(max_length=1)], '["abc", "d')
    assert parser.value == ["abc", "d"]
    assert parser.status((0,)) == "invalid"
    parser.feed('"]')
    assert parser.value == ["abc", "d"]
    assert parser.status(()) == "invalid"


def test_list_elements_keep_their_index() -> None:
    parser = fed(list[int], '[1, "x", 3, {"a": 1}, [2], 6, ')
    assert parser.value == [1, MISSING, 3, MISSING, MISSING, 6]
    assert [parser.status((index,)) for index in range(7)] == [
        "complete",
        "invalid",
        "complete",
        "invalid",
        "invalid",
        "complete",
        "missing",
    ]


def test_a_container_that_turns_out_invalid_leaves_what_was_shown() -> None:
    parser = fed(list[Item], '[{"price": 1}, {"name": "b"}, ')
    assert parser.value == [Partial[Item]({"price": 1.0}), Item(name="b")]
    assert parser.status((0,)) == "invalid"
    assert parser.status((0, "price")) == "complete"


def test_an_invalid_root() -> None:
    parser = fed(int, '"x"')
    assert parser.done
    assert parser.value is MISSING
    assert parser.json == "x"
    assert parser.status(()) == "invalid"
    assert isinstance(parser.end(), Failed)
    parser = fed(Order, "{}")
    assert parser.value == Partial[Order]({})


def test_an_error_in_the_syntax_wins_over_errors_of_the_schema() -> None:
    parser: Parser[Order] = Parser(Order)
    with pytest.raises(ParseError) as caught:
        parser.feed('{"id": "x", "note": tru!')
    assert [type(event) for event in caught.value.events] == [Invalid, Violation]
    with pytest.raises(ParseError) as again:
        parser.close()
    assert again.value is caught.value


def test_a_cut_document_gives_no_value() -> None:
    for text in ("", "{", '{"id": 1', '{"id": "x", "note": "s', ORDER[:-1]):
        parser = fed(Order, text)
        with pytest.raises(IncompleteError):
            parser.close()
        outcome = parser.end()
        assert isinstance(outcome, Truncated)
        assert not isinstance(outcome.value, Order)


def test_a_number_at_the_root() -> None:
    parser = fed(int, "12")
    assert parser.value is MISSING
    assert isinstance(parser.end("length"), Truncated)
    parser = fed(int, "12")
    assert parser.end() == Complete(12, (Completed((), 12),))
    assert fed(int, "12 ").value == 12
    outcome = fed(int, "1.5").end()
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ValidationError)
    assert [type(event) for event in outcome.events] == [Invalid]


# Repeated keys


def test_repeated_keys_of_a_model() -> None:
    """The last counts; earlier errors are withdrawn."""
    for text in (
        '{"id": 1, "id": 2}',
        '{"id": "x", "id": 2}',
        '{"id": 1, "id": "x"}',
        '{"id": 1, "items": [{"name": "a"}], "items": []}',
        '{"id": 1, "items": [{"name": 5}], "items": [{"name": "b"}]}',
        '{"id": 1, "address": {"city": "a", "city": "b"}, "address": null}',
    ):
        check_end(Order, text)
    parser = fed(Order, '{"id": "x", "id": ')
    assert parser.status(("id",)) == "invalid"
    assert parser.feed("2, ") == (Replaced(("id",), "x"), Completed(("id",), 2))
    assert parser.status(("id",)) == "complete"
    assert parser.value.id == 2


def test_the_old_value_stays_until_the_new_one_is_visible() -> None:
    parser = fed(Order, '{"address": {"city": "a"}, "note": "old", "address": ')
    assert parser.value.address == Address(city="a")
    parser.feed("{")
    assert parser.value.address == Partial[Address]({})
    parser.feed('"city": "b"}, "note": ')
    assert (parser.value.address, parser.value.note) == (Address(city="b"), "old")
    parser.feed('"')
    assert parser.value.note == ""


def test_a_repeated_key_with_an_invalid_value_takes_the_old_one_back() -> None:
    """The last counts, and an invalid value is not shown; so nothing is."""
    parser = fed(Order, '{"address": {"city": "a"}, "note": "old", "address": ')
    held = parser.value
    parser.feed("5, ")
    assert parser.value.address is MISSING
    assert parser.status(("address",)) == "invalid"
    assert held.address == Address(city="a")
    parser.feed('"address": {"city": "b"}')
    assert parser.value.address == Address(city="b")
    assert fed(dict[str, int], '{"k": 1, "k": "x", ').value == {}
    # A string that was previewed stays, as everywhere.
    assert fed(dict[str, Annotated[str, Field(max_length=2)]], '{"k": "a", "k": "abc"').value == {"k": "abc"}


def test_an_extra_key_called_like_an_aliased_field_is_not_taken_for_it() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        count: int = Field(default=0, alias="n")
        text: str = Field(default="", alias="count_")

    text = '{"count": "extra", "n": 5, "text": [1, "x"], "other": 1}'
    parser = fed(Open, text[:-1])
    assert parser.value.count == 5
    assert parser.value.text is MISSING
    assert parser.value.model_dump() == {"count": 5}
    assert fed(Open, '{"count": "ext').value.count is MISSING
    assert fed(Open, '{"count": {"a": [1, "x"').value.count is MISSING
    check_end(Open, text)


def test_repeated_keys_of_a_dict() -> None:
    """Each pair is validated and its errors stand."""
    for text in (
        '{"k": {"name": "a"}, "k": {"name": "b"}}',
        '{"k": {"name": 5}, "k": {"name": "b"}}',
        '{"k": {"name": "a"}, "k": {"name": 5}}',
        '{"k": {"name": 5}, "k": {"name": 6}, "l": 7}',
        '{"k": 1, "k": {"name": "a"}}',
    ):
        check_end(dict[str, Item], text)
    for text in (
        '{"1": "q", "1": 1}',
        '{"1": "q", "x": 1, "1": 2}',
        '{"1": "q", "x": "r", "x": 3}',
        '{"1": 1, "01": 2}',
    ):
        check_end(dict[int, int], text)


# Prebuilt validators and the probe


def test_skeletons_do_not_fall_into_prebuilt_validators() -> None:
    """A skeleton that validated the originals would hand the indexes to the leaf validators."""
    seen: list[Any] = []

    def see(value: int) -> int:
        seen.append(value)
        return value

    class Leaf(BaseModel):
        value: Annotated[int, AfterValidator(see)]

    class Middle(BaseModel):
        leaf: Leaf
        leaves: dict[str, Leaf] = {}

    assert Leaf.__pydantic_complete__
    assert Middle.__pydantic_complete__
    parser = one_by_one(list[Middle], '[{"leaf": {"value": 41}, "leaves": {"a": {"value": 42}}}]')
    assert parser.close()[0].leaves["a"].value == 42
    assert seen == [41, 42]


def test_a_model_whose_skeleton_fails_the_probe_is_settled_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    original = compiler.Compiler.validator

    def prebuilt_always(self: Any, schema: Any, config: Any, prebuilt: bool) -> Any:
        return original(self, schema, config, prebuilt=True)

    class Probed(BaseModel):
        a: int
        b: str = ""

    monkeypatch.setattr(compiler.Compiler, "validator", prebuilt_always)
    with pytest.warns(RuntimeWarning, match="Probed"):
        parser = Parser(Probed)
    parser.feed('{"a": 1, ')
    assert parser.value is MISSING
    parser.feed('"b": "x"}')
    assert parser.close() == Probed(a=1, b="x")


def test_no_warning_where_nothing_is_wrong() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for target in (Everything, Node, Zoo, Aliased, Populated, Pair[Item]):
            Parser(target)


def test_nothing_of_the_user_runs_before_the_document() -> None:
    ran: list[str] = []

    def make() -> int:
        ran.append("factory")
        return 1

    def see(value: int) -> int:
        ran.append("validator")
        return value

    class Quiet(BaseModel):
        a: int = Field(default_factory=make)
        b: Annotated[int, AfterValidator(see)] = 0

        @model_validator(mode="after")
        def check(self) -> Quiet:
            ran.append("model")
            return self

        def model_post_init(self, context: Any) -> None:
            ran.append("post")

    parser: partialjson.Parser[Quiet] = partialjson.Parser(Quiet)
    parser.feed('{"b": 1')
    assert ran == []
    parser.feed("}")
    assert sorted(ran) == ["factory", "model", "post", "validator"]


# Exceptions from user code


def raising(error: BaseException) -> Any:
    def fail(value: Any) -> Any:
        raise error

    return Annotated[int, AfterValidator(fail)]


def test_an_exception_from_a_validator_propagates_and_leaves_the_parser_failed() -> None:
    error = ZeroDivisionError("user code")
    model = pydantic.create_model("Model", a=(str, ""), b=(raising(error), ...))
    for chunks in (['{"a": "x", "b": 1', "}"], ['{"a": "x", "b": 1}']):
        parser = partialjson.Parser(model)
        for chunk in chunks[:-1]:
            parser.feed(chunk)
        with pytest.raises(ZeroDivisionError) as caught:
            parser.feed(chunks[-1])
        assert caught.value is error
        for _ in range(2):
            with pytest.raises(ZeroDivisionError) as again:
                parser.feed("}")
            assert again.value is error
        assert parser.json == {"a": "x", "b": 1}
        assert parser.value.model_dump() == {"a": "x"}
        outcome = parser.end()
        assert isinstance(outcome, Failed)
        assert outcome.error is error
        assert outcome.events == (() if len(chunks) == 2 else (Completed(("a",), "x"),))
        with pytest.raises(ZeroDivisionError):
            parser.close()


def test_an_exception_from_a_validator_at_the_end() -> None:
    parser = fed(raising(ZeroDivisionError("user code")), "1")
    outcome = parser.end()
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        parser.close()


def test_a_keyboard_interrupt_from_a_validator() -> None:
    for exception in (KeyboardInterrupt, SystemExit):
        parser: partialjson.Parser[Any] = partialjson.Parser(list_of(raising(exception())))
        with pytest.raises(exception):
            parser.feed("[1, 2]")
        with pytest.raises(RuntimeError, match=exception.__name__):
            parser.feed("]")
        assert isinstance(parser.end(), Failed)


def test_exceptions_leave_other_parsers_alone() -> None:
    """The stack of settled children is as deep after an error as before."""
    parser: Parser[Any] = Parser(list_of(raising(ZeroDivisionError())))
    with pytest.raises(ZeroDivisionError):
        parser.feed("[1, 2]")

    class Failing(BaseModel):
        a: int = 0

        @model_validator(mode="after")
        def fail(self) -> Failing:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fed(Failing, '{"a": 1}')
    assert skeletons.settled_children.stack == []
    check_end(Order, ORDER)


def test_feeding_from_a_validator_is_refused() -> None:
    parsers: list[partialjson.Parser[Any]] = []

    def feed_again(value: int) -> int:
        parsers[0].feed("1")
        return value

    def end_inside(value: int) -> int:
        parsers[0].end()
        return value

    for inside in (feed_again, end_inside):
        parsers[:] = [partialjson.Parser(list[Annotated[int, AfterValidator(inside)]])]
        with pytest.raises(RuntimeError, match="inside another call"):
            parsers[0].feed("[1, 2")
        with pytest.raises(RuntimeError, match="inside another call"):
            parsers[0].feed("]")


def test_a_refused_feed_that_the_validator_catches_changes_nothing() -> None:
    parsers: list[partialjson.Parser[Any]] = []

    def feed_again(value: int) -> int:
        with pytest.raises(RuntimeError):
            parsers[0].feed("1")
        return value

    parsers.append(partialjson.Parser(list[Annotated[int, AfterValidator(feed_again)]]))
    parsers[0].feed("[1, 2")
    parsers[0].feed("3]")
    assert parsers[0].close() == [1, 23]


def test_looking_from_a_validator_changes_nothing() -> None:
    parsers: list[partialjson.Parser[Any]] = []
    looks: list[Any] = []

    def look(value: Any) -> Any:
        looks.append((parsers[0].value, parsers[0].json))
        return value

    class Looking(BaseModel):
        a: Annotated[int, AfterValidator(look)]
        b: list[Annotated[str, AfterValidator(look)]] = []

        @model_validator(mode="after")
        def also(self) -> Looking:
            look(None)
            return self

    parsers.append(partialjson.Parser(list[Looking]))
    text = '[{"a": 1, "b": ["x", "y"]}, {"a": 2}]'
    for char in text:
        parsers[0].feed(char)
    assert parsers[0].close() == TypeAdapter(list[Looking]).validate_json("[]") + parsers[0].value
    assert len(looks) == 6


# Depth, limits, targets


def test_depth_is_that_of_pydantic() -> None:
    targets: list[Any] = [Any, list, list[Any]]
    for target in targets:
        deep = "[" * 201 + "]" * 201
        assert describe(fed(target, deep).close()) == describe(TypeAdapter(target).validate_json(deep))
        too_deep = "[" * 202 + "]" * 202
        with pytest.raises(ValidationError):
            TypeAdapter(target).validate_json(too_deep)
        with pytest.raises(ParseError) as caught:
            Parser(target).feed(too_deep)
        assert caught.value.pos == 201
    nested = '{"left":' * 201 + "{}" + "}" * 201
    with pytest.raises(ParseError):
        Parser(Node).feed(nested)
    for deepest in ('{"left":' * 199 + '{"name": "x"}' + "}" * 199, '{"left":' * 200 + "{}" + "}" * 200):
        check_end(Node, deepest, [deepest])


def test_a_deeper_limit_can_be_asked_for() -> None:
    deep = "[" * 202 + "]" * 202
    assert fed(Any, deep, limits=Limits(depth=300)).done


def test_lone_surrogates_are_refused_as_by_pydantic() -> None:
    for text in ('"\\ud83d"', '"\\ude00"', '{"a": "\\ud83d x"}'):
        with pytest.raises(ValidationError):
            TypeAdapter(Any).validate_json(text)
        with pytest.raises(ParseError):
            fed(Any, text)


def test_targets_that_are_none() -> None:
    class Forward(BaseModel):
        a: Undefined  # type: ignore[name-defined] # noqa: F821  # undefined on purpose

    with pytest.raises(pydantic.PydanticUserError):
        Parser(42)  # type: ignore[arg-type]
    with pytest.raises(pydantic.PydanticUserError):
        Parser(object())  # type: ignore[arg-type]
    with pytest.raises(pydantic.errors.PydanticUndefinedAnnotation):
        Parser(Forward)
    with pytest.raises(TypeError):
        Parser(strict=True)
    with pytest.raises(TypeError):
        Parser(context={})


def test_unhashable_targets() -> None:
    target = Annotated[int, Field(gt=1, json_schema_extra={"examples": [[1]]})]
    for text in ("1", "2"):
        check_end(target, text)
        check_end(list_of(target), f"[{text}]")


def test_targets_are_compiled_once() -> None:
    assert targets.compile_plan(Order) is targets.compile_plan(Order)
    assert targets.compile_plan(list[Order]) is targets.compile_plan(list[Order])
    assert targets.compile_plan(Order) is not targets.compile_plan(Order, by_name=True)


def test_what_a_checkpoint_says_of_its_target_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Own(BaseModel):
        number: int

    first = Parser(Own).checkpoint()
    monkeypatch.setattr(targets, "fingerprint", lambda given: pytest.fail("it is computed again"))
    assert Parser(Own).checkpoint() == first
    assert Parser.restore(first, Own).checkpoint() == first


def test_many_parsers_share_a_plan_and_nothing_else() -> None:
    parsers = [Parser(Order) for _ in range(3)]
    for char in ORDER:
        for parser in parsers:
            parser.feed(char)
    values = [parser.close() for parser in parsers]
    assert values[0] == values[1] == values[2] == Order.model_validate_json(ORDER)
    assert values[0] is not values[1]


def test_events_have_the_validated_values() -> None:
    class Typed(BaseModel):
        day: datetime.date
        counts: dict[int, int] = {}
        unique: set[int] = set()

    def events_of(text: str) -> Iterator[tuple[Any, Any]]:
        for event in Parser(Typed).feed(text):
            assert isinstance(event, Completed)
            yield event.path, event.value

    assert dict(events_of('{"day": "2024-01-01", "counts": {"1": "2"}, "unique": [1, 1], "extra": [1]}')) == {
        ("day",): datetime.date(2024, 1, 1),
        ("counts", "1"): 2,
        ("counts",): {1: 2},
        ("unique", 0): 1,
        ("unique", 1): 1,
        ("unique",): {1},
        ("extra", 0): 1,
        ("extra",): [1],
        (): Typed(day=datetime.date(2024, 1, 1), counts={1: 2}, unique={1}),
    }
