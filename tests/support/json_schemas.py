"""Random JSON Schemas, and documents that they might describe: for the fuzzer, and for property tests.

Both are small on purpose: few keys, short strings, numbers near each other. So keywords meet, branches overlap, and
about half of the documents are valid. A schema may refer to its definitions and to itself; one that refers to itself
for the same value is refused by the library, and another one is made.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from jsonschema.exceptions import SchemaError

from partialjson import Schema

__all__ = ["Maker", "document_text", "make_pair", "messy_text"]

KEYS = ["a", "b", "c", "ab", "ba", "x-1", ""]
STRINGS = ["", "a", "b", "ab", "aab", "ba", "abc", "é", "\U0001f600", "a\n", "12", "x-1", '"', "\\"]
NUMBERS = [0, 1, 2, 3, -1, 1.0, 1.5, 0.5, 2.5, 10, 12, 100, -7, 0.1, 0.3, 1e3, 12345678901234567890, 1e16]
# Not the empty one: if it is alone, jsonschema says that it matches no key.
PATTERNS = [
    "^a",
    "b$",
    "^a*b?$",
    "a|b",
    "^[a-c]{1,2}$",
    "^x-",
    "[0-9]",
    "c?",
    "^(ab)+$",
    "(?!a)b",
    "^$",
    "a.b",
    r"\bab\b",
]
TYPES = ["string", "number", "integer", "boolean", "null", "object", "array"]
LOGIC = ["allOf", "anyOf", "oneOf", "not", "if"]


class Maker:
    """Makes one schema, and documents for it.

    Args:
        random: all choices come from it.
        draft: "2020-12", "2019-09" or "7".
    """

    def __init__(self, random: Random, draft: str = "2020-12") -> None:
        self.random = random
        self.draft = draft
        self.is_new = draft in ("2020-12", "2019-09")
        self.names = random.sample(["d", "e", "f"], random.randrange(4))
        # How each definition is referred to.
        where = "#/$defs/" if self.is_new else "#/definitions/"
        self.refs = {
            name: random.choice([where + name] * 6 + ["#anchor_" + name, "http://example.org/" + name])
            for name in self.names
        }
        self.root: Any = True

    def schema(self) -> Any:
        """A schema with its definitions."""
        depth = self.random.choice([1, 2, 2, 3])
        root = self._schema(depth)
        if self.names and isinstance(root, dict):
            definitions = {name: self._schema(depth - 1) for name in self.names}
            root["$defs" if self.is_new else "definitions"] = definitions
            for name, each in definitions.items():
                if isinstance(each, dict):
                    self._identify(each, self.refs[name])
            if self.draft == "2020-12" and self._one_in(6):
                root["$id"] = "http://example.org/root"
                if self._one_in(2):
                    root["$dynamicAnchor"] = "anchor"
        if isinstance(root, dict) and self.draft != "2020-12":
            uris = {"7": "http://json-schema.org/draft-07/schema#"}
            root["$schema"] = uris.get(self.draft, "https://json-schema.org/draft/2019-09/schema")
        self.root = root
        return root

    def _identify(self, made: dict[str, Any], ref: str) -> None:
        """Give a definition the name that it is referred to by."""
        if ref.startswith("http"):
            made["$id"] = ref
        elif ref.startswith("#anchor"):
            if self.is_new:
                made["$anchor"] = ref[1:]
            else:
                made["$id"] = ref
        if self.draft == "2020-12" and self._one_in(6):
            made["$dynamicAnchor"] = "anchor"

    def _one_in(self, count: int) -> bool:
        return self.random.randrange(count) == 0

    def _schema(self, depth: int) -> Any:
        random = self.random
        if self._one_in(12):
            return random.random() < 0.6
        if depth <= 0 and self._one_in(6):
            return {}
        made: dict[str, Any] = {}
        for _ in range(random.choice([1, 1, 2, 2, 3, 4])):
            part = random.choice(["type", "members", "string", "number", "object", "object", "array", "logic", "ref"])
            getattr(self, f"_add_{part}")(made, depth)
        return made

    def _inside(self, depth: int) -> Any:
        return self._schema(depth - 1)

    def _add_type(self, made: dict[str, Any], depth: int) -> None:
        made["type"] = self.random.choice(TYPES) if self._one_in(2) else self.random.sample(TYPES, 2)

    def _add_members(self, made: dict[str, Any], depth: int) -> None:
        if self._one_in(2):
            made["const"] = self.value(2)
        else:
            members = [self.value(2) for _ in range(self.random.randrange(1, 4))]
            made["enum"] = [each for i, each in enumerate(members) if each not in members[:i]]

    def _add_string(self, made: dict[str, Any], depth: int) -> None:
        made.update(self._some({"minLength": (0, 3), "maxLength": (0, 4)}))
        if self._one_in(2):
            made["pattern"] = self.random.choice(PATTERNS)

    def _add_number(self, made: dict[str, Any], depth: int) -> None:
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if self._one_in(3):
                made[keyword] = self.random.choice(NUMBERS)
        if self._one_in(3):
            made["multipleOf"] = self.random.choice([1, 2, 3, 0.5, 0.1, 1.5, 10])

    def _some(self, limits: dict[str, tuple[int, int]]) -> dict[str, int]:
        return {key: self.random.randint(*limits[key]) for key in limits if self._one_in(3)}

    def _keys(self) -> list[str]:
        return self.random.sample(KEYS, self.random.randrange(1, 4))

    def _add_object(self, made: dict[str, Any], depth: int) -> None:
        if depth > 0 and not self._one_in(3):
            made["properties"] = {key: self._inside(depth) for key in self._keys()}
        if self._one_in(3):
            made["required"] = self._keys()
        if depth > 0:
            if self._one_in(4):
                sources = self.random.sample(PATTERNS, self.random.randrange(1, 3))
                made["patternProperties"] = {each: self._inside(depth) for each in sources}
            if self._one_in(3):
                made["additionalProperties"] = self._inside(depth) if self._one_in(2) else False
            if self._one_in(6):
                made["propertyNames"] = self._inside(1)
            if self._one_in(6):
                self._add_dependencies(made, depth)
            # jsonschema takes the keywords of an ``additionalProperties`` for keys there in draft 2019-09.
            if self.draft == "2020-12" and self._one_in(4):
                made["unevaluatedProperties"] = self._inside(depth) if self._one_in(3) else False
        made.update(self._some({"minProperties": (0, 2), "maxProperties": (0, 3)}))

    def _add_dependencies(self, made: dict[str, Any], depth: int) -> None:
        keys = {key: self._keys() for key in self._keys()}
        schemas = {key: self._inside(depth) for key in self._keys()}
        if not self.is_new:
            made["dependencies"] = keys if self._one_in(2) else schemas
        elif self._one_in(2):
            made["dependentRequired"] = keys
        else:
            made["dependentSchemas"] = schemas

    def _add_array(self, made: dict[str, Any], depth: int) -> None:
        if depth > 0:
            prefix = [self._inside(depth) for _ in range(self.random.randrange(1, 4))]
            if self._one_in(3):
                made["prefixItems" if self.draft == "2020-12" else "items"] = prefix
            if self._one_in(2):
                rest = "items"
                if self.draft != "2020-12" and isinstance(made.get("items"), list):
                    rest = "additionalItems"
                made[rest] = self._as_object(False if self._one_in(6) else self._inside(depth))
            if self._one_in(3):
                made["contains"] = self._inside(depth)
                if self.is_new:
                    made.update(self._some({"minContains": (0, 2), "maxContains": (0, 3)}))
            if self.is_new and self._one_in(4):
                made["unevaluatedItems"] = self._inside(depth) if self._one_in(3) else False
        made.update(self._some({"minItems": (0, 2), "maxItems": (0, 4)}))
        if self._one_in(5):
            made["uniqueItems"] = True

    def _as_object(self, schema: Any) -> Any:
        """The same as a dict, for draft 2019-09: jsonschema breaks there where ``items`` is a bool beside
        ``unevaluatedItems``."""
        if self.draft != "2019-09" or isinstance(schema, dict):
            return schema
        return {} if schema else {"not": {}}

    def _add_logic(self, made: dict[str, Any], depth: int) -> None:
        keyword = self.random.choice(LOGIC)
        if keyword == "not":
            made["not"] = self._schema(depth - 1)
        elif keyword == "if":
            for each in ("if", "then", "else"):
                if not self._one_in(4):
                    made[each] = self._schema(depth - 1)
        else:
            made[keyword] = [self._schema(depth - 1) for _ in range(self.random.randrange(1, 4))]

    def _add_ref(self, made: dict[str, Any], depth: int) -> None:
        made["$ref"] = self.random.choice([*self.refs.values()] * 2 + ["#"])
        if self.draft == "2020-12" and self._one_in(6) and self.names:
            made["$dynamicRef"] = "#anchor"

    # Documents.

    def value(self, depth: int) -> Any:
        """Any value."""
        random = self.random
        kind = random.randrange(9 if depth > 0 else 6)
        if kind < 2:
            return random.choice(STRINGS)
        if kind < 4:
            return random.choice(NUMBERS)
        if kind < 5:
            return random.random() < 0.5
        if kind < 6:
            return None
        if kind < 7:
            return [self.value(depth - 1) for _ in range(random.randrange(4))]
        return {key: self.value(depth - 1) for key in random.sample(KEYS, random.randrange(4))}

    def document(self) -> Any:
        """A value that the schema made last may describe."""
        return self._like(self.root, 4)

    def _like(self, schema: Any, depth: int) -> Any:
        random = self.random
        if not isinstance(schema, dict) or depth <= 0 or self._one_in(15):
            return self.value(min(depth, 2))
        if "const" in schema and not self._one_in(4):
            return schema["const"]
        if schema.get("enum") and not self._one_in(4):
            return random.choice(schema["enum"])
        options: list[Any] = []
        if "$ref" in schema:
            options += [self._resolve(schema["$ref"])] * 2
        for keyword in ("allOf", "anyOf", "oneOf"):
            options += schema.get(keyword, ())
        options += [schema[keyword] for keyword in ("then", "else", "if") if keyword in schema]
        says_object = {"properties", "required", "patternProperties", "minProperties"} & schema.keys()
        says_array = {"items", "prefixItems", "contains", "minItems"} & schema.keys()
        kinds = schema.get("type", ["object"] * bool(says_object) + ["array"] * bool(says_array))
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        if options and (not kinds or self._one_in(2)):
            like = self._like(random.choice(options), depth - 1)
            if isinstance(like, dict) and "object" in kinds and isinstance(schema.get("properties"), dict):
                like = {**like, **self._object(schema, depth)}
            return like
        if not kinds:
            kinds = random.choice([["string"], ["number"]]) if self._one_in(2) else [random.choice(TYPES)]
        return self._of(random.choice(kinds), schema, depth)

    def _of(self, kind: str, schema: dict[str, Any], depth: int) -> Any:
        random = self.random
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            prefix = schema.get("prefixItems", schema.get("items", []))
            made = [self._like(each, depth - 1) for each in prefix] if isinstance(prefix, list) else []
            rest = schema.get("items", schema.get("contains", True))
            rest = rest if not isinstance(rest, list) else schema.get("additionalItems", True)
            for _ in range(random.randrange(3)):
                made.append(
                    self._like(schema["contains"] if "contains" in schema and self._one_in(2) else rest, depth - 1)
                )
            return made[: random.randrange(4)] if self._one_in(4) else made
        if kind == "integer":
            return random.choice([each for each in NUMBERS if isinstance(each, int)] + [1.0])
        plain: dict[str, list[Any]] = {"string": STRINGS, "number": NUMBERS, "boolean": [True, False], "null": [None]}
        return random.choice(plain[kind])

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        random = self.random
        given: dict[str, Any] = schema.get("properties", {})
        keys = [key for key in given if not self._one_in(4)]
        keys += [key for key in schema.get("required", ()) if not self._one_in(8)]
        keys += [key for key in KEYS if self._one_in(8)]
        random.shuffle(keys)
        rest = schema.get("additionalProperties", True)
        return {key: self._like(given.get(key, rest), depth - 1) for key in dict.fromkeys(keys)}

    def _resolve(self, ref: str) -> Any:
        if ref == "#":
            return self.root
        names = {each: name for name, each in self.refs.items()}
        return self.root["$defs" if self.is_new else "definitions"][names[ref]]


def make_pair(random: Random, draft: str = "2020-12") -> tuple[Schema, Maker]:
    """A compiled schema, and the maker of documents for it."""
    while True:
        maker = Maker(random, draft)
        try:
            return Schema(maker.schema()), maker
        except SchemaError as error:
            # Only for what is no mistake in this module.
            known = ("without end", "cannot be resolved")
            if not any(each in str(error) for each in known):
                raise


def messy_text(value: Any, random: Random) -> str:
    """A text in which keys may come twice, and which may be cut or damaged."""
    text = _with_repeated_keys(value, random)
    if random.randrange(4) == 0:
        text = text[: random.randrange(len(text) + 1)]
    elif random.randrange(4) == 0:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(["", '"', "}", ",", "1", "\\", " ", "[", "\ud800"]) + text[at + 1 :]
    return text


def _with_repeated_keys(value: Any, random: Random) -> str:
    if isinstance(value, list):
        return "[" + ",".join(_with_repeated_keys(each, random) for each in value) + "]"
    if isinstance(value, dict):
        members = list(value.items())
        if members and random.randrange(4) == 0:
            members.insert(random.randrange(len(members)), (random.choice(members)[0], random.choice(STRINGS)))
        return "{" + ", ".join(f"{json.dumps(key)}:{_with_repeated_keys(each, random)}" for key, each in members) + "}"
    return json.dumps(value, ensure_ascii=random.random() < 0.5)


def repeating_text(value: Any, random: Random) -> str:
    """A text of a value in whose objects keys come again, before or after their own members, with other values."""
    if isinstance(value, list):
        return "[" + ",".join(repeating_text(each, random) for each in value) + "]"
    if not isinstance(value, dict):
        return json.dumps(value)
    members = list(value.items())
    for _ in range(random.choice([0, 0, 1, 2]) if members else 0):
        key, own = random.choice(members)
        other = random.choice([own, None, 1, "a", {"a": 1}, [1], {}, random.choice(members)[1]])
        members.insert(random.randint(0, len(members)), (key, other))
    return "{" + ",".join(f"{json.dumps(key)}:{repeating_text(each, random)}" for key, each in members) + "}"


def document_text(value: Any, random: Random) -> str:
    """A text of a value, perhaps with space and escapes."""
    return json.dumps(
        value,
        ensure_ascii=random.random() < 0.5,
        indent=random.choice([None, None, 1]),
        separators=random.choice([None, (",", ":"), (" ,", ": ")]),
    )
