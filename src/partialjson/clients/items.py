"""Items and exceptions of other libraries, as what they stand for: bytes of the body, or events of the API.

A WebSocket message and a server-sent event that a library decoded become what was on the wire. An exception may be an
error of the provider: an SDK keeps the body of the error in it, a library above the SDK keeps the SDK's exception
behind its own, and one without an SDK keeps a status. Each gives events that an adapter knows or passes over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from partialjson.wire.fields import as_mapping, get, get_int, get_list, plain

__all__ = ["checked", "is_frame", "reported", "server_sent", "stop_in", "without_made_up_reason"]

_DEEPEST: Final = 8  # exceptions behind one that was raised
_REFUSED: Final = 400  # from this status on


def is_frame(item: Any) -> bool:
    """Whether it is a message of an aiohttp socket."""
    return type(getattr(item, "type", None)).__name__ == "WSMsgType"


def checked(item: Any) -> Any:
    if isinstance(getattr(item, "data", None), Exception) and is_frame(item):
        raise item.data
    return item


def server_sent(event: Any, data: str) -> str:
    """A server-sent event that another library decoded, as it was on the wire."""
    name = getattr(event, "event", None)
    head = f"event: {name}\n" if name else ""
    return head + "".join(f"data: {line}\n" for line in data.split("\n")) + "\n"


def without_made_up_reason(source: Any, chunk: Any) -> Any:
    """A chunk of LiteLLM. Where the stream of a provider ends without a reason, some of its versions say "stop"; they
    tell by ``source`` that none has come."""
    if source.received_finish_reason is not None or source.intermittent_finish_reason is not None:
        return chunk
    choices = get_list(chunk, "choices")
    if not any(get(choice, "finish_reason") for choice in choices):
        return chunk
    fields = as_mapping(plain(chunk))
    if fields is None:
        return chunk
    said = [as_mapping(choice) or {} for choice in get_list(fields, "choices")]
    return {**fields, "choices": [{**choice, "finish_reason": None} for choice in said]}


def stop_in(error: BaseException) -> dict[str, object] | None:
    """The last chunk, if a helper of the openai SDK has raised an error in place of it: the model has reached a limit,
    so what came is no whole output, and the error holds it."""
    choices = get_list(getattr(error, "completion", None), "choices")
    said = [(get_int(choice, "index"), get(choice, "finish_reason")) for choice in choices]
    stops = [{"index": index or 0, "delta": {}, "finish_reason": reason} for index, reason in said if reason]
    return {"choices": stops} if stops else None


def reported(error: BaseException, outside: BaseException | None) -> Iterator[object]:
    """The events that may represent an error from the provider which an SDK turned into an exception, or a library the
    SDK's exception into one of its own."""
    yield from _said_in(error)
    origin = error
    for _ in range(_DEEPEST):
        # Who raises ``from None`` hides what came before, and may have to: it can quote a key.
        below = origin.__cause__ or (None if origin.__suppress_context__ else origin.__context__)
        if below is None or below is outside:
            break
        origin = below
        yield from _said_in(origin)
    # Libraries that speak with a provider without its SDK, as LiteLLM does.
    status, message = getattr(origin, "status_code", None), getattr(origin, "message", None)
    if isinstance(status, int) and status >= _REFUSED and isinstance(message, str):
        yield {"error": {"message": message, "type": "", "code": status}}


def _said_in(error: BaseException) -> Iterator[object]:
    for name in ("body", "details", "data"):
        body = getattr(error, name, None)
        if isinstance(body, str):
            with suppress(ValueError, RecursionError):
                body = json.loads(body)
        if isinstance(body, Mapping) and any(body.get(word) for word in ("error", "message")):
            yield body
            yield {"error": body}
    said = getattr(error, "error", None)
    if isinstance(said, str) and said:  # ollama
        yield {"error": said}
    response = getattr(error, "response", None)
    said = response.get("Error") if isinstance(response, Mapping) else None
    if isinstance(said, Mapping):  # botocore
        yield {str(said.get("Code", "error")): {"message": str(said.get("Message", ""))}}
