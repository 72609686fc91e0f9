"""The model before anything is measured by it: against `json.loads`, and against examples worked out by hand.

`json.loads` decides what is accepted and which value comes out. It knows nothing of prefixes, so those are tied to it
by what must hold between them: a text refused stays refused, a text that may go on can be completed, what is shown only
grows. The examples pin what no other parser can tell: visibility, open paths, positions.
"""

from __future__ import annotations

import ast
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from partialjson.testing import strategies
from partialjson.testing.damage import NOISE
from support import model
from support.effort import amount, examples
from support.model import NOTHING, Ending, Mistake, Prediction, Seen, predict, predict_bytes

LENGTHS = amount(5, 6, quick=4)
ALPHABET = '{}[],:"\\01-.e+ \nu\x00é'


def loads(text: str) -> Any:
    """`json.loads` without its extension of three constants."""

    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def accepted(text: str) -> tuple[bool, Any]:
    try:
        return True, loads(text)
    except ValueError:
        return False, None


def check_against_json(text: str, prediction: Prediction) -> None:
    valid, value = accepted(text)
    ending = prediction.ending
    assert (ending.kind == "complete") == valid, text
    if not valid:
        return
    assert repr(ending.value) == repr(value), text
    assert prediction.error is None
    last = (*prediction.events, *ending.events)[-1]
    assert last.kind == "Completed"
    assert last.path == ()
    assert repr(last.value) == repr(value)


def test_the_model_imports_nothing_it_judges() -> None:
    tree = ast.parse(Path(model.__file__).read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module).partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


def test_every_short_text_is_accepted_or_refused_as_json_does() -> None:
    for length in range(LENGTHS):
        for characters in itertools.product(ALPHABET, repeat=length):
            text = "".join(characters)
            prediction = predict(text)
            check_against_json(text, prediction)
            if prediction.error is not None and prediction.error.pos < length - 1:
                # The mistake is the same whatever follows, and the prefix before it is none.
                shorter = predict(text[: prediction.error.pos + 1])
                assert shorter.error == prediction.error
                assert shorter.events == prediction.events


@given(strategies.documents())
def test_texts_have_the_value_json_gives(text: str) -> None:
    prediction = predict(text)
    assert prediction.ending.kind == "complete"
    check_against_json(text, prediction)


@given(strategies.damaged(labels=NOISE))
def test_damaged_texts_are_judged_as_json_does(text: str) -> None:
    check_against_json(text, predict(text))


@settings(max_examples=examples(60))
@given(strategies.damaged(labels=NOISE))
def test_prefixes_hang_together(text: str) -> None:
    before = predict("")
    for end in range(1, len(text) + 1):
        now = predict(text[:end])
        if before.error is not None:
            assert (now.error, now.events, repr(now.json)) == (before.error, before.events, repr(before.json))
        else:
            assert now.events[: len(before.events)] == before.events
            assert now.error is None or now.error.pos == end - 1
        assert now.done or not before.done
        before = now


TOKEN_ENDS = (
    *("", '"', "null", "0", '""', "rue", "ue", "e", "ull", "ll", "l", 'n"', '0"', '00"', '000"', '0000"', 'u0000"'),
)
MEMBER_ENDS = ("", ":0", '"":0', "0")
BRACKETS = ["".join(some) for length in range(5) for some in itertools.product("]}", repeat=length)]


def test_a_prefix_without_mistake_can_be_completed() -> None:
    """The other half of refusing at the right character: never too late.

    Every viable prefix has a continuation that is valid, and a small search finds it: the end of the token, the rest
    of the member, some brackets.
    """
    ways = ["".join(parts) for parts in itertools.product(TOKEN_ENDS, MEMBER_ENDS, BRACKETS)]
    for length in range(LENGTHS):
        for characters in itertools.product('{[]},:"\\01-.etu ', repeat=length):
            text = "".join(characters)
            if predict(text).error is None:
                assert any(accepted(text + way)[0] for way in ways), text


