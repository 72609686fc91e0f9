"""Compiles pydantic core schemas to plans, so that each value is validated once, when it closes.

*Index skeletons.* A container that is followed inside settles from its settled children. Its *shell* is its own core
schema in which each child is swapped for ``replay``. When it closes, the shell validates in JSON mode a tiny text in
which each child is its index among the settled ones: ``{"name":0,"tags":1}``, ``[0,1,2]``. ``replay`` gives the
settled value for an index, or raises the child's ValidationError again. So pydantic itself does the order of errors,
their locations, defaults, extras, missing fields, model validators and post-init, as it would in one shot, and no
validator runs twice. Where the shell itself complains, the input in its complaint is the skeleton's, and is put right
afterwards.

*Atomic.* Whatever this compiler does not know is settled whole from its text when it closes, by pydantic alone: later,
and as correct. Every kind of node is checked against the keys known here; one unknown key makes it atomic.

*Prebuilt validators.* pydantic-core swaps the schema of a complete model class for the validator of that class, which
would validate the original children. Shells are built with that off, and each model's shell is probed once with
sentinels; one whose sentinels do not come back is atomic.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final, get_args

from pydantic import TypeAdapter
from pydantic_core import (
    InitErrorDetails,
    PydanticCustomError,
    SchemaValidator,
    ValidationError,
    core_schema,
)

from partialjson._core.plan import (
    ANYTHING,
    ARRAY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    NULL,
    OBJECT,
    STRING,
    Child,
    Failure,
    Plan,
    Shape,
)
from partialjson.typed.partial import partial_class

__all__ = ["Run", "compile_plan"]

Schema = Any  # a core schema: nested dicts, see pydantic_core.core_schema

# Keys that never change what validation does.
_INERT: Final = {"type", "ref", "metadata", "serialization"}
_MODEL_KEYS: Final = _INERT | {
    "cls",
    "schema",
    "config",
    "custom_init",
    "root_model",
    "post_init",
    "frozen",
    "generic_origin",
    "strict",
    "revalidate_instances",
    "extra_behavior",
}
_FIELDS_KEYS: Final = _INERT | {
    "model_name",
    "fields",
    "computed_fields",
    "strict",
    "extras_schema",
    "extra_behavior",
    "from_attributes",
}
_FIELD_KEYS: Final = _INERT | {
    "schema",
    "validation_alias",
    "serialization_alias",
    "serialization_exclude",
    "serialization_exclude_if",
    "frozen",
}
_DEFAULT_KEYS: Final = _INERT | {
    "schema",
    "default",
    "default_factory",
    "default_factory_takes_data",
    "validate_default",
    "on_error",
    "copy_default",
    "strict",
}
_AFTER_KEYS: Final = _INERT | {"schema", "function"}
_NULLABLE_KEYS: Final = _INERT | {"schema", "strict"}
_LIST_KEYS: Final = _INERT | {"items_schema", "min_length", "max_length", "strict"}
_DICT_KEYS: Final = _INERT | {"keys_schema", "values_schema", "min_length", "max_length", "strict"}

# Scalars whose parsed value is the result, where nothing else is asked of them.
_EXACT: Final = {"str": STRING, "int": INTEGER, "float": FLOAT, "bool": BOOLEAN, "none": NULL, "any": ANYTHING}
_STRING_CHANGING: Final = ("str_strip_whitespace", "str_to_lower", "str_to_upper")
_STRING_BOUNDS: Final = ("str_min_length", "str_max_length")

_KNOWN_ERRORS: Final = frozenset(get_args(core_schema.ErrorType))


class Unsupported(Exception):
    """A node cannot be followed inside; it is atomic."""


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


_settled = _Settled()


class _Default:
    """A default value on its way through ``replay`` to the real validator (``validate_default``).

    Unhashable, so that pydantic copies it exactly where it would copy a mutable default.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: Any) -> None:
        self.value = value


def _replay(value: Any, validate: Callable[[Any], Any]) -> Any:
    if type(value) is _Default:
        return validate(value.value)
    result = _settled.stack[-1][value]
    if type(result) is Failure:
        raise result.error
    return result


def compile_plan(target: Any, by_alias: bool | None = None, by_name: bool | None = None) -> Plan:
    """The plan for a target: a type pydantic understands, or a TypeAdapter. Plans are cached.

    Raises:
        TypeError: pydantic does not understand the target.
    """
    try:
        return _cached_plan(target, by_alias, by_name)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
    return _compile(target, by_alias, by_name)


def _compile(target: Any, by_alias: bool | None, by_name: bool | None) -> Plan:
    adapter: TypeAdapter[Any] = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    adapter.rebuild(raise_errors=True)
    return _Compiler(adapter.core_schema, by_alias, by_name).root()


