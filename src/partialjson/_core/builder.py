"""The builder: the state of a document under construction, for everything that follows its construction.

Its state is a stack of the open containers, the live dicts and lists themselves, from the root inwards, with the key of
each in its parent. ``Tree`` is the only builder; it adds the methods that change the stack. The observer gets the
builder with each call and keeps no reference to it, so a parser that nobody holds is freed at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from mypy_extensions import i64

    from partialjson._core.events import Path


class Builder:
    """The open containers, and the current place in the innermost one."""

    def __init__(self) -> None:
        # The root is the only element of a list, so that it is attached like any other value.
        self.ground: Final[list[object]] = []
        self.containers: Final[list[object]] = []
        # For each open container: the key it has in its parent object (stale where the parent is an array).
        self.keys: Final[list[str]] = []
        # The innermost container, the ground when none is open, and the key of the next member.
        self.obj: dict[str, object] = {}
        self.arr = self.ground
        self.in_object = False
        self.key = ""
        # Is a string open?
        self.in_text = False
        # If values are dropped: how many elements the innermost array has lost, and the arrays around each open one.
        self.drops = False
        self.gone: i64 = 0
        self.gones: Final[list[i64]] = []

    def depth(self) -> i64:
        return len(self.containers)

    def length(self) -> i64:
        """How many elements the innermost array has had."""
        return len(self.arr) + self.gone

    def here(self) -> str | int:
        """The key of the value that is or was last visible in the innermost container."""
        if self.in_object:
            return self.key
        return self.length() - 1

    def coming(self) -> str | int:
        """The key of the value that comes next in the innermost container."""
        if self.in_object:
            return self.key
        return self.length()

    def key_of(self, i: i64) -> str | int:
        """The key of open container ``i`` in its parent."""
        parent = self.containers[i - 1]
        if isinstance(parent, dict):
            return self.keys[i]
        return len(cast("list[object]", parent)) - 1 + (self.gones[i] if self.drops else 0)

    def path(self, pending: bool) -> Path:
        """The keys of the open containers, and of the value that is growing or, with ``pending``, awaited."""
        keys: list[str | int] = []
        i: i64
        for i in range(1, len(self.containers)):
            keys.append(self.key_of(i))
        if self.containers and (pending or self.in_text):
            keys.append(self.here() if self.in_text else self.coming())
        return tuple(keys)
