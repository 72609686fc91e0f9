"""Gemini generateContent, streamed: a sequence of responses whose candidates bring parts.

Parts of one kind that follow one another are one block; a part of another kind closes it. Text marked as a thought
is reasoning. Any other part (executable code and its result, inline data, tools that the server runs) is a block with
its payload attached. A signature is attached to the block of its part; a second one in a text begins another block.
The transcription of spoken output is text.

A function call normally comes whole, as an object. Some gateways send the name with empty arguments first and the
arguments in a part without a name; so a call without arguments stays open until something else follows. A call with an
id stays open, too, since a later part with this id tells its arguments again. Where a part says that it continues and
has arguments, these are collected until the call ends. Vertex AI
can stream arguments as edits by path, which ``EditWriter`` writes as text. There a part without a name belongs to
the call opened last. The call ends with a part in which nothing is marked as continuing. If no such part comes, it ends
when a call with a name or the end of the turn follows, unless a string was announced to continue.

There is no terminal event except ``finishReason``: when the body of a server-sent stream ends after it, the stream is
complete. A reason that is an error, such as a malformed call, is reported as one. If it comes with code that the server
is about to run, the result is still to come, so it ends nothing. Early models send a reason with every response, so if
their server-sent stream is cut between two responses, it looks complete. In the JSON array form, the array must be
closed too, which shows the cut. A prompt that was blocked has no candidate; its feedback is the end. Errors come as
``error`` objects, in the array form inside an array.

The wire's names are in camel case, those of the Python SDK's objects in snake case; both are read.

Sources: the Gemini API reference and the discovery document of its REST API; Vertex AI's documentation of streamed
function call arguments; the google-genai SDK's types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import (
    Members,
    as_int,
    as_list,
    as_str,
    error_of,
    get,
    get_str,
    members,
    plain,
    read_usage,
    says_something,
)
from partialjson.wire.providers._edits import EditWriter, parse_path
from partialjson.wire.providers._values import grown

__all__ = ["Adapter", "Parts", "first_name", "unread_fields", "wire"]

_API: Final = APIS["gemini"]
# Some gateways send numbers instead of words. Google's two APIs agree on these; of any other number we only know that
# it is a reason.
_NUMBERS: Final = {0: "", 1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION"}
_UNSPECIFIED: Final = "FINISH_REASON_UNSPECIFIED"
_STOP_DETAILS: Final = ("finishMessage", "continuationToken", "safetyRatings", "avgLogprobs")
_PAYLOADS: Final = (
    "executableCode",
    "codeExecutionResult",
    "inlineData",
    "fileData",
    "functionResponse",
    "toolCall",
    "toolResponse",
)
_BESIDES: Final = (
    "citationMetadata",
    "groundingMetadata",
    "urlContextMetadata",
    "logprobsResult",
    "groundingAttributions",
)
_COLLECTED: Final = ("logprobsResult", "audioTranscription", "outputTranscription")  # of each piece of the text
# What is attached to the block of its part.
_PART_NOTES: Final = (
    "audioMetadata",
    "documentMetadata",
    "mediaProcessing",
    "mediaResolution",
    "partMetadata",
    "speechMetadata",
    "spreadsheetMetadata",
    "videoMetadata",
)

# The names in the Python SDK's objects of what has another name on the wire, by that.
_SDK_NAMES: Final = {
    name: re.sub("[A-Z]", lambda match: "_" + match[0].lower(), name)
    for name in (
        *_BESIDES,
        *_PAYLOADS,
        *_STOP_DETAILS,
        *_PART_NOTES,
        "audioTranscription",
        "blockReason",
        "boolValue",
        "finishReason",
        "functionCall",
        "functionCalls",
        "jsonPath",
        "modelTurn",
        "modelVersion",
        "nullValue",
        "numberValue",
        "outputTranscription",
        "partialArgs",
        "promptFeedback",
        "responseId",
        "serverContent",
        "sessionId",
        "setupComplete",
        "stringValue",
        "thoughtSignature",
        "toolCall",
        "toolCallCancellation",
        "turnComplete",
        "turnCompleteReason",
        "usageMetadata",
        "willContinue",
    )
}
_WIRE_NAMES: Final = {other: name for name, other in _SDK_NAMES.items()}
_RENAMED: Final = frozenset(_SDK_NAMES.values())

# What is read, and what is no part of an answer: how the model fares, the conversation so far, what the SDK adds.
_READ: Final = frozenset(["candidates", "promptFeedback", "usageMetadata", "modelVersion", "responseId", "error"])
_RESPONSE: Final = _READ | frozenset(
    ["createTime", "modelStatus", "sdkHttpResponse", "automaticFunctionCallingHistory", "parsed", "traceId"]
)
_CANDIDATE: Final = frozenset([*_STOP_DETAILS, *_BESIDES, "content", "index", "finishReason", "tokenCount"])
_QUIET: Final = frozenset(["content", "index"])  # a candidate that says nothing but more of its content
_PART: Final = frozenset(
    [*_PAYLOADS, *_PART_NOTES, "text", "thought", "thoughtSignature", "functionCall", "audioTranscription"]
)


class _EitherName:
    """The fields of an object that may have the SDK's names, by the names on the wire."""

    __slots__ = ("_members",)

    def __init__(self, members: Members) -> None:
        self._members = members

    def get(self, name: str, /) -> object:
        value = self._members.get(name)
        if value is not None:
            return value
        other = _SDK_NAMES.get(name)
        return None if other is None else self._members.get(other)


