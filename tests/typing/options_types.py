"""What type checkers make of the options that are handed on. Checked, not run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Unpack, assert_type

from pydantic import BaseModel

from partialjson import DocumentSequence, Parser, ParserOptions, documents, stream
from partialjson.messages import Attempts, MessageParser
from partialjson.streaming.stream import Stream


class Order(BaseModel):
    id: int


def handed_on(chunks: Iterable[str], **options: Unpack[ParserOptions]) -> Iterator[Order]:
    assert_type(Parser(Order, **options), Parser[Order])
    assert_type(DocumentSequence(Order, format="ndjson", **options), DocumentSequence[Order])
    assert_type(stream(chunks, Order, **options), Stream[Order])
    return documents(chunks, Order, **options)


def read(chunks: Iterable[str]) -> None:
    handed_on(chunks, on_invalid="raise", select=["$.id"])
    handed_on(chunks, on_invald="raise")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    handed_on(chunks, on_invalid="rise")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    stream(chunks, Order, strict=True)
    stream(chunks, Order, stirct=True)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    stream(chunks, Order, strict="yes")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    documents(chunks, Order, limit=5)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    MessageParser("openai-chat", output=Order, predict=True)
    MessageParser("openai-chat", output=Order, predicts=True)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Attempts("openai-chat", tools={"order": Order}, by_alias=False)
    Attempts("openai-chat", tool={"order": Order})  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
