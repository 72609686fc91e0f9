"""What a message reports while it streams, how it ended, and the errors that can end it.

**Updates are facts.** Each says everything that it changed, and stays true whatever follows: it is immutable, and holds
no object that changes later. So updates can be put into a queue and read ten updates later, compared, pickled and sent
elsewhere, and `MessageState` rebuilds the state from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from partialjson._records import quick
from partialjson.errors import Explained
from partialjson.outcomes import Complete, Failed, Outcome, Truncated
from partialjson.wire.ops import Kind, Reason, UnreadKind
from partialjson.wire.sse import IncompleteBlock

EndReason = Reason | Literal["disconnected"]
"""Why a message ended. ``tool_calls``: the caller is to run ``calls``; ``paused``: send the content back to
go on; ``disconnected``: the stream ended without its terminal event."""

WITHDRAWN: Final = ("refused", "filtered")
"""With these endings the provider withdraws what the model said, so none of its calls may run."""

FINISHED: Final = ("complete", "tool_calls", "paused")
"""With these, the provider let the model finish."""


class ProviderError(Exception):
    """The provider reported an error, in the stream or instead of it.

    Attributes:
        message, type, code: as the provider gave them; "" or None if it did not. So this code is the provider's, and
            none of those that ``docs/errors.md`` explains.
        body: the whole error as plain data.
        page: the section of the documentation on errors of providers.
    """

    page: Final = "errors.md#provider"

    def __init__(self, message: str, type: str = "", code: str | int | None = None, body: object = None) -> None:
        super().__init__(message, type, code, body)
        self.message = message
        self.type = type
        self.code = code
        self.body = body

    def __str__(self) -> str:
        return ": ".join(part for part in (self.type, self.message) if part) or f"error: {_shown(self.body)}"


def _shown(body: object) -> str:
    try:
        return repr(body)
    except RecursionError:
        return "(nested too deeply to be shown)"


StreamCode = Literal["api", "framing", "html", "json", "limit", "payload", "taken_back"]
"""Why a body cannot be read, in one word. ``docs/errors.md`` has a section for each."""


class StreamError(Explained, ValueError):
    """The body is not a stream of the API: HTML, a bare JSON body, a payload that is not JSON, an event without an end,
    events of another API; or it passes a limit.

    The message says which event it was (counted from 1) and shows how the offending text begins. ``body`` is the JSON
    body if one was found, else None; ``code`` says in one word what is wrong.
    """

    code: StreamCode = "framing"

    def __init__(self, message: str, body: object = None, code: StreamCode = "framing") -> None:
        super().__init__(message)
        self.body = body
        self.code = code


@quick
@dataclass(frozen=True, slots=True)
class BlockStarted:
    """A block began: number ``block`` among the ``blocks`` of the choice with the index ``choice``.

    The other fields are what is known about it at its beginning, as in ``Block`` and ``Call``: the provider's word for
    it and number, the name and id of a call as far as they have come, and how its text is to be read.
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
    """A document grew. ``kind`` tells which: the arguments of the call ``block``, if it is "call" or "server_call";
    otherwise the structured output to which the text of ``block`` belongs (-1 if no text has come).

    Attributes:
        text: what came, as the provider sent it.
        events: what the document's parser completed.
        error: what made the document fail, or shows that it was cut off. It is ignored when updates are compared.
        source: the JSON text that was parsed, if it differs from ``text``: for arguments that came as a value, for
            absent arguments, which stand for ``{}``, and for free text, which becomes a string. None if it is ``text``.
        ends: the reason if the document ends here, "" if that is not known. None if it goes on.
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
    """Something else came with the block, for its ``extra`` under this name: it replaces what was there or, with
    ``append``, goes to the end of a list."""

    choice: int
    block: int
    name: str
    value: object
    append: bool = False


@quick
@dataclass(frozen=True, slots=True)
class BlockRestarted:
    """The provider contradicts what it streamed for the block. That no longer counts; the correct text comes next."""

    choice: int
    block: int


@quick
@dataclass(frozen=True, slots=True)
class BlockGuessed:
    """What came for the block is no JSON as it stands, so it was taken for something that the provider said more than
    once; ``why`` tells how that shows."""

    choice: int
    block: int
    why: str


@quick
@dataclass(frozen=True, slots=True)
class DocumentResumed:
    """A document that was cut off continues; which one, as in ``DocumentProgress``.

    Without the token that was cut, the text of its block is now ``text``, and that of the document ``prefix``. They
    differ only if an output began in another block.
    """

    choice: int
    block: int
    kind: Kind
    text: str
    prefix: str


@quick
@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The provider withdraws a call: it must not run, and if it has, its result is not wanted."""

    choice: int
    block: int


