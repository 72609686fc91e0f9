"""Which required fields had not come when a document was cut.

The core schema of the target is followed along the open path, beside the JSON value, so that it also knows objects
which validation judges whole and never shows. Where the schema does not say which object stands at a place (a union
whose tag has not come, a type that only a validator understands) nothing is claimed from there inwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from partialjson._core.events import Path
from partialjson._missing import MISSING
from partialjson.typed.targets import core_schema_of

__all__ = ["missing_required"]

Schema = dict[str, Any]

# Nodes that add nothing to the shape of what they hold, and where they hold it.
_WRAPPERS: Final = {
    "nullable": "schema",
    "default": "schema",
    "function-before": "schema",
    "function-after": "schema",
    "function-wrap": "schema",
    "json-or-python": "json_schema",
    "lax-or-strict": "lax_schema",
}
_OBJECTS: Final = ("model-fields", "typed-dict", "dataclass-args")
_LISTS: Final = ("list", "set", "frozenset", "generator")


class _Place:
    """A node of the schema with all its wrappers off, and the configuration of the nearest model around it."""

    def __init__(self, schema: Schema, config: Schema) -> None:
        self.schema = schema
        self.config = config


def missing_required(
    target: Any,
    json: Any,
    growing: Path | None,
    by_alias: bool | None = None,
    by_name: bool | None = None,
) -> tuple[Path, ...]:
    """Paths, in the document's names, of required fields that are not there, in the objects that are open.

    Args:
        target: a type pydantic understands, or a ``TypeAdapter``.
        json: the document as far as it came; MISSING where nothing had come.
        growing: the path of the innermost open value; None where none is.
        by_alias, by_name: as the document is validated.
    """
    walk = _Walk(core_schema_of(target), by_alias, by_name)
    if json is MISSING:
        # Every document of such a target begins with this object.
        return tuple(walk.missing(walk.root({}), {}, ()))
    if growing is None:
        return ()
    found: list[Path] = []
    place: _Place | None = walk.root(json)
    value = json
    for depth in range(len(growing) + 1):
        if place is None:
            break
        if isinstance(value, dict):
            found.extend(walk.missing(place, value, growing[:depth]))
        if depth < len(growing):
            key: Any = growing[depth]
            value = value[key]
            place = walk.child(place, key, value)
    return tuple(found)


class _Walk:
    def __init__(self, schema: Schema, by_alias: bool | None, by_name: bool | None) -> None:
        self.by_alias = by_alias
        self.by_name = by_name
        self.definitions: dict[str, Schema] = {}
        self.schema = schema

    def root(self, value: Any) -> _Place | None:
        return self.place(self.schema, value, {})

    def place(self, schema: Schema, value: Any, config: Schema) -> _Place | None:
        """What stands at a place where ``value`` has come; None where that is not known."""
        while True:
            kind = schema["type"]
            if kind == "definition-ref":
                schema = self.definitions[schema["schema_ref"]]
            elif kind == "definitions":
                self.definitions.update((each["ref"], each) for each in schema["definitions"])
                schema = schema["schema"]
            elif kind in _WRAPPERS:
                schema = schema[_WRAPPERS[kind]]
            elif kind in ("model", "dataclass"):
                config = schema.get("config") or {}
                schema = schema["schema"]
            elif kind == "chain":
                schema = schema["steps"][0]
            elif kind == "tagged-union":
                tag = schema["discriminator"]
                chosen = value.get(tag) if isinstance(value, dict) and isinstance(tag, str) else None
                choice = schema["choices"].get(chosen) if isinstance(chosen, (str, int)) else None
                if not isinstance(choice, dict):
                    return None
                schema = choice
            elif kind == "union":
                return self.only_choice(schema, value, config)
            else:
                return _Place(schema, config)

    def only_choice(self, schema: Schema, value: Any, config: Schema) -> _Place | None:
        """The only branch of a union that a container such as ``value`` can belong to."""
        fitting = []
        for choice in schema["choices"]:
            place = self.place(choice[0] if isinstance(choice, tuple) else choice, value, config)
            if place is None:
                return None
            kind = place.schema["type"]
            if kind == "any" or (
                kind in (*_OBJECTS, "dict") if isinstance(value, dict) else kind in (*_LISTS, "tuple")
            ):
                fitting.append(place)
        return fitting[0] if len(fitting) == 1 else None

    def child(self, place: _Place, key: Any, value: Any) -> _Place | None:
        schema = place.schema
        kind = schema["type"]
        inner: Schema | None = None
        if kind in _OBJECTS:
            inner = next(
                (field["schema"] for name, field in _fields(schema) if [key] in self.names(name, field, place.config)),
                schema.get("extras_schema"),
            )
        elif kind == "dict":
            inner = schema.get("values_schema")
        elif kind in _LISTS:
            inner = schema.get("items_schema")
        elif kind == "tuple":
            items = schema["items_schema"]
            variadic = schema.get("variadic_item_index")
            index = key if variadic is None else min(key, variadic)
            inner = items[index] if index < len(items) else None
        return None if inner is None else self.place(inner, value, place.config)

    def missing(self, place: _Place | None, value: dict[str, Any], path: Path) -> Iterator[Path]:
        """The required fields of an open object that have not come."""
        if place is None or place.schema["type"] not in _OBJECTS:
            return
        total = place.schema.get("total", True)
        for name, field in _fields(place.schema):
            if not self.is_required(field, total):
                continue
            names = self.names(name, field, place.config)
            if not any(_has(value, keys) for keys in names):
                yield (*path, *names[0])

    def is_required(self, field: Schema, total: bool) -> bool:
        if field["type"] == "typed-dict-field":
            return bool(field.get("required", total))
        schema = field["schema"]
        while schema["type"].startswith("function-") and "schema" in schema:
            schema = schema["schema"]
        return bool(schema["type"] != "default" and field.get("init", True))

    def names(self, name: str, field: Schema, config: Schema) -> list[list[Any]]:
        """The places, relative to its object, where a field is looked for; the first one in front."""
        alias = field.get("validation_alias")
        if alias is None:
            return [[name]]
        by_alias = self.by_alias if self.by_alias is not None else config.get("validate_by_alias", True)
        by_name = self.by_name if self.by_name is not None else config.get("validate_by_name", False)
        if isinstance(alias, str):
            aliases = [[alias]]
        elif alias and isinstance(alias[0], list):
            aliases = [list(each) for each in alias]
        else:
            aliases = [list(alias)]
        return (aliases if by_alias else []) + ([[name]] if by_name else []) or aliases


def _fields(schema: Schema) -> list[tuple[str, Schema]]:
    fields = schema["fields"]
    return list(fields.items()) if isinstance(fields, dict) else [(field["name"], field) for field in fields]


def _has(value: Any, keys: list[Any]) -> bool:
    for key in keys:
        if isinstance(value, dict):
            if key not in value:
                return False
        elif not (isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value)):
            return False
        value = value[key]
    return True
