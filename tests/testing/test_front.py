"""The names of the kit: all there, loaded late, and clear where hypothesis is missing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import partialjson
import partialjson.testing
from partialjson import Schema
from partialjson.testing import check_laws
from partialjson.testing.broken import Broken
from partialjson.testing.laws import CHECKED
from partialjson.testing.makers import Maker


def run(code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(Path(partialjson.__file__).parents[1])}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    return found.stdout


def test_every_name_is_there() -> None:
    for name in partialjson.testing.__all__:
        assert getattr(partialjson.testing, name) is not None
        assert name in dir(partialjson.testing)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = partialjson.testing.nonsense


def test_the_package_itself_loads_nothing() -> None:
    code = "import sys, partialjson.testing; print({'hypothesis', 'pytest', 'pydantic'} & set(sys.modules))"
    assert run(code) == "set()\n"


WITHOUT = "import sys; sys.modules['hypothesis'] = None\n"


@pytest.mark.parametrize("name", ["documents", "values", "values_for", "sayings", "check_adapter", "ConsumerMachine"])
def test_without_hypothesis_an_error_says_what_to_install(name: str) -> None:
    code = f"try: from partialjson.testing import {name}\nexcept ImportError as error: print(error)"
    assert run(WITHOUT + code).endswith("hypothesis: pip install 'partialjson-live[testing]'\n")


def test_without_hypothesis_given_texts_are_checked() -> None:
    code = (
        "from partialjson.testing import Cassette, Said, check_consumer, check_front_end, check_laws\n"
        "from partialjson.patch import apply_deltas\n"
        "check_laws('[1]'); check_consumer(''.join, '[1]'); check_front_end(apply_deltas, '[1]')\n"
        "try: check_consumer(''.join)\nexcept ImportError as error: print(error)"
    )
    assert "pip install 'partialjson-live[testing]'" in run(WITHOUT + code)


# check_laws


class Order(BaseModel):
    id: int
    note: str = ""


SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
TEXTS = [
    '{"id": 7, "note": "caf\\u00e9"}',
    '{"id": "x"}',
    '{"id": 7, "no',
    "[1, 2",
    "nonsense",
    "",
    "12",
    '{"id": 1} x',
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_laws_hold_for_any_text_and_target(text: str) -> None:
    check_laws(text)
    check_laws(text.encode())
    check_laws(text, Order)
    check_laws(text, schema=SCHEMA)
    check_laws(text, Schema(SCHEMA), laws=(1, 5, 12))
    check_laws(text, SCHEMA, laws=(5,))
    check_laws(text, lenient=True)
    check_laws(text, Maker(Order), source=random.Random(3))
    check_laws(text, Order, strict=True, laws=(1, 5))


class Stubborn(Maker):
    """Makes parsers with a bug: the end is another value than in one shot."""

    def verdict_of(self, parser: Any) -> Any:
        found = super().verdict_of(parser)
        return type(found)("another", None)


def test_a_law_that_broke_is_named() -> None:
    with pytest.raises(Broken, match=r"^law 5, the end is the one-shot result: ") as caught:
        check_laws("[1]", Stubborn())
    assert isinstance(caught.value, AssertionError)
    check_laws("[1]", Stubborn(), laws=set(CHECKED) - {5})


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda: check_laws(3), TypeError, "takes a text, str or bytes, not 3"),  # type: ignore[arg-type]
        (lambda: check_laws("1", laws=(6,)), ValueError, r"checks laws \(1, .*\), not \[6\]"),
        (lambda: check_laws("1", Maker(), lenient=True), TypeError, "a Maker has its options already"),
        (lambda: check_laws("1", int, schema=True), TypeError, "either a target or schema="),
        (lambda: check_laws("1", nonsense=True), TypeError, "nonsense"),
    ],
)
def test_wrong_arguments_are_refused(wrong: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        wrong()
