"""Index skeletons: how a container settles from its settled children, with nothing validated twice.

A container's *skeleton* is its own core schema, and the validator made of it, in which each child is swapped for
``replay``. When the container closes, the skeleton validates in JSON mode a tiny *index text* in which each child is
its index among the settled ones: ``{"name":0,"tags":1}``, ``[0,1,2]``. ``replay`` gives the settled value for an index,
or fails in its place. So pydantic itself decides the order of errors, their locations, defaults, extras, missing
fields, model validators and post-init, as it would in one shot. Where the skeleton itself complains, the input in its
complaint is the index text's, and is put right afterwards; to tell it from others, the indexes are counted from a large
random number.

A node that adds something to what is inside it (a validator that runs after it, a root model, a union) has a skeleton
with one child, which runs over the settled one.

*Waivers.* A validator may ask that its value be left out (``PydanticOmit``, ``OnErrorOmit``) or that the default take
its place (``PydanticUseDefault``). Pydantic passes that on to the nearest container or default that can comply. So the
child settles to a ``Failure`` with a waiver, and ``replay`` asks the same of the skeleton around it.

*Errors.* A child that failed stands in the skeleton's error as one line that names it. The lines of the children take
its place when somebody asks for the error (``Collected``): a fault deep in a document would otherwise be told anew,
with a longer location, at every level around it.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic_core import (
    InitErrorDetails,
    PydanticCustomError,
    PydanticOmit,
    PydanticUseDefault,
    SchemaError,
    SchemaValidator,
    ValidationError,
    core_schema,
)

from partialjson._core.plan import Failure, Plan, RawText, Shape, Switch
from partialjson._core.target import Options
from partialjson.typed.schemas import Schema

# Child number i stands in an index text as this number plus i. An input of an error that is such a number, or a
# container of such numbers, is the index text's and not one that a validator made up or that the document has.
FIRST_INDEX: Final = random.SystemRandom().randrange(1 << 60, 1 << 61)

MOST_SPELLINGS: Final = 1000
"""How many spellings of its tags a union caches."""

IndexText = Callable[[list[str | int], list[Any], Any], str]
"""Gives the index text of a container from the keys, the settled children and the JSON value."""


class Run:
    """What one parser passes to validation: pydantic's own arguments, and the value for absent fields."""

    __slots__ = ("arguments", "missing")

    def __init__(self, options: Options) -> None:
        self.missing = options.missing
        given = {
            "strict": options.strict,
            "context": options.context,
            "by_alias": options.by_alias,
            "by_name": options.by_name,
        }
        self.arguments: dict[str, Any] = {name: value for name, value in given.items() if value is not None}


class _Settled(threading.local):
    """The settled children of the closing node; a stack, because a validator may itself parse."""

    def __init__(self) -> None:
        self.stack: list[list[Any]] = []


settled_children = _Settled()


