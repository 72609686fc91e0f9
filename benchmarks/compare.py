"""What each library does when it is tried: ``python benchmarks/compare.py``.

A probe is a small program that feeds one document to a library, looks at what the library shows, and answers yes, no or
not applicable together with what it saw. Nothing is answered from documentation; documentation decides only which call
is made, and that call is printed beside the library's name. The end of a stream is announced the way the library wants
it announced, and where it has a switch that makes an answer better, the switch is on.

Every library runs in processes of its own, inside the environment of the benchmarks: a crash is an answer too, and
costs nobody else theirs. Libraries that want a model are given one that fits the probe's document. ``n.a.`` means that
there is nothing to try, as with validators in a parser that validates nothing, or events where no call gives any.

Written are ``docs/comparison.md`` and, between its two comments, the short table in ``README.md``.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import importlib.metadata
import json
import os
import pickle
import platform
import re
import subprocess
import sys
import textwrap
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, Field
from typing_extensions import TypedDict

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    # The folder of a script is on the path; here the folder above it is wanted, and not the names in this one.
    sys.path[0] = str(ROOT)

from benchmarks.environment import interpreter, prepare, say  # noqa: E402 - after the path is set

YES = "yes"
NO = "no"
NOT_APPLICABLE = "n.a."

PATIENCE = 60.0
"""Seconds after which a probe that runs alone is stopped."""


@dataclass(frozen=True)
class Answer:
    verdict: str
    seen: str
    """What the verdict rests on, in a few words."""


class Absent:
    """Stands for a value that is not shown."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = Absent()

Path_ = tuple[str | int, ...]


def load(module: str) -> Any:
    return importlib.import_module(module)


# Documents, with a model of each for the libraries that want one: as a class and as a typed dictionary.


@dataclass(frozen=True)
class Document:
    text: str
    model: type[BaseModel]
    fields: Any

    @property
    def final(self) -> Any:
        return json.loads(self.text)


class Numbers(BaseModel):
    n: float
    m: int
    end: bool


class NumbersDict(TypedDict, total=False):
    n: float
    m: int
    end: bool


NUMBERS = Document('{"n": 1.5e10, "m": 120, "end": true}', Numbers, NumbersDict)


class Line(BaseModel):
    sku: str
    qty: int
    tags: list[str]


class Nested(BaseModel):
    title: str
    ok: bool
    none: None
    total: float
    lines: list[Line]
    tail: str


class LineDict(TypedDict, total=False):
    sku: str
    qty: int
    tags: list[str]


class NestedDict(TypedDict, total=False):
    title: str
    ok: bool
    none: None
    total: float
    lines: list[LineDict]
    tail: str


NESTED = Document(
    r'{"title": "Caf\u00e9 \"A\\B\" \n 12", "ok": true, "none": null, "total": -12.25, "lines": [{"sku": "A-1",'
    r' "qty": 10, "tags": ["new", "old"]}, {"sku": "B\/2", "qty": 200, "tags": []}], "tail": "the end"}',
    Nested,
    NestedDict,
)


class Text(BaseModel):
    text: str


class TextDict(TypedDict, total=False):
    text: str


GROWING = Document('{"text": "a sentence that goes on for several chunks"}', Text, TextDict)
ESCAPES = Document(r'{"text": "a\nb\\\"c\u00e9 \ud83d\ude00 d"}', Text, TextDict)
UNICODE = Document('{"text": "é – 日本 😀"}', Text, TextDict)


class Done(BaseModel):
    x: list[int]


class Shared(BaseModel):
    done: Done
    text: str


class DoneDict(TypedDict, total=False):
    x: list[int]


class SharedDict(TypedDict, total=False):
    done: DoneDict
    text: str


SHARED = Document(
    '{"done": {"x": [1, 2]}, "text": "this goes on while the other stays what it is"}', Shared, SharedDict
)


class Inner(BaseModel):
    b: str
    c: int


class Named(BaseModel):
    name: str


class Tree(BaseModel):
    a: Inner
    items: list[Named]
    flags: list[bool]
    last: float


CLOSING = Document('{"a": {"b": "xy", "c": 1}, "items": [{"name": "z"}], "flags": [true], "last": 2.5}', Tree, None)


class Amount(BaseModel):
    amount: int


class AmountDict(TypedDict, total=False):
    amount: int


CUT = Document('{"amount": 1200}', Amount, AmountDict)


class Nullable(BaseModel):
    a: str
    b: str | None
    c: str


class NullableDict(TypedDict, total=False):
    a: str
    b: str | None
    c: str


NULLS = Document('{"a": "text", "b": null, "c": "more"}', Nullable, NullableDict)


class Wrong(BaseModel):
    done: list[int]
    bad: bool


class WrongDict(TypedDict, total=False):
    done: list[int]
    bad: bool


BROKEN = '{"done": [1, 2], "bad": tru!}'
BROKEN_AT = range(BROKEN.index("tru!"), len(BROKEN))
"""A library may point at the beginning of the bad word, at its bad character or behind it, from zero or from one."""


class Anything(BaseModel):
    a: Any


class AnythingDict(TypedDict, total=False):
    a: Any


class Row(BaseModel):
    id: int
    name: str
    tags: list[str]


class Rows(BaseModel):
    rows: list[Row]


class RowDict(TypedDict, total=False):
    id: int
    name: str
    tags: list[str]


class RowsDict(TypedDict, total=False):
    rows: list[RowDict]


CALLS: list[tuple[str, Any]] = []
"""What the counting validators were called with."""


def counted(name: str) -> AfterValidator:
    def call(value: Any) -> Any:
        CALLS.append((name, value))
        return value

    return AfterValidator(call)


class CountedItem(BaseModel):
    sku: Annotated[str, counted("sku")]


class Counted(BaseModel):
    item: CountedItem
    name: Annotated[str, counted("name")]
    qty: Annotated[int, counted("qty")]


class CountedItemDict(TypedDict, total=False):
    sku: Annotated[str, counted("sku")]


class CountedDict(TypedDict, total=False):
    item: CountedItemDict
    name: Annotated[str, counted("name")]
    qty: Annotated[int, counted("qty")]


COUNTED = Document('{"item": {"sku": "A-1001"}, "name": "Ada Lovelace", "qty": 1200}', Counted, CountedDict)


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Catfish(BaseModel):
    kind: Literal["catfish"]
    fins: int


class Choice(BaseModel):
    status: Literal["open", "opened"]
    day: date
    pet: Annotated[Cat | Catfish, Field(discriminator="kind")]
    end: str


class CatDict(TypedDict):
    kind: Literal["cat"]


class CatfishDict(TypedDict):
    kind: Literal["catfish"]
    fins: int


class ChoiceDict(TypedDict, total=False):
    status: Literal["open", "opened"]
    day: date
    pet: Annotated[CatDict | CatfishDict, Field(discriminator="kind")]
    end: str


CHOICE = Document(
    '{"status": "opened", "day": "2024-11-23", "pet": {"kind": "catfish", "fins": 2}, "end": "here"}',
    Choice,
    ChoiceDict,
)


class Defaults(BaseModel):
    name: str
    style: str = "plain"
    size: int = 1


DEFAULTS = Document('{"name": "Ada", "style": "bold", "size": 30}', Defaults, None)


