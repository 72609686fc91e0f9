"""Law 11, nothing breaks it: hostile documents, hostile callers, interrupts and threads.

Sizes are small enough for every run; PARTIALJSON_TESTS=long makes them what `docs/hardening.md` promises: a million
levels, a hundred megabytes, thousands of random programs. No test asserts a time. What must not grow is counted
(allocated bytes, copied containers), and what would be quadratic is given so much to do that it would not end.
"""

from __future__ import annotations

import copy
import gc
import itertools
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, TypeAdapter

import partialjson
from partialjson import (
    MISSING,
    Complete,
    Completed,
    DocumentSequence,
    Failed,
    IncompleteError,
    Limits,
    ParseError,
    Parser,
    Truncated,
)
from partialjson.patch import apply_deltas
from partialjson.resume import Continuation
from support.effort import amount
from support.memory import used_by

Make = Callable[[], Parser[Any]]


def plain(**options: Any) -> Parser[Any]:
    return Parser(**options)


class Item(BaseModel):
    name: str = ""
    size: int = 0
    parts: list[Item] = []


class Box(BaseModel):
    items: list[Item] = []
    note: str = ""
    data: Any = None
    by_name: dict[str, int] = {}
    numbers: list[int] = []


def feed_all(parser: Parser[Any], chunks: list[Any]) -> None:
    for chunk in chunks:
        parser.feed(chunk)


def allocated_by(steps: Iterator[None]) -> int:
    """How much memory steps took while they ran, summed over the steps: a copy shows in it, wherever it is made."""
    total = 0
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        while True:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            if next(steps, 0) == 0:
                return total
            total += tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
        gc.enable()


# Depth


@pytest.mark.parametrize("opener", ["[", '{"a":', '[{"a":', '[[],{"b":1,"a":'])
def test_depth_is_refused_at_the_bracket_that_is_too_deep(opener: str) -> None:
    text = opener * 1000
    for limit in (1, 2, 100, 512):
        parser = plain(limits=Limits(depth=limit))
        with pytest.raises(ParseError, match=f"nested deeper than the limit of {limit}") as raised:
            parser.feed(text)
        assert len(raised.value.path) == limit
        assert text[raised.value.pos] in "[{"
        failed = parser.end()
        assert isinstance(failed, Failed)
        assert failed.error is raised.value
    for size in (1, 7, len(text)):
        chunks = [text[start : start + size] for start in range(0, len(text), size)]
        with pytest.raises(ParseError, match="limit of 512"):
            feed_all(plain(), chunks)


def in_small_stack(call: Callable[[], None]) -> None:
    """Run in a thread whose C stack a recursion over all levels would exhaust.

    It is large enough for what CPython 3.13 itself needs to free a deep list.
    """
    failures: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            failures.append(error)

    old = threading.stack_size(1024 * 1024)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(old)
    thread.join()
    if failures:
        raise failures[0]


