"""OpenAI Completions, the API before Chat: chunks whose choices bring ``text``.

All else is as in Chat Completions: the reasons, the errors, usage and ``[DONE]``. There are no messages, calls or
refusals; where a server answers as in Chat Completions all the same, that is read.

Sources: the OpenAI API reference for (legacy) completions.
"""

from __future__ import annotations

from typing import Final

from partialjson.wire import ops
from partialjson.wire.fields import Members, as_str
from partialjson.wire.providers import openai_chat
from partialjson.wire.providers._chat_texts import Choice, read_logprobs, read_text

__all__ = ["Adapter"]


_CHOICE: Final = frozenset({"index", "text", "finish_reason", "logprobs"})


class Adapter(openai_chat.Adapter):
    """Completions chunks to operations."""

    def _read_choice(self, state: Choice, choice: Members, out: list[ops.Operation]) -> None:
        if type(choice) is not dict or not _CHOICE.issuperset(choice):
            super()._read_choice(state, choice, out)
            return
        read_text(state, "text", as_str(choice.get("text")), out)
        logprobs = choice.get("logprobs")
        if logprobs is not None:
            read_logprobs(state, logprobs, out)
        if choice.get("finish_reason"):
            self._stop(state, choice, out)
