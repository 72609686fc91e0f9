"""From pydantic's core schemas to specs: what a target's documents may hold, with all wrappers resolved.

Each node of the core schema, under the configuration of the nearest class around it, becomes one ``Spec``, on demand.
Wrappers around a value are *peeled* off first: ``Order | None``, a default, and a validator around an order are all
described as an order. The wrappers still decide what binds: if a user function sees the value before its type does,
anything may come, and the spec says what usually comes.

A limit is included only if it applies to the document's value: not the length of a string that is stripped first, nor
that of a set, which drops elements.
"""

from __future__ import annotations

import inspect
from enum import Enum
from operator import attrgetter
from typing import Any, Final

from partialjson._core.spec import (
    ANYTHING,
    ARRAY,
    BOOLEAN,
    INTEGER,
    NO_DEFAULT,
    NULL,
    NUMBER,
    NUMBER_LIMITS,
    OBJECT,
    STRING,
    Field,
    Spec,
)
from partialjson.typed.schemas import (
    ARRAYS,
    CLASSES,
    INERT,
    OBJECTS,
    TAKEN,
    TRANSPARENT,
    Schema,
    Scope,
    changes_strings,
    choices_of,
    config_inside,
    extra_of,
    fields_of,
    inside,
    is_secret,
    keys_of,
    ways_of,
)

__all__ = ["Specs"]

# For each kind of scalar: its name in messages, the JSON kinds that usually come, and its format in JSON Schema.
_SCALARS: Final[dict[str, tuple[str, int, str]]] = {
    "none": ("null", NULL, ""),
    "bool": ("a bool", BOOLEAN, ""),
    "int": ("an int", INTEGER, ""),
    "float": ("a float", NUMBER, ""),
    "decimal": ("a Decimal", NUMBER, ""),
    "fraction": ("a Fraction", STRING, ""),
    "complex": ("a complex", STRING, ""),
    "str": ("a str", STRING, ""),
    "bytes": ("bytes", STRING, "binary"),
    "date": ("a date", STRING, "date"),
    "time": ("a time", STRING, "time"),
    "datetime": ("a datetime", STRING, "date-time"),
    "timedelta": ("a timedelta", STRING, "duration"),
    "url": ("a URL", STRING, "uri"),
    "multi-host-url": ("a URL", STRING, "multi-host-uri"),
    "uuid": ("a UUID", STRING, "uuid"),
    "json": ("a JSON text", STRING, ""),
    "literal": ("a literal", STRING, ""),
    "enum": ("an enum", STRING, ""),
}
# Types for which pydantic looks into more kinds than it can accept.
_STRINGS_ONLY: Final = ("url", "multi-host-url", "uuid", "bytes")
_DESCRIBED: Final = (*CLASSES, "call")
_NOTHING: Final = {"type": "none"}


class _Peeled:
    """The wrappers around a value."""

    def __init__(self, config: dict[str, Any]) -> None:
        # The configuration of the value.
        self.config = config
        self.nullable = False
        # Is a valid value made without the user's own code?
        self.is_pure = True
        # What can be valid is that which the value inside says; a narrower bound on its kinds; and do its words bind?
        self.binding = True
        self.kinds = ANYTHING
        self.is_exact = True
        # The outermost node that has something to say of its JSON Schema.
        self.noted: Schema | None = None


