"""Answers of several responses, calls that are run, held, withdrawn or taken back, and bodies of HTTP responses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from partialjson import MISSING, Parser
from partialjson.broadcast import DocumentState
from partialjson.clients import aread, read
from partialjson.encoders import a2ui, ag_ui, assistant_stream, json_patch, mcp_apps, vercel
from partialjson.messages import Attempts, MessageParser
from partialjson.patch import apply_deltas
from partialjson.testing.bodies import Said, Say, body
from support.front_ends import NODE, READERS, SEEN, check_seen, events_in, node
from support.node import installed
from support.talks import ENCODERS, TOOLS, WEATHER

API = "anthropic-messages"
ASKS = body(API, Said(texts=("Let me see.",), calls=(WEATHER, Say("c2", "now")), reason="tool_calls"))
ANSWERS = body(API, Said(texts=("It ", "rains.")))


def kinds(events: list[Any]) -> list[str]:
    return [event["type"] for event in events]


def fed(encoder: Any, raw: bytes, api: str = API, **options: Any) -> tuple[MessageParser, list[Any]]:
    message = MessageParser(api, tools=TOOLS, **options)
    events = encoder.begin(message)
    for at in range(0, len(raw), 30):
        events += encoder.feed(message.feed_bytes(raw[at : at + 30]))
    return message, events + encoder.feed(message.end().updates)


@pytest.mark.parametrize("protocol", ["ag_ui", "vercel", "assistant_stream", "mcp_apps"])
def test_an_answer_of_two_responses(protocol: str) -> None:
    encoder = ENCODERS[protocol]()
    message, events = fed(encoder, ASKS)
    weather, now = message.calls
    events += encoder.report(weather, "running")
    events += encoder.report(weather, "done", {"rain": True, "mm": [1, 2]})
    events += encoder.report(now, "failed", "there is no clock")
    assert [encoder.id_of(call) for call in message.calls] == ["c1", "c2"]
    events += fed(encoder, ANSWERS)[1]
    events += encoder.end()
    sent = encoder.body(events) + encoder.tail
    states = [READERS[protocol](events_in(sent.decode()))]
    try:
        installed(NODE)
    except pytest.skip.Exception:
        pass
    else:
        states += node([(name, sent) for name in ("vercel", "vercel_6", protocol) if name.startswith(protocol)])
    for state in states:
        seen = SEEN[protocol](state)
        if protocol == "mcp_apps":
            assert state["c1"]["result"]["structuredContent"] == {"rain": True, "mm": [1, 2]}
            text = {"type": "text", "text": "there is no clock"}
            assert state["c2"]["result"] == {"content": [text], "isError": True}
            continue
        assert seen.text == "Let me see.It rains."
        assert seen.calls == [("get_weather", [{"city": "Zürié", "days": 23}]), ("now", None)]
        assert seen.reason == "complete"
    if protocol == "ag_ui":
        messages = states[-1]["messages"]
        assert [each["role"] for each in messages] == ["assistant", "tool", "tool", "assistant"]
        assert [each["content"] for each in messages[1:3]] == ['{"rain": true, "mm": [1, 2]}', "there is no clock"]
        assert states[-1]["finished"] == {"type": "success"}
    if protocol == "vercel":
        parts = states[-1]["message"]["parts"]
        assert [part["type"] for part in parts].count("step-start") == 2
        assert parts[2]["output"] == {"rain": True, "mm": [1, 2]}
        assert parts[3]["errorText"] == "there is no clock"


def test_a_call_that_was_cut_off_is_closed_when_another_response_follows() -> None:
    cut = body(API, Said(calls=(Say("c1", "get_weather", ('{"city": "Z',)),), reason="truncated"))
    encoder = ag_ui.Encoder()
    _, events = fed(encoder, cut)
    assert "TOOL_CALL_END" not in kinds(events)
    _, events = fed(encoder, ANSWERS)
    assert kinds(events)[:3] == ["TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT"]
    assert events[1]["metadata"] == {"partialjson": {"failed": True}}
    assert events[2]["content"] == "The arguments were cut off."
    assert kinds(encoder.end())[-1] == "RUN_FINISHED"


def test_the_same_id_in_two_responses() -> None:
    encoder = vercel.Encoder(message_id="m")
    first, _ = fed(encoder, ASKS)
    assert encoder.id_of(first.calls[0]) == "c1"
    second, events = fed(encoder, ASKS)
    assert [encoder.id_of(call) for call in second.calls] == ["c1-2", "c2-2"]
    assert encoder.report("c1-2", "done", 1) == [
        {"type": "tool-output-available", "toolCallId": "c1-2", "output": 1},
    ]
    with pytest.raises(LookupError, match="no call 'c9' was told in this answer"):
        encoder.report("c9", "done")
    with pytest.raises(LookupError, match="no call 'get_weather' was told"):
        encoder.report(first.calls[0], "done")
    assert events


def test_only_a_call_that_may_run_is_reported() -> None:
    """Nobody can make a call look finished that is not."""
    encoder = ag_ui.Encoder()
    message = MessageParser(API, tools=TOOLS)
    events = encoder.begin(message) + encoder.feed(message.feed_bytes(ASKS[:-600]))
    assert "TOOL_CALL_START" in kinds(events)
    assert "TOOL_CALL_END" not in kinds(events)
    with pytest.raises(ValueError, match="get_weather' cannot be reported as done: it is growing, not ready"):
        encoder.report("c1", "done", 1)
    events = encoder.feed(message.feed_bytes(ASKS[-600:]))
    assert kinds(encoder.report("c1", "done", 1)) == ["TOOL_CALL_RESULT"]
    with pytest.raises(ValueError, match="cannot be reported as failed: its result is known"):
        encoder.report("c1", "failed", "late")


def test_results_keep_secrets() -> None:
    class Account(BaseModel):
        owner: str
        password: SecretStr
        internal: str = Field(default="hunter2", exclude=True)

    for protocol in ("ag_ui", "vercel", "assistant_stream", "mcp_apps"):
        encoder = ENCODERS[protocol]()
        fed(encoder, ASKS)
        sent = encoder.body(encoder.report("c1", "done", Account(owner="me", password=SecretStr("hunter2"))))
        assert b"hunter2" not in sent
        assert b"me" in sent


def test_calls_without_ids_get_ids() -> None:
    raw = body("gemini", Said(calls=(Say("", "now"), Say("", "now")), reason="tool_calls"))
    encoder = vercel.Encoder(message_id="m")
    message, events = fed(encoder, raw, "gemini")
    assert [event["toolCallId"] for event in events if event["type"] == "tool-input-available"] == [
        encoder.id_of(call) for call in message.calls
    ]
    assert len({encoder.id_of(call) for call in message.calls}) == 2


def delta(op: str, path: str, value: Any) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


def held_call(phase: str) -> list[dict[str, Any]]:
    document: dict[str, Any] = {"value": {"city": "Z"}, "status": "complete", "open": None, "missing": [], "marks": {}}
    call = {"type": "call", "id": "c1", "name": "get_weather", "phase": phase, "document": document}
    ending = {"reason": "tool_calls", "message": ""}
    return [delta("add", "", {"api": "x", "blocks": [call], "ending": ending})]


def test_a_call_that_waits_for_a_decision() -> None:
    """Nothing says that it may run, in any protocol."""
    run = ag_ui.Encoder(thread_id="t", run_id="r")
    events = run.apply(held_call("held")) + run.end()
    finished = events[-1]
    assert finished["outcome"]["type"] == "interrupt"
    assert finished["outcome"]["interrupts"][0]["toolCallId"] == "c1"

    page = vercel.Encoder(message_id="m")
    events = page.apply(held_call("held")) + page.end()
    assert "tool-input-available" not in kinds(events)
    assert "tool-approval-request" in kinds(events)
    assert "tool-input-error" not in kinds(events)

    thread = assistant_stream.Encoder(message_id="m")
    events = thread.apply(held_call("held")) + thread.end()
    assert "tool-call-approval" in kinds(events)
    assert "tool-call-args-text-finish" not in kinds(events)

    view = mcp_apps.Encoder()
    events = view.apply(held_call("held")) + view.end()
    assert [event["notification"]["method"] for event in events] == ["ui/notifications/tool-input-partial"]


def test_a_held_call_that_is_allowed() -> None:
    page = vercel.Encoder(message_id="m")
    page.apply(held_call("held"))
    assert kinds(page.report("c1", "running")) == ["tool-input-delta", "tool-input-available"]


def test_the_front_ends_of_a_held_call() -> None:
    cases = []
    for protocol in ("ag_ui", "vercel", "vercel_6", "assistant_stream", "mcp_apps"):
        encoder = ENCODERS[protocol.removesuffix("_6")]()
        events = encoder.apply(held_call("held")) + encoder.end()
        cases.append((protocol, encoder.body(events) + encoder.tail))
    run, page, page_6, thread, view = node(cases)
    assert run["finished"]["type"] == "interrupt"
    for each in (page, page_6):
        assert each["message"]["parts"][1]["state"] == "approval-requested"
        assert each["message"]["parts"][1]["input"] == {"city": "Z"}
    assert thread["parts"][0]["approval"] == {"id": "c1-approval"}
    assert view["c1"]["input"] is None


def test_a_call_that_the_provider_runs() -> None:
    def state(phase: str) -> list[dict[str, Any]]:
        (whole,) = held_call(phase)
        whole["value"]["blocks"][0]["server"] = True
        return [whole]

    page = vercel.Encoder(message_id="m")
    available = [event for event in page.apply(state("done")) if event["type"] == "tool-input-available"]
    assert available[0]["providerExecuted"] is True
    run = ag_ui.Encoder()
    events = run.apply(state("done")) + run.end()
    assert events[-1]["outcome"] == {"type": "success"}
    results = [event["content"] for event in events if event["type"] == "TOOL_CALL_RESULT"]
    assert results == ["The provider ran this tool."]
    assert mcp_apps.Encoder().apply(state("done")) == []


@pytest.mark.parametrize("protocol", ["ag_ui", "vercel", "assistant_stream", "mcp_apps", "json_patch"])
def test_what_was_said_is_taken_back(protocol: str) -> None:
    """A block starts over: what was shown is marked as void, and the right one follows."""
    blank: dict[str, Any] = {"status": "missing", "open": None, "missing": [], "marks": {}}
    document = {**blank, "value": {"city": "W"}, "status": "partial"}
    call = {"type": "call", "id": "c1", "name": "get_weather", "phase": "growing", "document": document}
    text = {"type": "text", "text": "Wrong", "done": False}
    encoder = ENCODERS[protocol]()
    events = encoder.apply([delta("add", "", {"api": "x", "blocks": [text, call], "ending": None})])
    events += encoder.apply([delta("replace", "/blocks/0/text", "Right")])
    right = {**document, "value": {"city": "Right"}, "status": "complete"}
    events += encoder.apply([delta("replace", "/blocks/1/document", right)])
    events += encoder.apply([delta("replace", "/blocks/1/phase", "ready")])
    events += encoder.apply([delta("replace", "/ending", {"reason": "tool_calls", "message": ""})])
    events += encoder.end()
    sent = encoder.body(events) + encoder.tail
    state = READERS[protocol](events_in(sent.decode()))
    if protocol == "json_patch":
        assert state["blocks"][0]["text"] == "Right"
        return
    seen = SEEN[protocol](state)
    assert [value for _, value in seen.calls] == [None, [{"city": "Right"}]]
    if protocol != "mcp_apps":
        assert seen.text == "Right"
        assert "Wrong" in sent.decode()


def test_another_attempt_replaces_the_first() -> None:
    said = Said(texts=("one", " two", " three"), reason=None)
    attempts = Attempts(API)
    encoder = ag_ui.Encoder(message_id="m")
    events = encoder.begin(attempts)
    events += encoder.feed(attempts.feed_bytes(body(API, said)))
    assert attempts.end().reason == "disconnected"
    events += encoder.feed(attempts.retry())
    events += encoder.feed(attempts.feed_bytes(body(API, Said(texts=("uno", " due", " tre", " quattro")))))
    events += encoder.feed(attempts.end().updates) + encoder.end()
    state = READERS["ag_ui"](events)
    assert [each["content"] for each in state["messages"]] == ["one two three", "uno due tre quattro"]
    assert ["partialjson.void", {"messageId": "m-1"}] in state["custom"]
    assert "finished" in state


# Documents without a message


class Order(BaseModel):
    name: str
    lines: list[dict[str, int | None]]


TEXT = '{"name": "Zür\\nich", "lines": [{"a": 1, "b": null}, {}]}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [(TEXT, "complete"), (TEXT[:30], "truncated"), ('{"name": 1, "lines": []}', "error"), ("", "truncated")],
)
def test_one_document(text: str, reason: str) -> None:
    """The document of a parser is an answer that consists of one output."""
    for protocol in ("ag_ui", "vercel", "assistant_stream"):
        encoder = ENCODERS[protocol]()
        parser = Parser(Order)
        state = DocumentState(parser)
        events = encoder.apply_document(state.changes())
        for at in range(0, len(text), 5):
            events += encoder.apply_document(state.changes(parser.feed(text[at : at + 5])))
        events += encoder.apply_document(state.changes(parser.end().events)) + encoder.end()
        seen = SEEN[protocol](READERS[protocol](events))
        assert seen.output == (None if parser.json is MISSING else parser.json)
        assert seen.reason == reason


def test_an_ending_names_what_is_wrong() -> None:
    raw = body(API, Said(texts=('{"name": 1, "lines": [', '{"a": "x"}]}')))
    encoder = ag_ui.Encoder()
    events = fed(encoder, raw, output=Order)[1] + encoder.end()
    ending = next(event["value"] for event in events if event["type"] == "CUSTOM")
    assert ending == {
        "reason": "complete",
        "message": "",
        "invalid": [
            {
                "document": "output",
                "message": "The document is not valid: Input should be a valid integer, unable to parse string as an "
                "integer (at /lines/0/a); Input should be a valid string (at /name)",
            }
        ],
    }
    raw = body(API, Said(texts=('{"name": "x"',), reason="truncated"))
    encoder = ag_ui.Encoder()
    events = fed(encoder, raw, output=Order)[1] + encoder.end()
    assert events[-2]["value"]["missing"] == [{"document": "output", "path": "/lines"}]


# Places


def test_places_of_tools() -> None:
    """The arguments of a tool grow in the state of an agent, whose containers are made where they are not there."""
    places = {"get_weather": "/forecast/asked", "output": "/forecast/answer"}
    encoder = ag_ui.Encoder(places=places, state={"other": 1})
    events = fed(encoder, ASKS)[1] + encoder.end()
    changes = [event["delta"] for event in events if event["type"] == "STATE_DELTA"]
    assert changes[0][0] == {"op": "add", "path": "/forecast", "value": {}}
    state = READERS["ag_ui"](events)["state"]
    assert state == {"forecast": {"asked": {"city": "Zürié", "days": 23}}}

    encoder = ag_ui.Encoder(places=places, state={"forecast": {"asked": None}})
    events = fed(encoder, ASKS)[1]
    changes = [event["delta"] for event in events if event["type"] == "STATE_DELTA"]
    assert changes[0][0]["path"] == "/forecast/asked"

    for known, path in (([], "/0"), ({"forecast": []}, "/forecast/0")):
        encoder = ag_ui.Encoder(places={"get_weather": path}, state=known)
        changes = [event["delta"] for event in fed(encoder, ASKS)[1] if event["type"] == "STATE_DELTA"]
        assert changes[0][0]["path"] == path
    encoder = ag_ui.Encoder(places={"get_weather": "/asked"}, state=None)
    changes = [event["delta"] for event in fed(encoder, ASKS)[1] if event["type"] == "STATE_DELTA"]
    assert changes[0][0] == {"op": "add", "path": "", "value": {}}

    surface = a2ui.Encoder("s", places={"get_weather": "/asked"})
    updates = [event["updateDataModel"] for event in fed(surface, ASKS)[1]]
    assert updates[0]["path"] == "/asked"
    assert updates[-1] == {"surfaceId": "s", "path": "/asked/days", "value": 23}


def test_which_part_grows() -> None:
    """The progress of a document: its status, and a pointer to what is growing."""
    text = '{"name": "Zü", "lines": [{"a": 1}, {"b": 2}]}'
    whole = {"status": "complete", "open": None}

    def events_of(encoder: Any) -> list[Any]:
        parser = Parser(Order)
        state = DocumentState(parser)
        events = encoder.apply_document(state.changes())
        for at in range(0, len(text), 3):
            events += encoder.apply_document(state.changes(parser.feed(text[at : at + 3])))
        return [*events, *encoder.apply_document(state.changes(parser.end().events)), *encoder.end()]

    events = events_of(ag_ui.Encoder(progress="/seen/so far"))
    assert READERS["ag_ui"](events)["state"]["seen"] == {"so far": {"output": whole}}
    changes = [each for event in events if event["type"] == "STATE_DELTA" for each in event["delta"]]
    told = [each["value"]["open"] for each in changes if each["path"] == "/seen/so far/output"]
    assert "/lines/0" in told
    assert told.index("/name") < told.index("/lines") < told.index("/lines/1")

    events = events_of(assistant_stream.Encoder(progress="/seen"))
    assert READERS["assistant_stream"](events)["metadata"]["unstable_state"]["seen"] == {"output": whole}

    events = events_of(a2ui.Encoder("s", places={"output": "/a"}, progress="/seen"))
    updates = [event["updateDataModel"] for event in events]
    assert [each["value"] for each in updates if each["path"] == "/seen/output"][-1] == whole

    events = events_of(vercel.Encoder(message_id="m", progress=True))
    parts = READERS["vercel"](events)["message"]["parts"]
    assert [part["data"] for part in parts if part["type"] == "data-progress"] == [{"document": "m-output", **whole}]


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match=r"the version is .*, not 'v2'"):
        a2ui.Encoder("s", version="v2")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the place of the ending is a JSON Pointer such as '/ending', not 'here'"):
        a2ui.Encoder("s", places={"output": "/a"}, ending="here")
    with pytest.raises(ValueError, match="the place of the ending, '/ending', and that of 'output', '', overlap"):
        a2ui.Encoder("s", ending="/ending")
    for place in ("/a", "/a/b", "/a/b/c"):
        with pytest.raises(ValueError, match="overlap"):
            ag_ui.Encoder(places={"output": "/a/b"}, progress=place)
    with pytest.raises(ValueError, match="output is 'value' or 'deltas', not 'all'"):
        vercel.Encoder(output="all")  # type: ignore[arg-type]


def test_output_as_deltas() -> None:
    """Changes are transient parts, which a page folds; the whole comes once."""
    encoder = vercel.Encoder(message_id="m", output="deltas")
    message = MessageParser(API, output=Order)
    raw = body(API, Said(texts=tuple(TEXT)))
    events = encoder.begin(message)
    for at in range(0, len(raw), 30):
        events += encoder.feed(message.feed_bytes(raw[at : at + 30]))
    events += encoder.end()
    changes = [event for event in events if event["type"] == "data-output-delta"]
    assert all(event["transient"] for event in changes)
    folded = apply_deltas(MISSING, [each for event in changes for each in event["data"]["deltas"]])
    assert folded == message.output.json
    assert [event["data"] for event in events if event["type"] == "data-output"] == [message.output.json]


# Bodies of HTTP responses


class Broken(Exception):
    pass


def pieces(raw: bytes, breaks: bool = False, size: int = 40) -> Iterator[bytes]:
    for at in range(0, len(raw), size):
        yield raw[at : at + size]
    if breaks:
        raise Broken


@pytest.mark.parametrize("size", [1, 40, 10_000])
@pytest.mark.parametrize("protocol", ENCODERS)
def test_a_body_from_a_client(protocol: str, size: int) -> None:
    """The message may be ahead of its updates: a client hands them on one by one."""
    encoder = ENCODERS[protocol]()
    response = read(pieces(ASKS, size=size), API, tools=TOOLS)
    sent = b"".join(encoder.stream(response))
    check_seen(protocol, READERS[protocol](events_in(sent.decode())), response.message)
    assert sent.endswith(encoder.tail)


@pytest.mark.parametrize("protocol", ENCODERS)
def test_a_throttle_merges(protocol: str) -> None:
    """The first events come at once, and the rest together; nothing is lost."""

    async def main() -> tuple[MessageParser, list[bytes]]:
        response = aread(Source(ASKS), API, tools=TOOLS)
        body = ENCODERS[protocol]().astream(response, per_second=1e-6)
        return response.message, [part async for part in body]

    response = read(pieces(ASKS), API, tools=TOOLS)
    parts = list(ENCODERS[protocol]().stream(response, per_second=1e-6))
    for message, sent in ((response.message, parts), asyncio.run(main())):
        check_seen(protocol, READERS[protocol](events_in(b"".join(sent).decode())), message)
        assert len(sent) <= 4
    with pytest.raises(ValueError, match="per_second is a number above 0, not 0"):
        list(ENCODERS[protocol]().stream(read(pieces(ASKS), API), per_second=0))


@pytest.mark.parametrize("protocol", ENCODERS)
def test_a_client_that_breaks_off(protocol: str) -> None:
    """The page is told, and so is whoever runs the server."""
    response = read(pieces(ASKS[:-200], breaks=True), API, tools=TOOLS)
    sent = []
    body = ENCODERS[protocol]().stream(response)
    with suppress(Broken):
        for part in body:
            sent.append(part)
    with pytest.raises(Broken):
        list(ENCODERS[protocol]().stream(read(pieces(ASKS[:-200], breaks=True), API)))
    check_seen(protocol, READERS[protocol](events_in(b"".join(sent).decode())), response.message)
    assert response.message.end().reason == "disconnected"


class Source:
    """What an asynchronous client gives."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.closed = False

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for piece in pieces(self.raw):
            await asyncio.sleep(0)
            yield piece

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize("protocol", ENCODERS)
def test_a_body_from_an_asynchronous_client(protocol: str) -> None:
    async def main() -> None:
        encoder, source = ENCODERS[protocol](), Source(ASKS)
        response = aread(source, API, tools=TOOLS)
        sent = b"".join([part async for part in encoder.astream(response)])
        check_seen(protocol, READERS[protocol](events_in(sent.decode())), response.message)
        assert source.closed

    asyncio.run(main())


