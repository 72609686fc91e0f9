"""Going on with a document that was cut: see ``Continuation``."""

from partialjson.resume.continuation import ANCHOR, HELD, LEAST_REPETITION, Continuation, Mode, SpliceError

__all__ = [
    "ANCHOR",
    "HELD",
    "LEAST_REPETITION",
    "Continuation",
    "Mode",
    "SpliceError",
]
