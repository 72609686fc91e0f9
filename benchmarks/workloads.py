"""What is read: documents made from a seed, the chunks they are cut into, and what is done at each chunk.

A workload names one document, one size of chunk and one *mode*:

    dropped   the partial value is read after every chunk and dropped before the next chunk comes
    held      the partial value is read after every chunk and all of them are kept
    feed      nothing is read before the end; a number of the chunk's size is then the price of feeding alone
    deltas    what was added is read after every chunk, the whole value never

Documents are functions of their size, so that every workload has a small twin on which each contestant's result is
checked before anything is timed. ``full()`` gives the workloads of a run, ``smoke()`` the same in miniature.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import count, takewhile
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

from benchmarks.responses import Response, body

Mode = Literal["dropped", "held", "feed", "deltas"]
Gc = Literal["default", "off"]
Build = Callable[[int], str]

VOCABULARY = (
    "the of a stream that grows while one reads it and shows what has come so far price order note city day small"
    " green river window paper morning number early late gentle answer question table garden market winter bridge"
)
WORDS = VOCABULARY.split()

CHUNK = 4
BULK_CHUNK = 64 * 1024
BLANK = "\n\n"
"""What ends a server-sent event."""


# The documents.


def _random(name: str) -> random.Random:
    """A generator of its own for each document, so that no document depends on another."""
    return random.Random(zlib.crc32(name.encode()))


def prose(rng: random.Random, length: int) -> str:
    """Words, cut at ``length`` characters."""
    words: list[str] = []
    size = 0
    while size <= length:
        word = rng.choice(WORDS)
        words.append(word)
        size += len(word) + 1
    return " ".join(words)[:length].ljust(length, ".")


def item(rng: random.Random, number: int) -> dict[str, Any]:
    """One object of a list: the fields of ``Item`` below, about 145 characters of JSON."""
    return {
        "id": number,
        "name": f"{rng.choice(WORDS)} {rng.choice(WORDS)} {number}",
        "price": round(rng.uniform(1, 100), 2),
        "quantity": rng.randint(1, 20),
        "tags": [rng.choice(WORDS), rng.choice(WORDS)],
        "active": rng.random() < 0.5,
        "note": prose(rng, 24),
    }


def tool_call(size: int) -> str:
    """The arguments of a tool call: a few short fields and a text that fills the size."""
    rng = _random("tool call")
    call: dict[str, Any] = {"city": "Zürich", "days": 5, "exact": True}
    if size >= 250:
        call |= {"units": "metric", "hours": [6, 12, 18], "area": {"radius": 2.5, "name": "inner"}}
    call["text"] = ""
    bare = len(json.dumps(call, ensure_ascii=False))
    call["text"] = prose(rng, max(size - bare, 0))
    return json.dumps(call, ensure_ascii=False)


def nested_object(size: int) -> str:
    """An object of objects."""
    rng = _random("object")
    document: dict[str, Any] = {"order": 1, "customer": {"name": prose(rng, 12), "vip": False}}
    length = len(json.dumps(document))
    number = 0
    while length < size:
        key = f"item{number}"
        document[key] = item(rng, number)
        length += len(json.dumps(document[key])) + len(key) + 6
        number += 1
    return json.dumps(document)


def list_of_objects(size: int) -> str:
    """A list of objects of one shape."""
    rng = _random("list")
    items: list[Any] = []
    length = 2
    while length < size:
        items.append(item(rng, len(items)))
        length += len(json.dumps(items[-1])) + 2
    return json.dumps(items)


def growing_string(size: int) -> str:
    """An object with one long string in it."""
    return json.dumps({"text": prose(_random("string"), max(size - 12, 1))})


def order(size: int) -> str:
    """A document that fits ``Order``."""
    rng = _random("order")
    document: dict[str, Any] = {
        "number": "A-1042",
        "status": "open",
        "customer": {"name": prose(rng, 14), "city": prose(rng, 8), "vip": True},
        "items": [],
        "note": prose(rng, 40),
    }
    length = len(json.dumps(document))
    while length < size:
        document["items"].append(item(rng, len(document["items"])))
        length += len(json.dumps(document["items"][-1])) + 2
    return json.dumps(document)


def _rows(name: str, size: int, row: Callable[[random.Random], Any], ascii_only: bool = True) -> str:
    rng = _random(name)
    rows: list[Any] = []
    length = 2
    while length < size:
        rows.append(row(rng))
        length += len(json.dumps(rows[-1], ensure_ascii=ascii_only)) + 2
    return json.dumps(rows, ensure_ascii=ascii_only)


def integers(size: int) -> str:
    return _rows("integers", size, lambda rng: rng.randint(-(10**6), 10**9))


def short_floats(size: int) -> str:
    return _rows("short floats", size, lambda rng: round(rng.uniform(-100, 1000), 2))


def long_floats(size: int) -> str:
    return _rows("long floats", size, lambda rng: rng.uniform(-1, 1))


def strings(size: int) -> str:
    return _rows("strings", size, lambda rng: prose(rng, 300))


def long_strings(size: int) -> str:
    return _rows("long strings", size, lambda rng: prose(rng, 4500))


def _foreign(rng: random.Random) -> str:
    """About 60 characters outside ASCII, of several widths, with a few spaces."""
    groups = []
    for low, high in ((0x3041, 0x3096), (0x4E00, 0x9FA5), (0x0430, 0x044F), (0x1F600, 0x1F64F)):
        groups.append("".join(chr(rng.randint(low, high)) for _ in range(15)))
    return " ".join(groups)


def unicode_text(size: int) -> str:
    return _rows("unicode", size, _foreign, ascii_only=False)


def escapes(size: int) -> str:
    """The same kind of text with everything outside ASCII written as escapes."""
    return _rows("escapes", size, _foreign)


# The typed documents: one model, and what its peers need in its place.


class Customer(BaseModel):
    name: str
    city: str
    vip: bool


class Item(BaseModel):
    id: int
    name: str
    price: float
    quantity: int
    tags: list[str]
    active: bool
    note: str


class Order(BaseModel):
    number: str
    status: Literal["open", "paid", "sent"]
    customer: Customer
    items: list[Item]
    note: str


class CustomerDict(TypedDict, total=False):
    name: str
    city: str
    vip: bool


class ItemDict(TypedDict, total=False):
    id: int
    name: str
    price: float
    quantity: int
    tags: list[str]
    active: bool
    note: str


class OrderDict(TypedDict, total=False):
    number: str
    status: Literal["open", "paid", "sent"]
    customer: CustomerDict
    items: list[ItemDict]
    note: str


class OptionalCustomer(BaseModel):
    name: str | None = None
    city: str | None = None
    vip: bool | None = None


class OptionalItem(BaseModel):
    id: int | None = None
    name: str | None = None
    price: float | None = None
    quantity: int | None = None
    tags: list[str] | None = None
    active: bool | None = None
    note: str | None = None


class OptionalOrder(BaseModel):
    number: str | None = None
    status: str | None = None
    customer: OptionalCustomer | None = None
    items: list[OptionalItem] | None = None
    note: str | None = None


@dataclass(frozen=True)
class Forms:
    """A model in the forms that libraries want: as it is, as a dictionary of optional keys, with optional fields."""

    whole: type[BaseModel]
    fields: Any = None
    optional: type[BaseModel] | None = None


ORDER = Forms(Order, OrderDict, OptionalOrder)


# What a provider sends to make such a document.

TOOL = "place_order"
ID = "chatcmpl-BxN3k9Yt2V7QwZr5"
FRAGMENTS = {"openai-chat": 4, "openai-responses": 4, "anthropic-messages": 14, "gemini": 80}
"""Characters of text in an event, as in recorded streams; those of OpenAI are tokens."""


def response_with(api: str, text: str, said: int = 40) -> Response:
    """So many characters of text, and an order as the arguments of a call. From Gemini, where calls come whole, the
    order is structured output and all there is."""
    if api == "gemini":
        return Response(ID, output=text, fragment=FRAGMENTS[api])
    return Response(ID, prose(_random("said"), said), TOOL, (text,), fragment=FRAGMENTS[api])


@cache
def response(api: str, size: int) -> Response:
    """About so many bytes: the longest order that leaves room, and as much text as there is room for."""
    lengths = count(0, 50)
    texts = takewhile(lambda text: len(body(api, response_with(api, text))) < size, map(order, lengths))
    longest = max(texts, key=len, default=order(0))
    if api == "gemini":
        return response_with(api, longest)
    said = (response_with(api, longest, said) for said in count(FRAGMENTS[api], FRAGMENTS[api]))
    return next(found for found in said if len(body(api, found)) >= size)


def response_body(api: str, size: int) -> str:
    return body(api, response(api, size)).decode()


def order_sent(api: str, size: int) -> str:
    """The order in that response."""
    sent = response(api, size)
    return sent.output or sent.calls[0]


# The workloads.


@dataclass(frozen=True)
class Workload:
    """One thing to be timed. ``size`` is what the document is asked to be; the text says what it is."""

    name: str
    group: str
    build: Build
    size: int
    mode: Mode
    chunk: int = CHUNK
    typed: bool = False
    target: Forms | str | None = None
    """What contestants are made for: the model of a typed document, or the API of a provider."""
    cut_after: str = ""
    """Where chunks end, if not after so many characters."""
    checked_size: int = 0
    """The size of the twin on which results are checked; the whole document where 0."""
    start: str = ""
    """What comes before this text is read, untimed, before the part that is timed begins."""
    gc: tuple[Gc, ...] = ("off", "default")

    @cached_property
    def text(self) -> str:
        return self.build(self.size)

    @property
    def expected(self) -> Any:
        """What a contestant has to arrive at, as plain data."""
        if isinstance(self.target, str):
            return [Order.model_validate_json(order_sent(self.target, self.size)).model_dump()]
        if isinstance(self.target, Forms):
            return TypeAdapter(self.target.whole).validate_json(self.text).model_dump()
        return json.loads(self.text)

    @property
    def small(self) -> Workload:
        """The twin on which results are checked."""
        if not self.checked_size or self.checked_size >= self.size:
            return self
        return replace(self, size=self.checked_size, checked_size=0)

    def fresh(self) -> Workload:
        """The same workload without the document, which is made when it is asked for and then kept."""
        return replace(self)

    @property
    def prefix(self) -> str:
        """What is read before the clock starts."""
        return self.text[: self.text.index(self.start)] if self.start else ""

    @cached_property
    def pieces(self) -> list[str]:
        """The chunks that are timed."""
        return self.cut(self.text[len(self.prefix) :])

    def cut(self, text: str) -> list[str]:
        """A text in the chunks of this workload."""
        if self.cut_after:
            return [piece + self.cut_after for piece in text.split(self.cut_after)[:-1]]
        return cut(text, self.chunk)


def cut(text: str, size: int) -> list[str]:
    """``text`` in pieces of ``size`` characters."""
    return [text[i : i + size] for i in range(0, len(text), size)]


def wide_list(size: int) -> str:
    """A list with ``size`` numbers, and objects after them."""
    rng = _random("wide list")
    return json.dumps([*range(size), *(item(rng, i) for i in range(min(100, 10 * size)))])


def wide_object(size: int) -> str:
    """An object with ``size`` members, and more with objects in them."""
    rng = _random("wide object")
    return json.dumps(
        {**{f"k{i}": i for i in range(size)}, **{f"item{i}": item(rng, i) for i in range(min(100, 10 * size))}}
    )


@dataclass(frozen=True)
class Scale:
    """How large things are."""

    partial: Sequence[tuple[str, Build, int]]
    strings: Sequence[tuple[str, int]]
    bulk: int
    bulk_check: int
    typed: Sequence[tuple[str, int]]
    wide: Sequence[int]
    memory: int
    documents: int
    scaling: Sequence[int]
    response: int
    """Bytes of a provider's response."""


