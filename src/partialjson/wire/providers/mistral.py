"""Mistral: its Chat API, a dialect of Chat Completions, and its Conversations API.

Chat chunks differ from OpenAI's in what that adapter reads anyway: content may be a list of parts, thinking among
them; calls come whole, with arguments that may be an object, and with index 0 each. The events of the SDK hold the
chunk in ``data``, and "null" for ids that were not sent.

The Conversations API names its events. Outputs of the model and calls come in deltas, a call's by its
``tool_call_id``; tools that the server runs have an execution instead. ``conversation.response.done`` is the terminal
event and tells no reason.

Sources: Mistral's API reference and the types of its SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from partialjson.wire import ops
from partialjson.wire.fields import as_mapping, get, get_int, get_str, plain
from partialjson.wire.providers import openai_chat

__all__ = ["Adapter"]


class Adapter(openai_chat.Adapter):
    """Chat chunks and Conversations events to operations."""

    _no_id = "null"

    def __init__(self) -> None:
        super().__init__()
        self._calls: dict[str, ops.Key] = {}
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
        handler = _HANDLERS.get(get_str(event, "type") or name)
        if handler is None:
            return super().feed(event, name)
        out: list[ops.Operation] = []
        handler(self, event, out)
        return out

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
        self._grow(event, get_str(event, "tool_call_id") or get_str(event, "id"), "call", "function.call", out)

    def _execution(self, event: object, out: list[ops.Operation]) -> None:
        self._grow(event, get_str(event, "id"), "server_call", "tool.execution", out)

    def _grow(self, event: object, id: str, kind: ops.Kind, type: str, out: list[ops.Operation]) -> None:
        key = self._calls.get(id)
        if key is None:
            key = self._calls[id] = ("conversation", self._count)
            self._count += 1
            out.append(
                ops.Open(key, kind, type, index=get_int(event, "output_index"), name=get_str(event, "name"), call_id=id)
            )
        arguments = get(event, "arguments")
        if isinstance(arguments, str) and arguments:
            out.append(ops.Text(key, arguments))
        elif arguments is not None and not isinstance(arguments, str):
            out.append(ops.Value(key, plain(arguments)))

    def _executed(self, event: object, out: list[ops.Operation]) -> None:
        id = get_str(event, "id")
        key = self._calls.pop(id, None)
        if key is None:
            return
        info = plain(get(event, "info"))
        if info:
            out.append(ops.Attach(key, "info", info))
        out.append(ops.Close(key))

    def _finished(self, event: object, out: list[ops.Operation]) -> None:
        usage = as_mapping(plain(get(event, "usage")))
        if usage is not None:
            out.append(ops.Usage(usage))
        out.append(ops.End())

    def _failed(self, event: object, out: list[ops.Operation]) -> None:
        code = get(event, "code")
        out.append(
            ops.Error(get_str(event, "message"), "", code if isinstance(code, (str, int)) else None, plain(event))
        )


_HANDLERS: Final[dict[str, Callable[[Adapter, object, list[ops.Operation]], None]]] = {
    "conversation.response.started": Adapter._started,
    "message.output.delta": Adapter._output,
    "function.call.delta": Adapter._call,
    "tool.execution.started": Adapter._execution,
    "tool.execution.delta": Adapter._execution,
    "tool.execution.done": Adapter._executed,
    "conversation.response.done": Adapter._finished,
    "conversation.response.error": Adapter._failed,
}
