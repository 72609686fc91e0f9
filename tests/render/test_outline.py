"""The outline of a document: which rows it has, what folds where there is no room for all, and what that costs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from partialjson import Parser
from partialjson._pointers import pointer_of
from partialjson.broadcast import DocumentState
from partialjson.errors import json_path
from partialjson.render.form import UNKNOWN, Placeholder, form, placeholder_of
from partialjson.render.html import to_html
from partialjson.render.outline import Row, outline
from partialjson.render.places import Document, Path, Place, StateDocument
from partialjson.render.sources import document_of, placeholder_for
from partialjson.render.text import plural, printable, show
from support.drawn import CASES, Case, cuts_of, documents_to_draw, rows_of_html, steps_of, typed_cases
from support.feeding import fed

SIGNS = {"missing": "-", "partial": "~", "complete": "+", "invalid": "!", "violation": "!", "truncated": "%"}


class Item(BaseModel):
    sku: str
    quantity: int


class Order(BaseModel):
    customer: str
    items: list[Item]
    note: str | None = None


class Team(BaseModel):
    name: str
    members: list[str]


class Company(BaseModel):
    teams: list[Team]


def rows(text: str, target: Any = None, height: int = 100, tables: bool = True) -> list[str]:
    parser = fed(target, text)
    return [shown(row) for row in outline(document_of(parser), placeholder_of(target), height, tables)]


def shown(row: Row) -> str:
    value = f'"{row.text}' if row.text is not None else row.value
    if row.columns:
        value = f"({', '.join(row.columns)})"
    if row.cells:
        value = " | ".join(SIGNS[cell.status] + (cell.value if cell.text is None else cell.text) for cell in row.cells)
    note = f" ({row.note})" if row.note else ""
    return f"{'  ' * row.depth}{SIGNS[row.status]} {row.name}: {value}{note}".rstrip(": ")


def test_fields_are_absent_from_the_start() -> None:
    assert rows("", Order) == ["- customer: text", "- items: list of Item", "- note: text, optional"]
    assert rows('{"customer": "A', Order)[0] == '~ customer: "A'


def test_an_outline_with_room_shows_everything() -> None:
    assert rows('{"teams": [{"name": "x", "members": ["a", "b"]}, {"name": "y', Company) == [
        "~ teams: 2 items",
        "  + [0]",
        '    + name: "x"',
        "    + members: 2 items",
        '      + [0]: "a"',
        '      + [1]: "b"',
        "  ~ [1]",
        '    ~ name: "y',
        "    - members: list of text",
    ]


def test_a_list_of_flat_objects_is_a_table() -> None:
    text = '{"customer": "A", "items": [{"sku": "x", "quantity": 1}, {"sku": "y'
    assert rows(text, Order) == [
        '+ customer: "A"',
        "~ items: (sku, quantity)",
        "  + [0]: +x | +1",
        "  ~ [1]: ~y | -integer",
        "- note: text, optional",
    ]
    assert rows(text, Order, tables=False)[2:5] == ["  + [0]", '    + sku: "x"', "    + quantity: 1"]
    # Without a target, the elements that are shown say which columns there are.
    assert rows('[{"a": 1}, {"b": "two", "a": 2}, {"c": nul') == [
        "~ : (a, b)",
        "+ [0]: +1",
        "+ [1]: +two | +2",
        "~ [2]",
    ]
    # An element that is no row of a table has its own rows between them.
    assert rows('[{"a": 1}, {"a": [2]}, {"a": 3}]') == [
        "+ : (a)",
        "+ [0]: +1",
        "+ [1]",
        "  + a: 1 item",
        "    + [0]: 2",
        "+ [2]: +3",
    ]
    wide = [{f"k{number}": number for number in range(9)}]
    assert rows(json.dumps(wide))[:2] == ["+ [0]", "  + k0: 0"]


def test_a_mark_in_a_table_has_a_row_of_its_own() -> None:
    parser = Parser(Order)
    state = DocumentState(parser)
    for char in '{"items": [{"sku": "x", "quantity": "many"}, {"sku':
        state.note(parser.feed(char))
    found = outline(document_of(state), placeholder_for(parser), 20)
    assert [shown(row) for row in found[1:5]] == [
        "~ items: (sku, quantity)",
        "  ! [0]: +x | !many (something inside does not fit)",
        '    ! quantity: "many" (Input should be a valid integer, unable to parse string as an integer)',
        "  ~ [1]: -text | -integer",
    ]


def test_an_outline_folds_what_is_closed_before_what_is_open() -> None:
    text = '{"customer": "A", "items": [{"sku": "x", "quantity": 1}, {"sku": "y'
    assert rows(text, Order, 7, tables=False)[2] == '  + [0]: sku: "x", quantity: 1'
    assert rows(text, Order, 5, tables=False) == [
        '+ customer: "A"', "~ items[1]", '  ~ sku: "y', "  - quantity: integer", "- note: text, optional",
    ]  # fmt: skip
    for height in range(1, 12):
        found = rows(text, Order, height, tables=False)
        assert len(found) <= height
        assert any(line.strip().startswith('~ sku: "y') for line in found)
        found = rows(text, Order, height)
        assert len(found) <= height
        assert any(line.strip().startswith("~ [1]: ~y") for line in found)


def test_free_keys_and_unknown_documents() -> None:
    assert rows('{"b": 1, "a": [true, {"c": "d') == [
        "+ b: 1",
        "~ a: 2 items",
        "  + [0]: true",
        "  ~ [1]",
        '    ~ c: "d',
    ]
    assert rows('"half a') == ['~ : "half a']
    assert rows("") == []
    assert rows("[]") == ["+ : [0 items]"]
    assert rows('{"extra": 1, "customer": "A"', Order)[0] == '+ customer: "A"'
    assert rows('{"extra": 1, "customer": "A"', Order)[-1] == "+ extra: 1"
    many = "{" + ", ".join(f'"k{number}": {number}' for number in range(50)) + ', "last": "x'
    assert rows(many, None, 6)[0] == "+ 46 fields"
    assert rows(many, None, 6)[-1] == '~ last: "x'


def test_what_does_not_come_into_a_closed_object_is_not_given() -> None:
    assert rows('{"customer": "A", "items": []}', Order)[-1] == "- note: not given"
    assert rows('{"customer": "A", "items": []', Order)[-1] == "- note: text, optional"


class Counting(StateDocument):
    """Counts how often it is asked."""

    asked = 0

    def status(self, path: Path) -> str:
        self.asked += 1
        return super().status(path)

    def closed(self, path: Path) -> bool:
        self.asked += 1
        return super().closed(path)


@pytest.mark.parametrize("element", ['{"a": {"b": [1, 2]}}', '{"a": 1}'])
def test_an_outline_costs_what_it_shows(element: str) -> None:
    """However large the document is."""
    asked = []
    for size in (1_000, 20_000):
        value = [*[json.loads(element)] * size, {"a": "x"}]
        document = Counting({"status": "partial", "open": f"/{size}/a", "value": value})
        outline(document, UNKNOWN, 20)
        asked.append(document.asked)
    assert asked[0] == asked[1] < 1_000


def rows_by_pointer(document: Document, placeholder: Placeholder) -> dict[str, str]:
    """The status of each place that an outline with room shows; the root has a row only if it is a scalar."""
    found: dict[str, str] = {}
    for row in outline(document, placeholder, 1 << 30):
        assert not row.folded or row.columns
        found[pointer_of(row.path)] = row.status
        found.update({pointer_of(cell.path): cell.status for cell in row.cells})
    return found


def check_same_rows(state: dict[str, Any], described: Any) -> None:
    drawn = rows_of_html(to_html(state, described, styled=False))
    listed = rows_by_pointer(StateDocument(state), placeholder_for(state, described))
    listed.setdefault("", drawn[""])
    assert listed == drawn


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_outline_has_the_places_of_html(case: Case) -> None:
    described = form(case.target)
    for state in steps_of(case, cuts_of(case.text, 5)).states:
        check_same_rows(state, described)


@given(st.data())
def test_an_outline_has_the_places_of_html_of_any_document(data: st.DataObject) -> None:
    text = json.dumps(data.draw(documents_to_draw()))
    case = Case("any", None, text[: data.draw(st.integers(0, len(text)))], end=data.draw(st.booleans()))
    for state in steps_of(case, cuts_of(case.text, 9)).states:
        check_same_rows(state, {"kind": "any", "label": ""})


@given(st.data())
def test_an_outline_has_the_places_of_html_of_any_target(data: st.DataObject) -> None:
    case = data.draw(typed_cases())
    described = form(case.target)
    for state in steps_of(case, cuts_of(case.text, 9)).states:
        check_same_rows(state, described)


def test_a_state_is_read_as_the_parser_tells() -> None:
    """What a parser says of each place, and what its state does."""
    for case in CASES:
        parser: Parser[Any] = Parser(case.target, **case.options)
        state = DocumentState(parser)
        for char in case.text:
            try:
                state.note(parser.feed(char))
            except ValueError:
                break
            todo = [Place.root(document_of(state), placeholder_for(parser))]
            while todo:
                place = todo.pop()
                todo += place.inside()
                assert place.base in (parser.status(place.path), "complete"), (case.name, place.path)
                assert (place.base == "partial") is (parser.status(place.path) == "partial")


def test_nothing_that_is_kept_back_is_drawn() -> None:
    class Account(BaseModel):
        user: str
        password: SecretStr
        tokens: list[SecretStr] = []
        internal: str = Field("", exclude=True)

    text = '{"user": "ada", "password": "hunter2", "tokens": ["t-1", "t-2"], "internal": "secret"}'
    parser = fed(Account, text)
    assert rows(text, Account) == [
        '+ user: "ada"', "+ tokens: 2 items", "  + [0]: kept back", "  + [1]: kept back",
    ]  # fmt: skip
    html = to_html(parser)
    for secret in ("hunter2", "t-1", "t-2", "secret"):
        assert secret not in html


def test_values_in_a_line() -> None:
    assert json_path(("a", 0, "b c", "é", 'q"')) == '$.a[0]["b c"].é["q\\""]'
    assert printable("a\x1b\u202e\ud800b") == "a\\x1b\\u202e\\ud800b"
    values: list[Any] = [None, True, 1.5, "a\n", {}, [1]]
    assert [show(value) for value in values] == [
        "null", "true", "1.5", '"a\\n"', "{0 fields}", "[1 item]",
    ]  # fmt: skip
    assert show("x" * 100, 3) == '"xxx"'
    assert plural(1, "item") == "1 item"
    assert plural(12345, "item") == "12 345 items"
