"""The cause of death: what was complete, what was open, what was missing, and who says that it was cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, AliasChoices, AliasPath, BaseModel, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from partialjson import Complete, Parser, Truncated
from partialjson.messages import DocumentEnd, MessageEnd, MessageParser
from partialjson.testing.bodies import APIS, BODY_APIS, WITHOUT_CALLS, WITHOUT_PIECES, Said, Say, body, events
from partialjson.testing.chunking import check_all_chunkings
from support.effort import examples


class Item(BaseModel):
    sku: str
    qty: int = Field(alias="quantity")
    note: str | None = None


class Node(BaseModel):
    name: str
    child: Node | None = None
    weight: float


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    bark: str


class Typed(TypedDict):
    a: int
    b: NotRequired[int]


@dataclass
class Plain:
    x: int
    y: int = 2


class Order(BaseModel):
    id: int
    items: list[Item]
    customer: str
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    extra: dict[str, Item] = {}
    typed: Typed | None = None
    plain: Plain | None = None
    checked: Annotated[Item, AfterValidator(lambda item: item)] | None = None
    pair: tuple[Item, Typed] | None = None
    either: Cat | Dog | None = None
    listed: Item | list[Item] | None = None


REST = ("id", "items", "customer")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", [("id",), ("items",), ("customer",)]),
        ("{", [("id",), ("items",), ("customer",)]),
        ('{"id', [("id",), ("items",), ("customer",)]),
        ('{"id":', [("id",), ("items",), ("customer",)]),
        ('{"id":1', [("id",), ("items",), ("customer",)]),  # a number that was cut has not come
        ('{"id":1,', [("items",), ("customer",)]),
        ('{"id":1,"customer":"x', [("items",)]),
        ('{"id":1,"items":[', [("customer",)]),
        ('{"id":1,"items":[{', [("customer",), ("items", 0, "sku"), ("items", 0, "quantity")]),
        ('{"id":1,"items":[{"qty":1,', [("customer",), ("items", 0, "sku"), ("items", 0, "quantity")]),
        ('{"id":1,"items":[{"sku":"a","quantity":2},{"quantity":2,', [("customer",), ("items", 1, "sku")]),
        ('{"id":1,"items":[],"customer":"","pet":{', []),
        ('{"id":1,"items":[],"customer":"","pet":{"kind":"ca', []),
        ('{"id":1,"items":[],"customer":"","pet":{"kind":"cat",', [("pet", "lives")]),
        ('{"id":1,"items":[],"customer":"","pet":{"bark":"w","kind":"dog"', []),
        ('{"id":1,"items":[],"customer":"","extra":{"k":{"sku":"a"', [("extra", "k", "quantity")]),
        ('{"id":1,"items":[],"customer":"","typed":{', [("typed", "a")]),
        ('{"id":1,"items":[],"customer":"","plain":{', [("plain", "x")]),
        ('{"id":1,"items":[],"customer":"","checked":{"quantity":2,', [("checked", "sku")]),
        ('{"id":1,"items":[],"customer":"","pair":[{"sku":"', [("pair", 0, "quantity")]),
        ('{"id":1,"items":[],"customer":"","pair":[{"sku":"","quantity":1},{', [("pair", 1, "a")]),
        ('{"id":1,"items":[],"customer":"","either":{', []),
        ('{"id":1,"items":[],"customer":"","listed":{"sku":""', [("listed", "quantity")]),
        ('{"id":1,"items":[],"customer":"","listed":[{"sku":""', [("listed", 0, "quantity")]),
    ],
)
def test_required_fields_that_had_not_come(text: str, missing: list[Any]) -> None:
    outcome = check_all_chunkings(text, make=lambda: Parser(Order)).outcome
    assert isinstance(outcome, Truncated)
    assert list(outcome.missing) == missing


def test_names_are_those_of_the_document() -> None:
    class Aliased(BaseModel):
        a: int = Field(validation_alias=AliasChoices("first", "second"))
        b: int = Field(validation_alias=AliasPath("box", 0))
        c: int = Field(alias="sea")

    def missing(text: str, **options: Any) -> tuple[Any, ...]:
        parser = Parser(Aliased, **options)
        parser.feed(text)
        outcome = parser.end()
        assert isinstance(outcome, Truncated)
        return outcome.missing

    assert missing("{") == (("first",), ("box", 0), ("sea",))
    assert missing('{"second":1,"box":[2,') == (("sea",),)
    assert missing("{", by_alias=False, by_name=True) == (("a",), ("b",), ("c",))
    assert missing('{"c":1,', by_name=True) == (("first",), ("box", 0))


def test_recursion_and_adapters() -> None:
    parser = Parser(TypeAdapter(list[Node]))
    parser.feed('[{"name":"a","child":{"name":"b","child":{')
    outcome = parser.end()
    assert isinstance(outcome, Truncated)
    assert outcome.missing == (
        (0, "weight"),
        (0, "child", "weight"),
        (0, "child", "child", "name"),
        (0, "child", "child", "weight"),
    )
    untyped: Parser[Any] = Parser()
    untyped.feed("{")
    outcome = untyped.end()
    assert isinstance(outcome, Truncated)
    assert outcome.missing == ()


NODE = '{"name":"a","child":{"name":"b","child":null,"weight":1.5},"weight":2}'


@given(cut=st.integers(0, len(NODE) - 1))
@settings(deadline=None, max_examples=len(NODE))
def test_missing_is_what_validation_of_the_closed_prefix_misses(cut: int) -> None:
    """The oracle: close the open objects by hand and let pydantic say what is missing."""
    parser = Parser(Node)
    parser.feed(NODE[:cut])
    outcome = parser.end("length")
    assert isinstance(outcome, Truncated)
    try:
        Node.model_validate(outcome.json if cut else {})
        expected: set[Any] = set()
    except ValidationError as error:
        expected = {line["loc"] for line in error.errors() if line["type"] == "missing"}
    assert set(outcome.missing) == expected


def test_the_report_reads_well() -> None:
    parser = Parser(Order)
    parser.feed('{"id":1,"items":[{"sku":"a","quantity":2},{"sku":"bo')
    assert str(parser.end("length")) == (
        "truncated (length): the document ends inside a string: line 1 column 53 (char 52) in $.items[1].sku\n"
        "complete: $.id, $.items[0]\n"
        "missing: $.customer, $.items[1].quantity"
    )
    many: Parser[Any] = Parser()
    many.feed("[" + "1," * 20)
    assert "complete: 8 more, $[8], " in str(many.end())


# Messages


class Weather(BaseModel):
    city: str
    days: int


WHOLE, OPEN = ('{"city":"Zü', 'rich","days":1}'), ('{"city":"Zü', "rich")
TOOLS = {"get_weather": Weather}


def ended(api: str, said: Said, **options: Any) -> MessageEnd:
    """The end of a message, from events and from bodies of several chunkings alike."""
    message = MessageParser(api, tools=TOOLS, **options)
    for event in events(api, said):
        message.feed(event)
    end = message.end()
    if api in BODY_APIS:
        raw = body(api, said)
        for size in (1, 7, len(raw)):
            other = MessageParser(api, tools=TOOLS, **options)
            for at in range(0, len(raw), size):
                other.feed_bytes(raw[at : at + size])
            assert (other.end(), str(other.end())) == (end, str(end))
    return end


CALL_APIS = [api for api in APIS if api not in WITHOUT_CALLS and api not in WITHOUT_PIECES]
# reason of the provider, pieces -> reason, who says it was cut, part of the contradiction, is the call runnable
MATRIX: list[tuple[str | None, tuple[str, ...], str, tuple[str, ...], str, bool]] = [
    ("tool_calls", WHOLE, "tool_calls", (), "", True),
    ("tool_calls", OPEN, "truncated", ("structure",), "the call of get_weather is open", False),
    ("truncated", OPEN, "truncated", ("provider", "structure"), "", False),
    ("truncated", WHOLE, "truncated", ("provider",), "every document is whole", True),
    (None, OPEN, "disconnected", ("connection", "structure"), "", False),
    (None, WHOLE, "disconnected", ("connection",), "every document is whole", True),
]


@pytest.mark.parametrize("api", CALL_APIS)
@pytest.mark.parametrize(("word", "pieces", "reason", "cut_by", "contradiction", "runnable"), MATRIX)
def test_word_and_structure_are_told_apart(
    api: str,
    word: str | None,
    pieces: tuple[str, ...],
    reason: str,
    cut_by: tuple[str, ...],
    contradiction: str,
    runnable: bool,
) -> None:
    end = ended(api, Said(calls=(Say("c1", "get_weather", pieces),), reason=word))
    (document,) = end.documents
    assert (end.reason, end.cut_by, document.runnable) == (reason, cut_by, runnable)
    assert [contradiction in each for each in end.contradictions] == [True] * bool(contradiction)
    assert (document.name, document.call_id, document.block) == ("get_weather", "c1", 0)
    if pieces is OPEN:
        assert (document.state, document.path, document.missing) == ("truncated", ("city",), (("days",),))
        assert "get_weather c1: truncated" in str(end)
        assert "missing: $.days" in str(end)
    else:
        assert (document.state, document.path, document.complete, document.missing) == ("complete", None, ((),), ())
        assert "get_weather c1: complete" in str(end)


@given(cut=st.integers(0, len(WHOLE[0] + WHOLE[1])), word=st.sampled_from([None, "truncated", "tool_calls"]))
@settings(deadline=None, max_examples=examples(60))
def test_an_unfinished_call_is_never_runnable(cut: int, word: str | None) -> None:
    text = "".join(WHOLE)
    end = ended("openai-chat", Said(calls=(Say("c1", "get_weather", (text[:cut],)),), reason=word))
    (document,) = end.documents
    assert document.runnable == (cut == len(text))
    assert ("structure" in end.cut_by) == isinstance(document.outcome, Truncated)
    assert isinstance(document.outcome, Complete) == (cut == len(text))


def test_the_output_is_in_the_report() -> None:
    end = ended("openai-chat", Said(texts=('{"city":',)), output=Weather)
    assert end.documents == (DocumentEnd("output", None, "", "truncated", False, end.documents[0].outcome),)
    assert end.documents[0].missing == (("city",), ("days",))
    assert str(end) == (
        "truncated, the provider says 'stop'\n"
        "  output: truncated (complete): the document ends where a value is expected: line 1 column 9 (char 8) in "
        "$.city\n"
        "      complete: nothing\n"
        "      missing: $.city, $.days\n"
        "  contradiction: the provider says 'stop', but the output is open"
    )
    calls = (Say("c1", "get_weather", WHOLE),)
    assert [each.name for each in ended("openai-chat", Said(calls=calls), output=Weather).documents] == ["get_weather"]
    failed = ended("openai-chat", Said(calls=(Say("c1", "get_weather", ("{x",)),), reason="tool_calls"))
    assert [(each.state, each.runnable) for each in failed.documents] == [("failed", False)]
    assert "get_weather c1: failed: expected a key" in str(failed)


def test_a_word_for_calls_without_any_is_a_contradiction() -> None:
    end = ended("openai-chat", Said(texts=("hello",), reason="tool_calls"))
    assert end.contradictions == ("the provider says 'tool_calls', but there is no call",)
