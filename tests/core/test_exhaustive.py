"""Every text up to a length, compared with the model at every prefix: laws 1, 2, 3, 5 and 8 at their strictest.

A prefix the model refuses is not extended, since it stays refused. Each text is fed one by one and compared with
everything the model says; fed whole, it must show the same events and the same document. Law 10 is tested on the way:
the last symbol is fed to a parser that was restored from a checkpoint.

Characters alone do not reach far: the shortest surrogate pair has fourteen. So the same walk is done a second time
over *fragments*, whole pieces of syntax that reach repeated keys, pairs, literals and nested containers at once.

`support.effort` says how long the texts get.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from partialjson import Parser
from support.agreement import check_agreement, described, feed_all, place_of, shown
from support.effort import EXHAUSTIVE, EXHAUSTIVE_FRAGMENTS
from support.model import predict

CHARACTERS = '{}[],:"\\01-.e+trul \né\x1f'
FRAGMENTS = (
    *("{", "}", "[", "]", ",", '{"a":', ',"a":', ',"b":', '"', '"x', "\\n", "\\u", "\\ud8", "3d", "\\ude00"),
    *("0", "-1.", "5", "e", "true", "nul", "l", " ", "😀"),
)


def walk(alphabet: Sequence[str], length: int, first: str, compare: Callable[[tuple[str, ...]], bool]) -> int:
    """Compare all texts that begin with one symbol; returns how many there were."""
    checked = 0
    viable: list[tuple[str, ...]] = [()]
    for size in range(1, length + 1):
        symbols: Sequence[str] = [first] if size == 1 else alphabet
        longer: list[tuple[str, ...]] = []
        for prefix in viable:
            for symbol in symbols:
                parts = (*prefix, symbol)
                if compare(parts):
                    longer.append(parts)
                checked += 1
        viable = longer
    return checked


def compare_fed(parts: tuple[str, ...]) -> bool:
    """Compare one text, fed in two ways; whether it may go on."""
    text = "".join(parts)
    prediction = predict(text)
    parser, whole = Parser(), Parser()
    events, error = feed_all(parser, parts)
    at_once, error_at_once = feed_all(whole, (text,))
    try:
        assert described(at_once) == described(events)
        assert place_of(error_at_once) == place_of(error)
        assert shown(whole.json) == shown(parser.json)
        assert whole.path == parser.path
        assert whole.pos == parser.pos == (len(text) if error is None else error.pos)
        check_agreement(parser, events, error, prediction)
    except AssertionError as difference:
        difference.add_note(f"text {text!r}, fed as {parts!r}")
        raise
    return prediction.error is None


def compare_restored(parts: tuple[str, ...]) -> bool:
    """Compare one text whose last part came after a journey through a checkpoint; whether it may go on."""
    text = "".join(parts)
    prediction = predict(text)
    parser = Parser()
    before, _ = feed_all(parser, parts[:-1])
    restored = Parser.restore(json.loads(json.dumps(parser.checkpoint())))
    after, error = feed_all(restored, parts[-1:])
    try:
        assert restored.pos == (len(text) if error is None else error.pos)
        check_agreement(restored, [*before, *after], error, prediction)
    except AssertionError as difference:
        difference.add_note(f"text {text!r}, saved before {parts[-1]!r}")
        raise
    return prediction.error is None


@pytest.mark.parametrize("first", CHARACTERS)
def test_every_text_of_characters(first: str) -> None:
    assert walk(CHARACTERS, EXHAUSTIVE, first, compare_fed) > 0


@pytest.mark.parametrize("first", FRAGMENTS)
def test_every_text_of_fragments(first: str) -> None:
    assert walk(FRAGMENTS, EXHAUSTIVE_FRAGMENTS, first, compare_fed) > 0


@pytest.mark.parametrize("first", CHARACTERS)
def test_every_text_of_characters_after_a_checkpoint(first: str) -> None:
    assert walk(CHARACTERS, EXHAUSTIVE - 1, first, compare_restored) > 0


@pytest.mark.parametrize("first", FRAGMENTS)
def test_every_text_of_fragments_after_a_checkpoint(first: str) -> None:
    assert walk(FRAGMENTS, EXHAUSTIVE_FRAGMENTS, first, compare_restored) > 0
