"""The face that every contestant has, for the clock and for the probes of the comparison.

A contestant is one way to read a stream with one library. It is made for a workload's target (``Forms`` of a model, the
name of an API, or nothing), imports its library then, and raises ImportError where that is not installed: what is not
there is left out, not an error. It makes the state of one document (``start``), takes lists of chunks, and says what it
arrived at (``finish``).

The loops over the chunks live in the contestants, so that the clock sees the library's calls and nothing of the
harness: ``read`` looks at the partial value after each chunk and drops it, ``hold`` keeps it, ``deltas`` looks at what
was added, ``feed`` at nothing. The probes give one chunk at a time to ``feed`` and then look at ``shown``.
"""

from __future__ import annotations

import importlib
import pickle
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from benchmarks.workloads import Forms, Mode, Workload

State = Any
Chunk = Any
Location = tuple[str | int, ...]


class Absent:
    """Stands for a value that is not shown."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = Absent()


def load(module: str) -> Any:
    """A module of a peer. Their types are not needed here and not always there."""
    return importlib.import_module(module)


def keep_extensions_out() -> None:
    """Make this process one in which libraries run without their optional extensions, as if they were not installed."""
    sys.modules["streaming_json_parser_native"] = None  # type: ignore[assignment]


class Contestant:
    """One way to read a stream with one library."""

    name: ClassVar[str]
    distribution: ClassVar[str]
    """What has to be installed; empty for the standard library."""
    pure: ClassVar[bool] = False
    """Is it Python alone?"""
    caveat: ClassVar[str] = ""
    """What it does less than the others, or how it was made; shown beside its name."""

    # What it can be timed on, and how.
    modes: ClassVar[frozenset[Mode]] = frozenset()
    groups: ClassVar[frozenset[str]] = frozenset(["partial", "text", "bulk", "wide", "scaling"])
    typed: ClassVar[bool] = False
    """Does it make objects of a model?"""
    one_shot: ClassVar[bool] = False
    """Does it take the whole text at once? Then ``once`` is all there is to it."""
    sampled: ClassVar[frozenset[Mode]] = frozenset()
    """Modes in which a chunk's price depends on what came before, so that a few chunks stand for all of them where the
    whole would take too long."""
    live: ClassVar[bool] = False
    """Is the partial value one object that goes on changing, so that holding it takes a copy?"""
    pulls: ClassVar[bool] = False
    """Does it take all chunks in one call, which then cannot be stopped in the middle?"""
    worker: ClassVar[str] = "compiled"
    """The kind of process it needs: ``compiled``, or ``interpreted`` with every optional extension kept out."""
    known_wrong: ClassVar[dict[str, str]] = {}
    """Workloads whose result it is known to get wrong, with the reason; these are not timed."""
    roots: ClassVar[str] = "[{"
    """First characters of the documents it can read."""

    # What the comparison has to know.
    compared: ClassVar[str] = ""
    """Its name in the comparison; empty where it is not in it."""
    call: ClassVar[str] = ""
    """How it is called there."""
    takes_bytes: ClassVar[bool] = False
    repairs: ClassVar[bool] = False
    """Does it mend wrong input instead of refusing it?"""
    stateless: ClassVar[bool] = False
    """Does the caller keep the text, and the library nothing?"""
    defaults: ClassVar[bool] = True
    """Can its kind of model have defaults?"""
    copies: ClassVar[bool] = False
    """Has it a call of its own for values that are kept?"""

    def __init__(self, target: Any = None) -> None:
        self.target = target
        self.prepare()

    def prepare(self) -> None:
        """Import the library and make what all documents share; not timed. ImportError where it is not installed."""

    @property
    def forms(self) -> Forms:
        """The model it was made for."""
        assert isinstance(self.target, Forms), f"{self.name} needs a model"
        return self.target

    @classmethod
    def takes(cls, workload: Workload) -> bool:
        """Is this workload one for this contestant?"""
        if workload.typed != cls.typed or workload.group not in cls.groups:
            return False
        if not cls.one_shot and workload.mode not in cls.modes:
            return False
        # A list or an object can be told from the smallest document of that kind.
        return workload.build(1)[0] in cls.roots

    def convert(self, text: str) -> Chunk:
        """A chunk as the library wants it; not timed."""
        return text

    def start(self) -> State:
        raise NotImplementedError

    def begin_check(self, state: State) -> None:
        """The run that begins is for looking at the result, not for the clock."""

    def push(self, state: State) -> Any:
        """The library's own function that takes a chunk."""
        raise NotImplementedError

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        push = self.push(state)
        for chunk in chunks:
            push(chunk)

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        """Where feeding makes the value anyway, or none is made, there is nothing to add."""
        self.feed(state, chunks)

    def hold(self, state: State, chunks: Iterable[Chunk], kept: list[Any]) -> None:
        raise NotImplementedError

    def deltas(self, state: State, chunks: Iterable[Chunk]) -> None:
        raise NotImplementedError

    def finish(self, state: State) -> Any:
        """Announce the end; the final value, or what the library raises."""
        raise NotImplementedError

    def cut(self, state: State) -> Any:
        """The stream is over and the provider has not said so; as ``finish``."""
        return self.finish(state)

    def once(self, chunk: Chunk) -> Any:
        """The whole document in one call, for one-shot contestants."""
        raise NotImplementedError

    def plain(self, value: Any) -> Any:
        """What ``finish`` or ``once`` gave, as plain data."""
        return value.model_dump() if hasattr(value, "model_dump") else value

    # For the comparison alone.

    def shown(self, state: State) -> Any:
        """The partial value as the library hands it out; ABSENT where there is none."""
        raise NotImplementedError

    def completions(self, chunks: Sequence[str]) -> list[tuple[Location, Any]] | None:
        """What it reports of values that closed; None where it has no call for that."""
        return None

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        """The text put together from the deltas for the path ``text``, and how many characters were sent; None where it
        has no call for that."""
        return None

    def start_mending(self) -> State:
        """As ``start``, for a document that may be broken."""
        return self.start()

    def told(self, text: str) -> list[tuple[str, int | None]] | None:
        """What it reports of a broken text that it has mended, and where in the text, if it says; None where it has no
        call for that."""
        return None

    takes_schema: ClassVar[bool] = False
    """Has it a call that takes a JSON Schema and reads a stream?"""

    def refused_at(self, text: str, schema: dict[str, Any]) -> int | None:
        """The character at which it says that the text cannot fit the model, or the schema if it takes one; None where
        it has not said so by the end of the text."""
        state = self.start()
        for index, character in enumerate(text):
            try:
                self.feed(state, (self.convert(character),))
                self.shown(state)
            except Exception:
                return index
        return None

    def transfer(self, state: State) -> State:
        """The state, saved and restored."""
        return pickle.loads(pickle.dumps(state))


