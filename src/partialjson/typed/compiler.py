"""Compiles pydantic core schemas to plans, so that each value is validated once, when it closes.

*Index skeletons.* A container that is followed inside settles from its settled children. Its *shell* is its own core
schema in which each child is swapped for ``replay``. When it closes, the shell validates in JSON mode a tiny text in
which each child is its index among the settled ones: ``{"name":0,"tags":1}``, ``[0,1,2]``. ``replay`` gives the
settled value for an index, or raises the child's ValidationError again. So pydantic itself does the order of errors,
their locations, defaults, extras, missing fields, model validators and post-init, as it would in one shot, and no
validator runs twice. Where the shell itself complains, the input in its complaint is the skeleton's, and is put right
afterwards; to tell it from others, the indexes are counted from a large number.

*Atomic.* Whatever this compiler does not know is settled whole from its text when it closes, by pydantic alone: later,
and as correct. Every kind of node is checked against the keys known here; one unknown key makes it atomic.

*Prebuilt validators.* pydantic-core swaps the schema of a complete model class for the validator of that class, which
would validate the original children. Shells are built with that off, and each model's shell is probed once with
sentinels; one whose sentinels do not come back is atomic.
"""

from __future__ import annotations

import json
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from pydantic import PydanticUserError, TypeAdapter, create_model
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

# Child number i stands in a skeleton as this number plus i. An input of an error that is such a number, or a container
# of such numbers, is the skeleton's and not one that a validator made up.
_FIRST: Final = 7_316_000_000_000_000


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

    It is hashable where the value is, so that pydantic copies it exactly where it would copy the value.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return hash(self.value)


def _replay(value: Any, validate: Callable[[Any], Any]) -> Any:
    if type(value) is _Default:
        return validate(value.value)
    result = _settled.stack[-1][value - _FIRST]
    if type(result) is Failure:
        raise result.error
    return result


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
    adapter = _adapter(target)
    return _Compiler(adapter.core_schema, _config_of(adapter), adapter.validator.title, by_alias, by_name).root()


def _adapter(target: Any) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    adapter.rebuild(raise_errors=True)
    return adapter


def _config_of(adapter: TypeAdapter[Any]) -> dict[str, Any]:
    """The configuration an adapter was made with, in the form of core schemas."""
    given = getattr(adapter, "_config", None)
    if not given:
        return {}
    schema: Schema = create_model("Configured", __config__=given).__pydantic_core_schema__
    config: dict[str, Any] = dict(schema["config"])
    if "title" not in given:
        del config["title"]
    return config


_cached_plan = lru_cache(maxsize=512)(_compile)


class _Compiler:
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
        self.plans: dict[tuple[int, int], Plan] = {}
        # Plans that follow the same containers as another one, which may still be in the making.
        self.delegates: list[tuple[Plan, Plan]] = []

    def root(self) -> Plan:
        plan = self.plan(self.schema, self.config)
        for outer, inner in self.delegates:
            outer.object = inner.object
            outer.array = inner.array
        return plan

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
                validate = self.validator(schema, self.outward(schema, config), prebuilt=True).validate_json
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
            shell = self.shell(schema, {**_bare(schema), "items_schema": _replayed()}, config)
            plan.array = Shape(_closer(_list_skeleton, shell), {}, self.plan(items, config))
        elif kind == "dict" and "values_schema" in schema:
            _only(schema, _DICT_KEYS)
            values = schema["values_schema"]
            shell = self.shell(schema, {**_bare(schema), "values_schema": _replayed()}, config)
            plan.object = Shape(_closer(_dict_skeleton, shell), {}, self.plan(values, config))

    def delegate(self, plan: Plan, schema: Schema, config: dict[str, Any]) -> None:
        """A node that adds nothing when a value is there: follow what is inside it."""
        inner = self.plan(schema, config)
        plan.exact = inner.exact
        plan.preview = inner.preview
        self.delegates.append((plan, inner))

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
        # For each field the key that pydantic looks for first; for each second key the first one.
        keys_first: dict[str, str] = {}
        first_of: dict[str, str] = {}
        for name, field in fields["fields"].items():
            _only(field, _FIELD_KEYS)
            inner, shell_schema = self.field(field["schema"], config)
            child = Child(name, inner)
            keys = self.document_keys(name, field, config)
            for key in keys:
                if key in children:
                    # One key for two fields: it would have to settle twice.
                    raise Unsupported
                children[key] = child
            keys_first[name] = keys[0]
            first_of.update((key, keys[0]) for key in keys[1:])
            shells[name] = {**field, "schema": shell_schema}
            probes[name] = {**field, "schema": _replayed()}

        shell_fields = {**fields, "fields": shells}
        rest: Plan | None = None
        if extra == "allow":
            extras = fields.get("extras_schema")
            if extras is not None and first_of:
                raise Unsupported
            rest = self.plan(extras, config) if extras is not None else _anything()
            shell_fields["extras_schema"] = _replayed()
        shell = self.shell(schema, _rewrap(schema, self, shell_fields), config)
        probe = {**_bare(model), "schema": {**shell_fields, "fields": probes, "extras_schema": _replayed()}}
        if extra != "allow":
            del probe["schema"]["extras_schema"]
        probe.pop("post_init", None)
        self.probe(probe, keys_first, model["cls"])

        partial = partial_class(model["cls"])
        quoted = {key: json.dumps(key) for key in children}

        def skeleton(keys: list[str | int], settled: list[Any], value: Any) -> str:
            # The last of a repeated key counts.
            last = {key: index for index, key in enumerate(keys)}
            if first_of and extra == "allow":
                for second, first in first_of.items():
                    if second in last and first in last:
                        # The field is found under its first key, so the second is one more key.
                        settled[last[second]] = value[second]
            parts = []
            for key, index in last.items():
                name = quoted.get(key)  # type: ignore[arg-type]
                if name is None:
                    if extra == "ignore":
                        continue
                    name = json.dumps(key)
                parts.append(f"{name}:{_FIRST + index}")
            return "{" + ",".join(parts) + "}"

        def wrap(members: dict[str, Any], run: Run) -> Any:
            return partial(members, run.missing)

        plan.object = Shape(_closer(skeleton, shell, config), children, rest, wrap)

    def shell(self, schema: Schema, shell: Schema, config: dict[str, Any]) -> SchemaValidator:
        """The validator for the shell of ``schema``."""
        return self.validator(shell, self.outward(schema, config), prebuilt=False)

    def outward(self, schema: Schema, config: dict[str, Any]) -> dict[str, Any]:
        """The configuration of a node's errors: at the root they look as pydantic's own do."""
        outermost = self.resolve(self.schema)
        while outermost is not schema:
            if outermost["type"] not in ("nullable", "default"):
                return config
            outermost = self.resolve(outermost["schema"])
        while schema["type"].startswith("function-") and "schema" in schema:
            schema = self.resolve(schema["schema"])
        hide_input = schema.get("config", {}).get("hide_input_in_errors", False)
        return {"hide_input_in_errors": hide_input, **config, "title": self.title}

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
                if kind not in ("model", "dataclass", "typed-dict") or node.get("root_model"):
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
        text = "{" + ",".join(f"{json.dumps(key)}:{_FIRST + i}" for i, key in enumerate(keys.values())) + "}"
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


