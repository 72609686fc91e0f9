"""One library each, reading a report that is streamed as JSON, a few characters at a time.

Each program takes the pieces of the text and gives the partial values, as its library hands them out: an object of the
model where the library makes one, otherwise dicts. No network: the pieces are put where the library takes what its
HTTP client has decoded. They import their library when they are called, so that this file can be read anywhere.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel

Take = Callable[[Any], object]
"""Gets each partial value, when it comes."""

Program = Callable[[list[str], Take], None]


def load(module: str) -> Any:
    """A module of a library. Its types are not needed here and not always there."""
    return importlib.import_module(module)


class Section(BaseModel):
    heading: str
    body: str
    score: float
    tags: list[str]


class Report(BaseModel):
    title: str
    summary: str
    sections: list[Section]


SENTENCE = "the order was shipped on time and nobody had to wait for what they had asked about last week"
WORDS = SENTENCE.split()


def report(size: int) -> str:
    """A report whose JSON has about so many characters."""
    sections: list[dict[str, Any]] = []
    made = {"title": "Quarterly report", "summary": " ".join(WORDS * 3), "sections": sections}
    length = len(json.dumps(made))
    number = 0
    while length < size:
        body = " ".join(WORDS[(number * 7 + i * 3) % len(WORDS)] for i in range(60))
        section = {"heading": f"Section {number}", "body": body, "score": number * 1.25, "tags": ["a", f"t{number}"]}
        sections.append(section)
        length += len(json.dumps(section)) + 2
        number += 1
    return json.dumps(made)


def cut(text: str, width: int = 4) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def anthropic(pieces: list[str], take: Take) -> None:
    """``messages.stream``: the input of a tool, at each of its events."""
    types = load("anthropic.types")
    stream = load("anthropic.lib.streaming").MessageStream
    usage = {"input_tokens": 1, "output_tokens": 1}
    message: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "usage": usage,
    }
    message |= {"stop_reason": None, "stop_sequence": None}
    block = {"type": "tool_use", "id": "t", "name": "report", "input": {}}

    def events() -> Iterator[Any]:
        yield types.RawMessageStartEvent.model_validate({"type": "message_start", "message": message})
        opened = {"type": "content_block_start", "index": 0, "content_block": block}
        yield types.RawContentBlockStartEvent.model_validate(opened)
        for piece in pieces:
            delta = {"type": "input_json_delta", "partial_json": piece}
            yield types.RawContentBlockDeltaEvent.model_validate(
                {"type": "content_block_delta", "index": 0, "delta": delta}
            )

    for event in stream(_Raw(events()), load("anthropic").NOT_GIVEN):
        if event.type == "input_json":
            take(event.snapshot)


class _Raw:
    """What stands for the SDK's stream of raw events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    def __iter__(self) -> Iterator[Any]:
        return self._events

    def close(self) -> None:
        pass


def openai(pieces: list[str], take: Take) -> None:
    """``chat.completions.stream``: ``parsed`` at each chunk."""
    chunk_type = load("openai.types.chat").ChatCompletionChunk

    def chunk(delta: dict[str, Any]) -> Any:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        head = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        return chunk_type.model_validate({**head, "choices": [choice]})

    state = load("openai.lib.streaming.chat").ChatCompletionStreamState(response_format=Report)
    state.handle_chunk(chunk({"content": "", "role": "assistant"}))
    for piece in pieces:
        for event in state.handle_chunk(chunk({"content": piece})):
            if event.type == "content.delta":
                take(event.parsed)


def instructor(pieces: list[str], take: Take) -> None:
    """``create_partial``."""
    model = load("instructor.v2.dsl.partial").Partial[Report]
    for value in model.model_from_chunks(iter(pieces)):
        take(value)


def mirascope(pieces: list[str], take: Take) -> None:
    """``structured_stream``."""
    llm = load("mirascope.llm")

    def chunks() -> Iterator[Any]:
        yield llm.TextStartChunk()
        for piece in pieces:
            yield llm.TextChunk(delta=piece)
        yield llm.TextEndChunk()

    response = llm.StreamResponse(
        provider_id="openai",
        model_id="openai/m",
        provider_model_name="m",
        params={},
        tools=None,
        format=llm.format(Report, mode="json"),
        input_messages=[llm.messages.user("?")],
        chunk_iterator=chunks(),
    )
    for value in response.structured_stream():
        take(value)


