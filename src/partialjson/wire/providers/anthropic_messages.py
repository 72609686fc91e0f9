"""Anthropic Messages: content blocks that open, grow and stop, between ``message_start`` and
``message_stop``.

A block is keyed by the order in which it opened; the wire's ``index`` only says which open block a delta
belongs to. So interleaved blocks, and indexes that a second ``message_start`` in the same body uses again, need no
special rules. A delta for a block that never opened opens it, as the kind that the delta's type implies.

``message_start`` normally carries an empty message. If the model continues inside a running tool, the whole message may
already be there, blocks and stop reason included, and only ``message_stop`` follows.

The ``input`` of a tool block's start is normally a placeholder and its JSON follows in fragments. If no fragment comes
and the placeholder is not empty, it is the whole input. Fragments may be objects, on some gateways. ``stop_reason``
arrives in ``message_delta``; the message has ended only with ``message_stop``. Token counts are cumulative. What else
belongs to the message (its container, what context management did) is told in the details of its stop. A message that
was not streamed is read like a stream that brings it.

If another model takes over, a ``fallback`` block names it: from there on it is the model of the message.

The events may lie in those of the Claude Agent SDK (``envelopes``). Those of subagents are not this model's, so they
are only counted. The result of a run that failed is an error.

Sources: the streaming, extended thinking, tool use, citations and stop reason pages of Anthropic's API
documentation, and the event models of its SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.envelopes import CARRIES_MESSAGES, word_of
from partialjson.wire.fields import (
    Members,
    as_int,
    as_list,
    as_mapping,
    as_str,
    error_of,
    get,
    get_list,
    get_str,
    members,
    plain,
    read_usage,
)
from partialjson.wire.providers._values import grown

__all__ = ["Adapter"]

_KINDS: Final[dict[str, ops.Kind]] = {
    "text": "text",
    "thinking": "reasoning",
    "tool_use": "call",
}

# Blocks whose payload is attached.
_OTHERS: Final = frozenset(
    [
        "advisor_tool_result",
        "bash_code_execution_tool_result",
        "code_execution_tool_result",
        "compaction",
        "container_upload",
        "fallback",
        "mcp_tool_listing",
        "mcp_tool_result",
        "mcp_tool_use",
        "redacted_thinking",
        "server_tool_use",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "web_fetch_tool_result",
        "web_search_tool_result",
    ]
)
# Those that the SDK derives from the others, and those without content.
_SILENT: Final = frozenset(["ping", ops.DONE, "text", "thinking", "citation", "signature", "input_json", "compaction"])
_BESIDES: Final = ("container", "context_management", "diagnostics", "input_transformations")

_API: Final = APIS["anthropic-messages"]

# delta type -> the field with its text, and the block it opens if none is open
_TEXT_DELTAS: Final[dict[str, tuple[str, str]]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("partial_json", "tool_use"),
}

# No prose in arguments, no arguments in prose: the block a delta opens -> the kinds of blocks it cannot stand in
_UNFIT: Final[dict[str, tuple[ops.Kind, ...]]] = {
    "text": ("call", "server_call"),
    "thinking": ("call", "server_call"),
    "tool_use": ("text", "reasoning"),
}
_TAKES: Final[dict[ops.Kind, Mapping[object, str]]] = {
    kind: {word: name for word, (name, opens) in _TEXT_DELTAS.items() if kind not in _UNFIT[opens]}
    for kind in ("text", "reasoning", "call", "server_call", "other")
}
# delta type -> the block it opens if none is open
_BESIDE_DELTAS: Final = {"signature_delta": "thinking", "citations_delta": "text", "compaction_delta": "compaction"}

# What the result of a failed run says of the failure.
_OF_RESULT: Final = ("subtype", "is_error", "result", "errors", "api_error_status", "stop_reason", "terminal_reason")

_HEADER_FIELDS: Final = ("type", "id", "name", "input", "text", "thinking")


@dataclass(slots=True)
class _Block:
    key: int
    kind: ops.Kind
    input: object = None
    started: bool = False
    takes: Mapping[object, str] = field(default_factory=dict)  # delta type -> the field with the text that goes on


class Adapter:
    """Events of the Messages API to operations."""

    def __init__(self) -> None:
        self._open: dict[int, _Block] = {}
        self._count = 0
        self._besides: dict[str, object] = {}
        self._stopped: ops.Stop | None = None
        self._begun = False  # and not stopped
        self._carried = False  # by events of the Claude Agent SDK

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        fields = event if type(event) is dict else members(event)
        if fields.get("type") == "content_block_delta":
            delta, index = fields.get("delta"), fields.get("index")
            delta = delta if type(delta) is dict else members(delta)
            block = self._open.get(index) if type(index) is int else None
            if block is not None:
                word = delta.get("type")
                place = block.takes.get(word) if type(word) is str else None
                text = None if place is None else delta.get(place)
                if type(text) is str and text:
                    block.started = True
                    out.append(ops.Text(block.key, text))
                    return out
            self._block_delta(fields, delta, out)
            return out
        kind = as_str(fields.get("type"))
        if not kind and name != "message":  # which is the name of events without one
            kind = name
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, fields, out)
        elif word := word_of(event):
            return self._feed_of_run(word, fields)
        if kind == "error" or fields.get("error") is not None:
            _read_error(event, out)
        elif handler is None and kind not in _SILENT and event != ops.DONE:
            out.append(ops.Unread("event", kind))
        return out

    def _feed_of_run(self, word: str, event: Members) -> list[ops.Operation]:
        """An event of the Claude Agent SDK: one of the API inside it, or the word that the run has failed."""
        is_main = event.get("parent_tool_use_id") is None
        if word == CARRIES_MESSAGES:
            if not is_main:
                return [ops.Unread("event", f"{word} of a subagent")]
            self._carried = True
            return self.feed(event.get("event"))
        if word == "result" and event.get("is_error") is True:
            return self._failed(event)
        if word == "assistant" and is_main and not self._carried:
            return [ops.Unread("event", word)]  # whole, since nobody asked for the events
        return []

    def _failed(self, result: Members) -> list[ops.Operation]:
        """The error that ends a run. It is that of the message which it breaks off, or stands where the next one would
        have begun."""
        said = [as_str(text) for text in as_list(result.get("errors"))]
        type = as_str(result.get("subtype"))
        message = "; ".join(filter(None, said)) or as_str(result.get("result")) or type
        code = as_int(result.get("api_error_status"))
        body = {name: value for name in _OF_RESULT if (value := plain(result.get(name))) is not None}
        error = ops.Error(message, "" if type == "success" else type, code, body)
        return [error] if self._begun else [ops.Begin(), error]

    def _message_start(self, event: Members, out: list[ops.Operation]) -> None:
        message = event.get("message")
        self._begun = True
        self._open.clear()
        self._besides, self._stopped = {}, None
        out.append(ops.Begin())
        out.append(ops.Info(get_str(message, "id"), get_str(message, "model")))
        for index, content in enumerate(get_list(message, "content")):
            self._start(index, content, out)
            self._finish(index, out)
        self._stop(message, out)
        read_usage(get(message, "usage"), out)

    def _message(self, event: Members, out: list[ops.Operation]) -> None:
        """A message that was not streamed."""
        self._message_start({"message": event}, out)
        self._message_stop(event, out)

    def _block_start(self, event: Members, out: list[ops.Operation]) -> None:
        index = as_int(event.get("index"))
        content = event.get("content_block")
        self._start(self._count if index is None else index, content, out)

    def _start(self, index: int, content: object, out: list[ops.Operation]) -> _Block:
        if index in self._open:
            self._finish(index, out)
        word = get_str(content, "type")
        kind = _kind(word)
        block = self._open[index] = _Block(self._count, kind, plain(get(content, "input")), takes=_TAKES[kind])
        self._count += 1
        if word not in _KINDS and word not in _OTHERS:
            out.append(ops.Unread("block", word))
        out.append(
            ops.Open(
                block.key,
                kind,
                word,
                index=index,
                name=get_str(content, "name"),
                call_id=get_str(content, "id"),
            )
        )
        text = get_str(content, "text") or get_str(content, "thinking")
        if text and kind in ("text", "reasoning"):
            out.append(ops.Text(block.key, text))
        data = as_mapping(plain(content))
        if data is not None:
            out.extend(
                ops.Attach(block.key, str(field), value)
                for field, value in data.items()
                if field not in (_HEADER_FIELDS if kind != "other" else ("type",)) and value not in (None, "", [])
            )
        model = get_str(get(content, "to"), "model") if word == "fallback" else ""
        if model:
            out.append(ops.Info(model=model))
        return block

    def _block_delta(self, event: Members, delta: Members, out: list[ops.Operation]) -> None:
        word = as_str(delta.get("type"))
        index = as_int(event.get("index"))
        if index is None:
            index = next(reversed(self._open), self._count)
        block = self._open.get(index)
        place = _TEXT_DELTAS.get(word)
        if place is not None:
            field, opens = place
            block = block or self._start(index, {"type": opens}, out)
            text = delta.get(field)
            if isinstance(text, str):
                if not text:
                    return
                if block.kind in _UNFIT[opens]:
                    _misplace(block.kind, word, index, text, out)
                    return
                block.started = True
                out.append(ops.Text(block.key, text))
            elif text is not None:
                block.input = grown(block.input, plain(text))
        elif word in _BESIDE_DELTAS:
            block = block or self._start(index, {"type": _BESIDE_DELTAS[word]}, out)
            _attach_delta(block.key, delta, word, out)
        else:
            out.append(ops.Unread("delta", word))

    def _block_stop(self, event: Members, out: list[ops.Operation]) -> None:
        index = as_int(event.get("index"))
        if index is None:
            index = next(reversed(self._open), -1)
        if index in self._open:
            self._finish(index, out)

    def _finish(self, index: int, out: list[ops.Operation]) -> None:
        block = self._open.pop(index)
        if block.input and not block.started:
            # Some gateways give the input as text.
            whole = isinstance(block.input, str)
            out.append(ops.Text(block.key, as_str(block.input)) if whole else ops.Value(block.key, block.input))
        out.append(ops.Close(block.key))

    def _message_delta(self, event: Members, out: list[ops.Operation]) -> None:
        self._keep_besides(event)
        self._stop(event.get("delta"), out)
        read_usage(get(event, "usage"), out)

    def _keep_besides(self, holder: object) -> None:
        for name in _BESIDES:
            value = plain(get(holder, name))
            if value not in (None, [], {}):
                self._besides[name] = value

    def _stop(self, holder: object, out: list[ops.Operation]) -> None:
        """The stop reason, with what accompanies it: the stop sequence that matched, the details of a refusal, and what
        else belongs to the message, whenever it comes."""
        self._keep_besides(holder)
        word = get_str(holder, "stop_reason")
        said = self._stopped
        if word:
            found = {name: plain(get(holder, name)) for name in ("stop_sequence", "stop_details")}
            details = {name: value for name, value in found.items() if value is not None}
        elif said is not None:
            word, details = said.raw, dict(said.details or {})
        else:
            return
        stop = ops.Stop(_API.reason(word), word, details={**details, **self._besides} or None)
        if stop != said:
            self._stopped = stop
            out.append(stop)

    def _message_stop(self, event: Members, out: list[ops.Operation]) -> None:
        self._begun = False
        out.append(ops.End())


def _kind(word: str) -> ops.Kind:
    """Future kinds of tools will probably be named like the present ones, and run by the server like most of them."""
    return _KINDS.get(word) or ("server_call" if word.endswith("_tool_use") else "other")


def _attach_delta(key: int, delta: Members, word: str, out: list[ops.Operation]) -> None:
    if word == "signature_delta":
        out.append(ops.Attach(key, "signature", as_str(delta.get("signature"))))
    elif word == "citations_delta":
        out.append(ops.Attach(key, "citations", plain(delta.get("citation")), append=True))
    elif word == "compaction_delta":
        out.extend(
            ops.Attach(key, field, delta.get(field))
            for field in ("content", "encrypted_content")
            if delta.get(field) is not None
        )


def _misplace(kind: ops.Kind, word: str, index: int, text: str, out: list[ops.Operation]) -> None:
    if word == "input_json_delta":
        out.append(ops.Misplaced(0, text, f"arguments for index {index}, where the block is {kind}"))
    else:
        out.append(ops.Unread("delta", word))


def _read_error(event: object, out: list[ops.Operation]) -> None:
    error = get(event, "error")
    out.append(error_of(event if error is None else error))


_HANDLERS: Final[dict[str, Callable[[Adapter, Members, list[ops.Operation]], None]]] = {
    "message": Adapter._message,
    "message_start": Adapter._message_start,
    "content_block_start": Adapter._block_start,
    "content_block_stop": Adapter._block_stop,
    "message_delta": Adapter._message_delta,
    "message_stop": Adapter._message_stop,
}
