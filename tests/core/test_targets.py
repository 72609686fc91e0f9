"""Targets that no schema language of this library made: whatever describes or follows documents needs only a `Target`.

The toy language of `support.toy` drives all of it here, and in a process of its own in which pydantic is never loaded.
"""

from __future__ import annotations

import inspect
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    Invalid,
    InvalidError,
    Parser,
    Predicted,
    Truncated,
    Violation,
    stream,
)
from partialjson._core.spec import NO_DEFAULT, Spec
from partialjson._core.target import Options, Target, target_of
from partialjson.render.form import placeholder_of
from partialjson.render.outline import outline
from partialjson.render.sources import document_of
from partialjson.testing.chunking import check_all_chunkings
from support.toy import Growing, Record, Toy, ToyError

ITEM = {
    "is": "record",
    "title": "Item",
    "fields": {"sku": {"is": "text"}, "size": {"is": "count"}, "inside": {"see": "Items", "default": None}},
}
ORDER = {
    "is": "record",
    "title": "Order",
    "about": "What a customer wants.",
    "fields": {
        "customer": {"is": "text", "key": "Customer", "about": "who"},
        "items": {"see": "Items"},
        "state": {"is": "word", "words": ["open", "on hold", "shipped"], "default": "open"},
        "code": {"is": "text", "longest": 3, "default": "", "secret": True},
        "by_day": {"is": "map", "of": {"is": "number"}, "default": None},
        "pet": {
            "is": "either",
            "tag": "kind",
            "of": {
                "cat": {"is": "record", "title": "Cat", "fields": {"kind": {"is": "text"}, "lives": {"is": "count"}}},
                "dog": {"is": "record", "title": "Dog", "fields": {"kind": {"is": "text"}, "bark": {"is": "text"}}},
            },
            "default": None,
        },
    },
}


def order() -> Toy:
    return Toy(ORDER, Items={"is": "list", "of": {"see": "Item"}, "most": 3}, Item=ITEM)


TEXT = (
    '{"Customer": "Ada",'
    ' "items": [{"sku": "a", "size": 1, "inside": [{"sku": "b", "size": 2}]}, {"sku": "c", "size": 3}],'
    ' "state": "shipped", "code": "xyz", "by_day": {"mon": 1.5}, "pet": {"lives": 9, "kind": "cat"}}'
)


def test_a_document_as_a_whole() -> None:
    toy = order()
    seen = check_all_chunkings(TEXT, make=lambda: Parser(toy), states_up_to=0)
    assert isinstance(seen.outcome, Complete)
    value = seen.outcome.value
    assert type(value) is Record
    assert value.customer == "Ada"
    assert value.items[0].inside == [Record({"sku": "b", "size": 2, "inside": None})]
    assert (value.state, value.code, value.by_day, value.pet.lives) == ("shipped", "xyz", {"mon": 1.5}, 9)


def test_partial_views() -> None:
    parser: Parser[Any] = Parser(order())
    parser.feed('{"Customer": "A')
    assert type(parser.value) is Growing
    assert parser.value.customer == "A"
    assert parser.value.items is MISSING
    parser.feed('da", "items": [{"sku": "a", "size": 1}, {"sku": "b')
    first, second = parser.value.items
    assert first == Record({"sku": "a", "size": 1, "inside": None})
    assert (second.sku, second.size) == ("b", MISSING)
    parser.feed('"}], "pet": {"lives": 1')
    assert parser.value.pet is MISSING
    parser.feed(', "kind": "cat"')
    assert parser.value.pet.lives == 1
    assert Parser(order(), missing=None).value is None


def test_errors_and_events() -> None:
    seen = check_all_chunkings('{"items": [{"sku": 5}], "Customer": "x"}', make=lambda: Parser(order()), states_up_to=0)
    assert isinstance(seen.outcome, Failed)
    assert isinstance(seen.outcome.error, ToyError)
    assert seen.outcome.error.lines == [
        (("items", 0, "sku"), "expected a text"),
        (("items", 0, "size"), "missing"),
    ]
    told = [(type(each), each.path) for each in seen.events]
    assert told == [
        (Violation, ("items", 0, "sku")),
        (Invalid, ("items", 0, "sku")),
        (Invalid, ("items", 0)),
        (Invalid, ("items",)),
        (Completed, ("Customer",)),
        (Invalid, ()),
    ]