def wire(obj: object) -> Members:
    """The fields of an object by their names on the wire, whatever they are called in it."""
    if type(obj) is dict and _RENAMED.isdisjoint(obj):
        return obj
    fields: Any = members(obj)
    if type(fields) is not dict or not _SDK_NAMES.keys().isdisjoint(fields):
        return _EitherName(fields)
    # Nearly all fields of the SDK's objects are None.
    return {_wire_name(str(name)): value for name, value in fields.items() if value is not None}


@lru_cache(maxsize=256)
def _wire_name(name: str) -> str:
    """The name on the wire of a field that may have the SDK's name."""
    return _WIRE_NAMES.get(name) or re.sub("_([a-z])", lambda match: match[1].upper(), name)


def _named(obj: object) -> Mapping[str, object]:
    """The fields of an object, as far as they can be listed."""
    fields = members(obj)
    return fields if isinstance(fields, Mapping) else getattr(obj, "__dict__", {})


def first_name(event: object) -> str:
    """The name on the wire of the first field that holds something; "" if there is none."""
    return next((_wire_name(str(name)) for name, value in _named(event).items() if says_something(value)), "")


def unread_fields(obj: object, known: frozenset[str], place: str, out: list[ops.Operation], fields: Members) -> None:
    """Reports the fields that hold something and are not known, by their names on the wire; ``fields`` is what ``wire``
    gives for the object."""
    if type(fields) is dict and known.issuperset(fields):
        return
    for name, value in _named(obj).items():
        if name not in known and name != "model_extra" and says_something(value):
            wired = _wire_name(str(name))
            if wired not in known:
                out.append(ops.Unread("field", place + wired))


@dataclass(slots=True)
class _Call:
    """The call opened last: whether it is waiting for arguments, and the writer if they come as edits."""

    key: tuple[int, int]
    id: str = ""
    writer: EditWriter | None = None
    given: bool = False  # the part had arguments, but they were empty
    told: bool = False  # its arguments were passed on, but may be told again
    collected: object = None  # arguments of parts that say that they continue


