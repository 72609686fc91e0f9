"""Every member of the unions of events in the SDKs is understood, and what is in it is kept, except for what is listed
here with the reason.

A value is made of each member, with a text of its own in each free text field. After it was fed to the adapter of its
API, alone, each of these texts must be found in the operations. A release of an SDK with something new makes this test
fail, and shows what is new: read it, or list it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from partialjson.providers import adapter_for
from partialjson.wire import ops
from support.sdks import sdk
from support.synthesis import members_of, values_of, values_of_shape

# api, module, name of the union
UNIONS = [
    ("openai-responses", "openai.types.responses", "ResponseStreamEvent"),
    ("openai-responses", "openai.types.responses", "ResponsesServerEvent"),
    ("openai-responses", "openai.types.beta", "BetaResponseStreamEvent"),
    ("openai-responses", "openai.types.beta", "BetaResponsesServerEvent"),
    ("openai-realtime", "openai.types.realtime", "RealtimeServerEvent"),
    ("openai-chat", "openai.types.chat", "ChatCompletionChunk"),
    ("openai-completions", "openai.types", "Completion"),
    ("anthropic-messages", "anthropic.types", "RawMessageStreamEvent"),
    ("anthropic-messages", "anthropic.types.beta", "BetaRawMessageStreamEvent"),
    ("gemini", "google.genai.types", "GenerateContentResponse"),
    ("gemini-live", "google.genai.types", "LiveServerMessage"),
    ("gemini-interactions", "google.genai.interactions", "InteractionSSEEvent"),
    ("gemini-interactions", "google.genai._gaos.types.interactions.serverevent", "ServerEvent"),
    ("cohere", "cohere", "V2ChatStreamResponse"),
    ("mistral", "mistralai.client.models", "CompletionChunk"),
    ("ollama", "ollama", "ChatResponse"),
    ("bedrock-converse", "botocore.session", "ConverseStreamOutput"),
]

# What adapters report as not understood.
UNREAD: dict[str, dict[tuple[str, str], str]] = {
    "gemini": {("field", "partialArgs.jsonPath"): "an edit without a path, which is made here only"},
    "gemini-live": {("field", "partialArgs.jsonPath"): "an edit without a path, which is made here only"},
}

_LANE = "tells responses apart that run side by side"
_REQUEST = "repeats the request"
_SESSION = "is about the session, not about a response"
_AGAIN = "comes again when the item is done"
_USER = "is what the user said or sent"
# What is understood and not kept: patterns for the type of the event and the path in it, and why.
NOT_KEPT: dict[str, dict[str, str]] = {
    "openai-responses": {
        "* stream_id": _LANE,
        "* item_id": "tells which item the event is about",
        "* agent.agent_name": "comes with the item",
        "*.added item.*": _AGAIN,
        "*.added part.*": "comes again with the deltas, or when the part is done",
        "response.content_part.done part.text": "of reasoning: it was told by the deltas",
        "response.image_generation_call.partial_image *": "repeats the request, and comes again with the item",
        "response.completed response.*": "what is kept of it is the answer; the rest repeats the request",
        "response.failed response.*": "what is kept of it is the answer; the rest repeats the request",
        "response.incomplete response.*": "what is kept of it is the answer; the rest repeats the request",
        "response.created response.*": _REQUEST,
        "response.inject.*": "is about another request",
        "response.steer.*": "is about another request",
        "response.output_item.done item.id": "is the provider's name for what it keeps",
        "*.delta obfuscation": "is random, against eavesdroppers",
        "response.in_progress response.*": _REQUEST,
        "response.queued response.*": _REQUEST,
    },
    "openai-realtime": {
        "* event_id": "is for the protocol",
        "* item_id": "tells which item the event is about",
        "* previous_item_id": "is the order of the conversation",
        "* response_id": _LANE,
        "conversation.*": "is about the conversation, which repeats the items of responses",
        "input_audio_buffer.*": _USER,
        "output_audio_buffer.*": "is about the playing of audio",
        "mcp_list_tools.*": _SESSION,
        "session.*": _SESSION,
        "*.added item.*": _AGAIN,
        "*.added part.*": "comes again with the deltas, or when the part is done",
        "*.delta obfuscation": "is random, against eavesdroppers",
        "response.content_part.done part.*": "of a part without a type, which is made here only",
        "response.created response.*": "is about the session, or comes again",
        "response.done response.output.content.*": "of a message of the user, or of a part without a type",
        "response.output_item.done item.content.*": "of a message of the user, or of a part without a type",
        "response.done response.*id": "is the provider's name for what it keeps",
        "response.done response.metadata.x": _REQUEST,
        "response.done response.audio.*": _REQUEST,
        "response.output_item.done item.id": "is the provider's name for what it keeps",
    },
    "openai-chat": {"obfuscation": "is random, against eavesdroppers", "system_fingerprint": "is about the server"},
    "openai-completions": {"system_fingerprint": "is about the server"},
    "anthropic-messages": {"content_block_start content_block.input.x": "is a placeholder until the block ends"},
    "gemini": {
        "automaticFunctionCallingHistory.*": "is the conversation so far, as the SDK adds it",
        "candidates.content.role": "is always that of the model",
        "parsed.*": "is what the SDK has read from the text",
        "modelStatus.message": "is about how long the model will be offered",
        "sdkHttpResponse.*": "is about the transport",
    },
    "gemini-live": {
        "goAway.*": _SESSION,
        "sessionResumptionUpdate.*": _SESSION,
        "setupComplete.*": _SESSION,
        "serverContent.inputTranscription.*": _USER,
        "serverContent.interimInputTranscription.*": _USER,
        "serverContent.modelTurn.role": "is always that of the model",
        "toolCallCancellation.ids": "withdraws the call with this id",
        "voiceActivity.*": _USER,
    },
    "gemini-interactions": {
        "* event_id": "is for the protocol: where to go on after a disconnection",
        "interaction.*created": "is a date",
        "interaction.*updated": "is a date",
        "interaction.* interaction.agent": "stands for the model where none is named",
        "interaction.* interaction.object": "says that it is an interaction",
        "interaction.created interaction.steps.*": "comes as steps of their own",
        "interaction.* interaction.continuation_token": "is told at the end",
        "interaction.* continuation_token": "is told at the end",
        "step.start step.arguments.*": "is a placeholder until the step ends",
    },
    "cohere": {
        "citation-start delta.message.citations.*": "belongs to a text, which comes before",
        "content-start delta.message.content.thinking": "is in a content of the type text here only",
        "debug prompt": _REQUEST,
        "message-end id": "is that of the start",
    },
    "mistral": {
        "choices.delta.role": "is always that of the model",
        "choices.delta.tool_call_id": "is for the results of calls, which the model does not write",
        "choices.prompt_logprobs.*": _REQUEST,
        "object": "says that it is a chunk",
    },
    "ollama": {
        "created_at": "is a date",
        "message.role": "is always that of the model",
        "message.tool_name": "is for the results of calls, which the model does not write",
    },
    "bedrock-converse": {"metadata.trace.*": "is told with the stop, which comes before"},
}


def events(module: str, name: str) -> Iterator[Any]:
    """The synthesised values of a union."""
    if name == "ConverseStreamOutput":
        service = sdk(module).get_session().get_service_model("bedrock-runtime")
        yield from values_of_shape(service.shape_for(name))
        return
    for member in members_of(getattr(sdk(module), name)):
        yield from values_of(member)


def marked(value: Any, path: str, marks: dict[str, str]) -> Any:
    """The value with a text of its own in each free text field; ``marks`` gets the path of each text. A path names the
    members of unions that it leads through."""
    if isinstance(value, dict):
        word = value.get("type")
        here = f"{path}<{word}>" if path and isinstance(word, str) and word != "x" else path
        return {name: marked(item, f"{here}.{name}" if here else name, marks) for name, item in value.items()}
    if isinstance(value, list):
        return [marked(item, path, marks) for item in value]
    if value in ("x", b"x"):
        mark = f"~{len(marks)}~"
        marks[mark] = path
        return mark if value == "x" else mark.encode()
    return value


def kind_of(event: dict[str, Any]) -> str:
    return event.get("event_type") or event.get("type") or ""


@cache
def found_in(api: str, module: str, name: str) -> tuple[set[tuple[str, str]], set[str]]:
    """What is reported as not understood, and the fields whose text is in no operation, whatever they come with."""
    unread: set[tuple[str, str]] = set()
    kept: set[str] = set()
    lost: set[str] = set()
    for event in events(module, name):
        marks: dict[str, str] = {}
        told = adapter_for(api).feed(marked(event, "", marks))
        unread |= {(op.kind, op.name) for op in told if isinstance(op, ops.Unread)}
        text = repr(told)
        for mark, path in marks.items():
            (kept if mark in text else lost).add(f"{kind_of(event)} {path}".strip())
    return unread, lost - kept


@pytest.mark.parametrize(("api", "module", "name"), UNIONS)
def test_events_of_sdks_are_understood_and_kept(api: str, module: str, name: str) -> None:
    unread, lost = found_in(api, module, name)
    assert unread <= UNREAD.get(api, {}).keys()
    known = NOT_KEPT.get(api, {})
    paths = {re.sub("<.*?>", "", path) for path in lost}
    assert sorted(path for path in paths if not any(fnmatchcase(path, pattern) for pattern in known)) == []


@pytest.mark.parametrize("api", sorted({*NOT_KEPT, *UNREAD}))
def test_no_entry_is_out_of_date(api: str) -> None:
    found = [found_in(*union) for union in UNIONS if union[0] == api]
    assert UNREAD.get(api, {}).keys() <= set().union(*(unread for unread, _ in found))
    paths = {re.sub("<.*?>", "", path) for _, lost in found for path in lost}
    stale = [p for p in NOT_KEPT.get(api, {}) if not any(fnmatchcase(path, p) for path in paths)]
    assert stale == []
