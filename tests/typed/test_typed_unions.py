"""Unions: which are followed inside, what they show before they close, and that they end as in one shot.

A union is followed where it is certain which branch pydantic will take: because no other can take a value of that JSON
type, or because a tag has come. All others are atomic, and correct.
"""

from __future__ import annotations

import datetime
import enum
import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Optional, Union

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    Tag,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

from partialjson import MISSING, Completed, Invalid, Partial
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.oneshot import check_end, oneshot
from support.feeding import fed, one_by_one
from support.models import Item, list_of
from support.twins import Parser

CALLS: list[Any] = []


def dict_of_optional(target: Any) -> Any:
    return dict[str, Optional[target]]  # noqa: UP045  # pyright has no | here


def str_or(target: Any) -> Any:
    return Union[str, target]  # noqa: UP007  # not every target has |


def calls_of(target: Any, text: str) -> tuple[list[Any], list[Any]]:
    """What validators are called with: by the parser, and in one shot."""
    CALLS.clear()
    one_by_one(target, text).end()
    ours = sorted(map(repr, CALLS))
    CALLS.clear()
    oneshot(target, text)
    return ours, sorted(map(repr, CALLS))


def noted(value: Any) -> Any:
    CALLS.append(value)
    if value in (13, "unlucky"):
        raise ValueError("unlucky")
    return value


Noted = Annotated[int, AfterValidator(noted)]


class Node(BaseModel):
    value: Noted = 0
    child: str | Node | None = None
    children: int | list[Node] = 0


class Pair(TypedDict, total=False):
    left: int
    right: list[str]


@dataclass
class Point:
    x: int
    y: int = 0


@dataclass
class Place:
    name: str


class Spot(TypedDict):
    name: str


class Names(RootModel[list[str]]):
    pass


class Colour(enum.Enum):
    RED = "red"


class Surprising(enum.Enum):
    RED = "red"

    @classmethod
    def _missing_(cls, value: object) -> Surprising | None:
        CALLS.append(("missing", str(value)))
        return cls.RED


JUNK = (
    "null",
    "true",
    "5",
    "1.5",
    "13",
    '"5"',
    '"x"',
    '"red"',
    '"2024-01-01"',
    "[]",
    "{}",
    '["a", "b"]',
    '[1, "x"]',
    '[{"name": "a"}, {"name": 5}, {}]',
    '{"name": "tea", "price": 2}',
    '{"name": 5, "price": "x"}',
    '{"x": 1}',
    '{"x": "q", "left": 1, "right": ["a", 5]}',
    '{"value": 13, "child": {"value": 13}}',
    '{"value": 1, "child": {"value": 2, "child": "x"}, "children": [{"value": 3}, {"children": 4}]}',
    '{"child": {"child": [], "value": "x"}, "children": [{"children": {}}]}',
    '{"a": {"name": "b"}}',
)

BY_JSON_TYPE: dict[str, Any] = {
    "str or model": str | Item,
    "model or none": Item | None,
    "model, str or none": Item | str | None,
    "int or list": int | list[Item],
    "list or model": list[Item] | Item,
    "str, list or dict": str | list[str] | dict[str, Item],
    "int, str or list": int | str | list[int],
    "date or model": datetime.date | Item,
    "recursive": Node,
    "recursive in a list": list[Node | str],
    "TypedDict or list": Pair | list[Pair],
    "dataclass or str": Point | str,
    "dataclass or int": Point | Noted,
    "root model or model": Names | Item,
    "tuple or model": tuple[int, str] | Item,
    "set or str": set[str] | str,
    "enum or list": Colour | list[Item],
    "literal or model": Literal["x", 5] | Item,
    "Any dict or int": dict | int,
    "left to right": Annotated[str | Item | int, Field(union_mode="left_to_right")],
    "noted or list": Noted | list[Noted],
    "strict int or str": Annotated[int, Field(strict=True)] | str | Item,
    "nested": list[str | list[int | list[Item]]],
    "in a dict": dict[str, str | Item],
    "constrained": Annotated[list[int], Field(max_length=1)] | Annotated[str, Field(max_length=2)],
    "after the union": Annotated[str | Item, AfterValidator(lambda value: (noted("after"), value)[1])],
}

