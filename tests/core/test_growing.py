"""What a parser says of itself beside the document: the innermost open value, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import partialjson
from partialjson import MISSING, Complete, Failed, ParseError, Truncated
from support import strategies
from support.twins import Parser


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


@given(st.data(), strategies.texts(), st.booleans())
def test_what_is_growing_is_the_innermost_value_that_is_partial(data: st.DataObject, text: str, lenient: bool) -> None:
    parser = partialjson.Parser(lenient=lenient)
    for piece in data.draw(strategies.chunkings(text)):
        parser.feed(piece)
        partial = [
            path for path in places(parser.json) if parser.json is not MISSING and parser.status(path) == "partial"
        ]
        assert parser.growing == max(partial, key=len, default=None)
    outcome = parser.end()
    assert parser.growing == (outcome.growing if isinstance(outcome, Truncated) else None)


def test_how_it_ended() -> None:
    for text, kind in (("[1]", Complete), ("[1", Truncated), ("[x", Failed)):
        parser = Parser()
        try:
            parser.feed(text)
        except ParseError:
            assert kind is Failed
        assert parser.outcome is None
        outcome = parser.end()
        assert isinstance(outcome, kind)
        assert parser.outcome is outcome
    parser = Parser()
    parser.feed("[1")
    with pytest.raises(ParseError):
        parser.close()
    assert isinstance(parser.outcome, Truncated)
    parser.reopen()
    assert parser.outcome is None
