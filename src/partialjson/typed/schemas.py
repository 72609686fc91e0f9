"""What is known of single core schemas: their keys, and what can be read off them without validating.

Core schemas are nested dicts (``pydantic_core.core_schema`` lists them). Two read them, the compiler of plans and the
builder of specs, and both learn from here what is only wrapped around a value (``inside``) and under which names a
field is found (``ways_of``). Every kind of node that is followed inside is checked against the keys known here; one
unknown key makes it atomic.

The same dict may stand in many places, so whoever walks a schema must pass over what it has seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import VERSION

from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING, Way
from partialjson.markers import KEY

Schema = Any
"""A core schema: nested dicts."""


class Unsupported(Exception):
    """A node cannot be followed inside; it is atomic."""


# Keys that never change what validation does.
INERT: Final = {"type", "ref", "metadata", "serialization"}

_FIELD: Final = {
    "schema",
    "validation_alias",
    "serialization_alias",
    "serialization_exclude",
    "serialization_exclude_if",
    "frozen",
}
_ITEMS: Final = {"items_schema", "min_length", "max_length", "strict"}
_PAIRS: Final = {"keys_schema", "values_schema", "min_length", "max_length", "strict"}
_UNION_ERROR: Final = {"custom_error_type", "custom_error_message", "custom_error_context"}

_KNOWN: Final = {
    "model": {
        "cls",
        "schema",
        "config",
        "custom_init",
        "root_model",
        "post_init",
        "frozen",
        "generic_origin",
        "strict",
        "revalidate_instances",
        "extra_behavior",
    },
    "model-fields": {
        "model_name",
        "fields",
        "computed_fields",
        "strict",
        "extras_schema",
        "extra_behavior",
        "from_attributes",
    },
    "model-field": _FIELD,
    "dataclass": {
        "cls",
        "cls_name",
        "schema",
        "config",
        "fields",
        "post_init",
        "frozen",
        "slots",
        "generic_origin",
        "strict",
        "revalidate_instances",
    },
    "dataclass-args": {"dataclass_name", "fields", "computed_fields", "collect_init_only", "extra_behavior"},
    "dataclass-field": {*_FIELD, "name", "kw_only", "init", "init_only"},
    "typed-dict": {
        "cls",
        "cls_name",
        "fields",
        "computed_fields",
        "strict",
        "extras_schema",
        "extra_behavior",
        "total",
        "config",
    },
    "typed-dict-field": {*_FIELD, "required"},
    "named-tuple": {"cls", "cls_name", "fields", "strict"},
    "named-tuple-field": {*_FIELD, "name"},
    "default": {
        "schema",
        "default",
        "default_factory",
        "default_factory_takes_data",
        "validate_default",
        "on_error",
        "copy_default",
        "strict",
    },
    "function-after": {"schema", "function"},
    "nullable": {"schema", "strict"},
    "json-or-python": {"json_schema", "python_schema"},
    "list": _ITEMS,
    "set": _ITEMS,
    "frozenset": _ITEMS,
    "deque": {*_ITEMS, "maxlen"},
    "tuple": {*_ITEMS, "variadic_item_index"},
    "dict": _PAIRS,
    "ordered-dict": _PAIRS,
    "frozendict": _PAIRS,
    "counter": _PAIRS,
    "union": {"choices", "auto_collapse", "mode", "strict", *_UNION_ERROR},
    "tagged-union": {"choices", "discriminator", "from_attributes", "strict", *_UNION_ERROR},
}

ARRAYS: Final = ("list", "set", "frozenset", "deque", "tuple")
CLASSES: Final = ("model", "dataclass", "typed-dict", "named-tuple")
OBJECTS: Final = ("dict", "ordered-dict", "frozendict", "counter")

# Scalars whose parsed value is the result, if they have no constraints.
_EXACT: Final = {"str": STRING, "int": INTEGER, "float": FLOAT, "bool": BOOLEAN, "none": NULL, "any": ANYTHING}
# The constraints that a scalar may have.
_NUMBER_BOUNDS: Final = {"ge", "gt", "le", "lt", "multiple_of"}
_BY_VALUE: Final = {
    "str": {"min_length", "max_length", "pattern", "strip_whitespace", "to_lower", "to_upper", "regex_engine"},
    "int": _NUMBER_BOUNDS,
    "float": {*_NUMBER_BOUNDS, "allow_inf_nan"},
}
_STRING_CHANGING: Final = ("str_strip_whitespace", "str_to_lower", "str_to_upper")
_STRING_BOUNDS: Final = ("str_min_length", "str_max_length")

_ATOMS: Final = STRING | INTEGER | FLOAT | BOOLEAN | NULL

# Before pydantic 2.14, the name of an aliased field is allowed even if extra keys are forbidden, and numbers of the
# standard library are asked what they make of anything.
_IS_OLD: Final = tuple(map(int, VERSION.split(".")[:2])) < (2, 14)
FORBIDS_NAMES: Final = not _IS_OLD

# The JSON kinds that a schema may accept, or look into before it refuses them. It refuses any other kind by its type
# alone, and calls no user function. A schema that is not listed may do anything with anything.
TAKEN: Final = {
    "none": NULL,
    **dict.fromkeys(("bool", "int", "float", "decimal", "fraction", "complex", "str", "bytes"), _ATOMS & ~NULL),
    **dict.fromkeys(("date", "time", "datetime", "timedelta", "uuid", "url", "multi-host-url"), _ATOMS & ~NULL),
    **dict.fromkeys(("literal", "enum"), _ATOMS),
    "json": STRING,
    **dict.fromkeys(ARRAYS, ARRAY),
    # An iterator over the characters or the keys.
    "generator": ARRAY | STRING | OBJECT,
    **dict.fromkeys((*OBJECTS, "typed-dict", "dataclass"), OBJECT),
    "named-tuple": OBJECT | ARRAY,
    **dict.fromkeys(("decimal", "fraction") if _IS_OLD else (), ANYTHING),
}


def known(schema: Schema) -> None:
    """Check that every key of a node is known.

    Raises:
        Unsupported: one of them is not.
    """
    if not schema.keys() - INERT <= _KNOWN[schema["type"]]:
        raise Unsupported


def bare(schema: Schema) -> Schema:
    """A copy that defines no reference, so that it can stand beside the original."""
    return {key: value for key, value in schema.items() if key != "ref"}


def marks(schema: Schema) -> set[str]:
    """The names of the markers on this very node."""
    return set((schema.get("metadata") or {}).get(KEY, ()))


def exact_kinds(schema: Schema, config: dict[str, Any]) -> int:
    """The JSON kinds whose parsed value is also pydantic's result."""
    kind = schema["type"]
    if kind not in _EXACT or schema.keys() - INERT - {"strict"}:
        plain = schema.keys() <= INERT
        return OBJECT if plain and kind == "dict" else ARRAY if plain and kind == "list" else 0
    if kind == "str" and any(config.get(name) is not None for name in (*_STRING_CHANGING, *_STRING_BOUNDS)):
        return 0
    if kind == "float" and config.get("allow_inf_nan") is False:
        return 0
    return _EXACT[kind]


