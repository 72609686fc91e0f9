"""Fuzzing of the core against `json.loads`.

One input is one document: a file of bytes, mostly JSON. Everything else a run needs (where to cut, when to look, where
to save and restore) is drawn from a generator seeded by those bytes, so that a finding is repeated by its file alone.

Each document is asked for the laws, by the functions the tests call (`partialjson.testing.laws`), as text and as bytes
and in random pieces. And what stands before the position of an error is a beginning of JSON. Checkpoints on the way
are forged, and either refused or good for a parser that works.

With atheris: `python fuzz/fuzz_core.py FOLDER [libFuzzer options]`. Without it: `python fuzz/fuzz_core.py --smoke`
replays the seeds and a bounded number of mutations of them, always the same. PARTIALJSON_INTERPRETED=1 fuzzes the
sources, which also guides atheris best; the compiled core is guided by the oracle's pure-Python twin.
"""

from __future__ import annotations

import contextlib
import json
import json.decoder
import json.scanner
import random
import zlib
from functools import partial
from typing import Any

import running
from partialjson.testing.broken import demand
from partialjson.testing.chunking import observe
from partialjson.testing.laws import feed, law_1, law_2, law_3, law_4, law_5, law_8, law_9, law_10, law_11
from partialjson.testing.makers import Maker
from support.accidents import BOM, pieces
from support.forgery import check_forged, forged

PLAIN = Maker()


# The guide.


# What type checkers do not know of these modules: the readers in Python.
DECODING: Any = json.decoder
SCANNING: Any = json.scanner


def guiding_decoder() -> Any:
    """json's decoder in its pure-Python spelling, whose branches a coverage-guided fuzzer can see."""
    decoder: Any = json.JSONDecoder()
    decoder.parse_string = DECODING.py_scanstring
    decoder.scan_once = SCANNING.py_make_scanner(decoder)
    return decoder


GUIDE = guiding_decoder()


def guide(text: str) -> None:
    """Read the text with the decoder that the fuzzer sees; what it says does not count."""
    with contextlib.suppress(ValueError, RecursionError):
        GUIDE.decode(text)


def check(data: bytes) -> None:
    """Raise where a law does not hold for this document."""
    source = random.Random(zlib.crc32(data))
    try:
        text = data.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        text = None
    documents: list[Any] = [data] if text is None else [data, text]
    if text is not None:
        guide(text)
        law_1(text, PLAIN, pieces(data, source))
    for document in documents:
        ways = [pieces(document, source) for _ in range(2)]
        law_1(document, PLAIN, ways[0])
        law_3(document, PLAIN, ways[0])
        law_4(document, PLAIN, ways[1], source)
        law_5(document, PLAIN, ways[0])
        law_8(document, PLAIN, ways[1])
        law_9(document, PLAIN, ways[1], source)
        law_10(document, PLAIN, ways[0], source.randint(0, len(ways[0])), since=source.random() < 0.5)
        law_11(document, PLAIN, ways[1])
        if len(document) <= 200:
            law_2(document, PLAIN)
            check_checkpoints(document, source)
    if text is not None:
        error = observe([text]).error
        if error is not None:
            _, early = feed(PLAIN(), text[: error.pos])
            demand(early is None, "what stands before the error is an error", early, error)


def check_checkpoints(document: Any, source: random.Random) -> None:
    """A checkpoint somewhere in the document, forged."""
    parser = PLAIN()
    if source.randrange(2):
        parser.deltas()
    feed(parser, document[: source.randint(0, len(document))])
    try:
        state = json.loads(json.dumps(parser.checkpoint()))
    except RuntimeError:
        return  # it has failed
    check_forged(forged(state, source), None)


# The command line.


if __name__ == "__main__":
    guides = [DECODING.py_scanstring, DECODING.JSONObject, DECODING.JSONArray, GUIDE.scan_once]
    running.run(
        "Fuzz the core.",
        "documents",
        check,
        running.shared_seeds,
        partial(running.smoke, check, running.shared_seeds()),
        count=3000,
        modules=running.core_modules(),
        functions=guides,
    )
