"""What lenient parsing decides where several readings are near: tables of texts, with what becomes of each.

A section is a family of texts: beginnings, and what may follow them. ``decisions.txt`` holds what comes of each: when
it is shown, the document, and the repairs. So any other decision, and any that is made earlier or later, is seen in
review as a changed row. To write the file again, set ``PARTIALJSON_WRITE=1``, and read what has changed.

Each text is read at once, by characters and in chunks of three, which must not differ.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from partialjson import Complete, Lenient, ParseError, Repair
from partialjson._core.lookout import REACH
from partialjson.testing.laws import feed
from partialjson.testing.makers import Maker

FILE = Path(__file__).with_name("decisions.txt")
# The document begins where the text does.
ALONE = Maker(lenient=Lenient().without("text around"))
WITHIN = Maker(lenient=True)


def texts(beginnings: Iterable[str], *rest: Iterable[str]) -> list[str]:
    """Each beginning with each of what follows it."""
    return list(dict.fromkeys("".join(parts) for parts in itertools.product(beginnings, *rest)))


# What may come after a value, and go on from there.
# fmt: off
FOLLOWS = (
    ",", ", ", ",\n", ", b: 1", ', "b": 1', ', "b"', ', b "c": 1', ",1", ", 1", ",,", ",}", ",]", ", // c", ", # c",
    ", #c", ", ..", ", ...", ", 'b': 1", ", {", ",\xa0", ", /", ", b", "}", "]", ")", "};", '}, "b": 1}', "]}", ": 1",
    ":", "= 1", "=> 1", "; 1", '+ "b"', "+ b", "+", "```", "``", "//", "/* c */", "/", "# c", "#c", "#", "...", "..",
    ".", "…", "b", "b: 1", "b = 1", "b://c", 'b": 1', "b}", "b]", '"', '""', '"b"', '"b": 1', '"b",', '"b"]', "'b'",
    "'b': 1", "“b”", "1", "-1", "{", "[1]", "(b)", "\\", '\\"', "é", "\xa0", "\x00", "true", "null,",
)
# The same where it matters less.
FEW = (
    ",", ", b: 1", ', "b": 1', ', "b"', ",1", ", // c", "}", "]", ")", '}, "b": 1}', ": 1", "=> 1", "; 1", '+ "b"',
    "```", "//", "# c", "...", "b", "b: 1", "b]", '"', '""', '"b"', '"b": 1', '"b",', "'b'", "1", "{", "[1]", "(b)",
    "\\", '\\"', "\xa0", "true",
)
STATES = (
    "", "[", "[1", "[1,", "{", '{"a"', '{"a":', '{"a": 1', '{"a": 1,', "(", "f(", "[(1", "[1]",
)
SIGNS = (
    "//c\n2", "/", "/c", "/*c*/2", "/*c*", "# c\n2", "#c 2", "#", "```", "```json\n2", "``", "...", "..", "…", "\xa0",
    "\x01 ", ",", ";", ":", "=", "=>", ")", "]", "}", "+", "-", "(", "{", "[", "f(2)", "f (2)", "f", "'b'", '\\"b\\"',
    "\\", '"b', "b c", "true", "tru", "2", "{{", "((2))", "(2, 3)", "()", "$", "~",
)
ESCAPES = (
    "\\", "\\n", "\\b\\f\\r\\t\\/", '\\"', "\\'", "\\`", "\\”", "\\a", "\\x4F", "\\x4", "\\x4g", "\\u0041", "\\u004",
    "\\u00g", "\\uD83D\\uDE00", "\\\\", '\\\\"', '\\\\\\"', "\\\\n", "\\\\\\\\", "\\\n", "\\é", "\n", "\t", "\x00",
    "\x1f", "\x7f", "\x08\x0c\r",
)
NUMBERS = (
    "0", "-0", "+0", "00", "007", "-07", "1_0", "1__0", "_1", "1_", "0x1F", "0X1f", "-0x1_0", "0x", "0xg", ".5",
    "-.5", "+.5e1", "5.", "5.e", "5e", "5e+", "5E-2", "5e1_0", "1.2.3", "1,234", "1.5e3", "1-2", "--1", "+", "-", ".",
    "e5", "1e5.5", "12kg", "0b1", "NaN", "nan", "-nan", "inf", "-Inf", "+INFINITY", "infinit", "Infinityx", "TRUE",
    "tRuE", "None", "nil", "Nul", "undefined", "undefine", "falsey", "١", "1²",
)
OBJECTS = texts(
    ["{"],
    ('"a"', "'a'", "“a”", "`a´", '"a', "a", "$a", "a-b", "1", "[1", "é"),
    (": 1}", ":1}", "=1}", ":", ' "b"}', " 1}", " [", ", 1}", "}", " b}", '": 1}', ":t", ":true}", ":x}", ""),
)
ARRAYS = texts(
    ["["],
    ("", " ", "1", "-1.5e3", "1-", '"a"', "'a'", "“a”", "true", "nul", "x", "{}", '{"a": 1}', "[]", "[1]", "[[x"),
    ("]", "](u)", "][1]", "]:", "], so", ", 2]", ', "b"]', ", x]", " x]", "; 1]", "", "\n]"),
)# Where a run of characters stands between something and what decides about it.
FAR = (
    "f~(1)", "[f (~1", '{"a": "x"~, "b": 1}', '{"a": x~, "b": 1}', '["a"~, "b"]', '{"a"~: 1}', "{a~: 1}", "[1~, 2]",
    "[1~ 2]", "[1~//c", "(1~)", "[(1~, 2)]", '["a" ~+ "b"]', "[.~]", "```~[1]", '["a"//~\n]', '["a" /*~', "[[1]~]",
)

MANY = "`" * 98  # more than are held
ANSWERS = ("<answer>", "<answer a='b'>", "<answer", "<other>", "<answer >", "</answer>")
DEEP = texts(["[" * depth for depth in (2, 6, 7, 8)], ("x", '"a"', "1", "{}", ""), ("]", ", 2", "]]"))

SECTIONS: dict[str, tuple[Maker, list[str]]] = {
    "after a string in an array": (ALONE, texts(['["a"', '["a"\n'], FOLLOWS)),
    "after a string in an object": (ALONE, texts(['{"k": "a"', '{"k": "a" ', '{"k": "a"\n'], FOLLOWS)),
    "after a string with a comma at its end": (ALONE, texts(['["a, "', '{"k": "a,"'], FEW)),
    "after a key": (ALONE, texts(['{"a" ', '{"a:"'], FOLLOWS)),
    "after a string at the root": (ALONE, texts(['"a"', "'a' "], FEW)),
    "after other quotes": (ALONE, texts(["['a'", "{'k': 'a'", "[“a”"], FEW)),
    "after an empty string": (ALONE, texts(['[""', '{"k": ""', '{""'], FEW)),
    "after doubled quotes": (ALONE, texts(['[""a"', '{"k": """a b"', '["""a""'], FEW)),
    "after an escaped quote": (ALONE, texts(['[\\"a\\"', '{\\"k\\": \\"a\\"', '[\\"a"'], FEW)),
    "after an inner quote": (ALONE, texts(['["a "b" c"', '{"k": "a {"b" [c"'], FEW)),
    "after a concatenation": (ALONE, texts(['["a" + "b"', "{'k': 'a' + \"b\""], FEW)),
    "after a number": (ALONE, texts(["[1", "[1 ", '{"k": 1', '{"k": 1 '], FOLLOWS)),
    "after a word": (ALONE, texts(["[true", '{"k": None '], FEW)),
    "after text": (ALONE, texts(["[a b", "[a b ", "{k: a b ", "{k: a b\n"], FOLLOWS)),
    "after text with brackets": (ALONE, texts(["[a (b", "{k: a {b", "{k: a [b (c)"], FEW)),
    "after a bare key": (ALONE, texts(["{a", "{a: 1, b ", "{a: 1 b"], FEW)),
    "after a container": (ALONE, texts(["[[]", '{"k": {} ', "[f(1"], FEW)),
    "after the root": (ALONE, texts(["[1]", "f(1)"], FEW)),
    "text at the root": (ALONE, texts(["a", "12 "], FEW)),
    "between tokens": (ALONE, texts(STATES, SIGNS, (" 3]",))),
    "brackets": (ALONE, texts(*[("(", "[", "{", '{"k":', ",", ")", "]", "}")] * 3)),
    "brackets in brackets": (
        ALONE,
        texts(['[{"a": [1', '{"a": {"b": [', "[(1, [2", '(["a", {"b": (1, 2', "f([", '[f({"a": '], *[("", *")]}")] * 3)
        + texts(['{"a": [1}', '[{"a": [1}', "{{'a': [1]", '{"a": [1} ', '[{"a": 1', '[{"a": 1 '], FEW),
    ),
    "escapes": (ALONE, texts(['["', "['", '{"', "[“", '[\\"', "[a "], ESCAPES, ("b", '"'))),
    "numbers": (ALONE, texts(["[", '{"k": '], NUMBERS, ("", ",", " b")) + list(NUMBERS)),
    "comments": (
        ALONE,
        texts(
            ['{"a": 1 // c', '{"a": {"b": 1 # c', "[1, // c", "[1 /* c"],
            ("}", " ]", "* ", "*/", "\n"),
            (',"b": 2}', ', "b"', ",b", ",\n2]", "2", " ]", ""),
        ),
    ),
    "after several comments": (
        ALONE,
        texts(
            ['["a"', '{"k": "a"', '{"a"', "{k: a", "[1", '[{"a": [1}', '{"a": {"b": 1}, '],
            (" // c\n", " /* c */ ", "/**/ // c\n", " // c\n/* c\n*/", "/ c\n"),
            ("// d", "/* d", "/* d *", "// d\n, 'b': 1}", "/* d */]", "/"),
        ),
    ),
    "far": (
        ALONE,
        [
            text.replace("~", filling * count)
            for text in FAR
            for filling in (" ", "x", "7", "(", ",")
            for count in (23, REACH - 1, REACH, REACH + 1)
        ],
    ),
    "values without a place": (
        ALONE,
        texts(['{"a": 1, ', "{"], "[{(", ('"', "1", '"\\"'), ("]", "}", ")", '"]'), (', "b": 2}', "b: 2")),
    ),
    "an object in prose": (WITHIN, [f"See {text} so" for text in OBJECTS]),
    "an array in prose": (WITHIN, [f"See {text} so" for text in (*ARRAYS, *DEEP)]),
    "what stands before a bracket": (
        WITHIN,
        texts(
            ("a", "1", "_", ")", "]", "$", "\\", "`", "x\n", "x:", "x =", "x: a", "é"),
            ("", " "),
            ('{"a": 1}', "[1, 2]", "{}", "[]", "[1]"),
        ),
    ),
    "fences": (
        WITHIN,
        texts(
            ("```", "x\n```", "````", "~~~", "x ~~~", "```json", "```JSON5 a", "```js", "```rust", "``` {", "``", MANY),
            ("\n", " ", "\r\n"),
            ('{"a": 1} ', "{a: 1}", '"b"'),
        )
        + texts(
            ("```\n", "x ```js\n", "~~~\n", "````\n"),
            ('{"a": 1}', "[1]", "12", '("c", 1)', "```json\n[1]"),
            ("", "\n```", "```x", "\n````\n[2]", "\n~~~ so", "\n``` [2]"),
        ),
    ),
    "tags": (
        WITHIN,
        texts(
            ("<think>", "<THINK a=b>", "<think/>", "`<think>`", "[THINK]", "◁think▷", "<|channel|>analysis<|message|>"),
            ("[1] ",),
            ("</think>", "</Think>", "[/THINK]", "◁/think▷", "<|end|>", "</thin"),
            ('{"b": 1}', " x [2, 3]"),
        )
        + texts(
            (*ANSWERS, "[TOOL_CALLS]", "[/TOOL_CALLS]", "<|x|>", "<｜x｜>"),
            ("", " x "),
            ("[1, 2]", "{}", '"b"'),
            ("", "</answer>", "[/TOOL_CALLS] [3]"),
        ),
    ),
    "strings and scalars": (
        WITHIN,
        texts(
            ("", "x\n", "```\n", " \n"),
            ('"a"', '"a {"', '"a\\"', '"a\nb"', "12", "true", "a b", '"'),
            ("", " b", "\n```", "\n```\nso", ' {"c": 1}'),
        ),
    ),
    "after the document": (
        WITHIN,
        texts(
            ('{"a": 1}', "x\n```\n[1, 2]", "{a: 1", '[1, "b" x'),
            ("\n", " ", ""),
            ("so [3]", "]", "```", "``` so", "<think>c</think> d", "// c", "</answer>", "{'b': 2}", "\n\n", "~~~"),
        ),
    ),
}
# fmt: on


