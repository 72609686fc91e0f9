"""The state of a document: its deltas fold to it, it says what the parser shows, and nothing that is kept back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from partialjson import MISSING, Lenient, ParseError, Parser
from partialjson.broadcast import DocumentState
from partialjson.messages import MessageParser
from partialjson.patch import apply_deltas
from support import strategies
from support.chunking import fingerprint
from support.effort import examples
from support.models import Order as ShopOrder

SECRET = "s3cret"


def pointer(path: Sequence[str | int]) -> str:
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


class Viewer:
    """Folds the deltas of a state, and nothing else."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.source = DocumentState(parser)
        self.state: Any = MISSING

    def feed(self, text: str) -> Any:
        try:
            events = self.parser.feed(text)
        except ParseError as error:
            events = error.events
        return self.look(events)

    def end(self, reason: str | None = None) -> Any:
        return self.look(self.parser.end(reason).events)

    def look(self, events: Any = ()) -> Any:
        deltas = self.source.changes(events)
        self.state = apply_deltas(self.state, deltas)
        assert fingerprint(sorted_marks(self.state)) == fingerprint(sorted_marks(self.source.state))
        return self.state


def sorted_marks(state: dict[str, Any]) -> list[Any]:
    """A state without the order of its members, and without the marks that were withdrawn."""
    marks = sorted((place, mark) for place, mark in state["marks"].items() if mark is not None)
    return [state.get("value", MISSING), state["status"], state["open"], state["missing"], marks]


def make(kind: str) -> Parser[Any]:
    if kind == "lenient":
        return Parser(lenient=True)
    if kind == "typed":
        return Parser(ShopOrder)
    if kind == "schema":
        return Parser(schema={"type": ["object", "array"], "maxProperties": 2, "items": {"type": "string"}})
    return Parser()


@given(st.data(), st.sampled_from(["plain", "lenient", "typed", "schema"]))
def test_law_9_the_deltas_of_a_document_fold_to_its_state(data: st.DataObject, kind: str) -> None:
    source = strategies.texts() if kind == "plain" else st.one_of(strategies.texts(), strategies.damaged())
    text = data.draw(source, label="text")
    viewer, other = Viewer(make(kind)), Viewer(make(kind))
    for piece in data.draw(strategies.chunkings(text), label="pieces"):
        state = viewer.feed(piece)
        for character in piece:
            other.feed(character)
        # Whatever the chunks, the same text leads to the same state.
        assert sorted_marks(other.state or other.look()) == sorted_marks(state)
        parser = viewer.parser
        assert fingerprint(state.get("value", MISSING)) == fingerprint(parser.json)
        growing = None if state["open"] is None else state["open"]
        for path in places(parser.json) if parser.json is not MISSING else ():
            on_the_way = growing is not None and (growing + "/").startswith(pointer(path) + "/")
            assert (parser.status(path) == "partial") == on_the_way
    if data.draw(st.booleans()):
        assert viewer.end()["status"] in ("complete", "invalid", "truncated")


def test_what_a_state_says() -> None:
    class Line(BaseModel):
        sku: str
        price: Annotated[float, Field(gt=0)]

    class Order(BaseModel):
        lines: list[Line]
        note: str

    viewer = Viewer(Parser(Order))
    assert viewer.look() == {"status": "missing", "open": None, "missing": [], "marks": {}}
    assert viewer.feed('{"lines": [{"sku": "x') == {
        "value": {"lines": [{"sku": "x"}]}, "status": "partial", "open": "/lines/0/sku", "missing": [], "marks": {},
    }  # fmt: skip
    viewer.feed('-1", "price": -3}')
    assert viewer.state["marks"] == {
        "/lines/0/price": {"status": "invalid", "message": "Input should be greater than 0"},
        "/lines/0": {"status": "invalid", "message": "something inside does not fit"},
    }
    assert viewer.state["open"] == "/lines"
    viewer.feed(', {"sku": "y"')
    state = viewer.end("length")
    assert (state["status"], state["open"]) == ("truncated", "/lines/1")
    assert state["missing"] == ["/note", "/lines/1/price"]


def test_the_deltas_say_what_changed_and_no_more() -> None:
    parser = Parser()
    state = DocumentState(parser)
    state.changes(parser.feed('{"a": "x'))
    assert state.changes() == []
    assert state.changes(parser.feed("yz")) == [{"op": "append", "path": "/value/a", "value": "yz"}]
    assert state.changes(parser.feed('", "b/c": 1')) == [{"op": "replace", "path": "/open", "value": ""}]
    assert state.changes(parser.feed("}")) == [
        {"op": "add", "path": "/value/b~1c", "value": 1},
        {"op": "replace", "path": "/open", "value": None},
        {"op": "replace", "path": "/status", "value": "complete"},
    ]
    assert state.changes(parser.end().events) == []