@pytest.mark.parametrize("protocol", ENCODERS)
def test_a_reader_that_leaves_closes_the_client(protocol: str) -> None:
    async def main() -> None:
        source = Source(ASKS)
        body = ENCODERS[protocol]().astream(aread(source, API, tools=TOOLS))
        async for _ in body:
            break
        await body.aclose()
        assert source.closed

    asyncio.run(main())


def test_a_response_of_starlette() -> None:
    reason = "starlette and httpx are needed"
    applications, responses, routing, testclient = (
        pytest.importorskip(f"starlette.{name}", reason=reason)
        for name in ("applications", "responses", "routing", "testclient")
    )

    async def chat(request: Any) -> Any:
        encoder = vercel.Encoder()
        stream = encoder.astream(aread(Source(ASKS), API, tools=TOOLS))
        return responses.StreamingResponse(stream, media_type=encoder.media_type, headers=encoder.headers)

    route = routing.Route("/chat", chat, methods=["POST"])
    answer = testclient.TestClient(applications.Starlette(routes=[route])).post("/chat")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert SEEN["vercel"](READERS["vercel"](events_in(answer.text))).text == "Let me see."


def test_patches_begin_with_the_root() -> None:
    encoder = json_patch.Encoder()
    parser = Parser()
    parser.feed('{"a": "x')
    patches = encoder.apply(parser.deltas(0))
    assert patches == [[delta("add", "", {"a": "x"})]]
    since = parser.seq
    parser.feed("y")
    assert encoder.apply(parser.deltas(since)) == [[delta("replace", "/a", "xy")]]
    assert encoder.value == {"a": "xy"}
    assert encoder.apply([]) == []
    assert encoder.end() == []
    assert json.loads(encoder.to_sse(patches[0])[6:]) == patches[0]