@quick
@dataclass(frozen=True, slots=True)
class CallHeld:
    """A call must not be run yet: ``why`` says what it waits for. "" releases it."""

    choice: int
    block: int
    why: str


@quick
@dataclass(frozen=True, slots=True)
class FragmentMisplaced:
    """A fragment of a call came that belongs to no known call; ``why`` says how that shows. None of the calls of this
    message in the choice is ready from here on, since any of them may lack it."""

    choice: int
    text: str
    why: str


@quick
@dataclass(frozen=True, slots=True)
class Unread:
    """Something came that was not understood: ``count`` times by now, under this ``name`` of the provider.

    Names are cut after 64 characters. After 100 different ones, further ones count together, under the name "…".
    """

    kind: UnreadKind
    name: str
    count: int

    def __str__(self) -> str:
        name = self.name or "without a name"
        return f"{self.kind} {name}" + f" ({self.count} times)" * (self.count > 1)


@quick
@dataclass(frozen=True, slots=True)
class BlockEnded:
    """Nothing more comes for the block. The ``outcome`` of a document in it says whether that is complete; ``cut``
    means that the provider says it is not."""

    choice: int
    block: int
    cut: bool = False


@quick
@dataclass(frozen=True, slots=True)
class MessageIdentified:
    """The id or the model of the message became known or changed; both as they are now."""

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
    """From here on another attempt counts, number ``attempt``. Everything shown before is void; the updates that follow
    in the same list replace it."""

    attempt: int


@quick
@dataclass(frozen=True, slots=True)
class Stalled:
    """Nothing had come for ``seconds`` before this chunk. Only with ``timings``."""

    seconds: float


@quick
@dataclass(frozen=True, slots=True)
class WhitespaceFlood:
    """A document gets only white space, ``count`` characters so far, as happens when a model in JSON mode is lost.
    Reported once for each flood, and only with ``timings``."""

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
    | BlockGuessed
    | DocumentResumed
    | BlockEnded
    | CallWithdrawn
    | CallHeld
    | FragmentMisplaced
    | Unread
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
"""Evidence that an answer was cut off: the provider's word, the missing terminal event or an error, the open JSON."""


@quick
@dataclass(frozen=True, slots=True)
class DocumentEnd:
    """How one document of a message ended: the arguments of a call, or the structured output.

    Attributes:
        name: "output", or the name of the tool.
        block: the position of the call's block; None for the output.
        call_id: the id of the call, "" for the output.
        state: "complete"; "truncated": it is open; "failed": it is not JSON, or does not fit its target.
        runnable: whether it is a call that may be run now; never true unless it is complete.
        outcome: as ``Document.outcome``; it holds the values, the error and, if the document was truncated, the open
            path.
    """

    name: str
    block: int | None
    call_id: str
    state: Literal["complete", "truncated", "failed"]
    runnable: bool
    outcome: Outcome[Any] = field(compare=False, repr=False)

    @property
    def path(self) -> tuple[str | int, ...] | None:
        """The place that was open; None if the document was not truncated."""
        return self.outcome.path if isinstance(self.outcome, Truncated) else None

    @property
    def complete(self) -> tuple[tuple[str | int, ...], ...]:
        """Paths of the largest values that had closed: the root if the document is complete."""
        if isinstance(self.outcome, Truncated):
            return self.outcome.complete
        return ((),) if isinstance(self.outcome, Complete) else ()

    @property
    def missing(self) -> tuple[tuple[str | int, ...], ...]:
        """Required fields that had not come, in the objects that were open; see ``Truncated.missing``."""
        return self.outcome.missing if isinstance(self.outcome, Truncated) else ()

    @property
    def mended(self) -> str:
        """What lenient parsing mended, read in another form or left out, with counts by kind; "" if nothing."""
        outcome = self.outcome
        kinds = [str(each.kind) for each in outcome.repairs] + [str(each.kind) for each in outcome.coerced]
        repaired = {span.start for span in outcome.repairs}
        left_out = sum(span.start not in repaired for span in outcome.skipped)
        told = [kind if count == 1 else f"{count} x {kind}" for kind, count in Counter(kinds).items()]
        if left_out:
            told.append("text around it")
        return ", ".join(told)

    def __str__(self) -> str:
        name = f"call {self.name}" if self.name else "call without a name"
        what = "output" if self.block is None else name + f" {self.call_id}" * bool(self.call_id)
        mended = self.mended
        if isinstance(self.outcome, Complete):
            also = "" if self.block is None or self.runnable else ", not to be run"
            return f"{what}: complete{also}" + f"; mended: {mended}" * bool(mended)
        told = f"failed: {self.outcome.error}" if isinstance(self.outcome, Failed) else str(self.outcome)
        told += f"\nmended: {mended}" * bool(mended)
        return f"{what}: " + told.replace("\n", "\n    ")


