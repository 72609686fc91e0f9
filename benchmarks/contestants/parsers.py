"""Parsers of JSON by others: those that are given the whole text again and again, and those that go on."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Generator, Iterable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

from benchmarks.contestants.face import (
    ABSENT,
    BytesReparser,
    Chunk,
    Contestant,
    Location,
    Reparser,
    State,
    join_deltas,
    load,
)

# Given the text so far, again and again.


class JiterAgain(BytesReparser):
    name = "jiter, re-parse"
    distribution = "jiter"
    compared = "jiter"
    call = '`from_json(data, partial_mode="trailing-strings")` with all bytes so far; at the end `from_json(data)`'

    def prepare(self) -> None:
        self.final = load("jiter").from_json
        self.parse = partial(self.final, partial_mode="trailing-strings")


class PydanticCoreAgain(BytesReparser):
    name = "pydantic_core.from_json, re-parse"
    distribution = "pydantic_core"

    def prepare(self) -> None:
        self.final = load("pydantic_core").from_json
        self.parse = partial(self.final, allow_partial="trailing-strings")


class JsonRepairAgain(Reparser):
    name = "json-repair, re-parse"
    distribution = "json-repair"
    pure = True
    repairs = True
    compared = "json-repair"
    call = (
        "`loads(text, stream_stable=True)` with all text so far; at the end `loads(text)`; its log with `logging=True`"
    )

    def prepare(self) -> None:
        self.final = load("json_repair").loads
        self.parse = partial(self.final, stream_stable=True)

    def told(self, text: str) -> list[tuple[str, int | None]] | None:
        # The log has what was done and the text around it, without a place.
        return [(entry["text"], None) for entry in self.final(text, logging=True)[1]]

    takes_schema = True

    def refused_at(self, text: str, schema: dict[str, Any]) -> int | None:
        for end in range(1, len(text) + 1):
            try:
                # A text without a document yet is refused by every schema that wants an object.
                if self.parse(text[:end]):
                    self.parse(text[:end], schema=schema)
            except ValueError:
                return end - 1
        return None


class PartialJsonParserAgain(Reparser):
    name = "partial-json-parser, re-parse"
    distribution = "partial-json-parser"
    pure = True
    compared = "partial-json-parser"
    call = "`loads(text)` with all text so far; at the end `loads(text, Allow(0))`, which allows nothing unfinished"

    def prepare(self) -> None:
        module = load("partial_json_parser")
        self.parse = module.loads
        self.final = partial(module.loads, allow_partial=module.Allow(0))


# Going on where they stopped.


class StreamingJsonParser(Contestant):
    name = "streaming-json-parser, native"
    distribution = "streaming-json-parser-native"
    modes = frozenset(["dropped", "held", "feed"])
    sampled = frozenset(["held"])
    live = True
    takes_bytes = True
    copies = True
    compared = "streaming-json-parser"
    call = (
        "`StreamingJsonParser().feed(data)`, with its native extension; `copy_value=True` where values are kept; at the"
        " end `finish()`; its status `INVALID` counts as an error"
    )

    def prepare(self) -> None:
        module = load("streaming_json_parser")
        self._make: Any = module.StreamingJsonParser
        native = type(self._make()).__module__ != "streaming_json_parser.high_performance_parser"
        if native == self.pure:
            raise ImportError(f"streaming_json_parser runs {'with' if native else 'without'} its native extension here")

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def start(self) -> State:
        # The parser, and the last result.
        return [self._make(), None]

    def _take(self, state: State, result: Any) -> Any:
        state[1] = result
        if result.status.name == "INVALID":
            raise ValueError(result.error)
        return result.value

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        feed = state[0].feed
        result = None
        for chunk in chunks:
            result = feed(chunk)
        if result is not None:
            self._take(state, result)

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        feed = state[0].feed
        for chunk in chunks:
            feed(chunk).value  # noqa: B018 - read and dropped at once

    def hold(self, state: State, chunks: Iterable[Chunk], kept: list[Any]) -> None:
        feed = state[0].feed
        keep = kept.append
        for chunk in chunks:
            keep(feed(chunk, copy_value=True).value)

    def finish(self, state: State) -> Any:
        return self._take(state, state[0].finish())

    def shown(self, state: State) -> Any:
        result = state[1]
        return ABSENT if result is None or result.status.name == "EMPTY" else result.value


class StreamingJsonParserPure(StreamingJsonParser):
    name = "streaming-json-parser, pure"
    distribution = "streaming-json-parser"
    worker = "interpreted"
    pure = True
    compared = "streaming-json-parser, pure"
    call = "the same without its native extension"


class IjsonEvents(Contestant):
    """Where the value is looked at, which the clock never does, a builder makes it of the events."""

    name = "ijson C, events"
    distribution = "ijson"
    modes = frozenset(["dropped", "feed"])
    caveat = "tokens only, no value"
    takes_bytes = True
    compared = "ijson"
    call = "`basic_parse_coro` into an `ObjectBuilder`; `parse_coro` for completions; `close()` at the end"

    def prepare(self) -> None:
        self._ijson = load("ijson")
        self._backend = self._ijson.get_backend("yajl2_c")

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def start(self) -> State:
        events = self._ijson.sendable_list()
        coroutine = self._backend.basic_parse_coro(events, use_float=True)
        return SimpleNamespace(events=events, coroutine=coroutine, builder=None)

    def begin_check(self, state: State) -> None:
        state.builder = load("ijson.common").ObjectBuilder()

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        events = state.events
        send = state.coroutine.send
        builder = state.builder
        for chunk in chunks:
            try:
                send(chunk)
            finally:
                if builder is not None:
                    for event, value in events:
                        builder.event(event, value)
                del events[:]

    def finish(self, state: State) -> Any:
        state.coroutine.close()
        return self.shown(state)

    def shown(self, state: State) -> Any:
        return getattr(state.builder, "value", ABSENT)

    def completions(self, chunks: Sequence[str]) -> list[tuple[Location, Any]] | None:
        events = self._ijson.sendable_list()
        coroutine = self._backend.parse_coro(events, use_float=True)
        for chunk in chunks:
            coroutine.send(chunk.encode())
        coroutine.close()
        closing = ("string", "number", "boolean", "null", "end_map", "end_array")
        return [(tuple(filter(None, prefix.split("."))), value) for prefix, event, value in events if event in closing]


class IjsonItems(Contestant):
    name = "ijson C, items"
    distribution = "ijson"
    modes = frozenset(["feed"])
    groups = frozenset(["bulk"])
    roots = "["

    def prepare(self) -> None:
        self._ijson = load("ijson")
        self._backend = self._ijson.get_backend("yajl2_c")

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def start(self) -> State:
        items = self._ijson.sendable_list()
        return items, self._backend.items_coro(items, "item", use_float=True)

    def push(self, state: State) -> Any:
        return state[1].send

    def finish(self, state: State) -> Any:
        state[1].close()
        return state[0]


class JsonMend(Contestant):
    """A feed gives the value, so reading costs nothing more."""

    name = "jsonmend"
    distribution = "jsonmend"
    modes = frozenset(["dropped", "held", "feed"])
    sampled = frozenset(["held"])
    live = True
    pure = True
    takes_bytes = True
    repairs = True
    compared = "jsonmend"
    call = "`Mender().feed(chunk)`, `.close()`"

    def prepare(self) -> None:
        self._make: Any = load("jsonmend").Mender

    def start(self) -> State:
        # The mender, and the last value.
        return [self._make(), ABSENT]

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        feed = state[0].feed
        value: Any = ABSENT
        for chunk in chunks:
            value = feed(chunk)
        state[1] = value

    def hold(self, state: State, chunks: Iterable[Chunk], kept: list[Any]) -> None:
        feed = state[0].feed
        keep = kept.append
        for chunk in chunks:
            keep(copy.deepcopy(feed(chunk)))

    def finish(self, state: State) -> Any:
        return state[0].close()

    def shown(self, state: State) -> Any:
        return state[1]


class ParseBrokenJson(Contestant):
    name = "parse-broken-json"
    distribution = "parse-broken-json"
    modes = frozenset(["dropped", "feed"])
    groups = frozenset[str]()  # timed by benchmarks.lenient
    pure = True
    live = True
    repairs = True
    takes_bytes = True
    compared = "parse-broken-json"
    call = '`StreamParser(multiple="first").feed(chunk)`, `.value`, `.finish()`, its `repairs`'

    def prepare(self) -> None:
        self._make: Any = partial(load("parse_broken_json").StreamParser, multiple="first")

    def start(self) -> State:
        return self._make()

    def push(self, state: State) -> Any:
        return state.feed

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            state.feed(chunk)
            state.value  # noqa: B018 - read and dropped at once

    def finish(self, state: State) -> Any:
        return state.finish().value

    def shown(self, state: State) -> Any:
        value = state.value
        return ABSENT if value is None else value

    def told(self, text: str) -> list[tuple[str, int | None]] | None:
        state = self.start()
        state.feed(text)
        return [(repair.message, repair.position) for repair in state.finish().repairs]


class _Wait:
    """Suspends a coroutine until it is sent on."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class _Pushed:
    """An asynchronous stream that is pushed: it waits where there is no chunk."""

    def __init__(self) -> None:
        self.chunks: Iterable[str] = iter(())
        self.ended = False

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        while True:
            for chunk in self.chunks:
                return chunk
            if self.ended:
                raise StopAsyncIteration
            await _Wait()


