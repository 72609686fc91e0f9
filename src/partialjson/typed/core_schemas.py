"""What pydantic makes of a target, for layers that follow it without validating anything."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

__all__ = ["core_schema_of"]


def core_schema_of(target: Any) -> Any:
    """The core schema of a target: nested dicts, see ``pydantic_core.core_schema``."""
    adapter: TypeAdapter[Any] = target if isinstance(target, TypeAdapter) else TypeAdapter(target)
    adapter.rebuild(raise_errors=True)
    return adapter.core_schema
