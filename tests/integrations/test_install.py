"""Putting this parser into a library, and taking it back: a library made for the purpose, in every wrong way."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from partialjson import integrations
from partialjson.integrations import (
    IntegrationError,
    NotInstalledError,
    UnknownVersionError,
    install,
    installed,
)
from partialjson.integrations.about import Library, Options
from partialjson.integrations.patching import Site

SOURCE = """
import json
import parsers


def parse(text, *, strict=False):
    return "before"


class Stream:
    def read(self, text):
        return "before"


def markdown(text, *, parser=parse):
    return parser(text)


def inner(text):
    return parsers.loads(text)
"""


def sites(options: Options) -> list[Site]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def replaced(*args: Any, **kwargs: Any) -> Any:
            return f"ours, not {original(*args, **kwargs)}"

        return replaced

    return [
        Site("toylib:parse", make, ("text", "strict")),
        Site("toylib:Stream.read", make, ("self", "text")),
        Site("toylib:markdown", make, default_of="parser"),
        Site("toylib:parsers", make, ("text",), inside="loads"),
        Site("toylib.extra:parse", make, is_optional=True),
    ]


@pytest.fixture
def toylib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "toylib.py").write_text(SOURCE)
    (tmp_path / "parsers.py").write_text("def loads(text):\n    return 'before'\n\nversion = 1\n")
    set_version(tmp_path, "1.5.2")
    monkeypatch.syspath_prepend(str(tmp_path))
    known = {
        "toylib": Library("toylib", "toylib-dist", "1.2", "2", sites, also=("toys",)),
        "other": Library("other", "other-dist-that-is-not-there", "1", "2", sites),
    }
    monkeypatch.setattr(integrations, "NAMES", tuple(known))
    monkeypatch.setattr(integrations, "_library", known.__getitem__)
    yield importlib.import_module("toylib")
    assert installed() == ()
    for name in ("toylib", "parsers"):
        sys.modules.pop(name, None)


def set_version(folder: Path, version: str) -> None:
    for old in folder.glob("*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    info = folder / f"toylib_dist-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: toylib-dist\nVersion: {version}\n")
    importlib.invalidate_caches()


def ways(toylib: Any) -> list[str]:
    """What each of the replaced functions gives."""
    return [toylib.parse("x"), toylib.Stream().read("x"), toylib.markdown("x"), toylib.inner("x")]


BEFORE = ["before"] * 4
OURS = ["ours, not before"] * 4


def test_in_a_block(toylib: Any) -> None:
    originals = dict(vars(toylib)), toylib.Stream.read, toylib.markdown.__kwdefaults__["parser"]
    with install("toylib") as installation:
        assert ways(toylib) == OURS
        assert installed() == ("toylib",)
        assert repr(installation) == "Installation(toylib)"
    assert ways(toylib) == BEFORE
    assert (dict(vars(toylib)), toylib.Stream.read, toylib.markdown.__kwdefaults__["parser"]) == originals
    assert repr(installation) == "Installation(toylib, removed)"


def test_a_module_that_others_use_is_not_touched(toylib: Any) -> None:
    with install("toylib"):
        parsers = importlib.import_module("parsers")
        assert parsers.loads("x") == "before"
        assert toylib.parsers.loads("x") == "ours, not before"
        assert toylib.parsers.version == 1
        assert "parsers" in repr(toylib.parsers)
    assert toylib.parsers is parsers


@pytest.mark.parametrize("name", ["toylib", "ToyLib", "toylib_dist", "toylib-dist", " toys "])
def test_its_names(toylib: Any, name: str) -> None:
    with install(name) as installation:
        assert installation.names == ("toylib",)


def test_an_error_in_the_block_takes_it_back(toylib: Any) -> None:
    with pytest.raises(RuntimeError, match="from inside"), install("toylib"):
        raise RuntimeError("from inside")
    assert ways(toylib) == BEFORE


def test_twice_and_taken_back_in_any_order(toylib: Any) -> None:
    first = install("toylib")
    second = install("toylib", "toys")
    assert ways(toylib) == OURS
    first.remove()
    first.remove()
    assert ways(toylib) == OURS
    second.remove()
    assert ways(toylib) == BEFORE


def test_twice_with_other_options_is_refused(toylib: Any) -> None:
    with install("toylib"):
        with pytest.raises(IntegrationError, match=r"toylib uses this parser already, with Options.numbers='whole'"):
            install("toylib", numbers="shown")
        assert ways(toylib) == OURS


def test_what_others_put_on_top_stays_and_gets_the_original(toylib: Any) -> None:
    installation = install("toylib")
    wrapped = toylib.parse
    toylib.parse = lambda *args, **kwargs: f"wrapped {wrapped(*args, **kwargs)}"
    try:
        assert toylib.parse("x") == "wrapped ours, not before"
        installation.remove()
        assert toylib.parse("x") == "wrapped before"
        with install("toylib"):
            assert toylib.parse("x") == "ours, not wrapped before"
        assert toylib.parse("x") == "wrapped before"
    finally:
        toylib.parse = wrapped
    assert toylib.parse("x") == "before"


def test_what_somebody_holds_calls_the_original_afterwards(toylib: Any) -> None:
    with install("toylib"):
        held = toylib.parse
        assert (held.__name__, held("x")) == ("parse", "ours, not before")
    assert held("x") == "before"


@pytest.mark.parametrize("version", ["1.1.9", "2.0", "2.0.0rc1", "3", "0"])
def test_a_version_that_is_not_known_is_refused(toylib: Any, tmp_path: Path, version: str) -> None:
    set_version(tmp_path, version)
    with pytest.raises(UnknownVersionError, match=rf"toylib-dist {version} is installed; known are 1.2 and later, bel"):
        install("toylib")
    assert ways(toylib) == BEFORE


@pytest.mark.parametrize("version", ["1.2", "1.2.0", "1.10.3", "1.99.post1"])
def test_versions_that_are_known(toylib: Any, tmp_path: Path, version: str) -> None:
    set_version(tmp_path, version)
    with install("toylib"):
        assert ways(toylib) == OURS


def test_a_library_that_is_not_installed_is_refused_and_nothing_is_done(toylib: Any) -> None:
    with pytest.raises(NotInstalledError, match="pip install other-dist-that-is-not-there"):
        install("toylib", "other")
    assert ways(toylib) == BEFORE
    assert installed() == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("parse = lambda text: None", "toylib:parse has no parameter strict"),
        ("del parse", "it has no function toylib:parse"),
        ("Stream = None", "it has no function toylib:Stream.read"),
        ("markdown.__kwdefaults__ = None", "toylib:markdown has no default for parser"),
        ("parsers = None", "it has no function toylib:parsers"),
    ],
)
def test_a_library_that_was_changed_is_refused_and_nothing_is_done(toylib: Any, change: str, message: str) -> None:
    exec(change, vars(toylib))
    with pytest.raises(UnknownVersionError, match=f"toylib-dist 1.5.2 is not what it is known as: {message}"):
        install("toylib")
    assert toylib.Stream is None or toylib.Stream().read("x") == "before"
    assert installed() == ()


def test_wrong_arguments(toylib: Any) -> None:
    with pytest.raises(ValueError, match="no library 'nonsense' is known; there are toylib, other"):
        install("nonsense")
    with pytest.raises(ValueError, match="needs the name of a library: toylib, other"):
        install()
    with pytest.raises(ValueError, match="numbers must be 'whole' or 'shown'"):
        install("toylib", numbers="half")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="strings must be 'keep' or 'as before'"):
        install("toylib", strings="never")  # type: ignore[arg-type]


def test_from_many_threads(toylib: Any) -> None:
    seen: set[str] = set()

    def use() -> None:
        for _ in range(50):
            with install("toylib"):
                seen.add(toylib.parse("x"))
            seen.add(toylib.parse("x"))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ways(toylib) == BEFORE
    assert seen <= {"before", "ours, not before"}


def test_which_are_there(toylib: Any, tmp_path: Path) -> None:
    found = {library.name: (version, known) for library, version, known in integrations.libraries()}
    assert found == {"toylib": ("1.5.2", True), "other": (None, False)}
    set_version(tmp_path, "7")
    assert {library.name: known for library, _, known in integrations.libraries()}["toylib"] is False


def test_all_libraries_that_are_named_can_be_described() -> None:
    for library, _, _ in integrations.libraries():
        assert library.name in integrations.NAMES
        assert library.does
        assert library.sites(Options())
