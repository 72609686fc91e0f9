"""The laws for msgspec's types, over documents that fit them, that nearly do, and that are cut off.

In one shot, ``msgspec.json.decode`` decides.
"""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("msgspec", reason="the package msgspec is not installed")
pytest.importorskip("attrs", reason="the package attrs is not installed")


from partialjson.structs import MsgspecTarget, msgspec_target
from partialjson.testing import documents_for
from partialjson.testing.laws import law_1, law_5
from partialjson.testing.makers import maker_for
from support.class_targets import check_all_laws, check_that_cost_grows_with_the_text, check_that_valid_is_not_refused
from support.effort import amount
from support.structs import TYPES, Color, Everything, Item, Pet, Row, Tree, Unread

# Where values may be read as other kinds.
LAX: list[Any] = [Item, Pet, Everything, list[Row | int], dict[int, float], list[int | str | None], frozenset[Color]]


@pytest.mark.parametrize(
    "given_target", [*map(msgspec_target, TYPES), *(msgspec_target(each, strict=False) for each in LAX)], ids=str
)
def test_every_law_holds(given_target: MsgspecTarget) -> None:
    check_all_laws(given_target, documents_for(given_target))


@pytest.mark.parametrize("target", TYPES, ids=str)
def test_what_is_valid_is_never_said_to_break_a_rule(target: Any) -> None:
    given_target = msgspec_target(target)
    check_that_valid_is_not_refused(given_target, documents_for(given_target))


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
    wrapped = (f'[{{"a": [{text}]}}]', text, f"[{text}]", f'{{"a": {text}}}')
    for each in wrapped[: amount(4, 4, quick=1)]:
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
    check_that_cost_grows_with_the_text(list[Item], Tree)
