"""From msgspec's nodes to plans, so that each value is decoded once, when it closes.

A scalar settles by msgspec's decoder for its own type. A container that is followed settles from its settled children:
a Struct is made by its own constructor, which takes them as they are, fills in defaults and calls ``__post_init__``, as
decoding does. So what was shown complete inside it is the same object in it. What only msgspec can say (a length that
does not fit, a field that is missing) is said by a *skeleton*: a decoder of a type with the same fields or limits, but
places that take anything. It reads a text that has the keys or the length, and nothing else, and only when something
may be wrong.

msgspec allows choices only between types that differ in their JSON kind, or by a tag. So a choice is followed like the
one branch that an object or array can belong to. Structs told apart by a tag wait for it (``Switch``).

What is *atomic* settles as a whole, from its text: Structs that are arrays and have a tag, containers of a ``Raw``
(``types``), and dataclasses with a ``__new__`` of their own.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import isfinite
from types import GenericAlias
from typing import Any, Final

import msgspec
from msgspec import NODEFAULT, UNSET
from msgspec import inspect as nodes

from partialjson._core.plan import HIDDEN, Child, Failure, Plan, Shape, Switch
from partialjson._core.spec import ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING
from partialjson._core.target import Options
from partialjson.structs.msgspec.faults import ANY_KEY, Fault, at_index, at_key, failure_of, refusal, settled_by
from partialjson.structs.msgspec.partial import maker_for
from partialjson.structs.msgspec.specs import Specs
from partialjson.structs.msgspec.types import (
    LIMITS,
    Node,
    bare,
    branches_of,
    class_of,
    is_bound,
    kinds_of,
    limited,
    tagged_structs,
    type_of,
)

__all__ = ["Compiler", "DecHook"]

DecHook = Callable[[type[Any], Any], Any]

_EXACT: Final[dict[type[Node], int]] = {
    nodes.AnyType: STRING | INTEGER | BOOLEAN | NULL,
    nodes.NoneType: NULL,
    nodes.BoolType: BOOLEAN,
    nodes.IntType: INTEGER,
    nodes.StrType: STRING,
}
_ATOMS: Final = (STRING, INTEGER, FLOAT, BOOLEAN, NULL)

Close = Callable[[list[str | int], list[Any], Any, Options], Any]


class Unsupported(Exception):
    """A node is atomic."""


class Compiler:
    """Compiles the plans of one type."""

    def __init__(self, given: Any, strict: bool, dec_hook: DecHook | None) -> None:
        self.given = given
        self.strict = strict
        self.dec_hook = dec_hook
        self.node = nodes.type_info(given)
        self.specs = Specs(not strict)
        self.plans: dict[int, tuple[Node, Plan]] = {}
        self.anything: Plan | None = None

    def root(self) -> Plan:
        """The plan for the whole document.

        Raises:
            TypeError: msgspec does not support the type.
        """
        plan = self.plan(self.node, self.given)
        for node, each in list(self.plans.values()):
            follows = each.object or each.array or each.switch
            self.specs.set_atomic(node, follows is None and bool(kinds_of(node) & (OBJECT | ARRAY)))
        return plan

    def decoder(self, kind: Any) -> Callable[[str], Any]:
        """Decodes texts as values of a type; made when it is first needed."""
        decode: Callable[[str], Any] | None = None

        def decode_late(text: str) -> Any:
            nonlocal decode
            if decode is None:
                decode = msgspec.json.Decoder(kind, strict=self.strict, dec_hook=self.dec_hook).decode
            return decode(text)

        return decode_late

    def plan(self, node: Node, given: Any = None) -> Plan:
        """The plan for a node; ``given`` is the type that it is made from, where that is known."""
        found = self.plans.get(id(node))
        if found is not None:
            return found[1]
        decode = self.decoder(type_of(node) if given is None else given)
        plan = Plan(lambda text, run: settled_by(decode, text))
        self.plans[id(node)] = node, plan
        plan.spec = self.specs.spec(node)
        branches = branches_of(node)
        self.settle_by_value(plan, branches)
        plan.preview = self.previews(branches)
        self.follow(plan, branches, decode)
        return plan

    def settle_by_value(self, plan: Plan, branches: list[Node]) -> None:
        """Say which atoms are their own result."""
        for kind in _ATOMS:
            taking = [each for each in branches if kinds_of(each) & kind]
            if self.strict:
                if len(taking) == 1 and _is_exact(taking[0], kind):
                    plan.exact |= kind
                elif kind == FLOAT and len(taking) == 1 and _is_unlimited(taking[0], nodes.FloatType, nodes.AnyType):
                    plan.by_value |= FLOAT
            elif len(branches) == 1 and _is_exact(branches[0], kind):
                plan.exact |= kind
            elif kind == FLOAT and len(branches) == 1 and _is_unlimited(branches[0], nodes.FloatType, nodes.AnyType):
                plan.by_value |= FLOAT
        if plan.by_value:
            # msgspec refuses a number that is too large for a float.
            plan.settle_value = lambda value, run: value if isfinite(value) else None

    def previews(self, branches: list[Node]) -> bool:
        """Can nothing change a string here?"""
        taking = [each for each in branches if kinds_of(each) & STRING]
        if len(taking) != 1 or not (self.strict or len(branches) == 1):
            return False
        node = taking[0]
        return isinstance(node, nodes.AnyType) or (isinstance(node, nodes.StrType) and node.pattern is None)

    # Following inside.

    def follow(self, plan: Plan, branches: list[Node], decode: Callable[[str], Any]) -> None:
        """Give the plan of a container its shapes, where it can be followed."""
        objects = [each for each in branches if kinds_of(each) & OBJECT]
        arrays = [each for each in branches if kinds_of(each) & ARRAY]
        if any(isinstance(each, nodes.AnyType) for each in branches):
            if len(branches) == 1:
                self.follow_anything(plan)
            return
        tagged = tagged_structs(objects)
        if len(objects) == 1:
            with suppress(Unsupported):
                plan.object = self.object_shape(objects[0])
        elif objects and len(tagged) == len(objects):
            plan.switch = self.switch(tagged)
        if len(arrays) == 1:
            with suppress(Unsupported):
                plan.array = self.array_shape(arrays[0])

    def follow_anything(self, plan: Plan) -> None:
        """Plain JSON, whose numbers msgspec looks at."""
        if self.anything is None:
            self.anything = plan
        inside = self.anything
        plan.object = Shape(_dict_closer(None, None), {}, inside)
        plan.array = Shape(_collection_closer(_list_of, None), {}, inside)
        for shape in (plan.object, plan.array):
            shape.is_plain = shape.is_direct = True

    def child(self, node: Node) -> Plan:
        """The plan for a child of a container.

        Raises:
            Unsupported: it cannot settle before the container does.
        """
        if is_bound(node):
            raise Unsupported
        return self.plan(node)

    def switch(self, structs: list[nodes.StructType]) -> Switch:
        """Structs that one member tells apart."""
        key = structs[0].tag_field
        assert key is not None
        plans: dict[Any, Plan] = {}

        def decide(text: str, run: Options) -> Plan | None:
            told = json.loads(text)
            plan = plans.get((type(told), told)) if isinstance(told, str | int) else None
            return None if plan is None or plan.object is None else plan

        for each in structs:
            plans[type(each.tag), each.tag] = self.plan(each)
        return Switch(key, decide)

    def object_shape(self, node: Any) -> Shape:
        if isinstance(node, nodes.DictType):
            return self.dict_shape(node)
        if isinstance(node, nodes.StructType):
            return self.fields_shape(node, _Structs(node), maker_for(class_of(node)))
        if isinstance(node, nodes.TypedDictType):
            return self.fields_shape(node, _Dicts(node), None)
        if isinstance(node, nodes.DataclassType) and class_of(node).__new__ is object.__new__:
            return self.fields_shape(node, _Dataclasses(node), maker_for(class_of(node)))
        raise Unsupported

    def fields_shape(self, node: Any, makes: _Makes, wrap: Callable[[dict[str, Any], Any], Any] | None) -> Shape:
        """An object with fields of its own."""
        children = {each.encode_name: Child(each.name, self.child(each.type)) for each in node.fields}
        tag_field = getattr(node, "tag_field", None)
        if tag_field is not None:
            children[tag_field] = Child(tag_field, self.tag(node), HIDDEN)
        forbids = bool(getattr(node, "forbid_unknown_fields", False))
        required = frozenset(each.encode_name for each in node.fields if each.required)
        names = {each.encode_name: each.name for each in node.fields}
        keys = children.keys()
        complain = self.decoder(_fields_like(node, forbids))

        def quick(last: dict[str, Any], run: Options) -> Any:
            if not required <= last.keys() or (forbids and not last.keys() <= keys):
                return None
            return makes.make({names[key]: value for key, value in last.items() if key in names})

        def close(given: list[str | int], settled: list[Any], value: Any, run: Options) -> Any:
            faults: list[Fault] = []
            for key, child in zip(given, settled, strict=True):
                assert isinstance(key, str)
                if isinstance(child, Failure):
                    faults.append((at_key(key), child))
                elif forbids and key not in keys:
                    faults += _complaints(complain, [key])
            missing = [key for key in names if key in required and key not in value]
            for key in missing:
                faults += _complaints(complain, [each for each in names if each != key])
            if faults:
                return failure_of(faults)
            last = dict(zip(given, settled, strict=True))
            return makes.make({name: last[key] for key, name in names.items() if key in last})

        whole = wrap and (lambda members, run: wrap(members, run.missing))
        shape = Shape(close, children, None, whole)
        shape.quick = quick
        shape.is_direct = not forbids and all(key == name for key, name in names.items()) and tag_field is None
        return shape

    def tag(self, node: nodes.StructType) -> Plan:
        """The plan for the member that tells a struct from others."""
        key, tag = node.tag_field, node.tag
        assert key is not None
        decode = self.decoder(msgspec.defstruct("Tagged", [], tag_field=key, tag=tag))
        own = f".{key}`"

        def settle(text: str, run: Options) -> Any:
            result = settled_by(decode, f"{{{json.dumps(key)}:{text}}}")
            if not isinstance(result, Failure):
                return tag
            message = str(result.error)
            # The container puts the place there again.
            return Failure(msgspec.ValidationError(message.removesuffix(f" - at `${own}")))

        plan = Plan(settle)
        plan.by_value = STRING | INTEGER
        plan.settle_value = lambda value, run: value if type(value) is type(tag) and value == tag else None
        return plan

    def dict_shape(self, node: nodes.DictType) -> Shape:
        rest = self.child(node.value_type)
        if is_bound(node.key_type):
            raise Unsupported
        keys = bare(node.key_type)
        is_plain = _is_unlimited(keys, nodes.StrType, nodes.AnyType)
        read_key = None if is_plain else self.decoder(GenericAlias(dict, (type_of(keys), Any)))
        measure = self.decoder(limited(dict, node)) if _has_limits(node) else None

        shape = Shape(_dict_closer(read_key, measure), {}, rest)
        shape.is_plain = shape.is_direct = is_plain and measure is None
        return shape

    def array_shape(self, node: Any) -> Shape:
        if isinstance(node, nodes.CollectionType):
            measure = self.decoder(limited(list, node)) if _has_limits(node) else None
            make = _COLLECTIONS[type(node)]
            shape = Shape(_collection_closer(make, measure), {}, self.child(node.item_type))
            shape.is_plain = shape.is_direct = isinstance(node, nodes.ListType) and measure is None
            return shape
        if isinstance(node, nodes.TupleType):
            items = [Child("", self.child(each)) for each in node.item_types]
            measure = self.decoder(GenericAlias(tuple, (Any,) * len(items)))
            return Shape(_row_closer(tuple, measure), {}, None, None, items)
        if isinstance(node, nodes.NamedTupleType):
            return self.row_shape(node, lambda given: class_of(node)(*given), len(node.fields))
        if isinstance(node, nodes.StructType) and node.tag_field is None:
            makes = _Structs(node)
            names = [each.name for each in node.fields]
            return self.row_shape(node, lambda given: makes.make(dict(zip(names, given, strict=False))), len(names))
        raise Unsupported

    def row_shape(self, node: Any, make: Callable[[list[Any]], Any], size: int) -> Shape:
        """An array whose places are the fields of a class."""
        items = [Child("", self.child(each.type)) for each in node.fields]
        if isinstance(node, nodes.NamedTupleType):
            measure = self.decoder(_named_tuple_like(node))
        else:
            measure = self.decoder(_fields_like(node, node.forbid_unknown_fields, array_like=True))
        return Shape(_row_closer(lambda settled: make(settled[:size]), measure), {}, None, None, items)


# What containers are made of.


def _list_of(settled: list[Any]) -> list[Any]:
    return settled


_COLLECTIONS: Final[dict[type[Node], Callable[[list[Any]], Any]]] = {
    nodes.ListType: _list_of,
    nodes.SetType: set,
    nodes.FrozenSetType: frozenset,
    nodes.VarTupleType: tuple,
}


class _Structs:
    """Makes Structs of fields that have settled."""

    def __init__(self, node: Any) -> None:
        self.cls = class_of(node)
        self.asks = hasattr(self.cls, "__post_init__")
        self.factories = {
            each.name: each.default_factory for each in node.fields if each.default_factory is not NODEFAULT
        }

    def make(self, fields: dict[str, Any]) -> Any:
        """The object, or a ``Failure`` with what its class says against it."""
        if not self.asks:
            return self.cls(**fields)
        # Called here, so that an error of theirs is not taken for one of the class.
        made = {name: factory() for name, factory in self.factories.items() if name not in fields}
        try:
            return self.cls(**fields, **made)
        except (ValueError, TypeError) as error:
            return refusal(error)


class _Dataclasses:
    """Makes dataclasses and classes of attrs in msgspec's way: without their ``__init__`` and without converters."""

    def __init__(self, node: Any) -> None:
        self.cls = class_of(node)
        self.fields = node.fields
        attributes = getattr(self.cls, "__attrs_attrs__", ())
        self.validated = [each for each in attributes if each.validator is not None]
        self.begin = getattr(self.cls, "__attrs_pre_init__", None)
        self.finish = getattr(self.cls, "__attrs_post_init__" if attributes else "__post_init__", None)

    def make(self, fields: dict[str, Any]) -> Any:
        """The object, or a ``Failure`` with what its class says against it."""
        made = self.cls.__new__(self.cls)
        if self.begin is not None:
            self.begin(made)
        for field in self.fields:
            object.__setattr__(made, field.name, fields[field.name] if field.name in fields else _default(field))
        try:
            for attribute in self.validated:
                attribute.validator(made, attribute, getattr(made, attribute.name))
            if self.finish is not None:
                self.finish(made)
        except (ValueError, TypeError) as error:
            return refusal(error)
        return made


