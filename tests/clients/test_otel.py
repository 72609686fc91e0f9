"""Spans and metrics of responses, as the real SDK exports them."""

from __future__ import annotations

from typing import Any

import pytest

from partialjson.messages import MessageParser, Timings
from partialjson.testing.bodies import APIS, Said, Say, events

pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is not installed: pip install opentelemetry-sdk")

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN, StatusCode

from partialjson.otel import CONVENTIONS, Metrics, attributes, record

names = pytest.importorskip("opentelemetry.semconv._incubating.attributes.gen_ai_attributes")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def message_of(api: str, said: Said, **options: Any) -> MessageParser:
    clock = Clock()
    message = MessageParser(api, timings=Timings(clock=clock), **options)
    for event in events(api, said):
        clock.now += 0.5
        message.feed(event)
    message.end()
    return message


def exported(message: MessageParser, **options: Any) -> Any:
    """The span as an exporter gets it."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("test").start_as_current_span("chat m") as span:
        record(span, message, **options)
    (found,) = exporter.get_finished_spans()
    return found


def test_a_span() -> None:
    span = exported(message_of("openai-chat", Said(("Hello",))), request_model="m")
    assert dict(span.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.request.stream": True,
        "gen_ai.response.id": "r1",
        "gen_ai.response.model": "m1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.time_to_first_chunk": 0.5,
    }
    assert span.status.status_code is StatusCode.UNSET
    (timings,) = span.events
    assert timings.name == "partialjson.timings"
    assert dict(timings.attributes) == {
        "partialjson.time_to_first_token": 0.5,
        "partialjson.longest_gap": 0.5,
        "partialjson.chunks": 4,
    }


@pytest.mark.parametrize("api", APIS)
def test_every_provider_uses_names_of_the_conventions(api: str) -> None:
    known = {value for value in vars(names).values() if isinstance(value, str)} | {"error.type"}
    providers = {member.value for member in names.GenAiProviderNameValues} | {"ollama"}
    operations = {member.value for member in names.GenAiOperationNameValues}
    message = message_of(api, Said(("Hello",), reason=None))
    message.usage.update(input_tokens=1)
    found = attributes(message)
    assert found.keys() <= known
    assert found["gen_ai.provider.name"] in providers
    assert found["gen_ai.operation.name"] in operations
    assert CONVENTIONS == "1.41.0"


@pytest.mark.parametrize(
    ("api", "usage", "expected"),
    [
        ("openai-chat", {"prompt_tokens": 3, "completion_tokens": 5}, (3, 5, None, None, None)),
        (
            "openai-responses",
            {
                "input_tokens": 3,
                "input_tokens_details": {"cached_tokens": 2},
                "output_tokens": 5,
                "output_tokens_details": {"reasoning_tokens": 4},
            },
            (3, 5, 2, None, 4),
        ),
        (
            "anthropic-messages",
            {"input_tokens": 3, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 20, "output_tokens": 5},
            (33, 5, 10, 20, None),
        ),
        ("gemini", {"promptTokenCount": 3, "candidatesTokenCount": 5, "thoughtsTokenCount": 2}, (3, 7, None, None, 2)),
        ("bedrock-converse", {"inputTokens": 3, "outputTokens": 5, "cacheReadInputTokens": 1}, (4, 5, 1, None, None)),
        ("cohere", {"tokens": {"input_tokens": 3.0, "output_tokens": 5.0}}, (3, 5, None, None, None)),
        ("ollama", {"prompt_eval_count": 3, "eval_count": 5}, (3, 5, None, None, None)),
        ("mistral", {}, (None, None, None, None, None)),
        # A gateway that passes on the names of the API behind it; the API's own names come first.
        ("openai-chat", {"input_tokens": 3, "eval_count": 5}, (3, 5, None, None, None)),
        ("openai-chat", {"input_tokens": 9, "prompt_tokens": 3}, (3, None, None, None, None)),
        ("openai-responses", {"input_tokens": 3, "prompt_tokens": 9}, (3, None, None, None, None)),
        ("gemini-live", {"promptTokenCount": 3, "responseTokenCount": 5}, (3, 5, None, None, None)),
        (
            "openai-realtime",
            {"input_tokens": 3, "output_tokens": 5, "input_token_details": {"cached_tokens": 2}},
            (3, 5, 2, None, None),
        ),
    ],
)
def test_tokens(api: str, usage: dict[str, object], expected: tuple[int | None, ...]) -> None:
    message = MessageParser(api)
    message.usage.update(usage)
    found = attributes(message)
    kinds = (
        "input_tokens",
        "output_tokens",
        "cache_read.input_tokens",
        "cache_creation.input_tokens",
        "reasoning.output_tokens",
    )
    assert tuple(found.get(f"gen_ai.usage.{kind}") for kind in kinds) == expected


def test_what_went_wrong() -> None:
    call = Say("c", "order", ('{"city":"Zü',))
    span = exported(message_of("openai-chat", Said(calls=(call,), reason=None)))
    assert span.attributes["error.type"] == "disconnected"
    assert span.attributes["gen_ai.response.finish_reasons"] == ("disconnected",)
    assert span.status.status_code is StatusCode.ERROR
    document, _ = span.events
    assert dict(document.attributes) == {
        "partialjson.document.name": "order",
        "partialjson.document.state": "truncated",
        "partialjson.document.missing": 0,
        "partialjson.cut_by": ("connection", "structure"),
    }
    told = exported(message_of("openai-chat", Said(calls=(call,), reason="truncated")), paths=True)
    assert told.events[0].attributes["partialjson.document.path"] == "$.city"
    assert "error.type" not in told.attributes


def test_errors_of_the_provider_and_of_the_stream() -> None:
    message = MessageParser("anthropic-messages")
    message.feed({"type": "error", "error": {"type": "overloaded_error", "message": "secret"}})
    span = exported(message)
    assert span.attributes["error.type"] == span.status.description == "overloaded_error"
    page = MessageParser("openai-chat")
    page.feed_bytes(b"<html>secret</html>\n\n")
    span = exported(page)
    assert span.attributes["error.type"] == "StreamError"
    assert "secret" not in repr(span.to_json())


def test_a_span_that_is_not_recorded_costs_nothing() -> None:
    message = MessageParser("openai-chat")
    record(INVALID_SPAN, message)
    # It was not even ended.
    message.feed(events("openai-chat", Said(("Hello",)))[0])


def test_metrics() -> None:
    reader = InMemoryMetricReader()
    metrics = Metrics(MeterProvider([reader]).get_meter("test"))
    message = message_of("openai-chat", Said(("Hello",)))
    message.usage.update(prompt_tokens=3, completion_tokens=5)
    metrics.record(message, request_model="m")
    metrics.record(message_of("openai-chat", Said(("Hello",), reason=None)), provider="groq")
    metrics.record(MessageParser("openai-chat"))
    data: Any = reader.get_metrics_data()
    found = {
        metric.name: [(point.sum, dict(point.attributes)) for point in metric.data.data_points]
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
    }
    mine = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.response.model": "m1",
    }
    other = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "groq", "gen_ai.response.model": "m1"}
    assert found == {
        "gen_ai.client.operation.duration": [(2.0, mine), (0.5, {**other, "error.type": "disconnected"})],
        "gen_ai.client.operation.time_to_first_chunk": [(0.5, mine), (0.5, other)],
        "gen_ai.client.token.usage": [
            (3, {**mine, "gen_ai.token.type": "input"}),
            (5, {**mine, "gen_ai.token.type": "output"}),
        ],
    }
    semconv: Any = pytest.importorskip("opentelemetry.semconv._incubating.metrics.gen_ai_metrics")
    assert found.keys() <= {value for value in vars(semconv).values() if isinstance(value, str)}
