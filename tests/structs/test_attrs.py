"""What a parser for a class of attrs shows, and what it ends with."""

from __future__ import annotations

import dataclasses
import json
import pickle
import subprocess
import sys
from typing import Any, Literal

import pytest

pytest.importorskip("cattrs", reason="the package cattrs is not installed")

import attrs
import cattrs
from cattrs.preconf.json import make_converter

from partialjson import MISSING, Completed, Failed, Invalid, Parser, Partial, Truncated, Violation, stream
from partialjson.structs import cattrs_target
from support.attrs_classes import (
    Box,
    Cat,
    Celsius,
    Circle,
    Dog,
    Even,
    Everything,
    Item,
    Parent,
    Plain,
    Row,
    Son,
    Square,
    Tree,
    Weather,
    hooked,
    renaming,
    tagging,
    tagging_subclasses,
)
from support.class_targets import begun, check_that_processes_agree

TEXT = '{"the_name":"Ann","pets":[{"lives":9,"kind":"cat"},{"kind":"dog","bark":"wow"}],"mixed":[{"name":"pen"}]}'


# While it comes


def test_fields_show_as_they_come() -> None:
    value = begun(Everything, TEXT[: TEXT.index("wow") + 1]).value
    assert type(value) is Partial[Everything]
    assert value.the_name == "Ann"
    assert value.pets[0] == Cat("cat", 9)
    assert type(value.pets[1]) is Partial[Dog]
    assert value.pets[1].bark == "w"
    assert value.color is MISSING
    pets = "[Cat(kind='cat', lives=9, friend=None), Partial[Dog](kind='dog', bark='w')]"
    assert repr(value) == f"Partial[Everything](the_name='Ann', pets={pets})"


def test_what_was_complete_is_the_same_object_in_the_end() -> None:
    parser = begun(Everything, TEXT[:-1])
    seen = parser.value
    parser.feed("}")
    final = parser.close()
    assert type(final) is Everything
    assert final.pets[0] is seen.pets[0]
    assert isinstance(final.mixed, list)
    assert final.mixed[0] is seen.mixed[0]
    assert final == make_converter().loads(TEXT, Everything)


def test_nothing_of_a_union_shows_before_its_tag() -> None:
    assert begun(list[Cat | Dog], '[{"lives": 9, ').value == []
    assert begun(list[Cat | Dog], '[{"lives": 9, "kind": "cat"').value[0].lives == 9


def test_a_union_without_a_tag_settles_as_a_whole() -> None:
    assert begun(list[Circle | Square], '[{"radius": 1').value == []
    assert begun(list[Circle | Square], '[{"radius": 1}').value == [Circle(1.0)]


def test_a_field_that_its_class_changes_is_not_shown_before() -> None:
    parser = begun(Even, '{"number": 2, "loud": "abc", "parts": [')
    assert parser.value.number == 2
    assert parser.value.loud is MISSING
    parser.feed("]}")
    assert parser.close() == Even(2, [], "ABC")
    assert parser.close().twice == 4


def test_dumps_have_what_has_come() -> None:
    value = begun(Everything, TEXT[: TEXT.index("wow") + 1]).value
    pets = [{"kind": "cat", "lives": 9, "friend": None}, {"kind": "dog", "bark": "w"}]
    assert value.model_dump() == {"the_name": "Ann", "pets": pets}
    assert json.loads(value.model_dump_json()) == {"the_name": "Ann", "pets": pets}
    with pytest.raises(TypeError, match="not with exclude"):
        value.model_dump(exclude={"pets"})
    everything = begun(Everything, '{"the_name": "a", "color": "red", "when": "2020-01-01T00:00", "numbers": [1').value
    assert everything.model_dump() == {
        "the_name": "a",
        "color": "red",
        "when": "2020-01-01T00:00:00",
        "numbers": [],
    }


def test_dumps_follow_the_converter() -> None:
    text = '[{"theName": "a", "count": 3,'
    value = begun(cattrs_target(list[Item], converter=renaming()), text).value[0]
    assert type(value).__mro__[1] is Partial[Item]
    assert value == Partial[Item]({"name": "a", "count": 4}, MISSING)
    assert value.model_dump() == {"theName": "a", "count": 4}
    assert value.model_dump(by_alias=False) == {"name": "a", "count": 4}


def test_partial_objects_are_pickled_and_compared() -> None:
    for target in (Tree, cattrs_target(Tree, converter=cattrs.Converter())):
        value = begun(target, '{"label": "a", "children": [{"label": "b').value
        assert pickle.loads(pickle.dumps(value)) == value
    plain = begun(cattrs_target(Plain), '{"a": 1').value
    assert pickle.loads(pickle.dumps(plain)) == plain


def test_elements_are_streamed() -> None:
    assert list(stream(list('{"value": 1, "more": [1, 2, 3]}'), Box[int]).elements(lambda box: box.more)) == [1, 2, 3]
    found = stream(list(TEXT), Everything).elements(lambda each: each.pets)
    assert list(found) == [Cat("cat", 9), Dog("dog", "wow")]


