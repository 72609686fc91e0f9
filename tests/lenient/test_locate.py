"""The locator: which part of a text is the document, in every chunking, and what is said of the rest.

`located` is the way through: it drives a locator and strict parsers over a text in several chunkings, saves and loads
the state on the way, and asserts that neither shows.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import MISSING, Complete, Lenient, ParseError, Parser
from partialjson._core.loose_rules import root_kinds
from partialjson._core.spec import ANYTHING, ARRAY, OBJECT, STRING
from partialjson._core.target import Options, target_of
from partialjson.lenient.candidates import HELD
from partialjson.lenient.last import LastDocument
from partialjson.lenient.locate import Locator
from partialjson.testing.chunking import check_all_chunkings, random_partition
from partialjson.testing.makers import Maker
from partialjson.testing.strategies import documents
from support.effort import examples

BLANK = " \t\r\n"


@dataclass(frozen=True)
class Found:
    """What was found in a text: where each document begins, its text, the json its parser shows, its error; the spans
    that were skipped, as (kind, their text)."""

    documents: list[tuple[int, str, Any, str | None]]
    skipped: list[tuple[str, str]]
    lines: list[tuple[int, int]]
    state: Any


def drive(chunks: list[str], kinds: int, many: bool, saving: bool) -> Found:
    text = "".join(chunks)
    locator = Locator(kinds, many=many)
    parsers: list[tuple[int, Parser[Any]]] = []
    ends: list[int] = []
    errors: list[str | None] = []
    lines: list[tuple[int, int]] = []

    def begin() -> None:
        parsers.append((locator.start, Parser()))
        lines.append((locator.line, locator.line_start))
        before = text[: locator.start]
        assert locator.start_bytes == len(before.encode())
        assert lines[-1] == (before.count("\n") + 1, before.rfind("\n") + 1)
        errors.append(None)
        ends.append(len(text))

    def read(parser: Parser[Any], rest: str) -> str:
        before = parser.pos
        try:
            _, used = parser.feed_value(rest)
        except ParseError as error:
            errors[-1] = error.msg
            rest = locator.advance(rest, error.pos - before)
            ends[-1] = parsers[-1][0] + error.pos
            return rest
        rest = locator.advance(rest, used, parser.done)
        if not locator.reading:
            ends[-1] = parsers[-1][0] + len(text[parsers[-1][0] :][: parser.pos].rstrip(BLANK))
        return rest

    def pass_on(rest: str) -> None:
        nonlocal locator
        while rest:
            if saving:
                state = json.loads(json.dumps(locator.save()))
                locator = Locator.load(state)
                assert locator.save() == state
            if locator.reading:
                rest = read(parsers[-1][1], rest)
                continue
            rest = locator.seek(rest)
            if locator.reading:
                begin()

    for chunk in chunks:
        pass_on(chunk)
    state = locator.save()
    saving = False
    while not locator.reading:
        rest = locator.end()
        if not rest:
            break
        begin()
        if not locator.whole:
            pass_on(rest)
            continue
        ends[-1] = locator.start + len(rest)
        try:
            parsers[-1][1].feed(rest)
        except ParseError as error:
            errors[-1] = error.msg
    documents: list[tuple[int, str, Any, str | None]] = []
    for (start, parser), end, problem in zip(parsers, ends, errors, strict=True):
        outcome = parser.end()
        value = outcome.value if isinstance(outcome, Complete) else parser.json
        documents.append((start, text[start:end], value, problem))
    skipped: list[tuple[str, str]] = [(span.kind, text[span.start : span.end]) for span in locator.skipped]
    check_cover(text, documents, [(span.start, span.end) for span in locator.skipped])
    return Found(documents, skipped, lines, state)


def check_cover(text: str, documents: list[tuple[int, str, Any, Any]], spans: list[tuple[int, int]]) -> None:
    """Documents and spans are apart, and besides them there is only white space."""
    pieces = sorted([*spans, *((start, start + len(written)) for start, written, _, _ in documents if written)])
    at = 0
    for start, end in pieces:
        assert at <= start <= end <= len(text)
        assert not text[at:start].strip(BLANK), text[at:start]
        at = end
    assert not text[at:].strip(BLANK)


def located(text: str, kinds: int = ANYTHING, many: bool = False) -> Found:
    expected = drive([text], kinds, many, False)
    source = random.Random(len(text))
    for saving, chunks in ((True, list(text)), (True, random_partition(text, source)), (False, list(text))):
        assert drive(chunks, kinds, many, saving) == expected, chunks
    return expected


def value_in(text: str, kinds: int = ANYTHING) -> Any:
    """The one document of a text; MISSING if there is none."""
    found = located(text, kinds)
    for _, _, value, error in found.documents:
        assert error is None, error
        return value
    return MISSING


def skipped_in(text: str) -> list[tuple[str, str]]:
    return located(text).skipped


# Where a document is expected.


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ('{"a": 1}', []),
        ('\n {"a": 1}\n ', []),
        ('```json\n{"a": 1}\n```', [("fence", "```json\n"), ("fence", "\n```")]),
        ('```\n{"a": 1}```\nBye', [("fence", "```\n"), ("fence", "```"), ("prose", "\nBye")]),
        ('~~~JSON\n{"a": 1}\n~~~', [("fence", "~~~JSON\n"), ("fence", "\n~~~")]),
        ('```{"a": 1}```', [("fence", "```"), ("fence", "```")]),
        ('Hi ```json {"a": 1} ```', [("prose", "Hi "), ("fence", "```json "), ("fence", " ```")]),
        ('<think>{"b": 2}</think>{"a": 1}', [("think", '<think>{"b": 2}</think>')]),
        ('<Thinking>\n```json\n{"b": 2}\n```</Thinking>{"a": 1}', None),
        ('[THINK]{"b": 2}[/THINK]{"a": 1}', [("think", '[THINK]{"b": 2}[/THINK]')]),
        ('◁think▷{"b": 2}◁/think▷{"a": 1}', [("think", '◁think▷{"b": 2}◁/think▷')]),
        ('<|channel|>analysis<|message|>{"b": 2}<|end|><|channel|>final<|message|>{"a": 1}', None),
        ('hm, {b} ...</think>{"a": 1}', [("prose", "hm, {b} ..."), ("tag", "</think>")]),
        ('<tool_call>{"a": 1}</tool_call>', [("tag", "<tool_call>"), ("tag", "</tool_call>")]),
        ('<answer type="x">{"a": 1}</answer>', None),
        ('<function=f>{"a": 1}</function>', None),
        ('<|python_tag|>{"a": 1}<|eom_id|>', None),
        ('[TOOL_CALLS]{"a": 1}', [("tag", "[TOOL_CALLS]")]),
        ('Here you are: {"a": 1} Bye', [("prose", "Here you are: "), ("prose", " Bye")]),
        ('````md\n```json\n{"a": 1}\n```\n````', [("fence", "````md\n```json\n"), ("fence", "\n```\n````")]),
        ('```text\nnothing\n```json\n{"a": 1}\n```', None),
        ('```python\nx = {"a": 1}\n```', [("fence", "```python\nx = "), ("fence", "\n```")]),
        ('```rust\nstruct A { b: String }\n```\n```json\n{"a": 1}\n```', None),
    ],
)
def test_where_a_document_is(text: str, skipped: list[tuple[str, str]] | None) -> None:
    assert value_in(text) == {"a": 1}
    assert skipped is None or skipped_in(text) == skipped


def test_what_is_inside_a_string_is_content() -> None:
    text = 'So:\n```json\n{"a": "```\\n<think>`{", "b": "```"}\n```\n'
    assert value_in(text) == {"a": "```\n<think>`{", "b": "```"}


def test_offsets_and_lines() -> None:
    found = located('a\nb\n```json\n\n {"a":\n 1}\n```\nc {"b": 2}', many=True)
    assert [(start, written) for start, written, _, _ in found.documents] == [(14, '{"a":\n 1}'), (30, '{"b": 2}')]
    assert found.lines == [(5, 13), (8, 28)]


# What only looks like one.


@pytest.mark.parametrize(
    "prose",
    [
        "use {placeholder} and {{twice}} and {price:.2f}",
        "- [ ] to do\n- [x] done",
        "as in [1] and [2, 3]",
        "[a link](http://x), ![](x.png), [[1]](http://x), [12](x), ['a'](x)",
        "x[0] and d['a'] and f(a)[1]",
        "an empty {} and a[] b",
        "the set {x : x > 0}",
        "{% if a %}",
        "[2024-01-01 10:00] at [12:30]",
        "\\frac{a}{b}",
        "`[x]` and `<think>`",
        "a < b, <b>bold</b>, <|",
        '"quoted" words',
        "~~struck~~ and ~~~",
        "{'a', 'b'}",
        "[[wiki]] [[[x",
        '{"a" b}',
    ],
)
def test_prose_is_passed_over(prose: str) -> None:
    assert value_in(f'Look: {prose} {{"k": [1]}} so') == {"k": [1]}
    assert skipped_in(f'Look: {prose} {{"k": 1}}')[0] == ("prose", f"Look: {prose} ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I found [1, 2, 3].", [1, 2, 3]),
        ("See [1].", [1]),
        ("There is nothing: {}", {}),
        ("The result is [] then", []),
        ("I found [1, 2]. No: [3, 4]", [3, 4]),
    ],
)
def test_weak_candidates_count_if_nothing_better_comes(text: str, value: Any) -> None:
    assert value_in(text, OBJECT | ARRAY) == value
    better = f'{text} Or rather {{"a": 1}}.'
    assert "No" in text or value_in(better, OBJECT | ARRAY) == {"a": 1}


def test_numbers_in_brackets_are_no_document_where_a_text_can_be_one() -> None:
    assert located("See [1] and [2, 3].").documents[0][1] == "See [1] and [2, 3]."
    assert value_in("The result: [1]") == [1]


@pytest.mark.parametrize("coerce", ["syntax", "safe", "guided"])
def test_a_text_that_only_stands_in_for_a_document_is_worse_than_one(coerce: Any) -> None:
    """With a target, a text may be tried as another form of a value; numbers in brackets are that value."""
    make = Maker(list[int], lenient=Lenient(coerce=coerce))
    for text in ("I found [1, 2].", "See [1, 2] and [3, 4]", "I found 2: [1, 2] are all"):
        check_all_chunkings(text, make=make, partitions=1)
        parser = make()
        parser.feed(text)
        assert parser.close() == [1, 2]
    # Where the target takes a text, a sentence with brackets is one.
    sentence = "See [1] and [2, 3]."
    reader: Parser[Any] = Parser(list[int] | str, lenient=Lenient(coerce=coerce))
    reader.feed(sentence)
    assert reader.close() == sentence


def test_an_array_of_numbers_after_a_colon_or_at_the_beginning_of_a_line_is_found_at_once() -> None:
    for text in ("Result: [1, 2", "Here\n[1, 2", "x =\n [1.5e3, 2"):
        locator = Locator()
        assert locator.seek(text).startswith("[")
        assert locator.reading


@pytest.mark.parametrize("text", ['{"name": 1', "{name: 1", '["first",', "['x']", "[true, 1", "[[1, 2], [3", '[{"a":'])
def test_a_candidate_is_handed_on_when_it_looks_like_json(text: str) -> None:
    locator = Locator()
    assert locator.seek(f"Here: {text} ") == f"{text} "
    # Where a document is expected, one character is enough.
    locator = Locator()
    assert locator.seek(f"```json\n{text[0]}") or locator.seek(text[1:])


def test_what_is_held_is_bounded() -> None:
    for text in ("{" + " " * 500, "[" * 500, "<a " + "b" * 500, "`" * 500, '{"' + "k" * 500, "[" + "1," * 500):
        locator = Locator(OBJECT | ARRAY)
        for character in "Look at " + text:
            if locator.reading:
                break
            locator.seek(character)
            assert len(locator.save()["held"]) <= HELD + 1


def test_a_long_first_string_is_a_document() -> None:
    long = "word " * 100
    assert value_in(f"Here: {json.dumps([long])} so") == [long]
    assert value_in(f"Here: {json.dumps({long: 1})} so") == {long: 1}


# Kinds.


def test_candidates_of_other_kinds_are_prose() -> None:
    assert value_in('[1] says {"a": 1}', OBJECT) == {"a": 1}
    assert value_in('{"a": 1} and ["b"]', ARRAY) == ["b"]
    assert value_in('{"a": 1}', STRING) is MISSING or located('{"a": 1}', STRING).documents[0][1] == '{"a": 1}'


def test_the_kinds_of_a_target() -> None:
    class Order(BaseModel):
        a: int

    kinds = root_kinds(target_of(Order, Options()))
    assert kinds & OBJECT
    assert not kinds & ARRAY
    assert root_kinds(target_of(list[Order], Options())) & OBJECT == 0
    assert root_kinds(None) == ANYTHING


# Scalars.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", 42),
        (" true\n", True),
        ('"a"', "a"),
        ('"a {\\"b\\": 1} c"', 'a {"b": 1} c'),
        ('"```\\n{"', "```\n{"),
        ("```\n42\n```\nThat is all.", 42),
        ('```json\n"a"\n```', "a"),
        ("<think>1</think>\n2", 2),
        ('Well.\n```\n"x {y}"\n```', "x {y}"),
    ],
)
def test_a_scalar_is_found_at_the_end(text: str, value: Any) -> None:
    assert value_in(text) == value


def test_a_scalar_that_goes_on_is_prose() -> None:
    assert value_in('"Hello", she said: {"a": 1}') == {"a": 1}
    assert value_in('"never closed {"a": 1}') == {"a": 1}
    assert located("The answer is no.").documents[0][1] == "The answer is no."
    assert located("The answer is no.", OBJECT).documents == []
    assert located("", ANYTHING).documents == located("  \n", ANYTHING).documents == []


# Several documents.


def test_all_documents() -> None:
    text = 'lorem ```json {"key":"value"} ``` ipsum ```json [1,2,3,true] ``` 42'
    assert [value for _, _, value, _ in located(text, many=True).documents] == [{"key": "value"}, [1, 2, 3, True]]
    lines = '```\n{"a": 1}\n{"b": 2}\n```'
    assert [value for _, _, value, _ in located(lines, many=True).documents] == [{"a": 1}, {"b": 2}]


def test_only_the_first_document_counts() -> None:
    found = located('{"a": 1} ```json\n{"b": 2}\n``` <think>c</think>')
    assert [value for _, _, value, _ in found.documents] == [{"a": 1}]
    assert found.skipped == [("fence", ' ```json\n{"b": 2}\n```'), ("prose", " "), ("think", "<think>c</think>")]


def last_of(text: str, kinds: int = ANYTHING) -> tuple[int, str, list[tuple[str, str]]]:
    seen = []
    for chunks in ([text], list(text)):
        last = LastDocument(kinds, Parser)
        for chunk in chunks:
            last.feed(chunk)
        start, found = last.end()
        check_cover(
            text, [(start, found, 0, 0)] if start >= 0 else [], [(span.start, span.end) for span in last.skipped]
        )
        skipped: list[tuple[str, str]] = [(span.kind, text[span.start : span.end]) for span in last.skipped]
        seen.append((start, found, skipped))
    assert seen[0] == seen[1]
    return seen[0]


def test_the_last_document() -> None:
    text = 'Draft: {"a": 1}\n```json\n{"a": 2}\n```\nGood.'
    assert last_of(text)[:2] == (24, '{"a": 2}')
    assert ("document", '{"a": 1}') in last_of(text)[2]
    # One that was cut is the last one; one that is broken is not, unless there is no other.
    assert last_of('{"a": 1} then: {"a": 2')[1] == '{"a": 2'
    assert last_of('{"a": 1} then {"a": }')[1] == '{"a": 1}'
    assert last_of('then {"a": }')[0] == 5
    assert last_of("no more than 42")[1] == "no more than 42"
    assert last_of("I found [1, 2].", ARRAY)[1] == "[1, 2]"


# Properties.


BEFORE = st.sampled_from(
    [
        *("", "Sure!\n", "Here is {the} answer [1]:\n", '<think>{"x": [1]} or ```?\n</think>\n', "a `b` c: "),
        *("```json\n", "```\n", 'Text.\n\n```JSON5 title="x"\n', "~~~\n", "````\n", "```json ", "<tool_call>\n"),
        *('[THINK]no, {"a": 1}[/THINK]', "<answer>", "1. [ ] todo\n2. [link](x)\n", "Zürich 😀 → "),
    ]
)
AFTER = st.sampled_from(
    ["", "\n```", "```", "\n```\nThat is [1] {all}.", " and so on", "\n</tool_call>", "\n~~~\n", "]]}"]
)


@given(BEFORE, documents().map(str.strip).filter(lambda text: text[:1] in ("{", "[")), AFTER)
@settings(deadline=None, max_examples=examples(150))
def test_a_document_is_found_exactly(before: str, document: str, after: str) -> None:
    # Where it is not expected, it must look like one: with a key, or more than numbers.
    expected = not before.strip() or (before.endswith(("\n", ">", "[/THINK]")) and before[:1] in "`~<[")
    if not expected and not json.loads(document):
        return
    if not expected and document[0] == "[" and not document.lstrip("[ \t\r\n").startswith(("{", '"')):
        return
    found = located(before + document + after, OBJECT | ARRAY)
    start, written, _, error = found.documents[0]
    assert error is None
    assert (start, written) == (len(before), document)


def test_documents_in_what_was_held_to_the_end() -> None:
    text = 'a <b {"c": 1} {"d": 2} so'
    assert located(text).documents == [(5, '{"c": 1}', {"c": 1}, None)]
    assert located(text).skipped == [("prose", "a <b "), ("prose", ' {"d": 2} so')]
    assert [value for _, _, value, _ in located(text, many=True).documents] == [{"c": 1}, {"d": 2}]
    assert last_of(text)[1] == '{"d": 2}'


PIECES = st.sampled_from(
    [
        *('{"a": 1}', '{"a": "```"}', "[1, 2]", "[1]", "{}", "[]", "{x}", "{k: 1}", "{k:tr", "ue}", "[[1]]", '["s"]'),
        *(
            "```",
            "````",
            "~~~",
            "```json\n",
            "json",
            "\n",
            " ",
            "\t",
            "\r\n",
            "`",
            "<",
            ">",
            "<a b",
            "text",
            "a:",
            ": ",
        ),
        *("<think>", "</think>", "<tool_call>", "</tool_call>", "<answer>", "[TOOL_CALLS]", "[THINK]", "[/THINK]"),
        *("<|channel|>", "analysis", "<|message|>", "<|end|>", "◁think▷", "◁/think▷", "[/", '["s"](u)', "[None, 1]"),
        *('"', '\\"', "{", "[", "}", "]", "-", "12", ".5", "1e", "(", ",", ":", "é", "😀", '{"k"', "{“a”: 1}"),
        *("{'a': 1}", "`" * 100, "x" * 50, "[[[[", '{"' + "k" * 97),
    ]
)
KINDS = st.sampled_from([ANYTHING, OBJECT, ARRAY, OBJECT | ARRAY, STRING, OBJECT | STRING])


@given(st.lists(PIECES, max_size=14).map("".join), KINDS, st.booleans())
@settings(deadline=None, max_examples=examples(300))
def test_law_1_chunking_is_invisible_in_any_text(text: str, kinds: int, many: bool) -> None:
    located(text, kinds, many)


@given(st.lists(PIECES, max_size=14).map("".join), KINDS)
@settings(deadline=None, max_examples=examples(150))
def test_law_1_chunking_is_invisible_for_the_last_document(text: str, kinds: int) -> None:
    last_of(text, kinds)


@given(documents())
@settings(deadline=None, max_examples=examples(150))
def test_a_document_alone_is_all_of_its_text(text: str) -> None:
    found = located(text)
    assert found.skipped == []
    assert found.documents[0][1].strip(BLANK) == text.strip(BLANK)


@pytest.mark.parametrize("unit", ["[", '{"a', "{'", "[1,", "<think", "`", "``` ", '"', "{a:", "[[1]] ", "[x](", "{ "])
def test_law_7_linear_whatever_comes(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters that are looked at, as far as they are given to a judge or a search."""
    module: Any = import_module("partialjson.lenient.locate")

    def work(size: int) -> int:
        judged = 0
        judge = module.looks_of

        def counting(s: str, at: int, *rest: Any) -> tuple[int, int]:
            nonlocal judged
            judged += min(len(s) - at, HELD)
            verdict: tuple[int, int] = judge(s, at, *rest)
            return verdict

        with monkeypatch.context() as patch:
            patch.setattr(module, "looks_of", counting)
            locator = Locator(OBJECT)
            text = "Look at this. " + unit * (size // len(unit))
            for at in range(0, len(text), 50):
                if locator.reading:
                    break
                locator.seek(text[at : at + 50])
        return judged

    assert work(40_000) <= 2.2 * work(20_000) + HELD


# Saved state.


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.update(locator=0),
        lambda state: state.update(kinds=-1),
        lambda state: state.update(held="x" * 1000),
        lambda state: state.update(flags=[]),
        lambda state: state.update(flags=[1] * 11),
        lambda state: state.update(skipped=[["prose", 5, 2]]),
        lambda state: state.update(skipped=[["other", 0, 2]]),
        lambda state: state.update(fence=["`~", ""]),
        lambda state: state.pop("at"),
        lambda state: state.update(weak=[0, 1]),
    ],
)
def test_a_state_that_was_changed_is_refused(change: Any) -> None:
    locator = Locator()
    locator.seek("Look at [1] {")
    state = locator.save()
    change(state)
    with pytest.raises(ValueError, match="locator"):
        Locator.load(state)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"answers" [{"label": "a"}]}', {"answers": [{"label": "a"}]}),
        ('{"code" "x {\\"y\\": 1}"}', {"code": 'x {"y": 1}'}),
        ('{"n" 42, "m": 1}', {"n": 42, "m": 1}),
        ('{\n  name": "Ada"}', {"name": "Ada"}),
    ],
)
def test_a_first_key_without_its_colon_or_quote_begins_an_object_in_prose(body: str, value: Any) -> None:
    """Or else an object inside it would pass for the document."""
    text = f"The answer: {body}\nThat is all."
    parser = Parser(lenient=True)
    for character in text:
        parser.feed(character)
    outcome = parser.end()
    assert outcome.value == value
    assert outcome.repairs
    for prose in ('Use {"a", "b"} here.', 'the set {"a" or "b"}', 'f{x" y}'):
        parser = Parser(lenient=True)
        parser.feed(prose + " Then: " + '{"a": 1}')
        assert parser.end().value == {"a": 1}


