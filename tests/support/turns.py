"""One turn of an agent's run as a body: with what libraries insist on beside what an SDK needs.

They validate the object of a response, and take what they go on with from its last event, not from what streamed.
"""

from __future__ import annotations

from typing import Any

from partialjson.testing.bodies import Said, body
from support.told import real_events

_USAGE = {
    "input_tokens": 1,
    "output_tokens": 2,
    "total_tokens": 3,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
_RESPONSE = {
    "created_at": 1,
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "temperature": 1.0,
    "top_p": 1.0,
}


def turn(api: str, said: Said) -> bytes:
    """The body of an API that says this."""
    found = real_events(api, said)
    for event in found:
        if api == "openai-responses" and "response" in event:
            event["response"] = {**_RESPONSE, **event["response"]}
            if event["type"] == "response.completed":
                event["response"] |= {"output": _items(said), "usage": _USAGE}
    return body(api, found)


def _items(said: Said) -> list[dict[str, Any]]:
    text = {"type": "output_text", "text": "".join(said.texts), "annotations": []}
    message = {"type": "message", "id": "msg", "role": "assistant", "status": "completed", "content": [text]}
    calls: list[dict[str, Any]] = [
        {
            "type": "function_call",
            "id": f"fc{number}",
            "call_id": call.id,
            "name": call.name,
            "arguments": "".join(call.pieces),
            "status": "completed",
        }
        for number, call in enumerate(said.calls)
    ]
    return [message, *calls] if said.texts else calls
