"""Lenient parsing, kind by kind: what is read, what is told of it, and when it is shown."""

from __future__ import annotations

import json
import math
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from partialjson import (
    MISSING,
    Complete,
    Failed,
    IncompleteError,
    InvalidError,
    Lenient,
    ParseError,
    Parser,
    Predicted,
    Repair,
    Repaired,
    RepairKind,
    Skipped,
    Truncated,
    Violation,
)
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.laws import feed
from partialjson.testing.makers import Maker
from support.twins import Parser as Twin

LENIENT = Maker(lenient=True)
# The document begins where the text does.
ALONE = Maker(lenient=Lenient().without("text around"))

# One row for each way in which a kind occurs: the kind, a text, what it is read as, and the part of the text that the
# repair is about (empty where something is missing).
CASES: list[tuple[RepairKind, str, Any, str]] = [
    (RepairKind.OTHER_QUOTES, "['a \"b\" c']", ['a "b" c'], "'"),
    (RepairKind.OTHER_QUOTES, "{\u201ca\u201d: 1}", {"a": 1}, "\u201c"),
    (RepairKind.OTHER_QUOTES, "[`a\xb4]", ["a"], "`"),
    (RepairKind.OTHER_QUOTES, "['it\\'s']", ["it's"], "'"),
    (RepairKind.OTHER_QUOTES, "[\u2018a\u2019, 1]", ["a", 1], "\u2018"),
    (RepairKind.MISSING_QUOTE, '["a, b]', ["a, b"], ""),
    (RepairKind.MISSING_QUOTE, '["a,"b"]', ["a", "b"], ""),
    (RepairKind.MISSING_QUOTE, '{"a":"b,c,"d":"e"}', {"a": "b,c", "d": "e"}, ""),
    (RepairKind.MISSING_QUOTE, '{"a:"b"}', {"a": "b"}, ""),
    (RepairKind.MISSING_QUOTE, '{"a": 12", "b": 1}', {"a": 12, "b": 1}, ""),
    (RepairKind.MISSING_QUOTE, '{"a": 1, b": 2}', {"a": 1, "b": 2}, ""),
    (RepairKind.MISSING_QUOTE, '[a b", 1]', ["a b", 1], ""),
    (RepairKind.INNER_QUOTE, '["say "hi" twice"]', ['say "hi" twice'], '"'),
    (RepairKind.INNER_QUOTE, '{"a": "24" wide", "b": 1}', {"a": '24" wide', "b": 1}, '"'),
    (RepairKind.INNER_QUOTE, '{"a": "so {"b": "c"}, she said"}', {"a": 'so {"b": "c"}, she said'}, '"'),
    (RepairKind.INNER_QUOTE, "['it's']", ["it's"], "'"),
    (RepairKind.DOUBLED_QUOTES, '{""a"": ""b c""}', {"a": "b c"}, '""'),
    (RepairKind.DOUBLED_QUOTES, '["""a "b" c"""]', ['a "b" c'], '"""'),
    (RepairKind.ESCAPED_QUOTES, '{\\"a\\": \\"b\\"}', {"a": "b"}, '\\"'),
    (RepairKind.ESCAPED_QUOTES, '[\\"a \\\\\\"b\\\\\\" \\\\n c\\"]', ['a "b" \n c'], '\\"'),
    (RepairKind.CONCATENATION, '["a" + "b"]', ["ab"], '" + "'),
    (RepairKind.CONCATENATION, '{"a": "b" +\n \'c\'}', {"a": "bc"}, "\" +\n '"),
    (RepairKind.ESCAPE, '["\\a\\(b\\)"]', ["a(b)"], "\\a"),
    (RepairKind.ESCAPE, '["a\\`b"]', ["a`b"], "\\`"),
    (RepairKind.ESCAPE, '["\\\'tis"]', ["'tis"], "\\'"),
    (RepairKind.ESCAPE, '["\\x41"]', ["A"], "\\x41"),
    (RepairKind.ESCAPE, '["\\u00g"]', ["u00g"], "\\u"),
    (RepairKind.CONTROL, '["a\nb\tc"]', ["a\nb\tc"], "\n"),
    (RepairKind.CONTROL, '["a\x00b"]', ["a\x00b"], "\x00"),
    (RepairKind.UNQUOTED_TEXT, "{a: New York, b: x}", {"a": "New York", "b": "x"}, "New York"),
    (RepairKind.UNQUOTED_TEXT, "[12 kg, 007, 1.2.3]", ["12 kg", "007", "1.2.3"], "12 kg"),
    (
        RepairKind.UNQUOTED_TEXT,
        "{a: see (x, y) and {z}, b: 1}",
        {"a": "see (x, y) and {z}", "b": 1},
        "see (x, y) and {z}",
    ),
    (RepairKind.UNQUOTED_TEXT, "{url: https://x.org/?a=1}", {"url": "https://x.org/?a=1"}, "https://x.org/?a=1"),
    (RepairKind.UNQUOTED_TEXT, "{a: 12,345}", {"a": "12,345"}, "12,345"),
    (RepairKind.UNQUOTED_TEXT, "so much for that", "so much for that", "so much for that"),
    (RepairKind.UNQUOTED_KEY, "{a: 1, b c: 2, 3: 4}", {"a": 1, "b c": 2, "3": 4}, "a"),
    (RepairKind.LITERAL, "[True, None, undefined, FALSE]", [True, None, None, False], "True"),
    (RepairKind.LITERAL, "[-Infinity]", [-math.inf], "-Infinity"),
    (RepairKind.NUMBER, "[+1, .5, 5., 1_000, 0xFF, 2e]", [1, 0.5, 5.0, 1000, 255, 2.0], "+1"),
    (RepairKind.MISSING_COMMA, '[1 "a" {} null]', [1, "a", {}, None], ""),
    (RepairKind.MISSING_COMMA, '{"a": 1\n"b": 2 c: 3}', {"a": 1, "b": 2, "c": 3}, ""),
    (RepairKind.EXTRA_COMMA, "[,1,,2,]", [1, 2], ","),
    (RepairKind.EXTRA_COMMA, '{"a": 1,}', {"a": 1}, ","),
    (RepairKind.EXTRA_COMMA, "[1],", [1], ","),
    (RepairKind.MISSING_COLON, '{"a" 1, "b" "c", "d" {}}', {"a": 1, "b": "c", "d": {}}, ""),
    (RepairKind.OTHER_SEPARATOR, '{"a" = 1, "b" => 2}', {"a": 1, "b": 2}, "="),
    (RepairKind.OTHER_SEPARATOR, '{"a": 1; "b": 2}', {"a": 1, "b": 2}, ";"),
    (RepairKind.OTHER_SEPARATOR, '["a": 1]', ["a", 1], ":"),
    (RepairKind.MISSING_VALUE, '{"a": , "b": }', {"a": None, "b": None}, ""),
    (RepairKind.MISSING_VALUE, '{"a", "b"}', {"a": None, "b": None}, ""),
    (RepairKind.MISSING_CLOSER, '[{"a": 1]', [{"a": 1}], ""),
    (RepairKind.MISSING_CLOSER, '[{"a": [1}, {"b": 2}]', [{"a": [1]}, {"b": 2}], ""),
    (RepairKind.MISSING_CLOSER, '[{"a": 1, {"b": 2}]', [{"a": 1}, {"b": 2}], ""),
    (RepairKind.EXTRA_CLOSER, "[1]]}", [1], "]"),
    (RepairKind.EXTRA_CLOSER, '{"a": 1]}', {"a": 1}, "]"),
    (RepairKind.WRONG_CLOSER, "[1}", [1], "}"),
    (RepairKind.WRONG_CLOSER, '{"a": [1}, "b": 2}', {"a": [1], "b": 2}, "}"),
    (RepairKind.EXTRA_OPENER, '{{"a": 1}}', {"a": 1}, "{"),
    (RepairKind.PARENTHESES, "[(1, 2), (3), ()]", [[1, 2], 3, []], "("),
    (RepairKind.CALL, 'reply({"a": 1});', {"a": 1}, "reply("),
    (RepairKind.CALL, '{"a": ObjectId("b"), "c": 1}', {"a": "b", "c": 1}, "ObjectId("),
    (RepairKind.COMMENT, "[1, // one\n /* two */ 2, # three\n 3]", [1, 2, 3], "// one"),
    (RepairKind.COMMENT, '{"a": {"b": 1 # more }, "c": 2}', {"a": {"b": 1}, "c": 2}, "# more "),
    (RepairKind.ELLIPSIS, "[1, 2, ...]", [1, 2], "..."),
    (RepairKind.ELLIPSIS, '{"a": 1, \u2026}', {"a": 1}, "\u2026"),
    (RepairKind.FENCE, '{"a": 1}\n```', {"a": 1}, "```"),
    (RepairKind.FENCE, '[```json\n{"a": 1}\n```]', [{"a": 1}], "```json"),
    (RepairKind.BLANK, "[\xa0\u20031,\ufeff2]", [1, 2], "\xa0\u2003"),
    (RepairKind.STRAY_TEXT, '{"a": 1, so then "b": 2}', {"a": 1, "b": 2}, "so then "),
    (RepairKind.NO_PLACE, '{"a": [1], [2, "]"], "b": 3}', {"a": [1], "b": 3}, '[2, "]"]'),
    (RepairKind.TEXT_AROUND, '{"a": 1} I hope this helps', {"a": 1}, "I hope this helps"),
    (RepairKind.UNFINISHED, '{"a": ["b", "c d', {"a": ["b", "c d"]}, ""),
    (RepairKind.UNFINISHED, '{"a": 12, "b', {"a": 12}, ""),
    (RepairKind.UNFINISHED, '{"a": tru', {"a": "tru"}, ""),
]


