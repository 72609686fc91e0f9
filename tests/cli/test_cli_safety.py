"""What a model writes is not obeyed by a terminal, and what is called JSON is JSON.

Every text of the model goes through every command and both streams: keys, strings, tool names, reasons, errors.
"""

from __future__ import annotations

import io
import json
import math
import os
import pty
import subprocess
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson.cli.board import Board
from partialjson.cli.readers import JsonReader, MessageReader
from partialjson.cli.screens import Plain, Silent
from partialjson.cli.watch import _dumped
from partialjson.render.text import printable_json, show

NASTY = "\x1b[31m\x9b2J\x07\x7f\u202e\u2066\u200b\u2028\ufeff\ud800\x00\x85"
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}

JSON = json.dumps({NASTY: [NASTY, {"a" + NASTY: NASTY}], "far": [1], "Infinity": "Infinity"}).replace(
    "[1]", "[1e400, -1e400]"
)


def is_safe(text: str) -> bool:
    """Would a terminal only draw it?"""
    return all(unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or each in "\r\n" for each in text)


def chat(**delta: Any) -> str:
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta}]})}\n\n"


BODIES: dict[str, tuple[str, str]] = {
    "text": ("openai-chat", chat(content=NASTY, refusal=NASTY)),
    "a document": ("openai-chat", chat(content=JSON)),
    "a call": (
        "openai-chat",
        chat(tool_calls=[{"index": 0, "id": NASTY, "function": {"name": NASTY, "arguments": JSON}}]),
    ),
    "a cut call": (
        "openai-chat",
        chat(tool_calls=[{"index": 0, "id": NASTY, "function": {"name": NASTY, "arguments": JSON[:-9]}}]),
    ),
    "a reason": (
        "openai-chat",
        f"data: {json.dumps({'choices': [{'index': 0, 'delta': {}, 'finish_reason': NASTY}]})}\n\n",
    ),
    "an error": ("openai-chat", f"data: {json.dumps({'error': {'message': NASTY, 'code': NASTY, 'type': NASTY}})}\n\n"),
    "an anthropic error": (
        "anthropic-messages",
        f"event: error\ndata: {json.dumps({'type': 'error', 'error': {'type': NASTY, 'message': NASTY}})}\n\n",
    ),
    "no stream": ("gemini", NASTY.replace("\ud800", "")),
    "an event of its own": ("openai-responses", f"event: {NASTY}x\ndata: {NASTY}\n\n".replace("\ud800", "")),
}


def watched(reader: Any, board: Board, body: bytes, silent: bool) -> str:
    stream = io.StringIO()
    screen = Silent(stream) if silent else Plain(stream)
    screen.show(board)
    for i in range(0, len(body), 7):
        if reader.over:
            break
        reader.feed(body[i : i + 7])
    board.finish(reader.end())
    screen.finish()
    return stream.getvalue()


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("silent", [True, False])
def test_messages_are_shown_safely(name: str, silent: bool) -> None:
    provider, body = BODIES[name]
    board = Board("t", provider, lambda: 0.0)
    shown = watched(MessageReader(board, provider), board, body.encode(), silent)
    assert is_safe(shown), ascii(shown)
    assert board.ending is not None
    result = _dumped(board.ending.json, "utf-8", 2) if isinstance(board.ending.json, dict | list) else ""
    assert is_safe(result), ascii(result)


@pytest.mark.parametrize("text", [JSON, JSON[:-20], JSON + NASTY, NASTY, f'{{"a": {NASTY}'])
@pytest.mark.parametrize("silent", [True, False])
def test_documents_are_shown_safely(text: str, silent: bool) -> None:
    board = Board("t", "json", lambda: 0.0)
    shown = watched(JsonReader(board), board, text.encode(errors="replace"), silent)
    assert is_safe(shown), ascii(shown)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from([NASTY, "Infinity", '"Infinity', "\\", math.inf, -math.inf]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("Infinity"), inner, max_size=3),
)


@given(VALUES, st.sampled_from([None, 0, 2]), st.sampled_from(["utf-8", "ascii", "latin-1", None]))
def test_what_is_printed_is_json_and_reads_as_the_same(value: Any, indent: int | None, encoding: str | None) -> None:
    for text in (printable_json(value, indent), _dumped(value, encoding, indent)):
        assert is_safe(text)
        read = json.loads(text, parse_constant=pytest.fail)
        # Two halves of a pair side by side are one character in JSON.
        assert read == json.loads(json.dumps(value)), text
    _dumped(value, encoding, indent).encode(encoding or "ascii")
    assert is_safe(show(value))
    assert "inf" not in show(math.inf).lower()


@pytest.mark.parametrize("arguments", [["watch", "--quiet"], ["watch", "--no-tty"], ["watch", "--partial"]])
def test_a_terminal_gets_no_control_characters(arguments: list[str]) -> None:
    master, slave = pty.openpty()
    text = JSON.encode() if "--partial" not in arguments else JSON[:-1].encode()
    done = subprocess.run(
        [sys.executable, "-m", "partialjson", *arguments],
        input=text, stdout=slave, stderr=subprocess.PIPE, env={**ENVIRONMENT, "TERM": "dumb"}, check=False,
    )  # fmt: skip
    os.close(slave)
    printed = os.read(master, 1 << 16).decode()
    os.close(master)
    assert is_safe(printed), ascii(printed)
    assert is_safe(done.stderr.decode()), ascii(done.stderr)
    assert json.loads(printed, parse_constant=pytest.fail) == json.loads(JSON)
