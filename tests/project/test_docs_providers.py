"""The snippets of the guide to clients run as they stand, each with its real client and a server on this machine."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from partialjson.providers import PROVIDERS
from partialjson.testing.bodies import WITHOUT_CALLS, Said, Say, body, frames
from support.loopback import Loopback, Reply
from support.sdks import KINDS, sdk
from support.told import real_events

# A snippet need not close its client, and what SDKs warn of is not this project's to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

GUIDE = Path(__file__).parents[2] / "docs" / "providers.md"
PREAMBLE, *SNIPPETS = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
SAID = Said(("Let me ", "see"), (), (Say("c1", "get_weather", ('{"city":"Zü', 'rich"}')),), "tool_calls")


def api_of(snippet: str) -> str:
    found = re.search(r'read\(\w+, "([^"]+)"', snippet)
    assert found is not None
    return found[1]


def name_of(snippet: str) -> str:
    return api_of(snippet) + (", socket" if "connect(" in snippet else "")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """The providers, as the environment of the SDKs names them."""
    with Loopback() as loopback:
        url = loopback.url
        for name in ("OPENAI", "ANTHROPIC", "GEMINI", "CO", "MISTRAL"):
            monkeypatch.setenv(f"{name}_API_KEY", "k")
        monkeypatch.setenv("OPENAI_BASE_URL", f"{url}/v1")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)
        monkeypatch.setenv("OLLAMA_HOST", url)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "AKIA",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
        }.items():
            monkeypatch.setenv(name, value)
        yield loopback


def redirected(snippet: str, server: Loopback) -> str:
    """The snippet with the addresses that no variable of the environment sets."""
    if "connect(" in snippet:
        snippet = snippet.replace("OpenAI()", f'OpenAI(websocket_base_url="{server.socket_url}")')
    snippet = re.sub(r'"wss://[^"]+"', f'"{server.socket_url}"', snippet)
    snippet = re.sub(r'"http://localhost[^"]+"', f'"{server.url}/v1"', snippet)
    snippet = snippet.replace("ClientV2()", f'ClientV2(base_url="{server.url}")')
    return snippet.replace("Mistral()", f'Mistral(server_url="{server.url}", api_key="k")')


@pytest.mark.parametrize("snippet", SNIPPETS, ids=name_of)
def test_a_snippet_runs(snippet: str, server: Loopback, capsys: pytest.CaptureFixture[str]) -> None:
    for package in re.findall(r"^(?:import|from) ([\w.]+)", snippet, re.M):
        sdk("google.genai" if package == "google" else package)
    api = api_of(snippet)
    said = (
        Said(("[1,", "2]")) if api in WITHOUT_CALLS else Said(SAID.texts, (), SAID.calls, SAID.reason, api == "mistral")
    )
    events = real_events(api, said)
    server.reply = Reply(
        body(api, events),
        frames=[frames([event]).decode() for event in events],
        kind=KINDS.get(api, "text/event-stream"),
        size=50,
    )
    names = {"__name__": "snippet"}
    exec(compile(PREAMBLE, str(GUIDE), "exec"), names)
    exec(compile(redirected(snippet, server), str(GUIDE), "exec"), names)
    names.clear()
    gc.collect()  # the warnings of clients that were not closed belong here
    printed = capsys.readouterr().out
    if api in WITHOUT_CALLS:
        assert printed.endswith("complete [1, 2]\n")
    else:
        assert "tool_calls [" in printed
        assert "Zürich" in printed.splitlines()[-1]


def test_every_provider_has_a_snippet() -> None:
    assert {api_of(snippet) for snippet in SNIPPETS} == set(PROVIDERS)
