"""What a parser for a Struct shows, and what it ends with."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Annotated, Any, NewType

import pytest

pytest.importorskip("msgspec", reason="the package msgspec is not installed")
pytest.importorskip("attrs", reason="the package attrs is not installed")

import attrs
import msgspec

from partialjson import MISSING, Completed, Failed, Invalid, Parser, Partial, Truncated, stream
from partialjson.structs import msgspec_target
from support.class_targets import begun, check_that_processes_agree
from support.structs import Box, Cat, ClosedRow, Dog, Even, Everything, Item, Pet, Plain, Row, Tree, Unread

TEXT = '{"theName":"Ann","pets":[{"lives":9,"type":"Cat"},{"type":"dog","bark":"wow"}],"mixed":[{"name":"pen"}]}'


# While it comes


def test_fields_show_as_they_come() -> None:
    parser = begun(Everything, TEXT[: TEXT.index("wow") + 1])
    value = parser.value
    assert type(value) is Partial[Everything]
    assert value.the_name == "Ann"
    assert value.pets[0] == Cat(lives=9)
    assert type(value.pets[1]) is Partial[Dog]
    assert value.pets[1].bark == "w"
    assert value.color is MISSING
    with pytest.raises(AttributeError, match="no field 'theName'"):
        _ = value.theName
    assert (
        repr(value) == "Partial[Everything](the_name='Ann', pets=[Cat(lives=9, friend=None), Partial[Dog](bark='w')])"
    )


def test_what_was_complete_is_the_same_object_in_the_end() -> None:
    parser = begun(Everything, TEXT[:-1])
    seen = parser.value
    parser.feed("}")
    final = parser.close()
    assert type(final) is Everything
    assert final.pets[0] is seen.pets[0]
    assert isinstance(final.mixed, list)
    assert final.mixed[0] is seen.mixed[0]
    assert final == msgspec.json.decode(TEXT, type=Everything)


def test_nothing_of_a_tagged_struct_shows_before_its_tag() -> None:
    assert begun(list[Pet], '[{"lives": 9, ').value == []
    assert begun(list[Pet], '[{"lives": 9, "type": "Cat"').value[0].lives == 9


def test_a_struct_that_is_an_array_shows_as_a_list() -> None:
    assert begun(Row, '[1, "ab').value == [1, "ab"]
    assert begun(Row, '[1, "ab"]').close() == Row(1, "ab")


def test_a_string_with_a_pattern_waits() -> None:
    assert begun(Everything, '{"code": "ab').value.code is MISSING
    assert begun(Everything, '{"code": "ab"').value.code == "ab"


def test_a_struct_with_raw_text_settles_as_a_whole() -> None:
    text = '{"name": "a", "body": "\\u00e9"}'
    assert begun(Unread, text[:-1]).value is MISSING
    assert begun(Unread, text).close() == msgspec.json.decode(text, type=Unread)


def test_dumps_have_what_has_come() -> None:
    value = begun(Everything, TEXT[: TEXT.index("wow") + 1]).value
    pets = [{"type": "Cat", "lives": 9, "friend": None}, {"bark": "w"}]
    assert value.model_dump() == {"theName": "Ann", "pets": pets}
    assert json.loads(value.model_dump_json(by_alias=False)) == {"the_name": "Ann", "pets": pets}
    with pytest.raises(TypeError, match="not with exclude"):
        value.model_dump(exclude={"pets"})


def test_partial_structs_are_pickled_and_compared() -> None:
    value = begun(Tree, '{"label": "a", "children": [{"label": "b').value
    assert pickle.loads(pickle.dumps(value)) == value


def test_elements_are_streamed() -> None:
    chunks = list('{"someValue": 1}'.replace("some", "Some")[:-1] + ', "More": [1, 2, 3]}')
    assert list(stream(chunks, Box[int]).elements(lambda box: box.more)) == [1, 2, 3]
    assert list(stream(list(TEXT), Everything).elements(lambda each: each.pets)) == [Cat(9), Dog("wow")]


# At the end


def test_a_report_names_what_is_missing_in_the_document_s_words() -> None:
    outcome = begun(Everything, '{"pets": [{"type": "Cat"').end()
    assert isinstance(outcome, Truncated)
    assert set(outcome.missing) == {("theName",), ("pets", 0, "lives")}


def test_close_raises_the_first_error_and_a_report_has_all() -> None:
    text = '{"pets": [{"type": "Cat", "lives": "x", "zzz": 1}], "share": "y"}'
    parser = begun(Everything, text)
    with pytest.raises(msgspec.ValidationError) as expected:
        msgspec.json.decode(text, type=Everything)
    with pytest.raises(msgspec.ValidationError) as raised:
        parser.close()
    assert str(raised.value) == str(expected.value) == "Expected `int`, got `str` - at `$.pets[0].lives`"
    outcome = begun(Everything, text).end()
    assert isinstance(outcome, Failed)
    assert [str(each) for each in outcome.errors] == [
        "Expected `int`, got `str` - at `$.pets[0].lives`",
        "Object contains unknown field `zzz` - at `$.pets[0]`",
        "Expected `float`, got `str` - at `$.share`",
        "Object missing required field `theName`",
    ]


def test_a_bad_element_is_skipped_where_that_is_asked() -> None:
    parser = begun(list[Item], '[{"name": "a"}, {"name": 1}, {"name": "c"}]', on_invalid="skip")
    assert parser.close() == [Item("a"), Item("c")]


def test_nothing_is_kept_where_that_is_asked() -> None:
    parser: Parser[Any] = Parser(Everything, retain=False, select=["$.pets[*]"])
    events = [event for character in TEXT for event in parser.feed(character)]
    assert [event.value for event in events if isinstance(event, Completed)] == [Cat(9), Dog("wow")]


class Broken(msgspec.Struct):
    x: int

    def __post_init__(self) -> None:
        raise KeyError(self.x)


def test_an_error_of_the_class_itself_leaves_the_parser() -> None:
    parser: Parser[Any] = Parser(Broken)
    with pytest.raises(KeyError):
        parser.feed('{"x": 1}')


def _fail() -> int:
    raise ValueError("there is no default")


class Defaulted(msgspec.Struct):
    x: int = msgspec.field(default_factory=_fail)

    def __post_init__(self) -> None:
        raise AssertionError("there is no object")


@attrs.define
class Prepared:
    x: int = 0

    def __attrs_pre_init__(self) -> None:
        raise ValueError("there is no default")


def test_only_errors_of_the_class_about_its_values_are_told_as_faults() -> None:
    for target in (msgspec_target(Defaulted), msgspec_target(Prepared)):
        with pytest.raises(ValueError, match="no default") as expected:
            msgspec.json.decode("{}", type=target.type)
        with pytest.raises(ValueError, match="no default") as raised:
            Parser(target).feed("{}")
        assert type(raised.value) is type(expected.value) is ValueError


# How a target is given


class Celsius:
    def __init__(self, degrees: float) -> None:
        self.degrees = degrees

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Celsius) and other.degrees == self.degrees

    __hash__ = None  # type: ignore[assignment]


class Weather(msgspec.Struct):
    city: str
    heat: Celsius


def _hook(kind: type[Any], value: Any) -> Any:
    if kind is Celsius:
        return Celsius(value)
    raise NotImplementedError


def test_a_hook_makes_other_types() -> None:
    parser = begun(msgspec_target(Weather, dec_hook=_hook), '{"city": "Rome", "heat": 31.5}')
    assert parser.close() == Weather("Rome", Celsius(31.5))
    bad = begun(msgspec_target(list[Weather], dec_hook=_hook), '[{"city": "Rome", "heat": 1}, {"city": 3}]')
    with pytest.raises(msgspec.ValidationError, match=r"at `\$\[1\].city`"):
        bad.close()


def test_values_are_read_as_other_kinds_where_that_is_asked() -> None:
    text = '{"name": "a", "count": "3"}'
    for parser in (begun(Item, text, strict=False), begun(msgspec_target(Item, strict=False), text)):
        assert parser.close() == Item("a", 3)
    assert any(isinstance(each, Invalid) for each in Parser(Item).feed(text))


def test_dataclasses_and_classes_of_attrs_are_made_by_msgspec() -> None:
    parser = begun(msgspec_target(list[Plain]), '[{"a": 1, "c": 5}, {"a": 2, "b": [1')
    assert parser.value[0] == msgspec.json.decode('{"a": 1, "c": 5}', type=Plain)
    assert parser.value[1].b == []
    even = begun(msgspec_target(Even), '{"number": 2, "parts": [{"name": "a"}, {"name": "b')
    assert even.value.parts[1].name == "b"
    with pytest.raises(msgspec.ValidationError, match="3 is odd"):
        begun(msgspec_target(Even), '{"number": 3}').close()


def test_a_class_can_be_given_in_other_types() -> None:
    # Not by its name: mypy stumbles over a new type of a Struct.
    new_type: Any = NewType
    targets: list[Any] = [
        Item | None,
        list[Item],
        dict[str, list[Item]],
        Box[int],
        Annotated[Item, "it"],
        list.__class_getitem__(new_type("Named", Item)),
    ]
    for target in targets:
        assert Parser(target).target is not None


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(TypeError, match="by_alias and by_name are for types of pydantic"):
        Parser(Item, by_alias=True)
    with pytest.raises(TypeError, match="a Raw is the text itself"):
        msgspec_target(msgspec.Raw)
    with pytest.raises(TypeError, match="union"):
        Parser(list[Item | Tree])


def test_an_element_without_a_hash_is_msgspecs_error() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        begun(msgspec_target(set[Any]), "[[1]]").close()


def test_checkpoints_know_their_type() -> None:
    state = json.loads(json.dumps(begun(Everything, TEXT[:60]).checkpoint()))
    again: Parser[Any] = Parser.restore(state, Everything)
    again.feed(TEXT[60:])
    assert again.close() == msgspec.json.decode(TEXT, type=Everything)
    with pytest.raises(ValueError, match="another target"):
        Parser.restore(state, list[Item])


def test_fingerprints_are_the_same_in_every_process() -> None:
    program = (
        "from partialjson import Parser; from support.structs import Everything, Even, Tree;"
        "from partialjson.structs import msgspec_target;"
        "print([Parser(msgspec_target(each)).target.fingerprint() for each in (Everything, Even, Tree)])"
    )
    check_that_processes_agree(program)


def test_msgspec_is_imported_for_its_own_targets_only() -> None:
    program = (
        "import sys; from pydantic import BaseModel; from partialjson import Parser\n"
        "class Order(BaseModel):\n    name: str\n"
        'Parser(list[Order]).feed(\'[{"name": "a"}]\')\n'
        "assert 'msgspec' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{program}"], check=True)


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    for name in [each for each in sys.modules if each.startswith("partialjson.structs")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=r"pip install 'partialjson-live\[msgspec\]'"):
        Parser(Item)


ROWS: dict[str, Any] = {
    "[%s]": list[ClosedRow],
    '{"a": %s}': dict[str, ClosedRow],
    "[[%s]]": list[list[ClosedRow]],
}


@pytest.mark.parametrize("around", ROWS)
def test_too_long_a_row_has_no_place_as_in_msgspec(around: str) -> None:
    text = around % '[0, {"name": ""}, "x"]'
    with pytest.raises(msgspec.ValidationError) as whole:
        msgspec.json.decode(text, type=ROWS[around])

    def verdict(pieces: list[str]) -> str:
        parser = Parser(ROWS[around])
        for piece in pieces:
            parser.feed(piece)
        with pytest.raises(msgspec.ValidationError) as raised:
            parser.close()
        return str(raised.value)

    assert verdict([text]) == verdict(list(text)) == str(whole.value)