# At the end


def test_a_report_names_what_is_missing_in_the_document_s_words() -> None:
    outcome = begun(Everything, '{"pets": [{"kind": "cat"').end()
    assert isinstance(outcome, Truncated)
    assert set(outcome.missing) == {("the_name",), ("pets", 0, "lives")}
    renamed = begun(cattrs_target(Item, converter=renaming()), '{"count": 1').end()
    assert isinstance(renamed, Truncated)
    assert set(renamed.missing) == {("theName",)}


def test_close_raises_what_cattrs_raises_and_a_report_has_each_fault_with_its_place() -> None:
    text = '{"pets": [{"kind": "cat", "lives": "x"}], "share": "y", "by_number": {"1": {}, "z": {"name": "a"}}}'
    with pytest.raises(cattrs.ClassValidationError) as expected:
        make_converter().loads(text, Everything)
    with pytest.raises(cattrs.ClassValidationError) as raised:
        begun(Everything, text).close()
    assert cattrs.transform_error(raised.value) == cattrs.transform_error(expected.value)
    outcome = begun(Everything, text).end()
    assert isinstance(outcome, Failed)
    assert [(each["loc"], each["type"], each["msg"]) for each in outcome.errors] == [
        (("the_name",), "missing", "required field missing"),
        (("pets", 0, "lives"), "ValueError", "invalid literal for int() with base 10: 'x'"),
        (("by_number", "1", "name"), "missing", "required field missing"),
        (("by_number", "z"), "ValueError", "invalid literal for int() with base 10: 'z'"),
        (("share",), "ValueError", "could not convert string to float: 'y'"),
    ]


def test_places_of_faults_are_the_document_s() -> None:
    parser: Parser[Any] = Parser(cattrs_target(list[Item], converter=renaming()))
    events = parser.feed('[{"theName": "a", "count": "x"}, {"name": "a"}]')
    faults = [(event.path, line["loc"]) for event in events if isinstance(event, Invalid) for line in event.errors]
    assert ((0, "count"), ()) in faults
    assert ((), (0, "count")) in faults
    assert ((), (1, "theName")) in faults


def test_what_was_told_of_a_fault_stays_as_it_was() -> None:
    parser: Parser[Any] = Parser(list[Item])
    told = [event for event in parser.feed('[{"name": "a", "count": "x"}') if isinstance(event, Invalid)]
    notes = [list(getattr(event.error, "__notes__", [])) for event in told]
    parser.feed("]")
    with pytest.raises(cattrs.IterableValidationError):
        parser.close()
    assert [list(getattr(event.error, "__notes__", [])) for event in told] == notes


def test_a_converter_that_stops_at_the_first_fault_raises_that() -> None:
    target = cattrs_target(list[Item], converter=make_converter(detailed_validation=False))
    with pytest.raises(ValueError, match="'x'"):
        begun(target, '[{"name": "a", "count": "x"}, {}]').close()


def test_a_bad_element_is_skipped_where_that_is_asked() -> None:
    text = '[{"name": "a"}, {"nam": 1}, {"name": "c"}]'
    assert begun(list[Item], text, on_invalid="skip").close() == [Item("a"), Item("c")]
    assert begun(cattrs_target(set[int]), '[1, "x", 3]', on_invalid="skip").close() == {1, 3}
    assert begun(cattrs_target(tuple[int, ...]), '[1, "x", 3]', on_invalid="skip").close() == (1, 3)


def test_nothing_is_kept_where_that_is_asked() -> None:
    parser: Parser[Any] = Parser(Everything, retain=False, select=["$.pets[*]"])
    events = [event for character in TEXT for event in parser.feed(character)]
    assert [event.value for event in events if isinstance(event, Completed)] == [Cat("cat", 9), Dog("dog", "wow")]


def test_a_checkpoint_goes_on_elsewhere() -> None:
    half = TEXT.index("wow")
    for target in (Everything, cattrs_target(Everything, converter=make_converter())):
        state = json.loads(json.dumps(begun(target, TEXT[:half]).checkpoint()))
        parser = Parser.restore(state, target)
        parser.feed(TEXT[half:])
        assert parser.close() == make_converter().loads(TEXT, Everything)


def test_what_cannot_be_valid_is_told_early() -> None:
    for text in ('[{"kind": "cow"', '[{"kind": "cat", "lives": null', "[3"):
        events = Parser(list[Cat | Dog]).feed(text)
        assert any(isinstance(event, Violation) for event in events), text


# Converters


def test_keys_of_the_converter_are_followed() -> None:
    target = cattrs_target(list[Item], converter=renaming())
    assert begun(target, '[{"theName": "pe').value[0].name == "pe"
    assert begun(target, '[{"theName": "pen", "count": 2}]').close() == [Item("pen", 3)]
    row = cattrs_target(Row, converter=renaming())
    assert begun(row, '{"a": 1, "c": "x').value == {"a": 1, "b": "x"}
    assert begun(row, '{"a": 1, "c": "xy"}').close() == Row(1, "xy")


