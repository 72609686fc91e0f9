"""What pydantic says of a whole text at once, which is what a typed parser must come to piece by piece.

A `Verdict` is a value or a list of line errors, described so that two of them can be compared with `==`: exact types,
the fields that were set, extras and private attributes included, and nothing of object identity. `check_end` compares
the parser's verdict with pydantic's and gives back the parser, so that a test can look further.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from partialjson import Parser
from partialjson.testing.chunking import random_partition

__all__ = ["Verdict", "check_end", "describe", "describe_errors", "oneshot", "verdict_of"]


@dataclass(frozen=True)
class Verdict:
    """How a document ended for its target: `errors` is None where there is a value."""

    value: Any
    errors: list[Any] | None
    title: str = ""


def describe(value: Any) -> Any:
    """A value as plain data that is equal for equal values of equal types only."""
    kind = type(value).__qualname__
    if isinstance(value, ValidationError):
        return kind, value.title, describe_errors(value)
    if isinstance(value, BaseModel):
        inside = {name: describe(each) for name, each in value.__dict__.items()}
        extra = describe(value.__pydantic_extra__)
        private = describe(value.__pydantic_private__)
        return kind, inside, sorted(value.model_fields_set), extra, private
    if is_dataclass(value) and not isinstance(value, type):
        return kind, {each.name: describe(getattr(value, each.name, None)) for each in fields(value)}
    if isinstance(value, dict):
        return kind, [(describe(key), describe(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return kind, [describe(each) for each in value]
    if isinstance(value, set | frozenset):
        return kind, sorted((describe(each) for each in value), key=repr)
    return kind, repr(value)


def describe_errors(error: ValidationError) -> list[Any]:
    """The line errors; all that `errors()` has of them but the address of the manual."""
    return [
        {name: part if name in ("type", "loc", "msg") else describe(part) for name, part in line.items()}
        for line in error.errors(include_url=False)
    ]


def oneshot(target: Any, text: str | bytes, **options: Any) -> Verdict:
    """Pydantic's verdict on the whole text."""
    adapter: TypeAdapter[Any] = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    try:
        return Verdict(describe(adapter.validate_json(text, **options)), None)
    except ValidationError as error:
        return Verdict(None, describe_errors(error), error.title)


def verdict_of(parser: Parser[Any]) -> Verdict:
    """The parser's verdict, which closes it."""
    try:
        return Verdict(describe(parser.close()), None)
    except ValidationError as error:
        return Verdict(None, describe_errors(error), error.title)


def check_end(target: Any, text: str, chunks: Iterable[str] | None = None, **options: Any) -> Parser[Any]:
    """Law 5 for one document: it ends as in one shot. In the given chunks, or else one by one, whole and in pieces."""
    expected = oneshot(target, text, **options)
    source = random.Random(len(text))
    ways: list[Iterable[str | bytes]] = [text] if chunks is None else [chunks]
    if chunks is None:
        ways += [[text], random_partition(text.encode("utf-8", "surrogatepass"), source)]
    parsers: list[Parser[Any]] = []
    for way in ways:
        parser: Parser[Any] = Parser(target, **options)
        for chunk in way:
            parser.feed(chunk)
            if parser.value is not parser.value:
                raise AssertionError(f"reading twice gives two objects, fed {chunk!r}")
        verdict = verdict_of(parser)
        if verdict != expected:
            raise AssertionError(f"in one shot {expected}, in chunks {verdict}")
        parsers.append(parser)
    return parsers[0]