def test_a_state_may_begin_anywhere_and_others_may_ask_for_deltas() -> None:
    parser = Parser()
    parser.feed('{"a": [1, 2')
    parser.deltas()
    viewer = Viewer(parser)
    assert viewer.look()["value"] == {"a": [1]}
    parser.feed(", 3")
    parser.deltas()
    assert viewer.look()["value"] == {"a": [1, 2]}
    parser.feed("]}")
    assert Viewer(parser).look()["value"] == viewer.look()["value"] == {"a": [1, 2, 3]}
    # A parser that drops what it has read can be looked at, and tells no deltas.
    dropping = DocumentState(Parser(select=["$.a"], retain=False))
    assert dropping.state["status"] == "missing"
    with pytest.raises(RuntimeError, match="retain=False"):
        dropping.changes()


def test_a_state_is_looked_at_without_deltas() -> None:
    parser = Parser(dict[str, int])
    state = DocumentState(parser)
    for char in '{"a": 1, "b": "x", "c": 3':
        state.note(parser.feed(char))
    assert state.state == {
        "value": {"a": 1, "b": "x"},
        "status": "partial",
        "open": "",
        "missing": [],
        "marks": state.state["marks"],
    }
    assert [*state.state["marks"]] == ["/b"]
    # The deltas that are asked for later begin with the whole.
    (first,) = state.changes(parser.feed("}"))
    assert first["value"] == state.state
    assert state.changes() == []


def test_marks_of_a_value_that_is_replaced_are_withdrawn() -> None:
    viewer = Viewer(Parser(dict[str, list[int]]))
    viewer.feed('{"a": ["x", 1, "y"], "b": ["z"]')
    marks = viewer.state["marks"]
    assert set(marks) == {"/a", "/a/0", "/a/2", "/b", "/b/0"}
    viewer.feed(', "a": [1')
    assert {place for place, mark in viewer.state["marks"].items() if mark is not None} == {"/b/0", "/b"}
    viewer.feed(', "q"]}')
    assert viewer.state["marks"]["/a/1"]["status"] == "invalid"
    assert viewer.state["marks"]["/a/0"] is None


def test_the_worst_that_is_to_be_said_of_a_place_is_said() -> None:
    class Item(BaseModel):
        count: Annotated[int, Field(le=5)] = 0
        size: str = ""
        tags: list[str] = []

    viewer = Viewer(Parser(Item, lenient=True))
    viewer.feed("{count: '7', 'size': 12, tags: ['a' 'b',,], size2: +1 ")
    viewer.end()
    marks = {place: (mark["status"], mark["message"]) for place, mark in viewer.state["marks"].items()}
    assert marks["/count"][0] == "invalid"
    assert marks["/size"] == ("coerced", 'unquoted string: read as "12"')
    assert marks["/size2"] == ("repaired", "number")
    assert marks["/tags"] == ("repaired", "other quotes, missing comma, extra comma")

    viewer = Viewer(Parser(list[Literal["on"]]))
    mark = viewer.feed('["of')["marks"]["/0"]
    assert mark["status"] == "violation"
    assert viewer.feed('f"')["marks"]["/0"] == {"status": "invalid", "message": "Input should be 'on'"}


def test_where_a_document_breaks_it_is_said() -> None:
    viewer = Viewer(Parser())
    state = viewer.feed('{"a": [1, x')
    # The parser has failed, and nobody has ended it yet.
    assert state["status"] == "partial"
    state = viewer.end()
    assert (state["status"], state["open"], state["value"]) == ("invalid", "/a", {"a": [1]})
    assert state["marks"] == {"/a/1": {"status": "invalid", "message": "expected a value, found 'x': line 1 column 11"}}


def test_a_document_that_is_not_valid_says_so_even_without_events() -> None:
    parser = Parser(dict[str, int], select=[])
    viewer = Viewer(parser)
    viewer.feed('{"a": "x", "b": "y"}')
    state = viewer.end()
    assert state["status"] == "invalid"
    assert state["marks"][""]["message"].startswith("a: Input should be a valid integer")


def test_a_document_that_goes_on_is_no_longer_cut() -> None:
    parser = Parser(dict[str, int])
    viewer = Viewer(parser)
    viewer.feed('{"a": 1, "b')
    assert viewer.end()["status"] == "truncated"
    parser.reopen()
    assert viewer.look()["status"] == "partial"
    viewer.feed('": 2}')
    assert viewer.end() == {
        "value": {"a": 1, "b": 2}, "status": "complete", "open": None, "missing": [], "marks": {},
    }  # fmt: skip


class Account(BaseModel):
    user: str
    password: SecretStr = Field(min_length=10)
    inner: str = Field(exclude=True)
    card: list[SecretStr] = []
    pin: Annotated[int, Field(exclude=True, lt=10)] = 0
    age: int = 0
    nick: str = ""

    @field_validator("nick")
    @classmethod
    def _quotes(cls, nick: str, info: Any) -> str:
        raise ValueError(f"not with {info.data.get('password') and info.data['password'].get_secret_value()}")

    @model_validator(mode="before")
    @classmethod
    def _quotes_all(cls, value: Any) -> Any:
        assert len(value) > 100, f"{value}"
        return value


