"""Operations: the common form of the events of all providers.

An adapter translates the events of one wire format into operations on *blocks*. A block is one growing piece
of a model's answer: a text, a tool call, a chain of reasoning. Operations name blocks by keys that the adapter chooses
and never uses twice. So only the adapter deals with indexes that a server reuses, leaves out or sends out of order.

Import this module under its name: ``ops.Open`` and ``ops.Text`` say what they are where they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from partialjson._records import quick
from partialjson.reasons import Reason

__all__ = [
    "DONE",
    "UNCLOSED",
    "Attach",
    "Begin",
    "Close",
    "End",
    "Error",
    "Hold",
    "Identify",
    "Info",
    "Key",
    "Kind",
    "Misplaced",
    "Open",
    "Operation",
    "Reason",
    "Restate",
    "Stop",
    "Text",
    "Unread",
    "UnreadKind",
    "Usage",
    "Value",
    "Withdraw",
]

DONE: Final = "[DONE]"
"""The payload that ends many event streams. It is not JSON; adapters receive it as it is."""

UNCLOSED: Final = "the end of the call"
"""Why a call is on hold whose own text has not closed, even if its arguments have."""

Key = int | str | tuple[int | str, ...]

Kind = Literal["text", "reasoning", "refusal", "call", "server_call", "other"]
"""What a block is. ``call``: a tool call for the caller to run; ``server_call``: one that the provider runs
itself; ``other``: a block whose text, if it has any, is no part of the answer, such as the result of a server
tool or the code it runs."""

UnreadKind = Literal["event", "block", "delta", "field"]
"""What was not understood: a whole event, a kind of block, a kind of delta, or a field of something that was
understood."""


@quick
@dataclass(frozen=True, slots=True)
class Begin:
    """A message begins. Wire formats that mark it may do so again in the same body: after the end of a
    message, or, where a gateway tried again, without one. What follows is a message of its own."""


@quick
@dataclass(frozen=True, slots=True)
class Open:
    """A block begins. Its position among the blocks of its choice is the order in which they open.

    ``type`` is the provider's own word for the kind of block, ``index`` its own number for it (None if it
    gives none); ``name`` and ``call_id`` are those of a tool call, as far as they are known yet. ``free``: the
    input of the tool is free text, not JSON. ``aside``: a text that is not the answer, such as a commentary, so
    that it holds no structured output. ``paragraph``: a blank line separates it from earlier texts of its kind when
    they are read as one.
    """

    key: Key
    kind: Kind
    type: str = ""
    choice: int = 0
    index: int | None = None
    name: str = ""
    call_id: str = ""
    free: bool = False
    aside: bool = False
    paragraph: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Identify:
    """The name or id of a tool call became known after it opened; "" means nothing new."""

    key: Key
    name: str = ""
    call_id: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Text:
    """The block's text continues: prose, or a fragment of a JSON document cut anywhere.

    Adapters pass on what came. Whether a fragment of a document goes on or says the document again is decided where the
    document is read."""

    key: Key
    text: str


@quick
@dataclass(frozen=True, slots=True)
class Restate:
    """The provider repeats the block's text as a whole. It may equal what was streamed, extend it, or contradict it;
    then it replaces it. "" means nothing."""

    key: Key
    text: str


@quick
@dataclass(frozen=True, slots=True)
class Value:
    """The block's document came whole and already parsed; it has no source text. An adapter passes on each value that
    comes: the same again, one that has grown, or the real one after an empty object."""

    key: Key
    value: object


@quick
@dataclass(frozen=True, slots=True)
class Attach:
    """Something else belongs to the block: a signature, a citation, the payload of a result.

    ``append`` collects values under the name in a list; otherwise the last one counts.
    """

    key: Key
    name: str
    value: object
    append: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Close:
    """The provider closed the block. The document in it may still be incomplete; ``cut`` means that the provider says
    it is."""

    key: Key
    cut: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Withdraw:
    """The provider withdraws a call: it must not be run, and its result is not wanted."""

    key: Key


@quick
@dataclass(frozen=True, slots=True)
class Hold:
    """A call must not be run yet, whatever its arguments are: ``why`` says what it waits for, as in "confirmation" or
    ``UNCLOSED``; "" releases it."""

    key: Key
    why: str


@quick
@dataclass(frozen=True, slots=True)
class Misplaced:
    """A fragment of a call came, and nothing tells which call it belongs to: so none of the choice may be run.

    ``text`` is what came, ``why`` is a sentence such as "arguments for index 3, where no call began".
    """

    choice: int
    text: str
    why: str


@quick
@dataclass(frozen=True, slots=True)
class Unread:
    """Something came that the adapter does not understand; ``name`` is the provider's word for it."""

    kind: UnreadKind
    name: str


@quick
@dataclass(frozen=True, slots=True)
class Info:
    """New data of the message itself; "" means nothing new."""

    id: str = ""
    model: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts in the provider's own names. They are totals of the message: a later count replaces an earlier one.
    If they are ``whole``, earlier counts that are not named again no longer hold."""

    usage: Mapping[str, object]
    whole: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Stop:
    """The provider says why a choice stops.

    ``raw`` is its own word. ``terminal`` if nothing else has to come, so that this event ends the choice; otherwise an
    ``End`` must follow. ``details`` is what else was said about the stop.
    """

    reason: Reason
    raw: str
    choice: int = 0
    terminal: bool = False
    details: Mapping[str, object] | None = None


@quick
@dataclass(frozen=True, slots=True)
class End:
    """The terminal event of the whole stream."""


@quick
@dataclass(frozen=True, slots=True)
class Error:
    """The provider reports an error instead of going on; ``body`` is the error as it came, as plain data.

    If it is not ``fatal``, the stream may go on, and then its terminal event decides.
    """

    message: str
    type: str = ""
    code: str | int | None = None
    body: object = None
    fatal: bool = True


Operation = (
    Begin
    | Open
    | Identify
    | Text
    | Restate
    | Value
    | Attach
    | Close
    | Withdraw
    | Hold
    | Misplaced
    | Unread
    | Info
    | Usage
    | Stop
    | End
    | Error
)
