"""Lists, sets, tuples, deques and dictionaries: containers whose children have no names of their own.

While such a container is open, it is shown as the list or dict of what has come, in the order and under the keys of the
document. When it closes, the set, the tuple or the dict with validated keys takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from partialjson._core.plan import Child, Plan, Shape
from partialjson._core.spec import STRING
from partialjson.typed.schemas import Schema, Unsupported, bare, exact_kinds, known
from partialjson.typed.skeletons import closer, dict_text, list_text, replayed

if TYPE_CHECKING:
    from partialjson.typed.compiler import Compiler

__all__ = ["follow_array", "follow_dict", "follow_tuple"]

_NO_KEYS: Final = {"type": ""}


def follow_array(compiler: Compiler, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
    """A list, set, frozenset or deque.

    Raises:
        Unsupported: it is atomic.
    """
    items = schema.get("items_schema")
    known(schema)
    if items is None:
        if schema["type"] == "list":
            # Plain JSON, unless its length is limited.
            raise Unsupported
        return
    skeleton = compiler.skeleton(schema, {**bare(schema), "items_schema": replayed()}, config)
    close = closer(list_text, skeleton, compiler.hides_input(schema, config))
    plan.array = Shape(close, {}, compiler.child(items, config))
    plan.array.is_plain = schema["type"] == "list" and not schema.keys() & {"min_length", "max_length"}
    plan.array.is_direct = plan.array.is_plain


def follow_tuple(compiler: Compiler, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
    """A tuple whose places are fixed, or of which only the last one repeats.

    Raises:
        Unsupported: the place of an element is known only at the end.
    """
    known(schema)
    schemas = schema["items_schema"]
    variadic = schema.get("variadic_item_index")
    if variadic is not None and variadic != len(schemas) - 1:
        raise Unsupported
    skeleton_items = [replayed() for _ in schemas]
    skeleton = compiler.skeleton(schema, {**bare(schema), "items_schema": skeleton_items}, config)
    plans = [compiler.child(each, config) for each in schemas]
    rest = plans.pop() if variadic is not None else None
    items = [Child("", each) for each in plans]
    plan.array = Shape(closer(list_text, skeleton, compiler.hides_input(schema, config)), {}, rest, None, items)


def follow_dict(compiler: Compiler, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
    """A dict; its keys are validated when it closes.

    Raises:
        Unsupported: it is atomic.
    """
    values = schema.get("values_schema")
    known(schema)
    if values is None:
        raise Unsupported
    skeleton = compiler.skeleton(schema, {**bare(schema), "values_schema": replayed()}, config)
    close = closer(dict_text, skeleton, compiler.hides_input(schema, config))
    plan.object = Shape(close, {}, compiler.child(values, config))
    keys, keys_config = compiler.specs.enter(schema.get("keys_schema", _NO_KEYS), config)
    plan.object.is_plain = (
        schema["type"] == "dict"
        and not schema.keys() & {"min_length", "max_length"}
        and exact_kinds(keys, keys_config) == STRING
    )
    plan.object.is_direct = plan.object.is_plain
