"""The snippets of the page on encoders run, and its table names the versions that the tests install."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from partialjson.messages import MessageParser
from support.bodies import Said, Say, body
from support.front_ends import NODE, READERS, SEEN, events_in

PAGE = (Path(__file__).parents[2] / "docs" / "encoders.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
CALL = Say("c1", "get_weather", ('{"city": "Zü', 'rich"}'))
ASKS = Said(texts=("Let me see.",), calls=(CALL,), reason="tool_calls")


def chunks(raw: bytes) -> list[bytes]:
    return [raw[at : at + 40] for at in range(0, len(raw), 40)]


def said(*texts: str, api: str = "openai-chat") -> list[bytes]:
    return chunks(body(api, Said(texts=texts)))


@pytest.fixture
def page() -> dict[str, Any]:
    """The names that the page defines; where several snippets have a function of one name, all of them in a list."""
    names: dict[str, Any] = {"StreamingResponse": lambda stream, **options: (stream, options), "chats": []}
    for snippet in SNIPPETS:
        exec(compile(snippet, "docs/encoders.md", "exec", dont_inherit=True), names)
        if "def chat(" in snippet:
            names["chats"].append(names["chat"])
    return names


def read(protocol: str, parts: Any) -> Any:
    return READERS[protocol](events_in(b"".join(parts).decode()))


def test_a_body(page: dict[str, Any]) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks(body("openai-chat", ASKS)):
            yield chunk

    async def main() -> bytes:
        parts, options = page["chats"][0](stream())
        assert options["headers"]["x-vercel-ai-ui-message-stream"] == "v1"
        return b"".join([part async for part in parts])

    assert SEEN["vercel"](read("vercel", [asyncio.run(main())])).calls == [("get_weather", [{"city": "Zürich"}])]


def test_several_responses(page: dict[str, Any]) -> None:
    asked = iter([chunks(body("openai-chat", ASKS)), said("It rains.")])
    state = read("vercel", page["answer"](lambda: next(asked), lambda call: call.value.city, page["vercel"].Encoder()))
    assert SEEN["vercel"](state).text == "Let me see.It rains."
    assert [part["output"] for part in state["message"]["parts"] if "output" in part] == ["Zürich"]
    asked = iter([chunks(body("openai-chat", ASKS)), said("It rains.")])
    state = read("vercel", page["answer"](lambda: next(asked), lambda call: 1 / 0, page["vercel"].Encoder()))
    texts = [part["errorText"] for part in state["message"]["parts"] if "errorText" in part]
    assert texts == ["ZeroDivisionError while running the tool"]


def test_feeding(page: dict[str, Any]) -> None:
    events = page["events_of"](said("x"), MessageParser("openai-chat"), page["ag_ui"].Encoder())
    assert SEEN["ag_ui"](READERS["ag_ui"](events)).text == "x"


def test_ag_ui(page: dict[str, Any]) -> None:
    given = SimpleNamespace(thread_id="t", run_id="r", state={})
    state = read("ag_ui", page["run"](given, chunks(body("openai-chat", ASKS))))
    assert state["state"] == {"forecast": {"city": "Zürich"}}
    assert state["finished"]["pendingToolCallIds"] == ["c1"]


def test_vercel_and_others(page: dict[str, Any]) -> None:
    answer = ('{"text": "a', 'b", "sources": ["u"]}')
    value = {"text": "ab", "sources": ["u"]}
    assert SEEN["vercel"](read("vercel", page["chats"][1](said(*answer)))).output == value
    state = read("assistant_stream", page["thread"](said(*answer)))
    assert state["metadata"]["unstable_state"] == {"answer": value}
    blocks = read("json_patch", page["patches"](said(*answer)))["blocks"]
    assert blocks[0]["document"]["value"] == value


def test_a2ui(page: dict[str, Any]) -> None:
    sent: list[Any] = []
    page["fill"](said('{"name": "n", "card": "4000", "lines": ["a"', ', "b"]}'), sent.append)
    assert sent[-1]["updateDataModel"]["path"] == "/ending"
    assert {event["updateDataModel"]["path"] for event in sent} >= {"/order", "/order/lines/1"}
    assert "4000" not in json.dumps(sent)


def test_mcp_apps(page: dict[str, Any]) -> None:
    posted: list[Any] = []
    views = {"c1": SimpleNamespace(post=posted.append)}
    page["show"](chunks(body("anthropic-messages", ASKS)), views)
    assert posted[-1] == {
        "jsonrpc": "2.0",
        "method": "ui/notifications/tool-input",
        "params": {"arguments": {"city": "Zürich"}},
    }


def test_versions() -> None:
    """The table names what `tests/encoders/node` installs, and what the extra requires."""
    wanted = json.loads((NODE / "package.json").read_text())["dependencies"]
    for name in ("@ag-ui/client", "assistant-stream", "@modelcontextprotocol/ext-apps", "fast-json-patch", "ai"):
        assert f"`{name}` {wanted[name]}" in PAGE
    assert wanted["ai-6"].removeprefix("npm:ai@") in PAGE
    locked = json.loads((NODE / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in locked.values())
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    for name in ("a2ui-agent-sdk", "ag-ui-protocol", "assistant-stream"):
        version = re.search(f'"{name}>=([^"]+)"', project)
        assert version is not None
        assert f"`{name}` {version[1]}" in PAGE
