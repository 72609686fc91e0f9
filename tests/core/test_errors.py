"""Errors: what they say, when they come, that they stay, and what is left after them.

Wrong documents raise ParseError at the offending character, whatever the chunks; documents that stop raise
IncompleteError from `close`; wrong use raises TypeError or RuntimeError and leaves the parser as it was. `end` raises
none of these: it tells complete, truncated and failed apart.
"""

from __future__ import annotations

import array
import copy
import json
import pickle
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator

import partialjson
from partialjson import (
    MISSING,
    Complete,
    Completed,
    Event,
    Failed,
    IncompleteError,
    Lenient,
    Limits,
    ParseError,
    Parser,
    Truncated,
)
from partialjson.errors import ErrorCode, path_of
from partialjson.messages import MessageParser
from partialjson.testing import strategies
from partialjson.testing.chunking import check_all_chunkings, error_key
from partialjson.testing.damage import NOISE
from partialjson.testing.laws import feed
from support.agreement import feed_all, place_of
from support.corpus import corpus_folder
from support.model import Mistake, predict, predict_bytes

Path = tuple[str | int, ...]

# What is wrong, where (pos, lineno, colno) and in which place.
WRONG: list[tuple[str, tuple[int, int, int], Path]] = [
    # A value is expected
    ("x", (0, 1, 1), ()),
    (" \t}", (2, 1, 3), ()),
    ("]", (0, 1, 1), ()),
    (",", (0, 1, 1), ()),
    ("'a'", (0, 1, 1), ()),
    ("NaN", (0, 1, 1), ()),
    ("Infinity", (0, 1, 1), ()),
    ("-Infinity", (1, 1, 2), ()),
    ("[NaN", (1, 1, 2), (0,)),
    ("True", (0, 1, 1), ()),
    ("+1", (0, 1, 1), ()),
    (".5", (0, 1, 1), ()),
    ("/* c */ 1", (0, 1, 1), ()),
    ("# c", (0, 1, 1), ()),
    ("\ufeff{}", (0, 1, 1), ()),
    ("\x0b1", (0, 1, 1), ()),
    ("\xa01", (0, 1, 1), ()),
    ("\u20281", (0, 1, 1), ()),
    ("\x00", (0, 1, 1), ()),
    ("１", (0, 1, 1), ()),
    ("٣", (0, 1, 1), ()),
    ("[x", (1, 1, 2), (0,)),
    ("[}", (1, 1, 2), (0,)),
    ("[,", (1, 1, 2), (0,)),
    ("[1, x", (4, 1, 5), (1,)),
    ("[1,]", (3, 1, 4), (1,)),
    ("[1,,2]", (3, 1, 4), (1,)),
    ("[[1],[2}", (7, 1, 8), (1,)),
    ('{"a":}', (5, 1, 6), ("a",)),
    ('{"a":,', (5, 1, 6), ("a",)),
    ('{"a": x', (6, 1, 7), ("a",)),
    ('{"a"::1', (5, 1, 6), ("a",)),
    ('{"a":[{"b": ]', (12, 1, 13), ("a", 0, "b")),
    # A key, a colon, a comma or the end is expected
    ("{]", (1, 1, 2), ()),
    ("{1", (1, 1, 2), ()),
    ("{a:1}", (1, 1, 2), ()),
    ("{'a'", (1, 1, 2), ()),
    ("{,", (1, 1, 2), ()),
    ('{"a":1,}', (7, 1, 8), ()),
    ('{"a":1, x', (8, 1, 9), ()),
    ('{"a" 1', (5, 1, 6), ()),
    ('{"a"}', (4, 1, 5), ()),
    ('{"a","b"', (4, 1, 5), ()),
    ('{"a":{"b"]', (9, 1, 10), ("a",)),
    ("[1 x", (3, 1, 4), ()),
    ("[1 2", (3, 1, 4), ()),
    ("[1}", (2, 1, 3), ()),
    ('["a":', (4, 1, 5), ()),
    ('{"a":1]', (6, 1, 7), ()),
    ('{"a":1 "b"', (7, 1, 8), ()),
    ('{"a":[1}', (7, 1, 8), ("a",)),
    ("[[]}", (3, 1, 4), ()),
    # Words
    ("trux", (3, 1, 4), ()),
    ("nulL", (3, 1, 4), ()),
    ("fals,", (4, 1, 5), ()),
    ("tr ue", (2, 1, 3), ()),
    ("truee", (4, 1, 5), ()),
    ("[truefalse", (5, 1, 6), ()),
    ('{"a": tru!', (9, 1, 10), ("a",)),
    # Numbers
    ("01", (1, 1, 2), ()),
    ("-01", (2, 1, 3), ()),
    ("[00", (2, 1, 3), (0,)),
    ("-x", (1, 1, 2), ()),
    ("--1", (1, 1, 2), ()),
    ("[- 1", (2, 1, 3), (0,)),
    ("[1.}", (3, 1, 4), (0,)),
    ("1. ", (2, 1, 3), ()),
    ("1.e1", (2, 1, 3), ()),
    ("1.2.3", (3, 1, 4), ()),
    ("[1e]", (3, 1, 4), (0,)),
    ("1e+ ", (3, 1, 4), ()),
    ("1e+-1", (3, 1, 4), ()),
    ("1e1.5", (3, 1, 4), ()),
    ("1e1e1", (3, 1, 4), ()),
    ("0x1", (1, 1, 2), ()),
    ("1_000", (1, 1, 2), ()),
    ("[1x", (2, 1, 3), (0,)),
    ("[1:", (2, 1, 3), (0,)),
    ('[1"', (2, 1, 3), (0,)),
    ("[1[", (2, 1, 3), (0,)),
    ('{"a":1:', (6, 1, 7), ("a",)),
    ("[1\xa0]", (2, 1, 3), (0,)),
    ("1٣", (1, 1, 2), ()),
    # Strings
    ('"\\x', (2, 1, 3), ()),
    ('"\\ ', (2, 1, 3), ()),
    ('"\\U0041', (2, 1, 3), ()),
    ('"\\u12G', (5, 1, 6), ()),
    ('"\\u"', (3, 1, 4), ()),
    ('"\\u123"', (6, 1, 7), ()),
    ('"\\u+123', (3, 1, 4), ()),
    ('"\\u 123', (3, 1, 4), ()),
    ('"\\u1_23', (4, 1, 5), ()),
    ('"\\u１234', (3, 1, 4), ()),
    ('"\\ud83d\\x', (8, 1, 9), ()),
    ('"\\ud83d\\udX', (10, 1, 11), ()),
    ('"\x1f', (1, 1, 2), ()),
    ('"a\nb"', (2, 1, 3), ()),
    ('"a\tb"', (2, 1, 3), ()),
    ('"\x00"', (1, 1, 2), ()),
    ('["' + "a" * 200 + "\x01", (202, 1, 203), (0,)),
    ('["' + "\\n" * 200 + "\\q", (403, 1, 404), (0,)),
    ('["\\n' + "a" * 200 + '\\u12z4"' + " " * 80, (208, 1, 209), (0,)),
    ('["\\n' + "a" * 200 + '\x02"' + " " * 80, (204, 1, 205), (0,)),
    ('{"\\z', (3, 1, 4), ()),
    ('{"a":{"\n', (7, 1, 8), ("a",)),
    # After the end
    ("1 2", (2, 1, 3), ()),
    ("1,", (1, 1, 2), ()),
    ("1]", (1, 1, 2), ()),
    ("{}}", (2, 1, 3), ()),
    ("[]\n\n ,", (5, 3, 2), ()),
    ('"a""b"', (3, 1, 4), ()),
    ("null\x00", (4, 1, 5), ()),
    ("{} //", (3, 1, 4), ()),
    # Lines
    ("[\r\n\r 1,\n\n  x", (11, 4, 3), (1,)),
    ("\n\n\n!", (3, 4, 1), ()),
    ("\r\r!", (2, 1, 3), ()),
    ('["\\n",\n"\u2028" x', (11, 2, 5), ()),
    ('{"é😀": [\n"😀", 😀', (14, 2, 6), ("é😀", 1)),
]