def decision(make: Maker, text: str) -> tuple[str, int]:
    """What is decided about a text, as a row of the file, and how many steps the mender took for its characters.

    A row has the text; for each of its characters whether the document changed when it came (``^``), or something was
    told of it (``:``), or there was an error (``!``); the document, as Python writes it; and the repairs and skipped
    spans, with their offsets and paths. A document that is not complete has its error instead.
    """
    outcomes = []
    shown = ""
    steps = 0
    encoded = text.encode()
    for data, size in ((text, 1), (text, 3), (text, len(text)), (encoded, 2)):
        parser: Any = make()
        before = repr(parser.json)
        for at in range(0, len(data), size):
            events, error = feed(parser, data[at : at + size])
            if data is text and size == 1:
                after = repr(parser.json)
                shown += "!" if error else "^" if after != before else ":" if events else "."
                before = after
        if data is text and size == 1:
            mender = parser._intake.mender
            mender.catch_up()
            steps = mender.steps
        outcome = parser.end()
        told = _told(outcome.repairs)
        told += [f"({each.kind} {each.start}-{each.end})" for each in outcome.skipped]
        if isinstance(outcome, Complete):
            ending = repr(outcome.value)
        else:
            ending = f"{type(outcome).__name__} {outcome.json!r} {outcome.error}"
            check_place(text, outcome.error)
        outcomes.append((ending, ", ".join(told)))
    assert outcomes == outcomes[:1] * 4, text
    columns = (text.translate(PICTURES), shown, *outcomes[0])
    return "\t".join(map(_abridged, columns)).rstrip("\t"), steps


