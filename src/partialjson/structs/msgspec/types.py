"""What msgspec knows of a type, for the two compilers: ``specs`` and ``plans``.

``msgspec.inspect.type_info`` gives a graph of nodes, where a class that lies in itself is one node. A node does not
keep the type it was made from, so ``type_of`` builds one: its decoder settles the values of that place.

Two things cannot be settled by themselves, since msgspec gives them more than their value: a ``Raw``, which is the
document's own spelling, and a generic class of the user's own, whose arguments are not in its node. ``is_bound`` tells
of them; a container that holds one settles as a whole.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from types import GenericAlias
from typing import Annotated, Any, Final, Literal, Union, get_origin

import msgspec
from msgspec import inspect as nodes

from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, STRING

__all__ = [
    "LIMITS",
    "Node",
    "bare",
    "branches_of",
    "class_of",
    "description_of",
    "is_bound",
    "kinds_of",
    "lets_others_in",
    "limited",
    "tagged_structs",
    "type_of",
]

Node = nodes.Type

_SIMPLE: Final[dict[type[Node], Any]] = {
    nodes.AnyType: Any,
    nodes.NoneType: None,
    nodes.BoolType: bool,
    nodes.IntType: int,
    nodes.FloatType: float,
    nodes.StrType: str,
    nodes.BytesType: bytes,
    nodes.ByteArrayType: bytearray,
    nodes.MemoryViewType: memoryview,
    nodes.DateTimeType: datetime.datetime,
    nodes.TimeType: datetime.time,
    nodes.DateType: datetime.date,
    nodes.TimeDeltaType: datetime.timedelta,
    nodes.UUIDType: uuid.UUID,
    nodes.DecimalType: decimal.Decimal,
    nodes.RawType: msgspec.Raw,
    nodes.ExtType: msgspec.msgpack.Ext,
}
_SCALAR_KINDS: Final[dict[type[Node], int]] = {
    nodes.NoneType: NULL,
    nodes.BoolType: BOOLEAN,
    nodes.IntType: INTEGER,
    nodes.FloatType: NUMBER,
    nodes.StrType: STRING,
    nodes.BytesType: STRING,
    nodes.ByteArrayType: STRING,
    nodes.MemoryViewType: STRING,
    nodes.DateTimeType: STRING,
    nodes.TimeType: STRING,
    nodes.DateType: STRING,
    nodes.TimeDeltaType: STRING,
    nodes.UUIDType: STRING,
    nodes.DecimalType: STRING | NUMBER,
}
_CONTAINERS: Final[dict[type[Node], Any]] = {
    nodes.ListType: list,
    nodes.SetType: set,
    nodes.FrozenSetType: frozenset,
    nodes.VarTupleType: tuple,
}
_ARRAYS: Final[tuple[type[Node], ...]] = (*_CONTAINERS, nodes.TupleType, nodes.NamedTupleType)
_OBJECTS: Final[tuple[type[Node], ...]] = (nodes.DictType, nodes.TypedDictType, nodes.DataclassType)

LIMITS: Final = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "tz")
"""The attributes of nodes that limit their values."""


def bare(node: Node) -> Node:
    """The node inside its titles and descriptions."""
    while isinstance(node, nodes.Metadata):
        node = node.type
    return node


def description_of(node: Node) -> tuple[str, str]:
    """The title and the description that a place has; empty if there are none."""
    said: dict[str, Any] = {}
    while isinstance(node, nodes.Metadata):
        said = {**(node.extra_json_schema or {}), **said}
        node = node.type
    return str(said.get("title") or ""), str(said.get("description") or "")


def branches_of(node: Node) -> list[Node]:
    """The nodes of which one applies, without their descriptions; the node itself if there is no choice."""
    node = bare(node)
    if not isinstance(node, nodes.UnionType):
        return [node]
    return [branch for each in node.types for branch in branches_of(each)]


def tagged_structs(branches: list[Node]) -> list[nodes.StructType]:
    """The structs among the branches of a choice that a member tells apart."""
    return [each for each in branches if isinstance(each, nodes.StructType) and each.tag_field and not each.array_like]


def class_of(node: Any) -> Any:
    """The class of a node, without the arguments of a generic one."""
    return get_origin(node.cls) or node.cls


def is_bound(node: Node) -> bool:
    """Does a value here depend on what its container knows of it?"""
    return any(
        isinstance(each, nodes.RawType)
        or (isinstance(each, nodes.CustomType) and bool(getattr(each.cls, "__parameters__", ())))
        or not _is_known(each)
        for each in branches_of(node)
    )


def _is_known(node: Node) -> bool:
    """False for a kind of node that only a later msgspec has."""
    kind = type(node)
    is_known = kind in _SIMPLE or kind in _ARRAYS or kind in (nodes.DictType, nodes.LiteralType)
    return is_known or hasattr(node, "cls")


def lets_others_in(node: Node) -> bool:
    """Does the user's own code decide what is valid here?"""
    if isinstance(node, nodes.EnumType):
        usual: Any = enum.Enum._missing_
        missing = getattr(node.cls, "_missing_", None)
        return getattr(missing, "__func__", None) is not usual.__func__
    return isinstance(node, nodes.CustomType | nodes.RawType | nodes.ExtType)


def kinds_of(node: Node) -> int:
    """The JSON kinds that can be valid where nothing is read as another kind; a bit set."""
    node = bare(node)
    if isinstance(node, nodes.UnionType):
        kinds = 0
        for each in node.types:
            kinds |= kinds_of(each)
        return kinds
    if isinstance(node, nodes.StructType):
        return ARRAY if node.array_like else OBJECT
    if isinstance(node, nodes.EnumType):
        return _kinds_of_words([member.value for member in node.cls])
    if isinstance(node, nodes.LiteralType):
        return _kinds_of_words(list(node.values))
    if isinstance(node, _ARRAYS):
        return ARRAY
    if isinstance(node, _OBJECTS):
        return OBJECT
    return _SCALAR_KINDS.get(type(node), ANYTHING)


def _kinds_of_words(words: list[Any]) -> int:
    kinds = 0
    for word in words:
        if isinstance(word, str):
            kinds |= STRING
        elif word is None:
            kinds |= NULL
        elif isinstance(word, bool):
            kinds |= BOOLEAN
        else:
            kinds |= INTEGER
    return kinds


def type_of(node: Node) -> Any:
    """A type that means what the node says."""
    node = bare(node)
    if isinstance(node, nodes.UnionType):
        # ``X | Y`` cannot be written of a list of types.
        return Union[tuple(type_of(each) for each in node.types)]  # noqa: UP007  # | does not take a tuple of types
    if isinstance(node, nodes.LiteralType):
        return Literal[node.values]
    if isinstance(node, nodes.TupleType):
        return GenericAlias(tuple, tuple(type_of(each) for each in node.item_types))
    if isinstance(node, nodes.DictType):
        made: Any = GenericAlias(dict, (type_of(node.key_type), type_of(node.value_type)))
    elif isinstance(node, nodes.VarTupleType):
        made = GenericAlias(tuple, (type_of(node.item_type), ...))
    elif isinstance(node, nodes.CollectionType):
        made = _CONTAINERS[type(node)][type_of(node.item_type)]
    elif type(node) in _SIMPLE:
        made = _SIMPLE[type(node)]
    else:
        of_class: Any = node
        return of_class.cls
    return limited(made, node)


def limited(made: Any, node: Node) -> Any:
    """A type with the limits of a node."""
    limits = {name: limit for name in LIMITS if (limit := getattr(node, name, None)) is not None}
    return Annotated[made, msgspec.Meta(**limits)] if limits else made
