"""The laws of the parser, each as a function of a text and a way to make parsers.

`law_n(text, make)` returns where law n holds for that text and raises `Broken`, an AssertionError that names the law,
where it does not. The property tests of the library, its fuzzers and `check_laws` call the same functions; none of them
needs pytest or hypothesis.

`make` is a `Maker` (``makers``): it makes parsers for one target with certain options, and knows what validating in one
shot says of a text. Most laws take `chunks`, the pieces in which the text comes; one
character after the other where none are given. What is left to chance is drawn from a `source`, so that a
caller can repeat it.

A text need not be JSON: each law says what must hold for texts that are cut or malformed, too.
"""

from __future__ import annotations

import copy
import functools
import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Concatenate, Final, ParamSpec

from pydantic import BaseModel

from partialjson import (
    MISSING,
    Complete,
    Completed,
    Failed,
    IncompleteError,
    Invalid,
    InvalidError,
    ParseError,
    Parser,
    Repaired,
    Replaced,
    Truncated,
)
from partialjson.patch import apply_deltas, to_json_patch
from partialjson.testing.broken import Broken, demand
from partialjson.testing.chunking import (
    STATES_UP_TO,
    assert_same,
    check_all_chunkings,
    error_key,
    fingerprint,
    observe,
    random_partition,
    state_of,
)
from partialjson.testing.growth import Growth, grows, withdrawn
from partialjson.testing.makers import Maker, maker_for
from partialjson.testing.reference import Path, as_str, is_json, is_whole_text, nodes_of, plain, value_at
from partialjson.testing.work import Memory, Steps, Work

__all__ = [
    "CHECKED",
    "check_laws",
    "check_validated_once",
    "closings",
    "counted_steps",
    "error_of",
    "feed",
    "in_chunks",
    "in_pieces",
    "law",
    "law_1",
    "law_2",
    "law_3",
    "law_4",
    "law_5",
    "law_6",
    "law_7",
    "law_8",
    "law_9",
    "law_10",
    "law_11",
    "law_12",
    "passes_a_limit",
    "saved",
    "seen_of",
    "some_chunkings",
    "within",
    "work_of",
]

Chunks = Sequence[str | bytes]
P = ParamSpec("P")


Law = Callable[Concatenate[Any, Maker, P], None]


def law(number: int, name: str) -> Callable[[Law[P]], Law[P]]:
    """Whatever assertion fails in the function, the error names the law and shows the text."""

    def named(function: Law[P]) -> Law[P]:
        def checked(text: Any, make: Maker, /, *args: P.args, **kwargs: P.kwargs) -> None:
            try:
                function(plain(text), make, *args, **kwargs)
            except AssertionError as error:
                about = f"law {number}, {name}: {error}"
                raise Broken(f"{about}\n  the text: {text!r}\n  the parser: {make!r}") from error

        functools.update_wrapper(checked, function)
        return checked

    return named


# What several laws need


def in_pieces(text: Any, chunks: Chunks | None) -> Chunks:
    """The chunks, or else the characters or bytes of the text."""
    return [text[at : at + 1] for at in range(len(text))] if chunks is None else chunks


def feed(parser: Parser[Any], chunk: str | bytes) -> tuple[Sequence[Any], ParseError | None]:
    """Feed one chunk; the events, those that an error carries included, and the error."""
    try:
        return parser.feed(chunk), None
    except ParseError as error:
        return error.events, error


def _telling_all(make: Maker) -> Maker:
    """The same without a selection: what happens where nobody selects is told by no event."""
    if "select" not in make.options:
        return make
    return type(make)(make.target, **{name: value for name, value in make.options.items() if name != "select"})


def error_of(outcome: Complete[Any] | Truncated | Failed) -> BaseException | None:
    return None if isinstance(outcome, Complete) else outcome.error


def passes_a_limit(error: BaseException | None) -> bool:
    return isinstance(error, ParseError) and "limit" in error.msg


# Law 1


