"""Bugs in popular packages that the test kit finds, each with the command that shows it: ``python docs/bugs_found.py``.

The exact versions are installed into a temporary environment, and the checks run in there. With ``--here`` they run
against whatever is installed. ``python docs/bugs_found.py requests`` shows one of them.

Each function drives a package as its documentation says, with chunks as a network gives them, and no network.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

VERSIONS = {"requests": "2.34.2", "jiter": "0.19.0", "ollama": "0.6.3", "openai": "3.57.0"}
NEEDED = ("hypothesis>=6.100", "pydantic>=2.13", "httpx>=0.27")
SOURCE = Path(__file__).resolve().parents[1] / "src"


def requests_lines() -> None:
    """requests: a line end that is cut becomes two, so that an event stream has an event too many."""
    import requests
    from hypothesis import strategies as st

    from partialjson.testing import check_consumer

    class Response(requests.Response):
        """A response whose body comes in these pieces."""

        def __init__(self, pieces: Iterator[bytes]) -> None:
            super().__init__()
            self.pieces = pieces

        def iter_content(self, chunk_size: Any = 1, decode_unicode: bool = False) -> Iterator[Any]:
            return self.pieces

    def lines(chunks: Iterator[bytes]) -> list[bytes]:
        return list(Response(chunks).iter_lines())

    check_consumer(lines, texts=st.text("ab\r\n", max_size=6), as_bytes=True, empty=False)


def jiter_snapshots() -> None:
    """jiter: a number that is still coming is shown as another number, which is then taken back."""
    import jiter

    from partialjson.testing import check_consumer

    def snapshots(chunks: Iterable[bytes]) -> Iterator[Any]:
        text = b""
        for chunk in chunks:
            text += chunk
            yield jiter.from_json(text, partial_mode="trailing-strings") if text.strip() else None

    check_consumer(snapshots, '{"price": 12.5}', gives="snapshots", as_bytes=True)


def ollama_lines() -> None:
    """ollama: a line of the stream ends at U+2028, which JSON allows in a string, and the client fails."""
    import httpx
    import ollama

    from partialjson.testing import Said, check_adapter, provider_streams

    def read(chunks: Iterator[bytes]) -> Any:
        transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=_Body(chunks)))
        client = ollama.Client(transport=transport)
        parts = client.chat(model="m1", messages=[], stream=True)
        return {"text": "".join(part.message.content or "" for part in parts)}

    class _Body(httpx.SyncByteStream):
        def __init__(self, chunks: Iterator[bytes]) -> None:
            self.chunks = chunks

        def __iter__(self) -> Iterator[bytes]:
            return self.chunks

    stream = provider_streams("ollama", Said(("a\u2028b",)), habits=()).example()
    check_adapter(read, "ollama", stream=stream)


def openai_mark() -> None:
    """openai: the first event is lost after a byte order mark, which the standard of event streams says to drop."""
    from openai._streaming import SSEDecoder

    from partialjson.testing import Said, check_adapter, provider_streams

    def read(chunks: Iterator[bytes]) -> Any:
        events = [event.json() for event in SSEDecoder().iter_bytes(chunks) if event.data not in ("", "[DONE]")]
        deltas = [choice["delta"] for event in events for choice in event["choices"]]
        return {"text": "".join(delta.get("content") or "" for delta in deltas)}

    stream = provider_streams("openai-chat", Said(("Hello",)), habits="a byte order mark")
    check_adapter(read, "openai-chat", stream=stream.filter(lambda found: bool(found.habits)).example())


FOUND: dict[str, Callable[[], None]] = {
    "requests": requests_lines,
    "jiter": jiter_snapshots,
    "ollama": ollama_lines,
    "openai": openai_mark,
}


def show(names: list[str]) -> int:
    """Show the bugs; how many of them are gone."""
    from importlib.metadata import version

    gone = 0
    for name in names:
        print(f"{name} {version(name)}: {(FOUND[name].__doc__ or '').partition(': ')[2]}\n")
        try:
            FOUND[name]()
        except AssertionError as breach:
            print(f"{breach}\n")
        else:
            gone += 1
            print("  no law broke: it is repaired.\n")
    return gone


def main() -> int:
    parser = argparse.ArgumentParser(description="Bugs in popular packages, found by law.")
    parser.add_argument("names", nargs="*", metavar="PACKAGE", help=f"of {', '.join(FOUND)}; all if not given")
    parser.add_argument("--here", action="store_true", help="do not install anything: check what is installed")
    arguments = parser.parse_args()
    names = arguments.names or list(FOUND)
    for name in names:
        if name not in FOUND:
            parser.error(f"{name!r} is none of {', '.join(FOUND)}")
    if arguments.here:
        return show(names)
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder, "Scripts" if os.name == "nt" else "bin", "python"))
        wanted = [f"{name}=={VERSIONS[name]}" for name in names]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted, *NEEDED], check=True)
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "ignore"}
        return subprocess.run([python, __file__, "--here", *names], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
