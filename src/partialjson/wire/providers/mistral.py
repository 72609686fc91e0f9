"""Mistral: its Chat API, a dialect of Chat Completions, and its Conversations API.

Chat chunks differ from OpenAI's in what that adapter reads anyway: content may be a list of parts, thinking among
them; calls come whole, with arguments that may be an object, and with index 0 each. The events of the SDK hold the
chunk in ``data``, and "null" for ids that were not sent.

Parts of content that are no text (references, files, images) are attached to the text, those of thinking to the
reasoning, each under its type.

The Conversations API names its events. Outputs of the model and calls come in deltas, a call's by its
``tool_call_id``; deltas without an id belong to the last call. A call whose ``confirmation_status`` is "pending" waits
for the user, and one that is "denied" is withdrawn. Tools that the server runs have an execution instead. A handoff to
another agent is a block of its own. ``conversation.response.done`` is the terminal event and tells no reason. A whole
response is read like its events.

Sources: Mistral's API reference and the types of its SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from partialjson.wire import ops
from partialjson.wire.fields import (
    get,
    get_int,
    get_list,
    get_str,
    members,
    plain,
    read_usage,
    says_something,
    unread,
)
from partialjson.wire.providers import openai_chat

__all__ = ["Adapter"]


class Adapter(openai_chat.Adapter):
    """Chat chunks and Conversations events to operations."""

    _no_id = "null"

    def __init__(self) -> None:
        super().__init__()
        self._calls: dict[str, ops.Key] = {}
        self._last_call: ops.Key | None = None
        self._count = 0

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        if event == ops.DONE:
            return super().feed(event, name)
        data = get(event, "data")
        if data is not None and get(event, "choices") is None:
            name = get_str(event, "event") or name
            event = data
            if event == ops.DONE:
                return super().feed(event, name)
        kind = get_str(event, "type") or name
        handler = _HANDLERS.get(get_str(event, "object") if kind in ("", "message") else kind)
        if handler is None:
            return super().feed(event, name)
        out: list[ops.Operation] = []
        handler(self, event, out)
        unread(members(event), _EVENT, "", out)
        return out

    def _whole(self, event: object, out: list[ops.Operation]) -> None:
        """A response that came in one event, as without streaming."""
        self._started(event, out)
        for entry in get_list(event, "outputs"):
            kind = get_str(entry, "type")
            if kind == "message.output":
                self._output(entry, out)
            elif kind == "function.call":
                self._call(entry, out)
            elif kind == "tool.execution":
                self._execution(entry, out)
                self._executed(entry, out)
            elif kind == "agent.handoff":
                self._handoff(entry, out)
            else:
                out.append(ops.Unread("block", kind))
        self._finished(event, out)

    def _started(self, event: object, out: list[ops.Operation]) -> None:
        id = get_str(event, "conversation_id")
        if id:
            out.append(ops.Info(id))

    def _output(self, event: object, out: list[ops.Operation]) -> None:
        model = get_str(event, "model")
        if model and model != self._info.model:
            self._info = ops.Info(model=model)
            out.append(self._info)
        content = get(event, "content")
        self._read_content(self._choice(0), content if isinstance(content, (str, list, tuple)) else [content], out)

    def _call(self, event: object, out: list[ops.Operation]) -> None:
        id = get_str(event, "tool_call_id") or get_str(event, "id")
        key = self._last_call
        if id or get_str(event, "name") or key is None:
            key = self._last_call = self._begin(event, id, "call", "function.call", out)
        status = get_str(event, "confirmation_status")
        if status == "denied":
            out.append(ops.Withdraw(key))
        elif status:
            out.append(ops.Hold(key, "" if status == "allowed" else "confirmation"))
        self._grow(event, key, out)

    def _execution(self, event: object, out: list[ops.Operation]) -> None:
        self._grow(event, self._begin(event, get_str(event, "id"), "server_call", "tool.execution", out), out)

    def _begin(self, event: object, id: str, kind: ops.Kind, type: str, out: list[ops.Operation]) -> ops.Key:
        """The key of the call with this id."""
        name = get_str(event, "name")
        key = self._calls.get(id)
        if key is None:
            key = self._calls[id] = ("conversation", self._count)
            self._count += 1
            out.append(ops.Open(key, kind, type, index=get_int(event, "output_index"), name=name, call_id=id))
        elif name:
            out.append(ops.Identify(key, name))
        return key

    def _grow(self, event: object, key: ops.Key, out: list[ops.Operation]) -> None:
        arguments = get(event, "arguments")
        if isinstance(arguments, str) and arguments:
            out.append(ops.Text(key, arguments))
        elif arguments is not None and not isinstance(arguments, str):
            out.append(ops.Value(key, plain(arguments)))

    def _handoff(self, event: object, out: list[ops.Operation]) -> None:
        key = "conversation", self._count
        self._count += 1
        out.append(ops.Open(key, "other", get_str(event, "type"), index=get_int(event, "output_index")))
        for name in _HANDOFF:
            value = get(event, name)
            if says_something(value):
                out.append(ops.Attach(key, name, plain(value)))
        out.append(ops.Close(key))

    def _executed(self, event: object, out: list[ops.Operation]) -> None:
        id = get_str(event, "id")
        key = self._begin(event, id, "server_call", "tool.execution", out)
        del self._calls[id]
        info = plain(get(event, "info"))
        if info:
            out.append(ops.Attach(key, "info", info))
        out.append(ops.Close(key))

    def _finished(self, event: object, out: list[ops.Operation]) -> None:
        read_usage(get(event, "usage"), out)
        self._end(out)

    def _failed(self, event: object, out: list[ops.Operation]) -> None:
        code = get(event, "code")
        out.append(
            ops.Error(get_str(event, "message"), "", code if isinstance(code, (str, int)) else None, plain(event))
        )


_HANDOFF: Final = ("previous_agent_id", "previous_agent_name", "next_agent_id", "next_agent_name")
_EVENT: Final = frozenset(
    {"conversation_id", "model", "content", "tool_call_id", "id", "name", "arguments", "info", "usage", "outputs"}
    | {"confirmation_status", "code", "message", *_HANDOFF}
    | {"type", "event", "created_at", "output_index", "content_index", "agent_id", "role", "object"}  # where it stands
)

_HANDLERS: Final[dict[str, Callable[[Adapter, object, list[ops.Operation]], None]]] = {
    "conversation.response.started": Adapter._started,
    "message.output.delta": Adapter._output,
    "function.call.delta": Adapter._call,
    "tool.execution.started": Adapter._execution,
    "tool.execution.delta": Adapter._execution,
    "tool.execution.done": Adapter._executed,
    "conversation.response": Adapter._whole,
    "agent.handoff.started": Adapter._handoff,
    "agent.handoff.done": Adapter._handoff,
    "conversation.response.done": Adapter._finished,
    "conversation.response.error": Adapter._failed,
}
