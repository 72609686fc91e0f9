"""Targets: the type or TypeAdapter a parser was given, its adapter, its configuration and its fingerprint."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, create_model

from partialjson.typed.schemas import Schema

__all__ = ["adapter_of", "config_of", "core_schema_of", "fingerprint"]


def adapter_of(target: Any) -> TypeAdapter[Any]:
    """The complete adapter for a target.

    Raises:
        PydanticUserError, NameError: pydantic does not understand the target, or a name in it is undefined.
    """
    adapter: TypeAdapter[Any] = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    adapter.rebuild(raise_errors=True)
    return adapter


def core_schema_of(target: Any) -> Schema:
    """What pydantic makes of a target, for those who follow it without validating anything."""
    return adapter_of(target).core_schema


def config_of(adapter: TypeAdapter[Any]) -> dict[str, Any]:
    """The configuration an adapter was made with, in the form of core schemas."""
    given = getattr(adapter, "_config", None)
    if not given:
        return {}
    schema: Schema = create_model("Configured", __config__=given).__pydantic_core_schema__
    config: dict[str, Any] = dict(schema["config"])
    if "title" not in given:
        del config["title"]
    return config


def fingerprint(target: Any) -> str:
    """Tells targets apart across processes: a digest of the core schema, functions and classes by their names."""
    digest = sha256()
    schema = adapter_of(target).core_schema
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
