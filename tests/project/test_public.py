"""What the package promises from outside: its names, what importing it costs, and its events."""

from __future__ import annotations

import copy
import importlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

import partialjson
from partialjson import (
    MISSING,
    Coerced,
    CoercionKind,
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
    """Modules of the package become its attributes when they are imported; they are reached by their own names. Where
    the package is installed, pytest rewrites it as that of a plugin, and adds names with an @."""
    names = {name for name in vars(partialjson) if not name.startswith(("_", "@"))}
    modules = {name for name in names if isinstance(getattr(partialjson, name), type(sys))}
    assert names - modules - {"TYPE_CHECKING", "Any"} <= set(partialjson.__all__)
    for module in modules:
        assert (ROOT / module).is_dir() or (ROOT / f"{module}.py").is_file()


def test_the_version_is_that_of_the_distribution() -> None:
    """It is looked up when somebody asks, since reading package metadata is slow."""
    tell = "import sys, partialjson as p; assert 'importlib.metadata' not in sys.modules; print(p.__version__)"
    told = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True).stdout.strip()
    try:
        assert told == version("partialjson-live")
    except PackageNotFoundError:
        assert told == "unknown"
    assert partialjson.__version__ == told
    assert "__version__" in dir(partialjson)


def test_names_that_do_not_exist() -> None:
    assert not hasattr(partialjson, "nonsense")
    with pytest.raises(AttributeError, match="nonsense"):
        _ = partialjson.nonsense
    with pytest.raises(ImportError):
        exec("from partialjson import nonsense")


@pytest.mark.parametrize("name", ["JSONParser", "create_json_parser", "create_json5_parser"])
def test_a_name_of_the_other_distribution_is_told_to_be_that(name: str) -> None:
    with pytest.raises(ImportError, match=f"{name} belongs to another distribution, partialjson"):
        exec(f"from partialjson import {name}")


def test_the_names_others_rely_on() -> None:
    relied_on = {
        "partialjson": "MISSING Coerced Complete Completed Failed Invalid ParseError Parser Partial Predicted Repaired "
        "Replaced Truncated Violation astream compiled stream",
        "partialjson.messages": "MessageParser",
        "partialjson.patch": "apply_deltas to_json_patch",
        "partialjson.sse": "SSEDecoder",
    }
    for module, names in relied_on.items():
        there = importlib.import_module(module)
        assert [name for name in names.split() if not hasattr(there, name)] == []
    assert isinstance(partialjson.compiled, bool)
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
    if name.startswith("partialjson.web"):
        pytest.importorskip("starlette")
        pytest.importorskip("uvicorn")
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


# What every program needs. The names of other features load them.
ALWAYS = {
    "_core",
    "_missing",
    "_typevars",
    "coercions",
    "errors",
    "limits",
    "options",
    "outcomes",
    "reasons",
    "repairs",
}
if partialjson.compiled:
    # What gives compiled classes their docstrings.
    ALWAYS.add("_docs")
if os.environ.get("PARTIALJSON_INTERPRETED", "") not in ("", "0"):
    # What prefers the sources to what was compiled.
    ALWAYS.add("_sources")
FEATURES = [
    ("pass", set()),
    ("partialjson.Parser(), partialjson.Limits(), partialjson.Complete", set()),
    ("partialjson.stream(['[1]'])", {"streaming"}),
    ("partialjson.documents(['[1]'])", {"streaming", "sequences"}),
    ("partialjson.Preview", {"markers"}),
    ("partialjson.Partial", {"typed"}),
    ("partialjson.Parser(int)", {"typed", "markers"}),
    ("list(partialjson.stream(['[1]'], int))", {"typed", "markers", "streaming"}),
]


@pytest.mark.parametrize(("statement", "more"), FEATURES, ids=[statement for statement, _ in FEATURES])
def test_a_name_loads_what_it_needs_and_no_more(statement: str, more: set[str]) -> None:
    loaded = imported_by(f"import partialjson; {statement}")
    ours = {name.split(".")[1] for name in loaded if name.startswith("partialjson.")}
    assert ours == ALWAYS | more
    # What finds out which place a function names is for those who name one.
    iterating = {"consumers", "snapshots", "stream"}
    assert {name.split(".")[2] for name in loaded if name.startswith("partialjson.streaming.")} <= iterating
    if "typed" not in more:
        assert loaded & {"asyncio", "difflib", "logging", "random", "tempfile", "threading", "uuid"} == set()


def test_names_that_load_late_are_as_all_others() -> None:
    late = ["Partial", "Preview", "Progress", "Snapshot", "documents", "stream"]
    code = (
        "import pickle, partialjson\n"
        f"late = {late}\n"
        "assert not set(late) & set(vars(partialjson))\n"
        "assert set(partialjson.__all__) <= set(dir(partialjson))\n"
        "for name in late:\n"
        "    found = getattr(partialjson, name)\n"
        "    assert pickle.loads(pickle.dumps(found)) is found, name\n"
        "    assert vars(partialjson)[name] is found, name\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_a_target_loads_the_typed_layer() -> None:
    loaded = imported_by("import partialjson; partialjson.Parser(int)")
    assert {"partialjson.typed.compiler", "pydantic"} <= loaded
    assert {name.partition(".")[0] for name in loaded} & {"jsonschema", "rich", "hypothesis"} == set()


# Events


def an_error() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_json('"x"')
    return caught.value


EVENTS: list[Any] = [
    Completed(("a", 0), {"b": [1]}),
    Completed((), None),
    Replaced(("a",), "old"),
    Violation(("a",), 5, "maxLength", "too long"),
    Predicted(("kind",), "cat", 9),
    Repaired((), "trailing comma", 3),
    Coerced(("a",), CoercionKind.THOUSANDS, "1,000", 1000),
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
    assert Violation((), 1, "type", "a") != Violation((), 2, "type", "a")
    assert len({Completed(("a",), 1), Completed(("a",), 1), Completed(("a",), 2)}) == 2


def test_events_print_as_they_are_written() -> None:
    assert repr(Completed(("a", 0), [1])) == "Completed(path=('a', 0), value=[1])"
    assert repr(Replaced((), None)) == "Replaced(path=(), value=None)"
    assert repr(Violation(("a",), 1, "k", "m")) == "Violation(path=('a',), pos=1, keyword='k', msg='m')"
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
        case Violation(_, pos, keyword, msg), Predicted(_, value, at), Repaired(_, kind, _):
            assert (pos, keyword, msg, value, at, kind) == (5, "maxLength", "too long", "cat", 9, "trailing comma")
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
    assert MISSING != None  # noqa: E711  # that it may be compared so is what is tested
    assert MISSING == MISSING
    assert {MISSING: 1}[MISSING] == 1


def test_missing_answers_no_protocol() -> None:
    for name in ("__array__", "__fspath__", "__rich_repr__", "__call__", "__deepcopied__"):
        assert not hasattr(MISSING, name)
    with pytest.raises(AttributeError):
        MISSING.a = 1
