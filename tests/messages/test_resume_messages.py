"""A message that was cut goes on: whatever the provider, wherever it was cut, the end is that of the whole message."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import MISSING, Complete, ParseError, Parser, Truncated
from partialjson.messages import (
    Call,
    Document,
    DocumentProgress,
    DocumentResumed,
    MessageEnded,
    MessageParser,
    Resumption,
    TextDelta,
    Update,
)
from partialjson.patch import apply_deltas
from partialjson.resume import LEAST_REPETITION, Continuation, Mode, SpliceError
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, WITHOUT_PIECES, Said, Say, events
from support.corpus import corpus_files, corpus_folder
from support.effort import examples
from support.models import Line


class Order(BaseModel):
    customer: str
    items: list[Line]


TEXT = '{"customer": "Zoë \\"Z\\" Müller", "items": [{"sku": "x-1", "qty": 12}, {"sku": "y", "qty": 3}]}'
VALUE = Order.model_validate_json(TEXT)
CALL_APIS = [api for api in APIS if api not in WITHOUT_CALLS and api not in WITHOUT_PIECES]
MODES: list[Mode] = ["auto", "exact", "anchored"]


def told(api: str, said: Said, **options: Any) -> tuple[MessageParser, list[Update]]:
    message = MessageParser(api, tools={"order": Order}, **options)
    updates = [update for event in events(api, said) for update in message.feed(event)]
    return message, [*updates, *message.end().updates]


def fold(updates: list[Update]) -> dict[int, str]:
    """The texts of documents, from updates alone."""
    texts: dict[int, str] = {}
    for update in updates:
        match update:
            case DocumentProgress(block=block, text=text):
                texts[block] = texts.get(block, "") + text
            case DocumentResumed(block=block, text=text):
                texts[block] = text
    return texts


def go_on(rest: Resumption, text: str, size: int) -> list[Update]:
    """Feed the rest of the text in the mode of the resumption; the deltas fold on the way."""
    document = rest.document
    shown = apply_deltas(MISSING, document.deltas())
    begin = len(rest.continuation.prefill)
    answer = text[begin:]
    if rest.continuation.mode == "anchored":
        answer = "Here:\n" + rest.continuation.anchor + answer
    updates: list[Update] = []
    for at in range(0, len(answer), size):
        updates += rest.feed(answer[at : at + size])
        shown = apply_deltas(shown, document.deltas())
        assert shown == document.json
    end = rest.end("stop")
    updates += end.updates
    assert apply_deltas(shown, document.deltas()) == document.json
    return updates


@pytest.mark.parametrize("api", CALL_APIS)
@given(data=st.data())
@settings(deadline=None, max_examples=examples(15))
def test_a_call_goes_on(api: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(TEXT) - 1))
    size = data.draw(st.integers(1, 30))
    mode = data.draw(st.sampled_from(MODES))
    reason = data.draw(st.sampled_from(["truncated", None]))
    other = Say("c0", "order", (TEXT,))
    message, updates = told(api, Said(calls=(other, Say("c1", "order", (TEXT[:at],))), reason=reason))
    call = message.calls[1]
    if call.outcome is None or not call.text:
        return
    assert not call.ready
    rest = message.resume(mode=mode)
    assert rest.document is call
    updates += go_on(rest, TEXT, size)
    assert (call.value, call.json) == (VALUE, json.loads(TEXT))
    assert call.ready
    end = message.end()
    assert (end.reason, end.cut_by, end.contradictions) == ("tool_calls", (), ())
    assert [document.runnable for document in end.documents] == [True, True]
    assert fold(updates)[call.position] == call.text
    assert isinstance(updates[-1], MessageEnded)


@pytest.mark.parametrize("api", APIS)
@given(data=st.data())
@settings(deadline=None, max_examples=examples(15))
def test_an_output_goes_on(api: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(TEXT) - 1))
    mode = data.draw(st.sampled_from(MODES))
    message, updates = told(api, Said(texts=(TEXT[:at],), reason="truncated"), output=Order)
    rest = message.resume(mode=mode)
    assert rest.document is message.output
    updates += go_on(rest, TEXT, 7)
    assert message.output.value == VALUE
    assert message.end().reason == "complete"
    assert message.text == message.blocks[0].text == message.output.text
    assert "".join(message.text.split()) == "".join(TEXT.split())
    assert fold(updates)[0] == message.text


def test_a_broken_call_goes_on_before_its_error() -> None:
    text = '{"customer":"a\nb'
    message, updates = told("openai-chat", Said(calls=(Say("c1", "order", (text,)),), reason="tool_calls"))
    assert message.end().documents[0].state == "failed"
    rest = message.resume(mode="exact")
    updates += rest.feed('","items":[]}')
    updates += rest.end().updates
    assert message.calls[0].value == Order(customer="a", items=[])
    assert message.calls[0].ready
    assert fold(updates) == {0: '{"customer":"a","items":[]}'}


def test_the_reply_is_a_message_itself() -> None:
    message, _ = told("openai-chat", Said(calls=(Say("c1", "order", (TEXT[:50],)),), reason="truncated"))
    rest = message.resume()
    reply = MessageParser("openai-chat")
    for event in events("openai-chat", Said(texts=("```json\n", TEXT[30:60], TEXT[60:], "\n```"))):
        for update in reply.feed(event):
            if isinstance(update, TextDelta | DocumentProgress):
                rest.feed(update.text)
    assert rest.end(reply.end().raw).reason == "tool_calls"
    assert message.calls[0].value == VALUE
    assert rest.continuation.skipped == ["```json\n", "```"]


def test_an_answer_that_does_not_fit_leaves_the_message_as_it_was() -> None:
    message, _ = told("openai-chat", Said(calls=(Say("c1", "order", (TEXT[:50],)),), reason="truncated"))
    before = message.calls[0].outcome
    rest = message.resume()
    with pytest.raises(SpliceError):
        rest.feed("I am sorry: no.\n" * 200)
    assert message.calls[0].outcome is before
    assert message.end().reason == "truncated"
    with pytest.raises(SpliceError):
        rest.end()
    again = message.resume(message.calls[0], mode="exact")
    again.feed(TEXT[50:])
    assert again.end().reason == "tool_calls"


def test_an_answer_that_breaks_or_is_cut_goes_on_once_more() -> None:
    message, _ = told("openai-chat", Said(calls=(Say("c1", "order", (TEXT[:50],)),), reason="truncated"))
    rest = message.resume(mode="exact")
    rest.feed(TEXT[50:70])
    end = rest.end("length")
    assert end.reason == "truncated"
    assert isinstance(message.calls[0].outcome, Truncated)
    rest = message.resume(mode="exact")
    prefill = rest.continuation.prefill
    (progress,) = [u for u in rest.feed(TEXT[len(prefill) : 75] + "\x00") if isinstance(u, DocumentProgress)]
    assert isinstance(progress.error, ParseError)
    assert rest.feed("more") == []
    assert rest.end().documents[0].state == "failed"
    rest = message.resume(mode="exact")
    rest.feed(TEXT[len(rest.continuation.prefill) :])
    assert rest.end().reason == "tool_calls"
    assert message.calls[0].value == VALUE


def test_what_cannot_be_resumed_is_refused() -> None:
    whole, _ = told("openai-chat", Said(calls=(Say("c1", "order", (TEXT,)),), reason="tool_calls"))
    with pytest.raises(ValueError, match="no document"):
        whole.resume()
    with pytest.raises(ValueError, match="complete"):
        whole.resume(whole.calls[0])
    with pytest.raises(ValueError, match="not one of this message"):
        whole.resume(Document())
    refused, _ = told("openai-chat", Said(calls=(Say("c1", "order", (TEXT[:9],)),), reason="filtered"))
    with pytest.raises(ValueError, match="the provider withdrew it"):
        refused.resume()
    free = MessageParser("openai-responses")
    custom = {"id": "i", "type": "custom_tool_call", "call_id": "c", "name": "f", "input": ""}
    free.feed({"type": "response.output_item.added", "output_index": 0, "item": custom})
    assert free.calls[0].free
    with pytest.raises(ValueError, match="no document"):
        free.resume()
    with pytest.raises(ValueError, match="free text"):
        free.resume(free.calls[0])


# Recorded streams, cut where a document is open.

FOLDERS = {
    "anthropic-messages": "anthropic-messages",
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
    "gemini-interactions": "gemini-interactions",
    "cohere-chat_v2": "cohere",
}
STREAMS = [
    path
    for folder in FOLDERS
    for path in corpus_files("streams", folder)
    if path.suffix == ".sse" and path.stat().st_size < 400_000
]


def documents_of(message: MessageParser) -> list[Document]:
    found: list[Document] = [call for call in message.calls if not call.free and not call.server]
    return [*found, message.output] if message.output.text else found


def test_the_streams_are_there() -> None:
    corpus_folder("streams")
    assert len(STREAMS) > 50


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_answer_goes_on_where_it_was_cut(path: Any) -> None:
    api = FOLDERS[path.parent.name]
    body = path.read_bytes()
    whole = MessageParser(api, output=Any)
    whole.feed_bytes(body)
    whole.end()
    final = documents_of(whole)
    source = random.Random(path.name)
    for at in sorted(source.sample(range(1, len(body)), min(12, len(body) - 1))):
        message = MessageParser(api, output=Any)
        message.feed_bytes(body[:at])
        message.end()
        for number, document in enumerate(documents_of(message)):
            if not isinstance(document.outcome, Truncated) or not document.text or number >= len(final):
                continue
            target = final[number]
            if not isinstance(target.outcome, Complete) or not target.text.startswith(document.text):
                continue
            resume_every_way(message, document, target, source)


def resume_every_way(message: MessageParser, document: Document, target: Document, source: random.Random) -> None:
    """In a copy for each way first, since a message goes on only once."""
    text = target.text
    prefix = document.text
    for mode, back, noise in (
        ("exact", 0, ""),
        ("anchored", 0, "Here it is:\n\n```json\n"),
        ("auto", LEAST_REPETITION + source.randrange(30), ""),
        ("auto", len(prefix), "Sure:\n```json\n"),
    ):
        rest: Continuation[Any] = Continuation(Parser(), prefix, mode=mode)  # type: ignore[arg-type]
        base = rest.prefill
        said = base[max(0, len(base) - back) :] if mode == "auto" else rest.anchor if mode == "anchored" else ""
        if mode == "auto" and (len(said) < LEAST_REPETITION or base.find(said) != base.rfind(said)):
            continue
        answer = noise + said + text[len(base) :]
        while answer:
            size = source.choice((1, 3, 20, 1000))
            rest.feed(answer[:size])
            answer = answer[size:]
        assert rest.close() == target.value
    resumed = message.resume(document, mode="exact")
    resumed.feed(text[len(resumed.continuation.prefill) :])
    resumed.end()
    assert document.value == target.value
    assert isinstance(document.outcome, Complete)
    assert not isinstance(document, Call) or document.ready
