"""What holds for the classes of every library alike."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from partialjson import Complete, Parser
from partialjson.testing.chunking import check_all_chunkings
from support.class_targets import begun

LIBRARIES = {"msgspec": "support.structs", "cattrs": "support.attrs_classes"}


def noting_struct(noted: list[int]) -> Any:
    import msgspec

    def note(self: Any) -> None:
        noted.append(self.x)

    return msgspec.defstruct("Noted", [("x", int)], namespace={"__post_init__": note})


def noting_class(noted: list[int]) -> Any:
    import attrs

    def note(_: Any, __: Any, value: int) -> None:
        noted.append(value)

    return attrs.make_class("Noted", {"x": attrs.field(type=int, validator=note)})


@pytest.fixture(params=LIBRARIES)
def classes(request: pytest.FixtureRequest) -> Any:
    """Item and Tree as classes of a library, and what makes a class that notes the values it gets."""
    pytest.importorskip(request.param, reason=f"the package {request.param} is not installed")
    pytest.importorskip("attrs", reason="the package attrs is not installed")
    module = importlib.import_module(LIBRARIES[request.param])
    noting = noting_struct if request.param == "msgspec" else noting_class
    return SimpleNamespace(Item=module.Item, Tree=module.Tree, noting=noting)


def test_events_have_objects(classes: Any) -> None:
    observed = check_all_chunkings('[{"name": "a"}]', make=lambda: Parser(list[classes.Item]))
    assert ((0,), classes.Item("a")) in observed.completed


def test_lenient_parsing_mends_and_coerces(classes: Any) -> None:
    parser: Parser[Any] = Parser(classes.Item, lenient=True)
    for character in '```json\n{"Name": "a", "count": "3",}\n```':
        parser.feed(character)
    outcome = parser.end()
    assert isinstance(outcome, Complete)
    assert outcome.value == classes.Item("a", 3)
    assert outcome.coerced


def test_defaults_are_new_for_each_object(classes: Any) -> None:
    first, second = begun(list[classes.Tree], '[{"label": "a"}, {"label": "b"}]').close()
    assert first.children == []
    assert first.children is not second.children


def test_the_class_is_asked_once_and_never_about_a_prefix(classes: Any) -> None:
    noted: list[int] = []
    lists: Any = list
    begun(lists[classes.noting(noted)], '[{"x": 12}, {"x": 345}]').close()
    assert noted == [12, 345]
