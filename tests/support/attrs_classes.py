"""Types and converters for cattrs: at least one of each kind that is followed, or settles as a whole.

Annotations are no strings here: cattrs does not read those of a named tuple.
"""

import dataclasses
import datetime
import enum
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, NewType, TypedDict, TypeVar

import attrs
from cattrs import BaseConverter, Converter
from cattrs.cols import namedtuple_dict_structure_factory
from cattrs.gen import make_dict_structure_fn, override
from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union, include_subclasses

from partialjson.structs import CattrsTarget, cattrs_target

T = TypeVar("T")
Meters = NewType("Meters", float)


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


@attrs.define
class Item:
    name: str
    count: int = 1


@attrs.define
class Cat:
    kind: Literal["cat"]
    lives: int
    friend: "Pet | None" = None


@attrs.define
class Dog:
    kind: Literal["dog", "hound"]
    bark: str = ""
    since: datetime.date | None = None


Pet = Cat | Dog


@attrs.define
class Circle:
    radius: float


@attrs.define
class Square:
    side: float
    label: str = ""


@attrs.define
class Tree:
    label: str
    children: "list[Tree]" = attrs.field(factory=list)
    by_name: "dict[str, Tree]" = attrs.field(factory=dict)


@attrs.define
class Box(Generic[T]):
    value: T
    more: list[T] = attrs.field(factory=list)


def _is_even(_: Any, __: Any, value: int) -> None:
    if value % 2:
        raise ValueError(f"{value} is odd")


def _loud(text: str) -> str:
    return text.upper()


@attrs.define
class Even:
    number: int = attrs.field(validator=_is_even)
    parts: list[Item] = attrs.field(factory=list)
    loud: str = attrs.field(default="", converter=_loud)
    _private: int = 3
    twice: int = attrs.field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        self.twice = self.number * 2


@attrs.frozen(kw_only=True)
class Frozen:
    item: Item
    size: Size = Size.SMALL


@attrs.define
class Mixed:
    """Required and optional fields, by position and by name."""

    first: str
    third: int | None = attrs.field(default=None, kw_only=True)
    second: list[Item]
    fourth: Item = attrs.field(kw_only=True)
    fifth: int | None = None


@dataclasses.dataclass
class Plain:
    a: int
    b: list[int] = dataclasses.field(default_factory=list)
    c: int = dataclasses.field(default=3, init=False)


class Pair(NamedTuple):
    a: int
    b: str


class Row(NamedTuple):
    a: int
    b: str = "x"


class Keys(TypedDict, total=False):
    a: int
    items: list[Item]


class Needed(TypedDict):
    z: str
    item: Item


@attrs.define
class Everything:
    the_name: str
    pets: list[Pet] = attrs.field(factory=list)
    color: Color = Color.RED
    size: Size | None = None
    by_number: dict[int, Item] = attrs.field(factory=dict)
    numbers: set[int] = attrs.field(factory=set)
    pair: tuple[int, str] | None = None
    row: Annotated[list[Item], "a row"] = attrs.field(factory=list)
    anything: Any = None
    share: float = 0.0
    mixed: int | str | list[Item] | None = None
    word: Literal["a", "b"] = "a"
    number: Literal[1, 2] = 1
    yes: bool = False
    length: Meters | None = None
    when: datetime.datetime | None = None
    kept: Final[int] = 1


@attrs.define
class Parent:
    p: int


@attrs.define
class Son(Parent):
    s: Item


@attrs.define
class Daughter(Parent):
    d: list[Item]


Untyped = attrs.make_class("Untyped", {"x": attrs.field(), "y": attrs.field(default=None)})


class Celsius:
    def __init__(self, degrees: float) -> None:
        self.degrees = degrees

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Celsius) and other.degrees == self.degrees

    def __hash__(self) -> int:
        return hash(self.degrees)

    def __repr__(self) -> str:
        return f"Celsius({self.degrees})"


