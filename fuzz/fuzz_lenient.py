"""Fuzzing of lenient parsing.

One input is one text: a file of bytes, mostly a document with damage. Everything else a run needs (where to cut, which
kinds of repairs are wanted, where to save and restore) is drawn from a generator seeded by those bytes, so that a
finding is repeated by its file alone.

Each text is asked for the laws, by the functions the tests call (`partialjson.testing.laws`), without a target and with
one. Chunks do not show, nothing is taken back, each value closes once, repairs are told, and no text breaks the parser.
Checkpoints on the way are forged, and either refused or good for a parser that works.

With atheris: `python fuzz/fuzz_lenient.py FOLDER [libFuzzer options]`. Without it: `fuzz_lenient.py --smoke`
replays the seeds and a bounded number of mutations of them, always the same. PARTIALJSON_INTERPRETED=1 fuzzes the
sources, which also guides atheris best.
"""

from __future__ import annotations

import json
import random
import zlib
from functools import partial
from typing import Any

from pydantic import BaseModel

import running
from partialjson import Lenient, RepairKind
from partialjson.coercions import COERCE
from partialjson.lenient import candidates, last, locate
from partialjson.testing.laws import feed, law_1, law_2, law_3, law_4, law_8, law_9, law_10, law_11, law_12
from partialjson.testing.makers import Maker
from support.accidents import BOM, pieces
from support.forgery import check_forged, forged

# What models write, beside the seeds that all fuzzers share.
BROKEN = [
    b"Sure! Here it is:\n```json\n{'name': 'Ada', \"tags\": [\"a\" 'b',], // more\n \"n\": None}\n```\nEnjoy!",
    b'{"a": "say "hi" twice", b: New York, "c": [1, 2}, "d": .5}',
    b'{""a"": ""b"", "c": "x" + "y", "d": (1, 2), e: f("g")}',
    b'[{"a": 1, {"b": 2}, [3], stray "c": 4, ...]',
    b'{\\"a\\": \\"b \\\\\\"c\\\\\\" \\", \\"d\\": [1]}',
    "{\u201ca\u201d: \u2018it\u2019s\u2019, `b\xb4: True}\xa0".encode(),
    b'["a,"b", "c d]',
    b"<think>{so}</think>{'a': 1e5, 'b': 0x1F, 'c': 007, 'd': 1,234}",
    b'{"a": "line\none", "b": "\\x41\\q\\u12"',
    b'{"a": [1], "b": , "a": tru',
    b'[\\u0041"] "\x80',
    b"```\n(1, ['it's', {'b': .5}] \n``` so\xc3",
]


class Item(BaseModel):
    a: str = ""
    b: float = 0
    c: Any = None


class Doc(BaseModel):
    a: list[Item] | str = ""
    b: str = ""
    tags: list[str] = []


PLAIN = Maker(lenient=True)
TYPED = Maker(Doc, lenient=True)


def check(data: bytes) -> None:
    """Raise where a law does not hold for this text."""
    source = random.Random(zlib.crc32(data))
    try:
        text: Any = data.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        text = None
    unwanted = source.sample(list(RepairKind), source.randint(1, len(RepairKind)))
    coerce = source.choice(COERCE)
    some = Maker(source.choice((None, Doc)), lenient=Lenient(coerce=coerce).without(*unwanted))
    for document in [data] if text is None else [data, text]:
        for make in (PLAIN, TYPED, some):
            law_1(document, make, pieces(document, source))
            law_11(document, make, pieces(document, source))
        ways = [pieces(document, source) for _ in range(2)]
        law_4(document, PLAIN, ways[1], source)
        law_8(document, PLAIN, ways[1])
        law_9(document, PLAIN, ways[1], source)
        law_10(document, PLAIN, ways[0], source.randint(0, len(ways[0])), since=source.random() < 0.5)
        law_10(document, TYPED, ways[0], source.randint(0, len(ways[0])))
        law_12(document, PLAIN, ways[0])
        if len(document) <= 200:
            law_2(document, PLAIN)
            law_3(document, PLAIN, ways[0])
            check_checkpoints(document, source)


def check_checkpoints(document: Any, source: random.Random) -> None:
    """A checkpoint somewhere in the text, forged."""
    parser = PLAIN()
    feed(parser, document[: source.randint(0, len(document))])
    try:
        state = json.loads(json.dumps(parser.checkpoint()))
    except RuntimeError:
        return  # it has failed
    check_forged(forged(state, source), None)


# The command line.


def seeds() -> list[bytes]:
    return [*BROKEN, *running.shared_seeds()]


if __name__ == "__main__":
    running.run(
        "Fuzz lenient parsing.",
        "documents",
        check,
        seeds,
        partial(running.smoke, check, seeds()),
        count=1000,
        modules=[locate, candidates, last, *running.core_modules()],
    )
