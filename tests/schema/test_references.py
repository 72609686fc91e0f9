"""What references lead to, in each draft: verdict and errors are jsonschema's; and what they cannot lead to."""

from __future__ import annotations

import json
from typing import Any

import pytest
import referencing
import referencing.jsonschema
from jsonschema.exceptions import SchemaError
from jsonschema.validators import validator_for

from partialjson import Complete, Failed, Schema
from support.feeding import fed

WHOLE_NUMBER = {"type": "integer"}
TEXT = {"type": "string"}
TOP = "http://example.org/top"
OPEN = {"data": 1, "kids": [{"data": 2, "date": 3}]}
CLOSED = {"data": 1, "kids": [{"data": 2}]}


def tree(name: str, dynamic: dict[str, Any], again: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A tree that others extend by a dynamic reference."""
    kids = {"type": "array", "items": again}
    return {"$id": f"http://example.org/{name}", **dynamic, "properties": {"data": {}, "kids": kids}, **more}


def trees(draft: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A tree, another one that forbids other members at every depth, and one that only looks like it."""
    marked: dict[str, Any] = {"$recursiveAnchor": True}
    unmarked: dict[str, Any] = {"$recursiveAnchor": False}
    again = {"$recursiveRef": "#"}
    if draft != "2019-09":
        marked, unmarked, again = {"$dynamicAnchor": "node"}, {"$anchor": "node"}, {"$dynamicRef": "#node"}
    extends = {"$ref": "http://example.org/tree", "unevaluatedProperties": False}
    strict = {"$id": "http://example.org/strict", **marked, **extends}
    static = {"$id": "http://example.org/static", **unmarked, **extends}
    return tree("tree", marked, again), strict, static


def verdict(schema: Any, value: Any, draft: str, registry: Any = None) -> bool:
    """Whether a document is valid, as told in whatever chunks; and jsonschema says the same of it."""
    validator: Any = validator_for({"$schema": URIS[draft]})
    given: dict[str, Any] = {} if registry is None else {"registry": registry}
    theirs = [error.message for error in validator(schema, **given).iter_errors(value)]
    ours = Schema(schema, registry=registry, default_dialect=draft)
    outcome = fed(ours, json.dumps(value) + " ").end()
    assert isinstance(outcome, Complete | Failed)
    told = [] if isinstance(outcome, Complete) else [error.message for error in outcome.errors]
    assert told == theirs
    return not theirs


URIS = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "7": "http://json-schema.org/draft-07/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
}
NEW = ["2020-12", "2019-09"]


@pytest.mark.parametrize("draft", NEW)
@pytest.mark.parametrize("order", [("loose", "strict", "static"), ("strict", "static", "loose"), ("static", "strict")])
def test_where_a_dynamic_reference_leads_depends_on_the_way(draft: str, order: tuple[str, ...]) -> None:
    specification = referencing.jsonschema.DRAFT202012 if draft == "2020-12" else referencing.jsonschema.DRAFT201909
    base, strict, static = trees(draft)
    registry: Any = referencing.Registry().with_contents(
        [(each["$id"], each) for each in (base, strict, static)], default_specification=specification
    )
    uris = {"loose": base["$id"], "strict": strict["$id"], "static": static["$id"]}
    # In one schema, all ways that lead to the same tree.
    schema = {"properties": {name: {"$ref": uris[name]} for name in order}}
    for name in order:
        assert verdict(schema, {name: CLOSED}, draft, registry)
        # A strict tree has strict ones in it; the others only at most at the top.
        assert verdict(schema, {name: OPEN}, draft, registry) is (name != "strict")
        assert verdict(schema, {name: {**CLOSED, "date": 1}}, draft, registry) is (name == "loose")
    assert verdict(schema, dict.fromkeys(order, CLOSED), draft, registry)
    for uri in uris.values():
        assert verdict({"$ref": uri}, OPEN, draft, registry) is (uri != strict["$id"])


@pytest.mark.parametrize("draft", NEW)
def test_a_schema_that_extends_itself(draft: str) -> None:
    marked: dict[str, Any] = {"$recursiveAnchor": True} if draft == "2019-09" else {"$dynamicAnchor": "node"}
    again = {"$recursiveRef": "#"} if draft == "2019-09" else {"$dynamicRef": "#node"}
    alone = {**marked, "properties": {"data": WHOLE_NUMBER, "kids": {"items": again}}}
    assert verdict(alone, {"data": 1, "kids": [{"data": 2, "kids": []}]}, draft)
    assert not verdict(alone, {"data": 1, "kids": [{"kids": [{"data": "x"}]}]}, draft)
    unmarked = {"properties": {"data": WHOLE_NUMBER, "kids": {"items": {"$ref": "#"}}}}
    assert not verdict(unmarked, {"kids": [{"kids": [{"data": "x"}]}]}, draft)


# Static references, by all that they can name. Each leads to an integer.

