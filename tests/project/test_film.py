"""The moving picture of the terminal shows, at any time, what the terminal shows then."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from docs import film

rich_console = pytest.importorskip("rich.console", reason="needs the extra demo")

SCREENS = [
    "one\n[bold]two[/]",
    "one\n[red]two[/]",
    "one and more\n[red]two[/]\n[on blue]three[/]",
    "one\n[bold]two[/]",
]


def picture(text: str) -> str:
    console = rich_console.Console(record=True, file=io.StringIO(), width=20, height=4, force_terminal=True)
    console.print(text)
    svg: str = console.export_svg(title="t", unique_id="film")
    return svg


def pieces(svg: str) -> set[tuple[str, str]]:
    """Each piece that a picture draws, with its style."""
    styles = dict(re.findall(r"\.([\w-]+) \{ ((?!visibility|animation).*?) \}", svg))
    inside = svg.partition('-matrix">')[2]
    backgrounds = re.findall(r'<rect fill="(#\w+)" x="[^"]*" y="[^"]*" width="([^"]*)"[^>]*crispEdges', svg)
    texts = re.findall(r'<text class="([\w-]+)" x="([^"]*)" y="([^"]*)"[^>]*>([^<]*)</text>', inside)
    drawn = {(styles[name], f"{x} {y} {text}") for name, x, y, text in texts if text.replace("&#160;", "").strip()}
    return drawn | set(backgrounds)


def at(svg: str, moment: float) -> str:
    """The moving picture at a moment: only what is visible then."""

    def keep(found: re.Match[str]) -> str:
        keyframes = re.search(rf"@keyframes {found[1]} \{{ (.*?\}}) \}}", svg)
        if keyframes is None:
            return found[2]
        shown = False
        for percent, state in re.findall(r"([\d.]+)% \{ visibility: (\w+) \}", keyframes[1]):
            if float(percent) <= moment * 100:
                shown = state == "visible"
        return found[2] if shown else ""

    return re.sub(r'<g class="(s\d+)">(.*?)</g>', keep, svg, flags=re.DOTALL)


def test_each_moment_shows_its_picture() -> None:
    frames = [picture(text) for text in SCREENS]
    seconds = [1.0, 1.0, 2.0, 4.0]
    moving = film.moving(frames, seconds)
    for number, frame in enumerate(frames):
        middle = (sum(seconds[:number]) + seconds[number] / 2) / sum(seconds)
        assert pieces(at(moving, middle)) == pieces(frame)
    # What does not change is there once.
    assert moving.count(">two<") == 3
    assert len(moving) < sum(map(len, frames))
