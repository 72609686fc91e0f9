"""`retain=False`: what is selected is delivered as ever, nothing else is kept, what cannot be had then is refused."""

from __future__ import annotations

import gc
import json
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from partialjson import (
    MISSING,
    Complete,
    Completed,
    DocumentSequence,
    Failed,
    IncompleteError,
    Invalid,
    ParseError,
    Parser,
    Replaced,
    Truncated,
    adocuments,
    documents,
    stream,
)
from partialjson.errors import InvalidError
from partialjson.streaming.places import written
from partialjson.testing import strategies
from partialjson.testing.chunking import check_all_chunkings, error_key
from partialjson.testing.damage import NOISE
from support.effort import amount
from support.memory import peak_of, used_by


class Item(BaseModel):
    sku: str
    qty: int = 1
    tags: set[str] = set()
    codes: list[int] = []


class Book(BaseModel):
    kind: Literal["book"]
    pages: list[int]


class Film(BaseModel):
    kind: Literal["film"]
    minutes: int


class Order(BaseModel):
    note: str = ""
    items: list[Item] = []
    by_sku: dict[str, Item] = {}
    media: list[Annotated[Book | Film, Field(discriminator="kind")]] = []
    sizes: tuple[int, ...] = ()
    data: Any = None


def told(parser: Parser[Any], chunks: list[Any]) -> list[Any]:
    """What is completed, where the parser stands after each chunk, and what stops it."""
    seen: list[Any] = []
    taken: list[tuple[Any, str]] = []
    for chunk in chunks:
        try:
            events = parser.feed(chunk)
        except ParseError as error:
            seen += [(event.path, repr(event.value)) for event in error.events if isinstance(event, Completed)]
            seen.append(error_key(error))
            break
        seen += [(event.path, repr(event.value)) for event in events if isinstance(event, Completed)]
        seen.append((parser.path, parser.pos, parser.done))
        taken.append((parser.json, repr(parser.json)))
    outcome = parser.end()
    seen += [(event.path, repr(event.value)) for event in outcome.events if isinstance(event, Completed)]
    seen += [type(outcome), error_key(getattr(outcome, "error", None))]
    for json_then, shown in taken:
        assert repr(json_then) == shown
    return seen


@given(strategies.damaged(labels=NOISE) | strategies.documents(), st.data())
def test_plain_values_are_delivered_all_the_same(text: str, data: st.DataObject) -> None:
    step = st.sampled_from((None, None, *strategies.KEYS, 0, 1))
    ways = data.draw(st.lists(st.lists(step, max_size=3).map(tuple), max_size=3))
    select = [written(way) for way in ways]
    chunks = data.draw(strategies.chunkings(text))
    assert told(Parser(select=select, retain=False), chunks) == told(Parser(select=select), chunks)


@given(strategies.damaged_bytes(), st.data())
def test_positions_in_bytes(text: bytes, data: st.DataObject) -> None:
    chunks = data.draw(strategies.chunkings(text))
    for target in (None, Any, list[int], Order):
        options: dict[str, Any] = {"target": target, "select": ["$[*]"]}
        seen, wanted = told(Parser(**options, retain=False), chunks), told(Parser(**options), chunks)
        # Whether a document that fits in all its parts fits as a whole is not known.
        assert [each for each in seen if not is_end(each)] == [each for each in wanted if not is_end(each)]


def is_end(each: Any) -> bool:
    return each in (Complete, Failed) or (isinstance(each, tuple) and each[:1] == ("ValidationError",)) or each is None


