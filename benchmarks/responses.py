"""What providers send: the events and the body of one streamed response, made here in the form of recorded ones.

A ``Response`` says something, calls tools, or gives structured output; its fragments are as long as asked for. What is
around them, which is most of a body, has the fields of recorded streams: about 270 bytes an event from OpenAI's chat
completions, 300 from its responses, 130 from Anthropic and 500 from Gemini.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

Event = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """One response of a model: its texts as JSON, the tool that is called with them, and how they are cut."""

    id: str
    said: str = ""
    tool: str = "place_order"
    calls: tuple[str, ...] = ()
    output: str = ""
    """Structured output, as text that comes after what was said; Gemini's way in these benchmarks."""
    fragment: int = 12

    def pieces(self, text: str) -> list[str]:
        return [text[at : at + self.fragment] for at in range(0, len(text), self.fragment)]

    def fragments(self) -> list[tuple[int, str]]:
        """(call, fragment of its arguments), the calls in turn."""
        turns = zip_longest(*(self.pieces(arguments) for arguments in self.calls))
        return [(call, text) for turn in turns for call, text in enumerate(turn) if text is not None]


def chat(response: Response) -> list[Any]:
    """OpenAI Chat Completions."""
    head: Event = {
        "id": response.id,
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-5-mini",
    }
    head |= {"service_tier": "default", "system_fingerprint": "fp_560af6e559"}

    def chunk(delta: Event, reason: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return {**head, "choices": [choice], "usage": None, "obfuscation": "kQ8mZ1Xw"}

    def call(index: int) -> Event:
        function = {"name": response.tool, "arguments": ""}
        return {"index": index, "id": f"c{response.id}-{index}", "type": "function", "function": function}

    events: list[Any] = [chunk({"role": "assistant", "content": "", "refusal": None})]
    events += [chunk({"content": text}) for text in response.pieces(response.said + response.output)]
    events += [chunk({"tool_calls": [call(index)]}) for index in range(len(response.calls))]
    for index, text in response.fragments():
        events.append(chunk({"tool_calls": [{"index": index, "function": {"arguments": text}}]}))
    return [*events, chunk({}, "tool_calls" if response.calls else "stop"), "[DONE]"]


def responses(response: Response) -> list[Any]:
    """OpenAI Responses."""
    head: Event = {
        "id": response.id,
        "object": "response",
        "created_at": 1,
        "model": "gpt-5-mini",
        "output": [],
        "tools": [],
    }
    head |= {"parallel_tool_calls": True, "tool_choice": "auto"}
    events: list[Event] = [{"type": "response.created", "response": head | {"status": "in_progress"}}]
    done: list[Event] = []
    text = response.said + response.output
    if text:
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        message: Event = {"id": f"msg_{response.id}", "type": "message", "role": "assistant", "content": []}
        where = {"output_index": 0, "item_id": message["id"], "content_index": 0}
        events.append(
            {"type": "response.output_item.added", "output_index": 0, "item": message | {"status": "in_progress"}}
        )
        events.append({"type": "response.content_part.added", **where, "part": part})
        for piece in response.pieces(text):
            delta = {"delta": piece, "logprobs": [], "obfuscation": "kQ8mZ1Xw"}
            events.append({"type": "response.output_text.delta", **where, **delta})
        events.append({"type": "response.output_text.done", **where, "text": text, "logprobs": []})
        events.append({"type": "response.content_part.done", **where, "part": part | {"text": text}})
        done.append(message | {"status": "completed", "content": [part | {"text": text}]})
        events.append({"type": "response.output_item.done", "output_index": 0, "item": done[0]})
    first = len(done)
    names = [f"fc_{response.id}-{i}" for i in range(len(response.calls))]
    for i, name in enumerate(names):
        item = {"id": name, "type": "function_call", "call_id": f"c{response.id}-{i}", "name": response.tool}
        events.append(
            {"type": "response.output_item.added", "output_index": first + i, "item": item | {"arguments": ""}}
        )
        done.append(item | {"arguments": response.calls[i], "status": "completed"})
    for i, piece in response.fragments():
        where = {"output_index": first + i, "item_id": names[i]}
        delta = {"delta": piece, "obfuscation": "kQ8mZ1Xw"}
        events.append({"type": "response.function_call_arguments.delta", **where, **delta})
    for i, (name, arguments) in enumerate(zip(names, response.calls, strict=True), first):
        where = {"output_index": i, "item_id": name}
        events.append(
            {
                "type": "response.function_call_arguments.done",
                **where,
                "arguments": arguments,
                "name": response.tool,
            }
        )
        events.append({"type": "response.output_item.done", "output_index": i, "item": done[i]})
    events.append({"type": "response.completed", "response": head | {"status": "completed", "output": done}})
    return [event | {"sequence_number": place} for place, event in enumerate(events)]


def messages(response: Response) -> list[Any]:
    """Anthropic Messages."""
    usage = {"input_tokens": 1, "output_tokens": 1}
    start: Event = {
        "id": response.id,
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": [],
    }
    start |= {"usage": usage, "stop_reason": None, "stop_sequence": None}
    events: list[Event] = [{"type": "message_start", "message": start}]

    def block(index: int, opening: Event, deltas: list[Event]) -> None:
        events.append({"type": "content_block_start", "index": index, "content_block": opening})
        events.extend({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        events.append({"type": "content_block_stop", "index": index})

    text = response.said + response.output
    first = 1 if text else 0
    if text:
        deltas = [{"type": "text_delta", "text": piece} for piece in response.pieces(text)]
        block(0, {"type": "text", "text": ""}, deltas)
    for i in range(len(response.calls)):
        opening = {"type": "tool_use", "id": f"c{response.id}-{i}", "name": response.tool, "input": {}}
        pieces = [text for call, text in response.fragments() if call == i]
        block(first + i, opening, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces])
    stop = {"stop_reason": "tool_use" if response.calls else "end_turn", "stop_sequence": None}
    return [*events, {"type": "message_delta", "delta": stop, "usage": usage}, {"type": "message_stop"}]


def gemini(response: Response) -> list[Any]:
    """Gemini generateContent, as server-sent events. Calls come whole, as they do there."""
    details = [{"modality": "TEXT", "tokenCount": 12}]
    usage = {"promptTokenCount": 12, "candidatesTokenCount": 34, "totalTokenCount": 146, "thoughtsTokenCount": 100}
    tail = {"usageMetadata": usage | {"promptTokensDetails": details}, "modelVersion": "gemini-3-flash"}
    tail |= {"responseId": response.id}

    def chunk(parts: list[Event], reason: str = "") -> Event:
        candidate: Event = {"content": {"parts": parts, "role": "model"}, "index": 0}
        return {"candidates": [candidate | ({"finishReason": reason} if reason else {})], **tail}

    events = [chunk([{"text": piece}]) for piece in response.pieces(response.said + response.output)]
    for arguments in response.calls:
        events.append(chunk([{"functionCall": {"name": response.tool, "args": json.loads(arguments)}}]))
    return [*events, chunk([{"text": ""}], "STOP")]


SAYS: dict[str, Callable[[Response], list[Any]]] = {
    "openai-chat": chat,
    "openai-responses": responses,
    "anthropic-messages": messages,
    "gemini": gemini,
}
"""The events of a response, by API."""


def body(api: str, response: Response) -> bytes:
    """The response as it comes off the wire, as server-sent events."""
    out = []
    for event in SAYS[api](response):
        data = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        name = f"event: {event['type']}\n" if isinstance(event, dict) and "type" in event else ""
        out.append(f"{name}data: {data}\n\n")
    return "".join(out).encode()
