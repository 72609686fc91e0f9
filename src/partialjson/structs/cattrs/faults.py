"""The errors of values that settled piece by piece, as cattrs raises them for the whole.

A container closes by cattrs's own code, which is given what settled inside and raises what failed there. So the groups
of errors, their order and their notes are those of one shot. ``lines_of`` lists what is in such a group, each with its
place in the document's own names.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from cattrs.errors import BaseValidationError, ClassValidationError, IterableValidationError

from partialjson._core.plan import Failure

__all__ = ["Names", "copied", "failure_of", "settled_by"]

Names = Callable[[Any, str], str]
"""The key of a field in the document, for a class and the field's name."""


def settled_by(make: Callable[[], Any], names: Names) -> Any:
    """What a hook of cattrs makes: a value, or the failure with its error."""
    try:
        return make()
    except Exception as error:
        return failure_of(error, names)


def failure_of(error: Exception, names: Names) -> Failure:
    """The failure with an error, which is what a hook raised."""
    error.__traceback__ = None
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            inner.__traceback__ = None
    return Failure(error, None, None, lambda: lines_of(error, names))


def copied(error: Exception) -> Exception:
    """The error for the container around, whose code notes its place in it: what was told before stays as it was."""
    if isinstance(error, BaseValidationError):
        made: Exception = error.derive(error.exceptions)
        made.__dict__.update(error.__dict__)
    else:
        try:
            made = copy(error)
        except Exception:
            # The class of the error does not take what it has for its arguments.
            return error
    made.__cause__, made.__context__ = error.__cause__, error.__context__
    made.__suppress_context__ = error.__suppress_context__
    return made


def lines_of(error: BaseException, names: Names) -> list[Any]:
    """All that is wrong: for each fault its ``type``, ``loc``, ``msg`` and ``error``."""
    found: list[Any] = []
    # Without recursion: a fault deep in a document is in as many groups as there are containers around it.
    todo: list[tuple[tuple[Any, ...], BaseException]] = [((), error)]
    while todo:
        place, each = todo.pop()
        if isinstance(each, ClassValidationError):
            steps: Any = [(names(each.cl, note.name), inner) for inner, note in each.group_exceptions()[0]]
        elif isinstance(each, IterableValidationError):
            steps = [(note.index, inner) for inner, note in each.group_exceptions()[0]]
        else:
            found.append(_line(place, each))
            continue
        others = [(place, inner) for inner in each.group_exceptions()[1]]
        todo += reversed([*[((*place, step), inner) for step, inner in steps], *others])
    return found


def _line(place: tuple[Any, ...], error: BaseException) -> dict[str, Any]:
    is_missing = isinstance(error, KeyError) and bool(place) and error.args == place[-1:]
    return {
        "type": "missing" if is_missing else type(error).__name__,
        "loc": place,
        "msg": "required field missing" if is_missing else str(error),
        "error": error,
    }
