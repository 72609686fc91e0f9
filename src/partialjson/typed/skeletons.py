"""Index skeletons: how a container settles from its settled children, with nothing validated twice.

A container's *shell* is its own core schema in which each child is swapped for ``replay``. When it closes, the shell
validates in JSON mode a tiny text in which each child is its index among the settled ones: ``{"name":0,"tags":1}``,
``[0,1,2]``. ``replay`` gives the settled value for an index, or raises the child's ValidationError again. So pydantic
itself does the order of errors, their locations, defaults, extras, missing fields, model validators and post-init, as
it would in one shot. Where the shell itself complains, the input in its complaint is the skeleton's, and is put right
afterwards; to tell it from others, the indexes are counted from a large random number.

A node that adds something to what is inside it (a validator that runs after it, a root model, a union) has a shell
with one child, which runs over the settled one.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from typing import Any, Final

from pydantic_core import InitErrorDetails, PydanticCustomError, SchemaValidator, ValidationError, core_schema

from partialjson._core.plan import Failure, Plan, RawText, Shape, Switch
from partialjson.typed.schemas import Schema

# Child number i stands in a skeleton as this number plus i. An input of an error that is such a number, or a container
# of such numbers, is the skeleton's and not one that a validator made up or that the document has.
FIRST_INDEX: Final = random.SystemRandom().randrange(1 << 60, 1 << 61)

MOST_SPELLINGS: Final = 1000
"""How many spellings of its tags a union remembers."""

Skeleton = Callable[[list[str | int], list[Any], Any], str]
"""Gives the skeleton of a container from the keys, the settled children and the JSON value."""


class Run:
    """What one parser passes to validation: pydantic's own arguments, and its stand-in for absent values."""

    __slots__ = ("arguments", "missing")

    def __init__(
        self,
        missing: Any,
        strict: bool | None,
        context: Any,
        by_alias: bool | None,
        by_name: bool | None,
    ) -> None:
        self.missing = missing
        given = {"strict": strict, "context": context, "by_alias": by_alias, "by_name": by_name}
        self.arguments: dict[str, Any] = {name: value for name, value in given.items() if value is not None}


class _Settled(threading.local):
    """The settled children of the node that closes; a stack, because a validator may itself parse."""

    def __init__(self) -> None:
        self.stack: list[list[Any]] = []


settled_children = _Settled()


