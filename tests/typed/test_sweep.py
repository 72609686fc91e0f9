"""Every type of the catalogue with every text: whole and by character, it ends as in one shot, and no event is wrong.

The exceptions are those of ``docs/decisions.md``: a value that does not fit is reported when it closes, although its
key may come again; so is one under the second key of a field, whose first key may still come.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Optional, Union, cast

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    ConfigDict,
    Field,
    OnErrorOmit,
    RootModel,
    TypeAdapter,
    ValidationError,
    create_model,
)

from partialjson import Complete, Completed, InvalidError, Parser, Predicted, Violation
from partialjson.testing.oneshot import describe, describe_errors
from support.catalogue import TEXTS, TYPES
from support.effort import amount

# How many of the texts a type meets in one run.
SAMPLE = amount(len(TEXTS), len(TEXTS), quick=12)
SAMPLE_OF_OTHERS = amount(10, len(TEXTS), quick=2)
TYPES_INSIDE = amount(len(TYPES), len(TYPES), quick=40)


def told(value: Any) -> Any:
    """``describe``, also of what pydantic validates only when it is iterated."""
    if isinstance(value, Iterator):
        try:
            return type(value).__name__, [told(each) for each in value]
        except ValidationError as error:
            return type(value).__name__, describe_errors(error)
        except Exception as error:
            return type(value).__name__, type(error), str(error)
    if type(value) is list:
        return "list", [told(each) for each in value]
    if hasattr(value, "__dict__"):
        return describe(value), {name: told(each) for name, each in vars(value).items() if isinstance(each, Iterator)}
    return describe(value)


def verdict(error: BaseException | None) -> Any:
    """All that a reader can see of an error; nothing but its type and words if it is not pydantic's."""
    if isinstance(error, ValidationError):
        return error.title, describe_errors(error), str(error)
    return type(error), str(error)


def one_shot(adapter: TypeAdapter[Any], text: str, options: dict[str, Any]) -> Any:
    try:
        return "value", told(adapter.validate_json(text, **options))
    except Exception as error:
        return "error", verdict(error)


def parsed(parser: Parser[Any], chunks: list[str], events: list[Any]) -> Any:
    try:
        for chunk in chunks:
            events += parser.feed(chunk)
        outcome = parser.end()
        events += outcome.events
    except InvalidError:
        raise
    except Exception as error:
        return "error", verdict(error)
    return ("value", told(outcome.value)) if isinstance(outcome, Complete) else ("error", verdict(outcome.error))


def faults(target: Any, text: str, **options: Any) -> list[str]:
    """What is wrong with a document of a target; nothing if all is right."""
    adapter: TypeAdapter[Any] = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    wanted = one_shot(adapter, text, options)
    found: list[str] = []
    for way, chunks in (("whole", [text]), ("by character", list(text))):
        events: list[Any] = []
        got = parsed(Parser(target, predict=True, **options), chunks, events)
        if got != wanted:
            found.append(f"{way}: {got}, in one shot {wanted}")
        elif wanted[0] == "value" and not comes_again(text) and any(isinstance(event, Violation) for event in events):
            found.append(f"{way}: a violation in a valid document: {events}")
        found += [f"{way}: {each}" for each in wrong_predictions(events)]
    try:
        events = []
        got = parsed(Parser(target, on_invalid="raise", **options), list(text), events)
        if got != wanted and not (wanted[0] == "error" and got[0] == "error" and got[1][0] is InvalidError):
            found.append(f"stopping: {got}, in one shot {wanted}")
    except InvalidError as error:
        if wanted[0] == "value" and not comes_again(text):
            found.append(f"a valid document is refused: {error}")
    if wanted[0] == "value" and is_list_of(adapter):
        # What was left out brings nothing, and the rest what it brings otherwise.
        events = []
        ended = parsed(Parser(target, retain=False, select=["$[*]"], **options), list(text), events)
        brought = [told(event.value) for event in events if isinstance(event, Completed) and not event.raw]
        if ended[0] != "value" or ("list", brought) != wanted[1]:
            found.append(f"with nothing retained: {brought}, in one shot {wanted}")
    return found


def comes_again(text: str) -> bool:
    """Does an object have a key twice, or both keys of a field?"""
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        keys = Counter(key.lower() for key, _ in pairs)
        found.extend(key for key, times in keys.items() if times > 1)

    json.loads(text, object_pairs_hook=look)
    return bool(found)


