"""Laws 1 to 6 for one document and one target, as one function."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from partialjson import Completed, Failed, Invalid, Parser, Partial, Truncated, Violation, stream
from partialjson.streaming.paths import record
from partialjson.streaming.places import written

from .chunking import Observed, observe, random_partition
from .oneshot import check_end, describe, describe_errors, oneshot

Chunks = Sequence[str | bytes]


def check_typed_laws(target: Any, text: str, seed: int = 0) -> Observed:
    """Laws 1 to 5; raises an AssertionError that names the law."""
    whole = observe([text], lambda: Parser(target))
    for chunks in chunkings(text, seed):
        assert keys_of(observe(chunks, lambda: Parser(target))) == keys_of(whole), f"law 1, fed {chunks!r}"
    check_growth_and_stillness(target, text)
    plain = observe(list(text))
    closed = [event for event in whole.events if not isinstance(event, Violation)]
    assert [event.path for event in closed] == [event.path for event in plain.events], "law 3"
    assert {type(event) for event in closed} <= {Completed, Invalid}, "law 3"
    if plain.error is None and not isinstance(plain.outcome, Truncated):
        check_end(target, text)
        check_end(target, text, [text])
    else:
        assert type(whole.outcome) is type(plain.outcome), "law 5"
    return whole


def chunkings(text: str, seed: int) -> list[Chunks]:
    source = random.Random(seed)
    half = len(text) // 2
    data = text.encode("utf-8", "surrogatepass")
    return [list(text), [text[:half], text[half:]], random_partition(text, source), random_partition(data, source)]


def keys_of(seen: Observed) -> Any:
    """An observation as comparable data; positions in bytes left out, since not all are of bytes."""
    outcome = seen.outcome
    error: Any = getattr(outcome, "error", None)
    return (
        [event_of(event) for event in seen.events],
        describe(seen.json),
        describe(seen.value),
        type(outcome).__name__,
        describe(getattr(outcome, "value", None)),
        describe_errors(error) if hasattr(error, "errors") else str(error),
    )


def event_of(event: Any) -> Any:
    if isinstance(event, Invalid):
        return "invalid", event.path, describe_errors(event.error)  # type: ignore[arg-type]
    if isinstance(event, Violation):
        return "violation", event.path, event.msg, event.pos
    return "completed", event.path, describe(event.value), event.raw


def check_growth_and_stillness(target: Any, text: str) -> None:
    parser: Parser[Any] = Parser(target)
    taken: list[tuple[Any, Any]] = []
    before: Any = parser.value
    for char in text:
        try:
            parser.feed(char)
        except ValueError:
            break
        after = parser.value
        if taken:
            check_growth(before, after)
        if parser.json is not parser._tree.missing:
            taken.append((after, describe(after)))
        before = after
    outcome = parser.end()
    if not isinstance(outcome, Failed | Truncated) and taken:
        check_growth(before, outcome.value)
    for value, described in taken:
        assert describe(value) == described, "law 4: a snapshot moved"


def check_growth(before: Any, after: Any) -> None:
    """Law 2: ``after`` extends ``before``; what is partial may once become what it was to be."""
    if before is after:
        return
    if isinstance(before, Partial):
        names = before.model_fields_set
        if isinstance(after, Partial):
            assert type(before) is type(after), "law 2: another model"
            assert names <= after.model_fields_set, "law 2: a field is gone"
            for name in names:
                check_growth(getattr(before, name), getattr(after, name))
        else:
            assert isinstance(after, before.__pydantic_model__), f"law 2: {before!r} became {after!r}"
            for name in names:
                settled = getattr(before, name)
                assert not isinstance(settled, BaseModel) or getattr(after, name) is settled, "law 4: another object"
    elif isinstance(before, list):
        assert isinstance(after, list | tuple | set | frozenset), f"law 2: {before!r} became {after!r}"
        assert len(after) >= len(before) or not isinstance(after, list), "law 2: a shorter list"
        for old, new in zip(before, after, strict=False):
            check_growth(old, new)
    elif isinstance(before, dict):
        assert isinstance(after, dict), f"law 2: {before!r} became {after!r}"
        for key, old in before.items():
            check_growth(old, after[key])
    elif isinstance(before, str):
        assert isinstance(after, str), f"law 2: {before!r} became {after!r}"
        assert after.startswith(before), f"law 2: {before!r} became {after!r}"
    else:
        raise AssertionError(f"law 2: {before!r} became {after!r}")


def check_places(target: Any, text: str, final: Any) -> None:
    """What an event says is validated is what the final value has at its path, and so is what streams give for it."""
    parser: Parser[Any] = Parser(target)
    events = [*parser.feed(text), *parser.end().events]
    for event in events:
        pattern = written(event.path)
        (place,) = record(pattern, target, None, None, False)
        wanted = [describe(value) for value in place.reach(final)]
        assert isinstance(event, Completed)
        assert event.raw or [describe(event.value)] == wanted, pattern
        assert [describe(value) for value in stream([text], target).elements(pattern)] == wanted, pattern


def check_validated_once(target: Any, text: str, calls: list[Any], seed: int = 0) -> None:
    """Law 6: validators that note in ``calls`` are called as often as in one shot, whatever the chunks.

    For a text that is cut or malformed, where one shot validates nothing, as often as for all the text at once.
    """
    calls.clear()
    seen = observe([text], lambda: Parser(target))
    expected = Counter(calls)
    if seen.error is None and not isinstance(seen.outcome, Truncated):
        calls.clear()
        oneshot(target, text)
        assert Counter(calls) == expected, "law 6, fed whole"
    for chunks in chunkings(text, seed):
        calls.clear()
        observe(chunks, lambda: Parser(target))
        assert Counter(calls) == expected, f"law 6, fed {chunks!r}"
