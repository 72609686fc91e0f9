"""What a model says, told in each wire format: events and bodies built by hand from the formats' descriptions.

`Said` is a message independent of any provider. `events` tells it in the events of an API, `body` frames events as that
API's bodies come. Fragments of parallel calls are interleaved wherever the format allows it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import zip_longest
from typing import Any
from zlib import crc32

__all__ = [
    "APIS",
    "BODY_APIS",
    "CHAT_WORDS",
    "FRAMES",
    "GEMINI_WORDS",
    "TELLERS",
    "WITHOUT_CALLS",
    "WITHOUT_FILTER",
    "WITHOUT_PIECES",
    "WITHOUT_REASONING",
    "Said",
    "Say",
    "anthropic",
    "array",
    "aws",
    "aws_frame",
    "bedrock",
    "body",
    "chat",
    "chunk",
    "cohere",
    "completions",
    "events",
    "frames",
    "gemini",
    "gemini_chunk",
    "gemini_parts",
    "interactions",
    "interleaved",
    "lines",
    "live",
    "mistral",
    "ollama",
    "realtime",
    "response_end",
    "response_text",
    "responses",
    "sse",
]

Event = dict[str, Any]


@dataclass(frozen=True)
class Say:
    """A tool call: its arguments' text in pieces."""

    id: str
    name: str
    pieces: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        return json.loads("".join(self.pieces) or "{}")


@dataclass(frozen=True)
class Said:
    """A message. `reason` is one of those of `MessageEnd`, or None where the stream stops without a word. `whole`:
    calls come whole where the format knows such a form."""

    texts: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()
    calls: tuple[Say, ...] = ()
    reason: str | None = "complete"
    whole: bool = False


def interleaved(calls: Sequence[Say]) -> Iterator[tuple[int, str]]:
    """(number of the call, piece), one piece of each call in turn."""
    for row in zip_longest(*(call.pieces for call in calls)):
        yield from ((number, piece) for number, piece in enumerate(row) if piece is not None)


# OpenAI Chat and its like


def chunk(delta: Event, finish: str | None = None, **more: Any) -> Event:
    return {"id": "r1", "model": "m1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


CHAT_WORDS = {"complete": "stop", "tool_calls": "tool_calls", "truncated": "length", "filtered": "content_filter"}


def chat(said: Said, reasoning: Callable[[str], Event] = lambda text: {"reasoning": text}) -> list[Any]:
    events: list[Any] = [chunk(reasoning(text)) for text in said.reasoning]
    events += [chunk({"content": text}) for text in said.texts]
    for number, call in enumerate(said.calls):
        arguments = "".join(call.pieces) if said.whole else ""
        head = {"index": number, "id": call.id, "type": "function", "function": {"name": call.name}}
        head["function"]["arguments"] = arguments  # type: ignore[index]
        events.append(chunk({"tool_calls": [head]}))
    for number, piece in () if said.whole else interleaved(said.calls):
        events.append(chunk({"tool_calls": [{"index": number, "function": {"arguments": piece}}]}))
    if said.reason is not None:
        events.append(chunk({}, CHAT_WORDS[said.reason]))
        events.append({"choices": [], "usage": {"total_tokens": 9}})
        events.append("[DONE]")
    return events


def mistral(said: Said) -> list[Any]:
    def thinking(text: str) -> Event:
        return {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]}

    events = chat(said, thinking)
    for event in events if said.whole else ():
        for choice in event["choices"] if isinstance(event, dict) else ():
            for call in choice["delta"].get("tool_calls", ()):
                call["function"]["arguments"] = json.loads(call["function"]["arguments"] or "{}")
                del call["index"]
    return events


def completions(said: Said) -> list[Any]:
    events: list[Any] = [
        {"id": "r1", "model": "m1", "choices": [{"index": 0, "text": text, "finish_reason": None}]}
        for text in said.texts
    ]
    if said.reason is not None:
        end = {"index": 0, "text": "", "finish_reason": CHAT_WORDS[said.reason]}
        events.append({"id": "r1", "model": "m1", "choices": [end], "usage": {"total_tokens": 9}})
        events.append("[DONE]")
    return events


