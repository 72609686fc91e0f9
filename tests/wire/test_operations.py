"""Operations and events are records: nobody changes them, and they compare, match, copy, pickle and print by fields."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any, get_args

import pytest

from partialjson._records import quick
from partialjson.sse import SSEEvent
from partialjson.wire import ops

RECORDS: list[Any] = [
    ops.Begin(),
    ops.Open(("a", 1), "call", "function", 1, 2, "f", "c1", free=True),
    ops.Open(1, "text"),
    ops.Identify(1, "f", "c1"),
    ops.Text(1, "a"),
    ops.Restate(1, "a"),
    ops.Value(1, {"a": [1]}),
    ops.Attach(1, "signature", "x", append=True),
    ops.Close(1, cut=True),
    ops.Withdraw(1),
    ops.Hold(1, "confirmation"),
    ops.Misplaced(0, '{"a":', "arguments for index 3, where no call began"),
    ops.Unread("event", "response.new"),
    ops.Info("r1", "m1"),
    ops.Usage({"tokens": 1}, whole=True),
    ops.Stop("complete", "stop", details={"a": 1}),
    ops.End(),
    ops.Error("m", "t", 5, {"a": 1}, fatal=False),
    SSEEvent("message", "a", "7", 5),
    SSEEvent("message", "a"),
]


def test_every_operation_is_here() -> None:
    assert {type(record) for record in RECORDS} == {*get_args(ops.Operation), SSEEvent}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record(record: Any) -> None:
    kind = type(record)
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    assert kind(**values) == record
    assert kind(*values.values()) == record
    assert repr(record) == f"{kind.__name__}({', '.join(f'{name}={value!r}' for name, value in values.items())})"
    assert kind.__match_args__ == tuple(values)
    for again in (copy.copy(record), copy.deepcopy(record), pickle.loads(pickle.dumps(record)), replace(record)):
        assert again == record
    assert not hasattr(record, "__dict__")
    assert list(inspect.signature(kind).parameters) == list(values)
    for name in values:
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, None)
        with pytest.raises(FrozenInstanceError):
            delattr(record, name)
        assert getattr(record, name) is values[name]


def test_records_of_two_kinds_are_never_equal() -> None:
    same: list[object] = [ops.Text(1, "a"), ops.Text(1, "a")]
    others: list[object] = [ops.Restate(1, "a"), (1, "a")]
    assert len(set(same)) == 1
    assert [other for other in others if other in same] == []


def test_arguments_are_checked_as_by_a_dataclass() -> None:
    make: Any = ops.Text
    for arguments, named in (((1,), {}), ((1, "a", 2), {}), ((1, "a"), {"key": 1}), ((1, "a"), {"other": 1})):
        with pytest.raises(TypeError, match="__init__"):
            make(*arguments, **named)


def test_a_default_that_has_to_be_made_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Made:
        names: list[str] = field(default_factory=list)

    with pytest.raises(TypeError, match=r"Made\.names cannot be stored directly"):
        quick(Made)