SECRETS = (
    '{"user": "u", "password": "s3cret-s3cret", "inner": "s3cret", "card": ["s3cret"], "age": "x", "nick": "n"}',
    '{"inner": {"s3cret": ["s3cret"]}, "pin": "s3cret", "password": ["s3cret", {"s3cret": 1}], "age": "x"}',
    '{"password": "s3cret" "s3cret"',
    '{"inner": "s3cret\\x',
    "{password: s3cret, inner: 's3cret', pin: 's3', card: s3cret, 'pass_word': s3cret,, Card: 's3cret' ",
    '{"user": "u", "password": "s3cret',
    '{"pin": "73", "card": [{"s3cret": 73',
)
# Where values may be read in another form, these may stand for the secret; otherwise they are something else.
SECRETS_IN_OTHER_FORMS = ('["s3cret"]', '"s3cret"')


@pytest.mark.parametrize(
    ("text", "lenient"),
    [
        *((text, lenient) for text in SECRETS for lenient in (False, True, Lenient(coerce="guided"))),
        *((text, lenient) for text in SECRETS_IN_OTHER_FORMS for lenient in (True, Lenient(coerce="guided"))),
    ],
)
def test_nothing_that_is_kept_back_is_in_a_state(text: str, lenient: Any) -> None:
    for target in (Account, list[Account], dict[str, Account]):
        whole = text if target is Account else f"[{text}" if target == list[Account] else f'{{"a": {text}'
        viewer = Viewer(Parser(target, lenient=lenient))
        for character in whole:
            shown = json.dumps(viewer.feed(character))
            for word in ("s3", "73", "/pin", "/inner", "/password"):
                assert word not in shown
        shown = json.dumps(viewer.end("length"))
        assert "s3" not in shown
        assert "73" not in shown


def test_what_a_validator_raises_may_quote_what_is_kept_back() -> None:
    """Where the parser stops at once, and where the validator has a fault of its own."""

    class Stopping(BaseModel):
        secret: SecretStr
        nick: str
        faulty: str = ""

        @field_validator("nick")
        @classmethod
        def _refuses(cls, nick: str, info: Any) -> str:
            raise ValueError(info.data["secret"].get_secret_value())

        @field_validator("faulty")
        @classmethod
        def _breaks(cls, faulty: str, info: Any) -> str:
            raise RuntimeError(info.data["secret"].get_secret_value())

    viewer = Viewer(Parser(Stopping, on_invalid="raise"))
    viewer.feed('{"secret": "s3cret", "nick": "n", "x": 1}')
    assert viewer.end()["marks"] == {"": {"status": "invalid", "message": "nick: the value does not fit"}}
    assert viewer.state["status"] == "invalid"
    viewer = Viewer(Parser(Stopping, select=[], on_invalid="raise"))
    viewer.feed('{"secret": "s3cret", "nick": "n"}')
    message = "the document stops here: line 1 column 33"
    assert viewer.end()["marks"] == {"": {"status": "invalid", "message": message}}
    parser = Parser(Stopping)
    viewer = Viewer(parser)
    with pytest.raises(RuntimeError):
        parser.feed('{"secret": "s3cret", "faulty": "f"}')
    assert SECRET not in json.dumps(viewer.look())
    assert viewer.end()["marks"] == {"": {"status": "invalid", "message": "RuntimeError"}}


def test_what_is_kept_back_by_a_schema() -> None:
    schema = {
        "properties": {"a": {"type": "integer", "maximum": 5}, "b": {"writeOnly": True, "maxLength": 2}},
        "required": ["a", "c"],
    }
    viewer = Viewer(Parser(schema=schema))
    viewer.feed('{"b": "s3cret", "a": 7 ')
    state = viewer.end()
    assert state["value"] == {"a": 7}
    assert list(state["marks"]) == ["/a"]
    viewer.parser.reopen()
    viewer.feed("}")
    assert SECRET not in json.dumps(viewer.end())
    assert viewer.state["marks"][""]["status"] == "invalid"


def test_a_document_of_a_message() -> None:
    message = MessageParser("openai-chat", output=dict[str, int])
    state = DocumentState(message.output)
    shown = apply_deltas(MISSING, state.changes())
    assert shown["status"] == "missing"
    for piece in ('{"a": ', "1", ', "b": "x"', "}"):
        for update in message.feed({"choices": [{"index": 0, "delta": {"content": piece}}]}):
            shown = apply_deltas(shown, state.changes(getattr(update, "events", ())))
    assert shown["value"] == {"a": 1, "b": "x"}
    assert shown["marks"]["/b"]["status"] == "invalid"
    message.end()
    assert apply_deltas(shown, state.changes())["status"] == "invalid"


@pytest.mark.parametrize("size", [200 * examples(1)])
def test_law_7_changes_cost_what_changed(size: int) -> None:
    """The number of deltas and their size, however large the document is by then."""
    parser = Parser()
    state = DocumentState(parser)
    state.changes(parser.feed("["))
    sizes = []
    for number in range(size):
        comma = "," if number else ""
        sizes.append(len(json.dumps(state.changes(parser.feed(f'{comma}{{"id": {number % 10}, "name": "abc"}}')))))
    assert max(sizes[10:]) <= max(sizes[:10]) + 10
