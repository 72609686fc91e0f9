"""Lines of an answer that goes on in the middle of a document, where no document begins that could be found: which of
them are fences, and which are prose.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["fence_line", "looks_like_json", "may_become_fence_line"]

_FENCE_LINE: Final = re.compile(r"[ \t]*```(json[0-9a-z]*)?[ \t]*\r?\n", re.IGNORECASE)
_FENCE_LINE_BEGINS: Final = re.compile(r"[ \t]*`{0,3}|[ \t]*```[a-z0-9]*[ \t]*\r?", re.IGNORECASE)
_LONGEST_FENCE_LINE: Final = 100
_MARKS: Final = re.compile(r'["{}\[\]]')


def fence_line(line: str) -> str | None:
    """What a line says that opens or closes a fence of JSON: "json" and the like, or "" if it names no language. None
    for any other line."""
    match = _FENCE_LINE.fullmatch(line) if len(line) <= _LONGEST_FENCE_LINE else None
    return None if match is None else match[1] or ""


def may_become_fence_line(line: str) -> bool:
    """Whether more characters can make it a line that opens or closes a fence."""
    return len(line) <= _LONGEST_FENCE_LINE and _FENCE_LINE_BEGINS.fullmatch(line) is not None


def looks_like_json(line: str) -> bool:
    """Whether a line has quotes or brackets, so that it is not plain prose."""
    return _MARKS.search(line) is not None
