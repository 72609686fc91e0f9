"""``Schema``, and where a schema is taken: what is kept of it, what is copied, and what a parser says of it."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import subprocess
import sys
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from jsonschema.exceptions import SchemaError, ValidationError
from pydantic import BaseModel
from referencing.jsonschema import DRAFT202012

import partialjson
from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    Invalid,
    InvalidError,
    Parser,
    Schema,
    Truncated,
    Violation,
    documents,
    stream,
)
from partialjson.messages import MessageParser
from partialjson.testing.bodies import Said, Say, events
from partialjson.testing.chunking import check_all_chunkings

ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "customer": {"type": "string", "maxLength": 5},
        "items": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "maxItems": 2},
        "state": {"enum": ["open", "on hold", "shipped"]},
    },
    "required": ["customer"],
    "additionalProperties": False,
    "$defs": {
        "Item": {"type": "object", "properties": {"sku": {"type": "string"}, "n": {"minimum": 1}}, "required": ["sku"]}
    },
}


def foreseen(text: str, schema: Any = ORDER) -> list[Violation]:
    seen = check_all_chunkings(text, make=lambda: Parser(schema=schema), states_up_to=0)
    return [event for event in seen.events if isinstance(event, Violation)]


# A document.


def test_a_valid_document() -> None:
    text = '{"customer": "Ada", "items": [{"sku": "a", "n": 1.5}], "state": "on hold"}'
    seen = check_all_chunkings(text, make=lambda: Parser(schema=ORDER))
    assert seen.outcome == Complete(json.loads(text), seen.outcome.events)
    assert seen.value is seen.json
    assert [event.path for event in seen.events] == [
        ("customer",), ("items", 0, "sku"), ("items", 0, "n"), ("items", 0), ("items",), ("state",), (),
    ]  # fmt: skip


def test_an_invalid_document() -> None:
    text = '{"customer": "Adaline", "items": [{"n": 0}], "colour": 1}'
    seen = check_all_chunkings(text, make=lambda: Parser(schema=ORDER))
    assert isinstance(seen.outcome, Failed)
    theirs = list(jsonschema.Draft202012Validator(ORDER).iter_errors(json.loads(text)))
    assert [(list(each.path), each.validator, each.message) for each in seen.outcome.errors] == [
        (list(each.path), each.validator, each.message) for each in theirs
    ]
    with pytest.raises(ValidationError) as caught:
        jsonschema.validate(json.loads(text), ORDER)
    assert isinstance(seen.outcome.error, ValidationError)
    assert seen.outcome.error.message == caught.value.message
    told = {(type(event).__name__, event.path) for event in seen.events}
    assert ("Invalid", ("customer",)) in told
    assert ("Invalid", ("items", 0)) in told
    assert ("Completed", ("items", 0, "n")) not in told
    assert ("Invalid", ()) in told
    (item,) = [event for event in seen.events if isinstance(event, Invalid) and event.path == ("items", 0)]
    assert sorted(each.validator for each in item.errors) == ["minimum", "required"]
    assert isinstance(item.error, ValidationError)


@pytest.mark.parametrize(
    ("text", "path", "pos", "keyword"),
    [
        ('{"customer": 5', ("customer",), 13, "type"),
        ('{"customer": "Adaline"', ("customer",), 19, "maxLength"),
        ('{"state": "ons', ("state",), 13, "enum"),
        ('{"state": "close', ("state",), 11, "enum"),
        ('{"colour', (), 3, "additionalProperties"),
        ('{"items": [{"sku": ""}, {"sku": ""}, ', ("items",), 35, "maxItems"),
        ('{"items": [{"n": 1}', ("items", 0), 18, "required"),
        ("[", (), 0, "type"),
        ('{"items": [{"n": -1', ("items", 0, "n"), 17, "minimum"),
    ],
)
def test_what_is_foreseen(text: str, path: tuple[Any, ...], pos: int, keyword: str) -> None:
    (found,) = foreseen(text)
    assert (found.keyword, found.pos) == (keyword, pos)
    assert found.path[: len(path)] == path
    parser: Parser[Any] = Parser(schema=ORDER, on_invalid="raise")
    with pytest.raises(InvalidError) as caught:
        parser.feed(text + " " * 50)
    assert (caught.value.pos, caught.value.msg) == (pos, found.msg)


def test_a_truncated_document_says_what_is_missing() -> None:
    parser: Parser[Any] = Parser(schema=ORDER)
    parser.feed('{"items": [{"n": 1')
    outcome = parser.end("length")
    assert isinstance(outcome, Truncated)
    assert outcome.missing == (("customer",), ("items", 0, "sku"))


def test_selected_values_of_a_document_that_is_not_kept() -> None:
    schema = {"properties": {"rows": {"items": {"properties": {"a": {"type": "integer"}}}}}}
    parser: Parser[Any] = Parser(schema=schema, select=["$.rows[*]"], retain=False)
    found = parser.feed('{"rows": [{"a": 1}, {"a": "x"}, {"a": 2}]}')
    told = [(type(event).__name__, event.path) for event in found if isinstance(event, Completed | Invalid)]
    assert told == [("Completed", ("rows", 0)), ("Invalid", ("rows", 1)), ("Completed", ("rows", 2))]


def test_what_was_wrong_with_dropped_values_is_not_kept() -> None:
    schema = {"properties": {"rows": {"items": {"type": "integer"}}}}
    parser: Parser[Any] = Parser(schema=schema, select=["$.rows[*]"], retain=False)
    parser.feed('{"rows": [')
    for _ in range(100):
        parser.feed('"x", {"a": [1]}, ')
    observer = parser._tree.observer
    assert observer is not None
    assert len(observer.faults) <= 1
    parser.feed("0]}")
    outcome = parser.end()
    assert isinstance(outcome, Failed)
    assert "in the value at $.rows[0]" in getattr(outcome.error, "__notes__", [])


def test_a_repeated_key_is_judged_by_its_last_value() -> None:
    good = '{"customer": 5, "items": [], "customer": "Ada"}'
    seen = check_all_chunkings(good, make=lambda: Parser(schema=ORDER))
    assert isinstance(seen.outcome, Complete)
    told = [(type(event).__name__, getattr(event, "keyword", "")) for event in seen.events]
    assert told == [
        ("Violation", "type"),
        ("Invalid", ""),
        ("Completed", ""),
        # That a key comes again is not expected.
        ("Violation", "additionalProperties"),
        ("Replaced", ""),
        ("Completed", ""),
        ("Completed", ""),
    ]
    bad = '{"customer": "Ada", "items": [], "customer": 5}'
    seen = check_all_chunkings(bad, make=lambda: Parser(schema=ORDER))
    assert isinstance(seen.outcome, Failed)
    assert [each.validator for each in seen.outcome.errors] == ["type"]


def test_what_was_wrong_can_be_pickled() -> None:
    """Errors of jsonschema itself cannot: they hold a function without a name."""
    parser: Parser[Any] = Parser(schema={"items": {"type": "integer", "minimum": 5}})
    told = parser.feed('[1, "x", {"a": 1}]')
    outcome = parser.end()
    for each in (*told, outcome, *copy.deepcopy(told)):
        again = pickle.loads(pickle.dumps(each))
        if isinstance(each, Failed):
            assert [error.message for error in again.errors] == [error.message for error in each.errors]
        else:
            assert again == each


def test_a_failure_lists_all_that_is_wrong_whatever_the_target() -> None:
    class Model(BaseModel):
        a: int
        b: int

    typed = Parser(Model)
    typed.feed('{"a": "x", "b": []}')
    outcome = typed.end()
    assert isinstance(outcome, Failed)
    assert [line["loc"] for line in outcome.errors] == [("a",), ("b",)]
    plain: Parser[Any] = Parser()
    with pytest.raises(partialjson.ParseError):
        plain.feed("]")
    failed = plain.end()
    assert isinstance(failed, Failed)
    assert failed.errors == [failed.error]


# Where a schema is taken.


def test_it_stands_wherever_a_type_can() -> None:
    text = '{"customer": "Ada", "items": [{"sku": "a"}, {"sku": "b"}]}'
    schema = Schema(ORDER)
    assert list(stream([text], schema).elements("$.items[*]")) == [{"sku": "a"}, {"sku": "b"}]
    assert list(stream([text], schema=ORDER).elements(lambda order: order["items"])) == [{"sku": "a"}, {"sku": "b"}]
    assert "".join(stream(list(text), schema=ORDER).text(lambda order: order["customer"])) == "Ada"
    assert list(documents([text + "\n" + text], schema=ORDER)) == [json.loads(text)] * 2
    kept = documents(['{"customer": 5}\n' + text], schema=ORDER, on_error="skip")
    assert list(kept) == [json.loads(text)]
    said = Said((), (), (Say("c1", "order", (text[:20], text[20:])),), "tool_calls")
    message = MessageParser("openai-chat", tools={"order": schema})
    for event in events("openai-chat", said):
        message.feed(event)
    assert message.calls[0].value == json.loads(text)


def test_it_is_one_target() -> None:
    class Model(BaseModel):
        a: int

    with pytest.raises(TypeError, match="a type or a schema, not both"):
        Parser(Model, schema={})
    with pytest.raises(TypeError, match="a type or a schema, not both"):
        stream([], Model, schema={})
    with pytest.raises(TypeError, match="a schema is a dict or a bool, not str"):
        Parser(schema="{}")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a schema is a dict or a bool, not ModelMetaclass; for a model"):
        Parser(schema=Model)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="strict, context, by_alias and by_name are for types of pydantic"):
        Parser(schema={}, strict=True)
    with pytest.raises(TypeError, match="parse_float and parse_int are for documents without a target"):
        Parser(schema={}, parse_float=float)
    with pytest.raises(TypeError, match="the result of a schema is the document itself"):
        Parser(schema={}, on_invalid="skip")
    with pytest.raises(ValueError, match="a draft is '2020-12' or"):
        Schema({}, default_dialect="4")


def test_checkpoints_and_copies() -> None:
    parser: Parser[Any] = Parser(schema=ORDER)
    parser.feed('{"customer": "A')
    state = json.loads(json.dumps(parser.checkpoint()))
    for again in (
        Parser.restore(state, schema=ORDER),
        Parser.restore(state, Schema(copy.deepcopy(ORDER))),
        parser.fork(),
        pickle.loads(pickle.dumps(parser)),
    ):
        assert [event.path for event in again.feed('da", "items": [5') if isinstance(event, Violation)] == [
            ("items", 0)
        ]
    with pytest.raises(ValueError, match="another target"):
        Parser.restore(state, schema={**ORDER, "minProperties": 1})
    assert parser.fresh().feed("{}")[-1].path == ()


# What is kept and what is copied.


def test_equal_schemas_are_compiled_once() -> None:
    first, second = Schema(ORDER), Schema(copy.deepcopy(ORDER))
    assert first._compiled is second._compiled
    assert first == second
    assert hash(first) == hash(second)
    assert Schema({"const": 1})._compiled is not Schema({"const": True})._compiled
    assert Schema({"const": 1}) != Schema({"const": 1.0})
    # The order of keys is that of the errors.
    assert Schema({"type": "string", "minimum": 5})._compiled is not Schema({"minimum": 5, "type": "string"})._compiled
    assert Schema({"items": [{}]}, default_dialect="7") != Schema({"items": {}}, default_dialect="7")
    checker = jsonschema.FormatChecker()
    assert Schema({}, format_checker=checker)._compiled is not Schema({})._compiled


def test_a_dict_that_changes_afterwards_changes_no_parser() -> None:
    schema: dict[str, Any] = {"properties": {"a": {"type": "string"}}}
    parser: Parser[Any] = Parser(schema=schema)
    held = Schema(schema)
    schema["properties"]["a"]["type"] = "integer"
    held.schema["properties"]["a"]["type"] = "null"
    assert held.schema == {"properties": {"a": {"type": "string"}}}
    for each in (parser, Parser(held)):
        each.feed('{"a": "x"}')
        assert each.close() == {"a": "x"}
    changed: Parser[Any] = Parser(schema=schema)
    changed.feed('{"a": "x"}')
    assert isinstance(changed.end(), Failed)


def test_containers_of_other_classes_are_taken() -> None:
    class Text(str):
        pass

    given = OrderedDict(type="object", properties=OrderedDict(a={"const": Text("x")}), minProperties=True + 0)
    schema = Schema(given)
    assert schema.schema == {"type": "object", "properties": {"a": {"const": "x"}}, "minProperties": 1}
    assert type(schema.schema["properties"]) is dict


def test_it_shows_what_it_is() -> None:
    assert repr(Schema({"type": "string"})) == """Schema({"type": "string"}, draft 2020-12)"""
    assert repr(Schema(True, default_dialect="7")) == "Schema(true, draft 7)"
    long = Schema({"$schema": "http://json-schema.org/draft-07/schema#", "enum": list(range(100))})
    assert repr(long).endswith("..., draft 7)")
    assert len(repr(long)) < 80


def test_it_can_be_pickled() -> None:
    schema = Schema(ORDER, default_dialect="2019-09")
    again = pickle.loads(pickle.dumps(schema))
    assert again == schema
    assert again.dialect == "2019-09"


def test_parsers_with_a_registry_of_their_own_leave_nothing_behind() -> None:
    registry: Any = referencing.Registry().with_contents(
        [("urn:a", {"type": "string"})], default_specification=DRAFT202012
    )
    schema = Schema({"items": {"$ref": "urn:a"}}, registry=registry)
    parser: Parser[Any] = Parser(schema)
    parser.feed('["x", 5]')
    assert isinstance(parser.end(), Failed)
    there = weakref.ref(schema._compiled.rule.origin.dialect)
    assert there() is not None
    del parser, schema
    gc.collect()


def test_fingerprints_tell_schemas_apart_and_look_into_what_they_refer_to() -> None:
    def fingerprint(kind: str) -> Any:
        registry: Any = referencing.Registry().with_contents(
            [("urn:a", {"type": kind})], default_specification=DRAFT202012
        )
        parser: Parser[Any] = Parser(Schema({"$ref": "urn:a"}, registry=registry))
        return parser.checkpoint()["target"]

    assert fingerprint("string") == fingerprint("string")
    assert fingerprint("string") != fingerprint("null")
    assert Parser(schema={}).checkpoint()["target"] != Parser(schema=True).checkpoint()["target"]


# Drafts.


def test_the_draft_of_a_schema() -> None:
    assert Schema({"$schema": "http://json-schema.org/draft-07/schema#"}).dialect == "7"
    assert Schema({"$schema": "http://json-schema.org/draft-06/schema"}).dialect == "6"
    assert Schema({"$schema": "https://json-schema.org/draft/2019-09/schema"}).dialect == "2019-09"
    assert Schema({}, default_dialect="http://json-schema.org/draft-07/schema#").dialect == "7"
    assert Schema({"$schema": "urn:of-my-own"}, default_dialect="7").dialect == "7"
    with pytest.raises(SchemaError, match="this draft is not supported"):
        Schema({"$schema": "http://json-schema.org/draft-03/schema#"})


# Loading.


def test_without_the_package_the_error_says_what_to_install() -> None:
    program = """