def _list_skeleton(keys: list[str | int], settled: list[Any], value: Any) -> str:
    return "[" + ",".join(map(str, range(_FIRST, _FIRST + len(settled)))) + "]"


def _dict_skeleton(keys: list[str | int], settled: list[Any], value: Any) -> str:
    # Each pair is validated, repeated keys too.
    return "{" + ",".join([f"{json.dumps(key)}:{_FIRST + index}" for index, key in enumerate(keys)]) + "}"


def _closer(
    skeleton: Callable[[list[str | int], list[Any], Any], str],
    shell: SchemaValidator,
    config: dict[str, Any] | None = None,
) -> Callable[[list[str | int], list[Any], Any, Run], Any]:
    """Settles a container from its settled children."""
    validate = shell.validate_json
    hide_input = bool(config and config.get("hide_input_in_errors"))

    def close(keys: list[str | int], settled: list[Any], value: Any, run: Run) -> Any:
        text = skeleton(keys, settled, value)
        stack = _settled.stack
        stack.append(settled)
        try:
            return validate(text, **run.arguments)
        except ValidationError as error:
            return Failure(_with_inputs(error, keys, value, text, hide_input))
        finally:
            stack.pop()

    return close


def _with_inputs(
    error: ValidationError, keys: list[str | int], value: Any, skeleton: str, hide_input: bool
) -> ValidationError:
    """The same error with the document's own values as inputs, where the shell itself complained of the skeleton."""
    indexes = range(_FIRST, _FIRST + len(keys))
    details: list[InitErrorDetails] = []
    changed = False
    line: Any
    for line in error.errors():
        given = line["input"]
        if type(given) is int and given in indexes:
            given = value[keys[given - _FIRST]]
            changed = True
        elif type(given) is type(value) and _is_skeleton(given, indexes, skeleton):
            given = value
            changed = True
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
    return all(type(child) is int and child in indexes for child in children)


def fingerprint(target: Any) -> str:
    """Tells targets apart across processes: a digest of the core schema, functions and classes by their names."""
    digest = sha256()
    schema = _adapter(target).core_schema
    todo: list[Any] = [schema]
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if id(node) in seen:
                continue
            seen.add(id(node))
            digest.update(b"{%d" % len(node))
            for key, value in node.items():
                if key not in ("metadata", "serialization"):
                    todo += [value, key]
        elif isinstance(node, list | tuple):
            digest.update(b"[%d" % len(node))
            todo.extend(node)
        else:
            digest.update(_name(node).encode() + b"\0")
    return digest.hexdigest()


def _name(node: Any) -> str:
    """A leaf of a core schema in words that do not depend on the process."""
    name = getattr(node, "__qualname__", None)
    if name is not None:
        return f"{getattr(node, '__module__', '')}.{name}"
    # References end in the address of their class.
    return re.sub(r":\d+|0x[0-9a-f]+", "", repr(node))
