"""The words that lenient parsing knows: each of them, in any case where case does not matter, and none beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import Complete, Lenient, Parser, Schema
from partialjson.lenient.candidates import HELD
from partialjson.testing.laws import feed

COERCING = Lenient(coerce="guided")


def read(text: str, target: Any = None, **options: Any) -> Any:
    """What a text is read as, at once and by characters."""
    found = []
    for pieces in ([text], list(text)):
        parser: Parser[Any] = Parser(target, **{"lenient": True, **options})
        for piece in pieces:
            parser.feed(piece)
        outcome = parser.end()
        assert isinstance(outcome, Complete), (text, outcome)
        found.append(outcome.value)
    assert repr(found[0]) == repr(found[1])
    return found[0]


LITERALS: dict[str, Any] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "None", "none", "NULL", "nil", "undefined"), None),
    **dict.fromkeys(("NaN", "nan"), float("nan")),
    **dict.fromkeys(("Infinity", "+Infinity", "infinity", "inf", "+inf", "INF"), float("inf")),
    **dict.fromkeys(("-Infinity", "-infinity", "-inf"), float("-inf")),
}


@pytest.mark.parametrize("word", LITERALS)
def test_each_literal(word: str) -> None:
    assert repr(read(f"[{word}]")) == repr([LITERALS[word]])
    assert repr(read(f"{{a: {word}}}")) == repr({"a": LITERALS[word]})
    assert read(f"[{word}s]") == [f"{word}s"]


FLAGS = {
    **dict.fromkeys(("true", "yes", "on", "t", "y"), True),
    **dict.fromkeys(("false", "no", "off", "f", "n"), False),
}


@pytest.mark.parametrize("word", FLAGS)
@pytest.mark.parametrize("target", [list[bool], Schema({"items": {"type": "boolean"}})], ids=["type", "schema"])
def test_each_word_for_a_bool(word: str, target: Any) -> None:
    for spelled in (word, word.upper(), word.title(), f" {word} "):
        assert read(json.dumps([spelled]), target, lenient=COERCING) == [FLAGS[word]]
    parser: Parser[Any] = Parser(target, lenient=COERCING)
    parser.feed(json.dumps([f"{word}x"]))
    assert not isinstance(parser.end(), Complete)


@pytest.mark.parametrize("word", ["null", "None", "NONE", " null "])
def test_each_word_for_null(word: str) -> None:
    assert read(json.dumps([word]), list[int | None], lenient=COERCING) == [None]


@pytest.mark.parametrize("character", [chr(each) for each in range(0x20)])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_each_control_character(character: str, quote: str) -> None:
    text = f"[{quote}a{character}b{quote}, 1]"
    assert read(text) == [f"a{character}b", 1]


@pytest.mark.parametrize(
    "tag",
    [
        *("think", "thinking", "thought", "thoughts", "seed:think", "antthinking", "Think", "THINKING"),
        *("reasoning", "reflection", "scratchpad", "analysis"),
    ],
)
def test_each_tag_of_thoughts(tag: str) -> None:
    """What is between them is no document, even if it looks like one."""
    assert read(f'<{tag}>{{"a": 1}} or [2]</{tag}>\n{{"b": 2}}') == {"b": 2}


@given(st.integers(-999, 999), st.integers(-999, 999))
def test_a_sign_is_no_separator(wanted: int, said: int) -> None:
    """A word that is a number is not taken for another number."""
    target = Schema({"enum": [f"no {wanted}", f"{wanted}"]})
    parser: Parser[Any] = Parser(target, lenient=COERCING)
    parser.feed(json.dumps(f" {said} "))
    outcome = parser.end()
    assert isinstance(outcome, Complete) == (wanted == said)


@pytest.mark.parametrize(("wanted", "said"), [("-1x", "1x"), ("1x", "-1x"), ("-12", "12"), ("- 1", "1-")])
def test_a_sign_is_no_separator_before_more(wanted: str, said: str) -> None:
    parser: Parser[Any] = Parser(Schema({"enum": [wanted, "b"]}), lenient=COERCING)
    parser.feed(json.dumps(said))
    assert isinstance(parser.end(), Complete) == (wanted == "- 1")


# Marks in a text, after which a document is expected: numbers in brackets are one then, from the first bracket on.


def begins_at_once(before: str) -> bool:
    """Is a bracket after this text handed on at once, however the text is cut? It may only not be that of a token."""
    found: list[bool] = []
    for pieces in ([before, "[1"], list(before + "[1")):
        parser: Any = Parser(lenient=True)
        for piece in pieces:
            parser.feed(piece)
        found.append(parser.json == [])
    assert found[0] == found[1]
    return found[0]


def kinds_skipped(text: str) -> list[tuple[str, str]]:
    parser: Parser[Any] = Parser(lenient=True)
    parser.feed(text)
    return [(each.kind, text[each.start : each.end]) for each in parser.end().skipped]


@pytest.mark.parametrize(
    "tag",
    [
        *("tool_call", "tool_calls", "toolcall", "tool_use", "function_call", "function_calls", "functioncall"),
        *("function", "invoke", "arguments", "parameters"),
        *("json", "answer", "final_answer", "final", "output", "result", "response"),
    ],
)
def test_each_tag_before_a_document(tag: str) -> None:
    for opening in (f"<{tag}>", f"<{tag.upper()}>", f"<{tag} >", f'<{tag} name="f">', f"<{tag}=f>", f"<{tag}>\n "):
        assert begins_at_once(f"so {opening}"), opening
        assert ("tag", opening.strip()) in [(kind, part.strip()) for kind, part in kinds_skipped(f"so {opening}[1]")]
    for other in (f"<x{tag}>", f"<{tag}x>", f"</{tag}>", f"{tag}>", f"<{tag}", f"< {tag}>", f"<{tag}> so"):
        assert not begins_at_once(f"so {other} "), other
    assert kinds_skipped(f"so <{tag}>[1]</{tag}>")[-1] == ("tag", f"</{tag}>")


@pytest.mark.parametrize("tag", ["b", "tool", "call", "calls", "user", "system", "code", "pre", "answers", "finals"])
def test_other_tags_are_prose(tag: str) -> None:
    assert not begins_at_once(f"so <{tag}>")
    assert kinds_skipped(f"so <{tag}>{{'a': 1}}</{tag}>") == [("prose", f"so <{tag}>"), ("prose", f"</{tag}>")]


@pytest.mark.parametrize(
    ("token", "expects"),
    [
        *(("[TOOL_CALLS]", True), ("[/TOOL_CALLS]", False), ("[ARGS]", True), ("[CALL_ID]", True), ("[INST]", True)),
        *(("[/INST]", False), ("<|tool|>", True), ("<｜tool▁calls▁begin｜>", True), ("<|a b|>", None), ("<||>", None)),
        *(("[TOOL_CALL]", None), ("[tool_calls]", None), ("[/ARGS]", None), ("[INST", None), ("<|x｜>", None)),
    ],
)
def test_each_token_before_a_document(token: str, expects: bool | None) -> None:
    """``None`` where it is prose."""
    assert begins_at_once(f"so {token}") == bool(expects)
    skipped = kinds_skipped(f"so {token} {{'a': 1}}")
    if expects is None:
        assert {kind for kind, _ in skipped} == {"prose"}
    else:
        assert [kind for kind, _ in skipped][:2] == ["prose", "tag"]
        assert skipped[1][1].strip() == token


@pytest.mark.parametrize(
    ("opens", "closes", "others"),
    [
        ("<think>", "</think>", ["</thinking>", "<think>", "</thin>"]),
        ("<Thinking>", "</thinkING>", ["</think>", "</Thinking"]),
        ("[THINK]", "[/THINK]", ["[THINK]", "[/TOOL_CALLS]", "[/THINK"]),
        ("◁think▷", "◁/think▷", ["</think>", "◁/think"]),
        ("<|START_THINKING|>", "<|END_THINKING|>", ["<|end|>", "<|START_THINKING|>"]),
        ("<|channel|>analysis<|message|>", "<|end|>", ["<|message|>", "<|END_THINKING|>"]),
    ],
)
def test_what_opens_and_closes_thoughts(opens: str, closes: str, others: list[str]) -> None:
    for before in ("", "so "):
        for other in ("", *others):
            inside = f'no: {other}{{"a": 1}} or ```\n[2]\n'
            assert read(f'{before}{opens}{inside}{closes}{{"b": 2}}') == {"b": 2}
            assert begins_at_once(f"{before}{opens}{inside}{closes}")
            assert ("think", f"{opens}{inside}{closes}") in kinds_skipped(f'{before}{opens}{inside}{closes}{{"b": 2}}')
    # After a back-tick it is code, about which something is said.
    assert read(f'so `{opens}` {{"a": 1}}') == {"a": 1}


@pytest.mark.parametrize(
    ("info", "expects"),
    [
        *(("", True), ("json", True), ("JSON", True), ("json5", True), ("jsonc", True), ("application/json x=1", True)),
        *((" json ", True), ("js", False), ("javascript", False), ("python", False), ("yaml", False), ("text", False)),
    ],
)
def test_each_language_of_a_fence(info: str, expects: bool) -> None:
    """In one of scripts, a key without quotes begins an object; in any other it may be a dict or a set."""
    for fence in ("```", "````", "~~~"):
        assert begins_at_once(f"So\n{fence}{info}\n ") == expects
    for end in ("\n", "\r\n"):
        is_script = expects or info in ("js", "javascript")
        assert read(f"So\n```{info}{end}{{a: 1}}\n```\n{{'b': 2}}") == ({"a": 1} if is_script else {"b": 2})


def test_each_sign_of_a_fence() -> None:
    for fence in ("```", "`````", "~~~", "~~~~"):
        assert begins_at_once(f"So\n{fence}\n")
        for closing in (fence, fence + fence[0]):
            assert kinds_skipped(f"So\n{fence}\n{{}}\n{closing}\nx [2]")[-2:] == [
                ("fence", f"\n{closing}"),
                ("prose", "\nx [2]"),
            ]
    for prose in ("``", "~~", "x ~~~", "`~`", "~" * 2 + "`"):
        assert not begins_at_once(f"So\n{prose}\n")


# Single characters.

BLANKS = {
    *(chr(each) for each in range(0x20) if chr(each) not in "\t\n\r"),
    *("\x7f", "\x85", "\xa0", "\u1680", "\u180e", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"),
    *(chr(each) for each in range(0x2000, 0x2010)),
}
AROUND = (
    *(range(0x100), range(0x1670, 0x1690), range(0x1800, 0x1820), range(0x1FF0, 0x2080), range(0x2FF0, 0x3010)),
    *(range(0xFEF0, 0xFF10), range(0xE0000, 0xE0010)),
)


@pytest.mark.parametrize("codes", AROUND, ids=lambda codes: f"{codes[0]:x}")
def test_each_blank_and_none_beside(codes: range) -> None:
    """Between tokens, where they are mended; in a string they are text."""
    for character in map(chr, codes):
        parser: Parser[Any] = Parser(lenient=Lenient().without("text around"))
        feed(parser, f"[1,{character}2]")
        outcome = parser.end()
        repairs = [(each.kind.value, each.start, each.end) for each in outcome.repairs]
        assert (repairs == [("blank", 3, 4)]) == (character in BLANKS), hex(ord(character))
        if character in BLANKS or character in "\t\n\r ":
            assert outcome.value == [1, 2]
        for text in (f"[1{character},2]", f"[1,2{character}]", f"[true{character}]", f'["a"{character}]'):
            assert character not in BLANKS or len(read(text)) == text.count(",") + 1
        if character > " " and character not in '"\\':
            assert read(f'["{character}"]') == [character]


# What each quote that begins a string is closed by.
CLOSED_BY = {
    '"': '"',
    "'": "'",
    "`": "'`´‘’‛",
    "´": "'`´‘’‛",
    "‘": "'`´‘’‛",
    "’": "'`´‘’‛",
    "“": '"“”‟„«»',
    "”": '"“”‟„«»',
    "„": '"“”‟„«»',
    "«": '"“”‟„«»',
}


def test_what_closes_each_quote() -> None:
    every = "".join(dict.fromkeys("".join(CLOSED_BY.values()) + "‚‹›′″＂＇"))
    for opening in every:
        for closing in every:
            text = f"[{opening}a{closing}, 1]"
            expected = closing in CLOSED_BY.get(opening, "")
            assert (read(text) == ["a", 1]) == expected, text
            if expected:
                assert read(f"{{{opening}a{closing}: {opening}b{closing}, c: 1}}") == {"a": "b", "c": 1}


@pytest.mark.parametrize("character", [chr(each) for each in range(0x21, 0x7F) if chr(each) not in '"\\'])
def test_which_delimiters_wait_at_the_end_of_a_string(character: str) -> None:
    """They are structure if the quote is missing: ``{"a`` may be a key of that name, ``["a]`` an array."""
    for opening, closing, waits in (('["', '"', " ,}]`+"), ("['", "'", " ,}]`+"), ('{"', '"', " ,}]`+:=")):
        if character == closing:
            continue
        for before, after in (("a", "b"), ("", "b"), ("a ", "b")):
            parser: Any = Parser(lenient=Lenient().without("text around"))
            parser.feed(f"{opening}{before}{character}")
            if opening[0] == "[":
                shown = before.rstrip() if character in waits else before + character
                assert parser.json == [shown]
            parser.feed(f"{after}{closing}")
            assert parser.close() in ([f"{before}{character}{after}"], {})


@pytest.mark.parametrize("size", [HELD - 1, HELD, HELD + 1])
def test_how_long_a_mark_may_be(size: int) -> None:
    """No longer than what is held for a decision."""
    for opening, closing in (("<tool_call a=", ">"), ("<answer ", ">"), ("<|", "|>"), ("<｜", "｜>")):
        mark = opening + "x" * (size - len(opening + closing)) + closing
        assert begins_at_once(f"so {mark}") == (size <= HELD), mark
        kinds = [kind for kind, _ in kinds_skipped(f"so {mark}[1]")]
        assert ("tag" in kinds) == (size <= HELD)
    assert begins_at_once("so\n" + "`" * size + "\n") == (size <= HELD)
    thoughts = "<think " + "x" * (size - 8) + ">"
    assert ("think" in [kind for kind, _ in kinds_skipped(f'{thoughts} no </think>{{"a": 1}}')]) == (size <= HELD)
