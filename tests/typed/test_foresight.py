"""What is certain before a value closes, and what a parser does with values that do not fit: ``on_invalid``."""

from __future__ import annotations

import enum
import json
import pickle
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict

from partialjson import MISSING, Complete, Completed, Failed, Invalid, InvalidError, ParseError, Predicted, Violation
from partialjson.sequences import documents
from partialjson.testing import strategies
from partialjson.testing.chunking import check_all_chunkings, event_key, observe
from support.twins import Parser
from support.versions import since_2_14


class Fruit(enum.Enum):
    APPLE = "apple"
    APRICOT = "apricot"
    BANANA = "banana"


class Choosy(enum.Enum):
    ONE = "one"

    @classmethod
    def _missing_(cls, value: object) -> Choosy:
        return cls.ONE


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=4)] = ""
    qty: int = Field(default=1, alias="Qty")


class Stripped(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, str_max_length=3)
    text: str


class Short(BaseModel):
    text: Annotated[str, Field(max_length=2)] | None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]


class Closed(TypedDict):
    a: int


class Sealed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    a: int


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


FRUITS = "expected 'apple' or 'apricot' or 'banana'"
BEGINS = ", found a string that begins with"


def foreseen(target: Any, text: str, **options: Any) -> list[tuple[Any, ...]]:
    """What is foreseen of a document, in every chunking; of events that have closed nothing."""
    seen = check_all_chunkings(text, make=lambda: Parser(target, **options), states_up_to=0, partitions=3)
    found: list[tuple[Any, ...]] = []
    for event in seen.events:
        if isinstance(event, Violation):
            found.append((event.path, event.pos, event.msg))
        elif isinstance(event, Predicted):
            found.append((event.path, event.pos, event.value))
    return found


# Violations


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        # A value whose first character does not fit.
        (int, "[1]", [((), 0, "expected a string or a number or true or false, found an array")]),
        (int, " null", [((), 1, "expected a string or a number or true or false, found null")]),
        (str, "{}", [((), 0, "expected a string, found an object")]),
        (str, "12", [((), 0, "expected a string, found a number")]),
        (list[int], "[1, {}]", [((1,), 4, "expected a string or a number or true or false, found an object")]),
        (list[int], '"x"', [((), 0, "expected an array, found a string")]),
        (Item, "[]", [((), 0, "expected an object, found an array")]),
        (Item | None, "true", [((), 0, "expected null or an object, found true or false")]),
        (str | list[str], "1", [((), 0, "expected a string or an array, found a number")]),
        (dict[str, bool], '{"a": null}', [(("a",), 6, "expected a string or a number or true or false, found null")]),
        (Pet, "null", [((), 0, "expected an object, found null")]),
        # A key that is not allowed.
        pytest.param(
            *(Item, '{"Qty": 1, "qty": 2}', [((), 12, "no key that may still come begins like this")]), marks=since_2_14
        ),
        (Item, '{"\\u0061": 1}', [((), 2, "no key that may still come begins like this")]),
        (Item, '{"nam": 1}', [((), 5, "the object must not have this key")]),
        # A comma after which nothing may come.
        (Sealed, '{"a": 1, "b": 2}', [((), 7, "the object has all the keys that it may have")]),
        # A word that is none.
        (Fruit, '"apx"', [((), 3, f"{FRUITS}{BEGINS} 'apx'")]),
        (Literal["a"], '"ab"', [((), 2, f"expected 'a'{BEGINS} 'ab'")]),
        (Literal["a", 1], '[]', [((), 0, "expected 'a' or a number or true or false, found an array")]),
        (Fruit | None, '"q"', [((), 1, f"{FRUITS} or null{BEGINS} 'q'")]),
        (list[Literal["\u00e9x"]], '["\\u00e9\\u00e9"]', [((0,), 8, f"expected 'éx'{BEGINS} 'éé'")]),
        # A string that is too long: characters count, not escapes.
        (Item, '{"name": "a\\n\\ud83d\\ude00d\\u0065f"}',
         [(("name",), 26, "expected at most 4 characters, found more")]),
        (Annotated[str, Field(max_length=0)], '"\\"a"', [((), 1, "expected at most 0 characters, found more")]),
        (Short, '{"text": "abc"}', [(("text",), 12, "expected at most 2 characters, found more")]),
        # An array that is too long.
        (Annotated[list[int], Field(max_length=2)], "[1, 2, 3, 4]",
         [((), 5, "expected at most 2 elements, found more")]),
        (tuple[int, int], "[1, 2, [3]]", [((), 5, "expected at most 2 elements, found more")]),
        (list[tuple[int]], "[[1], [1, 2]]", [((1,), 8, "expected at most 1 elements, found more")]),
        (dict[str, tuple[int]], '{"a": [1, 2]}', [(("a",), 8, "expected at most 1 elements, found more")]),
    ],
)  # fmt: skip
def test_violations(target: Any, text: str, expected: list[Any]) -> None:
    assert foreseen(target, text) == expected
    seen = observe([text], lambda: Parser(target))
    assert isinstance(seen.outcome, Failed)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Any, "[1]"),
        (int, '"5"'),
        (float, "true"),
        (Choosy, '"anything"'),
        (Choosy, "[1]"),
        (Annotated[int, BeforeValidator(len)], "[1]"),
        (Stripped, '{"text": "  abc  "}'),
        (set[int], "[1, 1, 1]"),
        (Annotated[set[int], Field(max_length=1)], "[1, 1, 1]"),
        (Literal["a", "ab"], '"ab"'),
        (str | Literal["a"], '"b"'),
        (Closed, '{"a": 1, "b": 2}'),
        (Item, '{"name": "\\ud83d\\ude00abc"}'),
        (Pet, '{"lives": "9", "kind": "cat"}'),
        (Annotated[str, AfterValidator(str.upper)], '"x"'),
        (Annotated[str, Field(max_length=3), AfterValidator(lambda text: text * 2)], '"abc"'),
        (dict[int, str], '{"1": "x"}'),
        (Mapping[str, list[int]], '{"a": ["1"]}'),
    ],
)
def test_what_may_still_be_valid_violates_nothing(target: Any, text: str) -> None:
    assert foreseen(target, text) == []
    assert isinstance(observe([text], lambda: Parser(target)).outcome, Complete)


