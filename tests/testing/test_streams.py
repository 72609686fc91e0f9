"""Bodies of providers say what they are to say, in every dialect; and readers of them are judged by that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from partialjson.messages import MessageParser
from partialjson.sse import SSEDecoder
from partialjson.testing import Said, Say, check_adapter, provider_streams
from partialjson.testing.adapters import Understood, understood_by_messages
from partialjson.testing.bodies import BODY_APIS
from partialjson.testing.breach import Breach
from partialjson.testing.streams import ENDINGS, HABITS, ProviderStream, habits_of, sayings
from support.effort import examples

FEW = settings(
    max_examples=examples(40),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.generate, Phase.shrink],
)


@pytest.mark.parametrize("api", BODY_APIS)
def test_a_stream_says_what_was_said(api: str) -> None:
    @FEW
    @given(provider_streams(api, endings=ENDINGS))
    def check(stream: ProviderStream) -> None:
        message = understood_by_messages(api)([bytes(stream)])
        end = message.end()
        if stream.ending == "whole":
            assert message.text == "".join(stream.said.texts)
            assert message.reasoning == "".join(stream.said.reasoning)
            assert [(call.name, call.json) for call in message.calls] == [
                (call.name, call.value) for call in stream.said.calls
            ]
            assert end.reason == stream.said.reason
            assert not message.unread
        elif stream.ending == "error":
            assert end.reason == "error"
        else:
            assert stream.whole.startswith(stream)
            assert len(stream) < len(stream.whole)

    check()


@pytest.mark.parametrize("api", BODY_APIS)
def test_the_library_reads_them_by_the_laws(api: str) -> None:
    check_adapter(None, api, settings=settings(FEW, max_examples=examples(12)))


@pytest.mark.parametrize("habit", HABITS)
def test_each_habit_changes_the_body_and_nothing_that_is_said(habit: str) -> None:
    said = Said(("Häl", "lo"), ("hm",), (Say("c1", "now", ('{"a":', "1}")),), "tool_calls")
    apis = [api for api in BODY_APIS if habit in habits_of(api)]
    assert apis
    for api in apis:
        what = Said(("Häl", "lo")) if api == "openai-completions" else said
        plain = find(provider_streams(api, what, habits=()), lambda stream: True, settings=FEW)
        stream = find(provider_streams(api, what, habits=habit), lambda found: bool(found.habits), settings=FEW)
        assert stream.habits == (habit,)
        assert stream != plain
        check_adapter(None, api, stream=stream)


def test_a_stream_can_be_pasted() -> None:
    for ending in ENDINGS:
        stream = find(provider_streams("openai-chat", endings=ending), lambda found: True, settings=FEW)
        again = eval(repr(stream), {"ProviderStream": ProviderStream, "Said": Said, "Say": Say})
        assert again == stream
        assert (again.api, again.said, again.habits, again.ending, again.whole) == (
            stream.api,
            stream.said,
            stream.habits,
            stream.ending,
            stream.whole,
        )


@FEW
@given(sayings("openai-chat", calls=True), sayings("ollama", calls=False, reasons=["complete"]))
def test_what_is_said_can_be_chosen(calling: Said, plain: Said) -> None:
    assert calling.calls
    assert not plain.calls
    assert plain.reason == "complete"


# Readers that are wrong


def chat_events(chunks: Iterable[bytes], decoder: Any = None) -> list[Any]:
    decoder = decoder or SSEDecoder()
    found = [event.data for chunk in chunks for event in decoder.feed(chunk)]
    return [json.loads(data) for data in found if data != "[DONE]"]


def read_chat(events: list[Any], *, join: bool = True, finished: bool | None = None) -> dict[str, Any]:
    """A reader of Chat Completions, as one writes it."""
    text, reasoning, reason = "", "", None
    calls: dict[int, list[str]] = {}
    for event in events:
        if "error" in event:
            return {"text": text, "complete": False}
        for choice in event["choices"]:
            delta = choice["delta"]
            text += delta.get("content") or ""
            reasoning += delta.get("reasoning") or delta.get("reasoning_content") or ""
            for call in delta.get("tool_calls") or ():
                known = calls.setdefault(call["index"], ["", ""])
                known[0] = call["function"].get("name") or known[0]
                known[1] = known[1] + call["function"]["arguments"] if join else call["function"]["arguments"]
            reason = choice["finish_reason"] or reason
    complete = reason in ("stop", "tool_calls") if finished is None else finished
    return {
        "text": text,
        "reasoning": reasoning,
        "calls": [tuple(call) for call in calls.values()],
        "complete": complete,
    }


def each_chunk_by_itself(chunks: Iterable[bytes]) -> Any:
    return read_chat([event for chunk in chunks for event in chat_events([chunk + b"\n\n"])])


def splits_at_blank_lines(chunks: Iterable[bytes]) -> Any:
    """Takes every line that begins with data: for JSON."""
    lines = b"".join(chunks).split(b"\n")
    found = [line[6:] for line in lines if line.startswith(b"data: ") and line != b"data: [DONE]"]
    return read_chat([json.loads(line) for line in found])


WRONG: list[tuple[Callable[[Any], Any], int, dict[str, Any]]] = [
    (each_chunk_by_itself, 1, {"habits": (), "endings": "whole", "describe": lambda told: {"text": told["text"]}}),
    (lambda chunks: read_chat(chat_events(chunks), join=False), 5, {"endings": "whole"}),
    (lambda chunks: read_chat(chat_events(chunks), finished=True), 8, {"endings": "cut"}),
    (splits_at_blank_lines, 11, {"endings": "whole"}),
]


@pytest.mark.parametrize(("reader", "law", "options"), WRONG, ids=["chunk by chunk", "not joined", "cut", "lines"])
def test_a_wrong_reader_is_found(reader: Callable[[Any], Any], law: int, options: dict[str, Any]) -> None:
    with pytest.raises(Breach, match=rf"^law ({law}|11), ") as caught:
        check_adapter(reader, "openai-chat", settings=settings(FEW, max_examples=100), **options)
    assert caught.value.law in (law, 11)
    assert "the habits" in str(caught.value)


def test_a_right_reader_passes() -> None:
    check_adapter(lambda chunks: read_chat(chat_events(chunks)), "openai-chat", settings=FEW)
    check_adapter(
        lambda chunks: list(chunks),
        "ollama",
        describe=lambda chunks: Understood(),
        settings=settings(FEW, max_examples=5),
    )


def test_what_a_reader_returns_must_say_something() -> None:
    with pytest.raises(TypeError, match="a reader returns a MessageParser, or something with text, reasoning, calls"):
        check_adapter(lambda chunks: list(chunks), "cohere", settings=settings(FEW, max_examples=5))
    assert isinstance(understood_by_messages("cohere")([]), MessageParser)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: provider_streams("openai"), r"provider_streams\(\): there is no API 'openai'; the APIs are anthropic"),
        (
            lambda: provider_streams("ollama", habits=["CR"]),
            "habits of ollama are of 'CRLF', 'blank lines'; 'CR' is not",
        ),
        (lambda: provider_streams("cohere", endings="late"), "endings are of 'whole', 'error', 'cut'; 'late' is not"),
        (lambda: provider_streams("gemini-live", endings="error"), "gemini-live reports no errors in its stream"),
        (lambda: sayings("openai-completions", calls=True), "openai-completions has no tool calls"),
        (lambda: sayings("cohere", reasons=["refused"]), "'refused' is not"),
    ],
)
def test_wrong_arguments_are_refused(wrong: Callable[[], st.SearchStrategy[Any]], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        wrong()
