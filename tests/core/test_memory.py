"""What a parser holds, and that it lets go of it: leaks, growth over many documents, state against `json.loads`.

All is counted, nothing is timed: bytes by tracemalloc, objects by their types, references to the shared singletons,
which compiled code counts by hand. PARTIALJSON_TESTS=long makes the runs as long as `docs/hardening.md` promises.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import json
import pickle
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError

from partialjson import MISSING, Limits, ParseError, Parser, stream
from support.effort import LONG, amount
from support.memory import held_by


class Item(BaseModel):
    name: str = ""
    tags: list[str] = []
    data: Any = None


def never(value: int) -> int:
    raise ZeroDivisionError("a bug in a validator")


BROKEN: TypeAdapter[Any] = TypeAdapter(list[Annotated[int, AfterValidator(never)]])

TEXT = (
    '{"name": "a\\u00e9\\ud83d\\ude00 and some more of it, long enough for the scanner \\n", "tags": ["x", "y"],'
    ' "name": "b", "data": {"n": [1, -2.5e3, 12345678901234567890, true, false, null], "k\\n": {}}}'
)


def read(parser: Parser[Any]) -> None:
    """All that a reader can ask."""
    held = (parser.json, parser.value, parser.deltas(), parser.seq, parser.path, parser.pos, parser.done)
    parser.status(("name",))
    parser.deltas(parser.seq // 2)
    repr(held)


def feed_and_read(size: int, target: Any, encode: bool = False) -> None:
    parser: Parser[Any] = Parser(target)
    data: Any = TEXT.encode() if encode else TEXT
    for start in range(0, len(data), size):
        for event in parser.feed(data[start : start + size]):
            assert event.path is not None
        read(parser)
    parser.close()
    parser.end()


def save_and_fork(target: Any) -> None:
    parser: Parser[Any] = Parser(target, select=["$.tags[*]"])
    for start in range(0, len(TEXT), 23):
        parser.feed(TEXT[start : start + 23])
        parser = Parser.restore(json.loads(json.dumps(parser.checkpoint())), target)
        copy.copy(parser).end()
        parser.deltas()
    pickle.loads(pickle.dumps(Parser())).feed("[")


def fail(target: Any) -> None:
    wrong = ("[1}", '["\\x', "tru!", b'{"name": "\xff', '{"name": 5, "tags": "no", "name": "' + "x" * 99, "[" * 999)
    for data in wrong:
        parser: Parser[Any] = Parser(target, limits=Limits(string=50))
        for _ in range(2):
            try:
                parser.feed(data)
            except ParseError as error:
                str(error)
        parser.end()
        try:
            parser.close()
        except (ParseError, ValidationError) as error:
            repr(error)


def end_early(target: Any) -> None:
    for end in range(0, len(TEXT), 11):
        parser: Parser[Any] = Parser(target)
        parser.feed(TEXT[:end])
        outcome = parser.end("length")
        assert repr(outcome)
        assert getattr(outcome, "complete", ()) is not None


def misuse(target: Any) -> None:
    parser: Any = Parser(target)
    for call in (lambda: parser.feed(5), lambda: parser.deltas("x"), lambda: Parser(select=["x"])):
        with contextlib.suppress(TypeError, ValueError):
            call()
    broken: Parser[Any] = Parser(BROKEN)
    with contextlib.suppress(ZeroDivisionError):
        broken.feed("[1]")
    broken.end()


def iterate(target: Any) -> None:
    for snapshot in stream([TEXT[:50], TEXT[50:]], target):
        repr(snapshot.value)


PATHS: dict[str, Callable[[], None]] = {
    "characters": lambda: feed_and_read(1, None),
    "pieces": lambda: feed_and_read(7, None),
    "whole": lambda: feed_and_read(1000, None),
    "bytes": lambda: feed_and_read(5, None, encode=True),
    "typed pieces": lambda: feed_and_read(7, Item),
    "typed whole": lambda: feed_and_read(1000, Item),
    "checkpoints": lambda: save_and_fork(None),
    "typed checkpoints": lambda: save_and_fork(Item),
    "errors": lambda: fail(None),
    "typed errors": lambda: fail(Item),
    "early ends": lambda: end_early(None),
    "typed early ends": lambda: end_early(Item),
    "misuse": lambda: misuse(None),
    "iteration": lambda: iterate(Item),
}

SINGLETONS: tuple[Any, ...] = (None, True, False, MISSING, (), "", b"", 0, Item, ParseError)


def objects() -> tuple[Counter[type], list[int]]:
    """Objects by type, and references to what everything shares."""
    for _ in range(3):
        gc.collect()
    types = Counter([type(thing) for thing in gc.get_objects()])
    return types, [sys.getrefcount(single) for single in SINGLETONS]


@pytest.mark.parametrize("name", PATHS)
def test_nothing_is_left_behind(name: str) -> None:
    """Many rounds leave what few leave: no objects, no references, no bytes."""
    path = PATHS[name]
    rounds = amount(15, 1000)
    for _ in range(5):
        path()
    objects()
    types, references = objects()
    for _ in range(rounds):
        path()
    later_types, later_references = objects()
    assert {kind: n for kind, n in (later_types - types).items() if n >= rounds} == {}
    for single, before, after in zip(SINGLETONS, references, later_references, strict=True):
        assert after - before < rounds, single
    # A table of the interpreter that doubles its size falls into one period; what leaks grows in each.
    assert min(growth(path, rounds, periods=3)) < 20_000


def growth(path: Callable[[], None], rounds: int, periods: int) -> list[int]:
    """The bytes by which memory grows in each of several periods of this many rounds."""
    sizes = []
    tracemalloc.start()
    try:
        for _ in range(5):
            path()
        for period in range(periods + 1):
            for _ in range(rounds if period else 0):
                path()
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return [after - before for before, after in pairwise(sizes)]


@pytest.mark.parametrize("target", [None, Item], ids=["plain", "typed"])
def test_no_growth_over_many_documents(target: Any) -> None:
    """A process that reads small documents for ever stays as large as it is."""
    rounds = amount(5_000, 500_000) if target is None else amount(1_500, 100_000)

    def documents(first: int, last: int) -> None:
        for number in range(first, last):
            parser: Parser[Any] = Parser(target)
            # Keys that never come again must not stay either.
            parser.feed(f'{{"name": "a{number}", "key {number}": [')
            assert parser.json["name"] == f"a{number}"
            assert parser.value is not None
            parser.deltas()
            parser.feed('1, "x"]')
            parser.deltas()
            if number % 3 == 0:
                parser.end("length")
            else:
                parser.feed("}")
                parser.close()

    tracemalloc.start()
    try:
        documents(0, rounds // 5)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        documents(rounds // 5, rounds)
        gc.collect()
        # The names of recent keys are kept, in a table of fixed size; one object a document would be more.
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()


SIZE = amount(1, 20)

DOCUMENTS: dict[str, Callable[[], str]] = {
    "objects": lambda: json.dumps([{"id": i, "name": f"name {i}", "ok": True} for i in range(600 * SIZE)]),
    "integers": lambda: json.dumps(list(range(1000, 1000 + 6000 * SIZE))),
    "floats": lambda: json.dumps([i / 7 for i in range(3000 * SIZE)]),
    "strings": lambda: json.dumps(["word " * 8 + str(i) for i in range(1000 * SIZE)]),
    "unicode": lambda: json.dumps(["日本語 " * 8 + str(i) for i in range(1000 * SIZE)], ensure_ascii=False),
    "escapes": lambda: json.dumps(['"é\n' * 8 + str(i) for i in range(1000 * SIZE)]),
    "one object": lambda: json.dumps({f"key {i}": i + 1000 for i in range(2000 * SIZE)}),
    "nested": lambda: json.dumps([[[i, [i + 1, {"a": [i]}]] for i in range(1000, 1100)] for _ in range(5 * SIZE)]),
    "one string": lambda: json.dumps("x" * 100_000 * SIZE),
    "a string that grows": lambda: '["' + "x" * 100_000 * SIZE,
}


def ratio_of(text: str, size: int, look: bool, **options: Any) -> float:
    """What a parser holds for a text that was fed in pieces, by what `json.loads` gives for it."""

    def fed() -> Any:
        parser: Parser[Any] = Parser(**options)
        for start in range(0, len(text), size):
            parser.feed(text[start : start + size])
            if look:
                assert parser.json is not None
        return parser

    whole = text if text[-1] in '"]}' and text.count('"') % 2 == 0 else text + '"]'
    return held_by(fed) / held_by(lambda: json.loads(whole))


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("size", [4, 65536])
@pytest.mark.parametrize("look", [False, True], ids=["unread", "read"])
def test_state_is_hardly_more_than_the_document(
    name: str, size: int, look: bool, record_property: Callable[[str, object], None]
) -> None:
    text = DOCUMENTS[name]()
    ratio = ratio_of(text, size, look, select=[])
    record_property("ratio to json.loads", round(ratio, 3))
    if LONG:
        print(f"{name}, {size} characters a chunk, {'read' if look else 'unread'}: {ratio:.3f}")
    assert ratio < 1.3


def test_deltas_keep_only_what_is_asked_for() -> None:
    """A reader who takes deltas as they come makes no journal grow; one who pins a time makes it linear."""

    def fed(pinned: bool) -> Any:
        parser: Parser[Any] = Parser(select=[])
        parser.deltas()
        if pinned:
            assert parser.seq == 0
        parser.feed("[")
        for number in range(amount(3000, 100_000)):
            parser.feed(f'"{number}",')
            parser.deltas()
        return parser

    document = held_by(lambda: [str(number) for number in range(amount(3000, 100_000))])
    assert held_by(lambda: fed(False)) < 1.3 * document + 20_000
    assert held_by(lambda: fed(True)) < 8 * document


def test_events_keep_nothing_once_they_are_read() -> None:
    def fed(select: list[str] | None) -> Any:
        parser: Parser[Any] = Parser(select=select)
        parser.feed("[")
        for number in range(3000):
            parser.feed(f'["{number}"],')
        return parser

    assert held_by(lambda: fed(None)) < 1.1 * held_by(lambda: fed([])) + 10_000
