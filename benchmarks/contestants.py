"""Who reads: one small adapter for each library, all with the same face.

A contestant makes the state of one document (``start``), is given lists of chunks (``read``: the partial value is read
after each and dropped; ``hold``: and kept; ``deltas``: what was added is read; ``feed``: nothing is), and says what it
arrived at (``finish``). The loops over the chunks live here, so that the clock sees the library's calls and nothing
of the harness. Peers are imported when they are asked for: what is not installed is left out, not an error.

Three things are said about each contestant because they decide how it can be timed and what its numbers mean:
``sampled`` (in these modes a chunk's price depends on what came before, so a few chunks stand for all of them where
the whole would take too long), ``live`` (the partial value is one object that goes on changing, so holding it takes a
copy), ``caveat`` (what it does less than the others, shown beside its name).
"""

from __future__ import annotations

import asyncio
import copy
import importlib
import json
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from typing import Any, ClassVar

from benchmarks.workloads import Mode, OptionalOrder, Order, OrderDict, Workload

State = Any
Chunk = Any


def load(module: str) -> Any:
    """A module of a peer. Their types are not needed here and not always there."""
    return importlib.import_module(module)


class Contestant:
    """One way to read a stream with one library."""

    name: ClassVar[str]
    distribution: ClassVar[str]
    """What has to be installed; empty for the standard library."""
    modes: ClassVar[frozenset[Mode]] = frozenset()
    groups: ClassVar[frozenset[str]] = frozenset(["partial", "text", "bulk", "wide", "scaling"])
    typed: ClassVar[bool] = False
    one_shot: ClassVar[bool] = False
    sampled: ClassVar[frozenset[Mode]] = frozenset()
    live: ClassVar[bool] = False
    pure: ClassVar[bool] = False
    caveat: ClassVar[str] = ""
    worker: ClassVar[str] = "compiled"
    """The kind of process it needs: ``compiled``, or ``interpreted`` with every optional extension kept out."""
    known_wrong: ClassVar[dict[str, str]] = {}
    """Workloads whose result it is known to get wrong, with the reason; these are not timed."""
    roots: ClassVar[str] = "[{"
    """First characters of the documents it can read."""

    def __init__(self) -> None:
        """Imports what it needs; ImportError where that is not installed."""

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

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        raise NotImplementedError

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        raise NotImplementedError

    def hold(self, state: State, chunks: Sequence[Chunk], kept: list[Any]) -> None:
        raise NotImplementedError

    def deltas(self, state: State, chunks: Sequence[Chunk]) -> None:
        raise NotImplementedError

    def finish(self, state: State) -> Any:
        raise NotImplementedError

    def result(self, state: State) -> Any:
        """What a checked run arrived at, as plain data; may do more than ``finish``, which is timed."""
        return self.finish(state)

    def begin_check(self, state: State) -> None:
        """The run that begins is for checking the result, not for the clock."""

    def once(self, chunk: Chunk) -> Any:
        """The whole document in one call, for one-shot contestants."""
        raise NotImplementedError


# This project.


class PartialJson(Contestant):
    name = "partialjson"
    distribution = "partialjson-live"
    modes = frozenset(["dropped", "held", "feed", "deltas"])
    select: ClassVar[list[str] | None] = []

    def __init__(self) -> None:
        self._parser: Callable[..., Any] = load("partialjson").Parser

    def start(self) -> State:
        return self._parser(select=self.select)

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            feed(chunk)

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            feed(chunk)
            state.value  # noqa: B018 - read and dropped at once

    def hold(self, state: State, chunks: Sequence[Chunk], kept: list[Any]) -> None:
        feed = state.feed
        keep = kept.append
        for chunk in chunks:
            feed(chunk)
            keep(state.value)

    def deltas(self, state: State, chunks: Sequence[Chunk]) -> None:
        feed = state.feed
        deltas = state.deltas
        for chunk in chunks:
            feed(chunk)
            deltas()

    def finish(self, state: State) -> Any:
        return state.close()


class PartialJsonEvents(PartialJson):
    name = "partialjson, every completion"
    modes = frozenset(["dropped", "held", "feed"])
    groups = frozenset(["partial", "bulk"])
    select = None

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            for _ in feed(chunk):
                pass


class PartialJsonInterpreted(PartialJson):
    name = "partialjson, interpreted"
    worker = "interpreted"
    pure = True