TEXT = json.dumps(
    {
        "note": "é\n",
        "items": [{"sku": "A", "tags": ["t", "t"], "codes": [1, 2]}, {"sku": "B", "qty": 2, "codes": [3]}],
        "by_sku": {"A": {"sku": "A"}, "B": {"sku": "B"}},
        "media": [{"kind": "book", "pages": [1]}, {"pages": [2, 3], "kind": "book"}, {"kind": "film", "minutes": 4}],
        "sizes": [5, 6],
        "data": {"deep": [[7], [8]]},
    },
    indent=1,
)
WAYS: list[Callable[[Any], Any]] = [
    lambda o: o.items,
    lambda o: o.by_sku.values(),
    lambda o: o.by_sku.items(),
    lambda o: o.sizes,
    lambda o: o.media,
    lambda o: [code for item in o.items for code in item.codes],
    lambda o: [tag for item in o.items for tag in item.tags],
    lambda o: [item.sku for item in o.items],
    lambda o: (*o.items, *o.by_sku.values()),
    lambda o: [each for item in o.items for each in (item, item.sku)],
]
PATTERNS = ["$.data.deep[*]", "$.data.deep[*][*]", "$.data", "$.items[1]", "$.*", "$.media[*].pages[*]", "$.by_sku.A"]


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("where", [*WAYS, *PATTERNS])
def test_elements_are_those_of_a_retaining_stream(where: Any, size: int) -> None:
    chunks = [TEXT[at : at + size] for at in range(0, len(TEXT), size)]
    elements = stream(chunks, Order, retain=False).elements(where)
    assert list(elements) == list(stream(chunks, Order).elements(where)) != []
    assert elements.outcome == Complete(MISSING)


def test_what_is_open_is_all_there_is() -> None:
    parser = Parser(Order, select=["$.items[*]"], retain=False)
    events = parser.feed('{"note": "n", "items": [{"sku": "A"}, {"sku": "B"}, {"sku": "C", "codes": [1')
    assert [event.path for event in events] == [("items", 0), ("items", 1)]
    assert parser.json == {"items": [{"sku": "C", "codes": []}]}
    assert repr(parser.value) == "Partial[Order](items=[Partial[Item](sku='C', codes=[])])"
    assert parser.path == ("items", 2, "codes", 0)
    assert parser.status(("items", 2)) == parser.status(("items",)) == "partial"
    assert parser.status(("items", 2, "sku")) == "complete"
    assert parser.status(("items", 0)) == parser.status(("note",)) == parser.status(("items", 3)) == "missing"
    parser.feed(']}], "note": "again"}')
    assert (parser.json, parser.done, parser.close()) == ({}, True, MISSING)


def test_a_string_that_grows_is_shown_until_it_closes() -> None:
    parser = Parser(list[str], select=["$[*]"], retain=False)
    parser.feed('["a", "b')
    assert (parser.value, parser.json) == (["b"], ["b"])
    held = parser.value
    assert parser.feed('c"') == (Completed((1,), "bc"),)
    assert (parser.value, held) == ([], ["b"])


def test_a_selected_value_is_kept_whole_whatever_is_selected_inside() -> None:
    parser = Parser(select=["$.a", "$.a[*].b"], retain=False)
    assert parser.feed('{"a": [{"b": 1}, {"b": 2}], "c": [3]}') == (
        Completed(("a", 0, "b"), 1),
        Completed(("a", 1, "b"), 2),
        Completed(("a",), [{"b": 1}, {"b": 2}]),
    )


def test_a_dropped_key_that_comes_again_replaces_nothing() -> None:
    text = '{"a": [1, 2], "a": [3]}'
    events = Parser(select=["$.a[*]", "$.a"], retain=False).feed(text)
    assert [event.value for event in events] == [1, 2, [1, 2], 3, [3]]
    assert [event.value for event in Parser(select=["$.a[*]"], retain=False).feed(text)] == [1, 2, 3]
    # Inside what is kept it does.
    (event, *_) = Parser(select=["$[*]", "$[*].a"], retain=False).feed('[{"a": 1, "a": 2}]')[1:]
    assert event == Replaced((0, "a"), 1)


# What does not fit


BAD = '{"note": 5,\n "items": [{"sku": "A"}, {"sku": 7}, {"qty": "x"}, {"sku": "B"}]}'