def test_strict_and_coercing_targets() -> None:
    assert foreseen(Annotated[int, Field(strict=True)], '"5"') == [((), 0, "expected a number, found a string")]

    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)

        a: int
        b: Annotated[int, Field(strict=False)] = 0

    assert foreseen(Strict, '{"b": "5", "a": "5"}') == [(("a",), 16, "expected a number, found a string")]
    adapter: Any = Annotated[str, Field(coerce_numbers_to_str=True)]
    assert foreseen(adapter, "5") == []


def test_inside_a_value_that_is_settled_whole_nothing_is_foreseen() -> None:
    target: Any = list[Annotated[list[int], BeforeValidator(lambda value: value)]]
    assert foreseen(target, "[[null]]") == []


def test_members_before_the_tag_are_not_judged() -> None:
    assert foreseen(Pet, '{"lives": null, "kind": "dog"}') == []
    assert foreseen(Pet, '{"kind": "cat", "lives": null}') == [
        (("lives",), 25, "expected a string or a number or true or false, found null")
    ]


def test_a_violation_is_reported_where_it_is_selected() -> None:
    target: Any = dict[str, tuple[int]]
    text = '{"a": [1, {}], "b": [[], 2]}'
    assert [path for path, *_ in foreseen(target, text, select=["$.b"])] == [("b",)]
    assert [path for path, *_ in foreseen(target, text, select=["$.*[*]"])] == [("b", 0)]
    assert foreseen(target, text, select=[]) == []


def test_a_violation_comes_at_the_character_that_shows_it() -> None:
    parser = Parser(Item)
    assert parser.feed('{"name": "abcd') == ()
    (event,) = parser.feed("e")
    assert event == Violation(("name",), 14, "maxLength", "expected at most 4 characters, found more")
    assert parser.feed("fgh") == ()
    assert [type(each) for each in parser.feed('"')] == [Invalid]


# Predictions


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        (Fruit, '"apricot"', [((), 3, Fruit.APRICOT)]),
        (Fruit, '"banana"', [((), 1, Fruit.BANANA)]),
        (Fruit, '"bax"', [((), 1, Fruit.BANANA), ((), 3, f"{FRUITS}{BEGINS} 'bax'")]),
        (Literal["only"], '"only"', [((), 0, "only")]),
        (Literal["a", "ab"], '"ab"', [((), 2, "ab")]),
        (Literal["a", "ab"], '"a"', []),
        (list[Literal["x", "y"]], '["\\u0079"]', [((0,), 2, "y")]),
        (str, '"x"', []),
    ],
)  # fmt: skip
def test_predictions(target: Any, text: str, expected: list[Any]) -> None:
    assert foreseen(target, text, predict=True) == expected


def test_nothing_is_predicted_unless_it_was_asked_for() -> None:
    assert foreseen(Fruit, '"banana"') == []


def test_a_prediction_is_never_in_the_value() -> None:
    parser = Parser(Fruit, predict=True)
    (event,) = parser.feed('"b')
    assert event == Predicted((), Fruit.BANANA, 1)
    assert parser.value is MISSING
    assert parser.json == "b"


# on_invalid="raise"


