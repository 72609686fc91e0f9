"""Fuzzing of the core against `json.loads`.

One input is one document: a file of bytes, mostly JSON. Everything else a run needs (where to cut, when to look, where
to save and restore) is drawn from a generator seeded by those bytes, so that a finding is repeated by its file alone.

For each document:

- acceptance and value are those of `json.loads`, but for the differences that `docs/decisions.md` lists;
- nothing but ParseError is raised, and what stands before the error's position is a beginning of JSON;
- events, views, errors and the end are the same for the whole text, for bytes and for random pieces;
- each snapshot extends the one before, holds still, and is what the deltas make of the one before;
- a checkpoint at a random place, after a journey through JSON, changes nothing.

With atheris: `python fuzz/fuzz_core.py FOLDER [libFuzzer options]`. Without it: `python fuzz/fuzz_core.py --smoke`
replays the seeds and a bounded number of mutations of them, always the same. PARTIALJSON_INTERPRETED=1 fuzzes the
sources, which also guides atheris best; the compiled core is guided by the oracle's pure-Python twin.
"""

from __future__ import annotations

import argparse
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

import partialjson
from partialjson import MISSING, Complete, ParseError, Parser, Replaced, _core
from partialjson.patch import apply_deltas

SEEDS = Path(__file__).parent / "seeds"
BOM = b"\xef\xbb\xbf"


class Finding(AssertionError):
    """A document for which the core does not keep its word."""


def demand(holds: bool, what: str, *details: Any) -> None:
    if not holds:
        raise Finding("\n  ".join([what, *[repr(detail) for detail in details]]))


# The oracle.


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def guiding_decoder() -> json.JSONDecoder:
    """json's decoder in its pure-Python spelling, whose branches a coverage-guided fuzzer can see."""
    decoder: Any = json.JSONDecoder(parse_constant=_refuse)
    decoder.parse_string = json.decoder.py_scanstring  # type: ignore[attr-defined]
    decoder.scan_once = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
    result: json.JSONDecoder = decoder
    return result


GUIDE = guiding_decoder()


