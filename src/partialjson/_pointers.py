"""JSON Pointers (RFC 6901): how deltas, marks and forms name a place.

A pointer is a "/" and a step for each level, "" for the root. In a step, "~" stands as "~0" and "/" as "~1".
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["checked_pointer", "escaped", "pointer_of", "steps_of", "unescaped"]


def escaped(key: str) -> str:
    """A key as a step of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The key that a step names."""
    return step.replace("~1", "/").replace("~0", "~")


def pointer_of(path: Iterable[str | int]) -> str:
    """A path as a pointer."""
    return "".join(["/" + escaped(str(key)) for key in path])


def steps_of(pointer: str) -> list[str]:
    """The keys and indexes on the way, as text: ["items", "0"]. ``pointer`` must be one."""
    return [unescaped(step) for step in pointer.split("/")[1:]]


def checked_pointer(pointer: str) -> str:
    """The pointer, which must be one.

    Raises:
        ValueError: it is no JSON Pointer.
    """
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is not a JSON Pointer: it must be empty or start with '/'")
    return pointer