@pytest.mark.parametrize(
    ("target", "text", "where", "has_error"),
    [
        (Item, '{"name":\n "x", "Qty": "many", "name": "y"}', (("Qty",), 22, 2, 14), True),
        (Item, '{"name": "abcde"}', (("name",), 14, 1, 15), False),
        (Item, '{"nom": "x"}', ((), 3, 1, 4), False),
        (list[Cat], '[{"kind": "cat"}]', ((0,), 15, 1, 16), True),
        (list[int], "[1, 2, [3]]", ((2,), 7, 1, 8), False),
        (tuple[int], "[1, 2]", ((), 2, 1, 3), False),
        (Annotated[list[int], Field(min_length=2)], "[1]", ((), 2, 1, 3), True),
        (int, "1.5", ((), 0, 1, 1), True),
    ],
)
def test_raising(target: Any, text: str, where: tuple[Any, ...], has_error: bool) -> None:
    seen = check_all_chunkings(text, make=lambda: Parser(target, on_invalid="raise"), states_up_to=0)
    error = seen.error or seen.outcome.error  # type: ignore[union-attr]
    assert isinstance(error, InvalidError)
    assert isinstance(error, ParseError)
    assert (error.path, error.pos, error.lineno, error.colno) == where
    assert isinstance(error.error, ValidationError) == has_error
    last = seen.events[-1]
    assert isinstance(last, Invalid | Violation)
    assert last.path == error.path


@pytest.mark.parametrize(
    ("options", "text", "message", "where"),
    [
        # Found while it was open.
        ({"target": Annotated[int, Field(gt=5)]}, "[1",
         "expected a string or a number or true or false, found an array", (0, ())),
        ({"target": list[dict[str, int]]}, '[{"a": []',
         "expected a string or a number or true or false, found an array", (7, (0, "a"))),
        ({"schema": {"items": {"type": "null"}}}, "[null, 1", "expected null, found a number", (7, (1,))),
        # What its validator says, where it closes; of several faults the first.
        ({"target": list[Annotated[int, Field(multiple_of=5)]]}, "[10, 7]",
         "Input should be a multiple of 5", (5, (1,))),
        ({"target": dict[str, Annotated[list[int], Field(min_length=2)]]}, '{"c": [1]',
         "List should have at least 2 items after validation, not 1", (8, ("c",))),
        ({"target": tuple[int, int, int]}, "[1]", "Field required (and 1 more)", (2, ())),
        ({"target": tuple[int, int, int, int]}, "[1]", "Field required (and 2 more)", (2, ())),
        # What the judge says, where there is no other.
        ({"schema": {"items": {"minLength": 2}}}, '["ab", "c"]', "expected at least 2 characters, found 1", (9, (1,))),
        ({"schema": {"items": {"required": ["a"], "minProperties": 2}}}, '[{"b": 1}]',
         "expected 'a', which the object lacks", (8, (0,))),
        ({"schema": {"items": {"properties": {"a": {"type": "null"}}}}}, '[{"a": 1', "expected null, found a number",
         (7, (0, "a"))),
    ],
    ids=str,
)  # fmt: skip
def test_what_the_error_says(options: dict[str, Any], text: str, message: str, where: tuple[Any, ...]) -> None:
    error = check_all_chunkings(text, make=lambda: Parser(**options, on_invalid="raise"), states_up_to=0).error
    assert isinstance(error, InvalidError)
    assert (error.msg, error.pos, error.path) == (message, *where)


def test_nothing_that_was_complete_is_lost() -> None:
    parser = Parser(Item, on_invalid="raise")
    with pytest.raises(InvalidError) as raised:
        parser.feed('{"name": "x", "Qty": []}')
    assert [type(event) for event in raised.value.events] == [Completed, Violation]
    assert parser.value.name == "x"
    assert parser.status(("name",)) == "complete"
    with pytest.raises(InvalidError) as again:
        parser.close()
    assert again.value is raised.value
    outcome = parser.end()
    assert isinstance(outcome, Failed)
    assert outcome.error is raised.value


def test_positions_in_bytes() -> None:
    text = '{"name": "é\u20ac", "Qty": "x"}'
    for size in (1, 2, 100):
        parser = Parser(Item, on_invalid="raise")
        data = text.encode()

        chunks = [data[start : start + size] for start in range(0, len(data), size)]
        with pytest.raises(InvalidError) as raised:
            list(map(parser.feed, chunks))
        assert raised.value.byte_pos == data.index(b'"x"')
        assert raised.value.pos == text.index('"x"')


def test_the_error_is_pickled_whole() -> None:
    parser = Parser(int, on_invalid="raise")
    with pytest.raises(InvalidError) as raised:
        parser.feed('"x"')
    error = pickle.loads(pickle.dumps(raised.value))
    assert (str(error), error.path, error.pos) == (str(raised.value), (), 0)
    assert str(error.error) == str(raised.value.error)
    assert (
        str(error) == "Input should be a valid integer, unable to parse string as an integer: line 1 column 1 (char 0)"
    )