ATOMIC: dict[str, Any] = {
    "two models": Item | Node,
    "model or dict": Item | dict[str, Any],
    "list or tuple": list[int] | tuple[str, str],
    "two dataclasses": Point | Item,
    "enum with _missing_": Surprising | Item,
    "before": Annotated[int, BeforeValidator(noted)] | Item,
    "Any": Any | Item,
    "root models": Names | list[int],
}


@pytest.mark.parametrize("name", [*BY_JSON_TYPE, *ATOMIC])
def test_unions_end_as_in_one_shot(name: str) -> None:
    target = (BY_JSON_TYPE | ATOMIC)[name]
    for text in JUNK:
        for strict in (None, True):
            check_end(target, text, strict=strict)
            check_end(list_of(target), f"[{text}, {text}]", strict=strict)
            check_end(target | None, text, strict=strict)


@pytest.mark.parametrize("name", [*BY_JSON_TYPE, *ATOMIC])
def test_unions_validate_once(name: str) -> None:
    for text in JUNK:
        ours, expected = calls_of((BY_JSON_TYPE | ATOMIC)[name], text)
        assert ours == expected, text


@pytest.mark.parametrize("name", ["model, str or none", "int or list", "recursive", "nested"])
def test_unions_do_not_show_their_chunks(name: str) -> None:
    for text in JUNK[-8:]:
        check_all_chunkings(text, make=lambda: Parser(BY_JSON_TYPE[name]), partitions=2, single_splits_up_to=40)


@pytest.mark.parametrize(
    ("target", "text", "shown"),
    [
        (str | Item, '{"name": "te', Partial[Item]({"name": "te"})),
        (str | Item, '"te', "te"),
        (Item | None, '{"name": "te', Partial[Item]({"name": "te"})),
        (int | list[Item], '[{"name": "te', [Partial[Item]({"name": "te"})]),
        (int | str, '"5', "5"),
        (str | int | float | bool | None, '"5', "5"),
        (int | Annotated[str, Field(max_length=3)], '"5', MISSING),
        (datetime.date | str, '"2024', MISSING),
        (Literal["a"] | Item, '"a', MISSING),
        (list[Item] | Item, '{"name": "te', Partial[Item]({"name": "te"})),
        (list[Item] | Item, '[{"name": "te', [Partial[Item]({"name": "te"})]),
        (Names | Item, '["a", "b', ["a", "b"]),
        (dict | int, '{"a": [1, "b', {"a": [1, "b"]}),
        (list[int] | Place, '{"name": "te', Partial[Place]({"name": "te"})),
        (list[int] | Spot, '{"name": "te', {"name": "te"}),
        (Node, '{"child": {"child": {"child": "x', None),
        (Item | Node, '{"name": "te', MISSING),
        (Item | dict[str, Any], '{"name": "te', MISSING),
        (Surprising | Item, '{"name": "te', MISSING),
    ],
)
def test_open_unions(target: Any, text: str, shown: Any) -> None:
    value = fed(target, text).value
    if shown is None:
        assert value.child.child.child == "x"
    else:
        assert value == shown
        assert type(value) is type(shown)


def test_a_string_that_an_int_could_read_stays_a_string() -> None:
    for text in ('"5"', '"true"', '"1.5"', '""'):
        for target in (int | str, str | int, bool | str | float, int | float | str | None):
            parser = check_end(target, text)
            assert parser.value == json.loads(text)


# Discriminated unions


class Cat(BaseModel):
    kind: Literal["cat", "kitten"]
    lives: Noted = 9
    toys: list[Item] = []


class Dog(BaseModel):
    kind: Literal["dog"]
    name: Annotated[str, AfterValidator(noted)] = ""
    friend: Cat | None = None


class Checked(BaseModel):
    kind: Literal["checked"]
    a: Noted = 0

    @model_validator(mode="after")
    def seen(self) -> Checked:
        CALLS.append("model")
        if self.a == 7:
            raise ValueError("seven")
        return self