SHOWN: list[tuple[str, Any]] = [
    ("", NOTHING),
    (" \n", NOTHING),
    ("{", {}),
    ("[", []),
    ('"', ""),
    ('"ab', "ab"),
    ('"a\\', "a"),
    ('"a\\n', "a\n"),
    ('"a\\u00e', "a"),
    ('"a\\u00e9', "aé"),
    ('"\\ud83d', ""),
    ('"\\ud83d\\', ""),
    ('"\\ud83d\\ude0', ""),
    ('"\\ud83d\\ude00', "😀"),
    ('"\\ud83d"', "\ud83d"),
    ('"\\ud83dx', "\ud83dx"),
    ('"\\ud83d\\n', "\ud83d\n"),
    ('"\\ud83d\\u0041', "\ud83dA"),
    ('"\\ud83d\\ud83d', "\ud83d"),
    ('"\\ud83d\\ud83d\\ude00', "\ud83d😀"),
    ('"\\ude00', "\ude00"),
    ('"\\ud83d\ude00', "\ud83d\ude00"),
    ("1", NOTHING),
    ("1 ", 1),
    ("[1", []),
    ("[1,", [1]),
    ("[1]", [1]),
    ("[tru", []),
    ("[true", [True]),
    ("[nul", []),
    ("[null", [None]),
    ('{"a', {}),
    ('{"a"', {}),
    ('{"a":', {}),
    ('{"a":"', {"a": ""}),
    ('{"a":[', {"a": []}),
    ('{"a":1', {}),
    ('{"a":1}', {"a": 1}),
    ('{"a":1,"a":', {"a": 1}),
    ('{"a":1,"a":2', {"a": 1}),
    ('{"a":1,"a":2}', {"a": 2}),
    ('{"a":1,"a":"', {"a": ""}),
    ('{"a":1,"b":2,"a":[', {"a": [], "b": 2}),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_what_is_shown(text: str, shown: Any) -> None:
    assert repr(predict(text).json) == repr(shown)


PATHS: list[tuple[str, tuple[str | int, ...]]] = [
    ("", ()),
    ("tr", ()),
    ("{", ()),
    ('{"a', ()),
    ('{"a"', ()),
    ('{"a":', ("a",)),
    ('{"a": 12', ("a",)),
    ('{"a":1 ', ()),
    ('{"a":1,', ()),
    ("[", (0,)),
    ("[1", (0,)),
    ("[1 ", ()),
    ("[1,", (1,)),
    ("[]", ()),
    ("[[", (0, 0)),
    ("[[]", ()),
    ("[{", (0,)),
    ('{"a":[{"b":"x', ("a", 0, "b")),
    ('{"a":[{"b":"x"', ("a", 0)),
    ('{"\\ud83d":', ("\ud83d",)),
]


@pytest.mark.parametrize(("text", "path"), PATHS)
def test_open_paths(text: str, path: tuple[str | int, ...]) -> None:
    assert predict(text).path == path


MISTAKES: list[tuple[str, int, tuple[str | int, ...]]] = [
    ('{"a": tru!', 9, ("a",)),
    ("[1, x", 4, (1,)),
    ("[1 x", 3, ()),
    ('{"a":1, x', 8, ()),
    ("[x", 1, (0,)),
    ("[}", 1, (0,)),
    ("[1,]", 3, (1,)),
    ("[01", 2, (0,)),
    ("[1.}", 3, (0,)),
    ("-x", 1, ()),
    ("[-]", 2, (0,)),
    ("1 2", 2, ()),
    ("1x", 1, ()),
    ("{} \n x", 5, ()),
    ('"\\x', 2, ()),
    ('"\\u12G', 5, ()),
    ('"\x1f', 1, ()),
    ("[1}", 2, ()),
    ("{]", 1, ()),
    ("nulx", 3, ()),
    ("NaN", 0, ()),
    ("Infinity", 0, ()),
    ("-Infinity", 1, ()),
    ("\ufeff{}", 0, ()),
]


@pytest.mark.parametrize(("text", "pos", "path"), MISTAKES)
def test_mistakes(text: str, pos: int, path: tuple[str | int, ...]) -> None:
    error = predict(text).error
    assert error is not None
    assert (error.pos, error.path) == (pos, path)


def test_lines_end_at_line_feeds_only() -> None:
    assert predict("[\r\n\r 1,\n\n  x").error == Mistake(11, 4, 3, (1,))


def test_events_and_endings() -> None:
    prediction = predict('{"a": [1, {}], "a": "x", "b": {"c": true, "d": "y')
    assert prediction.events == (
        Seen("Completed", ("a", 0), 1),
        Seen("Completed", ("a", 1), {}),
        Seen("Completed", ("a",), [1, {}]),
        Seen("Replaced", ("a",), [1, {}]),
        Seen("Completed", ("a",), "x"),
        Seen("Completed", ("b", "c"), True),
    )
    assert prediction.ending == Ending("truncated", NOTHING, (), (("a",), ("b", "c")), Mistake(49, 1, 50, ("b", "d")))
    assert prediction.status(()) == prediction.status(("b",)) == prediction.status(("b", "d")) == "partial"
    assert prediction.status(("a",)) == prediction.status(("b", "c")) == "complete"
    assert prediction.status(("a", 0)) == prediction.status(("z",)) == "missing"


def test_a_bare_number_is_complete_only_at_the_end() -> None:
    prediction = predict(" 12")
    assert (prediction.done, prediction.json, prediction.events) == (False, NOTHING, ())
    assert prediction.ending == Ending("complete", 12, (Seen("Completed", (), 12),), (), None)
    assert predict("12 ").done
    for unfinished in ("-", "1.", "1e", "1e+", ""):
        assert predict(unfinished).ending.kind == "truncated"


def test_depth() -> None:
    assert predict("[[", depth=2).error is None
    assert predict("[[[", depth=2).error == Mistake(2, 1, 3, (0, 0))
    assert predict('{"a":{', depth=1).error == Mistake(5, 1, 6, ("a",))
    assert predict("[[],[[", depth=2).error == Mistake(5, 1, 6, (1, 0))


def test_bytes() -> None:
    assert predict_bytes(b"\xef\xbb\xbf[1]").ending.value == [1]
    assert predict_bytes(b"\xef\xbb").ending.kind == "truncated"
    assert predict_bytes(b'["\xe2\x82').json == [""]
    assert predict_bytes(b'["\xe2\x82').ending.error == Mistake(2, 1, 3, (0,))
    assert predict_bytes('["é€'.encode() + b"\xff").error == Mistake(4, 1, 5, (0,))
    assert predict_bytes(b"[x\xff").error == Mistake(1, 1, 2, (0,))
    assert predict_bytes(b"\xff\xfe[\x00]\x00").error == Mistake(0, 1, 1, ())
    assert predict_bytes(b"[]\xe2").ending.kind == "truncated"


@given(strategies.documents(surrogates=False))
def test_bytes_and_text_agree(text: str) -> None:
    assert repr(predict_bytes(text.encode())) == repr(predict(text))
