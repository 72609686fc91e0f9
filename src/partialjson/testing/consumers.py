"""``check_consumer``: does something that reads JSON, or a stream, in pieces keep the laws?

A consumer is one of three things:

- a function that takes an iterable of chunks and returns a result. If it returns an iterator, what it yields are its
  items. A coroutine function or an async generator takes an async iterable;
- a class of push objects, with ``feed`` and, for the end, ``close``, ``end``, ``finish`` or ``flush``;
- a ``Push``, which says how any other object is made, fed, ended and looked at.

However it is driven, a run comes to one ``Run``: what came out, or the error that was raised, and what was seen on the
way. The laws are statements about runs, so they are the same for all three. Each law that broke is raised as a
``Breach``, with the least cuts.

With a text, that text is checked. Without one, texts are drawn by hypothesis, and the one that is told is the
smallest that breaks a law.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from partialjson.testing.breach import Breach, Sentence, least_chunks, ways_to_cut
from partialjson.testing.chunking import fingerprint
from partialjson.testing.growth import grows as grown_json
from partialjson.testing.reference import is_json, plain

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy

__all__ = ["Push", "Run", "check_consumer", "grows_as_json", "has_repeated_keys", "runner"]

Gives = Literal["result", "items", "snapshots"]
_ENDS = ("close", "end", "finish", "flush")


@dataclass(frozen=True)
class Push:
    """How to drive an object that is fed chunk by chunk.

    Args:
        make: makes a new one.
        feed: the name of the method that takes a chunk. What it returns are items, if it is a list or a tuple.
        end: the name of the method that ends it and returns the result; None if there is none.
        view: what shows of it between chunks: a function of the object. Views must only grow (law 2) and hold still
            (law 4).
    """

    make: Callable[[], Any]
    feed: str = "feed"
    end: str | None = "close"
    view: Callable[[Any], Any] | None = None


@dataclass
class Run:
    """What one run of a consumer came to.

    Attributes:
        value: what came out: the result; the items; or for a push object both.
        error: what was raised instead.
        views: what was seen between chunks, each with its description at that time.
    """

    value: Any = None
    error: Exception | None = None
    views: list[tuple[Any, str]] = field(default_factory=list)

    @property
    def shown(self) -> Any:
        return self.value if self.error is None else Sentence(f"raises {self.error!r}")


def runner(consumer: Any, gives: Gives = "result", keep: bool = True) -> Callable[[Iterable[Any]], Run]:
    """A function that runs the consumer, whichever of the three it is, on chunks. Views and snapshots are kept, or else
    not looked at.

    Raises:
        TypeError: it is none of them.
    """
    if isinstance(consumer, Push):
        push = consumer if keep else replace(consumer, view=None)
        return lambda chunks: _pushed(push, chunks)
    if isinstance(consumer, type) and callable(getattr(consumer, "feed", None)):
        end = next((name for name in _ENDS if callable(getattr(consumer, name, None))), None)
        return lambda chunks: _pushed(Push(consumer, end=end), chunks)
    if not callable(consumer):
        raise TypeError(
            "a consumer is a function that takes an iterable of chunks, a class with the method feed, or a Push; "
            f"not {consumer!r}"
        )
    if inspect.iscoroutinefunction(consumer) or inspect.isasyncgenfunction(consumer):
        return lambda chunks: _pulled(lambda given: asyncio.run(_awaited(consumer(_later(given)))), chunks, gives, keep)
    return lambda chunks: _pulled(consumer, chunks, gives, keep)


async def _later(chunks: Iterable[Any]) -> AsyncIterator[Any]:
    for chunk in chunks:
        yield chunk


async def _awaited(result: Any) -> Any:
    return iter([item async for item in result]) if hasattr(result, "__aiter__") else await result


def _pushed(push: Push, chunks: Iterable[Any]) -> Run:
    run = Run()
    items: list[Any] = []
    parser = push.make()
    try:
        for chunk in chunks:
            given = getattr(parser, push.feed)(chunk)
            if isinstance(given, list | tuple):
                items += given
            if push.view is not None:
                _see(run, push.view(parser))
        result = getattr(parser, push.end)() if push.end is not None else None
        if push.view is not None:
            result = (result, push.view(parser))
        run.value = (items, result) if items and result is not None else items or result
    except Exception as error:
        run.error = error
    return run


def _pulled(consumer: Callable[[Any], Any], chunks: Iterable[Any], gives: Gives, keep: bool) -> Run:
    run = Run()
    try:
        result = consumer(iter(chunks))
        if gives == "snapshots":
            for snapshot in result:
                run.value = snapshot
                if keep:
                    _see(run, snapshot)
        elif gives == "items" or isinstance(result, Iterator):
            run.value = list(result)
        else:
            run.value = result
    except Exception as error:
        run.error = error
    return run


def _see(run: Run, view: Any) -> None:
    run.views.append((view, fingerprint(view)))


def check_consumer(
    consumer: Any,
    text: str | bytes | None = None,
    *,
    texts: SearchStrategy[Any] | None = None,
    gives: Gives = "result",
    expected: Callable[[Any], Any] | None = None,
    complete: Callable[[Any], bool] | None = None,
    raises: type[Exception] | tuple[type[Exception], ...] | None = None,
    grows: Callable[[Any, Any], bool] | None = None,
    describe: Callable[[Any], Any] = fingerprint,
    messages: bool = False,
    as_bytes: bool = False,
    empty: bool = True,
    settings: Settings | None = None,
) -> None:
    """Check that a consumer keeps the laws that can be asked of it.

    Law 1 is always asked: what comes out does not depend on where the text is cut. What else is asked depends on what
    is known: law 2 (views only grow) and 4 (they hold still) if there are snapshots or views, law 5 with ``expected``,
    law 8 with ``complete``, law 11 with ``raises``.

    Args:
        consumer: a function that takes an iterable of chunks, a class with ``feed``, or a ``Push``.
        text: the text to check. If there is none, texts are drawn.
        texts: the strategy that they are drawn from; ``documents()`` if it is not given, and with ``raises`` damaged
            ones too.
        gives: what a function returns: its "result" (an iterator's items count as one), "items", or "snapshots", each
            of which takes the place of the one before.
        expected: what the whole text should come to; if this raises, so must the consumer. Often ``json.loads``.
        complete: does a result claim to be whole? It must not for the beginning of a document, unless it is one.
        raises: the only errors that may be raised, whatever the text.
        grows: does a view extend the one before? JSON values are compared if this is not given.
        describe: makes results comparable; by default 1, 1.0 and True differ, and the order of keys counts.
        messages: must errors have the same message, too? Otherwise only their type.
        as_bytes: encode texts; bytes are cut inside characters too.
        empty: may chunks be empty?
        settings: those of hypothesis for drawing texts.

    Raises:
        Breach: a law broke; an ``AssertionError`` that names it and shows the least that breaks it.
        TypeError: the consumer cannot be driven, or the text is none.
        ImportError: there is no text, and hypothesis is not installed.
        Exception: what the consumer raised for every text, if neither ``raises`` nor ``expected`` allows for that.
    """
    run = runner(consumer, gives)
    checks = _Checks(run, expected, complete, raises, grows, describe, messages, empty)
    if text is None:
        _search(checks, texts, gives == "snapshots" or isinstance(consumer, Push), as_bytes, settings)
        checks.something_was_read()
        return
    if not isinstance(text, str | bytes):
        raise TypeError(f"the text is str or bytes, not {text!r}; to draw texts, give a strategy as texts=")
    if texts is not None:
        raise TypeError("either a text or texts=, not both")
    checks.check(_encoded(text) if as_bytes else plain(text))
    checks.something_was_read()


def _encoded(text: str | bytes) -> bytes:
    return plain(text) if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _search(
    checks: _Checks, texts: SearchStrategy[Any] | None, growing: bool, as_bytes: bool, settings: Settings | None
) -> None:
    """Check texts that hypothesis draws; the error is that of the smallest."""
    from partialjson.testing.damage import NOISE
    from partialjson.testing.drawing import st
    from partialjson.testing.searching import search
    from partialjson.testing.texts import damaged, documents

    if texts is None:
        texts = documents(repeated_keys=not growing)
        if checks.raises is not None:
            texts = st.one_of(st.just(""), texts, damaged(labels=NOISE))
    search(lambda text: checks.check(_encoded(text) if as_bytes else plain(text)), texts, settings)


@dataclass(frozen=True)
class _Checks:
    run: Callable[[Iterable[Any]], Run]
    expected: Callable[[Any], Any] | None
    complete: Callable[[Any], bool] | None
    raises: type[Exception] | tuple[type[Exception], ...] | None
    grows: Callable[[Any, Any], bool] | None
    describe: Callable[[Any], Any]
    messages: bool
    empty: bool
    wholes: dict[bool, Run] = field(default_factory=dict)
    """The last run over a whole text that gave a value (True), and the last that raised."""

    def check(self, text: Any) -> None:
        whole = self.run([text])
        self.wholes[whole.error is None] = whole
        self.law_11(text, [text], whole)
        self.law_5(text, whole)
        self.laws_of_views(text, [text], whole)
        told = self.told(whole)
        for chunks in ways_to_cut(text, empty=self.empty):
            run = self.run(chunks)
            self.law_11(text, chunks, run)
            if self.told(run) != told:
                self.law_1(text, chunks, whole)
            self.laws_of_views(text, chunks, run)
        self.law_8(text, whole)

    def something_was_read(self) -> None:
        """A consumer that raises for every text, by a mistake of its own, keeps law 1 and has shown nothing."""
        if self.raises is None and self.expected is None and self.wholes.keys() == {False}:
            error = self.wholes[False].error
            assert error is not None
            error.add_note("It raised for every text, so nothing was checked. If that is right, say raises=")
            raise error

    def told(self, run: Run) -> Any:
        if run.error is None:
            return "value", self.describe(run.value)
        return "error", type(run.error).__name__, str(run.error) if self.messages else ""

    def law_1(self, text: Any, chunks: Sequence[Any], whole: Run) -> None:
        """Two runs differ: find the cuts that matter, and tell of them."""
        told = self.told(whole)
        least = least_chunks(text, chunks, lambda fewer: self.told(self.run(fewer)) != told)
        run = self.run(least)
        raise Breach(
            1,
            "what comes out depends on where the text is cut",
            text,
            least,
            ("in one piece", whole.shown),
            ("in chunks", run.shown),
        )

    def law_5(self, text: Any, whole: Run) -> None:
        if self.expected is None:
            return
        wanted = Run()
        try:
            wanted.value = self.expected(text)
        except Exception as error:
            wanted.error = error
        same = whole.error is not None
        if wanted.error is None:
            same = whole.error is None and self.describe(whole.value) == self.describe(wanted.value)
        if not same:
            what = "the whole text comes to something else"
            raise Breach(5, what, text, [text], ("expected", wanted.shown), ("it gives", whole.shown))

    def law_8(self, text: Any, whole: Run) -> None:
        if self.complete is None or whole.error is not None:
            return
        if is_json(text) and not self.complete(whole.value):
            raise Breach(8, "the whole text is not called complete", text, [text], ("it gives", whole.value))
        sizes: Iterable[int] = range(len(text))
        if len(text) > 200:
            sizes = sorted(Random(len(text)).sample(range(len(text)), 200))
        for size in sizes:
            beginning = text[:size]
            run = self.run([beginning])
            if run.error is None and not is_json(beginning) and self.complete(run.value):
                what = f"a text that is cut off after {size} of {len(text)} is called complete"
                raise Breach(8, what, beginning, [beginning], ("it gives", run.value))

    def law_11(self, text: Any, chunks: Sequence[Any], run: Run) -> None:
        if self.raises is None or run.error is None or isinstance(run.error, self.raises):
            return
        allowed = self.raises if isinstance(self.raises, tuple) else (self.raises,)
        kind = type(run.error)
        least = least_chunks(text, chunks, lambda fewer: type(self.run(fewer).error) is kind)
        names = ", ".join(each.__name__ for each in allowed)
        raise Breach(11, f"an error other than {names}", text, least, ("it", run.shown)) from run.error

    def laws_of_views(self, text: Any, chunks: Sequence[Any], run: Run) -> None:
        for view, was in run.views:
            if fingerprint(view) != was:
                what = "a snapshot changed after it was handed out"
                raise Breach(4, what, text, chunks, ("it was", Sentence(was)), ("it is now", view))
        if self.grows is None and has_repeated_keys(text):
            return
        for (before, _), (after, _) in pairwise(run.views):
            if not (self.grows or grows_as_json)(before, after):
                what = "a view takes back what was shown before"
                least = least_chunks(text, chunks, self._shrinks)
                again = self.run(least)
                pairs = pairwise(view for view, _ in again.views)
                before, after = next(pair for pair in pairs if not (self.grows or grows_as_json)(*pair))
                raise Breach(2, what, text, least, ("first", before), ("then", after))

    def _shrinks(self, chunks: list[Any]) -> bool:
        grows = self.grows or grows_as_json
        return any(not grows(*pair) for pair in pairwise(view for view, _ in self.run(chunks).views))


_PLAIN = (str, int, float, bool, list, dict, type(None))


def grows_as_json(before: Any, after: Any) -> bool:
    """As JSON documents grow; None stands for nothing yet, and of other objects nothing is known."""
    if before is None or type(before) not in _PLAIN or type(after) not in _PLAIN:
        return True
    return grown_json(before, after, set())


def has_repeated_keys(text: Any) -> bool:
    """Does an object of the text have a key twice? False for what is not JSON."""
    repeated: list[bool] = []

    def members(pairs: list[tuple[str, Any]]) -> None:
        repeated.append(len(dict(pairs)) < len(pairs))

    try:
        json.loads(text, object_pairs_hook=members)
    except (ValueError, RecursionError):
        return False
    return any(repeated)
