"""Digests that tell targets apart, and are the same in every process: what a checkpoint says of its target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

__all__ = ["digest_of", "stable_name"]


def digest_of(
    about: str, root: Any, parts: Callable[[Any], Iterable[Any] | None], name: Callable[[Any], str] | None = None
) -> str:
    """A digest of a graph that is equal in every process.

    Args:
        about: what else it is a digest of.
        root: where the graph begins.
        parts: for a node of the graph, what it consists of; None for a leaf, and for lists and tuples.
        name: a leaf as text; ``stable_name`` if there is none.
    """
    name = name or stable_name
    digest = sha256(about.encode())
    todo: list[Any] = [root]
    seen: dict[int, int] = {}
    while todo:
        each = todo.pop()
        inside = parts(each)
        if inside is not None:
            if id(each) in seen:
                digest.update(b"#%d" % seen[id(each)])
                continue
            seen[id(each)] = len(seen)
            digest.update(type(each).__name__.encode())
            todo += inside
        elif isinstance(each, list | tuple):
            digest.update(b"[%d" % len(each))
            todo += each
        else:
            digest.update(name(each).encode() + b"\0")
    return digest.hexdigest()


def stable_name(given: Any) -> str:
    """A leaf as text that does not depend on the process."""
    name = getattr(given, "__qualname__", None)
    if name is not None:
        return f"{getattr(given, '__module__', '')}.{name}"
    # What is inside a repr may be shown with its address.
    return re.sub(r" at 0x[0-9a-f]+", "", repr(given))
