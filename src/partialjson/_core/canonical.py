"""JSON text for a value, as checkpoints hold it: canonical, without recursion, and safe to send through JSON again."""

from __future__ import annotations

import json
import re
from typing import Final, cast

_SPLIT_PAIR: Final = re.compile(r"[\ud800-\udbff](?=[\udc00-\udfff])")


def canonical_text(value: object) -> str:
    """JSON text for a value, without recursion; infinity, read from a number beyond a double, as such a number.

    NaN, which only lenient parsing reads, is no JSON text, and is written as it was read.
    """
    pieces: list[str] = []
    # What is still to be written, last first: values, or text as it is.
    todo: list[tuple[bool, object]] = [(True, value)]
    while todo:
        is_value, item = todo.pop()
        if not is_value:
            pieces.append(cast(str, item))
        elif isinstance(item, dict):
            pieces.append("{")
            todo.append((False, "}"))
            between = ""
            for key in reversed(item):
                if between:
                    todo.append((False, between))
                between = ","
                todo.append((True, item[key]))
                todo.append((False, _string(key) + ":"))
        elif isinstance(item, list):
            pieces.append("[")
            todo.append((False, "]"))
            between = ""
            for element in reversed(item):
                if between:
                    todo.append((False, between))
                between = ","
                todo.append((True, element))
        elif isinstance(item, float) and item - item != 0:
            pieces.append("1e999" if item > 0 else "-1e999" if item < 0 else "NaN")
        elif isinstance(item, str):
            pieces.append(_string(item))
        else:
            pieces.append(json.dumps(item))
    return "".join(pieces)


def _string(value: str) -> str:
    """A string as JSON text that does not change when the text itself is sent through JSON.

    Two halves of a pair side by side are two characters here; both raw, or both escaped, they would become one.
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else _SPLIT_PAIR.sub(_escape, text)


def _escape(half: re.Match[str]) -> str:
    return f"\\u{ord(half.group()):04x}"
