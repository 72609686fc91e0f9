"""What the package promises from outside: its names, what importing it costs, who may import whom, and its events.

The layers are read from the sources, so that an import that does not happen in the tests is seen too. An import inside
a function is *lazy*: it happens when its feature is used. Imports for type checkers only are no imports.
"""

from __future__ import annotations

import ast
import copy
import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

import partialjson
from partialjson import (
    MISSING,
    Completed,
    Event,
    IncompleteError,
    Invalid,
    ParseError,
    Parser,
    Predicted,
    Repaired,
    Replaced,
    Violation,
)

ROOT = Path(partialjson.__file__).parent


# Names


def test_every_name_in_all_exists() -> None:
    assert sorted(set(partialjson.__all__)) == sorted(partialjson.__all__)
    for name in partialjson.__all__:
        assert getattr(partialjson, name) is not None
        assert name in dir(partialjson)


def test_every_public_name_is_in_all() -> None:
    """Modules of the package become its attributes when they are imported; they are reached by their own names."""
    names = {name for name in vars(partialjson) if not name.startswith("_")}
    modules = {name for name in names if isinstance(getattr(partialjson, name), type(sys))}
    assert names - modules - {"TYPE_CHECKING", "Any"} <= set(partialjson.__all__)
    for module in modules:
        assert (ROOT / module).is_dir() or (ROOT / f"{module}.py").is_file()


def test_names_that_do_not_exist() -> None:
    assert not hasattr(partialjson, "nonsense")
    with pytest.raises(AttributeError, match="nonsense"):
        getattr(partialjson, "nonsense")  # noqa: B009
    with pytest.raises(ImportError):
        exec("from partialjson import nonsense")


def test_the_names_others_rely_on() -> None:
    from partialjson import (  # noqa: F401
        MISSING,
        Complete,
        Completed,
        Failed,
        Invalid,
        ParseError,
        Parser,
        Partial,
        Predicted,
        Repaired,
        Replaced,
        Truncated,
        Violation,
        astream,
        compiled,
        stream,
    )
    from partialjson.messages import MessageParser  # noqa: F401
    from partialjson.patch import apply_deltas, to_json_patch  # noqa: F401
    from partialjson.sse import SSEDecoder  # noqa: F401

    assert isinstance(compiled, bool)
    assert issubclass(ParseError, ValueError)
    assert issubclass(IncompleteError, ParseError)


def modules() -> Iterator[str]:
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__main__":
            yield ".".join(("partialjson", *(part for part in parts if part != "__init__")))


@pytest.mark.parametrize("name", sorted(modules()))
def test_every_module_exports_what_it_lists(name: str) -> None:
    if name.startswith("partialjson.cli"):
        pytest.importorskip("rich")
    if name.startswith("partialjson.testing"):
        pytest.importorskip("hypothesis")
    module = importlib.import_module(name)
    # Compiled modules lose their docstrings.
    assert module.__doc__ or (module.__file__ or "").endswith((".so", ".pyd"))
    for each in getattr(module, "__all__", ()):
        assert hasattr(module, each), f"{name}.{each}"


def test_the_package_is_marked_as_typed() -> None:
    assert (ROOT / "py.typed").is_file()


# What importing costs


