"""The real packages read what the encoders write, and end with what the model said. They complain about nothing.

The packages of npm are in `node/package.json`, with their versions, and are installed once for each lock file; those of
PyPI are the extra `encoders`. Where either is not at hand, its tests are skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import partialjson
from partialjson.encoders import a2ui, ag_ui, assistant_stream
from partialjson.messages import MessageParser
from support.bodies import BODY_APIS
from support.corpus import corpus_files
from support.effort import amount
from support.front_ends import READERS, check_seen, events_in, expected, node
from support.talks import ENCODERS, TALKS, talks, told

RECORDINGS = Path(partialjson.__file__).parent / "cli" / "recordings"
FOLDERS = {
    "anthropic-messages": "anthropic-messages",
    "gemini-generateContent": "gemini",
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
}
VERCEL = ("vercel", "vercel_6")
"""Both major versions of the AI SDK in use read the same stream."""


def bodies() -> list[tuple[str, str, bytes, dict[str, Any]]]:
    """(name, API, body, options) of all that is read here."""
    found = [(f"{api} {name}", api, raw, options) for api in BODY_APIS for name, raw, options in talks(api)]
    for path in sorted(RECORDINGS.glob("*.sse")):
        for output in (None, Any):
            found.append((path.name, _api_of(path), path.read_bytes(), {"output": output}))
    for folder, api in FOLDERS.items():
        files = corpus_files("streams", folder, pattern="*.sse")
        for path in files[:: max(1, len(files) // amount(20, 200, quick=5))]:
            found.append((path.name, api, path.read_bytes(), {}))
    return found


def _api_of(path: Path) -> str:
    text = path.read_text()
    if "message_start" in text:
        return "anthropic-messages"
    return "openai-responses" if "response.created" in text else "openai-chat"


@pytest.mark.parametrize("protocol", ENCODERS)
def test_npm(protocol: str) -> None:
    """All bodies in one process of Node."""
    cases: list[tuple[str, bytes]] = []
    messages: list[MessageParser] = []
    for _, api, raw, options in bodies():
        message, sent = told(protocol, api, raw, max(40, len(raw) // 50), **options)
        for reader in VERCEL if protocol == "vercel" else (protocol,):
            cases.append((reader, sent))
            messages.append(message)
    for state, message, (_, sent) in zip(node(cases), messages, cases, strict=True):
        check_seen(protocol, state, message)
        if protocol == "mcp_apps":
            # The package hands on each notification as it was written.
            assert state == READERS[protocol](events_in(sent.decode()))


def test_ag_ui_of_pypi() -> None:
    core = pytest.importorskip("ag_ui.core", reason="install the extra `encoders`")
    events = TypeAdapter(core.Event)
    kinds = set()
    for _, api, raw, options in bodies():
        for event in events_in(told("ag_ui", api, raw, 50, **options)[1].decode()):
            read = events.validate_python(event)
            kinds.add(event["type"])
            # Nothing is an extra field, and nothing was left out.
            assert not read.model_extra
            assert read.model_dump(by_alias=True) == event
    assert kinds == {
        "RUN_STARTED",
        "RUN_FINISHED",
        "RUN_ERROR",
        "CUSTOM",
        "STATE_DELTA",
        *(f"TEXT_MESSAGE_{word}" for word in ("START", "CONTENT", "END")),
        *(f"REASONING_MESSAGE_{word}" for word in ("START", "CONTENT", "END")),
        *(f"TOOL_CALL_{word}" for word in ("START", "ARGS", "END", "RESULT")),
        "REASONING_START",
        "REASONING_END",
    }


@pytest.mark.parametrize(("version", "module"), [("v0.9", "v0_9"), ("v0.9.1", "v0_9"), ("v1.0", "v1_0")])
def test_a2ui_of_pypi(version: Any, module: str) -> None:
    """The surface's data model ends as the document."""
    processing = pytest.importorskip("a2ui.core.processing", reason="install the extra `encoders`")
    catalogs = pytest.importorskip(f"a2ui.core.basic_catalog.{module}")
    schema = pytest.importorskip(f"a2ui.core.schema.{module}")
    for name, (_, options) in TALKS.items():
        if "output" not in options:
            continue
        for api in ("openai-chat", "anthropic-messages"):
            raw = next(raw for other, raw, _ in talks(api) if other == name)
            for place in ("", "/order", "/cards/0"):
                catalog = catalogs.BasicCatalog()
                processor = processing.MessageProcessor([catalog])
                surface = {"surfaceId": "s", "catalogId": catalog.catalog_id}
                processor.process_messages([{"version": version, "createSurface": surface}])
                ending = "/ending" if place else None
                encoder = a2ui.Encoder("s", places={"output": place}, ending=ending, version=version)
                message = MessageParser(api, **options)
                events = encoder.begin(message)
                for at in range(0, len(raw), 20):
                    events += encoder.feed(message.feed_bytes(raw[at : at + 20]))
                events += encoder.end()
                for event in events:
                    line = json.loads(a2ui.to_jsonl(event))
                    schema.UpdateDataModelMessage.model_validate(line)
                    processor.process_messages([line])
                model = processor.model.get_surface("s").data_model
                right = expected(message)
                assert model.get(place or "/") == (right.output if right.output is not None or place else {}), name
                if place:
                    assert model.get("/ending/reason") == right.reason


