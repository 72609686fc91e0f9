"""What a stream is of which no event was understood: another API, or the API's events in an envelope.

The adapters are asked themselves: each reads the first events, and what it makes of them tells whether they are its
own. So nothing is listed here that a new adapter would have to keep up to date. Besides the events as they came, what
their fields hold is tried, two levels deep: objects, and texts or bytes that are JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from partialjson.wire import ops
from partialjson.wire.apis import MOST_SPOKEN, PROVIDERS, adapter_for
from partialjson.wire.envelopes import word_of

__all__ = ["KEPT", "described", "excerpt", "likeliest", "understood", "weighed"]

KEPT: Final = 5
"""How many of the first events are looked at."""

_EXCERPT: Final = 200
_FIELDS: Final = 20  # of an event or of one of its fields
_LARGEST: Final = 1 << 20  # characters of a field that is read as JSON
_TELLING: Final = (ops.Begin, ops.Open, ops.Text, ops.Value, ops.Stop)
_SENDERS: Final = {
    "raw_response_event": "the OpenAI Agents SDK",
    "stream_event": "the Claude Agent SDK",
}
_UNASKED: Final = (
    "They are whole messages of the Claude Agent SDK, which passes on what streams only if it is asked to: by "
    "include_partial_messages=True"
)


def understood(operations: Sequence[ops.Operation]) -> bool | None:
    """Whether an adapter understood an event; None if that cannot be told, as of a heartbeat, or of one of which only
    token counts and the like were understood: several APIs spell them alike."""
    unread = [op for op in operations if isinstance(op, ops.Unread)]
    if any(op.kind == "event" for op in unread):
        return False
    if unread and all(isinstance(op, (ops.Unread, ops.Info, ops.Usage)) for op in operations):
        return None
    return True if operations else None


def described(api: str, events: Sequence[tuple[object, str]]) -> str | None:
    """A sentence on what the events look like, each given with its name on the wire; None if nothing is known of it."""
    paths: dict[str, list[tuple[object, str]]] = {}
    for event, _ in events:
        for path, inner in _inside(event):
            paths.setdefault(path, []).append((inner, ""))
    if any(word_of(event) == "assistant" for event, _ in events):
        return _UNASKED
    others = [name for name in PROVIDERS if name != api]
    found, most = _best(others, events)
    for path, inners in paths.items():
        own, much = _best([api], inners)
        if own and much >= most:
            return _unwrap(path, api, events)
    if found:
        return f"They look like events of {_named(found)} as api"
    for path, inners in paths.items():
        found, _ = _best(others, inners)
        if found:
            return _unwrap(path, " or ".join(found), events)
    return None


def _named(found: Sequence[str]) -> str:
    """APIs in a sentence, with what to do about them."""
    if len(found) == 1:
        return f"{found[0]}; pass that name"
    return f"{', '.join(found[:-1])} or {found[-1]}; pass one of these names"


def _unwrap(path: str, api: str, events: Sequence[tuple[object, str]]) -> str:
    sender = next((f", as {_SENDERS[kind]} sends them" for kind in _kinds(events) if kind in _SENDERS), "")
    return f"Their field {path} holds events of {api}{sender}: pass on what is in that field"


def excerpt(event: object) -> str:
    """How an event, or the text of one, begins."""
    try:
        text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = _printed(event)
    return repr(text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…")


def _printed(event: object) -> str:
    try:
        return repr(event)
    except Exception:
        return type(event).__name__


def _best(names: Sequence[str], events: Sequence[tuple[object, str]]) -> tuple[list[str], int]:
    """The APIs whose adapters make the most of the events, the likeliest first, and how much that is. There are none if
    no adapter makes anything of them."""
    scores = {name: _score(name, events) for name in names}
    most = max(scores.values())
    return likeliest([name for name in names if scores[name] == most]) if most else [], most


def likeliest(names: Iterable[str]) -> list[str]:
    """APIs that make as much of something, the one first that most servers mean."""
    return sorted(names, key=lambda name: name != MOST_SPOKEN)


def _score(api: str, events: Sequence[tuple[object, str]]) -> int:
    """How many of the events the adapter makes something of, less what it does not understand in them."""
    made, missed = weighed(api, events)
    return max(made - missed, 0)


def weighed(api: str, events: Iterable[tuple[object, str]]) -> tuple[int, int]:
    """How many of the events the adapter makes something of, and how many things in them it does not understand. If
    they are nested too deeply to be read, it makes nothing of them."""
    adapter = adapter_for(api)
    made = missed = 0
    try:
        for event, name in events:
            operations = adapter.feed(event, name)
            made += any(isinstance(op, _TELLING) for op in operations)
            missed += sum(isinstance(op, ops.Unread) for op in operations)
    except RecursionError:
        return 0, 0
    return made, missed


def _kinds(events: Sequence[tuple[object, str]]) -> Iterator[str]:
    for event, _ in events:
        for name, value in _fields(event):
            if name == "type" and isinstance(value, str):
                yield value


def _inside(event: object) -> Iterator[tuple[str, object]]:
    """What the fields of an event hold, and what the fields of these do, by their paths."""
    for name, value in _fields(event):
        inner = _opened(value)
        if inner is not None:
            yield name, inner
            for below, more in _fields(inner):
                deeper = _opened(more)
                if deeper is not None:
                    yield f"{name}.{below}", deeper


def _opened(value: object) -> object:
    """A value that may be an event, or the event in a text or in bytes; None for any other."""
    if isinstance(value, (str, bytes, bytearray)):
        if len(value) > _LARGEST:
            return None
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, Mapping) or hasattr(value, "__dict__") else None


def _fields(event: object) -> list[tuple[str, Any]]:
    fields = event if isinstance(event, Mapping) else getattr(event, "__dict__", None)
    if not isinstance(fields, Mapping):
        return []
    return [(name, value) for name, value in islice(fields.items(), _FIELDS) if isinstance(name, str)]
