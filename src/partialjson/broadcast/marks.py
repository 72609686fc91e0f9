"""What is to be said of single places of a document: what is wrong there, what was mended or read in another form.

Marks come from the events of the parser. A place has one at most. ``invalid`` counts more than ``violation``, and that
more than ``coerced`` and ``repaired``: what is worse is said. When a key comes again, the marks of the value that it
had are withdrawn, with all that were made inside.

**Nothing that is kept back is told by a mark.** A place that is kept back has none. The message of a place with
something inside that is kept back, and that of a validator that somebody wrote, could quote it, so it says no more than
that the value does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from partialjson._core.events import Coerced, Event, Invalid, Path, Repaired, Replaced, Violation
from partialjson._core.parser import Parser
from partialjson._jsontext import json_text
from partialjson._missing import MISSING
from partialjson._pointers import pointer_of
from partialjson.coercions import CoercionKind
from partialjson.errors import InvalidError, ParseError

__all__ = ["NO_FIT_INSIDE", "Marks"]

Mark = dict[str, Any]

_RANKS: Final = {"repaired": 1, "coerced": 2, "violation": 3, "invalid": 4}

NO_FIT: Final = "the value does not fit"
NO_FIT_INSIDE: Final = "something inside does not fit"

_SHOWN: Final = 3
_LONGEST: Final = 200

# Errors whose messages are made from the schema alone, or from the value at their place: those of jsonschema, and these
# of pydantic.
_OF_SCHEMA: Final = "schema"
_SAFE: Final = frozenset(
    [_OF_SCHEMA, "missing", "enum", "literal_error", "finite_number", "multiple_of", "union_tag_not_found"]
    + ["greater_than", "greater_than_equal", "less_than", "less_than_equal"]
    + ["string_too_short", "string_too_long", "string_pattern_mismatch", "none_required"]
    + [
        f"{name}_type"
        for name in ("string", "int", "float", "bool", "list", "dict", "model", "date", "datetime", "time")
    ]
    + [f"{name}_parsing" for name in ("int", "float", "bool", "decimal")]
)


class _Place:
    """A place of the document in the tree of marks."""

    __slots__ = ("below", "mark")

    def __init__(self) -> None:
        self.below: dict[str | int, _Place] = {}
        self.mark: Mark | None = None


class Marks:
    """The marks of one document, and which of them have not been told."""

    def __init__(self) -> None:
        self._root = _Place()
        self._news: dict[str, Mark | None] = {}
        self._ending: Path | None = None  # the place of what is said about the end

    def all(self) -> dict[str, Mark]:
        """All marks, by pointers."""
        return {pointer_of(path): place.mark for path, place in _walk(self._root, ()) if place.mark is not None}

    def take(self) -> dict[str, Mark | None]:
        """The marks that are new, and None for those that are withdrawn."""
        news, self._news = self._news, {}
        return news

    def note(self, events: Iterable[Event], parser: Parser[Any], masked: bool) -> None:
        """Take in what the parser has reported; ``masked``: does its target keep something back?"""
        for event in events:
            if isinstance(event, Replaced):
                self._withdraw(event.path)
            elif isinstance(event, (Invalid, Violation, Repaired, Coerced)):
                path = event.path
                kept = parser.kept_back(path) if masked else "nothing"
                if kept == "all":
                    continue
                if isinstance(event, Invalid):
                    self._put(path, "invalid", self._why(event.errors, path, parser, masked))
                elif isinstance(event, Violation):
                    self._put(path, "violation", event.msg if kept == "nothing" else NO_FIT)
                elif isinstance(event, Repaired):
                    self._put(path, "repaired", event.kind)
                else:
                    self._put(path, "coerced", _read_as(event) if kept == "nothing" else event.kind)

    def fail(self, error: BaseException, errors: list[Any], parser: Parser[Any] | None, masked: bool) -> None:
        """The document failed: say so where it stopped, unless its validator has said what is wrong there.

        Args:
            errors: all that is wrong, as the outcome lists it.
        """
        path = error.path if isinstance(error, ParseError) else ()
        of_validator = isinstance(error, InvalidError) or not isinstance(error, ParseError)
        if of_validator and self._is_invalid(path):
            return
        kept = parser.kept_back(path) if masked and parser is not None else "nothing"
        while parser is not None and path and parser.kept_back(path) == "all":
            path = path[:-1]
        if isinstance(error, ParseError):
            # A syntax error quotes the character that it found, a validator whatever it wants.
            quotes = masked and (of_validator or kept != "nothing")
            what = "the document stops here" if quotes else error.msg
            message = _short(f"{what}: line {error.lineno} column {error.colno}")
        elif errors and errors != [error] and parser is not None:
            message = self._why(errors, path, parser, masked)
        else:
            message = type(error).__name__ if masked else _short(f"{type(error).__name__}: {error}")
        self._put(path, "invalid", message)
        self._ending = path

    def go_on(self) -> None:
        """The document, which had failed, goes on."""
        if self._ending is not None:
            place = self._find(self._ending)
            if place is not None and place.mark is not None:
                place.mark = None
                self._news[pointer_of(self._ending)] = None
            self._ending = None

    def _put(self, path: Path, status: str, message: str) -> None:
        place = self._root
        for key in path:
            place = place.below.setdefault(key, _Place())
        old = place.mark
        if old is not None:
            if _RANKS[old["status"]] > _RANKS[status]:
                return
            if old["status"] == status == "repaired":
                kinds = old["message"].split(", ")
                if message in kinds:
                    return
                message = ", ".join([*kinds, message])
        place.mark = {"status": status, "message": message}
        self._news[pointer_of(path)] = place.mark

    def _withdraw(self, path: Path) -> None:
        """The value at ``path`` was replaced."""
        place = self._find(path)
        if place is None:
            return
        for inner, each in _walk(place, path):
            if each.mark is not None:
                self._news[pointer_of(inner)] = None
        place.mark = None
        place.below = {}

    def _find(self, path: Path) -> _Place | None:
        place: _Place | None = self._root
        for key in path:
            if place is None:
                return None
            place = place.below.get(key)
        return place

    def _why(self, errors: list[Any], path: Path, parser: Parser[Any], masked: bool) -> str:
        """What is wrong with the value at ``path``, without what is said of places inside by themselves."""
        found: dict[str, None] = {}
        inside = False
        for error in errors:
            place, kind, message = _line(error)
            where = (*path, *place)
            if place and self._is_invalid(where):
                inside = True
                continue
            if masked:
                kept = parser.kept_back(where)
                if place and kept == "all":
                    continue
                if kind not in _SAFE or (kept != "nothing" and kind != "missing"):
                    message = NO_FIT
            found[f"{'.'.join(map(str, place))}: {message}" if place else message] = None
            if len(found) > _SHOWN:
                break
        told = list(found) or [NO_FIT_INSIDE if inside else NO_FIT]
        return _short("; ".join(told[:_SHOWN]) + "; …" * (len(told) > _SHOWN))

    def _is_invalid(self, path: Path) -> bool:
        place = self._find(path)
        return place is not None and place.mark is not None and place.mark["status"] == "invalid"


def _line(error: Any) -> tuple[Path, str, str]:
    """One error of a validator: its place relative to the value, its kind, and its message."""
    if isinstance(error, dict):
        return tuple(error.get("loc", ())), str(error.get("type", "")), str(error.get("msg", ""))
    message = getattr(error, "message", None)
    if isinstance(message, str):
        return tuple(getattr(error, "path", ())), _OF_SCHEMA, message
    return (), "", str(error)


def _read_as(event: Coerced) -> str:
    """What was read in place of what stands in the document."""
    if event.kind == CoercionKind.KEY:
        return f"{event.kind}: read as {event.after}"
    if event.after is MISSING:
        return event.kind
    return _short(f"{event.kind}: read as {json_text(event.after, default=str)}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _walk(place: _Place, path: Path) -> Iterator[tuple[Path, _Place]]:
    """The place and all that are inside, with their paths."""
    todo = [(path, place)]
    while todo:
        path, place = todo.pop()
        yield path, place
        todo.extend([((*path, key), below) for key, below in reversed(place.below.items())])