@law(1, "chunking is invisible")
def law_1(text: str | bytes, make: Maker, chunks: Chunks | None = None) -> None:
    """Fed in chunks, a text shows what it shows in one piece: events, views, error, outcome, and the state between.

    Without chunks, every way to cut the text is tried.
    """
    if chunks is None:
        check_all_chunkings(text, make=make, describe=make.describe)
        return
    whole = observe([text], make, make.describe)
    same_kind = all(type(chunk) is type(text) for chunk in chunks)
    assert_same(whole, observe(chunks, make, make.describe), f"as {chunks!r}", byte_positions=same_kind)
    if same_kind and len(text) <= STATES_UP_TO:
        parts, fed = make(), text[:0]
        for chunk in chunks:
            fed += chunk  # type: ignore[operator]
            at_once = make()
            error, same_error = feed(at_once, fed)[1], feed(parts, chunk)[1]
            demand((error is None) == (same_error is None), "only one of them failed", error, same_error)
            if error is not None:
                break
            demand(state_of(parts) == state_of(at_once), f"the state after {fed!r} differs", parts, at_once)


# Law 2


@law(2, "growth only")
def law_2(text: str | bytes, make: Maker, chunks: Chunks | None = None) -> None:
    """Every view extends the one before, `json` and `value` alike, up to the final value; half characters never show.

    A repeated key, which `Replaced` announces, is the one exception in `json`. `value` may also take back what a
    validator leaves out (a raw `Completed`), a bad element with ``on_invalid="skip"`` (`Invalid`), and the value of a
    field that comes under a second key of its own.
    """
    # Pairs, so that what a repeated key replaces counts too.
    whole = is_json(text) and is_whole_text(json.loads(as_str(text) or "", object_pairs_hook=list))
    make = _telling_all(make)
    growth = Growth(make)
    parser = make()
    before, value = parser.json, parser.value
    for chunk in in_pieces(text, chunks):
        events, error = feed(parser, chunk)
        after, new_value = parser.json, parser.value
        replaced = {event.path for event in events if isinstance(event, Replaced)}
        demand(grows(before, after, replaced), "the document does not grow", before, after, replaced)
        demand(not whole or after is MISSING or is_whole_text(after), "half a character shows", after)
        if make.typed:
            growth.check(value, new_value, withdrawn(before, after, events, make))
        before, value = after, new_value
        if error is not None:
            break
    outcome = parser.end()
    replaced = {event.path for event in outcome.events if isinstance(event, Replaced)}
    demand(grows(before, parser.json, replaced), "the end takes something back", before, parser.json)
    if isinstance(outcome, Complete):
        if make.typed:
            growth.check(value, outcome.value, withdrawn(before, parser.json, outcome.events, make))
        else:
            demand(grows(before, outcome.value, replaced), "the end is another value", before, outcome.value)


# Law 3


class _Members(list[tuple[str, Any]]):
    """An object as `json.loads` reads it, repeated keys included."""


def closings(text: str) -> Iterator[tuple[Path, Any]]:
    """(path, value) of every value of a JSON text in the order in which they close, by `json.loads` alone."""

    def plain(value: Any) -> Any:
        if isinstance(value, _Members):
            return {key: plain(child) for key, child in value}
        return [plain(child) for child in value] if isinstance(value, list) else value

    def walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
        if isinstance(value, _Members):
            children: Any = value
        else:
            children = enumerate(value) if isinstance(value, list) else ()
        for key, child in children:
            yield from walk(child, (*path, key))
        yield path, plain(value)

    yield from walk(json.loads(text, object_pairs_hook=_Members), ())


