"""A document in a notebook: what is sent, how often, and that the example notebooks run and show it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import partialjson
from partialjson import ParseError, Parser
from partialjson.messages import MessageParser
from partialjson.render.notebook import Live, Picture
from support.feeding import fed

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "notebook"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(partialjson.__file__).parents[1])}


class Trip(BaseModel):
    title: str
    days: int


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Shown(list[dict[str, str]]):
    """The pictures that were shown; showing one takes ``cost`` seconds."""

    def __init__(self, clock: Clock, cost: float = 0.0) -> None:
        super().__init__()
        self._clock = clock
        self._cost = cost

    def __call__(self, bundle: dict[str, str]) -> None:
        self.append(bundle)
        self._clock.now += self._cost


TEXT = '{"title": "Porto & <b>more</b>", "days": 2}'


def test_pictures_are_shown_from_the_beginning_to_the_end() -> None:
    clock = Clock()
    shown = Shown(clock)
    parser = Parser(Trip)
    with Live(parser, show=shown, clock=clock) as live:
        for char in TEXT:
            clock.now += 1
            live.feed(char)
        parser.close()
    plain = [bundle["text/plain"] for bundle in shown]
    assert plain[0] == "○ title  text\n○ days  integer"
    assert '◐ title  "Port…\n○ days  integer' in plain
    assert plain[-1] == '✓ title  "Porto & <b>more</b>"\n✓ days  2'
    html = shown[-1]["text/html"]
    assert html.startswith("<style>")
    assert "Porto &amp; &lt;b&gt;more&lt;/b&gt;" in html
    assert "<script" not in html


def test_pictures_are_throttled_and_the_last_one_is_shown() -> None:
    clock = Clock()
    shown = Shown(clock)
    with Live(Parser(Trip), show=shown, clock=clock, per_second=10) as live:
        for char in TEXT:
            live.feed(char)
        assert len(shown) == 2
        clock.now += 0.1
        live.update()
        assert len(shown) == 3
        clock.now += 0.1
        live.update()
        assert len(shown) == 3
    assert len(shown) == 3
    assert shown[-1]["text/plain"].endswith("✓ days  2")


def test_what_takes_long_to_draw_is_drawn_less_often() -> None:
    clock = Clock()
    shown = Shown(clock, cost=1.0)
    with Live(Parser(), show=shown, clock=clock) as live:
        live.feed("[")
        for number in range(1000):
            clock.now += 0.01
            live.feed(f"{number},")
    # A second in five.
    assert 3 <= len(shown) <= 5


def test_an_error_is_shown_and_raised() -> None:
    clock = Clock()
    shown = Shown(clock)
    with pytest.raises(ParseError), Live(Parser(), show=shown, clock=clock) as live:
        live.feed('{"a": 1 "b"')
    assert shown[-1]["text/plain"].startswith("✓ a  1")


def test_a_document_of_a_message_is_drawn_too() -> None:
    clock = Clock()
    shown = Shown(clock)
    message = MessageParser("openai-chat", output=Trip)
    with Live(message.output, show=shown, clock=clock) as live:
        event = {"choices": [{"index": 0, "delta": {"content": TEXT[:30]}}]}
        for update in message.feed(event):
            live.update(getattr(update, "events", ()))
        with pytest.raises(TypeError, match="feed the message, then call update"):
            live.feed("x")
    assert shown[-1]["text/plain"].startswith('◐ title  "Porto &')


def test_a_picture_is_the_value_of_a_cell() -> None:
    picture = Picture(fed(Trip, TEXT[:15]))
    assert repr(picture) == '◐ title  "Port…\n○ days  integer'
    assert picture._repr_mimebundle_()["text/html"] == picture._repr_html_()
    with pytest.raises(TypeError):
        Picture(3)  # type: ignore[arg-type]


def test_elsewhere_it_says_what_to_do() -> None:
    code = """
from partialjson import Parser
from partialjson.render.notebook import Live
try:
    Live(Parser())
except RuntimeError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("no notebook runs this: in a terminal, take partialjson.render.terminal.Live")
    with pytest.raises(ValueError, match="per_second must be greater than 0"):
        Live(Parser(), show=print, per_second=0)


def test_the_example_for_jupyter_runs() -> None:
    nbclient = pytest.importorskip("nbclient", reason="needs the package nbclient")
    pytest.importorskip("ipykernel", reason="needs the package ipykernel")
    code = """
import json, sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
print(json.dumps([cell.get("outputs", []) for cell in notebook.cells]))
"""
    assert nbclient is not None
    # In a process of its own: a kernel's client starts threads and event loops.
    command = [sys.executable, "-W", "ignore", "-c", code, str(EXAMPLES / "jupyter.ipynb")]
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    outputs: list[Any] = [output for outputs in json.loads(run.stdout) for output in outputs]
    live, picture = outputs
    assert live["output_type"] == "display_data"
    assert 'data-path="/stops/2/note" data-status="complete"' in live["data"]["text/html"]
    assert 'data-status="complete"><header' in live["data"]["text/html"]
    assert "✂ stops  2 items" in picture["data"]["text/plain"]
    assert "cut off" in picture["data"]["text/html"]


def test_the_example_for_jupyter_is_kept_clean() -> None:
    notebook = json.loads((EXAMPLES / "jupyter.ipynb").read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook["cells"])


def test_the_example_for_marimo_runs(tmp_path: Path) -> None:
    pytest.importorskip("marimo", reason="needs the package marimo")
    page = tmp_path / "page.html"
    command = [sys.executable, "-m", "marimo", "export", "html", str(EXAMPLES / "marimo_app.py"), "-o", str(page)]
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    text = page.read_text(encoding="utf-8")
    assert "partial-json" in text
    assert "Mostly downhill." in text
    assert "/stops/1/minutes" in text