class Specs:
    """The specs of one core schema, for documents read by alias or by name, perhaps never strictly."""

    def __init__(
        self, schema: Schema, by_alias: bool | None = None, by_name: bool | None = None, never_strict: bool = False
    ) -> None:
        self.by_alias = by_alias
        self.by_name = by_name
        self.never_strict = never_strict
        self.definitions: dict[str, Schema] = {}
        if schema["type"] == "definitions":
            self.definitions = {each["ref"]: each for each in schema["definitions"]}
            schema = schema["schema"]
        self.schema = schema
        self._made: dict[tuple[int, int], Spec] = {}
        self._taken: dict[int, int] = {}
        self._anything = Spec()

    def spec(self, schema: Schema | None, config: dict[str, Any]) -> Spec:
        """The spec of a node under a configuration; it is filled on demand."""
        if schema is None:
            return self._anything
        schema, config = self.enter(schema, config)
        key = id(schema), id(config)
        spec = self._made.get(key)
        if spec is None:
            spec = self._made.setdefault(key, Spec(self._fill, (schema, config)))
        return spec

    def resolve(self, schema: Schema) -> Schema:
        while schema["type"] == "definition-ref":
            schema = self.definitions[schema["schema_ref"]]
        return schema

    def enter(self, schema: Schema, config: dict[str, Any]) -> tuple[Schema, dict[str, Any]]:
        """``resolve``, and the configuration of what it leads to."""
        if schema["type"] == "definition-ref" and isinstance(config, Scope):
            config = config.base
        return self.resolve(schema), config

    def ways(self, name: str, field: Schema, config: dict[str, Any]) -> tuple[tuple[str | int, ...], ...]:
        """Where a document may have a field; see ``ways_of``."""
        return ways_of(name, field, config, self.by_alias, self.by_name)

    # One node.

    def _fill(self, spec: Spec, source: tuple[Schema, dict[str, Any]]) -> None:
        schema, config = source
        peeled = _Peeled(config)
        node = self._peel(schema, peeled)
        config = peeled.config
        spec.nullable = peeled.nullable
        spec.secret = is_secret(schema)
        kind = node["type"]
        if node.get("custom_init") or (kind == "enum" and asks_its_class(node)):
            peeled.binding = False
        if kind in _SCALARS:
            self._fill_scalar(spec, node, config, peeled)
        elif kind == "union":
            spec.noun = "a union"
            spec.lead(branches=[self.spec(choice, config) for choice in choices_of(node)], notes=self._notes(peeled))
        elif kind == "tagged-union":
            self._fill_tagged(spec, node, config)
        elif kind == "model" and node.get("root_model"):
            self._name(spec, node, config_inside(node, config))
            spec.root = Field("root", ((),), self.spec(node["schema"], config_inside(node, config)), required=True)
            spec.lead()
        elif kind in _DESCRIBED and (holder := self._holder(node, peeled)) is not None:
            self._fill_class(spec, node, holder, config, peeled)
        elif kind in (*ARRAYS, "generator"):
            self._fill_array(spec, node, config, peeled)
        elif kind in OBJECTS:
            self._fill_dict(spec, node, config, peeled)
        else:
            spec.noun = _noun(node)
            spec.lead(notes=self._notes(peeled))
        spec.kinds = self._kinds(node, config, peeled)
        # The elements of a generator are validated by whoever takes them.
        spec.binding = peeled.binding and peeled.is_exact and kind != "generator"
        spec.is_pure = peeled.is_pure and not node.get("post_init")

    def _peel(self, schema: Schema, peeled: _Peeled) -> Schema:
        """The value inside the wrappers of a node, and what they add."""
        seen: set[int] = set()
        while True:
            schema, peeled.config = self.enter(schema, peeled.config)
            kind = schema["type"]
            if (
                peeled.noted is None
                and kind not in _DESCRIBED
                and "pydantic_js_functions" in (schema.get("metadata") or ())
            ):
                peeled.noted = schema
            inner = inside(schema)
            if inner is None:
                return schema
            if id(schema) in seen:
                # It leads back to itself, and there is no value inside.
                return _NOTHING
            seen.add(id(schema))
            if kind == "nullable":
                peeled.nullable = True
            elif kind == "lax-or-strict":
                peeled.kinds &= self.kinds_taken(schema)
                peeled.is_exact = False
            elif kind == "default":
                peeled.binding = peeled.binding and schema.get("on_error", "raise") == "raise"
            elif kind == "function-after":
                peeled.is_pure = peeled.is_pure and _is_pydantics(schema["function"]["function"])
            elif kind not in TRANSPARENT:
                peeled.binding = False
            schema = inner

    def _fill_scalar(self, spec: Spec, node: Schema, config: dict[str, Any], peeled: _Peeled) -> None:
        kind = node["type"]
        spec.noun, spec.usual, form = _SCALARS[kind]
        limits: dict[str, Any] = {}
        if kind in ("literal", "enum"):
            members = (
                [(each, each) for each in node["expected"]]
                if kind == "literal"
                else [(each.value, each) for each in node["members"]]
            )
            spec.words, spec.usual = _words(members)
            if kind == "enum":
                spec.title = node["cls"].__name__
                spec.description = _document(node["cls"], Enum)
                # A number may be read from a string.
                peeled.is_exact = peeled.is_exact and spec.usual == STRING
            elif any(isinstance(each, Enum) for each in node["expected"]):
                peeled.is_exact = False
        elif kind == "str":
            if not changes_strings(node, config):
                for name, word in (("min_length", "minLength"), ("max_length", "maxLength")):
                    given = node.get(name, config.get(f"str_{name}"))
                    if given is not None:
                        limits[word] = int(given)
                if isinstance(node.get("pattern"), str):
                    limits["pattern"] = node["pattern"]
        elif spec.usual & NUMBER:
            limits = {word: node[name] for name, word in NUMBER_LIMITS.items() if node.get(name) is not None}
        spec.limits = limits
        spec.lead(notes=self._notes(peeled, form))

    def _fill_tagged(self, spec: Spec, node: Schema, config: dict[str, Any]) -> None:
        spec.noun = "a union"
        spec.lead(branches=[self.spec(choice, config) for choice in choices_of(node)])
        tag = node["discriminator"]
        if isinstance(tag, str):
            given = node["choices"].items()
            spec.tags = {told: self.spec(choice, config) for told, choice in given if isinstance(choice, dict)}
            spec.tag = tag

    def _fill_class(self, spec: Spec, node: Schema, holder: Schema, config: dict[str, Any], peeled: _Peeled) -> None:
        """An object described field by field."""
        kind = node["type"]
        config = config_inside(node, config)
        self._name(spec, node, config)
        given = fields_of(holder)
        ways = {name: self.ways(name, field, config) for name, field in given.items()}
        spec.usual = OBJECT
        prefix: list[Spec] = []
        if kind in ("named-tuple", "call"):
            spec.usual = OBJECT | ARRAY
            ways = {name: (*each, (index,)) for index, (name, each) in enumerate(ways.items())}
            prefix = [self.spec(field["schema"], config) for field in given.values()]
        total = holder.get("total", True)
        spec.fields = {name: self._field(name, ways[name], field, total, config) for name, field in given.items()}
        spec.by_key = kind == "typed-dict"
        extra = extra_of(holder, config)
        spec.keys = keys_of(ways) if extra == "forbid" else None
        rest = self.spec(holder.get("extras_schema"), config) if extra == "allow" else None
        spec.lead(rest=rest, prefix=prefix, notes=self._notes(peeled))

    def _holder(self, node: Schema, peeled: _Peeled) -> Schema | None:
        """The node that holds the fields of an object; None if there is none."""
        kind = node["type"]
        if kind in ("typed-dict", "named-tuple"):
            return node
        if kind == "call":
            arguments = node["arguments_schema"]
            if arguments["type"] != "arguments":
                return None
            return {"type": "named-tuple", "fields": arguments["arguments_schema"]}
        holder = self._peel(node["schema"], peeled)
        return holder if holder["type"] in ("model-fields", "dataclass-args") else None

    def _field(self, name: str, ways: tuple[Any, ...], field: Schema, total: bool, config: dict[str, Any]) -> Field:
        schema = field["schema"]
        while schema["type"].startswith("function-") and "schema" in schema:
            schema = schema["schema"]
        has_default = schema["type"] == "default"
        is_read = field.get("init", True) is not False
        if field.get("type") == "typed-dict-field":
            required = bool(field.get("required", total))
        else:
            required = not has_default and is_read
        notes = (field.get("metadata") or {}).get("pydantic_js_updates") or {}
        return Field(
            name,
            ways,
            self.spec(field["schema"], config),
            required,
            is_read,
            bool(field.get("serialization_exclude")) or "serialization_exclude_if" in field,
            str(notes.get("title") or ""),
            str(notes.get("description") or ""),
            schema.get("default", NO_DEFAULT) if has_default else NO_DEFAULT,
        )

    def _fill_array(self, spec: Spec, node: Schema, config: dict[str, Any], peeled: _Peeled) -> None:
        kind = node["type"]
        spec.noun = f"a {kind}"
        spec.usual = ARRAY
        spec.may_drop = kind in ("set", "frozenset")
        limits = {"minItems": node["min_length"]} if node.get("min_length") is not None else {}
        if kind in ("list", "tuple") and node.get("max_length") is not None:
            # Sets and deques accept more elements, and drop some.
            limits["maxItems"] = node["max_length"]
        notes = self._notes(peeled)
        if kind == "tuple":
            schemas = node["items_schema"]
            variadic = node.get("variadic_item_index")
            places = [self.spec(each, config) for each in schemas]
            if variadic is None:
                limits["minItems"] = limits["maxItems"] = len(places)
                spec.lead(prefix=places, notes=notes)
            else:
                spec.lead(prefix=places[:variadic], items=_either(places[variadic:]), notes=notes)
        else:
            spec.lead(items=self.spec(node.get("items_schema"), config), notes=notes)
        spec.limits = limits

    def _fill_dict(self, spec: Spec, node: Schema, config: dict[str, Any], peeled: _Peeled) -> None:
        spec.noun = f"a {node['type']}"
        spec.usual = OBJECT
        keys = node.get("keys_schema")
        is_plain = keys is None or (keys["type"] == "str" and not keys.keys() - INERT)
        limits = {"minProperties": node.get("min_length"), "maxProperties": node.get("max_length")}
        spec.limits = {word: given for word, given in limits.items() if given is not None}
        spec.lead(
            names=None if is_plain else self.spec(keys, config),
            rest=self.spec(node.get("values_schema"), config),
            notes=self._notes(peeled),
        )

    def _name(self, spec: Spec, node: Schema, config: dict[str, Any]) -> None:
        spec.noun = _noun(node)
        spec.title = str(config.get("title") or spec.noun)
        spec.description = _document(node.get("cls"), None)

    def _notes(self, peeled: _Peeled, form: str = "") -> Any:
        """The JSON Schema annotations of a value; computed on demand if pydantic has to be asked."""
        noted = peeled.noted
        given = {"format": form} if form else {}
        if noted is None:
            return given
        return lambda: {**given, **_annotations(noted)}

    # What can be valid.

    def _kinds(self, node: Schema, config: dict[str, Any], peeled: _Peeled) -> int:
        """The JSON kinds that can be valid at a place."""
        kind = node["type"]
        null = NULL if peeled.nullable else 0
        if not peeled.binding:
            return ANYTHING
        if peeled.kinds != ANYTHING:
            return peeled.kinds | null
        strict = node.get("strict", config.get("strict", False)) and not self.never_strict
        if kind == "union" or (kind == "model" and node.get("root_model") and not node.get("custom_init")):
            # As its branches say.
            return ANYTHING
        if kind == "str":
            coerces = node.get("coerce_numbers_to_str", config.get("coerce_numbers_to_str", False))
            kinds = STRING | (NUMBER if coerces else 0)
        elif kind in _STRINGS_ONLY:
            kinds = STRING
        elif kind in ("literal", "enum") and self.kinds_taken(node) != ANYTHING:
            kinds = _kinds_of_members(
                node["expected"] if kind == "literal" else [each.value for each in node["members"]]
            )
        elif kind in ("int", "float", "bool") and strict:
            kinds = BOOLEAN if kind == "bool" else NUMBER
        else:
            kinds = self.kinds_taken(node)
        return kinds | null

    def kinds_taken(self, schema: Schema) -> int:
        """The JSON kinds that a node may accept or look into; it refuses all others by their type alone."""
        taken = self._taken.get(id(schema))
        if taken is None:
            taken = self._taken[id(schema)] = self._kinds_taken(schema, frozenset())
        return taken

    def _kinds_taken(self, schema: Schema, around: frozenset[str]) -> int:
        kind = schema["type"]
        if kind == "definition-ref":
            ref = schema["schema_ref"]
            return 0 if ref in around else self._kinds_taken(self.definitions[ref], around | {ref})
        if kind == "default" and schema.get("on_error", "raise") != "raise":
            return ANYTHING
        if kind in TRANSPARENT or kind == "function-after":
            taken = self._kinds_taken(schema[TRANSPARENT.get(kind, "schema")], around)
            return taken | NULL if kind == "nullable" else taken
        if kind == "lax-or-strict":
            return self._kinds_taken(schema["lax_schema"], around) | self._kinds_taken(schema["strict_schema"], around)
        if kind == "union":
            taken = 0
            for choice in choices_of(schema):
                taken |= self._kinds_taken(choice, around)
            return taken
        if kind == "tagged-union" and not callable(schema["discriminator"]):
            return OBJECT
        if kind == "model":
            if schema.get("custom_init"):
                return ANYTHING
            inner = schema["schema"]
            if schema.get("root_model"):
                return self._kinds_taken(inner, around)
            return OBJECT if inner["type"] == "model-fields" else ANYTHING
        if kind == "dataclass" and schema["schema"]["type"] != "dataclass-args":
            return ANYTHING
        if kind == "enum" and asks_its_class(schema):
            return ANYTHING
        return TAKEN.get(kind, ANYTHING)


