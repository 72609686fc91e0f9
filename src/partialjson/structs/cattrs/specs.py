"""From the nodes of a converter to specs: what a target's documents may hold.

Hooks take more than they are meant for. So the kinds that can be valid are wide, and what usually comes is what the
type says. Below a hook of the user's own nothing is bound.
"""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

import attrs

from partialjson._core.spec import (
    ANYTHING,
    ARRAY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    NO_DEFAULT,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    Field,
    Spec,
    kind_of,
)
from partialjson._core.target import name_of
from partialjson.structs.cattrs.nodes import (
    Anything,
    Choice,
    Either,
    Fields,
    Items,
    Map,
    Member,
    Native,
    Node,
    Row,
    Scalar,
    Word,
    bare,
    is_nullable,
    kinds_of,
)
from partialjson.structs.classes import describe_class

__all__ = ["Specs"]

_SCALARS: Final[dict[Any, tuple[str, int]]] = {
    str: ("a str", STRING),
    int: ("an int", INTEGER),
    float: ("a float", NUMBER),
    bool: ("a bool", BOOLEAN),
}
# A class in fact, a function by its stub.
_FACTORY: Final[Any] = attrs.Factory
_NATIVE: Final = {STRING: "a str", INTEGER: "an int", FLOAT: "a float", BOOLEAN: "a bool"}
_MADE_OF_STRINGS: Final = (bytes, datetime.date, datetime.time, datetime.timedelta, PurePath, UUID)
_FORMATS: Final[dict[Any, str]] = {
    bytes: "binary",
    datetime.datetime: "date-time",
    datetime.date: "date",
    datetime.time: "time",
    UUID: "uuid",
}


