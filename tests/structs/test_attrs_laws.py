"""The laws for cattrs's types, over documents that fit them, that nearly do, and that are cut off.

In one shot, the converter decides: ``converter.structure(json.loads(text), type)``.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

pytest.importorskip("cattrs", reason="the package cattrs is not installed")

from cattrs import BaseConverter
from hypothesis import strategies as st

from partialjson.structs import CattrsTarget
from partialjson.testing import documents_for
from partialjson.testing.laws import law_1, law_5
from partialjson.testing.makers import maker_for
from support.attrs_classes import Everything, Item, Tree, targets
from support.class_targets import (
    check_all_laws,
    check_that_cost_grows_with_the_text,
    check_that_valid_is_not_refused,
    violations,
)

# What hooks of the user's own take, which no spec can tell.
_OWN = {
    "Weather": st.fixed_dictionaries(
        {"city": st.text(max_size=3), "warmth": st.sampled_from([1, "2.5", 3.0])},
        optional={
            "others": st.lists(st.integers(0, 3)),
            "opaque": st.fixed_dictionaries({"name": st.text(max_size=5)}),
        },
    ),
    "Item": st.fixed_dictionaries({"name": st.text(max_size=5)}, optional={"count": st.integers(0, 3)}),
}


def documents_of(target: CattrsTarget) -> st.SearchStrategy[str]:
    """Documents that fit a target."""
    is_base = type(target.converter) is BaseConverter
    for name, own in _OWN.items():
        if name in str(target.type) and (is_base or name == "Weather"):
            shape = {"list": st.lists(own), "dict": st.dictionaries(st.text(max_size=3), own)}
            return shape.get(getattr(target.type, "__name__", ""), own).map(json.dumps)
    return documents_for(target)


def named(target: CattrsTarget) -> str:
    """The target as it shows itself, without addresses: all processes that share the tests must call them the same."""
    return re.sub(r" object at 0x\w+", "", str(target))


TARGETS = targets()


@pytest.mark.parametrize("given_target", TARGETS, ids=named)
def test_every_law_holds(given_target: CattrsTarget) -> None:
    check_all_laws(given_target, documents_of(given_target))


@pytest.mark.parametrize("given_target", TARGETS, ids=named)
def test_what_is_valid_is_never_said_to_break_a_rule(given_target: CattrsTarget) -> None:
    check_that_valid_is_not_refused(given_target, documents_of(given_target))


# What Python reads as something else, and cattrs takes.
VALUES = [
    "null",
    "true",
    "1",
    "1.0",
    "1.5",
    "1e400",
    '"1"',
    '"x"',
    '"red"',
    '""',
    "[]",
    "[1]",
    "{}",
    '{"1": 2}',
    '["a", "b"]',
]


@pytest.mark.parametrize("given_target", TARGETS, ids=named)
def test_values_of_other_kinds_are_read_as_the_converter_reads_them(given_target: CattrsTarget) -> None:
    make = maker_for(given_target)
    for value in VALUES:
        for text in (value, f"[{value}]", f'{{"a": {value}}}'):
            law_5(text, make)
            assert make.one_shot(text).errors or not violations(make(), text), text


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"the_name": 1}',
        '{"the_name": "a", "the_name": null, "the_name": "b"}',
        '{"the_name": "a", "pets": [{"lives": 1, "kind": "cat"}, {"kind": "cat", "kind": "dog"}]}',
        '{"the_name": "a", "pets": [{"lives": "x", "kind": "dog"}, {"kind": "cow"}, {"lives": 1}, 3]}',
        '{"the_name": "a", "by_number": {"x": {"name": 1}, "1": {"count": "y"}}}',
        '{"the_name": "a", "numbers": [1, 1, "x", [], {}]}',
        '{"the_name": "a", "pair": [1]}',
        '{"the_name": "a", "pair": ["x", 1, 2]}',
        '{"the_name": "a", "pair": "12"}',
        '{"the_name": "a", "mixed": [{"nam": "a"}], "mixed": {"name": "a"}}',
        '{"the_name": "a", "number": true, "word": ["a"]}',
        '{"the_name": "a", "row": {"name": 1}, "row": "ab"}',
        "[]",
        "null",
    ],
)
def test_errors_are_those_of_one_shot(text: str) -> None:
    targets: list[Any] = [Everything, list[Everything], dict[str, Everything]]
    for target in targets:
        make = maker_for(target)
        law_1(text, make)
        law_5(text, make)
        law_5(f"[{text}]", make)


def test_cost_grows_with_the_text() -> None:
    check_that_cost_grows_with_the_text(list[Item], Tree)
