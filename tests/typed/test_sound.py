"""A violation is never wrong: where pydantic accepts a document, no beginning of it was taken for hopeless."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from partialjson import Parser, Violation
from partialjson.testing.modelling import random_schemas, target_of
from support.effort import examples
from support.schemas import coerced_value, damaged_value, documents_of


def accepts(adapter: TypeAdapter[Any], text: str, strict: bool) -> bool:
    try:
        adapter.validate_json(text, strict=strict)
    except ValidationError:
        return False
    return True


def violations(target: Any, chunks: list[str], strict: bool) -> list[Violation]:
    parser: Parser[Any] = Parser(target, strict=strict)
    return [event for chunk in chunks for event in parser.feed(chunk) if isinstance(event, Violation)]


CASES = random_schemas().flatmap(lambda schema: st.tuples(st.just(schema), documents_of(schema)))


@given(case=CASES, seed=st.integers(0, 2**32), strict=st.booleans())
@settings(max_examples=examples(400), deadline=None)
def test_what_pydantic_accepts_violates_nothing(case: tuple[Any, Any], seed: int, strict: bool) -> None:
    schema, fitting = case
    source = random.Random(seed)
    try:
        target = target_of(schema)
    except NotImplementedError:
        return
    adapter = TypeAdapter(target)
    coerced = coerced_value(fitting, source)
    for document in (fitting, coerced, damaged_value(fitting, source), damaged_value(coerced, source)):
        text = json.dumps(document, ensure_ascii=source.random() < 0.5)
        whole = violations(target, [text], strict)
        assert violations(target, list(text), strict) == whole
        if whole:
            assert not accepts(adapter, text, strict), (schema, text, whole)
