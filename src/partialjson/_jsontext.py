"""JSON text of values that were read: what ``json.dumps`` writes, without its exceptions from JSON.

A number beyond a double (``1e400``) is read as infinity, as ``json.loads`` does. ``json.dumps`` writes that as
``Infinity``, which is no JSON; here it is a number that is read as infinity again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

__all__ = ["FAR", "json_text"]

FAR: Final = "1e999"
"""A number beyond every double."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|Infinity|NaN')


def json_text(
    value: Any,
    *,
    ensure_ascii: bool = False,
    indent: int | None = None,
    default: Callable[[Any], Any] | None = None,
    nan: str = "NaN",
    separators: tuple[str, str] | None = None,
) -> str:
    """The value as JSON; arguments as for ``json.dumps``. JSON has no word for a NaN, which lenient parsing reads:
    ``nan`` is written for it."""
    text = json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, default=default)
    if "Infinity" not in text and (nan == "NaN" or "NaN" not in text):
        return text
    words = {"Infinity": FAR, "NaN": nan}
    # A string may have the word in it.
    return _TOKEN.sub(lambda found: words.get(found[0], found[0]), text)
