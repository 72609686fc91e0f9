"""Checkpoints that no parser saved: each is refused with a ValueError, or makes a parser that works.

A checkpoint may have been stored anywhere, so it is input like any other (law 11). Real checkpoints are changed at one
place or two, by values of other types, huge and deep ones, and by small lies that are as plausible as the truth.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterable, Iterator
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
    "newlines": (None, saved("\n\n")),
    "spelled longer than it was": (None, saved("[" + "9e15," * 20)),
    "brackets": (None, saved("[[[")),
    "closed string": (None, saved('"abc"')),
    "mended": (None, saved("[NaN, ", lenient=True)),
    "mended, strict so far": (None, saved('{"a": [1, ', lenient=True)),
    "prose": (None, saved("Here it is: ", lenient=True)),
    "prose, a footnote": (None, saved("<think>a</think>So [1] is all\n", lenient=True)),
    "prose, a scalar": (None, saved("Here it is:\n```\n12\n```\nand", lenient=True)),
    "mended, a comment": (None, saved('{"a": [1, 2], [3], b: "c\n", /* so', lenient=True)),
    "mended, a key": (None, saved("```json\n{'a': (1, f(2)), b: 'say \"x\" {', c", lenient=True)),
    "mended, an inner quote": (None, saved('{"a": "say "so {", she', lenient=True)),
    "mended, no place": (None, saved('{"a": 1, {"b": ["x, ', lenient=True)),
    "mended, text": (None, saved("[True, 0x1F, New York (", lenient=True)),
    "mended, typed": (Branch, saved("{'leaves': [{name: 'x', sizes: [1,", target=Branch, lenient=True)),
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


def places_of(kind: type, state: Any) -> Iterator[tuple[Any, Any]]:
    """Where there is something of a kind in a state: the list or dict, and its index or key."""
    todo = [state]
    while todo:
        inside = todo.pop()
        for key, value in inside.items() if isinstance(inside, dict) else enumerate(inside):
            if type(value) is kind:
                yield inside, key
            elif isinstance(value, dict | list):
                todo.append(value)


def lie_of(kind: type, lies: Callable[[Any], Iterable[Any]], name: str) -> None:
    """Try every lie about everything of a kind in a state; each of them is refused, or makes a parser that works."""
    target, truth = STATES[name]
    for number, (inside, key) in enumerate(places_of(kind, truth)):
        for lie in lies(inside[key]):
            state = copy.deepcopy(truth)
            place, at = list(places_of(kind, state))[number]
            place[at] = lie
            check_forged(state, target)


@pytest.mark.parametrize("name", STATES)
def test_numbers_that_are_no_offsets(name: str) -> None:
    """Whatever number it is: too large for any text, too long to be written, or not whole."""
    lies = (10**5000, -(10**5000), 1 << 62, 1 << 63, -(1 << 62), -2, 0.5, 1.0, 3.0, True)
    lie_of(int, lambda truth: lies, name)


@pytest.mark.parametrize("name", STATES)
def test_numbers_that_mean_something_else(name: str) -> None:
    """Many numbers are modes, quotes, depths: another one may contradict all the rest."""
    lies = amount((*range(9), 34, 39, 44), tuple(range(128)), quick=(0, 1, 2, 34))
    lie_of(int, lambda truth: lies, name)


@pytest.mark.parametrize("name", STATES)
def test_switches_that_are_turned(name: str) -> None:
    lie_of(bool, lambda truth: [not truth], name)


@pytest.mark.parametrize("name", STATES)
def test_texts_that_go_on(name: str) -> None:
    """What the lexer is said to have read, and whatever waits, may end otherwise."""
    more = ("\\", '"', "\\u00", "\\ud83d", "[", "]", "{", "}", ",", ":", "1", "x", " ", "\n", "'", "tru")
    lie_of(str, lambda truth: [truth[:-1], *(truth + each for each in amount(more, more, quick=more[:4]))], name)


def journal(part: str, *keys: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    """Changes one place in a part of the changes."""

    def change(state: dict[str, Any]) -> None:
        at: Any = state["journal"]
        for key in (part, *keys[:-1]):
            at = at[key]
        at[keys[-1]] = to

    return change


def both(*changes: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def change(state: dict[str, Any]) -> None:
        for each in changes:
            each(state)

    return change


def at(field: str, value: Any, **others: Any) -> Callable[[dict[str, Any]], None]:
    return lambda state: state.update({field: value, **others})


def option(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda state: state["options"].update({name: value})


LONGER = "its text is longer than what was read"
MORE = "its text has more values than what was read"
POSITIONS = "its positions contradict each other"
BYTES = "its bytes contradict its text"
UNTOLD = "it tells of changes that it does not have"
SIZE = "the size of the changes is not that of the document"
CLOCK = "the changes have another clock"
OPEN = "the changes have other open containers"
ORDER = "the elements of an array are not in their order among the changes"
NOT_LAST = "the open string is not the last of the changes"
NO_ROW = "the changes name a place that is no row of the places"
ONE_ROOT = "the places of the changes have more than one root"
NO_BYTES = "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
NO_TARGET = "it has options that need a target, and no target"

# A state, what is changed in it, and what is said then.
LIES: dict[str, tuple[str, Callable[[dict[str, Any]], None], str]] = {
    "behind the document's limit": ("limits", at("pos", 13), "a number is not between 0 and 12"),
    "before all counts": ("limits", at("pos", -1), "a number is not between 0 and 12"),
    "before its own brackets": ("string", at("pos", 1, line_start=0), LONGER),
    "before its second value": ("two", at("pos", 2), MORE),
    "before the end of its string": ("closed string", at("pos", 3), MORE),
    "before its mended value": ("mended", at("pos", 1), MORE),
    "mended at the end of all offsets": (
        "mended, strict so far", at("pos", LARGEST - 1), f"a number is not between 0 and {LARGEST // 2}",
    ),
    "prose beyond its limit": (
        "prose", lambda state: state["options"]["limits"].__setitem__(3, 5), "a number is not between 0 and 5",
    ),
    "a repair that ends before it begins": (
        "mended", lambda state: state["mending"]["repairs"][0].__setitem__(1, 5), "a repair ends before it begins",
    ),
    "a source map that does not begin": (
        "mended, typed", lambda state: state["mending"].update(map=[[1]] * 5), "its source map contradicts itself",
    ),
    "a source map of nothing": (
        "mended, typed", lambda state: state["mending"].update(map=[[]] * 5), "its source map contradicts itself",
    ),
    "a source map out of order": (
        "mended, typed", lambda state: state["mending"].update(map=[[0, 2, 1]] * 5),
        "its source map contradicts itself",
    ),
    "a source map of parts that differ": (
        "mended, typed", lambda state: state["mending"].update(map=[[0, 1], [0], [0, 1], [0, 1], [0, 1]]),
        "its source map contradicts itself",
    ),
    "shorter than its number": ("root number", at("pos", 1), LONGER),
    "a number beyond its limit": ("limits", at("text", "[1234567", pos=8), "its number passes the limit"),
    "a string beyond its limit": (
        "limits", at("text", '["123456', pos=8),
        "a string is longer than the limit of 5 characters: line 1 column 8 (char 7) in $[0]",
    ),
    "text of no kind": ("string", at("input", 0), "it has text, and no kind of input"),
    "an unknown kind": ("string", at("input", 3), "a number is not between 0 and 2"),
    "bytes of a str": ("string", at("byte_pos", 9), BYTES),
    "a tail of a str": ("string", at("tail", "c3"), BYTES),
    "more bytes than characters have": ("bytes", at("byte_pos", 100), BYTES),
    "other bytes than the text has": ("typed bytes", at("byte_pos", 10), BYTES),
    "a tail that is a character": ("bytes", at("tail", "c3a9"), BYTES),
    "a tail that is no UTF-8": ("bytes", at("tail", "ff"), NO_BYTES),
    "a mark with no text before it": ("byte order mark", at("byte_pos", 3), BYTES),
    "a whole mark that was not looked at": ("byte order mark", at("tail", "efbbbf"), BYTES),
    "no mark, not looked at": ("byte order mark", at("tail", "c3"), BYTES),
    "a text before the mark": ("byte order mark", at("text", " ", pos=1), BYTES),
    "lines without newlines": ("string", at("line", 2), POSITIONS),
    "no line": ("string", at("line", 0), POSITIONS),
    "a line that begins before it": ("key", at("line", 1), POSITIONS),
    "more lines than characters": ("blank", at("line", 4), POSITIONS),
    "a line that begins behind its token": ("key", lambda state: state.update(line_start=state["pos"]), POSITIONS),
    "other lines than the text": ("typed", at("line", 1, line_start=0), "its positions are not those of its text"),
    "another line": ("typed", at("line", 1), "its positions are not those of its text"),
    "another beginning of its line": ("typed", at("line_start", 3), "its positions are not those of its text"),
    "another length than the text": ("typed", at("pos", 30), "its positions are not those of its text"),
    "asked, and no changes": ("string", at("asked", 1), UNTOLD),
    "pinned, and no changes": ("string", at("pinned", True), UNTOLD),
    "asked later than now": ("deltas", at("asked", 11), UNTOLD),
    "asked before all is known": ("deltas later", at("asked", 9), UNTOLD),
    "asked before all time": ("deltas", at("asked", -2), UNTOLD),
    "changes that say more than was read": ("deltas", lambda state: state["journal"].update(size=34), SIZE),
    "changes that say less than is there": ("deltas", lambda state: state["journal"].update(size=9), SIZE),
    "changes known before all time": ("deltas", lambda state: state["journal"].update(floor=-1), SIZE),
    "changes known after now": ("deltas", lambda state: state["journal"].update(floor=11), SIZE),
    "a clock of fractions": ("deltas", journal("clock", 0, to=1.0), "the clock of the changes counts in integers"),
    "a size of fractions": (
        "deltas", lambda state: state["journal"].update(size=10.0), "the clock of the changes counts in integers",
    ),
    "a change before all time": ("deltas", journal("clock", 0, to=0), CLOCK),
    "a change after now": ("deltas", journal("clock", -1, to=11), CLOCK),
    "a change too early": ("deltas", journal("clock", 4, to=6), CLOCK),
    "a change too late": ("deltas", journal("clock", 1, to=3), CLOCK),
    "a time without a change": ("deltas", lambda state: state["journal"]["marks"].pop(), CLOCK),
    "a change without a time": ("deltas", lambda state: state["journal"]["clock"].pop(), CLOCK),
    "a size after the last change": ("deltas", lambda state: state["journal"].update(size=11), CLOCK),
    "a first change that began after all was known": ("deltas later", journal("clock", 0, to=10), CLOCK),
    "a root string that ended before all was known": ("deltas, root string", journal("clock", 0, to=2), CLOCK),
    "an open string, and no change": (
        "deltas, root string", lambda state: state["journal"].update(clock=[], marks=[], floor=5, size=5), CLOCK,
    ),
    "an unknown change": ("deltas", journal("marks", 1, 0, to="append"), "a change has an unknown operation"),
    "a container as a value": ("deltas", journal("marks", 2, 2, to=" [1]"), "a change has no value"),
    "a deep container as a value": ("deltas", journal("marks", 2, 2, to=" " + "[" * 100_000), "a change has no value"),
    "a value that is no text": ("deltas", journal("marks", 2, 2, to=1), "a change has no value"),
    "a value of another spelling": (
        "deltas", journal("marks", 2, 2, to="1.50"), "a value among the changes is spelled in another way",
    ),
    "another value than the document has": (
        "deltas", journal("marks", 2, 2, to="2"), "the changes have values that the document does not have",
    ),
    "an equal value of another type": (
        "deltas", journal("marks", 2, 2, to="1.0"), "the changes have values that the document does not have",
    ),
    "another container than the document has": (
        "deltas", journal("marks", 5, 2, to="{}"), "the changes have containers that the document does not have",
    ),
    "a container of more than the document has": (
        "deltas later", lambda state: state.update(text=state["text"].replace('"c":1.5,', "")),
        "the changes have containers that the document does not have",
    ),
    "a change in what is no container": (
        "deltas, done",
        both(lambda state: state["journal"]["places"].extend([[0, 0], [3, "x"]]), journal("marks", 0, 1, to=4)),
        "the changes have containers that the document does not have",
    ),
    "a member that the document does not have": (
        "deltas", journal("places", 5, 1, to="q"), "the changes have places that the document does not have",
    ),
    "elements that the document does not have": (
        "deltas, done", lambda state: state["journal"].update(places=[[-1, ""], [0, 5], [0, 6]]),
        "the changes have places that the document does not have",
    ),
    "a member of an array": (
        "deltas, done", lambda state: state["journal"].update(places=[[-1, ""], [0, "1"], [0, "2"]]),
        "the changes have places that the document does not have",
    ),
    "an open string that has closed": (
        "deltas", journal("marks", -1, 2, to='"z"'), "the open string has a value among the changes",
    ),
    "an open string elsewhere": ("deltas", journal("places", 6, 1, to="d"), NOT_LAST),
    "an open string deeper inside": ("deltas", journal("places", 6, to=[5, 0]), NOT_LAST),
    "an open string further out": ("deltas", journal("places", 6, to=[1, 3]), OPEN),
    "an open string that is no string": ("deltas, root string", journal("marks", 0, 2, to="1"), CLOCK),
    "a row that names itself": ("deltas", journal("places", 1, 0, to=1), "list index out of range"),
    "a row of another type": ("deltas", journal("places", 1, 0, to="0"), NO_ROW),
    "a row before the first": ("deltas", journal("places", 1, 0, to=-2), NO_ROW),
    "a change at no row": ("deltas", journal("marks", 1, 1, to=-1), NO_ROW),
    "a key of another type": ("deltas", journal("places", 1, 1, to=None), "a path has keys and indexes"),
    "two roots": ("deltas", journal("places", 1, 0, to=-1), ONE_ROOT),
    "a root with a name": ("deltas", journal("places", 0, 1, to="a"), ONE_ROOT),
    "fewer open containers": ("deltas", lambda state: state["journal"]["open"].pop(), OPEN),
    "another open root": ("deltas", journal("open", 1, to=1), OPEN),
    "an open root that is none": ("deltas", lambda state: state["journal"].update(open=[1, 1, 1, 4]), OPEN),
    "another open container": ("deltas", journal("open", 3, to=5), OPEN),
    "an open container under another key": ("deltas", journal("places", 1, 1, to="b"), OPEN),
    "an open container that is none among the changes": ("deltas, pinned", journal("marks", 2, 2, to="3"), OPEN),
    "a place that is named twice": ("deltas", journal("marks", 2, 1, to=1), "the changes name a place twice"),
    "the root, not first": ("deltas", journal("marks", 2, 1, to=0), "the changes name a place twice"),
    "the root, after what is in it": ("deltas later", journal("marks", 1, 1, to=0), "the changes name a place twice"),
    "a change in what has closed": (
        "deltas", journal("marks", 4, 1, to=5), "something changed in a container that was not open",
    ),
    "an element too late": ("deltas", journal("places", 3, 1, to=2), ORDER),
    "an element twice": ("deltas", journal("places", 3, 1, to=0), ORDER),
    "an element that was open before": (
        "deltas, pinned",
        both(lambda state: state["journal"]["places"].append([0, 0]), journal("marks", 1, 1, to=5)),
        ORDER,
    ),
    "an element before the first": ("deltas", journal("places", 2, 1, to=-1), ORDER),
    "a member that was added twice": ("deltas", journal("places", 6, 1, to="b"), "a member was added twice"),
    "a replaced member that was not there": (
        "deltas, replaced", journal("marks", -2, 0, to="replace"), "a member was replaced that had not been there",
    ),
    "a replaced element": ("deltas", journal("marks", 2, 0, to="replace"), "something was replaced that is no member"),
    "a replaced root": ("deltas", journal("marks", 0, 0, to="replace"), "something was replaced that is no member"),
    "types that cannot be compared": ("string", at("text", deep(50_000)), "found list where str belongs"),
    "a boolean as a count": ("string", at("line", True), "found bool where int belongs"),
    "an unknown way with invalid values": ("typed", option("on_invalid", "stop"), "on_invalid has an unknown value"),
    "an option of another type": ("typed", option("strict", 1), "an option must be true, false or null"),
    "fields without names": ("typed", option("by_alias", False), "with its options a field has no name"),
    "a target's strictness, and no target": ("string", option("strict", False), NO_TARGET),
    "a target's way with invalid values, and no target": ("string", option("on_invalid", "raise"), NO_TARGET),
    "predictions, and no target": ("string", option("predict", True), NO_TARGET),
    "a selection that is no list": ("string", option("select", "$.a"), "found str where list belongs"),
    "lenient parsing by a flag": ("mended", option("lenient", True), "found bool where dict belongs"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_fields_that_contradict_each_other(lie: str) -> None:
    name, change, said = LIES[lie]
    target, truth = STATES[name]
    state = copy.deepcopy(truth)
    change(state)
    with pytest.raises(ValueError, match="the checkpoint is corrupt") as caught:
        Parser.restore(state, target)
    assert str(caught.value) == f"the checkpoint is corrupt: {said}"


# Texts of which each character is needed: nothing shorter leads to the same state.
NEEDED = ["[", "[[{", "-", "12", "1.5e-", "[-", "tru", '"', '"ab', '"\\', '"\\u', '"\\u1', '"\\u12a', '"\\ud83d']
NEEDED += ['"\\ud83d\\', '"\\ud83d\\u', '"\\ud83d\\ude0', '{"', '{"ab', '{"a\\', '{"a\\ud83d\\u1']


@pytest.mark.parametrize("text", NEEDED)
def test_a_position_before_the_end_of_what_is_open_is_refused(text: str) -> None:
    state = saved(text)
    assert Parser.restore(state).pos == state["pos"] == len(text)
    state["pos"] -= 1
    with pytest.raises(ValueError, match=LONGER):
        Parser.restore(state)


@pytest.mark.parametrize(("text", "least", "most"), [("[", 1, 4), ('["é', 3, 12), ('"😀"', 3, 12)])
def test_how_many_bytes_so_many_characters_can_be(text: str, least: int, most: int) -> None:
    """The text of a checkpoint is spelled in its own way, so it does not tell how many they were."""
    state = saved(text.encode())
    for byte_pos in (least, state["byte_pos"], most):
        assert Parser.restore({**state, "byte_pos": byte_pos}).pos == state["pos"]
    for byte_pos in (least - 1, most + 1):
        with pytest.raises(ValueError, match=BYTES):
            Parser.restore({**state, "byte_pos": byte_pos})


@pytest.mark.parametrize("name", [name for name in STATES if STATES[name][1]["journal"] is not None])
def test_any_time_of_which_all_changes_are_known_may_have_been_told(name: str) -> None:
    target, state = STATES[name]
    for asked in {-1, state["journal"]["floor"], state["journal"]["size"]}:
        assert Parser.restore({**state, "asked": asked}, target).seq == state["journal"]["size"]


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
        except TypeError:
            # It is the text of a checkpoint, for all that is known.
            assert isinstance(fake, str)
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
