"""JSON text of a document that grows, written from its deltas.

Protocols that stream the arguments of a call want JSON text in pieces, which their clients join and parse. The text of
the model is not fit for that: it may hold secrets, be broken, or stand in a fence. So a document is written anew, from
the deltas that everybody else gets too, and what is joined parses to the same value at every moment: numbers come
whole, half an escape never comes, and a client that closes open brackets by itself sees values that only grow.

**The open spine.** A document grows at its end, so a delta changes the last value, or adds one to a container that is
still open. The writer keeps the containers and the string on the way to the last value open, and writes their ends only
when a delta shows that they are over, or at ``end``. A key that comes again is written again, since the last one
counts for every reader. If it came again in the same delta, what is open is not the last member of its object, which
keeps the place that the key had at first; so the writer is told what is open, and writes that last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from partialjson._jsontext import line_text
from partialjson._pointers import escaped, unescaped
from partialjson.encoders.places import last_of

__all__ = ["JSONWriter"]

_CLOSERS: Final = {"{": "}", "[": "]", '"': '"'}


class JSONWriter:
    """The text of one document, in pieces. Joined, they are JSON once ``end`` has been called.

    Attributes:
        begun: whether there is any.
    """

    def __init__(self) -> None:
        # What is open, from the root inwards: the pointer, the bracket or quote, and whether anything is inside.
        self._open: list[tuple[str, str, bool]] = []
        self._growing: str | None = None
        self.begun = False

    def feed(self, deltas: Iterable[Mapping[str, Any]], growing: str | None = None) -> str:
        """The text that the deltas add.

        Args:
            deltas: changes of the document, in order.
            growing: the pointer of the innermost value that is open after them; None if nothing is.

        Raises:
            ValueError: a delta changes what is over. Those of a document in the order of its text never do.
        """
        self._growing = growing
        return "".join([piece for delta in deltas for piece in self._piece(delta)])

    def end(self) -> str:
        """What closes the document. Nothing can be added afterwards."""
        return "".join(self._close(0))

    def closing(self) -> str:
        """What would close it now."""
        return "".join([_CLOSERS[bracket] for _, bracket, _ in reversed(self._open)])

    def _piece(self, delta: Mapping[str, Any]) -> list[str]:
        op, pointer, value = delta["op"], delta["path"], delta["value"]
        if op == "append":
            if not self._open or self._open[-1][:2] != (pointer, '"'):
                raise ValueError(f"cannot append to {pointer!r}: no string is open there")
            return [line_text(value)[1:-1]]
        if pointer == "":
            if self.begun:
                raise ValueError("cannot write the root again: the text of another document is another text")
            self.begun = True
            return self._value("", value)
        parent, _, key = pointer.rpartition("/")
        depth = len(self._open)
        while depth and self._open[depth - 1][0] != parent:
            depth -= 1
        if not depth or self._open[depth - 1][1] == '"':
            raise ValueError(f"cannot write {pointer!r}: its container is over")
        pieces = self._close(depth)
        where, bracket, empty = self._open[-1]
        if not empty:
            pieces.append(",")
        self._open[-1] = where, bracket, False
        if bracket == "{":
            pieces += [line_text(unescaped(key)), ":"]
        return pieces + self._value(pointer, value)

    def _value(self, pointer: str, value: Any) -> list[str]:
        """The text of a value, whose last part stays open."""
        pieces: list[str] = []
        while isinstance(value, (dict, list)):
            bracket = "{" if isinstance(value, dict) else "["
            self._open.append((pointer, bracket, not value))
            if not value:
                return [*pieces, bracket]
            if isinstance(value, dict):
                key = last_of(value, pointer, self._growing)
                members = {each: inner for each, inner in value.items() if each != key}
                last = value[key]
                pieces += [line_text(members)[:-1], "," * bool(members), line_text(key), ":"]
                pointer += "/" + escaped(key)
            else:
                last = value[-1]
                pieces += [line_text(value[:-1])[:-1], "," * (len(value) > 1)]
                pointer += f"/{len(value) - 1}"
            value = last
        if not isinstance(value, str):
            return [*pieces, line_text(value)]
        self._open.append((pointer, '"', False))
        return [*pieces, line_text(value)[:-1]]

    def _close(self, depth: int) -> list[str]:
        over = [_CLOSERS[bracket] for _, bracket, _ in reversed(self._open[depth:])]
        del self._open[depth:]
        return over
