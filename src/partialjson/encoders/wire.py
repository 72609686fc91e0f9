"""What events of several protocols have in common: server-sent events, and the words of the AI SDK for an ending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from partialjson._jsontext import line_text

__all__ = ["FINISH_REASONS", "SSE_HEADERS", "Event", "sse"]

Event = dict[str, Any]
"""An event of a protocol: plain data."""

SSE_HEADERS: Final[Mapping[str, str]] = {"cache-control": "no-cache", "x-accel-buffering": "no"}
"""What a response of server-sent events is to say besides its media type, so that nothing on the way keeps it back."""


FINISH_REASONS: Final[Mapping[str, str]] = {
    "complete": "stop",
    "tool_calls": "tool-calls",
    "truncated": "length",
    "refused": "content-filter",
    "filtered": "content-filter",
    "paused": "other",
    "error": "error",
    "disconnected": "error",
}
"""How an answer ended, in the words of the Vercel AI SDK, which assistant-ui shares."""


def sse(value: Any) -> bytes:
    """One server-sent event whose data is the value as JSON."""
    return f"data: {line_text(value)}\n\n".encode()
