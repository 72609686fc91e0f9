"""The state of a response: its deltas fold to it in every API, and it says what the message says."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from partialjson import MISSING, Parser
from partialjson.broadcast import DocumentState, ResponseState
from partialjson.messages import (
    Attempts,
    BlockEnded,
    BlockRestarted,
    BlockStarted,
    Call,
    CallHeld,
    DocumentProgress,
    FragmentMisplaced,
    MessageParser,
    MessageState,
    TextDelta,
    Update,
    UsageReported,
)
from partialjson.patch import apply_deltas
from partialjson.testing.bodies import (
    APIS,
    BODY_APIS,
    WITHOUT_CALLS,
    WITHOUT_PIECES,
    WITHOUT_REASONING,
    Said,
    Say,
    body,
    events,
)
from partialjson.testing.strategies import chunkings
from support.corpus import API_OF_FOLDER, corpus_files, corpus_folder
from support.effort import amount
from support.models import Weather

TOOLS = {"get_weather": Weather}
CALLS = (
    Say("c1", "get_weather", ('{"city":"Zü', "ri", 'ch"', ',"days":2}')),
    Say("c2", "now"),
    Say("c3", "get_weather", ("{", '"city":', '"\\ud83d', '\\ude00"}')),
)


class Viewer:
    """Folds the deltas of a state, and nothing else; at each step it has what the state is."""

    def __init__(self, message: Any, **options: Any) -> None:
        self.source = ResponseState(message, **options)
        self.state: Any = MISSING

    def look(self, updates: Iterable[Update] = ()) -> Any:
        self.state = apply_deltas(self.state, self.source.changes(updates))
        assert plain(self.state) == plain(self.source.state)
        assert self.source.changes() == []
        return self.state


def plain(state: dict[str, Any]) -> dict[str, Any]:
    """A state without the marks that were withdrawn."""
    blocks = []
    for block in state["blocks"]:
        if "document" in block:
            marks = {place: mark for place, mark in block["document"]["marks"].items() if mark is not None}
            block = {**block, "document": {**block["document"], "marks": marks}}
        blocks.append(block)
    return {**state, "blocks": blocks}


def expected_blocks(message: Any) -> list[Any]:
    """What a message shows of its texts and calls, and its output."""
    found: list[Any] = []
    for block in message.blocks:
        if isinstance(block, Call):
            found.append(("call", block.id, block.name, block.json))
        elif block.kind in ("text", "reasoning", "refusal"):
            found.append((block.kind, block.text))
    return found


def blocks_of(state: dict[str, Any]) -> list[Any]:
    return [
        ("call", block["id"], block["name"], block["document"].get("value", MISSING))
        if block["type"] == "call"
        else (block["type"], block["text"])
        for block in state["blocks"]
    ]


@pytest.mark.parametrize("api", APIS)
def test_law_9_the_deltas_of_a_response_fold_to_its_state_in_every_api(api: str) -> None:
    calls = () if api in WITHOUT_CALLS else CALLS
    reasoning = () if api in WITHOUT_REASONING else ("h", "m")
    said = Said(("Häl", "lo"), reasoning, calls, "tool_calls" if calls else "complete")
    message = MessageParser(api, tools=TOOLS)
    viewer = Viewer(message)
    for event in events(api, said):
        state = viewer.look(message.feed(event))
        assert blocks_of(state) == expected_blocks(message)
    state = viewer.look(message.end().updates)
    assert state["api"] == api
    assert blocks_of(state) == expected_blocks(message)
    assert [block["phase"] for block in state["blocks"] if block["type"] == "call"] == ["ready"] * len(calls)
    assert all(block["done"] for block in state["blocks"] if "done" in block)
    assert state["ending"] == {"reason": said.reason, "message": ""}


@pytest.mark.parametrize("api", BODY_APIS)
def test_how_a_body_is_cut_and_how_often_somebody_looks_is_invisible(api: str) -> None:
    calls = () if api in WITHOUT_CALLS else CALLS
    raw = body(api, Said(('{"city":', '"Zürich"}'), ("hm",) * (api not in WITHOUT_REASONING), calls, "complete"))
    source = random.Random(api)
    finals = []
    for size in (len(raw), 1, 7, 64):
        message = MessageParser(api, tools=TOOLS, output=Weather)
        viewer = Viewer(message)
        waiting: list[Update] = []
        for at in range(0, len(raw), size):
            waiting += message.feed_bytes(raw[at : at + size])
            if source.random() < 0.3:
                viewer.look(waiting)
                waiting = []
        finals.append(viewer.look([*waiting, *message.end().updates]))
    assert [plain(final) for final in finals] == [plain(finals[0])] * len(finals)
    output = next(block for block in finals[0]["blocks"] if block["type"] == "output")
    assert output["document"]["value"] == {"city": "Zürich"}
    assert output["document"]["status"] == "complete"


TEXTS = st.sampled_from(['{"city":', ' "Ro', 'me"', ', "days": 3', "}", "x", "1", "[", ' "\\ud83d', "ü😀"])
PIECES = st.lists(TEXTS, max_size=5).map(tuple)
WHOLE = st.sampled_from([(), ("{}",), ('{"city": "Rome", "days": 3}',), ('{"days": "x"}',)])


@given(st.data(), st.sampled_from(BODY_APIS), st.booleans(), st.booleans())
def test_law_9_whatever_comes_and_wherever_it_breaks_off(
    data: st.DataObject, api: str, lenient: bool, with_output: bool
) -> None:
    """Any texts and arguments, damaged and cut anywhere: the deltas fold to the state, which says what the message
    says."""
    ids, tools = st.sampled_from(["c1", "c2"]), st.sampled_from(["get_weather", "now"])
    calls = st.builds(Say, ids, tools, WHOLE if api in WITHOUT_PIECES else PIECES)
    said = Said(
        data.draw(PIECES),
        () if api in WITHOUT_REASONING else tuple(data.draw(st.lists(st.sampled_from(["h", "m"]), max_size=2))),
        () if api in WITHOUT_CALLS else tuple(data.draw(st.lists(calls, max_size=3, unique_by=lambda each: each.id))),
        data.draw(st.sampled_from(["complete", "truncated", None])),
    )
    raw = bytearray(body(api, said))
    if raw and data.draw(st.booleans()):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    del raw[data.draw(st.integers(0, len(raw))) :]
    message = MessageParser(api, tools=TOOLS, output=Weather if with_output else None, lenient=lenient)
    viewer = Viewer(message)
    for piece in data.draw(chunkings(bytes(raw))):
        viewer.look(message.feed_bytes(piece))
    state = viewer.look(message.end().updates)
    assert state["ending"]["reason"] == message.end().reason
    shown = [block for block in state["blocks"] if block["type"] == "call"]
    assert [block["document"].get("value", MISSING) for block in shown] == [call.json for call in message.calls]
    assert [block["phase"] == "ready" for block in shown] == [call.ready for call in message.calls]
    if not with_output:
        assert blocks_of(state) == expected_blocks(message)
    for pointer in state["ending"].get("missing", []):
        # What is missing is missing in something that is there, if anything is.
        block = state["blocks"][int(pointer.split("/")[2])]
        if "value" in block["document"]:
            apply_deltas(state, [{"op": "add", "path": pointer.rpartition("/")[0] + "/x", "value": 1}])
        with pytest.raises(ValueError, match="does not exist"):
            apply_deltas(state, [{"op": "replace", "path": pointer, "value": 1}])


def chat(*deltas: dict[str, Any], finish: str | None = None, index: int = 0) -> list[dict[str, Any]]:
    chunks = [{"choices": [{"index": index, "delta": delta}]} for delta in deltas]
    return [*chunks, {"choices": [{"index": index, "delta": {}, "finish_reason": finish}]}] if finish else chunks


def fed(message: Any, *chunks: Any) -> list[Update]:
    return [update for chunk in chunks for update in message.feed(chunk)]


def call(text: str, name: str | None = None, index: int = 0) -> dict[str, Any]:
    function = {"arguments": text} if name is None else {"name": name, "arguments": text}
    return {"tool_calls": [{"index": index, "function": function, **({"id": f"c{index}"} if name else {})}]}


def test_a_call_from_growing_to_done() -> None:
    message = MessageParser("openai-chat", tools=TOOLS)
    viewer = Viewer(message)
    assert viewer.look() == {"api": "openai-chat", "blocks": [], "ending": None}
    deltas = viewer.source.changes(fed(message, *chat(call('{"city": "Ro', "get_weather"))))
    assert [(delta["op"], delta["path"]) for delta in deltas] == [("add", "/blocks/0")]
    viewer.state = apply_deltas(viewer.state, deltas)
    deltas = viewer.source.changes(fed(message, *chat(call("me"))))
    assert deltas == [{"op": "append", "path": "/blocks/0/document/value/city", "value": "me"}]
    viewer.state = apply_deltas(viewer.state, deltas)
    assert viewer.state["blocks"][0]["phase"] == "growing"
    viewer.look(fed(message, *chat(call('"}'))))
    viewer.look([*fed(message, *chat(finish="tool_calls"), "[DONE]"), *message.end().updates])
    assert viewer.state["blocks"][0]["phase"] == "ready"
    [tool] = message.calls
    viewer.source.report(tool, "running")
    assert viewer.look()["blocks"][0]["phase"] == "running"

    class Report(BaseModel):
        degrees: float
        station: str = Field(exclude=True)
        key: SecretStr

    viewer.source.report(tool, "done", Report(degrees=21.5, station="s3cret", key=SecretStr("s3cret")))
    shown = viewer.look()["blocks"][0]
    assert (shown["phase"], shown["result"]) == ("done", {"degrees": 21.5, "key": "**********"})
    with pytest.raises(ValueError, match="running, done or failed"):
        viewer.source.report(tool, "ready")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not one of those"):
        viewer.source.report(a_call(), "done")


def a_call() -> Call:
    message = MessageParser("openai-chat", tools=TOOLS)
    fed(message, *chat(call("{", "get_weather")))
    return message.calls[0]


def test_calls_that_must_not_run() -> None:
    message = MessageParser("openai-chat", tools=TOOLS, lenient=True)
    viewer = Viewer(message)
    chunks = chat(
        call('{"city": "a",}', "get_weather"),
        call('{"days": 3}', "get_weather", 1),
        call('{"city": "b", "days": ', "get_weather", 2),
        finish="tool_calls",
    )
    viewer.look([*fed(message, *chunks, "[DONE]"), *message.end().updates])
    # Mended, without what is required, and cut off but mended by the end.
    assert [block["phase"] for block in viewer.state["blocks"]] == ["held", "failed", "held"]
    message = MessageParser("openai-chat", tools=TOOLS)
    viewer = Viewer(message)
    chunks = chat(call('{"city": "a"}', "get_weather"), call('{"ci', "get_weather", 1), finish="content_filter")
    viewer.look([*fed(message, *chunks, "[DONE]"), *message.end().updates])
    assert [block["phase"] for block in viewer.state["blocks"]] == ["withdrawn", "withdrawn"]
    assert viewer.state["ending"]["reason"] == "filtered"


def test_a_cut_says_what_is_missing_and_where() -> None:
    message = MessageParser("openai-chat", tools=TOOLS)
    viewer = Viewer(message)
    viewer.look(fed(message, *chat({"content": "I look."}, call('{"days": 3', "get_weather"), finish="length")))
    viewer.look(message.end().updates)
    assert viewer.state["ending"]["missing"] == ["/blocks/1/document/value/city"]
    assert viewer.state["blocks"][1]["document"]["missing"] == ["/city"]
    assert viewer.state["ending"]["message"] == "The answer was cut off. The provider says: length."


def test_text_that_holds_no_document_is_text() -> None:
    text = "I cannot know that."
    for lenient in (False, True):
        message = MessageParser("openai-chat", output=Weather, lenient=lenient)
        viewer = Viewer(message)
        for piece in (text[:5], text[5:9], text[9:]):
            viewer.look(fed(message, *chat({"content": piece})))
        viewer.look([*fed(message, *chat(finish="stop"), "[DONE]"), *message.end().updates])
        assert viewer.state["blocks"] == [{"type": "text", "text": text, "done": True}]


class Login(BaseModel):
    user: str
    password: SecretStr
    inner: str = Field("", exclude=True)


@pytest.mark.parametrize("text", ['{"user": "u", "password": "s3cret"', 'So: {"password": "s3cret"}', "s3cret"])
@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("raw", [False, True])
def test_nothing_that_is_kept_back_is_in_a_state(text: str, lenient: bool, raw: bool) -> None:
    """Not in the texts that hold the document, in no message, and not in what quotes a broken stream."""
    message = MessageParser("openai-chat", tools={"login": Login}, output=Login, lenient=lenient)
    viewer = Viewer(message)
    for character in text:
        updates = fed(
            message, *chat({"content": character}, call(character, "login" if character is text[0] else None))
        )
        assert "s3" not in json.dumps(viewer.look(updates))
    updates = message.feed_bytes(b'data: {"s3cret\n\n') if raw else fed(message, *chat(finish="length"))
    viewer.look([*updates, *message.end().updates])
    assert "s3" not in json.dumps(viewer.state)


def test_what_a_document_keeps_back_is_not_called_missing() -> None:
    class Two(BaseModel):
        inner: str = Field(exclude=True)
        other: str

    message = MessageParser("openai-chat", output=Two)
    viewer = Viewer(message)
    viewer.look([*fed(message, *chat({"content": "{"}, finish="length"), "[DONE]"), *message.end().updates])
    assert viewer.state["ending"]["missing"] == ["/blocks/0/document/value/other"]


def test_states_inside_a_larger_one() -> None:
    messages = [MessageParser("openai-chat", tools=TOOLS) for _ in range(2)]
    parser = Parser()
    sources = [ResponseState(message, at=f"/messages/{number}") for number, message in enumerate(messages)]
    document = DocumentState(parser, at="/a~1b")
    shown: Any = {"messages": []}
    for text in ("a", "b"):
        for message, source in zip(messages, sources, strict=True):
            arguments = call("{", "now") if text == "a" else call("}")
            updates = fed(message, *chat({"content": text}, arguments))
            shown = apply_deltas(shown, source.changes(updates))
        shown = apply_deltas(shown, document.changes(parser.feed("[" if text == "a" else "1]")))
    for message, source in zip(messages, sources, strict=True):
        shown = apply_deltas(shown, source.changes(message.end().updates))
    assert shown == {"messages": [source.state for source in sources], "a/b": document.state}
    for make in (lambda: ResponseState(messages[0], at="x"), lambda: DocumentState(parser, at="x")):
        with pytest.raises(ValueError, match="'x' is not a JSON Pointer"):
            make()


def test_several_choices() -> None:
    message = MessageParser("openai-chat")
    first, second = Viewer(message), Viewer(message, choice=1)
    assert second.look()["blocks"] == []
    for text in ("a", "b"):
        updates = fed(message, *chat({"content": text}), *chat({"content": text.upper()}, index=1))
        first.look(updates)
        second.look(updates)
    assert first.state["blocks"][0]["text"] == "ab"
    assert second.state["blocks"][0]["text"] == "AB"


def test_a_server_that_counts_choices_from_one() -> None:
    message = MessageParser("openai-chat")
    viewer = Viewer(message)
    viewer.look()
    viewer.look(fed(message, *chat({"content": "a"}, finish="stop", index=1)))
    assert viewer.look(message.end().updates)["blocks"][0]["text"] == "a"


def test_a_provider_that_takes_a_text_back() -> None:
    """The state follows the updates, whoever makes them."""
    state = MessageState()
    viewer = Viewer(state, api="x")
    for update in (
        BlockStarted(0, 0, "text"),
        TextDelta(0, 0, "text", "wrong"),
        BlockRestarted(0, 0),
        TextDelta(0, 0, "text", "right"),
    ):
        viewer.look([state.apply(update)])
    assert viewer.state["blocks"][0]["text"] == "right"


def test_a_fragment_that_belongs_to_no_call_holds_them_all() -> None:
    state = MessageState(tools=TOOLS)
    viewer = Viewer(state, api="x")
    updates: list[Update] = [BlockStarted(0, 0, "call", name="get_weather", call_id="c")]
    updates.append(DocumentProgress(0, 0, "call", '{"city": "a"}'))
    updates.append(BlockEnded(0, 0))
    viewer.look([state.apply(update) for update in updates])
    assert viewer.state["blocks"][0]["phase"] == "ready"
    viewer.look([state.apply(FragmentMisplaced(0, "}", "it has no index"))])
    assert viewer.state["blocks"][0]["phase"] == "held"
    others: list[Update] = [UsageReported({"tokens": 3}), CallHeld(0, 0, "confirmation")]
    assert viewer.source.changes([state.apply(update) for update in others]) == []


def test_an_output_that_goes_on_after_a_cut() -> None:
    message = MessageParser("openai-chat", output=Weather)
    viewer = Viewer(message)
    viewer.look([*fed(message, *chat({"content": '{"city": "Ro'}, finish="length")), *message.end().updates])
    assert viewer.state["blocks"][0]["document"]["status"] == "truncated"
    rest = message.resume()
    for piece in ("me", '", "days"', ": 3}"):
        viewer.look(rest.feed(piece))
    viewer.look(rest.end("stop").updates)
    assert viewer.state["blocks"][0]["document"] == {
        "value": {"city": "Rome", "days": 3}, "status": "complete", "open": None, "missing": [], "marks": {},
    }  # fmt: skip
    assert viewer.state["ending"] == {"reason": "complete", "message": ""}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=3), st.sampled_from(["openai-chat", "anthropic-messages"]))
def test_several_attempts(cuts: Sequence[int], api: str) -> None:
    said = Said(("Häl", "lo"), (), CALLS, "tool_calls")
    response = Attempts(api, tools=TOOLS)
    viewer = Viewer(response)
    for number, cut in enumerate([*cuts, None]):
        if number:
            viewer.look(response.retry())
        for event in events(api, said)[:cut]:
            viewer.look(response.feed(event))
            assert blocks_of(viewer.state) == expected_blocks(response)
        viewer.look(response.end().updates)
        assert blocks_of(viewer.state) == expected_blocks(response)
    assert [block["phase"] for block in viewer.state["blocks"] if block["type"] == "call"] == ["ready"] * 3
    assert viewer.state["api"] == api


def test_a_call_that_the_provider_runs() -> None:
    message = MessageParser("anthropic-messages")
    viewer = Viewer(message)
    phases = []
    use = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    result = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}
    arguments = {"type": "input_json_delta", "partial_json": '{"query": "a"}'}
    for event in (
        {"type": "content_block_start", "index": 0, "content_block": use},
        {"type": "content_block_delta", "index": 0, "delta": arguments},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": result},
    ):
        phases.append(viewer.look(message.feed(event))["blocks"][0]["phase"])
    assert phases == ["growing", "growing", "running", "done"]
    assert len(viewer.state["blocks"]) == 1


@pytest.mark.parametrize("folder", API_OF_FOLDER)
def test_recorded_streams(folder: str) -> None:
    corpus_folder("streams")
    files = [path for path in corpus_files("streams", folder) if path.suffix in (".sse", ".ndjson", ".jsonarray")]
    assert files
    source = random.Random(folder)
    for path in source.sample(files, min(len(files), amount(25, 1000, quick=8))):
        raw = path.read_bytes()
        message = MessageParser(API_OF_FOLDER[folder])
        state = ResponseState(message)
        shown: Any = MISSING
        size = max(64, len(raw) // 300)
        for at in range(0, len(raw), size):
            shown = apply_deltas(shown, state.changes(message.feed_bytes(raw[at : at + size])))
            if source.random() < 0.05:
                assert plain(shown) == plain(state.state), path.name
        shown = apply_deltas(shown, state.changes(message.end().updates))
        assert plain(shown) == plain(state.state), path.name
        assert blocks_of(shown) == expected_blocks(message), path.name
        assert shown["ending"]["reason"] == message.end().reason, path.name
