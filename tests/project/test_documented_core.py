"""The compiled classes of the core have the docstrings and signatures of their sources, and reprs say where one is."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

import partialjson
from partialjson import DocumentSequence, IncompleteError, Parser, Schema, stream
from partialjson.messages import MessageParser
from partialjson.sse import SSEDecoder

CORE = sorted(
    name
    for name in partialjson.__all__
    if isinstance(each := getattr(partialjson, name), type) and each.__module__.startswith("partialjson._core")
)

# What the sources say when they run as they are.
TELL = """
import inspect, json, sys, partialjson
def told(each):
    methods = {name: inspect.getdoc(method) for name, method in vars(each).items() if not name.startswith("_")}
    return [inspect.getdoc(each), list(inspect.signature(each).parameters), {n: d for n, d in methods.items() if d}]
print(json.dumps({name: told(getattr(partialjson, name)) for name in sys.argv[1:]}))
"""


@pytest.fixture(scope="module")
def sources() -> Any:
    environment = {**os.environ, "PARTIALJSON_INTERPRETED": "1"}
    run = subprocess.run([sys.executable, "-c", TELL, *CORE], env=environment, capture_output=True, check=True)
    return json.loads(run.stdout)


def test_the_classes_of_the_core_are_known() -> None:
    assert {"Parser", "Completed", "Expected"} <= set(CORE)


@pytest.mark.parametrize("name", CORE)
def test_a_class_is_documented_as_in_its_source(name: str, sources: Any) -> None:
    each = getattr(partialjson, name)
    doc, parameters, methods = sources[name]
    found = inspect.getdoc(each)
    assert found is not None
    assert doc is not None
    assert found.startswith(doc)
    assert list(inspect.signature(each).parameters) == parameters
    if partialjson.compiled:
        # Compiled methods take no docstring of their own.
        for method, about in methods.items():
            assert f"\n\n{method}" in found
            assert about.splitlines()[0] in found


def test_a_signature_reads_as_in_the_source() -> None:
    told = str(inspect.signature(Parser))
    assert "schema: JSONSchema | None = None" in told.replace("'", "")
    assert "predict: bool = False" in told.replace("'", "")


class Order(BaseModel):
    note: str


def test_a_parser_says_what_it_reads_and_how_far_it_is() -> None:
    parser = Parser(Order)
    assert repr(parser) == "<Parser of Order, open after 0 characters>"
    parser.feed('{"note": "hur')
    assert repr(parser) == "<Parser of Order, open after 13 characters>"
    parser.feed('ry"}')
    assert repr(parser) == "<Parser of Order, root closed after 17 characters>"
    parser.close()
    assert repr(parser) == "<Parser of Order, ended after 17 characters>"
    failed = Parser()
    with pytest.raises(partialjson.ParseError):
        failed.feed("[}")
    assert repr(failed).startswith("<Parser, broken after ")
    assert repr(Parser(list[int])) == "<Parser of list[int], open after 0 characters>"
    assert repr(Parser(TypeAdapter(int))) == "<Parser of TypeAdapter(int), open after 0 characters>"
    assert "Schema(" in repr(Parser(Schema({"type": "object"})))


def test_streams_and_messages_say_what_they_are() -> None:
    reading = stream(['{"note": "a"}'], Order)
    assert repr(reading) == "<Stream of Order, not begun>"
    assert repr(stream(["1"])) == "<Stream, not begun>"
    next(iter(reading))
    assert repr(reading) == "<Stream of Order, begun>"
    sequence = DocumentSequence(Order, on_error="stop")
    assert repr(sequence) == "<DocumentSequence of Order, ndjson, between documents, 0 read>"
    sequence.feed('{"note": "a"}\n{"n')
    assert repr(sequence) == "<DocumentSequence of Order, ndjson, in document 1, 1 read>"
    sequence.feed("x\n")
    assert repr(sequence) == "<DocumentSequence of Order, ndjson, stopped, 2 read>"
    plain: DocumentSequence[Any] = DocumentSequence(format="concatenated")
    plain.end()
    assert repr(plain) == "<DocumentSequence, concatenated, ended, 0 read>"
    elements = stream(["[1, 2", "]"]).elements("$[*]")
    assert repr(elements) == "<Elements, open after 0 characters>"
    next(elements)
    assert repr(elements) == "<Elements, open after 5 characters>"
    assert list(elements) == [2]
    assert repr(elements) == "<Elements, complete after 6 characters>"
    text = stream(['{"note": "a'], Order).text("$.note")
    with pytest.raises(IncompleteError):
        list(text)
    assert repr(text) == "<Elements, truncated after 11 characters>"
    decoder = SSEDecoder()
    assert repr(decoder) == "<SSEDecoder, open>"
    decoder.feed("id: 7\ndata: x\n\n")
    assert repr(decoder) == "<SSEDecoder, open, last event '7'>"
    decoder.close()
    assert repr(decoder) == "<SSEDecoder, closed, last event '7'>"
    message = MessageParser("openai-chat", output=Order)
    assert repr(message) == "<MessageParser openai-chat, open, 0 blocks>"
    message.feed({"choices": [{"index": 0, "delta": {"content": '{"no'}}]})
    assert repr(message) == "<MessageParser openai-chat, open, 1 block>"
    assert repr(message.output) == "<Document partial '{\"no'>"
    message.end()
    assert repr(message) == "<MessageParser openai-chat, ended, 1 block>"
