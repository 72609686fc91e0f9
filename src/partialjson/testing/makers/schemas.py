"""The laws for JSON Schemas: what jsonschema says of a whole document is what a parser with the schema must come to."""

from __future__ import annotations

import json
from typing import Any

from jsonschema.exceptions import ValidationError

from partialjson import Complete, Failed, Parser, Schema
from partialjson.schema.dialects import DIALECTS
from partialjson.testing.makers import Maker
from partialjson.testing.oneshot import Verdict, describe

__all__ = ["SchemaMaker", "told"]


def told(error: ValidationError) -> tuple[Any, ...]:
    """What errors are compared by."""
    return list(error.absolute_path), error.validator, error.message, list(error.absolute_schema_path)


class SchemaMaker(Maker):
    """Makes parsers for a schema; in one shot, jsonschema validates."""

    refused = (ValidationError,)

    def __init__(self, schema: Schema, **options: Any) -> None:
        super().__init__(schema, **options)
        self.asked = DIALECTS[schema.dialect].validator(schema.schema)

    def one_shot(self, text: str | bytes) -> Verdict:
        value = json.loads(text)
        errors = list(self.asked.iter_errors(value))
        return Verdict(None, _in_any_order(errors)) if errors else Verdict(describe(value), None)

    def verdict_of(self, parser: Parser[Any]) -> Verdict:
        outcome = parser.end()
        if isinstance(outcome, Complete):
            return Verdict(describe(outcome.value), None)
        errors = outcome.errors if isinstance(outcome, Failed) else [outcome.error]
        return Verdict(None, _in_any_order(errors))


def _in_any_order(errors: list[Any]) -> list[str]:
    """jsonschema goes through the members that ``additionalProperties`` is about in the order of a set."""
    return sorted(repr(told(each)) for each in errors)
