"""The JSON Schema Test Suite of the corpus, read by the parser: whole, and character by character."""

from __future__ import annotations

import json
from typing import Any

import pytest

from partialjson import Complete, Failed, Parser, Schema, Violation
from support.schema_suite import FOLDERS, Case, remotes, suite

# What the parser says otherwise than the suite, and why.
EXCEPTIONS = {
    # jsonschema does not read the vocabularies of a metaschema, and the verdict is to be that of jsonschema.
    "2020-12": {
        "vocabulary: schema that uses custom metaschema with with no validation vocabulary: "
        "no validation: invalid number, but it still validates"
    },
    "7": set[str](),
}
COUNTS = {"2020-12": 1299, "7": 927}


@pytest.fixture(scope="module", params=list(FOLDERS))
def draft(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def cases(draft: str) -> list[tuple[Case, Schema]]:
    made: dict[int, Schema] = {}
    found = []
    for case in list(suite(draft)):
        key = id(case.schema)
        if key not in made:
            made[key] = Schema(case.schema, registry=remotes(draft), default_dialect=draft)
        found.append((case, made[key]))
    return found


@pytest.mark.parametrize("size", [0, 1], ids=["whole", "by characters"])
def test_the_suite(draft: str, cases: list[tuple[Case, Schema]], size: int) -> None:
    wrong = set()
    for case, schema in cases:
        text = json.dumps(case.data)
        parser: Parser[Any] = Parser(schema)
        events: list[Any] = []
        for chunk in list(text) if size else [text]:
            events += parser.feed(chunk)
        outcome = parser.end()
        if isinstance(outcome, Complete) != case.valid:
            wrong.add(case.name)
            continue
        if case.valid:
            assert not any(isinstance(event, Violation) for event in events), case
        else:
            assert isinstance(outcome, Failed), case
            assert outcome.errors, case
    assert len(cases) == COUNTS[draft]
    assert wrong == EXCEPTIONS[draft]
