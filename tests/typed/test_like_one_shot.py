"""Corners in which a typed document has to end, and its errors to read, as in one shot. The sweep tries them widely."""

# Pydantic reads the annotations from here, and unions are spelled in all ways.
# ruff: noqa: UP007, UP045
import abc
import collections
import enum
from collections.abc import Iterable
from typing import Annotated, Any, Generic, Literal, NamedTuple, Optional, TypeVar, Union

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    OnErrorOmit,
    RootModel,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticOmit, PydanticUseDefault, SchemaError, core_schema

from partialjson import Complete, Completed, Invalid, InvalidError, Parser, Predicted, Violation, stream
from partialjson.testing.oneshot import check_end, oneshot
from support.twins import Parser as TwinParser

M = TypeVar("M", bound=BaseModel)
CALLS: list[Any] = []


def even(value: int) -> int:
    CALLS.append(value)
    if value % 2:
        raise PydanticOmit
    return value


Even: Any = Annotated[int, AfterValidator(even)]
LIMITED: Any = Annotated[list[Even], Field(max_length=1)]


def shout(value: str) -> str:
    CALLS.append(value)
    return value.upper()


SHOUTED: Any = Annotated[Literal["red", "blue"], AfterValidator(shout)]


class Point(NamedTuple):
    x: float
    y: int = 0


class Size(BaseModel):
    """Left out if it is empty, which is known only when it has closed."""

    width: int
    note: str = ""

    @model_validator(mode="after")
    def is_there(self) -> "Size":
        if self.width == 0:
            raise PydanticOmit
        return self


# Values that are left out.


@pytest.mark.parametrize(
    ("target", "text", "value"),
    [
        (list[OnErrorOmit[int]], '[1, "x", 3]', [1, 3]),
        (list[Even], "[1, 2, 3, 4]", [2, 4]),
        (set[OnErrorOmit[int]], '["x", 1, 1]', {1}),
        (frozenset[Even], "[1, 2]", frozenset({2})),
        (tuple[OnErrorOmit[int], ...], '[1, "x"]', (1,)),
        (collections.deque[OnErrorOmit[int]], '["x", 1]', collections.deque([1])),
        (dict[str, OnErrorOmit[int]], '{"a": 1, "b": "x"}', {"a": 1}),
        (dict[OnErrorOmit[int], str], '{"1": "a", "x": "b"}', {1: "a"}),
        (dict[Even, Even], '{"1": 2, "2": 3, "4": 4}', {4: 4}),
        (list[list[Even]], "[[1], [2]]", [[], [2]]),
        (list[Optional[Size]], '[{"width": 0}, null, {"width": 2}]', [None, Size(width=2)]),
        (dict[str, list[Size]], '{"a": [{"width": 0, "note": "long"}]}', {"a": []}),
        (LIMITED, "[1, 2, 3]", [2]),
        (Optional[LIMITED], "[1, 2, 3]", [2]),
    ],
)  # fmt: skip
def test_what_is_left_out_is_not_there(target: Any, text: str, value: Any) -> None:
    parser = check_end(target, text)
    assert parser.value == value
    strict: Parser[Any] = TwinParser(target, on_invalid="raise")
    for character in text:
        events = strict.feed(character)
        assert not any(isinstance(event, Invalid | Violation) for event in events)
    assert strict.close() == value


def test_validators_that_leave_out_are_called_once() -> None:
    CALLS.clear()
    check_end(list[Even], "[1, 2, 3]", "[1, 2, 3]")
    assert CALLS == [1, 2, 3, 1, 2, 3]


def test_what_is_left_out_is_taken_back() -> None:
    parser: Parser[Any] = TwinParser(list[Size])
    events = [*parser.feed('[{"width": 1}, {"width": 0, "note": "so')]
    assert [each.model_dump() for each in parser.value] == [{"width": 1, "note": ""}, {"width": 0, "note": "so"}]
    events += parser.feed('"}, {"width": 3')
    assert [each.model_dump() for each in parser.value] == [{"width": 1, "note": ""}, {}]
    events += parser.feed("}]")
    assert parser.close() == [Size(width=1), Size(width=3)]
    closed = [(event.path, event.value) for event in events if isinstance(event, Completed) and len(event.path) == 1]
    assert closed == [((0,), Size(width=1)), ((1,), {"width": 0, "note": "so"}), ((2,), Size(width=3))]
    assert [event.raw for event in events if isinstance(event, Completed) and event.path == (1,)] == [True]


