"""What every provider's stream is reduced to, and the table of the providers that are known.

An adapter translates the events of one wire format into operations on *blocks*. A block is one growing piece
of a model's answer: a text, a tool call, a chain of reasoning. Operations name blocks by keys that the
adapter makes up and never uses twice, so indexes that a server reuses, leaves out or sends out of order are
settled here and nowhere else.

Adapters are small state machines whose state is plain data. They do no input or output and parse no document:
the fragments of arguments and text go out as they came. They read events by duck typing, plain dicts and the
objects of any SDK alike, ignore what they do not know, and raise nothing whatever an event looks like.

Adding a provider is one module with a class ``Adapter`` and one row in ``_ROWS``, which also says how the bodies of
the wire format are framed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final, Literal, Protocol, cast

__all__ = [
    "DONE",
    "PROVIDERS",
    "Adapter",
    "Attach",
    "Begin",
    "Close",
    "End",
    "Error",
    "Identify",
    "Info",
    "Key",
    "Kind",
    "Open",
    "Operation",
    "Reason",
    "Restate",
    "Stop",
    "Text",
    "Usage",
    "Value",
    "Withdraw",
    "adapter_for",
    "framings_of",
    "get",
    "get_int",
    "get_list",
    "get_str",
    "plain",
]

DONE: Final = "[DONE]"
"""The payload that ends many event streams and is no JSON; adapters are given it as it is."""

Key = int | str | tuple[int | str, ...]

Kind = Literal["text", "reasoning", "refusal", "call", "server_call", "other"]
"""What a block is. ``call``: a tool call for the caller to run; ``server_call``: one that the provider runs
itself; ``other``: a block whose text, if it has any, is no part of the answer, such as the result of a server
tool or the code it runs."""

Reason = Literal["complete", "tool_calls", "truncated", "refused", "filtered", "paused", "error"]
"""Why a provider says it stopped, in one vocabulary."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A message begins. Wire formats that mark it may do so again in the same body: after the end of a
    message, or, where a gateway tried again, without one. What comes then is a message of its own."""


@dataclass(frozen=True, slots=True)
class Open:
    """A block begins. Its place among the blocks of its choice is the place of this operation among theirs.

    ``type`` is the provider's own word for the kind of block, ``index`` its own number for it (None if it
    gives none); ``name`` and ``call_id`` are those of a tool call, as far as they are known yet. ``free``: the
    input of the tool is free text, not JSON. ``aside``: a text that is not the answer, such as a commentary, so
    that it holds no structured output. ``paragraph``: a blank line parts it from the texts of its kind before it
    where they are read as one.
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


@dataclass(frozen=True, slots=True)
class Identify:
    """The name or id of an open tool call became known after it opened; "" is nothing new."""

    key: Key
    name: str = ""
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The block's text continues: prose, or a fragment of a JSON document cut anywhere."""

    key: Key
    text: str


@dataclass(frozen=True, slots=True)
class Restate:
    """The provider repeats the block's text as a whole. It may equal what was streamed, extend it, or contradict
    it; then it counts instead. "" says nothing."""

    key: Key
    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """The block's document came whole and already parsed; it has no source text."""

    key: Key
    value: object


@dataclass(frozen=True, slots=True)
class Attach:
    """Something else belongs to the block: a signature, a citation, the payload of a result.

    ``append`` collects values under the name in a list; otherwise the last one counts.
    """

    key: Key
    name: str
    value: object
    append: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The provider closed the block. That is no promise that the document in it is whole; ``cut`` is the
    provider's word that it is not."""

    key: Key
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The provider takes a call back: it is not to be run, and its result is not wanted."""

    key: Key


@dataclass(frozen=True, slots=True)
class Info:
    """The message's own data, where it is new; "" is nothing new."""

    id: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts in the provider's own names. They are totals of the message: a later count replaces an
    earlier one, and where they are ``whole`` those that are not named again count no more."""

    usage: Mapping[str, object]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """The provider says why a choice stops.

    ``raw`` is its own word. ``terminal`` where nothing that must come follows, so that this event ends the
    choice; elsewhere an ``End`` has to come. ``details`` is what else was said about the stop.
    """

    reason: Reason
    raw: str
    choice: int = 0
    terminal: bool = False
    details: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The terminal event of the whole stream."""


