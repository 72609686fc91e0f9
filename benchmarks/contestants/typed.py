"""Others that make objects of a model, or the arguments of a tool, from a stream: the text so far, again and again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from benchmarks.contestants.face import (
    ABSENT,
    BytesReparser,
    Chunk,
    Contestant,
    Reparser,
    State,
    join_deltas,
    load,
)
from benchmarks.workloads import Mode

DROPPED: frozenset[Mode] = frozenset(["dropped"])


class PydanticTypedDict(BytesReparser):
    name = "pydantic, TypedDict with allow_partial"
    distribution = "pydantic"
    modes = sampled = DROPPED
    groups = frozenset(["typed"])
    typed = True
    defaults = False
    compared = "pydantic"
    call = (
        '`TypeAdapter(a TypedDict).validate_json(text, experimental_allow_partial="trailing-strings")` with all text so'
        " far; at the end `validate_json(text)`"
    )

    def prepare(self) -> None:
        self.final = load("pydantic").TypeAdapter(self.forms.fields).validate_json
        self.parse = partial(self.final, experimental_allow_partial="trailing-strings")


class PydanticOptional(BytesReparser):
    name = "pydantic, from_json into an all-optional model"
    distribution = "pydantic"
    modes = sampled = DROPPED
    groups = frozenset(["typed"])
    typed = True

    def prepare(self) -> None:
        self._from_json: Any = load("pydantic_core").from_json
        self._model: Any = self.forms.optional
        self.parse = self.final = self._partial

    def _partial(self, text: bytes) -> Any:
        return self._model.model_validate(self._from_json(text, allow_partial="trailing-strings"))


class InstructorPartial(Contestant):
    name = "instructor, Partial"
    distribution = "instructor"
    modes = sampled = DROPPED
    groups = frozenset(["typed"])
    typed = True
    caveat = "checks only what has a sibling after it"
    compared = "instructor"
    call = "`Partial[Model].model_from_chunks(chunks)`, which is behind `create_partial`"

    def prepare(self) -> None:
        self._partial: Any = load("instructor.dsl.partial").Partial[self.forms.whole]

    def start(self) -> State:
        chunks: deque[str] = deque()

        def source() -> Iterator[str]:
            while chunks:
                yield chunks.popleft()

        return SimpleNamespace(chunks=chunks, objects=self._partial.model_from_chunks(source()), value=ABSENT)

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        push = state.chunks.append
        objects = state.objects
        for chunk in chunks:
            push(chunk)
            state.value = next(objects)

    def finish(self, state: State) -> Any:
        # The whole is validated after the last chunk.
        next(state.objects, None)
        return state.value

    def shown(self, state: State) -> Any:
        return state.value


class LangChainParser(Reparser):
    name = "LangChain, PydanticOutputParser"
    distribution = "langchain-core"
    modes = sampled = DROPPED
    groups = frozenset(["typed"])
    typed = True
    caveat = "None until the required fields are there"
    compared = "langchain-core"
    call = (
        "`PydanticOutputParser(pydantic_object=Model).parse_result([...], partial=True)`, which is what its `transform`"
        " calls after each chunk; at the end `parse(text)`; `JsonOutputParser(diff=True).transform` for deltas"
    )

    def prepare(self) -> None:
        self._parsers: Any = load("langchain_core.output_parsers")
        self._generation: Any = load("langchain_core.outputs").Generation
        parser = self._parsers.PydanticOutputParser(pydantic_object=self.forms.whole)
        self.final = parser.parse
        self._parse: Any = parser.parse_result
        self.parse = self._partial

    def _partial(self, text: str) -> Any:
        return self._parse([self._generation(text=text)], partial=True)

    def shown(self, state: State) -> Any:
        value = self.parse(state[0])
        return ABSENT if value is None else value

    def text_deltas(self, chunks: Sequence[str]) -> tuple[str, int] | None:
        parser = self._parsers.JsonOutputParser(diff=True)
        patches = [delta for patch in parser.transform(iter(chunks)) for delta in patch]
        whole = [delta for delta in patches if delta["path"] == ""]
        deltas = [("add", "/text", (delta["value"] or {}).get("text", "")) for delta in whole]
        deltas += [(delta["op"], delta["path"], delta.get("value")) for delta in patches if delta["path"]]
        return join_deltas(iter(deltas))


class OpenAiHelper(Contestant):
    name = "openai SDK, chat stream state"
    distribution = "openai"
    modes = sampled = DROPPED
    groups = frozenset(["typed"])
    typed = True
    caveat = "a dict until the end; unfinished strings are not shown"
    compared = "openai"
    call = (
        "`ChatCompletionStreamState(response_format=Model).handle_chunk(...)`, `message.parsed` of its snapshot; at the"
        " end `get_final_completion()`"
    )

    def prepare(self) -> None:
        self._state: Any = load("openai.lib.streaming.chat").ChatCompletionStreamState
        self._chunk: Any = load("openai.types.chat").ChatCompletionChunk
        # A stream begins with the role and no text.
        self._opening = self._event({"content": "", "role": "assistant"})
        self._closing = self._event({}, "stop")

    def _event(self, delta: dict[str, Any], reason: str | None = None) -> Any:
        head = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return self._chunk.model_validate({**head, "choices": [choice]})

    def convert(self, text: str) -> Chunk:
        return self._event({"content": text})

    def start(self) -> State:
        state = self._state(response_format=self.forms.whole)
        state.handle_chunk(self._opening)
        return state

    def push(self, state: State) -> Any:
        return state.handle_chunk

    def read(self, state: State, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            state.handle_chunk(chunk)
            state.current_completion_snapshot.choices[0].message.parsed  # noqa: B018 - read and dropped at once

    def finish(self, state: State) -> Any:
        state.handle_chunk(self._closing)
        return self.cut(state)

    def cut(self, state: State) -> Any:
        return state.get_final_completion().choices[0].message.parsed

    def shown(self, state: State) -> Any:
        value = state.current_completion_snapshot.choices[0].message.parsed
        return ABSENT if value is None else value


class AnthropicHelper(Contestant):
    """What the SDK does at each ``input_json_delta``, without the events around it."""

    name = "anthropic SDK, tool input"
    distribution = "anthropic"
    modes = sampled = DROPPED
    groups = frozenset(["typed"])
    typed = True
    caveat = "a dict; unfinished strings are not shown"

    def prepare(self) -> None:
        types = load("anthropic.types")
        self._accumulate: Any = load("anthropic.lib.streaming._messages").accumulate_event
        self._delta: Any = types.RawContentBlockDeltaEvent
        message: dict[str, Any] = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
        }
        message |= {"stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
        begun = types.RawMessageStartEvent.model_validate({"type": "message_start", "message": message})
        block = {"type": "tool_use", "id": "t", "name": "tool", "input": {}}
        opened = {"type": "content_block_start", "index": 0, "content_block": block}
        self._opening = [begun, types.RawContentBlockStartEvent.model_validate(opened)]

    def convert(self, text: str) -> Chunk:
        delta = {"type": "input_json_delta", "partial_json": text}
        return self._delta.model_validate({"type": "content_block_delta", "index": 0, "delta": delta})

    def start(self) -> State:
        state = SimpleNamespace(message=None, buffers={})
        self.feed(state, self._opening)
        return state

    def feed(self, state: State, chunks: Iterable[Chunk]) -> None:
        message = state.message
        buffers = state.buffers
        for chunk in chunks:
            message = self._accumulate(event=chunk, current_snapshot=message, json_bufs=buffers)
        state.message = message

    def finish(self, state: State) -> Any:
        return self.forms.whole.model_validate(self.shown(state))

    def shown(self, state: State) -> Any:
        return state.message.content[0].input


class AnthropicInput(AnthropicHelper):
    """The same without a model, which the SDK knows nothing of: this is what the comparison looks at."""

    name = "anthropic SDK, tool input, no model"
    modes = frozenset()
    typed = False
    compared = "anthropic"
    call = (
        "the accumulation inside `messages.stream`, fed with `input_json_delta` events; `content[0].input`. What the"
        " provider says of the end, its `stop_reason`, is not part of the probes"
    )

    def finish(self, state: State) -> Any:
        return self.shown(state)
