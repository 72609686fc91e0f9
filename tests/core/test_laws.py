"""The laws of the untyped parser, each by its function in `partialjson.testing.laws`, over drawn texts and chunks.

Beside them stand comparisons with the model (`support.model`), which was itself compared with `json.loads`, and what
can only be said of a certain text. Tests carry the number and the name of their law.
"""

from __future__ import annotations

import copy
import gc
import json
import pickle
import random
import sys
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator

from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    IncompleteError,
    Limits,
    ParseError,
    Parser,
    Truncated,
)
from partialjson.patch import apply_deltas
from partialjson.testing import strategies
from partialjson.testing.broken import Broken
from partialjson.testing.chunking import check_all_chunkings, observe
from partialjson.testing.damage import NOISE, SIGNS
from partialjson.testing.growth import grows
from partialjson.testing.laws import (
    in_chunks,
    law_1,
    law_2,
    law_3,
    law_4,
    law_5,
    law_6,
    law_7,
    law_8,
    law_9,
    law_10,
    law_11,
    saved,
    work_of,
)
from partialjson.testing.makers import Maker
from support.agreement import check_agreement, check_text, described, feed_all, place_of, predicted, shown
from support.effort import examples
from support.memory import held_by
from support.model import predict, predict_bytes

PLAIN = Maker()
ANY_TEXT = st.one_of(strategies.documents(), strategies.damaged(labels=NOISE))
SEEDS = st.integers(0, 2**32)

lets_go_of_the_deep = pytest.mark.skipif(
    sys.platform == "emscripten",
    reason="Python in WebAssembly ends when it lets go of a list some ten thousand deep, whoever made it",
)


@st.composite
def cut_texts(draw: st.DrawFn, source: st.SearchStrategy[str] = ANY_TEXT) -> tuple[str, list[str]]:
    text = draw(source)
    return text, draw(strategies.chunkings(text))


# The instruments: a parser that breaks a law is told so.


class Broke:
    """A parser with something wrong about it: `wrong` maps names of the interface to what is there instead."""

    def __init__(self, wrong: dict[str, Callable[[Parser[Any]], Any]]) -> None:
        self.parser: Parser[Any] = Parser()
        self.wrong = wrong

    def __getattr__(self, name: str) -> Any:
        return self.wrong[name](self.parser) if name in self.wrong else getattr(self.parser, name)


def fails(chunk: str) -> tuple[()]:
    raise TypeError(chunk)


BREACHES: list[tuple[Callable[..., None], str, dict[str, Callable[[Parser[Any]], Any]]]] = [
    (law_1, "chunking is invisible", {"feed": lambda parser: lambda chunk: parser.feed(chunk)[:1]}),
    (law_2, "growth only", {"json": lambda parser: parser.json if parser.pos % 2 else []}),
    (law_3, "closed once", {"feed": lambda parser: lambda chunk: parser.feed(chunk) * 2}),
    (law_4, "snapshots hold still", {"json": lambda parser: copy.deepcopy(parser.json)}),
    (law_5, "the end is the one-shot result", {"close": lambda parser: lambda: (parser.close(), 0)[1]}),
    (law_8, "cut off is not complete", {"end": lambda parser: lambda reason=None: Complete([1], (), reason)}),
    (law_9, "deltas fold", {"deltas": lambda parser: lambda since=None: parser.deltas(since)[:-1]}),
    (law_10, "checkpoints are invisible", {"checkpoint": lambda parser: Parser().checkpoint}),
    (law_11, "nothing breaks it", {"feed": lambda parser: fails}),
]


@pytest.mark.parametrize(("law", "name", "wrong"), BREACHES, ids=[name for _, name, _ in BREACHES])
def test_a_breach_is_told(law: Callable[..., None], name: str, wrong: dict[str, Any]) -> None:
    class Making(Maker):
        def __call__(self) -> Any:
            return Broke(wrong)

    text = '[1, "text", {"a": []}'
    law(text, PLAIN)
    with pytest.raises(Broken, match=rf"^law \d+, {name}: "):
        law(text if law is not law_5 else text + "]", Making())


def test_a_breach_of_law_6_is_told() -> None:
    calls: list[Any] = []

    def note(value: int) -> int:
        calls.append(value)
        return value

    def twice(value: int) -> int:
        if calls.count(value) < 2:
            note(value)
        return note(value)

    law_6("[1, 2]", Maker(list[Annotated[int, AfterValidator(note)]]), calls)

    class Making(Maker):
        def __call__(self) -> Any:
            return Parser(list[Annotated[int, AfterValidator(twice)]])

    with pytest.raises(Broken, match=r"^law 6, validated once: "):
        law_6("[1, 2]", Making(list[Annotated[int, AfterValidator(note)]]), calls)


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
    law_1(case[0], PLAIN, case[1])


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
    law_2(text, PLAIN)


