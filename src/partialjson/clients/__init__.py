"""A model's response straight from the client that receives it: ``read`` and ``aread``."""

from partialjson.clients.reading import AsyncMessageStream, MessageStream, aread, read
from partialjson.messages.early import Stopped

__all__ = ["AsyncMessageStream", "MessageStream", "Stopped", "aread", "read"]