_cached_plan = lru_cache(maxsize=512)(_compile)


class _Compiler:
    """Compiles one core schema; plans are shared by schema node and configuration, so recursion closes."""

    def __init__(self, schema: Schema, by_alias: bool | None, by_name: bool | None) -> None:
        self.by_alias = by_alias
        self.by_name = by_name
        self.definitions: dict[str, Schema] = {}
        if schema["type"] == "definitions":
            self.definitions = {each["ref"]: each for each in schema["definitions"]}
            schema = schema["schema"]
        self.schema = schema
        self.plans: dict[tuple[int, int], Plan] = {}

    def root(self) -> Plan:
        return self.plan(self.schema, {})

    def plan(self, schema: Schema, config: dict[str, Any]) -> Plan:
        """The plan for one node under the configuration of the nearest model around it."""
        schema = self.resolve(schema)
        key = (id(schema), id(config))
        plan = self.plans.get(key)
        if plan is None:
            plan = self.plans[key] = Plan(self.settler(schema, config), 0, False, None, None)
            plan.exact = _exact(schema, config)
            plan.preview = _previews(schema, config)
            try:
                self.follow(plan, schema, config)
            except Unsupported:
                plan.object = plan.array = None
        return plan

    def resolve(self, schema: Schema) -> Schema:
        while schema["type"] == "definition-ref":
            schema = self.definitions[schema["schema_ref"]]
        return schema

    def settler(self, schema: Schema, config: dict[str, Any]) -> Callable[[str, Run], Any]:
        """Settles a value whole from its text."""
        validate: Callable[..., Any] | None = None

        def settle(text: str, run: Run) -> Any:
            nonlocal validate
            if validate is None:
                # Many places are never settled this way, and a validator is dear to build.
                validate = self.validator(schema, config, prebuilt=True).validate_json
            try:
                return validate(text, **run.arguments)
            except ValidationError as error:
                return Failure(error)

        return settle

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
            for ref in _references(todo.pop()):
                if ref not in used:
                    used[ref] = self.definitions[ref]
                    todo.append(used[ref])

    # Following inside.

    def follow(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """Give the plan of a container its shape; nothing for a scalar.

        Raises:
            Unsupported: the node is atomic.
        """
        kind = schema["type"]
        if kind == "nullable":
            _only(schema, _NULLABLE_KEYS)
            self.delegate(plan, schema["schema"], config)
            plan.exact |= NULL
        elif kind == "default":
            _only(schema, _DEFAULT_KEYS)
            if schema.get("on_error", "raise") != "raise":
                raise Unsupported
            self.delegate(plan, schema["schema"], config)
        elif kind in ("model", "function-after"):
            self.follow_model(plan, schema)
        elif kind == "list" and "items_schema" in schema:
            _only(schema, _LIST_KEYS)
            items = schema["items_schema"]
            shell = self.validator({**_bare(schema), "items_schema": _replayed()}, config, prebuilt=False)
            plan.array = Shape(_closer(_list_skeleton, shell, {}), {}, self.plan(items, config))
        elif kind == "dict" and "values_schema" in schema:
            _only(schema, _DICT_KEYS)
            values = schema["values_schema"]
            shell = self.validator({**_bare(schema), "values_schema": _replayed()}, config, prebuilt=False)
            plan.object = Shape(_closer(_dict_skeleton, shell, {}), {}, self.plan(values, config))

    def delegate(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """A node that adds nothing when a value is there: follow what is inside it."""
        inner = self.plan(schema, config)
        plan.exact = inner.exact
        plan.preview = inner.preview
        plan.object = inner.object
        plan.array = inner.array

    def follow_model(self, plan: Plan, schema: Schema) -> None:
        """A model, perhaps inside validators that run after it."""
        model = schema
        while model["type"] == "function-after":
            _only(model, _AFTER_KEYS)
            model = self.resolve(model["schema"])
        if model["type"] != "model":
            return
        _only(model, _MODEL_KEYS)
        fields = model["schema"]
        if model.get("custom_init") or model.get("root_model") or fields["type"] != "model-fields":
            raise Unsupported
        _only(fields, _FIELDS_KEYS)
        config = model.get("config", {})
        extra = fields.get("extra_behavior") or config.get("extra_fields_behavior") or "ignore"

        children: dict[str, Child] = {}
        shells: dict[str, Schema] = {}
        probes: dict[str, Schema] = {}
        # Where pydantic reports an error: by the key in the document, or by the name of the field.
        places: dict[str, str] = {}
        for name, field in fields["fields"].items():
            _only(field, _FIELD_KEYS)
            inner, shell_schema = self.field(field["schema"], config)
            child = Child(name, inner)
            keys = self.document_keys(name, field, config)
            for key in keys:
                children[key] = child
            places[name] = keys[0]
            shells[name] = {**field, "schema": shell_schema}
            probes[name] = {**field, "schema": _replayed()}

        shell_fields = {**fields, "fields": shells}
        rest: Plan | None = None
        if extra == "allow":
            extras = fields.get("extras_schema")
            rest = self.plan(extras, config) if extras is not None else _anything()
            shell_fields["extras_schema"] = _replayed()
        shell = self.validator(_rewrap(schema, self, shell_fields), {}, prebuilt=False)
        probe = {**_bare(model), "schema": {**shell_fields, "fields": probes, "extras_schema": _replayed()}}
        if extra != "allow":
            del probe["schema"]["extras_schema"]
        probe.pop("post_init", None)
        self.probe(probe, {name: places[name] for name in probes}, model["cls"])

        partial = partial_class(model["cls"])
        quoted = {key: json.dumps(key) for key in children}

        def skeleton(keys: list[str | int], settled: list[Any]) -> str:
            # The last of a repeated key counts.
            last = {key: index for index, key in enumerate(keys)}
            parts = []
            for key, index in last.items():
                name = quoted.get(key)  # type: ignore[arg-type]
                if name is None:
                    if extra == "ignore":
                        continue
                    name = json.dumps(key)
                parts.append(f"{name}:{index}")
            return "{" + ",".join(parts) + "}"

        def wrap(members: dict[str, Any], run: Run) -> Any:
            return partial(members, run.missing)

        plan.object = Shape(_closer(skeleton, shell, places), children, rest, wrap)

    def field(self, schema: Schema, config: dict[str, Any]) -> tuple[Plan, Schema]:
        """The plan for what settles when a field closes, and the field's schema in the shell.

        Defaults stay in the shell, and so does a validator that wants to see the fields before it.
        """
        kind = schema["type"]
        if kind == "default":
            _only(schema, _DEFAULT_KEYS)
            if schema.get("on_error", "raise") != "raise":
                raise Unsupported
            checked = schema.get("validate_default", config.get("validate_default", False))
            inner, shell = self.field(schema["schema"], config)
            return inner, {**schema, "schema": shell, **(_default_to_replay(schema) if checked else {})}
        if kind == "function-after" and schema["function"]["type"] == "with-info":
            _only(schema, _AFTER_KEYS)
            inner, shell = self.field(schema["schema"], config)
            return inner, {**schema, "schema": shell}
        if self.asks_for_info(schema):
            raise Unsupported
        return self.plan(schema, config), _replayed(schema)

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
                if kind not in ("model", "dataclass", "typed-dict"):
                    todo.extend(value for key, value in node.items() if key not in ("metadata", "serialization"))
        return False

    def document_keys(self, name: str, field: Schema, config: dict[str, Any]) -> list[str]:
        """The keys under which the document may have a field, the one pydantic looks for first in front."""
        alias = field.get("validation_alias")
        if alias is None:
            return [name]
        if not isinstance(alias, str):
            # Several choices, or a path into another value: known only when the object is whole.
            raise Unsupported
        by_alias = self.by_alias if self.by_alias is not None else config.get("validate_by_alias", True)
        by_name = self.by_name if self.by_name is not None else config.get("validate_by_name", False)
        return ([alias] if by_alias else []) + ([name] if by_name else []) or [alias]

    def probe(self, schema: Schema, keys: dict[str, str], model: type) -> None:
        """Do settled children survive this shell?

        Raises:
            Unsupported: they do not.
        """
        sentinels = [object() for _ in keys]
        text = "{" + ",".join(f"{json.dumps(key)}:{i}" for i, key in enumerate(keys.values())) + "}"
        arguments = {"by_alias": self.by_alias, "by_name": self.by_name}
        _settled.stack.append(sentinels)
        try:
            made = self.validator(schema, {}, prebuilt=False).validate_json(text, **arguments)  # type: ignore[arg-type]
        except ValidationError:
            made = None
        finally:
            _settled.stack.pop()
        found = getattr(made, "__dict__", {})
        if any(found.get(name) is not sentinel for name, sentinel in zip(keys, sentinels, strict=True)):
            warnings.warn(
                f"{model.__name__} cannot be validated field by field with this version of pydantic; it will be "
                "shown only when it is complete",
                RuntimeWarning,
                stacklevel=2,
            )
            raise Unsupported


def _only(schema: Schema, known: set[str]) -> None:
    if not schema.keys() <= known:
        raise Unsupported


def _bare(schema: Schema) -> Schema:
    """A copy that defines no reference, so that it can stand beside the original."""
    return {key: value for key, value in schema.items() if key != "ref"}


def _rewrap(schema: Schema, compiler: _Compiler, fields: Schema) -> Schema:
    """The model inside ``schema`` with other fields, the validators around it kept."""
    schema = compiler.resolve(schema)
    if schema["type"] == "model":
        return {**_bare(schema), "schema": fields}
    return {**_bare(schema), "schema": _rewrap(schema["schema"], compiler, fields)}


def _replayed(schema: Schema | None = None) -> Schema:
    """The stand-in for a child in a shell; around its own schema where a default may have to be validated."""
    return core_schema.no_info_wrap_validator_function(_replay, schema or core_schema.any_schema())


def _default_to_replay(schema: Schema) -> Schema:
    """The parts of a validated default that send it past the settled children to the real validator."""
    if "default" in schema:
        return {"default": _Default(schema["default"])}
    factory = schema["default_factory"]
    if schema.get("default_factory_takes_data"):
        return {"default_factory": lambda data: _Default(factory(data))}
    return {"default_factory": lambda: _Default(factory())}


def _anything() -> Plan:
    return Plan(lambda text, run: json.loads(text), ANYTHING, True, None, None)


def _exact(schema: Schema, config: dict[str, Any]) -> int:
    """The JSON kinds whose parsed value is what pydantic would give for them."""
    kind = schema["type"]
    if kind not in _EXACT or schema.keys() - _INERT - {"strict"}:
        return OBJECT if kind == "dict" and schema.keys() <= _INERT else ARRAY if _plain_list(schema) else 0
    if kind == "str" and any(config.get(name) is not None for name in (*_STRING_CHANGING, *_STRING_BOUNDS)):
        return 0
    if kind == "float" and config.get("allow_inf_nan") is False:
        return 0
    return _EXACT[kind]


def _plain_list(schema: Schema) -> bool:
    return bool(schema["type"] == "list" and schema.keys() <= _INERT)


def _previews(schema: Schema, config: dict[str, Any]) -> bool:
    """May a string be shown while it grows? Only where nothing can change it; length limits may stay unmet."""
    if schema["type"] == "any":
        return True
    if schema["type"] != "str" or schema.keys() - _INERT - {"strict", "min_length", "max_length"}:
        return False
    return not any(config.get(name) for name in _STRING_CHANGING)


def _references(schema: Schema) -> Iterator[str]:
    todo: list[Any] = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if node.get("type") == "definition-ref":
                yield node["schema_ref"]
            todo.extend(value for key, value in node.items() if key not in ("metadata", "serialization"))
        elif isinstance(node, list | tuple):
            todo.extend(node)


def _list_skeleton(keys: list[str | int], settled: list[Any]) -> str:
    return "[" + ",".join(map(str, range(len(settled)))) + "]"


def _dict_skeleton(keys: list[str | int], settled: list[Any]) -> str:
    # Each pair is validated, repeated keys too.
    return "{" + ",".join([f"{json.dumps(key)}:{index}" for index, key in enumerate(keys)]) + "}"


def _closer(
    skeleton: Callable[[list[str | int], list[Any]], str], shell: SchemaValidator, places: dict[str, str]
) -> Callable[[list[str | int], list[Any], Any, Run], Any]:
    """Settles a container from its settled children."""
    validate = shell.validate_json

    def close(keys: list[str | int], settled: list[Any], value: Any, run: Run) -> Any:
        stack = _settled.stack
        stack.append(settled)
        try:
            return validate(skeleton(keys, settled), **run.arguments)
        except ValidationError as error:
            return Failure(_with_inputs(error, keys, settled, value, places))
        finally:
            stack.pop()

    return close


def _with_inputs(
    error: ValidationError, keys: list[str | int], settled: list[Any], value: Any, places: dict[str, str]
) -> ValidationError:
    """The same error with the document's own values as inputs, where the shell itself complained of the skeleton."""
    last = {key: index for index, key in enumerate(keys)}
    details: list[InitErrorDetails] = []
    for line in error.errors(include_url=False):
        loc = line["loc"]
        given = line["input"]
        place: Any = places.get(loc[0], loc[0]) if loc and isinstance(loc[0], str) else loc[0] if loc else None
        if not loc or (place not in last and line["type"] == "missing"):
            given = value
        elif place in last and type(settled[last[place]]) is not Failure and loc[-1] != "[key]":
            given = value[place]
        kind: Any = line["type"]
        context = line.get("ctx")
        if kind not in _KNOWN_ERRORS:
            # A template would read braces in the finished message as places to fill in.
            message: Any = line["msg"].replace("{", "{{").replace("}", "}}")
            kind = PydanticCustomError(kind, message, context)
        detail: InitErrorDetails = {"type": kind, "loc": loc, "input": given}
        if context is not None and line["type"] in _KNOWN_ERRORS:
            detail["ctx"] = context
        details.append(detail)
    return ValidationError.from_exception_data(error.title, details, "json")
