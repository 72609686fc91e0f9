"""JSON text written from deltas parses to the document at every moment, wherever the chunks were cut."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING, Parser
from partialjson._jsontext import line_text
from partialjson.encoders.wire import sse
from partialjson.encoders.writer import JSONWriter
from partialjson.testing.strategies import chunkings, documents
from support.growing import growing_of


def written(chunks: list[str], parser: Parser[Any]) -> tuple[list[str], str]:
    """The pieces of text, one for each chunk, and what closes them."""
    writer, pieces, since = JSONWriter(), [], 0
    for chunk in chunks:
        parser.feed(chunk)
        pieces.append(writer.feed(parser.deltas(since), growing_of(parser)))
        since = parser.seq
        # A reader that closes open brackets sees what the parser shows.
        if parser.json is not MISSING:
            assert json.loads("".join(pieces) + writer.closing()) == parser.json
    return pieces, writer.end()


@given(st.data())
def test_the_text_parses_to_the_document(data: st.DataObject) -> None:
    text = data.draw(documents(surrogates=False))
    parser = Parser()
    pieces, rest = written(data.draw(chunkings(text)), parser)
    parser.close()
    if "".join(pieces):
        assert json.loads("".join(pieces) + rest) == parser.json or parser.json != parser.json


def _has_repeated_keys(text: str) -> bool:
    seen = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        seen.append(len(members) != len(dict(members)))
        return dict(members)

    json.loads(text, object_pairs_hook=pairs)
    return any(seen)


@given(st.data())
def test_the_text_is_the_same_for_every_chunking(data: st.DataObject) -> None:
    text = data.draw(documents(surrogates=False).filter(lambda text: not _has_repeated_keys(text)))
    ways = [data.draw(chunkings(text)), list(text), [text]]
    told = {"".join(pieces) + rest for pieces, rest in (written(chunks, Parser()) for chunks in ways)}
    assert len(told) == 1


def test_a_repeated_key_is_written_again() -> None:
    pieces, rest = written(['{"a": {"x": 1}, "b": 2', ', "a": "s', 't"}'], Parser())
    assert "".join(pieces) + rest == '{"a":{"x":1},"b":2,"a":"st"}'


@pytest.mark.parametrize(
    "chunks",
    [
        ['{"a": 1, "b": 2, "a": {"x": 1, "y": 2, "x": "st', 'r"', ', "z": 0}}'],
        ['{"a": {"b": 1}, "c": [], "a": {"b": [1, {"d": "', "e", '"}', "]}}"],
        ['{"a/b~": 1, "c": 2, "a/b~": [', "1", "]}"],
    ],
)
def test_a_repeated_key_that_is_open(chunks: list[str]) -> None:
    """What grows is not the last member, since a key keeps the place that it had at first."""
    parser = Parser()
    pieces, rest = written(chunks, parser)
    assert json.loads("".join(pieces) + rest) == json.loads("".join(chunks))


def test_what_is_open_stays_open() -> None:
    pieces, rest = written(['{"a": [1, "x', "y\\u00", 'e9"', ", 2", "], ", '"b": {}}'], Parser())
    assert pieces[:3] == ['{"a":[1,"x', "y", "é"]
    assert "".join(pieces) + rest == '{"a":[1,"xyé",2],"b":{}}'


@pytest.mark.parametrize(
    ("deltas", "why"),
    [
        ([("append", "/a", "x")], "no string is open there"),
        ([("add", "", {"a": "x"}), ("add", "/b", 1), ("append", "/a", "y")], "no string is open there"),
        ([("add", "", {}), ("add", "/a", []), ("add", "/b", []), ("add", "/a/0", 1)], "its container is over"),
        ([("add", "", {}), ("add", "", {})], "the root again"),
    ],
)
def test_what_is_over_cannot_be_changed(deltas: list[tuple[str, str, Any]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        JSONWriter().feed([{"op": op, "path": path, "value": value} for op, path, value in deltas])


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_text_is_one_line_of_utf_8(value: Any) -> None:
    line = sse({"v": value})
    assert line.startswith(b"data: ")
    assert line.endswith(b"\n\n")
    assert b"\n" not in line[:-2]
    assert b"\r" not in line
    assert json.loads(line[6:]) == {"v": value}


def test_text_has_words_for_all_that_is_read() -> None:
    value = {"far": float("inf"), "none": float("nan"), "exact": Decimal("1.5"), "half": "\ud83d", "word": "NaN"}
    assert line_text(value) == '{"far":1e999,"none":null,"exact":1.5,"half":"\\ud83d","word":"NaN"}'