def feed_each(parser: Parser[Any], text: str | bytes) -> None:
    """Feed one character or byte after the other."""
    for at in range(len(text)):
        parser.feed(text[at : at + 1])


@pytest.mark.parametrize(("kind", "text", "value", "part"), CASES, ids=[f"{case[0].value}-{case[1]}" for case in CASES])
def test_each_kind(kind: RepairKind, text: str, value: Any, part: str) -> None:
    if kind is RepairKind.TEXT_AROUND:
        outcome = check_all_chunkings(text, make=LENIENT, partitions=2).outcome
        assert isinstance(outcome, Complete), outcome
        assert repr(outcome.value) == repr(value)
        assert text[outcome.skipped[-1].start : outcome.skipped[-1].end].strip() == part
        return
    outcome = check_all_chunkings(text, make=ALONE, partitions=2).outcome
    assert isinstance(outcome, Complete), outcome
    assert repr(outcome.value) == repr(value)
    assert not outcome.verbatim
    first = next(repair for repair in outcome.repairs if repair.kind is kind)
    assert text[first.start : first.end] == part


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, text, _, _ in CASES])
def test_a_kind_that_is_not_wanted_is_an_error_of_strict_parsing(kind: RepairKind, text: str) -> None:
    """At the place where strict parsing would have stopped, had everything before it been mended."""
    outcome = check_all_chunkings(
        text, make=Maker(lenient=Lenient().without(kind, "text around")), partitions=2
    ).outcome
    if isinstance(outcome, Complete):
        # It was read in another way.
        assert kind in (RepairKind.LITERAL, RepairKind.NUMBER, RepairKind.MISSING_QUOTE)
    else:
        assert isinstance(outcome, Failed | Truncated)
        assert isinstance(outcome.error, ParseError)
        assert outcome.error.pos <= len(text)
    assert kind not in {repair.kind for repair in outcome.repairs}


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        (RepairKind.INNER_QUOTE, "['say 'hi', 2]", ["say "]),
        (RepairKind.INNER_QUOTE, '[\\"say \\"hi\\"]', ["say "]),
        (RepairKind.DOUBLED_QUOTES, "[''hi'']", [""]),
        (RepairKind.CONCATENATION, "['say' + 'hi']", ["say"]),
        (RepairKind.MISSING_QUOTE, "{'a': 'say, 'hi': 1}", {"a": "say, "}),
    ],
)
def test_a_quote_of_any_kind_ends_a_string_where_nothing_else_is_wanted(
    kind: RepairKind, text: str, shown: Any
) -> None:
    """As in strict parsing, for which the string is over, and what follows it an error."""
    make = Maker(lenient=Lenient().without(kind, "text around"))
    seen = check_all_chunkings(text, make=make)
    assert seen.json == shown
    assert seen.error is not None
    assert seen.error.pos == (text.index("hi") if "+" not in text else text.index("+"))


