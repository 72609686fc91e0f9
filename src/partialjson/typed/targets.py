"""Pydantic's targets: from the type or TypeAdapter that a parser was given to a ``Target``.

What is compiled of a type, its plan and its specs, is kept and shared by all parsers of that type, and so is its
fingerprint once a checkpoint asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from pydantic import PydanticUserError, TypeAdapter, create_model

from partialjson._core.plan import Plan
from partialjson._core.target import Options, Target
from partialjson.typed.compiler import Compiler
from partialjson.typed.schemas import Schema
from partialjson.typed.skeletons import Run

__all__ = ["adapter_of", "compile_plan", "config_of", "fingerprint", "typed_target"]


def typed_target(given: Any, options: Options) -> Target:
    """The target for a type pydantic understands, or for a TypeAdapter.

    Raises:
        PydanticUserError: pydantic does not understand the type, or would find its fields under no name at all.
        PydanticUndefinedAnnotation: the type refers to a name that is not defined.
    """
    plan, identify = _compiled(given, options.by_alias, options.by_name, options.strict is False)
    assert plan.spec is not None
    return Target(given, plan, Run(options), plan.spec, identify)


def compile_plan(
    given: Any, by_alias: bool | None = None, by_name: bool | None = None, never_strict: bool = False
) -> Plan:
    """The plan for a type or TypeAdapter; it has the spec. Plans are cached.

    With ``never_strict``, validation will be lax whatever the type says.

    Raises:
        as ``typed_target``.
    """
    return _compiled(given, by_alias, by_name, never_strict)[0]


def _compiled(
    given: Any, by_alias: bool | None, by_name: bool | None, never_strict: bool
) -> tuple[Plan, Callable[[], str]]:
    """The plan, and what gives the fingerprint."""
    if by_alias is False and by_name is not True:
        raise PydanticUserError(
            "At least one of `by_alias` or `by_name` must be set to True.",
            code="validate-by-alias-and-name-false",
        )
    # ``int | bool`` and ``bool | int`` are equal, but validate differently.
    spelling = "" if isinstance(given, type | TypeAdapter) else repr(given)
    try:
        return _cached(given, spelling, by_alias, by_name, never_strict)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
    return _compile(given, spelling, by_alias, by_name, never_strict)


def _compile(
    given: Any, spelling: str, by_alias: bool | None, by_name: bool | None, never_strict: bool
) -> tuple[Plan, Callable[[], str]]:
    adapter = adapter_of(given)
    title = adapter.validator.title
    plan = Compiler(adapter.core_schema, config_of(adapter), title, by_alias, by_name, never_strict).root()
    return plan, cache(lambda: fingerprint(given))


_cached = lru_cache(maxsize=512)(_compile)


def adapter_of(given: Any) -> TypeAdapter[Any]:
    """The complete adapter for a type.

    Raises:
        PydanticUserError, NameError: pydantic does not understand the type, or a name in it is undefined.
    """
    adapter: TypeAdapter[Any] = given if isinstance(given, TypeAdapter) else TypeAdapter(given)
    adapter.rebuild(raise_errors=True)
    return adapter


def config_of(adapter: TypeAdapter[Any]) -> dict[str, Any]:
    """The configuration of an adapter's validator, in the form that core schemas use."""
    given = getattr(adapter, "_config", None)
    if not given:
        return _config_of_class(adapter)
    schema: Schema = create_model("Configured", __config__=given).__pydantic_core_schema__
    config: dict[str, Any] = dict(schema["config"])
    if "title" not in given:
        del config["title"]
    return config


def _config_of_class(adapter: TypeAdapter[Any]) -> dict[str, Any]:
    """The configuration of the class whose own validator an adapter uses; empty if it has made one."""
    cls = getattr(adapter, "_type", None)
    own = getattr(cls, "__dict__", {})
    if own.get("__pydantic_validator__") is not adapter.validator:
        return {}
    schema: Schema = adapter.core_schema
    definitions = {each["ref"]: each for each in schema.get("definitions", ())}
    while schema.get("cls") is not cls:
        # Validators of the class may be around it.
        inner = definitions.get(schema.get("schema_ref")) or schema.get("schema")
        if not isinstance(inner, dict):
            return {}
        schema = inner
    return {key: value for key, value in (schema.get("config") or {}).items() if key != "title"}


def fingerprint(given: Any) -> str:
    """Distinguishes targets across processes: a digest of the core schema, with functions and classes by their
    names."""
    # For checkpoints only.
    from partialjson._digests import digest_of, stable_name

    def parts(node: Any) -> list[Any] | None:
        if not isinstance(node, dict):
            return None
        return [each for item in node.items() if item[0] not in ("metadata", "serialization") for each in item]

    def name(leaf: Any) -> str:
        # References end in the memory address of their class.
        return re.sub(r":\d+", "", stable_name(leaf))

    return digest_of("", adapter_of(given).core_schema, parts, name)