def test_what_is_foreseen() -> None:
    def foreseen(text: str) -> list[Any]:
        parser: Parser[Any] = Parser(order(), predict=True)
        told = (Violation, Predicted)
        return [each for char in text for each in parser.feed(char) if isinstance(each, told)]

    assert foreseen('{"state": "op') == [Predicted(("state",), "open", 12)]
    assert foreseen('{"code": "abcd') == [
        Violation(("code",), 13, "maxLength", "expected at most 3 characters, found more")
    ]
    assert foreseen('{"cod') == []
    assert foreseen('{"nome":') == [
        Violation((), 2, "additionalProperties", "no key that may still come begins like this")
    ]
    assert foreseen('{"items": 5 ') == [Violation(("items",), 10, "type", "expected an array, found a number")]
    many = '{"items": [{},{},{},{'
    assert foreseen(many) == [
        Violation(("items",), len(many) - 2, "maxItems", "expected at most 3 elements, found more")
    ]
    parser: Parser[Any] = Parser(order(), on_invalid="raise")
    with pytest.raises(InvalidError, match="expected 'open' or 'on hold' or 'shipped'"):
        parser.feed('{"state": "x')


def test_required_fields_that_had_not_come() -> None:
    def missing(text: str) -> tuple[Any, ...]:
        parser: Parser[Any] = Parser(order())
        parser.feed(text)
        outcome = parser.end()
        assert isinstance(outcome, Truncated)
        return outcome.missing

    assert missing("") == (("Customer",), ("items",))
    assert missing('{"Customer": "') == (("items",),)
    assert missing('{"items": [{"sku": "", "inside": [{"size": 1') == (
        ("Customer",),
        ("items", 0, "size"),
        ("items", 0, "inside", 0, "sku"),
        ("items", 0, "inside", 0, "size"),
    )
    assert missing('{"Customer": "", "items": [], "pet": {') == ()
    assert missing('{"Customer": "", "items": [], "pet": {"kind": "dog"') == (("pet", "bark"),)


def test_paths_of_functions_and_patterns() -> None:
    toy = order()
    assert [each.sku for each in stream([TEXT], toy).elements(lambda o: o.items)] == ["a", "c"]
    deep = stream(list(TEXT), toy).elements(lambda o: [inner.sku for item in o.items for inner in item.inside])
    assert list(deep) == ["b"]
    assert list(stream([TEXT], toy).elements("$.by_day.*")) == [1.5]
    assert list(stream([TEXT], toy).elements(lambda o: o.by_day.items())) == [("mon", 1.5)]
    assert "".join(stream(list(TEXT), toy).text(lambda o: o.customer)) == "Ada"
    assert stream([TEXT], toy).field("$.pet.lives") == 9
    assert stream([TEXT], toy).field(lambda o: o.items[1].size) == 3
    with pytest.raises(AttributeError, match="Order has no field 'custmer'; it has customer"):
        stream([TEXT], toy).field(lambda o: o.custmer)
    with pytest.raises(TypeError, match=r"\$\.Customer is a text: a path cannot go on to \.upper inside it"):
        stream([TEXT], toy).field(lambda o: o.customer.upper())
    with pytest.raises(ValueError, match="no 'customer' in a document; it has Customer"):
        stream([TEXT], toy).field("$.customer")


def test_placeholders() -> None:
    toy = order()
    placeholder = placeholder_of(toy)
    assert placeholder.label == "Order"
    # The code is a secret.
    assert {name: each.label for name, each in placeholder.fields.items()} == {
        "Customer": "text",
        "items": "list of Item",
        "state": "open | on hold | shipped, optional",
        "by_day": "object, optional",
        "pet": "Cat or Dog, optional",
    }
    assert placeholder.at("items").at(7).at("inside").at(0).at("sku").label == "text"
    parser: Parser[Any] = Parser(toy)
    parser.feed('{"Customer": "A')
    rows = [(row.name, row.status, row.text or row.value) for row in outline(document_of(parser), placeholder, 4)]
    assert rows == [
        ("Customer", "partial", "A"),
        ("items", "missing", "list of Item"),
        ("state", "missing", "open | on hold | shipped, optional"),
        ("by_day, pet", "missing", ""),
    ]


