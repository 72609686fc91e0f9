"""The source: the text of a document that has a plan, and the current position in it.

It serves two purposes: a place that is not followed inside settles from its part of the text, and errors about values
give positions. The driver of the tree adds each chunk before it is read, and calls ``reach`` with the offset of the
current character. The view and the judge read that offset from ``at``; nobody else writes it.

Offsets are those of the document, even after its beginning has been dropped. If dropped text is still asked for, it can
only be the part of a number or word that the end of a chunk cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from mypy_extensions import i64

# Escapes of both halves of a surrogate pair.
_PAIR: Final = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]").match

# Pieces of text are joined when there are this many, or when a long one comes: each is an object of about 50 bytes.
MOST_PIECES: Final = 256
LONG_PIECE: Final = 1024


@final
class Source:
    """The part of a document's text that may be asked for again."""

    def __init__(self) -> None:
        self.joined = ""
        # What has come since. Most of it is never asked for, and appending to a list is cheaper than growing a string.
        self.pieces: list[str] = []
        # The offset of the current character.
        self.at: i64 = 0
        # The dropped text: its length in characters and in UTF-8, its newlines, the offset after the last of them.
        self.base: i64 = 0
        self.bytes: i64 = 0
        self.newlines: i64 = 0
        self.line_start: i64 = 0
        # A text of which only the beginning may belong to the document, the offset of its first character, and the
        # index up to which it has been added.
        self.window = ""
        self.window_at: i64 = 0
        self.taken: i64 = 0

    # What a driver calls.

    def reach(self, pos: i64) -> None:
        """The character at this offset is read now: it begins a value, ends a key or a container, or is a
        comma."""
        self.at = pos

    def add(self, s: str) -> None:
        """A chunk is about to be read."""
        self.pieces.append(s)
        if len(self.pieces) >= MOST_PIECES or len(s) >= LONG_PIECE:
            self._join()

    def open_window(self, s: str, at: i64, i: i64) -> None:
        """``s`` is about to be read from index ``i`` on; ``at`` is the offset of its first character. How much of it
        belongs to the document, ``close_window`` will tell."""
        self.window = s
        self.window_at = at
        self.taken = i

    def close_window(self, end: i64) -> None:
        """The text of the window up to index ``end`` belongs to the document."""
        taken = self.taken
        window = self.window
        self.window = ""
        if taken == 0 and end == len(window):
            # Most often it is all of it, and nobody has asked before.
            self.add(window)
        elif taken < end:
            self.add(window[taken:end])
        elif taken > end:
            self.drop(taken - end)

    def _take(self, until: i64) -> None:
        """Add the text of the window before this offset."""
        end = until - self.window_at
        if end > len(self.window):
            end = len(self.window)
        if self.taken < end:
            self.add(self.window[self.taken : end])
            self.taken = end

    def _join(self) -> None:
        news = "".join(self.pieces)
        # Taken out of its slot, a string has one reference, and CPython extends it in place.
        text = self.joined
        self.joined = ""
        text += news
        self.joined = text
        self.pieces = []

    @property
    def all(self) -> str:
        if self.pieces:
            self._join()
        return self.joined

    def drop(self, n: i64) -> None:
        """Take the last ``n`` characters away again."""
        text = self.all
        length: i64 = len(text)
        if n > length:
            # They belong to a number, a word or an escape, which are ASCII without newlines.
            self.base -= n - length
            self.bytes -= n - length
            n = length
        self.joined = text[: length - n]

    def forget(self, until: i64) -> None:
        """Drop the text before offset ``until``, which nobody will ask for any more; -1 drops all of it."""
        text = self.all
        n: i64 = len(text) if until < 0 else until - self.base
        if n <= 0:
            return
        gone = text[:n]
        newlines: i64 = gone.count("\n")
        if newlines > 0:
            self.newlines += newlines
            last: i64 = gone.rfind("\n")
            self.line_start = self.base + last + 1
        self.bytes += n if gone.isascii() else len(gone.encode())
        self.base += n
        self.joined = text[n:]

    # Positions and pieces.

    def line_of(self, pos: i64) -> i64:
        """The line of an offset, from 1."""
        self._take(pos)
        newlines: i64 = self.all.count("\n", 0, max(pos - self.base, 0))
        return self.newlines + newlines + 1

    def column_of(self, pos: i64) -> i64:
        """The column of an offset, from 1."""
        self._take(pos)
        last: i64 = self.all.rfind("\n", 0, max(pos - self.base, 0))
        return pos - (self.line_start if last < 0 else self.base + last + 1) + 1

    def bytes_before(self, pos: i64) -> i64:
        """The length in UTF-8 of the text before an offset."""
        self._take(pos)
        if pos < self.base:
            return self.bytes - (self.base - pos)
        return self.bytes + len(self.all[: pos - self.base].encode())

    def of_character(self, start: i64, number: i64) -> i64:
        """The offset at which character ``number`` of a string begins; ``start`` is that of its opening quote."""
        self._take(start + 12 * (number + 1))
        text = self.all
        at = start + 1 - self.base
        while number > 0:
            number -= 1
            if text[at] != "\\":
                at += 1
            elif text[at + 1] != "u":
                at += 2
            else:
                # The escapes of both halves of a surrogate pair are one character.
                at += 12 if _PAIR(text, at) is not None else 6
        return self.base + at

    def since(self, start: i64) -> str:
        """The text from ``start`` up to and including the current character."""
        return self.between(start, self.at + 1)

    def between(self, start: i64, end: i64) -> str:
        """The text from offset ``start`` up to, but not including, offset ``end``."""
        if self.window:
            self._take(end)
        return self.all[start - self.base : end - self.base]
