"""Which document a text goes on with: a small memory of the texts that were parsed last.

A caller that parses a growing text again and again gives nothing but the text. If it begins with a text that was parsed
before, its document goes on with the rest; otherwise a new one begins. That one text begins with another is found out
by comparing memory, which costs some microseconds for 100 KB. So that many streams at once do not make it slow,
documents are kept by the first characters of their texts. A text that has not even these is read anew each time.

A document is taken off the shelf by who goes on with it and put back afterwards. So the lock is held for a moment only,
and two threads never share a document: the second one to come finds none, and begins its own.

What is kept is bounded by the number of documents and by their characters; the one that was used longest ago goes
first. The last one stays, however long it is.
"""

from __future__ import annotations

import os
import weakref
from collections import OrderedDict
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from partialjson._core.growing import Growing
from partialjson._core.utf8 import Utf8

__all__ = ["ENTRIES", "SIZE", "START", "Entry", "Shelf"]

START: Final = 64
"""How many characters a text has before it is kept."""

ENTRIES: Final = 256
SIZE: Final = 4 * 1024 * 1024

Text = TypeVar("Text", str, bytes)


class Entry(Generic[Text]):
    """A document, and its text so far. ``whole`` is a copy of the finished document that nobody else has; ``notes`` is
    what others keep with it."""

    __slots__ = ("growing", "notes", "text", "utf8", "whole")

    def __init__(self, growing: Growing, empty: Text) -> None:
        self.growing = growing
        self.text: Text = empty
        self.utf8: Utf8 | None = None
        self.whole: object = None
        self.notes: dict[str, Any] = {}
        if isinstance(empty, bytes):
            self.utf8 = Utf8()
            # A byte order mark is an error to the parsers that take bytes again and again.
            self.utf8.bom_checked = True

    def go_on(self, text: Text) -> bool:
        """Read the rest of ``text``, which begins with what was read; False if it is not JSON."""
        rest = text[len(self.text) :] if self.text else text
        self.text = text
        if not rest:
            return self.growing.error is None
        if isinstance(rest, str):
            return self.growing.feed(rest)
        utf8 = self.utf8
        assert utf8 is not None
        return not utf8.fault and self.growing.feed(utf8.decode(rest)) and (not utf8.fault or self.growing.has_rest())


class Shelf(Generic[Text]):
    """The documents of one kind, with texts of one type.

    Args:
        depth, lone_surrogates, ignores_rest: as for ``Growing``.
        entries, size: how many documents are kept, and how many characters (or bytes) of text.
    """

    def __init__(
        self,
        empty: Text,
        depth: int,
        lone_surrogates: bool,
        ignores_rest: bool,
        entries: int = ENTRIES,
        size: int = SIZE,
    ) -> None:
        self._empty: Text = empty
        self._depth = depth
        self._lone_surrogates = lone_surrogates
        self._ignores_rest = ignores_rest
        self._entries = entries
        self._size = size
        self._lock = Lock()
        self._by_start: dict[Text, list[Entry[Text]]] = {}
        # Least recently used first.
        self._used: OrderedDict[int, Entry[Text]] = OrderedDict()
        self._total = 0
        if hasattr(os, "register_at_fork"):
            # Another thread may hold the lock while the process forks.
            shelf = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: Shelf._unlock(shelf()))

    def _unlock(self: Shelf[Text] | None) -> None:
        if self is not None:
            self._lock = Lock()
            self._forget()

    def new(self) -> Entry[Text]:
        return Entry(Growing(self._depth, self._lone_surrogates, self._ignores_rest), self._empty)

    def take(self, text: Text) -> Entry[Text]:
        """The document with the longest text that ``text`` begins with, no longer on the shelf; or a new one."""
        if len(text) < START:
            return self.new()
        start = text[:START]
        with self._lock:
            entries = self._by_start.get(start)
            if entries is None:
                return self.new()
            best = -1
            longest = 0
            # In most cases there is one; where there are several, the last one was used last.
            for i in range(len(entries) - 1, -1, -1):
                known = entries[i].text
                if len(known) > longest and text.startswith(known):
                    best = i
                    longest = len(known)
            if best < 0:
                return self.new()
            entry = entries.pop(best)
            if not entries:
                del self._by_start[start]
            del self._used[id(entry)]
            self._total -= longest
        return entry

    def put(self, entry: Entry[Text]) -> None:
        """Keep a document for the next text."""
        text = entry.text
        if len(text) < START:
            return
        with self._lock:
            self._by_start.setdefault(text[:START], []).append(entry)
            self._used[id(entry)] = entry
            self._total += len(text)
            while len(self._used) > 1 and (len(self._used) > self._entries or self._total > self._size):
                _, old = self._used.popitem(last=False)
                self._total -= len(old.text)
                start = old.text[:START]
                others = self._by_start[start]
                others.remove(old)
                if not others:
                    del self._by_start[start]

    def clear(self) -> None:
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._by_start.clear()
        self._used.clear()
        self._total = 0

    def __len__(self) -> int:
        return len(self._used)

    @property
    def total(self) -> int:
        """Characters of all texts that are kept."""
        return self._total
