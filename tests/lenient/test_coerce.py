"""Coercion by target: each kind, its level, what is shown when, and what is left alone."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StrictBool, create_model

from partialjson import (
    MISSING,
    Coerced,
    CoercionKind,
    Complete,
    Completed,
    Failed,
    Invalid,
    InvalidError,
    Lenient,
    Parser,
    Partial,
    Predicted,
    RepairKind,
    Truncated,
    Violation,
    Whole,
)
from partialjson._core.fitting import key_spelling
from partialjson.coercions import KINDS_OF_LEVEL
from partialjson.testing import laws
from partialjson.testing.chunking import check_all_chunkings
from partialjson.testing.makers import Maker
from partialjson.testing.oneshot import describe
from support.coercible import (
    KINDS,
    TARGETS,
    Aliased,
    Closed,
    Color,
    Item,
    Node,
    Note,
    Open,
    Single,
    Tagged,
    nearly,
    nearly_fits,
    strictly,
)
from support.effort import examples
from support.growing import changes_of

LEVELS = ("syntax", "safe", "guided")


def made(target: Any, level: Any, **options: Any) -> Maker:
    """Makes parsers for texts that are documents and nothing else."""
    return Maker(target, lenient=Lenient(coerce=level).without(RepairKind.TEXT_AROUND), **options)


def outcome_of(text: str, target: Any, level: Any = "guided", **options: Any) -> Any:
    """How a document ends, in whatever pieces it comes."""
    maker = made(target, level, **options)
    return check_all_chunkings(text, make=maker, describe=maker.describe).outcome


def outcome_of_long(text: str, target: Any, level: Any = "guided") -> Any:
    """How a long document ends, whole and one character after the other."""
    maker = made(target, level)
    laws.law_1(text, maker, list(text))
    parser = maker()
    laws.feed(parser, text)
    return parser.end()


def value_of(text: str, target: Any, level: Any = "guided", **options: Any) -> Any:
    outcome = outcome_of(text, target, level, **options)
    assert isinstance(outcome, Complete), outcome
    return outcome.value


def shown_by(text: str, target: Any, level: Any = "guided") -> list[str]:
    return changes_of(made(target, level)(), text)


@pytest.mark.parametrize(("kind", "target", "written", "read"), [row for row in KINDS if row[3] is not None])
def test_each_kind_at_its_level(kind: CoercionKind, target: Any, written: Any, read: Any) -> None:
    Holder = create_model("Holder", held=(target, ...), after=(int, 0))
    text = json.dumps({"held": written, "after": 1})
    for level in LEVELS:
        outcome = outcome_of(text, Holder, level)
        if kind in KINDS_OF_LEVEL[level]:
            assert isinstance(outcome, Complete)
            assert describe(outcome.value.held) == describe(read)
            assert [event.kind for event in outcome.coerced] == [kind]
            assert not outcome.verbatim
        else:
            assert isinstance(outcome, Failed)
            assert outcome.coerced == ()


def test_every_kind_has_a_row() -> None:
    assert {row[0] for row in KINDS} == set(CoercionKind)


def test_the_levels() -> None:
    assert KINDS_OF_LEVEL["syntax"] == frozenset()
    assert KINDS_OF_LEVEL["safe"] < KINDS_OF_LEVEL["guided"] == frozenset(CoercionKind)
    assert Lenient().coerce == "safe"
    assert repr(Lenient(coerce="guided")) == "Lenient(coerce='guided')"
    with pytest.raises(ValueError, match="coerce is 'syntax', 'safe' or 'guided', not 'all'"):
        Lenient(coerce=cast("Any", "all"))


def test_json_as_text_keeps_what_was_written() -> None:
    assert value_of('{"note": [1.50,  {}], "n": 1}', Note).note == "[1.50,  {}]"


def test_a_list_in_a_string_is_not_put_into_a_list() -> None:
    outcome = outcome_of('"[\\"a\\", \\"b\\"]"', list[str])
    assert outcome.value == ["a", "b"]
    assert [event.kind for event in outcome.coerced] == [CoercionKind.JSON_IN_STRING]


# What is reported, and where.


def test_before_and_after() -> None:
    text = '{"firstName": "Ada", "n": "12,111", "color": "Dark Blue"}'
    maker = made(Item, "guided")
    seen = check_all_chunkings(text, make=maker, describe=maker.describe)
    told = [event for event in seen.events if isinstance(event, Coerced)]
    assert told == [
        Coerced(("n",), CoercionKind.THOUSANDS, "12,111", 12111),
        Coerced(("color",), CoercionKind.MEMBER_SEPARATORS, "Dark Blue", "dark_blue"),
        Coerced(("firstName",), CoercionKind.KEY, "firstName", "first_name"),
    ]
    assert isinstance(seen.outcome, Complete)
    assert seen.outcome.coerced == tuple(told)
    assert seen.completed == [
        (("firstName",), "Ada"),
        (("n",), 12111),
        (("color",), Color.DARK_BLUE),
        ((), Item(first_name="Ada", n=12111, color=Color.DARK_BLUE)),
    ]


def test_a_coercion_is_told_before_the_value_that_it_made_valid() -> None:
    parser = made(Item, "guided")()
    events = parser.feed('{"first_name": ["Ada"], "n": 1}')
    assert [type(event).__name__ for event in events[:4]] == ["Completed", "Coerced", "Completed", "Completed"]


def test_the_document_stays_as_it_was_written() -> None:
    parser = made(Item, "guided")()
    parser.deltas()
    parser.feed('{"firstName": "Ada", "n": "12,111"}')
    assert parser.json == {"firstName": "Ada", "n": "12,111"}
    assert parser.status(("firstName",)) == "complete"
    assert parser.deltas()[0]["value"] == parser.json
    assert parser.close() == Item(first_name="Ada", n=12111)


def test_numbers_become_the_text_that_was_written() -> None:
    assert value_of('["1", 1.50, 1E5, -0]', list[str]) == ["1", "1.50", "1E5", "-0"]


def test_what_is_selected_is_told() -> None:
    text = '{"n": "1,000", "first_name": 5}'
    maker = made(Item, "guided", select=["$.n"])
    seen = check_all_chunkings(text, make=maker, describe=maker.describe)
    assert [event.path for event in seen.events] == [("n",), ("n",)]
    assert isinstance(seen.outcome, Complete)
    assert [event.path for event in seen.outcome.coerced] == [("n",), ("first_name",)]


def test_without_retaining_only_what_is_selected_is_told() -> None:
    text = '[{"N": "1"}, {"n": "2,000"}, {"n": [3]}]'
    maker = made(list[Single], "guided", select=["$[*]"], retain=False)
    parser = maker()
    events = [event for character in text for event in parser.feed(character)]
    assert [event.value for event in events if type(event) is Completed] == [Single(n=1), Single(n=2000), Single(n=3)]
    assert [event.path for event in events if type(event) is Coerced] == [(0, "N"), (1, "n"), (2, "n")]
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.coerced == ()


# What is shown when.


def test_a_key_is_renamed_before_its_value_is_shown() -> None:
    assert (
        shown_by('{"First Name":"Ad","N":', Item, "safe")
        == [
            "MISSING",
            "Partial[Item]()",
            "Partial[Item](first_name='')",
            "Partial[Item](first_name='A')",
            "Partial[Item](first_name='Ad')",
        ][1:]
    )


def test_an_object_is_an_element_from_its_first_own_key_on() -> None:
    shown = shown_by('{"x":0,"firstName":"A","n":1}', list[Item])
    assert shown == [
        "MISSING",
        "[Partial[Item](first_name='')]",
        "[Partial[Item](first_name='A')]",
        "[Item(first_name='A', n=1, color=<Color.RED: 'RED'>)]",
    ]


def test_an_object_around_a_list_is_not_shown_as_its_element() -> None:
    shown = shown_by('{"items":[{"n":1}]}', list[Single])
    assert shown == ["MISSING", "[Single(n=1)]"]


def test_members_stay_hidden_until_they_close() -> None:
    assert shown_by('["r","Dark Blue", "red"]', list[Color]) == [
        "[]",
        "[MISSING]",
        "[MISSING, <Color.DARK_BLUE: 'dark_blue'>]",
        "[MISSING, <Color.DARK_BLUE: 'dark_blue'>, <Color.RED: 'RED'>]",
    ]


def test_a_tag_is_read_by_its_spelling() -> None:
    text = '{"Kind":"B C","items":{"n":"1"}}'
    shown = shown_by(text, Tagged)
    assert shown[:3] == ["MISSING", "Partial[B](kind='b_c')", "Partial[B](kind='b_c', items=[Partial[Single]()])"]
    assert [event.kind for event in outcome_of(text, Tagged).coerced] == [
        CoercionKind.MEMBER_SEPARATORS,
        CoercionKind.LIST_OF_ONE,
        CoercionKind.KEY,
    ]


AT_ONCE: Any = Annotated[list[Single], Whole]


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (list[Single], [Partial[Single]({"n": 1})]),
        (list[Single] | None, [Partial[Single]({"n": 1})]),
        (AT_ONCE, MISSING),
        (AT_ONCE | None, MISSING),
        (Annotated[list[Single] | None, Whole], MISSING),
        (list[Annotated[Single, Whole]], []),
    ],
    ids=str,
)
def test_the_list_around_its_only_element_is_shown_as_any_list(target: Any, shown: Any) -> None:
    parser = made(target, "guided")()
    parser.feed('{"n": 1, "o": ')
    assert parser.value == shown
    parser.feed("2}")
    assert parser.close() == [Single(n=1)]
    document = {"n": 1, "o": 2}
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.coerced == (Coerced((), CoercionKind.LIST_OF_ONE, document, [document]),)
    parser = made(dict[str, target], "guided")()
    parser.feed('{"a": {"n": 1, "o": ')
    assert parser.value == ({} if shown is MISSING else {"a": shown})
    parser.feed("2}}")
    assert parser.close() == {"a": [Single(n=1)]}


def test_members_that_waited_for_the_tag_are_coerced_too() -> None:
    outcome = outcome_of('{"items": {"N": "1"}, "KIND": "b_c"}', Tagged)
    assert outcome.value.items == [Single(n=1)]
    assert [(event.path, event.kind) for event in outcome.coerced] == [
        (("items", "N"), CoercionKind.KEY),
        (("items",), CoercionKind.LIST_OF_ONE),
        (("KIND",), CoercionKind.KEY),
    ]


def test_structures_are_foreseen_where_only_spelling_changes() -> None:
    parser = made(list[int], "safe")()
    (found,) = [event for event in parser.feed('["1", {"n') if isinstance(event, Violation)]
    assert (found.path, found.pos) == ((1,), 6)
    parser = made(list[int], "guided")()
    assert [event for event in parser.feed('["1", {"n') if isinstance(event, Violation)] == []
    raising = made(Item, "safe", on_invalid="raise")()
    with pytest.raises(InvalidError, match="found an array"):
        raising.feed('{"n": [')


def test_foresight_waits_for_the_close() -> None:
    """What can no longer be valid as it is may become so when it closes."""
    text = '{"first_name": "Ada", "n": 1, "color": "Red"}'
    maker = made(Item, "safe", on_invalid="raise", predict=True)
    seen = check_all_chunkings(text, make=maker, describe=maker.describe)
    assert not [event for event in seen.events if isinstance(event, Violation | Predicted | Invalid)]
    assert isinstance(seen.outcome, Complete)


def test_a_cut_document_tells_of_the_keys_in_open_objects() -> None:
    outcome = made(list[Item], "safe")()
    outcome.feed('[{"firstName": "Ad')
    ended = outcome.end("length")
    assert isinstance(ended, Truncated | Failed)
    assert ended.coerced == (Coerced((0, "firstName"), CoercionKind.KEY, "firstName", "first_name"),)


def test_where_a_value_comes_from() -> None:
    parser: Parser[Any] = Parser(list[Item], lenient=Lenient(coerce="guided"))
    parser.feed('[{"first_name": "Ada", "n": 1}, {"first_name": \'Bob\', "n": 2}, {"firstName": "Cy", "n": "3,000"}]')
    outcome = parser.end()
    assert [outcome.provenance((index,)) for index in range(3)] == ["verbatim", "repaired", "coerced"]
    assert outcome.provenance((1, "first_name")) == "repaired"
    assert outcome.provenance((1, "n")) == "verbatim"
    assert [outcome.provenance((2, key)) for key in ("firstName", "n")] == ["coerced", "coerced"]
    assert outcome.provenance() == "coerced"
    assert Parser(int).end().provenance() == "verbatim"
    with pytest.raises(TypeError, match="a path is a tuple"):
        outcome.provenance("n")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ('[{"first_name": "Ada", "n": 1}]', Complete),
        ('[{"first_name": "Ada", "n": 1}, {', Truncated),
        ('[{"first_name": "Ada", "n": 1}, 5]', Failed),
    ],
)
def test_every_outcome_says_whether_the_text_stood_so(text: str, end: type[Any]) -> None:
    def cut_off(text: str) -> Any:
        parser = made(list[Item], "guided")()
        laws.feed(parser, text)
        return parser.end("length")

    as_written = cut_off(text)
    mended = cut_off(text.replace('"first_name"', "first_name"))
    read_otherwise = cut_off(text.replace("first_name", "firstName"))
    assert {type(each) for each in (as_written, mended, read_otherwise)} == {end}
    assert as_written.verbatim
    assert not mended.verbatim
    assert not read_otherwise.verbatim


class Answer(BaseModel):
    text: str


@pytest.mark.parametrize("target", [Answer, list[str], list[Answer]])
def test_an_apology_is_no_answer(target: Any) -> None:
    """Text without quotes is not put into a list or an object; a string is."""
    for lenient in (Lenient(coerce="guided"), Lenient(coerce="guided").without(RepairKind.TEXT_AROUND)):
        maker = Maker(target, lenient=lenient)
        seen = check_all_chunkings("Sorry, I can't do that.", make=maker, describe=maker.describe)
        assert isinstance(seen.outcome, Failed), seen.outcome
    assert isinstance(outcome_of('"yes"', target), Complete)


# What is left alone.


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("text", "target"),
    [
        ('{"first_name": "x", "n": "5"}', Item),
        ('{"Name": "y", "first_name": "x", "First_Name": "z", "n": 1, "N": 2}', Item),
        ('{"First_Name": "z", "first_name": "x", "N": 2, "n": 1}', Item),
        ('{"First_Name": "z", "first_name": "x", "First_Name": "y", "n": 1}', Item),
        ('{"First_Name": "z", "first_name": "x", "n": 1}', Open),
        ('{"COLOR": "x", "first_name": "x", "n": 1}', Item),
        ('"1,000"', str),
        ('"null"', str | None),
        ('[1, "2", true]', list[Any]),
        ('{"kind": "a", "n": 1, "Kind": "b_c"}', Tagged),
        ('{"Kind": "b_c", "kind": "a", "n": 1}', Tagged),
        ('{"result": {"n": 1}}', dict[str, Any]),
    ],
)
def test_what_is_valid_is_not_changed(text: str, target: Any, level: Any) -> None:
    strict = Parser(target)
    strict.feed(text)
    outcome = outcome_of(text, target, level)
    assert describe(outcome.value) == describe(strict.close())
    assert outcome.coerced == ()
    assert outcome.verbatim


class Twins(BaseModel):
    user_name: str = ""
    userName: str = ""
    model_config = ConfigDict(extra="forbid")


class Small(BaseModel):
    size: Literal["s", "S"]


class Left(BaseModel):
    side: Literal["left"]
    one: str


class Right(BaseModel):
    side: Literal["right"]
    one: str


@pytest.mark.parametrize(
    ("text", "target"),
    [
        # Two that are meant alike.
        ('{"USER_NAME": "x"}', Twins),
        ('"RED or dark_blue"', Color),
        ('"1.0 or 2"', Literal[1, 2]),
        ('{"side": "left or right", "One": "x"}', Left | Right),
        # Said not to be.
        ('"not RED"', Color),
        ('"This is not the RED one"', Color),
        ('"non-urgent"', Literal["urgent", "late"]),
        ('"infrared"', Color),
        # Nothing is left out or made up.
        ("[1, 2]", int),
        ('{"a": 1, "b": 2}', int),
        ('{"n": null}', Single),
        ("{}", Single),
        ("[]", Single),
        ('"12 kg"', int),
        ('"1,23"', int),
        ('"1,234.5"', int),
        ('"1.5"', strictly(int)),
        ('"١٢"', strictly(float)),
        ("null", list[int]),
        ("{}", list[Single]),
        ('"[1, 2"', list[int]),
        ('"[NaN]"', list[float]),
        # Spelled otherwise, but not the same.
        ('"gpt-41"', Literal["gpt-4.1", "gpt-4"]),
        ('"C++"', Literal["c"]),
        ('"-1"', Literal["1"]),
    ],
)
def test_what_is_not_certain_is_not_done(text: str, target: Any) -> None:
    outcome = outcome_of(text, target)
    assert isinstance(outcome, Failed), outcome
    assert outcome.coerced == ()


def test_a_renamed_key_gives_way_to_the_own_one() -> None:
    """It counts, wherever it comes; and the other is not told of."""
    text = '{"N": "x", "n": 1}'
    outcome = outcome_of(text, Single)
    assert outcome.value == Single(n=1)
    assert outcome.coerced == ()


def test_an_optional_field_is_taken_from_another_key_only_where_other_keys_are_forbidden() -> None:
    assert value_of('{"Tags": ["a"]}', Closed) == Closed(tags=["a"])
    assert value_of('{"first_name": "x", "n": 1, "Color": "red"}', Item).color is Color.RED
    assert value_of('{"first_name": "x", "n": 1, "Color": "dark_blue"}', Item).color is Color.RED


def test_extra_keys_that_are_kept_are_not_renamed() -> None:
    assert isinstance(outcome_of('{"firstName": "x"}', Open), Failed)


def test_an_invalid_part_is_reported_once_and_stays() -> None:
    outcome = outcome_of('[["x", 1]]', list[list[int]])
    assert isinstance(outcome, Failed)
    parser = made(list[int], "guided")()
    events = parser.feed("[[1, 2]]")
    assert [type(event).__name__ for event in events if event.path == (0,)] == ["Invalid"]


def test_no_more_is_validated_than_what_is_tried_again() -> None:
    calls: list[Any] = []

    def seen(value: int) -> int:
        calls.append(value)
        return value

    class Counted(BaseModel):
        n: Annotated[int, AfterValidator(seen)]
        note: str | None

    class Holder(BaseModel):
        items: list[Counted]

    parser = made(Holder, "guided")()
    parser.feed('{"items": [{"N": "1,000"}, {"n": 2, "note": null}, {"n": 3}]}')
    assert len(parser.close().items) == 3
    assert calls == [1000, 2, 3]


def test_fields_that_settle_with_their_object() -> None:
    assert value_of('{"first name": "x", "n": "1,000", "tags": "a"}', Aliased, "guided").n == 1000
    outcome = outcome_of('{"firstName": "x", "count": 1, "Tags": "bad"}', Aliased)
    assert isinstance(outcome, Failed)


def test_nested_values_that_settle_as_a_whole() -> None:
    """A union of two models is validated as a whole; inside it several things can be wrong."""
    text = '{"result": [{"Side": "RIGHT", "one": 5}]}'
    outcome = outcome_of(text, Left | Right)
    assert outcome.value == Right(side="right", one="5")
    assert [(event.path, event.kind) for event in outcome.coerced] == [
        (("result", 0, "Side"), CoercionKind.KEY),
        (("result", 0, "Side"), CoercionKind.MEMBER_CASE),
        (("result", 0, "one"), CoercionKind.UNQUOTED_STRING),
        (("result",), CoercionKind.ONE_OF_LIST),
        ((), CoercionKind.WRAPPER),
    ]


# Bounds.


def test_deep_values() -> None:
    text = '{"n": 1, "Child": ' * 60 + "null" + ', "x": 1}' * 60
    outcome = outcome_of_long(text, Node)
    assert isinstance(outcome, Complete)
    assert len(outcome.coerced) == 60
    # What settles as a whole is changed down to some depth.
    text = '{"result": ' * 100 + '{"n": 1}' + "}" * 100
    assert isinstance(outcome_of_long(text, list[Single] | Single), Failed)


def test_recursive_unions_are_searched_once() -> None:
    class Leaf(BaseModel):
        side: Literal["leaf"]

    class Tree(BaseModel):
        side: Literal["tree"]
        one: Tree | Leaf | Other
        two: Tree | Leaf | Other

    class Other(BaseModel):
        side: Literal["other"]
        one: Tree | Leaf | Other

    Tree.model_rebuild(_types_namespace={"Tree": Tree, "Leaf": Leaf, "Other": Other})
    Other.model_rebuild(_types_namespace={"Tree": Tree, "Leaf": Leaf, "Other": Other})
    written: Any = {"side": "Leaf"}
    for _ in range(12):
        written = {"side": "Tree", "one": written, "two": {"side": "leaf"}}
    outcome = outcome_of_long(json.dumps(written), Tree | Leaf | Other, "safe")
    assert isinstance(outcome, Complete)
    assert len(outcome.coerced) == 13


@pytest.mark.parametrize(
    "text", ['"' + "9" * 5000 + '"', '"1e400"', '"[[[[' + "[" * 3000 + '"', '"{\\"n\\": \\"\\\\ud83d\\"}"']
)
@pytest.mark.parametrize("target", [strictly(int), strictly(float), list[int], dict[str, str], Single])
def test_bad_strings_are_refused_and_nothing_else(text: str, target: Any) -> None:
    assert isinstance(outcome_of_long(text, target), Complete | Failed)


# Properties.

SEEDS = st.integers(0, 2**32)
MANY = settings(max_examples=examples(300))


def drawn(seed: int, **options: Any) -> tuple[str, Any, Any]:
    """A text that nearly fits a target, the target, and a level."""
    source = random.Random(seed)
    target = source.choice(TARGETS)
    value = nearly_fits(source, target) if source.random() < 0.7 else nearly(source)
    return json.dumps(value), target, source.choice(["safe", "guided"])


@MANY
@given(SEEDS)
def test_law_1_chunking_is_invisible(seed: int) -> None:
    text, target, level = drawn(seed)
    source = random.Random(seed)
    for chunks in laws.some_chunkings(text, source):
        laws.law_1(text, made(target, level), chunks)


@MANY
@given(SEEDS)
def test_law_2_growth_only(seed: int) -> None:
    text, target, level = drawn(seed)
    laws.law_2(text, made(target, level))
    laws.law_2(text, made(target, level), laws.some_chunkings(text, random.Random(seed))[3])


@pytest.mark.parametrize("strict", [None, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("other", [None, int, float, bool, list[int], Literal[5], Literal["null", None]])
def test_law_2_texts_of_some_length_and_something_else(other: Any, level: Any, strict: bool | None) -> None:
    """A text that was shown while it grew stays one, though it is too short or too long, and could be read as null."""
    for length in (Field(max_length=2), Field(min_length=9)):
        target = create_model("Held", held=(Annotated[str, length] | other, ...), n=(int, 0))
        for text in ("null", "None", "true", "1234", "1,234", "1.5", "[1, 2]", "5"):
            laws.law_2(json.dumps({"held": text, "n": 1}), made(target, level, strict=strict))


def _has_two_spellings(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_two_spellings, value))
    if not isinstance(value, dict):
        return False
    return len({key_spelling(key) for key in value}) < len(value) or any(map(_has_two_spellings, value.values()))


@MANY
@given(SEEDS)
def test_law_3_closed_once(seed: int) -> None:
    text, target, level = drawn(seed)
    laws.law_3(text, made(target, level))


@MANY
@given(SEEDS)
def test_law_4_snapshots_hold_still(seed: int) -> None:
    text, target, level = drawn(seed)
    laws.law_4(text, made(target, level), None, random.Random(seed))


ODD_ITEM = '{"First Name": ["Ada"], "N": "12,111", "color": "Dark Blue", "extra": {"a": [1, 2]}}'
ODD_UNION = '{"result": {"Side": "RIGHT", "one": 5}}'


@pytest.mark.parametrize(("item", "target"), [(ODD_ITEM, Item), (ODD_UNION, Left | Right), (ODD_ITEM, Left | Right)])
def test_law_7_linear_in_the_whole(item: str, target: Any) -> None:
    texts = ["[" + ", ".join([item] * count) + "]" for count in (25, 100)]
    laws.law_7(texts[1], made(list[target], "guided"), texts[0])


@MANY
@given(SEEDS)
def test_law_9_deltas_fold(seed: int) -> None:
    text, target, level = drawn(seed)
    laws.law_9(text, made(target, level), None, random.Random(seed))


@MANY
@given(SEEDS)
def test_law_10_checkpoints_are_invisible(seed: int) -> None:
    text, target, level = drawn(seed)
    laws.law_10(text, made(target, level), None, random.Random(seed).randrange(len(text) + 1))


@MANY
@given(SEEDS, st.sampled_from(["collect", "raise", "skip"]), st.booleans())
def test_law_12_what_is_valid_is_not_changed(seed: int, on_invalid: Any, strict: bool) -> None:
    """And nothing is refused that strict parsing would accept."""
    text, target, level = drawn(seed)
    options: dict[str, Any] = {"on_invalid": on_invalid, "strict": strict or None}
    outcomes: list[Any] = []
    for parser in (Parser(target, **options), made(target, level, **options)()):
        laws.feed(parser, text)
        outcomes.append(parser.end())
    plain, coerced = outcomes
    if isinstance(plain, Complete):
        assert isinstance(coerced, Complete)
        if on_invalid != "skip":
            assert describe(coerced.value) == describe(plain.value)
            assert coerced.coerced == ()
    elif isinstance(coerced, Complete):
        assert coerced.coerced != ()


@MANY
@given(SEEDS)
def test_nothing_is_foreseen_wrongly(seed: int) -> None:
    text, target, level = drawn(seed)
    assume(not _has_two_spellings(json.loads(text)))
    parser = made(target, level)()
    events = parser.feed(text)
    outcome = parser.end()
    if isinstance(outcome, Complete):
        assert not [event for event in (*events, *outcome.events) if isinstance(event, Violation | Invalid)]
        stopping = made(target, level, on_invalid="raise")()
        stopping.feed(text)
        assert isinstance(stopping.end(), Complete)


def test_secrets_stay_secret() -> None:
    """What counts as a field that is kept back is kept back, however its key is spelled and whatever is around it."""

    class Login(BaseModel):
        user: str
        pass_word: SecretStr

    for text in ('{"user": "x", "passWord": "hunter2"}', '{"login": {"user": "x", "pass_word": "hunter2"}}'):
        parser = made(Login, "guided")()
        parser.feed(text)
        assert parser.close().pass_word.get_secret_value() == "hunter2"
        assert "hunter2" not in json.dumps(parser.deltas())
        assert "hunter2" in json.dumps(parser.deltas(0, raw=True))


def test_before_is_missing_where_nothing_was_written() -> None:
    (told,) = outcome_of('{"n": 1}', Note).coerced
    assert told == Coerced(("note",), CoercionKind.ABSENT_NULL, MISSING, None)


# The page.


def _rows_of_the_page() -> list[list[str]]:
    page = Path(__file__).parents[2] / "docs" / "lenient.md"
    table = page.read_text(encoding="utf-8").partition("| kind | target | written | read as | level |")[2]
    rows = []
    for line in table.splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells = re.split(r" (?<!\\)\| ", line.strip("| "))
        rows.append([cell.strip("`").replace("\\|", "|") for cell in cells])
    return rows


class Written(BaseModel):
    first_name: str
    count: int


class WrittenSingle(BaseModel):
    count: int


class WrittenNote(BaseModel):
    count: int
    note: str | None


NAMES = {
    "Literal": Literal,
    "StrictBool": StrictBool,
    "Item": Written,
    "Single": WrittenSingle,
    "Note": WrittenNote,
}


@pytest.mark.parametrize("row", _rows_of_the_page(), ids=lambda row: row[0])
def test_a_row_of_the_page(row: list[str]) -> None:
    kind, target, written, read, level = row
    outcome = outcome_of(f"[{written}]", list[eval(target, NAMES)])  # type: ignore[misc]
    assert outcome.value == [eval(read, NAMES)]
    assert {event.kind for event in outcome.coerced} == {CoercionKind[kind]}
    assert next(each for each in LEVELS if CoercionKind[kind] in KINDS_OF_LEVEL[each]) == level


def test_the_page_has_every_kind() -> None:
    assert [CoercionKind[row[0]] for row in _rows_of_the_page()] == list(CoercionKind)