def imported_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after a statement."""
    # Nothing that the environment itself loads (coverage, site customisation) is counted.
    code = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    return set(run.stdout.split())


HEAVY = {"pydantic", "pydantic_core", "jsonschema", "rich", "hypothesis", "typing_extensions", "asyncio", "ssl", "http"}


@pytest.mark.parametrize(
    "statement",
    [
        "import partialjson",
        'import partialjson; p = partialjson.Parser(); p.feed(\'[1, {"a": "x\'); p.value; p.deltas(); p.end()',
        "import partialjson; list(partialjson.stream(['[1]']))",
        "import partialjson.patch, partialjson.sse, partialjson.messages, partialjson.providers, partialjson.clients",
    ],
)
def test_importing_loads_nothing_heavy(statement: str) -> None:
    loaded = imported_by(statement)
    assert "partialjson._core.parser" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    assert "partialjson.typed" not in loaded


def test_a_target_loads_the_typed_layer() -> None:
    loaded = imported_by("import partialjson; partialjson.Parser(int)")
    assert {"partialjson.typed.compiler", "pydantic"} <= loaded
    assert {name.partition(".")[0] for name in loaded} & {"jsonschema", "rich", "hypothesis"} == set()


# Who may import whom


@dataclass(frozen=True)
class Import:
    """One import of one module: `name` is the module that is imported, as far as the statement says."""

    importer: str
    name: str
    lazy: bool

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]


def imports_of(path: Path, importer: str) -> Iterator[Import]:
    def walk(node: ast.AST, lazy: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(importer, alias.name, lazy)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{importer} has a relative import"
                module = child.module or ""
                for alias in child.names:
                    # ``from partialjson import patch`` names a module, ``from partialjson import Parser`` does not.
                    inner = f"{module}.{alias.name}"
                    is_module = inner in MODULES
                    yield Import(importer, inner if is_module else module, lazy)
            else:
                yield from walk(child, lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), False)


MODULES = set(modules())


def all_imports() -> list[Import]:
    found: list[Import] = []
    for name in MODULES:
        stem = ROOT.joinpath(*name.split(".")[1:])
        path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
        found.extend(imports_of(path, name))
    return found


IMPORTS = all_imports()


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def outside_of_the_standard_library(layer: str, *, lazy: bool = True) -> set[str]:
    """What the modules of a layer import that is neither in the standard library nor in the layer."""
    return {
        each.name
        for each in IMPORTS
        if within(each.importer, layer)
        and not within(each.name, layer)
        and each.package not in sys.stdlib_module_names
        and (lazy or not each.lazy)
    }


BASE = {
    "partialjson._missing",
    "partialjson._sources",
    "partialjson._typevars",
    "partialjson.errors",
    "partialjson.limits",
    "partialjson.markers",
    "partialjson.outcomes",
}


def test_the_core_imports_the_standard_library_only() -> None:
    assert outside_of_the_standard_library("partialjson._core", lazy=False) <= BASE


def test_the_core_learns_about_plan_compilers_only_when_a_target_asks() -> None:
    lazy = {(each.importer, each.name) for each in IMPORTS if within(each.importer, "partialjson._core") and each.lazy}
    lazy = {(importer, name) for importer, name in lazy if name.partition(".")[0] not in sys.stdlib_module_names}
    compilers = {"partialjson.typed.compiler", "partialjson.schema.compiler", "partialjson.typed.required"}
    assert {importer for importer, _ in lazy} <= {"partialjson._core.parser"}
    assert {name for _, name in lazy} <= compilers


@pytest.mark.parametrize("name", sorted(BASE))
def test_the_base_imports_the_base_only(name: str) -> None:
    assert outside_of_the_standard_library(name) <= BASE


def test_the_typed_layer_imports_the_core_and_pydantic() -> None:
    for name in outside_of_the_standard_library("partialjson.typed"):
        assert within(name, "partialjson._core", "pydantic", "pydantic_core") or name in BASE, name


def test_partial_objects_can_be_had_without_the_compiler() -> None:
    assert outside_of_the_standard_library("partialjson.typed.partial", lazy=False) <= BASE


def reached_from(layer: str) -> set[str]:
    """All modules that are loaded, now or later, with a layer, but for those of the standard library."""
    reached: set[str] = set()
    todo = {layer}
    while todo:
        each = todo.pop()
        reached.add(each)
        todo |= outside_of_the_standard_library(each) - reached
    return reached


@pytest.mark.parametrize("layer", ["partialjson.providers", "partialjson.sse"])
def test_wire_formats_import_neither_parser_nor_sdk(layer: str) -> None:
    """Private helpers that stand alone are allowed."""
    for name in reached_from(layer):
        assert within(name, layer) or name.startswith("partialjson._"), name
        assert not within(name, "partialjson._core"), name


def test_messages_join_providers_and_parser_and_no_other_layer() -> None:
    others = [f"partialjson.{name}" for name in ("typed", "schema", "streaming", "patch", "cli", "testing")]
    for name in outside_of_the_standard_library("partialjson.messages"):
        assert within(name, "partialjson"), name
        assert not within(name, *others), name


def test_what_stands_on_the_core_imports_nothing_else() -> None:
    for layer in ("streaming", "sequences", "patch", "resume"):
        beside = ["partialjson.streaming"] if layer == "sequences" else []
        for name in outside_of_the_standard_library(f"partialjson.{layer}", lazy=False):
            assert within(name, "partialjson._core", *beside) or name in BASE, name


def test_streaming_looks_at_targets_only_when_a_place_in_one_is_named() -> None:
    later = outside_of_the_standard_library("partialjson.streaming") - outside_of_the_standard_library(
        "partialjson.streaming", lazy=False
    )
    assert later == {"partialjson.typed.targets"}


def test_nothing_but_the_command_line_imports_the_command_line_or_rich() -> None:
    for each in IMPORTS:
        if not within(each.importer, "partialjson.cli"):
            assert not within(each.name, "partialjson.cli", "rich"), each


def test_nothing_but_the_testing_tools_imports_them() -> None:
    for each in IMPORTS:
        if not within(each.importer, "partialjson.testing"):
            assert not within(each.name, "partialjson.testing", "hypothesis", "pytest"), each


def test_pydantic_and_jsonschema_are_used_where_they_belong() -> None:
    for each in IMPORTS:
        if within(each.name, "pydantic", "pydantic_core"):
            assert within(each.importer, "partialjson.typed", "partialjson.cli", "partialjson.testing"), each
        if within(each.name, "jsonschema"):
            assert within(each.importer, "partialjson.schema", "partialjson.cli"), each


def test_no_module_imports_an_sdk_or_a_transport() -> None:
    sdks = {"openai", "anthropic", "google", "mistralai", "cohere", "ollama", "boto3", "botocore", "httpx", "requests"}
    transports = {"aiohttp", "urllib3", "httpcore", "socket", "ssl", "http"}
    for each in IMPORTS:
        assert each.package not in sdks | transports, each


def test_the_core_does_no_input_or_output() -> None:
    """Apart from finding its own sources, which is the business of its package alone."""
    doors = {"io", "os", "pathlib", "socket", "subprocess", "asyncio", "threading", "tempfile", "shutil", "pickle"}
    for each in IMPORTS:
        if within(each.importer, "partialjson._core") and each.importer != "partialjson._core":
            assert each.package not in doors, each


def test_the_reading_of_imports_sees_them() -> None:
    """The tests above would pass on an empty list."""
    names = {each.name for each in IMPORTS if each.importer == "partialjson._core.parser"}
    assert {"partialjson._core.tree", "partialjson.typed.compiler", "codecs"} <= names
    assert "pydantic" not in names


# Events


def an_error() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_json('"x"')
    return caught.value


EVENTS: list[Any] = [
    Completed(("a", 0), {"b": [1]}),
    Completed((), None),
    Replaced(("a",), "old"),
    Violation(("a",), "too long", 5),
    Predicted(("kind",), "cat", 9),
    Repaired((), "trailing comma", 3),
]


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_events_are_values(event: Any) -> None:
    again = pickle.loads(pickle.dumps(event))
    for other in (again, copy.copy(event), copy.deepcopy(event), type(event)(*event.__reduce__()[1])):
        assert other == event
        assert hash(other) == hash(event)
        assert repr(other) == repr(event)
        assert type(other) is type(event)
    assert isinstance(event, Event)
    assert event != object()
    assert event.path in ((), ("a",), ("a", 0), ("kind",))
    assert {event: 1}[again] == 1


def test_events_differ_by_kind_path_and_content() -> None:
    assert Completed(("a",), 1) != Replaced(("a",), 1)
    assert Completed(("a",), 1) != Completed(("b",), 1)
    assert Completed(("a",), 1) != Completed(("a",), 2)
    assert Completed((0,), 1) != Completed(("0",), 1)
    assert Violation((), "a", 1) != Violation((), "a", 2)
    assert len({Completed(("a",), 1), Completed(("a",), 1), Completed(("a",), 2)}) == 2


def test_events_print_as_they_are_written() -> None:
    assert repr(Completed(("a", 0), [1])) == "Completed(path=('a', 0), value=[1])"
    assert repr(Replaced((), None)) == "Replaced(path=(), value=None)"
    assert repr(Violation(("a",), "m", 1)) == "Violation(path=('a',), msg='m', pos=1)"
    assert repr(Predicted(("a",), "m", 1)) == "Predicted(path=('a',), value='m', pos=1)"
    assert repr(Repaired(("a",), "m", 1)) == "Repaired(path=('a',), kind='m', pos=1)"


def test_events_match() -> None:
    found: list[Any] = []
    for event in Parser(list[int]).feed('[1, "x", '):
        match event:
            case Completed((index,), value):
                found.append((index, value))
            case Invalid(path, error):
                found.append((path, type(error)))
    assert found == [(0, 1), ((1,), ValidationError)]
    match Replaced(("a", 1), "v"):
        case Replaced(path=("a", int(index)), value=str(value)):
            assert (index, value) == (1, "v")
        case _:
            pytest.fail("no match")
    match EVENTS[3], EVENTS[4], EVENTS[5]:
        case Violation(_, msg, pos), Predicted(_, value, at), Repaired(_, kind, _):
            assert (msg, pos, value, at, kind) == ("too long", 5, "cat", 9, "trailing comma")
        case _:
            pytest.fail("no match")


def test_events_do_not_change() -> None:
    event = Completed(("a",), 1)
    with pytest.raises(AttributeError):
        event.path = ("b",)  # type: ignore[misc]
    assert event.path is event.path
    with pytest.raises((AttributeError, TypeError)):
        event.other = 1  # type: ignore[attr-defined]


def test_paths_of_fed_events_do_not_depend_on_when_they_are_asked() -> None:
    parser = Parser()
    events = parser.feed('{"a": [1, {"b": 2')
    more = parser.feed("}]}")
    parser.close()
    assert [event.path for event in (*events, *more)] == [("a", 0), ("a", 1, "b"), ("a", 1), ("a",), ()]


def test_invalid_tells_the_validators_errors() -> None:
    error = an_error()
    event = Invalid(("a",), error)
    assert event.error is error
    assert event.errors == error.errors()
    assert event == Invalid(("a",), error)
    assert event != Invalid(("b",), error)
    assert hash(event) == hash(Invalid(("a",), an_error()))
    assert "Invalid(path=('a',), error=" in repr(event)
    plain = Invalid((), ValueError("x"))
    assert plain.errors == [plain.error]


def test_errors_are_pickled_with_their_events() -> None:
    with pytest.raises(ParseError) as caught:
        Parser().feed(b'{"a": 1, "b": x')
    error = caught.value
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ParseError
    assert str(again) == str(error)
    names = ("msg", "pos", "byte_pos", "lineno", "colno", "path", "events")
    assert [getattr(again, name) for name in names] == [getattr(error, name) for name in names]
    assert again.events == (Completed(("a",), 1),)


# MISSING


def test_missing_is_one_object() -> None:
    assert copy.copy(MISSING) is MISSING
    assert copy.deepcopy(MISSING) is MISSING
    assert type(MISSING)() is MISSING
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps([MISSING], protocol)) == [MISSING]
        assert pickle.loads(pickle.dumps(MISSING, protocol)) is MISSING


def test_missing_holds_nothing_and_chains() -> None:
    assert not MISSING
    assert len(MISSING) == 0
    assert list(MISSING) == []
    assert "x" not in MISSING
    assert MISSING.a.b["c"][0].d is MISSING
    assert (repr(MISSING), str(MISSING), f"{MISSING}") == ("MISSING", "MISSING", "MISSING")
    assert MISSING is not None
    assert MISSING != None  # noqa: E711
    assert MISSING == MISSING
    assert {MISSING: 1}[MISSING] == 1


def test_missing_answers_no_protocol() -> None:
    for name in ("__array__", "__fspath__", "__rich_repr__", "__call__", "__deepcopied__"):
        assert not hasattr(MISSING, name)
    with pytest.raises(AttributeError):
        MISSING.a = 1


def test_clients_import_no_client() -> None:
    """What a client gives is told by what it can do."""
    for name in outside_of_the_standard_library("partialjson.clients"):
        assert within(name, "partialjson.messages", "partialjson.providers"), name