@law(3, "closed once")
def law_3(text: str | bytes, make: Maker, chunks: Chunks | None = None) -> None:
    """Each value completes exactly once, children before parents, in document order, and the status says so.

    A typed parser closes what an untyped one closes, each with exactly one of Completed and Invalid.
    """
    make = _telling_all(make)
    parser = make()
    closed: dict[Path, str] = {}
    events: list[Any] = []
    error: ParseError | None = None

    def note(new: Sequence[Any]) -> None:
        events.extend(new)
        for event in new:
            if isinstance(event, Replaced):
                demand(event.path in closed, "what is replaced was not closed", event)
                for path in [path for path in closed if path[: len(event.path)] == event.path]:
                    del closed[path]
            elif isinstance(event, Completed | Invalid):
                demand(event.path not in closed, "closed again", event)
                closed[event.path] = "complete" if isinstance(event, Completed) else "invalid"

    for chunk in in_pieces(text, chunks):
        new, error = feed(parser, chunk)
        note(new)
        view = dict(nodes_of(parser.json))
        demand(closed.keys() <= view.keys(), "what has closed is not in the document", closed, view)
        for path in view:
            status = parser.status(path)
            demand(status == closed.get(path, "partial"), f"{path} is {status}, closed: {closed}")
        if error is not None:
            break
    outcome = parser.end()
    if error is None:
        note(outcome.events)
    found = [event for event in events if isinstance(event, Completed | Invalid)]
    if is_json(text) and not passes_a_limit(error_of(outcome)):
        expected = list(closings(as_str(text) or ""))
    else:
        expected = observe([text], Maker(limits=make.limits, lenient=make.options.get("lenient", False))).completed
    if isinstance(error, InvalidError):
        expected = expected[: len(found)]
    paths = [event.path for event in found]
    demand(paths == [path for path, _ in expected], "another order", paths, expected)
    if not make.typed:
        demand(all(isinstance(event, Completed) for event in found), "an untyped value is invalid", found)
        values = [repr(event.value) for event in found if isinstance(event, Completed)]
        demand(values == [repr(value) for _, value in expected], "another value", values, expected)
    for path, how in closed.items():
        demand(parser.status(path) == how, "the end changed a status", path, how)


# Law 4


@law(4, "snapshots hold still")
def law_4(text: str | bytes, make: Maker, chunks: Chunks | None = None, source: random.Random | None = None) -> None:
    """What was handed out never changes, however it is held, and what did not change is the same object.

    Readers hold the root, a node inside, an iterator, a delta, an event, at random moments, and let go again: a parser
    may change in place what nobody holds, and whether somebody does must not depend on how it is held.
    """
    pieces = in_pieces(text, chunks)
    _hold_at_random(pieces, make, source or random.Random(0))
    parser = make()
    kept: list[tuple[Any, Any]] = []
    before, value = parser.json, parser.value
    for chunk in pieces:
        events, error = feed(parser, chunk)
        after, new_value = parser.json, parser.value
        demand(parser.json is after and parser.value is new_value, "reading twice gives two objects", after)
        replaced = {event.path for event in events if isinstance(event, Replaced)}
        _check_shared(before, after, replaced, ())
        if after is before and not events:
            demand(new_value is value, "nothing changed, and yet the typed view is another object", value, new_value)
        kept.append((after, fingerprint(after)))
        if make.typed:
            kept.append((new_value, make.describe(new_value)))
        before, value = after, new_value
        if error is not None:
            break
    parser.end()
    for held, was in kept:
        now = fingerprint(held) if isinstance(was, str) else make.describe(held)
        demand(now == was, "a snapshot moved", was, now)


def _hold_at_random(pieces: Chunks, make: Maker, source: random.Random) -> None:
    parser = make()
    parser.deltas()
    holds: list[tuple[Any, Callable[[Any], Any], Any]] = []

    def hold(thing: Any, read: Callable[[Any], Any] = fingerprint) -> None:
        holds.append((thing, read, read(thing)))

    def any_node() -> Any:
        return source.choice([value for _, value in nodes_of(parser.json)])

    def check(thing: Any, read: Callable[[Any], Any], before: Any) -> None:
        demand(read(thing) == before, "what was handed out moved", before, thing)

    def look(events: Sequence[Any]) -> None:
        way = source.randrange(9)
        if way == 0:
            hold(parser.json)
        elif way == 1:
            hold(any_node())
        elif way == 2:
            node = any_node()
            if isinstance(node, (list, dict)):
                hold(iter(node), read=lambda held: fingerprint(list(copy.copy(held))))
        elif way == 3:
            hold(parser.deltas())
        elif way == 4 and events:
            hold(source.choice(events), read=make.describe)
        elif way == 5:
            hold((parser.json, {"inner": any_node()}))
        elif way == 6 and holds:
            holds.pop(source.randrange(len(holds)))
        elif way == 7:
            fingerprint(any_node())
        elif way == 8:
            hold(parser.value, read=make.describe)

    for chunk in pieces:
        events, error = feed(parser, chunk)
        for _ in range(source.randrange(3)):
            if parser.json is not MISSING:
                look(events)
        if holds:
            check(*source.choice(holds))
        if error is not None:
            break
    hold(parser.end(), read=lambda outcome: make.describe(outcome.events))
    for each in holds:
        check(*each)


