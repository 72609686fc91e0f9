"""What a message reports while it comes, how it ended, and the errors that can end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from partialjson.providers import (
    Kind,
    Reason,
)
from partialjson.sse import IncompleteBlock

if TYPE_CHECKING:
    from partialjson.messages.blocks import Document

EndReason = Reason | Literal["disconnected"]
"""Why a message ended. ``tool_calls``: the caller is to run ``calls``; ``paused``: send the content back to
go on; ``disconnected``: the stream ended without its terminal event."""


class ProviderError(Exception):
    """The provider reported an error, in the stream or instead of it.

    Attributes:
        message, type, code: as the provider gave them; "" or None where it did not.
        body: the whole error as plain data.
    """

    def __init__(self, message: str, type: str = "", code: str | int | None = None, body: object = None) -> None:
        super().__init__(message, type, code, body)
        self.message = message
        self.type = type
        self.code = code
        self.body = body

    def __str__(self) -> str:
        return ": ".join(part for part in (self.type, self.message) if part) or f"error: {self.body!r}"


class StreamError(ValueError):
    """The body is not a stream of the API: HTML, a bare JSON body, a payload that is no JSON, an event
    without end.

    The message says which event (counted from 1) and shows how the offending text begins. ``body`` is the
    JSON body where one was found, else None.
    """

    def __init__(self, message: str, body: object = None) -> None:
        super().__init__(message)
        self.body = body


@dataclass(frozen=True, slots=True)
class BlockStarted:
    """A block began: number ``block`` among the ``blocks`` of the choice with the index ``choice``."""

    choice: int
    block: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The text of a text, reasoning or refusal block grew by ``text``."""

    choice: int
    block: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """A document went on: ``text`` is what came, ``events`` what its parser completed, ``error`` what made it
    fail.

    ``document`` is the call, or the output where the block is a text. It does not count when updates are
    compared.
    """

    choice: int
    block: int
    text: str
    events: tuple[Any, ...]
    document: Document = field(compare=False, repr=False)
    error: BaseException | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BlockRestarted:
    """The provider contradicts what it streamed for the block. That counts no more; the right text comes next."""

    choice: int
    block: int


@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The provider takes a call back: it must not run, and if it has, nobody waits for the result."""

    choice: int
    block: int


@dataclass(frozen=True, slots=True)
class BlockEnded:
    """Nothing more comes for the block. Whether a document in it is complete, its ``outcome`` says."""

    choice: int
    block: int


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """The provider reported an error, or the stream broke."""

    error: Exception = field(compare=False)


@dataclass(frozen=True, slots=True)
class MessageEnded:
    """The terminal event came, and this is how the choice ended."""

    choice: int
    end: MessageEnd


Update = (
    BlockStarted
    | TextDelta
    | DocumentProgress
    | BlockRestarted
    | BlockEnded
    | CallWithdrawn
    | MessageFailed
    | MessageEnded
)


@dataclass(frozen=True, slots=True)
class MessageEnd:
    """How a message ended.

    Attributes:
        reason: one of "complete", "tool_calls", "truncated", "refused", "filtered", "paused", "error",
            "disconnected".
        raw: the provider's own word, None where it said nothing.
        error: the ProviderError or StreamError that ended it, if one did.
        details: what the provider said beside its word, such as the stop sequence or the details of a
            refusal.
        incomplete: the block of the event stream that had not ended, for diagnostics.
        updates: what the end itself brought, where ``MessageParser.end()`` made it: an event without its blank line,
            documents that the end completes or cuts, blocks that it closes.
    """

    reason: EndReason
    raw: str | None = None
    error: Exception | None = field(default=None, compare=False)
    details: Mapping[str, object] | None = None
    incomplete: IncompleteBlock | None = None
    updates: tuple[Update, ...] = field(default=(), compare=False, repr=False)
