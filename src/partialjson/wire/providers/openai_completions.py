"""OpenAI Completions, the API before Chat: chunks whose choices bring ``text``.

All else is as in Chat Completions: the reasons, the errors, usage and ``[DONE]``. There are no messages, calls or
refusals; where a server answers as in Chat Completions all the same, that is read.

Sources: the OpenAI API reference for (legacy) completions.
"""

from __future__ import annotations

from partialjson.wire.providers import openai_chat

__all__ = ["Adapter"]


class Adapter(openai_chat.Adapter):
    """Completions chunks to operations."""
