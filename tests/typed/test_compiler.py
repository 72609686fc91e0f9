"""What plans of pydantic's types say: what is quick, what is shown, what is pydantic's own; tables over types."""

from __future__ import annotations

import collections
import enum
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, Optional

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    create_model,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

from partialjson import Whole
from partialjson._core.plan import Plan, Shape
from partialjson._core.spec import ANYTHING, BOOLEAN, FLOAT, INTEGER, NULL, STRING
from partialjson.testing.oneshot import check_end
from partialjson.typed.compiler import Compiler
from partialjson.typed.skeletons import FIRST_INDEX
from partialjson.typed.targets import compile_plan
from support.versions import since_2_14


def same(value: Any) -> Any:
    return value


def model(settings: dict[str, Any] | None = None, **fields: Any) -> Any:
    given: Any = fields
    config: Any = settings or {}
    made: Any = create_model("Made", __config__=config, **given)
    return made


class Item(BaseModel):
    name: str
    price: float = 0


class Named(TypedDict):
    name: str


class Pair(NamedTuple):
    a: int


@dataclass
class Data:
    a: int


class Checked(BaseModel):
    a: int

    @model_validator(mode="after")
    def seen(self) -> Checked:
        return self


class FieldChecked(BaseModel):
    a: int

    @field_validator("a")
    @classmethod
    def seen(cls, value: int) -> int:
        return value


class InfoChecked(BaseModel):
    a: int

    @field_validator("a")
    @classmethod
    def seen(cls, value: int, info: Any) -> int:
        return value


class AfterInit(BaseModel):
    a: int

    def model_post_init(self, context: Any) -> None:
        pass


class Colour(enum.Enum):
    RED = "red"


def shape(target: Any, **options: Any) -> Shape:
    plan = compile_plan(target, **options)
    found = plan.object or plan.array
    assert found is not None
    return found


Short = Annotated[str, Field(max_length=3)]
Lower = Annotated[str, StringConstraints(to_lower=True)]

# Containers whose result is the list or dict of what is settled in them, and those that pydantic has to make.
PLAIN: list[tuple[str, Any, bool]] = [
    ("list", list[int], True),
    ("list of models", list[Item], True),
    ("list of a length", Annotated[list[int], Field(max_length=3)], False),
    ("list of a least length", Annotated[list[int], Field(min_length=1)], False),
    ("set", set[int], False),
    ("frozenset", frozenset[int], False),
    ("tuple", tuple[int, ...], False),
    ("pair", tuple[int, str], False),
    ("dict", dict[str, int], True),
    ("dict of a length", Annotated[dict[str, int], Field(max_length=3)], False),
    ("dict of a least length", Annotated[dict[str, int], Field(min_length=1)], False),
    ("dict with numbers for keys", dict[int, int], False),
    ("dict with keys of a length", dict[Short, int], False),
    ("dict with keys that change", dict[Lower, int], False),
    ("dict with any keys", dict[Any, int], False),
    ("typed dict", Named, False),
    ("nullable", list[int] | None, True),
    ("union", list[int] | int, True),
    ("after", Annotated[list[int], AfterValidator(same)], False),
    ("root", RootModel[list[int]], False),
]


@pytest.mark.parametrize(("name", "target", "is_plain"), PLAIN, ids=[name for name, *_ in PLAIN])
def test_what_is_plain(name: str, target: Any, is_plain: bool) -> None:
    found = shape(target)
    assert (found.is_plain, found.is_direct) == (is_plain, is_plain)


@since_2_14
@pytest.mark.parametrize("target", [collections.OrderedDict[str, int], collections.deque[int]])
def test_other_containers_are_not_plain(target: Any) -> None:
    assert not shape(target).is_plain


@pytest.mark.parametrize(
    ("settings", "is_plain"),
    [
        (ConfigDict(str_to_lower=True), False),
        (ConfigDict(str_to_upper=True), False),
        (ConfigDict(str_strip_whitespace=True), False),
        (ConfigDict(str_max_length=3), False),
        (ConfigDict(title="t"), True),
    ],
    ids=str,
)
def test_keys_are_not_plain_where_their_configuration_changes_them(settings: ConfigDict, is_plain: bool) -> None:
    assert shape(TypeAdapter(dict[str, int], config=settings)).is_plain is is_plain


