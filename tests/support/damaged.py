"""JSON values that nearly fit a target."""

from __future__ import annotations

import random
from typing import Any


def damaged_value(value: Any, source: random.Random) -> Any:
    """A JSON value with some places of another kind, missing or made-up keys, keys in another order."""
    if source.random() < 0.07:
        return source.choice([None, 1, -1, 1.5, 1e300, "x", "red", True, [], {}, {"type": "dog"}, [1, "b", 3]])
    if isinstance(value, dict):
        members = [(key, damaged_value(each, source)) for key, each in value.items() if source.random() > 0.05]
        if source.random() < 0.1:
            members.append((source.choice(["made up", "type", "a", "name"]), source.choice([1, "x", None, "Cat"])))
        if source.random() < 0.3:
            source.shuffle(members)
        return dict(members)
    if isinstance(value, list):
        elements = [damaged_value(each, source) for each in value]
        return [*elements, source.choice([1, "x", None])] if source.random() < 0.1 else elements
    return value
