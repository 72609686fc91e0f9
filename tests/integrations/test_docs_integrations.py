"""The programs of docs/integrations.md, as they stand there, with a provider on this machine."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import io
import json
import re
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from partialjson import compat, integrations
from partialjson.integrations import NAMES
from partialjson.testing.bodies import Said, Say
from support import claude
from support.loopback import Loopback, Reply
from support.turns import turn

DOCS = Path(__file__).resolve().parents[2] / "docs" / "integrations.md"
TEXT = DOCS.read_text(encoding="utf-8")
REPORT = '{"title": "Orders of last week, and what became of each of them", "totals": [12.5, 300, 7]}'
READERS = re.findall(r"<!-- reads with: (.+?) -->\n\n```python\n(.+?)```", TEXT, re.DOTALL)
PROGRAMS = re.findall(r"### (.+?)\n\n<!-- runs with: (.+?) -->\n\n```python\n(.+?)```", TEXT, re.DOTALL)


def server_events(events: list[dict[str, Any]], named: bool = False) -> bytes:
    lines = [(f"event: {each['type']}\n" if named else "") + f"data: {json.dumps(each)}\n\n" for each in events]
    return "".join([*lines, "" if named else "data: [DONE]\n\n"]).encode()


def pieces() -> list[str]:
    return [REPORT[at : at + 5] for at in range(0, len(REPORT), 5)]


def chat() -> bytes:
    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": [choice]}

    begin = chunk({"role": "assistant", "content": ""})
    return server_events([begin, *[chunk({"content": piece}) for piece in pieces()], chunk({}, "stop")])


class Provider(Loopback):
    """Chat Completions that call a tool: the first that a request names, with the report as its result."""

    def _reply(self, path: str) -> Reply:
        tools = json.loads(self.last.body or b"{}").get("tools")
        if not tools or not path.endswith("/chat/completions"):
            return super()._reply(path)
        arguments = f'{{"result": {REPORT}}}'
        cut = tuple(arguments[at : at + 5] for at in range(0, len(arguments), 5))
        return Reply(turn("openai-chat", Said((), (), (Say("t", tools[0]["function"]["name"], cut),), "tool_calls")))


def messages() -> bytes:
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "claude", "content": [], "usage": usage}
    block = {"type": "tool_use", "id": "t", "name": "report", "input": {}}
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces()]
    return server_events(
        [
            {"type": "message_start", "message": message | {"stop_reason": None, "stop_sequence": None}},
            {"type": "content_block_start", "index": 0, "content_block": block},
            *[{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas],
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "tool_use", "stop_sequence": None},
                "usage": {"output_tokens": 1},
            },
            {"type": "message_stop"},
        ],
        named=True,
    )


def test_each_library_has_a_row() -> None:
    rows = set(re.findall(r'\| `install\("([a-z-]+)"\)` \|', TEXT))
    assert rows == set(NAMES)


def test_each_library_has_a_program() -> None:
    """The line that is added stands in it."""
    named = {name for name in NAMES for _, _, code in PROGRAMS if f'install("{name}"' in code}
    assert named == set(NAMES)


def test_the_functions_of_compat(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(from partialjson.compat.+?)```\n\n```\n(.+?)```", TEXT, re.DOTALL)
    assert found is not None
    code, output = found.groups()
    exec(code, {})
    assert capsys.readouterr().out == output


@pytest.mark.parametrize(("name", "modules", "code"), PROGRAMS, ids=[name for name, _, _ in PROGRAMS])
def test_program(name: str, modules: str, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    skip_without(modules)
    if not any(known for library, _, known in integrations.libraries() if f'install("{library.name}"' in code):
        pytest.skip("its version is not known")
    if name == "openai" and not hasattr(
        importlib.import_module("openai.resources.chat.completions").Completions, "stream"
    ):
        pytest.skip("it stands under client.beta in this version")
    printed = io.StringIO()
    compat.forget()
    with Provider() as server:
        server.replies["/v1/chat/completions"] = Reply(chat())
        server.replies["/v1/messages"] = Reply(messages())
        for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            monkeypatch.setenv(variable, "k")
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_BASE", f"{server.url}/v1")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        # Nothing is kept, shown or fetched but what the program says.
        monkeypatch.setenv("DSPY_CACHEDIR", str(tmp_path))
        monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        monkeypatch.setenv("MARVIN_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/marvin.db")
        monkeypatch.setenv("MARVIN_ENABLE_DEFAULT_PRINT_HANDLER", "false")
        namespace: dict[str, Any] = {"__name__": "program"}
        made: list[integrations.Installation] = []
        install = integrations.install

        def remembered(*names: str, **options: Any) -> integrations.Installation:
            made.append(install(*names, **options))
            return made[-1]

        monkeypatch.setattr(integrations, "install", remembered)
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(code, f"{name} in {DOCS.name}", "exec"), namespace)
        finally:
            for installation in made:
                installation.remove()
            with warnings.catch_warnings():
                # A program leaves its client's connections to its own end.
                warnings.simplefilter("ignore", ResourceWarning)
                namespace.clear()
                gc.collect()
    assert made
    check_printed(printed.getvalue().splitlines())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("modules", "code"), READERS, ids=[modules.split()[0] for modules, _ in READERS])
def test_program_that_reads(modules: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries whose streams are read as they are."""
    skip_without(modules)
    library = modules.split()[0]
    calls = (Say("t", "report", tuple(pieces())),) if library == "fastmcp" else ()
    said = Said(() if calls else tuple(pieces()), (), calls, "tool_calls" if calls else "complete")
    printed = io.StringIO()
    with Loopback() as server:
        server.replies["/v1/chat/completions"] = Reply(chat())
        server.replies["/v1/responses"] = Reply(turn("openai-responses", said), size=50)
        for name, value in {
            "OPENAI_API_KEY": "k",
            "OPENAI_BASE_URL": f"{server.url}/v1",
            "OPENAI_AGENTS_DISABLE_TRACING": "1",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }.items():
            monkeypatch.setenv(name, value)
        if library == "claude_agent_sdk":
            call = Said((), (), (Say("t", "StructuredOutput", tuple(pieces())),), "tool_calls")
            sdk = claude.claude()
            if not hasattr(sdk.ClaudeAgentOptions(), "output_format"):
                pytest.skip("this version has no structured output")
            lines = [*claude.turn_of(call), claude.result_of(structured_output=json.loads(REPORT))]
            monkeypatch.setattr(sdk, "query", partial(sdk.query, transport=claude.command(lines)))
        namespace: dict[str, Any] = {"__name__": "program"}
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"{library} in {DOCS.name}", "exec"), namespace)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            namespace.clear()
            gc.collect()
    shown = printed.getvalue().splitlines()
    check_printed(shown)
    assert shown[-1].startswith("complete" if library in ("litellm", "agents") else "tool_calls")


def skip_without(modules: str) -> None:
    for module in modules.split():
        try:
            found = importlib.util.find_spec(module)
        except ImportError:
            found = None
        if found is None:
            pytest.skip(f"needs {module}")


def check_printed(lines: list[str]) -> None:
    """Partial values were shown, no half of a number among them, and the whole one at the end."""
    assert len(lines) > 4
    for number in ("12.5", "300", "7"):
        assert number in lines[-1]
    assert "what became of each" in lines[-1]
    assert not any(re.search(r"\b(12|30|3)\b(?!\.)|\b(1|30)\]", line) for line in lines), "half of a number was shown"


def test_each_library_that_is_read_has_a_program() -> None:
    assert [modules.split()[0] for modules, _ in READERS] == ["litellm", "agents", "claude_agent_sdk", "fastmcp"]
