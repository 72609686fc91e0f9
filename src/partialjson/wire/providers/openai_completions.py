"""OpenAI Completions, the API before Chat: chunks whose choices bring ``text``.

All else is as in Chat Completions: the reasons, the errors, usage and ``[DONE]``. There are no messages, calls or
refusals.

Sources: the OpenAI API reference for (legacy) completions.
"""

from __future__ import annotations

from partialjson.wire import ops
from partialjson.wire.fields import get_str
from partialjson.wire.providers import openai_chat

__all__ = ["Adapter"]


class Adapter(openai_chat.Adapter):
    """Completions chunks to operations."""

    def _read_choice(self, number: int, choice: object, out: list[ops.Operation]) -> None:
        self._text(number, "text", get_str(choice, "text"), out)
        openai_chat.read_stop(number, choice, out)