@pytest.mark.parametrize(("text", "where", "path"), WRONG)
def test_wrong_documents(text: str, where: tuple[int, int, int], path: Path) -> None:
    seen = check_all_chunkings(text)
    error = seen.error
    assert error is not None
    assert error is not None
    assert type(error) is ParseError
    assert (error.pos, error.lineno, error.colno) == where
    assert error.path == path == seen.path
    assert error.byte_pos is None
    assert place_of(error) == predict(text).error
    assert error.msg
    assert "\n" not in error.msg
    assert f"line {where[1]} column {where[2]}" in str(error)
    assert seen.pos == where[0]


@pytest.mark.parametrize("text", [row[0] for row in WRONG])
def test_positions_in_bytes(text: str) -> None:
    data = text.encode()
    if data.startswith(b"\xef\xbb\xbf"):
        pytest.skip("in bytes it is no error")
    outcome = check_all_chunkings(data).outcome
    assert isinstance(outcome, (Failed, Truncated))
    assert isinstance(outcome.error, ParseError)
    assert outcome.error.byte_pos == len(text[: outcome.error.pos].encode())


# The text, and the place that was open.
EARLY: list[tuple[str, Path]] = [
    ("", ()),
    (" \n ", ()),
    ("[", (0,)),
    ("[ ", (0,)),
    ("[1", (0,)),
    ("[1 ", ()),
    ("[1,", (1,)),
    ("[-", (0,)),
    ("-", ()),
    ("1.", ()),
    ("1e", ()),
    ("1e-", ()),
    ("tru", ()),
    ("[nul", (0,)),
    ("{", ()),
    ('{"', ()),
    ('{"a', ()),
    ('{"a\\', ()),
    ('{"a"', ()),
    ('{"a":', ("a",)),
    ('{"a": 12', ("a",)),
    ('{"a": "', ("a",)),
    ('{"a": {}', ()),
    ('{"a":1,', ()),
    ('{"a":1,"a', ()),
    ('{"a":1,"a":', ("a",)),
    ('"', ()),
    ('"a', ()),
    ('"\\', ()),
    ('"\\u12', ()),
    ('"\\ud83d', ()),
    ('"\\ud83d\\u', ()),
    ('{"a":[{"b":"x', ("a", 0, "b")),
    ('{"a":["x\\', ("a", 0)),
    ("[[[]", (0,)),
    ("[[[],\n[", (0, 1, 0)),
]


@pytest.mark.parametrize(("text", "path"), EARLY)
def test_documents_that_end_early(text: str, path: Path) -> None:
    seen = check_all_chunkings(text)
    outcome = seen.outcome
    assert seen.error is None
    assert isinstance(outcome, Truncated)
    error = outcome.error
    assert type(error) is IncompleteError
    assert error.pos == len(text)
    assert error.path == outcome.path == path
    assert place_of(error) == predict(text).ending.error
    assert error.msg
    assert error.events == ()
    assert error.byte_pos is None


@pytest.mark.parametrize("lenient", [False, Lenient().without("text around", "unfinished"), True], ids=repr)
@pytest.mark.parametrize("text", ["1.5", "\n 1.5", "2", "/* é */ 1.5"])
def test_the_byte_of_an_error_that_the_end_shows(text: str, lenient: Any) -> None:
    """A number at the root ends where the text does, and only then is it seen that it does not fit."""
    target: Any = Literal["a"] if text == "2" else int
    for data in (text, text.encode()):
        parser: Parser[Any] = Parser(target, lenient=lenient, on_invalid="raise")
        _, error = feed(parser, data)
        found: Any = error or getattr(parser.end(), "error", None)
        assert isinstance(found, ParseError)
        assert found.byte_pos == (None if isinstance(data, str) else len(text[: found.pos].encode()))


@pytest.mark.parametrize("text", ["[", "[1, 2", '{"é": "😀', "[\n tru", "-"])
def test_early_ends_in_bytes(text: str) -> None:
    outcome = check_all_chunkings(text.encode()).outcome
    assert isinstance(outcome, Truncated)
    assert outcome.error is not None
    assert (outcome.error.pos, outcome.error.byte_pos) == (len(text), len(text.encode()))


