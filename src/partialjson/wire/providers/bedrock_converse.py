"""Amazon Bedrock ConverseStream: content blocks that open, grow and stop, between ``messageStart`` and
``messageStop``.

An event is a mapping with one member, whose name is that of the event. Both boto3 and the decoder of the binary framing
return it in this form. ``contentBlockIndex`` says which block it is about. Only tool uses are announced by a start;
text and reasoning blocks open with their first delta. ``messageStop`` brings the reason and ends the message;
``metadata``, with the token counts, comes after it and may be missing. Exceptions are members like the others.

Sources: the service model of Bedrock Runtime, as botocore has it, and the AWS documentation of the Converse API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import as_mapping, get, get_int, get_str, plain

__all__ = ["Adapter"]

_API: Final = APIS["bedrock-converse"]


class Adapter:
    """Members of a ConverseStream to operations."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[int, ops.Kind]] = {}
        self._keys = 0
        self._stopped = False

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        for member, handler in _HANDLERS.items():
            data = get(event, member)
            if data is not None:
                handler(self, data, out)
        if isinstance(event, Mapping) and not out:
            _read_exception(event, name, out)
        return out

    def _start(self, data: object, out: list[ops.Operation]) -> None:
        start = get(data, "start")
        tool = get(start, "toolUse")
        index = self._index(data)
        if tool is not None:
            word = get_str(tool, "type") or "toolUse"
            kind: ops.Kind = "call" if word in ("toolUse", "tool_use") else "server_call"
            self._begin(index, kind, word, out, get_str(tool, "name"), get_str(tool, "toolUseId"))
            return
        fields = as_mapping(plain(start))
        if fields is not None:
            for name, value in fields.items():
                key = self._begin(index, "other", str(name), out)
                out.append(ops.Attach(key, str(name), value))

    def _index(self, data: object) -> int:
        index = get_int(data, "contentBlockIndex")
        return next(reversed(self._open), 0) if index is None else index

    def _begin(
        self, index: int, kind: ops.Kind, type: str, out: list[ops.Operation], name: str = "", call_id: str = ""
    ) -> int:
        self._close(index, out)
        key = self._keys
        self._keys += 1
        self._open[index] = key, kind
        out.append(ops.Open(key, kind, type, index=index, name=name, call_id=call_id))
        return key

    def _close(self, index: int, out: list[ops.Operation]) -> None:
        block = self._open.pop(index, None)
        if block is not None:
            out.append(ops.Close(block[0]))

    def _delta(self, data: object, out: list[ops.Operation]) -> None:
        delta = get(data, "delta")
        index = self._index(data)
        tool, reasoning = get(delta, "toolUse"), get(delta, "reasoningContent")
        if tool is not None:
            self._text(index, ("call", "server_call"), "toolUse", get_str(tool, "input"), out)
        elif reasoning is not None:
            self._text(index, ("reasoning",), "reasoningContent", get_str(reasoning, "text"), out)
            for name in ("signature", "redactedContent"):
                value = get(reasoning, name)
                if value:
                    key = self._block(index, ("reasoning",), "reasoningContent", out)
                    out.append(ops.Attach(key, name, value))
        elif get_str(delta, "text"):
            self._text(index, ("text",), "text", get_str(delta, "text"), out)
        else:
            fields = plain(delta)
            for name, value in fields.items() if isinstance(fields, Mapping) else ():
                if name not in ("text",) and value is not None:
                    key = self._block(index, ("other", "text"), str(name), out)
                    out.append(ops.Attach(key, str(name), value, append=True))

    def _text(self, index: int, kinds: tuple[ops.Kind, ...], type: str, text: str, out: list[ops.Operation]) -> None:
        if text:
            out.append(ops.Text(self._block(index, kinds, type, out), text))

    def _block(self, index: int, kinds: tuple[ops.Kind, ...], type: str, out: list[ops.Operation]) -> int:
        """The open block at the index; if there is none of these kinds, a new one."""
        key, kind = self._open.get(index, (-1, None))
        return key if kind in kinds else self._begin(index, kinds[0], type, out)

    def _stop_block(self, data: object, out: list[ops.Operation]) -> None:
        self._close(self._index(data), out)

    def _stop(self, data: object, out: list[ops.Operation]) -> None:
        word = get_str(data, "stopReason")
        fields = plain(get(data, "additionalModelResponseFields"))
        details = {"additionalModelResponseFields": fields} if fields else None
        self._stopped = True
        if word:
            out.append(ops.Stop(_API.reason(word), word, terminal=True, details=details))
        else:
            out.append(ops.End())

    def _metadata(self, data: object, out: list[ops.Operation]) -> None:
        usage = as_mapping(plain(get(data, "usage")))
        if usage is not None:
            out.append(ops.Usage(usage))
        if self._stopped:
            out.append(ops.End())


def _read_exception(event: Mapping[object, object], name: str, out: list[ops.Operation]) -> None:
    """A member named after the exception, or an error body that has only a message."""
    for member, data in event.items():
        if name in ("exception", "error") or str(member).endswith(("Exception", "Error")):
            message = get_str(data, "message") or get_str(data, "Message") or get_str(data, "originalMessage")
            out.append(ops.Error(message, str(member), body=plain(data)))
            return
    message = get_str(event, "message") or get_str(event, "Message")
    if message:
        out.append(ops.Error(message, get_str(event, "__type"), body=event))


_HANDLERS: Final[dict[str, Callable[[Adapter, object, list[ops.Operation]], None]]] = {
    "contentBlockStart": Adapter._start,
    "contentBlockDelta": Adapter._delta,
    "contentBlockStop": Adapter._stop_block,
    "messageStop": Adapter._stop,
    "metadata": Adapter._metadata,
}
