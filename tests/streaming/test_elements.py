"""`elements`, `text` and `field`: parts of a stream as plain values, and what is raised where it does not end well."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import enum
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from typing_extensions import TypedDict

from partialjson import (
    Complete,
    Completed,
    Failed,
    IncompleteError,
    ParseError,
    Parser,
    Truncated,
    astream,
    stream,
)
from partialjson.testing import strategies
from partialjson.testing.oneshot import describe
from support.versions import since_2_14

T = TypeVar("T")
MakeReading = Callable[[Any], Any]


class Item(BaseModel):
    name: str
    size: int = 1
    tags: set[str] = set()


class Order(BaseModel):
    note: str = Field("", alias="Note")
    items: list[Item] = []
    by_sku: dict[str, Item] = {}
    sizes: tuple[int, ...] = ()
    codes: frozenset[int] = frozenset()
    more: list[int] | None = None
    inner: Order | None = None


TEXT = (
    '{"Note": "a\\u00e9\\nb", "items": [{"name": "x", "tags": ["t", "u", "t"]}, {"size": "2", "name": "yy"}],'
    ' "by_sku": {"k 1": {"name": "z"}}, "sizes": [3, 4], "codes": [5, 5, 6], "more": [7],'
    ' "inner": {"items": [{"name": "deep"}], "inner": null}}'
)
ORDER = Order.model_validate_json(TEXT)


async def arrive(chunks: Iterable[Any]) -> AsyncIterator[Any]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


@dataclasses.dataclass
class Read:
    """What a reading gave, what it raised in the end, and its outcome."""

    found: list[Any]
    error: BaseException | None
    outcome: Any


def read(chunks: Iterable[Any], target: Any, make: MakeReading, **options: Any) -> Read:
    """Read in both ways, which must agree."""
    chunks = list(chunks)
    here = Read([], None, None)
    elements = make(stream(chunks, target, **options))
    here.found, here.error = drain(elements)
    here.outcome = elements.outcome
    assert next(elements, "over") == "over"

    async def gather() -> Read:
        there = Read([], None, None)
        elements = make(astream(arrive(chunks), target, **options))
        try:
            async for each in elements:
                there.found.append(each)
        except Exception as error:
            there.error = error
        there.outcome = elements.outcome
        return there

    there = asyncio.run(gather())
    assert describe(there.found) == describe(here.found)
    assert (type(there.error), str(there.error)) == (type(here.error), str(here.error))
    assert type(there.outcome) is type(here.outcome)
    return here


def drain(elements: Iterator[Any]) -> tuple[list[Any], Exception | None]:
    """What is given, and what is raised in the end."""
    found: list[Any] = []
    try:
        for each in elements:
            found.append(each)
    except Exception as error:
        return found, error
    return found, None


def elements(text: str, target: Any, where: Any, **options: Any) -> Read:
    """Read the elements of a text in several chunkings, which must agree."""
    whole = read([text], target, lambda each: each.elements(where), **options)
    for chunks in (list(text), [text[: len(text) // 2], text[len(text) // 2 :]], [bytes([b]) for b in text.encode()]):
        parts = read(chunks, target, lambda each: each.elements(where), **options)
        assert describe(parts.found) == describe(whole.found)
        assert type(parts.error) is type(whole.error)
    return whole


def field(text: str, target: Any, where: Any, **options: Any) -> Any:
    """One field of a text, character by character, in both ways."""

    async def later() -> Any:
        return await astream(arrive(text), target).field(where, **options)

    found = stream(text.split("\0"), target).field(where, **options)
    assert describe(stream(list(text), target).field(where, **options)) == describe(found)
    assert describe(asyncio.run(later())) == describe(found)
    return found


# Elements


WAYS: dict[str, tuple[Any, Any]] = {
    "a list": (lambda o: o.items, ORDER.items),
    "a dict's values": (lambda o: o.by_sku.values(), list(ORDER.by_sku.values())),
    "a dict's items": (lambda o: o.by_sku.items(), list(ORDER.by_sku.items())),
    "a tuple": (lambda o: o.sizes, [3, 4]),
    "a set": (lambda o: o.codes, [5, 6]),
    "an optional list": (lambda o: o.more, [7]),
    "an optional object": (lambda o: o.inner.items if o.inner else None, [Item(name="deep")]),
    "an optional object, and": (lambda o: o.inner and o.inner.items, [Item(name="deep")]),
    "a comprehension": (lambda o: [item.name for item in o.items], ["x", "yy"]),
    "a generator": (lambda o: (item.size for item in o.items), [1, 2]),
    "a set comprehension": (lambda o: {item.size for item in o.items}, [1, 2]),
    "a dict's comprehension": (lambda o: [each.name for each in o.by_sku.values()], ["z"]),
    "pairs, the second": (lambda o: [each.name for _, each in o.by_sku.items()], ["z"]),
    "one of many": (lambda o: o.items[1].tags, []),
    "one place": (lambda o: [o.items[1].name], ["yy"]),
    "two places": (lambda o: (*o.sizes, *o.more), [3, 4, 7]),
    "a pattern": ("$.items[*]", ORDER.items),
    "a pattern with an alias": ("$.Note", [ORDER.note]),
    "a pattern of a dict": ("$.by_sku.*.name", ["z"]),
    "a pattern of a set": ("$.codes[*]", [5, 6]),
    "a pattern of an index": ("$.sizes[1]", [4]),
}


@pytest.mark.parametrize("way", WAYS)
def test_elements(way: str) -> None:
    where, expected = WAYS[way]
    seen = elements(TEXT, Order, where)
    assert seen.error is None
    assert seen.outcome.value == ORDER
    assert seen.found == expected
    assert [type(each) for each in seen.found] == [type(each) for each in expected]
    if callable(where):
        final: Any = where(ORDER)
        assert seen.found == list(final)


def test_elements_of_sets_deep_inside() -> None:
    seen = elements(TEXT, Order, lambda o: [tag for item in o.items for tag in item.tags])
    assert sorted(seen.found) == ["t", "u"]


def test_elements_are_given_as_soon_as_they_close() -> None:
    asked: list[str] = []

    def chunks() -> Iterator[str]:
        for chunk in ('{"items": [{"name": "a"}', ', {"name": "b"', "}", "]", "}"):
            asked.append(chunk)
            yield chunk

    items = stream(chunks(), Order).elements(lambda order: order.items)
    assert next(items).name == "a"
    assert len(asked) == 1
    assert items.outcome is None
    assert next(items).name == "b"
    assert len(asked) == 3
    assert next(items, None) is None
    assert items.outcome == Complete(Order.model_validate({"items": [{"name": "a"}, {"name": "b"}]}))


def test_elements_are_the_objects_of_the_final_value() -> None:
    items = stream([TEXT], Order).elements(lambda order: order.items)
    seen = list(items)
    assert isinstance(items.outcome, Complete)
    assert all(one is other for one, other in zip(seen, items.outcome.value.items, strict=True))


def test_the_elements_of_the_root() -> None:
    assert elements("[1, 2]", list[int], None).found == [1, 2]
    assert elements("[1, 2]", list[int], lambda numbers: numbers).found == [1, 2]
    assert elements("[1, 2]", TypeAdapter(tuple[str, ...] | list[int]), "$[*]").found == [1, 2]
    assert elements('{"a": 1}', dict[str, int], lambda numbers: numbers.values()).found == [1]


def test_documents_without_a_target() -> None:
    text = '{"a": [1, "x", {"b": [null]}], "c": {"d": 2}}'
    assert elements(text, None, "$.a[*]").found == [1, "x", {"b": [None]}]
    assert elements(text, None, lambda d: d["a"]).found == [1, "x", {"b": [None]}]
    assert elements(text, None, lambda d: d["a"][2]["b"]).found == [None]
    assert elements(text, None, lambda d: d["c"].items()).found == [("d", 2)]
    assert elements(text, Any, lambda d: d["c"].values()).found == [2]
    assert elements("[[1], [2, 3]]", None, lambda d: [x for row in d for x in row]).found == [1, 2, 3]


def test_an_invalid_element_is_left_out_and_raised_in_the_end() -> None:
    seen = elements('{"items": [{"name": "a"}, {"name": 5}, {"name": "c"}], "Note": "n"}', Order, lambda o: o.items)
    assert [each.name for each in seen.found] == ["a", "c"]
    assert isinstance(seen.error, ValidationError)
    assert seen.error.errors()[0]["loc"] == ("items", 1, "name")
    assert isinstance(seen.outcome, Failed)


def test_elements_of_something_that_is_invalid_as_a_whole() -> None:
    seen = elements('{"codes": [1, "x"], "items": [{"name": "a"}]}', Order, lambda o: o.codes)
    assert seen.found == []
    assert isinstance(seen.error, ValidationError)
    seen = elements('{"items": [{"name": "a"}], "codes": 5}', Order, lambda o: o.items)
    assert len(seen.found) == 1
    assert isinstance(seen.error, ValidationError)


def test_a_cut_stream_raises_after_what_was_complete() -> None:
    seen = elements('{"items": [{"name": "a"}, {"name": "b"}, {"na', Order, lambda o: o.items)
    assert [each.name for each in seen.found] == ["a", "b"]
    assert isinstance(seen.error, IncompleteError)
    assert seen.error.path[:2] == ("items", 2)
    assert isinstance(seen.outcome, Truncated)
    assert seen.outcome.complete == (("items", 0), ("items", 1))


def test_a_list_that_closed_does_not_make_a_document_complete() -> None:
    seen = elements('{"items": [{"name": "a"}]', Order, lambda o: o.items)
    assert len(seen.found) == 1
    assert isinstance(seen.error, IncompleteError)


def test_malformed_text_raises_after_what_was_complete() -> None:
    seen = elements('{"items": [{"name": "a"}, !', Order, lambda o: o.items)
    assert len(seen.found) == 1
    assert type(seen.error) is ParseError
    assert isinstance(seen.outcome, Failed)
    assert seen.outcome.error is seen.error


def test_what_the_chunks_raise_is_raised_after_what_was_complete() -> None:
    def broken() -> Iterator[str]:
        yield '[{"name": "a"}, {"na'
        raise ConnectionError("reset")

    items = stream(broken(), list[Item]).elements()
    assert next(items).name == "a"
    with pytest.raises(ConnectionError, match="reset"):
        next(items)
    assert isinstance(items.outcome, Truncated)
    assert items.outcome.reason == "ConnectionError: reset"


def test_what_a_validator_raises_is_raised_after_what_was_complete() -> None:
    def check(value: int) -> int:
        return 1 // value

    seen = elements("[1, 0, 1]", list[Annotated[int, AfterValidator(check)]], None)
    assert seen.found == [1]
    assert isinstance(seen.error, ZeroDivisionError)
    assert isinstance(seen.outcome, Failed)


def test_a_number_at_the_root_is_given_at_the_end() -> None:
    assert elements("12", int, "$").found == [12]
    assert elements("12", None, lambda number: [number]).found == [12]


def test_a_repeated_key_gives_the_elements_of_both() -> None:
    assert elements('{"more": [1], "more": [2]}', Order, lambda o: o.more).found == [1, 2]


@given(strategies.documents(), st.data())
def test_elements_of_any_document(text: str, data: st.DataObject) -> None:
    """What is given is what completes at the place, whatever the text and its chunks; then the error of `close`."""
    text = '{"a": [' + text + ', {"b": 1}]}'
    chunks = data.draw(strategies.chunkings(text))
    plain: Parser[Any] = Parser()
    expected: list[Any] = []
    error: Exception | None = None
    try:
        expected += plain.feed(text)
        plain.close()
    except ParseError as raised:
        expected += raised.events
        error = raised
    wanted = [each.value for each in expected if isinstance(each, Completed) and _is_element(each.path)]
    items = stream(chunks).elements(lambda d: d["a"])
    found, stopped = drain(items)
    assert (type(stopped), str(stopped)) == (type(error), str(error))
    assert repr(found) == repr(wanted)


def _is_element(path: tuple[str | int, ...]) -> bool:
    return len(path) == 2 and path[0] == "a"


@given(st.integers(0, len(TEXT)))
@example(len(TEXT))
def test_every_prefix(end: int) -> None:
    """A prefix gives a prefix of the elements, and never passes for the document."""
    for where, expected in WAYS.values():
        items = stream([TEXT[:end]], Order).elements(where)
        found, error = drain(items)
        if end < len(TEXT):
            assert isinstance(error, IncompleteError)
            assert isinstance(items.outcome, Truncated)
            assert found == expected[: len(found)]
        else:
            assert (found, error) == (expected, None)


# Targets of all kinds


class Color(enum.Enum):
    RED = "red"


class Rooted(RootModel[list[Item]]):
    pass


class Page(BaseModel, Generic[T]):
    rows: list[T]


class Pair(NamedTuple):
    first: int
    second: list[int]


class Typed(TypedDict, total=False):
    items: list[int]
    other: Annotated[list[int], Field(alias="Other")]


@dataclasses.dataclass
class Data:
    numbers: list[int]
    _hidden: int = 0
    inner: Data | None = None


class Named(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    plain: list[int] = Field([], alias="Plain")
    choices: list[int] = Field([], validation_alias=AliasChoices("one", AliasPath("two", 0)))
    way: list[int] = Field([], validation_alias=AliasPath("deep", "er", 1))


class Early(BaseModel):
    """Validated as a whole, because of the validator."""

    numbers: list[int] = []

    @model_validator(mode="before")
    @classmethod
    def wrapped(cls, data: Any) -> Any:
        return data


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: list[int] = []


class Dog(BaseModel):
    kind: Literal["dog"]
    bones: list[int] = []


class Pets(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    any_of: list[int] | dict[str, int] | None = None


class Tree(BaseModel):
    value: int
    children: list[Tree] = []


class Keyed(BaseModel):
    by_number: dict[int, Item] = {}
    by_color: dict[Color, int] = {}
    mapping: Mapping[str, Sequence[int]] = {}
    default: collections.defaultdict[str, list[int]] = Field(collections.defaultdict(list))
    extra: Any = None


KINDS: dict[str, tuple[Any, str, Any, list[Any] | None]] = {
    "root model": (Rooted, '[{"name": "a"}]', lambda r: r.root, [Item(name="a")]),
    "root model, pattern": (Rooted, '[{"name": "a"}]', "$[*].name", ["a"]),
    "generic": (Page[Item], '{"rows": [{"name": "a"}]}', lambda p: p.rows, [Item(name="a")]),
    "generic of int": (Page[int], '{"rows": ["1"]}', lambda p: p.rows, [1]),
    "named tuple, array": (Pair, "[1, [2, 3]]", lambda p: p.second, [2, 3]),
    "named tuple, object": (Pair, '{"first": 1, "second": [2, 3]}', lambda p: p.second, [2, 3]),
    "named tuple, index": (Pair, "[1, [2, 3]]", lambda p: p[1], [2, 3]),
    "typed dict": (Typed, '{"items": [1]}', lambda d: d["items"], [1]),
    "typed dict, get": (Typed, '{"items": [1]}', lambda d: d.get("items"), [1]),
    "typed dict, alias": (Typed, '{"Other": [1]}', lambda d: d["other"], [1]),
    "dataclass": (Data, '{"numbers": [1]}', lambda d: d.numbers, [1]),
    "dataclass, hidden": (Data, '{"numbers": [1], "_hidden": 5}', lambda d: [d._hidden], [5]),
    "dataclass, inner": (Data, '{"numbers": [], "inner": {"numbers": [2]}}', lambda d: d.inner.numbers, [2]),
    "alias": (Named, '{"Plain": [1]}', lambda n: n.plain, [1]),
    "name": (Named, '{"plain": [1]}', lambda n: n.plain, [1]),
    "alias choice": (Named, '{"one": [1]}', lambda n: n.choices, [1]),
    "alias path of choices": (Named, '{"two": [[1]]}', lambda n: n.choices, [1]),
    "alias path": (Named, '{"deep": {"er": [0, [1]]}}', lambda n: n.way, [1]),
    "before validator": (Early, '{"numbers": ["1"]}', lambda e: e.numbers, [1]),
    "before validators": (list[Early], '[{"numbers": ["1"]}, {}]', lambda e: [n for x in e for n in x.numbers], [1]),
    "tagged union": (Pets, '{"pet": {"bones": ["1"], "kind": "dog"}}', lambda p: p.pet.bones, [1]),
    "tagged union, other": (Pets, '{"pet": {"kind": "dog", "bones": [1]}}', lambda p: p.pet.lives, []),
    "union": (Pets, '{"pet": {"kind": "dog"}, "any_of": ["1"]}', lambda p: p.any_of, [1]),
    "union, the other": (Pets, '{"pet": {"kind": "dog"}, "any_of": {"a": 1}}', "$.any_of.a", [1]),
    "recursion": (
        Tree,
        '{"value": 1, "children": [{"value": 2, "children": [{"value": 3}]}]}',
        lambda t: [leaf.value for child in t.children for leaf in child.children],
        [3],
    ),
    "int keys": (Keyed, '{"by_number": {"1": {"name": "a"}}}', lambda k: k.by_number.values(), [Item(name="a")]),
    "int key": (Keyed, '{"by_number": {"1": {"name": "a"}}}', lambda k: [k.by_number[1].name], ["a"]),
    "mapping": (Keyed, '{"mapping": {"a": ["1"]}}', lambda k: [n for v in k.mapping.values() for n in v], [1]),
    "defaultdict": (Keyed, '{"default": {"a": ["1"]}}', lambda k: k.default["a"], [1]),
    "any": (Keyed, '{"extra": {"a": ["1"]}}', lambda k: k.extra["a"], ["1"]),
    "before": (
        list[Annotated[int, BeforeValidator(lambda value: value)]],
        "[1, 2]",
        lambda n: n,
        [1, 2],
    ),
    "after a list": (Annotated[list[int], AfterValidator(sorted)], "[2, 1]", "$[*]", None),
    "fields of a model": (Page[int], '{"rows": [1]}', "$.*", [[1]]),
    "quoted names": (dict[str, list[int]], '{"a \\"b\'": [1]}', lambda d: d["a \"b'"], [1]),
    "deque": (collections.deque[int], "[1, 2]", lambda d: d, [1, 2]),
}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=since_2_14) if kind == "named tuple, index" else kind for kind in KINDS]
)
def test_targets_of_all_kinds(kind: str) -> None:
    target, text, where, expected = KINDS[kind]
    seen = elements(text, target, where)
    assert seen.error is None
    if expected is not None:
        assert describe(seen.found) == describe(expected)
    else:
        assert sorted(seen.found) == [1, 2]


# Text


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_text(size: int) -> None:
    for where, expected in (
        (lambda o: o.note, ORDER.note),
        (lambda o: o.items[1].name, "yy"),
        (lambda o: o.by_sku["k 1"].name, "z"),
        (lambda o: o.inner.items[0].name, "deep"),
        ("$.items[0].name", "x"),
        (lambda o: o.inner.note, ""),
    ):
        chunks = [TEXT[start : start + size] for start in range(0, len(TEXT), size)]
        seen = read(chunks, Order, lambda each: each.text(where))  # noqa: B023  # called at once
        assert "".join(seen.found) == expected
        assert all(seen.found)
        assert seen.error is None
        assert seen.outcome.value == ORDER


@given(strategies.documents(), st.data())
def test_text_of_any_string(text: str, data: st.DataObject) -> None:
    value = json.dumps([text], ensure_ascii=data.draw(st.booleans()))
    found = list(stream(data.draw(strategies.chunkings(value))).text("$[0]"))
    assert "".join(found) == text
    assert all(found)


def test_text_is_given_as_it_grows() -> None:
    pieces = stream(['{"Note": "ab', "c\\", 'n"', "}"], Order).text(lambda order: order.note)
    assert [next(pieces), next(pieces), next(pieces)] == ["ab", "c", "\n"]
    assert pieces.outcome is None
    assert next(pieces, None) is None
    assert isinstance(pieces.outcome, Complete)


class Loud(BaseModel):
    word: Annotated[str, AfterValidator(str.upper)] | None = None


def test_text_is_that_of_the_document() -> None:
    seen = read(['{"word": "a', 'b"}'], Loud, lambda each: each.text(lambda loud: loud.word))
    assert seen.found == ["a", "b"]
    assert seen.outcome.value == Loud(word="AB")
    assert read(['{"word": null}'], Loud, lambda each: each.text(lambda loud: loud.word)).found == []
    assert read(["{}"], Loud, lambda each: each.text(lambda loud: loud.word)).found == []


def test_text_of_what_is_no_text() -> None:
    seen = read(['{"a": "x", ', '"b": 5}'], None, lambda each: each.text("$.b"))
    assert (seen.found, str(seen.error)) == ([], "expected a string at $.b, found 5")
    seen = read(['{"word": 5}'], Loud, lambda each: each.text(lambda loud: loud.word))
    assert seen.found == []
    assert isinstance(seen.error, ValidationError)


@pytest.mark.parametrize("size", [1, 5, 100])
def test_text_that_comes_twice(size: int) -> None:
    text = '{"a": {"b": "abc"}, "a": {"b": "xyz"}}'
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    seen = read(chunks, None, lambda each: each.text("$.a.b"))
    assert "".join(seen.found) == "abc"
    assert "$.a.b came a second time" in str(seen.error)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_text_before_an_error_in_it(size: int) -> None:
    text = '{"Note": "abc\\x", "more": [1]}'
    seen = read([text[start : start + size] for start in range(0, len(text), size)], Order, lambda e: e.text("$.Note"))
    assert "".join(seen.found) == "abc"
    assert type(seen.error) is ParseError


def test_text_that_is_cut() -> None:
    seen = read(['{"Note": "ab', "c"], Order, lambda each: each.text(lambda order: order.note))
    assert seen.found == ["ab", "c"]
    assert isinstance(seen.error, IncompleteError)


# Fields


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (lambda o: o.note, ORDER.note),
        (lambda o: o.items[1].size, 2),
        (lambda o: o.items[1], Item(name="yy", size=2)),
        (lambda o: o.items, ORDER.items),
        (lambda o: o.codes, frozenset([5, 6])),
        (lambda o: o.inner.inner, None),
        (lambda o: o.inner.note, ""),
        (lambda o: o.sizes[0], 3),
        (lambda o: o.by_sku["k 1"].name, "z"),
        (lambda o: o, ORDER),
        ("$.Note", ORDER.note),
        ("$", ORDER),
    ],
)
def test_field(where: Any, expected: Any) -> None:
    assert field(TEXT, Order, where) == expected


def test_a_field_is_given_as_soon_as_it_closes() -> None:
    chunks = iter(['{"items": [{"name": "a"', ', "size": 4', "}", "]}", "nonsense"])
    assert stream(chunks, Order).field(lambda order: order.items[0].size) == 4
    assert list(chunks) == ["]}", "nonsense"]


def test_a_field_before_an_error_in_the_same_chunk() -> None:
    assert stream(['{"Note": "a", !'], Order).field(lambda order: order.note) == "a"


def test_a_field_that_does_not_come() -> None:
    assert field("{}", Order, lambda order: order.note) == ""
    with pytest.raises(LookupError, match=r"the document ended without \$\.items\[3\]\.name"):
        field(TEXT, Order, lambda order: order.items[3].name)
    assert field(TEXT, Order, lambda order: order.items[3].name, default=None) is None
    assert field(TEXT, Order, "$.items[3]", default=5) == 5
    with pytest.raises(LookupError, match=r"\$\.x"):
        field("{}", None, "$.x")
    # A default of the caller is no way to take a cut document for a whole one.
    with pytest.raises(IncompleteError):
        field(TEXT[:-1], Order, lambda order: order.items[3].name, default=None)
    with pytest.raises(ParseError):
        field("!", Order, lambda order: order.note)


def test_a_field_that_is_invalid() -> None:
    chunks = iter(['{"items": [{"name": 5', "}", "]}"])
    with pytest.raises(ValidationError) as raised:
        stream(chunks, Order).field(lambda order: order.items[0].name)
    assert raised.value.errors()[0]["type"] == "string_type"
    assert list(chunks) == ["]}"]
    with pytest.raises(ValidationError):
        field('{"inner": 5, "Note": "a"}', Order, lambda order: order.inner.note)
    with pytest.raises(ValidationError):
        field('{"codes": ["x"], "Note": "a"}', Order, lambda order: order.codes)
    # What is invalid elsewhere does not matter before the end.
    assert field('{"codes": ["x"], "Note": "a"}', Order, lambda order: order.note) == "a"


# Leaving early


class Chunks:
    """An iterator, sync and async, that counts what was read and knows whether it was closed."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self.chunks = iter(chunks)
        self.closed = 0

    def __iter__(self) -> Chunks:
        return self

    def __next__(self) -> str:
        return next(self.chunks)

    def close(self) -> None:
        self.closed += 1


