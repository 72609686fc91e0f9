"""What front ends make of the events of an encoder: small readers of each protocol, and the real packages.

A reader folds events to the state that the protocol's own package ends with, as far as it matters here. `SEEN` says
what a person sees of such a state, `expected` what they are to see of a message. The real packages answer in the same
shape (`node`), so both are compared in one way.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from partialjson import MISSING
from partialjson.broadcast import ResponseState
from partialjson.encoders.safe import safe_value
from partialjson.messages import MessageParser
from partialjson.patch import apply_deltas
from support.node import installed

NODE = Path(__file__).parent.parent / "encoders" / "node"
READY = ("ready", "running", "done")


@dataclass
class Seen:
    """What a person sees of an answer.

    Attributes:
        text, reasoning: the texts, joined.
        calls: the name of each call that has one, and its arguments if the call may run, else None.
        output: the structured output, None if nothing came.
        reason: how it ended, where the protocol can say it.
    """

    text: str = ""
    reasoning: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    output: Any = None
    reason: str | None = None


def expected(message: MessageParser, without_server: bool = False) -> Seen:
    """What is to be seen of a message that has ended; ``without_server``: calls that the provider runs are not told."""
    state = ResponseState(message)
    state.changes()
    seen = Seen(reason=message.end().reason)
    for block in state.state["blocks"]:
        if block["type"] == "reasoning":
            seen.reasoning += block["text"]
        elif block["type"] == "call":
            if block["name"] and not (block.get("server") and without_server):
                value = safe_value(block["document"].get("value", {}))
                seen.calls.append((block["name"], [value] if block["phase"] in READY else None))
        elif block["type"] == "output":
            seen.output = safe_value(block["document"].get("value", seen.output))
        else:
            seen.text += block["text"]
    return seen


def events_in(body: str) -> list[Any]:
    """The data of the server-sent events of a body."""
    data = [block.removeprefix("data: ") for block in body.split("\n\n") if block]
    return [json.loads(each) for each in data if each != "[DONE]"]


# AG-UI


def read_ag_ui(events: Iterable[Any]) -> dict[str, Any]:
    messages: list[dict[str, Any]] = []
    state: dict[str, Any] = {"messages": messages, "state": {}, "custom": [], "calls": []}
    open_texts: set[str] = set()
    open_calls: set[str] = set()
    over = False

    def message(wanted: str, role: str) -> dict[str, Any]:
        for each in messages:
            if each["id"] == wanted:
                return each
        messages.append({"id": wanted, "role": role, **({"content": ""} if role != "assistant" else {})})
        return messages[-1]

    def call(wanted: str) -> dict[str, Any]:
        return next(each for one in messages for each in one.get("toolCalls", ()) if each["id"] == wanted)

    for event in events:
        kind = event["type"]
        assert not over, f"{kind} after the end of the run"
        if kind.endswith("MESSAGE_START"):
            assert event["messageId"] not in open_texts
            open_texts.add(event["messageId"])
            message(event["messageId"], event["role"]).setdefault("content", "")
        elif kind.endswith("MESSAGE_CONTENT"):
            assert event["messageId"] in open_texts
            message(event["messageId"], "")["content"] += event["delta"]
        elif kind.endswith("MESSAGE_END"):
            open_texts.remove(event["messageId"])
        elif kind == "TOOL_CALL_START":
            assert event["toolCallId"] not in open_calls
            open_calls.add(event["toolCallId"])
            owner = message(event["parentMessageId"], "assistant")
            function = {"name": event["toolCallName"], "arguments": ""}
            call_of = {"id": event["toolCallId"], "type": "function", "function": function}
            owner.setdefault("toolCalls", []).append(call_of)
        elif kind == "TOOL_CALL_ARGS":
            assert event["toolCallId"] in open_calls
            call(event["toolCallId"])["function"]["arguments"] += event["delta"]
        elif kind == "TOOL_CALL_END":
            open_calls.remove(event["toolCallId"])
            text = call(event["toolCallId"])["function"]["arguments"]
            failed = event.get("metadata")
            if failed:
                call(event["toolCallId"])["metadata"] = failed
            state["calls"].append([event["toolCallId"], json.loads(text)])
        elif kind == "TOOL_CALL_RESULT":
            more = {name: event[name] for name in ("metadata",) if name in event}
            messages.append(
                {
                    "id": event["messageId"],
                    "toolCallId": event["toolCallId"],
                    "role": "tool",
                    "content": event["content"],
                    **more,
                }
            )
        elif kind == "STATE_DELTA":
            state["state"] = apply_deltas(state["state"], event["delta"])
        elif kind == "CUSTOM":
            state["custom"].append([event["name"], event["value"]])
        elif kind == "RUN_ERROR":
            over, state["error"] = True, {"code": event["code"], "message": event["message"]}
        elif kind == "RUN_FINISHED":
            assert not open_texts
            assert not open_calls
            over, state["finished"] = True, event["outcome"]
    assert over
    return state


def seen_ag_ui(state: dict[str, Any]) -> Seen:
    seen = Seen(output=state["state"].get("output"))
    failed = {each["toolCallId"] for each in state["messages"] if each.get("metadata") and each["role"] == "tool"}
    held = {each["toolCallId"] for each in state.get("finished", {}).get("interrupts", ())}
    finished = {call for call, _ in state["calls"]} - failed - held
    void = [value["messageId"] for name, value in state["custom"] if name == "partialjson.void"]
    for message in state["messages"]:
        text = "" if message["id"] in void else message.get("content") or ""
        if message["role"] == "reasoning":
            seen.reasoning += text
        elif message["role"] == "assistant":
            seen.text += text
            for call in message.get("toolCalls", ()):
                function = call["function"]
                value = [json.loads(function["arguments"] or "{}")] if call["id"] in finished else None
                seen.calls.append((function["name"], value))
    endings = [value for name, value in state["custom"] if name == "partialjson.ending"]
    assert len(endings) == 1
    seen.reason = endings[0]["reason"]
    whole = seen.reason in ("complete", "tool_calls", "paused")
    assert whole == ("finished" in state)
    assert whole != ("error" in state)
    return seen


# The Vercel AI SDK


def read_vercel(events: Iterable[Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"id": "", "role": "assistant", "parts": []}
    state: dict[str, Any] = {"message": message, "finishReason": None, "errors": []}
    texts: dict[str, Any] = {}
    calls: dict[str, Any] = {}
    inputs: dict[str, str] = {}
    parts = message["parts"]
    for event in events:
        kind = event["type"]
        if kind == "start":
            message["id"] = event["messageId"]
        elif kind == "start-step":
            parts.append({"type": "step-start"})
        elif kind in ("text-start", "reasoning-start"):
            texts[event["id"]] = {"type": kind.removesuffix("-start"), "text": "", "state": "streaming"}
            parts.append(texts[event["id"]])
        elif kind in ("text-delta", "reasoning-delta"):
            texts[event["id"]]["text"] += event["delta"]
        elif kind in ("text-end", "reasoning-end"):
            texts.pop(event["id"])["state"] = "done"
        elif kind == "tool-input-start":
            calls[event["toolCallId"]] = {"type": f"tool-{event['toolName']}", "state": "input-streaming"}
            inputs[event["toolCallId"]] = ""
            parts.append(calls[event["toolCallId"]])
        elif kind == "tool-input-delta":
            inputs[event["toolCallId"]] += event["inputTextDelta"]
        elif kind == "tool-input-available":
            # What was streamed is what is there in the end.
            assert json.loads(inputs[event["toolCallId"]] or "{}") == event["input"]
            calls[event["toolCallId"]].update(state="input-available", input=event["input"])
        elif kind in ("tool-input-error", "tool-output-error"):
            calls[event["toolCallId"]].update(state="output-error", errorText=event["errorText"])
        elif kind == "tool-output-available":
            calls[event["toolCallId"]].update(state="output-available", output=event["output"])
        elif kind == "tool-approval-request":
            calls[event["toolCallId"]]["state"] = "approval-requested"
        elif kind == "finish":
            state["finishReason"] = event["finishReason"]
            message["metadata"] = event["messageMetadata"]
        elif kind == "error":
            state["errors"].append(event["errorText"])
        elif kind.startswith("data-") and not event.get("transient"):
            known = [part for part in parts if part["type"] == kind and part["id"] == event["id"]]
            if known:
                known[0]["data"] = event["data"]
            else:
                parts.append(dict(event))
    return state


def seen_vercel(state: dict[str, Any]) -> Seen:
    seen = Seen(reason=state["message"]["metadata"]["partialjson"]["reason"])
    parts = state["message"]["parts"]
    void, begin = set(), 0
    for number, part in enumerate(parts):
        if part["type"] == "step-start":
            begin = number + 1
        elif part["type"] == "data-void":
            void.add(begin + part["data"]["part"])
    for number, part in enumerate(parts):
        kind = part["type"]
        if number in void:
            assert kind in ("text", "reasoning")
        elif kind == "reasoning":
            seen.reasoning += part["text"]
        elif kind == "text":
            seen.text += part["text"]
        elif kind == "data-output":
            seen.output = part["data"]
        elif kind.startswith("tool-"):
            ready = part["state"] in ("input-available", "output-available")
            seen.calls.append((kind.removeprefix("tool-"), [part["input"]] if ready else None))
            assert part["state"] != "input-streaming"
    assert bool(state["errors"]) == (seen.reason in ("error", "disconnected"))
    return seen


# assistant-ui


def read_assistant_stream(events: Iterable[Any]) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    data: list[Any] = []
    state: dict[str, Any] = {"parts": parts, "status": {"type": "running"}}
    shared: Any = None
    for event in events:
        kind, path = event["type"], event["path"]
        if kind == "part-start":
            text = {"argsText": "", "state": "partial-call"} if event["part"]["type"] == "tool-call" else {"text": ""}
            parts.append({**event["part"], **text})
        elif kind == "text-delta":
            parts[path[0]]["argsText" if "argsText" in parts[path[0]] else "text"] += event["textDelta"]
        elif kind == "tool-call-args-text-finish":
            parts[path[0]]["state"] = "call"
        elif kind == "result":
            parts[path[0]].update(state="result", result=event["result"], isError=event["isError"])
        elif kind == "tool-call-approval":
            parts[path[0]]["approval"] = event["approval"]
        elif kind == "update-state":
            for operation in event["operations"]:
                shared = _set(shared, operation["path"], operation["value"], operation["type"] == "append-text")
        elif kind == "data":
            data += event["data"]
        elif kind == "message-finish":
            state["status"] = {"type": "finished", "reason": event["finishReason"]}
    return {**state, "metadata": {"unstable_state": shared, "unstable_data": data}}


def _set(value: Any, path: list[str], new: Any, append: bool) -> Any:
    if not path:
        return value + new if append else new
    key: Any = path[0]
    if isinstance(value, list):
        copy: Any = list(value)
        key = int(key)
        if key == len(copy):
            copy.append(None)
    else:
        copy = dict(value or {})
    copy[key] = _set(copy[key] if isinstance(copy, list) or key in copy else None, path[1:], new, append)
    return copy


def seen_assistant_stream(state: dict[str, Any]) -> Seen:
    shared = state["metadata"]["unstable_state"]
    seen = Seen(output=None if shared is None else shared.get("output"))
    void = [each["part"] for each in state["metadata"]["unstable_data"] if each["type"] == "partialjson.void"]
    for number, part in enumerate(state["parts"]):
        if number in void:
            assert part["type"] in ("text", "reasoning")
        elif part["type"] == "tool-call":
            ready = part["state"] == "call" or (part["state"] == "result" and not part["isError"])
            seen.calls.append((part["toolName"], [json.loads(part["argsText"] or "{}")] if ready else None))
        elif part["type"] == "reasoning":
            seen.reasoning += part["text"]
        else:
            seen.text += part["text"]
    endings = [each for each in state["metadata"]["unstable_data"] if each["type"] == "partialjson.ending"]
    assert len(endings) == 1
    seen.reason = endings[0]["reason"]
    assert state["status"]["type"] != "running"
    return seen


# MCP Apps


def read_mcp_apps(events: Iterable[Any]) -> dict[str, Any]:
    views: dict[str, Any] = {}
    for event in events:
        view = views.setdefault(event["call"], {"partial": [], "input": None, "result": None, "cancelled": None})
        method = event["notification"]["method"].removeprefix("ui/notifications/")
        params = event["notification"]["params"]
        if method == "tool-input-partial":
            assert view["input"] is None
            assert view["cancelled"] is None
            view["partial"].append(params["arguments"])
        elif method == "tool-input":
            assert view["input"] is None
            view["input"] = params.get("arguments")
        elif method == "tool-result":
            assert view["input"] is not None
            view["result"] = params
        else:
            view["cancelled"] = params["reason"]
    return views


def seen_mcp_apps(state: dict[str, Any]) -> Seen:
    seen = Seen()
    for view in state.values():
        ready = view["input"] is not None and view["cancelled"] is None
        seen.calls.append(("", [view["input"]] if ready else None))
        assert all(isinstance(partial, dict) for partial in view["partial"])
    return seen


# JSON Patch


def read_json_patch(events: Iterable[Any]) -> Any:
    document: Any = MISSING
    for operations in events:
        document = apply_deltas(document, operations)
    return document


READERS: dict[str, Callable[[Iterable[Any]], Any]] = {
    "ag_ui": read_ag_ui,
    "vercel": read_vercel,
    "assistant_stream": read_assistant_stream,
    "mcp_apps": read_mcp_apps,
    "json_patch": read_json_patch,
}
SEEN: dict[str, Callable[[Any], Seen]] = {
    "ag_ui": seen_ag_ui,
    "vercel": seen_vercel,
    "assistant_stream": seen_assistant_stream,
    "mcp_apps": seen_mcp_apps,
}


def check_seen(protocol: str, state: Any, message: MessageParser) -> None:
    """The state that a reader ended with shows the message, as far as the protocol can say it."""
    if protocol == "json_patch":
        whole = ResponseState(message)
        whole.changes()
        told = whole.state
        assert _without_marks(state) == _without_marks(safe_value(told))
        return
    seen, right = SEEN[protocol](state), expected(message, protocol == "mcp_apps")
    if protocol == "mcp_apps":
        # A view belongs to a call whose arguments are an object; nothing else is told.
        calls = [value for _, value in right.calls if value is not None and isinstance(value[0], dict)]
        assert [value for _, value in seen.calls if value is not None] == calls
        return
    assert seen == right


def _without_marks(state: Any) -> Any:
    """Marks are made from events, which are not there when a state is made at the end."""
    blocks = [
        {**block, "document": {**block["document"], "marks": {}}} if "document" in block else block
        for block in state["blocks"]
    ]
    return {**state, "blocks": blocks}


# The real packages


def node(cases: Sequence[tuple[str, bytes]]) -> list[Any]:
    """The state that the real package of each protocol ends with, for the body of an HTTP response. It must not
    complain about anything."""
    folder = installed(NODE)
    shutil.copy(NODE / "read.mjs", folder / "read.mjs")
    lines = "".join(json.dumps({"protocol": protocol, "body": body.decode()}) + "\n" for protocol, body in cases)
    run = subprocess.run(["node", "read.mjs"], cwd=folder, input=lines, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    answers = [json.loads(line.replace('"1e999"', "1e999")) for line in run.stdout.splitlines()]
    assert len(answers) == len(cases)
    for (protocol, body), answer in zip(cases, answers, strict=True):
        assert "error" not in answer, (protocol, body.decode(), answer)
        assert not answer["warnings"], (protocol, body.decode(), answer)
    return [answer["state"] for answer in answers]