def test_assistant_stream_of_pypi() -> None:
    """The package of PyPI writes, and reads nothing: what it writes of the same answer has the same frames."""
    transport = pytest.importorskip(
        "assistant_stream.serialization.assistant_transport", reason="install the extra `encoders`"
    )
    chunks = pytest.importorskip("assistant_stream.assistant_stream_chunk")
    theirs = transport._Canonicalizer()
    frames = [
        frame
        for chunk in (
            chunks.StepStartChunk("m"),
            chunks.ReasoningDeltaChunk("hm"),
            chunks.TextDeltaChunk("Let me"),
            chunks.ToolCallBeginChunk("c1", "f"),
            chunks.ToolCallDeltaChunk("c1", '{"a":1'),
            chunks.ToolCallDeltaChunk("c1", "}"),
            chunks.UpdateStateChunk([{"type": "set", "path": ["output"], "value": {"b": "x"}}]),
            chunks.UpdateStateChunk([{"type": "append-text", "path": ["output", "b"], "value": "y"}]),
        )
        for frame in theirs.translate(chunk)
    ]
    encoder = assistant_stream.Encoder(message_id="m")
    state: dict[str, Any] = {"api": "", "blocks": [], "ending": None}
    ours = encoder.apply([{"op": "add", "path": "", "value": state}])
    document: dict[str, Any] = {"status": "partial", "open": None, "missing": [], "marks": {}}
    call = {"type": "call", "id": "c1", "name": "f", "phase": "growing", "document": {**document, "value": {"a": 1}}}
    for delta in (
        {"op": "add", "path": "/blocks/0", "value": {"type": "reasoning", "text": "hm", "done": True}},
        {"op": "add", "path": "/blocks/1", "value": {"type": "text", "text": "Let me", "done": True}},
        {"op": "add", "path": "/blocks/2", "value": call},
        {"op": "replace", "path": "/blocks/2/phase", "value": "ready"},
        {"op": "add", "path": "/blocks/3", "value": {"type": "output", "document": {**document, "value": {"b": "x"}}}},
        {"op": "append", "path": "/blocks/3/document/value/b", "value": "y"},
    ):
        ours += encoder.apply([delta])
    finish = {"type": "tool-call-args-text-finish", "path": [2]}
    assert finish in ours
    ours.remove(finish)  # theirs comes with the result
    assert [_with_path(frame) for frame in frames] == ours
    assert ag_ui.VERSION == "1.0"


def _with_path(frame: dict[str, Any]) -> dict[str, Any]:
    return {"path": [], **frame}
