"""Gemini Live: the turns of a session, as the frames of its WebSocket.

``serverContent`` brings the parts of the model's turn, which are read as those of generateContent; the transcription of
spoken output is text. ``toolCall`` brings function calls, whole and several at once; the model then waits for their
results, so that this ends a message as a tool turn does elsewhere, and what comes next begins another.
``toolCallCancellation`` takes calls back.

``turnComplete`` is the terminal event. A turn that the user ``interrupted`` was cut, though ``turnComplete`` follows.

Sources: the Live API reference for server messages, and the types of the google-genai SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import get, get_list, get_str, plain
from partialjson.wire.providers.gemini import Parts, pick, pick_str, read_error

__all__ = ["Adapter"]

_API: Final = APIS["gemini-live"]


class Adapter:
    """Messages of the Live API to operations."""

    def __init__(self) -> None:
        self._parts = Parts(0)
        self._calls: dict[str, tuple[int, int]] = {}
        self._over = False  # what comes belongs to the next message
        self._asked = False  # the model waits for the results of its calls
        self._interrupted = False

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        session = get_str(pick(event, "setupComplete"), "sessionId") or get_str(
            pick(event, "setupComplete"), "session_id"
        )
        if session:
            out.append(ops.Info(session))
        content = pick(event, "serverContent")
        if content is not None:
            self._content(content, out)
        calls = pick(event, "toolCall")
        if calls is not None:
            self._call(calls, out)
        for id in get_list(pick(event, "toolCallCancellation"), "ids"):
            key = self._calls.get(id) if isinstance(id, str) else None
            if key is not None:
                out.append(ops.Withdraw(key))
        usage = plain(pick(event, "usageMetadata"))
        if isinstance(usage, Mapping):
            out.append(ops.Usage(usage, whole=True))
        error = get(event, "error")
        if error:
            out.append(read_error(error))
        self._end(content, out)
        return out

    def _begin(self, out: list[ops.Operation]) -> None:
        if self._over:
            self._over = self._asked = self._interrupted = False
            out.append(ops.Begin())

    def _content(self, content: object, out: list[ops.Operation]) -> None:
        parts = get_list(pick(content, "modelTurn"), "parts")
        spoken = get_str(pick(content, "outputTranscription"), "text")
        if parts or spoken:
            self._over = self._over or self._asked
            self._begin(out)
        for part in parts:
            self._parts.read(part, out)
        self._parts.read_text("text", spoken, out, "outputTranscription")

    def _call(self, calls: object, out: list[ops.Operation]) -> None:
        functions = get_list(calls, "functionCalls") or get_list(calls, "function_calls")
        if not functions:
            return
        self._begin(out)
        open_call = False
        for function in functions:
            key = self._parts.read_call(function, out)
            id = get_str(function, "id")
            if key is not None and id:
                self._calls[id] = key
            open_call = pick(function, "willContinue") is True
        if open_call:
            return
        self._parts.end(True, out)
        self._asked = True
        out.append(ops.Stop(_API.reason("toolCall"), "toolCall", terminal=True))

    def _end(self, content: object, out: list[ops.Operation]) -> None:
        if pick(content, "interrupted") is True:
            self._interrupted = True
            out.append(ops.Stop(_API.reason("interrupted"), "interrupted"))
        if pick(content, "turnComplete") is True and not self._over:
            self._parts.end(not self._interrupted, out)
            word = pick_str(content, "turnCompleteReason") or "turnComplete"
            if not self._interrupted:
                out.append(ops.Stop(_API.reason("turnComplete"), word))
            out.append(ops.End())
            self._over = True
