"""How a partial object is dumped: as the complete one would be, as far as it has come.

Pydantic does the work. The fields that have come are put into a ``_Half``, which stands for the object, and dumped by
a serializer made from the class's own core schema, without what needs a complete object: computed fields, and the
serializers of the class as a whole. So exclusion, aliases, field serializers, the configuration and all arguments mean
what they mean in pydantic. A field serializer that is a method gets the ``_Half`` as ``self``: it has the fields that
are final, and the methods of the class.

Three things are left out until they can be dumped:

- a value that is still open, or stayed invalid, where a function serializes it or decides about it;
- of an open list or dict, the element that may be open, where a function serializes elements;
- a field whose serializer raises.

A partial object inside another is met by pydantic where its schema expects a complete one. It is wrapped in
``_Inside``, which pydantic asks how to serialize it, with the ``include`` and ``exclude`` for that place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationUnexpectedValue, SchemaSerializer, core_schema, to_jsonable_python

from partialjson._missing import MISSING
from partialjson.typed.schemas import Schema, choices_of, inside

if TYPE_CHECKING:
    from partialjson.typed.partial import Partial

__all__ = ["awaited_by_functions", "dump", "dump_as_asked", "dump_json", "plain"]

Arguments = dict[str, Any]

# Keys whose values are no schemas, though they may look like some.
_DATA = ("default", "expected", "metadata", "serialization", "config")


def plain(value: Any) -> Any:
    """Any value as JSON values, as pydantic writes it: without excluded fields, and with secrets masked.

    Raises:
        pydantic_core.PydanticSerializationError: pydantic does not know how.
    """
    return to_jsonable_python(value)


def dump(partial: Partial[Any], mode: str, include: Any, exclude: Any, arguments: Arguments) -> dict[str, Any]:
    """The fields that have come, as a dict; ``arguments`` are the others of pydantic's ``model_dump``."""

    def write(half: _Half, excluded: Any) -> Any:
        return _recipe_of(partial).serializer.to_python(
            half, mode=mode, include=include, exclude=excluded, **_quiet(arguments)
        )

    found: dict[str, Any] = _as_far_as_possible(partial, mode, include, exclude, arguments, write)
    return found


def dump_json(partial: Partial[Any], include: Any, exclude: Any, layout: Arguments, arguments: Arguments) -> str:
    """The fields that have come, as JSON text; ``layout`` says how it is written."""

    def write(half: _Half, excluded: Any) -> Any:
        return _recipe_of(partial).serializer.to_json(
            half, include=include, exclude=excluded, **layout, **_quiet(arguments)
        )

    text: bytes = _as_far_as_possible(partial, "json", include, exclude, arguments, write)
    return text.decode()


def dump_as_asked(partial: Partial[Any], info: core_schema.SerializationInfo) -> dict[str, Any]:
    """Dump a partial object that pydantic met on its way, with what it says of its arguments."""
    include: Any = info.include
    exclude: Any = info.exclude
    return partial.model_dump(
        mode=info.mode,
        include=include,
        exclude=exclude,
        context=info.context,
        # Pydantic does not tell a False that was given from none.
        by_alias=info.by_alias or None,
        exclude_unset=info.exclude_unset,
        exclude_defaults=info.exclude_defaults,
        exclude_none=info.exclude_none,
        round_trip=info.round_trip,
        serialize_as_any=info.serialize_as_any,
    )


def _quiet(arguments: Arguments) -> Arguments:
    """Without warnings that a value is not what its schema expects: what is open never is. Errors are still errors."""
    return {**arguments, "warnings": False} if arguments["warnings"] != "error" else arguments