class PartialJsonTyped(PartialJson):
    name = "partialjson"
    modes = frozenset(["dropped", "held", "feed"])
    groups = frozenset(["typed"])
    typed = True

    def start(self) -> State:
        return self._parser(Order, select=[])

    def finish(self, state: State) -> Any:
        return state.close()

    def result(self, state: State) -> Any:
        return self.finish(state).model_dump()


class PartialJsonTypedInterpreted(PartialJsonTyped):
    name = "partialjson, interpreted"
    worker = "interpreted"
    pure = True


class PartialJsonUntyped(PartialJson):
    name = "partialjson without a target"
    modes = frozenset(["feed"])
    groups = frozenset(["typed"])
    typed = True
    caveat = "validates nothing"

    def start(self) -> State:
        return self._parser(select=[])


# One-shot decoders: what everything is measured against, and what bulk is compared to.


class JsonLoads(Contestant):
    name = "json.loads"
    distribution = ""
    one_shot = True

    def once(self, chunk: Chunk) -> Any:
        return json.loads(chunk)


class OrJson(Contestant):
    name = "orjson"
    distribution = "orjson"
    one_shot = True
    groups = frozenset(["bulk"])

    def __init__(self) -> None:
        self._loads: Callable[[bytes], Any] = load("orjson").loads

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def once(self, chunk: Chunk) -> Any:
        return self._loads(chunk)


class JiterOnce(Contestant):
    name = "jiter, one shot"
    distribution = "jiter"
    one_shot = True
    groups = frozenset(["bulk"])

    def __init__(self) -> None:
        self._loads: Callable[[bytes], Any] = load("jiter").from_json

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def once(self, chunk: Chunk) -> Any:
        return self._loads(chunk)


class ValidateJson(Contestant):
    name = "model_validate_json"
    distribution = "pydantic"
    one_shot = True
    typed = True
    groups = frozenset(["typed"])

    def once(self, chunk: Chunk) -> Any:
        return Order.model_validate_json(chunk)


# Parsers that are given the whole text so far, again and again.


class Reparser(Contestant):
    """Keeps the text and parses all of it for each partial value."""

    modes = frozenset(["dropped", "held"])
    groups = frozenset(["partial", "text", "wide", "scaling"])
    sampled = frozenset(["dropped", "held"])
    empty: ClassVar[Any] = ""

    def parse(self, text: Any) -> Any:
        raise NotImplementedError

    def start(self) -> State:
        return [self.empty]

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            state[0] += chunk

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        parse = self.parse
        text = state[0]
        for chunk in chunks:
            text += chunk
            parse(text)
        state[0] = text

    def hold(self, state: State, chunks: Sequence[Chunk], kept: list[Any]) -> None:
        parse = self.parse
        keep = kept.append
        text = state[0]
        for chunk in chunks:
            text += chunk
            keep(parse(text))
        state[0] = text

    def finish(self, state: State) -> Any:
        return self.parse(state[0])


class BytesReparser(Reparser):
    empty = b""

    def convert(self, text: str) -> Chunk:
        return text.encode()


class JiterAgain(BytesReparser):
    name = "jiter, re-parse"
    distribution = "jiter"

    def __init__(self) -> None:
        self._parse: Callable[..., Any] = load("jiter").from_json

    def parse(self, text: Any) -> Any:
        return self._parse(text, partial_mode="trailing-strings")


class PydanticCoreAgain(BytesReparser):
    name = "pydantic_core.from_json, re-parse"
    distribution = "pydantic_core"

    def __init__(self) -> None:
        self._parse: Callable[..., Any] = load("pydantic_core").from_json

    def parse(self, text: Any) -> Any:
        return self._parse(text, allow_partial="trailing-strings")


class JsonRepairAgain(Reparser):
    name = "json-repair, re-parse"
    distribution = "json-repair"
    pure = True

    def __init__(self) -> None:
        self._parse: Callable[..., Any] = load("json_repair").repair_json

    def parse(self, text: Any) -> Any:
        return self._parse(text, return_objects=True, stream_stable=True)


class PartialJsonParserAgain(Reparser):
    name = "partial-json-parser, re-parse"
    distribution = "partial-json-parser"
    pure = True

    def __init__(self) -> None:
        self._parse: Callable[..., Any] = load("partial_json_parser").loads

    def parse(self, text: Any) -> Any:
        return self._parse(text)


# Parsers that go on where they stopped.


