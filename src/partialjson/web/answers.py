"""Where an answer comes from, as far as a run wants to know: a wire format, a label for people, and a stream.

A recording is replayed as a model would send it, event by event at the recorded times.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from partialjson.web.questions import Question

__all__ = ["Answer", "paced", "recorded", "replay"]

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """A stream that a run can read.

    Attributes:
        api: its wire format, a name of ``partialjson.providers.PROVIDERS``.
        kind: "recorded", "live" or "pasted".
        label: where it comes from, in a few words for the page.
        open: what ``partialjson.clients.aread`` takes; called once, when the run begins.
        note: what else the reader must know, "" if nothing.
    """

    api: str
    kind: str
    label: str
    open: Callable[[], Any]
    note: str = ""


def recorded(question: Question, speed: float = 1.0, note: str = "") -> Answer:
    """The recorded answer to a question, so many times as fast; 0 is as fast as it is read."""
    recording = question.recording
    return Answer(recording.provider, "recorded", "recorded response", lambda: replay(question, speed), note)


def replay(question: Question, speed: float = 1.0) -> AsyncIterator[bytes]:
    """The events of a recording at the recorded times, divided by the speed."""
    return paced((pause / speed if speed else 0.0, event) for pause, event in question.recording.events())


async def paced(pieces: Iterable[tuple[float, T]]) -> AsyncIterator[T]:
    """Each piece after its pause in seconds; others get to run before each.

    Pieces are due at fixed times from the start, so that the time that others take does not add up.
    """
    due = time.monotonic()
    for pause, piece in pieces:
        due += pause
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        yield piece
