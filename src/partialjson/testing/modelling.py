"""From JSON Schemas to pydantic models, and random schemas to make models of.

``target_of`` builds what a careful user would have written by hand: models with aliases where a name is no identifier,
literals, bounds, dates, unions, dicts. With ``note`` every leaf and every model also has a validator that notes its
calls, so that law 6 can be asked.
"""

from __future__ import annotations

import datetime
import functools
import keyword
import operator
import uuid
from collections.abc import Callable
from types import GenericAlias
from typing import Annotated, Any, ForwardRef, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from partialjson.testing.drawing import st

__all__ = ["merged", "random_objects", "random_schemas", "reference_of", "target_of"]

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


# Pydantic has no public name for the class of its models.
class _Shown(type(BaseModel)):  # type: ignore[misc]
    """The class of models that are printed as they are made."""

    __made_from__: Any = None

    def __repr__(cls) -> str:
        schema = cls.__dict__.get("__made_from__")
        return super().__repr__() if schema is None else f"target_of({schema!r})"


class _Made(BaseModel, metaclass=_Shown):
    pass


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
                return GenericAlias(tuple, items)
            listed: Any = GenericAlias(list, (self.target(schema.get("items", True), f"{name}_item"),))
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
            return GenericAlias(dict, (str, self.target(rest, f"{name}_value")))
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
        base: type[BaseModel] = create_model(f"{name}_base", __base__=_Made)
        base.model_config = ConfigDict(extra=extra)
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
    if isinstance(target, _Shown):
        target.__made_from__ = schema
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


def reference_of(root: Schema, reference: str) -> Schema:
    """What a reference inside of a schema leads to."""
    return _Builder(root, None).resolve(reference)


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
    objects = random_objects(inside)
    arrays = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inside}, optional={"minItems": st.integers(0, 1), "maxItems": lengths}
    )
    unions = st.builds(lambda schemas: {"anyOf": schemas}, st.lists(inside, min_size=2, max_size=3))
    return leaves | objects | arrays | unions


def random_objects(inside: st.SearchStrategy[Schema], least: int = 0) -> st.SearchStrategy[Schema]:
    """Schemas of objects with at least so many properties, and these schemas in them."""
    names = st.sampled_from(("a", "ab", "b", "kind", "a b"))
    return st.dictionaries(names, inside, min_size=least, max_size=3).flatmap(
        lambda properties: st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.just(properties),
                "required": st.lists(st.sampled_from([*properties]), unique=True) if properties else st.just([]),
                "additionalProperties": st.booleans(),
            }
        )
    )
