"""The command: what it prints and exits with for every kind of input, and what its pictures look like at any size.

Clocks and sleeping are injected, so nothing here waits or measures. Where a test has to see that output comes before
the input ends, it blocks on that output instead.
"""

from __future__ import annotations

import errno
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import Complete, Failed, Truncated, compiled
from partialjson.cli import demo, main, screens, watch
from partialjson.cli.board import Board
from partialjson.cli.exits import Exit
from partialjson.cli.readers import JsonReader, MessageReader
from partialjson.cli.recordings import RECORDINGS, Recording
from partialjson.messages import MessageParser

BY_NAME = {recording.name: recording for recording in RECORDINGS}
NAMES = list(BY_NAME)
ENVIRONMENT = {**os.environ, "PYTHONPATH": "src", "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}
COMMAND = [sys.executable, "-m", "partialjson"]


class Item(BaseModel):
    sku: str
    quantity: int


class Order(BaseModel):
    customer: str
    items: list[Item]
    note: str | None = None


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def run_watch(run_command: Callable[..., tuple[int, str, str]]) -> Any:
    """Runs ``partialjson watch`` on some bytes; gives exit code, standard output and standard error."""
    return lambda data, *options: run_command(data, "watch", *options)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module of models in the current directory."""
    (tmp_path / "shop_models.py").write_text(
        "from pydantic import BaseModel, field_validator\n"
        "class Order(BaseModel):\n"
        "    customer: str\n"
        "    total: int\n"
        "    class Nested(BaseModel):\n"
        "        a: int\n"
        "class Touchy(BaseModel):\n"
        "    a: int\n"
        "    @field_validator('a')\n"
        "    @classmethod\n"
        "    def check(cls, value):\n"
        "        raise LookupError('no such thing')\n"
        "class Weather(BaseModel):\n"
        "    city: str\n"
        "    days: int\n"
        "NUMBER = 3\n"
    )
    (tmp_path / "broken_models.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield "shop_models"
    sys.modules.pop("shop_models", None)


# Recordings


@pytest.mark.parametrize("recording", RECORDINGS, ids=NAMES)
def test_a_recording_is_a_plain_response_body(recording: Recording) -> None:
    """The comments with the pauses are no part of the events, and the pieces are those of a model."""
    whole = MessageParser(recording.provider, output=recording.output, tools=recording.tools)
    whole.feed_bytes(recording.body())
    parts = MessageParser(recording.provider, output=recording.output, tools=recording.tools)
    pauses = []
    for pause, event in recording.events():
        pauses.append(pause)
        parts.feed_bytes(event)
    assert whole.end().reason == parts.end().reason
    assert whole.output.json == parts.output.json
    assert [call.json for call in whole.calls] == [call.json for call in parts.calls]
    assert b"".join(event for _, event in recording.events()) == recording.body()
    assert 2 < sum(pauses) < 15
    assert all(0 <= pause <= 2 for pause in pauses)


def test_recordings_end_as_their_stories_say() -> None:
    ended = {}
    for recording in RECORDINGS:
        message = MessageParser(recording.provider, output=recording.output, tools=recording.tools)
        message.feed_bytes(recording.body())
        ended[recording.name] = (message.end(), message)

    end, message = ended["itinerary"]
    assert end.reason == "complete"
    assert isinstance(message.output.outcome, Complete)
    assert message.output.value.days[0].stops[2].note.endswith("🌇")

    end, message = ended["tool-calls"]
    assert end.reason == "tool_calls"
    assert [call.ready for call in message.calls] == [True, True]
    assert message.calls[0].value.via == ["Coimbra-B", "Aveiro"]

    end, message = ended["invalid"]
    assert end.reason == "complete"
    assert isinstance(message.output.outcome, Failed)
    assert message.output.status(("stars",)) == "invalid"

    end, message = ended["cut-off"]
    assert (end.reason, end.raw) == ("truncated", "max_tokens")
    assert isinstance(message.output.outcome, Truncated)
    assert message.output.outcome.path == ("findings", 2, "evidence")

    end, message = ended["overloaded"]
    assert (end.reason, str(end.error)) == ("error", "overloaded_error: Overloaded")
    assert [call.ready for call in message.calls] == [False]


def test_tool_calls_are_interleaved() -> None:
    """The second call begins before the first one ends, and the other way round."""
    message = MessageParser("openai-chat", tools=BY_NAME["tool-calls"].tools)
    both = 0
    for _, event in BY_NAME["tool-calls"].events():
        message.feed_bytes(event)
        both += len(message.calls) == 2 and not any(call.done for call in message.calls)
    assert both > 10


# Demo


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("itinerary", ["✓ $.days[0].date = date(2026, 5, 14)", "✓ $.pace = Pace.RELAXED", "✓ complete: a valid Itin"]),
        ("tool-calls", ['✓ find_hotels $.city = "Porto"', "✓ complete: 2 tool calls ready, search_trains, find_h"]),
        ("invalid", ["✗ $.stars = Input should be less than or equal to 5", "✗ invalid: $.stars: Input should be"]),
        (
            "cut-off",
            [
                "✓ $.findings[1] = Finding(…)",
                "✂ truncated: the answer stopped short (max_tokens) inside $.findings[2].evidence; 14 values had",
            ],
        ),
        ("overloaded", ["✓ place_order $.lines[1] = Line(…)", "✗ error: overloaded_error: Overloaded; 9 values had"]),
    ],
)  # fmt: skip
def test_demo_in_plain_lines(name: str, expected: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", name, "--speed", "0", "--no-tty"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    for beginning in expected:
        assert any(line.startswith(beginning) for line in lines), beginning
    assert lines[0] == f"# {name} ({BY_NAME[name].provider})"
    assert re.match(r"# first token [\d.]+ s, first field [\d.]+ s, [\d.]+ s, \d+ chunks, \d+ characters$", lines[-1])


def test_demo_plays_everything_when_nothing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--speed", "0"]) == 0
    titles = [line for line in capsys.readouterr().out.splitlines() if re.match(r"# [a-z-]+ \(", line)]
    assert titles == [f"# {recording.name} ({recording.provider})" for recording in RECORDINGS]


def test_demo_ends_by_saying_which_core_it_ran_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--speed", "0", "--no-tty"]) == Exit.COMPLETE
    *_, before, last = "".join(capsys.readouterr()).splitlines()
    assert before == ""
    assert last.startswith("The core ran compiled." if compiled else "The core ran interpreted.")


def test_demo_lists_its_recordings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == NAMES


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_demo_takes_the_time_of_the_recording(speed: float) -> None:
    clock, stream = Clock(), io.StringIO()
    demo.run(["invalid"], speed, True, stream, clock, clock.sleep)
    pauses = [pause for pause, _ in BY_NAME["invalid"].events()]
    assert sum(clock.slept) == pytest.approx(sum(pauses) / speed)
    assert max(clock.slept) <= 0.05
    # The first event only says that there is a message.
    assert f"first token {sum(pauses[:2]) / speed:.2f} s" in stream.getvalue()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["demo", "nothing"], "there is no recording 'nothing'; there are itinerary, tool-calls"),
        (["demo", "--speed", "-1"], "a speed is 0 or more, not -1"),
        (["demo", "--speed", "nan"], "a speed is 0 or more, not nan"),
        (["demo", "--speed", "fast"], "invalid _speed value: 'fast'"),
        (["dance"], "invalid choice: 'dance'"),
        (["watch", "--provider", "openai"], "invalid choice: 'openai'"),
        (["watch", "--tool", "a=b:c"], "--tool and --tools need --provider"),
        (["watch", "--provider", "openai-chat", "--tool", "a"], "a tool is given as NAME=MODULE:CLASS, not 'a'"),
    ],
)
def test_wrong_usage(options: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(options) == Exit.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert complaint in err


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for options in [[], ["--help"], ["demo", "--help"], ["watch", "--help"], ["--version"]]:
        assert main(options) == 0
        out, err = capsys.readouterr()
        assert "partialjson" in out
        assert err == ""


def test_ctrl_c_in_the_demo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "play", interrupt)
    assert main(["demo", "--no-tty"]) == Exit.INTERRUPTED
    assert capsys.readouterr().err == ""


# Watch


def test_watch_prints_the_document_and_shows_the_fields(run_watch: Any) -> None:
    code, out, err = run_watch('{"a": [1, {"b": "é"}], "c": 2.50}'.encode())
    assert code == 0
    assert out == '{"a": [1, {"b": "é"}], "c": 2.5}\n'
    assert err.splitlines()[:-1] == [
        "# stream (json)",
        "✓ $.a[0] = 1",
        '✓ $.a[1].b = "é"',
        "✓ $.a[1] = {1 field}",
        "✓ $.a = [2 items]",
        "✓ $.c = 2.5",
        "✓ $ = {2 fields}",
        "✓ complete: {2 fields}",
    ]


def test_quiet_watch_shows_nothing_but_errors(run_watch: Any) -> None:
    assert run_watch(b"[1]", "--quiet") == (0, "[1]\n", "")
    code, out, err = run_watch(b"[1", "--quiet")
    assert (code, out) == (Exit.INCOMPLETE, "")
    assert err == "partialjson: truncated: the stream ended inside $[0]\n"


def test_a_number_at_the_root_completes_at_the_end(run_watch: Any) -> None:
    code, out, err = run_watch(b"12")
    assert (code, out) == (0, "12\n")
    assert "✓ $ = 12" in err


@pytest.mark.parametrize(
    ("data", "code", "complaint"),
    [
        (b"", Exit.INCOMPLETE, "truncated: the stream ended before any value began"),
        (b'{"a": 1, "b": "x', Exit.INCOMPLETE, "truncated: the stream ended inside $.b; 1 part of it complete"),
        (b'{"a": tru!', Exit.FAILED, "malformed: "),
        (b'{"a": 1} x', Exit.FAILED, "line 1 column 10"),
        (b'{"a": "\xff"}', Exit.FAILED, "not UTF-8"),
        (b"<html><body>502</body></html>", Exit.FAILED, "it looks like HTML or XML"),
        (b'data: {"choices": []}\n\n', Exit.FAILED, "it looks like server-sent events, name their format"),
        (b'```json\n{"a": 1}\n```', Exit.FAILED, "it begins with a Markdown fence"),
        (b"[" * 100_000, Exit.FAILED, "malformed: "),
    ],
)  # fmt: skip
def test_watch_tells_what_is_wrong_with_a_document(run_watch: Any, data: bytes, code: Exit, complaint: str) -> None:
    status, out, err = run_watch(data)
    assert status == code
    assert out == ""
    endings = [line for line in err.splitlines() if line[0] in "✂✗"]
    assert len(endings) == 1
    assert complaint in endings[0]
    assert "Traceback" not in err


def test_partial_prints_what_there_is(run_watch: Any) -> None:
    code, out, err = run_watch(b'{"a": 1, "b": "x', "--partial")
    assert (code, out) == (Exit.INCOMPLETE, '{"a": 1, "b": "x"}\n')
    assert "✓ $.a = 1" in err
    assert run_watch(b'{"a": 1, "b": ?', "--partial")[:2] == (Exit.FAILED, '{"a": 1}\n')
    assert run_watch(b"", "--partial")[:2] == (Exit.INCOMPLETE, "")


def test_a_model_of_the_current_directory(run_watch: Any, models: str) -> None:
    code, out, err = run_watch(b'{"customer": "Ada", "total": 3}', "--model", f"{models}:Order")
    assert (code, out) == (0, '{"customer": "Ada", "total": 3}\n')
    assert "✓ complete: a valid Order" in err
    assert run_watch(b'{"a": 1}', "--model", f"{models}:Order.Nested")[0] == 0


@pytest.mark.parametrize(
    ("data", "model", "complaint"),
    [
        (b'{"customer": "Ada", "total": "many"}', "Order", "invalid: $.total: Input should be a valid integer"),
        (b'{"customer": "Ada"}', "Order", "invalid: $.total: Field required"),
        (b"[]", "Order", "invalid: $: Input should be an object"),
        (b'{"a": 1}', "Touchy", "a validator raised LookupError"),
    ],
)
def test_a_document_that_is_not_valid_for_the_model(
    run_watch: Any, models: str, data: bytes, model: str, complaint: str
) -> None:
    code, out, err = run_watch(data, "--model", f"{models}:{model}")
    assert (code, out) == (Exit.INVALID, "")
    assert complaint in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        ("Order", "a model is named package.module:Class, not 'Order'"),
        ("no_such_module:Order", "no_such_module:Order cannot be imported: ModuleNotFoundError"),
        ("shop_models:Nothing", "shop_models:Nothing cannot be imported: AttributeError"),
        ("broken_models:Order", "broken_models:Order cannot be imported: ZeroDivisionError"),
        ("shop_models:NUMBER", "shop_models:NUMBER cannot be used as a model"),
    ],
)
def test_a_model_that_cannot_be_had(run_watch: Any, models: str, model: str, complaint: str) -> None:
    code, out, err = run_watch(b"{}", "--model", model)
    assert (code, out) == (Exit.USAGE, "")
    assert complaint in err.splitlines()[-1]


def test_the_output_of_a_provider(run_watch: Any) -> None:
    body = BY_NAME["itinerary"].body()
    code, out, err = run_watch(body, "--provider", "openai-chat")
    assert code == 0
    assert json.loads(out)["budget"] == {"currency": "EUR", "total": 164.5, "reserve": 40.0}
    assert "✓ complete: {6 fields}" in err
    code, out, err = run_watch(body, "--provider", "openai-chat", "--model", "partialjson.cli.recordings:Itinerary")
    assert code == 0
    assert "✓ complete: a valid Itinerary" in err


def test_tool_calls_are_printed_as_a_list(run_watch: Any) -> None:
    code, out, _ = run_watch(BY_NAME["tool-calls"].body(), "--provider", "openai-chat")
    assert code == 0
    calls = json.loads(out)
    assert [(call["name"], len(call["arguments"])) for call in calls] == [("search_trains", 6), ("find_hotels", 5)]
    assert all(call["id"].startswith("call_") for call in calls)


def test_arguments_are_checked_against_the_model_of_a_tool(run_watch: Any, models: str) -> None:
    body = BY_NAME["tool-calls"].body()
    options = ["--provider", "openai-chat", "--tool", f"find_hotels={models}:Weather"]
    code, out, err = run_watch(body, *options)
    assert (code, out) == (Exit.INVALID, "")
    assert "invalid: find_hotels: $.days: Field required" in err
    code, out, err = run_watch(body, *options, "--partial")
    assert code == Exit.INVALID
    assert len(json.loads(out)) == 2


def sse(*payloads: object) -> bytes:
    return b"".join(b"data: " + json.dumps(payload).encode() + b"\n\n" for payload in payloads)


def chat(content: str | None = None, finish: str | None = None) -> dict[str, Any]:
    delta = {} if content is None else {"content": content}
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


DONE = b"data: [DONE]\n\n"


@pytest.mark.parametrize(
    ("body", "code", "complaint"),
    [
        (b"", Exit.INCOMPLETE, "✂ disconnected: the stream ended without the provider's last event"),
        (sse(chat('{"a": 1, "b"')), Exit.INCOMPLETE, "last event inside $; 1 value had completed"),
        (sse(chat('{"a": "x', None), chat(finish="length")) + DONE, Exit.INCOMPLETE, "(length) inside $.a"),
        (sse(chat('{"a": "x', None), chat(finish="stop")) + DONE, Exit.INCOMPLETE, "short (stop) inside $.a"),
        (sse(chat('{"a": 1}'), chat(finish="content_filter")) + DONE, Exit.INCOMPLETE, "answer was filtered (content"),
        (sse(chat("I would rather not."), chat(finish="stop")) + DONE, Exit.FAILED, "the text is 'I would rather no"),
        (sse(chat('{"a": 1,'), {"error": {"message": "overheated", "type": "server_error"}}), Exit.FAILED,
         "error: server_error: overheated; 1 value had completed"),
        (b"<html>no</html>\n", Exit.FAILED, "the body is HTML or XML"),
        (b'{"error": {"message": "no key", "type": "auth"}}\n', Exit.FAILED, "error: auth: no key"),
        (b"data: {oops\n\n", Exit.FAILED, "is not JSON"),
    ],
)  # fmt: skip
def test_watch_tells_what_is_wrong_with_a_response(run_watch: Any, body: bytes, code: Exit, complaint: str) -> None:
    status, out, err = run_watch(body, "--provider", "openai-chat")
    assert status == code
    assert out == ""
    endings = [line for line in err.splitlines() if line[0] in "✂✗"]
    assert len(endings) == 1
    assert complaint in endings[0]


def test_prose_before_a_call_is_no_error(run_watch: Any) -> None:
    code, _, err = run_watch(BY_NAME["tool-calls"].body(), "--provider", "openai-chat", "--quiet")
    assert (code, err) == (0, "")


def test_unprintable_text_is_escaped(run_watch: Any) -> None:
    """What a model writes must not reach the terminal as commands, and a lone surrogate must not end the program."""
    code, out, err = run_watch(rb'{"a\u001b[2J": "\u001b]0;x\u0007 \ud83d \u009b"}')
    assert code == 0
    assert not set("\x1b\x07\x9b\ud83d") & set(err + out)
    assert json.loads(out) == {"a\x1b[2J": "\x1b]0;x\x07 \ud83d \x9b"}


def test_input_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Directory:
        def isatty(self) -> bool:
            return False

        def fileno(self) -> int:
            return handle

    handle = os.open(tmp_path, os.O_RDONLY)
    monkeypatch.setattr(sys, "stdin", Directory())
    assert main(["watch", "--quiet"]) == Exit.FAILED
    os.close(handle)
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["watch", "--quiet"]) == Exit.USAGE


# As a process


def start(*options: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *options],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        preexec_fn=mind_interrupts,
    )


def mind_interrupts() -> None:
    """Processes in the background are started with Ctrl-C ignored, and hand that on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_watch_is_live() -> None:
    """A field is on standard error while the document is still open; Ctrl-C then loses nothing."""
    with start("watch", "--partial") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b'{"a": 1, "b": [')
        process.stdin.flush()
        assert process.stderr.readline() == b"# stream (json)\n"
        assert process.stderr.readline().decode() == "✓ $.a = 1\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b'{"a": 1, "b": []}\n'
        assert "✂ interrupted: by Ctrl-C; 1 value had completed" in process.stderr.read().decode()
        assert process.wait() == Exit.INTERRUPTED