class AsyncChunks(Chunks):
    def __aiter__(self) -> AsyncChunks:
        return self

    async def __anext__(self) -> str:
        await asyncio.sleep(0)
        try:
            return next(self.chunks)
        except StopIteration:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        await asyncio.sleep(0)
        self.close()


NUMBERS = ["[1, ", "2, ", "3", "]"]


def test_leaving_early_closes_the_chunks() -> None:
    chunks = Chunks(NUMBERS)
    for number in stream(chunks, list[int]).elements():
        assert number == 1
        break
    assert chunks.closed == 1
    chunks = Chunks(NUMBERS)
    with stream(chunks, list[int]).elements() as numbers:
        assert next(numbers) == 1
        assert chunks.closed == 0
    assert chunks.closed == 1
    assert next(numbers, None) is None
    chunks = Chunks(NUMBERS)
    for _ in stream(chunks, list[int]):
        break
    assert chunks.closed == 1
    chunks = Chunks(NUMBERS)
    assert stream(chunks, list[int]).field(lambda numbers: numbers[0]) == 1
    assert chunks.closed == 1


def test_an_error_closes_the_chunks() -> None:
    chunks = Chunks(["[1, ", "!", "]"])
    with pytest.raises(ParseError):
        list(stream(chunks).elements("$[*]"))
    assert chunks.closed == 1
    chunks = Chunks(["[1, ", "!", "]"])
    assert len(list(stream(chunks))) == 2
    assert chunks.closed == 1