def asks_its_class(schema: Schema) -> bool:
    """Does an enum have a way of its own to find a member for an unknown value?"""
    find: Any = schema["cls"]._missing_
    return schema.get("missing") is not None or find.__func__ is not Enum._missing_.__func__  # type: ignore[attr-defined]


def _is_pydantics(function: Any) -> bool:
    """Is this a function with which pydantic itself checks a limit, or takes the value of an enum's member?"""
    function = getattr(function, "func", function)
    return isinstance(function, attrgetter) or str(getattr(function, "__module__", "")).startswith("pydantic.")


def _either(specs: list[Spec]) -> Spec:
    """One of these."""
    if len(specs) == 1:
        return specs[0]
    spec = Spec()
    spec.lead(branches=specs)
    return spec


def _words(members: list[tuple[Any, Any]]) -> tuple[list[tuple[Any, Any]] | None, int]:
    """The members that a document can contain, each with what it becomes, or None; and their kinds."""
    usual = 0
    members = [(word.value if isinstance(word, Enum) else word, member) for word, member in members]
    for word, _ in members:
        if word is None:
            usual |= NULL
        elif type(word) is bool:
            usual |= BOOLEAN
        elif type(word) in (int, float):
            usual |= NUMBER
        elif type(word) is str:
            usual |= STRING
        else:
            return None, ANYTHING & ~OBJECT & ~ARRAY
    return members, usual


