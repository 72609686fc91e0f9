"""Compiles pydantic core schemas to plans, so that each value is validated once, when it closes.

A node is *followed inside*, and settles from its settled children by its shell (``shells``), or it is *atomic*: what
this compiler does not know is settled whole from its text when it closes, by pydantic alone: later, and as correct.
Every kind of node is checked against the keys known for it (``schemas``); one unknown key makes it atomic. Which kinds
are followed, and how, is told in the modules they are in: ``objects``, ``containers``, ``unions``.

*Prebuilt validators.* pydantic-core swaps the schema of a complete model class for the validator of that class, which
would validate the original children. Shells are built with that off, and the shell of each model and dataclass is
probed once with sentinels; one whose sentinels do not come back is atomic.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any

from pydantic import PydanticUserError, TypeAdapter
from pydantic_core import SchemaValidator, ValidationError, core_schema

from partialjson._core.plan import ANYTHING, ARRAY, NULL, OBJECT, Failure, Plan
from partialjson.typed.bounds import bounds_of
from partialjson.typed.containers import follow_array, follow_dict, follow_tuple
from partialjson.typed.objects import follow_object, inside_afters
from partialjson.typed.schemas import (
    ARRAYS,
    OBJECTS,
    TAKEN,
    Schema,
    Unsupported,
    bare,
    exact_kinds,
    kinds_by_value,
    known,
    marks,
    previews,
    references,
)
from partialjson.typed.skeletons import FIRST_INDEX, After, Run, over_shape, over_switch, replayed_only
from partialjson.typed.targets import adapter_of, config_of, fingerprint
from partialjson.typed.unions import follow_tagged_union, follow_union

__all__ = ["Compiler", "Run", "compile_plan", "fingerprint"]


def compile_plan(target: Any, by_alias: bool | None = None, by_name: bool | None = None) -> Plan:
    """The plan for a target: a type pydantic understands, or a TypeAdapter. Plans are cached.

    Raises:
        PydanticUserError: pydantic does not understand the target, or would find its fields under no name at all.
        PydanticUndefinedAnnotation: the target refers to a name that is not defined.
    """
    if by_alias is False and by_name is not True:
        raise PydanticUserError(
            "At least one of `by_alias` or `by_name` must be set to True.",
            code="validate-by-alias-and-name-false",
        )
    # ``int | bool`` and ``bool | int`` are equal, and validate differently.
    spelling = "" if isinstance(target, type | TypeAdapter) else repr(target)
    try:
        return _cached_plan(target, spelling, by_alias, by_name)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
    return _compile(target, spelling, by_alias, by_name)


def _compile(target: Any, spelling: str, by_alias: bool | None, by_name: bool | None) -> Plan:
    adapter = adapter_of(target)
    return Compiler(adapter.core_schema, config_of(adapter), adapter.validator.title, by_alias, by_name).root()


_cached_plan = lru_cache(maxsize=512)(_compile)

# Nodes that add nothing in JSON mode where a value is there, and the key of what is inside them.
_TRANSPARENT = {"nullable": "schema", "default": "schema", "json-or-python": "json_schema"}


class Compiler:
    """Compiles one core schema; plans are shared by schema node and configuration, so recursion closes."""

    def __init__(
        self, schema: Schema, config: dict[str, Any], title: str, by_alias: bool | None, by_name: bool | None
    ) -> None:
        self.config = config
        self.title = title
        self.by_alias = by_alias
        self.by_name = by_name
        self.definitions: dict[str, Schema] = {}
        if schema["type"] == "definitions":
            self.definitions = {each["ref"]: each for each in schema["definitions"]}
            schema = schema["schema"]
        self.schema = schema
        self.plans: dict[tuple[int, int, frozenset[str]], Plan] = {}
        # Plans that follow the same containers as another one, which may still be in the making: for each the other
        # one, for which kinds, and what is added.
        self.delegates: dict[int, list[tuple[Plan, Plan, int, After | None]]] = {}

    def root(self) -> Plan:
        plan = self.plan(self.schema, self.config)
        for each in list(self.delegates):
            self.fill(each)
        return plan

    def plan(self, schema: Schema, config: dict[str, Any]) -> Plan:
        """The plan for one node under the configuration of the nearest model around it."""
        markers = frozenset(self.markers(schema))
        schema = self.resolve(schema)
        key = (id(schema), id(config), markers)
        plan = self.plans.get(key)
        if plan is None:
            plan = self.plans[key] = Plan(self.settler(schema, config))
            plan.exact = exact_kinds(schema, config)
            self.settle_by_value(plan, schema, config)
            plan.preview = previews(schema, config)
            plan.whole = "Whole" in markers
            plan.bounds = bounds_of(schema, config, self.resolve, self.kinds_taken)
            try:
                self.follow(plan, schema, config)
            except Unsupported:
                plan.object = plan.array = plan.switch = None
                self.delegates.pop(id(plan), None)
            plan.preview = (plan.preview or "Preview" in markers) and not plan.whole
        return plan

    def anything(self) -> Plan:
        """The plan for plain JSON."""
        return Plan(lambda text, run: json.loads(text), ANYTHING, True, None, None)

    def resolve(self, schema: Schema) -> Schema:
        while schema["type"] == "definition-ref":
            schema = self.definitions[schema["schema_ref"]]
        return schema

    def markers(self, schema: Schema) -> set[str]:
        """The markers on a node, also those inside what is around its value."""
        found: set[str] = set()
        seen: set[int] = set()
        while id(schema) not in seen:
            seen.add(id(schema))
            found |= marks(schema)
            kind = schema["type"]
            if kind == "definition-ref":
                schema = self.definitions[schema["schema_ref"]]
            elif kind in _TRANSPARENT:
                schema = schema[_TRANSPARENT[kind]]
            elif kind in ("function-after", "function-before", "function-wrap"):
                schema = schema["schema"]
        return found

    def settler(self, schema: Schema, config: dict[str, Any]) -> Callable[[str, Run], Any]:
        """Settles a value whole from its text."""
        validate: Callable[..., Any] | None = None

        def settle(text: str, run: Run) -> Any:
            nonlocal validate
            if validate is None:
                # Many places are never settled this way, and a validator is dear to build.
                validate = self.validator(schema, self.outward(schema, config), prebuilt=True).validate_json
            try:
                return validate(text, **run.arguments)
            except ValidationError as error:
                return Failure(error)

        return settle

    def settle_by_value(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """A way round the text for a scalar."""
        plan.by_value = kinds_by_value(self.inside_nullables(schema), config)
        if not plan.by_value:
            return
        validate: Callable[..., Any] | None = None

        def settle_value(value: Any, run: Run) -> Any:
            nonlocal validate
            if validate is None:
                validate = self.validator(schema, config, prebuilt=True).validate_python
            arguments = run.arguments
            try:
                return validate(value, **arguments) if arguments else validate(value)
            except ValidationError:
                # What it says may differ between the modes.
                return None

        plan.settle_value = settle_value

    def inside_nullables(self, schema: Schema) -> Schema:
        """What may be null, or left out, where that is all that is said around it."""
        while schema["type"] in ("nullable", "default"):
            if schema.get("on_error", "raise") != "raise":
                break
            schema = self.resolve(schema["schema"])
        return schema

    def validator(self, schema: Schema, config: dict[str, Any], prebuilt: bool) -> SchemaValidator:
        """A validator for one node, with the definitions it refers to."""
        used: dict[str, Schema] = {}
        self.collect(schema, used)
        if used:
            schema = core_schema.definitions_schema(schema, list(used.values()))
        return SchemaValidator(schema, config or None, prebuilt)  # type: ignore[arg-type]

    def collect(self, schema: Schema, used: dict[str, Schema]) -> None:
        todo = [schema]
        while todo:
            for ref in references(todo.pop()):
                if ref not in used:
                    used[ref] = self.definitions[ref]
                    todo.append(used[ref])

    def label(self, schema: Schema, config: dict[str, Any]) -> str:
        """What pydantic calls a node, for example in the locations of a union's errors."""
        untitled = {key: value for key, value in config.items() if key != "title"}
        return self.validator(schema, untitled, prebuilt=True).title

    # Following inside.

    def follow(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """Give the plan of a container its shape; nothing for a scalar.

        Raises:
            Unsupported: the node is atomic.
        """
        kind = schema["type"]
        if kind in _TRANSPARENT:
            known(schema)
            if schema.get("on_error", "raise") != "raise":
                raise Unsupported
            inner = self.plan(schema[_TRANSPARENT[kind]], config)
            plan.exact = inner.exact | (NULL if kind == "nullable" else 0)
            plan.preview = inner.preview
            self.delegate(plan, inner, OBJECT | ARRAY, None)
        elif kind == "function-after":
            self.follow_after(plan, schema, config)
        elif kind == "model" and schema.get("root_model"):
            self.follow_root_model(plan, schema, config)
        elif kind in ("model", "dataclass", "typed-dict", "named-tuple"):
            follow_object(self, plan, schema, config)
        elif kind == "tuple":
            follow_tuple(self, plan, schema, config)
        elif kind in ARRAYS:
            follow_array(self, plan, schema, config)
        elif kind in OBJECTS:
            follow_dict(self, plan, schema, config)
        elif kind == "union":
            follow_union(self, plan, schema, config)
        elif kind == "tagged-union":
            follow_tagged_union(self, plan, schema, config)

    def follow_after(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """A function that is called with what is inside, once that is valid."""
        node = inside_afters(self, schema)
        if node["type"] in ("model", "dataclass", "typed-dict", "named-tuple") and not node.get("root_model"):
            # One shell for both.
            follow_object(self, plan, schema, config)
        else:
            self.follow_over(plan, schema, schema["schema"], config, config)

    def follow_root_model(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """A root model, shown as its root until it closes."""
        known(schema)
        if schema.get("custom_init"):
            raise Unsupported
        self.follow_over(plan, schema, schema["schema"], config, schema.get("config") or {})

    def follow_over(
        self, plan: Plan, schema: Schema, inside: Schema, config: dict[str, Any], config_inside: dict[str, Any]
    ) -> None:
        shell = {**bare(schema), "schema": replayed_only()}
        after = After(
            lambda: self.shell(schema, shell, config),
            str(FIRST_INDEX),
            bool(config_inside.get("hide_input_in_errors")),
            failures_only=False,
        )
        self.delegate(plan, self.plan(inside, config_inside), OBJECT | ARRAY, after)

    def delegate(self, plan: Plan, inner: Plan, kinds: int, after: After | None) -> None:
        """``plan`` follows containers of these kinds as ``inner`` does, and adds something when they close."""
        self.delegates.setdefault(id(plan), []).append((plan, inner, kinds, after))

    def fill(self, number: int) -> None:
        """Take over the shapes, now that all plans are made; those of the inner plan first."""
        for plan, inner, kinds, after in self.delegates.pop(number, ()):
            self.fill(id(inner))
            whole = inner.whole and not plan.whole
            if kinds & OBJECT:
                plan.object = inner.object and over_shape(inner.object, after, whole)
                plan.switch = inner.switch and over_switch(inner.switch, after, whole)
            if kinds & ARRAY:
                plan.array = inner.array and over_shape(inner.array, after, whole)

    def shell(self, schema: Schema, shell: Schema, config: dict[str, Any]) -> SchemaValidator:
        """The validator for the shell of ``schema``."""
        return self.validator(shell, self.outward(schema, config), prebuilt=False)

    def outward(self, schema: Schema, config: dict[str, Any]) -> dict[str, Any]:
        """The configuration of a node's errors: at the root they look as pydantic's own do."""
        outermost = self.resolve(self.schema)
        while outermost is not schema:
            inside = _TRANSPARENT.get(outermost["type"])
            if outermost["type"] == "function-after" or outermost.get("root_model"):
                inside = "schema"
            if inside is None:
                return config
            outermost = self.resolve(outermost[inside])
        while schema["type"].startswith("function-") and "schema" in schema:
            schema = self.resolve(schema["schema"])
        hide_input = (schema.get("config") or {}).get("hide_input_in_errors", False)
        return {"hide_input_in_errors": hide_input, **config, "title": self.title}

    # Questions about nodes.

    def kinds_taken(self, schema: Schema, around: frozenset[str] = frozenset()) -> int:
        """The JSON kinds that a node may accept or look into; it refuses the others by their type alone."""
        kind = schema["type"]
        if kind == "definition-ref":
            ref = schema["schema_ref"]
            return 0 if ref in around else self.kinds_taken(self.definitions[ref], around | {ref})
        if kind == "nullable":
            return self.kinds_taken(schema["schema"], around) | NULL
        if kind in ("default", "function-after", "json-or-python"):
            return self.kinds_taken(schema[_TRANSPARENT.get(kind, "schema")], around)
        if kind == "lax-or-strict":
            return self.kinds_taken(schema["lax_schema"], around) | self.kinds_taken(schema["strict_schema"], around)
        if kind == "union":
            taken = 0
            for choice in schema["choices"]:
                taken |= self.kinds_taken(choice[0] if isinstance(choice, tuple) else choice, around)
            return taken
        if kind == "tagged-union" and not callable(schema["discriminator"]):
            return OBJECT
        if kind == "model":
            if schema.get("custom_init"):
                return ANYTHING
            inside = schema["schema"]
            if schema.get("root_model"):
                return self.kinds_taken(inside, around)
            return OBJECT if inside["type"] == "model-fields" else ANYTHING
        if kind == "dataclass" and schema["schema"]["type"] != "dataclass-args":
            return ANYTHING
        if kind == "enum" and _asks_its_class(schema):
            return ANYTHING
        return TAKEN.get(kind, ANYTHING)

    def asks_for_info(self, schema: Schema) -> bool:
        """Does a validator in this field see its model's other fields? Then it cannot run before them."""
        seen: set[str] = set()
        todo: list[Any] = [schema]
        while todo:
            node = todo.pop()
            if isinstance(node, list | tuple):
                todo.extend(node)
            elif isinstance(node, dict):
                kind = node.get("type")
                if kind == "definition-ref" and node["schema_ref"] not in seen:
                    seen.add(node["schema_ref"])
                    todo.append(self.definitions[node["schema_ref"]])
                function = node.get("function")
                if isinstance(function, dict) and function.get("type") == "with-info":
                    return True
                if node.get("default_factory_takes_data"):
                    return True
                if kind not in ("model", "dataclass", "typed-dict") or node.get("root_model"):
                    todo.extend(value for key, value in node.items() if key not in ("metadata", "serialization"))
        return False


def _asks_its_class(schema: Schema) -> bool:
    """Has an enumeration a way of its own to find a member for a value that is none?"""
    return schema.get("missing") is not None or schema["cls"]._missing_.__func__ is not Enum._missing_.__func__  # type: ignore[attr-defined]