def _abridged(text: str) -> str:
    """Runs of one character are counted."""
    return re.sub(r"(.)\1{19,}", lambda run: f"{run[1]}×{len(run[0])}", text)


def _told(repairs: Iterable[Repair]) -> list[str]:
    """Repairs, and how many where there are many of a kind."""
    told = []
    for kind, group in itertools.groupby(repairs, lambda each: each.kind.value):
        each = list(group)
        if len(each) > 4:
            told.append(f"{len(each)} × {kind} {each[0].start}-{each[-1].end}")
        else:
            told += [f"{kind} {one.start}-{one.end} {'.'.join(map(str, one.path))}".rstrip() for one in each]
    return told


def check_place(text: str, error: Any) -> None:
    """Do the line, the column and the byte of an error fit its offset?"""
    if isinstance(error, ParseError):
        before = text[: error.pos]
        assert (error.lineno, error.colno) == (before.count("\n") + 1, len(before) - before.rfind("\n")), text
        assert error.byte_pos in (None, len(before.encode())), text


# Control characters are drawn as their pictures.
PICTURES = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0xA0: "\N{OPEN BOX}"}
WRITES = bool(os.environ.get("PARTIALJSON_WRITE"))
WRITTEN: dict[str, list[str]] = {}


@pytest.fixture(scope="module", autouse=True)
def _file() -> Iterator[None]:
    yield
    if WRITES:
        rows = {**EXPECTED, **WRITTEN}
        FILE.write_text("\n".join("\n".join(rows[section]) + "\n" for section in SECTIONS), encoding="utf-8")


def _read() -> dict[str, list[str]]:
    """The rows of each section, after its heading."""
    sections = FILE.read_text(encoding="utf-8").split("\n\n") if FILE.exists() else []
    return {rows.partition(": ")[0].removeprefix("## "): rows.rstrip("\n").split("\n") for rows in sections}


EXPECTED = _read()


@pytest.mark.parametrize("section", SECTIONS)
def test_what_is_decided(section: str) -> None:
    make, found = SECTIONS[section]
    rows, steps = [], 0
    for text in found:
        row, count = decision(make, text)
        rows.append(row)
        steps += count
    heading = f"## {section}: {len(rows)} texts, {steps} steps"
    if WRITES:
        WRITTEN[section] = [heading, *rows]
        return
    for row, expected in itertools.zip_longest([*rows, heading], [*EXPECTED[section][1:], EXPECTED[section][0]]):
        assert row == expected


def test_the_file_has_these_sections() -> None:
    assert list(EXPECTED) == list(SECTIONS)
