"""Sources: what a response can be read from, how that is opened, and how it is closed.

A source is recognised by the methods that it has; no client is imported:

- a response whose body can be iterated, by its own method: ``iter_bytes`` (httpx, raw responses of SDKs),
  ``iter_content`` (requests), ``content.iter_any`` (aiohttp), ``read1`` (urllib, urllib3, files);
- a connection with ``recv`` or ``receive``: one message is read from it, and it stays open for the next;
- any other iterable: its items are chunks of the body if they are bytes or str, decoded server-sent events if they have
  ``data`` and ``retry``, and otherwise events of the API, dicts or objects of an SDK;
- a context manager or an awaitable that gives one of these: it is entered or awaited at the first step;
- a run of an agent with ``stream_events`` and ``cancel``, those of the OpenAI Agents SDK: its events are read, and
  leaving cancels it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from functools import partial
from inspect import isawaitable
from typing import Any, Final

__all__ = [
    "aclose_source",
    "async_opener_of",
    "close_source",
    "is_async_manager",
    "is_connection",
    "opener_of",
    "refusal",
]

_PIECE: Final = 1 << 16


def opener_of(source: Any) -> Callable[[], Any] | None:
    """The callable that returns the items of a source; None if it has none, or none without waiting."""
    if isinstance(source, Mapping):
        return opener_of(source.get("stream"))  # a response of boto3
    if source is None or isinstance(source, (str, bytes, bytearray, memoryview)):
        return None
    iter_bytes = _method(source, "iter_bytes")
    if iter_bytes is not None:
        return iter_bytes
    iter_content = _method(source, "iter_content")
    if iter_content is not None:
        return partial(iter_content, chunk_size=None)
    read1 = _method(source, "read1")
    if read1 is not None:
        return partial(iter, partial(read1, _PIECE), b"")
    return partial(iter, source) if isinstance(source, Iterable) else None


def async_opener_of(source: Any) -> Callable[[], Any] | None:
    if isinstance(source, Mapping):
        return async_opener_of(source.get("stream"))
    body = _method(source, "aiter_bytes") or _method(source, "iter_bytes") or _method(source, "iter_any")
    body = body or _method(getattr(source, "content", None), "iter_any")
    if body is not None:
        return body
    if _method(source, "stream_events") is not None and _method(source, "cancel") is not None:
        return partial(_events_of_run, source)
    if isinstance(source, AsyncIterable):
        return partial(aiter, source)
    return _method(source, "receive")  # a session of Gemini Live


async def _events_of_run(run: Any) -> AsyncGenerator[Any]:
    """The events of an agent's run, which is cancelled when it is left. Its own iterator would wait for its end."""
    async with aclosing(run.stream_events()) as events:
        try:
            async for event in events:
                yield event
        except GeneratorExit:
            run.cancel()
            raise


def is_async_manager(source: Any) -> bool:
    """Whether the source has to be entered before it can be read."""
    return hasattr(source, "__aenter__") and (isawaitable(source) or async_opener_of(source) is None)


def _method(source: Any, name: str) -> Callable[..., Any] | None:
    method = getattr(source, name, None)
    return method if callable(method) else None


def is_connection(source: Any) -> bool:
    """Whether more than one message may come from the source."""
    return _method(source, "recv") is not None or _method(source, "receive") is not None


def refusal(name: str, source: Any) -> TypeError:
    """The error of ``read`` or ``aread``, whichever the name is, for what it cannot read."""
    if name == "read":
        kind, other, readable = "a synchronous", "aread", async_opener_of(source) is not None or isawaitable(source)
    else:
        kind, other, readable = "an asynchronous", "read", opener_of(source) is not None
    what = type(source).__name__
    if readable:
        hint = f"use {other}()"
    elif isinstance(source, type):
        what, hint = f"the class {source.__name__}", "give the stream that the client returns"
    elif isinstance(source, (str, bytes, bytearray, memoryview, Mapping)) or hasattr(source, "model_dump"):
        hint = "pass [item] for a single event or body"
    elif callable(source):
        hint = f"call it: {name}({getattr(source, '__name__', 'it')}(...), ...)"
    else:
        hint = "give the stream that the client returns"
    return TypeError(f"{name}() takes a stream of {kind} client, not {what}; {hint}")


def close_source(source: Any) -> None:
    """Closes the source by its own method; one without such a method is exited as a context manager."""
    if isinstance(source, Mapping):
        source = source.get("stream")
    close = _method(source, "close")
    leave = _method(source, "__exit__")
    if close is not None:
        if not getattr(source, "gi_running", False):  # in another thread; closing what it reads ends it
            close()
    elif leave is not None:
        leave(None, None, None)


async def aclose_source(source: Any) -> None:
    if isinstance(source, Mapping):
        source = source.get("stream")
    close = _method(source, "aclose") or _method(source, "close")
    leave = _method(source, "__aexit__")
    if getattr(source, "ag_running", False):  # in another task
        return
    result = close() if close is not None else leave(None, None, None) if leave is not None else None
    if isinstance(result, Awaitable):
        await result
