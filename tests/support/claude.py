"""The Claude Agent SDK with a transport in place of its command, which says what a test wants it to say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from partialjson.testing.bodies import Said, events


def claude() -> Any:
    return pytest.importorskip("claude_agent_sdk", reason="needs claude-agent-sdk: pip install claude-agent-sdk")


def command(lines: list[Any]) -> Any:
    """A transport in place of the command: it answers the library's requests, and says these lines when it is asked."""

    class Command:
        def __init__(self) -> None:
            self.answers: asyncio.Queue[Any] = asyncio.Queue()
            self.closed = False

        async def connect(self) -> None: ...

        async def write(self, data: str) -> None:
            for line in data.splitlines():
                asked = json.loads(line)
                if asked.get("type") == "control_request":
                    about = {"subtype": "success", "request_id": asked["request_id"], "response": {}}
                    self.answers.put_nowait([{"type": "control_response", "response": about}])
                elif asked.get("type") == "user":
                    self.answers.put_nowait([*lines, None])

        async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
            while True:
                for line in await self.answers.get():
                    if line is None:
                        return
                    if isinstance(line, Exception):
                        raise line
                    await asyncio.sleep(0)
                    yield line

        async def close(self) -> None:
            self.closed = True

        def is_ready(self) -> bool:
            return True

        async def end_input(self) -> None: ...

    return Command()


HEAD = {"session_id": "s", "uuid": "u"}


def turn_of(what: Said, parent: str | None = None) -> list[Any]:
    """What the command says of a message: its events, and the message as a whole."""
    inside = events("anthropic-messages", what)
    content: list[Any] = [{"type": "text", "text": "".join(what.texts)}] if what.texts else []
    content += [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.value} for call in what.calls]
    whole = {"id": "r1", "model": "m1", "role": "assistant", "content": content}
    return [
        *[{"type": "stream_event", "event": each, "parent_tool_use_id": parent, **HEAD} for each in inside],
        {"type": "assistant", "message": whole, "parent_tool_use_id": parent, **HEAD},
    ]


def result_of(**more: Any) -> dict[str, Any]:
    head = {"type": "result", "subtype": "success", "duration_ms": 1, "duration_api_ms": 1, "is_error": False}
    return {**head, "num_turns": 2, "session_id": "s", "uuid": "u", **more}


def asked_of(lines: list[Any]) -> Any:
    """The messages that the library gives where its command says these lines."""
    library = claude()
    options = library.ClaudeAgentOptions(include_partial_messages=True)

    async def prompts() -> AsyncIterator[Any]:
        yield {"type": "user", "message": {"role": "user", "content": "?"}, "session_id": "s"}

    return library.query(prompt=prompts(), options=options, transport=command(lines))