def test_the_first_value_that_does_not_fit_is_raised_in_the_end() -> None:
    for size in (1, 5, 1000):
        elements = stream([BAD[at : at + size] for at in range(0, len(BAD), size)], Order, retain=False).elements(
            lambda order: order.items
        )
        found: list[Item] = []
        with pytest.raises(ValidationError) as caught:
            found.extend(elements)
        assert caught.value.__notes__ == ["in the value at $.note"]
        assert isinstance(elements.outcome, Failed)
    parser = Parser(Order, select=["$.items[*]"], retain=False)
    events = [event for char in BAD[:1] + BAD[12:] for event in parser.feed(char)]
    assert [(type(event), event.path[1]) for event in events] == [
        (Completed, 0),
        (Invalid, 1),
        (Invalid, 2),
        (Completed, 3),
    ]
    with pytest.raises(ValidationError) as caught:
        parser.close()
    invalid = events[1]
    assert isinstance(invalid, Invalid)
    assert caught.value.errors() == invalid.errors
    assert caught.value.__notes__ == ["in the value at $.items[1]"]


def test_bad_elements_can_be_skipped() -> None:
    text = BAD.replace("5", '"n"', 1)
    items = stream(list(text), Order, retain=False, on_invalid="skip").elements(lambda order: order.items)
    assert [item.sku for item in items] == ["A", "B"]
    assert isinstance(items.outcome, Complete)
    with pytest.raises(ValidationError):
        list(stream([BAD], Order, retain=False, on_invalid="skip").elements(lambda order: order.items))


def test_a_bad_part_of_an_element_is_skipped_with_it() -> None:
    def skipping(target: Any) -> Parser[Any]:
        return Parser(target, select=["$[*][*]"], retain=False, on_invalid="skip")

    row = tuple[int, Annotated[list[str], Field(min_length=1)]]
    text = '[[1, ["a"]], [2, []], [3, ["b"]]]'
    seen = check_all_chunkings(text, make=lambda: skipping(list[row]), states_up_to=0)
    assert [type(event) for event in seen.events] == [*[Completed] * 3, Invalid, *[Completed] * 2]
    assert isinstance(seen.outcome, Complete)
    # Two elements of this array have to be there.
    one = tuple[int]
    pair = tuple[one, one, *tuple[one, ...]]
    for text, end in (('[["x"], [1]]', Failed), ('[[1], ["x"]]', Failed), ('[[1], [1], ["x"], [2]]', Complete)):
        seen = check_all_chunkings(text, make=lambda: skipping(pair), states_up_to=0)
        assert isinstance(seen.outcome, end)


@pytest.mark.parametrize(
    "text",
    [
        '[{"sku": "A"},\n\n {"sku": "é", "qty":\n 12345}]',
        '[{"sku": "é"},\n\n {"sku": "é", "qty": "12345"}]',
        '[{"sku": "é"},\n\n {"sku": "ééé",\n "tags": ["ok", [] ]}]',
        '[{"sku": "A"},\n\n {"sku": 9}]',
        '[{"sku": "A"},\n\n 123456]',
        '[{"sku": "A"},\n {"sku": "\\n\\u00e9x\\n"}]',
        '[{"sku": "A"},\n {"\\u0073ku": "A", "t\\u0061gs": [], "t\\u0061x": 1}]',
        '[{"sku": "A"},\n "é", null]',
        '[{"sku": "A"},\n 12 34]',
    ],
)
def test_errors_say_where(text: str) -> None:
    target = TypeAdapter(list[Annotated[dict[str, Any] | Small, Field(union_mode="left_to_right")] | Small])
    for each in (list[Small], target):
        options: dict[str, Any] = {"target": each, "select": ["$[*]"], "on_invalid": "raise"}
        for data in (text, text.encode()):
            for size in (1, 2, 3, 1000):
                chunks = [data[at : at + size] for at in range(0, len(data), size)]
                assert told(Parser(**options, retain=False), chunks) == told(Parser(**options), chunks)