# A text, and what is said of it: what was expected, and what came.
SAID: list[tuple[str | bytes, dict[str, Any], str]] = [
    ("x", {}, "expected a value, found 'x'"),
    ("[1,]", {}, "expected a value, found ']'"),
    ('{"a":}', {}, "expected a value, found '}'"),
    ("[x", {}, "expected a value or ']', found 'x'"),
    ("{1", {}, "expected a key in quotes or '}', found '1'"),
    ('{"a":1,}', {}, "expected a key in quotes, found '}'"),
    ('{"a" 1', {}, "expected ':' after a key, found '1'"),
    ('{"a":1]', {}, "expected ',' or '}', found ']'"),
    ("[1 2", {}, "expected ',' or ']', found '2'"),
    ('[{"a": 1} "', {}, "expected ',' or ']', found '\"'"),
    ("1 2", {}, "text after the end of the document: '2'"),
    ("null\x00", {}, "text after the end of the document: U+0000"),
    ("\ufeff{}", {}, "expected a value, found U+FEFF"),
    ("[😀", {}, "expected a value or ']', found '😀'"),
    ("\U000e0001", {}, "expected a value, found U+E0001"),
    ("trux", {}, "expected true, found 'x' after 'tru'"),
    ("[f\n", {}, "expected false, found U+000A after 'f'"),
    ("nulL", {}, "expected null, found 'L' after 'nul'"),
    ("01", {}, "a number must not have a leading zero"),
    ("-00", {}, "a number must not have a leading zero"),
    ("-x", {}, "unexpected 'x' in a number"),
    ("1,", {}, "unexpected ',' in a number"),
    ("[1e]", {}, "expected a digit in a number, found ']'"),
    ("[- 1", {}, "expected a digit in a number, found ' '"),
    ("1.\n", {}, "expected a digit in a number, found U+000A"),
    ('"\\x', {}, "invalid escape \\'x' in a string"),
    ('"\\u12G', {}, "invalid hex digit 'G' in a \\u escape"),
    ('{"\\u"', {}, "invalid hex digit '\"' in a \\u escape"),
    ('"a\nb"', {}, "control character U+000A in a string must be escaped"),
    ('{"\x1f', {}, "control character U+001F in a string must be escaped"),
    ('"\\ud83d"', {"target": str}, "surrogate escape \\ud83d is not half of a pair"),
    ('"\\uDE00"', {"target": str}, "surrogate escape \\ude00 is not half of a pair"),
    ('"\ud83d"', {"target": str}, "U+D83D is half of a surrogate pair"),
    (b'["\xff', {}, "the text is not UTF-8: invalid start byte (byte 0xff)"),
    (b'["\xc3(', {}, "the text is not UTF-8: invalid continuation byte (byte 0xc3)"),
    ("[[[", {"limits": Limits(depth=2)}, "nested deeper than the limit of 2"),
    ('[{"a"', {"limits": Limits(depth=1)}, "nested deeper than the limit of 1"),
    ('"abcd"', {"limits": Limits(string=3)}, "a string is longer than the limit of 3 characters"),
    ('{"ab"', {"limits": Limits(string=1)}, "a string is longer than the limit of 1 characters"),
    ("1234", {"limits": Limits(number=3)}, "a number is longer than the limit of 3 characters"),
    ("[1,2]", {"limits": Limits(document=3)}, "the document is longer than the limit of 3 characters"),
    ("", {}, "the document is empty"),
    (b"", {}, "the document is empty"),
    (" \n ", {}, "the document is blank"),
    ("[", {}, "the document ends inside an array"),
    ("[1 ", {}, "the document ends inside an array"),
    ("[1,", {}, "the document ends where a value is expected"),
    ('{"a":', {}, "the document ends where a value is expected"),
    ("[12", {}, "the document ends inside a number"),
    ("-", {}, "the document ends inside a number"),
    ("tr", {}, "the document ends inside true"),
    ("[nul", {}, "the document ends inside null"),
    ('[{"a": f', {}, "the document ends inside false"),
    ("{", {}, "the document ends inside an object"),
    ('{"a"', {}, "the document ends inside an object"),
    ('{"a":[] ', {}, "the document ends inside an object"),
    ('{"a', {}, "the document ends inside a key"),
    ('{"a": "', {}, "the document ends inside a string"),
    (b'"\xc3', {}, "the document ends inside a string"),
    (b"{}\xc3", {}, "the document ends inside a UTF-8 sequence"),
]


@pytest.mark.parametrize(("text", "options", "message"), SAID)
def test_what_errors_say(text: str | bytes, options: dict[str, Any], message: str) -> None:
    outcome = check_all_chunkings(text, make=lambda: Parser(**options)).outcome
    assert isinstance(outcome, (Failed, Truncated))
    error = outcome.error
    assert isinstance(error, ParseError)
    assert error.msg == message
    assert str(error).startswith(f"{message}: line {error.lineno} column {error.colno} (char {error.pos})")


# A text, and the code of what is wrong with it.
CODED: list[tuple[str | bytes, dict[str, Any], str]] = [
    ("[x", {}, "syntax"),
    ("{1", {}, "syntax"),
    ('{"a" 1', {}, "syntax"),
    ("[1,]", {}, "syntax"),
    ("[1 2", {}, "syntax"),
    ("NaN", {}, "syntax"),
    ("{} x", {}, "trailing"),
    ("truee", {}, "trailing"),
    ("1 2", {}, "trailing"),
    ('"a\nb"', {}, "control"),
    ('"\\x', {}, "escape"),
    ('"\\u12G', {}, "escape"),
    ('"\\ud83d"', {"target": str}, "surrogate"),
    ('"\ud83d"', {"target": str}, "surrogate"),
    ("01", {}, "number"),
    ("[1.]", {}, "number"),
    ("1x", {}, "number"),
    ("[tru]", {}, "word"),
    (b'["\xff', {}, "utf8"),
    (b"{}\xff", {}, "utf8"),
    ("[[", {"limits": Limits(depth=1)}, "limit"),
    ('"abcd"', {"limits": Limits(string=3)}, "limit"),
    ("1234", {"limits": Limits(number=3)}, "limit"),
    ("[1,2]", {"limits": Limits(document=3)}, "limit"),
    ("[1", {}, "incomplete"),
    ("", {}, "incomplete"),
    (b'"\xc3', {}, "incomplete"),
    ('[1, "x"]', {"target": list[int], "on_invalid": "raise"}, "invalid"),
    ('[1, "x"]', {"schema": {"items": {"type": "integer"}}, "on_invalid": "raise"}, "invalid"),
    # Lenient parsing, where it does not mend that.
    ("[x]", {"lenient": Lenient(kinds=["comment"])}, "syntax"),
    ("[tru]", {"lenient": Lenient(kinds=["comment"])}, "word"),
    ("[01]", {"lenient": Lenient(kinds=["comment"])}, "number"),
    ("{} x", {"lenient": Lenient(kinds=["comment"])}, "trailing"),
    ("nope", {"lenient": Lenient(kinds=["comment"])}, "word"),
    ("[[", {"lenient": True, "limits": Limits(depth=1)}, "limit"),
    ("[1,2]", {"lenient": True, "limits": Limits(document=3)}, "limit"),
    ("prose", {"lenient": True, "limits": Limits(document=3)}, "limit"),
    ("[1,2]", {"lenient": Lenient(documents="last"), "limits": Limits(document=3)}, "limit"),
    ('["\ud83d"]', {"lenient": True, "target": list[str]}, "surrogate"),
    (b"[\xff", {"lenient": True}, "utf8"),
    (b"prose \xff", {"lenient": True}, "utf8"),
    ("", {"lenient": True}, "incomplete"),
    ("[1", {"lenient": Lenient(kinds=["comment"])}, "incomplete"),
]


