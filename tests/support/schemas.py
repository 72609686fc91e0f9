"""From the JSON Schemas that tools are described with to pydantic models, and to documents that fit them or do not.

``target_of`` builds what a careful user would have written by hand: models with aliases where a name is no identifier,
literals, bounds, dates, unions, dicts. With ``note`` every leaf and every model also has a validator that notes its
calls. ``documents_of`` is a strategy for values that fit, ``damaged_value`` makes one that may not.
"""

from __future__ import annotations

import datetime
import functools
import keyword
import operator
import random
import uuid
from collections.abc import Callable
from typing import Annotated, Any, ForwardRef, Literal

from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

Schema = Any

_FORMATS: dict[str, Any] = {
    "date": datetime.date,
    "date-time": datetime.datetime,
    "time": datetime.time,
    "uuid": uuid.UUID,
}
_BOUNDS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_SCALARS: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool, "null": type(None)}
JUNK: tuple[Any, ...] = (None, True, 0, -1.5, 10**25, "", "x", "2024-02-30", [], {}, [1, "x"], {"a": {"b": []}})

# Words about a schema that say nothing of its documents.
_SILENT = {"description", "title", "$schema", "default", "examples", "optional", "strict", "nullable", "format"}
_KNOWN = {
    "type",
    "properties",
    "required",
    "items",
    "prefixItems",
    "enum",
    "const",
    "anyOf",
    "oneOf",
    "allOf",
    "additionalProperties",
    "$ref",
    "$defs",
    "definitions",
    *_BOUNDS,
    *_SILENT,
}


class _Builder:
    def __init__(self, root: Schema, note: Callable[[str, Any], None] | None) -> None:
        self.root = root
        self.note = note
        self.refs: dict[str, Any] = {}
        self.models: dict[str, type[BaseModel]] = {}

    def target(self, schema: Schema, name: str) -> Any:
        if schema is True or schema == {}:
            return Any
        unknown = schema.keys() - _KNOWN
        if unknown:
            raise NotImplementedError(f"{sorted(unknown)} in {name}")
        found = self._bare(schema, name)
        return found | None if schema.get("nullable") else found

    def _bare(self, schema: Schema, name: str) -> Any:
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        if "const" in schema:
            return self._leaf(Literal[schema["const"]])
        if "enum" in schema:
            return self._leaf(Literal[tuple(schema["enum"])])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                choices = [self.target(each, f"{name}_{number}") for number, each in enumerate(schema[word])]
                return functools.reduce(operator.or_, choices)
        if "allOf" in schema:
            return self._bare(merged(schema, self.resolve), name)
        kinds = schema.get("type", "object" if "properties" in schema else None)
        if kinds is None:
            return Any
        if isinstance(kinds, list):
            parts = [self._bare({**schema, "type": kind}, f"{name}_{kind}") for kind in kinds]
            return functools.reduce(operator.or_, parts)
        kind = kinds.lower()
        if kind == "object":
            return self._object(schema, name)
        bounds = {_BOUNDS[word]: value for word, value in schema.items() if word in _BOUNDS}
        if kind == "array":
            if "prefixItems" in schema:
                items = tuple(self.target(each, f"{name}_{n}") for n, each in enumerate(schema["prefixItems"]))
                return tuple[items]  # type: ignore[valid-type]
            listed: Any = list[self.target(schema.get("items", True), f"{name}_item")]  # type: ignore[misc]
            return Annotated[listed, Field(**bounds)] if bounds else listed
        scalar = _FORMATS.get(schema.get("format", ""), str) if kind == "string" else _SCALARS[kind]
        return self._leaf(Annotated[scalar, Field(**bounds)] if bounds else scalar)

    def _leaf(self, target: Any) -> Any:
        note = self.note
        if note is None:
            return target

        def noted(value: Any) -> Any:
            note("leaf", value)
            return value

        return Annotated[target, AfterValidator(noted)]

    def resolve(self, reference: str) -> Schema:
        schema = self.root
        for step in reference.removeprefix("#").split("/")[1:]:
            schema = schema[step.replace("~1", "/").replace("~0", "~")]
        return schema

    def _reference(self, reference: str) -> Any:
        if reference not in self.refs:
            name = f"Ref_{len(self.refs)}"
            self.refs[reference] = ForwardRef(name)
            self.refs[reference] = self.target(self.resolve(reference), name)
        return self.refs[reference]

    def _object(self, schema: Schema, name: str) -> Any:
        rest = schema.get("additionalProperties", True)
        if not schema.get("properties"):
            if rest is False:
                return self._model(name, {}, "forbid", None)
            return dict[str, self.target(rest, f"{name}_value")]  # type: ignore[misc]
        required = schema.get("required", [])
        fields: dict[str, Any] = {}
        for number, (key, inner) in enumerate(schema["properties"].items()):
            settings: dict[str, Any] = {}
            field = key
            if not key.isidentifier() or keyword.iskeyword(key) or key.startswith(("_", "model_")):
                field = f"field_{number}"
            elif hasattr(BaseModel, key):
                field = f"{key}_"
            if field != key:
                settings["alias"] = key
            if key not in required:
                settings["default"] = inner.get("default") if isinstance(inner, dict) else None
            fields[field] = (self.target(inner, f"{name}_{number}"), Field(**settings))
        if rest is False:
            return self._model(name, fields, "forbid", None)
        if isinstance(rest, dict) and rest:
            return self._model(name, fields, "allow", self.target(rest, f"{name}_rest"))
        return self._model(name, fields, "ignore", None)

    def _model(self, name: str, fields: dict[str, Any], extra: Any, rest: Any) -> type[BaseModel]:
        note = self.note
        base: type[BaseModel] = create_model(f"{name}_base", __config__=ConfigDict(extra=extra))
        if rest is not None:
            namespace = {"__annotations__": {"__pydantic_extra__": dict[str, rest]}, "__module__": __name__}
            base = type(f"{name}_rest", (base,), namespace)
        validators: dict[str, Any] = {}
        if note is not None:

            def noted(self: Any) -> Any:
                note("model", self)
                return self

            validators["noted"] = model_validator(mode="after")(noted)
        model: type[BaseModel] = create_model(name, __base__=base, __validators__=validators, **fields)
        self.models[name] = model
        return model


