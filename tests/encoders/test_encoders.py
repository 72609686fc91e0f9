"""What a front end ends with is what the model said, in every protocol, for every API, wherever the body was cut.

`support.front_ends` reads the events as each protocol's own package does; the packages themselves read them in
`test_packages`.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson.broadcast import ResponseState
from partialjson.encoders import a2ui, vercel
from partialjson.messages import MessageParser
from partialjson.patch import merge_deltas
from support.bodies import BODY_APIS
from support.front_ends import READERS, check_seen, events_in
from support.strategies import chunkings, texts
from support.talks import ENCODERS, talks, told


@pytest.mark.parametrize("api", BODY_APIS)
@pytest.mark.parametrize("protocol", ENCODERS)
def test_a_front_end_sees_the_message(protocol: str, api: str) -> None:
    for name, raw, options in talks(api):
        states = []
        for size in (1, 13, 100, len(raw) + 1):
            message, sent = told(protocol, api, raw, size, **options)
            assert b"hunter2" not in sent, name
            assert b"hunt" not in sent, name
            states.append(READERS[protocol](events_in(sent.decode())))
            check_seen(protocol, states[-1], message)
        if protocol == "mcp_apps":
            # How often partial arguments were sent depends on how often it was asked.
            states = [{call: {**view, "partial": []} for call, view in state.items()} for state in states]
        if name == "filtered":
            # Whether a call was ready before it was withdrawn depends on when somebody looked.
            continue
        assert all(state == states[0] for state in states), name


@pytest.mark.parametrize("protocol", ["ag_ui", "vercel", "assistant_stream", "mcp_apps"])
@given(st.data())
def test_documents_only_grow(protocol: str, data: st.DataObject) -> None:
    """The output and the arguments of a call, of any shape and cut anywhere, end as what was said, and every state
    before extends the one before that."""
    text = data.draw(texts(surrogates=False))
    arguments = '{"value": ' + text + "}"
    encoder = ENCODERS[protocol]()
    message = MessageParser("openai-chat", output=Any)
    events = encoder.begin(message)
    seen: list[Any] = []

    def feed(delta: dict[str, Any], end: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        events.extend(encoder.feed(message.feed({"choices": [choice]})))
        if protocol == "mcp_apps":
            seen[:] = [view["partial"] for view in READERS[protocol](events).values()][:1]

    for piece in data.draw(chunkings(text)):
        feed({"content": piece})
    feed({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]})
    for piece in data.draw(chunkings(arguments)):
        feed({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    feed({}, "tool_calls")
    events += encoder.feed(message.feed("[DONE]"))
    events += encoder.end()
    sent = [json.loads(encoder.to_sse(event)[6:]) for event in events]
    check_seen(protocol, READERS[protocol](sent), message)
    for partials in seen:
        assert all(_extends(before, after) for before, after in pairwise(partials))


def _extends(before: Any, after: Any) -> bool:
    """Is `after` what `before` was, or more of it? A key that comes again may begin anew."""
    if isinstance(before, dict) and isinstance(after, dict):
        return list(before) == list(after)[: len(before)]
    return type(before) is type(after)


@pytest.mark.parametrize("protocol", ENCODERS)
@given(st.data())
def test_a_body_that_is_cut_anywhere(protocol: str, data: st.DataObject) -> None:
    """What is told of the part is true of the part, and no event is changed after it was handed out."""
    _, raw, options = data.draw(st.sampled_from(list(talks("openai-responses"))))
    part = raw[: data.draw(st.integers(0, len(raw)))]
    encoder = ENCODERS[protocol]()
    message = MessageParser("openai-responses", **options)
    events = encoder.begin(message)
    told_then = json.dumps(events)[1:-1]
    for chunk in data.draw(chunkings(part)):
        more = encoder.feed(message.feed_bytes(chunk))
        told_then += json.dumps(more)[1:-1]
        events += more
    more = encoder.end()
    told_then += json.dumps(more)[1:-1]
    events += more
    assert json.dumps(events)[1:-1].replace(", ", "") == told_then.replace(", ", "")
    sent = (encoder.body(events) + encoder.tail).decode()
    assert "hunter2" not in sent
    check_seen(protocol, READERS[protocol](events_in(sent)), message)


def test_a_list_that_is_longer_than_a2ui_goes() -> None:
    """No index is used that its readers refuse; the whole comes at the end."""
    text = "[" + "1," * 10_003 + "1]"
    encoder = a2ui.Encoder("s")
    message = MessageParser("openai-chat", output=Any)
    events = encoder.begin(message)
    for at in range(0, len(text), 1000):
        choice = {"index": 0, "delta": {"content": text[at : at + 1000]}}
        events += encoder.feed(message.feed({"choices": [choice]}))
    events += encoder.end()
    updates = [event["updateDataModel"] for event in events]
    assert max(int(update["path"][1:] or 0) for update in updates) == 10_000
    assert updates[-1] == {"surfaceId": "s", "path": "/", "value": [1] * 10_004}


def test_without_a_message() -> None:
    for make in ENCODERS.values():
        with pytest.raises(RuntimeError, match=r"call begin\(message\) first"):
            make().feed()


def test_after_the_end() -> None:
    encoder = vercel.Encoder()
    message = MessageParser("openai-chat")
    encoder.begin(message)
    encoder.end()
    with pytest.raises(RuntimeError, match="the answer has ended"):
        encoder.feed(message.end().updates)


@pytest.mark.parametrize("protocol", ENCODERS)
def test_deltas_from_elsewhere(protocol: str) -> None:
    """An encoder is a viewer: the deltas may have been throttled, merged, or sent over a wire."""
    for _, raw, options in talks("anthropic-messages"):
        message = MessageParser("anthropic-messages", **options)
        state = ResponseState(message)
        pieces = [raw[at : at + 9] for at in range(0, len(raw), 9)]
        lists = [state.changes(), *(state.changes(message.feed_bytes(piece)) for piece in pieces)]
        lists.append(state.changes(message.end().updates))
        for step in (1, 3, len(lists)):
            encoder = ENCODERS[protocol]()
            events = []
            for at in range(0, len(lists), step):
                merged = merge_deltas([delta for deltas in lists[at : at + step] for delta in deltas])
                events += encoder.apply(json.loads(json.dumps(merged)))
            events += encoder.end()
            sent = (encoder.body(events) + encoder.tail).decode()
            check_seen(protocol, READERS[protocol](events_in(sent)), message)