# OpenAI Responses and Realtime


def responses(said: Said) -> list[Any]:
    head = {"id": "r1", "object": "response", "model": "m1", "status": "in_progress", "output": []}
    events: list[Event] = [{"type": "response.created", "response": head}]
    index = 0
    if said.reasoning:
        item: Event = {"id": "rs", "type": "reasoning", "summary": []}
        where = {"output_index": index, "item_id": "rs", "summary_index": 0}
        text = "".join(said.reasoning)
        part = {"type": "summary_text", "text": text}
        events += [
            {"type": "response.output_item.added", "output_index": index, "item": item},
            {"type": "response.reasoning_summary_part.added", **where, "part": {"type": "summary_text", "text": ""}},
            *({"type": "response.reasoning_summary_text.delta", **where, "delta": text} for text in said.reasoning),
            {"type": "response.reasoning_summary_text.done", **where, "text": text},
            {"type": "response.reasoning_summary_part.done", **where, "part": part},
            {"type": "response.output_item.done", "output_index": index, "item": item | {"summary": [part]}},
        ]
        index += 1
    if said.texts:
        events += response_text(index, said.texts)
        index += 1
    items = [
        {"id": f"fc{n}", "type": "function_call", "call_id": call.id, "name": call.name, "arguments": ""}
        for n, call in enumerate(said.calls)
    ]
    for n, item in enumerate(items):
        events.append({"type": "response.output_item.added", "output_index": index + n, "item": item})
    for n, piece in () if said.whole else interleaved(said.calls):
        where = {"output_index": index + n, "item_id": f"fc{n}"}
        events.append({"type": "response.function_call_arguments.delta", **where, "delta": piece})
    for n, (item, call) in enumerate(zip(items, said.calls, strict=True)):
        arguments = "".join(call.pieces)
        where = {"output_index": index + n, "item_id": f"fc{n}"}
        cut = {"arguments": arguments, "status": "incomplete" if said.reason == "truncated" else "completed"}
        events += [
            {"type": "response.function_call_arguments.done", **where, "arguments": arguments},
            {"type": "response.output_item.done", "output_index": index + n, "item": item | cut},
        ]
    if said.reason is not None:
        events.append(response_end(said.reason, head))
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def response_text(index: int, texts: Sequence[str], **item: Any) -> list[Event]:
    item = {"id": "msg", "type": "message", "role": "assistant", "status": "in_progress", "content": []} | item
    where = {"output_index": index, "item_id": "msg", "content_index": 0}
    part = {"type": "output_text", "text": "".join(texts), "annotations": []}
    return [
        {"type": "response.output_item.added", "output_index": index, "item": item},
        {"type": "response.content_part.added", **where, "part": part | {"text": ""}},
        *({"type": "response.output_text.delta", **where, "delta": text} for text in texts),
        {"type": "response.output_text.done", **where, "text": part["text"]},
        {"type": "response.content_part.done", **where, "part": part},
        {"type": "response.output_item.done", "output_index": index, "item": item | {"content": [part]}},
    ]


def response_end(reason: str, head: Event) -> Event:
    why = {"truncated": "max_output_tokens", "filtered": "content_filter"}.get(reason)
    status = "incomplete" if why else "completed"
    details = {"reason": why} if why else None
    response = head | {"status": status, "incomplete_details": details, "usage": {"total_tokens": 9}}
    return {"type": f"response.{status}", "response": response}


def realtime(said: Said) -> list[Any]:
    events: list[Event] = []
    for event in responses(said):
        event = {name: value for name, value in event.items() if name != "sequence_number"}
        response = event.pop("response", None)
        if response is None:
            event["response_id"] = "r1"
        elif event["type"] != "response.created":
            event["type"] = "response.done"
            details = response.pop("incomplete_details")
            response["status_details"] = {"type": response["status"], **details} if details else None
            event["response"] = response
        else:
            event["response"] = response
        events.append(event | {"event_id": f"e{len(events)}"})
    return events