class _Dicts:
    """Makes typed dictionaries, which are dicts."""

    def __init__(self, node: Any) -> None:
        pass

    def make(self, fields: dict[str, Any]) -> Any:
        return fields


_Makes = _Structs | _Dataclasses | _Dicts


def _default(field: nodes.Field) -> Any:
    if field.default is not NODEFAULT:
        return field.default
    return UNSET if field.default_factory is NODEFAULT else field.default_factory()


# How containers settle.


def _dict_closer(read_key: Callable[[str], Any] | None, measure: Callable[[str], Any] | None) -> Close:
    """For a dict: how its keys are read, if they are not plain strings, and what knows the limits of its size."""

    def close(given: list[str | int], settled: list[Any], value: Any, run: Options) -> Any:
        faults: list[Fault] = []
        made: dict[Any, Any] = {}
        for key, child in zip(given, settled, strict=True):
            own: Any = key
            if read_key is not None:
                read: Any = settled_by(read_key, f"{{{json.dumps(key)}:0}}")
                if isinstance(read, Failure):
                    faults.append(("", read))
                else:
                    own = next(iter(read))
            if isinstance(child, Failure):
                faults.append((ANY_KEY, child))
            elif not faults:
                made[own] = child
        if not faults and measure is not None:
            faults = _complaints(measure, map(str, range(len(made))))
        return failure_of(faults) if faults else made

    return close