def test_each_kind_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(RepairKind)


def test_what_is_told_of_a_repair() -> None:
    text = "{\n 'a': [1 2], stray \"b\": tru}"
    parser = Parser(lenient=True)
    told = [event for event in parser.feed(text) if isinstance(event, Repaired)]
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.repairs == (
        Repair(RepairKind.OTHER_QUOTES, 3, 4, ()),
        Repair(RepairKind.MISSING_COMMA, 11, 11, ("a",)),
        Repair(RepairKind.STRAY_TEXT, 15, 21, ()),
        Repair(RepairKind.UNQUOTED_TEXT, 26, 29, ("b",)),
    )
    assert outcome.skipped == (Skipped(RepairKind.STRAY_TEXT, 15, 21),)
    assert told == [Repaired(repair.path, repair.kind.value, repair.start) for repair in outcome.repairs]


def test_repairs_are_reported_where_completions_are() -> None:
    text = "{'a': [1 2], 'b': [3 4]}"
    parser = Parser(lenient=True, select=["$.b"])
    told = [event.path for event in parser.feed(text) if isinstance(event, Repaired)]
    assert told == [("b",)]
    assert len(parser.end().repairs) == 4
    silent = Parser(lenient=True, select=[])
    assert silent.feed(text) == ()
    assert len(silent.end().repairs) == 4


