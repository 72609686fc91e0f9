"""The snippets of the guide run as they stand, from top to bottom, and give what stands behind them.

A comment behind an expression, or behind an assignment of one, is what it gives if it looks like a value; `...` in it
stands for anything, and prose may follow after a colon or semicolon.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from partialjson import Completed
from support.bodies import Said, Say, events

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
SECTIONS = re.split(r"^## ", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
LOOKS_LIKE_A_VALUE = re.compile(
    r"[\[({'\"\d]|(Partial|Complete|Truncated|Failed|Item|Order)[\[(]|MISSING|None|True|False"
)
CHUNKS = ['{"note": "please hur', 'ry", "items": [{"sku": "A-1"}', ', {"sku": "B-2", "qty": 2}', "]}"]


def snippets(section: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def surroundings() -> dict[str, Any]:
    """What the guide leaves open; the models are those of its second section."""
    names: dict[str, Any] = {"chunks": CHUNKS, "chunk": CHUNKS[0], "event": Completed(("items", 0), 5)}
    names.update(dict.fromkeys(("show", "draw", "ship", "log", "run"), lambda *arguments: None))
    exec(compiled(snippets(SECTIONS[1])[0], "exec"), names)
    calls = (Say("c1", "place_order", ('{"note": "please hur', 'ry", "items": []}')),)
    names["completion"] = events("openai-chat", Said(("Let me ", "see"), (), calls, "tool_calls"))
    names["order"] = events("openai-chat", Said(tuple(CHUNKS)))
    wrong = ('{"class": "t', 'hird", "notes": "A window seat in the quiet zone, please, facing forward."}')
    names["answer"] = events("openai-chat", Said((), (), (Say("c1", "book", wrong),), "tool_calls"))
    return names


def compiled(source: Any, mode: str) -> Any:
    return compile(source, str(GUIDE), mode, dont_inherit=True)


def matches(comment: str, value: Any) -> bool:
    candidates = [comment, *(comment[: found.start()] for found in re.finditer("[:;] ", comment))]
    patterns = [".*".join(re.escape(part) for part in each.split("...")) for each in candidates]
    return any(re.fullmatch(pattern, repr(value)) for pattern in patterns)


def run_line_by_line(snippet: str, names: dict[str, Any]) -> list[str]:
    """Run the statements of a snippet; gives the comments that were compared with a value."""
    compared = []
    lines = snippet.splitlines()
    for statement in ast.parse(snippet).body:
        if not isinstance(statement, ast.Expr):
            exec(compiled(ast.Module([statement], []), "exec"), names)
            continue
        value = eval(compiled(ast.Expression(statement.value), "eval"), names)
        comment = re.search(r"#\s*(.*)", lines[(statement.end_lineno or 1) - 1][statement.end_col_offset or 0 :])
        if comment and LOOKS_LIKE_A_VALUE.match(comment[1]):
            assert matches(comment[1], value), f"{lines[statement.lineno - 1]}\ngave {value!r}"
            compared.append(comment[1])
    return compared


def run_section(section: str) -> list[str]:
    names = surroundings()
    return [comment for snippet in snippets(section) for comment in run_line_by_line(snippet, names)]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_the_snippets_of_a_section_run(section: str) -> None:
    run_section(section)


def test_values_behind_expressions_are_compared() -> None:
    assert len([comment for section in SECTIONS for comment in run_section(section)]) > 10


def test_the_comparison_can_fail() -> None:
    for snippet in ("[1, 2]    # [1, 3]", "'a'  # 'b': it is", "{}  # {...,}"):
        with pytest.raises(AssertionError):
            run_line_by_line(snippet, {})
    assert run_line_by_line("[1, 2]    # [1, ...]: a list\n3  # three", {}) == ["[1, ...]: a list"]
