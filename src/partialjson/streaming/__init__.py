"""Iterating over a document that streams: see ``stream``."""

from partialjson.streaming.stream import AsyncElements, AsyncStream, Elements, Snapshot, Stream, astream, stream

__all__ = [
    "AsyncElements",
    "AsyncStream",
    "Elements",
    "Snapshot",
    "Stream",
    "astream",
    "stream",
]
