"""The source map of lenient parsing: from offsets in the mended text to those in the source.

Lenient parsing hands mended text to the strict lexer. Most of it is the source itself, so the map is a list of
segments, each a place from which on both go on side by side; a new one begins only where something was mended. A
position past the end of a segment, in text that was put in, is the source's position there.

Each segment also has its line and its byte offset, since the source itself is not kept.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class SourceMap:
    """Sorted segments. All lists have the same length."""

    def __init__(self) -> None:
        self.mended: list[i64] = [0]
        self.source: list[i64] = [0]
        self.lines: list[i64] = [1]
        self.line_starts: list[i64] = [0]
        self.bytes: list[i64] = [0]

    def add(self, mended: i64, source: i64, line: i64, line_start: i64, byte: i64) -> None:
        """From these offsets on, the mended text and the source go on side by side."""
        self.mended.append(mended)
        self.source.append(source)
        self.lines.append(line)
        self.line_starts.append(line_start)
        self.bytes.append(byte)

    def take_back(self) -> None:
        """Drop the last segment."""
        self.mended.pop()
        self.source.pop()
        self.lines.pop()
        self.line_starts.pop()
        self.bytes.pop()

    def save(self) -> list[list[i64]]:
        return [list(self.mended), list(self.source), list(self.lines), list(self.line_starts), list(self.bytes)]

    def load(self, lists: list[list[int]]) -> None:
        """Take over other segments, in the order of the attributes.

        Raises:
            ValueError: they contradict each other.
        """
        mended, source, lines, line_starts, byte_offsets = lists
        is_sorted = all(each == sorted(each) and len(each) == len(mended) for each in lists)
        if not is_sorted or not mended or mended[0] != 0 or lines[0] < 1:
            raise ValueError("its source map contradicts itself")
        self.mended = [n for n in mended]
        self.source = [n for n in source]
        self.lines = [n for n in lines]
        self.line_starts = [n for n in line_starts]
        self.bytes = [n for n in byte_offsets]

    def segment(self, mended: i64) -> i64:
        """The segment of an offset in the mended text."""
        at: i64 = bisect_right(self.mended, mended) - 1
        return at if at > 0 else 0

    def forget(self, mended: i64) -> None:
        """Drop the segments before this offset, except the one it is in."""
        at = self.segment(mended)
        if at > 0:
            del self.mended[:at]
            del self.source[:at]
            del self.lines[:at]
            del self.line_starts[:at]
            del self.bytes[:at]
