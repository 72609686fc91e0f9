"""Why an answer ended: one vocabulary, and the words that providers have for it.

Each word means one thing, whichever provider uses it. A row of ``partialjson.wire.apis`` lists the words of an API; the
parser only needs to know whether a word ``cuts``.
"""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["WORDS", "Reason", "cuts"]

Reason = Literal["complete", "tool_calls", "truncated", "refused", "filtered", "paused", "error"]
"""Why a provider says it stopped, in one vocabulary. ``tool_calls``: the caller is to run the calls; ``paused``: the
content is to be sent back, and the model goes on."""

_MEANINGS: Final[dict[Reason, tuple[str, ...]]] = {
    "complete": (
        "complete",
        "completed",
        "end_turn",
        "eos",
        "eos_token",
        "load",
        "stop",
        "stop_sequence",
        "turncomplete",
        "unload",
    ),
    "tool_calls": (
        "function_call",
        "requires_action",
        "tool_call",
        "tool_calls",
        "tool_use",
        "toolcall",
    ),
    "truncated": (
        "budget_exceeded",
        "cancelled",
        "incomplete",
        "insufficient_system_resource",
        "interrupted",
        "length",
        "max_output_tokens",
        "max_tokens",
        "model_context_window_exceeded",
        "model_length",
        "timeout",
        "truncated",
    ),
    "refused": (
        "refusal",
        "refused",
    ),
    "filtered": (
        "blocklist",
        "content_filter",
        "content_filtered",
        "error_toxic",
        "filtered",
        "generated_audio_safety",
        "generated_content_blocklist",
        "generated_content_prohibited",
        "generated_content_safety",
        "generated_image_celebrity",
        "generated_image_identifiable_people",
        "generated_image_minors",
        "generated_image_prohibited",
        "generated_image_safety",
        "generated_other",
        "generated_video_safety",
        "guardrail_intervened",
        "image_prohibited_content",
        "image_prohibited_input_content",
        "image_recitation",
        "image_safety",
        "input_image_celebrity",
        "input_ip_prohibited",
        "input_other",
        "input_text_ncii_prohibited",
        "language",
        "model_armor",
        "output_image_ip_prohibited",
        "prohibited_content",
        "prohibited_input_content",
        "recitation",
        "response_rejected",
        "safety",
        "spii",
        "unsafe_prompt_for_image_generation",
    ),
    "paused": (
        "compaction",
        "continuation",
        "pause_turn",
        "paused",
        "requires_continuation",
    ),
    "error": (
        "error",
        "failed",
        "malformed_function_call",
        "malformed_model_output",
        "malformed_response",
        "malformed_tool_use",
        "max_regeneration_reached",
        "missing_thought_signature",
        "too_many_tool_calls",
        "unexpected_tool_call",
    ),
}

WORDS: Final[dict[str, Reason]] = {word: reason for reason, words in _MEANINGS.items() for word in words}
"""The meaning of each word, by the word in lower case. Those of the vocabulary itself are among them."""


def cuts(word: str) -> bool:
    """Whether an end for this reason may have cut the text off: true unless the word is known not to."""
    return WORDS.get(word.lower()) not in ("complete", "tool_calls")