class Early(BaseModel):
    kind: Literal["early"]
    a: Noted = 0

    @model_validator(mode="before")
    @classmethod
    def seen(cls, data: Any) -> Any:
        CALLS.append("before")
        return data


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    kind: Literal["open"]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Literal["closed"]
    a: int = 0


Pet = Annotated[Cat | Dog | Checked | Early | Open | Closed, Field(discriminator="kind")]


class Small(BaseModel):
    kind: Literal["number"]
    size: Literal[1]
    value: Noted = 0


class Large(BaseModel):
    kind: Literal["number"]
    size: Literal[2]
    values: list[Noted] = []


Nested = Annotated[Cat | Annotated[Small | Large, Field(discriminator="size")], Field(discriminator="kind")]


class Aliased(BaseModel):
    kind: Literal["a"] = Field(alias="@type")
    a: Noted = 0


class Aliased2(BaseModel):
    kind: Literal["b"] = Field(alias="@type")
    b: list[Noted] = Field(default=[], alias="B")


class Shade(enum.Enum):
    DARK = "dark"
    LIGHT = "light"


class Dark(BaseModel):
    shade: Literal[Shade.DARK]
    a: Noted = 0


class Light(BaseModel):
    shade: Literal[Shade.LIGHT]
    b: Item | None = None


class LeftDict(TypedDict):
    side: Literal["left"]
    a: Noted


class RightDict(TypedDict, total=False):
    side: Literal["right"]
    b: list[Item]


@dataclass
class RedPoint:
    colour: Literal["red"]
    x: int = 0


@dataclass
class BluePoint:
    colour: Literal["blue"]
    y: Item | None = None


class Owner(BaseModel):
    pet: Pet
    pets: list[Pet] = []
    maybe: Pet | None = None
    either: str | list[int] | Pet = ""


class Tree(BaseModel):
    kind: Literal["tree"]
    left: Plant | None = None
    right: Plant | None = None


class Leaf(BaseModel):
    kind: Literal["leaf"]
    value: Noted = 0


Plant = Annotated[Tree | Leaf, Field(discriminator="kind")]
Tree.model_rebuild()

