"""Patterns: whether a string that is still being written can match a regular expression.

The face of this module, for the judge:

    pattern = Pattern(r"^[A-Z]{2}\\d+$")        # re.error if it is no pattern
    state = pattern.begin()                     # of one string; a state is never changed, so keep the reference only
    state = pattern.step(state, code_point)     # one character more
    state = pattern.advance(state, text, i, j)  # text[i:j] more, which is faster
    state.dead                                  # no string that begins like this one matches: a violation, for sure
    state.reached                               # every string that begins like this one matches
    state.ends                                  # the string matches if it ends here
    state.settled                               # no character can change any of the three: no need to go on
    pattern.death(before, text, i, j)           # where: the index of the character that made ``advance`` give a dead
                                                # state, when it started at ``before``
    pattern.closed(state, text)                 # the verdict of ``re.search(source, text)`` for the whole text

``dead`` is always sure, ``ends`` only where ``pattern.exact``. Where the pattern is not exact, ``reached`` is False,
and ``ends`` is True if ``re`` must be asked, which ``closed`` does.

*How it works.* The expression is an automaton (``nfa``), and a state here is a set of its nodes: all those that the
text may have led to. The sets are made when a text first needs them, and are remembered with their moves, one for each
class of characters, so a character of most texts costs one look-up. An expression can have very many sets. So at most
``MOST_STATES`` are remembered: then all are forgotten at once, and are made again as they are needed. A text that still
holds a forgotten state goes on from there. Time is linear in the text in any case; at worst, a character costs as
much as the automaton has nodes.

*Threads* may share a pattern. A state that two of them make at once is made twice, and both are right.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final

from partialjson._core.charsets import with_properties
from partialjson._core.nfa import CHARACTER, FREE, Automaton, automaton

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Pattern", "State"]

MOST_STATES: Final = 3_000
"""How many states of a pattern are remembered."""
MOST_MOVES: Final = 100_000
"""How many moves they may have, together; of 8 bytes each."""


@final
class State:
    """What is known of a string after some of its characters. States are shared; nobody changes them but patterns.

    Attributes:
        dead: no string that begins like this one matches.
        reached: a match was passed, so the string matches whatever comes.
        ends: the string matches if it ends here.
        settled: no character can change any of the three.
    """

    def __init__(self, nodes: list[int], size: i64, dead: bool, reached: bool, ends: bool) -> None:
        self.dead: Final = dead
        self.reached: Final = reached
        self.ends: Final = ends
        self.settled: Final = size == 0
        self._nodes: Final = nodes
        # By class of characters; None where it was not needed yet.
        self._moves: Final[list[State | None]] = [None] * size


@final
class Pattern:
    """A regular expression of Python's ``re``, searched for in strings (``re.search``).

    ``\\p{...}`` is understood for general categories, Any, Assigned and ASCII.

    Attributes:
        source: the expression as it was given.
        exact: is ``State.ends`` what ``re.search`` says? If not, it may be True although nothing matches.
        work: how many nodes were visited so far to make states, for tests of the cost.

    Raises:
        re.error: it is no regular expression, or groups are nested too deeply for ``re``.
    """

    def __init__(self, source: str) -> None:
        self.source: Final = source
        spelled = with_properties(source)
        try:
            self._re: Final = re.compile(spelled)
            made = automaton(spelled)
        except (RecursionError, OverflowError) as error:
            raise re.error(f"the pattern is too large for re ({error})", source) from None
        self._automaton: Final = made
        self.exact: Final = made is not None and made.exact
        self.work: i64 = 0
        self._dead: Final = State([], 0, True, False, False)
        # Whatever comes, it matches, or only ``re`` can tell.
        self._rest: Final = State([], 0, False, self.exact, True)
        self._classes: Final[list[int]] = [] if made is None else made.alphabet.ascii
        self._states: dict[tuple[int, ...], State] = {}
        self._start = self._rest if made is None else self._state(made, made.starts)

    def begin(self) -> State:
        """The state of the empty string."""
        return self._start

    def step(self, state: State, c: i64) -> State:
        """The state after one more character, given as its code point."""
        made = self._automaton
        if state.settled or made is None:
            return state
        class_: i64 = self._classes[c] if c < 128 else made.alphabet.find(c)
        after = state._moves[class_]
        return self._move(made, state, class_) if after is None else after

    def advance(self, state: State, text: str, start: i64, end: i64) -> State:
        """The state after the characters ``text[start:end]``; it stops early where nothing can change any more."""
        made = self._automaton
        if made is None:
            return state
        classes = self._classes
        alphabet = made.alphabet
        i = start
        while i < end and not state.settled:
            c: i64 = ord(text[i])
            class_: i64 = classes[c] if c < 128 else alphabet.find(c)
            after = state._moves[class_]
            state = self._move(made, state, class_) if after is None else after
            i += 1
        return state

    def death(self, state: State, text: str, start: i64, end: i64) -> i64:
        """The index of the character of ``text[start:end]`` after which ``state`` is dead.

        That is ``start - 1`` if it is dead already, and ``end`` if it lives on.
        """
        i = start
        while not state.dead:
            if i >= end or state.settled:
                return end
            state = self.step(state, ord(text[i]))
            i += 1
        return i - 1

    def closed(self, state: State, text: str) -> bool:
        """Does the whole ``text``, whose state this is, match?"""
        if self.exact or not state.ends:
            return state.ends
        return self._re.search(text) is not None

    def matches(self, text: str) -> bool:
        """Does ``text`` match, as ``re.search`` says?"""
        return self.closed(self.advance(self._start, text, 0, len(text)), text)

    def _move(self, made: Automaton, state: State, class_: i64) -> State:
        """The state after a character of this class, remembered."""
        comes = made.comes(class_)
        alphabet = made.alphabet
        does = made.does
        after: list[int] = []
        for node in state._nodes:
            target: i64 = made.targets[node][comes]
            if target >= 0 and (does[node] != CHARACTER or alphabet.holds(made.sets[node], class_)):
                after.append(target)
        self.work += len(state._nodes)
        found = self._state(made, after)
        state._moves[class_] = found
        return found

    def _state(self, made: Automaton, seeds: list[int]) -> State:
        """The state of the nodes that these lead to without a character."""
        does = made.does
        useful = made.useful
        clause = made.clause
        seen = set(seeds)
        todo = list(seen)
        nodes: list[int] = []
        # Clauses, as bits: those that may still match, match already, or match if the text ends here.
        alive: i64 = 0
        reached: i64 = 0
        ending: i64 = 0
        while todo:
            node = todo.pop()
            self.work += 1
            if not useful[node]:
                continue
            if does[node] == FREE:
                for target in made.targets[node]:
                    if target not in seen:
                        seen.add(target)
                        todo.append(target)
                continue
            bit: i64 = 1 << clause[node]
            alive |= bit
            if made.accepts[node]:
                reached |= bit
            if made.ends[node]:
                ending |= bit
            nodes.append(node)
        required = made.required
        if alive & required != required or reached & made.forbidden:
            return self._dead
        if reached & required == required and not alive & made.forbidden:
            return self._rest
        if reached:
            # Nothing else counts in these clauses.
            nodes = [node for node in nodes if made.accepts[node] or not reached >> clause[node] & 1]
        ends = ending & required == required and not ending & made.forbidden
        nodes.sort()
        key = tuple(nodes)
        known = self._states.get(key)
        if known is not None:
            return known
        size = made.alphabet.size
        states = self._states
        if len(states) >= MOST_STATES or len(states) * size >= MOST_MOVES:
            # The first state remembers moves, too: it is forgotten with the others.
            states = {}
            self._states = states
            start = self._start
            self._start = State(start._nodes, size, start.dead, start.reached, start.ends)
        state = State(nodes, size, False, False, ends)
        states[key] = state
        return state
