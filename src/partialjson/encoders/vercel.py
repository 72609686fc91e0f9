"""The UI message stream of the Vercel AI SDK, which ``useChat`` reads (checked with ``ai`` 6 and 7).

    encoder = vercel.Encoder()
    body = encoder.astream(aread(stream, "anthropic-messages", tools=tools, output=Order))
    return StreamingResponse(body, media_type=encoder.media_type, headers=encoder.headers)

| in the message | on the wire |
|---|---|
| the answer, a response begins | ``start``, ``start-step`` |
| text, reasoning | ``text-start``, ``-delta``, ``-end``; ``reasoning-start``, ``-delta``, ``-end`` |
| a refusal | as a text, with ``providerMetadata.partialjson.kind`` |
| a call | ``tool-input-start``, ``tool-input-delta``; ``tool-input-available`` once it is ready |
| a call that was cut off, is broken or withdrawn | ``tool-input-error``; ``tool-output-error`` if it had been ready |
| a call that waits for a decision | ``tool-approval-request`` |
| its result | ``tool-output-available``, ``tool-output-error`` |
| the structured output | a part ``data-output`` with the whole document so far |
| the same with ``output="deltas"`` | transient parts ``data-output-delta``, and ``data-output`` once, at the end |
| a text does not count any more | ``data-void`` with its position among the parts after the last ``step-start`` |
| the end | ``finish-step``, ``finish`` with ``messageMetadata.partialjson``, and an ``error`` if it is one |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from partialjson.encoders.encoder import AnswerEncoder
from partialjson.encoders.parts import Part, error_text
from partialjson.encoders.safe import safe_value
from partialjson.encoders.wire import FINISH_REASONS, SSE_HEADERS

__all__ = ["Encoder"]


class Encoder(AnswerEncoder):
    """Chunks of a UI message stream for one message of the assistant.

    Args:
        message_id: of the message; made if it is not given.
        output: how the structured output grows. "value": each change sends the whole document so far, which ``useChat``
            shows by itself; ask for changes less often where that is long. "deltas": each change sends what changed,
            for ``onData`` and ``partialjson``'s ``apply``, and the whole comes once, at the end.
        progress: send also which part of each document is growing, as parts ``data-progress``: what lies on the way to
            the pointer ``open`` is growing, and everything else that is there is complete.
        dynamic: send calls as parts ``dynamic-tool``, for pages that do not know the tools.
    """

    headers: ClassVar[Mapping[str, str]] = {**SSE_HEADERS, "x-vercel-ai-ui-message-stream": "v1"}
    tail: ClassVar[bytes] = b"data: [DONE]\n\n"

    def __init__(
        self,
        *,
        message_id: str | None = None,
        output: Literal["value", "deltas"] = "value",
        progress: bool = False,
        dynamic: bool = False,
    ) -> None:
        if output not in ("value", "deltas"):
            raise ValueError(f"output is 'value' or 'deltas', not {output!r}")
        super().__init__(message_id=message_id, progress=progress)
        self._as_deltas = output == "deltas"
        self._dynamic: dict[str, Any] = {"dynamic": True} if dynamic else {}
        self._output_id = f"{self.message_id}-output"
        self._known: set[str] = set()  # data parts that are there
        self._count = 0  # parts of the message since the last step began
        self._numbers: dict[Part, int] = {}

    def on_begin(self) -> None:
        self.say({"type": "start", "messageId": self.message_id})

    def on_step(self, number: int) -> None:
        self.say({"type": "start-step"})
        self._count = 0

    def on_text(self, part: Part) -> None:
        self._begin_part(part)
        event: dict[str, Any] = {"type": f"{_word(part)}-start", "id": part.id}
        if part.kind == "refusal":
            event["providerMetadata"] = {"partialjson": {"kind": "refusal"}}
        self.say(event)

    def on_text_grows(self, part: Part, text: str) -> None:
        self.say({"type": f"{_word(part)}-delta", "id": part.id, "delta": text})

    def on_text_over(self, part: Part) -> None:
        self.say({"type": f"{_word(part)}-end", "id": part.id})

    def on_void(self, part: Part) -> None:
        self._data("void", f"{part.id}-void", {"part": self._numbers[part]})

    def on_call(self, part: Part) -> None:
        self._begin_part(part)
        self.say({"type": "tool-input-start", **self._of(part), **_server(part)})

    def on_call_grows(self, part: Part, text: str) -> None:
        self.say({"type": "tool-input-delta", "toolCallId": part.id, "inputTextDelta": text})

    def on_call_ready(self, part: Part) -> None:
        value = part.value if part.has_value else {}
        self.say({"type": "tool-input-available", **self._of(part), "input": value, **_server(part)})

    def on_call_held(self, part: Part) -> None:
        self.say({"type": "tool-approval-request", "approvalId": f"{part.id}-approval", "toolCallId": part.id})

    def on_call_result(self, part: Part, result: Any, failed: bool) -> None:
        if failed:
            self._output_error(part, error_text(result))
        else:
            output = safe_value(result)
            self.say({"type": "tool-output-available", "toolCallId": part.id, "output": output, **self._dynamic})

    def on_call_fault(self, part: Part, why: str) -> None:
        if part.ready:
            self._output_error(part, why)
        else:
            value = part.value if part.has_value else {}
            self.say({"type": "tool-input-error", **self._of(part), "input": value, "errorText": why})

    def on_document(self, part: Part, deltas: list[dict[str, Any]], place: str | None) -> None:
        if part.kind != "output":
            return
        if self._as_deltas:
            data = {"id": self._output_id, "deltas": deltas}
            self.say({"type": "data-output-delta", "data": data, "transient": True})
        else:
            self._output(part)

    def on_progress(self, part: Part, progress: dict[str, Any]) -> None:
        document = self._output_id if part.kind == "output" else part.id
        self._data("progress", f"{document}-progress", {"document": document, **progress})

    def on_step_end(self, reason: str) -> None:
        for part in self.parts:
            if part.kind == "output" and part.has_value and self._as_deltas:
                self._output(part)
            # A call that no step can finish any more; a page would show it as growing for ever.
            if part.kind == "call" and not part.ready and part.phase != "held":
                self.fail(part)
        self.say({"type": "finish-step"})

    def on_end(self, reason: str, ending: dict[str, Any]) -> None:
        self.say({"type": "finish", "finishReason": FINISH_REASONS[reason], "messageMetadata": {"partialjson": ending}})
        if reason in ("error", "disconnected"):
            # Last, since a reader that throws here has the rest.
            self.say({"type": "error", "errorText": ending["message"]})

    def _of(self, part: Part) -> dict[str, Any]:
        return {"toolCallId": part.id, "toolName": part.name, **self._dynamic}

    def _begin_part(self, part: Part) -> None:
        self._numbers[part] = self._count
        self._count += 1

    def _output(self, part: Part) -> None:
        self._data("output", self._output_id, part.value)

    def _data(self, name: str, identity: str, data: Any) -> None:
        if identity not in self._known:
            self._known.add(identity)
            self._count += 1
        self.say({"type": f"data-{name}", "id": identity, "data": data})

    def _output_error(self, part: Part, why: str) -> None:
        self.say({"type": "tool-output-error", "toolCallId": part.id, "errorText": why, **self._dynamic})


def _word(part: Part) -> str:
    return "reasoning" if part.kind == "reasoning" else "text"


def _server(part: Part) -> dict[str, Any]:
    return {"providerExecuted": True} if part.server else {}
