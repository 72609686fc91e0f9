"""Who may import whom, over all folders, and that no import leads back to where it began.

Imports are read from the sources, so that one that does not happen in the tests is seen too. An import inside a
function is *lazy*: it happens when its feature is used. Imports for type checkers only count for circles, and for
nothing else.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import partialjson

ROOT = Path(partialjson.__file__).parent

# What anybody may import.
BASE = {
    "_docs",
    "_jsontext",
    "_missing",
    "_digests",
    "_pointers",
    "_records",
    "_sources",
    "_typevars",
    "coercions",
    "errors",
    "limits",
    "markers",
    "options",
    "outcomes",
    "reasons",
    "repairs",
}

# For each layer: what it may import when it is loaded, and what more when a feature is used. Its own modules and the
# standard library go without saying. A layer is a folder, or a module beside the folders.
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    **{name: (BASE, set()) for name in BASE},
    "_core": (BASE, {"lenient", "schema", "structs", "typed"}),
    "typed": ({*BASE, "_core", "pydantic", "pydantic_core"}, {"structs"}),
    # Of ``typed`` only the class ``Partial``, which is that of all partial objects.
    "structs": ({*BASE, "_core", "attrs", "cattrs", "msgspec", "typed"}, set()),
    "schema": ({*BASE, "_core", "attrs", "jsonschema", "jsonschema_specifications", "referencing"}, set()),
    "streaming": ({*BASE, "_core"}, set()),
    "lenient": ({*BASE, "_core"}, set()),
    "sequences": ({*BASE, "_core", "streaming"}, {"lenient", "pydantic", "typed"}),
    "resume": ({*BASE, "_core", "wire", "lenient"}, set()),
    "patch": (BASE, set()),
    "encoders": ({*BASE, "broadcast", "messages", "patch"}, {"typed"}),
    "broadcast": ({*BASE, "_core", "messages", "patch"}, {"typed"}),
    "wire": ({*BASE, "_core"}, set()),
    "messages": ({*BASE, "_core", "wire", "resume"}, set()),
    "clients": ({*BASE, "messages", "wire"}, {"streaming"}),
    "otel": ({*BASE, "messages", "wire", "opentelemetry"}, {"opentelemetry"}),
    "render": ({*BASE, "_core", "broadcast", "messages", "rich"}, set()),
    "web": (
        {
            *BASE,
            "_core",
            "broadcast",
            "cli",
            "clients",
            "messages",
            "pydantic",
            "render",
            "starlette",
            "uvicorn",
            "wire",
        },
        {"schema"},
    ),
    "cli": (
        {*BASE, "broadcast", "partialjson", "messages", "providers", "pydantic", "render", "rich"},
        {"compat", "integrations", "web"},
    ),
    "testing": (
        {
            *BASE,
            "_core",
            "attrs",
            "hypothesis",
            "jsonschema",
            "messages",
            "msgspec",
            "partialjson",
            "patch",
            "pydantic",
            "pytest",
            "schema",
            "structs",
        },
        {"yaml"},
    ),
    "compat": ({*BASE, "_core", "pydantic_core"}, set()),
    "integrations": ({*BASE, "_core", "compat", "pydantic"}, set()),
    # Fronts: public names for what lives elsewhere.
    "sse": ({"wire"}, set()),
    "providers": ({"wire"}, set()),
    "partialjson": ({*BASE, "_core"}, {"schema", "sequences", "streaming", "typed"}),
    "__main__": ({"cli"}, set()),
}

# Inside ``wire`` only this module reads JSON; the adapters and the operations know of no parser.
WIRE_WITH_PARSER = {"wire.framing"}


@dataclass(frozen=True)
class Import:
    """One import of one module, both by their names inside the package; ``of`` is the whole name elsewhere."""

    importer: str
    of: str
    lazy: bool
    typing: bool

    @property
    def layer(self) -> str:
        return self.importer.partition(".")[0]

    @property
    def package(self) -> str:
        return self.of.partition(".")[0]


def _modules() -> dict[str, Path]:
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        found[name or "partialjson"] = path
    return found


MODULES = _modules()


def imports_of(importer: str, path: Path) -> Iterator[Import]:
    def walk(node: ast.AST, lazy: bool, typing: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(importer, inside(alias.name), lazy, typing)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{importer} has a relative import"
                module = child.module or ""
                for alias in child.names:
                    # ``from partialjson import patch`` names a module, ``from partialjson import Parser`` does not.
                    inner = inside(f"{module}.{alias.name}")
                    yield Import(importer, inner if inner in MODULES else inside(module), lazy, typing)
            elif not isinstance(child, ast.expr):
                inner_lazy = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                inner_typing = typing or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
                yield from walk(child, inner_lazy, inner_typing)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), False, False)


def inside(name: str) -> str:
    return name.removeprefix("partialjson.")


IMPORTS = [each for name, path in MODULES.items() for each in imports_of(name, path)]
REAL = [each for each in IMPORTS if not each.typing]


def test_every_layer_is_in_the_table() -> None:
    assert {name.partition(".")[0] for name in MODULES} == LAYERS.keys()


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_who_may_import_whom(layer: str) -> None:
    now, later = LAYERS[layer]
    for each in REAL:
        if each.layer != layer or each.package == layer or each.package in sys.stdlib_module_names:
            continue
        assert each.package in (now | later if each.lazy else now), f"{each.importer} imports {each.of}"


def test_no_right_to_import_is_unused() -> None:
    """A row that allows more than is needed would let a wrong import pass."""
    for layer, (now, later) in LAYERS.items():
        used = {each.package for each in REAL if each.layer == layer}
        assert now - BASE <= used, layer
        assert later <= used, layer


def test_the_base_needs_no_other_base() -> None:
    """What the base imports of itself goes one way; see the test of circles."""
    for each in REAL:
        if each.layer in BASE and each.package not in sys.stdlib_module_names:
            assert each.of in BASE, each


# Circles across files that are left, and why.
CIRCLES: list[set[str]] = [
    # The compiler asks the modules of single constructs, and they ask it for the plans inside. Type checkers only.
    {"typed.compiler", "typed.containers", "typed.objects", "typed.unions"},
]


def circles() -> list[set[str]]:
    """The sets of modules that import each other, directly or not, for whatever purpose (Tarjan)."""
    # A package and the modules in it are one place: importing a module loads its package.
    edges: dict[str, set[str]] = {name: set() for name in MODULES}
    for each in IMPORTS:
        if each.of in MODULES and each.of != each.importer and not each.lazy:
            edges[each.importer].add(each.of)
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in edges[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            component: set[str] = set()
            while name not in component:
                component.add(stack.pop())
            if len(component) > 1:
                found.append(component)

    for name in edges:
        if name not in index:
            visit(name)
    return found


def test_there_are_no_circles_but_the_named_ones() -> None:
    for circle in circles():
        assert circle in CIRCLES, sorted(circle)


def test_the_circles_that_are_named_exist() -> None:
    found = circles()
    for circle in CIRCLES:
        assert circle in found, sorted(circle)


def test_lower_layers_import_modules_never_the_front_of_the_package() -> None:
    for each in REAL:
        if each.of == "partialjson":
            assert each.layer in ("cli", "testing"), each


def test_adapters_and_operations_know_of_no_parser() -> None:
    for each in REAL:
        if each.layer == "wire" and each.package == "_core":
            assert each.importer in WIRE_WITH_PARSER, each


def test_no_module_imports_an_sdk_or_a_transport() -> None:
    sdks = {"openai", "anthropic", "google", "mistralai", "cohere", "ollama", "boto3", "httpx", "requests"}
    transports = {"aiohttp", "urllib3", "httpcore", "socket", "ssl", "http"}
    for each in REAL:
        # The server listens.
        assert each.package not in sdks | transports or (each.importer, each.of) == ("web.server", "socket"), each


def test_only_the_server_needs_a_web_framework() -> None:
    """What answers runs in a browser too, where there is none."""
    server = {"web.app", "web.delivery", "web.guard", "web.server"}
    for each in REAL:
        if each.package in ("starlette", "uvicorn"):
            assert each.importer in server, each
        if each.of in server:
            assert each.importer in {*server, "cli"}, each


def test_the_core_does_no_input_or_output() -> None:
    """Apart from finding its own sources, which is the business of its package alone."""
    doors = {"io", "os", "pathlib", "socket", "subprocess", "asyncio", "threading", "tempfile", "shutil", "pickle"}
    for each in REAL:
        if each.layer == "_core" and each.importer != "_core":
            assert each.package not in doors, each


def test_partial_objects_can_be_had_without_the_compiler() -> None:
    for each in REAL:
        if each.importer == "typed.partial" and not each.lazy and each.package not in sys.stdlib_module_names:
            assert each.of in BASE, each


def test_the_reading_of_imports_sees_them() -> None:
    """The tests above would pass on an empty list."""
    names = {each.of for each in REAL if each.importer == "_core.parser"}
    assert {"_core.tree", "_core.target", "collections.abc"} <= names
    assert "pydantic" not in names
    assert "typed.targets" in {each.of for each in REAL if each.importer == "_core.target" and each.lazy}


def test_one_module_turns_types_into_targets() -> None:
    """Whoever else in the core loads a schema language goes around the one dispatch."""
    assert {each.importer for each in REAL if each.layer == "_core" and each.package == "typed"} == {"_core.target"}
