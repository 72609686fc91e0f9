"""The drafts of JSON Schema: which keywords each one has, and what they mean there.

A ``Dialect`` wraps a validator class of jsonschema, so a draft has the keywords that this class checks. What the drafts
differ in beyond that is said by a few attributes, and the compiler knows no draft by name.

A schema is of the draft that its ``$schema`` names; a subschema with a ``$schema`` of its own is too. A ``$schema``
that jsonschema does not know stands for the draft around it, as it does there: the vocabularies of metaschemas are not
read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

import jsonschema
import referencing.jsonschema
from jsonschema.exceptions import SchemaError

from partialjson.errors import json_path

__all__ = ["DIALECTS", "Dialect", "Draft", "Where", "dialect_named", "dialect_of", "refusal"]

Draft = Literal["2020-12", "2019-09", "7", "6"]
Where = tuple[str | int, ...]
"""A place in a schema: keys and indexes."""


class Dialect:
    """One draft.

    Attributes:
        name: as in ``Draft``.
        uri: its ``$schema``.
        validator: the validator class of jsonschema.
        specification: how references work.
        keywords: those that say something of a value; annotations are not among them.
        ref_alone: are the keywords beside a ``$ref`` ignored?
    """

    def __init__(self, name: Draft, validator: Any, specification: Any) -> None:
        self.name = name
        self.uri: str = validator.META_SCHEMA.get("$id", "")
        self.validator: Any = validator
        self.specification: Any = specification
        self.keywords: frozenset[str] = frozenset(validator.VALIDATORS)
        self.ref_alone = name in ("6", "7")

    def __repr__(self) -> str:
        return f"<draft {self.name}>"

    def check(self, contents: Any, where: Where, is_regex: Callable[[object], bool]) -> None:
        """Check that a schema is one, by the metaschema.

        Args:
            where: its place, for the error.
            is_regex: is this a pattern that can be used?

        Raises:
            SchemaError: it is not.
        """
        formats = jsonschema.FormatChecker(formats=())
        # Not all that is used here is known to ``re``: \p{...} is translated.
        formats.checkers = {**self.validator.FORMAT_CHECKER.checkers, "regex": (is_regex, ())}
        try:
            self.validator.check_schema(contents, format_checker=formats)
        except SchemaError as error:
            if where:
                error.path.extendleft(reversed(where))
            raise
        except RecursionError:
            raise refusal("the schema is nested too deeply", where, None) from None


DIALECTS: Final[dict[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        Dialect("2020-12", jsonschema.Draft202012Validator, referencing.jsonschema.DRAFT202012),
        Dialect("2019-09", jsonschema.Draft201909Validator, referencing.jsonschema.DRAFT201909),
        Dialect("7", jsonschema.Draft7Validator, referencing.jsonschema.DRAFT7),
        Dialect("6", jsonschema.Draft6Validator, referencing.jsonschema.DRAFT6),
    )
}
_BY_URI: Final = {dialect.uri.rstrip("#"): dialect for dialect in DIALECTS.values()}
_TOO_OLD: Final = ("http://json-schema.org/draft-04/schema", "http://json-schema.org/draft-03/schema")


def dialect_named(name: str) -> Dialect:
    """The dialect of a draft, by its name or its URI.

    Raises:
        ValueError: there is no such draft.
    """
    dialect = DIALECTS.get(name) or _BY_URI.get(name.rstrip("#"))
    if dialect is None:
        raise ValueError(f"a draft is {' or '.join(map(repr, DIALECTS))}, or the URI of one, not {name!r}")
    return dialect


def dialect_of(contents: Any, around: Dialect, where: Where) -> Dialect:
    """The dialect of a subschema inside a schema of the dialect ``around``.

    Raises:
        SchemaError: it is of a draft before 6.
    """
    if not isinstance(contents, dict):
        return around
    uri = contents.get("$schema")
    if not isinstance(uri, str):
        return around
    uri = uri.rstrip("#")
    if uri in _TOO_OLD:
        supported = ", ".join(reversed(DIALECTS))
        raise refusal(f"this draft is not supported; the drafts {supported} are", (*where, "$schema"), uri)
    return _BY_URI.get(uri, around)


def refusal(msg: str, where: Where, instance: Any, base: str = "") -> SchemaError:
    """The error for a schema that cannot be used.

    Args:
        where: the place of what is wrong; its last key is usually the keyword.
        instance: what stands there.
        base: the URI of the schema that ``where`` is in, if it is not the one that was given.
    """
    place = f"{base} {json_path(where)}" if base else json_path(where)
    keyword = next((each for each in reversed(where) if isinstance(each, str)), "")
    return SchemaError(f"{msg}: at {place}", validator=keyword, path=where, instance=instance)


def subschemas(contents: Any) -> Iterator[tuple[Where, Any]]:
    """All containers in a JSON value and where they are, the value itself first."""
    todo: list[tuple[Where, Any]] = [((), contents)]
    while todo:
        where, value = todo.pop()
        if isinstance(value, dict):
            yield where, value
            todo.extend(((*where, key), each) for key, each in reversed(value.items()))
        elif isinstance(value, list):
            yield where, value
            todo.extend(((*where, index), each) for index, each in reversed(list(enumerate(value))))
