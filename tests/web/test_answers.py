"""Pieces are paced from the start: who takes long to read one does not delay all that follow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from partialjson.web import answers
from support.virtual_time import run


def times_of(
    pieces: Iterable[tuple[float, str]], monkeypatch: pytest.MonkeyPatch, taken: float = 0.0
) -> list[tuple[str, float]]:
    """When each piece came, if its reader takes so long for it."""

    async def main() -> list[tuple[str, float]]:
        clock = asyncio.get_running_loop().time
        monkeypatch.setattr(answers, "time", SimpleNamespace(monotonic=clock))
        found: list[tuple[str, Any]] = []
        async for piece in answers.paced(pieces):
            found.append((piece, pytest.approx(clock())))
            await asyncio.sleep(taken)
        return found

    return run(main())


def test_each_piece_comes_after_its_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [(0.5, "a"), (0.0, "b"), (1.0, "c")]
    assert times_of(pieces, monkeypatch) == [("a", 0.5), ("b", 0.5), ("c", 1.5)]


def test_what_a_reader_takes_is_no_delay_for_the_next_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [(1.0, "a"), (1.0, "b"), (1.0, "c"), (1.0, "d")]
    assert times_of(pieces, monkeypatch, 0.4) == [("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)]
    # One who is late gets what is due at once.
    assert times_of(pieces, monkeypatch, 1.5) == [("a", 1.0), ("b", 2.5), ("c", 4.0), ("d", 5.5)]


def test_others_run_between_pieces_without_pauses() -> None:
    async def main() -> None:
        seen: list[str] = []

        async def other() -> None:
            for _ in range(3):
                seen.append("other")
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        async for piece in answers.paced([(0.0, "a"), (0.0, "b"), (0.0, "c")]):
            seen.append(piece)
        await task
        assert seen == ["other", "a", "other", "b", "other", "c"]

    run(main())