# Models that are made in Python mode from what is settled, whether that is shown under its own names, and those that
# are not, since it could make a difference.
QUICK: list[tuple[str, Any, bool, bool]] = [
    ("plain", Item, True, True),
    ("with a default", model(a=(int, 1)), True, True),
    ("with a factory", model(a=(list[int], Field(default_factory=list))), True, True),
    ("with an alias", model(a=(int, Field(alias="A"))), True, False),
    ("forbids others", model({"extra": "forbid"}, a=(int, ...)), True, False),
    ("allows others", model({"extra": "allow"}, a=(int, ...)), False, False),
    ("by both names", model({"validate_by_name": True}, a=(int, Field(alias="A"))), False, False),
    ("strict", model({"strict": True}, a=(int, ...)), False, False),
    ("with a strict field", model(a=(int, Field(strict=True))), True, True),
    ("frozen", model({"frozen": True}, a=(int, ...)), True, True),
    ("validates its defaults", model({"validate_default": True}, a=(int, "1")), False, False),
    ("validates no default", model({"validate_default": True}, a=(int, Field(1, validate_default=False))), True, True),
    ("validates a default", model(a=(int, Field("1", validate_default=True))), False, False),
    ("validates the default of a factory", model(a=(int, Field(default_factory=str, validate_default=True))), False,
     False),
    ("with a validator", Checked, False, False),
    ("with a validator of a field", FieldChecked, True, True),
    ("with a validator that sees others", InfoChecked, False, False),
    ("with a post-init", AfterInit, False, False),
    ("dataclass", Data, False, False),
    ("typed dict", Named, False, False),
    ("after", Annotated[Item, AfterValidator(same)], False, False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "target", "quick", "direct"), QUICK, ids=[name for name, *_ in QUICK])
def test_what_is_made_quickly(name: str, target: Any, quick: bool, direct: bool) -> None:
    found = shape(target)
    assert (found.quick is not None, found.is_direct) == (quick, direct)
    for text in ("{}", '{"a": 2}', '{"a": "2"}', '{"A": 2}', '{"a": 2, "b": 1}', '{"name": "x"}', '{"a": [], "A": 1}'):
        for strict in (None, True, False):
            check_end(target, text, strict=strict)


EXACT: list[tuple[str, Any, int]] = [
    ("str", str, STRING),
    ("int", int, INTEGER),
    ("float", float, FLOAT),
    ("bool", bool, BOOLEAN),
    ("null", type(None), NULL),
    ("any", Any, ANYTHING),
    ("maybe", int | None, INTEGER | NULL),
    ("string or number", str | int, STRING),
    ("number or string", int | str, STRING),
    ("numbers", int | float, 0),
    ("string or a truth", bool | str, STRING),
    ("string or words", str | Literal["a"], 0),
    ("two strings", str | Short, 0),
    ("short", Short, 0),
    ("short or number", Short | int, 0),
    ("after", Annotated[int, AfterValidator(same)], 0),
    ("before", Annotated[int, BeforeValidator(same)], 0),
    ("enum", Colour, 0),
    ("secret", SecretStr, 0),
    ("first that fits", Annotated[int | str, Field(union_mode="left_to_right")], 0),
    ("first that fits, lists apart", Annotated[str | list[int], Field(union_mode="left_to_right")], STRING),
]


@pytest.mark.parametrize(("name", "target", "kinds"), EXACT, ids=[name for name, *_ in EXACT])
def test_what_is_exact(name: str, target: Any, kinds: int) -> None:
    assert compile_plan(target).exact == kinds
    for text in ("null", "true", "5", "1.5", '"5"', '"a"', '"true"', '"5.5"', "[]", "[5]", "{}", '{"a": 5}'):
        for strict in (None, True):
            check_end(target, text, strict=strict)


@pytest.mark.parametrize("first", [int, float, bool])
def test_the_first_branch_that_fits_may_be_no_string(first: Any) -> None:
    for order in (first | str, str | first):
        left: Any = Annotated[order, Field(union_mode="left_to_right")]
        for target in (left, order, order | list[int], left | list[int]):
            for text in ('"5"', '"true"', '"1.5"', "5", "true", '"x"', "[5]"):
                check_end(target, text)


PREVIEWED: list[tuple[str, Any, bool]] = [
    ("str", str, True),
    ("any", Any, True),
    ("maybe", str | None, True),
    ("short", Short, True),
    ("lower", Lower, False),
    ("string or list", str | list[int], True),
    ("string or number", int | str, True),
    ("whole", Annotated[str, Whole], False),
    ("secret", SecretStr, False),
    ("after", Annotated[str, AfterValidator(same)], False),
    ("words", Literal["a"], False),
    ("list", list[str], False),
    ("number", int, False),
]


@pytest.mark.parametrize(("name", "target", "previews"), PREVIEWED, ids=[name for name, *_ in PREVIEWED])
def test_which_strings_are_shown_while_they_grow(name: str, target: Any, previews: bool) -> None:
    assert compile_plan(target).preview is previews


BY_VALUE: list[tuple[str, Any, int]] = [
    ("short", Short, STRING),
    ("bounded", Annotated[int, Field(ge=1)], INTEGER),
    ("words", Literal["a", "b"], STRING),
    ("maybe", Optional[Short], STRING),  # noqa: UP045  # pyright has no | here
    ("maybe words, maybe not", Literal["a"] | None, STRING),
    ("words and numbers", Literal["a", 1], 0),
    ("after", Annotated[int, AfterValidator(same)], 0),
    ("list", list[int], 0),
    ("bool", bool, 0),
]