FULL = Scale(
    partial=(
        ("100 B", tool_call, 100),
        ("300 B", tool_call, 300),
        ("1 KB", nested_object, 1000),
        ("4 KB", nested_object, 3800),
        ("16 KB", nested_object, 16_000),
        ("146 KB", list_of_objects, 145_900),
    ),
    strings=(("20 KB", 20_000), ("1 MB", 1_000_000)),
    bulk=10_000_000,
    bulk_check=200_000,
    typed=(("4 KB", 3800), ("146 KB", 146_000)),
    wide=(10, 100_000),
    memory=2_000_000,
    documents=200_000,
    scaling=(512, 2048, 8192, 32_768, 131_072),
    response=24_000,
)

SMOKE = Scale(
    partial=(("100 B", tool_call, 100), ("300 B", tool_call, 300), ("1 KB", list_of_objects, 1000)),
    strings=(("1 KB", 1000), ("4 KB", 4000)),
    bulk=20_000,
    bulk_check=20_000,
    typed=(("1 KB", 1000),),
    wide=(10, 300),
    memory=20_000,
    documents=100,
    scaling=(256, 512, 1024),
    response=3000,
)

BULK: dict[str, Build] = {
    "objects": list_of_objects,
    "integers": integers,
    "short floats": short_floats,
    "17-digit floats": long_floats,
    "strings of 300": strings,
    "strings of 4500": long_strings,
    "raw unicode": unicode_text,
    "escapes": escapes,
}

