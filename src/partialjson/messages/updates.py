"""What a message reports while it comes, how it ended, and the errors that can end it.

**Updates are facts.** Each says all that it changed, and stays true whatever comes after it: it is immutable, and holds
no object that goes on changing. So updates can be put into a queue and read ten updates later, compared, pickled and
sent elsewhere, and `MessageState` makes of them the state that they were told of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from partialjson._records import quick
from partialjson.outcomes import Complete, Failed, Outcome, Truncated
from partialjson.wire.ops import Kind, Reason
from partialjson.wire.sse import IncompleteBlock

EndReason = Reason | Literal["disconnected"]
"""Why a message ended. ``tool_calls``: the caller is to run ``calls``; ``paused``: send the content back to
go on; ``disconnected``: the stream ended without its terminal event."""

WITHDRAWN: Final = ("refused", "filtered")
"""Under these endings the provider takes back what the model said, so no call of it may run."""

FINISHED: Final = ("complete", "tool_calls", "paused")
"""Under these the provider let the model finish what it was saying."""


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


@quick
@dataclass(frozen=True, slots=True)
class BlockStarted:
    """A block began: number ``block`` among the ``blocks`` of the choice with the index ``choice``.

    The rest is what is known of it at its beginning, as ``Block`` and ``Call`` tell it: the provider's word for it and
    number, the name and id of a call as far as they have come, and how its text is to be read.
    """

    choice: int
    block: int
    kind: Kind
    type: str = ""
    index: int | None = None
    name: str = ""
    call_id: str = ""
    free: bool = False
    aside: bool = False
    paragraph: bool = False


@quick
@dataclass(frozen=True, slots=True)
class CallIdentified:
    """The name or the id of a call became known after it had begun; both as they are now."""

    choice: int
    block: int
    name: str
    call_id: str


@quick
@dataclass(frozen=True, slots=True)
class TextDelta:
    """The text of a text, reasoning or refusal block grew by ``text``."""

    choice: int
    block: int
    kind: Kind
    text: str


@quick
@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """A document went on. Which one, ``kind`` tells: the arguments of the call ``block``, where that is a "call" or a
    "server_call", or else the structured output, to which the text of ``block`` belongs (-1 where no text has come).

    Attributes:
        text: what came, as the provider sent it.
        events: what the document's parser completed.
        error: what made the document fail, or shows that it was cut. It does not count when updates are compared.
        source: the JSON text that was parsed, where that is not ``text``: for arguments that came as a value, for none
            at all, which stand for ``{}``, and for free text, which becomes a string. None: it is ``text``.
        ends: the document ends here, for this reason, "" where none is known. None: it goes on.
    """

    choice: int
    block: int
    kind: Kind
    text: str = ""
    events: tuple[Any, ...] = ()
    error: BaseException | None = field(default=None, compare=False)
    source: str | None = None
    ends: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class ExtraAttached:
    """Something else came with the block, for its ``extra`` under this name: in place of what was there, or, with
    ``append``, at the end of a list."""

    choice: int
    block: int
    name: str
    value: object
    append: bool = False


@quick
@dataclass(frozen=True, slots=True)
class BlockRestarted:
    """The provider contradicts what it streamed for the block. That counts no more; the right text comes next."""

    choice: int
    block: int


@quick
@dataclass(frozen=True, slots=True)
class DocumentResumed:
    """A document that was cut goes on; which one is told as in ``DocumentProgress``.

    Without what the cut had spoiled, the text of its block is ``text`` now, and that of the document ``prefix``. They
    differ only where an output has begun in another block.
    """

    choice: int
    block: int
    kind: Kind
    text: str
    prefix: str


@quick
@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The provider takes a call back: it must not run, and if it has, nobody waits for the result."""

    choice: int
    block: int


@quick
@dataclass(frozen=True, slots=True)
class BlockEnded:
    """Nothing more comes for the block. Whether a document in it is complete, its ``outcome`` says; with ``cut`` the
    provider says that it is not."""

    choice: int
    block: int
    cut: bool = False


@quick
@dataclass(frozen=True, slots=True)
class MessageIdentified:
    """The id or the model of the message became known, or another; both as they are now."""

    id: str
    model: str


@quick
@dataclass(frozen=True, slots=True)
class UsageReported:
    """The token counts of the message as they are now, in the provider's names."""

    usage: Mapping[str, object]


@quick
@dataclass(frozen=True, slots=True)
class NextMessage:
    """Another message begins in the same body. Blocks and texts add up; counts, error and ending are those of the new
    one."""


@quick
@dataclass(frozen=True, slots=True)
class MessageRestarted:
    """Another attempt counts from here on, number ``attempt``. All that was shown is void; the updates that follow in
    the same list tell what is there instead."""

    attempt: int


@quick
@dataclass(frozen=True, slots=True)
class Stalled:
    """Nothing had come for ``seconds`` before this chunk. Only with ``timings``."""

    seconds: float


@quick
@dataclass(frozen=True, slots=True)
class WhitespaceFlood:
    """A document gets nothing but white space, ``count`` characters so far, as models in JSON mode do when they are
    lost. Told once for each flood, and only with ``timings``."""

    choice: int
    block: int
    count: int


@quick
@dataclass(frozen=True, slots=True)
class MessageFailed:
    """The provider reported an error, or the stream broke."""

    error: Exception = field(compare=False)


@quick
@dataclass(frozen=True, slots=True)
class MessageEnded:
    """The terminal event came, and this is how the choice ended."""

    choice: int
    end: MessageEnd