@pytest.mark.parametrize(("text", "options", "code"), CODED)
def test_codes(text: str | bytes, options: dict[str, Any], code: str) -> None:
    """One word for what is wrong: the same in every chunking, in the outcome, and after pickling."""
    outcome = check_all_chunkings(text, make=lambda: Parser(**options)).outcome
    assert not isinstance(outcome, Complete)
    error = outcome.error
    assert isinstance(error, ParseError)
    assert outcome.code == error.code == code
    assert outcome.page == error.page == f"errors.md#{code}"
    assert pickle.loads(pickle.dumps(error)).code == code


@pytest.mark.parametrize("options", [{"target": list[int]}, {"schema": {"items": {"type": "integer"}}}])
def test_the_code_of_a_verdict(options: dict[str, Any]) -> None:
    outcome = check_all_chunkings('[1, "x"]', make=lambda: Parser(**options)).outcome
    assert outcome.code == "invalid"
    outcome = check_all_chunkings("[1, 2]", make=lambda: Parser(**options)).outcome
    assert (outcome.code, outcome.page) == ("complete", "errors.md#complete")


def test_the_code_of_what_a_validator_raised() -> None:
    def interfere(value: int) -> int:
        raise KeyError(value)

    parser = Parser(list[Annotated[int, AfterValidator(interfere)]])
    with pytest.raises(KeyError):
        parser.feed("[1]")
    assert parser.end().code == "raised"


def test_all_codes_of_documents_are_known() -> None:
    found = {code for _, _, code in CODED}
    # What only a sequence of documents can lack.
    assert found | {"separator"} == set(get_args(ErrorCode))


def test_the_tree_of_errors() -> None:
    assert issubclass(IncompleteError, ParseError)
    assert issubclass(ParseError, ValueError)
    assert not issubclass(ParseError, json.JSONDecodeError)


def failed(text: str | bytes, **options: Any) -> tuple[Parser[Any], ParseError]:
    parser: Parser[Any] = Parser(**options)
    _, error = feed_all(parser, [text])
    assert error is not None
    return parser, error


def completed(events: Iterable[Event]) -> list[tuple[Path, Any]]:
    return [(event.path, event.value) for event in events if isinstance(event, Completed)]


def test_errors_survive_pickling_and_copying() -> None:
    _, error = failed('{"a": [1, "x", tru]}')
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is ParseError
        assert str(twin) == str(error)
        for name in ("code", "page", "msg", "pos", "lineno", "colno", "path", "events", "byte_pos"):
            assert getattr(twin, name) == getattr(error, name)


def test_errors_carry_what_their_chunk_completed() -> None:
    parser = Parser()
    parser.feed('{"a": 1, "b": [')
    with pytest.raises(ParseError) as caught:
        parser.feed('2, {"c": null}, "d" 3')
    assert completed(caught.value.events) == [
        (("b", 0), 2),
        (("b", 1, "c"), None),
        (("b", 1), {"c": None}),
        (("b", 2), "d"),
    ]
    assert parser.json == {"a": 1, "b": [2, {"c": None}, "d"]}


@pytest.mark.parametrize("text", ["[1, x", "1 1", '{"a" 1', '["abc\x00', b'["\xff', "[" * 600])
def test_errors_stay(text: str | bytes) -> None:
    """The same object from every later call, and nothing moves any more."""
    parser, error = failed(text)
    before = (repr(parser.json), parser.path, parser.pos, parser.done)
    good, empty = ("1", "") if isinstance(text, str) else (b"1", b"")
    for chunk in (good, empty, text):
        with pytest.raises(ParseError) as caught:
            parser.feed(chunk)
        assert caught.value is error
    for _ in range(2):
        with pytest.raises(ParseError) as caught:
            parser.close()
        assert caught.value is error
    outcome = parser.end("stop")
    assert isinstance(outcome, Failed)
    assert outcome.error is error
    assert parser.end() is outcome
    assert (repr(parser.json), parser.path, parser.pos, parser.done) == before


# Wrong use


# The mistakes that a type checker would tell are tried, too.
Untyped: Any = Parser


def parsed(text: Any, **options: Any) -> Any:
    parser = Untyped(**options)
    parser.feed(text)
    return parser


def ended(text: str | bytes) -> Any:
    parser = parsed(text)
    parser.end()
    return parser


def called_from_inside(call: Callable[[Parser[Any]], Any]) -> None:
    """Call a parser from a validator of its own."""
    target: Any = Annotated[int, AfterValidator(lambda value: call(parser))]
    parser: Parser[Any] = Parser(target)
    parser.feed("1 ")
    parser.close()


DELTA = "take the text out of the chunk (chunk.choices[0].delta.content, event.delta.text, ...), or give the provider's"
DELTA += " whole stream to partialjson.clients.read"

MISUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: Untyped(limits={"depth": 1}), TypeError, "limits is a Limits, not dict"),
    (lambda: Untyped(on_invalid="stop"), ValueError,
     "on_invalid must be 'collect', 'raise' or 'skip', not 'stop'"),
    (lambda: Parser(retain=False), ValueError,
     "retain=False keeps only what select names: give select, for instance ['$.items[*]']"),
    (lambda: Untyped(parse_float="Decimal"), TypeError,
     "parse_float is a function such as Decimal, not str"),
    (lambda: Untyped(parse_int=1), TypeError, "parse_int is a function such as Decimal, not int"),
    (lambda: Parser(int, parse_int=int), TypeError,
     "parse_float and parse_int are for documents without a target; with one, its types say what numbers become: "
     "declare the field as Decimal, or as str with coerce_numbers_to_str"),
    (lambda: parsed("[1]", parse_int=lambda text: [text]), TypeError,
     "parse_float and parse_int make values of numbers; '1' cannot become a container"),
    (lambda: Parser(predict=True), TypeError, "on_invalid and predict need a target, and this parser has none"),
    (lambda: Parser(on_invalid="skip"), TypeError, "on_invalid and predict need a target, and this parser has none"),
    (lambda: Parser(schema={}, on_invalid="skip"), TypeError,
     'on_invalid="skip" needs a type: the result of a schema is the document itself, with all its elements'),
    (lambda: Parser(int, schema={}), TypeError, "a document has one target: give a type or a schema, not both"),
    (lambda: Untyped({"type": "string"}), TypeError,
     "a target is a type; a JSON Schema is given by name: schema=..."),
    (lambda: Untyped(True), TypeError,
     "a target is a type; a JSON Schema is given by name: schema=..."),
    (lambda: parsed(None), TypeError,
     "feed takes str or bytes, not NoneType; a provider's delta may have no text: skip those"),
    (lambda: parsed(bytearray()), TypeError,
     "feed takes str or bytes, not bytearray; pass bytes(chunk)"),
    (lambda: parsed(1), TypeError, "feed takes str or bytes, not int"),
    (lambda: parsed(["1"]), TypeError, f"feed takes str or bytes, not list; {DELTA}"),
    (lambda: parsed("1").feed(b"1"), TypeError,
     "this document was fed str before and bytes now; feed only one of them"),
    (lambda: parsed(b"1").feed("1"), TypeError,
     "this document was fed bytes before and str now; feed only one of them"),
    (lambda: ended("1").feed("1"), RuntimeError,
     "feed() after the document was closed; use a new Parser for a new document"),
    (lambda: ended("1").feed_value("1"), RuntimeError,
     "feed_value() after the document was closed; use a new Parser for a new document"),
    (lambda: called_from_inside(lambda parser: parser.feed("1")), RuntimeError,
     "feed() was called from inside another call of the same parser"),
    (lambda: called_from_inside(lambda parser: parser.end()), RuntimeError,
     "end() was called from inside another call of the same parser"),
    (lambda: called_from_inside(lambda parser: parser.reopen()), RuntimeError,
     "reopen() was called from inside another call of the same parser"),
    (lambda: called_from_inside(lambda parser: parser.checkpoint()), RuntimeError,
     "checkpoint() was called from inside another call of the same parser"),
    (lambda: ended("1").reopen(), RuntimeError,
     "reopen() after the document was completed; there is nothing to go on with"),
    (lambda: failed("[x")[0].reopen(), RuntimeError,
     "reopen() after the document failed; feed the text before the error to fresh()"),
    (lambda: ended("1").checkpoint(), RuntimeError, "checkpoint() needs an open document, and this one has ended"),
    (lambda: failed("[x")[0].checkpoint(), RuntimeError,
     "checkpoint() needs an open document, and this one has ended"),
    (lambda: parsed("[", select=[], retain=False).checkpoint(), RuntimeError,
     "checkpoint() needs the whole document, and retain=False keeps only what is open"),
    (lambda: parsed("[", select=[], retain=False).seq, RuntimeError,
     "seq needs the whole document, and retain=False keeps only what is open"),
    (lambda: parsed("[", select=[], retain=False).deltas(), RuntimeError,
     "deltas() needs the whole document, and retain=False keeps only what is open"),
    (lambda: parsed("[", target=list[int], select=[], retain=False).expected(), RuntimeError,
     "expected() needs the whole document, and retain=False keeps only what is open"),
    (lambda: parsed("[").deltas("1"), TypeError,
     "since is a sequence number (Parser.seq), not str"),
    (lambda: parsed("[").deltas(True), TypeError, "since is a sequence number (Parser.seq), not bool"),
    (lambda: parsed("[").deltas(2), ValueError, "since must be between 0 and seq (1), not 2"),
    (lambda: parsed("[").deltas(-1), ValueError, "since must be between 0 and seq (1), not -1"),
    (lambda: parsed("[").status("a"), TypeError, "a path is a tuple of keys and indexes, not str: write ('a',)"),
    (lambda: parsed("[").kept_back(b"a"), TypeError,
     "a path is a tuple of keys and indexes, not bytes: write (b'a',)"),
    (lambda: parsed("[").end(1), TypeError, "a reason is a str, not int"),
    (lambda: Parser(select="$.a"), TypeError,
     "select takes a list of patterns, not one str: write select=['$.a']"),
    (lambda: Untyped(select=[b"$"]), TypeError, "a select pattern is a str, not bytes"),
    (lambda: Parser.restore([]), ValueError,
     "not a checkpoint: that is the dict that checkpoint() returned, not list"),
    (lambda: Parser.restore({"partialjson": 2}), ValueError,
     "not a checkpoint of this version of partialjson (format 1)"),
    (lambda: Parser.restore({"partialjson": 1}), ValueError, "the checkpoint is corrupt: no 'options'"),
    (lambda: Parser.restore(Parser(int).checkpoint(), str), ValueError,
     "this checkpoint was made with another target; give the same one"),
    (lambda: Parser.restore(Parser(int).checkpoint()), ValueError,
     "this checkpoint was made with a target; give the same one"),
    (lambda: Parser.restore(Parser().checkpoint(), parse_int=int), ValueError,
     "this checkpoint was made with neither parse_float nor parse_int; restore it with the same"),
    (lambda: Parser.restore(Parser(parse_int=int, parse_float=str).checkpoint(), parse_int=int), ValueError,
     "this checkpoint was made with parse_float and parse_int; restore it with the same"),
]  # fmt: skip