IN_NEW: list[Any] = [
    {"$ref": "#/$defs/n", "$defs": {"n": WHOLE_NUMBER}},
    {"$ref": "#n", "$defs": {"x": {"$anchor": "n", **WHOLE_NUMBER}}},
    {"$ref": "#/$defs/a~1b~0c%25d", "$defs": {"a/b~c%d": WHOLE_NUMBER}},
    {"$ref": "#/allOf/1", "allOf": [{}, WHOLE_NUMBER]},
    {"$ref": "n", "$id": TOP, "$defs": {"x": {"$id": "n", **WHOLE_NUMBER}}},
    {"$ref": "http://example.org/n", "$id": TOP, "$defs": {"x": {"$id": "n", **WHOLE_NUMBER}}},
    {"$ref": "in#/$defs/n", "$id": TOP, "$defs": {"x": {"$id": "in", "$defs": {"n": WHOLE_NUMBER}}}},
    {"$ref": "in#a", "$id": TOP, "$defs": {"x": {"$id": "in", "not": {"$anchor": "a", **WHOLE_NUMBER}}}},
    {
        "$ref": "#/$defs/x",
        "$defs": {"x": {"$id": "http://example.org/x", "$ref": "#/$defs/n", "$defs": {"n": WHOLE_NUMBER}}},
    },
    {"$ref": "urn:a:b", "$defs": {"x": {"$id": "urn:a:b", **WHOLE_NUMBER}}},
    {"$ref": "#/$defs/one", "$defs": {"one": {"$ref": "#/$defs/two"}, "two": {"$ref": "#/$defs/n"}, "n": WHOLE_NUMBER}},
]
IN_OLD: list[Any] = [
    {"$ref": "#/definitions/n", "definitions": {"n": WHOLE_NUMBER}},
    # What stands beside a reference does not count.
    {"$ref": "#/definitions/n", "definitions": {"n": WHOLE_NUMBER}, "type": "string"},
    {"allOf": [{"$ref": "#n"}], "definitions": {"x": {"$id": "#n", **WHOLE_NUMBER}}},
    {
        "allOf": [{"$ref": "n"}],
        "$id": TOP,
        "definitions": {"x": {"$id": "http://example.org/n", **WHOLE_NUMBER}},
    },
]


@pytest.mark.parametrize(
    ("draft", "schema"),
    [(draft, each) for draft in NEW for each in IN_NEW] + [(draft, each) for draft in ("7", "6") for each in IN_OLD],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value)[:50],
)
def test_static_references(draft: str, schema: Any) -> None:
    assert verdict(schema, 5, draft)
    assert not verdict(schema, "x", draft)


@pytest.mark.parametrize("draft", list(URIS))
def test_metaschemas_are_known(draft: str) -> None:
    schema = {"properties": {"schema": {"$ref": URIS[draft]}}}
    assert verdict(schema, {"schema": {"type": "string"}}, draft)
    assert not verdict(schema, {"schema": {"type": 5}}, draft)


# What cannot be found.


@pytest.mark.parametrize(
    ("schema", "where", "network"),
    [
        ({"$ref": "http://example.org/a"}, '$["$ref"]', True),
        ({"items": {"$ref": "other"}}, '$.items["$ref"]', False),
        ({"items": {"$ref": "#/$defs/a"}}, '$.items["$ref"]', False),
        ({"items": {"$ref": "#a"}}, '$.items["$ref"]', False),
        ({"items": {"$dynamicRef": "#a"}}, '$.items["$dynamicRef"]', False),
        ({"$id": "http://example.org/a", "$ref": "#/$defs/b"}, '$["$ref"]', False),
        ({"$id": "http://example.org/a", "not": {"$ref": "http://example.org/a#/$defs/b"}}, '$.not["$ref"]', None),
        ({"$ref": "#/a/b", "a": []}, '$["$ref"]', False),
    ],
    ids=str,
)
def test_what_leads_nowhere_is_refused_with_its_place(schema: Any, where: str, network: bool | None) -> None:
    with pytest.raises(SchemaError) as caught:
        Schema(schema)
    assert "cannot be resolved" in caught.value.message
    assert f"at {where}" in caught.value.message
    if network is not None:
        assert ("nothing is loaded from a network" in caught.value.message) is network


@pytest.mark.parametrize("found", ["title", 5, [], None], ids=str)
def test_what_is_no_schema_is_refused(found: Any) -> None:
    with pytest.raises(SchemaError, match="the reference '#/x' leads to no schema: at") as caught:
        Schema({"properties": {"a": {"$ref": "#/x"}}, "x": found})
    assert list(caught.value.path) == ["properties", "a", "$ref"]
    assert caught.value.instance == "#/x"
    for fits in (True, False):
        assert verdict({"properties": {"a": {"$ref": "#/x"}}, "x": fits}, {"a": 1}, "2020-12") is fits


def test_a_fault_in_another_schema_is_told_with_its_uri() -> None:
    registry: Any = referencing.Registry().with_contents(
        [
            ("http://example.org/a", {"$defs": {"x": {"properties": {"b": {"$ref": "#/nowhere"}}}}}),
            ("http://example.org/b", {"$defs": {"x": {"items": {"minLength": "x"}}}}),
        ],
        default_specification=referencing.jsonschema.DRAFT202012,
    )
    with pytest.raises(SchemaError, match=r'at http://example.org/a \$\["\$defs"\].x.properties.b\["\$ref"\]'):
        Schema({"$ref": "http://example.org/a#/$defs/x"}, registry=registry)
    with pytest.raises(SchemaError, match="'x' is not of type 'integer'") as caught:
        Schema({"items": {"$ref": "http://example.org/b#/$defs/x"}}, registry=registry)
    assert list(caught.value.path)[-2:] == ["items", "minLength"]


def test_schemas_that_refer_to_others_differ_where_these_do() -> None:
    def made(inside: Any) -> Schema:
        registry: Any = referencing.Registry().with_contents(
            [("http://example.org/a", inside), ("http://example.org/b", {"title": "not reached"})],
            default_specification=referencing.jsonschema.DRAFT202012,
        )
        return Schema({"$ref": "http://example.org/a"}, registry=registry)

    def fingerprint(schema: Schema) -> str:
        from partialjson._core.target import Options, target_of

        return target_of(schema, Options()).fingerprint()

    one, same, other = made(TEXT), made({"type": "string"}), made(WHOLE_NUMBER)
    assert fingerprint(one) == fingerprint(same)
    assert fingerprint(one) != fingerprint(other)
