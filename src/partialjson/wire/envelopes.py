"""The events of an API inside those of an agent library.

Such a library asks a model again and again, runs its tools in between, and passes on what the API streams, each event
in one of its own. Besides, it tells what it does itself.

| library | the event that carries one of the API | where | the API |
|---|---|---|---|
| OpenAI Agents SDK, ``stream_events()`` | type "raw_response_event" | ``data`` | openai-responses |
| Claude Agent SDK; ``claude --output-format stream-json`` | type "stream_event" | ``event`` | anthropic-messages |

The adapters of these two APIs take the event out and read it as if it had come by itself. They ask here only about
events that are none of their API, so other streams pay nothing. A run of an agent is read like several messages in one
body.

The events of the Claude Agent SDK are objects without a type; ``word_of`` gives them the type that they have in the
output of the command. No library is imported: an object is known by the module of its class.
"""

from __future__ import annotations

from typing import Final

from partialjson.wire.fields import get_str

__all__ = ["CARRIES_MESSAGES", "CARRIES_RESPONSES", "OF_AGENTS", "OF_CLAUDE", "is_of_run", "word_of"]

CARRIES_RESPONSES: Final = "raw_response_event"
"""The type of an event that carries one of the Responses API, in ``data``."""

CARRIES_MESSAGES: Final = "stream_event"
"""The type of an event that carries one of the Messages API, in ``event``."""

OF_AGENTS: Final = frozenset([CARRIES_RESPONSES, "agent_updated_stream_event", "run_item_stream_event"])
"""The types of events of the OpenAI Agents SDK."""

OF_CLAUDE: Final = frozenset([CARRIES_MESSAGES, "assistant", "rate_limit_event", "result", "system", "user"])
"""The types of events of the Claude Agent SDK that matter here. "system" stands for all others of its objects."""

_CLAUDE: Final = "claude_agent_sdk"
_WORDS: Final = {
    "AssistantMessage": "assistant",
    "RateLimitEvent": "rate_limit_event",
    "ResultMessage": "result",
    "StreamEvent": CARRIES_MESSAGES,
    "UserMessage": "user",
}


def word_of(event: object) -> str:
    """The type of an event of an agent library, "" for any other event."""
    word = get_str(event, "type")
    if word:
        return word if word in OF_AGENTS or word in OF_CLAUDE else ""
    kind = type(event)
    if kind.__module__.partition(".")[0] != _CLAUDE:
        return ""
    return _WORDS.get(kind.__name__, "system")


def is_of_run(event: object) -> bool:
    """Whether the event is one of an agent library, so that another message may follow one that is complete."""
    return word_of(event) != ""
