"""Texts that are given whole each time (``_core/growing``): what is shown of their end, and to whom that belongs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson import MISSING, Parser
from partialjson._core.growing import FINISHED, GUESSED, NOTHING, READ, Growing, copied
from partialjson.testing import strategies


def grown(text: str, depth: int = 0, lone_surrogates: bool = True, ignores_rest: bool = False) -> Growing:
    growing = Growing(depth, lone_surrogates, ignores_rest)
    growing.feed(text)
    return growing


# What is shown of a number or a word that is cut, by what is asked for.
CUT: list[tuple[str, dict[int, Any]]] = [
    ("-", {}),
    ("0", {FINISHED: 0, READ: 0, GUESSED: 0}),
    ("-0", {FINISHED: 0, READ: 0, GUESSED: 0}),
    ("12", {FINISHED: 12, READ: 12, GUESSED: 12}),
    ("1.", {READ: 1, GUESSED: 1}),
    ("-1.", {READ: -1, GUESSED: -1}),
    ("1.5", {FINISHED: 1.5, READ: 1.5, GUESSED: 1.5}),
    ("1.50", {FINISHED: 1.5, READ: 1.5, GUESSED: 1.5}),
    ("1e", {READ: 1, GUESSED: 1}),
    ("1.5E", {READ: 1.5, GUESSED: 1.5}),
    ("1e+", {READ: 1, GUESSED: 1}),
    ("-1.5e-", {READ: -1.5, GUESSED: -1.5}),
    ("1e5", {FINISHED: 1e5, READ: 1e5, GUESSED: 1e5}),
    ("1e-05", {FINISHED: 1e-5, READ: 1e-5, GUESSED: 1e-5}),
    ("t", {GUESSED: True}),
    ("tru", {GUESSED: True}),
    ("f", {GUESSED: False}),
    ("n", {GUESSED: None}),
]


@pytest.mark.parametrize(("cut", "shown"), CUT, ids=[cut[:9] for cut, _ in CUT])
def test_what_is_shown_of_a_number_or_a_word(cut: str, shown: dict[int, Any]) -> None:
    for shows in (NOTHING, FINISHED, READ, GUESSED):
        value = shown.get(shows, MISSING)
        missing = value is MISSING
        for is_owned in (True, False):
            for text, around in (
                (f"[7, {cut}", [7] if missing else [7, value]),
                (f'{{"b": 7, "a": {cut}', {"b": 7} if missing else {"b": 7, "a": value}),
                (f'[{{"a": [[], {cut}', [{"a": [[]] if missing else [[], value]}]),
            ):
                found = grown(text).value(is_owned, True, shows)
                assert repr(found) == repr(around)
            # Nothing closes a number at the root, so it is shown in any case.
            root = grown(cut).value(is_owned, True, shows)
            assert repr(root) == repr(shown.get(FINISHED if shows == NOTHING else shows, MISSING))


def test_an_integer_that_the_interpreter_does_not_convert_is_not_shown() -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        for shows in (NOTHING, FINISHED, READ, GUESSED):
            assert grown("[1, " + "9" * 641).value(True, True, shows) == [1]
    finally:
        sys.set_int_max_str_digits(before)


@given(strategies.documents(), st.data())
def test_what_is_shown_is_the_document_so_far(text: str, data: st.DataObject) -> None:
    cut = text[: data.draw(st.integers(0, len(text)))]
    parser = Parser()
    parser.feed(cut)
    is_owned, keeps_text = data.draw(st.booleans()), data.draw(st.booleans())
    wanted: Any = json.loads(json.dumps(parser.json)) if parser.json is not MISSING else MISSING
    if parser._tree.in_text and not keeps_text:
        place = parser.path
        if place:
            inner = wanted
            for key in place[:-1]:
                inner = inner[key]
            del inner[place[-1]]
        else:
            wanted = MISSING
    growing = grown(cut)
    if not growing.is_number():
        assert repr(growing.value(is_owned, keeps_text, NOTHING)) == repr(wanted)
    assert growing.done() == parser.done


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from containers(child)


TEXTS = [
    '[[1], {"a": [2, {}]}, [[3',
    '{"a": {"b": []}, "c": [{"d": "x',
    '[[], "',
    "[{}",
    "[[]]",
    '{"a": {"b": {"c": []}}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_owned_has_no_container_of_any_other_answer(text: str) -> None:
    growing = grown(text)
    answers = [growing.value(True, True, NOTHING) for _ in range(2)] + [growing.value(False, True, NOTHING)]
    seen = [{id(each) for each in containers(answer)} for answer in answers]
    assert answers[0] == answers[1] == answers[2]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    # Whoever owns an answer may change it.
    for each in list(containers(answers[0])):
        each.clear()
    assert growing.value(True, True, NOTHING) == answers[1]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_shared_has_open_containers_of_its_own_and_no_others(text: str) -> None:
    growing = grown(text)
    first, second = growing.value(False, True, NOTHING), growing.value(False, True, NOTHING)
    parser = Parser()
    parser.feed(text)
    open_paths = {parser.path[:depth] for depth in range(len(parser._tree.containers))}

    def compare(one: Any, other: Any, path: tuple[Any, ...]) -> None:
        assert (one is not other) == (path in open_paths), path
        if one is not other:
            for key in one if isinstance(one, dict) else range(len(one)):
                if isinstance(one[key], (dict, list)):
                    compare(one[key], other[key], (*path, key))

    compare(first, second, ())


def test_copies_are_equal_and_have_containers_of_their_own() -> None:
    value = [1, "a", {"b": [[], {}], "c": None}, []]
    twin = copied(value)
    assert twin == value
    assert not {id(each) for each in containers(value)} & {id(each) for each in containers(twin)}
    for scalar in (1, "a", None, 2.5, True):
        assert copied(scalar) is scalar


def test_what_is_wrong_stays_and_what_follows_is_not_read() -> None:
    growing = grown("[1, x")
    assert growing.error is not None
    error = growing.error
    assert (error.msg, error.pos, error.__traceback__) == ("expected a value, found 'x'", 4, None)
    assert not growing.feed("2]")
    assert growing.error is error
    assert growing.value(True, True, NOTHING) == [1]
    assert str(grown("[1").incomplete()) == "the document ends inside a number: line 1 column 3 (char 2) in $[0]"


def test_depth_surrogates_and_rest() -> None:
    assert grown("[[", depth=2).error is None
    assert grown("[[[", depth=2).error is not None
    assert grown("[" * 512).error is None
    assert grown("[" * 513).error is not None
    assert grown('"\ud83d"').error is None
    assert grown('"\ud83d"', lone_surrogates=False).error is not None
    assert grown("[1] x").error is not None
    growing = grown("[1] x", ignores_rest=True)
    assert (growing.error, growing.done(), growing.has_rest()) == (None, True, True)
    assert growing.feed("anything")
    assert growing.value(True, True, NOTHING) == [1]
    assert not grown("[1] ", ignores_rest=True).has_rest()
    assert grown("12").is_number()
    assert not grown("[12").is_number()
    assert not grown("12 ").is_number()
    assert not grown('"12').is_number()
