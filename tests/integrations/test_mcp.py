"""Tools of the Model Context Protocol: what a server says of its tools, as the targets of a model's calls.

The protocol itself carries arguments whole, and FastMCP and the SDK parse no JSON that is not complete. Partial
arguments are seen by the host: it asks a model with the server's tools, and the model's API streams the calls. The
servers here are real, and run in the same process.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson.clients import read
from partialjson.encoders import mcp_apps
from partialjson.messages import MessageParser
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, Said, Say, events
from partialjson.wire.tools import tool_targets

fastmcp = pytest.importorskip("fastmcp", reason="needs fastmcp: pip install fastmcp")
pytest.importorskip("jsonschema", reason="needs jsonschema: pip install jsonschema")

pytestmark = pytest.mark.filterwarnings("ignore")


class Item(BaseModel):
    heading: str
    score: float


def made() -> Any:
    server = fastmcp.FastMCP("orders")

    def report(title: str, items: list[Item], limit: int = 3) -> str:
        """Keeps a report."""
        return f"{title}: {len(items)} of {limit}"

    def now() -> str:
        """What time it is."""
        return "noon"

    server.tool(report)
    server.tool(now)
    return server


ARGUMENTS = '{"title": "Orders", "items": [{"heading": "a", "score": 12.5}, {"heading": "b", "score": 3}]}'
PIECES = tuple(ARGUMENTS[at : at + 3] for at in range(0, len(ARGUMENTS), 3))
SAID = Said((), (), (Say("c1", "report", PIECES), Say("c2", "now", ("{}",))), "tool_calls")


async def listed() -> Any:
    async with fastmcp.Client(made()) as client:
        return await client.list_tools(), await client.session.list_tools()


def test_the_list_of_a_server_is_the_list_of_targets() -> None:
    tools, answer = asyncio.run(listed())
    targets = tool_targets(tools)
    assert set(targets) == {"report", "now"}
    assert set(targets["report"]["required"]) == {"title", "items"}
    assert tool_targets(answer) == targets


def test_the_tools_of_a_server_in_the_same_process() -> None:
    tool = fastmcp.tools.Tool.from_function(lambda city: city, name="get_weather")
    assert tool_targets([tool]) == {"get_weather": tool.parameters}


@pytest.mark.parametrize("api", [api for api in APIS if api not in WITHOUT_CALLS])
def test_a_host_sees_arguments_grow_and_calls_what_is_ready(api: str) -> None:
    async def go() -> tuple[MessageParser, list[str]]:
        async with fastmcp.Client(made()) as client:
            message = MessageParser(api, tools=await client.list_tools())
            for event in events(api, SAID):
                message.feed(event)
            assert message.end().reason == "tool_calls"
            answers = [await client.call_tool(call.name, call.value) for call in message.calls if call.ready]
        return message, [answer.data for answer in answers]

    message, answers = asyncio.run(go())
    assert sorted(answers) == ["Orders: 2 of 3", "noon"]
    assert next(call for call in message.calls if call.name == "report").value["items"][0]["score"] == 12.5


def test_arguments_that_do_not_fit_are_seen_before_the_call_ends() -> None:
    tools, _ = asyncio.run(listed())
    bad = Said((), (), (Say("c1", "report", ('{"title": "a", "items": [{"heading": 5', "}]}")),), "tool_calls")
    stream = read(events("openai-chat", bad), "openai-chat", tools=tools, stop_early=True)
    message = stream.finish()
    assert stream.stopped is not None
    assert "items" in str(stream.stopped)
    assert not any(call.ready for call in message.calls)


def test_the_view_of_a_tool_is_told_its_input_as_it_grows() -> None:
    """`ui/notifications/tool-input-partial`, with the tools that the server has."""
    tools, _ = asyncio.run(listed())
    encoder = mcp_apps.Encoder(tools={"report"})
    stream = read(events("openai-chat", SAID), "openai-chat", tools=tools)
    told: list[Any] = [each["notification"] for some in encoder.follow(stream) for each in some]
    told += [each["notification"] for each in encoder.end()]
    partial = [each for each in told if each["method"] == "ui/notifications/tool-input-partial"]
    whole = [each for each in told if each["method"] == "ui/notifications/tool-input"]
    assert len(partial) > 5
    assert len(whole) == 1
    assert whole[0]["params"]["arguments"]["items"][1] == {"heading": "b", "score": 3}
    for each in partial:
        for item in each["params"]["arguments"].get("items", []):
            assert item.get("score", 12.5) in (12.5, 3), "half of a number was shown"
