"""The laws for cattrs's types, over documents that fit them, that nearly do, and that are cut off.

In one shot, the converter decides: ``converter.structure(json.loads(text), type)``.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

pytest.importorskip("cattrs", reason="the package cattrs is not installed")

from cattrs import BaseConverter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partialjson import Violation
from partialjson.structs import CattrsTarget
from partialjson.testing import check_laws, documents_for
from partialjson.testing.laws import law_1, law_5, law_7, maker_for
from support.attrs_classes import Everything, Item, Tree, targets
from support.damaged import damaged_value
from support.effort import examples

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


lawful = settings(
    deadline=None, max_examples=examples(4), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
seeds = st.integers(0, 2**32)
TARGETS = targets()


@pytest.mark.parametrize("given_target", TARGETS, ids=str)
def test_every_law_holds(given_target: CattrsTarget) -> None:
    @lawful
    @given(documents_of(given_target), seeds)
    def check(text: str, seed: int) -> None:
        source = random.Random(seed)
        check_laws(text, given_target, source=source)
        check_laws(json.dumps(damaged_value(json.loads(text), source)), given_target, source=source)

    check()


@pytest.mark.parametrize("given_target", TARGETS, ids=str)
def test_what_is_valid_is_never_said_to_break_a_rule(given_target: CattrsTarget) -> None:
    make = maker_for(given_target)

    @lawful
    @given(documents_of(given_target), seeds)
    def check(text: str, seed: int) -> None:
        text = json.dumps(damaged_value(json.loads(text), random.Random(seed)))
        if make.one_shot(text).errors is None:
            parser = make()
            events = [event for character in text for event in parser.feed(character)]
            assert not [each for each in events if isinstance(each, Violation)], text

    check()


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


@pytest.mark.parametrize("given_target", TARGETS, ids=str)
def test_values_of_other_kinds_are_read_as_the_converter_reads_them(given_target: CattrsTarget) -> None:
    make = maker_for(given_target)
    for value in VALUES:
        for text in (value, f"[{value}]", f'{{"a": {value}}}'):
            law_5(text, make)
            parser = make()
            events = [event for character in text for event in parser.feed(character)]
            assert make.one_shot(text).errors or not [each for each in events if isinstance(each, Violation)], text


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
    element = '{"name": "a name", "count": 3}'
    shorter, longer = (f"[{','.join([element] * size)}]" for size in (50, 200))
    law_7(longer, maker_for(list[Item]), shorter)
    deep, deeper = ('{"label": "a", "children": [' * depth + "]}" * depth for depth in (10, 40))
    law_7(deeper, maker_for(Tree), deep)