def test_what_specs_say_of_fields() -> None:
    spec = target_of(order(), Options()).spec
    assert (spec.title, spec.description) == ("Order", "What a customer wants.")
    fields = spec.fields
    assert fields is not None
    assert [name for name, field in fields.items() if field.required] == ["customer", "items"]
    assert [name for name, field in fields.items() if field.kept_back] == ["code"]
    assert fields["customer"].ways == (("Customer",),)
    assert fields["customer"].description == "who"
    assert fields["state"].default == "open"
    assert fields["items"].default is NO_DEFAULT
    assert fields["code"].spec.notes == {"writeOnly": True}


def test_specs_are_made_once_and_when_somebody_goes_there() -> None:
    toy = Toy(ITEM, Items={"is": "list", "of": {"see": "Item"}}, Item=ITEM)
    spec = toy.spec(ITEM)
    assert toy.filled == 0
    inner: Spec = spec
    for _ in range(50):
        fields = inner.filled().fields
        assert fields is not None
        items = fields["inside"].spec.items
        assert items is not None
        inner = items
    assert inner is spec
    assert toy.filled == 2


def test_checkpoints_know_their_target() -> None:
    toy = order()
    parser: Parser[Any] = Parser(toy)
    parser.feed(TEXT[:70])
    state = json.loads(json.dumps(parser.checkpoint()))
    again = Parser.restore(state, order())
    again.feed(TEXT[70:])
    assert again.close().customer == "Ada"
    fork = parser.fork()
    fork.feed(TEXT[70:])
    assert fork.close() == again.close()
    with pytest.raises(ValueError, match="another target"):
        Parser.restore(state, Toy(ITEM, Items={"is": "list", "of": {"see": "Item"}}, Item=ITEM))
    with pytest.raises(ValueError, match="was made with a target; give the same one"):
        Parser.restore(state)
    assert parser.fresh().feed(TEXT)[-1].path == ()


def test_a_target_that_was_made_before_is_taken_as_it_is() -> None:
    target = target_of(order(), Options(missing=None))
    assert isinstance(target, Target)
    parser: Parser[Any] = Parser(target, missing=None)
    parser.feed('{"Customer": "A')
    assert parser.value.customer == "A"
    assert parser.value.items is None
    assert parser.fresh().feed(TEXT)[-1].path == ()
    assert target_of(target, Options()) is target
    asked: list[dict[str, Any]] = [{"strict": True}, {"context": {}}, {"by_alias": True}, {"by_name": False}]
    for options in asked:
        with pytest.raises(TypeError, match="a Target is made with"):
            Parser(target, **options)
    with pytest.raises(TypeError, match="the toy language has no options"):
        Parser(order(), strict=True)


def test_events_make_their_errors_when_asked_and_only_then() -> None:
    parser: Parser[Any] = Parser(order())
    (event,) = (each for each in parser.feed('{"state": 5,') if isinstance(each, Invalid))
    assert event.error is event.error
    assert isinstance(event.error, ToyError)
    assert event.errors == [event.error]
    twin = Invalid(("state",), ToyError([((), "expected a word")]))
    assert event == twin
    assert pickle.loads(pickle.dumps(Invalid(("a",), ValueError("x")))) == Invalid(("a",), ValueError("x"))


def test_all_of_this_without_pydantic() -> None:
    """Every other test of this module, in a process in which pydantic must not be loaded."""
    here = Path(__file__)
    names = [
        name
        for name, value in globals().items()
        if name.startswith("test_") and inspect.isfunction(value) and name != test_all_of_this_without_pydantic.__name__
    ]
    assert len(names) >= 11
    program = f"""
import sys
sys.path[:0] = [{str(here.parents[1])!r}, {str(here.parent)!r}]
import test_targets as tests
for name in {names!r}:
    getattr(tests, name)()
loaded = [each for each in sys.modules if each.split(".")[0] in ("pydantic", "pydantic_core")]
loaded += [each for each in sys.modules if each.startswith("partialjson.typed")]
assert not loaded, loaded
print("done")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "done", run.stderr