class StreamingJsonParser(Contestant):
    name = "streaming-json-parser, native"
    distribution = "streaming-json-parser-native"
    modes = frozenset(["dropped", "held", "feed"])
    sampled = frozenset(["held"])
    live = True

    def __init__(self) -> None:
        module = load("streaming_json_parser")
        self._make: Callable[[], Any] = module.StreamingJsonParser
        native = type(self._make()).__module__ != "streaming_json_parser.high_performance_parser"
        if native == self.pure:
            raise ImportError(f"streaming_json_parser runs {'with' if native else 'without'} its native extension here")

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def start(self) -> State:
        return self._make()

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            feed(chunk)

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            feed(chunk).value  # noqa: B018 - read and dropped at once

    def hold(self, state: State, chunks: Sequence[Chunk], kept: list[Any]) -> None:
        feed = state.feed
        keep = kept.append
        for chunk in chunks:
            keep(feed(chunk, copy_value=True).value)

    def finish(self, state: State) -> Any:
        return state.finish().value


class StreamingJsonParserPure(StreamingJsonParser):
    name = "streaming-json-parser, pure"
    distribution = "streaming-json-parser"
    worker = "interpreted"
    pure = True


class IjsonEvents(Contestant):
    name = "ijson C, events"
    distribution = "ijson"
    modes = frozenset(["dropped", "feed"])
    caveat = "tokens only, no value"

    def __init__(self) -> None:
        self._ijson = load("ijson")
        self._backend = self._ijson.get_backend("yajl2_c")

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def start(self) -> State:
        events = self._ijson.sendable_list()
        # The events, the coroutine that fills the list, and a builder for checked runs.
        return [events, self._backend.basic_parse_coro(events, use_float=True), None]

    def begin_check(self, state: State) -> None:
        state[2] = load("ijson.common").ObjectBuilder()

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        events, coroutine, builder = state
        send = coroutine.send
        for chunk in chunks:
            send(chunk)
            if builder is not None:
                for event, value in events:
                    builder.event(event, value)
            del events[:]

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        self.feed(state, chunks)

    def finish(self, state: State) -> Any:
        state[1].close()
        return None if state[2] is None else state[2].value


class IjsonItems(Contestant):
    name = "ijson C, items"
    distribution = "ijson"
    modes = frozenset(["feed"])
    groups = frozenset(["bulk"])
    roots = "["

    def __init__(self) -> None:
        self._ijson = load("ijson")
        self._backend = self._ijson.get_backend("yajl2_c")

    def convert(self, text: str) -> Chunk:
        return text.encode()

    def start(self) -> State:
        items = self._ijson.sendable_list()
        return items, self._backend.items_coro(items, "item", use_float=True)

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        send = state[1].send
        for chunk in chunks:
            send(chunk)

    def finish(self, state: State) -> Any:
        state[1].close()
        return state[0]


class JsonMend(Contestant):
    name = "jsonmend"
    distribution = "jsonmend"
    modes = frozenset(["dropped", "held", "feed"])
    sampled = frozenset(["held"])
    live = True
    pure = True

    def __init__(self) -> None:
        self._make: Callable[[], Any] = load("jsonmend").Mender

    def start(self) -> State:
        return self._make()

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        feed = state.feed
        for chunk in chunks:
            feed(chunk)

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        # A feed gives the value.
        self.feed(state, chunks)

    def hold(self, state: State, chunks: Sequence[Chunk], kept: list[Any]) -> None:
        feed = state.feed
        keep = kept.append
        for chunk in chunks:
            keep(copy.deepcopy(feed(chunk)))

    def finish(self, state: State) -> Any:
        return state.close()


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

    def __init__(self) -> None:
        self._parse: Callable[..., AsyncIterator[Any]] = load("jsonriver").parse

    def start(self) -> State:
        source = _Pushed()
        # The stream, the coroutine that reads it, the last value, and the values that are held.
        state: State = [source, None, None, None]

        async def run() -> None:
            async for value in self._parse(source):
                state[2] = value
                if state[3] is not None:
                    state[3].append(copy.deepcopy(value))

        state[1] = run()
        return state

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        state[0].chunks = iter(chunks)
        state[1].send(None)

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        self.feed(state, chunks)

    def hold(self, state: State, chunks: Sequence[Chunk], kept: list[Any]) -> None:
        state[3] = kept
        self.feed(state, chunks)
        state[3] = None

    def finish(self, state: State) -> Any:
        state[0].ended = True
        try:
            state[1].send(None)
        except StopIteration:
            return state[2]
        raise asyncio.InvalidStateError("the parser waits for more after the end")


