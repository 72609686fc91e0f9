"""The compiled core and the interpreted one are one program: whatever is done to both shows the same.

Each test runs a *program* in this process and in a worker process that has the other build, and compares the two
transcripts. A program is plain data: the chunks of a document, and after each chunk what is read. A transcript is plain
data too: events, views, errors with their positions, outcomes, checkpoints, deltas, statuses. So nothing that can be
observed is left out of the comparison, and nothing has to be imported twice into one process.

Where only one build is installed the tests are skipped; `python setup.py build_ext --inplace` makes the other.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

import partialjson
from partialjson import MISSING, Complete, Limits, ParseError, Parser
from partialjson.testing import strategies
from partialjson.testing.damage import NOISE

Program = dict[str, Any]
Transcript = list[Any]


class Line(BaseModel):
    sku: str
    amount: int = Field(gt=0)
    tags: set[int] = set()


class Order(BaseModel):
    key: str = Field(alias="a", default="")
    lines: list[Line] = Field(alias="b", default=[])
    kind: Literal["x", "y"] = "x"
    day: date | None = None
    extra: Any = None
    numbers: dict[str, float] = {}


TARGETS: dict[str, Any] = {
    "plain": None,
    "Order": Order,
    "list[Line]": list[Line],
    "list[int | str]": list[int | str],
    "dict[str, Any]": dict[str, Any],
    "Any": TypeAdapter(Any),
}


# What runs in both processes.


def described(event: Any) -> tuple[Any, ...]:
    """An event as plain data."""
    error = getattr(event, "error", None)
    return type(event).__name__, event.path, repr(event.value), error_of(error)


def error_of(error: BaseException | None) -> Any:
    """An error as plain data, its events too: the chunks are the same in both processes."""
    if isinstance(error, ParseError):
        where = (error.pos, error.byte_pos, error.lineno, error.colno, error.path)
        return type(error).__name__, error.msg, *where, [described(event) for event in error.events], str(error)
    if isinstance(error, ValidationError):
        return type(error).__name__, repr(error.errors(include_url=False))
    return None if error is None else (type(error).__name__, str(error))


def attempt(call: Any, *arguments: Any) -> Any:
    """What a call gives or raises, as something comparable."""
    try:
        return repr(call(*arguments))
    except Exception as error:
        return error_of(error)


def checkpoint_of(parser: Any) -> Any:
    """A checkpoint as JSON text. The fingerprint of a target tells its module, which is no matter of the core."""
    try:
        state = parser.checkpoint()
    except RuntimeError as error:
        return str(error)
    return json.dumps({**state, "target": None})


def parser_of(program: Program) -> Any:
    target = TARGETS[program.get("target", "plain")]
    if "state" in program:
        return Parser.restore(json.loads(program["state"]))
    return Parser(target, select=program.get("select"), limits=Limits(**program.get("limits", {})))


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    children: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths_of(child, (*path, key))


def look(parser: Any, way: int, held: list[tuple[Any, str]]) -> Any:
    """One of the things a reader may do between two chunks. The snapshots it keeps must hold still."""
    if way == 1:
        return repr(parser.json), repr(parser.value)
    if way == 2:
        for snapshot in (parser.json, parser.value):
            held.append((snapshot, repr(snapshot)))
        return held[-1][1]
    if way == 3:
        return repr(parser.deltas())
    if way == 4:
        return parser.seq, repr(parser.deltas(parser.seq // 2))
    if way == 5:
        return checkpoint_of(parser)
    if way == 6:
        paths = [*paths_of(parser.json), parser.path, ("no such key",), (99,)]
        return [(path, parser.status(path)) for path in paths]
    if way == 7:
        try:
            fork = parser.fork()
        except RuntimeError as error:
            return str(error)
        return repr(fork.json), attempt(fork.close)
    return None


def run(program: Program) -> Transcript:
    """Do all that the program says; tell all that was seen."""
    seen: Transcript = []
    held: list[tuple[Any, str]] = []
    parser = parser_of(program)
    for name, arguments in program.get("misuse", ()):
        try:
            seen.append(repr(getattr(parser, name)(*arguments)))
        except Exception as error:
            # Its words may come from either Python or mypyc.
            seen.append(type(error).__name__)
    ways: Sequence[int] = program.get("looks", [])
    for number, chunk in enumerate(program["chunks"]):
        try:
            seen.append([described(event) for event in parser.feed(chunk)])
        except Exception as error:
            seen.append(error_of(error))
        seen.append((parser.done, parser.path, parser.pos))
        if ways:
            seen.append(look(parser, ways[number % len(ways)], held))
    seen += [repr(parser.json), repr(parser.value), checkpoint_of(parser)]
    outcome = parser.end(program.get("reason"))
    seen += [type(outcome).__name__, [described(event) for event in outcome.events]]
    if isinstance(outcome, Complete):
        seen.append(repr(outcome.value))
    else:
        seen += [error_of(outcome.error), repr(outcome.json), repr(outcome.value)]
        seen.append(getattr(outcome, "complete", None))
    seen += [attempt(parser.close), attempt(parser.feed, "x"), repr(parser.deltas()), parser.path, parser.pos]
    seen.append([(value is not MISSING, repr(value) == before) for value, before in held])
    return seen


def serve() -> None:
    """The worker: answers programs with transcripts until its input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    pickle.dump(partialjson.compiled, sink)
    sink.flush()
    while True:
        try:
            program = pickle.load(source)
        except EOFError:
            return
        pickle.dump(run(program), sink)
        sink.flush()


