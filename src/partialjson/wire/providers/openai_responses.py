"""OpenAI Responses: a response of output items, items of parts; over SSE, or as the frames of a WebSocket.

The ``output_index`` of an event says which item it is about. ``item_id`` is used only if the index is missing or
several items have it, because gateways put a different id on each event. Indexes may have gaps. An item that is a call
is one block; a message has a block for each part, a reasoning item one for its text and one for each part of its
summary. Blocks open with the first event that shows what they are, whether or not the event that should announce them
came.

The text of a block is repeated when its part ends, when its item ends, and when the response ends; the repetitions are
passed on as ``Restate`` while the block is open. So a server that sends only ``.done`` events, only whole items, or
only the final response is read the same. Reasoning texts are the exception: servers disagree about what a part of them
is, so a repetition counts only where nothing was streamed. A plain response object, as a call without streaming returns
it, is read like the terminal event that holds it.

The response ends with ``response.completed``, ``response.incomplete`` or ``response.failed``; ``[DONE]`` is no part
of this protocol and ends nothing. On a WebSocket responses may follow one another, and run side by side where
events carry a ``stream_id``: responses that run at the same time are choices of one message.

What the caller has to run is a call: functions, custom tools, whose input is free text, and the built-in tools that run
on the caller's side (computer, shell, patches, client-side tool search, requests for an approval, multi-agent actions).
The arguments of a built-in tool are its action, an object; the commands of a shell grow. MCP calls, and shells and
searches that run at the server, are the server's. The fields of all other items (searches, code, images) are attached
to the block when the item is done. A message of the phase "commentary" is text, but not the output that was asked for.

The events may lie in those of the OpenAI Agents SDK (``envelopes``).

Arguments that a call is announced with are a placeholder if others follow, and count if none do. Words that come both
as text and as a transcript, under one number of a part, count once.

Sources: the OpenAI API reference for Responses streaming and its WebSocket mode, and the event models of its SDK.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from partialjson.wire import ops
from partialjson.wire.apis import APIS
from partialjson.wire.envelopes import CARRIES_RESPONSES, OF_AGENTS
from partialjson.wire.fields import (
    Members,
    as_int,
    as_list,
    as_mapping,
    as_str,
    error_of,
    get,
    get_list,
    get_str,
    members,
    plain,
    read_usage,
)
from partialjson.wire.providers._edits import EditWriter
from partialjson.wire.providers._values import grown

__all__ = ["Adapter"]


@dataclass(frozen=True, slots=True)
class _CallType:
    """What an item with one text, or one object, is: its block, the field with that, the name of the tool if the item
    has no ``name``, and whether its fields are kept under their names besides, so that it can be sent back."""

    kind: ops.Kind
    text: str
    name: str = ""
    kept: bool = False


_CALLS: Final[dict[str, _CallType]] = {
    "function_call": _CallType("call", "arguments"),
    "custom_tool_call": _CallType("call", "input"),
    "mcp_call": _CallType("server_call", "arguments"),
    "code_interpreter_call": _CallType("other", "code"),
    "computer_call": _CallType("call", "action", "computer", True),
    "shell_call": _CallType("call", "action", "shell", True),
    "local_shell_call": _CallType("call", "action", "local_shell", True),
    "apply_patch_call": _CallType("call", "operation", "apply_patch", True),
    "tool_search_call": _CallType("call", "arguments", "tool_search", True),
    "mcp_approval_request": _CallType("call", "arguments", kept=True),
    "multi_agent_call": _CallType("call", "arguments", kept=True),
}
_OTHERS: Final = frozenset(
    [
        "additional_tools",
        "agent_message",
        "apply_patch_call_output",
        "compaction",
        "computer_call_output",
        "configuration_update",
        "context_compaction",
        "custom_tool_call_output",
        "file_search_call",
        "function_call_output",
        "image_generation_call",
        "local_shell_call_output",
        "mcp_approval_response",
        "mcp_list_tools",
        "multi_agent_call_output",
        "program",
        "program_output",
        "shell_call_output",
        "tool_search_output",
        "web_search_call",
    ]
)


@dataclass(frozen=True, slots=True)
class _PartType:
    """What a part of a message or of reasoning is: its block, the field with its text, the number among its like,
    the item it stands in, and what it has a number among: texts and transcripts are counted together."""

    kind: ops.Kind
    text: str
    number: str
    item: str = "message"
    group: str = "content"


_PARTS: Final[dict[str, _PartType]] = {
    "output_text": _PartType("text", "text", "content_index"),
    "text": _PartType("text", "text", "content_index"),
    "refusal": _PartType("refusal", "refusal", "content_index", group="refusal"),
    "output_audio": _PartType("text", "transcript", "content_index"),
    "audio": _PartType("text", "transcript", "content_index"),
    # Some servers count up the index of reasoning with each delta, so it is not looked at.
    "reasoning_text": _PartType("reasoning", "text", "", "reasoning", "reasoning_text"),
    "summary_text": _PartType("reasoning", "text", "summary_index", "reasoning", "summary_text"),
}

# The stem of an event's type -> the type of the part, or of the item, whose text it brings.
_PART_STEMS: Final = {
    "response.output_text": "output_text",
    "response.text": "text",
    "response.refusal": "refusal",
    "response.output_audio_transcript": "output_audio",
    "response.audio_transcript": "audio",
    "response.audio.transcript": "audio",
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
# What these events tell is in the items, or is no part of an answer.
_SILENT: Final = frozenset(
    [
        "keepalive",
        "ping",
        ops.DONE,
        "response.code_interpreter_call.completed",
        "response.code_interpreter_call.in_progress",
        "response.code_interpreter_call.interpreting",
        "response.compaction.compacting",
        "response.file_search_call.completed",
        "response.file_search_call.in_progress",
        "response.file_search_call.searching",
        "response.image_generation_call.completed",
        "response.image_generation_call.generating",
        "response.image_generation_call.in_progress",
        "response.inject.created",
        "response.inject.failed",
        "response.mcp_call.completed",
        "response.mcp_call.failed",
        "response.mcp_call.in_progress",
        "response.mcp_list_tools.completed",
        "response.mcp_list_tools.failed",
        "response.mcp_list_tools.in_progress",
        "response.steer.accepted",
        "response.steer.failed",
        "response.steer.pending",
        "response.web_search_call.completed",
        "response.web_search_call.in_progress",
        "response.web_search_call.searching",
    ]
)
_BY_PARTS: Final = ("message", "reasoning")
_HEADER_FIELDS: Final = frozenset(["id", "type", "object", "call_id", "name", "arguments", "input", "code"])
_KEPT_HEADER_FIELDS: Final = frozenset(["type", "object"])
_OTHER_HEADER_FIELDS: Final = frozenset(["id", "type", "object"])
_PART_FIELDS: Final = frozenset(["type", "text", "refusal", "transcript"])


@dataclass(slots=True)
class _Block:
    key: int
    grown: bool = False
    closed: bool = False
    stem: str = ""  # which kind of event made it grow
    given: object = None  # what its item was announced with: all there is, if nothing follows
    writer: EditWriter | None = None  # of the commands of a shell
    commands: set[tuple[str, int]] = field(default_factory=set)  # those that have begun
    wholes: set[int] = field(default_factory=set)  # the parts that came whole, of one that is not cut by their numbers


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
    announced: object = None  # what it was announced with: all that is known, if it never ends
    blocks: dict[tuple[str, int], _Block] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """A response that is running.

    Attributes:
        all: its items in the order in which they opened.
        items: the latest item at each index.
        shared: whether several items had one index.
        named: items by their index and their id, or the id of their call.
        by_id: items by their id alone.
        latest: the latest item of each type.
        called: the ids of all calls.
    """

    choice: int
    all: list[_Item] = field(default_factory=list)
    items: dict[int, _Item] = field(default_factory=dict)
    shared: bool = False
    named: dict[tuple[int | None, str, str], _Item] = field(default_factory=dict)
    by_id: dict[str, _Item] = field(default_factory=dict)
    latest: dict[str, _Item] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)

    def find(self, index: int | None, data: object) -> _Item | None:
        """The item that the data is a later state of, as far as ids tell."""
        id, call_id = get_str(data, "id"), get_str(data, "call_id")
        found = None
        if id:
            found = self.by_id.get(id) if index is None else self.named.get((index, "id", id))
            if found is not None and call_id and found.call_id and found.call_id != call_id:
                found = None
        if found is None and call_id:
            found = self.named.get((index, "call", call_id))
        return found


@dataclass(slots=True)
class _Growing:
    """The block that the last event made grow. As long as nothing but more of its text comes, nothing else changes, and
    it need not be looked for again.

    Attributes:
        kind, index, item, part: the type of the event, and where it said that it belongs.
        number: the name of the field that numbers the parts, "" if none does.
    """

    key: int
    lane: str
    kind: str
    index: object
    item: str | None
    number: str
    part: object

    def more(self, event: Members) -> str:
        """The text of an event that goes on there; "" for any other event. Numbers are compared by identity, since true
        and 1.0 are no indexes."""
        get = event.get
        if (
            get("type") == self.kind
            and get("output_index") is self.index
            and get("item_id") == self.item
            and (not self.number or get(self.number) is self.part)
            and not get("logprobs")
        ):
            text = get("delta")
            return text if type(text) is str else ""
        return ""


class Adapter:
    """Events of the Responses API to operations."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._keys = 0
        self._choices = 0
        self._info = ops.Info()
        self._over = False
        self._growing: _Growing | None = None

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        out: list[ops.Operation] = []
        fields = event if type(event) is dict else members(event)
        growing = self._growing
        if growing is not None:
            text = growing.more(fields)
            if text and growing.lane == self._lane(fields):
                out.append(ops.Text(growing.key, text))
                return out
            self._growing = None
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
        elif kind == CARRIES_RESPONSES:
            self._growing = growing
            return self.feed(fields.get("data"))
        elif event != ops.DONE and kind not in OF_AGENTS and not self._aside(kind):
            out.append(ops.Unread("event", kind))
        return out

    def _aside(self, kind: str) -> bool:
        """Whether events of the type are known and no part of an answer."""
        return kind in _SILENT

    def _lane(self, event: Members) -> str:
        """The key that distinguishes responses that run side by side."""
        return as_str(event.get("stream_id"))

    def _error(self, event: object) -> ops.Error:
        """An error in a field of its event, or one whose fields are the event's own."""
        error = get(event, "error")
        if error or isinstance(error, str):
            return error_of(error)
        fields = plain(event)
        if isinstance(fields, Mapping):
            fields = {name: value for name, value in fields.items() if name not in _ENVELOPE}
        return replace(error_of(event), type="", body=fields)

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
        word = kind.removeprefix("response.")
        if _API.reason(get_str(response, "status") or word) == "complete":
            for item in run.all:
                if not item.closed:
                    for block in item.blocks.values():
                        self._settle(block, False, out)
                        if item.type not in _BY_PARTS:
                            self._attach_fields(item, block, item.announced, out)
        read_usage(get(response, "usage"), out)
        self._read_status(run.choice, response, word, out)
        lane = self._lane(members(event))
        del self._runs[lane if self._runs.get(lane) is run else next(reversed(self._runs))]
        if not self._runs:
            self._over = True
            out.append(ops.End())

    def _read_output(self, run: _Run, response: object, out: list[ops.Operation]) -> None:
        """The items that the terminal event repeats: all of them if none was streamed, else those still open."""
        streamed = set(run.latest)
        for position, data in enumerate(get_list(response, "output")):
            type, call_id = get_str(data, "type"), get_str(data, "call_id")
            found = run.find(position, data) or run.by_id.get(get_str(data, "id")) or run.items.get(position)
            if found is not None and (found.type != type or (call_id and call_id != (found.call_id or call_id))):
                found = None
            if found is None and call_id and call_id in run.called:
                continue
            if found is None and (type not in streamed or call_id):
                found = self._add(run, position, data, out)
            if found is not None:
                self._finish(run, found, data, out)

    def _read_status(self, choice: int, response: object, word: str, out: list[ops.Operation]) -> None:
        status = get_str(response, "status") or word
        details = get(response, "incomplete_details") or get(response, "status_details")
        why = get_str(details, "reason")
        reason: ops.Reason = "filtered" if why == "content_filter" else _API.reason(status)
        error = get(response, "error") or get(details, "error")
        if error and reason == "error":
            out.append(self._error({"error": error}))
        found = as_mapping(plain(details))
        if error and reason != "error":
            found = {**(found or {}), "error": plain(error)}
        raw = f"{status}:{why}" if why else status
        out.append(ops.Stop(reason, raw, choice, True, found))

    # Its items.

    def _item(self, event: Members, type: str, out: list[ops.Operation]) -> tuple[_Run, _Item]:
        """The item an event is about; one that was never announced is opened as the given type."""
        run = self._run(self._lane(event))
        index = as_int(event.get("output_index"))
        id = as_str(event.get("item_id")) if index is None or run.shared else ""
        if index is None:
            item = run.by_id.get(id) if id else run.latest.get(type)
        else:
            item = run.items.get(index)
            if id:
                item = run.named.get((index, "id", id), item)
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
        type = get_str(data, "type")
        item = _Item(
            type,
            get_str(data, "id"),
            index,
            get_str(data, "phase"),
            _tool(type, data),
            get_str(data, "call_id"),
            announced=data,
        )
        if index is not None:
            run.shared = run.shared or index in run.items
            run.items[index] = item
        if item.id or index is None:
            run.by_id[item.id] = item
        run.all.append(item)
        run.latest[type] = item
        self._name(run, item)
        # Some servers announce items that are empty. Messages and reasoning open block by block.
        if type and type not in _BY_PARTS:
            known = _CALLS.get(type)
            if known is None and type not in _OTHERS:
                out.append(ops.Unread("block", type))
            kind = "other" if known is None else _kind(type, known.kind, data)
            block = self._open(run, item, (type, 0), kind, type, out)
            if known is not None:
                block.given = _arguments(known, data)
        return item

    def _name(self, run: _Run, item: _Item) -> None:
        """Makes the item known by its ids."""
        if item.id:
            run.named[item.index, "id", item.id] = item
        if item.call_id:
            run.named[item.index, "call", item.call_id] = item
            run.called.add(item.call_id)

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
        type, id, call_id = get_str(data, "type"), get_str(data, "id"), get_str(data, "call_id")
        known = run.find(index, data)
        if known is not None and known.type == type and (known.id == id or not (known.id and id)):
            self._identify(run, known, data, out)
            return
        known = run.by_id.get(id) if index is None else run.items.get(index)
        if known is not None:
            if known.type == type and known.id == id and not (call_id and known.call_id):
                self._identify(run, known, data, out)
                return
            # Two calls under one index stay open: their ids tell them apart.
            if not (known.type in _CALLS and type in _CALLS and known.id and id and known.id != id):
                self._close(known, False, out)
        self._add(run, index, data, out)

    def _item_done(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        run = self._run(self._lane(event))
        data = event.get("item")
        index = as_int(event.get("output_index"))
        item = run.find(index, data)
        if item is None:
            item = run.by_id.get(get_str(data, "id")) if index is None else run.items.get(index)
            if item is not None and _differ(item, data):
                item = None
        if item is None:
            item = self._add(run, index, data, out)
        self._finish(run, item, data, out)

    def _identify(self, run: _Run, item: _Item, data: object, out: list[ops.Operation]) -> None:
        """The name and id of a call that opened without them."""
        name, call_id = _tool(item.type, data), get_str(data, "call_id")
        if (name and not item.name) or (call_id and not item.call_id):
            item.name, item.call_id = item.name or name, item.call_id or call_id
            self._name(run, item)
            known = _CALLS.get(item.type)
            if known is not None and known.kind != "other":
                out.extend(ops.Identify(block.key, item.name, item.call_id) for block in item.blocks.values())

    def _finish(self, run: _Run, item: _Item, data: object, out: list[ops.Operation]) -> None:
        """The item as a whole ends it."""
        if item.closed:
            return
        item.phase = item.phase or get_str(data, "phase")
        self._identify(run, item, data, out)
        cut = get_str(data, "status") == "incomplete"
        block = item.blocks.get((item.type, 0))
        if block is not None and item.type not in _BY_PARTS:
            self._finish_block(item, block, data, cut, out)
        self._finish_parts(run, item, data, out)
        self._close(item, cut, out)

    def _finish_block(self, item: _Item, block: _Block, data: object, cut: bool, out: list[ops.Operation]) -> None:
        """The one block of a call or of an item of another kind."""
        known = _CALLS.get(item.type)
        if known is not None:
            arguments = _arguments(known, data)
            if arguments not in (None, ""):
                block.given = None
                self._tell(block, arguments, cut, out)
        self._attach_fields(item, block, data, out)

    def _attach_fields(self, item: _Item, block: _Block, data: object, out: list[ops.Operation]) -> None:
        known = _CALLS.get(item.type)
        header = _OTHER_HEADER_FIELDS
        if known is not None:
            header = _KEPT_HEADER_FIELDS if known.kept else _HEADER_FIELDS
        fields = as_mapping(plain(data))
        if fields is not None:
            out.extend(
                ops.Attach(block.key, str(name), value)
                for name, value in fields.items()
                if name not in header and value not in (None, "", [], {}) and (name, value) != _COMPLETED
            )

    def _tell(self, block: _Block, arguments: object, cut: bool, out: list[ops.Operation]) -> None:
        """The arguments as a whole, which end the block. An object of an item that was cut may lack anything, so it is
        none."""
        if isinstance(arguments, str):
            out.append(ops.Restate(block.key, arguments))
        elif cut:
            return
        elif block.writer is not None:
            self._finish_commands(block, block.writer, arguments, out)
        elif not block.grown:
            out.append(ops.Value(block.key, arguments))

    def _finish_commands(self, block: _Block, writer: EditWriter, action: object, out: list[ops.Operation]) -> None:
        """What the action of a shell holds besides its commands ends its text."""
        rest = [
            writer.scalar((str(name),), value)
            for name, value in (action.items() if isinstance(action, Mapping) else ())
            if name != "commands"
        ]
        text = "".join(rest) + writer.finish()
        if text and not writer.apart:
            out.append(ops.Text(block.key, text))
        with suppress(TypeError, ValueError, RecursionError):
            out.append(ops.Restate(block.key, json.dumps(action, ensure_ascii=False)))

    def _finish_parts(self, run: _Run, item: _Item, data: object, out: list[ops.Operation]) -> None:
        """The parts of a message or of reasoning."""
        summary = len(get_list(data, "summary"))
        content = get(data, "content")
        if isinstance(content, str):
            content = [{"type": "output_text", "text": content}] if content and item.type == "message" else []
        if get_str(data, "role") not in ("", "assistant"):
            return  # what the user or the developer said
        parts = [*get_list(data, "summary"), *as_list(content)]
        for position, part in enumerate(parts):
            number = position if position < summary else position - summary
            self._finish_part(run, item, number, part, out)
        agent = plain(get(data, "agent"))
        if agent and item.type in _BY_PARTS and item.blocks:
            out.append(ops.Attach(next(iter(item.blocks.values())).key, "agent", agent))
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
            if type and item.type in _BY_PARTS:
                out.append(ops.Unread("block", type))
            return
        place = (known.group, number if known.number else 0)
        block = item.blocks.get(place)
        text = get_str(part, known.text) or get_str(part, "text")
        fields = as_mapping(plain(part)) or {}
        rest = {
            str(name): value
            for name, value in fields.items()
            if name not in _PART_FIELDS and value not in (None, "", [], {})
        }
        if block is None:
            if not text and not rest:
                return
            block = self._open(run, item, place, known.kind, type, out)
        if block.closed:
            return
        if known.number:
            out.append(ops.Restate(block.key, text))
        elif not block.grown:
            # The whole of a text that comes in parts, whatever the server takes for a part.
            out.append(ops.Text(block.key, text))
        out.extend(ops.Attach(block.key, name, value) for name, value in rest.items())

    def _close(self, item: _Item, cut: bool, out: list[ops.Operation]) -> None:
        item.closed = True
        for block in item.blocks.values():
            if not block.closed:
                self._settle(block, cut, out)
                block.closed = True
                out.append(ops.Close(block.key, cut))

    def _settle(self, block: _Block, cut: bool, out: list[ops.Operation]) -> None:
        """Nothing followed what the item was announced with."""
        given, block.given = block.given, None
        if not block.grown and given not in (None, "", {}):
            self._tell(block, given, cut, out)

    # Their texts.

    def _read_text(self, event: Members, type: str, verb: str, out: list[ops.Operation]) -> None:
        known = _PARTS[type]
        run, item = self._item(event, known.item, out)
        place = (known.group, (as_int(event.get(known.number)) or 0) if known.number else 0)
        block = item.blocks.get(place)
        text = as_str(event.get("delta" if verb == "delta" else known.text))
        if not text:
            return
        if block is None or (block.closed and verb == "delta"):
            block = self._open(run, item, place, known.kind, type, out)
        if block.stem not in ("", type):
            return  # the same words, once as text and once as a transcript
        block.stem = type
        if verb == "delta":
            block.grown = True
            block.wholes.clear()
            out.append(ops.Text(block.key, text))
            self._goes_on(block, event, known.number)
        elif not block.closed and known.number:
            block.grown = True
            out.append(ops.Restate(block.key, text))
        elif not block.closed and (block.wholes or not block.grown):
            block.grown = True
            part = as_int(event.get("content_index")) or 0
            if part not in block.wholes:
                block.wholes.add(part)
                out.append(ops.Text(block.key, text))
        chances = event.get("logprobs")
        if chances and verb == "delta":
            out.extend(ops.Attach(block.key, "logprobs", plain(each), append=True) for each in as_list(chances))
        elif chances:
            out.append(ops.Attach(block.key, "logprobs", [plain(each) for each in as_list(chances)]))

    def _goes_on(self, block: _Block, event: Members, number: str) -> None:
        kind, id = event.get("type"), event.get("item_id")
        if isinstance(kind, str) and (id is None or isinstance(id, str)):
            index, part = event.get("output_index"), event.get(number) if number else None
            self._growing = _Growing(block.key, self._lane(event), kind, index, id, number, part)

    def _read_audio(self, event: Members, type: str, verb: str, out: list[ops.Operation]) -> None:
        """The sound of a spoken answer, in the pieces in which it came."""
        known = _PARTS[type]
        sound = event.get("delta")
        if verb != "delta" or not sound:
            return
        run, item = self._item(event, known.item, out)
        place = (known.group, (as_int(event.get(known.number)) or 0) if known.number else 0)
        block = item.blocks.get(place) or self._open(run, item, place, known.kind, type, out)
        out.append(ops.Attach(block.key, "audio", sound, append=True))

    def _read_commands(self, event: Members, type: str, verb: str, out: list[ops.Operation]) -> None:
        """The commands of a shell, which grow one by one."""
        _, item = self._item(event, type, out)
        block = item.blocks.get((type, 0))
        number = as_int(event.get("command_index"))
        if block is None or block.closed or (block.grown and block.writer is None):
            return
        writer = block.writer = block.writer or EditWriter()
        block.grown = True
        path = ("commands", number or 0)
        if verb == "added":
            text = writer.string(path, as_str(event.get("command")), True)
        elif verb == "delta":
            text = writer.string(path, as_str(event.get("delta")), True)
        elif path in block.commands:
            text = writer.mark(path)
        else:
            text = writer.string(path, as_str(event.get("command")), False)
        block.commands.add(path)
        if text:
            out.append(ops.Text(block.key, text))

    def _read_piece(self, event: Members, type: str, _verb: str, out: list[ops.Operation]) -> None:
        """Part of what an item brings, which its end brings as a whole."""
        item_type, _, name = type.partition(" ")
        _, item = self._item(event, item_type, out)
        block = item.blocks.get((item.type, 0))
        piece = plain(event.get(name))
        if block is not None and piece not in (None, "", []):
            out.append(ops.Attach(block.key, name, piece, append=name == "delta"))

    def _read_call(self, event: Members, type: str, verb: str, out: list[ops.Operation]) -> None:
        run, item = self._item(event, type, out)
        block = next(iter(item.blocks.values()), None)
        if block is None:
            # It was announced without a type.
            item.type = type
            block = self._open(run, item, (type, 0), _CALLS[type].kind, type, out)
        self._identify(run, item, event, out)
        if block.closed or item.type not in _CALLS:
            return
        if verb == "delta":
            text = event.get("delta")
            if isinstance(text, str):
                if text:
                    block.grown = True
                    out.append(ops.Text(block.key, text))
                    if item.name and item.call_id:  # else the next event may bring them
                        self._goes_on(block, event, "")
            elif text is not None:
                block.given = grown(block.given, plain(text))
            return
        whole = plain(event.get(_CALLS[item.type].text))
        if isinstance(whole, str):
            block.grown = block.grown or bool(whole)
            out.append(ops.Restate(block.key, whole))
        elif whole is not None:
            block.given = whole

    def _part_added(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        part = event.get("part")
        type = get_str(part, "type")
        known = _PARTS.get(type)
        if known is None:
            if type:
                out.append(ops.Unread("block", type))
            return
        run, item = self._item(event, known.item, out)
        place = (known.group, (as_int(event.get(known.number)) or 0) if known.number else 0)
        if place not in item.blocks:
            self._open(run, item, place, known.kind, type, out)

    def _part_done(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        part = event.get("part")
        type = get_str(part, "type")
        known = _PARTS.get(type)
        if known is None or not known.number:
            return
        run, item = self._item(event, known.item, out)
        place = (known.group, as_int(event.get(known.number)) or 0)
        self._finish_part(run, item, place[1], part, out)
        block = item.blocks.get(place)
        if block is not None and not block.closed:
            block.closed = True
            out.append(ops.Close(block.key))

    def _annotation(self, event: Members, _type: str, _verb: str, out: list[ops.Operation]) -> None:
        run, item = self._item(event, "message", out)
        place = ("content", as_int(event.get("content_index")) or 0)
        block = item.blocks.get(place) or self._open(run, item, place, "text", "output_text", out)
        out.append(ops.Attach(block.key, "annotations", plain(event.get("annotation")), append=True))


def _kind(type: str, kind: ops.Kind, data: object) -> ops.Kind:
    """Who runs the tool: a shell in a container of the provider's, and a search there, are the provider's."""
    if type == "shell_call" and get_str(get(data, "environment"), "type") == "container_reference":
        return "server_call"
    if type == "tool_search_call":
        where = get_str(data, "execution")
        return "call" if where == "client" or (not where and get_str(data, "call_id")) else "server_call"
    return kind


def _tool(type: str, data: object) -> str:
    """The name of the tool that an item calls."""
    if type == "multi_agent_call":
        return get_str(data, "action")
    known = _CALLS.get(type)
    return get_str(data, "name") or (known.name if known is not None else "")


def _arguments(known: _CallType, data: object) -> object:
    """What an item calls its tool with, as text or as an object; None if nothing is said. A computer may be given
    several actions at once."""
    found = plain(get(data, known.text))
    if found is None and known.text == "action":
        actions = get_list(data, "actions")
        return {"actions": [plain(action) for action in actions]} if actions else None
    return found


def _differ(item: _Item, data: object) -> bool:
    """Whether an item that ends at an index is another than the one that stands there."""
    type, id, call_id = get_str(data, "type"), get_str(data, "id"), get_str(data, "call_id")
    if call_id and item.call_id:
        return call_id != item.call_id
    return item.closed and bool(id and item.id and id != item.id) and type == item.type


_ENVELOPE: Final = ("type", "sequence_number", "stream_id", "event_id")
_COMPLETED: Final = ("status", "completed")
_WHOLE: Final = ("response", "realtime.response")

_Handler = Callable[["Adapter", Members, str, str, list[ops.Operation]], None]

_AUDIO_STEMS: Final = {"response.audio": "audio", "response.output_audio": "output_audio"}
_PIECES: Final = {
    "response.image_generation_call.partial_image": "image_generation_call partial_image_b64",
    "response.shell_call_output_content.delta": "shell_call_output delta",
    "response.shell_call_output_content.done": "shell_call_output output",
}

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
    if verb in ("delta", "done"):
        if stem in _PART_STEMS:
            return _Reading(Adapter._read_text, _PART_STEMS[stem], verb)
        if stem in _CALL_STEMS:
            return _Reading(Adapter._read_call, _CALL_STEMS[stem], verb)
        if stem in _AUDIO_STEMS:
            return _Reading(Adapter._read_audio, _AUDIO_STEMS[stem], verb)
    if stem == "response.shell_call_command" and verb in ("added", "delta", "done"):
        return _Reading(Adapter._read_commands, "shell_call", verb)
    if kind in _PIECES:
        return _Reading(Adapter._read_piece, _PIECES[kind])
    handler = _HANDLERS.get(kind)
    return None if handler is None else _Reading(handler)
