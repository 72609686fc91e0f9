"""Going on with a document that was cut: see ``Continuation``, and ``seam`` for where an answer joins."""

from partialjson.resume.continuation import ANCHOR, Continuation, Mode
from partialjson.resume.seam import HELD, LEAST_REPETITION, SpliceError

__all__ = [
    "ANCHOR",
    "HELD",
    "LEAST_REPETITION",
    "Continuation",
    "Mode",
    "SpliceError",
]