class Small(BaseModel, extra="forbid"):
    sku: Annotated[str, Field(max_length=2)]
    qty: Annotated[int, Field(lt=100)] = 1
    tags: list[str] = []

    @model_validator(mode="after")
    def fits(self) -> Small:
        if self.sku == "no":
            raise ValueError("no")
        return self


Short = Annotated[str, Field(max_length=2)]
NAMED: Any = {"properties": {"abc": {}}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"target": list[Short]}, '["\\u0041\\n",\n "\\n\\u00e9x"]'),
        ({"target": dict[str, Short]}, '{"\\n": "\\u0041\\n",\n "\\u0041": "\\n\\u00e9x"}'),
        ({"target": dict[str, list[Short]]}, '{"\\n": ["\\u0041\\n",\n "\\n\\u00e9x"]}'),
        ({"schema": {"items": {"maxLength": 2}}}, '["\\u0041\\n",\n "\\n\\u00e9x"]'),
        ({"schema": {"items": {"pattern": "^\n?$"}}}, '["\\n",\n "\\n\\u00e9x"]'),
        ({"schema": {"items": NAMED}}, '[{"\\u0061bc": 1},\n {"\\u0061b\\u0064": 2}]'),
        ({"schema": {"items": {"propertyNames": {"maxLength": 1}}}}, '[{"\\u0061": 1},\n {"\\u0061\\n": 2}]'),
        ({"schema": {"items": {"maximum": 5}}}, "[1,\n 12, 3]"),
    ],
)
def test_what_is_found_in_a_string_is_found_at_its_character(options: dict[str, Any], text: str) -> None:
    """The string has escapes, and came in several chunks: its text must still be there."""
    for on_invalid in ("raise", "collect"):
        for select in (["$[*]", "$.*", "$.*[*]"], ["$"], []):
            for size in (1, 2, 3, 1000):
                found: list[Any] = []
                for retain in (True, False):
                    parser: Parser[Any] = Parser(**options, select=select, retain=retain, on_invalid=on_invalid)
                    seen: list[Any] = []
                    for at in range(0, len(text), size):
                        try:
                            seen += parser.feed(text[at : at + size])
                        except InvalidError as error:
                            seen += [*error.events, error_key(error)]
                            break
                    found.append([each for each in seen if not isinstance(each, Completed)])
                assert found[0] == found[1]
                assert found[0] or (on_invalid == "collect" and select != ["$[*]", "$.*", "$.*[*]"])


def test_invalid_error_for_the_document_around() -> None:
    target: Any = Annotated[list[int], Field(max_length=2)]
    parser = Parser(target, select=["$[*]"], retain=False, on_invalid="raise")
    parser.feed("[1,\n2\n")
    with pytest.raises(InvalidError) as caught:
        parser.feed(" , 3]")
    assert (caught.value.lineno, caught.value.colno, caught.value.path) == (3, 2, ())


def test_containers_around_are_not_validated_as_wholes() -> None:
    class Wide(BaseModel):
        name: str
        rows: Annotated[list[int], Field(min_length=9)]

        @model_validator(mode="after")
        def never(self) -> Wide:
            raise AssertionError("never called")

    rows = stream(['{"rows": [1, 2, "3"]}'], Wide, retain=False).elements(lambda wide: wide.rows)
    assert list(rows) == [1, 2, 3]
    assert isinstance(rows.outcome, Complete)


# Ends


def test_a_document_that_is_cut() -> None:
    parser = Parser(Order, select=["$.items[*]"], retain=False)
    parser.feed('{"items": [{"sku": "A"}, {"sku": "B", "qty": 1, "codes": [')
    outcome = parser.end("length")
    assert isinstance(outcome, Truncated)
    assert (outcome.path, outcome.json) == (
        ("items", 1, "codes", 0),
        {"items": [{"sku": "B", "qty": 1, "codes": []}]},
    )
    assert (outcome.missing, outcome.complete) == ((), (("items", 1, "sku"), ("items", 1, "qty")))
    assert "$.items[1].sku" in str(outcome)
    with pytest.raises(IncompleteError):
        parser.close()
    assert parser.reopen() == 0
    assert [event.path for event in parser.feed("]}]}")] == [("items", 1)]
    assert parser.close() is MISSING


