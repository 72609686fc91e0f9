"""What goes out: JSON text that every reader takes, and server-sent events.

JSON has no word for some values that are read: a number beyond a double goes out as one that is read as infinity again,
and a NaN, which only lenient parsing reads, as null, as in JavaScript. Half a surrogate pair stays an escape, since it
has no bytes in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from partialjson._jsontext import json_text

__all__ = ["SSE_HEADERS", "Event", "sse", "text_of"]

Event = dict[str, Any]
"""An event of a protocol: plain data."""

SSE_HEADERS: Final[Mapping[str, str]] = {"cache-control": "no-cache", "x-accel-buffering": "no"}
"""What a response of server-sent events is to say besides its media type, so that nothing on the way keeps it back."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def text_of(value: Any) -> str:
    """The value as JSON text without line breaks. A value of an unknown class, which a reader of numbers may have made,
    becomes a number if it is one, else its ``str``."""
    text = json_text(value, separators=(",", ":"), default=_plain, nan="null")
    return text if text.isascii() else _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def sse(value: Any) -> bytes:
    """One server-sent event whose data is the value as JSON."""
    return f"data: {text_of(value)}\n\n".encode()


def _plain(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
