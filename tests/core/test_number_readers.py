"""``parse_float`` and ``parse_int``: numbers become what functions make of their texts, as in ``json.loads``."""

from __future__ import annotations

import copy
import json
import pickle
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from partialjson import Complete, DocumentSequence, Failed, Limits, Parser, documents, stream
from partialjson.messages import MessageParser
from partialjson.patch import apply_deltas
from partialjson.testing.chunking import check_all_chunkings

TEXTS = [
    "0.29999999999999998",
    "-0",
    "1E400",
    "[1, -2.5, 3e2, 12345678901234567890, 0.1]",
    '{"price": 19.990, "n": 7, "deep": [{"x": 1.10}, [2.2, -0.0, 5E-7]], "s": "1.5"}',
    "[" + ", ".join(["1.50", "7", '"x"', '{"a": 0.10}'] * 40) + "]",
    "[" + ", ".join(["1.10"] * 600) + "]",
    "[" + ", ".join(['{"price": 1.10, "n": 3}'] * 300) + "]",
    '{"a": 1.5, "a": 2.50}',
]
READERS: list[dict[str, Any]] = [
    {"parse_float": Decimal},
    {"parse_int": Decimal},
    {"parse_float": Decimal, "parse_int": lambda text: ("int", text)},
    {"parse_float": str, "parse_int": str},
    {"parse_float": Fraction},
    {"parse_int": float},
    {"parse_float": None, "parse_int": None},
    {"parse_float": lambda text: None},
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20])
@pytest.mark.parametrize("readers", READERS, ids=lambda readers: "-".join(readers))
def test_values_are_those_of_json_loads(text: str, readers: dict[str, Any]) -> None:
    source = random.Random(len(text))
    expected = json.loads(text, **readers)
    for whole in (text, text.encode()):
        for most in (1, 3, 700, 10**6):
            parser = Parser(**readers)
            at = 0
            while at < len(whole):
                size = source.randint(1, most)
                parser.feed(whole[at : at + size])
                at += size
            assert repr(parser.close()) == repr(expected)


@pytest.mark.parametrize("text", [*TEXTS[:5], TEXTS[8], "[1.", "[1.5x", '{"a": 01}', "[1.5, "])
def test_chunks_do_not_matter(text: str) -> None:
    check_all_chunkings(text, make=lambda: Parser(parse_float=Decimal, parse_int=Fraction))


NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:f}"),
    st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
)


@given(st.lists(NUMBERS, max_size=20), st.integers(1, 60))
def test_every_number_is_read_exactly(numbers: list[str], size: int) -> None:
    text = f"[{', '.join(numbers)}]"
    parser = Parser(parse_float=Decimal, parse_int=Decimal)
    for at in range(0, len(text), size):
        parser.feed(text[at : at + size])
    assert [str(each) for each in parser.close()] == [str(Decimal(each)) for each in numbers]


@pytest.mark.parametrize("readers", [{"parse_float": Decimal}, {"parse_float": str, "parse_int": str}])
def test_deltas_fold_and_events_have_the_values(readers: dict[str, Any]) -> None:
    text = '{"a": 1.50, "b": [0.10, {"c": 2.5, "d": "grows"}], "a": 9, "e": 3e1}'
    parser = Parser(**readers)
    folded: Any = {}
    values = []
    for character in text:
        values += [event.value for event in parser.feed(character)]
        folded = apply_deltas(folded, parser.deltas())
        assert folded == (parser.json if parser.pos else {})
        assert apply_deltas({}, parser.deltas(0)) == parser.json
    assert readers["parse_float"]("0.10") in values
    assert parser.close() == json.loads(text, **readers)


