"""A2UI: updates of a surface's data model, while a document comes (checked with ``a2ui-agent-sdk``: v0.9 and v1.0).

    encoder = a2ui.Encoder("order-card", places={"output": "/order"})
    for events in encoder.follow(read(stream, "openai-chat", output=Order)):
        ...                                     # {"version": "v0.9", "updateDataModel": {"surfaceId", "path", "value"}}

The surface and its components are made by whoever designs them; components that are bound to ``/order/lines/0/name``
fill in as that comes. ``createSurface`` must have been sent before the first update.

| in the message | on the wire |
|---|---|
| a document that has a place grew | ``updateDataModel`` for each value that is new, or string that grew |
| the end, with ``ending="/ending"`` | ``updateDataModel`` with the reason, a message and what is missing |
| everything else | nothing: a data model has no texts or calls of its own |

**What the protocol cannot say.** It removes a key that is set to null, and goes through no empty key, none of its
forbidden ones (``constructor``, ``prototype``), and no index above 10,000. Such a value is left out while the document
comes, and the whole is sent once at the end.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from partialjson._jsontext import line_text
from partialjson._pointers import escaped
from partialjson.encoders.encoder import AnswerEncoder
from partialjson.encoders.parts import Part
from partialjson.encoders.places import Places, own_place

__all__ = ["Encoder", "to_jsonl"]

_FORBIDDEN: Final = ("", "__proto__", "constructor", "prototype")
_LARGEST: Final = 10_000


class Encoder(AnswerEncoder):
    """Updates of the data model of one surface.

    Args:
        surface_id: of the surface, which exists already.
        places: where in the data model documents stand, by name; by default the structured output is all of it.
        ending: where the ending is told; by default nowhere.
        progress: where it is told which part of a document grows; by default nowhere.
        version: of the protocol.

    Raises:
        ValueError: a place is no JSON Pointer or lies inside another, or the version is another one.
    """

    def __init__(
        self,
        surface_id: str,
        *,
        places: Places | None = None,
        ending: str | None = None,
        progress: str | None = None,
        version: Literal["v0.9", "v0.9.1", "v1.0"] = "v0.9",
    ) -> None:
        if version not in ("v0.9", "v0.9.1", "v1.0"):
            raise ValueError(f"the version is 'v0.9', 'v0.9.1' or 'v1.0', not {version!r}")
        super().__init__(places={"output": ""} if places is None else places, progress=progress is not None)
        self._progress = own_place("progress", progress, self.places)
        self._surface = surface_id
        self._version = version
        self._ending_at = own_place("ending", ending, self.places)
        self._left_out: set[Part] = set()

    def on_document(self, part: Part, deltas: list[dict[str, Any]], place: str | None) -> None:
        if place is None:
            return
        for delta in part.placed(deltas, place):
            path, value = delta["path"], delta["value"]
            if value is None or not _can_be_set(path):
                self._left_out.add(part)
            else:
                self._update(path, value)

    def on_progress(self, part: Part, progress: dict[str, Any]) -> None:
        if part.name in self.places:
            self._update(f"{self._progress}/{escaped(part.name)}", progress)

    def on_step_end(self, reason: str) -> None:
        for part in self.parts:
            if part in self._left_out:
                self._update(self.places[part.name], part.value)

    def on_end(self, reason: str, ending: dict[str, Any]) -> None:
        if self._ending_at:
            self._update(self._ending_at, ending)

    def _update(self, path: str, value: Any) -> None:
        update = {"surfaceId": self._surface, "path": path or "/", "value": value}
        self.say({"version": self._version, "updateDataModel": update})


def to_jsonl(event: dict[str, Any]) -> bytes:
    """The event as a line of JSON Lines."""
    return line_text(event).encode() + b"\n"


def _can_be_set(pointer: str) -> bool:
    steps = pointer.split("/")[1:]
    return not any(step in _FORBIDDEN or _is_beyond(step) for step in steps)


def _is_beyond(step: str) -> bool:
    """Could it be an index that is too large?"""
    return step.isascii() and step.isdecimal() and (len(step) > len(str(_LARGEST)) or int(step) > _LARGEST)
