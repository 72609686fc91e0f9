"""Gemini Live: the turns of a session, as the frames of its WebSocket.

``serverContent`` brings the parts of the model's turn, which are read as those of generateContent; the transcription of
spoken output is text. ``toolCall`` brings function calls, whole and several at once; the model then waits for their
results. So this ends a message, as a tool turn does elsewhere, and the next content begins another.
``toolCallCancellation`` withdraws calls.

``turnComplete`` is the terminal event, and may say why. A turn that the user ``interrupted`` was cut, though
``turnComplete`` follows. What the user said, and events of the session, are no part of a message.

Sources: the Live API reference for server messages, and the types of the google-genai SDK.
"""

from __future__ import annotations

from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import Members, as_list, as_str, error_of, get_list, get_str, plain, read_usage
from partialjson.wire.providers.gemini import Parts, first_name, unread_fields, wire

__all__ = ["Adapter"]

_API: Final = APIS["gemini-live"]

# What is read, and what is about the session or the user.
_SESSION: Final = frozenset(
    ["goAway", "sessionResumptionUpdate", "voiceActivity", "voiceActivityDetectionSignal", "setupComplete"]
)
_READ: Final = frozenset(["serverContent", "toolCall", "toolCallCancellation", "usageMetadata", "error"])
_MESSAGE: Final = _READ | _SESSION
_BESIDES: Final = ("groundingMetadata", "urlContextMetadata")
_CONTENT: Final = frozenset(
    [*_BESIDES, "modelTurn", "outputTranscription", "interrupted", "turnComplete", "turnCompleteReason"]
) | frozenset(
    ["generationComplete", "inputTranscription", "interimInputTranscription", "interactionStatus", "waitingForInput"]
)


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
        fields = wire(event)
        session = as_str(wire(fields.get("setupComplete")).get("sessionId"))
        if session:
            out.append(ops.Info(session))
        content = wire(fields.get("serverContent"))
        self._content(content, out)
        unread_fields(fields.get("serverContent"), _CONTENT, "serverContent.", out, content)
        self._call(wire(fields.get("toolCall")), out)
        for id in get_list(fields.get("toolCallCancellation"), "ids"):
            key = self._calls.get(id) if isinstance(id, str) else None
            if key is not None:
                out.append(ops.Withdraw(key))
        read_usage(fields.get("usageMetadata"), out, whole=True)
        error = fields.get("error")
        if error:
            out.append(error_of(error, "status"))
        self._end(content, out)
        if not out and all(fields.get(name) is None for name in _MESSAGE):
            name = first_name(event)
            if name not in _SESSION:
                out.append(ops.Unread("event", name))
        else:
            unread_fields(event, _MESSAGE, "", out, fields)
        return out

    def _begin(self, out: list[ops.Operation]) -> None:
        if self._over:
            self._over = self._asked = self._interrupted = False
            out.append(ops.Begin())

    def _content(self, content: Members, out: list[ops.Operation]) -> None:
        parts = get_list(content.get("modelTurn"), "parts")
        spoken = content.get("outputTranscription")
        if parts or get_str(spoken, "text"):
            self._over = self._over or self._asked
            self._begin(out)
        for part in parts:
            self._parts.read(part, out)
        if spoken is not None:
            self._parts.read_spoken(spoken, "outputTranscription", out)
        for name in _BESIDES:
            found = plain(content.get(name))
            if found:
                self._parts.note(name, found, out)

    def _call(self, calls: Members, out: list[ops.Operation]) -> None:
        functions = as_list(calls.get("functionCalls"))
        if not functions:
            return
        self._begin(out)
        open_call = False
        for function in functions:
            key = self._parts.read_call(function, out)
            id = get_str(function, "id")
            if key is not None and id:
                self._calls[id] = key
            open_call = wire(function).get("willContinue") is True
        if open_call:
            return
        self._parts.end(True, out)
        self._asked = True
        out.append(ops.Stop(_API.reason("toolCall"), "toolCall", terminal=True))

    def _end(self, content: Members, out: list[ops.Operation]) -> None:
        if content.get("interrupted") is True:
            self._interrupted = True
            out.append(ops.Stop(_API.reason("interrupted"), "interrupted"))
        if content.get("turnComplete") is True and not self._over:
            self._parts.end(not self._interrupted, out)
            word = as_str(content.get("turnCompleteReason")) or "turnComplete"
            if not self._interrupted:
                reason = _API.reasons.get(word, _API.reason("turnComplete"))
                if reason == "error":
                    out.append(ops.Error(word, word))
                out.append(ops.Stop(reason, word))
            out.append(ops.End())
            self._over = True