class JsonRiver(Contestant):
    name = "jsonriver"
    distribution = "jsonriver"
    known_wrong: ClassVar[dict[str, str]] = {"bulk/escapes": "escaped surrogate pairs are not joined"}
    modes = frozenset(["dropped", "held", "feed"])
    sampled = frozenset(["held"])
    live = True
    pure = True
    compared = "jsonriver"
    call = "`async for value in parse(stream)`, the last value after each chunk"

    def prepare(self) -> None:
        self._parse: Any = load("jsonriver").parse

    def start(self) -> State:
        # What is held is taken inside the loop that the library drives.
        state = SimpleNamespace(source=_Pushed(), value=ABSENT, kept=None)

        async def run() -> None:
            async for value in self._parse(state.source):
                state.value = value
                if state.kept is not None:
                    state.kept.append(copy.deepcopy(value))

        state.run = run()
        return state

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        state.source.chunks = iter(chunks)
        try:
            state.run.send(None)
        except StopIteration:
            raise ValueError("the parser ended before the stream") from None

    def hold(self, state: State, chunks: Iterable[Chunk], kept: list[Any]) -> None:
        state.kept = kept
        self.feed(state, chunks)
        state.kept = None

    def finish(self, state: State) -> Any:
        state.source.ended = True
        try:
            state.run.send(None)
        except StopIteration:
            return state.value
        raise ValueError("the parser waits for more after the end")

    def shown(self, state: State) -> Any:
        return state.value


