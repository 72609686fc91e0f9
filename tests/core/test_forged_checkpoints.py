"""Checkpoints that no parser saved: each is refused with a ValueError, or makes a parser that works.

A checkpoint may have been stored anywhere, so it is input like any other (law 11). Real checkpoints are changed at one
place or two, by values of other types, huge and deep ones, and by small lies that are as plausible as the truth.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from partialjson import DocumentSequence, Lenient, Limits, Parser
from partialjson.limits import LARGEST
from support.effort import amount
from support.forgery import check_forged, deep, forged


class Leaf(BaseModel):
    name: str = ""
    sizes: list[int] = []


class Branch(BaseModel):
    leaves: list[Leaf] = []
    note: str = ""


def saved(*chunks: Any, deltas: tuple[int, ...] = (), pinned: bool = False, **options: Any) -> dict[str, Any]:
    """The checkpoint after the chunks, with deltas asked for before some of them, as it comes back from storage."""
    parser: Parser[Any] = Parser(**options)
    for number, chunk in enumerate(chunks):
        if number in deltas:
            parser.deltas()
        parser.feed(chunk)
    if pinned:
        assert parser.seq > 0
    state: dict[str, Any] = json.loads(json.dumps(parser.checkpoint()))
    return state


STATES: dict[str, tuple[Any, dict[str, Any]]] = {
    "new": (None, saved()),
    "blank": (None, saved(" \n ")),
    "string": (None, saved('{"a": [1, "x\\u00e9', "y")),
    "escape": (None, saved('["x\\ud83d\\u0')),
    "key": (None, saved('{"a": {}, \n"b')),
    "number": (None, saved("[1, \n -2.5e")),
    "word": (None, saved('{"a": tr')),
    "two": (None, saved("[1,2 ")),
    "closed string": (None, saved('"abc"')),
    "mended": (None, saved("[NaN, ", lenient=True)),
    "mended, strict so far": (None, saved('{"a": [1, ', lenient=True)),
    "prose": (None, saved("Here it is: ", lenient=True)),
    "mended, a comment": (None, saved('{"a": [1, 2], [3], b: "c\n", /* so', lenient=True)),
    "mended, a key": (None, saved("```json\n{'a': (1, f(2)), b: 'say \"x\" {', c", lenient=True)),
    "mended, an inner quote": (None, saved('{"a": "say "so {", she', lenient=True)),
    "mended, no place": (None, saved('{"a": 1, {"b": ["x, ', lenient=True)),
    "mended, text": (None, saved("[True, 0x1F, New York (", lenient=True)),
    "mended, root": (None, saved("12 or", lenient=Lenient().without("text around"))),
    "done": (None, saved('{"a": 1e9} ')),
    "root number": (None, saved("12")),
    "limits": (None, saved("[1234", limits=Limits(depth=3, string=5, number=6, document=12))),
    "selection": (None, saved('{"a": [1,', select=["$.a[*]"])),
    "bytes": (None, saved('["é'.encode(), b"\xf0\x9f")),
    "byte order mark": (None, saved(b"\xef\xbb")),
    "deltas": (None, saved('{"a": [1, ', '"x', 'y", {"b": [], "c": "', "z", deltas=(0,))),
    "deltas later": (None, saved('{"a": [1, "x', 'y", [2], "u", ', '{"c": null, "c": 1.5, "d":"', "z", deltas=(1, 2))),
    "deltas, replaced": (None, saved('{"a": [1], ', '"a": {"b": [1, "x"], "c": 2}, "b": "u', deltas=(1,), pinned=True)),
    "deltas, root string": (None, saved('"ab', "cd", deltas=(1,))),
    "deltas, done": (None, saved("[1, ", "[], 2]", deltas=(0, 1))),
    "deltas, pinned": (None, saved('[["a', 'b", 1', "2, {", pinned=True, deltas=(1,))),
    "typed": (Branch, saved('{"leaves": [{"name": "x", "sizes": [1, 2], \n "na', target=Branch)),
    "typed, deltas": (Branch, saved('{"leaves": [{"name": "', 'x"}], "note":"y', target=Branch, deltas=(0, 1))),
    "typed bytes": (Branch, saved('{"note": "é'.encode(), target=Branch, on_invalid="raise")),
}


@pytest.mark.parametrize("name", STATES)
def test_what_was_saved_is_taken(name: str) -> None:
    target, state = STATES[name]
    assert check_forged(state, target) == "used"
    assert Parser.restore(state, target).checkpoint() == state


@pytest.mark.parametrize("name", STATES)
def test_forged_checkpoints_are_refused_or_work(name: str) -> None:
    target, state = STATES[name]
    source = random.Random(name)
    ends: dict[str, int] = {}
    for _ in range(amount(400, 20_000, quick=200)):
        fake = forged(state, source)
        if source.randrange(4) == 0:
            fake = forged(fake, source)
        end = check_forged(fake, target)
        ends[end] = ends.get(end, 0) + 1
    assert ends["refused"] > 0


def numbers_in(state: Any) -> Iterator[tuple[Any, Any]]:
    """Where there is a number in a state: the list or dict, and its index or key."""
    todo = [state]
    while todo:
        inside = todo.pop()
        for key, value in inside.items() if isinstance(inside, dict) else enumerate(inside):
            if type(value) is int:
                yield inside, key
            elif isinstance(value, dict | list):
                todo.append(value)


@pytest.mark.parametrize("name", STATES)
def test_numbers_that_are_no_offsets(name: str) -> None:
    """Whatever number it is: too large for any text, or too long to be written."""
    target, truth = STATES[name]
    for number in range(sum(1 for _ in numbers_in(truth))):
        for lie in (10**5000, -(10**5000), 1 << 62, 1 << 63, -(1 << 62), -2):
            state = copy.deepcopy(truth)
            inside, key = list(numbers_in(state))[number]
            inside[key] = lie
            check_forged(state, target)


LIES: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "behind the document's limit": ("limits", lambda state: state.update(pos=13)),
    "before its own brackets": ("string", lambda state: state.update(pos=1, line_start=0)),
    "before its second value": ("two", lambda state: state.update(pos=2)),
    "before the end of its string": ("closed string", lambda state: state.update(pos=3)),
    "before its mended value": ("mended", lambda state: state.update(pos=1)),
    "mended at the end of all offsets": ("mended, strict so far", lambda state: state.update(pos=LARGEST - 1)),
    "prose beyond its limit": ("prose", lambda state: state["options"]["limits"].__setitem__(3, 5)),
    "shorter than its number": ("root number", lambda state: state.update(pos=1)),
    "a number beyond its limit": ("limits", lambda state: state.update(text="[1234567", pos=8)),
    "a string beyond its limit": ("limits", lambda state: state.update(text='["123456', pos=8)),
    "text of no kind": ("string", lambda state: state.update(input=0)),
    "bytes of a str": ("string", lambda state: state.update(byte_pos=9)),
    "more bytes than characters have": ("bytes", lambda state: state.update(byte_pos=100)),
    "a tail that is a character": ("bytes", lambda state: state.update(tail="c3a9")),
    "a tail that is no UTF-8": ("bytes", lambda state: state.update(tail="ff")),
    "a mark with no text before it": ("byte order mark", lambda state: state.update(byte_pos=3)),
    "lines without newlines": ("string", lambda state: state.update(line=2)),
    "other lines than the text": ("typed", lambda state: state.update(line=1, line_start=0)),
    "asked, and no changes": ("string", lambda state: state.update(asked=1)),
    "pinned, and no changes": ("string", lambda state: state.update(pinned=True)),
    "asked later than now": ("deltas", lambda state: state.update(asked=99)),
    "asked before all is known": ("deltas later", lambda state: state.update(asked=0)),
    "changes that say more than was read": ("deltas", lambda state: state["journal"].update(size=10**6)),
    "a container as a value": ("deltas", lambda state: state["journal"]["marks"][2].__setitem__(2, " [1]")),
    "a deep container as a value": (
        "deltas",
        lambda state: state["journal"]["marks"][2].__setitem__(2, " " + "[" * 100_000),
    ),
    "another value than the document has": (
        "deltas",
        lambda state: state["journal"]["marks"][2].__setitem__(2, "2"),
    ),
    "a row that names itself": ("deltas", lambda state: state["journal"]["places"][1].__setitem__(0, 1)),
    "two roots": ("deltas", lambda state: state["journal"]["places"][1].__setitem__(0, -1)),
    "an element before the first": ("deltas", lambda state: state["journal"]["places"][2].__setitem__(1, -1)),
    "a replaced member that was not there": (
        "deltas, replaced",
        lambda state: state["journal"]["marks"][-2].__setitem__(0, "replace"),
    ),
    "types that cannot be compared": ("string", lambda state: state.update(text=deep(50_000))),
}


@pytest.mark.parametrize("lie", LIES)
def test_fields_that_contradict_each_other(lie: str) -> None:
    name, change = LIES[lie]
    target, truth = STATES[name]
    state = copy.deepcopy(truth)
    change(state)
    with pytest.raises(ValueError, match="checkpoint is corrupt"):
        Parser.restore(state, target)


def test_the_depth_of_a_checkpoint_is_bounded_by_its_limit() -> None:
    """However deep the limit lets it be, nothing recurses; what a target's validator cannot do is a ValueError."""
    state = saved("[")
    state["options"]["limits"][0] = 10**6
    state.update(text="[" * 100_000, pos=100_000)
    assert len(Parser.restore(state).path) == 100_000
    parser: Parser[Any] = Parser(list[Any], limits=Limits(depth=10**6))
    typed = parser.checkpoint()
    typed.update(text="[" * 100_000 + "1," * 3, pos=100_006, input=1)
    try:
        again = Parser.restore(typed, list[Any])
    except ValueError:
        return
    again.end()


