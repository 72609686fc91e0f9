"""The npm package: what it holds, and that it is the version of this library."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from partialjson import Parser
from partialjson.broadcast import DocumentState, Phase, ResponseState
from partialjson.messages import MessageParser
from partialjson.messages.updates import EndReason
from support.node import BROWSER, needs_node, needs_npm, node, npm

PACKAGE: dict[str, Any] = json.loads((BROWSER / "package.json").read_text(encoding="utf-8"))
MODULES = sorted(path.name for path in BROWSER.glob("*.js"))
ROOT = Path(__file__).resolve().parents[2]


def test_it_has_the_version_of_the_library() -> None:
    assert PACKAGE["version"] == version("partialjson-live")


def test_it_needs_nothing_and_runs_nothing_when_it_is_installed() -> None:
    assert not {"dependencies", "peerDependencies", "optionalDependencies", "scripts", "bin"} & PACKAGE.keys()


def test_what_it_offers_is_there_and_typed() -> None:
    for name, target in PACKAGE["exports"].items():
        for file in target.values() if isinstance(target, dict) else [target]:
            assert (BROWSER / file).is_file(), file
        if name.endswith(".js"):
            assert target == {"types": name.replace(".js", ".d.ts")} | (
                {"default": name} if name[2:] in MODULES else {}
            )


def test_the_types_of_a_state_are_those_that_python_makes() -> None:
    """The words that may stand in a state, and its members."""
    types = (BROWSER / "state.d.ts").read_text(encoding="utf-8")

    def words(name: str) -> set[str]:
        return set(re.findall(r'"(\w+)"', types.partition(f"readonly {name}:")[2].partition(";")[0]))

    def members(name: str) -> set[str]:
        return set(re.findall(r"readonly (\w+)\??:", types.partition(f"type {name} =")[2].partition("\n};")[0]))

    assert words("phase") == set(get_args(Phase))
    assert words("reason") == {word for part in get_args(EndReason) for word in get_args(part) or [part]}
    parser = Parser()
    parser.feed("[")
    assert set(DocumentState(parser).state) == members("DocumentState")
    assert set(ResponseState(MessageParser("openai-chat")).state) == members("ResponseState")


def test_modules_import_only_each_other() -> None:
    for name in MODULES:
        text = (BROWSER / name).read_text(encoding="utf-8")
        for imported in re.findall(r"""(?:from|import\()\s*["']([^"']+)""", text):
            assert imported.removeprefix("./") in MODULES, f"{name} imports {imported}"


def test_the_files_are_in_the_distribution() -> None:
    """As package data: the folder holds no Python."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"browser/*"' in settings


@needs_npm
def test_what_npm_would_publish() -> None:
    done = npm("pack", "--dry-run", "--json", folder=BROWSER)
    assert done.returncode == 0, done.stderr
    [packed] = json.loads(done.stdout)
    names = {each["path"] for each in packed["files"]}
    expected = {path.name for path in BROWSER.iterdir() if path.suffix in (".js", ".ts", ".md", ".json")}
    assert names == expected


@needs_node
def test_modules_load_where_there_is_no_page() -> None:
    """A server that renders pages imports them too."""
    for name in MODULES:
        done = node("--input-type=module", "-e", f"await import({json.dumps((BROWSER / name).as_uri())})")
        assert done.returncode == 0, done.stderr
