"""Every type of the catalogue with every text: whole and by character, it ends as in one shot, and no event is wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaError

from partialjson import Complete, Completed, InvalidError, Parser, Predicted, Violation
from support.catalogue import TEXTS, TYPES
from support.effort import amount
from support.oneshot import describe, describe_errors

# How many of the texts a type meets in one run.
SAMPLE = amount(len(TEXTS), len(TEXTS), quick=8)


def told(value: Any) -> Any:
    """``describe``, also of what pydantic validates only when it is iterated."""
    if isinstance(value, Iterator):
        try:
            return type(value).__name__, [told(each) for each in value]
        except ValidationError as error:
            return type(value).__name__, describe_errors(error)
        except SchemaError as error:
            return type(value).__name__, str(error)
    if hasattr(value, "__dict__"):
        return describe(value), {name: told(each) for name, each in vars(value).items() if isinstance(each, Iterator)}
    return describe(value)


def verdict(error: BaseException) -> Any:
    """All that a reader can see of an error; nothing but its type and words if it is not pydantic's."""
    if isinstance(error, ValidationError):
        return error.title, describe_errors(error), str(error)
    return type(error), str(error)


def one_shot(adapter: TypeAdapter[Any], text: str, options: dict[str, Any]) -> Any:
    try:
        return "value", told(adapter.validate_json(text, **options))
    except (ValidationError, SchemaError, TypeError) as error:
        return "error", verdict(error)


def parsed(parser: Parser[Any], chunks: list[str], events: list[Any]) -> Any:
    try:
        for chunk in chunks:
            events += parser.feed(chunk)
        outcome = parser.end()
        events += outcome.events
    except (SchemaError, TypeError) as error:
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
        elif wanted[0] == "value" and any(isinstance(event, Violation) for event in events):
            found.append(f"{way}: a violation in a valid document: {events}")
        found += [f"{way}: {each}" for each in wrong_predictions(events)]
    try:
        events = []
        got = parsed(Parser(target, on_invalid="raise", **options), list(text), events)
        if got != wanted and not (wanted[0] == "error" and got[0] == "error" and got[1][0] is InvalidError):
            found.append(f"stopping: {got}, in one shot {wanted}")
    except InvalidError as error:
        if wanted[0] == "value":
            found.append(f"a valid document is refused: {error}")
    try:
        parsed(Parser(target, retain=False, select=["$[*]"], **options), list(text), [])
    except Exception as error:
        found.append(f"with nothing retained: {error!r}")
    return found


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
    source = random.Random(name)
    for text in source.sample(TEXTS, SAMPLE):
        assert not faults(TYPES[name], text), text
