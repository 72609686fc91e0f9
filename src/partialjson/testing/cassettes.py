"""Cassettes: streams that came once, kept in plain files with their timing, to be played again in any pieces.

    recording = Recording(api="openai-chat")
    for chunk in recording.of(response.iter_bytes()):
        ...                                     # the program reads as always
    recording.cassette().save("tests/cassettes/order.jsonl")

    for chunk in Cassette.load("tests/cassettes/order.jsonl").replay(speed=4, chunks=7):
        ...                                     # pieces of seven bytes, four times as fast

A cassette is a file of JSON lines: the first says what it is, each other one is a chunk, with the seconds since the
first. Text is written as text, so that a diff can be read; bytes that are no UTF-8 by themselves are written in base64.

**Secrets.** Before a recording becomes a cassette, what looks like a secret is overwritten with x: API keys, bearer
tokens, the values of environment variables whose names end in KEY, TOKEN, SECRET or PASSWORD, and what else is named.
This is done to the whole body, since a secret may be cut, and every x takes the place of one byte, so that cuts and
lengths stay. Headers are not recorded at all. A body of binary frames has checksums; if there is a secret in one, it is
refused.

Cassettes of vcr (vcrpy, pytest-recording) are read too, in JSON and, if PyYAML is installed, in YAML: each interaction
becomes a cassette of one chunk, whose timing nobody knows.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import os
import re
import time
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from partialjson.errors import Explained

__all__ = ["Cassette", "CassetteError", "Recorded", "Recording", "scrubbed", "vcr_cassettes"]

FORMAT: Final = 1

_SECRETS: Final = (
    rb"\b(?:sk|pk|rk|gsk|xai|key|hf|r8)[-_][A-Za-z0-9_\-]{16,}",
    rb"\bAIza[A-Za-z0-9_\-]{30,}",
    rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    rb"(?i:bearer)\s+([A-Za-z0-9._~+/=\-]{12,})",
    rb"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+",
    rb'"(?:api_?key|access_token|client_secret|password)"\s*:\s*"((?:[^"\\]|\\.)+)"',
)
_TELLING: Final = ("KEY", "TOKEN", "SECRET", "PASSWORD")
_SHORTEST: Final = 8
"""Shorter values of environment variables are no secrets, and would be found everywhere."""

Chunks = Literal["recorded", "whole"] | int | Sequence[int]


class CassetteError(Explained, ValueError):
    """A file is no cassette, or a body cannot become one."""

    code: str = "cassette"


@dataclass(frozen=True)
class Recorded:
    """A chunk, and when it came: in seconds since the first."""

    at: float
    data: bytes


@dataclass(frozen=True)
class Cassette:
    """A stream that came once.

    Attributes:
        chunks: in order.
        api: the name of its API, "" if nobody said.
        about: whatever else was noted: plain data.
    """

    chunks: tuple[Recorded, ...]
    api: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """All that came."""
        return b"".join(chunk.data for chunk in self.chunks)

    @property
    def duration(self) -> float:
        """The seconds from the first chunk to the last."""
        return self.chunks[-1].at if self.chunks else 0.0

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Cassette:
        """Read a file, of this library or, with one interaction in it, of vcr.

        Raises:
            CassetteError: it is none, or has several interactions, for which there is ``vcr_cassettes``.
            FileNotFoundError: it is not there.
        """
        text = Path(path).read_text(encoding="utf-8")
        first = text.partition("\n")[0]
        try:
            head = json.loads(first)
        except ValueError:
            head = None
        if not (isinstance(head, dict) and "cassette" in head):
            found = vcr_cassettes(path)
            if len(found) != 1:
                raise CassetteError(f"{path} has {len(found)} interactions; vcr_cassettes() gives all of them")
            return found[0]
        if head["cassette"] != FORMAT:
            raise CassetteError(
                f"{path} is a cassette of format {head['cassette']}; this version reads format {FORMAT}"
            )
        chunks = []
        for number, line in enumerate(text.splitlines()[1:], 2):
            try:
                entry = json.loads(line)
                data = base64.b64decode(entry["base64"]) if "base64" in entry else entry["text"].encode()
                chunks.append(Recorded(float(entry["at"]), data))
            except (ValueError, KeyError, TypeError) as error:
                raise CassetteError(f"{path}, line {number}: not a chunk of a cassette ({error})") from error
        return cls(tuple(chunks), str(head.get("api", "")), head.get("about") or {})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file; its folder is made if it is not there."""
        lines: list[dict[str, Any]] = [{"cassette": FORMAT, "api": self.api, "about": dict(self.about)}]
        for chunk in self.chunks:
            entry: dict[str, Any] = {"at": round(chunk.at, 4)}
            try:
                entry["text"] = chunk.data.decode()
            except UnicodeDecodeError:
                entry["base64"] = base64.b64encode(chunk.data).decode()
            lines.append(entry)
        place = Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines), encoding="utf-8")

    def cut(self, chunks: Chunks = "recorded") -> list[Recorded]:
        """The stream in other pieces: as it came ("recorded"), "whole", of so many bytes each, or cut at these places.
        A piece comes when its last byte came.

        Raises:
            ValueError: a size is less than 1.
        """
        if chunks == "recorded":
            return list(self.chunks)
        body = self.body
        if chunks == "whole":
            places: list[int] = []
        elif isinstance(chunks, int):
            if chunks < 1:
                raise ValueError(f"pieces have at least one byte, not {chunks}")
            places = list(range(chunks, len(body), chunks))
        elif isinstance(chunks, str):
            raise ValueError(f"chunks are 'recorded', 'whole', a size or places, not {chunks!r}")
        else:
            places = sorted({place for place in chunks if 0 < place < len(body)})
        ends, when, came, total = [*places, len(body)], [], iter(self.chunks), 0
        at = 0.0
        for end in ends:
            while total < end:
                chunk = next(came)
                total += len(chunk.data)
                at = chunk.at
            when.append(at)
        starts = [0, *places]
        pieces = zip(when, starts, ends, strict=True)
        return [Recorded(at, body[start:end]) for at, start, end in pieces] if body else []

    def replay(
        self,
        *,
        chunks: Chunks = "recorded",
        speed: float | None = None,
        delay: float = 0.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> Iterator[bytes]:
        """The stream again.

        Args:
            chunks: in which pieces, as for ``cut``.
            speed: 1 as fast as it came, 2 twice as fast; None without the waiting of then.
            delay: the seconds to wait before each piece, besides.
            sleep: how to wait, in seconds.

        Raises:
            ValueError: the speed is not more than 0, or the delay less; or as ``cut``.
        """
        for wait, data in self._timed(chunks, speed, delay):
            if wait > 0:
                sleep(wait)
            yield data

    async def areplay(
        self, *, chunks: Chunks = "recorded", speed: float | None = None, delay: float = 0.0
    ) -> AsyncIterator[bytes]:
        """The async twin of ``replay``."""
        for wait, data in self._timed(chunks, speed, delay):
            await asyncio.sleep(wait)
            yield data

    def _timed(self, chunks: Chunks, speed: float | None, delay: float) -> list[tuple[float, bytes]]:
        if delay < 0:
            raise ValueError(f"a delay is at least 0 seconds, not {delay}")
        if speed is not None and not speed > 0:
            raise ValueError(f"the speed is more than 0, or None for no waiting, not {speed}")
        before, found = 0.0, []
        for chunk in self.cut(chunks):
            found.append((delay + ((chunk.at - before) / speed if speed else 0.0), chunk.data))
            before = chunk.at
        return found


class Recording:
    """Notes the chunks of a stream while they pass.

    Args:
        api: the name of its API.
        secrets: what must not be in the cassette, beside what looks like a secret: texts, or compiled patterns for
            bytes, of which the first group counts, if there is one.
        about: plain data to keep with it.
        clock: seconds, from anywhere.
    """

    def __init__(
        self,
        api: str = "",
        *,
        secrets: Iterable[str | re.Pattern[bytes]] = (),
        about: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api = api
        self._secrets = list(secrets)
        self._about = dict(about or {})
        self._clock = clock
        self._began: float | None = None
        self._chunks: list[Recorded] = []

    def note(self, chunk: bytes | str) -> None:
        """Note one chunk."""
        now = self._clock()
        if self._began is None:
            self._began = now
        self._chunks.append(Recorded(now - self._began, chunk.encode() if isinstance(chunk, str) else bytes(chunk)))

    def of(self, chunks: Iterable[Any]) -> Iterator[Any]:
        """The chunks, noted as they pass."""
        for chunk in chunks:
            self.note(chunk)
            yield chunk

    async def aof(self, chunks: AsyncIterable[Any]) -> AsyncIterator[Any]:
        """The async twin of ``of``."""
        async for chunk in chunks:
            self.note(chunk)
            yield chunk

    def cassette(self) -> Cassette:
        """What was noted so far, without its secrets.

        Raises:
            CassetteError: there is a secret in a body that is not text.
        """
        body = b"".join(chunk.data for chunk in self._chunks)
        clean = scrubbed(body, self._secrets)
        if clean != body and not _is_text(body):
            raise CassetteError(
                "there is a secret in a body of binary frames, whose checksums do not allow to change it"
            )
        chunks, pos = [], 0
        for chunk in self._chunks:
            chunks.append(Recorded(chunk.at, clean[pos : pos + len(chunk.data)]))
            pos += len(chunk.data)
        return Cassette(tuple(chunks), self.api, self._about)


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False


def scrubbed(body: bytes, secrets: Iterable[str | re.Pattern[bytes]] = ()) -> bytes:
    """The body with an x for each byte of a secret."""
    patterns = [re.compile(each) for each in _SECRETS]
    for secret in secrets:
        patterns.append(re.compile(re.escape(secret.encode())) if isinstance(secret, str) else secret)
    for name, value in os.environ.items():
        if name.upper().endswith(_TELLING) and len(value) >= _SHORTEST:
            patterns.append(re.compile(re.escape(value.encode())))

    def overwritten(match: re.Match[bytes]) -> bytes:
        start, end = match.span(1) if match.re.groups and match[1] is not None else match.span()
        whole = match[0]
        return whole[: start - match.start()] + b"x" * (end - start) + whole[end - match.start() :]

    for pattern in patterns:
        body = pattern.sub(overwritten, body)
    return body


def vcr_cassettes(path: str | os.PathLike[str]) -> list[Cassette]:
    """The interactions in a cassette of vcr, each a cassette of one chunk; ``about`` has the address and the status.

    Raises:
        CassetteError: the file is no cassette of vcr.
        ImportError: it is YAML, and PyYAML is not installed.
    """
    text = Path(path).read_text(encoding="utf-8")
    loaded: Any
    if text.lstrip().startswith("{"):
        try:
            loaded = json.loads(text)
        except ValueError as error:
            raise CassetteError(f"{path} is no cassette: {error}") from error
    else:
        try:
            import yaml
        except ImportError as error:
            raise ImportError("cassettes in YAML are read by PyYAML: pip install pyyaml", name="yaml") from error
        try:
            # Bodies that are not text are marked as binary, which the safe loader reads too.
            loaded = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise CassetteError(f"{path} is no cassette: {error}") from error
    interactions = loaded.get("interactions") if isinstance(loaded, dict) else None
    if not isinstance(interactions, list):
        raise CassetteError(f"{path} is no cassette: a list of interactions was expected")
    found = []
    for number, each in enumerate(interactions):
        try:
            response, request = each["response"], each.get("request", {})
            body = _vcr_body(response)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise CassetteError(f"{path}, interaction {number}: no response ({error!r})") from error
        status = response.get("status")
        about = {"uri": request.get("uri", ""), "status": status.get("code") if isinstance(status, dict) else status}
        found.append(Cassette((Recorded(0.0, scrubbed(body)),) if body else (), "", about))
    return found


def _vcr_body(response: Mapping[str, Any]) -> bytes:
    """The body as it was sent, unpacked."""
    body = response["body"]
    if isinstance(body, Mapping):
        body = body["base64_string"] if "base64_string" in body else body["string"]
        if "base64_string" in response["body"]:
            body = base64.b64decode(body)
    raw: bytes = body.encode() if isinstance(body, str) else bytes(body or b"")
    headers = {name.lower(): value for name, value in (response.get("headers") or {}).items()}
    packed = headers.get("content-encoding", "")
    packed = packed[0] if isinstance(packed, list) and packed else packed
    if packed == "gzip" and raw[:2] == b"\x1f\x8b":
        return gzip.decompress(raw)
    return zlib.decompress(raw) if packed == "deflate" and raw[:1] == b"\x78" else raw
