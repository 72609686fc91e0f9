"""OpenAI Realtime: the responses of a session, as the frames of its WebSocket.

A response consists of the events of the Responses API, with these differences. ``response_id`` says which response an
event is about; several may run at once, as choices of one message. Spoken answers come with a transcript, which is
their text. ``response.done`` ends every response, however it ended: one that the user interrupted is "cancelled". The
``.done`` events of interrupted parts are sent all the same, so they do not mean that a part is complete. An ``error``
event is about a request; the session and its responses go on, so the response's own end decides.

Events of the session, of the conversation and of the user's audio are no part of a response.

Sources: the OpenAI API reference for Realtime server events.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from partialjson.wire import ops
from partialjson.wire.fields import Members, as_str, get_str
from partialjson.wire.providers import openai_responses

__all__ = ["Adapter"]

# The beginnings of the types of events that are about something else than a response.
_ASIDE: Final = (
    "conversation.",
    "input_audio_buffer.",
    "mcp_list_tools.",
    "output_audio_buffer.",
    "rate_limits.",
    "session.",
    "transcription_session.",
)


class Adapter(openai_responses.Adapter):
    """Realtime server events to operations."""

    def _lane(self, event: Members) -> str:
        return as_str(event.get("response_id")) or get_str(event.get("response"), "id")

    def _error(self, event: object) -> ops.Error:
        error = super()._error(event)
        return replace(error, fatal=False) if get_str(event, "type") == "error" else error

    def _aside(self, kind: str) -> bool:
        return kind.startswith(_ASIDE) or super()._aside(kind)