class Specs:
    """The specs of one graph of nodes."""

    def __init__(self) -> None:
        self._made: dict[Node, Spec] = {}
        self._branches: dict[tuple[Choice, Node], Spec] = {}

    def spec(self, node: Node) -> Spec:
        """The spec of a node; it is filled on demand."""
        found = self._made.get(node)
        if found is None:
            found = self._made.setdefault(node, Spec(self._fill, node))
        return found

    def _fill(self, spec: Spec, given: Node) -> None:
        node = bare(given)
        spec.nullable = is_nullable(given)
        if isinstance(node, Anything):
            spec.lead(rest=None)
        elif isinstance(node, Scalar):
            spec.noun, spec.usual = _SCALARS[node.type]
            spec.lead()
        elif isinstance(node, Word):
            self._fill_word(spec, node)
        elif isinstance(node, Native):
            self._fill_native(spec, node)
        elif isinstance(node, Items):
            spec.noun, spec.usual = f"a {node.makes.__name__}", ARRAY
            spec.may_drop = node.makes in (set, frozenset)
            spec.lead(items=self.spec(node.item))
        elif isinstance(node, Row):
            spec.noun, spec.usual = "a tuple" if node.make is None else f"a {name_of(node.make)}", ARRAY
            spec.limits = {"minItems": len(node.items), "maxItems": len(node.items)}
            spec.lead(prefix=[self.spec(each) for each in node.items])
        elif isinstance(node, Map):
            spec.noun, spec.usual = "a dict", OBJECT
            plain = isinstance(node.key, Anything) or (isinstance(node.key, Scalar) and node.key.type is str)
            spec.lead(names=None if plain else self.spec(node.key), rest=self.spec(node.value))
        elif isinstance(node, Fields):
            self._fill_fields(spec, node)
        elif isinstance(node, Choice):
            self._fill_choice(spec, node)
        elif isinstance(node, Either):
            spec.noun, spec.usual = "a union", OBJECT
            spec.lead(branches=[self.spec(each) for each in node.branches])
        else:
            self._fill_opaque(spec, node)
        spec.kinds = kinds_of(given)

    def _fill_word(self, spec: Spec, node: Word) -> None:
        is_enum = isinstance(node.type, type)
        spec.noun = "an enum" if is_enum else "a literal"
        spec.title = node.type.__name__ if is_enum else ""
        spec.words = node.words
        spec.usual = 0
        for word, _ in node.words:
            spec.usual |= kind_of(word)
        spec.lead()

    def _fill_native(self, spec: Spec, node: Native) -> None:
        branches = []
        for kind, noun in _NATIVE.items():
            if node.kinds & kind:
                branch = Spec()
                branch.noun, branch.kinds, branch.usual = noun, kind, kind
                branches.append(branch)
        if node.words:
            branch = Spec()
            branch.noun, branch.words = "a literal", node.words
            branch.kinds = 0
            for word, _ in node.words:
                branch.kinds |= kind_of(word)
            branch.usual = branch.kinds
            branches.append(branch)
        spec.nullable = spec.nullable or bool(node.kinds & NULL)
        spec.noun, spec.usual = "a union", kinds_of(node) & ~NULL
        if node.other is not None:
            branches.append(self.spec(node.other))
        spec.lead(branches=branches)

    def _fill_fields(self, spec: Spec, node: Fields) -> None:
        describe_class(spec, node.cls)
        spec.usual = OBJECT
        spec.fields = {each.name: self._field(each) for each in node.members}
        spec.keys = frozenset(each.key for each in node.members) if node.forbids else None
        spec.by_key = node.is_dict
        spec.lead(rest=Spec() if node.is_dict and not node.forbids else None)

    def _field(self, member: Member) -> Field:
        default: Any = member.default
        factory = isinstance(default, _FACTORY)
        is_known = not factory and default is not attrs.NOTHING and default is not dataclasses.MISSING
        return Field(
            member.name,
            ((member.key,),),
            self.spec(member.node) if not member.is_late else self._late(member),
            member.required,
            default=default if is_known else NO_DEFAULT,
        )

    def _late(self, member: Member) -> Spec:
        """What the class itself changes, or takes in after it is made: only the class knows what is valid."""
        spec = Spec()
        inner = self.spec(member.node).filled()
        spec.noun, spec.usual, spec.title = inner.noun, inner.usual, inner.title
        spec.binding = spec.is_pure = False
        return spec

    def _fill_choice(self, spec: Spec, node: Choice) -> None:
        spec.noun, spec.usual = "a union", OBJECT
        spec.binding = node.default is None
        branches: dict[Node, Spec] = {}
        for word, each in node.by_word.items():
            branches[each] = spec.tags[word] = self._branch(node, each)
        spec.tag = node.key
        if node.default is not None:
            branches.setdefault(node.default, self.spec(node.default))
        spec.lead(branches=list(branches.values()))

    def _branch(self, choice: Choice, node: Node) -> Spec:
        """The spec of an object that is told from others by its tag, which must come."""
        return self._branches.setdefault((choice, node), Spec(self._fill_branch, (choice, node)))

    def _fill_branch(self, spec: Spec, given: tuple[Choice, Node]) -> None:
        choice, node = given
        self._fill(spec, node)
        if not isinstance(node, Fields):
            return
        assert spec.fields is not None
        if any(member.key == choice.key for member in node.members):
            for field in spec.fields.values():
                field.required = field.required or field.ways == ((choice.key,),)
            return
        words = [word for word, each in choice.by_word.items() if each is node]
        tag = Spec()
        tag.noun, tag.words = "a literal", [(word, word) for word in words]
        tag.kinds = tag.usual = STRING if all(isinstance(word, str) for word in words) else ANYTHING
        spec.fields = {choice.key: Field(choice.key, ((choice.key,),), tag, required=True), **spec.fields}
        if spec.keys is not None and choice.removes:
            spec.keys |= {choice.key}

    def _fill_opaque(self, spec: Spec, node: Node) -> None:
        spec.binding = spec.is_pure = False
        given = node.type
        if isinstance(given, type):
            spec.noun = f"a {given.__name__}"
            if issubclass(given, _MADE_OF_STRINGS):
                spec.usual = STRING
            form = _FORMATS.get(given)
            spec.lead(notes={"format": form} if form else {})
            return
        spec.noun = name_of(given)
        spec.lead()
