"""The source: positions and pieces of a text that comes in chunks, whatever of it is kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import Parser, Violation
from partialjson._core.source import LONG_PIECE, MOST_PIECES, Source
from partialjson.testing import strategies

TEXTS = st.text('ab"\\ \né\u2028😀', max_size=30)


@given(TEXTS.flatmap(strategies.chunkings), st.data())
def test_positions_are_those_of_the_whole_text(chunks: list[str], data: st.DataObject) -> None:
    source, text, kept = Source(), "", 0
    for chunk in chunks:
        source.add(chunk)
        text += chunk
        if data.draw(st.booleans()):
            kept = max(kept, data.draw(st.integers(0, len(text))))
            source.forget(kept)
        assert source.all == text[kept:]
        for pos in range(kept, len(text) + 1):
            before = text[:pos]
            assert source.line_of(pos) == before.count("\n") + 1
            assert source.column_of(pos) == pos - before.rfind("\n")
            assert source.bytes_before(pos) == len(before.encode())
            assert source.between(pos, len(text)) == text[pos:]
            source.reach(pos)
            assert (source.at, source.since(kept)) == (pos, text[kept : pos + 1])
    source.forget(-1)
    assert source.all == ""
    assert source.bytes_before(len(text)) == len(text.encode())
    assert (source.line_of(len(text)), source.column_of(len(text))) == (
        text.count("\n") + 1, len(text) - text.rfind("\n"),
    )  # fmt: skip


def test_what_is_forgotten_is_forgotten_once() -> None:
    source = Source()
    source.add("a\nb\né\n\nxyz")
    for until in (2, 0, 1, 5, 5, 7):
        source.forget(until)
    assert (source.all, source.base, source.line_of(8), source.column_of(8)) == ("xyz", 7, 5, 2)
    assert source.bytes_before(8) == 9


def test_what_is_taken_away_may_be_forgotten_already() -> None:
    """It belongs to a number, a word or an escape."""
    source = Source()
    source.add("[é, 12")
    source.drop(2)
    assert (source.all, source.bytes_before(4)) == ("[é, ", 5)
    source.add("34")
    source.forget(-1)
    source.add("5")
    source.drop(3)
    assert (source.all, source.base, source.bytes_before(4)) == ("", 4, 5)
    source.add("6]")
    assert source.between(4, 6) == "6]"


def test_pieces_are_joined_now_and_then() -> None:
    source = Source()
    for _ in range(MOST_PIECES - 1):
        source.add("x")
    assert len(source.pieces) == MOST_PIECES - 1
    source.add("x")
    assert (source.pieces, source.joined) == ([], "x" * MOST_PIECES)
    source.add("y" * (LONG_PIECE - 1))
    assert len(source.pieces) == 1
    source.add("z" * LONG_PIECE)
    assert source.pieces == []
    assert source.all == "x" * MOST_PIECES + "y" * (LONG_PIECE - 1) + "z" * LONG_PIECE


@given(TEXTS, st.data())
def test_a_window_of_which_only_the_beginning_counts(text: str, data: st.DataObject) -> None:
    """Whatever was asked of it meanwhile."""
    start, skipped = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 3))
    source = Source()
    source.add(text[:start])
    window = "-" * skipped + text[start:]
    source.open_window(window, start - skipped, skipped)
    end = data.draw(st.integers(start, len(text)))
    for pos in data.draw(st.lists(st.integers(start, len(text)), max_size=3)):
        # Only ASCII without newlines is taken back, so nothing else is asked for beyond the end.
        if text[end:pos].isascii() and "\n" not in text[end:pos]:
            assert source.line_of(pos) == text[:pos].count("\n") + 1
            assert source.column_of(pos) == pos - text[:pos].rfind("\n")
            assert source.bytes_before(pos) == len(text[:pos].encode())
            assert source.between(start, pos) == text[start:pos]
    source.close_window(end + skipped - start)
    assert (source.all, source.window) == (text[:end], "")


SPELLED = [
    "a", "é", "😀", "\\n", "\\\\", '\\"', "\\/", "\\u0041", "\\u00e9", "\\uD7ff", "\\uE000", "\\ud83d\\ude00",
    "\\uDBFF\\uDFFF", "\\uD800\\udc00", "\\ud83d", "\\ude00", "\\udbff", "\\uDC00",
]  # fmt: skip


def is_lone(before: str, after: str) -> bool:
    """Would the escapes of two characters side by side be one character?"""
    pair = json.loads(f'"{before[-6:]}{after[:6]}"') if before[-6:-4] == "\\u" and after[:2] == "\\u" else ""
    return len(pair) == 1


@given(st.lists(st.sampled_from(SPELLED), max_size=8), st.integers(0, 3))
def test_where_a_character_of_a_string_begins(pieces: list[str], spaces: int) -> None:
    kept: list[str] = []
    for piece in pieces:
        if not kept or not is_lone(kept[-1], piece):
            kept.append(piece)
    source = Source()
    text = " " * spaces + '"' + "".join(kept) + '"'
    source.add(text)
    source.forget(spaces)
    at = spaces + 1
    for number, piece in enumerate([*kept, '"']):
        assert source.of_character(spaces, number) == at
        at += len(piece)


@pytest.mark.parametrize("before", SPELLED)
def test_a_violation_inside_a_string_is_at_its_character(before: str) -> None:
    for after in SPELLED:
        length = len(json.loads(f'"{before}{after}"'))
        text = f'"{before}{after}x"'
        for chunks in ([text], list(text)):
            parser: Parser[str] = Parser(schema={"maxLength": length})
            (violation,) = [event for chunk in chunks for event in parser.feed(chunk) if isinstance(event, Violation)]
            assert violation.pos == len(text) - 2, text