# What compares them.


class Worker:
    """A process with the other build."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8:surrogatepass"}
        environment.pop("PARTIALJSON_INTERPRETED", None)
        if partialjson.compiled:
            environment["PARTIALJSON_INTERPRETED"] = "1"
        here = Path(__file__).parent
        folders = [str(folder) for folder in (Path(partialjson.__file__).parents[1], here, here.parent)]
        folders.append(environment.get("PYTHONPATH", ""))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"import {Path(__file__).stem} as worker; worker.serve()"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.compiled: bool = self.receive()

    def receive(self) -> Any:
        assert self.process.stdout is not None
        return pickle.load(self.process.stdout)

    def run(self, program: Program) -> Transcript:
        assert self.process.stdin is not None
        pickle.dump(program, self.process.stdin)
        self.process.stdin.flush()
        answer: Transcript = self.receive()
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    other = Worker()
    try:
        if other.compiled == partialjson.compiled:
            pytest.skip("only the interpreted core is here; build the compiled one: setup.py build_ext --inplace")
        yield other
    finally:
        other.close()


def check(worker: Worker, program: Program) -> None:
    here, there = run(program), worker.run(program)
    for number, (mine, other) in enumerate(zip(here, there, strict=False)):
        assert mine == other, f"entry {number}, compiled={partialjson.compiled} against {worker.compiled}"
    assert len(here) == len(there)


def test_one_of_the_two_is_compiled(worker: Worker) -> None:
    assert worker.compiled is not partialjson.compiled


def texts() -> st.SearchStrategy[str]:
    return st.one_of(strategies.documents(), strategies.damaged(labels=NOISE), strategies.values().map(json.dumps))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Documents and damaged texts, as str and as bytes, cut at random, read at random."""
    text = draw(texts())
    data: Any = text
    kind = draw(st.sampled_from(("str", "str", "bytes", "damaged bytes")))
    if kind == "bytes":
        data = text.encode("utf-8", "surrogatepass")
    elif kind == "damaged bytes":
        data = draw(strategies.damaged_bytes())
    return {
        "chunks": draw(strategies.chunkings(data)),
        "looks": draw(st.lists(st.integers(0, 7), max_size=6)),
        "select": draw(st.sampled_from((None, None, [], ["$.a", "$[*]"], ["$"]))),
        "reason": draw(st.sampled_from((None, "stop", "length"))),
    }


@given(programs())
@example({"chunks": ['{"a":1,"a":"\\ud83d', "\\ude00", '","b":[1e5,', "-0", ".0]} x"], "looks": [5, 3, 2]})
def test_parity_of_plain_documents(worker: Worker, program: Program) -> None:
    check(worker, program)


@given(programs(), st.integers(1, 5), st.integers(1, 9), st.integers(1, 9), st.integers(1, 60))
def test_parity_at_limits(
    worker: Worker, program: Program, depth: int, string: int, number: int, document: int
) -> None:
    limits = {"depth": depth, "string": string, "number": number, "document": document}
    check(worker, {**program, "limits": limits})