@given(strategies.documents())
def test_law_2_growth_only_in_whole_characters(text: str) -> None:
    """Half a pair of surrogates is never shown, where the whole pair is coming."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        law_2(text.encode(), PLAIN)
        law_5(text.encode(), PLAIN)


@given(strategies.string_texts(surrogates=False), st.booleans())
def test_law_2_growth_only_without_half_characters(text: str, nested: bool) -> None:
    final = json.loads(text)
    parser = Parser()
    for char in '["' + text[1:] if nested else text:
        parser.feed(char)
        view = parser.json[0] if nested and parser.json else parser.json
        if isinstance(view, str):
            assert final.startswith(view)
            assert not any("\ud800" <= c <= "\udfff" for c in view)


# Law 3


@given(cut_texts(strategies.documents()))
def test_law_3_closed_once(case: tuple[str, list[str]]) -> None:
    law_3(case[0], PLAIN, case[1])


@given(ANY_TEXT)
def test_law_3_closed_once_and_the_status_agrees(text: str) -> None:
    """A path is complete from its completion on, until it is replaced, and at no other time."""
    law_3(text, PLAIN)


# Law 4


@given(cut_texts(), SEEDS)
@example(('[[1],{"a":"x"},"', ["[[1", "],{", '"a":"', "x", '"}', ",", '"']), 0)
def test_law_4_snapshots_hold_still(case: tuple[str, list[str]], seed: int) -> None:
    law_4(case[0], PLAIN, case[1], random.Random(seed))


@given(ANY_TEXT, SEEDS)
def test_law_4_snapshots_hold_still_at_every_character(text: str, seed: int) -> None:
    law_4(text, PLAIN, source=random.Random(seed))


@given(st.one_of(strategies.documents(), strategies.values().map(json.dumps)), SEEDS)
def test_law_4_snapshots_hold_still_in_whatever_hands(text: str, seed: int) -> None:
    """Random programs of readers over random pieces, most of them short."""
    source = random.Random(seed)
    chunks, rest = [], text
    while rest:
        size = source.choice((1, 1, 2, 3, 9))
        chunks.append(rest[:size])
        rest = rest[size:]
    law_4(text, PLAIN, chunks, source)


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
    law_5(text, PLAIN, [text])
    law_5(text, PLAIN)


@given(strategies.values(), st.sampled_from((None, 0, 1, "\t")), st.booleans(), st.booleans())
def test_law_5_the_end_is_the_one_shot_result_of_serialised_documents(
    value: Any, indent: int | str | None, ascii_only: bool, as_bytes: bool
) -> None:
    written = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    text: str | bytes = written.encode() if as_bytes else written
    parser = Parser()
    parser.feed(text)
    assert repr(parser.close()) == repr(value)
    law_5(text, PLAIN)


# Law 7


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
    texts: list[Any] = [SHAPES[shape](n) for n in ((1000, 4000) if shape == "digits" else (2000, 8000))]
    short, long = (text if kind == "str" else text.encode() for text in texts)
    law_7(long, PLAIN, short, size)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "digits"])
def test_law_7_linear_in_large_chunks(shape: str) -> None:
    """Large chunks and no events: the fast paths for much at once pay for their attempts."""
    law_7(SHAPES[shape](60_040), Maker(select=[]), SHAPES[shape](15_010), 1501)


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
        works.append(work_of(chunks, Parser, in_chunks(warm, 64)))
    assert works[1].steps <= works[0].steps * 1.5 + 200
    # One resize of a large container may fall into these chunks; a copy at each of them may not.
    assert works[1].memory <= works[0].memory * 1.5 + 8 * lengths[1] + 20_000


@pytest.mark.parametrize("depth", [50, 500])
def test_law_7_linear_at_any_depth(depth: int) -> None:
    """Feeding deep inside costs what it costs at the surface: events and paths are not rebuilt along the way."""
    chunks = in_chunks('"ab",' * 200, 4)
    surface = work_of(chunks, Parser, ["["])
    deep = work_of(chunks, Parser, ["[" * depth])
    assert deep.steps <= surface.steps * 1.5
    assert deep.memory <= surface.memory * 1.5 + 20_000


def test_law_7_linear_state() -> None:
    """What a parser holds is proportional to the document, however small the chunks were."""
    text = SHAPES["a long string"](200_000)
    held = []
    for size in (1, 4, 1000):
        chunks = in_chunks(text, size)

        def fed(chunks: Any = chunks) -> Any:
            parser = Parser()
            for chunk in chunks:
                parser.feed(chunk)
            assert len(parser.json[0]) == 200_000
            return parser

        held.append(held_by(fed))
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
    works = [work_of(["x" * 50] * (length // 50), library["Rereading"]) for length in (2000, 8000)]
    assert works[1].steps > works[0].steps * 10
    assert works[1].memory > works[0].memory * 10
    assert works[0].steps > 0
    with pytest.raises(Broken, match="law 7, linear: steps"):
        law_7("x" * 8000, library["Rereading"], "x" * 2000, 50)


# Law 8


@given(strategies.truncations())
def test_law_8_cut_off_is_not_complete(head: str) -> None:
    """A beginning is Complete only if it is a document itself; else the report is exactly what the model says."""
    prediction = predict(head)
    check_text([head], prediction)
    law_8(head, PLAIN)
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
        assert isinstance(outcome.error, IncompleteError)
        assert outcome.error.pos == len(head)
        assert outcome.error.path == prediction.path


@given(strategies.truncations(), st.data())
def test_law_8_cut_off_is_not_complete_and_the_report_is_of_closed_values(head: str, data: st.DataObject) -> None:
    """Every path of the report was announced, its value is in the document, and none lies inside another."""
    law_8(head, PLAIN, data.draw(strategies.chunkings(head)), "disconnected")


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


@given(cut_texts(), SEEDS)
@example(
    ('{"a/b~": [1, "x"], "": {"a": 1}, "a/b~": "y"}', ['{"a/b~": [1, "', 'x"], "": {"a"', ': 1}, "a/b~": "', 'y"}']), 0
)
@example(("[[], {}]", ["[", "[", "]", ", {", "}", "]"]), 0)
def test_law_9_deltas_fold(case: tuple[str, list[str]], seed: int) -> None:
    """Of each batch, as JSON Patch, and for several readers, each with its own sequence number."""
    law_9(case[0], PLAIN, case[1], random.Random(seed))


@given(ANY_TEXT)
def test_law_9_deltas_fold_from_nothing(text: str) -> None:
    law_9(text, PLAIN, [text])


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


@given(cut_texts(), st.integers(0, 12), st.booleans())
@example(
    ('{"b":1,"a":"x","b":{"c":[1e999,-0.0,"\\ud83d', ['{"b":1,"a":"x","b":{"c":[1e999,-0.0,"\\ud83d', "\\ude00"]),
    1,
    True,
)
@example(("12", ["1", "2"]), 1, False)
def test_law_10_checkpoints_are_invisible(case: tuple[str, list[str]], at: int, since: bool) -> None:
    law_10("".join(case[1]), PLAIN, case[1], at, since)


@given(strategies.damaged_bytes(), st.integers(0, 40), st.booleans())
@example('\ufeff[1, "é😀"]'.encode(), 2, False)
def test_law_10_checkpoints_are_invisible_in_bytes(data: bytes, at: int, since: bool) -> None:
    law_10(data, PLAIN, [data[: at // 2], data[at // 2 : at], data[at : at + 1], data[at + 1 :]], 2, since)


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
        parser = saved(parser, PLAIN)
    check_agreement(parser, events, error, predict(text))


@given(
    strategies.documents(),
    st.integers(0, 60),
    st.integers(1, 5),
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(1, 60),
)
@example('["é😀\\u0041"]', 8, 1, 3, 1, 20)
@example("[1e22, 1e5]", 6, 1, 1, 4, 12)
@example('["\ud83d', 3, 1, 1, 1, 3)
def test_law_10_checkpoints_are_invisible_near_limits(
    text: str, at: int, depth: int, string: int, number: int, document: int
) -> None:
    """A document that is within its limits is so again when it is restored, however it is written down meanwhile."""
    limits = Limits(depth=depth, string=string, number=number, document=document)
    halves = [text[: at // 2], text[at // 2 : at], text[at:]]
    law_10(text, Maker(limits=limits), halves, 2)


@given(strategies.documents(), st.integers(0, 40))
def test_law_10_checkpoints_are_invisible_with_a_selection(text: str, at: int) -> None:
    halves = [text[: at // 2], text[at // 2 : at], text[at:]]
    law_10(text, Maker(select=["$.a", "$[*]"]), halves, 2)
    law_10(text, Maker(select=[]), halves, 2, since=True)


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
        elif wrong != right and not (name == "journal" and wrong is None):
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


@pytest.mark.parametrize("state", [None, 1, [], {}, {"partialjson": 0}, {"partialjson": 1}], ids=repr)
def test_law_10_foreign_checkpoints_are_refused(state: Any) -> None:
    with pytest.raises(ValueError, match="checkpoint"):
        Parser.restore(state)


# Law 11


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(SIGNS)), max_size=20))
def test_law_11_nothing_breaks_it(chunks: list[str]) -> None:
    """Any text at all gives a documented error or a document, and what the model says."""
    check_text(chunks, predict("".join(chunks)))


@given(st.lists(st.binary(max_size=6), max_size=10))
def test_law_11_nothing_breaks_it_in_bytes(chunks: list[bytes]) -> None:
    law_11(b"".join(chunks), PLAIN, chunks)


@given(
    strategies.documents(),
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
    make = Maker(limits=limits)
    check_all_chunkings(text, make=make, single_splits_up_to=40, partitions=1, states_up_to=20)
    law_11(text, make)
    law_11(text, make, [text])


@lets_go_of_the_deep
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


@lets_go_of_the_deep
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


@settings(max_examples=examples(15))
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


@settings(max_examples=examples(40))
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