@pytest.mark.parametrize(("opener", "closer"), [("[", "]"), ('{"":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("select", [None, []])
def test_depth_does_not_use_the_c_stack(opener: str, closer: str, select: list[str] | None) -> None:
    """Everything that can be asked of a document, and its death, in a small stack."""
    levels = amount(30_000, 1_000_000)

    def everything() -> None:
        parser = plain(limits=Limits(depth=2 * levels), select=select)
        assert parser.feed(opener * levels) == ()
        deep = parser.json
        assert parser.value is deep
        open_path = parser.path
        assert len(open_path) >= levels - 1
        assert parser.status(open_path[:-1]) == "partial"
        assert [delta["path"] for delta in parser.deltas()] == [""]
        assert parser.seq >= levels
        forks = [parser.fork(), Parser.restore(json.loads(json.dumps(parser.checkpoint())))]
        cut = forks.pop().end()
        assert isinstance(cut, Truncated)
        assert str(cut.error)
        del cut
        parser.feed('"x')
        assert len(parser.deltas()) == 1
        assert parser.json is not deep
        parser.feed('"')
        events = parser.feed(closer * levels)
        assert parser.done
        if select is None:
            assert len(events[-1].path) == 0
            assert len(events[0].path) >= levels - 1
        forks.pop().feed("1 ")
        final = parser.close()
        del deep, events, parser, forks, final

    def wrong() -> None:
        parser = plain(limits=Limits(depth=2 * levels), select=select)
        parser.feed(opener * levels)
        with pytest.raises(ParseError) as raised:
            parser.feed("?")
        assert len(raised.value.path) >= levels
        assert str(raised.value)
        assert isinstance(parser.end(), Failed)

    in_small_stack(everything)
    in_small_stack(wrong)
    gc.collect()


@pytest.mark.parametrize("target", [list[Any], Any, Item])
def test_depth_with_a_target(target: Any) -> None:
    """pydantic's own depth is the default; a higher limit is the caller's word, and an error of pydantic's at most."""
    opener = '{"parts":[' if target is Item else "["
    parser: Parser[Any] = Parser(target)
    with pytest.raises(ParseError, match="limit of 201"):
        parser.feed(opener * 300)
    parser = Parser(target, limits=Limits(depth=5000))
    parser.feed(opener * 2000)
    assert parser.value is not MISSING
    outcome = parser.end()
    assert isinstance(outcome, Truncated)
    del outcome, parser
    gc.collect()


# Size


@pytest.mark.parametrize("size", [65536, 10**9], ids=["in chunks", "at once"])
@pytest.mark.parametrize("piece", ["x", "é", "😀", "\\n", "\\u00e9", "\\ud83d\\ude00", "ab\\\\"])
def test_long_strings(piece: str, size: int) -> None:
    """Within its limit a string is read, with memory in proportion; one character more is an error at that one."""
    n = amount(600_000, 100_000_000) // len(piece)
    text = '["' + piece * n + '"]'
    value: str = json.loads(text)[0]
    for limit in (len(value), len(value) - 1):
        parser = plain(select=[], limits=Limits(string=limit))

        def feed(parser: Parser[Any] = parser) -> None:
            for start in range(0, len(text), size):
                parser.feed(text[start : start + size])

        if limit == len(value):
            assert used_by(feed).peak < 8 * sys.getsizeof(value) + 2 * sys.getsizeof(text)
            assert parser.close() == [value]
        else:
            with pytest.raises(ParseError, match=f"longer than the limit of {limit}") as raised:
                feed()
            shown = parser.json[0]
            assert shown == value[: len(shown)]
            assert len(shown) <= limit
            assert text[raised.value.pos] != '"'


def test_long_strings_character_by_character() -> None:
    n = amount(100_000, 5_000_000)
    parser = plain(select=[])
    parser.feed('["')
    for _ in range(n):
        parser.feed("x")
    parser.feed('"]')
    assert parser.close() == ["x" * n]


def test_long_keys() -> None:
    n = amount(300_000, 60_000_000)
    text = '{"' + "k\\n" * n + '":{"' + "é" * n + '":1}}'
    for size in (4096, len(text)):
        parser = plain(limits=Limits(string=2 * n))
        for start in range(0, len(text), size):
            parser.feed(text[start : start + size])
        assert [len(key) for key in parser.close()] == [2 * n]
    parser = plain(limits=Limits(string=n))
    with pytest.raises(ParseError, match="a string is longer"):
        parser.feed(text)


@pytest.mark.parametrize("size", [1, 4096, 10**9])
def test_long_numbers(size: int) -> None:
    """Megabyte numbers: refused at the limit by default; above it either a value or an error, after linear work."""
    n = amount(100_000, 4_000_000) if size > 1 else amount(50_000, 1_000_000)

    def outcome_of(text: str, limits: Limits | None) -> Any:
        parser = plain(limits=limits)
        try:
            for start in range(0, len(text), size):
                parser.feed(text[start : start + size])
        except ParseError as error:
            return error
        return parser.close()

    for text in ("[" + "1" * n + "]", "[-0." + "1" * n + "]", "[1e" + "0" * n + "1]", "9" * n + " ", "[0." + "0" * n):
        refused = outcome_of(text, None)
        assert isinstance(refused, ParseError)
        assert "a number is longer than the limit of 4300 characters" in str(refused)
        assert refused.pos == 4300 + text.startswith("[")
    wide = Limits(number=n + 10)
    assert outcome_of("[-0." + "1" * n + "]", wide) == [float("-0." + "1" * 40)]
    assert outcome_of("[1e" + "0" * n + "1]", wide) == [10.0]
    assert outcome_of("[0." + "0" * n + "1]", wide) == [0.0]
    huge = outcome_of("[" + "1" * n + "]", wide)
    assert isinstance(huge, ParseError)
    assert "more digits than this interpreter converts" in str(huge)


def keys_of_one_slot(n: int) -> list[str]:
    """Keys that the lexer's memory of recent keys cannot tell apart by their hash."""
    found: list[str] = []
    number = 0
    while len(found) < n:
        key = f"{number:x}"
        hashed = 0
        for char in key:
            hashed = hashed * 31 + ord(char)
        if hashed % 256 == 7:
            found.append(key)
        number += 1
    return found


def test_many_keys_of_one_hash() -> None:
    keys = keys_of_one_slot(amount(3000, 50_000))
    text = "{" + ",".join(f'"{key}":0' for key in keys * 2) + "}"
    for size in (3, 1000):
        parser = plain(select=[])
        for start in range(0, len(text), size):
            parser.feed(text[start : start + size])
        assert list(parser.close()) == keys


@pytest.mark.parametrize("read", [False, True])
def test_many_elements(read: bool) -> None:
    n = amount(50_000, 1_000_000)
    parser = plain(select=[])
    parser.feed("[")
    for number in range(n):
        parser.feed(f"{number % 10},")
        if read:
            assert len(parser.json) == number + 1
    parser.feed("0]")
    assert len(parser.close()) == n + 1


@pytest.mark.parametrize("select", [None, []])
def test_many_repetitions_of_a_key(select: list[str] | None) -> None:
    n = amount(50_000, 1_000_000)
    parser = plain(select=select)
    parser.feed('{"a":0 ')
    for number in range(n):
        events = parser.feed(f',"a":["{number}"]')
        assert len(events) == (3 if select is None else 0)
        if number % 100 == 0:
            assert parser.json == {"a": [str(number)]}
    parser.feed("}")
    assert parser.close() == {"a": [str(n - 1)]}


def test_many_repetitions_of_a_key_beside_invalid_values() -> None:
    """A repetition withdraws the errors below it, without looking at those elsewhere."""

    def work(n: int) -> int:
        parser: Parser[Any] = Parser(Box, select=[])
        parser.feed('{"numbers":[' + '"no",' * n + "1],")

        def steps() -> Iterator[None]:
            for _ in range(100):
                parser.feed('"note":1,')
                yield

        return allocated_by(steps())

    assert work(4000) < 2 * work(1000) + 20_000


WIDE: dict[str, tuple[Any, str, Callable[[int], str], Callable[[Any], Any]]] = {
    "list": (None, '{"a":[', lambda i: "1,", lambda v: v["a"]),
    "object": (None, '[1,{"a":1', lambda i: f',"{i}":1', lambda v: v[1]),
    "list of objects": (None, "[", lambda i: '{"a":"b"},', lambda v: v),
    "below a wide one": (None, "[" + "1," * 3000 + "[", lambda i: "1,", lambda v: v[-1]),
    "root of Any": (Any, "[", lambda i: "[1],", lambda v: v),
    "field of Any": (Box, '{"data":{"a":[', lambda i: "1,", lambda v: v.data["a"]),
    "list[Any]": (list[Any], "[", lambda i: "[1],", lambda v: v),
    "list[int]": (Box, '{"numbers":[', lambda i: "1,", lambda v: v.numbers),
    "dict[str, int]": (Box, '{"by_name":{"a":1', lambda i: f',"{i}":1', lambda v: v.by_name),
    "list[Item]": (Box, '{"items":[', lambda i: '{"name":"b"},', lambda v: v.items),
}


@pytest.mark.parametrize("name", WIDE)
def test_wide_containers_are_not_copied_for_readers_who_let_go(name: str) -> None:
    """Reading after each chunk costs as much in a container of many elements as in one of few."""
    target, head, element, get = WIDE[name]

    def work(width: int) -> int:
        parser: Parser[Any] = Parser(target, select=[])
        parser.feed(head)
        for i in range(width):
            parser.feed(element(i))

        def steps() -> Iterator[None]:
            for i in range(width, width + 60):
                parser.feed(element(i))
                assert len(get(parser.value)) > width
                yield

        return allocated_by(steps())

    narrow, wide = work(100), work(amount(3000, 100_000))
    # A list or dict that must be resized meanwhile is copied once.
    assert wide < narrow + amount(3000, 100_000) * 120 + 50_000


@pytest.mark.parametrize("name", WIDE)
def test_wide_containers_stay_the_same_object_for_readers_who_let_go(name: str) -> None:
    target, head, element, get = WIDE[name]
    parser: Parser[Any] = Parser(target, select=[])
    parser.feed(head)
    seen: list[int] = []
    for i in range(100):
        parser.feed(element(i))
        seen.append(id(get(parser.value)))
    assert sum(a != b for a, b in itertools.pairwise(seen)) <= 5


def test_a_cut_document_costs_its_reader_no_more_than_its_size() -> None:
    """Deep and wide: the report of what had closed must not spell a deep path for each of many values unasked."""
    text = "[" * 500 + "0," * 20_000

    def closed(parser: Parser[Any]) -> None:
        with pytest.raises(IncompleteError):
            parser.close()

    for end in (Parser.end, closed):
        parser = plain(select=[])
        parser.feed(text)
        assert used_by(partial(end, parser)).peak < 100 * len(text)


@pytest.mark.parametrize(
    "text", ['{"' + "k" * 20_000 + '":[' + "0," * 2000, "[" * 500 + "0," * 5000], ids=["long key", "deep"]
)
def test_deltas_cost_their_reader_no_more_than_the_document(text: str) -> None:
    """A value that is new inside a container that is new is part of it, and needs no path of its own."""
    parser = plain(select=[])
    parser.deltas()
    parser.feed(text)
    assert used_by(parser.deltas).peak < 100 * len(text)


# Bytes


def test_bytes_cut_anywhere() -> None:
    text = '\ufeff{"é": "a\u20ac😀\U0010ffff\\ud83d\\ude00", "\u2028": ["ß"]}'
    data = text.encode()
    expected = json.loads(text[1:])
    for first in range(len(data) + 1):
        for second in range(first, len(data) + 1, 3):
            parser = plain()
            for chunk in (data[:first], data[first:second], data[second:]):
                parser.feed(chunk)
            assert parser.close() == expected


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x28\xa1"])
def test_bytes_that_are_not_utf_8(bad: bytes) -> None:
    data = '["é'.encode() + bad + b'"]'
    for cut in range(len(data)):
        parser = plain()
        with pytest.raises(ParseError, match="not UTF-8") as raised:
            feed_all(parser, [data[:cut], data[cut:]])
        assert (raised.value.pos, raised.value.byte_pos) == (3, 4)
        assert parser.json == ["é"]


# Every call in every state


def failing(parser: Parser[Any], text: str) -> Any:
    with pytest.raises(ParseError) as raised:
        parser.feed(text)
    return raised.value


STATES: dict[str, Callable[[Parser[Any]], Any]] = {
    "new": lambda parser: None,
    "blank": lambda parser: parser.feed(" "),
    "in a string": lambda parser: parser.feed('{"a":[1,"x'),
    "in an escape": lambda parser: parser.feed('["x\\ud83d\\u0'),
    "in a number": lambda parser: parser.feed("-1"),
    "in a key": lambda parser: parser.feed('{"a":{},"b'),
    "in a word": lambda parser: parser.feed("[tr"),
    "in UTF-8": lambda parser: parser.feed(b'["\xf0\x9f'),
    "done": lambda parser: parser.feed('{"a":[1]} '),
    "failed": lambda parser: failing(parser, '{"a":[1,"x\x00'),
    "failed at once": lambda parser: failing(parser, "]"),
    "closed": lambda parser: (parser.feed('{"a":[1]}'), parser.close()),
    "cut": lambda parser: (parser.feed('{"a":[1'), parser.end("length")),
    "empty": lambda parser: parser.end(),
    "failed and ended": lambda parser: (failing(parser, "[1}"), parser.end()),
    "asked for deltas": lambda parser: (parser.deltas(), parser.feed('{"a":[1,"x'), parser.deltas(), parser.seq),
    "restored": lambda parser: parser.feed('{"a":'),
}

CALLS: dict[str, Callable[[Parser[Any]], Any]] = {
    "feed nothing": lambda parser: parser.feed(""),
    "feed text": lambda parser: parser.feed('1"'),
    "feed bytes": lambda parser: parser.feed(b"\xc3"),
    "json": lambda parser: parser.json,
    "value": lambda parser: parser.value,
    "done": lambda parser: parser.done,
    "path": lambda parser: parser.path,
    "pos": lambda parser: parser.pos,
    "seq": lambda parser: parser.seq,
    "status": lambda parser: [parser.status(path) for path in ((), ("a",), ("a", 0), (0,), (-1,), ("b", "c"))],
    "deltas": lambda parser: parser.deltas(),
    "deltas since": lambda parser: parser.deltas(0),
    "checkpoint": lambda parser: parser.checkpoint(),
    "fork": lambda parser: parser.fork().json,
    "copy": lambda parser: copy.copy(parser).json,
    "pickle": lambda parser: pickle.loads(pickle.dumps(parser)).json,
    "close": lambda parser: parser.close(),
    "end": lambda parser: parser.end(),
    "end with a reason": lambda parser: parser.end("length"),
}

NEVER_RAISE = {
    "json",
    "value",
    "done",
    "path",
    "pos",
    "seq",
    "status",
    "deltas",
    "deltas since",
    "end",
    "end with a reason",
}


def error_of(call: Callable[[Parser[Any]], Any], parser: Parser[Any]) -> Exception | None:
    try:
        call(parser)
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("state", STATES)
def test_every_pair_of_calls_in_every_state(state: str) -> None:
    """Only documented errors, and a parser that goes on telling one story."""
    for first in CALLS:
        for second in CALLS:
            parser = plain()
            STATES[state](parser)
            if state == "restored":
                parser = Parser.restore(parser.checkpoint())
            ended = parser.end() if state in ("closed", "cut", "empty", "failed and ended") else None
            for name in (first, second, "json", "end"):
                before = repr(parser.json)
                raised = error_of(CALLS[name], parser)
                if raised is not None:
                    assert name not in NEVER_RAISE, (state, first, second, raised)
                    allowed: tuple[type[Exception], ...] = (ParseError, RuntimeError)
                    if name == "feed bytes" or name == "feed text":
                        allowed = (ParseError, RuntimeError, TypeError)
                    elif name == "close":
                        allowed = (ParseError,)
                    assert isinstance(raised, allowed), (state, first, second, raised)
                if not name.startswith(("feed", "close", "end")):
                    assert repr(parser.json) == before
            if ended is not None:
                assert parser.end() is ended


def test_calls_from_inside_a_validator() -> None:
    """What changes the parser is refused with a RuntimeError; what only reads it works."""
    told: dict[str, Any] = {}
    running: list[Parser[Any]] = []

    def nosy(value: int) -> int:
        for name, call in CALLS.items():
            try:
                told[name] = call(running[0])
            except Exception as error:
                told[name] = error
        return value

    adapter: TypeAdapter[Any] = TypeAdapter(list[Annotated[int, AfterValidator(nosy)]])
    parser: Parser[Any] = Parser(adapter)
    running.append(parser)
    events = parser.feed("[1")
    events += parser.feed(", 22")
    events += parser.feed("]")
    assert [event.value for event in events] == [1, 22, [1, 22]]
    assert parser.close() == [1, 22]
    for name in (
        "feed text",
        "feed bytes",
        "checkpoint",
        "fork",
        "copy",
        "pickle",
        "close",
        "end",
        "end with a reason",
    ):
        assert isinstance(told[name], RuntimeError), (name, told[name])
    for name in ("json", "value", "done", "path", "pos", "seq", "status", "deltas", "deltas since"):
        assert not isinstance(told[name], Exception), (name, told[name])


def test_a_refused_call_changes_nothing_for_the_call_that_runs() -> None:
    """A validator that swallows the refusals: the document is read as if it had called nothing."""
    running: list[Parser[Any]] = []
    calls = {
        **CALLS,
        "feed_value": lambda parser: parser.feed_value("x"),
        "feed_value of bytes": lambda parser: parser.feed_value(b"x"),
        "feed_value of None": lambda parser: parser.feed_value(None),
        "reopen": lambda parser: parser.reopen(),
    }

    def nosy(value: int) -> int:
        for call in chosen:
            error_of(call, running[0])
        return value

    adapter: TypeAdapter[Any] = TypeAdapter(dict[str, list[Annotated[int, AfterValidator(nosy)]]])
    text = '{"a": [1, 22, 333]}'
    for each in ([], *([call] for call in calls.values()), list(calls.values())):
        chosen = each
        for size in (1, 4, len(text)):
            for encode in (False, True):
                parser: Parser[Any] = Parser(adapter)
                running[:] = [parser]
                events: list[Any] = []
                whole: Any = text.encode() if encode else text
                rest: Any = b" and so on" if encode else " and so on"
                for start in range(0, len(text), size):
                    part = whole[start : start + size]
                    last = start + size >= len(text)
                    found, used = parser.feed_value(part + rest if last else part)
                    assert used == len(part) + last
                    events += found
                assert [event.value for event in events] == [1, 22, 333, [1, 22, 333], {"a": [1, 22, 333]}]
                assert parser.close() == {"a": [1, 22, 333]}


def test_calls_of_a_sequence_from_inside_a_validator() -> None:
    told: list[Exception | None] = []
    running: list[DocumentSequence[Any]] = []

    def nosy(value: int) -> int:
        calls: list[Callable[[], Any]] = [
            lambda: running[0].feed("[9]\n"),
            lambda: running[0].end(),
            lambda: running[0].checkpoint(),
        ]
        for call in calls:
            with pytest.raises(RuntimeError, match="from inside another call of the same sequence"):
                call()
            told.append(None)
        return value

    for format, text in (("ndjson", "[1]\n[2]\n3"), ("concatenated", "[1] [2] 3 ")):
        target: Any = list[Annotated[int, AfterValidator(nosy)]] | Annotated[int, AfterValidator(nosy)]
        sequence: DocumentSequence[Any] = DocumentSequence(target, format=format)  # type: ignore[arg-type]
        running[:] = [sequence]
        found = sequence.feed(text) + sequence.end()
        assert [each.outcome.value for each in found if isinstance(each.outcome, Complete)] == [[1], [2], 3]
    assert len(told) >= 18


def test_calls_of_a_continuation_from_inside_a_validator() -> None:
    running: list[Continuation[Any]] = []
    told: list[str] = []

    def nosy(value: int) -> int:
        for rest in running:
            calls: list[Callable[[], Any]] = [lambda rest=rest: rest.feed("9"), rest.flush, rest.end, rest.close]  # type: ignore[misc]
            for call in calls:
                with pytest.raises(RuntimeError, match="from inside another call of the same continuation"):
                    call()
                told.append("refused")
        return value

    adapter: TypeAdapter[Any] = TypeAdapter(list[Annotated[int, AfterValidator(nosy)]])
    parser: Parser[Any] = Parser(adapter)
    parser.feed("[1, ")
    rest = Continuation(parser, "[1, ", mode="exact")
    running.append(rest)
    rest.feed("2, 3")
    rest.feed("]")
    assert rest.close() == [1, 2, 3]
    assert len(told) == 8


@pytest.mark.parametrize("error", [ZeroDivisionError("a bug"), KeyboardInterrupt(), SystemExit(3), MemoryError()])
def test_what_a_validator_raises_leaves_the_parser_failed(error: BaseException) -> None:
    def broken(value: int) -> int:
        raise error

    adapter: TypeAdapter[Any] = TypeAdapter(list[Annotated[int, AfterValidator(broken)]])
    parser: Parser[Any] = Parser(adapter)
    with pytest.raises(type(error)):
        parser.feed("[1, 2]")
    for _ in range(2):
        with pytest.raises(type(error) if isinstance(error, Exception) else RuntimeError):
            parser.feed("3")
    outcome = parser.end()
    assert isinstance(outcome, Failed)
    assert parser.json == [1]
    with pytest.raises(RuntimeError):
        parser.checkpoint()


# Wrong arguments


class Odd(str):
    """A str that answers for itself."""

    def __radd__(self, other: str) -> str:
        return "added"

    def __getitem__(self, index: Any) -> str:
        return "?"

    def __str__(self) -> str:
        return "str"


# They are called as no type checker would allow.
Untyped: Any = Parser
UntypedLimits: Any = Limits

MISUSE: dict[str, tuple[type[Exception], Callable[[], Any]]] = {
    "feed None": (TypeError, lambda: Untyped().feed(None)),
    "feed int": (TypeError, lambda: Untyped().feed(0)),
    "feed list": (TypeError, lambda: Untyped().feed([])),
    "feed bytearray": (TypeError, lambda: Untyped().feed(bytearray(b"1"))),
    "feed memoryview": (TypeError, lambda: Untyped().feed(memoryview(b"1"))),
    "status str": (TypeError, lambda: Untyped().status("ab")),
    "status bytes": (TypeError, lambda: Untyped().status(b"ab")),
    "status int": (TypeError, lambda: Untyped().status(1)),
    "deltas str": (TypeError, lambda: Untyped().deltas("1")),
    "deltas float": (TypeError, lambda: Untyped().deltas(0.0)),
    "deltas bool": (TypeError, lambda: Untyped().deltas(True)),
    "deltas negative": (ValueError, lambda: Untyped().deltas(-1)),
    "deltas future": (ValueError, lambda: Untyped().deltas(10**30)),
    "end int": (TypeError, lambda: Untyped().end(5)),
    "end bytes": (TypeError, lambda: Untyped().end(b"stop")),
    "limits int": (TypeError, lambda: Untyped(limits=5)),
    "limits dict": (TypeError, lambda: Untyped(limits={"depth": 5})),
    "limit float": (TypeError, lambda: UntypedLimits(string=1.5)),
    "limit bool": (TypeError, lambda: UntypedLimits(depth=True)),
    "limit zero": (ValueError, lambda: UntypedLimits(document=0)),
    "select str": (TypeError, lambda: Untyped(select="$.a")),
    "select int": (TypeError, lambda: Untyped(select=5)),
    "select of int": (TypeError, lambda: Untyped(select=[5])),
    "select pattern": (ValueError, lambda: Untyped(select=["a"])),
    "strict without target": (TypeError, lambda: Untyped(strict=True)),
    "restore None": (ValueError, lambda: Untyped.restore(None)),
    "restore str": (TypeError, lambda: Untyped.restore("x")),
    "restore empty": (ValueError, lambda: Untyped.restore({})),
}


@pytest.mark.parametrize("name", MISUSE)
def test_wrong_arguments(name: str) -> None:
    kind, call = MISUSE[name]
    with pytest.raises(kind):
        call()


def test_wrong_arguments_leave_the_document_alone() -> None:
    parser = Untyped()
    parser.feed('["x')
    state = parser.checkpoint()
    for call in (
        lambda: parser.feed(5),
        lambda: parser.feed(b"bytes"),
        lambda: parser.deltas("1"),
        lambda: parser.status("x"),
    ):
        with pytest.raises(TypeError):
            call()  # type: ignore[no-untyped-call]
        assert parser.checkpoint() == state
    parser.feed('"]')
    assert parser.close() == ["x"]


def test_limits_may_be_as_large_as_the_machine_counts() -> None:
    large = 10**18
    parser = plain(limits=Limits(depth=large, string=large, number=large, document=large))
    parser.feed("[" * 600 + '"')
    assert Parser.restore(json.loads(json.dumps(parser.checkpoint()))).json == parser.json
    for name in ("depth", "string", "number", "document"):
        with pytest.raises(ValueError, match=f"the limit {name} must be"):
            Limits(**{name: 10**30})


def test_subclasses_of_str_and_bytes_do_not_get_into_the_document() -> None:
    class OddBytes(bytes):
        def __radd__(self, other: bytes) -> bytes:
            return b"added"

        def __getitem__(self, index: Any) -> Any:
            return b"?"

    for cut in range(12):
        text = '["ab", "\\n", {"k": 1.5}]'
        data = text.encode()
        for chunks in ([Odd(text[:cut]), Odd(text[cut:])], [OddBytes(data[:cut]), OddBytes(data[cut:])]):
            parser = Untyped()
            feed_all(parser, list(chunks))
            value = parser.close()
            assert repr(value) == "['ab', '\\n', {'k': 1.5}]"
            assert {type(value[0]), type(value[1]), *map(type, value[2])} == {str}


HOSTILE: tuple[tuple[str, Any], ...] = (
    ("journal", {"size": 3, "floor": 3, "clock": [1], "marks": [["add", [], "[" * 100_000]]}),
    ("journal", {"size": float("inf"), "floor": 0, "clock": [], "marks": []}),
    ("journal", {"size": 10**30, "floor": 0, "clock": [], "marks": []}),
    ("journal", {"size": 3, "floor": 0, "clock": [float("nan")], "marks": [["add", [], "1"]]}),
    ("asked", float("inf")),
    ("pos", 10**30),
    ("line", 10**30),
    ("text", ["[", "1"]),
    ("text", "[" * 100_000),
    ("text", None),
    ("input", 7),
    ("tail", "zz"),
    ("options", {"select": 5, "limits": [None, 9, 9, 99], "strict": None, "by_alias": None, "by_name": None}),
    ("options", {"select": "x", "limits": [None, 9, 9, 99], "strict": None, "by_alias": None, "by_name": None}),
    ("options", {"select": None, "limits": [None, 9, 9, 99], "strict": True, "by_alias": None, "by_name": None}),
    ("options", {"select": None, "limits": 5, "strict": None, "by_alias": None, "by_name": None}),
)


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_hostile_checkpoints(name: str, value: Any) -> None:
    parser = plain()
    parser.feed('{"a":[1,"x')
    parser.deltas()
    state = {**parser.checkpoint(), name: value}
    with pytest.raises(ValueError, match="checkpoint"):
        Parser.restore(state)


# Random programs


def nodes_in(value: Any) -> list[Any]:
    """Some values inside a snapshot, plain or typed."""
    found = [value]
    for node in found:
        if isinstance(node, dict):
            found += node.values()
        elif isinstance(node, (list, set)):
            found += node
        elif isinstance(node, BaseModel) or hasattr(node, "model_fields_set"):
            found += [getattr(node, name) for name in node.model_fields_set]
        if len(found) > 60:
            break
    return found


def random_value(source: random.Random, depth: int) -> Any:
    kind = source.randrange(8 if depth > 0 else 4)
    if kind < 2:
        return source.choice((0, -1.5, True, None, 12345678901234567890))
    if kind < 4:
        return "".join(source.choice('ab \n"\\é😀') for _ in range(source.randrange(8)))
    if kind < 6:
        return [random_value(source, depth - 1) for _ in range(source.randrange(4))]
    keys = ("items", "note", "data", "by_name", "numbers", "name", "size", "parts", "é")
    return {source.choice(keys): random_value(source, depth - 1) for _ in range(source.randrange(4))}


def random_box(source: random.Random) -> Any:
    """A document that mostly fits `Box`."""

    def item(depth: int) -> Any:
        parts = [item(depth - 1) for _ in range(source.randrange(3))] if depth else []
        return {"name": "n" * source.randrange(5), "size": source.choice((1, 2, "3", "no")), "parts": parts}

    fields = {
        "items": [item(2) for _ in range(source.randrange(3))],
        "note": source.choice(("", "a note", 'with "quotes" and \n', "é😀")),
        "data": random_value(source, 3),
        "by_name": {f"k{i}": i for i in range(source.randrange(4))},
        "numbers": [source.randrange(100) for _ in range(source.randrange(5))],
    }
    return dict(source.sample(sorted(fields.items()), source.randint(1, 5)))


def run_random_program(seed: int) -> None:
    """Feed a document in random pieces; between them read, hold, let go, save, restore, fork; nothing held changes."""
    source = random.Random(seed)
    typed = source.randrange(2) == 0
    value = random_box(source) if typed else random_value(source, 4)
    text = json.dumps(value, ensure_ascii=source.randrange(2) == 0)
    if isinstance(value, dict) and value and source.randrange(2):
        text = text[:-1] + ", " + text[1:]
    target: Any = source.choice((Box, Any, dict[str, Any])) if typed else None
    parser: Parser[Any] = Parser(target, select=source.choice((None, [])))
    held: list[tuple[Any, str]] = []
    forks: list[tuple[Parser[Any], int]] = []
    position = 0
    while position < len(text):
        size = source.choice((1, 1, 2, 3, 4, 8, 30))
        events = parser.feed(text[position : position + size])
        position = min(position + size, len(text))
        for _ in range(source.randrange(4)):
            way = source.randrange(12)
            if way == 0:
                held.append((parser.json, repr(parser.json)))
            elif way == 1:
                held.append((parser.value, repr(parser.value)))
            elif way == 2:
                node = source.choice(nodes_in(parser.json))
                held.append((node, repr(node)))
                del node
            elif way == 3:
                node = source.choice(nodes_in(parser.value))
                held.append((node, repr(node)))
                del node
            elif way == 4:
                deltas = parser.deltas()
                held.append((deltas, repr(deltas)))
                del deltas
            elif way == 5:
                held += [(event.value, repr(event.value)) for event in events if isinstance(event, Completed)]
            elif way == 6 and held:
                held.pop(source.randrange(len(held)))
            elif way == 7:
                held.clear()
            elif way == 8 and len(forks) < 2:
                forks.append((parser.fork(), position))
            elif way == 9 and source.randrange(4) == 0:
                parser = Parser.restore(json.loads(json.dumps(parser.checkpoint())), target)
            elif way == 10:
                repr(parser.value)
            elif way == 11:
                parser.deltas(source.randint(0, parser.seq))
        for thing, before in held[-3:]:
            assert repr(thing) == before, seed
    outcome = parser.end()
    for thing, before in held:
        assert repr(thing) == before, seed
    for fork, start in forks:
        fork.feed(text[start:])
        assert repr(fork.end()).split(", events=")[0] == repr(outcome).split(", events=")[0], seed
    if target is None:
        assert isinstance(outcome, Complete)
        assert repr(outcome.value) == repr(json.loads(text)), seed
    assert repr(parser.json) == repr(json.loads(text)), seed


def test_random_programs_of_readers() -> None:
    for seed in range(amount(250, 3000)):
        run_random_program(seed)


# Interrupts


TEXT = '{"a": {"b": [1, "x\\u00e9", {"c": "' + "long " * 12 + '"}], "a": null}, "e": [2.5e3, true], "a": ["\\ud83d'
REST = '\\ude00", "last"]}'


def check_intact_or_failed(parser: Parser[Any], events: list[Any] | None, held: list[tuple[Any, str]]) -> str:
    """After an interrupt: either the parser says that it failed, or everything is as if nothing had happened.

    `events` are those the caller got; None where the interrupt may have come between `feed` and the caller.
    """
    story = "failed"
    later: list[Any] = []
    failure = error_of(lambda parser: later.extend(parser.feed("")), parser)
    if failure is not None:
        assert isinstance(failure, (RuntimeError, ParseError))
        assert error_of(lambda parser: parser.feed("x"), parser) is failure
        outcome = parser.end()
        assert isinstance(outcome, Failed)
        assert outcome.error is failure
        assert repr(parser.json) == repr(parser.json)
        assert parser.path is not None
    else:
        story = "open"
        later += parser.feed((TEXT + REST)[parser.pos :])
        assert parser.close() == json.loads(TEXT + REST)
        if events is not None:
            whole = plain().feed(TEXT + REST)
            assert [repr(event) for event in (*events, *later)] == [repr(event) for event in whole]
    for thing, before in held:
        assert repr(thing) == before
    return story


def interrupted_program(arm: Callable[[], None], disarm: Callable[[], None], exact: bool) -> str:
    """Feed and read, with something armed that interrupts at some time; gives what became of the parser."""
    parser = plain()
    parser.deltas()
    events: list[Any] = []
    held: list[tuple[Any, str]] = []
    snapshot: Any = MISSING
    interrupted = False
    try:
        arm()
        for start in range(0, len(TEXT), 9):
            events += parser.feed(TEXT[start : start + 9])
            snapshot = parser.json
            held.append((snapshot, repr(snapshot)))
            parser.deltas()
            parser.checkpoint()
        disarm()
    except KeyboardInterrupt:
        disarm()
        interrupted = True
    del snapshot
    return check_intact_or_failed(parser, events if exact else None, held) if interrupted else "not interrupted"


class AtTheCall:
    """Interrupts at the given number of calls and returns of C in the library, where Python delivers signals."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.before = sys.getprofile()

    def __call__(self, frame: Any, event: str, argument: Any) -> None:
        if event == "return" or not str(frame.f_globals.get("__name__")).startswith("partialjson"):
            return
        self.left -= 1
        if self.left < 0:
            self.disarm()
            raise KeyboardInterrupt

    def arm(self) -> None:
        sys.setprofile(self)

    def disarm(self) -> None:
        sys.setprofile(self.before)


def test_interrupts_at_every_call() -> None:
    """In the compiled core there are few such places; there the clock of a later test must do."""
    stories: dict[str, int] = {}
    for number in range(0, 10**6, amount(7, 1)):
        interrupt = AtTheCall(number)
        story = interrupted_program(interrupt.arm, interrupt.disarm, True)
        stories[story] = stories.get(story, 0) + 1
        if story == "not interrupted":
            break
    assert stories["not interrupted"] == 1


@pytest.mark.parametrize("text", ["[1}", '["\\x', "tru!", '{"a":1,}'])
def test_interrupts_while_an_error_is_handled(text: str) -> None:
    for number in range(10**4):
        parser = plain()
        interrupt = AtTheCall(number)
        try:
            interrupt.arm()
            parser.feed(text)
        except ParseError:
            interrupt.disarm()
            return
        except KeyboardInterrupt:
            interrupt.disarm()
        outcome = parser.end()
        assert isinstance(outcome, (Failed, Truncated))
        if isinstance(outcome, Failed):
            with pytest.raises((RuntimeError, ParseError)) as raised:
                parser.feed("x")
            assert raised.value is outcome.error


def one_number(value: int) -> int:
    return value


class Checked(BaseModel):
    numbers: list[Annotated[int, AfterValidator(one_number)]] = []
    note: str = ""


MAKERS: dict[str, Make] = {
    "plain": plain,
    "no events": partial(plain, select=[]),
    "typed": partial(Parser, Box),
    "typed, stops": partial(Parser, Box, on_invalid="raise", predict=True),
    "validator": partial(Parser, Checked),
    "dropped": partial(plain, select=["$.numbers[*]"], retain=False),
    "typed, dropped": partial(Parser, Box, select=["$.numbers[*]"], retain=False),
}
BOX_TEXT = '{"numbers": [1, 2'
BOX_REST = ', 3], "note": "a \\"b\\" c"}'

# Each gives what the document's text is afterwards, if the call is done.
INTERRUPTED_CALLS: dict[str, Callable[[Parser[Any]], Any]] = {
    **{name: call for name, call in CALLS.items() if name not in ("feed text", "feed bytes", "copy", "pickle")},
    "feed": lambda parser: parser.feed(", 3"),
    "feed_value": lambda parser: parser.feed_value(", 3"),
    "reopen": lambda parser: parser.reopen(),
    "fresh": lambda parser: parser.fresh(),
    "end, reopen": lambda parser: (parser.end("length"), parser.reopen()),
}


@pytest.mark.parametrize("made", MAKERS)
@pytest.mark.parametrize("name", INTERRUPTED_CALLS)
def test_interrupts_in_every_public_call(name: str, made: str) -> None:
    """An interrupt at any call inside it: the parser has failed and says so, or all is as before the call or after."""
    call = INTERRUPTED_CALLS[name]
    for number in itertools.chain(range(40), range(40, 10**4, amount(5, 1, quick=29))):
        parser = MAKERS[made]()
        parser.feed(BOX_TEXT)
        interrupt = AtTheCall(number)
        interrupted = False
        try:
            interrupt.arm()
            call(parser)
        except KeyboardInterrupt:
            interrupted = True
        except (RuntimeError, IncompleteError):
            pass
        finally:
            interrupt.disarm()
        check_settled(parser, BOX_TEXT, BOX_REST, MAKERS[made])
        if not interrupted:
            return
    raise AssertionError("it never came to an end")


def check_settled(parser: Parser[Any], text: str, rest: str, make: Make) -> None:
    """The parser runs in no call. If it is open, it has read some of the text and goes on as another one does."""
    failure = error_of(lambda parser: parser.feed(""), parser)
    if failure is not None:
        assert isinstance(failure, RuntimeError)
        assert "called from inside" not in str(failure)
        outcome = parser.end()
        assert parser.end() is outcome
        if isinstance(outcome, Failed):
            assert outcome.error is failure
            assert error_of(lambda parser: parser.close(), parser) is failure
        else:
            assert isinstance(outcome, Truncated)
            parser.reopen()
            assert error_of(lambda parser: parser.feed(""), parser) is None
        return
    whole = text + rest
    parser.feed(whole[parser.pos :])
    other = make()
    other.feed(whole)
    assert repr(parser.json) == repr(other.json)
    assert parser.close() == other.close()


def test_interrupts_while_deltas_are_told() -> None:
    """What was not told is told the next time."""
    for number in range(10**4):
        parser = plain()
        document: Any = MISSING
        interrupt = AtTheCall(number)
        interrupted = False
        for start in range(0, len(TEXT), 5):
            parser.feed(TEXT[start : start + 5])
            told: list[dict[str, Any]] = []
            if start == 60:
                interrupt.arm()
            try:
                told = parser.deltas()
            except KeyboardInterrupt:
                interrupted = True
            finally:
                interrupt.disarm()
            document = apply_deltas(document, told)
        document = apply_deltas(document, parser.deltas())
        assert document == parser.json
        if not interrupted:
            return


@pytest.mark.parametrize("format", ["ndjson", "json-seq", "concatenated"])
def test_interrupts_in_a_sequence(format: Any) -> None:
    """It stops and says so, or goes on as if nothing had happened; what came before is not lost."""
    text = {"ndjson": "[1]\n[2]\n[3", "json-seq": "\x1e[1]\n\x1e[2]\n\x1e[3", "concatenated": "[1] [2] [3"}[format]
    for number in range(10**4):
        sequence: DocumentSequence[Any] = DocumentSequence(format=format)
        interrupt = AtTheCall(number)
        interrupted = False
        found: list[Any] = []
        try:
            interrupt.arm()
            found = sequence.feed(text)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            interrupt.disarm()
        try:
            found += sequence.feed("]")
        except RuntimeError as error:
            stopped: Exception | None = error
        else:
            stopped = None
        found += sequence.end()
        values = [each.outcome.value for each in found if isinstance(each.outcome, Complete)]
        if stopped is not None:
            assert interrupted
            assert "interrupted" in str(stopped)
            assert values == [[1], [2], [3]][: len(values)]
        elif interrupted and not values:
            assert sequence.count <= 1
        else:
            assert values == [[1], [2], [3]]
        if not interrupted:
            return


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers on this platform")
def test_interrupts_at_any_time() -> None:
    """A real signal, at a random moment.

    But not in a callback of the garbage collector, as hypothesis registers one: Python can raise nothing there, so the
    interrupt would be lost in a warning.
    """
    source = random.Random(11)

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    stories: dict[str, int] = {}
    callbacks = gc.callbacks[:]
    gc.callbacks.clear()
    old = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(amount(150, 5000)):
            delay = source.uniform(1e-6, 2e-3)
            try:
                story = interrupted_program(
                    lambda delay=delay: signal.setitimer(signal.ITIMER_REAL, delay) and None,  # type: ignore[misc]
                    lambda: signal.setitimer(signal.ITIMER_REAL, 0) and None,
                    False,
                )
            except KeyboardInterrupt:
                # It came in the last moment, between the document and the end of the alarm.
                story = "late"
            stories[story] = stories.get(story, 0) + 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
        gc.callbacks[:] = callbacks
    assert sum(stories.values()) == amount(150, 5000)


# Threads


@pytest.mark.parametrize("typed", [False, True])
def test_a_parser_for_each_thread(typed: bool) -> None:
    """Threads that share nothing but the library, and the plan of a type that none of them has used before."""

    class Fresh(BaseModel):
        items: list[Item] = []
        note: str = ""

    target: Any = Fresh if typed else None
    interval = sys.getswitchinterval()
    start = threading.Barrier(6)
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        source = random.Random(seed)
        try:
            start.wait()
            for number in range(amount(20, 500)):
                items = [{"name": f"{seed}-{number}-{i}", "size": i} for i in range(source.randrange(6))]
                text = json.dumps({"items": items, "note": "n" * number})
                parser: Parser[Any] = Parser(target)
                position = 0
                while position < len(text):
                    size = source.randint(1, 9)
                    parser.feed(text[position : position + size])
                    assert repr(parser.value)
                    position += size
                value = parser.close()
                assert parser.json == json.loads(text)
                assert value == (Fresh.model_validate_json(text) if typed else json.loads(text))
        except BaseException as error:
            failures.append(error)

    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert failures == []


# Strict interpreters


SCRIPT = """
import copy, gc, json, pickle
from partialjson import Parser, Limits, ParseError, compiled, stream
from pydantic import BaseModel

class Item(BaseModel):
    name: str = ""
    tags: list[str] = []

text = '{"name": "a\\\\u00e9", "tags": ["x", "y"], "name": "b"}'
for target in (None, Item):
    for size in (1, 7, 1000):
        parser = Parser(target)
        for start in range(0, len(text), size):
            parser.feed(text[start:start + size].encode())
            parser.json, parser.value, parser.deltas(), parser.status(("name",)), parser.path, parser.seq
            again = Parser.restore(json.loads(json.dumps(parser.checkpoint())), target)
            copy.copy(parser), pickle.dumps(parser)
        parser.close()
    for wrong in ("[1}", '["' + "x" * 99, "[" * 999, b"\\xff", '{"name": 5, "tags": "no"}'):
        parser = Parser(target, limits=Limits(string=50))
        try:
            parser.feed(wrong)
        except ParseError as error:
            str(error), repr(error), pickle.dumps(error)
        parser.end()
    for snapshot in stream([text[:20], text[20:]], target):
        repr(snapshot)
gc.collect()
print("compiled" if compiled else "interpreted")
"""


def test_under_python_dev_mode() -> None:
    folder = str(Path(partialjson.__file__).parents[1])
    paths = [folder, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == ("compiled" if partialjson.compiled else "interpreted")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("fuzz_core.py", amount(3000, 300_000, quick=600)),
        ("fuzz_messages.py", amount(1000, 100_000, quick=300)),
        ("fuzz_lenient.py", amount(1000, 100_000, quick=100)),
    ],
)
def test_fuzzing_smoke(name: str, count: int) -> None:
    """The seeds of the fuzzer and some mutations of them; see `fuzz/README.md`."""
    program = Path(__file__).parents[2] / "fuzz" / name
    folder = str(Path(partialjson.__file__).parents[1])
    paths = [folder, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    done = subprocess.run(
        [sys.executable, str(program), "--smoke", "--count", str(count)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no findings" in done.stdout
