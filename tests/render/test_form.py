"""The form of a target: what it says of each place, that it is finite plain JSON, and that it tells no secrets."""

from __future__ import annotations

import json
from datetime import date
from enum import Enum
from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, RootModel, SecretStr

from partialjson import Parser, Schema
from partialjson.render.form import UNKNOWN, Placeholder, form, placeholder_of
from support.catalogue import TYPES


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog", "wolf"]
    good: bool = True


class Tree(BaseModel):
    """A tree."""

    name: str = Field(title="Its name", description="What it is called")
    children: list[Tree] = []
    odd: int | str | None = None
    kind: ClassVar[str] = "tree"


def test_a_form_says_what_is_expected() -> None:
    class Order(BaseModel):
        size: Size
        day: date | None = None
        pair: tuple[int, str]
        prices: dict[str, float] = {}

    assert form(Order) == {
        "title": "Order",
        "kind": "object",
        "label": "Order",
        "fields": {
            "size": {"kind": "string", "label": "small | large", "words": ["small", "large"], "required": True},
            "day": {"kind": "string", "label": "date", "required": False},
            "pair": {
                "kind": "array",
                "label": "list",
                "prefix": [{"kind": "integer", "label": "integer"}, {"kind": "string", "label": "text"}],
                "required": True,
            },
            "prices": {
                "kind": "object",
                "label": "object",
                "values": {"kind": "number", "label": "number"},
                "required": False,
            },
        },
    }


def test_a_form_of_a_json_schema_is_the_same() -> None:
    described = form(Tree)
    assert described["description"] == "A tree."
    assert described["fields"]["name"]["title"] == "Its name"
    assert described["fields"]["name"]["description"] == "What it is called"
    by_schema = Placeholder(form(Schema(Tree.model_json_schema())))
    assert [*by_schema.fields] == [*Placeholder(described).fields]
    assert by_schema.fields["name"].title == "Its name"


def test_without_a_target_nothing_is_known() -> None:
    assert form(None) == form(Any) == {"kind": "any", "label": ""}
    assert placeholder_of(None) is UNKNOWN
    assert placeholder_of(Any) is UNKNOWN
    assert not UNKNOWN.at("x").fields
    assert UNKNOWN.at(3).at("y") is UNKNOWN
    assert form(Parser(Tree).target) == form(Tree)


def test_a_recursive_form_leads_on_by_references() -> None:
    placeholder = Placeholder(json.loads(json.dumps(form(Tree))))
    assert {name: child.label for name, child in placeholder.fields.items()} == {
        "name": "text",
        "children": "list of Tree, optional",
        "odd": "integer or text or null, optional",
    }
    for _ in range(50):
        placeholder = placeholder.at("children").at(3)
        assert [*placeholder.fields] == ["name", "children", "odd"]
        assert placeholder.fields["children"].optional
    assert placeholder_of(dict[str, Tree]).at("anything").label == "Tree"


def test_recursive_lists_have_a_label() -> None:
    schema = Schema({"type": "array", "items": {"$ref": "#"}})
    assert placeholder_of(schema).label == "list of list of list of list"
    assert placeholder_of(schema).at(0).at(0).at(0).kind == "array"


def test_which_of_several_is_told_by_kind_or_by_words() -> None:
    placeholder = placeholder_of(list[Cat | Dog | str]).at(0)
    assert (placeholder.kind, placeholder.label) == ("choice", "Cat or Dog or text")
    assert placeholder.chosen({}) is UNKNOWN
    assert placeholder.chosen({"kind": "ca"}) is UNKNOWN
    assert [*placeholder.chosen({"kind": "cat"}).fields] == ["kind", "lives"]
    assert [*placeholder.chosen({"kind": "wolf", "x": 1}).fields] == ["kind", "good"]
    # No member is 1 because it is True.
    assert placeholder_of(Cat | Literal[1]).chosen(True) is UNKNOWN
    alone = placeholder_of(Cat | str)
    assert [*alone.chosen({"kind": "?"}).fields] == ["kind", "lives"]
    assert not alone.is_scalar
    assert placeholder_of(int | str).is_scalar
    assert placeholder_of(Cat).is_flat
    assert not placeholder_of(Tree).is_flat


def test_what_is_kept_back_is_left_out() -> None:
    class Login(BaseModel):
        user: str
        password: SecretStr
        internal: str = Field("", exclude=True)
        tokens: list[SecretStr] = []

    described = form(Login)
    assert [*described["fields"]] == ["user", "tokens"]
    assert described["fields"]["tokens"]["items"]["secret"] is True
    schema = Schema({"properties": {"a": {"type": "string"}, "b": {"type": "string", "writeOnly": True}}})
    assert [*form(schema)["fields"]] == ["a"]
    assert form(Schema({"writeOnly": True, "properties": {"a": {}}})) == {
        "kind": "object",
        "label": "object",
        "secret": True,
    }


def test_a_form_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies deeper in a huge one is described without its inside."""
    monkeypatch.setattr("partialjson.render.form._PLACES", 50)
    schema: dict[str, Any] = {"type": "string"}
    for depth in range(4):
        keys = [f"{depth} {number}" for number in range(5)]
        schema = {"type": "object", "properties": {key: json.loads(json.dumps(schema)) for key in keys}}
    placeholder = placeholder_of(Schema(schema))
    assert placeholder.at("3 4").at("2 4").kind == "object"
    assert placeholder.at("3 4").at("2 4").at("1 4").at("0 4") is UNKNOWN
    deep: dict[str, Any] = {"type": "integer"}
    for _ in range(40):
        deep = {"type": "array", "items": deep}
    place = placeholder_of(Schema(deep))
    for _ in range(40):
        place = place.at(0)
    assert place.label == "integer"


def walked(placeholder: Placeholder, depth: int) -> None:
    assert isinstance(placeholder.label, str)
    if depth:
        for field in placeholder.fields.values():
            walked(field, depth - 1)
        walked(placeholder.items, depth - 1)


@pytest.mark.parametrize("name", TYPES)
def test_every_construct_has_a_form(name: str) -> None:
    described = form(TYPES[name])
    assert json.loads(json.dumps(described)) == described
    walked(Placeholder(described), 4)


def test_root_models_are_what_they_hold() -> None:
    class Names(RootModel[list[str]]):
        pass

    described = form(Names)
    assert (described["kind"], described["items"]["label"]) == ("array", "text")
