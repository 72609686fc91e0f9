"""What is asked of every library that makes the values of a target: the laws, over documents that fit or nearly do."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partialjson import Parser, Violation
from partialjson.testing import check_laws
from partialjson.testing.laws import law_7
from partialjson.testing.makers import maker_for
from support.effort import examples

lawful = settings(
    deadline=None, max_examples=examples(4), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
seeds = st.integers(0, 2**32)


def begun(target: Any, text: str, **options: Any) -> Parser[Any]:
    """A parser that has read a text, one character after the other."""
    parser: Parser[Any] = Parser(target, **options)
    for character in text:
        parser.feed(character)
    return parser


def check_that_processes_agree(program: str) -> None:
    """A program prints the same, however its process hashes."""
    path = [each for each in sys.path if each]
    runs = [
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {program}"],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2)
    ]
    assert runs[0] == runs[1]


def check_all_laws(target: Any, documents: st.SearchStrategy[str]) -> None:
    """Every law holds for documents that fit, and for the same ones with some damage."""

    @lawful
    @given(documents, seeds)
    def check(text: str, seed: int) -> None:
        source = random.Random(seed)
        check_laws(text, target, source=source)
        check_laws(json.dumps(damaged_value(json.loads(text), source)), target, source=source)

    check()


def check_that_valid_is_not_refused(target: Any, documents: st.SearchStrategy[str]) -> None:
    """What turns out to be valid is never said to break a rule."""
    make = maker_for(target)

    @lawful
    @given(documents, seeds)
    def check(text: str, seed: int) -> None:
        text = json.dumps(damaged_value(json.loads(text), random.Random(seed)))
        if make.one_shot(text).errors is None:
            assert not violations(make(), text), text

    check()


def violations(parser: Parser[Any], text: str) -> list[Violation]:
    """What a parser says of broken rules while it reads a text."""
    events = [event for character in text for event in parser.feed(character)]
    return [event for event in events if isinstance(event, Violation)]


def check_that_cost_grows_with_the_text(items: Any, tree: Any) -> None:
    """Law 7 for a list of objects with a name and a count, and for a tree with a label and children."""
    element = '{"name": "a name", "count": 3}'
    shorter, longer = (f"[{','.join([element] * size)}]" for size in (50, 200))
    law_7(longer, maker_for(items), shorter)
    deep, deeper = ('{"label": "a", "children": [' * depth + "]}" * depth for depth in (10, 40))
    law_7(deeper, maker_for(tree), deep)


def damaged_value(value: Any, source: random.Random) -> Any:
    """A JSON value with some places of another kind, missing or made-up keys, keys in another order."""
    if source.random() < 0.07:
        return source.choice([None, 1, -1, 1.5, 1e300, "x", "red", True, [], {}, {"type": "dog"}, [1, "b", 3]])
    if isinstance(value, dict):
        members = [(key, damaged_value(each, source)) for key, each in value.items() if source.random() > 0.05]
        if source.random() < 0.1:
            members.append((source.choice(["made up", "type", "a", "name"]), source.choice([1, "x", None, "Cat"])))
        if source.random() < 0.3:
            source.shuffle(members)
        return dict(members)
    if isinstance(value, list):
        elements = [damaged_value(each, source) for each in value]
        return [*elements, source.choice([1, "x", None])] if source.random() < 0.1 else elements
    return value
