"""`Parser` with a twin that is fed the same one by one, and must show the same after each feed.

So a test that feeds an open document in a few steps is a test of other chunkings too. Tests that count what happens
(calls of validators, bytes, objects), and those that hand the parser to the library, use `partialjson.Parser`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import partialjson
from partialjson.testing.chunking import Failing, error_key, event_key
from partialjson.testing.oneshot import describe

if TYPE_CHECKING:
    from partialjson import Parser as Parser
else:

    class Parser:
        """Feeds two parsers; everything else is asked of the first."""

        restore = staticmethod(partialjson.Parser.restore)

        def __class_getitem__(cls, _):
            return cls

        def __init__(self, *args, **options):
            self._first = partialjson.Parser(*args, **options)
            self._twin = partialjson.Parser(*args, **options)
            self._failed = False

        def __getattr__(self, name):
            return getattr(self._first, name)

        def feed(self, chunk):
            told, error = _feed(self._first, [chunk])
            if isinstance(chunk, str | bytes) and not self._failed:
                pieces = [chunk[at : at + 1] for at in range(len(chunk))] or [chunk]
                same, same_error = _feed(self._twin, pieces)
                _compare(chunk, _seen(self._first, told, error), _seen(self._twin, same, same_error))
            if error is not None:
                # From now on an error tells the events of its chunk, whichever that was.
                self._failed = True
                raise error
            return told

        def close(self):
            self._twin.end()
            return self._first.close()

        def end(self, *args):
            outcome = self._first.end(*args)
            if not self._failed:
                _compare("the end", _ending(outcome), _ending(self._twin.end(*args)))
            return outcome


def _feed(parser: Any, pieces: list[Any]) -> tuple[Any, Exception | None]:
    events: Any = ()
    try:
        for piece in pieces:
            events += parser.feed(piece)
    except Exception as error:
        return (*events, *getattr(error, "events", ())), error
    return events, None


def _seen(parser: Any, events: Any, error: Exception | None) -> dict[str, Any]:
    failed = isinstance(error, ValueError) or error is None
    return {
        "events": [event_key(event, describe) for event in events],
        "error": error_key(error),
        "json": repr(parser.json),
        "value": describe(parser.value),
        "path": parser.path,
        "pos": parser.pos if failed else None,
        "done": parser.done,
    }


def _ending(outcome: Any) -> dict[str, Any]:
    names = ("events", "value", "json", "path", "complete", "missing", "growing")
    found = {name: describe(getattr(outcome, name, None)) for name in names}
    return {"kind": type(outcome).__name__, **found, "error": error_key(getattr(outcome, "error", None))}


def _compare(what: Any, left: dict[str, Any], right: dict[str, Any]) -> None:
    differing = {name: (left[name], right[name]) for name in left if left[name] != right[name]}
    if differing:
        raise Failing(f"chunking shows after {what!r}, at once and one by one: {differing}")