@pytest.mark.parametrize(("name", "target", "kinds"), BY_VALUE, ids=[name for name, *_ in BY_VALUE])
def test_what_settles_by_its_value(name: str, target: Any, kinds: int) -> None:
    plan = compile_plan(target)
    assert plan.by_value == kinds
    assert (plan.settle_value is not None) == bool(kinds)
    for text in ("null", '"a"', '"abcd"', '"c"', "0", "1", '"1"', "true"):
        for strict in (None, True):
            check_end(target, text, strict=strict)


# Inputs of errors: the document's where they are what the skeleton was given, and otherwise what they were.

NESTED = TypeAdapter(dict[str, int])


@pytest.mark.parametrize("given", [{"": 1.5}, {"": "x"}, {"a": [1]}, [1], [[]], 7, "x", None], ids=str)
@pytest.mark.parametrize("outer", [list[int], dict[str, int], RootModel[list[int]], Item, Item | int, Data, Named])
def test_what_a_validator_validates_itself_is_told_as_it_is(outer: Any, given: Any) -> None:
    def refuse(value: Any) -> Any:
        return NESTED.validate_python(given)

    target: Any = Annotated[outer, AfterValidator(refuse)]
    for text in ("[1]", '{"a": 1}', '{"name": "x"}', "[]", "5"):
        check_end(target, text)
        check_end(list[target], f"[{text}]")
        check_end(target | int, text)


def test_numbers_beside_those_of_an_index_text_are_those_of_the_document() -> None:
    from pydantic import AliasPath

    class Kept(BaseModel):
        model_config = ConfigDict(extra="allow", populate_by_name=True)
        a: int = 0
        b: int = Field(default=0, validation_alias=AliasPath("deep", "b"))

    class Twice(BaseModel):
        model_config = ConfigDict(extra="allow")
        a: Any = Field(default=0, alias="x")
        b: Any = Field(default=0, alias="x")

    for number in (FIRST_INDEX - 2, FIRST_INDEX - 1, *range(FIRST_INDEX + 2, FIRST_INDEX + 6)):
        check_end(Kept, f'{{"a": 1, "deep": {number}}}')
        check_end(Kept, f'{{"deep": {number}, "a": 1}}')
        check_end(Twice, f'{{"x": {number}, "a": {number}}}')
    check_end(Kept, f'{{"deep": {FIRST_INDEX + 1}}}')


def test_atoms_have_no_way_inside() -> None:
    for target in (int, str, Literal["a"], Annotated[Item, BeforeValidator(same)], Any):
        plan: Plan = compile_plan(target)
        assert (plan.object, plan.array, plan.switch) == (None, None, None)


def with_info(schema: Any) -> dict[str, Any]:
    return {"type": "function-before", "function": {"type": "with-info", "function": same}, "schema": schema}


NUMBER: Any = {"type": "int"}
SEES = with_info(NUMBER)


@pytest.mark.parametrize(
    ("schema", "asks"),
    [
        (NUMBER, False),
        (SEES, True),
        ({"type": "list", "items_schema": SEES}, True),
        ({"type": "union", "choices": [NUMBER, (SEES, "label")]}, True),
        ({"type": "function-before", "function": {"type": "no-info", "function": same}, "schema": NUMBER}, False),
        ({"type": "default", "schema": NUMBER, "default_factory": dict, "default_factory_takes_data": True}, True),
        ({"type": "default", "schema": NUMBER, "default_factory": dict}, False),
        # What is inside another object sees the fields of that.
        ({"type": "model", "schema": SEES}, False),
        ({"type": "dataclass", "schema": SEES}, False),
        ({"type": "typed-dict", "fields": {"a": {"schema": SEES}}}, False),
        ({"type": "model", "schema": SEES, "root_model": True}, True),
        ({"type": "model", "schema": NUMBER, "root_model": True}, False),
        ({"type": "int", "metadata": SEES, "serialization": SEES}, False),
        ({"type": "definition-ref", "schema_ref": "sees"}, True),
        ({"type": "list", "items_schema": {"type": "definition-ref", "schema_ref": "loop"}}, False),
    ],
)
def test_who_sees_the_other_fields(schema: Any, asks: bool) -> None:
    loop = {"type": "nullable", "schema": {"type": "definition-ref", "schema_ref": "loop"}, "ref": "loop"}
    definitions = {"type": "definitions", "schema": NUMBER, "definitions": [{**SEES, "ref": "sees"}, loop]}
    assert Compiler(definitions, {}, "title", None, None).asks_for_info(schema) is asks