def is_list_of(adapter: TypeAdapter[Any]) -> bool:
    """Is it a list, whatever its length, whose elements are validated one by one?"""
    schema: Any = adapter.core_schema
    return bool(
        schema["type"] == "list" and "items_schema" in schema and not schema.keys() & {"max_length", "fail_fast"}
    )


def wrong_predictions(events: list[Any]) -> list[str]:
    """Predictions that did not come true where a value came."""
    found = []
    predicted: dict[Any, Any] = {}
    for event in events:
        if isinstance(event, Predicted):
            predicted[event.path] = event.value
        elif isinstance(event, Completed) and event.path in predicted:
            value = predicted.pop(event.path)
            if told(event.value) != told(value):
                found.append(f"predicted {value!r}, but {event.value!r} came")
    return found


@pytest.mark.parametrize("name", TYPES)
def test_every_type_ends_as_in_one_shot(name: str) -> None:
    for text in random.Random(name).sample(TEXTS, SAMPLE):
        assert not faults(TYPES[name], text), text


@pytest.mark.parametrize("options", [{"strict": True}, {"strict": False}, {"by_name": True}], ids=str)
@pytest.mark.parametrize("name", TYPES)
def test_every_type_ends_as_in_one_shot_with_options(name: str, options: dict[str, Any]) -> None:
    for text in random.Random(f"{name} {options}").sample(TEXTS, SAMPLE_OF_OTHERS):
        assert not faults(TYPES[name], text, **options), text


def field(**config: Any) -> Any:
    """Makes a model whose field has the type."""
    return lambda inside: create_model("Around", __config__=cast("ConfigDict", config), f=(inside, ...))


# Without their types: they are applied to variables.
LIST: Any = list
DICT: Any = dict
TUPLE: Any = tuple
FROZENSET: Any = frozenset
ROOT: Any = RootModel
ONE_OF: Any = Union
MAYBE: Any = Optional
MARKED: Any = Annotated
OMITTED: Any = OnErrorOmit

# What may be around a type, and a document around its text.
PLACES: dict[str, tuple[Any, str]] = {
    "field": (field(), '{"f": %s}'),
    "strict field": (field(strict=True), '{"f": %s}'),
    "field of many settings": (
        field(
            extra="allow",
            str_strip_whitespace=True,
            use_enum_values=True,
            validate_default=True,
            coerce_numbers_to_str=True,
            hide_input_in_errors=True,
        ),
        '{"f": %s, "x": 1}',
    ),
    "optional field": (lambda inside: create_model("Around", f=(MAYBE[inside], None)), '{"f": %s}'),
    "field by name": (lambda inside: create_model("Around", f=(inside, Field(alias="F"))), '{"F": %s}'),
    "field by choice": (
        lambda inside: create_model("Around", f=(inside, Field(validation_alias=AliasChoices("F", "G")))),
        '{"G": %s}',
    ),
    "list": (lambda inside: LIST[inside], "[%s, %s]"),
    "dict": (lambda inside: DICT[str, inside], '{"k": %s}'),
    "tuple": (lambda inside: TUPLE[int, inside], "[1, %s]"),
    "set or nothing": (lambda inside: MAYBE[FROZENSET[inside]], "[%s]"),
    "root": (lambda inside: ROOT[inside], "%s"),
    "left out": (lambda inside: LIST[OMITTED[inside]], "[%s, %s]"),
    "union": (lambda inside: ONE_OF[inside, int], "%s"),
    "union with lists": (lambda inside: ONE_OF[list[int], inside], "%s"),
    "after": (lambda inside: MARKED[inside, AfterValidator(lambda value: value)], "%s"),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_type_ends_as_in_one_shot_inside_others(place: str) -> None:
    make, around = PLACES[place]
    source = random.Random(place)
    for name in source.sample(list(TYPES), TYPES_INSIDE):
        if isinstance(TYPES[name], TypeAdapter):
            continue
        try:
            target = make(TYPES[name])
            TypeAdapter(target)
        except Exception:
            # Not every type can stand in every other one.
            continue
        for text in source.sample(TEXTS, SAMPLE_OF_OTHERS):
            assert not faults(target, around.replace("%s", text)), (name, text)
