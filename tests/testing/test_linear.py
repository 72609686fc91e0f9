"""Work in proportion to the text passes; the square is found, in instructions or in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from partialjson import Parser
from partialjson.testing import Push, check_linear
from partialjson.testing.breach import Breach
from support.effort import needs_full


def joins(chunks: Iterable[str]) -> str:
    return "".join(chunks)


def counts(chunks: Iterable[str]) -> int:
    return sum(character == '"' for chunk in chunks for character in chunk)


def reads_again(chunks: Iterable[str]) -> int:
    """Looks at every character that has come, at every chunk."""
    text, found = "", 0
    for chunk in chunks:
        text += chunk
        found = len([character for character in text if character == '"'])
    return found


def copies(chunks: Iterable[bytes]) -> bytes:
    """A new object with everything in it at every chunk; no loop of Python shows it."""
    text = b""
    for chunk in chunks:
        text = text + chunk
    return text


def parses_again(chunks: Iterable[str]) -> Iterator[Any]:
    text = ""
    for chunk in chunks:
        text += chunk
        try:
            yield json.loads(text + "]")
        except ValueError:
            yield None


@pytest.mark.parametrize("consumer", [joins, counts, Parser, Push(Parser, view=lambda parser: parser.value)])
def test_work_in_proportion_passes(consumer: Any) -> None:
    check_linear(consumer)


@pytest.mark.parametrize(
    ("consumer", "options", "what"),
    [
        pytest.param(reads_again, {}, "instructions", marks=needs_full),
        (copies, {"as_bytes": True}, "memory"),
        (parses_again, {"gives": "snapshots", "text": lambda length: "[" + "1," * (length // 2)}, ""),
    ],
)
def test_the_square_is_found(consumer: Any, options: Any, what: str) -> None:
    with pytest.raises(Breach, match=rf"^law 7, linear: twice the text costs more than twice the work \({what}"):
        check_linear(consumer, **options)


def test_what_the_consumer_raises_is_raised() -> None:
    def refuses(chunks: Iterable[str]) -> None:
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        check_linear(refuses)
    check_linear(joins, lambda length: "x" * length, chunk=50)
