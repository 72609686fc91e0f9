"""JSON values as JSON Schema sees them: what a schema may hold, and which values are equal."""

from __future__ import annotations

from math import isfinite
from typing import Any, Final

from partialjson.schema.dialects import Where, refusal

__all__ = ["comparable", "plain"]

DEEPEST: Final = 1000
"""A schema that is nested deeper cannot be checked against its metaschema; it may even contain itself."""


def comparable(value: Any) -> Any:
    """Equal and of equal hash for equal JSON values, and for no others: 1 is 1.0, and is not true."""
    if isinstance(value, dict):
        return "object", frozenset((key, comparable(each)) for key, each in value.items())
    if isinstance(value, list):
        return "array", tuple(map(comparable, value))
    if isinstance(value, bool):
        return "boolean", value
    return value


def plain(value: Any) -> Any:
    """A copy of a JSON value, in which containers of other classes are plain ones.

    Raises:
        SchemaError: it holds something that is not JSON. ``path`` says where.
    """
    copy: list[Any] = []
    todo: list[tuple[Any, Any, Any, Where]] = [(value, copy, None, ())]
    while todo:
        each, into, key, where = todo.pop()
        if len(where) > DEEPEST:
            raise refusal("the schema is nested too deeply, or contains itself", where[:8], None)
        made: Any
        if isinstance(each, dict):
            made = {}
            for name in each:
                if not isinstance(name, str):
                    raise refusal(f"a key in a schema is a string, not {type(name).__name__}", where, name)
            # Each key has its place before any value comes.
            made.update(dict.fromkeys(each))
            todo.extend((inner, made, name, (*where, name)) for name, inner in each.items())
        elif isinstance(each, list):
            made = [None] * len(each)
            todo.extend((inner, made, index, (*where, index)) for index, inner in enumerate(each))
        elif isinstance(each, float) and not isfinite(each):
            raise refusal(f"a schema is JSON, and {each} is not", where, each)
        elif each is None or isinstance(each, bool):
            made = each
        elif isinstance(each, str):
            made = each if type(each) is str else "".join((each,))
        elif isinstance(each, (int, float)):
            made = each if type(each) in (int, float) else int(each) if isinstance(each, int) else float(each)
        else:
            raise refusal(f"a schema is JSON: dict, list, str and so on, not {type(each).__name__}", where, each)
        if into is copy:
            copy.append(made)
        else:
            into[key] = made
    return copy[0]
