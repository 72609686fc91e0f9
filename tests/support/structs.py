"""Types for msgspec: at least one of each kind that is followed, or settles as a whole."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, Generic, Literal, NamedTuple, Required, TypedDict, TypeVar

import attrs
import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

T = TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Item(Struct):
    name: str
    count: Annotated[int, Meta(ge=0, le=9)] = 1


class Cat(Struct, tag=True, forbid_unknown_fields=True):
    lives: int
    friend: Pet | None = None


class Dog(Struct, tag="dog"):
    bark: str = ""
    since: datetime.date | None = None


Pet = Cat | Dog


class Numbered(Struct, tag_field="version", tag=1):
    old: str


class Renumbered(Struct, tag_field="version", tag=2):
    new: str


class Row(Struct, array_like=True):
    a: int
    b: str = "x"


class ClosedRow(Struct, array_like=True, forbid_unknown_fields=True):
    a: int
    b: Item | None = None


class TaggedRow(Struct, array_like=True, tag="row"):
    a: int


class Pair(NamedTuple):
    a: int
    b: str = "x"


class Fields(TypedDict, total=False):
    a: int
    z: Required[str]
    m: Required[list[int]]


@dataclasses.dataclass
class Plain:
    a: int
    b: list[int] = dataclasses.field(default_factory=list)
    c: int = dataclasses.field(default=3, init=False)


def _is_even(_: Any, __: Any, value: int) -> None:
    if value % 2:
        raise ValueError(f"{value} is odd")


@attrs.define
class Even:
    number: int = attrs.field(validator=_is_even)
    parts: list[Item] = attrs.field(factory=list)


class Positive(Struct):
    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("it is negative")


class Box(Struct, Generic[T], rename="pascal"):
    some_value: T
    more: list[T] = []


class Tree(Struct):
    label: str
    children: list[Tree] = []
    by_name: dict[str, Tree] = {}


class Unread(Struct):
    name: str
    body: msgspec.Raw = msgspec.Raw(b"null")


class Everything(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    pets: list[Pet] = []
    the_name: str
    color: Color = Color.RED
    size: Size | None = None
    by_number: dict[int, Item] = {}
    numbers: set[int] = set()
    pair: tuple[int, str] | None = None
    anything: Any = None
    share: float = 0.0
    mixed: int | str | list[Item] | Item | None = None
    price: decimal.Decimal | None = None
    word: Literal["a", "b"] = "a"
    names: Annotated[list[str], Meta(min_length=1, max_length=3)] | None = None
    code: Annotated[str, Meta(pattern="^a", max_length=4)] = "a"
    maybe: int | UnsetType = UNSET


TYPES: list[Any] = [
    Item,
    Pet,
    list[Pet],
    Numbered | Renumbered,
    Row,
    list[Row | int],
    list[ClosedRow],
    list[TaggedRow],
    list[Pair],
    Fields,
    list[Plain],
    Even,
    list[Positive],
    Box[int],
    Box[Item],
    Tree,
    Everything,
    list[Everything],
    dict[str, Item | int],
    Any,
    dict[int, float],
    Annotated[dict[str, int], Meta(min_length=1, max_length=2)],
    Annotated[set[int], Meta(max_length=2)],
    frozenset[Color],
    tuple[int, Item],
    tuple[Item, ...],
    int | float,
    list[int | str | None],
    list[Color | int],
    list[uuid.UUID | int],
    list[datetime.timedelta],
    list[bytes],
    list[Literal[1, 3]],
]
