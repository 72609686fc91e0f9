"""The snippets of the page on JSON Schema run as they stand, from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from partialjson.schema.compiler import _METHODS
from partialjson.schema.dialects import DIALECTS

PAGE = Path(__file__).parents[2] / "docs" / "schema.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_snippets() -> None:
    names: dict[str, Any] = {}
    snippets = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert len(snippets) == 4
    for snippet in snippets:
        exec(compile(snippet, str(PAGE), "exec", dont_inherit=True), names)


def test_every_keyword_has_its_place_in_the_table() -> None:
    """References only lead to subschemas, and what members are under decides nothing by itself."""
    table = TEXT.partition("## What is decided when")[2].partition("\n## ")[0]
    silent = {
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "allOf",
        "properties",
        "patternProperties",
        "items",
        "prefixItems",
    }
    old = {"dependencies"}
    for keyword in _METHODS.keys() - silent - old:
        word = keyword.replace("exclusiveMinimum", "exclusive...").replace("exclusiveMaximum", "exclusive...")
        word = re.sub("^min(Properties|Items|Length|Contains)$", keyword, word)
        assert f"`{word}`" in table or f"`{word}:" in table, keyword


def test_every_keyword_of_the_drafts_has_a_method() -> None:
    for dialect in DIALECTS.values():
        # It only means something beside ``items``, whose method reads it.
        assert dialect.keywords - {"additionalItems"} <= _METHODS.keys()
