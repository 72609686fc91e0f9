"""assistant-ui: chunks of an assistant stream, as its assistant transport carries them (checked with the packages
``assistant-stream`` of npm and PyPI).

    encoder = assistant_stream.Encoder()
    return StreamingResponse(encoder.astream(aread(stream, "openai-chat", tools=tools)), media_type=encoder.media_type)

| in the message | on the wire |
|---|---|
| a response begins | ``step-start`` |
| text, reasoning, refusal | ``part-start``, ``text-delta``, ``part-finish``; a refusal has ``providerMetadata`` |
| a call | ``part-start``, ``text-delta``; ``tool-call-args-text-finish`` once it is ready |
| its result | ``result``, ``part-finish`` |
| a call that is broken or withdrawn | ``result`` with ``isError`` |
| a call that was cut off | nothing: the part stays a partial call, and the message ends incomplete |
| a call that waits for a decision | ``tool-call-approval`` |
| a document that has a place | ``update-state``: "set" and "append-text" |
| a text does not count any more | ``data`` "partialjson.void" with the number of its part |
| the end | ``data`` with the ending, ``error`` if it is one, ``step-finish``, ``message-finish`` |

This protocol can say that a string grew, so a long text costs what came, however long it is.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from partialjson._pointers import steps_of
from partialjson.encoders.encoder import AnswerEncoder
from partialjson.encoders.parts import Part, error_text
from partialjson.encoders.places import Places, own_place
from partialjson.encoders.safe import safe_value
from partialjson.encoders.wire import FINISH_REASONS

__all__ = ["Encoder"]

# A reader refuses to go through these, though values may have them.
_REFUSED: Final = ("constructor", "prototype")


class Encoder(AnswerEncoder):
    """Chunks of an assistant stream for one message.

    Args:
        message_id: of the message; made if it is not given.
        places: where in the state documents stand, by name; by default the structured output at ``/output``.
        progress: where in the state it is told which part of a document grows; by default nowhere.
    """

    tail: ClassVar[bytes] = b"data: [DONE]\n\n"

    def __init__(
        self, *, message_id: str | None = None, places: Places | None = None, progress: str | None = None
    ) -> None:
        super().__init__(message_id=message_id, places=places, progress=progress is not None)
        self._progress = own_place("progress", progress, self.places)
        self._count = 0
        self._numbers: dict[Part, int] = {}
        self._refused: set[Part] = set()  # documents with changes that cannot be sent one by one

    def on_step(self, number: int) -> None:
        self.say({"type": "step-start", "messageId": self.message_id, "path": []})

    def on_text(self, part: Part) -> None:
        init: dict[str, Any] = {"type": "reasoning" if part.kind == "reasoning" else "text"}
        if part.kind == "refusal":
            init["providerMetadata"] = {"partialjson": {"kind": "refusal"}}
        self._start(part, init)

    def on_text_grows(self, part: Part, text: str) -> None:
        self._tell(part, "text-delta", textDelta=text)

    def on_text_over(self, part: Part) -> None:
        self._tell(part, "part-finish")

    def on_void(self, part: Part) -> None:
        self._data({"type": "partialjson.void", "part": self._numbers[part]})

    def on_call(self, part: Part) -> None:
        self._start(part, {"type": "tool-call", "toolCallId": part.id, "toolName": part.name})

    def on_call_grows(self, part: Part, text: str) -> None:
        self._tell(part, "text-delta", textDelta=text)

    def on_call_ready(self, part: Part) -> None:
        self._tell(part, "tool-call-args-text-finish")

    def on_call_held(self, part: Part) -> None:
        self._tell(part, "tool-call-approval", approval={"id": f"{part.id}-approval"})

    def on_call_result(self, part: Part, result: Any, failed: bool) -> None:
        value = {"error": error_text(result)} if failed else safe_value(result)
        self._tell(part, "result", result=value, isError=failed)
        self._tell(part, "part-finish")

    def on_call_fault(self, part: Part, why: str) -> None:
        self.on_call_result(part, why, True)

    def on_document(self, part: Part, deltas: list[dict[str, Any]], place: str | None) -> None:
        if place is None:
            return
        operations = []
        for delta in deltas:
            path = steps_of(place + delta["path"])
            if any(step in _REFUSED for step in path):
                self._refused.add(part)
                continue
            kind = "append-text" if delta["op"] == "append" else "set"
            operations.append({"type": kind, "path": path, "value": delta["value"]})
        self._update(operations)

    def on_progress(self, part: Part, progress: dict[str, Any]) -> None:
        if part.name in self.places:
            self._update([{"type": "set", "path": [*steps_of(self._progress), part.name], "value": progress}])

    def on_step_end(self, reason: str) -> None:
        for part in self.parts:
            if part in self._refused:
                self._update([{"type": "set", "path": steps_of(self.places[part.name]), "value": part.value}])
        self.say(
            {
                "type": "step-finish",
                "finishReason": FINISH_REASONS[reason],
                "usage": _USAGE,
                "isContinued": False,
                "path": [],
            }
        )

    def on_end(self, reason: str, ending: dict[str, Any]) -> None:
        for part in self.open_calls:
            if part.ready:
                self._tell(part, "part-finish")
        self._data({"type": "partialjson.ending", **ending})
        if reason in ("error", "disconnected"):
            self.say({"type": "error", "error": ending["message"], "code": reason, "severity": "critical", "path": []})
        self.say({"type": "message-finish", "finishReason": FINISH_REASONS[reason], "usage": _USAGE, "path": []})

    def _start(self, part: Part, init: dict[str, Any]) -> None:
        self._numbers[part] = self._count
        self._count += 1
        self.say({"type": "part-start", "part": init, "path": []})

    def _tell(self, part: Part, kind: str, **fields: Any) -> None:
        self.say({"type": kind, **fields, "path": [self._numbers[part]]})

    def _update(self, operations: list[dict[str, Any]]) -> None:
        if operations:
            self.say({"type": "update-state", "operations": operations, "path": []})

    def _data(self, value: dict[str, Any]) -> None:
        self.say({"type": "data", "data": [value], "path": []})


# A reader that gets no counts estimates them; zero means the same to it.
_USAGE: Final = {"inputTokens": 0, "outputTokens": 0}