@pytest.mark.parametrize("tail", ["12", "tr", '"a\\u00', "-"])
def test_reopen_after_what_was_cut(tail: str) -> None:
    for head in ("[1, ", "["):
        parsers = [Parser(list[Any], select=["$[*]"], retain=retain) for retain in (True, False)]
        for parser in parsers:
            parser.feed(head + tail[:1])
            parser.feed(tail[1:])
            parser.end()
        assert parsers[0].reopen() == parsers[1].reopen()
        rest = '", tru' if tail[0] == '"' else '"x", tru'
        assert [told(parser, [rest, "e]", " x"]) for parser in parsers[:1]] == [told(parsers[1], [rest, "e]", " x"])]
        # A comma before a bracket is still one too many.
        for parser in (Parser(select=["$[*]"], retain=False),):
            parser.feed("[1, 2")
            parser.reopen()
            with pytest.raises(ParseError):
                parser.feed("]")


def test_sequences() -> None:
    text = '{"items": [{"sku": "A"}]}\n{"items": [{"sku": "B"}, {"sku": "C"}]}'
    sequence = DocumentSequence(Order, select=["$.items[*]"], retain=False)
    found = [*sequence.feed(text), *sequence.end()]
    assert [event.value.sku for progress in found for event in progress.events] == ["A", "B", "C"]
    assert [progress.outcome for progress in found if progress.outcome] == [Complete(MISSING)] * 2
    joined = DocumentSequence(select=["$[*]"], retain=False, format="concatenated").feed("[1][2]{}")
    assert [progress.outcome for progress in joined] == [Complete(MISSING)] * 3
    framed = DocumentSequence(select=["$[*]"], retain=False, format="json-seq")
    framed.feed("\x1e[1]")
    assert isinstance(framed.end()[0].outcome, Complete)


# What is refused


def test_something_must_be_selected() -> None:
    for make in (
        lambda: Parser(Order, retain=False),
        lambda: Parser(retain=False),
        lambda: iter(stream([], Order, retain=False)),
        lambda: DocumentSequence(Order, retain=False),
    ):
        with pytest.raises(ValueError, match="select"):
            make()
    # Nothing at all: a document is checked and forgotten.
    parser: Parser[Any] = Parser(select=[], retain=False)
    assert (parser.feed('{"a": [1, {"b": ['), parser.json) == ((), {"a": [{"b": []}]})


def test_what_needs_the_document_is_refused() -> None:
    parser: Parser[Any] = Parser(select=["$[*]"], retain=False)
    parser.feed("[1,")
    for use in (
        parser.deltas,
        lambda: parser.deltas(0),
        lambda: parser.seq,
        parser.checkpoint,
        parser.fork,
        lambda: pickle.dumps(parser),
        DocumentSequence(select=[], retain=False).checkpoint,
    ):
        with pytest.raises(RuntimeError, match="retain=False"):
            use()
    for make in (
        lambda: stream([], Order, retain=False).text(lambda order: order.note),
        lambda: stream([], Order, retain=False).field(lambda order: order.note),
        lambda: documents([], Order, retain=False),
        lambda: adocuments(nothing(), Order, retain=False),
    ):
        with pytest.raises(TypeError, match="retain=False"):
            make()
    again = parser.fresh()
    again.feed("[1, [")
    assert again.json == [[]]


async def nothing() -> AsyncIterator[str]:
    yield ""


# Memory


