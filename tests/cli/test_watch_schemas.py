"""``partialjson watch`` with JSON Schemas: of a document, of the tools of a request, and stopping early."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from partialjson.cli.exits import Exit
from partialjson.testing.bodies import Said, Say, body

ORDER = {
    "title": "Order",
    "type": "object",
    "properties": {"customer": {"type": "string"}, "state": {"enum": ["open", "paid"]}, "total": {"type": "integer"}},
    "required": ["customer", "total"],
}
GOOD = b'{"customer": "Ada", "state": "paid", "total": 3}'
WRONG = b'{"customer": "Ada", "state": "pending", "total": 3}'
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(run_command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``partialjson watch`` on some bytes in an empty directory; gives exit code, output and what was shown."""
    monkeypatch.chdir(tmp_path)
    return lambda data, *options: run_command(data, "watch", *options)


def save(name: str, value: Any) -> str:
    Path(name).write_text(json.dumps(value))
    return name


def test_a_document_and_its_schema(run: Run) -> None:
    code, out, err = run(GOOD, "--schema", save("order.json", ORDER))
    assert code == Exit.COMPLETE
    assert json.loads(out) == json.loads(GOOD)
    assert "# Order (json)" in err
    assert '✓ $.state = "paid"' in err


def test_a_document_that_does_not_fit(run: Run) -> None:
    code, out, err = run(WRONG, "--schema", save("order.json", ORDER))
    assert code == Exit.INVALID
    assert out == ""
    assert err.count("✗ $.state = ") == 2
    assert "✗ $.state = 'pending' is not one of ['open', 'paid']\n" in err
    assert "✗ invalid: $.state: 'pending' is not one of ['open', 'paid']\n" in err
    assert "✓ $.total = 3" in err


def test_the_first_sign_ends_it(run: Run) -> None:
    code, out, err = run(WRONG, "--schema", save("order.json", ORDER), "--stop-early", "--partial")
    assert code == Exit.INVALID
    assert json.loads(out) == {"customer": "Ada", "state": "pe"}
    assert "$.total" not in err
    assert "stopped: " in err
    assert "in $.state" in err


def test_a_format_of_a_request(run: Run) -> None:
    name = save("format.json", {"type": "json_schema", "json_schema": {"name": "order", "schema": ORDER}})
    assert run(GOOD, "--schema", name)[0] == Exit.COMPLETE
    assert run(WRONG, "--schema", name)[0] == Exit.INVALID


REQUEST = {
    "model": "m",
    "tools": [
        {"type": "function", "function": {"name": "order", "parameters": ORDER}},
        {"type": "function", "function": {"name": "ping"}},
    ],
}


def called(arguments: bytes) -> bytes:
    text = arguments.decode()
    pieces = tuple(text[at : at + 4] for at in range(0, len(text), 4))
    return body("openai-chat", Said((), (), (Say("c1", "order", pieces), Say("c2", "ping", ("{}",))), "tool_calls"))


@pytest.mark.parametrize("tools", [REQUEST, REQUEST["tools"]], ids=["request", "list"])
def test_the_tools_of_a_request(run: Run, tools: Any) -> None:
    options = ("--provider", "openai-chat", "--tools", save("request.json", tools))
    code, out, err = run(called(GOOD), *options)
    assert code == Exit.COMPLETE, err
    assert json.loads(out)[0] == {"id": "c1", "name": "order", "arguments": json.loads(GOOD)}
    code, out, err = run(called(WRONG), *options)
    assert (code, out) == (Exit.INVALID, "")
    assert "order $.state" in err


def test_a_response_ends_at_the_first_sign(run: Run) -> None:
    options = ("--provider", "openai-chat", "--tools", save("request.json", REQUEST), "--stop-early")
    code, _, err = run(called(WRONG), *options)
    assert code == Exit.INVALID
    assert "stopped: order $.state: expected 'open' or 'paid'" in err


WRONGS = {
    "no file": (None, "nowhere.json cannot be read as JSON"),
    "no JSON": ("{", "schema.json cannot be read as JSON"),
    "no schema": ('{"type": "objekt"}', "schema.json: SchemaError"),
    "a reference to nothing": ('{"$ref": "#/$defs/order"}', "schema.json: SchemaError"),
}


@pytest.mark.parametrize(("text", "complaint"), WRONGS.values(), ids=WRONGS)
def test_what_is_no_schema(run: Run, text: str | None, complaint: str) -> None:
    name = "nowhere.json"
    if text is not None:
        name = "schema.json"
        Path(name).write_text(text)
    code, out, err = run(GOOD, "--schema", name)
    assert (code, out) == (Exit.USAGE, "")
    assert complaint in err


def test_what_is_no_list_of_tools(run: Run) -> None:
    code, _, err = run(called(GOOD), "--provider", "openai-chat", "--tools", save("tools.json", [1]))
    assert code == Exit.USAGE
    assert "tools.json is no list of tools: tools[0]: expected an entry" in err


def test_options_that_do_not_go_together(run: Run) -> None:
    assert run(GOOD, "--schema", save("order.json", ORDER), "--model", "a:B")[0] == Exit.USAGE
    assert run(GOOD, "--tools", save("tools.json", []))[0] == Exit.USAGE


def test_nothing_comes_of_a_terminal_that_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert run(b'{"customer": 5', "--schema", save("order.json", ORDER), "--quiet", "--stop-early")[0] == Exit.INVALID
