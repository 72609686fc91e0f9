"""Does a parser agree with the model? One function for every test that asks.

Everything the model predicts is compared: both views, the events, `done`, the open path, the status of every visible
path and of some that are not, the error, and (by ending the parser) the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from partialjson import MISSING, Complete, Failed, IncompleteError, ParseError, Parser, Truncated

from .model import NOTHING, Ending, Mistake, Path, Prediction, Seen

ABSENT: tuple[Path, ...] = (("no such key",), (99,), (-1,), ("a", "no such key"), (0, 0, 0, 0, 0, 0))


def shown(value: Any) -> str:
    """A view of the document, comparable: the two stand-ins for "nothing yet" look the same."""
    return "nothing" if value is MISSING or value is NOTHING else repr(value)


def described(events: Iterable[Any]) -> list[tuple[str, Path, str]]:
    """Events of the parser as plain data."""
    return [(type(event).__name__, event.path, repr(event.value)) for event in events]


def predicted(events: Iterable[Seen]) -> list[tuple[str, Path, str]]:
    """Events of the model as the same plain data."""
    return [(event.kind, event.path, repr(event.value)) for event in events]


def place_of(error: ParseError | None) -> Mistake | None:
    """Position and path of an error, as the model gives them."""
    return None if error is None else Mistake(error.pos, error.lineno, error.colno, error.path)


def feed_all(parser: Any, chunks: Iterable[str | bytes]) -> tuple[list[Any], ParseError | None]:
    """Feed until the end or the error; all events, those the error carries included."""
    events: list[Any] = []
    for chunk in chunks:
        try:
            events += parser.feed(chunk)
        except ParseError as error:
            return [*events, *error.events], error
    return events, None


def check_agreement(parser: Any, events: Sequence[Any], error: ParseError | None, prediction: Prediction) -> None:
    """Compare a parser that was fed with what the model predicts; ends the parser."""
    assert described(events) == predicted(prediction.events)
    assert place_of(error) == prediction.error
    assert shown(parser.json) == shown(prediction.json)
    assert parser.value is parser.json
    assert parser.done is prediction.done
    assert parser.path == prediction.path
    for path, status in prediction.statuses.items():
        assert parser.status(path) == status, path
    for path in (*ABSENT, prediction.path):
        assert parser.status(path) == prediction.status(path), path
    if error is not None:
        assert not isinstance(error, IncompleteError)
        assert error.msg
    check_ending(parser, error, prediction.ending)


def check_ending(parser: Any, error: ParseError | None, ending: Ending) -> None:
    """Compare the outcome of `end` with the one the model predicts."""
    before, path = shown(parser.json), parser.path
    outcome = parser.end()
    assert outcome.reason is None
    if isinstance(outcome, Complete):
        assert ending.kind == "complete"
        assert repr(outcome.value) == repr(ending.value)
        assert described(outcome.events) == predicted(ending.events)
        assert parser.done
        assert shown(parser.json) == repr(ending.value)
        assert parser.status(()) == "complete"
    elif isinstance(outcome, Truncated):
        assert ending.kind == "truncated"
        assert isinstance(outcome.error, IncompleteError)
        assert place_of(outcome.error) == ending.error
        assert outcome.complete == ending.complete
        assert outcome.path == path
        assert shown(outcome.json) == shown(outcome.value) == shown(parser.json) == before
        assert outcome.events == ()
        assert not parser.done
    else:
        assert isinstance(outcome, Failed)
        assert ending.kind == "failed"
        assert outcome.error is error
        assert shown(outcome.json) == shown(parser.json) == before


def check_text(chunks: Sequence[str | bytes], prediction: Prediction, **options: Any) -> None:
    """Feed the chunks to a new parser and compare it with the prediction for all of them together."""
    parser = Parser(**options)
    events, error = feed_all(parser, chunks)
    check_agreement(parser, events, error, prediction)
