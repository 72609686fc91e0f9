"""The snippets of the page on drawing run as they stand, and it names the pictures that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from partialjson.render import notebook

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "render.md").read_text(encoding="utf-8")
DOCUMENT = '{"title": "Porto", "stops": [{"place": "Bolhão", "minutes": 60}], "summary": "by tram"}'


def test_drawing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    preamble, live, outline, cell, html, page = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {"chunks": [DOCUMENT[at : at + 7] for at in range(0, len(DOCUMENT), 7)]}
    for snippet in (preamble, live):
        exec(compile(snippet, "render.md", "exec", dont_inherit=True), names)
    assert '✓ title    "Porto"' in capsys.readouterr().out
    exec(compile(outline, "render.md", "exec", dont_inherit=True), names)
    assert capsys.readouterr().out == TEXT.split(outline + "```\n\n```\n")[1].split("```")[0]
    shown: list[Mapping[str, str]] = []
    monkeypatch.setattr(notebook, "_notebook", lambda: shown.append)
    exec(compile(cell, "render.md", "exec", dont_inherit=True), names)
    assert "by tram" not in shown[0]["text/plain"]
    assert "by tram" in shown[-1]["text/plain"]
    for snippet in (html, page):
        exec(compile(snippet, "render.md", "exec", dont_inherit=True), names)
    assert names["html"].startswith("<style>")
    form, first, *deltas = [json.loads(sent) for sent in names["sent"]]
    assert form["title"] == "Trip"
    assert first[0]["path"] == ""
    assert {"op": "replace", "path": "/status", "value": "complete"} in [each for sent in deltas for each in sent]


def test_pictures_and_links_are_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (DOCS / link).exists(), link