@pytest.mark.parametrize("on_invalid", ["collect", "skip", "raise"])
def test_streams_do_not_bring_what_is_left_out(on_invalid: Any) -> None:
    text = '[{"width": 1}, {"width": 0}, {"width": 2}]'
    elements = list(stream([text], list[Size], on_invalid=on_invalid).elements())
    assert elements == [Size(width=1), Size(width=2)]


def test_what_is_left_out_is_no_error_where_nothing_is_retained() -> None:
    parser: Parser[Any] = Parser(list[Even], retain=False, select=["$[*]"])
    events = [event for character in "[1, 2, 3]" for event in parser.feed(character)]
    closed = [event for event in events if isinstance(event, Completed)]
    assert [(event.path, event.value, event.raw) for event in closed] == [
        ((0,), 1, True),
        ((1,), 2, False),
        ((2,), 3, True),
    ]
    assert isinstance(parser.end(), Complete)


def test_more_than_the_limit_are_too_many_only_if_they_count() -> None:
    parser: Parser[Any] = Parser(LIMITED)
    assert not [event for event in parser.feed("[1, 2, 3, 5, 4") if isinstance(event, Violation)]
    assert [event.path for event in parser.feed(", 6") if isinstance(event, Violation)] == [()]


def test_a_root_that_is_left_out_raises_what_pydantic_raises() -> None:
    with pytest.raises(SchemaError) as expected:
        TypeAdapter(Even).validate_json("1")
    parser: Parser[Any] = Parser(Even)
    parser.feed("1")
    assert str(getattr(parser.end(), "error", None)) == str(expected.value)


def default(value: Any) -> Any:
    if value in ("x", [1]):
        raise PydanticUseDefault
    return value


class Defaulting(BaseModel):
    name: Annotated[str, AfterValidator(default)] = "nobody"
    numbers: Annotated[list[int], AfterValidator(default)] = [7]


@pytest.mark.parametrize("text", ['{"name": "x"}', '{"numbers": [1]}', '{"name": "x", "numbers": [1, 2]}'])
def test_a_validator_may_ask_for_the_default(text: str) -> None:
    check_end(Defaulting, text)
    check_end(list[Defaulting], f"[{text}]")
    inside = core_schema.no_info_after_validator_function(default, core_schema.list_schema(core_schema.int_schema()))

    class Holder:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return core_schema.list_schema(core_schema.with_default_schema(inside, default="none"))

    check_end(Holder, "[[1], [2]]")


# Classes without objects.


class Shape(BaseModel, abc.ABC):
    name: str

    @abc.abstractmethod
    def area(self) -> float: ...


class Raising(BaseModel):
    a: int = 0

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("no objects")


class Envelope(BaseModel, Generic[M]):
    data: Optional[M] = None
    n: int = 0


class Drawing(BaseModel):
    title: str = ""
    frame: Optional[Shape] = None
    shapes: list[Shape] = []
    anything: Optional[BaseModel] = None
    odd: Union[Raising, None] = None


