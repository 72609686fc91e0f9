"""The journal of one stream: its state, and the deltas that led to it, as far back as there is room.

It answers one question: what does a viewer need who has the state number ``n``? As long as the deltas after ``n`` are
kept, they are merged into one frame; otherwise the answer is a snapshot. Unknown numbers, numbers to come and ids of
other runs get a snapshot too, so a viewer cannot ask wrongly.

**Memory** is the state and at most ``limit`` characters of deltas; the oldest are dropped first. **Time**: writing
costs what the deltas change. The state is a fold that copies what it has handed out (``patch.Fold``). Viewers who are
at the same number get the same frame, which is merged and written once.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from partialjson._missing import MISSING
from partialjson.broadcast.frames import Frame, read_id
from partialjson.patch import Delta, Fold, Merge, merge_deltas

__all__ = ["Journal"]

_LIMIT: Final = 1_000_000
# What a delta costs beside its path and its value.
_OVERHEAD: Final = 40


class Journal:
    """The state of one stream, and how to come to it from an earlier one.

    Args:
        limit: how many characters of deltas are kept for those who come back.
        run: the name of the stream, without colons and white space; by default a random one.

    Attributes:
        run: that name.
        seq: the number of the state now: 0 before anything was written, and one more for each write.
    """

    def __init__(self, *, limit: int = _LIMIT, run: str | None = None) -> None:
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            raise ValueError(f"limit is a number of characters, not {limit!r}")
        self.run = secrets.token_urlsafe(9) if run is None else run
        if read_id(f"{self.run}:0") is None:
            raise ValueError(f"the name of a run has no colon and no white space: {run!r}")
        self.seq = 0
        self._limit = limit
        self._fold = Fold()
        # The writes that are kept, and their sizes; the last one led to ``seq``.
        self._writes: deque[tuple[list[dict[str, Any]], int]] = deque()
        self._size = 0
        # The frames that were asked for since the last write, by the number that they follow.
        self._frames: dict[int | None, Frame] = {}

    @property
    def state(self) -> Any:
        """The state now, MISSING before anything was written. It does not change any more."""
        return self._fold.snapshot()

    def write(self, deltas: Iterable[Delta]) -> Frame | None:
        """Take in the deltas that lead to the next state.

        Returns:
            The frame from the state before, None if there were no deltas.

        Raises:
            ValueError: as ``apply_deltas``. The deltas before the wrong one count.
        """
        written: list[dict[str, Any]] = []
        try:
            for number, delta in enumerate(deltas):
                self._fold.apply(delta, number)
                written.append({"op": delta["op"], "path": delta["path"], "value": delta["value"]})
        finally:
            if written:
                self._keep(written if len(written) == 1 else merge_deltas(written))
        return self.since(self.seq - 1) if written else None

    def since(self, seen: int | str | None = None) -> Frame:
        """What leads to the state now: one frame, without deltas for whoever is there already.

        Args:
            seen: the number, or the id, of the state that the viewer has; None if it has none. Whatever is not a state
                of this stream is answered by a snapshot.
        """
        after = self._known(seen)
        frame = self._frames.get(after)
        if frame is None:
            frame = self._frames[after] = self._frame(after)
        return frame

    def _known(self, seen: int | str | None) -> int | None:
        """The number of a state from which there are deltas; None if a snapshot is needed."""
        if isinstance(seen, str):
            found = read_id(seen)
            if found is None or found[0] != self.run:
                return None
            seen = found[1]
        if isinstance(seen, bool) or not isinstance(seen, int) or not self.seq - len(self._writes) <= seen <= self.seq:
            return None
        return seen

    def _frame(self, after: int | None) -> Frame:
        if after is None:
            state = self.state
            deltas = [] if state is MISSING else [{"op": "replace", "path": "", "value": state}]
            return Frame(self.run, self.seq, None, deltas)
        count = self.seq - after
        if count == 0:
            return Frame(self.run, self.seq, after, [])
        if count == 1:
            return Frame(self.run, self.seq, after, self._writes[-1][0])
        merge = Merge()
        for index in range(len(self._writes) - count, len(self._writes)):
            for delta in self._writes[index][0]:
                merge.add(delta)
        return Frame(self.run, self.seq, after, merge.deltas())

    def _keep(self, deltas: list[dict[str, Any]]) -> None:
        size = sum(_OVERHEAD + len(delta["path"]) + _size(delta["value"]) for delta in deltas)
        self._writes.append((deltas, size))
        self._size += size
        while self._size > self._limit:
            self._size -= self._writes.popleft()[1]
        self.seq += 1
        self._frames = {}


def _size(value: Any) -> int:
    """About how many characters a value is as JSON."""
    size = 0
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            size += len(value) + 2
        elif isinstance(value, dict):
            size += sum([len(key) + 4 for key in value]) + 2
            todo.extend(value.values())
        elif isinstance(value, list):
            size += len(value) + 2
            todo.extend(value)
        else:
            size += 5
    return size
