"""What a document is going to look like: the fields to expect before any of them has come.

The shape of a target is read from its JSON schema, because that is the one description pydantic gives of every type it
understands, in the document's own names. It only decides what is drawn as absent; what a value must be is the
parser's business. References are followed when a shape is looked into, so recursive models need no care here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

__all__ = ["UNKNOWN", "Shape", "shape_of"]

_WORDS: Final = {"string": "text", "integer": "integer", "number": "number", "boolean": "true or false", "null": "null"}
_REFERENCE: Final = "#/$defs/"


class Shape:
    """What may stand at one place of a document, as far as its schema tells."""

    def __init__(self, schema: Any, definitions: Mapping[str, Any], optional: bool = False) -> None:
        self._definitions = definitions
        self.optional = optional
        self._schema: Mapping[str, Any] = self._resolve(schema)

    def _resolve(self, schema: Any) -> Mapping[str, Any]:
        """The schema behind references and behind "or null"."""
        for _ in range(len(self._definitions) + 2):
            if not isinstance(schema, Mapping):
                return {}
            reference = schema.get("$ref")
            branches = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
            if isinstance(reference, str):
                schema = self._definitions.get(reference.removeprefix(_REFERENCE))
            elif len(branches) == 1:
                schema = branches[0]
            else:
                break
        return schema if isinstance(schema, Mapping) else {}

    @cached_property
    def fields(self) -> dict[str, Shape]:
        """The fields of an object that is described field by field."""
        required = self._schema.get("required", ())
        return {
            name: Shape(schema, self._definitions, name not in required)
            for name, schema in self._schema.get("properties", {}).items()
        }

    @cached_property
    def _rest(self) -> Shape:
        """The elements of an array, or the values of an object with free keys."""
        schema = self._schema.get("items") or self._schema.get("additionalProperties")
        return Shape(schema, self._definitions) if schema else UNKNOWN

    def at(self, key: str | int) -> Shape:
        """The shape of a child."""
        if isinstance(key, str) and key in self.fields:
            return self.fields[key]
        return self._rest

    @cached_property
    def label(self) -> str:
        """What to expect, in a word or two."""
        word = self._word()
        return f"{word}, optional" if self.optional and word else word

    def _word(self) -> str:
        schema = self._schema
        if "enum" in schema:
            return " | ".join(map(str, schema["enum"]))
        if "const" in schema:
            return str(schema["const"])
        kind = schema.get("type")
        if kind == "array":
            item = self._rest._word()
            return f"list of {item}" if item else "list"
        if kind == "object":
            return str(schema.get("title", "object")) if "properties" in schema else "object"
        branches = [Shape(branch, self._definitions)._word() for branch in schema.get("anyOf", ())]
        if branches:
            # A Decimal is "number or text with a pattern"; the first says it.
            return branches[0] if "number" in branches else " or ".join(dict.fromkeys(branches))
        return str(schema.get("format") or _WORDS.get(str(kind), ""))


UNKNOWN: Final = Shape({}, {})
"""The shape of a document nothing is known about."""


def shape_of(target: Any) -> Shape:
    """The shape of a parser's target; ``UNKNOWN`` where it has no schema."""
    if target is None or target is Any:
        return UNKNOWN
    from pydantic import PydanticUserError, TypeAdapter

    try:
        adapter = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
        schema = adapter.json_schema()
    except PydanticUserError:
        return UNKNOWN
    return Shape(schema, schema.get("$defs", {}))
