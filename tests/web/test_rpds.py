"""The stand-in for rpds-py does what the package does, as far as referencing and jsonschema use it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import partialjson
from partialjson.web.static import rpds as ours

theirs = pytest.importorskip("rpds", reason="the package rpds-py is not installed")

KEYS = [f"https://example.org/{n}" for n in range(6)] + [("https://example.org/0", "anchor")]

# Documents under schemas that lead through registries: by references, anchors, dynamic references, other resources.
SCHEMAS: list[Any] = [
    {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}},
    {"$ref": "#item", "$defs": {"x": {"$anchor": "item", "enum": ["red", "green"]}}},
    {
        "$id": "https://example.org/tree",
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
        "required": ["children"],
    },
    {"$ref": "other", "$id": "https://example.org/root", "$defs": {"o": {"$id": "other", "minLength": 3}}},
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"p": {"minimum": 3}},
        "$ref": "#/definitions/p",
    },
    {"type": "nonsense"},
]
TEXTS = ['{"a": 1}', '{"a": "x"}', '"red"', '"blue"', '{"children": [{"children": []}]}', '{"children": [{}]}', "2"]

PROGRAM = """
import json, sys
if sys.argv[1] == "ours":
    sys.modules["rpds"] = None
    sys.path.insert(0, sys.argv[2])
    from partialjson.web.static import rpds
    del sys.modules["rpds"]
    sys.modules["rpds"] = rpds
import rpds
from partialjson import Parser
told = [rpds.__name__]
schemas, texts = json.load(sys.stdin)
for schema in schemas:
    for text in texts:
        try:
            parser = Parser(schema=schema)
            for at in range(0, len(text), 3):
                parser.feed(text[at:at + 3])
            told.append(repr(parser.close()))
        except Exception as error:
            told.append(f"{type(error).__name__}: {error}")
print(json.dumps(told))
"""


def told_with(which: str) -> list[str]:
    source = str(Path(partialjson.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, which, source],
        input=json.dumps([SCHEMAS, TEXTS]),
        env={"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    told: list[str] = json.loads(done.stdout)
    return told


def test_schemas_are_judged_the_same() -> None:
    real, stood_in = told_with("theirs"), told_with("ours")
    assert real[0] == "rpds"
    assert stood_in[0] == "partialjson.web.static.rpds"
    assert stood_in[1:] == real[1:]
    assert any("ValidationError" in each for each in real)
    assert any("SchemaError" in each for each in real)


def outcome(container: Any, name: str, *arguments: Any) -> Any:
    """What a method, or an attribute, gives; or the class of the error that it raises."""
    try:
        found = getattr(container, name)
        return found(*arguments) if callable(found) else found
    except (KeyError, IndexError) as error:
        return type(error)


def test_maps_change_alike() -> None:
    source = random.Random(1)
    mine: Any = ours.HashTrieMap()
    real: Any = theirs.HashTrieMap()
    for step in range(300):
        key, before = source.choice(KEYS), dict(mine.items())
        change = source.choice(["insert", "remove", "discard", "update", "convert"])
        arguments: tuple[Any, ...] = (key,)
        if change == "insert":
            arguments = (key, step)
        elif change == "update":
            arguments = ({key: step, "more": step},)
        if change == "convert":
            assert ours.HashTrieMap.convert(mine) is mine
            held = dict(real.items())
            made, expected = ours.HashTrieMap.convert(held), theirs.HashTrieMap.convert(held)
        else:
            made, expected = outcome(mine, change, *arguments), outcome(real, change, *arguments)
        assert dict(mine.items()) == before
        if isinstance(made, type):
            assert made is expected
            continue
        mine, real = made, expected
        assert dict(mine.items()) == dict(real.items())
        assert set(mine) == set(mine.keys()) == set(real)
        assert sorted(map(repr, mine.values())) == sorted(map(repr, real.values()))
        assert len(mine) == len(real)
        assert [mine.get(key) for key in KEYS] == [real.get(key) for key in KEYS]
        assert [key in mine for key in KEYS] == [key in real for key in KEYS]
    assert mine == ours.HashTrieMap(dict(real.items()))
    assert hash(mine) == hash(ours.HashTrieMap(mine))
    assert ours.HashTrieMap.fromkeys("ab", 1) == ours.HashTrieMap(a=1, b=1)
    assert repr(ours.HashTrieMap(a=1)) == "HashTrieMap({'a': 1})"


def test_sets_change_alike() -> None:
    source = random.Random(2)
    mine: Any = ours.HashTrieSet()
    real: Any = theirs.HashTrieSet()
    for _ in range(200):
        value, before = source.choice(KEYS), set(mine)
        change = source.choice(["insert", "remove", "discard", "update"])
        argument: Any = {value, "more"} if change == "update" else value
        made, expected = outcome(mine, change, argument), outcome(real, change, argument)
        assert set(mine) == before
        if isinstance(made, type):
            assert made is expected
            continue
        mine, real = made, expected
        assert type(mine) is ours.HashTrieSet
        assert set(mine) == set(real)
        assert len(mine) == len(real)
        assert bool(mine) == bool(real)


def test_lists_change_alike() -> None:
    for values in ([], [1], [1, 2, 3]):
        mine: Any = ours.List(values)
        real: Any = theirs.List(values)
        made, expected = outcome(mine, "drop_first"), outcome(real, "drop_first")
        assert made is expected if isinstance(made, type) else list(made) == list(expected)
        assert list(mine.push_front(0)) == list(real.push_front(0))
        assert list(mine.rest) == list(real.rest)
        assert len(mine) == len(real)
        assert bool(mine) == bool(real)
        assert outcome(mine, "first") == outcome(real, "first")
    assert list(ours.List(1, 2)) == list(theirs.List(1, 2))
    listed: ours.List[int] = ours.List([1, 2])
    assert listed == ours.List(1, 2)
    assert hash(listed) == hash(ours.List(1, 2))


def test_the_real_package_is_left_where_it_is() -> None:
    ours.install()
    assert sys.modules["rpds"] is theirs