class _Default:
    """A default value on its way through ``replay`` to the real validator (``validate_default``).

    It is hashable where the value is, so that pydantic copies it exactly where it would copy the value.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return hash(self.value)


def _replay(value: Any, validate: Callable[[Any], Any]) -> Any:
    if type(value) is _Default:
        return validate(value.value)
    if type(value) is not int or value < FIRST_INDEX:
        # The text of an extra key that is also a way to a field.
        return value
    result = settled_children.stack[-1][value - FIRST_INDEX]
    if type(result) is Failure:
        raise result.error
    return result


def _replay_only(value: Any) -> Any:
    result = settled_children.stack[-1][0]
    if type(result) is Failure:
        raise result.error
    return result


def replayed(schema: Schema | None = None) -> Schema:
    """The stand-in for a child in a shell; around its own schema where a default may have to be validated."""
    return core_schema.no_info_wrap_validator_function(_replay, schema or core_schema.any_schema())


def replayed_only() -> Schema:
    """The stand-in for the only child of a shell, whatever the skeleton looks like."""
    return core_schema.no_info_plain_validator_function(_replay_only)


def default_to_replay(schema: Schema) -> Schema:
    """The parts of a validated default that send it past the settled children to the real validator."""
    if "default" in schema:
        return {"default": _Default(schema["default"])}
    factory = schema["default_factory"]
    if schema.get("default_factory_takes_data"):
        return {"default_factory": lambda data: _Default(factory(data))}
    return {"default_factory": lambda: _Default(factory())}


# Skeletons.


def list_skeleton(keys: list[str | int], settled: list[Any], value: Any) -> str:
    return "[" + ",".join(map(str, range(FIRST_INDEX, FIRST_INDEX + len(settled)))) + "]"


def dict_skeleton(keys: list[str | int], settled: list[Any], value: Any) -> str:
    # Each pair is validated, repeated keys too.
    return "{" + ",".join([f"{json.dumps(key)}:{FIRST_INDEX + index}" for index, key in enumerate(keys)]) + "}"


def index_text(settled: list[Any], index: int) -> str:
    """A child in a skeleton: its index, or its own text where the shell settles it."""
    child = settled[index]
    return child.text if type(child) is RawText else str(FIRST_INDEX + index)


# Running shells.


def closer(
    skeleton: Skeleton, shell: SchemaValidator, config: dict[str, Any] | None = None
) -> Callable[[list[str | int], list[Any], Any, Run], Any]:
    """Settles a container from its settled children."""
    validate = shell.validate_json
    hide_input = bool(config and config.get("hide_input_in_errors"))

    def close(keys: list[str | int], settled: list[Any], value: Any, run: Run) -> Any:
        text = skeleton(keys, settled, value)
        stack = settled_children.stack
        stack.append(settled)
        try:
            return validate(text, **run.arguments)
        except ValidationError as error:
            indexes = range(FIRST_INDEX, FIRST_INDEX + len(keys))

            def restore(given: Any) -> Any:
                if type(given) is int and given in indexes:
                    return value[keys[given - FIRST_INDEX]]
                if type(given) is type(value) and _is_skeleton(given, indexes, text):
                    return value
                return given

            return Failure(_with_inputs(error, restore, hide_input))
        finally:
            stack.pop()

    return close


class After:
    """What a node adds to what is inside it: a shell with one child, over the node's settled inside.

    ``text`` is its skeleton, with the first index. With ``failures_only`` it only adds to errors, else it only runs
    where there is a value. Called with the result or Failure, the JSON value and the run.
    """

    __slots__ = ("failures_only", "hide_input", "make_shell", "text", "validate")

    def __init__(
        self, make_shell: Callable[[], SchemaValidator], text: str, hide_input: bool, failures_only: bool
    ) -> None:
        self.make_shell = make_shell
        self.text = text
        self.hide_input = hide_input
        self.failures_only = failures_only
        self.validate: Callable[..., Any] | None = None

    def __call__(self, result: Any, value: Any, run: Run) -> Any:
        if (type(result) is Failure) is not self.failures_only:
            return result
        if self.validate is None:
            self.validate = self.make_shell().validate_json
        stack = settled_children.stack
        stack.append([result])
        try:
            return self.validate(self.text, **run.arguments)
        except ValidationError as error:

            def restore(given: Any) -> Any:
                if type(given) in (int, list, dict) and given in (FIRST_INDEX, [FIRST_INDEX], {"": FIRST_INDEX}):
                    return value
                return given

            return Failure(_with_inputs(error, restore, self.hide_input))
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
    made.allowed = shape.allowed
    made.most = shape.most
    if after is None or after.failures_only:
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
    """A plan for an object that is followed as by ``plan``, with something added when it closes."""
    made = Plan(plan.settle)
    made.whole = plan.whole or whole
    if plan.object is not None:
        made.object = over_shape(plan.object, after, whole)
    if plan.switch is not None:
        made.switch = over_switch(plan.switch, after, whole)
    return made


# Errors.


def _with_inputs(error: ValidationError, restore: Callable[[Any], Any], hide_input: bool) -> ValidationError:
    """The same error with the document's own values as inputs, where the shell itself complained of the skeleton."""
    details: list[InitErrorDetails] = []
    changed = False
    line: Any
    for line in error.errors():
        given = restore(line["input"])
        changed = changed or given is not line["input"]
        context = line.get("ctx")
        detail: InitErrorDetails = {"type": line["type"], "loc": line["loc"], "input": given}
        if "url" not in line:
            # A validator's own error: pydantic has no page on it, and it may call itself anything.
            detail["type"] = PydanticCustomError(line["type"], line["msg"], context)
        elif context is not None:
            detail["ctx"] = context
        details.append(detail)
    if not changed:
        return error.with_traceback(None)
    return ValidationError.from_exception_data(error.title, details, "json", hide_input)


def _is_skeleton(given: Any, indexes: range, skeleton: str) -> bool:
    """Is this input of an error the skeleton itself?"""
    if not given:
        return len(skeleton) == 2
    children = given.values() if isinstance(given, dict) else given
    return any(type(child) is int and child in indexes for child in children)
