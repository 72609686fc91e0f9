"""A run: what its viewers see while an answer comes, and how it ends, whoever ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, field_validator

from partialjson.cli.recordings import PlaceOrder
from partialjson.patch import apply_deltas
from partialjson.web.answers import Answer, recorded
from partialjson.web.live import ClientError
from partialjson.web.questions import QUESTIONS, choose, question_named
from partialjson.web.run import Asked, Run
from partialjson.web.tools import TOOLS

Ask = Callable[..., Asked]


def asked(name: str, **changes: Any) -> Asked:
    question = question_named(name)
    assert question is not None
    given = {"output": question.output, "tools": question.tools, "run_tools": TOOLS, **changes}
    return Asked(question.prompt, recorded(question, speed=0), **given)


async def states(run: Run, **options: Any) -> list[Any]:
    """Plays a run; every state that a viewer sees on the way."""
    seen: list[Any] = []

    async def watch() -> None:
        state: Any = None
        async for frame in run.broadcast.watch(per_second=100_000):
            state = apply_deltas(state, frame.deltas)
            seen.append(state)

    watching = asyncio.create_task(watch())
    await run.play()
    await watching
    return seen


def played(what: Asked, **options: Any) -> tuple[Run, list[Any]]:
    async def play() -> tuple[Run, list[Any]]:
        run = Run("r", what, tool_seconds=0.003, **options)
        return run, await states(run)

    return asyncio.run(play())


def grows(before: Any, after: Any) -> bool:
    if isinstance(before, dict):
        return isinstance(after, dict) and all(key in after and grows(before[key], after[key]) for key in before)
    if isinstance(before, list):
        return isinstance(after, list) and all(map(grows, before, after)) and len(after) >= len(before)
    if isinstance(before, str):
        return isinstance(after, str) and after.startswith(before)
    return bool(before == after)


def values(state: Any) -> list[Any]:
    return [block["document"].get("value", {}) for block in state["message"]["blocks"] if "document" in block]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_recording_ends_as_its_message_does(question: Any) -> None:
    run, seen = played(asked(question.name))
    last = seen[-1]
    documents = [*run.message.calls, *([run.message.output] if question.output else [])]
    assert values(last) == [document.json for document in documents]
    assert last["message"]["ending"]["reason"] == run.message.end().reason
    assert last["prompt"] == question.prompt
    assert last["stopped"] is None
    assert last["figures"]["pieces"] == len(list(question.recording.events()))
    assert run.over
    for before, after in pairwise(seen):
        assert all(map(grows, values(before), values(after)))
        assert grows(before["tokens"], after["tokens"])


def test_tokens_are_the_texts_in_the_order_in_which_they_came() -> None:
    run, seen = played(asked("tool-calls"))
    for block in run.message.blocks:
        assert "".join(text for number, text in seen[-1]["tokens"] if number == block.position) == block.text


def test_a_call_goes_through_its_phases_and_its_result_says_that_it_is_made_up() -> None:
    _, seen = played(asked("tool-calls"))
    phases: list[str] = []
    for state in seen:
        for block in state["message"]["blocks"]:
            if block.get("name") == "search_trains" and block["phase"] not in phases:
                phases.append(block["phase"])
    assert phases == ["growing", "ready", "running", "done"]
    for block in seen[-1]["message"]["blocks"]:
        if block["type"] == "call":
            assert block["phase"] == "done"
            assert block["result"]["note"] == "Made up on this machine; no service was asked."


def test_a_call_that_was_cut_off_does_not_run() -> None:
    _, seen = played(asked("overloaded"))
    (call,) = [block for block in seen[-1]["message"]["blocks"] if block["type"] == "call"]
    assert call["phase"] == "failed"
    assert "result" not in call


def test_a_tool_that_fails_says_so_and_the_others_go_on() -> None:
    def broken(arguments: object) -> object:
        raise LookupError("no trains today")

    _, seen = played(asked("tool-calls", run_tools={**TOOLS, "search_trains": broken}))
    phases = {block["name"]: block for block in seen[-1]["message"]["blocks"] if block["type"] == "call"}
    assert phases["search_trains"]["phase"] == "failed"
    assert phases["search_trains"]["result"] == {"error": "LookupError: no trains today"}
    assert phases["find_hotels"]["phase"] == "done"


class Source:
    """An answer that is held open, and sees how it is left."""

    def __init__(self, events: list[Any], error: BaseException | None = None, hold: bool = True) -> None:
        self.events = events
        self.error = error
        self.hold = hold
        self.closed = False
        self.at_end = asyncio.Event()

    def answer(self) -> Answer:
        return Answer("openai-chat", "recorded", "a test", self.open)

    async def open(self) -> AsyncIterator[Any]:
        try:
            for event in self.events:
                yield event
            self.at_end.set()
            if self.error is not None:
                raise self.error
            if self.hold:
                await asyncio.Event().wait()
        finally:
            self.closed = True


def delta(text: str) -> dict[str, Any]:
    return {"id": "x", "choices": [{"index": 0, "delta": {"content": text}}]}


def test_stopping_closes_the_source_and_says_what_had_come() -> None:
    async def go() -> None:
        source = Source([delta('{"title": "Tw'), delta("o")])
        run = Run("r", Asked("?", source.answer(), output=dict))
        seeing = asyncio.create_task(states(run))
        await source.at_end.wait()
        run.stop()
        last = (await seeing)[-1]
        assert source.closed
        assert last["stopped"] == {"by": "viewer", "message": "A viewer stopped it."}
        assert last["message"]["ending"]["reason"] == "disconnected"
        (output,) = last["message"]["blocks"]
        assert output["document"]["value"] == {"title": "Two"}
        assert output["document"]["status"] == "truncated"
        assert run.over
        run.stop()

    asyncio.run(go())


def test_stopping_before_it_has_begun() -> None:
    async def go() -> None:
        source = Source([delta("Hello")])
        run = Run("r", Asked("?", source.answer()))
        run.stop()
        last = (await states(run))[-1]
        assert last["stopped"]["by"] == "viewer"
        assert last["message"]["blocks"] == []

    asyncio.run(go())


def test_stopping_gives_up_what_runs() -> None:
    async def go() -> None:
        run = Run("r", asked("tool-calls"), tool_seconds=3600)
        seeing = asyncio.create_task(states(run))
        while not (calls := run.message.calls) or not calls[0].ready:
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        run.stop()
        last = (await seeing)[-1]
        search = last["message"]["blocks"][1]
        assert search["phase"] == "failed"
        assert search["result"] == {"error": "Stopped before it was done."}
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(go())


def test_an_answer_that_takes_too_long_is_ended() -> None:
    async def go() -> None:
        source = Source([delta("Hello")])
        run = Run("r", Asked("?", source.answer()), seconds=0.01)
        last = (await states(run))[-1]
        assert source.closed
        assert last["stopped"]["by"] == "time"
        assert last["message"]["blocks"][0]["text"] == "Hello"

    asyncio.run(go())


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ClientError("the key was refused"), "the key was refused"),
        (OSError("no route to host"), "OSError: no route to host"),
    ],
)
def test_a_client_that_fails_is_told_of(error: Exception, message: str) -> None:
    async def go() -> None:
        run = Run("r", Asked("?", Source([delta("Hel")], error).answer()))
        last = (await states(run))[-1]
        assert last["stopped"] == {"by": "fault", "message": message}
        assert last["message"]["blocks"][0]["text"] == "Hel"
        assert last["message"]["ending"]["reason"] == "disconnected"

    asyncio.run(go())


class Picky(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def fail(cls, value: str) -> str:
        raise ZeroDivisionError("a bug of the caller")


def test_a_validator_that_breaks_ends_the_run_with_a_whole_state() -> None:
    async def go() -> None:
        source = Source([delta('{"name": "a"'), delta(', "b": 1}')])
        run = Run("r", Asked("?", source.answer(), output=Picky))
        last = (await states(run))[-1]
        assert source.closed
        assert last["stopped"] == {"by": "fault", "message": "ZeroDivisionError: a bug of the caller"}
        assert last["message"]["ending"]["reason"] == "disconnected"
        assert last["message"]["blocks"][0]["document"]["status"] != "partial"

    asyncio.run(go())


def test_a_task_that_is_cancelled_from_outside_leaves_a_whole_state() -> None:
    async def go() -> None:
        source = Source([delta("Hel")])
        run = Run("r", Asked("?", source.answer()))
        task = asyncio.create_task(run.play())
        await source.at_end.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert source.closed
        assert run.broadcast.journal.state["stopped"]["by"] == "server"

    asyncio.run(go())


class Login(BaseModel):
    name: str
    password: SecretStr


def test_what_is_kept_back_is_in_no_part_of_the_state() -> None:
    source_text = '{"name": "ada", "password": "opensesame"}'

    async def go() -> None:
        source = Source([delta(source_text[at : at + 3]) for at in range(0, len(source_text), 3)], hold=False)
        run = Run("r", Asked("?", source.answer(), output=Login))
        seen = await states(run)
        assert seen[-1]["message"]["blocks"][0]["document"]["value"]["name"] == "ada"
        assert seen[-1]["tokens"] == []
        assert "sesame" not in str(seen)

    asyncio.run(go())


def test_tokens_are_bounded() -> None:
    async def go() -> None:
        run = Run("r", Asked("?", Source([delta("a") for _ in range(6_000)], hold=False).answer()))
        last = (await states(run))[-1]
        assert len(last["tokens"]) == 5_000
        assert last["message"]["blocks"][0]["text"] == "a" * 6_000

    asyncio.run(go())


# Questions


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_prompt_chooses_its_recording(question: Any) -> None:
    assert choose(question.prompt) == (question, True)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("plan a weekend trip", "itinerary"),
        ("I need a train to Lisbon and a room", "tool-calls"),
        ("give me an opinion on this product", "invalid"),
        ("what was the root cause of the outage?", "cut-off"),
        ("buy beans", "overloaded"),
    ],
)
def test_words_choose_a_recording(prompt: str, name: str) -> None:
    question, fits = choose(prompt)
    assert (question.name, fits) == (name, True)


def test_a_prompt_that_fits_nothing_gets_the_first_and_the_page_can_say_so() -> None:
    assert choose("xyzzy") == (QUESTIONS[0], False)


def test_every_tool_of_the_questions_can_be_run() -> None:
    given = {
        "search_trains": {
            "origin": "a",
            "destination": "b",
            "date": "2026-05-13",
            "passengers": 3,
            "travel_class": "first",
        },
        "find_hotels": {"city": "a", "check_in": "2026-05-13", "nights": 1, "max_price": "100"},
        "place_order": {
            "customer": "a",
            "lines": [{"sku": "b", "quantity": 2, "price": "1.50"}],
            "deliver_by": "2026-05-13",
        },
    }
    for question in QUESTIONS:
        for name, target in question.tools.items():
            result = TOOLS[name](target.model_validate(given[name]))
            assert "Made up" in result["note"]
    assert TOOLS["place_order"](PlaceOrder.model_validate(given["place_order"]))["total"] == "3.00"
