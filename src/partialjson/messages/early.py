"""Stopping early: the first sign in a message that one of its documents can no longer be valid.

A violation is certain: whatever the model writes next, the document cannot become valid. So the rest of the message is
not worth waiting for, or paying for. ``EarlyStop`` looks at the updates as they come, and finds the first such sign: a
``Violation``, an ``Invalid`` value, or an error that made a document fail. What comes afterwards it counts, so that a
run which is not stopped tells how much a stop would have saved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from partialjson._core.events import Invalid, Violation
from partialjson._core.events import Path as DocumentPath
from partialjson.errors import IncompleteError
from partialjson.messages.updates import DocumentProgress, TextDelta, Update
from partialjson.wire.ops import Kind

__all__ = ["EarlyStop", "Stopped"]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The sign that a document can no longer be valid.

    Attributes:
        choice, block, kind: where it is, as in ``DocumentProgress``.
        cause: the event, or the error that made the document fail.
        received: how many code points of the message's texts and documents had come by then.
    """

    choice: int
    block: int
    kind: Kind
    cause: Violation | Invalid | BaseException
    received: int

    @property
    def path(self) -> DocumentPath:
        """The path of the value that is wrong; empty if the error has none."""
        found: DocumentPath = getattr(self.cause, "path", ())
        return found


class EarlyStop:
    """Looks for the first sign in the updates of one message.

    Args:
        stops: is reading to end there?
        skips: are bad elements of arrays left out, so that they do not make their document invalid?

    Attributes:
        stops: as given.
        stopped: the sign, None as long as there is none.
        saved: how many code points of texts and documents came after the update that brought it.
    """

    def __init__(self, stops: bool, skips: bool = False) -> None:
        self.stops = stops
        self.stopped: Stopped | None = None
        self.saved = 0
        self._skips = skips
        self._received = 0

    @property
    def is_over(self) -> bool:
        """Is the rest of the message not wanted?"""
        return self.stops and self.stopped is not None

    def look(self, updates: Iterable[Update]) -> None:
        """Look at the next updates of the message."""
        for update in updates:
            if not isinstance(update, (TextDelta, DocumentProgress)):
                continue
            if self.stopped is not None:
                self.saved += len(update.text)
                continue
            self._received += len(update.text)
            if isinstance(update, DocumentProgress):
                cause = self._cause(update)
                if cause is not None:
                    self.stopped = Stopped(update.choice, update.block, update.kind, cause, self._received)

    def _cause(self, update: DocumentProgress) -> Violation | Invalid | BaseException | None:
        if not self._skips:
            for event in update.events:
                if isinstance(event, (Violation, Invalid)):
                    return event
        # A document that was cut off may be continued.
        return None if isinstance(update.error, IncompleteError) else update.error
