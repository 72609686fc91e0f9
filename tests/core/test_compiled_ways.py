"""The ways that only a compiled core takes, tried on the sources: they read the same.

A loop over characters is cheap where it is compiled, and expensive where it is not, so the two builds read some texts
in different ways (``refcounts.COMPILED``). ``test_parity`` compares the builds; this needs only one of them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import partialjson
from partialjson import Limits, Parser
from partialjson._core import refcounts
from partialjson._core.bulk import whole_elements
from partialjson._core.lexer import _has_no_surrogates
from partialjson.testing import strategies
from partialjson.testing.chunking import error_key

on_sources = pytest.mark.skipif(partialjson.compiled, reason="all other tests take these ways of a compiled core")


@contextlib.contextmanager
def as_compiled() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith("partialjson._core.") and hasattr(module, "COMPILED"):
                stack.enter_context(mock.patch.object(module, "COMPILED", True))
        yield


def transcript(chunks: list[Any], options: dict[str, Any]) -> list[Any]:
    parser: Parser[Any] = Parser(**options)
    found: list[Any] = []
    for chunk in chunks:
        try:
            found.append([repr(event) for event in parser.feed(chunk)])
        except partialjson.ParseError as error:
            found.append(error_key(error))
            break
        found += [repr(parser.json), repr(parser.value), parser.path, parser.pos, parser.done]
    outcome = parser.end()
    return [*found, type(outcome), error_key(getattr(outcome, "error", None)), repr(parser.json), parser.repairs]


def check(chunks: list[Any], options: dict[str, Any]) -> None:
    wanted = transcript(chunks, options)
    with as_compiled():
        assert transcript(chunks, options) == wanted


OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "no events": {"select": []},
    "typed": {"target": dict[str, Any] | list[Any]},
    "strings": {"target": list[str]},
    "judged": {"schema": {"additionalProperties": {"maxLength": 40}, "propertyNames": {"maxLength": 50}}},
    "limits": {"limits": Limits(string=33, number=8, document=3000, depth=5)},
    "lenient": {"lenient": True},
    "lenient, typed": {"lenient": True, "target": dict[str, Any] | list[Any]},
}

LENGTHS = [1, 30, 31, 32, 33, 34, 127, 128, 129, 300]

TEXTS: dict[str, str] = {
    **{f"a string of {n}": f'["{"x" * n}", "{"é" * n}", "{"y" * (n - 1)}\\n{"z" * n}"]' for n in LENGTHS},
    **{f"a key of {n}": f'{{"{"k" * n}": 1, "{"k" * n}" : 2, "{"k" * (n - 1)}\\u00e9": [3], "": {{}}}}'
       for n in LENGTHS},
    **{f"a string of {n} that is wrong": f'["{"x" * n}\n"]' for n in LENGTHS[:5]},
    **{f"a key of {n} that is wrong": f'{{"{"k" * n}\\x": 1}}' for n in LENGTHS[:5]},
    **{f"{n} characters and half a pair": f'["{"x" * n}\ud83d", "\udfff\\ud83d"]' for n in LENGTHS[:6]},
    "half pairs at both ends": '["\ud7ff\ud800\udfff\ue000"]',
    "keys that come again": "[" + ", ".join(f'{{"{key}": 1}}' for key in ["a", "b", "ab", "ba", "a"] * 20) + "]",
    "rows": "[" + ", ".join(f'{{"a": {i}, "b": [{i}, {{"c": null}}]}}' for i in range(120)) + "]",
    "strings": "[" + ",\n".join(f'"word {i}"' for i in range(200)) + ", x]",
    "long strings": "[" + ", ".join(f'"{"w" * 1100}{i}"' for i in range(9)) + "]",
    "numbers": "[" + ", ".join(str(i * 37) for i in range(300)) + "]",
    "lists": "[" + ", ".join("[1, [2]]" for _ in range(200)) + ", [[[[[[3]]]]]]]",
    "short arrays": "[" + ", ".join('[{"a": 1}, {"a": 2}]' for _ in range(60)) + "]",
}  # fmt: skip


@on_sources
@pytest.mark.parametrize("name", OPTIONS)
def test_texts_at_the_edges_are_read_the_same(name: str) -> None:
    for text in TEXTS.values():
        for size in (len(text), 700, 33):
            if len(text) // size < 40:
                check([text[at : at + size] for at in range(0, len(text), size)], OPTIONS[name])


@on_sources
@given(
    st.one_of(strategies.documents(), strategies.damaged()).flatmap(strategies.chunkings), st.sampled_from([*OPTIONS])
)
def test_any_text_is_read_the_same(chunks: list[str], name: str) -> None:
    check(chunks, OPTIONS[name])


@given(st.text("a\u007f\ud7ff\ud800\udbff\udc00\udfff\ue000\U00010000", max_size=6))
def test_surrogates_are_found(text: str) -> None:
    assert _has_no_surrogates(text, len(text)) == (not any("\ud800" <= char <= "\udfff" for char in text))


def test_the_first_and_the_last_surrogate_are_found() -> None:
    for char, is_none in (("\ud7ff", True), ("\ud800", False), ("\udfff", False), ("\ue000", True)):
        assert _has_no_surrogates(char, 1) is _has_no_surrogates(f"a{char}", 2) is is_none


def test_nothing_else_decides_which_way_is_taken() -> None:
    assert refcounts.COMPILED is partialjson.compiled


@on_sources
@pytest.mark.parametrize("room", [0, 1, 2, 3, 4, 9])
def test_depth_is_counted_the_same(room: int) -> None:
    for text in ("[1],[2],[[3]],4,", '{"a":[1]},{"a":[{}]},', '"[","{",[],'):
        wanted = whole_elements(text, 0, len(text), room, 99, 99)
        with as_compiled():
            assert whole_elements(text, 0, len(text), room, 99, 99) == wanted
