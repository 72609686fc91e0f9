"""Server-sent events, decoded as they come: ``SSEDecoder`` and what it gives."""

from partialjson.wire.sse import IncompleteBlock, SSEDecoder, SSEError, SSEEvent, StrayLine

__all__ = [
    "IncompleteBlock",
    "SSEDecoder",
    "SSEError",
    "SSEEvent",
    "StrayLine",
]
