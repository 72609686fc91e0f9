"""Valid text never reaches the mender, however it is cut, and little of it is read twice.

What the mender reads would be the same, only slower: so nothing else notices a fast path that gives up too early. The
mender counts its steps (``steps``), and the reader of valid chunks what waits at their end (``valid.wait``) and how
much it read again (``valid.again``).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partialjson import Complete, Lenient, Limits, ParseError
from partialjson._core.machine import SHORT
from partialjson._core.refcounts import COMPILED
from partialjson.testing import strategies
from partialjson.testing.laws import feed
from partialjson.testing.makers import Maker
from support.effort import examples

OPTIONS = Lenient().without("text around")
# With a target the text is kept, so other code follows it.
MAKERS = (Maker(lenient=OPTIONS), Maker(list[Any] | dict[str, Any], lenient=OPTIONS))


def sizes_of(text: str) -> Iterator[Iterable[int]]:
    """Chunks of each size up to five, all at once, and two chunks with the cut anywhere."""
    for size in (1, 2, 3, 4, 5, len(text)):
        yield itertools.repeat(size)
    for cut in range(1, len(text)):
        yield cut, len(text)


def read_without_the_mender(make: Maker, text: str, sizes: Iterable[int]) -> Any:
    """Read a container in chunks of these sizes after its first character; the parser."""
    parser: Any = make()
    parser.feed(text[:1])
    mender = parser._intake.mender
    before = mender.steps
    assert mender.valid.wait == NOTHING
    # After the last bracket there is nothing that could be certain.
    at, end = 1, len(text.rstrip()) - 1
    for size in sizes:
        if at >= end:
            break
        part = text[at : min(at + size, end)]
        parser.feed(part)
        at += len(part)
        assert mender.valid.wait >= NOTHING, (text, text[:at])
        assert mender.steps == before, (text, text[:at])
    parser.feed(text[at:])
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.verbatim
    assert not outcome.repairs
    assert not outcome.skipped
    assert repr(outcome.value) == repr(json.loads(text))
    return parser


# What waits after a character, as it is drawn under the texts.
NOTHING = 0
SIGNS = {NOTHING: ".", 1: "~", 2: "?", 3: '"', 4: "+", 5: ","}


# Each text with what waits after each character: a run of delimiters (~), a quote ("), a quote and a comma (+), a comma
# (,), or something that is read again (?). The last number says how many characters were read again.
WAITS: list[tuple[str, str, int]] = [
    (
        '["a", "b"]',
        '...",,.."',
        1,
    ),
    (
        '["a","b",1]',
        '...",..",?',
        0,
    ),
    (
        '[12, -3.5, 0]',
        '.??,,????,,?',
        15,
    ),
    (
        '[true, false,null]',
        '.????,,?????,????',
        32,
    ),
    (
        '[1.5e3 , 2E-7,0.25]',
        '.??????,,????,????',
        38,
    ),
    (
        '["a, b", "c,d"]',
        '...~~.",,..~."',
        2,
    ),
    (
        '["a ]}, , b"]',
        '...~~~~~~~."',
        21,
    ),
    (
        '["a:b` +c=d"]',
        '.....~~~..."',
        3,
    ),
    (
        '["\\n\\"", "\\u00e9\\/x"]',
        '..?.?.",,.?????.?.."',
        19,
    ),
    (
        '["\\ud83d\\ude00,"]',
        '..?????.?????.~?',
        31,
    ),
    (
        '["é, ", "😀"]',
        '...~~?,,.."',
        7,
    ),
    (
        '[[], {}, [[1], {}]]',
        '...,,..,,..?.,,...',
        4,
    ),
    (
        '[ 1 , "a" , [ ] ]',
        '..??,,.."?,,....',
        8,
    ),
    (
        '["a"  , 1,  2]',
        '..."??,,?,,??',
        14,
    ),
    (
        '{"a": "b", "c": 12}',
        '..."...."++.."..??',
        4,
    ),
    (
        '{"a":"b","c":true,"d":null}',
        '..."..."+..".?????..".????',
        22,
    ),
    (
        '{"a" : "b" , "c" :"d"}',
        '..."?...."???.."?..."',
        16,
    ),
    (
        '{"a, b": 1, "c:": 2}',
        '...??."..??,..??..?',
        9,
    ),
    (
        '{"\\u0041": 0, "\\"": 1}',
        '..?????."..??,.?."..?',
        19,
    ),
    (
        '{"a": "b, c", "d": ["e", "f"]}',
        '..."....~~."++..".....",,..".',
        5,
    ),
    (
        '{"a": {"b": {}, "c": []}, "d": "x"}',
        '..."....."....,,..".....,,.."...."',
        2,
    ),
    (
        '{"a": 1.5 , "b": -2, "é": false}',
        '..."..????,,.."..???,.."..?????',
        27,
    ),
    (
        '{"": "", "a": ", "}',
        '.."..."++.."...~~?',
        6,
    ),
    (
        '{"a": "b",  "c": "d"}',
        '..."...."++?.."...."',
        10,
    ),
    (
        '["a",{},["b"],true,-1]',
        '...",..,...".,????,??',
        11,
    ),
    (
        '["one, two","three","four, ", "five"]',
        '.....~~...",......",.....~~?,,....."',
        8,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "waits", "again"), WAITS, ids=[case[0] for case in WAITS])
@pytest.mark.parametrize("make", MAKERS, ids=["any", "target"])
def test_what_waits(make: Maker, text: str, waits: str, again: int) -> None:
    parser: Any = make()
    valid = parser._intake.mender.valid
    found, total = "", 0
    for character in text[:-1]:
        parser.feed(character)
        found += SIGNS[valid.wait]
        total = valid.again
    assert (found, total) == (waits, again)


@pytest.mark.parametrize("text", [case[0] for case in WAITS])
@pytest.mark.parametrize("make", MAKERS, ids=["any", "target"])
def test_no_cut_needs_the_mender(make: Maker, text: str) -> None:
    for sizes in sizes_of(text):
        read_without_the_mender(make, text, sizes)


# Every value after every other, and every way to write the comma between them.

VALUES = (
    *("0", "-0", "7", "-12", "0.5", "-10.25", "1e9", "1E+2", "-12.5e-3", "0e0", "true", "false", "null"),
    *("12345678901234567890", "0.12345678901234567890", "123456789012345", "1234567890123456", "-1234567890.12345"),
    *('""', '"a"', '" "', '"a, b"', '"a,"', '"]}, "', '"/:`+"', '"é"', '"😀 , "', "[]", "{}", "[ ]", "{\n}"),
    *('"\\n"', '"\\""', '"\\/\\b\\f\\r\\t\\\\"', '"\\u00e9"', '"\\uAF09\\ubeCd"', '"\\ud83d\\ude00"'),
    *('{"k":1}', '[[[]],{"":{}}]', '"' + "word " * 30 + '"', '"' + 'word, \\"' * 20 + '"', '"' + ", " * 10 + '"'),
)
COMMAS = (",", ", ", " ,", " , ", ",\n", "\n, ", ",\r\n\t", ",   ")


@pytest.mark.parametrize("count", [SHORT, SHORT + 1])
def test_what_waits_longer_is_for_the_mender(count: int) -> None:
    """Delimiters at the end of a string, white space around a comma, a number."""
    for run in " ,]1":
        for before in ('"', '"x', "[],") if run == " " else ("",) if run == "1" else ('"', '"x'):
            held = count - 1 if before == "[]," else count
            text = f"[{before}{run * held}"
            for sizes in (itertools.repeat(1), itertools.repeat(len(text)), (2, len(text))):
                parser: Any = MAKERS[0]()
                at = 0
                for size in sizes:
                    parser.feed(text[at : at + size])
                    at += size
                    if at >= len(text):
                        break
                assert (parser._intake.mender.valid.wait >= NOTHING) == (count == SHORT)


@pytest.mark.parametrize("text", ["[{}{}{}]", '{{"a":{}{}"b":{}}}', '{{ "a" : {} {} "b"\n:\t{} }}'])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_no_value_after_another_needs_the_mender(text: str, size: int) -> None:
    for number, first in enumerate(VALUES):
        for place, second in enumerate(VALUES):
            written = text.format(first, COMMAS[(number + place) % len(COMMAS)], second)
            read_without_the_mender(MAKERS[number % 2], written, itertools.repeat(size))


BLANKS = ("", " ", "\n", "\t", "\r\n", "   ", " \n  ")


@pytest.mark.parametrize("blank", BLANKS)
def test_no_white_space_needs_the_mender(blank: str) -> None:
    tokens = [
        "[",
        "1",
        ",",
        '"a"',
        ",",
        "true",
        ",",
        "{",
        '"k"',
        ":",
        '"v"',
        ",",
        '"l"',
        ":",
        "0.5",
        "}",
        ",",
        "[",
        "]",
    ]
    tokens += [",", "{", "}", ",", "null", "]"]
    for at in range(len(tokens) - 1):
        text = "".join(tokens[: at + 1]) + blank + "".join(tokens[at + 1 :])
        for size in (1, 2, 1000):
            read_without_the_mender(MAKERS[at % 2], text, itertools.repeat(size))
    for size in (1, 2, 3, 1000):
        read_without_the_mender(MAKERS[0], blank.join(tokens), itertools.repeat(size))


KEYS = ('""', '"k"', '"two words"', '"a, b:"', '"k= "', '"\\n"', '"\\u0041\\""', '"é"', '"😀"', '"' + "k" * 70 + '"')


@pytest.mark.parametrize("key", KEYS)
def test_no_key_needs_the_mender(key: str) -> None:
    for colon in (":", ": ", " :", "\n:\n"):
        text = f'{{{key}{colon}1, "x": {{{key}{colon}"v"}}}}'
        for make in MAKERS:
            for sizes in sizes_of(text):
                read_without_the_mender(make, text, sizes)


@settings(max_examples=examples(120))
@given(strategies.documents().map(str.strip).filter(lambda text: text[:1] in ("[", "{")), st.integers(1, 40))
def test_no_document_needs_the_mender(text: str, size: int) -> None:
    # What waits longer than so is for the mender.
    assume(not re.search(rf"[-+.eE\d\s,`}}\]]{{{SHORT}}}", text))
    # With a target, half a surrogate pair is an error.
    for make in MAKERS[: 1 if re.search(r"\\u[dD][89a-fA-F]", text) else 2]:
        parser: Any = make()
        parser.feed(text[:1])
        mender = parser._intake.mender
        before = mender.steps
        for at in range(1, len(text) - 1, size):
            parser.feed(text[at : min(at + size, len(text) - 1)])
            assert mender.steps == before, text[: at + size]


@pytest.mark.parametrize("make", MAKERS, ids=["any", "target"])
def test_rows_of_elements_need_no_mender(make: Maker) -> None:
    for element in ("12", "-0.5", "1e3", '"a"', '"a, b"', "true", "{}", "[1]", '{"a": 1}'):
        for comma in (",", ", ", ",\n"):
            text = "[" + comma.join([element] * 300) + "]"
            for size in (7, 64, 600, len(text)):
                read_without_the_mender(make, text, itertools.repeat(size))


def test_what_is_within_its_limits_needs_no_mender() -> None:
    """And one more of anything is an error."""
    make = Maker(lenient=OPTIONS, limits=Limits(string=8, number=20))
    for written, longer in (
        ('"abcdefgh"', '"abcdefghi"'),
        ('"abcd\\nfgh"', '"abcd\\nfghi"'),
        ('"abcdefg,"', '"abcdefgh,"'),
        ("12345678901234567890", "123456789012345678901"),
        ("1234567890.123456789", "1234567890.1234567890"),
        ("1.5e-12345678901234", "1.5e-1234567890123456"),
    ):
        for text in ("[{}, 1]", '{{"k": {}, "l": 1}}'):
            if "e-" not in written:
                for sizes in sizes_of(text.format(written)):
                    read_without_the_mender(make, text.format(written), sizes)
            for size in (1, 2, 3, 100):
                refused = text.format(longer)
                parser: Any = make()
                found = [feed(parser, refused[at : at + size])[1] for at in range(0, len(refused), size)]
                assert "limit" in str(found[-1])


def test_half_a_surrogate_pair_needs_no_mender_where_it_may_be_alone() -> None:
    for text in ('["\ud800", "é\udfff, x"]', '{"\udc00": "a\ud800"}', '["' + "x\ud83d" * 30 + '", 1]'):
        for sizes in sizes_of(text):
            parser = read_without_the_mender(MAKERS[0], text, sizes)
            assert parser.pos == len(text)


# The compiled core goes through short texts in loops of its own; they are tried interpreted, too.


@pytest.fixture
def _as_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    if not COMPILED:
        for name in ("certain", "scribe", "tokens", "valid"):
            monkeypatch.setattr(f"partialjson._core.{name}.COMPILED", True)


@pytest.mark.usefixtures("_as_compiled")
@pytest.mark.parametrize(("text", "waits", "again"), WAITS, ids=[case[0] for case in WAITS])
def test_what_the_compiled_core_does(text: str, waits: str, again: int) -> None:
    for make in MAKERS:
        test_what_waits(make, text, waits, again)
        test_no_cut_needs_the_mender(make, text)


@pytest.mark.usefixtures("_as_compiled")
def test_wide_characters_in_the_compiled_core() -> None:
    for text in (
        '["é\x7fü\x80, \u07ff\u0800\uffff", "😀"]',
        '{"é": "ü, ", "😀": "\U0010ffff"}',
        '["éü", "' + "é, " * 40 + '"]',
    ):
        for sizes in sizes_of(text):
            read_without_the_mender(MAKERS[0], text, sizes)
        for cut in range(1, len(text)):
            parser: Any = MAKERS[0]()
            for piece in (text[:1], text[1:cut], *text[cut:-1]):
                parser.feed(piece.encode())
            _, error = feed(parser, text[-1:].encode() + b"x")
            assert isinstance(error, ParseError)
            assert (error.pos, error.byte_pos) == (len(text), len(text.encode()))
    test_half_a_surrogate_pair_needs_no_mender_where_it_may_be_alone()
