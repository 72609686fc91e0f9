"""The options of a parser: one list of them, and what is said of a name that is not in it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import partialjson
from partialjson import (
    MISSING,
    DocumentSequence,
    Lenient,
    Limits,
    Parser,
    ParserOptions,
    adocuments,
    astream,
    documents,
    stream,
)
from partialjson.clients import read
from partialjson.messages import Attempts, MessageParser
from partialjson.messages.parser import MessageOptions
from partialjson.options import DocumentOptions, without_target


class Item(BaseModel):
    name: str = ""


async def none() -> AsyncIterator[str]:
    return
    yield ""


def keywords_of_parser() -> set[str]:
    """Read from the source, since a compiled class has no signature."""
    source = Path(partialjson.__file__).parent / "_core" / "parser.py"
    classes = [node for node in ast.parse(source.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    (made,) = [each for each in classes[0].body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
    return {argument.arg for argument in made.args.kwonlyargs}


def test_the_list_is_that_of_the_parser() -> None:
    keywords = keywords_of_parser()
    assert ParserOptions.__optional_keys__ == keywords
    assert ParserOptions.__required_keys__ == frozenset()
    assert DocumentOptions.__optional_keys__ == keywords - {"schema", "select", "retain"}
    own = set(inspect.signature(MessageParser).parameters) - {"api", "options"}
    assert MessageOptions.__optional_keys__ == DocumentOptions.__optional_keys__ | own


ALL: ParserOptions = {
    "select": ["$.name"],
    "missing": None,
    "limits": Limits(depth=3),
    "strict": True,
    "context": {"a": 1},
    "by_alias": True,
    "by_name": True,
    "on_invalid": "skip",
    "predict": True,
    "retain": False,
    "lenient": Lenient(coerce="guided").without("comment"),
}
# These are for documents without a target.
OF_NUMBERS: ParserOptions = {"parse_float": Decimal, "parse_int": Fraction}
NO_NUMBERS: ParserOptions = {"parse_float": None, "parse_int": None}


def test_a_fresh_parser_has_all_of_them() -> None:
    # A schema is a target.
    assert ALL.keys() | OF_NUMBERS.keys() | {"schema"} == ParserOptions.__optional_keys__
    parser = Parser(Item, **ALL)
    assert parser._options == parser.fresh()._options == {**ALL, **NO_NUMBERS}
    plain: Parser[Any] = Parser(**OF_NUMBERS)
    assert plain._options == plain.fresh()._options == {**Parser()._options, **OF_NUMBERS}
    assert Parser()._options == Parser().fresh()._options
    assert Parser().fresh()._options.get("missing") is MISSING


def test_a_restored_parser_has_all_of_them() -> None:
    options = ALL.copy()
    del options["retain"]
    parser = Parser(Item, **options)
    restored = Parser.restore(parser.checkpoint(), Item, missing=None, context={"a": 1})
    assert restored._options == parser._options
    sequence = DocumentSequence(Item, **options)
    again = DocumentSequence.restore(sequence.checkpoint(), Item, missing=None, context={"a": 1})
    assert again._pattern._options == parser._options
    plain: Parser[Any] = Parser(**OF_NUMBERS)
    assert Parser.restore(plain.checkpoint(), parse_float=Decimal, parse_int=Fraction)._options == plain._options


def test_those_of_targets_are_the_ones_a_parser_without_one_refuses() -> None:
    options: DocumentOptions = {name: value for name, value in ALL.items() if name not in ("select", "retain")}  # type: ignore[assignment]
    plain = without_target(options)
    Parser(**plain)
    for name in options.keys() - plain.keys():
        with pytest.raises(TypeError, match="need a target"):
            Parser(**{name: options[name]})  # type: ignore[literal-required]


TAKE_OPTIONS: list[Callable[..., object]] = [
    lambda **options: stream([], **options),
    lambda **options: astream(none(), **options),
    DocumentSequence,
    lambda **options: documents([], **options),
    lambda **options: adocuments(none(), **options),
    lambda **options: MessageParser("openai-chat", **options),
    lambda **options: Attempts("openai-chat", **options),
    lambda **options: read([], "openai-chat", **options),
]


@pytest.mark.parametrize("take", [*TAKE_OPTIONS, Parser])
def test_an_unknown_option_is_named(take: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match="'on_invlid'"):
        take(on_invlid="raise")


@pytest.mark.parametrize("take", TAKE_OPTIONS)
def test_what_was_meant_is_said(take: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match=r"has no option 'limit'; did you mean 'limits'\?"):
        take(limit=Limits())
    with pytest.raises(TypeError, match=r"has no option 'xyz'; it takes by_alias, by_name, .*strict"):
        take(xyz=1)


@pytest.mark.parametrize("wrong", ["x", "no", "", 0, 1, [], b"x"], ids=repr)
@pytest.mark.parametrize("name", ["strict", "by_alias", "by_name", "predict", "retain"])
def test_a_switch_is_true_or_false(name: str, wrong: Any) -> None:
    allowed = "True or False" if name in ("predict", "retain") else "True, False or None"
    # The compiled core checks its arguments itself, and does not name them.
    says = rf"{name} is {allowed}, not {type(wrong).__name__}$"
    says = f"expected; got {type(wrong).__name__}" if partialjson.compiled else says
    options: Any = {"select": [], name: wrong}
    with pytest.raises(TypeError, match=says):
        Parser(Item, **options)
    with pytest.raises(TypeError, match=says):
        stream([], Item, **options)


@pytest.mark.parametrize("name", ["predict", "retain"])
def test_a_switch_with_two_positions_is_not_none(name: str) -> None:
    options: Any = {"select": [], name: None}
    with pytest.raises(TypeError, match=r"not NoneType|got None"):
        Parser(Item, **options)


def test_select_is_a_list() -> None:
    options: Any = {"select": 5}
    with pytest.raises(TypeError, match="select takes a list of patterns, not int"):
        Parser(Item, **options)