TAGGED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "by a field": (
        Pet,
        (
            '{"kind": "cat", "lives": 3, "toys": [{"name": "ball"}]}',
            '{"lives": 3, "toys": [{"name": "ball", "price": 1}], "kind": "kitten"}',
            '{"lives": 13, "toys": [{"name": 5}, 6], "kind": "cat", "more": [1]}',
            '{"kind": "cat", "lives": 13, "toys": [{"name": 5}, 6], "more": [1]}',
            '{"name": "Rex", "kind": "dog", "friend": {"kind": "cat", "lives": "x"}}',
            '{"friend": {"lives": 13}, "name": "unlucky", "kind": "dog"}',
            '{"a": 7, "kind": "checked"}',
            '{"kind": "checked", "a": 7}',
            '{"kind": "checked", "a": 13}',
            '{"a": 1, "kind": "early", "b": {}}',
            '{"kind": "early", "a": 13}',
            '{"x": [1, {"y": "z"}], "kind": "open", "z": 1.50}',
            '{"kind": "closed", "a": "1", "b": 2}',
            '{"a": "1", "b": 2, "kind": "closed"}',
            '{"a": 1, "kind": "closed"}',
            '{"kind": "fish", "lives": 13}',
            '{"lives": 13, "kind": 5}',
            '{"lives": 13, "kind": null}',
            '{"lives": 13, "kind": ["cat"], "a": 1}',
            '{"lives": 13, "kind": {"kind": "cat"}}',
            '{"lives": 13}',
            "{}",
            "[]",
            "5",
            '"cat"',
            "null",
        ),
    ),
    "nested": (
        Nested,
        (
            '{"kind": "number", "size": 1, "value": 2}',
            '{"value": 2, "size": 1, "kind": "number"}',
            '{"values": [1, 13, "x"], "kind": "number", "size": 2}',
            '{"size": 2, "kind": "number", "values": [1, 2]}',
            '{"kind": "number", "value": 5}',
            '{"kind": "number", "value": 5, "size": 3}',
            '{"size": 1, "value": 13}',
            '{"size": 1, "kind": "cat", "lives": 2}',
        ),
    ),
    "by an alias": (
        Annotated[Aliased | Aliased2, Field(discriminator="kind")],
        (
            '{"@type": "a", "a": 1}',
            '{"B": [1, 13], "@type": "b"}',
            '{"kind": "a", "a": 1}',
            '{"kind": "b", "@type": "a", "a": "x"}',
        ),
    ),
    "by an enum": (
        Annotated[Dark | Light, Field(discriminator="shade")],
        ('{"shade": "dark", "a": 13}', '{"b": {"name": "x"}, "shade": "light"}', '{"b": {}, "shade": "light"}', "{}"),
    ),
    "TypedDict": (
        Annotated[LeftDict | RightDict, Field(discriminator="side")],
        ('{"side": "left", "a": 13}', '{"b": [{"name": "x"}], "side": "right"}', '{"side": "left"}', '{"side": 5}'),
    ),
    "dataclass": (
        Annotated[RedPoint | BluePoint, Field(discriminator="colour")],
        ('{"colour": "red", "x": "q"}', '{"y": {"name": "x"}, "colour": "blue"}', '{"y": 5, "colour": "blue"}'),
    ),
    "in a model": (
        Owner,
        (
            '{"pet": {"lives": 1, "kind": "cat"}, "pets": [{"kind": "dog"}, {"a": 7, "kind": "checked"}, 5]}',
            '{"pet": {"kind": "?"}, "maybe": {"kind": "cat", "lives": 13}, "either": {"kind": "dog", "name": 5}}',
            '{"either": {"lives": 3, "kind": "cat"}, "pet": {"kind": "open", "z": {}}}',
            '{"either": {"lives": 13, "kind": "cat"}, "pet": {"kind": "open", "z": {}}}',
            '{"either": {"lives": 13}, "pet": []}',
            '{"either": [1, "x"], "pet": {}}',
        ),
    ),
    "recursive": (
        Plant,
        (
            '{"kind": "tree", "left": {"value": 1, "kind": "leaf"}, "right": {"left": {"kind": "leaf"}}}',
            '{"left": {"value": 13, "kind": "leaf"}, "right": {"left": {"kind": "no"}, "kind": "tree"}, "kind":"tree"}',
        ),
    ),
    "validated after": (
        Annotated[Cat | Dog, Field(discriminator="kind"), AfterValidator(lambda pet: (noted(str(pet)), pet)[1])],
        ('{"lives": 3, "kind": "cat"}', '{"kind": "cat", "lives": 13}', '{"kind": "cat", "lives": 4}'),
    ),
    "around a nullable branch": (
        Optional[Annotated[Cat | Dog, Field(discriminator="kind")]],  # noqa: UP045  # pyright has no | here
        ('{"lives": 3, "kind": "cat"}', "null", '{"lives": 3}'),
    ),
}

TAGGED_CASES = [(name, text) for name, (_, texts) in TAGGED.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), TAGGED_CASES)
def test_tagged_unions_end_as_in_one_shot(name: str, text: str) -> None:
    target = TAGGED[name][0]
    for strict in (None, True):
        check_end(target, text, strict=strict)
        check_end(list_of(target), f"[{text}, {text}]", strict=strict)
        check_end(dict_of_optional(target), f'{{"k": {text}}}', strict=strict)
        check_end(str_or(target), text, strict=strict)


@pytest.mark.parametrize(("name", "text"), TAGGED_CASES)
def test_tagged_unions_validate_once(name: str, text: str) -> None:
    """Wherever the tag comes; nothing is validated before it has."""
    for target, document in ((TAGGED[name][0], text), (list_of(TAGGED[name][0]), f"[{text}]")):
        ours, expected = calls_of(target, document)
        assert ours == expected


@pytest.mark.parametrize("name", ["nested", "in a model", "by an alias"])
def test_tagged_unions_do_not_show_their_chunks(name: str) -> None:
    target, texts = TAGGED[name]
    for text in texts[:4]:
        check_all_chunkings(text, make=lambda: Parser(target), partitions=2, single_splits_up_to=40)


