"""Fuzzing of lenient parsing.

One input is one text: a file of bytes, mostly a document with damage. Everything else a run needs (where to cut, which
kinds of repairs are wanted, where to save and restore) is drawn from a generator seeded by those bytes, so that a
finding is repeated by its file alone.

Each text is asked for the laws, by the functions the tests call (`tests/support/laws.py`), without a target and with
one. Chunks do not show, nothing is taken back, each value closes once, repairs are told, and no text breaks the parser.
Checkpoints on the way are forged, and either refused or good for a parser that works.

With atheris: `python fuzz/fuzz_lenient.py FOLDER [libFuzzer options]`. Without it: `fuzz_lenient.py --smoke`
replays the seeds and a bounded number of mutations of them, always the same. PARTIALJSON_INTERPRETED=1 fuzzes the
sources, which also guides atheris best.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import pkgutil
import random
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from pydantic import BaseModel

import partialjson
from partialjson import Lenient, RepairKind, _core
from partialjson.lenient import locate
from support.accidents import BOM, mutated, pieces
from support.forgery import check_forged, forged
from support.laws import Maker, feed, law_1, law_2, law_3, law_4, law_8, law_9, law_10, law_11, law_12

SEEDS = Path(__file__).parent / "seeds"

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
    some = Maker(lenient=Lenient().without(*source.sample(list(RepairKind), source.randint(1, len(RepairKind)))))
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


# The drivers.


def seeds() -> list[bytes]:
    return [*BROKEN, *[path.read_bytes() for path in sorted(SEEDS.iterdir())]]


def smoke(count: int, seed: int) -> int:
    """Replay the seeds and `count` mutations; the same ones every time. Gives how many texts were checked."""
    first = seeds()
    source = random.Random(seed)
    corpus = list(first)
    for data in first:
        check(data)
    for _ in range(count):
        data = mutated(source.choice(corpus), first, source)
        try:
            check(data)
        except BaseException:
            print(f"found by: {data!r}", file=sys.stderr)
            raise
        # Mutations of mutations, from a pool that does not grow for ever.
        if source.randrange(4) == 0:
            if len(corpus) < 500:
                corpus.append(data)
            else:
                corpus[source.randrange(len(first), 500)] = data
    return len(first) + count


def instrument(atheris: Any) -> None:
    """Let atheris see the branches of the sources; there are none to see in compiled code."""
    modules = [locate]
    for found in () if partialjson.compiled else pkgutil.iter_modules(_core.__path__):
        modules.append(importlib.import_module(f"partialjson._core.{found.name}"))
    for module in modules:
        for thing in vars(module).values():
            functions: list[Any] = []
            if inspect.isclass(thing) and thing.__module__ == module.__name__:
                functions += [getattr(member, "fget", member) for member in vars(thing).values()]
            elif inspect.isfunction(thing) and thing.__module__ == module.__name__:
                functions.append(thing)
            for function in functions:
                if inspect.isfunction(function):
                    atheris.instrument_func(function)


def fuzz(arguments: list[str]) -> None:
    atheris = importlib.import_module("atheris")
    instrument(atheris)
    if all(argument.startswith("-") for argument in arguments):
        arguments = [*arguments, tempfile.mkdtemp(prefix="partialjson-fuzz-")]
    folder = Path(tempfile.mkdtemp(prefix="partialjson-seeds-"))
    for number, data in enumerate(seeds()):
        (folder / str(number)).write_bytes(data)
    print(f"core: {'compiled' if partialjson.compiled else 'interpreted'}", file=sys.stderr)
    atheris.Setup([sys.argv[0], *arguments, str(folder)], check)
    atheris.Fuzz()


def main() -> None:
    options = argparse.ArgumentParser(description="Fuzz lenient parsing. Other arguments go to libFuzzer.")
    options.add_argument("--smoke", action="store_true", help="replay and mutate the seeds, without atheris")
    options.add_argument("--count", type=int, default=1000, help="mutations in a smoke run")
    options.add_argument("--seed", type=int, default=0, help="another run of mutations")
    known, rest = options.parse_known_args()
    if not known.smoke:
        fuzz(rest)
        return
    start = time.perf_counter()
    checked = smoke(known.count, known.seed)
    build = "compiled" if partialjson.compiled else "interpreted"
    print(f"{checked} documents, {build} core, no findings, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
