"""The parts of an answer, as the protocols see them: what was told of each, and what is still to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from partialjson._jsontext import json_text
from partialjson._missing import MISSING
from partialjson.broadcast.marks import NO_FIT_INSIDE
from partialjson.encoders.places import Growing, placed
from partialjson.encoders.writer import JSONWriter
from partialjson.patch import apply_deltas

__all__ = ["Part", "error_text"]

_SHOWN: Final = 5  # faults of a document that are told


@dataclass(eq=False)
class Part:
    """One block of a response, as a protocol sees it.

    Attributes:
        kind: "text", "reasoning", "refusal", "call" or "output".
        id: unique in the answer: the provider's id of a call, if it gives one, otherwise made of the answer's id.
        name: the name of the tool; "output" for the structured output.
        server: whether the provider runs the call itself.
        begun: whether the protocol has been told of it.
        over: whether nothing more is to be said of it.
        ready: whether the arguments of the call have been closed as those of one that may run.
        phase: that of the call.
        result, has_result: what it gave.
        writer: writes the arguments.
        growing: knows the string that grows, where the document stands in a state.
        deltas: all that the document consists of.
        marks: what is wrong in the document, by pointers.
        status, open: of the document, as in its state: what lies on the way to the pointer ``open`` is growing.
        call_id: the provider's id.
        waiting: deltas that were not told yet.
        told_progress: what was told of its progress.
    """

    kind: str
    id: str = ""
    name: str = ""
    server: bool = False
    begun: bool = False
    over: bool = False
    ready: bool = False
    phase: str = "growing"
    result: Any = None
    has_result: bool = False
    writer: JSONWriter = field(default_factory=JSONWriter)
    growing: Growing = field(default_factory=Growing)
    deltas: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, Any] = field(default_factory=dict)
    status: str = "missing"
    open: str | None = None
    call_id: str = ""
    waiting: list[dict[str, Any]] = field(default_factory=list)
    told_progress: dict[str, Any] | None = None

    @property
    def value(self) -> Any:
        """The document so far; None if nothing has come."""
        # One fold of all is cheaper than one after each change, and this is asked for once, or where the whole goes
        # out anyway.
        if len(self.deltas) > 1:
            self.deltas = [{"op": "add", "path": "", "value": apply_deltas(MISSING, self.deltas)}]
        return self.deltas[0]["value"] if self.deltas else None

    @property
    def named(self) -> dict[str, str]:
        """How the document is named to people: by its name, and the id if it is a call."""
        return {"document": self.name, "id": self.id} if self.kind == "call" else {"document": self.name}

    @property
    def has_value(self) -> bool:
        return bool(self.deltas)

    @property
    def fault(self) -> str:
        """What is wrong with the document, or why the call cannot run, in a sentence."""
        what = "The arguments" if self.kind == "call" else "The document"
        if self.phase == "withdrawn":
            return "The provider withdrew the call."
        if self.status == "truncated":
            return f"{what} {'were' if self.kind == 'call' else 'was'} cut off."
        marks = {
            pointer: mark["message"]
            for pointer, mark in sorted(self.marks.items())
            if mark is not None and mark["status"] in ("invalid", "violation")
        }
        inner = {pointer: message for pointer, message in marks.items() if message != NO_FIT_INSIDE}
        if not marks:
            return f"{what} cannot be used."
        told = [f"{message} (at {pointer})" if pointer else message for pointer, message in (inner or marks).items()]
        verb = "are" if self.kind == "call" else "is"
        return f"{what} {verb} not valid: " + "; ".join(told[:_SHOWN]) + "; …" * (len(told) > _SHOWN)

    def placed(self, deltas: Iterable[Mapping[str, Any]], place: str) -> list[dict[str, Any]]:
        """Deltas of the document, as operations "add" and "replace" on the state in which it stands at ``place``."""
        return placed(self.growing.replacements(deltas, self.open), place)


def error_text(value: Any) -> str:
    """A result or an error as text, for protocols that take nothing else."""
    return value if isinstance(value, str) else json_text(value, default=str, nan="null")
