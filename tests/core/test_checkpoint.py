"""The text in a checkpoint: the shortest, canonically spelled, that leads to the same state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import ParseError, Parser
from partialjson.testing import strategies

# What was read, and the text that stands for it.
TEXTS: list[tuple[str, str]] = [
    ("", ""),
    (" \n", ""),
    ("12", "12"),
    ("12 ", "12 "),
    ("1E2 ", "100.0 "),
    ("[1E2,", "[100.0,"),
    ("-1.50e", "-1.50e"),
    ("tru", "tru"),
    ("true", "true "),
    ('"a\\u00e9\\n', '"aé\\n'),
    ('"a"', '"a" '),
    ('"\\ud83d', '"\\ud83d'),
    ('"\\uD83D\\uDE0', '"\\ud83d\\ude0'),
    ('"\\ud83d\\', '"\\ud83d\\'),
    ('"\\', '"\\'),
    ('"\\u', '"\\u'),
    ('"\\u0', '"\\u0'),
    ('"\\u00e', '"\\u00e'),
    ("[ ", "["),
    ("[1 ", "[1 "),
    ("[1 , ", "[1,"),
    ("[1, 2", "[1,2"),
    ("[1, nul", "[1,nul"),
    ('[1, "', '[1,"'),
    ("[[], [", "[[],["),
    ("[[], [] ", "[[],[] "),
    ("{ ", "{"),
    ('{"', '{"'),
    ('{"a\\u0062', '{"ab'),
    ('{"a\\u00', '{"a\\u00'),
    ('{"a" ', '{"a"'),
    ('{"a" : ', '{"a":'),
    ('{"a" : 1', '{"a":1'),
    ('{"a" : fa', '{"a":fa'),
    ('{"a" : 1 ', '{"a":1 '),
    ('{"a" : 1 , ', '{"a":1,'),
    ('{"a" : 1 , "', '{"a":1,"'),
    ('{"a" : 1 , "b" ', '{"a":1,"b"'),
    ('{"a" : 1 , "b": "x', '{"a":1,"b":"x'),
    ('{"a" : {"b": [ ', '{"a":{"b":['),
    ('{"a" : {} ', '{"a":{} '),
    # A value that replaces another one keeps its place among the keys.
    ('{"a": 1, "b": 2, "a": 3 ', '{"a":3,"b":2 '),
    ('{"a": 1, "b": 2, "a": 3', '{"a":1,"b":2,"a":3'),
    ('{"a": 1, "b": 2, "a": "x', '{"a":null,"b":2,"a":"x'),
    ('{"a": 1, "b": 2, "a": [', '{"a":null,"b":2,"a":['),
    ('{"b": 2, "a": 1, "a": "x', '{"b":2,"a":"x'),
]


@pytest.mark.parametrize(("read", "text"), TEXTS)
def test_the_text_of_a_state(read: str, text: str) -> None:
    for chunks in ([read], list(read)):
        parser = Parser()
        for chunk in chunks:
            parser.feed(chunk)
        assert parser.checkpoint()["text"] == text
    again = Parser()
    again.feed(text)
    assert again.checkpoint()["text"] == text


NEXT = [" ", '"', ":", ",", "[", "]", "{", "}", "1", "-", "t", "\\", "x"]
NEXT += ['"":', "1,", '"",', '":', '":1', "0]", "0}"]


def accepts(text: str) -> bool:
    try:
        Parser(select=[]).feed(text)
    except ParseError:
        return False
    return True


@given(strategies.documents(), st.data())
def test_an_outline_is_followed_by_the_same_characters(text: str, data: st.DataObject) -> None:
    parser = Parser()
    cut = text[: data.draw(st.integers(0, len(text)))]
    parser.feed(cut)
    cut = cut[: len(cut) - parser.reopen()]
    outline = parser._outline()
    short = Parser()
    short.feed(outline)
    assert len(short.path) == len(parser.path)
    assert short.done == parser.done
    for rest in NEXT:
        assert accepts(outline + rest) == accepts(cut + rest), (outline, rest)
    rest = data.draw(st.sampled_from([each for each in NEXT if accepts(cut + each)]))
    for each in NEXT:
        assert accepts(outline + rest + each) == accepts(cut + rest + each), (outline, rest + each)


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("", ""),
        ("1 ", "0 "),
        ('"a', '"'),
        ("[1, 2 ", "[0 "),
        ("[1, 2, ", "[0,"),
        ("[ ", "["),
        ('[1, "a', '["'),
        ('{"a": 1 ', '{"":0 '),
        ('{"a": 1, ', '{"":0,'),
        ('{"a": ', '{"":'),
        ('{"a" ', '{""'),
        ('{"a', '{"'),
        ('{"a": "b', '{"":"'),
        ("{ ", "{"),
        ('{"a": [[1], {"b": [2, {"c": ', '{"":[{"":[{"":'),
    ],
)
def test_outlines(text: str, outline: str) -> None:
    parser = Parser()
    parser.feed(text)
    assert parser._outline() == outline


@pytest.mark.parametrize("key", ['"', '"b', '"b\\', '"b\\u00', '"b\\ud83d', '"b"', '"b" :'])
def test_a_key_that_is_given_back_leaves_nothing(key: str) -> None:
    for before, text in (("{", "{"), ('{"a": 1, ', '{"a":1 '), ('[{"a": {"b": 2}, ', '[{"a":{"b":2} ')):
        parser = Parser()
        for char in before + key:
            parser.feed(char)
        parser._lexer.forget_key()
        assert parser.checkpoint()["text"] == text
        assert parser._lexer.length == 0
        parser.feed("}")
        assert parser.expected() is not None
