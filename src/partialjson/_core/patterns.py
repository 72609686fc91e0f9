"""Patterns: whether a string that is still being written can match a regular expression.

The face of this module, for the judge:

    pattern = Pattern(r"^[A-Z]{2}\\d+$")        # re.error if it is no pattern
    state = pattern.begin()                     # of one string; a state is never changed, so keep the reference only
    state = pattern.step(state, code_point)     # one character more
    state = pattern.advance(state, text, i, j)  # text[i:j] more, which is faster
    state.dead                                  # no string that begins like this one matches: a violation, for sure
    state.reached                               # every string that begins like this one matches
    state.ends                                  # the string matches if it ends here
    state.settled                               # dead, or no character can change anything: no need to go on
    pattern.death(before, text, i, j)           # where: the index of the character that made ``advance`` give a dead
                                                # state, when it started at ``before``
    pattern.closed(state, text)                 # the verdict of ``re.search(source, text)`` for the whole text

``reached`` and ``ends`` are sure only where ``pattern.exact``; ``dead`` always is. Where the pattern is not exact,
``reached`` is False, and ``ends`` is True if ``re`` must be asked: ``closed`` does that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Pattern", "State"]


@final
class State:
    """What is known of a string after some of its characters. States are shared; nobody changes them but patterns.

    Attributes:
        dead: no string that begins like this one matches.
        reached: a match was passed, so the string matches whatever comes.
        ends: the string matches if it ends here.
        settled: no character can change any of the three.
    """

    def __init__(self, dead: bool, reached: bool, ends: bool, settled: bool) -> None:
        self.dead: Final = dead
        self.reached: Final = reached
        self.ends: Final = ends
        self.settled: Final = settled


@final
class Pattern:
    """A regular expression of Python's ``re``, searched for in strings (``re.search``).

    Attributes:
        source: the expression as it was given.
        exact: is ``State.ends`` what ``re.search`` says? If not, it may be True although nothing matches.

    Raises:
        re.error: it is no regular expression.
    """

    def __init__(self, source: str) -> None:
        self.source: Final = source
        self.exact = False
        self._re: Final = re.compile(source)
        self._unknown: Final = State(False, False, True, True)

    def begin(self) -> State:
        """The state of the empty string."""
        return self._unknown

    def step(self, state: State, c: i64) -> State:
        """The state after one more character, given as its code point."""
        return state

    def advance(self, state: State, text: str, start: i64, end: i64) -> State:
        """The state after the characters ``text[start:end]``; it stops early where nothing can change any more."""
        return state

    def death(self, state: State, text: str, start: i64, end: i64) -> i64:
        """The index of the character after which ``state`` is dead; ``end`` if it lives on, ``start - 1`` if it is."""
        return start - 1 if state.dead else end

    def closed(self, state: State, text: str) -> bool:
        """Does the whole ``text``, whose state this is, match?"""
        if self.exact or not state.ends:
            return state.ends
        return self._re.search(text) is not None

    def matches(self, text: str) -> bool:
        """Does ``text`` match, as ``re.search`` says?"""
        return self.closed(self.advance(self.begin(), text, 0, len(text)), text)
