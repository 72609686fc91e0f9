"""AG-UI: the events of one run (protocol 1.0; checked with ``ag-ui-protocol``, ``@ag-ui/core`` and ``@ag-ui/client``).

    encoder = ag_ui.Encoder(thread_id=input.thread_id, run_id=input.run_id)
    return StreamingResponse(encoder.astream(aread(stream, "openai-chat", tools=tools)), media_type=encoder.media_type)

| in the message | on the wire |
|---|---|
| the answer begins | ``RUN_STARTED`` |
| text, refusal | ``TEXT_MESSAGE_START``, ``_CONTENT``, ``_END``; a refusal has ``metadata.partialjson.kind`` |
| reasoning | ``REASONING_START``, ``REASONING_MESSAGE_START``, ``_CONTENT``, ``_END``, ``REASONING_END`` |
| a call | ``TOOL_CALL_START``, ``TOOL_CALL_ARGS``; ``TOOL_CALL_END`` once it is ready |
| its result | ``TOOL_CALL_RESULT`` |
| a call that cannot run | ``TOOL_CALL_END``, ``TOOL_CALL_RESULT`` with the reason; ``metadata.partialjson.failed`` |
| a call that was cut off | no ``TOOL_CALL_END``: the run ends in an error |
| a document that has a place | ``STATE_DELTA`` (JSON Patch) |
| the end | ``CUSTOM`` "partialjson.ending", then ``RUN_FINISHED``, or ``RUN_ERROR`` with the reason as its code |

Each text is a message, and calls belong to the one before them, so a front end sends back the conversation as it was. A
message that does not count any more, because the provider or another attempt contradicts it, is named by a ``CUSTOM``
"partialjson.void".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import uuid4

from partialjson._missing import MISSING
from partialjson._pointers import escaped, unescaped
from partialjson.encoders.encoder import AnswerEncoder
from partialjson.encoders.parts import Part, error_text
from partialjson.encoders.places import Places, own_place
from partialjson.messages.updates import FINISHED

__all__ = ["VERSION", "Encoder"]

VERSION: Final = "1.0"
"""The version of the protocol whose events these are."""


class Encoder(AnswerEncoder):
    """Events of AG-UI for one run.

    Args:
        thread_id, run_id: those of the ``RunAgentInput``; made if they are not given.
        message_id: of the first message; those of others are made of it.
        places: where in the state of the agent documents stand, by name; by default the structured output at
            ``/output``.
        state: the state that the client has, ``RunAgentInput.state``; by default an empty object. Where it lacks a
            container on the way to a place, the first event that needs it adds that.
        progress: where in the state it is told which part of a document grows; by default nowhere.
    """

    def __init__(
        self,
        *,
        thread_id: str | None = None,
        run_id: str | None = None,
        message_id: str | None = None,
        places: Places | None = None,
        state: Any = MISSING,
        progress: str | None = None,
    ) -> None:
        super().__init__(message_id=message_id, places=places, progress=progress is not None)
        self._progress = own_place("progress", progress, self.places)
        self.thread_id = thread_id or f"thread_{uuid4().hex}"
        self.run_id = run_id or f"run_{uuid4().hex}"
        self._missing = _missing([*self.places.values(), *[f"{self._progress}/"] * (progress is not None)], state)
        self._message = ""  # the message that calls belong to
        self._held: list[Part] = []

    def on_begin(self) -> None:
        self.say(
            {"type": "RUN_STARTED", "threadId": self.thread_id, "runId": self.run_id, "protocolVersion": VERSION},
        )

    def on_step(self, number: int) -> None:
        self._message = ""

    def on_text(self, part: Part) -> None:
        if part.kind == "reasoning":
            self.say({"type": "REASONING_START", "messageId": part.id})
            self.say({"type": "REASONING_MESSAGE_START", "messageId": part.id, "role": "reasoning"})
            return
        self._message = part.id
        event: dict[str, Any] = {"type": "TEXT_MESSAGE_START", "messageId": part.id, "role": "assistant"}
        if part.kind == "refusal":
            event["metadata"] = {"partialjson": {"kind": "refusal"}}
        self.say(event)

    def on_text_grows(self, part: Part, text: str) -> None:
        kind = "REASONING_MESSAGE_CONTENT" if part.kind == "reasoning" else "TEXT_MESSAGE_CONTENT"
        self.say({"type": kind, "messageId": part.id, "delta": text})

    def on_text_over(self, part: Part) -> None:
        if part.kind == "reasoning":
            self.say({"type": "REASONING_MESSAGE_END", "messageId": part.id})
            self.say({"type": "REASONING_END", "messageId": part.id})
            return
        self.say({"type": "TEXT_MESSAGE_END", "messageId": part.id})

    def on_void(self, part: Part) -> None:
        self._custom("void", {"messageId": part.id})
        self._message = ""

    def on_call(self, part: Part) -> None:
        if not self._message:
            self._message = self.made_id()
        self.say(
            {
                "type": "TOOL_CALL_START",
                "toolCallId": part.id,
                "toolCallName": part.name,
                "parentMessageId": self._message,
            }
        )

    def on_call_grows(self, part: Part, text: str) -> None:
        self.say({"type": "TOOL_CALL_ARGS", "toolCallId": part.id, "delta": text})

    def on_call_ready(self, part: Part) -> None:
        self.say({"type": "TOOL_CALL_END", "toolCallId": part.id})

    def on_call_held(self, part: Part) -> None:
        self._held.append(part)

    def on_call_result(self, part: Part, result: Any, failed: bool) -> None:
        self._result(part, error_text(result), failed)

    def on_call_fault(self, part: Part, why: str) -> None:
        if not part.ready:
            self.say({"type": "TOOL_CALL_END", "toolCallId": part.id, "metadata": _FAILED})
        self._result(part, why, True)

    def on_document(self, part: Part, deltas: list[dict[str, Any]], place: str | None) -> None:
        if place is not None:
            self._change_state(place, part.placed(deltas, place))

    def on_progress(self, part: Part, progress: dict[str, Any]) -> None:
        if part.name in self.places:
            place = f"{self._progress}/{escaped(part.name)}"
            self._change_state(f"{self._progress}/", [{"op": "add", "path": place, "value": progress}])

    def on_end(self, reason: str, ending: dict[str, Any]) -> None:
        cut = [part for part in self.open_calls if not part.ready and part not in self._held]
        if reason in FINISHED:
            for part in cut:
                self.fail(part)
        server = [part for part in self.open_calls if part.ready and part.server]
        for part in server:
            self._result(part, "The provider ran this tool.", False)
        self._custom("ending", ending)
        if reason not in FINISHED:
            self.say({"type": "RUN_ERROR", "message": ending["message"], "code": reason})
            return
        waiting = [part.id for part in self.open_calls if part.ready and not part.server]
        outcome: dict[str, Any] = {"type": "success"}
        if self._held:
            for part in self._held:
                self.say({"type": "TOOL_CALL_END", "toolCallId": part.id})
            outcome = {"type": "interrupt", "interrupts": [_interrupt(part) for part in self._held]}
        elif waiting:
            outcome["pendingToolCallIds"] = waiting
        self.say(
            {"type": "RUN_FINISHED", "threadId": self.thread_id, "runId": self.run_id, "outcome": outcome},
        )

    def _result(self, part: Part, content: str, failed: bool) -> None:
        event = {
            "type": "TOOL_CALL_RESULT",
            "messageId": f"{part.id}-result",
            "toolCallId": part.id,
            "content": content,
            "role": "tool",
        }
        self.say({**event, "metadata": _FAILED} if failed else event)

    def _change_state(self, place: str, operations: list[dict[str, Any]]) -> None:
        self.say({"type": "STATE_DELTA", "delta": [*self._missing.pop(place, ()), *operations]})

    def _custom(self, name: str, value: Any) -> None:
        self.say({"type": "CUSTOM", "name": f"partialjson.{name}", "value": value})


_FAILED: Final = {"partialjson": {"failed": True}}


def _interrupt(part: Part) -> dict[str, Any]:
    return {
        "id": f"{part.id}-held",
        "reason": "tool_call",
        "message": f"The call of {part.name} must not run yet.",
        "toolCallId": part.id,
    }


def _missing(places: Iterable[str], state: Any) -> dict[str, list[dict[str, Any]]]:
    """For each place, the operations that add the containers on the way to it, which the state lacks."""
    found: dict[str, list[dict[str, Any]]] = {}
    made: set[str] = set()
    for place in places:
        operations: list[dict[str, Any]] = []
        value = {} if state is MISSING else state
        pointer = ""
        for step in place.split("/")[1:]:
            if not isinstance(value, (Mapping, list)):
                value = {}
                if pointer not in made:
                    made.add(pointer)
                    operations.append({"op": "add", "path": pointer, "value": {}})
            value = _inside(value, unescaped(step))
            pointer += "/" + step
        if operations:
            found[place] = operations
    return found


def _inside(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    return value[int(step)] if step.isascii() and step.isdecimal() and int(step) < len(value) else None
