"""The OpenAI Agents SDK and the Claude Agent SDK: a run of an agent, read while it goes on.

Their runs are real; the models are a server on this machine, and for Claude a transport in place of its command.
"""

from __future__ import annotations

import asyncio
import gc
import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import Partial
from partialjson.clients import AsyncMessageStream, aread
from partialjson.messages import MessageParser, NextMessage, ProviderError, Update
from partialjson.testing.bodies import Said, Say
from support.claude import HEAD, asked_of, claude, result_of, turn_of
from support.loopback import Loopback, Reply
from support.models import Weather
from support.turns import turn

# What these libraries warn of, and leave open, is not this project's to mend.
pytestmark = pytest.mark.filterwarnings("ignore")


class Report(BaseModel):
    title: str
    totals: list[float]


REPORT = '{"title": "Orders of last week", "totals": [12.5, 300, 7]}'
WHOLE = Report(title="Orders of last week", totals=[12.5, 300, 7])
CALL = Said((), (), (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')),), "tool_calls")
ANSWER = Said(tuple(REPORT[at : at + 3] for at in range(0, len(REPORT), 3)))
TOOLS = {"get_weather": Weather}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def check_growing(partials: list[Any]) -> None:
    """Partial reports grow, and half a number is in none of them."""
    titles = [each.title for each in partials if isinstance(each.title, str)]
    assert titles == sorted(titles, key=len)
    assert len(set(titles)) > 4
    for each in partials:
        shown = each.totals if isinstance(each.totals, list) else []
        assert shown == WHOLE.totals[: len(shown)]


# OpenAI Agents SDK


def agents() -> Any:
    return pytest.importorskip("agents", reason="needs openai-agents: pip install openai-agents")


def started(server: Loopback, api: str, client: Any, **more: Any) -> Any:
    """A run of an agent with a tool, whose answer is a report."""
    library = agents()
    library.set_tracing_disabled(True)
    models = {"openai-responses": "OpenAIResponsesModel", "openai-chat": "OpenAIChatCompletionsModel"}
    model = getattr(library, models[api])(model="m", openai_client=client)

    def get_weather(city: str) -> str:
        """How the weather is in a city."""
        return f"sunny in {city}"

    tool = library.function_tool(get_weather)
    agent = library.Agent(name="reporter", model=model, tools=[tool], output_type=Report)
    return library.Runner.run_streamed(agent, "Report on the orders of last week.", **more)


def run(server: Loopback, api: str, turns: list[Reply], use: Any, **more: Any) -> tuple[MessageParser, Any]:
    """What `use` does with a stream over the run; the message, and what was raised."""
    from openai import AsyncOpenAI

    server.turns = turns
    message = MessageParser("openai-responses", tools=TOOLS, output=Report)

    async def go() -> None:
        async with AsyncOpenAI(api_key="k", base_url=f"{server.url}/v1", max_retries=0) as client:
            result = started(server, api, client, **more)
            await use(result, aread(result, message))

    try:
        asyncio.run(go())
    except Exception as error:
        return message, error
    return message, None


def said(api: str, what: Said, share: float = 1, **how: Any) -> Reply:
    raw = turn(api, what)
    return Reply(raw[: int(len(raw) * share)], **{"size": 37, **how})


async def finish(result: Any, stream: AsyncMessageStream[Any]) -> None:
    await stream.finish()


APIS = pytest.mark.parametrize("api", ["openai-responses", "openai-chat"])


@APIS
def test_a_run_of_several_turns_is_one_message(api: str, server: Loopback) -> None:
    partials: list[Any] = []
    kinds: list[str] = []
    updates: list[Update] = []

    async def use(result: Any, stream: AsyncMessageStream[Any]) -> None:
        async for event, some in stream.events():
            updates.extend(some)
            kinds.append(getattr(event, "type", "end"))
            if isinstance(stream.message.output.value, Partial):
                partials.append(stream.message.output.value)
        assert result.final_output == WHOLE

    agents()
    message, error = run(server, api, [said(api, CALL), said(api, ANSWER)], use)
    assert error is None
    assert message.end().reason == "complete"
    assert message.output.value == WHOLE
    assert [call.value for call in message.calls if call.ready] == [Weather(city="Zürich")]
    assert sum(isinstance(update, NextMessage) for update in updates) == 1
    assert message.unread == {}
    check_growing(partials)
    # The library's own events are passed on, in their order.
    assert {"agent_updated_stream_event", "run_item_stream_event", "raw_response_event", "end"} == set(kinds)


@APIS
def test_the_plain_events_of_a_run_are_read_too(api: str, server: Loopback) -> None:
    async def use(result: Any, stream: AsyncMessageStream[Any]) -> None:
        async for event in result.stream_events():
            stream.message.feed(event)

    agents()
    message, _ = run(server, api, [said(api, CALL), said(api, ANSWER)], use)
    assert message.end().reason == "complete"
    assert message.output.value == WHOLE


@APIS
def test_elements_of_the_answer(api: str, server: Loopback) -> None:
    found: list[float] = []

    async def use(result: Any, stream: AsyncMessageStream[Any]) -> None:
        async for total in stream.elements("$.totals[*]"):
            found.append(total)

    agents()
    _, error = run(server, api, [said(api, CALL), said(api, ANSWER)], use)
    assert error is None
    assert found == WHOLE.totals


@APIS
def test_a_limit_on_the_turns_is_raised(api: str, server: Loopback) -> None:
    library = agents()
    message, error = run(server, api, [said(api, CALL), said(api, ANSWER)], finish, max_turns=1)
    assert isinstance(error, library.exceptions.MaxTurnsExceeded)
    assert message.end().reason == "tool_calls"
    assert message.calls[0].value == Weather(city="Zürich")


@APIS
@pytest.mark.parametrize("cut", ["", "reset"])
def test_an_answer_that_is_cut_off_is_not_complete(api: str, cut: Any, server: Loopback) -> None:
    agents()
    message, error = run(server, api, [said(api, CALL), said(api, ANSWER, 0.5, cut=cut)], finish)
    assert error is not None
    # From Chat Completions the library makes a response of its own, and says that it was completed.
    made_up = api == "openai-chat" and not cut
    assert message.end().reason == ("truncated" if made_up else "disconnected")
    assert isinstance(message.output.value, Partial)
    assert message.calls[0].ready


@APIS
def test_leaving_cancels_the_run(api: str, server: Loopback) -> None:
    async def use(result: Any, stream: AsyncMessageStream[Any]) -> None:
        async with stream:
            async for update in stream:
                if getattr(update, "text", ""):
                    break
        assert result.is_complete
        assert await asyncio.to_thread(server.last.was_left)

    agents()
    message, error = run(server, api, [said(api, ANSWER, 0.5, cut="hold")], use)
    assert error is None
    assert message.end().reason == "disconnected"


# Claude Agent SDK


TOOL_RESULT = {
    "type": "user",
    "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "sunny"}]},
    "parent_tool_use_id": None,
    **HEAD,
}
BEGIN = {"type": "system", "subtype": "init", **HEAD}
RUN = [BEGIN, *turn_of(CALL), TOOL_RESULT, *turn_of(ANSWER)]


def read_claude(lines: list[Any], **options: Any) -> tuple[MessageParser, list[tuple[Any, list[Update]]], Any]:
    message = MessageParser("anthropic-messages", tools=TOOLS, output=Report, **options)
    found: list[tuple[Any, list[Update]]] = []

    async def go() -> None:
        async for pair in aread(asked_of(lines), message).events():
            found.append(pair)

    try:
        asyncio.run(go())
    except Exception as error:
        return message, found, error
    return message, found, None


def test_a_run_of_claude_is_one_message() -> None:
    message, found, error = read_claude([*RUN, result_of()])
    assert error is None
    assert message.end().reason == "complete"
    assert message.output.value == WHOLE
    assert [call.value for call in message.calls if call.ready] == [Weather(city="Zürich")]
    assert message.unread == {}
    assert sum(isinstance(update, NextMessage) for _, some in found for update in some) == 1
    kinds = {type(event).__name__ for event, _ in found}
    assert kinds >= {"SystemMessage", "StreamEvent", "AssistantMessage", "UserMessage", "ResultMessage"}


def test_partial_reports_of_claude_grow() -> None:
    partials: list[Any] = []

    async def go() -> None:
        stream = aread(asked_of([*RUN, result_of()]), "anthropic-messages", output=Report)
        async for _ in stream:
            if isinstance(stream.message.output.value, Partial):
                partials.append(stream.message.output.value)

    asyncio.run(go())
    check_growing(partials)


def test_structured_output_of_claude_is_a_call() -> None:
    """The command lets the model call a tool for it."""
    pieces = tuple(REPORT[at : at + 3] for at in range(0, len(REPORT), 3))
    call = Said((), (), (Say("c1", "StructuredOutput", pieces),), "tool_calls")
    message = MessageParser("anthropic-messages", tools={"StructuredOutput": Report})
    partials: list[Any] = []

    async def go() -> None:
        stream = aread(asked_of([BEGIN, *turn_of(call), result_of()]), message)
        async for _ in stream:
            partials.extend(call.value for call in message.calls if isinstance(call.value, Partial))

    asyncio.run(go())
    check_growing(partials)
    assert message.calls[0].value == WHOLE


def test_a_run_of_claude_that_failed_says_so() -> None:
    lines = [BEGIN, *turn_of(CALL), TOOL_RESULT]
    failed = result_of(subtype="error_max_turns", is_error=True, errors=["Reached maximum number of turns (1)"])
    message, _, error = read_claude([*lines, failed])
    end = message.end()
    assert end.reason == "error"
    assert isinstance(end.error, ProviderError)
    assert end.error.type == "error_max_turns"
    assert message.calls[0].ready
    broken = claude().ProcessError("Command failed", exit_code=1)
    message, _, error = read_claude([*lines, failed, broken])
    assert message.end().reason == "error"
    assert error is not None


def test_a_command_that_dies_leaves_the_message_open() -> None:
    broken = claude().ProcessError("Command failed", exit_code=137)
    message, _, error = read_claude([*RUN[:-5], broken])
    assert error is not None
    assert message.end().reason == "disconnected"
    assert isinstance(message.output.value, Partial)
    # It is raised also where the last message is whole.
    message, _, error = read_claude([*turn_of(CALL), TOOL_RESULT, broken])
    assert error is not None
    assert message.end().reason == "tool_calls"


def test_subagents_of_claude_are_not_mixed_in() -> None:
    other = turn_of(Said(("from ", "below")), parent="toolu_1")
    lines = [item for pair in zip(RUN, [*other, *[TOOL_RESULT] * len(RUN)], strict=False) for item in pair]
    message, _, error = read_claude([*lines, result_of()])
    assert error is None
    assert message.end().reason == "complete"
    assert message.output.value == WHOLE
    assert "below" not in message.text
    assert message.unread == {("event", "stream_event of a subagent"): len(other) - 1}


def test_whole_messages_of_claude_alone_are_refused() -> None:
    lines = [BEGIN, turn_of(ANSWER)[-1], result_of()]
    message, _, error = read_claude(lines)
    assert error is None
    assert message.end().reason == "error"
    assert "include_partial_messages=True" in str(message.end().error)


def test_the_output_of_the_command_is_read_without_the_library() -> None:
    """``claude --output-format stream-json --include-partial-messages``: lines of JSON."""
    lines = "".join(json.dumps(line) + "\n" for line in [*RUN, result_of()])
    message = MessageParser("anthropic-messages", tools=TOOLS, output=Report)
    for line in lines.splitlines():
        message.feed(json.loads(line))
    assert message.end().reason == "complete"
    assert message.output.value == WHOLE
    assert message.unread == {}