def test_checkpoints_take_the_functions_again() -> None:
    text = '{"a": [0.10, 2.50, {"b": "text \\ud83d\\ude00", "c": 1.30}], "d": 0.7}'
    for at in range(1, len(text)):
        parser = Parser(parse_float=Decimal)
        parser.feed(text[:at])
        before = apply_deltas({}, parser.deltas())
        state = json.loads(json.dumps(parser.checkpoint()))
        restored = Parser.restore(state, parse_float=Decimal)
        assert repr(restored.json) == repr(parser.json)
        assert restored.checkpoint() == parser.checkpoint()
        for each in (restored, parser.fork(), copy.deepcopy(parser), pickle.loads(pickle.dumps(parser))):
            folded = before
            for piece in (text[at : at + 3], text[at + 3 :]):
                each.feed(piece)
                folded = apply_deltas(folded, each.deltas())
                assert folded == each.json
            assert repr(each.close()) == repr(json.loads(text, parse_float=Decimal))
        with pytest.raises(ValueError, match="was made with parse_float; restore it with the same"):
            Parser.restore(state)
        with pytest.raises(ValueError, match="was made with parse_float; restore"):
            Parser.restore(state, parse_float=Decimal, parse_int=int)
    plain = Parser()
    plain.feed("[0.1")
    with pytest.raises(ValueError, match="neither parse_float nor parse_int"):
        Parser.restore(plain.checkpoint(), parse_float=Decimal)


def test_with_a_target_they_are_refused() -> None:
    both: list[dict[str, Any]] = [{"parse_float": Decimal}, {"parse_int": str}]
    for options in both:
        with pytest.raises(TypeError, match="declare the field as Decimal"):
            Parser(dict[str, float], **options)
        with pytest.raises(TypeError, match="without a target"):
            stream([], dict[str, float], **options)
    with pytest.raises(TypeError, match="parse_float is a function such as Decimal, not str"):
        Parser(parse_float="Decimal")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_what_a_function_raises_leaves_feed() -> None:
    def refuse(text: str) -> Any:
        raise KeyError(text)

    parser = Parser(parse_float=refuse)
    parser.feed("[1, ")
    with pytest.raises(KeyError, match=r"2\.5"):
        parser.feed("2.5]")
    with pytest.raises(KeyError):
        parser.feed("]")
    assert parser.json == [1]
    assert isinstance(parser.end(), Failed)
    at_the_end = Parser(parse_int=lambda text: {})
    at_the_end.feed("5")
    outcome = at_the_end.end()
    assert isinstance(outcome, Failed)
    assert "cannot become a container" in str(outcome.error)


def test_limits_and_cuts_are_those_of_other_numbers() -> None:
    with pytest.raises(ValueError, match="a number is longer than the limit of 5 characters"):
        Parser(parse_float=Decimal, limits=Limits(number=5)).feed("[1.2345]")
    huge = Parser(parse_int=str, limits=Limits(number=10_000))
    huge.feed("[" + "9" * 9_000 + "]")
    assert huge.close() == ["9" * 9_000]
    cut = Parser(parse_float=Decimal)
    cut.feed("[1.5, 2.")
    assert cut.end().value == [Decimal("1.5")]


def test_only_what_is_kept_is_read_again() -> None:
    parser = Parser(select=["$[*]"], retain=False, parse_float=Decimal)
    events = [event.value for character in "[1.10, 2.2, 3]" for event in parser.feed(character)]
    assert repr(events) == "[Decimal('1.10'), Decimal('2.2'), 3]"


def test_every_reader_of_documents_takes_them() -> None:
    assert list(stream(["[1.10,", " 2]"], parse_float=Decimal).elements("$[*]")) == [Decimal("1.10"), 2]
    assert list(documents(["1.10\n2.", "20\n"], parse_float=Decimal)) == [Decimal("1.10"), Decimal("2.20")]
    sequence = DocumentSequence(parse_float=Decimal)
    sequence.feed("[1.10]\n[2.")
    again = DocumentSequence.restore(sequence.checkpoint(), parse_float=Decimal)
    (progress,) = again.feed("20]\n")
    assert isinstance(progress.outcome, Complete)
    assert repr(progress.outcome.value) == "[Decimal('2.20')]"


class Price(BaseModel):
    price: Decimal


def test_messages_take_them_for_documents_without_a_target() -> None:
    message = MessageParser("openai-chat", tools={"typed": Price}, parse_float=Decimal)
    for index, name in enumerate(["typed", "free"]):
        call = {"index": index, "id": name, "function": {"name": name, "arguments": '{"price": 0.29999999999999998}'}}
        message.feed({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]})
    message.feed({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    message.end()
    typed, free = message.calls
    assert typed.value == Price.model_validate_json('{"price": 0.29999999999999998}')
    assert free.value == {"price": Decimal("0.29999999999999998")}
