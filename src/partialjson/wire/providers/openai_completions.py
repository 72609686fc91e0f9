"""OpenAI Completions, the API before Chat: chunks whose choices bring ``text``.

All else is as in Chat Completions: the reasons, the errors, usage and ``[DONE]``. There are no messages, calls or
refusals.

Sources: the OpenAI API reference for (legacy) completions.
"""

from __future__ import annotations

from partialjson.wire import ops
from partialjson.wire.fields import Members, as_str
from partialjson.wire.providers import openai_chat

__all__ = ["Adapter"]


class Adapter(openai_chat.Adapter):
    """Completions chunks to operations."""

    def _read_choice(self, state: openai_chat.Choice, choice: Members, out: list[ops.Operation]) -> None:
        openai_chat.read_text(state, "text", as_str(choice.get("text")), out)
        openai_chat.read_stop(state, choice, out)
