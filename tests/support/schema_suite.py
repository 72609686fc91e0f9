"""The JSON Schema Test Suite of the corpus: the required tests of two drafts, with the schemas they refer to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import referencing
import referencing.jsonschema

from partialjson.schema.dialects import DIALECTS

from .corpus import corpus_folder

__all__ = ["FOLDERS", "Case", "remotes", "suite"]

FOLDERS = {"2020-12": "draft2020-12", "7": "draft7"}


@dataclass(frozen=True)
class Case:
    """One test: a document, and whether a schema allows it."""

    name: str
    schema: Any
    data: Any
    valid: bool


def suite(draft: str) -> Iterator[Case]:
    """The tests of a draft; skips the calling test where there is no corpus."""
    folder = corpus_folder("json-schema-test-suite", "tests", FOLDERS[draft])
    for path in sorted(folder.glob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            for test in group["tests"]:
                name = f"{path.stem}: {group['description']}: {test['description']}"
                yield Case(name, group["schema"], test["data"], test["valid"])


@cache
def remotes(draft: str) -> Any:
    """The registry of the schemas that the suite refers to; they are served under one address there."""
    folder: Path = corpus_folder("json-schema-test-suite", "remotes")
    found = []
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        if name.startswith("v1/"):
            # Of a draft to come.
            continue
        resource = referencing.Resource.from_contents(
            json.loads(path.read_text(encoding="utf-8")), default_specification=DIALECTS[draft].specification
        )
        found.append((f"http://localhost:1234/{name}", resource))
    registry: Any = referencing.Registry()
    return registry.with_resources(found)