@dataclass(slots=True)
class Parts:
    """The blocks that the parts of one candidate become."""

    choice: int
    count: int = 0
    calls: int = 0
    run: tuple[ops.Kind, tuple[int, int]] | None = None  # the open block of text
    last: tuple[int, int] | None = None
    call: _Call | None = None
    signed: set[tuple[int, int]] = field(default_factory=set)
    waiting: list[tuple[str, object]] = field(default_factory=list)  # notes that came before any block

    def read(self, part: object, out: list[ops.Operation]) -> None:
        """One part of a candidate's content."""
        fields = wire(part)
        text = fields.get("text")
        if type(fields) is dict and len(fields) == 1 and type(text) is str:  # as nearly all are
            self.read_text("text", text, out)
            return
        function = fields.get("functionCall")
        signature = fields.get("thoughtSignature")
        key: tuple[int, int] | None = None
        if function is not None:
            key = self.read_call(function, out)
        elif isinstance(text, str):
            if signature and self.run is not None and self.run[1] in self.signed:
                self.close_run(out)  # each signature belongs to a part of its own
                if not text:
                    self._open("text", "text", out)
            self.read_text("reasoning" if fields.get("thought") is True else "text", text, out)
        else:
            spoken = fields.get("audioTranscription")
            if spoken is not None:
                self.read_spoken(spoken, "audioTranscription", out)
            self._read_payload(fields, out)
        self._read_notes(fields, signature, key or self.last, out)
        unread_fields(part, _PART, "part.", out, fields)

    def _read_notes(
        self, fields: Members, signature: object, key: tuple[int, int] | None, out: list[ops.Operation]
    ) -> None:
        """What comes with a part."""
        if signature:
            if key is None:
                key = self._open("text", "text", out)
            self.signed.add(key)
            out.append(ops.Attach(key, "thoughtSignature", signature))
        for name in _PART_NOTES:
            value = plain(fields.get(name))
            if says_something(value) and key is not None:
                out.append(ops.Attach(key, name, value))

    def note(self, name: str, value: object, out: list[ops.Operation]) -> None:
        """Something that belongs to what was said last."""
        if self.last is None:
            self.waiting.append((name, value))
        elif name in _COLLECTED:
            out.append(ops.Attach(self.last, name, value, append=True))
        else:
            out.append(ops.Attach(self.last, name, value))

    def read_text(self, kind: ops.Kind, text: str, out: list[ops.Operation], type: str = "") -> None:
        if not text:
            return
        if self.call is not None:
            self._settle_call(out)
        if self.run is None or self.run[0] != kind:
            self.close_run(out)
            self.run = kind, self._open(kind, type or ("thought" if kind == "reasoning" else "text"), out)
        out.append(ops.Text(self.run[1], text))

    def read_spoken(self, transcription: object, type: str, out: list[ops.Operation]) -> None:
        """The words of spoken output, and what else is known about them."""
        self.read_text("text", get_str(transcription, "text"), out, type)
        fields = plain(transcription)
        if isinstance(fields, Mapping):
            rest = {name: value for name, value in fields.items() if name not in ("text", "finished")}
            if any(map(says_something, rest.values())):
                self.note(type, rest, out)

    def _read_payload(self, part: Members, out: list[ops.Operation]) -> None:
        for name in _PAYLOADS:
            payload = plain(part.get(name))
            if payload is not None:
                self.close_run(out)
                self._settle_call(out)
                key = self._open("other", name, out)
                out.append(ops.Attach(key, name, payload))
                out.append(ops.Close(key))

    def _open(
        self, kind: ops.Kind, type: str, out: list[ops.Operation], name: str = "", id: str = ""
    ) -> tuple[int, int]:
        key = (self.choice, self.count)
        self.count += 1
        self.last = key
        index = None
        if kind == "call":
            # The wire has no number for it, and ids are optional: the order tells calls apart.
            index = self.calls
            self.calls += 1
        out.append(ops.Open(key, kind, type, self.choice, index, name, id))
        if self.waiting:
            waiting, self.waiting = self.waiting, []
            for note, value in waiting:
                self.note(note, value, out)
        return key

    def close_run(self, out: list[ops.Operation]) -> None:
        """The text that was running has ended."""
        if self.run is not None:
            out.append(ops.Close(self.run[1]))
            self.run = None

    # Calls.

    def read_call(self, function: object, out: list[ops.Operation]) -> tuple[int, int] | None:
        """A call, or more of one; returns the key of its call."""
        fields = wire(function)
        name, id = as_str(fields.get("name")), as_str(fields.get("id"))
        arguments, edits = plain(fields.get("args")), as_list(fields.get("partialArgs"))
        more = fields.get("willContinue") is True
        empty = not arguments and not edits
        again = self.call is not None and self.call.told and bool(id) and self.call.id == id
        if self.call is not None and self.call.told and not again:
            self._close_call(out)
        if (name and not again) or self.call is None:
            if empty and not name and not more and not isinstance(arguments, Mapping):
                return None
            self.close_run(out)
            self._leave_call(out)
            key = self._open("call", "functionCall", out, name, id)
            self.call = _Call(key, id)
        call = self.call
        call.given = call.given or isinstance(arguments, Mapping)
        if edits or (more and call.writer is None):
            call.writer = call.writer or EditWriter()
        if arguments and call.writer is None:
            # Some gateways have them as text.
            told = ops.Text(call.key, arguments) if isinstance(arguments, str) else ops.Value(call.key, arguments)
            out.append(told)
            call.given = False
            call.told = True
            if not call.id:
                self._close_call(out)
        elif call.writer is not None:
            if arguments:
                call.collected = grown(call.collected, arguments)
            still = self._edit(call, call.writer, edits, out)
            if not more and not still:
                self._finish_call(out)
        elif empty and not name:
            self._close_call(out)
        return call.key

    def _edit(self, call: _Call, writer: EditWriter, edits: object, out: list[ops.Operation]) -> bool:
        """Writes the edits; whether the last of them is to be continued."""
        more = False
        pieces: list[str] = []
        for edit in edits if isinstance(edits, (list, tuple)) else ():
            fields = wire(edit)
            path = parse_path(as_str(fields.get("jsonPath")))
            more = fields.get("willContinue") is True
            if path is None:
                writer.lose()
                out.append(ops.Unread("field", "partialArgs.jsonPath"))
                out.append(ops.Attach(call.key, "unread", plain(edit), append=True))
                continue
            text, number = fields.get("stringValue"), fields.get("numberValue")
            truth = fields.get("boolValue")
            if isinstance(text, str):
                pieces.append(writer.string(path, text, more))
            elif isinstance(number, (int, float)):
                pieces.append(writer.scalar(path, number))
            elif isinstance(truth, bool):
                pieces.append(writer.scalar(path, truth))
            elif fields.get("nullValue") is not None:
                pieces.append(writer.scalar(path, None))
            else:
                pieces.append(writer.mark(path))
        written = "".join(pieces)
        if written:
            out.append(ops.Text(call.key, written))
        return more

    def _finish_call(self, out: list[ops.Operation]) -> None:
        """The call that is streamed has all its arguments."""
        assert self.call is not None
        writer, collected = self.call.writer, self.call.collected
        if writer is not None and collected is not None:
            if not writer.touched:
                out.append(ops.Value(self.call.key, collected))
            elif not writer.lost:
                whole = grown(writer.value(), collected)
                out.append(ops.Restate(self.call.key, json.dumps(whole, ensure_ascii=False, default=str)))
        elif writer is not None:
            rest = writer.finish()
            if rest:
                out.append(ops.Restate(self.call.key, rest) if writer.apart else ops.Text(self.call.key, rest))
        lost = writer is not None and writer.lost
        if lost and writer is not None and not writer.written:
            out.append(ops.Text(self.call.key, "{"))  # it has arguments, and they are not whole
        self._close_call(out, cut=lost)

    def _close_call(self, out: list[ops.Operation], cut: bool = False) -> None:
        assert self.call is not None
        if self.call.given and self.call.writer is None:
            out.append(ops.Value(self.call.key, {}))
        out.append(ops.Close(self.call.key, cut))
        self.call = None

    def _settle_call(self, out: list[ops.Operation]) -> None:
        """A call that waited for arguments has no more. One that is streamed is not ended by other parts."""
        if self.call is not None and self.call.writer is None:
            self._close_call(out)

    def _leave_call(self, out: list[ops.Operation]) -> None:
        """Another call begins, or the turn ends."""
        if self.call is None:
            return
        if self.call.writer is not None and self.call.writer.in_string:
            self.call = None  # it was left in the middle of a string and is never whole
        else:
            self._finish_call(out)

    def end(self, whole: bool, out: list[ops.Operation]) -> None:
        """The turn ends; ``whole`` if the model had finished."""
        self.close_run(out)
        if whole:
            self._leave_call(out)
        elif self.call is not None and self.call.told:
            self._close_call(out)
        if self.waiting:
            self._open("other", "candidate", out)


