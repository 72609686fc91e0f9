"""From the nodes of a converter to plans, so that each value is structured once, when it closes.

What is not followed settles by its hook, from its text. A container that is followed closes by cattrs's own code, too:
the same function that makes it in one shot runs on the document's value, but the hooks of what is inside are replaced
by ones that hand out what has settled there, or raise what failed. So defaults, converters, validators, forbidden keys,
messages and notes are those of cattrs, and an object that was shown complete is the same object in the end. There are
three ways to replace hooks:

- the function generated for a class or a tuple takes them as arguments with defaults;
- the function generated for a dict finds them among its globals, so a copy with other globals is made;
- other functions ask their converter, so they are run with a ``_Settled`` in its place.

A field that the class itself changes (a converter of attrs), or that is set after the object is made, is not shown
before the object closes, and settles by its own hook then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import FunctionType
from typing import Any, Final

from cattrs import BaseConverter, cols

from partialjson._core.plan import HIDDEN, Child, Failure, Plan, Shape, Switch
from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, OBJECT, STRING
from partialjson._core.target import Options
from partialjson.structs.cattrs.faults import copied, settled_by
from partialjson.structs.cattrs.nodes import (
    Anything,
    Choice,
    Fields,
    Items,
    Map,
    Native,
    Node,
    Nodes,
    Nullable,
    Row,
    Scalar,
    bare,
)
from partialjson.structs.cattrs.partial import Dumper, maker_for
from partialjson.structs.cattrs.specs import Specs

__all__ = ["Compiler"]

Keys = list[str | int]

_EXACT: Final[dict[Any, int]] = {str: STRING, int: INTEGER, float: FLOAT, bool: BOOLEAN}
_ATOMS: Final = STRING | INTEGER | FLOAT | BOOLEAN
_FACTORIES: Final[dict[type[Any], Any]] = {
    list: cols.list_structure_factory,
    # Older versions have a method for it.
    tuple: getattr(cols, "homogenous_tuple_structure_factory", None),
}


class Compiler:
    """Compiles the plans of one type for one converter."""

    def __init__(self, given: Any, converter: BaseConverter, is_usual: bool) -> None:
        self.converter = converter
        self.is_usual = is_usual
        self.nodes = Nodes(converter)
        self.node = self.nodes.of(given)
        self.specs = Specs()
        self.plans: dict[tuple[Node, str | None], Plan] = {}
        self.keys: dict[tuple[Any, str], str] = {}

    def root(self) -> Plan:
        """The plan for the whole document."""
        plan = self.plan(self.node)
        for (node, _), each in list(self.plans.items()):
            follows = each.object or each.array or each.switch
            spec = self.specs.spec(node).filled()
            spec.atomic = follows is None and bool(spec.usual & (OBJECT | ARRAY)) and not isinstance(node, Anything)
        return plan

    def key_of(self, cls: Any, name: str) -> str:
        """The key of a field in the document."""
        return self.keys.get((cls, name), name)

    def run(self, make: Callable[[], Any]) -> Any:
        return settled_by(make, self.key_of)

    def plan(self, node: Node, without: str | None = None) -> Plan:
        """The plan for a node; ``without``: the object is made without this member, which told what it is."""
        found = self.plans.get((node, without))
        if found is not None:
            return found
        hook, given = node.hook, node.type
        plan = Plan(lambda text, run: self.run(lambda: hook(json.loads(text), given)))
        self.plans[node, without] = plan
        plan.spec = self.specs.spec(node)
        plan.exact = _exact(node)
        plan.preview = bool(plan.exact & STRING)
        if isinstance(bare(node), Scalar):
            plan.by_value = _ATOMS
            plan.settle_value = partial(_called, hook, given)
        self.follow(plan, bare(node), without)
        return plan

    def follow(self, plan: Plan, node: Node, without: str | None) -> None:
        """Give the plan of a container its shapes, where it can be followed."""
        if isinstance(node, Fields):
            plan.object = self.fields_shape(node, without)
        elif isinstance(node, Map):
            plan.object = self.map_shape(node)
        elif isinstance(node, Items):
            plan.array = self.items_shape(node)
        elif isinstance(node, Row):
            plan.array = self.row_shape(node)
        elif isinstance(node, Choice):
            plan.switch = self.switch(node)
        elif isinstance(node, Native) and node.other is not None:
            self.follow(plan, bare(node.other), None)

    def switch(self, node: Choice) -> Switch:
        """Objects that one member tells apart."""
        removed = node.key if node.removes else None
        plans = {word: self.plan(each, removed) for word, each in node.by_word.items()}
        default = None if node.default is None else self.plan(node.default, removed)

        def decide(text: str, run: Options) -> Plan | None:
            told = json.loads(text)
            # As in a dict of Python, 1 and 1.0 and true are equal.
            plan = default if isinstance(told, list | dict) else plans.get(told, default)
            return None if plan is None or (plan.object is None and plan.switch is None) else plan

        return Switch(node.key, decide)

    def fields_shape(self, node: Fields, without: str | None) -> Shape:
        """An object with fields of its own."""
        arguments: dict[str, str] = {}
        children: dict[str, Child] = {}
        names = {member.name: member.key for member in node.members}
        self.keys.update({(node.cls, name): key for name, key in names.items()})
        for member in node.members:
            if member.is_late:
                children[member.key] = Child(member.name, None, HIDDEN)
                continue
            children[member.key] = Child(member.name, self.plan(member.node))
            if member.argument is not None:
                arguments[member.key] = member.argument
        if without is not None:
            children[without] = Child(without, None, HIDDEN)
            arguments.pop(without, None)
        hook: Any = node.hook
        given = node.type

        def close(keys: Keys, settled: list[Any], value: Any, run: Options) -> Any:
            hooks = {
                arguments[key]: partial(_given, child)
                for key, child in zip(keys, settled, strict=True)
                if isinstance(key, str) and key in arguments
            }
            if without is not None:
                value = {key: each for key, each in value.items() if key != without}
            return self.run(lambda: hook(value, given, **hooks))

        rest = self.plan(self.nodes.inside(Any)) if node.is_dict and not node.forbids else None
        if node.is_dict or issubclass(node.cls, tuple):
            return Shape(close, children, rest)
        types = {member.name: member.node.type for member in node.members}
        make = maker_for(node.cls, None if self.is_usual else Dumper(self.converter, names, types))
        return Shape(close, children, rest, lambda members, run: make(members, run.missing))

    def map_shape(self, node: Map) -> Shape:
        rest = self.plan(node.value)
        hook: Any = node.hook

        def close(keys: Keys, settled: list[Any], value: Any, run: Options) -> Any:
            last = dict(zip(keys, settled, strict=True))
            names = {**hook.__globals__, "__cattr_v_s": _Settled(last.values(), False).give}
            made = FunctionType(hook.__code__, names, hook.__name__, hook.__defaults__, hook.__closure__)
            return self.run(lambda: made(value, node.type))

        shape = Shape(close, {}, rest)
        keeps_keys = isinstance(node.key, Anything) or (isinstance(node.key, Scalar) and node.key.type is str)
        shape.is_plain = shape.is_direct = keeps_keys and node.makes is dict
        return shape

    def items_shape(self, node: Items) -> Shape:
        hook: Any = node.hook
        factory: Any = _FACTORIES.get(node.makes)
        detailed = self.converter.detailed_validation

        def close(keys: Keys, settled: list[Any], value: Any, run: Options) -> Any:
            source: Any = _Settled(settled, detailed)
            if len(settled) < len(value):
                # Bad elements are left out.
                value = [value[key] for key in keys]
            if hasattr(hook, "__func__"):
                return self.run(lambda: hook.__func__(source, value, node.type))
            return self.run(lambda: factory(node.type, source)(value, node.type))

        shape = Shape(close, {}, self.plan(node.item))
        shape.is_plain = shape.is_direct = not hasattr(hook, "__func__") and node.makes is list
        return shape

    def row_shape(self, node: Row) -> Shape:
        inner = node if node.inner is None else node.inner
        hook: Any = inner.hook
        make = node.make
        detailed = self.converter.detailed_validation

        def run_inner(settled: list[Any], value: Any) -> Any:
            if hasattr(hook, "__func__"):
                row = hook.__func__(_Settled(settled, detailed), value, inner.type)
            else:
                hooks = {
                    f"__c_structure_{at}": partial(_given, child) for at, child in enumerate(settled[: len(node.items)])
                }
                row = hook(value, inner.type, **hooks)
            return row if make is None else make(*row)

        def close(keys: Keys, settled: list[Any], value: Any, run: Options) -> Any:
            return self.run(lambda: run_inner(settled, value))

        items = [Child("", self.plan(each)) for each in node.items]
        return Shape(close, {}, None, None, items)


class _Settled:
    """In place of a converter: whatever is asked of its hooks, they hand out what has settled, in order."""

    def __init__(self, settled: Iterable[Any], detailed: bool) -> None:
        self.settled: Iterator[Any] = iter(settled)
        self.detailed_validation = detailed

    def give(self, value: Any, given: Any = None) -> Any:
        return _given(next(self.settled), value)

    def get_structure_hook(self, given: Any, cache_result: bool = True) -> Callable[..., Any]:
        return self.give

    dispatch = get_structure_hook

    @property
    def _structure_func(self) -> _Settled:
        return self

    def _structure_set(self, value: Any, given: Any, structure_to: type[Any] = set) -> Any:
        make_set: Any = BaseConverter._structure_set
        return make_set(self, value, given, structure_to)


def _given(child: Any, value: Any, given: Any = None) -> Any:
    """In place of a hook: what has settled, or the error of what failed."""
    if isinstance(child, Failure):
        raise copied(child.error)
    return child


def _called(hook: Callable[..., Any], given: Any, value: Any, run: Options) -> Any:
    try:
        return hook(value, given)
    except Exception:
        # It settles from its text, which gives the error.
        return None


def _exact(node: Node) -> int:
    """The kinds of which a parsed value is its own result."""
    if isinstance(node, Nullable):
        return NULL | _exact(node.inner)
    if isinstance(node, Anything):
        return ANYTHING
    if isinstance(node, Scalar):
        return _EXACT[node.type]
    return node.kinds if isinstance(node, Native) else 0
