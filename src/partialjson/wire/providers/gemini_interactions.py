"""Gemini Interactions: an interaction of steps that start, grow by deltas and stop.

A step of the type ``function_call`` is a call, other steps whose type ends in ``_call`` are calls of the server, and
their arguments come as JSON text in ``arguments_delta``, or as an object, whole, in a delta or in the step. What a step
starts with is a placeholder where it is empty. All other steps open a block for each kind of delta they bring: text,
thoughts, and anything else with its payload attached. A result, or what the user said, is a block whose fields are
attached; its text is not the model's. A step of the model with an error ends the message with it.

The interaction ends with ``interaction.completed``, whose status says how, or ``interaction.cancelled``; ``event:
done`` follows it. Steps that were not streamed are read from the end, and from an interaction that was not streamed at
all. An ``error`` is an event like the others. ``index`` tells steps apart.

Sources: Google's documentation of streaming in the Interactions API, and the types of the google-genai SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import (
    as_list,
    as_mapping,
    as_str,
    error_of,
    get,
    get_int,
    get_list,
    get_str,
    members,
    plain,
    read_usage,
    says_something,
)
from partialjson.wire.providers._values import grown

__all__ = ["Adapter"]

_API: Final = APIS["gemini-interactions"]
_HEADER_FIELDS: Final = frozenset(["type", "id", "name", "arguments", "text", "content", "summary", "index"])
_SILENT: Final = frozenset(["done", "interaction.connected"])
# The steps, and the kinds of deltas that are named like them.
_TOOLS: Final = (
    "code_execution",
    "file_search",
    "function",
    "google_maps",
    "google_search",
    "mcp_server_tool",
    "processing",
    "retrieval",
    "tool_search",
    "url_context",
)
_STEPS: Final = frozenset(
    ["thought", "model_output", "user_input", "", *(f"{tool}_{what}" for tool in _TOOLS for what in ("call", "result"))]
)
_DELTAS: Final = _STEPS | {
    "arguments_delta",
    "audio",
    "document",
    "image",
    "text",
    "text_annotation_delta",
    "thought_signature",
    "thought_summary",
    "video",
}


@dataclass(slots=True)
class _Step:
    """A step: its call, or its blocks by kind."""

    type: str
    index: int
    call: int | None = None
    arguments: object = None
    grown: bool = False
    blocks: dict[str, int] = field(default_factory=dict)
    kind: ops.Kind = "other"  # what its text is

    def __post_init__(self) -> None:
        if self.type == "thought":
            self.kind = "reasoning"
        elif self.type in ("", "model_output"):
            self.kind = "text"


class Adapter:
    """Events of the Interactions API to operations."""

    def __init__(self) -> None:
        self._steps: dict[int, _Step] = {}
        self._keys = 0
        self._count = 0  # of all steps
        self._stopped = False
        self._token: object = None  # to go on with

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        if event == ops.DONE:
            return [ops.End()] if self._stopped else []
        kind = get_str(event, "event_type") or get_str(event, "type") or name
        out: list[ops.Operation] = []
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, event, out)
        elif get(event, "error") and get_str(event, "object") != "interaction":
            self._error(event, out)
        elif get_str(event, "object") == "interaction" or get_list(event, "steps"):
            self._completed({"interaction": event}, out)  # it was not streamed
        elif kind not in _SILENT:
            out.append(ops.Unread("event", kind))
        return out

    # The interaction.

    def _interaction(self, event: object, out: list[ops.Operation]) -> None:
        interaction = get(event, "interaction")
        id = get_str(interaction, "id") or get_str(event, "interaction_id")
        model = get_str(interaction, "model") or get_str(interaction, "agent")
        if id or model:
            out.append(ops.Info(id, model))
        self._token = get(interaction, "continuation_token") or get(event, "continuation_token") or self._token
        read_usage(get(interaction, "usage") or get(event, "usage"), out, whole=True)

    def _completed(self, event: object, out: list[ops.Operation]) -> None:
        self._interaction(event, out)
        interaction = get(event, "interaction")
        steps = get_list(interaction, "steps")
        if self._count == 0:
            for index, step in enumerate(steps):
                self._begin(index, step, out)
                self._finish(index, out)
        for index in list(self._steps):
            self._settle(self._steps[index], out)
        status = get_str(interaction, "status")
        # On a WebSocket the status is an error, or none.
        error = get(interaction, "error") or (None if get_str(event, "status") else get(event, "status"))
        if error and not get_str(error, "message") and not get(error, "code"):
            error = None
        status = status or get_str(event, "status") or ("failed" if error else "completed")
        if error:
            out.append(error_of(error, "status"))
        token = get(interaction, "continuation_token") or self._token
        details = {"continuation_token": token} if token else None
        self._stopped = True
        out.append(ops.Stop(_API.reason(status), status, terminal=True, details=details))

    def _cancelled(self, event: object, out: list[ops.Operation]) -> None:
        self._completed({"interaction": {"status": "cancelled", "usage": get(event, "usage")}}, out)

    def _error(self, event: object, out: list[ops.Operation]) -> None:
        out.append(error_of(get(event, "error") or event, "status"))

    # Its steps.

    def _start(self, event: object, out: list[ops.Operation]) -> None:
        index = get_int(event, "index")
        step = get(event, "step")
        self._begin(len(self._steps) if index is None else index, step, out)

    def _begin(self, index: int, data: object, out: list[ops.Operation]) -> _Step:
        if index in self._steps:
            self._finish(index, out)
        type = get_str(data, "type")
        self._count += 1
        step = self._steps[index] = _Step(type, index, arguments=plain(get(data, "arguments")))
        if type not in _STEPS:
            out.append(ops.Unread("block", type))
        if type.endswith("_call"):
            kind: ops.Kind = "call" if type == "function_call" else "server_call"
            step.call = self._open(step, kind, type, out, get_str(data, "name"), get_str(data, "id"))
            if isinstance(step.arguments, str):
                self._arguments(step, step.arguments, out)
            self._attach_rest(step.call, data, out, _HEADER_FIELDS)
            return step
        own = step.kind
        if own == "other":
            fields = as_mapping(plain(data)) or {}
            if any(says_something(value) for name, value in fields.items() if name != "type"):
                self._attach_rest(self._block(step, "other", type, out), data, out, frozenset(["type"]))
            return step
        self._text(step, own, get_str(data, "text"), out)
        for part in (*get_list(data, "summary"), *get_list(data, "content")):
            self._part(step, own, part, out)
        signature = get(data, "signature")
        if signature:
            out.append(ops.Attach(self._block(step, own, type, out), "signature", signature))
        error = plain(get(data, "error"))
        if error:
            out.append(ops.Attach(self._block(step, own, type, out), "error", error))
            out.append(error_of(error, "status"))
        return step

    def _part(self, step: _Step, kind: ops.Kind, part: object, out: list[ops.Operation]) -> None:
        """A piece of content: a text with its annotations, or something else."""
        type = get_str(part, "type")
        text = get(part, "text")
        if not isinstance(text, str):
            if type:
                out.append(
                    ops.Attach(self._block(step, "other", step.type or type, out), type, plain(part), append=True)
                )
            return
        self._text(step, kind, text, out)
        self._annotate(step, get_list(part, "annotations"), out)

    def _annotate(self, step: _Step, annotations: Iterable[object], out: list[ops.Operation]) -> None:
        for each in annotations:
            key = self._block(step, step.kind, step.type or "text", out)
            out.append(ops.Attach(key, "annotations", plain(each), append=True))

    def _attach_rest(self, key: int, data: object, out: list[ops.Operation], header: frozenset[str]) -> None:
        fields = as_mapping(plain(data))
        if fields is not None:
            out.extend(
                ops.Attach(key, str(name), value)
                for name, value in fields.items()
                if name not in header and value not in (None, "", [], {})
            )

    def _open(
        self, step: _Step, kind: ops.Kind, type: str, out: list[ops.Operation], name: str = "", call_id: str = ""
    ) -> int:
        key = self._keys
        self._keys += 1
        out.append(ops.Open(key, kind, type, index=step.index, name=name, call_id=call_id))
        return key

    def _delta(self, event: object, out: list[ops.Operation]) -> None:
        delta = get(event, "delta")
        fields = members(delta)
        type = as_str(fields.get("type"))
        index = get_int(event, "index")
        if index is None:
            index = next(reversed(self._steps), 0)
        step = self._steps.get(index)
        if step is None:
            step = self._begin(index, {"type": _OPENS.get(type, "")}, out)
        arguments = None if step.call is None else fields.get("arguments")
        if step.call is not None and (arguments is not None or type == step.type):
            if arguments is not None:
                self._arguments(step, arguments, out)
            if not isinstance(delta, dict) or len(delta) > 2:  # its type and its arguments
                self._read_rest(step.call, delta, out)
        elif type == "text":
            self._text(step, step.kind, as_str(fields.get("text")), out)
            annotations = fields.get("annotations")
            if annotations:
                self._annotate(step, as_list(annotations), out)
        elif type == "text_annotation_delta":
            self._annotate(step, get_list(delta, "annotations"), out)
        elif type == "thought_summary":
            self._text(step, "reasoning", get_str(delta, "text"), out)
            self._part(step, "reasoning", get(delta, "content"), out)
        elif type == "thought_signature":
            key = self._block(step, "reasoning", "thought", out) if step.call is None else step.call
            out.append(ops.Attach(key, "signature", get_str(delta, "signature")))
        elif type:
            if type not in _DELTAS:
                out.append(ops.Unread("delta", type))
            key = self._block(step, "other", step.type or type, out) if step.call is None else step.call
            out.append(ops.Attach(key, type, plain(delta), append=True))
        metadata = get(event, "metadata")
        if metadata is not None:
            read_usage(get(metadata, "total_usage"), out, whole=True)

    def _read_rest(self, key: int, delta: object, out: list[ops.Operation]) -> None:
        """What a delta brings for a call besides its arguments."""
        name, id = get_str(delta, "name"), get_str(delta, "id")
        if name or id:
            out.append(ops.Identify(key, name, id))
        self._attach_rest(key, delta, out, _HEADER_FIELDS)

    def _arguments(self, step: _Step, arguments: object, out: list[ops.Operation]) -> None:
        assert step.call is not None
        if isinstance(arguments, str):
            if arguments:
                step.grown = True
                out.append(ops.Text(step.call, arguments))
        else:
            step.arguments = grown(step.arguments, plain(arguments))

    def _text(self, step: _Step, kind: ops.Kind, text: str, out: list[ops.Operation]) -> None:
        if text:
            out.append(ops.Text(self._block(step, kind, step.type or kind, out), text))

    def _block(self, step: _Step, kind: ops.Kind, type: str, out: list[ops.Operation]) -> int:
        key = step.blocks.get(kind)
        if key is None:
            key = step.blocks[kind] = self._open(step, kind, type, out)
        return key

    def _stop(self, event: object, out: list[ops.Operation]) -> None:
        index = get_int(event, "index")
        if index is None:
            index = next(reversed(self._steps), -1)
        if index in self._steps:
            self._finish(index, out)
        read_usage(get(event, "usage"), out, whole=True)

    def _finish(self, index: int, out: list[ops.Operation]) -> None:
        step = self._steps.pop(index)
        self._settle(step, out)
        if step.call is not None:
            out.append(ops.Close(step.call))
        out.extend(ops.Close(key) for key in step.blocks.values())

    def _settle(self, step: _Step, out: list[ops.Operation]) -> None:
        """Arguments that came as an object are whole now."""
        if step.call is not None and step.arguments and not step.grown and not isinstance(step.arguments, str):
            out.append(ops.Value(step.call, step.arguments))
            step.grown = True


_OPENS: Final = {"arguments_delta": "function_call", "text": "model_output", "thought_summary": "thought"}

_HANDLERS: Final[dict[str, Callable[[Adapter, object, list[ops.Operation]], None]]] = {
    "interaction.created": Adapter._interaction,
    "interaction.status_update": Adapter._interaction,
    "interaction.cancelled": Adapter._cancelled,
    "interaction.completed": Adapter._completed,
    "step.start": Adapter._start,
    "step.delta": Adapter._delta,
    "step.stop": Adapter._stop,
    "error": Adapter._error,
}