class Adapter:
    """Responses of generateContent to operations."""

    def __init__(self) -> None:
        self._parts: dict[int, Parts] = {}
        self._info = ops.Info()
        self._told: tuple[object, object] = None, None  # the id and the model as the last response had them
        self._stopped = False

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        if type(event) is not dict:
            if isinstance(event, str) and event == ops.DONE:
                return [ops.End()] if self._stopped else []
            if isinstance(event, (list, tuple)):
                # An error body in the form of an array, inside of an event.
                return [op for item in event if get(item, "error") for op in self.feed(item, name)]
        out: list[ops.Operation] = []
        fields = wire(event)
        told = fields.get("responseId"), fields.get("modelVersion")
        if told != self._told:
            self._told = told
            self._read_info(ops.Info(as_str(told[0]), as_str(told[1])), out)
        for position, candidate in enumerate(as_list(fields.get("candidates"))):
            self._read_candidate(position, candidate, out)
        feedback = fields.get("promptFeedback")
        if feedback is not None:
            self._read_feedback(feedback, out)
        usage = fields.get("usageMetadata")
        if usage is not None:
            read_usage(usage, out, whole=True)
        error = fields.get("error")
        if error:
            out.append(error_of(error, "status"))
        if not out and all(fields.get(name) is None for name in _RESPONSE):
            out.append(ops.Unread("event", first_name(event)))
        elif type(fields) is not dict or not _RESPONSE.issuperset(fields):
            unread_fields(event, _RESPONSE, "", out, fields)
        return out

    def _read_info(self, info: ops.Info, out: list[ops.Operation]) -> None:
        if info != self._info and (info.id or info.model):
            self._info = info
            out.append(info)

    def _read_candidate(self, position: int, data: object, out: list[ops.Operation]) -> None:
        candidate = wire(data)
        number = candidate.get("index")
        if type(number) is not int:
            said = as_int(number)
            number = position if said is None else said
        parts = self._parts.get(number)
        if parts is None:
            parts = self._parts[number] = Parts(number)
        part: object = None
        for part in as_list(members(candidate.get("content")).get("parts")):
            parts.read(part, out)
        if type(candidate) is dict and _QUIET.issuperset(candidate):
            return
        for name in _BESIDES:
            found = candidate.get(name)
            if found:
                parts.note(name, plain(found), out)
        raw = candidate.get("finishReason")
        if raw is None:
            unread_fields(data, _CANDIDATE, "candidate.", out, candidate)
            return
        number_said = as_int(raw)
        word = as_str(raw) if number_said is None else _NUMBERS.get(number_said, "OTHER")
        if raw is not None and not word and number_said is None:
            out.append(ops.Unread("field", "candidate.finishReason"))
        if word and word != _UNSPECIFIED:
            reason = _API.reason(word)
            parts.end(reason == "complete", out)
            values = {name: plain(candidate.get(name)) for name in _STOP_DETAILS}
            details = {name: value for name, value in values.items() if value}
            runs_on = reason == "complete" and wire(part).get("executableCode") is not None
            self._stopped = not runs_on
            told = word if number_said is None else str(number_said)
            if reason == "error" and len(self._parts) == 1:
                out.append(ops.Error(as_str(details.get("finishMessage")) or word, word, body=details or None))
            out.append(ops.Stop(reason, told, number, not runs_on, details or None))
        unread_fields(data, _CANDIDATE, "candidate.", out, candidate)

    def _read_feedback(self, feedback: object, out: list[ops.Operation]) -> None:
        word = as_str(wire(feedback).get("blockReason"))
        if word:
            details = plain(feedback)
            self._stopped = True
            out.append(ops.Stop("filtered", word, 0, True, details if isinstance(details, Mapping) else None))
