"""Frames: what a viewer gets, and the ids by which it says what it has.

A frame leads from the state numbered ``after`` to the state numbered ``seq``. It may do the work of many: a viewer that
is slow, or was away, gets one frame with the merged deltas. A *snapshot* leads to its state from anywhere: it has no
``after``, its one delta replaces the whole, and it names the run.

A *run* is one stream that is broadcast. Numbers begin again with each, so an id is the run's name and the number:
``k3f9w2:17``. Whoever comes with an id that means nothing here gets a snapshot.

A frame is written once, however many viewers it goes to.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Final

from partialjson._jsontext import line_text

__all__ = ["END", "Frame", "read_id"]

END: Final = b"event: end\ndata:\n\n"
"""The last server-sent event of a broadcast, so that the viewer does not come back."""

_ID: Final = re.compile(r"([^:\s]+):(0|[1-9][0-9]{0,17})")


class Frame:
    """Deltas from one state to another. False if there are none.

    Attributes:
        run: the name of the stream.
        seq: the number of the state that it leads to.
        after: the number of the state that it applies to; None if it is a snapshot, which applies to any.
        deltas: the changes; not to be changed.
    """

    def __init__(self, run: str, seq: int, after: int | None, deltas: list[dict[str, Any]]) -> None:
        self.run = run
        self.seq = seq
        self.after = after
        self.deltas = deltas

    def __bool__(self) -> bool:
        return bool(self.deltas)

    def __repr__(self) -> str:
        after = "a snapshot" if self.after is None else f"after {self.after}"
        return f"<Frame {self.id}, {after}, {len(self.deltas)} deltas>"

    @property
    def id(self) -> str:
        """What a viewer says to go on from here."""
        return f"{self.run}:{self.seq}"

    @property
    def value(self) -> dict[str, Any]:
        """The frame as a JSON value."""
        place = {"run": self.run} if self.after is None else {"after": self.after}
        return {"seq": self.seq, **place, "deltas": self.deltas}

    @cached_property
    def text(self) -> str:
        """The frame as JSON text in one line. What JSON and UTF-8 have no word for: a NaN is null, a number beyond a
        double is 1e999, which is read as infinity, and a lone surrogate is an escape."""
        return line_text(self.value)

    @cached_property
    def sse(self) -> bytes:
        """The frame as a server-sent event."""
        return f"id: {self.id}\ndata: {self.text}\n\n".encode()


def read_id(text: object) -> tuple[str, int] | None:
    """The run and the number of an id; None if it is none. It may come from anybody."""
    found = _ID.fullmatch(text) if isinstance(text, str) else None
    return (found[1], int(found[2])) if found else None
