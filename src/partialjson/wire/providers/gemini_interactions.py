"""Gemini Interactions: an interaction of steps that start, grow by deltas and stop.

A step of the type ``function_call`` is a call, other steps whose type ends in ``_call`` are calls of the server, and
their arguments come as JSON text in ``arguments_delta``, or as an object, whole, in a delta or in the step. What a
step starts with is a placeholder where it is empty. All other steps open a block for each kind of delta they bring:
text, thoughts, and anything else with its payload attached.

The interaction ends with ``interaction.completed``, whose status says how; ``event: done`` follows it. An ``error`` is
an event like the others. ``index`` tells steps apart.

Sources: Google's documentation of streaming in the Interactions API, and the types of the google-genai SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import as_mapping, get, get_int, get_list, get_str, plain
from partialjson.wire.providers.gemini import read_error

__all__ = ["Adapter"]

_API: Final = APIS["gemini-interactions"]
_HEADER_FIELDS: Final = frozenset(["type", "id", "name", "arguments", "text", "content", "summary", "index"])


@dataclass(slots=True)
class _Step:
    """A step: its call, or its blocks by kind."""

    type: str
    index: int
    call: int | None = None
    arguments: object = None
    grown: bool = False
    blocks: dict[str, int] = field(default_factory=dict)


class Adapter:
    """Events of the Interactions API to operations."""

    def __init__(self) -> None:
        self._steps: dict[int, _Step] = {}
        self._keys = 0
        self._stopped = False

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        if event == ops.DONE:
            return [ops.End()] if self._stopped else []
        kind = get_str(event, "event_type") or get_str(event, "type") or name
        out: list[ops.Operation] = []
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, event, out)
        elif get(event, "error"):
            self._error(event, out)
        return out

    # The interaction.

    def _interaction(self, event: object, out: list[ops.Operation]) -> None:
        interaction = get(event, "interaction")
        id, model = get_str(interaction, "id"), get_str(interaction, "model") or get_str(interaction, "agent")
        if id or model:
            out.append(ops.Info(id, model))
        usage = as_mapping(plain(get(interaction, "usage")))
        if usage is not None:
            out.append(ops.Usage(usage, whole=True))

    def _completed(self, event: object, out: list[ops.Operation]) -> None:
        self._interaction(event, out)
        interaction = get(event, "interaction")
        status = get_str(interaction, "status") or "completed"
        error = get(interaction, "error")
        if error:
            out.append(read_error(error))
        self._stopped = True
        out.append(ops.Stop(_API.reason(status), status, terminal=True))

    def _error(self, event: object, out: list[ops.Operation]) -> None:
        out.append(read_error(get(event, "error") or event))

    # Its steps.

    def _start(self, event: object, out: list[ops.Operation]) -> None:
        index = get_int(event, "index")
        step = get(event, "step")
        self._begin(len(self._steps) if index is None else index, step, out)

    def _begin(self, index: int, data: object, out: list[ops.Operation]) -> _Step:
        if index in self._steps:
            self._finish(index, out)
        type = get_str(data, "type")
        step = self._steps[index] = _Step(type, index, arguments=plain(get(data, "arguments")))
        if type.endswith("_call"):
            kind: ops.Kind = "call" if type == "function_call" else "server_call"
            step.call = self._open(step, kind, type, out, get_str(data, "name"), get_str(data, "id"))
            if isinstance(step.arguments, str):
                self._arguments(step, step.arguments, out)
            self._attach_rest(step.call, data, out)
            return step
        text = get_str(data, "text")
        if text:
            self._text(step, "reasoning" if type == "thought" else "text", text, out)
        for part in (*get_list(data, "summary"), *get_list(data, "content")):
            self._text(step, "reasoning" if type == "thought" else "text", get_str(part, "text"), out)
        return step

    def _attach_rest(self, key: int, data: object, out: list[ops.Operation]) -> None:
        fields = as_mapping(plain(data))
        if fields is not None:
            out.extend(
                ops.Attach(key, str(name), value)
                for name, value in fields.items()
                if name not in _HEADER_FIELDS and value not in (None, "", [], {})
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
        type = get_str(delta, "type")
        index = get_int(event, "index")
        if index is None:
            index = next(reversed(self._steps), 0)
        step = self._steps.get(index)
        if step is None:
            step = self._begin(index, {"type": _OPENS.get(type, "")}, out)
        arguments = get(delta, "arguments")
        if step.call is not None and arguments is not None:
            self._arguments(step, arguments, out)
        elif type == "text":
            self._text(step, "text", get_str(delta, "text"), out)
        elif type == "thought_summary":
            content = get(delta, "content")
            self._text(step, "reasoning", get_str(content, "text") or get_str(delta, "text"), out)
        elif type == "thought_signature":
            key = self._block(step, "reasoning", "thought", out) if step.call is None else step.call
            out.append(ops.Attach(key, "signature", get_str(delta, "signature")))
        elif type:
            key = self._block(step, "other", step.type or type, out) if step.call is None else step.call
            out.append(ops.Attach(key, type, plain(delta), append=True))

    def _arguments(self, step: _Step, arguments: object, out: list[ops.Operation]) -> None:
        assert step.call is not None
        if isinstance(arguments, str):
            if arguments:
                step.grown = True
                out.append(ops.Text(step.call, arguments))
        else:
            step.arguments = plain(arguments)

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

    def _finish(self, index: int, out: list[ops.Operation]) -> None:
        step = self._steps.pop(index)
        if step.call is not None:
            if step.arguments and not step.grown and not isinstance(step.arguments, str):
                out.append(ops.Value(step.call, step.arguments))
            out.append(ops.Close(step.call))
        out.extend(ops.Close(key) for key in step.blocks.values())


_OPENS: Final = {"arguments_delta": "function_call", "text": "model_output", "thought_summary": "thought"}

_HANDLERS: Final[dict[str, Callable[[Adapter, object, list[ops.Operation]], None]]] = {
    "interaction.created": Adapter._interaction,
    "interaction.completed": Adapter._completed,
    "step.start": Adapter._start,
    "step.delta": Adapter._delta,
    "step.stop": Adapter._stop,
    "error": Adapter._error,
}
