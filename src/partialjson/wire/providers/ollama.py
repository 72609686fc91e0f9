"""Ollama's own API: one JSON object on each line, at ``/api/chat`` and ``/api/generate``.

The message of each line brings text and thinking to append. Each tool call comes whole in one line, its arguments as
an object, and nothing refers to it later. The last line says ``done`` and why, with the counters. A line with
``error`` ends the stream instead.

Sources: Ollama's API documentation and the types of its Python client.
"""

from __future__ import annotations

from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import get, get_int, get_list, get_str, plain

__all__ = ["Adapter"]

_API: Final = APIS["ollama"]
_COUNTERS: Final = (
    "total_duration",
    "load_duration",
    "prompt_eval_count",
    "prompt_eval_duration",
    "eval_count",
    "eval_duration",
)


class Adapter:
    """Lines of Ollama's API to operations."""

    def __init__(self) -> None:
        self._texts: dict[ops.Kind, int] = {}
        self._keys = 0
        self._calls = 0
        self._info = ops.Info()

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        error = get(event, "error")
        if error:
            out.append(ops.Error(error if isinstance(error, str) else get_str(error, "message"), body=plain(error)))
        info = ops.Info(model=get_str(event, "model"))
        if info != self._info and info.model:
            self._info = info
            out.append(info)
        message = get(event, "message")
        self._text("reasoning", get_str(message, "thinking") or get_str(event, "thinking"), out)
        self._text("text", get_str(message, "content") or get_str(event, "response"), out)
        for call in get_list(message, "tool_calls"):
            self._call(call, out)
        if get(event, "done") is True:
            self._done(event, out)
        return out

    def _open(self, kind: ops.Kind, type: str, out: list[ops.Operation], call: object = None) -> int:
        key = self._keys
        self._keys += 1
        function = get(call, "function")
        index = None
        if call is not None:
            index = get_int(function, "index")
            index = self._calls if index is None else index
            self._calls += 1
        out.append(ops.Open(key, kind, type, index=index, name=get_str(function, "name"), call_id=get_str(call, "id")))
        return key

    def _text(self, kind: ops.Kind, text: str, out: list[ops.Operation]) -> None:
        if not text:
            return
        key = self._texts.get(kind)
        if key is None:
            key = self._texts[kind] = self._open(kind, kind, out)
        out.append(ops.Text(key, text))

    def _call(self, call: object, out: list[ops.Operation]) -> None:
        key = self._open("call", get_str(call, "type") or "function", out, call)
        arguments = plain(get(get(call, "function"), "arguments"))
        if isinstance(arguments, str):
            out.append(ops.Text(key, arguments))
        elif arguments is not None:
            out.append(ops.Value(key, arguments))
        out.append(ops.Close(key))

    def _done(self, event: object, out: list[ops.Operation]) -> None:
        counts = {name: count for name in _COUNTERS if (count := get(event, name)) is not None}
        if counts:
            out.append(ops.Usage(counts))
        word = get_str(event, "done_reason")
        if word:
            out.append(ops.Stop(_API.reason(word), word))
        out.append(ops.End())
