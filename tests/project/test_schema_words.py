"""Pydantic's schemas are read in one layer: nothing outside `typed` knows their words or asks for them.

What else wants to know what a target's documents hold walks its `Spec`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pydantic_core.core_schema as words
import pytest

import partialjson
from partialjson.typed import schemas

ROOT = Path(partialjson.__file__).parent

# How one gets at a schema, and the modules that have its types.
DOORS = re.compile(r"core_schema|json_schema|CoreSchema|SchemaValidator|JsonSchema|__pydantic_(validator|decorators)__")
MODULES = {"pydantic_core", "pydantic.json_schema", "pydantic.fields", "pydantic.annotated_handlers"}

WRITERS = {
    # Markers leave a note in a schema; they read none. The hook is pydantic's, by which it asks for it.
    "markers": {"__get_pydantic_core_schema__", "GetCoreSchemaHandler", "CoreSchema", "pydantic_core"},
    # Requests to providers call JSON Schemas so.
    "wire.tools": {
        "json_schema",
        "parametersJsonSchema",
        "parameters_json_schema",
        "params_json_schema",  # the OpenAI Agents SDK
        "responseJsonSchema",
        "response_json_schema",
        'output: a format of type "json_schema" has the JSON Schema under "schema"',
    },
    # A note that msgspec keeps of a type.
    "structs.msgspec.types": {"extra_json_schema"},
    # What attrs knows of a field.
    "structs.cattrs.nodes": {"kw_only"},
    # It asks whether pydantic can ask for one.
    "_core.target": {"__get_pydantic_core_schema__"},
    # It stands in for a function of that package.
    "compat.__init__": {"pydantic_core", "allow_inf_nan"},
    # It writes such requests.
    "web.live": {"json_schema", "response_json_schema", "parameters_json_schema"},
}


def kinds_of_nodes() -> set[str]:
    """The kinds of core schema node whose names are no words of anything else."""
    return {kind for kind in re.findall(r"Required\[Literal\['([a-z-]+)'\]\]", _source()) if "-" in kind}


def keys_of_nodes() -> set[str]:
    """The keys of core schema nodes whose names are no words of anything else."""
    return {key for key in re.findall(r"^    (\w+): ", _source(), re.MULTILINE) if key.count("_") > 0} - {
        # Arguments of constructors of pydantic's, of dataclasses, or of this library's own.
        "by_alias", "by_name", "on_error", "json_schema_input_schema", "custom_error", "max_length", "min_length",
        "multiple_of", "default_factory",
    }  # fmt: skip


def _source() -> str:
    return Path(words.__file__).read_text(encoding="utf-8")


def said(path: Path) -> Iterator[str]:
    """What a module names or spells out, docstrings left aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.FunctionDef | ast.alias):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def faults(path: Path, allowed: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    found = set()
    known = kinds_of_nodes() | keys_of_nodes() | MODULES
    for word in said(path):
        if word not in allowed and (word in known or DOORS.search(word)):
            found.add(word)
    return found


OUTSIDE = sorted(path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] != "typed")


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_outside_the_typed_layer_reads_schemas(path: Path) -> None:
    assert faults(path, WRITERS.get(".".join(path.relative_to(ROOT).with_suffix("").parts), set())) == set()


def test_the_words_are_found_where_they_are_read() -> None:
    """The test above would pass on an empty list."""
    assert len(OUTSIDE) > 60
    assert {"definition-ref", "model-fields", "tagged-union", "lax-or-strict", "json-or-python"} <= kinds_of_nodes()
    assert {"items_schema", "validation_alias", "schema_ref", "serialization_exclude"} <= keys_of_nodes()
    typed = Path(schemas.__file__).parent
    for name in ("schemas", "specs", "compiler", "objects"):
        assert len(faults(typed / f"{name}.py")) > 5, name
    for module, allowed in WRITERS.items():
        assert faults(ROOT.joinpath(*module.split(".")).with_suffix(".py")) == allowed, module