class Bare:
    """Made by pydantic from model fields, but no model."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        fields = {"a": core_schema.model_field(core_schema.int_schema())}
        return core_schema.model_schema(cls, core_schema.model_fields_schema(fields))

    def __repr__(self) -> str:
        return f"Bare({self.__dict__['a']})"


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Drawing, '{"title": "t", "frame": null, "shapes": [], "anything": null}'),
        (Drawing, '{"anything": {}, "odd": null}'),
        (Drawing, '{"shapes": [1], "odd": 5}'),
        (Envelope, '{"data": {"x": 1}, "n": 2}'),
        (Bare, '{"a": 1}'),
        (list[Bare], '[{"a": 1}, {"a": "x"}]'),
    ],
)  # fmt: skip
def test_classes_whose_objects_cannot_be_made_are_settled_whole(target: Any, text: str) -> None:
    check_end(target, text)


@pytest.mark.parametrize(("text", "error"), [('{"frame": {"name": "n"}}', TypeError), ('{"odd": {}}', RuntimeError)])
def test_what_a_class_raises_is_raised(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        TypeAdapter(Drawing).validate_json(text)
    with pytest.raises(error):
        Parser(Drawing).feed(text)


# Definitions and names.


class Strictly(BaseModel):
    model_config = ConfigDict(strict=True)
    a: Point = Field(default=Point(0.0), validation_alias=AliasChoices("a", "A"))
    b: Optional[Point] = None


class StrictlyWrapped(BaseModel):
    model_config = ConfigDict(strict=True)
    a: Optional[Point] = None
    b: Optional[Point] = None

    @model_validator(mode="wrap")
    @classmethod
    def wrap(cls, data: Any, handler: Any) -> Any:
        return handler(data)


class StrictlyInformed(BaseModel):
    model_config = ConfigDict(strict=True)
    a: Optional[Point] = None
    b: Optional[Point] = None

    @field_validator("a", mode="before")
    @classmethod
    def before(cls, value: Any, info: Any) -> Any:
        return value


@pytest.mark.parametrize("target", [Strictly, StrictlyWrapped, StrictlyInformed])
def test_definitions_have_the_configuration_of_their_validator(target: Any) -> None:
    for text in ('{"a": ["1.5"]}', '{"b": ["1.5"]}', '{"a": [1.5, "2"], "b": null}', '{"b": [1.5]}'):
        check_end(target, text)
        check_end(list[target], f"[{text}]")
        check_end(Optional[target], text)
    assert oneshot(target, '{"a": ["1.5"]}').errors


class Tree(BaseModel):
    kids: "Union[dict[str, Tree], list[Tree], int]" = 0
    other: "Optional[Union[list[Union[Tree, int]], dict[str, int]]]" = None


@pytest.mark.parametrize(
    "text", ['{"kids": {"a": {"kids": "x"}}}', '{"kids": [{"other": {"a": "x"}}]}', '{"kids": 1.5}']
)
def test_recursive_unions_have_their_names_in_locations(text: str) -> None:
    check_end(Tree, text)
    check_end(dict[str, Tree], f'{{"k": {text}}}')


# Errors.


class ByChoice(BaseModel):
    b: int
    c: int = Field(validation_alias=AliasChoices("C", AliasPath("D", 0)))


class BadDefault(BaseModel):
    model_config = ConfigDict(validate_default=True)
    c: int = {}  # type: ignore[assignment]
    d: list[int] = Field(default_factory=dict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (ByChoice, '{"C": 1, "note": "x"}'),
        (ByChoice, '{"D": [1, 2], "note": {}}'),
        (ByChoice, '{"note": 1}'),
        (ByChoice, "{}"),
        (BadDefault, '{"note": "x"}'),
        (BadDefault, "{}"),
        (list[BadDefault], '[{"note": []}]'),
    ],
)  # fmt: skip
def test_the_input_of_an_error_is_what_pydantic_shows(target: Any, text: str) -> None:
    check_end(target, text)


class OpenToChoice(BaseModel):
    model_config = ConfigDict(extra="allow")
    f: int = Field(validation_alias=AliasChoices("a", "b"))


@pytest.mark.parametrize("number", [2**61, 2**61 + 1, 2**64, 10**30, -(10**30)])
def test_a_large_number_is_no_index(number: int) -> None:
    check_end(OpenToChoice, f'{{"a": 1, "b": {number}}}')
    check_end(list[Any], f"[{number}, {number}]")


class Hiding(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    a: int = 0
    b: "Optional[Hiding]" = None


class HidingRoot(RootModel[list[int]]):
    model_config = ConfigDict(hide_input_in_errors=True)


class Showing(BaseModel):
    inside: Hiding
    numbers: HidingRoot = HidingRoot([])


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Hiding, '{"a": "x", "b": {"a": "y"}}'),
        (Annotated[Hiding, AfterValidator(lambda value: value)], '{"a": "x"}'),
        (Annotated[Optional[Hiding], AfterValidator(lambda value: value)], '{"b": {"a": "x"}}'),
        (list[Hiding], '[{"a": "x"}]'),
        (Optional[Hiding], '{"a": "x"}'),
        (Union[Hiding, int], '{"a": "x"}'),
        (HidingRoot, '["x"]'),
        (RootModel[Hiding], '{"a": "x"}'),
        (Showing, '{"inside": {"a": "x"}, "numbers": ["x"]}'),
        (TypeAdapter(list[int], config=ConfigDict(hide_input_in_errors=True)), '["x"]'),
    ],
)  # fmt: skip
def test_an_error_reads_as_in_one_shot(target: Any, text: str) -> None:
    adapter = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    with pytest.raises(ValidationError) as expected:
        adapter.validate_json(text)
    parser: Parser[Any] = Parser(target)
    for character in text:
        parser.feed(character)
    with pytest.raises(ValidationError) as error:
        parser.close()
    assert str(error.value) == str(expected.value)


# What is said before a value closes.


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class UsingValues(BaseModel):
    model_config = ConfigDict(use_enum_values=True)
    color: Color


class RootColor(RootModel[Color]):
    pass


@pytest.mark.parametrize(
    ("target", "value"),
    [
        (Color, Color.RED),
        (UsingValues, "red"),
        (RootColor, RootColor(Color.RED)),
        (Optional[RootModel[Literal["red", "blue"]]], RootModel[Literal["red", "blue"]]("red")),
        (Union[Literal["red"], Color, None], "red"),
        (Annotated[Literal["red", "blue"], Field(max_length=3)], "red"),
    ],
)  # fmt: skip
def test_a_prediction_is_what_comes(target: Any, value: Any) -> None:
    text = '{"color": "red"}' if target is UsingValues else '"red"'
    parser: Parser[Any] = Parser(target, predict=True)
    events = [event for event in parser.feed(text) if isinstance(event, Predicted | Completed) and event.path != ("",)]
    predicted = [event.value for event in events if isinstance(event, Predicted)]
    assert predicted == [value]
    assert predicted == [event.value for event in events if isinstance(event, Completed)][:1]


@pytest.mark.parametrize(
    "target",
    [
        SHOUTED,
        Optional[SHOUTED],
        RootModel[SHOUTED],
        RootModel[Optional[SHOUTED]],
        Optional[RootModel[RootModel[SHOUTED]]],
        Union[RootModel[SHOUTED], int],
    ],
)  # fmt: skip
def test_nothing_is_predicted_where_the_users_code_would_have_to_run(target: Any) -> None:
    for before, around, after in (("", target, ""), ("[", list[target], "]"), ('{"a": ', dict[str, target], "}")):
        CALLS.clear()
        parser: Parser[Any] = Parser(around, predict=True)
        assert parser.feed(before + '"red') == ()
        assert CALLS == []
        told = parser.feed('"')[0].value
        assert (told.model_dump() if isinstance(told, RootModel) else told) == "RED"
        assert CALLS == ["red"]
        parser.feed(after)
        parser.close()
        assert CALLS == ["red"]


class Numbered(BaseModel):
    model_config = ConfigDict(strict=True)
    n: int = 0
    words: Optional[list[float]] = None


@pytest.mark.parametrize(
    ("target", "text", "options"),
    [
        (Iterable[str], '"abc"', {}),
        (Iterable[str], '{"a": 1}', {}),
        (Union[Iterable[str], int], '"abc"', {}),
        (Numbered, '{"n": "1", "words": ["1.5", true]}', {"strict": False}),
        (list[Numbered], '[{"n": "1"}]', {"strict": False}),
        (list[OnErrorOmit[int]], "[{}]", {}),
    ],
)  # fmt: skip
def test_nothing_valid_is_refused(target: Any, text: str, options: Any) -> None:
    TypeAdapter(target).validate_json(text, **options)
    parser: Parser[Any] = Parser(target, on_invalid="raise", **options)
    events = [event for character in text for event in parser.feed(character)]
    assert not any(isinstance(event, Invalid | Violation) for event in events)
    assert isinstance(parser.end(), Complete)


class ByBoth(BaseModel):
    model_config = ConfigDict(validate_by_name=True)
    b: list[int] = Field(default=[], alias="B")
    z: int = 0


def test_a_field_that_came_under_its_alias_does_not_go_for_its_name() -> None:
    text = '{"B": [1, 2], "b": 5, "z": 1}'
    check_end(ByBoth, text)
    parser: Parser[Any] = TwinParser(ByBoth, on_invalid="raise")
    parser.feed(text[:-1])
    assert parser.value.b == [1, 2]
    parser.feed("}")
    assert parser.close() == ByBoth(B=[1, 2], z=1)


def test_a_bad_value_under_the_name_is_reported_although_the_alias_may_come() -> None:
    parser: Parser[Any] = Parser(ByBoth, on_invalid="raise")
    with pytest.raises(InvalidError):
        parser.feed('{"b": 5')
    check_end(ByBoth, '{"b": 5, "B": [1]}')