# Anthropic


def anthropic(said: Said) -> list[Any]:
    events: list[Event] = [
        {"type": "message_start", "message": {"id": "r1", "model": "m1", "usage": {"total_tokens": 1}}}
    ]
    index = 0
    for kind, delta, pieces in (("thinking", "thinking", said.reasoning), ("text", "text", said.texts)):
        if pieces:
            events.append({"type": "content_block_start", "index": index, "content_block": {"type": kind, kind: ""}})
            events += [
                {"type": "content_block_delta", "index": index, "delta": {"type": f"{delta}_delta", delta: piece}}
                for piece in pieces
            ]
            events.append({"type": "content_block_stop", "index": index})
            index += 1
    for n, call in enumerate(said.calls):
        block = {"type": "tool_use", "id": call.id, "name": call.name, "input": call.value if said.whole else {}}
        events.append({"type": "content_block_start", "index": index + n, "content_block": block})
    for n, piece in () if said.whole else interleaved(said.calls):
        delta_event = {"type": "input_json_delta", "partial_json": piece}
        events.append({"type": "content_block_delta", "index": index + n, "delta": delta_event})
    events += [{"type": "content_block_stop", "index": index + n} for n in range(len(said.calls))]
    if said.reason is not None:
        words = {"complete": "end_turn", "tool_calls": "tool_use", "truncated": "max_tokens", "filtered": "refusal"}
        stop = {"stop_reason": words[said.reason]}
        events.append({"type": "message_delta", "delta": stop, "usage": {"total_tokens": 9}})
        events.append({"type": "message_stop"})
    return events


# Google


GEMINI_WORDS = {"complete": "STOP", "tool_calls": "STOP", "truncated": "MAX_TOKENS", "filtered": "SAFETY"}


def gemini_parts(said: Said) -> list[Event]:
    parts: list[Event] = [{"text": text, "thought": True} for text in said.reasoning]
    parts += [{"text": text} for text in said.texts]
    return parts + [{"functionCall": {"id": call.id, "name": call.name, "args": call.value}} for call in said.calls]


def gemini_chunk(*parts: Event, finish: str | None = None, **more: Any) -> Event:
    candidate: Event = {"content": {"role": "model", "parts": list(parts)}}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": "m1", "responseId": "r1", **more}


def gemini(said: Said) -> list[Any]:
    events = [gemini_chunk(part) for part in gemini_parts(said)]
    if said.reason is not None:
        usage = {"total_tokens": 9}
        events.append(gemini_chunk({"text": ""}, finish=GEMINI_WORDS[said.reason], usageMetadata=usage))
    return events


def interactions(said: Said) -> list[Any]:
    head = {"id": "r1", "model": "m1", "object": "interaction", "status": "in_progress"}
    events: list[Any] = [{"event_type": "interaction.created", "interaction": head}]
    index = 0
    thoughts = [{"type": "thought_summary", "content": {"type": "text", "text": text}} for text in said.reasoning]
    texts = [{"type": "text", "text": text} for text in said.texts]
    for type, deltas in (("thought", thoughts), ("model_output", texts)):
        if deltas:
            events.append({"event_type": "step.start", "index": index, "step": {"type": type}})
            events += [{"event_type": "step.delta", "index": index, "delta": delta} for delta in deltas]
            events.append({"event_type": "step.stop", "index": index})
            index += 1
    for n, call in enumerate(said.calls):
        arguments = call.value if said.whole else {}
        step = {"type": "function_call", "id": call.id, "name": call.name, "arguments": arguments}
        events.append({"event_type": "step.start", "index": index + n, "step": step})
    for n, piece in () if said.whole else interleaved(said.calls):
        grow = {"type": "arguments_delta", "arguments": piece}
        events.append({"event_type": "step.delta", "index": index + n, "delta": grow})
    events += [{"event_type": "step.stop", "index": index + n} for n in range(len(said.calls))]
    if said.reason is not None:
        words = {"tool_calls": "requires_action", "complete": "completed", "truncated": "incomplete"}
        status = words.get(said.reason, "cancelled")
        interaction = head | {"status": status, "usage": {"total_tokens": 9}}
        events.append({"event_type": "interaction.completed", "interaction": interaction})
        events.append("[DONE]")
    return events


