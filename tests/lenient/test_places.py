"""Lines, columns and byte offsets in lenient parsing: those of the source, whatever was mended before."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import InvalidError, Lenient, Limits, ParseError, Parser, RepairKind, Violation
from partialjson._core.refcounts import COMPILED
from partialjson.testing.laws import feed
from partialjson.testing.makers import Maker

# Several lines, with characters of several bytes, in which every kind of repair is needed.
TEXTS = (
    "{\n 'é': 1,\n\n 'ü' = [1, x y\n, .5],\n c: \"😀\"}",
    '[\n"é",\n  "a "b" c",\n"d" + "e",\n /* ü\n */ True,, 1 2]',
    '{"a":\n\n {"é": [1, 2},\n "b": "c\nd"}\n, "e" 1 ü "f": \\\n}',
    'f(\n[(1,\n \'é\'), ""x"", ...\n, \xa0 2\n], 3)',
    '{{"é":\n 1}, [1,\n 2], "b": }',
    '[{"a": 1, {"é":\n 2}]',
    '{\\"é\\":\n\\"x\\",\n\\"y\\": 1]}',
    '```json\n{"é": 1,\n "b": [tru, "a\\q\n"]}\n```',
    '\n["é", "a,\n"b"]\n]',
    "so\né, and so\non",
    '{"a": "😀\n\n", \'b\': [\n"é\', "c": 1}',
)
PLAIN = Lenient().without("text around")
TARGETS = (None, list[Any] | dict[str, Any] | str)


def check_place(text: str, error: Any) -> None:
    before = text[: error.pos]
    assert (error.lineno, error.colno) == (before.count("\n") + 1, len(before) - before.rfind("\n")), error
    assert error.byte_pos in (None, len(before.encode())), error


def errors_of(data: str | bytes, make: Maker) -> set[tuple[str, int]]:
    """The errors of a text in several chunkings: the message, and where it is."""
    text = data if isinstance(data, str) else data.decode()
    found = set()
    for size in (1, 2, 5, len(data)):
        parser = make()
        error: Any = None
        for at in range(0, len(data), size):
            _, error = feed(parser, data[at : at + size])
            if error is not None:
                break
        error = error or getattr(parser.end(), "error", None)
        if isinstance(error, ParseError):
            check_place(text, error)
            assert isinstance(data, str) == (error.byte_pos is None)
        found.add((str(error), getattr(error, "pos", -1)))
    return found


@pytest.mark.parametrize("target", TARGETS, ids=["any", "target"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_place_of_a_repair_that_is_not_wanted(text: str, target: Any) -> None:
    parser: Parser[Any] = Parser(lenient=PLAIN)
    feed(parser, text)
    kinds = dict.fromkeys(repair.kind for repair in parser.end().repairs)
    assert kinds
    for kind in kinds:
        make = Maker(target, lenient=PLAIN.without(kind))
        found = errors_of(text, make)
        assert found == errors_of(text.encode(), make)
        assert len(found) == 1, (kind, found)


@pytest.mark.parametrize("target", TARGETS, ids=["any", "target"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_place_of_text_after_the_document(text: str, target: Any) -> None:
    closed = f"[{text}\n]" if text[0] != "\n" else text
    for after in ("x", "\n\n é", " \n[1]"):
        make = Maker(target, lenient=PLAIN)
        errors_of(closed + after, make)
        errors_of((closed + after).encode(), make)


@pytest.mark.parametrize("text", TEXTS)
def test_the_place_where_a_limit_is_passed(text: str) -> None:
    for limit in range(1, len(text)):
        make = Maker(lenient=PLAIN, limits=Limits(document=limit))
        ((message, pos),) = errors_of(text, make)
        assert pos == limit or "longer than the limit" not in message
        assert len(errors_of(text.encode(), make)) == 1


class Item(BaseModel):
    name: str
    size: int = 0


# Ways to write an item, in one line or several; what is wrong stands at BAD.
ITEMS = (
    '{"name": "é", "size": BAD},\n',
    "{name: 'é', size: BAD,},\n",
    "{'name': 'é' // ü\n 'size' = BAD}\n",
    '{"name": "a "é" c",\n\n "size": BAD}, ',
    "({name: so much ü\n, size: BAD}),\n",
)


@pytest.mark.parametrize("first", ["[", "/* é\n */ [\n"])
@pytest.mark.parametrize("number", range(len(ITEMS)))
def test_the_place_of_a_value_that_does_not_fit(first: str, number: int) -> None:
    for before in ITEMS:
        text = first + (before * 3).replace("BAD", "7") + ITEMS[number].replace("BAD", '["😀"]') + '{"name": "b"}]'
        at = text.index('["😀"]')
        lenient = Lenient(coerce="syntax").without("text around")
        for data in (text, text.encode()):
            for size in (1, 7, len(data)):
                parser: Parser[Any] = Parser(list[Item], lenient=lenient)
                raising: Parser[Any] = Parser(list[Item], lenient=lenient, on_invalid="raise")
                told: list[Any] = []
                error: Any = None
                for start in range(0, len(data), size):
                    told += feed(parser, data[start : start + size])[0]
                    error = error or feed(raising, data[start : start + size])[1]
                (violation,) = [event for event in told if isinstance(event, Violation)]
                assert violation.pos == at
                assert isinstance(error, InvalidError)
                assert error.pos == at
                check_place(text, error)


@pytest.mark.parametrize("text", TEXTS)
def test_repairs_stand_in_the_text(text: str) -> None:
    """In order of their ends, but where the end of the text shows what was left out."""
    parser: Parser[Any] = Parser(lenient=PLAIN)
    for character in text:
        feed(parser, character)
    outcome = parser.end()
    for repair in outcome.repairs:
        assert 0 <= repair.start <= repair.end <= len(text)
        if repair.kind is RepairKind.BLANK:
            assert text[repair.start : repair.end].strip("\xa0") == ""


@pytest.mark.parametrize("text", TEXTS)
def test_places_in_the_compiled_core(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts lines and bytes of short texts in loops of its own; they are tried interpreted, too."""
    if not COMPILED:
        for name in ("certain", "scribe", "tokens", "valid"):
            monkeypatch.setattr(f"partialjson._core.{name}.COMPILED", True)
    for target in TARGETS:
        test_the_place_of_a_repair_that_is_not_wanted(text, target)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_left_where_a_repair_is_not_wanted(text: str) -> None:
    """The rest of the document is read strictly, and what follows it is left, however it is cut."""
    parser: Parser[Any] = Parser(lenient=PLAIN)
    feed(parser, text)
    for kind in (*dict.fromkeys(repair.kind for repair in parser.end().repairs), None):
        make = Maker(lenient=PLAIN if kind is None else PLAIN.without(kind))
        for after in ("", "12 \n 3", " \n é[2]"):
            whole = f"{text}{after}"
            found = {_left(make, whole, size) for size in (1, 2, 5, len(whole))}
            assert len(found) == 1, (kind, found)


def _left(make: Maker, text: str, size: int) -> tuple[str, str]:
    """What ``feed_value`` leaves of a text, and the error; white space after the document belongs to it."""
    parser: Any = make()
    for at in range(0, len(text), size):
        piece = text[at : at + size]
        try:
            _, used = parser.feed_value(piece)
        except ParseError as error:
            check_place(text, error)
            return "", str(error)
        if parser.done:
            return text[at + used :].lstrip(" \n"), ""
        assert used == len(piece)
    return "", ""


@pytest.mark.parametrize("after", [" so", "\n\né[2]", " 3", "\t{}"])
def test_what_is_left_after_a_number(after: str) -> None:
    """It is over at the first character that is none of it, also where that begins a chunk."""
    for kinds in (Lenient([]), Lenient(["comment"])):
        found = {_left(Maker(lenient=kinds), f"\n 12{after}", size) for size in (1, 2, 3, 4, 20)}
        assert found == {(after.strip(), "")}