# When something is shown: each row is a text, and the document after each prefix at which it changes.
SHOWN: list[tuple[str, list[tuple[str, Any]]]] = [
    ('["a b', [("[", []), ('["', [""]), ('["a', ["a"]), ('["a b', ["a b"])]),
    ('["a", "b"]', [("[", []), ('["', [""]), ('["a', ["a"]), ('["a", "', ["a", ""]), ('["a", "b', ["a", "b"])]),
    ("[12 kg]", [("[", []), ("[12 kg]", ["12 kg"])]),
    ("[12 kg ne", [("[", []), ("[12 kg ", ["12 kg"]), ("[12 kg n", ["12 kg n"]), ("[12 kg ne", ["12 kg ne"])]),
    ("[12, 3]", [("[", []), ("[12,", [12]), ("[12, 3]", [12, 3])]),
    ("{'a': True}", [("{", {}), ("{'a': True}", {"a": True})]),
    ("[name, x(1)]", [("[", []), ("[name,", ["name"]), ("[name, x(1)", ["name", 1])]),
    ("(1, 2)", [("(1,", [1]), ("(1, 2)", [1, 2])]),
    ('"a" b', [('"', ""), ('"a', "a"), ('"a" b', 'a" b')]),
    ("so be it", []),
]


@pytest.mark.parametrize(("text", "steps"), SHOWN)
def test_what_is_shown_when(text: str, steps: list[tuple[str, Any]]) -> None:
    parser = ALONE()
    found: list[tuple[str, Any]] = []
    before: Any = MISSING
    for at, character in enumerate(text):
        parser.feed(character)
        if repr(parser.json) != repr(before):
            before = parser.json
            found.append((text[: at + 1], before))
    assert found == steps


def test_a_string_is_complete_when_what_follows_shows_its_end() -> None:
    parser = Twin(lenient=True)
    parser.feed('{"a": "b"')
    assert parser.status(("a",)) == "partial"
    parser.feed(", ")
    assert parser.status(("a",)) == "partial"
    parser.feed('"')
    assert parser.status(("a",)) == "complete"


# The end.


