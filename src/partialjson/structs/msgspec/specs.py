"""From msgspec's nodes to specs: what a target's documents may hold.

Descriptions and ``null`` are peeled off first: ``Annotated[Order | None, Meta(title="An order")]`` is described as an
order. Where msgspec reads values as other kinds (``strict=False``), or the user's own code decides, the spec says what
usually comes and binds nothing.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import NODEFAULT
from msgspec import inspect as nodes

from partialjson._core.spec import ANYTHING, ARRAY, INTEGER, NO_DEFAULT, NUMBER_LIMITS, OBJECT, STRING, Field, Spec
from partialjson.structs.classes import describe_class
from partialjson.structs.msgspec.types import (
    Node,
    bare,
    branches_of,
    class_of,
    description_of,
    kinds_of,
    lets_others_in,
    tagged_structs,
)

__all__ = ["Specs"]

_NOUNS: Final[dict[type[Node], tuple[str, str]]] = {
    nodes.NoneType: ("null", ""),
    nodes.BoolType: ("a bool", ""),
    nodes.IntType: ("an int", ""),
    nodes.FloatType: ("a float", ""),
    nodes.DecimalType: ("a Decimal", ""),
    nodes.StrType: ("a str", ""),
    nodes.BytesType: ("bytes", "binary"),
    nodes.ByteArrayType: ("bytes", "binary"),
    nodes.MemoryViewType: ("bytes", "binary"),
    nodes.DateTimeType: ("a datetime", "date-time"),
    nodes.TimeType: ("a time", "time"),
    nodes.DateType: ("a date", "date"),
    nodes.TimeDeltaType: ("a timedelta", "duration"),
    nodes.UUIDType: ("a UUID", "uuid"),
    nodes.ListType: ("a list", ""),
    nodes.SetType: ("a set", ""),
    nodes.FrozenSetType: ("a frozenset", ""),
    nodes.VarTupleType: ("a tuple", ""),
    nodes.TupleType: ("a tuple", ""),
    nodes.DictType: ("a dict", ""),
    nodes.LiteralType: ("a literal", ""),
    nodes.EnumType: ("an enum", ""),
    nodes.UnionType: ("a union", ""),
}
"""For each kind of node, its name in messages and its format in JSON Schema."""


class Specs:
    """The specs of one graph of nodes; ``lax`` where values may be read as other kinds."""

    def __init__(self, lax: bool) -> None:
        self.lax = lax
        # A node is kept beside its spec, since its id is its key.
        self._made: dict[int, tuple[Node, Spec]] = {}
        self._branches: dict[int, Spec] = {}

    def spec(self, node: Node) -> Spec:
        """The spec of a node; it is filled on demand."""
        found = self._made.get(id(node))
        if found is None:
            found = self._made.setdefault(id(node), (node, Spec(self._fill, node)))
        return found[1]

    def branch(self, node: nodes.StructType) -> Spec:
        """The spec of a struct that is told from others by its tag, which must come."""
        return self._branches.setdefault(id(node), Spec(self._fill_branch, node))

    def set_atomic(self, node: Node, atomic: bool) -> None:
        """Note whether a node settles as a whole."""
        self.spec(node).filled().atomic = atomic
        if isinstance(node, nodes.StructType) and node.tag_field is not None:
            self.branch(node).filled().atomic = atomic

    def _fill(self, spec: Spec, node: Node) -> None:
        branches = branches_of(node)
        others = [each for each in branches if not isinstance(each, nodes.NoneType)]
        spec.nullable = len(others) < len(branches) and bool(others)
        spec.binding = not any(lets_others_in(each) for each in branches)
        if len(others) > 1:
            self._fill_union(spec, others)
        else:
            self._fill_one(spec, others[0] if others else branches[0])
        title, description = description_of(node)
        spec.title = title or spec.title
        spec.description = description or spec.description
        spec.kinds = kinds_of(node)
        if self.lax:
            # Any scalar may be read as another one.
            scalars = ANYTHING & ~(OBJECT | ARRAY)
            spec.kinds |= scalars if spec.kinds & scalars else 0
            spec.binding = spec.binding and not spec.usual & scalars

    def _fill_union(self, spec: Spec, branches: list[Node]) -> None:
        spec.noun = "a union"
        spec.usual = 0
        for each in branches:
            spec.usual |= kinds_of(each)
        tagged = tagged_structs(branches)
        if tagged and len(tagged) < len(branches):
            inner = Spec(self._fill_tagged, tagged)
            spec.lead(branches=[inner, *[self.spec(each) for each in branches if each not in tagged]])
        elif tagged:
            self._fill_tagged(spec, tagged)
        else:
            spec.lead(branches=[self.spec(each) for each in branches])

    def _fill_tagged(self, spec: Spec, structs: list[nodes.StructType]) -> None:
        """Structs that one member tells apart."""
        spec.noun = "a union"
        spec.kinds = spec.usual = OBJECT
        spec.tag = structs[0].tag_field
        spec.tags = {each.tag: self.branch(each) for each in structs}
        spec.lead(branches=[self.branch(each) for each in structs])

    def _fill_branch(self, spec: Spec, node: nodes.StructType) -> None:
        self._fill(spec, node)
        for field in (spec.fields or {}).values():
            field.required = field.required or field.ways == ((node.tag_field,),)

    def _fill_one(self, spec: Spec, node: Any) -> None:
        spec.noun, form = _NOUNS.get(type(node), ("a value", ""))
        spec.usual = kinds_of(node)
        notes = {"format": form} if form else {}
        if isinstance(node, nodes.StructType) and not node.array_like:
            self._fill_object(spec, node)
            spec.keys = frozenset(each.encode_name for each in node.fields) if node.forbid_unknown_fields else None
            if node.tag_field is not None:
                self._add_tag(spec, node, node.tag_field)
        elif isinstance(node, nodes.DataclassType | nodes.TypedDictType):
            self._fill_object(spec, node)
            spec.by_key = isinstance(node, nodes.TypedDictType)
        elif isinstance(node, nodes.StructType | nodes.NamedTupleType):
            self._fill_row(spec, node)
        elif isinstance(node, nodes.DictType):
            plain_keys = isinstance(bare(node.key_type), nodes.StrType | nodes.AnyType)
            spec.limits = _counts(node, "minProperties", "maxProperties")
            spec.lead(names=None if plain_keys else self.spec(node.key_type), rest=self.spec(node.value_type))
        elif isinstance(node, nodes.TupleType):
            spec.limits = {"minItems": len(node.item_types), "maxItems": len(node.item_types)}
            spec.lead(prefix=[self.spec(each) for each in node.item_types])
        elif isinstance(node, nodes.CollectionType):
            spec.may_drop = isinstance(node, nodes.SetType | nodes.FrozenSetType)
            spec.limits = _counts(node, "minItems", "" if spec.may_drop else "maxItems")
            spec.lead(items=self.spec(node.item_type))
        elif isinstance(node, nodes.EnumType):
            spec.title = node.cls.__name__
            spec.words = [(member.value, member) for member in node.cls]
            spec.lead()
        elif isinstance(node, nodes.LiteralType):
            spec.words = [(word, word) for word in node.values]
            spec.lead()
        elif isinstance(node, nodes.CustomType):
            spec.noun = f"a {node.cls.__name__}"
            spec.is_pure = False
            spec.lead()
        else:
            if isinstance(node, nodes.StrType):
                spec.limits = _counts(node, "minLength", "maxLength")
                if node.pattern is not None:
                    spec.limits["pattern"] = node.pattern
            elif isinstance(node, nodes.IntType | nodes.FloatType):
                limits = {word: getattr(node, name) for name, word in NUMBER_LIMITS.items()}
                spec.limits = {word: limit for word, limit in limits.items() if limit is not None}
            spec.lead(notes=notes)

    def _fill_object(self, spec: Spec, node: Any) -> None:
        """An object with fields of its own."""
        describe_class(spec, class_of(node))
        spec.fields = {each.name: self._field(each) for each in node.fields}
        spec.lead()

    def _add_tag(self, spec: Spec, node: nodes.StructType, key: str) -> None:
        """The member that tells a struct from others. By itself, the struct does without it."""
        assert spec.fields is not None
        if spec.keys is not None:
            spec.keys |= {key}
        if key in spec.fields:
            # The class has a field of that name, under another key.
            return
        tag = Spec()
        tag.noun = "a literal"
        tag.kinds = tag.usual = STRING if isinstance(node.tag, str) else INTEGER
        tag.words = [(node.tag, node.tag)]
        spec.fields = {key: Field(key, ((key,),), tag, required=False), **spec.fields}

    def _fill_row(self, spec: Spec, node: Any) -> None:
        """An array whose places are the fields of a class."""
        describe_class(spec, class_of(node))
        spec.limits = {}
        if not node.fields:
            spec.lead()
            return
        is_open = isinstance(node, nodes.StructType) and not node.forbid_unknown_fields
        begins_with_tag = isinstance(node, nodes.StructType) and node.tag_field is not None
        required = [index for index, each in enumerate(node.fields) if each.required]
        spec.limits["minItems"] = begins_with_tag + (required[-1] + 1 if required else 0)
        if not is_open:
            spec.limits["maxItems"] = begins_with_tag + len(node.fields)
        tag = [Spec()] if begins_with_tag else []
        spec.lead(prefix=[*tag, *[self.spec(each.type) for each in node.fields]], items=Spec() if is_open else None)

    def _field(self, field: nodes.Field) -> Field:
        title, description = description_of(field.type)
        default = NO_DEFAULT if field.default is NODEFAULT else field.default
        return Field(
            field.name,
            ((field.encode_name,),),
            self.spec(field.type),
            field.required,
            title=title,
            description=description,
            default=default,
        )


def _counts(node: Any, least: str, most: str) -> dict[str, Any]:
    """The limits of a length."""
    found = {least: node.min_length, most: node.max_length}
    return {word: limit for word, limit in found.items() if word and limit is not None}
