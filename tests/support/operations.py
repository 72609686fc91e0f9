"""Reading what adapters give: events as objects of an SDK, operations reduced to what matters to a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from partialjson.providers import Identify, Open, Operation, Text, Value, adapter_for


class Model:
    """Stands for an SDK's object: declared fields are attributes, others are in `model_extra`."""

    def __init__(self, extra: dict[str, Any] | None = None, **fields: Any) -> None:
        self.__dict__.update(fields)
        self.model_extra = extra

    def model_dump(self, *, exclude_unset: bool) -> dict[str, Any]:
        assert exclude_unset
        fields = {name: value for name, value in vars(self).items() if name != "model_extra"}
        return fields | (self.model_extra or {})


def as_model(value: Any) -> Any:
    """Plain data as nested objects."""
    if isinstance(value, dict):
        return Model(**{name: as_model(item) for name, item in value.items()})
    return [as_model(item) for item in value] if isinstance(value, list) else value


def operations(api: str, events: Iterable[Any]) -> list[Operation]:
    adapter = adapter_for(api)
    return [op for event in events for op in adapter.feed(event)]


def calls(ops: Iterable[Operation]) -> list[tuple[str, str, Any]]:
    """(id, name, arguments) of each call, in the order in which they opened; parsed arguments as they are."""
    found: dict[Any, list[Any]] = {}
    for op in ops:
        match op:
            case Open(key=key, kind="call" | "server_call"):
                assert key not in found, "keys are never used twice"
                found[key] = [op.call_id, op.name, ""]
            case Identify(key):
                found[key][:2] = op.call_id, op.name
            case Text(key, text) if key in found:
                found[key][2] += text
            case Value(key, value):
                assert found[key][2] == ""
                found[key][2] = value
            case _:
                pass
    return [(call[0], call[1], call[2]) for call in found.values()]


def texts(ops: Iterable[Operation]) -> dict[str, str]:
    """The joined text of each kind of block."""
    kinds = {op.key: op.kind for op in ops if isinstance(op, Open)}
    found: dict[str, str] = {}
    for op in ops:
        if isinstance(op, Text):
            found[kinds[op.key]] = found.get(kinds[op.key], "") + op.text
    return found