# Sequences.


def saved_sequence(*chunks: Any, **options: Any) -> dict[str, Any]:
    sequence: DocumentSequence[Any] = DocumentSequence(**options)
    for chunk in chunks:
        sequence.feed(chunk)
    state: dict[str, Any] = json.loads(json.dumps(sequence.checkpoint()))
    return state


SEQUENCES: dict[str, dict[str, Any]] = {
    "new": saved_sequence(),
    "lines": saved_sequence('{"a": 1}\n\n[1, "x', format="ndjson"),
    "skipping": saved_sequence("[1}", format="ndjson", on_error="skip"),
    "bytes": saved_sequence(b"\xef\xbb", format="ndjson"),
    "records": saved_sequence(b"\x1e[1]\n\x1e12", format="json-seq"),
    "values": saved_sequence("12 [1] 3", format="concatenated", limits=Limits(document=20)),
    "after a word": saved_sequence('"x"true', format="concatenated"),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_forged_checkpoints_of_sequences(name: str) -> None:
    source = random.Random(name)
    state = SEQUENCES[name]
    ends = {"refused": 0, "used": 0}
    for number in range(amount(400, 20_000, quick=200)):
        fake = forged(state, source) if number else state
        try:
            sequence = DocumentSequence.restore(fake)
        except ValueError:
            ends["refused"] += 1
            continue
        ends["used"] += 1
        again = DocumentSequence.restore(json.loads(json.dumps(sequence.checkpoint())))
        assert again.checkpoint() == sequence.checkpoint()
        kind = bytes if sequence._kind is bytes else str
        found: list[Any] = []
        for chunk in ("1", ' "x', '"] \n', "\x1e", "[1]\n", "}", "\n2 "):
            if sequence._error is None:
                found += sequence.feed(chunk.encode() if kind is bytes else chunk)
        found += sequence.end()
        for progress in found:
            assert progress.index >= 0
            assert progress.line >= 1
    assert min(ends.values()) > 0
