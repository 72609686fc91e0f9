"""Which completions are reported: a small path pattern language, compiled to a walk.

Patterns use the syntax of RFC 9535 for names (``.name``, ``['name']``), indexes (``[0]``) and wildcards (``.*``,
``[*]``). Steps that need the rest of the document (negative indexes, slices, filters, descendants) are refused when the
parser is made.

A ``Selector`` is the state of a walk from the root: the tails of all patterns that can still match. Going down one key
gives the next selector, or None if nothing below can match; so the tree skips whole branches for free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, final

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