def test_a_broken_pipe_is_quiet() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with start("demo", "--speed", "0", stdout=writing) as process:
        os.close(writing)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait() == Exit.BROKEN_PIPE


def test_a_stream_without_unicode() -> None:
    found = subprocess.run(
        [*COMMAND, "demo", "cut-off", "--speed", "0"],
        env=ENVIRONMENT | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert b"+ $.started = time(7, 52)\n" in found.stdout
    assert b"% truncated: " in found.stdout
    found.stdout.decode("ascii")


def on_terminal(*options: str, data: bytes = b"", interrupt_at: bytes = b"") -> tuple[int, str]:
    """Runs the command on a pseudo-terminal, except for standard input and output of watch; gives what it drew.

    It is interrupted as soon as ``interrupt_at`` was drawn.
    """
    master, slave = pty.openpty()
    stdout = subprocess.PIPE if options[0] == "watch" else slave
    with start(*options, stdout=stdout, stderr=slave) as process:
        os.close(slave)
        assert process.stdin is not None
        process.stdin.write(data)
        process.stdin.close()
        drawn = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError as error:
                if error.errno != errno.EIO:  # how Linux says that the other end is closed
                    raise
                break
            if not piece:
                break
            drawn += piece
            if interrupt_at and interrupt_at in drawn:
                process.send_signal(signal.SIGINT)
                interrupt_at = b""
        code = process.wait()
    os.close(master)
    # An interrupt may come in the middle of a character.
    return code, drawn.decode(errors="replace")


def test_the_live_demo_on_a_terminal() -> None:
    code, drawn = on_terminal("demo", "tool-calls", "--speed", "40")
    assert code == 0
    live, _, left = drawn.partition("\x1b[?1049l")
    assert "\x1b[?1049h" in live
    assert "◐ streaming" in live
    assert "as it completes" in live
    # The last picture stays, with the cursor back.
    assert "complete: 2 tool calls ready" in left
    assert "\x1b[?25h" in drawn


def test_ctrl_c_restores_the_terminal() -> None:
    code, drawn = on_terminal("demo", "--speed", "0.1", interrupt_at=b"streaming")
    assert code == Exit.INTERRUPTED
    assert "Traceback" not in drawn
    left = drawn.partition("\x1b[?1049h")[2]
    assert "\x1b[?1049l" in left
    assert "\x1b[?25h" in left


def test_the_live_watch_on_a_terminal() -> None:
    recording = BY_NAME["overloaded"]
    code, drawn = on_terminal("watch", "--provider", recording.provider, data=recording.body())
    assert code == Exit.FAILED
    assert "overloaded_error: Overloaded" in drawn.partition("\x1b[?1049l")[2]


def test_without_rich_there_are_lines_and_a_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    assert isinstance(screens.open_screen(stream, Clock(), False), screens.Plain)
    assert capsys.readouterr().err == 'partialjson: the live view needs rich: pip install "partialjson-live[demo]"\n'
    assert isinstance(screens.open_screen(stream, Clock(), True), screens.Plain)
    assert capsys.readouterr().err == ""


def test_a_terminal_that_cannot_show_the_view_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    assert not isinstance(screens.open_screen(terminal, Clock(), False), screens.Plain)
    terminal.encoding = "latin-1"
    assert isinstance(screens.open_screen(terminal, Clock(), False), screens.Plain)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(screens.open_screen(Terminal(), Clock(), False), screens.Plain)


# Pictures


def boards(recording: Recording, every: int) -> Iterator[Board]:
    """The board of a recording at several moments, the last one after the end."""
    clock = Clock()
    board = Board(recording.name, recording.provider, clock, recording.story)
    reader = MessageReader(board, recording.provider, recording.output, recording.tools)
    for number, (pause, event) in enumerate(recording.events()):
        if number % every == 0:
            yield board
        clock.sleep(pause)
        reader.feed(event)
    board.finish(reader.end())
    yield board


def picture(board: Board, width: int, height: int) -> list[str]:
    from rich.console import Console

    from partialjson.cli.view import Picture

    console = Console(width=width, height=height, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(Picture(board, height))
    return capture.get().splitlines()


@pytest.mark.parametrize("recording", RECORDINGS, ids=NAMES)
@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60), (64, 16), (40, 12), (21, 6), (9, 3), (2, 1)])
def test_a_picture_fits_its_place(recording: Recording, width: int, height: int) -> None:
    from rich.cells import cell_len

    for board in boards(recording, 37):
        lines = picture(board, width, height)
        assert len(lines) == height
        assert all(cell_len(line) <= width for line in lines)