def test_a_tag_that_comes_first_lets_the_object_grow() -> None:
    parser = fed(Pet, '{"kind": "cat')
    assert parser.value is MISSING
    parser.feed('"')
    assert parser.value == Partial[Cat]({"kind": "cat"})
    parser.feed(', "lives": 3, "toys": [{"name": "ba')
    assert parser.value == Partial[Cat]({"kind": "cat", "lives": 3, "toys": [Partial[Item]({"name": "ba"})]})
    toy = parser.feed('ll"}')[-1].value
    assert toy == Item(name="ball")
    assert parser.value.toys[0] is toy
    parser.feed("]}")
    assert parser.close().toys[0] is toy


def test_a_tag_that_comes_last_shows_what_waited() -> None:
    CALLS.clear()
    parser = fed(list[Pet], '[{"lives": 3, "toys": [{"name": "ball"}], "other": 1, ')
    assert parser.value == []
    assert CALLS == []
    parser.feed('"kind": "kitten"')
    (pet,) = parser.value
    assert pet == Partial[Cat]({"lives": 3, "toys": [Item(name="ball")], "kind": "kitten"})
    assert CALLS == [3]
    toys = pet.toys
    parser.feed(', "lives": 4}]')
    assert parser.close()[0].toys is toys


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "number", "size": 2, "values": [1, 2',
        '{"size": 2, "kind": "number", "values": [1, 2',
    ],
)
def test_a_union_in_a_union_grows_once_both_tags_are_there(text: str) -> None:
    made = Large(kind="number", size=2, values=[1, 2])
    targets: list[tuple[Any, str, str, Any]] = [
        (list[Nested], "[", "]", [made]),
        (dict[str, Nested], '{"a": ', "}", {"a": made}),
    ]
    for target, before, after, end in targets:
        parser = fed(target, before + text)
        (shown,) = parser.value.values() if isinstance(parser.value, dict) else parser.value
        assert type(shown) is Partial[Large]
        assert (shown.kind, shown.size, shown.values) == ("number", 2, [1])
        parser.feed("]}" + after)
        assert parser.close() == end


def test_members_that_wait_are_reported_as_plain_json() -> None:
    """They close before it is known what they are to be; the tag, and what follows it, is validated."""
    events = fed_events(Pet, '{"toys": [{"name": "ball"}], "kind": "cat", "lives": "3"}')
    assert [(event.path, event.value) for event in events[:-1]] == [
        (("toys", 0, "name"), "ball"),
        (("toys", 0), {"name": "ball"}),
        (("toys",), [{"name": "ball"}]),
        (("kind",), "cat"),
        (("lives",), 3),
    ]
    assert type(events[-1].value) is Cat


def fed_events(target: Any, text: str) -> list[Any]:
    parser: Parser[Any] = Parser(target)
    return [event for char in text for event in parser.feed(char)]


def test_an_object_without_its_tag_is_shown_when_it_is_refused_as_in_one_shot() -> None:
    parser = fed(list[Pet], '[{"lives": 3}, {"kind": "fish", "lives": 4}, {"kind": "cat"')
    assert parser.value == [MISSING, MISSING, Partial[Cat]({"kind": "cat"})]
    assert parser.status((0,)) == parser.status((1,)) == "invalid"


def test_a_branch_that_is_atomic_is_shown_when_it_closes() -> None:
    parser = fed(Pet, '{"kind": "early", "a": 1')
    assert parser.value is MISSING
    parser.feed("}")
    assert parser.value == Early(kind="early", a=1)


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "cat", "kind": "dog", "name": "x"}',
        '{"kind": "cat", "lives": 3, "kind": "dog"}',
        '{"lives": 3, "kind": "dog", "lives": 4, "kind": "cat"}',
        '{"kind": "?", "kind": "cat"}',
        '{"kind": "cat", "kind": "?"}',
        '{"lives": 3, "lives": "x", "kind": "cat"}',
        '{"lives": "x", "lives": 3, "kind": "cat"}',
    ],
)
def test_a_tag_that_comes_twice(text: str) -> None:
    """The last counts, as for all keys; the view shows what the first one said until the object closes."""
    check_end(Pet, text)
    check_end(list[Pet], f"[{text}]")
    nested = text.replace('"kind": "cat"', '"kind": "number", "size": 1').replace('"kind": "dog"', '"kind": "cat"')
    check_end(Nested, nested)
    check_end(Nested, nested.replace('"kind": "number", "size": 1', '"size": 1, "kind": "number"'))


