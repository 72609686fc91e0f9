"""Elements, text and fields of a structured output, straight from a client's stream, for every API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from partialjson import IncompleteError
from partialjson.clients import aread, read
from partialjson.messages import MessageParser, ProviderError
from support.bodies import BODY_APIS as APIS
from support.bodies import Said, body, events
from support.sources import AsyncSource, Both, Source


class Item(BaseModel):
    sku: str
    qty: int


class Order(BaseModel):
    note: str
    items: list[Item]
    total: float = 0


TEXT = '{"note": "please hurry", "items": [{"sku": "tea", "qty": 1}, {"sku": "ham", "qty": 2}], "total": 3.5}'


def cut(text: str, size: int) -> tuple[str, ...]:
    return tuple(text[at : at + size] for at in range(0, len(text), size))


def said(text: str = TEXT, size: int = 5, reason: str | None = "complete") -> Said:
    return Said(cut(text, size), reason=reason)


def collect(source: Source, api: Any, how: Callable[[Any], Any], **options: Any) -> list[Any]:
    """What one way of reading gives, whether its client is synchronous or not."""
    if not isinstance(source, AsyncSource):
        found = how(read(source, api, **options))
        return list(found) if hasattr(found, "__iter__") and not isinstance(found, BaseModel | str) else [found]

    async def run() -> list[Any]:
        found = how(aread(source, api, **options))
        return [each async for each in found] if hasattr(found, "__aiter__") else [await found]

    return asyncio.run(run())


@Both
@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize("api", APIS)
def test_elements_text_and_a_field(api: str, size: int, make: Callable[[Any], Source]) -> None:
    def told() -> Source:
        return make(events(api, said(size=size)))

    items = [Item(sku="tea", qty=1), Item(sku="ham", qty=2)]
    assert collect(told(), api, lambda m: m.elements(lambda o: o.items), output=Order) == items
    assert collect(told(), api, lambda m: m.elements("$.items[*].sku"), output=Order) == ["tea", "ham"]
    assert "".join(collect(told(), api, lambda m: m.text(lambda o: o.note), output=Order)) == "please hurry"
    assert collect(told(), api, lambda m: m.field(lambda o: o.items[0]), output=Order) == items[:1]
    assert collect(told(), api, lambda m: m.elements("$.items[*].qty"), output=Any) == [1, 2]


@pytest.mark.parametrize("api", APIS)
def test_from_the_body(api: str) -> None:
    raw = body(api, said())
    for pieces in ([raw], [raw[at : at + 7] for at in range(0, len(raw), 7)]):
        assert [item.sku for item in read(pieces, api, output=Order).elements(lambda order: order.items)] == [
            "tea",
            "ham",
        ]


@Both
def test_a_field_closes_the_source(make: Callable[[Any], Source]) -> None:
    source = make(events("openai-chat", said()))
    assert collect(source, "openai-chat", lambda m: m.field(lambda o: o.note), output=Order) == ["please hurry"]
    assert source.closed == 1
    assert source.asked < len(source.items) / 2


@Both
@pytest.mark.parametrize("reason", ["truncated", None])
def test_a_cut_is_raised_after_what_was_complete(reason: str | None, make: Callable[[Any], Source]) -> None:
    source = make(events("openai-chat", said(TEXT[:70], reason=reason)))
    found: list[Any] = []
    with pytest.raises(IncompleteError):
        collect(source, "openai-chat", lambda m: _keeping(m.elements(lambda o: o.items), found), output=Order)
    assert found == [Item(sku="tea", qty=1)]


def _keeping(elements: Any, found: list[Any]) -> Any:
    if hasattr(elements, "__aiter__"):

        async def agoes() -> Any:
            async for each in elements:
                found.append(each)
                yield each

        return agoes()

    def goes() -> Any:
        for each in elements:
            found.append(each)
            yield each

    return goes()


@Both
def test_an_error_of_the_provider_is_raised(make: Callable[[Any], Source]) -> None:
    told = [*events("openai-chat", said(TEXT[:70], reason=None)), {"error": {"message": "overloaded", "type": "busy"}}]
    with pytest.raises(ProviderError, match="overloaded"):
        collect(make(told), "openai-chat", lambda m: m.elements(lambda o: o.items), output=Order)


@Both
def test_what_does_not_fit_is_raised_at_the_end(make: Callable[[Any], Source]) -> None:
    source = make(events("openai-chat", said('{"note": "x", "items": [{"sku": "tea"}]}')))
    with pytest.raises(ValidationError, match="qty"):
        collect(source, "openai-chat", lambda m: m.elements(lambda o: o.items), output=Order)


def test_options_and_schemas_go_along() -> None:
    schema = {"type": "object", "properties": {"items": {"type": "array"}}}
    told = events("openai-chat", said())
    assert len(list(read(iter(told), "openai-chat", output=schema).elements("$.items[*]"))) == 2
    fenced = events("openai-chat", said(f"Sure:\n```json\n{TEXT}\n```"))
    reading = read(iter(fenced), "openai-chat", output=Order, lenient=True)
    assert [item.qty for item in reading.elements(lambda order: order.items)] == [1, 2]
    message = MessageParser("openai-chat", output=Order)
    assert [item.qty for item in read(iter(told), message).elements("$.items[*]")] == [1, 2]
    assert message.output.value.total == 3.5


def test_without_an_output_there_is_nothing_to_read() -> None:
    with pytest.raises(TypeError, match="output="):
        read(iter([]), "openai-chat").elements("$.items[*]")
