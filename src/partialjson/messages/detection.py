"""Which API's a body is, if nobody says it: for pasted text, and for logs.

As in ``strangers``, the adapters are asked themselves. The beginning of the body is cut into events in every framing,
and each adapter reads those of its own framings. The one that makes the most of them is the one, less what it does not
understand. Where several make as much of them, they read the body alike as far as it was looked at: what servers
compatible with Chat Completions send is such a case.

A body of server-sent events can be nothing else, so one event of it is enough, whatever proxies send between. JSON may
also be a document of its own; there an adapter must understand more than not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from partialjson.messages.strangers import likeliest, weighed
from partialjson.wire.apis import PROVIDERS, framings_of
from partialjson.wire.framing import Chunk, Decoded, FramingError, Item, framing_for, payload
from partialjson.wire.sse import SSEError, SSEEvent

__all__ = ["apis_of"]

_LOOKED_AT: Final = 20  # events
_PIECE: Final = 4096


def apis_of(body: Chunk) -> tuple[str, ...]:
    """The APIs whose response a body may be, the likeliest first; empty if its events are those of no known API.

    The beginning of the body is enough, but it must be the beginning. Where there is more than one name, each of
    these APIs reads the events that were looked at without a rest. Nothing is raised, whatever the body holds.

    Args:
        body: the body of a response, ``str`` or bytes, in any framing: server-sent events, lines of JSON, an array,
            frames. The binary frames of AWS must be bytes, and need botocore.
    """
    events: dict[str, list[tuple[object, str]]] = {}
    scores: dict[str, int] = {}
    for name in PROVIDERS:
        for framing in framings_of(name):
            if framing not in events:
                events[framing] = list(islice(_events(framing, body), _LOOKED_AT))
            made, missed = weighed(name, events[framing])
            if made and (framing == "sse" or made > missed):
                scores[name] = max(made - missed, scores.get(name, made - missed))
    best = [name for name in scores if scores[name] == max(scores.values())]
    return tuple(likeliest(best))


def _events(framing: str, body: Chunk) -> Iterator[tuple[object, str]]:
    """The events of the body in one framing, with their names, as far as it can be read."""
    try:
        decoder = framing_for([framing])
        for start in range(0, len(body), _PIECE):
            yield from _payloads(decoder.decode(body[start : start + _PIECE]))
        rest = decoder.close()
        if rest is not None and rest.event is not None:
            yield from _payloads([rest.event])
    except (SSEError, FramingError) as error:
        yield from _payloads(error.events)
    except (ImportError, TypeError):
        return  # binary frames: without botocore, or of a text


def _payloads(items: Iterable[Item]) -> Iterator[tuple[object, str]]:
    for item in items:
        if isinstance(item, Decoded):
            yield item.event, item.name
        elif isinstance(item, SSEEvent):
            with suppress(ValueError, RecursionError):
                yield payload(item.data.strip()), item.event