def _check_shared(before: Any, after: Any, replaced: set[Path], path: Path) -> None:
    if path in replaced or before is MISSING or before is after:
        return
    touched = any(place[: len(path)] == path for place in replaced)
    if not touched and repr(before) == repr(after):
        demand(before is after, f"{path}: an equal value, but another object", after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key, old in before.items():
            _check_shared(old, after[key], replaced, (*path, key))
    elif isinstance(before, list) and isinstance(after, list):
        for index, old in enumerate(before):
            _check_shared(old, after[index], replaced, (*path, index))


# Law 5


@law(5, "the end is the one-shot result")
def law_5(text: str | bytes, make: Maker, chunks: Chunks | None = None) -> None:
    """What is JSON gives the value or the errors of one shot; what is not is refused, as without a target.

    With ``on_invalid="raise"`` the first error is that of the end; with "skip", one shot refuses what is left out here.
    """
    make = _telling_all(make)
    parser = make()
    error: ParseError | None = None
    skipped = False
    for chunk in in_pieces(text, chunks):
        events, error = feed(parser, chunk)
        skipped = skipped or (make.skips and any(isinstance(event, Invalid) for event in events))
        demand(parser.value is parser.value, "reading twice gives two objects", parser.value)
        if error is not None:
            break
    if passes_a_limit(error) or passes_a_limit(error_of(parser.end())):
        return  # which one shot has not, or others: law 11
    if isinstance(error, InvalidError):
        demand(make.options.get("on_invalid") == "raise", "an invalid value stopped the parser", error)
        try:
            parser.close()
        except InvalidError as raised:
            demand(raised is error, "close() raises another error", raised, error)
        else:
            demand(False, "close() accepts it")
        return
    if not is_json(text):
        plain = observe(in_pieces(text, chunks), Maker(limits=make.limits))
        refused = plain.error if plain.error is not None else error_of(plain.outcome)
        demand(refused is not None, "what is not JSON was accepted", plain.outcome)
        said = error if error is not None else error_of(parser.end())
        demand(error_key(said) == error_key(refused), "another error than without a target", said, refused)
        try:
            parser.close()
        except ParseError as raised:
            demand(raised is said, "close() raises another error", raised, said)
        else:
            demand(False, "close() accepts it")
        return
    demand(error is None, "JSON was refused", error)
    verdict, expected = make.verdict_of(parser), make.one_shot(as_str(text) or "")
    if skipped and expected.errors:
        return
    demand(verdict == expected, "another verdict than in one shot", verdict, expected)
    demand(parser.done, "the root has not closed")
    if not make.typed:
        demand(parser.json is parser.value, "the views of an untyped parser differ", parser.value)
        demand(fingerprint(parser.json) == expected.value, "another value is shown", parser.json)


# Law 6


@law(6, "validated once")
def law_6(text: str, make: Maker, calls: list[Any], chunks: Chunks | None = None) -> None:
    """Validators, which note their calls in `calls`, are called as in one shot, and never with a prefix.

    For a text that is cut or malformed, where one shot validates nothing, as if all of it had come at once.
    """
    calls.clear()
    if is_json(text):
        make.one_shot(text)
    else:
        observe([text], make)
    expected = Counter(calls)
    calls.clear()
    parser = make()
    for chunk in in_pieces(text, chunks):
        _, error = feed(parser, chunk)
        demand(parser.value is parser.value, "reading twice gives two objects", parser.value)
        early = Counter(calls) - expected
        demand(not early, f"one shot does not call these, fed {chunk!r}", early)
        if error is not None:
            break
    parser.end()
    demand(Counter(calls) == expected, "other calls than in one shot", Counter(calls), expected)


# Law 7


def work_of(chunks: Chunks, make: Callable[[], Any], warm: Chunks = ()) -> Work:
    """The work of feeding `chunks`, after `warm` was fed without counting."""

    def fed() -> Any:
        parser = make()
        for chunk in warm:
            parser.feed(chunk)
        return parser

    parser = fed()
    steps = counted_steps(parser.feed, chunks)
    # A table of the interpreter's own that happens to double falls into one run; what the parser needs, into both.
    return Work(steps, min(_memory_of(fed(), chunks) for _ in range(2)))


def _memory_of(parser: Any, chunks: Chunks) -> int:
    with Memory() as memory:
        for chunk in memory.over(chunks):
            parser.feed(chunk)
    return memory.raised


def counted_steps(function: Callable[[Any], Any], arguments: Sequence[Any]) -> int:
    """Call the function with each argument; how many bytecode instructions of the library ran."""
    with Steps(lambda module: "partialjson" in module) as steps:
        for argument in arguments:
            function(argument)
    return steps.count


def in_chunks(text: Any, size: int) -> list[Any]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@law(7, "linear")
def law_7(text: str | bytes, make: Maker, shorter: str | bytes, size: int = 4) -> None:
    """`text` is `shorter` and more of the same: it costs as much more as it is longer; the square would show."""
    ratio = len(text) / len(shorter)
    less, more = (work_of(in_chunks(each, size), make) for each in (shorter, text))
    demand(more.steps <= less.steps * ratio * 1.25, "steps", less, more, ratio)
    # Doubling buffers and resized dicts make memory jump: half as much again is allowed.
    demand(more.memory <= less.memory * ratio * 1.5 + 20_000, "memory", less, more, ratio)


# Law 8


@law(8, "cut off is not complete")
def law_8(text: str | bytes, make: Maker, chunks: Chunks | None = None, reason: str = "length") -> None:
    """If the stream is cut after the text, a report of what is complete is all there is, unless the root had closed.

    A number at the root never has: it may have been going on.
    """
    make = _telling_all(make)
    parser = make()
    announced: dict[Path, Any] = {}
    error: ParseError | None = None
    for chunk in in_pieces(text, chunks):
        events, error = feed(parser, chunk)
        announced |= {event.path: event for event in events if isinstance(event, Completed | Invalid)}
        if error is not None:
            break
    shown, value, pos, path = fingerprint(parser.json), make.describe(parser.value), parser.pos, parser.path
    # What lenient parsing reads as the end of the root is for other laws.
    closed = (parser.done if make.lenient else is_json(text)) and shown != fingerprint(MISSING)
    outcome = parser.end(reason)
    demand(outcome.reason == reason, "another reason", outcome)
    if error is not None or (closed and isinstance(outcome, Failed)):
        demand(isinstance(outcome, Failed), "it had failed", outcome)
        return
    demand(isinstance(outcome, Complete) == closed == parser.done, "complete, or not?", outcome)
    if not isinstance(outcome, Truncated):
        return
    demand(make.describe(outcome.value) == value, "the report shows another value", outcome.value)
    if isinstance(make.target, type) and issubclass(make.target, BaseModel):
        demand(not isinstance(outcome.value, make.target), "a whole value", outcome)
    demand(fingerprint(outcome.json) == shown, "the report shows another document", outcome.json)
    told = outcome.error
    demand(isinstance(told, IncompleteError) and (told.pos, told.path) == (pos, path), "another error", told)
    for one, other in itertools.permutations(outcome.complete, 2):
        demand(one[: len(other)] != other, "one path of the report lies inside another", outcome.complete)
    for place in outcome.complete:
        demand(place in announced, f"{place} was never announced")
        demand(parser.status(place) in ("complete", "invalid"), f"{place} is {parser.status(place)}")
        there = value_at(outcome.json, place)
        demand(make.typed or repr(there) == repr(announced[place].value), f"{place} is another value", there)
    try:
        parser.close()
    except IncompleteError as raised:
        demand(raised is outcome.error, "close() raises another error", raised)
    else:
        demand(False, "close() gives a value")


# Law 9


@law(9, "deltas fold")
def law_9(text: str | bytes, make: Maker, chunks: Chunks | None = None, source: random.Random | None = None) -> None:
    """Each batch of deltas turns the last document into this one, as JSON Patch too, and so for every reader."""
    source = source or random.Random(0)
    parser = make()
    before: Any = parser.json
    readers: list[tuple[int, Any]] = [(0, MISSING), (parser.seq, parser.json)]
    for chunk in in_pieces(text, chunks):
        _, error = feed(parser, chunk)
        kept, deltas = fingerprint(before), parser.deltas()
        after = apply_deltas(before, deltas)
        demand(fingerprint(after) == fingerprint(parser.json), "the deltas do not fold", after, parser.json, deltas)
        for delta in deltas:
            _check_form(delta)
        patch = to_json_patch(deltas, before)
        demand({each["op"] for each in patch} <= {"add", "replace"}, "no JSON Patch", patch)
        demand(fingerprint(apply_deltas(before, patch)) == fingerprint(parser.json), "the patch does not fold", patch)
        demand(fingerprint(before) == kept, "folding changed the document before", before)
        demand(parser.deltas() == [], "deltas are given twice", deltas)
        before = parser.json
        if source.randrange(2):
            readers.append((parser.seq, before))
        if error is not None:
            break
    for seq, view in readers:
        folded = apply_deltas(view, parser.deltas(seq))
        demand(fingerprint(folded) == fingerprint(parser.json), f"the deltas since {seq} do not fold", folded)
    demand(parser.deltas(parser.seq) == [], "deltas of the future", parser.deltas(parser.seq))


def _check_form(delta: dict[str, Any]) -> None:
    """Plain data: JSON Pointers, three operations, and something in each of them."""
    demand(delta.keys() == {"op", "path", "value"}, "not the fields of a delta", delta)
    demand(delta["op"] in ("add", "replace", "append"), "not an operation of deltas", delta)
    demand(isinstance(delta["path"], str) and delta["path"][:1] in ("", "/"), "not a JSON Pointer", delta)
    if delta["op"] == "append":
        demand(isinstance(delta["value"], str) and delta["value"], "nothing is appended", delta)


# Law 10


def saved(parser: Parser[Any], make: Maker) -> Parser[Any]:
    """The parser after a journey through JSON."""
    return make.restore(json.loads(json.dumps(parser.checkpoint())))


def seen_of(parser: Parser[Any], make: Maker) -> dict[str, Any]:
    """All that can be observed of an open parser without changing it."""
    paths = [path for path, _ in nodes_of(parser.json)]
    return {
        "json": fingerprint(parser.json),
        "value": make.describe(parser.value),
        "done": parser.done,
        "path": parser.path,
        "pos": parser.pos,
        "statuses": {path: parser.status(path) for path in [*paths, parser.path]},
        "state": state_of(parser),
    }


def _go_on(parser: Parser[Any], chunks: Chunks, since: int | None, make: Maker) -> list[Any]:
    """What is observed of a parser from here to the end."""
    found: list[Any] = []
    for chunk in chunks:
        events, error = feed(parser, chunk)
        views = fingerprint(parser.json), make.describe(parser.value)
        found += [make.describe(events), error_key(error), *views, parser.path, parser.pos, parser.done]
        if since is not None:
            found += [repr(parser.deltas(since)), repr(parser.deltas()), parser.seq]
    outcome = parser.end()
    found += [type(outcome), error_key(error_of(outcome)), fingerprint(parser.json), make.describe(outcome.events)]
    return [*found, make.describe(getattr(outcome, "value", None)), getattr(outcome, "complete", None)]


@law(10, "checkpoints are invisible")
def law_10(text: str | bytes, make: Maker, chunks: Chunks | None = None, at: int = 1, since: bool = False) -> None:
    """A parser that is saved after `at` chunks, its copy from JSON and its fork go on like one that never was saved.

    With `since`, deltas are asked for too, from a moment before that.
    """
    pieces = in_pieces(text, chunks)

    def start() -> tuple[Parser[Any], int | None, bool]:
        parser = make()
        seq = None
        error = None
        if since:
            parser.deltas()
        for number, chunk in enumerate(pieces[:at]):
            if since and number == at // 2:
                seq = parser.seq
            _, error = feed(parser, chunk)
            if error is not None:
                break
        return parser, parser.seq if since and seq is None else seq, error is None

    plain, seq, is_open = start()
    if not is_open:
        for leave in (plain.checkpoint, plain.fork):
            try:
                leave()
            except RuntimeError:
                continue
            demand(False, "a failed parser can be saved")
        return
    original = start()[0]
    before = seen_of(original, make)
    restored, forked = saved(original, make), original.fork()
    for name, other in (("restored", restored), ("forked", forked)):
        demand(seen_of(other, make) == before, f"the {name} one shows another state", seen_of(other, make), before)
    story = _go_on(plain, pieces[at:], seq, make)
    for name, other in (("restored", restored), ("saved", original), ("forked", forked)):
        if other is original:
            demand(seen_of(original, make) == before, "its copies changed the saved one", before)
        told = _go_on(other, pieces[at:], seq, make)
        demand(told == story, f"the {name} one goes on in another way", told, story)


# Law 11


def within(size: int, limit: int | None) -> bool:
    return limit is None or size <= limit


@law(11, "nothing breaks it")
def law_11(text: str | bytes, make: Maker, chunks: Chunks | None = None) -> None:
    """Only the documented errors are raised, a failed parser raises its error again, and no limit is passed unnoticed.

    Nor does a view ever show what a limit forbids.
    """
    parser = make()
    error: ParseError | None = None
    limits = make.limits
    fed = 0
    for chunk in in_pieces(text, chunks):
        try:
            parser.feed(chunk)
        except ParseError as raised:
            error = raised
        except Exception as raised:
            raise AssertionError(f"feed({chunk!r}) raised {raised!r}") from raised
        fed += len(chunk)
        if error is not None:
            _, again = feed(parser, chunk)
            demand(again is error, "a failed parser raises another error", error, again)
            break
        if isinstance(text, str):
            demand(within(fed, limits.document), "the document is longer than its limit")
    for path, value in nodes_of(parser.json):
        demand(within(len(path) + isinstance(value, (dict, list)), limits.depth), "deeper than the limit", path)
        if isinstance(value, str):
            demand(within(len(value), limits.string), "a string longer than the limit", value)
        if isinstance(value, int) and not isinstance(value, bool):
            demand(within(len(str(value)), limits.number), "a number longer than the limit", value)
        if isinstance(value, dict):
            demand(all(within(len(key), limits.string) for key in value), "a key longer than the limit", value)
    outcome = parser.end()
    demand(isinstance(outcome, Complete | Truncated | Failed), "no outcome", outcome)
    demand(error is None or error_of(outcome) is error, "the end tells another error", outcome)
    try:
        parser.close()
    except make.raises as raised:
        demand(raised is error_of(outcome), "close() raises another error than the end tells", raised, outcome)
    else:
        demand(isinstance(outcome, Complete), "close() gives a value", outcome)


# Law 12


@law(12, "lenient is a superset")
def law_12(text: str | bytes, make: Maker, chunks: Chunks | None = None) -> None:
    """On JSON, lenient parsing shows what strict parsing does, and mends nothing; elsewhere it tells what it mends.

    `make` makes lenient parsers. A scalar at the root may close later than in strict parsing, at the end of the text.
    """
    pieces = in_pieces(text, chunks)
    parser = make()
    events: list[Any] = []
    error: ParseError | None = None
    for chunk in pieces:
        new, error = feed(parser, chunk)
        events += new
        if error is not None:
            break
    outcome = parser.end()
    if error is None:
        events += outcome.events
    told = [event for event in events if isinstance(event, Repaired)]
    demand(
        [(repair.path, repair.kind, repair.start) for repair in outcome.repairs]
        == [(event.path, event.kind, event.pos) for event in told],
        "the events and the outcome tell of other repairs",
        outcome.repairs,
        told,
    )
    read = as_str(text)
    size = len(text if read is None else read)
    spans = [(each.start, each.end) for each in outcome.repairs] + [(each.start, each.end) for each in outcome.skipped]
    demand(all(0 <= start <= end <= size for start, end in spans), "a repair lies outside of the text", outcome)
    strict = Maker(make.target, **{name: value for name, value in make.options.items() if name != "lenient"})
    whole = observe(pieces, strict, strict.describe)
    if whole.error is not None or not isinstance(whole.outcome, Complete):
        is_told = bool(outcome.repairs or outcome.skipped or outcome.coerced)
        demand(is_told or not isinstance(outcome, Complete), "nothing is told, and strict parsing refuses it", whole)
        return
    demand(not outcome.repairs and not outcome.skipped, "JSON was mended", outcome)
    demand(isinstance(outcome, Complete) and outcome.verbatim, "JSON was refused", outcome)
    demand(strict.describe(outcome.value) == strict.describe(whole.outcome.value), "another value", outcome)
    seen = [(event.path, strict.describe(event.value)) for event in events if isinstance(event, Completed)]
    told_strictly = [(path, strict.describe(value)) for path, value in whole.completed]
    demand(seen == told_strictly, "other events", seen, told_strictly)


def some_chunkings(text: str | bytes, source: random.Random) -> list[Chunks]:
    """Whole, one by one, in halves, in random pieces; of a str, in random pieces of its bytes too."""
    half = len(text) // 2
    ways: list[Chunks] = [[text], in_pieces(text, None), [text[:half], text[half:]]]
    if isinstance(text, bytes):
        ways.append(random_partition(text, source))
    else:
        ways.append(random_partition(text, source))
        ways.append(random_partition(text.encode("utf-8", "surrogatepass"), source))
    return ways


CHECKED: Final = (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)
"""The laws that can be asked of any text with any target. Law 6 needs validators that note their calls
(``check_validated_once``), law 7 texts of one shape and two lengths (``law_7``)."""


def check_laws(
    text: str | bytes,
    target: Any = None,
    *,
    laws: Collection[int] = CHECKED,
    source: random.Random | None = None,
    **options: Any,
) -> None:
    """Check that the parser keeps its laws for this text, whole and cut in several ways.

    The text need not be JSON: the laws also say what holds for texts that are cut off, broken or invalid.

    Args:
        text: what is parsed.
        target: what ``Parser`` takes: a type, a ``TypeAdapter``, a ``Schema``; or a JSON Schema as a dict; or a
            ``Maker``, which makes other parsers.
        laws: the numbers of the laws to check, of ``CHECKED``; all of them if not given. Law 12 is left out where the
            options ask for lenient parsing.
        source: what is left to chance is drawn from it; the same each time if it is not given.
        options: options of ``Parser``, ``schema=`` among them.

    Raises:
        Broken: a law does not hold; an ``AssertionError`` whose message begins with the number and name of the law.
        TypeError, ValueError: an argument is wrong.
    """
    if not isinstance(text, str | bytes):
        raise TypeError(f"check_laws() takes a text, str or bytes, not {text!r}")
    unknown = set(laws) - set(CHECKED)
    if options.get("retain") is False:
        raise ValueError("check_laws() looks at whole documents, and with retain=False there are none: leave it out")
    if unknown:
        raise ValueError(f"check_laws() checks laws {CHECKED}, not {sorted(unknown)}")
    make = maker_for(target, **options)
    source = source or random.Random(0)
    text = plain(text)
    ways = some_chunkings(text, source)
    pieces = ways[3]
    cut = text[: source.randrange(len(text) + 1)]
    at, since = source.randint(0, len(pieces)), source.random() < 0.5
    if 1 in laws:
        for chunks in ways:
            law_1(text, make, chunks)
    if 2 in laws:
        law_2(text, make)
    if 3 in laws:
        law_3(text, make, pieces)
    if 4 in laws:
        law_4(text, make, pieces, source)
    if 5 in laws and not make.lenient:
        law_5(text, make)
        law_5(text, make, [text])
    if 8 in laws:
        law_8(cut, make)
    if 9 in laws:
        law_9(text, make, pieces, source)
    if 10 in laws:
        law_10(text, make, pieces, at, since=since)
    if 11 in laws:
        law_11(text, make, pieces)
    if 12 in laws and not make.lenient and is_json(text):
        law_12(text, type(make)(make.target, **{**make.options, "lenient": True}), pieces)


def check_validated_once(text: str, make: Maker, calls: list[Any], source: random.Random | None = None) -> None:
    """Law 6 in several chunkings; the validators of the target note their calls in `calls`."""
    for chunks in some_chunkings(text, source or random.Random(0)):
        law_6(text, make, calls, chunks)