class PartialJsonStream(Contestant):
    name = "partial-json-stream"
    distribution = "partial-json-stream"
    modes = frozenset(["dropped", "held", "feed"])
    sampled = frozenset(["dropped", "held"])
    pure = True

    def __init__(self) -> None:
        self._make: Callable[..., Any] = load("partial_json_stream").JsonStreamParser

    def start(self) -> State:
        return self._make(lenient=False)

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        push = state.push
        for chunk in chunks:
            push(chunk)

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        push = state.push
        snapshot = state.snapshot
        for chunk in chunks:
            push(chunk)
            snapshot().value  # noqa: B018 - read and dropped at once

    def hold(self, state: State, chunks: Sequence[Chunk], kept: list[Any]) -> None:
        push = state.push
        snapshot = state.snapshot
        for chunk in chunks:
            push(chunk)
            kept.append(snapshot().value)

    def finish(self, state: State) -> Any:
        state.end()
        return state.snapshot().value


class JsonCurrent(Contestant):
    name = "jsoncurrent"
    distribution = "jsoncurrent"
    modes = frozenset(["dropped", "feed", "deltas"])
    groups = frozenset(["partial", "text", "scaling"])
    pure = True
    live = True
    roots = "{"
    caveat = "roots that are objects only"

    def __init__(self) -> None:
        module = load("jsoncurrent")
        self._emitter: Callable[..., Any] = module.Emitter
        self._collector: Callable[[], Any] = module.Collector

    def start(self) -> State:
        emitter = self._emitter(completions=False)
        # The emitter, and the collector where a value is wanted.
        return [emitter, None]

    def begin_check(self, state: State) -> None:
        self._collect(state)

    def _collect(self, state: State) -> Any:
        if state[1] is None:
            collector = state[1] = self._collector()
            state[0].on("patch", collector.consume)
        return state[1]

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        write = state[0].write
        for chunk in chunks:
            write(chunk)

    def deltas(self, state: State, chunks: Sequence[Chunk]) -> None:
        if state[1] is None:
            state[0].on("patch", _ignore)
        self.feed(state, chunks)

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        collector = self._collect(state)
        write = state[0].write
        for chunk in chunks:
            write(chunk)
            collector.value  # noqa: B018 - read and dropped at once

    def finish(self, state: State) -> Any:
        state[0].flush()
        return None if state[1] is None else state[1].value


def _ignore(patch: object) -> None:
    """A listener that does nothing."""


# Typed peers: the text so far, again and again, to an object of the model.


class TypedReparser(Reparser):
    modes = frozenset(["dropped"])
    groups = frozenset(["typed"])
    typed = True
    sampled = frozenset(["dropped"])

    def result(self, state: State) -> Any:
        value = self.finish(state)
        return value if isinstance(value, dict) else value.model_dump()


class PydanticTypedDict(TypedReparser):
    name = "pydantic, TypedDict with allow_partial"
    distribution = "pydantic"

    def __init__(self) -> None:
        self._validate: Callable[..., Any] = load("pydantic").TypeAdapter(OrderDict).validate_json

    def parse(self, text: Any) -> Any:
        return self._validate(text, experimental_allow_partial="trailing-strings")


class PydanticOptional(TypedReparser):
    name = "pydantic, from_json into an all-optional model"
    distribution = "pydantic"

    def __init__(self) -> None:
        self._error: type[Exception] = load("pydantic").ValidationError
        self._from_json: Callable[..., Any] = load("pydantic_core").from_json

    def parse(self, text: Any) -> Any:
        return OptionalOrder.model_validate(self._from_json(text, allow_partial="trailing-strings"))


class InstructorPartial(TypedReparser):
    name = "instructor, Partial"
    distribution = "instructor"
    caveat = "checks only what has a sibling after it"

    def __init__(self) -> None:
        module = load("instructor.dsl.partial")
        self._process: Callable[..., Any] = module.process_potential_object
        self._model: Any = module.Partial[Order].get_partial_model()

    def parse(self, text: Any) -> Any:
        return self._process(text, "trailing-strings", self._model)


class OpenAiHelper(Contestant):
    name = "openai SDK, chat stream state"
    distribution = "openai"
    modes = frozenset(["dropped"])
    groups = frozenset(["typed"])
    typed = True
    sampled = frozenset(["dropped"])
    caveat = "a dict until the end; unfinished strings are not shown"

    def __init__(self) -> None:
        self._state: Callable[..., Any] = load("openai.lib.streaming.chat").ChatCompletionStreamState
        self._chunk: Any = load("openai.types.chat").ChatCompletionChunk

    def convert(self, text: str) -> Chunk:
        choice = {"index": 0, "delta": {"content": text, "role": "assistant"}, "finish_reason": None}
        head = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        return self._chunk.model_validate({**head, "choices": [choice]})

    def start(self) -> State:
        return self._state(response_format=Order)

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            state.handle_chunk(chunk)

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            state.handle_chunk(chunk)
            state.current_completion_snapshot.choices[0].message.parsed  # noqa: B018 - read and dropped at once

    def finish(self, state: State) -> Any:
        return Order.model_validate_json(state.current_completion_snapshot.choices[0].message.content)

    def result(self, state: State) -> Any:
        return self.finish(state).model_dump()


