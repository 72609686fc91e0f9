"""The laws of the untyped parser, one property test or more for each, named after it.

Most are compared with the model (`support.model`), which was itself compared with `json.loads`; some need no model,
because the law relates the parser to itself. Law 7 counts work instead of time, see `Work`.
"""

from __future__ import annotations

import copy
import gc
import itertools
import json
import pickle
import random
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    IncompleteError,
    Limits,
    ParseError,
    Parser,
    Replaced,
    Truncated,
)
from partialjson.patch import apply_deltas, to_json_patch
from support import strategies
from support.agreement import check_agreement, check_text, described, feed_all, place_of, predicted, shown
from support.chunking import check_all_chunkings, error_key, fingerprint, observe, state_of
from support.model import predict, predict_bytes

Path = tuple[str | int, ...]

ANY_TEXT = st.one_of(strategies.texts(), strategies.damaged())


@st.composite
def cut_texts(draw: st.DrawFn, source: st.SearchStrategy[str] = ANY_TEXT) -> tuple[str, list[str]]:
    text = draw(source)
    return text, draw(strategies.chunkings(text))


# Law 1


@given(ANY_TEXT)
@example('{"a": [1, "\\ud83d\\ude00é😀", -0.5e+3, true, null], "a": {}}')
@example('["\\ud83d\\ud83d", 12')
def test_law_1_chunking_is_invisible(text: str) -> None:
    check_all_chunkings(text, single_splits_up_to=80, partitions=3, states_up_to=0)


@given(strategies.damaged_bytes())
@example(b'\xef\xbb\xbf["\xf0\x9f\x98\x80"]')
@example(b'["\xf0\x9f\x98"]')
def test_law_1_chunking_is_invisible_for_bytes(data: bytes) -> None:
    check_all_chunkings(data, single_splits_up_to=80, partitions=3, states_up_to=0)


@given(cut_texts())
def test_law_1_chunking_is_invisible_to_the_canonical_state(case: tuple[str, list[str]]) -> None:
    """The state after `feed(a + b)` is the state after `feed(a); feed(b)`, as plain data."""
    _, chunks = case
    parts, fed = Parser(), ""
    for chunk in chunks:
        fed += chunk
        whole = Parser()
        _, error = feed_all(whole, [fed])
        _, same_error = feed_all(parts, [chunk])
        assert (error is None) == (same_error is None)
        if error is not None:
            break
        assert state_of(parts) == state_of(whole)


@given(cut_texts())
def test_law_1_chunking_is_invisible_to_the_model(case: tuple[str, list[str]]) -> None:
    text, chunks = case
    check_text(chunks, predict(text))


@given(st.data())
def test_law_1_chunking_is_invisible_to_the_model_for_bytes(data: st.DataObject) -> None:
    """The errors of UTF-8 included: the valid part before a bad byte is read first."""
    raw = data.draw(strategies.damaged_bytes())
    chunks = data.draw(strategies.chunkings(raw))
    prediction = predict_bytes(raw)
    if prediction.done and prediction.ending.kind == "truncated":
        return  # half a character after the end: wrong either way, and test_errors says which
    check_text(chunks, prediction)


# Law 2


def grows(before: Any, after: Any, replaced: set[Path], path: Path = ()) -> bool:
    """Whether `after` extends `before`, except at replaced places."""
    if path in replaced or before is MISSING:
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, str):
        return bool(after.startswith(before))
    if isinstance(before, list):
        return len(before) <= len(after) and all(
            grows(old, new, replaced, (*path, index))
            for index, (old, new) in enumerate(zip(before, after, strict=False))
        )
    if isinstance(before, dict):
        same_order = list(after)[: len(before)] == list(before)
        return same_order and all(grows(old, after[key], replaced, (*path, key)) for key, old in before.items())
    return repr(before) == repr(after)


def test_grows_can_say_no() -> None:
    for before, after in [
        ("ab", "a"), ([1], []), ({"a": 1}, {}), ({"a": 1}, {"b": 2, "a": 1}), (1, 12), (1, True), ([], {}), (None, 1),
        ([["x"], 1], [["y"], 1]), (1, MISSING), (0.0, -0.0),
    ]:  # fmt: skip
        assert not grows(before, after, set())
    assert grows({"a": [1, "x"]}, {"a": [1, "xy", None], "b": 2}, set())
    assert grows({"a": [1]}, {"a": "x"}, {("a",)})


@given(ANY_TEXT)
@example('{"a": 1, "b": [true, {"a": "x"}], "a": "\\ud83d\\ude00", "b": 2}')
@example('[{"a": null, "a": 0]')
def test_law_2_growth_only(text: str) -> None:
    parser = Parser()
    before: Any = MISSING
    for char in text:
        # A character that is an error may end a number.
        events, error = feed_all(parser, [char])
        after = parser.json
        replaced = {event.path for event in events if isinstance(event, Replaced)}
        assert grows(before, after, replaced), (before, after)
        before = after
        if error is not None:
            break
    outcome = parser.end()
    assert grows(before, parser.json, set())
    if isinstance(outcome, Complete):
        assert grows(before, outcome.value, set())


@given(strategies.texts())
def test_law_2_growth_only_in_whole_characters(text: str) -> None:
    """Half a pair of surrogates is never shown, where the whole pair is coming."""
    final = json.loads(text)
    parser = Parser()
    data = text.encode("utf-8", "surrogatepass")
    if data.decode("utf-8", "replace") != text:
        return
    for byte in data:
        parser.feed(bytes([byte]))
    assert repr(parser.close()) == repr(final)


