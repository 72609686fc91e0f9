"""One stream, many viewers: the state that they draw, and the deltas that keep it up to date.

A viewer folds deltas over one JSON value, the *state*, and draws that; there is no second mechanism.

- ``DocumentState`` and ``ResponseState`` say what the state of a document or of a model's response is, and what has
  changed in it.
- ``Journal`` keeps the state and, within a limit, the deltas that led to it. It numbers them, so that a viewer can say
  what it has, and answers with a ``Frame``.
- ``Throttle`` merges deltas so that there are at most so many updates a second.
- ``Broadcast`` brings the frames to any number of viewers. Where it waits, it does so on any event loop (``waiting``).

What is kept back of a document (secrets, excluded fields) is in none of them.
"""

from partialjson.broadcast.documents import DocumentState
from partialjson.broadcast.frames import END, Frame
from partialjson.broadcast.hub import Broadcast
from partialjson.broadcast.journal import Journal
from partialjson.broadcast.responses import Phase, Response, ResponseState
from partialjson.broadcast.throttle import Throttle, athrottled, throttled

__all__ = [
    "END",
    "Broadcast",
    "DocumentState",
    "Frame",
    "Journal",
    "Phase",
    "Response",
    "ResponseState",
    "Throttle",
    "athrottled",
    "throttled",
]
