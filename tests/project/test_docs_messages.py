"""The snippets of the guide to messages run as they stand, each on a message told in its provider's format."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from partialjson.clients import read
from partialjson.messages import MessageParser
from partialjson.providers import PROVIDERS
from partialjson.testing.bodies import APIS, WITHOUT_CALLS, Said, Say, array, body, events, frames, sse
from partialjson.wire import apis

GUIDE = Path(__file__).parents[2] / "docs" / "messages.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PREAMBLE, *OTHERS = SNIPPETS
CALLS = (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')),)
TEXTS = ('{"city":', '"Bern"}')


def api_of(snippet: str) -> str:
    found = re.search(r'(?:MessageParser\(|read\(\w+, )"([^"]+)"', snippet)
    return found[1] if found else ""


def surroundings(api: str) -> dict[str, Any]:
    """What the guide leaves open, for one API."""
    names: dict[str, Any] = {}
    exec(compile(PREAMBLE, str(GUIDE), "exec"), names)
    if api:
        calls = () if api in WITHOUT_CALLS else CALLS
        told = events(api, Said(TEXTS, (), calls, "tool_calls" if calls else "complete"))
        raw = body(api, told)
        names["stream"] = told
        names["body"] = [raw[at : at + 20] for at in range(0, len(raw), 20)]
        names["frames"] = [frames([event]) for event in told]
        names["array_body"] = [array(told)]
    return names


@pytest.mark.parametrize("snippet", OTHERS, ids=lambda snippet: api_of(snippet) or "adapter")
def test_a_snippet_runs(snippet: str, capsys: pytest.CaptureFixture[str]) -> None:
    api = api_of(snippet)
    names = surroundings(api)
    exec(compile(snippet, str(GUIDE), "exec"), names)
    printed = capsys.readouterr().out
    assert printed
    message = names.get("message")
    if api:
        assert isinstance(message, MessageParser)
        assert message.end().reason == ("complete" if api in WITHOUT_CALLS else "tool_calls")
        assert message.end().reason in printed


def test_every_provider_has_a_snippet() -> None:
    assert {api_of(snippet) for snippet in OTHERS} - {""} == set(PROVIDERS) == set(APIS)


def test_another_provider_is_one_module_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("partialjson.wire.providers.made_up")
    snippet = next(snippet for snippet in OTHERS if "class Adapter" in snippet)
    exec(compile(snippet, str(GUIDE), "exec"), vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(apis.APIS, "made-up", apis.API("made_up"))
    told = [
        {"piece": {"slot": 0, "tool": "get_weather", "json": '{"city":'}},
        {"piece": {"slot": 1, "tool": "f", "json": "[1,"}},
        {"piece": {"slot": 0, "json": '"Bern"}'}},
        {"over": "length"},
    ]
    for source in (told, [sse(told)]):
        message = read(source, "made-up", tools={"get_weather": dict[str, str]}).finish()
        assert [call.value for call in message.calls] == [{"city": "Bern"}, [1]]
        assert [call.ready for call in message.calls] == [True, False]
        assert (message.end().reason, message.end().raw) == ("truncated", "length")
    assert read(told[:2], "made-up").finish().end().reason == "disconnected"


def test_the_loop_shows_what_changes(capsys: pytest.CaptureFixture[str]) -> None:
    loop = next(snippet for snippet in OTHERS if "match update" in snippet)
    exec(compile(loop, str(GUIDE), "exec"), surroundings("openai-chat"))
    assert capsys.readouterr().out.splitlines() == [
        "text '{\"city\":'",
        "json {}",
        "text '\"Bern\"}'",
        "json {'city': 'Bern'}",
        "call get_weather c1",
        "json {'city': 'Zü'}",
        "json {'city': 'Zürich'}",
        "tool_calls [Weather(city='Zürich', days=1)]",
    ]
