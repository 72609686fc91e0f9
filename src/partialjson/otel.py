"""OpenTelemetry for responses: from a ``MessageParser`` to a span and to metrics.

    with tracer.start_as_current_span("chat gpt-x", kind=SpanKind.CLIENT) as span:
        for chunk in body:
            message.feed_bytes(chunk)
        record(span, message, request_model="gpt-x")

The names are those of the GenAI semantic conventions 1.41.0, the last version in the common repository, in the state
"development". The conventions now have releases of their own, which rename the metrics and ``cache_creation``. Nothing
that a user or a model wrote is recorded, unless ``paths`` asks for it. ``opentelemetry-api`` is needed (the extra
``otel``) and is loaded when it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from partialjson.errors import json_path
from partialjson.messages import MessageEnd, MessageParser, ProviderError
from partialjson.wire.apis import APIS, Counts, api_named

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram, Meter
    from opentelemetry.trace import Span

__all__ = ["CONVENTIONS", "Metrics", "attributes", "record"]

CONVENTIONS: Final = "1.41.0"
"""The version of the semantic conventions whose names are used."""

_Counted = Literal["input", "output", "cache_read", "cache_write", "reasoning"]

_LARGEST: Final = (1 << 63) - 1  # that an attribute can hold
_SECONDS: Final = [0.01 * 2**power for power in range(14)]
_TOKENS: Final = [float(4**power) for power in range(14)]


def attributes(
    message: MessageParser,
    *,
    request_model: str = "",
    provider: str | None = None,
    operation: str | None = None,
) -> dict[str, Any]:
    """The span attributes of a response, by the conventions. Ends the message if it has not ended.

    Args:
        request_model: the model that was requested; a response only names the one that answered.
        provider: ``gen_ai.provider.name`` if the API does not determine it, such as "groq" or "azure.ai.openai".
        operation: ``gen_ai.operation.name`` if it is not "chat" (or the API's own).
    """
    end = message.end()
    found: dict[str, Any] = {
        **_identity(message, request_model, provider, operation),
        "gen_ai.request.stream": True,
        "gen_ai.response.finish_reasons": [_finish(choice.end()) for choice in message.choices],
    }
    if message.id:
        found["gen_ai.response.id"] = message.id
    found.update(_tokens(message))
    timings = message.timings
    if timings is not None and timings.first_chunk is not None:
        found["gen_ai.response.time_to_first_chunk"] = timings.first_chunk
    error = _error_type(end)
    if error:
        found["error.type"] = error
    return found


def record(
    span: Span,
    message: MessageParser,
    *,
    request_model: str = "",
    provider: str | None = None,
    operation: str | None = None,
    paths: bool = False,
) -> None:
    """Sets the attributes of a response on a span, and its status if it failed, and adds our own events.

    The events, whose names begin with ``partialjson``, cover what the conventions have no name for: a document that is
    not complete (``partialjson.document``: the tool, the state, how many required fields are missing) and, with
    timings,
    ``partialjson.timings`` (first token, visible value and field, the longest gap). The span is not ended here.

    Args:
        paths: also record the place that was open. Its keys may be the model's own words.
        request_model, provider, operation: as in ``attributes``.

    Raises:
        ImportError: opentelemetry-api is not installed.
    """
    from opentelemetry.trace import Status, StatusCode

    if not span.is_recording():
        return
    span.set_attributes(attributes(message, request_model=request_model, provider=provider, operation=operation))
    for choice in message.choices:
        for told in _document_events(choice.end(), paths):
            span.add_event("partialjson.document", told)
    if message.timings is not None:
        span.add_event("partialjson.timings", _moments(message))
    error = _error_type(message.end())
    if error:
        # The message of the error may quote the body.
        span.set_status(Status(StatusCode.ERROR, error))


class Metrics:
    """The histograms of the conventions for clients; ``meter`` is an OpenTelemetry meter."""

    def __init__(self, meter: Meter) -> None:
        self._duration = meter.create_histogram(
            "gen_ai.client.operation.duration",
            "s",
            "How long the response took, from the request to its end.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._first_chunk = meter.create_histogram(
            "gen_ai.client.operation.time_to_first_chunk",
            "s",
            "From the request to the first chunk.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._tokens: Histogram = meter.create_histogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of the input and of the output.",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )

    def record(
        self,
        message: MessageParser,
        *,
        request_model: str = "",
        provider: str | None = None,
        operation: str | None = None,
    ) -> None:
        """Records one response; call it once, when it has ended. Times need a message with ``timings``."""
        end = message.end()
        common = _identity(message, request_model, provider, operation)
        tokens = _tokens(message)
        for kind in ("input", "output"):
            if f"gen_ai.usage.{kind}_tokens" in tokens:
                self._tokens.record(tokens[f"gen_ai.usage.{kind}_tokens"], {**common, "gen_ai.token.type": kind})
        timings = message.timings
        if timings is None:
            return
        if timings.first_chunk is not None:
            self._first_chunk.record(timings.first_chunk, common)
        error = _error_type(end)
        self._duration.record(timings.elapsed, {**common, "error.type": error} if error else common)


def _identity(
    message: MessageParser, request_model: str, provider: str | None, operation: str | None
) -> dict[str, Any]:
    api = api_named(message.api)
    found = {
        "gen_ai.operation.name": operation or api.operation,
        "gen_ai.provider.name": provider or api.system or message.api,
        "gen_ai.request.model": request_model,
        "gen_ai.response.model": message.model,
    }
    return {name: value for name, value in found.items() if value}


def _finish(end: MessageEnd) -> str:
    """The provider's word, or ours if it said nothing."""
    return end.raw or end.reason


def _tokens(message: MessageParser) -> dict[str, int]:
    usage, counts = message.usage, api_named(message.api).counts
    read = _count(usage, counts, "cache_read")
    written = _count(usage, counts, "cache_write")
    thought = _count(usage, counts, "reasoning")
    into, out = _count(usage, counts, "input"), _count(usage, counts, "output")
    # The conventions want what the cache gave or took within the input, and reasoning within the output.
    if into is not None and counts.cache_apart:
        into += (read or 0) + (written or 0)
    if out is not None and counts.reasoning_apart:
        out += thought or 0
    found = {
        "gen_ai.usage.input_tokens": into,
        "gen_ai.usage.output_tokens": out,
        "gen_ai.usage.cache_read.input_tokens": read,
        "gen_ai.usage.cache_creation.input_tokens": written,
        "gen_ai.usage.reasoning.output_tokens": thought,
    }
    return {name: count for name, count in found.items() if count is not None}


def _count(usage: Mapping[str, object], own: Counts, what: _Counted) -> int | None:
    """A token count under the API's own names; failing that under those of others, as gateways pass them on."""
    for counts in (own, *(api.counts for api in APIS.values())):
        for name in getattr(counts, what):
            value: object = usage
            for step in name.split("."):
                value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
            if isinstance(value, (int, float)) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
                return int(value)
    return None


def _error_type(end: MessageEnd) -> str:
    """A word for an ending in an error: the provider's own, or ours; "" where there was none."""
    if isinstance(end.error, ProviderError):
        return end.error.type or str(end.error.code or "") or "_OTHER"
    if end.error is not None:
        return type(end.error).__name__
    return "disconnected" if end.reason == "disconnected" else ""


def _document_events(end: MessageEnd, paths: bool) -> Iterator[dict[str, Any]]:
    for document in end.documents:
        if document.state != "complete":
            told: dict[str, Any] = {
                "partialjson.document.name": document.name,
                "partialjson.document.state": document.state,
                "partialjson.document.missing": len(document.missing),
            }
            if paths and document.path is not None:
                told["partialjson.document.path"] = json_path(document.path)
            if end.cut_by:
                told["partialjson.cut_by"] = list(end.cut_by)
            yield told


def _moments(message: MessageParser) -> dict[str, Any]:
    timings = message.timings
    assert timings is not None
    found = {
        "partialjson.time_to_first_token": timings.first_token,
        "partialjson.time_to_first_visible": timings.first_visible,
        "partialjson.time_to_first_field": timings.first_field,
        "partialjson.longest_gap": timings.gaps.max,
        "partialjson.chunks": timings.chunks,
    }
    return {name: value for name, value in found.items() if value is not None}
