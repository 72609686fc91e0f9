"""Stopping at the first sign that a document can no longer be valid, for every API and both kinds of source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from partialjson import Invalid, ParseError, Violation
from partialjson.clients import aread, read
from partialjson.messages import DocumentProgress, MessageEnded, TextDelta
from partialjson.messages.early import EarlyStop
from partialjson.testing.bodies import BODY_APIS, WITHOUT_CALLS, Said, Say, events
from support.sources import AsyncSource, Both, Source, follow

CHAT = "openai-chat"


class Trip(BaseModel):
    city: str
    class_: Literal["first", "second"] = "second"
    notes: list[str] = []
    days: int = 1


class Ticket(BaseModel):
    kind: Literal["single", "return"]
    notes: list[str] = []


TOOLS = {"buy": Ticket}
GOOD = '{"kind": "single", "notes": ["window", "quiet"]}'
WRONG = GOOD.replace("single", "season")


def cut(text: str, size: int = 3) -> tuple[str, ...]:
    return tuple(text[at : at + size] for at in range(0, len(text), size))


def calls(*arguments: str) -> Said:
    return Said((), (), tuple(Say(f"c{n}", "buy", cut(each)) for n, each in enumerate(arguments)), "tool_calls")


STREAMS_ARGUMENTS = [
    api for api in BODY_APIS if api not in WITHOUT_CALLS and api not in {"gemini", "gemini-live", "ollama", "mistral"}
]


@Both
@pytest.mark.parametrize("api", STREAMS_ARGUMENTS)
def test_a_wrong_word_ends_the_stream(api: str, make: Callable[[Any], Source]) -> None:
    said = events(api, calls(WRONG))
    source = make(said)
    stream, updates = follow(source, api, tools=TOOLS, stop_early=True)
    assert source.asked < len(said) - 2
    assert source.closed == 1
    stopped = stream.stopped
    assert isinstance(stopped.cause, Violation)
    assert stopped.path == ("kind",)
    assert stopped.cause.pos == WRONG.index("eason")
    assert stream.message.blocks[stopped.block] is stream.message.calls[0]
    assert stream.end().reason == "disconnected"
    assert isinstance(updates[-1], MessageEnded)
    assert updates[-1].end == stream.end()
    assert not stream.message.calls[0].ready


@Both
@pytest.mark.parametrize("api", [api for api in BODY_APIS if api not in WITHOUT_CALLS and api != "gemini-live"])
def test_what_is_right_is_read_to_its_end(api: str, make: Callable[[Any], Source]) -> None:
    said = events(api, calls(GOOD, GOOD))
    source = make(said)
    stream, _ = follow(source, api, tools=TOOLS, stop_early=True)
    assert stream.stopped is None
    assert stream.saved == 0
    assert source.asked == len(said)
    assert [call.ready for call in stream.message.calls] == [True, True]


@Both
@pytest.mark.parametrize("api", [api for api in BODY_APIS if api not in WITHOUT_CALLS and api != "gemini-live"])
def test_a_report_reads_on(api: str, make: Callable[[Any], Source]) -> None:
    said = events(api, calls(WRONG, GOOD))
    source = make(said)
    plain, updates = follow(make(said), api, tools=TOOLS)
    stream, seen = follow(source, api, tools=TOOLS, stop_early="report")
    assert seen == updates
    assert plain.stopped is None
    assert source.asked == len(said)
    assert isinstance(stream.stopped.cause, (Violation, Invalid))
    texts = [update.text for update in updates if isinstance(update, (DocumentProgress, TextDelta))]
    assert stream.stopped.received + stream.saved == len("".join(texts))


def test_the_report_says_what_a_stop_saves() -> None:
    said = events(CHAT, calls(WRONG))
    stream, _ = follow(Source(said), CHAT, tools=TOOLS, stop_early="report")
    assert stream.saved == len(WRONG) - stream.stopped.received
    # The piece that shows it has three characters.
    assert WRONG.index("eason") < stream.stopped.received <= WRONG.index("eason") + 3


@Both
def test_an_output(make: Callable[[Any], Source]) -> None:
    said = events(CHAT, Said(cut(WRONG)))
    stream, _ = follow(make(said), CHAT, output=Ticket, stop_early=True)
    assert stream.stopped.path == ("kind",)
    assert stream.stopped.kind == "text"
    assert stream.message.output.json == {"kind": "se"}


def test_a_value_that_closed_invalid() -> None:
    stream, _ = follow(Source(events(CHAT, calls('{"notes": [], "kind": 5}'))), CHAT, tools=TOOLS, stop_early=True)
    assert stream.stopped.path == ("kind",)


def test_text_that_is_no_json() -> None:
    stream, _ = follow(Source(events(CHAT, calls('{"kind": single, "notes": []}'))), CHAT, tools=TOOLS, stop_early=True)
    assert isinstance(stream.stopped.cause, ParseError)
    assert stream.stopped.path == ("kind",)


def test_a_document_that_is_cut_off_is_not_lost() -> None:
    stream, _ = follow(Source(events(CHAT, calls(GOOD))[:-4]), CHAT, tools=TOOLS, stop_early=True)
    assert stream.end().reason == "disconnected"
    assert stream.stopped is None


def test_elements_that_are_left_out_do_not_stop() -> None:
    said = events(CHAT, calls('{"kind": "single", "notes": ["a", 5, "b"]}'))
    options: dict[str, Any] = {"tools": TOOLS, "on_invalid": "skip"}
    stream, _ = follow(Source(said), CHAT, stop_early=True, **options)
    assert stream.stopped is None
    assert stream.message.calls[0].value == Ticket(kind="single", notes=["a", "b"])


def test_the_source_is_closed_before_the_last_updates_are_handed_out() -> None:
    source = Source(events(CHAT, calls(WRONG)))
    for update in read(source, CHAT, tools=TOOLS, stop_early=True):
        if isinstance(update, DocumentProgress) and any(isinstance(event, Violation) for event in update.events):
            assert source.closed == 1
            break
    else:
        raise AssertionError("the violation was not handed out")


def test_a_source_that_is_not_to_be_closed_is_only_left() -> None:
    source = Source(events(CHAT, calls(WRONG)))
    stream = read(source, CHAT, tools=TOOLS, stop_early=True, close=False)
    stream.finish()
    assert stream.stopped is not None
    assert source.closed == 0


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_other_values_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="stop_early is True, False or 'report', not"):
        read([], CHAT, stop_early=wrong)

    async def refused() -> None:
        with pytest.raises(ValueError, match="stop_early is True, False or 'report', not"):
            aread(AsyncSource([]), CHAT, stop_early=wrong)

    asyncio.run(refused())


def test_only_the_first_sign_counts() -> None:
    stream, updates = follow(Source(events(CHAT, calls(WRONG, WRONG))), CHAT, tools=TOOLS, stop_early="report")
    early = EarlyStop(stops=False)
    for update in updates:
        early.look([update])
    assert early.stopped == stream.stopped
    assert early.saved == stream.saved
    assert not early.is_over
