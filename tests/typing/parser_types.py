"""What type checkers make of the parser. Checked, not run."""

from __future__ import annotations

from typing import Any, Literal, assert_never, assert_type

from pydantic import BaseModel, TypeAdapter

from partialjson import (
    MISSING,
    Complete,
    Completed,
    Event,
    Failed,
    IncompleteError,
    Invalid,
    Limits,
    ParseError,
    Parser,
    Partial,
    Replaced,
    Truncated,
    compiled,
)
from partialjson.patch import apply_deltas, to_json_patch


class Item(BaseModel):
    name: str


class Order(BaseModel):
    id: int
    items: list[Item] = []


def targets(adapter: TypeAdapter[Order]) -> None:
    assert_type(Parser(Order), Parser[Order])
    assert_type(Parser(Order).close(), Order)
    assert_type(Parser(list[Item]).close(), list[Item])
    assert_type(Parser(dict[str, Item]).close(), dict[str, Item])
    assert_type(Parser(int).close(), int)
    assert_type(Parser(adapter), Parser[Order])
    assert_type(Parser(adapter).close(), Order)
    assert_type(Parser(Order, strict=True, context={"a": 1}, select=["$.id"], limits=Limits(depth=9)), Parser[Order])


def without_a_target() -> None:
    parser: Parser[Any] = Parser()
    assert_type(parser.close(), Any)
    named: Parser[Order] = Parser(Order)
    assert_type(named.close(), Order)


def targets_that_are_no_classes(adapter: TypeAdapter[int | str]) -> None:
    # Without the annotation mypy takes the first of the union, and pyright Any.
    parser: Parser[int | str] = Parser(int | str)
    assert_type(parser.close(), int | str)
    assert_type(Parser(adapter).close(), int | str)


def feeding(parser: Parser[Order], either: str | bytes) -> None:
    assert_type(parser.feed("{"), tuple[Event, ...])
    assert_type(parser.feed(b"{"), tuple[Event, ...])
    assert_type(parser.feed(either), tuple[Event, ...])
    assert_type(parser.value, Any)
    assert_type(parser.json, Any)
    assert_type(parser.done, bool)
    assert_type(parser.pos, int)
    assert_type(parser.seq, int)
    assert_type(parser.path, tuple[str | int, ...])
    status: Literal["missing", "partial", "complete", "invalid"] = parser.status(("items", 0))
    print(status, parser.status([]) == "partial")
    assert_type(parser.deltas(), list[dict[str, Any]])
    assert_type(parser.deltas(since=3), list[dict[str, Any]])
    assert_type(compiled, bool)
    print(parser.nonsense)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    parser.done = True  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


def ending(parser: Parser[Order]) -> int:
    outcome = parser.end("stop")
    assert_type(outcome, Complete[Order] | Truncated | Failed)
    match outcome:
        case Complete(value, events, reason):
            assert_type(value, Order)
            assert_type(events, tuple[Event, ...])
            assert_type(reason, str | None)
            return value.id
        case Truncated(path=path, complete=complete, error=error):
            assert_type(path, tuple[str | int, ...])
            assert_type(complete, tuple[tuple[str | int, ...], ...])
            assert_type(error, IncompleteError | None)
            return 0
        case Failed(error=failure):
            assert_type(failure, BaseException)
            return 0
        case _:
            assert_never(outcome)


def events(parser: Parser[Order]) -> None:
    for event in parser.feed("{"):
        assert_type(event.path, tuple[str | int, ...])
        if isinstance(event, Completed | Replaced):
            assert_type(event.value, Any)
        if isinstance(event, Invalid):
            assert_type(event.error, Exception)
        match event:
            case Completed(path, _):
                assert_type(path, tuple[str | int, ...])
            case _:
                pass


def errors(parser: Parser[Order]) -> None:
    try:
        parser.close()
    except IncompleteError as error:
        assert_type(error.path, tuple[str | int, ...])
    except ParseError as error:
        assert_type(error.msg, str)
        assert_type(error.pos, int)
        assert_type(error.lineno, int)
        assert_type(error.colno, int)
        assert_type(error.byte_pos, int | None)
        assert_type(error.events, tuple[Event, ...])


def partial_objects(value: Partial[Order]) -> None:
    assert_type(value.model_fields_set, set[str])
    assert_type(value.model_dump(mode="json"), dict[str, Any])
    assert_type(value.model_dump_json(indent=2), str)
    assert_type(value.items, Any)
    takes_an_order(value)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    takes_any_partial(value)
    value = MISSING


def takes_an_order(order: Order) -> None: ...


def takes_any_partial(value: Partial[BaseModel]) -> None: ...


def patches(parser: Parser[Any]) -> None:
    assert_type(to_json_patch(parser.deltas()), list[dict[str, Any]])
    assert_type(apply_deltas(MISSING, parser.deltas()), Any)
