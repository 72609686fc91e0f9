"""Documents that fit the JSON Schemas of recorded tools or do not, and scalars in other forms.

Those schemas are of the dialects of providers, which are no JSON Schema; what is, ``documents_for`` reads.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from partialjson.testing.modelling import Schema, merged, reference_of

JUNK: tuple[Any, ...] = (None, True, 0, -1.5, 10**25, "", "x", "2024-02-30", [], {}, [1, "x"], {"a": {"b": []}})


def documents_of(schema: Schema, root: Schema | None = None, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that fit a schema, as plain JSON."""
    root = schema if root is None else root
    if schema is True or schema == {}:
        return st.sampled_from(JUNK)
    found = _bare_documents(schema, root, depth)
    return st.none() | found if schema.get("nullable") else found


def _bare_documents(schema: Schema, root: Schema, depth: int) -> st.SearchStrategy[Any]:
    def inner(each: Schema) -> st.SearchStrategy[Any]:
        return documents_of(each, root, depth + 1)

    def resolve(reference: str) -> Schema:
        return reference_of(root, reference)

    if "$ref" in schema:
        return st.deferred(lambda: documents_of(resolve(schema["$ref"]), root, depth + 1))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return st.one_of(*map(inner, schema[word]))
    if "allOf" in schema:
        return inner(merged(schema, resolve))
    kinds = schema.get("type", "object" if "properties" in schema else None)
    if kinds is None:
        return st.sampled_from(JUNK)
    if isinstance(kinds, list):
        return st.one_of(*(_bare_documents({**schema, "type": kind}, root, depth) for kind in kinds))
    kind = kinds.lower()
    if kind == "object":
        properties = schema.get("properties", {})
        required = {key: inner(properties[key]) for key in schema.get("required", []) if key in properties}
        rest = schema.get("additionalProperties", True)
        if not properties:
            return st.just({}) if rest is False else st.dictionaries(_names(), inner(rest), max_size=2)
        optional = {key: inner(each) for key, each in properties.items() if key not in required}
        if depth > 3:
            optional = {}
        return st.fixed_dictionaries(required, optional=optional)
    if kind == "array":
        if "prefixItems" in schema:
            return st.tuples(*map(inner, schema["prefixItems"])).map(list)
        least = schema.get("minItems", 0)
        most = max(least, min(schema.get("maxItems", 3), 3 if depth < 4 else 0))
        return st.lists(inner(schema.get("items", True)), min_size=least, max_size=most)
    if kind == "string":
        return _strings(schema)
    if kind == "integer":
        return st.integers(
            schema.get("minimum", schema.get("exclusiveMinimum", -51) + 1),
            schema.get("maximum", schema.get("exclusiveMaximum", 10**6) - 1),
        ).map(lambda number: number - number % schema.get("multipleOf", 1))
    if kind == "number":
        return st.integers(schema.get("minimum", -50), schema.get("maximum", 10**6)) | st.sampled_from((0.5, 1e3, 2.25))
    return st.booleans() if kind == "boolean" else st.none()


def _names() -> st.SearchStrategy[str]:
    return st.sampled_from(("a", "b c", "é", "/~", ""))


def _strings(schema: Schema) -> st.SearchStrategy[str]:
    known = {
        "date": st.dates().map(str),
        "date-time": st.datetimes().map(lambda when: when.isoformat() + "Z"),
        "time": st.times().map(str),
        "uuid": st.uuids().map(str),
    }.get(schema.get("format", ""))
    if known is not None:
        return known
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    least = schema.get("minLength", 0)
    characters = st.characters(codec="utf-8", max_codepoint=0x1F600)
    return st.text(characters, min_size=least, max_size=max(least, min(schema.get("maxLength", 12), 12)))


def damaged_value(value: Any, source: random.Random) -> Any:
    """The value with one thing wrong somewhere: another kind of value, a key gone, a key too many."""
    places: list[list[str | int]] = []

    def visit(inner: Any, path: list[str | int]) -> None:
        places.append(path)
        if isinstance(inner, dict | list):
            for key in inner if isinstance(inner, dict) else range(len(inner)):
                visit(inner[key], [*path, key])

    visit(value, [])

    def change(inner: Any, path: list[str | int]) -> Any:
        if path:
            copied = inner.copy()
            copied[path[0]] = change(inner[path[0]], path[1:])
            return copied
        if isinstance(inner, dict) and inner and source.random() < 0.5:
            gone = source.choice(list(inner))
            return {key: each for key, each in inner.items() if key != gone}
        if isinstance(inner, dict) and source.random() < 0.5:
            return {**inner, "nobody knows": source.choice(JUNK)}
        return source.choice(JUNK)

    return change(value, source.choice(places))


def coerced_value(value: Any, source: random.Random) -> Any:
    """The value with some scalars as others that pydantic may take for them: "12" or 12.0 for 12, 1 for true."""
    if isinstance(value, dict):
        return {key: coerced_value(each, source) for key, each in value.items()}
    if isinstance(value, list):
        return [coerced_value(each, source) for each in value]
    if source.random() < 0.5:
        return value
    if isinstance(value, bool):
        return source.choice([int(value), str(value).lower(), "on" if value else "off", float(value)])
    if isinstance(value, (int, float)):
        return source.choice([str(value), float(value), f" {value}", f"{value}.0", bool(value), int(value)])
    if isinstance(value, str):
        return source.choice([value, value.upper(), [value], 0 if not value else 86400])
    return value