def test_wide_characters_fit_too() -> None:
    from rich.cells import cell_len

    board = Board("宽" * 30, "json", Clock())
    reader = JsonReader(board)
    reader.feed('{"名前": "漢字かな交じり文を書いてみる🌇🌇", "続き": ["もう一つ", "そしてさらに長い文'.encode())
    for width in range(20, 90):
        lines = picture(board, width, 20)
        assert all(cell_len(line) <= width for line in lines)


def test_a_picture_tells_each_status_by_a_sign() -> None:
    for board in boards(BY_NAME["invalid"], 45):
        lines = picture(board, 100, 30)
        if board.elapsed > 1 and board.ending is None:
            text = "\n".join(lines)
            assert '✓ product  "Folding travel kettle, 0.6 l"' in text
            assert "✗ stars    7  Input should be less than or equal to 5" in text
            assert "◐ cons     " in text or "◐ verdict  " in text or "○ verdict  text" in text
            return
    raise AssertionError("no picture in the middle")


def test_drawing_is_throttled() -> None:
    from rich.console import Console

    from partialjson.cli.view import LiveScreen

    clock = Clock()
    stream = Terminal()
    screen = LiveScreen(Console(file=stream, width=60, height=10, force_terminal=True), clock)
    board = Board("x", "json", clock)
    with screen:
        screen.show(board)
        before = len(stream.getvalue())
        for _ in range(1000):
            screen.update()
        assert len(stream.getvalue()) == before
        clock.sleep(1)
        screen.update()
        assert len(stream.getvalue()) > before


def test_a_reader_keeps_a_bounded_tail() -> None:
    board = Board("x", "json", Clock())
    reader = JsonReader(board)
    reader.feed(b'"')
    for _ in range(100):
        reader.feed(b"x" * 10_000)
    assert board.characters == 1_000_001
    assert len(board.texts[0].tail) <= 50_000
    ending = reader.end()
    assert ending.code == Exit.INCOMPLETE


def test_what_was_wrong_is_forgotten_when_it_is_replaced() -> None:
    board = Board("x", "json", Clock())
    reader = JsonReader(board, Order)
    reader.feed(b'{"customer": 1, ')
    mark = {"status": "invalid", "message": "Input should be a valid string"}
    assert board.sheets[0].drawn.state["marks"] == {"/customer": mark}
    reader.feed(b'"customer": "A", "items": []}')
    assert board.sheets[0].drawn.state["marks"] == {}
    assert reader.end().code == Exit.COMPLETE


def test_load_target() -> None:
    assert watch.load_target("datetime:date") is date
    with pytest.raises(watch.UsageError):
        watch.load_target("datetime:")