def kinds_by_value(schema: Schema) -> int:
    """The JSON kinds for which pydantic accepts the parsed value in Python mode only if it does in JSON mode, with the
    same result.

    That is so if the parsed value already has the required type, only its size, length, pattern or membership in a set
    of words matters, and no user function is called.
    """
    kind = schema["type"]
    keys = schema.keys() - INERT - {"strict"}
    if kind in _BY_VALUE and keys <= _BY_VALUE[kind]:
        return _EXACT[kind]
    if kind == "literal" and keys <= {"expected"} and all(type(member) is str for member in schema["expected"]):
        return STRING
    return 0


def previews(schema: Schema, config: dict[str, Any]) -> bool:
    """May a string be shown while it grows? Only if nothing can change it; length limits are allowed."""
    if schema["type"] == "any":
        return True
    if schema["type"] != "str" or schema.keys() - INERT - {"strict", "min_length", "max_length"}:
        return False
    return not any(config.get(name) for name in _STRING_CHANGING)


def is_secret(schema: Schema) -> bool:
    """Is it one of pydantic's secrets, perhaps inside wrappers?"""
    todo = [schema]
    while todo:
        node = todo.pop()
        function: Any = (node.get("serialization") or {}).get("function")
        name = getattr(function, "__name__", "")
        if name.startswith("_serialize_secret") and function.__module__ == "pydantic.types":
            return True
        if (inner := inside(node)) is not None:
            todo.append(inner)
    return False


def changes_strings(schema: Schema, config: dict[str, Any]) -> bool:
    """Is the string stripped, or its case changed?"""
    return any(schema.get(name.removeprefix("str_"), config.get(name)) for name in _STRING_CHANGING)


def references(schema: Schema, seen: set[int]) -> Iterator[str]:
    """The references in a schema, those of its definitions not followed; nodes in ``seen`` are passed over."""
    todo: list[Any] = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if id(node) in seen:
                continue
            seen.add(id(node))
            if node.get("type") == "definition-ref":
                yield node["schema_ref"]
            todo.extend(value for key, value in node.items() if key not in ("metadata", "serialization"))
        elif isinstance(node, list | tuple):
            todo.extend(node)


# What is wrapped around a value, and around the fields of an object.

# Nodes that add nothing in JSON mode if there is a value, and the key of the schema inside them.
TRANSPARENT: Final = {"nullable": "schema", "default": "schema", "json-or-python": "json_schema"}
# Nodes around one other node, and the key of it: they may check, change or replace the value, and leave its form as it
# is.
_WRAPPERS: Final = {
    **TRANSPARENT,
    "function-before": "schema",
    "function-after": "schema",
    "function-wrap": "schema",
    "lax-or-strict": "lax_schema",
    "custom-error": "schema",
}