import sys
sys.modules["jsonschema"] = None
import partialjson
partialjson.Parser().feed("[]")
for use in (lambda: partialjson.Schema({}), lambda: partialjson.Parser(schema={})):
    try:
        use()
    except ImportError as error:
        assert "pip install 'partialjson-live[jsonschema]'" in str(error), error
    else:
        raise SystemExit("no error")
"""
    folder = str(Path(partialjson.__file__).parents[1])
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_has_come() -> None:
    parser: Parser[Any] = Parser(schema=ORDER)
    assert parser.json is MISSING
    assert parser.value is MISSING


@pytest.mark.parametrize(
    ("schema", "text", "pos", "keyword"),
    [
        ({"properties": {}, "additionalProperties": False}, '{"', 1, "additionalProperties"),
        ({"maxProperties": 0}, '{ "', 2, "maxProperties"),
        ({"propertyNames": False}, '{"', 1, "false"),
        ({"properties": {"a": {}}, "additionalProperties": False}, '{"a": 1,', 7, "additionalProperties"),
    ],
)
def test_where_no_key_may_come_its_quote_is_enough(schema: Any, text: str, pos: int, keyword: str) -> None:
    for chunks in ([text], list(text)):
        parser = Parser(schema=schema)
        events = [event for chunk in chunks for event in parser.feed(chunk)]
        (found,) = [event for event in events if isinstance(event, Violation)]
        assert (found.path, found.pos, found.keyword) == ((), pos, keyword)
        strict = Parser(schema=schema, on_invalid="raise")
        for chunk in chunks[:-1]:
            assert not any(isinstance(event, Violation) for event in strict.feed(chunk))
        with pytest.raises(InvalidError) as caught:
            strict.feed(chunks[-1])
        assert caught.value.pos == pos
        assert Parser.restore(parser.checkpoint(), schema=schema).json == parser.json


TREE: dict[str, Any] = {
    "$id": "http://example.org/tree",
    "$recursiveAnchor": True,
    "type": "object",
    "properties": {"data": True, "children": {"type": "array", "items": {"$recursiveRef": "#"}}},
}
STRICT_TREE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2019-09/schema",
    "$id": "http://example.org/strict",
    "$recursiveAnchor": True,
    "$ref": "tree",
    "unevaluatedProperties": False,
    "$defs": {"tree": TREE},
}


@pytest.mark.parametrize("anchor", [True, False])
@pytest.mark.parametrize(
    "text",
    ['{"data": 1}', '{"daat": 1}', '{"children": [{"data": 1}]}', '{"children": [{"daat": 1}]}',
     '{"children": [{"children": [{"daat": 1}]}]}', '{"children": [[]]}'],
)  # fmt: skip
def test_recursive_references_lead_to_the_outermost_anchor(text: str, anchor: bool) -> None:
    """What extends a schema holds at every depth, if both say that they can be extended."""
    schema = {**STRICT_TREE, "$recursiveAnchor": anchor}
    expected = [each.message for each in jsonschema.Draft201909Validator(schema).iter_errors(json.loads(text))]
    seen = check_all_chunkings(text, make=lambda: Parser(Schema(schema)), partitions=3)
    assert isinstance(seen.outcome, Failed if expected else Complete)
    assert bool(expected) == (("daat" in text and (anchor or "children" not in text)) or "[[]]" in text)


@pytest.mark.parametrize("depth", [3, 60, 100])
def test_a_fault_deep_inside_has_its_place(depth: int) -> None:
    schema = {"items": {"$ref": "#"}, "properties": {"a": {"$ref": "#"}}, "type": ["array", "object"]}
    parser: Parser[Any] = Parser(Schema(schema))
    parser.feed('[{"a": ' * depth + "7" + "}]" * depth)
    end = parser.end()
    assert isinstance(end, Failed)
    error = end.error
    assert isinstance(error, ValidationError)
    assert list(error.absolute_path) == [0, "a"] * depth
    assert (error.instance, error.validator) == (7, "type")


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['jsonschema'] = None; import partialjson; partialjson.Parser(partialjson.Schema({}))"
    )
    folder = str(Path(partialjson.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": folder}, cwd=tmp_path, capture_output=True, text=True
    )
    assert "need the package jsonschema, 4.20 or newer: pip install 'partialjson-live[jsonschema]'" in done.stderr