class AnthropicHelper(BytesReparser):
    """What the SDK does at each ``input_json_delta``, without the events around it."""

    name = "anthropic SDK, tool input"
    distribution = "anthropic"
    modes = frozenset(["dropped"])
    groups = frozenset(["typed"])
    typed = True
    sampled = frozenset(["dropped"])
    caveat = "a dict; unfinished strings are not shown"

    def __init__(self) -> None:
        messages = load("anthropic.lib.streaming._messages")
        types = load("anthropic.types")
        self._accumulate: Callable[..., Any] = messages.accumulate_event
        self._delta: Any = types.RawContentBlockDeltaEvent
        usage = {"input_tokens": 0, "output_tokens": 0}
        message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage}
        begin = types.RawMessageStartEvent.model_validate({"type": "message_start", "message": message})
        block = {"type": "tool_use", "id": "t", "name": "order", "input": {}}
        opened = {"type": "content_block_start", "index": 0, "content_block": block}
        self._opening = [begin, types.RawContentBlockStartEvent.model_validate(opened)]

    def convert(self, text: str) -> Chunk:
        delta = {"type": "input_json_delta", "partial_json": text}
        return self._delta.model_validate({"type": "content_block_delta", "index": 0, "delta": delta})

    def start(self) -> State:
        snapshot = None
        buffers: dict[int, bytes] = {}
        for event in self._opening:
            snapshot = self._accumulate(event=event, current_snapshot=snapshot, json_bufs=buffers)
        return [snapshot, buffers]

    def feed(self, state: State, chunks: Sequence[Chunk]) -> None:
        snapshot, buffers = state
        for chunk in chunks:
            snapshot = self._accumulate(event=chunk, current_snapshot=snapshot, json_bufs=buffers)
        state[0] = snapshot

    def read(self, state: State, chunks: Sequence[Chunk]) -> None:
        self.feed(state, chunks)

    def finish(self, state: State) -> Any:
        return Order.model_validate(state[0].content[0].input)

    def result(self, state: State) -> Any:
        return self.finish(state).model_dump()


class LangChainParser(TypedReparser):
    name = "LangChain, PydanticOutputParser"
    distribution = "langchain-core"
    caveat = "None until the required fields are there"

    def __init__(self) -> None:
        generation = load("langchain_core.outputs").Generation
        parser = load("langchain_core.output_parsers").PydanticOutputParser(pydantic_object=Order)
        self._generation: Callable[..., Any] = generation
        self._parse: Callable[..., Any] = parser.parse_result

    def parse(self, text: Any) -> Any:
        return self._parse([self._generation(text=text)], partial=True)


ALL: tuple[type[Contestant], ...] = (
    JsonLoads,
    ValidateJson,
    PartialJson,
    PartialJsonEvents,
    PartialJsonInterpreted,
    PartialJsonTyped,
    PartialJsonUntyped,
    PartialJsonTypedInterpreted,
    StreamingJsonParser,
    StreamingJsonParserPure,
    IjsonEvents,
    IjsonItems,
    JiterOnce,
    OrJson,
    JiterAgain,
    PydanticCoreAgain,
    JsonMend,
    JsonRiver,
    PartialJsonStream,
    PartialJsonParserAgain,
    JsonRepairAgain,
    JsonCurrent,
    PydanticTypedDict,
    PydanticOptional,
    InstructorPartial,
    OpenAiHelper,
    AnthropicHelper,
    LangChainParser,
)

BASELINES = frozenset(["json.loads", "model_validate_json"])
"""Contestants that others are divided by; they run in every workload of their kind."""


def for_workload(workload: Workload) -> list[type[Contestant]]:
    """Who can take a workload, baseline first."""
    return [contestant for contestant in ALL if contestant.takes(workload)]


def key(contestant: type[Contestant]) -> str:
    """The name of a contestant's class: unique, where names repeat between typed and untyped."""
    return contestant.__name__


BY_KEY: dict[str, type[Contestant]] = {key(contestant): contestant for contestant in ALL}
