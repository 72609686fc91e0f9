"""How fields of events are read: in whatever mapping they come, and none of them without a word where any may come."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from partialjson.providers import Attach, Operation, Unread, adapter_for
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, Said, Say, events
from partialjson.testing.reference import nodes_of, value_at
from partialjson.wire import ops
from partialjson.wire.fields import plain, says_something, unread, unread_event
from support.effort import examples
from support.operations import operations


def said(api: str) -> list[Any]:
    """The events of a whole message, with all that the API can tell."""
    calls = () if api in WITHOUT_CALLS else (Say("c", "f", ('{"a":', "1}")), Say("d", "g", ("{}",)))
    return list(events(api, Said(("a", "b"), ("r",), calls, "complete")))


# Whatever mapping it is.


def in_mappings(value: Any) -> Any:
    """Plain data in mappings that are no dicts, which no adapter has a quick way for."""
    if isinstance(value, dict):
        return MappingProxyType({key: in_mappings(each) for key, each in value.items()})
    return [in_mappings(each) for each in value] if isinstance(value, list) else value


def told(value: Any) -> Any:
    """Operations and what they hold, comparable whatever the mappings."""
    if isinstance(value, Mapping):
        return {key: told(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [told(each) for each in value]
    if type(value).__module__ == ops.__name__:
        return type(value).__name__, [told(getattr(value, name)) for name in type(value).__slots__]
    return value


VALUES: list[Any] = [
    None, "", "a", "b", 0, 1, 5, 1.5, True, [], {}, ["a"], {"text": "a"}, [{"text": "x"}], "function", "tool_calls",
    "stop", {"type": "text", "text": "q"},
]  # fmt: skip
NAMES = [
    "type", "index", "id", "model", "choices", "delta", "content", "reasoning", "refusal", "tool_calls",
    "function", "function_call", "name", "arguments", "finish_reason", "usage", "error", "message", "object",
    "x_groq", "content_block", "input", "partial_json", "text", "thinking", "citation", "signature",
    "stop_reason", "stop_details", "data", "parts", "candidates", "response", "item", "status", "images",
    "logprobs", "custom",
]  # fmt: skip


def changed(every: list[Any], source: random.Random) -> list[Any]:
    """The events with a few fields added, changed or left out, or events in another order."""
    every = copy.deepcopy(every)
    for _ in range(source.choice((1, 1, 2, 3))):
        event = source.choice(every)
        at = source.choice([at for at, _ in nodes_of(event)])
        where = value_at(event, at)
        if not at:
            source.shuffle(every)
        elif isinstance(where, dict) and source.random() < 0.5:
            where[source.choice(NAMES)] = copy.deepcopy(source.choice(VALUES))
        elif source.random() < 0.4:
            del value_at(event, at[:-1])[at[-1]]
        else:
            value_at(event, at[:-1])[at[-1]] = copy.deepcopy(source.choice(VALUES))
        if isinstance(event, dict) and source.random() < 0.2:
            event[source.choice(NAMES)] = copy.deepcopy(source.choice(VALUES))
    return every


@pytest.mark.parametrize("api", APIS)
def test_an_event_reads_the_same_in_any_mapping(api: str) -> None:
    assert told(operations(api, said(api))) == told(operations(api, map(in_mappings, said(api))))
    for seed in range(examples(600)):
        every = changed(said(api), random.Random(f"{api} {seed}"))
        expected = told(operations(api, copy.deepcopy(every)))
        assert told(operations(api, map(in_mappings, every))) == expected, every


@pytest.mark.parametrize("api", APIS)
def test_an_event_without_a_name_is_one_with_an_empty_name(api: str) -> None:
    odd: list[Any] = [{}, {"odd": 1}, {"type": "odd"}, {"odd": None}, [], 5, None, SimpleNamespace(odd=1)]
    for every in (said(api), odd):
        adapter = adapter_for(api)
        assert [op for event in every for op in adapter.feed(event, "")] == operations(api, every)


# Any field: some APIs are spoken by many servers, which add what they like.


NOTHINGS: list[Any] = [None, "", [], {}, {"y": None}]


@pytest.mark.parametrize("api", ["ollama", "openai-chat", "openai-completions"])
def test_a_field_that_is_not_known_is_told_wherever_it_stands(api: str) -> None:
    every = said(api)
    known = [op for op in operations(api, every) if isinstance(op, Unread)]
    assert known == []
    for number, event in enumerate(every):
        for at, _ in nodes_of(event):
            for value in ("x", {"y": 1}, [0]):
                changed_events = copy.deepcopy(every)
                where = value_at(changed_events[number], at)
                if not isinstance(where, dict):
                    continue
                where["odd"] = value
                found = operations(api, changed_events)
                assert tells(found, "odd"), (event, at)
                # One that says nothing is not told.
                for nothing in NOTHINGS:
                    where["odd"] = nothing
                    assert not [op for op in operations(api, changed_events) if isinstance(op, Unread)]


def tells(found: list[Operation], name: str) -> bool:
    """Is a field told as not understood, or kept?"""
    for op in found:
        if isinstance(op, Unread) and op.kind == "field" and op.name.split(".")[-1] == name:
            return True
        if isinstance(op, Attach | ops.Usage | ops.Value) and name in repr(op):
            return True
    return False


def test_a_line_of_ollama_that_is_no_line_at_all() -> None:
    field, event = Unread("field", "odd"), Unread("event", "with odd")
    lines: list[tuple[dict[str, Any], list[Operation]]] = [
        ({"odd": 1}, [event]),
        ({"odd": 1, "created_at": "now"}, [event]),
        ({"odd": 1, "type": "new"}, [Unread("event", "new")]),
        ({"odd": 1, "done": False}, [field]),
        ({"odd": 1, "message": {}}, [field]),
        ({"odd": 1, "model": ""}, [field]),
        ({"odd": 1, "context": [3]}, []),
        ({"created_at": "now"}, []),
        ({"message": {"odd": 1}}, [Unread("field", "message.odd")]),
        ({"content": "a", "done": False}, [Unread("field", "content")]),
        ({"message": {"done": True}}, [Unread("field", "message.done")]),
        ({"error": "no", "odd": 1}, [ops.Error("no", body="no"), field]),
    ]
    for line, expected in lines:
        found = operations("ollama", [line])
        if expected:
            assert found == expected, line
        else:
            assert not [op for op in found if isinstance(op, Unread) and op.kind == "event"], line


# The functions.


class Silent:
    def __bool__(self) -> bool:
        return False


class Broken:
    def __bool__(self) -> bool:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, False), ("", False), ([], False), ((), False), ({}, False), ({"a": None}, False), (Silent(), False),
        ("a", True), ([None], True), ({"a": ""}, True), ({"a": None, "b": 0}, True), (0, True), (0.0, True),
        (False, True), (True, True), (Broken(), True), (SimpleNamespace(), True),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_says_something(value: Any, says: bool) -> None:
    assert says_something(value) is says
    out: list[Operation] = []
    unread({"a": 1, "b": value}, frozenset({"a"}), "in.", out)
    assert out == ([Unread("field", "in.b")] if says else [])
    unread({"a": value}, frozenset({"a", "c"}), "in.", out)
    attributes: Any = SimpleNamespace(b=1)
    unread(attributes, frozenset({"a"}), "in.", out)
    assert len(out) == says


@pytest.mark.parametrize(
    ("event", "kind", "name"),
    [
        ({"a": 1}, "new", "new"),
        (None, "new", "new"),
        ({"a": 1}, "", ""),
        ({"b": 1}, "", "with b"),
        ({"b": 1}, "message", "with b"),
        ({"b": 1, "a": 2, "c": None, "d": []}, "", "with b"),
        ({"b": 1, "c": 2, "d": 3, "e": 4, "f": 5}, "", "with b, c, d, e"),
        ({}, "message", ""),
        ({}, "", ""),
        (5, "", ""),
    ],
)
def test_what_an_event_is_called_that_is_not_understood(event: Any, kind: str, name: str) -> None:
    out: list[Operation] = []
    unread_event(event, kind, frozenset({"a"}), out)
    assert out == ([Unread("event", name)] if name else [])


def test_the_plain_data_of_an_object() -> None:
    class Full:
        def model_dump(self, *, mode: str = "", by_alias: bool = False, exclude_unset: bool = False) -> Any:
            return mode, by_alias, exclude_unset

    class Few:
        def model_dump(self, *, exclude_unset: bool = False) -> Any:
            return exclude_unset

    assert plain(Full()) == ("json", True, True)
    assert plain(Few()) is True
    others: list[Any] = [None, {}, [1], "a", 5, MappingProxyType({}), SimpleNamespace(model_dump=5)]
    for value in others:
        assert plain(value) is value
