"""Amazon Bedrock ConverseStream: content blocks that open, grow and stop, between ``messageStart`` and
``messageStop``.

An event is a mapping with one member, whose name is that of the event. Both boto3 and the decoder of the binary framing
return it in this form. ``contentBlockIndex`` says which block it is about. Only tool uses are announced by a start;
text and reasoning blocks open with their first delta. ``messageStop`` brings the reason and ends the message;
``metadata``, with the token counts, comes after it and may be missing. What guardrails and routers did is told in the
details of the stop; the model is the one that a router chose. Exceptions are members like the others.

Sources: the service model of Bedrock Runtime, as botocore has it, and the AWS documentation of the Converse API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import as_mapping, get, get_int, get_str, plain, read_usage
from partialjson.wire.providers._values import grown

__all__ = ["Adapter"]

_API: Final = APIS["bedrock-converse"]
_STARTS: Final = frozenset(["toolUse", "toolResult", "image"])
_DELTAS: Final = frozenset(["text", "toolUse", "toolResult", "reasoningContent", "citation", "image"])
_PIECES: Final = ("signature", "redactedContent")
_DETAILS: Final = ("trace", "performanceConfig", "serviceTier")


class Adapter:
    """Members of a ConverseStream to operations."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[int, ops.Kind]] = {}
        self._keys = 0
        self._stopped: ops.Stop | None = None
        self._over = False
        self._inputs: dict[int, object] = {}  # arguments that came as objects, by the key of their call
        self._pieces: dict[tuple[int, str], list[object]] = {}  # of signatures and the like, which may come in several

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        known = event == ops.DONE
        for member, handler in _HANDLERS.items():
            data = get(event, member)
            if data is not None:
                known = True
                handler(self, data, out)
        if isinstance(event, Mapping) and not out:
            _read_exception(event, name, out)
        if not out and not known and get(event, "messageStart") is None:
            first = next(iter(event), "") if isinstance(event, Mapping) else ""
            out.append(ops.Unread("event", str(first)))
        return out

    def _start(self, data: object, out: list[ops.Operation]) -> None:
        start = get(data, "start")
        tool = get(start, "toolUse")
        index = self._index(data)
        if tool is not None:
            word = get_str(tool, "type") or "toolUse"
            kind: ops.Kind = "call" if word in ("toolUse", "tool_use") else "server_call"
            key = self._begin(index, kind, word, out, get_str(tool, "name"), get_str(tool, "toolUseId"))
            self._inputs[key] = plain(get(tool, "input"))
            return
        fields = as_mapping(plain(start))
        if fields is not None:
            for name, value in fields.items():
                if name not in _STARTS:
                    out.append(ops.Unread("block", str(name)))
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
            self._join(block[:1], out)
            given = self._inputs.pop(block[0], None)
            if given:
                out.append(ops.Text(block[0], given) if isinstance(given, str) else ops.Value(block[0], given))
            out.append(ops.Close(block[0]))

    def _delta(self, data: object, out: list[ops.Operation]) -> None:
        delta = get(data, "delta")
        index = self._index(data)
        tool, reasoning = get(delta, "toolUse"), get(delta, "reasoningContent")
        if tool is not None:
            self._read_input(index, plain(get(tool, "input")), out)
        elif reasoning is not None:
            self._text(index, ("reasoning",), "reasoningContent", get_str(reasoning, "text"), out)
            for name in _PIECES:
                value = get(reasoning, name)
                if value:
                    key = self._block(index, ("reasoning",), "reasoningContent", out)
                    self._note(key, name, value, out)
        elif get_str(delta, "text"):
            self._text(index, ("text",), "text", get_str(delta, "text"), out)
        else:
            fields = plain(delta)
            for name, value in fields.items() if isinstance(fields, Mapping) else ():
                if name not in _DELTAS:
                    out.append(ops.Unread("delta", str(name)))
                if name not in ("text",) and value is not None:
                    key = self._block(index, ("other", "text"), str(name), out)
                    out.append(ops.Attach(key, str(name), value, append=True))

    def _read_input(self, index: int, given: object, out: list[ops.Operation]) -> None:
        """Arguments: a piece of their text or, from some gateways, an object."""
        kinds: tuple[ops.Kind, ...] = ("call", "server_call")
        if isinstance(given, str):
            if given:
                key = self._block(index, kinds, "toolUse", out)
                self._inputs.pop(key, None)
                out.append(ops.Text(key, given))
        elif given is not None:
            key = self._block(index, kinds, "toolUse", out)
            self._inputs[key] = grown(self._inputs.get(key), given)

    def _note(self, key: int, name: str, piece: object, out: list[ops.Operation]) -> None:
        """Part of something that belongs to the block, or usually all of it."""
        pieces = self._pieces.setdefault((key, name), [])
        pieces.append(piece)
        if len(pieces) == 1:
            out.append(ops.Attach(key, name, piece))

    def _join(self, keys: Iterable[int], out: list[ops.Operation]) -> None:
        """What came in several pieces is whole now."""
        for key in keys:
            for name in _PIECES:
                pieces = self._pieces.pop((key, name), [])
                if len(pieces) > 1:
                    texts = [piece for piece in pieces if isinstance(piece, str)]
                    raw = [piece for piece in pieces if isinstance(piece, bytes)]
                    out.append(ops.Attach(key, name, b"".join(raw) if raw else "".join(texts)))

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
        self._over = True
        self._join([key for key, _ in self._open.values()], out)
        if word:
            self._stopped = ops.Stop(_API.reason(word), word, terminal=True, details=details)
            out.append(self._stopped)
        else:
            out.append(ops.End())

    def _metadata(self, data: object, out: list[ops.Operation]) -> None:
        read_usage(get(data, "usage"), out)
        model = get_str(get(get(data, "trace"), "promptRouter"), "invokedModelId")
        if model:
            out.append(ops.Info(model=model))
        found = {name: plain(get(data, name)) for name in _DETAILS if get(data, name)}
        if found and self._stopped is not None:
            out.append(replace(self._stopped, details={**(self._stopped.details or {}), **found}))
        if self._over:
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