@pytest.mark.parametrize(("use", "kind", "message"), MISUSED, ids=[message for _, _, message in MISUSED])
def test_what_is_said_of_wrong_use(use: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        use()
    assert type(caught.value) is kind
    said = str(caught.value)
    # A compiled core checks the types of some arguments before anything else.
    checked = partialjson.compiled and re.fullmatch(r"\w+ or None object expected; got \w+", said)
    assert said == message or checked


@pytest.mark.parametrize(
    "option", [{"strict": False}, {"context": ()}, {"by_alias": True}, {"by_name": False}], ids=str
)
def test_options_of_validation_need_a_target_that_is_made_with_them(option: dict[str, Any]) -> None:
    for target, message in (
        (None, "strict, context, by_alias and by_name need a target, and this parser has none"),
        (
            Parser(int).target,
            "a Target is made with strict, context, by_alias and by_name; they cannot be changed afterwards",
        ),
    ):
        with pytest.raises(TypeError) as caught:
            Parser(target, **option)
        assert str(caught.value) == message
        Parser(target, missing=None)


def test_what_is_said_after_an_interrupt() -> None:
    def interrupt(text: str) -> int:
        raise KeyboardInterrupt

    parser: Parser[Any] = Parser(parse_int=interrupt)
    with pytest.raises(KeyboardInterrupt):
        parser.feed("[1]")
    for again in (parser.close, lambda: parser.feed("1"), parser.expected):
        with pytest.raises(RuntimeError) as caught:
            again()
        assert str(caught.value) == "an earlier call was interrupted by KeyboardInterrupt"


@pytest.mark.parametrize(
    "chunk",
    [None, 1, 1.5, True, bytearray(b"1"), memoryview(b"1"), ["1"], ("1",), {"a": 1}, object(), array.array("B", b"1")],
    ids=lambda chunk: type(chunk).__name__,
)
def test_other_chunks_than_str_and_bytes(chunk: Any) -> None:
    """Refused by name, in both builds alike; the document goes on where it was."""
    parser = Parser()
    parser.feed("[1,")
    for _ in range(2):
        with pytest.raises(TypeError) as caught:
            parser.feed(chunk)
        assert "str" in str(caught.value)
        assert "bytes" in str(caught.value)
        assert type(chunk).__name__ in str(caught.value)
    assert len(parser.feed("2]")) == 2
    assert parser.close() == [1, 2]


@pytest.mark.parametrize(("first", "second", "rest"), [("[1,", b"2]", "3]"), (b"[1,", "2]", b"3]")])
def test_str_and_bytes_mixed(first: Any, second: Any, rest: Any) -> None:
    parser = Parser()
    parser.feed(first)
    with pytest.raises(TypeError) as caught:
        parser.feed(second)
    assert "str" in str(caught.value)
    assert "bytes" in str(caught.value)
    parser.feed(rest)
    assert parser.close() == [1, 3]


@pytest.mark.parametrize("empty", ["", b""])
@pytest.mark.parametrize("text", ["[1]", b"[1]"])
def test_an_empty_chunk_says_nothing(empty: Any, text: Any) -> None:
    """Not even whether the document is fed in str or in bytes."""
    parser = Parser()
    assert parser.feed(empty) == ()
    assert len(parser.feed(text)) == 2
    assert parser.close() == [1]


@pytest.mark.parametrize("text", ["[1]", "12", "[1", ""])
@pytest.mark.parametrize("last", ["close", "end"])
def test_feeding_after_the_end(text: str, last: str) -> None:
    parser = Parser()
    parser.feed(text)
    if last == "end":
        parser.end()
    else:
        try:
            parser.close()
        except IncompleteError:
            assert text in ("[1", "")
    before = repr(parser.json)
    for chunk in ("1", "", " "):
        with pytest.raises(RuntimeError):
            parser.feed(chunk)
    assert repr(parser.json) == before


def test_close_gives_the_same_again() -> None:
    parser = Parser()
    parser.feed("[1]")
    value = parser.close()
    assert value == [1]
    assert parser.close() is value
    assert parser.end() == Complete([1])
    parser = Parser()
    parser.feed("[1")
    with pytest.raises(IncompleteError) as first:
        parser.close()
    with pytest.raises(IncompleteError) as second:
        parser.close()
    assert first.value is second.value
    outcome = parser.end()
    assert isinstance(outcome, Truncated)
    assert outcome.error is first.value


@pytest.mark.parametrize("path", ["a", b"a", None, 1])
def test_a_path_is_a_tuple(path: Any) -> None:
    parser = Parser()
    parser.feed('{"a": 1}')
    with pytest.raises(TypeError):
        parser.status(path)
    assert parser.status(("a",)) == "complete"


def test_paths_that_look_alike() -> None:
    parser = Parser()
    parser.feed('{"0": [1, 2], "a": [')
    for path in ((0,), ("0", "0"), ("0", -1), ("0", 2), ("0", 0, 0), ("a", 0)):
        assert parser.status(path) == "missing", path
    assert parser.status(("0", 1)) == "complete"
    assert parser.status(("a",)) == parser.status(()) == "partial"


@pytest.mark.parametrize("name", ["depth", "string", "number", "document"])
def test_limits_are_checked(name: str) -> None:
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=name):
            Limits(**{name: wrong})
    for odd in ("9", 1.5, True):
        with pytest.raises(TypeError, match=name):
            Limits(**{name: odd})  # type: ignore[arg-type]


# Limits

# The limits, the text, and the first character too many.
LIMITED: list[tuple[Limits, str, int, Path]] = [
    (Limits(depth=1), "[[", 1, (0,)),
    (Limits(depth=1), '{"a": {', 6, ("a",)),
    (Limits(depth=2), '[{}, {"a": [', 11, (1, "a")),
    (Limits(depth=3), "[[[]],[[[1", 8, (1, 0, 0)),
    (Limits(string=3), '"abcd"', 4, ()),
    (Limits(string=3), '["abc", "abcd', 12, (1,)),
    (Limits(string=3), '{"abcd', 5, ()),
    (Limits(string=3), '{"a": {"abcd": 1}}', 11, ("a",)),
    (Limits(string=100), '"' + "a" * 101 + '"', 101, ()),
    (Limits(string=100), '{"' + "a" * 300 + '"', 102, ()),
    (Limits(number=3), "1234", 3, ()),
    (Limits(number=3), "[123, -123]", 9, (1,)),
    (Limits(number=3), "[1.5, 1.55]", 9, (1,)),
    (Limits(number=3), "[1e5, 1e55]", 9, (1,)),
    (Limits(document=3), "[1,2", 3, (1,)),
    (Limits(document=3), "[1]  ", 3, ()),
    (Limits(document=3), "    ", 3, ()),
    (Limits(document=6), '{"aéb":1', 6, ()),
    (Limits(document=4), '["😀😀😀', 4, (0,)),
    (Limits(), "[" * 513, 512, (0,) * 512),
    (Limits(), "[" + "1" * 4301, 4301, (0,)),
    (Limits(), "-" + "1" * 4300, 4300, ()),
]


