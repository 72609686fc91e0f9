"""Going on with a cut document: wherever it is cut and however the model begins, the result is the one-shot result.

`spliced` is the way through: it cuts a text, ends the parser, continues it with an answer in several chunkings, and
asserts that chunks do not show.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from partialjson import MISSING, Complete, Failed, Limits, ParseError, Parser, Truncated
from partialjson.patch import apply_deltas
from partialjson.resume import ANCHOR, LEAST_REPETITION, Continuation, Mode, SpliceError
from partialjson.testing.chunking import fingerprint, random_partition
from partialjson.testing.strategies import documents
from support.effort import examples
from support.models import Line


class Order(BaseModel):
    note: str
    items: list[Line]
    total: float


ITEMS = '[{"sku": "x-1", "qty": 12}, {"sku": "y", "qty": 3}]'
ORDER = f'{{"note": "a \\"b\\" \\ud83d\\ude00 c d", "items": {ITEMS}, "total": 1.5}}'


def cut(text: str, at: int, make: Callable[[], Parser[Any]] = Parser, **options: Any) -> Continuation[Any]:
    """A continuation of a text that was cut there."""
    parser = make()
    parser.feed(text[:at])
    parser.end("length")
    return Continuation(parser, text[:at], **options)


def run(rest: Continuation[Any], chunks: list[str]) -> Any:
    """All that can be seen of a continuation, comparable."""
    events: list[str] = []
    error: Any = None
    for chunk in chunks:
        try:
            events += map(repr, rest.feed(chunk))
        except (SpliceError, ParseError) as raised:
            error = type(raised), str(raised)
            events += map(repr, getattr(raised, "events", ()))
            break
    if error is None:
        try:
            events += map(repr, rest.flush())
        except SpliceError as raised:
            error = type(raised), str(raised)
    parser = rest.parser
    outcome = parser.end()
    value = fingerprint(outcome.value) if isinstance(outcome, Complete) else type(outcome)
    seen = (fingerprint(parser.json), value, rest.text, "".join(rest.skipped), rest.repeated)
    # Where a chunk's events end is no matter; those of the end are the parser's.
    return events + [repr(event) for event in outcome.events if error is None], error, seen


def spliced(make: Callable[[], Continuation[Any]], answer: str) -> Any:
    """What the continuation shows, which is the same for all chunks."""
    source = random.Random(len(answer))
    expected = run(make(), [answer])
    ways = [list(answer), *(random_partition(answer, source) for _ in range(3))]
    for chunks in ways:
        assert run(make(), chunks) == expected, chunks
    return expected


def gives(make: Callable[[], Continuation[Any]], answer: str, text: str) -> None:
    _, error, seen = spliced(make, answer)
    assert error is None, error
    assert seen[0] == fingerprint(json.loads(text))
    assert seen[1] == seen[0] or make().parser._target is not None


def cuts(source: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, int]]:
    """A text, and a place at which it is no document yet."""

    def is_open(pair: tuple[str, int]) -> bool:
        parser: Parser[Any] = Parser()
        parser.feed(pair[0][: pair[1]])
        return not parser.done

    return source.flatmap(lambda text: st.tuples(st.just(text), st.integers(0, len(text)))).filter(is_open)


# What is asked for and comes.


@given(cuts(documents()))
@settings(deadline=None, max_examples=examples(80))
def test_exact_continuations_give_the_one_shot_result(pair: tuple[str, int]) -> None:
    text, at = pair
    rest = cut(text, at, mode="exact")
    assert rest.prefix + rest.dropped == text[:at]
    assert rest.prefill == rest.prefill.rstrip()
    gives(lambda: cut(text, at, mode="exact"), text[len(rest.prefill) :], text)


NOISE = ("", "\n\n", "Sure, here is the rest:\n", 'As "JSON":\n```json\n', "```\n", "Here:\n\n```json\n")
FAREWELLS = ("", "\n", "\n```", "\n```\nI hope that helps {you}!")


@given(
    cuts(documents()),
    st.sampled_from(NOISE),
    st.sampled_from(FAREWELLS),
    st.sampled_from(["anchor", "longer", "whole"]),
)
@settings(deadline=None, max_examples=examples(80))
def test_anchored_continuations_give_the_one_shot_result(
    pair: tuple[str, int], noise: str, farewell: str, repeated: str
) -> None:
    text, at = pair
    rest = cut(text, at, mode="anchored")
    assume(rest.anchor)
    assert len(rest.anchor) <= ANCHOR
    start = {"anchor": len(rest.prefill) - len(rest.anchor), "longer": max(0, len(rest.prefill) - 60), "whole": 0}[
        repeated
    ]
    answer = text[start:].lstrip()
    # A longer repetition counts where the answer does not begin with the anchor itself, at another place.
    assume(repeated == "anchor" or not answer.startswith(rest.anchor) or start == rest.prefill.find(rest.anchor))
    assume(not any(line.startswith(rest.anchor) for line in map(str.lstrip, noise.splitlines(True))))
    if rest.prefill[start:].strip() == rest.anchor:
        start = len(rest.prefill) - len(rest.anchor)
    gives(lambda: cut(text, at, mode="anchored"), noise + answer + farewell, text)


def longest_repetition(base: str, answer: str) -> int:
    return max((n for n in range(min(len(base), len(answer)) + 1) if base.endswith(answer[:n])), default=0)


def compact(text: str) -> str:
    out, inside, escaped = [], False, False
    for character in text:
        if inside or character not in " \t\r\n":
            out.append(character)
        if escaped:
            escaped = False
        elif character == "\\" and inside:
            escaped = True
        elif character == '"':
            inside = not inside
    return "".join(out)


WORDS = st.text('abcdefgh ßé\\"\n`{', max_size=25)
RECORDS = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
DUMPS = st.builds(
    lambda value, indent, escaped: json.dumps(value, indent=indent, ensure_ascii=escaped),
    st.dictionaries(WORDS, RECORDS, min_size=1, max_size=4) | st.lists(RECORDS, min_size=1, max_size=4),
    st.sampled_from([None, 2]),
    st.booleans(),
)


@given(cuts(DUMPS), st.sampled_from(FAREWELLS))
@settings(deadline=None, max_examples=examples(80))
def test_auto_goes_on_where_nothing_is_repeated(pair: tuple[str, int], farewell: str) -> None:
    text, at = pair
    rest = cut(text, at)
    answer = text[len(rest.prefill) :]
    # Of two equal elements, the second reads like the first again, whatever space stands before it.
    again = answer.lstrip()
    seen = longest_repetition(rest.prefill, again)
    assume(seen < LEAST_REPETITION or rest.prefill.find(again[:seen]) != rest.prefill.rfind(again[:seen]))
    assume(not compact(answer).startswith(compact(rest.prefill)[:LEAST_REPETITION]) or not rest.prefill)
    gives(lambda: cut(text, at), answer + farewell, text)


@given(cuts(DUMPS), st.integers(0, 60), st.sampled_from(NOISE), st.sampled_from(FAREWELLS), st.booleans())
@settings(deadline=None, max_examples=examples(80))
def test_auto_cuts_off_what_is_repeated(
    pair: tuple[str, int], length: int, noise: str, farewell: str, whole: bool
) -> None:
    text, at = pair
    rest = cut(text, at)
    start = 0 if whole else max(0, len(rest.prefill) - LEAST_REPETITION - length)
    answer = text[start:].lstrip()
    said = rest.prefill[len(text) - len(answer) :]
    assume(len(compact(said) if whole else said) >= LEAST_REPETITION)
    if not whole:
        assume(rest.prefill.find(said) == rest.prefill.rfind(said))
        assume(longest_repetition(rest.prefill, answer) == len(said))
        assume(not compact(answer).startswith(compact(rest.prefill)) or start == 0)
    gives(lambda: cut(text, at), noise + answer + farewell, text)


@given(cuts(DUMPS), st.sampled_from([None, 0, 3]))
@settings(deadline=None, max_examples=examples(100))
def test_a_document_written_again_in_another_spelling_is_recognised(pair: tuple[str, int], indent: int | None) -> None:
    text, at = pair
    rest = cut(text, at)
    assume(len(compact(rest.prefill)) >= LEAST_REPETITION)
    assume(rest.prefill[-1:] not in "0123456789")
    again = json.dumps(json.loads(text), indent=indent, ensure_ascii="\\u" in text)
    assume(compact(again).startswith(compact(rest.prefill)))
    assume(not (rest.prefix != rest.prefill and not again.find(rest.prefix[-3:])))
    gives(lambda: cut(text, at), f"```json\n{again}\n```", text)


ANSWERS = st.one_of(
    st.text('ab"{}[]:,1 \n`\\', max_size=40),
    st.lists(st.sampled_from(['"a":', '"', "1", ",", "}", "]", "Here:\n", "```json\n", "\n", " ", "note", "x"])).map(
        "".join
    ),
)


@given(cuts(DUMPS | st.just(ORDER)), ANSWERS, st.integers(0, 40), st.sampled_from(["auto", "exact", "anchored"]))
@settings(deadline=None, max_examples=examples(100))
def test_chunks_never_show_whatever_the_answer_is(pair: tuple[str, int], noise: str, back: int, mode: Mode) -> None:
    """`spliced` asserts it. Besides: nothing complete is lost, and what did not fit changed nothing."""
    text, at = pair
    answer = noise + text[max(0, at - back) :]
    _, error, seen = spliced(lambda: cut(text, at, mode=mode), answer)
    rest = cut(text, at, mode=mode)
    if error and error[0] is SpliceError:
        assert seen[0] == fingerprint(rest.parser.json)
        assert seen[2] == rest.prefix


# Every cut of one typed order.


@pytest.mark.parametrize("mode", ["auto", "exact", "anchored"])
@pytest.mark.parametrize("at", range(len(ORDER)))
def test_a_typed_document_goes_on_at_every_place(at: int, mode: Mode) -> None:
    rest = cut(ORDER, at, lambda: Parser(Order), mode=mode)
    parser, before = rest.parser, rest.parser.json
    shown: Any = apply_deltas(MISSING, parser.deltas())
    other = Parser(Order)
    other.feed(rest.prefix)
    outcome = other.end("length")
    assert isinstance(outcome, Truncated)
    assert (rest.missing, rest.path) == (outcome.missing, outcome.path)
    first = parser.json["items"][0] if before is not MISSING and len(before.get("items", ())) > 1 else None
    answer = {"auto": "", "exact": "", "anchored": rest.anchor}[mode] + ORDER[len(rest.prefill) :]
    for character in answer:
        rest.feed(character)
        shown = apply_deltas(shown, parser.deltas())
        assert shown == parser.json
    assert rest.parser is parser
    if first is not None:
        assert parser.json["items"][0] is first
    assert rest.close() == Order.model_validate_json(ORDER)
    assert apply_deltas(shown, parser.deltas()) == parser.json
    # White space at the beginning is not held back, and may be lost.
    assert compact(rest.text) == compact(ORDER)


def test_bytes_go_on_after_half_a_character() -> None:
    text = '{"note":"Zürich","n":12}'
    data = text.encode()
    for at in range(len(data)):
        parser: Parser[Any] = Parser()
        parser.feed(data[:at])
        parser.end()
        rest = Continuation(parser, data[:at], mode="exact")
        rest.feed(text[len(rest.prefill) :])
        assert rest.close() == json.loads(text)
        assert parser.pos == len(text)
        assert parser.checkpoint is not None
    fresh = Continuation(Parser(), b"\xef\xbb\xbf" + data[:11], mode="exact")
    assert fresh.prefix == '{"note":"Z'
    fresh.feed(text[10:])
    assert fresh.close() == json.loads(text)


def test_a_new_parser_reads_the_text_itself() -> None:
    rest = Continuation(Parser(Order), ORDER[:40])
    rest.feed(ORDER[40:])
    assert rest.close() == Order.model_validate_json(ORDER)


# Broken documents.


@given(cuts(DUMPS), st.sampled_from(["\x00", "}]", '"', "x", ":,"]))
@settings(deadline=None, max_examples=examples(100))
def test_a_broken_document_goes_on_before_its_error(pair: tuple[str, int], garbage: str) -> None:
    text, at = pair
    parser: Parser[Any] = Parser()
    try:
        parser.feed(text[:at] + garbage)
    except ParseError as error:
        assume(error.pos >= at)
    outcome = parser.end()
    assume(isinstance(outcome, Failed) and not parser.done)
    rest = Continuation(parser, text[:at] + garbage, mode="exact")
    assert fingerprint(rest.parser.json) == fingerprint(parser.json)
    assert rest.parser is not parser
    # A number that the error had closed stays closed.
    assert (text[:at] + garbage).startswith(rest.prefix.rstrip())
    assume(text.startswith(rest.prefix))
    rest.feed(text[len(rest.prefill) :])
    assert rest.close() == json.loads(text)


def test_an_answer_that_breaks_off_goes_on_again() -> None:
    rest = cut(ORDER, 30)
    rest.feed(ORDER[30:70])
    assert isinstance(rest.end("length"), Truncated)
    again = Continuation(rest.parser, rest.text, mode="exact")
    with pytest.raises(ParseError, match="expected"):
        again.feed(ORDER[len(again.prefill) : ORDER.index('"qty": 3')] + "x")
    last = Continuation(again.parser, again.text, mode="exact")
    last.feed(ORDER[len(last.prefill) :])
    assert last.close() == json.loads(ORDER)


# Examples of the rule.

CUT = '{"title":"The lazy dog","tags":["a","b"],"body":"Once upon a time'
REST = ' there was","n":1}'
BODY = {"title": "The lazy dog", "tags": ["a", "b"], "body": "Once upon a time there was", "n": 1}


@pytest.mark.parametrize(
    "answer",
    [
        REST,
        "Once upon a time" + REST,
        '"body":"Once upon a time' + REST,
        '"Once upon a time' + REST,  # a repetition that grammar forces
        CUT + REST,
        json.dumps(BODY, indent=2),
        "```json\n" + json.dumps(BODY, indent=2) + "\n```",
        "Here it is:\n\n" + json.dumps(BODY),
        "Sure! Here is the rest of the JSON:\n```json\n" + REST + "\n```",
        "Sure!\nOnce upon a time" + REST,
        "\n" + REST,
        REST + "\n\nLet me know if you need more.",
    ],
)
def test_beginnings_that_models_write(answer: str) -> None:
    _, error, seen = spliced(lambda: cut(CUT, len(CUT)), answer)
    assert error is None
    assert seen[0] == fingerprint(BODY)


@pytest.mark.parametrize(
    ("text", "answer", "document"),
    [
        ('{"a":1,"b"', '"b":2}', {"a": 1, "b": 2}),  # forced
        ('{"a":1,', '{"a":1,"b":2}', {"a": 1, "b": 2}),  # forced, the whole
        ('{"a":1,', 'The rest is:\n"b":2}', {"a": 1, "b": 2}),  # prose without a quote
        ("[1,1,", "1,1,2]", [1, 1, 1, 1, 2]),  # short: new
        ('["0.0, ', '0.0"]', ["0.0, 0.0"]),
        ('["' + "ab" * 40, "ab" * 20 + '"]', ["ab" * 60]),  # it proves nothing: new
        ("[12", "34]", [34]),  # a number that was cut is written anew
        ("[tr", "true]", [True]),
        ('["\\u00', '\\u00e9"]', ["é"]),
        ('["a ', ' b"]', ["a b"]),  # the white space that ``prefill`` lacks
        ('["a ', 'b"]', ["a b"]),
        ("", '```json\n{"a":1}\n```', {"a": 1}),
        ("", "true", True),
        ("", "7 ", 7),
        ('{"md":"', '```python\\nx"}', {"md": "```python\nx"}),  # no fence: nothing but text
    ],
)
def test_readings(text: str, answer: str, document: Any) -> None:
    _, error, seen = spliced(lambda: cut(text, len(text)), answer)
    assert error is None, error
    assert seen[0] == fingerprint(document)


@pytest.mark.parametrize(
    ("text", "answer", "message"),
    [
        (CUT, json.dumps(BODY | {"tags": []}), "writes the document again"),
        (CUT, "I am sorry, I cannot go on.\n", "unclear where the document goes on"),
        (CUT, "Sure:\n" + REST, "unclear where the document goes on"),
        ('{"a":1,', 'The "rest":\n"b":2}', "unclear where the document goes on"),
        (CUT, '",x:1}\n```\nI hope that helps you with what you wanted to do.', "unclear where the document goes on"),
        ('{"a":1,', "b:2}", "cannot follow the document"),
        ('{"a":1,', "]", "cannot follow the document"),
        ('{"a":1,', "no " * 1000, "cannot follow the document"),
    ],
)
def test_what_does_not_fit_is_an_error_and_changes_nothing(text: str, answer: str, message: str) -> None:
    _, error, seen = spliced(lambda: cut(text, len(text)), answer)
    assert error is not None
    assert error[0] is SpliceError
    assert message in error[1]
    rest = cut(text, len(text))
    assert seen[0] == fingerprint(rest.parser.json)

    def read() -> None:
        rest.feed(answer)
        rest.end()

    with pytest.raises(SpliceError) as caught:
        read()
    assert caught.value.excerpt
    assert caught.value.excerpt[:5] in answer
    assert 0 <= caught.value.pos <= len(answer)
    with pytest.raises(SpliceError):
        rest.feed("more")
    # The same parser takes another answer.
    again = Continuation(rest.parser, rest.prefix, mode="exact")
    again.feed(REST if text is CUT else '"b":2}')
    assert again.close()


def test_in_anchored_mode_the_anchor_must_come() -> None:
    _, error, _ = spliced(lambda: cut(CUT, len(CUT), mode="anchored"), REST)
    assert error is not None
    assert "does not begin with" in error[1]


# Wrong use.


def test_what_cannot_be_continued_is_refused() -> None:
    whole: Parser[Any] = Parser()
    whole.feed("[1]")
    with pytest.raises(ValueError, match="it is complete"):
        Continuation(whole, "[1]")
    whole.end()
    with pytest.raises(ValueError, match="it is complete"):
        Continuation(whole, "[1]")
    invalid = Parser(Order)
    invalid.feed("{}")
    invalid.end()
    with pytest.raises(ValueError, match="complete, but") as caught:
        Continuation(invalid, "{}")
    assert isinstance(caught.value.__cause__, ValidationError)
    other: Parser[Any] = Parser()
    other.feed("[1")
    with pytest.raises(ValueError, match="has read 2 characters, and the text has 4"):
        Continuation(other, "[1,2")
    trailing: Parser[Any] = Parser()
    with pytest.raises(ParseError):
        trailing.feed("[1] x")
    with pytest.raises(ValueError, match="it is complete"):
        Continuation(trailing, "[1] x")
    with pytest.raises(ValueError, match="mode"):
        Continuation(Parser(), "[", mode="magic")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Continuation(Parser(), 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Continuation(Parser(), "[").feed(b"]")  # type: ignore[arg-type]


def test_reopening_and_starting_anew() -> None:
    parser = Parser(Order, strict=True, missing=None, select=["$.note"])
    whole = parser.fresh()
    whole.feed('{"note":"","items":[],"total":1}')
    whole.close()
    with pytest.raises(RuntimeError, match="completed"):
        whole.reopen()
    assert parser.fresh().json is None
    parser.feed('{"total":12')
    assert parser.reopen() == 2
    assert parser.path == ("total",)
    parser.feed("3,")
    assert parser.json == {"total": 3}


@given(cuts(documents()), st.booleans(), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=examples(150))
def test_reopening_leaves_the_state_of_the_text_that_counts(
    pair: tuple[str, int], ends: bool, deltas: bool, as_bytes: bool
) -> None:
    """As if what was dropped had never come; `texts` has escapes, surrogate pairs and numbers to cut."""
    text = pair[0][: pair[1]]
    assume(not as_bytes or not any("\ud800" <= character <= "\udfff" for character in text))

    def fed(text: str) -> Parser[Any]:
        parser: Parser[Any] = Parser()
        if deltas:
            parser.deltas()
        parser.feed(text.encode() if as_bytes else text)
        return parser

    parser = fed(text)
    if ends:
        parser.end("length")
    dropped = parser.reopen()
    assert parser.checkpoint() == fed(text[: len(text) - dropped]).checkpoint() | {
        # What was learnt from text that counts no more: its kind, and that no byte order mark is to come.
        name: parser.checkpoint()[name]
        for name in ("input", "bom_checked")
    }
    assert parser.reopen() == 0


@pytest.mark.parametrize("at", range(len(ORDER)))
def test_reopening_a_typed_document(at: int) -> None:
    parser = Parser(Order)
    parser.feed(ORDER[:at])
    parser.end()
    dropped = parser.reopen()
    other = Parser(Order)
    other.feed(ORDER[: at - dropped])
    assert parser.checkpoint() == other.checkpoint() | {"input": parser.checkpoint()["input"]}
    parser.feed(ORDER[at - dropped :])
    assert parser.close() == Order.model_validate_json(ORDER)


# What is asked for.


def test_turns() -> None:
    rest = cut(ORDER, 60, lambda: Parser(Order))
    assert rest.turns() == [
        {"role": "assistant", "content": rest.prefill},
        {"role": "user", "content": rest.prompt},
    ]
    assert "$.items[0].qty" in rest.prompt
    assert "Do not forget $.total, $.items[0].qty." in rest.prompt
    assert rest.turns("gemini")[0] == {"role": "model", "parts": [{"text": rest.prefill}]}
    assert rest.turns("bedrock-converse")[1] == {"role": "user", "content": [{"text": rest.prompt}]}
    exact = cut(ORDER, 60, mode="exact")
    assert exact.turns("anthropic-messages") == [{"role": "assistant", "content": exact.prefill}]
    assert exact.turns("mistral") == [{"role": "assistant", "content": exact.prefill, "prefix": True}]
    assert exact.prompt == ""
    with pytest.raises(ValueError, match="cannot continue a turn"):
        exact.turns("openai-chat")
    anchored = cut(ORDER, 60, mode="anchored")
    assert anchored.prompt.endswith(anchored.anchor)
    assert cut("", 0).turns()[0]["role"] == "user"


@pytest.mark.parametrize("mode", ["auto", "anchored"])
def test_a_long_document_that_is_written_again_costs_its_length(mode: Mode) -> None:
    """A square would take minutes."""
    for text in (json.dumps(["a" * 300_000, "b"]), json.dumps([{"n": n, "s": "x" * (n % 50)} for n in range(6000)])):
        rest = cut(text, len(text) - 6, mode=mode)
        for at in range(0, len(text), 7):
            rest.feed(text[at : at + 7])
        assert rest.close() == json.loads(text)


# Doubt.


@pytest.mark.parametrize("after", ["", "```json\n", "\n", "```json\n\n", "```json"])
def test_lines_in_doubt_are_not_forgotten(after: str) -> None:
    """A line with brackets may have been the continuation, badly written; a fence with nothing in it proves nothing."""

    def make() -> Continuation[Any]:
        return cut('{"a":1,"b":2}', 7)

    _, error, seen = spliced(make, 'so {"b": 2} it is\n' + after)
    assert error is not None
    assert error[0] is SpliceError
    assert "unclear" in error[1] or "cannot follow" in error[1]
    assert seen[2] == '{"a":1,'
    # Without the line there is nothing to doubt, and with a fence after it that has the rest in it, no doubt is left.
    if after.strip():
        assert spliced(make, "here it is:\n" + after)[1] is None
    assert spliced(make, 'so {"b": 2} it is\n```json\n"b":2}')[2][1] == fingerprint({"a": 1, "b": 2})


HOSTILE_ANSWERS: dict[str, tuple[str, str, Mode]] = {
    "fences": ("[1,", "```json\n", "auto"),
    "bare fences": ("[1,", "```\n", "auto"),
    "fences in a string": ('["x', "```json\n", "auto"),
    "bare fences in a string": ('["x', "```\n", "auto"),
    "blank lines in a string": ('["x', " \n", "auto"),
    "spaces in a string": ('["x', " ", "auto"),
    "the name of a language": ('["x', "```json\n```" + "a" * 64, "auto"),
    "brackets": ("[1,", "[],", "exact"),
    "a string": ('"x', "ab", "exact"),
    "white space again": ("[1," + " " * 8000, "  ", "exact"),
    "blank before the root": (" ", "  ", "exact"),
    "text after the end": ("[1", "]x}", "exact"),
    "the end again": ('["' + "ab" * 2000, "abababababababab\n", "auto"),
    "the end again, which proves nothing": ('["' + " " * 20 + "x" * 4000 + " " * 20, " " * 16 + "\n", "auto"),
}


@pytest.mark.parametrize("name", HOSTILE_ANSWERS)
def test_the_cost_of_an_answer_is_linear(name: str) -> None:
    """Four times as much of it takes about four times as much memory in all, and as many calls."""
    text, piece, mode = HOSTILE_ANSWERS[name]

    def work(times: int, size: int) -> int:
        rest = cut(text, len(text), mode=mode)
        answer = piece * times
        calls = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            for start in range(0, len(answer), size):
                rest.feed(answer[start : start + size])
        except (SpliceError, ParseError):
            pass
        finally:
            sys.setprofile(before)
        return calls

    for size in (1, 10**6):
        assert work(800, size) < 5 * work(200, size) + 2000


@pytest.mark.parametrize(
    ("text", "line"), [("[%s", "```json\n"), ("[%s", "prose\n"), ('[%s"x', " \n"), ('[%s"x', "```\n")]
)
def test_a_line_costs_the_same_after_a_long_document(text: str, line: str) -> None:
    """Bytes are counted that lines take: none of them may hold a copy of what came before."""

    def work(size: int) -> int:
        rest = cut(text % ('"' + "y" * size + '",'), size + len(text) + 1)
        rest.feed(line)
        gc.collect()
        tracemalloc.start()
        total = 0
        try:
            for _ in range(30):
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[0]
                rest.feed(line)
                total += tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()
        return total

    # A table of the interpreter that doubles its size falls into one of two measures.
    assert min(work(100_000) for _ in range(2)) < work(1000) + 50_000


def test_hostile_answers_end() -> None:
    """What costs the square would take minutes here."""
    for text, piece, mode in HOSTILE_ANSWERS.values():
        rest = cut(text, len(text), mode=mode)
        with suppress(SpliceError, ParseError):
            rest.feed(piece * (60_000 // len(piece)))
            rest.flush()


def test_a_deep_document_that_failed_goes_on() -> None:
    limits = Limits(depth=10**6)
    parser: Parser[Any] = Parser(limits=limits, select=[])
    text = "[" * 30_000 + "1, 2}"
    with pytest.raises(ParseError):
        parser.feed(text)
    rest = Continuation(parser, text, mode="exact")
    assert rest.dropped == "}"
    rest.feed(", 3" + "]" * 30_000)
    assert isinstance(rest.end(), Complete)


def test_half_a_pair_in_an_answer_to_bytes_is_an_error_of_the_document() -> None:
    parser: Parser[Any] = Parser()
    parser.feed(b'["a')
    rest = Continuation(parser, b'["a', mode="exact")
    with pytest.raises(ParseError, match="not UTF-8"):
        rest.feed("b\ud800")
    assert parser.json == ["ab"]


@pytest.mark.parametrize("at", range(1, 13))
def test_what_a_call_has_added_is_told_whatever_it_was_held_back_for(at: int) -> None:
    """The end of the answer decides a seam, and gives back white space that was held: both in one call."""
    text = '{"a": [1, 2]}'
    parser = Parser()
    parser.feed(text[:at])
    parser.end("length")
    rest = Continuation(parser, text[:at])
    told = []
    for piece in text[len(rest.prefill) :]:
        rest.feed(piece)
        told.append(rest.added)
    rest.flush()
    told.append(rest.added)
    assert rest.prefix + "".join(told) == rest.text
    assert rest.close() == {"a": [1, 2]}