def test_chunks_that_ended_are_not_closed() -> None:
    chunks = Chunks(NUMBERS)
    assert list(stream(chunks, list[int]).elements()) == [1, 2, 3]
    assert chunks.closed == 0


def test_a_file_stays_open() -> None:
    file = io.StringIO("[1,\n2,\n3]")
    for _ in stream(file, list[int]).elements():
        break
    assert not file.closed
    assert file.read() == "2,\n3]"


def test_leaving_an_async_stream_closes_the_chunks() -> None:
    async def leave(chunks: AsyncChunks) -> None:
        async with astream(chunks, list[int]).elements() as numbers:
            async for number in numbers:
                assert number == 1
                break

    async def take(chunks: AsyncChunks) -> None:
        assert await astream(chunks, list[int]).field(lambda numbers: numbers[0]) == 1

    async def cancel(chunks: AsyncChunks) -> None:
        reading: asyncio.Task[Any] = asyncio.ensure_future(anext(astream(chunks, list[int]).elements("$[9]")))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    async def snapshots(chunks: AsyncChunks) -> None:
        snapshots: Any = aiter(astream(chunks, list[int]))
        await anext(snapshots)
        await snapshots.aclose()

    async def error(chunks: AsyncChunks) -> None:
        with pytest.raises(ValidationError):
            await astream(chunks, list[str]).field(lambda strings: strings[0])

    for way in (leave, take, cancel, snapshots, error):
        chunks = AsyncChunks(NUMBERS)
        asyncio.run(way(chunks))
        assert chunks.closed == 1, way


