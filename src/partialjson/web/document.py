"""A JSON document on its way to whoever watches it: what a run is for a text that is no response of a model.

The value that viewers fold is that of a ``Run`` (``facts``), so a page draws both alike. Its message has one block, and
no provider stands behind it: a parser of its own reads the document, and nothing is guessed about text that is said
again.

A document ends where its text does. Whether it is complete then, its grammar says; an error ends the reading, since
what follows it cannot be trusted. What lenient parsing left out around it is told in the note.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from partialjson._core.events import Completed, Event
from partialjson._core.parser import Parser
from partialjson.broadcast import Broadcast, DocumentState
from partialjson.broadcast.waiting import set_within
from partialjson.cli.account import left_out
from partialjson.errors import ParseError
from partialjson.outcomes import Failed, Outcome, Truncated
from partialjson.render.form import form
from partialjson.render.text import plural
from partialjson.repairs import Lenient
from partialjson.web.facts import Delta, Facts, beginning, stopped

__all__ = ["API", "DocumentRun", "TextAsked"]

API: Final = "json"
"""What stands in the place of an API."""

_BLOCK: Final = "/message/blocks/0"


@dataclass(frozen=True)
class TextAsked:
    """What a run of a document is about.

    Attributes:
        title: what stands in the place of a prompt.
        pieces: the text, cut.
        rate: how many pieces come in a second; 0 for as many as can be read.
        target: what the document must be, None for anything.
        lenient: how broken JSON is mended, None if it is not.
        prose: whether there is no JSON in the text, which is then shown as it is.
        label, note: where it comes from, and what else a reader must know.
    """

    title: str
    pieces: Sequence[str]
    rate: float = 0.0
    target: Any = None
    lenient: Lenient | None = None
    prose: bool = False
    label: str = ""
    note: str = ""


class DocumentRun:
    """One document, while it comes and afterwards. To be used as a ``Run``.

    Args:
        name: unique among the runs of a page.
        asked: what it is about.
        clock: gives seconds.

    Attributes:
        parser: what reads it.
        broadcast: what viewers watch.
        over: whether nothing more comes.
    """

    def __init__(self, name: str, asked: TextAsked, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.asked = asked
        self.over = False
        self.broadcast = Broadcast()
        self.parser: Parser[Any] = Parser(asked.target, lenient=asked.lenient or False)
        self._state = DocumentState(self.parser, at=f"{_BLOCK}/document")
        self._clock = clock
        self._begun = 0.0
        self._count = 0
        self._failed = False
        self._facts = Facts()
        self._stopping = asyncio.Event()
        self._stopped: dict[str, str] | None = None
        self.broadcast.publish(self._beginning())

    def _beginning(self) -> list[Delta]:
        asked = self.asked
        block: dict[str, Any]
        if asked.prose:
            block = {"type": "text", "text": "", "done": False}
        else:
            block = {"type": "output", "document": self._state.changes()[0]["value"]}
        told = {"kind": "pasted", "label": asked.label, "note": asked.note, "api": API}
        forms = {"output": None if asked.prose else form(asked.target), "tools": {}}
        return beginning(self.name, asked.title, told, forms, {"api": API, "blocks": [block], "ending": None})

    async def play(self) -> None:
        """Reads the text to its end, and closes the broadcast. Called once. Whatever the text is, nothing is raised."""
        self._begun = self._clock()
        try:
            for number, piece in enumerate(self.asked.pieces, start=1):
                await self._wait_until(self._begun + number / self.asked.rate if self.asked.rate else 0.0)
                if self._stopping.is_set() or not self._take(piece):
                    break
        finally:
            self._finish()

    def stop(self, by: str = "viewer") -> None:
        """Ends it before the next piece."""
        if not self.over:
            self._stopped = stopped(by)
            self._stopping.set()

    async def _wait_until(self, due: float) -> None:
        """Waits until a piece is due, or somebody stops it. Pieces are due at fixed times from the beginning, so that
        the time that others take does not add up."""
        left = due - self._clock()
        if left <= 0:
            await asyncio.sleep(0)
            return
        await set_within(self._stopping, left)

    def _take(self, piece: str) -> bool:
        """Reads a piece, and publishes what it changed. Whether reading can go on."""
        deltas = [*self._token(piece), *self._time("first_token")]
        if self.asked.prose:
            deltas.append({"op": "append", "path": f"{_BLOCK}/text", "value": piece})
            self.broadcast.publish(deltas)
            return True
        events: Sequence[Event] = ()
        try:
            events = self.parser.feed(piece)
        except ParseError as error:
            # The parser keeps it for the end.
            events, self._failed = error.events, True
        if any(isinstance(event, Completed) for event in events):
            deltas += self._time("first_field")
        self.broadcast.publish([*deltas, *self._state.changes(events)])
        return not self._failed

    def _token(self, piece: str) -> list[Delta]:
        self._count += 1
        return self._facts.token(0, piece) if self.parser.kept_back() == "nothing" else []

    def _time(self, name: str) -> list[Delta]:
        """The moment, if it is the first of its kind."""
        return self._facts.figure(name, self._clock() - self._begun)

    def _finish(self) -> None:
        """The last deltas, and the end of the broadcast."""
        self.over = True
        deltas: list[Delta] = []
        if self.asked.prose:
            ending = {"reason": "complete", "message": ""}
            deltas.append({"op": "replace", "path": f"{_BLOCK}/done", "value": True})
        else:
            outcome = self.parser.end("truncated" if self._stopped else None)
            ending = _ending(outcome)
            deltas += self._state.changes(() if self._failed else outcome.events)
            around = left_out(outcome)
            if around:
                kinds = ", ".join(dict.fromkeys(span.kind for span in around))
                count = plural(sum(span.end - span.start for span in around), "character")
                note = f"{self.asked.note} Left out around it: {count} ({kinds})."
                deltas.append({"op": "replace", "path": "/answer/note", "value": note.lstrip()})
        deltas.append({"op": "replace", "path": "/message/ending", "value": ending})
        deltas += [*self._time("seconds"), *self._facts.figure("pieces", self._count)]
        read = "".join(self.asked.pieces[: self._count])
        deltas += self._facts.figure("bytes", len(read.encode("utf-8", "surrogatepass")))
        if self._stopped is not None:
            deltas.append({"op": "replace", "path": "/stopped", "value": self._stopped})
        self.broadcast.publish(deltas)
        self.broadcast.close()


def _ending(outcome: Outcome[Any]) -> dict[str, Any]:
    """How the document ended, as a message says it."""
    if isinstance(outcome, Truncated):
        return {"reason": "truncated", "message": "The text ends inside the document."}
    if isinstance(outcome, Failed) and isinstance(outcome.error, ParseError):
        return {"reason": "error", "message": f"The text cannot be read any further: {outcome.error}."}
    return {"reason": "complete", "message": ""}
