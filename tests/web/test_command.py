"""``partialjson serve`` as a command: where it listens, what it says, how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import partialjson
from partialjson.cli import main

httpx = pytest.importorskip("httpx")

SOURCES = str(Path(partialjson.__file__).parent.parent)


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and where its page is."""
    given = {**os.environ, "PYTHONPATH": SOURCES, "PYTHONUNBUFFERED": "1", **environment}
    command = [sys.executable, "-m", "partialjson", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=given) as process:
        try:
            assert process.stderr is not None
            url = re.search(r"http://\S+", process.stderr.readline())
            assert url is not None
            yield process, url[0]
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for another process")
def test_it_says_where_it_is_and_ends_with_ctrl_c_while_somebody_watches() -> None:
    with serving("--speed", "0.1") as (process, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
        assert "partialjson" in httpx.get(url).text
        run = httpx.post(f"{url}api/runs", json={"prompt": "Review a kettle"}).json()["run"]
        with httpx.stream("GET", f"{url}api/runs/{run}/events") as answer:
            pieces = answer.iter_text()
            next(pieces)
            process.send_signal(signal.SIGINT)
            rest = "".join(pieces)
        assert "The server was stopped." in rest
        assert "event: end" in rest
        _, told = process.communicate(timeout=10)
        assert process.returncode == 0
        # No traceback, no word of connections that were cut.
        assert told.replace("Ctrl-C ends\n", "") == ""


def test_it_listens_for_others_only_when_told_and_says_what_that_means() -> None:
    with serving("--host", "0.0.0.0", "--allow-host", "Box.lan", OPENAI_API_KEY="sk-test-key") as (process, url):
        told = process.stderr.readline() if process.stderr else ""
        assert "no password" in told
        assert httpx.get(url, headers={"host": "box.lan"}).status_code == 200
        assert httpx.get(url, headers={"host": "evil.example"}).status_code == 403
        # Whoever reaches it could spend what the key is good for.
        assert httpx.get(f"{url}api/questions").json()["models"] == []


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert f"port {port}" in told
    assert "--port 0" in told


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--port", "70000"], "a port is a number from 0 to 65535"),
        (["--port", "x"], "a port is a number"),
        (["--host", "no such host"], "cannot listen on no such host"),
        (["--speed", "-1"], "a speed is 0 or more"),
        (["--live-model", "acme=x"], "openai=NAME"),
        (["--live-model", "openai="], "openai=NAME"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], options: list[str], part: str) -> None:
    assert main(["serve", *options]) == 2
    assert part in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("partialjson.web", "starlette", "uvicorn"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["serve"]) == 2
    assert 'pip install "partialjson-live[web]"' in capsys.readouterr().err
