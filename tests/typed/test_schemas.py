"""What is read off single core schemas: tables over all kinds of node, written out by hand."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ForwardRef

import pydantic
import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    SecretBytes,
    SecretStr,
    TypeAdapter,
    create_model,
    model_validator,
)
from pydantic_core import core_schema
from typing_extensions import TypedDict

from partialjson import MISSING
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING
from partialjson.typed.schemas import (
    Scope,
    Unsupported,
    bare,
    changes_strings,
    choices_of,
    config_inside,
    exact_kinds,
    extra_of,
    fields_of,
    inside,
    is_prebuilt,
    is_secret,
    keys_of,
    kinds_by_value,
    known,
    marks,
    previews,
    references,
    ways_of,
)
from partialjson.typed.specs import Specs
from support.feeding import fed
from support.models import list_of
from support.versions import since_2_14

NUMBER = INTEGER | FLOAT
PARSED = STRING | NUMBER | BOOLEAN
ATOMS = PARSED | NULL


def always(value: Any) -> Any:
    return value


class Model(BaseModel):
    a: str


@dataclass
class Data:
    a: str


class Movie(TypedDict):
    a: str


class Point(tuple[Any, ...]):
    __slots__ = ()


class Colour(enum.Enum):
    RED = "red"


TEXT: Any = {"type": "str"}
LENGTHS: Any = {"min_length": 0, "max_length": 9, "strict": False}
FIELD: Any = {
    "schema": TEXT,
    "validation_alias": "a",
    "serialization_alias": "b",
    "serialization_exclude": False,
    "serialization_exclude_if": bool,
    "frozen": True,
    "metadata": {},
}
ERROR: Any = {"custom_error_type": "odd", "custom_error_message": "odd", "custom_error_context": {"a": 1}}
# For each kind of node, one with every key that leaves it followed, and what has come of it.
FOLLOWED: dict[str, tuple[dict[str, Any], str]] = {
    "model": (
        {
            "type": "model",
            "cls": Model,
            "schema": {
                "type": "model-fields",
                "model_name": "Model",
                "fields": {"a": {"type": "model-field", **FIELD}},
                "computed_fields": [],
                "strict": False,
                "extras_schema": TEXT,
                "extra_behavior": "allow",
                "from_attributes": False,
            },
            "config": {"title": "Model"},
            "custom_init": False,
            "root_model": False,
            "frozen": True,
            "generic_origin": Model,
            "strict": False,
            "revalidate_instances": "never",
            "extra_behavior": "allow",
        },
        '{"a": "x',
    ),
    "dataclass": (
        {
            "type": "dataclass",
            "cls": Data,
            "cls_name": "Data",
            "schema": {
                "type": "dataclass-args",
                "dataclass_name": "Data",
                "fields": [
                    {"type": "dataclass-field", "name": "a", "kw_only": True, "init": True, "init_only": False, **FIELD}
                ],
                "computed_fields": [],
                "collect_init_only": False,
                "extra_behavior": "ignore",
            },
            "config": {"title": "Data"},
            "fields": ["a"],
            "post_init": False,
            "frozen": False,
            "slots": False,
            "generic_origin": Data,
            "strict": False,
            "revalidate_instances": "never",
        },
        '{"a": "x',
    ),
    "typed-dict": (
        {
            "type": "typed-dict",
            "cls": Movie,
            "cls_name": "Movie",
            "fields": {"a": {"type": "typed-dict-field", "required": True, **FIELD}},
            "computed_fields": [],
            "strict": False,
            "extras_schema": TEXT,
            "extra_behavior": "allow",
            "total": True,
            "config": {"title": "Movie"},
        },
        '{"a": "x',
    ),
    "default": (
        {
            "type": "default",
            "schema": {"type": "list", "items_schema": TEXT},
            "default": [],
            "validate_default": False,
            "on_error": "raise",
            "strict": False,
        },
        '["x',
    ),
    "default of a factory": (
        {
            "type": "default",
            "schema": {"type": "list", "items_schema": TEXT},
            "default_factory": list,
            "default_factory_takes_data": False,
        },
        '["x',
    ),
    "function-after": (
        {
            "type": "function-after",
            "schema": {"type": "list", "items_schema": TEXT},
            "function": {"type": "no-info", "function": always},
        },
        '["x',
    ),
    "nullable": ({"type": "nullable", "schema": {"type": "list", "items_schema": TEXT}, "strict": False}, '["x'),
    "json-or-python": (
        {
            "type": "json-or-python",
            "json_schema": {"type": "list", "items_schema": TEXT},
            "python_schema": {"type": "int"},
        },
        '["x',
    ),
    "list": ({"type": "list", "items_schema": TEXT, **LENGTHS}, '["x'),
    "set": ({"type": "set", "items_schema": TEXT, **LENGTHS}, '["x'),
    "frozenset": ({"type": "frozenset", "items_schema": TEXT, **LENGTHS}, '["x'),
    "tuple": ({"type": "tuple", "items_schema": [TEXT], "variadic_item_index": 0, **LENGTHS}, '["x'),
    "dict": ({"type": "dict", "keys_schema": TEXT, "values_schema": TEXT, **LENGTHS}, '{"a": "x'),
    "union": (
        {
            "type": "union",
            "choices": [{"type": "list", "items_schema": TEXT}, ({"type": "int"}, "a number")],
            "auto_collapse": False,
            "mode": "smart",
            "strict": False,
            **ERROR,
        },
        '["x',
    ),
    "tagged-union": (
        {
            "type": "tagged-union",
            "choices": {
                "x": {
                    "type": "typed-dict",
                    "fields": {"a": {"type": "typed-dict-field", "schema": TEXT}},
                }
            },
            "discriminator": "a",
            "from_attributes": False,
            "strict": False,
            **ERROR,
        },
        '{"a": "x", ',
    ),
}
# Those that pydantic has since 2.14.
FOLLOWED_LATER: dict[str, tuple[dict[str, Any], str]] = {
    "named-tuple": (
        {
            "type": "named-tuple",
            "cls": Point,
            "cls_name": "Point",
            "fields": [{"type": "named-tuple-field", "name": "a", "schema": TEXT, "validation_alias": "a"}],
        },
        '["x',
    ),
    "deque": ({"type": "deque", "items_schema": TEXT, **LENGTHS}, '["x'),
    "ordered-dict": ({"type": "ordered-dict", "keys_schema": TEXT, "values_schema": TEXT, **LENGTHS}, '{"a": "x'),
    "counter": ({"type": "counter", "keys_schema": TEXT, "values_schema": {"type": "int"}, **LENGTHS}, '{"a": 1, '),
}


# Pydantic's own description of each kind, which names its keys.
DESCRIBED: dict[str, str] = {
    "model": "ModelSchema",
    "model-fields": "ModelFieldsSchema",
    "model-field": "ModelField",
    "dataclass": "DataclassSchema",
    "dataclass-args": "DataclassArgsSchema",
    "dataclass-field": "DataclassField",
    "typed-dict": "TypedDictSchema",
    "typed-dict-field": "TypedDictField",
    "named-tuple": "NamedTupleSchema",
    "named-tuple-field": "NamedTupleField",
    "default": "WithDefaultSchema",
    "function-after": "AfterValidatorFunctionSchema",
    "nullable": "NullableSchema",
    "json-or-python": "JsonOrPythonSchema",
    "list": "ListSchema",
    "set": "SetSchema",
    "frozenset": "FrozenSetSchema",
    "deque": "DequeSchema",
    "tuple": "TupleSchema",
    "dict": "DictSchema",
    "ordered-dict": "OrderedDictSchema",
    "frozendict": "FrozenDictSchema",
    "counter": "CounterSchema",
    "union": "UnionSchema",
    "tagged-union": "TaggedUnionSchema",
}
# The keys with which a node is not followed.
WHOLE = {"fail_fast", "extras_keys_schema"}


def of(schema: Any) -> Any:
    """A type with this core schema."""
    return type("Of", (), {"__get_pydantic_core_schema__": classmethod(lambda cls, source, handler: schema)})


def cases() -> Iterator[Any]:
    for name, (schema, text) in FOLLOWED.items():
        yield pytest.param(schema, text, id=name)
    for name, (schema, text) in FOLLOWED_LATER.items():
        yield pytest.param(schema, text, id=name, marks=since_2_14)


@pytest.mark.parametrize(("schema", "text"), list(cases()))
def test_a_node_is_followed_with_all_that_it_may_say(schema: Any, text: str) -> None:
    schema = {**schema, "metadata": {"who": "knows"}, "ref": "here:1"}
    target = of(schema)
    assert fed(target, text).value is not MISSING
    assert fed(list_of(target), f"[{text}").value != []


@pytest.mark.parametrize("kind", DESCRIBED)
def test_every_key_that_pydantic_describes_is_known_but_those_that_make_a_node_whole(kind: str) -> None:
    described = getattr(core_schema, DESCRIBED[kind], None)
    if described is None:
        pytest.skip("this version of pydantic has no such kind")
    for key in described.__annotations__:
        node = {"type": kind, key: kind if key == "type" else None}
        if key in WHOLE:
            with pytest.raises(Unsupported):
                known(node)
        else:
            known(node)
    with pytest.raises(Unsupported):
        known({"type": kind, "made_up": None})


# What is taken, and what is the result as it is parsed.

TAKEN: list[tuple[Any, int]] = [
    ({"type": "none"}, NULL),
    *((({"type": kind}, PARSED)) for kind in ("bool", "int", "float", "complex", "str", "bytes")),
    *((({"type": kind}, PARSED)) for kind in ("date", "time", "datetime", "timedelta")),
    *((({"type": kind}, PARSED)) for kind in ("uuid", "url", "multi-host-url")),
    ({"type": "literal", "expected": ["a"]}, ATOMS),
    ({"type": "enum", "cls": Colour, "members": [Colour.RED]}, ATOMS),
    ({"type": "json"}, STRING),
    *((({"type": kind}, ARRAY)) for kind in ("list", "set", "frozenset", "deque", "tuple")),
    ({"type": "generator"}, ARRAY | STRING | OBJECT),
    *((({"type": kind}, OBJECT)) for kind in ("dict", "ordered-dict", "frozendict", "counter", "typed-dict")),
    ({"type": "dataclass", "schema": {"type": "dataclass-args"}}, OBJECT),
    ({"type": "dataclass", "schema": {"type": "function-wrap"}}, ANYTHING),
    ({"type": "named-tuple"}, OBJECT | ARRAY),
    *((({"type": kind}, ANYTHING)) for kind in ("any", "call", "is-instance", "callable", "custom-error", "chain")),
    ({"type": "model", "schema": {"type": "model-fields"}}, OBJECT),
    ({"type": "model", "schema": {"type": "model-fields"}, "custom_init": True}, ANYTHING),
    ({"type": "model", "schema": {"type": "function-before", "schema": TEXT}}, ANYTHING),
    ({"type": "model", "root_model": True, "schema": {"type": "list"}}, ARRAY),
    ({"type": "model", "root_model": True, "custom_init": True, "schema": {"type": "list"}}, ANYTHING),
    ({"type": "nullable", "schema": {"type": "list"}}, ARRAY | NULL),
    ({"type": "default", "schema": {"type": "list"}}, ARRAY),
    ({"type": "default", "schema": {"type": "list"}, "on_error": "raise"}, ARRAY),
    ({"type": "default", "schema": {"type": "list"}, "on_error": "omit"}, ANYTHING),
    ({"type": "default", "schema": {"type": "list"}, "on_error": "default"}, ANYTHING),
    ({"type": "json-or-python", "json_schema": {"type": "list"}, "python_schema": {"type": "none"}}, ARRAY),
    ({"type": "function-after", "schema": {"type": "list"}}, ARRAY),
    ({"type": "function-before", "schema": {"type": "list"}}, ANYTHING),
    ({"type": "function-wrap", "schema": {"type": "list"}}, ANYTHING),
    ({"type": "function-plain"}, ANYTHING),
    ({"type": "lax-or-strict", "lax_schema": {"type": "list"}, "strict_schema": {"type": "none"}}, ARRAY | NULL),
    ({"type": "union", "choices": [{"type": "list"}, ({"type": "none"}, "label")]}, ARRAY | NULL),
    ({"type": "union", "choices": [{"type": "list"}, {"type": "any"}]}, ANYTHING),
    ({"type": "tagged-union", "discriminator": "a", "choices": {}}, OBJECT),
    ({"type": "tagged-union", "discriminator": ["a"], "choices": {}}, OBJECT),
    ({"type": "tagged-union", "discriminator": len, "choices": {}}, ANYTHING),
]


@pytest.mark.parametrize(("schema", "kinds"), TAKEN, ids=str)
def test_the_kinds_that_a_node_takes(schema: Any, kinds: int) -> None:
    specs = Specs(schema)
    assert specs.kinds_taken(schema) == kinds
    assert specs.kinds_taken(schema) == kinds


@since_2_14
@pytest.mark.parametrize("kind", ["decimal", "fraction"])
def test_the_kinds_that_numbers_of_the_standard_library_take(kind: str) -> None:
    assert Specs({"type": kind}).kinds_taken({"type": kind}) == PARSED


def test_the_kinds_taken_by_what_refers_to_itself() -> None:
    back = {"type": "definition-ref", "schema_ref": "a"}
    choices = [{"type": "list", "items_schema": back}, back, {"type": "none"}]
    definitions = [{"type": "union", "choices": choices, "ref": "a"}]
    specs = Specs({"type": "definitions", "schema": back, "definitions": definitions})
    assert specs.kinds_taken(back) == ARRAY | NULL
    loop = {"type": "definition-ref", "schema_ref": "b"}
    alone = [{"type": "nullable", "schema": loop, "ref": "b"}]
    assert Specs({"type": "definitions", "schema": loop, "definitions": alone}).kinds_taken(loop) == NULL


EXACT = {"str": STRING, "int": INTEGER, "float": FLOAT, "bool": BOOLEAN, "none": NULL, "any": ANYTHING}


@pytest.mark.parametrize("kind", EXACT)
def test_what_is_exact_without_limits(kind: str) -> None:
    several: list[dict[str, Any]] = [{}, {"strict": True}, {"metadata": {}}, {"ref": "a"}, {"serialization": {}}]
    for more in several:
        assert exact_kinds({"type": kind, **more}, {}) == EXACT[kind]
    assert exact_kinds({"type": kind, "limit": 1}, {}) == 0


def test_what_else_is_exact() -> None:
    assert exact_kinds({"type": "dict"}, {}) == OBJECT
    assert exact_kinds({"type": "list", "metadata": {}}, {}) == ARRAY
    for kind in ("dict", "list"):
        assert exact_kinds({"type": kind, "strict": True}, {}) == 0
        assert exact_kinds({"type": kind, "max_length": 1}, {}) == 0
    for kind in ("set", "tuple", "date", "decimal", "ordered-dict"):
        assert exact_kinds({"type": kind}, {}) == 0


STRING_SETTINGS: list[tuple[str, Any]] = [
    ("str_strip_whitespace", True),
    ("str_to_lower", True),
    ("str_to_upper", True),
    ("str_min_length", 0),
    ("str_max_length", 9),
]


@pytest.mark.parametrize(("name", "value"), STRING_SETTINGS)
def test_settings_of_strings(name: str, value: Any) -> None:
    assert exact_kinds(TEXT, {name: value}) == 0
    assert exact_kinds({"type": "int"}, {name: value}) == INTEGER
    changes = value is True
    assert previews(TEXT, {name: value}) is not changes
    assert changes_strings(TEXT, {name: value}) is changes
    if changes:
        # What the place says goes before its configuration.
        own = name.removeprefix("str_")
        assert changes_strings({"type": "str", own: True}, {})
        assert not changes_strings({"type": "str", own: False}, {name: True})
        assert not previews({"type": "str", own: True}, {})


def test_settings_of_floats() -> None:
    number = {"type": "float"}
    assert exact_kinds(number, {"allow_inf_nan": False}) == 0
    assert exact_kinds(number, {"allow_inf_nan": True}) == FLOAT
    assert exact_kinds({"type": "int"}, {"allow_inf_nan": False}) == INTEGER
    assert exact_kinds(TEXT, {"allow_inf_nan": False}) == STRING


def test_what_is_shown_while_it_grows() -> None:
    assert previews({"type": "any"}, {"str_to_lower": True})
    kept: list[dict[str, Any]] = [{}, {"strict": True}, {"min_length": 1}, {"max_length": 1}, {"metadata": {}}]
    for more in kept:
        assert previews({"type": "str", **more}, {})
    hidden: list[dict[str, Any]] = [{"pattern": "a"}, {"coerce_numbers_to_str": True}, {"regex_engine": "rust-regex"}]
    for more in hidden:
        assert not previews({"type": "str", **more}, {})
    for kind in ("int", "bytes", "list", "url"):
        assert not previews({"type": kind}, {})


BY_VALUE: dict[str, list[str]] = {
    "str": [
        "min_length", "max_length", "pattern", "strip_whitespace", "to_lower", "to_upper", "regex_engine", "strict",
    ],
    "int": ["ge", "gt", "le", "lt", "multiple_of", "strict"],
    "float": ["ge", "gt", "le", "lt", "multiple_of", "allow_inf_nan", "strict"],
}  # fmt: skip


@pytest.mark.parametrize("kind", BY_VALUE)
def test_what_settles_by_its_value(kind: str) -> None:
    assert kinds_by_value({"type": kind}) == EXACT[kind]
    for key in BY_VALUE[kind]:
        assert kinds_by_value({"type": kind, key: 1}) == EXACT[kind], key
    assert kinds_by_value({"type": kind, "limit": 1}) == 0


def test_what_else_settles_by_its_value() -> None:
    assert kinds_by_value({"type": "literal", "expected": ["a", "b"]}) == STRING
    assert kinds_by_value({"type": "literal", "expected": ["a", 1]}) == 0
    assert kinds_by_value({"type": "literal", "expected": [Colour.RED]}) == 0
    assert kinds_by_value({"type": "literal", "expected": ["a"], "more": 1}) == 0
    for kind in ("bool", "none", "date", "list", "any"):
        assert kinds_by_value({"type": kind}) == 0


# What is inside, and around.

IN_SCHEMA = ["nullable", "default", "function-before", "function-after", "function-wrap", "custom-error"]


def test_what_nodes_are_wrapped_around() -> None:
    for kind in IN_SCHEMA:
        assert inside({"type": kind, "schema": TEXT}) is TEXT, kind
    assert inside({"type": "json-or-python", "json_schema": TEXT, "python_schema": {}}) is TEXT
    assert inside({"type": "lax-or-strict", "lax_schema": TEXT, "strict_schema": {}}) is TEXT
    assert inside({"type": "chain", "steps": [TEXT, {"type": "int"}]}) is TEXT
    for kind in ("str", "model", "union", "list", "function-plain", "definitions"):
        assert inside({"type": kind, "schema": TEXT}) is None, kind


def test_secrets_are_found_inside_wrappers() -> None:
    secrets: list[Any] = [SecretStr, SecretBytes]
    for secret in secrets:
        checked: Any = Annotated[secret, BeforeValidator(always), AfterValidator(always)]
        around: list[Any] = [secret, secret | None, checked]
        for target in around:
            assert is_secret(TypeAdapter(target).core_schema)
    assert not is_secret(TypeAdapter(list[SecretStr]).core_schema)

    def _serialize_secret(value: Any) -> str:
        return "not pydantic's"

    assert not is_secret({"type": "str", "serialization": {"function": _serialize_secret}})
    assert not is_secret({"type": "str", "serialization": {"function": to_secret}})
    assert not is_secret({"type": "str", "serialization": None})


def _pydantic_function() -> Callable[..., Any]:
    def other(value: Any) -> Any:
        return value

    other.__module__ = "pydantic.types"
    return other


to_secret = _pydantic_function()


def test_references_are_those_of_a_schema_and_not_of_what_only_looks_like_one() -> None:
    def to(name: str) -> dict[str, Any]:
        return {"type": "definition-ref", "schema_ref": name}

    shared = to("c")
    schema = {
        "type": "tuple",
        "items_schema": [to("a"), {"type": "list", "items_schema": to("b")}, shared],
        "choices": ({"x": (to("d"),)},),
        "again": shared,
        "metadata": to("no"),
        "serialization": to("no"),
    }
    seen: set[int] = set()
    assert sorted(references(schema, seen)) == ["a", "b", "c", "d"]
    assert list(references(schema, seen)) == []


def test_small_ones() -> None:
    assert bare({"type": "int", "ref": "a", "strict": True}) == {"type": "int", "strict": True}
    assert choices_of({"choices": {"a": TEXT, "b": "a"}}) == [TEXT]
    assert choices_of({"choices": [TEXT, ({"type": "int"}, "label")]}) == [TEXT, {"type": "int"}]
    assert fields_of({"fields": [{"name": "a", "schema": TEXT}]}) == {"a": {"name": "a", "schema": TEXT}}
    assert fields_of({"fields": {"a": {"schema": TEXT}}}) == {"a": {"schema": TEXT}}
    assert marks({"type": "int", "metadata": None}) == set()
    assert marks({"type": "int"}) == set()


def test_which_configuration_is_inside() -> None:
    around = {"strict": True}
    for kind in ("model", "dataclass", "typed-dict"):
        assert config_inside({"type": kind, "config": {"title": "a"}}, around) == {"title": "a"}
        assert config_inside({"type": kind}, around) == {}
        assert config_inside({"type": kind, "config": None}, around) == {}
    for kind in ("named-tuple", "list", "call"):
        assert config_inside({"type": kind, "config": {"title": "a"}}, around) is around


def test_what_becomes_of_other_keys() -> None:
    asked = {"extra_fields_behavior": "allow"}
    assert extra_of({"type": "named-tuple", "extra_behavior": "allow"}, asked) == "forbid"
    assert extra_of({"type": "model-fields"}, {}) == "ignore"
    assert extra_of({"type": "model-fields"}, asked) == "allow"
    assert extra_of({"type": "model-fields", "extra_behavior": "forbid"}, asked) == "forbid"


ALIASED: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
    ({"validation_alias": "A"}, (("A",),)),
    ({"alias": "A"}, (("A",),)),
    ({"validation_alias": "A", "alias": "B"}, (("A",),)),
    ({"validation_alias": ["A", 0]}, (("A", 0),)),
    ({"validation_alias": [["A"], ["B", "c"]]}, (("A",), ("B", "c"))),
]


@pytest.mark.parametrize(("field", "aliases"), ALIASED, ids=str)
def test_where_a_field_is_looked_for(field: dict[str, Any], aliases: tuple[Any, ...]) -> None:
    own = (("a",),)
    assert ways_of("a", {}, {}, False, False) == own
    # By default by its alias alone; a setting says otherwise, and what is asked for goes before it.
    assert ways_of("a", field, {}, None, None) == aliases
    assert ways_of("a", field, {}, None, True) == aliases + own
    assert ways_of("a", field, {}, False, True) == own
    assert ways_of("a", field, {"validate_by_name": True}, None, None) == aliases + own
    assert ways_of("a", field, {"validate_by_name": True}, None, False) == aliases
    assert ways_of("a", field, {"validate_by_name": True, "validate_by_alias": False}, None, None) == own
    assert ways_of("a", field, {"validate_by_name": True, "validate_by_alias": False}, True, None) == aliases + own
    # A field that could not be found at all is found by its alias.
    assert ways_of("a", field, {"validate_by_alias": False}, None, None) == aliases
    assert ways_of("a", {"validation_alias": "a"}, {}, True, True) == own
    assert ways_of("a", {"validation_alias": [["A"], ["A"]]}, {}, None, None) == (("A",),)


@since_2_14
def test_the_only_keys_of_an_object() -> None:
    assert keys_of({"a": (("A", 0), ("B",)), "b": (("b",), (1,))}) == {"A", "B", "b"}


def test_scopes_are_one_for_each_configuration_and_base() -> None:
    class Whole(BaseModel):
        a: int

    def node(kind: str, config: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"type": kind, "config": config, **more}

    own = {"strict": True}
    root = Scope({"title": "root"})
    assert root == {"title": "root"}
    assert root.base is root
    # A typed dict has no finished validator, so what it refers to is built with the root's configuration.
    inner = root.within(node("typed-dict", own))
    assert inner == own
    assert inner.base is root
    assert root.within(node("typed-dict", own)) is inner
    assert inner.within(node("typed-dict", own)) is inner
    assert root.within(node("typed-dict", {"strict": True})) is not inner
    assert config_inside(node("typed-dict", own), root) is inner
    # A finished class brings its own.
    finished = root.within(node("model", own, cls=Whole))
    assert finished == own
    assert finished.base is finished
    assert inner.within(node("model", own, cls=Whole)) is finished
    below = finished.within(node("typed-dict", own))
    assert below.base is finished
    assert root.within(node("typed-dict", own)) is inner
    assert root.within({"type": "typed-dict"}) == {}


# The name in it is defined nowhere, so it is incomplete.
LATER: Any = ForwardRef("NotYet")
Waiting: Any = create_model("Waiting", later=(LATER, ...))


class Around(BaseModel):
    a: int

    @model_validator(mode="after")
    def seen(self) -> Around:
        return self


class Before(BaseModel):
    a: int

    @model_validator(mode="before")
    @classmethod
    def seen(cls, data: Any) -> Any:
        return data


class Wrapped(BaseModel):
    a: int

    @model_validator(mode="wrap")
    @classmethod
    def seen(cls, data: Any, handler: Any) -> Any:
        return handler(data)


class Tree(BaseModel):
    kids: list[Tree] = []


class Grove(BaseModel):
    trees: list[Tree] = []


@pydantic.dataclasses.dataclass
class Made:
    a: int


@pytest.mark.parametrize(
    ("kind", "cls", "finished"),
    [
        ("model", Model, True),
        ("model", Tree, True),
        ("model", Grove, True),
        ("model", Waiting, False),
        ("model", Around, False),
        ("model", Wrapped, False),
        ("model", Before, True),
        ("dataclass", Made, True),
        ("dataclass", Data, False),
        ("typed-dict", Model, False),
        ("named-tuple", Model, False),
    ],
)
def test_whose_validator_is_finished(kind: str, cls: Any, finished: bool) -> None:
    assert is_prebuilt({"type": kind, "cls": cls}) is finished
    if kind != "model":
        assert not is_prebuilt({"type": kind, "cls": cls, "generic_origin": cls})
    else:
        assert is_prebuilt({"type": kind, "cls": cls, "generic_origin": cls}) is finished
