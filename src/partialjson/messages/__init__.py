"""One response of a model, whatever the provider: bytes or events in; documents, texts and a truthful ending out.

Five parts stand in a row. A framing (``SSEDecoder``, or one of ``partialjson.wire.framing``) cuts the body into
events; an adapter from ``partialjson.wire.providers`` turns each event into operations on blocks; ``dispatch`` decides
what an operation changes, and tells it as ``updates``; ``fold`` makes of the updates the state that readers see, which
consists of ``blocks``; ``endings`` judges how it ended. Each tool call is a document with a ``Parser`` of its own, and
so is the structured output; texts, reasoning and refusals are collected and never meet a parser.

**A message is a fold.** Only updates change the state, and only in ``MessageState.apply``. So another ``MessageState``
that applies the same updates shows the same message, in another thread, in another process, or later.

Events are handled one at a time, each completely before the next. So the chunks of the body are invisible (law 1): the
concatenated updates and all results are the same.

**Errors stay local.** A tool call that is not JSON, or not valid for its tool, has a ``Failed`` outcome; the other
documents and the message go on. An error of the message as a whole (one that the provider reports, a body that is not
an event stream, a payload that is not JSON) becomes its ``error``: a ``MessageFailed`` update and ``end()`` report it,
and it is never raised. What came before is kept. After a ``StreamError`` the rest of the body cannot be trusted; it is
ignored, as is whatever follows the terminal event, unless another message begins there. Several messages in one body
are read as one: blocks and texts add up; id, model, usage, error and ending are those of the last.

**Endings.** Neither a closed block nor a stop reason guarantees complete JSON. Whether a document is complete is
decided by its grammar; whether the message is, by its terminal event, its stop reason and its documents together. A
body that ends without the terminal event was disconnected, even if everything in it looks complete.

**Repeated texts.** Some providers repeat a block's whole text at its end. A repetition that equals the streamed text
changes nothing, and one that extends it is read on. One that contradicts it replaces it: the block starts over, which a
``BlockRestarted`` update announces before the text comes again.
Where a wire format does not mark a repetition, ``repeats`` says what is taken for one; that is a guess, and a
``BlockGuessed`` update and the ending report it.

**Nothing is lost without a word.** What an adapter does not understand is counted (``unread``). A stream of which no
event was understood ends with an error that says what it looks like (``strangers``). ``apis_of`` asks the adapters the
same before anything is read (``detection``).
"""

from partialjson.messages.attempts import Attempts
from partialjson.messages.blocks import Block, Call, Document
from partialjson.messages.detection import apis_of
from partialjson.messages.early import EarlyStop, Stopped
from partialjson.messages.fold import Choice, MessageState
from partialjson.messages.parser import MessageParser
from partialjson.messages.resumption import Resumption
from partialjson.messages.timings import BlockTimings, Gaps, Timings
from partialjson.messages.updates import (
    BlockEnded,
    BlockGuessed,
    BlockRestarted,
    BlockStarted,
    CallHeld,
    CallIdentified,
    CallWithdrawn,
    DocumentEnd,
    DocumentProgress,
    DocumentResumed,
    ExtraAttached,
    FragmentMisplaced,
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
    Unread,
    Update,
    UsageReported,
    WhitespaceFlood,
)

__all__ = [
    "Attempts",
    "Block",
    "BlockEnded",
    "BlockGuessed",
    "BlockRestarted",
    "BlockStarted",
    "BlockTimings",
    "Call",
    "CallHeld",
    "CallIdentified",
    "CallWithdrawn",
    "Choice",
    "Document",
    "DocumentEnd",
    "DocumentProgress",
    "DocumentResumed",
    "EarlyStop",
    "ExtraAttached",
    "FragmentMisplaced",
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
    "Stopped",
    "StreamError",
    "TextDelta",
    "Timings",
    "Unread",
    "Update",
    "UsageReported",
    "WhitespaceFlood",
    "apis_of",
]
