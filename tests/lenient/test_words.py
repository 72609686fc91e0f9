"""The words that lenient parsing knows: each of them, in any case where case does not matter, and none beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import Complete, Lenient, Parser, Schema

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