@pytest.mark.parametrize(("limits", "text", "pos", "path"), LIMITED)
def test_limits(limits: Limits, text: str, pos: int, path: Path) -> None:
    seen = check_all_chunkings(
        text, make=lambda: Parser(limits=limits), single_splits_up_to=100, states_up_to=100, partitions=3
    )
    error = seen.error
    assert error is not None
    assert type(error) is ParseError
    assert (error.pos, error.path) == (pos, path)
    assert "limit" in error.msg
    # One character less is within the limit.
    assert feed_all(Parser(limits=limits), [text[:pos]])[1] is None


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ('"ab\\nd', 3, 5),
        ('"ab\\u0041d', 3, 9),
        ('"ab\\ud83d\\ude00d', 3, 15),
        ('"\\n\\n\\n"', 5, 6),
        ('{"\\n\\n\\n":', 6, 7),
        ('"a\\u0041\\ud83d\\ude00"' + " " * 100, 8, 19),
        ('"\\n' + "a" * 100 + '"' + " " * 100, 4, 4),
    ],
)
def test_a_string_with_escapes_is_limited_by_what_it_says(text: str, earliest: int, latest: int) -> None:
    """The limit counts decoded characters; the error lies in the character that is one too many, or just behind it."""
    seen = check_all_chunkings(text, make=lambda: Parser(limits=Limits(string=2)))
    assert seen.error is not None
    assert earliest <= seen.error.pos <= latest
    assert check_all_chunkings(text, make=lambda: Parser(limits=Limits(string=500))).error is None


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        (Limits(depth=2), "[[], {}, []]"),
        (Limits(string=3), '{"abc": "\\u0041\\n\\ud83d\\ude00", "": ""}'),
        (Limits(number=4), "[1234, -123, 1e-5, 0.12]"),
        (Limits(document=6), "[1, 2]"),
        (Limits(document=4), '"éé"'),
        (Limits(), "[" * 512 + "]" * 512),
        (Limits(), "[" + "1" * 4300 + "]"),
    ],
)
def test_within_the_limits(limits: Limits, text: str) -> None:
    seen = check_all_chunkings(
        text, make=lambda: Parser(limits=limits, select=["$"]), single_splits_up_to=60, states_up_to=60, partitions=1
    )
    assert isinstance(seen.outcome, Complete)
    assert repr(seen.outcome.value) == repr(json.loads(text))


# UTF-8

BAD_BYTES: list[tuple[bytes, int, int, Path]] = [
    (b"\xff", 0, 0, ()),
    (b"[\x80", 1, 1, (0,)),
    (b'["\xff', 2, 2, (0,)),
    (b'["\xe9"]', 2, 2, (0,)),
    (b'["\xc3("]', 2, 2, (0,)),
    (b'["\xe2\x82("]', 2, 2, (0,)),
    (b'["\xf0\x9f\x98"]', 2, 2, (0,)),
    (b'["\xc0\xaf"]', 2, 2, (0,)),
    (b'["\xed\xa0\x80"]', 2, 2, (0,)),
    (b'["\xf4\x90\x80\x80"]', 2, 2, (0,)),
    (b'["\xf8\x88\x80\x80\x80"]', 2, 2, (0,)),
    ('["é€😀'.encode() + b"\xff", 5, 11, (0,)),
    ('{"é":\n"x'.encode() + b"\x80", 8, 9, ("é",)),
    (b'{"a\xff', 3, 3, ()),
    (b'{"a"\xff', 4, 4, ()),
    (b"[1\xff", 2, 2, (0,)),
    (b"[1 \xff", 3, 3, ()),
    (b"{}\xff", 2, 2, ()),
    (b"\xef\xbbx", 0, 0, ()),
    (b"\xef\xbb\xbf[\xff", 1, 1, (0,)),
    (b"\xff\xfe[\x00]\x00", 0, 0, ()),
    (b"\xfe\xff\x00[\x00]", 0, 0, ()),
    (b'["\\\xff', 3, 3, (0,)),
    (b'["\\ud83d\xff', 8, 8, (0,)),
    # Of two mistakes the earlier one
    (b"[x\xff", 1, 1, (0,)),
    (b"[\xffx", 1, 1, (0,)),
    (b'["\x01\xff', 2, 2, (0,)),
    (b"01\xff", 1, 1, ()),
    (b"[}" + b"\xc3\xa9" * 50 + b"\xff", 1, 1, (0,)),
]


@pytest.mark.parametrize(("data", "pos", "byte_pos", "path"), BAD_BYTES)
def test_bytes_that_are_no_utf8(data: bytes, pos: int, byte_pos: int, path: Path) -> None:
    seen = check_all_chunkings(data)
    error = seen.error
    assert error is not None
    assert type(error) is ParseError
    assert (error.pos, error.byte_pos, error.path) == (pos, byte_pos, path)
    assert place_of(error) == predict_bytes(data).error
    assert error.msg


def test_what_stands_before_a_bad_byte_is_parsed_first() -> None:
    parser = Parser()
    with pytest.raises(ParseError) as caught:
        parser.feed(b'["a", 1, "b\xffc"]')
    assert completed(caught.value.events) == [((0,), "a"), ((1,), 1)]
    assert parser.json == ["a", 1, "b"]


@pytest.mark.parametrize("data", [b'["\xe2\x82', b"\xc3", b'{"a\xf0\x9f\x98', b"[1\xe2"])
def test_bytes_that_end_inside_a_character(data: bytes) -> None:
    seen = check_all_chunkings(data)
    outcome = seen.outcome
    assert isinstance(outcome, Truncated)
    assert place_of(outcome.error) == predict_bytes(data).ending.error


@pytest.mark.parametrize(
    "text", ['["é😀\\u00e9", -1.5e3, null, {"é\\ud83d\\ude00": true}!', '"😀\\n é", ', "  [true, x"]
)
def test_positions_after_a_cut_document_was_reopened(text: str) -> None:
    """What the cut left of a token is dropped and comes again; so do the bytes of a character that was cut."""
    data = text.encode()
    _, wanted = failed(data)
    for cut in range(wanted.byte_pos or 0):
        parser: Parser[Any] = Parser()
        parser.feed(data[:cut])
        parser.end("length")
        before = parser.pos
        assert parser.reopen() == before - parser.pos
        with pytest.raises(ParseError) as caught:
            parser.feed(text[parser.pos :].encode())
        assert error_key(caught.value) == error_key(wanted), cut


@pytest.mark.parametrize("data", [b"{}\xe2", b"[1]\n\xf0\x9f", b"1 \xc3", b"1\xc3"])
def test_half_a_character_after_the_end_is_not_complete(data: bytes) -> None:
    """Nothing that could follow makes it right, so `Complete` would be a lie."""
    seen = check_all_chunkings(data)
    assert isinstance(seen.outcome, (Failed, Truncated))
    assert isinstance(seen.outcome.error, ParseError)


# Byte order marks

BOM = b"\xef\xbb\xbf"


def test_one_byte_order_mark_is_dropped() -> None:
    seen = check_all_chunkings(BOM + b' {"a": 1}')
    assert isinstance(seen.outcome, Complete)
    assert seen.outcome.value == {"a": 1}
    assert seen.pos == 9