def _collection_closer(make: Callable[[list[Any]], Any], measure: Callable[[str], Any] | None) -> Close:
    """For a list, set or tuple of equal elements; the limits apply to what is made."""

    def close(keys: list[str | int], settled: list[Any], value: Any, run: Options) -> Any:
        faults = _faults_inside(keys, settled)
        if faults:
            return failure_of(faults)
        try:
            made = make(settled)
        except TypeError as error:
            # An element of a set that has no hash. msgspec raises this error, too.
            return Failure(error.with_traceback(None))
        if measure is not None:
            faults = _complaints(measure, len(made))
        return failure_of(faults) if faults else made

    return close


def _row_closer(make: Callable[[list[Any]], Any], measure: Callable[[str], Any]) -> Close:
    """For an array with a place for each element."""

    def close(keys: list[str | int], settled: list[Any], value: Any, run: Options) -> Any:
        faults = _faults_inside(keys, settled) + _complaints(measure, len(settled))
        return failure_of(faults) if faults else make(settled)

    return close


def _faults_inside(keys: list[str | int], settled: list[Any]) -> list[Fault]:
    return [
        (at_index(key), child)
        for key, child in zip(keys, settled, strict=True)
        if isinstance(child, Failure) and isinstance(key, int)
    ]


# Skeletons: what msgspec says of keys and lengths.