@pytest.mark.parametrize("reason", [None, "stop", "end_turn"])
def test_an_open_document_is_closed_unless_it_was_cut(reason: str | None) -> None:
    parser = Parser(lenient=True)
    parser.feed('{"a": [1, 2')
    outcome = parser.end(reason)
    assert isinstance(outcome, Complete)
    assert outcome.value == {"a": [1, 2]}


def test_a_document_that_was_cut_is_not_complete() -> None:
    parser = Parser(lenient=True)
    parser.feed("{'a': [1, 2")
    outcome = parser.end("length")
    assert isinstance(outcome, Truncated)
    assert outcome.json == {"a": [1]}
    assert [repair.kind for repair in outcome.repairs] == [RepairKind.OTHER_QUOTES]
    assert parser.reopen() == 1
    parser.feed("23]}")
    assert parser.close() == {"a": [1, 23]}


@pytest.mark.parametrize("text", ["[1] /", "[1] `", "[1] ``"])
@pytest.mark.parametrize("reason", [None, "length"])
def test_what_waits_after_the_document_is_read_at_the_end(text: str, reason: str | None) -> None:
    """Also where the text was cut: the document is complete, and what follows it is wanted or not."""
    for make, is_wanted in ((LENIENT, True), (ALONE, False)):
        parser = make()
        parser.feed(text)
        outcome = parser.end(reason)
        if is_wanted:
            assert isinstance(outcome, Complete)
            assert outcome.skipped == (Skipped("prose", 3, len(text)),)
        else:
            assert isinstance(outcome, Failed)
            assert isinstance(outcome.error, ParseError)
            assert outcome.error.pos == 4


@pytest.mark.parametrize("text", [b"[1]\xc3", b"[1] \n\xf0\x9f"])
def test_half_a_character_after_the_document(text: bytes) -> None:
    """It is no character of the text, but it is not passed over in silence either."""
    end = len(text.decode(errors="ignore"))
    for make in (LENIENT, Maker(lenient=Lenient(documents="last"))):
        outcome = check_all_chunkings(text, make=make).outcome
        assert isinstance(outcome, Complete)
        assert outcome.skipped == (Skipped("prose", end, end),)
    for make in (ALONE, Maker(lenient=Lenient([]))):
        outcome = check_all_chunkings(text, make=make).outcome
        assert isinstance(outcome, Truncated)
        assert isinstance(outcome.error, IncompleteError)
        assert (outcome.error.pos, outcome.error.byte_pos) == (end, len(text))
    outcome = check_all_chunkings(b"[1] x" + text[-1:], make=LENIENT).outcome
    assert outcome.skipped == (Skipped("prose", 3, 5),)


@pytest.mark.parametrize("text", ["", " \n", "]", "// nothing", "/* open"])
def test_nothing_is_no_document(text: str) -> None:
    outcome = check_all_chunkings(text, make=LENIENT).outcome
    assert isinstance(outcome, Truncated)
    assert isinstance(outcome.error, IncompleteError)


def test_unfinished_text_can_be_refused() -> None:
    parser = Parser(lenient=Lenient().without("unfinished"))
    parser.feed('{"a": [1, "b"')
    with pytest.raises(IncompleteError) as caught:
        parser.close()
    assert caught.value.pos == 13


# With a target.


class Item(BaseModel):
    name: str
    size: float = 0


class Order(BaseModel):
    items: list[Item]
    note: str = ""


def test_a_target_is_validated_by_the_mended_text() -> None:
    text = "{items: [{name: 'a', size: .5,}, {'name': \"b\" 'size': 1_000}], note: None or so}"
    outcome = check_all_chunkings(text, make=Maker(Order, lenient=True), describe=repr).outcome
    assert isinstance(outcome, Complete)
    assert outcome.value == Order(items=[Item(name="a", size=0.5), Item(name="b", size=1000)], note="None or so")


def test_offsets_are_those_of_the_source() -> None:
    text = "{items: [{name: 'a', // one\n size: 'big'}]}"
    parser: Parser[Order] = Parser(Order, lenient=True, on_invalid="raise")
    with pytest.raises(InvalidError) as caught:
        feed_each(parser, text)
    error = caught.value
    assert (error.pos, error.lineno, error.colno) == (text.index("'big'"), 2, 8)
    assert error.path == ("items", 0, "size")

    class Coded(BaseModel):
        code: dict[str, int]

    events = Parser(Coded, lenient=True).feed("{'a': 1, /* x */ 'code': [1]}")
    (found,) = [event for event in events if isinstance(event, Violation)]
    assert found.pos == 25


