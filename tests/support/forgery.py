"""Checkpoints that no parser saved: real ones, changed at one place, and what must come of them."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from partialjson import MISSING, Outcome, ParseError, Parser, Repair, Skipped
from partialjson._core.canonical import canonical_text
from partialjson.patch import apply_deltas


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def strange(source: random.Random) -> Any:
    """A value of any JSON type, from the plausible to the monstrous."""
    way = source.randrange(14)
    if way < 4:
        return source.choice((0, 1, 2, 3, 5, 9, 17, -1, -2, -7))
    if way < 6:
        return source.choice((10**6, 2**31, 2**61, 2**62 - 1, 2**62, 2**63 - 1, 2**63, 10**30, 10**5000, -(2**63)))
    if way == 6:
        return source.choice((0.0, 1.0, -1.5, 1e300, float("inf"), float("nan")))
    if way == 7:
        return source.choice((None, True, False))
    if way == 8:
        return source.choice(("", " ", "\n", "x", '"', "{}", "[]", " []", "\t[1]", "\ufeff1", "1 ", "NaN", "-Infinity"))
    if way == 9:
        return source.choice(("[" * 100_000, " " + "[" * 100_000, '{"":' * 50_000, "9" * 5000, "\ud800", "é😀\0"))
    if way == 10:
        return source.choice(([], {}, [[]], [[-1, ""]], [0, 0, 0], {"": []}))
    if way == 11:
        return deep(source.choice((3, 50_000)))
    if way == 12:
        return source.choice(("ff", "e2", "efbbbf", "f09f98", "add", "replace", "append", "collect", "raise", "$.a"))
    return list(range(source.randrange(6)))


def bent(value: Any, source: random.Random) -> Any:
    """A small lie, of the type of the truth."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + source.choice((-2, -1, 1, 2, 100))
    if isinstance(value, str):
        at = source.randint(0, len(value))
        piece = source.choice(('"', "\\", " ", "\n", "1", ",", "[", "}", "\ud83d", "😀", "x", "00"))
        return source.choice((value[:at], value[at:], value[:at] + piece + value[at:], value + piece, value * 2))
    if isinstance(value, list) and value:
        i, j = source.randrange(len(value)), source.randrange(len(value))
        changed = copy.copy(value)
        way = source.randrange(4)
        if way == 0:
            changed[i], changed[j] = changed[j], changed[i]
        elif way == 1:
            del changed[i]
        elif way == 2:
            changed.insert(j, changed[i])
        else:
            changed[i] = changed[j]
        return changed
    if isinstance(value, dict) and value:
        name = source.choice(sorted(value))
        return {key: each for key, each in value.items() if key != name}
    return strange(source)


def forged(state: Any, source: random.Random) -> Any:
    """The state, changed at one place."""
    if isinstance(state, dict) and state and source.randrange(12):
        name = source.choice(sorted(state))
        return {**state, name: forged(state[name], source)}
    if isinstance(state, list) and state and source.randrange(5):
        at = source.randrange(len(state))
        return [*state[:at], forged(state[at], source), *state[at + 1 :]]
    return bent(state, source) if source.randrange(2) else strange(source)


def error_of(parser: Parser[Any], chunk: Any) -> ParseError | None:
    try:
        parser.feed(chunk)
    except ParseError as error:
        return error
    return None


def size_of(document: Any) -> int:
    return 0 if document is MISSING else len(canonical_text(document))


def use(parser: Parser[Any]) -> None:
    """Ask a parser everything, feed it to its end, and ask again; only documented errors may come."""
    limits = parser.checkpoint()["options"]["limits"]
    kind = parser.checkpoint()["input"]

    def ask() -> None:
        before = parser.json
        assert 0 <= parser.pos <= limits[3]
        assert parser.status(parser.path) in ("missing", "partial", "complete", "invalid")
        assert type(parser.value) is type(parser.value)
        seq = parser.seq
        for since in {0, seq // 2, max(seq - 1, 0), seq}:
            for delta in parser.deltas(since):
                assert delta["op"] in ("add", "replace", "append")
        assert isinstance(parser.deltas(), list)
        assert parser.json is before

    ask()
    again = Parser.restore(json.loads(json.dumps(parser.checkpoint())), parser._given)
    assert again.checkpoint() == parser.checkpoint()
    document = parser.json
    # All that was held may be shown at once, each character of it escaped; more than that comes from nowhere.
    most = 12 * (len(json.dumps(parser.checkpoint())) + 100)
    for chunk in ("", "1", '"', "}", "]", '": 5, "z": [0, {"q": "w', "e\n", "x" * 30):
        error = error_of(parser, chunk.encode() if kind == 2 else chunk)
        assert size_of(parser.json) <= most
        if error is not None:
            assert 0 <= error.pos <= limits[3]
            assert min(error.lineno, error.colno) >= 1
            assert error.byte_pos is None or error.byte_pos >= 0
            break
        document = apply_deltas(document, parser.deltas())
        assert document is parser.json or canonical_text(document) == canonical_text(parser.json)
        ask()
    again.reopen()
    assert again.pos >= 0
    for one in (parser, again):
        outcome: Outcome[Any] = one.end()
        assert str(outcome) is not None
        assert size_of(one.json) <= most
        spans: list[Skipped | Repair] = [*outcome.skipped, *outcome.repairs]
        for span in spans:
            assert type(span.start) is type(span.end) is int


def check_forged(state: Any, target: Any) -> str:
    try:
        parser = Parser.restore(state, target)
    except ValueError:
        return "refused"
    except TypeError:
        # It is the text of a checkpoint, for all that is known.
        assert isinstance(state, str)
        return "refused"
    use(parser)
    return "used"
