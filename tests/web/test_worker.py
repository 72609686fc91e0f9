"""What runs in the worker, here in CPython: runs of recordings and of pasted text, as messages that the page folds."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partialjson.cli.recordings import RECORDINGS
from partialjson.messages import MessageParser
from partialjson.patch import apply_deltas
from partialjson.testing import bodies
from partialjson.web import pasted
from partialjson.web.questions import QUESTIONS
from partialjson.web.worker import Worker
from support.page import SCHEMA, TEXT

CALL = bodies.Said(
    texts=("Let me see. ",), calls=(bodies.Say("c1", "order", (TEXT[:9], TEXT[9:])),), reason="tool_calls"
)


class Page:
    """A page without a browser: folds what the worker posts."""

    def __init__(self) -> None:
        self.worker = Worker(self.take)
        self.states: dict[str, list[Any]] = {}
        self.ended: dict[str, asyncio.Event] = {}
        self.refused: dict[str, Any] = {}

    def take(self, text: str) -> None:
        told = json.loads(text)
        states = self.states.setdefault(told["run"], [])
        if "frame" in told:
            states.append(apply_deltas(states[-1] if states else None, told["frame"]["deltas"]))
            return
        if "refused" in told:
            self.refused[told["run"]] = told
        else:
            assert told == {"run": told["run"], "ended": True}
        self.ended[told["run"]].set()

    def start(self, run: str = "1", **asked: Any) -> None:
        self.ended[run] = asyncio.Event()
        self.worker.receive(json.dumps({"do": "start", "run": run, **asked}))

    def stop(self, run: str = "1") -> None:
        self.worker.receive(json.dumps({"do": "stop", "run": run}))


def watched(steps: Callable[[Page], Any] | None = None, **asked: Any) -> Page:
    async def watch() -> Page:
        page = Page()
        page.start(**asked)
        if steps is not None:
            await steps(page)
        async with asyncio.timeout(20):
            await page.ended["1"].wait()
        return page

    return asyncio.run(watch())


def state_of(text: str, schema: Any = None, **options: Any) -> Any:
    """The last state of a text that is pasted."""
    given = {"text": text, "schema": "" if schema is None else json.dumps(schema), **options}
    page = watched(pasted=given)
    assert page.refused == {}
    return page.states["1"][-1]


def document_of(state: Any, place: int = 0) -> Any:
    return state["message"]["blocks"][place]["document"]


def refusal_of(text: str, schema: str = "", **options: Any) -> tuple[str, str]:
    page = watched(pasted={"text": text, "schema": schema, **options})
    assert page.states["1"] == []
    told = page.refused["1"]
    return told["field"], told["refused"]


# Recordings


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda each: each.name)
def test_every_recording_ends_as_its_message_does(recording: Any) -> None:
    page = watched(question=recording.name, prompt="whatever", speed=0)
    state = page.states["1"][-1]
    message = MessageParser(recording.provider, output=recording.output, tools=recording.tools)
    message.feed_bytes(recording.body())
    end = message.end()
    assert state["message"]["ending"]["reason"] == end.reason
    documents = [block["document"] for block in state["message"]["blocks"] if "document" in block]
    expected = [call.json for call in message.calls] if message.calls else [message.output.json]
    assert [document["value"] for document in documents] == expected
    assert state["answer"]["kind"] == "recorded"


def test_a_prompt_chooses_as_on_a_server() -> None:
    page = watched(prompt=QUESTIONS[1].prompt, speed=0)
    assert page.states["1"][-1]["answer"]["note"] == ""
    page = watched(prompt="something else", question="", speed=0)
    assert "no recording fits" in page.states["1"][-1]["answer"]["note"]


# Pasted text


@pytest.mark.parametrize("size", [0, 1, 3, 1000])
def test_a_document_and_its_schema(size: int) -> None:
    page = watched(pasted={"text": TEXT, "schema": json.dumps(SCHEMA), "size": size})
    first, last = page.states["1"][0], page.states["1"][-1]
    assert first["forms"]["output"]["title"] == "Order"
    assert document_of(last)["value"] == json.loads(TEXT)
    assert document_of(last)["status"] == "complete"
    assert last["message"]["ending"]["reason"] == "complete"
    assert last["message"]["api"] == last["answer"]["api"] == "json"
    assert last["prompt"] == TEXT
    assert last["answer"]["note"] == "Read as a JSON document."
    if size:
        assert [text for _, text in last["tokens"]] == [TEXT[at : at + size] for at in range(0, len(TEXT), size)]


@pytest.mark.parametrize("text", ["1", '"text"', "[1, 2]", "null", " true ", '{"a": {"b": []}}', '"\\ud83d\\ude00"'])
def test_documents_without_a_schema(text: str) -> None:
    assert document_of(state_of(text))["value"] == json.loads(text)


def test_a_value_that_the_schema_forbids() -> None:
    document = document_of(state_of('{"id": "x", "tags": ["green"]}', SCHEMA))
    assert document["status"] == "invalid"
    assert document["marks"]["/id"]["status"] == "invalid"
    assert "green" in document["marks"]["/tags/0"]["message"]


def test_broken_json_is_mended_if_that_is_wanted() -> None:
    text = "Here it is:\n```json\n{'id': 7, tags: [red,],}\n```"
    document = document_of(state_of(text, SCHEMA))
    assert document["value"] == {"id": 7, "tags": ["red"]}
    assert "unquoted key" in document["marks"][""]["message"]
    strict = document_of(state_of("{'id': 7}", SCHEMA, lenient=False))
    assert strict["status"] == "invalid"
    assert "expected a key in quotes" in strict["marks"][""]["message"]


@pytest.mark.parametrize("lenient", [True, False])
def test_what_is_cut_off_stays_cut_off(lenient: bool) -> None:
    state = state_of(TEXT[:-9], SCHEMA, lenient=lenient)
    assert state["message"]["ending"]["reason"] == "truncated"
    assert document_of(state)["status"] == "truncated"
    assert document_of(state)["value"]["id"] == 7


def test_what_is_left_out_around_a_document_is_told() -> None:
    state = state_of('{"id": 7}\n{"id": 8}', SCHEMA)
    assert document_of(state)["value"] == {"id": 7}
    assert "Left out around it: 10 characters (prose)" in state["answer"]["note"]
    assert state["message"]["ending"]["reason"] == "complete"


def test_what_follows_a_document_that_is_not_to_be_mended_is_an_error() -> None:
    """Nothing is guessed of a text that is said again, as it is in responses."""
    state = state_of('{"id": 7}{"id": 7}', SCHEMA, lenient=False)
    assert state["message"]["ending"]["reason"] == "error"
    assert "text after the end of the document" in state["message"]["ending"]["message"]
    assert document_of(state)["value"] == {"id": 7}


def test_prose_is_shown_as_text() -> None:
    state = state_of("There is nothing to be read here.")
    assert [block["type"] for block in state["message"]["blocks"]] == ["text"]
    assert "no JSON in it" in state["answer"]["note"]


def test_a_long_text_is_told_by_its_beginning() -> None:
    state = state_of(json.dumps({"text": "word " * 100}))
    assert state["prompt"].startswith('{"text": "word word')
    assert state["prompt"].endswith("…")
    assert len(state["prompt"]) < 100


# Bodies


@pytest.mark.parametrize("size", [0, 7])
@pytest.mark.parametrize("api", [api for api in bodies.APIS if api not in ("bedrock-converse", "openai-completions")])
def test_the_body_of_every_api_is_recognised(api: str, size: int) -> None:
    """One schema, and no other text that is JSON: so it is for the calls."""
    state = state_of(bodies.body(api, CALL).decode(), SCHEMA, size=size)
    (call,) = (block for block in state["message"]["blocks"] if block["type"] == "call")
    assert call["name"] == "order"
    assert call["document"]["value"] == json.loads(TEXT)
    assert call["phase"] == "ready"
    assert state["forms"]["tools"]["order"]["title"] == "Order"
    assert "the schema is for the arguments of its calls: order" in state["answer"]["note"]
    assert state["answer"]["api"] == (api if api != "mistral" else "openai-chat")


@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_a_structured_answer(schema: Any) -> None:
    body = bodies.body("anthropic-messages", bodies.Said(texts=(TEXT[:5], TEXT[5:]))).decode()
    state = state_of(body, schema)
    assert document_of(state)["value"] == json.loads(TEXT)
    assert (state["forms"]["output"].get("title") == "Order") == (schema is not None)


def test_an_answer_in_prose_stays_a_text() -> None:
    state = state_of(bodies.body("gemini", bodies.Said(texts=("Hello ", "world."))).decode())
    assert state["message"]["blocks"] == [{"type": "text", "text": "Hello world.", "done": True}]
    assert state["forms"]["output"] is None


def test_a_body_that_was_cut_says_so() -> None:
    body = bodies.body("anthropic-messages", CALL).decode()
    state = state_of(body[: body.index("message_delta")], SCHEMA)
    assert state["message"]["ending"]["reason"] == "disconnected"
    # Cut in the middle of an event, the event does not count.
    half = state_of(body[: body.index("content_block_stop") + 30])
    assert half["message"]["ending"]["reason"] == "disconnected"


def test_the_api_can_be_said() -> None:
    body = bodies.body("mistral", CALL).decode()
    state = state_of(body, api="mistral")
    assert state["answer"]["api"] == "mistral"
    assert state["answer"]["note"] == ""
    # Somebody who says that it is a document is believed.
    as_text = state_of(json.dumps({"candidates": [{"content": {"parts": [{"text": "hi"}]}}]}), api="json")
    assert document_of(as_text)["value"]["candidates"][0]["content"]["parts"] == [{"text": "hi"}]
    wrong = state_of(body, api="anthropic-messages")
    assert wrong["message"]["ending"]["reason"] == "error"
    assert "openai-chat" in wrong["message"]["ending"]["message"]


def test_the_pieces_of_a_body_are_its_events() -> None:
    body = bodies.body("openai-chat", CALL).decode()
    assert state_of(body)["figures"]["pieces"] == body.count("\n\n")
    lines = bodies.body("ollama", bodies.Said(texts=("a", "b"))).decode()
    assert state_of(lines)["figures"]["pieces"] == lines.count("\n")
    assert state_of(body.replace("\n", "\r\n"))["figures"]["pieces"] == body.count("\n\n")


# Requests and tools in the place of a schema

TOOL = {"name": "order", "input_schema": SCHEMA}


@pytest.mark.parametrize(
    "given",
    [
        TOOL,
        [TOOL],
        {"model": "m", "tools": [TOOL], "messages": []},
        {"type": "function", "function": {"name": "order", "parameters": SCHEMA}},
        {"type": "function", "name": "order", "parameters": SCHEMA},
    ],
    ids=["tool", "list", "request", "chat", "responses"],
)
def test_tools_in_the_place_of_a_schema(given: Any) -> None:
    state = state_of(bodies.body("anthropic-messages", CALL).decode(), given)
    assert state["forms"]["tools"].keys() == {"order"}
    assert state["forms"]["tools"]["order"]["title"] == "Order"
    # For a document, the schema of the one tool.
    document = state_of(TEXT, given)
    assert document["forms"]["output"]["title"] == "Order"
    assert "that of the tool order" in document["answer"]["note"]


def test_the_format_of_a_request() -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "order", "schema": SCHEMA}}
    body = bodies.body("openai-chat", bodies.Said(texts=(TEXT,))).decode()
    state = state_of(body, {"tools": [], "response_format": wanted})
    assert state["forms"]["output"]["title"] == "Order"
    assert state_of(TEXT, wanted)["forms"]["output"]["title"] == "Order"
    plain = state_of(body, {"tools": [], "response_format": {"type": "json_object"}})
    assert document_of(plain)["value"] == json.loads(TEXT)


def test_a_schema_may_be_true_or_false() -> None:
    assert document_of(state_of("1", True))["status"] == "complete"
    assert document_of(state_of("1", False))["status"] == "invalid"


# What cannot be run


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"text": ""}, "text", "nothing to read"),
        ({"text": " \n"}, "text", "nothing to read"),
        ({"text": "data: {}\n\ndata: [1]\n\n"}, "text", "no"),
        ({"text": "Here: {}", "lenient": False}, "text", "This is not JSON: expected a value.*line 1 column 1"),
        ({"text": "1", "schema": '{"type":'}, "schema", "not JSON: .*line 1 column 9"),
        ({"text": "1", "schema": '{"type": "nonsense"}'}, "schema", r"\$\.type"),
        ({"text": "1", "schema": "3"}, "schema", "must be an object, true or false"),
        ({"text": "1", "schema": "[3]"}, "schema", r"tools\[0\]"),
        ({"text": "1", "schema": '{"$ref": "https://example.org/x"}'}, "schema", "cannot be resolved"),
        ({"text": "1", "schema": '{"tools": []}'}, "schema", "the text is a JSON document"),
        ({"text": "1", "schema": json.dumps([TOOL, {**TOOL, "name": "other"}])}, "schema", "tools, for the calls"),
        ({"text": "1", "schema": json.dumps([{**TOOL, "input_schema": {"type": 1}}])}, "schema", "of the tool order"),
        ({"text": "1", "api": "nobody"}, "api", "Responses of 'nobody' cannot be read here. There are json, anthropic"),
        ({"text": "1", "api": "bedrock-converse"}, "api", "cannot be read here"),
        ({"text": "1" * (pasted.MOST_TEXT + 1)}, "text", "at most 4,000,000"),
        ({"text": "1", "schema": " " * pasted.MOST_TEXT + "{}"}, "schema", "at most"),
    ],
)
def test_what_cannot_be_run(given: Any, field: str, told: str) -> None:
    found, message = refusal_of(**given)
    assert found == field
    assert re.search(told, message), message
    assert message[0].isupper()
    assert "\n" not in message


def test_server_sent_events_of_nobody_are_not_taken_for_a_document() -> None:
    field, message = refusal_of('event: tick\ndata: {"price": 3}\n\n')
    assert field == "text"
    assert "If you know the API, choose it" in message


SCHEMAS = ["", json.dumps(SCHEMA), json.dumps(TOOL), "true", "{", json.dumps({"tools": []})]
BODIES = [bodies.body(api, CALL).decode() for api in ("openai-chat", "anthropic-messages", "gemini", "ollama")]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Anything; or a document or a body, cut off and damaged anywhere."""
    text: str = draw(st.text(max_size=60) | st.sampled_from([TEXT, "{'id': 7, tags: [red,],}", *BODIES]))
    cut = text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text
    at = draw(st.integers(0, len(cut)))
    return cut[:at] + draw(st.sampled_from(["", "\n\n", "}", '"', "\ud800", "data: ", "\x00", "<html>"])) + cut[at:]


