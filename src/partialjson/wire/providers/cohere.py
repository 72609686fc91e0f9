"""Cohere Chat, version 2: contents and tool calls that start, grow and end, between ``message-start`` and
``message-end``.

Contents and calls are numbered by ``index``, each from 0, so the numbers of the two are kept apart. A content is text
or thinking. The plan that a model makes before it calls tools comes in ``tool-plan-delta`` without a start; it is
reasoning. Fragments of arguments are text; a start may already hold the first of them. A delta for a content that
never started opens it. A delta for a call that never started belongs to the last open call; if none is open, it is
misplaced, unless there was no call at all. Citations are attached to what they are about, log-probabilities to the text
whose tokens they are.

``message-end`` brings the reason and the token counts and is the terminal event. Errors come in its ``error``, or as
a body that holds nothing but a message.

Sources: Cohere's API reference for streaming in version 2, and the types of its SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import (
    as_list,
    as_mapping,
    error_of,
    get,
    get_int,
    get_list,
    get_str,
    members,
    plain,
    read_usage,
    says_something,
    unread,
    unread_event,
)

__all__ = ["Adapter"]

_API: Final = APIS["cohere"]
_PLAN: Final = "plan"
_TEXT: Final = ("text", -1)
_EVENT: Final = frozenset({"type", "id", "index", "delta", "logprobs"})
_DELTA: Final = frozenset({"role", "content", "tool_calls", "tool_plan", "citations"})
_IGNORED: Final = frozenset({"citation-end", "debug"})  # they tell nothing, and the prompt


class Adapter:
    """Events of Chat v2 to operations."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], int] = {}
        self._numbers: dict[str, dict[int, None]] = {}  # the numbers of open blocks by kind, in order
        self._keys = 0
        self._latest: dict[tuple[str, int], int] = {}  # the last block at each place
        self._called = False
        self._waiting: list[object] = []  # citations that came before any text

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        kind = get_str(event, "type") or name
        handler = _HANDLERS.get(kind)
        if handler is not None:
            message = get(get(event, "delta"), "message")
            handler(self, event, message, out)
            if type(event) is not dict or not _EVENT.issuperset(event):
                unread(members(event), _EVENT, "", out)
            if type(message) is not dict or not _DELTA.issuperset(message):
                unread(members(message), _DELTA, "delta.message.", out)
        elif kind in ("", "message", "error"):
            message = get(event, "message")
            if message is not None and get_str(event, "finish_reason"):
                self._whole(event, message, out)
            else:
                _read_error(event, out)
            if not out:
                unread_event(event, kind, _EVENT, out)
        elif kind not in _IGNORED:
            out.append(ops.Unread("event", kind))
        return out

    def _start_message(self, event: object, message: object, out: list[ops.Operation]) -> None:
        id = get_str(event, "id")
        if id:
            out.append(ops.Info(id))

    def _open_block(
        self,
        place: tuple[str, int],
        kind: ops.Kind,
        type: str,
        out: list[ops.Operation],
        name: str = "",
        call_id: str = "",
    ) -> int:
        self._close_block(place, out)
        key = self._open[place] = self._keys
        self._numbers.setdefault(place[0], {})[place[1]] = None
        self._keys += 1
        index = None if place[0] == _PLAN else place[1]
        out.append(ops.Open(key, kind, type, index=index, name=name, call_id=call_id))
        self._latest[place] = key
        if kind == "text":
            self._latest[_TEXT] = key
            out += [ops.Attach(key, "citations", citation, append=True) for citation in self._waiting]
            self._waiting = []
        return key

    def _close_block(self, place: tuple[str, int], out: list[ops.Operation]) -> None:
        key = self._open.pop(place, None)
        if key is not None:
            del self._numbers[place[0]][place[1]]
            out.append(ops.Close(key))

    def _index(self, event: object, what: str) -> int:
        """The event's index, or that of the last open block of its kind."""
        index = get_int(event, "index")
        if index is None:
            index = next(reversed(self._numbers.get(what, {})), 0)
        return index

    # Contents.

    def _start_content(self, event: object, message: object, out: list[ops.Operation]) -> None:
        self._close_block((_PLAN, 0), out)
        content = get(message, "content")
        self._open_content(event, content, out)
        self._grow_content(event, message, out)
        fields = as_mapping(plain(content)) or {}
        key = self._latest[("content", self._index(event, "content"))]
        for name, value in fields.items():
            if name not in ("type", "text", "thinking") and says_something(value):
                out.append(ops.Attach(key, str(name), value))

    def _open_content(self, event: object, content: object, out: list[ops.Operation]) -> int:
        type = get_str(content, "type") or ("thinking" if get_str(content, "thinking") else "text")
        kind: ops.Kind = "reasoning" if type == "thinking" else "text" if type == "text" else "other"
        return self._open_block(("content", self._index(event, "content")), kind, type, out)

    def _grow_content(self, event: object, message: object, out: list[ops.Operation]) -> None:
        content = get(message, "content")
        text = content if isinstance(content, str) else get_str(content, "text") or get_str(content, "thinking")
        if not text:
            return
        key = self._open.get(("content", self._index(event, "content")))
        if key is None:
            key = self._open_content(event, content, out)
        out.append(ops.Text(key, text))
        logprobs = plain(get(event, "logprobs"))
        if logprobs:
            out.append(ops.Attach(key, "logprobs", logprobs, append=True))

    def _end_content(self, event: object, message: object, out: list[ops.Operation]) -> None:
        self._close_block(("content", self._index(event, "content")), out)

    def _plan(self, event: object, message: object, out: list[ops.Operation]) -> None:
        text = get_str(get(get(event, "delta"), "message"), "tool_plan")
        if not text:
            return
        key = self._open.get((_PLAN, 0))
        if key is None:
            key = self._open_block((_PLAN, 0), "reasoning", "tool_plan", out)
        out.append(ops.Text(key, text))

    def _citation(self, event: object, message: object, out: list[ops.Operation]) -> None:
        citation = plain(get(message, "citations"))
        if not citation:
            return
        kind, index = get_str(citation, "type"), get_int(citation, "content_index")
        place = (_PLAN, 0) if kind == "PLAN" else _TEXT if index is None else ("content", index)
        key = self._latest.get(place, self._latest.get(_TEXT))
        if key is None:
            self._waiting.append(citation)
        else:
            out.append(ops.Attach(key, "citations", citation, append=True))

    # Calls.

    def _start_call(self, event: object, message: object, out: list[ops.Operation]) -> None:
        self._close_block((_PLAN, 0), out)
        self._open_call(event, message, out)
        self._grow_call(event, message, out)

    def _open_call(self, event: object, message: object, out: list[ops.Operation]) -> int:
        call = _call(message)
        name = get_str(get(call, "function"), "name")
        place = ("call", self._index(event, "call"))
        self._called = True
        return self._open_block(place, "call", get_str(call, "type") or "function", out, name, get_str(call, "id"))

    def _grow_call(self, event: object, message: object, out: list[ops.Operation]) -> None:
        arguments = get(get(_call(message), "function"), "arguments")
        if arguments is None or arguments == "":
            return
        key = self._open.get(("call", self._index(event, "call")))
        if key is None:
            last = next(reversed(self._numbers.get("call", {})), None)
            if last is not None:
                key = self._open["call", last]
            elif self._called:
                text = arguments if isinstance(arguments, str) else "an object"
                out.append(
                    ops.Misplaced(0, text, f"arguments for index {get_int(event, 'index')}, where no call is open")
                )
                return
            else:
                key = self._open_call(event, message, out)
        out.append(ops.Text(key, arguments) if isinstance(arguments, str) else ops.Value(key, plain(arguments)))

    def _end_call(self, event: object, message: object, out: list[ops.Operation]) -> None:
        self._close_block(("call", self._index(event, "call")), out)

    # The end.

    def _whole(self, event: object, message: object, out: list[ops.Operation]) -> None:
        """A response that came in one event, as without streaming."""
        self._start_message(event, message, out)
        self._plan(event, message, out)
        content = get(message, "content")
        parts = ({"type": "text", "text": content},) if isinstance(content, str) else as_list(content)
        for index, part in enumerate(parts):
            self._start_content({"index": index}, {"content": part}, out)
            self._close_block(("content", index), out)
        for citation in get_list(message, "citations"):
            self._citation(event, {"citations": citation}, out)
        for index, call in enumerate(get_list(message, "tool_calls")):
            self._start_call({"index": index}, {"tool_calls": call}, out)
            self._close_block(("call", index), out)
        unread(members(message), _DELTA, "message.", out)
        self._end_message({"delta": event}, None, out)

    def _end_message(self, event: object, message: object, out: list[ops.Operation]) -> None:
        delta = get(event, "delta")
        read_usage(get(delta, "usage"), out)
        error = get(delta, "error")
        if error:
            _read_error({"error": error}, out)
        if self._waiting:
            key = self._open_block(("message", 0), "other", "message", out)
            out += [ops.Attach(key, "citations", citation, append=True) for citation in self._waiting]
        word = get_str(delta, "finish_reason")
        if word:
            out.append(ops.Stop(_API.reason(word.upper()), word))
        out.append(ops.End())


def _call(message: object) -> object:
    """The call an event is about: an object, though its name is in the plural."""
    call = get(message, "tool_calls")
    return next(iter(call), None) if isinstance(call, (list, tuple)) else call


def _read_error(event: object, out: list[ops.Operation]) -> None:
    told = get(event, "error") or event
    error = error_of(told)
    # A text that is an event is none.
    if error.message and not (told is event and isinstance(event, str)):
        out.append(error)


_HANDLERS: Final[dict[str, Callable[[Adapter, object, object, list[ops.Operation]], None]]] = {
    "message-start": Adapter._start_message,
    "content-start": Adapter._start_content,
    "content-delta": Adapter._grow_content,
    "content-end": Adapter._end_content,
    "tool-plan-delta": Adapter._plan,
    "tool-call-start": Adapter._start_call,
    "tool-call-delta": Adapter._grow_call,
    "tool-call-end": Adapter._end_call,
    "citation-start": Adapter._citation,
    "message-end": Adapter._end_message,
}