def _complaints(decode: Callable[[str], Any], given: Iterable[str] | int) -> list[Fault]:
    """What is wrong with an object that has these keys, or an array with that many elements."""
    if isinstance(given, int):
        text = f"[{','.join(['0'] * given)}]"
    else:
        text = f"{{{','.join([f'{json.dumps(key)}:0' for key in given])}}}"
    result = settled_by(decode, text)
    return [("", result)] if isinstance(result, Failure) else []


def _fields_like(node: Any, forbids: bool, array_like: bool = False) -> Any:
    """A Struct with the same keys that takes anything under each."""
    fields = [(f"f{at}", Any) if each.required else (f"f{at}", Any, None) for at, each in enumerate(node.fields)]
    return msgspec.defstruct(
        "Fields",
        fields,
        rename={f"f{at}": each.encode_name for at, each in enumerate(node.fields)},
        kw_only=True,
        forbid_unknown_fields=forbids,
        array_like=array_like,
    )


def _named_tuple_like(node: nodes.NamedTupleType) -> Any:
    """A named tuple with as many places that takes anything in each."""
    optional = sum(not each.required for each in node.fields)
    return namedtuple("Row", [f"f{at}" for at in range(len(node.fields))], defaults=[0] * optional)


# Questions about nodes.


def _has_limits(node: Any) -> bool:
    return any(getattr(node, name, None) is not None for name in LIMITS)


def _is_unlimited(node: Node, *kinds: type[Node]) -> bool:
    return isinstance(node, kinds) and not _has_limits(node)


def _is_exact(node: Node, kind: int) -> bool:
    """Is a parsed value of this JSON kind its own result?"""
    return bool(_EXACT.get(type(node), 0) & kind) and not _has_limits(node)
