"""What type checkers make of messages read from a client. Checked, not run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, assert_type

from pydantic import BaseModel

from partialjson.clients import AsyncMessageStream, MessageStream, aread, read
from partialjson.messages import MessageParser
from partialjson.streaming import AsyncElements, Elements


class Item(BaseModel):
    name: str


class Order(BaseModel):
    note: str
    items: list[Item]


def the_output_has_the_type_that_was_asked_for(source: list[bytes]) -> None:
    assert_type(read(source, "openai-chat", output=Order), MessageStream[Order])
    assert_type(read(source, "openai-chat", output=Order).elements(lambda order: order.items), Elements[Item])
    assert_type(read(source, "openai-chat", output=list[Item]).elements(), Elements[Item])
    assert_type(read(source, "openai-chat", output=Order).text(lambda order: order.note), Elements[str])
    assert_type(read(source, "openai-chat", output=Order).field(lambda order: order.items[0]), Item)
    assert_type(read(source, "openai-chat"), MessageStream[Any])
    assert_type(read(source, MessageParser("gemini")).elements("$.items[*]"), Elements[Any])


async def likewise_for_async(source: AsyncIterator[bytes]) -> None:
    assert_type(aread(source, "gemini", output=Order), AsyncMessageStream[Order])
    assert_type(aread(source, "gemini", output=Order).elements(lambda order: order.items), AsyncElements[Item])
    assert_type(await aread(source, "gemini", output=Order).field(lambda order: order.note), str)
