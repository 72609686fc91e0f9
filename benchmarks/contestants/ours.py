"""This project, in the ways it is used; and the one-shot calls that everything is measured against.

The rows named ``partialjson`` report no events (``select=[]``), which is what others do. What the default costs, where
every value that closes is an event, and what bytes and ``stream`` add, are rows of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from benchmarks.contestants.face import (
    ABSENT,
    Chunk,
    Contestant,
    Location,
    State,
    join_deltas,
    load,
)


class PartialJson(Contestant):
    name = "partialjson"
    distribution = "partialjson-live"
    caveat = "`select=[]`"
    modes = frozenset(["dropped", "held", "feed", "deltas"])
    takes_bytes = True
    select: ClassVar[list[str] | None] = []

    def prepare(self) -> None:
        self._parser: Any = load("partialjson").Parser
        self._missing: Any = load("partialjson").MISSING

    def start(self) -> State:
        return self._parser(select=self.select)

    def push(self, state: State) -> Any:
        return state.feed

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            feed(chunk)
            state.value  # noqa: B018 - read and dropped at once

    def hold(self, state: State, chunks: Iterable[Chunk], kept: list[Any]) -> None:
        feed = state.feed
        keep = kept.append
        for chunk in chunks:
            feed(chunk)
            keep(state.value)

    def deltas(self, state: State, chunks: Iterable[Chunk]) -> None:
        feed = state.feed
        deltas = state.deltas
        for chunk in chunks:
            feed(chunk)
            deltas()

    def finish(self, state: State) -> Any:
        return state.close()

    def shown(self, state: State) -> Any:
        value = state.value
        return ABSENT if value is self._missing else value

    def completions(self, chunks: Sequence[str]) -> list[tuple[Location, Any]] | None:
        parser = self.start()
        return [(event.path, event.value) for chunk in chunks for event in parser.feed(chunk)]

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        parser = self.start()
        deltas = []
        for chunk in chunks:
            parser.feed(chunk)
            deltas += parser.deltas()
        return join_deltas((delta["op"], delta["path"], delta["value"]) for delta in deltas)

    def start_mending(self) -> State:
        return self._parser(*([self.forms.whole] if self.typed else []), lenient=True)

    def told(self, text: str) -> list[tuple[str, int | None]] | None:
        parser = self.start_mending()
        parser.feed(text)
        return [(repair.kind.value, repair.start) for repair in parser.end().repairs]

    takes_schema = True

    def refused_at(self, text: str, schema: dict[str, Any]) -> int | None:
        parser = self._parser(self.forms.whole) if self.typed else self._parser(schema=schema)
        violation = load("partialjson").Violation
        for index, character in enumerate(text):
            if any(isinstance(event, violation) for event in parser.feed(character)):
                return index
        return None

    def transfer(self, state: State) -> State:
        saved = json.loads(json.dumps(state.checkpoint()))
        return self._parser.restore(saved, *([self.forms.whole] if self.typed else []))


class PartialJsonDefault(PartialJson):
    name = "partialjson, default"
    caveat = "`Parser()`: an event for every value that closes"
    modes = frozenset(["dropped", "held", "feed"])
    select = None
    compared = "partialjson"
    call = (
        "`Parser().feed(chunk)`, `.value`, `.close()`; events of `feed`; `.deltas()`; `.checkpoint()`; for broken JSON"
        " `Parser(lenient=True)`, `.end().repairs`; with a JSON Schema `Parser(schema=schema)`, its `Violation` events"
    )

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            for _ in feed(chunk):
                pass


class PartialJsonBytes(PartialJson):
    name = "partialjson, bytes"
    caveat = "`select=[]`, chunks of bytes"
    modes = frozenset(["dropped", "feed"])
    groups = frozenset(["partial", "text", "bulk"])

    def convert(self, text: str) -> Chunk:
        return text.encode()


class PartialJsonInterpreted(PartialJson):
    name = "partialjson, interpreted"
    worker = "interpreted"
    pure = True


class PartialJsonStream(Contestant):
    name = "partialjson, stream()"
    distribution = "partialjson-live"
    caveat = "a snapshot after every chunk, with its events"
    modes = frozenset(["dropped"])
    groups = frozenset(["partial"])
    pulls = True

    def prepare(self) -> None:
        self._stream: Any = load("partialjson").stream

    def start(self) -> State:
        return []

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        snapshot = None
        for snapshot in self._stream(chunks, *([self.forms.whole] if self.typed else [])):
            snapshot.value  # noqa: B018 - read and dropped at once
        state.append(snapshot)

    def finish(self, state: State) -> Any:
        return state[0].outcome.value


class PartialJsonTyped(PartialJson):
    modes = frozenset(["dropped", "held", "feed"])
    groups = frozenset(["typed"])
    typed = True

    def start(self) -> State:
        return self._parser(self.forms.whole, select=self.select)


class PartialJsonTypedDefault(PartialJsonTyped):
    name = "partialjson, default"
    caveat = PartialJsonDefault.caveat
    select = None
    compared = "partialjson, model"
    call = "`Parser(Model).feed(chunk)`, `.value`, `.close()`; for broken JSON `Parser(Model, lenient=True)`"


class PartialJsonTypedInterpreted(PartialJsonTyped):
    name = "partialjson, interpreted"
    worker = "interpreted"
    pure = True


class PartialJsonTypedStream(PartialJsonStream):
    groups = frozenset(["typed"])
    typed = True


class PartialJsonUntyped(PartialJson):
    name = "partialjson without a target"
    caveat = "`select=[]`; validates nothing"
    modes = frozenset(["feed"])
    groups = frozenset(["typed"])
    typed = True


# One-shot decoders: what everything is divided by, and what bulk is compared to.


class JsonLoads(Contestant):
    name = "json.loads"
    distribution = ""
    one_shot = True

    def once(self, chunk: Chunk) -> Any:
        return json.loads(chunk)


class ValidateJson(Contestant):
    name = "model_validate_json"
    distribution = "pydantic"
    one_shot = True
    typed = True
    groups = frozenset(["typed"])

    def once(self, chunk: Chunk) -> Any:
        return self.forms.whole.model_validate_json(chunk)


class OneShot(Contestant):
    """A decoder of bytes from elsewhere."""

    one_shot = True
    groups = frozenset(["bulk"])
    loads: Callable[[bytes], Any]

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def once(self, chunk: Chunk) -> Any:
        return self.loads(chunk)


class OrJson(OneShot):
    name = "orjson"
    distribution = "orjson"

    def prepare(self) -> None:
        self.loads = load("orjson").loads


class JiterOnce(OneShot):
    name = "jiter, one shot"
    distribution = "jiter"

    def prepare(self) -> None:
        self.loads = load("jiter").from_json
