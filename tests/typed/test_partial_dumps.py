"""What leaves a partial object: as much as the complete one would let out, and nothing that a function made of half a
value."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import json
import math
import pickle
from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic.dataclasses
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    SerializationInfo,
    TypeAdapter,
    WrapSerializer,
    computed_field,
    create_model,
    field_serializer,
    model_serializer,
)

from partialjson import MISSING, Parser, Partial, Preview
from support.versions import since_2_14


def partials(target: Any, text: str) -> list[Any]:
    """The values after each character, up to the last but one."""
    parser = Parser(target)
    found = []
    for character in text[:-1]:
        parser.feed(character)
        if parser.value is not MISSING:
            found.append(parser.value)
    return found


def complete_but_open(target: Any, text: str) -> Any:
    """The partial object whose fields have all come."""
    return partials(target, text)[-1]


def leaves(value: Any) -> list[str]:
    """Every text that a reader of the value can get without asking a secret for it."""
    dumps = [repr(value), str(value)]
    if hasattr(value, "model_dump"):
        dumps += [
            str(value.model_dump(**how)) for how in ({}, {"mode": "json"}, {"by_alias": True}, {"round_trip": True})
        ]
        dumps += [value.model_dump_json(), value.model_dump_json(serialize_as_any=True)]
    return [*dumps, TypeAdapter(Any).dump_json(value).decode(), str(TypeAdapter(Any).dump_python(value))]


# Secrets and what is excluded.


class Login(BaseModel):
    user: str
    password: SecretStr
    pin: SecretBytes
    code: Secret[str]
    former: list[SecretStr] = []
    by_site: dict[str, SecretStr] = {}
    maybe: SecretStr | None = None
    shown: Annotated[SecretStr, Preview] = SecretStr("")
    listed: Secret[list[str]] = Secret([])
    keyed: Secret[dict[str, str]] | None = None
    either: Secret[list[str]] | int = 0
    inside: list[Secret[list[Holder]]] = []
    anything: Secret[Any] = Secret(None)


class Thinking(BaseModel):
    thoughts: str = Field(exclude=True, repr=False)
    plan: list[str] = Field(default=[], exclude=True, repr=False, alias="thePlan")
    answer: str = ""


@pydantic.dataclasses.dataclass
class Noted:
    text: str
    note: str = Field(default="", exclude=True, repr=False)


@dataclasses.dataclass
class Standard:
    text: str
    note: Annotated[str, Field(exclude=True)] = dataclasses.field(default="", repr=False)


class Holder(BaseModel):
    inner: Thinking
    more: list[Noted | Login] = []


SECRET = "hunter2-hunter2"
LOGIN = json.dumps(
    {
        "password": SECRET, "pin": SECRET, "code": SECRET, "former": [SECRET, SECRET], "by_site": {"a": SECRET},
        "maybe": SECRET, "shown": SECRET, "listed": [SECRET, SECRET], "keyed": {"k": SECRET}, "either": [SECRET],
        "inside": [[{"inner": {"thoughts": SECRET, "answer": SECRET}}]], "anything": [SECRET], "user": "ann",
    }
)  # fmt: skip
THINKING = json.dumps({"thoughts": SECRET, "thePlan": [SECRET], "answer": "42"})
NOTED = json.dumps({"note": SECRET, "text": "t"})


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Login, LOGIN),
        (Thinking, THINKING),
        (Noted, NOTED),
        (Standard, NOTED),
        pytest.param(list[Login], f"[{LOGIN}, {LOGIN}]", marks=since_2_14),
        (dict[str, Thinking], f'{{"a": {THINKING}, "b": {THINKING}}}'),
        (Holder, f'{{"inner": {THINKING}, "more": [{NOTED}, {LOGIN}]}}'),
        (RootModel[list[Thinking]], f"[{THINKING}, {THINKING}]"),
    ],
    ids=["login", "thinking", "noted", "standard", "list", "dict", "holder", "root"],
)
def test_nothing_secret_or_excluded_leaves_at_any_time(target: Any, text: str) -> None:
    for value in partials(target, text):
        for leaf in leaves(value):
            assert SECRET[:3] not in leaf


def test_repr_hides_what_the_model_hides() -> None:
    value = complete_but_open(Thinking, THINKING)
    assert repr(value) == "Partial[Thinking](answer='42')"
    assert [name for name, _ in value.__rich_repr__()] == ["answer"]
    assert value.thoughts == SECRET, "the program itself may read it"


def test_exclude_if_is_not_asked_about_half_a_value() -> None:
    class Guarded(BaseModel):
        word: str = Field(exclude_if=lambda word: word == "password")
        n: int = 0

    for value in partials(Guarded, '{"word": "password", "n": 1}'):
        assert "pass" not in str(value.model_dump())
    assert complete_but_open(Guarded, '{"word": "pass", "n": 1 }').model_dump() == {"word": "pass", "n": 1}


# The same dump as the model's own.


class Colour(BaseModel):
    name: str
    code: int = Field(default=0, alias="hexCode")


class Visit(BaseModel):
    model_config = ConfigDict(ser_json_timedelta="float", ser_json_bytes="base64", ser_json_inf_nan="strings")

    when: dt.date
    day: Annotated[dt.date, PlainSerializer(lambda day: day.strftime("%d.%m.%Y"))]
    stay: dt.timedelta
    raw: bytes
    much: float
    guests: int = Field(alias="guestCount")
    words: Annotated[list[str], PlainSerializer(lambda words: " ".join(words))]
    loud: list[Annotated[str, PlainSerializer(str.upper)]]
    wrapped: Annotated[str, WrapSerializer(lambda value, handler: f"<{handler(value)}>")]
    hidden: str = Field(exclude=True)
    colours: dict[str, Colour]
    either: Colour | str | None = None
    token: SecretStr = SecretStr("")
    price: Decimal = Decimal(0)

    @field_serializer("when")
    def _when(self, when: dt.date, info: SerializationInfo) -> str:
        return self.slashed(when) + str((info.context or {}).get("suffix", ""))

    def slashed(self, when: dt.date) -> str:
        return when.isoformat().replace("-", "/")


VISIT = json.dumps(
    {
        "when": "2024-05-01", "day": "2024-05-02", "stay": "PT90S", "raw": "abc", "much": 0, "guestCount": 2,
        "words": ["a", "b"], "loud": ["x", "y"], "wrapped": "w", "hidden": "h", "either": {"name": "red", "hexCode": 5},
        "colours": {"r": {"name": "red", "hexCode": 1}}, "token": "t", "price": "1.50",
    }
).replace('"much": 0', '"much": 1e400')  # fmt: skip

_FILTERS = st.one_of(
    st.none(),
    st.sets(st.sampled_from(list(Visit.model_fields))),
    st.dictionaries(
        st.sampled_from(["colours", "either", "loud", "words", "when"]),
        st.sampled_from([True, {"r": True}, {"r": {"name": True}}, {"__all__": {"name": True}}, {"name": True}]),
        max_size=3,
    ),
)
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "include": _FILTERS,
        "exclude": _FILTERS,
        "context": st.just({"suffix": "!"}),
        "by_alias": st.sampled_from([None, True, False]),
        "exclude_unset": st.booleans(),
        "exclude_defaults": st.booleans(),
        "exclude_none": st.booleans(),
        "round_trip": st.booleans(),
        "warnings": st.sampled_from([True, False, "none", "warn"]),
        "fallback": st.just(str),
        "serialize_as_any": st.booleans(),
    },
)


def outcome(call: Any) -> Any:
    try:
        return call()
    except Exception:
        return None


@pytest.mark.filterwarnings("ignore")
@given(ARGUMENTS, st.sampled_from([None, 0, 2]), st.booleans())
def test_a_partial_object_that_has_all_fields_is_dumped_as_the_model(
    arguments: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    value = complete_but_open(Visit, VISIT)
    whole = Parser(Visit)
    whole.feed(VISIT)
    model = whole.close()
    for mode in ("python", "json"):
        expected = outcome(lambda mode=mode: model.model_dump(mode=mode, **arguments))
        if expected is not None:
            assert value.model_dump(mode=mode, **arguments) == expected
    written = outcome(lambda: model.model_dump_json(indent=indent, ensure_ascii=ascii_only, **arguments))
    if written is not None:
        assert json.loads(value.model_dump_json(indent=indent, ensure_ascii=ascii_only, **arguments)) == json.loads(
            written
        )


# Types, a value of each as JSON, and how a field of that type may be declared.
FIELDS: dict[str, tuple[Any, str]] = {
    "text": (str, '"é\\n"'),
    "date": (dt.date, '"2024-05-01"'),
    "span": (dt.timedelta, '"PT1M"'),
    "exact": (Decimal, "1.5"),
    "far": (float, "1e400"),
    "data": (bytes, '"xy"'),
    "names": (set[str], '["b"]'),
    "pair": (tuple[int, str], '[1, "x"]'),
    "colour": (Colour, '{"name": "red", "hexCode": 3}'),
    "colours": (list[Colour], '[{"name": "red"}, {"name": "blue", "hexCode": 3}]'),
    "noted": (Noted, '{"text": "t", "note": "n"}'),
    "secret": (SecretStr, '"s3cret"'),
    "made": (Annotated[str, PlainSerializer(lambda text: text[::-1])], '"abc"'),
    "listed": (Annotated[list[int], PlainSerializer(len)], "[1, 2]"),
    "choice": (Literal["a", "b"], '"a"'),
    "free": (Any, '{"x": [1, null, "y"]}'),
    "optional": (dt.date | None, "null"),
}
DECLARED: dict[str, dict[str, Any]] = {
    "plain": {},
    "aliased": {"alias": "an alias"},
    "serialized under": {"serialization_alias": "out"},
    "excluded": {"exclude": True},
    "not in repr": {"repr": False},
}
_CONFIGS: list[ConfigDict] = [
    {},
    {"serialize_by_alias": True},
    {"ser_json_timedelta": "float", "ser_json_bytes": "hex", "ser_json_inf_nan": "constants"},
    {"extra": "allow"},
]


@given(st.data())
def test_a_generated_model_is_dumped_as_it_is_when_complete(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4, unique=True))
    declared = {name: data.draw(st.sampled_from(sorted(DECLARED))) for name in names}
    aliases = {name: f"an alias of {name}" for name in names if declared[name] == "aliased"}
    made: Any = {}
    for name in names:
        options = dict(DECLARED[declared[name]])
        if "alias" in options:
            options["alias"] = aliases[name]
        if "serialization_alias" in options:
            options["serialization_alias"] = f"out {name}"
        made[name] = (FIELDS[name][0], Field(**options))
    config = data.draw(st.sampled_from(_CONFIGS))
    model = create_model("Made", __config__=config, **made)
    members = [f'"{aliases.get(name, name)}": {FIELDS[name][1]}' for name in names]
    if config.get("extra"):
        members.append('"more": [1]')
    text = "{" + ", ".join(members) + " }"
    choices = {"by_alias": st.booleans(), "exclude_none": st.booleans(), "exclude": st.sets(st.sampled_from(names))}
    arguments = data.draw(st.fixed_dictionaries({}, optional=choices))
    value = complete_but_open(model, text)
    whole = model.model_validate_json(text)
    assert value.model_dump(**arguments) == whole.model_dump(**arguments)
    assert value.model_dump(mode="json", **arguments) == whole.model_dump(mode="json", **arguments)
    assert value.model_dump_json(**arguments) == whole.model_dump_json(**arguments) or (
        # In the order in which the fields came, not always that of the model.
        json.loads(value.model_dump_json(**arguments)) == json.loads(whole.model_dump_json(**arguments))
    )


# What is not final.


def test_functions_serialize_no_prefix() -> None:
    seen: list[Any] = []

    def note(value: Any) -> Any:
        seen.append(value)
        return value

    class Watched(BaseModel):
        text: Annotated[str, PlainSerializer(note)]
        texts: Annotated[list[str], PlainSerializer(note)]
        each: list[Annotated[str, PlainSerializer(note)]]
        maybe: Annotated[str, PlainSerializer(note)] | None
        n: int

    text = '{"text": "abc", "texts": ["de", "fg"], "each": ["hi", "jk"], "maybe": "lm", "n": 1}'
    for value in partials(Watched, text):
        value.model_dump()
        value.model_dump_json()
    assert {str(each) for each in seen} == {"abc", "['de', 'fg']", "hi", "jk", "lm"}


class Reversed(BaseModel):
    text: Annotated[str, PlainSerializer(lambda text: text[::-1])]
    n: int = 0


@pytest.mark.parametrize("chunks", [["ab", 'c"', ","], ["abc", '"', ", "], ['abc"', ", ", ""]])
def test_a_field_is_serialized_from_when_it_closes(chunks: list[str]) -> None:
    parser = Parser(Reversed)
    parser.feed('{"text": "')
    for chunk in chunks:
        parser.feed(chunk)
        closed = parser.status(("text",)) == "complete"
        assert parser.value.model_dump() == ({"text": "cba"} if closed else {})
        copied = pickle.loads(pickle.dumps(parser.value))
        assert copied == parser.value
        assert copied.model_dump() == parser.value.model_dump()


def test_an_invalid_value_that_stays_is_not_serialized_by_a_function() -> None:
    class Short(BaseModel):
        text: Annotated[str, Field(max_length=2), PlainSerializer(lambda text: f"<{text}>")]
        n: int = 0

    value = complete_but_open(Short, '{"text": "abc", "n": 1 }')
    assert value.text == "abc"
    assert value.model_dump() == {"n": 1}


def test_what_cannot_be_serialized_is_left_out() -> None:
    class Fussy(BaseModel):
        first: str
        second: int
        third: str

        @field_serializer("first")
        def _first(self, first: str) -> str:
            return first + self.third

        @field_serializer("second")
        def _second(self, second: int) -> int:
            raise ValueError("never")

    text = '{"first": "a", "second": 2, "third": "c" }'
    assert next(v.model_dump() for v in partials(Fussy, text) if "second" in v.model_fields_set) == {}
    assert complete_but_open(Fussy, text).model_dump() == {"first": "ac", "third": "c"}
    assert complete_but_open(Fussy, text).model_dump(include={"third"}) == {"third": "c"}
    assert complete_but_open(Fussy, text).model_dump(exclude={"third": True}) == {"first": "ac"}


def test_nothing_that_needs_the_whole_object_runs_inside_or_outside() -> None:
    class Square(BaseModel):
        side: int
        colour: str

        @computed_field  # type: ignore[prop-decorator]
        @property
        def area(self) -> int:
            return self.side**2

    class Point(BaseModel):
        x: int
        y: str

        @model_serializer
        def _point(self) -> str:
            return f"{self.x}|{self.y}"

    class Drawing(BaseModel):
        squares: list[Square]
        points: list[Point] = []
        point: Point | None = None
        either: Point | Square | None = None

    text = '{"squares": [{"side": 2, "colour": "r"}], "points": [{"x": 1, "y": "a"}], "point": {"x": 2, "y": "b"}}'
    dumps = [value.model_dump() for value in partials(Drawing, text)]
    assert {"squares": [{"side": 2, "colour": "r"}]} in dumps
    assert {"squares": [{"side": 2, "colour": "r", "area": 4}], "points": [{"x": 1, "y": "a"}]} in dumps
    assert dumps[-1] == {"squares": [{"side": 2, "colour": "r", "area": 4}], "points": ["1|a"], "point": "2|b"}
    assert all("MISSING" not in str(dump) for dump in dumps)
    assert partials(Point, '{"x": 1, "y": "a"}')[-1].model_dump() == {"x": 1, "y": "a"}


class Branch(BaseModel):
    """Refers to itself, so that its schema is one of definitions."""

    name: Annotated[str, PlainSerializer(str.upper)]
    secret: str = Field(default="", exclude=True)
    inner: Branch | None = None
    more: list[Branch] = []


def test_a_model_that_refers_to_itself_is_dumped_by_its_own_rules_at_every_depth() -> None:
    text = '{"name": "a", "secret": "s", "inner": {"name": "b", "secret": "s", "inner": null}, "more": [{"name": "c"}]}'
    dumps = [value.model_dump(exclude_unset=True) for value in partials(Branch, text)]
    assert {"name": "A"} in dumps
    assert {"name": "A", "inner": {"name": "B"}} in dumps
    assert dumps[-1] == {"name": "A", "inner": {"name": "B", "inner": None}, "more": [{"name": "C"}]}


class Masked(RootModel[list[Annotated[str, PlainSerializer(lambda text: "*" * len(text))]]]):
    pass


class Raw(RootModel[list[bytes]]):
    model_config = ConfigDict(ser_json_bytes="base64")


class Rooted(RootModel[list[Masked]]):
    pass


class Roots(BaseModel):
    masked: Masked = Masked([])
    raw: Raw = Raw([])
    deep: list[Rooted] = []
    named: dict[str, Masked] = {}
    maybe: Masked | int = 0
    last: int = 0


@pytest.mark.parametrize(
    ("text", "dumped"),
    [
        ('{"masked": ["ab", "c', {"masked": ["**"]}),
        ('{"masked": ["ab", "c"], "last": 1', {"masked": ["**", "*"]}),
        ('{"raw": ["ab", "c"], "last": 1', {"raw": ["YWI=", "Yw=="]}),
        ('{"raw": ["ab", ', {"raw": ["YWI="]}),
        ('{"deep": [[["a"]], [["b"], ["c"', {"deep": [[["*"]]]}),
        ('{"named": {"x": ["a"], "y": ["b", "c"', {"named": {"x": ["*"]}}),
        ('{"maybe": ["ab"], "last": 1', {"maybe": ["**"]}),
    ],
)
def test_a_root_model_is_dumped_by_its_own_rules_while_it_is_open(text: str, dumped: Any) -> None:
    parser = Parser(Roots)
    parser.feed(text)
    for _ in range(2):
        assert isinstance(parser.value, Partial)
        assert json.loads(parser.value.model_dump_json(exclude_unset=True)) == dumped


def test_the_arguments_reach_every_depth() -> None:
    class Leaf(BaseModel):
        n: int | None = Field(alias="N")
        far: float = 0

    class Tree(BaseModel):
        leaf: Leaf
        more: list[Leaf] = []

    (*_, value) = partials(Tree, '{"leaf": {"N": null, "far": 1e400}, "more": [{"N": 1, "far": 2.5')
    assert value.model_dump(by_alias=True, exclude_none=True) == {"leaf": {"far": math.inf}, "more": [{"N": 1}]}
    assert value.model_dump(include={"more": {0: {"n"}}}) == {"more": [{"n": 1}]}
    assert value.model_dump(exclude={"more": {"__all__": {"n"}}, "leaf": {"far"}}) == {
        "leaf": {"n": None},
        "more": [{}],
    }
    assert json.loads(value.model_dump_json(), parse_constant=pytest.fail)["leaf"] == {"n": None, "far": None}


def test_wrong_arguments_are_refused_as_by_pydantic() -> None:
    value = complete_but_open(Colour, '{"name": "red", "hexCode": 1 }')
    with pytest.raises(TypeError):
        value.model_dump(include=5)
    with pytest.raises(TypeError):
        value.model_dump(no_such_argument=True)


@given(st.data())
def test_dumps_depend_neither_on_the_chunks_nor_on_readers(data: st.DataObject) -> None:
    text = VISIT[: data.draw(st.integers(1, len(VISIT) - 1))]
    whole = Parser(Visit)
    whole.feed(text)
    pieces = Parser(Visit)
    for piece in text:
        pieces.feed(piece)
        _ = pieces.value
    assert str(getattr(pieces.value, "model_dump", dict)()) == str(getattr(whole.value, "model_dump", dict)())


@pytest.mark.parametrize("name", ["model_dump", "model_dump_json"])
def test_the_arguments_have_the_defaults_of_pydantic(name: str) -> None:
    """Those that this version of pydantic has; a newer one may have more, which are handed on."""

    def defaults(of: Any) -> dict[str, Any]:
        parameters = inspect.signature(getattr(of, name)).parameters.values()
        return {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}

    theirs, ours = defaults(BaseModel), defaults(Partial)
    assert {word: value for word, value in ours.items() if word in theirs} == {
        word: value for word, value in theirs.items() if word in ours
    }
    assert theirs.keys() - ours.keys() <= {"polymorphic_serialization"}
