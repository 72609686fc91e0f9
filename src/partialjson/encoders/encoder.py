"""What all encoders share: from the deltas of a response's state to the parts of an answer, and what happened to each.

An encoder is a viewer like any other: it folds the deltas of a ``ResponseState``. So secrets are left out already, a
stream may be throttled or come from a ``Broadcast``, and restarts, withdrawals and endings are decided in one place.
``AnswerEncoder`` follows the blocks of that state and calls a method for each thing that a protocol can say; a protocol
says it in its own events. The methods with ``on_`` are all that a protocol defines.

    encoder = vercel.Encoder()
    for events in encoder.follow(read(source, "openai-chat", tools=tools)):
        ...                                 # lists of plain dicts
    events = encoder.end()

**An answer may take several responses**: the model calls tools, gets results, and goes on. ``follow`` reads one
response; ``report`` tells what became of a call; the next ``follow`` begins a new step; ``end`` says how the last one
ended. ``stream`` does all that for the usual case of one response, as the bytes of an HTTP body.

**Nothing is finished that is not.** The arguments of a call are closed when it is *ready*, as ``Call.ready`` says. One
that is cut off, broken, withdrawn or waits for something is never closed as if it could run; each protocol has its own
way to say so.

**Texts of calls** are written anew from the deltas (``writer``), not copied from the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal
from uuid import uuid4

from partialjson._pointers import unescaped
from partialjson.encoders.parts import Part
from partialjson.encoders.places import Growing, Places, placed_at
from partialjson.encoders.safe import safe_deltas
from partialjson.encoders.streams import Deltas, Message, Streams
from partialjson.encoders.wire import Event
from partialjson.encoders.writer import JSONWriter
from partialjson.messages import Call

__all__ = ["AnswerEncoder"]

Reported = Literal["running", "done", "failed"]

_TAKEN_BACK: Final = "The provider took back what it had said."
_DOCUMENT: Final = "/document/value"


class AnswerEncoder(Streams[Event]):
    """Deltas or updates in, events out. Each protocol has a class of its own, with the same methods.

    Args:
        message_id: the id of the answer; made if it is not given.
        places: where documents stand, by name.
        progress: tell also which part of each document is growing.

    Attributes:
        message_id: that of the answer.
        places: where documents stand, by name.
        parts: those of the response that is followed, in order.
    """

    def __init__(self, *, message_id: str | None = None, places: Places | None = None, progress: bool = False) -> None:
        super().__init__()
        self.message_id = message_id or f"msg_{uuid4().hex}"
        self.places = placed_at({"output": "/output"} if places is None else places)
        self._tells_progress = progress
        self._events: list[Event] = []
        self.parts: list[Part] = []  # of the response that is followed
        self._earlier: list[Part] = []  # of the responses before
        self._ids: set[str] = set()
        self._made = 0
        self._steps = 0
        self._ending: dict[str, Any] | None = None
        self._begun = False
        self._ended = False

    # For callers

    def begin(self, message: Message) -> list[Event]:
        self._must_go_on()
        self._next_step()
        return super().begin(message)

    def apply(self, deltas: Deltas) -> list[Event]:
        self._must_go_on()
        if not self._steps:
            self._next_step()
        touched: dict[Part, None] = {}
        for delta in deltas:
            self._take(delta, touched)
        for part in touched:
            self._settle(part)
        return self._flushed()

    def apply_document(self, deltas: Deltas) -> list[Event]:
        """The events for deltas of a ``DocumentState``: the document is the answer's structured output."""
        inside: list[dict[str, Any]] = []
        for delta in deltas:
            if delta["path"] == "":
                block = {"type": "output", "document": delta["value"]}
                inside.append({"op": "add", "path": "/blocks/0", "value": block})
            else:
                inside.append({**delta, "path": "/blocks/0/document" + delta["path"]})
        return self.apply(inside)

    def report(self, call: Call | str, phase: Reported, result: Any = None) -> list[Event]:
        """The events for what became of a call that was ready: it is "running", "done" with a result, or "failed".

        Args:
            call: the call, or the id that it has in this protocol.
            result: what it gave, or what went wrong: JSON values, or anything that pydantic can write as such. Secrets
                and excluded fields of a model are kept back then.

        Raises:
            LookupError: there is no such call.
            ValueError: it cannot be run, since it is neither ready nor held, or its result is known already.
        """
        part = self._called(call)
        if part.over or not (part.ready or part.phase == "held"):
            what = "its result is known" if part.ready else f"it is {part.phase}, not ready"
            raise ValueError(f"the call of {part.name!r} cannot be reported as {phase}: {what}")
        part.phase = phase
        if phase != "running":
            from partialjson.typed.dumps import plain

            part.result, part.has_result = plain(result), True
        self._settle(part)
        return self._flushed()

    def end(self) -> list[Event]:
        if self._ended:
            return []
        events: list[Event] = []
        if self.source is not None and self._ending is None:
            events = self.feed(self.source.end().updates)
        if not self._steps:
            self._next_step()
        ending = self._ending or self._own_ending()
        reason = str(ending["reason"])
        told: dict[str, Any] = {"reason": reason, "message": ending["message"]}
        missing = [each for pointer in ending.get("missing", ()) for each in self._located(str(pointer))]
        if missing:
            told["missing"] = missing
        invalid = [part for part in self.parts if part.begun and part.status == "invalid"]
        if invalid:
            told["invalid"] = [{**part.named, "message": part.fault} for part in invalid]
        self._finish_step(reason)
        self.on_end(reason, told)
        self._ended = True
        return events + self._flushed()

    def id_of(self, call: Call) -> str:
        """The id that the call has in this protocol: its own, unless that is missing or taken.

        Raises:
            LookupError: there is no such call.
        """
        return self._called(call).id

    # For protocols

    def on_begin(self) -> None:
        """The answer begins."""

    def on_step(self, number: int) -> None:
        """A response begins, number ``number`` from 1."""

    def on_text(self, part: Part) -> None:
        """A text, reasoning or refusal begins."""

    def on_text_grows(self, part: Part, text: str) -> None:
        """It grew by ``text``."""

    def on_text_over(self, part: Part) -> None:
        """It is over."""

    def on_void(self, part: Part) -> None:
        """A text that is over does not count any more: the provider took it back, or another attempt replaces it."""

    def on_call(self, part: Part) -> None:
        """A call begins; its tool is known."""

    def on_call_grows(self, part: Part, text: str) -> None:
        """The JSON text of its arguments grew."""

    def on_call_ready(self, part: Part) -> None:
        """Its arguments are complete, and it may run."""

    def on_call_held(self, part: Part) -> None:
        """Its arguments are complete, and it must not run yet."""

    def on_call_result(self, part: Part, result: Any, failed: bool) -> None:
        """It was run."""

    def on_call_fault(self, part: Part, why: str) -> None:
        """It cannot run: it is broken or withdrawn, or the provider's answer was cut off in it and another begins."""

    def on_document(self, part: Part, deltas: list[dict[str, Any]], place: str | None) -> None:
        """A document grew: the output, or the arguments of a call. ``place`` is where it stands, if anywhere."""

    def on_progress(self, part: Part, progress: dict[str, Any]) -> None:
        """Another part of a document is growing: its ``status``, and the pointer ``open``."""

    def on_step_end(self, reason: str) -> None:
        """A response ended."""

    def on_end(self, reason: str, ending: dict[str, Any]) -> None:
        """The answer ends. ``ending`` has the reason, a message for people, and which documents are invalid or lack
        what."""

    def say(self, event: Event) -> None:
        """Sends an event."""
        self._events.append(event)

    def made_id(self) -> str:
        """An id of our own: that of the answer, and a number."""
        self._made += 1
        return f"{self.message_id}-{self._made}"

    @property
    def open_calls(self) -> list[Part]:
        """The calls of all responses that have begun, and of which nothing final was said."""
        return [part for part in (*self._earlier, *self.parts) if part.kind == "call" and part.begun and not part.over]

    # From the state to the methods above

    def _must_go_on(self) -> None:
        if self._ended:
            raise RuntimeError("the answer has ended: another answer needs another encoder")

    def _flushed(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def _next_step(self) -> None:
        if not self._begun:
            self._begun = True
            self.on_begin()
        if self._steps:
            self._finish_step(str((self._ending or {}).get("reason", "disconnected")))
            for part in self.open_calls:
                if not part.ready:
                    self.fail(part)
        self._earlier += self.parts
        self.parts = []
        self._ending = None
        self._steps += 1
        self.on_step(self._steps)

    def _own_ending(self) -> dict[str, Any]:
        """How the answer ended, if the state does not say: it was one document, or its stream was left."""
        if self.source is not None or [part.kind for part in self.parts] != ["output"]:
            return {"reason": "disconnected", "message": "The stream was left before the answer ended."}
        document = self.parts[0]
        if document.status == "complete":
            return {"reason": "complete", "message": ""}
        if document.status == "invalid":
            return {"reason": "error", "message": document.fault}
        return {"reason": "truncated", "message": "The document was cut off."}

    def _located(self, pointer: str) -> list[dict[str, str]]:
        """What a pointer into the state names, in the words of a protocol: which document, and where in it."""
        number = pointer.split("/")[2]
        part = self.parts[int(number)]
        path = pointer.removeprefix(f"/blocks/{number}{_DOCUMENT}")
        return [{**part.named, "path": path}] if part.begun else []

    def _finish_step(self, reason: str) -> None:
        for part in self.parts:
            if part.kind == "call" and part.begun and part.phase == "held" and not part.over:
                self._close_text(part)
                self.on_call_held(part)
            elif part.kind not in ("call", "output"):
                self._end_text(part)
        self.on_step_end(reason)

    def _take(self, delta: Mapping[str, Any], touched: dict[Part, None]) -> None:
        op, path, value = delta["op"], str(delta["path"]), delta["value"]
        if path == "":
            self._begin_again(value, touched)
            return
        steps = path.split("/", 3)
        if steps[1] == "ending":
            self._ending = value
        elif steps[1] == "blocks" and len(steps) == 2:
            self._begin_again({"blocks": value}, touched)
        elif steps[1] == "blocks":
            number = int(steps[2])
            if len(steps) == 3:
                self._block(number, value, touched)
            else:
                part = self.parts[number]
                touched[part] = None
                self._change(part, op, "/" + steps[3], value)

    def _begin_again(self, state: Mapping[str, Any], touched: dict[Part, None]) -> None:
        """The whole state, at the beginning or because an attempt was given up."""
        for part in self.parts:
            self._void(part)
        self._earlier += self.parts
        self.parts = []
        self._ending = state.get("ending")
        for number, block in enumerate(state["blocks"]):
            self._block(number, block, touched)

    def _block(self, number: int, block: Mapping[str, Any], touched: dict[Part, None]) -> None:
        """A block begins, or is there anew."""
        part = Part(block["type"])
        if number < len(self.parts):
            self._void(self.parts[number])
            self._earlier.append(self.parts[number])
            self.parts[number] = part
        else:
            self.parts.append(part)
        touched[part] = None
        if part.kind == "output":
            part.name = "output"
        part.server = bool(block.get("server"))
        for name in ("name", "id", "text", "document", "result", "phase", "done"):
            if name in block:
                self._change(part, "add", "/" + name, block[name])

    def _change(self, part: Part, op: str, path: str, value: Any) -> None:
        name = path.split("/", 2)[1]
        if name == "text":
            if op != "append" and part.begun:
                self._void(part)
                part.begun = part.over = False
                part.id = ""
            self._grow(part, value)
        elif name == "done":
            if value:
                self._end_text(part)
        elif name == "name":
            part.name = value
        elif name == "id":
            part.call_id = value
        elif name == "server":
            part.server = bool(value)
        elif name == "phase":
            part.phase = value
        elif name == "result":
            part.result, part.has_result = value, True
        elif name == "document":
            self._change_document(part, op, path, value)

    def _change_document(self, part: Part, op: str, path: str, value: Any) -> None:
        if path == "/document":
            if part.deltas:
                self._start_over(part)
            part.marks = dict(value.get("marks") or {})
            part.status, part.open = value.get("status", "missing"), value.get("open")
            if "value" in value:
                self._grow_document(part, [{"op": "add", "path": "", "value": value["value"]}])
        elif path.startswith(_DOCUMENT):
            rest = path.removeprefix(_DOCUMENT)
            if not rest and op != "append" and part.deltas:
                self._start_over(part)
            self._grow_document(part, [{"op": op, "path": rest, "value": value}])
        elif path == "/document/status":
            part.status = value
        elif path == "/document/open":
            part.open = value
        elif path == "/document/marks":
            part.marks = dict(value)
        elif path.startswith("/document/marks/"):
            pointer = unescaped(path.removeprefix("/document/marks/"))
            part.marks[pointer] = value

    def _grow(self, part: Part, text: str) -> None:
        if not text:
            return
        if not part.begun:
            part.begun = True
            part.id = self.made_id()
            self.on_text(part)
        self.on_text_grows(part, text)

    def _end_text(self, part: Part) -> None:
        if part.begun and not part.over:
            part.over = True
            self.on_text_over(part)

    def _grow_document(self, part: Part, deltas: list[dict[str, Any]]) -> None:
        deltas = safe_deltas(deltas)
        if not deltas:
            return
        part.deltas += deltas
        part.waiting += deltas

    def _start_over(self, part: Part) -> None:
        """What came for a document does not count any more."""
        self.fail(part, _TAKEN_BACK)
        part.begun = part.over = part.ready = False
        part.id = ""
        part.writer, part.growing = JSONWriter(), Growing()
        part.deltas, part.waiting, part.marks = [], [], {}

    def _void(self, part: Part) -> None:
        """What was said of the part does not count any more."""
        if part.kind == "call":
            self.fail(part, _TAKEN_BACK)
        elif part.begun and part.kind != "output":
            self._end_text(part)
            self.on_void(part)

    def _settle(self, part: Part) -> None:
        """Says what is new about a document, once all changes are known."""
        if part.kind == "output":
            part.begun = True
            self._tell_document(part)
        if part.kind != "call" or part.over:
            return
        if not part.begun:
            # A name may come in pieces, until arguments follow.
            if not part.name or (not part.waiting and part.phase == "growing"):
                return
            self._begin_call(part)
        self._tell_document(part)
        phase = part.phase
        if phase in ("ready", "running", "done", "failed") and not part.ready and not self._is_broken(part):
            part.ready = True
            self._close_text(part)
            self.on_call_ready(part)
        if part.has_result and phase in ("done", "failed"):
            part.over = True
            self.on_call_result(part, part.result, phase == "failed")
        elif phase == "withdrawn" or (phase == "failed" and not part.ready and part.status != "truncated"):
            self.fail(part)

    def _is_broken(self, part: Part) -> bool:
        return part.phase == "failed" and part.status != "complete"

    def _begin_call(self, part: Part) -> None:
        part.begun = True
        part.id = self._free_id(part.call_id)
        self.on_call(part)

    def _free_id(self, wanted: str) -> str:
        found = wanted or self.made_id()
        number = 2
        while found in self._ids:
            found = f"{wanted}-{number}"
            number += 1
        self._ids.add(found)
        return found

    def _tell_document(self, part: Part) -> None:
        deltas, part.waiting = part.waiting, []
        if deltas:
            if part.kind == "call":
                text = part.writer.feed(deltas, part.open)
                if text:
                    self.on_call_grows(part, text)
            self.on_document(part, deltas, self.places.get(part.name))
        progress = {"status": part.status, "open": part.open}
        if self._tells_progress and progress != part.told_progress:
            part.told_progress = progress
            self.on_progress(part, progress)

    def fail(self, part: Part, why: str = "") -> None:
        if part.kind == "call" and part.begun and not part.over:
            part.over = True
            if not part.ready:
                # Front ends send it back with the conversation, and providers refuse arguments that are not JSON.
                self._close_text(part)
            self.on_call_fault(part, why or part.fault)

    def _close_text(self, part: Part) -> None:
        rest = part.writer.end() if part.writer.begun else "{}"
        if rest:
            self.on_call_grows(part, rest)

    def _called(self, call: Call | str) -> Part:
        for part in reversed([*self._earlier, *self.parts]):
            if part.kind != "call" or not part.begun:
                continue
            if part.id == call or (not isinstance(call, str) and self._is_of(part, call)):
                return part
        raise LookupError(f"no call {call if isinstance(call, str) else call.name!r} was told in this answer")

    def _is_of(self, part: Part, call: Call) -> bool:
        """Is this the part of the call? By its position among the calls of the response that is followed."""
        if self.source is None:
            return False
        parts = [each for each in self.parts if each.kind == "call"]
        calls = self.source.calls
        return part in parts and parts.index(part) < len(calls) and calls[parts.index(part)] is call
