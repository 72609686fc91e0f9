"""Models, dataclasses, typed dictionaries and named tuples: containers whose children have names.

They differ in their core schemas and in what is shown of them (``Partial`` for classes, the dict or list of what has
come for the others), and are followed in the same way. A field is one of two kinds:

*settled*: it settles when it closes, and stands in the skeleton as its index.
*raw*: what it takes its value from is known only when the object closes (alias choices and paths, two fields that
share a key), or its validator wants to see other fields. Its own text goes into the index text, its own schema into
the skeleton.

Defaults stay in the skeleton, and so does a validator that runs after the field and wants to see the ones before it.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic_core import ValidationError, core_schema

from partialjson._core.plan import FIRST, HIDDEN, RAW, Child, Plan, Shape
from partialjson.typed.dumps import awaited_by_functions
from partialjson.typed.partial import maker_of, mark_unfinished, partial_class
from partialjson.typed.schemas import Schema, Scope, Unsupported, bare, config_inside, extra_of, fields_of, known
from partialjson.typed.skeletons import (
    FIRST_INDEX,
    IndexText,
    Run,
    child_text,
    closer,
    default_to_replay,
    list_text,
    replayed,
    replayed_or_default,
    settled_children,
)

if TYPE_CHECKING:
    from partialjson.typed.compiler import Compiler

__all__ = ["follow_object", "inside_afters"]

# The kinds of node that stand in a skeleton for a child.
_REPLAYED = (replayed()["type"], "function-wrap")


def follow_object(compiler: Compiler, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
    """Follow an object with named children, perhaps inside validators that run after it.

    Raises:
        Unsupported: it is atomic.
    """
    node = inside_afters(compiler, schema)
    fields = _Fields(compiler, node, config)
    # What the fields refer to is built like what they hold; a class itself uses nothing but its own configuration.
    built = fields.config.base if isinstance(fields.config, Scope) and node["type"] != "named-tuple" else config
    skeleton = compiler.skeleton(schema, _rewrap(compiler, schema, fields.skeleton()), built)
    wrap = fields.wrap()
    if node["type"] in ("model", "dataclass"):
        fields.probe()
    hide_input = compiler.hides_input(schema, fields.config)
    plan.object = Shape(closer(fields.index_text(), skeleton, hide_input), fields.children, fields.rest, wrap)
    fields.mark(plan.object)
    if node is schema:
        plan.object.quick = fields.quick()
        plan.object.is_direct = plan.object.quick is not None and fields.are_shown_as_they_come()
    if node["type"] == "named-tuple":
        items = list(fields.by_name.values())
        if not fields.has_raw:
            plan.array = Shape(closer(list_text, skeleton, hide_input), {}, None, None, items)


def inside_afters(compiler: Compiler, schema: Schema) -> Schema:
    """The schema inside the validators that run after it."""
    while schema["type"] == "function-after":
        known(schema)
        schema = compiler.specs.resolve(schema["schema"])
    return schema


def _rewrap(compiler: Compiler, schema: Schema, inside: Schema) -> Schema:
    """``schema`` with another schema inside, but the same validators around it."""
    schema = compiler.specs.resolve(schema)
    if schema["type"] != "function-after":
        return inside
    return {**bare(schema), "schema": _rewrap(compiler, schema["schema"], inside)}


class _Fields:
    """The fields of one object: their plans, and the parts of its skeleton."""

    def __init__(self, compiler: Compiler, node: Schema, config: dict[str, Any]) -> None:
        known(node)
        self.compiler = compiler
        self.node = node
        self.kind: str = node["type"]
        # Classes have configurations of their own; a named tuple uses the enclosing one.
        self.config = config_inside(node, config)
        self.holder = node["schema"] if self.kind in ("model", "dataclass") else node
        if self.kind == "model" and (
            node.get("custom_init") or node.get("root_model") or self.holder["type"] != "model-fields"
        ):
            raise Unsupported
        if self.kind == "dataclass" and self.holder["type"] != "dataclass-args":
            raise Unsupported
        known(self.holder)
        self.extra = extra_of(self.holder, self.config)

        self.children: dict[str, Child] = {}
        self.by_name: dict[str, Child] = {}
        self.schemas: dict[str, Schema] = {}
        # For each second key of a field, the one that pydantic looks for first.
        self.first_of: dict[str, str] = {}
        self.has_raw = False
        self.rest: Plan | None = None
        self.read_fields()
        self.read_extras()

    def read_fields(self) -> None:
        fields = fields_of(self.holder)
        ways = {name: self.document_keys(name, field) for name, field in fields.items()}
        shared = Counter(key for keys, _ in ways.values() for key in set(keys))
        for name, field in fields.items():
            known(field)
            keys, is_fixed = ways[name]
            child: Child | None = None
            if is_fixed and all(shared[key] == 1 for key in keys):
                child = self.settled_field(name, field)
            if child is None:
                child = Child(name, None, RAW)
                self.has_raw = True
                self.schemas[name] = field
            else:
                self.first_of.update((key, keys[0]) for key in keys[1:])
            self.by_name[name] = child
            self.children[keys[0]] = child
            for number, key in enumerate(keys[1:], 1):
                after = () if child.plan is None else tuple(keys[:number])
                self.children[key] = Child(name, child.plan, child.traits, after)

    def settled_field(self, name: str, field: Schema) -> Child | None:
        """The child for a field that settles when it closes; None if it cannot."""
        if field.get("init") is False:
            # It is not an argument of the class; pydantic skips it.
            self.schemas[name] = field
            return Child(name, None, HIDDEN)
        try:
            plan, schema = self.split(field["schema"])
        except Unsupported:
            return None
        self.schemas[name] = {**field, "schema": schema}
        traits = HIDDEN if field.get("init_only") else 0
        if "First" in self.compiler.markers(field["schema"]):
            traits |= FIRST
        return Child(name, plan, traits)

    def split(self, schema: Schema, has_default: bool = False) -> tuple[Plan, Schema]:
        """The plan for what settles when a field closes, and the field's schema in the skeleton.

        ``has_default`` says that a default is to be validated by the schema.

        Raises:
            Unsupported: it cannot settle before its object closes.
        """
        kind = schema["type"]
        if kind == "default":
            known(schema)
            if schema.get("on_error", "raise") != "raise":
                raise Unsupported
            checked = bool(schema.get("validate_default", self.config.get("validate_default", False)))
            plan, skeleton = self.split(schema["schema"], checked)
            return plan, {**schema, "schema": skeleton, **(default_to_replay(schema) if checked else {})}
        if kind == "function-after" and schema["function"]["type"] == "with-info":
            known(schema)
            plan, skeleton = self.split(schema["schema"], has_default)
            return plan, {**schema, "schema": skeleton}
        if self.compiler.asks_for_info(schema):
            raise Unsupported
        plan = self.compiler.child(schema, self.config)
        if not has_default:
            return plan, replayed()
        return plan, replayed_or_default(self.compiler.by_reference(schema))

    def document_keys(self, name: str, field: Schema) -> tuple[list[str], bool]:
        """The keys from which a field may take its value; the one that pydantic looks for first comes first.

        Also: is the value under the key always the field's value, whichever keys the object has?
        """
        ways = self.compiler.specs.ways(name, field, self.config)
        alias = field.get("validation_alias")
        is_fixed = alias is None or isinstance(alias, str) or ways == ((name,),)
        return list(dict.fromkeys(str(way[0]) for way in ways)), is_fixed

    def read_extras(self) -> None:
        if self.extra != "allow":
            return
        typed = self.holder.get("extras_schema")
        if self.kind == "dataclass" or (typed is not None and (self.first_of or self.has_raw)):
            # Extra values of a dataclass pass no validator in which a settled value could replace them.
            raise Unsupported
        self.rest = self.compiler.child(typed, self.config) if typed is not None else self.compiler.anything()
        for name in self.by_name:
            # An extra key with the name of a field would be taken for it.
            self.children.setdefault(name, Child(name, self.rest, HIDDEN))

    def skeleton(self) -> Schema:
        return self.rebuilt(self.schemas)

    def rebuilt(self, schemas: dict[str, Schema]) -> Schema:
        """The node with other schemas for its fields."""
        given = self.holder["fields"]
        holder = {**bare(self.holder), "fields": schemas if isinstance(given, dict) else list(schemas.values())}
        if self.extra == "allow":
            holder["extras_schema"] = replayed()
        return holder if self.holder is self.node else {**bare(self.node), "schema": holder}

    def wrap(self) -> Any:
        if self.kind not in ("model", "dataclass"):
            return None
        try:
            make = maker_of(partial_class(self.node["cls"]))
        except TypeError as error:
            # Pydantic knows nothing of its fields, as with BaseModel itself.
            raise Unsupported from error

        def wrap(members: dict[str, Any], run: Run) -> Any:
            return make(members, run.missing)

        return wrap

    def mark(self, shape: Shape) -> None:
        """Have partial objects told which fields are open, if functions serialize some."""
        if self.kind in ("model", "dataclass"):
            awaited = awaited_by_functions(fields_of(self.holder), self.compiler.definitions)
            if awaited:
                shape.mark = mark_unfinished
                shape.marked = frozenset(awaited)

    def index_text(self) -> IndexText:
        first_of = self.first_of if self.extra == "allow" else {}
        ignores = self.extra == "ignore"
        quoted = {key: json.dumps(key) for key, child in self.children.items()}

        def write(keys: list[str | int], settled: list[Any], value: Any) -> str:
            # The last of a repeated key counts.
            last = {key: index for index, key in enumerate(keys)}
            for second, first in first_of.items():
                if second in last and first in last:
                    # The field is found under its first key, so the second is one more key.
                    settled[last[second]] = value[second]
            parts = []
            for key, index in last.items():
                name = quoted.get(key)  # type: ignore[arg-type]
                if name is None:
                    if ignores:
                        continue
                    name = json.dumps(key)
                parts.append(f"{name}:{child_text(settled, index)}")
            return "{" + ",".join(parts) + "}"

        return write

    def are_shown_as_they_come(self) -> bool:
        """Is every key that counts shown under its own name?"""
        return self.extra == "ignore" and all(
            child.name == key and child.traits & (HIDDEN | RAW) == 0 and child.plan is not None
            for key, child in self.children.items()
        )

    def quick(self) -> Callable[[dict[str, Any], Run], Any] | None:
        """Makes the object of a plain model in Python mode, if nothing can fail and nothing depends on the mode.

        That is the case if no user function except a default factory is called and nothing is strict. It returns None
        for an object that lacks a required field or has a forbidden key.
        """
        if self.kind != "model" or self.extra == "allow" or self.first_of or self.has_raw:
            return None
        strict = (self.node, self.holder, self.config)
        if any(each.get("strict") for each in strict) or self.node.get("post_init"):
            return None
        schemas: dict[str, Schema] = {}
        required: list[str] = []
        for (name, field), key in zip(fields_of(self.holder).items(), self.children, strict=True):
            inside = field["schema"]
            if inside["type"] != "default":
                required.append(key)
                schemas[name] = {**field, "schema": core_schema.any_schema()}
            elif inside.get("strict") or inside.get("validate_default", self.config.get("validate_default", False)):
                return None
            else:
                schemas[name] = {**field, "schema": {**bare(inside), "schema": core_schema.any_schema()}}
            if self.schemas[name]["schema"]["type"] not in ("default", *_REPLAYED):
                # A validator that runs in the skeleton.
                return None
            if inside["type"] == "default" and self.schemas[name]["schema"]["schema"]["type"] not in _REPLAYED:
                return None
        known_keys = self.children.keys()
        ignores = self.extra == "ignore"
        validate: Callable[..., Any] | None = None
        schema = self.rebuilt(schemas)
        required_keys = frozenset(required)
        # If no user code is called on the way, trying is a safe way to find out what is missing.
        tries = not any("default_factory" in each["schema"] for each in schemas.values())

        def quick(last: dict[str, Any], run: Run) -> Any:
            nonlocal validate
            if not tries and not required_keys <= last.keys():
                return None
            if not ignores and not last.keys() <= known_keys:
                return None
            if validate is None:
                validate = self.compiler.validator(schema, {}, prebuilt=False).validate_python
            arguments = run.arguments
            if arguments.get("strict"):
                return None
            try:
                return validate(last, **arguments) if arguments else validate(last)
            except ValidationError:
                if not tries:
                    raise
                return None

        return quick

    def probe(self) -> None:
        """Do settled children survive this skeleton? Then pydantic has not put another validator in its place.

        Raises:
            Unsupported: they do not, or no object of the class can be made in this way.
        """
        names = [name for name, field in self.schemas.items() if not field.get("init_only") and field.get("init", True)]
        schemas = {}
        for name, field in self.schemas.items():
            field = {**field, "schema": replayed(), "validation_alias": f"probe {name}"}
            schemas[name] = field
        schema = self.rebuilt(schemas)
        schema.pop("post_init", None)
        keys = [name for name, field in schemas.items() if field.get("init", True)]
        sentinels = [object() for _ in keys]
        text = "{" + ",".join(f"{json.dumps(f'probe {name}')}:{FIRST_INDEX + i}" for i, name in enumerate(keys)) + "}"
        settled_children.stack.append(sentinels)
        made: Any
        try:
            made = self.compiler.validator(schema, {}, prebuilt=False).validate_json(text, by_alias=True)
            # A class may compute attributes on access, so its objects are not asked.
            found = getattr(made, "__dict__", None)
            if found is None or any(name not in found for name in names):
                found = {name: getattr(made, name, None) for name in names}
        except ValidationError:
            found = {}
        except Exception as error:
            # An abstract class, or one with its own way to make objects.
            raise Unsupported from error
        finally:
            settled_children.stack.pop()
        if any(found.get(name) is not each for name, each in zip(keys, sentinels, strict=True) if name in names):
            warnings.warn(
                f"{self.node['cls'].__name__} cannot be validated field by field with this version of pydantic; it "
                "will be shown only when it is complete",
                RuntimeWarning,
                stacklevel=2,
            )
            raise Unsupported
