"""Which completions are reported: a small path pattern language, compiled to a walk.

Patterns use the syntax of RFC 9535 for names (``.name``, ``['name']``), indexes (``[0]``) and wildcards (``.*``,
``[*]``). Steps that need the rest of the document (negative indexes, slices, filters, descendants) are refused when the
parser is made.

A ``Selector`` is the state of a walk from the root: the tails of all patterns that can still match. Going down one key
gives the next selector, or None if nothing below can match; so the tree skips whole branches for free.

``refuse_unreachable`` holds patterns against what a target allows: one that leads to where no valid document can have
anything is a mistake, and would report nothing for ever.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import Final, final

from partialjson._core.refcounts import COMPILED
from partialjson._core.spec import ARRAY, OBJECT, Spec
from partialjson.errors import json_path

Step = str | int | None
"""A member name, an element index, or None for any child."""

_NAME: Final = re.compile(r"[A-Za-z_\u0080-\U0010FFFF][0-9A-Za-z_\u0080-\U0010FFFF]*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]*")
_QUOTED: Final = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_BLANK: Final = re.compile(r"[ \t\n\r]*")
_SIMPLE: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/", "\\": "\\", "'": "'", '"': '"'}


@final
class Selector:
    """The tails of the patterns that can still match below one place."""

    def __init__(self, tails: frozenset[tuple[Step, ...]], everything: bool = False) -> None:
        self.everything = everything
        self.here = everything or () in tails
        self._tails = tails
        self._names: dict[str | int, Selector | None] = {}
        for tail in tails:
            if tail and tail[0] is not None:
                self._names[tail[0]] = None
        self._expanded = False
        self._other: Selector | None = None

    def child(self, key: str | int) -> Selector | None:
        """Where the walk stands after one more key; None where nothing can match any more."""
        if self.everything:
            return self
        if not self._expanded:
            self._expand()
        if key in self._names:
            return self._names[key]
        return self._other

    def _expand(self) -> None:
        for name in self._names:
            self._names[name] = _after(self._tails, name)
        self._other = _after(self._tails, None)
        self._expanded = True


def _after(tails: frozenset[tuple[Step, ...]], key: Step) -> Selector | None:
    rest = frozenset([tail[1:] for tail in tails if tail and (tail[0] is None or tail[0] == key)])
    return Selector(rest) if rest else None


EVERYTHING: Final = Selector(frozenset(), True)


def compile_selection(select: Iterable[str] | None) -> Selector | None:
    """The selector at the root: every completion for None, no completion for an empty list.

    Raises:
        TypeError: ``select`` is not an iterable of strings.
        ValueError: a pattern is not supported; the message says where and what is allowed.
    """
    if select is None:
        return EVERYTHING
    if isinstance(select, list) and not select:
        return None
    if isinstance(select, (str, bytes)):
        raise TypeError(f"select takes a list of patterns, not one {type(select).__name__}: write select=[{select!r}]")
    tails: set[tuple[Step, ...]] = set()
    for pattern in select:
        if not isinstance(pattern, str):
            raise TypeError(f"a select pattern is a str, not {type(pattern).__name__}")
        tails.add(parse_pattern(pattern))
    return Selector(frozenset(tails)) if tails else None


def parse_pattern(pattern: str) -> tuple[Step, ...]:
    """The steps of one pattern, for instance ``("items", None, "name")`` for ``$.items[*].name``."""
    if not pattern.startswith("$"):
        raise _refusal(pattern, 0, "a pattern starts with '$'")
    steps: list[Step] = []
    at = 1
    while at < len(pattern):
        at = _skip_blank(pattern, at)
        if pattern.startswith("..", at):
            raise _refusal(pattern, at, "descendants ('..') are not supported")
        if pattern.startswith(".*", at):
            steps.append(None)
            at += 2
        elif pattern.startswith(".", at):
            name = _NAME.match(pattern, at + 1)
            if name is None:
                raise _refusal(pattern, at + 1, "expected a name or '*' after '.'; quote other names: ['a name']")
            steps.append(name.group())
            at = name.end()
        elif pattern.startswith("[", at):
            step, at = _bracket(pattern, at + 1)
            steps.append(step)
        else:
            raise _refusal(pattern, at, "expected '.name', '[0]', '[*]' or ['name']")
    return tuple(steps)


def _bracket(pattern: str, at: int) -> tuple[Step, int]:
    """The step inside ``[...]`` that starts at ``at``, and where the pattern goes on after it."""
    at = _skip_blank(pattern, at)
    step: Step
    index = _INDEX.match(pattern, at)
    quoted = _QUOTED.match(pattern, at)
    if pattern.startswith("*", at):
        step, at = None, at + 1
    elif index is not None:
        step, at = int(index.group()), index.end()
    elif quoted is not None:
        step, at = _unquote(pattern, quoted), quoted.end()
    elif pattern.startswith("-", at):
        raise _refusal(pattern, at, "negative indexes need the end of the list and are not supported")
    elif pattern.startswith("?", at):
        raise _refusal(pattern, at, "filters are not supported")
    else:
        raise _refusal(pattern, at, "expected an index, '*' or a quoted name after '['")
    at = _skip_blank(pattern, at)
    if not pattern.startswith("]", at):
        raise _refusal(pattern, at, "expected ']' (slices and lists of selectors are not supported)")
    return step, at + 1


def _unquote(pattern: str, quoted: re.Match[str]) -> str:
    body = quoted.group(1) if quoted.group(1) is not None else quoted.group(2)

    def decode(escape: re.Match[str]) -> str:
        code = escape.group(1)
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in _SIMPLE:
            raise _refusal(pattern, quoted.start(), f"unknown escape '\\{code}' in a name")
        return _SIMPLE[code]

    # Pairs of surrogate escapes name one character.
    return _ESCAPE.sub(decode, body).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _skip_blank(pattern: str, at: int) -> int:
    blank = _BLANK.match(pattern, at)
    return blank.end() if blank is not None else at


def _refusal(pattern: str, at: int, why: str) -> ValueError:
    return ValueError(f"select pattern {pattern!r}, character {at}: {why}")


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
            if isinstance(step, str) and not any(_has(leaf, step) for leaf in leaves):
                raise ValueError(f"select pattern {pattern!r}: {_unreachable(taken, step, leaves)}")
            if isinstance(step, str) and all(_ignores(leaf, step) for leaf in leaves if leaf.kinds & OBJECT):
                why = f"{_unreachable(taken, step, leaves)}. A document may have it; then it is reported as plain JSON"
                warnings.warn(f"select pattern {pattern!r}: {why}", stacklevel=1 if COMPILED else 3)
            specs = _below(leaves, step)
            if specs is None:
                break
            taken.append(step)


def _leaves(specs: list[Spec]) -> list[Spec] | None:
    """The specs of which one applies, without the choices on the way to them; None if the user's own code has a say."""
    found: list[Spec] = []
    seen: set[int] = set()
    todo = [spec.filled() for spec in specs]
    while todo:
        spec = todo.pop()
        if id(spec) in seen:
            continue
        seen.add(id(spec))
        if not spec.binding:
            return None
        if spec.root is not None:
            todo.append(spec.root.spec)
        elif spec.branches:
            todo.extend(reversed(spec.branches))
        else:
            found.append(spec)
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
        if any((step,) not in field.ways for field in fields):
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