def test_a_stream_is_read_once() -> None:
    once = stream(NUMBERS, list[int])
    assert list(once.elements()) == [1, 2, 3]
    readings: list[Callable[[], object]] = [
        lambda: list(once),
        lambda: once.elements(),
        lambda: once.field(lambda n: n[0]),
        lambda: once.text("$[0]"),
    ]
    for again in readings:
        with pytest.raises(RuntimeError, match="read only once"):
            again()
    wrong = stream(NUMBERS, list[int])
    with pytest.raises(TypeError):
        wrong.text(lambda n: n.x)  # type: ignore[attr-defined]
    assert wrong.field(lambda n: n[0]) == 1


def test_select_belongs_to_snapshots() -> None:
    with pytest.raises(TypeError, match="select= is for the events of snapshots"):
        stream(NUMBERS, list[int], select=["$"]).elements()


# What is no path


@pytest.mark.parametrize(
    ("where", "error", "message"),
    [
        (lambda o: o.itmes, AttributeError, "Order has no field 'itmes'; it has items"),
        (lambda o: o.items[0].nam, AttributeError, "Item has no field 'nam'; it has name"),
        (lambda o: o.model_dump(), AttributeError, "Order has no field 'model_dump'"),
        (lambda o: o.Note, AttributeError, "Order has no field 'Note'"),
        (lambda o: o.note.upper(), TypeError, r"\$\.Note is a str: a path cannot go on to \.upper"),
        (lambda o: o.items(), TypeError, r"cannot call \$\.items"),
        (lambda o: o.items[-1], TypeError, "counts from the end"),
        (lambda o: o.items[1:], TypeError, "slice"),
        (lambda o: o.items[o.sizes[0]], TypeError, "fixed indexes"),
        (lambda o: o.items["a"], TypeError, r"\$\.items is a list: it has no \['a'\]"),
        (lambda o: o.by_sku, TypeError, r"its keys; use \.values\(\)"),
        (lambda o: o.note, TypeError, "has no elements"),
        (lambda o: o["items"], TypeError, r"it has no \['items'\]"),
        (lambda o: [i for i in o.items if i.size], TypeError, r"decide anything by the value of \$\.items\[\*\]\.size"),
        (lambda o: [i for i in o.items if i.size > 2], TypeError, r"compare \$\.items\[\*\]\.size"),
        (lambda o: [i.size + 1 for i in o.items], TypeError, "compute with"),
        (lambda o: [len(o.items)], TypeError, "compute with"),
        (lambda o: [i.name for i in o.items] + [1], TypeError, "returns 1 for an element"),
        (lambda o: None, TypeError, "returns None"),
        (lambda o: 5, TypeError, "returns 5"),
        (lambda o: [(1, o.note)], TypeError, "a tuple for an element"),
        (5, TypeError, "expected a function"),
        ("$.itemz[*]", ValueError, "no 'itemz' in a document; it has items"),
        ("$.note", ValueError, "no 'note' in a document; it has Note"),
        ("items", ValueError, r"starts with '\$'"),
        ("$.items[-1]", ValueError, "negative"),
        ("$.codes.a", ValueError, "no 'a'"),
    ],
)
def test_what_is_no_path(where: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        stream([], Order).elements(where)
    with pytest.raises(error, match=message):
        astream(arrive([]), Order).elements(where)


def test_what_is_no_path_to_one_place() -> None:
    wheres: list[Any] = ["$.items[*]", lambda o: next(iter(o.items)), lambda o: [x.name for x in o.items][0]]  # noqa: RUF015  # the form that is tested
    for where in wheres:
        with pytest.raises(TypeError, match="is many places; use elements"):
            stream([], Order).field(where)
    with pytest.raises(TypeError, match="the function returns a list, not one place"):
        stream([], Order).text(lambda o: [o.note])  # type: ignore[arg-type, return-value] # pyright: ignore[reportArgumentType]


def test_other_names_that_are_not_there() -> None:
    with pytest.raises(KeyError, match="no key 'itmes'; it has items"):
        stream([], Typed).field(lambda d: d["itmes"])  # type: ignore[typeddict-item] # pyright: ignore[reportGeneralTypeIssues, reportTypedDictNotRequiredAccess]
    with pytest.raises(AttributeError, match="has keys, not attributes"):
        stream([]).field(lambda d: d.a)
    with pytest.raises(AttributeError, match="has keys, not attributes"):
        stream([], Typed).field(lambda d: d.thing)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError, match=r"the keys of \$\.by_number are validated when it closes"):
        stream([], Keyed).elements(lambda k: k.by_number.items())
    with pytest.raises(TypeError, match="a tuple of 2 has no"):
        stream([], tuple[int, int]).field(lambda pair: pair[2])  # type: ignore[misc] # pyright: ignore[reportGeneralTypeIssues]


