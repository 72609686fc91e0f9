"""JSON Lines of any length in the memory of one line, with the lines that do not fit left out and told.

    python examples/ndjson.py [LINES]

``documents`` gives each record as soon as its line ends. Memory does not grow with the stream: the program measures it.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator

from pydantic import BaseModel

from partialjson import Complete, DocumentSequence


class Reading(BaseModel):
    sensor: str
    celsius: float


def chunks(lines: int) -> Iterator[bytes]:
    """Readings as a network gives them: 1024 bytes at a time, wherever that cuts a line. Each thousandth is broken."""
    buffer = bytearray()
    for number in range(lines):
        value = '"n/a"' if number % 1000 == 999 else f"{20 + number % 70 / 10:.1f}"
        buffer += f'{{"sensor": "s-{number % 8}", "celsius": {value}}}\n'.encode()
        while len(buffer) >= 1024:
            yield bytes(buffer[:1024])
            del buffer[:1024]
    yield bytes(buffer)


def main(lines: int = 20_000) -> None:
    sequence = DocumentSequence(Reading, format="ndjson", on_error="skip")
    sequence.feed(b'{"sensor": "s-0", "celsius": 20.0}\n')  # what is made once for the type is not counted
    count, total, skipped, size = 0, 0.0, 0, 0
    tracemalloc.start()
    for chunk in chunks(lines):
        size += len(chunk)
        for progress in sequence.feed(chunk):
            match progress.outcome:
                case None:
                    pass  # its line has not ended
                case Complete(value=reading):
                    count += 1
                    total += reading.celsius
                case bad:
                    skipped += 1
                    if skipped == 1:
                        print(f"line {progress.line}: {str(bad.error).splitlines()[2].strip()}")
    sequence.end()
    _, peak = tracemalloc.get_traced_memory()
    print(f"{count} readings, {total / count:.2f} °C on average; {skipped} lines left out")
    print(f"{size / 1e6:.1f} MB came, at most {peak / 1e6:.3f} MB were held at once")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
