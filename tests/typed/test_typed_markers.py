"""Markers in `Annotated`: what they show, and that pydantic does not notice them."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from partialjson import MISSING, First, Partial, Preview, Whole
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.oneshot import check_end
from support.feeding import fed
from support.twins import Parser


def shout(text: str) -> str:
    return text.upper()


class Item(BaseModel):
    name: str
    tags: list[str] = []


class Cat(BaseModel):
    kind: Literal["cat"]
    name: Annotated[str, First]


class Dog(BaseModel):
    kind: Literal["dog"]
    item: Annotated[Item, Whole] | None = None


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


class Plain(BaseModel):
    loud: Annotated[str, AfterValidator(shout)] = ""
    item: Item | None = None
    items: list[Item] = []
    text: str = ""
    pet: Pet | None = None


class Marked(BaseModel):
    loud: Annotated[str, AfterValidator(shout), Preview] = ""
    item: Annotated[Item | None, Whole] = None
    items: Annotated[list[Item], Whole] = []
    text: Annotated[str, Whole] = ""
    pet: Annotated[Pet | None, Whole] = None


TEXT = (
    '{"loud": "abc", "item": {"name": "tea", "tags": ["x"]}, "items": [{"name": "a"}, {"name": "b"}], "text": "soft", '
    '"pet": {"name": "Tom", "kind": "cat"}}'
)


@pytest.mark.parametrize(
    ("annotated", "text", "shown"),
    [
        (Annotated[str, AfterValidator(shout)], '"ab', MISSING),
        (Annotated[str, AfterValidator(shout), Preview], '"ab', "ab"),
        (Annotated[str, Preview, AfterValidator(shout)], '"ab', "ab"),
        (Annotated[str, BeforeValidator(shout), Preview], '"ab', "ab"),
        (Annotated[str | None, Preview, AfterValidator(lambda text: text)], '"ab', "ab"),
        (Optional[Annotated[str, AfterValidator(shout), Preview]], '"ab', "ab"),  # noqa: UP045  # pyright has no | for Annotated
        (Annotated[str, StringConstraints(to_upper=True), Preview], '"ab', "ab"),
        (Annotated[Literal["abc"], Preview], '"ab', "ab"),
        (Annotated[str, Whole], '"ab', MISSING),
        (Annotated[Any, Whole], '{"a": ["b', MISSING),
        (Annotated[dict, Whole], '{"a": ["b', MISSING),
        (Annotated[list[str], Whole], '["a", "b', MISSING),
        (list[Annotated[str, Whole]], '["a", "b', ["a"]),
        (Annotated[Item, Whole], '{"name": "a', MISSING),
        (list[Annotated[Item, Whole]], '[{"name": "a"}, {"name": "b', [Item(name="a")]),
        (Optional[Annotated[Item, Whole]], '{"name": "a', MISSING),  # noqa: UP045  # the same
        (str | Annotated[Item, Whole], '{"name": "a', MISSING),
        (Annotated[Pet, Whole], '{"kind": "cat", "name": "a", ', MISSING),
        (Annotated[str, Preview, Whole], '"ab', MISSING),
    ],
)
def test_markers_preview_and_whole(annotated: Any, text: str, shown: Any) -> None:
    assert fed(annotated, text).value == shown
    if annotated is not Any:
        make: Any = TypedDict
        holder = make("Holder", {"field": annotated})
        assert fed(holder, f'{{"field": {text}').value.get("field", MISSING) == shown


def test_a_previewed_string_gives_way_to_the_validated_one() -> None:
    parser = fed(Marked, '{"loud": "abc')
    assert parser.value.loud == "abc"
    parser.feed('"')
    assert parser.value.loud == "ABC"


def test_what_is_marked_whole_is_validated_as_it_comes() -> None:
    """It is only not shown: its members are events of their own, and the same objects in the end."""
    parser: Parser[Any] = Parser(Marked)
    events = [event for char in '{"items": [{"name": "a"}, {"name": "b"' for event in parser.feed(char)]
    assert parser.value.items is MISSING
    first = next(event.value for event in events if event.path == ("items", 0))
    assert first == Item(name="a")
    parser.feed("}]}")
    assert parser.close().items[0] is first


def test_first_keeps_its_parent_back() -> None:
    class Order(BaseModel):
        note: str = ""
        id: Annotated[int, First]
        kind: Annotated[str | None, First] = None
        items: list[Item] = []

    parser = fed(list[Order], '[{"note": "soon", "items": [{"name": "a"}, {"name": "b"}], "kind": "x')
    assert parser.value == []
    parser.feed('", "id": 5')
    assert parser.value == []
    parser.feed(", ")
    (order,) = parser.value
    assert order.model_dump() == {
        "note": "soon",
        "items": [{"name": "a", "tags": []}, {"name": "b", "tags": []}],
        "kind": "x",
        "id": 5,
    }
    parser.feed('"note": "late')
    assert order.note == "soon"
    assert parser.value[0].note == "late"
    # An object that never has it appears when it closes.
    assert fed(list[Order], '[{"id": 5, "note": "a"}, {"note": "b"}').value == [Order(id=5, note="a"), MISSING]
    assert fed(list[Order], '[{"id": "x", "kind": "y", "note": ""').value == []


def test_first_in_the_middle_of_other_objects() -> None:
    class Inner(BaseModel):
        id: Annotated[str, First]
        text: str = ""

    class Outer(BaseModel):
        inner: Inner
        others: dict[str, Inner] = {}

    parser = fed(Outer, '{"others": {"a": {"text": "t", "id": "1"')
    assert parser.value.others == {"a": Partial[Inner]({"text": "t", "id": "1"})}
    parser.feed('}, "b": {"text": "t')
    assert parser.value.others == {"a": Inner(id="1", text="t")}
    held = parser.value
    parser.feed('", "id": "2"')
    assert held.others == {"a": Inner(id="1", text="t")}
    assert parser.value.others["b"].id == "2"
    assert list(parser.value.others) == ["a", "b"]


def test_first_with_a_tag() -> None:
    parser = fed(list[Pet], '[{"kind": "cat", ')
    assert parser.value == []
    parser.feed('"name": "Tom"')
    assert parser.value == [Partial[Cat]({"kind": "cat", "name": "Tom"})]
    assert fed(list[Pet], '[{"name": "Tom", "kind": "cat"').value == [Partial[Cat]({"name": "Tom", "kind": "cat"})]


def test_first_in_typed_dicts_and_dataclasses() -> None:
    class Row(TypedDict):
        id: Annotated[int, First]
        text: str

    @dataclass
    class Point:
        x: int
        y: Annotated[int, First]

    assert fed(list[Row], '[{"text": "a", "id": 1').value == []
    assert fed(list[Row], '[{"text": "a", "id": 1, ').value == [{"text": "a", "id": 1}]
    assert fed(list[Point], '[{"x": 1, ').value == []
    assert fed(list[Point], '[{"x": 1, "y": 2, ').value == [Partial[Point]({"x": 1, "y": 2})]


def test_markers_change_nothing_of_pydantic() -> None:
    plain, marked = Plain.model_json_schema(), Marked.model_json_schema()
    plain["title"] = marked["title"]
    assert marked == plain
    assert Marked.model_json_schema(mode="serialization")["properties"].keys() == plain["properties"].keys()
    value = Marked.model_validate_json(TEXT)
    assert value.model_dump() == Plain.model_validate_json(TEXT).model_dump()
    assert value.model_dump_json() == Plain.model_validate_json(TEXT).model_dump_json()
    pairs: list[Any] = [
        (Annotated[Item, Whole], Item),
        (Annotated[Item, Field(description="x"), First], Annotated[Item, Field(description="x")]),
        (list[Annotated[Pet, Whole]], list[Pet]),
        (Annotated[Cat | Dog, Whole, Field(discriminator="kind")], Pet),
        (Annotated[str, Preview, Field(max_length=3)], Annotated[str, Field(max_length=3)]),
    ]
    for target, unmarked in pairs:
        adapter, other = TypeAdapter[Any](target), TypeAdapter[Any](unmarked)
        assert adapter.json_schema() == other.json_schema()
        assert adapter.validator.title == other.validator.title


class Small(BaseModel):
    size: Literal["small"]
    n: int = 0


class Large(BaseModel):
    size: Literal["large"]
    n: int = 0


def test_a_branch_may_be_shown_only_when_it_is_whole() -> None:
    """Also after its tag has come, wherever that stands."""
    target: Any = Annotated[Annotated[Small, Whole] | Large, Field(discriminator="size")]
    for size, is_shown in (("small", False), ("large", True)):
        for text in (f'{{"size": "{size}", "n": 1, ', f'{{"n": 1, "size": "{size}", '):
            parser: Parser[Any] = Parser(target)
            parser.feed(text)
            assert (parser.value is not MISSING) == is_shown


@pytest.mark.parametrize(
    "text", [TEXT, "{}", '{"loud": 5, "item": {"name": 5}, "items": [{}], "text": 5, "pet": {"kind": "?"}}']
)
def test_marked_documents_end_as_in_one_shot(text: str) -> None:
    check_end(Marked, text)
    check_end(list[Annotated[Pet, Whole]], f"[{text}]")
    check_all_chunkings(text, make=lambda: Parser(Marked), partitions=2, single_splits_up_to=60)


def test_markers_are_values() -> None:
    for marker, name in ((Preview, "Preview"), (Whole, "Whole"), (First, "First")):
        assert repr(marker) == name
        assert copy.deepcopy(marker) is marker
        assert pickle.loads(pickle.dumps(marker)) is marker
        assert hash(marker) == hash(marker)
