"""The table of the examples is complete: each example stands in it, and has a test that runs it."""

from __future__ import annotations

import re
from pathlib import Path

from support.examples import EXAMPLES, RECORDED

TESTS = Path(__file__).parent
TABLE = (EXAMPLES / "README.md").read_text(encoding="utf-8")
# The notebooks are run by the tests of what they show.
ELSEWHERE = {"notebook": TESTS.parent / "render" / "test_notebook.py"}
# What belongs to the example of another name.
PARTS = {"react": "react_page", "mcp_apps": "mcp_apps_host", "chainlit_files": "chainlit_app", "recordings": RECORDED}


def examples() -> set[str]:
    """All files and folders, by the names of the examples."""
    found = {path.stem for path in EXAMPLES.iterdir() if path.stem not in ("README", "__pycache__")}
    return {PARTS.get(name, name) for name in found} - {RECORDED}


def test_each_example_stands_in_the_table_once() -> None:
    rows = re.findall(r"^\| \[`([\w/]+?)(?:\.py)?`\]\(([\w./]+)\) \|", TABLE, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(examples())
    assert all((EXAMPLES / path).exists() for _, path in rows)


def test_each_example_has_a_test_that_runs_it() -> None:
    calls = re.compile(r"""(?:run|uvicorn|app_of|streamlit|gradio|chainlit)\(\s*"([\w]+)""")
    run = {name for path in TESTS.glob("test_*.py") for name in calls.findall(path.read_text(encoding="utf-8"))}
    for name, path in ELSEWHERE.items():
        assert f'/ "{name}"' in path.read_text(encoding="utf-8")
    assert run | set(ELSEWHERE) == examples()


def test_each_example_says_how_it_is_run() -> None:
    for name in examples() - set(ELSEWHERE):
        source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
        assert re.search(rf"examples[ /]{name}", source.partition('"""\n\n')[0]), name
