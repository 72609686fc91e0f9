"""What type checkers make of partial objects with the stubs that `partialjson stubs` writes. Checked, not run."""

from __future__ import annotations

import datetime
from typing import assert_type

from partialjson import Missing, Parser, Partial
from support.shop import Color, Item, Order, Sku
from support.shop_partial import OrderView, PartialCard, PartialItem, PartialOrder


def show(parser: Parser[Order]) -> None:
    view: OrderView = parser.value
    assert_type(view.note, str | Missing)
    assert_type(view.note or "…", str)
    assert_type(view.first.sku if view.first else None, Sku | Missing | None)
    print(view.nope)  # type: ignore[union-attr] # pyright: ignore[reportAttributeAccessIssue]
    view.note.upper()  # type: ignore[operator] # pyright: ignore[reportCallIssue]
    for item in view.items:
        assert_type(item, Item | PartialItem | Missing)
        assert_type(item.qty, int | Missing)
        print(item.quantity)  # type: ignore[union-attr] # pyright: ignore[reportAttributeAccessIssue]
    if isinstance(view, Order):
        assert_type(view, Order)
    elif isinstance(view, PartialOrder):
        partial(view)


def partial(view: PartialOrder) -> None:
    assert_type(view.id, int | Missing)
    assert_type(view.date, datetime.date | None | Missing)
    assert_type(view.items[0].color, Color | None | Missing)
    print(view.model_dump_json(), view.model_fields_set, view.nope)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    late: Partial[Order] = view
    order: Order = view  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
    number: int = view.id  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
    print(late, order, number)
    if view.tags:
        assert_type(view.tags, set[str] | list[str | Missing])
    if isinstance(view.pay, PartialCard):
        assert_type(view.pay.number, str | Missing)