@pytest.mark.parametrize("data", [BOM, BOM[:2], BOM[:1], b""])
def test_nothing_but_a_byte_order_mark(data: bytes) -> None:
    outcome = check_all_chunkings(data).outcome
    assert isinstance(outcome, Truncated)
    assert outcome.json is MISSING
    assert isinstance(outcome.error, IncompleteError)
    assert outcome.error.pos == 0


@pytest.mark.parametrize(
    ("data", "pos"), [(BOM + BOM + b"1", 0), (b" " + BOM + b"1", 1), (b"[" + BOM, 1), (b"1 " + BOM, 2)]
)
def test_a_byte_order_mark_elsewhere_is_a_character(data: bytes, pos: int) -> None:
    error = check_all_chunkings(data).error
    assert error is not None
    assert error.pos == pos


def test_a_byte_order_mark_in_a_string_stays() -> None:
    outcome = check_all_chunkings(BOM + b'"' + BOM + b'"').outcome
    assert isinstance(outcome, Complete)
    assert outcome.value == "\ufeff"


def test_positions_count_from_behind_the_byte_order_mark() -> None:
    error = check_all_chunkings(BOM + '["é", x'.encode()).error
    assert error is not None
    assert (error.pos, error.byte_pos, error.lineno, error.colno) == (6, 7, 1, 7)


# Outcomes


@given(
    st.one_of(strategies.documents(), strategies.damaged(labels=NOISE), st.text()),
    st.sampled_from((None, "stop", "length")),
)
def test_end_never_raises(text: str, reason: str | None) -> None:
    parser = Parser()
    _, error = feed_all(parser, [text])
    outcome = parser.end(reason)
    assert outcome.reason == reason
    if error is not None:
        assert isinstance(outcome, Failed)
        assert outcome.error is error
    elif parser.done:
        assert isinstance(outcome, Complete)
        assert outcome.value is parser.json
    else:
        assert isinstance(outcome, Truncated)
    assert parser.end("another") is outcome or parser.end("another") == outcome


def test_the_three_endings() -> None:
    def end(text: str) -> Any:
        parser = Parser()
        feed_all(parser, [text])
        return parser.end()

    assert end('{"a": [1, 2], "b": "x"}') == Complete({"a": [1, 2], "b": "x"})
    cut = end('{"a": [1, 2], "b": {"c": [null, "x"], "d": [true, {"e": 1')
    assert isinstance(cut, Truncated)
    assert cut.path == ("b", "d", 1, "e")
    assert cut.json == cut.value == {"a": [1, 2], "b": {"c": [None, "x"], "d": [True, {}]}}
    assert cut.complete == (("a",), ("b", "c"), ("b", "d", 0))
    wrong = end('{"a": [1, 2], "b": oops')
    assert isinstance(wrong, Failed)
    assert wrong.json == wrong.value == {"a": [1, 2]}
    assert isinstance(wrong.error, ParseError)
    assert place_of(wrong.error) == Mistake(19, 1, 20, ("b",))
    assert [event.path for event in wrong.events] == [("a", 0), ("a", 1), ("a",)]


def test_a_number_at_the_root_comes_with_the_end() -> None:
    parser = Parser()
    assert parser.feed("12") == ()
    assert parser.feed("3") == ()
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.value == 123
    assert completed(outcome.events) == [((), 123)]


# Where json.loads, RFC 8259 and this parser differ: law 5 is a table here.


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}'])
def test_constants_of_json_loads_are_refused(text: str) -> None:
    json.loads(text)
    assert check_all_chunkings(text).error is not None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_other_encodings_of_json_loads_are_refused(encoding: str) -> None:
    data = '{"a": "é"}'.encode(encoding)
    assert json.loads(data) == {"a": "é"}
    assert isinstance(check_all_chunkings(data).outcome, Failed)


def test_encoded_surrogates_of_json_loads_are_refused() -> None:
    data = b'"\xed\xa0\x80"'
    assert json.loads(data) == "\ud800"
    assert isinstance(check_all_chunkings(data).outcome, Failed)


def test_surrogates_in_a_str_are_characters() -> None:
    text = '["\ud800", "\udc00\ud83d\ude00", "\\ud83d\ude00"]'
    outcome = check_all_chunkings(text).outcome
    assert isinstance(outcome, Complete)
    assert repr(outcome.value) == repr(json.loads(text))


def test_texts_of_the_corpus_that_must_be_refused() -> None:
    file = corpus_folder("lenient") / "strict_reject_cases.json"
    cases = json.loads(file.read_bytes())
    assert cases
    for case in cases:
        outcome = check_all_chunkings(case["input"]).outcome
        assert not isinstance(outcome, Complete), case["name"]


# Paths that a caller gives.


def _asking() -> list[Any]:
    """Everything that takes a path."""
    parser: Parser[Any] = Parser(list[int])
    parser.feed("[1, 2]")
    message = MessageParser("openai-chat", output=list[int])
    message.feed({"choices": [{"delta": {"content": "[1, 2"}}]})
    return [parser.status, parser.kept_back, parser.end().provenance, message.output.status, path_of]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (5, r"a path is a tuple of keys and indexes, not int: write \(5,\)$"),
        ("a", r"a path is a tuple of keys and indexes, not str: write \('a',\)$"),
        (b"a", "a path is a tuple of keys and indexes, not bytes"),
        (None, r"a path is a tuple of keys and indexes, not NoneType: write \(\) for the root$"),
        ({"a": 1}, "a path is a tuple of keys and indexes, not dict$"),
        (("a", None), r"a path has keys \(str\) and indexes \(int\) in it, not NoneType"),
        ((1.0,), "in it, not float"),
        (("a", True), "in it, not bool"),
        ((("a",),), "in it, not tuple"),
    ],
    ids=repr,
)
def test_a_path_is_a_list_or_tuple_of_keys_and_indexes(wrong: Any, says: str) -> None:
    for ask in _asking():
        with pytest.raises(TypeError, match=says):
            ask(wrong)


def test_a_path_may_be_a_list() -> None:
    parser: Parser[Any] = Parser()
    parser.feed('{"a": [1, ')
    asked: list[Sequence[str | int]] = [["a", 0], ("a", 0), ["a"], (), ["b"]]
    assert [parser.status(path) for path in asked] == ["complete", "complete", "partial", "partial", "missing"]
    assert path_of(["a", 0]) == ("a", 0)
