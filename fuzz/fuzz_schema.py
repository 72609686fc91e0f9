"""Fuzzing of JSON Schema targets against jsonschema.

One case is a random schema, which may be recursive, and a random document that it might describe
(`support.json_schemas`). The document is read whole, in random pieces and in single characters, and each time:

- the verdict is that of jsonschema, and so are path, validator and message of every error;
- what is reported does not depend on the pieces, and each value has closed with one of Completed and Invalid;
- a document that is valid has no Violation: no prefix of it was taken for hopeless. Not with ``--repeats``,
  where keys come again: a violation does not count on that.

    python fuzz/fuzz_schema.py --pairs 300000
    python fuzz/fuzz_schema.py --pairs 20000 --draft 7 --seed another
    python fuzz/fuzz_schema.py --pairs 20000 --repeats

A finding is printed with its seed, and repeated by `--only SEED`. The maker of schemas leaves out what jsonschema gets
wrong; docs/schema.md lists it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import partialjson
from partialjson import Complete, Completed, Failed, Invalid, ParseError, Parser, Replaced, Schema, Violation
from partialjson.schema.dialects import DIALECTS
from partialjson.testing.broken import demand
from partialjson.testing.chunking import event_key
from partialjson.testing.makers.schemas import told
from support.accidents import pieces
from support.json_schemas import document_text, make_pair, repeating_text

DRAFTS = ("2020-12", "7", "2019-09")
# Making a schema costs more than reading a document.
DOCUMENTS = 4


def read(schema: Schema, chunks: list[str], raises: bool) -> tuple[list[Any], Any]:
    """All events, and the outcome; or the error that stopped it."""
    parser: Parser[Any] = Parser(schema, on_invalid="raise" if raises else "collect")
    events: list[Any] = []
    try:
        for chunk in chunks:
            events += parser.feed(chunk)
    except ParseError as error:
        return [*events, *error.events], error
    outcome = parser.end()
    return [*events, *outcome.events], outcome


def check(schema: Schema, document: Any, asked: Any, source: random.Random, repeats: bool = False) -> bool:
    """Raise where the parser and jsonschema differ, or the parser from itself. Is the document valid?

    With ``repeats``, keys come again in it.
    """
    text = repeating_text(document, source) if repeats else document_text(document, source)
    document = json.loads(text)
    errors = list(asked.iter_errors(document))
    ways = [[text], pieces(text, source), list(text)]
    seen: list[tuple[Any, ...]] | None = None
    for way in ways:
        events, outcome = read(schema, way, False)
        keys = [(*event_key(event), getattr(event, "keyword", "")) for event in events]
        if seen is None:
            seen = keys
            check_outcome(outcome, document, errors)
            if not repeats:
                check_events(events, document, bool(errors))
        demand(keys == seen, "what is reported depends on the pieces", way, seen, keys)
    check_stop(schema, ways, seen or [])
    return not errors


def check_outcome(outcome: Any, document: Any, errors: list[Any]) -> None:
    if not errors:
        demand(isinstance(outcome, Complete), "jsonschema says it is valid", outcome)
        demand(repr(outcome.value) == repr(document), "another value", outcome.value, document)
        return
    demand(isinstance(outcome, Failed), "jsonschema says it is invalid", errors, outcome)
    # Members that ``additionalProperties`` is about come in the order of a set.
    ours, theirs = (sorted(map(repr, map(told, each))) for each in (outcome.errors, errors))
    demand(ours == theirs, "other errors", ours, theirs)


def check_events(events: list[Any], document: Any, is_invalid: bool) -> None:
    early = [event for event in events if isinstance(event, Violation)]
    demand(is_invalid or not early, "a prefix of a valid document is taken for hopeless", early)
    closed = [event.path for event in events if isinstance(event, Completed | Invalid)]
    demand(sorted(map(repr, closed)) == sorted(map(repr, paths_of(document))), "not each value once", closed)
    demand(not any(isinstance(event, Replaced) for event in events), "nothing came twice", events)
    root = [event for event in events if isinstance(event, Completed | Invalid) and event.path == ()]
    demand(isinstance(root[0], Invalid) == is_invalid, "the root's event is another verdict", root)


def check_stop(schema: Schema, ways: list[list[str]], seen: list[tuple[Any, ...]]) -> None:
    """Stopping at the first sign of an invalid value is at the same place, whatever the pieces."""
    stopped = [read(schema, way, True)[1] for way in ways]
    kinds = {type(each) for each in stopped}
    demand(len(kinds) == 1, "only some of the ways stopped", stopped)
    if isinstance(stopped[0], ParseError):
        places = {(each.pos, each.msg, each.path) for each in stopped}
        demand(len(places) == 1, "the stop depends on the pieces", places)
        demand(any(key[0] in ("Violation", "Invalid") for key in seen), "a stop without a reason", stopped)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from paths_of(each, (*path, key))


def run(draft: str, seed: str, repeats: bool = False) -> int:
    """One schema and its documents; returns how many of those are valid."""
    source = random.Random(seed)
    schema, maker = make_pair(source, draft)
    asked = DIALECTS[draft].validator(schema.schema)
    valid = 0
    for _ in range(DOCUMENTS):
        document = maker.document()
        try:
            valid += check(schema, document, asked, source, repeats)
        except BaseException:
            again = " --repeats" if repeats else ""
            print(f"found by: --draft {draft} --only {seed!r}{again}", file=sys.stderr)
            print(f"schema: {json.dumps(maker.root)}\ndocument: {json.dumps(document)}", file=sys.stderr)
            raise
    return valid


def smoke(pairs: int, draft: str, seed: str = "0", repeats: bool = False) -> tuple[int, int]:
    """So many pairs; the same ones every time. Returns how many were checked and how many were valid."""
    valid = 0
    schemas = -(-pairs // DOCUMENTS)
    for number in range(schemas):
        valid += run(draft, f"{seed}/{number}", repeats)
    return schemas * DOCUMENTS, valid


def main() -> None:
    options = argparse.ArgumentParser(description="Fuzz JSON Schema targets against jsonschema.")
    options.add_argument("--pairs", type=int, default=3000, help="how many pairs of a schema and a document")
    options.add_argument("--draft", choices=DRAFTS, help="one draft; by default each in turn")
    options.add_argument("--seed", default="0", help="another run")
    options.add_argument("--repeats", action="store_true", help="let keys come again")
    options.add_argument("--only", metavar="SEED", help="the case of a finding")
    given = options.parse_args()
    build = "compiled" if partialjson.compiled else "interpreted"
    for draft in [given.draft] if given.draft else DRAFTS:
        start = time.perf_counter()
        if given.only is not None:
            run(draft, given.only, given.repeats)
            continue
        checked, valid = smoke(given.pairs // (1 if given.draft else len(DRAFTS)), draft, given.seed, given.repeats)
        seconds = time.perf_counter() - start
        print(f"draft {draft}: {checked} pairs, {valid} valid, {build} core, no findings, {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