Update = (
    BlockStarted
    | CallIdentified
    | TextDelta
    | DocumentProgress
    | ExtraAttached
    | BlockRestarted
    | DocumentResumed
    | BlockEnded
    | CallWithdrawn
    | MessageIdentified
    | UsageReported
    | NextMessage
    | MessageRestarted
    | Stalled
    | WhitespaceFlood
    | MessageFailed
    | MessageEnded
)


CutBy = Literal["provider", "connection", "structure"]
"""Who says that an answer was cut: the provider's word, the missing terminal event or an error, the open JSON."""


@quick
@dataclass(frozen=True, slots=True)
class DocumentEnd:
    """How one document of a message ended: the arguments of a call, or the structured output.

    Attributes:
        name: "output", or the name of the tool.
        block: the position of the call's block; None for the output.
        call_id: the id of the call, "" for the output.
        state: "complete"; "truncated": it is open; "failed": it is no JSON, or does not fit its target.
        runnable: whether it is a call that may be run now. What is not complete never is.
        outcome: as ``Document.outcome``; it holds the values, the error and, where the document was truncated, the
            open path.
    """

    name: str
    block: int | None
    call_id: str
    state: Literal["complete", "truncated", "failed"]
    runnable: bool
    outcome: Outcome[Any] = field(compare=False, repr=False)

    @property
    def path(self) -> tuple[str | int, ...] | None:
        """The place that was open; None where the document was not truncated."""
        return self.outcome.path if isinstance(self.outcome, Truncated) else None

    @property
    def complete(self) -> tuple[tuple[str | int, ...], ...]:
        """Paths of the largest values that had closed: the root where the document is complete."""
        if isinstance(self.outcome, Truncated):
            return self.outcome.complete
        return ((),) if isinstance(self.outcome, Complete) else ()

    @property
    def missing(self) -> tuple[tuple[str | int, ...], ...]:
        """Required fields that had not come, in the objects that were open; see ``Truncated.missing``."""
        return self.outcome.missing if isinstance(self.outcome, Truncated) else ()

    def __str__(self) -> str:
        what = "output" if self.block is None else f"call {self.name}" + f" {self.call_id}" * bool(self.call_id)
        if isinstance(self.outcome, Complete):
            also = "" if self.block is None or self.runnable else ", not to be run"
            return f"{what}: complete{also}"
        told = f"failed: {self.outcome.error}" if isinstance(self.outcome, Failed) else str(self.outcome)
        return f"{what}: " + told.replace("\n", "\n    ")


@quick
@dataclass(frozen=True, slots=True)
class MessageEnd:
    """How a message ended. ``str()`` is the report for people.

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
        documents: how each of its documents ended, calls in order, then the output. A structured output of which
            nothing came beside calls is left out.
        said: why the provider says it stopped, in the words of ``reason``; None where it did not say.
    """

    reason: EndReason
    raw: str | None = None
    error: Exception | None = field(default=None, compare=False)
    details: Mapping[str, object] | None = None
    incomplete: IncompleteBlock | None = None
    updates: tuple[Update, ...] = field(default=(), compare=False, repr=False)
    documents: tuple[DocumentEnd, ...] = ()
    said: Reason | None = None

    def bringing(self, updates: Sequence[Update]) -> MessageEnd:
        """An equal ending, with these updates."""
        return MessageEnd(
            self.reason,
            self.raw,
            self.error,
            self.details,
            self.incomplete,
            tuple(updates),
            self.documents,
            self.said,
        )

    @property
    def cut_by(self) -> tuple[CutBy, ...]:
        """Who says that the answer was cut; empty where nobody does.

        ``("structure",)`` alone: the provider calls it finished, and its JSON is open. ``("provider",)`` alone: the
        provider cut it, and its JSON is whole all the same.
        """
        found: list[CutBy] = []
        if self.said == "truncated":
            found.append("provider")
        if self.reason in ("disconnected", "error"):
            found.append("connection")
        if self._open():
            found.append("structure")
        return tuple(found)

    @property
    def cause(self) -> EndReason:
        """How it ended as far as the provider and the connection tell; ``reason`` is this, checked against what
        came."""
        return self.reason if self.reason in ("error", "disconnected") else self.said or "complete"

    @property
    def contradictions(self) -> tuple[str, ...]:
        """Where the provider's word and what came do not agree, in sentences; empty where they do."""
        told = f"the provider says {self.raw!r}" if self.raw else "the provider says it finished"
        whole = bool(self.documents) and all(document.state == "complete" for document in self.documents)
        found = []
        if self.said in ("complete", "tool_calls", "paused"):
            found += [f"{told}, but {document} is open" for document in self._open_names()]
        if self.said == "truncated" and whole:
            found.append(f"{told}, but every document is whole")
        if self.said == "tool_calls" and all(document.block is None for document in self.documents):
            found.append(f"{told}, but there is no call")
        if self.reason == "disconnected" and whole:
            found.append("the stream ended without its terminal event, but every document is whole")
        return tuple(found)

    def _open(self) -> list[DocumentEnd]:
        return [document for document in self.documents if document.state == "truncated"]

    def _open_names(self) -> list[str]:
        return ["the output" if each.block is None else f"the call of {each.name}" for each in self._open()]

    def __str__(self) -> str:
        head: str = self.reason
        if self.raw:
            head += f", the provider says {self.raw!r}"
        if self.error is not None:
            head += f": {self.error}"
        lines = [*map(str, self.documents), *(f"contradiction: {each}" for each in self.contradictions)]
        return "\n".join([head, *("  " + line.replace("\n", "\n  ") for line in lines)])