@given(strategies.string_texts(surrogates=False), st.booleans())
def test_law_2_growth_only_without_half_characters(text: str, nested: bool) -> None:
    parser, final = Parser(), json.loads(text)
    for char in '["' + text[1:] if nested else text:
        parser.feed(char)
        view = parser.json[0] if nested and parser.json else parser.json
        if isinstance(view, str):
            assert final.startswith(view)
            assert not any("\ud800" <= c <= "\udfff" for c in view)


# Law 3


@given(strategies.texts())
def test_law_3_closed_once(text: str) -> None:
    """Each value of the text completes once, children before parents, in document order.

    The expected order is built by `json.loads` alone: its pair hook sees every member of an object, repeated keys too.
    """

    class Members(list[tuple[str, Any]]):
        pass

    whole = json.loads(text, object_pairs_hook=Members)

    def expected(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
        if isinstance(value, Members):
            for key, child in value:
                yield from expected(child, (*path, key))
            yield path, {key: plain(child) for key, child in value}
        elif isinstance(value, list):
            for index, child in enumerate(value):
                yield from expected(child, (*path, index))
            yield path, [plain(child) for child in value]
        else:
            yield path, value

    def plain(value: Any) -> Any:
        if isinstance(value, Members):
            return {key: plain(child) for key, child in value}
        return [plain(child) for child in value] if isinstance(value, list) else value

    seen = observe([text])
    assert [(path, repr(value)) for path, value in seen.completed] == [
        (path, repr(value)) for path, value in expected(whole, ())
    ]


@given(ANY_TEXT)
def test_law_3_closed_once_and_the_status_agrees(text: str) -> None:
    """A path is complete from its completion on, until it is replaced, and at no other time."""
    parser = Parser()
    closed: set[Path] = set()
    for char in text:
        try:
            events = parser.feed(char)
        except ParseError:
            break
        for event in events:
            if isinstance(event, Replaced):
                assert event.path in closed
                closed = {path for path in closed if path[: len(event.path)] != event.path}
            else:
                assert event.path not in closed
                closed.add(event.path)
        view = dict(nodes_of(parser.json))
        for path in view:
            assert parser.status(path) == ("complete" if path in closed else "partial")
        assert closed <= view.keys()


def nodes_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if value is MISSING:
        return
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from nodes_of(child, (*path, key))


# Law 4


@given(cut_texts(), st.data())
def test_law_4_snapshots_hold_still(case: tuple[str, list[str]], data: st.DataObject) -> None:
    """Snapshots taken at random moments, kept or not, never change: not their text, nor any node inside."""
    _, chunks = case
    parser = Parser()
    kept: list[tuple[Any, str]] = []
    for chunk in chunks:
        try:
            events = parser.feed(chunk)
        except ParseError as error:
            events = error.events
        values = [event.value for event in events if isinstance(event, (Completed, Replaced))]
        kept += [(value, fingerprint(value)) for value in values]
        looked = data.draw(st.sampled_from(("kept", "inner", "dropped", "no")))
        if looked == "kept":
            kept.append((parser.json, fingerprint(parser.json)))
        elif looked == "inner":
            # Only a node inside is held, its parents are dropped.
            inner = [value for _, value in nodes_of(parser.json)]
            if inner:
                one = data.draw(st.sampled_from(inner))
                kept.append((one, fingerprint(one)))
            del inner
        elif looked == "dropped":
            fingerprint(parser.json)
    parser.end()
    for value, before in kept:
        assert fingerprint(value) == before


@given(ANY_TEXT)
def test_law_4_snapshots_hold_still_at_every_character(text: str) -> None:
    parser = Parser()
    kept: list[tuple[Any, str]] = []
    for char in text:
        try:
            parser.feed(char)
        except ParseError:
            break
        kept.append((parser.json, fingerprint(parser.json)))
        assert parser.json is kept[-1][0]
    for value, before in kept:
        assert fingerprint(value) == before


@given(cut_texts(st.one_of(strategies.texts(), strategies.documents().map(json.dumps))), st.integers(0, 2**32))
def test_law_4_snapshots_hold_still_in_whatever_hands(case: tuple[str, list[str]], seed: int) -> None:
    """Random programs of readers, who hold the root, a node inside, an iterator, a delta, an event, and let go again.

    A parser may change in place what nobody holds. Whether somebody does must not depend on how it is held.
    """
    text, _ = case
    source = random.Random(seed)
    parser = Parser()
    parser.deltas()
    holds: list[tuple[Any, Callable[[Any], Any], str]] = []

    def hold(thing: Any, read: Callable[[Any], Any] = lambda thing: thing) -> None:
        holds.append((thing, read, fingerprint(read(thing))))

    def any_node() -> Any:
        return source.choice([value for _, value in nodes_of(parser.json)])

    position = 0
    while position < len(text):
        size = source.choice((1, 1, 2, 3, 9))
        try:
            events = parser.feed(text[position : position + size])
        except ParseError:
            break
        position += size
        for _ in range(source.randrange(3)):
            if parser.json is MISSING:
                continue
            way = source.randrange(8)
            if way == 0:
                hold(parser.json)
            elif way == 1:
                hold(any_node())
            elif way == 2:
                node = any_node()
                if isinstance(node, (list, dict)):
                    hold(iter(node), read=lambda held: list(copy.copy(held)))
                del node
            elif way == 3:
                hold(parser.deltas())
            elif way == 4 and events:
                hold(source.choice(events))
            elif way == 5:
                hold((parser.json, {"inner": any_node()}))
            elif way == 6 and holds:
                holds.pop(source.randrange(len(holds)))
            elif way == 7:
                fingerprint(any_node())
        if holds:
            thing, read, before = source.choice(holds)
            assert fingerprint(read(thing)) == before
            del thing
    hold(parser.end())
    for thing, read, before in holds:
        assert fingerprint(read(thing)) == before


@given(cut_texts())
@example(('[[1],{"a":"x"},"', ["[[1", "],{", '"a":"', "x", '"}', ",", '"']))
def test_law_4_snapshots_hold_still_and_share_what_did_not_change(case: tuple[str, list[str]]) -> None:
    """A subtree that is equal in two snapshots is one object in both, unless a repeated key put a new one there."""
    _, chunks = case
    parser = Parser()
    before: Any = MISSING
    for chunk in chunks:
        try:
            events = parser.feed(chunk)
        except ParseError:
            break
        after = parser.json
        replaced = {event.path for event in events if isinstance(event, Replaced)}
        assert_shared(before, after, replaced, ())
        before = after


def assert_shared(before: Any, after: Any, replaced: set[Path], path: Path) -> None:
    if path in replaced or before is MISSING:
        return
    touched = any(place[: len(path)] == path for place in replaced)
    if not touched and repr(before) == repr(after):
        assert before is after, f"{path}: an equal value, but another object"
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key, old in before.items():
            assert_shared(old, after[key], replaced, (*path, key))
    elif isinstance(before, list) and isinstance(after, list):
        for index, old in enumerate(before):
            assert_shared(old, after[index], replaced, (*path, index))


@given(ANY_TEXT, st.data())
def test_law_4_snapshots_hold_still_and_may_be_scribbled_on(text: str, data: st.DataObject) -> None:
    """Reading changes nothing: a parser that was read at random moments ends like one that never was."""
    parser = Parser()
    events: list[Any] = []
    error: ParseError | None = None
    for char in text:
        if data.draw(st.booleans()):
            copy.deepcopy(parser.json)
            parser.deltas()
            parser.status(())
        try:
            events += parser.feed(char)
        except ParseError as raised:
            events += raised.events
            error = raised
            break
    check_agreement(parser, events, error, predict(text))


# Law 5


@given(ANY_TEXT)
@example("-0")
@example("1e999")
@example('{"a":1,"b":2,"a":3}')
def test_law_5_the_end_is_the_one_shot_result(text: str) -> None:
    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    parser = Parser()
    try:
        wanted = json.loads(text, parse_constant=refuse)
    except ValueError:
        with pytest.raises(ParseError):
            feed_and_close(parser, text)
    else:
        value = feed_and_close(parser, text)
        assert repr(value) == repr(wanted)
        assert parser.json is parser.value
        assert repr(parser.json) == repr(wanted)
        assert parser.done


def feed_and_close(parser: Any, text: str | bytes) -> Any:
    parser.feed(text)
    return parser.close()


@given(strategies.documents(), st.sampled_from((None, 0, 1, "\t")), st.booleans(), st.booleans())
def test_law_5_the_end_is_the_one_shot_result_of_serialised_documents(
    value: Any, indent: int | str | None, ascii_only: bool, as_bytes: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert repr(feed_and_close(Parser(), text.encode() if as_bytes else text)) == repr(value)


# Law 7


@dataclass(frozen=True)
class Work:
    """What feeding cost, in counts that are the same on a fast and on a slow machine.

    `steps` counts the bytecode instructions of the library, by tracing. It sees every loop and every call the
    parser's Python code makes, but not what happens inside one call of C, and nothing in compiled code: it is 0 there.
    `memory` sums, over all calls, how far each call raised the memory in use above what it was before the call. It
    sees every copy, made in Python, in C or in compiled code; growing a list or a string in place costs only
    what is added. A parser that reads or copies what came before at every chunk shows it in one count or in both.
    """

    steps: int
    memory: int


def work_of(chunks: Sequence[str | bytes], warm: Sequence[str | bytes] = (), make: Callable[[], Any] = Parser) -> Work:
    """The work of feeding `chunks`, after `warm` was fed without counting."""

    def fed() -> Any:
        parser = make()
        for chunk in warm:
            parser.feed(chunk)
        return parser

    parser = fed()
    steps = counted_steps(parser.feed, chunks)
    parser = fed()
    memory = 0
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for chunk in chunks:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            parser.feed(chunk)
            memory += tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
        gc.enable()
    return Work(steps, memory)


def counted_steps(function: Callable[[Any], Any], arguments: Sequence[Any]) -> int:
    """Call the function with each argument; how many bytecode instructions of the library ran."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "partialjson" not in str(frame.f_globals.get("__name__", "")):
            return None
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        if event == "opcode":
            count += 1
        return trace

    outer = sys.gettrace()
    # Python 3.12 tells of instructions only if some frame had asked for them before.
    sys._getframe().f_trace_opcodes = True
    sys.settrace(trace)
    try:
        for argument in arguments:
            function(argument)
    finally:
        sys.settrace(outer)
    return count


def in_chunks(text: Any, size: int) -> list[Any]:
    return [text[start : start + size] for start in range(0, len(text), size)]


SHAPES: dict[str, Callable[[int], str]] = {
    "a long string": lambda n: '["' + "x" * n,
    "a long string with escapes": lambda n: '["' + "ab\\n\\u00e9" * (n // 10),
    "a long string of surrogate pairs": lambda n: '"' + "\\ud83d\\ude00" * (n // 12),
    "a long key": lambda n: '{"' + "k" * n,
    "many numbers": lambda n: "[" + "123," * (n // 4),
    "many strings": lambda n: "[" + '"abc",' * (n // 6),
    "many members": lambda n: "{" + "".join(f'"{i:08}":{i % 10},' for i in range(n // 13)),
    "one member repeated": lambda n: "{" + '"a":[1],' * (n // 8),
    "many objects": lambda n: "[" + '{"id":12,"name":"abc"},' * (n // 23),
    "an inner list after a long one": lambda n: "[[" + "1," * (n // 4) + "1],[" + "1," * (n // 4),
    "white space": lambda n: "[" + " \n" * (n // 2),
    "white space after the end": lambda n: "[]" + " \n" * (n // 2),
    "digits": lambda n: "1" * min(n, 4000),
}

FEEDS = (("str", 1), ("str", 4), ("str", 64), ("bytes", 3))


@pytest.mark.parametrize(("kind", "size"), FEEDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_law_7_linear_in_the_whole(shape: str, kind: str, size: int) -> None:
    """Four times the text costs four times the work; the square of it would cost sixteen."""
    short, long = (SHAPES[shape](n) for n in ((1000, 4000) if shape == "digits" else (2000, 8000)))
    ratio = len(long) / len(short)
    works = [work_of(in_chunks(text if kind == "str" else text.encode(), size)) for text in (short, long)]
    assert works[1].steps <= works[0].steps * ratio * 1.25
    # Doubling buffers and resized dicts make memory jump: half as much again is allowed.
    assert works[1].memory <= works[0].memory * ratio * 1.5 + 20_000


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "digits"])
def test_law_7_linear_in_large_chunks(shape: str) -> None:
    """Large chunks and no events: the fast paths for much at once pay for their attempts."""
    works = [work_of(in_chunks(SHAPES[shape](n), 1501), make=lambda: Parser(select=[])) for n in (15_010, 60_040)]
    assert works[1].steps <= works[0].steps * 5
    assert works[1].memory <= works[0].memory * 6 + 20_000


@pytest.mark.parametrize("shape", SHAPES)
def test_law_7_linear_whatever_came_before(shape: str) -> None:
    """The same hundred chunks cost no more after a long beginning than after a short one, on average."""
    lengths = (500, 3000) if shape == "digits" else (1000, 50_000)
    text = SHAPES[shape](lengths[1] + 1000)
    step = {"a long string with escapes": 10, "a long string of surrogate pairs": 12}.get(shape, 8)
    works = []
    for length in lengths:
        warm = text[:length]
        chunks = in_chunks(text[length : length + 100 * step], step)
        works.append(work_of(chunks, in_chunks(warm, 64)))
    assert works[1].steps <= works[0].steps * 1.5 + 200
    # One resize of a large container may fall into these chunks; a copy at each of them may not.
    assert works[1].memory <= works[0].memory * 1.5 + 8 * lengths[1] + 20_000


@pytest.mark.parametrize("depth", [50, 500])
def test_law_7_linear_at_any_depth(depth: int) -> None:
    """Feeding deep inside costs what it costs at the surface: events and paths are not rebuilt along the way."""
    chunks = in_chunks('"ab",' * 200, 4)
    surface = work_of(chunks, ["["])
    deep = work_of(chunks, ["[" * depth])
    assert deep.steps <= surface.steps * 1.5
    assert deep.memory <= surface.memory * 1.5 + 20_000


def test_law_7_linear_state() -> None:
    """What a parser holds is proportional to the document, however small the chunks were."""
    text = SHAPES["a long string"](200_000)
    held = []
    for size in (1, 4, 1000):
        chunks = in_chunks(text, size)
        gc.collect()
        tracemalloc.start()
        parser = Parser()
        for chunk in chunks:
            parser.feed(chunk)
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(parser.json[0]) == 200_000
    assert max(held) < 4 * len(text)


def test_law_7_linear_is_measured_by_counts_that_can_fail() -> None:
    """The instrument itself: a parser that reads everything again at each chunk is caught by both counts."""

    source = """
class Rereading:
    def __init__(self):
        self.text = ""
    def feed(self, chunk):
        self.text = self.text + chunk
        for char in self.text:
            pass
"""
    library: dict[str, Any] = {"__name__": "partialjson.instrument"}
    exec(source, library)
    works = [work_of(["x" * 50] * (length // 50), make=library["Rereading"]) for length in (2000, 8000)]
    assert works[1].steps > works[0].steps * 10
    assert works[1].memory > works[0].memory * 10
    assert works[0].steps > 0


# Law 8


@given(strategies.truncations())
def test_law_8_cut_off_is_not_complete(case: tuple[str, str]) -> None:
    """A beginning is Complete only if it is a document itself; else the report is exactly what the model says."""
    head, _ = case
    prediction = predict(head)
    check_text([head], prediction)
    try:
        json.loads(head)
    except ValueError:
        parser = Parser()
        parser.feed(head)
        outcome = parser.end("length")
        assert isinstance(outcome, Truncated)
        assert outcome.reason == "length"
        assert outcome.complete == prediction.ending.complete
        assert not parser.done
        with pytest.raises(IncompleteError) as caught:
            feed_and_close(Parser(), head)
        assert caught.value.pos == len(head)
        assert caught.value.path == prediction.path


@given(strategies.truncations())
def test_law_8_cut_off_is_not_complete_and_the_report_is_of_closed_values(case: tuple[str, str]) -> None:
    """Every path of the report was announced, its value is in the document, and none lies inside another."""
    parser = Parser()
    events, _ = feed_all(parser, [case[0]])
    outcome = parser.end()
    if not isinstance(outcome, Truncated):
        return
    announced = {event.path: event.value for event in events if isinstance(event, Completed)}
    for path in outcome.complete:
        assert repr(value_at(outcome.json, path)) == repr(announced[path])
    for one, other in itertools.permutations(outcome.complete, 2):
        assert one[: len(other)] != other


def value_at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize("text", ["0", "-0", "12", "1.5", "1e3", " 7"])
def test_law_8_cut_off_is_not_complete_for_a_bare_number(text: str) -> None:
    """Twelve may have been going to be 123: only `close`, or an end that is no cut, completes it."""
    parser = Parser()
    assert parser.feed(text) == ()
    assert not parser.done
    assert parser.json is MISSING
    assert parser.close() == json.loads(text)
    assert parser.done
    parser = Parser()
    parser.feed(text)
    assert isinstance(parser.end(), Complete)
    for reason in ("length", "max_tokens", "disconnected"):
        parser = Parser()
        parser.feed(text)
        outcome = parser.end(reason)
        assert isinstance(outcome, Truncated), reason
        assert outcome.reason == reason
        assert outcome.json is MISSING
        assert outcome.complete == ()


@pytest.mark.parametrize("reason", [None, "stop", "length", "disconnected", "anything"])
def test_law_8_a_closed_root_is_complete_whatever_the_reason(reason: str | None) -> None:
    parser = Parser()
    parser.feed('{"a": [1]} ')
    assert parser.end(reason) == Complete({"a": [1]}, (), reason)


# Law 9


@given(cut_texts())
@example(
    ('{"a/b~": [1, "x"], "": {"a": 1}, "a/b~": "y"}', ['{"a/b~": [1, "', 'x"], "": {"a"', ': 1}, "a/b~": "', 'y"}'])
)
@example(("[[], {}]", ["[", "[", "]", ", {", "}", "]"]))
def test_law_9_deltas_fold(case: tuple[str, list[str]]) -> None:
    """Each batch of deltas turns the last snapshot into this one; the last snapshot stays what it was."""
    _, chunks = case
    parser = Parser()
    before: Any = parser.json
    for chunk in chunks:
        try:
            parser.feed(chunk)
        except ParseError:
            chunk = ""
        deltas = parser.deltas()
        kept = fingerprint(before)
        after = apply_deltas(before, deltas)
        assert shown(after) == shown(parser.json)
        assert fingerprint(before) == kept
        before = parser.json
        check_form(deltas)
        assert parser.deltas() == []


def check_form(deltas: list[dict[str, Any]]) -> None:
    """Plain data: JSON Pointers, three operations, and something in each of them."""
    for delta in deltas:
        assert delta.keys() == {"op", "path", "value"}
        assert delta["op"] in ("add", "replace", "append")
        assert isinstance(delta["path"], str)
        assert delta["path"] == "" or delta["path"].startswith("/")
        if delta["op"] == "append":
            assert isinstance(delta["value"], str)
            assert delta["value"]


@given(cut_texts(), st.data())
def test_law_9_deltas_fold_since_any_number(case: tuple[str, list[str]], data: st.DataObject) -> None:
    """Several readers, each with its own sequence number, all arrive at the same document."""
    _, chunks = case
    parser = Parser()
    readers: list[tuple[int, Any]] = [(parser.seq, parser.json)]
    for chunk in chunks:
        try:
            parser.feed(chunk)
        except ParseError:
            break
        if data.draw(st.booleans()):
            readers.append((parser.seq, parser.json))
    for seq, view in readers:
        assert shown(apply_deltas(view, parser.deltas(seq))) == shown(parser.json)
    assert parser.deltas(parser.seq) == []


@given(ANY_TEXT)
def test_law_9_deltas_fold_from_nothing(text: str) -> None:
    parser = Parser()
    feed_all(parser, [text])
    assert shown(apply_deltas(MISSING, parser.deltas(0))) == shown(parser.json)


@given(cut_texts(strategies.texts()))
def test_law_9_deltas_fold_as_json_patch(case: tuple[str, list[str]]) -> None:
    """The RFC 6902 form says the same in `add` and `replace` alone."""
    _, chunks = case
    parser = Parser()
    before: Any = MISSING
    for chunk in chunks:
        parser.feed(chunk)
        deltas = parser.deltas()
        operations = to_json_patch(deltas, before)
        assert {operation["op"] for operation in operations} <= {"add", "replace"}
        assert shown(apply_deltas(before, operations)) == shown(parser.json)
        before = parser.json


@given(cut_texts())
def test_law_9_deltas_fold_by_a_clock_that_does_not_see_chunks(case: tuple[str, list[str]]) -> None:
    """Sequence numbers depend on the text alone, never go down, and change exactly when the document does."""
    _, chunks = case
    slow = Parser()
    clock, fed = [slow.seq], ""
    before: Any = slow.json
    for chunk in chunks:
        whole = Parser()
        assert whole.seq == clock[0]
        _, error = feed_all(slow, [chunk])
        fed += chunk
        feed_all(whole, [fed])
        assert slow.seq == whole.seq
        assert slow.seq >= clock[-1]
        if slow.seq == clock[-1]:
            assert slow.json is before
        clock.append(slow.seq)
        before = slow.json
        if error is not None:
            break


# Law 10


def saved(parser: Parser[Any]) -> Parser[Any]:
    """The parser after a journey through JSON."""
    return Parser.restore(json.loads(json.dumps(parser.checkpoint())))


def seen_of(parser: Parser[Any]) -> dict[str, Any]:
    """All that can be observed of an open parser without changing it."""
    paths = [path for path, _ in nodes_of(parser.json)]
    return {
        "json": shown(parser.json),
        "value": shown(parser.value),
        "done": parser.done,
        "path": parser.path,
        "pos": parser.pos,
        "statuses": {path: parser.status(path) for path in [*paths, parser.path]},
        "state": state_of(parser),
    }


def go_on(parser: Parser[Any], chunks: Sequence[Any], since: int | None) -> list[Any]:
    """What is observed of a parser from here to the end."""
    found: list[Any] = []
    for chunk in chunks:
        events, error = feed_all(parser, [chunk])
        found += [described(events), error_key(error), shown(parser.json), parser.path, parser.pos, parser.done]
        if since is not None:
            found += [repr(parser.deltas(since)), repr(parser.deltas()), parser.seq]
    outcome = parser.end()
    found += [type(outcome), error_key(getattr(outcome, "error", None)), shown(parser.json), described(outcome.events)]
    return [*found, shown(getattr(outcome, "value", None)), getattr(outcome, "complete", None)]


def check_checkpoint(head: Any, tail: Sequence[Any], since_known: bool, **options: Any) -> None:
    """Save after `head`; the saved parser and the one that was saved go on alike, and like one that never was."""

    def start() -> tuple[Parser[Any], int | None, bool]:
        parser: Parser[Any] = Parser(**options)
        since = None
        if since_known:
            parser.deltas()
        _, error = feed_all(parser, [head[: len(head) // 2]])
        if since_known:
            since = parser.seq
        if error is None:
            _, error = feed_all(parser, [head[len(head) // 2 :]])
        return parser, since, error is None

    plain, since, is_open = start()
    if not is_open:
        with pytest.raises(RuntimeError):
            plain.checkpoint()
        return
    original, _, _ = start()
    before = seen_of(original)
    restored, forked = saved(original), original.fork()
    assert seen_of(restored) == seen_of(forked) == before
    story = go_on(plain, tail, since)
    assert go_on(restored, tail, since) == story
    assert seen_of(original) == before
    assert go_on(original, tail, since) == story
    assert go_on(forked, tail, since) == story


@given(cut_texts(), st.integers(0, 12), st.booleans())
@example(
    ('{"b":1,"a":"x","b":{"c":[1e999,-0.0,"\\ud83d', ['{"b":1,"a":"x","b":{"c":[1e999,-0.0,"\\ud83d', "\\ude00"]),
    1,
    True,
)
@example(("12", ["1", "2"]), 1, False)
def test_law_10_checkpoints_are_invisible(case: tuple[str, list[str]], at: int, since_known: bool) -> None:
    _, chunks = case
    check_checkpoint("".join(chunks[:at]), chunks[at:], since_known)


@given(strategies.damaged_bytes(), st.integers(0, 40), st.booleans())
@example('\ufeff[1, "é😀"]'.encode(), 2, False)
def test_law_10_checkpoints_are_invisible_in_bytes(data: bytes, at: int, since_known: bool) -> None:
    check_checkpoint(data[:at], [data[at : at + 1], data[at + 1 :]], since_known)


@given(ANY_TEXT)
@example('["\\ud83d\ude00", "\ud83d\\ude00", "\ud83d\ude00')
@example('{"\ud83d\ude00": "\\ud83d\ude00x')
def test_law_10_checkpoints_are_invisible_at_every_character(text: str) -> None:
    """Saved and restored after each character, a parser sees what one sees that never was."""
    parser: Parser[Any] = Parser()
    events: list[Any] = []
    error: ParseError | None = None
    for char in text:
        more, error = feed_all(parser, [char])
        events += more
        if error is not None:
            break
        parser = saved(parser)
    check_agreement(parser, events, error, predict(text))


@given(
    strategies.texts(), st.integers(0, 60), st.integers(1, 5), st.integers(1, 8), st.integers(1, 8), st.integers(1, 60)
)
@example('["é😀\\u0041"]', 8, 1, 3, 1, 20)
@example("[1e22, 1e5]", 6, 1, 1, 4, 12)
@example('["\ud83d', 3, 1, 1, 1, 3)
def test_law_10_checkpoints_are_invisible_near_limits(
    text: str, at: int, depth: int, string: int, number: int, document: int
) -> None:
    """A document that is within its limits is so again when it is restored, however it is written down meanwhile."""
    limits = Limits(depth=depth, string=string, number=number, document=document)
    check_checkpoint(text[:at], [text[at:]], False, limits=limits)


@given(strategies.texts(), st.integers(0, 40))
def test_law_10_checkpoints_are_invisible_with_a_selection(text: str, at: int) -> None:
    check_checkpoint(text[:at], [text[at:]], False, select=["$.a", "$[*]"])
    check_checkpoint(text[:at], [text[at:]], True, select=[])


def test_law_10_checkpoints_belong_to_open_documents() -> None:
    for text in ("[1", "[1]", "12"):
        parser: Parser[Any] = Parser()
        parser.feed(text)
        parser.end()
        with pytest.raises(RuntimeError):
            parser.checkpoint()
        with pytest.raises(RuntimeError):
            parser.fork()


def test_law_10_forks_are_independent() -> None:
    parser: Parser[Any] = Parser()
    parser.feed('{"a": [1, "x')
    forks = [parser.fork(), copy.copy(parser), copy.deepcopy(parser), pickle.loads(pickle.dumps(parser))]
    for number, fork in enumerate(forks):
        fork.feed(f'{number}"]}}')
    parser.feed('y"], "b": 0}')
    assert [fork.close() for fork in forks] == [{"a": [1, f"x{number}"]} for number in range(4)]
    assert parser.close() == {"a": [1, "xy"], "b": 0}


def a_checkpoint() -> dict[str, Any]:
    parser: Parser[Any] = Parser()
    parser.deltas()
    parser.feed('{"a": [1, {"b": "x')
    return parser.checkpoint()


WRONG_VALUES: tuple[Any, ...] = (None, -1, "x", '"', [], [1], {}, {"x": 1}, 1.5, 10**30, True, "zz", [[1]])


@pytest.mark.parametrize("name", a_checkpoint())
def test_law_10_corrupt_checkpoints_are_refused(name: str) -> None:
    """A field that is missing or of another kind is refused, and one of the right kind does no harm."""
    state = a_checkpoint()
    right = state.pop(name)
    if name != "target":
        with pytest.raises(ValueError, match="checkpoint"):
            Parser.restore(state)
    for wrong in WRONG_VALUES:
        if type(wrong) is type(right) and name not in ("partialjson", "tail"):
            check_restores_or_refuses({**state, name: wrong})
        elif wrong != right and not (name == "changes" and wrong is None):
            with pytest.raises(ValueError, match="checkpoint"):
                Parser.restore({**state, name: wrong})
    if isinstance(right, dict):
        for inner in right:
            for wrong in WRONG_VALUES:
                check_restores_or_refuses({**state, name: {**right, inner: wrong}})
            without = {key: value for key, value in right.items() if key != inner}
            with pytest.raises(ValueError, match="checkpoint"):
                Parser.restore({**state, name: without})


def check_restores_or_refuses(state: dict[str, Any]) -> None:
    """A value of the right kind may be taken; then the parser works, whatever it is worth."""
    try:
        parser = Parser.restore(state)
    except ValueError:
        return
    feed_all(parser, [b'", 2' if state["input"] == 2 else '", 2'])
    parser.deltas()
    parser.end()


@pytest.mark.parametrize("state", [None, 1, "x", [], {}, {"partialjson": 0}, {"partialjson": 1}], ids=repr)
def test_law_10_foreign_checkpoints_are_refused(state: Any) -> None:
    with pytest.raises(ValueError, match="checkpoint"):
        Parser.restore(state)


# Law 11


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(strategies._NOISE)), max_size=20))
def test_law_11_nothing_breaks_it(chunks: list[str]) -> None:
    """Any text at all gives a documented error or a document, and what the model says."""
    check_text(chunks, predict("".join(chunks)))


@given(st.lists(st.binary(max_size=6), max_size=10))
def test_law_11_nothing_breaks_it_in_bytes(chunks: list[bytes]) -> None:
    parser = Parser()
    _, error = feed_all(parser, chunks)
    outcome = parser.end()
    assert isinstance(outcome, (Complete, Truncated, Failed))
    if error is not None:
        with pytest.raises(ParseError) as again:
            parser.close()
        assert again.value is error


@given(
    strategies.texts(),
    st.integers(1, 4),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 40),
)
def test_law_11_nothing_breaks_it_nor_passes_a_limit(
    text: str, depth: int, string: int, number: int, document: int
) -> None:
    """With tight limits: no view ever holds what a limit forbids, in whatever chunks the text came."""
    limits = Limits(depth=depth, string=string, number=number, document=document)
    seen = check_all_chunkings(
        text, make=lambda: Parser(limits=limits), single_splits_up_to=40, partitions=1, states_up_to=20
    )
    if seen.error is None:
        assert len(text) <= document
    for path, value in nodes_of(seen.json):
        assert len(path) + isinstance(value, (dict, list)) <= depth
        if isinstance(value, str):
            assert len(value) <= string
        if isinstance(value, int) and not isinstance(value, bool):
            assert len(str(value)) <= number
        if isinstance(value, dict):
            assert all(len(key) <= string for key in value)


@pytest.mark.parametrize("opener", ["[", '{"a":', '[{"":'])
def test_law_11_nothing_breaks_it_however_deep(opener: str) -> None:
    """A limit of depth that was lifted must not exhaust the C stack: not in reading, ending or letting go."""
    parser = Parser(limits=Limits(depth=10**9))
    parser.feed(opener * 200_000)
    assert isinstance(parser.end(), Truncated)
    del parser
    gc.collect()
    with pytest.raises(ParseError) as caught:
        Parser().feed(opener * 200_000)
    assert len(caught.value.path) == 512


def test_law_11_nothing_breaks_it_when_a_deep_document_closes() -> None:
    depth = 100_000
    parser = Parser(limits=Limits(depth=10**9))
    parser.feed("[" * depth)
    parser.feed("]" * depth)
    value = parser.close()
    for _ in range(depth - 1):
        (value,) = value
    assert value == []


def test_law_11_errors_carry_the_events_before_them() -> None:
    parser = Parser()
    assert len(parser.feed("[1, 2,")) == 2
    with pytest.raises(ParseError) as caught:
        parser.feed(' "x", {"a": true} oops')
    assert [(e.path, e.value) for e in caught.value.events if isinstance(e, Completed)] == [
        ((2,), "x"),
        ((3, "a"), True),
        ((3,), {"a": True}),
    ]
    outcome = parser.end()
    assert isinstance(outcome, Failed)
    assert outcome.error is caught.value
    assert outcome.events == caught.value.events
    assert outcome.json == [1, 2, "x", {"a": True}]


@pytest.mark.parametrize("digits", [600, 4301, 5000])
def test_law_11_nothing_breaks_it_when_the_interpreter_refuses_the_number(digits: int) -> None:
    """`int` has a limit of its own, which may be lower than the parser's: a ParseError, or the number, nothing else."""
    before = sys.get_int_max_str_digits()
    for lowest in (640, 0, before):
        sys.set_int_max_str_digits(lowest)
        try:
            for limit in (4300, 100_000):
                parser = Parser(limits=Limits(number=limit))
                _, error = feed_all(parser, ["[", "9" * digits, "]"])
                assert error is not None or parser.json == [10**digits - 1]
                assert error is None or parser.json == []
        finally:
            sys.set_int_max_str_digits(before)


@given(cut_texts(), st.integers(0, 12))
def test_laws_hold_without_events(case: tuple[str, list[str]], first_look: int) -> None:
    """A parser nobody wants events of takes shorter ways; it must arrive at the same places.

    The deltas are asked for from a random moment on, so that their journal starts in the middle of a document.
    """
    text, chunks = case
    parser = Parser(select=[])
    fed = ""
    view: Any = MISSING
    for number, chunk in enumerate(chunks):
        fed += chunk
        events, error = feed_all(parser, [chunk])
        prediction = predict(fed)
        assert events == []
        assert (error is None) == (prediction.error is None)
        if error is not None:
            break
        assert shown(parser.json) == shown(prediction.json)
        for path, status in prediction.statuses.items():
            assert parser.status(path) == status
        if number >= first_look:
            view = apply_deltas(view, parser.deltas())
            assert shown(view) == shown(parser.json)
    seen = check_all_chunkings(
        text, make=lambda: Parser(select=[]), single_splits_up_to=20, partitions=2, states_up_to=0
    )
    assert seen.events == ()
    assert type(seen.outcome) is type(observe([text]).outcome)


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_laws_hold_for_long_texts(seed: int) -> None:
    """Thousands of characters, so that buffers are compacted and fast paths for long chunks are taken."""
    source = random.Random(seed)
    rows = [
        {
            "id": source.randrange(10**6),
            "text": "".join(source.choice(("plain ", "é", "😀", '"', "\\", "\n")) for _ in range(source.randrange(80))),
            "nested": {"list": [source.random() for _ in range(source.randrange(6))], "flag": None},
        }
        for _ in range(source.randrange(1, 30))
    ]
    text = json.dumps(rows, ensure_ascii=source.random() < 0.5, indent=source.choice((None, 2)))
    if source.random() < 0.3:
        place = source.randrange(len(text))
        text = text[:place] + source.choice('x"]}\\,') + text[place + 1 :]
    check_all_chunkings(text, single_splits_up_to=0, states_up_to=0, partitions=4, seed=seed)
    prediction = predict(text)
    check_text(in_chunks(text, 100), prediction)


HAZARDS = (
    *("NaN", "-Infinity", '{"a":1,"a":[2],"a":"x"}', "[[[[[[]]]]]]", '{"":{"":{"":[]}}}', '{"id":{"id":1}}'),
    *('"\\ud83d"', '"\\ud83d\\ude00"', '"a\x01b"', '"a\nb"', '"\\u00', '"\\"', '"],"', '"},{"', "\ufeff", "\u2028"),
    *("1e999", "-0", "-0.0", "01", "1.", "9" * 30, "],[", "]", "}", ",", "[]]", "tru", "\n\n"),
    *('"' + "k" * 70 + '"', '{"' + "k" * 70 + '":1}'),
)


LIMITS = (Limits(), Limits(depth=5), Limits(number=1), Limits(number=20), Limits(string=64), Limits(document=3000))


@settings(max_examples=40)
@given(
    st.integers(0, 2**32),
    st.sampled_from((None, [], [], ["$"], ["$[*]"], ["$.rows"])),
    st.sampled_from((*LIMITS, Limits(), Limits())),
    st.sampled_from((40, 160, 800)),
)
def test_laws_hold_for_long_arrays(seed: int, select: list[str] | None, limits: Limits, most: int) -> None:
    """Many rows in one chunk, with something awkward in one of them, which no fast path may step over."""
    source = random.Random(seed)
    kinds: list[Callable[[], str]] = [
        lambda: json.dumps({"id": source.randrange(10**6), "name": "n" * source.randrange(9), "tags": ["a", {}]}),
        lambda: str(source.randrange(10**9)),
        lambda: repr(source.uniform(-1, 1)),
        lambda: json.dumps("s" * source.randrange(30)),
        lambda: json.dumps([[source.randrange(9)] * 3]),
        lambda: json.dumps({f"k{source.randrange(500)}": None, "x" * source.randrange(60, 70): True}),
    ]
    kind = source.choice(kinds)
    rows = [kind() if source.random() < 0.97 else source.choice(kinds)() for _ in range(source.randrange(30, most))]
    if source.random() < 0.8:
        rows[source.randrange(len(rows))] = source.choice(HAZARDS)
    text = source.choice(("", '{"rows": ', "[[0], ")) + "[" + source.choice((",", ", ", ",\n ")).join(rows)
    text += source.choice(("]", "", "]}", "]]", ", 1", ",]"))
    check_all_chunkings(
        text,
        make=lambda: Parser(select=select, limits=limits),
        single_splits_up_to=0,
        states_up_to=0,
        partitions=4,
        seed=seed,
    )
    if limits == Limits():
        parser: Parser[Any] = Parser(select=select)
        events, error = feed_all(parser, [text])
        prediction = predict(text)
        wanted = {"$": (), "$.rows": ("rows",)}
        kept = [e for e in prediction.events if select is None or e.path in [wanted.get(each) for each in select]]
        if select != ["$[*]"]:
            assert described(events) == predicted(kept)
        assert place_of(error) == prediction.error
        assert shown(parser.json) == shown(prediction.json)
