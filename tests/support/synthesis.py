"""Values that a type allows: each member of each union in it at least once, in an otherwise full value.

Types are read from the annotations of an SDK's models, or from botocore's model of a service. Values are plain data, as
they come over the wire.
"""

from __future__ import annotations

import base64
import datetime
import enum
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

DEPTH = 9  # levels of models below which no more alternatives are tried
_READABLE: dict[str, list[Any]] = {"jsonPath": ["$.x"]}  # fields whose text has a grammar
_SCALARS: dict[Any, Any] = {
    str: "x",
    int: 1,
    float: 0.5,
    bool: True,
    bytes: base64.b64encode(b"x").decode(),
    datetime.datetime: "2030-01-01T00:00:00Z",
    datetime.date: "2030-01-01",
    type(None): None,
}


def values_of(annotation: Any, above: tuple[Any, ...] = ()) -> list[Any]:
    """A full value of the type, and for each alternative in it another one. Empty if the type holds nothing that is on
    the wire, or only itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return values_of(get_args(annotation)[0], above)
    if annotation is Any:
        return ["x"]
    if hasattr(origin, "__value__"):  # a named alias with parameters
        return values_of(origin.__value__[get_args(annotation)], above)
    if hasattr(annotation, "__value__"):
        return values_of(annotation.__value__, above)
    if origin is Literal:
        return [get_args(annotation)[0]]
    if origin in (Union, types.UnionType):
        found = [values_of(member, above) for member in get_args(annotation) if member is not type(None)]
        # The first of each: if the depth is reached, one must do.
        return [value for values in found for value in values]
    if origin in (list, tuple, set, Sequence, Iterable):
        return [[value] for value in values_of(get_args(annotation)[0], above)] or [[]]
    if origin in (dict, Mapping):
        return [{"x": value} for value in values_of(get_args(annotation)[1], above)[:1]]
    if isinstance(annotation, type):
        if annotation in _SCALARS:
            return [_SCALARS[annotation]]
        if issubclass(annotation, enum.Enum):
            return [word for word in (member.value for member in annotation) if "UNSPECIFIED" not in str(word)][:1]
        fields = fields_of(annotation)
        if fields is not None:
            return values_of_fields(annotation, fields, above)
        if annotation in (list, tuple, set):
            return [[]]
        if annotation in (dict, Mapping):
            return [{"x": "x"}]
        if annotation is not object:
            return []  # a marker of the SDK for "not set"
    return ["x"]  # anything


def fields_of(model: type) -> dict[str, Any] | None:
    """The types of a model's fields by their names on the wire; None if it is no model."""
    if typing.is_typeddict(model):
        return typing.get_type_hints(model)
    if not issubclass(model, BaseModel):
        return None
    if model.__name__.startswith("Unknown") or model.__name__ == "Unset" or model is BaseModel:
        return None  # an SDK's place for what it does not know itself, or does not send
    model.model_rebuild(raise_errors=False)
    names = {name: field.alias or field.serialization_alias or name for name, field in model.model_fields.items()}
    generator = model.model_config.get("alias_generator")
    if callable(generator):
        names = {name: generator(name) if alias == name else alias for name, alias in names.items()}
    return {names[name]: field.annotation for name, field in model.model_fields.items()}


def values_of_fields(model: type, fields: Mapping[str, Any], above: tuple[Any, ...]) -> list[Any]:
    if model in above:
        return []
    inside = (*above, model)
    found = {name: values_of(annotation, inside) for name, annotation in fields.items()}
    found = {name: _READABLE.get(name, values) for name, values in found.items() if values}
    whole = combined(found, len(inside))
    if issubclass(model, BaseModel) and not any(field.is_required() for field in model.model_fields.values()):
        # One of them comes at a time, or any of them.
        named = {name: found[name][0] for name, annotation in fields.items() if name in found and is_name(annotation)}
        whole += [named | {name: value} for name, values in found.items() for value in values]
    return whole


def is_name(annotation: Any) -> bool:
    """Whether the type is one word, as of a field that says which member of a union this is."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_origin(annotation) is Literal


def combined(found: Mapping[str, list[Any]], depth: int) -> list[Any]:
    """A value with the first of each field's values, and one for each other value of a field."""
    base = {name: values[0] for name, values in found.items()}
    if depth > DEPTH:
        return [base]
    return [base, *({**base, name: value} for name, values in found.items() for value in values[1:])]


def values_of_shape(shape: Any, above: tuple[str, ...] = ()) -> list[Any]:
    """The same of a shape in botocore's model of a service; of a union, one value for each member."""
    if shape.type_name == "structure":
        if shape.name in above:
            return []
        inside = (*above, shape.name)
        found = {name: values_of_shape(member, inside) for name, member in shape.members.items()}
        if shape.is_tagged_union or "eventstream" in shape.serialization:
            return [{name: value} for name, values in found.items() for value in values or [{}]]
        return combined({name: values for name, values in found.items() if values}, len(inside)) or [{}]
    if shape.type_name == "list":
        return [[value] for value in values_of_shape(shape.member, above)]
    if shape.type_name == "map":
        return [{"x": value} for value in values_of_shape(shape.value, above)[:1]]
    kinds = {"integer": 1, "long": 1, "boolean": True, "double": 0.5, "float": 0.5, "blob": b"x"}
    return [kinds.get(shape.type_name, shape.enum[0] if getattr(shape, "enum", None) else "x")]


def members_of(union: Any) -> Iterator[Any]:
    """The members of a union, however it is wrapped."""
    if get_origin(union) is Annotated:
        yield from members_of(get_args(union)[0])
    elif hasattr(union, "__value__"):
        yield from members_of(union.__value__)
    elif get_origin(union) in (Union, types.UnionType):
        for member in get_args(union):
            yield from members_of(member)
    else:
        yield union
