"""What has come of the models of support.shop, for type checkers.

Written by ``partialjson stubs support.shop``; write it again when the models change.
"""

# fmt: off
# ruff: noqa: E501, I001
from __future__ import annotations

from typing import Any, Literal, TYPE_CHECKING, TypeAlias

import builtins as _builtins
import collections.abc as _collections_abc
import datetime as _datetime
import decimal as _decimal
import support.shop as _support_shop
from partialjson import Missing, Partial

__all__ = [
    "CardView",
    "CashView",
    "ItemView",
    "OddView",
    "OrderView",
    "PageItemView",
    "PartialCard",
    "PartialCash",
    "PartialItem",
    "PartialOdd",
    "PartialOrder",
    "PartialPageItem",
]

if TYPE_CHECKING:

    class PartialItem(Partial[_support_shop.Item]):
        __getattr__: None  # type: ignore[assignment, misc]
        sku: _support_shop.Sku | Missing
        qty: int | Missing
        color: _support_shop.Color | Missing | None

    class PartialCard(Partial[_support_shop.Card]):
        __getattr__: None  # type: ignore[assignment, misc]
        kind: Literal['card'] | Missing
        number: _builtins.str | Missing

    class PartialCash(Partial[_support_shop.Cash]):
        __getattr__: None  # type: ignore[assignment, misc]
        kind: Literal['cash', _support_shop.Color.RED] | Missing
        amount: _decimal.Decimal | Missing

    class PartialOdd(Partial[_support_shop.Odd]):
        __getattr__: None  # type: ignore[assignment, misc]
        str: int | Missing
        names: _collections_abc.Sequence[_support_shop.Sku | Missing] | Missing

    class PartialOrder(Partial[_support_shop.Order]):
        __getattr__: None  # type: ignore[assignment, misc]
        id: int | Missing
        note: _builtins.str | Missing
        items: list[_support_shop.Item | PartialItem | Missing] | Missing
        first: _support_shop.Item | PartialItem | Missing | None
        pay: _support_shop.Card | PartialCard | _support_shop.Cash | PartialCash | Missing | None
        by_sku: dict[_builtins.str, _support_shop.Item | PartialItem] | Missing
        by_number: dict[int | _builtins.str, _support_shop.Item | PartialItem] | Missing
        pair: tuple[int, _support_shop.Item] | list[int | _support_shop.Item | PartialItem | Missing] | Missing | None
        many: tuple[_builtins.str, ...] | list[_builtins.str | Missing] | Missing
        tags: set[_builtins.str] | list[_builtins.str | Missing] | Missing
        rows: _collections_abc.Sequence[_support_shop.Item | PartialItem | Missing] | Missing
        date: _datetime.date | Missing | None
        page: _support_shop.Page[_support_shop.Item] | PartialPageItem | Missing | None
        codes: _support_shop.Codes | Missing | None
        place: _support_shop.Point | Partial[_support_shop.Point] | Missing | None
        options: _support_shop.Options | dict[_builtins.str, Any] | Missing | None
        extra: Any | Missing
        mapping: _collections_abc.Mapping[_builtins.str, _support_shop.Item] | dict[_builtins.str, _support_shop.Item | PartialItem] | Missing
        odd: _support_shop.Odd | PartialOdd | Missing | None
        inner: _support_shop.Order | PartialOrder | Missing | None

    class PartialPageItem(Partial[_support_shop.Page[_support_shop.Item]]):
        __getattr__: None  # type: ignore[assignment, misc]
        rows: list[_support_shop.Item | PartialItem | Missing] | Missing
        next: _builtins.str | Missing | None

else:
    PartialItem = Partial[_support_shop.Item]
    PartialCard = Partial[_support_shop.Card]
    PartialCash = Partial[_support_shop.Cash]
    PartialOdd = Partial[_support_shop.Odd]
    PartialOrder = Partial[_support_shop.Order]
    PartialPageItem = Partial[_support_shop.Page[_support_shop.Item]]

ItemView: TypeAlias = _support_shop.Item | PartialItem | Missing
CardView: TypeAlias = _support_shop.Card | PartialCard | Missing
CashView: TypeAlias = _support_shop.Cash | PartialCash | Missing
OddView: TypeAlias = _support_shop.Odd | PartialOdd | Missing
OrderView: TypeAlias = _support_shop.Order | PartialOrder | Missing
PageItemView: TypeAlias = _support_shop.Page[_support_shop.Item] | PartialPageItem | Missing
