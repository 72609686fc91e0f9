"""The changes of a document: what became visible and when, from which deltas are told.

There is a mark for each value that became visible, kept only once somebody has asked for deltas. The clock is the
visible size of the document: one for each value that appeared and one for each character shown of a string. That number
does not depend on the chunking. It also tells how much of a string was visible at any earlier time, so a growing string
needs no entries of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, cast, final

from partialjson._core.events import Node, Path

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class Mark:
    """A value became visible."""

    def __init__(self, op: str, at: Node, value: object) -> None:
        self.op = op
        self.at = at
        self.is_text = isinstance(value, str)
        self.is_container = isinstance(value, (dict, list))
        # A string that is still open has no value yet; a container is represented by its kind.
        self.value: object = value
        if self.is_container:
            self.value = {} if isinstance(value, dict) else []
        # The path as a pointer, once somebody has asked.
        self.pointer: str | None = None

    def where(self) -> str:
        if self.pointer is None:
            self.pointer = _pointer(self.at.path())
        return self.pointer


@final
class Changes:
    """The marks of one document, oldest first, and the times of the clock at which they were made."""

    def __init__(self, size: i64) -> None:
        self.marks: list[Mark] = []
        self.clock: list[i64] = []
        # The clock now, and the time from which on all changes are known.
        self.size = size
        self.floor = size

    def appears(self, op: str, at: Node, value: object) -> None:
        self.size += 1
        self.clock.append(self.size)
        self.marks.append(Mark(op, at, value))

    def goes_on(self, at: Node, shown: i64) -> None:
        """The string at ``at``, of which so many characters were shown before the first mark, is still open."""
        self.marks.append(Mark("add", at, ""))
        self.clock.append(self.size - shown)

    def closes(self, text: str) -> None:
        """The string of the last mark closed."""
        if self.marks:
            self.marks[-1].value = text

    def appeared_after(self, since: i64) -> bool:
        return len(self.clock) > 0 and self.clock[-1] > since

    def deltas(
        self, since: i64, json: Any, open_text: str | None, places: list[Node | None] | None = None
    ) -> list[dict[str, Any]]:
        """The changes after the document had the visible size ``since``, oldest first.

        A container that appeared since then comes with all that is in it now.

        Args:
            since: before ``floor``, the answer is one change of the whole.
            json: the document now; asked for only where something ``appeared_after`` that time.
            open_text: what the open string shows, if one is open.
            places: gets the node of each change, None for the root.
        """
        if since < self.floor:
            if places is not None:
                places.append(None)
            return [{"op": "replace" if since else "add", "path": "", "value": json}]
        marks = self.marks
        found: list[dict[str, Any]] = []
        first = bisect_right(self.clock, since)
        if first > 0 and marks[first - 1].is_text:
            last = marks[first - 1]
            text = self._text_of(first - 1, open_text)
            shown = since - self.clock[first - 1]
            if shown < len(text):
                found.append({"op": "append", "path": last.where(), "value": text[shown:]})
                if places is not None:
                    places.append(last.at)
        new: set[Node | None] = set()
        parent: Node | None = None
        prefix = ""
        i: i64
        for i in range(first, len(marks)):
            mark = marks[i]
            at = mark.at
            is_inside = at.parent is not None and at.parent in new
            if mark.is_container:
                new.add(at)
            if is_inside:
                continue
            if at.parent is None:
                path = ""
            else:
                if at.parent is not parent:
                    parent = at.parent
                    prefix = _pointer(parent.path())
                path = prefix + _pointer((at.key,))
            value: object = mark.value
            if mark.is_text:
                value = self._text_of(i, open_text)
            elif mark.is_container:
                value = _look_up(json, at.path(), value)
            found.append({"op": mark.op, "path": path, "value": value})
            if places is not None:
                places.append(at)
        return found

    def _text_of(self, i: i64, open_text: str | None) -> str:
        if open_text is not None and i == len(self.marks) - 1:
            return open_text
        return cast("str", self.marks[i].value)

    def forget(self, until: i64, in_text: bool) -> None:
        """Drop the marks that no reader at ``until`` or later needs."""
        keep = bisect_right(self.clock, until)
        if keep > 0 and in_text:
            keep = min(keep, len(self.marks) - 1)
        if keep > 0:
            del self.marks[:keep]
            del self.clock[:keep]
        self.floor = until


def visible_size(json: object) -> i64:
    """What the clock shows for a document: one tick for each value, and one for each character of a string value."""
    size: i64 = 0
    todo: list[object] = [json]
    while todo:
        value = todo.pop()
        size += 1
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
    return size


def _look_up(json: Any, path: Path, otherwise: object) -> object:
    """The value at ``path``; another where a later change has replaced something on the way to it."""
    value = json
    for key in path:
        if isinstance(value, dict):
            if key not in value:
                return otherwise
            value = value[key]
        else:
            if not isinstance(value, list) or not isinstance(key, int) or key >= len(value):
                return otherwise
            value = value[key]
    return value


def _pointer(path: Path) -> str:
    """``path`` as a JSON Pointer (RFC 6901)."""
    return "".join(["/" + str(key).replace("~", "~0").replace("/", "~1") for key in path])
