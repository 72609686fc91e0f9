"""The snippets of the pages on recovery and observability run as they stand."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from partialjson.testing.bodies import Said, Say, body

DOCS = Path(__file__).parents[2] / "docs"
CUT = '{"customer": "Zoë", "items": [{"sku":"x","qty":1}, {"sku":"'
REST = 'yy","qty":2}]}'


def snippets(page: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def pieces(said: Said, size: int = 20) -> list[bytes]:
    raw = body("openai-chat", said)
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def run(page: str, names: dict[str, Any], snippet: str) -> None:
    exec(compile(snippet, str(DOCS / page), "exec", dont_inherit=True), names)


def test_recovery(capsys: pytest.CaptureFixture[str]) -> None:
    preamble, lost, again, on, bare = snippets("recovery.md")
    names: dict[str, Any] = {
        "body": pieces(Said(calls=(Say("c1", "order", (CUT,)),), reason=None)),
        "bodies": [pieces(Said(("Hello ", "wor"), reason=None)), pieces(Said(("Hello ", "world", "!")))],
        "rest_of_it": pieces(Said(("Here it is:\n```json\n", CUT[30:] + REST, "\n```"))),
    }
    run("recovery.md", names, preamble)
    run("recovery.md", names, lost)
    text = (DOCS / "recovery.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == text.split(lost + "```\n\n```\n")[1].split("```")[0]
    run("recovery.md", names, again)
    assert capsys.readouterr().out.splitlines() == [
        "disconnected 'Hello wor'",
        "attempt 2 takes over",
        "complete 'Hello world!'",
    ]
    run("recovery.md", names, on)
    printed = capsys.readouterr().out
    assert "Continue it from the very character" in printed
    order = "customer='Zoë' items=[Item(sku='x', qty=1), Item(sku='yy', qty=2)]"
    assert printed.splitlines()[-1] == f"tool_calls {order} True"
    run("recovery.md", names, bare)
    assert capsys.readouterr().out.splitlines()[-1] == "customer='Zoë' items=[Item(sku='x', qty=12)]"


def test_observability(capsys: pytest.CaptureFixture[str]) -> None:
    first, telemetry = snippets("observability.md")
    names: dict[str, Any] = {"body": pieces(Said(('{"a":', "1,", *["\n" * 100] * 6, '"b":2}')))}
    run("observability.md", names, first)
    told = capsys.readouterr().out
    assert "white space only: 500" in told
    assert "first_field 0." in told
    if find_spec("opentelemetry") is None:
        pytest.skip("opentelemetry is not installed: pip install opentelemetry-api")
    run("observability.md", names, telemetry)
    assert capsys.readouterr().out == "complete\n"
