"""The snippets of the page on Structs and classes of attrs run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "structs.md").read_text(encoding="utf-8")


def test_the_snippets_run() -> None:
    pytest.importorskip("msgspec", reason="the package msgspec is not installed")
    pytest.importorskip("cattrs", reason="the package cattrs is not installed")
    names: dict[str, Any] = {"__name__": "__main__"}
    for snippet in re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
        exec(compile(snippet, "structs.md", "exec", dont_inherit=True), names)