@dataclass(frozen=True, slots=True)
class Error:
    """The provider reports an error instead of going on; ``body`` is the error as it came, as plain data.

    Where it is not ``fatal`` the stream may go on, and then its terminal event has the last word.
    """

    message: str
    type: str = ""
    code: str | int | None = None
    body: object = None
    fatal: bool = True


Operation = (
    Begin | Open | Identify | Text | Restate | Value | Attach | Close | Withdraw | Info | Usage | Stop | End | Error
)


class Adapter(Protocol):
    """Translates the events of one response, in order, into operations."""

    def feed(self, event: object, name: str = "") -> list[Operation]:
        """The operations one decoded event stands for.

        ``event`` is a mapping, an SDK's object, or ``DONE``; ``name`` is the event's name on the wire, where
        it has one.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Row:
    """A wire format: the module of its adapter in this package, loaded when it is asked for, and the framings of
    its bodies by the names of ``partialjson.framing``; the first character of a body decides between several."""

    module: str
    framings: tuple[str, ...] = ("sse",)


_ROWS: Final[dict[str, _Row]] = {
    "anthropic-messages": _Row("anthropic_messages"),
    "bedrock-converse": _Row("bedrock_converse", ("aws-eventstream",)),
    "cohere": _Row("cohere"),
    "gemini": _Row("gemini", ("sse", "json-array", "json-frames")),
    "gemini-interactions": _Row("gemini_interactions"),
    "gemini-live": _Row("gemini_live", ("json-frames",)),
    "mistral": _Row("mistral"),
    "ollama": _Row("ollama", ("ndjson",)),
    "openai-chat": _Row("openai_chat"),
    "openai-completions": _Row("openai_completions"),
    "openai-realtime": _Row("openai_realtime", ("json-frames",)),
    "openai-responses": _Row("openai_responses", ("sse", "json-frames")),
}

PROVIDERS: Final[tuple[str, ...]] = tuple(_ROWS)
"""The names of the known wire formats."""


def adapter_for(api: str) -> Adapter:
    """A fresh adapter for one response of the named wire format.

    Raises:
        ValueError: the name is not known; the message lists those that are.
    """
    factory = cast("Callable[[], Adapter]", import_module(f"{__name__}.{_row(api).module}").Adapter)
    return factory()


def framings_of(api: str) -> tuple[str, ...]:
    """The framings in which bodies of the named wire format come. ValueError as in ``adapter_for``."""
    return _row(api).framings


def _row(api: str) -> _Row:
    row = _ROWS.get(api)
    if row is None:
        raise ValueError(f"unknown API {api!r}; known are {', '.join(PROVIDERS)}")
    return row


def get(obj: object, name: str) -> object:
    """A field of an event: of a mapping, or of an object's attributes and pydantic ``model_extra``. None if
    absent."""
    if type(obj) is dict:  # much the commonest, and the check by the abstract class is slow
        return obj.get(name)
    if hasattr(type(obj), "__pydantic_fields__"):  # asking a model for what it has not is slow, too
        value = obj.__dict__.get(name)
        extra = getattr(obj, "__pydantic_extra__", None) if value is None else None
        return value if extra is None else extra.get(name)
    if isinstance(obj, Mapping):
        return obj.get(name)
    if obj is None or isinstance(obj, (str, bytes, int, float, Sequence)):
        return None
    value = getattr(obj, name, None)
    if value is None:
        extra = getattr(obj, "model_extra", None)
        if isinstance(extra, Mapping):
            return extra.get(name)
    return value


def get_str(obj: object, name: str) -> str:
    """A text field, "" where it is absent or something else."""
    value = get(obj, name)
    if type(value) is str:
        return value
    return str.__str__(value) if isinstance(value, str) else ""  # the word behind a member of an SDK's enumeration


def get_int(obj: object, name: str) -> int | None:
    """A number field such as an index, None where it is absent or something else."""
    value = get(obj, name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def get_list(obj: object, name: str) -> Sequence[object]:
    """A list field, empty where it is absent or something else."""
    value = get(obj, name)
    return value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else ()


def plain(obj: object) -> object:
    """The object as plain data: a mapping as it is, an SDK's model as it was on the wire."""
    dump = getattr(obj, "model_dump", None)
    if not callable(dump):
        return obj
    try:
        return dump(mode="json", by_alias=True, exclude_unset=True)
    except Exception:  # a model that has no such options, or holds what JSON has not
        return dump(exclude_unset=True)
