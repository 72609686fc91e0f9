"""What a checkpoint keeps of lenient parsing: in each mode, and nothing that the mode does not use."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from partialjson import Lenient
from partialjson.testing.laws import feed
from partialjson.testing.makers import Maker

ALONE = Maker(lenient=Lenient().without("text around"))
TARGET = Maker(list[Any] | dict[str, Any], lenient=Lenient().without("text around"))

# After "[".
FRESH: dict[str, Any] = {
    "pend": "",
    "read": 1,
    "mode": 0,
    "position": [1, 0, 1],
    "shift": [0, 0, False],
    "map": [],
    "gap": ["", 0, True],
    "gap_position": [0, 0, 0],
    "key": [0, 0],
    "string": [0, 0, 0, False],
    "brackets": [0, 0],
    "escaped": False,
    "text": ["", 0],
    "root": ["", 0],
    "root_position": [0, 0, 0],
    "skipping": [0, 0, 0],
    "groups": [],
    "tuples": [],
    "strict": False,
    "repairs": [],
}

# Texts, and what is other than in `FRESH` after them.
STATES: dict[str, dict[str, Any]] = {
    "[": {},
    "[1, ": {"read": 4, "position": [1, 0, 4], "gap": [", ", 2, True], "gap_position": [1, 0, 2]},
    '{"é": 1 ,\n ': {
        "read": 11,
        "position": [2, 10, 12],
        "gap": [",\n ", 8, True],
        "gap_position": [1, 0, 9],
        "key": [1, 0],
    },
    '["a\n, ': {"pend": "\n, ", "read": 6, "mode": 1, "position": [1, 0, 3], "string": [2, 34, 0, False]},
    "['it's {[(": {
        "read": 10,
        "mode": 1,
        "position": [1, 0, 10],
        "shift": [0, 2, False],
        "string": [2, 39, 0, True],
        "brackets": [1, 1],
        "repairs": [["other quotes", 1, 2, [0]], ["inner quote", 4, 5, [0]]],
    },
    "['''a": {
        "read": 5,
        "mode": 1,
        "position": [1, 0, 5],
        "shift": [2, 2, False],
        "string": [2, 39, 2, False],
        "repairs": [["other quotes", 1, 2, [0]], ["doubled quotes", 1, 4, [0]]],
    },
    "['say 'hi'\\": {
        "pend": "\\",
        "read": 11,
        "mode": 1,
        "position": [1, 0, 10],
        "shift": [0, 2, False],
        "string": [2, 39, 0, True],
        "repairs": [["other quotes", 1, 2, [0]], ["inner quote", 6, 7, [0]], ["inner quote", 9, 10, [0]]],
    },
    '[\\"a\\\\': {
        "pend": "\\\\",
        "read": 6,
        "mode": 1,
        "position": [1, 0, 4],
        "shift": [1, 2, False],
        "string": [2, 34, 0, False],
        "escaped": True,
        "repairs": [["escaped quotes", 1, 3, [0]]],
    },
    "[a (b [": {
        "read": 7,
        "mode": 2,
        "position": [1, 0, 7],
        "shift": [-1, 2, False],
        "text": [")]", 0],
        "repairs": [["unquoted text", 1, 1, [0]]],
    },
    "{é: a": {
        "pend": "a",
        "read": 5,
        "position": [1, 0, 5],
        "shift": [-2, 4, False],
        "key": [1, 1],
        "repairs": [["unquoted key", 1, 2, []]],
    },
    "so ": {"pend": "so ", "read": 3, "position": [1, 0, 0]},
    "nul": {"pend": "nul", "read": 3, "position": [1, 0, 0]},
    "12": {"pend": "12", "read": 2, "position": [1, 0, 0]},
    "\n so\n much": {
        "read": 10,
        "mode": 3,
        "position": [3, 5, 10],
        "root": ["so\n much", 2],
        "root_position": [2, 1, 2],
    },
    '"é': {"read": 2, "mode": 1, "position": [1, 0, 3], "string": [3, 34, 0, False]},
    "[1,\n /* c": {
        "read": 9,
        "mode": 4,
        "position": [2, 4, 9],
        "gap": [",\n ", 2, False],
        "gap_position": [1, 0, 2],
        "skipping": [1, 0, 0],
        "repairs": [["comment", 5, 9, []]],
    },
    "[1 // c": {"read": 7, "mode": 4, "position": [1, 0, 7], "repairs": [["comment", 3, 7, []]]},
    "{'a': 1, [(\"x": {
        "read": 13,
        "mode": 5,
        "position": [1, 0, 13],
        "shift": [0, 4, False],
        "gap": [", ", 7, False],
        "gap_position": [1, 0, 7],
        "key": [1, 1],
        "skipping": [0, 2, 34],
        "repairs": [["other quotes", 1, 2, []], ["value without a place", 9, 13, []]],
    },
    "{'a': 1, (\"\\": {
        "read": 12,
        "mode": 5,
        "position": [1, 0, 12],
        "shift": [0, 4, False],
        "gap": [", ", 7, False],
        "gap_position": [1, 0, 7],
        "key": [1, 1],
        "skipping": [0, 1, -34],
        "repairs": [["other quotes", 1, 2, []], ["value without a place", 9, 12, []]],
    },
    "{'a': 1, so": {
        "pend": "so",
        "read": 11,
        "position": [1, 0, 9],
        "shift": [0, 4, False],
        "gap": [", ", 7, True],
        "gap_position": [1, 0, 7],
        "key": [1, 1],
        "repairs": [["other quotes", 1, 2, []]],
    },
    "{'a': 1 so,, x ": {
        "pend": "x ",
        "read": 15,
        "position": [1, 0, 13],
        "shift": [-1, 11, True],
        "gap": [",", 10, False],
        "gap_position": [1, 0, 10],
        "key": [1, 1],
        "repairs": [["other quotes", 1, 2, []], ["unquoted text", 6, 10, ["a"]], ["extra comma", 11, 12, []]],
    },
    "[(1, f({{": {
        "read": 9,
        "position": [1, 0, 9],
        "shift": [2, 5, False],
        "groups": [2, 41, 3, 125],
        "tuples": [2],
        "repairs": [["parentheses", 1, 2, [0]], ["call", 5, 7, [0, 1]], ["doubled bracket", 8, 9, [0, 1]]],
    },
    "[f((1": {"pend": "(1", "read": 5, "position": [1, 0, 3], "groups": [1, 41], "repairs": [["call", 1, 3, [0]]]},
    '["a", \'': {
        "read": 7,
        "mode": 1,
        "position": [1, 0, 7],
        "shift": [0, 6, True],
        "string": [2, 39, 0, False],
        "repairs": [["other quotes", 6, 7, []]],
    },
    "{'a': {'b': 1}, 'key": {
        "read": 20,
        "mode": 1,
        "position": [1, 0, 20],
        "shift": [0, 17, False],
        "key": [16, 16],
        "string": [0, 39, 0, False],
        "repairs": [["other quotes", 1, 2, []], ["other quotes", 7, 8, ["a"]], ["other quotes", 16, 17, []]],
    },
    '{"a": 1 ;': {
        "read": 9,
        "position": [1, 0, 9],
        "gap": [",", 8, False],
        "gap_position": [1, 0, 8],
        "key": [1, 0],
        "repairs": [["other separator", 8, 9, []]],
    },
    "[1]\n": {"read": 4, "position": [2, 4, 4]},
    "[1, x]\n // c": {
        "read": 12,
        "mode": 4,
        "position": [2, 7, 12],
        "shift": [-2, 7, False],
        "repairs": [["unquoted text", 4, 5, [1]], ["comment", 8, 12, []]],
    },
    "```\n[": {"read": 5, "position": [2, 4, 5], "shift": [3, 0, False], "repairs": [["fence", 0, 3, []]]},
    "[1\x00,\xa0": {
        "read": 5,
        "position": [1, 0, 6],
        "gap": [",", 3, False],
        "gap_position": [1, 0, 3],
        "repairs": [["blank", 2, 3, []], ["blank", 4, 5, []]],
    },
    "['a' + \"b": {
        "read": 9,
        "mode": 1,
        "position": [1, 0, 9],
        "shift": [5, 3, False],
        "string": [2, 34, 0, False],
        "repairs": [["other quotes", 1, 2, [0]], ["concatenation", 3, 8, [0]]],
    },
    "{a: 'b, c: 1": {
        "read": 12,
        "mode": 1,
        "position": [1, 0, 12],
        "shift": [-2, 7, False],
        "key": [1, 1],
        "string": [1, 39, 0, False],
        "repairs": [["unquoted key", 1, 2, []], ["other quotes", 4, 5, ["a"]]],
    },
}
# With a target there is a map of the source.
MAPS: dict[str, list[list[int]]] = {
    "['a\n\tb\r\x08\x0cc\x00d' ": [
        [0, 1, 2, 3, 5, 7, 8, 10, 12, 14, 15, 21],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2],
        [0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ],
    '[a\tb\\c"d': [
        [0, 1, 2, 3, 5, 6, 8, 9, 11],
        [0, 1, 1, 2, 3, 4, 5, 6, 7],
        [1, 1, 1, 1, 1, 1, 1, 1, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 2, 3, 4, 5, 6, 7],
    ],
    "[\n\n'\n\n' 1": [
        [0, 3, 4, 6, 8, 9],
        [0, 3, 4, 5, 6, 7],
        [1, 3, 3, 4, 5, 5],
        [0, 3, 3, 5, 6, 6],
        [0, 3, 4, 5, 6, 7],
    ],
    "[1]": [[0], [0], [1], [0], [0]],
    "[\n 'é', # ü\n\n a b,\n 2": [
        [0, 3, 4, 5, 6, 7, 8, 11, 12],
        [0, 3, 4, 5, 6, 14, 14, 17, 17],
        [1, 2, 2, 2, 2, 4, 4, 4, 4],
        [0, 2, 2, 2, 2, 13, 13, 13, 13],
        [0, 3, 4, 6, 7, 16, 16, 19, 19],
    ],
    "{\n 'é' 1,\n\"b\": 'ü',\n\n c: x\n, d": [
        [0, 3, 4, 5, 6, 7, 8, 16, 17, 18, 19, 23, 24, 25, 26, 28, 29],
        [0, 3, 4, 5, 6, 7, 7, 15, 16, 17, 18, 22, 22, 23, 23, 25, 25],
        [1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 5, 5, 5, 5, 5, 5],
        [0, 2, 2, 2, 2, 2, 2, 10, 10, 10, 10, 21, 21, 21, 21, 21, 21],
        [0, 3, 4, 6, 7, 8, 8, 16, 17, 19, 20, 24, 24, 25, 25, 27, 27],
    ],
    "(1,\n\n 'é', [tru": [
        [0, 0, 1, 6, 7, 8, 9],
        [0, 0, 1, 6, 7, 8, 9],
        [1, 1, 1, 3, 3, 3, 3],
        [0, 0, 0, 5, 5, 5, 5],
        [0, 0, 1, 6, 7, 9, 10],
    ],
    "['a\n\né\n' 'b'\n ": [
        [0, 1, 2, 3, 5, 7, 8, 10, 11, 12, 13, 14],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10],
        [1, 1, 1, 1, 2, 3, 3, 4, 4, 4, 4, 4],
        [0, 0, 0, 0, 4, 5, 5, 7, 7, 7, 7, 7],
        [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 10, 11],
    ],
    "{'a' = [1;\n2}\n, é: ": [
        [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 15, 16, 17, 18],
        [0, 1, 2, 3, 4, 5, 6, 9, 11, 12, 13, 16, 16, 17, 17],
        [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3],
        [0, 0, 0, 0, 0, 0, 0, 0, 11, 11, 11, 14, 14, 14, 14],
        [0, 1, 2, 3, 4, 5, 6, 9, 11, 12, 13, 16, 16, 18, 18],
    ],
}


@pytest.mark.parametrize("text", STATES)
def test_what_is_saved(text: str) -> None:
    for size in (1, 3, len(text)):
        parser = ALONE()
        for at in range(0, len(text), size):
            feed(parser, text[at : at + size])
        assert parser.checkpoint()["mending"] == {**FRESH, **STATES[text]}


@pytest.mark.parametrize("text", MAPS)
def test_what_is_mapped(text: str) -> None:
    """The offsets in the mended text, those in the source, the lines, where they begin, and the bytes."""
    for size in (1, 3, len(text)):
        parser = TARGET()
        for at in range(0, len(text), size):
            feed(parser, text[at : at + size])
        found = parser.checkpoint()["mending"]["map"]
        assert found == MAPS[text]
        for at, (line, line_start, byte) in zip(found[1], zip(*found[2:], strict=True), strict=True):
            before = text[:at]
            assert (line, line_start, byte) == (before.count("\n") + 1, before.rfind("\n") + 1, len(before.encode()))


@pytest.mark.parametrize("text", [*STATES, *MAPS])
@pytest.mark.parametrize("make", [ALONE, TARGET], ids=["any", "target"])
def test_a_restored_parser_goes_on(make: Maker, text: str) -> None:
    """After every character, and whatever comes next."""
    for cut in range(len(text) + 1):
        parser = make()
        for character in text[:cut]:
            feed(parser, character)
        state = json.loads(json.dumps(parser.checkpoint()))
        for rest in (text[cut:], '"', "]", " x", ', "b": 1}', "\n\\"):
            going_on, restored = make(), make.restore(copy.deepcopy(state))
            feed(going_on, text[:cut])
            assert restored.checkpoint() == going_on.checkpoint() == state
            told, expected = feed(restored, rest), feed(going_on, rest)
            assert (told[0], str(told[1])) == (expected[0], str(expected[1]))
            # After an error there is nothing to go on with.
            assert told[1] or restored.checkpoint() == going_on.checkpoint()
            assert repr(restored.end()) == repr(going_on.end())


@pytest.mark.parametrize("number", range(5))
def test_a_map_that_contradicts_itself_is_refused(number: int) -> None:
    parser = TARGET()
    parser.feed("['é', 'ü'\n 'x', ")
    saved = json.loads(json.dumps(parser.checkpoint()))
    assert len(saved["mending"]["map"][number]) > 4
    for change in (list.pop, list.reverse, lambda each: each.append(0), list.clear):
        state = copy.deepcopy(saved)
        change(state["mending"]["map"][number])
        with pytest.raises(ValueError, match="its source map contradicts itself"):
            TARGET.restore(state)


@pytest.mark.parametrize("make", [Maker(lenient=True), ALONE, Maker(lenient=Lenient(documents="last"))], ids=repr)
@pytest.mark.parametrize("text", ['é so: {"é": [1, "ü"], ', "<think>ü</think> 😀\n12", "['é', b ü, /* é */ "])
def test_how_many_bytes_have_come_is_checked(make: Maker, text: str) -> None:
    data = text.encode()
    for cut in range(len(data) + 1):
        parser = make()
        if feed(parser, data[:cut])[1] is not None:
            return
        state = json.loads(json.dumps(parser.checkpoint()))
        restored = make.restore(copy.deepcopy(state))
        feed(restored, data[cut:])
        feed(parser, data[cut:])
        assert repr(restored.end()) == repr(parser.end())
        for change in (-1, 1):
            wrong = {**state, "byte_pos": state["byte_pos"] + change}
            if state["tail"] == "" and cut > 0 and wrong["byte_pos"] > 0:
                with pytest.raises(ValueError, match="checkpoint"):
                    make.restore(wrong)
