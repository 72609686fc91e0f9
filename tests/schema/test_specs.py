"""What a schema's Specs say: what displays, paths and reports know of its documents."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from partialjson import Schema
from partialjson._core.spec import ANYTHING, ARRAY, INTEGER, NO_DEFAULT, NULL, NUMBER, OBJECT, STRING, Spec
from partialjson._core.target import spec_of
from partialjson.render.form import placeholder_of


def spec(schema: Any) -> Spec:
    return spec_of(Schema(schema))


ORDER: dict[str, Any] = {
    "title": "Order",
    "description": "What a customer wants.",
    "type": "object",
    "properties": {
        "customer": {"type": "string", "title": "Customer", "description": "who", "maxLength": 10},
        "items": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "minItems": 1},
        "ship_to": {"$ref": "#/$defs/Address", "description": "where to", "default": None},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "size": {"type": ["integer", "null"]},
        "pet": {"oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]},
        "secret": {"type": "string", "writeOnly": True},
    },
    "required": ["customer", "items", "undescribed"],
    "additionalProperties": False,
    "$defs": {
        "Item": {"type": "object", "properties": {"sku": {"type": "string"}, "inside": {"$ref": "#/$defs/Item"}}},
        "Address": {"type": "object", "title": "Address", "properties": {"street": {}}, "required": ["street"]},
        "Cat": {
            "type": "object",
            "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
            "required": ["kind", "lives"],
        },
        "Dog": {
            "type": "object",
            "properties": {"kind": {"enum": ["dog", "puppy"]}, "bark": {"type": "string"}},
            "required": ["kind"],
        },
    },
}


def test_an_object() -> None:
    order = spec(ORDER)
    assert (order.title, order.description, order.noun) == ("Order", "What a customer wants.", "an object")
    assert (order.kinds, order.usual, order.nullable, order.by_key) == (OBJECT, OBJECT, False, True)
    assert order.fields is not None
    assert [name for name, field in order.fields.items() if field.required] == ["customer", "items"]
    assert order.keys == frozenset(ORDER["properties"])
    assert order.rest is None
    customer = order.fields["customer"]
    assert (customer.title, customer.description, customer.ways) == ("Customer", "who", (("customer",),))
    assert customer.default is NO_DEFAULT
    assert customer.spec.limits == {"maxLength": 10}
    assert order.fields["secret"].kept_back


def test_a_reference_with_keywords_beside_it() -> None:
    order = spec(ORDER)
    assert order.fields is not None
    field = order.fields["ship_to"]
    assert (field.description, field.default, field.spec.title) == ("where to", None, "Address")
    assert field.spec.fields is not None
    assert list(field.spec.fields) == ["street"]


def test_null_is_no_branch() -> None:
    order = spec(ORDER)
    assert order.fields is not None
    note, size = order.fields["note"].spec, order.fields["size"].spec
    assert (note.nullable, note.usual, note.branches, note.noun) == (True, STRING, [], "a string")
    assert (size.nullable, size.usual, size.noun) == (True, INTEGER, "an integer")
    both = spec({"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "integer"}]})
    assert both.nullable
    assert [branch.usual for branch in both.branches] == [STRING, INTEGER]
    assert spec({"type": "null"}).nullable is False


@pytest.mark.parametrize(
    ("schema", "nullable"),
    [
        ({"anyOf": [{"type": ["string", "null"]}, {"type": "integer"}]}, True),
        ({"anyOf": [{"type": ["string", "null"]}, {"type": "integer"}], "type": ["string", "integer"]}, False),
        ({"anyOf": [{"type": "null"}, {"type": "string"}], "type": "string"}, False),
        ({"anyOf": [{"type": "string"}, {"const": None}]}, True),
        ({"anyOf": [{"type": "string"}, {"enum": [None, 1]}]}, True),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, False),
        ({"type": ["string", "null"], "enum": ["a"]}, False),
        ({"type": ["string", "null"], "enum": ["a", None]}, True),
        ({"allOf": [{"type": ["string", "null"]}, {"type": ["string", "integer"]}]}, False),
    ],
    ids=str,
)
def test_null_is_left_where_all_allow_it(schema: Any, nullable: bool) -> None:
    found = spec(schema)
    assert found.nullable is nullable
    assert bool(found.kinds & NULL) is nullable
    inside = spec({"items": schema}).items
    assert inside is not None
    assert inside.nullable is nullable


def test_arrays() -> None:
    order = spec(ORDER)
    assert order.fields is not None
    items = order.fields["items"].spec
    assert items.is_array
    assert items.limits == {"minItems": 1}
    assert items.items is not None
    assert items.items.fields is not None
    # A recursive schema leads back to itself.
    assert items.items.fields["inside"].spec is items.items
    pair = spec({"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False})
    assert pair.usual == ARRAY
    assert [each.usual for each in pair.prefix] == [STRING, INTEGER]
    assert pair.items is None
    first = pair.element(0)
    assert first is not None
    assert (first.usual, pair.element(2)) == (STRING, None)


def test_a_member_tells_the_branch() -> None:
    order = spec(ORDER)
    assert order.fields is not None
    pet = order.fields["pet"].spec
    assert pet.tag == "kind"
    assert list(pet.tags) == ["cat", "dog", "puppy"]
    cat = pet.chosen({"kind": "cat"})
    assert cat is not None
    assert cat.fields is not None
    assert list(cat.fields) == ["kind", "lives"]
    assert cat.fields["kind"].spec.words == [("cat", "cat")]
    assert pet.chosen({"lives": 5}) is None


def test_what_holds_together_is_drawn_together() -> None:
    merged = spec(
        {
            "allOf": [
                {"$ref": "#/$defs/base"},
                {"properties": {"b": {"minimum": 1}, "c": {}}, "required": ["c"]},
                {"anyOf": [{"type": "object", "properties": {"d": {}}}, False]},
            ],
            "properties": {"a": {"enum": ["x", "y", 1]}},
            "$defs": {"base": {"type": "object", "properties": {"a": {"enum": ["y", "z"]}, "b": {"maximum": 5}}}},
        }
    )
    assert merged.usual == OBJECT
    assert merged.fields is not None
    assert set(merged.fields) == {"a", "b", "c", "d"}
    assert merged.fields["a"].spec.words == [("y", "y")]
    assert merged.fields["b"].spec.limits == {"minimum": 1, "maximum": 5}
    assert [name for name, field in merged.fields.items() if field.required] == ["c"]


def test_what_holds_under_a_condition_is_described_and_not_required() -> None:
    conditional = spec(
        {
            "properties": {"kind": {}},
            "if": {"properties": {"kind": {"const": "a"}}},
            "then": {"properties": {"x": {"type": "string"}}, "required": ["x"]},
            "else": {"properties": {"y": {"type": "string"}}},
            "dependentSchemas": {"x": {"properties": {"z": {}}}},
        }
    )
    assert conditional.fields is not None
    assert set(conditional.fields) == {"kind", "x", "y", "z"}
    assert not any(field.required for field in conditional.fields.values())
    assert conditional.fields["x"].spec.usual == STRING


def test_dicts() -> None:
    by_day = spec({"type": "object", "additionalProperties": {"type": "number"}})
    assert by_day.is_dict
    assert by_day.rest is not None
    assert by_day.rest.usual == NUMBER
    by_pattern = spec(
        {"type": "object", "patternProperties": {"^d": {"type": "number"}}, "additionalProperties": False}
    )
    assert by_pattern.rest is not None
    assert by_pattern.rest.usual == NUMBER
    anything = spec(True)
    assert (anything.kinds, anything.usual, anything.fields) == (ANYTHING, ANYTHING, None)
    assert spec(False).kinds == 0


def test_an_object_or_an_array() -> None:
    either = spec({"type": ["object", "array"], "properties": {"a": {}}, "items": {"type": "string"}})
    assert [branch.usual for branch in either.branches] == [OBJECT, ARRAY]


class Address(BaseModel):
    street: str
    zip: str = ""


class Line(BaseModel):
    sku: str
    count: int = Field(1, ge=1)
    inside: list[Line] = []


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    bark: str | None = None


class Shop(BaseModel):
    """What a customer wants."""

    customer: str = Field(description="who")
    address: Address | None = None
    lines: list[Line]
    state: Literal["open", "shipped"] = "open"
    pet: Cat | Dog = Field(discriminator="kind")
    by_day: dict[str, float] = {}
    pair: tuple[int, str] = (1, "")


def shown(target: Any) -> Any:
    return drawn(placeholder_of(target), 4)


def drawn(placeholder: Any, depth: int) -> Any:
    """All that a display draws for what has not come, as far as it goes."""
    fields = {name: getattr(placeholder, name) for name in dir(placeholder) if not name.startswith("_")}
    found = {}
    for name, value in fields.items():
        if name == "label":
            found[name] = value
        elif name == "fields" and depth > 0 and value is not None:
            found[name] = {key: drawn(each, depth - 1) for key, each in dict(value).items()}
    return found


@pytest.mark.parametrize("model", [Shop, Line, Address])
def test_the_json_schema_of_a_model_is_described_like_the_model(model: type[BaseModel]) -> None:
    by_model, by_schema = spec_of(model), spec(model.model_json_schema())
    pairs = [(by_model, by_schema)]
    seen = set()
    while pairs:
        one, other = pairs.pop()
        if (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        assert one.usual == other.usual or one.branches
        assert one.nullable == other.nullable
        assert (one.fields is None) == (other.fields is None)
        assert [word for word, _ in one.words or ()] == [word for word, _ in other.words or ()]
        assert one.tag == other.tag
        assert list(one.tags) == list(other.tags)
        assert len(one.branches) == len(other.branches)
        pairs += zip(one.branches, other.branches, strict=True)
        if one.fields is not None and other.fields is not None:
            assert list(one.fields) == list(other.fields)
            for mine, theirs in zip(one.fields.values(), other.fields.values(), strict=True):
                assert (mine.required, mine.description) == (theirs.required, theirs.description)
                pairs.append((mine.spec, theirs.spec))
        if one.is_array:
            assert other.is_array
            assert len(one.prefix) == len(other.prefix)
            pairs += zip(one.prefix, other.prefix, strict=True)
            if one.items is not None and other.items is not None:
                pairs.append((one.items, other.items))
    assert shown(model).keys() == shown(Schema(model.model_json_schema())).keys()


LIMITS: dict[str, Any] = {
    "minLength": 2, "maxLength": 5, "pattern": "^a",
    "minimum": -3, "maximum": 9.5, "exclusiveMinimum": -4, "exclusiveMaximum": 10, "multipleOf": 0.5,
    "minItems": 1, "maxItems": 0, "uniqueItems": True,
    "minProperties": 3, "maxProperties": 7,
}  # fmt: skip


@pytest.mark.parametrize("keyword", LIMITS)
def test_limits_are_told_by_their_keywords(keyword: str) -> None:
    value = LIMITS[keyword]
    assert spec({keyword: value}).limits == {keyword: value}
    assert spec({"allOf": [{keyword: value}, {}], "title": "a"}).limits == {keyword: value}
    assert spec({"$ref": "#/$defs/a", "$defs": {"a": {keyword: value}}}).limits == {keyword: value}


@pytest.mark.parametrize("keyword", [word for word in LIMITS if "imum" in word.lower() and "Prop" not in word])
@pytest.mark.parametrize("bound", [-5, -0.5, 0, 0.5, 5])
def test_limits_of_numbers_may_have_any_sign(keyword: str, bound: float) -> None:
    assert spec({keyword: bound}).limits == {keyword: bound}
    assert spec({keyword: bound}).usual == NUMBER


@pytest.mark.parametrize("keyword", ["minLength", "minItems", "minProperties"])
def test_a_least_length_of_nothing_is_no_limit(keyword: str) -> None:
    assert spec({keyword: 0}).limits == {}


@pytest.mark.parametrize("keyword", ["maxLength", "maxItems", "maxProperties"])
def test_a_greatest_length_of_nothing_is_one(keyword: str) -> None:
    assert spec({keyword: 0}).limits == {keyword: 0}


@pytest.mark.parametrize("keyword", [word for word in LIMITS if word.startswith(("min", "max", "exclusive"))])
def test_the_narrowest_limit_is_told(keyword: str) -> None:
    low = "min" in keyword.lower()
    for values in ([1, 2, 3], [3, 1, 2], [2, 3, 1]):
        told = spec({"allOf": [{keyword: value} for value in values]}).limits
        assert told == {keyword: max(values) if low else min(values)}


NOTES: dict[str, Any] = {
    "format": "date", "contentEncoding": "base64", "contentMediaType": "image/png", "deprecated": True,
    "examples": [1], "readOnly": True, "writeOnly": True,
}  # fmt: skip


@pytest.mark.parametrize("keyword", NOTES)
def test_annotations_are_kept_by_their_keywords(keyword: str) -> None:
    assert spec({keyword: NOTES[keyword]}).notes == {keyword: NOTES[keyword]}
    assert spec({keyword: NOTES[keyword], "x-other": 1}).notes == {keyword: NOTES[keyword]}
