"""A law that broke, told so that it can be tried again: the law, the text, the least cuts that break it.

``least_chunks`` is a search of its own, beside hypothesis's: hypothesis makes the text small, this makes the pieces
few. It first looks for one cut that is enough, and otherwise takes away one cut after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from partialjson.testing.broken import Broken
from partialjson.testing.chunking import random_partition

__all__ = ["Breach", "Sentence", "cuts_of", "least_chunks", "ways_to_cut"]

LAWS = {
    1: "chunking is invisible",
    2: "growth only",
    3: "closed once",
    4: "snapshots hold still",
    5: "the end is the one-shot result",
    7: "linear",
    8: "cut off is not complete",
    9: "deltas fold",
    10: "checkpoints are invisible",
    11: "nothing breaks it",
}
"""The laws of docs/laws.md that can be asked of other people's code."""

SHOWN = 400
"""Longer values are shortened in messages, in their middle."""


class Breach(Broken):
    """A consumer, an adapter or a front end does not keep a law.

    Attributes:
        law: its number.
        name: its name.
        text: the text or body for which it breaks.
        chunks: the pieces in which it came, as few as break the law.
    """

    def __init__(self, law: int, what: str, text: Any, chunks: Sequence[Any], *details: tuple[str, Any]) -> None:
        self.law = law
        self.name = LAWS[law]
        self.text = text
        self.chunks = list(chunks)
        lines = [f"law {law}, {self.name}: {what}", _line("the text", text)]
        if len(self.chunks) > 1:
            cuts = cuts_of(self.chunks)
            places = ", ".join(map(str, cuts[:-1])) + (" and " if cuts[:-1] else "") + str(cuts[-1])
            unit = "bytes" if isinstance(text, bytes) else "characters"
            lines.append(f"  {'the cuts' if len(cuts) > 1 else 'the cut':<12} after {places} of {len(text)} {unit}")
            lines.append(f"  {'the chunks':<12} {_short(' | '.join(map(repr, self.chunks)))}")
        lines += [_line(name, value) for name, value in details]
        super().__init__("\n".join(lines))


def _line(name: str, value: Any) -> str:
    return f"  {name:<12} {_short(value if isinstance(value, Sentence) else repr(value))}"


class Sentence(str):
    """A sentence of a message, which is shown as it is."""


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]} ... {text[-SHOWN // 2 :]}"


def cuts_of(chunks: Sequence[Any]) -> list[int]:
    """Where the chunks begin, but the first."""
    cuts, pos = [], 0
    for chunk in chunks[:-1]:
        pos += len(chunk)
        cuts.append(pos)
    return cuts


def ways_to_cut(data: Any, *, single: int = 300, random: int = 4, empty: bool = True) -> Iterator[list[Any]]:
    """Chunks of one text: one by one, cut in two at each place (at ``single`` places if there are more), in random
    pieces, and with empty chunks between."""
    size = len(data)
    yield [data[at : at + 1] for at in range(size)] or [data]
    source = Random(size)
    places = range(1, size) if size <= single else sorted(source.sample(range(1, size), single))
    for place in places:
        yield [data[:place], data[place:]]
    for _ in range(random if size > 2 else 0):
        pieces = random_partition(data, source)
        yield pieces if empty else [piece for piece in pieces if piece]
    if empty:
        yield [data[:0], data]
        yield [data, data[:0]]
        for place in places[: single // 10]:
            yield [data[:place], data[:0], data[place:]]


def least_chunks(data: Any, chunks: Sequence[Any], breaks: Callable[[list[Any]], bool]) -> list[Any]:
    """The fewest of the cuts between these chunks that still break."""

    def pieces(cuts: Sequence[int]) -> list[Any]:
        ends = [*cuts, len(data)]
        return [data[start:end] for start, end in zip([0, *cuts], ends, strict=True)]

    cuts = cuts_of(chunks)
    inner = [cut for cut in dict.fromkeys(cuts) if 0 < cut < len(data)]
    for cut in inner:
        if breaks(pieces([cut])):
            return pieces([cut])
    if inner != cuts and breaks(pieces(inner)):
        cuts = inner
    at = 0
    while at < len(cuts) and len(cuts) > 1:
        fewer = cuts[:at] + cuts[at + 1 :]
        if breaks(pieces(fewer)):
            cuts = fewer
        else:
            at += 1
    return pieces(cuts)
