"""Recorded tool calls with the schemas that their requests gave for them, and mutants of those calls.

A mutant has one change of the kind that models make: a value of another kind, a word or number that is close, a key
that is missing, misspelled, or made up, an element too many. Whether it is invalid is for jsonschema to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from partialjson import Invalid, Parser, Schema, Violation
from partialjson.providers import from_openapi
from support.corpus import corpus_root

OTHERS: tuple[Any, ...] = ("high", 7, -1, 2.5, True, None, {}, [], ["a"], {"value": 1})


@dataclass(frozen=True)
class Recorded:
    """Arguments as a model gave them, the text as it came, and the schema of the tool."""

    name: str
    schema: Any
    arguments: Any
    text: str


@dataclass(frozen=True)
class Mutant:
    """A call with one change; ``at`` is the path of the changed value, or of its container."""

    call: Recorded
    change: str
    at: tuple[str | int, ...]
    arguments: Any

    @property
    def text(self) -> str:
        return json.dumps(self.arguments, ensure_ascii=False)


def recorded_calls() -> list[Recorded]:
    """All calls of the corpus whose requests carry the schemas of their tools; none where there is no corpus."""
    root = corpus_root()
    if root is None:
        return []
    found: list[Recorded] = []
    for folder in ("streams", "streams_synthetic"):
        for path in sorted(root.joinpath(folder).rglob("*.json")):
            sidecar = json.loads(path.read_bytes())
            if isinstance(sidecar, dict):
                found.extend(_calls_of(sidecar))
    for case in json.loads(root.joinpath("toolcalls", "bfcl_parallel.json").read_bytes()):
        schemas = {tool["name"]: tool["parameters"] for tool in case["tools"]}
        for call in case["calls"]:
            text = json.dumps(call["arguments"], ensure_ascii=False)
            found.append(Recorded(f"{case['id']} {call['name']}", schemas[call["name"]], call["arguments"], text))
    return found


def _calls_of(sidecar: dict[str, Any]) -> Iterator[Recorded]:
    schemas: dict[str, Any] = {}
    for tool in (sidecar.get("request") or {}).get("tools") or []:
        if isinstance(tool.get("schema"), dict):
            schemas[tool["name"]] = from_openapi(tool["schema"]) if tool.get("dialect") else tool["schema"]
    for call in sidecar.get("expected_tool_calls") or []:
        text = call.get("arguments_raw")
        if (
            call.get("name") in schemas
            and isinstance(text, str)
            and text.strip()
            and isinstance(call.get("arguments"), dict)
        ):
            yield Recorded(call["name"], schemas[call["name"]], call["arguments"], text)


def mutants(calls: list[Recorded], seed: int) -> Iterator[Mutant]:
    """Mutants without end, valid or not, in an order that the seed decides."""
    random = Random(seed)
    while True:
        call = random.choice(calls)
        changed = _changed(call.arguments, random)
        if changed is not None:
            yield Mutant(call, *changed)


def _changed(arguments: Any, random: Random) -> tuple[str, tuple[str | int, ...], Any] | None:
    """One change of the arguments: its name, its place, the result. None if it cannot be made there."""
    copy = deepcopy(arguments)
    container, path = random.choice(list(_containers(copy, ())))
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    change = random.choice(["kind", "close", "missing", "misspelled", "unknown", "repeated"])
    if change == "unknown":
        if isinstance(container, list):
            return None
        _insert(container, random.randrange(len(container) + 1), random.choice(["note", "extra_info"]), "none")
        return change, path, copy
    if not keys:
        return None
    key: Any = random.choice(keys)
    if change == "missing":
        del container[key]
        return change, path, copy
    if change == "misspelled":
        if isinstance(container, list) or not key:
            return None
        at = list(container).index(key)
        value = container.pop(key)
        _insert(container, at, key[:-1] + random.choice(["s", "_id", ""]), value)
        return change, path, copy
    if change == "repeated":
        if isinstance(container, dict):
            return None
        container.insert(key, deepcopy(container[key]))
        return change, (*path, key), copy
    value = container[key]
    if change == "kind":
        others = [other for other in OTHERS if type(other) is not type(value)]
        container[key] = random.choice(others)
    elif isinstance(value, str):
        at = random.randrange(len(value) + 1)
        container[key] = random.choice([value[:at] + "x" + value[at + 1 :], value.upper(), value + "s", value[:at]])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        container[key] = random.choice([-value, value * 1000, value + 0.5, 0])
    else:
        return None
    return change, (*path, key), copy


def _insert(members: dict[str, Any], at: int, key: str, value: Any) -> None:
    """Add a member at this place among the others."""
    items = list(members.items())
    items.insert(at, (key, value))
    members.clear()
    members.update(items)


def _containers(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    if isinstance(value, dict):
        yield value, path
        for key, inner in value.items():
            yield from _containers(inner, (*path, key))
    elif isinstance(value, list):
        yield value, path
        for index, inner in enumerate(value):
            yield from _containers(inner, (*path, index))


# What is wrong with them, and where that shows.


@dataclass(frozen=True)
class Reading:
    """Where a mutant was found to be lost: the keyword, and the index of the character that showed it."""

    mutant: Mutant
    keyword: str
    pos: int

    @property
    def saved(self) -> float:
        """The share of the text that comes after that character."""
        return 1 - (self.pos + 1) / len(self.mutant.text)


def first_violation(schema: Any, text: str) -> tuple[str, int]:
    """The keyword and the index of the character after which the text, read by characters, can no longer be valid.

    Raises:
        AssertionError: the whole text was read, and nothing was found.
    """
    parser: Parser[Any] = Parser(schema=schema)
    for index, character in enumerate(text):
        for event in parser.feed(character):
            if isinstance(event, Violation):
                return event.keyword, event.pos
            if isinstance(event, Invalid):
                return "", index
    raise AssertionError(f"nothing was found in {text!r}")


def invalid_mutants(calls: list[Recorded], seed: int) -> Iterator[Mutant]:
    """Those of the mutants that are not valid for their schemas."""
    return (
        mutant
        for mutant in mutants(calls, seed)
        if not Draft202012Validator(mutant.call.schema).is_valid(mutant.arguments)
    )


def read_mutants(calls: list[Recorded], number: int, seed: int) -> list[Reading]:
    """Read so many invalid mutants."""
    schemas: dict[int, Schema] = {}
    found = []
    for mutant in islice(invalid_mutants(calls, seed), number):
        schema = schemas.setdefault(id(mutant.call), Schema(mutant.call.schema))
        found.append(Reading(mutant, *first_violation(schema, mutant.text)))
    return found
