"""``partialjson doctor``: which installed libraries parse partial JSON again and again, and what that costs here.

For each library that can use this parser, the call that it makes at each chunk is measured twice: by itself at a few
lengths of the text, from which the cost of the whole stream is computed, and with this parser over the whole stream.
Only the reading is measured, not what the library does besides.

Before that, it says whether another distribution lies in the same folder: ``partialjson`` in the index is not this one.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import packages_distributions
from typing import Any, TextIO

from partialjson.cli.exits import Exit

__all__ = ["run"]

CHUNK = 4
SAMPLES = 16
BAR = 20


def run(size: int, output: TextIO) -> int:
    """Look, measure and tell; ``size`` is that of the stream, in KB."""
    from partialjson.integrations import libraries

    if told := _namesakes():
        print(told, file=output)
    found = [(library, version, known) for library, version, known in libraries() if version is not None]
    if not found:
        names = ", ".join(library.distribution for library, _, _ in libraries())
        print(f"None of the libraries that are known is installed: {names}.", file=output)
        return Exit.COMPLETE
    text = _document(size * 1000)
    print(f"A stream of {size} KB in chunks of {CHUNK} characters, seconds spent on reading it:\n", file=output)
    print(f"  {'library':26} {'version':10} {'now':>9} {'with partialjson':>17}", file=output)
    able: list[str] = []
    for library, version, known in found:
        line = f"  {library.distribution:26} {version:10}"
        if not known:
            print(f"{line}  not known; known are {library.at_least} and later, below {library.below}", file=output)
            continue
        try:
            before, after = _measured(library, text)
        except Exception as error:
            _show("")
            print(f"{line}  could not be measured: {type(error).__name__}: {error}", file=output)
            continue
        if after < before:
            able.append(library.name)
        print(f"{line} {before:9.2f} {after:17.2f}   {library.does}", file=output)
    if able:
        names = ", ".join(f'"{name}"' for name in able)
        print(
            f"\nThis changes it:\n\n  from partialjson.integrations import install\n\n  install({names})", file=output
        )
    else:
        print(f"\nNone of them would be faster with a stream of {size} KB; --size tries another.", file=output)
    return Exit.COMPLETE


def _namesakes() -> str | None:
    """What to do about others that are installed under the same import name; nothing if there are none."""
    others = " and ".join(sorted({*packages_distributions().get("partialjson", ())} - {"partialjson-live"}))
    if not others:
        return None
    return (
        f"{others} is installed under the same import name, partialjson, and whichever was installed last has replaced "
        f"files of the other. To use partialjson-live:\n\n"
        f"  pip uninstall {others.replace(' and ', ' ')}\n"
        f"  pip install --force-reinstall --no-deps partialjson-live\n"
    )


def _measured(library: Any, text: str) -> tuple[float, float]:
    """Seconds for a whole stream, by the library itself and with this parser."""
    from partialjson.compat import forget
    from partialjson.integrations import install

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        name = library.distribution
        _show(f"{name}: importing it")
        call = library.again()
        ends = range(CHUNK, len(text) + CHUNK, CHUNK)
        # The first calls make what is kept.
        for end in range(CHUNK, 200, CHUNK):
            _seconds(call, text[:end])
        sampled = [ends[(2 * i + 1) * len(ends) // (2 * SAMPLES)] for i in range(SAMPLES)]
        spent = 0.0
        for end in _told(sampled, f"{name}, by itself"):
            spent += _seconds(call, text[:end])
        before = spent / len(sampled) * len(ends)
        forget()
        with install(library.name):
            call = library.again()
            after = 0.0
            for end in _told(ends, f"{name}, with partialjson"):
                after += _seconds(call, text[:end])
        forget()
    _show("")
    return before, after


def _seconds(call: Callable[[str], object], text: str) -> float:
    # Of this process, so that what else runs on the machine does not count.
    start = time.process_time()
    with suppress(ValueError):
        # It is raised where nothing can be shown yet.
        call(text)
    return time.process_time() - start


def _told(ends: Any, what: str) -> Iterator[int]:
    """These, with a bar on the terminal that shows how many are done."""
    last = -1
    for number, end in enumerate(ends):
        done = number * BAR // len(ends)
        if done != last:
            _show(f"{what} [{'#' * done}{' ' * (BAR - done)}]")
            last = done
        yield end


def _show(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _document(size: int) -> str:
    """JSON of about this size, of the form of the libraries' ``Sample``."""
    items: list[dict[str, Any]] = []
    made = {"title": "A report", "items": items}
    length = len(json.dumps(made))
    while length < size:
        number = len(items)
        item = {"heading": f"Part {number}", "body": f"What was said of part {number}. " * 8, "score": number * 1.25}
        items.append(item)
        length += len(json.dumps(item)) + 2
    return json.dumps(made)
