"""What the examples here have in common: the recorded answers of a model, and the type of one of them.

``answer`` and ``aanswer`` stand for a provider's client. They give the body of a response as it comes off the wire,
event by event; in your program that is ``client.chat.completions.create(..., stream=True)``, or the response of an HTTP
client.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pydantic import BaseModel, Field

PAUSE = float(os.environ.get("PAUSE", "0.03"))
"""Seconds between two events: about the speed of a model."""


class Stop(BaseModel):
    place: str
    minutes: int = Field(ge=0)
    note: str = ""


class Trip(BaseModel):
    title: str
    stops: list[Stop]
    summary: str


def answer(name: str = "trip", pause: float | None = None) -> Iterator[bytes]:
    """The body of a recorded response.

    Args:
        name: of a file in ``recordings``. "trip" is a response of OpenAI's chat API, "tools" and "chart" are
            Anthropic's.
        pause: seconds before each event.
    """
    for event in _events(name):
        time.sleep(PAUSE if pause is None else pause)
        yield event


async def aanswer(name: str = "trip", pause: float | None = None) -> AsyncIterator[bytes]:
    """The same for an event loop."""
    for event in _events(name):
        await asyncio.sleep(PAUSE if pause is None else pause)
        yield event


@contextmanager
def server(name: str = "trip") -> Iterator[str]:
    """A server on this machine that answers every request with a recording. Gives its base URL, for clients that make
    the request themselves: ``OpenAI(base_url=...)``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            with suppress(ConnectionError):  # the client has left
                for event in answer(name):
                    self.wfile.write(event)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/v1"
        finally:
            listening.shutdown()


def _events(name: str) -> list[bytes]:
    body = (Path(__file__).parent / "recordings" / f"{name}.sse").read_bytes()
    return [event + b"\n\n" for event in body.split(b"\n\n") if event]
