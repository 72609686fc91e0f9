"""Events of an API inside those of an agent library: read as if they had come by themselves, several messages in a
row.

The real libraries are in `tests/integrations`; here stands what their events look like, as mappings, as on the wire,
and as objects of classes with their names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from typing import Any

import pytest

from partialjson.messages import MessageFailed, MessageParser, NextMessage, ProviderError, Update
from partialjson.testing.bodies import Said, Say, events, sse
from partialjson.testing.chunking import chunkings_of
from partialjson.wire.envelopes import is_of_run, word_of
from support.folding import check_fold
from support.models import Weather
from support.told import told

CALL = Said(("Let me see",), (), (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')),), "tool_calls")
ANSWER = Said(("It is ", "sunny"))
TOOLS = {"get_weather": Weather}

RESPONSES, MESSAGES = "openai-responses", "anthropic-messages"


@dataclass
class Raw:
    """As the OpenAI Agents SDK has it."""

    data: Any
    type: str = "raw_response_event"


@dataclass
class Item:
    name: str = "tool_output"
    item: Any = None
    type: str = "run_item_stream_event"


def claude(name: str, **fields: Any) -> Any:
    """An object of the Claude Agent SDK, which has no field `type`."""
    made = make_dataclass(name, list(fields), namespace={"__module__": "claude_agent_sdk.types"})
    return made(**fields)


def of_claude(event: Any, parent: str | None = None) -> Any:
    return claude("StreamEvent", uuid="u", session_id="s", event=event, parent_tool_use_id=parent)


@dataclass
class Way:
    """How a library passes on the events of an API, and what it says between two messages."""

    api: str
    wrap: Any
    between: list[Any] = field(default_factory=list)


WAYS = {
    "agents": Way(RESPONSES, Raw, [Item(), Item("message_output_created")]),
    "agents, mappings": Way(
        RESPONSES,
        lambda event: {"type": "raw_response_event", "data": event},
        [{"type": "agent_updated_stream_event", "new_agent": {}}, {"type": "run_item_stream_event", "item": {}}],
    ),
    "claude": Way(
        MESSAGES,
        of_claude,
        [
            claude("SystemMessage", subtype="init", data={}),
            claude("AssistantMessage", content=[], model="m", parent_tool_use_id=None, error="rate_limit"),
            claude("UserMessage", content=[], parent_tool_use_id=None),
            claude("TaskStartedMessage", subtype="task_started", data={}),
        ],
    ),
    "claude, on the wire": Way(
        MESSAGES,
        lambda event: {"type": "stream_event", "event": event, "session_id": "s", "parent_tool_use_id": None},
        [
            {"type": "assistant", "message": {"id": "r1", "content": []}, "parent_tool_use_id": None},
            {"type": "user", "message": {"content": [{"type": "tool_result"}]}, "parent_tool_use_id": None},
            {"type": "rate_limit_event", "rate_limit_info": {}},
        ],
    ),
}
AllWays = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def fed(way: Way, *items: Any) -> tuple[MessageParser, list[Update]]:
    message = MessageParser(way.api, tools=TOOLS)
    updates = [update for item in items for update in message.feed(item)]
    updates += message.end().updates
    check_fold(message, updates, tools=TOOLS)
    return message, updates


def run(way: Way, *turns: Said) -> list[Any]:
    """The events of a run: for each of its messages those of the API in their envelopes, and the library's own."""
    return [item for turn in turns for item in (*[way.wrap(each) for each in events(way.api, turn)], *way.between)]


@AllWays
def test_a_run_is_read_like_its_messages_in_one_body(way: Way) -> None:
    message, updates = fed(way, *run(way, CALL, ANSWER))
    plain = MessageParser(way.api, tools=TOOLS)
    bare = [update for turn in (CALL, ANSWER) for each in events(way.api, turn) for update in plain.feed(each)]
    assert updates == [*bare, *plain.end().updates]
    assert told(message) == told(plain)
    assert message.unread == {}
    assert sum(isinstance(update, NextMessage) for update in updates) == 1
    assert [call.value for call in message.calls if call.ready] == [Weather(city="Zürich")]
    assert message.end().reason == "complete"


@AllWays
def test_a_run_that_is_cut_off_says_so(way: Way) -> None:
    inside = [way.wrap(each) for each in events(way.api, ANSWER)]
    message, _ = fed(way, *run(way, CALL), *inside[:-2])
    assert message.end().reason == "disconnected"
    assert message.calls[0].ready