def langchain_json(pieces: list[str], take: Take) -> None:
    """``JsonOutputParser``."""
    for value in load("langchain_core.output_parsers").JsonOutputParser().transform(iter(pieces)):
        take(value)


def langchain_calls(pieces: list[str], take: Take) -> None:
    """The arguments of a tool call, of messages that are added up."""
    make = load("langchain_core.messages").AIMessageChunk
    so_far: Any = None
    for number, piece in enumerate(pieces):
        call = {"name": None if number else "report", "args": piece, "id": None if number else "t", "index": 0}
        chunk = make(content="", tool_call_chunks=[{**call, "type": "tool_call_chunk"}])
        so_far = chunk if so_far is None else so_far + chunk
        if so_far.tool_calls:
            take(so_far.tool_calls[0]["args"])


def pydantic_ai(pieces: list[str], take: Take) -> None:
    """``run_stream``: ``stream_output``, with an object of the model."""
    library = load("pydantic_ai")
    model = load("pydantic_ai.models.function").FunctionModel

    async def source(messages: Any, info: Any) -> AsyncIterator[str]:
        for piece in pieces:
            yield piece

    async def run() -> None:
        agent = library.Agent(model(stream_function=source), output_type=library.NativeOutput(Report))
        async with agent.run_stream("?") as result:
            async for output in result.stream_output(debounce_by=None):
                take(output)

    asyncio.run(run())


def llama_index(pieces: list[str], take: Take) -> None:
    """``stream_structured_predict``, of a model that answers with text."""
    types = load("llama_index.core.base.llms.types")
    process = load("llama_index.core.program.utils").process_streaming_objects
    text = ""
    objects: Any = None
    for piece in pieces:
        text += piece
        response = types.ChatResponse(message=types.ChatMessage(role="assistant", content=text))
        objects = process(response, Report, cur_objects=objects, flexible_mode=True)
        take(objects)
        objects = [objects]


def marvin(pieces: list[str], take: Take) -> None:
    """The arguments of a tool call, by ``args_dict`` of its events."""
    args_dict = load("marvin.engine.events").ToolCallDeltaEvent.args_dict
    text = ""
    for piece in pieces:
        text += piece
        take(args_dict(SimpleNamespace(snapshot=SimpleNamespace(args=text))))


def dspy(pieces: list[str], take: Take) -> None:
    """``StreamListener`` of one field, with the JSON adapter: the pieces of its text that can be shown."""
    library = load("dspy")
    listener = library.streaming.StreamListener("sections")
    with library.context(adapter=library.JSONAdapter()):
        for number, piece in enumerate(pieces):
            chunk = SimpleNamespace(choices=[SimpleNamespace(delta=SimpleNamespace(content=piece))])
            if response := listener.receive(chunk):
                take((number, response.chunk))


PROGRAMS: dict[str, Program] = {
    "langchain_calls": langchain_calls,
    "langchain_json": langchain_json,
    "pydantic_ai": pydantic_ai,
    "llama_index": llama_index,
    "marvin": marvin,
    "instructor": instructor,
    "mirascope": mirascope,
    "openai": openai,
    "anthropic": anthropic,
    "dspy": dspy,
}


def plain(value: Any) -> Any:
    """A partial value as plain data: without the fields that are not there or None, and with nothing that is empty."""
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        value = dump(warnings=False) if isinstance(value, BaseModel) else dump()
    if isinstance(value, dict):
        return {key: shown for key, each in value.items() if (shown := plain(each)) not in (None, {}, [])}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


class Useful:
    """Counts the partial values that show something that the one before did not."""

    def __init__(self) -> None:
        self.count = 0
        self.last: Any = None

    def __call__(self, value: Any) -> None:
        now = plain(value)
        if now and now != self.last:
            self.count += 1
        self.last = now
