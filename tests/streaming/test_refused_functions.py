"""Functions for elements, text and field: followed exactly, or refused with what a path can say."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import stream


class Part(BaseModel):
    word: str = ""
    count: int = 0
    words: list[str] | None = None


class Item(BaseModel):
    sku: str
    size: int = 0
    part: Part | None = None
    parts: list[Part] = []


class Tool(BaseModel):
    tool: str


class Order(BaseModel):
    note: str = ""
    items: list[Item]
    first: Item | None = None
    other: Item | None = None
    tags: list[str] | None = None
    mixed: list[Item | Tool] = []
    by_name: dict[str, Item] = {}
    maybe: list[Item | None] = []


ORDERS = [
    Order(
        items=[
            Item(sku="b", size=2),
            Item(sku="a", size=1, part=Part(word="w", words=["x"]), parts=[Part(), Part(count=2)]),
            Item(sku="c", part=Part(words=[])),
        ],
        other=Item(sku="o", part=Part(word="op")), mixed=[Item(sku="m"), Tool(tool="t")], maybe=[None, Item(sku="n")],
        by_name={"p": Item(sku="p"), "q": Item(sku="q", size=3)},
    ),
    Order(items=[], first=Item(sku="f", part=Part(word="fp")), tags=[]),
    Order(items=[Item(sku="z", size=9, part=Part())], first=Item(sku="f"), tags=["t", "u"], note="n"),
    Order(items=[Item(sku=str(n), size=-n) for n in range(30)], other=Item(sku="o")),
]  # fmt: skip

Where = Callable[[Any], Any]

REFUSED: dict[str, Where] = {
    "not": lambda o: [i for i in o.items if not i.part],
    "if it is there": lambda o: [i for i in o.items if i.part],
    "if it is there, itself": lambda o: [i.part for i in o.items if i.part],
    "is not None": lambda o: [i for i in o.items if i.part is not None],
    "is not None, itself": lambda o: [i.part for i in o.items if i.part is not None],
    "is None": lambda o: [i for i in o.items if i.part is None],
    "or": lambda o: [(o.first or o.other).part],
    "or a place": lambda o: [o.first or o.other],
    "or a place, is None": lambda o: [o.other if o.first is None else o.first],
    "and another": lambda o: o.first and o.items,
    "two conditions": lambda o: [r for r in (([o.first.sku] if o.first else []) or ([] if o.other else [o.note]))],  # noqa: C416  # the form that is tested
    "a comparison": lambda o: [i for i in o.items if i.size > 1],
    "a comparison from the right": lambda o: [i for i in o.items if i.size > 1],
    "equality": lambda o: [i for i in o.items if i.sku == "a"],
    "identity": lambda o: [i for i in o.items if i is not o.first],
    "identity with True": lambda o: [i for i in o.items if i.size is not True],
    "in a list": lambda o: [i for i in o.items if i.sku in ["a"]],
    "not in the document": lambda o: [i for i in o.items if "x" not in i.parts],
    "len": lambda o: [i for i in o.items if len(i.parts)],
    "len of a list": lambda o: list(o.items) if len(list(o.items)) > 1 else [],
    "empty": lambda o: [o.note] if not list(o.items) else [],
    "not empty": lambda o: [o.note] if list(o.items) else [],
    "an empty list is false": lambda o: [o.tags] if o.tags else [None],
    "any": lambda o: o.items if any(i.part for i in o.items) else [],
    "all": lambda o: o.items if all(o.items) else [],
    "sum": lambda o: [sum(i.size for i in o.items)],
    "max": lambda o: [max(o.items, key=lambda i: i.size)],
    "min": lambda o: [min(i.size for i in o.items)],
    "max of nothing to compare": lambda o: [max(o.items, key=lambda i: 0)],
    "sorted": lambda o: sorted(o.items, key=lambda i: i.sku),
    "sorted by a constant": lambda o: sorted(o.items, key=lambda i: 0, reverse=True)[::-1][1:],
    "reversed": lambda o: reversed(o.items),
    "reversed list": lambda o: list(reversed(list(o.items))),
    "next": lambda o: [next(iter(o.items))],
    "next of the value": lambda o: [next(o.items)],
    "a slice": lambda o: o.items[:2],
    "a slice of a list": lambda o: list(o.items)[:1],
    "a long slice of a list": lambda o: list(o.items)[: 10**6],
    "a slice from behind": lambda o: [*o.items][-2:],
    "a step": lambda o: list(o.items)[::2],
    "islice": lambda o: list(itertools.islice(o.items, 3)),
    "the last": lambda o: [list(o.items)[-1]],
    "enumerate": lambda o: [i for n, i in enumerate(o.items) if n],
    "enumerate from behind": lambda o: [i for n, i in enumerate(o.items) if n < 5],
    "zip": lambda o: [i for i, _ in zip(o.items, o.mixed)],  # noqa: B905  # the form that is tested
    "pairwise": lambda o: [i for i, _ in itertools.pairwise(o.items)],
    "twice": lambda o: [*o.items, *o.items],
    "once for each of the same": lambda o: [i for i in o.items for _ in o.items],
    "once for each of others": lambda o: [i for i in o.items for _ in i.parts],
    "the same for each": lambda o: [o.note for _ in o.items],
    "isinstance": lambda o: [i for i in o.mixed if isinstance(i, Item)],
    "not isinstance": lambda o: [i for i in o.mixed if not isinstance(i, Tool)],
    "type": lambda o: [i for i in o.mixed if type(i) is not Tool],
    "class": lambda o: [i for i in o.mixed if i.__class__ is Item],
    "hasattr": lambda o: [i for i in o.mixed if hasattr(i, "sku")],
    "callable": lambda o: [i for i in o.items if callable(i)],
    "arithmetic": lambda o: [i.size * 2 for i in o.items],
    "more arithmetic": lambda o: [i.size // 2 for i in o.items],
    "power": lambda o: [2**i.size for i in o.items],
    "divmod": lambda o: [divmod(i.size, 2) for i in o.items],
    "abs": lambda o: [abs(i.size) for i in o.items],
    "round": lambda o: [round(i.size) for i in o.items],
    "minus": lambda o: [-i.size for i in o.items],
    "int": lambda o: [int(i.size) for i in o.items],
    "str": lambda o: [i for i in o.items if str(i.sku) != "a"],
    "repr": lambda o: [i for i in o.items if repr(i.sku) != "'a'"],
    "f-string": lambda o: [f"{i.sku}" for i in o.items],
    "f-string, repr": lambda o: [i for i in o.items if f"{i.sku!r}"],
    "percent": lambda o: ["%s" % i.sku for i in o.items],  # noqa: UP031  # the form that is tested
    "format": lambda o: ["{}".format(i.sku) for i in o.items],  # noqa: UP032  # the form that is tested
    "join": lambda o: ["".join(i.sku for i in o.items)],
    "a method": lambda o: [i.sku.upper() for i in o.items],
    "keys compared": lambda o: [v for k, v in o.by_name.items() if k != "p"],
    "keys asked": lambda o: [v for k, v in o.by_name.items() if k.startswith("p")],
    "keys sorted": lambda o: sorted(o.by_name.items()),
    "keys in a list": lambda o: [v for k, v in o.by_name.items() if k not in ("p",)],
    "keys as text": lambda o: [v for k, v in o.by_name.items() if f"{k}" != "p"],
    "keys as indexes": lambda o: [o.by_name[k] for k, _ in o.by_name.items()],
    "only keys": lambda o: [k for k, _ in o.by_name.items()],
    "pairs that are none": lambda o: list(zip([k for k, _ in o.by_name.items()], reversed(o.by_name.values()))),  # noqa: B905  # the form that is tested
    "another place by default": lambda o: [o.by_name.get("x", o.first)],
    "elements that are None": lambda o: [i for i in o.maybe if i],
    "elements that are not None": lambda o: [i for i in o.maybe if i is not None],
    "a dict": lambda o: {i.sku: i for i in o.items},
    "nothing": lambda o: [],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_path_cannot_say_is_refused(name: str) -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        stream([], Order).elements(REFUSED[name])
    assert str(caught.value)


FOLLOWED: dict[str, Where] = {
    "elements": lambda o: o.items,
    "a list of them": lambda o: list(o.items),
    "a comprehension": lambda o: [i.sku for i in o.items],
    "a map": lambda o: list(map(operator.attrgetter("sku"), o.items)),
    "deep": lambda o: [p for i in o.items for p in i.parts],
    "deep, with a place on the way": lambda o: (p.count for i in o.items for p in i.parts),
    "chain": lambda o: list(itertools.chain.from_iterable(i.parts for i in o.items)),
    "through an optional object": lambda o: o.first.parts if o.first else None,
    "through one that is not None": lambda o: o.first.parts if o.first is not None else [],
    "through one that is None": lambda o: [] if o.first is None else o.first.parts,
    "or nothing": lambda o: o.tags or [],
    "and": lambda o: o.first and o.first.part and o.first.part.words,
    "inside elements": lambda o: [i.part.word for i in o.items if i.part],
    "inside elements that are not None": lambda o: [i.part.word for i in o.items if i.part is not None],
    "inside elements, deep": lambda o: [w for i in o.items if i.part and i.part.words for w in i.part.words],
    "inside elements, deep, or": lambda o: [w for i in o.items for w in ((i.part and i.part.words) or [])],
    "inside elements that may be None": lambda o: [i.sku for i in o.maybe if i],
    "an optional place of each": lambda o: [i.part for i in o.items],
    "the truth of something else": lambda o: o.items if REFUSED else [],
    "values": lambda o: o.by_name.values(),
    "pairs": lambda o: o.by_name.items(),
    "pairs again": lambda o: [(k, v) for k, v in o.by_name.items()],
    "values of pairs": lambda o: [v.sku for _, v in o.by_name.items()],
    "two optional places": lambda o: [each.sku for each in (o.first, o.other) if each],
    "two places": lambda o: [*o.items, *o.maybe],
}


@pytest.mark.parametrize("name", FOLLOWED)
@pytest.mark.parametrize("order", ORDERS)
def test_what_is_followed_gives_what_the_function_gives(name: str, order: Order) -> None:
    where = FOLLOWED[name]
    assert list(stream([*order.model_dump_json()], Order).elements(where)) == list(where(order) or [])


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("read", ["field", "text"])
def test_single_places_are_refused_too(name: str, read: str) -> None:
    def where(order: Any) -> Any:
        (found,) = REFUSED[name](order)
        return found

    with pytest.raises((TypeError, AttributeError, ValueError)):
        getattr(stream([], Order), read)(where)


SINGLE_REFUSED: dict[str, Where] = {
    "or": lambda o: (o.first or o.other).sku,
    "or a default": lambda o: o.first or "none",
    "another condition": lambda o: o.note if o.first else None,
    "another condition, is None": lambda o: None if o.first is None else o.note,
    "first in a list": lambda o: list(o.items)[0],  # noqa: RUF015  # the form that is tested
    "the last": lambda o: o.items[-1],
    "a default place": lambda o: o.by_name.get("a", o.other),
    "an empty list": lambda o: o.tags or None,
    "isinstance": lambda o: o.first.sku if isinstance(o.first, Item) else None,
}


@pytest.mark.parametrize("name", SINGLE_REFUSED)
def test_what_is_no_single_place_is_refused(name: str) -> None:
    with pytest.raises(TypeError):
        stream([], Order).field(SINGLE_REFUSED[name])


SINGLE: dict[str, Where] = {
    "a field": lambda o: o.note,
    "an optional place": lambda o: o.first,
    "an optional place, if": lambda o: o.first if o.first else None,
    "inside": lambda o: o.first.sku if o.first else None,
    "inside, or": lambda o: o.first.sku if o.first is not None else "none",
    "deep": lambda o: o.other.part.word if o.other and o.other.part else None,
}


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("order", ORDERS)
def test_a_field_is_what_the_function_gives(name: str, order: Order) -> None:
    assert stream([*order.model_dump_json()], Order).field(SINGLE[name]) == SINGLE[name](order)


def test_text_has_no_default() -> None:
    with pytest.raises(TypeError, match="returns 'none'"):
        stream([], Order).text(lambda o: o.first.sku if o.first else "none")
    assert list(stream(['{"items": []}'], Order).text(lambda o: o.first.sku if o.first else None)) == []


def test_the_message_says_what_a_path_may_do() -> None:
    for where in (REFUSED["not"], REFUSED["sorted"], REFUSED["isinstance"], REFUSED["a long slice of a list"]):
        with pytest.raises(
            TypeError, match="it may only name fields, indexes and keys, iterate, and go through optional"
        ):
            stream([], Order).elements(where)
