"""One response of a model, whatever the provider: bytes or events in, documents, texts and an honest ending
out.

Five parts stand in a row. A framing (``SSEDecoder``, or one of ``partialjson.wire.framing``) cuts the body into
events; an adapter from ``partialjson.wire.providers`` turns each event into operations on blocks; ``dispatch`` decides
what an operation changes, and tells it as ``updates``; ``fold`` makes of the updates the state that readers see, which
consists of ``blocks``; ``endings`` judges how it ended. Each tool call is a document with a ``Parser`` of its own, and
so is the structured output; texts, reasoning and refusals are collected and never meet a parser.

**A message is a fold.** Only updates change the state, and only in ``MessageState.apply``. So another ``MessageState``
that applies the same updates shows the same message, in another thread, in another process, or later.

Events are handled one at a time, and each is handled completely before the next. How the body was cut into
chunks is therefore invisible: the concatenated updates and all results are the same.

**Errors stay where they are.** A tool call that is no JSON, or not valid for its tool, has a ``Failed``
outcome; the other documents and the message go on. What breaks the message as a whole (an error the provider
reports, a body that is no event stream, a payload that is no JSON) becomes its ``error``: it is reported by a
``MessageFailed`` update and by ``end()``, never raised. What had come before is kept. After a ``StreamError``
the rest of the body cannot be trusted; it is ignored, as is whatever follows the terminal event, unless
another message begins there. Messages that follow one another in one body are read as one: blocks and texts
add up; id, model, usage, error and ending are those of the last.

**Endings.** A closed block is no promise of whole JSON, and a stop reason is no promise either. Whether a
document is complete is decided by its grammar; whether the message is, by its terminal event, its stop reason
and its documents together. A body that ends without the terminal event was disconnected, however tidy it
looks.

**Texts that are repeated.** Some providers repeat a block's whole text at its end. What equals the text streamed
changes nothing, what extends it is read on, and what contradicts it counts instead: the block starts anew, which
a ``BlockRestarted`` update tells before the text comes again.
"""

from partialjson.messages.attempts import Attempts
from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.fold import Choice, MessageState
from partialjson.messages.parser import MessageParser
from partialjson.messages.resumption import Resumption
from partialjson.messages.timings import BlockTimings, Gaps, Timings
from partialjson.messages.updates import (
    BlockEnded,
    BlockRestarted,
    BlockStarted,
    CallIdentified,
    CallWithdrawn,
    DocumentEnd,
    DocumentProgress,
    DocumentResumed,
    ExtraAttached,
    MessageEnd,
    MessageEnded,
    MessageFailed,
    MessageIdentified,
    MessageRestarted,
    NextMessage,
    ProviderError,
    Stalled,
    StreamError,
    TextDelta,
    Update,
    UsageReported,
    WhitespaceFlood,
)

__all__ = [
    "Attempts",
    "Block",
    "BlockEnded",
    "BlockRestarted",
    "BlockStarted",
    "BlockTimings",
    "Call",
    "CallIdentified",
    "CallWithdrawn",
    "Choice",
    "Document",
    "DocumentEnd",
    "DocumentProgress",
    "DocumentResumed",
    "ExtraAttached",
    "Gaps",
    "MessageEnd",
    "MessageEnded",
    "MessageFailed",
    "MessageIdentified",
    "MessageParser",
    "MessageRestarted",
    "MessageState",
    "NextMessage",
    "ProviderError",
    "Resumption",
    "Stalled",
    "StreamError",
    "TextDelta",
    "Timings",
    "Update",
    "UsageReported",
    "WhitespaceFlood",
]
