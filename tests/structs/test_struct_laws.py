"""The laws for msgspec's types, over documents that fit them, that nearly do, and that are cut off.

In one shot, ``msgspec.json.decode`` decides.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

pytest.importorskip("msgspec", reason="the package msgspec is not installed")
pytest.importorskip("attrs", reason="the package attrs is not installed")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partialjson import Violation
from partialjson.structs import MsgspecTarget, msgspec_target
from partialjson.testing import check_laws, documents_for
from partialjson.testing.laws import law_1, law_5, law_7, maker_for
from support.damaged import damaged_value
from support.effort import examples
from support.structs import TYPES, Color, Everything, Item, Pet, Row, Tree, Unread

lawful = settings(
    deadline=None, max_examples=examples(4), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
seeds = st.integers(0, 2**32)


# Where values may be read as other kinds.
LAX: list[Any] = [Item, Pet, Everything, list[Row | int], dict[int, float], list[int | str | None], frozenset[Color]]


@pytest.mark.parametrize(
    "given_target", [*map(msgspec_target, TYPES), *(msgspec_target(each, strict=False) for each in LAX)], ids=str
)
def test_every_law_holds(given_target: MsgspecTarget) -> None:
    @lawful
    @given(documents_for(given_target), seeds)
    def check(text: str, seed: int) -> None:
        source = random.Random(seed)
        check_laws(text, given_target, source=source)
        check_laws(json.dumps(damaged_value(json.loads(text), source)), given_target, source=source)

    check()


@pytest.mark.parametrize("target", TYPES, ids=str)
def test_what_is_valid_is_never_said_to_break_a_rule(target: Any) -> None:
    given_target = msgspec_target(target)
    make = maker_for(given_target)

    @lawful
    @given(documents_for(given_target), seeds)
    def check(text: str, seed: int) -> None:
        text = json.dumps(damaged_value(json.loads(text), random.Random(seed)))
        if make.one_shot(text).errors is None:
            parser = make()
            events = [event for character in text for event in parser.feed(character)]
            assert not [each for each in events if isinstance(each, Violation)], text

    check()


# What msgspec reads differently from ``json``, and what the order of faults decides.
SPELLINGS = [
    "1e400",
    "-0",
    "-0.0",
    "1.0",
    "1e2",
    "12345678901234567890123",
    "1" + "0" * 400,
    '"\\u00e9"',
    "null",
]


@pytest.mark.parametrize("text", SPELLINGS)
@pytest.mark.parametrize("target", [Any, int, float, int | float, str | None, list[Any], dict[str, Any]], ids=str)
@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lax"])
def test_numbers_are_read_as_msgspec_reads_them(text: str, target: Any, strict: bool) -> None:
    make = maker_for(msgspec_target(target, strict=strict))
    for each in (text, f"[{text}]", f'{{"a": {text}}}', f'[{{"a": [{text}]}}]'):
        law_1(each, make)
        law_5(each, make)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"theName": 1}',
        '{"zzz": 1, "theName": 1}',
        '{"theName": 1, "zzz": 1}',
        '{"theName": "a", "theName": 1, "theName": "b"}',
        '{"theName": "a", "pets": [{"lives": 1, "type": "Cat"}, {"type": "Cat", "type": "dog"}]}',
        '{"theName": "a", "pets": [{"lives": "x", "type": "Dog"}]}',
        '{"theName": "a", "pets": [{"lives": 1}]}',
        '{"theName": "a", "pets": [{"type": 3}]}',
        '{"theName": "a", "byNumber": {"x": {"name": 1}}}',
        '{"theName": "a", "byNumber": {"1": {"name": 1}, "y": 2}}',
        '{"theName": "a", "numbers": [1, 1, "x"]}',
        '{"theName": "a", "names": []}',
        '{"theName": "a", "names": [1]}',
        '{"theName": "a", "pair": [1]}',
        '{"theName": "a", "pair": ["x", 1, 2]}',
        '{"theName": "a", "maybe": null}',
        '{"theName": "a", "anything": {"a": [1e999]}}',
        '{"theName": "a", "mixed": [{"name": "a", "count": 10}]}',
        '{"theName": "a", "mixed": {"count": 1}}',
        "[]",
        "null",
    ],
)
def test_errors_are_those_of_one_shot(text: str) -> None:
    for make in (maker_for(Everything), maker_for(list[Everything])):
        law_1(text, make)
        law_5(text, make)
        law_5(f"[{text}]", make)


def test_raw_text_is_the_document_s_own() -> None:
    # Two of a Raw's text are equal, but look different.
    make = maker_for(list[Unread])
    for body in ("null", '"\\u00e9"', "[ 1,  2]", "1.0e2", "3"):
        law_5(f'[{{"name": "a", "body": {body} }}]', make)


def test_cost_grows_with_the_text() -> None:
    element = '{"name": "a name", "count": 3}'
    shorter, longer = (f"[{','.join([element] * size)}]" for size in (50, 200))
    law_7(longer, maker_for(list[Item]), shorter)
    deep, deeper = ('{"label": "a", "children": [' * depth + "]}" * depth for depth in (10, 40))
    law_7(deeper, maker_for(Tree), deep)
