"""What the standard library says of a text and its document: the laws compare a parser with that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from partialjson import MISSING

__all__ = ["Path", "as_str", "is_json", "is_whole_text", "nodes_of", "plain", "value_at"]

Path = tuple[str | int, ...]


def plain(text: Any) -> Any:
    """A str or bytes without the subclass that a strategy may have made of it."""
    return text[:0].join([text])


def as_str(text: str | bytes) -> str | None:
    """The document as str, None where the bytes are not UTF-8."""
    if isinstance(text, str):
        return text
    try:
        return text.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        return None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def is_json(text: str | bytes) -> bool:
    """Whether RFC 8259 accepts the text, as far as `json.loads` can tell."""
    read = as_str(text)
    try:
        json.loads("" if read is None else read, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def nodes_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """All nodes of a document with their paths, parents first."""
    if value is MISSING:
        return
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from nodes_of(child, (*path, key))


def value_at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def is_whole_text(document: Any) -> bool:
    """Whether no string of it holds half of a surrogate pair."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
