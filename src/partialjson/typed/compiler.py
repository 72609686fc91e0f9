"""Compiles pydantic core schemas to plans, so that each value is validated once, when it closes.

A node is *followed inside*, and settles from its settled children by its skeleton (``skeletons``), or it is *atomic*:
what this compiler does not know is settled as a whole from its text when it closes, by pydantic alone: later, but just
as correctly. Every kind of node is checked against the keys known for it (``schemas``); one unknown key makes it
atomic.
Which kinds are followed, and how, is described in their modules: ``objects``, ``containers``, ``unions``.

*Prebuilt validators.* pydantic-core replaces the schema of a complete model class by the validator of that class, which
would validate the original children. Skeletons are built with that off, and the skeleton of each model and dataclass is
probed once with sentinels; one whose sentinels do not come back is atomic.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

from partialjson._core.plan import Failure, Plan
from partialjson._core.spec import ANYTHING, ARRAY, NULL, OBJECT
from partialjson.typed.containers import follow_array, follow_dict, follow_tuple
from partialjson.typed.objects import follow_object, inside_afters
from partialjson.typed.schemas import (
    ARRAYS,
    CLASSES,
    NO_CONFIG,
    OBJECTS,
    TRANSPARENT,
    Schema,
    Scope,
    Unsupported,
    bare,
    config_inside,
    exact_kinds,
    inside,
    is_secret,
    kinds_by_value,
    known,
    marks,
    previews,
    references,
)
from partialjson.typed.skeletons import (
    FIRST_INDEX,
    WAIVERS,
    After,
    Run,
    over_shape,
    over_switch,
    replayed_only,
    waived,
)
from partialjson.typed.specs import Specs
from partialjson.typed.unions import follow_tagged_union, follow_union

__all__ = ["Compiler"]

# Keys whose values are no schemas, though they may look like some.
_DATA = {"default", "expected", "metadata", "serialization", "config"}


class Compiler:
    """Compiles one core schema; plans are shared by schema node and configuration, so recursion ends."""

    def __init__(
        self,
        schema: Schema,
        config: dict[str, Any],
        title: str,
        by_alias: bool | None,
        by_name: bool | None,
        never_strict: bool = False,
    ) -> None:
        self.config = Scope(config)
        self.title = title
        self.specs = Specs(schema, by_alias, by_name, never_strict)
        self.definitions = self.specs.definitions
        self.schema = self.specs.schema
        # For each node in a definition, the definition's reference; made on demand.
        self.homes: dict[int, str] | None = None
        self.plans: dict[tuple[int, int, frozenset[str]], Plan] = {}
        # The references that classes got (``by_reference``).
        self.references: dict[int, str] = {}
        # Plans that are not followed yet, each with its node, configuration and markers.
        self.waiting: dict[int, tuple[Plan, Schema, dict[str, Any], frozenset[str]]] = {}
        # Plans that follow the same containers as another plan, which may not be finished yet: for each, the other
        # plan, for which kinds, and what is added.
        self.delegates: dict[int, list[tuple[Plan, Plan, int, After | None]]] = {}

    def root(self) -> Plan:
        plan = self.plan(self.schema, self.config)
        while self.waiting:
            self.follow_now(next(reversed(self.waiting)))
        for each in list(self.delegates):
            self.fill(each)
        for each_plan in self.plans.values():
            if each_plan.spec is not None:
                follows = each_plan.object or each_plan.array or each_plan.switch
                each_plan.spec.atomic = follows is None and not each_plan.exact & (OBJECT | ARRAY)
        return plan

    def plan(self, schema: Schema, config: dict[str, Any]) -> Plan:
        """The plan for one node under the configuration of the nearest model around it."""
        plan = self.child(schema, config)
        self.follow_now(id(plan))
        return plan

    def child(self, schema: Schema, config: dict[str, Any]) -> Plan:
        """``plan`` for a child of a container: it is followed later, so that deep targets need no deep recursion."""
        markers = frozenset(self.markers(schema))
        schema, config = self.specs.enter(schema, config)
        key = (id(schema), id(config), markers)
        plan = self.plans.get(key)
        if plan is None:
            plan = self.plans[key] = Plan(self.settler(schema, config))
            plan.exact = exact_kinds(schema, config)
            self.settle_by_value(plan, schema, config)
            plan.preview = previews(schema, config)
            # Nothing of a secret is shown while it grows.
            plan.whole = "Whole" in markers or is_secret(schema)
            plan.spec = self.specs.spec(schema, config)
            self.waiting[id(plan)] = plan, schema, config, markers
        return plan

    def follow_now(self, number: int) -> None:
        """Follow a plan that waits for it."""
        if number not in self.waiting:
            return
        plan, schema, config, markers = self.waiting.pop(number)
        try:
            self.follow(plan, schema, config)
        except Unsupported:
            plan.object = plan.array = plan.switch = None
            self.delegates.pop(number, None)
        plan.preview = (plan.preview or "Preview" in markers) and not plan.whole

    def anything(self) -> Plan:
        """The plan for plain JSON."""
        plan = Plan(lambda text, run: json.loads(text), ANYTHING, True, None, None)
        plan.spec = self.specs.spec(None, NO_CONFIG)
        return plan

    def markers(self, schema: Schema) -> set[str]:
        """The markers on a node, also those inside the wrappers around its value."""
        found: set[str] = set()
        seen: set[int] = set()
        while id(schema) not in seen:
            seen.add(id(schema))
            found |= marks(schema)
            if schema["type"] == "definition-ref":
                schema = self.definitions[schema["schema_ref"]]
            else:
                schema = inside(schema) or schema
        return found

    def settler(self, schema: Schema, config: dict[str, Any]) -> Callable[[str, Run], Any]:
        """Settles a value as a whole, from its text."""
        validate: Callable[..., Any] | None = None

        def settle(text: str, run: Run) -> Any:
            nonlocal validate
            if validate is None:
                # Many places are never settled this way, and a validator is expensive to build.
                defined = self.defined(schema, self.home(schema))
                validate = self.validator(defined, self.outward(schema, config), prebuilt=True).validate_json
            try:
                return validate(text, **run.arguments)
            except ValidationError as error:
                return Failure(error)
            except SchemaError as error:
                return waived(error)

        return settle

    def settle_by_value(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """A way to settle a scalar without its text."""
        plan.by_value = kinds_by_value(self.inside_nullables(schema))
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
                # Its message may differ between the modes.
                return None

        plan.settle_value = settle_value

    def inside_nullables(self, schema: Schema) -> Schema:
        """The node inside, if the wrappers around it only allow null or a default."""
        while schema["type"] in ("nullable", "default"):
            if schema.get("on_error", "raise") != "raise":
                break
            schema = self.specs.resolve(schema["schema"])
        return schema

    def validator(self, schema: Schema, config: dict[str, Any], prebuilt: bool) -> SchemaValidator:
        """A validator for one node, with the definitions it refers to."""
        if schema["type"] != "definitions":
            schema = self.defined(schema, None)
        return SchemaValidator(schema, config or None, prebuilt)  # type: ignore[arg-type]

    def defined(self, schema: Schema, home: str | None) -> Schema:
        """A node with the definitions it refers to; ``home`` is the one in which it stands.

        Pydantic's names for nodes, which are in the locations of errors, depend on which definitions were built before
        them: a definition that comes later, or that is being built, is called "...". So definitions keep their order,
        and a node is built before the definition in which it stands.
        """
        used: dict[str, Schema] = {}
        self.collect(schema, used)
        if not used:
            return schema
        order = {ref: number for number, ref in enumerate(self.definitions)}
        refs = sorted(used, key=order.__getitem__)
        definitions = [used[ref] for ref in refs]
        if home is not None:
            here = {**bare(schema), "ref": "partialjson:here"}
            definitions.insert(sum(order[ref] < order[home] for ref in refs), here)
            schema = core_schema.definition_reference_schema("partialjson:here")
        return core_schema.definitions_schema(schema, definitions)

    def collect(self, schema: Schema, used: dict[str, Schema]) -> None:
        seen: set[int] = set()
        todo = [schema]
        while todo:
            for ref in references(todo.pop(), seen):
                if ref not in used:
                    used[ref] = self.definitions[ref]
                    todo.append(used[ref])

    def by_reference(self, schema: Schema) -> Schema:
        """A copy in which each class is a reference: one that stands in many places is built once all the same."""
        classes: list[Schema] = []

        def copy(node: Any) -> Any:
            if isinstance(node, list | tuple):
                return type(node)(copy(each) for each in node)
            if not isinstance(node, dict):
                return node
            if node.get("type") in CLASSES:
                ref = self.references.get(id(node))
                if ref is None:
                    ref = self.references[id(node)] = f"partialjson:{len(self.references)}"
                    classes.append(node)
                return core_schema.definition_reference_schema(ref)
            return copy_inside(node)

        def copy_inside(node: Schema) -> Schema:
            return {key: value if key in _DATA else copy(value) for key, value in node.items()}

        copied: Schema = copy(schema)
        while classes:
            node = classes.pop()
            ref = self.references[id(node)]
            self.definitions[ref] = {**copy_inside(node), "ref": ref}
        return copied

    def label(self, schema: Schema, config: dict[str, Any], home: str | None) -> str:
        """Pydantic's name for a node, for example in the locations of a union's errors."""
        untitled = {key: value for key, value in config.items() if key != "title"}
        return self.validator(self.defined(schema, home), untitled, prebuilt=True).title

    def home(self, schema: Schema) -> str | None:
        """The definition in which a node stands; None for one that stands in none."""
        if self.homes is None:
            self.homes = {}
            seen: set[int] = set()
            for ref, definition in self.definitions.items():
                todo: list[Any] = [definition]
                while todo:
                    node = todo.pop()
                    if isinstance(node, dict) and id(node) not in seen:
                        seen.add(id(node))
                        self.homes[id(node)] = ref
                        todo.extend(value for key, value in node.items() if key not in _DATA)
                    elif isinstance(node, list | tuple):
                        todo.extend(node)
        return self.homes.get(id(schema))

    # Following inside.

    def follow(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """Give the plan of a container its shape; nothing for a scalar.

        Raises:
            Unsupported: the node is atomic.
        """
        kind = schema["type"]
        if kind in TRANSPARENT:
            known(schema)
            if schema.get("on_error", "raise") != "raise":
                raise Unsupported
            inner = self.plan(schema[TRANSPARENT[kind]], config)
            plan.exact = inner.exact | (NULL if kind == "nullable" else 0)
            plan.preview = inner.preview
            after = None
            if kind == "default":
                # Where a validator inside asks for the default.
                skeleton = {**bare(schema), "schema": replayed_only()}
                after = After(
                    lambda: self.skeleton(schema, skeleton, config),
                    str(FIRST_INDEX),
                    self.hides_input(schema, config),
                    WAIVERS,
                )
            self.delegate(plan, inner, OBJECT | ARRAY, after)
        elif kind == "function-after":
            self.follow_after(plan, schema, config)
        elif kind == "model" and schema.get("root_model"):
            self.follow_root_model(plan, schema, config)
        elif kind in CLASSES:
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
        """A function that is called with the inner value once that is valid."""
        node = inside_afters(self, schema)
        if node["type"] in CLASSES and not node.get("root_model"):
            # One skeleton for both.
            follow_object(self, plan, schema, config)
        else:
            self.follow_over(plan, schema, schema["schema"], config, config)

    def follow_root_model(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """A root model, shown as its root until it closes."""
        known(schema)
        if schema.get("custom_init"):
            raise Unsupported
        self.follow_over(plan, schema, schema["schema"], config, config_inside(schema, config))

    def follow_over(
        self, plan: Plan, schema: Schema, inside: Schema, config: dict[str, Any], within: dict[str, Any]
    ) -> None:
        skeleton = {**bare(schema), "schema": replayed_only()}
        after = After(
            lambda: self.skeleton(schema, skeleton, config),
            str(FIRST_INDEX),
            self.hides_input(schema, within),
        )
        self.delegate(plan, self.plan(inside, within), OBJECT | ARRAY, after)

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

    def skeleton(self, schema: Schema, skeleton: Schema, config: dict[str, Any]) -> SchemaValidator:
        """The validator for the skeleton of ``schema``."""
        return self.validator(skeleton, self.outward(schema, config), prebuilt=False)

    def hides_input(self, schema: Schema, config: dict[str, Any]) -> bool:
        """Do the errors of a node not show what they are about?"""
        return bool(self.outward(schema, config).get("hide_input_in_errors"))

    def outward(self, schema: Schema, config: dict[str, Any]) -> dict[str, Any]:
        """The configuration of a node's errors: at the root they look like pydantic's own."""
        outermost = self.specs.resolve(self.schema)
        while outermost is not schema:
            inside = TRANSPARENT.get(outermost["type"])
            if outermost["type"] == "function-after" or outermost.get("root_model"):
                inside = "schema"
            if inside is None:
                return config
            outermost = self.specs.resolve(outermost[inside])
        return {**config, "hide_input_in_errors": bool(self.config.get("hide_input_in_errors")), "title": self.title}

    def asks_for_info(self, schema: Schema) -> bool:
        """Does a validator in this field see the other fields of its model? Then it cannot run before them."""
        seen: set[int] = set()
        todo: list[Any] = [schema]
        while todo:
            node = todo.pop()
            if isinstance(node, list | tuple):
                todo.extend(node)
            elif isinstance(node, dict) and id(node) not in seen:
                seen.add(id(node))
                kind = node.get("type")
                if kind == "definition-ref":
                    todo.append(self.definitions[node["schema_ref"]])
                function = node.get("function")
                if isinstance(function, dict) and function.get("type") == "with-info":
                    return True
                if node.get("default_factory_takes_data"):
                    return True
                if kind not in ("model", "dataclass", "typed-dict") or node.get("root_model"):
                    todo.extend(value for key, value in node.items() if key not in ("metadata", "serialization"))
        return False
