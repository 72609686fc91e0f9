"""Keys that never go out, because JavaScript would read them as its own machinery.

Readers of these protocols refuse a value with the key ``__proto__``, or with ``prototype`` inside ``constructor``
(CVE-2018-3721 and its like): they drop the event, or end the stream. A model must not be able to do that to a page, so
such members are left out, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["safe_deltas", "safe_value"]


def safe_value(value: Any) -> Any:
    """The value without such members: the same object if it has none."""
    if not isinstance(value, (dict, list)) or not _has_any(value):
        return value
    found: list[Any] = [value]
    todo: list[tuple[Any, Any, bool]] = [(found, 0, False)]
    while todo:
        container, key, in_constructor = todo.pop()
        old = container[key]
        if isinstance(old, dict):
            new: Any = {each: old[each] for each in old if not _is_unsafe(each, in_constructor)}
            todo.extend([(new, each, each == "constructor") for each in new if isinstance(new[each], (dict, list))])
        else:
            new = list(old)
            todo.extend([(new, i, False) for i in range(len(new)) if isinstance(new[i], (dict, list))])
        container[key] = new
    return found[0]


def safe_deltas(deltas: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The deltas of a document without such members."""
    found = []
    for delta in deltas:
        path, value = delta["path"], delta["value"]
        steps = path.split("/")
        if any(_is_unsafe(step, before == "constructor") for before, step in zip(["", *steps], steps, strict=False)):
            continue
        if isinstance(value, dict) and steps[-1] == "constructor" and "prototype" in value:
            value = {key: value[key] for key in value if key != "prototype"}
        found.append({"op": delta["op"], "path": path, "value": safe_value(value)})
    return found


def _is_unsafe(key: str, in_constructor: bool) -> bool:
    return key == "__proto__" or (in_constructor and key == "prototype")


def _has_any(value: Any) -> bool:
    todo: list[tuple[Any, bool]] = [(value, False)]
    while todo:
        each, in_constructor = todo.pop()
        if isinstance(each, dict):
            if "__proto__" in each or (in_constructor and "prototype" in each):
                return True
            members = each.items()
            todo.extend([(inner, key == "constructor") for key, inner in members if isinstance(inner, (dict, list))])
        else:
            todo.extend([(inner, False) for inner in each if isinstance(inner, (dict, list))])
    return False
