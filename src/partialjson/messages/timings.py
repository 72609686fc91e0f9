"""When the parts of a response came: the moments users wait for, the gaps between chunks, and notices of trouble.

    message = MessageParser("openai-chat", output=Order, timings=Timings())
    ...
    message.timings.first_token, message.timings.first_field

A response can reach its first token quickly and still show nothing for minutes. So three moments are recorded, for the
message and for each block: the first character of text (*token*), the first visible value of a document (*visible*),
and the first value that closed (*field*). All are in seconds since ``start()``, and None until they come.

There are no timers here: the clock is read once for each chunk. Ask ``stalled`` at any time whether the stream has
stalled; the chunk that ends a long gap also brings a ``Stalled`` update. If a model in JSON mode writes white space
without end, a ``WhitespaceFlood`` update reports it, once for each flood.

Gaps are counted in buckets that grow by a fifth, so percentiles are accurate to a tenth and the cost does not grow with
the stream. Without a ``Timings``, a parser pays for one attribute lookup per chunk.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, floor, log
from typing import Final

from partialjson.messages.fold import CALLS, MessageState
from partialjson.messages.updates import BlockRestarted, DocumentProgress, Stalled, TextDelta, Update, WhitespaceFlood

__all__ = ["BlockTimings", "Gaps", "Timings"]

_WHITE: Final = " \t\r\n"
_RUN: Final = re.compile(r"[ \t\r\n]+")
_TOKENS: Final = re.compile(r'[ \t\r\n]+|["\\]|[^ \t\r\n"\\]+')
_CLASS: Final = log(1.2)
_LEAST: Final = 1e-6
_MANY: Final = 100


class Gaps:
    """The times between chunks, in seconds.

    Attributes:
        count, total, max: how many there were, their sum, the longest.
    """

    def __init__(self) -> None:
        self._count = 0
        self._total = 0.0
        self._max = 0.0
        self._classes: dict[int, int] = {}
        self._waiting: list[float] = []

    def __repr__(self) -> str:
        return f"<Gaps count={self.count} total={self.total:.3f} max={self.max:.3f} p95={self.percentile(95):.3f}>"

    def add(self, seconds: float) -> None:
        self._waiting.append(seconds)
        if len(self._waiting) >= _MANY:
            self._sort()

    @property
    def count(self) -> int:
        return self._count + len(self._waiting)

    @property
    def total(self) -> float:
        self._sort()
        return self._total

    @property
    def max(self) -> float:
        self._sort()
        return self._max

    def _sort(self) -> None:
        """Puts the gaps that wait into their buckets."""
        classes = self._classes
        for seconds in self._waiting:
            self._total += seconds
            self._max = max(self._max, seconds)
            number = floor(log(seconds if seconds > _LEAST else _LEAST) / _CLASS)
            classes[number] = classes.get(number, 0) + 1
        self._count += len(self._waiting)
        self._waiting.clear()

    def percentile(self, percent: float) -> float:
        """The gap that this percentage of all gaps do not exceed, accurate to a tenth; 0.0 if there are none.

        Raises:
            ValueError: ``percent`` is not between 0 and 100.
        """
        if not 0 <= percent <= 100:
            raise ValueError(f"a percentage is between 0 and 100, not {percent}")
        self._sort()
        below = 0
        for number in sorted(self._classes):
            below += self._classes[number]
            if below * 100 >= percent * self.count:
                middle = exp((number + 0.5) * _CLASS)
                return min(middle, self.max) if middle > _LEAST else 0.0
        return 0.0


@dataclass(slots=True)
class BlockTimings:
    """When the parts of one block came, in seconds since the start; None for what has not come.

    Attributes:
        first_token, first_visible, first_field: the first text, the first visible value, the first value that closed.
        last_token: the last text so far.
        characters, fragments: how much text came, and in how many pieces.
    """

    first_token: float | None = None
    first_visible: float | None = None
    first_field: float | None = None
    last_token: float | None = None
    characters: int = 0
    fragments: int = 0


class Timings(BlockTimings):
    """When the parts of one response came; pass it as ``MessageParser(timings=...)``.

    Args:
        clock: returns seconds that never go backwards.
        stall_after: a gap of this many seconds between chunks is reported as ``Stalled``; None for never.
        flood_after: this many white-space characters in a row, outside a string of a document, are reported as a
            ``WhitespaceFlood``; None for never. Pretty-printed JSON rarely has fifty.

    Attributes:
        blocks: the timings of each block by (choice, block).
        chunks: how often the parser was fed.
        size: how much it was fed, in bytes or characters; decoded events do not count.
        first_chunk: when it was fed first.
        gaps: the times between chunks.
    """

    __slots__ = (
        "_clock",
        "_flooded",
        "_last",
        "_start",
        "_white",
        "blocks",
        "chunks",
        "first_chunk",
        "flood_after",
        "gaps",
        "size",
        "stall_after",
    )

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        stall_after: float | None = 10.0,
        flood_after: int | None = 500,
    ) -> None:
        super().__init__()
        self.stall_after = stall_after
        self.flood_after = flood_after
        self.blocks: dict[tuple[int, int], BlockTimings] = {}
        self.chunks = 0
        self.size = 0
        self.first_chunk: float | None = None
        self.gaps = Gaps()
        self._flooded = 0
        self._clock = clock
        self._white: dict[tuple[int, int], _White] = {}
        self._start = self._last = clock()

    def __repr__(self) -> str:
        shown = {
            "first_chunk": self.first_chunk,
            "first_token": self.first_token,
            "first_visible": self.first_visible,
            "first_field": self.first_field,
            "longest gap": self.gaps.max,
        }
        told = ", ".join(f"{name} {'-' if value is None else f'{value:.3f}s'}" for name, value in shown.items())
        return f"<Timings {told}, {self.chunks} chunks, {self.characters} characters>"

    def start(self) -> None:
        """The request goes out now. Times count from here; without this call, from when the object was made."""
        self._start = self._last = self._clock()

    def stalled(self, after: float) -> float | None:
        """For how many seconds nothing has come, if at least ``after`` seconds; otherwise None."""
        gap = self._clock() - self._last
        return gap if gap >= after else None

    @property
    def elapsed(self) -> float:
        """Seconds from the start to the last chunk."""
        return self._last - self._start

    def arrived(self, size: int) -> list[Update]:
        """A chunk came. Parsers call this, and ``observe``."""
        now = self._clock()
        gap, self._last = now - self._last, now
        self.chunks += 1
        self.size += size
        if self.first_chunk is None:
            self.first_chunk = now - self._start
        else:
            waiting = self.gaps._waiting
            waiting.append(gap)
            if len(waiting) >= _MANY:
                self.gaps._sort()
        if self.stall_after is not None and gap >= self.stall_after:
            return [Stalled(gap)]
        return []

    def observe(self, updates: list[Update], state: MessageState) -> list[Update]:
        """The updates that the last chunk brought to the message, with the notices among them."""
        now = self._last - self._start
        floods: list[Update] = []
        for update in updates:
            if isinstance(update, DocumentProgress):
                flood = self._progress(update, state, now)
                if flood is not None:
                    floods.append(flood)
            elif isinstance(update, TextDelta):
                self._token((update.choice, update.block), update.text, now)
            elif isinstance(update, BlockRestarted):
                white = self._white.pop((update.choice, update.block), None)
                if white is not None:
                    self._read(white)
        return updates + floods if floods else updates

    def _progress(self, update: DocumentProgress, state: MessageState, now: float) -> Update | None:
        place, text = (update.choice, update.block), update.text
        timings = self.blocks.get(place)
        # The text of an output was counted with its block.
        if timings is None or (text and update.kind in CALLS):
            timings = self._token(place, text if update.kind in CALLS else "", now)
        if timings.first_field is None:
            self._first(timings, update, state, now)
        # Free text is told with the string that it becomes.
        if text and self.flood_after is not None and update.source is None:
            white = self._white.get(place)
            if white is None:
                white = self._white[place] = _White(self.flood_after)
            white.waiting.append(text)
            white.room -= len(text)
            if white.room <= 0:
                before, longest = white.run, self._read(white)
                white.room = max(1, self.flood_after - white.run)
                if before < self.flood_after <= longest:
                    return WhitespaceFlood(update.choice, update.block, longest)
        return None

    @property
    def flooded(self) -> int:
        """The longest run of white space outside strings."""
        for white in self._white.values():
            if white.waiting:
                self._read(white)
        return self._flooded

    def _read(self, white: _White) -> int:
        """Reads the text that waits; the longest run there."""
        text = "".join(white.waiting)
        # Escapes are looked for where they may be.
        pieces = white.waiting if "\\" in text else [text]
        white.waiting = []
        longest = max([white.read(piece, self._flooded) for piece in pieces], default=0)
        self._flooded = max(self._flooded, longest)
        return longest

    def _token(self, place: tuple[int, int], text: str, now: float) -> BlockTimings:
        timings = self.blocks.get(place)
        if timings is None:
            timings = self.blocks[place] = BlockTimings()
        if text:
            if timings.first_token is None:
                timings.first_token = now
                if self.first_token is None:
                    self.first_token = now
            timings.last_token = self.last_token = now
            size = len(text)
            timings.characters += size
            timings.fragments += 1
            self.characters += size
            self.fragments += 1
        return timings

    def _first(self, timings: BlockTimings, update: DocumentProgress, state: MessageState, now: float) -> None:
        """Is a value of the block to be seen for the first time, or has even one closed?"""
        closed = bool(update.events)
        if not closed and (timings.first_visible is not None or not _shows_something(state, update)):
            return
        for each in (timings, self):
            if each.first_visible is None:
                each.first_visible = now
            if closed and each.first_field is None:
                each.first_field = now


class _White:
    """Runs of white space outside the strings of one document.

    Attributes:
        run: the length of the run that is open at the end of what was read.
        waiting: text that was not read yet, since it cannot hold a flood.
        room: how many characters may come before there can be one.
    """

    def __init__(self, room: int) -> None:
        self.waiting: list[str] = []
        self.room = room
        self.run = 0
        self._inside = False
        self._escaped = False

    def read(self, text: str, known: int = 0) -> int:
        """The longest run that ended in this text or is still open at its end.

        A run of one is not looked for if one as long is ``known``.
        """
        if self._escaped or "\\" in text:
            return self._read_escapes(text)
        if self._inside and '"' not in text:
            return 0
        if self.run == 0 and not _may_have_longer_runs(text) and (known or " " not in text):
            # Most text of most models.
            if text.count('"') % 2:
                self._inside = not self._inside
            self.run = 1 if text.endswith(" ") and not self._inside else 0
            return self.run
        # What stands outside of strings: every other part between quotes.
        began_inside = self._inside
        parts = text.split('"')
        outside = '"'.join(parts[began_inside::2])
        runs = _RUN.findall(outside)
        longest = max(map(len, runs), default=0)
        if runs and not began_inside and outside[0] in _WHITE:
            longest = max(longest, self.run + len(runs[0]))
        self._inside = began_inside ^ (len(parts) % 2 == 0)
        if self._inside or (outside and outside[-1] not in _WHITE):
            self.run = 0
        elif len(parts) == 1 and len(runs[0]) == len(outside):
            self.run += len(outside)
        else:
            self.run = len(runs[-1]) if outside else 0
        return longest

    def _read_escapes(self, text: str) -> int:
        longest = 0
        for found in _TOKENS.finditer(text):
            token = found.group()
            if self._inside:
                if self._escaped:
                    self._escaped = False
                elif token == "\\":
                    self._escaped = True
                elif token == '"':
                    self._inside = False
            elif token[0] in _WHITE:
                self.run += len(token)
                longest = max(longest, self.run)
            else:
                self.run = 0
                self._inside = token == '"'
        return longest


def _may_have_longer_runs(text: str) -> bool:
    """Can there be more than one white space at a time?"""
    return "  " in text or "\n" in text or "\t" in text or "\r" in text


def _shows_something(state: MessageState, update: DocumentProgress) -> bool:
    """Is any value visible? An empty container does not count."""
    document = state.document_of(update)
    return document.status() != "missing" and document.json not in ({}, [])