def order_texts() -> st.SearchStrategy[str]:
    """Documents that often fit a target, and often nearly."""
    line = st.fixed_dictionaries(
        {"sku": st.text(max_size=4), "amount": st.one_of(st.integers(-1, 5), st.just("3"))},
        optional={"tags": st.lists(st.integers(0, 5), max_size=3), "unknown": strategies.scalars()},
    )
    lines = st.lists(line, max_size=3)
    order = st.fixed_dictionaries(
        {},
        optional={
            "a": strategies.strings(),
            "b": lines,
            "kind": st.sampled_from("xyz"),
            "day": st.sampled_from(("2024-02-29", "2023-02-29", None)),
            "extra": strategies.values(max_leaves=6),
            "numbers": st.dictionaries(st.sampled_from("ab"), st.one_of(st.floats(-9, 9), st.just("no")), max_size=2),
        },
    )
    return st.one_of(
        order.map(json.dumps),
        lines.map(json.dumps),
        st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=4).map(json.dumps),
        order.map(lambda value: json.dumps(value).replace('"b"', '"a"')),
    )


@given(st.data())
def test_parity_of_typed_documents(worker: Worker, data: st.DataObject) -> None:
    text = data.draw(st.one_of(order_texts(), texts(), strategies.damaged(order_texts(), labels=NOISE)))
    target = data.draw(st.sampled_from(list(TARGETS)[1:]))
    chunks = data.draw(strategies.chunkings(text))
    looks = data.draw(st.lists(st.integers(0, 7), max_size=6))
    check(worker, {"chunks": chunks, "looks": looks, "target": target})


@given(texts(), st.integers(0, 60), st.lists(st.integers(0, 7), max_size=4))
@example('{"b": [1.5, "\\ud83d\\ude00é', 21, [3])
def test_parity_of_checkpoints_that_change_builds(worker: Worker, text: str, at: int, looks: list[int]) -> None:
    """A checkpoint of one build is the other's too: each goes on from the other's, and sees the same."""
    parser: Parser[Any] = Parser()
    try:
        parser.feed(text[:at])
    except ParseError:
        return
    state = json.dumps(parser.checkpoint())
    check(worker, {"state": state, "chunks": [text[at : at + 3], text[at + 3 :]], "looks": looks})


LONG = {
    "strings over the fast paths": ['["' + "é" * n + "x" * n + '\\n", "' + "y" * n + '"]' for n in range(28, 70, 3)],
    "keys over the fast paths": ['{"' + "k" * n + "\\u00e9" + '":1,"' + "é" * n + '":2}' for n in range(28, 37)],
    "digits over the fast paths": [f"[{'9' * n},-{'9' * n}.{'1' * n},0.{'0' * n}1,1e{n}]" for n in range(1, 26)],
    "keys of one slot": ["{" + ",".join(f'"{chr(97 + i)}{chr(200 - 31 * i)}":{i}' for i in range(4)) + "}"],
    "many members": ["{" + ",".join(f'"{i}":[{i},{{"a":"{i}"}}]' for i in range(250)) + "}"],
    "wide characters": ['["😀' + "a" * n + '", "\ud83d", "\\ud83d", "\\ude00\\ud83d\\ude00' + "b" * n for n in (1, 40)],
}


@pytest.mark.parametrize("name", LONG)
def test_parity_around_the_fast_paths(worker: Worker, name: str) -> None:
    """Short and long tokens take different ways through the code, and the compiled core draws the line elsewhere."""
    for text in LONG[name]:
        for size in (len(text), 61, 33, 7):
            chunks = [text[start : start + size] for start in range(0, len(text), size)]
            check(worker, {"chunks": chunks, "looks": [0, 2, 3]})


MISUSE: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("feed", (None,)),
    ("feed", (bytearray(b"1"),)),
    ("feed", (["1"],)),
    ("feed", ()),
    ("deltas", ("1",)),
    ("deltas", (True,)),
    ("deltas", (1.0,)),
    ("deltas", (-1,)),
    ("deltas", (10**30,)),
    ("status", ("a",)),
    ("status", (5,)),
    ("status", (None,)),
    ("status", ((None, 1.5, ()),)),
    ("status", (([],),)),
    ("end", (5,)),
    ("restore", (None,)),
    ("restore", ([],)),
    ("restore", ({},)),
    ("json", ()),
)


@pytest.mark.parametrize(("name", "arguments"), MISUSE)
def test_parity_of_misuse(worker: Worker, name: str, arguments: tuple[Any, ...]) -> None:
    """Wrong arguments are refused by the same kind of error, and leave the parser alike."""
    check(worker, {"misuse": [(name, arguments)], "chunks": ["[1", "]"]})
