"""Plain JSON Patch (RFC 6902) over server-sent events, for clients that have a library for it and nothing else (checked
with ``fast-json-patch``).

    encoder = json_patch.Encoder()
    return StreamingResponse(encoder.astream(aread(stream, "openai-chat", output=Order)), media_type=encoder.media_type)

Each event is a patch: a list of operations "add" and "replace". The first one adds the root, so a client starts with
nothing and applies what comes. What it has then is the state that every viewer of a response folds
(``partialjson.broadcast``): blocks, documents, the ending.

JSON Patch cannot say that a string grew, so each change of a string sends it whole. Where texts are long, send deltas
(``partialjson.patch``, and ``apply`` in the npm package ``partialjson``), or ask less often.
"""

from __future__ import annotations

from typing import Any

from partialjson._missing import MISSING
from partialjson.encoders.safe import safe_deltas
from partialjson.encoders.streams import Deltas, Streams
from partialjson.patch import apply_deltas, to_json_patch

__all__ = ["Encoder", "Patch"]

Patch = list[dict[str, Any]]
"""Operations of RFC 6902."""


class Encoder(Streams[Patch]):
    """Patches for the state of one response, or of one document.

    Attributes:
        value: what a client has that applied them all; MISSING before the first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.value: Any = MISSING

    def apply(self, deltas: Deltas) -> list[Patch]:
        """The patch for the deltas of any state: a ``ResponseState``, a ``DocumentState``, a ``Parser``. None if there
        are none."""
        found = safe_deltas(deltas)
        if not found:
            return []
        if self.value is MISSING:
            found[0]["op"] = "add"  # there is nothing that could be replaced
        patch = to_json_patch(found, self.value)
        self.value = apply_deltas(self.value, found)
        return [patch]

    def end(self) -> list[Patch]:
        over = isinstance(self.value, dict) and self.value.get("ending") is not None
        return [] if self.source is None or over else self.feed(self.source.end().updates)
