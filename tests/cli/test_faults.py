"""What ``watch`` says of values that do not fit: each reason once, at the place where it lies."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from partialjson import Parser
from partialjson.cli.board import Board
from partialjson.testing.chunking import chunkings_of


class A(BaseModel):
    kind: Literal["a"]
    n: int = Field(ge=1)


class B(BaseModel):
    kind: Literal["b"]
    s: str


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sku: str
    qty: int = Field(ge=1)


def odd(lines: list[Line]) -> list[Line]:
    if len(lines) % 2:
        return lines
    raise ValueError("their number is even")


class Box(BaseModel):
    lines: Annotated[list[Line], AfterValidator(odd)] = []
    either: A | B | None = None
    tagged: Annotated[A | B, Field(discriminator="kind")] | None = None
    table: dict[str, int] = {}


class Order(BaseModel):
    box: Box
    note: str = ""


SCHEMA = {
    "properties": {
        "box": {
            "required": ["z"],
            "properties": {"lines": {"items": {"properties": {"qty": {"not": {"const": 0}}}}, "maxItems": 1}},
        }
    }
}

GREATER = "Input should be greater than or equal to 1"

SAID: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    (
        '{"box": {"lines": [{"sku": "a", "qty": 0}, {"sku": "b", "qty": 1}, {"sku": "c", "qty": -1}]}}',
        {"target": Order},
        [("/box/lines/0/qty", GREATER), ("/box/lines/2/qty", GREATER)],
    ),
    (
        '{"box": {"lines": [{"sku": "a", "qty": 1}, {"sku": "b", "qty": 1}]}}',
        {"target": Order},
        [("/box/lines", "Value error, their number is even")],
    ),
    # What is wrong with an object lies at a key that it lacks, or must not have.
    (
        '{"box": {"lines": [{"sku": "a", "qty": 0, "x": 1}]}, "note": 1}',
        {"target": Order},
        [
            ("/box/lines/0/qty", GREATER),
            ("/box/lines/0", "x: Extra inputs are not permitted"),
            ("/note", "Input should be a valid string"),
        ],
    ),
    ('{"box": {"lines": [{"sku": "a"}]}}', {"target": Order}, [("/box/lines/0", "qty: Field required")]),
    ("{}", {"target": Order}, [("", "box: Field required")]),
    ('{"box": {"table": {"a": "x"}}}', {"target": Order}, [("/box/table/a", "Input should be a valid integer*")]),
    # A branch of a union stands in the locations, and not in the document.
    (
        '{"box": {"either": {"kind": "a", "n": 0}, "tagged": {"kind": "a", "n": 0}}}',
        {"target": Order},
        [("/box/either", f"A.n: {GREATER}; *"), ("/box/tagged/n", GREATER)],
    ),
    # A key that comes again brings a new value, with faults of its own.
    (
        '{"box": {"table": {"a": []}, "table": {"a": {}}}, "note": 1, "note": []}',
        {"target": Order},
        [
            ("/box/table/a", "Input should be a valid integer"),
            ("/box/table/a", "Input should be a valid integer"),
            ("/note", "Input should be a valid string"),
            ("/note", "Input should be a valid string"),
        ],
    ),
    (
        '{"box": {"lines": [{"qty": 0}, {"qty": 1}]}}',
        {"schema": SCHEMA},
        [
            ("/box/lines/0/qty", "0 should not be valid under {'const': 0}"),
            ("/box/lines", "[[]{'qty': 0}, {'qty': 1}[]] is too long"),
            ("/box", "'z' is a required property"),
        ],
    ),
]


def said(chunks: list[str], options: dict[str, Any]) -> list[tuple[str, str]]:
    parser: Parser[Any] = Parser(**options)
    board = Board("x", "json", lambda: 0.0)
    sheet = board.add_sheet("", parser, None)  # type: ignore[arg-type]
    for chunk in chunks:
        board.record(sheet, parser.feed(chunk))
    board.record(sheet, parser.end().events)
    return [
        ("".join(f"/{key}" for key in entry.event.path), entry.note)
        for entry in board.latest
        if type(entry.event).__name__ == "Invalid"
    ]


@pytest.mark.parametrize(("text", "options", "expected"), SAID)
def test_each_reason_is_said_once(text: str, options: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = said([text], options)
    assert [path for path, _ in found] == [path for path, _ in expected]
    for (_, note), (_, pattern) in zip(found, expected, strict=True):
        assert fnmatchcase(note, pattern), note
    for _, chunks in chunkings_of(text, single_splits_up_to=30, partitions=2, seed=0):
        assert said(chunks, options) == found


def test_what_is_kept_does_not_grow_with_what_was_said() -> None:
    """Once a list has been reported, the elements in it are forgotten."""
    parser: Parser[Any] = Parser(list[list[int]])
    board = Board("x", "json", lambda: 0.0)
    sheet = board.add_sheet("", parser, None)  # type: ignore[arg-type]
    board.record(sheet, parser.feed('[["a", "b"], ["c", "d"], ["e"'))
    root = sheet.faults._root
    assert {key: set(each.inside) for key, each in root.inside.items()} == {0: set(), 1: set(), 2: {0}}
    board.record(sheet, parser.feed("]]"))
    assert root.is_said
    assert not root.inside