def _kinds_of_members(members: list[Any]) -> int:
    """The kinds of the members of a literal or an enumeration; strings and numbers may be read as one another."""
    kinds = 0
    for member in members:
        if member is None:
            kinds |= NULL
        elif type(member) is str:
            kinds |= STRING
        else:
            kinds |= STRING | NUMBER | BOOLEAN
    return kinds


def _noun(node: Schema) -> str:
    """The name in messages of a value of this node."""
    name = getattr(node.get("cls"), "__name__", None) or node.get("dataclass_name")
    return str(name) if name else "anything" if node["type"] == "any" else f"a {node['type']}"


def _document(cls: Any, base: Any) -> str:
    """The docstring of a class, if its author wrote one."""
    text = getattr(cls, "__doc__", None)
    if not text or hasattr(cls, "__dataclass_fields__") or text == getattr(base, "__doc__", None):
        return ""
    return inspect.cleandoc(text)


def _annotations(schema: Schema) -> dict[str, Any]:
    """The annotations in the JSON Schema of a node that brings its own."""
    from pydantic.json_schema import GenerateJsonSchema

    try:
        made = GenerateJsonSchema().generate(schema, mode="validation")
    except Exception:
        # It may have none, or refer to definitions elsewhere.
        return {}
    return {word: made[word] for word in ("format", "writeOnly", "examples") if word in made}
