"""An answer is stopped at the first character that shows that it cannot be valid, so no more tokens are paid for.

    python -m pip install "partialjson-live[jsonschema]"
    python examples/early_stop.py

The tools are given as the request spells them, with their JSON Schemas. The model here writes a class that is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from partialjson.clients import read

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "book_train",
            "parameters": {
                "type": "object",
                "properties": {
                    "train": {"type": "string", "pattern": "^[A-Z]{2} [0-9]+$"},
                    "class": {"enum": ["first", "second"]},
                    "notes": {"type": "string"},
                },
                "required": ["train", "class"],
                "additionalProperties": False,
            },
        },
    }
]

ARGUMENTS = json.dumps({"train": "AP 127", "class": "business", "notes": "A seat by the window, and a quiet coach."})


class Client:
    """Stands for the stream of an SDK, and counts what it is asked for."""

    def __init__(self) -> None:
        self.sent = 0
        self.closed = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        function: dict[str, str] = {"name": "book_train", "arguments": ""}
        yield self._event({"index": 0, "id": "call_1", "type": "function", "function": function})
        for start in range(0, len(ARGUMENTS), 4):
            self.sent += len(ARGUMENTS[start : start + 4])
            yield self._event({"index": 0, "function": {"arguments": ARGUMENTS[start : start + 4]}})

    def _event(self, call: dict[str, Any]) -> dict[str, Any]:
        return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]}

    def close(self) -> None:
        self.closed = True


def main() -> None:
    client = Client()
    with read(client, "openai-chat", tools=TOOLS, stop_early=True) as response:
        response.finish()
    assert response.stopped is not None
    print(response.stopped.cause)
    print(f"stopped after {client.sent} of {len(ARGUMENTS)} characters; the stream is closed: {client.closed}")
    print("calls to run:", [call.name for call in response.message.calls if call.ready])


if __name__ == "__main__":
    main()
