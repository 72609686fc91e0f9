"""The tutorial runs as it stands, one step after the other, and prints what it says; its page shows the trip."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.chromium import open_chromium

TUTORIAL = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")
STEPS = re.findall(r"^```python[^\n]*\n(.*?)^```\n(?:\n```\n(.*?)^```$)?", TUTORIAL, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the steps have defined at the end."""
    pytest.importorskip("starlette", reason="needs the extra web")
    names: dict[str, Any] = {"__name__": "tutorial"}
    for source, printed in STEPS:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(source, "tutorial.md", "exec", dont_inherit=True), names)
        assert out.getvalue() == printed
    return names


def test_the_steps_run_and_print_what_they_say(names: dict[str, Any]) -> None:
    assert len(STEPS) == 6
    assert names["response"].message.output.value.title == "Two days in Porto"


@contextlib.contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of an app that runs here in a thread, as ``uvicorn app:app`` would run it."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs the extra web")
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def test_the_page_shows_the_trip(names: dict[str, Any]) -> None:
    with open_chromium() as browser, served(names["app"]) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("document.querySelector('partial-json').state?.status === 'complete'")
        assert page.evaluate("document.querySelector('partial-json').state.value") == json.loads(names["TEXT"])
        text = page.evaluate("document.querySelector('partial-json').shadowRoot.textContent")
        assert "Dom Luís I bridge" in text
        assert "up again by tram." in text
        page.close()