class _Default:
    """A default value on its way through ``replay`` to the real validator (``validate_default``).

    It is hashable if the value is, so that pydantic copies it exactly when it would copy the value.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return hash(self.value)


def _replay(value: Any) -> Any:
    children = settled_children.stack[-1]
    if type(value) is not int or not 0 <= value - FIRST_INDEX < len(children):
        # The text of an extra key that is also a way to a field.
        return value
    result = children[value - FIRST_INDEX]
    if type(result) is Failure:
        raise _failed(result)
    return result


def _replay_or_default(value: Any, validate: Callable[[Any], Any]) -> Any:
    if type(value) is not _Default:
        return _replay(value)
    try:
        return validate(value.value)
    except ValidationError as error:
        # Told as it is: its inputs are the default's, even if they look like those of an index text.
        raise _failed(Failure(error.with_traceback(None))) from None


def _replay_only(value: Any) -> Any:
    result = settled_children.stack[-1][0]
    if type(result) is Failure:
        raise _failed(result)
    return result


def replayed() -> Schema:
    """The stand-in for a child in a skeleton."""
    return core_schema.no_info_plain_validator_function(_replay)


def replayed_or_default(schema: Schema) -> Schema:
    """The stand-in for a child whose default is validated by its own schema."""
    return core_schema.no_info_wrap_validator_function(_replay_or_default, schema)


def replayed_only() -> Schema:
    """The stand-in for the only child of a skeleton, whatever its index text looks like."""
    return core_schema.no_info_plain_validator_function(_replay_only)


def default_to_replay(schema: Schema) -> Schema:
    """The parts of a validated default that send it past the settled children to the real validator."""
    if "default" in schema:
        return {"default": _Default(schema["default"])}
    factory = schema["default_factory"]
    if schema.get("default_factory_takes_data"):
        return {"default_factory": lambda data: _Default(factory(data))}
    return {"default_factory": lambda: _Default(factory())}


# Index texts.


def list_text(keys: list[str | int], settled: list[Any], value: Any) -> str:
    return "[" + ",".join(map(str, range(FIRST_INDEX, FIRST_INDEX + len(settled)))) + "]"


def dict_text(keys: list[str | int], settled: list[Any], value: Any) -> str:
    # Each pair is validated, repeated keys too.
    return "{" + ",".join([f"{json.dumps(key)}:{FIRST_INDEX + index}" for index, key in enumerate(keys)]) + "}"


def child_text(settled: list[Any], index: int) -> str:
    """A child in an index text: its index, or its own text where the skeleton settles it."""
    child = settled[index]
    return child.text if type(child) is RawText else str(FIRST_INDEX + index)


# Running skeletons.


def closer(
    write: IndexText, skeleton: SchemaValidator, hide_input: bool = False
) -> Callable[[list[str | int], list[Any], Any, Run], Any]:
    """Settles a container from its settled children; ``write`` gives its index text."""
    validate = skeleton.validate_json

    def close(keys: list[str | int], settled: list[Any], value: Any, run: Run) -> Any:
        text = write(keys, settled, value)
        stack = settled_children.stack
        stack.append(settled)
        try:
            return validate(text, **run.arguments)
        except SchemaError as error:
            return waived(error)
        except ValidationError as error:
            indexes = range(FIRST_INDEX, FIRST_INDEX + len(keys))
            written: Any = None

            def restore(given: Any) -> Any:
                if type(given) is int and given in indexes:
                    return value[keys[given - FIRST_INDEX]]
                if type(given) is type(value):
                    nonlocal written
                    if written is None:
                        written = json.loads(text)
                    if given == written:
                        return value
                return given

            return _failure(error, restore, hide_input)
        finally:
            stack.pop()

    return close


VALUES: Final = 0
FAILURES: Final = 1
WAIVERS: Final = 2


class After:
    """What a node adds to what is inside it: a skeleton with one child, over the node's settled inside.

    ``text`` is the index text, with the first index. ``over`` says where it runs: over ``VALUES``, over all
    ``FAILURES``, or only over those with ``WAIVERS``. Called with the result or Failure, the JSON value and the run.
    """

    __slots__ = ("hide_input", "make_skeleton", "over", "text", "validate")

    def __init__(
        self, make_skeleton: Callable[[], SchemaValidator], text: str, hide_input: bool, over: int = VALUES
    ) -> None:
        self.make_skeleton = make_skeleton
        self.text = text
        self.hide_input = hide_input
        self.over = over
        self.validate: Callable[..., Any] | None = None

    def __call__(self, result: Any, value: Any, run: Run) -> Any:
        if (type(result) is Failure) is (self.over == VALUES):
            return result
        if self.over == WAIVERS and result.waiver is None:
            return result
        if self.validate is None:
            self.validate = self.make_skeleton().validate_json
        stack = settled_children.stack
        stack.append([result])
        try:
            return self.validate(self.text, **run.arguments)
        except SchemaError as error:
            return waived(error)
        except ValidationError as error:

            def restore(given: Any) -> Any:
                if type(given) in (int, list, dict) and given in (FIRST_INDEX, [FIRST_INDEX], {"": FIRST_INDEX}):
                    return value
                return given

            return _failure(error, restore, self.hide_input)
        finally:
            stack.pop()


def over_shape(shape: Shape, after: After | None, whole: bool) -> Shape:
    """The same container, with something added when it closes; with ``whole`` it is not shown before."""
    inner = shape.close

    def close(keys: list[str | int], settled: list[Any], value: Any, run: Run) -> Any:
        result = inner(keys, settled, value, run)
        return result if after is None else after(result, value, run)

    made = Shape(
        inner if after is None else close, shape.children, shape.rest, shape.wrap, shape.items, whole or shape.whole
    )
    made.mark = shape.mark
    made.marked = shape.marked
    if after is None or after.over != VALUES:
        made.is_plain = shape.is_plain
        made.is_direct = shape.is_direct
        made.quick = shape.quick
    return made


def over_switch(switch: Switch, after: After | None, whole: bool) -> Switch:
    """The same decision, with something added when the object closes."""
    made: dict[int, tuple[Plan, Plan]] = {}

    def decide(text: str, run: Run) -> Plan | None:
        plan = switch.decide(text, run)
        if plan is None:
            return None
        if id(plan) not in made:
            if len(made) >= MOST_SPELLINGS:
                return over_plan(plan, after, whole)
            made[id(plan)] = plan, over_plan(plan, after, whole)
        return made[id(plan)][1]

    return Switch(switch.key, decide)


def over_plan(plan: Plan, after: After | None, whole: bool = False) -> Plan:
    """A plan that follows an object like ``plan``, with something added when it closes."""
    made = Plan(plan.settle)
    made.whole = plan.whole or whole
    if plan.object is not None:
        made.object = over_shape(plan.object, after, whole)
    if plan.switch is not None:
        made.switch = over_switch(plan.switch, after, whole)
    return made


# Errors.


class Collected:
    """A ValidationError that is made when called: lines of its own, and the errors of children in their places."""

    __slots__ = ("hide_input", "lines", "title")

    def __init__(self, title: str, lines: list[Line], hide_input: bool) -> None:
        self.title = title
        self.lines = lines
        self.hide_input = hide_input

    def __call__(self) -> ValidationError:
        details: list[InitErrorDetails] = []
        # The errors that are being told, innermost last, each with its location.
        todo: list[tuple[Location, Iterator[Line]]] = [((), iter(self.lines))]
        while todo:
            around, lines = todo[-1]
            line = next(lines, None)
            if line is None:
                todo.pop()
                continue
            location, told = line
            if type(told) is Failure:
                todo.append(((*around, *location), iter(_lines_of(told))))
            else:
                details.append({**told, "loc": (*around, *location)})
        return ValidationError.from_exception_data(self.title, details, "json", self.hide_input)


Location = tuple[int | str, ...]
Line = tuple[Location, InitErrorDetails | Failure]
"""A line of an error, or the child that failed, and the location relative to the error."""


def waived(error: SchemaError) -> Failure:
    """What a validator gives that was left with a value for a container around it to leave out or to replace.

    Raises:
        SchemaError: it says something else.
    """
    message = str(error)
    for word, waiver in (("Omit", PydanticOmit), ("UseDefault", PydanticUseDefault)):
        if message.startswith("Uncaught ") and word in message:
            return Failure(error.with_traceback(None), None, waiver())
    raise error


def _failed(child: Failure) -> Exception:
    """Stands in a skeleton's error for that of a child."""
    if child.waiver is not None:
        return child.waiver.with_traceback(None)
    return PydanticCustomError("failed_child", "a child failed", {"failure": child})


