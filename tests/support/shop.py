"""Models with fields of many types, for the stubs that are written for them (``shop_partial``)."""

from __future__ import annotations

import datetime
import decimal
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, NewType, TypeVar

from pydantic import BaseModel, Field, RootModel
from typing_extensions import TypedDict

T = TypeVar("T")
Sku = NewType("Sku", str)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Item(BaseModel):
    sku: Sku
    qty: int = 1
    color: Color | None = None


class Card(BaseModel):
    kind: Literal["card"]
    number: str


class Cash(BaseModel):
    kind: Literal["cash", Color.RED]
    amount: decimal.Decimal


class Page(BaseModel, Generic[T]):
    rows: list[T]
    next: str | None = None


class Codes(RootModel[list[int]]):
    pass


@dataclass
class Point:
    x: int
    y: int


class Options(TypedDict, total=False):
    fast: bool


class Odd(BaseModel):
    """The name of a field is that of a builtin that another one is written with."""

    str: int
    names: Sequence[Sku]


class Order(BaseModel):
    id: int
    note: str = Field("", alias="Note")
    items: list[Item] = []
    first: Item | None = None
    pay: Annotated[Card | Cash, Field(discriminator="kind")] | None = None
    by_sku: dict[str, Item] = {}
    by_number: dict[int, Item] = {}
    pair: tuple[int, Item] | None = None
    many: tuple[str, ...] = ()
    tags: set[str] = set()
    rows: Sequence[Item] = ()
    date: datetime.date | None = None
    page: Page[Item] | None = None
    codes: Codes | None = None
    place: Point | None = None
    options: Options | None = None
    extra: Any = None
    mapping: Mapping[str, Item] = {}
    odd: Odd | None = None
    inner: Order | None = None
