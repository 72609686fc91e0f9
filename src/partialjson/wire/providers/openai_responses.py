"""OpenAI Responses: a response of output items, items of parts; over SSE, or as the frames of a WebSocket.

The ``output_index`` of an event says which item it is about. ``item_id`` is used only if the index is missing, because
gateways put a different id on each event. Indexes may have gaps. An item that is a call is one block; a message has a
block for each part, a reasoning item one for its text and one for each part of its summary. Blocks open with the first
event that shows what they are, whether or not the event that should announce them came.

The text of a block is repeated when its part ends, when its item ends, and when the response ends; the repetitions are
passed on as ``Restate`` while the block is open. So a server that sends only ``.done`` events, only whole items, or
only the final response is read the same. Reasoning texts are the exception: servers disagree about what a part of them
is, so a repetition counts only where nothing was streamed. A plain response object, as a call without streaming returns
it, is read like the terminal event that holds it.

The response ends with ``response.completed``, ``response.incomplete`` or ``response.failed``; ``[DONE]`` is no part
of this protocol and ends nothing. On a WebSocket responses may follow one another, and run side by side where
events carry a ``stream_id``: responses that run at the same time are choices of one message.

The tools of the caller are calls: functions, and custom tools, whose input is free text. MCP calls are the
server's. Of all other items (searches, code, images, computer actions) the fields are attached to the block when
the item is done. A message of the phase "commentary" is text, but not the output that was asked for.

Sources: the OpenAI API reference for Responses streaming and its WebSocket mode, and the event models of its SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.fields import Members, as_int, as_mapping, as_str, get, get_list, get_str, members, plain

__all__ = ["Adapter"]

# item type -> what its block is, and the field with its text
_CALLS: Final[dict[str, tuple[ops.Kind, str]]] = {
    "function_call": ("call", "arguments"),
    "custom_tool_call": ("call", "input"),
    "mcp_call": ("server_call", "arguments"),
    "code_interpreter_call": ("other", "code"),
}


@dataclass(frozen=True, slots=True)
class _PartType:
    """What a part of a message or of reasoning is: its block, the field with its text, the number among its like,
    and the item it stands in."""

    kind: ops.Kind
    text: str
    number: str
    item: str = "message"


_PARTS: Final[dict[str, _PartType]] = {
    "output_text": _PartType("text", "text", "content_index"),
    "text": _PartType("text", "text", "content_index"),
    "refusal": _PartType("refusal", "refusal", "content_index"),
    "output_audio": _PartType("text", "transcript", "content_index"),
    "audio": _PartType("text", "transcript", "content_index"),
    # Some servers count up the index of reasoning with each delta, so it is not looked at.
    "reasoning_text": _PartType("reasoning", "text", "", "reasoning"),
    "summary_text": _PartType("reasoning", "text", "summary_index", "reasoning"),
}

# The stem of an event's type -> the type of the part, or of the item, whose text it brings.
_PART_STEMS: Final = {
    "response.output_text": "output_text",
    "response.text": "text",
    "response.refusal": "refusal",
    "response.output_audio_transcript": "output_audio",
    "response.audio_transcript": "audio",
    "response.reasoning_text": "reasoning_text",
    "response.reasoning_summary_text": "summary_text",
}
_CALL_STEMS: Final = {
    "response.function_call_arguments": "function_call",
    "response.custom_tool_call_input": "custom_tool_call",
    "response.mcp_call_arguments": "mcp_call",
    "response.code_interpreter_call_code": "code_interpreter_call",
}

_API: Final = APIS["openai-responses"]
_TERMINALS: Final = frozenset(
    ["response.completed", "response.incomplete", "response.failed", "response.cancelled", "response.done"]
)
_BEGINNINGS: Final = frozenset(["response.queued", "response.in_progress"])
_BY_PARTS: Final = ("message", "reasoning")
_HEADER_FIELDS: Final = frozenset(["id", "type", "object", "call_id", "name", "arguments", "input", "code"])


@dataclass(slots=True)
class _Block:
    key: int
    grown: bool = False
    closed: bool = False


@dataclass(slots=True)
class _Item:
    """An output item; ``blocks`` are its parts by type and number, or its one block under its own type."""

    type: str
    id: str
    index: int | None
    phase: str = ""
    name: str = ""
    call_id: str = ""
    closed: bool = False
    blocks: dict[tuple[str, int], _Block] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """A response that is running."""

    choice: int
    items: dict[int, _Item] = field(default_factory=dict)
    by_id: dict[str, _Item] = field(default_factory=dict)


class Adapter:
    """Events of the Responses API to operations."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._keys = 0
        self._choices = 0
        self._info = ops.Info()
        self._over = False

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        fields = members(event)
        kind = as_str(fields.get("type"))
        if not kind:
            kind = "response.done" if as_str(fields.get("object")) in _WHOLE else name
        reading = _reading(kind)
        if reading is not None:
            if not self._over:
                reading.handler(self, fields, reading.type, reading.verb, out)
        elif kind == "response.created":
            self._begin(fields, out)
        elif kind == "error" or (kind in ("", "message") and fields.get("error")):
            out.append(self._error(event))
        elif kind in _BEGINNINGS:
            self._read_info(fields.get("response"), out)
        elif kind in _TERMINALS:
            self._end(event, kind, out)
        return out

    def _lane(self, event: Members) -> str:
        """The key that distinguishes responses that run side by side."""
        return as_str(event.get("stream_id"))

    def _error(self, event: object) -> ops.Error:
        """An error in a field of its event, or one whose fields are the event's own."""
        error = get(event, "error")
        if isinstance(error, str):
            return ops.Error(error, body=error)
        body, type = plain(error), get_str(error, "type")
        if not error:
            error, fields, type = event, plain(event), ""
            if isinstance(fields, Mapping):
                body = {name: value for name, value in fields.items() if name not in _ENVELOPE}
        code = get(error, "code")
        return ops.Error(get_str(error, "message"), type, code if isinstance(code, (str, int)) else None, body)

    # The response.

    def _begin(self, event: Members, out: list[ops.Operation]) -> None:
        lane = self._lane(event)
        self._runs.pop(lane, None)
        self._runs.pop("", None)
        if not self._runs:
            out.append(ops.Begin())
            self._choices = 0
            self._over = False
        self._runs[lane] = _Run(self._choices)
        self._choices += 1
        self._read_info(event.get("response"), out)

    def _run(self, lane: str) -> _Run:
        """The response that runs in the lane. Events without a lane belong to the latest response, whose lane may
        become known late."""
        run = self._runs.get(lane)
        if run is None and self._runs and not lane:
            return next(reversed(self._runs.values()))
        if run is None and "" in self._runs:
            run = self._runs[lane] = self._runs.pop("")
        if run is None:
            run = self._runs[lane] = _Run(self._choices)
            self._choices += 1
        return run

    def _read_info(self, response: object, out: list[ops.Operation]) -> None:
        info = ops.Info(get_str(response, "id"), get_str(response, "model"))
        if info != self._info and (info.id or info.model):
            self._info = info
            out.append(info)

    def _end(self, event: object, kind: str, out: list[ops.Operation]) -> None:
        if self._over:
            return
        response = get(event, "response") or event
        run = self._run(self._lane(members(event)))
        self._read_info(response, out)
        self._read_output(run, response, out)
        usage = as_mapping(plain(get(response, "usage")))
        if usage is not None:
            out.append(ops.Usage(usage))
        self._read_status(run.choice, response, kind.removeprefix("response."), out)
        self._runs = {lane: other for lane, other in self._runs.items() if other is not run}
        if not self._runs:
            self._over = True
            out.append(ops.End())

    def _read_output(self, run: _Run, response: object, out: list[ops.Operation]) -> None:
        """The items that the terminal event repeats: all of them if none was streamed, else those still open."""
        whole = not run.items and not run.by_id
        for position, data in enumerate(get_list(response, "output")):
            if whole:
                item = self._add(run, position, data, out)
            else:
                found = run.by_id.get(get_str(data, "id")) or run.items.get(position)
                if found is None or found.type != get_str(data, "type"):
                    continue
                item = found
            self._finish(run, item, data, out)

    def _read_status(self, choice: int, response: object, word: str, out: list[ops.Operation]) -> None:
        status = get_str(response, "status") or word
        details = get(response, "incomplete_details") or get(response, "status_details")
        why = get_str(details, "reason")
        reason: ops.Reason = "filtered" if why == "content_filter" else _API.reason(status)
        error = get(response, "error") or get(details, "error")
        if error and reason == "error":
            out.append(self._error({"error": error}))
        found = plain(details)
        raw = f"{status}:{why}" if why else status
        out.append(ops.Stop(reason, raw, choice, True, found if isinstance(found, Mapping) else None))

    # Its items.

    def _item(self, event: Members, type: str, out: list[ops.Operation]) -> tuple[_Run, _Item]:
        """The item an event is about; one that was never announced is opened as the given type."""
        run = self._run(self._lane(event))
        index = as_int(event.get("output_index"))
        item = run.by_id.get(as_str(event.get("item_id"))) if index is None else run.items.get(index)
        if item is None:
            data = {
                "type": type,
                "id": as_str(event.get("item_id")),
                "call_id": as_str(event.get("call_id")),
                "name": as_str(event.get("name")),
            }
            item = self._add(run, index, data, out)
        return run, item

    def _add(self, run: _Run, index: int | None, data: object, out: list[ops.Operation]) -> _Item:
        item = _Item(
            get_str(data, "type"),
            get_str(data, "id"),
            index,
            get_str(data, "phase"),
            get_str(data, "name"),
            get_str(data, "call_id"),
        )
        if index is not None:
            run.items[index] = item
        if item.id or index is None:
            run.by_id[item.id] = item
        # Some servers announce items that are empty. Messages and reasoning open block by block.
        if item.type and item.type not in _BY_PARTS:
            kind = _CALLS.get(item.type, ("other", ""))[0]
            self._open(run, item, (item.type, 0), kind, item.type, out)
        return item

    def _open(
        self, run: _Run, item: _Item, place: tuple[str, int], kind: ops.Kind, type: str, out: list[ops.Operation]
    ) -> _Block:
        block = item.blocks[place] = _Block(self._keys)
        self._keys += 1
        is_call = kind in ("call", "server_call")
        out.append(
            ops.Open(
                block.key,
                kind,
                type,
                run.choice,
                item.index,
                item.name if is_call else "",
                (item.call_id or item.id) if is_call else "",
                free=item.type == "custom_tool_call",
                aside=item.phase not in ("", "final_answer"),
                paragraph=place[0] == "summary_text" and place[1] > 0,
            )
        )
        return block

    def _item_added(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        run = self._run(self._lane(event))
        index = as_int(event.get("output_index"))
        data = event.get("item")
        known = run.by_id.get(get_str(data, "id")) if index is None else run.items.get(index)
        if known is not None:
            if known.type == get_str(data, "type") and known.id == get_str(data, "id"):
                self._identify(known, data, out)
                return
            self._close(known, False, out)
        self._add(run, index, data, out)

    def _item_done(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        run = self._run(self._lane(event))
        data = event.get("item")
        index = as_int(event.get("output_index"))
        item = run.by_id.get(get_str(data, "id")) if index is None else run.items.get(index)
        if item is None:
            item = self._add(run, index, data, out)
        self._finish(run, item, data, out)

    def _identify(self, item: _Item, data: object, out: list[ops.Operation]) -> None:
        """The name and id of a call that opened without them."""
        name, call_id = get_str(data, "name"), get_str(data, "call_id")
        if (name and not item.name) or (call_id and not item.call_id):
            item.name, item.call_id = item.name or name, item.call_id or call_id
            if _CALLS.get(item.type, ("other", ""))[0] != "other":
                out.extend(ops.Identify(block.key, item.name, item.call_id) for block in item.blocks.values())

    def _finish(self, run: _Run, item: _Item, data: object, out: list[ops.Operation]) -> None:
        """The item as a whole ends it."""
        if item.closed:
            return
        item.phase = item.phase or get_str(data, "phase")
        self._identify(item, data, out)
        block = item.blocks.get((item.type, 0))
        if block is not None and item.type not in _BY_PARTS:
            self._finish_block(item, block, data, out)
        self._finish_parts(run, item, data, out)
        self._close(item, get_str(data, "status") == "incomplete", out)

    def _finish_block(self, item: _Item, block: _Block, data: object, out: list[ops.Operation]) -> None:
        """The one block of a call or of an item of another kind."""
        text = get(data, _CALLS.get(item.type, ("other", ""))[1])
        if isinstance(text, str):
            out.append(ops.Restate(block.key, text))
        elif text is not None and not block.grown and item.type in _CALLS:
            out.append(ops.Value(block.key, plain(text)))
        fields = as_mapping(plain(data))
        if fields is not None:
            out.extend(
                ops.Attach(block.key, str(name), value)
                for name, value in fields.items()
                if name not in _HEADER_FIELDS and value not in (None, "", [], {}) and (name, value) != _COMPLETED
            )

    def _finish_parts(self, run: _Run, item: _Item, data: object, out: list[ops.Operation]) -> None:
        """The parts of a message or of reasoning."""
        summary = len(get_list(data, "summary"))
        parts = [*get_list(data, "summary"), *get_list(data, "content")]
        for position, part in enumerate(parts):
            number = position if position < summary else position - summary
            self._finish_part(run, item, number, part, out)
        secret = get_str(data, "encrypted_content")
        if secret and item.type == "reasoning":
            block = next(iter(item.blocks.values()), None)
            if block is None:
                block = self._open(run, item, ("reasoning", 0), "reasoning", "reasoning", out)
            out.append(ops.Attach(block.key, "encrypted_content", secret))

    def _finish_part(self, run: _Run, item: _Item, number: int, part: object, out: list[ops.Operation]) -> None:
        type = get_str(part, "type")
        known = _PARTS.get(type)
        if known is None:
            return
        place = (type, number if known.number else 0)
        block = item.blocks.get(place)
        text = get_str(part, known.text)
        if block is None:
            if not text:
                return
            block = self._open(run, item, place, known.kind, type, out)
        if block.closed:
            return
        if known.number:
            out.append(ops.Restate(block.key, text))
        elif not block.grown:
            # The whole of a text that comes in parts, whatever the server takes for a part.
            out.append(ops.Text(block.key, text))
        annotations = plain(get(part, "annotations"))
        if annotations:
            out.append(ops.Attach(block.key, "annotations", annotations))

    def _close(self, item: _Item, cut: bool, out: list[ops.Operation]) -> None:
        item.closed = True
        for block in item.blocks.values():
            if not block.closed:
                block.closed = True
                out.append(ops.Close(block.key, cut))

    # Their texts.

    def _read_text(self, event: Members, type: str, verb: str, out: list[ops.Operation]) -> None:
        known = _PARTS[type]
        run, item = self._item(event, known.item, out)
        place = (type, (as_int(event.get(known.number)) or 0) if known.number else 0)
        block = item.blocks.get(place)
        text = as_str(event.get("delta" if verb == "delta" else known.text))
        if not text or verb not in ("delta", "done"):
            return
        if block is None or (block.closed and verb == "delta"):
            block = self._open(run, item, place, known.kind, type, out)
        if verb == "delta":
            block.grown = True
            out.append(ops.Text(block.key, text))
        elif not block.closed and (known.number or not block.grown):
            block.grown = True
            out.append(ops.Restate(block.key, text))

    def _read_call(self, event: Members, type: str, verb: str, out: list[ops.Operation]) -> None:
        run, item = self._item(event, type, out)
        block = next(iter(item.blocks.values()), None)
        if block is None:
            # It was announced without a type.
            item.type = type
            block = self._open(run, item, (type, 0), _CALLS[type][0], type, out)
        self._identify(item, event, out)
        if block.closed or item.type not in _CALLS:
            return
        field = _CALLS[item.type][1]
        if verb == "delta":
            text = as_str(event.get("delta"))
            if text:
                block.grown = True
                out.append(ops.Text(block.key, text))
        elif verb == "done":
            out.append(ops.Restate(block.key, as_str(event.get(field))))

    def _part_added(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        part = event.get("part")
        type = get_str(part, "type")
        known = _PARTS.get(type)
        if known is None:
            return
        run, item = self._item(event, known.item, out)
        place = (type, (as_int(event.get(known.number)) or 0) if known.number else 0)
        if place not in item.blocks:
            self._open(run, item, place, known.kind, type, out)

    def _part_done(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        part = event.get("part")
        type = get_str(part, "type")
        known = _PARTS.get(type)
        if known is None or not known.number:
            return
        run, item = self._item(event, known.item, out)
        place = (type, as_int(event.get(known.number)) or 0)
        self._finish_part(run, item, place[1], part, out)
        block = item.blocks.get(place)
        if block is not None and not block.closed:
            block.closed = True
            out.append(ops.Close(block.key))

    def _annotation(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        _, item = self._item(event, "message", out)
        block = item.blocks.get(("output_text", as_int(event.get("content_index")) or 0))
        if block is not None:
            out.append(ops.Attach(block.key, "annotations", plain(event.get("annotation")), append=True))


_ENVELOPE: Final = ("type", "sequence_number", "stream_id", "event_id")
_COMPLETED: Final = ("status", "completed")
_WHOLE: Final = ("response", "realtime.response")

_Handler = Callable[["Adapter", Members, str, str, list[ops.Operation]], None]

_HANDLERS: Final[dict[str, _Handler]] = {
    "response.output_item.added": Adapter._item_added,
    "response.output_item.done": Adapter._item_done,
    "response.content_part.added": Adapter._part_added,
    "response.content_part.done": Adapter._part_done,
    "response.reasoning_summary_part.added": Adapter._part_added,
    "response.reasoning_summary_part.done": Adapter._part_done,
    "response.output_text.annotation.added": Adapter._annotation,
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """How an event about an item is read: by whom, and the type of the part or item and the verb it is told."""

    handler: _Handler
    type: str = ""
    verb: str = ""


@lru_cache(maxsize=256)
def _reading(kind: str) -> _Reading | None:
    """How events of the type are read; None if they are about no item, or not known."""
    stem, _, verb = kind.rpartition(".")
    if stem in _PART_STEMS:
        return _Reading(Adapter._read_text, _PART_STEMS[stem], verb)
    if stem in _CALL_STEMS:
        return _Reading(Adapter._read_call, _CALL_STEMS[stem], verb)
    handler = _HANDLERS.get(kind)
    return None if handler is None else _Reading(handler)