def _as_far_as_possible(
    partial: Partial[Any],
    mode: str,
    include: Any,
    exclude: Any,
    arguments: Arguments,
    write: Callable[[_Half, Any], Any],
) -> Any:
    """What ``write`` makes of the fields that have come, without those for which it raises."""
    for name, given in (("include", include), ("exclude", exclude)):
        if given is not None and not isinstance(given, Set | Mapping):
            raise TypeError(f"{name} is a set or a dict of fields, not {type(given).__name__}")
    half, names = _recipe_of(partial).half(partial, mode, arguments)
    try:
        return write(half, exclude)
    except Exception:
        # One of the fields cannot be serialized yet, or at all.
        pass
    good = [name for name in names if _writes(write, half, _without(exclude, set(names) - {name}))]
    return write(half, _without(exclude, set(names) - set(good)))


def _writes(write: Callable[[_Half, Any], Any], half: _Half, exclude: Any) -> bool:
    try:
        write(half, exclude)
    except Exception:
        return False
    return True


def _without(exclude: Any, names: set[str]) -> Any:
    """``exclude``, and these fields too."""
    if exclude is None:
        return names
    if isinstance(exclude, Mapping):
        return {**exclude, **dict.fromkeys(names, True)}
    return {*exclude, *names}


class _Half:
    """Stands for an object of which only a part has come, for pydantic and for field serializers."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__")
    __partial_class__: type[Partial[Any]]
    __pydantic_serializer__: SchemaSerializer

    def __getattr__(self, name: str) -> Any:
        model = self.__partial_class__.__pydantic_model__
        if name not in self.__partial_class__.__partial_fields__ and not name.startswith("__"):
            for each in model.__mro__:
                if name in vars(each):
                    found = vars(each)[name]
                    bind = getattr(type(found), "__get__", None)
                    return found if bind is None else bind(found, self, model)
        raise AttributeError(f"the {model.__name__} is not complete: it has no {name!r} yet")


class _Inside:
    """A partial object inside another, with the arguments of the dump."""

    __slots__ = ("arguments", "mode", "partial")

    def __init__(self, partial: Partial[Any], mode: str, arguments: Arguments) -> None:
        self.partial = partial
        self.mode = mode
        self.arguments = arguments

    @staticmethod
    def dump(value: _Inside, info: core_schema.SerializationInfo) -> dict[str, Any]:
        return dump(value.partial, value.mode, info.include, info.exclude, value.arguments)

    __pydantic_serializer__ = SchemaSerializer(
        core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value, info: _Inside.dump(value, info), info_arg=True
            )
        )
    )


class _Recipe:
    """How the partial objects of one class are dumped."""

    def __init__(self, made: type[Partial[Any]]) -> None:
        adapter: TypeAdapter[Any] = TypeAdapter(made.__pydantic_model__)
        schema: Any = adapter.core_schema
        definitions: list[Schema] = []
        if schema["type"] == "definitions":
            definitions = schema["definitions"]
            schema = schema["schema"]
        by_ref = {each["ref"]: each for each in definitions}
        self.half_class: type[_Half] = type("_Half", (_Half,), {"__slots__": (), "__partial_class__": made})
        self.allows_extra = False
        self.awaited: dict[str, bool] = {}
        node = _class_node(schema, by_ref)
        if node is None:
            # The class describes itself in another way, which knows nothing of its fields.
            fields: dict[str, Any] = {
                name: core_schema.model_field(core_schema.any_schema()) for name in made.__partial_fields__
            }
            holder: Any = core_schema.model_fields_schema(fields)
            config = None
        else:
            holder = _fields_node(node["schema"], by_ref)
            given = holder["fields"]
            given = given if isinstance(given, dict) else {field["name"]: field for field in given}
            fields = {name: _model_field(field) for name, field in given.items()}
            config = node.get("config")
            holder = {**holder, "type": "model-fields", "fields": fields}
            for key in ("computed_fields", "ref", "serialization", "dataclass_name", "collect_init_only"):
                holder.pop(key, None)
            extra = holder.get("extra_behavior") or (config or {}).get("extra_fields_behavior")
            self.allows_extra = extra == "allow"
            self.awaited = awaited_by_functions(given, by_ref)
            if any(_needs_a_guard(each) for each in (given, definitions)):
                holder["fields"] = {name: _guarded(field) for name, field in fields.items()}
                definitions = [_guarded(each) for each in definitions]
        whole: Any = core_schema.model_schema(self.half_class, holder, config=config)
        if definitions:
            whole = core_schema.definitions_schema(whole, definitions)
        self.serializer = SchemaSerializer(whole, config)
        # Where values are dumped by their own classes (``serialize_as_any``).
        self.half_class.__pydantic_serializer__ = self.serializer

    def half(self, partial: Partial[Any], mode: str, arguments: Arguments) -> tuple[_Half, list[str]]:
        """What is dumped in place of the object, and the names in it."""
        fields = partial.__partial_fields__
        half = object.__new__(self.half_class)
        extra: dict[str, Any] = {}
        unfinished = getattr(partial, "_unfinished", ())
        for name, value in partial._values.items():
            if value is MISSING:
                continue
            if name in unfinished and name in self.awaited:
                if self.awaited[name]:
                    continue
                value = _without_open_end(value)
            (half.__dict__ if name in fields or not self.allows_extra else extra)[name] = _wrapped(
                value, mode, arguments
            )
        half.__pydantic_extra__ = extra  # type: ignore[attr-defined]
        half.__pydantic_fields_set__ = set(half.__dict__)  # type: ignore[attr-defined]
        return half, [*half.__dict__, *extra]


@cache
def _recipe(made: Any) -> _Recipe:
    return _Recipe(made)


def _recipe_of(partial: Partial[Any]) -> _Recipe:
    made: Any = type(partial)
    return _recipe(made)


def _wrapped(value: Any, mode: str, arguments: Arguments) -> Any:
    """The value with its partial objects ready for pydantic, and without elements that have not come."""
    if hasattr(type(value), "__partial_fields__"):
        return _Inside(value, mode, arguments)
    if type(value) is list:
        return [_wrapped(item, mode, arguments) for item in value if item is not MISSING]
    if type(value) is dict:
        return {key: _wrapped(item, mode, arguments) for key, item in value.items() if item is not MISSING}
    return value


def _without_open_end(value: Any) -> Any:
    """An open list or dict without the last element, if that may be open; partial objects know themselves."""
    if type(value) is list and value and isinstance(value[-1], str | list | dict):
        return value[:-1]
    if type(value) is dict and value and isinstance(value[next(reversed(value))], str | list | dict):
        return dict(list(value.items())[:-1])
    return value


# What the schema says.


def _class_node(schema: Schema, by_ref: dict[str, Schema]) -> Schema | None:
    """The node of the class itself, inside the validators around it."""
    seen: set[int] = set()
    while id(schema) not in seen:
        seen.add(id(schema))
        if schema["type"] == "definition-ref":
            schema = by_ref[schema["schema_ref"]]
        elif schema["type"] in ("model", "dataclass"):
            return schema if _fields_node(schema["schema"], by_ref) is not None else None
        else:
            schema = inside(schema) or schema
    return None


def _fields_node(schema: Schema, by_ref: dict[str, Schema]) -> Any:
    seen: set[int] = set()
    while id(schema) not in seen:
        seen.add(id(schema))
        if schema["type"] == "definition-ref":
            schema = by_ref[schema["schema_ref"]]
        elif schema["type"] in ("model-fields", "dataclass-args"):
            return schema
        else:
            schema = inside(schema) or schema
    return None


def _model_field(field: Schema) -> Any:
    """A field of a dataclass as one of a model; that of a model as it is."""
    if field["type"] == "model-field":
        return field
    made = {"type": "model-field", "schema": field["schema"]}
    for key in ("serialization_exclude", "serialization_exclude_if", "serialization_alias", "metadata"):
        if key in field:
            made[key] = field[key]
    return made


def awaited_by_functions(fields: Mapping[str, Schema], by_ref: Mapping[str, Schema]) -> dict[str, bool]:
    """The fields that functions serialize, which must not see what is open.

    For each, does the function get the value of the field itself? Otherwise it gets something inside it.
    """
    found: dict[str, bool] = {}
    for name, field in fields.items():
        if "serialization_exclude_if" in field or _function_around(field["schema"], by_ref):
            found[name] = True
        elif _function_within(field["schema"], by_ref):
            found[name] = False
    return found


def _needs_a_guard(schema: Any) -> bool:
    """Is there a class in it that is serialized by a function of its own, or shown as what it holds while open?"""
    todo: list[Any] = [schema]
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, list | tuple):
            todo.extend(node)
        elif isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            if node.get("type") in ("model", "dataclass") and (_is_function(node) or node.get("root_model")):
                return True
            todo.extend(value for key, value in node.items() if key not in _DATA)
    return False


def _guarded(schema: Any) -> Any:
    """The schema, with partial objects kept away from functions that serialize whole objects, and with root models
    that also take what they hold, which stands for them while they are open."""
    if isinstance(schema, list | tuple):
        return type(schema)(_guarded(each) for each in schema)
    if not isinstance(schema, dict):
        return schema
    copied: Any = {key: value if key in _DATA else _guarded(value) for key, value in schema.items()}
    if copied.get("type") not in ("model", "dataclass"):
        return copied
    if not _is_function(copied):
        return _rooted(copied) if copied.get("root_model") else copied
    cls = copied["cls"]

    def serialize(value: Any, handler: Callable[[Any], Any], info: Any) -> Any:
        if isinstance(value, _Inside):
            return _Inside.dump(value, info)
        if not isinstance(value, cls):
            raise PydanticSerializationUnexpectedValue(f"expected a {cls.__name__}")
        return handler(value)

    ref = copied.pop("ref", None)
    guard: Any = core_schema.wrap_serializer_function_ser_schema(serialize, schema=copied, info_arg=True)
    return core_schema.any_schema(ref=ref, serialization=guard)


def _rooted(schema: Any) -> Any:
    """A root model that also takes what it holds, and serializes that by its own configuration."""
    cls = schema["cls"]

    def serialize(value: Any, handler: Callable[[Any], Any]) -> Any:
        if not isinstance(value, cls):
            # An object of the class, made without any code of the user's.
            whole = object.__new__(cls)
            object.__setattr__(whole, "__dict__", {"root": value})
            object.__setattr__(whole, "__pydantic_fields_set__", {"root"})
            object.__setattr__(whole, "__pydantic_extra__", None)
            object.__setattr__(whole, "__pydantic_private__", None)
            value = whole
        return handler(value)

    ref = schema.pop("ref", None)
    guard: Any = core_schema.wrap_serializer_function_ser_schema(serialize, schema=schema)
    return core_schema.any_schema(ref=ref, serialization=guard)


def _is_function(schema: Schema) -> bool:
    return str((schema.get("serialization") or {}).get("type", "")).startswith("function")


def _function_around(schema: Schema, by_ref: Mapping[str, Schema]) -> bool:
    """Does a function serialize the value itself?"""
    todo = [schema]
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node["type"] in ("model", "dataclass") and not node.get("root_model"):
            # A partial object takes care of itself.
            continue
        if _is_function(node):
            return True
        if node["type"] == "definition-ref":
            todo.append(by_ref[node["schema_ref"]])
        elif node["type"] in ("union", "tagged-union"):
            todo.extend(choices_of(node))
        elif node.get("root_model"):
            todo.append(node["schema"])
        elif node["type"] == "json-or-python":
            todo += [node["json_schema"], node["python_schema"]]
        elif (inner := inside(node)) is not None:
            todo.append(inner)
    return False


def _function_within(schema: Schema, by_ref: Mapping[str, Schema]) -> bool:
    """Does a function serialize anything inside the value, apart from what is in objects with fields?"""
    todo: list[Any] = [schema]
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, list | tuple):
            todo.extend(node)
        elif isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            if _is_function(node):
                return True
            if node.get("type") == "definition-ref":
                todo.append(by_ref[node["schema_ref"]])
            elif node.get("type") not in ("model", "dataclass") or node.get("root_model"):
                todo.extend(value for key, value in node.items() if key not in _DATA)
    return False