# on_invalid="skip"


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        (list[int], '[1, "x", 3, [], "5"]', [1, 3, 5]),
        (list[Item], '[{"name": "a"}, {"name": 5}, {"x": 1}, {"name": "b"}]', [Item(name="a"), Item(name="b")]),
        (list[list[int]], "[[1, null], 5, [2]]", [[1], [2]]),
        (set[int], '[1, "x", 2]', {1, 2}),
        (tuple[int, ...], "[1, null, 2]", (1, 2)),
        (dict[str, list[int]], '{"a": [null, 1]}', {"a": [1]}),
        (list[Item] | None, '[{"name": null}]', []),
        (list[Pet], '[{"kind": "cow"}, {"kind": "dog"}]', [Dog(kind="dog")]),
    ],
)
def test_skipping(target: Any, text: str, expected: Any) -> None:
    seen = check_all_chunkings(text, make=lambda: Parser(target, on_invalid="skip"), states_up_to=0, partitions=3)
    assert isinstance(seen.outcome, Complete)
    assert seen.outcome.value == expected
    assert type(seen.outcome.value) is type(expected)
    assert any(isinstance(event, Invalid) for event in seen.events)
    # What was read on the way does not matter.
    parser = Parser(target, on_invalid="skip")
    for char in text:
        parser.feed(char)
        assert parser.value is parser.value
    assert parser.close() == expected


@pytest.mark.parametrize(
    ("target", "text"),
    [(Item, '{"name": 5}'), (tuple[int, int], '[1, "x"]'), (dict[str, int], '{"a": null}'), (int, '"x"')],
)
def test_what_is_no_element_is_not_skipped(target: Any, text: str) -> None:
    skipping = observe([text], lambda: Parser(target, on_invalid="skip"))
    collecting = observe([text], lambda: Parser(target))
    assert isinstance(skipping.outcome, Failed)
    assert [event_key(event) for event in skipping.events] == [event_key(event) for event in collecting.events]


def test_errors_after_skipped_elements_are_about_the_right_ones() -> None:
    target: Any = Annotated[list[Annotated[int, Field(strict=True)]], Field(max_length=1)]
    parser = Parser(target, on_invalid="skip")
    parser.feed('["x", 1, "y", 2]')
    with pytest.raises(ValidationError) as raised:
        parser.close()
    (line,) = raised.value.errors()
    assert line["type"] == "too_long"


@given(st.lists(st.one_of(st.integers(), strategies.strings(), st.none()), max_size=8), st.data())
def test_skipping_leaves_the_good_elements(values: list[Any], data: st.DataObject) -> None:
    text = json.dumps(values)
    parser = Parser(list[Annotated[int, Field(strict=True)]], on_invalid="skip")
    events = [event for chunk in data.draw(strategies.chunkings(text)) for event in parser.feed(chunk)]
    assert parser.close() == [value for value in values if type(value) is int]
    bad = [event.path for event in events if isinstance(event, Invalid)]
    assert bad == [(index,) for index, value in enumerate(values) if type(value) is not int]


# The options


def test_options() -> None:
    with pytest.raises(ValueError, match="on_invalid must be 'collect', 'raise' or 'skip', not 'ignore'"):
        Parser(int, on_invalid="ignore")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="need a target"):
        Parser(on_invalid="raise")
    with pytest.raises(TypeError, match="need a target"):
        Parser(predict=True)


@pytest.mark.parametrize("options", [{"on_invalid": "raise"}, {"on_invalid": "skip"}, {"predict": True}])
def test_checkpoints_keep_the_options(options: dict[str, Any]) -> None:
    text = '["apple", "ba", "apricot"]'
    whole = observe([text], lambda: Parser(list[Fruit], **options))
    for place in range(len(text)):
        first = Parser(list[Fruit], **options)
        try:
            events = list(first.feed(text[:place]))
        except InvalidError:
            break
        second = Parser.restore(json.loads(json.dumps(first.checkpoint())), list[Fruit])
        try:
            events += second.feed(text[place:])
        except InvalidError as error:
            events += error.events
        assert [event_key(event) for event in events] == whole.event_keys
        assert type(second.end()) is type(whole.outcome)
    for change in ({"on_invalid": "x"}, {"on_invalid": 1}, {"predict": 0}):
        state = Parser(list[Fruit]).checkpoint()
        with pytest.raises(ValueError, match="checkpoint"):
            Parser.restore({**state, "options": {**state["options"], **change}}, list[Fruit])


def test_a_stream_of_documents_takes_them_too() -> None:
    lines = '{"name": "a"}\n{"name": "abcdef"}\n{"name": "b"}\n'
    assert [each.name for each in documents([lines], Item, on_error="skip", on_invalid="raise")] == ["a", "b"]