def test_a_recorder_is_readable() -> None:
    seen: list[Any] = []
    stream([], Order).elements(lambda order: seen.append(order) or order.items)  # type: ignore[func-returns-value]
    assert repr(seen[0].items[1].name) == "<$.items[1].name>"
    assert repr(seen[0].by_sku["k 1"]) == '<$.by_sku["k 1"]>'
    assert dir(seen[0].items[0]) == ["name", "size", "tags"]
    with pytest.raises(TypeError, match="assign to"):
        seen[0].items[0].name = "x"


# What the parser says of values inside something that is validated as a whole


def test_values_inside_something_that_is_validated_whole_are_raw() -> None:
    def raw(target: Any, text: str) -> dict[tuple[str | int, ...], bool]:
        return {each.path: each.raw for each in Parser(target).feed(text) if isinstance(each, Completed)}

    text = '[{"numbers": [1]}]'
    inner = (0, "numbers", 0), (0, "numbers")
    assert raw(list[Early], text) == {**dict.fromkeys(inner, True), (0,): False, (): False}
    assert not any(raw(list[Page[int]], '[{"rows": ["1"]}]').values())
    assert not any(raw(None, text).values())
    assert not any(raw(list[Any], text).values())
    assert not any(raw(list[dict[str, Any]], text).values())


def test_what_is_not_raw_is_validated() -> None:
    text = '{"by_number": {"1": {"name": "a", "size": "7", "tags": ["1"]}}, "mapping": {"a": ["1"]}, "extra": ["1"]}'
    final = Keyed.model_validate_json(text)
    validated = {
        each.path: each.value for each in Parser(Keyed).feed(text) if isinstance(each, Completed) and not each.raw
    }
    assert validated[("by_number", "1", "size")] == 7
    assert validated[("by_number", "1", "tags")] == {"1"}
    assert validated[("mapping",)] == final.mapping
    assert validated[("extra", 0)] == "1"
    assert all(value == 1 for path, value in validated.items() if path[:2] == ("mapping", "a") and len(path) == 3)
