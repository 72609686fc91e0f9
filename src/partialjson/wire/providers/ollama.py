"""Ollama's own API: one JSON object on each line, at ``/api/chat`` and ``/api/generate``.

The message of each line brings text and thinking to append. Each tool call comes whole in one line, its arguments as
an object, and nothing refers to it later. The last line says ``done`` and why, with the counters. A line with
``error`` ends the stream instead. Log-probabilities, images and the ``context`` that ``/api/generate`` takes back are
attached to the text.

Sources: Ollama's API documentation and the types of its Python client.
"""

from __future__ import annotations

from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import (
    Members,
    get,
    get_int,
    get_list,
    get_str,
    members,
    plain,
    says_something,
    unread,
    unread_event,
)

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
_LINE: Final = frozenset(
    {"error", "model", "message", "thinking", "response", "logprobs", "context", "image", "done", "done_reason"}
)
_HARMLESS: Final = frozenset(
    {"created_at", "remote_model", "remote_host"}  # which server answers
    | {"completed", "total", "status"}  # the progress of something else than text
    | {*_COUNTERS, "completion", "peak_memory"}
)
_KNOWN: Final = _LINE | _HARMLESS
_MESSAGE: Final = frozenset({"role", "content", "thinking", "tool_calls", "logprobs", "images", "tool_name"})
# What nearly all lines and messages hold, and nothing else.
_QUIET_LINE: Final = frozenset({"model", "created_at", "message", "thinking", "response", "done"})
_QUIET_MESSAGE: Final = frozenset({"role", "content", "thinking", "tool_calls"})
_CALL: Final = frozenset({"id", "type", "function"})
_FUNCTION: Final = frozenset({"index", "name", "arguments", "description"})


class Adapter:
    """Lines of Ollama's API to operations."""

    def __init__(self) -> None:
        self._texts: dict[ops.Kind, int] = {}
        self._keys = 0
        self._calls = 0
        self._info = ops.Info()

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        fields = members(event)
        error = fields.get("error")
        if error:
            out.append(ops.Error(error if isinstance(error, str) else get_str(error, "message"), body=plain(error)))
        model = get_str(fields, "model")
        if model and model != self._info.model:
            self._info = ops.Info(model=model)
            out.append(self._info)
        message = members(fields.get("message"))
        self._text("reasoning", get_str(message, "thinking") or get_str(fields, "thinking"), out)
        self._text("text", get_str(message, "content") or get_str(fields, "response"), out)
        for call in get_list(message, "tool_calls"):
            self._call(call, out)
        if not (
            type(fields) is dict
            and _QUIET_LINE.issuperset(fields)
            and type(message) is dict
            and _QUIET_MESSAGE.issuperset(message)
        ):
            self._read_rest(event, fields, message, name, out)
        if fields.get("done") is True:
            self._done(fields, out)
        return out

    def _read_rest(self, event: object, fields: Members, message: Members, name: str, out: list[ops.Operation]) -> None:
        """What a line seldom holds."""
        for each in (*get_list(fields, "logprobs"), *get_list(message, "logprobs")):
            self._note("logprobs", each, True, out)
        for each in get_list(message, "images"):
            self._note("images", each, True, out)
        for each in ("context", "image"):
            value = fields.get(each)
            if says_something(value):
                self._note(each, value, False, out)
        if not out and not any(fields.get(each) is not None for each in _LINE):
            unread_event(event, get_str(event, "type") or name, _KNOWN, out)
        else:
            unread(fields, _KNOWN, "", out)
            unread(message, _MESSAGE, "message.", out)

    def _note(self, name: str, value: object, append: bool, out: list[ops.Operation]) -> None:
        """Attaches something to the text, or, if there is none yet, to a block for what comes beside it."""
        key = self._texts.get("text", self._texts.get("other"))
        if key is None:
            key = self._texts["other"] = self._open("other", out, "message")
        out.append(ops.Attach(key, name, plain(value), append))

    def _open(self, kind: ops.Kind, out: list[ops.Operation], type: str = "", call: object = None) -> int:
        key = self._keys
        self._keys += 1
        function = get(call, "function")
        index = None
        if call is not None:
            index = get_int(function, "index")
            index = self._calls if index is None else index
            self._calls += 1
        out.append(
            ops.Open(key, kind, type or kind, index=index, name=get_str(function, "name"), call_id=get_str(call, "id"))
        )
        return key

    def _text(self, kind: ops.Kind, text: str, out: list[ops.Operation]) -> None:
        if not text:
            return
        key = self._texts.get(kind)
        if key is None:
            key = self._texts[kind] = self._open(kind, out)
        out.append(ops.Text(key, text))

    def _call(self, call: object, out: list[ops.Operation]) -> None:
        key = self._open("call", out, get_str(call, "type") or "function", call)
        arguments = plain(get(get(call, "function"), "arguments"))
        if isinstance(arguments, str):
            out.append(ops.Text(key, arguments))
        elif arguments is not None:
            out.append(ops.Value(key, arguments))
        unread(members(call), _CALL, "tool_call.", out)
        unread(members(get(call, "function")), _FUNCTION, "function.", out)
        out.append(ops.Close(key))

    def _done(self, event: object, out: list[ops.Operation]) -> None:
        counts = {name: count for name in _COUNTERS if (count := get(event, name)) is not None}
        if counts:
            out.append(ops.Usage(counts))
        word = get_str(event, "done_reason")
        if word:
            out.append(ops.Stop(_API.reason(word), word))
        out.append(ops.End())
