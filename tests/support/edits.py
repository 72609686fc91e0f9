"""Any deltas that apply to a document: drawn one by one, and applied by rules of their own.

The deltas of a parser only grow a document at its ends. What is promised for deltas holds for all of them: for values
that are given to any place, insertions into the middle of arrays, and keys that look like indexes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from support import strategies

__all__ = ["edited"]

_KEYS = st.sampled_from(["a", "b", "0", "1", "2", "-", "", "a/b", "~", "01", "__proto__"])


def edited(draw: Callable[[Any], Any], document: Any, most: int = 8) -> tuple[Any, list[dict[str, Any]]]:
    """The document after some deltas, and the deltas; ``document`` itself is not changed."""
    after = [copy.deepcopy(document)]
    deltas = [_change(draw, after) for _ in range(draw(st.integers(0, most)))]
    return after[0], deltas


def _change(draw: Callable[[Any], Any], root: list[Any]) -> dict[str, Any]:
    """One delta, drawn and applied."""
    container: Any = root
    key: Any = 0
    path = ""
    while isinstance(container[key], (dict, list)) and container[key] and draw(st.integers(0, 4)):
        container = container[key]
        keys = list(container) if isinstance(container, dict) else list(range(len(container)))
        # Rather the last, where documents grow.
        key = keys[-1] if draw(st.booleans()) else draw(st.sampled_from(keys))
        path += "/" + str(key).replace("~", "~0").replace("/", "~1")
    value = container[key]
    if isinstance(value, str) and draw(st.booleans()):
        text = draw(st.text("ab\n😀", max_size=3))
        container[key] = value + text
        return {"op": "append", "path": path, "value": text}
    new = draw(strategies.documents(max_leaves=4))
    if isinstance(value, dict) and draw(st.integers(0, 3)):
        name = draw(_KEYS)
        value[name] = copy.deepcopy(new)
        path += "/" + name.replace("~", "~0").replace("/", "~1")
        return {"op": "add", "path": path, "value": new}
    if isinstance(value, list) and draw(st.integers(0, 3)):
        index = draw(st.sampled_from([len(value), draw(st.integers(0, len(value)))]))
        step = "-" if index == len(value) and draw(st.booleans()) else str(index)
        value.insert(index, copy.deepcopy(new))
        return {"op": "add", "path": f"{path}/{step}", "value": new}
    container[key] = copy.deepcopy(new)
    sets = not path or isinstance(container, dict)
    return {"op": draw(st.sampled_from(["add", "replace"])) if sets else "replace", "path": path, "value": new}