@given(texts(), st.sampled_from(SCHEMAS), st.sampled_from(["", "json", "cohere"]), st.integers(0, 9), st.booleans())
@settings(max_examples=60, deadline=None)
def test_whatever_is_pasted_ends_or_is_refused(text: str, schema: str, api: str, size: int, lenient: bool) -> None:
    page = watched(pasted={"text": text, "schema": schema, "api": api, "size": size, "lenient": lenient})
    if page.refused:
        assert page.states["1"] == []
        return
    states = page.states["1"]
    assert states[-1]["message"]["ending"] is not None
    assert states[-1]["stopped"] is None
    if states[-1]["answer"]["api"] == "json":
        read = "".join(piece for _, piece in states[-1]["tokens"])
        # An error ends the reading, with the piece that it is in.
        assert text.startswith(read) if states[-1]["message"]["ending"]["reason"] == "error" else read == text


# Stopping


def test_a_run_is_stopped_while_others_go_on() -> None:
    async def watch() -> Page:
        page = Page()
        slow = {"text": json.dumps(["word"] * 1000), "rate": 50, "size": 2}
        page.start("slow", pasted=slow)
        page.start("other", pasted={"text": TEXT})
        async with asyncio.timeout(20):
            await page.ended["other"].wait()
            while len(page.states["slow"]) < 3:
                await asyncio.sleep(0)
            page.stop("slow")
            await page.ended["slow"].wait()
        page.stop("slow")
        page.stop("never begun")
        return page

    page = asyncio.run(watch())
    assert document_of(page.states["other"][-1])["status"] == "complete"
    last = page.states["slow"][-1]
    assert last["stopped"]["by"] == "viewer"
    assert document_of(last)["status"] == "truncated"


def test_a_worker_keeps_nothing_of_runs_that_are_over() -> None:
    async def watch() -> Worker:
        page = Page()
        for name in ("a", "b"):
            page.start(name, pasted={"text": TEXT})
            await page.ended[name].wait()
        await asyncio.sleep(0.01)
        return page.worker

    worker = asyncio.run(watch())
    assert worker._runs == {}
    assert worker._tasks == set()


def test_what_is_no_response_of_the_api_that_was_said() -> None:
    for api in pasted.APIS:
        assert state_of("[]", api=api)["message"]["ending"]["reason"] in ("error", "disconnected")
