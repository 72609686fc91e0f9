"""What specs say of pydantic's types, and what it costs to make a target and to tell what is wrong."""

from __future__ import annotations

import collections
import enum
import gc
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Optional
from uuid import UUID

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    PlainValidator,
    PostgresDsn,
    RootModel,
    SecretStr,
    TypeAdapter,
    ValidationError,
    WrapValidator,
    create_model,
    model_validator,
)
from typing_extensions import TypedDict

from partialjson import Invalid, Parser
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, INTEGER, NO_DEFAULT, NULL, NUMBER, OBJECT, STRING, Spec
from partialjson._core.spec_rules import rule_of
from partialjson._core.target import Options, spec_of, target_of
from partialjson._core.wording import kinds_of, strings_of
from partialjson.render.form import placeholder_of
from support.versions import since_2_14

ATOMS = STRING | NUMBER | BOOLEAN


class Fruit(enum.Enum):
    APPLE = "apple"
    PEAR = "pear"


class Choosy(enum.Enum):
    ONE = "one"

    @classmethod
    def _missing_(cls, value: object) -> Choosy:
        return cls.ONE


class Item(BaseModel):
    """What is ordered."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    name: Annotated[str, Field(max_length=4)] = Field("x", title="Name", description="what it is called")
    qty: int = Field(alias="Qty", ge=1)
    pin: SecretStr | None = None
    hidden: list[int] = Field(default_factory=list, exclude=True)


class Rooted(RootModel[list[Item]]):
    pass


class Early(BaseModel):
    n: int

    @model_validator(mode="before")
    @classmethod
    def first(cls, data: Any) -> Any:
        return data


class Pair(NamedTuple):
    first: int
    second: str = "s"


class Typed(TypedDict, total=False):
    a: int


@dataclass
class Data:
    x: int
    y: int = dataclass_field(init=False, default=3)


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int]  # pyright: ignore[reportIncompatibleVariableOverride]


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


def kinds(target: Any) -> tuple[int, int]:
    """The kinds that are certain to be all that can be valid, and those that usually come."""
    spec = spec_of(target)
    return kinds_of(rule_of(spec).finish()), spec.usual


@pytest.mark.parametrize(
    ("target", "certain", "usual"),
    [
        (int, ATOMS, INTEGER),
        (Annotated[int, Field(strict=True)], NUMBER, INTEGER),
        (str, STRING, STRING),
        pytest.param(Decimal, ATOMS, NUMBER, marks=since_2_14),
        (date, ATOMS, STRING),
        (UUID, STRING, STRING),
        (Any, ANYTHING, ANYTHING),
        (list[int], ARRAY, ARRAY),
        (dict[str, int], OBJECT, OBJECT),
        (Item, OBJECT, OBJECT),
        (Optional[Item], OBJECT | NULL, OBJECT),  # noqa: UP045  # the form that is tested
        (Rooted, ARRAY, ANYTHING),
        (Pet, OBJECT, ANYTHING),
        (Pet | None, OBJECT | NULL, ANYTHING),
        (str | list[int], STRING | ARRAY, ANYTHING),
        (Early, ANYTHING, OBJECT),
        (Pet | Early, ANYTHING, ANYTHING),
        (Annotated[int, BeforeValidator(len)], ANYTHING, INTEGER),
        (Annotated[int | None, BeforeValidator(len)], ANYTHING, INTEGER),
        (Annotated[str | list[int], BeforeValidator(len)], ANYTHING, ANYTHING),
        (Annotated[int, AfterValidator(abs)], ATOMS, INTEGER),
        (Fruit, STRING, STRING),
        (Choosy, ANYTHING, STRING),
        (Literal[Fruit.APPLE], ATOMS, STRING),
        (Literal["a", 1, None], ATOMS | NULL, STRING | NUMBER | NULL),
        pytest.param(collections.deque[int], ARRAY, ARRAY, marks=since_2_14),
        (Json[list[int]], STRING, STRING),
        pytest.param(Pair, OBJECT | ARRAY, OBJECT | ARRAY, marks=since_2_14),
    ],
)  # fmt: skip
def test_kinds(target: Any, certain: int, usual: int) -> None:
    assert kinds(target) == (certain, usual)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Fruit, {"apple": Fruit.APPLE, "pear": Fruit.PEAR}),
        (Fruit | None, {"apple": Fruit.APPLE, "pear": Fruit.PEAR}),
        (Literal["a", 1], {"a": "a"}),
        (Literal["a"] | Fruit, {"a": "a", "apple": Fruit.APPLE, "pear": Fruit.PEAR}),
        (Annotated[Literal["a"] | Fruit, BeforeValidator(str)], None),
        (Choosy, None),
        (Literal["a"] | str, None),
        (Literal[Fruit.APPLE], None),
        (enum.Enum("Mixed", {"A": "a", "B": 1}), None),
    ],
)  # fmt: skip
def test_words_bind_only_where_they_are_all(target: Any, words: dict[str, Any] | None) -> None:
    found = strings_of(rule_of(spec_of(target)))
    assert (None if found is None else sorted(found)) == (None if words is None else sorted(words))


@pytest.mark.parametrize(
    ("target", "noun", "format"),
    [
        (bool, "a bool", ""),
        (int, "an int", ""),
        (float, "a float", ""),
        pytest.param(Decimal, "a Decimal", "", marks=since_2_14),
        (complex, "a complex", ""),
        (str, "a str", ""),
        (bytes, "bytes", "binary"),
        (date, "a date", "date"),
        (time, "a time", "time"),
        (datetime, "a datetime", "date-time"),
        (timedelta, "a timedelta", "duration"),
        (AnyUrl, "a URL", "uri"),
        (PostgresDsn, "a URL", "multi-host-uri"),
        (UUID, "a UUID", "uuid"),
    ],
)
def test_scalars_are_called_as_json_schema_does(target: Any, noun: str, format: str) -> None:
    spec = spec_of(target)
    assert (spec.noun, spec.notes.get("format", "")) == (noun, format)
    if format:
        assert TypeAdapter(target).json_schema()["format"] in (format, "postgres")


def test_limits_are_those_of_the_document() -> None:
    def limits(target: Any) -> dict[str, Any]:
        return spec_of(target).limits

    assert limits(Annotated[str, Field(min_length=1, max_length=3, pattern="a")]) == {
        "minLength": 1, "maxLength": 3, "pattern": "a",
    }  # fmt: skip
    assert limits(Annotated[int, Field(ge=1, lt=5, multiple_of=2)]) == {
        "minimum": 1, "exclusiveMaximum": 5, "multipleOf": 2,
    }  # fmt: skip
    assert limits(Annotated[list[int], Field(min_length=1, max_length=3)]) == {"minItems": 1, "maxItems": 3}
    assert limits(Annotated[set[int], Field(min_length=1, max_length=3)]) == {"minItems": 1}
    assert limits(tuple[int, int]) == {"minItems": 2, "maxItems": 2}
    assert limits(Annotated[dict[str, int], Field(max_length=3)]) == {"maxProperties": 3}


def test_a_length_is_no_limit_of_a_string_that_is_stripped() -> None:
    class Stripped(BaseModel):
        model_config = ConfigDict(str_strip_whitespace=True, str_max_length=3)
        text: str

    class Kept(BaseModel):
        model_config = ConfigDict(str_max_length=3)
        text: str

    assert field(Stripped, "text").spec.limits == {}
    assert field(Kept, "text").spec.limits["maxLength"] == 3


def field(target: Any, name: str, **options: Any) -> Any:
    fields = spec_of(target, **options).fields
    assert fields is not None
    return fields[name]


def test_fields() -> None:
    spec = spec_of(Item)
    assert (spec.noun, spec.title, spec.description) == ("Item", "Item", "What is ordered.")
    name, qty, pin, hidden = (spec.fields or {}).values()
    assert (name.ways, name.required, name.default, name.title, name.description) == (
        (("name",),), False, "x", "Name", "what it is called",
    )  # fmt: skip
    assert (qty.ways, qty.required, qty.default) == ((("Qty",), ("qty",)), True, NO_DEFAULT)
    assert hidden.default is NO_DEFAULT
    assert [each.name for each in (name, qty, pin, hidden) if each.kept_back] == ["pin", "hidden"]
    assert pin.spec.notes == {"format": "password", "writeOnly": True}
    assert pin.spec.nullable
    assert spec.keys is not None
    assert {"name", "Qty", "qty", "pin", "hidden"} == spec.keys
    assert spec.rest is None


def test_ways() -> None:
    class Aliased(BaseModel):
        a: int = Field(validation_alias=AliasChoices("first", AliasPath("second", 0)))
        b: int = Field(validation_alias=AliasPath("box", 1))

    assert field(Aliased, "a").ways == (("first",), ("second", 0))
    assert field(Aliased, "b").ways == (("box", 1),)
    assert field(Aliased, "a", by_name=True).ways == (("first",), ("second", 0), ("a",))
    assert field(Aliased, "b", by_alias=False, by_name=True).ways == (("b",),)


def test_other_objects() -> None:
    pair = spec_of(Pair)
    assert [each.usual for each in pair.prefix] == [INTEGER, STRING]
    assert field(Pair, "second").ways == (("second",), (1,))
    typed = spec_of(Typed)
    assert typed.by_key
    assert not field(Typed, "a").required
    assert not field(Data, "y").is_read
    assert not field(Data, "y").required
    rest = spec_of(Open).rest
    assert rest is not None
    assert rest.usual == INTEGER
    keyed = spec_of(dict[int, str])
    assert keyed.names is not None
    assert keyed.names.usual == INTEGER
    assert spec_of(dict[str, str]).names is None
    assert spec_of(set[int]).may_drop
    rooted = spec_of(Rooted)
    assert rooted.root is not None
    assert rooted.leaves() == [rooted.root.spec]
    assert rooted.forms() == [rooted]
    pet = spec_of(Pet)
    assert pet.tag == "kind"
    assert pet.chosen({"kind": "dog"}) is pet.tags["dog"]
    assert pet.chosen({}) is None


def test_where_the_plan_is_atomic() -> None:
    class Holder(BaseModel):
        followed: Item
        whole: Early
        either: Cat | Dog
        tagged: Pet
        plain: list[Any]

    target = target_of(Holder, Options())
    fields = target.spec.fields
    assert fields is not None
    assert [name for name, each in fields.items() if each.spec.atomic] == ["whole", "either"]
    # What is inside is described all the same.
    assert fields["whole"].spec.fields is not None


def test_recursion_leads_back() -> None:
    class Tree(BaseModel):
        name: str
        children: list[Tree] = []
        parent: Tree | None = None

    Tree.model_rebuild(_types_namespace={"Tree": Tree})
    spec = spec_of(Tree)
    below: Spec | None = field(Tree, "children").spec.items
    assert below is not None
    deeper = (below.fields or {})["children"].spec.items
    assert deeper is not None
    assert deeper is below or deeper.fields is below.fields
    assert spec.title == "Tree"


def test_what_a_file_is_called() -> None:
    assert placeholder_of(Path).label == "path"
    assert placeholder_of(SecretStr).label == "password"
    assert placeholder_of(list[UUID]).label == "list of uuid"


# Costs, counted in calls of Python functions


def steps(work: Callable[[], Any]) -> int:
    """Calls from and in the typed layer."""
    count = 0

    def tell(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call") and "typed" in Path(frame.f_code.co_filename).parts

    gc.disable()
    sys.setprofile(tell)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


def shared(size: int, **options: Any) -> Any:
    """A model of models that share the models below them."""
    made: list[Any] = []
    for number in range(size):
        fields: dict[str, Any] = {"value": (int, ...), "extra": (int, "2" if "__config__" in options else 2)}
        for index, below in enumerate(made[-3:]):
            fields[f"ref{index}"] = (below | None, None)
        made.append(create_model(f"Node{number}", **fields, **options))
    return made[-1]


# Before 2.14 pydantic itself takes exponential time to make such classes.
@since_2_14
def test_shared_models_are_compiled_in_linear_steps() -> None:
    Parser(shared(3))
    few, more, many = (shared(size) for size in (5, 10, 40))
    counted = [steps(lambda model=model: Parser(model)) for model in (few, more, many)]  # type: ignore[misc]
    # Thirty more cost what six times five more cost.
    assert counted[2] - counted[1] < 7 * (counted[1] - counted[0])


@since_2_14
def test_shared_models_with_validated_defaults() -> None:
    config = ConfigDict(validate_default=True)
    few, many = (shared(size, __config__=config) for size in (8, 16))
    # A default may be validated by all that is below it.
    assert steps(lambda: Parser(many)) < 6 * steps(lambda: Parser(few))
    model = shared(5, __config__=config)
    parser: Parser[Any] = Parser(model)
    parser.feed('{"value": 1, "ref1": {"value": 2}}')
    assert parser.close() == model.model_validate_json('{"value": 1, "ref1": {"value": 2}}')


@since_2_14
def test_deep_models_need_no_deep_recursion() -> None:
    model = shared(300)
    parser: Parser[Any] = Parser(model)
    parser.feed('{"value": 1, "ref2": {"ref2": {"value": "x"')
    outcome: Any = parser.end()
    assert outcome.missing == (("ref2", "value"),)
    assert placeholder_of(model).at("ref2").at("ref0").at("value").label == "integer"


class Node(BaseModel):
    v: int
    kids: list[Node] = []


def invalid(depth: int, faults: int) -> str:
    text = ", ".join(['{"v": "x"}'] * faults)
    for _ in range(depth):
        text = f'{{"v": "y", "kids": [{text}]}}'
    return text


def test_errors_deep_inside_are_not_told_anew_at_each_level() -> None:
    def feed(text: str) -> Parser[Any]:
        parser: Parser[Any] = Parser(Node, select=[])
        parser.feed(text)
        return parser

    feed(invalid(2, 1))
    texts = invalid(10, 300), invalid(90, 300)
    shallow, deep = steps(lambda: feed(texts[0])), steps(lambda: feed(texts[1]))
    assert deep < 1.5 * shallow


@pytest.mark.parametrize("depth", [1, 3, 60])
def test_errors_are_those_of_one_shot_at_every_level(depth: int) -> None:
    text = invalid(depth, 4)
    with pytest.raises(ValidationError) as expected:
        Node.model_validate_json(text)
    parser = Parser(Node)
    events = [each for each in parser.feed(text) if isinstance(each, Invalid)]
    with pytest.raises(ValidationError) as raised:
        parser.close()
    assert raised.value.errors() == expected.value.errors()
    assert str(raised.value) == str(expected.value)
    for event in events:
        if event.path and len(event.path) % 2 == 0:
            inner = [line for line in expected.value.errors() if line["loc"][: len(event.path)] == event.path]
            assert [{**line, "loc": (*event.path, *line["loc"])} for line in event.errors] == inner


def test_errors_of_validators_survive_the_levels() -> None:
    def refuse(value: int) -> int:
        raise ValueError("{value} is never right")

    adapter: Any = TypeAdapter(dict[str, list[dict[str, Annotated[int, AfterValidator(refuse)]]]])
    text = '{"a": [{"b": 1}, {"c": "x"}], "d": 5}'
    with pytest.raises(ValidationError) as expected:
        adapter.validate_json(text)
    parser: Parser[Any] = Parser(adapter)
    parser.feed(text)
    with pytest.raises(ValidationError) as raised:
        parser.close()
    assert str(raised.value) == str(expected.value)
    assert raised.value.json() == expected.value.json()


# What binds, and what is made without the user's own code


class OwnInit(BaseModel):
    n: int

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


class AfterInit(BaseModel):
    n: int

    def model_post_init(self, context: Any) -> None:
        pass


class Late(BaseModel):
    n: int

    @model_validator(mode="after")
    def last(self) -> Late:
        return self


class OwnRoot(RootModel[int]):
    def __init__(self, root: int) -> None:
        super().__init__(root)


class EarlyRoot(RootModel[int]):
    @model_validator(mode="before")
    @classmethod
    def first(cls, data: Any) -> Any:
        return data


class Count(enum.Enum):
    ONE = 1


class Loud(enum.StrEnum):
    ONE = "one"


def given_in_place_of(on_error: str) -> Any:
    schema: Any = {"type": "default", "schema": {"type": "int"}, "default": 1, "on_error": on_error}
    return type("Given", (), {"__get_pydantic_core_schema__": classmethod(lambda cls, source, handler: schema)})


@pytest.mark.parametrize(
    ("target", "binding", "pure"),
    [
        (int, True, True),
        (Item, True, True),
        (Data, True, True),
        (Typed, True, True),
        (Rooted, True, True),
        (Pet, True, True),
        (int | None, True, True),
        (list[int], True, True),
        (set[int], True, True),
        (Iterable[int], False, True),
        (OwnInit, False, True),
        (OwnInit | None, False, True),
        (OwnRoot, False, True),
        (Early, False, True),
        (AfterInit, True, False),
        (Late, True, False),
        (Annotated[int, AfterValidator(abs)], True, False),
        (Annotated[int | None, AfterValidator(abs)], True, False),
        (Optional[Annotated[int, AfterValidator(abs)]], True, False),  # noqa: UP045  # the form that is tested
        (Annotated[int, BeforeValidator(abs)], False, True),
        (Annotated[int, WrapValidator(lambda value, inner: inner(value))], False, True),
        (Annotated[int, PlainValidator(abs)], True, True),
        (Fruit, True, True),
        (Choosy, False, True),
        (Count, False, True),
        (Loud, True, True),
        (Literal["a"], True, True),
        (Literal[Fruit.APPLE], False, True),
        (Literal[Fruit.APPLE, "a"], False, True),
        (given_in_place_of("raise"), True, True),
        (given_in_place_of("default"), False, True),
        (given_in_place_of("omit"), False, True),
        (Annotated[Decimal, Field(max_digits=3)], True, True),
        (Annotated[str, Field(strict=True, max_length=3)], True, True),
    ],
)
def test_what_binds_and_what_is_pure(target: Any, binding: bool, pure: bool) -> None:
    spec = spec_of(target)
    rule_of(spec).finish()
    assert (spec.binding, spec.is_pure) == (binding, pure)


def test_a_root_that_is_seen_first_binds_nothing() -> None:
    spec = spec_of(EarlyRoot)
    assert kinds_of(rule_of(spec).finish()) == ANYTHING
    assert spec.root is not None
    assert not spec.root.spec.binding


@pytest.mark.parametrize(
    "target",
    [
        int, str, Literal["a"], Fruit, Any, int | str, list[int], set[int], tuple[int, ...], tuple[int, str],
        tuple[int, Literal["x"]], dict[str, int], dict[int, int],
    ],
    ids=str,
)  # fmt: skip
def test_what_a_place_says_of_its_own_json_schema_is_noted(target: Any) -> None:
    class Noted:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return handler(target)

        @classmethod
        def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
            return {"format": "odd", "examples": [1], "title": "not a note"}

    assert spec_of(Noted).notes == {"format": "odd", "examples": [1]}
    assert spec_of(target).notes == {}
