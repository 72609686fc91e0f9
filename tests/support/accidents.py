"""Random accidents of documents and bodies, for the fuzzers."""

from __future__ import annotations

import random
from typing import Any

BOM = b"\xef\xbb\xbf"
NOISE = (
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"\\",
    b"0",
    b"-",
    b".",
    b"e5",
    b"null",
    b"\\ud83d",
    b"\\u00",
    b" \n",
)
NOISE_RAW = (b"\x00", b"\x80", b"\xc3", b"\xf0\x9f\x98", b"\xed\xa0\x80", BOM, b"x" * 40)


def mutated(data: bytes, others: list[bytes], source: random.Random) -> bytes:
    """The document after a few random accidents."""
    body = bytearray(data)
    for _ in range(source.randint(1, 4)):
        place = source.randint(0, len(body))
        span = source.randint(1, 8)
        accident = source.randrange(7)
        if accident == 0:
            del body[place : place + span]
        elif accident == 1:
            body[place:place] = source.choice(NOISE)
        elif accident == 2:
            body[place:place] = body[place : place + span]
        elif accident == 3:
            body[place : place + 1] = bytes([source.randrange(256)])
        elif accident == 4:
            other = source.choice(others)
            start = source.randint(0, len(other))
            body[place:place] = other[start : start + source.randint(1, 40)]
        elif accident == 5:
            body[place : place + span] = source.choice(NOISE_RAW)
        else:
            del body[place:]
    return bytes(body[:4000])


def pieces(data: Any, source: random.Random) -> list[Any]:
    chunks = []
    position = 0
    while position < len(data):
        size = source.choice((1, 1, 2, 3, 5, 9, 40, 70, len(data)))
        chunks.append(data[position : position + size])
        position += size
    return chunks
