"""The plugin for pytest: the fixture ``cassettes``, and the option ``--record-streams``.

    def test_order(cassettes):
        chunks = cassettes.stream("order", lambda: client.stream(...), api="openai-chat")
        assert read_order(chunks).id == 7

With ``pytest --record-streams`` the function is called, and what comes is recorded into ``cassettes/order.jsonl``
beside the test. Without it, the file is played, and nothing is called.

pytest loads this module in every project in which the package is installed, so it imports nothing that is not needed.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from partialjson.testing.cassettes import Cassette, Chunks, Recording

__all__ = ["Cassettes", "cassettes", "pytest_addoption"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("partialjson", "recorded streams (partialjson)")
    group.addoption("--record-streams", action="store_true", help="record live streams into cassettes")


class Cassettes:
    """The cassettes of a test file: in the folder ``cassettes`` beside it.

    Attributes:
        folder: where they are.
        recording: are streams recorded, and not played?
        secrets: what must not be in a cassette, beside what looks like a secret; set it before a stream is recorded.
    """

    def __init__(self, folder: Path, recording: bool) -> None:
        self.folder = folder
        self.recording = recording
        self.secrets: list[Any] = []
        self._open: list[tuple[Path, Recording]] = []

    def path(self, name: str) -> Path:
        """The file of a cassette."""
        return self.folder / f"{name}.jsonl"

    def load(self, name: str) -> Cassette:
        """A cassette.

        Raises:
            FileNotFoundError: it was not recorded yet.
        """
        from partialjson.testing.cassettes import Cassette

        path = self.path(name)
        if not path.exists():
            raise FileNotFoundError(f"there is no cassette {path}: record it with pytest --record-streams")
        return Cassette.load(path)

    def record(self, name: str, chunks: Iterable[Any], *, api: str = "") -> Iterator[Any]:
        """The chunks, recorded as they pass. The file is written when the test has ended."""
        return self._begin(name, api).of(chunks)

    def arecord(self, name: str, chunks: AsyncIterable[Any], *, api: str = "") -> AsyncIterator[Any]:
        """The async twin of ``record``."""
        return self._begin(name, api).aof(chunks)

    def replay(
        self, name: str, *, chunks: Chunks = "recorded", speed: float | None = None, delay: float = 0.0
    ) -> Iterator[bytes]:
        """A stream that was recorded, in these pieces, at this speed, with this delay (``Cassette.replay``)."""
        return self.load(name).replay(chunks=chunks, speed=speed, delay=delay)

    def areplay(
        self, name: str, *, chunks: Chunks = "recorded", speed: float | None = None, delay: float = 0.0
    ) -> AsyncIterator[bytes]:
        """The async twin of ``replay``."""
        return self.load(name).areplay(chunks=chunks, speed=speed, delay=delay)

    def stream(
        self,
        name: str,
        live: Callable[[], Iterable[Any]],
        *,
        api: str = "",
        chunks: Chunks = "recorded",
        speed: float | None = None,
    ) -> Iterator[Any]:
        """With ``--record-streams`` what ``live`` gives, recorded; otherwise the cassette."""
        return self.record(name, live(), api=api) if self.recording else self.replay(name, chunks=chunks, speed=speed)

    def _begin(self, name: str, api: str) -> Recording:
        from partialjson.testing.cassettes import Recording

        made = Recording(api, secrets=self.secrets)
        self._open.append((self.path(name), made))
        return made

    def save(self) -> None:
        """Write what was recorded; the fixture does it at the end of the test."""
        while self._open:
            path, recording = self._open.pop(0)
            recording.cassette().save(path)


@pytest.fixture
def cassettes(request: pytest.FixtureRequest) -> Iterator[Cassettes]:
    """The cassettes beside the test: ``record``, ``replay``, and ``stream``, which is one or the other."""
    found = Cassettes(request.path.parent / "cassettes", bool(request.config.getoption("--record-streams")))
    yield found
    found.save()
