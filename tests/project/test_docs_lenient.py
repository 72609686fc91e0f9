"""The snippets of the page on lenient parsing run as they stand, and give what stands behind them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

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