NO_CONFIG: Final[dict[str, Any]] = {}
"""The configuration of a class without one. It is one object, since plans and specs are kept by identity."""


class Scope(dict[str, Any]):
    """The configuration of a place, and that of the definitions which it refers to.

    Pydantic builds definitions with the configuration of the validator they belong to. That is the root's, or that of a
    class which brings a finished validator, but not that of any other class around the place.

    Attributes:
        base: the configuration of the definitions.
    """

    def __init__(self, config: dict[str, Any], around: Scope | None = None) -> None:
        super().__init__(config)
        self.base: Scope = self if around is None else around
        # One scope for each configuration and base, since plans and specs are kept by identity.
        self._made: dict[tuple[int, int], Scope] = {} if around is None else around._made

    def within(self, node: Schema) -> Scope:
        """The scope of the fields of a class."""
        own: dict[str, Any] = node.get("config") or NO_CONFIG
        around = None if is_prebuilt(node) else self.base
        key = id(own), id(around)
        made = self._made.get(key)
        if made is None:
            made = Scope(own, around)
            made._made = self._made
            made = self._made.setdefault(key, made)
        return made


def is_prebuilt(node: Schema) -> bool:
    """Does pydantic put the finished validator of its class in the place of this node?"""
    if node["type"] not in ("model", "dataclass") or (node["type"] == "dataclass" and "generic_origin" in node):
        return False
    given = node["cls"].__dict__
    schema = given.get("__pydantic_core_schema__")
    if given.get("__pydantic_complete__") is not True or not isinstance(schema, dict):
        return False
    definitions = {each["ref"]: each for each in schema.get("definitions", ())}
    while schema["type"] in ("definitions", "definition-ref"):
        schema = schema["schema"] if schema["type"] == "definitions" else definitions[schema["schema_ref"]]
    return schema["type"] not in ("function-after", "function-wrap")


def inside(schema: Schema) -> Schema | None:
    """What a node is only wrapped around; None where it is a value itself."""
    kind = schema["type"]
    if kind in _WRAPPERS:
        return schema.get(_WRAPPERS[kind])
    if kind == "chain":
        return schema["steps"][0]
    return None


def choices_of(schema: Schema) -> list[Schema]:
    """The branches of a union."""
    choices = schema["choices"]
    if isinstance(choices, dict):
        # A tag may also name another tag.
        return [choice for choice in choices.values() if isinstance(choice, dict)]
    return [choice[0] if isinstance(choice, tuple) else choice for choice in choices]


def config_inside(schema: Schema, config: dict[str, Any]) -> dict[str, Any]:
    """The configuration under which the fields of an object stand; classes have their own."""
    if schema["type"] not in ("model", "dataclass", "typed-dict"):
        return config
    if isinstance(config, Scope):
        return config.within(schema)
    own: dict[str, Any] = schema.get("config") or NO_CONFIG
    return own


def fields_of(holder: Schema) -> dict[str, Schema]:
    """The fields by name; some kinds of node keep them in a list."""
    fields = holder["fields"]
    return fields if isinstance(fields, dict) else {field["name"]: field for field in fields}


def extra_of(holder: Schema, config: dict[str, Any]) -> str:
    """What becomes of keys that are no fields: "allow", "forbid" or "ignore"."""
    if holder["type"] == "named-tuple":
        return "forbid"
    extra: str = holder.get("extra_behavior") or config.get("extra_fields_behavior") or "ignore"
    return extra


def ways_of(
    name: str, field: Schema, config: dict[str, Any], by_alias: bool | None, by_name: bool | None
) -> tuple[Way, ...]:
    """Where a document may have a field: the ways from its object, in the order in which pydantic looks for them."""
    alias = field.get("validation_alias") or field.get("alias")
    if alias is None:
        return ((name,),)
    if by_alias is None:
        by_alias = config.get("validate_by_alias", True)
    if by_name is None:
        by_name = config.get("validate_by_name", False)
    if isinstance(alias, str):
        aliases: list[Way] = [(alias,)]
    elif isinstance(alias[0], list):
        aliases = [tuple(way) for way in alias]
    else:
        aliases = [tuple(alias)]
    ways = [*(aliases if by_alias else ()), *([(name,)] if by_name else ())]
    return tuple(dict.fromkeys(ways)) or tuple(aliases)


def keys_of(ways: dict[str, tuple[Way, ...]]) -> frozenset[str]:
    """The only keys of an object that forbids others, from the ways of its fields by their names."""
    keys = {way[0] for each in ways.values() for way in each if isinstance(way[0], str)}
    return frozenset(keys if FORBIDS_NAMES else {*keys, *ways})