def one_shot(text: str) -> tuple[str, str]:
    """What `json.loads` says: ("value", its repr), ("refused", "") or, too deep for it, ("deep", "")."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        GUIDE.decode(text)
        return "value", repr(value)
    except RecursionError:
        return "deep", ""
    except ValueError:
        return "refused", ""


# What is observed.


def event_of(event: Any) -> tuple[Any, ...]:
    return type(event).__name__, event.path, repr(event.value)


def error_of(error: BaseException | None) -> Any:
    if isinstance(error, ParseError):
        return type(error).__name__, error.msg, error.pos, error.lineno, error.colno, error.path
    return error


def finish(parser: Parser[Any], events: list[Any], error: ParseError | None) -> tuple[Any, ...]:
    """All that can be seen of a parser that was fed a whole document."""
    seen = [parser.path, parser.pos, parser.done, repr(parser.json)]
    outcome = parser.end()
    if error is None:
        events += [event_of(event) for event in outcome.events]
    else:
        demand(getattr(outcome, "error", None) is error, "the end tells another error", error, outcome)
    if isinstance(outcome, Complete):
        seen += ["complete", repr(outcome.value)]
    else:
        seen += [type(outcome).__name__, error_of(outcome.error), getattr(outcome, "complete", None)]
    return (events, error_of(error), *seen)


def feed(parser: Parser[Any], chunk: Any, events: list[Any]) -> ParseError | None:
    try:
        new = parser.feed(chunk)
    except ParseError as error:
        events += [event_of(event) for event in error.events]
        try:
            parser.feed(chunk)
        except ParseError as again:
            demand(again is error, "a failed parser raises another error", error, again)
        return error
    events += [event_of(event) for event in new]
    return None


def plainly(chunks: list[Any]) -> tuple[Any, ...]:
    parser: Parser[Any] = Parser()
    events: list[Any] = []
    error = None
    for chunk in chunks:
        error = feed(parser, chunk, events)
        if error is not None:
            break
    return finish(parser, events, error)


def grows(before: Any, after: Any, replaced: set[Any]) -> bool:
    """Does `after` extend `before`, but for the paths in `replaced`?"""
    todo: list[tuple[tuple[Any, ...], Any, Any]] = [((), before, after)]
    while todo:
        path, old, new = todo.pop()
        if path in replaced or old is MISSING or old is new:
            continue
        if type(old) is not type(new):
            return False
        if isinstance(old, dict):
            if list(new)[: len(old)] != list(old):
                return False
            todo += [((*path, key), old[key], new[key]) for key in old]
        elif isinstance(old, list):
            if len(new) < len(old):
                return False
            todo += [((*path, index), value, new[index]) for index, value in enumerate(old)]
        elif not (new.startswith(old) if isinstance(old, str) else repr(old) == repr(new)):
            return False
    return True


def closely(chunks: list[Any], source: random.Random) -> tuple[Any, ...]:
    """Feed in pieces, and watch every step: growth, deltas, held snapshots, a journey through JSON."""
    parser: Parser[Any] = Parser()
    events: list[Any] = []
    error = None
    held: list[tuple[Any, str]] = []
    folded: Any = MISSING
    parser.deltas()
    for chunk in chunks:
        if source.randrange(8) == 0:
            parser = Parser.restore(json.loads(json.dumps(parser.checkpoint())))
        try:
            new = parser.feed(chunk)
        except ParseError as raised:
            error = raised
            new = raised.events
        events += [event_of(event) for event in new]
        held += [(event.value, repr(event.value)) for event in new]
        way = source.randrange(4)
        if way > 1:
            after = parser.json
            folded = apply_deltas(folded, parser.deltas())
            demand(repr(folded) == repr(after), "the deltas do not fold", folded, after)
            if way == 3:
                demand(parser.json is after, "two snapshots of one state differ")
                held.append((after, repr(after)))
        if error is not None:
            break
    seen = finish(parser, events, error)
    for value, was in held:
        demand(repr(value) == was, "a snapshot changed", was, value)
    return seen


def step_by_step(text: str) -> None:
    """Law 2 at every character of a short text."""
    parser: Parser[Any] = Parser()
    before: Any = MISSING
    for char in text:
        try:
            new = parser.feed(char)
        except ParseError:
            return
        replaced = {event.path for event in new if isinstance(event, Replaced)}
        after = parser.json
        demand(grows(before, after, replaced), "the document does not grow", before, after, replaced)
        before = after


def pieces(data: Any, source: random.Random) -> list[Any]:
    chunks = []
    position = 0
    while position < len(data):
        size = source.choice((1, 1, 2, 3, 5, 9, 40, 70, len(data)))
        chunks.append(data[position : position + size])
        position += size
    return chunks


def check(data: bytes) -> None:
    """Raise a Finding where the core breaks a promise for this document."""
    source = random.Random(zlib.crc32(data))
    whole = plainly([data])
    error, ending = whole[1], whole[6]
    try:
        text = data.removeprefix(BOM).decode()
    except UnicodeDecodeError as bad:
        demand(ending != "complete", "bytes that are not UTF-8 were accepted", bad)
        demand(plainly(pieces(data, source)) == whole, "chunking shows", data)
        demand(closely(pieces(data, source), source) == whole, "chunking shows under the eyes of a reader", data)
        return
    kind, value = one_shot(text)
    limited = error is not None and "limit" in error[1]
    if not limited:
        demand((ending == "complete") == (kind == "value"), f"json.loads: {kind}, here: {ending}", data, error)
        if kind == "value":
            demand(whole[7] == value, "another value than json.loads", whole[7], value)
    for name, way in (
        ("as text", [text]),
        ("as text in pieces", pieces(text, source)),
        ("in pieces", pieces(data, source)),
    ):
        demand(plainly(way) == whole, f"chunking shows, {name}", way, whole, plainly(way))
    for way in (pieces(text, source), pieces(data, source)):
        seen = closely(way, source)
        demand(seen == whole, "chunking shows under the eyes of a reader", way, whole, seen)
    if error is not None:
        try:
            Parser().feed(text[: error[2]])
        except ParseError as early:
            raise Finding(f"what stands before the error is an error: {early}, {error}") from None
    if len(text) <= 200:
        step_by_step(text)


# The drivers.

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
