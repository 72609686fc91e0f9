"""Fuzzing of the core against `json.loads`.

One input is one document: a file of bytes, mostly JSON. Everything else a run needs (where to cut, when to look, where
to save and restore) is drawn from a generator seeded by those bytes, so that a finding is repeated by its file alone.

Each document is asked for the laws, by the functions the tests call (`tests/support/laws.py`), as text and as bytes and
in random pieces. And what stands before the position of an error is a beginning of JSON. Checkpoints on the way are
forged, and either refused or good for a parser that works.

With atheris: `python fuzz/fuzz_core.py FOLDER [libFuzzer options]`. Without it: `python fuzz/fuzz_core.py --smoke`
replays the seeds and a bounded number of mutations of them, always the same. PARTIALJSON_INTERPRETED=1 fuzzes the
sources, which also guides atheris best; the compiled core is guided by the oracle's pure-Python twin.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import json
import json.decoder
import json.scanner
import pkgutil
import random
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import partialjson
from partialjson import _core
from support.accidents import BOM, mutated, pieces
from support.chunking import observe
from support.forgery import check_forged, forged
from support.laws import (
    Maker,
    demand,
    feed,
    law_1,
    law_2,
    law_3,
    law_4,
    law_5,
    law_8,
    law_9,
    law_10,
    law_11,
)

SEEDS = Path(__file__).parent / "seeds"
PLAIN = Maker()


# The guide.


def guiding_decoder() -> json.JSONDecoder:
    """json's decoder in its pure-Python spelling, whose branches a coverage-guided fuzzer can see."""
    decoder: Any = json.JSONDecoder()
    decoder.parse_string = json.decoder.py_scanstring  # type: ignore[attr-defined]
    decoder.scan_once = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
    result: json.JSONDecoder = decoder
    return result


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


# The drivers.


def smoke(count: int, seed: int) -> int:
    """Replay the seeds and `count` mutations; the same ones every time. Gives how many documents were checked."""
    seeds = [path.read_bytes() for path in sorted(SEEDS.iterdir())]
    source = random.Random(seed)
    corpus = list(seeds)
    for data in seeds:
        check(data)
    for _ in range(count):
        data = mutated(source.choice(corpus), seeds, source)
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
                corpus[source.randrange(len(seeds), 500)] = data
    return len(seeds) + count


def instrument(atheris: Any) -> None:
    """Let atheris see the branches of the sources; there are none to see in compiled code."""
    functions: list[Any] = [json.decoder.py_scanstring, json.decoder.JSONObject, json.decoder.JSONArray]  # type: ignore[attr-defined]
    functions.append(GUIDE.scan_once)  # type: ignore[attr-defined]
    for found in () if partialjson.compiled else pkgutil.iter_modules(_core.__path__):
        module = importlib.import_module(f"partialjson._core.{found.name}")
        for thing in vars(module).values():
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
    print(f"core: {'compiled' if partialjson.compiled else 'interpreted'}", file=sys.stderr)
    atheris.Setup([sys.argv[0], *arguments, str(SEEDS)], check)
    atheris.Fuzz()


def main() -> None:
    options = argparse.ArgumentParser(description="Fuzz the core. Other arguments go to libFuzzer.")
    options.add_argument("--smoke", action="store_true", help="replay and mutate the seeds, without atheris")
    options.add_argument("--count", type=int, default=3000, help="mutations in a smoke run")
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