@quick
@dataclass(frozen=True, slots=True)
class MessageEnd:
    """How a message ended. ``str()`` is the report for people.

    Attributes:
        reason: one of "complete", "tool_calls", "truncated", "refused", "filtered", "paused", "error",
            "disconnected".
        raw: the provider's own word, None if it said nothing.
        error: the ProviderError or StreamError that ended it, if one did.
        details: what the provider said beyond its word, such as the stop sequence or the details of a refusal.
        incomplete: the block of the event stream that had not ended, for diagnostics.
        updates: the updates of ``MessageParser.end()`` itself: from an event without its blank line, documents that the
            end completes or cuts off, blocks that it closes.
        documents: how each of its documents ended, calls in order, then the output. If there are calls and nothing of a
            structured output came, the output is left out.
        said: why the provider says it stopped, in the vocabulary of ``reason``; None if it did not say.
        unread: what came and was not understood, with counts, in the order in which it first came.
        faults: what was wrong with the stream, in sentences: fragments that belong to no call, calls without a name,
            texts that were said again where only a guess could tell. They are among the ``contradictions``.
    """

    reason: EndReason
    raw: str | None = None
    error: Exception | None = field(default=None, compare=False)
    details: Mapping[str, object] | None = None
    incomplete: IncompleteBlock | None = None
    updates: tuple[Update, ...] = field(default=(), compare=False, repr=False)
    documents: tuple[DocumentEnd, ...] = ()
    said: Reason | None = None
    unread: tuple[Unread, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """The section of the documentation that explains how it ended, as a link from the folder ``docs``: that of the
        error if there is one, else the one that ``reason`` names."""
        if isinstance(self.error, ProviderError | StreamError):
            return self.error.page
        return f"errors.md#{self.reason}"

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
            self.unread,
            self.faults,
        )

    @property
    def cut_by(self) -> tuple[CutBy, ...]:
        """How it is known that the answer was cut off; empty if it was not.

        ``("structure",)`` alone: the provider says the answer is finished, but its JSON is open. ``("provider",)``
        alone: the provider says it cut the answer off, but its JSON is complete.
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
        """How it ended according to the provider and the connection; ``reason`` is this, checked against what came."""
        return self.reason if self.reason in ("error", "disconnected") else self.said or "complete"

    @property
    def contradictions(self) -> tuple[str, ...]:
        """Where the provider's word, the documents and the stream disagree, in sentences; empty if they agree."""
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
        return (*found, *self.faults)

    def _open(self) -> list[DocumentEnd]:
        return [document for document in self.documents if document.state == "truncated"]

    def _open_names(self) -> list[str]:
        return [
            "the output" if each.block is None else f"the call of {each.name or 'an unnamed tool'}"
            for each in self._open()
        ]

    def __str__(self) -> str:
        head: str = self.reason
        if self.raw:
            head += f", the provider says {self.raw!r}"
        if self.error is not None:
            head += f": {self.error}"
        lines = [*map(str, self.documents), *(f"contradiction: {each}" for each in self.contradictions)]
        if self.unread:
            lines.append(f"not understood: {', '.join(map(str, self.unread))}")
        return "\n".join([head, *("  " + line.replace("\n", "\n  ") for line in lines)])
