"""The snippets of the page on lenient parsing run as they stand, and give what stands behind them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from partialjson import Complete, Parser, RepairKind

PAGE = Path(__file__).parents[2] / "docs" / "lenient.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_runs(snippet: str) -> None:
    names: dict[str, Any] = {}
    lines = snippet.splitlines()
    for statement in ast.parse(snippet).body:
        if not isinstance(statement, ast.Expr):
            exec(compile(ast.Module([statement], []), str(PAGE), "exec"), names)
            continue
        value = eval(compile(ast.Expression(statement.value), str(PAGE), "eval"), names)
        expected = re.search(r"# (.*)", lines[(statement.end_lineno or 1) - 1])
        assert expected is not None
        pattern = ".*".join(map(re.escape, expected[1].split("...")))
        assert re.fullmatch(pattern, repr(value)), repr(value)


ROWS = re.findall(
    r"^\| ([a-z ]+) \| (?:[^|`]*: )?`+ ?([^|]*?) ?`+ \| `([^|]*)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
)


def test_the_table_has_each_kind() -> None:
    kinds = [kind for kind, _, _ in ROWS if kind in set(RepairKind)]
    assert kinds == [kind.value for kind in RepairKind]


@pytest.mark.parametrize(("kind", "text", "value"), [row for row in ROWS if row[0] in set(RepairKind)])
def test_a_row_of_the_table(kind: str, text: str, value: str) -> None:
    """The text is read as the row says, and needs the kind that it stands for."""
    text = text.replace("⏎", "\n")
    for pieces in ([text], list(text)):
        parser = Parser(lenient=True)
        for piece in pieces:
            parser.feed(piece)
        outcome = parser.end()
        assert isinstance(outcome, Complete)
        assert json.dumps(outcome.value) == json.dumps(json.loads(value))
        assert kind in {repair.kind for repair in outcome.repairs} | {"text around"}