@attrs.define
class Weather:
    city: str
    warmth: Celsius
    others: list[Celsius] = attrs.field(factory=list)
    opaque: Item | None = None


def renaming(detailed: bool = True, **options: Any) -> Converter:
    """Other keys, a field that is left out, one with a hook of its own, one that is set afterwards."""
    made: Converter = make_converter(detailed_validation=detailed, **options)
    made.register_structure_hook(
        Item,
        make_dict_structure_fn(
            Item, made, name=override(rename="theName"), count=override(struct_hook=lambda value, _: int(value) + 1)
        ),
    )
    made.register_structure_hook(
        Even,
        make_dict_structure_fn(Even, made, _private=override(omit=True), _cattrs_include_init_false=True),
    )
    made.register_structure_hook(Row, namedtuple_dict_structure_factory(Row, made, b=override(rename="c")))
    return made


def tagging(**options: Any) -> Converter:
    """Unions with a tag, and subclasses."""
    made: Converter = make_converter(**options)
    configure_tagged_union(Circle | Square, made)
    configure_tagged_union(
        Item | Plain, made, tag_name="name", tag_generator=lambda cls: cls.__name__.lower(), default=Item
    )
    include_subclasses(Parent, made)
    return made


def tagging_subclasses() -> Converter:
    made: Converter = make_converter()
    include_subclasses(Parent, made, union_strategy=configure_tagged_union)
    return made


def hooked() -> Converter:
    """Hooks of the user's own."""
    made: Converter = make_converter()
    made.register_structure_hook(Celsius, lambda value, _: Celsius(float(value)))
    made.register_structure_hook(Item, lambda value, _: Item(str(value["name"])[:3]))
    return made


USUAL: list[Any] = [
    Item,
    list[Item],
    Pet,
    list[Pet | None],
    list[Circle | Square],
    Tree,
    Box[int],
    Box[Item],
    list[Even],
    Frozen,
    Mixed,
    Everything,
    Untyped,
    dict[str, Item],
    dict[str, Item | None],
    tuple[int, Item],
    tuple[Item, ...],
    list[int | str | Item],
    Annotated[Item, "an item"],
]
"""What a parser takes for a target of cattrs by itself."""

OTHERS: list[Any] = [
    Plain,
    list[Plain],
    Keys,
    list[Needed],
    list[Pair],
    dict[int, float],
    dict[Color, list[int]],
    frozenset[Color],
    set[int],
    deque[int],
    Sequence[int],
    Counter[str],
    defaultdict[str, list[int]],
    list[int | str | None],
    list[Literal[1, 3]],
    list[bool],
    Meters,
    Any,
    list,
    dict,
    datetime.date,
]


def targets() -> list[CattrsTarget]:
    """All of them, with several converters."""
    strict: Any = make_converter(forbid_extra_keys=True)
    quick: Any = make_converter(detailed_validation=False)
    made = [cattrs_target(each) for each in (*USUAL, *OTHERS)]
    made += [cattrs_target(each, converter=strict) for each in (Item, Tree, list[Pet], Keys, list[Needed])]
    made += [cattrs_target(each, converter=quick) for each in (*USUAL, *OTHERS[:12], list[int | str | None])]
    for converter in (renaming(), renaming(False), renaming(forbid_extra_keys=True)):
        made += [cattrs_target(each, converter=converter) for each in (Item, list[Item], list[Even], list[Row], Frozen)]
    for converter in (tagging(), tagging(forbid_extra_keys=True), tagging(detailed_validation=False)):
        made += [
            cattrs_target(each, converter=converter) for each in (Circle | Square, list[Item | Plain], list[Parent])
        ]
    made += [cattrs_target(list[Parent], converter=tagging_subclasses())]
    made += [cattrs_target(each, converter=hooked()) for each in (Weather, list[Item], dict[str, Weather])]
    made += [cattrs_target(each, converter=Converter(prefer_attrib_converters=True)) for each in (Even, Tree)]
    made += [cattrs_target(each, converter=BaseConverter()) for each in (Item, list[Item])]
    return made