def _lines_of(failure: Failure) -> list[Line]:
    """What an error is made of, without making it."""
    make = failure.make
    if isinstance(make, Collected):
        return make.lines
    error = failure.error
    assert isinstance(error, ValidationError)
    return [(line["loc"], _detail(line, line["input"])) for line in error.errors()]


def _failure(error: ValidationError, restore: Callable[[Any], Any], hide_input: bool) -> Failure:
    """What a skeleton's error says, with the errors of its children and with the document's own values as inputs."""
    lines: list[Line] = []
    changed = False
    for line in error.errors():
        child = line.get("ctx", _NO_CONTEXT).get("failure")
        if type(child) is Failure:
            lines.append((line["loc"], child))
            changed = True
            continue
        given = restore(line["input"])
        changed = changed or given is not line["input"]
        lines.append((line["loc"], _detail(line, given)))
    if not changed:
        return Failure(error.with_traceback(None))
    return Failure(None, Collected(error.title, lines, hide_input))


_NO_CONTEXT: Final[dict[str, Any]] = {}


def _detail(line: Any, given: Any) -> InitErrorDetails:
    """A line of an error, to be told again with this input."""
    detail: InitErrorDetails = {"type": line["type"], "input": given}
    context = line.get("ctx")
    if "url" not in line:
        # A validator's own error: pydantic has no documentation page for it, and its type may be any string.
        detail["type"] = PydanticCustomError(line["type"], line["msg"], context)
    elif context is not None:
        detail["ctx"] = context
    return detail