@pytest.mark.parametrize(
    ("text", "is_sought"),
    [
        ('{"a": [1, 2]}', False),
        ("[1, 2]", False),
        ('{"a": 1', False),
        (" {}", True),
        ("[TOOL_CALLS]", True),
        ('{"a": 1} and more', True),
        ("{}\n", True),
        ('"a"', True),
        ("", True),
    ],
)
def test_a_document_that_begins_the_text_is_not_looked_for(text: str, is_sought: bool) -> None:
    """It costs as much as reading a hundred characters."""
    for target in (None, dict | list):
        parser = Parser(target, lenient=True)
        parser.feed(text)
        parser.end()
        assert parser._intake is not None
        assert (parser._intake._locator is not None) == is_sought


@pytest.mark.parametrize("text", ['{"a": 1', "[1, 2", "{}", "[[]]", '{"a": 1} and [2]', "[]\n\n", "[/TOOL_CALLS] [1]"])
def test_asking_where_a_document_is_changes_nothing(text: str) -> None:
    """Whoever saves a state needs the search, which goes on where it would have been."""
    for at in range(1, len(text) + 1):
        parser = Parser(lenient=True)
        asked = Parser(lenient=True)
        for half in (text[:at], text[at:]):
            assert parser.feed(half) == asked.feed(half)
            saved = asked.checkpoint()
        assert parser.checkpoint() == saved == Parser.restore(saved).checkpoint()
        assert parser.end() == asked.end()