# Libraries.


class Reader:
    """One document being read by one library."""

    def feed(self, text: str) -> None:
        """Take a chunk. Raises what the library raises."""
        raise NotImplementedError

    def value(self) -> Any:
        """The partial value as the library hands it out; ABSENT where there is none."""
        raise NotImplementedError

    def finish(self, complete: bool = True) -> Any:
        """Announce the end; the final value, or what the library raises. ``complete``: did the provider say so?"""
        raise NotImplementedError

    def feed_bytes(self, data: bytes) -> None:
        raise NotImplementedError


class Peer:
    """A library, and how it is called."""

    name: ClassVar[str]
    distribution: ClassVar[str]
    call: ClassVar[str]
    typed: ClassVar[bool] = False
    """Does it make objects of a model?"""
    takes_bytes: ClassVar[bool] = False
    repairs: ClassVar[bool] = False
    """Does it mend wrong input instead of refusing it?"""
    stateless: ClassVar[bool] = False
    """Does the caller keep the text, and the library nothing?"""
    defaults: ClassVar[bool] = True
    """Can its kind of model have defaults?"""

    def open(self, document: Document, hold: bool = False) -> Reader:
        """``hold``: values will be kept, so take the call that is meant for that."""
        raise NotImplementedError

    def completions(self, chunks: Sequence[str]) -> list[tuple[Path_, Any]] | None:
        """What it reports of values that closed; None where it has no call for that."""
        return None

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        """The text put together from the deltas for the path ``text``, and how many characters were sent."""
        return None

    def transfer(self, reader: Any) -> Any:
        """The reader, saved and restored."""
        return pickle.loads(pickle.dumps(reader))


class Again(Reader):
    """The whole text so far is given to a function at each chunk."""

    def __init__(self, partial: Callable[[Any], Any], final: Callable[[Any], Any]) -> None:
        self._partial = partial
        self._final = final
        self._text = ""
        self._data = b""
        self._value: Any = ABSENT

    def feed(self, text: str) -> None:
        self._text += text
        self._value = self._partial(self._text)

    def feed_bytes(self, data: bytes) -> None:
        self._data += data
        self._value = self._partial(self._data)

    def value(self) -> Any:
        return self._value

    def finish(self, complete: bool = True) -> Any:
        return self._final(self._text or self._data)


class OursReader(Reader):
    def __init__(self, parser: Any) -> None:
        self.parser = parser

    def feed(self, text: str) -> None:
        self.parser.feed(text)

    def feed_bytes(self, data: bytes) -> None:
        self.parser.feed(data)

    def value(self) -> Any:
        value = self.parser.value
        return ABSENT if value is load("partialjson").MISSING else value

    def finish(self, complete: bool = True) -> Any:
        return self.parser.close()


class Ours(Peer):
    name = "partialjson"
    distribution = "partialjson-live"
    call = "`Parser().feed(chunk)`, `.value`, `.close()`; events of `feed`; `.deltas()`; `.checkpoint()`"
    takes_bytes = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        return OursReader(load("partialjson").Parser())

    def completions(self, chunks: Sequence[str]) -> list[tuple[Path_, Any]] | None:
        parser = load("partialjson").Parser()
        return [(event.path, event.value) for chunk in chunks for event in parser.feed(chunk)]

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        parser = load("partialjson").Parser()
        deltas = []
        for chunk in chunks:
            parser.feed(chunk)
            deltas += parser.deltas()
        return join_deltas((delta["op"], delta["path"], delta["value"]) for delta in deltas)

    def transfer(self, reader: Any) -> Any:
        return OursReader(load("partialjson").Parser.restore(json.loads(json.dumps(reader.parser.checkpoint()))))


class OursTyped(Ours):
    name = "partialjson, model"
    call = "`Parser(Model).feed(chunk)`, `.value`, `.close()`"
    typed = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        return OursReader(load("partialjson").Parser(document.model))

    def completions(self, chunks: Sequence[str]) -> list[tuple[Path_, Any]] | None:
        parser = load("partialjson").Parser(CLOSING.model)
        return [(event.path, plain(event.value)) for chunk in chunks for event in parser.feed(chunk)]

    def transfer(self, reader: Any) -> Any:
        state = json.loads(json.dumps(reader.parser.checkpoint()))
        return OursReader(load("partialjson").Parser.restore(state, Nested))


def join_deltas(deltas: Iterator[tuple[str, str, Any]]) -> tuple[str, int]:
    """The text at ``text``, from operations that add, replace or append, and how many characters they carried."""
    text = ""
    sent = 0
    for op, path, value in deltas:
        if path.strip("/") == "text" and op != "complete":
            piece = value if isinstance(value, str) else ""
            sent += len(piece)
            text = text + piece if op == "append" else piece
    return text, sent


class Jiter(Peer):
    name = "jiter"
    distribution = "jiter"
    call = '`from_json(data, partial_mode="trailing-strings")` with all bytes so far; at the end `from_json(data)`'
    takes_bytes = True
    stateless = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        from_json = load("jiter").from_json

        def encode(text: Any) -> bytes:
            return text if isinstance(text, bytes) else text.encode()

        return Again(
            lambda text: from_json(encode(text), partial_mode="trailing-strings"), lambda text: from_json(encode(text))
        )


class StreamingReader(Reader):
    def __init__(self, hold: bool) -> None:
        self.parser = load("streaming_json_parser").StreamingJsonParser()
        self.hold = hold
        self.result: Any = None

    def _take(self, result: Any) -> Any:
        self.result = result
        if result.status.name == "INVALID":
            raise ValueError(result.error)
        return result.value

    def feed(self, text: str) -> None:
        self.feed_bytes(text.encode())

    def feed_bytes(self, data: bytes) -> None:
        self._take(self.parser.feed(data, copy_value=self.hold))

    def value(self) -> Any:
        return ABSENT if self.result is None or self.result.status.name == "EMPTY" else self.result.value

    def finish(self, complete: bool = True) -> Any:
        return self._take(self.parser.finish())


class Streaming(Peer):
    name = "streaming-json-parser"
    distribution = "streaming-json-parser"
    call = (
        "`StreamingJsonParser().feed(data)`, with its native extension; `copy_value=True` where values are kept; at the"
        " end `finish()`; its status `INVALID` counts as an error"
    )
    takes_bytes = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        return StreamingReader(hold)


class StreamingPure(Streaming):
    name = "streaming-json-parser, pure"
    call = "the same without its native extension"

    def open(self, document: Document, hold: bool = False) -> Reader:
        # Keeps the extension out of this process, as if it were not installed.
        sys.modules["streaming_json_parser_native"] = None  # type: ignore[assignment]
        return StreamingReader(hold)