@pytest.mark.parametrize("name", ["agents, mappings", "claude, on the wire"])
def test_a_body_of_such_events(name: str) -> None:
    """As a server passes them on."""
    way = WAYS[name]
    raw = sse(run(way, CALL, ANSWER))
    whole, _ = fed(way, *run(way, CALL, ANSWER))
    for _, pieces in chunkings_of(raw, single_splits_up_to=0, partitions=10, seed=1):
        message = MessageParser(way.api, tools=TOOLS)
        for piece in pieces:
            message.feed_bytes(piece)
        assert told(message) == told(whole)


RESULT = {
    "subtype": "error_max_turns",
    "is_error": True,
    "result": None,
    "errors": ["Reached maximum number of turns (1)"],
    "api_error_status": None,
    "usage": {"output_tokens": 9},
}
NAMED = ["claude", "claude, on the wire"]


def result(name: str, **fields: Any) -> Any:
    said = {**RESULT, **fields}
    return claude("ResultMessage", **said) if name == "claude" else {"type": "result", **said}


@pytest.mark.parametrize("name", NAMED)
def test_the_result_of_a_run_that_failed_is_its_error(name: str) -> None:
    way = WAYS[name]
    message, updates = fed(way, *run(way, CALL), result(name))
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert (end.error.type, end.error.message) == ("error_max_turns", "Reached maximum number of turns (1)")
    assert message.calls[0].ready, "it was complete before the run failed"
    assert message.state.first.latest == []
    assert sum(isinstance(update, MessageFailed) for update in updates) == 1


@pytest.mark.parametrize("name", NAMED)
def test_a_failure_within_a_message_breaks_it_off(name: str) -> None:
    way = WAYS[name]
    inside = [way.wrap(each) for each in events(way.api, CALL)]
    said = result(name, subtype="success", errors=None, result="API Error: 529", api_error_status=529)
    message, _ = fed(way, *inside[:-4], said)  # half of the arguments
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert (end.error.type, end.error.code, end.error.message) == ("", 529, "API Error: 529")
    assert not message.calls[0].ready


@pytest.mark.parametrize("name", NAMED)
def test_a_run_that_failed_before_its_first_message(name: str) -> None:
    message, _ = fed(WAYS[name], result(name, subtype="error_during_execution", errors=[]))
    assert message.end().reason == "error"
    assert "error_during_execution" in str(message.end().error)


@pytest.mark.parametrize("name", NAMED)
def test_a_run_goes_on_after_a_result(name: str) -> None:
    """A client asks again in the same session."""
    way = WAYS[name]
    for is_error in (True, False):
        message, _ = fed(way, *run(way, CALL), result(name, is_error=is_error), *run(way, ANSWER))
        assert message.end().reason == "complete"
        assert message.end().error is None
        assert message.text == "Let me seeIt is sunny"


def test_events_of_subagents_are_counted_and_not_mixed_in() -> None:
    inside = events(MESSAGES, CALL)
    items = [item for each in inside for item in (of_claude(each, "toolu_1"), of_claude(each), of_claude(each, "t2"))]
    message, _ = fed(WAYS["claude"], *items)
    plain, _ = fed(Way(MESSAGES, None), *inside)
    assert told(message) == told(plain)
    # What follows the end of the message is counted no more.
    assert message.unread == {("event", "stream_event of a subagent"): 2 * len(inside) - 1}


def test_whole_messages_are_counted_where_nothing_streams() -> None:
    whole = claude("AssistantMessage", content=[], model="m", parent_tool_use_id=None)
    message = MessageParser(MESSAGES)
    message.feed(whole)
    assert message.unread == {("event", "assistant"): 1}


def test_words() -> None:
    assert word_of(Raw({})) == "raw_response_event"
    assert word_of(Item()) == "run_item_stream_event"
    assert word_of(of_claude({})) == word_of({"type": "stream_event"}) == "stream_event"
    assert word_of(claude("HookEventMessage", subtype="hook")) == "system"
    assert word_of({"type": "message_start"}) == word_of({"event": {}}) == word_of("[DONE]") == word_of(None) == ""
    assert is_of_run(Item())
    assert not is_of_run({"type": "response.created"})


def test_an_envelope_without_anything_in_it() -> None:
    for way in WAYS.values():
        nothing: list[Any] = [None, "", 3, [], {}, {"type": None}]
        for inside in nothing:
            message = MessageParser(way.api)
            message.feed(way.wrap(inside))
            assert message.end().reason in ("disconnected", "error")


def test_envelopes_in_envelopes_without_end() -> None:
    for way in WAYS.values():
        item: Any = {}
        for _ in range(5_000):
            item = way.wrap(item) if isinstance(way.wrap({}), dict) else {"type": "raw_response_event", "data": item}
        message = MessageParser(way.api)
        message.feed(item)
        assert message.end().reason in ("disconnected", "error")
        while isinstance(item, dict):  # frees them one by one
            item = item.pop("data", None) or item.pop("event", None)
