"""Law 2 for the typed view: each exception is accepted by what tells of it, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import pytest
from pydantic import AfterValidator, BaseModel, Field, RootModel, model_validator
from pydantic_core import PydanticOmit, PydanticUseDefault

from partialjson import Completed, Invalid, Lenient, Parser, Partial, Preview, Replaced
from partialjson.testing.broken import Broken
from partialjson.testing.growth import check_growth
from partialjson.testing.laws import check_laws, law_2, some_chunkings
from partialjson.testing.makers import Maker


def leaves_out(value: str) -> str:
    if value == "omit":
        raise PydanticOmit
    if value == "default":
        raise PydanticUseDefault
    return value


def never(value: Any) -> Any:
    raise PydanticOmit


Word = Annotated[str, AfterValidator(leaves_out), Preview]


class Item(BaseModel):
    sku: str
    qty: int


class Order(BaseModel):
    note: str = ""
    items: list[Item] = []
    word: Word = "none"


class Aliased(BaseModel, validate_by_name=True, validate_by_alias=True):
    note: str = Field(alias="remark")
    n: int = 1


class Person(BaseModel):
    first_name: str
    n: int


SKIPPED = '[{"sku":"A","qty":"x"},{"sku":"B","qty":1},{"sku":"C"}]'

EXCEPTIONS: dict[str, tuple[str, Any, dict[str, Any], type | None]] = {
    "a repeated key": ('{"note":"ab","note":"c"}', Order, {}, Replaced),
    "a repeated key with a value that does not fit": ('{"note":"ab","note":3}', Order, {}, Replaced),
    "a skipped element": (SKIPPED, list[Item], {"on_invalid": "skip"}, Invalid),
    "a skipped element inside": ('{"items":' + SKIPPED + "}", Order, {"on_invalid": "skip"}, Invalid),
    "an element that is left out": ('["a","omit","b"]', list[Word], {}, Completed),
    "an element of a tuple": ('["a","omit","b"]', tuple[Word, ...], {}, Completed),
    "an element of a set": ('["a","omit","b"]', set[Word], {}, Completed),
    "objects that are left out": (
        '[{"sku":"A","qty":1},{"sku":"B","qty":2}]',
        list[Annotated[Item, AfterValidator(never)]],
        {},
        Completed,
    ),
    "a member that is left out": ('{"a":"omit","b":"x"}', dict[str, Word], {}, Completed),
    "the default": ('{"word":"default","note":"x"}', Order, {}, Completed),
    "an alias after the name": ('{"note":"A","remark":"B"}', Aliased, {}, None),
    "a field's own key after another spelling": (
        '{"firstName":"A","first_name":"B","n":1}',
        Person,
        {"lenient": True},
        None,
    ),
    "the same in the only element of a list": (
        '{"firstName":"A","first_name":"B","n":1}',
        list[Person],
        {"lenient": Lenient(coerce="guided")},
        None,
    ),
    "where nobody selects": ('{"note":"ab","note":"c"}', Order, {"select": []}, None),
}


@pytest.mark.parametrize(("text", "target", "options", "told"), EXCEPTIONS.values(), ids=EXCEPTIONS)
def test_every_exception_is_accepted(text: str, target: Any, options: dict[str, Any], told: type | None) -> None:
    make = Maker(target, **options)
    for chunks in some_chunkings(text, random.Random(0)):
        law_2(text, make, chunks)
    check_laws(text, target, **options)


def same(value: Any, fed: str) -> Any:
    return value


class Seeing(Maker):
    """Makes parsers that show `change(value, the text so far)` for the value, and tell nothing of the kind `hides`."""

    def __init__(self, target: Any, change: Callable[[Any, str], Any] = same, hides: Any = (), **options: Any) -> None:
        super().__init__(target, **options)
        self.change, self.hides = change, hides

    def __call__(self) -> Any:
        return Seen(super().__call__(), self.change, self.hides)


class Seen:
    def __init__(self, parser: Parser[Any], change: Callable[[Any, str], Any], hides: Any) -> None:
        self.parser, self.change, self.hides = parser, change, hides
        self.fed = ""

    def feed(self, chunk: str) -> Sequence[Any]:
        self.fed += chunk
        return [event for event in self.parser.feed(chunk) if not isinstance(event, self.hides)]

    @property
    def value(self) -> Any:
        return self.change(self.parser.value, self.fed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.parser, name)


TOLD = {name: case for name, case in EXCEPTIONS.items() if case[3] is not None}


@pytest.mark.parametrize(("text", "target", "options", "told"), TOLD.values(), ids=TOLD)
def test_without_its_event_it_is_a_breach(text: str, target: Any, options: dict[str, Any], told: Any) -> None:
    law_2(text, Seeing(target, **options))
    with pytest.raises(Broken, match=r"^law 2, growth only: "):
        law_2(text, Seeing(target, hides=told, **options))


def test_only_skipping_leaves_out_what_is_invalid() -> None:
    def without_bad(value: Any, fed: str) -> Any:
        return value[1:] if isinstance(value, list) and '"x"}' in fed else value

    with pytest.raises(Broken, match="became"):
        law_2(SKIPPED, Seeing(list[Item], without_bad))


def test_without_leniency_another_spelling_is_another_key() -> None:
    def second(value: Any, fed: str) -> Any:
        return Partial[Person]({"first_name": "B"}) if fed.endswith(': "B') else value

    text = '{"firstName": "A", "first_name": "B", "n": 1}'
    law_2(text, Seeing(Person, second, lenient=True))
    with pytest.raises(Broken, match="'A' became 'B'"):
        law_2('{"first_name": "A", "firstName": "B", "n": 1}', Seeing(Person, second))


def test_an_exception_excuses_nothing_beside_it() -> None:
    """In the step in which an element is skipped, the element before it must still be there, and so must a field."""
    text = '{"note":"ab","items":[{"sku":"B","qty":1},{"sku":"A","qty":"x"}]}'
    skipped = '"x"}'

    def first_goes(value: Any, fed: str) -> Any:
        return Partial[Order]({"note": "ab", "items": []}) if fed.endswith(skipped) else value

    def note_changes(value: Any, fed: str) -> Any:
        return Partial[Order]({"note": "a", "items": value.items}) if fed.endswith(skipped) else value

    law_2(text, Seeing(Order, on_invalid="skip"))
    for change in (first_goes, note_changes):
        with pytest.raises(Broken, match="became"):
            law_2(text, Seeing(Order, change, on_invalid="skip"))


def test_a_wrong_final_value_is_a_breach() -> None:
    """At the promotion, what was shown is compared with what is in the object."""

    def other(value: Any, fed: str) -> Any:
        return Order(note="xyz") if isinstance(value, Order) else value

    with pytest.raises(Broken, match="'abc' became 'xyz'"):
        law_2('{"note":"abc"}', Seeing(Order, other))


# Pairs of views.


class Point(NamedTuple):
    name: str
    tags: list[str]


class Tags(RootModel[list[str]]):
    pass


@dataclass
class Plain:
    name: str
    tags: list[str]


@dataclass
class Loud:
    name: str

    def __post_init__(self) -> None:
        self.name = self.name.upper()


class Louder(BaseModel):
    name: str

    @model_validator(mode="after")
    def upper(self) -> Louder:
        self.name = self.name.upper()
        return self


ITEM = Item(sku="A", qty=1)

GROWN: list[tuple[Any, Any]] = [
    (Partial[Order]({"note": "abc"}), Order(note="abcd")),
    (Partial[Order]({"items": [ITEM, Partial[Item]({"sku": "B"})]}), Order(items=[ITEM, Item(sku="Bc", qty=2)])),
    (Partial[Plain]({"name": "a", "tags": ["x"]}), Plain("ab", ["xy", "z"])),
    (Partial[Person]({"n": 1}), Person(first_name="A", n=1)),
    ({"name": "a", "tags": ["x"]}, Point("ab", ["x", "y"])),
    (["a", ["x"]], Point("a", ["x", "y"])),
    (["a"], Tags(["ab", "c"])),
    (["a", "b"], {"a", "bc", "c"}),
    ([["a"]], {("ab",)}),
]


@pytest.mark.parametrize(("before", "after"), GROWN)
def test_what_grew(before: Any, after: Any) -> None:
    check_growth(before, after)


SHRUNK: list[tuple[Any, Any]] = [
    (Partial[Order]({"note": "abc"}), Order(note="xyz")),
    (Partial[Order]({"note": "abc"}), Partial[Order]({})),
    (Partial[Order]({"note": "abc"}), Item(sku="abc", qty=1)),
    (Partial[Order]({"items": [ITEM]}), Order(items=[])),
    (Partial[Order]({"items": [ITEM]}), Order(items=[Item(sku="B", qty=1)])),
    (Partial[Order]({"items": [Partial[Item]({"sku": "B"})]}), Order(items=[ITEM])),
    (Partial[Plain]({"name": "a", "tags": ["x"]}), Plain("b", ["x"])),
    (Partial[Plain]({"name": "a", "tags": ["x"]}), Plain("a", [])),
    (Partial[Person]({"n": 1}), Person(first_name="A", n=12)),
    ({"name": "a", "tags": ["x"]}, Point("b", ["x"])),
    ({"name": "a", "tags": ["x"]}, Point("a", [])),
    (["a", ["x"]], Point("a", ["y"])),
    (["a"], Tags(["b"])),
    ([1], [12]),
    ({"a": 1}, {}),
    ({"a": "x"}, {"a": "y"}),
    (["a", "b"], {"a"}),
    ([1], {True}),
    ([["a"]], {("b",)}),
    ("ab", "a"),
]


@pytest.mark.parametrize(("before", "after"), SHRUNK)
def test_what_did_not_grow(before: Any, after: Any) -> None:
    with pytest.raises(AssertionError):
        check_growth(before, after)


@pytest.mark.parametrize("made", [lambda item: item.sku, lambda item: item.model_copy(update={"sku": "other"})])
def test_what_a_validator_makes_of_a_whole_object_is_its_own(made: Any) -> None:
    target: Any = Annotated[Item, AfterValidator(made)]
    law_2('{"sku":"A","qty":1}', Maker(target))
    law_2('[{"sku":"A","qty":1},{"sku":"B","qty":2}]', Maker(list[target]))


@pytest.mark.parametrize("target", [Loud, Louder])
def test_what_a_class_makes_of_its_members_is_its_own(target: Any) -> None:
    law_2('{"name":"ab"}', Maker(target))