def live(said: Said) -> list[Any]:
    parts = [{"text": text, "thought": True} for text in said.reasoning] + [{"text": text} for text in said.texts]
    events: list[Event] = [{"setupComplete": {"sessionId": "r1"}}]
    events += [{"serverContent": {"modelTurn": {"parts": [part]}}} for part in parts]
    if said.calls:
        functions = [{"id": call.id, "name": call.name, "args": call.value} for call in said.calls]
        events.append({"toolCall": {"functionCalls": functions}})
    if said.reason == "truncated":
        events.append({"serverContent": {"interrupted": True}})
    if said.reason is not None:
        events.append({"serverContent": {"turnComplete": True}, "usageMetadata": {"total_tokens": 9}})
    return events


# Bedrock, Cohere, Ollama


def bedrock(said: Said) -> list[Any]:
    events: list[Event] = [{"messageStart": {"role": "assistant"}}]
    index = 0
    reasoning = [{"reasoningContent": {"text": text}} for text in said.reasoning]
    for deltas in (reasoning, [{"text": text} for text in said.texts]):
        if deltas:
            events += [{"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}} for delta in deltas]
            events.append({"contentBlockStop": {"contentBlockIndex": index}})
            index += 1
    for n, call in enumerate(said.calls):
        start = {"toolUse": {"toolUseId": call.id, "name": call.name}}
        events.append({"contentBlockStart": {"contentBlockIndex": index + n, "start": start}})
    for n, piece in interleaved(said.calls):
        delta = {"toolUse": {"input": piece}}
        events.append({"contentBlockDelta": {"contentBlockIndex": index + n, "delta": delta}})
    events += [{"contentBlockStop": {"contentBlockIndex": index + n}} for n in range(len(said.calls))]
    if said.reason is not None:
        words = {"complete": "end_turn", "tool_calls": "tool_use", "truncated": "max_tokens"}
        events.append({"messageStop": {"stopReason": words.get(said.reason, "content_filtered")}})
        events.append({"metadata": {"usage": {"total_tokens": 9}, "metrics": {"latencyMs": 1}}})
    return events


def cohere(said: Said) -> list[Any]:
    events: list[Event] = [{"type": "message-start", "id": "r1", "delta": {"message": {"role": "assistant"}}}]
    index = 0
    for kind, pieces in (("thinking", said.reasoning), ("text", said.texts)):
        if pieces:
            start = {"message": {"content": {"type": kind, kind: ""}}}
            events.append({"type": "content-start", "index": index, "delta": start})
            for piece in pieces:
                grow = {"message": {"content": {kind: piece}}}
                events.append({"type": "content-delta", "index": index, "delta": grow})
            events.append({"type": "content-end", "index": index})
            index += 1
    for n, call in enumerate(said.calls):
        function = {"name": call.name, "arguments": "".join(call.pieces) if said.whole else ""}
        tool = {"id": call.id, "type": "function", "function": function}
        events.append({"type": "tool-call-start", "index": n, "delta": {"message": {"tool_calls": tool}}})
    for n, piece in () if said.whole else interleaved(said.calls):
        more = {"message": {"tool_calls": {"function": {"arguments": piece}}}}
        events.append({"type": "tool-call-delta", "index": n, "delta": more})
    events += [{"type": "tool-call-end", "index": n} for n in range(len(said.calls))]
    if said.reason is not None:
        words = {"complete": "COMPLETE", "tool_calls": "TOOL_CALL", "truncated": "MAX_TOKENS"}
        end = {"finish_reason": words.get(said.reason, "ERROR_TOXIC"), "usage": {"total_tokens": 9}}
        events.append({"type": "message-end", "delta": end})
    return events


def ollama(said: Said) -> list[Any]:
    messages: list[Event] = [{"content": "", "thinking": text} for text in said.reasoning]
    messages += [{"content": text} for text in said.texts]
    for call in said.calls:
        function = {"name": call.name, "arguments": call.value}
        messages.append({"content": "", "tool_calls": [{"id": call.id, "function": function}]})
    events: list[Event] = [
        {"model": "m1", "message": {"role": "assistant", **message}, "done": False} for message in messages
    ]
    if said.reason is not None:
        word = "length" if said.reason == "truncated" else "stop"
        last = {"model": "m1", "message": {"role": "assistant", "content": ""}, "done": True}
        events.append(last | {"done_reason": word, "eval_count": 9})
    return events


# Bodies


def sse(events: Sequence[Any]) -> bytes:
    out = []
    for event in events:
        if event == "[DONE]":
            out.append("data: [DONE]\n\n")
            continue
        name = (event.get("type") or event.get("event_type")) if isinstance(event, dict) else None
        head = f"event: {name}\n" if isinstance(name, str) and "choices" not in event else ""
        out.append(f"{head}data: {json.dumps(event, ensure_ascii=False)}\n\n")
    return "".join(out).encode()


def lines(events: Sequence[Any]) -> bytes:
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode()


def frames(events: Sequence[Any]) -> bytes:
    """Frames run together, some of them written over several lines."""
    texts = [json.dumps(event, ensure_ascii=False, indent=number % 2 or None) for number, event in enumerate(events)]
    return "".join(texts).encode()


def array(events: Sequence[Any]) -> bytes:
    return b"[" + ",\r\n".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode() + b"]"


def aws_frame(headers: Event, payload: bytes) -> bytes:
    """One frame of application/vnd.amazon.eventstream, all of its headers strings."""
    head = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    prelude += struct.pack(">I", crc32(prelude))
    message = prelude + head + payload
    return message + struct.pack(">I", crc32(message))


def aws(events: Sequence[Any]) -> bytes:
    out = []
    for event in events:
        ((name, data),) = event.items()
        kind = "exception" if name.endswith("Exception") else "event"
        headers = {f":{kind}-type": name, ":content-type": "application/json", ":message-type": kind}
        out.append(aws_frame(headers, json.dumps(data, ensure_ascii=False).encode()))
    return b"".join(out)


TELLERS: dict[str, Callable[[Said], list[Any]]] = {
    "anthropic-messages": anthropic,
    "bedrock-converse": bedrock,
    "cohere": cohere,
    "gemini": gemini,
    "gemini-interactions": interactions,
    "gemini-live": live,
    "mistral": mistral,
    "ollama": ollama,
    "openai-chat": chat,
    "openai-completions": completions,
    "openai-realtime": realtime,
    "openai-responses": responses,
}
FRAMES: dict[str, Callable[[Sequence[Any]], bytes]] = {
    "bedrock-converse": aws,
    "gemini-live": frames,
    "ollama": lines,
    "openai-realtime": frames,
}
# What a format cannot tell.
WITHOUT_CALLS = ("openai-completions",)
WITHOUT_REASONING = ("openai-completions",)
WITHOUT_PIECES = ("gemini", "gemini-live", "ollama")
WITHOUT_FILTER = ("gemini-interactions", "gemini-live", "ollama")
APIS = tuple(TELLERS)
# Whose bodies can be read here: the binary framing needs botocore.
BODY_APIS = tuple(api for api in APIS if api != "bedrock-converse" or find_spec("botocore"))


def events(api: str, said: Said) -> list[Any]:
    return TELLERS[api](said)


def body(api: str, told: Said | Sequence[Any]) -> bytes:
    return FRAMES.get(api, sse)(events(api, told) if isinstance(told, Said) else told)