def rows(count: int) -> Iterator[str]:
    yield '{"note": "n", "items": ['
    for number in range(count):
        yield f'{{"sku": "é {number}", "tags": ["a", "b"], "codes": [1, 2, {number}]}},\n'
        if number % 7 == 0:
            yield '{"sku": 5},'
    yield '{"sku": "last"}], "by_sku": {'
    for number in range(count):
        yield f'"key {number}": {{"sku": "A"}},'
    yield '"last": {"sku": "A"}}, "data": ['
    for number in range(count):
        yield f"[{number}, {{}}],"
    yield "0]}"


MEMORY: dict[str, dict[str, Any]] = {
    "plain": {"select": ["$.items[*]"]},
    "nothing": {"select": []},
    "typed": {"target": Order, "select": ["$.items[*]"]},
    "typed, deep inside": {"target": Order, "select": ["$.data[*][*]"], "predict": True, "on_invalid": "skip"},
    "typed, nothing": {"target": Order, "select": []},
    "typed, in a map": {"target": Order, "select": ["$.by_sku.*"], "on_invalid": "skip"},
    "nested": {"target": Order, "select": ["$.items[*].codes[*]", "$.data[*][0]"]},
    "typed, in what is validated whole": {"target": Order, "select": ["$.items[*].tags[*]"]},
}


@pytest.mark.parametrize("looks", [False, True], ids=["unread", "read"])
@pytest.mark.parametrize("name", MEMORY)
def test_memory_is_that_of_one_element(name: str, looks: bool) -> None:
    for count in amount((1_500, 6_000), (1_500, 6_000), quick=(500, 2_500)):
        # Once more where it is not: a table of the interpreter may have doubled its size.
        assert any(most_held(name, count, looks, retain=False) < 400_000 for _ in range(2))


KEPT: dict[str, dict[str, Any]] = {
    **MEMORY,
    "judged": {"schema": {"properties": {"items": {"items": {"required": ["sku"]}}}}, "select": ["$.items[*]"]},
    "judged, nothing": {
        "schema": {"properties": {"by_sku": {"additionalProperties": {"minProperties": 1}}}},
        "select": [],
    },
    "numbers": {"parse_int": str, "select": ["$.items[*]"]},
}


@pytest.mark.parametrize("size", [1, 50, 1000])
@pytest.mark.parametrize("name", KEPT)
def test_the_text_of_one_element_is_kept(name: str, size: int) -> None:
    text = "".join(rows(40))
    longest = max(map(len, rows(40))) + size
    parser: Parser[Any] = Parser(**KEPT[name], retain=False)
    for at in range(0, len(text), size):
        parser.feed(text[at : at + size])
        source = parser._lexer.source
        assert source is None or len(source.all) <= longest
    assert parser.done
    assert len(text) > 3 * longest


def test_the_measure_tells_what_is_retained() -> None:
    assert most_held("plain", 6_000, False, retain=True) > 2_000_000


def most_held(name: str, count: int, looks: bool, retain: bool) -> int:
    """The most bytes in use at a time. Keys seen lately and garbage that waits for its collection come to 250,000."""
    parser: Parser[Any] = Parser(**MEMORY[name], retain=retain)
    thresholds = gc.get_threshold()
    # Those of the interpreter: the tests collect garbage less often, and more of it would wait.
    gc.set_threshold(700, 10, 10)

    def read() -> None:
        for chunk in rows(count):
            parser.feed(chunk)
            if looks:
                assert parser.json is not MISSING
                assert parser.value is not MISSING
        assert parser.done

    try:
        return used_by(read).peak
    finally:
        gc.set_threshold(*thresholds)


def test_a_stream_of_elements_is_read_in_constant_memory() -> None:
    def chunks() -> Iterator[str]:
        yield '{"items": ['
        for number in range(5_000):
            yield f'{{"sku": "{number}", "codes": [{number}]}}, '
        yield '{"sku": "last"}]}'

    def read() -> None:
        count = sum(1 for _ in stream(chunks(), Order, retain=False).elements(lambda order: order.items))
        assert count == 5_001

    assert peak_of(read) < 300_000
