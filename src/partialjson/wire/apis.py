"""The APIs that are known: for each the adapter of its wire format and the framings of its bodies.

Adding an API is one module in ``wire/providers`` with a class ``Adapter`` and one row here.

Adapters are small state machines whose state is plain data. They do no input or output and parse no document:
the fragments of arguments and text go out as they came. They read events by duck typing, plain dicts and the
objects of any SDK alike, ignore what they do not know, and raise nothing whatever an event looks like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final, Protocol, cast

from partialjson.wire import ops

__all__ = [
    "PROVIDERS",
    "Adapter",
    "adapter_for",
    "framings_of",
]


class Adapter(Protocol):
    """Translates the events of one response, in order, into operations."""

    def feed(self, event: object, name: str = "") -> list[ops.Operation]:
        """The operations one decoded event stands for.

        ``event`` is a mapping, an SDK's object, or ``DONE``; ``name`` is the event's name on the wire, where
        it has one.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Row:
    """A wire format: the module of its adapter in ``wire/providers``, loaded when it is asked for, and the framings of
    its bodies by the names of ``partialjson.wire.framing``; the first character of a body decides between several."""

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
    factory = cast("Callable[[], Adapter]", import_module(f"partialjson.wire.providers.{_row(api).module}").Adapter)
    return factory()


def framings_of(api: str) -> tuple[str, ...]:
    """The framings in which bodies of the named wire format come. ValueError as in ``adapter_for``."""
    return _row(api).framings


def _row(api: str) -> _Row:
    row = _ROWS.get(api)
    if row is None:
        raise ValueError(f"unknown API {api!r}; known are {', '.join(PROVIDERS)}")
    return row
