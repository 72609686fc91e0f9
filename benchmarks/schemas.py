"""What judging by a JSON Schema costs, beside jsonschema over the finished document.

    python benchmarks/schemas.py
    python benchmarks/schemas.py --smoke

Each workload is a schema with a valid and an invalid document. Measured is what a schema adds: the time of a parser
with it, less that of a parser without, relative to one run of jsonschema (``iter_errors``) over the parsed document. An
invalid document is judged and then given to jsonschema for its errors, as ``Parser.end`` does. jsonschema-rs is shown
where it is installed. All take turns in one process, and the least of the rounds counts.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import partialjson
from partialjson import Complete, Parser, Schema
from partialjson.schema.dialects import DIALECTS

VALID, INVALID = 0.7, 2.0
"""At most so many times one run of jsonschema, over a document that comes whole."""


@dataclass(frozen=True)
class Work:
    """A schema and two documents for it."""

    name: str
    schema: Any
    valid: Any
    invalid: Any


def workloads(size: int) -> list[Work]:
    """Schemas as tools and extractions have them; ``size`` is about the number of objects in a document."""
    row = {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "minimum": 0},
            "name": {"type": "string", "maxLength": 40},
            "email": {"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"},
            "state": {"enum": ["open", "shipped", "lost"]},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
            "price": {"type": ["number", "null"]},
        },
        "required": ["id", "name"],
        "additionalProperties": False,
    }
    rows: list[dict[str, Any]] = [
        {"id": i, "name": f"name {i}", "email": f"a{i}@b.org", "state": "open", "tags": ["a", "b"], "price": i * 1.5}
        for i in range(size)
    ]
    kinds = [("text", {"type": "string"}), ("count", {"type": "integer"}), ("flag", {"type": "boolean"})]
    union = {
        "oneOf": [
            {"type": "object", "properties": {"kind": {"const": kind}, "value": value}, "required": ["kind", "value"]}
            for kind, value in kinds
        ]
    }
    steps = [{"kind": kinds[i % 3][0], "value": ("words", i, True)[i % 3]} for i in range(size)]
    node = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
        "required": ["name"],
        "unevaluatedProperties": False,
    }
    text = {"type": "object", "additionalProperties": {"type": "string", "pattern": "^[a-z ]*$"}}
    words = {f"k{i}": "some words that go on " * 10 for i in range(size // 10 + 1)}
    multiples = [[i * 5, i * 0.25] for i in range(size)]
    pair = {"prefixItems": [{"multipleOf": 5}, {"multipleOf": 0.25}]}
    return [
        Work("rows", {"type": "array", "items": row}, rows, [*rows, {**rows[0], "state": "sent"}]),
        Work("a union of three", {"items": union}, steps, [*steps, {"kind": "flag", "value": 5}]),
        Work("a recursive tree", {"$ref": "#/$defs/node", "$defs": {"node": node}}, tree(size, ""), tree(size, 5)),
        Work("text under a pattern", text, words, {**words, "last": "Words"}),
        Work("multiples", {"items": pair}, multiples, [*multiples, [5, 0.3]]),
        Work("different objects", {"items": {"type": "object"}, "uniqueItems": True}, rows, [*rows, rows[0]]),
    ]


def tree(size: int, last: Any) -> dict[str, Any]:
    """A tree of about so many nodes; the name of the last is given."""
    root: dict[str, Any] = {"name": "node", "children": []}
    leaves = [root]
    for _ in range(size):
        parent = leaves[0]
        child: dict[str, Any] = {"name": "node", "children": []}
        parent["children"].append(child)
        leaves.append(child)
        if len(parent["children"]) == 3:
            leaves.pop(0)
    leaves[-1]["name"] = last
    return root


@dataclass(frozen=True)
class Row:
    """Seconds of one document."""

    name: str
    is_valid: bool
    chunk: int
    plain: float
    judged: float
    oneshot: float
    rust: float | None

    @property
    def ratio(self) -> float:
        return (self.judged - self.plain) / self.oneshot


def measure(work: Work, is_valid: bool, chunk: int, rounds: int) -> Row:
    """One document, whole or in chunks of so many characters; raises where the verdicts differ."""
    document = work.valid if is_valid else work.invalid
    text = json.dumps(document)
    chunks = [text[at : at + chunk] for at in range(0, len(text), chunk)] if chunk else [text]
    schema = Schema(work.schema)
    asked = DIALECTS[schema.dialect].validator(work.schema)
    rust = rust_validator(work.schema)

    def read(target: Any) -> Any:
        parser: Parser[Any] = Parser(target, select=[])
        for piece in chunks:
            parser.feed(piece)
        return parser.end()

    if isinstance(read(schema), Complete) != is_valid or asked.is_valid(document) != is_valid:
        raise AssertionError(f"{work.name}: another verdict than expected")
    runs: list[Callable[[], object]] = [
        lambda: read(None),
        lambda: read(schema),
        lambda: list(asked.iter_errors(document)),
    ]
    if rust is not None:
        runs.append(lambda: rust(document))
    best = [float("inf")] * len(runs)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for number, run in enumerate(runs):
                start = time.process_time()
                run()
                best[number] = min(best[number], time.process_time() - start)
    finally:
        gc.enable()
    return Row(work.name, is_valid, chunk, best[0], best[1], best[2], best[3] if rust is not None else None)


def rust_validator(schema: Any) -> Callable[[Any], bool] | None:
    try:
        rust: Any = importlib.import_module("jsonschema_rs")
    except ImportError:
        return None
    made: Callable[[Any], bool] = rust.validator_for(schema).is_valid
    return made


def report(rows: list[Row]) -> str:
    """A table, with a verdict on documents that come whole."""
    lines = ["| document | comes | parser | with the schema | jsonschema | jsonschema-rs | the schema adds |"]
    lines.append("|---|---|---|---|---|---|---|")
    for row in rows:
        bound = VALID if row.is_valid else INVALID
        verdict = "" if row.chunk else f", at most {bound}: {'yes' if row.ratio <= bound else 'NO'}"
        rust = "" if row.rust is None else f"{row.rust * 1e3:.2f} ms"
        lines.append(
            f"| {row.name}, {'valid' if row.is_valid else 'invalid'} | {f'by {row.chunk}' if row.chunk else 'whole'} "
            f"| {row.plain * 1e3:.2f} ms | {row.judged * 1e3:.2f} ms | {row.oneshot * 1e3:.2f} ms | {rust} "
            f"| {row.ratio:.2f} of jsonschema{verdict} |"
        )
    return "\n".join(lines)


def second_parser(rounds: int) -> float:
    """Seconds to make a parser of a schema that was compiled before, given as a dict."""
    schema = workloads(1)[0].schema
    Parser(schema=schema)
    best = float("inf")
    for _ in range(rounds * 20):
        start = time.perf_counter()
        Parser(schema=schema)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    options = argparse.ArgumentParser(description="What judging by a JSON Schema costs.")
    options.add_argument("--smoke", action="store_true", help="small documents, one round")
    options.add_argument("--rounds", type=int, default=7)
    given = options.parse_args()
    size, rounds = (10, 1) if given.smoke else (300, given.rounds)
    print(f"{'compiled' if partialjson.compiled else 'interpreted'} core, CPython {sys.version.split()[0]}\n")
    cases = [(chunk, is_valid) for chunk in (0, 4) for is_valid in (True, False)]
    print(report([measure(work, valid, chunk, rounds) for work in workloads(size) for chunk, valid in cases]))
    print(f"\na second parser of the same schema: {second_parser(rounds) * 1e6:.0f} us, at most 100")


if __name__ == "__main__":
    main()
