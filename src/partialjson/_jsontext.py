"""JSON text of values that were read: what ``json.dumps`` writes, without its exceptions from JSON.

A number beyond a double (``1e400``) is read as infinity, as ``json.loads`` does. ``json.dumps`` writes that as
``Infinity``, which is no JSON; here it is a number that is read as infinity again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

__all__ = ["FAR", "json_text", "line_text"]

FAR: Final = "1e999"
"""A number beyond every double."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
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


def line_text(value: Any) -> str:
    """The value as JSON in one line that every reader takes, for what goes out.

    A NaN is null, as in JavaScript, and half a surrogate pair stays an escape, since it has no bytes in UTF-8. A value
    of an unknown class, which a reader of numbers may have made, becomes a number if it is one, else its ``str``.
    """
    text = json_text(value, separators=(",", ":"), default=_plain, nan="null")
    return text if text.isascii() else _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