def join_deltas(deltas: Iterable[tuple[str, str, Any]]) -> tuple[str, int]:
    """The text at ``text``, from operations that add, replace or append, and how many characters they carried."""
    text = ""
    sent = 0
    for op, path, value in deltas:
        if path.strip("/") == "text" and op != "complete":
            piece = value if isinstance(value, str) else ""
            sent += len(piece)
            text = text + piece if op == "append" else piece
    return text, sent


class Reparser(Contestant):
    """Keeps the text and parses all of it for each partial value."""

    modes = frozenset(["dropped", "held"])
    groups = frozenset(["partial", "text", "wide", "scaling"])
    sampled = frozenset(["dropped", "held"])
    stateless = True
    empty: ClassVar[Any] = ""

    parse: Callable[..., Any]
    """A partial value of the text so far."""
    final: Callable[..., Any]
    """The value of the whole text; an error where it is not whole, if the library has a way to say so."""

    def start(self) -> State:
        return [self.empty]

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            state[0] += chunk

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        parse = self.parse
        text = state[0]
        for chunk in chunks:
            text += chunk
            parse(text)
        state[0] = text

    def hold(self, state: State, chunks: Iterable[Chunk], kept: list[Any]) -> None:
        parse = self.parse
        keep = kept.append
        text = state[0]
        for chunk in chunks:
            text += chunk
            keep(parse(text))
        state[0] = text

    def finish(self, state: State) -> Any:
        return self.final(state[0])

    def shown(self, state: State) -> Any:
        return self.parse(state[0])


class BytesReparser(Reparser):
    empty = b""
    takes_bytes = True

    def convert(self, text: str) -> Chunk:
        return text.encode()
