"""What a core schema lets one say of a value before it closes.

A bound must never refuse what may still become valid, so whatever is not known to refuse by the kind of value, by its
length or by a fixed set of words, bounds nothing: validators that run before, custom types, unions with such a branch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from partialjson._core.plan import (
    ANYTHING,
    ARRAY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    NULL,
    OBJECT,
    STRING,
    Bounds,
)
from partialjson.typed.schemas import Schema, changes_strings

__all__ = ["bounds_of", "most_elements"]

_NUMBER: Final = INTEGER | FLOAT
_NAMES: Final = {
    STRING: "a string",
    _NUMBER: "a number",
    BOOLEAN: "true or false",
    NULL: "null",
    OBJECT: "an object",
    ARRAY: "an array",
}
# Where the kinds that pydantic looks into are more than those it can accept.
_STRINGS_ONLY: Final = ("url", "multi-host-url", "uuid", "bytes")
_INSIDE: Final = {
    "nullable": "schema",
    "default": "schema",
    "function-after": "schema",
    "json-or-python": "json_schema",
}
_MANY: Final = 64
"""More words than this are not gone through for each character."""


def bounds_of(
    schema: Schema, config: dict[str, Any], resolve: Callable[[Schema], Schema], kinds_taken: Callable[[Schema], int]
) -> Bounds | None:
    """The bounds of the values of a schema; None where nothing is certain."""
    finder = _Finder(config, resolve, kinds_taken)
    kinds = finder.kinds(schema)
    words = finder.words(schema) if kinds & STRING else None
    length = finder.length(schema) if kinds & STRING and words is None else -1
    if kinds == ANYTHING and words is None and length < 0:
        return None
    names = [name for kind, name in _NAMES.items() if kinds & kind]
    if words is not None:
        names[0] = " or ".join(map(repr, words)) if len(words) <= 5 else f"one of {len(words)} words"
    return Bounds(kinds, " or ".join(names), words, length)


def most_elements(schema: Schema) -> int:
    """The most elements an array of this schema can have; -1 for no bound. Sets drop elements."""
    if schema["type"] == "tuple" and schema.get("variadic_item_index") is None:
        return len(schema["items_schema"])
    if schema["type"] in ("list", "tuple"):
        most = schema.get("max_length")
        return -1 if most is None else int(most)
    return -1


def _kinds_of_members(members: list[Any]) -> int:
    """The kinds of the members of a literal or an enumeration; strings and numbers may be read as one another."""
    kinds = 0
    for member in members:
        if member is None:
            kinds |= NULL
        elif type(member) is str:
            kinds |= STRING
        else:
            kinds |= STRING | _NUMBER | BOOLEAN
    return kinds


class _Finder:
    """Follows a schema to the nodes that may take a value, and asks each of them."""

    def __init__(
        self, config: dict[str, Any], resolve: Callable[[Schema], Schema], kinds_taken: Callable[[Schema], int]
    ) -> None:
        self.config = config
        self.resolve = resolve
        self.kinds_taken = kinds_taken

    def branches(self, schema: Schema, seen: frozenset[int] = frozenset()) -> list[Schema] | None:
        """The nodes that may take a value; None where one may do anything with it.

        What leads back to itself (``seen``) adds nothing.
        """
        schema = self.resolve(schema)
        if id(schema) in seen:
            return []
        seen |= {id(schema)}
        kind = schema["type"]
        if kind == "default" and schema.get("on_error", "raise") != "raise":
            return None
        if kind in _INSIDE:
            found = self.branches(schema[_INSIDE[kind]], seen)
            if found is not None and kind == "nullable":
                return [*found, {"type": "none"}]
            return found
        if kind == "model" and schema.get("root_model") and not schema.get("custom_init"):
            return self.branches(schema["schema"], seen)
        if kind == "union":
            every: list[Schema] = []
            for choice in schema["choices"]:
                found = self.branches(choice[0] if isinstance(choice, tuple) else choice, seen)
                if found is None:
                    return None
                every += found
            return every
        return [schema]

    def kinds(self, schema: Schema) -> int:
        found = self.branches(schema)
        if found is None:
            return ANYTHING
        kinds = 0
        for node in found:
            kinds |= self.kinds_of(node)
        return kinds

    def kinds_of(self, node: Schema) -> int:
        kind = node["type"]
        strict = node.get("strict", self.config.get("strict", False))
        if kind == "str":
            coerces = node.get("coerce_numbers_to_str", self.config.get("coerce_numbers_to_str", False))
            return STRING | (_NUMBER if coerces else 0)
        if kind in _STRINGS_ONLY:
            return STRING
        if kind in ("literal", "enum") and self.kinds_taken(node) != ANYTHING:
            return _kinds_of_members(
                node["expected"] if kind == "literal" else [each.value for each in node["members"]]
            )
        if kind in ("int", "float", "bool") and strict:
            return BOOLEAN if kind == "bool" else _NUMBER
        return self.kinds_taken(node)

    def words(self, schema: Schema) -> dict[str, object] | None:
        """All strings that may be valid, and what they become."""
        words: dict[str, object] = {}
        for node in self.branches(schema) or [{"type": "any"}]:
            if not self.kinds_of(node) & STRING:
                continue
            if self.kinds_taken(node) == ANYTHING:
                return None
            if node["type"] == "literal" and all(type(member) in (str, int, bool) for member in node["expected"]):
                words.update((member, member) for member in node["expected"] if type(member) is str)
            elif node["type"] == "enum" and all(type(member.value) is str for member in node["members"]):
                words.update((member.value, member) for member in node["members"])
            else:
                return None
        return words if 0 < len(words) <= _MANY else None

    def length(self, schema: Schema) -> int:
        """The most characters that a string may have."""
        most = -1
        for node in self.branches(schema) or [{"type": "any"}]:
            if not self.kinds_of(node) & STRING:
                continue
            bound = node.get("max_length", self.config.get("str_max_length"))
            if node["type"] != "str" or bound is None or changes_strings(node, self.config):
                return -1
            most = max(most, int(bound))
        return most
