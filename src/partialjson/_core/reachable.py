"""Patterns of ``select``, held against what a target allows.

A pattern that leads to where no valid document can have anything is a mistake, and would report nothing for ever. So it
is followed down the specs: at each step those are looked at that may apply there, and the pattern is wrong if none of
them can have such a key. Nothing is said below a place that the target leaves open, or that the user's own code reads.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from partialjson._core.refcounts import COMPILED
from partialjson._core.selection import Step, parse_pattern
from partialjson._core.spec import ARRAY, OBJECT, Spec
from partialjson.errors import json_path

__all__ = ["refuse_unreachable"]


def refuse_unreachable(select: Iterable[str], root: Spec) -> None:
    """Refuse patterns that lead to where no document that fits the target can have anything.

    Only keys are refused that an object must not have, and keys of what is no object. Indexes and wildcards say nothing
    of what is meant, and may match nothing. A key that a model ignores may be there, and is reported as plain JSON; as
    it is more often misspelled, it gets a warning.

    Raises:
        ValueError: there is such a pattern; the message says what the last place that there is can have.
    """
    for pattern in select:
        specs: list[Spec] | None = [root]
        taken: list[Step] = []
        for step in parse_pattern(pattern):
            assert specs is not None
            leaves = _leaves(specs)
            if leaves is None:
                break
            if isinstance(step, str):
                able = [leaf for leaf in leaves if _has(leaf, step)]
                if not [leaf for leaf in able if not _ignores(leaf, step)]:
                    why = f"select pattern {pattern!r}: {_unreachable(taken, step, leaves)}"
                    if not able:
                        raise ValueError(why)
                    why += ". A document may have it; then it is reported as plain JSON"
                    warnings.warn(why, stacklevel=1 if COMPILED else 3)
            specs = _below(leaves, step)
            if specs is None:
                break
            taken.append(step)


def _leaves(specs: list[Spec]) -> list[Spec] | None:
    """The specs of which one applies; None if the user's own code has a say."""
    found: list[Spec] = []
    for spec in specs:
        met, leaves = spec.walk()
        if [each for each in met if not each.binding]:
            return None
        found += leaves
    return found


def _has(leaf: Spec, step: Step) -> bool:
    """May a value that fits have such a child?"""
    if step is None:
        return leaf.kinds & (OBJECT | ARRAY) != 0
    if isinstance(step, int):
        return leaf.kinds & ARRAY != 0
    return leaf.kinds & OBJECT != 0 and (leaf.keys is None or step in leaf.keys or step in _keys(leaf))


def _ignores(leaf: Spec, step: str) -> bool:
    """Is this a key of an object that speaks of other keys only, and drops what it does not know?"""
    is_free = leaf.rest is not None or leaf.keeps_unnamed or leaf.keys is not None
    return leaf.fields is not None and not is_free and step not in _keys(leaf)


def _keys(leaf: Spec) -> list[str]:
    """The keys of which something is said, in order."""
    ways = [way for field in (leaf.fields or {}).values() for way in field.ways]
    return list(dict.fromkeys([key for way in ways for key in way[:1] if isinstance(key, str)]))


def _below(leaves: list[Spec], step: Step) -> list[Spec] | None:
    """The specs of such a child; None if nothing is said of it."""
    found: list[Spec] = []
    for leaf in leaves:
        if not _has(leaf, step):
            continue
        inside = _inside(leaf, step)
        if not inside:
            return None
        found.extend(inside)
    return found or None


def _inside(leaf: Spec, step: Step) -> list[Spec]:
    """The specs of such a child of one leaf; none if nothing is said of it."""
    if isinstance(step, str):
        fields = [field for field in (leaf.fields or {}).values() for way in field.ways if way[:1] == (step,)]
        if [field for field in fields if (step,) not in field.ways]:
            return []
        if fields:
            return [field.spec for field in fields]
        return [] if leaf.rest is None else [leaf.rest]
    if isinstance(step, int):
        element = leaf.element(step) if leaf.is_array else None
        return [] if element is None else [element]
    # Any child: only an array says something of all of them.
    if leaf.kinds & OBJECT or not leaf.is_array:
        return []
    return [*leaf.prefix, *([] if leaf.items is None else [leaf.items])]


def _unreachable(taken: list[Step], step: str, leaves: list[Spec]) -> str:
    place = "$" + "".join(["[*]" if each is None else json_path([each])[1:] for each in taken])
    nouns = " or ".join(dict.fromkeys([leaf.noun for leaf in leaves]))
    known = list(dict.fromkeys([key for leaf in leaves for key in _keys(leaf)]))
    if not known:
        return f"{place} is {nouns}, which has no {step!r}"
    from difflib import get_close_matches

    close = get_close_matches(step, known, 3) or (known if len(known) <= 8 else [])
    return f"{place} is {nouns}, which has no {step!r}" + (f"; it has {', '.join(close)}" if close else "")