class JsonStreamParser(Contestant):
    name = "partial-json-stream"
    distribution = "partial-json-stream"
    modes = frozenset(["dropped", "held", "feed"])
    sampled = frozenset(["dropped", "held"])
    pure = True
    compared = "partial-json-stream"
    call = (
        "`JsonStreamParser(lenient=False).push(chunk)`, `.snapshot().value`, `.end()`; its `field`, `container` events"
    )

    def prepare(self) -> None:
        self._make: Any = load("partial_json_stream").JsonStreamParser

    def start(self) -> State:
        return self._make(lenient=False)

    def push(self, state: State) -> Any:
        return state.push

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        push = state.push
        snapshot = state.snapshot
        for chunk in chunks:
            push(chunk)
            snapshot().value  # noqa: B018 - read and dropped at once

    def hold(self, state: State, chunks: Iterable[Chunk], kept: list[Any]) -> None:
        push = state.push
        snapshot = state.snapshot
        for chunk in chunks:
            push(chunk)
            kept.append(snapshot().value)

    def finish(self, state: State) -> Any:
        state.end()
        return state.snapshot().value

    def shown(self, state: State) -> Any:
        snapshot = state.snapshot()
        return snapshot.value if snapshot.bytes_in else ABSENT

    def completions(self, chunks: Sequence[str]) -> list[tuple[Location, Any]] | None:
        parser = self.start()
        found: list[tuple[Location, Any]] = []
        for event in ("field", "container"):
            parser.on(event, lambda path, value: found.append((tuple(path), copy.deepcopy(value))))
        self.feed(parser, chunks)
        return found