@pytest.mark.parametrize("before", ["", "  ", "<think>so</think> ", "Hm.\n```json\n"])
def test_offsets_of_what_is_foreseen(before: str) -> None:
    """Events that are found before the text has ended, or only at the end, have the offsets of the source once."""
    make = Maker(Literal["abc", "xa"], lenient=Lenient(coerce="syntax"), predict=True)
    seen = check_all_chunkings(before + '"xyz"', make=make)
    found = {type(event): event.pos for event in seen.events if isinstance(event, Predicted | Violation)}
    assert found == {Predicted: len(before) + 1, Violation: len(before) + 2}


def test_elements_of_a_broken_document() -> None:
    parser: Parser[Any] = Parser(list[Item], lenient=True, select=["$[*]"], retain=False)
    found = [e.value for e in parser.feed("[{name: a}, {name: 'b', size: 2}, {'name': \"c\",},") if hasattr(e, "value")]
    assert [value for value in found if value is not MISSING] == [
        Item(name="a"),
        Item(name="b", size=2),
        Item(name="c"),
    ]


def test_deltas_are_those_of_the_mended_document() -> None:
    parser = Parser(lenient=True)
    parser.feed("{'a': 'b")
    assert parser.deltas() == [{"op": "add", "path": "", "value": {"a": "b"}}]
    parser.feed(" c', d: [1")
    assert parser.deltas() == [{"op": "append", "path": "/a", "value": " c"}, {"op": "add", "path": "/d", "value": []}]


def test_nan_is_a_number() -> None:
    parser = Parser(lenient=True)
    parser.feed("[NaN, ")
    (value,) = parser.json
    assert math.isnan(value)
    state = json.loads(json.dumps(parser.checkpoint()))
    (restored,) = Parser.restore(state).json
    assert math.isnan(restored)


def test_text_after_the_document_can_be_left() -> None:
    parser = Parser(lenient=True)
    events, used = parser.feed_value("{'a': 1} and so on")
    assert used == 9
    assert parser.close() == {"a": 1}
    assert len(events) == 3


def test_bytes_and_their_positions() -> None:
    text = "{'é': 1, 'ü': [1, ]"
    parser = Parser(lenient=Lenient().without("extra comma"))
    with pytest.raises(ParseError) as caught:
        feed_each(parser, text.encode())
    assert (caught.value.pos, caught.value.byte_pos) == (18, 20)


# The options.


def test_the_option() -> None:
    with pytest.raises(TypeError, match="lenient is True, False or a Lenient, not str"):
        Parser(lenient="yes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="coma"):
        Lenient(["coma"])
    with pytest.raises(TypeError, match=r"kinds=\['comment'\]"):
        Lenient("comment")
    only = Lenient(["comment", RepairKind.NUMBER])
    assert only.kinds == {RepairKind.COMMENT, RepairKind.NUMBER}
    assert only == Lenient([RepairKind.NUMBER, "comment"])
    assert repr(only) == "Lenient(kinds=['comment', 'number'])"
    assert repr(Lenient()) == "Lenient()"
    assert feed(Parser(lenient=only), "[1, /* two */ 0x2, 'c']")[1] is not None


def test_a_hash_after_a_string_and_a_comma_begins_a_comment() -> None:
    for text in ('{"a": "b", # more\n "c": 1}', '{"a": "b", # more, "x"\n\n  c: 1}'):
        for pieces in ([text], list(text)):
            parser = Parser(lenient=True)
            for piece in pieces:
                parser.feed(piece)
            assert parser.end().value == {"a": "b", "c": 1}
    parser = Parser(lenient=True)
    parser.feed('{"a": "the "best", #1 of all"}')
    assert parser.end().value == {"a": 'the "best", #1 of all'}