def test_unions_with_a_tag_are_followed_once_it_has_come() -> None:
    for options in ({}, {"forbid_extra_keys": True}):
        target = cattrs_target(list[Circle | Square], converter=tagging(**options))
        assert begun(target, '[{"side": 1, ').value == []
        assert begun(target, '[{"side": 1, "_type": "Square", "label": "ab').value[0].label == "ab"
        assert begun(target, '[{"side": 1, "_type": "Square"}]').close() == [Square(1.0)]


def test_subclasses_are_followed() -> None:
    tagged = cattrs_target(list[Parent], converter=tagging_subclasses())
    assert begun(tagged, '[{"_type": "Son", "p": 1, "s": {"name": "a').value[0].s.name == "a"
    text = '[{"_type": "Son", "p": 1, "s": {"name": "a"}}]'
    assert begun(tagged, text).close() == [Son(1, Item("a"))]
    assert begun(cattrs_target(list[Parent], converter=tagging()), text).close() == [Son(1, Item("a"))]


def test_what_a_hook_of_the_user_s_own_makes_settles_as_a_whole() -> None:
    target = cattrs_target(Weather, converter=hooked())
    value = begun(target, '{"city": "Rom", "others": [1, 2], "opaque": {"name": "long').value
    assert (value.city, value.others, value.opaque) == ("Rom", [Celsius(1), Celsius(2)], MISSING)
    text = '{"city": "Rome", "warmth": "31.5", "opaque": {"name": "longer"}}'
    assert begun(target, text).close() == Weather("Rome", Celsius(31.5), [], Item("lon"))


def test_a_hook_that_wraps_the_one_of_a_class_is_not_mistaken_for_it() -> None:
    converter = make_converter()
    inner = converter.get_structure_hook(Item)

    def structure(value: Any, kind: Any) -> Any:
        return inner({**value, "count": 7}, kind)

    converter.register_structure_hook(Item, structure)
    target = cattrs_target(list[Item], converter=converter)
    assert begun(target, '[{"name": "a"').value == []
    assert begun(target, '[{"name": "a"}]').close() == [Item("a", 7)]


def test_a_subclass_of_a_converter_may_do_otherwise() -> None:
    class Shouting(cattrs.Converter):
        def _structure_set(self, obj: Any, cl: Any, structure_to: Any = set) -> Any:
            return {"shouted"}

    target = cattrs_target(list[set[int]], converter=Shouting())
    expected: Any = Shouting().structure([[1, 2]], list[set[int]])
    assert begun(target, "[[1, 2]]").close() == expected == [{"shouted"}]


# How a target is given


def test_a_dataclass_is_for_pydantic_unless_it_is_said() -> None:
    assert begun(Plain, '{"a": "1"}').close() == Plain(1)
    with pytest.raises(ValueError, match="validation error"):
        begun(Plain, '{"a": true, "b": "12"}').close()
    assert begun(cattrs_target(Plain), '{"a": true, "b": "12"}').close() == Plain(1, [1, 2])


def test_a_class_that_pydantic_is_told_of_is_for_pydantic() -> None:
    @attrs.define
    class Told:
        x: int

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            from pydantic_core import core_schema

            return core_schema.no_info_after_validator_function(cls, core_schema.int_schema())

    assert begun(list[Told], "[1]").close() == [Told(1)]


def test_options_of_pydantic_are_refused() -> None:
    options: list[dict[str, Any]] = [{"strict": True}, {"context": 1}, {"by_alias": True}, {"by_name": True}]
    for each in options:
        with pytest.raises(TypeError, match="cattrs has no such options"):
            Parser(Item, **each)


def test_a_type_without_a_hook_is_refused() -> None:
    with pytest.raises(cattrs.StructureHandlerNotFoundError):
        Parser(cattrs_target(Celsius))


@dataclasses.dataclass
class Local:
    kind: Literal["a"]


def test_fingerprints_tell_converters_apart() -> None:
    targets = [cattrs_target(Item), cattrs_target(Item, converter=renaming()), cattrs_target(Local)]
    found = {_fingerprint(each) for each in targets}
    assert len(found) == 3
    assert _fingerprint(cattrs_target(Item)) == _fingerprint(cattrs_target(Item, converter=make_converter()))


def test_fingerprints_are_the_same_in_every_process() -> None:
    program = (
        "from support.attrs_classes import targets; from partialjson import Parser;"
        "print([Parser(each).target.fingerprint() for each in targets()])"
    )
    check_that_processes_agree(program)


def _fingerprint(target: Any) -> str:
    from partialjson._core.target import Options

    made: str = target.__partialjson_target__(Options()).fingerprint()
    return made


def test_without_the_package_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['cattrs'] = None\n"
        "import attrs, partialjson\n"
        "@attrs.define\nclass A: x: int\n"
        "try: partialjson.Parser(A)\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'partialjson-live[cattrs]'" in done.stdout