def test_number_tags() -> None:
    class One(BaseModel):
        tag: Literal[1]
        a: Noted = 0

    class Two(BaseModel):
        tag: Literal[2]
        b: Noted = 0

    target: Any = Annotated[One | Two, Field(discriminator="tag")]
    for tag in ("1", "2", "1.0", "2e0", "true", '"1"', "3", "12345678901234567890123"):
        for strict in (None, True):
            check_end(target, f'{{"tag": {tag}, "a": "x"}}', strict=strict)
            check_end(target, f'{{"b": 1, "tag": {tag}}}', strict=strict)


def test_tags_with_other_names() -> None:
    class ByName(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        kind: Literal["a"] = Field(alias="@type")
        a: Noted = 0

    class ByName2(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        kind: Literal["b"] = Field(alias="@type")

    target: Any = Annotated[ByName | ByName2, Field(discriminator="kind")]
    for text in ('{"@type": "a", "a": 1}', '{"kind": "a", "a": 1}', '{"kind": "b", "@type": "a"}', '{"a": 13}'):
        check_end(target, text)
        check_end(target, text, by_name=True)
        check_end(target, text, by_alias=True)
        check_end(target, text, by_alias=False, by_name=True)


def tag_of(value: Any) -> Any:
    CALLS.append(("tag", value))
    return value.get("kind") if isinstance(value, dict) else None


def test_callable_discriminators_are_settled_whole() -> None:
    target: Any = Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(tag_of)]
    for text in TAGGED["by a field"][1]:
        check_end(target, text)
        ours, expected = calls_of(target, text)
        assert ours == expected
    assert fed(target, '{"kind": "cat", "lives": 3').value is MISSING


def test_hidden_inputs_stay_hidden_in_unions() -> None:
    class Hidden(BaseModel):
        model_config = ConfigDict(hide_input_in_errors=True)
        either: int | list[int]
        pet: Pet

    text = '{"either": ["secret"], "pet": {"kind": "cat", "lives": "secret"}}'
    check_end(Hidden, text)
    with pytest.raises(ValidationError) as caught:
        fed(Hidden, text).close()
    assert "secret" not in str(caught.value)


def test_configuration_reaches_the_branches() -> None:
    adapter: Any = TypeAdapter(str | list[str], config=ConfigDict(str_to_upper=True, strict=True))
    for text in ('"ab"', '["ab", "cd"]', '[1, "ab"]', "5"):
        check_end(adapter, text)
    assert fed(adapter, '["ab", "cd"').value == ["AB", "CD"]


def test_validators_with_info_in_branches_see_their_neighbours() -> None:
    class Holder(BaseModel):
        first: int
        pet: Pet
        either: str | list[Item]

        @field_validator("pet", "either")
        @classmethod
        def seen(cls, value: Any, info: Any) -> Any:
            CALLS.append((info.field_name, dict(info.data)))
            return value

    for text in (
        '{"first": 1, "pet": {"lives": 3, "kind": "cat"}, "either": [{"name": "a"}]}',
        '{"either": [{"name": 5}], "pet": {"kind": "cat", "lives": 3}, "first": "x"}',
    ):
        check_end(Holder, text)
        ours, expected = calls_of(Holder, text)
        assert ours == expected


def test_an_invalid_element_of_a_followed_branch_is_reported_when_it_closes() -> None:
    events = fed_events(int | list[Noted], "[1, 13, 2]")
    assert [type(event) for event in events] == [Completed, Invalid, Completed, Invalid]
    assert [error["type"] for error in events[-1].error.errors()] == ["int_type", "value_error"]
