"""Parsers that were fed, for tests that look at an open document: in whatever chunks, it is the same one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from partialjson import Parser
from partialjson.testing.chunking import Failing, event_key, random_partition
from partialjson.testing.oneshot import describe


def one_by_one(target: Any, text: str, **options: Any) -> Parser[Any]:
    """A parser that was fed the text one by one, its view looked at each time."""
    parser: Parser[Any] = Parser(target, **options)
    for char in text:
        parser.feed(char)
        assert parser.value is parser.value
    return parser


def fed(target: Any, text: str, **options: Any) -> Parser[Any]:
    """As `one_by_one`; fed whole, in random pieces or in bytes, it would have shown the same, events included."""
    parser: Parser[Any] = Parser(target, **options)
    events: list[Any] = []
    for char in text:
        events += parser.feed(char)
        assert parser.value is parser.value
    expected = _shown(parser, events)
    source = random.Random(len(text))
    pieces = random_partition(text, source)
    for chunks in ([text], pieces, random_partition(text.encode("utf-8", "surrogatepass"), source)):
        other = _shown(*_fed_in(chunks, Parser(target, **options)))
        if other != expected:
            raise Failing(f"chunking shows, fed as {chunks!r}:\n  one by one {expected}\n  as that    {other}")
    return parser


def _fed_in(chunks: Iterable[str | bytes], parser: Parser[Any]) -> tuple[Parser[Any], list[Any]]:
    return parser, [event for chunk in chunks for event in parser.feed(chunk)]


def _shown(parser: Parser[Any], events: list[Any]) -> Any:
    told = [event_key(event, describe) for event in events]
    return told, repr(parser.json), describe(parser.value), parser.path, parser.pos, parser.done