class _Wait:
    """Suspends a coroutine until it is sent on."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class RiverReader(Reader):
    def __init__(self) -> None:
        self.chunks: deque[str] = deque()
        self.ended = False
        self.last: Any = ABSENT
        self.run = self._run()

    def __aiter__(self) -> RiverReader:
        return self

    async def __anext__(self) -> str:
        while not self.chunks:
            if self.ended:
                raise StopAsyncIteration
            await _Wait()
        return self.chunks.popleft()

    async def _run(self) -> None:
        async for value in load("jsonriver").parse(self):
            self.last = value

    def feed(self, text: str) -> None:
        self.chunks.append(text)
        try:
            self.run.send(None)
        except StopIteration:
            raise ValueError("the parser ended before the stream") from None

    def value(self) -> Any:
        return self.last

    def finish(self, complete: bool = True) -> Any:
        self.ended = True
        try:
            self.run.send(None)
        except StopIteration:
            return self.last
        raise ValueError("the parser waits for more")


class River(Peer):
    name = "jsonriver"
    distribution = "jsonriver"
    call = "`async for value in parse(stream)`, the last value after each chunk"

    def open(self, document: Document, hold: bool = False) -> Reader:
        return RiverReader()


class MendReader(Reader):
    def __init__(self) -> None:
        self.mender = load("jsonmend").Mender()
        self.last: Any = ABSENT

    def feed(self, text: Any) -> None:
        self.last = self.mender.feed(text)

    def feed_bytes(self, data: bytes) -> None:
        self.feed(data)

    def value(self) -> Any:
        return self.last

    def finish(self, complete: bool = True) -> Any:
        return self.mender.close()


class Mend(Peer):
    name = "jsonmend"
    distribution = "jsonmend"
    call = "`Mender().feed(chunk)`, `.close()`"
    takes_bytes = True
    repairs = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        return MendReader()


class StreamReader(Reader):
    def __init__(self) -> None:
        self.parser = load("partial_json_stream").JsonStreamParser(lenient=False)

    def feed(self, text: str) -> None:
        self.parser.push(text)

    def value(self) -> Any:
        snapshot = self.parser.snapshot()
        return snapshot.value if snapshot.bytes_in else ABSENT

    def finish(self, complete: bool = True) -> Any:
        self.parser.end()
        return self.parser.snapshot().value


class Stream(Peer):
    name = "partial-json-stream"
    distribution = "partial-json-stream"
    call = (
        "`JsonStreamParser(lenient=False).push(chunk)`, `.snapshot().value`, `.end()`; its `field`, `container` events"
    )

    def open(self, document: Document, hold: bool = False) -> Reader:
        return StreamReader()

    def completions(self, chunks: Sequence[str]) -> list[tuple[Path_, Any]] | None:
        reader = StreamReader()
        found: list[tuple[Path_, Any]] = []
        for event in ("field", "container"):
            reader.parser.on(event, lambda path, value: found.append((tuple(path), copy.deepcopy(value))))
        for chunk in chunks:
            reader.feed(chunk)
        return found


class Partials(Peer):
    name = "partial-json-parser"
    distribution = "partial-json-parser"
    call = "`loads(text)` with all text so far; at the end `loads(text, Allow(0))`, which allows nothing unfinished"
    stateless = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        module = load("partial_json_parser")
        return Again(module.loads, lambda text: module.loads(text, module.Allow(0)))


class Repair(Peer):
    name = "json-repair"
    distribution = "json-repair"
    call = "`loads(text, stream_stable=True)` with all text so far; at the end `loads(text)`"
    repairs = True
    stateless = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        loads = load("json_repair").loads
        return Again(lambda text: loads(text, stream_stable=True), loads)


class CurrentReader(Reader):
    def __init__(self) -> None:
        module = load("jsoncurrent")
        self.emitter = module.Emitter()
        self.collector = module.Collector()
        self.errors: list[Any] = []
        self.fed = False
        self.emitter.on("patch", self.collector.consume)
        self.emitter.on("error", self.errors.append)

    def feed(self, text: str) -> None:
        self.fed = True
        self.emitter.write(text)
        if self.errors:
            raise ValueError(str(self.errors[0]))

    def value(self) -> Any:
        return self.collector.value if self.fed else ABSENT

    def finish(self, complete: bool = True) -> Any:
        self.emitter.flush()
        if self.errors:
            raise ValueError(str(self.errors[0]))
        return self.collector.value


class Current(Peer):
    name = "jsoncurrent"
    distribution = "jsoncurrent"
    call = "`Emitter().write(chunk)` into a `Collector`, `.value`; `flush()` at the end; its patches"

    def open(self, document: Document, hold: bool = False) -> Reader:
        return CurrentReader()

    def _patches(self, chunks: Sequence[str]) -> list[Any]:
        emitter = load("jsoncurrent").Emitter()
        patches: list[Any] = []
        emitter.on("patch", lambda patch: patches.append(copy.deepcopy(patch)))
        for chunk in chunks:
            emitter.write(chunk)
        emitter.flush()
        return patches

    def completions(self, chunks: Sequence[str]) -> list[tuple[Path_, Any]] | None:
        parse_path = load("jsoncurrent").parse_path
        patches = self._patches(chunks)
        told = {patch.path for patch in patches if patch.op == "complete"}
        return [
            (tuple(parse_path(patch.path)) if patch.path else (), patch.value)
            for patch in patches
            # A number or a literal is added when it is whole, which is as good as a completion.
            if patch.op == "complete" or (patch.path not in told and not isinstance(patch.value, (str, list, dict)))
        ]

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        return join_deltas((patch.op, patch.path, patch.value) for patch in self._patches(chunks))


class IjsonReader(Reader):
    def __init__(self) -> None:
        ijson = load("ijson")
        self.events = ijson.sendable_list()
        self.coroutine = ijson.basic_parse_coro(self.events, use_float=True)
        self.builder = load("ijson.common").ObjectBuilder()

    def feed(self, text: str) -> None:
        self.feed_bytes(text.encode())

    def feed_bytes(self, data: bytes) -> None:
        try:
            self.coroutine.send(data)
        finally:
            for event, value in self.events:
                self.builder.event(event, value)
            del self.events[:]

    def value(self) -> Any:
        return getattr(self.builder, "value", ABSENT)

    def finish(self, complete: bool = True) -> Any:
        self.coroutine.close()
        return self.value()


class Ijson(Peer):
    name = "ijson"
    distribution = "ijson"
    call = "`basic_parse_coro` into an `ObjectBuilder`; `parse_coro` for completions; `close()` at the end"
    takes_bytes = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        return IjsonReader()

    def completions(self, chunks: Sequence[str]) -> list[tuple[Path_, Any]] | None:
        ijson = load("ijson")
        events = ijson.sendable_list()
        coroutine = ijson.parse_coro(events, use_float=True)
        for chunk in chunks:
            coroutine.send(chunk.encode())
        coroutine.close()
        closing = ("string", "number", "boolean", "null", "end_map", "end_array")
        return [(tuple(filter(None, prefix.split("."))), value) for prefix, event, value in events if event in closing]


class Pydantic(Peer):
    name = "pydantic"
    distribution = "pydantic"
    call = (
        '`TypeAdapter(a TypedDict).validate_json(text, experimental_allow_partial="trailing-strings")` with all text so'
        " far; at the end `validate_json(text)`"
    )
    typed = True
    takes_bytes = True
    stateless = True
    defaults = False

    def open(self, document: Document, hold: bool = False) -> Reader:
        validate = load("pydantic").TypeAdapter(document.fields).validate_json
        return Again(lambda text: validate(text, experimental_allow_partial="trailing-strings"), validate)


class InstructorReader(Reader):
    def __init__(self, model: type[BaseModel]) -> None:
        self.chunks: deque[str] = deque()
        self.objects = load("instructor.dsl.partial").Partial[model].model_from_chunks(self._source())
        self.last: Any = ABSENT

    def _source(self) -> Iterator[str]:
        while self.chunks:
            yield self.chunks.popleft()

    def feed(self, text: str) -> None:
        self.chunks.append(text)
        self.last = next(self.objects)

    def value(self) -> Any:
        return self.last

    def finish(self, complete: bool = True) -> Any:
        for last in self.objects:
            self.last = last
        return self.last


class Instructor(Peer):
    name = "instructor"
    distribution = "instructor"
    call = "`Partial[Model].model_from_chunks(chunks)`, which is behind `create_partial`"
    typed = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        return InstructorReader(document.model)


class LangChain(Peer):
    name = "langchain-core"
    distribution = "langchain-core"
    call = (
        "`PydanticOutputParser(pydantic_object=Model).parse_result([...], partial=True)`, which is what its `transform`"
        " calls after each chunk; at the end `parse(text)`; `JsonOutputParser(diff=True).transform` for deltas"
    )
    typed = True
    stateless = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        parser = load("langchain_core.output_parsers").PydanticOutputParser(pydantic_object=document.model)
        generation = load("langchain_core.outputs").Generation

        def partial(text: str) -> Any:
            value = parser.parse_result([generation(text=text)], partial=True)
            return ABSENT if value is None else value

        return Again(partial, parser.parse)

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        parser = load("langchain_core.output_parsers").JsonOutputParser(diff=True)
        patches = [delta for patch in parser.transform(iter(chunks)) for delta in patch]
        whole = [delta for delta in patches if delta["path"] == ""]
        deltas = [("add", "/text", (delta["value"] or {}).get("text", "")) for delta in whole]
        deltas += [(delta["op"], delta["path"], delta.get("value")) for delta in patches if delta["path"]]
        return join_deltas(iter(deltas))


class OpenAiReader(Reader):
    HEAD: ClassVar[dict[str, Any]] = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}

    def __init__(self, model: type[BaseModel]) -> None:
        self.state = load("openai.lib.streaming.chat").ChatCompletionStreamState(response_format=model)
        self.chunk = load("openai.types.chat").ChatCompletionChunk
        # A stream begins with a chunk of the role and no text.
        self._handle({"content": "", "role": "assistant"})

    def _handle(self, delta: dict[str, Any], reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        for _ in self.state.handle_chunk(self.chunk.model_validate({**self.HEAD, "choices": [choice]})):
            pass

    def feed(self, text: str) -> None:
        self._handle({"content": text})

    def value(self) -> Any:
        value = self.state.current_completion_snapshot.choices[0].message.parsed
        return ABSENT if value is None else value

    def finish(self, complete: bool = True) -> Any:
        if complete:
            self._handle({}, "stop")
        return self.state.get_final_completion().choices[0].message.parsed


class OpenAi(Peer):
    name = "openai"
    distribution = "openai"
    call = (
        "`ChatCompletionStreamState(response_format=Model).handle_chunk(...)`, `message.parsed` of its snapshot; at the"
        " end `get_final_completion()`"
    )
    typed = True

    def open(self, document: Document, hold: bool = False) -> Reader:
        return OpenAiReader(document.model)


class AnthropicReader(Reader):
    def __init__(self) -> None:
        self._accumulate = load("anthropic.lib.streaming._messages").accumulate_event
        types = load("anthropic.types")
        self._delta = types.RawContentBlockDeltaEvent
        self._buffers: dict[int, bytes] = {}
        message: dict[str, Any] = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
        }
        message |= {"stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
        block = {"type": "tool_use", "id": "t", "name": "tool", "input": {}}
        self._message: Any = None
        self._take(types.RawMessageStartEvent.model_validate({"type": "message_start", "message": message}))
        started = {"type": "content_block_start", "index": 0, "content_block": block}
        self._take(types.RawContentBlockStartEvent.model_validate(started))

    def _take(self, event: Any) -> None:
        self._message = self._accumulate(event=event, current_snapshot=self._message, json_bufs=self._buffers)

    def feed(self, text: str) -> None:
        delta = {"type": "input_json_delta", "partial_json": text}
        self._take(self._delta.model_validate({"type": "content_block_delta", "index": 0, "delta": delta}))

    def value(self) -> Any:
        return self._message.content[0].input

    def finish(self, complete: bool = True) -> Any:
        return self._message.content[0].input


class Anthropic(Peer):
    name = "anthropic"
    distribution = "anthropic"
    call = (
        "the accumulation inside `messages.stream`, fed with `input_json_delta` events; `content[0].input`. What the"
        " provider says of the end, its `stop_reason`, is not part of the probes"
    )

    def open(self, document: Document, hold: bool = False) -> Reader:
        return AnthropicReader()


PLAIN: tuple[type[Peer], ...] = (
    Ours,
    Jiter,
    Streaming,
    StreamingPure,
    River,
    Mend,
    Stream,
    Partials,
    Repair,
    Current,
    Ijson,
    Anthropic,
)
TYPED: tuple[type[Peer], ...] = (OursTyped, Pydantic, Instructor, LangChain, OpenAi)
PEERS = {peer.name: peer for peer in (*PLAIN, *TYPED)}


# Looking at values.


def plain(value: Any) -> Any:
    """Models and partial models as plain data, all the way down."""
    if isinstance(value, BaseModel):
        return {key: plain(item) for key, item in value.__dict__.items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    dump = getattr(value, "model_dump", None)
    return plain(dump()) if callable(dump) else value


def chunked(text: str, size: int = 4) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


class Fell(Exception):
    """A library raised in the middle of a valid document."""


def brief(value: object, limit: int = 90) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    text = re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half.group()):04x}", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def error_text(error: BaseException) -> str:
    return f"`{type(error).__name__}: {brief(str(error), 70)}`"


def walk(reader: Reader, text: str, size: int) -> Iterator[Any]:
    """Feed the text; after each chunk, what is shown, copied."""
    fed = ""
    for chunk in chunked(text, size):
        fed += chunk
        try:
            reader.feed(chunk)
            value = reader.value()
        except Exception as error:
            raise Fell(f"raises after `{brief(fed[-24:])}`: {error_text(error)}") from error
        yield copy.deepcopy(plain(value))


def differs(old: Any, new: Any, path: str = "$") -> str:
    """What of ``old`` is no beginning of ``new``; empty where all of it is."""
    if isinstance(old, Absent):
        return ""
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in old.items():
            if key not in new:
                return f"`{path}.{brief(key)}` = `{brief(value, 30)}` is gone"
            if found := differs(value, new[key], f"{path}.{key}"):
                return found
        return ""
    if isinstance(old, list) and isinstance(new, list):
        if len(old) > len(new):
            return f"`{path}` was longer"
        for i, value in enumerate(old):
            if found := differs(value, new[i], f"{path}[{i}]"):
                return found
        return ""
    if isinstance(old, str) and isinstance(new, str):
        same = new.startswith(old)
    else:
        # Some read every number as a float; that is not what is asked here.
        same = old == new and isinstance(old, bool) == isinstance(new, bool)
    return "" if same else f"`{path}`: `{brief(old, 30)}`, then `{brief(new, 30)}`"


def at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def steps(values: list[Any]) -> str:
    return "1 step" if len(values) == 1 else f"{len(values)} steps"


def listed(values: list[Any], limit: int = 5) -> str:
    shown = ", ".join(f"`{brief(value, 30)}`" for value in values[:limit])
    return shown + (", …" if len(values) > limit else "")


def distinct(values: Iterator[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if not found or repr(found[-1]) != repr(value):
            found.append(value)
    return [value for value in found if not isinstance(value, Absent)]


# Probes.


@dataclass(frozen=True)
class Probe:
    name: str
    title: str
    how: str
    run: Callable[[Peer], Answer]
    typed: bool = False
    """Is it about models, and so for libraries that take one?"""
    alone: bool = False
    """May it crash?"""


def partial_value(peer: Peer) -> Answer:
    shown = list(walk(peer.open(NESTED), NESTED.text, 4))
    readable = sum(not isinstance(value, Absent) for value in shown)
    seen = f"a value after {readable} of {len(shown)} chunks, {len(distinct(iter(shown)))} different ones"
    return Answer(YES if readable == len(shown) else NO, seen)


def growing_text(peer: Peer) -> Answer:
    shown = distinct(at(value, "text") for value in walk(peer.open(GROWING), GROWING.text, 4))
    shown = [value for value in shown if value]
    if len(shown) >= 10:
        return Answer(YES, f"{len(shown)} steps: {listed(shown, 2)}")
    return Answer(NO, f"seen in {steps(shown)}: {listed(shown, 2)}")


def numbers_whole(peer: Peer) -> Answer:
    shown = list(walk(peer.open(NUMBERS), NUMBERS.text, 1))
    expected = NUMBERS.final
    found = {name: [v for v in distinct(at(value, name) for value in shown) if v is not None] for name in ("n", "m")}
    wrong = any(value != expected[name] for name in found for value in found[name])
    return Answer(NO if wrong else YES, f"`1.5e10` is shown as {listed(found['n'])}; `120` as {listed(found['m'])}")


def nothing_taken_back(peer: Peer) -> Answer:
    problems: list[str] = []
    for size in (1, 4):
        reader = peer.open(NESTED)
        old: Any = ABSENT
        for new in walk(reader, NESTED.text, size):
            # What is shown next has to go on from it, and so has the end.
            if found := differs(old, new) or differs(new, NESTED.final):
                problems.append(found)
            old = new
        if found := differs(old, plain(reader.finish())):
            problems.append(found)
    if problems:
        return Answer(NO, f"{len(problems)} times, first {problems[0]}")
    return Answer(YES, "every value is a beginning of the next and of the final one, in chunks of 1 and 4")


def escapes_whole(peer: Peer) -> Answer:
    final = ESCAPES.final["text"]
    reader = peer.open(ESCAPES)
    shown = [v for v in distinct(at(value, "text") for value in walk(reader, ESCAPES.text, 1)) if v]
    wrong = [value for value in shown if not final.startswith(value)]
    if wrong:
        return Answer(NO, f"shows `{brief(wrong[0])}` of `{brief(final)}`")
    end = at(plain(reader.finish()), "text")
    if end != final:
        return Answer(NO, f"ends as `{brief(end)}` instead of `{brief(final)}`")
    return Answer(YES, f"{steps(shown)}, each a beginning of `{brief(final)}`")


def held_still(peer: Peer) -> Answer:
    reader = peer.open(NESTED, hold=True)
    kept: list[tuple[Any, str]] = []
    for chunk in chunked(NESTED.text):
        try:
            reader.feed(chunk)
        except Exception as error:
            return Answer(NO, f"raises in a valid document: {error_text(error)}")
        value = reader.value()
        kept.append((value, repr(plain(value))))
    changed = sum(repr(plain(value)) != before for value, before in kept)
    if changed:
        return Answer(NO, f"{changed} of {len(kept)} values had changed at the end")
    return Answer(YES, f"{len(kept)} values kept, none changed")


def structure_shared(peer: Peer) -> Answer:
    reader = peer.open(SHARED, hold=True)
    kept = []
    for chunk in chunked(SHARED.text):
        reader.feed(chunk)
        kept.append(reader.value())
    old, new = kept[-5], kept[-3]
    if isinstance(old, Absent):
        return Answer(NO, "no value to look at")

    def child(value: Any) -> Any:
        if isinstance(value, dict):
            return value.get("done")
        return getattr(value, "done", None)

    if old is new:
        return Answer(NO, "the value is one object that goes on changing")
    same = child(old) is child(new) and child(old) is not None
    return Answer(YES if same else NO, f"the finished part of two values is {'one object' if same else 'made anew'}")


def completed_paths(peer: Peer) -> Answer:
    found = peer.completions(chunked(CLOSING.text))
    if found is None:
        return Answer(NOT_APPLICABLE, "no call gives events")
    expected = [
        (("a", "b"), "xy"),
        (("a", "c"), 1),
        (("a",), {"b": "xy", "c": 1}),
        (("items", 0, "name"), "z"),
        (("items", 0), {"name": "z"}),
        (("items",), [{"name": "z"}]),
        (("flags", 0), True),
        (("flags",), [True]),
        (("last",), 2.5),
        ((), CLOSING.final),
    ]
    missing = [path for path, value in expected if (path, value) not in found]
    twice = [path for path, _ in expected if [other for other, _ in found].count(path) > 1]
    if missing or twice:
        words = [f"with path and value, {len(expected) - len(missing)} of {len(expected)}"]
        words += [f"missing are {listed(missing, 4)}"] if missing else []
        words += [f"twice come {listed(twice, 4)}"] if twice else []
        return Answer(NO, "; ".join(words))
    order = found == expected
    return Answer(YES if order else NO, f"{len(expected)} of {len(expected)}{'' if order else ', out of order'}")


def cut_is_told(peer: Peer) -> Answer:
    reader = peer.open(CUT)
    shown = list(walk(reader, '{"amount": 12', 4))[-1]
    try:
        end = reader.finish(complete=False)
    except Exception as error:
        return Answer(YES, f"at the end {error_text(error)}")
    whole = isinstance(end, BaseModel)
    what = f"an instance of the model, {brief(plain(end))}" if whole else f"`{brief(end)}`"
    return Answer(NO, f'of `{{"amount": 12` cut from `1200`: {what}, no error; before the end `{brief(shown)}`')


def validated_once(peer: Peer) -> Answer:
    CALLS.clear()
    reader = peer.open(COUNTED)
    for _ in walk(reader, COUNTED.text, 4):
        pass
    reader.finish()
    expected = {"sku": "A-1001", "name": "Ada Lovelace", "qty": 1200}
    prefixes = [value for name, value in CALLS if value != expected[name]]
    counts = {name: sum(called == name for called, _ in CALLS) for name in expected}
    seen = f"calls for three values: {sum(counts.values())}, at most {max(counts.values())} for one"
    seen += f"; of prefixes {len(prefixes)}: {listed(prefixes, 3)}" if prefixes else "; none of a prefix"
    return Answer(YES if set(counts.values()) == {1} and not prefixes else NO, seen)


def choices_right(peer: Peer) -> Answer:
    problems: list[str] = []
    try:
        for value in walk(peer.open(CHOICE), CHOICE.text, 1):
            for path, right in (
                (("status",), ("opened",)),
                (("day",), ("2024-11-23", date(2024, 11, 23))),
                (("pet", "kind"), ("catfish",)),
            ):
                shown = at(value, *path)
                if not isinstance(shown, Absent) and shown is not None and shown not in right:
                    problems.append(f"`{'.'.join(path)}` = `{brief(shown)}`")
    except Fell as error:
        problems.append(str(error))
    problems = list(dict.fromkeys(problems))
    if problems:
        return Answer(NO, "; ".join(problems[:3]))
    return Answer(YES, "`opened`, `2024-11-23` and `catfish` are shown whole or not at all")


def null_is_null(peer: Peer) -> Answer:
    final = NULLS.final
    reader = peer.open(NULLS)
    fed = 0
    closed = NULLS.text.index("null") + 4
    for value in walk(reader, NULLS.text, 1):
        fed += 1
        if isinstance(value, Absent):
            continue
        for key in ("a", "c"):
            if at(value, key) is None:
                return Answer(NO, f"`{key}` is shown as `None` and becomes `{final[key]}`")
        if not isinstance(at(value, "b"), Absent) and fed < closed:
            return Answer(NO, f"`b` is shown as `{at(value, 'b')!r}` before its `null` is there")
    end = at(plain(reader.finish()), "b")
    return Answer(YES if end is None else NO, "`None` is shown when the `null` is there, and for nothing else")


def defaults_wait(peer: Peer) -> Answer:
    if not peer.defaults:
        return Answer(NOT_APPLICABLE, "a typed dictionary has no defaults")
    problems = []
    for value in walk(peer.open(DEFAULTS), DEFAULTS.text, 1):
        problems += [
            f"`{key}` = `{at(value, key)!r}`"
            for key, wrong in (("style", "plain"), ("size", 1))
            if at(value, key) == wrong
        ]
    if problems:
        return Answer(NO, f"shown before the real value: {', '.join(dict.fromkeys(problems))}")
    return Answer(YES, "no default is shown in the place of a value to come")


TEXT_LENGTH = 2000


def deltas_exact(peer: Peer) -> Answer:
    text = ('line \\ "x" é 😀\n' * TEXT_LENGTH)[:TEXT_LENGTH]
    found = peer.text_deltas(chunked(json.dumps({"text": text})))
    if found is None:
        return Answer(NOT_APPLICABLE, "no call gives deltas with paths")
    joined, sent = found
    seen = f"{sent} characters sent for a text of {len(text)}"
    if joined != text:
        return Answer(NO, f"{seen}; put together they are not that text")
    return Answer(YES if sent == len(text) else NO, seen)


def error_tells(peer: Peer) -> Answer:
    if peer.repairs:
        return Answer(NOT_APPLICABLE, "it repairs instead")
    reader = peer.open(Document(BROKEN, Wrong, WrongDict))
    try:
        reader.feed(BROKEN)
        reader.finish()
    except Exception as error:
        raised = error
    else:
        return Answer(NO, f"no error: `{brief(plain(reader.value()))}`")
    try:
        before = plain(reader.value())
    except Exception:
        before = ABSENT
    numbers = [int(digits) for digits in re.findall(r"\d+", str(raised))]
    numbers += [value for value in vars(raised).values() if type(value) is int]
    where = any(number in BROKEN_AT for number in numbers)
    kept = at(before, "done") == [1, 2]
    seen = f"{error_text(raised)}; of what came before: `{brief(before)}`"
    return Answer(YES if where and kept else NO, seen)


SIZES = (16_000, 128_000)
FLAT = 3.0
"""Cost that grows with the document grows eightfold between the two sizes."""
WARM_UP = 5
SECONDS = 0.2
ROUNDS = 5


def rows_text(size: int) -> str:
    rows: list[str] = []
    length = 0
    while length < size:
        rows.append(json.dumps({"id": len(rows), "name": f"item {len(rows)}", "tags": ["new", "a tag"]}))
        length += len(rows[-1]) + 2
    return '{"rows": [' + ", ".join(rows)


def price(reader: Reader, begun: str, more: str) -> float:
    """Seconds for one chunk and reading the value after it, behind the beginning; the mean of many."""
    reader.feed(begun)
    chunks = chunked(more)
    # What happens once after a long chunk is none of the later ones' business.
    for chunk in chunks[:WARM_UP]:
        reader.feed(chunk)
        reader.value()
    count = 0
    start = now = time.perf_counter()
    for chunk in chunks[WARM_UP:]:
        reader.feed(chunk)
        reader.value()
        count += 1
        now = time.perf_counter()
        if now - start > SECONDS:
            break
    return (now - start) / count


def cost_flat(peer: Peer) -> Answer:
    ratios: dict[str, float] = {}
    row = ', {"id": 1234, "name": "item 1234", "tags": ["new", "a tag"]}'
    words = "and on it goes, word after word, to the very end; "
    for name, document, build, more in (
        ("a list of objects", Document("", Rows, RowsDict), rows_text, row * 40),
        ("one string", Document("", Text, TextDict), lambda size: '{"text": "' + "word " * (size // 5), words * 50),
    ):
        # The best of several, because another program may have had the processor.
        small, large = (min(price(peer.open(document), build(size), more) for _ in range(ROUNDS)) for size in SIZES)
        ratios[name] = large / small
    seen = ", ".join(f"{name} ×{ratio:.1f}" for name, ratio in ratios.items())
    return Answer(YES if max(ratios.values()) < FLAT else NO, f"measured, document 8 times as long: {seen}")


def deep_is_clean(peer: Peer) -> Answer:
    text = '{"a": ' + "[" * 100_000
    reader = peer.open(Document(text, Anything, AnythingDict))
    try:
        for chunk in chunked(text, 10_000):
            reader.feed(chunk)
            reader.value()
        reader.finish(complete=False)
    except (RecursionError, MemoryError) as error:
        return Answer(NO, error_text(error))
    except Exception as error:
        return Answer(YES, error_text(error))
    return Answer(YES, "read, no error")


def bytes_anywhere(peer: Peer) -> Answer:
    if not peer.takes_bytes:
        return Answer(NOT_APPLICABLE, "takes text only")
    reader = peer.open(UNICODE)
    data = UNICODE.text.encode()
    final = UNICODE.final["text"]
    for i in range(len(data)):
        try:
            reader.feed_bytes(data[i : i + 1])
        except Exception as error:
            return Answer(NO, f"raises in a valid document: {error_text(error)}")
        shown = at(plain(reader.value()), "text")
        if isinstance(shown, str) and not final.startswith(shown):
            return Answer(NO, f"shows `{brief(shown)}` of `{final}`")
    end = at(plain(reader.finish()), "text")
    return Answer(YES if end == final else NO, f"byte by byte, ends as `{brief(end)}`")


def state_saved(peer: Peer) -> Answer:
    if peer.stateless:
        return Answer(NOT_APPLICABLE, "keeps no state; the caller keeps the text")
    half = NESTED.text.index("e9")
    reader = peer.open(NESTED)
    reader.feed(NESTED.text[:half])
    try:
        reader = peer.transfer(reader)
    except Exception as error:
        return Answer(NO, f"pickling it: {error_text(error)}")
    reader.feed(NESTED.text[half:])
    right = plain(reader.finish()) == NESTED.final
    way = "a checkpoint, as JSON" if isinstance(peer, Ours) else "with `pickle`"
    return Answer(YES if right else NO, f"{way}, inside an escape; the end is {'right' if right else 'wrong'}")


PROBES: tuple[Probe, ...] = (
    Probe("partial", "A value after every chunk", "A nested document in chunks of 4 characters.", partial_value),
    Probe(
        "growing", "A string is seen growing", "One string in chunks of 4 characters; at least ten steps.", growing_text
    ),
    Probe(
        "numbers",
        "A number is shown whole, or not yet",
        f"`{NUMBERS.text}` character by character; what is shown of the two numbers.",
        numbers_whole,
    ),
    Probe(
        "growth",
        "Nothing shown is taken back",
        "A nested document with escapes, numbers and literals, in chunks of 1 and 4. Each value has to be a"
        " beginning of the next one and of what `json.loads` gives: longer strings and lists and more keys are the only"
        " changes.",
        nothing_taken_back,
    ),
    Probe(
        "escapes",
        "Escapes and surrogate pairs are never shown half",
        f"`{ESCAPES.text}` character by character; each text shown has to be a beginning of the final one.",
        escapes_whole,
    ),
    Probe(
        "held", "A value that was handed out never changes", "All values are kept, and compared at the end.", held_still
    ),
    Probe(
        "shared",
        "What did not change is the same object",
        "Two kept values between which only a string grew: the root must be another object, the finished part"
        " the same.",
        structure_shared,
    ),
    Probe(
        "completions",
        "Each value is reported once, with its path, when it closes",
        f"The events for `{CLOSING.text}`: ten values, children first, with keys and indexes as path.",
        completed_paths,
    ),
    Probe(
        "cut",
        "Cut off is told from complete",
        '`{"amount": 12`, cut from `1200`, and then the end of the stream. An error or a status will do; a value'
        " as if all had come will not.",
        cut_is_told,
    ),
    Probe(
        "once",
        "Validators run once for each value, never on a prefix",
        "Three fields with counting validators, chunks of 4, a value read after each, and the end.",
        validated_once,
        typed=True,
    ),
    Probe(
        "choices",
        "Enums, dates and discriminated unions are never shown wrong",
        'Character by character: `"opened"` where `"open"` is allowed too, a date, and a union in which `"catfish"`'
        " begins with another tag.",
        choices_right,
        typed=True,
    ),
    Probe(
        "null",
        "Null and absent are told apart",
        f"`{NULLS.text}` character by character: `None` only where the null is, and only when it is there.",
        null_is_null,
    ),
    Probe(
        "defaults",
        "Defaults do not show before the object closes",
        "Two fields that have a default and a value in the document, character by character.",
        defaults_wait,
        typed=True,
    ),
    Probe(
        "deltas",
        "Exact text deltas with a path",
        f"A text of {TEXT_LENGTH} characters in chunks of 4: what is sent for it, put together, is the text, and"
        " no longer.",
        deltas_exact,
    ),
    Probe(
        "errors",
        "An error says where, and what came before is still there",
        f"`{BROKEN}` in one chunk. The error has an offset or a column; `done` can still be read.",
        error_tells,
    ),
    Probe(
        "cost",
        "A chunk costs the same in a longer document",
        f"Chunks of 4 characters, the value read and dropped, after {SIZES[0]:,} and after {SIZES[1]:,} characters: the"
        f" ratio of the two times, for a list of objects and for one string. A measured ratio below {FLAT:g} is a yes.",
        cost_flat,
    ),
    Probe(
        "deep",
        "100,000 brackets do no harm",
        "A hundred thousand `[`, in a process of its own. A documented error or a value is a yes; a crash or a"
        " `RecursionError` is not.",
        deep_is_clean,
        alone=True,
    ),
    Probe(
        "bytes",
        "Bytes may be cut inside a character",
        f"`{UNICODE.text}` in UTF-8, byte by byte.",
        bytes_anywhere,
    ),
    Probe(
        "state",
        "The state can be saved and restored",
        "In the middle of an escape; the restored reader gets the rest. By the library's own means, or `pickle`.",
        state_saved,
    ),
)


def ask(peer: Peer, probe: Probe) -> Answer:
    if probe.typed and not peer.typed:
        return Answer(NOT_APPLICABLE, "takes no model")
    try:
        return probe.run(peer)
    except Fell as error:
        return Answer(NO, str(error))
    except Exception as error:
        return Answer(NO, f"fails with {error_text(error)}")


# Processes.


def inside(peer_name: str, probe_names: Sequence[str]) -> int:
    """Runs in a process of its own; the answers go to the standard output as JSON."""
    peer = PEERS[peer_name]()
    probes = [probe for probe in PROBES if probe.name in probe_names]
    print(json.dumps({probe.name: asdict(ask(peer, probe)) for probe in probes}), flush=True)
    return 0


def outside(python: str, peer: str, probes: Sequence[str]) -> dict[str, Answer]:
    """The answers of a process; one probe at a time where all at once did not come to an end."""
    command = [python, str(ROOT / "benchmarks" / "compare.py"), "--inside", peer, ",".join(probes)]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=kept, timeout=PATIENCE)
        problem = f"exit code {done.returncode}" if done.returncode >= 0 else f"crashes with signal {-done.returncode}"
        if done.returncode == 0:
            return {name: Answer(**answer) for name, answer in json.loads(done.stdout).items()}
        if len(probes) == 1 and done.returncode > 0:
            raise SystemExit(f"{peer}, {probes[0]}: {problem}\n{done.stderr}")
    except subprocess.TimeoutExpired:
        problem = f"not done after {PATIENCE:.0f} seconds"
    if len(probes) == 1:
        return {probes[0]: Answer(NO, problem)}
    answers: dict[str, Answer] = {}
    for probe in probes:
        answers |= outside(python, peer, [probe])
    return answers


Results = dict[str, dict[str, Answer]]
"""Answers by peer and probe."""


def collect(python: str, names: Sequence[str]) -> Results:
    results: Results = {}
    together = [probe.name for probe in PROBES if not probe.alone]
    for name in names:
        answers = outside(python, name, together)
        for probe in PROBES:
            if probe.alone:
                answers |= outside(python, name, [probe.name])
        results[name] = answers
        say(f"{name}: " + ", ".join(f"{probe.name} {answers[probe.name].verdict}" for probe in PROBES))
    return results


def versions() -> dict[str, str]:
    """Versions of what is installed here, by distribution."""
    found = {}
    for peer in PEERS.values():
        try:
            found[peer.distribution] = importlib.metadata.version(peer.distribution)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


# Writing.

SHORT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A partial value after every chunk, strings seen growing", ("partial", "growing")),
    ("Numbers and escapes appear whole, nothing shown is taken back", ("numbers", "growth", "escapes")),
    ("Values you keep never change, unchanged parts are the same object", ("held", "shared")),
    ("Every value reported once, with its path, when it closes", ("completions",)),
    ("Exact text deltas, with a path", ("deltas",)),
    ("A cut-off document never passes for a complete one", ("cut",)),
    ("Validators run once, never on a prefix", ("once",)),
    ("Enums, dates, unions and defaults never shown wrong", ("choices", "defaults")),
    ("A chunk costs the same however long the document", ("cost",)),
)
"""Rows of the short table: a yes needs a yes of all their probes that apply."""

SHORT_PEERS = ("jiter", "streaming-json-parser", "jsonriver", "json-repair", "pydantic", "instructor")
SIGNS = {YES: "✓", NO: "–", NOT_APPLICABLE: "n.a."}
BEGIN = "<!-- comparison: written by benchmarks/compare.py -->"
END = "<!-- end of comparison -->"


def joined(answers: Sequence[Answer]) -> str:
    verdicts = {answer.verdict for answer in answers}
    return NO if NO in verdicts else YES if YES in verdicts else NOT_APPLICABLE


def short_cell(results: Results, name: str, probes: Sequence[str]) -> str:
    """The verdict on a row; of a library that comes in two builds, the better one."""
    builds = [other for other in results if other == name or other.startswith(f"{name}, ")]
    found = {joined([results[build][probe] for probe in probes]) for build in builds}
    return YES if YES in found else NO if NO in found else NOT_APPLICABLE


def short_table(results: Results) -> list[str]:
    peers = [name for name in SHORT_PEERS if name in results]
    lines = ["| | " + " | ".join(["partialjson", *peers]) + " |", "|---" + "|:-:" * (len(peers) + 1) + "|"]
    for title, probes in SHORT:
        # Both ways to use this project have to keep the promise.
        ours = [results[name][probe] for name in (Ours.name, OursTyped.name) for probe in probes]
        cells = [joined(ours), *(short_cell(results, name, probes) for name in peers)]
        lines.append(f"| {title} | " + " | ".join(SIGNS[cell] for cell in cells) + " |")
    return [*lines, "", *short_notes(results, peers)]


def short_notes(results: Results, peers: Sequence[str]) -> list[str]:
    """What the signs mean, and who keeps a row that nobody in the table does."""
    signs = "✓ yes; – no; n.a. it has no call for that, or takes no models."
    others = [name for name in results if "," not in name and name != Ours.name and name not in peers]
    found = []
    for title, probes in SHORT:
        if all(short_cell(results, name, probes) != YES for name in peers):
            able = [name for name in others if short_cell(results, name, probes) == YES]
            found += [f"“{title}” holds for {' and '.join(able)} too"] if able else []
    return textwrap.wrap(f"{signs} Beyond this table, {'; '.join(found)}." if found else signs, 115)


def long_table(results: Results, names: Sequence[str], installed: dict[str, str], typed: bool) -> list[str]:
    heads = [f"{name} {installed.get(PEERS[name].distribution, '')}".strip() for name in names]
    lines = ["| | " + " | ".join(heads) + " |", "|---" + "|:-:" * len(names) + "|"]
    for probe in PROBES:
        if typed or not probe.typed:
            cells = [results[name][probe.name].verdict for name in names]
            lines.append(f"| [{probe.title}](#{anchor(probe.title)}) | " + " | ".join(cells) + " |")
    return lines


def anchor(title: str) -> str:
    """The address GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def document_text(results: Results, installed: dict[str, str], python: str, day: str) -> str:
    names = [[peer.name for peer in group if peer.name in results] for group in (PLAIN, TYPED)]
    lines = [
        "# Comparison",
        "",
        "Written by `python benchmarks/compare.py`; every answer is a program's. Each probe feeds a document to a",
        "library, looks at what it shows, and says yes, no, or n.a. where there is nothing to try: the library has no",
        "call for it, or does not do such things at all. Libraries run in processes of their own. What was seen is",
        "listed below the tables, probe by probe. The answers are about these versions, these documents and these",
        "calls. Each call is one that the library's documentation describes; of two modes it is the one that shows",
        "strings as they grow.",
        f"{python}, {day}.",
        "",
        "No table of this kind is neutral: its rows are what this project is for. Others repair broken",
        "input, decode whole documents faster, extract paths without building values, or talk to models; no row is",
        "about that.",
        "",
        "## In short",
        "",
        *short_table(results),
        "",
        "A row is ✓ where all of its probes that apply are a yes: for partialjson, both with and without a model; for",
        "streaming-json-parser, either with or without its native extension. Libraries that take a model are given one",
        "that fits each document. Where a library has no call for something the cell is n.a.; partial-json-stream,",
        "jsoncurrent and ijson, which have completions or deltas of their own, are in the tables below.",
        "",
        "## Parsers",
        "",
        *long_table(results, names[0], installed, typed=False),
        "",
        "## With a model",
        "",
        *long_table(results, names[1], installed, typed=True),
        "",
        "## How each is called",
        "",
        *(f"- **{name}**: {PEERS[name].call}" for group in names for name in group),
        "",
        "## What was seen",
        "",
    ]
    for probe in PROBES:
        lines += [f"### {probe.title}", "", probe.how, ""]
        for name in (name for group in names for name in group):
            answer = results[name][probe.name]
            if not (probe.typed and not PEERS[name].typed):
                lines.append(f"- {name}: **{answer.verdict}**; {answer.seen}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def into_readme(readme: str, table: Sequence[str]) -> str:
    """The README with the table between the two comments; as it is where they are not there."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    return "\n".join([before + BEGIN, "", *table, "", END + after]) if begin and end else readme


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="What partialjson and its peers do when they are tried.")
    parser.add_argument("--peers", default="", metavar="NAMES", help="only these, with commas; then nothing is written")
    parser.add_argument("--venv", type=Path, default=ROOT / "benchmarks" / ".venv", metavar="DIR", help="environment")
    parser.add_argument("--here", action="store_true", help="use this interpreter's packages, and prepare nothing")
    parser.add_argument("--inside", nargs=2, metavar=("PEER", "PROBES"), help=argparse.SUPPRESS)
    parser.add_argument("--versions", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        return inside(options.inside[0], options.inside[1].split(","))
    if options.versions:
        print(json.dumps(versions()))
        return 0
    if not options.here:
        prepare(options.venv.resolve(), False)
    python = sys.executable if options.here else str(interpreter(options.venv.resolve()))
    command = [python, str(ROOT / "benchmarks" / "compare.py"), "--versions"]
    installed: dict[str, str] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    wanted = [name for name in PEERS if not options.peers or name in options.peers.split(",")]
    for name in wanted:
        if PEERS[name].distribution not in installed:
            say(f"{name} is left out: not installed")
    results = collect(python, [name for name in wanted if PEERS[name].distribution in installed])
    if options.peers:
        for name, answers in results.items():
            for probe, answer in answers.items():
                say(f"{name}, {probe}: {answer.verdict}; {answer.seen}")
        return 0
    text = document_text(
        results, installed, f"{platform.python_implementation()} {platform.python_version()}", date.today().isoformat()
    )
    (ROOT / "docs" / "comparison.md").write_text(text, encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(into_readme(readme.read_text(encoding="utf-8"), short_table(results)), encoding="utf-8")
    print("\n".join(short_table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