class JsonCurrent(Contestant):
    """Makes patches; a collector, where there is one, makes the value of them."""

    name = "jsoncurrent"
    distribution = "jsoncurrent"
    modes = frozenset(["dropped", "feed", "deltas"])
    groups = frozenset(["partial", "text", "scaling"])
    pure = True
    live = True
    roots = "{"
    caveat = "roots that are objects only"
    compared = "jsoncurrent"
    call = "`Emitter().write(chunk)` into a `Collector`, `.value`; `flush()` at the end; its patches"

    def prepare(self) -> None:
        self._module: Any = load("jsoncurrent")

    def start(self) -> State:
        return SimpleNamespace(emitter=self._module.Emitter(completions=False), collector=None, errors=[])

    def begin_check(self, state: State) -> None:
        self._collect(state)
        state.emitter.on("error", state.errors.append)

    def _collect(self, state: State) -> Any:
        if state.collector is None:
            state.collector = self._module.Collector()
            state.emitter.on("patch", state.collector.consume)
        return state.collector

    def push(self, state: State) -> Any:
        return state.emitter.write

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        super().feed(state, chunks)
        self._raise(state)

    def deltas(self, state: State, chunks: Iterable[Chunk]) -> None:
        if state.collector is None:
            state.emitter.on("patch", _ignore)
        self.feed(state, chunks)

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        collector = self._collect(state)
        write = state.emitter.write
        for chunk in chunks:
            write(chunk)
            collector.value  # noqa: B018 - read and dropped at once

    def finish(self, state: State) -> Any:
        state.emitter.flush()
        self._raise(state)
        return self.shown(state)

    def _raise(self, state: State) -> None:
        """Errors are told to listeners, which the clock has none of."""
        if state.errors:
            raise ValueError(str(state.errors[0]))

    def shown(self, state: State) -> Any:
        return ABSENT if state.collector is None else state.collector.value

    def _patches(self, chunks: Sequence[str]) -> list[Any]:
        emitter = self._module.Emitter()
        patches: list[Any] = []
        emitter.on("patch", lambda patch: patches.append(copy.deepcopy(patch)))
        for chunk in chunks:
            emitter.write(chunk)
        emitter.flush()
        return patches

    def completions(self, chunks: Sequence[str]) -> list[tuple[Location, Any]] | None:
        patches = self._patches(chunks)
        told = {patch.path for patch in patches if patch.op == "complete"}
        return [
            (tuple(self._module.parse_path(patch.path)) if patch.path else (), patch.value)
            for patch in patches
            # A number or a literal is added when it is whole, which is as good as a completion.
            if patch.op == "complete" or (patch.path not in told and not isinstance(patch.value, (str, list, dict)))
        ]

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        return join_deltas((patch.op, patch.path, patch.value) for patch in self._patches(chunks))


def _ignore(patch: object) -> None:
    """A listener that does nothing."""
