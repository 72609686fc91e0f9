"""Targets that many tests parse: an order with its items, and what a weather tool is asked.

A test that needs a construct the shared models do not have declares its own beside it.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Item(BaseModel):
    name: str
    price: float = 0.0


class Address(BaseModel):
    city: str
    zip: str | None = None


class Order(BaseModel):
    id: int
    note: str = ""
    items: list[Item] = []
    address: Address | None = None


ORDER = (
    '{"id": 7, "note": "soon", "items": [{"name": "tea", "price": 2.5}, {"name": "jam"}], "address": {"city": "Oslo"}}'
)


class Line(BaseModel):
    sku: str
    qty: int


class Weather(BaseModel):
    city: str
    days: int = 1


def list_of(target: Any) -> Any:
    return list[target]


def dict_of(target: Any) -> Any:
    return dict[str, target]
