"""The known APIs: for each one row with every fact about it, and the adapter of its wire format.

Adding an API is one module in ``wire/providers`` with a class ``Adapter``, one row here, and its name in ``ApiName``.
The adapter knows how to read the API's events. The row holds everything else: how bodies are framed, the stop words,
how a conversation goes on, its name in telemetry. A new word for the end is added to
``partialjson.reasons`` too, which says what it means.

Adapters are small state machines whose state is plain data. They do no input or output and parse no document:
the fragments of arguments and text go out as they came. They read events by duck typing, plain dicts and the
objects of any SDK alike, ignore what they do not know, and raise nothing whatever an event looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Final, Literal, Protocol, cast, get_args

from partialjson.reasons import WORDS, Reason
from partialjson.wire import ops

__all__ = [
    "API",
    "APIS",
    "MOST_SPOKEN",
    "PROVIDERS",
    "Adapter",
    "ApiName",
    "Counts",
    "adapter_for",
    "api_named",
    "errors_in",
    "framings_of",
]

ApiName = Literal[
    "anthropic-messages",
    "bedrock-converse",
    "cohere",
    "gemini",
    "gemini-interactions",
    "gemini-live",
    "mistral",
    "ollama",
    "openai-chat",
    "openai-completions",
    "openai-realtime",
    "openai-responses",
]
"""The names of the known wire formats, for editors to offer. The rows below have the same ones; a name that comes from
elsewhere is a ``str``, and checked when it is used."""


class Adapter(Protocol):
    """Translates the events of one response, in order, into operations."""

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        """The operations one decoded event stands for.

        ``event`` is a mapping, an SDK's object, or ``DONE``; ``name`` is the event's name on the wire, where
        it has one. An adapter that can use the names of the caller's tools has an attribute ``tools``, which is set
        before the first event.
        """
        ...


class _UsesTools(Protocol):
    """An adapter that can use the names of the caller's tools."""

    tools: Collection[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """Where an API keeps its token counts: the names of fields in its usage, with dots between the steps of a path.
    The first one that is present counts.

    Attributes:
        input, output: the tokens of the request and of the answer.
        cache_read, cache_write: input that came from a cache, or went into one.
        reasoning: output that is reasoning.
        cache_apart: whether ``input`` excludes cached tokens.
        reasoning_apart: whether ``output`` excludes the reasoning.
    """

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    cache_read: tuple[str, ...] = ()
    cache_write: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()
    cache_apart: bool = False
    reasoning_apart: bool = False


@dataclass(frozen=True, slots=True)
class API:
    """Everything that is known about an API, except how to read its events. Only ``module`` is required.

    Attributes:
        module: the module of its adapter in ``wire/providers``, loaded when it is asked for.
        framings: the framings of its bodies, by the names of ``partialjson.wire.framing``; the first character of a
            body decides between several.
        session: whether a body is a connection that outlives the message, so that nobody waits for its end.
        reasons: its stop words, spelled as on the wire. Any other word counts as a cut.
        turn: how a turn of a conversation holds its text: as the string ``content``, as a list of blocks in
            ``content``, or as a list of ``parts``.
        model_role: the ``role`` of the model's own turns.
        prefill: whether the API continues a final turn of the model. (Some models refuse it even then.)
        prefill_flag: the field that must be true in such a turn; "" where there is none.
        system: ``gen_ai.provider.name`` in the conventions of OpenTelemetry; "" for the API's own name.
        operation: ``gen_ai.operation.name`` there.
        counts: where its token counts stand.
        events: how the names of its server-sent events begin that must hold JSON, besides those of every API: none,
            and "error". Heartbeats are not among them.
    """

    module: str
    framings: tuple[str, ...] = ("sse",)
    session: bool = False
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    turn: Literal["content", "blocks", "parts"] = "content"
    model_role: str = "assistant"
    prefill: bool = False
    prefill_flag: str = ""
    system: str = ""
    operation: str = "chat"
    counts: Counts = field(default_factory=Counts)
    events: tuple[str, ...] = ()

    def names_event(self, name: str) -> bool:
        """Whether a server-sent event of this name is one of the API's that must hold JSON. "message" stands for no
        name."""
        return name in ("", "message", "error") or name.startswith(self.events)

    def reason(self, word: str) -> Reason:
        """The meaning of one of the API's stop words."""
        return self.reasons.get(word, "truncated")


def _reasons(*words: str) -> dict[str, Reason]:
    return {word: WORDS[word.lower()] for word in words}


# The words of Chat Completions, and those of compatible servers that pass on what their backends say. Case does not
# matter.
_CHAT_REASONS: Final = _reasons(
    "stop",
    "tool_calls",
    "function_call",
    "length",
    "content_filter",
    "insufficient_system_resource",
    "model_length",
    "max_tokens",
    "max_output_tokens",
    "eos",
    "eos_token",
    "stop_sequence",
    "end_turn",
    "tool_use",
    "safety",
    "recitation",
    "refusal",
    "error",
)
_CHAT_COUNTS: Final = Counts(
    input=("prompt_tokens",),
    output=("completion_tokens",),
    cache_read=("prompt_tokens_details.cached_tokens",),
    reasoning=("completion_tokens_details.reasoning_tokens",),
)
_RESPONSES_REASONS: Final = _reasons("completed", "incomplete", "cancelled", "failed")
_GEMINI_COUNTS: Final = Counts(
    input=("promptTokenCount",),
    output=("candidatesTokenCount", "responseTokenCount"),
    cache_read=("cachedContentTokenCount",),
    reasoning=("thoughtsTokenCount",),
    reasoning_apart=True,
)

APIS: Final[dict[str, API]] = {
    "anthropic-messages": API(
        "anthropic_messages",
        reasons=_reasons(
            "end_turn",
            "stop_sequence",
            "tool_use",
            "max_tokens",
            "model_context_window_exceeded",
            "pause_turn",
            "compaction",
            "refusal",
        ),
        prefill=True,
        system="anthropic",
        counts=Counts(
            input=("input_tokens",),
            output=("output_tokens",),
            cache_read=("cache_read_input_tokens",),
            cache_write=("cache_creation_input_tokens",),
            cache_apart=True,
        ),
        events=("message", "content_block"),
    ),
    "bedrock-converse": API(
        "bedrock_converse",
        framings=("aws-eventstream",),
        reasons=_reasons(
            "end_turn",
            "stop_sequence",
            "tool_use",
            "max_tokens",
            "model_context_window_exceeded",
            "guardrail_intervened",
            "content_filtered",
            "malformed_model_output",
            "malformed_tool_use",
            "refusal",
        ),
        turn="blocks",
        prefill=True,
        system="aws.bedrock",
        counts=Counts(
            input=("inputTokens",),
            output=("outputTokens",),
            cache_read=("cacheReadInputTokens",),
            cache_write=("cacheWriteInputTokens",),
            cache_apart=True,
        ),
    ),
    "cohere": API(
        "cohere",
        reasons=_reasons(
            "COMPLETE",
            "STOP_SEQUENCE",
            "TOOL_CALL",
            "MAX_TOKENS",
            "TIMEOUT",
            "ERROR",
            "ERROR_TOXIC",
        ),
        system="cohere",
        counts=Counts(input=("tokens.input_tokens",), output=("tokens.output_tokens",)),
        events=("message-", "content-", "tool-", "citation-"),
    ),
    "gemini": API(
        "gemini",
        framings=("sse", "json-array", "json-frames"),
        reasons=_reasons(
            "STOP",
            "MAX_TOKENS",
            "SAFETY",
            "RECITATION",
            "LANGUAGE",
            "BLOCKLIST",
            "PROHIBITED_CONTENT",
            "SPII",
            "MODEL_ARMOR",
            "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT",
            "IMAGE_RECITATION",
            "MALFORMED_FUNCTION_CALL",
            "MALFORMED_RESPONSE",
            "UNEXPECTED_TOOL_CALL",
            "TOO_MANY_TOOL_CALLS",
            "MISSING_THOUGHT_SIGNATURE",
            "CONTINUATION",
        ),
        turn="parts",
        model_role="model",
        system="gcp.gen_ai",
        operation="generate_content",
        counts=_GEMINI_COUNTS,
    ),
    "gemini-interactions": API(
        "gemini_interactions",
        reasons=_reasons(
            "completed",
            "requires_action",
            "requires_continuation",
            "incomplete",
            "cancelled",
            "budget_exceeded",
            "failed",
        ),
        turn="parts",
        model_role="model",
        system="gcp.gen_ai",
        counts=Counts(
            input=("total_input_tokens",),
            output=("total_output_tokens",),
            reasoning=("total_thought_tokens",),
            reasoning_apart=True,
        ),
        events=("interaction", "content", "step"),
    ),
    "gemini-live": API(
        "gemini_live",
        framings=("json-frames",),
        session=True,
        reasons=_reasons(
            "turnComplete",
            "toolCall",
            "interrupted",
            "MALFORMED_FUNCTION_CALL",
            "RESPONSE_REJECTED",
            "PROHIBITED_INPUT_CONTENT",
            "IMAGE_PROHIBITED_INPUT_CONTENT",
            "INPUT_IMAGE_CELEBRITY",
            "INPUT_TEXT_NCII_PROHIBITED",
            "INPUT_IP_PROHIBITED",
            "INPUT_OTHER",
            "BLOCKLIST",
            "UNSAFE_PROMPT_FOR_IMAGE_GENERATION",
            "GENERATED_IMAGE_SAFETY",
            "GENERATED_CONTENT_SAFETY",
            "GENERATED_AUDIO_SAFETY",
            "GENERATED_VIDEO_SAFETY",
            "GENERATED_CONTENT_PROHIBITED",
            "GENERATED_CONTENT_BLOCKLIST",
            "GENERATED_IMAGE_PROHIBITED",
            "GENERATED_IMAGE_CELEBRITY",
            "GENERATED_IMAGE_IDENTIFIABLE_PEOPLE",
            "GENERATED_IMAGE_MINORS",
            "GENERATED_OTHER",
            "OUTPUT_IMAGE_IP_PROHIBITED",
            "MAX_REGENERATION_REACHED",
        ),
        turn="parts",
        model_role="model",
        system="gcp.gen_ai",
        counts=_GEMINI_COUNTS,
    ),
    "mistral": API(
        "mistral",
        reasons=_CHAT_REASONS,
        prefill=True,
        prefill_flag="prefix",
        system="mistral_ai",
        counts=_CHAT_COUNTS,
    ),
    "ollama": API(
        "ollama",
        framings=("ndjson",),
        reasons=_reasons("stop", "load", "unload", "length"),
        prefill=True,
        system="ollama",
        counts=Counts(input=("prompt_eval_count",), output=("eval_count",)),
    ),
    "openai-chat": API(
        "openai_chat",
        reasons=_CHAT_REASONS,
        system="openai",
        counts=_CHAT_COUNTS,
    ),
    "openai-completions": API(
        "openai_completions",
        reasons=_CHAT_REASONS,
        system="openai",
        operation="text_completion",
        counts=_CHAT_COUNTS,
    ),
    "openai-realtime": API(
        "openai_realtime",
        framings=("json-frames",),
        session=True,
        reasons=_RESPONSES_REASONS,
        system="openai",
        counts=Counts(
            input=("input_tokens",),
            output=("output_tokens",),
            cache_read=("input_token_details.cached_tokens",),
        ),
    ),
    "openai-responses": API(
        "openai_responses",
        framings=("sse", "json-frames"),
        reasons=_RESPONSES_REASONS,
        system="openai",
        counts=Counts(
            input=("input_tokens",),
            output=("output_tokens",),
            cache_read=("input_tokens_details.cached_tokens",),
            reasoning=("output_tokens_details.reasoning_tokens",),
        ),
        events=("response",),
    ),
}
"""The rows, by the names of the APIs."""

PROVIDERS: Final[tuple[ApiName, ...]] = get_args(ApiName)
"""The names of the known wire formats."""

MOST_SPOKEN: Final[ApiName] = "openai-chat"
"""The one that most servers mean, where several read the same events."""


def api_named(name: str) -> API:
    """The row of an API.

    Raises:
        ValueError: the name is not known; the message lists those that are.
    """
    api = APIS.get(name)
    if api is None:
        raise ValueError(f"unknown API {name!r}; expected one of {', '.join(PROVIDERS)}")
    return api


def adapter_for(api: str, tools: Collection[str] = ()) -> Adapter:
    """A fresh adapter for one response of the named wire format; ``tools`` are the names of the caller's tools, as far
    as they are known. ValueError as in ``api_named``."""
    factory = _adapters(api)
    adapter = factory()
    if tools and hasattr(factory, "tools"):
        cast(_UsesTools, adapter).tools = tools
    return adapter


@cache
def _adapters(api: str) -> Callable[[], Adapter]:
    module = import_module(f"partialjson.wire.providers.{api_named(api).module}")
    return cast("Callable[[], Adapter]", module.Adapter)


def errors_in(api: str, event: object) -> list[ops.Operation]:
    """The error that an event of the named wire format reports, with the counts and names that came with it; empty if
    it reports none. The adapter of the stream does not see the event, since its blocks are not to change."""
    operations = adapter_for(api).feed(event)
    if not any(isinstance(op, ops.Error) for op in operations):
        return []
    return [op for op in operations if isinstance(op, (ops.Info, ops.Usage, ops.Error))]


def framings_of(api: str) -> tuple[str, ...]:
    """The framings in which bodies of the named wire format come. ValueError as in ``api_named``."""
    return api_named(api).framings
