"""Every parsing test is a chunking test: `check_all_chunkings(text)` feeds one text in every way there is.

Whole, one by one, cut at every single place, in seeded random pieces, with empty chunks in between, as str and as
UTF-8 bytes (which are cut inside a character too). Whatever the pieces, what is observed in the end must be equal:
the ordered events, the views, the error with its position, the outcome, and the checkpoint after every prefix, which is
canonical. The common observation is returned, so that a test asserts on one result and has
asserted on all of them.

Three more things are watched on the way, because they are cheap here and easily lost elsewhere: an event's value never
changes after it was handed out; a parser that failed raises the same error object again; `close` and `end` agree.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from partialjson import Complete, Failed, IncompleteError, ParseError, Parser, Truncated

__all__ = [
    "SINGLE_SPLITS_UP_TO",
    "STATES_UP_TO",
    "Failing",
    "Observed",
    "assert_same",
    "check_all_chunkings",
    "check_close",
    "check_states",
    "chunkings_of",
    "error_key",
    "event_key",
    "fingerprint",
    "observe",
    "random_partition",
    "state_of",
]

Chunk = TypeVar("Chunk", str, bytes)
MakeParser = Callable[[], Any]
Describe = Callable[[Any], Any]
"""Turns a value into something that can be compared, and that survives changes of the value."""

SINGLE_SPLITS_UP_TO = 2048
"""Longer texts are not cut at every place, only at some: the work grows with the square of the length."""

STATES_UP_TO = 300
"""Canonical states are compared after every prefix of texts up to this length."""

_EVENT_FIELDS = ("value", "error", "msg", "kind", "pos")


def fingerprint(value: Any) -> str:
    """Tells apart what `==` confuses (1, True and 1.0; 0.0 and -0.0; the order of keys), and survives changes."""
    return repr(value)


@dataclass(frozen=True)
class Observed:
    """What one way of feeding a text showed. Equal for all ways.

    `events` are all events in order, those of the end included; `error` is the error raised by `feed`, None where the
    text is a prefix of a document or a document; `outcome` is what `end` said.
    """

    events: tuple[Any, ...]
    json: Any
    value: Any
    done: bool
    path: tuple[str | int, ...]
    pos: int
    error: ParseError | None
    outcome: Complete[Any] | Truncated | Failed
    event_keys: list[tuple[Any, ...]] = field(repr=False)
    describe: Describe = field(repr=False)

    @property
    def completed(self) -> list[tuple[tuple[str | int, ...], Any]]:
        """Path and value of each completion, for short assertions."""
        return [(event.path, event.value) for event in self.events if type(event).__name__ == "Completed"]


class Failing(AssertionError):
    """Two ways of feeding a text were observed to differ."""


def event_key(event: Any, describe: Describe = fingerprint) -> tuple[Any, ...]:
    """An event as something comparable and independent of what happens to its value later."""
    fields = [describe(getattr(event, name)) for name in _EVENT_FIELDS if hasattr(event, name)]
    return type(event).__name__, event.path, *fields


def error_key(error: BaseException | None, *, byte_positions: bool = True) -> tuple[Any, ...] | None:
    """An error without its events, which depend on the chunk it was raised in."""
    if isinstance(error, ParseError):
        byte_pos = error.byte_pos if byte_positions else None
        where = (error.pos, byte_pos, error.lineno, error.colno, error.path)
        return type(error).__name__, error.code, error.msg, *where
    return None if error is None else (type(error).__name__, str(error))


def state_of(parser: Any) -> str:
    """The canonical state of an open parser."""
    return fingerprint(parser.checkpoint())


def observe(chunks: Iterable[str | bytes], make: MakeParser = Parser, describe: Describe = fingerprint) -> Observed:
    """Feed the chunks to a new parser, end it, and gather everything that can be seen from outside."""
    parser = make()
    events: list[Any] = []
    keys: list[tuple[Any, ...]] = []
    error: ParseError | None = None

    def gather(new: Sequence[Any]) -> None:
        events.extend(new)
        keys.extend(event_key(event, describe) for event in new)

    rest = iter(chunks)
    chunk: str | bytes = ""
    for chunk in rest:
        try:
            new = parser.feed(chunk)
        except ParseError as raised:
            error = raised
            gather(raised.events)
            break
        if not isinstance(new, tuple):
            raise Failing(f"feed returned a {type(new).__name__}")
        gather(new)
    if error is not None:
        for later in (*rest, chunk[:0]):
            _feed_failed(parser, later, error)
    json, value, done, path, pos = parser.json, parser.value, parser.done, parser.path, parser.pos
    outcome = parser.end()
    if error is None:
        gather(outcome.events)
    elif not (isinstance(outcome, Failed) and outcome.error is error):
        raise Failing(f"feed raised {error!r}, but end() gave {outcome!r}")
    if [event_key(event, describe) for event in events] != keys:
        raise Failing(f"an event changed after it was handed out: {keys} became {events}")
    return Observed(tuple(events), json, value, done, path, pos, error, outcome, keys, describe)


def _feed_failed(parser: Any, chunk: str | bytes, error: ParseError) -> None:
    try:
        parser.feed(chunk)
    except ParseError as again:
        if again is not error:
            raise Failing(f"after {error!r} feed raised another error: {again!r}") from None
    else:
        raise Failing(f"after {error!r} feed({chunk!r}) was accepted")


def _key(seen: Observed, byte_positions: bool) -> dict[str, Any]:
    """An observation as comparable data."""
    outcome, describe = seen.outcome, seen.describe
    ending: dict[str, Any] = {"kind": type(outcome).__name__}
    for name in ("value", "json", "path", "complete", "reason", "repairs", "skipped"):
        ending[name] = describe(getattr(outcome, name, None))
    ending["error"] = error_key(getattr(outcome, "error", None), byte_positions=byte_positions)
    if not isinstance(outcome, Failed):
        ending["events"] = [event_key(event, describe) for event in outcome.events]
    return {
        "events": seen.event_keys,
        "json": fingerprint(seen.json),
        "value": describe(seen.value),
        "done": seen.done,
        "path": seen.path,
        "pos": seen.pos,
        "error": error_key(seen.error, byte_positions=byte_positions),
        "outcome": ending,
    }


def assert_same(expected: Observed, seen: Observed, way: str, *, byte_positions: bool = True) -> None:
    """Compare two observations; the message names the way of feeding and only what differs."""
    left, right = _key(expected, byte_positions), _key(seen, byte_positions)
    if left != right:
        differing = [name for name in left if left[name] != right[name]]
        lines = [f"  {name}: whole {left[name]!r}\n  {' ' * len(name)}  other {right[name]!r}" for name in differing]
        raise Failing("\n".join([f"chunking shows, fed {way}:", *lines]))


def random_partition(data: Chunk, source: random.Random) -> list[Chunk]:
    """The text in random pieces, short ones and long ones, some of them empty."""
    chunks: list[Chunk] = []
    position = 0
    while position < len(data):
        size = source.choice((0, 1, 1, 2, 3, 5, 8, 13, 40, max(1, len(data) // 3)))
        chunks.append(data[position : position + size])
        position += size
    return chunks


def chunkings_of(data: Any, *, single_splits_up_to: int, partitions: int, seed: int) -> Iterator[tuple[str, list[Any]]]:
    """All the ways, each with a description for the message of a failure."""
    empty = data[:0]
    yield "one by one", [data[i : i + 1] for i in range(len(data))]
    yield "in pairs", [data[i : i + 2] for i in range(0, len(data), 2)]
    yield "one by one with empty chunks", [c for i in range(len(data)) for c in (empty, data[i : i + 1], empty)]
    source = random.Random(f"{seed}:{len(data)}")
    places: Iterable[int] = range(1, len(data))
    if len(data) > single_splits_up_to:
        places = sorted(source.sample(range(1, len(data)), min(20, len(data) - 1)))
    for place in places:
        yield f"cut at {place}", [data[:place], data[place:]]
    for number in range(partitions):
        chunks = random_partition(data, source)
        yield f"in random pieces ({number}): {chunks!r}", chunks


def check_states(data: str | bytes, make: MakeParser, describe: Describe = fingerprint) -> None:
    """The state after a prefix is the same, however the prefix came: the strongest form of law 1.

    Compares checkpoints, which are canonical, and what can be seen of the document so far.
    """
    slow = make()
    for end in range(len(data) + 1):
        at_once = make()
        try:
            at_once.feed(data[:end])
        except ParseError:
            return
        if end:
            slow.feed(data[end - 1 : end])
        left = (state_of(slow), fingerprint(slow.json), describe(slow.value), slow.path, slow.pos, slow.done)
        right = (
            state_of(at_once),
            fingerprint(at_once.json),
            describe(at_once.value),
            at_once.path,
            at_once.pos,
            at_once.done,
        )
        if left != right:
            raise Failing(
                f"the state after {data[:end]!r} shows its chunks:\n  one by one {left}\n  at once    {right}"
            )


def check_close(data: str | bytes, expected: Observed, make: MakeParser, describe: Describe = fingerprint) -> None:
    """`close` is the raising form of `end`, and asking twice changes nothing."""
    parser = make()
    results: list[Any] = []
    if expected.error is None:
        parser.feed(data)
    else:
        try:
            parser.feed(data)
        except ParseError as raised:
            results.append(error_key(raised))
    for _ in range(2):
        try:
            results.append(("value", describe(parser.close())))
        except Exception as raised:
            results.append(error_key(raised))
    outcome = expected.outcome
    if isinstance(outcome, Complete):
        wanted: Any = ("value", describe(outcome.value))
    else:
        wanted = error_key(outcome.error)
        if isinstance(outcome, Truncated) and not isinstance(outcome.error, IncompleteError):
            raise Failing(f"truncated by {outcome.error!r}")
    if any(result != wanted for result in results):
        raise Failing(f"end() gave {outcome!r}, close() {results}")


def _same_as_bytes(text: str) -> bool:
    """Whether the text is the same document in bytes: surrogates cannot be encoded, a byte order mark is dropped."""
    return not text.startswith("\ufeff") and not any("\ud800" <= char <= "\udfff" for char in text)


def check_all_chunkings(
    text: str | bytes,
    *,
    make: MakeParser = Parser,
    single_splits_up_to: int = SINGLE_SPLITS_UP_TO,
    states_up_to: int = STATES_UP_TO,
    partitions: int = 6,
    seed: int = 0,
    both_kinds: bool = True,
    describe: Describe = fingerprint,
) -> Observed:
    """Feed `text` in every way; return what all ways showed, or raise with the first way that showed something else.

    A str is tried as UTF-8 bytes too (unless `both_kinds` is false or bytes would be another document); positions in
    bytes are then compared among the bytes only. Bytes are tried as bytes only. `make` gives a new parser, `describe`
    makes its values comparable.
    """
    kinds: list[str | bytes] = [text]
    if isinstance(text, str) and both_kinds and _same_as_bytes(text):
        kinds.append(text.encode())
    expected = observe([text], make, describe)
    for data in kinds:
        whole = observe([data], make, describe)
        what = "as bytes" if isinstance(data, bytes) else "as str"
        assert_same(expected, whole, f"{what}, whole", byte_positions=data is text)
        ways = chunkings_of(data, single_splits_up_to=single_splits_up_to, partitions=partitions, seed=seed)
        for way, chunks in ways:
            assert_same(whole, observe(chunks, make, describe), f"{what}, {way}")
        if len(data) <= states_up_to:
            check_states(data, make, describe)
        check_close(data, whole, make, describe)
    return expected