MEMORY: dict[str, Build] = {
    "objects": list_of_objects,
    "integers": integers,
    "strings of 300": strings,
    "raw unicode": unicode_text,
    "one growing string": growing_string,
}


def workloads(scale: Scale) -> list[Workload]:
    """Every timed workload at one scale, in the order of the report."""
    found: list[Workload] = []
    modes: tuple[Mode, ...] = ("dropped", "held")
    for mode in modes:
        for label, build, size in scale.partial:
            found.append(Workload(f"partial/{label}/{mode}", "partial", build, size, mode, checked_size=2000))
    text_modes: tuple[Mode, ...] = ("deltas", "dropped")
    for mode in text_modes:
        for label, size in scale.strings:
            found.append(Workload(f"text/{label}/{mode}", "text", growing_string, size, mode, checked_size=2000))
    for label, build in BULK.items():
        check = scale.bulk_check
        found.append(Workload(f"bulk/{label}", "bulk", build, scale.bulk, "feed", BULK_CHUNK, checked_size=check))
    typed_modes: tuple[Mode, ...] = ("dropped", "feed")
    for mode in typed_modes:
        for label, size in scale.typed:
            name = f"typed/{label}/{mode}"
            found.append(Workload(name, "typed", order, size, mode, typed=True, target=ORDER, checked_size=1500))
    for api in FRAGMENTS:
        build = partial(response_body, api)
        found.append(
            Workload(f"provider/{api}", "provider", build, scale.response, "feed", target=api, cut_after=BLANK)
        )
    for label, build, start in (("list", wide_list, '{"id": 0,'), ("object", wide_object, '"item0": ')):
        for width in scale.wide:
            name = f"wide/{label}/{width}"
            found.append(Workload(name, "wide", build, width, "dropped", checked_size=1, start=start))
    for label, build in (("list of objects", list_of_objects), ("one string", growing_string)):
        for size in scale.scaling:
            name = f"scaling/{label}/{size}"
            found.append(Workload(name, "scaling", build, size, "dropped", checked_size=2000, gc=("off",)))
    return found


def full() -> list[Workload]:
    return workloads(FULL)


def smoke() -> list[Workload]:
    return workloads(SMOKE)
