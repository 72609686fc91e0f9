"""Numbers while they are written, and words: what is excluded never becomes valid, and the verdict is jsonschema's."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialjson._core import digits
from partialjson._core.digits import Digits, Numbers, is_integer, is_multiple
from partialjson._core.words import first_after, first_with
from support.effort import amount

NAMES = {
    "minimum": "minimum",
    "exclusive_minimum": "exclusiveMinimum",
    "maximum": "maximum",
    "exclusive_maximum": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}


def excluded(limits: Numbers, text: str) -> tuple[int, str]:
    """The index of the first character after which nothing is valid, and the keyword; -1 and "" if there is none."""
    reading = Digits()
    for index, char in enumerate(text):
        if reading.step(ord(char)):
            keyword = limits.excludes(reading)
            if keyword:
                return index, keyword
    return -1, ""


@pytest.mark.parametrize(
    ("limits", "text", "index", "keyword"),
    [
        ({"minimum": 0}, "-5", -1, ""),
        ({"minimum": 1}, "-5", 0, "minimum"),
        ({"exclusive_minimum": 0}, "-5", 0, "exclusiveMinimum"),
        ({"maximum": 7}, "8", -1, ""),
        ({"maximum": -7}, "1", 0, "maximum"),
        ({"maximum": -7}, "-1", -1, ""),
        ({"minimum": 5, "maximum": 7}, "8", 0, "maximum"),
        ({"minimum": 5, "maximum": 7}, "61", -1, ""),
        ({"minimum": 5, "maximum": 7}, "71", 1, "maximum"),
        ({"minimum": 5, "exclusive_maximum": 7}, "70", -1, ""),
        ({"minimum": 5, "exclusive_maximum": 7, "integer": True}, "7", 0, "exclusiveMaximum"),
        ({"minimum": 5, "maximum": 7}, "0.00061", -1, ""),
        ({"minimum": 5, "maximum": 7}, "0.0009", 5, "maximum"),
        ({"minimum": -7, "maximum": -5}, "-8", 1, "minimum"),
        ({"minimum": -7, "maximum": -5}, "6", 0, "maximum"),
        ({"minimum": 5, "maximum": 70}, "8", -1, ""),
        ({"minimum": 1.2, "maximum": 1.8, "integer": True}, "1", 0, "maximum"),
        ({"minimum": 1, "maximum": 9, "integer": True}, "15", 1, "maximum"),
        ({"minimum": 1, "maximum": 9, "integer": True}, "1.0000000000000001", -1, ""),
        ({"minimum": 3, "maximum": 4, "integer": True}, "3.5", 2, "maximum"),
        ({"minimum": 10, "maximum": 12, "integer": True}, "1.25", 3, "maximum"),
        ({"members": [12, 15, "7", True]}, "13", 1, "enum"),
        ({"members": [12, 15, "7", True]}, "1.5e1", -1, ""),
        ({"members": [12, 15, "7", True]}, "7", 0, "enum"),
        ({"members": [12, 15, 0]}, "7", -1, ""),
        ({"members": [10]}, "9", -1, ""),
        ({"members": [10]}, "99", -1, ""),
        ({"members": [10]}, "98", 1, "enum"),
        ({"members": ["a"], "members_by": "const"}, "1", 0, "const"),
        ({"members": [3, 20], "maximum": 10}, "4", 0, "enum"),
        ({"minimum": 1, "maximum": 0}, "1", 0, "maximum"),
        ({"minimum": 2, "maximum": 1}, "1", 0, "maximum"),
        ({"minimum": 5, "maximum": 7}, "1e0", 0, "maximum"),
        ({"minimum": 6, "maximum": 7}, "6e9", -1, ""),
        ({"minimum": 3, "maximum": 3}, "2.9999999999999999999", -1, ""),
        ({"minimum": 3, "maximum": 3}, "2.98", 3, "maximum"),
        ({"minimum": 4e-324, "maximum": 5e-324}, "3e-324", -1, ""),
        ({"minimum": 1e400, "maximum": 1e400}, "3", -1, ""),
        ({"minimum": 10**400, "maximum": 10**400 + 1}, "3", 0, "maximum"),
        ({}, "-1.5e3", -1, ""),
    ],
)
def test_where_it_is_too_late(limits: dict[str, Any], text: str, index: int, keyword: str) -> None:
    assert excluded(Numbers(**limits), text) == (index, keyword)


# Random limits and texts.


def a_number(rng: random.Random) -> Any:
    kind = rng.randrange(10)
    if kind < 3:
        return rng.randint(-20, 20)
    if kind == 3:
        return rng.choice([1, -1]) * rng.randrange(10 ** rng.randint(1, 25))
    if kind < 6:
        return round(rng.uniform(-20, 20), rng.randint(0, 6))
    if kind == 6:
        edges = [0.1, 0.3, 1e-5, 1e300, 1e-300, 5e-324, 1e-310, 1.7976931348623157e308, 1e22, 1e23]
        return rng.choice([*edges, 2**53, 2**53 + 2, 10**25, 10**400]) * rng.choice([1, -1])
    return rng.uniform(-1, 1) * 10.0 ** rng.randint(-10, 10)


def some_limits(rng: random.Random) -> dict[str, Any]:
    limits: dict[str, Any] = {name: a_number(rng) for name in list(NAMES)[:4] if rng.random() < 0.4}
    if limits and rng.random() < 0.5:
        # Bounds that lie close together.
        bound = next(iter(limits.values()))
        if abs(bound) < 1e300:
            limits["maximum"] = bound + abs(bound) * rng.choice([0, 1e-15, 1e-3, 0.1, 1, 5])
    if rng.random() < 0.3:
        limits["integer"] = True
    if rng.random() < 0.2:
        limits["multiple_of"] = rng.choice([1, 2, 0.1, 0.01, 3, 1e-8, 7])
    if rng.random() < 0.25:
        limits["members"] = [a_number(rng) for _ in range(rng.randrange(5))] + rng.choice([[], [True, "1", None]])
    return limits


def a_text(rng: random.Random, near: list[Any]) -> str:
    """A number of JSON, often one close to one of some numbers, and spelled in some way."""
    if not near or rng.random() < 0.3:
        text = rng.choice(["", "-"]) + str(rng.choice([0, rng.randint(1, 9), rng.randint(1, 10 ** rng.randint(1, 25))]))
        if rng.random() < 0.5:
            text += "." + "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 25)))
        if rng.random() < 0.4:
            text += rng.choice("eE") + rng.choice(["", "+", "-"]) + str(rng.randint(0, rng.choice([3, 30, 400])))
        return text
    number = rng.choice(near)
    if abs(number) < 1e300 and rng.random() < 0.5:
        number = math.nextafter(float(number), rng.choice([-1e300, 1e300]))
    if isinstance(number, int) and rng.random() < 0.5:
        number += rng.randint(-2, 2)
    _, figures, exponent = Decimal(json.dumps(number)).as_tuple()
    assert isinstance(exponent, int)
    more = rng.choice([0, 0, 1, 3, 12, 25])
    whole = str(max(0, int("".join(map(str, figures)) + "0" * more) + (rng.randint(-9, 9) if more else 0)))
    exponent -= more
    # The same number with its point elsewhere.
    point = rng.randint(-3, len(whole) + 2)
    if point <= 0:
        text = "0." + "0" * -point + whole
    elif point >= len(whole):
        text = (whole + "0" * (point - len(whole))).lstrip("0") or "0"
    else:
        text = (whole[:point].lstrip("0") or "0") + "." + whole[point:]
    scale = exponent + len(whole) - point
    sign = "-" if (number < 0) == (rng.random() < 0.95) else ""
    return f"{sign}{text}" + (f"e{scale}" if scale or rng.random() < 0.3 else "")


def tried(seed: int, count: int) -> Iterator[tuple[dict[str, Any], Numbers, str, Any]]:
    rng = random.Random(seed)
    for _ in range(count):
        wanted = some_limits(rng)
        limits = Numbers(**wanted)
        near = [wanted[name] for name in list(NAMES)[:4] if name in wanted]
        near += [each for each in wanted.get("members", []) if isinstance(each, (int, float)) and each is not True]
        near = [each for each in near if math.isfinite(each)] if all(map(small, near)) else []
        for _ in range(5):
            text = a_text(rng, near)
            yield wanted, limits, text, json.loads(text)


def small(number: Any) -> bool:
    return bool(abs(number) < 10**300)


def test_whatever_is_excluded_is_invalid() -> None:
    early = late = valid = 0
    for wanted, limits, text, value in tried(1, amount(6_000, 30_000, quick=2_000)):
        index, keyword = excluded(limits, text)
        if limits.faults(value):
            early += index >= 0
            late += index < 0
        else:
            valid += 1
            assert index < 0, (wanted, text, keyword)
    assert early > late / 2
    assert valid > early / 10


def test_faults_are_those_of_jsonschema() -> None:
    for wanted, limits, text, value in tried(2, amount(1_500, 10_000, quick=200)):
        schema: dict[str, Any] = {NAMES[name]: wanted[name] for name in NAMES if name in wanted}
        if "integer" in wanted:
            schema["type"] = "integer"
        if "members" in wanted:
            schema["enum"] = wanted["members"]
        try:
            faults = sorted(
                str(error.validator) for error in jsonschema.Draft202012Validator(schema).iter_errors(value)
            )
        except (OverflowError, ValueError):
            # Here jsonschema breaks.
            assert "multipleOf" in schema
            continue
        assert sorted(limits.faults(value)) == faults, (wanted, text)


@given(
    low=st.integers(-60, 60),
    width=st.integers(0, 40),
    scale=st.sampled_from([1, 10, 100]),
    integer=st.booleans(),
    is_open=st.booleans(),
)
def test_what_is_not_excluded_has_an_end(low: int, width: int, scale: int, integer: bool, is_open: bool) -> None:
    """For short beginnings and simple bounds, some valid number begins like that."""
    bounds: dict[str, Any] = {"minimum": Fraction(low, scale), "maximum": Fraction(low + width, scale)}
    bounds = {name: int(bound) if bound.denominator == 1 else float(bound) for name, bound in bounds.items()}
    # An open end is as good as a closed one as long as digits can round to it.
    closed = Numbers(**bounds, integer=integer)
    if is_open:
        bounds["exclusive_minimum"] = bounds.pop("minimum")
    limits = Numbers(**bounds, integer=integer)
    for sign in ("", "-"):
        for leading in [*range(1, 10), *range(10, 100, 7), 100, 999, 123]:
            text = f"{sign}{leading}"
            begins = [text, f"{sign}{str(leading)[0]}.{str(leading)[1:]}"] if leading > 9 else [text]
            # The number itself, the next greater one, and what lies between, at every scale.
            ends = ["", "000001", "5", "999999", "99999999999999999999", *map(str, range(100))]
            numbers = [json.loads(f"{sign}0.{leading}{end}e{power}") for power in range(-3, 5) for end in ends]
            for beginning in begins:
                if excluded(limits, beginning)[0] >= 0:
                    assert all(limits.faults(number) for number in numbers), (bounds, beginning)
                elif closed.faults(0):
                    assert not all(closed.faults(number) for number in numbers), (bounds, beginning)


def test_a_long_number_costs_few_comparisons() -> None:
    limits = Numbers(minimum=3, maximum=4)
    reading = Digits()
    asked = 0
    for char in "3." + "1" * 4_300 + "e" + "0" * 4_000:
        if reading.step(ord(char)):
            asked += 1
            assert limits.excludes(reading) == ""
    assert asked == 15
    assert reading.closed
    assert reading.count == 15


def test_leading_zeros_say_nothing() -> None:
    reading = Digits()
    for char in "-0.0001":
        reading.step(ord(char))
    assert (reading.negative, reading.leading, reading.count) == (True, 1, 1)


def test_many_members_are_searched_not_compared() -> None:
    limits = Numbers(members=[*range(1, 100_000, 2)])
    assert excluded(limits, "3") == (-1, "")
    assert excluded(limits, "99998") == (-1, "")
    assert excluded(limits, "99999") == (-1, "")
    assert excluded(limits, "999985") == (5, "enum")
    assert excluded(limits, "500002")[0] == 5


# The closed number.


@pytest.mark.parametrize(
    ("value", "divisor", "expected"),
    [
        (4, 2, True),
        (5, 2, False),
        (0, 3, True),
        (-6, 3, True),
        (4.5, 1.5, True),
        (0.0075, 0.0001, True),
        (0.3, 0.1, False),
        (19.99, 0.01, False),
        (1e308, 0.5, True),
        (12391239123, 1e-8, True),
        (math.inf, 0.01, False),
        (math.inf, 2, False),
        (-math.inf, 2, False),
        (10**400, 0.5, True),
        (10**400 + 1, 2.0, False),
        (10**400, 7, False),
        (1.5, 10**400, False),
        (0.0, 10**400, True),
        (Decimal("4.5"), 1.5, True),
        (Decimal("4.6"), 1.5, False),
        (Decimal("1E+999999999"), 0.5, True),
        (Decimal("1E+999999999"), 7, False),
        (Decimal("1E-999999999"), 0.5, False),
        (Decimal("0E-999999999"), 0.5, True),
        (Decimal("Infinity"), 0.5, False),
    ],
)
def test_multiples(value: Any, divisor: Any, expected: bool) -> None:
    assert is_multiple(value, divisor) is expected
    if isinstance(value, Decimal):
        return
    try:
        valid = jsonschema.Draft202012Validator({"multipleOf": divisor}).is_valid(value)
    except (OverflowError, ValueError):
        return
    assert valid is expected


def test_integers() -> None:
    assert [is_integer(each) for each in (1, 1.0, -0.0, 10**400)] == [True] * 4
    assert [is_integer(each) for each in (1.5, math.inf, True, "1", None, Decimal(1))] == [False] * 6


def test_scales() -> None:
    for number in (Fraction(1), Fraction(1, 3), Fraction(10**400), Fraction(1, 10**400), Fraction(99999, 10**5)):
        for up in (False, True):
            scale, figures = digits._digits_of(number, up)
            unit = Fraction(10) ** (scale - 16)
            assert 10**16 <= figures < 10**17
            assert (
                (figures - 1) * unit < number <= figures * unit
                if up
                else figures * unit <= number < (figures + 1) * unit
            )


# Words.


@given(
    words=st.lists(st.text("abé\U0001f600\ud800", max_size=4), max_size=12).map(lambda words: sorted(set(words))),
    text=st.text("abé\U0001f600\ud800z", max_size=5),
)
def test_words_are_narrowed_by_characters(words: list[str], text: str) -> None:
    low, high = 0, len(words)
    for at, char in enumerate(text):
        low, high = first_with(words, low, high, at, ord(char)), first_after(words, low, high, at, ord(char))
        assert words[low:high] == [word for word in words if word.startswith(text[: at + 1])]
        if low == high:
            return
