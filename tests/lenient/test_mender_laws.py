"""The laws in lenient mode, over documents with damage: labelled damage that must be undone exactly, and accidents."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import Complete, Lenient, Limits, ParseError, Parser, RepairKind, Replaced
from partialjson._core.lookout import REACH
from partialjson.testing import strategies
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.damage import NOISE
from partialjson.testing.laws import feed, law_1, law_2, law_3, law_4, law_7, law_8, law_9, law_10, law_11, law_12
from partialjson.testing.makers import Maker
from support.damage import damaged
from support.dialects import Dialect, dialects, plain_documents, write
from support.effort import amount, examples

LENIENT = Maker(lenient=True)


class Item(BaseModel):
    key: Any = None
    a: str = ""
    b: float = 0


class Doc(BaseModel):
    a: list[Item] = []
    b: str = ""
    key: dict[str, int | str | None] = {}


TYPED = Maker(Doc, lenient=True)
RAISING = Maker(Doc, lenient=True, on_invalid="raise")
# Where the document begins where the text does, a target has no say in that.
ALONE = Maker(Doc, lenient=Lenient().without("text around"))
FEW = Maker(lenient=Lenient(kinds=["call", "parentheses", "number"]))
MAKERS = (LENIENT, TYPED, RAISING)


def typed_documents() -> st.SearchStrategy[Any]:
    """Documents that often fit `Doc`."""
    words = strategies.strings()
    item = st.fixed_dictionaries(
        {}, optional={"key": strategies.values(max_leaves=3), "a": words, "b": st.floats(-9, 9)}
    )
    fields = {
        "a": st.lists(item, max_size=3),
        "b": words,
        "key": st.dictionaries(words, st.one_of(st.integers(), words)),
    }
    return st.fixed_dictionaries({}, optional=fields)


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def texts_for(make: Maker) -> st.SearchStrategy[str]:
    return damaged(typed_documents()) if make.typed else damaged()


# What is labelled is undone exactly.


@given(plain_documents(), dialects())
def test_labelled_damage_is_undone(document: Any, dialect: Dialect) -> None:
    text = write(document, dialect)
    for pieces in ([text], list(text)):
        parser = LENIENT()
        for piece in pieces:
            parser.feed(piece)
        outcome = parser.end()
        assert isinstance(outcome, Complete), (text, outcome)
        assert repr(outcome.value) == repr(document), (text, outcome)
        assert not dialect.is_json or outcome.verbatim


# The laws.


@pytest.mark.parametrize("make", MAKERS, ids=repr)
@settings(max_examples=examples(60))
@given(data=st.data())
def test_law_1_chunking_is_invisible(make: Maker, data: st.DataObject) -> None:
    text = data.draw(texts_for(make))
    law_1(text, make, list(text))
    law_1(text, make, data.draw(strategies.chunkings(text)))
    encoded = text.encode("utf-8", "surrogatepass")
    law_1(text, make, data.draw(strategies.chunkings(encoded)))
    law_1(encoded, make, data.draw(strategies.chunkings(encoded)))


@pytest.mark.parametrize(
    "text",
    [
        ' \t\r\n{ "-a" : [ ] , "b" : { } }\n ',  # the offset of a violation, after white space
        'Here: {"b": [1, 2], "a": [{"key": 1}, 2]} and so on',
        '["word, ", "a ,  ]}", "]  , "] ',  # delimiters that are text, at the end of any chunk
        '{"a\\u00e9, ": "\\ud83d\\ude00 \u00e9, \U0001f600 ", "b": -12.5e3 , "key": true}',
        '{"b": "words and words, and" more words", "a": [1,2,]}',
        '{ "b", "a" { } }',  # a violation where something was put in
    ],
)
@pytest.mark.parametrize("make", MAKERS, ids=repr)
def test_law_1_where_what_is_certain_ends_anywhere(make: Maker, text: str) -> None:
    for cut in range(len(text)):
        law_1(text, make, [text[:cut], text[cut:]])
        law_1(text.encode(), make, [text.encode()[:cut], text.encode()[cut:]])
    for size in range(1, 6):
        law_1(text, make, [text[start : start + size] for start in range(0, len(text), size)])


@pytest.mark.parametrize("before", ["", "Here: ", '{"b", ', '{b: "c", '])
@pytest.mark.parametrize("make", MAKERS, ids=repr)
def test_law_1_bytes_that_are_no_text(make: Maker, before: str) -> None:
    """What came before them in their chunk is told with its own offsets: here a violation."""
    text = before.encode() + b'{"a": {\xbe"b": 1}}'
    for cut in range(len(text)):
        law_1(text, make, [text[:cut], text[cut:]])


# Where a run of characters stands between something and what decides about it.
FAR = (
    "f~(1)", "[f~(1)]", "f (~1", "[f (~1", '{"a": "x"~, "b": 1}', '{"a": x~, "b": 1}', '["a"~, "b"]', '{"a"~: 1}',
    "{a~: 1}", "[1~, 2]", "[1~ 2]", "[tru~e]", "(1~)", "[(1~, 2)]", '["a" ~+ "b"]', '["a\\~"]', "[.~]", "```~[1]```",
    "so~ {'a': 1}", '["a"~', '{"a": ~',
)  # fmt: skip


SMALL = Maker(lenient=True, limits=Limits(depth=3, string=8, number=6, document=60))


BEFORE_A_RUN = (
    "", "[", "[1 ", "[1, ", "[1; ", "{", '[{"a"{', '{"a" ', '{"a": ', '{"a": 1 ', '{"a": 1, ', '{"a"{', '{"a"[', "{[",
    "{a ", "f(", "(", '{"a": (', "[x ", '["a" ', "[-", "[.", "[0x", "[[1] ", "[1\n", '{"a": 1\n',
)  # fmt: skip


@pytest.mark.parametrize("before", BEFORE_A_RUN)
@pytest.mark.parametrize("run", ["1", "x", "1."])
def test_law_10_a_long_run_is_decided_when_it_would_have_been(before: str, run: str) -> None:
    """What waits is not looked at again with each chunk; where that ends must be seen in what was saved."""
    text = before + (run * 2 * REACH)[: REACH + 30] + ", id: 2]"
    for at in range(len(before) + REACH - 4, len(text), amount(3, 1, quick=11)):
        law_10(text, LENIENT, list(text), at)


@pytest.mark.parametrize("before", BEFORE_A_RUN)
@pytest.mark.parametrize(
    "run", ["1111111111", "-1111111111", "1.11111111", "1e11111111", "-infx", "abcdefghij", '"abcdefghij"']
)
def test_law_1_a_limit_is_told_as_soon_as_it_is_passed(before: str, run: str) -> None:
    law_1(before + run, SMALL, list(before + run))


@pytest.mark.parametrize("before", ["[", "[1 ", "[1, ", '{"a": ', '{"a" ', "(", "[f(", ""])
@pytest.mark.parametrize("begins", ["", "-", "+", ".", "0.", "1e", "1e-", "0x", "-0x", "1_"])
def test_law_7_a_number_is_not_looked_at_with_each_digit(before: str, begins: str) -> None:
    parser: Any = LENIENT()
    text = before + begins + "1" * 1000
    for character in text:
        parser.feed(character)
    mender = parser._intake.mender
    mender.catch_up()
    assert mender.steps <= 3 * len(text)


@pytest.mark.parametrize("text", FAR)
@pytest.mark.parametrize(
    "make", [LENIENT, ALONE, Maker(lenient=Lenient(kinds=["call", "parentheses", "number"]))], ids=repr
)
def test_law_1_what_decides_is_as_far_as_it_may_be(make: Maker, text: str) -> None:
    for size in amount(range(REACH - 2, REACH + 3), range(2 * REACH), quick=[REACH]):
        for filling in (" ", "(", "x", ",", ". ")[: amount(5, 5, quick=2)]:
            filled = text.replace("~", (filling * size)[:size])
            law_1(filled, make, list(filled))


@settings(max_examples=examples(10))
@given(damaged().filter(lambda text: len(text) < 60))
def test_law_1_every_way_to_cut(text: str) -> None:
    check_all_chunkings(text, make=LENIENT, partitions=1)


@pytest.mark.parametrize("make", MAKERS, ids=repr)
@given(data=st.data())
def test_law_2_growth_only(make: Maker, data: st.DataObject) -> None:
    text = data.draw(texts_for(make))
    # What a repeated key shows with a target has its own tests.
    assume(not make.typed or not any(isinstance(event, Replaced) for event in feed(LENIENT(), text)[0]))
    law_2(text, make)


@pytest.mark.parametrize("make", [LENIENT, ALONE], ids=repr)
@given(data=st.data())
def test_law_3_closed_once(make: Maker, data: st.DataObject) -> None:
    text = data.draw(texts_for(make))
    # With a target, half a surrogate pair is an error.
    assume(not make.typed or not _HALF.search(text))
    law_3(text, make)


@pytest.mark.parametrize("make", MAKERS, ids=repr)
@given(data=st.data(), seed=st.integers(0, 99))
def test_law_4_snapshots_hold_still(make: Maker, data: st.DataObject, seed: int) -> None:
    text = data.draw(texts_for(make))
    law_4(text, make, list(text), random.Random(seed))


# Of these, documents are made with which nearly everything is wrong.
PARTS = (
    *(
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        ":",
        '"',
        "'",
        "a",
        "1",
        ".5",
        " ",
        "\n",
        "\\",
        "\\u00e9",
        "N",
        "/",
        "//",
        "`",
    ),
    *('"a":', "'b': ", '"x"', "true", "None", "...", "f(", " + ", "é", "```json\n", "\xa0", ";"),
)
# What JSON is made of, and what may be structure where a quote is missing. Chunks end at each of these in many ways.
SIGNS = '",:[]{} \n\\a1-.e+`'


def signs() -> st.SearchStrategy[str]:
    """Texts in which nearly every character is a sign: of any order, and documents with such strings and keys."""
    words = st.text(SIGNS, max_size=6)
    leaves = st.one_of(words, st.sampled_from((None, True, 0, -1, 1.5, 1e30)))
    values = st.recursive(leaves, lambda inner: st.one_of(st.lists(inner), st.dictionaries(words, inner)), max_leaves=8)
    indents = st.sampled_from((None, 0, 1))
    documents = st.builds(lambda value, indent: json.dumps(value, indent=indent), st.lists(values, min_size=1), indents)
    return st.one_of(documents, st.text(SIGNS, max_size=30))


@settings(max_examples=examples(200))
@given(signs(), st.sampled_from((1, 4, 9)))
def test_laws_1_2_and_12_where_every_character_is_a_sign(text: str, size: int) -> None:
    law_1(text, LENIENT, [text[start : start + size] for start in range(0, len(text), size)])
    law_2(text, LENIENT)
    law_12(text, LENIENT)


@settings(max_examples=examples(400))
@given(
    st.one_of(signs(), damaged().filter(lambda text: not set("()") & set(text))),
    st.sampled_from((1, 4, 9)),
)
@example('{"a": 12,111, "b": 1 ,2, "c": true\n}', 1)
@example('[1.5e3\n, -0 , 007, "a\\n, ", "b"  ,\n"c,"]', 1)
def test_strict_parsing_and_mending_agree(text: str, size: int) -> None:
    """Where strict parsing may read what is certain, all is as if everything had been mended: shown, told, and when.

    In an array in parentheses nothing is read strictly, so a text is read in one of them and in one in brackets.
    """
    options = Lenient().without("text around")
    strictly, mended = Parser(lenient=options), Parser(lenient=options)
    strictly.feed("[0, ")
    mended.feed("(0, ")
    for start in range(0, len(text), size):
        part = text[start : start + size]
        try:
            found, expected = strictly.feed(part), mended.feed(part)
        except ParseError:
            # There is text after the arrays.
            return
        if "complete" in (strictly.status(()), mended.status(())):
            # What closes them differs.
            return
        assert found == expected
        assert repr(strictly.json) == repr(mended.json)
        saved, wanted = (parser._intake.mender for parser in (strictly, mended))  # type: ignore[union-attr]
        saved.catch_up()
        assert (saved.pend, saved.gap, saved.mode) == (wanted.pend, wanted.gap, wanted.mode)


REPEATED = {
    "clean": '{"name": "Ada", "n": 12.5, "tags": ["a, b", "c"]}, ',
    "quotes": "{'name': 'it's \"Ada\"', n: 12.5, 'tags': ['a', \"b\" 'c',], # more\n}, ",
    "bare": "{name: Ada Lovelace, n: 12 kg, tags: [a b, c, (1, 2)] }\n",
    "inner quotes": '{"name": "say "hi", she said", "tags": ["the "best" one", "x"] } ',
    "missing": '{"name" "Ada", "n": , "tags": ["a" "b]}, ',
    "skipped": '{"name": "Ada", [1, 2, "x"], stray "n": 1}, ',
    "escaped": '{\\"name\\": \\"Ada\\", \\"tags\\": [\\"a\\"]}, ',
    "comments": '{"a": 1, /* a comment */ "b": 2 // more\n}, ',
    "one string": 'it\'s "quoted", and, so on ]} ',
    "numbers": "0x1F, 1_000, .5, +1, 007, 12,345 ",
}


@pytest.mark.parametrize("name", REPEATED)
def test_law_7_linear(name: str) -> None:
    """Work and memory grow with the text; few characters are looked at more than twice."""
    opening = '["' if name == "one string" else "["
    shorter, longer = (opening + REPEATED[name] * n for n in (40, amount(400, 400, quick=200)))
    law_7(longer, LENIENT, shorter)
    law_7(longer, LENIENT, shorter, size=1)


@pytest.mark.parametrize("size", [1_000, 10_000, amount(100_000, 100_000, quick=30_000)])
def test_law_7_steps_for_each_character(size: int) -> None:
    """Characters that are held are looked at again, but not often."""
    rows = "".join(REPEATED[name] for name in REPEATED if name not in ("one string", "numbers", "bare"))
    text = "[" + rows * (size // len(rows) + 1)
    parser: Any = LENIENT()
    for character in text:
        parser.feed(character)
    mender = parser._intake.mender
    mender.catch_up()
    assert mender.steps <= 2 * len(text)


@pytest.mark.parametrize("text", ['{"a":[1],"a":2', '{"a":{"b":[1]},"a":tru', '{"a":[[1]],"b":2,"a":f'])
def test_law_3_where_only_the_end_shows_what_a_key_replaces(text: str) -> None:
    law_3(text, LENIENT)
    law_3(text, ALONE)


@pytest.mark.parametrize("make", [LENIENT, TYPED], ids=repr)
@given(data=st.data())
def test_law_8_cut_off_is_not_complete(make: Maker, data: st.DataObject) -> None:
    law_8(data.draw(texts_for(make)), make)


@given(damaged(), st.integers(0, 99))
def test_law_9_deltas_fold(text: str, seed: int) -> None:
    law_9(text, LENIENT, list(text), random.Random(seed))


@pytest.mark.parametrize("make", [LENIENT, TYPED], ids=repr)
@given(data=st.data(), since=st.booleans())
def test_law_10_checkpoints_are_invisible(make: Maker, data: st.DataObject, since: bool) -> None:
    text = data.draw(texts_for(make))
    law_10(text, make, list(text), data.draw(st.integers(0, len(text))), since=since)


@pytest.mark.parametrize("make", [*MAKERS, SMALL], ids=repr)
@given(data=st.data())
def test_law_11_nothing_breaks_it(make: Maker, data: st.DataObject) -> None:
    text = data.draw(texts_for(make))
    law_11(text, make)
    law_11(text, make, [text])
    law_11(text.encode("utf-8", "surrogatepass"), make)


@given(st.text(max_size=40))
def test_law_11_any_text(text: str) -> None:
    law_11(text, LENIENT)
    law_1(text, LENIENT, list(text))


@given(st.one_of(damaged(), strategies.damaged(labels=NOISE)))
def test_law_11_limits_are_told_in_every_chunking(text: str) -> None:
    law_1(text, SMALL, list(text))


@given(strategies.documents())
def test_law_12_lenient_is_a_superset(text: str) -> None:
    law_12(text, LENIENT)
    law_12(text, LENIENT, [text])


@given(typed_documents(), st.integers(0, 3))
def test_law_12_with_a_target(document: Any, indent: int) -> None:
    text = json.dumps(document, indent=indent or None)
    law_12(text, TYPED)
    law_12(text, TYPED, [text])


@pytest.mark.parametrize("make", [LENIENT, TYPED], ids=repr)
@given(data=st.data())
def test_law_12_repairs_are_told(make: Maker, data: st.DataObject) -> None:
    law_12(data.draw(texts_for(make)), make)


# Kinds that are not wanted.


@given(damaged(), st.sets(st.sampled_from(sorted(RepairKind)), min_size=1))
def test_some_kinds_only(text: str, without: set[RepairKind]) -> None:
    make = Maker(lenient=Lenient().without(*without))
    law_1(text, make, list(text))
    law_2(text, make)
    parser = make()
    feed(parser, text)
    assert not {repair.kind for repair in parser.end().repairs} & without


@settings(max_examples=examples(40))
@given(
    st.one_of(signs(), st.lists(st.sampled_from(PARTS), max_size=8).map("".join)),
    st.sets(st.sampled_from(sorted(RepairKind))),
    st.sampled_from((None, Doc)),
    st.integers(0, 99),
)
@example('[\\u0041"]N\x80', {RepairKind.MISSING_QUOTE}, None, 9)
@example("```\n(1, 2] \n``` so", {RepairKind.WRONG_CLOSER}, None, 10)
@example("```\n(\n{'a': []}\n] \n``` so", {RepairKind.WRONG_CLOSER}, list[Any], 16)
def test_law_1_without_any_kinds(text: str, without: set[RepairKind], target: Any, at: int) -> None:
    """From a repair on that is not wanted, the rest is read strictly, up to where the document ends."""
    make = Maker(target, lenient=Lenient().without(*without))
    for data in (text, text.encode()):
        cut = at % (len(data) + 1)
        law_1(data, make, [data[:cut], data[cut:]])


@given(damaged())
@example("[\n null,")
@example('{"a": {"b": 1} , ')
def test_without_any_kind_it_is_strict_parsing(text: str) -> None:
    strict, lenient = Parser(), Parser(lenient=Lenient([]))
    outcomes: list[Any] = []
    for parser in (strict, lenient):
        feed(parser, text)
        outcomes.append(parser.end())
    expected, found = outcomes
    assert type(found) is type(expected)
    if isinstance(expected, Complete):
        assert repr(found.value) == repr(expected.value)
    else:
        assert (str(found.error), found.error.pos) == (str(expected.error), expected.error.pos)
