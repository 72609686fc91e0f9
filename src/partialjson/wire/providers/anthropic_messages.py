"""Anthropic Messages: content blocks that open, grow and stop, between ``message_start`` and
``message_stop``.

A block is keyed by the order in which it opened; the wire's ``index`` only says which open block a delta
belongs to. So interleaved blocks, and indexes that a second ``message_start`` in the same body uses again, need no
special rules. A delta for a block that never opened opens it, as the kind that the delta's type implies.

``message_start`` normally carries an empty message. If the model continues inside a running tool, the whole message may
already be there, blocks and stop reason included, and only ``message_stop`` follows.

The ``input`` of a tool block's start is normally a placeholder and its JSON follows in fragments. If no fragment comes
and the placeholder is not empty, it is the whole input. ``stop_reason`` arrives in
``message_delta``; the message has ended only with ``message_stop``. Token counts are cumulative.

Sources: the streaming, extended thinking, tool use, citations and stop reason pages of Anthropic's API
documentation, and the event models of its SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import Members, as_int, as_mapping, as_str, get, get_list, get_str, members, plain

__all__ = ["Adapter"]

_KINDS: Final[dict[str, ops.Kind]] = {
    "text": "text",
    "thinking": "reasoning",
    "tool_use": "call",
}

_API: Final = APIS["anthropic-messages"]

# delta type -> the field with its text, and the block it opens if none is open
_TEXT_DELTAS: Final[dict[str, tuple[str, str]]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("partial_json", "tool_use"),
}

_HEADER_FIELDS: Final = ("type", "id", "name", "input", "text", "thinking")


@dataclass(slots=True)
class _Block:
    key: int
    input: object = None
    started: bool = False


class Adapter:
    """Events of the Messages API to operations."""

    def __init__(self) -> None:
        self._open: dict[int, _Block] = {}
        self._count = 0

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        fields = members(event)
        kind = as_str(fields.get("type")) or name
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, fields, out)
        elif kind == "error" or fields.get("error") is not None:
            _read_error(event, out)
        return out

    def _message_start(self, event: Members, out: list[ops.Operation]) -> None:
        message = event.get("message")
        self._open.clear()
        out.append(ops.Begin())
        out.append(ops.Info(get_str(message, "id"), get_str(message, "model")))
        for index, content in enumerate(get_list(message, "content")):
            self._start(index, content, out)
            self._finish(index, out)
        _stop(message, out)
        _usage(message, out)

    def _block_start(self, event: Members, out: list[ops.Operation]) -> None:
        index = as_int(event.get("index"))
        content = event.get("content_block")
        self._start(self._count if index is None else index, content, out)

    def _start(self, index: int, content: object, out: list[ops.Operation]) -> _Block:
        if index in self._open:
            self._finish(index, out)
        block = self._open[index] = _Block(self._count, plain(get(content, "input")))
        self._count += 1
        word = get_str(content, "type")
        kind = _kind(word)
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
                if field not in _HEADER_FIELDS and value not in (None, "", [])
            )
        return block

    def _block_delta(self, event: Members, out: list[ops.Operation]) -> None:
        delta = members(event.get("delta"))
        word = as_str(delta.get("type"))
        index = as_int(event.get("index"))
        if index is None:
            index = next(reversed(self._open), self._count)
        block = self._open.get(index)
        place = _TEXT_DELTAS.get(word)
        if place is not None:
            field, opens = place
            block = block or self._start(index, {"type": opens}, out)
            text = as_str(delta.get(field))
            if text:
                block.started = True
                out.append(ops.Text(block.key, text))
        elif block is not None:
            _attach_delta(block.key, delta, word, out)

    def _block_stop(self, event: Members, out: list[ops.Operation]) -> None:
        index = as_int(event.get("index"))
        if index is None:
            index = next(reversed(self._open), -1)
        if index in self._open:
            self._finish(index, out)

    def _finish(self, index: int, out: list[ops.Operation]) -> None:
        block = self._open.pop(index)
        if block.input and not block.started:
            out.append(ops.Value(block.key, block.input))
        out.append(ops.Close(block.key))

    def _message_delta(self, event: Members, out: list[ops.Operation]) -> None:
        _stop(event.get("delta"), out)
        _usage(event, out)

    def _message_stop(self, event: Members, out: list[ops.Operation]) -> None:
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


def _stop(holder: object, out: list[ops.Operation]) -> None:
    """The stop reason, with what accompanies it: the stop sequence that matched, the details of a refusal."""
    word = get_str(holder, "stop_reason")
    if word:
        found = {name: plain(get(holder, name)) for name in ("stop_sequence", "stop_details")}
        details = {name: value for name, value in found.items() if value is not None}
        out.append(ops.Stop(_API.reason(word), word, details=details or None))


def _read_error(event: object, out: list[ops.Operation]) -> None:
    error = get(event, "error")
    if isinstance(error, str):
        out.append(ops.Error(error, body=error))
        return
    body = event if error is None else error
    out.append(ops.Error(get_str(body, "message"), get_str(body, "type"), body=plain(body)))


def _usage(holder: object, out: list[ops.Operation]) -> None:
    counts = as_mapping(plain(get(holder, "usage")))
    if counts is not None:
        out.append(ops.Usage(counts))


_HANDLERS: Final[dict[str, Callable[[Adapter, Members, list[ops.Operation]], None]]] = {
    "message_start": Adapter._message_start,
    "content_block_start": Adapter._block_start,
    "content_block_delta": Adapter._block_delta,
    "content_block_stop": Adapter._block_stop,
    "message_delta": Adapter._message_delta,
    "message_stop": Adapter._message_stop,
}
