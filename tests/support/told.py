"""What a message says in the end, as something that can be compared: whoever read it must say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from partialjson.messages import Choice, MessageParser, ProviderError, Update
from partialjson.testing.bodies import BODY_APIS, Said, body, events

# A count that each API has in its own name; SDKs drop what they do not know.
COUNTS = {"gemini": "totalTokenCount", "gemini-live": "totalTokenCount", "bedrock-converse": "totalTokens"}


def choice_told(choice: Choice) -> dict[str, Any]:
    end = choice.end()
    error = end.error
    return {
        "index": choice.index,
        "text": choice.text,
        "reasoning": choice.reasoning,
        "refusal": choice.refusal,
        "calls": [
            (call.id, call.name, call.text, call.value, call.ready, type(call.outcome).__name__)
            for call in choice.calls
        ],
        "output": (choice.output.json, type(choice.output.outcome).__name__),
        "end": (end.reason, end.raw),
        "error": (error.type, error.code, error.message) if isinstance(error, ProviderError) else type(error).__name__,
    }


def told(message: MessageParser) -> dict[str, Any]:
    message.end()
    choices = [choice_told(choice) for choice in message.choices]
    return {"id": message.id, "model": message.model, "usage": dict(message.usage), "choices": choices}


def read_bytes(api: str, body: bytes, **options: Any) -> MessageParser:
    """The message of a body that came whole."""
    message = MessageParser(api, **options)
    message.feed_bytes(body)
    message.end()
    return message


def real_events(api: str, said: Said) -> list[Any]:
    """The events of an API with what its SDK insists on, beside what the wire format needs."""
    found = [_renamed(event, "total_tokens", COUNTS.get(api, "total_tokens")) for event in events(api, said)]
    chunk = {"id": "r1", "model": "m1", "created": 1, "object": "chat.completion.chunk"}
    for event in found:
        if isinstance(event, dict) and api in ("openai-chat", "mistral"):
            event.update(chunk | event)
        elif api == "anthropic-messages" and event["type"] == "message_start":
            event["message"] = {"role": "assistant", "type": "message", "content": [], **event["message"]}
    return found


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {new if name == old else name: _renamed(inner, old, new) for name, inner in value.items()}
    return value


def body_of(api: str, events: Sequence[Any]) -> bytes | None:
    """The body that brings these events; None where there is none: SDK objects, lone surrogates, raw bytes."""
    if api not in BODY_APIS or not all(isinstance(event, dict) or event == "[DONE]" for event in events):
        return None
    try:
        return body(api, events)
    except (TypeError, ValueError):
        return None


def fed(api: str, *events: Any, **options: Any) -> tuple[MessageParser, list[Update]]:
    """A message and its updates, from decoded events; as a body, in whatever pieces, the events say the same."""
    message = MessageParser(api, **options)
    updates = [update for event in events for update in message.feed(event)]
    updates += message.end().updates
    raw = body_of(api, events)
    if raw is not None:
        said = told(message)
        for size in (len(raw) or 1, 7, 1):
            pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
            other = MessageParser(api, **options)
            for piece in pieces:
                other.feed_bytes(piece)
            assert told(other) == said, f"as a body in pieces of {size}"
    return message, updates
