"""``ConsumerMachine``: a push object as a state machine, for hypothesis to play with.

    from partialjson.testing import ConsumerMachine

    class Machine(ConsumerMachine):
        def make(self): return MyParser()
        def view(self, parser): return parser.value

    TestMyParser = Machine.TestCase

Where ``check_consumer`` runs a text from its beginning to its end, a machine also looks, saves, restores and stops at
any moment, in any order. Beside the object that it plays with stands a model: the text so far. After each step, the
object must show what a fresh one shows that was fed the same text at once (law 1), must extend what it showed before
(law 2), and must not have changed what it handed out (law 4). Saving and restoring must change nothing (law 10).
"""

from __future__ import annotations

from typing import Any

from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from partialjson.testing.breach import Breach, Sentence
from partialjson.testing.chunking import fingerprint
from partialjson.testing.consumers import grows_as_json
from partialjson.testing.drawing import st
from partialjson.testing.reference import plain
from partialjson.testing.texts import documents

__all__ = ["ConsumerMachine"]


class ConsumerMachine(RuleBasedStateMachine):
    """Derive from it, and say in ``make`` how an object is made; override what differs from the defaults.

    ``MyMachine.TestCase`` is a test case for pytest and unittest.
    """

    texts: st.SearchStrategy[Any] = documents(repeated_keys=False, max_depth=3)
    """What is fed."""

    # The object under test.

    def make(self) -> Any:
        """A new one."""
        raise NotImplementedError("a ConsumerMachine needs make()")

    def feed(self, parser: Any, chunk: Any) -> Any:
        """Feed a chunk."""
        return parser.feed(chunk)

    def view(self, parser: Any) -> Any:
        """What shows of it; None for nothing."""
        return None

    def end(self, parser: Any) -> Any:
        """End it; the result."""
        return parser.close()

    def save(self, parser: Any) -> Any:
        """Its state, to be restored; not asked for if ``restore`` is not overridden."""
        raise NotImplementedError

    restore: Any = None
    """A method (state) -> object, where objects can be saved."""

    # The play.

    @precondition(lambda self: not self._is_open())
    @rule(data=st.data())
    def begin_again(self, data: st.DataObject) -> None:
        """Another document, with another object."""
        self.begin(data)

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.text = plain(data.draw(self.texts, label="text"))
        self.pos = 0
        self.chunks: list[Any] = []
        self.parser = self.make()
        self.error: Exception | None = None
        self.held: list[tuple[Any, str]] = []
        self.ended = False

    def _feed(self, chunk: Any) -> None:
        before = self.view(self.parser)
        self.chunks.append(chunk)
        self.pos += len(chunk)
        try:
            self.feed(self.parser, chunk)
        except Exception as error:
            self.error = error
            return
        after = self.view(self.parser)
        if not grows_as_json(before, after):
            self._breach(2, "a view takes back what was shown before", ("first", before), ("then", after))

    def _breach(self, law: int, what: str, *details: tuple[str, Any]) -> None:
        raise Breach(law, what, self.text[: self.pos], self.chunks or [self.text[:0]], *details)

    def _is_open(self) -> bool:
        return self.error is None and not self.ended

    @precondition(lambda self: self._is_open() and self.pos < len(self.text))
    @rule(data=st.data())
    def feed_some(self, data: st.DataObject) -> None:
        size = data.draw(st.integers(1, len(self.text) - self.pos), label="characters")
        self._feed(self.text[self.pos : self.pos + size])

    @precondition(lambda self: self._is_open())
    @rule()
    def feed_nothing(self) -> None:
        self._feed(self.text[:0])

    @precondition(lambda self: self._is_open())
    @rule()
    def hold(self) -> None:
        view = self.view(self.parser)
        self.held.append((view, fingerprint(view)))

    @precondition(lambda self: self._is_open() and self.restore is not None)
    @rule()
    def save_and_restore(self) -> None:
        before = fingerprint(self.view(self.parser))
        self.parser = self.restore(self.save(self.parser))
        after = fingerprint(self.view(self.parser))
        if before != after:
            self._breach(
                10, "what is restored shows something else", ("saved", Sentence(before)), ("restored", Sentence(after))
            )

    @precondition(lambda self: self._is_open())
    @rule()
    def stop(self) -> None:
        """End it here, wherever that is: as a fresh one ends that had the text at once."""
        self.ended = True
        fresh = self.make()
        wanted, error = _outcome(lambda: (self.feed(fresh, self.text[: self.pos]), self.end(fresh))[1])
        found, other = _outcome(lambda: self.end(self.parser))
        if (wanted, type(error)) != (found, type(other)):
            shown = error or Sentence(wanted), other or Sentence(found)
            self._breach(1, "what comes out depends on the chunks", ("at once", shown[0]), ("in chunks", shown[1]))

    @invariant()
    def shows_what_a_fresh_one_shows(self) -> None:
        if not hasattr(self, "text") or self.ended:
            return
        fresh = self.make()
        _, error = _outcome(lambda: self.feed(fresh, self.text[: self.pos]))
        if (error is None) != (self.error is None):
            self._breach(1, "only one of them fails", ("at once", error), ("in chunks", self.error))
        if error is None:
            at_once, in_chunks = fingerprint(self.view(fresh)), fingerprint(self.view(self.parser))
            if at_once != in_chunks:
                details = ("at once", Sentence(at_once)), ("in chunks", Sentence(in_chunks))
                self._breach(1, "what shows depends on the chunks", *details)

    @invariant()
    def what_was_handed_out_holds_still(self) -> None:
        for view, was in getattr(self, "held", ()):
            if fingerprint(view) != was:
                note(f"held: {was}")
                self._breach(4, "a snapshot changed after it was handed out", ("it was", Sentence(was)), ("now", view))


def _outcome(act: Any) -> tuple[str, Exception | None]:
    try:
        return fingerprint(act()), None
    except Exception as error:
        return "", error
