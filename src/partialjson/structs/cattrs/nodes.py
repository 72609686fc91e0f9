"""What a converter of cattrs does with a type, for the two compilers: ``specs`` and ``plans``.

A converter has a *hook* for each type: a function that makes a value of the type from plain data. It is all there is to
know, since users replace hooks, and configure those that cattrs makes. So the graph of nodes is read from the hooks,
not from the types: ``Nodes.node`` looks at a hook of cattrs's own, by its name, and takes from its closure and its
defaults which hooks it calls for what is inside. Whatever it does not know, a hook of the user's own or one of a later
version of cattrs, is ``Opaque``: such a value settles as a whole, by the hook. So a hook that is not known costs the
view inside, and never a wrong result.

The function that cattrs generates for a class takes the hooks of its fields as arguments with defaults. Which key goes
to which of them, which keys are required and under which name each result ends up is found by running the function on a
*probe*: an object that has any key, or none, with a class that only notes what it is called with.

``kinds_of`` is about what a hook takes, not what it is meant for: ``int`` reads a string, ``str`` reads anything, and a
list is made of whatever can be iterated.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field
from functools import partial
from types import FunctionType, MethodType
from typing import Any, Final, TypeVar, get_args, get_origin

import attrs
from cattrs import BaseConverter

from partialjson._core.spec import ANYTHING, ARRAY, BOOLEAN, FLOAT, INTEGER, NULL, NUMBER, OBJECT, STRING, kind_of

__all__ = [
    "Anything",
    "Choice",
    "Either",
    "Fields",
    "Items",
    "Map",
    "Member",
    "Native",
    "Node",
    "Nodes",
    "Nullable",
    "Opaque",
    "Row",
    "Scalar",
    "Word",
    "bare",
    "children_of",
    "is_nullable",
    "kinds_of",
]

Hook = Callable[..., Any]
NodeT = TypeVar("NodeT", bound="Node")


@dataclass(eq=False)
class Node:
    """A place: ``hook(value, type)`` makes what stands there."""

    hook: Hook
    type: Any


@dataclass(eq=False)
class Opaque(Node):
    """Only the hook knows."""


@dataclass(eq=False)
class Anything(Node):
    """Any value, as it is."""


@dataclass(eq=False)
class Scalar(Node):
    """``type(value)``, for str, int, float and bool."""


@dataclass(eq=False)
class Word(Node):
    """One of a few values: of an enum, or of a literal. ``words`` has them as they are in the document, and what each
    becomes."""

    words: list[tuple[Any, Any]]


@dataclass(eq=False)
class Nullable(Node):
    """``None``, or what ``inner`` makes."""

    inner: Node = field(init=False)


@dataclass(eq=False)
class Native(Node):
    """Values of some kinds of atoms as they are, some words, and whatever else ``other`` makes."""

    kinds: int
    words: list[tuple[Any, Any]]
    other: Node | None = None


@dataclass(eq=False)
class Items(Node):
    """A collection of equal elements; ``makes`` is what it becomes."""

    makes: type[Any]
    item: Node = field(init=False)


@dataclass(eq=False)
class Row(Node):
    """A tuple with a place for each element; ``inner`` makes it, if something more is made of it by ``make``."""

    items: list[Node] = field(default_factory=list)
    inner: Node | None = None
    make: Callable[..., Any] | None = None


@dataclass(eq=False)
class Map(Node):
    """A dict; ``makes`` is what it becomes."""

    makes: Any
    key: Node = field(init=False)
    value: Node = field(init=False)


@dataclass(eq=False)
class Member:
    """A field of a class.

    Attributes:
        name: of the attribute.
        key: its name in the document.
        argument: under which name the hook takes the hook of this field; None if it takes the value as it is.
        required: is an object without it invalid?
        node: what stands there.
        is_late: it is set after the object is made, or changed by the class itself: nothing of it is shown before.
    """

    name: str
    key: str
    argument: str | None
    required: bool
    node: Node
    is_late: bool
    default: Any = attrs.NOTHING


@dataclass(eq=False)
class Fields(Node):
    """An object with fields of its own; ``cls`` is its class, and ``is_dict`` says of a TypedDict."""

    cls: Any
    forbids: bool
    is_dict: bool
    members: list[Member] = field(default_factory=list)


@dataclass(eq=False)
class Choice(Node):
    """An object that a member tells what to be.

    Attributes:
        key: the member.
        by_word: what is made for each of its values.
        default: what is made if there is none of them; None if that is an error.
        removes: the object is made without this member.
        nullable: may ``null`` stand here?
    """

    key: str
    removes: bool
    nullable: bool
    by_word: dict[Any, Node] = field(default_factory=dict)
    default: Node | None = None


@dataclass(eq=False)
class Either(Node):
    """One of several, told apart by the keys that come: known only when all have come."""

    nullable: bool
    branches: list[Node] = field(default_factory=list)


class Unknown(Exception):
    """A hook is not as expected."""


# Hooks that only hand on what they are given, and the names under which they keep the hook and the type.
_WRAPPERS: Final = {
    "Converter.gen_structure_annotated.<locals>.<lambda>": ("hook", "origin"),
    "Converter.get_structure_newtype.<locals>.<lambda>": ("handler", "base"),
    "BaseConverter._structure_final_factory.<locals>.<lambda>": ("res", "__base"),
    "type_alias_structure_factory.<locals>.<lambda>": ("res", "__base"),
    "_include_subclasses_with_union_strategy.<locals>.sh": ("_s", "_u"),
}
_COLLECTIONS: Final[dict[str, type[Any]]] = {
    "list_structure_factory.<locals>.structure_list": list,
    "homogenous_tuple_structure_factory.<locals>.structure_tuple": tuple,
    "BaseConverter._structure_set": set,
    "BaseConverter._structure_frozenset": frozenset,
    "BaseConverter._structure_deque": list,
}
_ANY: Final = "BaseConverter.__init__.<locals>.<lambda>"
_TUPLE: Final = "BaseConverter._structure_tuple"


class Nodes:
    """Reads the hooks of a converter; each node is made once."""

    def __init__(self, converter: BaseConverter) -> None:
        self.converter = converter
        # A hook and its type are kept by the node, since their ids are its key.
        self.made: dict[Any, Node] = {}

    def of(self, given: Any) -> Node:
        """The node of a type.

        Raises:
            cattrs.StructureHandlerNotFoundError: the converter has no hook for the type.
        """
        return self.node(self.converter.get_structure_hook(given), given)

    def inside(self, given: Any) -> Node:
        """The node of a type inside; ``Opaque`` if there is no hook, since cattrs says so when a value comes."""
        try:
            return self.of(given)
        except Exception:
            return self.opaque(self.converter.structure, given)

    def node(self, hook: Hook, given: Any) -> Node:
        """The node of a hook and the type that it is called with."""
        key: Any = (getattr(hook, "__func__", hook), _hashable(given))
        found = self.made.get(key)
        if found is not None:
            return found
        try:
            return self.read(key, hook, given)
        except Exception:
            return self.opaque(hook, given)

    def opaque(self, hook: Hook, given: Any) -> Node:
        key: Any = (getattr(hook, "__func__", hook), _hashable(given))
        self.made[key] = made = Opaque(hook, given)
        return made

    def keep(self, key: Any, made: NodeT) -> NodeT:
        """Note a node before what is inside is read, which may lead back to it."""
        self.made[key] = made
        return made

    def read(self, key: Any, hook: Hook, given: Any) -> Node:
        """Make the node; raises whatever comes of it if the hook is not one that is known."""
        if isinstance(hook, MethodType) and isinstance(hook.__self__, BaseConverter):
            if hook.__func__ is type(hook.__self__).structure:
                # Late binding, where classes lie in each other.
                return self.inside(given)
            name = _own_name(hook.__func__)
        else:
            name = _own_name(hook)
        if hook == BaseConverter._structure_call:
            return self.read_call(key, hook, given)
        if name == _ANY:
            return self.keep(key, Anything(hook, given))
        if name in _WRAPPERS:
            return self.read_wrapper(name, hook)
        if name in _COLLECTIONS:
            made = self.keep(key, Items(hook, given, _COLLECTIONS[name]))
            made.item = self.inside(get_args(given)[0] if get_args(given) else Any)
            return made
        if name == _TUPLE:
            return self.read_tuple(key, hook, given)
        if name == "BaseConverter._structure_optional":
            nullable = self.keep(key, Nullable(hook, given))
            nullable.inner = self.inside(next(each for each in get_args(given) if each is not type(None)))
            return nullable
        if name in ("BaseConverter._structure_simple_literal", "BaseConverter._structure_enum_literal"):
            words = [(each.value if isinstance(each, enum.Enum) else each, each) for each in get_args(given)]
            return self.keep(key, Word(hook, given, words))
        if name == "enum_structure_factory.<locals>.<lambda>" and "_value_" not in getattr(
            given, "__annotations__", {}
        ):
            return self.read_enum(key, hook, given)
        if name.endswith(".structure_native_union"):
            return self.read_native(key, hook, given)
        if name == "namedtuple_structure_factory.<locals>.<lambda>":
            held = _held_by(hook)
            inner = self.node(held["base_hook"], held["hetero_tuple_type"])
            if not isinstance(inner, Row):
                raise Unknown
            return self.keep(key, Row(hook, given, inner.items, inner, held["cl"]))
        if name == "BaseConverter._gen_attrs_union_structure.<locals>.structure_attrs_union":
            return self.read_union(key, hook, given, _held_by(hook)["dis_fn"], type(None) in get_args(given))
        if name == "_include_subclasses_without_union_strategy.<locals>.struct_hook":
            return self.read_subclasses(key, hook, given)
        if name == "configure_tagged_union.<locals>.structure_tagged_union":
            return self.read_tagged(key, hook, given)
        return self.read_generated(key, hook, given)

    def read_wrapper(self, name: str, hook: Hook) -> Node:
        held = _held_by(hook)
        inner, base = (held.get(each) for each in _WRAPPERS[name])
        if inner is None:
            # An alias of str, int or the like.
            return self.inside(base)
        return self.node(inner, base)

    def read_call(self, key: Any, hook: Hook, given: Any) -> Node:
        if given in (str, int, float, bool):
            return self.keep(key, Scalar(hook, given))
        if isinstance(given, type) and issubclass(given, enum.Enum):
            return self.read_enum(key, hook, given)
        raise Unknown

    def read_enum(self, key: Any, hook: Hook, given: Any) -> Node:
        usual: Any = enum.Enum._missing_
        if getattr(given._missing_, "__func__", None) is not usual.__func__ or "__new__" in given.__dict__:
            raise Unknown
        words = [(member.value, member) for member in given]
        if not all(isinstance(word, str | int | float | bool | None) for word, _ in words):
            raise Unknown
        return self.keep(key, Word(hook, given, words))

    def read_tuple(self, key: Any, hook: Hook, given: Any) -> Node:
        args = get_args(given)
        if not args or args[-1] is Ellipsis:
            made = self.keep(key, Items(hook, given, tuple))
            made.item = self.inside(args[0] if args else Any)
            return made
        row = self.keep(key, Row(hook, given))
        row.items += [self.inside(each) for each in args]
        return row

    def read_native(self, key: Any, hook: Hook, given: Any) -> Node:
        held = _held_by(hook)
        kinds = 0
        for each, kind in _NATIVE.items():
            kinds |= kind if each in held["classes"] else 0
        # A set, whose order is another one in each process.
        words = [(word, word) for word in sorted(held["vals"], key=repr)]
        made = self.keep(key, Native(hook, given, kinds, words))
        if "spillover" in held:
            made.other = self.inside(held["spillover"])
        return made

    def read_union(self, key: Any, hook: Hook, given: Any, decide: Hook, nullable: bool) -> Node:
        """Classes that a member with a literal type tells apart, or the keys that one of them alone has."""
        held = _held_by(decide)
        if "final_mapping" in held:
            made = self.keep(key, Choice(hook, given, held["best_discriminator"], False, nullable))
            for word, cls in held["final_mapping"].items():
                made.by_word[word] = self.inside(cls)
            return made
        either = self.keep(key, Either(hook, given, nullable))
        branches = [*held["uniq_attrs_dict"].values(), held.get("fallback")]
        either.branches += [self.inside(each) for each in branches if each is not None]
        return either

    def read_subclasses(self, key: Any, hook: Hook, given: Any) -> Node:
        held = _held_by(hook)
        if "_dis_fn" not in held:
            return self.node(held["_base_hook"], held["_cl"])
        made = self.read_union(key, hook, given, held["_dis_fn"], False)
        if isinstance(made, Choice):
            own = self.node(held["_base_hook"], held["_cl"])
            made.by_word = {word: own if each is made else each for word, each in made.by_word.items()}
        elif isinstance(made, Either):
            own = self.node(held["_base_hook"], held["_cl"])
            made.branches = [own if each is made else each for each in made.branches]
        return made

    def read_tagged(self, key: Any, hook: Hook, given: Any) -> Node:
        held = _held_by(hook)
        hooks = held["_tag_to_cl"] if "_tag_to_cl" in held else held["_tag_to_hook"]
        removes = "pop" in hook.__code__.co_names
        made = self.keep(key, Choice(hook, given, held["_tag_name"], removes, False))
        for word, each in list(hooks.items()):
            if _own_name(each) == "configure_tagged_union.<locals>.structure_union_member":
                inner = _held_by(each)
                made.by_word[word] = self.node(inner["_h"], inner["_cl"])
        if "_dh" in held:
            made.default = self.node(held["_dh"], held["_default"])
        return made

    # Functions that cattrs generates.

    def read_generated(self, key: Any, hook: Hook, given: Any) -> Node:
        if not isinstance(hook, FunctionType):
            raise Unknown
        names = hook.__globals__
        defaults = _defaults_of(hook)
        if "__cattr_mapping_cl" in names:
            made = self.keep(key, Map(hook, given, names["__cattr_mapping_cl"]))
            if "__cattr_v_s" in names:
                made.key = self.of_argument(names["__cattr_k_s"], names["__cattr_k_t"])
                made.value = self.of_argument(names["__cattr_v_s"], names["__cattr_v_t"])
            else:
                made.key = made.value = self.inside(Any)
            return made
        if hook.__name__ == "structure_tuple" and "__cl" in defaults and "__c_structure_0" in defaults:
            row = self.keep(key, Row(hook, given))
            row.items += [
                self.of_argument(defaults[f"__c_structure_{at}"], each) for at, each in enumerate(get_args(given))
            ]
            return row
        if "__cl" in defaults and hasattr(hook, "overrides"):
            return self.read_class(key, hook, given, defaults)
        raise Unknown

    def of_argument(self, hook: Any, given: Any) -> Node:
        """The node of a hook as generated functions keep it: for what is only called with the value, the type."""
        if hook is None:
            return self.inside(Any)
        return self.inside(given) if hook is given else self.node(hook, given)

    def read_class(self, key: Any, hook: Any, given: Any, defaults: dict[str, Any]) -> Node:
        cls = defaults["__cl"]
        is_dict = issubclass(cls, dict)
        every = _probed(hook, given, defaults, True)
        needed = _probed(hook, given, defaults, False).read
        if len(every.read) != len(every.places) or len({place.key for place in every.places}) != len(every.places):
            raise Unknown
        made = self.keep(key, Fields(hook, given, cls, "__c_a" in hook.__globals__, is_dict))
        known = {each.name: each for each in _attributes(cls)}
        by_alias = {getattr(each, "alias", None) or each.name: each for each in known.values()}
        for place in every.places:
            if is_dict:
                name, attribute = str(place.name), None
            else:
                attribute = _positional(cls, hook)[place.name] if isinstance(place.name, int) else None
                attribute = attribute or (known if place.is_late else by_alias).get(str(place.name))
                name = attribute.name if attribute is not None else str(place.name)
            argument = every.arguments.get(place.key)
            inside: Node
            if argument is None:
                inside = self.inside(Any)
            else:
                # What is only called with the value is its own type.
                kind = defaults.get("__c_type_" + argument.removeprefix("__c_structure_"), defaults[argument])
                inside = self.of_argument(defaults[argument], kind)
            changes = getattr(attribute, "converter", None) is not None
            default = getattr(attribute, "default", attrs.NOTHING)
            required = place.key in needed and not (place.is_late and "__c_cve" in defaults)
            made.members.append(Member(name, place.key, argument, required, inside, place.is_late or changes, default))
        return made


_NATIVE: Final[dict[type[Any], int]] = {
    str: STRING,
    int: INTEGER,
    float: FLOAT,
    bool: BOOLEAN,
    type(None): NULL,
}


# Looking into hooks.


def _own_name(hook: Any) -> str:
    """The name of a function of cattrs; empty for any other one."""
    module = getattr(hook, "__module__", None) or ""
    return str(getattr(hook, "__qualname__", "")) if module.partition(".")[0] == "cattrs" else ""


def _held_by(hook: Any) -> dict[str, Any]:
    """What a function keeps in its closure and in the defaults of its arguments, by name."""
    held = dict(zip(hook.__code__.co_freevars, hook.__closure__ or (), strict=True))
    found = {name: cell.cell_contents for name, cell in held.items()}
    for name, value in _defaults_of(hook).items():
        # An argument of a function in a class may have the name of the class before its own.
        found["__base" if name.endswith("__base") else name] = value
    return found


def _defaults_of(hook: Any) -> dict[str, Any]:
    names = hook.__code__.co_varnames[: hook.__code__.co_argcount]
    defaults = hook.__defaults__ or ()
    return dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))


def _hashable(given: Any) -> Any:
    try:
        hash(given)
    except TypeError:
        return id(given)
    return given


def _attributes(cls: Any) -> list[Any]:
    """The fields of a class of attrs, a dataclass or a named tuple."""
    if attrs.has(cls):
        return list(attrs.fields(get_origin(cls) or cls))
    return list(getattr(cls, "__dataclass_fields__", {}).values())


def _positional(cls: Any, hook: Any) -> list[Any]:
    """The fields that are given by position: cattrs does so with the required ones, where it does not look for all
    errors."""
    found = []
    for each in _attributes(cls):
        override = hook.overrides.get(each.name)
        is_left_out = (override is not None and override.omit) or not each.init
        if not _has_default(each) and not is_left_out and not each.kw_only:
            found.append(each)
    return found


def _has_default(attribute: Any) -> bool:
    """Does a field of attrs or of a dataclass have a default, or something that makes one?"""
    factory = getattr(attribute, "default_factory", MISSING)
    return factory is not MISSING or (attribute.default is not attrs.NOTHING and attribute.default is not MISSING)


@dataclass
class _Place:
    """Where the value under a key ended up: an argument of the class by name or position, or an attribute."""

    name: str | int
    key: str
    is_late: bool


@dataclass(eq=False)
class _Token:
    """Stands for the value under a key."""

    key: str


class _Probe(dict[str, Any]):
    """An object that has any key, or none, and notes those that are read."""

    def __init__(self, has_all: bool) -> None:
        super().__init__()
        self.has_all = has_all
        self.read: dict[str, None] = {}
        self.arguments: dict[str, str] = {}
        self.places: list[_Place] = []

    def __contains__(self, key: object) -> bool:
        return self.has_all

    def __getitem__(self, key: str) -> _Token:
        self.read[key] = None
        return _Token(key)

    def copy(self) -> _Result:
        return _Result()

    def hand_on(self, argument: str, token: _Token, _: Any = None) -> _Token:
        """In place of the hook of a field."""
        self.arguments[token.key] = argument
        return token

    def make(self, *args: Any, **named: Any) -> _Made:
        """In place of the class."""
        self.places += [_Place(name, token.key, False) for name, token in enumerate(args)]
        self.places += [_Place(name, token.key, False) for name, token in named.items()]
        return _Made(self)


class _Made:
    """In place of the object."""

    def __init__(self, probe: _Probe) -> None:
        object.__setattr__(self, "probe", probe)

    def __setattr__(self, name: str, token: Any) -> None:
        probe: _Probe = object.__getattribute__(self, "probe")
        probe.places.append(_Place(name, token.key, True))


class _Result(dict[str, Any]):
    """In place of the copy that a TypedDict becomes; any key can be removed."""

    def __delitem__(self, key: str) -> None:
        self.pop(key, None)


def _probed(hook: Any, given: Any, defaults: dict[str, Any], has_all: bool) -> _Probe:
    probe = _Probe(has_all)
    hooks = {name: partial(probe.hand_on, name) for name in defaults if name.startswith("__c_structure_")}
    kept = {name: made for name, made in hooks.items() if defaults[name] is not None}
    cls = defaults["__cl"]
    if issubclass(cls, dict):
        result: dict[str, Any] = {}
        try:
            result = hook(probe, given, **kept)
        except Exception:
            if has_all:
                raise
        probe.places += [_Place(name, token.key, False) for name, token in result.items()]
        return probe
    hook(probe, given, **kept, __cl=probe.make)
    return probe


# Questions about nodes.


def bare(node: Node) -> Node:
    """The node without the choice of ``null``."""
    while isinstance(node, Nullable):
        node = node.inner
    return node


def is_nullable(node: Node) -> bool:
    return isinstance(node, Nullable) or (isinstance(node, Choice | Either) and node.nullable)


def kinds_of(node: Node) -> int:
    """The JSON kinds that can be valid; a bit set."""
    if isinstance(node, Nullable):
        return NULL | kinds_of(node.inner)
    if isinstance(node, Scalar):
        return STRING | NUMBER | BOOLEAN if node.type in (int, float) else ANYTHING
    if isinstance(node, Word):
        kinds = 0
        for word, _ in node.words:
            # 1, 1.0 and true are equal.
            kinds |= kind_of(word) if kind_of(word) & (STRING | NULL) else NUMBER | BOOLEAN
        return kinds
    if isinstance(node, Native):
        kinds = node.kinds | (kinds_of(node.other) if node.other is not None else 0)
        for word, _ in node.words:
            kinds |= kind_of(word)
        return kinds
    if isinstance(node, Items | Row):
        return ARRAY | OBJECT | STRING
    if isinstance(node, Map):
        # A dict of anything is made by ``dict``, which takes pairs, too.
        return (
            ARRAY | OBJECT | STRING if isinstance(node.key, Anything) and isinstance(node.value, Anything) else OBJECT
        )
    if isinstance(node, Choice | Either):
        return (OBJECT | NULL) if node.nullable else OBJECT
    if isinstance(node, Fields):
        needs_key = any(member.required for member in node.members)
        return OBJECT if needs_key else ANYTHING
    return ANYTHING


def children_of(node: Node) -> Iterator[Node]:
    """The nodes inside."""
    if isinstance(node, Nullable):
        yield node.inner
    elif isinstance(node, Native):
        if node.other is not None:
            yield node.other
    elif isinstance(node, Items):
        yield node.item
    elif isinstance(node, Row):
        yield from node.items
    elif isinstance(node, Map):
        yield from (node.key, node.value)
    elif isinstance(node, Fields):
        yield from (member.node for member in node.members)
    elif isinstance(node, Choice):
        yield from node.by_word.values()
        if node.default is not None:
            yield node.default
    elif isinstance(node, Either):
        yield from node.branches
