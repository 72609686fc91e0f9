"""The outline on a terminal: lines that fit, tables, a cursor, no control codes; and a live display in few lines."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console

from partialjson import ParseError, Parser
from partialjson.render.form import form
from partialjson.render.terminal import Live, Outline, shares
from support.drawn import CASES, Case, cuts_of, documents_to_draw, steps_of
from support.feeding import fed


class Stop(BaseModel):
    at: str
    place: str
    cost: float | None = None


class Trip(BaseModel):
    title: str
    stops: list[Stop]
    summary: str


TEXT = (
    '{"title": "Two days", "stops": [{"at": "09:30", "place": "the station", "cost": 1.5}, '
    '{"at": "11:00", "place": "the mark'
)


def drawn(source: Any, width: int = 60, height: int = 20, **options: Any) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(Outline(source, height=height, **options))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_a_picture_of_a_typed_document() -> None:
    assert drawn(fed(Trip, TEXT)) == [
        '✓ title    "Two days"',
        "◐ stops    at     place        cost",
        "  ✓ [0]    09:30  the station  1.5",
        "  ◐ [1]    11:00  the mark▌    ·",
        "○ summary  text",
    ]


def test_a_narrow_picture_has_no_table() -> None:
    assert drawn(fed(Trip, TEXT), width=40)[1:7] == [
        "◐ stops    2 items",
        "  ✓ [0]",
        '    ✓ at     "09:30"',
        '    ✓ place  "the station"',
        "    ✓ cost   1.5",
        "  ◐ [1]",
    ]


def test_columns_share_the_width() -> None:
    long = "x" * 100
    lines = drawn(fed(None, json.dumps([{"a": long, "b": 1, "c": long}, {"a": 1, "b": long, "c": 3}])), width=50)
    assert all(cell_len(line) <= 50 for line in lines)
    assert [line.count("…") for line in lines] == [0, 2, 1]
    assert shares([10, 2, 10], 16) == [7, 2, 7]
    assert shares([], 5) == []


def test_what_is_cut_off_has_its_sign_and_no_cursor() -> None:
    parser = fed(Trip, TEXT)
    parser.end("length")
    lines = drawn(parser)
    assert lines[3].startswith("  ✂ [1]    11:00  the mark")
    assert "▌" not in "".join(lines)


def test_nothing_reaches_the_terminal_as_a_control_code() -> None:
    evil = "\x1b[2J\x9b31m\x07\u202e\ud800"
    schema = {"type": "object", "title": evil, "properties": {evil: {"title": evil, "enum": [evil, "b"]}}}
    for source in (
        fed(None, json.dumps({evil: evil, "list": [{evil: evil}], "b": {"c": evil}})),
        fed(None, json.dumps({"list": [{evil: evil}]})[:-10]),
        {"status": "partial", "open": None, "value": {"a": 1}, "marks": {"/a": {"status": "invalid", "message": evil}}},
    ):
        console = Console(width=80, height=30, file=io.StringIO(), color_system="standard", force_terminal=True)
        console.print(Outline(source, height=30))
        assert isinstance(console.file, io.StringIO)
        # What is left are the colours of rich.
        left = re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())
        assert not set(left) & set("\x1b\x9b\x07\u202e\ud800")
    pytest.importorskip("jsonschema")
    from partialjson import Schema

    assert not set("".join(drawn(fed(Schema(schema), "")))) & set("\x1b\x9b\x07\u202e\ud800")


@given(st.data())
def test_every_picture_fits(data: st.DataObject) -> None:
    text = json.dumps(data.draw(documents_to_draw()), ensure_ascii=False)
    case = Case("any", None, text[: data.draw(st.integers(0, len(text)))], end=data.draw(st.booleans()))
    width, height = data.draw(st.integers(1, 70)), data.draw(st.integers(1, 12))
    for state in steps_of(case, cuts_of(case.text, 17)).states:
        lines = drawn(state, width, height)
        assert len(lines) <= height
        assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_picture_of_a_case_fits(case: Case) -> None:
    for state in steps_of(case, cuts_of(case.text, 7)).states:
        for width in (9, 30, 60, 100):
            lines = drawn(state, width, 12, form=form(case.target))
            assert len(lines) <= 12
            assert all(cell_len(line) <= width for line in lines)


def test_what_can_be_drawn() -> None:
    assert drawn({"status": "missing"}) == []
    with pytest.raises(TypeError, match="the state of a document has a status"):
        Outline({"a": 1})
    with pytest.raises(TypeError, match="expected a Parser, a document of a message, or the state of a document, not"):
        Outline(3)  # type: ignore[arg-type]


# Live


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def terminal(is_terminal: bool = True) -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    console = Console(file=stream, width=60, height=12, force_terminal=is_terminal, color_system=None)
    return console, stream


def test_a_live_picture_grows_in_place() -> None:
    console, stream = terminal()
    clock = Clock()
    parser = Parser(Trip)
    with Live(parser, console=console, clock=clock) as live:
        for char in TEXT:
            clock.now += 1
            live.feed(char)
    shown = stream.getvalue()
    assert "○ stops    list of Stop" in shown
    assert '◐ title    "Two d▌' in shown
    assert shown.rstrip().endswith("○ summary  text\n\x1b[?25h") or "○ summary  text" in shown.splitlines()[-1]
    # The picture is drawn again in place, and the cursor comes back.
    assert "\x1b[1A" in shown
    assert shown.rstrip().endswith("\x1b[?25h")


def test_pictures_are_throttled_and_the_last_one_is_drawn() -> None:
    console, stream = terminal()
    clock = Clock()
    parser = Parser(Trip)
    with Live(parser, console=console, per_second=10, clock=clock) as live:
        live.feed(TEXT[:10])
        length = len(stream.getvalue())
        assert "title" in stream.getvalue()
        for char in TEXT[10:]:
            live.feed(char)
        assert len(stream.getvalue()) == length
        clock.now += 0.11
        live.update()
        assert "the mark▌" in stream.getvalue()
        live.update(parser.feed('et"'))
        assert "the market" not in stream.getvalue()
    assert "the market" in stream.getvalue()


def test_without_a_terminal_only_the_last_picture_is_written() -> None:
    console, stream = terminal(is_terminal=False)
    with Live(Parser(Trip), console=console) as live:
        for char in TEXT:
            live.feed(char)
    assert stream.getvalue().count("title") == 1
    assert "\x1b" not in stream.getvalue()


def test_an_error_is_drawn_and_raised() -> None:
    console, stream = terminal()
    parser = Parser(Trip)
    with pytest.raises(ParseError), Live(parser, console=console) as live:
        live.feed('{"title": "a" "b"')
    parser.end()
    assert '✓ title    "a"' in stream.getvalue()


def test_marks_come_from_the_events() -> None:
    console, stream = terminal(is_terminal=False)
    with Live(Parser(Trip), console=console) as live:
        assert live.feed('{"title": 3, ')
    assert "✗ title    3  Input should be a valid string" in stream.getvalue()


def test_more_rows_than_the_terminal_has() -> None:
    console, stream = terminal()
    with Live(Parser(), console=console, clock=Clock()) as live:
        live.feed(json.dumps([[number] for number in range(100)]))
    # The first one is empty, the others leave a line for the cursor.
    assert len(stream.getvalue().splitlines()) <= 1 + 2 * 11
    assert "✓ 91 items" in stream.getvalue()