def target_of(schema: Schema, name: str = "Model", note: Callable[[str, Any], None] | None = None) -> Any:
    """What a document of this schema is validated with.

    Raises:
        NotImplementedError: the schema says something that is not understood here.
    """
    builder = _Builder(schema, note)
    target = builder.target(schema, name)
    for model in builder.models.values():
        model.model_rebuild(_types_namespace={**builder.models, "Any": Any})
    return target


def merged(schema: Schema, resolve: Callable[[str], Schema]) -> Schema:
    """The parts of an ``allOf`` as one schema."""
    whole = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        if "$ref" in part:
            part = resolve(part["$ref"])
        for key, value in part.items():
            if key == "properties":
                whole["properties"] = {**whole.get("properties", {}), **value}
            elif key == "required":
                whole["required"] = [*whole.get("required", []), *value]
            else:
                whole.setdefault(key, value)
    return whole


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
        return _Builder(root, None).resolve(reference)

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


def random_schemas(depth: int = 3) -> st.SearchStrategy[Schema]:
    """Schemas of all that ``target_of`` understands, unions that only pydantic can decide included."""
    lengths = st.integers(0, 3)
    leaves = st.one_of(
        st.fixed_dictionaries({"type": st.just("string")}, optional={"minLength": lengths, "maxLength": lengths}),
        st.fixed_dictionaries({"type": st.just("string"), "pattern": st.sampled_from(("^a+$", "^[0-9]{2}", "b|cd"))}),
        st.fixed_dictionaries({"type": st.just("string"), "format": st.sampled_from(tuple(_FORMATS))}),
        st.fixed_dictionaries(
            {"type": st.just("integer")},
            optional={"minimum": st.integers(-20, 5), "maximum": st.integers(6, 250), "multipleOf": st.integers(1, 3)},
        ),
        st.fixed_dictionaries(
            {"type": st.just("number")}, optional={"minimum": st.integers(-9, 0), "maximum": st.integers(3, 30)}
        ),
        st.sampled_from(({"type": "boolean"}, {"type": "null"}, {})),
        st.builds(
            lambda members: {"enum": members},
            st.lists(
                st.sampled_from(("ab", "abc", "b", "", 1, 12, True, None)), min_size=1, max_size=4, unique_by=repr
            ),
        ),
    )
    if depth == 0:
        return leaves
    inside = random_schemas(depth - 1)
    objects = st.dictionaries(st.sampled_from(("a", "ab", "b", "kind", "a b")), inside, max_size=3).flatmap(
        lambda properties: st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.just(properties),
                "required": st.lists(st.sampled_from([*properties]), unique=True) if properties else st.just([]),
                "additionalProperties": st.booleans(),
            }
        )
    )
    arrays = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inside}, optional={"minItems": st.integers(0, 1), "maxItems": lengths}
    )
    unions = st.builds(lambda schemas: {"anyOf": schemas}, st.lists(inside, min_size=2, max_size=3))
    return leaves | objects | arrays | unions


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
